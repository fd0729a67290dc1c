/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One pass over a dimension of the model, or over the flows: what matches is told and added up, what
 * was pushed out belongs to the sum. Which of it is listed, and in which order, is pick.c. Engine's
 * thread; used by pick.c, matrix.c and gather.c.
 */
#include "config.h"

#include "snapshot/select.h"

#include <string.h>

#include "dpitop/filter.h"
#include "dpitop/mem.h"
#include "snapshot/row_alert.h"

enum { LOCALITY_LOCAL = 1 };

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
		size_t end = s->in->flows_end != 0 ? s->in->flows_end : SIZE_MAX;

		i->flow = NULL;
		if (s->in->flows != NULL && *cursor < end)
			i->flow = flow_table_next(s->in->flows, cursor);
		return i->flow != NULL && *cursor <= end;
	}
	if (d == DIM_SUBNET_PAIR && s->pairs != NULL)
		i->row = pairs_next(s->pairs, cursor, &i->key);
	else
		i->row = s->model != NULL ? model_next(row_model(s, d), d, cursor, &i->key) : NULL;
	return i->row != NULL;
}

bool select_item(const struct row_source *s, enum dim d, size_t cursor, struct item *out)
{
	size_t at = cursor;

	*out = (struct item){.key = NULL};
	return next(s, d, &at, out) && at == cursor + 1;
}

void select_expect(const struct row_source *s, enum dim d, size_t cursor)
{
	if (d == DIM_FLOW && s->in->flows != NULL)
		flow_table_expect_at(s->in->flows, cursor);
	else if (d != DIM_FLOW && s->model != NULL && !(d == DIM_SUBNET_PAIR && s->pairs != NULL))
		model_expect_at(row_model(s, d), d, cursor);
}

void select_fill(struct row_source *s, struct row *r, enum dim d, const struct item *i)
{
	if (d == DIM_FLOW)
		row_flow_fill(s, r, i->flow);
	else
		row_fill(s, r, d, i->key, i->row);
}

/* ---- what is shown ---- */

static void add_times(struct selection *s, int64_t first_us, int64_t last_us)
{
	if (first_us > 0 && (s->first_us == 0 || first_us < s->first_us))
		s->first_us = first_us;
	if (last_us > s->last_us)
		s->last_us = last_us;
}

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
	if (p->dim == DIM_ALERT && p->selects &&
	    !row_alert_is_of(p->source->model, p->source->in->model, i->key))
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
	return is_partial(p) || ((p->dim == DIM_FLOW || p->dim == DIM_ALERT) && p->selects);
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

/* What is no longer a row of its own: only where no row is hidden can it be said to match. */
static void add_evicted(struct select_pass *p)
{
	struct tally *sum = &p->out->sum;

	if (hides_any(p))
		return;
	if (p->dim == DIM_FLOW) {
		struct flow_stats stats = flow_table_stats(p->source->in->flows);

		tally_counters(&sum->total, &stats.other);
		sum->flows += stats.other_flows;
		sum->rows += stats.other_flows;
	} else if (p->source->model != NULL) {
		bool pairs = p->dim == DIM_SUBNET_PAIR && p->source->pairs != NULL;
		const struct dim_row *other = pairs ? pairs_other(p->source->pairs)
						    : model_other(p->source->model, p->dim);

		if (other == NULL)
			return;
		tally_row(sum, other);
		sum->rows += model_evicted(p->source->model, p->dim) - 1;
	}
}

void select_end(struct select_pass *p, const struct tally *shown)
{
	struct row_source *s = p->source;

	if (p->dim == DIM_FLOW ? s->in->flows != NULL : s->model != NULL)
		add_evicted(p);
	p->out->rest = p->out->sum;
	tally_subtract(&p->out->rest, shown);
	if (p->dim == DIM_FLOW || !p->selects)
		return;
	if (p->dim == DIM_SUBNET_PAIR && s->pairs != NULL)
		p->out->all = 0; /* not known: they are of the matching flows */
	else
		p->out->all = model_rows(s->in->model, p->dim);
}

void selection_release(struct selection *s)
{
	mem_free(s->picks);
	mem_free(s->counted);
	s->picks = NULL;
	s->counted = NULL;
}
