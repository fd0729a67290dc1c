/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the screen gets its pictures: live from an engine, or from history. The screen's thread calls.
 */
#ifndef DPITOP_FEED_H
#define DPITOP_FEED_H

#include "dpitop/snapshot.h"

struct feed {
	const struct feed_ops *ops;
	void *ctx;
};

enum replay_jump { JUMP_BEGIN, JUMP_END, JUMP_NEXT_PEAK, JUMP_LAST_PEAK, JUMP_NEXT_GAP, JUMP_LAST_GAP };

struct replay_ops {
	void (*seek)(void *ctx, int64_t time_us);      /* the nearest there is */
	void (*step)(void *ctx, int steps);            /* of the timeline; negative: back */
	void (*page)(void *ctx, int pages);            /* visible spans */
	void (*play)(void *ctx, double speed);         /* 1 to 3600 times, negative: backwards; 0: stand */
	void (*zoom)(void *ctx, int64_t window_us);    /* the visible span: a minute to two years, about the present place */
	void (*jump)(void *ctx, enum replay_jump where);
	void (*rest)(void *ctx);                       /* nobody looks any more: what is loaded may go; any other call wakes it */
};

struct feed_ops {
	/* The newest picture with a reference for the caller (snapshot_unref() it), or NULL if there is none yet. */
	struct snapshot *(*acquire)(void *ctx);
	/* Ask for other lists, sorts, filter. Taken over soon; a new picture follows at once if possible. */
	void (*want)(void *ctx, const struct want *w);
	/* Change the capture (BPF) filter of live sources. 0, or a negative err with e filled: the old one stays. */
	int (*capture_filter)(void *ctx, const char *text, struct error *e);
	/* Replay only, NULL when live; a new picture follows. */
	const struct replay_ops *replay;
	/* A capture file's pace: 1, 10, 0 = as fast as it can; and pause. NULL when it cannot. */
	void (*speed)(void *ctx, double factor);
};

#endif
