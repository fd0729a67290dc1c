/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Overview: what is going on? Throughput over time, and the top of hosts, applications, countries and
 * risks beside or below one another, as the window allows. Main thread; called by screen.c.
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

enum { WIDE = 120, GRAPH_ROWS_MIN = 3, ROWS_FOR_GRAPH = 12, TOP = 60, LABEL_CELLS = 11 };

static const enum dim blocks[] = {DIM_HOST, DIM_APP, DIM_COUNTRY, DIM_ALERT};
static const char *const titles[] = {N_("TOP HOSTS"), N_("TOP APPLICATIONS"), N_("TOP COUNTRIES"), N_("ALERTS")};

enum { BLOCKS = sizeof blocks / sizeof blocks[0] };

void overview_want(const struct tui *t, struct want *w)
{
	(void)t;
	for (unsigned i = 0; i < BLOCKS; i++) {
		w->lists[blocks[i]].on = true;
		w->lists[blocks[i]].top = TOP;
		w->lists[blocks[i]].sort = column_default_sort(blocks[i]);
	}
}

static const char *label(const struct tui *t, double bytes, char *buf, size_t size)
{
	return t->set.unit == 1 ? unit_rate_bytes(bytes, buf, size) : unit_bits(bytes * 8, buf, size);
}

/* The scale: its top at the upper edge, and below the axis in the middle again. */
static void draw_scale(struct tui *t, const struct graph *g)
{
	char text[UNIT_TEXT];
	int x = g->x - LABEL_CELLS, middle = g->y + g->rows / 2;

	label(t, graph_top(&t->canvas, g), text, sizeof text);
	canvas_field(&t->canvas, x, g->y, LABEL_CELLS - 1, STYLE_AXIS, text, true, false);
	canvas_field(&t->canvas, x, middle, LABEL_CELLS - 1, STYLE_AXIS, t->set.log_scale ? _("log") : "0", true, false);
	if (g->rows > 4)
		canvas_field(&t->canvas, x, g->y + g->rows - 1, LABEL_CELLS - 1, STYLE_AXIS, text, true, false);
}

static double known(uint64_t bytes)
{
	return bytes != MODEL_GRAPH_GAP ? (double)bytes : NAN;
}

/* "THROUGHPUT, last 2m24   out 1.2 Mb/s   in 30 Mb/s" */
static void draw_heading(struct tui *t, struct rect r, size_t capacity)
{
	const struct snapshot *s = t->picture;
	char a[UNIT_TEXT], b[UNIT_TEXT], seconds[UNIT_TEXT], span[2 * UNIT_TEXT];
	size_t n = s->graph_count;
	int x = r.x;

	canvas_fill(&t->canvas, r.x, r.y, r.columns, STYLE_HEADER, ' ');
	if (s->replay.on)
		x += canvas_printf(&t->canvas, x, r.y, r.columns, STYLE_HEADER, "THROUGHPUT %s   ",
				   timeline_span_text(&s->replay, span, sizeof span));
	else
		x += canvas_printf(&t->canvas, x, r.y, r.columns, STYLE_HEADER, "THROUGHPUT, last %s   ",
				   unit_duration(capacity * UINT64_C(1000000), seconds, sizeof seconds));
	x += canvas_printf(&t->canvas, x, r.y, r.columns - x, STYLE_SENT, "out %s   ",
			   label(t, (double)s->rate_out, a, sizeof a));
	x += canvas_printf(&t->canvas, x, r.y, r.columns - x, STYLE_RECEIVED, "in %s   ",
			   label(t, (double)s->rate_in, b, sizeof b));
	if (s->replay.on && s->filter_text[0] != '\0')
		canvas_put(&t->canvas, x, r.y, r.x + r.columns - x, STYLE_DIM, _("of all traffic"));
	else if (s->filter_text[0] != '\0' && n > 0 && n < capacity)
		canvas_printf(&t->canvas, x, r.y, r.columns - x, STYLE_DIM, "of what matches, since %s",
			      unit_clock(s->now_us - (int64_t)n * 1000000, a, sizeof a));
}

/* The past fills the width, whatever its step; live there is a value for each second. */
static double *curve(const struct tui *t, int way, size_t capacity)
{
	const struct snapshot *s = t->picture;
	size_t n = s->graph_count;
	double *values = mem_array((n > capacity ? n : capacity) + 1, sizeof *values), *wide;

	for (size_t i = 0; i < n; i++)
		values[i] = known(s->graph[i][way]);
	if (!s->replay.on)
		return values;
	wide = mem_array(capacity + 1, sizeof *wide);
	timeline_stretch(values, n, wide, capacity);
	mem_free(values);
	return wide;
}

static void draw_graph(struct tui *t, struct rect r)
{
	bool past = t->picture->replay.on;
	struct graph g = {.x = r.x + LABEL_CELLS, .y = r.y + 1, .columns = r.columns - LABEL_CELLS, .rows = r.rows - 1 - past,
			  .shape = GRAPH_MIRRORED, .log = t->set.log_scale};
	size_t capacity = graph_capacity(&t->canvas, g.columns);
	double *out = curve(t, 0, capacity), *in = curve(t, 1, capacity);

	g.out = out;
	g.in = in;
	g.count = past ? capacity : t->picture->graph_count;
	draw_heading(t, r, capacity);
	graph_draw(&t->canvas, &g);
	draw_scale(t, &g);
	if (past)
		timeline_axis(t, (struct rect){g.x, g.y + g.rows, g.columns, 1});
	mem_free(out);
	mem_free(in);
}

static bool is_shown(const struct tui *t, enum dim d)
{
	if (t->picture->replay.on && !(t->picture->replay.dims >> d & 1))
		return false;
	return d != DIM_COUNTRY || t->picture->geo_countries;
}

/* Blocks in a grid: across columns of the window, then down. */
static void draw_blocks(struct tui *t, struct rect r)
{
	int across = r.columns < 60 ? 1 : r.columns >= WIDE * 2 ? 3 : 2;

	t->blocks.count = 0;
	for (unsigned i = 0; i < BLOCKS; i++)
		if (is_shown(t, blocks[i]))
			blocks_add(&t->blocks, (struct block){.dim = blocks[i], .title = titles[i],
							      .list = &t->picture->lists[blocks[i]]});
	t->blocks.count = blocks_fill(&t->blocks, r, across);
	if (blocks_row(&t->blocks, &t->spot) == NULL) /* its block has no rows any more */
		blocks_turn(&t->blocks, &t->spot, 1);
	blocks_draw(t, &t->blocks, &t->spot);
}

bool overview_is_shown(const struct tui *t)
{
	return t->view->draw == overview_draw;
}

void overview_draw(struct tui *t, struct rect r)
{
	int graph = r.rows >= ROWS_FOR_GRAPH ? r.rows / 3 : 0;

	bool past = t->picture != NULL && t->picture->replay.on;

	if (t->picture == NULL || (past ? t->picture->replay.span_to_us == 0 : t->picture->totals.packets == 0)) {
		empty_draw(t, r);
		return;
	}
	if (graph > GRAPH_ROWS_MIN) {
		draw_graph(t, (struct rect){r.x, r.y, r.columns, graph});
		r.y += graph + 1;
		r.rows -= graph + 1;
	}
	if (pane_is_in_picture(t) && t->picture->totals.packets > 0) {
		draw_blocks(t, r);
		return;
	}
	t->blocks.count = 0;
	empty_draw(t, r);
}
