/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The setup screen drawn: pages, lists and items side by side; what does not fit leaves from the left. Main
 * thread; called by screen.c.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/text.h"
#include "tui/rc_line.h"
#include "tui/setup.h"

enum { PAGE_CELLS = 11, LIST_CELLS = 15, ITEMS_LEAST = 36, LABEL_CELLS = 19, VALUE_CELLS = 16, TITLE_CELLS = 17, LINE_TEXT = 512, WIDE = 90, ROWS_FOR_HELP = 8 };

struct panel {
	struct tui *t;
	struct rect r;  /* below its title */
	int cursor, top;
	bool focus;
	enum reaction (*clicked)(struct tui *t, int i);
};

/* The style of a line of a panel, its cells filled. */
static enum style begin_line(const struct panel *p, int i, int y)
{
	enum style s = i != p->cursor ? STYLE_NORMAL : p->focus ? STYLE_CURSOR : STYLE_BOLD;

	canvas_fill(&p->t->canvas, p->r.x, y, p->r.columns, s, ' ');
	screen_zone(p->t, (struct rect){p->r.x, y, p->r.columns, 1}, p->clicked, i);
	return s;
}

static int line_y(const struct panel *p, int i)
{
	int y = p->r.y + i - p->top;

	return y >= p->r.y && y < p->r.y + p->r.rows ? y : -1;
}

static void keep_in_sight(struct panel *p, int *top)
{
	if (p->cursor < *top)
		*top = p->cursor;
	if (p->cursor >= *top + p->r.rows)
		*top = p->cursor - p->r.rows + 1;
	p->top = *top;
}

static void draw_title(struct tui *t, const struct rect *r, const char *title)
{
	canvas_field(&t->canvas, r->x, r->y - 1, r->columns, STYLE_HEADER, title, false, false);
}

static void draw_pages(struct tui *t, struct rect r)
{
	struct panel p = {t, r, t->setup.page, 0, t->setup.panel == 0, setup_page_clicked};

	draw_title(t, &r, _("SETUP"));
	for (int i = 0; i < SETUP_PAGES; i++)
		if (line_y(&p, i) >= 0)
			canvas_field(&t->canvas, r.x + 1, line_y(&p, i), r.columns - 1, begin_line(&p, i, line_y(&p, i)),
				     _(setup_pages[i].title), false, false);
}

static void draw_lists(struct tui *t, struct rect r)
{
	struct panel p = {t, r, t->setup.list, 0, t->setup.panel == 1, setup_list_clicked};
	int top = 0;

	draw_title(t, &r, _("PANE"));
	keep_in_sight(&p, &top);
	for (int i = 0; i < DIM_LIST_COUNT; i++) {
		int y = line_y(&p, i);
		char name[48];

		if (y < 0)
			continue;
		snprintf(name, sizeof name, "%s%s", _(dim_info(setup_list(i))->title),
			 t->set.columns[setup_list(i)].count > 0 ? " *" : "");
		canvas_field(&t->canvas, r.x + 1, y, r.columns - 1, begin_line(&p, i, y), name, false, false);
	}
}

/* As the pane will have it, with the column it is sorted by. */
static bool has_room(const struct tui *t, const struct column *c)
{
	struct column_fit fit[CHOSEN_MAX + 1];
	enum dim d = setup_list(t->setup.list);
	const struct column *sorted = d == pane_dim(t) ? pane_sort(t) : column_default_sort(d);
	size_t n = columns_fit(d, &t->set.columns[d], t->set.columns[d].count > 0 ? NULL : sorted, t->canvas.columns, fit,
			       CHOSEN_MAX + 1);

	for (size_t i = 0; i < n; i++)
		if (fit[i].column == c)
			return true;
	return false;
}

static void draw_columns(struct panel *p)
{
	struct canvas *c = &p->t->canvas;
	struct setup_columns columns;

	setup_columns(p->t, setup_list(p->t->setup.list), &columns);
	for (int i = 0; i < (int)columns.count; i++) {
		const struct column *one = columns.all[i];
		bool shown = i < (int)columns.chosen, room = shown && has_room(p->t, one);
		int x = p->r.x + 1, y = line_y(p, i), right = p->r.x + p->r.columns;
		enum style s;

		if (y < 0)
			continue;
		s = begin_line(p, i, y);
		canvas_put(c, x, y, right - x, s, shown ? "[x]" : "[ ]");
		canvas_field(c, x + 4, y, TITLE_CELLS, s, _(one->title), false, false);
		x += 4 + TITLE_CELLS + 1;
		if (right - x > 8)
			canvas_field(c, x, y, right - x, s == STYLE_CURSOR ? s : STYLE_DIM,
				     shown && !room ? _("no room in this window") : p->r.columns >= WIDE ? _(one->help) : "",
				     false, false);
	}
}

