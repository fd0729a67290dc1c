/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * decode/tunnel.c: what is inside a tunnel is the packet; what only looks like a tunnel stays
 * closed. Those over UDP are in test_decode_udp_tunnel.c.
 */
#include "config.h"

#include "frame.h"

Suite *decode_tunnel_suite(void);

static struct packet read(struct frame *f)
{
	return frame_decode(f, EN10MB);
}

static void put_wifi(struct frame *f)
{
	frame_tcp4(f);
	frame_snap(f, 0x0800);
	frame_zeros(f, 22);
	FRONT(f, 0x08, 0x01);
}

static void put_frame(struct frame *f)
{
	frame_tcp4(f);
	frame_eth(f, 0x0800);
}

START_TEST(decode_tunnel_ip_in_ip_gives_the_inner_packet)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	frame_outer(&f, 4);
	p = read(&f);
	assert_tcp(p, "IPIP");
	ck_assert_uint_eq(p.l3_len, 45);

	frame_tcp6(&f);
	frame_outer(&f, 41);
	p = read(&f);
	assert_tcp(p, "6in4");
	ck_assert_uint_eq(p.ip_version, 6);
	ck_assert_uint_eq(p.ethertype, 0x86dd);

	frame_tcp4(&f);
	frame_ip6(&f, 4, 9);
	frame_eth(&f, 0x86dd);
	p = read(&f);
	assert_tcp(p, "IPIP");
	ck_assert_uint_eq(p.ethertype, 0x0800);
}
END_TEST

START_TEST(decode_tunnel_off_gives_the_outer_packet)
{
	struct decoder *d = decoder_new(0, false, 1);
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	frame_outer(&f, 4);
	p = frame_read(d, &f, EN10MB);
	assert_carrier(p, 4);

	put_frame(&f);
	FRONT(&f, 8, 0, 0, 0, 0, 0, 1, 0);
	frame_outer_udp(&f, 50000, 4789);
	p = frame_read(d, &f, EN10MB);
	assert_carrier(p, 17);
	ck_assert_uint_eq(p.dst_port, 4789);

	frame_tcp4(&f); /* MPLS is not a tunnel of IP: it is opened */
	FRONT(&f, 0, 3, 1, 64);
	frame_eth(&f, 0x8847);
	p = frame_read(d, &f, EN10MB);
	ck_assert_uint_eq(p.l4, 6);
	decoder_free(d);
}
END_TEST

START_TEST(decode_tunnel_in_tunnel_names_the_innermost)
{
	struct frame f;
	struct packet p;

	put_frame(&f);
	FRONT(&f, 8, 0, 0, 0, 0, 0, 1, 0);
	frame_udp(&f, 50000, 4789);
	frame_ip4(&f, 17, 5);
	FRONT(&f, 0, 0, 8, 0);
	frame_outer(&f, 47);
	p = read(&f);
	assert_tcp(p, "VXLAN");
}
END_TEST

START_TEST(decode_tunnel_runs_of_mpls_and_pppoe_keep_the_tunnel_they_are_in)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	FRONT(&f, 0, 0, 0x88, 0x47, 0, 3, 1, 64);
	frame_outer(&f, 47);
	p = read(&f);
	assert_tcp(p, "GRE");

	frame_tcp4(&f);
	FRONT(&f, 0x11, 0, 0, 1, 0, 0, 0, 0x21);
	frame_eth(&f, 0x8864);
	FRONT(&f, 8, 0, 0, 0, 0, 0, 1, 0);
	frame_outer_udp(&f, 50000, 4789);
	p = read(&f);
	assert_tcp(p, "VXLAN");
}
END_TEST

START_TEST(decode_tunnel_too_deep_stops_at_a_packet)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	for (int i = 0; i < 150; i++)
		frame_ip4(&f, 4, 9);
	frame_eth(&f, 0x0800);
	p = read(&f);
	ck_assert_int_eq(p.kind, PACKET_IP);
	ck_assert_uint_eq(p.l4, 4);
	ck_assert_uint_eq(p.tunnel, TUNNEL_IPIP);
	ck_assert_ptr_eq(p.l3, p.data + 14 + 16 * 20);
}
END_TEST

START_TEST(decode_tunnel_nested_65535_deep_ends)
{
	enum { LAYERS = 3276 }; /* as many as a packet of 65535 bytes has room for */
	static uint8_t b[LAYERS * 20];
	struct decoder *d = decoder_new(0, true, 1);
	struct packet p = {.data = b, .cap_len = sizeof b, .wire_len = sizeof b};

	for (uint32_t i = 0; i < LAYERS; i++) {
		uint32_t length = (uint32_t)sizeof b - i * 20;

		memcpy(b + i * 20, (const uint8_t[]){0x45, 0, BE16(length), 0, 0, 0, 0, 64, 4}, 10);
	}
	for (int i = 0; i < 10000; i++)
		decode_packet(d, 12, &p);
	ck_assert_int_eq(p.kind, PACKET_IP);
	ck_assert_uint_eq(p.l4, 4);
	decoder_free(d);
}
END_TEST

