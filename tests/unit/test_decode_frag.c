/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * decode/frag.c: later fragments belong to the flow of their first one, within bounds.
 */
#include "config.h"

#include "frame.h"

Suite *decode_frag_suite(void);

enum { RAW = 12 };

/* The fragment field of the IPv4 header that was put in front last */
static void set_fragment(struct frame *f, uint16_t field, uint8_t id)
{
	frame_data(f)[5] = id;
	frame_data(f)[6] = (uint8_t)(field >> 8);
	frame_data(f)[7] = (uint8_t)field;
}

static void put_udp(struct frame *f, uint16_t src, uint16_t dst)
{
	f->n = 0;
	FRONT(f, 'd', 'a', 't', 'a', 'd', 'a', 't', 'a');
	frame_udp(f, src, dst);
}

static struct packet read_first(struct decoder *d, uint8_t id, uint16_t src)
{
	struct frame f;

	put_udp(&f, src, 2000);
	frame_ip4(&f, 17, 1);
	set_fragment(&f, 0x2000, id);
	return frame_read(d, &f, RAW);
}

static void put_later(struct frame *f, uint8_t id)
{
	f->n = 0;
	frame_zeros(f, 8);
	frame_ip4(f, 17, 1);
	set_fragment(f, 2, id);
}

static struct packet read_later(struct decoder *d, uint8_t id)
{
	struct frame f;

	put_later(&f, id);
	return frame_read(d, &f, RAW);
}

START_TEST(decode_fragment_later_one_has_the_ports_of_the_first)
{
	struct decoder *d = decoder_new(0, true, 1);
	struct packet p = read_first(d, 7, 1000);

	ck_assert_uint_eq(p.flags, PACKET_FRAGMENT | PACKET_PORTS | PACKET_L4);
	p = read_later(d, 7);
	ck_assert_uint_eq(p.flags, PACKET_FRAGMENT | PACKET_LATER | PACKET_PORTS);
	ck_assert_uint_eq(p.src_port, 1000);
	ck_assert_uint_eq(p.dst_port, 2000);
	ck_assert_uint_eq(p.l4, 17);
	ck_assert_ptr_null(p.payload);
	decoder_free(d);
}
END_TEST

START_TEST(decode_fragment_of_another_datagram_has_no_ports)
{
	struct decoder *d = decoder_new(0, true, 1);
	struct frame f;
	struct packet p;

	read_first(d, 7, 1000);
	p = read_later(d, 8);
	ck_assert_uint_eq(p.flags, PACKET_FRAGMENT | PACKET_LATER);
	ck_assert_uint_eq(p.src_port, 0);

	put_later(&f, 7);
	frame_data(&f)[9] = 6; /* the same number, but TCP's */
	ck_assert_uint_eq(frame_read(d, &f, RAW).src_port, 0);

	put_later(&f, 7);
	frame_data(&f)[15] = 99; /* another sender */
	ck_assert_uint_eq(frame_read(d, &f, RAW).src_port, 0);

	put_later(&f, 7);
	FRONT(&f, 0, 5, 8, 0); /* another VLAN */
	frame_eth(&f, 0x8100);
	ck_assert_uint_eq(frame_read(d, &f, EN10MB).src_port, 0);
	decoder_free(d);
}
END_TEST

START_TEST(decode_fragment_tells_its_datagram_where_the_other_part_is_not_known)
{
	struct decoder *d = decoder_new(0, true, 1);
	struct packet early = read_later(d, 7), first = read_first(d, 7, 1000);

	ck_assert_uint_ne(early.datagram, 0);
	ck_assert_uint_eq(early.datagram, first.datagram);
	ck_assert_uint_eq(read_later(d, 7).datagram, 0); /* now it has its ports */
	ck_assert_uint_ne(read_later(d, 8).datagram, 0);
	ck_assert_uint_ne(read_later(d, 8).datagram, early.datagram);
	decoder_free(d);
}
END_TEST

START_TEST(decode_fragment_around_and_in_a_tunnel_tells_the_datagram_it_is_of)
{
	struct decoder *d = decoder_new(0, true, 1);
	struct frame f;
	struct packet p;
	uint64_t inner, outer;

	put_later(&f, 7); /* alone: its own */
	inner = frame_read(d, &f, RAW).datagram;
	frame_ip4(&f, 4, 9); /* in the first fragment of an outer one: still its own */
	set_fragment(&f, 0x2000, 8);
	p = frame_read(d, &f, RAW);
	ck_assert_uint_eq(p.datagram, inner);
	ck_assert(p.flags & PACKET_LATER);

	frame_tcp4(&f); /* a whole packet in the first of an outer one */
	frame_ip4(&f, 4, 9);
	set_fragment(&f, 0x2000, 9);
	outer = frame_read(d, &f, RAW).datagram;
	ck_assert_uint_ne(outer, 0);
	set_fragment(&f, 0x2000, 10);
	ck_assert_uint_ne(frame_read(d, &f, RAW).datagram, outer);
	set_fragment(&f, 0, 11); /* and in no fragment */
	ck_assert_uint_eq(frame_read(d, &f, RAW).datagram, 0);
	decoder_free(d);
}
END_TEST

