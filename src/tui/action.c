/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * THE tables of actions and of the footer. A key is a line here: what it does, where, and what the help
 * says of it. An action changes the state and returns what has to be done; screen.c does it once.
 * Main thread.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/action.h"

#define CONTROL(letter) ((letter) - 'a' + 1)
#define F(n) (KEY_CODE_F1 + (n) - 1)

enum {
	PANE = MODE_BIT(MODE_PANE),
	OVER = MODE_BIT(MODE_HELP) | MODE_BIT(MODE_DETAIL) | MODE_BIT(MODE_MENU),
	ROWS = PANE | MODE_BIT(MODE_DETAIL), /* what works on a row works in its details */
	ALL = PANE | OVER
};

/* ---- moving: the cursor of a pane or menu, the lines of help and details ---- */

static enum reaction move_by(struct tui *t, long rows)
{
	long to;

	if (t->mode == MODE_PANE) {
		pane_move(t, rows);
		return REACT_WANT;
	}
	if (t->mode == MODE_MENU) {
		to = t->menu_cursor + rows;
		t->menu_cursor = to < 0 ? 0 : to >= menu_items(t) ? menu_items(t) - 1 : (int)to;
	} else {
		to = t->scroll + rows;
		t->scroll = to < 0 ? 0 : to > 1000 ? 1000 : (int)to;
	}
	return REACT_DRAW;
}

static enum reaction act_up(struct tui *t, uint32_t key)
{
	(void)key;
	return move_by(t, -1);
}

static enum reaction act_down(struct tui *t, uint32_t key)
{
	(void)key;
	return move_by(t, 1);
}

static enum reaction act_page(struct tui *t, uint32_t key)
{
	long page = t->body.rows > 3 ? t->body.rows - 2 : 1;

	if (key == CONTROL('d') || key == CONTROL('u'))
		page = (page + 1) / 2;
	return move_by(t, key == KEY_CODE_PAGE_UP || key == CONTROL('u') || key == CONTROL('b') ? -page : page);
}

static enum reaction act_first(struct tui *t, uint32_t key)
{
	(void)key;
	return move_by(t, -LIST_ROWS_MAX * 2);
}

static enum reaction act_last(struct tui *t, uint32_t key)
{
	(void)key;
	if (t->mode == MODE_PANE) { /* all rows there can be: the end is then truly the end */
		pane_of(t)->top = LIST_ROWS_MAX;
		screen_want(t);
	}
	return move_by(t, LIST_ROWS_MAX * 2);
}

/* ---- panes ---- */

static enum reaction act_view(struct tui *t, uint32_t key)
{
	return screen_view(t, view_by_key(key));
}

static enum reaction act_next_view(struct tui *t, uint32_t key)
{
	return screen_view(t, view_next(t->view, key == KEY_CODE_BACK_TAB ? -1 : 1));
}

static enum reaction act_regroup(struct tui *t, uint32_t key)
{
	struct pane *p = pane_of(t);

	(void)key;
	if (t->view->count < 2) {
		screen_say(t, STYLE_DIM, "this pane has one grouping only");
		return REACT_DRAW;
	}
	p->grouping = (p->grouping + 1) % t->view->count;
	p->cursor = p->top = 0;
	p->cursor_id = 0;
	t->order_until_us = 0;
	return REACT_WANT;
}

static enum reaction act_sort_menu(struct tui *t, uint32_t key)
{
	(void)key;
	return menu_open(t, MENU_SORT);
}

static enum reaction act_invert(struct tui *t, uint32_t key)
{
	struct pane *p = pane_of(t);

	(void)key;
	p->ascending[p->grouping] = !p->ascending[p->grouping];
	t->order_until_us = 0;
	return REACT_WANT;
}

static enum reaction act_setup(struct tui *t, uint32_t key)
{
	(void)key;
	return menu_open(t, MENU_SETUP);
}

static enum reaction act_setting(struct tui *t, uint32_t key)
{
	return setting_turn(t, key);
}

static enum reaction act_ip_version(struct tui *t, uint32_t key)
{
	struct pane *p = pane_of(t);

	(void)key;
	p->ip_version = p->ip_version == 0 ? 4 : p->ip_version == 4 ? 6 : 0;
	return REACT_WANT;
}

/* ---- rows ---- */

static const struct row *row_in_hand(struct tui *t)
{
	if (t->mode == MODE_DETAIL)
		return detail_row(t);
	return t->view->draw == overview_draw || t->view->draw == sources_draw ? NULL : pane_cursor_row(t);
}

