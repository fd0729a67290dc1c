/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The small parts of history/: lines of the journal, names of files, runs, the calendar of totals that last.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "history/file_name.h"
#include "history/ledger.h"
#include "history/layout.h"
#include "history/line.h"
#include "history/runs.h"

Suite *history_parts_suite(void);

enum { MICRO = 1000000 };

/* ---- lines ---- */

static struct lines made(int64_t number, const char *text)
{
	struct lines l = {0};

	line_begin(&l, 'E');
	line_number(&l, number);
	line_text(&l, text);
	line_end(&l);
	return l;
}

START_TEST(line_gives_back_numbers_and_any_text)
{
	static const int64_t numbers[] = {0, -1, 7, INT64_MAX, INT64_MIN, 1700000000};
	static const char *const texts[] = {"", "%", " ", "a b", "\n\r\t", "\xff\x01z", "example.org", "%20"};

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
			struct lines l = made(numbers[i], texts[k]);
			struct line r;
			int64_t v;
			char buf[64];

			ck_assert_int_eq(l.data[l.n - 1], '\n');
			ck_assert_ptr_null(memchr(l.data, '\n', l.n - 1));
			ck_assert(line_parse(&r, l.data, l.n - 1));
			ck_assert_int_eq(r.type, 'E');
			ck_assert(line_get_number(&r, &v) && line_get_text(&r, buf, sizeof buf));
			ck_assert_int_eq(v, numbers[i]);
			ck_assert_str_eq(buf, texts[k]);
			ck_assert_ptr_eq(r.at, r.end);
			lines_release(&l);
		}
}
END_TEST

START_TEST(line_with_any_bit_changed_or_any_end_torn_is_none)
{
	struct lines l = made(123456, "10.0.0.5");
	struct line r;

	for (size_t i = 0; i < (l.n - 1) * 8; i++) {
		l.data[i / 8] ^= (char)(1 << i % 8);
		ck_assert(!line_parse(&r, l.data, l.n - 1));
		l.data[i / 8] ^= (char)(1 << i % 8);
	}
	for (size_t n = 0; n < l.n - 1; n++)
		ck_assert(!line_parse(&r, l.data, n));
	lines_release(&l);
}
END_TEST

START_TEST(line_text_that_does_not_fit_is_refused)
{
	struct lines l = made(1, "0123456789");
	struct line r;
	int64_t v;
	char buf[10];

	ck_assert(line_parse(&r, l.data, l.n - 1) && line_get_number(&r, &v));
	ck_assert(!line_get_text(&r, buf, sizeof buf));
	lines_release(&l);
}
END_TEST

/* ---- names of files ---- */

START_TEST(file_name_keeps_plain_signs_and_escapes_all_others)
{
	char buf[FILE_NAME];

	ck_assert_str_eq(file_name(DIM_HOST, "10.0.0.5", buf) + 3, "hosts-10.0.0.5.rrd");
	ck_assert_str_eq(file_name(DIM_SUBNET_PAIR, "10.0.0.0/24>internet", buf) + 3, "matrix-10.0.0.0%2F24%3Einternet.rrd");
	ck_assert_str_eq(file_name(DIM_APP, NULL, buf) + 3, "other-l7.rrd");
	ck_assert_str_eq(file_name(ENTITY_TOTALS, NULL, buf) + 3, "totals.rrd");
}
END_TEST

