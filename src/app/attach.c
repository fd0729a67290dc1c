/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The feed of a screen that is attached. What it wants goes to the daemon, the newest want only; pictures that come back
 * are checked as they are read (dpitop/pack.h). Main thread.
 */
#include "config.h"

#include "app/attach.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "app/rendezvous.h"
#include "app/signals.h"
#include "app/talk.h"
#include "dpitop/filter.h"
#include "dpitop/i18n.h"
#include "dpitop/mem.h"
#include "dpitop/text.h"

enum { PATIENCE_MS = 5000, SOON_MS = 50, AGAIN_MS = 1000, HELLO_MAX = 4096 };

struct line { /* a connection, until it is closed */
	struct talk talk;
	struct attach *owner;
};

struct attach {
	char path[RENDEZVOUS_PATH], subject[80], history[1024], why[sizeof((struct error *)0)->text];
	int fd;                  /* connected, before the loop has it; -1 */
	uv_loop_t *loop;         /* NULL: not started */
	uv_timer_t again;
	struct line *line;       /* NULL: not connected */
	bool up;                 /* it has said hello, and has not ended */
	void (*fresh)(void *ctx);
	void *ctx;
	struct snapshot *newest;
	struct want want;
	bool has_want, want_waits; /* one was asked for; it was not sent yet */
	engine_extracted *done;  /* rows are awaited; NULL: none are */
	void *done_ctx;
};

/* ---- the first words, before there is a loop ---- */

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* All of it, or false: errno tells why, 0: the other end has closed. A signal that asks the program to end is one. */
static bool read_all(int fd, int wake_fd, uint8_t *to, size_t bytes, int64_t until_ms)
{
	while (bytes > 0) {
		struct pollfd p[] = {{.fd = fd, .events = POLLIN}, {.fd = wake_fd, .events = POLLIN}};
		int64_t left = until_ms - now_ms();
		ssize_t n;

		errno = ETIMEDOUT;
		if (left <= 0 || (poll(p, 2, (int)left) <= 0 && errno != EINTR) || signals_seen())
			return false;
		n = recv(fd, to, bytes, MSG_DONTWAIT);
		if (n == 0) {
			errno = 0;
			return false;
		}
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		to += n > 0 ? n : 0;
		bytes -= n > 0 ? (size_t)n : 0;
	}
	return true;
}

static void put_hello(struct pack_buffer *b)
{
	char own[64];

	talk_put_text(b, pack_version(own, sizeof own));
}

static bool send_hello(int fd)
{
	uint8_t message[TALK_HEAD + 64];
	struct pack_buffer b = {.at = NULL};
	ssize_t n;

	put_hello(&b);
	talk_head(message, TALK_HELLO, b.used);
	memcpy(message + TALK_HEAD, b.at, b.used);
	n = send(fd, message, TALK_HEAD + b.used, MSG_NOSIGNAL);
	n -= (ssize_t)(TALK_HEAD + b.used);
	mem_free(b.at);
	return n == 0;
}

/* False: it is none. */
static bool take_hello(struct attach *a, const uint8_t *data, size_t bytes)
{
	size_t at = 0;
	const char *version = talk_next_text(data, bytes, &at), *subject = talk_next_text(data, bytes, &at);
	const char *history = talk_next_text(data, bytes, &at);

	if (version == NULL || subject == NULL || history == NULL || strlen(history) >= sizeof a->history)
		return false;
	text_clean(a->subject, sizeof a->subject, subject, strlen(subject));
	memcpy(a->history, history, strlen(history) + 1);
	return true;
}

static void say_refused(struct attach *a, const uint8_t *data, size_t bytes)
{
	text_clean(a->why, sizeof a->why, data, bytes);
}

/* A daemon that lets no more wait at the moment is asked again. */
static int connect_soon(struct attach *a, const char *given, int wake_fd, int64_t until, struct error *e)
{
	struct pollfd wake = {.fd = wake_fd, .events = POLLIN};
	int fd = rendezvous_connect(a->path, given, e);

	while (fd < 0 && e->code == ERR_LIMIT && now_ms() < until && !signals_seen()) {
		poll(&wake, 1, SOON_MS);
		fd = rendezvous_connect(a->path, given, e);
	}
	return fd;
}

static bool greet(struct attach *a, int wake_fd, int64_t until)
{
	uint8_t head[TALK_HEAD], body[HELLO_MAX];
	size_t bytes = 0;

	if (!send_hello(a->fd) || !read_all(a->fd, wake_fd, head, TALK_HEAD, until))
		return false;
	bytes = talk_body(head, HELLO_MAX);
	if (bytes == SIZE_MAX || !read_all(a->fd, wake_fd, body, bytes, until))
		return false;
	if (head[4] == TALK_REFUSED)
		say_refused(a, body, bytes);
	errno = EPROTO;
	return head[4] == TALK_HELLO && take_hello(a, body, bytes);
}

