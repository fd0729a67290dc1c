/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The terminal: the only file that knows curses. Curses writes into memory; what it wrote goes to
 * the tty without ever blocking the loop, and frames are left out while the tty does not take them.
 * Main thread.
 */
#ifndef TUI_TERM_H
#define TUI_TERM_H

#include <uv.h>

#include "dpitop/err.h"
#include "tui/canvas.h"

enum term_key { /* beyond Unicode; characters come as their code points */
	KEY_CODE_NONE = 0, KEY_CODE_BASE = 0x200000, KEY_CODE_UP, KEY_CODE_DOWN, KEY_CODE_LEFT,
	KEY_CODE_RIGHT, KEY_CODE_PAGE_UP, KEY_CODE_PAGE_DOWN, KEY_CODE_HOME, KEY_CODE_END,
	KEY_CODE_INSERT, KEY_CODE_DELETE, KEY_CODE_BACKSPACE, KEY_CODE_TAB, KEY_CODE_BACK_TAB,
	KEY_CODE_ENTER, KEY_CODE_ESCAPE, KEY_CODE_MOUSE, KEY_CODE_F1 /* .. F12: + n - 1 */,
	KEY_CODE_F12 = KEY_CODE_F1 + 11
	/* ctrl-A .. ctrl-Z come as 1 .. 26, but for Tab (9), Enter (10, 13), Backspace (8, 127) */
};

struct term_event {
	uint32_t key; /* code point or enum term_key */
	int x, y;     /* mouse */
	enum { MOUSE_CLICK, MOUSE_DOUBLE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN } mouse;
};

struct term_handler {
	void (*event)(void *ctx, const struct term_event *e);
	void (*settled)(void *ctx); /* all events at hand have been told: time to draw */
	void (*resize)(void *ctx, int columns, int rows);
	void (*resume)(void *ctx); /* after ctrl-Z and fg: draw anew */
	void (*gone)(void *ctx);   /* the terminal was closed: leave */
	void *ctx;
};

struct term;

struct term_look { /* as the user likes it, so far as the terminal and the locale can */
	int theme;  /* enum theme_number; NO_COLOR in the environment: attributes only */
	int glyphs; /* 0: what it seems to show well, else 1 + enum glyphs */
	bool mouse; /* clicks and wheel come as events */
};

/* Open /dev/tty, draw nothing yet. NULL: e says why; a TERM without cursor addressing is refused in
 * one line that names --batch. */
struct term *term_open(uv_loop_t *loop, const struct term_handler *h, const struct term_look *look,
                       struct error *e);
/* Another look, now. The next picture is drawn anew; term_glyphs() says what came of it. */
void term_change(struct term *t, const struct term_look *look);
int term_colours(const struct term *t); /* 256, 8 ...; 0: none, or not to be used */
void term_close(struct term *t); /* terminal as it was found; handles close on the loop */
void term_size(const struct term *t, int *columns, int *rows);
enum glyphs term_glyphs(const struct term *t);
/* Show the canvas; cursor_x < 0 hides the cursor. False if the tty is still busy with the last
 * frame: the frame is left out and the newest canvas given is shown as soon as the tty is ready
 * (term calls h->resume). */
bool term_show(struct term *t, const struct canvas *c, int cursor_x, int cursor_y);
void term_suspend(struct term *t); /* ctrl-Z: gives the terminal back, stops, and comes back */
void term_redraw(struct term *t);  /* ctrl-L: everything anew */
/* To the clipboard by OSC 52. False: this terminal does not know it, or the text is too long. */
bool term_copy(struct term *t, const char *text);
/* Pasted text comes as characters (controls left out) while on, as in a prompt; else it is dropped:
 * it shall not act as keys. */
void term_accept_paste(struct term *t, bool on);
void term_restore(void); /* async-signal-safe */

#endif