/* What a setting is, in full: what comes of "auto" here, and of what is not set. */
static const char *value_of(const struct tui *t, const struct setting *one, char buf[LINE_TEXT])
{
	static const char *const levels[] = {"ASCII", "blocks", "braille"};
	char text[SETTING_TEXT];

	setting_text(one, &t->set, text);
	if (one == &setting_table[SET_GLYPHS] && (t->set.glyphs == 0 || t->set.glyphs - 1 != (int)t->canvas.glyphs))
		snprintf(buf, LINE_TEXT, "%s (%s)", text, levels[t->canvas.glyphs]);
	else if (text[0] == '\0')
		snprintf(buf, LINE_TEXT, "%s", one->kind == SETTING_SECONDS ? "1" : one->choice(0));
	else
		snprintf(buf, LINE_TEXT, "%s", text);
	return buf;
}

static void draw_settings(struct panel *p)
{
	struct canvas *c = &p->t->canvas;
	const struct setting *one;
	char value[LINE_TEXT];

	for (int i = 0; (one = setup_setting(p->t, i)) != NULL; i++) {
		int x = p->r.x + 1, y = line_y(p, i), right = p->r.x + p->r.columns;
		enum style s;

		if (y < 0)
			continue;
		s = begin_line(p, i, y);
		canvas_field(c, x, y, LABEL_CELLS - 1, s, _(one->label), false, false);
		canvas_field(c, x + LABEL_CELLS, y, VALUE_CELLS - 1 < right - x - LABEL_CELLS ? VALUE_CELLS - 1 : right - x - LABEL_CELLS,
			     s == STYLE_CURSOR ? s : STYLE_BOLD, value_of(p->t, one, value), false, false);
		x += LABEL_CELLS + VALUE_CELLS;
		if (p->r.columns >= WIDE)
			canvas_field(c, x, y, right - x, s == STYLE_CURSOR ? s : STYLE_DIM, _(one->help), false, false);
	}
}

/* The looks of the theme at work. */
static void draw_sample(struct tui *t, struct rect r)
{
	static const enum style samples[] = {STYLE_NORMAL, STYLE_DIM, STYLE_BOLD, STYLE_SENT, STYLE_RECEIVED, STYLE_LOCAL,
					     STYLE_GOOD, STYLE_WARN, STYLE_ALARM, STYLE_TAGGED, STYLE_LINK, STYLE_CURSOR,
					     STYLE_TAB_ACTIVE, STYLE_HEADER, STYLE_KEY_TEXT, STYLE_BANNER};
	int x = r.x, y = r.y;

	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		const char *name = style_name(samples[i]);

		if (x > r.x && x + (int)strlen(name) > r.x + r.columns) {
			x = r.x;
			y++;
		}
		if (y >= r.y + r.rows)
			return;
		x += canvas_put(&t->canvas, x, y, r.x + r.columns - x, samples[i], name) + 2;
	}
}

static void draw_themes(struct panel *p)
{
	struct tui *t = p->t;
	struct rect r = {p->r.x + 1, p->r.y + THEME_COUNT + 1, p->r.columns - 1, p->r.rows - THEME_COUNT - 1};

	for (int i = 0; i < THEME_COUNT; i++) {
		int x = p->r.x + 1, y = line_y(p, i), right = p->r.x + p->r.columns;
		enum style s;

		if (y < 0)
			continue;
		s = begin_line(p, i, y);
		canvas_put(&t->canvas, x, y, right - x, s, i == t->set.theme ? "(*)" : "( )");
		canvas_field(&t->canvas, x + 4, y, TITLE_CELLS, s, themes[i].name, false, false);
		canvas_put(&t->canvas, x + 4 + TITLE_CELLS + 1, y, right - x - 4 - TITLE_CELLS - 1,
			   s == STYLE_CURSOR ? s : STYLE_DIM, _(themes[i].help));
	}
	if (t->term != NULL && term_colours(t->term) == 0) {
		canvas_put(&t->canvas, r.x, r.y, r.columns, STYLE_DIM,
			   _("No colours here: the terminal has none, or NO_COLOR is set."));
		r.y += 2;
		r.rows -= 2;
	}
	draw_sample(t, r);
}

