/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A list of pairs as sources x destinations. Private to src/snapshot; engine's thread.
 */
#ifndef SNAPSHOT_MATRIX_H
#define SNAPSHOT_MATRIX_H

#include <stdbool.h>
#include <stddef.h>

#include "snapshot/row_fill.h"

struct matrix_building;
/* s is borrowed until the end. NULL if w->pair is no dimension of pairs. */
struct matrix_building *matrix_begin(struct row_source *s, const struct want_matrix *w);
/* Look at *left rows at most and take them off it. True when there are no more. */
bool matrix_step(struct matrix_building *b, size_t *left);
bool matrix_is_shape(enum dim pair, enum dim place); /* a matrix of these is made of such pairs */
struct matrix *matrix_finish(struct matrix_building *b); /* in the source's arena */
void matrix_abandon(struct matrix_building *b);          /* NULL is fine */

#endif
