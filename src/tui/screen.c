/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The screen: keys become actions or go to what lies over the pane, pictures come from the feed, and
 * everything is drawn onto the canvas. Knows no terminal, so that tests see what users see. Main
 * thread; called by tui.c and dump.c.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/mem.h"
#include "dpitop/source.h"
#include "dpitop/text.h"
#include "tui/action.h"
#include "tui/timeline.h"

#define SECOND_US INT64_C(1000000)

enum { MESSAGE_SECONDS = 6, HOLD_SECONDS = 2, WHEEL_ROWS = 3, LINKTYPE_ETHERNET = 1 };
enum { ROWS_FOR_TABS = 8, ROWS_FOR_TITLE = 6, ROWS_FOR_FOOT = 4 };

int64_t screen_now_us(const struct tui *t)
{
	return t->o.now_us != NULL ? t->o.now_us() : 0;
}

static const struct column *wanted_sort(const struct tui *t, const struct view *v, bool *ascending)
{
	const char *name = t->o.sort;
	const struct column *c;

	if (name == NULL)
		return NULL;
	*ascending = false;
	c = column_find(v->dims[0], name + (name[0] == '-'));
	if (c != NULL)
		*ascending = ((c->flags & COLUMN_ASCENDING) != 0) != (name[0] == '-');
	return c;
}

/* Lines of the user's file that could not be used: the first is said where the user looks. */
static void say_problems(struct tui *t)
{
	const char *slash = t->o.config_path != NULL ? strrchr(t->o.config_path, '/') : NULL;
	char count[48] = "";

	if (t->o.problem_count == 0)
		return;
	if (t->o.problem_count > 1)
		snprintf(count, sizeof count, _("%zu wrong lines; "), t->o.problem_count);
	screen_say(t, STYLE_WARN, "%s%s:%d: %s", count, slash != NULL ? slash + 1 : "dpitoprc", t->o.problems[0].line,
		   t->o.problems[0].text);
}

void screen_init(struct tui *t, const struct feed *feed, const struct tui_options *o)
{
	struct pane *p;

	memset(t, 0, sizeof *t);
	t->feed = *feed;
	t->o = *o;
	t->set = o->settings;
	t->spot = (struct spot){.on = true, .dim = DIM_HOST};
	t->first_run = o->first_run;
	bindings_init(&t->bindings);
	bindings_choose(&t->bindings, &o->settings);
	t->speed = 1;
	t->cursor_x = -1;
	t->view = view_at(o->settings.view >= 0 ? (size_t)o->settings.view : 0);
	p = pane_of(t);
	p->sort[0] = wanted_sort(t, t->view, &p->ascending[0]);
	if (o->filter != NULL && o->filter[0] != '\0')
		trail_push(t, o->filter, true);
	say_problems(t);
}

void screen_release(struct tui *t)
{
	detail_close(t);
	take_release(t);
	snapshot_unref(t->picture);
	mem_free(t->wanted);
	for (size_t i = 0; i < VIEWS_MAX; i++)
		mem_free(t->panes[i].shown);
	canvas_release(&t->canvas);
}

void screen_say(struct tui *t, enum style s, const char *format, ...)
{
	char text[MESSAGE_TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, i18n(format), args);
	va_end(args);
	text_clean(t->message, sizeof t->message, text, strlen(text));
	t->message_style = s;
	t->message_until_us = screen_now_us(t) + MESSAGE_SECONDS * SECOND_US;
}

static void apply_look(struct tui *t)
{
	struct term_look look = {t->set.theme, t->set.glyphs, t->set.mouse};

	if (t->term != NULL) {
		term_change(t->term, &look);
		t->canvas.glyphs = term_glyphs(t->term);
	} else {
		t->canvas.glyphs = t->set.glyphs > 0 ? (enum glyphs)(t->set.glyphs - 1) : GLYPHS_BRAILLE;
	}
	i18n_english(screen_ascii(t));
}

enum reaction screen_set(struct tui *t, enum setting_number n, int step)
{
	setting_turn(&setting_table[n], &t->set, step);
	if (n == SET_THEME || n == SET_GLYPHS || n == SET_MOUSE)
		apply_look(t);
	return n == SET_NAMES ? REACT_WANT : REACT_DRAW;
}

bool screen_ascii(const struct tui *t)
{
	return t->canvas.glyphs == GLYPHS_ASCII;
}

void screen_zone(struct tui *t, struct rect at, enum reaction (*clicked)(struct tui *t, int value), int value)
{
	if (t->zone_count < ZONES_MAX)
		t->zones[t->zone_count++] = (struct zone){at, clicked, value};
}

void screen_want(struct tui *t)
{
	struct want *w = mem_zalloc(sizeof *w);

	if (t->view->want != NULL)
		t->view->want(t, w);
	else
		pane_want(t, w);
	detail_want(t, w);
	trail_filter(t, w->filter, sizeof w->filter);
	w->names = t->set.names;
	w->early = true;
	if (t->wanted == NULL || memcmp(t->wanted, w, sizeof *w) != 0)
		t->feed.ops->want(t->feed.ctx, w);
	mem_free(t->wanted);
	t->wanted = w;
}

