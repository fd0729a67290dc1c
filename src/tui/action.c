/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * THE tables of actions and of the footer. What a key can do is a line here: its name (of `bind`, so it
 * never changes), the keys it has unless the user says otherwise, what the help says, and where it works.
 * An action changes the state and returns what has to be done; screen.c does it once. Main thread.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/action.h"

enum {
	PANE = MODE_BIT(MODE_PANE),
	OVER = MODE_BIT(MODE_HELP) | MODE_BIT(MODE_DETAIL) | MODE_BIT(MODE_MENU),
	ROWS = PANE | MODE_BIT(MODE_DETAIL), /* what works on a row works in its details */
	ALL = PANE | OVER
};

static bool on_rows(const struct tui *t)
{
	return !overview_is_shown(t) && !sources_is_shown(t);
}

static bool on_list(const struct tui *t)
{
	return on_rows(t) && !matrix_is_grid(t);
}

/* A row is in hand: of a table, of a block, a cell, or that of the details. */
static bool on_row(const struct tui *t)
{
	return t->mode == MODE_DETAIL || !sources_is_shown(t);
}

/* One that can be opened: no cell of the matrix. */
static bool on_open_row(const struct tui *t)
{
	return t->mode == MODE_DETAIL || overview_is_shown(t) || on_list(t);
}

static bool on_blocks(const struct tui *t)
{
	return t->mode == MODE_DETAIL || overview_is_shown(t);
}

/* ---- moving: the cursor of a pane or menu, the lines of help and details ---- */

static enum reaction move_by(struct tui *t, long rows)
{
	long to;

	if (t->mode == MODE_DETAIL) {
		detail_move(t, rows);
		return REACT_DRAW;
	}
	if (t->mode == MODE_PANE && matrix_is_grid(t)) {
		matrix_move(t, AXIS_SOURCE, rows);
		return REACT_DRAW;
	}
	if (t->mode == MODE_PANE && overview_is_shown(t)) {
		blocks_move(&t->blocks, &t->spot, rows);
		return REACT_DRAW;
	}
	if (t->mode == MODE_PANE && sources_is_shown(t)) {
		t->source_scroll += (int)rows;
		return REACT_DRAW;
	}
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

static enum reaction act_move(struct tui *t, int arg)
{
	return move_by(t, arg);
}

static enum reaction act_half_pages(struct tui *t, int arg)
{
	int rows = t->mode == MODE_PANE ? pane_of(t)->rows : t->body.rows - 1;
	long page = rows > 2 ? rows - 1 : 1;

	return move_by(t, arg % 2 == 0 ? arg / 2 * page : arg * ((page + 1) / 2));
}

static enum reaction act_first(struct tui *t, int arg)
{
	(void)arg;
	return move_by(t, -LIST_ROWS_MAX * 2);
}

static enum reaction act_last(struct tui *t, int arg)
{
	(void)arg;
	if (t->mode == MODE_PANE && on_list(t)) { /* all rows there can be: the end is then truly the end */
		pane_of(t)->top = LIST_ROWS_MAX;
		screen_want(t);
	}
	return move_by(t, LIST_ROWS_MAX * 2);
}

/* ---- panes ---- */

static enum reaction act_view(struct tui *t, int arg)
{
	return screen_view(t, view_by_key((uint32_t)('0' + arg)));
}

static enum reaction act_next_view(struct tui *t, int arg)
{
	return screen_view(t, view_next(t->view, arg));
}

static enum reaction act_regroup(struct tui *t, int arg)
{
	struct pane *p = pane_of(t);

	(void)arg;
	if (t->view->count < 2) {
		screen_say(t, STYLE_DIM, "this pane has one grouping only");
		return REACT_DRAW;
	}
	p->grouping = (p->grouping + 1) % t->view->count;
	p->cursor = p->top = 0;
	p->cursor_id = 0;
	matrix_reset(t);
	t->order_until_us = 0;
	return REACT_WANT;
}

static enum reaction act_sort_menu(struct tui *t, int arg)
{
	(void)arg;
	return menu_open(t, MENU_SORT);
}

static enum reaction act_presets(struct tui *t, int arg)
{
	(void)arg;
	return menu_open(t, MENU_PRESETS);
}

static enum reaction act_invert(struct tui *t, int arg)
{
	struct pane *p = pane_of(t);

