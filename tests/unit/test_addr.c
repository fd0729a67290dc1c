/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * base/addr.c: addresses, prefixes, kinds.
 */
#include "config.h"

#include <check.h>

#include "dpitop/addr.h"

Suite *addr_suite(void);

static struct addr ip(const char *text)
{
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, text, NULL), 0);
	return a;
}

static struct cidr net(const char *text)
{
	struct cidr c;

	ck_assert_int_eq(cidr_parse(&c, text, NULL), 0);
	return c;
}

START_TEST(addr_text_goes_both_ways)
{
	static const char *const texts[] = {"192.0.2.1", "0.0.0.0", "255.255.255.255", "2001:db8::1", "::", "::1", "fe80::1:2"};
	char buf[ADDR_TEXT];

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct addr a = ip(texts[i]);

		ck_assert_str_eq(addr_format(&a, buf, sizeof buf), texts[i]);
	}
}
END_TEST

START_TEST(addr_mapped_text_is_ipv4)
{
	struct addr a = ip("::ffff:10.1.2.3"), b = ip("10.1.2.3");
	char buf[ADDR_TEXT];

	ck_assert(addr_is_v4(&a));
	ck_assert(addr_eq(&a, &b));
	ck_assert_str_eq(addr_format(&a, buf, sizeof buf), "10.1.2.3");
}
END_TEST

START_TEST(addr_that_is_none_is_named_in_the_error)
{
	struct error e = {0};
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, "10.0.0.256", &e), ERR_FORMAT);
	ck_assert_ptr_nonnull(strstr(e.text, "10.0.0.256"));
	ck_assert_int_ne(addr_parse(&a, "", NULL), 0);
	ck_assert_int_ne(addr_parse(&a, "1.2.3.4x", NULL), 0);
}
END_TEST

START_TEST(addr_prefix_clears_host_bits_of_its_family)
{
	struct addr a = ip("10.1.255.3"), b = ip("2001:db8:0:ff:1::1"), x, y;

	x = addr_prefix(&a, 20);
	y = ip("10.1.240.0");
	ck_assert(addr_eq(&x, &y));
	x = addr_prefix(&b, 60);
	y = ip("2001:db8:0:f0::");
	ck_assert(addr_eq(&x, &y));
	x = addr_prefix(&a, 32);
	ck_assert(addr_eq(&x, &a));
	x = addr_prefix(&a, 0);
	ck_assert(addr_is_v4(&x));
}
END_TEST

START_TEST(addr_kinds_are_those_of_the_registries)
{
	static const struct { const char *text; bool multicast, private; } kinds[] = {
		{"224.0.0.1", true, false}, {"239.255.255.250", true, false}, {"255.255.255.255", true, false},
		{"ff02::1", true, false}, {"10.0.0.1", false, true}, {"11.0.0.1", false, false},
		{"172.15.255.255", false, false}, {"172.16.0.1", false, true}, {"172.31.255.255", false, true},
		{"172.32.0.0", false, false}, {"192.168.3.4", false, true}, {"100.64.0.1", false, true},
		{"100.128.0.1", false, false}, {"169.254.1.1", false, true}, {"127.0.0.1", false, true},
		{"8.8.8.8", false, false}, {"fe80::1", false, true}, {"fec0::1", false, false}, {"fd00::1", false, true},
		{"fe00::1", false, false}, {"::1", false, true}, {"2001:db8::1", false, false},
	};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		struct addr a = ip(kinds[i].text);

		ck_assert_msg(addr_is_multicast(&a) == kinds[i].multicast, "%s", kinds[i].text);
		ck_assert_msg(addr_is_private(&a) == kinds[i].private, "%s", kinds[i].text);
	}
}
END_TEST

START_TEST(cidr_text_clears_host_bits_and_goes_back)
{
	struct cidr c = net("10.1.2.3/8"), d = net("2001:db8::1"), e = net("0.0.0.0/0");
	char buf[CIDR_TEXT];

	ck_assert_str_eq(cidr_format(&c, buf, sizeof buf), "10.0.0.0/8");
	ck_assert_str_eq(cidr_format(&d, buf, sizeof buf), "2001:db8::1/128");
	ck_assert_str_eq(cidr_format(&e, buf, sizeof buf), "0.0.0.0/0");
}
END_TEST

START_TEST(cidr_contains_only_its_own_family)
{
	struct cidr c = net("10.0.0.0/8"), all4 = net("0.0.0.0/0"), all6 = net("::/0");
	struct addr in = ip("10.255.0.1"), out = ip("11.0.0.1"), six = ip("2001:db8::1");

	ck_assert(cidr_contains(&c, &in));
	ck_assert(!cidr_contains(&c, &out));
	ck_assert(cidr_contains(&all4, &out));
	ck_assert(!cidr_contains(&all4, &six));
	ck_assert(cidr_contains(&all6, &six));
	ck_assert(!cidr_contains(&all6, &in));
}
END_TEST

