/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The last minutes of a row: second by second, each way, since its details were opened; before that
 * what its sparkline holds, five seconds at a time and both ways in one. What sends and receives itself (a
 * host, a flow) has its own two ways, by a sample of each picture; what only carries (an application)
 * has those of its flows, out of the local networks and in. A second that is not known is a gap in the
 * line at the bottom. Main thread; called by page_draw.c.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/mem.h"
#include "dpitop/units.h"
#include "tui/graph.h"
#include "tui/screen.h"
#include "tui/timeline.h"

#define SECOND_US INT64_C(1000000)

enum { LABEL_CELLS = 11, LINE = 0x2500 };

struct course { /* of a row; oldest first */
	double *in, *out;
	bool *both; /* in is both ways in one */
	size_t count;
	int64_t live_us; /* since then second by second; 0: not yet */
	double now[2];   /* out, in; NaN: not known */
};

/* Does the row send and receive itself? */
static bool has_own_ways(const struct page *p)
{
	return p->dim == DIM_FLOW || dim_info(p->dim)->both_ends;
}

/* Bytes per second in the second that ends at `end_us`, by the sparkline; flows have none. */
static double before(const struct page *p, int64_t end_us)
{
	const int64_t step_us = DIM_SPARK_STEP_S * SECOND_US;
	int64_t last = p->spark_us / step_us, step = (end_us - 1) / step_us, at = step - last + DIM_SPARK - 1;
	int64_t length = step == last ? p->spark_us - last * step_us : step_us;

	if (p->dim == DIM_FLOW || end_us > p->spark_us || end_us <= p->spark_from_us || at < 0 || at >= DIM_SPARK ||
	    length <= 0)
		return NAN;
	return (double)p->spark[at] * 1e6 / (double)length;
}

static double known(uint64_t bytes)
{
	return bytes != MODEL_GRAPH_GAP ? (double)bytes : NAN;
}

/* The graph of its flows; returns how many seconds it has. */
static size_t chart_flows(const struct focus *f, struct course *c)
{
	size_t live = f != NULL && f->counted ? f->graph_count : 0;

	for (size_t age = 0; age < live && age < c->count; age++) {
		c->in[c->count - 1 - age] = known(f->graph[live - 1 - age][1]);
		c->out[c->count - 1 - age] = known(f->graph[live - 1 - age][0]);
	}
	return live;
}

/* The row's own rates, as far as there was a picture each second. */
static size_t chart_samples(const struct page *p, int64_t now_us, struct course *c)
{
	size_t oldest = p->sample_count > SAMPLES_MAX ? p->sample_count - SAMPLES_MAX : 0, live = 0;

	for (size_t i = p->sample_count; i-- > oldest;) {
		const struct sample *s = &p->samples[i % SAMPLES_MAX];
		size_t age = (size_t)((now_us - s->us + SECOND_US / 2) / SECOND_US);

		if (age >= c->count)
			break;
		c->out[c->count - 1 - age] = s->rate[0];
		c->in[c->count - 1 - age] = s->rate[1];
		live = age + 1;
	}
	return live;
}

static void chart(const struct tui *t, const struct page *p, struct course *c)
{
	int64_t now = t->picture->now_us;
	size_t live;

	for (size_t i = 0; i < c->count; i++)
		c->in[i] = c->out[i] = NAN;
	live = has_own_ways(p) ? chart_samples(p, now, c) : chart_flows(detail_focus(t, p), c);
	c->live_us = live > 0 ? now - (int64_t)live * SECOND_US : 0;
	c->now[0] = c->count > 0 ? c->out[c->count - 1] : NAN;
	c->now[1] = c->count > 0 ? c->in[c->count - 1] : NAN;
	for (size_t age = live; age < c->count; age++) {
		c->in[c->count - 1 - age] = before(p, now - (int64_t)age * SECOND_US);
		c->both[c->count - 1 - age] = true;
	}
}

static const char *label(const struct tui *t, double bytes, char *buf, size_t size)
{
	return t->set.unit == 1 ? unit_rate_bytes(bytes, buf, size) : unit_bits(bytes * 8, buf, size);
}

/* A line where something is known, and grey where both ways are one. */
static void draw_line(struct tui *t, const struct graph *g, const struct course *c)
{
	size_t slots = graph_capacity(&t->canvas, 1);
	int y = g->y + g->rows;

	for (int x = g->columns - 1; x >= 0; x--) {
		size_t age = (size_t)(g->columns - 1 - x) * slots;
		bool is_known = false, both = false;

		for (size_t k = age; k < age + slots && k < c->count; k++) {
			is_known |= !isnan(c->in[c->count - 1 - k]);
			both |= c->both[c->count - 1 - k];
		}
		if (is_known)
			canvas_glyph(&t->canvas, g->x + x, y, STYLE_AXIS, t->canvas.glyphs == GLYPHS_ASCII ? '-' : LINE);
		for (int row = 0; both && row < g->rows; row++)
			canvas_style(&t->canvas, g->x + x, g->y + row, 1, STYLE_AXIS);
	}
}

