/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A map of the world on a canvas: land, spots and arcs, in braille, blocks or ASCII as the canvas has
 * them. Equirectangular, without the polar regions, cut in the Bering Strait so that no land is. Knows
 * numbers only: what a spot stands for and how large it is comes from the caller. One thread.
 */
#ifndef TUI_WORLD_H
#define TUI_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/canvas.h"

enum { WORLD_SIZES = 3 }; /* of spots */

struct world {
	int x, y, columns, rows; /* rectangle on the canvas */
};

struct world_place { /* degrees north and east */
	double latitude, longitude;
};

struct world_point { /* what the caller knows */
	struct world_place at;
	double weight;
	uint64_t sent, received;
	size_t index; /* the caller's */
};

struct world_spot { /* all points of a cell */
	int x, y; /* on the canvas */
	double weight;
	uint64_t sent, received;
	size_t index; /* of its heaviest point */
	/* how it is drawn: the caller says after gathering */
	int size; /* 0 to WORLD_SIZES - 1 */
	enum style style;
};

/* The largest map in the rectangle `in`, in its middle, that does not distort much. False: too small for one. */
bool world_fit(const struct world *in, struct world *out);
/* The cell of a place; beyond the map's edges in the north or south: the edge. False if it is no place (NaN). */
bool world_cell(const struct world *w, struct world_place p, int *x, int *y);
bool world_is_land(struct world_place p);
void world_draw_land(struct canvas *c, const struct world *w);
/* The shortest way along the globe, but for its ends' cells. */
void world_draw_arc(struct canvas *c, const struct world *w, struct world_place from, struct world_place to);
/* Points become spots: those in one cell add up, the order is that of the screen; points without a
 * place are left out. Returns how many of at most n. */
size_t world_gather(const struct world *w, const struct world_point *points, size_t n, struct world_spot *spots);
/* The spot at (x, y) or the nearest within `reach` cells; NULL. */
const struct world_spot *world_nearest(const struct world_spot *spots, size_t n, int x, int y, int reach);
void world_draw_spots(struct canvas *c, const struct world *w, const struct world_spot *spots, size_t n);
/* Cells a spot reaches to the left and right of its own: 0 where it is one character. */
int world_reach(const struct canvas *c, const struct world *w, int size);
uint32_t world_glyph(const struct canvas *c, int size); /* a spot as one character */

#endif
