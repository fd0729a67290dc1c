/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a terminal sends, made into events. Bytes in, events out: no terminal, no clock, no
 * allocation. Private to term.c and its test. Main thread.
 */
#ifndef TUI_TERM_INPUT_H
#define TUI_TERM_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/term.h"

enum { INPUT_PENDING = 64, INPUT_SEQUENCE = 16, INPUT_SEQUENCES = 40 };

struct input_sequence {
	char text[INPUT_SEQUENCE];
	size_t length;
	uint32_t key;
};

struct input {
	void (*event)(void *ctx, const struct term_event *e);
	void *ctx;
	bool utf8;         /* else only ASCII comes through */
	bool accept_paste; /* pasted text comes as keys; else it is dropped */
	bool pasting;
	uint8_t pending[INPUT_PENDING + 1]; /* not yet a whole key */
	size_t length;
	struct input_sequence sequences[INPUT_SEQUENCES]; /* from terminfo; tried first */
	size_t count;
	uint64_t now_ms, click_ms; /* of this and of the last click */
	int click_x, click_y;
};

void input_init(struct input *in, bool utf8, void (*event)(void *ctx, const struct term_event *e),
                void *ctx);
/* This terminal's own sequence for a key. Only what begins with Esc is taken; more than there is
 * room for is not. */
void input_add(struct input *in, const char *sequence, uint32_t key);
void input_feed(struct input *in, const void *bytes, size_t n, uint64_t now_ms);
/* How long to wait for the rest of what has begun until input_timeout(); 0: nothing has. */
unsigned input_wait_ms(const struct input *in);
void input_timeout(struct input *in); /* the rest does not come: Esc was a key of its own */
void input_forget(struct input *in);  /* after a suspension */

#endif