START_TEST(file_name_of_a_hostile_key_never_leaves_its_directory)
{
	static const char *const keys[] = {"..", "../../etc/passwd", "/", "a/../../b", ".", "\\..\\", "%2e%2e%2f", "a\nb", "\x01", "~"};
	char buf[FILE_NAME];

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		const char *name = file_name(DIM_SITE_CATEGORY, keys[i], buf);

		ck_assert_ptr_eq(strrchr(name, '/'), name + 2);
		ck_assert_uint_eq(strspn(name, "0123456789abcdef"), 2);
		ck_assert_int_ne(name[3], '.');
		ck_assert_uint_eq(strspn(name + 3, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-%~"), strlen(name + 3));
	}
}
END_TEST

START_TEST(file_name_tells_its_key_again_unless_it_was_too_long)
{
	static const char *const keys[] = {"example.org", "a b", "\xe4\xb8\xad", "%41", "a-b-c", "x"};
	char buf[FILE_NAME], text[256], longest[192];
	bool other;
	int dim;

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		ck_assert(file_name_parse(file_name(DIM_SITE_CATEGORY, keys[i], buf) + 3, &dim, text, sizeof text, &other));
		ck_assert_int_eq(dim, DIM_SITE_CATEGORY);
		ck_assert_str_eq(text, keys[i]);
		ck_assert(!other);
	}
	ck_assert(file_name_parse("other-hosts.rrd", &dim, text, sizeof text, &other) && other && dim == DIM_HOST);
	ck_assert(file_name_parse("totals.rrd", &dim, text, sizeof text, &other) && !other && dim == ENTITY_TOTALS);
	memset(longest, '/', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	ck_assert_uint_lt(strlen(file_name(DIM_SITE_CATEGORY, longest, buf)), FILE_NAME);
	ck_assert(!file_name_parse(buf + 3, &dim, text, sizeof text, &other));
}
END_TEST

START_TEST(file_names_of_long_keys_that_differ_at_the_end_differ)
{
	char a[FILE_NAME], b[FILE_NAME], key[192];

	memset(key, 'x', sizeof key);
	key[sizeof key - 1] = '\0';
	file_name(DIM_SITE_CATEGORY, key, a);
	key[sizeof key - 2] = 'y';
	file_name(DIM_SITE_CATEGORY, key, b);
	ck_assert_str_ne(a, b);
}
END_TEST

START_TEST(file_name_that_is_none_of_ours_is_refused)
{
	static const char *const names[] = {"", ".rrd", "x.rrd", "hosts-.rrd", "hosts-a", "flows-a.rrd", "hosts-%4.rrd", "hosts-%00.rrd",
					    "hosts-a b.rrd", "other-totals.rrd", "other-.rrd", "hosts.rrd", "hosts-%zz.rrd"};
	char text[256];
	bool other;
	int dim;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		ck_assert_msg(!file_name_parse(names[i], &dim, text, sizeof text, &other), "%s", names[i]);
}
END_TEST

/* ---- runs ---- */

START_TEST(runs_that_meet_are_one_and_gaps_are_found)
{
	struct runs r = {0};
	struct run gap;

	runs_add(&r, 100, 200);
	runs_add(&r, 200, 300);
	runs_add(&r, 400, 500);
	runs_add(&r, 450, 600);
	runs_add(&r, 900, 1000);
	ck_assert_uint_eq(r.count, 3);
	ck_assert_int_eq(runs_covered_s(&r, 0, 2000), 500);
	ck_assert_int_eq(runs_covered_s(&r, 250, 450), 100);
	ck_assert_int_eq(runs_covered_s(&r, 300, 400), 0);
	ck_assert(runs_gap(&r, 150, 550, &gap) && gap.from_s == 300 && gap.to_s == 400);
	ck_assert(runs_gap(&r, 350, 550, &gap) && gap.from_s == 350 && gap.to_s == 400);
	ck_assert(runs_gap(&r, 300, 550, &gap) && gap.from_s == 300 && gap.to_s == 400);
	ck_assert(runs_gap(&r, 400, 950, &gap) && gap.from_s == 600 && gap.to_s == 900);
	ck_assert(!runs_gap(&r, 900, 950, &gap));
	ck_assert(!runs_gap(&r, 150, 250, &gap));
	runs_release(&r);
}
END_TEST

START_TEST(runs_are_bounded_and_the_oldest_become_one)
{
	struct runs r = {0};

	for (int64_t i = 0; i < RUNS_MAX + 100; i++)
		runs_add(&r, i * 100, i * 100 + 50);
	ck_assert_uint_eq(r.count, RUNS_MAX);
	ck_assert_int_eq(r.items[0].from_s, 0);
	ck_assert_int_eq(runs_covered_s(&r, (RUNS_MAX + 99) * 100, (RUNS_MAX + 100) * 100), 50);
	runs_release(&r);
}
END_TEST

/* ---- the calendar ---- */

static void in_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static int64_t moment(int year, int month, int day, int hour)
{
	struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour, .tm_isdst = -1};

	return (int64_t)mktime(&tm) * MICRO;
}

