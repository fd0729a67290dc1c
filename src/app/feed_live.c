/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The live feed: what the screen asks goes to the engine as commands, pictures come back by
 * reference. No seek, so no timeline is drawn; a pace only where the source is a file. Main thread.
 */
#include "config.h"

#include "app/feed_live.h"

static struct snapshot *live_acquire(void *ctx)
{
	return engine_newest(ctx);
}

static void live_want(void *ctx, const struct want *w)
{
	engine_want(ctx, w);
}

static int live_capture_filter(void *ctx, const char *text, struct error *e)
{
	return engine_capture_filter(ctx, text, e);
}

static void file_speed(void *ctx, double factor)
{
	engine_speed(ctx, factor);
}

static const struct feed_ops live_ops = {
	.acquire = live_acquire,
	.want = live_want,
	.capture_filter = live_capture_filter,
};

static const struct feed_ops file_ops = {
	.acquire = live_acquire,
	.want = live_want,
	.capture_filter = live_capture_filter,
	.speed = file_speed,
};

struct feed feed_live(struct engine *g)
{
	return (struct feed){.ops = engine_has_files(g) ? &file_ops : &live_ops, .ctx = g};
}
