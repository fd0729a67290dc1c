/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exporters that meter a flow where it comes in and where it goes out (element 61, flowDirection; NetFlow v9 calls it
 * DIRECTION) tell of the same traffic twice. Each way of a flow counts what the side told of that told more: of a
 * record's counters that is what goes beyond what the other side was ahead by, whichever comes first. So one side alone
 * counts in full, time-outs of the two need not agree, and nothing that was told on has to be taken back. What one side
 * is ahead by is forgotten when the other one begins after it: that is not the same traffic. Only flows that are told of
 * at both sides need memory; it goes with the flow. Engine thread; called by flow_record.c.
 */
#include "config.h"

#include <string.h>

#include "dpitop/map.h"
#include "dpitop/mem.h"
#include "flow/record.h"

#define SAME_US INT64_C(2000000) /* times in whole seconds */

enum side { /* heard.met[]: who told of a way first */
	SIDE_NONE,
	SIDE_ANY, /* some record says no side, or tells both ways: all count */
	SIDE_INGRESS,
	SIDE_EGRESS
};
enum { INGRESS = 0, EGRESS = 1 }; /* element 61 */

struct balance {
	uint32_t number; /* key: the flow's */
	struct way {
		bool both;                 /* both sides told of it */
		int64_t bytes, packets;    /* what ingress told more than egress did */
		int64_t until_us[2];       /* end of what they told: 0 ingress, 1 egress */
	} way[2];
};

static enum side side_of(const struct flow_record *r)
{
	if (!(r->has & RECORD_HAS(HAS_DIRECTION)) || (r->flags & RECORD_BIFLOW) || r->direction > EGRESS)
		return SIDE_ANY;
	return r->direction == INGRESS ? SIDE_INGRESS : SIDE_EGRESS;
}

static int64_t ahead(int64_t base, uint64_t more, int64_t sign)
{
	int64_t sum;

	return __builtin_add_overflow(base, sign * (int64_t)more, &sum) ? 0 : sum;
}

/* Until now only one side told of this way. */
static void begin_way(struct way *w, const struct flow *f, unsigned d, enum side first)
{
	int64_t sign = first == SIDE_INGRESS ? 1 : -1;

	*w = (struct way){.both = true};
	w->bytes = sign * (int64_t)(f->total.bytes[d] & INT64_MAX);
	w->packets = sign * (int64_t)(f->total.packets[d] & INT64_MAX);
	w->until_us[first == SIDE_EGRESS] = f->last_us;
}

static struct way *way_of(struct flow_table *t, struct flow_entry *e, unsigned d)
{
	struct balance *b;

	if (t->balances == NULL)
		t->balances = map_new(sizeof b->number, sizeof *b, t->limits.max_flows, t->index.seed);
	b = map_touch(t->balances, &e->number, NULL);
	if (b == NULL) /* not before there are as many as flows */
		return NULL;
	e->heard.balanced = true;
	if (!b->way[d].both)
		begin_way(&b->way[d], &e->flow, d, (enum side)e->heard.met[d]);
	return &b->way[d];
}

/* How much of n the other side told already. */
static uint64_t settle(int64_t *base, uint64_t n, int64_t sign)
{
	int64_t owed = *base > INT64_MIN ? -sign * *base : 0;

	*base = ahead(*base, n, sign);
	return owed <= 0 ? 0 : (uint64_t)owed < n ? (uint64_t)owed : n;
}

static struct flow_again share(struct way *w, enum side side, const struct record_context *c, const struct flow_counters *n)
{
	unsigned mine = side == SIDE_EGRESS;
	int64_t sign = side == SIDE_INGRESS ? 1 : -1;
	struct flow_again again;

	if (c->timed && c->from_us > w->until_us[!mine] + SAME_US) {
		w->bytes = w->bytes * sign > 0 ? w->bytes : 0;
		w->packets = w->packets * sign > 0 ? w->packets : 0;
	}
	if (c->to_us > w->until_us[mine])
		w->until_us[mine] = c->to_us;
	again.bytes = settle(&w->bytes, n->bytes[0], sign);
	again.packets = settle(&w->packets, n->packets[0], sign);
	return again;
}

struct flow_again sides_settle(struct flow_table *t, struct flow_entry *e, const struct flow_record *r,
			       const struct record_context *c, struct flow_counters *n)
{
	static const struct flow_again nothing;
	enum side side = side_of(r);
	uint8_t *met = &e->heard.met[c->end];
	struct flow_again again;
	struct way *w;

	if ((*met == side && !e->heard.balanced) || *met == SIDE_ANY || (n->bytes[0] | n->packets[0]) == 0)
		return nothing;
	if (*met == SIDE_NONE || side == SIDE_ANY) {
		*met = (uint8_t)side;
		return nothing;
	}
	w = way_of(t, e, c->end);
	if (w == NULL)
		return nothing;
	again = share(w, side, c, n);
	n->bytes[0] -= again.bytes;
	n->packets[0] -= again.packets;
	return again;
}

void sides_turn(struct flow_table *t, struct flow_entry *e)
{
	struct balance *b = e->heard.balanced ? map_get(t->balances, &e->number) : NULL;
	uint8_t met = e->heard.met[0];
	struct way w;

	e->heard.met[0] = e->heard.met[1];
	e->heard.met[1] = met;
	if (b == NULL)
		return;
	w = b->way[0];
	b->way[0] = b->way[1];
	b->way[1] = w;
}

void sides_forget(struct flow_table *t, struct flow_entry *e)
{
	if (e->flow.report == NULL || !e->heard.balanced)
		return;
	map_remove(t->balances, map_get(t->balances, &e->number));
	e->heard.balanced = false;
}
