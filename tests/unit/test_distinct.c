/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model/distinct.c: counting what is distinct, up to a bound.
 */
#include "config.h"

#include <check.h>

#include "model/distinct.h"

Suite *distinct_suite(void);

static struct distinct s; /* a test is a process of its own: this is not shared */

static void setup(void)
{
	distinct_init(&s, 5000);
}

static void teardown(void)
{
	distinct_release(&s);
}

/* Many of one home place: i and i + 2^20 differ above the first mask. */
static uint64_t hash(uint64_t i)
{
	return i << 20 | 3;
}

START_TEST(distinct_is_new_once)
{
	ck_assert_int_eq(distinct_touch(&s, 42), DISTINCT_NEW);
	ck_assert_int_eq(distinct_touch(&s, 42), DISTINCT_OLD);
	ck_assert_int_eq(distinct_touch(&s, 43), DISTINCT_NEW);
	ck_assert_uint_eq(s.count, 2);
}
END_TEST

START_TEST(distinct_zero_is_a_hash_too)
{
	ck_assert_int_eq(distinct_touch(&s, 0), DISTINCT_NEW);
	ck_assert_int_eq(distinct_touch(&s, 0), DISTINCT_OLD);
}
END_TEST

START_TEST(distinct_finds_all_again_when_it_has_grown)
{
	size_t before = distinct_memory(&s);

	for (uint64_t i = 1; i <= 5000; i++)
		ck_assert_int_eq(distinct_touch(&s, i * 0x9e3779b97f4a7c15), DISTINCT_NEW);
	for (uint64_t i = 1; i <= 5000; i++)
		ck_assert_int_eq(distinct_touch(&s, i * 0x9e3779b97f4a7c15), DISTINCT_OLD);
	ck_assert_uint_gt(distinct_memory(&s), before);
	ck_assert_uint_le(distinct_memory(&s), 5000 * sizeof(uint64_t) * 4);
}
END_TEST

START_TEST(distinct_hashes_of_one_place_are_told_apart)
{
	for (uint64_t i = 0; i < 300; i++)
		ck_assert_int_eq(distinct_touch(&s, hash(i)), DISTINCT_NEW);
	for (uint64_t i = 0; i < 300; i++)
		ck_assert_int_eq(distinct_touch(&s, hash(i)), DISTINCT_OLD);
}
END_TEST

START_TEST(distinct_when_full_says_so_and_knows_what_it_has)
{
	distinct_release(&s);
	distinct_init(&s, 3);
	for (uint64_t i = 1; i <= 3; i++)
		ck_assert_int_eq(distinct_touch(&s, i), DISTINCT_NEW);
	ck_assert_int_eq(distinct_touch(&s, 4), DISTINCT_FULL);
	ck_assert_int_eq(distinct_touch(&s, 4), DISTINCT_FULL);
	ck_assert_int_eq(distinct_touch(&s, 2), DISTINCT_OLD);
	ck_assert_uint_eq(s.count, 3);
}
END_TEST

Suite *distinct_suite(void)
{
	Suite *suite = suite_create("distinct");
	TCase *c = tcase_create("distinct");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, distinct_is_new_once);
	tcase_add_test(c, distinct_zero_is_a_hash_too);
	tcase_add_test(c, distinct_finds_all_again_when_it_has_grown);
	tcase_add_test(c, distinct_hashes_of_one_place_are_told_apart);
	tcase_add_test(c, distinct_when_full_says_so_and_knows_what_it_has);
	suite_add_tcase(suite, c);
	return suite;
}
