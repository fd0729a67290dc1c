/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loading a span of the past: each entity's series, added up to the steps of the timeline. Only steps in which
 * it moved are kept. History's thread.
 */
#include "config.h"

#include "history/window.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/mem.h"
#include "history/window_step.h"

enum { STEPS_MAX = 8, RUNS_MAX = 4096, AHEAD = 64 };

/* ---- one entity ---- */

struct filling { /* a block into the steps of a window */
	struct window *w;
	struct window_row *row;     /* or NULL: */
	bool totals, graph;
	int64_t from_us, step_us;   /* of the steps that are filled */
	size_t steps;
};

static int64_t whole(const struct series_block *b, enum series s, size_t i)
{
	double v = b->values[s] != NULL ? b->values[s][i] : 0;

	return isfinite(v) ? (int64_t)llround(v) : 0;
}

static struct window_cell *cell_at(struct window *w, struct window_row *r, size_t at)
{
	struct window_cell *c = r->count > 0 ? &r->cells[r->count - 1] : NULL;

	if (c != NULL && c->at == at)
		return c;
	if (r->count == r->room) {
		uint32_t room = r->room > 0 ? r->room * 2 : 4;

		w->memory_bytes += (room - r->room) * sizeof *r->cells;
		r->cells = mem_grow(r->cells, room, sizeof *r->cells);
		r->room = room;
	}
	c = &r->cells[r->count++];
	memset(c, 0, sizeof *c);
	c->at = (uint32_t)at;
	return c;
}

/* The n-th of `parts` equal parts; the last has the rest. */
static int64_t part(int64_t v, size_t n, size_t parts)
{
	int64_t each = v / (int64_t)parts;

	return n + 1 < parts ? each : v - each * (int64_t)(parts - 1);
}

static void add_cell(struct filling *f, const struct series_block *b, size_t i, size_t at, size_t n, size_t parts)
{
	int64_t v[SERIES_FLOWS + 1], any = 0;
	struct window_cell *c;

	for (int s = 0; s <= SERIES_FLOWS; s++) {
		v[s] = part(whole(b, (enum series)s, i), n, parts);
		any |= v[s];
	}
	if (any == 0)
		return;
	c = cell_at(f->w, f->row, at);
	for (int d = 0; d < 2; d++) {
		c->bytes[d] += v[SERIES_BYTES_0 + d];
		c->packets[d] += v[SERIES_PACKETS_0 + d];
	}
	c->flows += v[SERIES_FLOWS];
	c->live = (uint32_t)whole(b, SERIES_LIVE, i);
	c->hosts = (uint32_t)whole(b, SERIES_HOSTS, i);
}

static void add_total(struct filling *f, const struct series_block *b, size_t i, size_t at, size_t n, size_t parts)
{
	struct window_total *t = &f->w->totals[at];

#define ADD(member, series) t->member += part(whole(b, series, i), n, parts)
	ADD(bytes[0], SERIES_BYTES_0);
	ADD(bytes[1], SERIES_BYTES_1);
	ADD(packets, SERIES_PACKETS_0);
	ADD(flows, SERIES_FLOWS);
	ADD(all, SERIES_BYTES);
	ADD(local, SERIES_LOCAL);
	ADD(transit, SERIES_TRANSIT);
	ADD(non_ip, SERIES_NON_IP);
	ADD(non_ip_packets, SERIES_NON_IP_PACKETS);
	ADD(drops, SERIES_DROPS);
#undef ADD
	t->live = (uint32_t)whole(b, SERIES_LIVE, i);
	t->hosts = (uint32_t)whole(b, SERIES_HOSTS, i);
}

/* As live has it: out, and all else (model_graph()). */
static void add_graph(struct filling *f, const struct series_block *b, size_t i, size_t at, size_t n, size_t parts)
{
	int64_t out = part(whole(b, SERIES_BYTES_0, i), n, parts);
	int64_t in = part(whole(b, SERIES_BYTES_1, i) + whole(b, SERIES_LOCAL, i) + whole(b, SERIES_TRANSIT, i), n, parts);
	uint64_t *to = f->w->graph[at];

	to[0] += out > 0 ? (uint64_t)out : 0;
	to[1] += in > 0 ? (uint64_t)in : 0;
}

