/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The setup screen, as far as it does something: pages at the left, lists and items beside them; what is changed
 * is in force at once, and kept in the file when it is saved. Draws nothing (setup_draw.c). Main thread;
 * called by actions and screen.c.
 */
#include "config.h"

#include <string.h>

#include "dpitop/i18n.h"
#include "tui/setup.h"

const struct setup_page_info setup_pages[SETUP_PAGES] = {
	[SETUP_COLUMNS] = {N_("Columns"), N_("Which columns a pane has, and their order."), PAGE_NONE},
	[SETUP_DISPLAY] = {N_("Display"), N_("What is drawn, and how."), PAGE_DISPLAY},
	[SETUP_COLOURS] = {N_("Colours"), N_("Themes; each is at work as soon as it is chosen."), PAGE_COLOURS},
	[SETUP_BEHAVIOUR] = {N_("Behaviour"), N_("Pace, names, mouse."), PAGE_BEHAVIOUR},
	[SETUP_FILE] = {N_("File"), N_("Where settings are kept, and which lines there could not be used."), PAGE_NONE},
};

/* ---- what the pages hold ---- */

static bool is_new(const enum dim *seen, int count, enum dim d)
{
	for (int i = 0; i < count; i++)
		if (seen[i] == d)
			return false;
	return true;
}

enum dim setup_list(int wanted)
{
	enum dim seen[DIM_LIST_COUNT];
	int count = 0;

	for (size_t i = 0; i < view_count(); i++)
		for (unsigned k = 0; k < view_at(i)->count; k++)
			if (is_new(seen, count, view_at(i)->dims[k]))
				seen[count++] = view_at(i)->dims[k];
	for (int d = 0; d < DIM_LIST_COUNT; d++)
		if (is_new(seen, count, (enum dim)d))
			seen[count++] = (enum dim)d;
	return seen[wanted];
}

void setup_columns(const struct tui *t, enum dim d, struct setup_columns *out)
{
	struct column_choice usual;
	const struct column_choice *chosen = &t->set.columns[d];

	if (chosen->count == 0) {
		columns_usual(d, &usual);
		chosen = &usual;
	}
	out->count = out->chosen = chosen->count;
	memcpy(out->all, chosen->columns, chosen->count * sizeof out->all[0]);
	for (size_t i = 0; i < column_count && out->count < CHOSEN_MAX * 2; i++) {
		bool there = !(column_table[i].dims & DIM_BIT(d));

		for (size_t k = 0; k < out->chosen && !there; k++)
			there = out->all[k] == &column_table[i];
		if (!there)
			out->all[out->count++] = &column_table[i];
	}
}

const struct setting *setup_setting(const struct tui *t, int item)
{
	for (size_t i = 0; i < SETTING_COUNT; i++)
		if (setting_table[i].page == setup_pages[t->setup.page].settings && item-- == 0)
			return &setting_table[i];
	return NULL;
}

int setup_items(const struct tui *t)
{
	struct setup_columns c;
	int n = 0;

	switch ((enum setup_page)t->setup.page) {
	case SETUP_COLUMNS:
		setup_columns(t, setup_list(t->setup.list), &c);
		return (int)c.count;
	case SETUP_COLOURS: return THEME_COUNT;
	case SETUP_FILE: return 0;
	default: break;
	}
	while (setup_setting(t, n) != NULL)
		n++;
	return n;
}

int setup_panels(const struct tui *t)
{
	return t->setup.page == SETUP_COLUMNS ? 3 : t->setup.page == SETUP_FILE ? 1 : 2;
}

/* ---- moving ---- */

static void go(int *at, long by, int count)
{
	long to = *at + by;

	*at = to < 0 || count == 0 ? 0 : to >= count ? count - 1 : (int)to;
}

static void on_items(struct tui *t)
{
	t->setup.item = t->setup.page == SETUP_COLOURS ? t->set.theme : 0;
	t->setup.top = 0;
}

enum reaction setup_move(struct tui *t, long rows)
{
	if (t->setup.panel == 0) {
		go(&t->setup.page, rows, SETUP_PAGES);
		on_items(t);
	} else if (t->setup.panel + 1 < setup_panels(t)) {
		go(&t->setup.list, rows, DIM_LIST_COUNT);
		on_items(t);
	} else {
		go(&t->setup.item, rows, setup_items(t));
	}
	return REACT_DRAW;
}

enum reaction setup_panel(struct tui *t, int by)
{
	go(&t->setup.panel, by, setup_panels(t));
	return REACT_DRAW;
}

enum reaction setup_open(struct tui *t)
{
	for (int i = 0; i < DIM_LIST_COUNT; i++)
		if (setup_list(i) == pane_dim(t))
			t->setup.list = i;
	t->setup.panel = 0;
	on_items(t);
	t->mode = MODE_SETUP;
	return REACT_DRAW;
}

/* ---- changing ---- */

static bool on_columns(const struct tui *t)
{
	return t->setup.page == SETUP_COLUMNS && t->setup.panel == 2;
}

