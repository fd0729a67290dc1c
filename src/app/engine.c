/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An engine's opening and closing, what its sources hand in, and the inline run over files to their
 * end. The loop on a thread is engine_thread.c, pictures are engine_picture.c.
 */
#include "config.h"

#include "dpitop/engine.h"

#include <stdio.h>
#include <string.h>

#include "app/engine_parts.h"
#include "dpitop/log.h"
#include "dpitop/mem.h"
#include "dpitop/text.h"

enum { PUMP_FRAMES = 4096 };

static void on_frame(void *ctx, struct source *s, const struct frame *f)
{
	struct engine *g = ctx;

	if (g->ring != NULL)
		ring_put(g->ring, source_index(s), source_linktype(s), f);
	core_frame(&g->core, source_index(s), source_linktype(s), f);
}

static void on_batch(void *ctx, struct source *s)
{
	struct engine *g = ctx;

	core_settle(&g->core);
	if (source_fill(s) > 0)
		engine_follow_strain(g);
}

void engine_follow_strain(struct engine *g)
{
	unsigned fill = 0;

	for (size_t i = 0; i < g->source_count; i++)
		if (g->sources[i] != NULL && source_fill(g->sources[i]) > fill)
			fill = source_fill(g->sources[i]);
	if ((fill > 0 || g->strain.level > STRAIN_NONE) && strain_follow(&g->strain, fill, uv_hrtime() / 1000000))
		core_strain(&g->core, g->strain.level, STRAIN_BUDGET_FLOWS);
}

struct source_sink engine_sink(struct engine *g)
{
	return (struct source_sink){.frame = on_frame, .batch = on_batch, .ctx = g};
}

static int open_source(struct engine *g, const struct engine_options *o, size_t i,
		       struct error *e)
{
	struct source_options s = {
		.name = o->sources[i].name,
		.capture_filter = o->capture_filter ? o->capture_filter : "",
		.snaplen = o->snaplen,
		.promiscuous = o->promiscuous,
		.buffer_bytes = o->buffer_bytes,
		.peers = (unsigned)o->source_count,
		.speed = o->speed,
		.wake_fd = o->wake_fd,
		.privilege = o->privilege,
		.exports = exports_of(g->exports, (unsigned)i),
	};
	struct source *opened = source_open(o->sources[i].kind, &s, e);
	char names[256];
	int linktype;

	if (!opened)
		return -1;
	source_set_index(opened, (unsigned)i);
	g->sources[i] = opened;
	g->files |= !source_is_live(opened);
	linktype = source_linktype(opened);
	if (linktype < 0)
		return 0;
	atomic_store(&g->linktype, linktype);
	if (!decode_linktype_known(linktype))
		log_line(LOG_WARN_, "'%.60s': its link type (%d) is not known and counts as non-IP; "
			 "known are %s", s.name, linktype,
			 decode_linktype_names(names, sizeof names));
	return 0;
}

struct engine *engine_open(const struct engine_options *o, struct error *e)
{
	struct engine *g = mem_zalloc(sizeof *g);
	struct error wrong = {.code = ERR_NONE};

	g->lookups = o->names;
	g->speed = o->speed;
	g->decap = o->decap;
	g->vlan_aware = o->vlan_aware;
	uv_mutex_init(&g->mutex);
	g->exports = exports_new(&g->core, o, &wrong);
	if (wrong.code != ERR_NONE) {
		if (e)
			*e = wrong;
		goto failed;
	}
	g->sending = sending_open(o, &wrong);
	if (wrong.code != ERR_NONE) {
		if (e)
			*e = wrong;
		goto failed;
	}
	for (; g->source_count < o->source_count; g->source_count++)
		if (open_source(g, o, g->source_count, e) != 0)
			goto failed;
	if (core_open(&g->core, o, e) != 0)
		goto failed;
	g->core.exports = g->exports;
	g->core.sending = g->sending;
	sending_begin(g->sending, g->core.flows);
	if (g->files)
		sending_may_wait(g->sending);
	if (o->ring_bytes > 0 && (g->ring = ring_new(o->ring_bytes, e)) == NULL)
		goto failed;
	core_by_packets(&g->core, g->files || g->source_count == 0);
	g->drain = o->keep_ended && !g->files;
	engine_refresh_sources(g);
	return g;
failed:
	engine_close(g);
	return NULL;
}

void engine_close(struct engine *g)
{
	if (!g)
		return;
	engine_stop(g, NULL);
	engine_close_sources(g);
	core_release(&g->core);
	sending_free(g->sending);
	exports_free(g->exports);
	ring_free(g->ring);
	mem_free(g->commands.extraction); /* came too late */
	for (size_t i = 0; i < ENGINE_VIEWS; i++)
		engine_filter_release(&g->views[i]);
	for (size_t i = 0; i < ENGINE_VIEWS; i++)
		snapshot_unref(g->views[i].newest);
	categories_unref(g->commands.categories);
	uv_mutex_destroy(&g->mutex);
	mem_free(g);
}

const struct dpi *engine_dpi(const struct engine *g)
{
	return flow_table_dpi(g->core.flows);
}

bool engine_has_files(const struct engine *g)
{
	return g->files;
}

