/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * decode/link.c and decode/wifi.c: every link type of the table with a frame as it should be, cut
 * anywhere, and not IP.
 */
#include "config.h"

#include "frame.h"

Suite *decode_link_suite(void);

enum inside { TCP4, TCP6, ETHERNET, SNAP, WIFI };

struct sample {
	int linktype;
	enum inside inside;
	uint8_t length; /* of the header, whose first bytes these are; the rest is zero */
	uint8_t header[24];
};

/* clang-format off */
static const struct sample samples[] = {
	{0, TCP4, 4, {2, 0, 0, 0}}, {0, TCP6, 4, {0, 0, 0, 24}}, {0, TCP6, 4, {30, 0, 0, 0}},
	{108, TCP4, 4, {0, 0, 0, 2}}, {1, ETHERNET, 0, {0}}, {6, SNAP, 14, {0}},
	{6, SNAP, 18, {0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 4}}, {8, TCP4, 16, {0}},
	{9, TCP4, 2, {0, 0x21}}, {9, TCP6, 4, {0xff, 3, 0, 0x57}}, {9, TCP4, 1, {0x21}},
	{50, TCP4, 4, {0x0f, 0, 8, 0}}, {50, TCP4, 4, {0x8f, 0, 8, 0}}, {10, SNAP, 13, {0}},
	{11, SNAP, 0, {0}}, {100, TCP4, 3, {6, 6, 3}},
	{11, ETHERNET, 8, {0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 7}}, {12, TCP4, 0, {0}},
	{14, TCP6, 0, {0}},
	{101, TCP6, 0, {0}}, {228, TCP4, 0, {0}}, {229, TCP6, 0, {0}},
	{104, TCP4, 4, {0x0f, 0, 8, 0}},
	{105, WIFI, 0, {0}}, {107, TCP4, 4, {0x18, 0x41, 3, 0xcc}},
	{107, TCP6, 6, {0x18, 0x40, 0, 0x41, 3, 0x8e}},
	{107, TCP4, 6, {0x18, 0x40, 0x40, 0x40, 3, 0xcc}},
	{107, TCP4, 10, {0x18, 0x41, 3, 0, 0x80, 0, 0, 0, 8, 0}},
	{107, TCP4, 4, {0x18, 0x41, 8, 0}},
	{109, TCP4, 12, {2}}, {109, TCP6, 12, {0, 0, 0, 24}}, {117, TCP4, 64, {61, 2}},
	{119, WIFI, 144, {0x44}}, {163, WIFI, 64, {0x80, 0x21, 0x10, 1, 0, 0, 0, 64}},
	{122, SNAP, 16, {0}},
	{123, SNAP, 4, {2}}, {123, ETHERNET, 6, {1}}, {127, WIFI, 8, {0, 0, 8, 0}},
	{129, TCP4, 8, {1, 2, 0, 0, 0xd4}}, {129, TCP4, 12, {1, 2, 0, 0, 0xd4, 0xff}},
	{129, TCP4, 5, {1, 2, 0, 0, 0xf0}},
	{138, TCP4, 18, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0}},
	{166, TCP4, 3, {1, 0, 0x21}}, {166, TCP4, 2, {0, 0x21}}, {166, TCP4, 4, {0xff, 3, 0, 0x21}},
	{192, ETHERNET, 8, {0, 0, 8, 0, 1}},
	{192, WIFI, 12, {0, 0, 12, 0, 105}}, {204, TCP4, 3, {1, 0, 0x21}},
	{205, TCP4, 5, {1, 0x0f, 0, 8, 0}}, {206, TCP4, 5, {1, 0x18, 0x41, 3, 0xcc}},
	{226, TCP4, 24, {1, 2}}, {226, TCP6, 24, {1, 26}},
	{239, TCP4, 8, {2, 0, 0, 0, 0x31, 0, 9, 0}},
	{239, TCP4, 16, {2, 0, 0, 0, 5, 0, 1, 0, 'x', 0, 0, 0, 0x31, 0, 9, 0}},
	{240, ETHERNET, 4, {0}},
	{241, ETHERNET, 12, {0}}, {258, ETHERNET, 12, {12, 0, 0, 0, 1, 0, 0, 0, 1}},
	{258, TCP4, 20, {20, 0, 0, 0, 1, 0, 0, 0, 12}}, {274, ETHERNET, 8, {0x55}},
	{282, ETHERNET, 4, {0}},
	{281, TCP4, 18, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0}},
	{283, TCP4, 18, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0}},
	{284, TCP4, 22, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0}},
	{113, TCP4, 16, {0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0}},
	{113, SNAP, 16, {0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0, 4}},
	{113, WIFI, 24, {0, 0, 3, 0x23, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 8, 0}},
	{113, WIFI, 16, {0, 0, 3, 0x21}},
	{113, TCP4, 20, {0, 0, 3, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x18, 0x41, 3, 0xcc}},
	{276, WIFI, 28,
	 {8, 0, 0, 0, 0, 0, 0, 2, 3, 0x23, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0}},
	{276, TCP6, 20, {0x86, 0xdd, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1}},
};
/* clang-format on */

