/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What nDPI is shown of a flow, and when it has seen enough. It sees whole packets only (4.2 must not
 * see cut ones), none of a fragment's later parts, and a TCP handshake only once there is data behind
 * it: a flow that never carries any costs no state. Engine thread; called by flow_table.c.
 */
#include "config.h"

#include <string.h>

#include "dpitop/dns.h"
#include "dpitop/mem.h"
#include "flow/entry.h"

enum { L4_TCP = 6, L4_UDP = 17 }; /* IANA protocol numbers */
enum { PORT_DNS = 53, PORT_MDNS = 5353, PORT_LLMNR = 5355 };
/* Packets after which the library is asked for a guess: those of its own reader. */
enum { ENOUGH_TCP = 80, ENOUGH_OTHER = 24 };
enum { ROOM_LOOKS = 4 };
#define IDLE_US (30 * INT64_C(1000000))
enum { PACKET_BYTES_MAX = 65535, COPY_BYTES = 9216, HEADERS_MAX = 60 };

static uint64_t packets_of(const struct flow *f)
{
	return f->total.packets[0] + f->total.packets[1];
}

static void put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

/* IP header of a packet from end `from` that carries n bytes (RFC 791, RFC 8200). Returns its length. */
static size_t put_ip(uint8_t *p, const struct flow *f, unsigned from, size_t n)
{
	const struct addr *src = &f->addr[from], *dst = &f->addr[!from];

	if (f->ip_version == 4) {
		memset(p, 0, 20);
		p[0] = 0x45;
		put16(p + 2, (unsigned)(20 + n));
		p[8] = 64;
		p[9] = f->l4;
		memcpy(p + 12, src->b + 12, 4);
		memcpy(p + 16, dst->b + 12, 4);
		return 20;
	}
	memset(p, 0, 40);
	p[0] = 0x60;
	put16(p + 4, (unsigned)n);
	p[6] = f->l4;
	p[7] = 64;
	memcpy(p + 8, src->b, 16);
	memcpy(p + 24, dst->b, 16);
	return 40;
}

/* A packet without data, as the flow's end `from` would send it. Returns its length. */
static size_t put_bare(uint8_t *p, const struct flow *f, unsigned from, uint8_t flags, uint32_t seq, uint32_t ack)
{
	size_t n = f->l4 == L4_TCP ? 20 : 8, head = put_ip(p, f, from, n);

	memset(p + head, 0, n);
	if (f->l4 == L4_TCP || f->l4 == L4_UDP) {
		put16(p + head, f->port[from]);
		put16(p + head + 2, f->port[!from]);
	}
	if (f->l4 == L4_TCP) { /* RFC 9293 section 3.1 */
		put32(p + head + 4, seq);
		put32(p + head + 8, ack);
		p[head + 12] = 5 << 4;
		p[head + 13] = flags;
		put16(p + head + 14, 65535);
	} else if (f->l4 == L4_UDP) {
		put16(p + head + 4, 8);
	}
	return head + n;
}

static void keep_state(struct flow_table *t, struct flow_entry *e)
{
	e->look = dpi_state_new();
	e->looking_at = (uint32_t)t->looking.count;
	list_append(&t->looking, e->number);
	t->stats.dpi_live++;
}

static void forget_state(struct flow_table *t, struct flow_entry *e)
{
	uint32_t last = t->looking.items[--t->looking.count];

	t->looking.items[e->looking_at] = last;
	entry_at(t, last)->looking_at = e->looking_at;
	e->look = NULL;
	t->stats.dpi_live--;
}

void look_release(struct flow_table *t)
{
	mem_free(t->looking.items);
}

static void verdict(struct flow_table *t, struct flow_entry *e, struct dpi_state *s)
{
	t->meta_bytes -= flow_meta_memory(e->flow.meta);
	dpi_verdict(t->dpi, s, &e->flow);
	t->meta_bytes += flow_meta_memory(e->flow.meta);
	e->flow.flags |= FLOW_DPI_DONE;
	dpi_state_free(s);
	if (e->look == s)
		forget_state(t, e);
}

static void show_bare(struct flow_table *t, struct flow_entry *e, struct dpi_state *s, unsigned from, uint8_t flags,
		      uint32_t seq, uint32_t ack)
{
	uint8_t packet[HEADERS_MAX];
	struct dpi_class ignored;
	size_t n = put_bare(packet, &e->flow, from, flags, seq, ack);

	dpi_look(t->dpi, s, packet, n, e->flow.first_us, &ignored);
}

/* The handshake that went before p, the first packet with data, as far as it was seen. */
static void show_handshake(struct flow_table *t, struct flow_entry *e, struct dpi_state *s, const struct packet *p,
			   unsigned d)
{
	uint32_t client = d == 0 ? p->tcp_seq : p->tcp_ack, server = d == 0 ? p->tcp_ack : p->tcp_seq;
	uint64_t before = packets_of(&e->flow) - 1;

	if (before >= 1 && (e->marks & MARK_SYN))
		show_bare(t, e, s, 0, TCP_SYN, client - 1, 0);
	if (before >= 2 && (e->marks & MARK_SYN << 1))
		show_bare(t, e, s, 1, TCP_SYN | TCP_ACK, server - 1, client);
	if (before >= 3 && (e->marks & MARK_SYN << 1))
		show_bare(t, e, s, 0, TCP_ACK, client, server);
}