START_TEST(decode_fragment_with_a_number_used_again_is_of_the_newer)
{
	struct decoder *d = decoder_new(0, true, 1);

	read_first(d, 7, 1000);
	read_first(d, 7, 1001);
	ck_assert_uint_eq(read_later(d, 7).src_port, 1001);
	decoder_free(d);
}
END_TEST

START_TEST(decode_fragment_after_half_a_minute_is_of_another)
{
	struct decoder *d = decoder_new(0, true, 1);
	struct frame f;
	struct packet p;

	read_first(d, 7, 1000); /* at 1 us */
	put_later(&f, 7);
	p = frame_read(d, &f, RAW);
	p.ts_us = 30000001;
	decode_packet(d, RAW, &p);
	ck_assert_uint_eq(p.src_port, 1000);
	p.ts_us = 30000002;
	decode_packet(d, RAW, &p);
	ck_assert_uint_eq(p.src_port, 0);
	p.ts_us = INT64_MIN; /* time may also step back */
	decode_packet(d, RAW, &p);
	ck_assert_uint_eq(p.src_port, 0);
	decoder_free(d);
}
END_TEST

START_TEST(decode_fragment_cache_is_bounded_and_keeps_the_newest)
{
	struct decoder *d = decoder_new(4, true, 1); /* one bucket */
	struct frame f;
	struct packet p;
	unsigned known = 0;

	for (unsigned i = 0; i < 256; i++) {
		put_udp(&f, (uint16_t)(1000 + i), 2000);
		frame_ip4(&f, 17, 1);
		set_fragment(&f, 0x2000, (uint8_t)i);
		p = frame_read(d, &f, RAW);
		p.ts_us = i;
		decode_packet(d, RAW, &p);
	}
	for (unsigned i = 0; i < 256; i++)
		known += read_later(d, (uint8_t)i).src_port != 0;
	ck_assert_uint_eq(known, 4);
	ck_assert_uint_eq(read_later(d, 255).src_port, 1255);
	decoder_free(d);
}
END_TEST

START_TEST(decode_fragment_of_ipv6_behind_extension_headers)
{
	struct decoder *d = decoder_new(0, true, 1);
	struct frame f;
	struct packet p;

	put_udp(&f, 1000, 2000);
	FRONT(&f, 17, 0, 1, 4, 0, 0, 0, 0); /* options are part of the first fragment */
	FRONT(&f, 60, 0, 0, 1, 0, 0, 0, 9);
	FRONT(&f, 44, 0, 1, 4, 0, 0, 0, 0);
	frame_ip6(&f, 0, 1);
	p = frame_read(d, &f, RAW);
	ck_assert_uint_eq(p.flags, PACKET_FRAGMENT | PACKET_PORTS | PACKET_L4 | PACKET_EXTHDR);
	ck_assert_uint_eq(p.src_port, 1000);

	f.n = 0;
	frame_zeros(&f, 8);
	FRONT(&f, 60, 0, 0, 0x18, 0, 0, 0, 9);
	frame_ip6(&f, 44, 1);
	p = frame_read(d, &f, RAW);
	ck_assert_uint_eq(p.flags, PACKET_FRAGMENT | PACKET_LATER | PACKET_PORTS | PACKET_EXTHDR);
	ck_assert_uint_eq(p.src_port, 1000);
	ck_assert_uint_eq(p.l4, 17);

	frame_data(&f)[47] = 8; /* another datagram */
	p = frame_read(d, &f, RAW);
	ck_assert_uint_eq(p.src_port, 0);
	ck_assert_uint_eq(p.l4, 60);
	decoder_free(d);
}
END_TEST

START_TEST(decode_fragment_of_a_tunnel_is_of_the_inner_flow)
{
	struct decoder *d = decoder_new(0, true, 1);
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	frame_ip4(&f, 4, 9);
	set_fragment(&f, 0x2000, 7);
	p = frame_read(d, &f, RAW);
	assert_tcp(p, "IPIP");

	f.n = 0;
	frame_zeros(&f, 16);
	frame_ip4(&f, 4, 9);
	set_fragment(&f, 6, 7);
	p = frame_read(d, &f, RAW);
	ck_assert_uint_eq(p.src.b[15], 1);
	ck_assert_uint_eq(p.src_port, 40000);
	ck_assert_uint_eq(p.l4, 6);
	ck_assert_uint_eq(p.tunnel, TUNNEL_IPIP);
	decoder_free(d);
}
END_TEST

Suite *decode_frag_suite(void)
{
	Suite *s = suite_create("decode_frag");
	TCase *t = tcase_create("all");

	tcase_add_test(t, decode_fragment_later_one_has_the_ports_of_the_first);
	tcase_add_test(t, decode_fragment_of_another_datagram_has_no_ports);
	tcase_add_test(t, decode_fragment_tells_its_datagram_where_the_other_part_is_not_known);
	tcase_add_test(t, decode_fragment_around_and_in_a_tunnel_tells_the_datagram_it_is_of);
	tcase_add_test(t, decode_fragment_with_a_number_used_again_is_of_the_newer);
	tcase_add_test(t, decode_fragment_after_half_a_minute_is_of_another);
	tcase_add_test(t, decode_fragment_cache_is_bounded_and_keeps_the_newest);
	tcase_add_test(t, decode_fragment_of_ipv6_behind_extension_headers);
	tcase_add_test(t, decode_fragment_of_a_tunnel_is_of_the_inner_flow);
	suite_add_tcase(s, t);
	return s;
}
