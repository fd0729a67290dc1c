/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One pass over a dimension of the model, or over the flows: what matches is added up, the first N
 * of the order are kept in a heap of cursors, nothing is allocated per row and nothing else is
 * sorted. What is not kept is exactly the difference. Engine's thread; used by build.c and walk.c.
 */
#include "config.h"

#include "snapshot/select.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/filter.h"
#include "dpitop/mem.h"
#include "snapshot/arena.h"

enum { FIRST_ROOM = 64, LOCALITY_LOCAL = 1 };

struct pass { /* that keeps the first of the order */
	struct select_pass base;
	struct sorter sorter;
	bool kept; /* the row to be kept was met */
	struct pick keep;
	void (*each)(void *ctx, const struct item *i); /* NULL: for picks */
	void *ctx;
};

static struct filter_context context_of(const struct snapshot_input *in, bool names)
{
	return (struct filter_context){
		.dpi = in->dpi,
		.model = in->model,
		.subnets = in->subnets,
		.names = names ? in->names : NULL,
		.geoip = in->geoip,
		.sources = in->sources,
		.source_count = in->source_count,
		.now_us = in->now_us,
		.tick_us = in->tick_us,
	};
}

static bool next(const struct row_source *s, enum dim d, size_t *cursor, struct item *i)
{
	if (d == DIM_FLOW) {
		i->flow = s->in->flows != NULL ? flow_table_next(s->in->flows, cursor) : NULL;
		return i->flow != NULL;
	}
	i->row = s->model != NULL ? model_next(s->model, d, cursor, &i->key) : NULL;
	return i->row != NULL;
}

bool select_item(const struct row_source *s, enum dim d, size_t cursor, struct item *out)
{
	*out = (struct item){.key = NULL};
	return next(s, d, &cursor, out);
}

void select_fill(struct row_source *s, struct row *r, enum dim d, const struct item *i)
{
	if (d == DIM_FLOW)
		row_flow_fill(s, r, i->flow);
	else
		row_fill(s, r, d, i->key, i->row);
}

/* ---- adding up ---- */

static void add_counters(struct flow_counters *to, const struct flow_counters *from)
{
	int i;

	for (i = 0; i < 2; i++) {
		to->bytes[i] += from->bytes[i];
		to->packets[i] += from->packets[i];
	}
}

static void add_row(struct tally *t, const struct dim_row *r)
{
	int i;

	add_counters(&t->total, &r->total);
	for (i = 0; i < 2; i++) {
		t->rate[i] += r->rate[i];
		t->packet_rate[i] += r->packet_rate[i];
	}
	t->flows += r->flows;
	t->live_flows += r->live_flows;
	t->hits += r->site != NULL ? r->site->hits : 0;
	t->rows++;
}

static void add_flow(struct tally *t, const struct flow *f)
{
	int i;

	add_counters(&t->total, &f->total);
	for (i = 0; i < 2; i++) {
		t->rate[i] += f->rate_bytes[i];
		t->packet_rate[i] += row_flow_packets(f, i);
	}
	t->flows++;
	t->live_flows += !(f->flags & FLOW_ENDED);
	t->rows++;
}

void tally_add(struct tally *t, const struct item *i)
{
	if (i->flow != NULL)
		add_flow(t, i->flow);
	else
		add_row(t, i->row);
}

static void subtract(struct tally *t, const struct tally *from)
{
	int i;

	for (i = 0; i < 2; i++) {
		t->total.bytes[i] -= from->total.bytes[i];
		t->total.packets[i] -= from->total.packets[i];
		t->rate[i] -= from->rate[i];
		t->packet_rate[i] -= from->packet_rate[i];
	}
	t->flows -= from->flows;
	t->live_flows -= from->live_flows;
	t->hits -= from->hits;
	t->rows -= from->rows;
}

static void add_times(struct selection *s, int64_t first_us, int64_t last_us)
{
	if (first_us > 0 && (s->first_us == 0 || first_us < s->first_us))
		s->first_us = first_us;
	if (last_us > s->last_us)
		s->last_us = last_us;
}

/* ---- what is shown ---- */

static bool is_unwanted_host(const struct want_list *w, const struct item *i)
{
	bool local = i->row->host != NULL && i->row->host->local;
	int version = addr_is_v4(&i->key->host.addr) ? 4 : 6;

	return (w->locality != 0 && local != (w->locality == LOCALITY_LOCAL)) ||
	       (w->ip_version != 0 && version != w->ip_version);
}

static bool is_hidden(struct select_pass *p, const struct item *i)
{
	if (p->dim == DIM_HOST && is_unwanted_host(p->want, i))
		return true;
	if (p->dim == DIM_FLOW && p->selects &&
	    !filter_match_flow(p->filter, &p->context, i->flow))
		return true;
	if (!p->hides)
		return false;
	if (p->dim == DIM_FLOW)
		row_flow_numbers(&p->scratch, i->flow, p->source->in->tick_us);
	else
		row_numbers(&p->scratch, p->dim, i->key, i->row);
	return !filter_match_row(p->filter, &p->scratch);
}

