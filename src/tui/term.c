/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The terminal as one thing: tty (term_tty.c), pictures (term_curses.c) and keys (term_input.c) on
 * the loop, and what happens to a terminal from outside: another size, ctrl-Z and fg, its end. Main
 * thread; called by the screen's owner.
 */
#include "config.h"

#include "tui/term.h"

#include <langinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/mem.h"
#include "tui/term_curses.h"
#include "tui/term_input.h"
#include "tui/term_tty.h"

enum { ON_RESIZE, ON_STOP, ON_CONTINUE, SIGNALS };
enum { CLOSE_WAIT_MS = 1000, SUSPEND_WAIT_MS = 200, SAME_CONTINUE_MS = 200, COPY_BYTES = 72 << 10 };

struct term {
	struct term_handler handler;
	struct tty *tty;
	struct term_curses *curses;
	struct input input;
	uv_loop_t *loop;
	uv_timer_t wait; /* for the rest of a sequence */
	uv_signal_t signals[SIGNALS];
	int handles; /* that are open */
	int columns, rows, cursor_x, cursor_y;
	int said_columns, said_rows; /* what the tty said, which may be nothing or too much */
	struct term_look look;
	bool utf8; /* of the locale */
	bool shown, left_out, closing;
	uint64_t resumed_ms;
};

static const int signal_numbers[SIGNALS] = {
	[ON_RESIZE] = SIGWINCH, [ON_STOP] = SIGTSTP, [ON_CONTINUE] = SIGCONT};

static void on_wait(uv_timer_t *timer)
{
	struct term *t = timer->data;

	input_timeout(&t->input);
	if (!t->closing)
		t->handler.settled(t->handler.ctx);
}

static void on_read(void *ctx, const void *bytes, size_t n)
{
	struct term *t = ctx;
	unsigned wait;

	input_feed(&t->input, bytes, n, uv_now(t->loop));
	if (t->closing)
		return;
	t->handler.settled(t->handler.ctx);
	wait = input_wait_ms(&t->input);
	if (wait > 0)
		uv_timer_start(&t->wait, on_wait, wait, 0);
	else
		uv_timer_stop(&t->wait);
}

static void on_event(void *ctx, const struct term_event *e)
{
	struct term *t = ctx;

	if (!t->closing)
		t->handler.event(t->handler.ctx, e);
}

static void on_drained(void *ctx)
{
	struct term *t = ctx;

	if (!t->left_out || t->closing)
		return;
	t->left_out = false;
	t->handler.resume(t->handler.ctx);
}

static void on_gone(void *ctx)
{
	struct term *t = ctx;

	if (!t->closing)
		t->handler.gone(t->handler.ctx);
}

/* Take the tty's size. Is it another? */
static bool resize(struct term *t)
{
	int columns, rows;
	char bytes[TTY_LEAVE];

	tty_size(t->tty, &columns, &rows);
	if (t->columns != 0 && columns == t->said_columns && rows == t->said_rows)
		return false;
	t->said_columns = columns;
	t->said_rows = rows;
	term_curses_resize(t->curses, &columns, &rows);
	t->columns = columns;
	t->rows = rows;
	if (t->shown)
		tty_on_leave(t->tty, bytes,
		             term_curses_leave(t->curses, t->look.mouse, bytes, sizeof bytes));
	return true;
}

/* The terminal is ours again: all modes and the whole picture anew. */
static void resume(struct term *t)
{
	tty_enter(t->tty);
	term_curses_forget(t->curses);
	input_forget(&t->input);
	t->shown = t->left_out = false;
	t->resumed_ms = uv_now(t->loop);
	if (resize(t))
		t->handler.resize(t->handler.ctx, t->columns, t->rows);
	t->handler.resume(t->handler.ctx);
}

static void on_signal(uv_signal_t *s, int number)
{
	struct term *t = s->data;

	if (t->closing)
		return;
	if (number == SIGTSTP) {
		term_suspend(t);
	} else if (number == SIGWINCH) {
		if (resize(t))
			t->handler.resize(t->handler.ctx, t->columns, t->rows);
	} else if (uv_now(t->loop) - t->resumed_ms > SAME_CONTINUE_MS) {
		/* SIGSTOP gave no time to leave: the shell had the terminal since */
		term_curses_pause(t->curses);
		resume(t);
	}
}

static void watch_signal(struct term *t, int i)
{
	struct sigaction now;

	/* no job control here (SIGTSTP is ignored): it stays so */
	if (sigaction(signal_numbers[i], NULL, &now) == 0 && now.sa_handler == SIG_IGN)
		return;
	uv_signal_start(&t->signals[i], on_signal, signal_numbers[i]);
}

static void open_handles(struct term *t)
{
	uv_timer_init(t->loop, &t->wait);
	t->wait.data = t;
	t->handles = 1;
	for (int i = 0; i < SIGNALS; i++) {
		uv_signal_init(t->loop, &t->signals[i]);
		t->signals[i].data = t;
		t->handles++;
		watch_signal(t, i);
	}
}

/* Bytes beyond ASCII may be sent. */
static bool may_send_utf8(const struct term *t)
{
	return t->utf8 && t->look.glyphs != 1 + GLYPHS_ASCII;
}

struct term *term_open(uv_loop_t *loop, const struct term_handler *h, const struct term_look *look,
                       struct error *e)
{
	struct term *t = mem_zalloc(sizeof *t);
	struct tty_handler on_tty = {on_read, on_drained, on_gone, t};
	const char *none = getenv("NO_COLOR");

