/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * IPv4 and IPv6 with its extension headers: addresses, lengths, fragments, and where the L4 header
 * begins. Not strict: options and checksums are not judged, and a length that lies costs its
 * packet the payload at most. Called by the link and tunnel layers of the engine's thread, once
 * for each IP header of a packet from the outside in; the last one's facts stay.
 */
#include "config.h"

#include <string.h>

#include "decode/decoder.h"

enum { ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_IPV6 = 0x86dd };

enum { /* the parts of IPv4's fragment field: RFC 791 section 3.1 */
	IPV4_MORE = 0x2000,
	IPV4_OFFSET = 0x1fff,
	/* and of the IPv6 fragment header's: RFC 8200 section 4.5 */
	IPV6_MORE = 0x0001,
	IPV6_OFFSET = 0xfff8
};

/* What both versions write. length is that of the whole IP packet, c begins with its header. */
static void set_facts(struct walk *w, const struct cursor *c, uint32_t length)
{
	struct packet *p = w->p;

	p->kind = PACKET_IP;
	p->l3 = c->at;
	p->l3_len = c->left;
	if (c->left < length)
		p->flags |= PACKET_TRUNCATED;
	else
		p->l3_len = length;
	p->ip_len = length;
}

/* A later fragment has no L4 header: the flow is that of the first one, if that was seen. */
static void later_fragment(struct walk *w, const struct frag_key *key, uint8_t protocol)
{
	w->p->flags |= PACKET_FRAGMENT | PACKET_LATER;
	w->p->l4 = protocol;
	if (!frag_recall(w->d->fragments, key, w->p))
		w->p->datagram = frag_datagram(w->d->fragments, key);
}

static void first_fragment(struct walk *w, const struct frag_key *key, uint8_t protocol,
			   struct cursor c, uint32_t wire)
{
	w->p->flags |= PACKET_FRAGMENT;
	decode_l4(w, protocol, c, wire);
	frag_remember(w->d->fragments, key, w->p);
	if (!(w->p->flags & PACKET_LATER)) /* of what a tunnel within carries */
		w->p->datagram = frag_datagram(w->d->fragments, key);
}

static void ipv4_fragment(struct walk *w, const uint8_t *h, struct cursor c, uint32_t wire)
{
	const struct packet *p = w->p;
	struct frag_key key = {
		.src = p->src, .dst = p->dst, .id = be16(h + 4), .vlan = p->vlan,
		.protocol = h[9], .version = 4,
	};

	if (be16(h + 6) & IPV4_OFFSET)
		later_fragment(w, &key, h[9]);
	else
		first_fragment(w, &key, h[9], c, wire);
}

/* RFC 791 section 3.1 */
static void decode_ipv4(struct walk *w, struct cursor c)
{
	struct packet *p = w->p;
	const uint8_t *h = cursor_peek(&c, 20);
	uint32_t header = (h[0] & 15) * 4u, length = be16(h + 2);

	if (length == 0) /* left to the network card: TCP segmentation offload */
		length = c.left + w->missing;
	if (header < 20 || length < header) {
		decode_unreadable(w, ETHERTYPE_IPV4);
		return;
	}
	set_facts(w, &c, length);
	p->ethertype = ETHERTYPE_IPV4;
	p->ip_version = 4;
	p->tos = h[1];
	p->ttl = h[8];
	p->src = addr_from_v4(h + 12);
	p->dst = addr_from_v4(h + 16);
	p->l4_offset = (uint16_t)header;
	cursor_limit(&c, length);
	cursor_skip(&c, header);
	if (be16(h + 6) & (IPV4_MORE | IPV4_OFFSET))
		ipv4_fragment(w, h, c, length - header);
	else
		decode_l4(w, h[9], c, length - header);
}

enum extension {
	EXTENSION_NONE,
	EXTENSION_PLAIN,    /* next header, length in units of 8 behind the first 8 */
	EXTENSION_FRAGMENT, /* always 8 bytes */
	EXTENSION_PROTOCOL  /* plain, but a protocol of its own when nothing follows */
};

enum { EXTENSION_BYTES = 0xf000, NO_NEXT_HEADER = 59 }; /* in all; l4_offset has 16 bits */

/* clang-format off */
/* https://www.iana.org/assignments/ipv6-parameters (extension header types); AH and ESP end the
 * chain: what they protect is theirs */