/* Rows of the traffic that is shown are left out. */
static bool is_partial(const struct select_pass *p)
{
	return p->hides ||
	       (p->dim == DIM_HOST && (p->want->locality != 0 || p->want->ip_version != 0));
}

static bool hides_any(const struct select_pass *p)
{
	return is_partial(p) || (p->dim == DIM_FLOW && p->selects);
}

void select_begin(struct select_pass *p, struct selection *out, struct row_source *s, enum dim d,
		  const struct want_list *w)
{
	const struct filter *f = s->in->filter;

	memset(out, 0, sizeof *out);
	*p = (struct select_pass){.out = out, .source = s, .want = w, .filter = f, .dim = d};
	p->selects = f != NULL && filter_selects_flows(f);
	p->hides = f != NULL && filter_hides_rows(f);
	p->context = context_of(s->in, s->names);
	out->partial = is_partial(p);
}

enum select_seen select_next(struct select_pass *p, size_t *cursor, struct item *i)
{
	struct selection *s = p->out;

	*i = (struct item){.key = NULL};
	if (!next(p->source, p->dim, cursor, i))
		return SELECT_END;
	s->all++;
	if (is_hidden(p, i))
		return SELECT_HIDDEN;
	s->matching++;
	tally_add(&s->sum, i);
	if (i->flow != NULL)
		add_times(s, i->flow->first_us, i->flow->last_us);
	else
		add_times(s, i->row->first_us, i->row->last_us);
	return SELECT_SHOWN;
}

static void append(struct selection *s, const struct pick *p)
{
	if (s->count == s->room) {
		s->room = s->room != 0 ? s->room * 2 : FIRST_ROOM;
		s->picks = mem_grow(s->picks, s->room, sizeof *s->picks);
	}
	s->picks[s->count++] = *p;
}

static void offer(struct pass *p, const struct item *i, size_t cursor)
{
	struct selection *s = p->base.out;
	size_t top = p->base.want->top;
	struct pick pick = {.key = sorter_key(&p->sorter, i), .cursor = cursor};

	if (top != 0 && s->count == top && pick.key < s->picks[0].key)
		return;
	pick.tie = sorter_tie(&p->sorter, i);
	if (top == 0 || s->count < top) {
		append(s, &pick);
		if (top != 0 && s->count == top)
			heap_make(s->picks, s->count, &p->sorter);
	} else if (sorter_before(&p->sorter, &pick, &s->picks[0])) {
		heap_replace_top(s->picks, s->count, &pick, &p->sorter);
	}
}

static void look_for_keep(struct pass *p, const struct item *i, size_t cursor)
{
	uint64_t id = i->flow != NULL ? i->flow->id : row_id(p->base.dim, i->key);

	if (id != p->base.want->keep_id)
		return;
	p->kept = true;
	p->keep.cursor = cursor;
}

static void scan(struct pass *p)
{
	struct item i;
	size_t cursor = 0, at = 0;
	enum select_seen seen;

	for (; (seen = select_next(&p->base, &cursor, &i)) != SELECT_END; at = cursor) {
		if (seen == SELECT_HIDDEN)
			continue;
		if (p->each != NULL) {
			p->each(p->ctx, &i);
			continue;
		}
		if (p->base.want->keep_id != 0)
			look_for_keep(p, &i, at);
		offer(p, &i, at);
	}
}

/* The row that is followed stands last if it would not be listed. */
static void keep_followed(struct pass *p)
{
	struct selection *s = p->base.out;
	size_t i;

	if (!p->kept)
		return;
	for (i = 0; i < s->count; i++)
		if (s->picks[i].cursor == p->keep.cursor)
			return;
	append(s, &p->keep);
}

/* What is no longer a row of its own: only where no row is hidden can it be said to match. */
static void add_evicted(struct select_pass *p)
{
	struct tally *sum = &p->out->sum;

	if (hides_any(p))
		return;
	if (p->dim == DIM_FLOW) {
		struct flow_stats stats = flow_table_stats(p->source->in->flows);

		add_counters(&sum->total, &stats.other);
		sum->flows += stats.other_flows;
		sum->rows += stats.other_flows;
	} else if (p->source->model != NULL) {
		const struct dim_row *other = model_other(p->source->model, p->dim);

		if (other == NULL)
			return;
		add_row(sum, other);
		sum->rows += model_evicted(p->source->model, p->dim) - 1;
	}
}