/* A value of a step coarser than the window's is spread over the window's. */
static void fill(struct filling *f, const struct series_block *b)
{
	for (size_t i = 0; i < b->steps; i++) {
		int64_t from = b->from_us + (int64_t)i * b->step_us;
		size_t parts = b->step_us > f->step_us ? (size_t)(b->step_us / f->step_us) : 1;

		for (size_t n = 0; n < parts; n++) {
			int64_t begin = from + (int64_t)n * f->step_us, at = (begin - f->from_us) / f->step_us;

			if (begin < f->from_us || at >= (int64_t)f->steps)
				continue;
			if (f->row != NULL)
				add_cell(f, b, i, (size_t)at, n, parts);
			if (f->totals)
				add_total(f, b, i, (size_t)at, n, parts);
			if (f->graph)
				add_graph(f, b, i, (size_t)at, n, parts);
		}
	}
}

static void note_failure(struct window *w, const struct entity_info *info, const struct error *e)
{
	if (w->failed++ == 0)
		snprintf(w->failure, sizeof w->failure, "%.60s: %.130s", info->key_text != NULL ? info->key_text : "", e->text);
}

/* At the coarsest step of its files that suits; the archive makes what that has not finished of finer ones. */
static void read_series(struct filling *f, const struct entity *e, const struct entity_info *info)
{
	const struct window_source *s = f->w->source;
	int64_t end = f->from_us + (int64_t)f->steps * f->step_us;
	int64_t file_step = window_file_step(s, info->dim, f->from_us, f->step_us, f->w->as_of_us);
	struct series_block b = {.steps = 0};
	struct error error = {.code = ERR_NONE};

	if (file_step == 0)
		return;
	if (end > f->w->as_of_us)
		end = (f->w->as_of_us + file_step - 1) / file_step * file_step;
	if (end <= f->from_us)
		return;
	if (s->fetch(s->ctx, e, f->from_us, end, file_step, &b, &error) != 0) {
		note_failure(f->w, info, &error);
		return;
	}
	fill(f, &b);
	mem_free(b.memory);
}

static bool is_in_span(const struct window *w, const struct entity_info *info)
{
	return info->last_us > w->from_us - (int64_t)w->lead * w->step_us && info->first_us <= w->to_us;
}

static char *copy_texts(struct entity_info *info)
{
	const char *key = info->key_text != NULL ? info->key_text : "", *name = info->name != NULL ? info->name : "";
	size_t k = strlen(key) + 1, n = strlen(name) + 1;
	char *texts = mem_alloc(k + n);

	memcpy(texts, key, k);
	memcpy(texts + k, name, n);
	info->key_text = texts;
	info->name = texts + k;
	return texts;
}

static void load_totals(struct window *w, const struct entity *e, const struct entity_info *info)
{
	struct filling f = {.w = w, .totals = true, .from_us = w->from_us - (int64_t)w->lead * w->step_us,
			    .step_us = w->step_us, .steps = w->lead + w->steps};
	struct filling graph = {.w = w, .graph = true, .from_us = w->from_us, .step_us = w->graph_step_us, .steps = w->graph_count};

	read_series(&f, e, info);
	read_series(&graph, e, info);
}

static void load_row(struct window *w, const struct entity *e, struct entity_info *info)
{
	struct filling f = {.w = w, .from_us = w->from_us - (int64_t)w->lead * w->step_us, .step_us = w->step_us,
			    .steps = w->lead + w->steps};
	struct window_row *r;

	if (w->count == w->room) {
		w->room = w->room > 0 ? w->room * 2 : 64;
		w->rows = mem_grow(w->rows, w->room, sizeof *w->rows);
	}
	r = f.row = &w->rows[w->count];
	*r = (struct window_row){.info = *info};
	read_series(&f, e, info);
	if (r->count == 0)
		return; /* in no step of it */
	r->texts = copy_texts(&r->info);
	w->count++;
}

