/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Totals of the local calendar. A period is told by a number that grows with time, made of the local date
 * alone, so that neither summer time nor another zone can book anything twice.
 */
#include "config.h"

#include "history/ledger.h"

#include <string.h>
#include <time.h>

enum { DAYS_MAX = 200000, DAYS_IN_ERA = 146097 }; /* to the year 2517; 400 years */

/* Days since 1970-01-01 of a date of the Gregorian calendar; years begin in March here, so that a leap day ends one. */
static int32_t day_of_date(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year, m = month <= 2 ? month + 9 : month - 3; /* March: 0 */
	int era = y / 400, of_era = y % 400;

	return era * DAYS_IN_ERA + of_era * 365 + of_era / 4 - of_era / 100 + (153 * m + 2) / 5 + day - 1 - 719468;
}

int32_t ledger_day(int64_t time_us)
{
	time_t t = (time_t)(time_us / 1000000);
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL || tm.tm_year < 70)
		return 1;
	return day_of_date(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

bool ledger_day_is_sane(int64_t day)
{
	return day > 0 && day < DAYS_MAX;
}

static int32_t monday_of(int32_t day)
{
	return day - (day + 3) % 7; /* 1970-01-01 was a Thursday */
}

static void month_of(int32_t day, int32_t *month, int32_t *year)
{
	time_t t = (time_t)day * 86400;
	struct tm tm;

	gmtime_r(&t, &tm);
	*year = tm.tm_year + 1900;
	*month = *year * 12 + tm.tm_mon;
}

static void ids_of(int32_t day, int32_t ids[LEDGER_PERIODS])
{
	ids[LEDGER_DAY] = ids[LEDGER_DAY_BEFORE] = day;
	ids[LEDGER_WEEK] = monday_of(day);
	month_of(day, &ids[LEDGER_MONTH], &ids[LEDGER_YEAR]);
}

void counters_add(struct counters *to, const struct counters *c)
{
	/* as unsigned: sums of a forged catalog may run over */
	for (int i = 0; i < 2; i++) {
		to->bytes[i] = (int64_t)((uint64_t)to->bytes[i] + (uint64_t)c->bytes[i]);
		to->packets[i] = (int64_t)((uint64_t)to->packets[i] + (uint64_t)c->packets[i]);
	}
	to->flows = (int64_t)((uint64_t)to->flows + (uint64_t)c->flows);
}

static void add_period(struct ledger *l, enum ledger_period p, int32_t id, const struct counters *c)
{
	if (id < l->periods[p].id)
		return;
	if (id > l->periods[p].id) {
		memset(&l->periods[p], 0, sizeof l->periods[p]);
		l->periods[p].id = id;
	}
	counters_add(&l->periods[p].sum, c);
}

static void add_day(struct ledger *l, int32_t day, const struct counters *c)
{
	if (day < l->periods[LEDGER_DAY].id) {
		add_period(l, LEDGER_DAY_BEFORE, day, c);
		return;
	}
	if (day > l->periods[LEDGER_DAY].id)
		l->periods[LEDGER_DAY_BEFORE] = l->periods[LEDGER_DAY];
	add_period(l, LEDGER_DAY, day, c);
}

void ledger_add(struct ledger *l, int32_t day, const struct counters *c)
{
	int32_t ids[LEDGER_PERIODS];

	ids_of(day, ids);
	add_day(l, day, c);
	for (int p = LEDGER_WEEK; p < LEDGER_PERIODS; p++)
		add_period(l, (enum ledger_period)p, ids[p], c);
}

void ledger_cut(struct ledger *l, int32_t day)
{
	int32_t ids[LEDGER_PERIODS];

	ids_of(day, ids);
	for (int p = 0; p < LEDGER_PERIODS; p++)
		if (l->periods[p].id > ids[p])
			memset(&l->periods[p], 0, sizeof l->periods[p]);
	if (l->periods[LEDGER_DAY].id == 0) {
		l->periods[LEDGER_DAY] = l->periods[LEDGER_DAY_BEFORE];
		memset(&l->periods[LEDGER_DAY_BEFORE], 0, sizeof l->periods[LEDGER_DAY_BEFORE]);
	}
}

void ledger_merge(struct ledger *l, const struct ledger *other)
{
	/* the older day first: a newer one would push it out */
	for (int p = LEDGER_DAY_BEFORE; p >= LEDGER_DAY; p--)
		if (other->periods[p].id != 0)
			add_day(l, other->periods[p].id, &other->periods[p].sum);
	for (int p = LEDGER_WEEK; p < LEDGER_PERIODS; p++)
		if (other->periods[p].id != 0)
			add_period(l, (enum ledger_period)p, other->periods[p].id, &other->periods[p].sum);
}

static uint64_t positive(int64_t v)
{
	return v > 0 ? (uint64_t)v : 0;
}

static bool read_period(const struct ledger *l, enum ledger_period p, int32_t id, struct lasting_row *out)
{
	const struct counters *c = &l->periods[p].sum;

	if (l->periods[p].id != id || id == 0)
		return false;
	for (int i = 0; i < 2; i++) {
		out->bytes[i] = positive(c->bytes[i]);
		out->packets[i] = positive(c->packets[i]);
	}
	out->flows = positive(c->flows);
	return true;
}

bool ledger_read(const struct ledger *l, int32_t today, struct lasting_row out[LASTING_COUNT])
{
	static const enum ledger_period periods[LASTING_COUNT] = {
		[LASTING_WEEK] = LEDGER_WEEK, [LASTING_MONTH] = LEDGER_MONTH, [LASTING_YEAR] = LEDGER_YEAR};
	int32_t ids[LEDGER_PERIODS];
	bool any = false;

	memset(out, 0, LASTING_COUNT * sizeof *out);
	ids_of(today, ids);
	for (int p = LEDGER_DAY; p <= LEDGER_DAY_BEFORE; p++) {
		any |= read_period(l, (enum ledger_period)p, today, &out[LASTING_TODAY]);
		any |= read_period(l, (enum ledger_period)p, today - 1, &out[LASTING_YESTERDAY]);
	}
	for (int k = LASTING_WEEK; k < LASTING_COUNT; k++)
		any |= read_period(l, periods[k], ids[periods[k]], &out[k]);
	return any;
}
