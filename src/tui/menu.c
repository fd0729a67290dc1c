/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Menus over a pane: the columns to sort by, and filters by name. Items are made when they are drawn, so
 * they are always true. Main thread; called by screen.c and actions.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/text.h"
#include "tui/screen.h"

enum { NAME_CELLS = 18, PRESET_CELLS = 13 };

/* ---- the columns of the pane ---- */

static const struct column *sort_item(const struct tui *t, int item)
{
	for (size_t i = 0; i < column_count; i++)
		if ((column_table[i].dims & DIM_BIT(pane_dim(t))) && item-- == 0)
			return &column_table[i];
	return NULL;
}

static int sort_count(const struct tui *t)
{
	int n = 0;

	while (sort_item(t, n) != NULL)
		n++;
	return n;
}

static void sort_text(const struct tui *t, int item, char *buf, size_t size)
{
	const struct column *c = sort_item(t, item);

	int pad = NAME_CELLS - text_width(_(c->title));

	snprintf(buf, size, "%s%*s %s", _(c->title), pad > 0 ? pad : 0, "", _(c->help));
}

static enum reaction choose_sort(struct tui *t, int item)
{
	struct pane *p = pane_of(t);
	const struct column *c = sort_item(t, item);

	if (c == NULL)
		return REACT_DRAW;
	if (c != pane_sort(t))
		p->ascending[p->grouping] = (c->flags & COLUMN_ASCENDING) != 0;
	p->sort[p->grouping] = c;
	t->order_until_us = 0;
	t->mode = MODE_PANE;
	return REACT_WANT;
}

/* ---- filters by name ---- */

static int preset_count(const struct tui *t)
{
	(void)t;
	return (int)filter_preset_count();
}

static void preset_text(const struct tui *t, int item, char *buf, size_t size)
{
	const struct filter_preset *p = filter_preset_at((size_t)item);

	(void)t;
	snprintf(buf, size, "%-*s %s", PRESET_CELLS, p->name, _(p->help));
}

static enum reaction choose_preset(struct tui *t, int item)
{
	char expression[EXPRESSION_TEXT];

	if (item >= preset_count(t))
		return REACT_DRAW;
	snprintf(expression, sizeof expression, "preset = %s", filter_preset_at((size_t)item)->name);
	t->mode = MODE_PANE;
	return trail_push(t, expression, false);
}

/* ---- THE table of menus ---- */

static const struct menu {
	const char *title;
	int cells;
	int (*count)(const struct tui *t);
	void (*text)(const struct tui *t, int item, char *buf, size_t size);
	enum reaction (*choose)(struct tui *t, int item);
} menus[] = {
	[MENU_SORT] = {N_("Sort by"), 46, sort_count, sort_text, choose_sort},
	[MENU_PRESETS] = {N_("Show only"), 52, preset_count, preset_text, choose_preset},
};

int menu_items(const struct tui *t)
{
	return menus[t->menu_use].count(t);
}

enum reaction menu_open(struct tui *t, enum menu_use use)
{
	t->menu_use = use;
	t->menu_top = 0;
	t->menu_cursor = 0;
	for (int i = 0; use == MENU_SORT && sort_item(t, i) != NULL; i++)
		if (sort_item(t, i) == pane_sort(t))
			t->menu_cursor = i;
	t->mode = MODE_MENU;
	return REACT_DRAW;
}

enum reaction menu_choose(struct tui *t, int item)
{
	t->menu_cursor = item;
	return menus[t->menu_use].choose(t, item);
}

void menu_draw(struct tui *t, struct rect r)
{
	const struct menu *m = &menus[t->menu_use];
	int width = r.columns < m->cells ? r.columns : m->cells, rows = r.rows - 1, count = m->count(t);

	if (t->menu_cursor < t->menu_top)
		t->menu_top = t->menu_cursor;
	if (t->menu_cursor >= t->menu_top + rows)
		t->menu_top = t->menu_cursor - rows + 1;
	canvas_fill(&t->canvas, r.x, r.y, width, STYLE_TAB_ACTIVE, ' ');
	canvas_put(&t->canvas, r.x + 1, r.y, width - 1, STYLE_TAB_ACTIVE, _(m->title));
	for (int i = 0; i < rows; i++) {
		int item = t->menu_top + i, y = r.y + 1 + i;
		enum style s = item == t->menu_cursor ? STYLE_CURSOR : STYLE_NORMAL;
		char text[160];

		canvas_fill(&t->canvas, r.x, y, width, s, ' ');
		if (item >= count)
			continue;
		m->text(t, item, text, sizeof text);
		canvas_field(&t->canvas, r.x + 1, y, width - 2, s, text, false, false);
		screen_zone(t, (struct rect){r.x, y, width, 1}, menu_choose, item);
	}
}
