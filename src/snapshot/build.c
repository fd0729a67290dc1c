/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture: the lists that are wanted, selected and filled, the totals, rates and gauges of the
 * header, and the graph, all in one block of memory that no longer needs the model. Built on the
 * engine's thread, in slices if that is wanted; afterwards any thread may hold and drop references.
 */
#include "config.h"

#include "dpitop/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/alert.h"
#include "dpitop/filter.h"
#include "dpitop/i18n.h"
#include "dpitop/mem.h"
#include "dpitop/names.h"
#include "dpitop/units.h"
#include "snapshot/arena.h"
#include "snapshot/conserve.h"
#include "snapshot/matrix.h"
#include "snapshot/past.h"
#include "snapshot/select.h"

static double share(const struct row *r, const struct row *sum)
{
	double all = (double)sum->total.bytes[0] + (double)sum->total.bytes[1];

	return all > 0 ? ((double)r->total.bytes[0] + (double)r->total.bytes[1]) / all : 0;
}

struct snapshot_building {
	struct snapshot *s;
	struct snapshot_input in, part; /* of the whole picture; of its focus */
	struct want want;
	struct row_source whole, focus; /* of in; of part */
	struct pairs *made;             /* for this picture; NULL: none */
	int at;                         /* lists done; those of the focus stand behind all others */
	struct picking *picking;        /* of list `at`; NULL: not begun */
	struct selection selection;
	struct matrix_building *matrix; /* NULL: not begun, or done */
	bool matrix_done;
};

enum { LISTS = 2 * DIM_LIST_COUNT, FILL_COST = 16 /* rows looked at in the time a row is filled */ };

/* ---- lists ---- */

static void fill_list(struct list *l, struct row_source *s, enum dim d, struct selection *sel)
{
	struct item *items = mem_array(sel->count + 1, sizeof *items);
	size_t i, count = 0;

	for (i = 0; i < sel->count; i++)
		count += pick_take(sel, s, d, &sel->picks[i], &items[count]);
	l->matching = sel->matching;
	l->all = sel->all;
	l->partial = sel->partial;
	select_sums(sel, s, d, &l->sum, &l->other);
	l->rows = arena_alloc(s->arena, (count > 0 ? count : 1) * sizeof *l->rows);
	for (i = 0; i < count; i++) {
		select_fill(s, &l->rows[i], d, &items[i]);
		l->rows[i].share = share(&l->rows[i], &l->sum);
	}
	l->count = count;
	mem_free(items);
}

/* What list number `at` is wanted like; false: not at all. */
static bool wanted(const struct snapshot_building *b, int at, struct want_list *w)
{
	const struct want_focus *f = &b->want.focus;

	if (at < DIM_LIST_COUNT) {
		*w = b->want.lists[at];
		return w->on;
	}
	*w = (struct want_list){.on = true, .top = f->top};
	return b->s->focus != NULL && b->s->focus->counted &&
	       (f->lists & DIM_BIT(at - DIM_LIST_COUNT));
}

static void begin_lists(struct snapshot *s)
{
	int d;

	for (d = 0; d < DIM_LIST_COUNT; d++) {
		struct list *l = &s->lists[d];

		l->dim = (enum dim)d;
		l->sum = l->other = row_empty;
		l->sum.dim = l->other.dim = (uint8_t)d;
	}
}

/* ---- the focus ---- */

static void begin_focus(struct snapshot_building *b)
{
	const struct want_focus *w = &b->want.focus;
	struct focus *f;

	if (!w->on || w->dim >= DIM_LIST_COUNT)
		return;
	f = b->s->focus = arena_alloc(b->s->arena, sizeof *f);
	f->dim = w->dim;
	f->id = w->id;
	f->filter = "";
	f->counted = b->in.focus != NULL && b->in.focused != NULL;
	if (!f->counted)
		return;
	b->part.filter = b->in.focus;
	b->part.filtered = b->in.focused;
	b->part.pairs = NULL;
	row_source_init(&b->focus, &b->part, b->want.names, b->s->arena);
}

