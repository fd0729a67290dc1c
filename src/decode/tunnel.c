/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What carries packets in packets: IP in IP, AH in tunnel mode, GRE with what it carries, EtherIP,
 * MPLS in IP, and the tunnels that run over UDP. A tunnel is one opener and one line of a table. An
 * opener only has to find where the inside begins: whether an IP packet is there decode_inside()
 * sees, and if there is none the carrier stays what the packet is. Called by the L4 layer of the
 * engine's thread; without decapsulation nothing is opened.
 */
#include "config.h"

#include "decode/decoder.h"

typedef bool open_fn(struct walk *w, struct cursor c);

/* ---- GRE ---- */

enum { /* the flags: RFC 2784, RFC 2890; of version 1: RFC 2637 section 4.1 */
	GRE_CHECKSUM = 0x8000,
	GRE_ROUTING = 0x4000, /* RFC 1701, deprecated: its length cannot be trusted */
	GRE_KEY = 0x2000,
	GRE_SEQUENCE = 0x1000,
	GRE_ACK = 0x0080,
	GRE_VERSION = 0x0007
};

enum { /* GRE protocol types that are not EtherTypes of their own */
	GRE_ERSPAN_2 = 0x88be,
	GRE_ERSPAN_3 = 0x22eb,
	GRE_WCCP = 0x883e,
	GRE_PPP = 0x880b,
	GRE_ARUBA_FIRST = 0x8200, /* 802.11 frames to an Aruba controller, one type per queue */
	GRE_ARUBA_LAST = 0x837f
};

struct gre_carrier {
	uint16_t type;
	layer_fn *layer;
};

/* clang-format off */
static const struct gre_carrier gre_carriers[] = {
	{0x0800, decode_ip},
	{0x86dd, decode_ip},
	{0x6558, decode_ethernet}, /* also NVGRE: RFC 7637 */
	{0x8847, decode_mpls},
	{0x8848, decode_mpls},
	{GRE_PPP, decode_ppp},
};
/* clang-format on */

/* draft-foschiano-erspan-03: type I has no header and no sequence number, type II has 8 bytes */
static bool open_erspan(struct walk *w, uint16_t flags, struct cursor c)
{
	if (flags & GRE_SEQUENCE)
		cursor_skip(&c, 8);
	return decode_inside(w, TUNNEL_ERSPAN, decode_ethernet, c);
}

/* Type III: 12 bytes, and 8 more if the last bit says so */
static bool open_erspan3(struct walk *w, struct cursor c)
{
	if (cursor_take(&c, 12)[11] & 1)
		cursor_skip(&c, 8);
	return decode_inside(w, TUNNEL_ERSPAN, decode_ethernet, c);
}

/* Version 2 puts a redirect header of 4 bytes before the packet: draft-wilson-wrec-wccp-v2 */
static bool open_wccp(struct walk *w, struct cursor c)
{
	if (*cursor_peek(&c, 1) >> 4 != 4)
		cursor_skip(&c, 4);
	return decode_inside(w, TUNNEL_GRE, decode_ip, c);
}

/* PPTP: the call id is the key, the payload's length in it */
static bool open_pptp(struct walk *w, uint16_t flags, uint16_t type, struct cursor c)
{
	if (type != GRE_PPP || (flags & (GRE_KEY | GRE_SEQUENCE)) != (GRE_KEY | GRE_SEQUENCE))
		return false; /* without a sequence number there is no payload */
	cursor_skip(&c, flags & GRE_ACK ? 12 : 8);
	return decode_inside(w, TUNNEL_GRE, decode_ppp, c);
}

static bool open_gre(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_take(&c, 4);
	uint16_t flags = be16(h), type = be16(h + 2);

	if (flags & GRE_ROUTING)
		return false;
	if ((flags & GRE_VERSION) == 1)
		return open_pptp(w, flags, type, c);
	if ((flags & GRE_VERSION) != 0)
		return false;
	cursor_skip(&c, (flags & GRE_CHECKSUM ? 4 : 0) + (flags & GRE_KEY ? 4 : 0) +
			(flags & GRE_SEQUENCE ? 4 : 0));
	if (type == GRE_ERSPAN_2)
		return open_erspan(w, flags, c);
	if (type == GRE_ERSPAN_3)
		return open_erspan3(w, c);
	if (type == GRE_WCCP)
		return open_wccp(w, c);
	if (type >= GRE_ARUBA_FIRST && type <= GRE_ARUBA_LAST)
		return decode_inside(w, TUNNEL_GRE, decode_wifi, c);
	for (size_t i = 0; i < sizeof gre_carriers / sizeof *gre_carriers; i++)
		if (gre_carriers[i].type == type)
			return decode_inside(w, TUNNEL_GRE, gre_carriers[i].layer, c);
	return false;
}

