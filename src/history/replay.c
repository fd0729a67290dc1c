/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where someone who looks at the past stands. The span in sight is a window; the ones beside it are loaded when
 * there is nothing else to do, so that paging finds them there. Peaks and gaps are replay_jump.c.
 * History's thread.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "dpitop/mem.h"
#include "history/replay_parts.h"
#include "history/window_step.h"

#define SECOND_US INT64_C(1000000)
#define DAY_US (86400 * SECOND_US)

static const int64_t lag_us = 15 * SECOND_US; /* what an interval takes until it can be read, at most */
static const int64_t zoom_least_us = 60 * SECOND_US, zoom_most_us = 730 * DAY_US;

void replay_rest(struct replay *r)
{
	window_free(r->seen);
	window_free(r->coming);
	for (int i = 0; i < 2; i++)
		window_free(r->beside[i]);
	mem_free(r->matches);
	r->seen = r->coming = r->beside[0] = r->beside[1] = r->beside_of = NULL;
	r->matches = NULL;
	r->speed = 0;
}

void replay_free(struct replay *r)
{
	if (r == NULL)
		return;
	replay_rest(r);
	filter_free(r->filter);
	mem_free(r);
}

void replay_want(struct replay *r, const struct want *want)
{
	bool same = strcmp(r->want.filter, want->filter) == 0;

	r->want = *want;
	r->due = true;
	if (same)
		return;
	filter_free(r->filter);
	r->filter = want->filter[0] != '\0' ? filter_parse(want->filter, NULL) : NULL;
	mem_free(r->matches);
	r->matches = NULL;
}

void replay_note(struct replay *r, enum replay_note note)
{
	r->note = note;
	r->note_number++;
	r->due = true;
}

/* ---- which window ---- */

/* While recording goes on, hosts lag a minute behind, and what is there of it is not all yet. */
static void leave_out_unsettled(struct archive_span *s, int64_t clock_us)
{
	int64_t settled = s->to_us - lag_us;

	settled -= settled % zoom_least_us;
	if (clock_us - s->to_us < 2 * zoom_least_us && clock_us > s->to_us - zoom_least_us && settled > s->from_us)
		s->to_us = settled;
}

void replay_look(struct replay *r)
{
	struct archive_span now;

	if (!r->source->span(r->source->ctx, &now))
		now = (struct archive_span){0, 0};
	leave_out_unsettled(&now, r->clock_us);
	r->span = now;
}

/* What is in sight, or will be in a moment. */
struct window *replay_window(struct replay *r)
{
	return r->coming != NULL ? r->coming : r->seen;
}

static int64_t clamped(int64_t v, int64_t least, int64_t most)
{
	return v > most ? most : v < least ? least : v;
}

/* Beyond what is recorded there is nothing to see, unless all of it is narrower than the window. */
static int64_t clamped_from(const struct replay *r, int64_t from_us)
{
	int64_t last = r->span.to_us - r->zoom_us;

	return clamped(from_us, r->span.from_us < last ? r->span.from_us : last, last);
}

static bool is_fresh(const struct replay *r, const struct window *w)
{
	return w->to_us <= w->as_of_us || r->span.to_us < w->as_of_us + zoom_least_us;
}

static bool is_window(const struct replay *r, const struct window *w, int64_t from_us, int64_t to_us)
{
	return w != NULL && w->from_us == from_us && w->to_us == to_us && is_fresh(r, w);
}

/* One of those beside, if it is there already. */
static struct window *take_beside(struct replay *r, int64_t from_us, int64_t to_us)
{
	for (int i = 0; i < 2; i++) {
		struct window *w = r->beside[i];

		if (!is_window(r, w, from_us, to_us))
			continue;
		r->beside[i] = NULL;
		return w;
	}
	return NULL;
}

/* The old one stays as one beside: one goes back as often as forth. */
static void show(struct replay *r, struct window *w)
{
	if (r->seen != NULL) {
		int i = r->seen->from_us < w->from_us ? 0 : 1;

		if (is_fresh(r, r->seen) && r->seen->step_us == w->step_us && r->seen->from_us != w->from_us) {
			window_free(r->beside[i]);
			r->beside[i] = r->seen;
		} else {
			window_free(r->seen);
		}
	}
	r->seen = w;
	r->beside_of = NULL;
	mem_free(r->matches);
	r->matches = NULL;
	r->due = true;
}

/* The window that begins about there: both ends of what is recorded are seen whole. */
static struct window *new_window(const struct replay *r, int64_t from_us)
{
	int64_t from = clamped_from(r, from_us), step = window_step_for(r->source, r->zoom_us, from, r->span.to_us);

