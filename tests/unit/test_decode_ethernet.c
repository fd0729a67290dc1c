/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * decode/ethernet.c: tags, labels and sessions between Ethernet and IP, and frames that are not IP.
 */
#include "config.h"

#include "frame.h"

Suite *decode_ethernet_suite(void);

START_TEST(decode_ethernet_frame_gives_addresses_ports_and_macs)
{
	static const uint8_t src[6] = {2, 0, 0, 0, 0, 1}, dst[6] = {2, 0, 0, 0, 0, 2};
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	frame_eth(&f, 0x0800);
	p = frame_decode(&f, EN10MB);
	assert_tcp(p, "");
	ck_assert_uint_eq(p.flags, PACKET_MAC | PACKET_L4 | PACKET_PORTS);
	ck_assert_mem_eq(p.src_mac, src, 6);
	ck_assert_mem_eq(p.dst_mac, dst, 6);
	ck_assert_uint_eq(p.ethertype, 0x0800);
	ck_assert_uint_eq(p.vlan_count, 0);
}
END_TEST

START_TEST(decode_ethernet_three_tags_give_the_outermost_vlan)
{
	struct frame f;
	struct packet p;

	frame_tcp6(&f);
	FRONT(&f, 0x60, 5, 0x81, 0, 0, 6, 0x91, 0, 0, 7, 0x86, 0xdd);
	frame_eth(&f, 0x88a8);
	p = frame_decode(&f, EN10MB);
	assert_tcp(p, "");
	ck_assert_uint_eq(p.vlan, 5);
	ck_assert_uint_eq(p.vlan_count, 3);
	ck_assert_uint_eq(p.ethertype, 0x86dd);
}
END_TEST

START_TEST(decode_ethernet_endless_tags_are_non_ip)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	for (int i = 0; i < 500; i++)
		FRONT(&f, 0, 1, 0x81, 0);
	frame_eth(&f, 0x8100);
	p = frame_decode(&f, EN10MB);
	ck_assert_int_eq(p.kind, PACKET_NON_IP);
	ck_assert_uint_eq(p.ethertype, 0x8100);
	ck_assert_uint_eq(p.vlan, 1);
}
END_TEST

START_TEST(decode_ethernet_tag_cut_in_two_is_non_ip)
{
	struct frame f = {.n = 0};
	struct packet p;

	FRONT(&f, 0, 1, 8);
	frame_eth(&f, 0x8100);
	p = frame_decode(&f, EN10MB);
	ck_assert_int_eq(p.kind, PACKET_NON_IP);
	ck_assert_uint_eq(p.ethertype, 0x8100);
	ck_assert_uint_eq(p.vlan, 1);
	ck_assert_uint_eq(p.vlan_count, 1);
}
END_TEST

START_TEST(decode_ethernet_tags_are_counted_up_to_255)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	FRONT(&f, 0, 1, 8, 0);
	for (int frame = 0; frame < 10; frame++) {
		for (int i = 0; i < 30; i++)
			FRONT(&f, 0, (uint8_t)(frame + 1), 0x81, 0);
		frame_eth(&f, 0x8100);
		if (frame < 9)
			FRONT(&f, 0, 1, 0x65, 0x58);
	}
	p = frame_decode(&f, EN10MB);
	assert_tcp(p, "");
	ck_assert_uint_eq(p.vlan_count, 255);
	ck_assert_uint_eq(p.vlan, 10);
}
END_TEST

START_TEST(decode_ethernet_frames_in_frames_are_opened)
{
	static const struct {
		uint16_t type;
		uint8_t header;
	} carriers[] = {{0x88e7, 4}, {0x8903, 2}, {0x6558, 0}};
	struct frame f;
	struct packet p;

	for (size_t i = 0; i < sizeof carriers / sizeof *carriers; i++) {
		frame_tcp4(&f);
		frame_eth(&f, 0x0800);
		frame_zeros(&f, carriers[i].header);
		FRONT(&f, 2, 0, 0, 0, 0, 8, 2, 0, 0, 0, 0, 7, BE16(carriers[i].type));
		p = frame_decode(&f, EN10MB);
		assert_tcp(p, "");
		ck_assert_uint_eq(p.src_mac[5], 7); /* the outermost */
	}
}
END_TEST

