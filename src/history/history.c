/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * History's thread: the only one that touches the archive, and with it librrd. It records what engines
 * hand over, writes what is due in small portions, and between two of them answers who waits. Whoever hands
 * over never waits for a disk, unless he reads a capture file: that can.
 */
#include "config.h"

#include "dpitop/history.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "dpitop/dpi.h"
#include "dpitop/i18n.h"
#include "dpitop/log.h"
#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "history/rrd_store.h"
#include "history/thread.h"

#define SECOND_US INT64_C(1000000)

enum { PORTION = 64 /* updates of files in one go */, CLOSE_S = 15 };

static const int64_t open_again_us = 10 * SECOND_US;
static const uint64_t load_ns = UINT64_C(5000000000);

int64_t history_clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * SECOND_US + t.tv_nsec / 1000;
}

/* ---- its state, for all to see ---- */

static double load(struct history *h, double before)
{
	uint64_t wall = uv_hrtime(), cpu;
	struct timespec t;

	if (wall - h->load_wall_ns < load_ns || clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) != 0)
		return before;
	cpu = (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
	if (h->load_wall_ns != 0)
		before = (double)(cpu - h->load_cpu_ns) / (double)(wall - h->load_wall_ns);
	h->load_wall_ns = wall;
	h->load_cpu_ns = cpu;
	return before;
}

static void fill(struct history_info *to, const struct archive_state *s)
{
	to->on = true;
	to->writing = s->writing;
	snprintf(to->text, sizeof to->text, "%s", s->text);
	to->files = s->files;
	to->bytes = s->bytes;
	to->size_bytes = s->size_bytes;
	to->entities = s->entities;
	to->refused = s->refused;
	to->removed = s->removed;
	to->late = s->late;
	to->lost = s->lost;
	to->damaged = s->damaged;
	to->written_bytes = s->written_bytes;
	to->flushed_us = s->flushed_us;
}

/* What changes is said once; that it records from the start on is what everybody expects. */
static void say(struct history *h, const struct history_info *now)
{
	bool first = h->said[0] == '\0';

	if (strcmp(h->said, now->text) == 0)
		return;
	snprintf(h->said, sizeof h->said, "%s", now->text);
	if (!first || (!now->writing && h->o.write))
		log_line(now->writing ? LOG_INFO_ : LOG_WARN_, "history in %.100s: %s", now->dir, now->text);
}

static void tell(struct history *h)
{
	struct history_info now;
	struct archive_state s;

	memcpy(&now, &h->info, sizeof now);
	if (h->archive != NULL) {
		archive_state(h->archive, &s);
		fill(&now, &s);
	}
	now.load = load(h, now.load);
	now.failing = h->o.write && !now.writing;
	say(h, &now);
	uv_mutex_lock(&h->mutex);
	now.dropped = h->dropped;
	h->info = now;
	h->reading &= !now.writing;
	uv_mutex_unlock(&h->mutex);
}

/* ---- opening ---- */

static void tell_failure(struct history *h, const struct error *e)
{
	struct history_info now;

	memcpy(&now, &h->info, sizeof now);
	now.on = now.writing = false;
	now.failing = h->o.write;
	text_clean(now.text, sizeof now.text, e->text, strlen(e->text));
	say(h, &now);
	uv_mutex_lock(&h->mutex);
	now.dropped = h->dropped;
	h->info = now;
	uv_mutex_unlock(&h->mutex);
}

static void try_to_open(struct history *h)
{
	struct archive_options o = {
		.dir = h->o.dir, .write = h->o.write, .size_bytes = h->o.size_bytes, .rrdcached = h->o.rrdcached,
		.capture_time = h->o.capture_time, .dpi = h->dpi, .progress = &h->progress,
	};
	struct error e = {.code = ERR_NONE};
	int64_t now = history_clock_us();

	h->open_again_us = now + open_again_us;
	h->archive = archive_open(&o, h->o.capture_time ? 0 : now, &e);
	if (h->archive != NULL)
		tell(h);
	else
		tell_failure(h, &e);
	uv_mutex_lock(&h->mutex);
	h->opened = true;
	h->error = e;
	uv_cond_broadcast(&h->done);
	uv_mutex_unlock(&h->mutex);
}