	t->handler = *h;
	t->loop = loop;
	t->look = *look;
	t->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	t->cursor_x = -1;
	t->curses = term_curses_open(none == NULL || none[0] == '\0', e);
	if (t->curses == NULL)
		goto failed;
	t->tty = tty_open(loop, &on_tty, e);
	if (t->tty == NULL)
		goto failed;
	term_curses_look(t->curses, look->theme, may_send_utf8(t));
	input_init(&t->input, may_send_utf8(t), on_event, t);
	term_curses_keys(t->curses, &t->input);
	resize(t);
	open_handles(t);
	tty_enter(t->tty);
	return t;
failed:
	if (t->curses != NULL)
		term_curses_close(t->curses);
	mem_free(t);
	return NULL;
}

static void on_closed(uv_handle_t *h)
{
	struct term *t = h->data;

	if (--t->handles == 0)
		mem_free(t);
}

void term_close(struct term *t)
{
	if (t == NULL)
		return;
	t->closing = true;
	tty_leave(t->tty, CLOSE_WAIT_MS);
	tty_close(t->tty);
	term_curses_close(t->curses);
	for (int i = 0; i < SIGNALS; i++)
		uv_close((uv_handle_t *)&t->signals[i], on_closed);
	uv_close((uv_handle_t *)&t->wait, on_closed);
}

void term_size(const struct term *t, int *columns, int *rows)
{
	*columns = t->columns;
	*rows = t->rows;
}

enum glyphs term_glyphs(const struct term *t)
{
	if (!may_send_utf8(t))
		return GLYPHS_ASCII;
	return t->look.glyphs > 0 ? (enum glyphs)(t->look.glyphs - 1) : term_curses_glyphs(t->curses);
}

int term_colours(const struct term *t)
{
	return term_curses_colours(t->curses);
}

void term_change(struct term *t, const struct term_look *look)
{
	bool mouse = look->mouse != t->look.mouse;
	char bytes[TTY_LEAVE];

	t->look = *look;
	t->input.utf8 = may_send_utf8(t);
	term_curses_look(t->curses, look->theme, may_send_utf8(t));
	if (!mouse || !t->shown)
		return;
	tty_write(t->tty, bytes, term_curses_mouse(t->curses, look->mouse, bytes, sizeof bytes));
	tty_on_leave(t->tty, bytes, term_curses_leave(t->curses, look->mouse, bytes, sizeof bytes));
}

/* The first picture takes the screen over; what comes with it and what undoes it. */
static void enter(struct term *t)
{
	char bytes[TTY_LEAVE];

	tty_on_leave(t->tty, bytes, term_curses_leave(t->curses, t->look.mouse, bytes, sizeof bytes));
	tty_write(t->tty, bytes, term_curses_enter(t->curses, t->look.mouse, bytes, sizeof bytes));
	t->shown = true;
}

static bool show(struct term *t, const struct canvas *c)
{
	const char *bytes;
	size_t n;

	if (tty_is_busy(t->tty)) {
		t->left_out = true;
		return false;
	}
	if (!t->shown)
		enter(t);
	n = term_curses_draw(t->curses, c, t->cursor_x, t->cursor_y, &bytes);
	if (n > 0)
		tty_write(t->tty, bytes, n);
	t->left_out = false;
	return true;
}

bool term_show(struct term *t, const struct canvas *c, int cursor_x, int cursor_y)
{
	t->cursor_x = cursor_x;
	t->cursor_y = cursor_y;
	return show(t, c);
}

void term_redraw(struct term *t)
{
	term_curses_forget(t->curses);
	show(t, NULL);
}

void term_accept_paste(struct term *t, bool on)
{
	t->input.accept_paste = on;
}

/* The whole job stops, as by the key itself: a parent that waits for us must stop as well. Where
 * nobody could continue it (an orphaned group), the kernel does nothing, and we go on. */
static void stop_job(void)
{
	signal(SIGTSTP, SIG_IGN);
	kill(0, SIGTSTP);
	signal(SIGTSTP, SIG_DFL);
	raise(SIGTSTP);
}

void term_suspend(struct term *t)
{
	tty_leave(t->tty, SUSPEND_WAIT_MS);
	term_curses_pause(t->curses);
	uv_signal_stop(&t->signals[ON_STOP]);
	stop_job();
	uv_update_time(t->loop);
	watch_signal(t, ON_STOP);
	resume(t);
}

bool term_copy(struct term *t, const char *text)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static const char begin[] = "\x1b]52;c;", end[] = "\a";
	const uint8_t *p = (const uint8_t *)text;
	size_t left = strlen(text), n = sizeof begin - 1;
	char *out;

	if (!term_curses_is_xterm(t->curses) || left > COPY_BYTES)
		return false;
	out = tty_room(t->tty, n + (left + 2) / 3 * 4 + sizeof end - 1);
	memcpy(out, begin, n);
	while (left > 0) {
		size_t taken = left < 3 ? left : 3;
		uint32_t bits = (uint32_t)p[0] << 16;

		bits |= left > 1 ? (uint32_t)p[1] << 8 : 0;
		bits |= left > 2 ? p[2] : 0;
		out[n++] = digits[bits >> 18];
		out[n++] = digits[bits >> 12 & 63];
		out[n++] = left > 1 ? digits[bits >> 6 & 63] : '=';
		out[n++] = left > 2 ? digits[bits & 63] : '=';
		left -= taken;
		p += taken;
	}
	memcpy(out + n, end, sizeof end - 1);
	tty_send(t->tty, n + sizeof end - 1);
	return true;
}
