/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A binary heap of picks with the last of the order on top: what a bounded selection throws out
 * first; and the sort of those that are left: many by the bytes of their numbers, what these do not settle, and few,
 * by comparing. Knows no rows: the sorter compares. Engine's thread; used by pick.c.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "dpitop/mem.h"
#include "snapshot/select.h"

static void sift_down(struct pick *heap, size_t count, size_t at, struct sorter *s)
{
	struct pick moving = heap[at];

	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= count)
			break;
		if (child + 1 < count && sorter_before(s, &heap[child], &heap[child + 1]))
			child++;
		if (!sorter_before(s, &moving, &heap[child]))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = moving;
}

void heap_replace_top(struct pick *heap, size_t count, const struct pick *p, struct sorter *s)
{
	heap[0] = *p;
	sift_down(heap, count, 0, s);
}

void heap_make(struct pick *heap, size_t count, struct sorter *s)
{
	size_t i;

	for (i = count / 2; i > 0; i--)
		sift_down(heap, count, i - 1, s);
}

static int compare(const void *a, const void *b, void *sorter)
{
	return sorter_before(sorter, a, b) ? -1 : sorter_before(sorter, b, a);
}

/* ---- many ---- */

enum { MANY = 256, DIGITS = 16, DIGIT_VALUES = 256 }; /* bytes of key and tie */

/* The n-th byte of what picks stand in the order of, from the least that counts. */
static inline unsigned digit(const struct pick *p, unsigned n)
{
	return (unsigned)((n < 8 ? p->tie : p->key) >> n % 8 * 8) & (DIGIT_VALUES - 1);
}

/* From `from` to `to`, the greater digit first, those with equal ones in the order they are in; false: all are equal. */
static bool deal(const struct pick *from, struct pick *to, size_t count, unsigned n)
{
	size_t at[DIGIT_VALUES] = {0}, place = 0;

	for (size_t i = 0; i < count; i++)
		at[digit(&from[i], n)]++;
	if (at[digit(&from[0], n)] == count)
		return false;
	for (unsigned v = DIGIT_VALUES; v-- > 0;) {
		size_t have = at[v];

		at[v] = place;
		place += have;
	}
	for (size_t i = 0; i < count; i++)
		to[at[digit(&from[i], n)]++] = from[i];
	return true;
}

/* By key, and by tie before where equal keys are settled by that. */
static void sort_numbers(struct pick *picks, size_t count, bool ties)
{
	struct pick *other = mem_grow(NULL, count, sizeof *other), *from = picks, *to = other;

	for (unsigned n = ties ? 0 : DIGITS / 2; n < DIGITS; n++) {
		struct pick *dealt = to;

		if (!deal(from, to, count, n))
			continue;
		to = from;
		from = dealt;
	}
	if (from != picks)
		memcpy(picks, from, count * sizeof *picks);
	mem_free(other);
}

static bool is_unsettled(const struct pick *a, const struct pick *b, const struct sorter *s)
{
	return a->key == b->key && (!s->exact || a->tie == b->tie);
}

void heap_sort(struct pick *heap, size_t count, struct sorter *s)
{
	if (count < MANY) {
		if (count > 1) /* an empty heap may be NULL */
			qsort_r(heap, count, sizeof *heap, compare, s);
		return;
	}
	sort_numbers(heap, count, s->exact);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && is_unsettled(&heap[i], &heap[end], s);)
			end++;
		if (end - i > 1)
			qsort_r(heap + i, end - i, sizeof *heap, compare, s);
	}
}
