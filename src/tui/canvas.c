/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cells in memory. Two things hold whatever is drawn where: a wide character is followed by its
 * empty second half or is not there at all, and on a canvas of ASCII every cell is ASCII. Knows no
 * terminal and no colour. One thread; called by everything that draws, and by tests.
 */
#include "config.h"

#include "tui/canvas.h"

#include <stdarg.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "tui/style.h"

enum { PRINTF_TEXT = 1024, UNKNOWN = '?', ELLIPSIS = 0x2026 };

struct stand_in {
	uint16_t from, to; /* code points, both ends count */
	char ascii;
};

/* What dpitop itself draws beyond ASCII (Unicode: arrows, box drawing, blocks, shapes). */
static const struct stand_in stand_ins[] = {
	{0x00a0, 0x00a0, ' '}, {0x00b1, 0x00b1, '~'}, {0x00b5, 0x00b5, 'u'}, {0x00b7, 0x00b7, '.'},
	{0x00d7, 0x00d7, 'x'}, {0x03a3, 0x03a3, 'S'}, {0x2010, 0x2015, '-'}, {0x2018, 0x2019, '\''},
	{0x201c, 0x201d, '"'}, {0x2022, 0x2022, '*'}, {0x2026, 0x2026, '~'}, {0x2190, 0x2190, '<'},
	{0x2191, 0x2191, '^'}, {0x2192, 0x2192, '>'}, {0x2193, 0x2193, 'v'}, {0x2194, 0x2194, '-'},
	{0x2211, 0x2211, 'S'}, {0x221e, 0x221e, '8'}, {0x2500, 0x2501, '-'}, {0x2502, 0x2503, '|'},
	{0x2504, 0x2505, '-'}, {0x2506, 0x2507, '|'}, {0x2508, 0x2509, '-'}, {0x250a, 0x250b, '|'},
	{0x250c, 0x254b, '+'}, {0x254c, 0x254d, '-'}, {0x254e, 0x254f, '|'}, {0x2550, 0x2550, '='},
	{0x2551, 0x2551, '|'}, {0x2552, 0x2570, '+'}, {0x2571, 0x2571, '/'}, {0x2572, 0x2572, '\\'},
	{0x2573, 0x2573, 'X'}, {0x2574, 0x2574, '-'}, {0x2580, 0x2580, '"'}, {0x2581, 0x2582, '_'},
	{0x2583, 0x2584, '='}, {0x2585, 0x2588, '#'}, {0x2589, 0x258f, '|'}, {0x2590, 0x2590, '|'},
	{0x2591, 0x2591, '.'}, {0x2592, 0x2592, ':'}, {0x2593, 0x2593, '#'}, {0x25a0, 0x25a0, '#'},
	{0x25b2, 0x25b4, '^'}, {0x25b6, 0x25b8, '>'}, {0x25bc, 0x25be, 'v'}, {0x25c0, 0x25c2, '<'},
	{0x25c6, 0x25c7, '*'}, {0x25cb, 0x25cb, 'o'}, {0x25cf, 0x25cf, '*'}, {0x2605, 0x2606, '*'},
	{0x2713, 0x2714, 'v'}, {0x2717, 0x2718, 'x'}, {0x2801, 0x28ff, ':'},
};

static char ascii_for(uint32_t codepoint)
{
	size_t low = 0, high = sizeof stand_ins / sizeof *stand_ins;

	if (codepoint >= 0x20 && codepoint < 0x7f)
		return (char)codepoint;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (codepoint < stand_ins[middle].from)
			high = middle;
		else if (codepoint > stand_ins[middle].to)
			low = middle + 1;
		else
			return stand_ins[middle].ascii;
	}
	return UNKNOWN;
}

static struct cell *cell_at(const struct canvas *c, int x, int y)
{
	if (x < 0 || y < 0 || x >= c->columns || y >= c->rows)
		return NULL;
	return &c->cells[(size_t)y * (size_t)c->columns + (size_t)x];
}

static void cell_blank(struct cell *cell, uint8_t style)
{
	memset(cell, 0, sizeof *cell);
	cell->text[0] = ' ';
	cell->style = style;
}