START_TEST(cidr_with_a_wrong_length_is_refused)
{
	static const char *const wrong[] = {"10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "/8",
		"10.0.0.0/ 8", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/8"};
	struct cidr c;

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		ck_assert_msg(cidr_parse(&c, wrong[i], NULL) == ERR_FORMAT, "%s", wrong[i]);
}
END_TEST

START_TEST(addr_order_is_total_and_mac_text_is_colons)
{
	struct addr a = ip("10.0.0.1"), b = ip("10.0.0.2");
	static const uint8_t mac[6] = {2, 0, 0x5e, 0xff, 0, 9};
	char buf[MAC_TEXT];

	ck_assert_int_lt(addr_cmp(&a, &b), 0);
	ck_assert_int_gt(addr_cmp(&b, &a), 0);
	ck_assert_int_eq(addr_cmp(&a, &a), 0);
	ck_assert_str_eq(mac_format(mac, buf, sizeof buf), "02:00:5e:ff:00:09");
}
END_TEST

START_TEST(addr_format_is_what_rfc_5952_wants)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"192.0.2.1", "192.0.2.1"},
		{"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
		{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"}, /* section 4.2.2: not one field alone */
		{"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"}, /* 4.2.3: the longest run */
		{"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"}, /* 4.2.3: the first of two */
		{"::", "::"},
		{"::1", "::1"},
		{"::2:3:4", "::2:3:4"},
		{"::1:0", "::0.1.0.0"}, /* section 5: IPv4 within is written as such */
		{"1::", "1::"},
		{"1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"},
		{"0:0:3:4:5:6:7:8", "::3:4:5:6:7:8"},
		{"0:2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
		{"a:b0:c00:d000:0:1:20:300", "a:b0:c00:d000:0:1:20:300"},
		{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	};
	char text[ADDR_TEXT];

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct addr a = ip(cases[i].in);

		ck_assert_str_eq(addr_format(&a, text, sizeof text), cases[i].out);
	}
}
END_TEST

START_TEST(addr_format_without_room_gives_the_empty_text)
{
	struct addr a = ip("192.0.2.1");
	char text[4] = "xxx";

	ck_assert_str_eq(addr_format(&a, text, sizeof text), "");
}
END_TEST

START_TEST(addr_parse_refuses_what_is_no_address)
{
	static const char *const cases[] = {"",         "1.2.3",   "1.2.3.4.5", "256.1.1.1", "1.2.3.4 ",
					    " 1.2.3.4", "1:2:3",   ":::",       "fe80::1%eth0", "1.2.3.4/8",
					    "example.org", "12345::"};
	struct addr a;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct error e = {.code = ERR_NONE};

		ck_assert_msg(addr_parse(&a, cases[i], &e) == ERR_FORMAT, "'%s'", cases[i]);
		ck_assert_int_eq(e.code, ERR_FORMAT);
		ck_assert_ptr_nonnull(strstr(e.text, cases[i]));
	}
}
END_TEST

START_TEST(addr_from_bytes_is_the_parsed_text)
{
	static const uint8_t four[4] = {192, 0, 2, 1}, six[16] = {0x20, 1, 0xd, 0xb8, [15] = 7};
	struct addr v4 = addr_from_v4(four), v6 = addr_from_v6(six), t4 = ip("192.0.2.1"), t6 = ip("2001:db8::7");

	ck_assert(addr_eq(&v4, &t4));
	ck_assert(addr_eq(&v6, &t6));
	ck_assert(!addr_is_v4(&v6));
}
END_TEST

START_TEST(addr_prefix_of_any_length_keeps_just_those_bits)
{
	struct addr a = ip("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");

	for (unsigned bits = 0; bits <= 128; bits++) {
		struct addr p = addr_prefix(&a, bits);
		unsigned ones = 0;

		for (unsigned i = 0; i < 128; i++) {
			bool set = p.b[i / 8] >> (7 - i % 8) & 1;

			ck_assert(!set || ones == i); /* no hole */
			ones += set;
		}
		ck_assert_uint_eq(ones, bits);
	}
}
END_TEST

START_TEST(addr_is_multicast_knows_the_borders)
{
	static const char *const yes[] = {"224.0.0.0", "239.255.255.255", "255.255.255.255", "ff00::", "ff02::fb"};
	static const char *const no[] = {"223.255.255.255", "240.0.0.0", "255.255.255.254", "feff::1", "::", "e0::"};

	for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
		struct addr a = ip(yes[i]);

		ck_assert_msg(addr_is_multicast(&a), "%s", yes[i]);
	}
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
		struct addr a = ip(no[i]);

		ck_assert_msg(!addr_is_multicast(&a), "%s", no[i]);
	}
}
END_TEST