	struct window *w;

	if (from != r->span.from_us)
		from += step - 1; /* rounded up */
	w = window_new(r->source, from, from + r->zoom_us, step, WINDOW_SIGHT);
	w->as_of_us = r->span.to_us; /* not what is unsettled */
	return w;
}

static void go_to(struct replay *r, int64_t from_us)
{
	struct window *w = new_window(r, from_us);
	int64_t from = w->from_us, to = w->to_us;

	window_free(r->coming);
	r->coming = NULL;
	if (is_window(r, r->seen, from, to)) {
		window_free(w);
		r->due = true;
		return;
	}
	r->coming = take_beside(r, from, to);
	if (r->coming == NULL)
		r->coming = w;
	else
		window_free(w);
	if (r->coming->loaded) {
		show(r, r->coming);
		r->coming = NULL;
	}
}

static bool is_in_sight(const struct window *w, int64_t us)
{
	return w != NULL && us > w->from_us && us <= w->to_us;
}

static void place(struct replay *r, int64_t us)
{
	int64_t kept = clamped(us, r->span.from_us + 1, r->span.to_us > r->span.from_us ? r->span.to_us : r->span.from_us + 1);

	if (kept < us)
		replay_note(r, REPLAY_AT_END);
	if (kept > us)
		replay_note(r, REPLAY_AT_BEGIN);
	r->place_us = kept;
	r->due = true;
}

void replay_seek(struct replay *r, int64_t time_us)
{
	replay_look(r);
	if (r->span.to_us == 0)
		return; /* nothing is recorded yet */
	place(r, time_us);
	if (!is_in_sight(replay_window(r), r->place_us))
		go_to(r, r->place_us - r->zoom_us / 2);
}

/* The end of the step in which someone stands. */
static int64_t step_end(struct replay *r, const struct window *w)
{
	return window_begin(w, window_at(w, r->place_us)) + w->step_us;
}

static int64_t begin_of(const struct replay *r, const struct window *w)
{
	return r->span.from_us - ((r->span.from_us % w->step_us) + w->step_us) % w->step_us;
}

void replay_step(struct replay *r, int steps)
{
	struct window *w = replay_window(r);
	int64_t to, first, last;

	replay_look(r);
	if (w == NULL)
		return;
	to = step_end(r, w) + steps * w->step_us;
	first = begin_of(r, w) + w->step_us;
	last = r->span.to_us + w->step_us - 1;
	last -= last % w->step_us;
	if (to < first || to > last)
		replay_note(r, to < first ? REPLAY_AT_BEGIN : REPLAY_AT_END);
	to = clamped(to, first, last > first ? last : first);
	r->place_us = to;
	r->due = true;
	if (to > w->to_us)
		go_to(r, w->to_us + (to - w->to_us - 1) / r->zoom_us * r->zoom_us);
	else if (to <= w->from_us)
		go_to(r, w->from_us - ((w->from_us - to) / r->zoom_us + 1) * r->zoom_us);
}

void replay_page(struct replay *r, int pages)
{
	struct window *w = replay_window(r);
	int64_t by = pages * r->zoom_us;

	replay_look(r);
	if (w == NULL)
		return;
	place(r, step_end(r, w) + by);
	go_to(r, pages > 0 ? w->to_us + by - r->zoom_us : w->from_us + by);
	w = replay_window(r);
	if (!is_in_sight(w, r->place_us))
		go_to(r, r->place_us - r->zoom_us / 2);
}

void replay_zoom(struct replay *r, int64_t window_us)
{
	replay_look(r);
	r->zoom_us = clamped(window_us, zoom_least_us, zoom_most_us);
	if (r->span.to_us != 0)
		go_to(r, r->place_us - r->zoom_us / 2);
}

struct replay *replay_new(const struct window_source *s, const struct picture_context *c, int64_t clock_us)
{
	struct replay *r = mem_zalloc(sizeof *r);

	r->source = s;
	r->context = c;
	r->clock_us = clock_us;
	r->zoom_us = DAY_US;
	replay_jump(r, JUMP_END);
	r->note = 0;
	if (r->span.to_us - r->span.from_us < DAY_US) /* all of it, and no less than a few steps */
		replay_zoom(r, clamped(r->span.to_us - r->span.from_us + zoom_least_us, 5 * zoom_least_us, DAY_US));
	return r;
}

/* ---- time ---- */

void replay_play(struct replay *r, double speed, int64_t clock_us)
{
	r->speed = speed;
	r->clock_us = clock_us;
	r->due = true;
}

