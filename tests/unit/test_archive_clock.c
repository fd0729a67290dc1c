/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An archive under clocks that are set: ahead and back again, back by little and by much. What it has of any moment then
 * is what was recorded, in all classes alike. Intervals come as an engine cuts them.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "history/parts.h"
#include "history/window.h"
#include "history/window_step.h"
#include "intervals.h"

Suite *archive_clock_suite(void);

#define T0 INT64_C(1700002800) /* begin of an hour */
enum { HOUR = 3600, DAY = 86400, MOMENTS = 65536 };

static struct { /* a test is a process of its own: this is not shared */
	int64_t at_s[MOMENTS], bytes[MOMENTS];
	size_t count;
} wanted;

static const enum interval_class slow[2] = {INTERVAL_KIND, INTERVAL_HOST};

static int64_t bytes_of(int64_t second)
{
	return 1000 + second % 7;
}

static int64_t bytes_between(int64_t from_s, int64_t to_s)
{
	int64_t sum = 0;

	for (int64_t s = from_s + 1; s <= to_s; s++)
		sum += bytes_of(s);
	return sum;
}

static void record(struct archive *a, enum interval_class c, int64_t from_s, int64_t to_s, bool begins)
{
	struct interval *i = history_interval(c, from_s, to_s);
	int64_t bytes = bytes_between(from_s, to_s);

	i->begins = begins;
	if (c == INTERVAL_LINE)
		i->totals.bytes = i->totals.out_bytes = (uint64_t)bytes;
	else if (c == INTERVAL_KIND)
		history_app(i, 5, "DNS", bytes);
	else
		history_host(i, 1, bytes, 0);
	history_record(a, i);
}

/* From one moment to another, as an engine's clock goes; at its end it is set. */
static void run(struct archive *a, int64_t from_s, int64_t to_s, bool counts)
{
	int64_t taken[2] = {from_s, from_s};

	for (int64_t s = from_s + 1; s <= to_s; s++) {
		record(a, INTERVAL_LINE, s - 1, s, s - 1 == from_s);
		for (int c = 0; c < 2; c++) {
			if (s % interval_step_s(slow[c]) != 0 && s != to_s)
				continue;
			record(a, slow[c], taken[c], s, taken[c] == from_s);
			taken[c] = s;
		}
		if (counts) {
			wanted.at_s[wanted.count] = s;
			wanted.bytes[wanted.count++] = bytes_of(s);
		}
		archive_work(a, s * S, 0);
	}
}

static double wanted_between(int64_t from_s, int64_t to_s)
{
	double sum = 0;

	for (size_t i = 0; i < wanted.count; i++)
		if (wanted.at_s[i] > from_s && wanted.at_s[i] <= to_s)
			sum += (double)wanted.bytes[i];
	return sum;
}

static double stored_between(struct archive *a, int dim, enum series series, int64_t from_s, int64_t to_s)
{
	const struct window_source s = window_source_of(a);
	const struct entity *e = dim == DIM_APP ? archive_find_text(a, dim, "DNS") : NULL;
	struct dim_key host = history_host_key(1);
	struct archive_span span;

	ck_assert(archive_span(a, &span));
	if (dim != DIM_APP)
		e = archive_find(a, dim, dim == DIM_HOST ? &host : NULL, false);
	return history_sum(a, e, series, from_s, to_s,
			   window_file_step(&s, dim, from_s * S, (to_s - from_s) * S, span.to_us) / S);
}

/* In each of the finest steps in which a picture can be made. */
static void expect_all(struct archive *a, int64_t from_s, int64_t to_s)
{
	const struct window_source s = window_source_of(a);
	struct archive_span span;
	int64_t step_s;

	ck_assert(archive_span(a, &span));
	for (int64_t at = from_s; at < to_s; at += step_s) {
		double all;

		step_s = window_finest(&s, at * S, span.to_us) / S;
		at -= at % step_s;
		all = wanted_between(at, at + step_s);
		ck_assert_double_eq(stored_between(a, ENTITY_TOTALS, SERIES_BYTES, at, at + step_s), all);
		ck_assert_double_eq(stored_between(a, DIM_APP, SERIES_BYTES_0, at, at + step_s), all);
		ck_assert_double_eq(stored_between(a, DIM_HOST, SERIES_BYTES_0, at, at + step_s), all);
	}
}

