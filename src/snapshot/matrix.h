/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A list of pairs as sources x destinations. Private to src/snapshot; engine's thread.
 */
#ifndef SNAPSHOT_MATRIX_H
#define SNAPSHOT_MATRIX_H

#include "snapshot/row_fill.h"

/* In the source's arena. NULL if w->pair is no dimension of pairs. */
struct matrix *matrix_build(struct row_source *s, const struct want_matrix *w);

#endif
