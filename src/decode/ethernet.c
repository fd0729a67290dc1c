/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ethernet and what stands between it and IP: VLAN tags, provider backbone bridges, MPLS, PPPoE
 * and PPP, LLC with SNAP. Not the link types of capture files, which are in link.c and come here.
 * A type that is none of these ends the walk: the frame is counted under it. Called from the link
 * and tunnel layers of the engine's thread.
 */
#include "config.h"

#include <string.h>

#include "decode/decoder.h"

enum { /* https://www.iana.org/assignments/ieee-802-numbers */
	TYPE_IPV4 = 0x0800,
	TYPE_CTAG = 0x8100,
	TYPE_TRANSPARENT_ETHERNET = 0x6558,
	TYPE_IPV6 = 0x86dd,
	TYPE_PPP = 0x880b,
	TYPE_MPLS = 0x8847,
	TYPE_MPLS_UPSTREAM = 0x8848,
	TYPE_PPPOE_SESSION = 0x8864,
	TYPE_STAG = 0x88a8,
	TYPE_ITAG = 0x88e7,
	TYPE_FABRICPATH = 0x8903,
	TYPE_VNTAG = 0x8926,
	TYPE_QINQ_9100 = 0x9100, /* before IEEE 802.1ad, by convention */
	TYPE_QINQ_9200 = 0x9200,
	TYPE_QINQ_9300 = 0x9300,
	TYPE_SMALLEST = 0x0600 /* below: a length (IEEE 802.3) */
};

static bool is_tag(uint16_t type)
{
	return type == TYPE_CTAG || type == TYPE_STAG || type == TYPE_VNTAG ||
	       type == TYPE_QINQ_9100 || type == TYPE_QINQ_9200 || type == TYPE_QINQ_9300;
}

/* IEEE 802.1Q section 9: identifier in the low 12 bits; VN-Tag is two bytes longer */
static bool take_tag(struct packet *p, uint16_t *type, struct cursor *c)
{
	if (*type == TYPE_VNTAG) {
		cursor_skip(c, 4);
	} else {
		uint16_t id = cursor_be16(c) & 0xfff;

		if (p->vlan_count == 0)
			p->vlan = id;
		if (p->vlan_count < UINT8_MAX)
			p->vlan_count++;
	}
	if (!cursor_has(c, 2))
		return false; /* cut */
	*type = cursor_be16(c);
	return true;
}

static void decode_versioned(struct walk *w, uint16_t type, struct cursor c)
{
	if (*cursor_peek(&c, 1) >> 4 != (type == TYPE_IPV4 ? 4 : 6))
		decode_unreadable(w, type);
	else
		decode_ip(w, c);
}

/* IEEE 802.1ah: a whole frame behind the service identifier */
static void decode_backbone(struct walk *w, struct cursor c)
{
	cursor_skip(&c, 4);
	decode_ethernet(w, c);
}

/* Cisco FabricPath: a whole frame behind tree and time to live */
static void decode_fabricpath(struct walk *w, struct cursor c)
{
	cursor_skip(&c, 2);
	decode_ethernet(w, c);
}

struct carrier { /* EtherTypes that carry something else */
	uint16_t type;
	layer_fn *layer;
};

/* clang-format off */
static const struct carrier carriers[] = {
	{TYPE_MPLS, decode_mpls},
	{TYPE_MPLS_UPSTREAM, decode_mpls},
	{TYPE_PPPOE_SESSION, decode_pppoe},
	{TYPE_PPP, decode_ppp},
	{TYPE_ITAG, decode_backbone},
	{TYPE_FABRICPATH, decode_fabricpath},
	{TYPE_TRANSPARENT_ETHERNET, decode_ethernet},
};
/* clang-format on */

static void decode_other(struct walk *w, uint16_t type, struct cursor c)
{
	decode_non_ip(w, type < TYPE_SMALLEST ? 0 : type);
	if (!decode_enter(w))
		return;
	if (type < TYPE_SMALLEST) {
		decode_llc(w, c);
		return;
	}
	for (size_t i = 0; i < sizeof carriers / sizeof *carriers; i++)
		if (carriers[i].type == type) {
			carriers[i].layer(w, c);
			return;
		}
}

void decode_ethertype(struct walk *w, uint16_t type, struct cursor c)
{
	for (unsigned tags = 0; type != TYPE_IPV4 && is_tag(type); tags++)
		if (tags == VLAN_TAGS || !take_tag(w->p, &type, &c)) {
			decode_non_ip(w, type);
			return;
		}
	if (type == TYPE_IPV4 || type == TYPE_IPV6)
		decode_versioned(w, type, c);
	else
		decode_other(w, type, c);
}