static enum reaction act_details(struct tui *t, uint32_t key)
{
	(void)key;
	return detail_open(t);
}

static enum reaction pin(struct tui *t)
{
	const struct row *r = row_in_hand(t);
	char expression[EXPRESSION_TEXT];

	if (r == NULL || (r->flags & (ROW_OTHER | ROW_SUM)) || filter_of_row(r, expression, sizeof expression)[0] == '\0') {
		screen_say(t, STYLE_DIM, "there is no filter for this row");
		return REACT_DRAW;
	}
	t->mode = MODE_PANE;
	detail_close(t);
	return trail_push(t, expression, false);
}

static enum reaction act_pivot(struct tui *t, uint32_t key)
{
	(void)key;
	return pin(t);
}

static enum reaction act_flows_of(struct tui *t, uint32_t key)
{
	size_t steps = t->steps;
	enum reaction r = pin(t);

	(void)key;
	return t->steps > steps ? r | screen_view(t, view_find("flows")) : r;
}

static enum reaction act_tag(struct tui *t, uint32_t key)
{
	const struct row *r = row_in_hand(t);
	struct pane *p = pane_of(t);

	(void)key;
	if (r == NULL || (r->flags & (ROW_OTHER | ROW_SUM)))
		return REACT_NONE;
	for (size_t i = 0; i < p->tag_count; i++) {
		if (p->tags[i] != r->id)
			continue;
		p->tags[i] = p->tags[--p->tag_count];
		pane_move(t, 1);
		return REACT_DRAW;
	}
	if (p->tag_count < TAGS_MAX)
		p->tags[p->tag_count++] = r->id;
	pane_move(t, 1);
	return REACT_DRAW;
}

static enum reaction act_untag(struct tui *t, uint32_t key)
{
	(void)key;
	pane_of(t)->tag_count = 0;
	return REACT_DRAW;
}

static enum reaction act_copy(struct tui *t, uint32_t key)
{
	const struct row *r = row_in_hand(t);

	(void)key;
	if (r == NULL || t->term == NULL)
		return REACT_NONE;
	term_copy(t->term, r->label);
	screen_say(t, STYLE_DIM, "copied %s", r->label);
	return REACT_DRAW;
}

/* ---- search and filter ---- */

static enum reaction open_prompt(struct tui *t, enum prompt_use use, const char *label, const char *text)
{
	t->prompt_use = use;
	prompt_open(&t->prompt, label, text);
	t->mode = MODE_PROMPT;
	if (t->term != NULL)
		term_accept_paste(t->term, true);
	return REACT_DRAW;
}

static enum reaction act_search(struct tui *t, uint32_t key)
{
	(void)key;
	return open_prompt(t, PROMPT_SEARCH, "Search:", "");
}

static enum reaction search_on(struct tui *t, int step)
{
	if (!pane_search(t, t->search, step, false))
		screen_say(t, STYLE_WARN, "nothing found for '%s'", t->search);
	return REACT_WANT;
}

static enum reaction act_search_next(struct tui *t, uint32_t key)
{
	(void)key;
	return t->search[0] != '\0' ? search_on(t, 1) : REACT_NONE;
}

static enum reaction act_search_back_or_names(struct tui *t, uint32_t key)
{
	return t->search[0] != '\0' ? search_on(t, -1) : setting_turn(t, key);
}

static enum reaction act_filter(struct tui *t, uint32_t key)
{
	(void)key;
	return open_prompt(t, PROMPT_FILTER, "Filter:", trail_typed(t));
}

static enum reaction act_capture_filter(struct tui *t, uint32_t key)
{
	(void)key;
	if (t->feed.ops->capture_filter == NULL) {
		screen_say(t, STYLE_DIM, "nothing is captured here");
		return REACT_DRAW;
	}
	return open_prompt(t, PROMPT_CAPTURE, "Capture filter (BPF):", t->capture);
}

static enum reaction act_pop(struct tui *t, uint32_t key)
{
	(void)key;
	return trail_pop(t);
}

static enum reaction act_escape(struct tui *t, uint32_t key)
{
	(void)key;
	if (t->mode != MODE_PANE) {
		t->mode = MODE_PANE;
		detail_close(t);
		return REACT_DRAW;
	}
	t->search[0] = '\0';
	return trail_clear(t) | REACT_DRAW;
}

/* ---- time ---- */

static enum reaction act_freeze(struct tui *t, uint32_t key)
{
	(void)key;
	t->frozen = !t->frozen;
	if (!t->frozen)
		screen_refresh(t);
	return REACT_DRAW;
}

