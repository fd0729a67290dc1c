/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The world: where a place is on the map, land by how much of a dot it covers, arcs along great
 * circles, and points that share a cell. Knows no traffic and no rows. One thread; called by geo_map.c.
 */
#include "config.h"

#include "tui/world.h"

#include <math.h>
#include <stdlib.h>

#include "dpitop/mem.h"
#include "tui/land.h"

/* Degrees. The western edge is in the Bering Strait. */
#define NORTH 78.0
#define SOUTH (-56.0)
#define WEST (-169.0)
#define HEIGHT (NORTH - SOUTH)

/* Cells across for one down. A cell is twice as high as wide: 5.37 would be true to the degrees. */
#define ACROSS_LEAST 4.6
#define ACROSS_MOST 7.0

#define LAND_SHARE 0.45 /* of a dot that makes it land */

enum { ROWS_LEAST = 7, COLUMNS_LEAST = 36, CELL_HEIGHT = 2 /* in widths */, ARC_STEPS = 3 /* a dot */ };
enum { DISC_COLUMNS = 120 }; /* from here on spots are discs of dots */
enum { BRAILLE = 0x2800, LIGHT_SHADE = 0x2591, SHADE = 0x2592 };

struct grid { /* dots in a cell */
	int across, down;
};

static const struct grid grids[] = {
	[GLYPHS_ASCII] = {1, 2}, [GLYPHS_BLOCKS] = {1, 2}, [GLYPHS_BRAILLE] = {2, 4}};

/* Glyphs of a cell by its dots: bit 0 the upper, bit 1 the lower. */
static const uint32_t halves[][4] = {
	[GLYPHS_ASCII] = {' ', '\'', '.', ':'}, [GLYPHS_BLOCKS] = {' ', LIGHT_SHADE, LIGHT_SHADE, SHADE}};

/* Bits of braille's dots (Unicode, block 2800), by row and column. */
static const uint8_t braille_bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};

static const uint32_t spot_glyphs[][WORLD_SIZES] = {
	[GLYPHS_ASCII] = {'o', 'O', '@'},
	[GLYPHS_BLOCKS] = {0x00b7, 0x2022, 0x25a0},
	[GLYPHS_BRAILLE] = {0x00b7, 0x2022, 0x25cf}};

/* Radius of discs: dots for one column of the map, and the least: squares and circles of 4, 12 and 24 dots. */
static const struct {
	double growth, least;
} radii[WORLD_SIZES] = {{0.004, 0.75}, {0.0105, 1.6}, {0.021, 2.6}};

bool world_fit(const struct world *in, struct world *out)
{
	out->rows = in->rows;
	out->columns = in->columns;
	if (out->columns > out->rows * ACROSS_MOST)
		out->columns = (int)(out->rows * ACROSS_MOST);
	if (out->rows > out->columns / ACROSS_LEAST)
		out->rows = (int)(out->columns / ACROSS_LEAST);
	out->x = in->x + (in->columns - out->columns) / 2;
	out->y = in->y;
	return out->rows >= ROWS_LEAST && out->columns >= COLUMNS_LEAST;
}

/* ---- projection: shares of the map's width and height ---- */

static double across(double longitude)
{
	double degrees = fmod(longitude - WEST, 360);

	return (degrees < 0 ? degrees + 360 : degrees) / 360;
}

static double down(double latitude)
{
	return (NORTH - latitude) / HEIGHT;
}

static int within(int value, int least, int most)
{
	return value < least ? least : value > most ? most : value;
}

bool world_cell(const struct world *w, struct world_place p, int *x, int *y)
{
	if (!isfinite(p.latitude) || !isfinite(p.longitude) || fabs(p.latitude) > 90)
		return false;
	*x = w->x + within((int)floor(across(p.longitude) * w->columns), 0, w->columns - 1);
	*y = w->y + within((int)floor(down(p.latitude) * w->rows), 0, w->rows - 1);
	return true;
}

/* ---- land ---- */

bool world_is_land(struct world_place p)
{
	int row = within((int)floor((90 - p.latitude) * LAND_ROWS / 180), 0, LAND_ROWS - 1);
	int column = within((int)floor((p.longitude + 180) * LAND_COLUMNS / 360), 0, LAND_COLUMNS - 1);
	bool land = false;

	for (int i = land_begins[row]; i < land_begins[row + 1] && land_edges[i] <= column; i++)
		land = !land;
	return land;
}

/* A piece of land from a to b (in dots) covers them; weight: its share of their height. */
static void cover(double *dots, int count, double a, double b, double weight)
{
	for (int i = within((int)a, 0, count - 1); i < count && i < b; i++)
		dots[i] += weight * (fmin(b, i + 1) - fmax(a, i));
}

static void cover_row(double *dots, int count, int row, double weight)
{
	for (int i = land_begins[row]; i < land_begins[row + 1]; i += 2) {
		double degrees = 360.0 / LAND_COLUMNS;
		double a = across(land_edges[i] * degrees - 180) * count;
		double b = a + (land_edges[i + 1] - land_edges[i]) * degrees / 360 * count;

		cover(dots, count, a, b, weight);
		if (b > count) /* across the map's edge */
			cover(dots, count, 0, b - count, weight);
	}
}

