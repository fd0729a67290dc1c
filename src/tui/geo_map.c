/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Geo pane's map. A spot is as large as the last minute's traffic of its places, or all of it where
 * nothing moves; its colour says whether they send or receive more. Where we are is told by an option
 * or by a local host whose place is known. Main thread; called by geo.c.
 */
#include "config.h"

#include "tui/geo_map.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "dpitop/units.h"
#include "tui/world.h"

enum { TABLE_LEAST = 7, TABLE_MOST = 20, NOTES = 1, LEGEND = 1, REACH = 3, NAME_CELLS = 28, NO_ROOM = 1000 };
enum { MINUTE = DIM_SPARK * DIM_SPARK_STEP_S, STEPS_APART = 2, PARTS = 8, PART_TEXT = 96 };
#define STEP_KEPT 0.5

enum { DIAMOND = 0x25c6, SQUARE = 0x25a0 };

struct map { /* of one drawing */
	struct world world;
	struct world_spot *spots;
	size_t count;
	bool by_total;              /* sizes by all bytes, else by the last minute's rate */
	double steps[WORLD_SIZES];  /* least weight of a size; [0] is not used */
	uint64_t placed, all;       /* bytes */
};

struct part { /* of the legend */
	char text[PART_TEXT];
	enum style style;
	int gap; /* cells before it */
};

struct legend {
	struct part parts[PARTS];
	size_t count;
	int width;
};

int geo_map_rows(struct rect r)
{
	int table = r.rows / 3 < TABLE_LEAST ? TABLE_LEAST : r.rows / 3 > TABLE_MOST ? TABLE_MOST : r.rows / 3;
	struct world room = {0, 0, r.columns, r.rows - table - NOTES - LEGEND}, w;

	return world_fit(&room, &w) ? w.rows + LEGEND : 0;
}

enum dim geo_map_dim(const struct tui *t)
{
	return pane_dim(t) == DIM_CITY && t->picture != NULL && t->picture->geo_cities ? DIM_CITY : DIM_COUNTRY;
}

/* ---- rows become spots ---- */

static bool is_own_list(const struct tui *t)
{
	return geo_map_dim(t) == pane_dim(t);
}

static size_t row_count(const struct tui *t)
{
	return is_own_list(t) ? pane_count(t) : t->picture->lists[geo_map_dim(t)].count;
}

static const struct row *row_at(const struct tui *t, size_t i)
{
	return is_own_list(t) ? pane_row(t, i) : &t->picture->lists[geo_map_dim(t)].rows[i];
}

static struct world_place place_of(const struct row *r)
{
	if (r == NULL || (r->flags & (ROW_OTHER | ROW_SUM)))
		return (struct world_place){NAN, NAN};
	return (struct world_place){r->latitude, r->longitude};
}

static uint64_t bytes_of(const struct row *r)
{
	return r->total.bytes[0] + r->total.bytes[1];
}

static double minute_of(const struct tui *t, const struct row *r)
{
	double sum = 0;

	if (t->picture->replay.on)
		return MINUTE * ((double)r->rate[0] + r->rate[1]); /* as if the step were one */

	for (size_t i = 0; i < DIM_SPARK; i++)
		sum += r->spark[i];
	return sum;
}

/* Does anything that has a place still move? */
static bool is_moving(const struct tui *t)
{
	for (size_t i = 0; !t->picture->final && i < row_count(t); i++) {
		const struct row *r = row_at(t, i);

		if (isfinite(place_of(r).latitude) && minute_of(t, r) > 0)
			return true;
	}
	return false;
}

/* Bytes of the last minute to the rate in the user's unit. */
static double rate_factor(const struct tui *t)
{
	double seconds = (double)(t->picture->now_us - t->picture->totals.first_us) / 1e6;

	if (t->picture->replay.on)
		seconds = MINUTE;
	seconds = fmin(MINUTE, fmax(DIM_SPARK_STEP_S, seconds));
	return (t->set.unit == 1 ? 1 : 8) / seconds;
}

/* The largest of 1, 10, 100, base, 10 base ... that is not more than v. */
static double round_down(double v, double base)
{
	double unit = 1;

	while (unit * base <= v)
		unit *= base;
	return v >= unit * 100 ? unit * 100 : v >= unit * 10 ? unit * 10 : unit;
}

