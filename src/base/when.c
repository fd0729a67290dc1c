/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Moments as people write them; see dpitop/when.h for what can be written. A day, a time, both, or so much
 * before now. Any thread.
 */
#include "config.h"

#include "dpitop/when.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "dpitop/i18n.h"

#define SECOND_US INT64_C(1000000)
#define DAY_US (86400 * SECOND_US)

enum { LETTERS_MIN = 3 /* of a day's name */, DIGITS_MAX = 9, YEAR_MIN = 1970, YEAR_MAX = 9999 };

static const int64_t longest_us = 100 * 366 * DAY_US;

struct reader {
	const char *text, *at;
	const struct when_base *base;
	struct error *e;
};

struct moment { /* as it is being read; local unless it has a zone */
	int year, month, day, hour, minute, second;
	int64_t micros;
	bool has_zone;
	int zone_minutes; /* east of Greenwich */
};

static int wrong_at(struct reader *r, const char *at, const char *what)
{
	return error_set_at(r->e, ERR_USAGE, (int)(at - r->text), "%s", _(what));
}

static int wrong(struct reader *r, const char *what)
{
	return wrong_at(r, r->at, what);
}

static void skip_blanks(struct reader *r)
{
	while (*r->at == ' ')
		r->at++;
}

static bool is_at_end(struct reader *r)
{
	skip_blanks(r);
	return *r->at == '\0';
}

static bool take(struct reader *r, char c)
{
	if (*r->at != c)
		return false;
	r->at++;
	return true;
}

/* `least` to `most` digits; -1: not so many. */
static int64_t take_number(struct reader *r, int least, int most)
{
	int64_t n = 0;
	int digits = 0;

	while (isdigit((unsigned char)r->at[digits])) {
		if (digits == most)
			return -1;
		n = n * 10 + (r->at[digits++] - '0');
	}
	if (digits < least)
		return -1;
	r->at += digits;
	return n;
}

static size_t letters(const struct reader *r)
{
	size_t n = 0;

	while (isalpha((unsigned char)r->at[n]))
		n++;
	return n;
}

/* Is the word at hand this one, or so many of its first letters? */
static bool is_word(const struct reader *r, const char *word, size_t least)
{
	size_t n = letters(r);

	return n >= least && n <= strlen(word) && strncasecmp(r->at, word, n) == 0;
}

static bool take_word(struct reader *r, const char *word, size_t least)
{
	if (!is_word(r, word, least))
		return false;
	r->at += letters(r);
	return true;
}

static int find_word(struct reader *r, const char *const *words, int count, size_t least)
{
	for (int i = 0; i < count; i++)
		if (take_word(r, words[i], least))
			return i;
	return -1;
}

/* ---- before now ---- */

static const struct unit { const char *name; size_t least; int64_t us; } units[] = {
	{"seconds", 1, SECOND_US}, {"minutes", 1, 60 * SECOND_US}, {"hours", 1, 3600 * SECOND_US},
	{"days", 1, DAY_US}, {"weeks", 1, 7 * DAY_US}, {"months", 2, 30 * DAY_US}, {"years", 1, 365 * DAY_US},
};

static int64_t take_unit(struct reader *r)
{
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (take_word(r, units[i].name, units[i].least))
			return units[i].us;
	return -1;
}

/* "2h", "1d12h", "3 days" */
static int read_length(struct reader *r, int64_t *us)
{
	*us = 0;
	do {
		const char *from = r->at;
		int64_t n = take_number(r, 1, DIGITS_MAX), unit;

		if (n < 0)
			return wrong(r, N_("a number and a unit are expected: -2h, -30m, -1d12h"));
		skip_blanks(r);
		unit = take_unit(r);
		if (unit < 0)
			return wrong(r, N_("a unit is expected: s, m, h, d, w, months, y"));
		if (n > longest_us / unit || *us > longest_us - n * unit)
			return wrong_at(r, from, N_("that is more than a hundred years"));
		*us += n * unit;
		skip_blanks(r);
	} while (isdigit((unsigned char)*r->at));
	return 0;
}

static int read_offset(struct reader *r, int64_t *us)
{
	bool back = *r->at == '-';
	int64_t length;
	int result;

	if (*r->at == '-' || *r->at == '+')
		r->at++;
	else
		back = true; /* "2h ago" */
	skip_blanks(r);
	result = read_length(r, &length);
	if (result != 0)
		return result;
	take_word(r, "ago", 3);
	*us = r->base->now_us + (back ? -length : length);
	return is_at_end(r) ? 0 : wrong(r, N_("nothing more is expected"));
}

