/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to the decode room: the decoder, the walk down one packet, and the layers, which call
 * one another through this page. A layer gets the bytes that are its own and leaves its verdict in
 * the packet. What encloses an IP packet that may also not be one (tunnels, pseudo-wires) goes
 * through decode_inside(), which undoes what an attempt has written. Work per packet is bounded by
 * the walk.
 */
#ifndef DECODE_DECODER_H
#define DECODE_DECODER_H

#include "decode/cursor.h"
#include "decode/frag.h"
#include "dpitop/packet.h"

struct walk;

typedef void layer_fn(struct walk *w, struct cursor c);

struct link_type {
	int number;
	const char *name; /* without DLT_ or LINKTYPE_ */
	layer_fn *decode;
};

struct decoder {
	bool decap;
	const struct link_type *link; /* of the last frame */
	uint64_t tunnel_ports[4];     /* filter of 256 bits over the ports that carry tunnels */
	struct frag_cache *fragments;
};

enum {
	WALK_DEPTH = 16,  /* tunnels in one another */
	WALK_BUDGET = 64, /* layers entered in all, attempts that failed included */
	VLAN_TAGS = 32    /* in one frame */
};

struct walk { /* down one packet */
	struct decoder *d;
	struct packet *p;
	uint32_t missing; /* bytes of the frame that were not captured */
	uint8_t depth, budget;
};

/* Verdicts */
static inline void decode_non_ip(struct walk *w, uint16_t ethertype)
{
	w->p->kind = PACKET_NON_IP;
	w->p->ethertype = ethertype;
}

static inline void decode_unreadable(struct walk *w, uint16_t ethertype)
{
	w->p->kind = PACKET_UNDECODED;
	w->p->ethertype = ethertype;
}

/* May another layer be entered? False: the frame is built to keep us busy. */
static inline bool decode_enter(struct walk *w)
{
	if (w->budget == 0)
		return false;
	w->budget--;
	return true;
}

/* decode.c: try a layer on what a tunnel carries. True: there was an IP packet, the packet now is
 * that one, and its tunnel is the innermost. False: the packet is as it was. */
bool decode_inside(struct walk *w, enum tunnel tunnel, layer_fn *layer, struct cursor c);

/* ethernet.c */
layer_fn decode_ethernet, decode_llc, decode_mpls, decode_pppoe, decode_ppp, decode_ppp_hdlc;
void decode_ethertype(struct walk *w, uint16_t type, struct cursor c);
void decode_set_macs(struct walk *w, const uint8_t *header); /* destination, source */

/* wifi.c */
layer_fn decode_wifi, decode_wifi_swapped, decode_radiotap, decode_prism, decode_ppi;

/* link.c */
const struct link_type *link_find(int linktype); /* NULL: not known */

/* net.c */
layer_fn decode_ip; /* the version is in the first byte */

/* l4.c: wire is the length on the wire of what c begins with */
void decode_l4(struct walk *w, uint8_t number, struct cursor c, uint32_t wire);

/* tunnel.c */
void tunnel_ports_init(struct decoder *d);
void decode_ip_tunnel(struct walk *w, uint8_t number, struct cursor c);
void decode_udp_tunnel(struct walk *w, struct cursor c); /* by the ports of the packet */

#endif
