/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * base/mem.c: allocation that never fails, and how the program ends when it would.
 */
#include "config.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "dpitop/mem.h"

Suite *mem_suite(void);

/* The tests that run out of memory die of it: their stderr goes nowhere. */
static void silence(void)
{
	int null = open("/dev/null", O_WRONLY);

	dup2(null, STDERR_FILENO);
	close(null);
}

static void hook_exits_7(void)
{
	_exit(7);
}

static void hook_runs_out_itself(void)
{
	mem_grow(NULL, SIZE_MAX, 2);
}

START_TEST(mem_zalloc_and_mem_array_are_zeroed)
{
	static const char zeros[64];
	char *a = mem_zalloc(64), *b = mem_array(8, 8);

	ck_assert_mem_eq(a, zeros, 64);
	ck_assert_mem_eq(b, zeros, 64);
	mem_free(a);
	mem_free(b);
}
END_TEST

START_TEST(mem_of_no_bytes_is_still_not_null)
{
	void *p[] = {mem_alloc(0), mem_zalloc(0), mem_array(0, 8), mem_array(8, 0), mem_grow(NULL, 0, 8)};

	for (size_t i = 0; i < sizeof p / sizeof p[0]; i++) {
		ck_assert_ptr_nonnull(p[i]);
		mem_free(p[i]);
	}
}
END_TEST

START_TEST(mem_grow_keeps_what_was_there)
{
	char *p = mem_strdup("abc");

	p = mem_grow(p, 1000, 100);
	ck_assert_str_eq(p, "abc");
	memset(p, 1, 100000);
	mem_free(p);
}
END_TEST

START_TEST(mem_strndup_stops_at_the_nul_or_at_n)
{
	static const char raw[4] = {'a', 'b', 'c', 'd'};
	char *cut = mem_strndup(raw, 3), *whole = mem_strndup("ab", 100);

	ck_assert_str_eq(cut, "abc");
	ck_assert_str_eq(whole, "ab");
	mem_free(cut);
	mem_free(whole);
}
END_TEST

START_TEST(mem_free_of_null_does_nothing)
{
	mem_free(NULL);
}
END_TEST

START_TEST(mem_grow_whose_product_overflows_aborts)
{
	silence();
	mem_grow(NULL, SIZE_MAX / 2 + 2, 2); /* 2 bytes, were it not checked */
}
END_TEST

START_TEST(mem_out_of_memory_runs_the_hook_first)
{
	silence();
	mem_set_oom_hook(hook_exits_7);
	mem_grow(NULL, SIZE_MAX, 2);
}
END_TEST

START_TEST(mem_out_of_memory_inside_the_hook_aborts_at_once)
{
	silence();
	mem_set_oom_hook(hook_runs_out_itself);
	mem_grow(NULL, SIZE_MAX, 2);
}
END_TEST

START_TEST(mem_hook_set_to_null_is_removed)
{
	silence();
	mem_set_oom_hook(hook_exits_7);
	mem_set_oom_hook(NULL);
	mem_grow(NULL, SIZE_MAX, 2);
}
END_TEST

Suite *mem_suite(void)
{
	Suite *s = suite_create("mem");
	TCase *c = tcase_create("mem");

	tcase_add_test(c, mem_zalloc_and_mem_array_are_zeroed);
	tcase_add_test(c, mem_of_no_bytes_is_still_not_null);
	tcase_add_test(c, mem_grow_keeps_what_was_there);
	tcase_add_test(c, mem_strndup_stops_at_the_nul_or_at_n);
	tcase_add_test(c, mem_free_of_null_does_nothing);
	tcase_add_test_raise_signal(c, mem_grow_whose_product_overflows_aborts, SIGABRT);
	tcase_add_exit_test(c, mem_out_of_memory_runs_the_hook_first, 7);
	tcase_add_test_raise_signal(c, mem_out_of_memory_inside_the_hook_aborts_at_once, SIGABRT);
	tcase_add_test_raise_signal(c, mem_hook_set_to_null_is_removed, SIGABRT);
	suite_add_tcase(s, c);
	return s;
}
