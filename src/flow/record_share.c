/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What exporters say of flows, each thing once: most flows of an exporter have the same interfaces, next hop and
 * the like, so they share one struct flow_report instead of having a block each. Counted by its flows. Engine
 * thread; called by flow_record.c and record_facts.c.
 */
#include "config.h"

#include <string.h>

#include "dpitop/map.h"
#include "flow/record.h"

struct shared { /* in a map, where it stays */
	struct flow_report report; /* key */
	size_t flows;
};
_Static_assert(sizeof(struct flow_report) == sizeof(void *) + 88, "a report without padding");

void record_leave(struct flow_table *t, struct flow *f)
{
	struct shared *s = (struct shared *)(void *)(uintptr_t)f->report;

	f->report = NULL;
	if (s != NULL && --s->flows == 0)
		map_remove(t->reports, s);
}

void record_say(struct flow_table *t, struct flow *f, const struct flow_report *r)
{
	struct shared *s;

	if (f->report != NULL && map_key_eq(f->report, r, sizeof *r))
		return;
	if (t->reports == NULL) /* a flow has one, and one more while it changes */
		t->reports = map_new(sizeof s->report, sizeof *s, t->limits.max_flows + 1, t->index.seed);
	s = map_touch(t->reports, r, NULL);
	s->flows++;
	record_leave(t, f);
	f->report = &s->report;
}
