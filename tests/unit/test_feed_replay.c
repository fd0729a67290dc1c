/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * history/feed_replay.c: what keys ask from another thread, and what comes back.
 */
#include "config.h"

#include <check.h>
#include <string.h>
#include <uv.h>

#include "history/feed_replay.h"
#include "past.h"

Suite *feed_replay_suite(void);

#define DAY (INT64_C(86400) * 1000000)

static struct want wanted(void)
{
	struct want w;

	memset(&w, 0, sizeof w);
	w.lists[DIM_HOST].on = true;
	return w;
}

struct watch {
	unsigned woken, published;
};

static void wake(void *ctx)
{
	((struct watch *)ctx)->woken++;
}

static void published(void *ctx)
{
	((struct watch *)ctx)->published++;
}

static void settle_feed(struct feed_replay *f)
{
	for (int i = 0; i < 10000 && feed_replay_work(f, PAST_END_US) == 0; i++)
		;
}

START_TEST(feed_does_what_keys_ask_and_rests)
{
	struct past *p = past_new();
	struct watch watch = {0, 0};
	struct feed_replay_options o = {&p->source, &p->context, wake, &watch};
	struct feed_replay *f = feed_replay_new(&o);
	struct feed feed = feed_replay_feed(f);
	struct want w = wanted();
	struct snapshot *s;
	int64_t from;

	feed_replay_watch(f, published, &watch);
	ck_assert_int_eq(feed_replay_work(f, PAST_END_US), -1);
	ck_assert_ptr_null(feed.ops->acquire(feed.ctx));
	feed.ops->want(feed.ctx, &w);
	ck_assert_uint_eq(watch.woken, 1);
	settle_feed(f);
	s = feed.ops->acquire(feed.ctx);
	ck_assert_ptr_nonnull(s);
	ck_assert_uint_eq(watch.published, 1);
	from = s->replay.from_us;
	snapshot_unref(s);
	for (int i = 0; i < 300; i++) /* a key held down */
		feed.ops->replay->step(feed.ctx, i % 3 == 0 ? 1 : -1);
	settle_feed(f);
	s = feed.ops->acquire(feed.ctx);
	ck_assert_int_eq(s->replay.from_us, from - 100 * s->replay.step_us);
	snapshot_unref(s);
	feed.ops->replay->rest(feed.ctx);
	ck_assert_int_eq(feed_replay_work(f, PAST_END_US), -1);
	ck_assert_ptr_null(feed.ops->acquire(feed.ctx));
	feed.ops->replay->seek(feed.ctx, PAST_END_US - DAY);
	settle_feed(f);
	s = feed.ops->acquire(feed.ctx);
	ck_assert_ptr_nonnull(s);
	ck_assert_uint_gt(s->lists[DIM_HOST].count, 0); /* what was wanted still is */
	snapshot_unref(s);
	feed_replay_free(f);
	past_free(p);
}
END_TEST

/* Two threads: the screen's asks and takes as fast as it can, history's works. */
static void look_on(void *ctx)
{
	struct feed *feed = ctx;
	struct want w = wanted();

	for (int i = 0; i < 200; i++) {
		struct snapshot *s = feed->ops->acquire(feed->ctx);

		snapshot_unref(s);
		w.lists[DIM_HOST].top = (size_t)i;
		feed->ops->want(feed->ctx, &w);
		feed->ops->replay->step(feed->ctx, i % 2 == 0 ? -3 : 1);
		if (i % 20 == 0)
			feed->ops->replay->seek(feed->ctx, PAST_END_US - i * DAY / 20);
		if (i % 50 == 49)
			feed->ops->replay->rest(feed->ctx);
	}
	feed->ops->replay->seek(feed->ctx, PAST_END_US - 2 * DAY);
}

START_TEST(screen_and_history_are_two_threads)
{
	struct past *p = past_new();
	struct watch watch = {0, 0}, nobody = {0, 0};
	struct feed_replay_options o = {&p->source, &p->context, wake, &nobody};
	struct feed_replay *f = feed_replay_new(&o);
	struct feed feed = feed_replay_feed(f);
	struct snapshot *s;
	uv_thread_t screen;

	feed_replay_watch(f, published, &watch);
	o.wake_ctx = &nobody;
	ck_assert_int_eq(uv_thread_create(&screen, look_on, &feed), 0);
	for (int i = 0; i < 300; i++)
		feed_replay_work(f, PAST_END_US);
	uv_thread_join(&screen);
	settle_feed(f);
	s = feed.ops->acquire(feed.ctx);
	ck_assert_ptr_nonnull(s);
	ck_assert(s->replay.from_us < PAST_END_US - 2 * DAY && s->replay.to_us >= PAST_END_US - 2 * DAY);
	snapshot_unref(s);
	feed_replay_free(f);
	past_free(p);
}
END_TEST

Suite *feed_replay_suite(void)
{
	Suite *s = suite_create("feed_replay");
	TCase *c = tcase_create("feed_replay");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, feed_does_what_keys_ask_and_rests);
	tcase_add_test(c, screen_and_history_are_two_threads);
	suite_add_tcase(s, c);
	return s;
}
