/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between the screen's thread and history's: what the keys ask goes one way as small commands, pictures the
 * other way by reference. The screen never waits; reading is cut into portions, so that recording does not
 * either.
 */
#include "config.h"

#include "history/feed_replay.h"

#include <string.h>
#include <uv.h>

#include "dpitop/mem.h"
#include "history/replay.h"

#define MS INT64_C(1000)

enum { COMMANDS_MAX = 64, PORTION = 24 /* entities read before the others have their turn */ };
enum { SLICE_MS = 8, PLAY_MS = 100, IDLE_MS = 1000, PATIENCE_MS = 120 /* loading is said when it takes longer */ };

enum command_kind { SEEK, STEP, PAGE, PLAY, ZOOM, JUMP, REST };

struct command {
	enum command_kind kind;
	int64_t time_us;
	double speed;
	int n;
};

struct feed_replay {
	struct feed_replay_options o;
	uv_mutex_t mutex;         /* for: */
	struct command commands[COMMANDS_MAX];
	size_t count;
	struct want want;
	bool want_is_new, awake;  /* somebody looks */
	struct snapshot *newest;
	void (*published)(void *ctx);
	void *ctx;
	/* history's thread alone */
	struct replay *replay;
	bool fresh;               /* it knows of no want yet */
	int64_t loading_since_us; /* 0: it does not */
	bool said;                /* that it loads */
};

struct feed_replay *feed_replay_new(const struct feed_replay_options *o)
{
	struct feed_replay *f = mem_zalloc(sizeof *f);

	f->o = *o;
	uv_mutex_init(&f->mutex);
	return f;
}

void feed_replay_free(struct feed_replay *f)
{
	if (f == NULL)
		return;
	replay_free(f->replay);
	snapshot_unref(f->newest);
	uv_mutex_destroy(&f->mutex);
	mem_free(f);
}

/* ---- the screen's thread ---- */

/* Steps and pages add up; of seeks the last counts. */
static bool joins(struct command *last, const struct command *c)
{
	if (last->kind != c->kind || c->kind == JUMP)
		return false;
	if (c->kind == STEP || c->kind == PAGE)
		last->n += c->n;
	else
		*last = *c;
	return true;
}

static void ask(struct feed_replay *f, const struct command *c)
{
	uv_mutex_lock(&f->mutex);
	if (f->count == 0 || !joins(&f->commands[f->count - 1], c)) {
		if (f->count == COMMANDS_MAX) /* nobody types so fast: what is oldest is of no use any more */
			memmove(f->commands, f->commands + 1, --f->count * sizeof f->commands[0]);
		f->commands[f->count++] = *c;
	}
	f->awake = c->kind != REST;
	uv_mutex_unlock(&f->mutex);
	f->o.wake(f->o.wake_ctx);
}

static void on_seek(void *ctx, int64_t time_us)
{
	ask(ctx, &(struct command){.kind = SEEK, .time_us = time_us});
}

static void on_step(void *ctx, int steps)
{
	ask(ctx, &(struct command){.kind = STEP, .n = steps});
}

static void on_page(void *ctx, int pages)
{
	ask(ctx, &(struct command){.kind = PAGE, .n = pages});
}

static void on_play(void *ctx, double speed)
{
	ask(ctx, &(struct command){.kind = PLAY, .speed = speed});
}

static void on_zoom(void *ctx, int64_t window_us)
{
	ask(ctx, &(struct command){.kind = ZOOM, .time_us = window_us});
}

static void on_jump(void *ctx, enum replay_jump where)
{
	ask(ctx, &(struct command){.kind = JUMP, .n = (int)where});
}

static void on_rest(void *ctx)
{
	ask(ctx, &(struct command){.kind = REST});
}

static struct snapshot *on_acquire(void *ctx)
{
	struct feed_replay *f = ctx;
	struct snapshot *s;

	uv_mutex_lock(&f->mutex);
	s = f->newest;
	if (s != NULL)
		snapshot_ref(s);
	uv_mutex_unlock(&f->mutex);
	return s;
}

static void on_want(void *ctx, const struct want *w)
{
	struct feed_replay *f = ctx;

	uv_mutex_lock(&f->mutex);
	f->want = *w;
	f->want_is_new = f->awake = true;
	uv_mutex_unlock(&f->mutex);
	f->o.wake(f->o.wake_ctx);
}

