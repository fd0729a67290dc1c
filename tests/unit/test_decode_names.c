/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * decode/names.c: numbers to names and back.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/packet.h"

Suite *decode_names_suite(void);

START_TEST(decode_names_of_protocols_are_those_of_iana)
{
	ck_assert_str_eq(l4_name(0), "HOPOPT");
	ck_assert_str_eq(l4_name(6), "TCP");
	ck_assert_str_eq(l4_name(17), "UDP");
	ck_assert_str_eq(l4_name(58), "IPv6-ICMP");
	ck_assert_str_eq(l4_name(89), "OSPFIGP");
	ck_assert_str_eq(l4_name(132), "SCTP");
	ck_assert_str_eq(l4_name(147), "BIT-EMU");
	ck_assert_str_eq(l4_name(61), "");
	ck_assert_str_eq(l4_name(255), "");
}
END_TEST

START_TEST(decode_names_every_protocol_is_found_by_its_label)
{
	char buf[8];

	for (int i = 0; i < 256; i++)
		ck_assert_int_eq(l4_number(l4_label((uint8_t)i, buf)), i);
	ck_assert_str_eq(l4_label(200, buf), "200");
}
END_TEST

START_TEST(decode_names_of_protocols_may_be_written_as_people_do)
{
	ck_assert_int_eq(l4_number("tcp"), 6);
	ck_assert_int_eq(l4_number("ICMPv6"), 58);
	ck_assert_int_eq(l4_number("ospf"), 89);
	ck_assert_int_eq(l4_number("udp-lite"), 136);
	ck_assert_int_eq(l4_number("0"), 0);
	ck_assert_int_eq(l4_number("255"), 255);
	ck_assert_int_eq(l4_number("3PC"), 34);
}
END_TEST

START_TEST(decode_names_that_are_none_have_no_number)
{
	static const char *const none[] = {
		"", " ", "256", "-1", "+6", " 6", "6x", "tcpp", "99999999999999999999",
	};

	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		ck_assert_int_eq(l4_number(none[i]), -1);
}
END_TEST

START_TEST(decode_names_of_ethertypes_are_found)
{
	ck_assert_str_eq(ethertype_name(0x0800), "IPv4"); /* the table's first */
	ck_assert_str_eq(ethertype_name(0x0806), "ARP");
	ck_assert_str_eq(ethertype_name(0x86dd), "IPv6");
	ck_assert_str_eq(ethertype_name(0x888e), "EAPOL");
	ck_assert_str_eq(ethertype_name(0x88cc), "LLDP");
	ck_assert_str_eq(ethertype_name(0xcafe), "Veritas-LLT"); /* and its last */
	ck_assert_str_eq(ethertype_name(0), "");
	ck_assert_str_eq(ethertype_name(0x1234), "");
}
END_TEST

/* A row in the wrong place would hide its neighbours from the search. */
START_TEST(decode_names_of_ethertypes_are_all_reachable)
{
	unsigned named = 0;

	for (unsigned type = 0; type <= 0xffff; type++)
		named += ethertype_name((uint16_t)type)[0] != '\0';
	ck_assert_uint_eq(named, 81);
}
END_TEST

START_TEST(decode_names_every_tunnel_has_its_own)
{
	ck_assert_str_eq(tunnel_name(TUNNEL_NONE), "");
	ck_assert_str_eq(tunnel_name(TUNNEL_GTPU), "GTP-U");
	ck_assert_str_eq(tunnel_name(TUNNEL_COUNT), "");
	for (int a = 1; a < TUNNEL_COUNT; a++)
		for (int b = 0; b < a; b++)
			ck_assert_str_ne(tunnel_name(a), tunnel_name(b));
}
END_TEST

Suite *decode_names_suite(void)
{
	Suite *s = suite_create("decode_names");
	TCase *t = tcase_create("all");

	tcase_add_test(t, decode_names_of_protocols_are_those_of_iana);
	tcase_add_test(t, decode_names_every_protocol_is_found_by_its_label);
	tcase_add_test(t, decode_names_of_protocols_may_be_written_as_people_do);
	tcase_add_test(t, decode_names_that_are_none_have_no_number);
	tcase_add_test(t, decode_names_of_ethertypes_are_found);
	tcase_add_test(t, decode_names_of_ethertypes_are_all_reachable);
	tcase_add_test(t, decode_names_every_tunnel_has_its_own);
	suite_add_tcase(s, t);
	return s;
}
