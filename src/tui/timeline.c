/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The past on the screen: the line above the footer says which span is in sight and where in it one stands;
 * gaps are gaps in it, and where there is room its traffic stands on it, so that peaks are seen. Graphs of the
 * panes cover the same span. Main thread; called by screen.c and the panes.
 */
#include "config.h"

#include "tui/timeline.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "dpitop/units.h"
#include "tui/graph.h"

#define SECOND_US INT64_C(1000000)
#define DAY_US (86400 * SECOND_US)

enum { ROWS_FOR_LINE = 10, ROWS_FOR_GRAPH = 20, LINE = 0x2500, PLACE = 0x25cf, CELLS_MAX = 1000, BAR_LEAST = 10,
       MARK_UP = 0x25b2, LABEL_GAP = 3 };

bool past_is_shown(const struct tui *t)
{
	return t->feed.ops->replay != NULL;
}

bool past_can_be(const struct tui *t)
{
	return !past_is_shown(t) && t->o.history != NULL;
}

bool past_has_live(const struct tui *t)
{
	return past_is_shown(t) && t->live.ops != NULL;
}

static const struct replay_info *info_of(const struct tui *t)
{
	return t->picture != NULL && t->picture->replay.on ? &t->picture->replay : NULL;
}

int timeline_rows(const struct tui *t)
{
	if (!past_is_shown(t) || t->canvas.rows < ROWS_FOR_LINE)
		return 0;
	return t->canvas.rows >= ROWS_FOR_GRAPH ? 2 : 1;
}

/* ---- geometry ---- */

int timeline_cell(const struct replay_info *r, int cells, int64_t us)
{
	int64_t width = r->window_to_us - r->window_from_us;

	if (cells <= 0 || width <= 0 || us <= r->window_from_us || us > r->window_to_us)
		return -1;
	return (int)((double)(us - 1 - r->window_from_us) / (double)width * cells);
}

int64_t timeline_moment(const struct replay_info *r, int cells, int cell)
{
	double width = (double)(r->window_to_us - r->window_from_us);

	return r->window_from_us + (int64_t)(width * ((double)cell + 0.5) / (double)(cells > 0 ? cells : 1));
}

void timeline_stretch(const double *values, size_t count, double *to, size_t wide)
{
	for (size_t i = 0; i < wide; i++) {
		double from = (double)i * (double)count / (double)wide, end = (double)(i + 1) * (double)count / (double)wide;
		double sum = 0, weight = 0;

		for (size_t k = (size_t)from; k < count && (double)k < end; k++) {
			double part = fmin(end, (double)k + 1) - fmax(from, (double)k);

			if (isnan(values[k]) || part <= 0)
				continue;
			sum += values[k] * part;
			weight += part;
		}
		to[i] = weight > 0 && weight * 2 >= end - from ? sum / weight : NAN;
	}
}

/* ---- texts ---- */

/* As much of a moment as tells it apart at that width: "09:00:10", "09:00", "11-20 09:00", "2026-11-20". */
static const char *moment_text(int64_t us, int64_t width_us, bool whole, char *buf, size_t size)
{
	char text[UNIT_TEXT]; /* 2026-11-20 09:00:10 */

	unit_datetime(us, text, sizeof text);
	if (whole)
		snprintf(buf, size, "%.16s", text);
	else if (width_us < 10 * 60 * SECOND_US)
		snprintf(buf, size, "%.8s", text + 11);
	else if (width_us <= DAY_US)
		snprintf(buf, size, "%.5s", text + 11);
	else if (width_us <= 20 * DAY_US)
		snprintf(buf, size, "%.11s", text + 5);
	else
		snprintf(buf, size, "%.10s", text);
	return buf;
}

const char *timeline_span_text(const struct replay_info *r, char *buf, size_t size)
{
	char from[UNIT_TEXT], to[UNIT_TEXT];

	snprintf(buf, size, _("%s to %s"), moment_text(r->window_from_us, 0, true, from, sizeof from),
		 moment_text(r->window_to_us, 0, true, to, sizeof to));
	return buf;
}

