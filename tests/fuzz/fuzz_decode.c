/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: frames of any link type. Input: the link type (low byte, then its ninth bit in a
 * byte of switches: 2 no decapsulation, 4 the capture is shorter than the wire), then frames, each
 * after its length in two bytes (little endian). What the decoder says must lie inside the frame
 * and agree with itself.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { NINTH_BIT = 1, NO_DECAP = 2, SHORTENED = 4 };

static void hold(bool truth)
{
	if (!truth)
		abort();
}

static bool lies_inside(const struct packet *p, const uint8_t *at, uint32_t bytes)
{
	return at >= p->data && bytes <= p->cap_len - (uint32_t)(at - p->data);
}

static void check_ip(const struct packet *p)
{
	hold(p->ip_version == 4 || p->ip_version == 6);
	hold(p->l3 != NULL && lies_inside(p, p->l3, p->l3_len));
	hold(p->l3_len <= p->ip_len && p->l4_offset <= p->ip_len);
	hold(((p->flags & PACKET_TRUNCATED) != 0) == (p->l3_len < p->ip_len));
	hold((p->payload == NULL) == (p->payload_len == 0));
	hold(p->payload_len <= p->payload_wire && p->payload_wire <= p->ip_len);
	if (p->payload)
		hold(lies_inside(p, p->payload, p->payload_len));
	if (p->flags & PACKET_LATER)
		hold((p->flags & PACKET_FRAGMENT) && !(p->flags & PACKET_L4));
	if ((p->flags & PACKET_LATER) && p->datagram != 0)
		hold(!(p->flags & PACKET_PORTS));
	if (!(p->flags & PACKET_PORTS))
		hold(p->src_port == 0 && p->dst_port == 0);
}

static void check(const struct packet *p)
{
	hold(p->kind <= PACKET_UNDECODED);
	hold(p->tunnel < TUNNEL_COUNT);
	hold(p->vlan <= 4095 && (p->vlan_count > 0 || p->vlan == 0));
	if (p->kind == PACKET_IP)
		check_ip(p);
	else
		hold(p->l3 == NULL && p->payload == NULL && p->src_port == 0 && p->datagram == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct decoder *d;
	struct packet p;
	int linktype;
	size_t at = 2;

	if (n < 2)
		return 0;
	linktype = data[0] | (data[1] & NINTH_BIT) << 8;
	d = decoder_new(8, !(data[1] & NO_DECAP), 1);
	for (int64_t now = 1; at + 2 <= n; now++) {
		size_t length = (size_t)(data[at] | data[at + 1] << 8);
		uint8_t *frame;

		at += 2;
		if (length > n - at)
			length = n - at;
		frame = malloc(length); /* of its own, so that a read past its end is seen */
		if (length > 0)
			memcpy(frame, data + at, length);
		memset(&p, 0xa5, sizeof p); /* nothing of what was there before may stay */
		p.ts_us = now;
		p.data = frame;
		p.cap_len = (uint32_t)length;
		p.wire_len = (uint32_t)length + (data[1] & SHORTENED ? 1000 : 0);
		decode_packet(d, linktype, &p);
		check(&p);
		free(frame);
		at += length;
	}
	decoder_free(d);
	return 0;
}
