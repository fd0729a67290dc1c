/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The flow table: what a packet does to its flow, flows that begin, the bound, what is no longer
 * listed, and reading the table. Ticks are in flow_tell.c, time-outs in flow_expiry.c. Engine thread.
 */
#include "config.h"

#include <string.h>

#include "dpitop/mem.h"
#include "flow/entry.h"

enum { L4_TCP = 6, L4_UDP = 17 };
#define DEFAULT_IDLE_US (300 * INT64_C(1000000))

struct flow_table *flow_table_new(const struct flow_limits *l, uint64_t seed, flow_sink *sink, void *ctx,
				  struct error *e)
{
	struct dpi *dpi = l->share != NULL ? dpi_share(l->share) : dpi_open(e);
	struct flow_table *t;

	if (dpi == NULL)
		return NULL;
	t = mem_zalloc(sizeof *t);
	t->limits = *l;
	if (t->limits.max_flows == 0)
		t->limits.max_flows = FLOW_MAX_FLOWS;
	if (t->limits.max_flows >= ENTRY_NONE)
		t->limits.max_flows = ENTRY_NONE - 1;
	if (t->limits.max_dpi == 0)
		t->limits.max_dpi = FLOW_MAX_DPI;
	if (t->limits.idle_us <= 0)
		t->limits.idle_us = DEFAULT_IDLE_US;
	t->dpi = dpi;
	t->sink = sink;
	t->ctx = ctx;
	t->free_first = t->kept_first = t->kept_last = ENTRY_NONE;
	index_init(t, seed);
	expiry_init(t);
	return t;
}

void flow_table_free(struct flow_table *t)
{
	if (t == NULL)
		return;
	for (uint32_t i = 0; i < t->used; i++) {
		dpi_state_free(entry_look(entry_at(t, i)));
		mem_free(entry_at(t, i)->flow.meta);
	}
	index_release(t);
	tell_release(t);
	look_release(t);
	early_release(t);
	meter_release(t);
	record_release(t);
	expiry_release(t);
	order_release(t);
	parts_release(t);
	dpi_close(t->dpi);
	mem_free(t);
}

void flow_table_on_name(struct flow_table *t, void (*learn)(void *ctx, const struct addr *a, const char *name),
			void *ctx)
{
	t->learn = learn;
	t->learn_ctx = ctx;
}

void flow_table_on_ahead(struct flow_table *t, flow_ahead *ahead, void *ctx)
{
	t->ahead = ahead;
	t->ahead_ctx = ctx;
}

/* The list of kept flows: in the order in which they ended. */
void flow_table_keep(struct flow_table *t, struct flow_entry *e)
{
	e->next = ENTRY_NONE;
	e->prev = t->kept_last;
	if (t->kept_last != ENTRY_NONE)
		entry_at(t, t->kept_last)->next = e->number;
	else
		t->kept_first = e->number;
	t->kept_last = e->number;
	t->stats.kept++;
}

void flow_table_forget(struct flow_table *t, struct flow_entry *e)
{
	struct flow_counters *other = &t->stats.other;

	for (unsigned d = 0; d < 2; d++) {
		other->bytes[d] += e->flow.total.bytes[d];
		other->packets[d] += e->flow.total.packets[d];
	}
	t->stats.other_flows++;
	if (e->prev != ENTRY_NONE)
		entry_at(t, e->prev)->next = e->next;
	else
		t->kept_first = e->next;
	if (e->next != ENTRY_NONE)
		entry_at(t, e->next)->prev = e->prev;
	else
		t->kept_last = e->prev;
	t->stats.kept--;
	t->meta_bytes -= flow_meta_memory(e->flow.meta);
	entry_free(t, e);
}

void flow_table_make_room(struct flow_table *t)
{
	if (t->stats.live + t->stats.kept < t->limits.max_flows)
		return;
	if (t->kept_first == ENTRY_NONE)
		flow_table_end(t, expiry_longest_idle(t), FLOW_END_RESOURCES);
	flow_table_forget(t, entry_at(t, t->kept_first));
	t->stats.evicted++;
}

static bool is_syn(const struct packet *p, uint8_t flags)
{
	return p->l4 == L4_TCP && (p->flags & PACKET_L4) && (p->tcp_flags & (TCP_SYN | TCP_ACK)) == flags;
}

/* The client is who sent the first SYN, else the first packet. */
static struct flow_entry *begin(struct flow_table *t, const struct packet *p, unsigned source)
{
	unsigned src = is_syn(p, TCP_SYN | TCP_ACK) ? 1 : 0;
	struct flow_entry *e;
	struct flow *f;