static void add(struct ledger *l, int64_t at_us, int64_t bytes)
{
	const struct counters c = {{bytes, 0}, {1, 0}, 1};

	ledger_add(l, ledger_day(at_us), &c);
}

static void expect(const struct ledger *l, int64_t now_us, uint64_t today, uint64_t yesterday, uint64_t week, uint64_t month, uint64_t year)
{
	struct lasting_row out[LASTING_COUNT];

	ledger_read(l, ledger_day(now_us), out);
	ck_assert_uint_eq(out[LASTING_TODAY].bytes[0], today);
	ck_assert_uint_eq(out[LASTING_YESTERDAY].bytes[0], yesterday);
	ck_assert_uint_eq(out[LASTING_WEEK].bytes[0], week);
	ck_assert_uint_eq(out[LASTING_MONTH].bytes[0], month);
	ck_assert_uint_eq(out[LASTING_YEAR].bytes[0], year);
}

START_TEST(ledger_books_by_day_week_month_and_year_of_the_local_calendar)
{
	static const char *const zones[] = {"UTC", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Auckland", "America/St_Johns"};
	struct ledger l = {0};

	in_zone(zones[_i]);
	add(&l, moment(2026, 12, 30, 23), 1); /* Wednesday */
	expect(&l, moment(2026, 12, 30, 23), 1, 0, 1, 1, 1);
	add(&l, moment(2026, 12, 31, 0), 10);
	expect(&l, moment(2026, 12, 31, 23), 10, 1, 11, 11, 11);
	add(&l, moment(2027, 1, 1, 0), 100); /* the same ISO week, another year */
	expect(&l, moment(2027, 1, 1, 12), 100, 10, 111, 100, 100);
	expect(&l, moment(2027, 1, 2, 12), 0, 100, 111, 100, 100);
	expect(&l, moment(2027, 1, 3, 12), 0, 0, 111, 100, 100);
	expect(&l, moment(2027, 1, 4, 0), 0, 0, 0, 100, 100); /* Monday */
	add(&l, moment(2027, 1, 4, 0), 1000);
	expect(&l, moment(2027, 1, 4, 1), 1000, 0, 1000, 1100, 1100);
	expect(&l, moment(2027, 2, 1, 0), 0, 0, 0, 0, 1100);
}
END_TEST

START_TEST(ledger_days_of_summer_time_are_days)
{
	struct ledger l = {0};

	in_zone("Europe/Berlin"); /* 2026-10-25 has 25 hours, 2026-03-29 has 23 */
	for (int h = 0; h < 25; h++)
		add(&l, moment(2026, 10, 25, 0) + (int64_t)h * 3600 * MICRO, 1);
	expect(&l, moment(2026, 10, 25, 23), 25, 0, 25, 25, 25);
	for (int h = 0; h < 24; h++)
		add(&l, moment(2026, 10, 26, 0) + (int64_t)h * 3600 * MICRO, 1);
	expect(&l, moment(2026, 10, 26, 23), 24, 25, 24, 49, 49);
}
END_TEST

START_TEST(ledger_goes_on_in_another_zone_and_books_nothing_twice)
{
	struct ledger l = {0};

	in_zone("Pacific/Auckland");
	add(&l, moment(2026, 11, 26, 1), 5);
	in_zone("America/Los_Angeles"); /* where it is still the 25th */
	add(&l, moment(2026, 11, 25, 5), 7);
	expect(&l, moment(2026, 11, 25, 6), 7, 0, 12, 12, 12);
	add(&l, moment(2026, 11, 26, 5), 1);
	expect(&l, moment(2026, 11, 26, 6), 6, 7, 13, 13, 13);
}
END_TEST

START_TEST(ledger_shows_a_negative_sum_as_zero_and_keeps_it)
{
	struct ledger l = {0};

	in_zone("UTC");
	add(&l, moment(2026, 11, 26, 1), -5);
	expect(&l, moment(2026, 11, 26, 1), 0, 0, 0, 0, 0);
	add(&l, moment(2026, 11, 26, 2), 7);
	expect(&l, moment(2026, 11, 26, 2), 2, 0, 2, 2, 2);
}
END_TEST

START_TEST(ledger_that_takes_another_has_both)
{
	struct ledger a = {0}, b = {0};

	in_zone("UTC");
	add(&a, moment(2026, 11, 24, 1), 1);
	add(&a, moment(2026, 11, 26, 1), 2);
	add(&b, moment(2026, 11, 25, 1), 10);
	add(&b, moment(2026, 11, 26, 1), 20);
	ledger_merge(&a, &b);
	expect(&a, moment(2026, 11, 26, 2), 22, 10, 33, 33, 33);
}
END_TEST

/* ---- layout ---- */

START_TEST(layout_steps_divide_each_other_and_rise)
{
	for (int d = 0; d <= ENTITY_TOTALS; d++) {
		int64_t step[8], reach[8];
		size_t n = archive_steps(d, step, reach);

		ck_assert_int_eq(n > 0, layout_class(d) != INTERVAL_CLASSES);
		for (size_t i = 1; i < n; i++) {
			ck_assert_int_eq(step[i] % step[i - 1], 0);
			ck_assert_int_gt(step[i], step[i - 1]);
			ck_assert_int_gt(reach[i], reach[i - 1]);
			/* the unfinished step is made of the finer archive */
			ck_assert_int_ge(reach[i - 1], step[i]);
		}
		if (n > 0)
			ck_assert_int_eq(layout_dim(layout_kind(d)), d);
	}
}
END_TEST

Suite *history_parts_suite(void)
{
	Suite *s = suite_create("history_parts");
	TCase *c = tcase_create("history_parts");

	tcase_add_test(c, line_gives_back_numbers_and_any_text);
	tcase_add_test(c, line_with_any_bit_changed_or_any_end_torn_is_none);
	tcase_add_test(c, line_text_that_does_not_fit_is_refused);
	tcase_add_test(c, file_name_keeps_plain_signs_and_escapes_all_others);
	tcase_add_test(c, file_name_of_a_hostile_key_never_leaves_its_directory);
	tcase_add_test(c, file_name_tells_its_key_again_unless_it_was_too_long);
	tcase_add_test(c, file_names_of_long_keys_that_differ_at_the_end_differ);
	tcase_add_test(c, file_name_that_is_none_of_ours_is_refused);
	tcase_add_test(c, runs_that_meet_are_one_and_gaps_are_found);
	tcase_add_test(c, runs_are_bounded_and_the_oldest_become_one);
	tcase_add_loop_test(c, ledger_books_by_day_week_month_and_year_of_the_local_calendar, 0, 5);
	tcase_add_test(c, ledger_days_of_summer_time_are_days);
	tcase_add_test(c, ledger_goes_on_in_another_zone_and_books_nothing_twice);
	tcase_add_test(c, ledger_shows_a_negative_sum_as_zero_and_keeps_it);
	tcase_add_test(c, ledger_that_takes_another_has_both);
	tcase_add_test(c, layout_steps_divide_each_other_and_rise);
	suite_add_tcase(s, c);
	return s;
}