static const uint8_t extensions[256] = {
	[0] = EXTENSION_PLAIN,      /* hop-by-hop options */
	[43] = EXTENSION_PLAIN,     /* routing */
	[44] = EXTENSION_FRAGMENT,
	[60] = EXTENSION_PLAIN,     /* destination options */
	[135] = EXTENSION_PROTOCOL, /* mobility */
	[139] = EXTENSION_PROTOCOL, /* HIP */
	[140] = EXTENSION_PROTOCOL, /* Shim6 */
};
/* clang-format on */

struct chain { /* of extension headers */
	struct frag_key key; /* version 0: no fragment */
	uint16_t fragment;
	uint8_t next;
};

static void chain_fragment(struct chain *chain, const uint8_t *h, const struct packet *p)
{
	uint16_t field = be16(h + 2);

	if ((field & (IPV6_OFFSET | IPV6_MORE)) == 0) /* atomic: RFC 6946 */
		return;
	chain->fragment = field;
	chain->key = (struct frag_key){
		.src = p->src, .dst = p->dst, .id = be32(h + 4), .vlan = p->vlan, .version = 6,
	};
}

/* To the end of the chain, to a later fragment, or to where the capture ends. */
static void walk_chain(struct chain *chain, struct cursor *c, const struct packet *p)
{
	const uint32_t all = c->left;

	while (extensions[chain->next] && all - c->left < EXTENSION_BYTES) {
		const uint8_t *h = cursor_peek(c, 8);
		uint8_t kind = extensions[chain->next];

		if (!cursor_has(c, 8)) {
			cursor_skip(c, 8); /* sticks: there is no L4 header */
			return;
		}
		if (kind == EXTENSION_PROTOCOL && h[0] == NO_NEXT_HEADER)
			return;
		chain->next = h[0];
		cursor_skip(c, kind == EXTENSION_FRAGMENT ? 8 : (h[1] + 1u) * 8);
		if (kind == EXTENSION_FRAGMENT && chain->key.version == 0)
			chain_fragment(chain, h, p);
		if (chain->fragment & IPV6_OFFSET)
			return;
	}
}

static void decode_extensions(struct walk *w, uint8_t next, struct cursor c, uint32_t wire)
{
	struct packet *p = w->p;
	struct chain chain;
	uint32_t before = c.left;

	memset(&chain, 0, sizeof chain);
	chain.next = next;
	p->flags |= PACKET_EXTHDR;
	walk_chain(&chain, &c, p);
	p->l4_offset = (uint16_t)(c.at - p->l3);
	wire -= before - c.left;
	if (chain.fragment & IPV6_OFFSET)
		later_fragment(w, &chain.key, chain.next);
	else if (chain.key.version != 0)
		first_fragment(w, &chain.key, chain.next, c, wire);
	else
		decode_l4(w, chain.next, c, wire);
}

/* RFC 8200 section 3 */
static void decode_ipv6(struct walk *w, struct cursor c)
{
	struct packet *p = w->p;
	const uint8_t *h = cursor_peek(&c, 40);
	uint32_t length = be16(h + 4) + 40u;
	uint8_t next = h[6];

	if (!cursor_has(&c, 40)) {
		decode_unreadable(w, ETHERTYPE_IPV6);
		return;
	}
	if (length == 40 && next != NO_NEXT_HEADER) /* jumbogram (RFC 2675) or offload */
		length = c.left + w->missing;
	set_facts(w, &c, length);
	p->ethertype = ETHERTYPE_IPV6;
	p->ip_version = 6;
	p->tos = (uint8_t)(be16(h) >> 4);
	p->ttl = h[7];
	p->src = addr_from_v6(h + 8);
	p->dst = addr_from_v6(h + 24);
	p->l4_offset = 40;
	cursor_limit(&c, length);
	cursor_skip(&c, 40);
	if (extensions[next])
		decode_extensions(w, next, c, length - 40);
	else
		decode_l4(w, next, c, length - 40);
}

void decode_ip(struct walk *w, struct cursor c)
{
	uint8_t version = *cursor_peek(&c, 1) >> 4;

	if (version == 4)
		decode_ipv4(w, c);
	else if (version == 6)
		decode_ipv6(w, c);
	else
		decode_unreadable(w, 0);
}