/* A scale that was right a moment ago stays until it is far off: sizes must not swing with a rate that goes
 * up and down around a step. */
static double keep_step(const struct tui *t, const struct map *m, double most, double step)
{
	const struct map_scale *last = &t->map_scale;
	bool same = last->by_total == m->by_total && last->unit == t->set.unit;

	return same && step < last->step && most > last->step * STEP_KEPT ? last->step : step;
}

static void make_scale(const struct tui *t, struct map *m)
{
	double most = 1, base = m->by_total ? 1024 : 1000, step;

	for (size_t i = 0; i < m->count; i++)
		most = fmax(most, m->spots[i].weight);
	step = keep_step(t, m, most, round_down(most, base));
	for (int size = WORLD_SIZES - 1; size > 0; size--) {
		m->steps[size] = step;
		for (int i = 0; i < STEPS_APART; i++)
			step = round_down(step * 0.99, base);
	}
}

static void make_spots(struct tui *t, struct map *m)
{
	size_t n = row_count(t);
	struct world_point *points = mem_array(n + 1, sizeof *points);
	double factor = m->by_total ? 1 : rate_factor(t);

	m->spots = mem_array(n + 1, sizeof *m->spots);
	for (size_t i = 0; i < n; i++) {
		const struct row *r = row_at(t, i);
		double weight = r == NULL ? 0 : m->by_total ? (double)bytes_of(r) : minute_of(t, r);

		points[i] = (struct world_point){.at = place_of(r), .weight = weight * factor, .index = i};
		if (r == NULL)
			continue;
		points[i].sent = r->total.bytes[0];
		points[i].received = r->total.bytes[1];
		m->placed += isfinite(points[i].at.latitude) ? bytes_of(r) : 0;
	}
	m->count = world_gather(&m->world, points, n, m->spots);
	mem_free(points);
}

static int size_of(const struct map *m, double weight)
{
	int size = WORLD_SIZES - 1;

	while (size > 0 && weight < m->steps[size])
		size--;
	return size;
}

static enum style style_of(const struct world_spot *s)
{
	return s->weight <= 0 ? STYLE_NORMAL : s->sent > s->received ? STYLE_POINT_SENT : STYLE_POINT_RECEIVED;
}

static void map_init(struct tui *t, struct rect r, struct map *m)
{
	struct world room = {r.x, r.y, r.columns, r.rows - LEGEND};

	*m = (struct map){.all = bytes_of(&t->picture->lists[geo_map_dim(t)].sum)};
	world_fit(&room, &m->world);
	m->by_total = !is_moving(t);
	make_spots(t, m);
	make_scale(t, m);
	for (size_t i = 0; i < m->count; i++) {
		m->spots[i].size = size_of(m, m->spots[i].weight);
		m->spots[i].style = style_of(&m->spots[i]);
	}
}

static void map_release(struct map *m)
{
	mem_free(m->spots);
}

/* ---- drawing ---- */

static bool home_of(const struct tui *t, struct world_place *home)
{
	if (t->set.here.known)
		*home = (struct world_place){t->set.here.latitude, t->set.here.longitude};
	else
		*home = (struct world_place){t->picture->home_latitude, t->picture->home_longitude};
	return t->set.here.known || t->picture->has_home;
}

static const struct world_spot *spot_at(const struct map *m, int x, int y)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->spots[i].x == x && m->spots[i].y == y)
			return &m->spots[i];
	return NULL;
}

/* How many spots a name of so many cells would hide. */
static int hidden(const struct map *m, int x, int y, int cells)
{
	int count = 0;

	if (x < m->world.x || x + cells > m->world.x + m->world.columns)
		return NO_ROOM;
	for (size_t i = 0; i < m->count; i++)
		count += m->spots[i].y == y && m->spots[i].x >= x && m->spots[i].x < x + cells;
	return count;
}

/* The cell where a name begins: beside its spot, on the side where it hides less, rather not towards home. */
static int name_x(const struct tui *t, const struct map *m, const struct world_spot *s, int cells)
{
	int reach = world_reach(&t->canvas, &m->world, s->size), right = s->x + reach + 1, left = s->x - reach - cells, x, y;
	int right_cost = hidden(m, right, s->y, cells) * 2, left_cost = hidden(m, left, s->y, cells) * 2;
	struct world_place home;

	if (home_of(t, &home) && world_cell(&m->world, home, &x, &y) && x > s->x)
		right_cost++;
	else
		left_cost++;
	return right_cost <= left_cost ? right : left;
}