static void draw_file(const struct tui *t, struct canvas *c, struct rect r)
{
	bool nowhere = t->o.config_path == NULL || t->o.config_path[0] == '\0';
	char path[LINE_TEXT], text[LINE_TEXT];

	const char *where = nowhere ? _("none: what is changed lasts until dpitop ends") : t->o.config_path;

	text_clean(path, sizeof path, where, strlen(where));
	canvas_field(c, r.x + 1, r.y, r.columns - 1, STYLE_BOLD, path, false, true);
	canvas_put(c, r.x + 1, r.y + 2, r.columns - 1, STYLE_DIM, _("Save writes what is set here; other lines stay as they are."));
	canvas_put(c, r.x + 1, r.y + 3, r.columns - 1, STYLE_DIM, _("Keys are bound there by hand: bind KEY ACTION, see dpitoprc(5)."));
	if (t->o.problem_count > 0)
		canvas_put(c, r.x + 1, r.y + 5, r.columns - 1, STYLE_WARN, _("Lines that could not be used:"));
	for (size_t i = 0; i < t->o.problem_count && 6 + (int)i < r.rows; i++) {
		snprintf(text, sizeof text, "%d: %s", t->o.problems[i].line, t->o.problems[i].text);
		canvas_field(c, r.x + 1, r.y + 6 + (int)i, r.columns - 1, STYLE_NORMAL, text, false, false);
	}
}

static void draw_items(struct tui *t, struct rect r)
{
	struct panel p = {t, r, t->setup.item, 0, t->setup.panel == setup_panels(t) - 1, setup_item_clicked};

	draw_title(t, &r, t->setup.page == SETUP_COLUMNS ? _(dim_info(setup_list(t->setup.list))->title)
							   : _(setup_pages[t->setup.page].title));
	keep_in_sight(&p, &t->setup.top);
	switch ((enum setup_page)t->setup.page) {
	case SETUP_COLUMNS: draw_columns(&p); break;
	case SETUP_COLOURS: draw_themes(&p); break;
	case SETUP_FILE: draw_file(t, &t->canvas, r); break;
	default: draw_settings(&p); break;
	}
}

/* One sentence about what the cursor is on. */
static void help_text(const struct tui *t, char *buf, size_t size)
{
	const struct setting *one = t->setup.page == SETUP_COLUMNS ? NULL : setup_setting(t, t->setup.item);
	struct setup_columns c;

	snprintf(buf, size, "%s", _(setup_pages[t->setup.page].help));
	if (t->setup.panel == 0)
		return;
	if (t->setup.page == SETUP_COLUMNS && t->setup.panel == 2) {
		setup_columns(t, setup_list(t->setup.list), &c);
		if ((size_t)t->setup.item < c.count)
			snprintf(buf, size, "%s: %s", c.all[t->setup.item]->id, _(c.all[t->setup.item]->help));
	} else if (one != NULL && t->setup.page != SETUP_COLOURS) {
		snprintf(buf, size, "%s: %s", one->name, _(one->help));
	}
}

void setup_draw(struct tui *t, struct rect r)
{
	static void (*const draw[])(struct tui *t, struct rect r) = {draw_pages, draw_lists};
	static const int cells[] = {PAGE_CELLS, LIST_CELLS};
	int before = setup_panels(t) == 3 ? 2 : 1, first = 0, taken = 0, x = r.x;
	char help[LINE_TEXT];

	for (int i = 0; i < before; i++)
		taken += cells[i] + 1;
	while (first < before && first < t->setup.panel && r.columns - taken < ITEMS_LEAST)
		taken -= cells[first++] + 1;
	canvas_fill(&t->canvas, r.x, r.y, r.columns, STYLE_HEADER, ' ');
	if (r.rows >= ROWS_FOR_HELP) {
		help_text(t, help, sizeof help);
		r.rows--;
		canvas_field(&t->canvas, r.x, r.y + r.rows, r.columns, STYLE_DIM, help, false, false);
	}
	for (int i = first; i < before; i++) {
		draw[i](t, (struct rect){x, r.y + 1, cells[i] < r.columns - x ? cells[i] : r.columns - x, r.rows - 1});
		x += cells[i] + 1;
	}
	if (x < r.columns && r.rows > 1)
		draw_items(t, (struct rect){x, r.y + 1, r.columns - x, r.rows - 1});
}
