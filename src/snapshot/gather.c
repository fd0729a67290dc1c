/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All rows of a list, gathered in slices. Each row is exact at the moment it is filled, and the sum is
 * that of the rows as they were filled, so that rows and rest always add up to it; whether they also
 * add up to the totals depends on what was booked meanwhile. Engine's thread, but for gather_sort().
 */
#include "config.h"

#include "dpitop/gather.h"

#include <stdlib.h>

#include "dpitop/mem.h"
#include "snapshot/arena.h"
#include "snapshot/select.h"

struct gather {
	struct snapshot_input in;
	struct want_list want;
	struct row_source source;
	struct select_pass pass;
	struct selection selection;
	struct tally listed;
	struct snapshot *snapshot;
	struct row *rows;
	size_t count, room;
	size_t cursor;
	enum dim dim;
};

static size_t rows_of(const struct gather *g)
{
	if (g->dim == DIM_SUBNET_PAIR && g->source.pairs != NULL)
		return pairs_rows(g->source.pairs);
	if (g->dim != DIM_FLOW)
		return g->source.model != NULL ? model_rows(g->source.model, g->dim) : 0;
	if (g->in.flows == NULL)
		return 0;
	struct flow_stats stats = flow_table_stats(g->in.flows);

	return stats.live + stats.kept;
}

struct gather *gather_new(const struct snapshot_input *in, bool names, enum dim d,
			  const struct want_list *w)
{
	struct gather *g = mem_zalloc(sizeof *g);
	struct want *none = mem_zalloc(sizeof *none);

	g->in = *in;
	g->want = *w;
	g->dim = d;
	none->names = names;
	g->snapshot = snapshot_build(in, none);
	mem_free(none);
	row_source_init(&g->source, &g->in, names, g->snapshot->arena);
	select_begin(&g->pass, &g->selection, &g->source, d, &g->want);
	g->room = rows_of(g);
	g->rows = mem_alloc((g->room > 0 ? g->room : 1) * sizeof *g->rows); /* touched as it fills */
	return g;
}

static void take(struct gather *g, const struct item *i)
{
	if (g->count == g->room)
		return;
	select_fill(&g->source, &g->rows[g->count++], g->dim, i);
	tally_add(&g->listed, i);
}

bool gather_step(struct gather *g, size_t budget)
{
	size_t left = budget > 0 ? budget : SIZE_MAX;
	enum select_seen seen = SELECT_HIDDEN;
	struct item i;

	for (; left > 0 && seen != SELECT_END; left--) {
		seen = select_next(&g->pass, &g->cursor, &i);
		if (seen == SELECT_SHOWN)
			take(g, &i);
	}
	row_source_release(&g->source); /* what it keeps of hosts may be gone at the next step */
	return seen == SELECT_END;
}

static void release(struct gather *g)
{
	row_source_release(&g->source);
	mem_free(g);
}

struct snapshot *gather_finish(struct gather *g, bool still)
{
	struct snapshot *s = g->snapshot;
	struct list *l = &s->lists[g->dim];

	select_end(&g->pass, &g->listed);
	select_sums(&g->selection, &g->source, g->dim, &l->sum, &l->other);
	l->dim = g->dim;
	l->rows = s->gathered = g->rows;
	l->count = g->count;
	l->matching = g->selection.matching;
	l->all = g->selection.all;
	l->partial = g->selection.partial || !still;
	release(g);
	return s;
}

void gather_free(struct gather *g)
{
	if (g == NULL)
		return;
	mem_free(g->rows);
	snapshot_unref(g->snapshot);
	release(g);
}

/* ---- the order ---- */

struct order {
	const struct column *column;
	bool ascending;
};

static int compare(const void *a, const void *b, void *ctx)
{
	const struct order *o = ctx;
	int r = column_compare(o->column, a, b);

	return o->ascending ? r : -r;
}

void gather_sort(struct snapshot *s, enum dim d, const struct want_list *w)
{
	struct order o = {.column = w->sort != NULL ? w->sort : column_default_sort(d)};
	struct list *l = &s->lists[d];
	double all = (double)l->sum.total.bytes[0] + (double)l->sum.total.bytes[1];

	o.ascending = w->ascending && w->sort != NULL;
	for (size_t i = 0; i < l->count; i++) {
		struct row *r = &l->rows[i];

		r->share = all > 0 ? ((double)r->total.bytes[0] + (double)r->total.bytes[1]) / all : 0;
	}
	qsort_r(l->rows, l->count, sizeof *l->rows, compare, &o);
}
