/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Totals that last: what an entity had in days, weeks (ISO 8601: from Monday), months and years of the local calendar.
 * Private to src/history; the archive's thread.
 */
#ifndef HISTORY_LEDGER_H
#define HISTORY_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "dpitop/lasting.h"

struct counters { /* differences may be negative, and so may sums be for a while */
	int64_t bytes[2], packets[2], flows;
};
enum ledger_period { LEDGER_DAY, LEDGER_DAY_BEFORE, LEDGER_WEEK, LEDGER_MONTH, LEDGER_YEAR, LEDGER_PERIODS };
struct ledger { /* zeroed: nothing */
	struct {
		int32_t id; /* of days and weeks: the (first) day since 1970-01-01; year * 12 + month - 1; year; 0: none */
		struct counters sum;
	} periods[LEDGER_PERIODS];
};

int32_t ledger_day(int64_t time_us); /* of the local calendar */
/* Days before the last two that had something, weeks before the last one ... are over: they are not kept. */
void counters_add(struct counters *to, const struct counters *c);
void ledger_add(struct ledger *l, int32_t day, const struct counters *c);
void ledger_cut(struct ledger *l, int32_t day); /* what is of days to come goes */
void ledger_merge(struct ledger *l, const struct ledger *other);
bool ledger_read(const struct ledger *l, int32_t today, struct lasting_row out[LASTING_COUNT]); /* false: all 0 */
bool ledger_day_is_sane(int64_t day);

#endif
