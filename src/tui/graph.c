/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Curves of numbers over time, up from an axis or down from it: two by four dots in a cell with
 * braille, eighths of blocks, or two heights of ASCII. Cells without a curve are left as they are.
 * Knows no units and no flows. One thread; called by the panes that draw a graph.
 */
#include "config.h"

#include "tui/graph.h"

#include <math.h>

enum {
	BRAILLE = 0x2800,
	BLOCK_LOWER = 0x2580 /* + eighths */,
	BLOCK_UPPER_HALF = 0x2580,
	BLOCK_UPPER_EIGHTH = 0x2594,
	BLOCK_FULL = 0x2588,
	LINE = 0x2500
};

/* Dots of one column of a cell, by how many of the four are set, upwards and downwards (Unicode,
 * block 2800: dots 1 to 8 are bits 0 to 7). */
static const uint8_t left_up[] = {0, 0x40, 0x44, 0x46, 0x47},
		     right_up[] = {0, 0x80, 0xa0, 0xb0, 0xb8};
static const uint8_t left_down[] = {0, 0x01, 0x03, 0x07, 0x47},
		     right_down[] = {0, 0x08, 0x18, 0x38, 0xb8};

struct glyph_kind {
	int slots;  /* values in a cell, side by side */
	int levels; /* heights in a cell */
};

static const struct glyph_kind kinds[] = {
	[GLYPHS_ASCII] = {1, 2}, [GLYPHS_BLOCKS] = {1, 8}, [GLYPHS_BRAILLE] = {2, 4}};

/* One half of the picture: a curve that grows away from its axis, perhaps with another on top. */
struct band {
	const double *near, *far; /* far: NULL or what comes on top of near */
	enum style near_style, far_style;
	int y, rows; /* y: the row at the axis */
	bool down;
	double top;
};

size_t graph_capacity(const struct canvas *c, int columns)
{
	return columns > 0 ? (size_t)columns * (size_t)kinds[c->glyphs].slots : 0;
}

static double value_at(const double *values, size_t i)
{
	return values != NULL && values[i] > 0 ? values[i] : 0; /* a gap (NaN) is not > 0 */
}

static bool is_stacked(const struct graph *g)
{
	return g->shape == GRAPH_STACKED || g->rows < 2;
}

static double round_up(double value)
{
	static const double steps[] = {1, 1.5, 2, 3, 5, 7.5, 10};
	double unit = pow(10, floor(log10(value)));
	size_t i = 0;

	while (i + 1 < sizeof steps / sizeof *steps && steps[i] * unit < value)
		i++;
	return steps[i] * unit;
}

double graph_top(const struct canvas *c, const struct graph *g)
{
	size_t capacity = graph_capacity(c, g->columns);
	size_t i = g->count > capacity ? g->count - capacity : 0;
	double most = 0;

	for (; i < g->count; i++) {
		double out = value_at(g->out, i), in = value_at(g->in, i);

		most = fmax(most, is_stacked(g) ? out + in : fmax(out, in));
	}
	return most > 0 && isfinite(most) ? round_up(most) : 1;
}

double graph_share(double value, double top, bool log)
{
	double share;

	if (!(value > 0) || !(top > 0))
		return 0;
	share = log ? 1 + log10(value / top) / GRAPH_DECADES : value / top;
	return share < 0 ? 0 : share > 1 ? 1 : share;
}

/* Height in levels; what is more than 0 has one at least. */
static int height_of(const struct graph *g, const struct band *b, int levels, double value)
{
	int height = (int)lround(graph_share(value, b->top, g->log) * b->rows * levels);

	return value > 0 && height < 1 ? 1 : height;
}

static int within(int value, int most)
{
	return value < 0 ? 0 : value > most ? most : value;
}

static uint32_t block_of(bool down, int eighths)
{
	if (!down || eighths == 0 || eighths == 8)
		return BLOCK_LOWER + (uint32_t)eighths;
	return eighths < 3 ? BLOCK_UPPER_EIGHTH : eighths < 7 ? BLOCK_UPPER_HALF : BLOCK_FULL;
}