void select_end(struct select_pass *p, const struct tally *shown)
{
	struct row_source *s = p->source;

	if (p->dim == DIM_FLOW ? s->in->flows != NULL : s->model != NULL)
		add_evicted(p);
	p->out->rest = p->out->sum;
	subtract(&p->out->rest, shown);
	if (p->dim != DIM_FLOW && p->selects)
		p->out->all = model_rows(s->in->model, p->dim);
}

static struct tally sum_of_picks(const struct selection *s, const struct row_source *source,
				 enum dim d)
{
	struct tally shown = {.rows = 0};
	struct item item;
	size_t i;

	for (i = 0; i < s->count; i++)
		if (select_item(source, d, s->picks[i].cursor, &item))
			tally_add(&shown, &item);
	return shown;
}

void select_rows(struct selection *out, struct row_source *s, enum dim d,
		 const struct want_list *w)
{
	struct pass p = {.kept = false};
	struct tally shown;

	select_begin(&p.base, out, s, d, w);
	sorter_init(&p.sorter, s, d, w);
	scan(&p);
	if (w->top == 0 || out->count < w->top)
		heap_make(out->picks, out->count, &p.sorter);
	heap_sort(out->picks, out->count, &p.sorter);
	keep_followed(&p);
	sorter_release(&p.sorter);
	shown = sum_of_picks(out, s, d);
	select_end(&p.base, &shown);
}

void select_each(struct selection *out, struct row_source *s, enum dim d,
		 void (*each)(void *ctx, const struct item *i), void *ctx)
{
	static const struct want_list all = {.on = true};
	struct pass p = {.each = each, .ctx = ctx};
	struct tally seen;

	select_begin(&p.base, out, s, d, &all);
	scan(&p);
	seen = out->sum;
	select_end(&p.base, &seen);
}

void selection_release(struct selection *s)
{
	mem_free(s->picks);
	s->picks = NULL;
}

/* ---- sums as rows ---- */

static uint32_t bounded(uint64_t v)
{
	return v < UINT32_MAX ? (uint32_t)v : UINT32_MAX;
}

static void fill_sum(struct row *r, const struct tally *t, enum dim d, unsigned flag,
		     int64_t tick_us)
{
	/* a flow's rate is told per tick, that of the model's rows per second */
	double scale = d == DIM_FLOW && tick_us > 0 ? 1e6 / (double)tick_us : 1;
	int i;

	*r = row_empty;
	r->dim = (uint8_t)d;
	r->flags = (uint8_t)flag;
	r->total = t->total;
	for (i = 0; i < 2; i++) {
		r->rate[i] = bounded((uint64_t)((double)t->rate[i] * scale));
		r->packet_rate[i] = bounded((uint64_t)((double)t->packet_rate[i] * scale));
	}
	r->flows = bounded(t->flows);
	r->live_flows = bounded(t->live_flows);
	r->hits = bounded(t->hits);
}

static double share_of(const struct tally *part, const struct tally *whole)
{
	double all = (double)whole->total.bytes[0] + (double)whole->total.bytes[1];

	return all > 0 ? ((double)part->total.bytes[0] + (double)part->total.bytes[1]) / all : 0;
}

/* "61 hosts" */
static const char *rows_text(struct row_source *s, enum dim d, uint64_t rows)
{
	char title[32];

	if (rows == 1 && d != DIM_FLOW)
		return arena_format(s->arena, "1 %s", dim_info(d)->one);
	if (d == DIM_FLOW)
		return arena_format(s->arena, "%llu flow%s", (unsigned long long)rows,
				    rows == 1 ? "" : "s");
	snprintf(title, sizeof title, "%s", dim_info(d)->title);
	if (title[0] >= 'A' && title[0] <= 'Z' && title[1] >= 'a')
		title[0] = (char)(title[0] - 'A' + 'a');
	return arena_format(s->arena, "%llu %s", (unsigned long long)rows, title);
}

static bool is_nothing(const struct tally *t)
{
	return t->rows == 0 && t->flows == 0 && t->total.packets[0] + t->total.packets[1] == 0 &&
	       t->total.bytes[0] + t->total.bytes[1] == 0;
}

void select_sums(const struct selection *sel, struct row_source *s, enum dim d, struct row *sum,
		 struct row *other)
{
	fill_sum(sum, &sel->sum, d, ROW_SUM, s->in->tick_us);
	sum->first_us = sel->first_us;
	sum->last_us = sel->last_us;
	sum->share = share_of(&sel->sum, &sel->sum);
	fill_sum(other, &sel->rest, d, is_nothing(&sel->rest) ? 0 : ROW_OTHER, s->in->tick_us);
	if (!(other->flags & ROW_OTHER))
		return;
	other->label = "(other)";
	other->label2 = rows_text(s, d, sel->rest.rows);
	other->share = share_of(&sel->rest, &sel->sum);
}
