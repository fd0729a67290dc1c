/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A past without a disk, for tests of replay and its screens: seventeen days of six conversations, the same
 * every time, with a night in which nothing was recorded. All dimensions add up to the same traffic.
 */
#ifndef TESTS_PAST_H
#define TESTS_PAST_H

#include "dpitop/feed.h"
#include "history/replay.h"

/* 2023-11-14 22:13:00 UTC: the end of what is recorded, as in the other golden screens. */
#define PAST_END_US (INT64_C(1699999980) * 1000000)
#define PAST_BEGIN_US (PAST_END_US - INT64_C(17) * 86400 * 1000000)

struct past {
	struct window_source source;
	struct picture_context context;
	struct replay *replay;
	unsigned fetched; /* series read so far */
	struct dpi *dpi;
	struct want *want;
	int64_t clock_us;
	bool nothing;     /* is recorded */
};

struct past *past_new(void); /* with a replay */
void past_free(struct past *p);
/* A feed that answers at once. */
struct feed past_feed(struct past *p);
/* The picture of the moment, all loaded; the caller's. */
struct snapshot *past_picture(struct past *p);
/* What the past has: bytes that all of it sent and received from from_us to to_us. */
uint64_t past_bytes(int64_t from_us, int64_t to_us);
bool past_is_recorded(int64_t second);

#endif
