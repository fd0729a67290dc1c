/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The matrix pane: sources down, destinations across. What the user did to it (struct grid), the cell
 * the cursor stands on, and what is drawn. Main thread.
 */
#ifndef TUI_MATRIX_H
#define TUI_MATRIX_H

#include "dpitop/snapshot.h"

struct tui;
struct rect;
struct term_event;

enum { AXIS_SOURCE, AXIS_DESTINATION, AXES };
enum grid_numbers { GRID_AUTO, GRID_RATES, GRID_TOTALS }; /* auto: rates; totals once a file has ended */

struct grid {
	bool as_list;        /* the pairs as a plain table instead */
	enum grid_numbers numbers;
	uint64_t pair;       /* row of the list to go to when the cells come; 0: none */
	uint64_t at[AXES];   /* the place the cursor stays with, by id; 0: the first */
	size_t cursor[AXES], top[AXES];
	int fit[AXES];       /* places that fitted at the last draw */
	int label_cells, cell_cells; /* widths at the last draw */
	struct prefix prefix; /* of subnets; {0, 0}: as the model has them */
	struct cidr net[AXES]; /* where the cursor was, in case the lengths change */
	bool found_column;   /* the last search ended on a destination */
	struct row row;      /* the cell under the cursor as a row */
};

/* ---- matrix_cursor.c ---- */
bool matrix_is_pane(const struct tui *t); /* the pane is the matrix, in either presentation */
bool matrix_is_grid(const struct tui *t); /* ... and cells are shown */
bool matrix_is_list(const struct tui *t); /* ... or a list */
bool matrix_has_prefix(const struct tui *t); /* it is of subnets */
const struct matrix *matrix_of(const struct tui *t); /* of the picture; NULL: none, or of another grouping */
size_t matrix_count(const struct matrix *m, int axis); /* places, the others included if there are some */
uint64_t matrix_id(const struct matrix *m, int axis, size_t i); /* of a place; never 0 */
const char *matrix_label(const struct matrix *m, int axis, size_t i);
const struct matrix_cell *matrix_cell(const struct matrix *m, size_t row, size_t column);
bool matrix_shows_totals(const struct tui *t);
void matrix_settle(struct tui *t);        /* after a new picture: the cursor stays with its places */
void matrix_turn(struct tui *t);          /* from cells to list or back, staying on the pair */
void matrix_reset(struct tui *t);         /* another grouping: to the first cell */
void matrix_move(struct tui *t, int axis, long by);
/* The cell under the cursor as a row of its dimension, good until the next call. NULL: there is none. */
const struct row *matrix_row(struct tui *t);
/* Longer or shorter prefixes of subnets. False: there are none. */
bool matrix_prefix(struct tui *t, int step);
bool matrix_search(struct tui *t, const char *text, int step, bool here);

/* ---- matrix.c ---- */
void matrix_draw(struct tui *t, struct rect r);
void matrix_want(const struct tui *t, struct want *w);
void matrix_prefix_text(const struct tui *t, char *buf, size_t size); /* " /24 /64"; "" if not of subnets */
void matrix_describe(const struct tui *t, char *buf, size_t size); /* for the title */
/* A click on the body. False if there is no cell there. */
bool matrix_click(struct tui *t, const struct term_event *e);

#endif
