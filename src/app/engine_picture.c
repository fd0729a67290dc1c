/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What pictures are made from: the model, the sources' state, and, under a filter, the matching
 * traffic. Runs where the engine runs.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "app/engine_parts.h"
#include "dpitop/filter.h"

static void release(struct engine_filter *f)
{
	regroup_free(f->regroup);
	filter_free(f->filter);
	memset(f, 0, sizeof *f);
}

void engine_filter_release(struct engine_view *v)
{
	release(&v->filter);
	release(&v->focus);
	regroup_free(v->prefixes);
	v->prefixes = NULL;
}

struct filter_context engine_filter_context(struct engine *g)
{
	return (struct filter_context){
		.dpi = flow_table_dpi(g->core.flows),
		.model = g->core.model,
		.subnets = g->core.subnets,
		.names = g->names,
		.geoip = g->core.geoip,
		.sources = g->info,
		.source_count = g->source_count,
	};
}

enum { SHARES = ENGINE_VIEWS - 1 };

/* Of a part of the traffic. Those who look beside the first share what one model of all of it may have. */
static struct model_options part_options(const struct engine *g, const struct engine_view *v)
{
	const struct model *all = g->core.model;
	struct model_options o = g->core.model_options;

	if (v == &g->views[0])
		return o;
	o.limits = (struct model_limits){
		.max_hosts = model_rows_max(all, DIM_HOST) / SHARES,
		.max_sites = model_rows_max(all, DIM_SITE) / SHARES,
		.max_ports = model_rows_max(all, DIM_PORT) / SHARES,
		.max_pairs = model_rows_max(all, DIM_SUBNET_PAIR) / SHARES,
	};
	return o;
}

/* True if it is another one; false too if it does not parse. */
static bool set(struct engine *g, const struct engine_view *v, struct engine_filter *to, const char *text)
{
	struct filter_context c = engine_filter_context(g);
	struct model_options o = part_options(g, v);
	struct filter *f;

	if (strcmp(text, to->text) == 0)
		return false;
	f = filter_parse(text, NULL);
	if (!f)
		return false;
	release(to);
	snprintf(to->text, sizeof to->text, "%s", text);
	if (filter_is_empty(f)) {
		filter_free(f);
		return true;
	}
	to->filter = f;
	if (filter_selects_flows(f))
		to->regroup = regroup_new(&o, f, &c);
	return true;
}

/* Wider subnets are sums of the model's; for narrower ones the flows must be gone over. True if a pass
 * is needed before a picture. */
static bool set_prefix(struct engine *g, struct engine_view *v, struct prefix p)
{
	const struct prefix none = {0, 0};
	bool refines = p.v4 != 0 && subnets_refines(g->core.subnets, p);
	struct filter_context c = engine_filter_context(g);
	struct model_options o = part_options(g, v);
	bool fresh = false;

	if (refines && !v->filter.regroup && !v->prefixes)
		v->prefixes = regroup_new(&o, NULL, &c);
	if (v->prefixes && (!refines || v->filter.regroup)) {
		regroup_free(v->prefixes);
		v->prefixes = NULL;
	}
	if (v->filter.regroup)
		fresh = regroup_prefix(v->filter.regroup, refines ? p : none);
	else if (v->prefixes)
		fresh = regroup_prefix(v->prefixes, p);
	return fresh;
}

/* A row's flows within those of the pane's filter. */
static void focus_text(const struct engine_view *v, const struct want_focus *w, char *buf, size_t size)
{
	if (!w->on || w->filter[0] == '\0')
		buf[0] = '\0';
	else if (v->filter.filter)
		snprintf(buf, size, "(%s) and (%s)", v->filter.text, w->filter);
	else
		snprintf(buf, size, "%s", w->filter);
}

bool engine_set_filter(struct engine *g, struct engine_view *v, const struct want *want)
{
	bool filter = set(g, v, &v->filter, want->filter), focus;
	char text[sizeof v->focus.text];

	focus_text(v, &want->focus, text, sizeof text);
	focus = set(g, v, &v->focus, text);
	if (!focus && strcmp(text, v->focus.text) != 0) {
		release(&v->focus);
		focus = true;
	}
	return set_prefix(g, v, want->prefix) || filter || focus;
}

bool engine_group_is_needed(const struct engine_view *v)
{
	return v->filter.regroup || v->focus.regroup || v->prefixes;
}

void engine_group_begin(struct engine *g, struct engine_view *v)
{
	if (v->filter.regroup)
		regroup_begin(v->filter.regroup, g->core.now_us, g->core.elapsed_us);
	if (v->focus.regroup)
		regroup_begin(v->focus.regroup, g->core.now_us, g->core.elapsed_us);
	if (v->prefixes)
		regroup_begin(v->prefixes, g->core.now_us, g->core.elapsed_us);
}