double replay_speed(const struct replay *r)
{
	return r->speed;
}

static void play(struct replay *r, int64_t clock_us)
{
	struct window *w = replay_window(r);
	int64_t before = step_end(r, w), by = (int64_t)((double)(clock_us - r->clock_us) * r->speed);
	bool due = r->due;

	if (r->coming != NULL || by == 0) /* it waits for what is to be shown */
		return;
	place(r, r->place_us + by);
	if (r->place_us >= r->span.to_us || r->place_us <= r->span.from_us + 1) {
		r->speed = 0;
		return;
	}
	if (r->place_us > w->to_us)
		go_to(r, w->to_us);
	else if (r->place_us <= w->from_us)
		go_to(r, w->from_us - r->zoom_us);
	else
		r->due = due || step_end(r, w) != before;
}

void replay_tick(struct replay *r, int64_t clock_us)
{
	int64_t before = r->span.to_us;

	if (replay_window(r) == NULL && before == 0) { /* nothing was recorded until now */
		replay_jump(r, JUMP_END);
		return;
	}
	replay_look(r);
	if (r->seen != NULL && r->coming == NULL && !is_fresh(r, r->seen))
		go_to(r, r->seen->from_us);
	if (r->speed != 0 && replay_window(r) != NULL)
		play(r, clock_us);
	r->clock_us = clock_us;
}

/* ---- loading and pictures ---- */

/* What lies before and behind the one in sight, as far as there is anything; what is there already stays. */
static void choose_beside(struct replay *r)
{
	struct window *w = r->seen;

	r->beside_of = w;
	r->beside_as_of_us = r->span.to_us;
	for (int i = 0; i < 2; i++) {
		struct window *wanted = NULL;

		if (i == 0 ? w->from_us > r->span.from_us : w->to_us < r->span.to_us)
			wanted = new_window(r, i == 0 ? w->from_us - r->zoom_us : w->to_us);
		if (wanted != NULL && is_window(r, r->beside[i], wanted->from_us, wanted->to_us)) {
			window_free(wanted);
			continue;
		}
		window_free(r->beside[i]);
		r->beside[i] = wanted;
	}
}

static bool load_beside(struct replay *r, size_t budget)
{
	if (r->seen == NULL)
		return true;
	if (r->beside_of != r->seen || r->beside_as_of_us != r->span.to_us)
		choose_beside(r);
	for (int i = 0; i < 2; i++) {
		if (r->beside[i] == NULL || r->beside[i]->loaded)
			continue;
		window_load(r->beside[i], budget);
		return false;
	}
	return true;
}

bool replay_load(struct replay *r, size_t budget)
{
	if (r->coming == NULL && r->seen == NULL && r->span.to_us != 0)
		go_to(r, r->place_us - r->zoom_us / 2);
	if (r->coming == NULL)
		return load_beside(r, budget);
	if (window_load(r->coming, budget)) {
		show(r, r->coming);
		r->coming = NULL;
	}
	return false;
}

bool replay_is_loading(const struct replay *r)
{
	return r->coming != NULL;
}

bool replay_is_due(const struct replay *r)
{
	return r->due && r->coming == NULL && (r->seen != NULL || r->span.to_us == 0);
}

/* So that the screen can say so. */
static struct snapshot *nothing_recorded(struct replay *r, const struct replay_info *info)
{
	struct window *w = window_new(r->source, 0, zoom_least_us, zoom_least_us, WINDOW_SUM);
	struct snapshot *s = picture_of(w, 0, &r->want, NULL, NULL, r->context, info);

	window_free(w);
	s->sequence = ++r->sequence;
	r->due = false;
	return s;
}

struct snapshot *replay_picture(struct replay *r)
{
	struct replay_info info = {.span_from_us = r->span.from_us, .span_to_us = r->span.to_us, .speed = r->speed,
				   .loading = r->coming != NULL, .note = r->note, .note_number = r->note_number};
	struct snapshot *s;

	if (r->seen == NULL && r->span.to_us == 0)
		return nothing_recorded(r, &info);
	if (r->seen == NULL)
		return NULL;
	if (r->matches == NULL && r->filter != NULL && filter_selects_flows(r->filter))
		r->matches = picture_match(r->seen, r->filter, r->context);
	if (r->coming == NULL)
		r->shown_us = r->place_us;
	s = picture_of(r->seen, window_at(r->seen, r->shown_us), &r->want, r->filter, r->matches, r->context, &info);
	s->sequence = ++r->sequence;
	r->due = r->coming != NULL;
	return s;
}
