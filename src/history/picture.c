/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One step of a window as a picture: its rows go into a model, and the picture is made of that as it is live.
 * Under a filter a second model has the rows it holds for: history has no flows that could tell more.
 * History's thread.
 */
#include "config.h"

#include "history/picture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/mem.h"
#include "history/settle.h"

struct moved { /* a row that moved in the step */
	const struct window_row *row;
	size_t number;          /* in the window */
	int64_t bytes[2], packets[2], flows;
	uint32_t live, hosts;
};

struct making {
	const struct window *w;
	const struct picture_context *c;
	const struct want *want;
	const uint8_t *matches;
	size_t at;
	int64_t from_us, to_us;
	struct model *model, *filtered;
	struct moved *moved;    /* of the dimension at hand */
	struct source_info *sources;
	size_t source_count;
	uint64_t untold;
};

static uint32_t bounded(int64_t v)
{
	return v <= 0 ? 0 : v < UINT32_MAX ? (uint32_t)v : UINT32_MAX;
}

static uint32_t per_second(int64_t v, int64_t us)
{
	return bounded((int64_t)llround((double)v * 1e6 / (double)us));
}

static struct model *new_model(const struct picture_context *c)
{
	struct model_options o = {.subnets = c->subnets, .geoip = c->geoip, .dpi = c->dpi};

	return model_new(&o);
}

/* ---- rows ---- */

static void fill_spark(const struct making *m, const struct window_row *r, uint32_t spark[DIM_SPARK])
{
	for (size_t i = 0; i < DIM_SPARK; i++) {
		const struct window_cell *c = NULL;

		if (m->at + i >= DIM_SPARK - 1)
			c = window_cell(r, m->at + i - (DIM_SPARK - 1));
		spark[i] = c != NULL ? bounded(c->bytes[0] + c->bytes[1]) : 0;
	}
}

/* The greatest rate in sight. */
static uint32_t peak_of(const struct window *w, const struct window_row *r)
{
	uint32_t most = 0;

	for (uint32_t i = 0; i < r->count; i++) {
		const struct window_cell *c = &r->cells[i];
		uint32_t rate = per_second(c->bytes[0] + c->bytes[1], window_end(w, c->at) - window_begin(w, c->at));

		if (c->at >= w->lead && rate > most)
			most = rate;
	}
	return most;
}

static void describe(const struct making *m, const struct moved *v, struct model_row *r)
{
	const struct entity_info *info = &v->row->info;

	*r = (struct model_row){.flows = bounded(v->flows), .live_flows = v->live, .hosts = v->hosts, .local = info->local,
				.name = info->name, .first_us = info->first_us,
				.last_us = info->last_us < m->to_us ? info->last_us : m->to_us};
	memcpy(r->country, info->country, sizeof r->country);
	for (int d = 0; d < 2; d++) {
		r->total.bytes[d] = (uint64_t)v->bytes[d];
		r->total.packets[d] = (uint64_t)v->packets[d];
		r->rate[d] = per_second(v->bytes[d], m->to_us - m->from_us);
		r->packet_rate[d] = per_second(v->packets[d], m->to_us - m->from_us);
	}
	r->peak = peak_of(m->w, v->row);
	fill_spark(m, v->row, r->spark);
}

/* Interfaces are numbered here: their numbers are of a run. */
static bool key_of(const struct making *m, const struct window_row *r, struct dim_key *key)
{
	if (r->info.dim != DIM_INTERFACE) {
		*key = r->info.key;
		return r->info.keyed && !r->info.other;
	}
	memset(key, 0, sizeof *key);
	for (size_t i = 0; i < m->source_count; i++) {
		if (r->info.other || strcmp(m->sources[i].name, r->info.key_text) != 0)
			continue;
		key->small.number = (uint16_t)i;
		return true;
	}
	return false;
}

static void put(struct making *m, enum dim d, const struct moved *v, bool *any_told, bool *any_untold)
{
	struct model_row r;
	struct dim_key key;
	bool keyed = key_of(m, v->row, &key);
	uint8_t told;

	describe(m, v, &r);
	model_put(m->model, d, keyed ? &key : NULL, &r, m->to_us);
	if (m->filtered == NULL)
		return;
	told = m->matches[v->number];
	*any_told |= told == FILTER_YES;
	*any_untold |= told == FILTER_UNTOLD && keyed;
	if (told == FILTER_YES)
		model_put(m->filtered, d, keyed ? &key : NULL, &r, m->to_us);
}

static void settle_all(struct moved *v, size_t n)
{
	if (n == 0)
		return;
	for (int d = 0; d < 2; d++) {
		settle(&v->bytes[d], n, sizeof *v);
		settle(&v->packets[d], n, sizeof *v);
	}
	settle(&v->flows, n, sizeof *v);
}

