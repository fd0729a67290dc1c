/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Allocation that never returns NULL. When memory is out, a hook gives the terminal back, a line
 * says what happened, and the program aborts: what the network can grow is bounded elsewhere, so
 * this is the machine's end, not the input's. Any thread; called by every room.
 */
#include "config.h"

#include "dpitop/mem.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LAST_WORDS_S = 2 };

static void (*_Atomic oom_hook)(void); /* the one hook: set once at start */

static _Noreturn void out_of_memory(void)
{
	static const char text[] = "dpitop: out of memory\n";
	static atomic_bool ends;
	static _Thread_local bool ends_here;
	void (*hook)(void) = atomic_exchange(&oom_hook, NULL);

	if (atomic_exchange(&ends, true) && !ends_here)
		sleep(LAST_WORDS_S); /* another thread gives the terminal back, and aborts */
	ends_here = true;
	if (hook != NULL)
		hook();
	if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
		_exit(1);
	abort();
}

void mem_set_oom_hook(void (*hook)(void))
{
	atomic_store(&oom_hook, hook);
}

static void *checked(void *p)
{
	if (p == NULL)
		out_of_memory();
	return p;
}

void *mem_alloc(size_t bytes)
{
	return checked(malloc(bytes != 0 ? bytes : 1));
}

void *mem_zalloc(size_t bytes)
{
	return checked(calloc(1, bytes != 0 ? bytes : 1));
}

void *mem_array(size_t count, size_t bytes)
{
	if (count == 0 || bytes == 0)
		return mem_zalloc(1);
	return checked(calloc(count, bytes)); /* checks the product itself */
}

void *mem_table(size_t count, size_t bytes)
{
	size_t n;
	void *p;

	if (count == 0 || bytes == 0 || count > (SIZE_MAX - MEM_LARGE_PAGE) / bytes || count * bytes < MEM_LARGE_PAGE)
		return mem_array(count, bytes);
	n = (count * bytes + MEM_LARGE_PAGE - 1) / MEM_LARGE_PAGE * MEM_LARGE_PAGE;
	p = checked(aligned_alloc(MEM_LARGE_PAGE, n));
	madvise(p, n, MADV_HUGEPAGE); /* advice: without large pages it is as good as before */
	return memset(p, 0, n);
}

void *mem_grow(void *p, size_t count, size_t bytes)
{
	if (bytes != 0 && count > SIZE_MAX / bytes)
		out_of_memory();
	return checked(realloc(p, count * bytes != 0 ? count * bytes : 1));
}

char *mem_strndup(const char *s, size_t n)
{
	size_t length = strnlen(s, n);
	char *copy = mem_alloc(length + 1);

	memcpy(copy, s, length);
	copy[length] = '\0';
	return copy;
}

char *mem_strdup(const char *s)
{
	return mem_strndup(s, strlen(s));
}

void mem_free(void *p)
{
	free(p);
}