/* ---- the window ---- */

static void mark_gaps(struct window *w)
{
	struct archive_span *runs = mem_array(RUNS_MAX, sizeof *runs);
	size_t n = w->source->runs(w->source->ctx, runs, RUNS_MAX);

	for (size_t i = 0; i < n; i++) {
		for (size_t at = 0; at < w->lead + w->steps; at++) {
			int64_t from = window_begin(w, at);

			w->totals[at].recorded |= runs[i].from_us < from + w->step_us && runs[i].to_us > from;
		}
	}
	for (size_t g = 0; g < w->graph_count; g++) {
		int64_t from = w->from_us + (int64_t)g * w->graph_step_us;
		bool recorded = false;

		for (size_t i = 0; i < n && !recorded; i++)
			recorded = runs[i].from_us < from + w->graph_step_us && runs[i].to_us > from;
		if (!recorded)
			w->graph[g][0] = w->graph[g][1] = MODEL_GRAPH_GAP;
	}
	mem_free(runs);
}

bool window_is_recorded(const struct window_source *s, int64_t from_us, int64_t to_us)
{
	struct archive_span *runs = mem_array(RUNS_MAX, sizeof *runs);
	size_t n = s->runs(s->ctx, runs, RUNS_MAX);
	bool recorded = false;

	for (size_t i = 0; i < n && !recorded; i++)
		recorded = runs[i].from_us < to_us && runs[i].to_us > from_us;
	mem_free(runs);
	return recorded;
}

/* Bytes of the graph's steps to bytes per second; the last one may not be full yet. */
static void finish_graph(struct window *w)
{
	for (size_t g = 0; g < w->graph_count; g++) {
		int64_t from = w->from_us + (int64_t)g * w->graph_step_us, length = w->graph_step_us;

		if (from < w->as_of_us && from + length > w->as_of_us)
			length = w->as_of_us - from;
		for (int d = 0; d < 2; d++)
			w->graph[g][d] = (uint64_t)((double)w->graph[g][d] * 1e6 / (double)length + 0.5);
	}
}

/* What all cells may take, if each entity moves in each step that it lived in. */
static uint64_t cells_bytes(const struct window_source *s, int64_t from_us, int64_t to_us, int64_t step_us)
{
	const struct entity *e;
	size_t cursor = 0;
	uint64_t cells = 0;

	while ((e = s->next(s->ctx, -1, &cursor)) != NULL) {
		struct entity_info info;
		int64_t from, to;

		s->entity(s->ctx, e, &info);
		from = info.first_us > from_us ? info.first_us : from_us;
		to = info.last_us < to_us ? info.last_us : to_us;
		if (to > from)
			cells += (uint64_t)((to - from) / step_us) + 2;
	}
	return cells * sizeof(struct window_cell);
}

static uint64_t history_dims(const struct window_source *s, int64_t from_us, int64_t newest_us)
{
	uint64_t dims = 0;

	newest_us = window_as_of(s, from_us, newest_us);
	for (int d = 0; d < DIM_COUNT; d++) {
		int64_t step[STEPS_MAX], reach[STEPS_MAX];
		size_t n = s->steps(d, step, reach);

		if (n > 0 && from_us >= newest_us - reach[n - 1] - step[n - 1])
			dims |= UINT64_C(1) << d;
	}
	return dims;
}

/* Steps before it in which sparklines begin: as many as there are in its step. */
static size_t lead_of(const struct window_source *s, int64_t from_us, int64_t step_us, int64_t newest_us)
{
	size_t lead = WINDOW_LEAD;

	while (lead > 0 && step_us % window_finest(s, from_us - (int64_t)lead * step_us, newest_us) != 0)
		lead--;
	return lead;
}

struct window *window_new(const struct window_source *s, int64_t from_us, int64_t to_us, int64_t step_us, enum window_use use)
{
	struct window *w = mem_zalloc(sizeof *w);
	struct archive_span span = {0, 0};