/* How much of each dot of a line is land; north and south: its edges. */
static void cover_line(double *dots, int count, double north, double south)
{
	double first = (90 - north) * LAND_ROWS / 180, last = (90 - south) * LAND_ROWS / 180;

	for (int i = 0; i < count; i++)
		dots[i] = 0;
	for (int row = (int)first; row < last && row < LAND_ROWS; row++)
		cover_row(dots, count, row, (fmin(last, row + 1) - fmax(first, row)) / (last - first));
}

/* One byte a dot: is it land? */
static uint8_t *make_land(int columns, int lines)
{
	uint8_t *land = mem_array((size_t)columns * (size_t)lines, 1);
	double *dots = mem_array((size_t)columns, sizeof *dots);
	double step = HEIGHT / lines;

	for (int y = 0; y < lines; y++) {
		cover_line(dots, columns, NORTH - y * step, NORTH - (y + 1) * step);
		for (int x = 0; x < columns; x++)
			land[y * columns + x] = dots[x] >= LAND_SHARE;
	}
	mem_free(dots);
	return land;
}

/* line: what is no area is told apart from land by its character where there are no dots */
static uint32_t glyph_of(enum glyphs glyphs, const uint8_t *dots, int stride, bool line)
{
	uint32_t bits = 0;

	if (glyphs != GLYPHS_BRAILLE)
		return line && (dots[0] | dots[stride]) ? '+' : halves[glyphs][dots[0] | dots[stride] << 1];
	for (int y = 0; y < 4; y++)
		for (int x = 0; x < 2; x++)
			bits |= dots[y * stride + x] ? braille_bits[y][x] : 0u;
	return bits != 0 ? BRAILLE + bits : ' ';
}

/* styles: one a cell, or NULL: all are s */
static void draw_dots(struct canvas *c, const struct world *w, const uint8_t *dots, enum style s, const uint8_t *styles)
{
	struct grid g = grids[c->glyphs];
	int stride = w->columns * g.across;

	for (int y = 0; y < w->rows; y++) {
		for (int x = 0; x < w->columns; x++) {
			uint32_t glyph = glyph_of(c->glyphs, dots + (y * g.down * stride + x * g.across), stride,
						  s == STYLE_ARC);

			if (styles != NULL)
				s = (enum style)styles[y * w->columns + x];
			if (glyph != ' ')
				canvas_glyph(c, w->x + x, w->y + y, s, glyph);
		}
	}
}

/* Inside land every second dot does: the coast stands out, and so do spots. */
static void thin(uint8_t *land, int columns, int lines)
{
	enum { LAND = 1, INSIDE = 2 };

	for (int y = 1; y + 1 < lines; y++) {
		for (int x = 1; x + 1 < columns; x++) {
			uint8_t *p = &land[y * columns + x];

			if ((x + y) % 2 != 0 && (p[0] & p[-1] & p[1] & p[-columns] & p[columns] & LAND))
				*p |= INSIDE;
		}
	}
	for (int i = 0; i < columns * lines; i++)
		land[i] = land[i] == LAND;
}

void world_draw_land(struct canvas *c, const struct world *w)
{
	struct grid g = grids[c->glyphs];
	uint8_t *land;

	if (w->columns <= 0 || w->rows <= 0)
		return;
	land = make_land(w->columns * g.across, w->rows * g.down);
	if (c->glyphs == GLYPHS_BRAILLE)
		thin(land, w->columns * g.across, w->rows * g.down);
	draw_dots(c, w, land, STYLE_LAND, NULL);
	mem_free(land);
}

/* ---- arcs ---- */

struct vector {
	double x, y, z;
};

static struct vector vector_of(struct world_place p)
{
	double latitude = p.latitude * M_PI / 180, longitude = p.longitude * M_PI / 180;

	return (struct vector){cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)};
}

/* A share of the way from a to b, which are `angle` apart. */
static struct world_place between(const struct vector *a, const struct vector *b, double angle, double share)
{
	double p = sin((1 - share) * angle) / sin(angle), q = sin(share * angle) / sin(angle);
	struct vector v = {p * a->x + q * b->x, p * a->y + q * b->y, p * a->z + q * b->z};

	return (struct world_place){atan2(v.z, hypot(v.x, v.y)) * 180 / M_PI, atan2(v.y, v.x) * 180 / M_PI};
}

static void mark(const struct world *w, struct grid g, uint8_t *dots, struct world_place p)
{
	int columns = w->columns * g.across, lines = w->rows * g.down;
	int x = (int)floor(across(p.longitude) * columns), y = (int)floor(down(p.latitude) * lines);

	if (x >= 0 && y >= 0 && x < columns && y < lines)
		dots[y * columns + x] = 1;
}

