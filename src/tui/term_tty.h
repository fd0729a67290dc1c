/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tty as bytes: modes, size, a queue that never blocks. Knows no curses and no keys. Private to
 * term.c. Main thread, but for term_restore() (term.h).
 */
#ifndef TUI_TERM_TTY_H
#define TUI_TERM_TTY_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "dpitop/err.h"

struct tty_handler {
	void (*read)(void *ctx, const void *bytes, size_t n);
	void (*drained)(void *ctx); /* the queue is empty again */
	void (*gone)(void *ctx);    /* said once */
	void *ctx;
};

enum { TTY_LEAVE = 256 };

struct tty;

/* The controlling terminal by an open file of our own: O_NONBLOCK must not leak into the shell. */
struct tty *tty_open(uv_loop_t *loop, const struct tty_handler *h, struct error *e);
void tty_close(struct tty *t); /* closes on the loop; call tty_leave() first */
void tty_size(const struct tty *t, int *columns, int *rows); /* 0 when unknown */
/* Keys one by one, no echo, signals as before. */
void tty_enter(struct tty *t);
/* What gives the screen back, sent by tty_leave() and term_restore(). */
void tty_on_leave(struct tty *t, const char *bytes, size_t n); /* TTY_LEAVE at most, copied */
/* The rest of the queue (waits up to about wait_ms), the bytes for leaving, the modes as found. */
void tty_leave(struct tty *t, int wait_ms);
/* Room for n more bytes at the end of the queue; tty_send() says how many were put there. */
char *tty_room(struct tty *t, size_t n);
void tty_send(struct tty *t, size_t n);
void tty_write(struct tty *t, const char *bytes, size_t n);
bool tty_is_busy(const struct tty *t); /* something is still in the queue */

#endif
