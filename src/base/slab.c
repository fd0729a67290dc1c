/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Slabs behind maps and the flow table. A small table has them one by one; one of megabytes gets as
 * many at once as a large page holds: its entries are met in no order, and with small pages the
 * look-ups of addresses cost as much as those of entries. One thread per table.
 */
#include "config.h"

#include "dpitop/slab.h"

#include "dpitop/mem.h"

enum { MANY_BYTES = 4 << 20 }; /* from so much on, a page that is only begun is little beside the rest */

void slabs_init(struct slabs *s, size_t entry_bytes, size_t max)
{
	*s = (struct slabs){.stride = entry_bytes, .entries = max < SLAB_ENTRIES ? max : SLAB_ENTRIES};
}

static size_t slab_bytes(const struct slabs *s)
{
	return s->entries * s->stride;
}

/* How many were allocated together, slab number `first` and those behind it. */
static size_t together(const struct slabs *s, size_t first)
{
	size_t bytes = slab_bytes(s);

	return first * bytes < MANY_BYTES || bytes > MEM_LARGE_PAGE ? 1 : MEM_LARGE_PAGE / bytes;
}

void slabs_release(struct slabs *s)
{
	for (size_t i = 0; i < s->count; i += together(s, i))
		mem_free(s->at[i]);
	mem_free(s->at);
	*s = (struct slabs){.stride = s->stride, .entries = s->entries};
}

void slabs_grow(struct slabs *s, size_t number)
{
	size_t n = together(s, s->count);
	uint8_t *block;

	if (number >> SLAB_BITS < s->count)
		return;
	while (s->count + n > s->room) {
		s->room = s->room != 0 ? s->room * 2 : 8;
		s->at = mem_grow(s->at, s->room, sizeof *s->at);
	}
	block = n > 1 ? mem_table(MEM_LARGE_PAGE, 1) : mem_array(s->entries, s->stride);
	for (size_t i = 0; i < n; i++)
		s->at[s->count++] = block + i * slab_bytes(s);
}

size_t slabs_memory(const struct slabs *s)
{
	size_t n = s->room * sizeof *s->at;

	for (size_t i = 0, k; i < s->count; i += k) {
		k = together(s, i);
		n += k > 1 ? MEM_LARGE_PAGE : slab_bytes(s);
	}
	return n;
}
