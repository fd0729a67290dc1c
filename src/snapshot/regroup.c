/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The traffic of the flows that a filter selects: each pass feeds a new model with what the
 * matching flows have told the whole traffic's model, so that both count the same; what they told in
 * the last tick gives the rates. Slices keep a pass from holding up capture. Engine's thread; called
 * by the engine between ticks.
 */
#include "config.h"

#include "dpitop/regroup.h"

#include "dpitop/mem.h"
#include "snapshot/row_fill.h"

struct regroup {
	struct model_options options;
	const struct filter *filter; /* NULL: all flows, for pairs only */
	struct filter_context context;
	struct prefix prefix;  /* of pairs; {0, 0}: none */
	bool running;          /* a pass is under way */
	struct model *filling; /* by it; NULL without a filter */
	struct model *done;
	struct pairs *filling_pairs, *done_pairs;
	size_t cursor, looked_at;
	int64_t now_us, elapsed_us; /* of the pass under way */
	int64_t done_us;            /* of the finished one */
};

struct regroup *regroup_new(const struct model_options *o, const struct filter *f,
			    const struct filter_context *c)
{
	struct regroup *r = mem_zalloc(sizeof *r);

	r->options = *o;
	r->filter = f;
	r->context = *c;
	r->options.whole = c->model;
	return r;
}

static void give_up(struct regroup *r)
{
	model_free(r->filling);
	pairs_free(r->filling_pairs);
	r->filling = NULL;
	r->filling_pairs = NULL;
	r->running = false;
}

bool regroup_prefix(struct regroup *r, struct prefix p)
{
	if (p.v4 == r->prefix.v4 && p.v6 == r->prefix.v6)
		return false;
	give_up(r);
	pairs_free(r->done_pairs);
	r->done_pairs = NULL;
	r->prefix = p;
	return true;
}

void regroup_free(struct regroup *r)
{
	if (r == NULL)
		return;
	give_up(r);
	model_free(r->done);
	pairs_free(r->done_pairs);
	mem_free(r);
}

void regroup_begin(struct regroup *r, int64_t now_us, int64_t elapsed_us)
{
	if (r->running)
		return;
	r->running = true;
	if (r->filter != NULL)
		r->filling = model_new(&r->options);
	if (r->prefix.v4 != 0)
		r->filling_pairs = pairs_new(&r->options, r->prefix, r->filter != NULL);
	r->cursor = r->looked_at = 0;
	r->now_us = now_us;
	r->elapsed_us = elapsed_us;
	r->context.now_us = now_us;
	r->context.tick_us = elapsed_us;
}

static struct flow_facts facts_of(const struct flow *f)
{
	const char *site = flow_meta_text(f->meta, FLOW_SITE);

	return (struct flow_facts){
		.class_ = f->class_, .risks = f->risks, .state = f->state,
		.tcp_flags = f->tcp_flags, .inspected = f->flags & FLOW_DPI_DONE,
		.site = site[0] != '\0' ? site : flow_meta_text(f->meta, FLOW_QUERY),
	};
}

/* What it told in the last tick. The flow knows only the bytes of it: packets are by their mean
 * size, but neither part has bytes without packets. */
static struct flow_counters recent_of(const struct flow *f)
{
	struct flow_counters recent = {.bytes = {0, 0}};
	int i;

	for (i = 0; i < 2; i++) {
		uint64_t packets = row_flow_packets(f, i), all = f->told.packets[i];

		if (f->rate_bytes[i] == 0 || all == 0 || f->report != NULL)
			continue;
		recent.bytes[i] = f->rate_bytes[i];
		recent.packets[i] = packets > 0 ? packets : 1;
		if (recent.packets[i] >= all)
			recent.packets[i] = all - 1;
		if (recent.packets[i] == 0 || recent.bytes[i] >= f->told.bytes[i]) {
			recent.bytes[i] = f->told.bytes[i];
			recent.packets[i] = all;
		}
	}
	return recent;
}

static struct flow_counters difference(const struct flow_counters *a, const struct flow_counters *b)
{
	return (struct flow_counters){
		.bytes = {a->bytes[0] - b->bytes[0], a->bytes[1] - b->bytes[1]},
		.packets = {a->packets[0] - b->packets[0], a->packets[1] - b->packets[1]},
	};
}

