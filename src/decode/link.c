/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Link types: what the first byte of a captured frame is. THE table of them is at the end: a link
 * type is one line there and, if its header is like no other, one function above. Not what comes
 * behind the header: that is in ethernet.c, wifi.c and net.c. Called by decode_packet() in the
 * engine's thread. Numbers and layouts: https://www.tcpdump.org/linktypes.html.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "decode/decoder.h"

/* A fixed header with the EtherType at some place in it, then what it names */
static void typed(struct walk *w, struct cursor c, uint32_t header, uint32_t type_at)
{
	const uint8_t *h = cursor_take(&c, header);

	decode_non_ip(w, 0);
	if (cursor_ok(&c))
		decode_ethertype(w, be16(h + type_at), c);
}

/* A header that says nothing we need, then a layer */
static void behind(struct walk *w, struct cursor c, uint32_t header, layer_fn *layer)
{
	decode_non_ip(w, 0);
	cursor_skip(&c, header);
	if (cursor_ok(&c))
		layer(w, c);
}

/* The link type of what follows is in the header: bounded, for it may be the same again */
static void nested(struct walk *w, struct cursor c, uint32_t header, uint32_t linktype)
{
	const struct link_type *link = link_find(linktype <= UINT16_MAX ? (int)linktype : -1);

	decode_non_ip(w, 0);
	cursor_skip(&c, header);
	if (cursor_ok(&c) && link != NULL && decode_enter(w))
		link->decode(w, c);
}

enum { /* ARPHRD_ numbers for which the protocol field is not an EtherType */
	ARPHRD_FRAD = 770,
	ARPHRD_IEEE80211 = 801,
	ARPHRD_IEEE80211_PRISM = 802,
	ARPHRD_IEEE80211_RADIOTAP = 803,
	ARPHRD_NETLINK = 824
};

enum { SLL_OUTGOING = 4, SLL_LLC = 4 }; /* packet type; protocol */

struct cooked {
	uint16_t protocol, device, address_length;
	uint8_t kind;
};

static void frame_relay(struct walk *w, struct cursor c);

static void cooked(struct walk *w, const struct cooked *k, const uint8_t *address, struct cursor c)
{
	struct packet *p = w->p;

	decode_non_ip(w, 0);
	if (!cursor_ok(&c))
		return;
	if (k->kind == SLL_OUTGOING)
		p->flags |= PACKET_OUTGOING;
	if (k->address_length == sizeof p->src_mac) {
		memcpy(p->src_mac, address, sizeof p->src_mac);
		p->flags |= PACKET_MAC;
	}
	if (k->device == ARPHRD_IEEE80211_RADIOTAP)
		decode_radiotap(w, c);
	else if (k->device == ARPHRD_IEEE80211 || k->device == ARPHRD_IEEE80211_PRISM)
		(k->device == ARPHRD_IEEE80211 ? decode_wifi : decode_prism)(w, c);
	else if (k->device == ARPHRD_FRAD)
		frame_relay(w, c);
	else if (k->protocol == SLL_LLC)
		decode_llc(w, c);
	else if (k->device != ARPHRD_NETLINK)
		decode_ethertype(w, k->protocol, c);
}

static void sll(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_take(&c, 16);
	struct cooked k = {be16(h + 14), be16(h + 2), be16(h + 4), (uint8_t)be16(h)};

	cooked(w, &k, h + 6, c);
}

static void sll2(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_take(&c, 20);
	struct cooked k = {be16(h), be16(h + 8), h[11], h[10]};

	cooked(w, &k, h + 12, c);
}

/* The address family, in the byte order of who captured: 2 is IPv4 everywhere, IPv6 is 10 on Linux,
 * 24, 28 and 30 on the BSDs and macOS */
static bool is_ip_family(uint32_t family)
{
	return family == 2 || family == 10 || family == 24 || family == 28 || family == 30;
}

static void null(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_take(&c, 4);

	decode_non_ip(w, 0);
	if (is_ip_family(be32(h)) || is_ip_family(le32(h)))
		decode_ip(w, c);
}

/* OpenBSD's: a family, flags of IPsec */
static void enc(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_take(&c, 12);

	decode_non_ip(w, 0);
	if (is_ip_family(be32(h)) || is_ip_family(le32(h)))
		decode_ip(w, c);
}

/* OpenBSD's firewall log: its length (to 4 bytes), the family */
static void pflog(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_peek(&c, 2);

	decode_non_ip(w, 0);
	if (!is_ip_family(h[1]))
		return;
	cursor_skip(&c, (h[0] + 3u) & ~3u);
	decode_ip(w, c);
}

