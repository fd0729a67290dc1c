/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An engine on a thread and loop of its own: starts sources, closes ticks (live: by the wall clock,
 * a little late because the kernel hands packets over late; files: by packet time), publishes
 * pictures, takes commands. Long work is done in slices (engine_slices.c). The calls of other threads
 * are at the end.
 */
#include "config.h"

#include <string.h>
#include <time.h>

#include "app/engine_parts.h"
#include "dpitop/i18n.h"
#include "dpitop/log.h"
#include "dpitop/names.h"

/* Packets of a second may come this much after its end (the ring's time-out is 100 ms). */
static const int64_t late_us = 150000;
enum { LOOK_MS = 100, DRAIN_MS = 150, PICTURE_SHARE = 10 };

static int64_t wall_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- live ---- */

static void on_boundary(uv_timer_t *t)
{
	struct engine *g = t->data;
	uint64_t now = uv_hrtime();

	g->between_us = (int64_t)(now - g->boundary_ns) / 1000;
	g->boundary_ns = now;
	engine_follow_strain(g); /* also when nothing comes any more */
	slices_tick(g);
}

void engine_wait_for_boundary(struct engine *g)
{
	int64_t now = wall_us(), tick = g->core.tick_us;

	/* The clock may have been set meanwhile: never count on the last boundary. */
	if (g->boundary_us <= now - tick || g->boundary_us > now + tick)
		g->boundary_us = now - now % tick; /* whole seconds, as history has them */
	g->boundary_us += tick;
	uv_timer_start(&g->timer, on_boundary,
		       (uint64_t)((g->boundary_us + late_us - now) / 1000 + 1), 0);
}

/* ---- files ---- */

static void on_file_tick(void *ctx)
{
	struct engine *g = ctx;

	engine_harvest_tick(g);
	engine_harvest_flush(g);
	g->dirty = true;
}

static void on_event(void *ctx, struct source *s);

static int start_source(struct engine *g, size_t i, struct error *e)
{
	struct source_sink sink = engine_sink(g);

	sink.event = on_event;
	return source_start(g->sources[i], &g->loop, &sink, e);
}

/* All files are read: the picture that stays. */
static void end_of_files(struct engine *g)
{
	core_finish(&g->core);
	engine_harvest_end(g, g->core.now_us);
	g->ended = true;
	uv_timer_stop(&g->timer);
	slices_picture(g, &g->views[0]);
}

static void next_file(struct engine *g)
{
	struct error e = {.code = ERR_NONE};

	while (++g->current < g->source_count) {
		source_speed(g->sources[g->current], g->speed);
		if (start_source(g, g->current, &e) == 0)
			return;
		log_line(LOG_ERROR_, "%s", e.text);
	}
	end_of_files(g);
}

/* A source's state changed: for live ones the next picture shows it, a file may have ended. */
static void on_event(void *ctx, struct source *s)
{
	struct engine *g = ctx;
	struct source_state state;

	source_stats(s, &state);
	if (source_is_live(s)) {
		log_line(state.ok ? LOG_INFO_ : LOG_WARN_, "%.60s: %s", source_name(s), _(state.text));
		return;
	}
	if (state.failed != 0)
		log_line(LOG_ERROR_, "%s", _(state.text));
	if (state.ended && !g->ended)
		next_file(g);
}

static bool may_publish(const struct engine *g)
{
	return uv_hrtime() - g->published_ns > g->cost_ns[WORK_PICTURE] * PICTURE_SHARE;
}

static void on_look(uv_timer_t *t)
{
	struct engine *g = t->data;
	int64_t now = source_clock_us(g->sources[g->current]);

	if (now > 0)
		core_advance(&g->core, now);
	/* The first picture does not wait for the first second of packet time. */
	if ((g->dirty || g->sequence < 3) && !g->views[0].grouping && !g->views[0].building && may_publish(g))
		slices_picture(g, &g->views[0]);
}

/* ---- commands ---- */

