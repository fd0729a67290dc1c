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
	suite_add_tcase(s, c);
	return s;
}