/* Each label stack may be IP, a frame behind a control word or a frame: three attempts in each */
START_TEST(decode_tunnel_attempts_are_bounded)
{
	struct decoder *d = decoder_new(0, true, 1);
	struct frame f = {.n = 0};

	for (int i = 0; i < 200; i++)
		FRONT(&f, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x88, 0x47);
	frame_eth(&f, 0x8847);
	for (int i = 0; i < 10000; i++)
		ck_assert_int_eq(frame_read(d, &f, EN10MB).kind, PACKET_NON_IP);
	decoder_free(d);
}
END_TEST

START_TEST(decode_tunnel_without_ip_inside_leaves_the_carrier)
{
	struct frame f = {.n = 0};
	struct packet p;

	frame_zeros(&f, 28);
	frame_eth(&f, 0x0806);
	FRONT(&f, 8, 0, 0, 0, 0, 0, 1, 0);
	frame_outer_udp(&f, 50000, 4789);
	p = read(&f);
	assert_carrier(p, 17);
	ck_assert_uint_eq(p.src_port, 50000);
	ck_assert_uint_eq(p.payload_len, 50);
	ck_assert_uint_eq(p.ethertype, 0x0800);
	ck_assert_uint_eq(p.flags, PACKET_MAC | PACKET_L4 | PACKET_PORTS);
}
END_TEST

/* ---- by IP protocol ---- */

START_TEST(decode_ah_is_opened_in_tunnel_mode_only)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	frame_zeros(&f, 22);
	FRONT(&f, 4, 4);
	frame_outer(&f, 51);
	p = read(&f);
	assert_tcp(p, "IPIP");

	frame_tcp(&f);
	frame_zeros(&f, 22);
	FRONT(&f, 6, 4);
	frame_outer(&f, 51);
	p = read(&f);
	assert_carrier(p, 51);
	ck_assert_uint_eq(p.src_port, 0);
}
END_TEST

START_TEST(decode_etherip_and_mpls_in_ip_are_opened)
{
	struct frame f;
	struct packet p;

	put_frame(&f);
	FRONT(&f, 0x30, 0);
	frame_outer(&f, 97);
	p = read(&f);
	assert_tcp(p, "IPIP");

	put_frame(&f);
	FRONT(&f, 0x40, 0);
	frame_outer(&f, 97);
	p = read(&f);
	assert_carrier(p, 97);

	frame_tcp4(&f);
	FRONT(&f, 0, 3, 1, 64);
	frame_outer(&f, 137);
	p = read(&f);
	assert_tcp(p, "MPLS");
}
END_TEST

START_TEST(decode_gre_with_its_options_carries_ip_and_frames)
{
	static const struct {
		uint8_t flags, length;
	} kinds[] = {{0, 0}, {0x80, 4}, {0x20, 4}, {0x10, 4}, {0xb0, 12}};
	struct frame f;
	struct packet p;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		frame_tcp6(&f);
		frame_zeros(&f, kinds[i].length);
		FRONT(&f, kinds[i].flags, 0, 0x86, 0xdd);
		frame_outer(&f, 47);
		p = read(&f);
		assert_tcp(p, "GRE");

		put_frame(&f);
		frame_zeros(&f, kinds[i].length);
		FRONT(&f, kinds[i].flags, 0, 0x65, 0x58);
		frame_outer(&f, 47);
		p = read(&f);
		assert_tcp(p, "GRE");
	}
}
END_TEST

START_TEST(decode_gre_that_cannot_be_read_stays_gre)
{
	static const uint8_t kinds[][4] = {
		{0x40, 0, 8, 0},       /* source routing */
		{0, 2, 8, 0},          /* version 2 */
		{0x30, 1, 8, 0},       /* version 1 without PPP */
		{0x20, 1, 0x88, 0x0b}, /* PPTP without payload */
		{0, 0, 0x12, 0x34},    /* a type nobody knows */
	};
	struct frame f;
	struct packet p;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		frame_tcp4(&f);
		frame_front(&f, kinds[i], 4);
		frame_outer(&f, 47);
		p = read(&f);
		assert_carrier(p, 47);
	}
	f.n = 0;
	FRONT(&f, 0, 0, 8);
	frame_outer(&f, 47);
	p = read(&f);
	assert_carrier(p, 47);
}
END_TEST

