/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Filling an interval, before it is shared. Private to src/model; one thread.
 */
#ifndef MODEL_INTERVAL_PARTS_H
#define MODEL_INTERVAL_PARTS_H

#include "dpitop/interval.h"

struct interval *interval_new(enum interval_class c, int64_t from_us, int64_t to_us); /* one reference */
struct interval_row *interval_add(struct interval *i); /* zeroed, name ""; valid until the next one */
const char *interval_text(struct interval *i, const char *text); /* a copy that lives as long as i */

#endif
