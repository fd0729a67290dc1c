/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The screen as cells in memory: panes draw here, term.c shows it, tests dump it. Knows no
 * terminal. One thread.
 */
#ifndef TUI_CANVAS_H
#define TUI_CANVAS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum style { /* what a cell means; tui/style.c says how it looks */
	STYLE_NORMAL, STYLE_DIM, STYLE_BOLD, STYLE_TITLE, STYLE_HEADER, STYLE_TAB,
	STYLE_TAB_ACTIVE, STYLE_CURSOR, STYLE_TAGGED, STYLE_SUM, STYLE_SENT, STYLE_RECEIVED,
	STYLE_LOCAL, STYLE_GOOD, STYLE_WARN, STYLE_ALARM, STYLE_KEY, STYLE_KEY_TEXT,
	STYLE_GRAPH_OUT, STYLE_GRAPH_IN, STYLE_AXIS, STYLE_LINK, STYLE_PROMPT, STYLE_BANNER,
	STYLE_LAND, STYLE_ARC, STYLE_HOME, STYLE_POINT, STYLE_POINT_SENT, STYLE_POINT_RECEIVED,
	STYLE_HEAT_1, STYLE_HEAT_2, STYLE_HEAT_3, STYLE_HEAT_4, STYLE_HEAT_5, /* little to most */
	STYLE_COUNT
};

enum glyphs { GLYPHS_ASCII, GLYPHS_BLOCKS, GLYPHS_BRAILLE }; /* what the terminal can show */

struct cell {
	char text[12]; /* one character with up to two marks, UTF-8; "" behind a wide one */
	uint8_t style; /* enum style */
};

struct canvas {
	int columns, rows;
	enum glyphs glyphs;
	struct cell *cells; /* rows x columns */
};

void canvas_init(struct canvas *c, int columns, int rows, enum glyphs glyphs);
void canvas_release(struct canvas *c);
void canvas_resize(struct canvas *c, int columns, int rows); /* clears */
void canvas_clear(struct canvas *c);
/* Clean UTF-8 at (x, y), at most `cells` wide (cut, not wrapped; outside is clipped; a wide
 * character that would be split becomes a blank). Returns the cells used. */
int canvas_put(struct canvas *c, int x, int y, int cells, enum style s, const char *text);
/* As canvas_put(), cut with an ellipsis (keep_end: at the start) and padded with blanks; right
 * aligned on wish. */
void canvas_field(struct canvas *c, int x, int y, int cells, enum style s, const char *text,
                  bool right, bool keep_end);
int canvas_printf(struct canvas *c, int x, int y, int cells, enum style s, const char *format, ...)
	__attribute__((format(printf, 6, 7)));
void canvas_glyph(struct canvas *c, int x, int y, enum style s, uint32_t codepoint); /* one cell */
void canvas_fill(struct canvas *c, int x, int y, int cells, enum style s, char ch);
/* Rows `first` and on of another canvas, as they are. */
void canvas_copy(struct canvas *c, int x, int y, int rows, const struct canvas *from, int first);
/* Change the style only. */
void canvas_style(struct canvas *c, int x, int y, int cells, enum style s);
/* Lines of text without trailing blanks; with attributes a line of style letters follows each
 * ('.' normal). */
void canvas_dump(const struct canvas *c, bool attributes, FILE *out);

#endif
