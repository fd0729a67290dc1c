/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of sources that need no right to capture: the table of kinds, frame headers, capture
 * filters, the default route, the sentences of errors. Live capture itself is tests/live.py.
 */
#include "config.h"

#include <check.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/addr.h"
#include "dpitop/source.h"
#include "source/interfaces.h"
#include "source/kinds.h"
#include "source/reader_error.h"
#include "source/tap.h"

Suite *source_suite(void);

START_TEST(unknown_kind_and_unknown_interface_are_refused_by_name)
{
	struct source_options o = {.name = "nosuch7", .capture_filter = ""};
	struct error e = {.code = ERR_NONE};

	ck_assert_ptr_null(source_open("carrier-pigeon", &o, &e));
	ck_assert_ptr_nonnull(strstr(e.text, "carrier-pigeon"));
	ck_assert_ptr_null(source_open("live", &o, &e));
	ck_assert_ptr_nonnull(strstr(e.text, "nosuch7"));
}
END_TEST

START_TEST(frame_times_are_clamped_to_what_a_calendar_holds)
{
	struct pcap_pkthdr h = {.caplen = 5, .len = 9};
	struct frame f;

	h.ts.tv_sec = INT64_MAX;
	h.ts.tv_usec = 7;
	source_frame_set(&f, &h, NULL, true);
	ck_assert_int_eq(f.ts_us, INT64_C(253402300799000007));
	h.ts.tv_sec = -5;
	source_frame_set(&f, &h, NULL, true);
	ck_assert_int_eq(f.ts_us, 7);
	source_frame_set(&f, &h, NULL, false);
	ck_assert_int_eq(f.ts_us, INT64_C(4294967291000007));
	ck_assert_uint_eq(f.cap_len, 5);
	ck_assert_uint_eq(f.wire_len, 9);
}
END_TEST

START_TEST(capture_filter_is_checked_against_the_link_type)
{
	struct error e = {.code = ERR_NONE};

	ck_assert_int_eq(source_filter_check(DLT_EN10MB, "tcp port 80 and ether host 2:0:0:0:0:1", &e),
			 0);
	ck_assert_int_eq(source_filter_check(DLT_EN10MB, "", &e), 0);
	ck_assert_int_eq(source_filter_check(DLT_EN10MB, "port nowhere-at-all", &e), ERR_USAGE);
	ck_assert_ptr_nonnull(strstr(e.text, "nowhere-at-all"));
	ck_assert_int_eq(source_filter_check(DLT_RAW, "ether host 2:0:0:0:0:1", &e), ERR_USAGE);
}
END_TEST

START_TEST(link_type_without_a_name_shows_its_number)
{
	char text[32];

	ck_assert_str_eq(source_linktype_name(1, text, sizeof text), "EN10MB");
	ck_assert_str_eq(source_linktype_name(65000, text, sizeof text), "DLT 65000");
}
END_TEST

static bool route(bool (*read)(FILE *, char *, size_t), const char *text, char *name, size_t size)
{
	FILE *in = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	bool found;

	ck_assert_ptr_nonnull(in);
	found = read(in, name, size);
	fclose(in);
	return found;
}

START_TEST(default_route_is_the_one_with_the_smallest_metric)
{
	static const char text[] =
		"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
		"eth9\t0000FEA9\t00000000\t0001\t0\t0\t1\t0000FFFF\t0\t0\t0\n"
		"wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
		"eth1\t00000000\t0100000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
		"eth2\t00000000\t0100000A\t0002\t0\t0\t10\t00000000\t0\t0\t0\n"
		"tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0\n";
	char name[64] = "";

	ck_assert(route(interfaces_route4, text, name, sizeof name));
	ck_assert_str_eq(name, "eth1");
	ck_assert(!route(interfaces_route4, "Iface\tDestination\n", name, sizeof name));
}
END_TEST

START_TEST(ipv6_default_route_is_found_and_loopback_is_none)
{
	static const char text[] =
		"fe800000000000000000000000000000 40 00000000000000000000000000000000 00 "
		"00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0\n"
		"00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
		"fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth3\n"
		"00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
		"00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo\n";
	char name[64] = "";

	ck_assert(route(interfaces_route6, text, name, sizeof name));
	ck_assert_str_eq(name, "eth3");
}
END_TEST

static void each_network(void *ctx, const struct cidr *c)
{
	char text[CIDR_TEXT];

	if (strcmp(cidr_format(c, text, sizeof text), "127.0.0.0/8") == 0)
		*(bool *)ctx = true;
}

START_TEST(networks_of_the_loopback_hold_127)
{
	unsigned index;
	bool found = false;

	if (tap_link_state("lo", &index) != LINK_UP)
		return; /* a namespace without it */
	source_interface_networks("lo", each_network, &found);
	ck_assert(found);
}
END_TEST

START_TEST(link_state_of_what_is_not_there_is_gone)
{
	unsigned index = 9;

	ck_assert_int_eq(tap_link_state("nosuch7", &index), LINK_GONE);
	ck_assert_uint_eq(index, 0);
	ck_assert_int_eq(tap_link_state("a-name-longer-than-any-interface-has", &index), LINK_GONE);
}
END_TEST

START_TEST(errors_of_libpcap_come_with_a_remedy)
{
	static const uint8_t head[8] = {0x0a, 0x0d, 0x0d, 0x0a};
	struct error e = {.code = ERR_NONE};

	reader_say_read_error("x", 3, "an interface has a type 113 different from the type of the "
			      "first interface", &e);
	ck_assert_ptr_nonnull(strstr(e.text, "after 3 packets"));
	ck_assert_ptr_nonnull(strstr(e.text, "tshark"));
	reader_say_open_error("x", head, sizeof head, "unsupported pcapng savefile version 2.0", &e);
	ck_assert_ptr_nonnull(strstr(e.text, "editcap"));
}
END_TEST

Suite *source_suite(void)
{
	Suite *s = suite_create("source");
	TCase *t = tcase_create("source");

	tcase_add_test(t, unknown_kind_and_unknown_interface_are_refused_by_name);
	tcase_add_test(t, frame_times_are_clamped_to_what_a_calendar_holds);
	tcase_add_test(t, capture_filter_is_checked_against_the_link_type);
	tcase_add_test(t, link_type_without_a_name_shows_its_number);
	tcase_add_test(t, default_route_is_the_one_with_the_smallest_metric);
	tcase_add_test(t, ipv6_default_route_is_found_and_loopback_is_none);
	tcase_add_test(t, networks_of_the_loopback_hold_127);
	tcase_add_test(t, link_state_of_what_is_not_there_is_gone);
	tcase_add_test(t, errors_of_libpcap_come_with_a_remedy);
	suite_add_tcase(s, t);
	return s;
}
