/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model's life, its totals, ticks, the throughput graph, and reading its rows. What an update does
 * is in apply.c. Engine thread.
 */
#include "config.h"

#include <string.h>

#include "dpitop/mem.h"
#include "model/dims.h"

#define SECOND_US INT64_C(1000000)

enum { DISTINCT_MAX = 1 << 22 };

/* The rows a dimension may have; 0: as dims.c says. */
static size_t bound_of(const struct model_limits *l, enum dim d)
{
	if (d == DIM_HOST)
		return l->max_hosts;
	if (d == DIM_SITE)
		return l->max_sites;
	if (d == DIM_PORT)
		return l->max_ports;
	return dim_info(d)->pair ? l->max_pairs : 0;
}

struct model *model_new(const struct model_options *o)
{
	struct model *m = mem_zalloc(sizeof *m);

	m->o = *o;
	for (unsigned d = 0; d < DIM_COUNT; d++) {
		table_init(&m->tables[d], dim_shape(d), bound_of(&o->limits, d), o->seed + d);
		m->tables[d].forward = o->whole != NULL;
	}
	distinct_init(&m->distinct, DISTINCT_MAX);
	hosts_init(m);
	sites_init(m);
	alerts_init(m);
	m->categories = categories_ref(o->whole != NULL ? o->whole->categories : o->categories);
	m->recategorised = SIZE_MAX;
	return m;
}

void model_free(struct model *m)
{
	if (m == NULL)
		return;
	harvest_release(m);
	for (unsigned d = 0; d < DIM_COUNT; d++)
		table_release(&m->tables[d]);
	distinct_release(&m->distinct);
	alerts_release(m);
	map_free(m->names);
	mem_free(m->late);
	categories_unref(m->categories);
	mem_free(m);
}

void model_count(struct model *m, uint64_t packets, uint64_t bytes, uint64_t truncated, int64_t first_us,
		 int64_t last_us)
{
	struct model_totals *t = &m->totals;

	if (t->packets == 0 || first_us < t->first_us)
		t->first_us = first_us;
	if (t->packets == 0 || last_us > t->last_us)
		t->last_us = last_us;
	t->packets += packets;
	t->bytes += bytes;
	t->truncated_packets += truncated;
}

void model_preview(struct model *m, int64_t elapsed_us)
{
	for (unsigned d = 0; d < DIM_COUNT; d++)
		table_preview(&m->tables[d], elapsed_us > 0 ? elapsed_us : SECOND_US);
}

void model_tick(struct model *m, int64_t now_us, int64_t elapsed_us)
{
	if (elapsed_us <= 0)
		elapsed_us = SECOND_US;
	for (unsigned d = 0; d < DIM_COUNT; d++)
		table_tick(&m->tables[d], now_us, elapsed_us);
	graph_tick(m, now_us, elapsed_us);
	alerts_tick(m, now_us, elapsed_us);
}

bool model_home(const struct model *m, double *latitude, double *longitude)
{
	if (m->has_home) {
		*latitude = m->home_latitude;
		*longitude = m->home_longitude;
	}
	return m->has_home;
}

const struct model_totals *model_totals(const struct model *m)
{
	return &m->totals;
}

size_t model_rows(const struct model *m, enum dim d)
{
	return map_count(m->tables[d].map);
}

size_t model_rows_max(const struct model *m, enum dim d)
{
	return map_max(m->tables[d].map);
}

uint64_t model_evicted(const struct model *m, enum dim d)
{
	return m->tables[d].evicted;
}

const struct dim_row *model_other(const struct model *m, enum dim d)
{
	return &m->tables[d].other.row;
}

/* Rows that reclassification left with nothing are no rows. */
static bool has_traffic(const struct dim_row *r)
{
	return (r->total.packets[0] | r->total.packets[1] | r->total.bytes[0] | r->total.bytes[1]) != 0 || r->flows != 0;
}

const struct dim_row *model_next(const struct model *m, enum dim d, size_t *cursor, const struct dim_key **key)
{
	const struct entry *e;

	while ((e = map_next(m->tables[d].map, cursor)) != NULL) {
		if (!has_traffic(&e->row))
			continue;
		if (key != NULL)
			*key = &e->key;
		return &e->row;
	}
	return NULL;
}

void model_expect_at(const struct model *m, enum dim d, size_t cursor)
{
	map_expect_number(m->tables[d].map, (uint32_t)cursor + 1, m->tables[d].shape->entry_bytes);
}

const struct dim_row *model_get(const struct model *m, enum dim d, const struct dim_key *key)
{
	const struct entry *e = map_get(m->tables[d].map, key);

	return e != NULL ? &e->row : NULL;
}

/* A row that is listed as moved had traffic in the last tick, or has some in the open one. */
const struct dim_row *model_next_moved(const struct model *m, enum dim d, size_t *at, const struct dim_key **key)
{
	const struct table *t = &m->tables[d];
	const struct row_list *l = &t->moved;

	while (*at < l->count) {
		const struct entry *e = l->rows[l->count - ++*at]; /* the last one first */

		if (e == &t->other)
			continue;
		*key = &e->key;
		return &e->row;
	}
	return NULL;
}

size_t model_table_memory(const struct model *m, enum dim d)
{
	return map_memory(m->tables[d].map);
}

size_t model_memory(const struct model *m)
{
	size_t n = sizeof *m + distinct_memory(&m->distinct) + map_memory(m->names) + harvest_memory(m) +
		   (m->categories != NULL ? categories_memory(m->categories) : 0);

	for (unsigned d = 0; d < DIM_COUNT; d++)
		n += map_memory(m->tables[d].map) +
		     (m->tables[d].moved.room + m->tables[d].spare.room) * sizeof(struct entry *);
	return n + alerts_memory(m);
}
