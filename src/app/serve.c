/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The daemon's end of what screens say; see serve.h. A screen that is slow, or stopped, has one picture waiting in its
 * socket and no more: nothing of it costs the engine anything. Rows of a whole
 * list are packed in the loop's pool, those of one screen at a time. Main thread, but for on_rows(), which is the engine's, and
 * pack_rows().
 */
#include "config.h"

#include "app/serve.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/rendezvous.h"
#include "app/talk.h"
#include "dpitop/i18n.h"
#include "dpitop/mem.h"

enum { SCREENS = ENGINE_VIEWS - 1, CONNECTIONS = 2 * SCREENS /* more would only wait to be refused */ };
enum { UNREAD_MAX = 8 /* answers that wait in a talk: a screen asks no more before it has read */ };

struct screen { /* at the other end */
	struct talk talk;
	struct serve *serve;
	int view;          /* of the engine; 0: it has not said what it wants */
	bool greeted;
	uint64_t sequence; /* of the picture that it got last */
	uint64_t came;     /* so many came before it */
};

struct serve {
	uv_loop_t *loop;
	struct engine *engine;
	struct serve_options o;
	uv_poll_t listener;
	uv_async_t extracted;
	struct screen *screens[CONNECTIONS];
	uint64_t came;     /* so many connections there were */
	unsigned handles;  /* still to be closed: own ones, those of screens, and rows that are packed */
	bool asked;        /* rows are taken out or packed: nobody else is served meanwhile */
	struct screen *asker; /* for whom; NULL: it has left */
	uv_work_t packing;
	struct snapshot *rows; /* that are packed */
	struct pack_buffer packed;
	/* from the engine's thread */
	uv_mutex_t mutex;
	bool ready;
	struct engine_extract got;
};

static void release(struct serve *s)
{
	if (--s->handles > 0)
		return;
	snapshot_unref(s->got.rows);
	uv_mutex_destroy(&s->mutex);
	mem_free(s);
}

/* ---- a screen comes and goes ---- */

static void on_closed(void *ctx)
{
	struct screen *c = ctx;
	struct serve *s = c->serve;

	mem_free(c);
	release(s);
}

/* It leaves its place at once; what is still to be written to it may go on. */
static void leave(struct screen *c)
{
	struct serve *s = c->serve;

	if (c->view > 0)
		engine_view_close(s->engine, c->view);
	c->view = 0;
	if (s->asker == c)
		s->asker = NULL;
	for (size_t i = 0; i < CONNECTIONS; i++)
		if (s->screens[i] == c)
			s->screens[i] = NULL;
}

static void on_ended(void *ctx)
{
	struct screen *c = ctx;

	leave(c);
	talk_close(&c->talk);
}

static void refuse(struct screen *c, const char *why)
{
	talk_send_text(&c->talk, TALK_REFUSED, why);
	leave(c);
	talk_close_when_written(&c->talk);
}

/* ---- pictures ---- */

static void send_newest(struct screen *c)
{
	struct snapshot *newest = c->view > 0 && c->talk.writing == 0 ? engine_view_newest(c->serve->engine, c->view) : NULL;
	struct pack_buffer b = {.most = TALK_TO_SCREEN};

	if (newest == NULL || newest->sequence == c->sequence) {
		snapshot_unref(newest);
		return;
	}
	c->sequence = newest->sequence;
	snapshot_pack(&b, newest);
	snapshot_unref(newest);
	if (!b.full) {
		talk_send(&c->talk, TALK_PICTURE, &b);
		return;
	}
	mem_free(b.at);
	refuse(c, _("a picture is too large: ask for fewer rows, see --top and --filter"));
}

void serve_published(struct serve *s)
{
	for (size_t i = 0; i < CONNECTIONS; i++)
		if (s->screens[i] != NULL)
			send_newest(s->screens[i]);
}

static void on_written(void *ctx)
{
	send_newest(ctx);
}

/* ---- all rows of a list ---- */

static void on_rows(void *ctx, struct engine_extract *x)
{
	struct serve *s = ctx;

	uv_mutex_lock(&s->mutex);
	s->got = *x;
	s->ready = true;
	uv_mutex_unlock(&s->mutex);
	uv_async_send(&s->extracted);
}

static void refuse_rows(struct screen *c, const char *why)
{
	talk_send_text(&c->talk, TALK_NO_ROWS, why);
}

static void pack_rows(uv_work_t *w)
{
	struct serve *s = w->data;

	snapshot_pack(&s->packed, s->rows);
}

static void on_packed(uv_work_t *w, int status)
{
	struct serve *s = w->data;
	struct screen *c = s->asker;
	struct pack_buffer b = s->packed;

	s->asked = false;
	s->asker = NULL;
	snapshot_unref(s->rows);
	s->rows = NULL;
	if (c != NULL && status == 0 && !b.full) {
		talk_send(&c->talk, TALK_ROWS, &b);
	} else {
		mem_free(b.at);
		if (c != NULL)
			refuse_rows(c, _("too many rows for a screen that is attached: narrow them by a filter"));
	}
	release(s);
}

