/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * sFlow v5: records of flow samples. A sampled header is read by decode_packet(); sampled Ethernet, IPv4 and
 * IPv6 say the same in fewer words; they count only where there is no header. Extended records add where the packet went
 * and who it belongs to. Formats: sflow.org/sflow_version_5.txt, sflow_http.txt.
 */
#include "config.h"

#include <string.h>

#include "decode/sflow.h"

enum { /* enterprise 0 */
	ETHERNET_ADDRESSES = 8, /* an address of 6 bytes, padded */
	MPLS_LABEL_SHIFT = 12,
	MOST_PATH_SEGMENTS = 64,
	HTTP_METHODS = 10,
	ICMP = 1, TCP = 6, ICMP6 = 58
};

typedef void flow_record_fn(struct flow_sample *s, struct cursor c);

/* ---- what was sampled ---- */

/* Header protocols of the specification, as link types. */
static int linktype_of(uint32_t protocol)
{
	static const uint8_t linktypes[] = {
		[1] = 1 /* Ethernet */, [4] = 10 /* FDDI */, [5] = 107 /* Frame Relay */, [7] = 9 /* PPP */,
		[11] = 228 /* IPv4 */, [12] = 229 /* IPv6 */, [13] = 219 /* MPLS */, [14] = 9 /* POS */,
		[15] = 105 /* 802.11 */,
	};

	return protocol < sizeof linktypes ? linktypes[protocol] : 0;
}

static void header(struct flow_sample *s, struct cursor c)
{
	uint32_t protocol = xdr_u32(&c), frame = xdr_u32(&c), stripped = xdr_u32(&c), bytes = xdr_u32(&c);
	struct cursor body = xdr_opaque(&c, bytes);
	struct packet *p = &s->packet;

	if (!cursor_ok(&c) || s->has_header)
		return;
	s->has_header = true;
	s->r.linktype = linktype_of(protocol);
	s->r.layer2_bytes[0] = frame;
	s->r.has |= RECORD_HAS(HAS_LAYER2);
	p->ts_us = s->in->dg->ts_us;
	p->data = body.at;
	p->cap_len = body.left;
	p->wire_len = frame > stripped && frame - stripped > body.left ? frame - stripped : body.left;
	decode_packet(s->in->d->packets, s->r.linktype, p);
}

static void sampled_ethernet(struct flow_sample *s, struct cursor c)
{
	uint32_t frame = xdr_u32(&c);
	const uint8_t *macs = cursor_take(&c, 2 * ETHERNET_ADDRESSES);
	uint32_t type = xdr_u32(&c);

	if (!cursor_ok(&c))
		return;
	if (!s->has_header)
		s->r.layer2_bytes[0] = frame;
	memcpy(s->r.mac[0], macs, 6);
	memcpy(s->r.mac[1], macs + ETHERNET_ADDRESSES, 6);
	s->r.ethertype = (uint16_t)type;
	s->r.has |= RECORD_HAS(HAS_LAYER2) | RECORD_HAS(HAS_MAC_SRC) | RECORD_HAS(HAS_MAC_DST) |
		    RECORD_HAS(HAS_ETHERTYPE);
}

/* IPv4 and IPv6 differ in the addresses; the last word is ToS or traffic class. */
static void sampled_ip(struct flow_sample *s, struct cursor c, unsigned version)
{
	struct flow_record *r = &s->r;
	uint32_t bytes = xdr_u32(&c), l4 = xdr_u32(&c), addr_bytes = version == 4 ? 4 : 16;
	const uint8_t *addrs = cursor_take(&c, 2 * addr_bytes);
	uint32_t src_port = xdr_u32(&c), dst_port = xdr_u32(&c), flags = xdr_u32(&c), tos = xdr_u32(&c);

	if (!cursor_ok(&c) || s->has_header)
		return;
	for (int side = 0; side < 2; side++, addrs += addr_bytes)
		r->addr[side] = version == 4 ? addr_from_v4(addrs) : addr_from_v6(addrs);
	s->ip_bytes = bytes;
	r->ip_version = (uint8_t)version;
	r->l4 = (uint8_t)l4;
	r->tcp_flags[0] = (uint8_t)flags;
	r->tos[0] = (uint8_t)tos;
	r->has |= RECORD_HAS(HAS_ADDR) | RECORD_HAS(HAS_L4) | RECORD_HAS(HAS_TCP_FLAGS) | RECORD_HAS(HAS_TOS);
	if (l4 == ICMP || l4 == ICMP6)
		return;
	r->port[0] = (uint16_t)src_port;
	r->port[1] = (uint16_t)dst_port;
	r->has |= RECORD_HAS(HAS_PORTS);
}