static void draw_heading(struct tui *t, const struct page *p, const struct course *c, struct rect r)
{
	static const char *const names[3][2] = {
		{N_("out %s   "), N_("in %s   ")}, {N_("sent %s   "), N_("received %s   ")}, {N_("up %s   "), N_("down %s   ")}};
	const char *const *name = names[p->dim == DIM_FLOW ? 2 : has_own_ways(p)];
	char a[UNIT_TEXT];
	int x = r.x;

	canvas_fill(&t->canvas, r.x, r.y, r.columns, STYLE_HEADER, ' ');
	x += canvas_printf(&t->canvas, x, r.y, r.columns, STYLE_HEADER, "THROUGHPUT, last %s   ",
			   unit_duration(c->count * (uint64_t)SECOND_US, a, sizeof a));
	if (c->live_us == 0) {
		canvas_put(&t->canvas, x, r.y, r.x + r.columns - x, STYLE_DIM, _("both ways in one"));
		return;
	}
	for (int way = 0; way < 2; way++)
		x += canvas_printf(&t->canvas, x, r.y, r.x + r.columns - x, way == 0 ? STYLE_SENT : STYLE_RECEIVED,
				   name[way], isnan(c->now[way]) ? "?" : label(t, c->now[way], a, sizeof a));
	canvas_printf(&t->canvas, x, r.y, r.x + r.columns - x, STYLE_DIM, "each way since %s",
		      unit_clock(c->live_us, a, sizeof a));
}

/* ---- of the past: the visible span ---- */

static void chart_past(const struct tui *t, const struct page *p, struct course *c)
{
	const struct focus *f = detail_focus(t, p);
	size_t n = f != NULL ? f->graph_count : 0;
	double *values = mem_array(n + 1, sizeof *values);

	for (int way = 0; way < 2; way++) {
		for (size_t i = 0; i < n; i++)
			values[i] = known(f->graph[i][way]);
		timeline_stretch(values, n, way == 0 ? c->out : c->in, c->count);
	}
	mem_free(values);
	for (size_t i = 0; i < c->count; i++)
		c->both[i] = !has_own_ways(p);
}

static void draw_past_heading(struct tui *t, const struct page *p, struct rect r)
{
	char span[2 * UNIT_TEXT], a[UNIT_TEXT];
	int x = r.x;

	canvas_fill(&t->canvas, r.x, r.y, r.columns, STYLE_HEADER, ' ');
	x += canvas_printf(&t->canvas, x, r.y, r.columns, STYLE_HEADER, "THROUGHPUT %s   ",
			   timeline_span_text(&t->picture->replay, span, sizeof span));
	if (!has_own_ways(p)) {
		canvas_printf(&t->canvas, x, r.y, r.x + r.columns - x, STYLE_DIM, "both ways in one");
		return;
	}
	x += canvas_printf(&t->canvas, x, r.y, r.x + r.columns - x, STYLE_SENT, "sent %s   ",
			   label(t, p->gone ? 0 : p->row.rate[0], a, sizeof a));
	canvas_printf(&t->canvas, x, r.y, r.x + r.columns - x, STYLE_RECEIVED, "received %s   ",
		      label(t, p->gone ? 0 : p->row.rate[1], a, sizeof a));
}

void page_graph_draw(struct tui *t, const struct page *p, struct rect r)
{
	bool past = t->picture->replay.on;

	struct graph g = {.x = r.x + LABEL_CELLS, .y = r.y + 1, .columns = r.columns - LABEL_CELLS, .rows = r.rows - 2,
			  .shape = GRAPH_STACKED, .log = t->set.log_scale};
	struct course c = {.count = g.columns > 0 ? graph_capacity(&t->canvas, g.columns) : 0};
	char text[UNIT_TEXT];

	c.in = mem_array(c.count + 1, sizeof *c.in);
	c.out = mem_array(c.count + 1, sizeof *c.out);
	c.both = mem_zalloc((c.count + 1) * sizeof *c.both);
	if (past)
		g.rows--; /* for the times */
	(past ? chart_past : chart)(t, p, &c);
	if (past)
		draw_past_heading(t, p, r);
	else
		draw_heading(t, p, &c, r);
	g.in = c.in;
	g.out = c.out;
	g.count = c.count;
	graph_draw(&t->canvas, &g);
	draw_line(t, &g, &c);
	if (past)
		timeline_axis(t, (struct rect){g.x, g.y + g.rows + 1, g.columns, 1});
	if (graph_top(&t->canvas, &g) > 1) /* else there is nothing */
		canvas_field(&t->canvas, r.x, g.y, LABEL_CELLS - 1, STYLE_AXIS,
			     label(t, graph_top(&t->canvas, &g), text, sizeof text), true, false);
	canvas_field(&t->canvas, r.x, g.y + g.rows, LABEL_CELLS - 1, STYLE_AXIS, t->set.log_scale ? _("log") : "0", true, false);
	mem_free(c.in);
	mem_free(c.out);
	mem_free(c.both);
}