bool engine_group_step(struct engine *g, struct engine_view *v, size_t budget)
{
	if (v->filter.regroup && !regroup_step(v->filter.regroup, g->core.flows, budget))
		return false;
	if (v->prefixes && !regroup_step(v->prefixes, g->core.flows, budget))
		return false;
	return !v->focus.regroup || regroup_step(v->focus.regroup, g->core.flows, budget);
}

void engine_fill_input(struct engine *g, const struct engine_view *v, struct snapshot_input *in)
{
	memset(in, 0, sizeof *in);
	in->model = g->core.model;
	in->filtered = v->filter.regroup ? regroup_model(v->filter.regroup) : NULL;
	if (v->filter.regroup || v->prefixes)
		in->pairs = regroup_pairs(v->filter.regroup ? v->filter.regroup : v->prefixes);
	in->flows = g->core.flows;
	/* Before its first pass a filter has nothing to show: the whole is shown. */
	in->filter = v->filter.regroup && !in->filtered ? NULL : v->filter.filter;
	if (v->early) {
		in->filtered = regroup_preview(v->filter.regroup, g->core.flows, &in->looked, &in->flows_end);
		in->filter = in->filtered ? v->filter.filter : NULL;
	}
	in->focus = v->focus.filter;
	in->focused = v->focus.regroup ? regroup_model(v->focus.regroup) : NULL;
	in->dpi = flow_table_dpi(g->core.flows);
	in->subnets = g->core.subnets;
	in->geoip = g->core.geoip;
	in->names = g->names;
	in->sources = g->info;
	in->source_count = g->source_count;
	in->exporter_count = exports_list(g->exports, &in->exporters);
	in->export_count = sending_list(g->sending, &in->exports);
	in->now_us = g->core.now_us;
	in->tick_us = g->core.elapsed_us;
	in->rate_flows = g->core.rate_flows;
	in->live = !g->files;
	in->lasting = g->harvest.to.lasting != NULL && !g->files ? engine_lasting : NULL;
	in->lasting_ctx = g;
	in->final = g->ended;
}

void engine_input(struct engine *g, const struct want *want, struct snapshot_input *in)
{
	struct engine_view *v = &g->views[0];

	engine_set_filter(g, v, want);
	core_rest(&g->core);
	engine_group_begin(g, v);
	engine_group_step(g, v, 0);
	engine_refresh_sources(g);
	engine_fill_input(g, v, in);
}

struct snapshot_building *engine_begin(struct engine *g, const struct engine_view *v)
{
	struct snapshot_input in;

	engine_fill_input(g, v, &in);
	return snapshot_begin(&in, &v->want);
}

void engine_measure_shares(struct engine *g, uint64_t wall_ns)
{
	struct deal_lane lanes[DEAL_LANES];
	unsigned n = g->core.deal != NULL ? deal_lanes(g->core.deal, lanes) : 0;

	for (unsigned i = 0; i < n; i++) {
		if (wall_ns > 0)
			g->shares[i].load = (double)(lanes[i].cpu_ns - g->shares_cpu_ns[i]) / (double)wall_ns;
		g->shares_cpu_ns[i] = lanes[i].cpu_ns;
	}
}

static void put_shares(struct engine *g, struct snapshot *s)
{
	struct deal_lane lanes[DEAL_LANES];

	if (g->core.deal == NULL)
		return;
	s->engine_count = deal_lanes(g->core.deal, lanes);
	for (size_t i = 0; i < s->engine_count; i++)
		s->engines[i] = (struct engine_share){lanes[i].packets, g->shares[i].load};
}

struct snapshot *engine_finish(struct engine *g, struct snapshot_building *b)
{
	struct snapshot *s = snapshot_finish(b);

	s->sequence = ++g->sequence;
	s->engine_load = g->load;
	put_shares(g, s);
	if (g->harvest.to.state != NULL)
		g->harvest.to.state(g->harvest.to.ctx, &s->history);
	if (g->ring != NULL)
		ring_state(g->ring, &s->ring);
	s->tick_ms = (double)g->cost_ns[WORK_TICK] / 1e6;
	s->group_ms = (double)g->cost_ns[WORK_GROUP] / 1e6;
	s->picture_ms = (double)g->cost_ns[WORK_PICTURE] / 1e6;
	return s;
}

struct snapshot *engine_picture(struct engine *g, const struct want *want)
{
	struct snapshot_building *b;
	struct snapshot_input in;

	engine_input(g, want, &in);
	b = snapshot_begin(&in, want);
	snapshot_step(b, 0);
	return engine_finish(g, b);
}