static void sampled_ipv4(struct flow_sample *s, struct cursor c)
{
	sampled_ip(s, c, 4);
}

static void sampled_ipv6(struct flow_sample *s, struct cursor c)
{
	sampled_ip(s, c, 6);
}

/* ---- what is known besides ---- */

static void extended_switch(struct flow_sample *s, struct cursor c)
{
	uint32_t in = xdr_u32(&c);

	cursor_skip(&c, 4); /* priority */
	uint32_t out = xdr_u32(&c);

	if (!cursor_ok(&c))
		return;
	s->r.vlan[0] = in & 0xfff;
	s->r.vlan[1] = out & 0xfff;
	s->r.has |= RECORD_HAS(HAS_VLAN) | RECORD_HAS(HAS_VLAN_OUT);
}

static void extended_router(struct flow_sample *s, struct cursor c)
{
	struct addr hop = sflow_addr(&c);
	uint32_t src_bits = xdr_u32(&c), dst_bits = xdr_u32(&c);

	if (!cursor_ok(&c))
		return;
	s->r.next_hop = hop;
	s->r.prefix_bits[0] = (uint8_t)src_bits;
	s->r.prefix_bits[1] = (uint8_t)dst_bits;
	s->r.has |= RECORD_HAS(HAS_NEXT_HOP) | RECORD_HAS(HAS_PREFIX_SRC) | RECORD_HAS(HAS_PREFIX_DST);
}

/* next hop, own AS, source AS, AS of the source's peer, path to the destination in segments */
static void extended_gateway(struct flow_sample *s, struct cursor c)
{
	struct addr hop = sflow_addr(&c);
	uint32_t own = xdr_u32(&c), source = xdr_u32(&c), peer = xdr_u32(&c), segments = xdr_u32(&c);
	uint32_t first = 0, last = 0;

	for (uint32_t i = 0; i < segments && i < MOST_PATH_SEGMENTS && cursor_ok(&c); i++) {
		cursor_skip(&c, 4); /* a set or a sequence */
		uint32_t count = xdr_u32(&c);

		if (count == 0 || count > c.left / 4)
			continue;
		if (first == 0)
			first = be32(cursor_peek(&c, 4));
		cursor_skip(&c, (count - 1) * 4);
		last = xdr_u32(&c);
	}
	if (!cursor_ok(&c))
		return;
	s->r.bgp_next_hop = hop;
	s->r.as[0] = source != 0 ? source : own; /* 0: inside the own AS */
	s->r.as[1] = segments > 0 ? last : own;
	s->r.as_neighbour[0] = peer;
	s->r.as_neighbour[1] = first;
	s->r.has |= RECORD_HAS(HAS_BGP_NEXT_HOP) | RECORD_HAS(HAS_AS_SRC) | RECORD_HAS(HAS_AS_DST) |
		    RECORD_HAS(HAS_AS_PREV) | RECORD_HAS(HAS_AS_NEXT);
}

static struct cursor xdr_text(struct cursor *c)
{
	uint32_t bytes = xdr_u32(c);

	return xdr_opaque(c, bytes);
}

