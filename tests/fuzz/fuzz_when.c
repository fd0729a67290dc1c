/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: moments as people write them, in a zone with summer time. What does not parse says where and why in
 * clean text; what parses, written as seconds since 1970 or in ISO 8601, parses again to the same moment.
 */
#include "config.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dpitop/text.h"
#include "dpitop/when.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { TEXT = 512 };

#define SECOND_US INT64_C(1000000)

static const struct when_base base = {.clock_us = 1795698151 * SECOND_US, .now_us = 1795698091 * SECOND_US,
				      .day_us = 1795611600 * SECOND_US};

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void check_again(const char *text, int64_t us)
{
	int64_t again = 0;

	expect(when_parse(text, &base, &again, NULL) == 0 && again == us);
}

static void check_moment(int64_t us)
{
	time_t t = (time_t)(us / SECOND_US);
	char text[64], day[48];
	struct tm tm;

	if (us < 0) /* long before now, which only a length can say */
		return;
	gmtime_r(&t, &tm);
	if (tm.tm_year + 1900 > 9999)
		return;
	strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, sizeof text, "%s.%06dZ", day, (int)(us % SECOND_US));
	check_again(text, us);
	snprintf(text, sizeof text, "@%" PRId64 ".%06d", (int64_t)t, (int)(us % SECOND_US));
	if (t < INT64_C(99999999999))
		check_again(text, us);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct error e = {.position = -1};
	char text[TEXT];
	int64_t us;

	if (n >= sizeof text)
		return 0;
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	if (n > 0)
		memcpy(text, data, n);
	text[n] = '\0';
	if (when_parse(text, &base, &us, &e) == 0) {
		check_moment(us);
		return 0;
	}
	expect(e.code == ERR_USAGE && e.position >= 0 && (size_t)e.position <= strlen(text));
	expect(e.text[0] != '\0' && text_is_clean(e.text));
	return 0;
}
