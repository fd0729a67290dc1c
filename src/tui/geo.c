/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Geo: a map of the world where there is room, below it countries, cities, autonomous systems or subnets
 * as a table, and which data says so, or what to install. Main thread; called by screen.c.
 */
#include "config.h"

#include "dpitop/i18n.h"
#include "tui/geo_map.h"

enum { PLACES_MOST = 1000 }; /* on the map */

static bool is_known(const struct snapshot *s, enum dim d)
{
	return d == DIM_COUNTRY ? s->geo_countries : d == DIM_CITY ? s->geo_cities : d == DIM_AS ? s->geo_as : true;
}

void geo_want(const struct tui *t, struct want *w)
{
	enum dim d = geo_map_dim(t);
	struct want_list *l = &w->lists[d];

	pane_want(t, w);
	if (!l->on) {
		l->on = true;
		l->sort = column_default_sort(d);
	}
	if (l->top < PLACES_MOST)
		l->top = PLACES_MOST;
}

void geo_draw(struct tui *t, struct rect r)
{
	const struct snapshot *s = t->picture;
	bool known;
	int map;

	if (s == NULL || r.rows < 4) {
		table_draw(t, r);
		return;
	}
	map = s->geo_countries ? geo_map_rows(r) : 0;
	if (map > 0)
		geo_map_draw(t, (struct rect){r.x, r.y, r.columns, map});
	r.y += map;
	r.rows -= map;
	known = is_known(s, pane_dim(t));
	canvas_put(&t->canvas, r.x, r.y + r.rows - 1, r.columns, known ? STYLE_DIM : STYLE_WARN, s->geo_text);
	if (!known && s->geo_countries)
		canvas_put(&t->canvas, r.x, r.y + r.rows - 2, r.columns, STYLE_WARN,
			   _("cities and AS need .mmdb files, see dpitop(1), FILES"));
	r.rows -= known || !s->geo_countries ? 1 : 2;
	table_draw(t, r);
}