bool setup_on_columns(const struct tui *t)
{
	return t->setup.page == SETUP_COLUMNS;
}

static void choose(struct tui *t, const struct setup_columns *c)
{
	struct column_choice *chosen = &t->set.columns[setup_list(t->setup.list)];
	struct column_choice usual;

	chosen->count = c->chosen < CHOSEN_MAX ? c->chosen : CHOSEN_MAX;
	memcpy(chosen->columns, c->all, chosen->count * sizeof chosen->columns[0]);
	columns_usual(setup_list(t->setup.list), &usual);
	if (usual.count == chosen->count &&
	    memcmp(usual.columns, chosen->columns, usual.count * sizeof usual.columns[0]) == 0)
		chosen->count = 0; /* as usual: what becomes usual in a later version shall come by itself */
	t->setup.changed = true;
}

static enum reaction turn_column(struct tui *t)
{
	struct setup_columns c;
	size_t i = (size_t)t->setup.item;
	const struct column *moved;

	setup_columns(t, setup_list(t->setup.list), &c);
	if (i >= c.count)
		return REACT_NONE;
	moved = c.all[i];
	if (i >= c.chosen && c.chosen == CHOSEN_MAX) {
		screen_say(t, STYLE_WARN, "%d columns at most", CHOSEN_MAX);
		return REACT_DRAW;
	}
	if (i < c.chosen) {
		if (c.chosen == 1) {
			screen_say(t, STYLE_WARN, "one column has to stay");
			return REACT_DRAW;
		}
		memmove(&c.all[i], &c.all[i + 1], (c.chosen - i - 1) * sizeof c.all[0]);
		c.chosen--;
	} else {
		t->setup.item = (int)c.chosen; /* where it can be moved at once */
		c.all[c.chosen++] = moved;
	}
	choose(t, &c);
	return REACT_DRAW;
}

enum reaction setup_shift(struct tui *t, int by)
{
	struct setup_columns c;
	long from = t->setup.item, to = from + by;
	const struct column *moved;

	if (!on_columns(t))
		return REACT_NONE;
	setup_columns(t, setup_list(t->setup.list), &c);
	if (from >= (long)c.chosen || to < 0 || to >= (long)c.chosen)
		return REACT_NONE;
	moved = c.all[from];
	c.all[from] = c.all[to];
	c.all[to] = moved;
	t->setup.item = (int)to;
	choose(t, &c);
	return REACT_DRAW;
}

enum reaction setup_usual(struct tui *t, int unused)
{
	(void)unused;
	if (t->setup.page != SETUP_COLUMNS)
		return REACT_NONE;
	t->set.columns[setup_list(t->setup.list)].count = 0;
	t->setup.changed = true;
	return REACT_DRAW;
}

enum reaction setup_turn(struct tui *t, int step)
{
	const struct setting *one;

	if (t->setup.panel + 1 < setup_panels(t))
		return setup_panel(t, 1);
	if (t->setup.page == SETUP_COLUMNS)
		return turn_column(t);
	if (t->setup.page == SETUP_COLOURS) {
		t->setup.changed = true;
		return screen_set(t, SET_THEME, t->setup.item - t->set.theme);
	}
	one = setup_setting(t, t->setup.item);
	if (one == NULL)
		return REACT_NONE;
	t->setup.changed = true;
	return screen_set(t, (enum setting_number)(one - setting_table), step);
}

/* ---- leaving ---- */

void setup_leave(struct tui *t)
{
	if (t->setup.changed)
		screen_say(t, STYLE_DIM, "kept until dpitop ends; Save in the setup keeps it for good");
	t->setup.changed = false;
	t->mode = MODE_PANE;
}

enum reaction setup_save(struct tui *t, int unused)
{
	struct error e = {.code = ERR_NONE};

	(void)unused;
	if (t->o.save == NULL) {
		screen_say(t, STYLE_WARN, "there is no file to save to");
		return REACT_DRAW;
	}
	if (t->o.save(t->o.ctx, &t->set, &e) != 0) {
		screen_say(t, STYLE_ALARM, "%s", e.text);
		return REACT_DRAW;
	}
	t->setup.changed = false;
	t->mode = MODE_PANE;
	screen_say(t, STYLE_GOOD, "saved to %s", t->o.config_path);
	return REACT_DRAW;
}

/* ---- mouse ---- */

enum reaction setup_page_clicked(struct tui *t, int i)
{
	t->setup.panel = 0;
	t->setup.page = i;
	on_items(t);
	return REACT_DRAW;
}

enum reaction setup_list_clicked(struct tui *t, int i)
{
	t->setup.panel = 1;
	t->setup.list = i;
	on_items(t);
	return REACT_DRAW;
}

enum reaction setup_item_clicked(struct tui *t, int i)
{
	t->setup.panel = setup_panels(t) - 1;
	t->setup.item = i;
	return setup_turn(t, 1);
}