enum { SAMPLES = sizeof samples / sizeof *samples };

static void put_wifi(struct frame *f)
{
	frame_tcp4(f);
	frame_snap(f, 0x0800);
	frame_zeros(f, 22);
	FRONT(f, 0x08, 0x01);
}

static void put(struct frame *f, const struct sample *s)
{
	uint32_t given = s->length < sizeof s->header ? s->length : sizeof s->header;

	if (s->inside == WIFI)
		put_wifi(f);
	else if (s->inside == TCP6)
		frame_tcp6(f);
	else
		frame_tcp4(f);
	if (s->inside == ETHERNET)
		frame_eth(f, 0x0800);
	if (s->inside == SNAP)
		frame_snap(f, 0x0800);
	frame_zeros(f, s->length - given);
	frame_front(f, s->header, given);
}

START_TEST(decode_link_each_type_leads_to_ip)
{
	struct frame f;
	struct packet p;

	ck_assert(decode_linktype_known(samples[_i].linktype));
	put(&f, &samples[_i]);
	p = frame_decode(&f, samples[_i].linktype);
	assert_tcp(p, "");
}
END_TEST

START_TEST(decode_link_each_type_cut_anywhere_stays_inside)
{
	struct frame f, cut;
	uint32_t whole;

	put(&f, &samples[_i]);
	whole = f.n;
	for (uint32_t n = 0; n < whole; n++) {
		struct packet p;

		cut.n = 0;
		frame_front(&cut, frame_data(&f), n);
		p = frame_decode(&cut, samples[_i].linktype);
		ck_assert(p.kind == PACKET_IP || p.l3 == NULL);
		ck_assert_uint_le(p.payload_len, 5);
		if (n < samples[_i].length)
			ck_assert_int_ne(p.kind, PACKET_IP);
	}
}
END_TEST

START_TEST(decode_link_each_type_with_garbage_is_not_ip)
{
	struct frame f = {.n = 0};

	memset(f.b, 0xee, sizeof f.b);
	f.n = 200;
	ck_assert_int_ne(frame_decode(&f, samples[_i].linktype).kind, PACKET_IP);
	f.n = 0;
	frame_zeros(&f, 200);
	ck_assert_int_ne(frame_decode(&f, samples[_i].linktype).kind, PACKET_IP);
}
END_TEST

START_TEST(decode_link_mpls_and_pppoe_name_their_tunnel)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	FRONT(&f, 0, 3, 1, 64);
	p = frame_decode(&f, 219);
	assert_tcp(p, "MPLS");

	frame_tcp4(&f);
	FRONT(&f, 0x11, 0, 0, 1, 0, 0, 0, 0x21);
	p = frame_decode(&f, 51);
	assert_tcp(p, "PPPoE");
}
END_TEST

START_TEST(decode_link_cooked_says_sender_and_direction)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1}, none[6];
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	FRONT(&f, 0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0);
	p = frame_decode(&f, 113);
	ck_assert_uint_eq(p.flags & (PACKET_OUTGOING | PACKET_MAC), PACKET_OUTGOING | PACKET_MAC);
	ck_assert_mem_eq(p.src_mac, mac, 6);
	ck_assert_mem_eq(p.dst_mac, none, 6);

	frame_tcp4(&f);
	/* received, without an address */
	FRONT(&f, 8, 0, 0, 0, 0, 0, 0, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	p = frame_decode(&f, 276);
	ck_assert_uint_eq(p.flags & (PACKET_OUTGOING | PACKET_MAC), 0);
}
END_TEST

START_TEST(decode_link_netlink_is_non_ip)
{
	struct frame f;

	frame_tcp4(&f);
	/* a netlink family, not an EtherType */
	FRONT(&f, 0, 0, 3, 0x38, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0);
	ck_assert_int_eq(frame_decode(&f, 113).kind, PACKET_NON_IP);
}
END_TEST

START_TEST(decode_link_switch_tag_keeps_the_addresses)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	FRONT(&f, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x20, 0, 0, 1, 8, 0);
	p = frame_decode(&f, 281);
	ck_assert_uint_eq(p.src_mac[5], 1);
	ck_assert_uint_eq(p.dst_mac[5], 2);
}
END_TEST

