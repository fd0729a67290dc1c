/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Curses, kept in one file: a canvas becomes the bytes that turn what the terminal shows into it.
 * Opens no terminal and reads no keys. Curses has state of its own: one at a time. Private to
 * term.c. Main thread.
 */
#ifndef TUI_TERM_CURSES_H
#define TUI_TERM_CURSES_H

#include <stdbool.h>
#include <stddef.h>

#include "dpitop/err.h"
#include "tui/canvas.h"
#include "tui/term_input.h"

struct term_curses;

/* By TERM. NULL: e says why it cannot be used. */
struct term_curses *term_curses_open(bool colour, struct error *e);
/* Theme, and whether characters beyond ASCII may be sent; what is shown is drawn anew next time. */
void term_curses_look(struct term_curses *c, int theme, bool utf8);
int term_curses_colours(const struct term_curses *c); /* that it may use */
void term_curses_close(struct term_curses *c);
void term_curses_keys(const struct term_curses *c, struct input *in); /* its own sequences */
/* It understands what xterm does: mouse, bracketed paste, clipboard. */
bool term_curses_is_xterm(const struct term_curses *c);
enum glyphs term_curses_glyphs(const struct term_curses *c);
/* What tells the terminal to send keys as we expect, and what undoes it and everything else. Return
 * the bytes written. */
size_t term_curses_enter(const struct term_curses *c, bool mouse, char *buf, size_t size);
size_t term_curses_mouse(const struct term_curses *c, bool on, char *buf, size_t size);
size_t term_curses_leave(const struct term_curses *c, bool mouse, char *buf, size_t size);
/* 0: what terminfo says. */
void term_curses_resize(struct term_curses *c, int *columns, int *rows);
void term_curses_forget(struct term_curses *c); /* it shows something else now: all anew */
void term_curses_pause(struct term_curses *c);  /* it was given back: begin anew when drawing */
/* The next picture, or the last one again if canvas is NULL. cursor_x < 0 hides the cursor. *bytes
 * is good until the next call. */
size_t term_curses_draw(struct term_curses *c, const struct canvas *canvas, int cursor_x,
                        int cursor_y, const char **bytes);

#endif