static void expect_all_of_hours(struct archive *a, int hours)
{
	expect_all(a, T0, T0 + hours * HOUR);
	for (int h = 0; h < hours; h++) {
		double all = wanted_between(T0 + h * HOUR, T0 + (h + 1) * HOUR);

		ck_assert_double_eq(stored_between(a, ENTITY_TOTALS, SERIES_BYTES, T0 + h * HOUR, T0 + (h + 1) * HOUR), all);
		ck_assert_double_eq(stored_between(a, DIM_APP, SERIES_BYTES_0, T0 + h * HOUR, T0 + (h + 1) * HOUR), all);
		ck_assert_double_eq(stored_between(a, DIM_HOST, SERIES_BYTES_0, T0 + h * HOUR, T0 + (h + 1) * HOUR), all);
	}
}

static struct archive *again(struct archive *a, int64_t now_s)
{
	archive_close(a);
	return history_archive(now_s * S);
}

static const int64_t ahead_s[] = {3 * HOUR, DAY, 8 * DAY};

START_TEST(clock_that_was_ahead_leaves_what_was_recorded_before)
{
	struct archive *a = history_archive(T0 * S);
	int64_t jump = ahead_s[_i];

	run(a, T0 + 60, T0 + 780, true);
	archive_flush(a, NULL);
	run(a, T0 + jump, T0 + jump + 150, false);
	archive_flush(a, NULL);
	run(a, T0 + 780, T0 + 781, true);
	expect_all_of_hours(a, 1); /* before any file is written again */
	run(a, T0 + 781, T0 + 4000, true);
	expect_all_of_hours(a, 2);
	archive_flush(a, NULL);
	expect_all_of_hours(a, 2); /* steps that were open when the clock was set are full now */
	a = again(a, T0 + 4000);
	expect_all_of_hours(a, 2);
	archive_close(a);
}
END_TEST

/* The coarse steps of the moment have some of the time that is let go, which only finer ones could tell from the rest. */
START_TEST(clock_that_is_set_back_by_a_day_leaves_what_was_recorded_before)
{
	struct archive *a = history_archive(T0 * S);
	int64_t back = T0 + 1800 + 120;

	run(a, T0 + 60, T0 + 2400, true);
	run(a, T0 + 2 * DAY, T0 + 2 * DAY + 60, false);
	archive_flush(a, NULL);
	run(a, back, back + 700, false);
	archive_flush(a, NULL);
	wanted.count = 0;
	for (int64_t s = T0 + 61; s <= back + 700; s++) {
		if (s > T0 + 1800 && s <= back)
			continue; /* the rest of five minutes */
		wanted.at_s[wanted.count] = s;
		wanted.bytes[wanted.count++] = bytes_of(s);
	}
	expect_all_of_hours(a, 1);
	archive_close(a);
}
END_TEST

/* Nobody writes to their files again before the time that they were ahead to. */
START_TEST(rows_of_a_clock_that_was_ahead_do_not_come_again_when_that_time_comes)
{
	struct archive *a = history_archive(T0 * S);

	run(a, T0 + 60, T0 + 600, true);
	archive_flush(a, NULL);
	run(a, T0 + 3 * HOUR, T0 + 3 * HOUR + 300, false);
	archive_flush(a, NULL);
	for (int s = 600; s < 4 * HOUR; s += 60) {
		struct interval *i = history_interval(INTERVAL_HOST, T0 + s, T0 + s + 60);

		history_host(i, 2, 1, 1);
		history_record(a, i);
	}
	ck_assert_double_eq(stored_between(a, DIM_HOST, SERIES_BYTES_0, T0, T0 + 4 * HOUR), wanted_between(T0, T0 + 4 * HOUR));
	archive_close(a);
}
END_TEST