START_TEST(decode_link_arcnet_arp_is_non_ip_by_its_type)
{
	struct frame f = {.n = 0};
	struct packet p;

	FRONT(&f, 1, 2, 0, 0, 0xd5, 0, 0, 1, 0, 7, 8, 0);
	p = frame_decode(&f, 129);
	ck_assert_int_eq(p.kind, PACKET_NON_IP);
	ck_assert_uint_eq(p.ethertype, 0x0806);

	frame_tcp4(&f);
	FRONT(&f, 1, 2, 0, 0, 0xdd, 0, 0, 1); /* another protocol */
	p = frame_decode(&f, 129);
	ck_assert_int_eq(p.kind, PACKET_NON_IP);
	ck_assert_uint_eq(p.ethertype, 0);
}
END_TEST

START_TEST(decode_link_types_in_one_another_end)
{
	struct frame f;

	frame_tcp4(&f);
	for (int i = 0; i < 200; i++)
		FRONT(&f, 0, 0, 8, 0, 192, 0, 0, 0);
	ck_assert_int_eq(frame_decode(&f, 192).kind, PACKET_NON_IP);

	frame_tcp4(&f);
	FRONT(&f, 0, 0, 8, 0, 12, 0, 1, 0); /* link type 65548 is none */
	ck_assert_int_eq(frame_decode(&f, 192).kind, PACKET_NON_IP);
}
END_TEST

START_TEST(decode_link_unknown_type_is_non_ip)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	p = frame_decode(&f, 147);
	ck_assert(!decode_linktype_known(147));
	ck_assert_int_eq(p.kind, PACKET_NON_IP);
	ck_assert_uint_eq(p.ethertype, 0);
}
END_TEST

START_TEST(decode_link_type_may_change_between_frames)
{
	struct decoder *d = decoder_new(0, true, 1);
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	p = frame_read(d, &f, 12);
	assert_tcp(p, "");
	ck_assert_int_ne(frame_read(d, &f, EN10MB).kind, PACKET_IP);
	frame_eth(&f, 0x0800);
	p = frame_read(d, &f, EN10MB);
	assert_tcp(p, "");
	decoder_free(d);
	decoder_free(NULL);
}
END_TEST

START_TEST(decode_link_names_are_listed_once_and_fit)
{
	char names[1024], small[16], none[1] = "x";

	decode_linktype_names(names, sizeof names);
	ck_assert_ptr_nonnull(strstr(names, "EN10MB, NULL, IEEE802"));
	ck_assert_ptr_nonnull(strstr(names, "LINUX_SLL2"));
	ck_assert_ptr_eq(strstr(strstr(names, "RAW") + 1, "RAW,"), NULL);
	ck_assert_str_eq(decode_linktype_names(small, sizeof small), "EN10MB, NULL");
	ck_assert_str_eq(decode_linktype_names(none, sizeof none), "");
}
END_TEST

/* ---- 802.11 ---- */

START_TEST(decode_wifi_header_lengths_follow_frame_control)
{
	static const struct {
		uint8_t fc[2], extra;
	} kinds[] = {
		{{0x08, 0x02}, 0}, {{0x08, 0x03}, 6}, {{0x88, 0x01}, 2}, {{0x88, 0x03}, 8},
		{{0x88, 0x81}, 6},
	};
	struct frame f;
	struct packet p;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		frame_tcp4(&f);
		frame_snap(&f, 0x0800);
		frame_zeros(&f, 22 + kinds[i].extra);
		frame_front(&f, kinds[i].fc, 2);
		p = frame_decode(&f, 105);
		assert_tcp(p, "");
	}
}
END_TEST

START_TEST(decode_wifi_aggregate_gives_its_first_frame)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	frame_snap(&f, 0x0800);
	frame_zeros(&f, 14);
	FRONT(&f, 0x80, 0);
	frame_zeros(&f, 22);
	FRONT(&f, 0x88, 0x01);
	p = frame_decode(&f, 105);
	assert_tcp(p, "");
}
END_TEST

START_TEST(decode_wifi_without_readable_data_is_non_ip)
{
	static const uint8_t kinds[][2] = {
		{0x08, 0x41}, {0x48, 0x01}, {0x80, 0}, {0xb4, 0}, {0x09, 0x01},
	};
	struct frame f;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		put_wifi(&f);
		memcpy(frame_data(&f), kinds[i], 2);
		ck_assert_int_eq(frame_decode(&f, 105).kind, PACKET_NON_IP);
	}
}
END_TEST