/* Names are looked up while anybody wants them. */
static void follow_lookups(struct engine *g)
{
	bool wanted = false;

	for (size_t i = 0; i < ENGINE_VIEWS; i++)
		wanted |= g->views[i].on && g->views[i].want.names;
	if (g->names == NULL || g->lookups == wanted)
		return;
	g->lookups = wanted;
	names_set_lookups(g->names, wanted);
}

static void take_want(struct engine *g, struct engine_view *v, const struct want *want)
{
	bool other_prefix = memcmp(&want->prefix, &v->want.prefix, sizeof want->prefix) != 0, fresh;
	bool extracts = g->extracting && extract_view(g->extraction) == v;

	if (extracts && !extract_is_hasty(g->extraction) && strcmp(want->filter, v->filter.text) != 0)
		extract_cancel(g, _("the filter was changed meanwhile"));
	else if (extracts && extract_is_of_pairs(g->extraction) && other_prefix)
		extract_cancel(g, _("the subnets were changed meanwhile"));
	if (strcmp(want->filter, v->want.filter) != 0 || other_prefix ||
	    memcmp(&want->focus, &v->want.focus, sizeof want->focus) != 0)
		slices_abandon(v); /* the picture under way holds on to the filters and pairs */
	fresh = engine_set_filter(g, v, want);
	v->want = *want;
	v->on = true;
	follow_lookups(g);
	slices_want(g, v, fresh);
}

static void end_view(struct engine *g, struct engine_view *v)
{
	struct snapshot *last;

	if (g->extraction != NULL && extract_view(g->extraction) == v)
		extract_cancel(g, _("who asked for it has left"));
	slices_abandon(v);
	engine_filter_release(v);
	v->on = v->grouping = v->again = false;
	follow_lookups(g);
	uv_mutex_lock(&g->mutex);
	last = v->newest;
	v->newest = NULL;
	v->has_want = false;
	v->state = VIEW_FREE;
	uv_mutex_unlock(&g->mutex);
	snapshot_unref(last);
}

static void take_view(struct engine *g, struct engine_view *v)
{
	struct want want;
	bool has_want, closing;

	uv_mutex_lock(&g->mutex);
	closing = v->state == VIEW_CLOSING;
	has_want = v->has_want;
	if (has_want)
		want = v->wanted;
	v->has_want = false;
	uv_mutex_unlock(&g->mutex);
	if (closing)
		end_view(g, v);
	else if (has_want)
		take_want(g, v, &want);
	if (closing || has_want)
		slices_next(g);
}

static void take_capture_filter(struct engine *g, const char *text)
{
	struct error e = {.code = ERR_NONE};
	size_t i;

	for (i = 0; i < g->source_count; i++)
		if (source_capture_filter(g->sources[i], text, &e) != 0)
			log_line(LOG_ERROR_, "%.60s: %s", source_name(g->sources[i]), e.text);
	slices_want(g, &g->views[0], false);
}

static void take_categories(struct engine *g, struct categories *c)
{
	model_set_categories(g->core.model, c);
	categories_unref(c);
	slices_categories(g);
}

static void take_speed(struct engine *g, double factor)
{
	if (!g->files || g->ended)
		return;
	source_pause(g->sources[g->current], factor < 0);
	if (factor < 0)
		return;
	g->speed = factor;
	source_speed(g->sources[g->current], factor);
}

/* Packets are overwritten soon. Of rows: live, the next tick's end is soon, and all is told then; a file may stand still. */
static void take_extraction(struct engine *g, struct extraction *x)
{
	g->extraction = x;
	if (!extract_view(x)->on) {
		extract_cancel(g, _("who asked for it has left"));
		return;
	}
	if (extract_is_hasty(x) || (g->files && !g->ticking && !g->views[0].grouping))
		slices_extract(g);
}

