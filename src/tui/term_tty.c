/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tty as bytes: opened anew, in a mode of its own, written through a queue as far as it takes
 * bytes, so that a terminal nobody reads (a slow line, ctrl-S) never stops the loop. Also the one
 * function a signal handler may call to give the terminal back. Knows no curses and no keys. Main
 * thread; called by term.c.
 */
#include "config.h"

#include "tui/term_tty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "dpitop/mem.h"
#include "tui/term.h"

enum { READ_BYTES = 4096, CRASH_WAIT_MS = 500, POLL_STEP_MS = 50, CANCEL = 0x18 };

struct tty {
	uv_poll_t poll;
	struct tty_handler handler;
	int fd;
	bool gone, closing, entered;
	struct termios found;
	char leave[TTY_LEAVE];
	size_t leave_length;
	char *queue;
	size_t size, begin, end; /* of the queue: [begin, end) is to be written */
};

/* What a signal handler needs to give the terminal back: a handler reaches nothing but globals. */
static struct {
	volatile sig_atomic_t armed;
	int fd;
	size_t length;
	struct termios found;
	char bytes[1 +
	           TTY_LEAVE]; /* the first ends a sequence the terminal may be in the middle of */
} restore;

/* All n bytes as far as the terminal takes them in about wait_ms. Async-signal-safe. */
static bool write_all(int fd, const char *bytes, size_t n, int wait_ms)
{
	while (n > 0) {
		ssize_t done = write(fd, bytes, n);

		if (done > 0) {
			bytes += done;
			n -= (size_t)done;
			wait_ms--;
			continue;
		}
		if (done < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		struct pollfd p = {.fd = fd, .events = POLLOUT};

		if (wait_ms <= 0)
			return false;
		wait_ms -= poll(&p, 1, POLL_STEP_MS) > 0 ? 1 : POLL_STEP_MS;
	}
	return true;
}

/* Modes are the foreground job's: another's terminal is left alone. Async-signal-safe. */
static bool is_foreground(int fd)
{
	pid_t group = tcgetpgrp(fd);

	return group < 0 || group == getpgrp();
}

void term_restore(void)
{
	int saved = errno;

	if (restore.armed && is_foreground(restore.fd)) {
		restore.armed = 0;
		if (restore.length > 0)
			write_all(restore.fd, restore.bytes, 1 + restore.length, CRASH_WAIT_MS);
		tcsetattr(restore.fd, TCSANOW, &restore.found);
	}
	errno = saved;
}

static void arm(const struct tty *t)
{
	restore.armed = 0;
	restore.fd = t->fd;
	restore.found = t->found;
	restore.bytes[0] = CANCEL;
	memcpy(restore.bytes + 1, t->leave, t->leave_length);
	restore.length = t->leave_length;
	restore.armed = 1;
}

static void say_gone(struct tty *t)
{
	if (t->gone)
		return;
	t->gone = true;
	t->begin = t->end = 0;
	uv_poll_stop(&t->poll);
	t->handler.gone(t->handler.ctx);
}

/* Write what the tty takes now. False: it is gone. */
static bool write_some(struct tty *t)
{
	while (t->begin < t->end) {
		ssize_t n = write(t->fd, t->queue + t->begin, t->end - t->begin);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		if (n == 0)
			return true;
		t->begin += (size_t)n;
	}
	t->begin = t->end = 0;
	return true;
}

static void on_poll(uv_poll_t *poll, int status, int events);

static void watch(struct tty *t)
{
	if (!t->gone && !t->closing)
		uv_poll_start(&t->poll, UV_READABLE | (tty_is_busy(t) ? UV_WRITABLE : 0), on_poll);
}

static void read_some(struct tty *t)
{
	char bytes[READ_BYTES];
	ssize_t n = read(t->fd, bytes, sizeof bytes);

	if (n > 0)
		t->handler.read(t->handler.ctx, bytes, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		say_gone(t);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct tty *t = poll->data;

	if (status < 0) {
		say_gone(t);
		return;
	}
	if ((events & UV_WRITABLE) != 0 && tty_is_busy(t)) {
		if (!write_some(t)) {
			say_gone(t);
			return;
		}
		if (!tty_is_busy(t)) {
			watch(t);
			t->handler.drained(t->handler.ctx);
		}
	}
	if ((events & UV_READABLE) != 0 && !t->gone && !t->closing)
		read_some(t);
}

static int open_terminal(void)
{
	enum { FLAGS = O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC };
	int fd = open("/dev/tty", FLAGS);
	char name[128];

	if (fd < 0 && ttyname_r(STDOUT_FILENO, name, sizeof name) == 0)
		fd = open(name, FLAGS); /* a terminal, but no session of ours */
	return fd;
}

struct tty *tty_open(uv_loop_t *loop, const struct tty_handler *h, struct error *e)
{
	struct tty *t = mem_zalloc(sizeof *t);

	t->handler = *h;
	t->fd = open_terminal();
	if (t->fd < 0 || tcgetattr(t->fd, &t->found) != 0) {
		error_set(e, ERR_UNSUPPORTED, "no terminal here; use --batch, --csv or --json");
		goto failed;
	}
	if (uv_poll_init(loop, &t->poll, t->fd) != 0) {
		error_set(e, ERR_IO, "cannot wait for this terminal; use --batch, --csv or --json");
		goto failed;
	}
	t->poll.data = t;
	return t;
failed:
	if (t->fd >= 0)
		close(t->fd);
	mem_free(t);
	return NULL;
}

static void on_closed(uv_handle_t *h)
{
	struct tty *t = h->data;

	close(t->fd);
	mem_free(t->queue);
	mem_free(t);
}

void tty_close(struct tty *t)
{
	t->closing = true;
	uv_close((uv_handle_t *)&t->poll, on_closed);
}

void tty_size(const struct tty *t, int *columns, int *rows)
{
	struct winsize w;

	memset(&w, 0, sizeof w);
	ioctl(t->fd, TIOCGWINSZ, &w);
	*columns = w.ws_col;
	*rows = w.ws_row;
}

static void set_modes(const struct tty *t, const struct termios *modes)
{
	while (tcsetattr(t->fd, TCSANOW, modes) != 0 && errno == EINTR)
		;
}

void tty_enter(struct tty *t)
{
	struct termios raw = t->found;

	/* ISIG stays: ctrl-C and ctrl-Z are signals to the whole job, as everywhere */
	raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | ISTRIP | IXON | IXOFF);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHONL | IEXTEN);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	raw.c_cc[VQUIT] = _POSIX_VDISABLE;
	arm(t);
	set_modes(t, &raw);
	t->entered = true;
	watch(t);
}

