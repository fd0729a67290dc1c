/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What intervals have booked so far, for tests: the sum by dimension and key, which must be what the model has. One
 * thread.
 */
#ifndef TESTS_BOOKED_H
#define TESTS_BOOKED_H

#include "dpitop/interval.h"

struct booked_row {
	int64_t bytes[2], packets[2], flows;
};

struct booked;
struct booked *booked_new(void);
void booked_free(struct booked *b);
void booked_add(struct booked *b, const struct interval *i); /* not referenced */
/* Of one row, of what had none of its own, of a whole dimension; zeros if there was nothing. */
struct booked_row booked_get(const struct booked *b, enum dim d, const struct dim_key *key);
struct booked_row booked_other(const struct booked *b, enum dim d);
struct booked_row booked_sum(const struct booked *b, enum dim d);
const struct interval_totals *booked_totals(const struct booked *b);
/* The sums of all dimensions that have history, and the totals, are what the model has. */
void booked_expect_sums(const struct booked *b, const struct model *m);
/* And each of its rows too: where nothing was ever evicted. */
void booked_expect_rows(const struct booked *b, const struct model *m);

#endif
