/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --replay: a directory of history is opened to be looked at, and printed without a screen: one picture of
 * all of it, or one for each interval. No rights are needed but to read it. Main thread.
 */
#include "config.h"

#include "app/replay.h"

#include <stdio.h>
#include <time.h>

#include "app/headless.h"
#include "app/signals.h"
#include "dpitop/when.h"

#define SECOND_US INT64_C(1000000)

/* text NULL: to_us already has what is meant. */
static int read_time(const char *option, const char *text, int64_t end_us, int64_t *us, struct error *e)
{
	struct when_base base = {.clock_us = (int64_t)time(NULL) * SECOND_US, .now_us = end_us, .day_us = end_us - 1};
	struct error own = {.code = ERR_NONE};

	if (text == NULL || when_parse(text, &base, us, &own) == 0)
		return 0;
	return error_set(e, ERR_USAGE, "%s '%.60s', character %d: %.250s", option, text, own.position + 1, own.text);
}

/* They can be wrong whatever the directory holds. */
static int check_times(const struct options *o, struct error *e)
{
	int64_t now_us = (int64_t)time(NULL) * SECOND_US, ignored;

	return read_time("--from", o->from, now_us, &ignored, e) != 0 || read_time("--to", o->to, now_us, &ignored, e) != 0 ? ERR_USAGE : 0;
}

int replay_open(struct record *r, const struct options *o, bool changed_user, struct error *e)
{
	struct history_options h = {.dir = o->replay_dir, .geoip = o->geoip, .local_networks = o->local_networks};

	if (check_times(o, e) != 0)
		return (int)e->code;
	if (o->replay_dir == NULL) {
		if (record_find(r, o, changed_user, e) != 0)
			return (int)e->code;
		h.dir = r->dir;
	}
	r->history = history_open(&h, e);
	return r->history != NULL ? 0 : (int)e->code;
}

static int print_one(struct history *h, const struct options *o, const struct want *w, int64_t from_us, int64_t to_us,
		     bool header, struct error *e)
{
	struct snapshot *s = history_picture(h, w, from_us, to_us, e);
	int r;

	if (s == NULL)
		return (int)e->code;
	r = headless_print(o, s, header, e);
	snapshot_unref(s);
	return r;
}

/* Of a time in which nothing was recorded there is no picture. */
static int print_series(struct history *h, const struct options *o, const struct want *w, int64_t from_us, int64_t to_us,
			struct error *e)
{
	int64_t step = ((int64_t)(o->screen.interval * 1e6) + 60 * SECOND_US - 1) / (60 * SECOND_US) * (60 * SECOND_US);
	int64_t printed = 0;
	int r = 0;

	from_us -= from_us % step;
	for (int64_t at = from_us; r == 0 && at < to_us && signals_seen() == 0; at += step) {
		struct error own = {.code = ERR_NONE};

		if (o->count > 0 && printed >= o->count)
			break;
		r = print_one(h, o, w, at, at + step, printed == 0, &own);
		printed += r == 0;
		if (r == ERR_NOT_FOUND)
			r = 0;
		else if (r != 0)
			*e = own;
	}
	return r;
}

int replay_print(struct history *h, const struct options *o, const struct want *w, struct error *e)
{
	int64_t from_us = 0, to_us = 0, begin, end;

	if (!history_span(h, &begin, &end))
		return print_one(h, o, w, 0, 0, true, e); /* which says what is wrong */
	from_us = begin;
	to_us = end;
	if (read_time("--from", o->from, end, &from_us, e) != 0 || read_time("--to", o->to, end, &to_us, e) != 0)
		return ERR_USAGE;
	if (to_us <= from_us)
		return error_set(e, ERR_USAGE, "--to is not after --from");
	if (o->screen.interval > 0 && !o->total)
		return print_series(h, o, w, from_us > begin ? from_us : begin, to_us < end ? to_us : end, e);
	return print_one(h, o, w, from_us, to_us, true, e);
}
