/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * history/settle.c: differences below zero in a picture of one interval.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "history/settle.h"

Suite *settle_suite(void);

START_TEST(rows_without_a_negative_one_stay)
{
	int64_t v[] = {5, 0, 7};

	settle(v, 3, sizeof v[0]);
	ck_assert(v[0] == 5 && v[1] == 0 && v[2] == 7);
}
END_TEST

START_TEST(a_negative_row_becomes_nothing_and_the_others_lose_as_much)
{
	int64_t v[] = {-10, 30, 10};

	settle(v, 3, sizeof v[0]);
	ck_assert_int_eq(v[0], 0);
	ck_assert_int_eq(v[1] + v[2], 30);
	ck_assert(v[1] == 22 || v[1] == 23);
}
END_TEST

/* 3 of 10, 10, 10: each loses one; 1 of these: one row does. */
START_TEST(the_last_units_are_given_by_the_largest_remainders)
{
	int64_t even[] = {10, -3, 10, 10}, one[] = {1, 98, -1};

	settle(even, 4, sizeof even[0]);
	ck_assert(even[0] == 9 && even[2] == 9 && even[3] == 9);
	settle(one, 3, sizeof one[0]);
	ck_assert(one[0] == 1 && one[1] == 97 && one[2] == 0);
}
END_TEST

START_TEST(what_is_below_zero_in_sum_becomes_nothing)
{
	int64_t v[] = {-10, 4, 5};

	settle(v, 3, sizeof v[0]);
	ck_assert(v[0] == 0 && v[1] == 0 && v[2] == 0);
}
END_TEST

START_TEST(values_may_be_members_of_something)
{
	struct { char c; int64_t v; int64_t other; } rows[] = {{1, -4, -1}, {2, 10, -1}};

	settle(&rows[0].v, 2, sizeof rows[0]);
	ck_assert(rows[0].v == 0 && rows[1].v == 6 && rows[0].other == -1 && rows[1].other == -1);
}
END_TEST

START_TEST(huge_values_do_not_overflow)
{
	int64_t v[] = {INT64_MAX / 2, INT64_MAX / 2, -INT64_MAX / 2};

	settle(v, 3, sizeof v[0]);
	ck_assert_int_eq(v[0] + v[1], INT64_MAX / 2 * 2 - INT64_MAX / 2);
	ck_assert_int_ge(v[0], 0);
	ck_assert_int_ge(v[1], 0);
}
END_TEST

/* Whatever comes: nothing below zero, and the sum stays. */
START_TEST(any_rows_keep_their_sum)
{
	uint64_t x = 88172645463325252u + (unsigned)_i;

	for (int round = 0; round < 200; round++) {
		int64_t v[40], before = 0, after = 0;

		for (int i = 0; i < 40; i++) {
			x ^= x << 13, x ^= x >> 7, x ^= x << 17;
			v[i] = (int64_t)(x % 2000) - 600;
			before += v[i];
		}
		settle(v, 40, sizeof v[0]);
		for (int i = 0; i < 40; i++) {
			ck_assert_int_ge(v[i], 0);
			after += v[i];
		}
		ck_assert_int_eq(after, before > 0 ? before : 0);
	}
}
END_TEST

Suite *settle_suite(void)
{
	Suite *s = suite_create("settle");
	TCase *c = tcase_create("settle");

	tcase_add_test(c, rows_without_a_negative_one_stay);
	tcase_add_test(c, a_negative_row_becomes_nothing_and_the_others_lose_as_much);
	tcase_add_test(c, the_last_units_are_given_by_the_largest_remainders);
	tcase_add_test(c, what_is_below_zero_in_sum_becomes_nothing);
	tcase_add_test(c, values_may_be_members_of_something);
	tcase_add_test(c, huge_values_do_not_overflow);
	tcase_add_loop_test(c, any_rows_keep_their_sum, 0, 5);
	suite_add_tcase(s, c);
	return s;
}
