/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * THE tables of actions and of the footer. What a key can do is a line here: its name (of `bind`, so it
 * never changes), the keys it has unless the user says otherwise, what the help says, what it runs
 * (action.c), and where it works. dpitoprc(5) has the same list; a test compares them. Main thread.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "tui/action_run.h"
#include "tui/timeline.h"

enum {
	PANE = MODE_BIT(MODE_PANE),
	SETUP = MODE_BIT(MODE_SETUP),
	OVER = MODE_BIT(MODE_HELP) | MODE_BIT(MODE_DETAIL) | MODE_BIT(MODE_MENU),
	ROWS = PANE | MODE_BIT(MODE_DETAIL), /* what works on a row works in its details */
	ALL = PANE | OVER,
	EVERY = ALL | SETUP /* in the setup some keys are its own */
};

/* ---- where keys work ---- */

static bool on_rows(const struct tui *t)
{
	return !overview_is_shown(t) && !sources_is_shown(t);
}

bool action_on_list(const struct tui *t)
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
	return t->mode == MODE_DETAIL || overview_is_shown(t) || action_on_list(t);
}

static bool on_blocks(const struct tui *t)
{
	return t->mode == MODE_DETAIL || overview_is_shown(t);
}

/* There the arrows go through time. */
static bool on_block_arrows(const struct tui *t)
{
	return on_blocks(t) && !past_is_shown(t);
}

static bool on_present(const struct tui *t)
{
	return !past_is_shown(t);
}

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

static bool on_lists(const struct tui *t)
{
	return t->o.reread != NULL;
}

static bool on_capture(const struct tui *t)
{
	return t->feed.ops->capture_filter != NULL;
}

