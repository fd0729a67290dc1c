/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The generic table: any dimension's list by the column table, with sort mark, cursor, tags, the row of
 * the others and, under a filter, the sum. Main thread; called by screen.c and the panes.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/alert.h"
#include "dpitop/i18n.h"
#include "dpitop/text.h"
#include "dpitop/units.h"
#include "tui/graph.h"
#include "tui/screen.h"

enum { COLUMNS_MAX = CHOSEN_MAX + 1, CELL_TEXT = 512, BAR_CELLS = 12, RISK_ALARM = 100 };

struct layout {
	struct column_fit fit[COLUMNS_MAX];
	int x[COLUMNS_MAX];
	int bar[COLUMNS_MAX]; /* cells of a bar before the text */
	size_t count;
};

static bool is_past(const struct tui *t)
{
	return t->picture != NULL && t->picture->replay.on;
}

/* A sparkline is of the timeline's steps there: "RATE 2h00". */
static const char *title_of(const struct tui *t, const struct column *c, char *buf, size_t size)
{
	char span[UNIT_TEXT];

	if (c->type != VALUE_SPARK || !is_past(t))
		return _(c->title);
	snprintf(buf, size, _("RATE %s"), unit_duration((uint64_t)t->picture->replay.step_us * DIM_SPARK, span, sizeof span));
	return buf;
}

/* A share is a bar too, where the column that names the row can spare the cells. */
static void make_bars(struct layout *l)
{
	struct column_fit *name = &l->fit[0];

	for (size_t i = 1; i < l->count; i++) {
		if (l->fit[i].column->type != VALUE_SHARE || !(name->column->flags & COLUMN_STRETCH))
			continue;
		if (name->width < name->column->width + BAR_CELLS + 6)
			continue;
		name->width -= BAR_CELLS;
		l->fit[i].width += BAR_CELLS;
		l->bar[i] = BAR_CELLS - 1;
	}
}

static void lay_out(struct layout *l, enum dim d, const struct column_choice *chosen, const struct column *sorted,
		    struct rect r, bool past)
{
	int x = r.x;

	memset(l, 0, sizeof *l);
	l->count = (past ? columns_fit_past : columns_fit)(d, chosen, sorted, r.columns, l->fit, COLUMNS_MAX);
	make_bars(l);
	for (size_t i = 0; i < l->count; i++) {
		l->x[i] = x;
		x += l->fit[i].width + 1;
	}
}

static enum style severity_style(unsigned severity)
{
	static const enum style styles[] = {
		[ALERT_INFO] = STYLE_DIM, [ALERT_NOTICE] = STYLE_NORMAL, [ALERT_WARNING] = STYLE_WARN,
		[ALERT_CRITICAL] = STYLE_ALARM,
	};

	return severity < ALERT_SEVERITIES ? styles[severity] : STYLE_NORMAL;
}

/* Flows that have ended stand back, but not where all have. */
enum style table_style(const struct tui *t, const struct column *c, const struct row *r)
{
	bool first = (c->flags & COLUMN_ASCENDING) && c->priority == 1;
	bool all_ended = t->picture != NULL && t->picture->final;

	if ((r->flags & ROW_OTHER) || ((r->flags & ROW_ENDED) && !all_ended))
		return STYLE_DIM;
	if (c->type == VALUE_RISK)
		return r->score == 0 ? STYLE_DIM : r->score < RISK_ALARM ? STYLE_WARN : STYLE_ALARM;
	if (c->type == VALUE_SEVERITY && !(r->flags & ROW_SUM))
		return severity_style(r->key.alert.severity);
	if (strncmp(c->id, "sent_", 5) == 0 || strncmp(c->id, "c2s_", 4) == 0)
		return STYLE_SENT;
	if (strncmp(c->id, "rcvd_", 5) == 0 || strncmp(c->id, "s2c_", 4) == 0)
		return STYLE_RECEIVED;
	if (first && (r->flags & ROW_LOCAL) && r->dim != DIM_FLOW)
		return STYLE_LOCAL;
	return STYLE_NORMAL;
}

