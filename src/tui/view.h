/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Panes as data. A view is a line in views.c: its name, key, the dimensions it can be grouped by, and a
 * function only if it is no plain table. What the user did to it is its pane: cursor, sort, grouping.
 */
#ifndef TUI_VIEW_H
#define TUI_VIEW_H

#include "dpitop/column.h"
#include "dpitop/tui.h"
#include "tui/canvas.h"

enum { VIEWS_MAX = 40, GROUPINGS_MAX = 12, TAGS_MAX = 64 };

struct block;
struct rect;

struct view {
	const char *name;  /* --view */
	const char *title;
	char key;          /* '1' to '9'; 0: by --view only */
	unsigned count;    /* dimensions */
	enum dim dims[GROUPINGS_MAX]; /* `t` goes from one to the next */
	void (*draw)(struct tui *t, struct rect r);             /* NULL: a plain table */
	void (*want)(const struct tui *t, struct want *w);      /* NULL: the list of its dimension */
};

struct shown {
	uint64_t id;
	size_t at; /* in the picture's list */
};

struct pane { /* of one view */
	unsigned grouping;
	const struct column *sort[GROUPINGS_MAX]; /* NULL: the default */
	bool ascending[GROUPINGS_MAX];
	size_t cursor, top;   /* rows in the order shown */
	uint64_t cursor_id;   /* row the cursor stays on; 0: it stays on top */
	int rows, rows_y;     /* that fit, and where the first stands, at the last draw */
	int locality, ip_version; /* of hosts, as in struct want_list */
	uint64_t tags[TAGS_MAX];
	size_t tag_count;
	struct shown *shown;  /* rows in the order shown */
	size_t shown_count;
};

size_t view_count(void);
size_t view_index(const struct view *v);
const struct view *view_by_key(uint32_t key);        /* NULL */
const struct view *view_next(const struct view *v, int step); /* among those with a key */

/* table.c: the generic pane. */
struct pane *pane_of(struct tui *t);
enum dim pane_dim(const struct tui *t);
const struct list *pane_list(const struct tui *t);   /* NULL: none in the picture */
const struct row *pane_row(const struct tui *t, size_t i); /* in the order shown */
const struct row *pane_cursor_row(const struct tui *t);
size_t pane_count(const struct tui *t);
bool pane_is_in_picture(const struct tui *t);        /* its rows or cells, if there are some; else they were not asked for */
const struct column *pane_sort(const struct tui *t);
void pane_settle(struct tui *t);                     /* after a new picture: order, cursor */
void pane_move(struct tui *t, long by);
void pane_move_to(struct tui *t, size_t row);
/* Other rows come into sight; the cursor stays on its own as long as that is one of them. */
void pane_scroll(struct tui *t, long rows);
bool pane_search(struct tui *t, const char *text, int step, bool here); /* false: nothing found */
bool pane_is_tagged(const struct pane *p, uint64_t id);
void pane_want(const struct tui *t, struct want *w);
void table_draw(struct tui *t, struct rect r);
/* The top of a list as a block, the title in place of the titles of what names a row; cursor: its line, -1. */
void table_draw_block(struct tui *t, const struct block *b, const char *title, long cursor);
enum style table_style(const struct tui *t, const struct column *c, const struct row *r);

#endif