START_TEST(addr_is_private_knows_the_borders)
{
	static const char *const yes[] = {"10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0",
					  "192.168.255.255", "100.64.0.0", "100.127.255.255", "169.254.0.1", "127.0.0.1",
					  "fc00::", "fdff::1", "fe80::1", "febf::1", "::1"};
	static const char *const no[] = {"9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255",
					 "192.169.0.0", "100.63.255.255", "100.128.0.0", "169.253.0.1", "128.0.0.1",
					 "8.8.8.8", "fbff::1", "fe00::1", "fec0::1", "::", "::2", "2001:db8::1"};

	for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
		struct addr a = ip(yes[i]);

		ck_assert_msg(addr_is_private(&a), "%s", yes[i]);
	}
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
		struct addr a = ip(no[i]);

		ck_assert_msg(!addr_is_private(&a), "%s", no[i]);
	}
}
END_TEST

START_TEST(cidr_parse_of_one_address_is_its_own_network)
{
	ck_assert_uint_eq(net("192.0.2.1").bits, 32);
	ck_assert_uint_eq(net("2001:db8::1").bits, 128);
}
END_TEST

START_TEST(cidr_parse_takes_the_shortest_and_longest_prefixes)
{
	ck_assert_uint_eq(net("0.0.0.0/0").bits, 0);
	ck_assert_uint_eq(net("10.0.0.1/32").bits, 32);
	ck_assert_uint_eq(net("::/0").bits, 0);
	ck_assert_uint_eq(net("::1/128").bits, 128);
}
END_TEST

START_TEST(cidr_parse_refuses_a_bad_prefix_length_and_points_at_it)
{
	static const char *const cases[] = {"10.0.0.0/",    "10.0.0.0/33",  "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/ 8",
					    "10.0.0.0/8 ",  "10.0.0.0/8/8", "10.0.0.0/x",  "10.0.0.0/256",
					    "10.0.0.0/99999999999999999999999"};
	struct cidr c;
	struct error e;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		ck_assert_msg(cidr_parse(&c, cases[i], &e) == ERR_FORMAT, "%s", cases[i]);
		ck_assert_int_eq(e.position, 9);
	}
	ck_assert_int_eq(cidr_parse(&c, "::/129", &e), ERR_FORMAT);
}
END_TEST

START_TEST(cidr_contains_its_first_and_last_address_only)
{
	struct cidr c = net("172.16.0.0/12");
	struct addr before = ip("172.15.255.255"), first = ip("172.16.0.0");
	struct addr last = ip("172.31.255.255"), after = ip("172.32.0.0");

	ck_assert(!cidr_contains(&c, &before));
	ck_assert(cidr_contains(&c, &first));
	ck_assert(cidr_contains(&c, &last));
	ck_assert(!cidr_contains(&c, &after));
}
END_TEST

static void add_more_tests(TCase *c)
{
	tcase_add_test(c, addr_format_is_what_rfc_5952_wants);
	tcase_add_test(c, addr_format_without_room_gives_the_empty_text);
	tcase_add_test(c, addr_parse_refuses_what_is_no_address);
	tcase_add_test(c, addr_from_bytes_is_the_parsed_text);
	tcase_add_test(c, addr_prefix_of_any_length_keeps_just_those_bits);
	tcase_add_test(c, addr_is_multicast_knows_the_borders);
	tcase_add_test(c, addr_is_private_knows_the_borders);
	tcase_add_test(c, cidr_parse_of_one_address_is_its_own_network);
	tcase_add_test(c, cidr_parse_takes_the_shortest_and_longest_prefixes);
	tcase_add_test(c, cidr_parse_refuses_a_bad_prefix_length_and_points_at_it);
	tcase_add_test(c, cidr_contains_its_first_and_last_address_only);
}

Suite *addr_suite(void)
{
	Suite *s = suite_create("addr");
	TCase *c = tcase_create("addr");

	tcase_add_test(c, addr_text_goes_both_ways);
	tcase_add_test(c, addr_mapped_text_is_ipv4);
	tcase_add_test(c, addr_that_is_none_is_named_in_the_error);
	tcase_add_test(c, addr_prefix_clears_host_bits_of_its_family);
	tcase_add_test(c, addr_kinds_are_those_of_the_registries);
	tcase_add_test(c, cidr_text_clears_host_bits_and_goes_back);
	tcase_add_test(c, cidr_contains_only_its_own_family);
	tcase_add_test(c, cidr_with_a_wrong_length_is_refused);
	tcase_add_test(c, addr_order_is_total_and_mac_text_is_colons);
	add_more_tests(c);
	suite_add_tcase(s, c);
	return s;
}