START_TEST(decode_ethernet_frames_in_frames_without_end_are_non_ip)
{
	struct frame f;

	frame_tcp4(&f);
	frame_eth(&f, 0x0800);
	for (int i = 0; i < 200; i++)
		frame_eth(&f, 0x6558);
	ck_assert_int_eq(frame_decode(&f, EN10MB).kind, PACKET_NON_IP);
}
END_TEST

START_TEST(decode_ethernet_vntag_is_passed_over)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	FRONT(&f, 0, 0, 0, 0, 8, 0);
	frame_eth(&f, 0x8926);
	p = frame_decode(&f, EN10MB);
	assert_tcp(p, "");
	ck_assert_uint_eq(p.vlan_count, 0);
}
END_TEST

START_TEST(decode_mpls_stack_ends_at_its_bottom)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	FRONT(&f, 0, 1, 0, 64, 0, 2, 0, 64, 0, 3, 1, 64);
	frame_eth(&f, 0x8847);
	p = frame_decode(&f, EN10MB);
	assert_tcp(p, "MPLS");
}
END_TEST

START_TEST(decode_mpls_pseudo_wire_with_and_without_control_word_is_opened)
{
	struct frame f;
	struct packet p;

	for (uint32_t word = 0; word <= 4; word += 4) {
		frame_tcp4(&f);
		frame_eth(&f, 0x0800);
		frame_zeros(&f, word);
		FRONT(&f, 0, 3, 1, 64);
		frame_eth(&f, 0x8848);
		p = frame_decode(&f, EN10MB);
		assert_tcp(p, "MPLS");
	}
}
END_TEST

START_TEST(decode_mpls_without_ip_or_bottom_is_non_ip)
{
	struct frame f = {.n = 0};
	struct packet p;

	frame_zeros(&f, 60);
	frame_eth(&f, 0x8847);
	p = frame_decode(&f, EN10MB);
	ck_assert_int_eq(p.kind, PACKET_NON_IP);
	ck_assert_uint_eq(p.ethertype, 0x8847);

	f.n = 0;
	FRONT(&f, 0, 3, 1, 64, 0x45, 0, 0, 1);
	frame_eth(&f, 0x8847);
	p = frame_decode(&f, EN10MB);
	ck_assert_int_eq(p.kind, PACKET_NON_IP);
	ck_assert_uint_eq(p.ethertype, 0x8847);
	ck_assert_uint_eq(p.tunnel, TUNNEL_NONE);
}
END_TEST

START_TEST(decode_pppoe_session_with_ip_is_opened)
{
	struct frame f;
	struct packet p;

	frame_tcp6(&f);
	FRONT(&f, 0x11, 0, 0, 1, 0, 0, 0, 0x57);
	frame_eth(&f, 0x8864);
	p = frame_decode(&f, EN10MB);
	assert_tcp(p, "PPPoE");
}
END_TEST

START_TEST(decode_pppoe_control_is_non_ip)
{
	struct frame f = {.n = 0};
	struct packet p;

	FRONT(&f, 0x11, 0, 0, 1, 0, 4, 0xc0, 0x21, 9, 0, 0, 4); /* LCP echo */
	frame_eth(&f, 0x8864);
	p = frame_decode(&f, EN10MB);
	ck_assert_int_eq(p.kind, PACKET_NON_IP);
	ck_assert_uint_eq(p.ethertype, 0x8864);
	ck_assert_uint_eq(p.tunnel, TUNNEL_NONE);

	frame_data(&f)[14] = 0x22; /* another version */
	ck_assert_uint_eq(frame_decode(&f, EN10MB).ethertype, 0x8864);
}
END_TEST