/* ---- what it does ---- */

static void record(struct history *h, struct interval *i)
{
	struct error e = {.code = ERR_NONE};
	bool refused = h->archive != NULL && archive_record(h->archive, i, &e) == ERR_PERMISSION;

	atomic_fetch_add_explicit(&h->progress, 1, memory_order_relaxed);
	if (e.code != ERR_NONE)
		h->fault = e;
	if (i->to_us > h->newest_us)
		h->newest_us = i->to_us;
	uv_mutex_lock(&h->mutex);
	h->reading |= refused;
	h->dropped += h->archive == NULL;
	uv_mutex_unlock(&h->mutex);
	if (h->archive != NULL && !refused)
		history_lasting_recorded(h, i->class_, i->to_us);
	interval_unref(i);
	if (h->archive != NULL && h->o.capture_time) /* its minutes pass in no time */
		archive_work(h->archive, h->newest_us, 0);
}

/* False: there was none. */
static bool record_next(struct history *h)
{
	struct interval *i;

	uv_mutex_lock(&h->mutex);
	i = queue_take(&h->queue);
	uv_cond_broadcast(&h->done);
	uv_mutex_unlock(&h->mutex);
	if (i != NULL)
		record(h, i);
	return i != NULL;
}

void history_drain(struct history *h)
{
	while (record_next(h))
		;
}

static bool answer_next(struct history *h)
{
	struct history_call *c;
	bool left;

	uv_mutex_lock(&h->mutex);
	c = h->calls;
	if (c != NULL)
		h->calls = c->next;
	uv_mutex_unlock(&h->mutex);
	if (c == NULL)
		return false;
	c->fn(h, c->ctx);
	uv_mutex_lock(&h->mutex);
	c->done = true;
	left = c->left;
	uv_cond_broadcast(&h->done);
	uv_mutex_unlock(&h->mutex);
	if (left)
		mem_free(c);
	return true;
}

/* Each second, and on until all is done. */
static void work(struct history *h)
{
	int64_t now = history_clock_us();
	bool due = now - h->worked_us >= SECOND_US || now < h->worked_us;

	if (h->archive == NULL && !h->o.capture_time && (now >= h->open_again_us || h->open_again_us - now > open_again_us))
		try_to_open(h);
	if (h->archive == NULL || h->o.capture_time || (!due && !h->more_work)) {
		if (due)
			tell(h);
		h->worked_us = due ? now : h->worked_us;
		return;
	}
	h->more_work = !archive_work(h->archive, now, PORTION);
	if (due) {
		h->worked_us = now;
		tell(h);
	}
}

/* Who looks back has his turn when he asked for it, or is waiting for the next portion. */
static void look_back(struct history *h, bool woken, uint64_t *turn_ns)
{
	uint64_t now = uv_hrtime();

	if (!woken && (h->replay_in_us < 0 || now < *turn_ns))
		return;
	h->replay_in_us = history_replay_work(h);
	*turn_ns = uv_hrtime() + (uint64_t)(h->replay_in_us > 0 ? h->replay_in_us : 0) * 1000;
}

static uint64_t patience_ns(const struct history *h)
{
	uint64_t second = UINT64_C(1000000000);
	uint64_t turn = h->replay_in_us < 0 ? second : (uint64_t)h->replay_in_us * 1000;

	return turn < second ? turn : second;
}

/* False: it is to end, and nothing is left to do. */
static bool wait_for_work(struct history *h, bool *woken)
{
	uint64_t patience = h->more_work ? 0 : patience_ns(h);
	bool go_on;

	uv_mutex_lock(&h->mutex);
	while (patience > 0 && h->queue.count == 0 && h->calls == NULL && !h->woken && !h->stopping)
		if (uv_cond_timedwait(&h->work, &h->mutex, patience) != 0)
			break;
	*woken = h->woken;
	h->woken = false;
	go_on = !h->stopping || h->queue.count != 0 || h->calls != NULL;
	uv_mutex_unlock(&h->mutex);
	return go_on;
}