static enum reaction sort_by(struct tui *t, int column)
{
	struct pane *p = pane_of(t);
	const struct column *c = &column_table[column];

	if (c == pane_sort(t))
		p->ascending[p->grouping] = !p->ascending[p->grouping];
	else
		p->ascending[p->grouping] = (c->flags & COLUMN_ASCENDING) != 0;
	p->sort[p->grouping] = c;
	t->order_until_us = 0;
	return REACT_WANT;
}

static void draw_titles(struct tui *t, const struct layout *l, struct rect r)
{
	const struct pane *p = pane_of(t);
	const struct column *sort = pane_sort(t);
	bool ascii = t->canvas.glyphs == GLYPHS_ASCII;
	const char *mark = p->ascending[p->grouping] ? ascii ? "^" : "▲" : ascii ? "v" : "▼";

	canvas_fill(&t->canvas, r.x, r.y, r.columns, STYLE_HEADER, ' ');
	for (size_t i = 0; i < l->count; i++) {
		const struct column *c = l->fit[i].column;
		struct rect at = {l->x[i], r.y, l->fit[i].width, 1};
		char title[48], own[48];

		snprintf(title, sizeof title, "%s%s", title_of(t, c, own, sizeof own), c == sort ? mark : "");
		canvas_field(&t->canvas, at.x, at.y, at.columns, c == sort ? STYLE_TITLE : STYLE_HEADER, title,
			     !(c->flags & COLUMN_LEFT), c == sort);
		screen_zone(t, at, sort_by, (int)(c - column_table));
	}
}

/* The step that is still filling would grow with every picture, in every row: it is drawn when it is full. */
static size_t closed_steps(const struct tui *t)
{
	return is_past(t) || (t->picture != NULL && t->picture->final) ? DIM_SPARK : DIM_SPARK - 1;
}

static void draw_cell(struct tui *t, const struct layout *l, size_t i, const struct row *r, int y, enum style s)
{
	const struct column *c = l->fit[i].column;
	int x = l->x[i], width = l->fit[i].width;
	char text[CELL_TEXT];

	if (c->type == VALUE_SPARK) {
		spark_draw(&t->canvas, x, y, width < SPARK_CELLS ? width : SPARK_CELLS,
			   s == STYLE_NORMAL ? STYLE_GRAPH_IN : s, r->spark, closed_steps(t), 0);
		return;
	}
	if (l->bar[i] > 0) {
		bar_draw(&t->canvas, x, y, l->bar[i], s == STYLE_NORMAL ? STYLE_GRAPH_OUT : s, r->share);
		x += l->bar[i] + 1;
		width -= l->bar[i] + 1;
	}
	column_text(c, r, t->set.unit, screen_ascii(t), text, sizeof text);
	canvas_field(&t->canvas, x, y, width, s, text, !(c->flags & COLUMN_LEFT), (c->flags & COLUMN_END) != 0);
}

/* whole: a style for all of the row, else each cell has its own. */
static void draw_row(struct tui *t, const struct layout *l, const struct row *r, struct rect at, const enum style *whole)
{
	if (whole != NULL)
		canvas_fill(&t->canvas, at.x, at.y, at.columns, *whole, ' ');
	for (size_t i = 0; i < l->count; i++)
		draw_cell(t, l, i, r, at.y, whole != NULL ? *whole : table_style(t, l->fit[i].column, r));
}

static void draw_sum(struct tui *t, const struct layout *l, const struct list *list, struct rect at)
{
	const enum style sum = STYLE_SUM;
	char text[64];

	draw_row(t, l, &list->sum, at, &sum);
	snprintf(text, sizeof text, list->all > 0 ? _("%s %zu of %zu") : "%s %zu", t->canvas.glyphs == GLYPHS_ASCII ? _("sum") : "Σ",
		 list->matching, list->all);
	if (l->fit[0].column->flags & COLUMN_LEFT) /* else a number stands there, by the user's choice */
		canvas_field(&t->canvas, at.x, at.y, l->fit[0].width, STYLE_SUM, text, false, false);
}