static void take_text(struct flow_sample *s, enum record_text which, struct cursor text)
{
	if (cursor_ok(&text) && text.left > 0 && s->r.text[which].bytes == 0)
		s->r.text[which] = (struct export_text){text.at, text.left};
}

/* charset and name of the source's user, then of the destination's */
static void extended_user(struct flow_sample *s, struct cursor c)
{
	for (int side = 0; side < 2; side++) {
		cursor_skip(&c, 4);
		take_text(s, RECORD_USER, xdr_text(&c));
	}
}

static void extended_url(struct flow_sample *s, struct cursor c)
{
	cursor_skip(&c, 4); /* direction */
	take_text(s, RECORD_URL, xdr_text(&c));
	take_text(s, RECORD_HOST, xdr_text(&c));
}

static void extended_mpls(struct flow_sample *s, struct cursor c)
{
	sflow_addr(&c);
	uint32_t labels = xdr_u32(&c), top = xdr_u32(&c);

	if (!cursor_ok(&c) || labels == 0)
		return;
	s->r.mpls_label = top >> MPLS_LABEL_SHIFT;
	s->r.has |= RECORD_HAS(HAS_MPLS);
}

static void extended_nat(struct flow_sample *s, struct cursor c)
{
	struct addr src = sflow_addr(&c), dst = sflow_addr(&c);

	if (!cursor_ok(&c))
		return;
	s->r.nat_addr[0] = src;
	s->r.nat_addr[1] = dst;
	s->r.has |= RECORD_HAS(HAS_NAT_SRC) | RECORD_HAS(HAS_NAT_DST);
}

static void extended_nat_port(struct flow_sample *s, struct cursor c)
{
	uint32_t src = xdr_u32(&c), dst = xdr_u32(&c);

	if (!cursor_ok(&c))
		return;
	s->r.nat_port[0] = (uint16_t)src;
	s->r.nat_port[1] = (uint16_t)dst;
	s->r.has |= RECORD_HAS(HAS_NAT_PORT_SRC) | RECORD_HAS(HAS_NAT_PORT_DST);
}

static void extended_vni(struct flow_sample *s, struct cursor c)
{
	uint32_t vni = xdr_u32(&c);

	if (!cursor_ok(&c))
		return;
	s->r.vni = vni;
	s->r.has |= RECORD_HAS(HAS_VNI);
}

/* sflow_http.txt: method, version, uri, host, referrer, user agent, forwarded for, user, type, bytes, time, status */
static void http_request(struct flow_sample *s, struct cursor c)
{
	static const char *const methods[HTTP_METHODS] = {
		"", "OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "CONNECT", "PATCH",
	};
	uint32_t method = xdr_u32(&c);

	cursor_skip(&c, 4);
	if (cursor_ok(&c) && method < HTTP_METHODS)
		s->r.text[RECORD_METHOD] = (struct export_text){(const uint8_t *)methods[method],
								(uint32_t)strlen(methods[method])};
	take_text(s, RECORD_URL, xdr_text(&c));
	take_text(s, RECORD_HOST, xdr_text(&c));
	take_text(s, RECORD_REFERER, xdr_text(&c));
	take_text(s, RECORD_USER_AGENT, xdr_text(&c));
	xdr_text(&c);
	take_text(s, RECORD_USER, xdr_text(&c));
	take_text(s, RECORD_CONTENT_TYPE, xdr_text(&c));
	cursor_skip(&c, 16);
	uint32_t us = xdr_u32(&c), status = xdr_u32(&c);

	if (!cursor_ok(&c))
		return;
	s->r.app_latency_us = us;
	s->r.http_code = status < 1000 ? (uint16_t)status : 0;
	s->r.has |= RECORD_HAS(HAS_APP_LATENCY) | RECORD_HAS(HAS_HTTP_CODE);
}