static void on_extracted(uv_async_t *a)
{
	struct serve *s = a->data;
	struct engine_extract got;
	bool ready;

	uv_mutex_lock(&s->mutex);
	ready = s->ready;
	got = s->got;
	s->ready = false;
	memset(&s->got, 0, sizeof s->got);
	uv_mutex_unlock(&s->mutex);
	if (!ready)
		return;
	if (s->asker != NULL && got.error.code == ERR_NONE) {
		s->rows = got.rows;
		s->packed = (struct pack_buffer){.most = TALK_TO_SCREEN};
		s->packing.data = s;
		s->handles++;
		uv_queue_work(s->loop, &s->packing, pack_rows, on_packed);
		return;
	}
	if (s->asker != NULL)
		refuse_rows(s->asker, got.error.text);
	snapshot_unref(got.rows);
	s->asked = false;
	s->asker = NULL;
}

static void take_want_rows(struct screen *c, const struct want *w)
{
	struct serve *s = c->serve;
	enum dim d = 0;

	while (d < DIM_LIST_COUNT && !w->lists[d].on)
		d++;
	if (d == DIM_LIST_COUNT || c->view == 0 || c->talk.writing > UNREAD_MAX) {
		on_ended(c);
		return;
	}
	if (s->asked || !engine_extract_rows(s->engine, c->view, d, &w->lists[d], w->names, on_rows, s)) {
		refuse_rows(c, _("the engine is busy with another file"));
		return;
	}
	s->asked = true;
	s->asker = c;
}

/* ---- what it says ---- */

static void take_hello(struct screen *c, const uint8_t *data, size_t bytes)
{
	char own[64], why[160];
	size_t at = 0;
	const char *version = talk_next_text(data, bytes, &at);
	struct pack_buffer b = {.at = NULL};

	pack_version(own, sizeof own);
	if (version == NULL || strcmp(version, own) != 0) {
		snprintf(why, sizeof why, _("the daemon is dpitop %s, this is %.40s: both must be of one build"), own, version != NULL ? version : "?");
		refuse(c, why);
		return;
	}
	c->greeted = true;
	talk_put_text(&b, own);
	talk_put_text(&b, c->serve->o.subject);
	talk_put_text(&b, c->serve->o.history);
	talk_send(&c->talk, TALK_HELLO, &b);
}

static void take_want(struct screen *c, const struct want *w)
{
	char why[80];

	if (c->view > 0) {
		engine_view_want(c->serve->engine, c->view, w);
		return;
	}
	c->view = engine_view_open(c->serve->engine, w);
	if (c->view > 0)
		return;
	c->view = 0;
	snprintf(why, sizeof why, _("%d screens are attached already"), SCREENS);
	refuse(c, why);
}

static void on_message(void *ctx, enum talk_type type, const uint8_t *data, size_t bytes)
{
	struct screen *c = ctx;
	struct want w;

	if (!c->greeted && type == TALK_HELLO)
		take_hello(c, data, bytes);
	else if (!c->greeted || (type != TALK_WANT && type != TALK_WANT_ROWS) || !want_unpack(&w, data, bytes))
		on_ended(c);
	else if (type == TALK_WANT)
		take_want(c, &w);
	else
		take_want_rows(c, &w);
}

/* ---- connections ---- */

/* A free place, if need be that of who came first of those who have not said what they want. */
static struct screen **place_of(struct serve *s)
{
	struct screen **first = NULL;

	for (size_t i = 0; i < CONNECTIONS; i++) {
		struct screen **at = &s->screens[i];

		if (*at == NULL)
			return at;
		if ((*at)->view == 0 && (first == NULL || (*at)->came < (*first)->came))
			first = at;
	}
	if (first != NULL)
		on_ended(*first);
	return first;
}

static void on_connection(uv_poll_t *listener, int status, int events)
{
	struct serve *s = listener->data;
	int fd = accept4(s->o.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct screen **place, *c;

	(void)status;
	(void)events;
	if (fd < 0)
		return; /* it has gone again */
	place = rendezvous_trusts(fd) ? place_of(s) : NULL;
	if (place == NULL) {
		close(fd);
		return;
	}
	c = mem_zalloc(sizeof *c);
	*c = (struct screen){.serve = s, .came = s->came++, .talk = {.message = on_message, .written = on_written, .ended = on_ended, .closed = on_closed,
						  .ctx = c, .most = TALK_TO_DAEMON}};
	s->handles++;
	if (talk_open(&c->talk, s->loop, fd) == 0)
		*place = c;
}

/* ---- the whole ---- */

static void on_own_closed(uv_handle_t *h)
{
	release(h->data);
}

struct serve *serve_open(uv_loop_t *loop, struct engine *g, const struct serve_options *o)
{
	struct serve *s = mem_zalloc(sizeof *s);

	s->loop = loop;
	s->engine = g;
	s->o = *o;
	uv_mutex_init(&s->mutex);
	uv_async_init(loop, &s->extracted, on_extracted);
	uv_poll_init(loop, &s->listener, o->fd);
	s->extracted.data = s->listener.data = s;
	s->handles = 2;
	uv_poll_start(&s->listener, UV_READABLE, on_connection);
	return s;
}

void serve_close(struct serve *s)
{
	for (size_t i = 0; i < CONNECTIONS; i++)
		if (s->screens[i] != NULL)
			on_ended(s->screens[i]);
	uv_close((uv_handle_t *)&s->listener, on_own_closed);
	uv_close((uv_handle_t *)&s->extracted, on_own_closed);
}