struct attach *attach_open(const char *given, int wake_fd, struct error *e)
{
	struct attach *a = mem_zalloc(sizeof *a);
	int64_t until = now_ms() + PATIENCE_MS;

	a->fd = connect_soon(a, given, wake_fd, until, e);
	if (a->fd >= 0 && greet(a, wake_fd, until))
		return a;
	if (a->fd >= 0 && a->why[0] != '\0')
		error_set(e, ERR_UNSUPPORTED, "cannot attach to '%s': %s", a->path, a->why);
	else if (a->fd >= 0)
		error_set(e, ERR_IO, "cannot attach to '%s': %s", a->path, errno != 0 ? strerror(errno) : _("it has closed the connection"));
	attach_close(a);
	return NULL;
}

const char *attach_subject(const struct attach *a)
{
	return a->subject;
}

const char *attach_history(const struct attach *a)
{
	return a->history;
}

bool attach_is_up(const struct attach *a)
{
	return a->up;
}

const char *attach_why(const struct attach *a)
{
	return a->why;
}

/* ---- the end of a connection ---- */

static void replace(struct attach *a, struct snapshot *s)
{
	snapshot_unref(a->newest);
	a->newest = s;
	a->fresh(a->ctx);
}

/* The last picture stays, and says that nothing comes any more. */
static void mark_ended(struct attach *a)
{
	struct pack_buffer b = {.at = NULL};
	struct snapshot *s;
	char gone[sizeof s->gone];

	if (a->newest == NULL) {
		a->fresh(a->ctx);
		return;
	}
	text_clean(gone, sizeof gone, a->why, strlen(a->why));
	if (strcmp(gone, a->newest->gone) == 0)
		return;
	snapshot_pack(&b, a->newest);
	s = snapshot_unpack(b.at, b.used);
	mem_free(b.at);
	if (s == NULL)
		return;
	memcpy(s->gone, gone, sizeof gone);
	s->rate_in = s->rate_out = s->rate_packets = s->rate_flows = 0;
	replace(a, s);
}

static void end_extraction(struct attach *a, struct snapshot *rows, const char *why)
{
	struct engine_extract x = {.rows = rows, .error = {.code = ERR_NONE}};
	engine_extracted *done = a->done;

	if (done == NULL) {
		snapshot_unref(rows);
		return;
	}
	if (rows == NULL)
		error_set(&x.error, ERR_IO, "%s", why);
	a->done = NULL;
	done(a->done_ctx, &x);
}

static void drop(struct attach *a)
{
	struct line *l = a->line;

	a->line = NULL;
	a->up = false;
	if (l != NULL)
		talk_close(&l->talk);
}

static void on_again(uv_timer_t *t);

static void lost(struct attach *a, const char *why)
{
	if (a->why[0] == '\0')
		snprintf(a->why, sizeof a->why, "%s", why);
	drop(a);
	end_extraction(a, NULL, a->why);
	mark_ended(a);
	uv_timer_start(&a->again, on_again, AGAIN_MS, 0);
}

/* ---- what it says ---- */

static void send_want(struct attach *a)
{
	struct pack_buffer b = {.at = NULL};

	if (!a->has_want || !a->want_waits || !a->up || a->line->talk.writing > 0)
		return;
	a->want_waits = false;
	want_pack(&b, &a->want);
	talk_send(&a->line->talk, TALK_WANT, &b);
}

static void take_picture(struct attach *a, const uint8_t *data, size_t bytes)
{
	struct snapshot *s = snapshot_unpack(data, bytes);

	if (s == NULL)
		lost(a, _("the daemon says what cannot be understood"));
	else
		replace(a, s);
}

static void take_rows(struct attach *a, const uint8_t *data, size_t bytes)
{
	end_extraction(a, snapshot_unpack(data, bytes), _("the daemon says what cannot be understood"));
}

static void take_no_rows(struct attach *a, const uint8_t *data, size_t bytes)
{
	char why[200];

	text_clean(why, sizeof why, data, bytes);
	end_extraction(a, NULL, why);
}

static void on_message(void *ctx, enum talk_type type, const uint8_t *data, size_t bytes)
{
	struct attach *a = ((struct line *)ctx)->owner;

	switch (type) {
	case TALK_HELLO: /* a daemon that came anew; what it captures stands in its pictures */
		a->up = take_hello(a, data, bytes);
		a->why[0] = '\0';
		if (!a->up)
			lost(a, _("the daemon says what cannot be understood"));
		else
			send_want(a);
		break;
	case TALK_REFUSED:
		say_refused(a, data, bytes);
		break;
	case TALK_PICTURE:
		take_picture(a, data, bytes);
		break;
	case TALK_ROWS:
		take_rows(a, data, bytes);
		break;
	case TALK_NO_ROWS:
		take_no_rows(a, data, bytes);
		break;
	default:
		lost(a, _("the daemon says what cannot be understood"));
	}
}

