/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fragments that come before the first one of their datagram: only that one has ports. They wait in a
 * small table, found by the number of their datagram, and go to the flow of the first when it comes.
 * Those whose first does not come until the next tick, or whose place is needed, go to the flow without
 * ports, so that each tick's books hold all packets. Engine thread; called by flow_table.c and flow_tell.c.
 */
#include "config.h"

#include <string.h>

#include "dpitop/mem.h"
#include "flow/entry.h"

enum { BUCKETS = 256, WAYS = 4 }; /* datagrams that wait */

struct waiting {
	uint64_t datagram; /* 0: free */
	struct packet p;   /* the first that came, without its bytes */
	uint64_t packets, bytes, octets;
	int64_t last_us;
	unsigned source;
};

struct early {
	size_t count;
	struct waiting waiting[BUCKETS * WAYS];
};

static struct waiting *bucket(struct early *early, uint64_t datagram)
{
	return &early->waiting[datagram % BUCKETS * WAYS];
}

static struct waiting *find(struct early *early, uint64_t datagram)
{
	struct waiting *w = bucket(early, datagram);

	for (unsigned i = 0; i < WAYS; i++)
		if (w[i].datagram == datagram)
			return &w[i];
	return NULL;
}

/* From the end of the flow that p comes from. */
static void add(struct flow_table *t, struct flow_entry *e, const struct packet *p, const struct meter_more *more)
{
	unsigned d = flow_table_direction(&e->flow, p);

	e->flow.total.packets[d] += more->packets;
	e->flow.total.bytes[d] += more->bytes;
	e->flow.flags |= FLOW_FRAGMENTED;
	meter_more(t, e, d, more);
}

static struct meter_more all_of(const struct waiting *w)
{
	return (struct meter_more){.packets = w->packets, .bytes = w->bytes, .octets = w->octets, .first_us = w->p.ts_us, .last_us = w->last_us};
}

static void give_up(struct flow_table *t, struct waiting *w)
{
	struct flow_entry *e = flow_table_count(t, &w->p, w->source);
	struct meter_more more = all_of(w);

	more.packets--; /* the first was just counted */
	more.bytes -= w->p.wire_len;
	more.octets -= meter_octets(&w->p);
	add(t, e, &w->p, &more);
	flow_table_seen(t, e, w->last_us);
	w->datagram = 0;
	t->early->count--;
}

/* A free place, or that of the one which waits longest. */
static struct waiting *make_room(struct flow_table *t, uint64_t datagram)
{
	struct waiting *w = bucket(t->early, datagram), *oldest = w;

	for (unsigned i = 0; i < WAYS; i++) {
		if (w[i].datagram == 0)
			return &w[i];
		if (w[i].p.ts_us < oldest->p.ts_us)
			oldest = &w[i];
	}
	give_up(t, oldest);
	return oldest;
}

static void begin(struct flow_table *t, const struct packet *p, unsigned source)
{
	struct waiting *w = make_room(t, p->datagram);

	*w = (struct waiting){.datagram = p->datagram, .p = *p, .source = source};
	w->p.data = w->p.l3 = w->p.payload = NULL;
	t->early->count++;
}

void early_wait(struct flow_table *t, const struct packet *p, unsigned source)
{
	struct waiting *w;

	if (t->early == NULL)
		t->early = mem_zalloc(sizeof *t->early);
	w = find(t->early, p->datagram);
	if (w == NULL) {
		begin(t, p, source);
		w = find(t->early, p->datagram);
	}
	w->packets++;
	w->bytes += p->wire_len;
	w->octets += meter_octets(p);
	w->last_us = p->ts_us;
}

void early_join(struct flow_table *t, struct flow_entry *e, const struct packet *p)
{
	struct meter_more more;
	struct waiting *w;

	if (t->early == NULL || t->early->count == 0)
		return;
	w = find(t->early, p->datagram);
	if (w == NULL)
		return;
	more = all_of(w);
	add(t, e, p, &more);
	flow_table_seen(t, e, w->p.ts_us);
	flow_table_seen(t, e, w->last_us);
	w->datagram = 0;
	t->early->count--;
}

void early_give_up(struct flow_table *t)
{
	struct waiting *w;

	if (t->early == NULL)
		return;
	for (w = t->early->waiting; t->early->count > 0; w++)
		if (w->datagram != 0)
			give_up(t, w);
}

void early_release(struct flow_table *t)
{
	mem_free(t->early);
}

size_t early_memory(const struct flow_table *t)
{
	return t->early != NULL ? sizeof *t->early : 0;
}
