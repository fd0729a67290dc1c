/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dpitop whose memory ends: linked so that each allocation of the program comes through here, of which number
 * FAILING_AT fails, and all after it. With FAILING_COUNT in the environment it says at its end how many there were.
 * For tests/faults.py; libraries have memory as ever.
 */
#include "config.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* What the linker makes of malloc() and the others, with --wrap. */
void *__real_malloc(size_t n);
void *__real_calloc(size_t count, size_t n);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t alignment, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t count, size_t n);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_aligned_alloc(size_t alignment, size_t n);

static atomic_ulong made;
static unsigned long fails_at;

static void tell(void)
{
	fprintf(stderr, "%lu allocations\n", atomic_load(&made));
}

__attribute__((constructor)) static void begin(void)
{
	const char *at = getenv("FAILING_AT");

	fails_at = at != NULL ? strtoul(at, NULL, 10) : 0;
	if (getenv("FAILING_COUNT") != NULL)
		atexit(tell);
}

static int fails(void)
{
	unsigned long n = atomic_fetch_add(&made, 1) + 1;

	return fails_at != 0 && n >= fails_at;
}

void *__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t count, size_t n)
{
	return fails() ? NULL : __real_calloc(count, n);
}

void *__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

void *__wrap_aligned_alloc(size_t alignment, size_t n)
{
	return fails() ? NULL : __real_aligned_alloc(alignment, n);
}
