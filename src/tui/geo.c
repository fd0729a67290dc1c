/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Geo: countries, cities, autonomous systems and subnets as tables, and below them which data says so,
 * or what to install. Main thread; called by screen.c.
 */
#include "config.h"

#include "tui/screen.h"

static bool is_known(const struct snapshot *s, enum dim d)
{
	return d == DIM_COUNTRY ? s->geo_countries : d == DIM_CITY ? s->geo_cities : d == DIM_AS ? s->geo_as : true;
}

void geo_draw(struct tui *t, struct rect r)
{
	const struct snapshot *s = t->picture;
	bool known;

	if (s == NULL || r.rows < 4) {
		table_draw(t, r);
		return;
	}
	known = is_known(s, pane_dim(t));
	canvas_put(&t->canvas, r.x, r.y + r.rows - 1, r.columns, known ? STYLE_DIM : STYLE_WARN, s->geo_text);
	if (!known && s->geo_countries)
		canvas_put(&t->canvas, r.x, r.y + r.rows - 2, r.columns, STYLE_WARN,
			   "cities and AS need .mmdb files, see dpitop(1), FILES");
	r.rows -= known || !s->geo_countries ? 1 : 2;
	table_draw(t, r);
}
