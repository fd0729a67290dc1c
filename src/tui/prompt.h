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

struct prompt_history { /* what was typed before, newest first */
	char lines[PROMPT_HISTORY][PROMPT_TEXT];
	size_t count;
};

struct prompt {
	const char *label;
	char text[PROMPT_TEXT];
	size_t at;              /* byte the cursor stands on */
	char error[PROMPT_TEXT];
	int error_at;           /* byte, -1: not told */
	char hint[PROMPT_TEXT]; /* how the word could go on */
	struct prompt_history *history;
	long history_at;        /* 0: the new line */
	char draft[PROMPT_TEXT]; /* the new line while an old one is shown */
};

/* The history is borrowed until the next prompt_open(). */
void prompt_open(struct prompt *p, struct prompt_history *h, const char *label, const char *text);
enum prompt_result prompt_key(struct prompt *p, uint32_t key);
/* Put the cursor on the character at column x of a line that is `columns` wide. */
void prompt_click(struct prompt *p, int x, int columns);
/* The word before the cursor, letters and '_' only, and where it begins. */
size_t prompt_word(const struct prompt *p, char *buf, size_t size);
/* Complete that word by what all of `words` (a blank between two) that begin with it share; the hint says
 * which there are if more than one, and if none. */
void prompt_complete(struct prompt *p, const char *words);
/* Draws on one line; what is wrong stands behind the text, or on the line above where that is too
 * short. Returns the column of the cursor. */
int prompt_draw(const struct prompt *p, struct canvas *c, int y);

#endif
