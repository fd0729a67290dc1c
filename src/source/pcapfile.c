/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Capture files as a source: pumped as fast as they can be read (no loop), or played on the engine's
 * loop at a pace of packet time, from the file itself or, for pipes, from the thread of pipe.c. What
 * is read and what is wrong with it is reader.c's business. Engine thread.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/mem.h"
#include "source/kinds.h"
#include "source/pace.h"
#include "source/pipe.h"
#include "source/reader.h"

/* A wait is cut to this, so that a clock that was set is noticed. */
enum { WAIT_MAX_MS = 200 };
static const int64_t starving_us = 2000000; /* how far the clock runs on without packets */

struct pcapfile {
	struct source base; /* first */
	struct reader *reader;
	struct pipe *pipe;  /* NULL: regular file, or not started */
	uv_loop_t *loop;
	uv_idle_t idle;     /* active: packets are due */
	uv_timer_t timer;   /* active: waits for the next one */
	unsigned open_handles;
	struct pace pace;
	struct frame pending;
	bool is_pending, ended;
	int failed;
	int64_t last_us;    /* newest packet handed on */
	struct bpf_program code;
	bool filtered;
	char filter[1024], state[256];
};

static struct pcapfile *file_of(struct source *s)
{
	return (struct pcapfile *)(void *)s;
}

static const struct pcapfile *const_file_of(const struct source *s)
{
	return (const struct pcapfile *)(const void *)s;
}

static bool passes(const struct pcapfile *f, const struct frame *frame)
{
	struct pcap_pkthdr h = {.caplen = frame->cap_len, .len = frame->wire_len};

	return !f->filtered || pcap_offline_filter(&f->code, &h, frame->data) != 0;
}

static void hand_on(struct pcapfile *f, const struct frame *frame)
{
	f->last_us = frame->ts_us;
	if (passes(f, frame))
		f->base.sink.frame(f->base.sink.ctx, &f->base, frame);
}

static void finish(struct pcapfile *f, int status, const struct error *e)
{
	f->ended = true;
	f->failed = status < 0 ? status : 0;
	if (status < 0)
		snprintf(f->state, sizeof f->state, "%.255s", e->text);
	else
		snprintf(f->state, sizeof f->state, "%s",
			 reader_interrupted(f->reader) ? N_("interrupted") : N_("end of file"));
	if (f->loop) {
		uv_idle_stop(&f->idle);
		uv_timer_stop(&f->timer);
	}
	if (f->base.sink.event)
		f->base.sink.event(f->base.sink.ctx, &f->base);
}

static size_t file_pump(struct source *s, size_t frames)
{
	struct pcapfile *f = file_of(s);
	struct error e = {.code = ERR_NONE};
	struct frame frame;
	size_t n = 0, batch = 0;
	int status = READER_FRAME;

	while (!f->ended && n < frames) {
		status = reader_next(f->reader, &frame, &e);
		if (status != READER_FRAME)
			break;
		hand_on(f, &frame);
		n++;
		if (++batch == SOURCE_BATCH) {
			s->sink.batch(s->sink.ctx, s);
			batch = 0;
		}
	}
	if (batch > 0)
		s->sink.batch(s->sink.ctx, s);
	if (status != READER_FRAME)
		finish(f, status, &e);
	return n;
}

static int64_t loop_us(const struct pcapfile *f)
{
	return (int64_t)uv_now(f->loop) * 1000;
}

/* READER_FRAME: f->pending is the next frame. */
static int want_pending(struct pcapfile *f, struct error *e)
{
	int status;

	if (f->is_pending)
		return READER_FRAME;
	status = f->pipe ? pipe_next(f->pipe, &f->pending, e)
			 : reader_next(f->reader, &f->pending, e);
	f->is_pending = status == READER_FRAME;
	return status;
}

static void on_timer(uv_timer_t *t);
static void on_idle(uv_idle_t *i);

/* Packets are due now (wait 0), after a while, or when the pipe says so (wait < 0). */
static void schedule(struct pcapfile *f, int64_t wait_us)
{
	int64_t ms = (wait_us + 999) / 1000;

	if (wait_us == 0) {
		uv_timer_stop(&f->timer);
		uv_idle_start(&f->idle, on_idle);
		return;
	}
	uv_idle_stop(&f->idle);
	if (wait_us > 0)
		uv_timer_start(&f->timer, on_timer,
			       (uint64_t)(ms < WAIT_MAX_MS ? ms : WAIT_MAX_MS), 0);
}

/* One batch of what is due. */
static void play(struct pcapfile *f)
{
	struct error e = {.code = ERR_NONE};
	int status = READER_FRAME;
	int64_t wait = 0;
	unsigned n;

	if (f->ended)
		return;
	for (n = 0; n < SOURCE_BATCH; n++) {
		status = want_pending(f, &e);
		if (status != READER_FRAME)
			break;
		wait = pace_wait_us(&f->pace, f->pending.ts_us, loop_us(f));
		if (wait > 0)
			break;
		hand_on(f, &f->pending);
		f->is_pending = false;
	}
	if (n > 0)
		f->base.sink.batch(f->base.sink.ctx, &f->base);
	if (status == PIPE_WAIT)
		schedule(f, -1);
	else if (status != READER_FRAME)
		finish(f, status, &e);
	else
		schedule(f, wait);
}