/* clang-format off */
static const struct action actions[] = {
	/* Neighbours with the same help share a line on the help screen. */
	{"pane-1",          "1",               N_("go to a pane"),                                    act_view,        1, EVERY, NULL},
	{"pane-2",          "2",               N_("go to a pane"),                                    act_view,        2, EVERY, NULL},
	{"pane-3",          "3",               N_("go to a pane"),                                    act_view,        3, EVERY, NULL},
	{"pane-4",          "4",               N_("go to a pane"),                                    act_view,        4, EVERY, NULL},
	{"pane-5",          "5",               N_("go to a pane"),                                    act_view,        5, EVERY, NULL},
	{"pane-6",          "6",               N_("go to a pane"),                                    act_view,        6, EVERY, NULL},
	{"pane-7",          "7",               N_("go to a pane"),                                    act_view,        7, EVERY, NULL},
	{"pane-8",          "8",               N_("go to a pane"),                                    act_view,        8, EVERY, NULL},
	{"pane-9",          "9",               N_("go to a pane"),                                    act_view,        9, EVERY, NULL},
	{"next-pane",       "Tab",             N_("next pane, the one before"),                       act_next_view,   1, PANE, NULL},
	{"previous-pane",   "Shift-Tab",       N_("next pane, the one before"),                       act_next_view,   -1, PANE, NULL},
	{"details",         "Enter",           N_("everything about the row"),                        act_details,     0, PANE, on_open_row},
	{"details-of-chosen", "Enter",         N_("details: choose a row, open it"),                  act_details,     0, MODE_BIT(MODE_DETAIL), NULL},
	{"next-block",      "Right",           N_("Overview, details: next block, the one before"),   act_block,       1, ROWS, on_block_arrows},
	{"previous-block",  "Left",            N_("Overview, details: next block, the one before"),   act_block,       -1, ROWS, on_block_arrows},
	{"next-part",       "Tab",             N_("details: next block, the one before"),             act_block,       1, MODE_BIT(MODE_DETAIL), NULL},
	{"previous-part",   "Shift-Tab",       N_("details: next block, the one before"),             act_block,       -1, MODE_BIT(MODE_DETAIL), NULL},
	{"back",            "Backspace",       N_("details: back to where they were opened"),         act_back,        0, MODE_BIT(MODE_DETAIL), NULL},
	{"pin",             "p",               N_("pin the row: every pane shows its traffic only"),  act_pivot,       0, ROWS, on_row},
	{"flows-of-row",    "f",               N_("the flows of the row"),                            act_flows_of,    0, ROWS, on_open_row},
	{"unpin",           "Backspace",       N_("take the last part of the filter away"),           act_pop,         0, PANE, NULL},
	{"choose",          "Enter Space",     N_("choose, in a menu"),                               act_menu_choose, 0, MODE_BIT(MODE_MENU), NULL},
	{"close",           "Esc",             N_("close what is open, else clear the filter"),       act_escape,      0, EVERY, NULL},
	{"close-help",      "Enter",           N_("close help"),                                      act_escape,      0, MODE_BIT(MODE_HELP), NULL},
	{"search",          "F3 /",            N_("search: moves the cursor"),                        act_search,      0, PANE, on_rows},
	{"search-next",     "n",               N_("next match"),                                      act_search_next, 0, PANE, on_rows},
	{"search-previous", "N",               N_("match before; nothing searched: names or not"),    act_search_back_or_names, 0, PANE, NULL},
	{"filter",          "F4 \\",           N_("filter: shows matching traffic only"),             act_filter,      0, PANE, NULL},
	{"presets",         "x",               N_("show only P2P, web, DNS, local, risky ..."),         act_presets,     0, PANE, NULL},
	{"regroup",         "F5 t",            N_("regroup: the pane's next grouping"),               act_regroup,     0, PANE, on_groups},
	{"sort",            "F6 < >",          N_("choose the column to sort by"),                    act_sort_menu,   0, PANE, action_on_list},
	{"invert",          "I",               N_("turn the order round"),                            act_invert,      0, PANE, action_on_list},
	{"tag",             "Space",           N_("tag the row"),                                     act_tag,         0, PANE, action_on_list},
	{"untag",           "U",               N_("untag all"),                                       act_untag,       0, PANE, action_on_list},
	{"follow",          "F",               N_("follow the row wherever it moves"),                act_follow,      0, PANE, action_on_list},
	{"exporter-interfaces", "Enter",       N_("Sources: the interfaces of the exporter or not"),  act_exporter_ports, 0, PANE, exporters_are_shown},
	{"next-exporter",   "Right",           N_("Sources: the next exporter, the one before"),      act_exporter,    1, PANE, exporters_are_shown},
	{"previous-exporter", "Left",          N_("Sources: the next exporter, the one before"),      act_exporter,    -1, PANE, exporters_are_shown},
	{"cell-flows",      "Enter f",         N_("matrix: the flows of the cell"),                   act_flows_of,    0, PANE, matrix_is_grid},
	{"cell-details",    "i",               N_("matrix: everything about the cell"),               act_cell_details, 0, PANE, matrix_is_grid},
	{"cell-left",       "Left",            N_("matrix: a cell to the left, right"),               act_cell,        -1, PANE, matrix_is_grid},
	{"cell-right",      "Right",           N_("matrix: a cell to the left, right"),               act_cell,        1, PANE, matrix_is_grid},
	{"first-column",    "Home 0",          N_("matrix: first cell of the row, the last"),  act_cell,        -MATRIX_PLACES - 1, PANE, matrix_is_grid},
	{"last-column",     "End $",           N_("matrix: first cell of the row, the last"),  act_cell,        MATRIX_PLACES + 1, PANE, matrix_is_grid},
	{"cells-as-list",   "m",               N_("matrix: its pairs as a list, and back"),           act_cells_or_list, 0, PANE, matrix_is_grid},
	{"list-as-cells",   "m",               N_("matrix: its pairs as a list, and back"),           act_cells_or_list, 0, PANE, matrix_is_list},
	{"longer-prefix",   "+ =",             N_("matrix: finer, wider subnets"),                    act_prefix,      1, PANE, matrix_has_prefix},
	{"shorter-prefix",  "-",               N_("matrix: finer, wider subnets"),                    act_prefix,      -1, PANE, matrix_has_prefix},
	{"cell-numbers",    "r",               N_("matrix: rates or totals"),                         act_cell_numbers, 0, PANE, matrix_is_grid},
	{"history",         "H",               N_("history: look at what was recorded"),              act_history,     0, ROWS, past_can_be},
	{"live",            "End",             N_("history: back to live"),                           act_live,        0, ROWS, past_has_live},
	{"step-forward",    "Right .",         N_("history: a step forward, back"),                   act_past_step,   1, ROWS, past_is_shown},
	{"step-back",       "Left ,",          N_("history: a step forward, back"),                   act_past_step,   -1, ROWS, past_is_shown},
	{"span-forward",    "]",               N_("history: the span after this, before it"),         act_past_page,   1, ROWS, past_is_shown},
	{"span-back",       "[",               N_("history: the span after this, before it"),         act_past_page,   -1, ROWS, past_is_shown},
	{"play-faster",     "+ }",             N_("history: let time go on, faster; back"),           act_past_speed,  1, ROWS, past_is_shown},
	{"play-slower",     "- {",             N_("history: let time go on, faster; back"),           act_past_speed,  -1, ROWS, past_is_shown},
	{"play-pause",      "Z P",             N_("history: let time stand, go on"),                  act_past_pause,  0, ROWS, past_is_shown},
	{"go-to-time",      "@",               N_("history: go to a time"),                           act_past_time,   0, ROWS, past_is_shown},
	{"zoom-in",         "z",               N_("history: a narrower span, a wider one"),           act_past_zoom,   -1, ROWS, past_is_shown},
	{"zoom-out",        "o",               N_("history: a narrower span, a wider one"),           act_past_zoom,   1, ROWS, past_is_shown},
	{"next-peak",       ")",               N_("history: to the next peak, the one before"),       act_past_jump,   JUMP_NEXT_PEAK, ROWS, past_is_shown},
	{"last-peak",       "(",               N_("history: to the next peak, the one before"),       act_past_jump,   JUMP_LAST_PEAK, ROWS, past_is_shown},
	{"next-gap",        "J",               N_("history: to the next gap, the one before"),        act_past_jump,   JUMP_NEXT_GAP, ROWS, past_is_shown},
	{"last-gap",        "K",               N_("history: to the next gap, the one before"),        act_past_jump,   JUMP_LAST_GAP, ROWS, past_is_shown},
	{"history-begin",   "^",               N_("history: to its begin, its end"),                  act_past_jump,   JUMP_BEGIN, ROWS, past_is_shown},
	{"history-end",     "$ End",           N_("history: to its begin, its end"),                  act_past_jump,   JUMP_END, ROWS, past_is_shown},
	{"locality",        "l",               N_("hosts: all, local, remote"),                       act_locality,    0, PANE, on_hosts},
	{"ip-version",      "v",               N_("hosts: all, IPv4, IPv6"),                          act_ip_version,  0, PANE, on_hosts},
	{"unit",            "u",               N_("rates in bits, bytes, packets"),                   act_setting,     SET_UNIT, ROWS, NULL},
	{"names",           "",                N_("look names up or not"),                            act_setting,     SET_NAMES, PANE, NULL},
	{"log-scale",       "L",               N_("graph: linear, logarithmic"),                      act_setting,     SET_LOG_SCALE, ROWS, on_blocks},
	{"freeze",          "Z",               N_("freeze the picture; capture goes on"),             act_freeze,      0, ROWS, on_present},
	{"pause",           "P",               N_("pause a file's play-back"),                        act_pause,       0, ROWS, on_file},
	{"faster",          "+ }",             N_("a file's play-back faster, slower"),               act_speed,       1, PANE, on_file},
	{"slower",          "- {",             N_("a file's play-back faster, slower"),               act_speed,       -1, PANE, on_file},
	{"capture-filter",  "B",               N_("change the capture filter (BPF)"),                 act_capture_filter, 0, PANE, on_capture},
	{"copy",            "y",               N_("copy the row's address or name"),                  act_copy,        0, ROWS, on_row},
	{"write-list",      "w",               N_("write the list to a JSON or CSV file"),            act_write_list,  0, PANE, on_rows},
	{"write-packets",   "W",               N_("write its packets to a pcapng file"),              act_write_packets, 0, ROWS, on_row},
	{"down",            "j Down",          N_("down, up"),                                        act_move,        1, EVERY, NULL},
	{"up",              "k Up",            N_("down, up"),                                        act_move,        -1, EVERY, NULL},
	{"page-down",       "PgDn ctrl-F",     N_("a page down, up"),                                 act_half_pages,  2, EVERY, NULL},
	{"page-up",         "PgUp ctrl-B",     N_("a page down, up"),                                 act_half_pages,  -2, EVERY, NULL},
	{"half-page-down",  "ctrl-D",          N_("half a page down, up"),                            act_half_pages,  1, EVERY, NULL},
	{"half-page-up",    "ctrl-U",          N_("half a page down, up"),                            act_half_pages,  -1, EVERY, NULL},
	{"first",           "g Home",          N_("to the first row"),                                act_first,       0, EVERY, NULL},
	{"last",            "G End",           N_("to the last row"),                                 act_last,        0, EVERY, NULL},
	{"setup",           "F2 S",            N_("setup"),                                           act_setup,       0, PANE, NULL},
	{"left",            "Left Shift-Tab",  N_("setup: the panel at the left, at the right"),      setup_panel, -1, SETUP, NULL},
	{"right",           "Right Tab",       N_("setup: the panel at the left, at the right"),      setup_panel, 1, SETUP, NULL},
	{"turn",            "Enter Space +",   N_("setup: a column shown or not, the next value"), setup_turn, 1, SETUP, NULL},
	{"turn-back",       "-",               N_("setup: the value before"),                      setup_turn,  -1, SETUP, NULL},
	{"column-earlier",  "F7 K",            N_("setup: move the column up, down"),                        setup_shift, -1, SETUP, setup_on_columns},
	{"column-later",    "F8 J",            N_("setup: move the column up, down"),                        setup_shift, 1, SETUP, setup_on_columns},
	{"usual-columns",   "F9",              N_("setup: the usual columns of the pane again"),             setup_usual, 0, SETUP, setup_on_columns},
	{"save",            "F10 s",           N_("setup: save the settings and leave"),           setup_save,  0, SETUP, NULL},
	{"leave",           "q",               N_("setup: leave; it is kept until the end"), act_escape,   0, SETUP, NULL},
	{"help",            "F1 h ?",          N_("this help"),                                       act_help,        0, EVERY, NULL},
	{"reread",          "ctrl-R",          N_("read the category lists again"),                   act_reread,      0, EVERY, on_lists},
	{"redraw",          "ctrl-L",          N_("draw the screen anew"),                            act_redraw,      0, EVERY, NULL},
	{"suspend",         "ctrl-Z",          N_("suspend; fg comes back"),                          act_suspend,     0, EVERY, NULL},
	{"quit",            "F10 q ctrl-C",    N_("quit"),                                            act_quit,        0, ALL, NULL},
};

