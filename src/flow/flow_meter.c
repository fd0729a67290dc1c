/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The metering process for those who export flows: what each live flow has to tell since its last part, beside
 * the table, by entry number, and only if somebody exports. Flows with something to tell wait in a list in the
 * order in which that began: as all wait equally long, the first is always the next one due. Engine thread.
 */
#include "config.h"

#include <string.h>

#include "dpitop/mem.h"
#include "flow/entry.h"

struct metered { /* of a live flow */
	struct flow_part_side side[2];
	int64_t since_us;    /* when it began to wait */
	uint32_t prev, next; /* while it waits */
	bool waits;
};

struct meter {
	struct slabs metered; /* by entry number */
	size_t used;
	uint32_t first, last; /* the list; ENTRY_NONE: empty */
	int64_t active_us;
	flow_meter *told;
	void *ctx;
};

void flow_table_meter(struct flow_table *t, int64_t active_us, flow_meter *told, void *ctx)
{
	struct meter *x = mem_zalloc(sizeof *x);

	*x = (struct meter){.first = ENTRY_NONE, .last = ENTRY_NONE, .active_us = active_us, .told = told, .ctx = ctx};
	slabs_init(&x->metered, sizeof(struct metered), ENTRY_NONE);
	t->meter = x;
}

void meter_release(struct flow_table *t)
{
	if (t->meter != NULL)
		slabs_release(&t->meter->metered);
	mem_free(t->meter);
}

size_t meter_memory(const struct flow_table *t)
{
	return t->meter != NULL ? slabs_memory(&t->meter->metered) : 0;
}

static struct metered *metered_at(const struct meter *x, uint32_t number)
{
	return slabs_at(&x->metered, number);
}

void meter_begin(struct flow_table *t, const struct flow_entry *e)
{
	struct meter *x = t->meter;

	if (x == NULL)
		return;
	for (; x->used <= e->number; x->used++)
		slabs_grow(&x->metered, x->used);
	memset(metered_at(x, e->number), 0, sizeof(struct metered));
}

/* ---- the list ---- */

static void wait_from(struct meter *x, uint32_t number, int64_t now_us)
{
	struct metered *m = metered_at(x, number);

	m->waits = true;
	m->since_us = now_us;
	m->next = ENTRY_NONE;
	m->prev = x->last;
	if (x->last != ENTRY_NONE)
		metered_at(x, x->last)->next = number;
	else
		x->first = number;
	x->last = number;
}

static void wait_no_more(struct meter *x, uint32_t number)
{
	struct metered *m = metered_at(x, number);

	m->waits = false;
	if (m->prev != ENTRY_NONE)
		metered_at(x, m->prev)->next = m->next;
	else
		x->first = m->next;
	if (m->next != ENTRY_NONE)
		metered_at(x, m->next)->prev = m->prev;
	else
		x->last = m->prev;
}

/* ---- what packets do ---- */

static void see(struct flow_part_side *s, int64_t ts_us)
{
	if (s->packets == 0)
		s->first_us = s->last_us = ts_us;
	if (ts_us < s->first_us)
		s->first_us = ts_us;
	if (ts_us > s->last_us)
		s->last_us = ts_us;
}

uint32_t meter_octets(const struct packet *p)
{
	return p->ip_len < p->wire_len ? p->ip_len : p->wire_len; /* headers may lie */
}

void meter_packet(struct flow_table *t, const struct flow_entry *e, const struct packet *p, unsigned d)
{
	struct metered *m = metered_at(t->meter, e->number);
	struct flow_part_side *s = &m->side[d];

	if (!m->waits)
		wait_from(t->meter, e->number, p->ts_us);
	see(s, p->ts_us);
	if (s->packets == 0) {
		s->tos = p->tos;
		s->icmp_type = p->icmp_type;
		s->icmp_code = p->icmp_code;
	}
	s->packets++;
	s->octets += meter_octets(p);
	s->bytes += p->wire_len;
	s->tcp_flags |= p->tcp_flags;
}

void meter_more(struct flow_table *t, const struct flow_entry *e, unsigned d, const struct meter_more *more)
{
	struct metered *m;

	if (t->meter == NULL || more->packets == 0)
		return;
	m = metered_at(t->meter, e->number);
	if (!m->waits)
		wait_from(t->meter, e->number, more->first_us);
	see(&m->side[d], more->first_us);
	m->side[d].packets += more->packets;
	m->side[d].octets += more->octets;
	m->side[d].bytes += more->bytes;
	see(&m->side[d], more->last_us);
}

/* ---- telling ---- */

static void tell(struct meter *x, const struct flow_entry *e, enum flow_end why)
{
	struct metered *m = metered_at(x, e->number);
	struct flow_part p = {.flow = &e->flow, .side = {m->side[0], m->side[1]}, .end_reason = why};

	wait_no_more(x, e->number);
	memset(m->side, 0, sizeof m->side);
	x->told(x->ctx, &p);
}

void meter_end(struct flow_table *t, const struct flow_entry *e, enum flow_end why)
{
	if (t->meter == NULL || e->flow.report != NULL || !metered_at(t->meter, e->number)->waits)
		return;
	if (e->flow.state == FLOW_IDLE)
		why = FLOW_END_IDLE;
	else if (tcp_is_over(&e->flow))
		why = FLOW_END_SEEN;
	tell(t->meter, e, why);
}

/* With the clock set back by more than the time-out, waiting could last for all that time. */
static bool is_due(const struct meter *x, const struct metered *m, int64_t now_us)
{
	int64_t age = now_us - m->since_us;

	return age >= x->active_us || age <= -x->active_us;
}

bool meter_run(struct flow_table *t, int64_t now_us, size_t *budget)
{
	struct meter *x = t->meter;

	while (x != NULL && x->first != ENTRY_NONE && is_due(x, metered_at(x, x->first), now_us)) {
		if (*budget == 0)
			return false;
		--*budget;
		tell(x, entry_at(t, x->first), FLOW_END_ACTIVE);
	}
	return true;
}
