/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When dpitop was recording: the runs of a class of intervals, in whole steps; what lies between is a gap. Private
 * to src/history; the archive's thread.
 */
#ifndef HISTORY_RUNS_H
#define HISTORY_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run {
	int64_t from_s, to_s; /* after from, not after to */
};
struct runs { /* zeroed: none; rising, with a gap between each and the next */
	struct run *items;
	size_t count, room;
	uint64_t changes;
};
enum { RUNS_MAX = 16384 }; /* then the two oldest become one */

void runs_release(struct runs *r);
void runs_cut(struct runs *r, int64_t at_s); /* what lies behind it goes */
/* What follows the last one, or begins within it, lengthens it. */
void runs_add(struct runs *r, int64_t from_s, int64_t to_s);
int64_t runs_covered_s(const struct runs *r, int64_t from_s, int64_t to_s); /* seconds of it that were recorded */
/* The next gap that ends after `after_s`, begins at after_s at the earliest and ends before to_s. */
bool runs_gap(const struct runs *r, int64_t after_s, int64_t to_s, struct run *gap);

#endif
