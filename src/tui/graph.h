/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Curves on a canvas: throughput over time (braille, blocks or ASCII as the canvas has them),
 * sparklines and share bars. Knows numbers only, no flows and no units: labels come from the
 * caller. What a curve leaves empty stays as it was. One thread.
 */
#ifndef TUI_GRAPH_H
#define TUI_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/canvas.h"

enum { SPARK_CELLS = 12 };

enum graph_shape {
	GRAPH_MIRRORED, /* out above the middle, in below, scales alike; odd rows: a line between */
	GRAPH_STACKED   /* in at the bottom, out on top of it */
};

struct graph {
	int x, y, columns, rows; /* rectangle on the canvas, clipped to it */
	/* Oldest first; NULL: nothing of that direction; NaN or < 0: a gap. The newest is at the
	 * right edge; more than fit: the newest are shown. */
	const double *out, *in;
	size_t count;
	double top; /* value of the upper edge; 0: graph_top() of what is shown */
	enum graph_shape shape;
	bool log; /* logarithmic: GRAPH_DECADES below top are told apart */
};

enum { GRAPH_DECADES = 4 };

/* Values that one draw shows: one a column, two with braille. */
size_t graph_capacity(const struct canvas *c, int columns);
/* The value the upper edge stands for: the greatest shown, rounded up to 1, 1.5, 2, 3, 5 or 7.5
 * times ten to the n; 1 when all are 0. */
double graph_top(const struct canvas *c, const struct graph *g);
void graph_draw(struct canvas *c, const struct graph *g);
/* A value's share of the height: 0 to 1, linear or logarithmic. */
double graph_share(double value, double top, bool log);

/* count values (oldest first) in `cells` cells at (x, y), scaled to the greatest of them, or to top
 * if that is not 0. The newest is at the right; more values than cells: the newest are shown. 0 is
 * a blank. */
void spark_draw(struct canvas *c, int x, int y, int cells, enum style s, const uint32_t *values,
                size_t count, uint32_t top);
/* A bar of share (0 to 1) of `cells` cells, eighths told apart; the rest is blank. What is more
 * than 0 shows. */
void bar_draw(struct canvas *c, int x, int y, int cells, enum style s, double share);
/* The same of two parts, one behind the other: sent and received, each in its style. */
void bar_draw_split(struct canvas *c, int x, int y, int cells, enum style first, enum style second,
                    double share, double first_part);

#endif