START_TEST(clock_that_is_set_by_less_than_a_minute_loses_nothing_in_any_class)
{
	static const int steps[] = {-50, -3, 5, 40};
	struct archive *a = history_archive(T0 * S);
	double all = 0;

	run(a, T0, T0 + 95, true);
	run(a, T0 + 95 + steps[_i], T0 + 600, true);
	all = wanted_between(T0, T0 + 600);
	for (int times = 0; times < 2; times++) {
		for (int64_t at = T0; at < T0 + 600; at += 60) {
			double bytes = stored_between(a, ENTITY_TOTALS, SERIES_BYTES, at, at + 60);

			ck_assert_double_eq(stored_between(a, DIM_APP, SERIES_BYTES_0, at, at + 60), bytes);
			ck_assert_double_eq(stored_between(a, DIM_HOST, SERIES_BYTES_0, at, at + 60), bytes);
		}
		ck_assert_double_eq(stored_between(a, DIM_HOST, SERIES_BYTES_0, T0, T0 + 600), all);
		archive_flush(a, NULL);
	}
	archive_close(a);
}
END_TEST

START_TEST(clock_that_is_set_back_by_an_hour_is_late_in_all_classes_up_to_the_same_minute)
{
	struct archive *a = history_archive(T0 * S);

	run(a, T0, T0 + 4000 - 5, true); /* within a minute */
	run(a, T0 + 395, T0 + 4020, false);
	run(a, T0 + 4020, T0 + 4500, true);
	expect_all_of_hours(a, 2);
	archive_flush(a, NULL);
	expect_all_of_hours(a, 2);
	archive_close(a);
}
END_TEST

START_TEST(what_is_known_of_clocks_that_were_ahead_is_bounded_and_read_again)
{
	struct archive *a = history_archive(T0 * S);

	for (int i = 0; i < SET_BACKS + 3; i++)
		ck_assert(set_back_add(a, T0 + i * HOUR, T0 + 100 * DAY - i * HOUR));
	ck_assert(!set_back_add(a, T0, T0 + DAY));
	ck_assert_uint_eq(a->set_back_count, SET_BACKS);
	ck_assert_int_eq(archive_as_of(a, T0 * S), (T0 + 100 * DAY) * S);
	a->journal.broken = true;
	a = again(a, T0);
	ck_assert_uint_eq(a->set_back_count, SET_BACKS);
	ck_assert_int_eq(archive_as_of(a, T0 * S), (T0 + 100 * DAY) * S);
	ck_assert_int_eq(archive_as_of(a, (T0 + 20 * HOUR) * S), 0);
	archive_close(a);
}
END_TEST

Suite *archive_clock_suite(void)
{
	Suite *s = suite_create("archive_clock");
	TCase *c = tcase_create("archive_clock");

	tcase_set_timeout(c, 120);
	tcase_add_checked_fixture(c, history_setup, history_teardown);
	tcase_add_loop_test(c, clock_that_was_ahead_leaves_what_was_recorded_before, 0, 3);
	tcase_add_test(c, clock_that_is_set_back_by_a_day_leaves_what_was_recorded_before);
	tcase_add_test(c, rows_of_a_clock_that_was_ahead_do_not_come_again_when_that_time_comes);
	tcase_add_loop_test(c, clock_that_is_set_by_less_than_a_minute_loses_nothing_in_any_class, 0, 4);
	tcase_add_test(c, clock_that_is_set_back_by_an_hour_is_late_in_all_classes_up_to_the_same_minute);
	tcase_add_test(c, what_is_known_of_clocks_that_were_ahead_is_bounded_and_read_again);
	suite_add_tcase(s, c);
	return s;
}