static void put_dim(struct making *m, enum dim d)
{
	bool any_told = false, any_untold = false;
	size_t n = 0;

	for (size_t i = 0; i < m->w->count; i++) {
		const struct window_row *r = &m->w->rows[i];
		const struct window_cell *c = r->info.dim == (int)d ? window_cell(r, m->at) : NULL;

		if (c == NULL)
			continue;
		m->moved[n++] = (struct moved){r, i, {c->bytes[0], c->bytes[1]}, {c->packets[0], c->packets[1]}, c->flows,
					       c->live, c->hosts};
	}
	settle_all(m->moved, n);
	for (size_t i = 0; i < n; i++)
		put(m, d, &m->moved[i], &any_told, &any_untold);
	if (any_untold && !any_told)
		m->untold |= UINT64_C(1) << d;
}

/* ---- the rest ---- */

static void name_source(struct source_info *s, const char *name)
{
	*s = (struct source_info){.kind = "replay", .ok = true, .progress = NAN};
	snprintf(s->name, sizeof s->name, "%s", name);
	snprintf(s->state, sizeof s->state, "%s", "recorded");
}

/* Interfaces that have traffic in sight; without any the history itself. */
static void list_sources(struct making *m)
{
	const struct window_total *t = &m->w->totals[m->at];
	struct source_info *s;

	m->sources = mem_array(SNAPSHOT_SOURCES, sizeof *m->sources);
	for (size_t i = 0; i < m->w->count && m->source_count < SNAPSHOT_SOURCES; i++) {
		const struct window_row *r = &m->w->rows[i];
		const struct window_cell *c;

		if (r->info.dim != DIM_INTERFACE || r->info.other)
			continue;
		s = &m->sources[m->source_count++];
		name_source(s, r->info.key_text);
		c = window_cell(r, m->at);
		if (c != NULL && c->bytes[0] + c->bytes[1] > 0 && c->packets[0] + c->packets[1] > 0) {
			s->bytes = (uint64_t)(c->bytes[0] + c->bytes[1]);
			s->packets = (uint64_t)(c->packets[0] + c->packets[1]);
		}
	}
	if (m->source_count == 0) {
		s = &m->sources[m->source_count++];
		name_source(s, m->c->name);
		s->bytes = (uint64_t)(t->all > 0 ? t->all : 0);
		s->packets = (uint64_t)(t->packets > 0 ? t->packets : 0);
	}
	m->sources[0].dropped = (uint64_t)(t->drops > 0 ? t->drops : 0);
}

static uint64_t positive(int64_t v)
{
	return v > 0 ? (uint64_t)v : 0;
}

static void put_totals(const struct making *m)
{
	const struct window_total *t = &m->w->totals[m->at];
	const struct model_totals totals = {
		.packets = positive(t->packets), .bytes = positive(t->all), .non_ip_packets = positive(t->non_ip_packets),
		.non_ip_bytes = positive(t->non_ip), .in_bytes = positive(t->bytes[1]), .out_bytes = positive(t->bytes[0]),
		.local_bytes = positive(t->local), .transit_bytes = positive(t->transit), .first_us = m->from_us,
		.last_us = m->to_us,
	};

	model_put_totals(m->model, &totals);
	if (m->filtered != NULL)
		model_put_totals(m->filtered, &totals);
}

/* The row whose details are wanted, over the visible span. */
static size_t chart_focus(const struct making *m, uint64_t (*graph)[2])
{
	const struct want_focus *f = &m->want->focus;
	const struct window *w = m->w;
	const struct window_row *found = NULL;

	for (size_t i = 0; i < w->count && f->on && found == NULL; i++) {
		struct dim_key key;

		if (w->rows[i].info.dim == (int)f->dim && key_of(m, &w->rows[i], &key) &&
		    memcmp(&key, &f->key, sizeof key) == 0)
			found = &w->rows[i];
	}
	for (size_t i = 0; i < w->steps; i++) {
		const struct window_cell *c = found != NULL ? window_cell(found, w->lead + i) : NULL;
		bool own = f->dim < DIM_COUNT && dim_info(f->dim)->both_ends;
		int64_t length;

		graph[i][0] = graph[i][1] = w->totals[w->lead + i].recorded ? 0 : MODEL_GRAPH_GAP;
		if (c == NULL)
			continue;
		length = window_end(w, w->lead + i) - window_begin(w, w->lead + i);
		graph[i][0] = own ? per_second(c->bytes[0], length) : 0;
		graph[i][1] = per_second(own ? c->bytes[1] : c->bytes[0] + c->bytes[1], length);
	}
	return f->on ? w->steps : 0;
}

