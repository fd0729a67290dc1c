/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How each style of the canvas looks: colour and attributes by what the terminal can. Knows no
 * curses. Constant; any thread.
 */
#ifndef TUI_STYLE_H
#define TUI_STYLE_H

#include <stdint.h>

#include "tui/canvas.h"

enum { LOOK_BOLD = 1, LOOK_DIM = 2, LOOK_UNDERLINE = 4, LOOK_REVERSE = 8 };

struct style_look {
	int16_t colour; /* of the text, number in the terminal's palette; -1: the terminal's own */
	uint8_t attributes; /* LOOK_ bits */
};

/* colours: what the terminal has; fewer than 8 or 0 (mono, NO_COLOR): attributes only. */
struct style_look style_look(enum style s, int colours);
char style_letter(enum style s);      /* for dumps; '.' normal */
const char *style_name(enum style s); /* "alarm" */

#endif
