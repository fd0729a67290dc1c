/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Moments as people write them: "yesterday 15:10", "-2h", "15:10", "mon 3:10", "2026-11-20 09:00",
 * "2026-11-20T09:00:00+01:00", "now". Any thread; reads the time zone (localtime(3)), not the clock.
 */
#ifndef DPITOP_WHEN_H
#define DPITOP_WHEN_H

#include <stdint.h>

#include "dpitop/err.h"

struct when_base { /* what a text is told from; microseconds since the epoch */
	int64_t clock_us; /* today, yesterday and the days of the week are those of the clock */
	int64_t now_us;   /* "now", and what is counted back from it: "-2h" */
	int64_t day_us;   /* a time alone is one of the day of this moment */
};

/* 0 with the moment in *us; or ERR_USAGE: e says what is wrong and at which position. Of an hour that came twice (clocks
 * were put back) the first one is meant; one that never came is refused. */
int when_parse(const char *text, const struct when_base *base, int64_t *us, struct error *e);

#endif