START_TEST(decode_ppp_with_mpls_is_opened)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	FRONT(&f, 2, 0x81, 0, 3, 1, 64);
	frame_eth(&f, 0x880b);
	p = frame_decode(&f, EN10MB);
	assert_tcp(p, "MPLS");
}
END_TEST

START_TEST(decode_llc_with_snap_is_opened)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	frame_snap(&f, 0x0800);
	frame_eth(&f, (uint16_t)f.n);
	p = frame_decode(&f, EN10MB);
	assert_tcp(p, "");
}
END_TEST

START_TEST(decode_llc_without_ip_has_no_ethertype)
{
	struct frame f = {.n = 0};
	struct packet p;

	FRONT(&f, 0x42, 0x42, 3, 0, 0, 0, 0, 0); /* spanning tree */
	frame_eth(&f, 38);
	p = frame_decode(&f, EN10MB);
	ck_assert_int_eq(p.kind, PACKET_NON_IP);
	ck_assert_uint_eq(p.ethertype, 0);
}
END_TEST

START_TEST(decode_ethernet_arp_is_non_ip_by_its_type)
{
	struct frame f = {.n = 0};
	struct packet p;

	frame_zeros(&f, 28);
	frame_eth(&f, 0x0806);
	p = frame_decode(&f, EN10MB);
	ck_assert_int_eq(p.kind, PACKET_NON_IP);
	ck_assert_uint_eq(p.ethertype, 0x0806);
}
END_TEST

START_TEST(decode_ethernet_type_and_ip_version_must_agree)
{
	struct frame f;
	struct packet p;

	frame_tcp6(&f);
	frame_eth(&f, 0x0800);
	p = frame_decode(&f, EN10MB);
	ck_assert_int_eq(p.kind, PACKET_UNDECODED);
	ck_assert_uint_eq(p.ethertype, 0x0800);
}
END_TEST

START_TEST(decode_ethernet_header_cut_short_is_non_ip)
{
	struct frame f = {.n = 0};

	for (uint32_t n = 0; n < 14; n++) {
		f.n = 0;
		frame_zeros(&f, n);
		ck_assert_int_eq(frame_decode(&f, EN10MB).kind, PACKET_NON_IP);
		ck_assert_uint_eq(frame_decode(&f, EN10MB).flags, 0);
	}
}
END_TEST

Suite *decode_ethernet_suite(void)
{
	Suite *s = suite_create("decode_ethernet");
	TCase *t = tcase_create("all");

	tcase_add_test(t, decode_ethernet_frame_gives_addresses_ports_and_macs);
	tcase_add_test(t, decode_ethernet_three_tags_give_the_outermost_vlan);
	tcase_add_test(t, decode_ethernet_endless_tags_are_non_ip);
	tcase_add_test(t, decode_ethernet_tag_cut_in_two_is_non_ip);
	tcase_add_test(t, decode_ethernet_tags_are_counted_up_to_255);
	tcase_add_test(t, decode_ethernet_frames_in_frames_are_opened);
	tcase_add_test(t, decode_ethernet_frames_in_frames_without_end_are_non_ip);
	tcase_add_test(t, decode_ethernet_vntag_is_passed_over);
	tcase_add_test(t, decode_mpls_stack_ends_at_its_bottom);
	tcase_add_test(t, decode_mpls_pseudo_wire_with_and_without_control_word_is_opened);
	tcase_add_test(t, decode_mpls_without_ip_or_bottom_is_non_ip);
	tcase_add_test(t, decode_pppoe_session_with_ip_is_opened);
	tcase_add_test(t, decode_pppoe_control_is_non_ip);
	tcase_add_test(t, decode_ppp_with_mpls_is_opened);
	tcase_add_test(t, decode_llc_with_snap_is_opened);
	tcase_add_test(t, decode_llc_without_ip_has_no_ethertype);
	tcase_add_test(t, decode_ethernet_arp_is_non_ip_by_its_type);
	tcase_add_test(t, decode_ethernet_type_and_ip_version_must_agree);
	tcase_add_test(t, decode_ethernet_header_cut_short_is_non_ip);
	suite_add_tcase(s, t);
	return s;
}