START_TEST(decode_pptp_is_opened)
{
	struct frame f;
	struct packet p;

	for (int ack = 0; ack < 2; ack++) {
		frame_tcp4(&f);
		FRONT(&f, 0xff, 3, 0, 0x21);
		frame_zeros(&f, ack ? 12 : 8);
		FRONT(&f, 0x30, ack ? 0x81 : 0x01, 0x88, 0x0b);
		frame_outer(&f, 47);
		p = read(&f);
		assert_tcp(p, "GRE");
	}
}
END_TEST

START_TEST(decode_erspan_of_three_types_is_opened)
{
	struct frame f;
	struct packet p;

	put_frame(&f);
	FRONT(&f, 0, 0, 0x88, 0xbe);
	frame_outer(&f, 47);
	p = read(&f);
	assert_tcp(p, "ERSPAN");

	put_frame(&f);
	FRONT(&f, 0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0, 0, 1, 0, 0, 0, 0);
	frame_outer(&f, 47);
	p = read(&f);
	assert_tcp(p, "ERSPAN");

	for (uint8_t more = 0; more < 2; more++) {
		put_frame(&f);
		frame_zeros(&f, more * 8u);
		FRONT(&f, 0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
			more);
		frame_outer(&f, 47);
		p = read(&f);
		assert_tcp(p, "ERSPAN");
	}
}
END_TEST

START_TEST(decode_gre_of_caches_and_access_points_is_opened)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	FRONT(&f, 0, 0, 0x88, 0x3e);
	frame_outer(&f, 47);
	p = read(&f);
	assert_tcp(p, "GRE");

	frame_tcp4(&f);
	FRONT(&f, 0, 0, 0x88, 0x3e, 0, 0, 0, 0); /* WCCP version 2 */
	frame_outer(&f, 47);
	p = read(&f);
	assert_tcp(p, "GRE");

	put_wifi(&f);
	FRONT(&f, 0, 0, 0x82, 0x10);
	frame_outer(&f, 47);
	p = read(&f);
	assert_tcp(p, "GRE");
}
END_TEST

START_TEST(decode_tunnel_cut_anywhere_is_the_carrier_or_the_packet_inside)
{
	struct frame f, cut;
	struct packet p;

	put_frame(&f);
	FRONT(&f, 2, 0, 0x65, 0x58, 0, 0, 1, 0, 1, 1, 0x80, 1, 0, 0, 0, 0);
	frame_udp(&f, 50000, 6081);
	frame_ip4(&f, 17, 5);
	FRONT(&f, 0xb0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	frame_outer(&f, 47);
	for (uint32_t n = 34; n < f.n; n++) {
		cut.n = 0;
		frame_front(&cut, frame_data(&f), n);
		p = read(&cut);
		ck_assert_int_eq(p.kind, PACKET_IP);
		ck_assert_uint_eq(p.l4,
			n < 34 + 16 + 20 ? 47 : n < 34 + 16 + 28 + 16 + 34 ? 17 : 6);
		ck_assert(p.flags & PACKET_TRUNCATED);
	}
}
END_TEST

Suite *decode_tunnel_suite(void)
{
	Suite *s = suite_create("decode_tunnel");
	TCase *t = tcase_create("all");

	tcase_add_test(t, decode_tunnel_ip_in_ip_gives_the_inner_packet);
	tcase_add_test(t, decode_tunnel_off_gives_the_outer_packet);
	tcase_add_test(t, decode_tunnel_in_tunnel_names_the_innermost);
	tcase_add_test(t, decode_tunnel_runs_of_mpls_and_pppoe_keep_the_tunnel_they_are_in);
	tcase_add_test(t, decode_tunnel_too_deep_stops_at_a_packet);
	tcase_add_test(t, decode_tunnel_nested_65535_deep_ends);
	tcase_add_test(t, decode_tunnel_attempts_are_bounded);
	tcase_add_test(t, decode_tunnel_without_ip_inside_leaves_the_carrier);
	tcase_add_test(t, decode_ah_is_opened_in_tunnel_mode_only);
	tcase_add_test(t, decode_etherip_and_mpls_in_ip_are_opened);
	tcase_add_test(t, decode_gre_with_its_options_carries_ip_and_frames);
	tcase_add_test(t, decode_gre_that_cannot_be_read_stays_gre);
	tcase_add_test(t, decode_pptp_is_opened);
	tcase_add_test(t, decode_erspan_of_three_types_is_opened);
	tcase_add_test(t, decode_gre_of_caches_and_access_points_is_opened);
	tcase_add_test(t, decode_tunnel_cut_anywhere_is_the_carrier_or_the_packet_inside);
	suite_add_tcase(s, t);
	return s;
}