/* The cell at (x, y) is about to change: a wide character of which it was a half becomes blanks. */
static struct cell *cell_take(struct canvas *c, int x, int y)
{
	struct cell *cell = cell_at(c, x, y);

	if (cell == NULL)
		return NULL;
	if (cell->text[0] == '\0' && x > 0)
		cell_blank(cell - 1, cell[-1].style);
	if (x + 1 < c->columns && cell[1].text[0] == '\0')
		cell_blank(cell + 1, cell[1].style);
	return cell;
}

static void put_one(struct canvas *c, int x, int y, enum style s, uint32_t codepoint)
{
	struct cell *cell = cell_take(c, x, y);

	if (cell == NULL)
		return;
	memset(cell, 0, sizeof *cell);
	cell->style = (uint8_t)s;
	if (c->glyphs == GLYPHS_ASCII ||
	    text_put(cell->text, sizeof cell->text - 1, codepoint) == 0)
		cell->text[0] = ascii_for(codepoint);
}

/* Both halves, or blanks where only one of them is on the canvas. */
static void put_wide(struct canvas *c, int x, int y, enum style s, uint32_t codepoint)
{
	bool whole = cell_at(c, x, y) != NULL && cell_at(c, x + 1, y) != NULL;

	put_one(c, x, y, s, whole ? codepoint : ' ');
	put_one(c, x + 1, y, s, ' ');
	if (whole && c->glyphs != GLYPHS_ASCII)
		cell_at(c, x + 1, y)->text[0] = '\0';
}

/* Of the characters without width only marks are let through: a control must not reach a terminal
 * even if a caller forgot text_clean(). */
static bool is_mark(uint32_t codepoint)
{
	char probe[8] = "a";

	if (codepoint < 0x300)
		return false;
	return text_put(probe + 1, sizeof probe - 2, codepoint) != 0 && text_is_clean(probe);
}

static void put_mark(struct canvas *c, int x, int y, uint32_t codepoint)
{
	struct cell *cell = cell_at(c, x, y);
	size_t n;
	int marks = -1; /* the base is none */

	if (cell == NULL || c->glyphs == GLYPHS_ASCII)
		return;
	if (cell->text[0] == '\0' && x > 0)
		cell--; /* on the first half of a wide one */
	for (const char *at = cell->text; text_next(&at) != 0;)
		marks++;
	if (marks >= TEXT_MARKS_MAX)
		return;
	n = strlen(cell->text);
	text_put(cell->text + n, sizeof cell->text - 1 - n, codepoint);
}

void canvas_init(struct canvas *c, int columns, int rows, enum glyphs glyphs)
{
	c->columns = c->rows = 0;
	c->glyphs = glyphs;
	c->cells = NULL;
	canvas_resize(c, columns, rows);
}

void canvas_release(struct canvas *c)
{
	mem_free(c->cells);
	c->cells = NULL;
	c->columns = c->rows = 0;
}

void canvas_resize(struct canvas *c, int columns, int rows)
{
	mem_free(c->cells);
	c->columns = columns > 0 ? columns : 0;
	c->rows = rows > 0 ? rows : 0;
	c->cells = mem_array((size_t)c->columns * (size_t)c->rows + 1, sizeof *c->cells);
	canvas_clear(c);
}

void canvas_clear(struct canvas *c)
{
	size_t n = (size_t)c->columns * (size_t)c->rows;

	for (size_t i = 0; i < n; i++)
		cell_blank(&c->cells[i], STYLE_NORMAL);
}

int canvas_put(struct canvas *c, int x, int y, int cells, enum style s, const char *text)
{
	int used = 0, base = -1;
	uint32_t codepoint;

	if (x >= c->columns || y < 0 || y >= c->rows)
		return 0;
	while (x + used <= c->columns && (codepoint = text_next(&text)) != 0) {
		int width = text_cell(codepoint);

		if (width == 0 && is_mark(codepoint)) {
			if (base >= 0)
				put_mark(c, base, y, codepoint);
			continue;
		}
		if (used >= cells)
			break;
		base = x + used;
		if (width == 2 && used + 2 <= cells) {
			put_wide(c, base, y, s, codepoint);
			used += 2;
		} else {
			put_one(c, base, y, s, width == 1 ? codepoint : width == 2 ? ' ' : UNKNOWN);
			used++;
		}
	}
	return used;
}

