/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The header behind IP: ports, TCP flags and sequence numbers, ICMP type, where the payload begins.
 * Not state: whether a segment fits its connection is the flow room's business. A protocol is one
 * reader and one line of the table at the end; those that carry packets are in tunnel.c. Called by
 * the IP layer of the engine's thread.
 */
#include "config.h"

#include "decode/decoder.h"

typedef void l4_fn(struct walk *w, struct cursor c, uint32_t wire);

static void read_ports(struct packet *p, const struct cursor *c)
{
	const uint8_t *h = cursor_peek(c, 4);

	if (!cursor_has(c, 4))
		return;
	p->src_port = be16(h);
	p->dst_port = be16(h + 2);
	p->flags |= PACKET_PORTS;
}

/* c is behind the L4 header, wire counts from there */
static void set_payload(struct packet *p, struct cursor c, uint32_t wire)
{
	p->payload_wire = wire;
	if (!cursor_ok(&c) || c.left == 0)
		return;
	p->payload = c.at;
	p->payload_len = c.left;
}

/* RFC 9293 section 3.1 */
static void read_tcp(struct walk *w, struct cursor c, uint32_t wire)
{
	struct packet *p = w->p;
	const uint8_t *h = cursor_peek(&c, 20);
	uint32_t length = (h[12] >> 4) * 4u;

	if (!cursor_has(&c, 20)) {
		read_ports(p, &c);
		p->tcp_flags = cursor_peek(&c, 14)[13];
		return;
	}
	p->src_port = be16(h);
	p->dst_port = be16(h + 2);
	p->tcp_seq = be32(h + 4);
	p->tcp_ack = be32(h + 8);
	p->tcp_flags = h[13];
	p->flags |= PACKET_PORTS | PACKET_L4;
	if (length < 20 || length > wire)
		return;
	cursor_skip(&c, length);
	set_payload(p, c, wire - length);
}

/* RFC 768; UDP-Lite (RFC 3828) has its checksum coverage where UDP has its length */
static void read_udp(struct walk *w, struct cursor c, uint32_t wire)
{
	struct packet *p = w->p;
	const uint8_t *h = cursor_peek(&c, 8);
	uint32_t length = be16(h + 4);

	read_ports(p, &c);
	if (!cursor_has(&c, 8))
		return;
	p->flags |= PACKET_L4;
	if (p->l4 == 17 && length >= 8 && length < wire) { /* 0: a jumbogram or a TSO packet */
		wire = length;
		cursor_limit(&c, length);
	}
	cursor_skip(&c, 8);
	set_payload(p, c, wire - 8);
	if (p->l4 == 17)
		decode_udp_tunnel(w, c);
}

static void read_port_header(struct packet *p, struct cursor c, uint32_t wire, uint32_t header)
{
	read_ports(p, &c);
	if (!cursor_has(&c, header))
		return;
	p->flags |= PACKET_L4;
	cursor_skip(&c, header);
	set_payload(p, c, wire - header);
}

/* RFC 9260 section 3.1: the payload is the chunks */
static void read_sctp(struct walk *w, struct cursor c, uint32_t wire)
{
	read_port_header(w->p, c, wire, 12);
}

/* RFC 4340 section 5.1: the header says its own length in words */
static void read_dccp(struct walk *w, struct cursor c, uint32_t wire)
{
	uint32_t header = cursor_peek(&c, 12)[4] * 4u;

	read_port_header(w->p, c, wire, header < 12 ? 12 : header);
}

/* RFC 792, RFC 4443. The packet it quotes is not traffic: it stays closed. */
static void read_icmp(struct walk *w, struct cursor c, uint32_t wire)
{
	const uint8_t *h = cursor_peek(&c, 4);

	(void)wire;
	if (!cursor_has(&c, 4))
		return;
	w->p->icmp_type = h[0];
	w->p->icmp_code = h[1];
	w->p->flags |= PACKET_L4;
}

static void read_tunnel(struct walk *w, struct cursor c, uint32_t wire)
{
	(void)wire;
	decode_ip_tunnel(w, w->p->l4, c);
}

/* clang-format off */
static l4_fn *const readers[256] = { /* https://www.iana.org/assignments/protocol-numbers */
	[1] = read_icmp,
	[4] = read_tunnel,   /* IPv4 */
	[6] = read_tcp,
	[17] = read_udp,
	[33] = read_dccp,
	[41] = read_tunnel,  /* IPv6 */
	[47] = read_tunnel,  /* GRE */
	[51] = read_tunnel,  /* AH */
	[58] = read_icmp,
	[97] = read_tunnel,  /* EtherIP */
	[132] = read_sctp,
	[136] = read_udp,    /* UDP-Lite */
	[137] = read_tunnel, /* MPLS-in-IP */
};
/* clang-format on */

void decode_l4(struct walk *w, uint8_t number, struct cursor c, uint32_t wire)
{
	w->p->l4 = number;
	if (readers[number] != NULL)
		readers[number](w, c, wire);
}
