/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The functions of the action table. Private to action.c, which has them, and action_table.c.
 */
#ifndef TUI_ACTION_RUN_H
#define TUI_ACTION_RUN_H

#include "tui/action.h"

typedef enum reaction action_handler(struct tui *t, int arg);

action_handler act_move, act_half_pages, act_first, act_last, act_view, act_next_view,
	act_regroup, act_sort_menu, act_presets, act_invert, act_setup, act_setting, act_follow,
	act_locality, act_ip_version,
	act_cell, act_cells_or_list, act_cell_details, act_cell_numbers, act_prefix, act_write_list,
	act_search, act_search_next,
	act_search_back_or_names, act_filter, act_capture_filter, act_pop, act_escape,
	act_freeze, act_pause, act_speed, act_help, act_reread, act_redraw, act_suspend, act_quit,
	act_menu_choose,
	act_history, act_live, act_past_step, act_past_page, act_past_jump, act_past_speed, act_past_pause, act_past_zoom,
	act_past_time;

bool action_on_list(const struct tui *t); /* the pane is a plain table */

#endif
