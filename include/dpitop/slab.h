/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Entries of one size that are found by number and never move: in slabs, of which a table that has
 * become large gets several at once, on large pages. What is free is the caller's business. One thread.
 */
#ifndef DPITOP_SLAB_H
#define DPITOP_SLAB_H

#include <stddef.h>
#include <stdint.h>

enum { SLAB_BITS = 8, SLAB_ENTRIES = 1 << SLAB_BITS };

struct slabs {
	uint8_t **at;
	size_t stride, entries; /* bytes of an entry, entries of a slab */
	size_t count, room;     /* slabs; places in at[] */
};

/* entry_bytes: a multiple of what its members are aligned to. At most max entries will be asked for. */
void slabs_init(struct slabs *s, size_t entry_bytes, size_t max);
void slabs_release(struct slabs *s);
/* Make room for entry `number`, the first that has none: it and those behind it are zeroed. */
void slabs_grow(struct slabs *s, size_t number);
size_t slabs_memory(const struct slabs *s); /* bytes allocated */

/* There is room for it. */
static inline void *slabs_at(const struct slabs *s, size_t number)
{
	return s->at[number >> SLAB_BITS] + (number & (SLAB_ENTRIES - 1)) * s->stride;
}

#endif
