/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file of librrd as it would be if nothing had been written after a moment: its rows of the time before stay where they
 * are, what was overwritten is unknown, and each archive's step that was open at the moment is open again. What the finer
 * archives have of that step tells its sum so far; if they have lost it, the coarse row that was finished since does, and
 * the finer ones get it as a whole in the newest of their rows that are known. Pure; any thread.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "history/rrd_file.h"
#include "history/rrd_format.h"

struct rewinding {
	uint8_t *image;
	const struct rrd_shape *s;
	int64_t cut_s;
	rrd_known *known;
	const void *ctx;
	double open[RRD_RRAS][RRD_DS]; /* sums of the step that is open, as steps of the file have them */
};

static int64_t step_of(const struct rewinding *w, size_t r)
{
	return (int64_t)w->s->rra[r].pdps * w->s->step_s;
}

/* The end of the last whole step of an archive. */
static int64_t whole_s(const struct rewinding *w, size_t r)
{
	return w->cut_s - w->cut_s % step_of(w, r);
}

/* Steps of the file that are known. */
static double known(const struct rewinding *w, int64_t from_s, int64_t to_s)
{
	return (double)(w->known(w->ctx, from_s, to_s) / w->s->step_s);
}

static uint32_t place_of(const struct rewinding *w, size_t r, int64_t end_s)
{
	int64_t rows = w->s->rra[r].rows, back = (rrd_newest_s(w->s, r) - end_s) / step_of(w, r) % rows;

	return (uint32_t)(((int64_t)w->s->rra[r].newest - back + 2 * rows) % rows);
}

static double *row_at(const struct rewinding *w, size_t r, int64_t end_s)
{
	return (double *)(void *)(w->image + w->s->rra[r].offset) + place_of(w, r, end_s) * w->s->ds_count;
}

static bool has_row(const struct rewinding *w, size_t r, int64_t end_s)
{
	int64_t newest = rrd_newest_s(w->s, r);

	return end_s <= newest && end_s > newest - w->s->rra[r].rows * step_of(w, r);
}

/* ---- the step that is open ---- */

static void add_row(struct rewinding *w, size_t r, const double *row, double steps)
{
	for (size_t c = 0; c < w->s->ds_count; c++)
		w->open[r][c] += isnan(row[c]) ? 0 : row[c] * steps;
}

/* Out of the next finer archive. False: it has lost a row of it. */
static bool sum_of_finer(struct rewinding *w, size_t r, size_t finer)
{
	int64_t step = step_of(w, finer), from = whole_s(w, r), to = whole_s(w, finer);

	for (int64_t end = from + step; end <= to; end += step)
		if (!has_row(w, finer, end))
			return false;
	for (int64_t end = from + step; end <= to; end += step)
		add_row(w, r, row_at(w, finer, end), known(w, end - step, end));
	for (size_t c = 0; c < w->s->ds_count; c++)
		w->open[r][c] += w->open[finer][c];
	return true;
}

/* The end of the last known step of the file in the step that is open; 0: none. */
static int64_t last_known_s(const struct rewinding *w, size_t r)
{
	for (int64_t end = w->cut_s; end > whole_s(w, r); end -= w->s->step_s)
		if (known(w, end - w->s->step_s, end) > 0)
			return end;
	return 0;
}

static void give_to_finer(struct rewinding *w, size_t r)
{
	int64_t at = last_known_s(w, r);

	for (size_t f = 0; f < r && at != 0; f++) {
		int64_t step = step_of(w, f), end = (at + step - 1) / step * step;
		double *row = row_at(w, f, end);

		if (w->s->rra[f].max)
			continue;
		for (size_t c = 0; c < w->s->ds_count; c++) {
			w->open[f][c] = end > whole_s(w, f) ? w->open[r][c] : 0;
			if (end <= whole_s(w, f))
				row[c] = w->open[r][c] / known(w, end - step, end);
		}
	}
}

static void forget_rows(const struct rewinding *w, size_t r)
{
	int64_t step = step_of(w, r), newest = rrd_newest_s(w->s, r), from = whole_s(w, r);
	int64_t all = w->s->rra[r].rows * step;

	from = from > newest - all ? from : newest - all;
	for (int64_t end = from + step; end <= newest; end += step)
		for (size_t c = 0; c < w->s->ds_count; c++)
			row_at(w, r, end)[c] = NAN;
}

static void open_average(struct rewinding *w, size_t r, size_t finer)
{
	int64_t from = whole_s(w, r), end = from + step_of(w, r);
	bool lost = finer < r && !sum_of_finer(w, r, finer);

	if (lost && has_row(w, r, end))
		add_row(w, r, row_at(w, r, end), known(w, from, w->cut_s));
	forget_rows(w, r);
	if (lost)
		give_to_finer(w, r);
}

/* What is greatest so far may be of a row that was finished since: nothing of ours reads it. */
static void open_maximum(struct rewinding *w, size_t r)
{
	int64_t end = whole_s(w, r) + step_of(w, r);

	for (size_t c = 0; c < w->s->ds_count; c++)
		w->open[r][c] = has_row(w, r, end) && w->cut_s > whole_s(w, r) ? row_at(w, r, end)[c] : NAN;
	forget_rows(w, r);
}

/* ---- the header ---- */

static void write_state(const struct rewinding *w)
{
	const struct rrd_shape *s = w->s;
	size_t rows = s->header_bytes - s->rra_count * sizeof(unsigned long);
	struct rrd_cdp *cdps = (struct rrd_cdp *)(void *)(w->image + rows) - s->ds_count * s->rra_count;
	struct rrd_pdp *pdps = (struct rrd_pdp *)(void *)cdps - s->ds_count;
	struct rrd_live *live = (struct rrd_live *)(void *)pdps - 1;

	*live = (struct rrd_live){.last = (time_t)w->cut_s};
	for (size_t c = 0; c < s->ds_count; c++) {
		pdps[c].scratch[RRD_PDP_UNKNOWN].count = 0;
		pdps[c].scratch[RRD_PDP_VALUE].value = 0;
	}
	for (size_t r = 0; r < s->rra_count; r++) {
		unsigned long place = place_of(w, r, whole_s(w, r));
		double steps = known(w, whole_s(w, r), w->cut_s), all = (double)((w->cut_s - whole_s(w, r)) / s->step_s);

		memcpy(w->image + rows + r * sizeof place, &place, sizeof place);
		for (size_t c = 0; c < s->ds_count; c++) {
			struct rrd_cdp *p = &cdps[r * s->ds_count + c];

			p->scratch[RRD_CDP_VALUE].value = steps > 0 ? w->open[r][c] : NAN;
			p->scratch[RRD_CDP_UNKNOWN].count = (unsigned long)(all - steps);
		}
	}
}

void rrd_rewind(void *image, const struct rrd_shape *s, int64_t cut_s, rrd_known *known_s, const void *ctx)
{
	struct rewinding w = {.image = image, .s = s, .cut_s = cut_s, .known = known_s, .ctx = ctx};
	size_t finer = s->rra_count;

	for (size_t r = 0; r < s->rra_count; r++) {
		if (s->rra[r].max) {
			open_maximum(&w, r);
			continue;
		}
		open_average(&w, r, finer);
		finer = r;
	}
	write_state(&w);
}
