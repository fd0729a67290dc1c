/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Interfaces of exporters; see export_ports.h. They are kept for pictures only: counters are no traffic of flows, and
 * that of flows is counted elsewhere. Records may tell of any number: those with counters have half of the room for
 * themselves.
 */
#include "config.h"

#include "app/export_ports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/map.h"
#include "dpitop/mem.h"

enum { PORTS_MAX = 32768, TOLD_MAX = PORTS_MAX / 2, RECENT = 256 };
#define MINUTE_US INT64_C(60000000)

struct port {
	struct { uint32_t source, exporter, interface; } key;
	struct exporter_port now;
	uint64_t before[2][2]; /* told_bytes when the last minute began, and the one before it */
};

struct export_ports {
	struct map *map;
	struct port *recent[RECENT]; /* by the low bits of their numbers: records come in many and tell of few */
	int64_t now_us;          /* of the last tick */
	int64_t began_us[2];     /* the last minute, and the one before it; 0: not yet */
	/* the last list */
	struct port **sorted;
	struct exporter_port *list;
	size_t count;
};

struct export_ports *export_ports_new(uint64_t seed)
{
	struct export_ports *p = mem_zalloc(sizeof *p);

	p->map = map_new(sizeof ((struct port *)0)->key, sizeof(struct port), PORTS_MAX, seed);
	return p;
}

void export_ports_free(struct export_ports *p)
{
	if (p == NULL)
		return;
	map_free(p->map);
	mem_free(p->sorted);
	mem_free(p->list);
	mem_free(p);
}

static struct port *touch(struct export_ports *p, uint32_t source, const struct export_exporter *x, uint32_t interface, bool *created)
{
	struct port key;

	memset(&key.key, 0, sizeof key.key);
	key.key.source = source;
	key.key.exporter = x->id;
	key.key.interface = interface;
	return map_touch(p->map, &key.key, created);
}

static uint32_t rate_of(uint64_t now, uint64_t before, int64_t us)
{
	double rate = us > 0 && now >= before ? (double)(now - before) * 1e6 / (double)us : 0;

	return rate < (double)UINT32_MAX ? (uint32_t)rate : UINT32_MAX;
}

/* ---- what is told ---- */

void export_ports_counters(struct export_ports *p, uint32_t source, const struct export_exporter *x, const struct export_counters *n)
{
	struct port *one = touch(p, source, x, n->interface, NULL);

	if (one == NULL)
		return;
	for (unsigned d = 0; d < 2; d++)
		one->now.rate[d] = one->now.has_counters ? rate_of(n->bytes[d], one->now.counters.bytes[d], x->last_us - one->now.last_us) : 0;
	one->now.counters = *n;
	one->now.has_counters = true;
	one->now.last_us = x->last_us;
}

/* NULL if there is no room for it. */
static struct port *told(struct export_ports *p, uint32_t source, const struct export_exporter *x, uint32_t interface)
{
	struct port **place = &p->recent[(interface ^ x->id << 4) % RECENT], *one = *place;

	if (one != NULL && one->key.interface == interface && one->key.exporter == x->id && one->key.source == source)
		return one;
	if (map_count(p->map) < TOLD_MAX)
		one = touch(p, source, x, interface, NULL);
	else
		one = map_get(p->map, &(__typeof__(one->key)){source, x->id, interface});
	if (one != NULL) {
		one->now.counters.interface = interface;
		*place = one;
	}
	return one;
}

static void add(struct export_ports *p, uint32_t source, const struct export_exporter *x, uint32_t interface, const uint64_t bytes[2])
{
	struct port *one = interface != 0 ? told(p, source, x, interface) : NULL; /* 0: of none, or not known */

	if (one == NULL)
		return;
	one->now.told_bytes[0] += bytes[0];
	one->now.told_bytes[1] += bytes[1];
}

void export_ports_record(struct export_ports *p, uint32_t source, const struct export_exporter *x, const struct flow_record *r,
			 const struct flow_counters *n)
{
	const uint64_t other[2] = {n->bytes[1], n->bytes[0]};

	if (r->has & RECORD_HAS(HAS_IN))
		add(p, source, x, r->interface[0], n->bytes);
	if (r->has & RECORD_HAS(HAS_OUT))
		add(p, source, x, r->interface[1], other);
}

void export_ports_gone(struct export_ports *p, uint32_t source, const struct export_exporter *x)
{
	struct port *one;

	memset(p->recent, 0, sizeof p->recent);
	for (size_t i = 0; (one = map_next(p->map, &i)) != NULL;)
		if (one->key.exporter == x->id && one->key.source == source)
			map_remove(p->map, one);
}

/* Records come in lumps, when time-outs have passed: their rates are those of the last minute or two. */
void export_ports_tick(struct export_ports *p, int64_t now_us)
{
	struct port *one;

	p->now_us = now_us;
	if (p->began_us[0] != 0 && now_us - p->began_us[0] < MINUTE_US)
		return;
	p->began_us[1] = p->began_us[0];
	p->began_us[0] = now_us;
	for (size_t i = 0; (one = map_next(p->map, &i)) != NULL;) {
		memcpy(one->before[1], one->before[0], sizeof one->before[1]);
		memcpy(one->before[0], one->now.told_bytes, sizeof one->before[0]);
	}
}

/* ---- lists ---- */

static int order(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int by_place(const void *a, const void *b)
{
	const struct port *const *x = a, *const *y = b;
	int r = order((*x)->key.source, (*y)->key.source);

	r = r != 0 ? r : order((*x)->key.exporter, (*y)->key.exporter);
	return r != 0 ? r : order((*x)->key.interface, (*y)->key.interface);
}

static struct exporter_port as_of_now(const struct export_ports *p, const struct port *one)
{
	unsigned since = p->began_us[1] != 0;
	struct exporter_port now = one->now;

	for (unsigned d = 0; d < 2 && !now.has_counters; d++)
		now.rate[d] = rate_of(now.told_bytes[d], one->before[since][d], p->now_us - p->began_us[since]);
	return now;
}

/* Those of an exporter beside each other. */
void export_ports_list(struct export_ports *p)
{
	size_t count = map_count(p->map);
	struct port *one;

	p->count = 0;
	if (count == 0)
		return;
	p->sorted = mem_grow(p->sorted, count, sizeof(struct port *));
	p->list = mem_grow(p->list, count, sizeof *p->list);
	for (size_t i = 0; (one = map_next(p->map, &i)) != NULL;)
		p->sorted[p->count++] = one;
	qsort(p->sorted, p->count, sizeof(struct port *), by_place);
	for (size_t i = 0; i < p->count; i++)
		p->list[i] = as_of_now(p, p->sorted[i]);
}

void export_ports_give(struct export_ports *p, struct exporter_info *info, const struct export_decoder *d)
{
	struct port key = {.key = {info->source, info->x.id, 0}}, *wanted = &key;
	size_t low = 0, high = p->count, n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_place(&p->sorted[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (n = low; n < p->count && p->sorted[n]->key.source == info->source && p->sorted[n]->key.exporter == info->x.id; n++) {
		struct exporter_port *one = &p->list[n];

		if (d != NULL)
			snprintf(one->name, sizeof one->name, "%.47s", export_name_get(d, &info->x, EXPORT_NAME_INTERFACE, one->counters.interface));
	}
	info->ports = n > low ? &p->list[low] : NULL;
	info->port_count = n - low;
}
