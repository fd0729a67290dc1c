/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A line the user types: cursor, history of this session, and what is wrong with it while it is typed.
 * Knows neither terminal nor filter. Main thread.
 */
#ifndef TUI_PROMPT_H
#define TUI_PROMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/canvas.h"

enum { PROMPT_TEXT = 256, PROMPT_HISTORY = 16 };
enum prompt_result { PROMPT_GOES_ON, PROMPT_DONE, PROMPT_CANCELLED };

struct prompt {
	const char *label;
	char text[PROMPT_TEXT];
	size_t at;              /* byte the cursor stands on */
	char error[PROMPT_TEXT];
	int error_at;           /* byte, -1: not told */
	char history[PROMPT_HISTORY][PROMPT_TEXT];
	size_t history_count;
	long history_at;        /* 0: the new line */
};

void prompt_open(struct prompt *p, const char *label, const char *text);
enum prompt_result prompt_key(struct prompt *p, uint32_t key);
/* Put the cursor on the character at column x of a line that is `columns` wide. */
void prompt_click(struct prompt *p, int x, int columns);
/* Draws on one line; returns the column of the cursor. */
int prompt_draw(const struct prompt *p, struct canvas *c, int y);

#endif