/* The row itself is of the traffic that the pane shows, whatever else its list is asked for. */
static void finish_focus_row(struct focus *f, struct row_source *s, const struct want_focus *w)
{
	struct item item = {.key = &w->key};

	if (w->dim == DIM_FLOW)
		item.flow = s->in->flows != NULL ? flow_table_by_id(s->in->flows, w->id) : NULL;
	else if (s->model != NULL)
		item.row = w->dim == DIM_SUBNET_PAIR && s->pairs != NULL ? pairs_get(s->pairs, &w->key)
									 : model_get(row_model(s, w->dim), w->dim, &w->key);
	f->found = item.flow != NULL || item.row != NULL;
	f->row = row_empty;
	if (f->found)
		select_fill(s, &f->row, w->dim, &item);
	if (item.flow != NULL)
		row_flow_ends(s, &f->row, item.flow);
}

static void finish_focus(struct snapshot_building *b)
{
	struct focus *f = b->s->focus;

	if (f == NULL)
		return;
	finish_focus_row(f, &b->whole, &b->want.focus);
	f->row.share = share(&f->row, &b->s->lists[f->dim].sum);
	if (!f->counted)
		return;
	f->filter = arena_text(b->s->arena, filter_text(b->part.filter));
	f->totals = *model_totals(b->focus.model);
	f->graph = arena_alloc(b->s->arena, GRAPH_SECONDS * sizeof *f->graph);
	f->graph_count = model_graph(b->focus.model, f->graph, GRAPH_SECONDS);
}

/* ---- the rest ---- */

static void build_totals(struct snapshot *s, const struct snapshot_input *in)
{
	bool selects = in->filter != NULL && filter_selects_flows(in->filter);

	s->totals = *model_totals(in->model);
	if (!selects)
		s->filtered = s->totals;
	else if (in->filtered != NULL)
		s->filtered = *model_totals(in->filtered);
	if (in->filter != NULL)
		snprintf(s->filter_text, sizeof s->filter_text, "%s", filter_text(in->filter));
}

/* Packets of the last second: IP by version, the rest by type. */
static uint64_t packet_rate(const struct model *m, enum dim d)
{
	const struct dim_key *key;
	const struct dim_row *row;
	uint64_t rate = 0;
	size_t cursor = 0;

	while ((row = model_next(m, d, &cursor, &key)) != NULL)
		rate += (uint64_t)row->packet_rate[0] + row->packet_rate[1];
	return rate;
}

static uint64_t count_flows(const struct model *m)
{
	uint64_t flows = model_other(m, DIM_IP_VERSION)->flows;
	const struct dim_key *key;
	const struct dim_row *row;
	size_t cursor = 0;

	while ((row = model_next(m, DIM_IP_VERSION, &cursor, &key)) != NULL)
		flows += row->flows;
	return flows;
}

static void build_matching(struct snapshot *s, const struct snapshot_input *in)
{
	bool selects = in->filter != NULL && filter_selects_flows(in->filter);

	s->matching_flows = s->flows_gauge.used;
	s->matching_hosts = s->hosts_gauge.used;
	if (!selects)
		return;
	s->matching_flows = in->filtered != NULL ? count_flows(in->filtered) : 0;
	s->matching_hosts = in->filtered != NULL ? model_rows(in->filtered, DIM_HOST) : 0;
}

static void build_rates(struct snapshot *s, const struct snapshot_input *in)
{
	bool selects = in->filter != NULL && filter_selects_flows(in->filter);
	const struct model *m = selects ? in->filtered : in->model;

	s->rate_flows = in->rate_flows;
	s->graph = arena_alloc(s->arena, GRAPH_SECONDS * sizeof *s->graph);
	if (m == NULL)
		return;
	s->graph_count = model_graph(m, s->graph, GRAPH_SECONDS);
	if (s->graph_count > 0) {
		s->rate_out = s->graph[s->graph_count - 1][0];
		s->rate_in = s->graph[s->graph_count - 1][1];
	}
	if (!selects) { /* a filter's graph has it */
		uint64_t held[2];

		model_held(m, held);
		s->rate_out += held[0];
		s->rate_in += held[1];
	}
	s->rate_packets = packet_rate(m, DIM_IP_VERSION) + packet_rate(m, DIM_ETHERTYPE);
}

static void build_gauges(struct snapshot *s, const struct snapshot_input *in)
{
	struct flow_stats *stats = &s->flow_stats;

	if (in->flows != NULL)
		*stats = flow_table_stats(in->flows);
	s->flows_gauge = (struct gauge){stats->live + stats->kept, stats->max_flows, stats->evicted,
					stats->memory_bytes};
	s->dpi_gauge = (struct gauge){stats->dpi_live, stats->max_dpi, stats->dpi_refused, 0};
	for (int d = 0; d < DIM_COUNT; d++)
		s->tables[d] = (struct gauge){
			model_rows(in->model, (enum dim)d), model_rows_max(in->model, (enum dim)d),
			model_evicted(in->model, (enum dim)d), model_table_memory(in->model, (enum dim)d),
		};
	s->hosts_gauge = s->tables[DIM_HOST];
	s->alerts = model_alerts(in->model, ALERT_WARNING);
	s->critical = model_alerts(in->model, ALERT_CRITICAL);
	if (in->names != NULL)
		names_stats(in->names, &s->names);
}