void screen_refresh(struct tui *t)
{
	struct snapshot *s;

	if (t->message[0] != '\0' && screen_now_us(t) >= t->message_until_us)
		t->message[0] = '\0';
	if (t->frozen)
		return;
	s = t->feed.ops->acquire(t->feed.ctx);
	if (s == NULL)
		return;
	snapshot_unref(t->picture);
	t->picture = s;
	t->blocks.count = 0; /* its lists are gone */
	past_settle(t);
	pane_settle(t);
	detail_settle(t);
}

const struct row *screen_row(struct tui *t)
{
	if (overview_is_shown(t))
		return blocks_row(&t->blocks, &t->spot);
	if (matrix_is_grid(t))
		return matrix_row(t);
	return sources_is_shown(t) ? NULL : pane_cursor_row(t);
}

enum reaction screen_view(struct tui *t, const struct view *v)
{
	bool details = t->page_count > 0;

	if (v == NULL)
		return REACT_NONE;
	if (t->mode == MODE_SETUP)
		setup_leave(t);
	t->mode = MODE_PANE;
	detail_close(t);
	if (v == t->view)
		return details ? REACT_WANT : REACT_DRAW;
	t->view = v;
	t->search[0] = '\0';
	t->order_until_us = 0;
	if (t->picture != NULL)
		pane_settle(t);
	return REACT_WANT;
}

/* ---- prompts ---- */

/* What is wrong with the text, while it is being typed. */
static int check_prompt(struct tui *t)
{
	struct error e = {.position = -1};
	struct filter *f;
	int r = 0;

	if (t->prompt_use == PROMPT_FILTER) {
		f = filter_parse(t->prompt.text, &e);
		r = f != NULL ? 0 : (int)e.code;
		filter_free(f);
	} else if (t->prompt_use == PROMPT_CAPTURE) {
		r = source_filter_check(LINKTYPE_ETHERNET, t->prompt.text, &e);
	} else if (t->prompt_use == PROMPT_WRITE) {
		r = take_check(t, &e);
	} else if (t->prompt_use == PROMPT_TIME) {
		r = past_check_time(t, t->prompt.text, &e);
	}
	t->prompt.error[0] = '\0';
	t->prompt.error_at = -1;
	if (r != 0) {
		snprintf(t->prompt.error, sizeof t->prompt.error, "%.*s", (int)sizeof t->prompt.error - 1, e.text);
		t->prompt.error_at = e.position;
	}
	return r;
}

enum reaction screen_prompt(struct tui *t, enum prompt_use use, const char *label, const char *text)
{
	t->prompt_use = use;
	prompt_open(&t->prompt, &t->histories[use], label, text);
	t->prompt_over = t->mode;
	t->mode = MODE_PROMPT;
	if (t->term != NULL)
		term_accept_paste(t->term, true);
	return REACT_DRAW;
}

static enum reaction close_prompt(struct tui *t)
{
	t->mode = t->prompt_over;
	if (t->term != NULL)
		term_accept_paste(t->term, false);
	return REACT_DRAW;
}

static enum reaction finish_prompt(struct tui *t)
{
	const char *text = t->prompt.text;
	struct error e = {.position = -1};

	if (check_prompt(t) != 0)
		return REACT_DRAW; /* stays open, with what is wrong beside it */
	close_prompt(t);
	if (t->prompt_use == PROMPT_FILTER)
		return trail_type(t, text) | REACT_DRAW;
	if (t->prompt_use == PROMPT_WRITE)
		return take_write(t);
	if (t->prompt_use == PROMPT_TIME)
		return past_go_to(t, text);
	if (t->prompt_use == PROMPT_SEARCH) {
		snprintf(t->search, sizeof t->search, "%s", text);
		if (text[0] != '\0' && !pane_search(t, text, 1, true))
			screen_say(t, STYLE_WARN, "nothing found for '%s'", text);
		return REACT_WANT;
	}
	if (t->feed.ops->capture_filter(t->feed.ctx, text, &e) != 0) {
		screen_say(t, STYLE_ALARM, "%s", e.text);
		return REACT_DRAW;
	}
	snprintf(t->capture, sizeof t->capture, "%s", text);
	screen_say(t, STYLE_GOOD, text[0] != '\0' ? N_("capture filter: %s") : N_("capture filter taken away%s"), text);
	return REACT_DRAW;
}

static enum reaction cancel_prompt(struct tui *t)
{
	if (t->prompt_use == PROMPT_WRITE) /* another prompt may lie over a file that is being written */
		take_release(t);
	return close_prompt(t);
}

static enum reaction prompt_event(struct tui *t, uint32_t key)
{
	if (key == KEY_CODE_TAB && t->prompt_use == PROMPT_FILTER) {
		complete_filter(&t->prompt);
		check_prompt(t);
		return REACT_DRAW;
	}
	switch (prompt_key(&t->prompt, key)) {
	case PROMPT_DONE: return finish_prompt(t);
	case PROMPT_CANCELLED: return cancel_prompt(t);
	case PROMPT_GOES_ON: break;
	}
	check_prompt(t);
	if (t->prompt_use == PROMPT_SEARCH)
		pane_search(t, t->prompt.text, 1, true);
	return REACT_DRAW;
}