	e = entry_new(t);
	f = &e->flow;
	f->addr[src] = p->src;
	f->addr[!src] = p->dst;
	if (p->flags & PACKET_PORTS) {
		f->port[src] = p->src_port;
		f->port[!src] = p->dst_port;
	}
	if (p->flags & PACKET_MAC) {
		f->flags |= FLOW_MAC_SET;
		memcpy(f->mac[src], p->src_mac, sizeof f->mac[0]);
		memcpy(f->mac[!src], p->dst_mac, sizeof f->mac[0]);
	}
	f->vlan = p->vlan;
	f->l4 = p->l4;
	f->ip_version = p->ip_version;
	f->tunnel = p->tunnel;
	f->tos = p->tos;
	f->source = (uint16_t)source;
	f->first_us = f->last_us = p->ts_us;
	f->state = p->l4 != L4_TCP ? FLOW_ONEWAY : is_syn(p, TCP_SYN) || src != 0 ? FLOW_NEW : FLOW_OPEN;
	t->stats.created++;
	t->stats.live++;
	return e;
}

/* A connection on the ports of another one, or a flow that comes back after its time-out. */
static bool begins_anew(struct flow_table *t, struct flow_entry *e, const struct packet *p, unsigned d)
{
	struct flow *f = &e->flow;

	if (is_syn(p, TCP_SYN) && (tcp_is_over(f) || (d == 1 && !(e->marks & (MARK_SYN | MARK_SYN << 1)))))
		return true;
	if (!expiry_is_over(t, e, p->ts_us))
		return false;
	if (!tcp_is_over(f) && expiry_is_idle(t, e, p->ts_us))
		f->state = FLOW_IDLE;
	return true;
}

static uint16_t src_port_of(const struct packet *p)
{
	return p->flags & PACKET_PORTS ? p->src_port : 0;
}

unsigned flow_table_direction(const struct flow *f, const struct packet *p)
{
	return addr_eq(&p->src, &f->addr[0]) && src_port_of(p) == f->port[0] ? 0 : 1;
}

static void key_of(const struct flow_table *t, const struct packet *p, struct flow_key *k)
{
	bool ports = (p->flags & PACKET_PORTS) != 0;

	flow_key_ends(k, &p->src, ports ? p->src_port : 0, &p->dst, ports ? p->dst_port : 0);
	k->vlan = t->limits.vlan_aware ? p->vlan : 0;
	k->l4 = p->l4;
}

/* What the active time-out cut goes on as the same conversation: its ends, what it is, its names. */
static void inherit(struct flow_table *t, struct flow_entry *e, const struct flow *from)
{
	struct flow *f = &e->flow;

	memcpy(f->addr, from->addr, sizeof f->addr);
	memcpy(f->port, from->port, sizeof f->port);
	memcpy(f->mac, from->mac, sizeof f->mac);
	f->state = from->state;
	f->class_ = from->class_;
	f->risks = from->risks;
	f->flags |= from->flags & (FLOW_DPI_DONE | FLOW_ENCRYPTED | FLOW_SYN_SEEN | FLOW_MAC_SET);
	f->meta = flow_meta_copy(from->meta);
	t->meta_bytes += flow_meta_memory(f->meta);
}

static struct flow_entry *touch(struct flow_table *t, const struct packet *p, unsigned source)
{
	struct flow_key k;
	uint64_t cut = 0;
	uint32_t tag;
	struct flow_entry *e, *old;

	key_of(t, p, &k);
	tag = p->flow_tag != 0 ? p->flow_tag : index_tag(&t->index, &k);
	old = index_get(t, &k, tag);
	if (old != NULL) {
		if (!begins_anew(t, old, p, flow_table_direction(&old->flow, p)))
			return old;
		flow_table_end(t, old, FLOW_END_SEEN);
		if (old->flow.state != FLOW_IDLE && !tcp_is_over(&old->flow))
			cut = old->flow.id;
	}
	flow_table_make_room(t); /* may take the old one */
	e = begin(t, p, source);
	meter_begin(t, e);
	if (cut != 0 && old->flow.id == cut && !is_syn(p, TCP_SYN))
		inherit(t, e, &old->flow);
	index_add(t, e, tag);
	expiry_add(t, e);
	return e;
}

/* Another state has another time-out, and may be over much sooner than the slot it waits in. */
static void follow_tcp(struct flow_table *t, struct flow_entry *e, const struct packet *p, unsigned d)
{
	uint8_t before = e->flow.state;

	tcp_packet(e, p, d);
	if (e->flow.state == before)
		return;
	expiry_remove(t, e);
	expiry_add(t, e);
}