static void build_memory(struct snapshot *s, const struct snapshot_input *in)
{
	s->group_bytes = (in->filtered != NULL ? model_memory(in->filtered) : 0) +
			 (in->focused != NULL ? model_memory(in->focused) : 0);
	s->memory_bytes = model_memory(in->model) + s->flow_stats.memory_bytes + s->group_bytes +
			  s->names.cache.bytes;
}

static int more_records_first(const void *a, const void *b)
{
	const struct exporter_info *x = a, *y = b;

	return x->x.records != y->x.records ? (x->x.records < y->x.records ? 1 : -1) : (x->x.id > y->x.id) - (x->x.id < y->x.id);
}

static void build_exporters(struct snapshot *s, const struct snapshot_input *in)
{
	if (in->exporter_count == 0)
		return;
	s->exporters = arena_copy(s->arena, in->exporters, in->exporter_count * sizeof *s->exporters);
	qsort(s->exporters, in->exporter_count, sizeof *s->exporters, more_records_first);
	s->exporter_count = in->exporter_count < SNAPSHOT_EXPORTERS ? in->exporter_count : SNAPSHOT_EXPORTERS;
	for (size_t i = 0; i < s->exporter_count; i++)
		s->exporters[i].ports = arena_copy(s->arena, s->exporters[i].ports,
						   s->exporters[i].port_count * sizeof *s->exporters[i].ports);
}

static void build_sources(struct snapshot *s, const struct snapshot_input *in)
{
	size_t i;

	s->source_count = in->source_count < SNAPSHOT_SOURCES ? in->source_count
							       : SNAPSHOT_SOURCES;
	if (s->source_count > 0)
		memcpy(s->sources, in->sources, s->source_count * sizeof *s->sources);
	for (i = 0; i < s->source_count; i++)
		s->drops += s->sources[i].dropped + s->sources[i].if_dropped + s->sources[i].lost;
	build_exporters(s, in);
	s->export_count = in->export_count;
	if (in->export_count > 0)
		memcpy(s->exports, in->exports, in->export_count * sizeof *s->exports);
}

static void build_geo(struct snapshot *s, const struct snapshot_input *in)
{
	if (in->geoip == NULL)
		return;
	s->geo_countries = geoip_has(in->geoip, &s->geo_cities, &s->geo_as);
	geoip_describe(in->geoip, s->geo_text, sizeof s->geo_text);
	s->has_home = model_home(in->model, &s->home_latitude, &s->home_longitude);
}

static void build_categories(struct snapshot *s, const struct snapshot_input *in)
{
	const struct categories *c = model_categories(in->model);
	char entries[UNIT_TEXT];

	if (c != NULL)
		snprintf(s->category_text, sizeof s->category_text, _("%zu categories, %s entries"), categories_count(c),
			 unit_count(categories_entries(c), entries, sizeof entries));
}

static bool wants_pairs(const struct want *want)
{
	return want->lists[DIM_SUBNET_PAIR].on || (want->matrix.on && want->matrix.pair == DIM_SUBNET_PAIR);
}

static bool is_same(struct prefix a, struct prefix b)
{
	return a.v4 == b.v4 && a.v6 == b.v6;
}

const struct pairs *snapshot_pairs(const struct snapshot_input *in, struct prefix p, struct pairs **made)
{
	bool selects = in->filter != NULL && filter_selects_flows(in->filter);
	const struct model *m = selects ? in->filtered : in->model;

	*made = NULL;
	if (in->subnets == NULL || m == NULL || p.v4 == 0 || is_same(p, subnets_prefix(in->subnets)))
		return NULL;
	if (in->pairs != NULL && is_same(pairs_prefix(in->pairs), p))
		return in->pairs;
	if (!subnets_refines(in->subnets, p))
		*made = pairs_of_model(m, p);
	return *made;
}

