/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Frames for the tests of the decode room, built from the inside out: start with a packet, put
 * headers in front. The bytes end where the struct ends, so that a read behind them is seen by
 * ASan. In each frame the packet is TCP from 192.0.2.1 (or 2001:db8::1) port 40000 to 198.51.100.2
 * (2001:db8::2) port 80 with the payload "GET /", unless a test says otherwise; outer addresses
 * are others.
 */
#ifndef TESTS_FRAME_H
#define TESTS_FRAME_H

#include <check.h>
#include <string.h>

#include "dpitop/packet.h"

enum { EN10MB = 1, ROOM = 4096 };

struct frame {
	uint32_t n; /* bytes, at the end of b */
	uint8_t b[ROOM];
};

static inline uint8_t *frame_data(struct frame *f)
{
	return f->b + sizeof f->b - f->n;
}

static inline void frame_front(struct frame *f, const void *bytes, uint32_t n)
{
	ck_assert_uint_le(f->n + n, sizeof f->b);
	f->n += n;
	memcpy(frame_data(f), bytes, n);
}

/* FRONT(&f, 0x08, 0x00): put these bytes in front */
#define FRONT(f, ...) \
	frame_front((f), (const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]){__VA_ARGS__})

static inline void frame_zeros(struct frame *f, uint32_t n)
{
	static const uint8_t zeros[ROOM];

	frame_front(f, zeros, n);
}

#define BE16(n) (uint8_t)((n) >> 8), (uint8_t)(n)

static inline void frame_ip4(struct frame *f, uint8_t protocol, uint8_t host)
{
	FRONT(f, 0x45, 0, BE16(f->n + 20), 0, 7, 0, 0, 64, protocol, 0, 0, 192, 0, 2, host, 198,
		51, 100, (uint8_t)(host + 1));
}

static inline void frame_ip6(struct frame *f, uint8_t next, uint8_t host)
{
	FRONT(f, 0x60, 0, 0, 0, BE16(f->n), next, 64, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, host, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		(uint8_t)(host + 1));
}

static inline void frame_tcp(struct frame *f)
{
	f->n = 0;
	FRONT(f, BE16(40000), BE16(80), 0, 0, 0, 1, 0, 0, 0, 2, 0x50, TCP_PSH | TCP_ACK, 2, 0, 0,
		0, 0, 0, 'G', 'E', 'T', ' ', '/');
}

static inline void frame_tcp4(struct frame *f)
{
	frame_tcp(f);
	frame_ip4(f, 6, 1);
}

static inline void frame_tcp6(struct frame *f)
{
	frame_tcp(f);
	frame_ip6(f, 6, 1);
}

static inline void frame_eth(struct frame *f, uint16_t type)
{
	FRONT(f, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, BE16(type));
}

static inline void frame_snap(struct frame *f, uint16_t type)
{
	FRONT(f, 0xaa, 0xaa, 3, 0, 0, 0, BE16(type));
}

static inline void frame_udp(struct frame *f, uint16_t src, uint16_t dst)
{
	FRONT(f, BE16(src), BE16(dst), BE16(f->n + 8), 0, 0);
}

/* IPv4 and Ethernet around a tunnel's payload: 192.0.2.9 to 198.51.100.10 */
static inline void frame_outer(struct frame *f, uint8_t protocol)
{
	frame_ip4(f, protocol, 9);
	frame_eth(f, 0x0800);
}

static inline void frame_outer_udp(struct frame *f, uint16_t src, uint16_t dst)
{
	frame_udp(f, src, dst);
	frame_outer(f, 17);
}

static inline struct packet frame_read(struct decoder *d, struct frame *f, int linktype)
{
	struct packet p;

	memset(&p, 0xa5, sizeof p); /* what is not set must be cleared */
	p.ts_us = 1;
	p.data = frame_data(f);
	p.cap_len = p.wire_len = f->n;
	decode_packet(d, linktype, &p);
	return p;
}

static inline struct packet frame_decode(struct frame *f, int linktype)
{
	struct decoder *d = decoder_new(8, true, 1);
	struct packet p = frame_read(d, f, linktype);

	decoder_free(d);
	return p;
}

/* The packet of frame_tcp4() or frame_tcp6() was found */
#define assert_tcp(p, named)                                                 \
	do {                                                                 \
		char text_[ADDR_TEXT];                                       \
		ck_assert_int_eq((p).kind, PACKET_IP);                       \
		ck_assert_uint_eq((p).l4, 6);                                \
		ck_assert_str_eq(addr_format(&(p).src, text_, ADDR_TEXT),    \
				 (p).ip_version == 4 ? "192.0.2.1" : "2001:db8::1"); \
		ck_assert_uint_eq((p).src_port, 40000);                      \
		ck_assert_uint_eq((p).dst_port, 80);                         \
		ck_assert_uint_eq((p).payload_len, 5);                       \
		ck_assert_mem_eq((p).payload, "GET /", 5);                   \
		ck_assert_str_eq(tunnel_name((p).tunnel), named);            \
	} while (0)

/* What carries it stayed what the packet is: 192.0.2.9 and its protocol */
#define assert_carrier(p, number)                                            \
	do {                                                                 \
		char text_[ADDR_TEXT];                                       \
		ck_assert_int_eq((p).kind, PACKET_IP);                       \
		ck_assert_uint_eq((p).l4, number);                           \
		ck_assert_str_eq(addr_format(&(p).src, text_, ADDR_TEXT), "192.0.2.9"); \
		ck_assert_str_eq(tunnel_name((p).tunnel), "");               \
	} while (0)

#endif
