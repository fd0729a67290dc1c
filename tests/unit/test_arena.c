/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * snapshot/arena.c: memory that is given back at once.
 */
#include "config.h"

#include <check.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "snapshot/arena.h"

Suite *arena_suite(void);

static struct arena *a;

static void setup(void)
{
	a = arena_new();
}

static void teardown(void)
{
	arena_free(a);
}

START_TEST(arena_memory_is_zeroed_and_aligned_for_anything)
{
	for (size_t n = 1; n < 3000; n = n * 3 / 2 + 1) {
		unsigned char *p = arena_alloc(a, n);

		ck_assert_uint_eq((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			ck_assert_uint_eq(p[i], 0);
		memset(p, 0xff, n);
	}
}
END_TEST

START_TEST(arena_texts_live_next_to_each_other)
{
	const char *x = arena_text(a, "one"), *y = arena_text(a, "two"), *z;

	for (int i = 0; i < 5000; i++)
		arena_format(a, "%d of %s", i, "many");
	z = arena_text(a, "three");
	ck_assert_str_eq(x, "one");
	ck_assert_str_eq(y, "two");
	ck_assert_str_eq(z, "three");
	ck_assert_ptr_eq(y, x + 4);
}
END_TEST

START_TEST(arena_empty_text_costs_nothing)
{
	ck_assert_str_eq(arena_text(a, ""), "");
	ck_assert_str_eq(arena_text(a, NULL), "");
	ck_assert_str_eq(arena_format(a, "%s", ""), "");
	ck_assert_uint_eq(arena_memory(a), 0);
}
END_TEST

START_TEST(arena_block_larger_than_any_is_one_of_its_own)
{
	const size_t large = 5 << 20;
	unsigned char *p = arena_alloc(a, large);
	size_t memory = arena_memory(a);

	memset(p, 1, large);
	ck_assert_uint_ge(memory, large);
	ck_assert_uint_lt(memory, large + (1 << 20));
	ck_assert_str_eq(arena_text(a, "behind"), "behind");
	ck_assert_uint_eq(p[large - 1], 1);
}
END_TEST

START_TEST(arena_cleared_uses_its_memory_again)
{
	size_t memory = 0;

	for (int round = 0; round < 1000; round++) {
		unsigned char *p = arena_alloc(a, 1000);

		ck_assert_uint_eq(p[0], 0);
		memset(p, 0xff, 1000);
		if (round == 0)
			memory = arena_memory(a);
		ck_assert_uint_eq(arena_memory(a), memory);
		arena_clear(a);
	}
}
END_TEST

START_TEST(arena_clear_of_an_empty_one_is_fine)
{
	arena_clear(a);
	ck_assert_uint_eq(arena_memory(a), 0);
	arena_free(NULL);
}
END_TEST

START_TEST(arena_long_format_is_cut_not_overrun)
{
	char text[3000];

	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	ck_assert_uint_eq(strlen(arena_format(a, "%s", text)), 1023);
	ck_assert_uint_eq(strlen(arena_text(a, text)), sizeof text - 1);
}
END_TEST

Suite *arena_suite(void)
{
	Suite *s = suite_create("arena");
	TCase *c = tcase_create("memory");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, arena_memory_is_zeroed_and_aligned_for_anything);
	tcase_add_test(c, arena_texts_live_next_to_each_other);
	tcase_add_test(c, arena_empty_text_costs_nothing);
	tcase_add_test(c, arena_block_larger_than_any_is_one_of_its_own);
	tcase_add_test(c, arena_cleared_uses_its_memory_again);
	tcase_add_test(c, arena_clear_of_an_empty_one_is_fine);
	tcase_add_test(c, arena_long_format_is_cut_not_overrun);
	suite_add_tcase(s, c);
	return s;
}
