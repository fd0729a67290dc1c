/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What actions do. Each changes the state and returns what has to be done; screen.c does it once. Which keys
 * they have, and where, is the business of action_table.c. Main thread.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "tui/action_run.h"

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
	if (t->mode == MODE_SETUP)
		return setup_move(t, rows);
	if (t->mode == MODE_MENU) {
		to = t->menu_cursor + rows;
		t->menu_cursor = to < 0 ? 0 : to >= menu_items(t) ? menu_items(t) - 1 : (int)to;
	} else {
		to = t->scroll + rows;
		t->scroll = to < 0 ? 0 : to > 1000 ? 1000 : (int)to;
	}
	return REACT_DRAW;
}

enum reaction act_move(struct tui *t, int arg)
{
	return move_by(t, arg);
}

enum reaction act_half_pages(struct tui *t, int arg)
{
	int rows = t->mode == MODE_PANE && pane_of(t)->rows > 0 ? pane_of(t)->rows : t->body.rows - 1;
	long page = rows > 2 ? rows - 1 : 1;

	return move_by(t, arg % 2 == 0 ? arg / 2 * page : arg * ((page + 1) / 2));
}

enum reaction act_first(struct tui *t, int arg)
{
	(void)arg;
	return move_by(t, -LIST_ROWS_MAX * 2);
}

enum reaction act_last(struct tui *t, int arg)
{
	(void)arg;
	if (t->mode == MODE_PANE && action_on_list(t)) { /* all rows there can be: the end is then truly the end */
		pane_of(t)->top = LIST_ROWS_MAX;
		screen_want(t);
	}
	return move_by(t, LIST_ROWS_MAX * 2);
}

/* ---- panes ---- */

enum reaction act_view(struct tui *t, int arg)
{
	return screen_view(t, view_by_key((uint32_t)('0' + arg)));
}

enum reaction act_next_view(struct tui *t, int arg)
{
	return screen_view(t, view_next(t->view, arg));
}

enum reaction act_regroup(struct tui *t, int arg)
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

enum reaction act_sort_menu(struct tui *t, int arg)
{
	(void)arg;
	return menu_open(t, MENU_SORT);
}

enum reaction act_presets(struct tui *t, int arg)
{
	(void)arg;
	return menu_open(t, MENU_PRESETS);
}

enum reaction act_invert(struct tui *t, int arg)
{
	struct pane *p = pane_of(t);

	(void)arg;
	p->ascending[p->grouping] = !p->ascending[p->grouping];
	t->order_until_us = 0;
	return REACT_WANT;
}

enum reaction act_setup(struct tui *t, int arg)
{
	(void)arg;
	return setup_open(t);
}

enum reaction act_setting(struct tui *t, int arg)
{
	return screen_set(t, (enum setting_number)arg, 1);
}

enum reaction act_follow(struct tui *t, int arg)
{
	(void)arg;
	t->follow = !t->follow;
	pane_move(t, 0);
	return REACT_WANT;
}

enum reaction act_locality(struct tui *t, int arg)
{
	struct pane *p = pane_of(t);

	(void)arg;
	p->locality = (p->locality + 1) % 3;
	return REACT_WANT;
}

enum reaction act_ip_version(struct tui *t, int arg)
{
	struct pane *p = pane_of(t);

	(void)arg;
	p->ip_version = p->ip_version == 0 ? 4 : p->ip_version == 4 ? 6 : 0;
	return REACT_WANT;
}

/* ---- the matrix ---- */

enum reaction act_cell(struct tui *t, int arg)
{
	matrix_move(t, AXIS_DESTINATION, arg);
	return REACT_DRAW;
}

enum reaction act_cells_or_list(struct tui *t, int arg)
{
	(void)arg;
	matrix_turn(t);
	return REACT_WANT;
}

enum reaction act_cell_numbers(struct tui *t, int arg)
{
	(void)arg;
	t->grid.numbers = matrix_shows_totals(t) ? GRID_RATES : GRID_TOTALS;
	return REACT_DRAW;
}

enum reaction act_cell_details(struct tui *t, int arg)
{
	const struct row *r = matrix_row(t);