START_TEST(decode_radiotap_padding_is_found_behind_its_fields)
{
	struct frame f;
	struct packet p;

	for (int more = 0; more < 2; more++) {
		frame_tcp4(&f);
		frame_snap(&f, 0x0800);
		frame_zeros(&f, 26); /* to 28: two bytes of padding behind 26 */
		FRONT(&f, 0x88, 0x01);
		FRONT(&f, 0x20, 0);
		frame_zeros(&f, 8);
		if (more) { /* a second presence word moves the time stamp to its alignment */
			FRONT(&f, 0, 0, 26, 0, 3, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0);
		} else {
			FRONT(&f, 0, 0, 18, 0, 3, 0, 0, 0);
		}
		p = frame_decode(&f, 127);
		assert_tcp(p, "");
	}
}
END_TEST

START_TEST(decode_radiotap_without_padding_has_none)
{
	static const uint8_t headers[][10] = {
		{0, 0, 10, 0, 2, 0, 0, 0, 0x10, 0},   /* flags: a checksum behind the frame */
		{0, 0, 10, 0, 4, 0, 0, 0, 0x20, 0x20}, /* rate */
	};
	struct frame f;
	struct packet p;

	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
		frame_tcp4(&f);
		frame_snap(&f, 0x0800);
		frame_zeros(&f, 24);
		FRONT(&f, 0x88, 0x01);
		frame_front(&f, headers[i], sizeof headers[i]);
		p = frame_decode(&f, 127);
		assert_tcp(p, "");
	}
}
END_TEST

START_TEST(decode_radiotap_padding_without_time_stamp_is_found)
{
	struct frame f;
	struct packet p;

	frame_tcp4(&f);
	frame_snap(&f, 0x0800);
	frame_zeros(&f, 26);
	FRONT(&f, 0x88, 0x01);
	FRONT(&f, 0, 0, 9, 0, 2, 0, 0, 0, 0x20);
	p = frame_decode(&f, 127);
	assert_tcp(p, "");
}
END_TEST

START_TEST(decode_radiotap_length_that_lies_is_non_ip)
{
	struct frame f;

	put_wifi(&f);
	FRONT(&f, 0, 0, 4, 0, 0, 0, 0, 0);
	ck_assert_int_eq(frame_decode(&f, 127).kind, PACKET_NON_IP);
	frame_data(&f)[3] = 0xff;
	ck_assert_int_eq(frame_decode(&f, 127).kind, PACKET_NON_IP);
}
END_TEST

START_TEST(decode_nflog_field_without_length_is_non_ip)
{
	struct frame f;

	frame_tcp4(&f);
	FRONT(&f, 2, 0, 0, 0, 0, 0, 1, 0);
	ck_assert_int_eq(frame_decode(&f, 239).kind, PACKET_NON_IP);
}
END_TEST

Suite *decode_link_suite(void)
{
	Suite *s = suite_create("decode_link");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, decode_link_each_type_leads_to_ip, 0, SAMPLES);
	tcase_add_loop_test(t, decode_link_each_type_cut_anywhere_stays_inside, 0, SAMPLES);
	tcase_add_loop_test(t, decode_link_each_type_with_garbage_is_not_ip, 0, SAMPLES);
	tcase_add_test(t, decode_link_mpls_and_pppoe_name_their_tunnel);
	tcase_add_test(t, decode_link_cooked_says_sender_and_direction);
	tcase_add_test(t, decode_link_netlink_is_non_ip);
	tcase_add_test(t, decode_link_switch_tag_keeps_the_addresses);
	tcase_add_test(t, decode_link_arcnet_arp_is_non_ip_by_its_type);
	tcase_add_test(t, decode_link_types_in_one_another_end);
	tcase_add_test(t, decode_link_unknown_type_is_non_ip);
	tcase_add_test(t, decode_link_type_may_change_between_frames);
	tcase_add_test(t, decode_link_names_are_listed_once_and_fit);
	tcase_add_test(t, decode_wifi_header_lengths_follow_frame_control);
	tcase_add_test(t, decode_wifi_aggregate_gives_its_first_frame);
	tcase_add_test(t, decode_wifi_without_readable_data_is_non_ip);
	tcase_add_test(t, decode_radiotap_padding_is_found_behind_its_fields);
	tcase_add_test(t, decode_radiotap_without_padding_has_none);
	tcase_add_test(t, decode_radiotap_padding_without_time_stamp_is_found);
	tcase_add_test(t, decode_radiotap_length_that_lies_is_non_ip);
	tcase_add_test(t, decode_nflog_field_without_length_is_non_ip);
	suite_add_tcase(s, t);
	return s;
}