static void on_written(void *ctx)
{
	send_want(((struct line *)ctx)->owner);
}

static void on_ended(void *ctx)
{
	lost(((struct line *)ctx)->owner, _("the daemon has ended; waiting for it"));
}

static void on_closed(void *ctx)
{
	mem_free(ctx);
}

static bool join(struct attach *a, int fd)
{
	struct line *l = a->line = mem_zalloc(sizeof *l);

	l->owner = a;
	l->talk = (struct talk){.message = on_message, .written = on_written, .ended = on_ended, .closed = on_closed, .ctx = l, .most = TALK_TO_SCREEN};
	return talk_open(&l->talk, a->loop, fd) == 0;
}

/* The place is the same; whether this user may still go there is another matter, once root was given up. */
static void on_again(uv_timer_t *t)
{
	struct attach *a = t->data;
	struct error e = {.code = ERR_NONE};
	struct pack_buffer b = {.at = NULL};
	char path[RENDEZVOUS_PATH];
	int fd = rendezvous_connect(path, a->path, &e);

	a->want_waits = true;
	if (fd < 0 && e.code == ERR_PERMISSION) { /* waiting alone will not do */
		snprintf(a->why, sizeof a->why, "%s", e.text);
		mark_ended(a);
	}
	if (fd < 0 || !join(a, fd)) {
		if (fd >= 0)
			a->line = NULL; /* it closes itself */
		uv_timer_start(&a->again, on_again, AGAIN_MS, 0);
		return;
	}
	put_hello(&b);
	talk_send(&a->line->talk, TALK_HELLO, &b);
}

/* ---- the feed ---- */

static struct snapshot *acquire(void *ctx)
{
	return attach_newest(ctx);
}

/* As it is understood: a text that is packed has no tabs. */
static void settle(char *filter, size_t size)
{
	struct filter *f = filter_parse(filter, NULL);

	if (f != NULL)
		snprintf(filter, size, "%s", filter_text(f));
	filter_free(f);
}

static void want(void *ctx, const struct want *w)
{
	struct attach *a = ctx;

	a->want = *w;
	settle(a->want.filter, sizeof a->want.filter);
	a->has_want = a->want_waits = true;
	send_want(a);
}

static int capture_filter(void *ctx, const char *text, struct error *e)
{
	(void)ctx;
	(void)text;
	return error_set(e, ERR_UNSUPPORTED, "the capture is the daemon's, and its filter that of all who look; F4 filters what you see");
}

struct feed attach_feed(struct attach *a)
{
	static const struct feed_ops ops = {.acquire = acquire, .want = want, .capture_filter = capture_filter};

	return (struct feed){.ops = &ops, .ctx = a};
}

struct snapshot *attach_newest(struct attach *a)
{
	if (a->newest != NULL)
		snapshot_ref(a->newest);
	return a->newest;
}

bool attach_extract_rows(struct attach *a, enum dim d, const struct want_list *w, bool names, engine_extracted *done, void *ctx)
{
	struct pack_buffer b = {.at = NULL};
	struct want rows;

	if (a->done != NULL)
		return false;
	a->done = done;
	a->done_ctx = ctx;
	if (!a->up) {
		end_extraction(a, NULL, a->why);
		return true;
	}
	memset(&rows, 0, sizeof rows);
	rows.lists[d] = *w;
	rows.lists[d].on = true;
	rows.names = names;
	want_pack(&b, &rows);
	talk_send(&a->line->talk, TALK_WANT_ROWS, &b);
	return true;
}

int attach_start(struct attach *a, uv_loop_t *loop, void (*fresh)(void *ctx), void *ctx, struct error *e)
{
	int fd = a->fd;

	a->fresh = fresh;
	a->ctx = ctx;
	a->fd = -1;
	a->loop = loop;
	uv_timer_init(loop, &a->again);
	a->again.data = a;
	a->up = join(a, fd);
	send_want(a);
	return a->up ? 0 : error_set(e, ERR_IO, "cannot attach to '%s'", a->path);
}

static void on_timer_closed(uv_handle_t *h)
{
	mem_free(h->data);
}

void attach_close(struct attach *a)
{
	if (a == NULL)
		return;
	if (a->fd >= 0)
		close(a->fd);
	drop(a);
	snapshot_unref(a->newest);
	a->newest = NULL;
	a->done = NULL;
	if (a->loop != NULL)
		uv_close((uv_handle_t *)&a->again, on_timer_closed);
	else
		mem_free(a);
}
