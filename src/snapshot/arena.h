/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory of one snapshot, given back at once. Private to src/snapshot; one thread at a time.
 */
#ifndef SNAPSHOT_ARENA_H
#define SNAPSHOT_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);  /* NULL is fine */
void arena_clear(struct arena *a); /* everything is gone; keeps its first block for what comes */
/* Zeroed, aligned for anything; never NULL. Lives until arena_free() or arena_clear(). */
void *arena_alloc(struct arena *a, size_t bytes);
void *arena_copy(struct arena *a, const void *from, size_t bytes); /* NULL for 0 bytes */
/* A copy; "" needs no memory. */
const char *arena_text(struct arena *a, const char *s);
const char *arena_format(struct arena *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
size_t arena_memory(const struct arena *a);

#endif