static void draw_name(struct tui *t, const struct map *m, const struct world_spot *s, const struct row *r)
{
	const char *name = r->dim == DIM_COUNTRY && r->country_name[0] != '\0' ? r->country_name : row_word((enum dim)r->dim, r->label);
	struct canvas *c = &t->canvas;
	int width = text_width(name) < NAME_CELLS ? text_width(name) : NAME_CELLS, cells = width + 2;
	int x = name_x(t, m, s, cells);

	canvas_fill(c, x, s->y, cells, STYLE_CURSOR, ' ');
	canvas_field(c, x + 1, s->y, width, STYLE_CURSOR, name, false, false);
	if (world_reach(c, &m->world, s->size) == 0)
		canvas_glyph(c, s->x, s->y, STYLE_CURSOR, world_glyph(c, s->size));
}

/* In front of a spot that is one character it takes that one's style, so that both can be told. */
static void draw_home(struct tui *t, const struct map *m, struct world_place home)
{
	const struct world_spot *s;
	int x, y;

	if (!world_cell(&m->world, home, &x, &y))
		return;
	s = spot_at(m, x, y);
	canvas_glyph(&t->canvas, x, y, s != NULL && world_reach(&t->canvas, &m->world, s->size) == 0 ? s->style : STYLE_HOME,
		     DIAMOND);
}

/* The row at hand, if the map has a place for it. */
static const struct row *chosen_row(const struct tui *t)
{
	const struct row *r = is_own_list(t) ? pane_cursor_row(t) : NULL;

	return isfinite(place_of(r).latitude) ? r : NULL;
}

static void draw_map(struct tui *t, const struct map *m)
{
	const struct row *chosen = chosen_row(t);
	const struct world_spot *spot = NULL;
	struct world_spot bright;
	struct world_place home;
	bool known = home_of(t, &home);
	int x, y;

	world_draw_land(&t->canvas, &m->world);
	if (chosen != NULL && world_cell(&m->world, place_of(chosen), &x, &y))
		spot = spot_at(m, x, y);
	if (known && spot != NULL)
		world_draw_arc(&t->canvas, &m->world, home, place_of(chosen));
	world_draw_spots(&t->canvas, &m->world, m->spots, m->count);
	if (spot != NULL) {
		bright = *spot;
		bright.style = STYLE_POINT;
		world_draw_spots(&t->canvas, &m->world, &bright, 1);
	}
	if (known)
		draw_home(t, m, home);
	if (spot != NULL)
		draw_name(t, m, spot, chosen);
}

/* ---- legend ---- */

__attribute__((format(printf, 4, 5))) static void add(struct legend *l, enum style s, int gap, const char *format, ...)
{
	struct part *p = &l->parts[l->count++];
	va_list args;

	va_start(args, format);
	vsnprintf(p->text, sizeof p->text, format, args);
	va_end(args);
	p->style = s;
	p->gap = gap;
	l->width += gap + text_width(p->text);
}

static void add_glyph(struct legend *l, enum style s, uint32_t glyph)
{
	char text[8] = "";

	text[text_put(text, sizeof text - 1, glyph)] = '\0';
	add(l, s, l->count > 0 ? 2 : 0, "%s", text);
}

/* "10 kb/s": a round number needs no decimals. */
static const char *step_text(const struct tui *t, const struct map *m, double v, char *buf, size_t size)
{
	char *decimals;

	if (m->by_total)
		unit_bytes((uint64_t)v, buf, size);
	else if (t->set.unit == 1)
		unit_rate_bytes(v, buf, size);
	else
		unit_bits(v, buf, size);
	decimals = strstr(buf, ".0 ");
	if (decimals != NULL)
		memmove(decimals, decimals + 2, strlen(decimals + 2) + 1);
	return buf;
}