	(void)arg;
	p->ascending[p->grouping] = !p->ascending[p->grouping];
	t->order_until_us = 0;
	return REACT_WANT;
}

static enum reaction act_setup(struct tui *t, int arg)
{
	(void)arg;
	return menu_open(t, MENU_SETUP);
}

static enum reaction act_setting(struct tui *t, int arg)
{
	return screen_set(t, (enum setting_number)arg, 1);
}

static enum reaction act_follow(struct tui *t, int arg)
{
	(void)arg;
	t->follow = !t->follow;
	pane_move(t, 0);
	return REACT_WANT;
}

static enum reaction act_locality(struct tui *t, int arg)
{
	struct pane *p = pane_of(t);

	(void)arg;
	p->locality = (p->locality + 1) % 3;
	return REACT_WANT;
}

static enum reaction act_ip_version(struct tui *t, int arg)
{
	struct pane *p = pane_of(t);

	(void)arg;
	p->ip_version = p->ip_version == 0 ? 4 : p->ip_version == 4 ? 6 : 0;
	return REACT_WANT;
}

/* ---- the matrix ---- */

static enum reaction act_cell(struct tui *t, int arg)
{
	matrix_move(t, AXIS_DESTINATION, arg);
	return REACT_DRAW;
}

static enum reaction act_cells_or_list(struct tui *t, int arg)
{
	(void)arg;
	matrix_turn(t);
	return REACT_WANT;
}

static enum reaction act_cell_numbers(struct tui *t, int arg)
{
	(void)arg;
	t->grid.numbers = matrix_shows_totals(t) ? GRID_RATES : GRID_TOTALS;
	return REACT_DRAW;
}

static enum reaction act_write_list(struct tui *t, int arg)
{
	(void)arg;
	return take_list(t);
}

/* ---- search and filter ---- */

static enum reaction act_search(struct tui *t, int arg)
{
	(void)arg;
	return screen_prompt(t, PROMPT_SEARCH, "Search:", "");
}

static enum reaction search_on(struct tui *t, int step)
{
	if (!pane_search(t, t->search, step, false))
		screen_say(t, STYLE_WARN, "nothing found for '%s'", t->search);
	return REACT_WANT;
}

static enum reaction act_search_next(struct tui *t, int arg)
{
	(void)arg;
	return t->search[0] != '\0' ? search_on(t, 1) : REACT_NONE;
}

static enum reaction act_search_back_or_names(struct tui *t, int arg)
{
	(void)arg;
	return t->search[0] != '\0' ? search_on(t, -1) : screen_set(t, SET_NAMES, 1);
}

static enum reaction act_filter(struct tui *t, int arg)
{
	(void)arg;
	return screen_prompt(t, PROMPT_FILTER, "Filter:", trail_typed(t));
}

static enum reaction act_capture_filter(struct tui *t, int arg)
{
	(void)arg;
	if (t->feed.ops->capture_filter == NULL) {
		screen_say(t, STYLE_DIM, "nothing is captured here");
		return REACT_DRAW;
	}
	return screen_prompt(t, PROMPT_CAPTURE, "Capture filter (BPF):", t->capture);
}

static enum reaction act_pop(struct tui *t, int arg)
{
	(void)arg;
	return trail_pop(t);
}

static enum reaction act_escape(struct tui *t, int arg)
{
	(void)arg;
	if (t->mode == MODE_DETAIL)
		return detail_back(t);
	if (t->mode != MODE_PANE) {
		t->mode = t->page_count > 0 ? MODE_DETAIL : MODE_PANE;
		return REACT_DRAW;
	}
	t->search[0] = '\0';
	return trail_clear(t) | REACT_DRAW;
}

/* ---- time ---- */

static enum reaction act_freeze(struct tui *t, int arg)
{
	(void)arg;
	t->frozen = !t->frozen;
	if (!t->frozen)
		screen_refresh(t);
	return REACT_DRAW;
}

static enum reaction act_pause(struct tui *t, int arg)
{
	if (t->feed.ops->speed == NULL)
		return act_freeze(t, arg);
	t->paused = !t->paused;
	t->feed.ops->speed(t->feed.ctx, t->paused ? -1 : t->speed);
	return REACT_DRAW;
}

static enum reaction act_speed(struct tui *t, int arg)
{
	static const double speeds[] = {1, 2, 5, 10, 50, 100, 0};
	size_t n = sizeof speeds / sizeof speeds[0], i = 0;

