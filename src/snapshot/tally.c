/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What rows add up to, and the sums as rows of their own: all that match, and what is not shown.
 * Engine's thread; used by select.c and build.c.
 */
#include "config.h"

#include "snapshot/select.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "snapshot/arena.h"

void tally_counters(struct flow_counters *to, const struct flow_counters *from)
{
	int i;

	for (i = 0; i < 2; i++) {
		to->bytes[i] += from->bytes[i];
		to->packets[i] += from->packets[i];
	}
}

void tally_row(struct tally *t, const struct dim_row *r)
{
	int i;

	tally_counters(&t->total, &r->total);
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

	tally_counters(&t->total, &f->total);
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
		tally_row(t, i->row);
}

void tally_sum(struct tally *t, const struct tally *more)
{
	int i;

	tally_counters(&t->total, &more->total);
	for (i = 0; i < 2; i++) {
		t->rate[i] += more->rate[i];
		t->packet_rate[i] += more->packet_rate[i];
	}
	t->flows += more->flows;
	t->live_flows += more->live_flows;
	t->hits += more->hits;
	t->rows += more->rows;
}

void tally_subtract(struct tally *t, const struct tally *from)
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
	const struct dim_info *info = dim_info(d);

	return arena_format(s->arena, i18n_count(info->count_one, info->count_many, rows), (unsigned long long)rows);
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
