/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The door of the room: the decoder, one packet from its frame on, and the attempts at what
 * tunnels carry. The layers themselves are in link.c, ethernet.c, wifi.c, net.c, l4.c and
 * tunnel.c. Called by the engine for each frame, in the engine's thread; nothing here allocates
 * but decoder_new().
 */
#include "config.h"

#include <stddef.h>
#include <string.h>

#include "decode/decoder.h"
#include "dpitop/mem.h"

struct decoder *decoder_new(unsigned fragments, bool decap, uint64_t seed)
{
	struct decoder *d = mem_zalloc(sizeof *d);

	d->decap = decap;
	d->fragments = frag_cache_new(fragments, seed);
	tunnel_ports_init(d);
	return d;
}

void decoder_free(struct decoder *d)
{
	if (d == NULL)
		return;
	frag_cache_free(d->fragments);
	mem_free(d);
}

/* What the header that carries the tunnel has said of itself must not stay with what is inside. */
static void forget_carrier(struct packet *p)
{
	p->kind = PACKET_NON_IP;
	p->flags &= PACKET_MAC | PACKET_OUTGOING;
	p->src_port = p->dst_port = 0;
	p->tcp_flags = 0;
	p->icmp_type = p->icmp_code = 0;
	p->tcp_seq = p->tcp_ack = 0;
	p->payload = NULL;
	p->payload_len = p->payload_wire = 0;
}

bool decode_inside(struct walk *w, enum tunnel tunnel, layer_fn *layer, struct cursor c)
{
	struct packet carrier;

	if (!cursor_has(&c, 1) || w->depth == WALK_DEPTH || !decode_enter(w))
		return false;
	carrier = *w->p;
	forget_carrier(w->p);
	w->p->tunnel = (uint8_t)tunnel;
	w->depth++;
	layer(w, c);
	w->depth--;
	if (w->p->kind == PACKET_IP)
		return true;
	*w->p = carrier;
	return false;
}

static void clear_facts(struct packet *p)
{
	const size_t first = offsetof(struct packet, kind);

	memset((char *)p + first, 0, sizeof *p - first);
	p->kind = PACKET_NON_IP;
}

void decode_packet(struct decoder *d, int linktype, struct packet *p)
{
	struct walk w = {
		.d = d, .p = p, .budget = WALK_BUDGET,
		.missing = p->wire_len > p->cap_len ? p->wire_len - p->cap_len : 0,
	};

	clear_facts(p);
	if (d->link == NULL || d->link->number != linktype)
		d->link = link_find(linktype);
	if (d->link != NULL)
		d->link->decode(&w, cursor_of(p->data, p->cap_len));
}