	if (t->feed.ops->speed == NULL)
		return REACT_NONE;
	while (i + 1 < n && speeds[i] != t->speed)
		i++;
	if (arg > 0 && i + 1 < n)
		i++;
	else if (arg < 0 && i > 0)
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

static enum reaction act_help(struct tui *t, int arg)
{
	(void)arg;
	t->mode = MODE_HELP;
	t->scroll = 0;
	return REACT_DRAW;
}

static enum reaction act_redraw(struct tui *t, int arg)
{
	(void)arg;
	if (t->term != NULL)
		term_redraw(t->term);
	return REACT_DRAW;
}

static enum reaction act_suspend(struct tui *t, int arg)
{
	(void)arg;
	if (t->term != NULL)
		term_suspend(t->term);
	return REACT_DRAW;
}

static enum reaction act_quit(struct tui *t, int arg)
{
	(void)t, (void)arg;
	return REACT_QUIT;
}

static enum reaction act_menu_choose(struct tui *t, int arg)
{
	(void)arg;
	return menu_choose(t, t->menu_cursor);
}

/* ---- where keys work ---- */

static bool on_groups(const struct tui *t)
{
	return t->view->count > 1;
}

static bool on_hosts(const struct tui *t)
{
	return on_rows(t) && pane_dim(t) == DIM_HOST;
}

static bool on_file(const struct tui *t)
{
	return t->feed.ops->speed != NULL;
}

static bool on_capture(const struct tui *t)
{
	return t->feed.ops->capture_filter != NULL;
}

/* clang-format off */
static const struct action actions[] = {
	/* Neighbours with the same help share a line on the help screen. */
	{"pane-1",          "1",               "go to a pane",                                    act_view,        1, ALL, NULL},
	{"pane-2",          "2",               "go to a pane",                                    act_view,        2, ALL, NULL},
	{"pane-3",          "3",               "go to a pane",                                    act_view,        3, ALL, NULL},
	{"pane-4",          "4",               "go to a pane",                                    act_view,        4, ALL, NULL},
	{"pane-5",          "5",               "go to a pane",                                    act_view,        5, ALL, NULL},
	{"pane-6",          "6",               "go to a pane",                                    act_view,        6, ALL, NULL},
	{"pane-7",          "7",               "go to a pane",                                    act_view,        7, ALL, NULL},
	{"pane-8",          "8",               "go to a pane",                                    act_view,        8, ALL, NULL},
	{"pane-9",          "9",               "go to a pane",                                    act_view,        9, ALL, NULL},
	{"next-pane",       "Tab",             "next pane, the one before",                       act_next_view,   1, PANE, NULL},
	{"previous-pane",   "Shift-Tab",       "next pane, the one before",                       act_next_view,   -1, PANE, NULL},
	{"details",         "Enter",           "everything about the row",                        act_details,     0, PANE, on_open_row},
	{"details-of-chosen", "Enter",         "details: choose a row, open it",                  act_details,     0, MODE_BIT(MODE_DETAIL), NULL},
	{"next-block",      "Right",           "Overview, details: next block, the one before",   act_block,       1, ROWS, on_blocks},
	{"previous-block",  "Left",            "Overview, details: next block, the one before",   act_block,       -1, ROWS, on_blocks},
	{"next-part",       "Tab",             "details: next block, the one before",             act_block,       1, MODE_BIT(MODE_DETAIL), NULL},
	{"previous-part",   "Shift-Tab",       "details: next block, the one before",             act_block,       -1, MODE_BIT(MODE_DETAIL), NULL},
	{"back",            "Backspace",       "details: back to where they were opened",         act_back,        0, MODE_BIT(MODE_DETAIL), NULL},
	{"pin",             "p",               "pin the row: every pane shows its traffic only",  act_pivot,       0, ROWS, on_row},
	{"flows-of-row",    "f",               "the flows of the row",                            act_flows_of,    0, ROWS, on_open_row},
	{"unpin",           "Backspace",       "take the last part of the filter away",           act_pop,         0, PANE, NULL},
	{"choose",          "Enter Space",     "choose, in a menu",                               act_menu_choose, 0, MODE_BIT(MODE_MENU), NULL},
	{"close",           "Esc",             "close what is open, else clear the filter",       act_escape,      0, ALL, NULL},
	{"close-help",      "Enter",           "close help",                                      act_escape,      0, MODE_BIT(MODE_HELP), NULL},
	{"search",          "F3 /",            "search: moves the cursor",                        act_search,      0, PANE, on_rows},
	{"search-next",     "n",               "next match",                                      act_search_next, 0, PANE, on_rows},
	{"search-previous", "N",               "match before; nothing searched: names or not",    act_search_back_or_names, 0, PANE, NULL},
	{"filter",          "F4 \\",           "filter: shows matching traffic only",             act_filter,      0, PANE, NULL},
	{"presets",         "x",               "show only P2P, web, DNS, local ...: filters by name", act_presets, 0, PANE, NULL},
	{"regroup",         "F5 t",            "regroup: the pane's next grouping",               act_regroup,     0, PANE, on_groups},
	{"sort",            "F6 < >",          "choose the column to sort by",                    act_sort_menu,   0, PANE, on_list},
	{"invert",          "I",               "turn the order round",                            act_invert,      0, PANE, on_list},
	{"tag",             "Space",           "tag the row",                                     act_tag,         0, PANE, on_list},
	{"untag",           "U",               "untag all",                                       act_untag,       0, PANE, on_list},
	{"follow",          "F",               "follow the row wherever it moves",                act_follow,      0, PANE, on_list},
	{"cell-flows",      "Enter f",         "matrix: the flows of the cell",                   act_flows_of,    0, PANE, matrix_is_grid},
	{"cell-left",       "Left",            "matrix: a cell to the left, right",               act_cell,        -1, PANE, matrix_is_grid},
	{"cell-right",      "Right",           "matrix: a cell to the left, right",               act_cell,        1, PANE, matrix_is_grid},
	{"first-column",    "Home 0",          "matrix: first cell of the row, the last",  act_cell,        -MATRIX_PLACES - 1, PANE, matrix_is_grid},
	{"last-column",     "End $",           "matrix: first cell of the row, the last",  act_cell,        MATRIX_PLACES + 1, PANE, matrix_is_grid},
	{"cells-as-list",   "m",               "matrix: its pairs as a list, and back",           act_cells_or_list, 0, PANE, matrix_is_grid},
	{"list-as-cells",   "m",               "matrix: its pairs as a list, and back",           act_cells_or_list, 0, PANE, matrix_is_list},
	{"cell-numbers",    "r",               "matrix: rates or totals",                         act_cell_numbers, 0, PANE, matrix_is_grid},
	{"locality",        "l",               "hosts: all, local, remote",                       act_locality,    0, PANE, on_hosts},
	{"ip-version",      "v",               "hosts: all, IPv4, IPv6",                          act_ip_version,  0, PANE, on_hosts},
	{"unit",            "u",               "rates in bits, bytes, packets",                   act_setting,     SET_UNIT, ROWS, NULL},
	{"names",           "",                "look names up or not",                            act_setting,     SET_NAMES, PANE, NULL},
	{"log-scale",       "L",               "graph: linear, logarithmic",                      act_setting,     SET_LOG_SCALE, ROWS, on_blocks},
	{"freeze",          "Z",               "freeze the picture; capture goes on",             act_freeze,      0, ROWS, NULL},
	{"pause",           "P",               "pause a file's play-back",                        act_pause,       0, ROWS, on_file},
	{"faster",          "+",               "a file's play-back faster, slower",               act_speed,       1, PANE, on_file},
	{"slower",          "-",               "a file's play-back faster, slower",               act_speed,       -1, PANE, on_file},
	{"capture-filter",  "B",               "change the capture filter (BPF)",                 act_capture_filter, 0, PANE, on_capture},
	{"copy",            "y",               "copy the row's address or name",                  act_copy,        0, ROWS, on_row},
	{"write-list",      "w",               "write the list to a JSON or CSV file",            act_write_list,  0, PANE, on_rows},
	{"write-packets",   "W",               "write its packets to a pcapng file",              act_write_packets, 0, ROWS, on_row},
	{"down",            "j Down",          "down, up",                                        act_move,        1, ALL, NULL},
	{"up",              "k Up",            "down, up",                                        act_move,        -1, ALL, NULL},
	{"page-down",       "PgDn ctrl-F",     "a page down, up",                                 act_half_pages,  2, ALL, NULL},
	{"page-up",         "PgUp ctrl-B",     "a page down, up",                                 act_half_pages,  -2, ALL, NULL},
	{"half-page-down",  "ctrl-D",          "half a page down, up",                            act_half_pages,  1, ALL, NULL},
	{"half-page-up",    "ctrl-U",          "half a page down, up",                            act_half_pages,  -1, ALL, NULL},
	{"first",           "g Home",          "to the first row",                                act_first,       0, ALL, NULL},
	{"last",            "G End",           "to the last row",                                 act_last,        0, ALL, NULL},
	{"setup",           "F2 S",            "setup",                                           act_setup,       0, PANE, NULL},
	{"help",            "F1 h ?",          "this help",                                       act_help,        0, ALL, NULL},
	{"redraw",          "ctrl-L",          "draw the screen anew",                            act_redraw,      0, ALL, NULL},
	{"suspend",         "ctrl-Z",          "suspend; fg comes back",                          act_suspend,     0, ALL, NULL},
	{"quit",            "F10 q ctrl-C",    "quit",                                            act_quit,        0, ALL, NULL},
};

static const struct footer_key footer[] = {
	{"help",         "Help",    PANE},
	{"setup",        "Setup",   PANE},
	{"search",       "Search",  PANE},
	{"filter",       "Filter",  PANE},
	{"regroup",      "Regroup", PANE},
	{"sort",         "Sort",    PANE},
	{"details",      "Details", PANE},
	{"cell-flows",   "Flows",   PANE},
	{"cells-as-list", "List",   PANE},
	{"list-as-cells", "Matrix", PANE},
	{"cell-numbers", "Rate/Sum", PANE},
	{"details-of-chosen", "Open", MODE_BIT(MODE_DETAIL)},
	{"next-part",    "Next",    MODE_BIT(MODE_DETAIL)},
	{"choose",       "Choose",  MODE_BIT(MODE_MENU)},
	{"pin",          "Pin",     ROWS},
	{"flows-of-row", "Flows",   ROWS},
	{"freeze",       "Freeze",  PANE},
	{"close",        "Close",   OVER},
	{"quit",         "Quit",    ALL},
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

const struct action *action_find(const char *name, size_t n)
{
	for (size_t i = 0; i < action_count(); i++)
		if (strlen(actions[i].name) == n && strncmp(actions[i].name, name, n) == 0)
			return &actions[i];
	return NULL;
}

enum reaction action_run(struct tui *t, const char *name)
{
	const struct action *a = action_find(name, strlen(name));

	return a != NULL ? a->run(t, a->arg) : REACT_NONE;
}

bool action_works(const struct tui *t, const struct action *a)
{
	return (a->modes & MODE_BIT(t->mode)) && (a->works == NULL || a->works(t));
}

size_t footer_count(void)
{
	return sizeof footer / sizeof footer[0];
}

const struct footer_key *footer_at(size_t i)
{
	return &footer[i];
}

const struct action *footer_action(const struct tui *t, const struct footer_key *k)
{
	const struct action *a = action_find(k->action, strlen(k->action));

	return a != NULL && (k->modes & MODE_BIT(t->mode)) && action_works(t, a) ? a : NULL;
}

enum reaction footer_clicked(struct tui *t, int i)
{
	const struct action *a = footer_action(t, &footer[i]);

	return a != NULL ? a->run(t, a->arg) : REACT_NONE;
}