static void on_timer(uv_timer_t *t)
{
	play(t->data);
}

static void on_idle(uv_idle_t *i)
{
	play(i->data);
}

static void on_pipe(void *ctx)
{
	play(ctx);
}

static int file_capture_filter(struct source *s, const char *text, struct error *e)
{
	struct pcapfile *f = file_of(s);
	struct bpf_program code;
	int r;

	if (strlen(text) >= sizeof f->filter)
		return error_set(e, ERR_USAGE, "the capture filter is too long");
	if (text[0] != '\0') { /* none fits any link type, also one that libpcap cannot filter */
		r = source_compile(&code, reader_linktype(f->reader), 65535, text, e);
		if (r != 0)
			return r;
	}
	if (f->filtered)
		pcap_freecode(&f->code);
	f->filtered = text[0] != '\0';
	if (f->filtered)
		f->code = code;
	snprintf(f->filter, sizeof f->filter, "%s", text);
	return 0;
}

static void file_free(struct pcapfile *f)
{
	if (f->filtered)
		pcap_freecode(&f->code);
	reader_close(f->reader);
	mem_free(f->base.name);
	mem_free(f);
}

static struct source *file_open(const struct source_options *o, struct error *e)
{
	struct pcapfile *f = mem_zalloc(sizeof *f);

	f->base.ops = &source_file_ops;
	f->base.name = mem_strdup(o->name);
	f->pace.factor = o->speed;
	snprintf(f->state, sizeof f->state, N_("reading"));
	f->reader = reader_open(o->name, o->wake_fd, e);
	if (f->reader && (!o->capture_filter ||
			  file_capture_filter(&f->base, o->capture_filter, e) == 0))
		return &f->base;
	file_free(f);
	return NULL;
}

static int file_start(struct source *s, uv_loop_t *loop, struct error *e)
{
	struct pcapfile *f = file_of(s);

	(void)e;
	f->loop = loop;
	uv_idle_init(loop, &f->idle);
	uv_timer_init(loop, &f->timer);
	f->idle.data = f;
	f->timer.data = f;
	f->open_handles = 2;
	if (reader_is_pipe(f->reader))
		f->pipe = pipe_new(f->reader, loop, on_pipe, f);
	schedule(f, 0);
	return 0;
}

static void file_stats(struct source *s, struct source_state *out)
{
	struct pcapfile *f = file_of(s);

	snprintf(out->text, sizeof out->text, "%s", f->state);
	out->ok = f->failed == 0;
	out->ended = f->ended;
	out->failed = f->failed;
	reader_progress(f->reader, &out->read_bytes, &out->size_bytes);
	if (f->ended && f->failed == 0 && out->size_bytes)
		out->read_bytes = out->size_bytes;
	out->snaplen = reader_snaplen(f->reader);
	snprintf(out->filter, sizeof out->filter, "%.127s", f->filter);
}

static void file_speed(struct source *s, double factor)
{
	struct pcapfile *f = file_of(s);

	if (!f->loop) {
		f->pace.factor = factor;
		return;
	}
	pace_set(&f->pace, factor, loop_us(f));
	if (!f->ended)
		schedule(f, 0);
}

static void file_pause(struct source *s, bool on)
{
	struct pcapfile *f = file_of(s);

	if (!f->loop || f->ended || f->pace.paused == on)
		return;
	pace_pause(&f->pace, on, loop_us(f));
	schedule(f, 0);
}

static int64_t file_clock_us(const struct source *s)
{
	const struct pcapfile *f = const_file_of(s);
	int64_t now, limit;

	if (!f->loop || f->ended || !f->pace.begun || f->pace.factor <= 0)
		return 0;
	now = pace_now_us(&f->pace, loop_us(f));
	limit = f->is_pending ? f->pending.ts_us : f->last_us + starving_us;
	return now < limit ? now : limit;
}

static int file_linktype(const struct source *s)
{
	return reader_linktype(const_file_of(s)->reader);
}

static void on_handle_closed(uv_handle_t *h)
{
	struct pcapfile *f = h->data;

	if (--f->open_handles == 0)
		file_free(f);
}

static void file_close(struct source *s)
{
	struct pcapfile *f = file_of(s);

	pipe_close(f->pipe);
	if (!f->loop) {
		file_free(f);
		return;
	}
	uv_close((uv_handle_t *)&f->idle, on_handle_closed);
	uv_close((uv_handle_t *)&f->timer, on_handle_closed);
}

const struct source_ops source_file_ops = {
	.kind = "file",
	.help = "a capture file or pipe: pcap or pcapng, through libpcap",
	.open = file_open,
	.start = file_start,
	.pump = file_pump,
	.stats = file_stats,
	.capture_filter = file_capture_filter,
	.speed = file_speed,
	.pause = file_pause,
	.clock_us = file_clock_us,
	.linktype = file_linktype,
	.close = file_close,
};
