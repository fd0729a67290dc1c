/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs of recording, found by halving.
 */
#include "config.h"

#include "history/runs.h"

#include <string.h>

#include "dpitop/mem.h"

void runs_release(struct runs *r)
{
	mem_free(r->items);
	memset(r, 0, sizeof *r);
}

static void merge_oldest(struct runs *r)
{
	r->items[1].from_s = r->items[0].from_s;
	memmove(r->items, r->items + 1, --r->count * sizeof *r->items);
}

void runs_add(struct runs *r, int64_t from_s, int64_t to_s)
{
	struct run *last = r->count > 0 ? &r->items[r->count - 1] : NULL;

	if (from_s >= to_s)
		return;
	r->changes++;
	if (last != NULL && from_s <= last->to_s) {
		last->to_s = to_s > last->to_s ? to_s : last->to_s;
		return;
	}
	if (r->count == RUNS_MAX)
		merge_oldest(r);
	if (r->count == r->room) {
		r->room = r->room != 0 ? r->room * 2 : 16;
		r->items = mem_grow(r->items, r->room, sizeof *r->items);
	}
	r->items[r->count++] = (struct run){from_s, to_s};
}

void runs_cut(struct runs *r, int64_t at_s)
{
	while (r->count > 0 && r->items[r->count - 1].from_s >= at_s)
		r->count--;
	if (r->count > 0 && r->items[r->count - 1].to_s > at_s)
		r->items[r->count - 1].to_s = at_s;
	r->changes++;
}

/* The first run that ends after s. */
static size_t first_after(const struct runs *r, int64_t s)
{
	size_t low = 0, high = r->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->items[middle].to_s > s)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

int64_t runs_covered_s(const struct runs *r, int64_t from_s, int64_t to_s)
{
	int64_t sum = 0;

	for (size_t i = first_after(r, from_s); i < r->count && r->items[i].from_s < to_s; i++) {
		int64_t begin = r->items[i].from_s > from_s ? r->items[i].from_s : from_s;
		int64_t end = r->items[i].to_s < to_s ? r->items[i].to_s : to_s;

		sum += end - begin;
	}
	return sum;
}

bool runs_gap(const struct runs *r, int64_t after_s, int64_t to_s, struct run *gap)
{
	size_t i = first_after(r, after_s);
	int64_t begin;

	if (i < r->count && r->items[i].from_s <= after_s)
		i++; /* after_s is within a run: the gap is behind it */
	if (i >= r->count)
		return false;
	begin = i > 0 && r->items[i - 1].to_s > after_s ? r->items[i - 1].to_s : after_s;
	*gap = (struct run){begin, r->items[i].from_s};
	return gap->from_s < gap->to_s && gap->to_s < to_s;
}