/* "13:42:10  step 1m00  4x ▶" */
static void state_text(const struct tui *t, const struct replay_info *r, bool brief, char *buf, size_t size)
{
	bool ascii = screen_ascii(t);
	char clock[UNIT_TEXT], step[UNIT_TEXT], speed[32] = "";

	if (r->speed > 0)
		snprintf(speed, sizeof speed, "  %.0fx %s", r->speed, ascii ? ">" : "▶");
	else if (r->speed < 0)
		snprintf(speed, sizeof speed, "  %.0fx %s", -r->speed, ascii ? "<" : "◀");
	unit_clock(r->to_us, clock, sizeof clock);
	unit_duration((uint64_t)r->step_us, step, sizeof step);
	if (brief)
		snprintf(buf, size, "%s%s", step, speed); /* the time stands in the first line, too */
	else
		snprintf(buf, size, _("%s  step %s%s"), clock, step, speed);
}

/* ---- the line ---- */

struct bar { /* the part that stands for the span */
	int x, cells;
};

/* What stands in a cell: traffic there, most of what the graph has in it; NaN: it is a gap. */
static void collect(const struct snapshot *s, int cells, double *to)
{
	const struct replay_info *r = &s->replay;

	for (int i = 0; i < cells; i++)
		to[i] = NAN;
	for (size_t k = 0; k < s->graph_count; k++) {
		int64_t from = r->window_from_us + (int64_t)k * r->graph_step_us;
		int first = timeline_cell(r, cells, from + 1), last = timeline_cell(r, cells, from + r->graph_step_us);

		if (s->graph[k][0] == MODEL_GRAPH_GAP || first < 0)
			continue;
		for (int i = first; i <= last || i == first; i++)
			if (i < cells && !(to[i] >= (double)(s->graph[k][0] + s->graph[k][1])))
				to[i] = (double)(s->graph[k][0] + s->graph[k][1]);
	}
}

static enum reaction line_clicked(struct tui *t, int unused)
{
	const struct replay_info *r = info_of(t);

	(void)unused;
	if (r == NULL || t->timeline_cells <= 0)
		return REACT_NONE;
	t->feed.ops->replay->seek(t->feed.ctx, timeline_moment(r, t->timeline_cells, t->mouse_x - t->timeline_x));
	return REACT_WANT;
}

static enum reaction end_clicked(struct tui *t, int pages)
{
	t->feed.ops->replay->page(t->feed.ctx, pages);
	return REACT_WANT;
}

static void draw_line(struct tui *t, const struct bar *b, int y, const double *traffic)
{
	bool ascii = screen_ascii(t);
	const struct replay_info *r = info_of(t);
	int place = timeline_cell(r, b->cells, (r->from_us + r->to_us) / 2);

	for (int i = 0; i < b->cells; i++)
		if (!isnan(traffic[i]))
			canvas_glyph(&t->canvas, b->x + i, y, STYLE_AXIS, ascii ? '-' : LINE);
	if (place >= 0)
		canvas_glyph(&t->canvas, b->x + place, y, r->recorded ? STYLE_BANNER : STYLE_WARN, ascii ? '*' : PLACE);
}

static void draw_traffic(struct tui *t, const struct bar *b, int y, const double *traffic)
{
	uint32_t *values = mem_array((size_t)b->cells, sizeof *values);
	double most = 0;

	for (int i = 0; i < b->cells; i++)
		most = fmax(most, isnan(traffic[i]) ? 0 : traffic[i]);
	for (int i = 0; i < b->cells; i++)
		values[i] = isnan(traffic[i]) || most <= 0 ? 0 : (uint32_t)(traffic[i] / most * 1000);
	spark_draw(&t->canvas, b->x, y, b->cells, STYLE_GRAPH_IN, values, (size_t)b->cells, 1000);
	mem_free(values);
}

