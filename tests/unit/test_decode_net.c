/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * decode/net.c and decode/l4.c: IP headers honest and hostile, and what is read behind them.
 */
#include "config.h"

#include "frame.h"

Suite *decode_net_suite(void);

enum { RAW = 12 };

static struct packet read(struct frame *f)
{
	return frame_decode(f, RAW);
}

static void put_udp(struct frame *f, uint16_t src, uint16_t dst)
{
	f->n = 0;
	FRONT(f, 'd', 'a', 't', 'a', 'd', 'a', 't', 'a');
	frame_udp(f, src, dst);
}

/* ---- headers ---- */

START_TEST(decode_ipv4_header_gives_its_facts)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	frame_data(&f)[1] = 0xb8;
	p = read(&f);
	assert_tcp(p, "");
	ck_assert_uint_eq(p.ip_version, 4);
	ck_assert_uint_eq(p.ttl, 64);
	ck_assert_uint_eq(p.tos, 0xb8);
	ck_assert_uint_eq(p.ethertype, 0x0800);
	ck_assert_ptr_eq(p.l3, frame_data(&f));
	ck_assert_uint_eq(p.l3_len, 45);
	ck_assert_uint_eq(p.ip_len, 45);
	ck_assert_uint_eq(p.l4_offset, 20);
	ck_assert_uint_eq(p.tcp_flags, TCP_PSH | TCP_ACK);
	ck_assert_uint_eq(p.tcp_seq, 1);
	ck_assert_uint_eq(p.tcp_ack, 2);
	ck_assert_uint_eq(p.payload_wire, 5);
}
END_TEST

START_TEST(decode_ipv6_header_gives_its_facts)
{
	struct frame f;
	struct packet p;

	frame_tcp6(&f);
	frame_data(&f)[0] = 0x6b;
	frame_data(&f)[1] = 0x80;
	p = read(&f);
	assert_tcp(p, "");
	ck_assert_uint_eq(p.ip_version, 6);
	ck_assert_uint_eq(p.tos, 0xb8);
	ck_assert_uint_eq(p.ttl, 64);
	ck_assert_uint_eq(p.ip_len, 65);
	ck_assert_uint_eq(p.l4_offset, 40);
}
END_TEST

START_TEST(decode_ipv4_options_are_passed_over)
{
	struct frame f;
	struct packet p;

	frame_tcp(&f);
	FRONT(&f, 1, 1, 1, 1, 1, 1, 1, 0);
	frame_ip4(&f, 6, 1);
	frame_data(&f)[0] = 0x47;
	p = read(&f);
	assert_tcp(p, "");
	ck_assert_uint_eq(p.l4_offset, 28);
}
END_TEST

START_TEST(decode_ip_padding_is_not_payload)
{
	struct decoder *d = decoder_new(0, true, 1);
	struct frame f = {.n = 0};
	struct packet p;
	uint8_t padded[64] = {0};

	put_udp(&f, 1, 2);
	frame_ip4(&f, 17, 1);
	memcpy(padded, frame_data(&f), f.n);
	f.n = 0;
	frame_front(&f, padded, sizeof padded);
	p = frame_read(d, &f, RAW);
	ck_assert_uint_eq(p.l3_len, 36);
	ck_assert_uint_eq(p.payload_len, 8);
	ck_assert_uint_eq(p.payload_wire, 8);
	decoder_free(d);
}
END_TEST

START_TEST(decode_ipv4_header_that_lies_is_undecoded)
{
	static const struct {
		uint8_t first;
		uint16_t length;
	} lies[] = {{0x44, 45}, {0x40, 45}, {0x45, 19}, {0x46, 20}, {0x45, 1}};
	struct frame f;
	struct packet p;

	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		frame_tcp4(&f);
		frame_data(&f)[0] = lies[i].first;
		frame_data(&f)[3] = (uint8_t)lies[i].length;
		p = read(&f);
		ck_assert_int_eq(p.kind, PACKET_UNDECODED);
		ck_assert_uint_eq(p.ethertype, 0x0800);
		ck_assert_ptr_null(p.l3);
	}
}
END_TEST

START_TEST(decode_ip_of_another_version_is_undecoded)
{
	struct frame f;

	for (unsigned version = 0; version < 16; version++) {
		frame_tcp6(&f);
		frame_data(&f)[0] = (uint8_t)(version << 4);
		ck_assert_int_eq(read(&f).kind, version == 6 ? PACKET_IP : PACKET_UNDECODED);
	}
	f.n = 0;
	ck_assert_int_eq(read(&f).kind, PACKET_UNDECODED);
}
END_TEST

