/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Several flow tables read as one, in the order in which one table would have them: that of their begin. A cursor is a place
 * in a list of all entries there ever were, which grows when it is read to its end. None of the tables may change
 * meanwhile: their threads rest. Engine thread; called by flow_table.c.
 */
#include "config.h"

#include "dpitop/mem.h"
#include "flow/entry.h"

struct part { /* a table */
	const struct flow_table *table;
	uint32_t listed; /* entries that are in the list */
};

struct entry_place { /* small: they are read in any order */
	uint32_t part : 5, number : 27; /* 31 tables, 134 million entries in each: more than --max-flows takes */
};

struct parts {
	struct part *parts;
	unsigned count;
	struct entry_place *list;
	size_t listed, room;
	struct flow_limits all; /* of the tables together */
};

void flow_table_join(struct flow_table *t, struct flow_table *const *tables, unsigned count, const struct flow_limits *all)
{
	struct parts *p;

	parts_release(t);
	if (count == 0)
		return;
	p = t->parts = mem_zalloc(sizeof *p);
	p->count = count + 1;
	p->all = *all;
	p->parts = mem_array(p->count, sizeof *p->parts);
	p->parts[0].table = t;
	for (unsigned i = 0; i < count; i++)
		p->parts[i + 1].table = tables[i];
}

void parts_release(struct flow_table *t)
{
	if (t->parts == NULL)
		return;
	mem_free(t->parts->list);
	mem_free(t->parts->parts);
	mem_free(t->parts);
	t->parts = NULL;
}

/* ---- the list ---- */

/* Of the entries that are not listed yet the one that began first; NULL: there is none. */
static struct part *first_of(struct parts *p)
{
	struct part *first = NULL;
	uint64_t least = UINT64_MAX;

	for (unsigned i = 0; i < p->count; i++) {
		const struct flow_table *t = p->parts[i].table;

		if (p->parts[i].listed == t->used || entry_at(t, p->parts[i].listed)->flow.id >= least)
			continue;
		first = &p->parts[i];
		least = entry_at(t, first->listed)->flow.id;
	}
	return first;
}

/* Entries that were not there when it was read to its end last. */
static void extend(struct parts *p)
{
	struct part *from;

	while ((from = first_of(p)) != NULL) {
		if (p->listed == p->room) {
			p->room = p->room != 0 ? p->room * 2 : 1024;
			p->list = mem_grow(p->list, p->room, sizeof *p->list);
		}
		p->list[p->listed++] = (struct entry_place){.part = (uint32_t)(from - p->parts) & 31, .number = from->listed & 0x7ffffff};
		from->listed++;
	}
}

const struct flow *parts_next(const struct flow_table *t, size_t *cursor)
{
	struct parts *p = t->parts;

	if (*cursor >= p->listed)
		extend(p);
	while (*cursor < p->listed) {
		struct entry_place at = p->list[(*cursor)++];
		const struct flow_entry *e = entry_at(p->parts[at.part].table, at.number);

		if (e->flow.id != 0)
			return &e->flow;
	}
	return NULL;
}

void parts_expect_at(const struct flow_table *t, size_t cursor)
{
	const struct parts *p = t->parts;

	if (cursor < p->listed)
		tell_expect(p->parts[p->list[cursor].part].table, p->list[cursor].number, AHEAD_FLOW);
}

/* ---- sums ---- */

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
	for (unsigned d = 0; d < 2; d++) {
		sum->other.bytes[d] += s->other.bytes[d];
		sum->other.packets[d] += s->other.packets[d];
	}
	sum->other_flows += s->other_flows;
	sum->memory_bytes += s->memory_bytes;
}

void parts_stats(const struct flow_table *t, struct flow_stats *sum)
{
	for (unsigned i = 1; i < t->parts->count; i++) {
		struct flow_stats s = flow_table_own(t->parts->parts[i].table);

		add(sum, &s);
	}
	sum->max_flows = t->parts->all.max_flows;
	sum->max_dpi = t->parts->all.max_dpi;
	sum->memory_bytes += t->parts->room * sizeof *t->parts->list;
}
