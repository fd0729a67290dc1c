/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The setup screen: its pages and what they hold. Private to setup.c and setup_draw.c, but for the
 * functions that screen.h names. Main thread.
 */
#ifndef TUI_SETUP_H
#define TUI_SETUP_H

#include "tui/screen.h"
#include "tui/style.h"

enum setup_page { SETUP_COLUMNS, SETUP_DISPLAY, SETUP_COLOURS, SETUP_BEHAVIOUR, SETUP_FILE, SETUP_PAGES };

struct setup_page_info {
	const char *title, *help;
	enum setting_page settings; /* PAGE_NONE: it holds something else */
};

extern const struct setup_page_info setup_pages[SETUP_PAGES];

struct setup_columns { /* of one list: the chosen ones in their order, then those that could be */
	const struct column *all[CHOSEN_MAX * 2];
	size_t count, chosen;
};

/* The lists there are, in the order of the panes that show them. */
enum dim setup_list(int i);
void setup_columns(const struct tui *t, enum dim d, struct setup_columns *out);
const struct setting *setup_setting(const struct tui *t, int item); /* of the page; NULL */
int setup_items(const struct tui *t);  /* of the page, in its last panel */
int setup_panels(const struct tui *t); /* 3 with lists between pages and items, else 2; 1: nothing to choose */
enum reaction setup_page_clicked(struct tui *t, int i);
enum reaction setup_list_clicked(struct tui *t, int i);
enum reaction setup_item_clicked(struct tui *t, int i);

#endif
