/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * base/units.c: numbers for people and back.
 */
#include "config.h"

#include <check.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dpitop/units.h"

Suite *units_suite(void);

static char buf[UNIT_TEXT];

START_TEST(units_bytes_are_powers_of_1024)
{
	ck_assert_str_eq(unit_bytes(0, buf, sizeof buf), "0 B");
	ck_assert_str_eq(unit_bytes(1023, buf, sizeof buf), "1023 B");
	ck_assert_str_eq(unit_bytes(1024, buf, sizeof buf), "1.0 KiB");
	ck_assert_str_eq(unit_bytes(1024 * 1024 - 1, buf, sizeof buf), "1.0 MiB");
	ck_assert_str_eq(unit_bytes(UINT64_MAX, buf, sizeof buf), "16.0 EiB");
}
END_TEST

START_TEST(units_rates_are_powers_of_1000)
{
	ck_assert_str_eq(unit_bits(0, buf, sizeof buf), "0 b/s");
	ck_assert_str_eq(unit_bits(412300000, buf, sizeof buf), "412 Mb/s");
	ck_assert_str_eq(unit_bits(999.4, buf, sizeof buf), "999 b/s");
	ck_assert_str_eq(unit_bits(999960, buf, sizeof buf), "1.0 Mb/s");
	ck_assert_str_eq(unit_bits(-5, buf, sizeof buf), "0 b/s");
	ck_assert_str_eq(unit_bits(NAN, buf, sizeof buf), "0 b/s");
	ck_assert_str_eq(unit_rate_bytes(51500000, buf, sizeof buf), "51.5 MB/s");
	ck_assert_str_eq(unit_packets(98200, buf, sizeof buf), "98.2 kp/s");
}
END_TEST

START_TEST(units_counts_have_thousands_until_they_are_too_long)
{
	ck_assert_str_eq(unit_count(999, buf, sizeof buf), "999");
	ck_assert_str_eq(unit_count(12431, buf, sizeof buf), "12,431");
	ck_assert_str_eq(unit_count(1002003, buf, sizeof buf), "1,002,003");
	ck_assert_str_eq(unit_count(12400000, buf, sizeof buf), "12.4 M");
}
END_TEST

START_TEST(units_durations_fit_six_cells)
{
	ck_assert_str_eq(unit_duration(812, buf, sizeof buf), "812 us");
	ck_assert_str_eq(unit_duration(81200, buf, sizeof buf), "81 ms");
	ck_assert_str_eq(unit_duration(5200000, buf, sizeof buf), "5.2 s");
	ck_assert_str_eq(unit_duration(192000000, buf, sizeof buf), "3m12");
	ck_assert_str_eq(unit_duration(7500000000, buf, sizeof buf), "2h05");
	ck_assert_str_eq(unit_duration(356400000000, buf, sizeof buf), "4d03");
}
END_TEST

START_TEST(units_clock_is_local_and_survives_absurd_times)
{
	setenv("TZ", "UTC", 1);
	tzset();
	ck_assert_str_eq(unit_clock(1700000000000000, buf, sizeof buf), "22:13:20");
	ck_assert_str_eq(unit_datetime(1700000000000000, buf, sizeof buf), "2023-11-14 22:13:20");
	ck_assert_str_eq(unit_clock(-1, buf, sizeof buf), "23:59:59");
	ck_assert_ptr_nonnull(unit_datetime(INT64_MAX, buf, sizeof buf));
	ck_assert_ptr_nonnull(unit_datetime(INT64_MIN + 1, buf, sizeof buf));
}
END_TEST

START_TEST(units_parse_knows_both_kinds_of_thousand_and_bits)
{
	static const struct { const char *text; uint64_t value; } good[] = {
		{"0", 0}, {"1500", 1500}, {"1.5k", 1500}, {"2M", 2000000}, {"1G", 1000000000}, {"1Ki", 1024},
		{"1KiB", 1024}, {"1GiB", 1073741824}, {"8kb", 1000}, {"8kbit", 1000}, {"8Mb/s", 1000000}, {"5 MB", 5000000},
		{"1MB/s", 1000000},
	};
	uint64_t v;

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		ck_assert_msg(unit_parse(good[i].text, &v, NULL) == 0, "%s", good[i].text);
		ck_assert_msg(v == good[i].value, "%s: %llu", good[i].text, (unsigned long long)v);
	}
}
END_TEST