static uint32_t glyph_of(enum glyphs glyphs, bool down, bool far, const int heights[2])
{
	if (glyphs == GLYPHS_ASCII) /* without colour, too, the one on top is another */
		return heights[0] > 1 ? (far ? ':' : '|') : down ? '\'' : '.';
	if (glyphs == GLYPHS_BLOCKS)
		return block_of(down, heights[0]);
	return BRAILLE + (down ? left_down[heights[0]] | right_down[heights[1]]
	                       : left_up[heights[0]] | right_up[heights[1]]);
}

/* One column of cells; near and far: heights of its slots, far with near below it. */
static void draw_column(struct canvas *c, const struct band *b, int x, const int near[2],
                        const int far[2])
{
	struct glyph_kind kind = kinds[c->glyphs];

	for (int row = 0; row < b->rows; row++) {
		int heights[2] = {0, 0}, near_part = 0, far_part = 0;
		bool is_far;

		for (int slot = 0; slot < kind.slots; slot++) {
			int below = within(near[slot] - row * kind.levels, kind.levels);

			heights[slot] = within(far[slot] - row * kind.levels, kind.levels);
			near_part += below;
			far_part += heights[slot] - below;
		}
		if (near_part + far_part == 0)
			break;
		is_far = far_part > near_part;
		canvas_glyph(c, x, b->down ? b->y + row : b->y - row,
		             is_far ? b->far_style : b->near_style,
		             glyph_of(c->glyphs, b->down, is_far, heights));
	}
}

static void draw_band(struct canvas *c, const struct graph *g, const struct band *b)
{
	struct glyph_kind kind = kinds[c->glyphs];
	size_t capacity = graph_capacity(c, g->columns);

	for (int column = 0; column < g->columns; column++) {
		int near[2] = {0, 0}, far[2] = {0, 0};

		for (int slot = 0; slot < kind.slots; slot++) {
			/* counted from the right edge, where the newest is */
			size_t age = capacity - 1 - (size_t)(column * kind.slots + slot);
			double below, all;

			if (age >= g->count)
				continue;
			below = value_at(b->near, g->count - 1 - age);
			all = below + value_at(b->far, g->count - 1 - age);
			far[slot] = height_of(g, b, kind.levels, all);
			near[slot] = all > 0 ? (int)lround(far[slot] * (below / all)) : 0;
		}
		draw_column(c, b, g->x + column, near, far);
	}
}

static void draw_axis(struct canvas *c, const struct graph *g, int y)
{
	for (int x = 0; x < g->columns; x++)
		canvas_glyph(c, g->x + x, y, STYLE_AXIS, LINE);
}

void graph_draw(struct canvas *c, const struct graph *g)
{
	int half = g->rows / 2;
	double top = g->top > 0 ? g->top : graph_top(c, g);
	struct band stack = {.near = g->in,
	                     .near_style = STYLE_GRAPH_IN,
	                     .far = g->out,
	                     .far_style = STYLE_GRAPH_OUT,
	                     .y = g->y + g->rows - 1,
	                     .rows = g->rows,
	                     .top = top};
	struct band up = {.near = g->out,
	                  .near_style = STYLE_GRAPH_OUT,
	                  .y = g->y + half - 1,
	                  .rows = half,
	                  .top = top};
	struct band down = {.near = g->in,
	                    .near_style = STYLE_GRAPH_IN,
	                    .y = g->y + g->rows - half,
	                    .rows = half,
	                    .top = top,
	                    .down = true};

	if (g->columns <= 0 || g->rows <= 0)
		return;
	if (is_stacked(g)) {
		draw_band(c, g, &stack);
		return;
	}
	draw_band(c, g, &up);
	draw_band(c, g, &down);
	if (g->rows % 2 != 0)
		draw_axis(c, g, g->y + half);
}
