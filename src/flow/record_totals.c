/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exporters that count from the begin of a flow (elements 85, 86 and their like): what a record adds is the
 * difference to the one before of the same flow, exporter and observation domain. That is remembered here and not
 * in the flow: a long flow's records may be further apart than a flow waits, and two domains of an exporter may tell of
 * the same packets. Counters that are less than they were, or another begin, are another flow. Bounded: the one heard
 * of longest ago is forgotten, and counts in full when it is told again. Engine thread; called by flow_record.c.
 */
#include "config.h"

#include <string.h>

#include "dpitop/map.h"
#include "dpitop/mem.h"
#include "flow/record.h"

#define SECOND_US INT64_C(1000000)
#define FORGET_US (7200 * SECOND_US) /* exporters tell of what lives each half hour at least */
#define SAME_US (2 * SECOND_US)      /* a begin that is told by an uptime may differ by so much each time */

enum { TOTALS_MAX = 1 << 18 };
enum { END_IDLE = 1, END_SEEN = 3 /* ... and greater: IPFIX element 136; 2 is the active time-out */ };

struct totals_key { /* compared as bytes */
	struct addr addr[2];
	uint64_t flow_id;
	uint32_t exporter; /* export_exporter.id: address, port and domain */
	uint16_t port[2];
	uint16_t vlan;
	uint16_t ethertype;
	uint8_t mac[2][6]; /* without addresses */
	uint8_t l4, side; /* element 61 */
	uint8_t zero[6];
};
_Static_assert(sizeof(struct totals_key) == 72, "a key without padding");

struct total {
	struct totals_key key;
	uint64_t bytes[2], packets[2];
	int64_t start_us; /* 0: not told */
	int64_t heard_us;
	struct total *older, *newer;
};

struct totals {
	struct map *map;
	struct total *oldest, *newest; /* by heard_us */
};

void totals_free(struct totals *t)
{
	if (t != NULL)
		map_free(t->map);
	mem_free(t);
}

size_t totals_memory(const struct totals *t)
{
	return t != NULL ? sizeof *t + map_memory(t->map) : 0;
}

static void unlink_one(struct totals *t, struct total *x)
{
	*(x->older != NULL ? &x->older->newer : &t->oldest) = x->newer;
	*(x->newer != NULL ? &x->newer->older : &t->newest) = x->older;
}

static void append(struct totals *t, struct total *x)
{
	x->newer = NULL;
	x->older = t->newest;
	*(t->newest != NULL ? &t->newest->newer : &t->oldest) = x;
	t->newest = x;
}

static void forget(struct totals *t, struct total *x)
{
	unlink_one(t, x);
	map_remove(t->map, x);
}

static struct total *touch(struct totals *t, const struct totals_key *k, int64_t now_us, bool *created)
{
	struct total *x;

	while (t->oldest != NULL && now_us - t->oldest->heard_us > FORGET_US)
		forget(t, t->oldest);
	x = map_get(t->map, k);
	*created = x == NULL;
	if (x != NULL)
		unlink_one(t, x);
	else if (map_count(t->map) == TOTALS_MAX)
		forget(t, t->oldest);
	x = map_touch(t->map, k, NULL);
	append(t, x);
	x->heard_us = now_us;
	return x;
}

static void key_of(struct totals_key *k, const struct export_exporter *x, const struct flow_record *r)
{
	memset(k, 0, sizeof *k);
	memcpy(k->addr, r->addr, sizeof k->addr);
	k->flow_id = r->flow_id;
	k->exporter = x->id;
	memcpy(k->port, r->port, sizeof k->port);
	k->vlan = r->vlan[0];
	k->ethertype = r->ethertype;
	if (!(r->has & RECORD_HAS(HAS_ADDR)))
		memcpy(k->mac, r->mac, sizeof k->mac);
	k->l4 = r->l4;
	k->side = r->direction;
}

static bool is_another(const struct total *x, const struct flow_record *r, int64_t start_us)
{
	for (unsigned i = 0; i < 2; i++)
		if (r->bytes[i] < x->bytes[i] || r->packets[i] < x->packets[i])
			return true;
	return start_us != 0 && x->start_us != 0 && (start_us > x->start_us + SAME_US || start_us < x->start_us - SAME_US);
}

void totals_difference(struct flow_table *t, const struct export_exporter *x, struct flow_record *r, int64_t now_us)
{
	int64_t start_us = r->has & RECORD_HAS(HAS_START) ? r->start_us : 0;
	struct flow_record was = *r;
	struct totals_key k;
	struct total *last;
	bool created;

	if (t->totals == NULL) {
		t->totals = mem_zalloc(sizeof *t->totals);
		t->totals->map = map_new(sizeof k, sizeof *last, TOTALS_MAX, t->index.seed);
	}
	key_of(&k, x, r);
	last = touch(t->totals, &k, now_us, &created);
	for (unsigned i = 0; i < 2 && !created && !is_another(last, &was, start_us); i++) {
		r->bytes[i] -= last->bytes[i];
		r->packets[i] -= last->packets[i];
	}
	for (unsigned i = 0; i < 2; i++) {
		last->bytes[i] = was.bytes[i];
		last->packets[i] = was.packets[i];
	}
	last->start_us = start_us;
	if (r->end_reason == END_IDLE || r->end_reason >= END_SEEN)
		forget(t->totals, last);
}