/* Lists that history does not have are not asked for: no list is not an empty one. */
static struct want *want_recorded(const struct making *m)
{
	struct want *want = mem_alloc(sizeof *want);

	*want = *m->want;
	for (int d = 0; d < DIM_LIST_COUNT; d++)
		if (d >= DIM_COUNT || !(m->w->dims >> d & 1))
			want->lists[d].on = false;
	if (!(m->w->dims >> want->matrix.pair & 1))
		want->matrix.on = false;
	want->focus.filter[0] = '\0';
	want->focus.lists = 0;
	return want;
}

static void fill_replay(struct making *m, struct replay_input *in, const struct replay_info *info)
{
	const struct window *w = m->w;
	const struct window_total *t = &w->totals[m->at];
	int64_t length = m->to_us - m->from_us;

	in->info = *info;
	in->info.from_us = m->from_us;
	in->info.to_us = m->to_us;
	in->info.window_from_us = w->from_us;
	in->info.window_to_us = w->to_us;
	in->info.step_us = w->step_us;
	in->info.graph_step_us = w->graph_step_us;
	in->info.recorded = t->recorded;
	in->info.dims = w->dims;
	in->info.untold = m->untold;
	in->graph = w->graph;
	in->graph_count = w->graph_count;
	in->rate_out = per_second(t->bytes[0], length);
	in->rate_in = per_second(t->bytes[1] + t->local + t->transit, length);
	in->rate_packets = per_second(t->packets, length);
	in->flows = t->live;
	in->hosts = model_rows(m->model, DIM_HOST);
	in->matching_hosts = model_rows(m->filtered != NULL ? m->filtered : m->model, DIM_HOST);
}

struct snapshot *picture_of(const struct window *w, size_t at, const struct want *want, const struct filter *f,
			    const uint8_t *matches, const struct picture_context *c, const struct replay_info *info)
{
	struct making m = {.w = w, .c = c, .want = want, .matches = matches, .at = at, .from_us = window_begin(w, at),
			   .to_us = window_end(w, at)};
	const int64_t length = m.to_us - m.from_us;
	struct snapshot_input in = {.filter = f, .dpi = c->dpi, .subnets = c->subnets, .geoip = c->geoip, .tick_us = length};
	struct replay_input replay = {.graph = NULL};
	struct want *recorded;
	struct snapshot *s;

	m.model = new_model(c);
	m.filtered = matches != NULL ? new_model(c) : NULL;
	m.moved = mem_array(w->count + 1, sizeof *m.moved);
	list_sources(&m);
	for (int d = 0; d < DIM_COUNT; d++)
		if (w->dims >> d & 1)
			put_dim(&m, (enum dim)d);
	put_totals(&m);
	fill_replay(&m, &replay, info);
	replay.focus_graph = mem_array(w->steps, sizeof *replay.focus_graph);
	replay.focus_count = chart_focus(&m, replay.focus_graph);
	in.model = m.model;
	in.filtered = m.filtered;
	in.sources = m.sources;
	in.source_count = m.source_count;
	in.now_us = m.to_us;
	in.rate_flows = per_second(w->totals[at].flows, length);
	in.replay = &replay;
	recorded = want_recorded(&m);
	s = snapshot_build(&in, recorded);
	mem_free(recorded);
	mem_free(replay.focus_graph);
	mem_free(m.sources);
	mem_free(m.moved);
	model_free(m.filtered);
	model_free(m.model);
	return s;
}

/* ---- filters ---- */

uint8_t *picture_match(const struct window *w, const struct filter *f, const struct picture_context *c)
{
	uint8_t *told = mem_array(w->count + 1, sizeof *told);
	struct making m = {.w = w, .c = c, .at = w->lead, .model = new_model(c)};
	struct filter_context context = {.dpi = c->dpi, .model = m.model, .subnets = c->subnets};
	const struct model_row nothing = {.name = ""};

	list_sources(&m);
	context.sources = m.sources;
	context.source_count = m.source_count;
	for (size_t i = 0; i < w->count; i++) {
		const struct entity_info *info = &w->rows[i].info;
		struct model_row r = nothing;
		struct dim_row row;
		struct dim_key key;

		told[i] = FILTER_UNTOLD;
		if (!key_of(&m, &w->rows[i], &key))
			continue;
		r.name = info->name;
		r.local = info->local;
		memcpy(r.country, info->country, sizeof r.country);
		if (info->dim == DIM_HOST)
			model_put(m.model, DIM_HOST, &key, &r, 1);
		memset(&row, 0, sizeof row);
		told[i] = (uint8_t)filter_match_facts(f, &context, (enum dim)info->dim, &key, &row,
						      info->dim == DIM_AS ? info->name : "");
	}
	mem_free(m.sources);
	model_free(m.model);
	return told;
}