START_TEST(units_parse_names_what_it_refuses)
{
	static const char *const bad[] = {"", "x", "-1", "1q", "1kk", "1e30", "99999999E", "1 2"};
	struct error e;
	uint64_t v;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		e = (struct error){0};
		ck_assert_msg(unit_parse(bad[i], &v, &e) == ERR_FORMAT, "%s", bad[i]);
		ck_assert(e.text[0] != '\0');
	}
}
END_TEST

/* A locale whose decimal point is a comma, if the machine has one. */
static void use_decimal_comma(void)
{
	static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_AT.UTF-8", "de_DE"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (setlocale(LC_ALL, names[i]) != NULL)
			return;
}

START_TEST(units_are_the_same_in_every_locale)
{
	uint64_t v = 0;

	use_decimal_comma();
	ck_assert_str_eq(unit_bytes(19541, buf, sizeof buf), "19.1 KiB");
	ck_assert_str_eq(unit_decimal(-0.5, 2, buf, sizeof buf), "-0.50");
	ck_assert_int_eq(unit_parse("1.5k", &v, NULL), 0);
	ck_assert_uint_eq(v, 1500);
}
END_TEST

START_TEST(units_decimal_of_what_is_no_number_is_0)
{
	char small[4];

	ck_assert_str_eq(unit_decimal(NAN, 1, buf, sizeof buf), "0");
	ck_assert_str_eq(unit_decimal(-INFINITY, 1, buf, sizeof buf), "0");
	ck_assert_str_eq(unit_decimal(12345, 1, small, sizeof small), "0");
}
END_TEST

START_TEST(units_step_up_before_they_need_five_digits)
{
	ck_assert_str_eq(unit_bits(999.5, buf, sizeof buf), "1.0 kb/s");
	ck_assert_str_eq(unit_bits(999499, buf, sizeof buf), "999 kb/s");
	ck_assert_str_eq(unit_bits(999500, buf, sizeof buf), "1.0 Mb/s");
	ck_assert_str_eq(unit_bytes(1047527424, buf, sizeof buf), "999 MiB");
	ck_assert_str_eq(unit_bytes(1073741823, buf, sizeof buf), "1.0 GiB");
}
END_TEST

START_TEST(units_drop_the_decimal_that_would_be_a_fourth_digit)
{
	ck_assert_str_eq(unit_bytes(102348, buf, sizeof buf), "99.9 KiB");
	ck_assert_str_eq(unit_bytes(102349, buf, sizeof buf), "100 KiB");
	ck_assert_str_eq(unit_bytes(1023 * 1024, buf, sizeof buf), "1023 KiB");
}
END_TEST

START_TEST(units_count_changes_its_form_at_ten_million)
{
	ck_assert_str_eq(unit_count(0, buf, sizeof buf), "0");
	ck_assert_str_eq(unit_count(1000, buf, sizeof buf), "1,000");
	ck_assert_str_eq(unit_count(9999999, buf, sizeof buf), "9,999,999");
	ck_assert_str_eq(unit_count(10000000, buf, sizeof buf), "10.0 M");
	ck_assert_str_eq(unit_count(UINT64_MAX, buf, sizeof buf), "18.4 E");
}
END_TEST

START_TEST(units_durations_change_their_form_at_each_border)
{
	ck_assert_str_eq(unit_duration(0, buf, sizeof buf), "0 us");
	ck_assert_str_eq(unit_duration(999, buf, sizeof buf), "999 us");
	ck_assert_str_eq(unit_duration(1000, buf, sizeof buf), "1 ms");
	ck_assert_str_eq(unit_duration(999999, buf, sizeof buf), "999 ms");
	ck_assert_str_eq(unit_duration(1000000, buf, sizeof buf), "1.0 s");
	ck_assert_str_eq(unit_duration(59999999, buf, sizeof buf), "59.9 s");
	ck_assert_str_eq(unit_duration(60000000, buf, sizeof buf), "1m00");
	ck_assert_str_eq(unit_duration(3600000000, buf, sizeof buf), "1h00");
	ck_assert_str_eq(unit_duration(86400000000, buf, sizeof buf), "1d00");
}
END_TEST

START_TEST(units_time_before_1970_rounds_down)
{
	setenv("TZ", "UTC", 1);
	tzset();
	ck_assert_str_eq(unit_datetime(-1000000, buf, sizeof buf), "1969-12-31 23:59:59");
	ck_assert_str_eq(unit_datetime(-1000001, buf, sizeof buf), "1969-12-31 23:59:58");
	ck_assert_str_eq(unit_datetime(999999, buf, sizeof buf), "1970-01-01 00:00:00");
}
END_TEST