/* The end of text that is at most `cells` wide. */
static const char *text_tail(const char *text, int width, int cells)
{
	while (width > cells)
		width -= text_cell(text_next(&text));
	for (const char *next = text; *next != '\0' && text_cell(text_next(&next)) == 0;)
		text = next; /* marks whose base is gone */
	return text;
}

void canvas_field(struct canvas *c, int x, int y, int cells, enum style s, const char *text,
                  bool right, bool keep_end)
{
	int width = text_width(text), used;

	if (cells <= 0)
		return;
	if (cells > c->columns - x)
		canvas_fill(c, x, y, c->columns - x, s, ' ');
	else
		canvas_fill(c, x, y, cells, s, ' ');
	if (width <= cells) {
		canvas_put(c, right ? x + cells - width : x, y, cells, s, text);
	} else if (keep_end) {
		text = text_tail(text, width, cells - 1);
		used = text_width(text); /* one less than there is room for before a wide one */
		x += right ? cells - 1 - used : 0;
		put_one(c, x, y, s, ELLIPSIS);
		canvas_put(c, x + 1, y, cells - 1, s, text);
	} else {
		text_fit(text, cells - 1, &used);
		x += right ? cells - 1 - used : 0;
		canvas_put(c, x, y, used, s, text);
		put_one(c, x + used, y, s, ELLIPSIS);
	}
}

int canvas_printf(struct canvas *c, int x, int y, int cells, enum style s, const char *format, ...)
{
	char text[PRINTF_TEXT];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, i18n(format), arguments);
	va_end(arguments);
	return canvas_put(c, x, y, cells, s, text);
}

void canvas_glyph(struct canvas *c, int x, int y, enum style s, uint32_t codepoint)
{
	put_one(c, x, y, s, text_cell(codepoint) == 1 ? codepoint : UNKNOWN);
}

void canvas_fill(struct canvas *c, int x, int y, int cells, enum style s, char ch)
{
	int end = cells < c->columns - x ? x + cells : c->columns;

	for (x = x > 0 ? x : 0; x < end; x++)
		put_one(c, x, y, s, ch >= 0x20 && ch < 0x7f ? (uint32_t)ch : UNKNOWN);
}

void canvas_copy(struct canvas *c, int x, int y, int rows, const struct canvas *from, int first)
{
	for (int row = 0; row < rows; row++) {
		for (int column = 0; column < from->columns; column++) {
			struct cell *to = cell_at(c, x + column, y + row);

			if (to != NULL && first + row >= 0 && first + row < from->rows)
				*to = from->cells[(first + row) * from->columns + column];
		}
	}
}

void canvas_style(struct canvas *c, int x, int y, int cells, enum style s)
{
	int end = cells < c->columns - x ? x + cells : c->columns;

	for (x = x > 0 ? x : 0; x < end; x++) {
		struct cell *cell = cell_at(c, x, y);

		if (cell != NULL)
			cell->style = (uint8_t)s;
	}
}

static void dump_styles(const struct cell *row, int columns, FILE *out)
{
	while (columns > 0 && row[columns - 1].style == STYLE_NORMAL)
		columns--;
	for (int x = 0; x < columns; x++)
		fputc(style_letter(row[x].style), out);
	fputc('\n', out);
}

void canvas_dump(const struct canvas *c, bool attributes, FILE *out)
{
	for (int y = 0; y < c->rows; y++) {
		const struct cell *row = cell_at(c, 0, y);
		int columns = c->columns;

		while (columns > 0 && strcmp(row[columns - 1].text, " ") == 0)
			columns--;
		for (int x = 0; x < columns; x++)
			fputs(row[x].text, out);
		fputc('\n', out);
		if (attributes)
			dump_styles(row, c->columns, out);
	}
}