static enum reaction act_pause(struct tui *t, uint32_t key)
{
	if (t->feed.ops->speed == NULL)
		return act_freeze(t, key);
	t->paused = !t->paused;
	t->feed.ops->speed(t->feed.ctx, t->paused ? -1 : t->speed);
	return REACT_DRAW;
}

static enum reaction act_speed(struct tui *t, uint32_t key)
{
	static const double speeds[] = {1, 2, 5, 10, 50, 100, 0};
	size_t n = sizeof speeds / sizeof speeds[0], i = 0;

	if (t->feed.ops->speed == NULL)
		return REACT_NONE;
	while (i + 1 < n && speeds[i] != t->speed)
		i++;
	if (key == '+' && i + 1 < n)
		i++;
	else if (key == '-' && i > 0)
		i--;
	t->speed = speeds[i];
	t->paused = false;
	t->feed.ops->speed(t->feed.ctx, t->speed);
	if (t->speed > 0)
		screen_say(t, STYLE_DIM, "speed %.0fx", t->speed);
	else
		screen_say(t, STYLE_DIM, "speed: as fast as it can");
	return REACT_DRAW;
}

/* ---- the whole ---- */

static enum reaction act_help(struct tui *t, uint32_t key)
{
	(void)key;
	t->mode = MODE_HELP;
	t->scroll = 0;
	return REACT_DRAW;
}

static enum reaction act_redraw(struct tui *t, uint32_t key)
{
	(void)key;
	if (t->term != NULL)
		term_redraw(t->term);
	return REACT_DRAW;
}

static enum reaction act_suspend(struct tui *t, uint32_t key)
{
	(void)key;
	if (t->term != NULL)
		term_suspend(t->term);
	return REACT_DRAW;
}

static enum reaction act_quit(struct tui *t, uint32_t key)
{
	(void)t, (void)key;
	return REACT_QUIT;
}

static enum reaction act_menu_choose(struct tui *t, uint32_t key)
{
	(void)key;
	return menu_choose(t, t->menu_cursor);
}

/* clang-format off */
static const struct action actions[] = {
	{"1 to 9",          "go to a pane",                                          act_view,        {'1'}, ALL},
	{"",                "",                                                      act_view,        {'2', '3', '4', '5', '6', '7'}, ALL},
	{"",                "",                                                      act_view,        {'8', '9'}, ALL},
	{"Tab, Shift-Tab",  "next pane, the one before",                             act_next_view,   {KEY_CODE_TAB, KEY_CODE_BACK_TAB}, PANE},
	{"Enter",           "everything about the row",                              act_details,     {KEY_CODE_ENTER}, PANE},
	{"",                "",                                                      act_menu_choose, {KEY_CODE_ENTER, ' '}, MODE_BIT(MODE_MENU)},
	{"",                "",                                                      act_escape,      {KEY_CODE_ENTER}, MODE_BIT(MODE_DETAIL) | MODE_BIT(MODE_HELP)},
	{"p",               "pin the row: every pane shows its traffic only",        act_pivot,       {'p'}, ROWS},
	{"f",               "the flows of the row",                                  act_flows_of,    {'f'}, ROWS},
	{"Backspace",       "take the last part of the filter away",                 act_pop,         {KEY_CODE_BACKSPACE}, PANE},
	{"Esc",             "close what is open, else clear the filter",             act_escape,      {KEY_CODE_ESCAPE}, ALL},
	{"F3, /",           "search: moves the cursor",                              act_search,      {F(3), '/'}, PANE},
	{"n, N",            "next match, the one before",                            act_search_next, {'n'}, PANE},
	{"F4, \\",          "filter: shows matching traffic only",                   act_filter,      {F(4), '\\'}, PANE},
	{"F5, t",           "regroup: the pane's next grouping",                     act_regroup,     {F(5), 't'}, PANE},
	{"F6, <, >",        "choose the column to sort by",                          act_sort_menu,   {F(6), '<', '>'}, PANE},
	{"I",               "turn the order round",                                  act_invert,      {'I'}, PANE},
	{"Space, U",        "tag the row, untag all",                                act_tag,         {' '}, PANE},
	{"",                "",                                                      act_untag,       {'U'}, PANE},
	{"F",               "follow the row wherever it moves",                      act_setting,     {'F'}, PANE},
	{"l",               "hosts: all, local, remote",                             act_setting,     {'l'}, PANE},
	{"v",               "hosts: all, IPv4, IPv6",                                act_ip_version,  {'v'}, PANE},
	{"u",               "rates in bits, bytes, packets",                         act_setting,     {'u'}, ROWS},
	{"N",               "look names up or not (when nothing is searched)",       act_search_back_or_names, {'N'}, PANE},
	{"L",               "graph: linear, logarithmic",                            act_setting,     {'L'}, PANE},
	{"Z",               "freeze the picture; capture goes on",                   act_freeze,      {'Z'}, ROWS},
	{"P",               "pause a file's play-back",                              act_pause,       {'P'}, ROWS},
	{"+, -",            "a file's play-back faster, slower",                     act_speed,       {'+', '-'}, PANE},
	{"B",               "change the capture filter (BPF)",                       act_capture_filter, {'B'}, PANE},
	{"y",               "copy the row's name to the clipboard",                  act_copy,        {'y'}, ROWS},
	{"j, k, arrows",    "down, up",                                              act_down,        {'j', KEY_CODE_DOWN}, ALL},
	{"",                "",                                                      act_up,          {'k', KEY_CODE_UP}, ALL},
	{"PgDn, PgUp",      "a page; ctrl-D, ctrl-U: half of it",                    act_page,        {KEY_CODE_PAGE_DOWN, KEY_CODE_PAGE_UP, CONTROL('d'), CONTROL('u'), CONTROL('f'), CONTROL('b')}, ALL},
	{"g, Home",         "to the first row",                                      act_first,       {'g', KEY_CODE_HOME}, ALL},
	{"G, End",          "to the last row",                                       act_last,        {'G', KEY_CODE_END}, ALL},
	{"F2, S",           "setup",                                                 act_setup,       {F(2), 'S'}, PANE},
	{"F1, h, ?",        "this help",                                             act_help,        {F(1), 'h', '?'}, ALL},
	{"ctrl-L, ctrl-Z",  "draw the screen anew, suspend",                         act_redraw,      {CONTROL('l')}, ALL},
	{"",                "",                                                      act_suspend,     {CONTROL('z')}, ALL},
	{"F10, q",          "quit",                                                  act_quit,        {F(10), 'q', CONTROL('c')}, ALL},
};

