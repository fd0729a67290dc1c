/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A span of the past in one picture, to the last byte: for --json and its like. History's thread, or
 * whoever alone has the archive.
 */
#include "config.h"

#include "history/picture.h"

#include "dpitop/units.h"
#include "history/window_step.h"

static int nothing_there(int64_t from_us, int64_t to_us, struct error *e)
{
	char from[UNIT_TEXT], to[UNIT_TEXT];

	return error_set(e, ERR_NOT_FOUND, "nothing is recorded from %s to %s", unit_datetime(from_us, from, sizeof from),
			 unit_datetime(to_us, to, sizeof to));
}

static struct snapshot *sum_of(const struct window_source *s, const struct picture_context *c, const struct want *want,
			       const struct archive_span *span, int64_t from_us, int64_t to_us)
{
	struct replay_info info = {.span_from_us = span->from_us, .span_to_us = span->to_us};
	struct filter *f = want->filter[0] != '\0' ? filter_parse(want->filter, NULL) : NULL;
	struct window *w = window_new(s, from_us, to_us, to_us - from_us, WINDOW_SUM);
	uint8_t *matches = NULL;
	struct snapshot *picture;

	window_load(w, 0);
	if (f != NULL && filter_selects_flows(f))
		matches = picture_match(w, f, c);
	picture = picture_of(w, 0, want, f, matches, c, &info);
	mem_free(matches);
	window_free(w);
	filter_free(f);
	return picture;
}

struct snapshot *picture_sum(const struct window_source *s, const struct picture_context *c, const struct want *want,
			     int64_t from_us, int64_t to_us, struct error *e)
{
	struct archive_span span;
	int64_t finest;

	if (!s->span(s->ctx, &span)) {
		error_set(e, ERR_NOT_FOUND, "nothing is recorded in '%.200s'", c->name);
		return NULL;
	}
	if (from_us == 0 || from_us < span.from_us)
		from_us = span.from_us;
	if (to_us == 0 || to_us > span.to_us)
		to_us = span.to_us;
	finest = window_finest(s, from_us, span.to_us);
	from_us -= from_us % finest;
	to_us = (to_us + finest - 1) / finest * finest;
	if (to_us <= from_us || !window_is_recorded(s, from_us, to_us)) {
		nothing_there(from_us, to_us, e);
		return NULL;
	}
	return sum_of(s, c, want, &span, from_us, to_us);
}