/* Solaris: version, family (2 and 26), lengths, interfaces and zones */
static void ipnet(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_take(&c, 24);

	decode_non_ip(w, 0);
	if (h[1] == 2 || h[1] == 26)
		decode_ip(w, c);
}

static void chdlc(struct walk *w, struct cursor c)
{
	typed(w, c, 4, 2);
}

static void ipoib(struct walk *w, struct cursor c)
{
	typed(w, c, 44, 40); /* global route header, then RFC 4391 section 6 */
}

static void ip_over_1394(struct walk *w, struct cursor c)
{
	typed(w, c, 18, 16);
}

static void ip_over_fc(struct walk *w, struct cursor c)
{
	behind(w, c, 16, decode_llc); /* RFC 2625 section 3.3 */
}

static void fddi(struct walk *w, struct cursor c)
{
	behind(w, c, 13, decode_llc);
}

static void slip(struct walk *w, struct cursor c)
{
	behind(w, c, 16, decode_ip);
}

static void ppp_with_direction(struct walk *w, struct cursor c)
{
	behind(w, c, 1, decode_ppp_hdlc);
}

static void chdlc_with_direction(struct walk *w, struct cursor c)
{
	behind(w, c, 1, chdlc);
}

static void frame_relay_with_direction(struct walk *w, struct cursor c)
{
	behind(w, c, 1, frame_relay);
}

static void netanalyzer(struct walk *w, struct cursor c)
{
	behind(w, c, 4, decode_ethernet);
}

static void netanalyzer_transparent(struct walk *w, struct cursor c)
{
	behind(w, c, 12, decode_ethernet); /* the preamble too */
}

static void mpacket(struct walk *w, struct cursor c)
{
	behind(w, c, 8, decode_ethernet); /* IEEE 802.3br preamble */
}

/* pppd's: one byte of direction where the address would be */
static void pppd(struct walk *w, struct cursor c)
{
	uint16_t start = be16(cursor_peek(&c, 2));

	if (start <= 0x01ff && start != 0x0021 && start != 0x0057)
		cursor_skip(&c, 1);
	decode_ppp_hdlc(w, c);
}

/* IEEE 802.5: a routing field if the source says so, its length in its first byte */
static void token_ring(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_take(&c, 14);

	decode_non_ip(w, 0);
	if (h[8] & 0x80)
		cursor_skip(&c, *cursor_peek(&c, 1) & 31);
	if (cursor_ok(&c))
		decode_llc(w, c);
}

/* RFC 2427: an address of 2 to 4 bytes, then control and NLPID; or Cisco's, an EtherType */
static void frame_relay(struct walk *w, struct cursor c)
{
	uint32_t length = 0;
	uint8_t nlpid, byte;

	decode_non_ip(w, 0);
	do {
		byte = cursor_u8(&c);
	} while (++length < 4 && !(byte & 1) && cursor_ok(&c));
	if (!cursor_has(&c, 2))
		return;
	if (*cursor_peek(&c, 1) != 3) {
		typed(w, c, 2, 0);
		return;
	}
	cursor_skip(&c, 1);
	if (*cursor_peek(&c, 1) == 0) /* padding */
		cursor_skip(&c, 1);
	nlpid = cursor_u8(&c);
	if (nlpid == 0xcc || nlpid == 0x8e)
		decode_ip(w, c);
	else if (nlpid == 0x80)
		typed(w, c, 5, 3); /* SNAP */
}

/* SunATM: what it is in the low bits of the first byte, VPI, VCI */
static void sunatm(struct walk *w, struct cursor c)
{
	uint8_t kind = cursor_take(&c, 4)[0] & 0x0f;

	decode_non_ip(w, 0);
	if (kind == 2)
		decode_llc(w, c);
	else if (kind == 1)
		behind(w, c, 2, decode_ethernet); /* LAN emulation */
}

/* RFC 1201: source, destination, 2 of offset, protocol; RFC 1051's have no fragments */
static void arcnet(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_take(&c, 5);
	uint8_t protocol = h[4], split;

	decode_non_ip(w, 0);
	if (protocol == 0xf0) {
		decode_ip(w, c);
		return;
	}
	split = cursor_u8(&c);
	cursor_skip(&c, 2);
	if (split == 0xff) /* an exception packet: the header comes again */
		cursor_skip(&c, 4);
	if (protocol == 0xd5)
		decode_non_ip(w, 0x0806);
	else if (protocol == 0xd4 && cursor_ok(&c))
		decode_ip(w, c);
}

enum { NFLOG_PAYLOAD = 9 };