/* nDPI 4.2 looks for TCP and UDP behind the fixed IPv6 header only: take the headers between out. */
static bool show(struct flow_table *t, struct flow_entry *e, struct dpi_state *s, const struct packet *p)
{
	uint8_t copy[COPY_BYTES];
	const uint8_t *data = p->l3;
	size_t n = p->l3_len < PACKET_BYTES_MAX ? p->l3_len : PACKET_BYTES_MAX;

	if (p->ip_version == 6 && (p->flags & PACKET_EXTHDR) && n >= p->l4_offset && p->l4_offset >= 40) {
		size_t rest = n - p->l4_offset;

		if (rest > sizeof copy - 40)
			rest = sizeof copy - 40;
		memcpy(copy, p->l3, 40);
		put16(copy + 4, (unsigned)rest);
		copy[6] = p->l4;
		memcpy(copy + 40, p->l3 + p->l4_offset, rest);
		data = copy;
		n = 40 + rest;
	}
	return dpi_look(t->dpi, s, data, n, p->ts_us, &e->flow.class_);
}

/* The bound on live states is reached: one look, then whatever that tells. */
static void look_once(struct flow_table *t, struct flow_entry *e, const struct packet *p, unsigned d)
{
	struct dpi_state *s = dpi_state_new();

	t->stats.dpi_refused++;
	e->flow.flags |= FLOW_NOT_INSPECTED;
	if (e->flow.l4 == L4_TCP)
		show_handshake(t, e, s, p, d);
	show(t, e, s, p);
	verdict(t, e, s);
}

/* States are many: those that wait in vain get their verdict, a few for each new one. */
static void make_room(struct flow_table *t, int64_t now_us)
{
	if (t->looking.count < t->limits.max_dpi / 4)
		return;
	for (unsigned looks = 0; looks < ROOM_LOOKS && t->looking.count > 0; looks++) {
		struct flow_entry *e;

		if (t->looking_hand >= t->looking.count)
			t->looking_hand = 0;
		e = entry_at(t, t->looking.items[t->looking_hand++]);
		if (now_us - e->flow.last_us <= IDLE_US)
			continue;
		look_conclude(t, e);
		tell_mark(t, e);
	}
}

void flow_table_strain(struct flow_table *t, enum flow_strain strain, size_t new_flows)
{
	t->stats.strain = strain;
	t->new_looks = new_flows;
}

static bool is_left_out(struct flow_table *t)
{
	if (t->stats.strain < STRAIN_NEW_FLOWS)
		return false;
	if (t->new_looks == 0)
		return true;
	t->new_looks--;
	return false;
}

static void leave_out(struct flow_table *t, struct flow *f)
{
	if (f->flags & FLOW_NOT_INSPECTED)
		return;
	f->flags |= FLOW_NOT_INSPECTED;
	dpi_guess(t->dpi, f, &f->class_);
	t->stats.uninspected++;
}

static bool has_seen_enough(const struct flow_table *t, const struct flow *f)
{
	if (t->stats.strain >= STRAIN_DETAILS && f->class_.app != DPI_UNKNOWN)
		return true;
	return packets_of(f) > (f->l4 == L4_TCP ? ENOUGH_TCP : ENOUGH_OTHER);
}

void look_packet(struct flow_table *t, struct flow_entry *e, const struct packet *p, unsigned d)
{
	struct flow *f = &e->flow;
	bool tcp = f->l4 == L4_TCP;

	if (f->flags & FLOW_DPI_DONE)
		return;
	if (!t->limits.dpi) {
		look_conclude(t, e);
		return;
	}
	if (p->flags & (PACKET_LATER | PACKET_TRUNCATED))
		return;
	if (e->look == NULL) {
		if (tcp && (e->marks & MARK_SYN) && p->payload_len == 0)
			return;
		if (is_left_out(t)) {
			leave_out(t, f);
			return;
		}
		f->flags &= (uint8_t)~FLOW_NOT_INSPECTED;
		make_room(t, p->ts_us);
		if (t->stats.dpi_live >= t->limits.max_dpi) {
			look_once(t, e, p, d);
			return;
		}
		keep_state(t, e);
		if (tcp)
			show_handshake(t, e, e->look, p, d);
	}
	if (show(t, e, e->look, p) || has_seen_enough(t, f))
		verdict(t, e, e->look);
}

void look_conclude(struct flow_table *t, struct flow_entry *e)
{
	if (e->flow.flags & FLOW_DPI_DONE)
		return;
	if (entry_look(e) != NULL) {
		verdict(t, e, e->look);
		return;
	}
	if (e->flow.flags & FLOW_NOT_INSPECTED) {
		e->flow.flags |= FLOW_DPI_DONE;
		return;
	}
	/* nothing was ever shown: what ports and addresses tell */
	struct dpi_state *s = dpi_state_new();

	show_bare(t, e, s, 0, TCP_SYN, 0, 0);
	verdict(t, e, s);
}

bool look_is_name_port(uint16_t port)
{
	return port == PORT_DNS || port == PORT_MDNS || port == PORT_LLMNR;
}

void look_names(struct flow_table *t, const struct packet *p)
{
	struct dns_message m;

	if (p->payload == NULL || (p->flags & (PACKET_TRUNCATED | PACKET_LATER)))
		return;
	if (!dns_parse(&m, p->payload, p->payload_len) || !m.response || m.rcode != 0 || m.query[0] == '\0')
		return;
	for (unsigned i = 0; i < m.count; i++)
		t->learn(t->learn_ctx, &m.answers[i], m.query);
}