void world_draw_arc(struct canvas *c, const struct world *w, struct world_place from, struct world_place to)
{
	struct grid g = grids[c->glyphs];
	struct vector a = vector_of(from), b = vector_of(to);
	double angle = acos(fmax(-1, fmin(1, a.x * b.x + a.y * b.y + a.z * b.z)));
	int steps = w->columns * g.across * ARC_STEPS;
	uint8_t *dots;

	if (!(sin(angle) > 1e-6)) /* the same place, its antipode, or none at all */
		return;
	dots = mem_zalloc((size_t)(w->columns * g.across) * (size_t)(w->rows * g.down));
	for (int i = 0; i <= steps; i++)
		mark(w, g, dots, between(&a, &b, angle, (double)i / steps));
	draw_dots(c, w, dots, STYLE_ARC, NULL);
	mem_free(dots);
}

/* ---- points ---- */

static int by_cell(const void *a, const void *b)
{
	const struct world_spot *p = a, *q = b;

	if (p->y != q->y)
		return p->y - q->y;
	if (p->x != q->x)
		return p->x - q->x;
	if (p->weight != q->weight)
		return p->weight < q->weight ? 1 : -1;
	return (p->index > q->index) - (p->index < q->index);
}

size_t world_gather(const struct world *w, const struct world_point *points, size_t n, struct world_spot *spots)
{
	size_t found = 0, count = 0;

	for (size_t i = 0; i < n; i++) {
		struct world_spot s = {.weight = points[i].weight, .sent = points[i].sent,
				       .received = points[i].received, .index = points[i].index};

		if (world_cell(w, points[i].at, &s.x, &s.y))
			spots[found++] = s;
	}
	qsort(spots, found, sizeof *spots, by_cell);
	for (size_t i = 0; i < found; i++) {
		struct world_spot *last = count > 0 ? &spots[count - 1] : NULL;

		if (last == NULL || last->x != spots[i].x || last->y != spots[i].y) {
			spots[count++] = spots[i];
			continue;
		}
		last->weight += spots[i].weight;
		last->sent += spots[i].sent;
		last->received += spots[i].received;
	}
	return count;
}

const struct world_spot *world_nearest(const struct world_spot *spots, size_t n, int x, int y, int reach)
{
	const struct world_spot *best = NULL;
	int least = reach * reach * CELL_HEIGHT;

	for (size_t i = 0; i < n; i++) {
		int dx = spots[i].x - x, dy = (spots[i].y - y) * CELL_HEIGHT;
		int distance = dx * dx + dy * dy;

		if (distance < least || (distance == least && best == NULL)) {
			best = &spots[i];
			least = distance;
		}
	}
	return best;
}

uint32_t world_glyph(const struct canvas *c, int size)
{
	return spot_glyphs[c->glyphs][within(size, 0, WORLD_SIZES - 1)];
}

static bool has_discs(const struct canvas *c, const struct world *w)
{
	return c->glyphs == GLYPHS_BRAILLE && w->columns >= DISC_COLUMNS;
}

static double radius_of(const struct world *w, int size) /* in dots */
{
	size = within(size, 0, WORLD_SIZES - 1);
	return fmax(radii[size].least, radii[size].growth * w->columns);
}

int world_reach(const struct canvas *c, const struct world *w, int size)
{
	int dots = grids[c->glyphs].across;

	return has_discs(c, w) ? (int)ceil((radius_of(w, size) - dots / 2.0) / dots) : 0;
}

/* A disc in the middle of the spot's cell; its cells take its style. */
static void add_disc(const struct world *w, struct grid g, const struct world_spot *s, uint8_t *dots, uint8_t *styles)
{
	int columns = w->columns * g.across, lines = w->rows * g.down;
	double radius = radius_of(w, s->size);
	double middle_x = (s->x - w->x + 0.5) * g.across, middle_y = (s->y - w->y + 0.5) * g.down;
	int left = within((int)(middle_x - radius), 0, columns), right = within((int)(middle_x + radius) + 1, 0, columns);
	int top = within((int)(middle_y - radius), 0, lines), bottom = within((int)(middle_y + radius) + 1, 0, lines);

	for (int y = top; y < bottom; y++) {
		for (int x = left; x < right; x++) {
			if (hypot(x + 0.5 - middle_x, y + 0.5 - middle_y) > radius)
				continue;
			dots[y * columns + x] = 1;
			styles[y / g.down * w->columns + x / g.across] = (uint8_t)s->style;
		}
	}
}

void world_draw_spots(struct canvas *c, const struct world *w, const struct world_spot *spots, size_t n)
{
	struct grid g = grids[c->glyphs];
	size_t cells = (size_t)w->columns * (size_t)w->rows;
	uint8_t *dots = mem_zalloc(cells * (size_t)(g.across * g.down)), *styles = mem_zalloc(cells);

	for (int size = WORLD_SIZES - 1; size >= 0; size--) { /* the small ones on top */
		for (size_t i = 0; i < n; i++) {
			if (spots[i].size != size)
				continue;
			if (has_discs(c, w))
				add_disc(w, g, &spots[i], dots, styles);
			else
				canvas_glyph(c, spots[i].x, spots[i].y, spots[i].style, world_glyph(c, size));
		}
	}
	draw_dots(c, w, dots, STYLE_POINT, styles);
	mem_free(dots);
	mem_free(styles);
}
