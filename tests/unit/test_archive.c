/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * history/archive.c and what is behind it: what is recorded can be fetched, to the last byte, from memory, from
 * files and after another opening.
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/mem.h"
#include "intervals.h"

Suite *archive_suite(void);

enum { T0 = 1700000400 }; /* a multiple of 60, 300 and 1200 */

static const struct entity *host(const struct archive *a, uint32_t number)
{
	struct dim_key k = history_host_key(number);

	return archive_find(a, DIM_HOST, &k, false);
}

static void minute(struct archive *a, int n, uint32_t hosts, int64_t bytes)
{
	struct interval *i = history_interval(INTERVAL_HOST, T0 + n * 60, T0 + (n + 1) * 60);

	i->begins = n == 0;
	for (uint32_t h = 0; h < hosts; h++)
		history_host(i, h, bytes + h, 2 * bytes + h);
	ck_assert_int_eq(history_record(a, i), 0);
}

START_TEST(archive_gives_back_what_was_recorded_before_any_file_is_written)
{
	struct archive *a = history_archive(T0 * (int64_t)S);

	minute(a, 0, 3, 1000);
	minute(a, 1, 3, 5000);
	ck_assert_double_eq(history_at(a, host(a, 2), SERIES_BYTES_0, T0 + 60, 60), 1002);
	ck_assert_double_eq(history_at(a, host(a, 2), SERIES_BYTES_1, T0 + 120, 60), 10002);
	ck_assert_double_eq(history_at(a, host(a, 2), SERIES_LIVE, T0 + 120, 60), 2);
	archive_close(a);
}
END_TEST

START_TEST(archive_gives_back_the_same_from_files)
{
	struct archive *a = history_archive(T0 * (int64_t)S);
	struct archive_state state;

	for (int n = 0; n < 7; n++)
		minute(a, n, 3, 1000 * n);
	ck_assert_int_eq(archive_flush(a, NULL), 0);
	for (int n = 0; n < 7; n++)
		ck_assert_double_eq(history_at(a, host(a, 1), SERIES_BYTES_0, T0 + (n + 1) * 60, 60), 1000 * n + 1);
	ck_assert_double_eq(history_sum(a, host(a, 1), SERIES_BYTES_0, T0, T0 + 600, 300), 21007);
	archive_state(a, &state);
	ck_assert_uint_eq(state.files, 3);
	ck_assert(state.writing);
	archive_close(a);
	a = history_archive((T0 + 600) * (int64_t)S);
	for (int n = 0; n < 7; n++)
		ck_assert_double_eq(history_at(a, host(a, 1), SERIES_BYTES_0, T0 + (n + 1) * 60, 60), 1000 * n + 1);
	ck_assert_double_eq(history_sum(a, host(a, 1), SERIES_BYTES_0, T0, T0 + 600, 300), 21007);
	archive_close(a);
}
END_TEST

START_TEST(archive_says_zero_where_an_entity_was_idle_and_nothing_where_nobody_looked)
{
	struct archive *a = history_archive(T0 * (int64_t)S);
	struct interval *i;

	minute(a, 0, 2, 1000);
	minute(a, 1, 1, 1000); /* host 1 is idle */
	minute(a, 2, 1, 1000);
	minute(a, 3, 2, 1000);
	i = history_interval(INTERVAL_HOST, T0 + 600, T0 + 660); /* from 240 to 600 nobody looks */
	i->begins = true;
	history_host(i, 1, 7, 7);
	ck_assert_int_eq(history_record(a, i), 0);
	for (int round = 0; round < 2; round++) {
		ck_assert_double_eq(history_at(a, host(a, 1), SERIES_BYTES_0, T0 + 120, 60), 0);
		ck_assert_double_eq(history_at(a, host(a, 1), SERIES_BYTES_0, T0 + 240, 60), 1001);
		ck_assert(isnan(history_at(a, host(a, 1), SERIES_BYTES_0, T0 + 300, 60)));
		ck_assert(isnan(history_at(a, host(a, 0), SERIES_BYTES_0, T0 + 600, 60)));
		ck_assert_double_eq(history_at(a, host(a, 0), SERIES_BYTES_0, T0 + 660, 60), 0);
		ck_assert_double_eq(history_at(a, host(a, 1), SERIES_BYTES_0, T0 + 660, 60), 7);
		ck_assert(isnan(history_at(a, host(a, 1), SERIES_BYTES_0, T0 + 720, 60)));
		/* sums beside a gap are exact in wider steps */
		ck_assert_double_eq(history_sum(a, host(a, 1), SERIES_BYTES_0, T0, T0 + 900, 300), 1001 + 1001 + 7);
		ck_assert_double_eq(history_sum(a, host(a, 1), SERIES_BYTES_0, T0, T0 + 3600, 3600), 1001 + 1001 + 7);
		ck_assert_int_eq(archive_flush(a, NULL), 0);
	}
	archive_close(a);
}
END_TEST

Suite *archive_suite(void)
{
	Suite *s = suite_create("archive");
	TCase *c = tcase_create("archive");

	tcase_add_checked_fixture(c, history_setup, history_teardown);
	tcase_add_test(c, archive_gives_back_what_was_recorded_before_any_file_is_written);
	tcase_add_test(c, archive_gives_back_the_same_from_files);
	tcase_add_test(c, archive_says_zero_where_an_entity_was_idle_and_nothing_where_nobody_looked);
	suite_add_tcase(s, c);
	return s;
}
