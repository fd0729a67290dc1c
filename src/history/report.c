/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture of a period of the calendar, of the totals that last: all of it in one step, rows without a file
 * too. Costs no file of librrd's. History's thread.
 */
#include "config.h"

#include <string.h>
#include <time.h>

#include "dpitop/mem.h"
#include "history/picture.h"
#include "history/thread.h"

#define SECOND_US INT64_C(1000000)

/* ---- the calendar ---- */

static int64_t begin_of_day(const struct tm *day, int days_before, int month_day, int month)
{
	struct tm tm = {.tm_year = day->tm_year, .tm_mon = month, .tm_mday = month_day - days_before, .tm_isdst = -1};

	return (int64_t)mktime(&tm) * SECOND_US;
}

static struct archive_span span_of(enum lasting period, int64_t now_us)
{
	time_t now = (time_t)(now_us / SECOND_US);
	struct archive_span s = {.to_us = now_us};
	struct tm tm;

	localtime_r(&now, &tm);
	s.from_us = begin_of_day(&tm, 0, tm.tm_mday, tm.tm_mon);
	if (period == LASTING_YESTERDAY) {
		s.to_us = s.from_us;
		s.from_us = begin_of_day(&tm, 1, tm.tm_mday, tm.tm_mon);
	} else if (period == LASTING_WEEK) {
		s.from_us = begin_of_day(&tm, (tm.tm_wday + 6) % 7, tm.tm_mday, tm.tm_mon); /* ISO 8601: from Monday */
	} else if (period == LASTING_MONTH) {
		s.from_us = begin_of_day(&tm, 0, 1, tm.tm_mon);
	} else if (period == LASTING_YEAR) {
		s.from_us = begin_of_day(&tm, 0, 1, 0);
	}
	if (s.to_us <= s.from_us)
		s.to_us = s.from_us + SECOND_US;
	return s;
}

/* ---- all rows in a window of one step ---- */

static struct window *new_window(const struct archive_span *s)
{
	struct window *w = mem_zalloc(sizeof *w);

	w->from_us = s->from_us;
	w->to_us = s->to_us;
	w->step_us = s->to_us - s->from_us;
	w->steps = 1;
	w->as_of_us = s->to_us;
	w->loaded = true;
	w->totals = mem_zalloc(sizeof *w->totals);
	w->totals->recorded = true;
	for (int d = 0; d < DIM_COUNT; d++)
		if (interval_class_of((enum dim)d) != INTERVAL_CLASSES)
			w->dims |= UINT64_C(1) << d;
	return w;
}

static char *copy_texts(struct entity_info *info)
{
	size_t key = strlen(info->key_text) + 1, name = strlen(info->name) + 1;
	char *texts = mem_alloc(key + name);

	info->key_text = memcpy(texts, info->key_text, key);
	info->name = memcpy(texts + key, info->name, name);
	return texts;
}

static void add_row(struct window *w, const struct entity_info *who, const struct lasting_row *of)
{
	struct window_row *r;

	if (w->count == w->room) {
		w->room = w->room > 0 ? w->room * 2 : 64;
		w->rows = mem_grow(w->rows, w->room, sizeof *w->rows);
	}
	r = &w->rows[w->count++];
	*r = (struct window_row){.info = *who, .count = 1, .room = 1};
	r->texts = copy_texts(&r->info);
	r->cells = mem_zalloc(sizeof *r->cells);
	for (int d = 0; d < 2; d++) {
		r->cells->bytes[d] = (int64_t)of->bytes[d];
		r->cells->packets[d] = (int64_t)of->packets[d];
	}
	r->cells->flows = (int64_t)of->flows;
}

/* What is not a total of the calendar is a sum of rows that are. */
static void add_to_totals(struct window_total *t, int dim, const struct lasting_row *of)
{
	int64_t bytes = (int64_t)(of->bytes[0] + of->bytes[1]), packets = (int64_t)(of->packets[0] + of->packets[1]);

	if (dim == ENTITY_TOTALS) {
		t->bytes[0] += (int64_t)of->bytes[0];
		t->bytes[1] += (int64_t)of->bytes[1];
		t->flows += (int64_t)of->flows;
	} else if (dim == DIM_INTERFACE) {
		t->all += bytes;
		t->packets += packets;
	} else if (dim == DIM_ETHERTYPE) {
		t->non_ip += bytes;
		t->non_ip_packets += packets;
	}
}

static bool is_nothing(const struct lasting_row *r)
{
	return (r->bytes[0] | r->bytes[1] | r->packets[0] | r->packets[1] | r->flows) == 0;
}

static struct window *read_window(struct archive *a, enum lasting period, int64_t now_us)
{
	struct archive_span span = span_of(period, now_us);
	struct window *w = new_window(&span);
	struct lasting_row rows[LASTING_COUNT];
	struct entity_info who;

	for (size_t cursor = 0; archive_lasting_next(a, -1, &cursor, now_us, &who, rows);) {
		if (is_nothing(&rows[period]))
			continue;
		add_to_totals(w->totals, who.dim, &rows[period]);
		if (who.dim != ENTITY_TOTALS)
			add_row(w, &who, &rows[period]);
	}
	return w;
}

struct snapshot *report_picture(struct archive *a, const struct picture_context *c, const struct want *want, enum lasting period,
				int64_t now_us, struct error *e)
{
	struct window *w = read_window(a, period, now_us);
	struct filter *f = want->filter[0] != '\0' ? filter_parse(want->filter, NULL) : NULL;
	struct replay_info info = {.span_from_us = w->from_us, .span_to_us = w->to_us};
	struct snapshot *s = NULL;
	uint8_t *matches = NULL;

	if (f != NULL && filter_selects_flows(f))
		matches = picture_match(w, f, c);
	if (w->count > 0)
		s = picture_of(w, 0, want, f, matches, c, &info);
	else
		error_set(e, ERR_NOT_FOUND, "nothing of that time is recorded in '%.200s'", c->name);
	mem_free(matches);
	filter_free(f);
	window_free(w);
	return s;
}
