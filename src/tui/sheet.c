/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sheet: what is taller than its part of the screen is drawn whole on a canvas of its own, and the
 * lines that are in sight are copied. Main thread; called by panes that scroll.
 */
#include "config.h"

#include "tui/screen.h"

/* Places that can be clicked move with their lines; what is out of sight cannot be clicked. */
static void shift_zones(struct tui *t, size_t from, struct rect r, int scroll)
{
	size_t kept = from;

	for (size_t i = from; i < t->zone_count; i++) {
		struct zone z = t->zones[i];

		z.at.y += r.y - scroll;
		z.at.x += r.x;
		if (z.at.y >= r.y && z.at.y + z.at.rows <= r.y + r.rows)
			t->zones[kept++] = z;
	}
	t->zone_count = kept;
}

void sheet_draw(struct tui *t, struct rect r, int rows, int *scroll, sheet_paint *paint, void *ctx)
{
	struct canvas screen = t->canvas;
	size_t zones = t->zone_count;
	int last = rows > r.rows ? rows - r.rows : 0;

	*scroll = *scroll > last ? last : *scroll < 0 ? 0 : *scroll;
	canvas_init(&t->canvas, r.columns, rows > r.rows ? rows : r.rows, screen.glyphs);
	paint(t, (struct rect){0, 0, r.columns, rows > r.rows ? rows : r.rows}, ctx);
	canvas_copy(&screen, r.x, r.y, r.rows, &t->canvas, *scroll);
	canvas_release(&t->canvas);
	t->canvas = screen;
	shift_zones(t, zones, r, *scroll);
}