	while (use == WINDOW_SIGHT && cells_bytes(s, from_us, to_us, step_us) > WINDOW_BYTES && to_us - from_us > step_us)
		step_us = window_coarser(step_us);
	s->span(s->ctx, &span);
	w->source = s;
	w->step_us = step_us;
	w->only_totals = use == WINDOW_TOTALS;
	w->from_us = use == WINDOW_SUM ? from_us : from_us - ((from_us % step_us) + step_us) % step_us;
	w->steps = (size_t)((to_us - from_us + step_us - 1) / step_us);
	if (w->steps == 0)
		w->steps = 1;
	w->to_us = w->from_us + (int64_t)w->steps * step_us;
	w->lead = use == WINDOW_SIGHT ? lead_of(s, w->from_us, step_us, span.to_us) : 0;
	w->since_us = span.from_us;
	w->as_of_us = span.to_us;
	w->totals = mem_array(w->lead + w->steps, sizeof *w->totals);
	w->graph_step_us = window_graph_step(s, w->from_us, w->to_us, span.to_us);
	w->graph_count = (size_t)((w->to_us - w->from_us + w->graph_step_us - 1) / w->graph_step_us);
	w->graph = mem_array(w->graph_count, sizeof *w->graph);
	w->dims = history_dims(s, w->from_us, span.to_us);
	return w;
}

void window_free(struct window *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->count; i++) {
		mem_free(w->rows[i].cells);
		mem_free(w->rows[i].texts);
	}
	mem_free(w->rows);
	mem_free(w->totals);
	mem_free(w->graph);
	mem_free(w);
}

/* The totals first: they are what a timeline needs. */
static void load_first(struct window *w)
{
	const struct window_source *s = w->source;
	struct entity_info info;
	const struct entity *e;
	size_t cursor = 0;

	if (w->has_totals)
		return;
	w->has_totals = true;
	e = s->next(s->ctx, ENTITY_TOTALS, &cursor);
	if (e != NULL) {
		s->entity(s->ctx, e, &info);
		load_totals(w, e, &info);
	}
	finish_graph(w);
	mark_gaps(w);
}

/* A disk serves several at once. */
static void say_what_comes(struct window *w)
{
	const struct window_source *s = w->source;
	struct entity_info info;
	const struct entity *e;

	while (s->soon != NULL && w->ahead < w->cursor + AHEAD) {
		e = s->next(s->ctx, -1, &w->ahead);
		if (e == NULL)
			break;
		s->entity(s->ctx, e, &info);
		if (is_in_span(w, &info))
			s->soon(s->ctx, e);
	}
}

bool window_load(struct window *w, size_t budget)
{
	const struct window_source *s = w->source;
	const struct entity *e;

	load_first(w);
	w->loaded |= w->only_totals;
	for (size_t done = 0; !w->loaded && (budget == 0 || done < budget); done++) {
		struct entity_info info;

		say_what_comes(w);
		e = s->next(s->ctx, -1, &w->cursor);
		if (e == NULL) {
			w->loaded = true;
			break;
		}
		s->entity(s->ctx, e, &info);
		if (info.dim < DIM_COUNT && is_in_span(w, &info))
			load_row(w, e, &info);
	}
	return w->loaded;
}

size_t window_at(const struct window *w, int64_t us)
{
	int64_t at = (us - w->from_us + w->step_us - 1) / w->step_us - 1;

	if (us <= w->from_us || at < 0)
		at = 0;
	if (at >= (int64_t)w->steps)
		at = (int64_t)w->steps - 1;
	return w->lead + (size_t)at;
}

int64_t window_begin(const struct window *w, size_t at)
{
	return w->from_us + ((int64_t)at - (int64_t)w->lead) * w->step_us;
}

int64_t window_end(const struct window *w, size_t at)
{
	int64_t begin = window_begin(w, at), end = begin + w->step_us;

	return begin < w->as_of_us && end > w->as_of_us ? w->as_of_us : end;
}

const struct window_cell *window_cell(const struct window_row *r, size_t at)
{
	size_t low = 0, high = r->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (r->cells[middle].at < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low < r->count && r->cells[low].at == at ? &r->cells[low] : NULL;
}