static void begins_earlier(struct flow_entry *e, int64_t ts_us)
{
	uint64_t delta = (uint64_t)e->flow.first_us - (uint64_t)ts_us + e->syn_delta_us;

	e->syn_delta_us = delta < UINT32_MAX ? (uint32_t)delta : UINT32_MAX; /* the SYN stays where it was */
	e->flow.first_us = ts_us;
}

void flow_table_seen(struct flow_table *t, struct flow_entry *e, int64_t ts_us)
{
	struct flow *f = &e->flow;

	if (ts_us > f->last_us)
		f->last_us = ts_us;
	else if (ts_us < f->first_us)
		begins_earlier(e, ts_us);
	if (ts_us > t->newest_us)
		t->newest_us = ts_us;
}

struct flow_entry *flow_table_count(struct flow_table *t, const struct packet *p, unsigned source)
{
	struct flow_entry *e = touch(t, p, source);
	struct flow *f = &e->flow;
	unsigned d = flow_table_direction(f, p);

	f->total.bytes[d] += p->wire_len;
	f->total.packets[d]++;
	flow_table_seen(t, e, p->ts_us);
	if (t->meter != NULL)
		meter_packet(t, e, p, d);
	if (p->flags & PACKET_FRAGMENT)
		f->flags |= FLOW_FRAGMENTED;
	if (p->l4 != L4_TCP)
		f->state = f->total.packets[0] != 0 && f->total.packets[1] != 0 ? FLOW_OPEN : FLOW_ONEWAY;
	else if (p->flags & PACKET_L4)
		follow_tcp(t, e, p, d);
	look_packet(t, e, p, d);
	if (t->learn != NULL && p->l4 == L4_UDP && (p->flags & PACKET_L4) &&
	    look_is_name_port(p->src_port))
		look_names(t, p);
	tell_mark(t, e);
	return e;
}

void flow_table_expect_packet(const struct flow_table *t, struct packet *p)
{
	struct flow_key k;

	key_of(t, p, &k);
	p->flow_tag = index_tag(&t->index, &k);
	index_expect(t, p->flow_tag);
}

void flow_table_packet(struct flow_table *t, const struct packet *p, unsigned source)
{
	if (p->datagram == 0)
		flow_table_count(t, p, source);
	else if (p->flags & PACKET_LATER)
		early_wait(t, p, source);
	else
		early_join(t, flow_table_count(t, p, source), p);
}

const struct dpi *flow_table_dpi(const struct flow_table *t)
{
	return t->dpi;
}

struct flow_stats flow_table_own(const struct flow_table *t)
{
	struct flow_stats s = t->stats;

	s.max_flows = t->limits.max_flows;
	s.max_dpi = t->limits.max_dpi;
	s.memory_bytes = index_memory(t) + dpi_memory(s.dpi_live) + t->meta_bytes + early_memory(t) + record_memory(t) + meter_memory(t) + order_memory(t) +
			 WHEEL_SLOTS * sizeof *t->wheel + (t->lists[0].room + t->lists[1].room) * sizeof *t->lists[0].items;
	return s;
}

struct flow_stats flow_table_stats(const struct flow_table *t)
{
	struct flow_stats s = flow_table_own(t);

	if (t->parts != NULL)
		parts_stats(t, &s);
	return s;
}

const struct flow *flow_table_next(const struct flow_table *t, size_t *cursor)
{
	if (t->parts != NULL)
		return parts_next(t, cursor);
	while (*cursor < t->used) {
		const struct flow_entry *e = entry_at(t, (uint32_t)(*cursor)++);

		if (e->flow.id != 0)
			return &e->flow;
	}
	return NULL;
}

void flow_table_expect_at(const struct flow_table *t, size_t cursor)
{
	if (t->parts != NULL)
		parts_expect_at(t, cursor);
	else if (cursor < t->used)
		tell_expect(t, (uint32_t)cursor, AHEAD_FLOW);
}

const struct flow *flow_table_by_id(const struct flow_table *t, uint64_t id)
{
	const struct flow *f;

	for (size_t i = 0; (f = flow_table_next(t, &i)) != NULL;)
		if (f->id == id)
			return f;
	return NULL;
}

const char *flow_state_name(enum flow_state s)
{
	static const char *const names[FLOW_STATE_COUNT] = {"new", "handshake", "open", "oneway",
							    "closing", "closed", "reset", "idle"};

	return s < FLOW_STATE_COUNT ? names[s] : "";
}

const char *flow_flags_text(uint8_t tcp_flags, char buf[9])
{
	static const char letters[] = "FSRPAUEC"; /* FIN is bit 0, RFC 9293 section 3.1 */
	char *p = buf;

	for (unsigned i = 0; i < 8; i++)
		if (tcp_flags >> i & 1)
			*p++ = letters[i];
	*p = '\0';
	return buf;
}
