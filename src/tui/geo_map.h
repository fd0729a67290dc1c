/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Geo pane's map: the rows of countries or cities as spots, the cursor's row with its name and an
 * arc to it, and a legend. Main thread; called by geo.c.
 */
#ifndef TUI_GEO_MAP_H
#define TUI_GEO_MAP_H

#include "tui/screen.h"

/* Rows that map and legend take at the top of a pane of this size; 0: there is no room for them. */
int geo_map_rows(struct rect r);
/* The list whose rows are on the map: the pane's own where its rows have places, else that of the countries. */
enum dim geo_map_dim(const struct tui *t);
/* r: as geo_map_rows() says, of the pane's upper part. */
void geo_map_draw(struct tui *t, struct rect r);

#endif
