/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The feed of someone who looks at the past: see feed_replay.c. Private to src/history.
 */
#ifndef HISTORY_FEED_REPLAY_H
#define HISTORY_FEED_REPLAY_H

#include "dpitop/feed.h"
#include "history/picture.h"

struct feed_replay;

struct feed_replay_options { /* what is pointed to is borrowed */
	const struct window_source *source;
	const struct picture_context *context;
	void (*wake)(void *ctx);      /* history's thread is to call feed_replay_work() soon; any thread calls */
	void *wake_ctx;
};

/* Rests until something is wanted or asked of it. */
struct feed_replay *feed_replay_new(const struct feed_replay_options *o);
void feed_replay_free(struct feed_replay *f); /* NULL is fine */
/* published: a new picture is there; called on history's thread, and never again once this was called with another one.
 * NULL: none. Any thread. */
void feed_replay_watch(struct feed_replay *f, void (*published)(void *ctx), void *ctx);
/* Its operations may be called by any one thread. */
struct feed feed_replay_feed(struct feed_replay *f);
/* On history's thread: does what was asked, reads for a few milliseconds, publishes. Returns after how many microseconds it
 * wants to be called again: 0 at once, -1 not before it wakes. */
int64_t feed_replay_work(struct feed_replay *f, int64_t clock_us);

#endif
