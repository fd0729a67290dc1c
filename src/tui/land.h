/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where land is, as a table: rows of half a degree from 90 N to 90 S, in each the columns (half degrees
 * from 180 W) where land begins, ends, begins again ... Made by contrib/land-mask. Constant; any thread.
 */
#ifndef TUI_LAND_H
#define TUI_LAND_H

#include <stdint.h>

enum { LAND_COLUMNS = 720, LAND_ROWS = 360 };

extern const uint16_t land_begins[LAND_ROWS + 1]; /* of each row, where in land_edges it begins */
extern const uint16_t land_edges[];

#endif
