/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The wire of wire.h.
 */
#include "config.h"

#include "wire.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/packet.h"

enum { LINK_RAW = 101, LINK_HEADER = 14 };

static bool same_facts(const struct flow_facts *a, const struct flow_facts *b)
{
	return memcmp(&a->class_, &b->class_, sizeof a->class_) == 0 && a->risks == b->risks &&
	       a->state == b->state && a->tcp_flags == b->tcp_flags && a->inspected == b->inspected;
}

static void add(struct flow_counters *sum, const struct flow_counters *c)
{
	for (unsigned d = 0; d < 2; d++) {
		sum->bytes[d] += c->bytes[d];
		sum->packets[d] += c->packets[d];
	}
}

static void sink(void *ctx, const struct flow_update *u)
{
	struct wire *w = ctx;
	struct told *t;

	ck_assert_uint_lt(u->flow->id, WIRE_FLOWS);
	t = &w->told[u->flow->id];
	ck_assert_uint_eq(t->ends, 0);
	ck_assert_uint_eq((u->flags & UPDATE_NEW) != 0, t->updates == 0);
	ck_assert_mem_eq(&u->flow->told, &t->sum, sizeof t->sum);
	ck_assert_int_le(u->from_us, u->to_us);
	ck_assert_uint_eq(u->sampling, 1);
	if (u->flags & UPDATE_RECLASS) {
		ck_assert(same_facts(&u->old, &t->facts));
		ck_assert_str_eq(u->old.site, t->site);
		ck_assert_mem_eq(&u->moved, &t->sum, sizeof t->sum);
		t->reclasses++;
	} else if (t->updates != 0) {
		ck_assert(same_facts(&u->now, &t->facts));
		ck_assert_str_eq(u->now.site, t->site);
	}
	if (t->site[0] != '\0')
		ck_assert_str_eq(u->now.site, t->site);
	ck_assert_uint_lt(strlen(u->now.site), sizeof t->site);
	strcpy(t->site, u->now.site);
	t->facts = u->now;
	t->from_us = u->from_us;
	t->to_us = u->to_us;
	t->news += (u->flags & UPDATE_NEW) != 0;
	t->ends += (u->flags & UPDATE_END) != 0;
	t->updates++;
	w->updates++;
	add(&t->sum, &u->delta);
	add(&w->sum, &u->delta);
}

static void learn(void *ctx, const struct addr *a, const char *name)
{
	struct wire *w = ctx;

	w->learned++;
	w->learned_addr = *a;
	ck_assert_uint_lt(strlen(name), sizeof w->learned_name);
	strcpy(w->learned_name, name);
}

void wire_open(struct wire *w, const struct flow_limits *limits)
{
	static const struct flow_limits usual = {.keep_us = -1, .dpi = true};
	struct error e = {.text = ""};

	memset(w, 0, sizeof *w);
	w->now_us = START_US;
	w->decoder = decoder_new(8, true, 1);
	w->flows = flow_table_new(limits != NULL ? limits : &usual, 1, sink, w, &e);
	ck_assert_msg(w->flows != NULL, "%s", e.text);
	flow_table_on_name(w->flows, learn, w);
}

void wire_close(struct wire *w)
{
	flow_table_free(w->flows);
	decoder_free(w->decoder);
}

static struct addr address(const char *text)
{
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, text, NULL), 0);
	return a;
}

static size_t put_ip4(uint8_t *p, const struct addr *src, const struct addr *dst, uint8_t l4,
		      size_t n)
{
	const uint8_t header[20] = {
		0x45, 0, (uint8_t)((n + 20) >> 8), (uint8_t)(n + 20), 0, 7, 0, 0, 64, l4};

	memcpy(p, header, sizeof header);
	memcpy(p + 12, src->b + 12, 4);
	memcpy(p + 16, dst->b + 12, 4);
	return sizeof header;
}

/* Hop-by-hop options and Shim6 (RFC 5533) before the data, if they are wanted: nDPI 4.2 knows the
 * first only. */
static size_t put_ip6(uint8_t *p, const struct addr *src, const struct addr *dst, uint8_t l4,
		      size_t n, bool headers)
{
	const uint8_t options[16] = {140, 0, 1, 4, 0, 0, 0, 0, l4, 0, 1, 4, 0, 0, 0, 0};
	size_t more = headers ? sizeof options : 0, whole = n + more;
	const uint8_t header[8] = {
		0x60, 0, 0, 0, (uint8_t)(whole >> 8), (uint8_t)whole, headers ? 0 : l4, 64};

	memcpy(p, header, sizeof header);
	memcpy(p + 8, src->b, 16);
	memcpy(p + 24, dst->b, 16);
	memcpy(p + 40, options, more);
	return 40 + more;
}

static const struct flow *newest(const struct wire *w, const struct packet *p)
{
	const struct flow *f, *found = NULL;

	for (size_t i = 0; (f = flow_table_next(w->flows, &i)) != NULL;)
		for (unsigned d = 0; d < 2; d++)
			if (addr_eq(&f->addr[d], &p->src) && addr_eq(&f->addr[!d], &p->dst) &&
			    f->l4 == p->l4 && f->port[d] == p->src_port &&
			    f->port[!d] == p->dst_port && f->vlan == p->vlan &&
			    !(f->flags & FLOW_ENDED) && (found == NULL || f->id > found->id))
				found = f;
	return found;
}