START_TEST(units_time_of_any_int64_is_no_overflow)
{
	ck_assert_ptr_eq(unit_datetime(INT64_MIN, buf, sizeof buf), buf);
	ck_assert_ptr_eq(unit_clock(INT64_MIN, buf, sizeof buf), buf);
}
END_TEST

START_TEST(units_parse_is_exact_up_to_64_bits)
{
	uint64_t v;

	ck_assert_int_eq(unit_parse("18446744073709551615", &v, NULL), 0);
	ck_assert_uint_eq(v, UINT64_MAX);
	ck_assert_int_eq(unit_parse("9007199254740993", &v, NULL), 0); /* 2^53 + 1 */
	ck_assert_uint_eq(v, 9007199254740993);
	ck_assert_int_eq(unit_parse("18446744073709551615bit", &v, NULL), 0);
	ck_assert_uint_eq(v, (uint64_t)1 << 61);
	ck_assert_int_eq(unit_parse("18446744073709551616", &v, NULL), ERR_FORMAT);
	ck_assert_int_eq(unit_parse("16EiB", &v, NULL), ERR_FORMAT);
}
END_TEST

START_TEST(units_parse_takes_all_ways_to_write_a_rate)
{
	static const char *const same[] = {"1M", "1m", "1MB", "1MB/s", "1MBps", "8Mb", "8Mb/s", "8Mbps", "8Mbit", "8Mbit/s",
					   "8 Mbit/s", "1000k", "1000000", "0.001G"};
	uint64_t v;

	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
		ck_assert_msg(unit_parse(same[i], &v, NULL) == 0, "%s", same[i]);
		ck_assert_msg(v == 1000000, "%s: %llu", same[i], (unsigned long long)v);
	}
}
END_TEST

START_TEST(units_parse_of_a_cut_unit_reads_nothing_behind_it)
{
	static const char *const cut[] = {"1b", "1bi", "1k", "1ki", "1kb", "1/", "1."};
	uint64_t v;

	for (size_t i = 0; i < sizeof cut / sizeof cut[0]; i++) {
		char *exact = strdup(cut[i]); /* ASan sees what reads further */

		unit_parse(exact, &v, NULL);
		free(exact);
	}
	ck_assert_int_eq(unit_parse("1bi", &v, NULL), ERR_FORMAT);
	ck_assert_int_eq(unit_parse("1.", &v, NULL), ERR_FORMAT);
	ck_assert_int_eq(unit_parse("0x10", &v, NULL), ERR_FORMAT);
}
END_TEST

START_TEST(units_parse_points_at_the_wrong_unit)
{
	struct error e;
	uint64_t v;

	unit_parse("15 quux", &v, &e);
	ck_assert_int_eq(e.position, 3);
}
END_TEST

static void add_more_tests(TCase *c)
{
	tcase_add_test(c, units_are_the_same_in_every_locale);
	tcase_add_test(c, units_decimal_of_what_is_no_number_is_0);
	tcase_add_test(c, units_step_up_before_they_need_five_digits);
	tcase_add_test(c, units_drop_the_decimal_that_would_be_a_fourth_digit);
	tcase_add_test(c, units_count_changes_its_form_at_ten_million);
	tcase_add_test(c, units_durations_change_their_form_at_each_border);
	tcase_add_test(c, units_time_before_1970_rounds_down);
	tcase_add_test(c, units_time_of_any_int64_is_no_overflow);
	tcase_add_test(c, units_parse_is_exact_up_to_64_bits);
	tcase_add_test(c, units_parse_takes_all_ways_to_write_a_rate);
	tcase_add_test(c, units_parse_of_a_cut_unit_reads_nothing_behind_it);
	tcase_add_test(c, units_parse_points_at_the_wrong_unit);
}

Suite *units_suite(void)
{
	Suite *s = suite_create("units");
	TCase *c = tcase_create("units");

	tcase_add_test(c, units_bytes_are_powers_of_1024);
	tcase_add_test(c, units_rates_are_powers_of_1000);
	tcase_add_test(c, units_counts_have_thousands_until_they_are_too_long);
	tcase_add_test(c, units_durations_fit_six_cells);
	tcase_add_test(c, units_clock_is_local_and_survives_absurd_times);
	tcase_add_test(c, units_parse_knows_both_kinds_of_thousand_and_bits);
	tcase_add_test(c, units_parse_names_what_it_refuses);
	add_more_tests(c);
	suite_add_tcase(s, c);
	return s;
}