static void choose_pairs(struct snapshot_building *b)
{
	const struct pairs *chosen = NULL;
	struct snapshot *s = b->s;

	if (wants_pairs(&b->want))
		chosen = snapshot_pairs(&b->in, b->want.prefix, &b->made);
	if (b->in.subnets != NULL)
		s->prefix = s->own_prefix = subnets_prefix(b->in.subnets);
	if (chosen != NULL)
		s->prefix = pairs_prefix(chosen);
	b->in.pairs = chosen;
}

struct snapshot_building *snapshot_begin(const struct snapshot_input *in, const struct want *want)
{
	struct snapshot_building *b = mem_zalloc(sizeof *b);
	struct snapshot *s = b->s = mem_zalloc(sizeof *s);

	b->in = b->part = *in;
	b->want = *want;
	s->refs = 1;
	s->arena = arena_new();
	s->now_us = in->now_us;
	s->looked = in->looked > 0 ? in->looked : 1;
	s->live = in->live;
	s->final = in->final;
	s->names_on = want->names && in->names != NULL;
	snprintf(s->dpi_version, sizeof s->dpi_version, "%s", dpi_version());
	choose_pairs(b);
	row_source_init(&b->whole, &b->in, want->names, s->arena);
	begin_lists(s);
	begin_focus(b);
	return b;
}

static bool step_matrix(struct snapshot_building *b, size_t *left)
{
	if (b->matrix_done)
		return true;
	if (b->matrix == NULL && b->want.matrix.on)
		b->matrix = matrix_begin(&b->whole, &b->want.matrix);
	if (b->matrix != NULL && !matrix_step(b->matrix, left))
		return false;
	if (b->matrix != NULL)
		b->s->matrix = matrix_finish(b->matrix);
	b->matrix = NULL;
	b->matrix_done = true;
	return true;
}

bool snapshot_step(struct snapshot_building *b, size_t budget)
{
	size_t left = budget > 0 ? budget : SIZE_MAX;

	for (; b->at < LISTS; b->at++) {
		bool focus = b->at >= DIM_LIST_COUNT;
		struct row_source *source = focus ? &b->focus : &b->whole;
		enum dim d = (enum dim)(focus ? b->at - DIM_LIST_COUNT : b->at);
		struct want_list w;
		size_t cost;

		if (!wanted(b, b->at, &w))
			continue;
		if (b->picking == NULL && left == 0)
			return false;
		if (b->picking == NULL)
			b->picking = pick_begin(&b->selection, source, d, &w);
		if (!pick_step(b->picking, &left))
			return false;
		pick_end(b->picking);
		b->picking = NULL;
		fill_list(focus ? &b->s->focus->lists[d] : &b->s->lists[d], source, d, &b->selection);
		cost = b->selection.count * FILL_COST;
		left -= cost < left ? cost : left;
		selection_release(&b->selection);
		row_source_release(source); /* what it knows of hosts may be gone at the next step */
	}
	return step_matrix(b, &left);
}

static void release(struct snapshot_building *b)
{
	row_source_release(&b->whole);
	row_source_release(&b->focus);
	pairs_free(b->made);
	mem_free(b);
}

struct snapshot *snapshot_finish(struct snapshot_building *b)
{
	const struct snapshot_input *in = &b->in;
	struct snapshot *s = b->s;

	build_totals(s, in);
	finish_focus(b);
	build_rates(s, in);
	build_gauges(s, in);
	build_matching(s, in);
	build_sources(s, in);
	build_geo(s, in);
	build_categories(s, in);
	conserve_check(s, in);
	if (in->replay != NULL)
		past_finish(s, in);
	build_memory(s, in);
	release(b);
	return s;
}

void snapshot_abandon(struct snapshot_building *b)
{
	if (b == NULL)
		return;
	pick_abandon(b->picking);
	matrix_abandon(b->matrix);
	selection_release(&b->selection);
	snapshot_unref(b->s);
	release(b);
}

struct snapshot *snapshot_build(const struct snapshot_input *in, const struct want *want)
{
	struct snapshot_building *b = snapshot_begin(in, want);

	snapshot_step(b, 0);
	return snapshot_finish(b);
}

void snapshot_ref(struct snapshot *s)
{
	__atomic_add_fetch(&s->refs, 1, __ATOMIC_RELAXED);
}

void snapshot_unref(struct snapshot *s)
{
	if (s == NULL || __atomic_sub_fetch(&s->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	arena_free(s->arena);
	mem_free(s->gathered);
	mem_free(s);
}