static void keep_in_sight(struct pane *p, size_t count)
{
	size_t rows = p->rows > 0 ? (size_t)p->rows : 1;

	if (p->cursor < p->top)
		p->top = p->cursor;
	if (p->cursor >= p->top + rows)
		p->top = p->cursor - rows + 1;
	if (p->top + rows > count)
		p->top = count > rows ? count - rows : 0;
}

void table_draw(struct tui *t, struct rect r)
{
	struct pane *p = pane_of(t);
	const struct list *list = pane_list(t);
	size_t count = pane_count(t);
	const struct column_choice *chosen = &t->set.columns[pane_dim(t)];
	struct layout l;
	bool sum = list != NULL && t->steps > 0 && list->count > 0 && r.rows > 3;

	lay_out(&l, pane_dim(t), chosen, chosen->count > 0 ? p->sort[p->grouping] : pane_sort(t), r, is_past(t));
	draw_titles(t, &l, (struct rect){r.x, r.y, r.columns, 1});
	p->rows = r.rows - 1 - sum;
	p->rows_y = r.y + 1;
	keep_in_sight(p, count);
	if (count == 0) {
		empty_draw(t, (struct rect){r.x, r.y + 1, r.columns, r.rows - 1});
		return;
	}
	for (int i = 0; i < p->rows && p->top + (size_t)i < count; i++) {
		const struct row *row = pane_row(t, p->top + (size_t)i);
		struct rect at = {r.x, r.y + 1 + i, r.columns, 1};
		enum style whole = STYLE_NORMAL;

		if (row == NULL)
			continue;
		if (p->top + (size_t)i == p->cursor)
			whole = STYLE_CURSOR;
		else if (pane_is_tagged(p, row->id))
			whole = STYLE_TAGGED;
		draw_row(t, &l, row, at, whole != STYLE_NORMAL ? &whole : NULL);
	}
	if (sum)
		draw_sum(t, &l, list, (struct rect){r.x, r.y + r.rows - 1, r.columns, 1});
}

/* The title takes the place of the titles of what names a row. */
static void draw_small_titles(struct tui *t, const struct layout *l, struct rect r, const char *title)
{
	size_t i = 0;
	int end = r.x + r.columns;

	while (i < l->count && (i == 0 || (l->fit[i].column->flags & COLUMN_LEFT)))
		i++;
	if (i < l->count)
		end = l->x[i];
	canvas_field(&t->canvas, r.x, r.y, end - r.x, STYLE_HEADER, title, false, false);
	for (; i < l->count; i++) {
		char own[48];

		canvas_field(&t->canvas, l->x[i], r.y, l->fit[i].width, STYLE_HEADER,
			     title_of(t, l->fit[i].column, own, sizeof own), !(l->fit[i].column->flags & COLUMN_LEFT), false);
	}
}

void table_draw_block(struct tui *t, const struct block *b, const char *title, long cursor)
{
	const enum style whole = STYLE_CURSOR;
	struct rect at = b->at;
	const struct row *r;
	struct layout l;

	if (at.rows < 2 || at.columns < 10)
		return;
	lay_out(&l, b->dim, NULL, NULL, at, is_past(t));
	canvas_fill(&t->canvas, at.x, at.y, at.columns, STYLE_HEADER, ' ');
	draw_small_titles(t, &l, at, title);
	for (size_t i = 0; (r = block_row(b, i)) != NULL; i++) {
		at.y++;
		draw_row(t, &l, r, at, (long)i == cursor ? &whole : NULL);
	}
	if (at.y + 1 < b->at.y + b->at.rows && b->list != NULL && (b->list->other.flags & ROW_OTHER)) {
		at.y++;
		draw_row(t, &l, &b->list->other, at, NULL);
	}
}
