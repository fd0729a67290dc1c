/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * base/when.c: moments as people write them, in a zone with summer time.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dpitop/units.h"
#include "dpitop/when.h"

Suite *when_suite(void);

#define SECOND_US INT64_C(1000000)

/* Thursday, 2026-11-26 14:02:31 in Berlin (UTC+1); what is recorded ends a minute before; Wednesday is shown. */
static const struct when_base base = {.clock_us = 1795698151 * SECOND_US, .now_us = 1795698091 * SECOND_US,
				      .day_us = 1795611600 * SECOND_US};

static void berlin(void)
{
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
}

static const char *when(const char *text, char *buf, size_t size)
{
	struct error e = {.position = -1};
	int64_t us;

	if (when_parse(text, &base, &us, &e) != 0)
		snprintf(buf, size, "%d: %s", e.position, e.text);
	else
		unit_datetime(us, buf, size);
	return buf;
}

static const struct { const char *text, *is; } right[] = {
	{"now", "2026-11-26 14:01:31"}, {" now ", "2026-11-26 14:01:31"}, {"now-1h", "2026-11-26 13:01:31"},
	{"-2h", "2026-11-26 12:01:31"}, {"-90m", "2026-11-26 12:31:31"}, {"-1d12h", "2026-11-25 02:01:31"},
	{"- 3 days", "2026-11-23 14:01:31"}, {"2h ago", "2026-11-26 12:01:31"}, {"45 min ago", "2026-11-26 13:16:31"},
	{"-1w", "2026-11-19 14:01:31"}, {"+30s", "2026-11-26 14:02:01"}, {"-1y", "2025-11-26 14:01:31"},
	{"15:10", "2026-11-25 15:10:00"}, {"3:10", "2026-11-25 03:10:00"}, {"03:10:07", "2026-11-25 03:10:07"},
	{"today 9:00", "2026-11-26 09:00:00"}, {"today", "2026-11-26 00:00:00"}, {"yesterday 15:10", "2026-11-25 15:10:00"},
	{"Yesterday", "2026-11-25 00:00:00"}, {"mon 3:10", "2026-11-23 03:10:00"}, {"Thursday 1:00", "2026-11-26 01:00:00"},
	{"fri 23:59", "2026-11-20 23:59:00"}, {"2026-11-20", "2026-11-20 00:00:00"}, {"2026-11-20 09:00", "2026-11-20 09:00:00"},
	{"2026-1-2 9:00", "2026-01-02 09:00:00"}, {"2026-11-20T09:00", "2026-11-20 09:00:00"},
	{"2026-11-20T09:00:00Z", "2026-11-20 10:00:00"}, {"2026-11-20 09:00:00+05:30", "2026-11-20 04:30:00"},
	{"2026-11-20T09:00-0500", "2026-11-20 15:00:00"}, {"2026-11-20t09:00:00.25-08", "2026-11-20 18:00:00"},
	{"15:10 +00:00", "2026-11-25 16:10:00"}, {"2024-02-29", "2024-02-29 00:00:00"}, {"@1795698151", "2026-11-26 14:02:31"},
	{"2026-07-01 12:00", "2026-07-01 12:00:00"},
};

START_TEST(moment_is_understood)
{
	char buf[400];

	berlin();
	ck_assert_msg(strcmp(when(right[_i].text, buf, sizeof buf), right[_i].is) == 0, "'%s' is %s, not %s", right[_i].text, buf,
		      right[_i].is);
}
END_TEST