static uint64_t bytes_of(const struct flow_counters *c)
{
	return c->bytes[0] + c->bytes[1];
}

static uint64_t packets_of(const struct flow_counters *c)
{
	return c->packets[0] + c->packets[1];
}

/* What an exporter told, with the rate it has now. */
static void add_collected(struct regroup *r, const struct flow *f, struct flow_update *u)
{
	u->exporter = f->report->exporter;
	u->delta = f->told;
	u->flags |= UPDATE_PAST;
	for (int i = 0; i < 2; i++) { /* for this one picture: a second of it is as good as all */
		u->hold.bytes[i] = f->rate_bytes[i];
		u->hold.packets[i] = row_flow_packets(f, i);
	}
	if ((f->rate_bytes[0] | f->rate_bytes[1]) != 0)
		u->hold.us = 1000000;
	model_apply(r->filling, u);
}

/* As the flow was told, but at once: what is older than the tick first. */
static void add_flow(struct regroup *r, const struct flow *f)
{
	struct flow_update u = {
		.flow = f, .old = facts_of(f), .now = facts_of(f),
		.from_us = f->first_us, .to_us = f->last_us, .sampling = 1,
		.flags = UPDATE_NEW | (f->flags & FLOW_ENDED ? UPDATE_END : 0),
	};
	struct flow_counters recent = recent_of(f);

	if (r->filling_pairs != NULL)
		pairs_add(r->filling_pairs, f, &recent);
	if (r->filling == NULL)
		return;
	model_count(r->filling, packets_of(&f->told), bytes_of(&f->told), 0, f->first_us,
		    f->last_us);
	if (f->report != NULL) {
		add_collected(r, f, &u);
		return;
	}
	u.delta = difference(&f->told, &recent);
	if (bytes_of(&u.delta) + packets_of(&u.delta) > 0) {
		u.flags |= UPDATE_PAST;
		model_apply(r->filling, &u);
		u.flags = 0;
	}
	u.delta = recent;
	if (u.flags != 0 || bytes_of(&recent) > 0)
		model_apply(r->filling, &u);
}

static void finish_pairs(struct regroup *r)
{
	if (r->filling_pairs == NULL)
		return;
	pairs_finish(r->filling_pairs, r->context.model, r->done_pairs, r->now_us, r->elapsed_us);
	pairs_free(r->done_pairs);
	r->done_pairs = r->filling_pairs;
	r->filling_pairs = NULL;
}

static void finish_model(struct regroup *r)
{
	if (r->filling == NULL)
		return;
	if (r->done != NULL) {
		model_inherit(r->filling, r->done);
		model_graph_gap(r->filling, r->now_us - r->elapsed_us - r->done_us);
	}
	model_tick(r->filling, r->now_us, r->elapsed_us);
	if (r->done != NULL && r->done_us == r->now_us) /* the same tick again: drawn already */
		model_inherit(r->filling, r->done);
	model_free(r->done);
	r->done = r->filling;
	r->done_us = r->now_us;
	r->filling = NULL;
}

static void finish(struct regroup *r)
{
	finish_pairs(r);
	finish_model(r);
	r->running = false;
}

bool regroup_step(struct regroup *r, const struct flow_table *flows, size_t budget)
{
	size_t left = budget > 0 ? budget : SIZE_MAX;
	const struct flow *f;

	if (!r->running)
		return true;
	for (; left > 0; left--) {
		f = flow_table_next(flows, &r->cursor);
		if (f == NULL) {
			finish(r);
			return true;
		}
		r->looked_at++;
		if (packets_of(&f->told) + bytes_of(&f->told) > 0 &&
		    (r->filter == NULL || filter_match_flow(r->filter, &r->context, f)))
			add_flow(r, f);
	}
	return false;
}

const struct model *regroup_model(const struct regroup *r)
{
	return r->done;
}

const struct pairs *regroup_pairs(const struct regroup *r)
{
	return r->done_pairs;
}

const struct model *regroup_preview(struct regroup *r, const struct flow_table *flows, double *looked,
				    size_t *end)
{
	struct flow_stats stats = flow_table_stats(flows);
	double all = (double)(stats.live + stats.kept);

	if (r->filling == NULL)
		return NULL;
	*end = r->cursor;
	*looked = all > (double)r->looked_at ? (double)r->looked_at / all : 1;
	model_preview(r->filling, r->elapsed_us);
	return r->filling;
}
