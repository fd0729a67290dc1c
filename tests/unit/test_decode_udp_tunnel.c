/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * decode/tunnel.c: the tunnels that run over UDP, and what only looks like them.
 */
#include "config.h"

#include "frame.h"

Suite *decode_udp_tunnel_suite(void);

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

START_TEST(decode_gtpu_with_extension_headers_is_opened)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	FRONT(&f, 0x30, 0xff, 0, 45, 0, 0, 0, 1);
	frame_outer_udp(&f, 2152, 2152);
	p = read(&f);
	assert_tcp(p, "GTP-U");

	frame_tcp6(&f);
	FRONT(&f, 0x34, 0xff, 0, 73, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 0, 0xc0, 1, 0, 0, 0);
	frame_outer_udp(&f, 50000, 2152);
	p = read(&f);
	assert_tcp(p, "GTP-U");

	frame_tcp4(&f);
	FRONT(&f, 0x32, 0xff, 0, 49, 0, 0, 0, 1, 0, 7, 0, 0x85); /* sequence only: no extension */
	frame_outer_udp(&f, 2152, 50000);
	p = read(&f);
	assert_tcp(p, "GTP-U");

	frame_data(&f)[42] = 0x31; /* N-PDU number only */
	p = read(&f);
	assert_tcp(p, "GTP-U");
}
END_TEST

START_TEST(decode_gtpu_messages_and_prime_stay_closed)
{
	static const uint8_t kinds[][8] = {{0x30, 1}, {0x20, 0xff}, {0x50, 0xff}};
	struct frame f;
	struct packet p;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		frame_tcp4(&f);
		frame_front(&f, kinds[i], 8);
		frame_outer_udp(&f, 50000, 2152);
		p = read(&f);
		assert_carrier(p, 17);
	}
	frame_tcp4(&f); /* an extension header without length */
	FRONT(&f, 0x34, 0xff, 0, 53, 0, 0, 0, 1, 0, 0, 0, 0x85, 0, 0, 0, 0);
	frame_outer_udp(&f, 50000, 2152);
	p = read(&f);
	assert_carrier(p, 17);
}
END_TEST

START_TEST(decode_vxlan_on_both_ports_is_opened_towards_the_port_only)
{
	static const uint16_t ports[] = {4789, 8472, 4790};
	struct frame f;
	struct packet p;

	for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
		put_frame(&f);
		FRONT(&f, 8, 0, 0, 0, 0, 0, 1, 0);
		frame_outer_udp(&f, 50000, ports[i]);
		p = read(&f);
		assert_tcp(p, "VXLAN");

		put_frame(&f);
		FRONT(&f, 8, 0, 0, 0, 0, 0, 1, 0);
		frame_outer_udp(&f, ports[i], 50000);
		p = read(&f);
		assert_carrier(p, 17);
	}
	put_frame(&f);
	FRONT(&f, 0, 0, 0, 0, 0, 0, 1, 0); /* no identifier */
	frame_outer_udp(&f, 50000, 4789);
	p = read(&f);
	assert_carrier(p, 17);
}
END_TEST

START_TEST(decode_vxlan_gpe_carries_what_it_says)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	FRONT(&f, 0x0c, 0, 0, 1, 0, 0, 1, 0);
	frame_outer_udp(&f, 50000, 4790);
	p = read(&f);
	assert_tcp(p, "VXLAN");

	put_frame(&f);
	FRONT(&f, 0x0c, 0, 0, 3, 0, 0, 1, 0);
	frame_outer_udp(&f, 50000, 4790);
	p = read(&f);
	assert_tcp(p, "VXLAN");

	for (int next = 4; next < 8; next += 3) { /* NSH, none */
		frame_tcp4(&f);
		FRONT(&f, 0x0c, 0, 0, (uint8_t)next, 0, 0, 1, 0);
		frame_outer_udp(&f, 50000, 4790);
		p = read(&f);
		assert_carrier(p, 17);
	}
}
END_TEST

START_TEST(decode_geneve_with_options_carries_frames_and_ip)
{
	struct frame f;
	struct packet p;

	put_frame(&f);
	FRONT(&f, 2, 0, 0x65, 0x58, 0, 0, 1, 0, 1, 1, 0x80, 1, 0, 0, 0, 0);
	frame_outer_udp(&f, 50000, 6081);
	p = read(&f);
	assert_tcp(p, "Geneve");

	frame_tcp6(&f);
	FRONT(&f, 0, 0, 0x86, 0xdd, 0, 0, 1, 0);
	frame_outer_udp(&f, 50000, 6081);
	p = read(&f);
	assert_tcp(p, "Geneve");

	frame_data(&f)[42] = 0x40; /* version 1 */
	p = read(&f);
	assert_carrier(p, 17);
}
END_TEST

START_TEST(decode_tzsp_carries_frames_and_802_11)
{
	struct frame f;
	struct packet p;

	put_frame(&f);
	FRONT(&f, 1, 0, 0, 1, 0, 10, 1, 0xc0, 1);
	frame_outer_udp(&f, 50000, 37008);
	p = read(&f);
	assert_tcp(p, "TZSP");

	put_wifi(&f);
	FRONT(&f, 1, 1, 0, 18, 1);
	frame_outer_udp(&f, 50000, 37008);
	p = read(&f);
	assert_tcp(p, "TZSP");

	put_wifi(&f);
	frame_zeros(&f, 144);
	FRONT(&f, 1, 0, 0, 119, 1);
	frame_outer_udp(&f, 50000, 37008);
	p = read(&f);
	assert_tcp(p, "TZSP");
}
END_TEST