/* Linux netfilter log: a family, then fields of length, type and value to 4 bytes */
static void nflog(struct walk *w, struct cursor c)
{
	decode_non_ip(w, 0);
	cursor_skip(&c, 4);
	while (cursor_has(&c, 4)) {
		const uint8_t *h = cursor_peek(&c, 4);
		uint32_t length = le16(h), type = le16(h + 2);

		if (length < 4)
			return;
		if (type == NFLOG_PAYLOAD) {
			cursor_limit(&c, length);
			behind(w, c, 4, decode_ip);
			return;
		}
		cursor_skip(&c, (length + 3) & ~3u);
	}
}

/* A switch chip's tag between the addresses and the EtherType */
static void tagged(struct walk *w, struct cursor c, uint32_t tag)
{
	const uint8_t *h = cursor_take(&c, 14 + tag);

	decode_non_ip(w, 0);
	if (!cursor_ok(&c))
		return;
	decode_set_macs(w, h);
	decode_ethertype(w, be16(h + 12 + tag), c);
}

static void tag4(struct walk *w, struct cursor c)
{
	tagged(w, c, 4);
}

static void tag8(struct walk *w, struct cursor c)
{
	tagged(w, c, 8);
}

static void tag_before(struct walk *w, struct cursor c)
{
	behind(w, c, 4, decode_ethernet);
}

static void pktap(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_peek(&c, 12);
	uint32_t length = le32(h);

	nested(w, c, length < 12 ? UINT32_MAX : length, le32(h + 8));
}

/* clang-format off */
static const struct link_type link_types[] = {
	{1, "EN10MB", decode_ethernet},
	{0, "NULL", null},
	{6, "IEEE802", token_ring},
	{8, "SLIP", slip},
	{9, "PPP", decode_ppp_hdlc},
	{10, "FDDI", fddi},
	{11, "ATM_RFC1483", decode_llc},
	{100, "ATM_RFC1483", decode_llc},
	{12, "RAW", decode_ip},
	{14, "RAW", decode_ip},
	{101, "RAW", decode_ip},
	{50, "PPP_SERIAL", decode_ppp_hdlc},
	{51, "PPP_ETHER", decode_pppoe},
	{104, "C_HDLC", chdlc},
	{105, "IEEE802_11", decode_wifi},
	{107, "FRELAY", frame_relay},
	{108, "LOOP", null},
	{109, "ENC", enc},
	{113, "LINUX_SLL", sll},
	{117, "PFLOG", pflog},
	{119, "PRISM_HEADER", decode_prism},
	{122, "IP_OVER_FC", ip_over_fc},
	{123, "SUNATM", sunatm},
	{127, "IEEE802_11_RADIO", decode_radiotap},
	{129, "ARCNET_LINUX", arcnet},
	{138, "APPLE_IP_OVER_IEEE1394", ip_over_1394},
	{163, "IEEE802_11_RADIO_AVS", decode_prism},
	{166, "PPP_PPPD", pppd},
	{192, "PPI", decode_ppi},
	{204, "PPP_WITH_DIR", ppp_with_direction},
	{205, "C_HDLC_WITH_DIR", chdlc_with_direction},
	{206, "FRELAY_WITH_DIR", frame_relay_with_direction},
	{219, "MPLS", decode_mpls},
	{226, "IPNET", ipnet},
	{228, "IPV4", decode_ip},
	{229, "IPV6", decode_ip},
	{239, "NFLOG", nflog},
	{240, "NETANALYZER", netanalyzer},
	{241, "NETANALYZER_TRANSPARENT", netanalyzer_transparent},
	{242, "IPOIB", ipoib},
	{258, "PKTAP", pktap},
	{274, "ETHERNET_MPACKET", mpacket},
	{276, "LINUX_SLL2", sll2},
	{281, "DSA_TAG_BRCM", tag4},
	{282, "DSA_TAG_BRCM_PREPEND", tag_before},
	{283, "DSA_TAG_DSA", tag4},
	{284, "DSA_TAG_EDSA", tag8},
};
/* clang-format on */

enum { LINK_TYPES = sizeof link_types / sizeof *link_types };

const struct link_type *link_find(int linktype)
{
	for (size_t i = 0; i < LINK_TYPES; i++)
		if (link_types[i].number == linktype)
			return &link_types[i];
	return NULL;
}

bool decode_linktype_known(int linktype)
{
	return link_find(linktype) != NULL;
}

const char *decode_linktype_names(char *buf, unsigned long size)
{
	size_t at = 0;

	if (size > 0)
		buf[0] = '\0';
	for (size_t i = 0; i < LINK_TYPES; i++) {
		const char *name = link_types[i].name;

		if (i > 0 && strcmp(name, link_types[i - 1].name) == 0)
			continue; /* one type, several numbers */
		if (at + strlen(name) + 3 > size)
			break;
		at += (size_t)snprintf(buf + at, size - at, "%s%s", at > 0 ? ", " : "", name);
	}
	return buf;
}