START_TEST(decode_ip_length_beyond_the_capture_is_truncated)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	frame_data(&f)[2] = 0xff;
	p = read(&f);
	assert_tcp(p, "");
	ck_assert(p.flags & PACKET_TRUNCATED);
	ck_assert_uint_eq(p.l3_len, 45);
	ck_assert_uint_eq(p.ip_len, 0xff2d);
	ck_assert_uint_eq(p.payload_wire, 0xff2d - 40);
}
END_TEST

START_TEST(decode_ip_cut_anywhere_gives_what_is_there)
{
	struct frame f, cut;
	struct packet p;

	frame_tcp4(&f);
	for (uint32_t n = 0; n < 45; n++) {
		cut.n = 0;
		frame_front(&cut, frame_data(&f), n);
		p = read(&cut);
		ck_assert_int_eq(p.kind, n < 20 ? PACKET_UNDECODED : PACKET_IP);
		if (n < 20)
			continue;
		ck_assert(p.flags & PACKET_TRUNCATED);
		ck_assert_uint_eq(p.src_port, n < 24 ? 0 : 40000);
		ck_assert_int_eq((p.flags & PACKET_PORTS) != 0, n >= 24);
		ck_assert_uint_eq(p.tcp_flags, n < 34 ? 0 : TCP_PSH | TCP_ACK);
		ck_assert_int_eq((p.flags & PACKET_L4) != 0, n >= 40);
		ck_assert_uint_eq(p.payload_len, n < 40 ? 0 : n - 40);
		ck_assert_uint_eq(p.payload_wire, n < 40 ? 0 : 5);
	}
	frame_tcp6(&f);
	for (uint32_t n = 0; n < 65; n++) {
		cut.n = 0;
		frame_front(&cut, frame_data(&f), n);
		ck_assert_int_eq(read(&cut).kind, n < 40 ? PACKET_UNDECODED : PACKET_IP);
	}
}
END_TEST

START_TEST(decode_ip_length_zero_is_what_the_wire_had)
{
	struct decoder *d = decoder_new(0, true, 1);
	struct frame f;
	struct packet p;

	frame_tcp4(&f); /* left to the network card */
	memset(frame_data(&f) + 2, 0, 2);
	p = frame_read(d, &f, RAW);
	assert_tcp(p, "");
	ck_assert_uint_eq(p.ip_len, 45);

	p.wire_len = 3045;
	decode_packet(d, RAW, &p);
	ck_assert_uint_eq(p.ip_len, 3045);
	ck_assert_uint_eq(p.payload_wire, 3005);
	ck_assert(p.flags & PACKET_TRUNCATED);

	frame_tcp6(&f);
	memset(frame_data(&f) + 4, 0, 2);
	p = frame_read(d, &f, RAW);
	assert_tcp(p, "");
	ck_assert_uint_eq(p.ip_len, 65);

	frame_data(&f)[6] = 59; /* nothing follows, but padding */
	p = frame_read(d, &f, RAW);
	ck_assert_uint_eq(p.ip_len, 40);
	ck_assert_uint_eq(p.l4, 59);
	decoder_free(d);
}
END_TEST

/* ---- extension headers ---- */

START_TEST(decode_ipv6_extension_headers_lead_to_tcp)
{
	struct frame f;
	struct packet p;

	frame_tcp(&f);
	FRONT(&f, 6, 0, 1, 4, 0, 0, 0, 0);                             /* destination options */
	FRONT(&f, 60, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);     /* routing */
	FRONT(&f, 43, 0, 5, 2, 0, 0, 1, 0);                             /* hop by hop */
	frame_ip6(&f, 0, 1);
	p = read(&f);
	assert_tcp(p, "");
	ck_assert(p.flags & PACKET_EXTHDR);
	ck_assert_uint_eq(p.l4_offset, 72);
	ck_assert_uint_eq(p.payload_wire, 5);
}
END_TEST

START_TEST(decode_ipv6_hundred_extension_headers_lead_to_tcp)
{
	struct frame f;
	struct packet p;

	frame_tcp(&f);
	FRONT(&f, 6, 0, 1, 4, 0, 0, 0, 0);
	for (int i = 0; i < 99; i++)
		FRONT(&f, 60, 0, 1, 4, 0, 0, 0, 0);
	frame_ip6(&f, 60, 1);
	p = read(&f);
	assert_tcp(p, "");
	ck_assert_uint_eq(p.l4_offset, 840);
}
END_TEST

