/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Messages over a stream; see talk.h.
 */
#include "config.h"

#include "app/talk.h"

#include <string.h>
#include <unistd.h>

#include "dpitop/mem.h"

enum { FIRST_ROOM = 1 << 14 };

struct sent { /* until it is written */
	uv_write_t request;
	struct talk *talk;
	uint8_t head[TALK_HEAD];
	uint8_t *body;
};

void talk_head(uint8_t head[TALK_HEAD], enum talk_type type, size_t bytes)
{
	for (int i = 0; i < 4; i++)
		head[i] = (uint8_t)(bytes >> (24 - 8 * i));
	head[4] = (uint8_t)type;
}

size_t talk_body(const uint8_t head[TALK_HEAD], size_t most)
{
	size_t bytes = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];

	return bytes <= most && head[4] >= TALK_HELLO && head[4] <= TALK_NO_ROWS ? bytes : SIZE_MAX;
}

/* ---- texts ---- */

static void put(struct pack_buffer *b, const void *from, size_t bytes)
{
	if (b->room - b->used < bytes) {
		b->room = b->used + bytes;
		b->at = mem_grow(b->at, b->room, 1);
	}
	memcpy(b->at + b->used, from, bytes);
	b->used += bytes;
}

void talk_put_text(struct pack_buffer *b, const char *text)
{
	put(b, text, strlen(text) + 1);
}

const char *talk_next_text(const uint8_t *data, size_t bytes, size_t *at)
{
	const char *text = (const char *)data + *at, *end;

	end = *at < bytes ? memchr(text, '\0', bytes - *at) : NULL;
	if (end == NULL)
		return NULL;
	*at += (size_t)(end - text) + 1;
	return text;
}

/* ---- the end ---- */

static void on_closed(uv_handle_t *h)
{
	struct talk *t = h->data;

	mem_free(t->read);
	t->read = NULL;
	t->closed(t->ctx);
}

void talk_close(struct talk *t)
{
	t->closing = true;
	if (!uv_is_closing((uv_handle_t *)&t->pipe))
		uv_close((uv_handle_t *)&t->pipe, on_closed);
}

void talk_close_when_written(struct talk *t)
{
	t->closing = true;
	uv_read_stop((uv_stream_t *)&t->pipe);
	if (t->writing == 0)
		talk_close(t);
}

/* ---- reading ---- */

static void on_room(uv_handle_t *h, size_t suggested, uv_buf_t *buf)
{
	struct talk *t = h->data;

	(void)suggested;
	if (t->room - t->used < FIRST_ROOM) {
		t->room = t->room > 0 ? t->room * 2 : 2 * FIRST_ROOM;
		t->read = mem_grow(t->read, t->room, 1);
	}
	*buf = uv_buf_init((char *)t->read + t->used, (unsigned)(t->room - t->used));
}

/* All whole messages; what is left goes to the front. */
static void take(struct talk *t)
{
	size_t at = 0;

	while (!t->closing && t->used - at >= TALK_HEAD) {
		size_t bytes = talk_body(t->read + at, t->most);

		if (bytes == SIZE_MAX) {
			t->ended(t->ctx);
			return;
		}
		if (t->used - at - TALK_HEAD < bytes)
			break;
		t->message(t->ctx, (enum talk_type)t->read[at + 4], t->read + at + TALK_HEAD, bytes);
		at += TALK_HEAD + bytes;
	}
	memmove(t->read, t->read + at, t->used - at);
	t->used -= at;
	if (t->used == 0 && t->room > 64 * FIRST_ROOM) { /* a great one is gone */
		mem_free(t->read);
		t->read = NULL;
		t->room = 0;
	}
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buf)
{
	struct talk *t = s->data;

	(void)buf;
	if (t->closing)
		return;
	if (n < 0) {
		t->ended(t->ctx);
		return;
	}
	t->used += (size_t)n;
	take(t);
}

int talk_open(struct talk *t, uv_loop_t *loop, int fd)
{
	uv_pipe_init(loop, &t->pipe, 0);
	t->pipe.data = t;
	if (uv_pipe_open(&t->pipe, fd) != 0)
		close(fd);
	else if (uv_read_start((uv_stream_t *)&t->pipe, on_room, on_read) == 0)
		return 0;
	talk_close(t);
	return -1;
}

/* ---- writing ---- */

static void on_written(uv_write_t *w, int status)
{
	struct sent *s = w->data;
	struct talk *t = s->talk;

	mem_free(s->body);
	mem_free(s);
	if (--t->writing > 0 || uv_is_closing((uv_handle_t *)&t->pipe))
		return;
	if (t->closing)
		talk_close(t);
	else if (status < 0)
		t->ended(t->ctx);
	else
		t->written(t->ctx);
}

void talk_send(struct talk *t, enum talk_type type, struct pack_buffer *body)
{
	struct sent *s;
	uv_buf_t bufs[2];

	if (t->closing) {
		mem_free(body->at);
		*body = (struct pack_buffer){.at = NULL};
		return;
	}
	s = mem_zalloc(sizeof *s);
	s->talk = t;
	s->request.data = s;
	s->body = body->at;
	talk_head(s->head, type, body->used);
	bufs[0] = uv_buf_init((char *)s->head, TALK_HEAD);
	bufs[1] = uv_buf_init((char *)s->body, (unsigned)body->used);
	*body = (struct pack_buffer){.at = NULL};
	if (uv_write(&s->request, (uv_stream_t *)&t->pipe, bufs, bufs[1].len > 0 ? 2 : 1, on_written) == 0) {
		t->writing++;
		return;
	}
	mem_free(s->body); /* reading will find the end of it */
	mem_free(s);
}

void talk_send_text(struct talk *t, enum talk_type type, const char *text)
{
	struct pack_buffer b = {.at = NULL};

	talk_put_text(&b, text);
	talk_send(t, type, &b);
}