/* clang-format off */
static const struct {
	uint32_t format; /* enterprise 0 */
	flow_record_fn *read;
} formats[] = {
	{1, header},
	{2, sampled_ethernet},
	{3, sampled_ipv4},
	{4, sampled_ipv6},
	{1001, extended_switch},
	{1002, extended_router},
	{1003, extended_gateway},
	{1004, extended_user},
	{1005, extended_url},
	{1006, extended_mpls},
	{1007, extended_nat},
	{1020, extended_nat_port},
	{1029, extended_vni}, /* egress */
	{1030, extended_vni}, /* ingress */
	{2206, http_request},
};
/* clang-format on */

bool flow_records_read(struct flow_sample *s, uint32_t count, struct cursor *c)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t format = xdr_u32(c), bytes = xdr_u32(c);
		struct cursor body = xdr_opaque(c, bytes);

		if (!cursor_ok(c))
			return false;
		for (size_t k = 0; k < sizeof formats / sizeof formats[0]; k++)
			if (formats[k].format == format)
				formats[k].read(s, body);
	}
	return true;
}

/* ---- the sample as a record ---- */

/* As a router's flow cache would count it: the length of the outermost IP packet. */
static uint32_t ip_bytes_of(const struct flow_sample *s)
{
	struct packet outer = s->packet;

	if (s->packet.tunnel == TUNNEL_NONE)
		return s->packet.ip_len;
	decode_packet(s->in->d->outer_packets, s->r.linktype, &outer);
	return outer.kind == PACKET_IP ? outer.ip_len : s->packet.ip_len;
}

static void take_packet(struct flow_sample *s)
{
	const struct packet *p = &s->packet;
	struct flow_record *r = &s->r;

	r->packet = p;
	if (p->flags & PACKET_MAC) {
		memcpy(r->mac[0], p->src_mac, 6);
		memcpy(r->mac[1], p->dst_mac, 6);
		r->has |= RECORD_HAS(HAS_MAC_SRC) | RECORD_HAS(HAS_MAC_DST);
	}
	if (p->vlan_count > 0) {
		r->vlan[0] = p->vlan;
		r->has |= RECORD_HAS(HAS_VLAN);
	}
	r->ethertype = p->ethertype;
	r->has |= RECORD_HAS(HAS_ETHERTYPE);
	if (p->kind != PACKET_IP)
		return;
	s->ip_bytes = ip_bytes_of(s);
	r->addr[0] = p->src;
	r->addr[1] = p->dst;
	r->port[0] = p->src_port;
	r->port[1] = p->dst_port;
	r->ip_version = p->ip_version;
	r->l4 = p->l4;
	r->ttl = p->ttl;
	r->tos[0] = p->tos;
	r->tcp_flags[0] = p->tcp_flags;
	r->icmp_type = p->icmp_type;
	r->icmp_code = p->icmp_code;
	r->has |= RECORD_HAS(HAS_ADDR) | RECORD_HAS(HAS_L4) | RECORD_HAS(HAS_TOS) | RECORD_HAS(HAS_TTL);
	if (p->flags & PACKET_PORTS)
		r->has |= RECORD_HAS(HAS_PORTS);
	if ((p->flags & PACKET_L4) && p->l4 == TCP)
		r->has |= RECORD_HAS(HAS_TCP_FLAGS);
	if ((p->flags & PACKET_L4) && (p->l4 == ICMP || p->l4 == ICMP6))
		r->has |= RECORD_HAS(HAS_ICMP);
}

void flow_sample_finish(struct flow_sample *s)
{
	struct flow_record *r = &s->r;

	if (s->has_header)
		take_packet(s);
	r->start_us = r->end_us = s->in->dg->ts_us;
	r->packets[0] = 1;
	r->bytes[0] = s->ip_bytes != 0 ? s->ip_bytes : (uint32_t)r->layer2_bytes[0];
	r->has |= RECORD_HAS(HAS_PACKETS) | RECORD_HAS(HAS_BYTES);
	if (s->ip_bytes == 0)
		r->flags |= RECORD_LAYER2;
	exporter_record(s->in, r);
}
