/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A binary heap of picks with the last of the order on top: what a bounded selection throws out
 * first; and the sort of those that are left. Knows no rows: the sorter compares. Engine's
 * thread; used by pick.c.
 */
#include "config.h"

#include <stdlib.h>

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

void heap_sort(struct pick *heap, size_t count, struct sorter *s)
{
	if (count > 1) /* an empty heap may be NULL */
		qsort_r(heap, count, sizeof *heap, compare, s);
}