static void run(void *ctx)
{
	struct history *h = ctx;
	uint64_t turn_ns = 0;
	bool woken;

	pthread_setname_np(pthread_self(), "history"); /* for top(1) and its like */
	if (h->dpi == NULL)
		h->dpi = dpi_open(NULL);
	try_to_open(h);
	while (wait_for_work(h, &woken)) {
		answer_next(h);
		record_next(h);
		work(h);
		history_lasting_work(h);
		look_back(h, woken, &turn_ns);
	}
	if (h->archive != NULL)
		tell(h);
	history_replay_free(h->replay);
	archive_close(h->archive);
	dpi_close(h->dpi);
	uv_mutex_lock(&h->mutex);
	h->ended = true;
	uv_cond_broadcast(&h->done);
	uv_mutex_unlock(&h->mutex);
}

/* ---- other threads ---- */

static char *copy(const char *s)
{
	return s != NULL ? mem_strdup(s) : NULL;
}

static void release(struct history *h)
{
	queue_clear(&h->queue);
	lasting_cache_free(h->lasting);
	uv_cond_destroy(&h->work);
	uv_cond_destroy(&h->done);
	uv_mutex_destroy(&h->mutex);
	mem_free((void *)h->o.dir);
	mem_free((void *)h->o.rrdcached);
	mem_free((void *)h->o.geoip);
	mem_free((void *)h->o.local_networks);
	mem_free(h);
}

/* Signals are the main thread's. */
static int start(struct history *h)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	r = uv_thread_create(&h->thread, run, h);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}

static bool wait_until_open(struct history *h, struct error *e)
{
	bool open;

	uv_mutex_lock(&h->mutex);
	while (!h->opened)
		uv_cond_wait(&h->done, &h->mutex);
	open = h->error.code == ERR_NONE;
	if (!open && e != NULL)
		*e = h->error;
	uv_mutex_unlock(&h->mutex);
	return open;
}

struct history *history_open(const struct history_options *o, struct error *e)
{
	struct history *h = mem_zalloc(sizeof *h);

	h->o = *o;
	h->dpi = o->dpi != NULL ? dpi_share(o->dpi) : NULL;
	h->o.dpi = NULL; /* is borrowed */
	h->replay = history_replay_new();
	h->lasting = lasting_cache_new();
	h->replay_in_us = -1;
	h->patience_ns = CLOSE_S * UINT64_C(1000000000);
	h->o.dir = copy(o->dir);
	h->o.rrdcached = copy(o->rrdcached);
	h->o.geoip = copy(o->geoip);
	h->o.local_networks = copy(o->local_networks);
	text_clean(h->info.dir, sizeof h->info.dir, o->dir, strlen(o->dir));
	snprintf(h->info.text, sizeof h->info.text, "%s", _("being opened"));
	uv_mutex_init(&h->mutex);
	uv_cond_init(&h->work);
	uv_cond_init(&h->done);
	if (start(h) != 0) {
		error_set(e, ERR_LIMIT, "cannot start a thread");
		history_replay_free(h->replay);
		dpi_close(h->dpi);
		release(h);
		return NULL;
	}
	if (o->patient || wait_until_open(h, e))
		return h;
	history_close(h);
	return NULL;
}

void history_close(struct history *h)
{
	uint64_t until;
	bool ended;

	if (h == NULL)
		return;
	until = uv_hrtime() + (h->given_up ? 0 : h->patience_ns);
	uv_mutex_lock(&h->mutex);
	h->stopping = true;
	uv_cond_signal(&h->work);
	while (!h->ended && uv_hrtime() < until)
		uv_cond_timedwait(&h->done, &h->mutex, UINT64_C(1000000000));
	ended = h->ended;
	uv_mutex_unlock(&h->mutex);
	if (!ended) { /* a disk that hangs: the journal has all but the last minute, and nobody is kept from leaving */
		if (!h->given_up) /* else who asked for the flush was told */
			log_line(LOG_WARN_, "history in %.100s could not be written within %d seconds", h->info.dir, CLOSE_S);
		return;
	}
	uv_thread_join(&h->thread);
	release(h);
}

