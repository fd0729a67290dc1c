/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory of one snapshot: blocks that are filled from the front and given back together, so that a
 * picture of thousands of rows costs a handful of allocations. Not a general allocator: nothing is
 * freed alone. One thread at a time; used by what builds and walks rows.
 */
#include "config.h"

#include "snapshot/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/mem.h"

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 18, ALIGN = 16 };

struct block {
	struct block *next; /* the one filled before it */
	size_t used, size;
	_Alignas(ALIGN) unsigned char bytes[];
};

struct arena {
	struct block *block; /* being filled */
	size_t next_size, memory;
};

struct arena *arena_new(void)
{
	struct arena *a = mem_zalloc(sizeof *a);

	a->next_size = FIRST_BLOCK;
	return a;
}

static void free_blocks(struct block *b)
{
	while (b != NULL) {
		struct block *next = b->next;

		mem_free(b);
		b = next;
	}
}

void arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	free_blocks(a->block);
	mem_free(a);
}

void arena_clear(struct arena *a)
{
	if (a->block == NULL)
		return;
	free_blocks(a->block->next);
	a->block->next = NULL;
	a->block->used = 0;
	a->memory = a->block->size;
}

static void add_block(struct arena *a, size_t at_least)
{
	size_t size = at_least > a->next_size ? at_least : a->next_size;
	struct block *b = mem_alloc(sizeof *b + size);

	b->next = a->block;
	b->used = 0;
	b->size = size;
	a->block = b;
	a->memory += size;
	if (a->next_size < LARGEST_BLOCK)
		a->next_size *= 2;
}

static void *take(struct arena *a, size_t bytes, size_t align)
{
	struct block *b = a->block;
	size_t from = b != NULL ? (b->used + align - 1) / align * align : 0;

	if (b == NULL || from > b->size || bytes > b->size - from) {
		add_block(a, bytes);
		b = a->block;
		from = 0;
	}
	b->used = from + bytes;
	return b->bytes + from;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
	void *p = take(a, bytes, ALIGN);

	memset(p, 0, bytes);
	return p;
}

void *arena_copy(struct arena *a, const void *from, size_t bytes)
{
	return bytes != 0 ? memcpy(arena_alloc(a, bytes), from, bytes) : NULL;
}

const char *arena_text(struct arena *a, const char *s)
{
	size_t n = s != NULL ? strlen(s) : 0;

	if (n == 0)
		return "";
	return memcpy(take(a, n + 1, 1), s, n + 1);
}

const char *arena_format(struct arena *a, const char *format, ...)
{
	char text[1024];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	return arena_text(a, text);
}

size_t arena_memory(const struct arena *a)
{
	return a->memory;
}