const struct flow *wire_l4(struct wire *w, const struct ends *e, unsigned from, uint8_t l4,
			   const void *data, size_t n)
{
	struct addr src = address(from == CLIENT ? e->client : e->server);
	struct addr dst = address(from == CLIENT ? e->server : e->client);
	uint8_t head[64], *bytes;
	size_t h = addr_is_v4(&src) ? put_ip4(head, &src, &dst, l4, n)
				    : put_ip6(head, &src, &dst, l4, n, w->with_headers);
	struct packet p = {.ts_us = w->now_us, .wire_len = (uint32_t)(h + n)};
	const struct flow *f;

	ck_assert_uint_lt(w->cut, h + n);
	p.cap_len = p.wire_len - w->cut;
	bytes = malloc(h + n);
	memcpy(bytes, head, h);
	memcpy(bytes + h, data, n);
	p.data = realloc(bytes, p.cap_len); /* a read behind its end is seen */
	decode_packet(w->decoder, LINK_RAW, &p);
	ck_assert_int_eq(p.kind, PACKET_IP);
	p.vlan = w->vlan;
	p.wire_len += LINK_HEADER;
	p.flags |= PACKET_MAC;
	p.src_mac[5] = from == CLIENT ? 0xc : 0x5;
	p.dst_mac[5] = from == CLIENT ? 0x5 : 0xc;
	w->sent.bytes[0] += p.wire_len;
	w->sent.packets[0]++;
	flow_table_packet(w->flows, &p, 3);
	f = newest(w, &p);
	free((void *)(uintptr_t)p.data);
	return f;
}

const struct flow *wire_udp(struct wire *w, const struct ends *e, unsigned from, const void *data,
			    size_t n)
{
	uint16_t src = from == CLIENT ? e->client_port : e->server_port;
	uint16_t dst = from == CLIENT ? e->server_port : e->client_port;
	uint8_t b[2048] = {(uint8_t)(src >> 8),     (uint8_t)src,
			   (uint8_t)(dst >> 8),     (uint8_t)dst,
			   (uint8_t)((n + 8) >> 8), (uint8_t)(n + 8)};

	ck_assert_uint_le(n + 8, sizeof b);
	if (n != 0)
		memcpy(b + 8, data, n);
	return wire_l4(w, e, from, UDP, b, n + 8);
}

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

const struct flow *wire_tcp(struct wire *w, const struct ends *e, unsigned from,
			    const struct segment *s)
{
	uint16_t src = from == CLIENT ? e->client_port : e->server_port;
	uint16_t dst = from == CLIENT ? e->server_port : e->client_port;
	uint8_t b[2048] = {(uint8_t)(src >> 8), (uint8_t)src, (uint8_t)(dst >> 8), (uint8_t)dst};

	ck_assert_uint_le(s->n + 20, sizeof b);
	put32(b + 4, s->seq);
	put32(b + 8, s->ack);
	b[12] = 5 << 4;
	b[13] = s->flags;
	b[14] = 0xff;
	if (s->n != 0)
		memcpy(b + 20, s->data, s->n);
	return wire_l4(w, e, from, TCP, b, s->n + 20);
}

const struct flow *wire_talk(struct wire *w, const struct ends *e, const void *request, size_t n,
			     const void *answer, size_t m)
{
	const struct segment steps[] = {{TCP_SYN, 1000, 0, NULL, 0},
					{TCP_SYN | TCP_ACK, 5000, 1001, NULL, 0},
					{TCP_ACK, 1001, 5001, NULL, 0},
					{TCP_PSH | TCP_ACK, 1001, 5001, request, n},
					{TCP_PSH | TCP_ACK, 5001, 1001 + (uint32_t)n, answer, m}};
	static const unsigned from[] = {CLIENT, SERVER, CLIENT, CLIENT, SERVER};
	const struct flow *f = NULL;

	for (unsigned i = 0; i < 5; i++) {
		if (i >= 3 && steps[i].data == NULL)
			continue;
		f = wire_tcp(w, e, from[i], &steps[i]);
		w->now_us += 1000;
	}
	return f;
}

void wire_tick(struct wire *w)
{
	ck_assert(flow_table_tick(w->flows, w->now_us, 0));
}

void wire_check(const struct wire *w)
{
	struct flow_counters listed = flow_table_stats(w->flows).other;
	const struct flow *f;

	for (size_t i = 0; (f = flow_table_next(w->flows, &i)) != NULL;) {
		add(&listed, &f->total);
		ck_assert_mem_eq(&f->total, &w->told[f->id].sum, sizeof f->total);
		ck_assert_uint_eq(w->told[f->id].news, 1);
		ck_assert_uint_eq(w->told[f->id].ends, (f->flags & FLOW_ENDED) != 0);
	}
	ck_assert_uint_eq(listed.bytes[0] + listed.bytes[1], w->sent.bytes[0]);
	ck_assert_uint_eq(listed.packets[0] + listed.packets[1], w->sent.packets[0]);
	ck_assert_uint_eq(w->sum.bytes[0] + w->sum.bytes[1], w->sent.bytes[0]);
	ck_assert_uint_eq(w->sum.packets[0] + w->sum.packets[1], w->sent.packets[0]);
}

unsigned wire_count(const struct wire *w)
{
	unsigned n = 0;

	for (size_t i = 0; flow_table_next(w->flows, &i) != NULL;)
		n++;
	return n;
}

const char *wire_app(const struct wire *w, const struct flow *f, char buf[DPI_APP_TEXT])
{
	return dpi_app_name(flow_table_dpi(w->flows), &f->class_, buf, DPI_APP_TEXT);
}