void feed_replay_watch(struct feed_replay *f, void (*published)(void *ctx), void *ctx)
{
	uv_mutex_lock(&f->mutex);
	f->published = published;
	f->ctx = ctx;
	uv_mutex_unlock(&f->mutex);
}

struct feed feed_replay_feed(struct feed_replay *f)
{
	static const struct replay_ops replay = {.seek = on_seek, .step = on_step, .page = on_page, .play = on_play,
						 .zoom = on_zoom, .jump = on_jump, .rest = on_rest};
	static const struct feed_ops ops = {.acquire = on_acquire, .want = on_want, .replay = &replay};

	return (struct feed){.ops = &ops, .ctx = f};
}

/* ---- history's thread ---- */

static void publish(struct feed_replay *f, struct snapshot *s)
{
	struct snapshot *old;

	if (s == NULL)
		return;
	uv_mutex_lock(&f->mutex);
	old = f->newest;
	f->newest = s;
	if (f->published != NULL)
		f->published(f->ctx);
	uv_mutex_unlock(&f->mutex);
	snapshot_unref(old);
}

/* Nobody looks: the picture goes too, or the next one who looks would see it first. */
static void rest(struct feed_replay *f)
{
	struct snapshot *old;

	replay_free(f->replay);
	f->replay = NULL;
	uv_mutex_lock(&f->mutex);
	old = f->newest;
	f->newest = NULL;
	uv_mutex_unlock(&f->mutex);
	snapshot_unref(old);
}

static void obey(struct feed_replay *f, const struct command *c, int64_t clock_us)
{
	if (c->kind != REST && f->replay == NULL) {
		f->replay = replay_new(f->o.source, f->o.context, clock_us);
		f->fresh = true;
	}
	switch (c->kind) {
	case SEEK: replay_seek(f->replay, c->time_us); break;
	case STEP: replay_step(f->replay, c->n); break;
	case PAGE: replay_page(f->replay, c->n); break;
	case PLAY: replay_play(f->replay, c->speed, clock_us); break;
	case ZOOM: replay_zoom(f->replay, c->time_us); break;
	case JUMP: replay_jump(f->replay, (enum replay_jump)c->n); break;
	case REST: rest(f); break;
	}
}

/* False: nobody looks. */
static bool take_commands(struct feed_replay *f, int64_t clock_us)
{
	struct command commands[COMMANDS_MAX];
	struct want *want = mem_alloc(sizeof *want);
	size_t count;
	bool awake, fresh;

	uv_mutex_lock(&f->mutex);
	count = f->count;
	memcpy(commands, f->commands, count * sizeof commands[0]);
	f->count = 0;
	awake = f->awake;
	*want = f->want;
	fresh = f->want_is_new;
	f->want_is_new = false;
	uv_mutex_unlock(&f->mutex);
	for (size_t i = 0; i < count; i++)
		obey(f, &commands[i], clock_us);
	if (awake && f->replay == NULL) {
		f->replay = replay_new(f->o.source, f->o.context, clock_us);
		f->fresh = true;
	}
	if ((fresh || f->fresh) && f->replay != NULL)
		replay_want(f->replay, want);
	f->fresh = false;
	mem_free(want);
	return awake && f->replay != NULL;
}

/* True: there is more to read. */
static bool load(struct feed_replay *f)
{
	uint64_t until = uv_hrtime() + SLICE_MS * UINT64_C(1000000);

	while (!replay_load(f->replay, PORTION))
		if (uv_hrtime() >= until || replay_is_due(f->replay))
			return true;
	return false;
}

static void say_loading(struct feed_replay *f, int64_t now_us)
{
	if (!replay_is_loading(f->replay)) {
		f->loading_since_us = 0;
		f->said = false;
		return;
	}
	if (f->loading_since_us == 0)
		f->loading_since_us = now_us;
	if (f->said || now_us - f->loading_since_us < PATIENCE_MS * MS)
		return;
	f->said = true;
	publish(f, replay_picture(f->replay));
}

int64_t feed_replay_work(struct feed_replay *f, int64_t clock_us)
{
	bool more;

	if (!take_commands(f, clock_us))
		return -1;
	replay_tick(f->replay, clock_us);
	more = load(f);
	say_loading(f, (int64_t)(uv_hrtime() / 1000));
	if (replay_is_due(f->replay)) {
		publish(f, replay_picture(f->replay));
		more = true;
	}
	return more ? 0 : replay_speed(f->replay) != 0 ? PLAY_MS * MS : IDLE_MS * MS;
}
