/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * TCP as seen from beside (RFC 9293): state, flags, retransmissions, segments out of order, round trip
 * time of the handshake. Not a reassembler: sequence numbers are only compared. Engine thread; called
 * for each TCP packet by flow_table.c, before the packet's direction is forgotten.
 */
#include "config.h"

#include "flow/entry.h"

enum { DAMAGE_WINDOW = 1 << 30 }; /* a jump this far is another connection, or damage */

bool tcp_is_over(const struct flow *f)
{
	return f->l4 == 6 && (f->state == FLOW_CLOSED || f->state == FLOW_RESET);
}

/* Sequence space a segment takes (RFC 9293 section 3.4): its data, SYN and FIN. */
static uint32_t segment_length(const struct packet *p)
{
	return p->payload_wire + ((p->tcp_flags & TCP_SYN) != 0) + ((p->tcp_flags & TCP_FIN) != 0);
}

/* One old byte (RFC 9293 section 3.8.4) is no retransmission; an old SYN or FIN is. */
static bool is_keep_alive(const struct packet *p, int32_t ahead)
{
	return ahead == -1 && p->payload_wire <= 1 && !(p->tcp_flags & (TCP_SYN | TCP_FIN));
}

static void follow_sequence(struct flow_entry *e, const struct packet *p, unsigned d)
{
	uint32_t length = segment_length(p), end = p->tcp_seq + length;
	int32_t ahead = (int32_t)(p->tcp_seq - e->next_seq[d]);

	if (!(e->marks & MARK_SEQ << d) || ahead > DAMAGE_WINDOW || ahead < -DAMAGE_WINDOW) {
		e->marks |= (uint8_t)(MARK_SEQ << d);
		e->next_seq[d] = end;
		return;
	}
	if (length == 0)
		return;
	if (ahead < 0 && !is_keep_alive(p, ahead))
		e->flow.retransmits++;
	else if (ahead > 0)
		e->flow.out_of_order++;
	if ((int32_t)(end - e->next_seq[d]) > 0)
		e->next_seq[d] = end;
}

static void handshake(struct flow_entry *e, const struct packet *p, unsigned d)
{
	struct flow *f = &e->flow;

	if (p->tcp_flags & TCP_SYN) {
		int64_t since = p->ts_us - f->first_us;

		e->marks |= (uint8_t)(MARK_SYN << d);
		if ((p->tcp_flags & TCP_ACK) == 0) {
			f->flags |= FLOW_SYN_SEEN;
			e->syn_delta_us = since >= 0 && since < UINT32_MAX ? (uint32_t)since : 0;
		} else if (f->state == FLOW_NEW) {
			f->state = FLOW_HANDSHAKE;
		}
		return;
	}
	if ((p->tcp_flags & TCP_ACK) == 0 || d != 0 || f->state != FLOW_HANDSHAKE)
		return;
	/* SYN to the ACK that ends the handshake: both ways, wherever on the path this is seen */
	int64_t rtt = p->ts_us - f->first_us - e->syn_delta_us;

	f->state = FLOW_OPEN;
	if ((f->flags & FLOW_SYN_SEEN) && rtt > 0 && rtt < UINT32_MAX)
		f->rtt_us = (uint32_t)rtt;
}

void tcp_packet(struct flow_entry *e, const struct packet *p, unsigned d)
{
	struct flow *f = &e->flow;

	f->tcp_flags |= p->tcp_flags;
	handshake(e, p, d);
	if (!(p->tcp_flags & TCP_RST))
		follow_sequence(e, p, d);
	if (p->tcp_flags & TCP_RST) {
		if (f->state != FLOW_CLOSED)
			f->state = FLOW_RESET;
	} else if (p->tcp_flags & TCP_FIN) {
		e->marks |= (uint8_t)(MARK_FIN << d);
		if (f->state != FLOW_RESET)
			f->state = (e->marks & MARK_FIN) && (e->marks & MARK_FIN << 1) ? FLOW_CLOSED : FLOW_CLOSING;
	}
}
