/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * base/units.c: numbers for people and back.
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
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
	ck_assert_str_eq(unit_bits(412300000, buf, sizeof buf), "412.3 Mb/s");
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
	suite_add_tcase(s, c);
	return s;
}
