/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Several flow tables read as one. A cursor goes over the places of all: the first of each table, then the second
 * of each ... None of the tables may change meanwhile: their threads rest. Engine thread; called by flow_table.c.
 */
#include "config.h"

#include "flow/entry.h"

void flow_table_join(struct flow_table *t, struct flow_table *const *parts, unsigned count)
{
	t->parts = parts;
	t->part_count = count;
}

/* Places of the table that has most. */
static size_t longest(const struct flow_table *t)
{
	size_t most = t->used;

	for (unsigned i = 0; i < t->part_count; i++)
		if (t->parts[i]->used > most)
			most = t->parts[i]->used;
	return most;
}

/* Table 0 is t. */
static const struct flow_table *table_of(const struct flow_table *t, size_t cursor)
{
	size_t i = cursor % (t->part_count + 1);

	return i == 0 ? t : t->parts[i - 1];
}

const struct flow *parts_next(const struct flow_table *t, size_t *cursor)
{
	size_t tables = t->part_count + 1, end = longest(t) * tables;

	while (*cursor < end) {
		const struct flow_table *of = table_of(t, *cursor);
		uint32_t number = (uint32_t)((*cursor)++ / tables);

		if (number < of->used && entry_at(of, number)->flow.id != 0)
			return &entry_at(of, number)->flow;
	}
	return NULL;
}

void parts_expect_at(const struct flow_table *t, size_t cursor)
{
	const struct flow_table *of = table_of(t, cursor);
	uint32_t number = (uint32_t)(cursor / (t->part_count + 1));

	if (number < of->used)
		tell_expect(of, number, AHEAD_FLOW);
}

static void add(struct flow_stats *sum, const struct flow_stats *s)
{
	sum->created += s->created;
	sum->ended += s->ended;
	sum->evicted += s->evicted;
	sum->live += s->live;
	sum->kept += s->kept;
	sum->dpi_live += s->dpi_live;
	sum->dpi_refused += s->dpi_refused;
	sum->uninspected += s->uninspected;
	sum->max_flows += s->max_flows;
	sum->max_dpi += s->max_dpi;
	for (unsigned d = 0; d < 2; d++) {
		sum->other.bytes[d] += s->other.bytes[d];
		sum->other.packets[d] += s->other.packets[d];
	}
	sum->other_flows += s->other_flows;
	sum->memory_bytes += s->memory_bytes;
}

void parts_stats(const struct flow_table *t, struct flow_stats *sum)
{
	for (unsigned i = 0; i < t->part_count; i++) {
		struct flow_stats s = flow_table_stats(t->parts[i]);

		add(sum, &s);
	}
}
