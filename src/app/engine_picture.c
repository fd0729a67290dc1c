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
	filter_free(g->filter.filter);
	memset(&g->filter, 0, sizeof g->filter);
}

void engine_set_filter(struct engine *g, const char *text)
{
	struct filter *f;

	if (strcmp(text, g->filter.text) == 0)
		return;
	f = filter_parse(text, NULL);
	if (!f)
		return;
	engine_filter_release(g);
	snprintf(g->filter.text, sizeof g->filter.text, "%s", text);
	if (filter_is_empty(f)) {
		filter_free(f);
		return;
	}
	g->filter.filter = f;
}

void engine_input(struct engine *g, const struct want *want, struct snapshot_input *in)
{
	engine_set_filter(g, want->filter);
	memset(in, 0, sizeof *in);
	in->model = g->core.model;
	in->flows = g->core.flows;
	in->filter = g->filter.filter;
	in->dpi = flow_table_dpi(g->core.flows);
	in->subnets = g->core.subnets;
	in->geoip = g->core.geoip;
	in->names = g->names;
	in->sources = g->info;
	in->source_count = g->source_count;
	in->now_us = g->core.now_us;
	in->live = !g->files;
	in->final = g->ended;
}

struct snapshot *engine_picture(struct engine *g, const struct want *want)
{
	struct snapshot_input in;
	struct snapshot *s;

	engine_input(g, want, &in);
	s = snapshot_build(&in, want);
	s->sequence = ++g->sequence;
	s->engine_load = g->load;
	return s;
}