START_TEST(decode_ipv6_extension_headers_beyond_64_kilobytes_end)
{
	static uint8_t b[40 + 70000];
	struct decoder *d = decoder_new(0, true, 1);
	struct packet p = {.data = b, .cap_len = sizeof b, .wire_len = sizeof b};

	b[0] = 0x60;
	b[6] = 60;
	for (size_t at = 40; at < sizeof b; at += 8)
		b[at] = 60;
	decode_packet(d, RAW, &p);
	ck_assert_int_eq(p.kind, PACKET_IP);
	ck_assert_uint_eq(p.l4, 60);
	ck_assert_uint_eq(p.l4_offset, 40 + 0xf000);
	decoder_free(d);
}
END_TEST

START_TEST(decode_ipv6_extension_header_cut_has_no_l4)
{
	struct frame f = {.n = 0};
	struct packet p;

	FRONT(&f, 6, 0, 1, 4, 0, 0, 0);
	frame_ip6(&f, 60, 1);
	p = read(&f);
	ck_assert_int_eq(p.kind, PACKET_IP);
	ck_assert_uint_eq(p.l4, 60);
	ck_assert_uint_eq(p.flags, PACKET_EXTHDR);

	frame_tcp(&f);
	FRONT(&f, 6, 200, 1, 4, 0, 0, 0, 0); /* longer than the packet */
	frame_ip6(&f, 60, 1);
	p = read(&f);
	ck_assert_uint_eq(p.l4, 6);
	ck_assert_uint_eq(p.flags, PACKET_EXTHDR);
	ck_assert_uint_eq(p.src_port, 0);
}
END_TEST

START_TEST(decode_ipv6_mobility_alone_is_a_protocol)
{
	struct frame f = {.n = 0};
	struct packet p;

	FRONT(&f, 59, 0, 0, 0, 0, 0, 0, 0);
	frame_ip6(&f, 135, 1);
	p = read(&f);
	ck_assert_uint_eq(p.l4, 135);

	frame_tcp(&f);
	FRONT(&f, 6, 0, 0, 0, 0, 0, 0, 0);
	frame_ip6(&f, 135, 1);
	p = read(&f);
	assert_tcp(p, "");
}
END_TEST

START_TEST(decode_ipv6_atomic_fragment_is_whole)
{
	struct frame f;
	struct packet p;

	frame_tcp(&f);
	FRONT(&f, 6, 0, 0, 0, 0, 0, 0, 9);
	frame_ip6(&f, 44, 1);
	p = read(&f);
	assert_tcp(p, "");
	ck_assert(!(p.flags & PACKET_FRAGMENT));
}
END_TEST

/* ---- L4 ---- */

START_TEST(decode_udp_length_bounds_its_payload)
{
	struct frame f;
	struct packet p;

	put_udp(&f, 1000, 2000);
	frame_data(&f)[5] = 11;
	frame_ip4(&f, 17, 1);
	p = read(&f);
	ck_assert_uint_eq(p.payload_len, 3);
	ck_assert_uint_eq(p.payload_wire, 3);

	frame_data(&f)[25] = 8; /* empty */
	p = read(&f);
	ck_assert_uint_eq(p.payload_len, 0);
	ck_assert_uint_eq(p.payload_wire, 0);

	frame_data(&f)[25] = 0; /* no length: all of it */
	p = read(&f);
	ck_assert_uint_eq(p.payload_len, 8);

	frame_data(&f)[9] = 136; /* UDP-Lite: not a length, but what the checksum covers */
	frame_data(&f)[25] = 9;
	p = read(&f);
	ck_assert_uint_eq(p.payload_len, 8);
	ck_assert_uint_eq(p.src_port, 1000);
}
END_TEST

START_TEST(decode_tcp_header_length_that_lies_has_no_payload)
{
	static const uint8_t lies[] = {0x00, 0x40, 0xf0};
	struct frame f;
	struct packet p;

	for (size_t i = 0; i < sizeof lies; i++) {
		frame_tcp4(&f);
		frame_data(&f)[32] = lies[i];
		p = read(&f);
		ck_assert(p.flags & PACKET_L4);
		ck_assert_ptr_null(p.payload);
		ck_assert_uint_eq(p.payload_wire, 0);
	}
}
END_TEST