/* ---- by IP protocol ---- */

static bool open_ipip(struct walk *w, struct cursor c)
{
	return decode_inside(w, TUNNEL_IPIP, decode_ip, c); /* RFC 2003 */
}

static bool open_6in4(struct walk *w, struct cursor c)
{
	return decode_inside(w, TUNNEL_6IN4, decode_ip, c); /* RFC 4213, RFC 2473 */
}

/* RFC 4302 section 2. Only tunnel mode is opened: AH before TCP or UDP stays AH. */
static bool open_ah(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_peek(&c, 2);

	if (h[0] != 4 && h[0] != 41)
		return false;
	cursor_skip(&c, (h[1] + 2u) * 4);
	return decode_inside(w, TUNNEL_IPIP, decode_ip, c);
}

/* RFC 3378: version 3, the rest is zero */
static bool open_etherip(struct walk *w, struct cursor c)
{
	return cursor_be16(&c) == 0x3000 && decode_inside(w, TUNNEL_IPIP, decode_ethernet, c);
}

static bool open_mpls(struct walk *w, struct cursor c)
{
	return decode_inside(w, TUNNEL_MPLS, decode_mpls, c); /* RFC 4023, RFC 7510 */
}

/* clang-format off */
static open_fn *const ip_tunnels[256] = {
	[4] = open_ipip,
	[41] = open_6in4,
	[47] = open_gre,
	[51] = open_ah,
	[97] = open_etherip,
	[137] = open_mpls,
};
/* clang-format on */

void decode_ip_tunnel(struct walk *w, uint8_t number, struct cursor c)
{
	if (w->d->decap && ip_tunnels[number] != NULL)
		ip_tunnels[number](w, c);
}

/* ---- over UDP ---- */

/* 3GPP TS 29.281 section 5: version 1, GTP (not GTP'), G-PDU; each extension header gives its
 * length in words and ends with the type of the next */
static bool open_gtpu(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_take(&c, 8);
	uint8_t next = 0;

	if ((h[0] & 0xf0) != 0x30 || h[1] != 0xff)
		return false;
	if (h[0] & 7) {
		uint8_t type = cursor_take(&c, 4)[3];

		next = h[0] & 4 ? type : 0;
	}
	for (unsigned i = 0; next != 0 && i < 16; i++) {
		uint32_t length = *cursor_peek(&c, 1) * 4u;

		if (length == 0)
			return false;
		cursor_skip(&c, length - 1);
		next = cursor_u8(&c);
	}
	return next == 0 && decode_inside(w, TUNNEL_GTPU, decode_ip, c);
}

/* RFC 7348 section 5: the I flag, and a reserved byte at the end */
static bool open_vxlan(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_take(&c, 8);

	return (h[0] & 0x08) && h[7] == 0 && decode_inside(w, TUNNEL_VXLAN, decode_ethernet, c);
}

/* draft-ietf-nvo3-vxlan-gpe section 3: the P flag says that the fourth byte is the next protocol */
static bool open_vxlan_gpe(struct walk *w, struct cursor c)
{
	static layer_fn *const layers[] = {
		NULL, decode_ip, decode_ip, decode_ethernet, NULL, decode_mpls,
	};
	const uint8_t *h = cursor_peek(&c, 8);

	if (!(h[0] & 0x04))
		return open_vxlan(w, c);
	if (h[3] >= sizeof layers / sizeof *layers || layers[h[3]] == NULL)
		return false;
	cursor_skip(&c, 8);
	return decode_inside(w, TUNNEL_VXLAN, layers[h[3]], c);
}

/* RFC 8926 section 3.4: version 0, length of the options in words */
static bool open_geneve(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_take(&c, 8);
	uint16_t type = be16(h + 2);

	if (!cursor_ok(&c) || h[0] >> 6 != 0)
		return false;
	cursor_skip(&c, (h[0] & 63) * 4u);
	if (type == 0x6558)
		return decode_inside(w, TUNNEL_GENEVE, decode_ethernet, c);
	return (type == 0x0800 || type == 0x86dd) && decode_inside(w, TUNNEL_GENEVE, decode_ip, c);
}

/* TaZmen Sniffer Protocol: version 1, type 0 or 1 (a packet), encapsulation, then tagged fields:
 * 0 is padding, 1 the end, the others give their length */