START_TEST(decode_tzsp_without_end_tag_or_packet_stays_closed)
{
	static const uint8_t kinds[][5] = {
		{1, 0, 0, 1, 10}, {1, 4, 0, 1, 1}, {2, 0, 0, 1, 1}, {1, 0, 0, 7, 1},
	};
	struct frame f;
	struct packet p;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		put_frame(&f);
		frame_front(&f, kinds[i], 5);
		frame_outer_udp(&f, 50000, 37008);
		p = read(&f);
		assert_carrier(p, 17);
	}
	f.n = 0;
	FRONT(&f, 1, 0, 0, 1, 0, 0, 0, 0);
	frame_outer_udp(&f, 50000, 37008);
	p = read(&f);
	assert_carrier(p, 17);
}
END_TEST

START_TEST(decode_capwap_carries_frames_and_802_11_even_swapped)
{
	struct frame f;
	struct packet p;

	put_frame(&f);
	FRONT(&f, 0, 0x10, 0, 0, 0, 0, 0, 0);
	frame_outer_udp(&f, 5247, 50000);
	p = read(&f);
	assert_tcp(p, "CAPWAP");

	for (int swapped = 0; swapped < 2; swapped++) {
		put_wifi(&f);
		if (swapped)
			memcpy(frame_data(&f), (const uint8_t[]){0x01, 0x08}, 2);
		FRONT(&f, 0, 0x18, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
		frame_outer_udp(&f, 50000, 5247);
		p = read(&f);
		assert_tcp(p, "CAPWAP");
	}
}
END_TEST

START_TEST(decode_capwap_encrypted_fragment_and_keep_alive_stay_closed)
{
	static const uint8_t kinds[][4] = {
		{1, 0x10, 0, 0}, {0, 0x10, 0, 0x80}, {0, 0x10, 0, 8}, {0, 0x08, 0, 0},
	};
	struct frame f;
	struct packet p;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		put_frame(&f);
		FRONT(&f, 0, 0, 0, 0);
		frame_front(&f, kinds[i], 4);
		frame_outer_udp(&f, 50000, 5247);
		p = read(&f);
		assert_carrier(p, 17);
	}
}
END_TEST

START_TEST(decode_teredo_is_opened_where_it_fills_the_datagram)
{
	struct frame f;
	struct packet p;

	frame_tcp6(&f);
	frame_outer_udp(&f, 50000, 3544);
	p = read(&f);
	assert_tcp(p, "Teredo");

	frame_tcp6(&f);
	FRONT(&f, 0, 1, 1, 2, 7, 8, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6);
	frame_outer_udp(&f, 3544, 50000);
	p = read(&f);
	assert_tcp(p, "Teredo");

	frame_data(&f)[14 + 20 + 8 + 24 + 5]--; /* one byte is not its own */
	p = read(&f);
	assert_carrier(p, 17);
}
END_TEST

START_TEST(decode_l2tp_data_is_opened_and_control_is_not)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	FRONT(&f, 0, 2, 0, 1, 0, 1, 0, 0x21);
	frame_outer_udp(&f, 1701, 1701);
	p = read(&f);
	assert_tcp(p, "L2TP");

	frame_tcp4(&f);
	FRONT(&f, 0x4a, 2, 0, 61, 0, 1, 0, 1, 0, 1, 0, 1, 0, 2, 0, 0, 0xff, 3, 0, 0x21);
	frame_outer_udp(&f, 50000, 1701);
	p = read(&f);
	assert_tcp(p, "L2TP");

	frame_tcp4(&f);
	FRONT(&f, 0x80, 2, 0, 1, 0, 1, 0xff, 3, 0, 0x21);
	frame_outer_udp(&f, 1701, 1701);
	p = read(&f);
	assert_carrier(p, 17);
}
END_TEST

START_TEST(decode_lisp_and_mpls_over_udp_are_opened)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	frame_zeros(&f, 8);
	frame_outer_udp(&f, 50000, 4341);
	p = read(&f);
	assert_tcp(p, "IPIP");

	frame_tcp4(&f);
	FRONT(&f, 0, 3, 1, 64);
	frame_outer_udp(&f, 50000, 6635);
	p = read(&f);
	assert_tcp(p, "MPLS");
}
END_TEST

Suite *decode_udp_tunnel_suite(void)
{
	Suite *s = suite_create("decode_udp_tunnel");
	TCase *t = tcase_create("all");

	tcase_add_test(t, decode_gtpu_with_extension_headers_is_opened);
	tcase_add_test(t, decode_gtpu_messages_and_prime_stay_closed);
	tcase_add_test(t, decode_vxlan_on_both_ports_is_opened_towards_the_port_only);
	tcase_add_test(t, decode_vxlan_gpe_carries_what_it_says);
	tcase_add_test(t, decode_geneve_with_options_carries_frames_and_ip);
	tcase_add_test(t, decode_tzsp_carries_frames_and_802_11);
	tcase_add_test(t, decode_tzsp_without_end_tag_or_packet_stays_closed);
	tcase_add_test(t, decode_capwap_carries_frames_and_802_11_even_swapped);
	tcase_add_test(t, decode_capwap_encrypted_fragment_and_keep_alive_stay_closed);
	tcase_add_test(t, decode_teredo_is_opened_where_it_fills_the_datagram);
	tcase_add_test(t, decode_l2tp_data_is_opened_and_control_is_not);
	tcase_add_test(t, decode_lisp_and_mpls_over_udp_are_opened);
	suite_add_tcase(s, t);
	return s;
}
