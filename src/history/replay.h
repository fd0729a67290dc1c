/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * replay: someone looks at the past: which span is in sight, at which moment he stands, and whether time goes
 * on. Knows no thread and no clock; feed_replay.c gives it both. Private to src/history; history's thread.
 */
#ifndef HISTORY_REPLAY_H
#define HISTORY_REPLAY_H

#include "dpitop/feed.h"
#include "history/picture.h"

struct replay;

/* Both are borrowed. clock_us: wall clock, 0: nothing is recorded meanwhile. Stands at the end of what is recorded, with up to a day in sight. */
struct replay *replay_new(const struct window_source *s, const struct picture_context *c, int64_t clock_us);
void replay_free(struct replay *r); /* NULL is fine */
void replay_want(struct replay *r, const struct want *want);

/* As struct replay_ops of feed.h. */
void replay_seek(struct replay *r, int64_t time_us);
void replay_step(struct replay *r, int steps);
void replay_page(struct replay *r, int pages);
void replay_play(struct replay *r, double speed, int64_t clock_us);
double replay_speed(const struct replay *r);
void replay_zoom(struct replay *r, int64_t window_us);
void replay_jump(struct replay *r, enum replay_jump where);

/* Time goes on: play-back moves, and what was recorded meanwhile is seen. */
void replay_tick(struct replay *r, int64_t clock_us);
/* Read up to `budget` entities of the span in sight, then of those beside it. True: there is nothing to read. */
bool replay_load(struct replay *r, size_t budget);
bool replay_is_loading(const struct replay *r); /* the span in sight is not there yet */
/* Is there something new to be seen? Not while it loads. */
bool replay_is_due(const struct replay *r);
/* The picture of the moment; while that loads, the last one's, said to be loading. NULL: there is none yet. The caller's. */
struct snapshot *replay_picture(struct replay *r);
/* Forget what is loaded: nobody looks. */
void replay_rest(struct replay *r);

#endif