/* A number with a unit behind it, and no time or date. */
static bool is_length(const struct reader *r)
{
	size_t n = strspn(r->at, "0123456789");

	if (n == 0)
		return false;
	n += strspn(r->at + n, " ");
	return isalpha((unsigned char)r->at[n]) && (r->at[n] | 0x20) != 't';
}

/* ---- a day and a time ---- */

static void set_day(struct moment *m, int64_t us, int days)
{
	time_t t = (time_t)(us / SECOND_US);
	struct tm tm;

	localtime_r(&t, &tm);
	m->year = tm.tm_year + 1900;
	m->month = tm.tm_mon + 1;
	m->day = tm.tm_mday + days; /* may be below 1: mktime() knows */
}

static int read_time(struct reader *r, struct moment *m)
{
	const char *from = r->at;
	int64_t hour = take_number(r, 1, 2), minute, second = 0, scale = SECOND_US / 10;

	if (hour < 0 || !take(r, ':'))
		return wrong_at(r, from, N_("a time is expected: 15:10"));
	minute = take_number(r, 2, 2);
	if (minute < 0)
		return wrong(r, N_("two digits of minutes are expected"));
	if (take(r, ':') && (second = take_number(r, 2, 2)) < 0)
		return wrong(r, N_("two digits of seconds are expected"));
	if (hour > 23 || minute > 59 || second > 59)
		return wrong_at(r, from, N_("there is no such time of day"));
	m->hour = (int)hour;
	m->minute = (int)minute;
	m->second = (int)second;
	if (take(r, '.') || take(r, ','))
		for (; isdigit((unsigned char)*r->at); r->at++, scale /= 10)
			m->micros += (*r->at - '0') * scale;
	return 0;
}

/* ISO 8601: "Z", "+01:00", "+0100", "+01" */
static int read_zone(struct reader *r, struct moment *m)
{
	const char *from = r->at;
	int sign = *r->at == '-' ? -1 : 1;
	int64_t hours, minutes = 0;

	if (take(r, 'Z') || take(r, 'z')) {
		m->has_zone = true;
		return 0;
	}
	if (*r->at != '+' && *r->at != '-')
		return 0;
	r->at++;
	hours = isdigit((unsigned char)r->at[0]) && isdigit((unsigned char)r->at[1])
			? (r->at[0] - '0') * 10 + (r->at[1] - '0') : -1;
	if (hours >= 0)
		r->at += 2;
	if (hours >= 0 && (take(r, ':') || isdigit((unsigned char)*r->at)))
		minutes = take_number(r, 2, 2);
	if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59)
		return wrong_at(r, from, N_("a zone is expected: Z, +01:00"));
	m->has_zone = true;
	m->zone_minutes = sign * (int)(hours * 60 + minutes);
	return 0;
}

/* "2026-11-20", then nothing or a time after a blank or T. */
static int read_date(struct reader *r, struct moment *m)
{
	const char *from = r->at;
	int64_t year = take_number(r, 4, 4), month, day;

	month = year >= 0 && take(r, '-') ? take_number(r, 1, 2) : -1;
	day = month >= 0 && take(r, '-') ? take_number(r, 1, 2) : -1;
	if (day < 0)
		return wrong_at(r, from, N_("a date is expected: 2026-11-20"));
	if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1 || day > 31)
		return wrong_at(r, from, N_("there is no such date"));
	m->year = (int)year;
	m->month = (int)month;
	m->day = (int)day;
	if ((*r->at == 'T' || *r->at == 't') && !isdigit((unsigned char)r->at[1]))
		return wrong_at(r, r->at + 1, N_("a time is expected: 15:10"));
	if (*r->at == 'T' || *r->at == 't')
		r->at++;
	return 0;
}

