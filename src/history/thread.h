/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * History's thread from the inside, for the files that have work for it. Private to src/history.
 */
#ifndef HISTORY_THREAD_H
#define HISTORY_THREAD_H

#include <stdatomic.h>
#include <uv.h>

#include "dpitop/history.h"
#include "history/archive.h"
#include "history/queue.h"

struct history_call {
	struct history_call *next;
	void (*fn)(struct history *h, void *ctx);
	void *ctx;
	bool done;
	bool left; /* nobody waits any more: it is freed when it is done */
};

struct history {
	struct history_options o; /* the strings are its own */
	/* its thread's alone */
	struct archive *archive;  /* NULL: not open (yet) */
	struct dpi *dpi;
	struct history_replay *replay; /* who looks back */
	struct lasting_cache *lasting; /* totals of the calendar beside live rows; its contents are shared */
	int64_t replay_in_us;     /* after so long he wants his turn again; -1: not before he wakes */
	bool more_work;           /* archive_work() has not done all that is due */
	int64_t worked_us;        /* when it was called last */
	int64_t newest_us;        /* end of the newest interval */
	int64_t open_again_us;
	uint64_t load_wall_ns, load_cpu_ns;
	char said[200];           /* the state that the log has */
	struct error fault;       /* of the last interval that was not recorded as it should be */
	/* shared */
	uv_thread_t thread;
	uv_mutex_t mutex;         /* for what follows; never held while anything waits for a disk */
	uv_cond_t work, done;
	struct queue queue;
	struct history_call *calls;
	bool woken, stopping, opened, ended;
	bool reading;             /* another process records there */
	struct error error;       /* of opening */
	atomic_uint progress;     /* grows while it writes or records; no lock */
	uint64_t patience_ns;     /* without any of it until nobody waits for it any more; the main thread's */
	bool given_up;            /* the main thread's, too */
	struct history_info info;
	uint64_t dropped;
};

/* Run fn on history's thread, in its turn, and wait for that. Any other thread. fn finds h->archive NULL if it is not open. */
void history_call(struct history *h, void (*fn)(struct history *h, void *ctx), void *ctx);
void history_wake(struct history *h); /* there is something to do; any thread */
int64_t history_clock_us(void);
/* Record all that waits. Its thread. */
void history_drain(struct history *h);

/* history_replay.c */
struct history_replay *history_replay_new(void);
void history_replay_free(struct history_replay *r);
int64_t history_replay_work(struct history *h); /* as feed_replay_work() */

/* lasting.c */
struct lasting_cache *lasting_cache_new(void);
void lasting_cache_free(struct lasting_cache *c);
void history_lasting_recorded(struct history *h, enum interval_class c, int64_t to_us); /* an interval is in the archive */
void history_lasting_work(struct history *h); /* look up what was asked for since */

/* report.c */
struct picture_context;
struct snapshot *report_picture(struct archive *a, const struct picture_context *c, const struct want *want, enum lasting period,
				int64_t now_us, struct error *e);

#endif
