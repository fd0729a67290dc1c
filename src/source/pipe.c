/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Captures through a pipe: the writer may stop in the middle of a packet, and libpcap then waits, so
 * a thread of its own waits for bytes that the engine's loop must not wait for. It copies frames
 * into chunks; a chunk is handed over when full or before the thread waits. A full queue makes the
 * thread, and through the pipe the writer, wait: nothing is lost. Used by pcapfile.c.
 */
#include "config.h"

#include "source/pipe.h"

#include <string.h>

#include "dpitop/mem.h"

enum { CHUNKS = 4, CHUNK_BYTES = 320 << 10, FRAME_MAX = 262144 };

struct chunk {
	size_t used, taken; /* bytes */
	uint8_t *bytes;     /* struct frame, its bytes, padding to 8; again */
};

struct pipe {
	struct reader *reader;
	uv_thread_t thread;
	uv_mutex_t mutex;
	uv_cond_t room;
	uv_async_t async;
	struct chunk chunks[CHUNKS];
	/* under the mutex; chunk (head + i) % CHUNKS for i < count is full, the next is being filled */
	unsigned head, count;
	bool stop, ended;
	int status; /* READER_END or an error */
	struct error error;
	/* the loop's */
	bool holding; /* chunk head is being taken from */
	void (*ready)(void *ctx);
	void *ctx;
};

_Static_assert(sizeof(struct frame) % 8 == 0, "frames in a chunk are aligned");
_Static_assert(CHUNK_BYTES >= FRAME_MAX + 64, "the largest frame fits in a chunk");

/* The chunk being filled; only the thread touches it. */
static struct chunk *filling(struct pipe *p)
{
	return &p->chunks[(p->head + p->count) % CHUNKS];
}

/* Hand over what has been filled and wait for an empty chunk. False: the end is wanted. */
static bool hand_over(struct pipe *p)
{
	bool go_on;

	uv_mutex_lock(&p->mutex);
	if (!p->stop && filling(p)->used > 0) {
		p->count++;
		uv_async_send(&p->async);
		while (p->count == CHUNKS && !p->stop)
			uv_cond_wait(&p->room, &p->mutex);
		if (!p->stop) {
			filling(p)->used = 0;
			filling(p)->taken = 0;
		}
	}
	go_on = !p->stop;
	uv_mutex_unlock(&p->mutex);
	return go_on;
}

static void before_wait(void *ctx)
{
	hand_over(ctx);
}

static bool append(struct pipe *p, const struct frame *f)
{
	uint32_t n = f->cap_len < FRAME_MAX ? f->cap_len : FRAME_MAX;
	size_t need = sizeof *f + ((n + 7u) & ~7u);
	struct chunk *c;

	uv_mutex_lock(&p->mutex);
	c = filling(p);
	uv_mutex_unlock(&p->mutex);
	if (c->used + need > CHUNK_BYTES)
		return hand_over(p) && append(p, f);
	memcpy(c->bytes + c->used, f, sizeof *f);
	memcpy(c->bytes + c->used + sizeof *f, f->data, n);
	c->used += need;
	return true;
}

static void run(void *ctx)
{
	struct pipe *p = ctx;
	struct frame f;
	struct error e = {.code = ERR_NONE};
	int status;

	while ((status = reader_next(p->reader, &f, &e)) == READER_FRAME)
		if (!append(p, &f))
			break;
	hand_over(p);
	uv_mutex_lock(&p->mutex);
	p->ended = true;
	p->status = status;
	p->error = e;
	uv_mutex_unlock(&p->mutex);
	uv_async_send(&p->async);
}

static void on_async(uv_async_t *a)
{
	struct pipe *p = a->data;

	p->ready(p->ctx);
}

struct pipe *pipe_new(struct reader *r, uv_loop_t *loop, void (*ready)(void *ctx), void *ctx)
{
	struct pipe *p = mem_zalloc(sizeof *p);
	unsigned i;

	p->reader = r;
	p->ready = ready;
	p->ctx = ctx;
	p->async.data = p;
	for (i = 0; i < CHUNKS; i++)
		p->chunks[i].bytes = mem_alloc(CHUNK_BYTES);
	uv_mutex_init(&p->mutex);
	uv_cond_init(&p->room);
	uv_async_init(loop, &p->async, on_async);
	reader_on_wait(r, before_wait, p);
	uv_thread_create(&p->thread, run, p);
	return p;
}

/* The chunk to take from, or NULL: then *status says whether more will come. */
static struct chunk *taking(struct pipe *p, int *status, struct error *e)
{
	struct chunk *c = NULL;

	uv_mutex_lock(&p->mutex);
	if (p->holding && p->chunks[p->head].taken == p->chunks[p->head].used) {
		p->head = (p->head + 1) % CHUNKS;
		p->count--;
		p->holding = false;
		uv_cond_signal(&p->room);
	}
	if (p->count > 0) {
		c = &p->chunks[p->head];
		p->holding = true;
	} else {
		*status = p->ended ? p->status : PIPE_WAIT;
		if (p->ended && e)
			*e = p->error;
	}
	uv_mutex_unlock(&p->mutex);
	return c;
}

int pipe_next(struct pipe *p, struct frame *f, struct error *e)
{
	struct chunk *c = &p->chunks[p->head]; /* head is ours to change */
	int status = PIPE_WAIT;
	uint32_t n;

	if (!p->holding || c->taken == c->used) {
		c = taking(p, &status, e);
		if (!c)
			return status;
	}
	memcpy(f, c->bytes + c->taken, sizeof *f);
	f->data = c->bytes + c->taken + sizeof *f;
	if (f->cap_len > FRAME_MAX)
		f->cap_len = FRAME_MAX;
	n = f->cap_len;
	c->taken += sizeof *f + ((n + 7u) & ~7u);
	return READER_FRAME;
}

static void on_closed(uv_handle_t *h)
{
	struct pipe *p = h->data;
	unsigned i;

	for (i = 0; i < CHUNKS; i++)
		mem_free(p->chunks[i].bytes);
	uv_cond_destroy(&p->room);
	uv_mutex_destroy(&p->mutex);
	mem_free(p);
}

void pipe_close(struct pipe *p)
{
	if (!p)
		return;
	uv_mutex_lock(&p->mutex);
	p->stop = true;
	uv_cond_signal(&p->room);
	uv_mutex_unlock(&p->mutex);
	reader_interrupt(p->reader);
	uv_thread_join(&p->thread);
	uv_close((uv_handle_t *)&p->async, on_closed);
}
