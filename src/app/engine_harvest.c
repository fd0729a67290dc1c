/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When history is asked for what moved: behind the tick that ends a second, ten, a minute. Lines are taken at
 * once, all else in slices, and before the next tick closes. Where history has no room nothing is taken: then the next
 * interval is longer. Engine's thread; called by engine.c, engine_thread.c and engine_slices.c.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "app/engine_parts.h"
#include "dpitop/names.h"

#define SECOND_US INT64_C(1000000)

/* The clock was set, or the machine slept: by more than a tick is ever late. */
static const int64_t leap_us = 2 * SECOND_US;

static int64_t step_us(unsigned c)
{
	return (int64_t)interval_step_s((enum interval_class)c) * SECOND_US;
}

static int64_t down(int64_t t, int64_t step)
{
	return t - t % step;
}

static int64_t up(int64_t t, int64_t step)
{
	return down(t + step - 1, step);
}

void engine_keep_history(struct engine *g, const struct engine_history *h)
{
	g->harvest.to = *h;
	g->harvest.on = true;
	model_history(g->core.model);
}

/* ---- what the model does not know ---- */

static const char *interface_name(void *ctx, unsigned number)
{
	const struct engine *g = ctx;
	const char *name, *slash;

	if (number >= g->source_count)
		return NULL;
	name = g->info[number].name;
	slash = strcmp(g->info[number].kind, "file") == 0 ? strrchr(name, '/') : NULL; /* wherever it lies */
	return slash != NULL && slash[1] != '\0' ? slash + 1 : name;
}

static const char *host_name(void *ctx, const struct addr *a)
{
	const struct engine *g = ctx;

	return g->names != NULL ? names_peek(g->names, a) : NULL;
}

static uint64_t drops(const struct engine *g)
{
	uint64_t n = 0;

	for (size_t i = 0; i < g->source_count; i++)
		n += g->info[i].dropped + g->info[i].if_dropped;
	return n;
}

bool engine_lasting(void *ctx, enum dim d, const struct dim_key *k, uint64_t bytes[LASTING_COUNT])
{
	struct engine *g = ctx;
	enum interval_class c = interval_class_of(d);
	struct dim_key named;

	if (c == INTERVAL_CLASSES)
		return false;
	memset(&named, 0, sizeof named);
	if (d == DIM_INTERFACE && interface_name(g, k->small.number) != NULL) /* in files it is its name */
		snprintf(named.interface.name, sizeof named.interface.name, "%.63s", interface_name(g, k->small.number));
	return g->harvest.to.lasting(g->harvest.to.ctx, d, d == DIM_INTERFACE ? &named : k,
				     g->harvest.begun[c] ? g->harvest.taken_us[c] : 0,
				     model_unharvested(g->core.model, d, k), bytes);
}

/* ---- one interval ---- */

static struct harvest *begin(struct engine *g, unsigned c, int64_t to_us)
{
	struct engine_harvest *v = &g->harvest;
	struct flow_stats flows = core_flows(&g->core);
	struct harvest_input in = {
		.class_ = (enum interval_class)c, .from_us = v->taken_us[c], .to_us = to_us, .begins = !v->begun[c],
		.flows = flows.created, .drops = drops(g), .live_flows = flows.live,
		.interface = interface_name, .host_name = host_name, .ctx = g,
	};

	v->taken_us[c] = to_us;
	v->begun[c] = true;
	return model_harvest(g->core.model, &in);
}

/* NULL: there is no room for it. */
static struct harvest *try_begin(struct engine *g, unsigned c, int64_t to_us)
{
	return g->harvest.to.ready(g->harvest.to.ctx) ? begin(g, c, to_us) : NULL;
}

static void hand_over(struct engine *g, struct harvest *h)
{
	if (h != NULL)
		g->harvest.to.put(g->harvest.to.ctx, harvest_finish(h));
}

static void take_now(struct engine *g, unsigned c, int64_t to_us)
{
	if (to_us > g->harvest.taken_us[c])
		hand_over(g, try_begin(g, c, to_us));
}

/* ---- ticks ---- */

static void start(struct engine *g, int64_t at_us)
{
	for (unsigned c = 0; c < INTERVAL_CLASSES; c++) {
		g->harvest.taken_us[c] = down(at_us, SECOND_US);
		g->harvest.begun[c] = false;
	}
}

/* Time went on otherwise than the clock: what is there belongs to the time before, in all classes up to the same second. */
static void cut(struct engine *g)
{
	for (unsigned c = 0; c < INTERVAL_CLASSES; c++)
		take_now(g, c, down(g->harvest.last_us, SECOND_US) + SECOND_US);
	start(g, g->core.now_us);
}

/* A file's silence, in one long tick: what moved did so before it. */
static void end_steps_before_silence(struct engine *g)
{
	for (unsigned c = 0; c < INTERVAL_CLASSES; c++) {
		int64_t end = up(g->harvest.last_us, step_us(c));

		if (end < down(g->core.now_us, step_us(c)))
			take_now(g, c, end);
	}
}

static bool leapt(const struct engine *g)
{
	int64_t went = g->core.now_us - g->harvest.last_us - (g->files ? g->core.elapsed_us : g->between_us);

	return went > leap_us || went < -leap_us;
}

void engine_harvest_tick(struct engine *g)
{
	struct engine_harvest *v = &g->harvest;

	if (!v->on)
		return;
	engine_harvest_flush(g);
	if (!g->files)
		engine_refresh_sources(g);
	if (v->last_us == 0)
		start(g, g->core.now_us - g->core.elapsed_us);
	else if (leapt(g))
		cut(g);
	else if (g->core.by_packet_time && g->core.elapsed_us > g->core.tick_us)
		end_steps_before_silence(g);
	v->last_us = g->core.now_us;
	for (unsigned c = 0; c < INTERVAL_CLASSES; c++) {
		int64_t to = down(g->core.now_us, step_us(c));

		if (to > v->taken_us[c])
			v->open[c] = try_begin(g, c, to);
	}
	hand_over(g, v->open[INTERVAL_LINE]);
	v->open[INTERVAL_LINE] = NULL;
}

bool engine_harvest_step(struct engine *g, size_t rows)
{
	struct engine_harvest *v = &g->harvest;

	for (unsigned c = 0; c < INTERVAL_CLASSES; c++) {
		if (v->open[c] == NULL)
			continue;
		if (!harvest_step(v->open[c], rows))
			return false;
		hand_over(g, v->open[c]);
		v->open[c] = NULL;
		if (rows != 0) /* the next one is another slice's */
			return !engine_harvest_waits(g);
	}
	return true;
}

bool engine_harvest_waits(const struct engine *g)
{
	for (unsigned c = 0; c < INTERVAL_CLASSES; c++)
		if (g->harvest.open[c] != NULL)
			return true;
	return false;
}

void engine_harvest_flush(struct engine *g)
{
	engine_harvest_step(g, 0);
}

void engine_harvest_end(struct engine *g, int64_t now_us)
{
	struct engine_harvest *v = &g->harvest;

	if (!v->on)
		return;
	engine_harvest_flush(g);
	if (v->last_us == 0 && model_totals(g->core.model)->packets == 0)
		return;
	if (v->last_us == 0)
		start(g, now_us - g->core.elapsed_us);
	for (unsigned c = 0; c < INTERVAL_CLASSES; c++) {
		int64_t to = up(now_us, SECOND_US), least = v->taken_us[c] + SECOND_US;

		hand_over(g, begin(g, c, to > least ? to : least)); /* there is always room for the last one */
	}
	v->on = false;
}