static const struct { const char *text; int at; const char *says; } wrong[] = {
	{"", 0, "a time is expected"}, {"   ", 3, "a time is expected"}, {"-", 1, "a number and a unit"}, {"-2", 2, "a unit"},
	{"-2x", 2, "a unit"}, {"2h later", 3, "nothing more"}, {"-999999999d", 1, "a hundred years"},
	{"25:00", 0, "no such time of day"}, {"12:60", 0, "no such time of day"}, {"12:00:61", 0, "no such time of day"},
	{"12:5", 3, "two digits of minutes"}, {"12:05:1", 6, "two digits of seconds"}, {"12", 0, "a date"}, {"12:00 x", 6, "nothing more"},
	{"2026-13-01", 0, "no such date"}, {"2026-02-29", 0, "no such date"}, {"2026-11-31 10:00", 0, "no such date"},
	{"1969-12-31", 0, "no such date"}, {"2026-11", 0, "a date"}, {"2026-11-20T", 11, "a time"}, {"2026-11-20 9", 11, "a time"},
	{"2026-11-20 09:00+25:00", 16, "a zone"}, {"2026-11-20 09:00+1", 16, "a zone"}, {"someday 10:00", 0, "a day"},
	{"mo 3:10", 0, "a day"}, {"yesterdayish", 0, "a day"}, {"nowhere", 0, "a day"}, {"now what", 4, "nothing more"}, {"@", 1, "seconds since 1970"},
	{"@12x", 3, "nothing more"}, {"@123456789012", 1, "seconds since 1970"}, {"15:10:", 6, "two digits of seconds"},
	{"\xff\xfe", 0, "a date"}, {"2026-03-29 02:30", 0, "clocks were put forward"},
};

START_TEST(what_is_wrong_is_said_and_where)
{
	char buf[400], at[24];

	berlin();
	when(wrong[_i].text, buf, sizeof buf);
	snprintf(at, sizeof at, "%d: ", wrong[_i].at);
	ck_assert_msg(strncmp(buf, at, strlen(at)) == 0 && strstr(buf, wrong[_i].says) != NULL, "'%s': %s", wrong[_i].text, buf);
}
END_TEST

/* 2026-10-25: at three o'clock of summer time it is two again. */
START_TEST(an_hour_that_came_twice_is_the_first_one)
{
	int64_t us;

	berlin();
	ck_assert_int_eq(when_parse("2026-10-25 02:30", &base, &us, NULL), 0);
	ck_assert_int_eq(us / SECOND_US, 1792888200); /* 00:30 UTC */
	ck_assert_int_eq(when_parse("2026-10-25 03:30", &base, &us, NULL), 0);
	ck_assert_int_eq(us / SECOND_US, 1792895400); /* 02:30 UTC */
	ck_assert_int_eq(when_parse("2026-10-25 02:30+01:00", &base, &us, NULL), 0);
	ck_assert_int_eq(us / SECOND_US, 1792891800); /* the second one has to be written so */
}
END_TEST

/* Days are the calendar's, not 86400 seconds: the clocks were changed between. */
START_TEST(yesterday_is_a_day_of_the_calendar)
{
	struct when_base monday = base;
	char buf[64];
	int64_t us;

	berlin();
	monday.clock_us = 1792969200 * SECOND_US; /* 2026-10-26 00:00 */
	ck_assert_int_eq(when_parse("yesterday 00:00", &monday, &us, NULL), 0);
	ck_assert_str_eq(unit_datetime(us, buf, sizeof buf), "2026-10-25 00:00:00");
	ck_assert_int_eq(us / SECOND_US, 1792969200 - 25 * 3600);
	monday.clock_us = 1767222000 * SECOND_US; /* 2026-01-01 00:00 */
	ck_assert_int_eq(when_parse("yesterday 12:00", &monday, &us, NULL), 0);
	ck_assert_str_eq(unit_datetime(us, buf, sizeof buf), "2025-12-31 12:00:00");
}
END_TEST

START_TEST(parts_of_a_second_are_kept)
{
	int64_t us;

	ck_assert_int_eq(when_parse("2026-11-20T09:00:00.250Z", &base, &us, NULL), 0);
	ck_assert_int_eq(us % SECOND_US, 250000);
	ck_assert_int_eq(when_parse("@1795698151.000001999", &base, &us, NULL), 0);
	ck_assert_int_eq(us % SECOND_US, 1);
}
END_TEST

Suite *when_suite(void)
{
	Suite *s = suite_create("when");
	TCase *c = tcase_create("when");

	tcase_add_loop_test(c, moment_is_understood, 0, sizeof right / sizeof right[0]);
	tcase_add_loop_test(c, what_is_wrong_is_said_and_where, 0, sizeof wrong / sizeof wrong[0]);
	tcase_add_test(c, an_hour_that_came_twice_is_the_first_one);
	tcase_add_test(c, yesterday_is_a_day_of_the_calendar);
	tcase_add_test(c, parts_of_a_second_are_kept);
	suite_add_tcase(s, c);
	return s;
}
