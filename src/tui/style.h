/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How each style looks: themes as data. style.c answers, themes.c holds the tables. Constant; any
 * thread.
 */
#ifndef TUI_STYLE_H
#define TUI_STYLE_H

#include <stddef.h>
#include <stdint.h>

#include "tui/canvas.h"

enum { LOOK_BOLD = 1, LOOK_DIM = 2, LOOK_UNDERLINE = 4, LOOK_REVERSE = 8 };

enum theme_number { THEME_DEFAULT, THEME_LIGHT, THEME_HIGH_CONTRAST, THEME_MONO, THEME_COUNT };

struct style_look {
	int16_t colour; /* of the text, number in the terminal's palette; -1: the terminal's own */
	int16_t back;   /* of the background, likewise */
	uint8_t attributes; /* LOOK_ bits */
};

/* colours: what the terminal has; fewer than 8 or 0 (NO_COLOR), and the theme mono: attributes only. */
struct style_look style_look(enum style s, int theme, int colours);
char style_letter(enum style s);      /* for dumps; '.' normal */
const char *style_name(enum style s); /* "alarm" */

struct theme_look { /* colour 0: the theme's text (black is no text colour of any) */
	uint8_t colour, attributes;
};

struct theme {
	const char *name, *help;
	int16_t text, back;   /* with 256 colours; -1: the terminal's own */
	int16_t text8, back8; /* with 8 */
	/* A line that is left out is the default theme's. */
	struct { struct theme_look many, few; } looks[STYLE_COUNT];
};

extern const struct theme themes[THEME_COUNT];
const char *theme_name(size_t i); /* NULL: there are no more */

#endif