static bool open_tzsp(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_take(&c, 4);
	uint16_t encapsulation = be16(h + 2);
	uint8_t tag;

	if (h[0] != 1 || h[1] > 1)
		return false;
	do {
		tag = cursor_u8(&c);
		if (tag > 1)
			cursor_skip(&c, cursor_u8(&c));
	} while (tag != 1 && cursor_ok(&c));
	if (encapsulation == 1)
		return decode_inside(w, TUNNEL_TZSP, decode_ethernet, c);
	if (encapsulation == 18)
		return decode_inside(w, TUNNEL_TZSP, decode_wifi, c);
	return (encapsulation == 119 || encapsulation == 127) &&
	       decode_inside(w, TUNNEL_TZSP, decode_prism, c);
}

/* RFC 5415 section 4.3: no DTLS, header length in words, T: 802.11 instead of Ethernet; no fragment
 * and no keep-alive. Some access points swap the bytes of 802.11's frame control. */
static bool open_capwap(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_peek(&c, 8);
	uint32_t length = (h[1] >> 3) * 4u;

	if (h[0] != 0 || length < 8 || (h[3] & 0x88))
		return false;
	cursor_skip(&c, length);
	if (!(h[2] & 1))
		return decode_inside(w, TUNNEL_CAPWAP, decode_ethernet, c);
	return decode_inside(w, TUNNEL_CAPWAP, decode_wifi, c) ||
	       decode_inside(w, TUNNEL_CAPWAP, decode_wifi_swapped, c);
}

/* RFC 4380 section 5.1.1: authentication, origin, then an IPv6 packet that fills the datagram */
static bool open_teredo(struct walk *w, struct cursor c)
{
	uint32_t wire = w->p->payload_wire, before = c.left;
	const uint8_t *h = cursor_peek(&c, 4);

	if (cursor_has(&c, 4) && be16(h) == 0x0001)
		cursor_skip(&c, 4u + h[2] + h[3] + 9);
	if (cursor_has(&c, 8) && be16(cursor_peek(&c, 2)) == 0)
		cursor_skip(&c, 8);
	h = cursor_peek(&c, 40);
	wire -= before - c.left;
	return cursor_has(&c, 40) && h[0] >> 4 == 6 && be16(h + 4) + 40u == wire &&
	       decode_inside(w, TUNNEL_TEREDO, decode_ip, c);
}

/* RFC 2661 section 3.1: data messages of version 2; length, sequence and offset are optional */
static bool open_l2tp(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_take(&c, 2);

	if ((h[0] & 0x80) || (h[1] & 0x0f) != 2)
		return false;
	cursor_skip(&c, (h[0] & 0x40 ? 2 : 0) + 4 + (h[0] & 0x08 ? 4 : 0));
	if (h[0] & 0x02)
		cursor_skip(&c, cursor_be16(&c));
	return decode_inside(w, TUNNEL_L2TP, decode_ppp, c);
}

/* RFC 9300 section 5: 8 bytes of flags, nonce and instance */
static bool open_lisp(struct walk *w, struct cursor c)
{
	cursor_skip(&c, 8);
	return decode_inside(w, TUNNEL_IPIP, decode_ip, c);
}

struct udp_tunnel {
	uint16_t port;
	bool both_ways; /* answers come from the port; the others use any source port */
	open_fn *open;
};

/* clang-format off */
static const struct udp_tunnel udp_tunnels[] = { /* IANA; 8472 and 37008 by convention */
	{1701, true, open_l2tp},
	{2152, true, open_gtpu},
	{3544, true, open_teredo},
	{4341, false, open_lisp},
	{4789, false, open_vxlan},
	{4790, false, open_vxlan_gpe},
	{5247, true, open_capwap},
	{6081, false, open_geneve},
	{6635, false, open_mpls},
	{8472, false, open_vxlan},
	{37008, false, open_tzsp},
};
/* clang-format on */

static unsigned port_bit(uint16_t port)
{
	return (port ^ port >> 8) & 0xff;
}

static bool may_be_tunnel(const struct decoder *d, uint16_t port)
{
	unsigned bit = port_bit(port);

	return d->tunnel_ports[bit / 64] >> (bit % 64) & 1;
}

void tunnel_ports_init(struct decoder *d)
{
	if (!d->decap)
		return;
	for (size_t i = 0; i < sizeof udp_tunnels / sizeof *udp_tunnels; i++) {
		unsigned bit = port_bit(udp_tunnels[i].port);

		d->tunnel_ports[bit / 64] |= UINT64_C(1) << (bit % 64);
	}
}

void decode_udp_tunnel(struct walk *w, struct cursor c)
{
	uint16_t src = w->p->src_port, dst = w->p->dst_port;

	if (!may_be_tunnel(w->d, dst) && !may_be_tunnel(w->d, src))
		return;
	for (size_t i = 0; i < sizeof udp_tunnels / sizeof *udp_tunnels; i++) {
		const struct udp_tunnel *t = &udp_tunnels[i];

		if ((t->port == dst || (t->both_ways && t->port == src)) && t->open(w, c))
			return;
	}
}
