/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything about one row: each column its dimension has, by the column table, as far as it is known.
 * Follows the row from picture to picture; when it is no longer listed, the last one stays and says so.
 * Main thread; called by screen.c.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "dpitop/units.h"
#include "tui/graph.h"
#include "tui/screen.h"

enum { LABEL_CELLS = 15, COLUMN_CELLS = 62, VALUE_TEXT_MAX = 2048, GAP = 2 };

static const struct row *find(const struct snapshot *s, enum dim d, uint64_t id)
{
	const struct list *l = s != NULL ? &s->lists[d] : NULL;

	for (size_t i = 0; l != NULL && i < l->count; i++)
		if (l->rows[i].id == id)
			return &l->rows[i];
	return NULL;
}

enum reaction detail_open(struct tui *t)
{
	const struct row *r = pane_cursor_row(t);

	if (r == NULL || (r->flags & (ROW_OTHER | ROW_SUM)) || t->view->draw == overview_draw ||
	    t->view->draw == sources_draw)
		return REACT_NONE;
	detail_close(t);
	t->detail_id = r->id;
	t->detail_dim = (enum dim)r->dim;
	t->detail = mem_alloc(sizeof *t->detail);
	*t->detail = *r;
	t->detail_from = t->picture;
	snapshot_ref(t->detail_from);
	t->scroll = 0;
	t->mode = MODE_DETAIL;
	return REACT_DRAW;
}

void detail_close(struct tui *t)
{
	mem_free(t->detail);
	snapshot_unref(t->detail_from);
	t->detail = NULL;
	t->detail_from = NULL;
	t->detail_id = 0;
}

const struct row *detail_row(const struct tui *t)
{
	const struct row *r = find(t->picture, t->detail_dim, t->detail_id);

	return r != NULL ? r : t->detail;
}

static void draw_heading(struct tui *t, const struct row *r, struct rect at, bool is_listed)
{
	char title[512];

	snprintf(title, sizeof title, "%s  %s%s%s%s%s", dim_info(t->detail_dim)->one, r->label,
		 r->label2[0] != '\0' ? (t->canvas.glyphs == GLYPHS_ASCII ? " - " : " ↔ ") : "", r->label2,
		 r->name[0] != '\0' ? "  " : "", r->name);
	canvas_fill(&t->canvas, at.x, at.y, at.columns, STYLE_HEADER, ' ');
	canvas_field(&t->canvas, at.x, at.y, at.columns, STYLE_HEADER, title, false, false);
	if (!is_listed && at.columns > 30)
		canvas_put(&t->canvas, at.x + at.columns - 22, at.y, 22, STYLE_WARN, "no longer in the list");
}

static enum style value_style(const struct column *c, const struct row *r)
{
	enum style s = table_style(c, r);

	return s == STYLE_DIM && c->type != VALUE_RISK ? STYLE_NORMAL : s;
}

/* A value over as many lines as it takes; returns how many. */
static int draw_value(struct tui *t, struct rect at, enum style s, const char *text, int bottom)
{
	int y = at.y;

	do {
		size_t n = text_fit(text, at.columns, NULL);

		if (n == 0)
			break;
		if (y >= t->body.y + 1 && y < bottom)
			canvas_put(&t->canvas, at.x, y, at.columns, s, text);
		text += n;
		y++;
	} while (*text != '\0');
	return y - at.y;
}

static bool text_of(const struct tui *t, const struct column *c, const struct row *r, char *buf, size_t size)
{
	if (c->type == VALUE_TIME_US) {
		struct value v = c->get(r);

		if (v.type != VALUE_NONE)
			unit_datetime((int64_t)v.u, buf, size);
		return v.type != VALUE_NONE;
	}
	column_text(c, r, t->set.unit, screen_ascii(t), buf, size);
	return buf[0] != '\0' && strcmp(buf, "-") != 0;
}

void detail_draw(struct tui *t, struct rect r)
{
	const struct row *row = detail_row(t);
	char text[VALUE_TEXT_MAX];
	int bottom = r.y + r.rows, y = r.y + 1 - t->scroll, width = r.columns - LABEL_CELLS - GAP;

	if (row == NULL)
		return;
	for (size_t i = 0; i < column_count; i++) {
		const struct column *c = &column_table[i];

		if (!(c->dims & DIM_BIT(t->detail_dim)) || !(c->flags & COLUMN_DETAIL) ||
		    !text_of(t, c, row, text, sizeof text))
			continue;
		if (y >= r.y + 1 && y < bottom)
			canvas_field(&t->canvas, r.x, y, LABEL_CELLS, STYLE_DIM, c->title, true, false);
		y += draw_value(t, (struct rect){r.x + LABEL_CELLS + GAP, y, width, 1}, value_style(c, row), text, bottom);
	}
	if (y < bottom && y >= r.y + 1 && t->detail_dim != DIM_FLOW) {
		canvas_field(&t->canvas, r.x, y, LABEL_CELLS, STYLE_DIM, "LAST MINUTE", true, false);
		spark_draw(&t->canvas, r.x + LABEL_CELLS + GAP, y, SPARK_CELLS, STYLE_GRAPH_IN, row->spark, DIM_SPARK, 0);
	}
	canvas_fill(&t->canvas, r.x, r.y, r.columns, STYLE_HEADER, ' ');
	draw_heading(t, row, r, find(t->picture, t->detail_dim, t->detail_id) != NULL);
	if (y >= bottom && t->scroll > 0 && y < bottom - 1)
		t->scroll--;
}