static void end_loop(struct engine *g)
{
	extract_cancel(g, NULL);
	if (!g->ended) {
		engine_harvest_flush(g);
		core_finish(&g->core);
		engine_harvest_end(g, g->files ? g->core.now_us : wall_us());
		g->ended = true;
	}
	slices_stop(g);
	for (size_t i = 0; i < ENGINE_VIEWS; i++)
		if (g->views[i].on)
			slices_publish(g, &g->views[i]);
	engine_close_sources(g);
	for (size_t i = 0; i < ENGINE_VIEWS; i++)
		engine_filter_release(&g->views[i]); /* it borrows names */
	names_close(g->names);
	g->names = NULL;
	uv_close((uv_handle_t *)&g->wake, NULL);
	uv_close((uv_handle_t *)&g->timer, NULL);
	uv_close((uv_handle_t *)&g->slices, NULL);
}

/* As long as less is in the kernel's buffers each time: where libpcap keeps some to itself they are never empty. */
static void on_drain(uv_timer_t *t)
{
	struct engine *g = t->data;
	uint64_t waiting = 0;

	for (size_t i = 0; i < g->source_count; i++)
		waiting += source_waiting(g->sources[i]);
	if (waiting == 0 || waiting >= g->waiting)
		end_loop(g);
	g->waiting = waiting;
}

/* Totals of live traffic have what the kernel had taken in until now. */
static void stop(struct engine *g)
{
	slices_stop(g);
	if (!g->drain || g->ended) {
		end_loop(g);
		return;
	}
	for (size_t i = 0; i < g->source_count; i++)
		source_refuse(g->sources[i]);
	g->waiting = UINT64_MAX;
	uv_timer_start(&g->timer, on_drain, DRAIN_MS, DRAIN_MS);
}

static void on_wake(uv_async_t *a)
{
	struct engine *g = a->data;
	struct engine_commands c;

	uv_mutex_lock(&g->mutex);
	c = g->commands;
	memset(&g->commands, 0, sizeof g->commands);
	uv_mutex_unlock(&g->mutex);
	if (c.stop) {
		g->extraction = c.extraction ? c.extraction : g->extraction;
		categories_unref(c.categories);
		stop(g);
		return;
	}
	if (c.has_categories)
		take_categories(g, c.categories);
	if (c.has_filter)
		take_capture_filter(g, c.filter);
	if (c.has_speed)
		take_speed(g, c.speed);
	for (size_t i = 0; i < ENGINE_VIEWS; i++)
		take_view(g, &g->views[i]);
	if (c.extraction)
		take_extraction(g, c.extraction);
}

/* ---- the thread ---- */

static void run(void *ctx)
{
	struct engine *g = ctx;

	slices_publish(g, &g->views[0]);
	uv_run(&g->loop, UV_RUN_DEFAULT);
	uv_loop_close(&g->loop);
}

static int start_sources(struct engine *g, struct error *e)
{
	size_t i, n = g->files ? 1 : g->source_count;

	for (i = 0; i < n; i++)
		if (start_source(g, i, e) != 0)
			return -1;
	return 0;
}

/* Before the thread runs, commands wait for its start. */
static void wake(struct engine *g)
{
	if (g->running)
		uv_async_send(&g->wake);
}

int engine_start(struct engine *g, const struct want *want, void (*published)(void *ctx),
		 void *ctx, struct error *e)
{
	struct names_options n = {.lookups = g->lookups, .here = !g->files};
	struct error warning = {.code = ERR_NONE};
	int r;

	g->views[0].want = *want;
	g->views[0].on = true;
	g->views[0].state = VIEW_OPEN;
	g->published = published;
	g->ctx = ctx;
	engine_set_filter(g, &g->views[0], want);
	uv_loop_init(&g->loop);
	uv_async_init(&g->loop, &g->wake, on_wake);
	uv_timer_init(&g->loop, &g->timer);
	uv_idle_init(&g->loop, &g->slices);
	g->wake.data = g->timer.data = g->slices.data = g;
	g->names = names_new(&g->loop, &n, &warning);
	if (warning.code != ERR_NONE)
		log_line(LOG_WARN_, "%s", warning.text);
	if (g->files) {
		g->core.ticked = on_file_tick;
		g->core.ctx = g;
		uv_timer_start(&g->timer, on_look, LOOK_MS, LOOK_MS);
	} else {
		g->closed_ns = g->boundary_ns = uv_hrtime();
		engine_wait_for_boundary(g);
	}
	r = core_start(&g->core, e);
	if (r == 0)
		r = start_sources(g, e);
	if (r == 0 && uv_thread_create(&g->thread, run, g) == 0) {
		g->running = true;
		wake(g);
		return 0;
	}
	end_loop(g);
	uv_run(&g->loop, UV_RUN_DEFAULT);
	uv_loop_close(&g->loop);
	return r != 0 ? r : error_set(e, ERR_LIMIT, "cannot start a thread");
}

