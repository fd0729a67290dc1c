/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When an application is named late, its bytes move from one row to another: in the interval in which that
 * happens one row loses what it was given in an earlier one. Sums over longer spans are exact; a picture of
 * the one interval shows no row below nothing, and its rows add up all the same. Largest remainders decide who
 * gives the last units, so that each gives what is nearest to its part. History's thread.
 */
#include "config.h"

#include "history/settle.h"

#include <stdlib.h>

#include "dpitop/mem.h"

struct giver {
	int64_t *value;
	uint64_t rest;
};

static int by_rest(const void *a, const void *b)
{
	const struct giver *x = a, *y = b;

	if (x->rest != y->rest)
		return x->rest < y->rest ? 1 : -1;
	return (x->value > y->value) - (x->value < y->value);
}

static int64_t *at(int64_t *values, size_t i, size_t stride)
{
	return (int64_t *)(void *)((char *)values + i * stride);
}

/* Of `all` that the givers have, `lack` is taken. */
static void give(struct giver *givers, size_t count, uint64_t all, uint64_t lack)
{
	uint64_t given = 0;

	for (size_t i = 0; i < count; i++) {
		unsigned __int128 product = (unsigned __int128)(uint64_t)*givers[i].value * lack;
		uint64_t part = (uint64_t)(product / all);

		givers[i].rest = (uint64_t)(product % all);
		*givers[i].value -= (int64_t)part;
		given += part;
	}
	qsort(givers, count, sizeof *givers, by_rest);
	for (size_t i = 0; i < count && given < lack; i++) {
		if (*givers[i].value == 0)
			continue;
		--*givers[i].value;
		given++;
	}
}

void settle(int64_t *values, size_t count, size_t stride)
{
	uint64_t all = 0, lack = 0;
	size_t n = 0;
	struct giver *givers;

	for (size_t i = 0; i < count; i++) {
		int64_t *v = at(values, i, stride);

		if (*v < 0)
			lack += -(uint64_t)*v;
		else
			all += (uint64_t)*v;
	}
	if (lack == 0)
		return;
	givers = mem_array(count, sizeof *givers);
	for (size_t i = 0; i < count; i++) {
		int64_t *v = at(values, i, stride);

		if (*v > 0 && lack < all)
			givers[n++].value = v;
		else
			*v = 0;
	}
	if (n > 0)
		give(givers, n, all, lack);
	mem_free(givers);
}