void decode_set_macs(struct walk *w, const uint8_t *header)
{
	struct packet *p = w->p;

	if (p->flags & PACKET_MAC)
		return;
	memcpy(p->dst_mac, header, sizeof p->dst_mac);
	memcpy(p->src_mac, header + 6, sizeof p->src_mac);
	p->flags |= PACKET_MAC;
}

/* IEEE 802.3 section 3.2 */
void decode_ethernet(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_take(&c, 14);

	if (!cursor_ok(&c)) {
		decode_non_ip(w, 0);
		return;
	}
	decode_set_macs(w, h);
	decode_ethertype(w, be16(h + 12), c);
}

/* IEEE 802.2; SNAP: RFC 1042; bridged Ethernet (with and without checksum): RFC 2684 section 5.2 */
void decode_llc(struct walk *w, struct cursor c)
{
	static const uint8_t snap[3] = {0xaa, 0xaa, 0x03}, ip[3] = {0x06, 0x06, 0x03};
	static const uint8_t bridged[3] = {0x00, 0x80, 0xc2};
	const uint8_t *h = cursor_peek(&c, 8);
	uint16_t type = be16(h + 6);

	decode_non_ip(w, 0);
	if (memcmp(cursor_peek(&c, 3), ip, sizeof ip) == 0) {
		cursor_skip(&c, 3);
		decode_ip(w, c);
	} else if (memcmp(h, snap, sizeof snap) == 0 && decode_enter(w)) {
		cursor_skip(&c, 8);
		if (memcmp(h + 3, bridged, sizeof bridged) != 0)
			decode_ethertype(w, type, c);
		else if (type == 1 || type == 7)
			decode_ethernet(w, c);
	}
}

static void name_tunnel(struct packet *p, enum tunnel tunnel)
{
	if (p->tunnel == TUNNEL_NONE) /* a tunnel that MPLS or PPPoE run in says more */
		p->tunnel = tunnel;
}

/* RFC 3032: labels to the bottom of the stack. What is behind it no field says: IP by its version,
 * else a pseudo-wire (RFC 4448) with its control word, which begins with zeros, or without. */
void decode_mpls(struct walk *w, struct cursor c)
{
	struct cursor word;
	enum tunnel tunnel;
	uint8_t version, bottom;

	decode_non_ip(w, TYPE_MPLS);
	do {
		bottom = cursor_take(&c, 4)[2] & 1;
	} while (!bottom && cursor_ok(&c));
	if (!cursor_has(&c, 1))
		return;
	tunnel = w->p->tunnel == TUNNEL_NONE ? TUNNEL_MPLS : (enum tunnel)w->p->tunnel;
	version = *cursor_peek(&c, 1) >> 4;
	if ((version == 4 || version == 6) && decode_inside(w, tunnel, decode_ip, c))
		return;
	word = c;
	cursor_skip(&word, 4);
	if (version == 0 && decode_inside(w, tunnel, decode_ethernet, word))
		return;
	decode_inside(w, tunnel, decode_ethernet, c);
}

/* RFC 2516 section 4 */
void decode_pppoe(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_take(&c, 6);
	uint8_t before = w->p->tunnel;

	decode_non_ip(w, TYPE_PPPOE_SESSION);
	if (h[0] != 0x11 || h[1] != 0)
		return;
	name_tunnel(w->p, TUNNEL_PPPOE);
	decode_ppp(w, c);
	if (w->p->kind == PACKET_IP)
		return;
	w->p->tunnel = before;
	w->p->ethertype = TYPE_PPPOE_SESSION;
}

/* https://www.iana.org/assignments/ppp-numbers; the first byte may be left out: RFC 1661
 * section 6.5 */
void decode_ppp(struct walk *w, struct cursor c)
{
	uint16_t protocol;

	if (be16(cursor_peek(&c, 2)) == 0xff03) /* address and control: RFC 1662 section 3.1 */
		cursor_skip(&c, 2);
	protocol = cursor_u8(&c);
	if ((protocol & 1) == 0)
		protocol = (uint16_t)(protocol << 8 | cursor_u8(&c));
	decode_non_ip(w, TYPE_PPP);
	if (!decode_enter(w))
		return;
	if (protocol == 0x0021 || protocol == 0x0057)
		decode_ip(w, c);
	else if (protocol == 0x0281 || protocol == 0x0283)
		decode_mpls(w, c);
}

/* As PPP, or Cisco's HDLC (RFC 1547 section 4.3.1): address 0x0f or 0x8f, control 0, EtherType */
void decode_ppp_hdlc(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_peek(&c, 4);

	if ((h[0] == 0x0f || h[0] == 0x8f) && h[1] == 0) {
		uint16_t type = be16(h + 2);

		cursor_skip(&c, 4);
		decode_ethertype(w, type, c);
		return;
	}
	decode_ppp(w, c);
}