static const struct footer_key footer[] = {
	{"F1",    "Help",    F(1),             PANE},
	{"F2",    "Setup",   F(2),             PANE},
	{"F3",    "Search",  F(3),             PANE},
	{"F4",    "Filter",  F(4),             PANE},
	{"F5",    "Regroup", F(5),             PANE},
	{"F6",    "Sort",    F(6),             PANE},
	{"Enter", "Details", KEY_CODE_ENTER,   PANE},
	{"Enter", "Choose",  KEY_CODE_ENTER,   MODE_BIT(MODE_MENU)},
	{"p",     "Pin",     'p',              ROWS},
	{"f",     "Flows",   'f',              ROWS},
	{"Z",     "Freeze",  'Z',              PANE},
	{"Esc",   "Close",   KEY_CODE_ESCAPE,  OVER},
	{"F10",   "Quit",    F(10),            ALL},
};
/* clang-format on */

size_t action_count(void)
{
	return sizeof actions / sizeof actions[0];
}

const struct action *action_at(size_t i)
{
	return &actions[i];
}

const struct action *action_by_key(enum mode m, uint32_t key)
{
	for (size_t i = 0; i < action_count(); i++)
		for (size_t k = 0; k < sizeof actions[i].bound / sizeof actions[i].bound[0]; k++)
			if (actions[i].bound[k] == key && key != 0 && (actions[i].modes & MODE_BIT(m)))
				return &actions[i];
	return NULL;
}

size_t footer_count(void)
{
	return sizeof footer / sizeof footer[0];
}

const struct footer_key *footer_at(size_t i)
{
	return &footer[i];
}

/* Regroup stands there only where there is something to regroup, and rows have keys only in tables. */
bool footer_applies(const struct tui *t, const struct footer_key *k)
{
	bool table = t->view->draw != overview_draw && t->view->draw != sources_draw;

	if (!(k->modes & MODE_BIT(t->mode)))
		return false;
	if (k->press == F(5))
		return t->view->count > 1;
	if (t->mode == MODE_PANE && !table)
		return k->press != F(3) && k->press != F(6) && k->press != KEY_CODE_ENTER && k->press != 'p' && k->press != 'f';
	return true;
}

enum reaction footer_clicked(struct tui *t, int i)
{
	const struct action *a = action_by_key(t->mode, footer[i].press);

	return a != NULL ? a->run(t, footer[i].press) : REACT_NONE;
}