void timeline_draw(struct tui *t, struct rect area)
{
	const struct replay_info *r = info_of(t);
	bool ascii = screen_ascii(t), brief = area.columns < 100;
	char from[UNIT_TEXT], to[UNIT_TEXT], left[48], right[48], state[96];
	int64_t width = r != NULL ? r->window_to_us - r->window_from_us : 0;
	double *traffic;
	struct bar b;
	int y = area.y + area.rows - 1;

	t->timeline_cells = 0;
	if (r == NULL || r->span_to_us == 0) {
		canvas_put(&t->canvas, 1, y, t->canvas.columns - 1, STYLE_DIM,
			   r == NULL ? _("reading history ...") : _("nothing is recorded yet"));
		return;
	}
	snprintf(left, sizeof left, "%s %s ", ascii ? "<" : "◀", moment_text(r->window_from_us, width, !brief, from, sizeof from));
	snprintf(right, sizeof right, " %s %s", moment_text(r->window_to_us, width, !brief, to, sizeof to), ascii ? ">" : "▶");
	state_text(t, r, brief, state, sizeof state);
	b.x = area.x + text_width(left);
	b.cells = area.columns - text_width(left) - text_width(right) - text_width(state) - LABEL_GAP;
	b.cells = b.cells > CELLS_MAX ? CELLS_MAX : b.cells;
	if (b.cells < BAR_LEAST) {
		canvas_put(&t->canvas, area.x, y, area.columns, STYLE_AXIS, state);
		return;
	}
	traffic = mem_array((size_t)b.cells, sizeof *traffic);
	collect(t->picture, b.cells, traffic);
	canvas_put(&t->canvas, area.x, y, b.x - area.x, STYLE_AXIS, left);
	draw_line(t, &b, y, traffic);
	if (area.rows > 1)
		draw_traffic(t, &b, area.y, traffic);
	canvas_put(&t->canvas, b.x + b.cells, y, text_width(right), STYLE_AXIS, right);
	canvas_put(&t->canvas, area.x + area.columns - text_width(state), y, text_width(state), STYLE_BOLD, state);
	mem_free(traffic);
	t->timeline_x = b.x;
	t->timeline_cells = b.cells;
	screen_zone(t, (struct rect){b.x, area.y, b.cells, area.rows}, line_clicked, 0);
	screen_zone(t, (struct rect){area.x, area.y, b.x - area.x, area.rows}, end_clicked, -1);
	screen_zone(t, (struct rect){b.x + b.cells, area.y, text_width(right), area.rows}, end_clicked, 1);
}

/* ---- below a graph ---- */

/* True if `place` is in it. */
static bool put_label(struct tui *t, struct rect r, int cell, int place, const char *text)
{
	int width = text_width(text), x = r.x + cell - width / 2;

	if (x < r.x)
		x = r.x;
	if (x + width > r.x + r.columns)
		x = r.x + r.columns - width;
	if (x < r.x)
		return false;
	canvas_put(&t->canvas, x, r.y, width, STYLE_AXIS, text);
	return place >= x - r.x && place < x - r.x + width;
}

void timeline_axis(struct tui *t, struct rect r)
{
	const struct replay_info *info = info_of(t);
	int64_t width = info->window_to_us - info->window_from_us;
	int labels = r.columns / 20, place = timeline_cell(info, r.columns, (info->from_us + info->to_us) / 2);
	char text[UNIT_TEXT];
	bool covered = false;

	labels = labels < 1 ? 1 : labels > 8 ? 8 : labels;
	for (int i = 0; i <= labels; i++) {
		int cell = i * (r.columns - 1) / labels;

		covered |= put_label(t, r, cell, place, moment_text(info->window_from_us + width * i / labels, width, false, text, sizeof text));
	}
	if (place >= 0 && covered)
		canvas_style(&t->canvas, r.x + place, r.y, 1, STYLE_BANNER);
	else if (place >= 0)
		canvas_glyph(&t->canvas, r.x + place, r.y, STYLE_BANNER, screen_ascii(t) ? '^' : MARK_UP);
}
