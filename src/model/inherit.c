/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A filter's traffic is added up anew for each picture, but a sparkline is a minute long and the graph
 * ten: what only time can tell goes on from the model of the picture before, row by row. Engine
 * thread; called by the snapshot room's regroup.
 */
#include "config.h"

#include <string.h>

#include "model/dims.h"

static void inherit(struct dim_row *r, const struct dim_row *from)
{
	memcpy(r->spark, from->spark, sizeof r->spark);
	r->spark_at = from->spark_at;
	if (from->peak > r->peak)
		r->peak = from->peak;
}

void model_inherit(struct model *m, const struct model *before)
{
	memcpy(m->graph, before->graph, sizeof m->graph);
	m->graph_at = before->graph_at;
	m->graph_count = before->graph_count;
	for (unsigned d = 0; d < DIM_COUNT; d++) {
		struct table *t = &m->tables[d];
		struct entry *e;

		for (size_t i = 0; (e = map_next(t->map, &i)) != NULL;) {
			const struct entry *old = map_get(before->tables[d].map, &e->key);

			if (old != NULL)
				inherit(&e->row, &old->row);
		}
	}
}