/* The last such day, today included. */
static bool read_weekday(struct reader *r, struct moment *m)
{
	static const char *const days[] = {"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
	time_t now = (time_t)(r->base->clock_us / SECOND_US);
	int day = find_word(r, days, 7, LETTERS_MIN);
	struct tm tm;

	if (day < 0)
		return false;
	localtime_r(&now, &tm);
	set_day(m, r->base->clock_us, -((tm.tm_wday - day + 7) % 7));
	return true;
}

static int read_day(struct reader *r, struct moment *m)
{
	if (take_word(r, "today", LETTERS_MIN)) {
		set_day(m, r->base->clock_us, 0);
	} else if (take_word(r, "yesterday", LETTERS_MIN)) {
		set_day(m, r->base->clock_us, -1);
	} else if (isalpha((unsigned char)*r->at)) {
		if (!read_weekday(r, m))
			return wrong(r, N_("a day is expected: yesterday, mon, 2026-11-20"));
	} else if (strcspn(r->at, ":") < strcspn(r->at, "-")) {
		set_day(m, r->base->day_us, 0);
	} else {
		return read_date(r, m);
	}
	return 0;
}

/* ---- to a number ---- */

static bool is_same(const struct tm *a, const struct tm *b)
{
	return a->tm_hour == b->tm_hour && a->tm_min == b->tm_min && a->tm_sec == b->tm_sec;
}

/* As if summer time were on or off; false: it was not. */
static bool as_local(const struct tm *wanted, int summer, time_t *t)
{
	struct tm tm = *wanted, got;

	tm.tm_isdst = summer;
	*t = mktime(&tm);
	localtime_r(t, &got);
	return is_same(wanted, &got);
}

static int finish(struct reader *r, const struct moment *m, int64_t *us)
{
	struct tm tm = {.tm_year = m->year - 1900, .tm_mon = m->month - 1, .tm_mday = m->day, .tm_hour = m->hour,
			.tm_min = m->minute, .tm_sec = m->second, .tm_isdst = -1};
	struct tm check = {.tm_year = tm.tm_year, .tm_mon = tm.tm_mon, .tm_mday = tm.tm_mday, .tm_hour = 12};
	time_t t, other;
	bool summer, winter;

	timegm(&check); /* makes a day that there is not into another one */
	if (m->day >= 1 && check.tm_mday != m->day)
		return wrong_at(r, r->text, N_("there is no such date"));
	if (m->has_zone) {
		t = timegm(&tm) - (time_t)m->zone_minutes * 60;
	} else {
		summer = as_local(&tm, 1, &t);
		winter = as_local(&tm, 0, &other);
		if (!summer && !winter)
			return wrong_at(r, r->text, N_("there was no such time: clocks were put forward"));
		if (!summer || (winter && other < t))
			t = other;
	}
	*us = (int64_t)t * SECOND_US + m->micros;
	return 0;
}

static int read_moment(struct reader *r, int64_t *us)
{
	struct moment m = {.has_zone = false};
	int result = read_day(r, &m);

	skip_blanks(r);
	if (result == 0 && *r->at != '\0') {
		result = read_time(r, &m);
		if (result == 0)
			skip_blanks(r);
		if (result == 0)
			result = read_zone(r, &m);
	}
	if (result == 0 && !is_at_end(r))
		result = wrong(r, N_("nothing more is expected"));
	return result != 0 ? result : finish(r, &m, us);
}

/* "@1764150000.5": seconds since the epoch, as JSON has them. */
static int read_epoch(struct reader *r, int64_t *us)
{
	int64_t seconds = take_number(r, 1, DIGITS_MAX + 2), scale = SECOND_US / 10;

	if (seconds < 0)
		return wrong(r, N_("seconds since 1970 are expected: @1764150000"));
	*us = seconds * SECOND_US;
	if (take(r, '.'))
		for (; isdigit((unsigned char)*r->at); r->at++, scale /= 10)
			*us += (*r->at - '0') * scale;
	return is_at_end(r) ? 0 : wrong(r, N_("nothing more is expected"));
}

int when_parse(const char *text, const struct when_base *base, int64_t *us, struct error *e)
{
	struct reader r = {.text = text, .at = text, .base = base, .e = e};

	if (take(&r, '@'))
		return read_epoch(&r, us);
	if (is_at_end(&r))
		return wrong(&r, N_("a time is expected: yesterday 15:10, -2h, 15:10, 2026-11-20 09:00"));
	if (take_word(&r, "now", 3)) {
		*us = base->now_us;
		if (is_at_end(&r))
			return 0;
		if (*r.at != '-' && *r.at != '+')
			return wrong(&r, N_("nothing more is expected"));
	}
	if (*r.at == '-' || *r.at == '+' || is_length(&r))
		return read_offset(&r, us);
	return read_moment(&r, us);
}