/* ---- mouse ---- */

static bool is_in(const struct rect *r, int x, int y)
{
	return x >= r->x && x < r->x + r->columns && y >= r->y && y < r->y + r->rows;
}

static bool is_on_table(const struct tui *t)
{
	return t->mode == MODE_PANE && !overview_is_shown(t) && !sources_is_shown(t) && !matrix_is_grid(t);
}

/* Only the line that is typed can be clicked: what is under it waits. */
static enum reaction prompt_mouse(struct tui *t, const struct term_event *e)
{
	if (e->y == t->cursor_y && (e->mouse == MOUSE_CLICK || e->mouse == MOUSE_DOUBLE))
		prompt_click(&t->prompt, e->x, t->canvas.columns);
	return REACT_DRAW;
}

static enum reaction mouse_event(struct tui *t, const struct term_event *e)
{
	struct pane *p = pane_of(t);
	enum reaction r = REACT_NONE;

	if (e->mouse == MOUSE_WHEEL_UP || e->mouse == MOUSE_WHEEL_DOWN) {
		if (is_on_table(t)) {
			pane_scroll(t, e->mouse == MOUSE_WHEEL_UP ? -WHEEL_ROWS : WHEEL_ROWS);
			return REACT_WANT;
		}
		for (int i = 0; i < WHEEL_ROWS; i++)
			r |= action_run(t, e->mouse == MOUSE_WHEEL_UP ? "up" : "down");
		return r;
	}
	t->mouse_x = e->x;
	t->mouse_y = e->y;
	for (size_t i = t->zone_count; i-- > 0;) /* what was drawn last lies on top */
		if (is_in(&t->zones[i].at, e->x, e->y))
			return t->zones[i].clicked(t, t->zones[i].value);
	if (t->mode == MODE_MENU) {
		t->mode = MODE_PANE;
		return REACT_DRAW;
	}
	if (t->mode == MODE_PANE && matrix_is_grid(t))
		return matrix_click(t, e) && e->mouse == MOUSE_DOUBLE ? action_run(t, "cell-flows") : REACT_DRAW;
	if (!is_on_table(t) || e->y < p->rows_y || e->y >= p->rows_y + p->rows ||
	    p->top + (size_t)(e->y - p->rows_y) >= pane_count(t))
		return REACT_NONE;
	pane_move_to(t, p->top + (size_t)(e->y - p->rows_y));
	return e->mouse == MOUSE_DOUBLE ? detail_open(t) : REACT_WANT;
}

enum reaction screen_key(struct tui *t, const struct term_event *e)
{
	const struct action *a;

	t->message[0] = '\0';
	t->first_run = false;
	if (e->key == KEY_CODE_MOUSE)
		return t->mode == MODE_PROMPT ? prompt_mouse(t, e) : mouse_event(t, e) | REACT_DRAW;
	t->order_until_us = screen_now_us(t) + HOLD_SECONDS * SECOND_US;
	if (t->mode == MODE_PROMPT)
		return prompt_event(t, e->key);
	a = bindings_find(t, e->key);
	return a != NULL ? a->run(t, a->arg) | REACT_DRAW : REACT_DRAW;
}

/* ---- drawing ---- */

static void draw_body(struct tui *t)
{
	static void (*const over[MODE_COUNT])(struct tui *t, struct rect r) = {
		[MODE_HELP] = help_draw, [MODE_DETAIL] = detail_draw, [MODE_SETUP] = setup_draw};

	if (over[t->mode] != NULL) {
		over[t->mode](t, t->body);
		return;
	}
	(t->view->draw != NULL ? t->view->draw : table_draw)(t, t->body);
	if (t->mode == MODE_MENU)
		menu_draw(t, t->body);
}

void screen_draw(struct tui *t)
{
	struct canvas *c = &t->canvas;
	int y = 0, foot = c->rows >= ROWS_FOR_FOOT, line = timeline_rows(t);

	canvas_clear(c);
	t->zone_count = 0;
	t->cursor_x = -1;
	head_draw(t, y++);
	if (c->rows >= ROWS_FOR_TABS)
		tabs_draw(t, y++);
	if (c->rows >= ROWS_FOR_TITLE)
		title_draw(t, y++);
	t->body = (struct rect){0, y, c->columns, c->rows - y - foot - line};
	if (t->body.rows > 0)
		draw_body(t);
	if (line > 0)
		timeline_draw(t, (struct rect){0, c->rows - foot - line, c->columns, line});
	if (t->mode == MODE_PROMPT) {
		t->cursor_y = c->rows - 1;
		t->cursor_x = prompt_draw(&t->prompt, c, c->rows - 1);
	} else if (foot) {
		foot_draw(t, c->rows - 1);
	}
}
