/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture of the past: its lists are made as those of the present are, but what a live model knows by
 * its ticks (graph, rates, flows that are open) is told by history. And which columns that has.
 * History's thread; column_is_recorded(): any.
 */
#include "config.h"

#include "snapshot/past.h"

#include <string.h>

#include "dpitop/column.h"
#include "snapshot/arena.h"

/* What is in no file, of the dimensions that history has. */
static const char *const not_recorded[] = {
	"mac", "peers", "top_app", "score", "risks", "hits", "clients", "methods", "codes", "content_types", "seen_in",
	"today", "yesterday", "week", "month", "year",
};

bool column_is_recorded(const struct column *c)
{
	for (size_t i = 0; i < sizeof not_recorded / sizeof not_recorded[0]; i++)
		if (strcmp(c->id, not_recorded[i]) == 0)
			return false;
	return true;
}

static uint64_t (*copy_graph(struct snapshot *s, uint64_t (*graph)[2], size_t count))[2]
{
	uint64_t (*to)[2] = arena_alloc(s->arena, (count + 1) * sizeof *to);

	if (count > 0)
		memcpy(to, graph, count * sizeof *to);
	return to;
}

void past_finish(struct snapshot *s, const struct snapshot_input *in)
{
	const struct replay_input *r = in->replay;

	s->replay = r->info;
	s->replay.on = true;
	s->graph = copy_graph(s, r->graph, r->graph_count);
	s->graph_count = r->graph_count;
	s->rate_in = r->rate_in;
	s->rate_out = r->rate_out;
	s->rate_packets = r->rate_packets;
	s->flows_gauge.used = s->matching_flows = r->flows;
	s->hosts_gauge.used = r->hosts;
	s->matching_hosts = r->matching_hosts;
	if (s->focus == NULL)
		return;
	s->focus->graph = copy_graph(s, r->focus_graph, r->focus_count);
	s->focus->graph_count = r->focus_count;
}