bool history_ready(struct history *h)
{
	bool ready;

	if (h->o.capture_time)
		return true;
	uv_mutex_lock(&h->mutex);
	ready = h->info.on && !h->reading && queue_has_room(&h->queue);
	h->dropped += h->info.on && !h->reading && !ready;
	uv_mutex_unlock(&h->mutex);
	return ready;
}

void history_put(struct history *h, struct interval *i)
{
	bool put;

	uv_mutex_lock(&h->mutex);
	while (h->o.capture_time && !queue_has_room(&h->queue) && !h->ended)
		uv_cond_wait(&h->done, &h->mutex);
	put = queue_put(&h->queue, i);
	h->dropped += !put;
	uv_cond_signal(&h->work);
	uv_mutex_unlock(&h->mutex);
	if (!put)
		interval_unref(i);
}

void history_state(struct history *h, struct history_info *out)
{
	uv_mutex_lock(&h->mutex);
	*out = h->info;
	out->dropped = h->dropped;
	uv_mutex_unlock(&h->mutex);
}

void history_wake(struct history *h)
{
	uv_mutex_lock(&h->mutex);
	h->woken = true;
	uv_cond_signal(&h->work);
	uv_mutex_unlock(&h->mutex);
}

static void ask(struct history *h, struct history_call *c)
{
	struct history_call **end;

	for (end = &h->calls; *end != NULL; end = &(*end)->next)
		;
	*end = c;
	uv_cond_signal(&h->work);
}

void history_call(struct history *h, void (*fn)(struct history *h, void *ctx), void *ctx)
{
	struct history_call c = {.fn = fn, .ctx = ctx};

	uv_mutex_lock(&h->mutex);
	ask(h, &c);
	while (!c.done)
		uv_cond_wait(&h->done, &h->mutex);
	uv_mutex_unlock(&h->mutex);
}

struct flush {
	struct history_call call; /* first */
	struct error error;
	int result;
};

static void flush(struct history *h, void *ctx)
{
	struct flush *f = ctx;

	history_drain(h);
	if (h->archive != NULL)
		f->result = archive_flush(h->archive, &f->error);
	else
		f->result = error_set(&f->error, ERR_IO, "%s", h->info.text);
	tell(h);
	if (f->result == 0 && h->info.lost + h->info.dropped > 0) /* only this thread writes them */
		f->result = error_set(&f->error, ERR_IO, "%llu intervals are not in '%.100s': %.150s",
				      (unsigned long long)(h->info.lost + h->info.dropped), h->o.dir, h->fault.text);
}

const char *history_library(void)
{
	return rrd_store_version();
}

/* As long as anything is written. */
static bool wait_patiently(struct history *h, const struct history_call *c)
{
	unsigned seen = atomic_load_explicit(&h->progress, memory_order_relaxed), now;
	uint64_t until = uv_hrtime() + h->patience_ns;

	while (!c->done && uv_hrtime() < until) {
		uv_cond_timedwait(&h->done, &h->mutex, h->patience_ns / 16);
		now = atomic_load_explicit(&h->progress, memory_order_relaxed);
		if (now != seen)
			until = uv_hrtime() + h->patience_ns;
		seen = now;
	}
	return c->done;
}

int history_flush(struct history *h, struct error *e)
{
	struct flush *f = mem_zalloc(sizeof *f);
	int result;
	bool done;

	f->call = (struct history_call){.fn = flush, .ctx = f};
	uv_mutex_lock(&h->mutex);
	ask(h, &f->call);
	done = wait_patiently(h, &f->call);
	f->call.left = h->given_up = !done; /* then f is history's, which may still come to it */
	uv_mutex_unlock(&h->mutex);
	if (!done)
		return error_set(e, ERR_IO, "history in '%.150s' is not all written: the disk does not answer", h->o.dir);
	if (e != NULL)
		*e = f->error;
	result = f->result;
	mem_free(f);
	return result;
}