static const struct footer_key footer[] = {
	{"help",         N_("Help"),    PANE},
	{"step-back",    N_("Step"),    ROWS},
	{"step-forward", N_("Step"),    ROWS},
	{"span-back",    N_("Page"),    ROWS},
	{"span-forward", N_("Page"),    ROWS},
	{"play-faster",  N_("Faster"),  ROWS},
	{"play-pause",   N_("Play"),    ROWS},
	{"go-to-time",   N_("Go to"),   ROWS},
	{"zoom-in",      N_("In"),      ROWS},
	{"zoom-out",     N_("Out"),     ROWS},
	{"next-peak",    N_("Peak"),    ROWS},
	{"live",         N_("Live"),    ROWS},
	{"setup",        N_("Setup"),   PANE},
	{"search",       N_("Search"),  PANE},
	{"filter",       N_("Filter"),  PANE},
	{"regroup",      N_("Regroup"), PANE},
	{"sort",         N_("Sort"),    PANE},
	{"details",      N_("Details"), PANE},
	{"exporter-interfaces", N_("Interfaces"), PANE},
	{"next-exporter", N_("Exporter"), PANE},
	{"cell-flows",   N_("Flows"),   PANE},
	{"cells-as-list", N_("List"),   PANE},
	{"list-as-cells", N_("Matrix"), PANE},
	{"longer-prefix", N_("Finer"),  PANE},
	{"shorter-prefix", N_("Wider"), PANE},
	{"cell-numbers", N_("Rate/Sum"), PANE},
	{"details-of-chosen", N_("Open"), MODE_BIT(MODE_DETAIL)},
	{"next-part",    N_("Next"),    MODE_BIT(MODE_DETAIL)},
	{"choose",       N_("Choose"),  MODE_BIT(MODE_MENU)},
	{"pin",          N_("Pin"),     ROWS},
	{"flows-of-row", N_("Flows"),   ROWS},
	{"freeze",       N_("Freeze"),  PANE},
	{"history",      N_("History"), PANE},
	{"help",         N_("Help"),    SETUP},
	{"turn",         N_("Change"),  SETUP},
	{"column-earlier", N_("Up"),    SETUP},
	{"column-later", N_("Down"),    SETUP},
	{"usual-columns", N_("Usual"),  SETUP},
	{"save",         N_("Save"),    SETUP},
	{"close",        N_("Close"),   OVER | SETUP},
	{"quit",         N_("Quit"),    ALL},
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

bool action_explains(const struct action *a)
{
	static bool (*const told[])(const struct tui *t) = {on_groups, on_capture, on_lists, past_can_be, past_has_live, past_is_shown};

	for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
		if (a->works == told[i])
			return true;
	return a->run == act_write_list;
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