void tty_on_leave(struct tty *t, const char *bytes, size_t n)
{
	t->leave_length = n < sizeof t->leave ? n : sizeof t->leave;
	memcpy(t->leave, bytes, t->leave_length);
	if (t->entered)
		arm(t);
}

void tty_leave(struct tty *t, int wait_ms)
{
	static const char cancel = CANCEL;

	if (!t->entered)
		return;
	t->entered = false;
	if (!t->gone && !t->closing)
		uv_poll_stop(&t->poll);
	restore.armed = 0;
	if (!t->gone && is_foreground(t->fd)) {
		if (!write_all(t->fd, t->queue + t->begin, t->end - t->begin, wait_ms))
			write_all(t->fd, &cancel, 1, 1);
		write_all(t->fd, t->leave, t->leave_length, POLL_STEP_MS);
		set_modes(t, &t->found);
	}
	t->begin = t->end = 0;
}

char *tty_room(struct tty *t, size_t n)
{
	if (t->end + n > t->size) {
		t->size = 2 * (t->end + n);
		t->queue = mem_grow(t->queue, t->size, 1);
	}
	return t->queue + t->end;
}

void tty_send(struct tty *t, size_t n)
{
	if (t->gone)
		return;
	t->end += n;
	if (!write_some(t))
		t->begin = t->end = 0; /* reading will tell that it is gone */
	if (t->entered)
		watch(t);
}

void tty_write(struct tty *t, const char *bytes, size_t n)
{
	if (n == 0) /* some terminals have no words for entering */
		return;
	memcpy(tty_room(t, n), bytes, n);
	tty_send(t, n);
}

bool tty_is_busy(const struct tty *t)
{
	return t->begin < t->end;
}