START_TEST(decode_sctp_and_dccp_have_ports_and_payload)
{
	struct frame f = {.n = 0};
	struct packet p;

	frame_zeros(&f, 16);
	FRONT(&f, BE16(1000), BE16(2000), 0, 0, 0, 0, 0, 0, 0, 0);
	frame_ip4(&f, 132, 1);
	p = read(&f);
	ck_assert_uint_eq(p.src_port, 1000);
	ck_assert_uint_eq(p.dst_port, 2000);
	ck_assert_uint_eq(p.payload_len, 16);
	ck_assert_uint_eq(p.flags, PACKET_PORTS | PACKET_L4);

	frame_data(&f)[9] = 33;
	frame_data(&f)[24] = 5; /* words of header */
	p = read(&f);
	ck_assert_uint_eq(p.src_port, 1000);
	ck_assert_uint_eq(p.payload_len, 8);

	frame_data(&f)[24] = 200; /* more than there is */
	p = read(&f);
	ck_assert_uint_eq(p.flags, PACKET_PORTS);
	ck_assert_ptr_null(p.payload);
}
END_TEST

START_TEST(decode_icmp_gives_type_and_code_and_leaves_the_quoted_packet_closed)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	FRONT(&f, 3, 1, 0, 0, 0, 0, 0, 0);
	frame_ip4(&f, 1, 9);
	p = read(&f);
	assert_carrier(p, 1);
	ck_assert_uint_eq(p.icmp_type, 3);
	ck_assert_uint_eq(p.icmp_code, 1);
	ck_assert_uint_eq(p.flags, PACKET_L4);
	ck_assert_uint_eq(p.src_port, 0);

	frame_tcp6(&f);
	FRONT(&f, 1, 4, 0, 0, 0, 0, 0, 0);
	frame_ip6(&f, 58, 9);
	p = read(&f);
	ck_assert_uint_eq(p.l4, 58);
	ck_assert_uint_eq(p.icmp_type, 1);
	ck_assert_uint_eq(p.icmp_code, 4);

	f.n = 0;
	FRONT(&f, 3, 1, 0);
	frame_ip4(&f, 1, 9);
	p = read(&f);
	ck_assert_uint_eq(p.flags, 0);
	ck_assert_uint_eq(p.icmp_type, 0);
}
END_TEST

START_TEST(decode_other_protocols_have_no_ports)
{
	static const uint8_t numbers[] = {2, 50, 89, 103, 112, 253};
	struct frame f;
	struct packet p;

	for (size_t i = 0; i < sizeof numbers; i++) {
		frame_tcp(&f);
		frame_ip4(&f, numbers[i], 9);
		p = read(&f);
		assert_carrier(p, numbers[i]);
		ck_assert_uint_eq(p.src_port, 0);
		ck_assert_uint_eq(p.flags, 0);
	}
}
END_TEST

Suite *decode_net_suite(void)
{
	Suite *s = suite_create("decode_net");
	TCase *t = tcase_create("all");

	tcase_add_test(t, decode_ipv4_header_gives_its_facts);
	tcase_add_test(t, decode_ipv6_header_gives_its_facts);
	tcase_add_test(t, decode_ipv4_options_are_passed_over);
	tcase_add_test(t, decode_ip_padding_is_not_payload);
	tcase_add_test(t, decode_ipv4_header_that_lies_is_undecoded);
	tcase_add_test(t, decode_ip_of_another_version_is_undecoded);
	tcase_add_test(t, decode_ip_length_beyond_the_capture_is_truncated);
	tcase_add_test(t, decode_ip_cut_anywhere_gives_what_is_there);
	tcase_add_test(t, decode_ip_length_zero_is_what_the_wire_had);
	tcase_add_test(t, decode_ipv6_extension_headers_lead_to_tcp);
	tcase_add_test(t, decode_ipv6_hundred_extension_headers_lead_to_tcp);
	tcase_add_test(t, decode_ipv6_extension_headers_beyond_64_kilobytes_end);
	tcase_add_test(t, decode_ipv6_extension_header_cut_has_no_l4);
	tcase_add_test(t, decode_ipv6_mobility_alone_is_a_protocol);
	tcase_add_test(t, decode_ipv6_atomic_fragment_is_whole);
	tcase_add_test(t, decode_udp_length_bounds_its_payload);
	tcase_add_test(t, decode_tcp_header_length_that_lies_has_no_payload);
	tcase_add_test(t, decode_sctp_and_dccp_have_ports_and_payload);
	tcase_add_test(t, decode_icmp_gives_type_and_code_and_leaves_the_quoted_packet_closed);
	tcase_add_test(t, decode_other_protocols_have_no_ports);
	suite_add_tcase(s, t);
	return s;
}