/* The end of a long path tells more. */
static void put_name(struct source_info *info, const char *name)
{
	size_t n = strlen(name), room = sizeof info->name - 1;

	if (n > room)
		name += n - room;
	text_clean(info->name, sizeof info->name, name, strlen(name));
}

static void refresh(struct engine *g, size_t i)
{
	struct source_info *info = &g->info[i];
	const struct core_counts *counts = &g->core.counts[i];
	struct source_state s;

	info->packets = counts->packets;
	info->bytes = counts->bytes;
	info->undecoded = counts->undecoded;
	info->truncated = counts->truncated;
	exports_describe(g->exports, (unsigned)i, info);
	if (!g->sources[i])
		return;
	source_stats(g->sources[i], &s);
	put_name(info, source_name(g->sources[i]));
	snprintf(info->kind, sizeof info->kind, "%s", source_kind(g->sources[i]));
	memcpy(info->linktype, s.linktype_name, sizeof info->linktype);
	text_clean(info->state, sizeof info->state, s.text, strlen(s.text));
	text_clean(info->filter, sizeof info->filter, s.filter, strlen(s.filter));
	info->ok = s.ok;
	info->dropped = s.dropped;
	info->if_dropped = s.if_dropped;
	info->snaplen = s.snaplen;
	info->buffer_bytes = s.buffer_bytes;
	info->refused = s.refused;
	info->progress = __builtin_nan("");
	if (s.size_bytes > 0)
		info->progress = (double)s.read_bytes / (double)s.size_bytes;
	if (s.linktype >= 0)
		atomic_store(&g->linktype, s.linktype);
	if (s.failed != 0 && g->fault.code == ERR_NONE)
		error_set(&g->fault, (enum err)s.failed, "%s", s.text);
}

void engine_refresh_sources(struct engine *g)
{
	size_t i;

	for (i = 0; i < g->source_count; i++)
		refresh(g, i);
}

void engine_close_sources(struct engine *g)
{
	size_t i;

	for (i = 0; i < g->source_count; i++) {
		source_close(g->sources[i]);
		g->sources[i] = NULL;
	}
}

static void on_tick(void *ctx)
{
	struct engine *g = ctx;

	engine_harvest_tick(g);
	engine_harvest_flush(g);
	if (g->each && g->each_result == 0)
		g->each_result = g->each(g->each_ctx, g);
}

/* All frames of all files, or until it is to stop. */
static void read_files(struct engine *g, bool (*stop)(void))
{
	struct source_sink sink = engine_sink(g);

	for (size_t i = 0; i < g->source_count && g->each_result == 0; i++)
		while (source_pump(g->sources[i], PUMP_FRAMES, &sink) > 0)
			if (g->each_result != 0 || (stop && stop()))
				return;
}

struct reading { /* on a thread of its own */
	struct engine *engine;
	bool (*stop)(void);
	uv_thread_t thread;
};

static void read_and_deal(void *ctx)
{
	struct reading *r = ctx;

	read_files(r->engine, r->stop);
	core_deal_last(&r->engine->core);
}

/* Nobody looks before the end, and nothing but packets goes into the flows: ticks need not close before reading goes on. */
static int read_in_two(struct engine *g, bool (*stop)(void), struct error *e)
{
	struct reading r = {.engine = g, .stop = stop};

	core_pipe(&g->core);
	if (uv_thread_create(&r.thread, read_and_deal, &r) != 0)
		return error_set(e, ERR_LIMIT, "cannot start a thread");
	core_follow(&g->core);
	uv_thread_join(&r.thread);
	return 0;
}

int engine_run(struct engine *g, engine_tick *each, bool (*stop)(void), void *ctx,
	       struct error *e)
{
	int r;

	g->each = each;
	g->each_ctx = ctx;
	g->each_result = 0;
	g->core.ticked = on_tick;
	g->core.ctx = g;
	r = core_start(&g->core, e);
	if (r == 0 && g->core.deal != NULL && each == NULL && g->exports == NULL)
		r = read_in_two(g, stop, e);
	else if (r == 0)
		read_files(g, stop);
	if (r != 0)
		return r;
	g->core.ticked = NULL;
	core_finish(&g->core);
	engine_harvest_end(g, g->core.now_us);
	g->ended = true;
	engine_refresh_sources(g);
	if (g->each_result != 0)
		return g->each_result;
	if (g->fault.code != ERR_NONE && e)
		*e = g->fault;
	return g->fault.code;
}

void engine_frame(struct engine *g, int linktype, int64_t ts_us, const uint8_t *data,
		  uint32_t cap_len, uint32_t wire_len)
{
	struct frame f = {.ts_us = ts_us, .data = data, .cap_len = cap_len, .wire_len = wire_len};

	if (core_start(&g->core, NULL) != 0)
		return;
	core_frame(&g->core, 0, linktype, &f);
	core_settle(&g->core);
}

void engine_tick_now(struct engine *g)
{
	if (core_start(&g->core, NULL) == 0)
		core_tick(&g->core, g->core.tick_end_us, g->core.tick_us, 0);
}

uint64_t engine_ticks(struct engine *g)
{
	return g->running ? atomic_load(&g->ticks) : g->core.ticks;
}

struct conservation engine_check(struct engine *g)
{
	core_rest(&g->core);
	return model_check(g->core.model, g->core.flows);
}