static void add_sizes(const struct tui *t, const struct map *m, struct legend *l, int room)
{
	char text[UNIT_TEXT];

	(void)room;
	for (int size = WORLD_SIZES - 1; size >= 0; size--) {
		if (size + 1 < WORLD_SIZES && m->steps[size] == m->steps[size + 1])
			continue; /* so little that it takes less sizes */
		add_glyph(l, STYLE_POINT, world_glyph(&t->canvas, size));
		add(l, STYLE_DIM, 1, "%s", size > 0 ? step_text(t, m, m->steps[size], text, sizeof text) : _("less"));
	}
}

static void add_directions(const struct tui *t, const struct map *m, struct legend *l, int room)
{
	(void)t, (void)m, (void)room;
	add_glyph(l, STYLE_POINT_SENT, SQUARE);
	add(l, STYLE_DIM, 1, _("senders"));
	add_glyph(l, STYLE_POINT_RECEIVED, SQUARE);
	add(l, STYLE_DIM, 1, _("receivers"));
}

static void add_home(const struct tui *t, const struct map *m, struct legend *l, int room)
{
	const char *unknown = _("own place not known: --here");
	struct world_place home;

	(void)m;
	if (home_of(t, &home)) {
		add_glyph(l, STYLE_HOME, DIAMOND);
		add(l, STYLE_DIM, 1, _("here"));
	} else if (is_own_list(t)) {
		add(l, STYLE_DIM, 0, "%s", room < text_width(unknown) ? _("here: not known") : unknown);
	}
}

static void add_what(const struct tui *t, const struct map *m, struct legend *l, int room)
{
	(void)room;
	add(l, STYLE_DIM, 0, "%s%s", is_own_list(t) ? "" : _("by country, "), m->by_total ? _("all bytes") : t->picture->replay.on ? _("this step") : _("last minute"));
}

static void put(struct tui *t, const struct legend *l, int x, int y)
{
	for (size_t i = 0; i < l->count; i++) {
		x += l->parts[i].gap;
		x += canvas_put(&t->canvas, x, y, t->canvas.columns - x, l->parts[i].style, l->parts[i].text);
	}
}

static void draw_legend(struct tui *t, const struct map *m, struct rect r)
{
	static void (*const groups[])(const struct tui *, const struct map *, struct legend *, int room) = {
		add_sizes, add_directions, add_home, add_what};
	int x = r.x, end = r.x + r.columns;
	char missing[UNIT_TEXT], all[UNIT_TEXT];
	struct legend l = {.count = 0};

	if (m->placed < m->all) {
		add(&l, STYLE_DIM, 0, _("%s of %s not placed"), unit_bytes(m->all - m->placed, missing, sizeof missing),
		    unit_bytes(m->all, all, sizeof all));
		end -= l.width;
		put(t, &l, end, r.y);
		end -= 2;
	}
	for (size_t i = 0; i < sizeof groups / sizeof groups[0] && m->count > 0; i++) {
		l = (struct legend){.count = 0};
		groups[i](t, m, &l, end - x);
		if (l.count == 0 || x + l.width > end)
			continue;
		put(t, &l, x, r.y);
		x += l.width + 3;
	}
}

/* ---- the whole ---- */

/* The cursor goes to the heaviest row of the spot at the click. */
static enum reaction map_clicked(struct tui *t, int row)
{
	struct rect r = t->body;
	const struct world_spot *spot;
	struct map m;

	(void)row;
	if (t->picture == NULL || !is_own_list(t))
		return REACT_NONE;
	r.rows = geo_map_rows(r);
	map_init(t, r, &m);
	spot = world_nearest(m.spots, m.count, t->mouse_x, t->mouse_y,
			     world_reach(&t->canvas, &m.world, WORLD_SIZES - 1) + REACH);
	if (spot != NULL)
		pane_move_to(t, spot->index);
	map_release(&m);
	return REACT_WANT;
}

void geo_map_draw(struct tui *t, struct rect r)
{
	struct map m;

	map_init(t, r, &m);
	draw_map(t, &m);
	t->map_scale = (struct map_scale){m.steps[WORLD_SIZES - 1], m.by_total, t->set.unit};
	draw_legend(t, &m, (struct rect){r.x, r.y + m.world.rows, r.columns, 1});
	map_release(&m);
	screen_zone(t, (struct rect){r.x, r.y, r.columns, m.world.rows}, map_clicked, 0);
}
