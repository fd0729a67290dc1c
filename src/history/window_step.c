/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Steps: which the timeline may have, which the files have and how far back each of these reaches, and what of
 * that suits a span. Pure; any thread.
 */
#include "config.h"

#include "history/window_step.h"

#define SECOND_US INT64_C(1000000)

enum { STEPS_MAX = 8 };

/* Each is a multiple of all steps that files have in any age at which it is used (layout.c). */
static const int64_t ladder_s[] = {60, 300, 600, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400, 7 * 86400, 28 * 86400};

enum { LADDER = sizeof ladder_s / sizeof ladder_s[0] };

int64_t window_coarser(int64_t step_us)
{
	for (int i = 0; i < LADDER; i++)
		if (ladder_s[i] * SECOND_US > step_us)
			return ladder_s[i] * SECOND_US;
	return step_us * 2;
}

static bool reaches(int64_t from_us, int64_t newest_us, int64_t reach_us, int64_t step_us)
{
	return from_us >= newest_us - reach_us + step_us; /* its oldest step may be gone in a moment */
}

int64_t window_as_of(const struct window_source *s, int64_t from_us, int64_t newest_us)
{
	int64_t as_of_us = s->as_of != NULL ? s->as_of(s->ctx, from_us) : 0;

	return as_of_us > newest_us ? as_of_us : newest_us;
}

/* The finest step of the dimension that reaches back to from_us; else its coarsest; 0: none. */
static int64_t finest_of(const struct window_source *s, int dim, int64_t from_us, int64_t newest_us)
{
	int64_t step[STEPS_MAX], reach[STEPS_MAX];
	size_t n = s->steps(dim, step, reach);

	newest_us = window_as_of(s, from_us, newest_us);
	for (size_t i = 0; i < n; i++)
		if (reaches(from_us, newest_us, reach[i], step[i]))
			return step[i];
	return n > 0 ? step[n - 1] : 0;
}

int64_t window_finest(const struct window_source *s, int64_t from_us, int64_t newest_us)
{
	static const int dims[] = {DIM_HOST, DIM_APP, ENTITY_TOTALS};
	int64_t most = ladder_s[0] * SECOND_US;

	for (size_t i = 0; i < sizeof dims / sizeof dims[0]; i++) {
		int64_t step = finest_of(s, dims[i], from_us, newest_us);

		if (step > most)
			most = step;
	}
	return most;
}

int64_t window_step_for(const struct window_source *s, int64_t width_us, int64_t from_us, int64_t newest_us)
{
	int64_t least = window_finest(s, from_us, newest_us), step = ladder_s[0] * SECOND_US;

	while (step < least || step % least != 0 || width_us / step > WINDOW_COLUMNS)
		step = window_coarser(step);
	return step;
}

int64_t window_file_step(const struct window_source *s, int dim, int64_t from_us, int64_t step_us, int64_t newest_us)
{
	int64_t step[STEPS_MAX], reach[STEPS_MAX], best = 0;
	size_t n = s->steps(dim, step, reach);

	newest_us = window_as_of(s, from_us, newest_us);
	for (size_t i = 0; i < n; i++)
		if (step[i] <= step_us && step_us % step[i] == 0 && from_us % step[i] == 0 &&
		    reaches(from_us, newest_us, reach[i], step[i]))
			best = step[i];
	return best != 0 ? best : finest_of(s, dim, from_us, newest_us);
}

int64_t window_graph_step(const struct window_source *s, int64_t from_us, int64_t to_us, int64_t newest_us)
{
	int64_t step[STEPS_MAX], reach[STEPS_MAX], width = to_us - from_us;
	size_t n = s->steps(ENTITY_TOTALS, step, reach);

	newest_us = window_as_of(s, from_us, newest_us);
	for (size_t i = 0; i < n; i++)
		if (width / step[i] <= WINDOW_GRAPH && reaches(from_us, newest_us, reach[i], step[i]) && from_us % step[i] == 0)
			return step[i];
	return (width + WINDOW_GRAPH - 1) / WINDOW_GRAPH > ladder_s[0] * SECOND_US ? window_step_for(s, width, from_us, newest_us)
										    : finest_of(s, ENTITY_TOTALS, from_us, newest_us);
}