/* ---- other threads ---- */

int engine_stop(struct engine *g, struct error *e)
{
	if (g->running) {
		uv_mutex_lock(&g->mutex);
		g->commands.stop = true;
		uv_mutex_unlock(&g->mutex);
		uv_async_send(&g->wake);
		uv_thread_join(&g->thread);
		g->running = false;
	}
	if (e && g->fault.code != ERR_NONE)
		*e = g->fault;
	return g->fault.code;
}

struct snapshot *engine_view_newest(struct engine *g, int view)
{
	struct snapshot *s;

	uv_mutex_lock(&g->mutex);
	s = g->views[view].newest;
	if (s)
		snapshot_ref(s);
	uv_mutex_unlock(&g->mutex);
	return s;
}

struct snapshot *engine_newest(struct engine *g)
{
	return engine_view_newest(g, 0);
}

void engine_view_want(struct engine *g, int view, const struct want *want)
{
	uv_mutex_lock(&g->mutex);
	g->views[view].has_want = true;
	g->views[view].wanted = *want;
	uv_mutex_unlock(&g->mutex);
	wake(g);
}

void engine_want(struct engine *g, const struct want *want)
{
	engine_view_want(g, 0, want);
}

int engine_view_open(struct engine *g, const struct want *want)
{
	int view = -1;

	uv_mutex_lock(&g->mutex);
	for (int i = 1; i < ENGINE_VIEWS && view < 0; i++)
		if (g->views[i].state == VIEW_FREE)
			view = i;
	if (view > 0)
		g->views[view].state = VIEW_OPEN;
	uv_mutex_unlock(&g->mutex);
	if (view > 0)
		engine_view_want(g, view, want);
	return view;
}

void engine_view_close(struct engine *g, int view)
{
	uv_mutex_lock(&g->mutex);
	g->views[view].state = VIEW_CLOSING;
	uv_mutex_unlock(&g->mutex);
	wake(g);
}

int engine_capture_filter(struct engine *g, const char *text, struct error *e)
{
	int r = source_filter_check(atomic_load(&g->linktype), text, e);

	if (r == 0 && strlen(text) >= sizeof g->commands.filter)
		r = error_set(e, ERR_USAGE, "the capture filter is too long");
	if (r != 0)
		return r;
	uv_mutex_lock(&g->mutex);
	g->commands.has_filter = true;
	memcpy(g->commands.filter, text, strlen(text) + 1);
	uv_mutex_unlock(&g->mutex);
	wake(g);
	return 0;
}

void engine_categories(struct engine *g, struct categories *c)
{
	struct categories *before;

	if (!g->running) {
		model_set_categories(g->core.model, c);
		model_recategorise(g->core.model, 0);
		return;
	}
	uv_mutex_lock(&g->mutex);
	before = g->commands.categories;
	g->commands.has_categories = true;
	g->commands.categories = categories_ref(c);
	uv_mutex_unlock(&g->mutex);
	categories_unref(before);
	wake(g);
}

void engine_speed(struct engine *g, double factor)
{
	uv_mutex_lock(&g->mutex);
	g->commands.has_speed = true;
	g->commands.speed = factor;
	uv_mutex_unlock(&g->mutex);
	wake(g);
}