	(void)arg;
	if (r != NULL && r->id != 0)
		return detail_open(t);
	screen_say(t, STYLE_DIM, "there are no details of this cell");
	return REACT_DRAW;
}

enum reaction act_prefix(struct tui *t, int arg)
{
	if (matrix_prefix(t, arg))
		return REACT_WANT;
	screen_say(t, STYLE_DIM, arg > 0 ? N_("there are no longer prefixes") : N_("there are no shorter prefixes"));
	return REACT_DRAW;
}

enum reaction act_write_list(struct tui *t, int arg)
{
	(void)arg;
	return take_list(t);
}

/* ---- search and filter ---- */

enum reaction act_search(struct tui *t, int arg)
{
	(void)arg;
	return screen_prompt(t, PROMPT_SEARCH, _("Search:"), "");
}

static enum reaction search_on(struct tui *t, int step)
{
	if (!pane_search(t, t->search, step, false))
		screen_say(t, STYLE_WARN, "nothing found for '%s'", t->search);
	return REACT_WANT;
}

enum reaction act_search_next(struct tui *t, int arg)
{
	(void)arg;
	return t->search[0] != '\0' ? search_on(t, 1) : REACT_NONE;
}

enum reaction act_search_back_or_names(struct tui *t, int arg)
{
	(void)arg;
	return t->search[0] != '\0' ? search_on(t, -1) : screen_set(t, SET_NAMES, 1);
}

enum reaction act_filter(struct tui *t, int arg)
{
	(void)arg;
	return screen_prompt(t, PROMPT_FILTER, _("Filter:"), trail_typed(t));
}

enum reaction act_capture_filter(struct tui *t, int arg)
{
	(void)arg;
	if (t->feed.ops->capture_filter == NULL) {
		screen_say(t, STYLE_DIM, "nothing is captured here");
		return REACT_DRAW;
	}
	return screen_prompt(t, PROMPT_CAPTURE, _("Capture filter (BPF):"), t->capture);
}

enum reaction act_pop(struct tui *t, int arg)
{
	(void)arg;
	return trail_pop(t);
}

enum reaction act_escape(struct tui *t, int arg)
{
	(void)arg;
	if (t->mode == MODE_HELP && t->help_over != MODE_PANE) {
		t->mode = t->help_over;
		return REACT_DRAW;
	}
	if (t->mode == MODE_SETUP) {
		setup_leave(t);
		return REACT_DRAW;
	}
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

enum reaction act_freeze(struct tui *t, int arg)
{
	(void)arg;
	t->frozen = !t->frozen;
	if (!t->frozen)
		screen_refresh(t);
	return REACT_DRAW;
}

enum reaction act_pause(struct tui *t, int arg)
{
	if (t->feed.ops->speed == NULL)
		return act_freeze(t, arg);
	t->paused = !t->paused;
	t->feed.ops->speed(t->feed.ctx, t->paused ? -1 : t->speed);
	return REACT_DRAW;
}

enum reaction act_speed(struct tui *t, int arg)
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

enum reaction act_help(struct tui *t, int arg)
{
	(void)arg;
	if (t->mode != MODE_HELP)
		t->help_over = t->mode;
	t->mode = MODE_HELP;
	t->scroll = 0;
	return REACT_DRAW;
}

enum reaction act_reread(struct tui *t, int arg)
{
	(void)arg;
	if (t->o.reread == NULL || !t->o.reread(t->o.ctx))
		screen_say(t, STYLE_DIM, "there are no category lists; --categories names them");
	else
		screen_say(t, STYLE_DIM, "reading the category lists again ...");
	return REACT_DRAW;
}

enum reaction act_redraw(struct tui *t, int arg)
{
	(void)arg;
	if (t->term != NULL)
		term_redraw(t->term);
	return REACT_DRAW;
}

enum reaction act_suspend(struct tui *t, int arg)
{
	(void)arg;
	if (t->term != NULL)
		term_suspend(t->term);
	return REACT_DRAW;
}

enum reaction act_quit(struct tui *t, int arg)
{
	(void)t, (void)arg;
	return REACT_QUIT;
}

enum reaction act_menu_choose(struct tui *t, int arg)
{
	(void)arg;
	return menu_choose(t, t->menu_cursor);
}
