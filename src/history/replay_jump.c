/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Jumps: to both ends of what is recorded, to the next peak and to the next gap. A peak is a step with more
 * traffic than each of the PEAK_NEAR before and behind it, with half as much again as their mean, and with more than
 * the mean of all that was looked through. History's thread.
 */
#include "config.h"

#include "dpitop/mem.h"
#include "history/replay_parts.h"
#include "history/window_step.h"

enum { PEAK_NEAR = 12, PEAK_STEPS = 20000, RUNS_MAX = 4096 };

static int64_t traffic(const struct window *w, size_t at)
{
	return w->totals[at].all;
}

static bool is_peak(const struct window *w, size_t at, double mean)
{
	size_t from = at > PEAK_NEAR ? at - PEAK_NEAR : 0, n = 0;
	double near = 0;

	if ((double)traffic(w, at) <= mean)
		return false;
	for (size_t i = from; i < w->steps && i <= at + PEAK_NEAR; i++) {
		if (i < at ? traffic(w, i) >= traffic(w, at) : traffic(w, i) > traffic(w, at))
			return false;
		if (i == at || !w->totals[i].recorded)
			continue;
		near += (double)traffic(w, i);
		n++;
	}
	return n > 0 && (double)traffic(w, at) > 1.5 * near / (double)n;
}

static double mean_of(const struct window *w)
{
	double sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < w->steps; i++) {
		sum += (double)traffic(w, i);
		n += w->totals[i].recorded;
	}
	return n > 0 ? sum / (double)n : 0;
}

/* In the totals alone, at the step in sight. */
static bool find_peak(struct replay *r, int way, int64_t *found_us)
{
	const struct window *seen = replay_window(r);
	int64_t step = seen->step_us, reach = PEAK_STEPS * step, near = 2 * PEAK_NEAR * step;
	int64_t from = way > 0 ? r->place_us - near : r->place_us - reach, to = way > 0 ? r->place_us + reach : r->place_us + near;
	struct window *w;
	size_t here, i;
	double mean;
	bool found = false;

	if (from < r->span.from_us)
		from = r->span.from_us;
	if (to > r->span.to_us)
		to = r->span.to_us;
	w = window_new(r->source, from, to, step, WINDOW_TOTALS);
	window_load(w, 0);
	mean = mean_of(w);
	here = window_at(w, r->place_us);
	for (i = here; !found && (way > 0 ? i + 1 < w->steps : i > 0);) {
		i = way > 0 ? i + 1 : i - 1;
		found = is_peak(w, i, mean);
	}
	*found_us = window_begin(w, i) + w->step_us;
	window_free(w);
	return found;
}

static void jump_to_peak(struct replay *r, int way)
{
	int64_t us;

	if (replay_window(r) == NULL)
		return;
	if (find_peak(r, way, &us))
		replay_seek(r, us);
	else
		replay_note(r, REPLAY_NO_PEAK);
}

/* The first step of the gap, which no run touches if it is long enough. */
static void jump_to_gap(struct replay *r, int way)
{
	struct archive_span *runs = mem_array(RUNS_MAX, sizeof *runs);
	size_t n = r->source->runs(r->source->ctx, runs, RUNS_MAX);
	int64_t found = 0;

	for (size_t i = 0; i + 1 < n; i++) {
		int64_t begin = runs[i].to_us, end = runs[i + 1].from_us;
		int64_t step = window_step_for(r->source, r->zoom_us, begin - r->zoom_us, r->span.to_us); /* as it will be there */
		int64_t first = (begin + step - 1) / step * step + step;

		if (first > end) /* shorter than a step: what can be shown of it is the step it lies in */
			first = end;
		if (end <= begin || (way > 0 ? begin < r->place_us : first >= r->place_us))
			continue;
		found = first;
		if (way > 0)
			break;
	}
	mem_free(runs);
	if (found != 0)
		replay_seek(r, found);
	else
		replay_note(r, REPLAY_NO_GAP);
}

void replay_jump(struct replay *r, enum replay_jump where)
{
	replay_look(r);
	switch (where) {
	case JUMP_BEGIN: replay_seek(r, r->span.from_us + 1); break;
	case JUMP_END: replay_seek(r, r->span.to_us); break;
	case JUMP_NEXT_PEAK: jump_to_peak(r, 1); break;
	case JUMP_LAST_PEAK: jump_to_peak(r, -1); break;
	case JUMP_NEXT_GAP: jump_to_gap(r, 1); break;
	case JUMP_LAST_GAP: jump_to_gap(r, -1); break;
	}
}
