/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small pictures of numbers inside a row of a table: the last minute as a sparkline, a share as a
 * bar, one part behind the other. Knows no units. One thread; called by panes for their cells.
 */
#include "config.h"

#include <math.h>

#include "tui/graph.h"

enum { EIGHTHS = 8, BLOCK_LOWER = 0x2580 /* + eighths */, BLOCK_LEFT = 0x2590 /* - eighths */ };

static const char spark_ascii[EIGHTHS + 1] = " .:-=+*#@";

static int eighths_of(uint32_t value, uint32_t top)
{
	uint64_t n;

	if (value == 0 || top == 0)
		return 0;
	n = ((uint64_t)value * EIGHTHS + top / 2) / top;
	return n < 1 ? 1 : n > EIGHTHS ? EIGHTHS : (int)n;
}

static uint32_t greatest(const uint32_t *values, size_t count)
{
	uint32_t most = 0;

	for (size_t i = 0; i < count; i++)
		most = values[i] > most ? values[i] : most;
	return most;
}

void spark_draw(struct canvas *c, int x, int y, int cells, enum style s, const uint32_t *values,
                size_t count, uint32_t top)
{
	if (cells <= 0)
		return;
	if (count > (size_t)cells) {
		values += count - (size_t)cells;
		count = (size_t)cells;
	}
	if (top == 0)
		top = greatest(values, count);
	canvas_fill(c, x, y, cells - (int)count, s, ' ');
	x += cells - (int)count;
	for (size_t i = 0; i < count; i++) {
		int n = eighths_of(values[i], top);

		canvas_glyph(c, x + (int)i, y, s,
		             c->glyphs == GLYPHS_ASCII || n == 0
		                     ? (uint32_t)(unsigned char)spark_ascii[n]
		                     : BLOCK_LOWER + (uint32_t)n);
	}
}

static int bar_eighths(int cells, double share)
{
	if (!(share > 0) || cells <= 0)
		return 0;
	if (share >= 1)
		return cells * EIGHTHS;
	int n = (int)lround(share * cells * EIGHTHS);

	return n < 1 ? 1 : n;
}

static uint32_t bar_glyph(enum glyphs glyphs, int eighths, char full)
{
	if (glyphs == GLYPHS_ASCII)
		return eighths == EIGHTHS ? (uint32_t)full : '-';
	return BLOCK_LEFT - (uint32_t)eighths;
}

void bar_draw(struct canvas *c, int x, int y, int cells, enum style s, double share)
{
	bar_draw_split(c, x, y, cells, s, s, share, 1);
}

void bar_draw_split(struct canvas *c, int x, int y, int cells, enum style first, enum style second,
                    double share, double first_part)
{
	int all = bar_eighths(cells, share), before = 0;

	if (first_part > 0)
		before = first_part >= 1 ? all : (int)lround(all * first_part);
	for (int i = 0; i < cells; i++) {
		int filled = all - i * EIGHTHS, ours = before - i * EIGHTHS;

		filled = filled > EIGHTHS ? EIGHTHS : filled;
		if (filled <= 0)
			canvas_fill(c, x + i, y, 1, STYLE_NORMAL, ' ');
		else if (2 * ours >= filled)
			canvas_glyph(c, x + i, y, first, bar_glyph(c->glyphs, filled, '#'));
		else
			canvas_glyph(c, x + i, y, second, bar_glyph(c->glyphs, filled, '='));
	}
}
