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

void engine_filter_release(struct engine *g)
{
	regroup_free(g->filter.regroup);
	filter_free(g->filter.filter);
	memset(&g->filter, 0, sizeof g->filter);
}

bool engine_set_filter(struct engine *g, const char *text)
{
	struct filter_context c = {
		.dpi = flow_table_dpi(g->core.flows),
		.model = g->core.model,
		.subnets = g->core.subnets,
		.names = g->names,
		.geoip = g->core.geoip,
		.sources = g->info,
		.source_count = g->source_count,
	};
	struct filter *f;

	if (strcmp(text, g->filter.text) == 0)
		return false;
	f = filter_parse(text, NULL);
	if (!f)
		return false;
	engine_filter_release(g);
	snprintf(g->filter.text, sizeof g->filter.text, "%s", text);
	if (filter_is_empty(f)) {
		filter_free(f);
		return true;
	}
	g->filter.filter = f;
	if (filter_selects_flows(f))
		g->filter.regroup = regroup_new(&g->core.model_options, f, &c);
	return true;
}

static void fill_input(struct engine *g, struct snapshot_input *in)
{
	memset(in, 0, sizeof *in);
	in->model = g->core.model;
	in->filtered = g->filter.regroup ? regroup_model(g->filter.regroup) : NULL;
	in->flows = g->core.flows;
	/* Before its first pass a filter has nothing to show: the whole is shown. */
	in->filter = g->filter.regroup && !in->filtered ? NULL : g->filter.filter;
	in->dpi = flow_table_dpi(g->core.flows);
	in->subnets = g->core.subnets;
	in->geoip = g->core.geoip;
	in->names = g->names;
	in->sources = g->info;
	in->source_count = g->source_count;
	in->now_us = g->core.now_us;
	in->tick_us = g->core.elapsed_us;
	in->live = !g->files;
	in->final = g->ended;
}

void engine_input(struct engine *g, const struct want *want, struct snapshot_input *in)
{
	engine_set_filter(g, want->filter);
	if (g->filter.regroup) {
		regroup_begin(g->filter.regroup, g->core.now_us, g->core.elapsed_us);
		regroup_step(g->filter.regroup, g->core.flows, 0);
	}
	engine_refresh_sources(g);
	fill_input(g, in);
}

static struct snapshot *build(struct engine *g, const struct snapshot_input *in,
			      const struct want *want)
{
	struct snapshot *s = snapshot_build(in, want);

	s->sequence = ++g->sequence;
	s->engine_load = g->load;
	return s;
}

struct snapshot *engine_build(struct engine *g, const struct want *want)
{
	struct snapshot_input in;

	fill_input(g, &in);
	return build(g, &in, want);
}

struct snapshot *engine_picture(struct engine *g, const struct want *want)
{
	struct snapshot_input in;

	engine_input(g, want, &in);
	return build(g, &in, want);
}
