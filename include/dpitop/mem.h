/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Allocation that never returns NULL: when memory is out, a hook runs (it restores the terminal),
 * a line goes to stderr and the program aborts. Tables fed by the network are bounded and refuse
 * long before that. Any thread.
 */
#ifndef DPITOP_MEM_H
#define DPITOP_MEM_H

#include <stddef.h>

enum { MEM_LARGE_PAGE = 1 << 21 }; /* the usual one; where it is another, only a border */

void *mem_alloc(size_t bytes);                     /* uninitialised; free with mem_free() */
void *mem_zalloc(size_t bytes);                    /* zeroed */
void *mem_array(size_t count, size_t bytes);       /* zeroed, overflow is out-of-memory */
/* The same, for what is read at random places: from a large page on it lies on such pages, where the system has them,
 * and all of it is resident. */
void *mem_table(size_t count, size_t bytes);
void *mem_grow(void *p, size_t count, size_t bytes); /* realloc of an array, overflow-checked */
char *mem_strdup(const char *s);
char *mem_strndup(const char *s, size_t n);
void mem_free(void *p);                            /* NULL is fine */
/* Called once before abort() when memory is out; must not allocate. NULL removes it. */
void mem_set_oom_hook(void (*hook)(void));

#endif
