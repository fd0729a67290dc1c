/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model/subnet.c: which networks are local, and the subnet an address is counted in.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "dpitop/model.h"

Suite *subnet_suite(void);

static struct subnets *s; /* a test is a process of its own: this is not shared */

static void setup(void)
{
	s = subnets_new(24, 64);
}

static void teardown(void)
{
	subnets_free(s);
}

static struct addr ip(const char *text)
{
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, text, NULL), 0);
	return a;
}

static bool is_local(const char *text)
{
	struct addr a = ip(text);

	return subnets_is_local(s, &a);
}

static void expect_subnet(const char *address, const char *subnet)
{
	struct addr a = ip(address);
	struct cidr c = subnets_of(s, &a);
	char text[CIDR_TEXT];

	ck_assert_str_eq(cidr_format(&c, text, sizeof text), subnet);
}

START_TEST(subnets_none_are_local_unless_they_are_named)
{
	ck_assert(!is_local("10.0.0.1"));
	ck_assert(!is_local("::1"));
	expect_subnet("10.0.0.1", "0.0.0.0/0");
}
END_TEST

START_TEST(subnets_private_networks_are_local_by_default)
{
	static const char *const local[] = {"10.255.255.255", "172.16.0.1", "172.31.255.255",
					    "192.168.9.9",    "100.64.0.1", "169.254.1.1",
					    "127.0.0.1",      "fc00::1",    "fdff::1",
					    "fe80::1",        "::1"};
	static const char *const elsewhere[] = {"11.0.0.0",    "172.32.0.0", "192.169.0.0",
						"100.128.0.1", "8.8.8.8",    "2001:db8::1",
						"fec0::1",     "::2",        "224.0.0.1"};

	subnets_add_private(s);
	for (size_t i = 0; i < sizeof local / sizeof local[0]; i++)
		ck_assert_msg(is_local(local[i]), "%s", local[i]);
	for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++)
		ck_assert_msg(!is_local(elsewhere[i]), "%s", elsewhere[i]);
}
END_TEST

START_TEST(subnets_list_of_both_families_is_taken)
{
	ck_assert_int_eq(subnets_add_local(s, "203.0.113.0/24,2001:db8::/32,198.51.100.7", NULL),
			 0);
	ck_assert(is_local("203.0.113.200"));
	ck_assert(is_local("2001:db8:ffff::1"));
	ck_assert(is_local("198.51.100.7"));
	ck_assert(!is_local("198.51.100.8"));
	ck_assert(!is_local("203.0.114.1"));
	ck_assert(!is_local("2001:db9::1"));
}
END_TEST

START_TEST(subnets_all_of_ipv4_is_not_all_of_ipv6)
{
	ck_assert_int_eq(subnets_add_local(s, "0.0.0.0/0", NULL), 0);
	ck_assert(is_local("8.8.8.8"));
	ck_assert(!is_local("2001:db8::1"));
}
END_TEST

START_TEST(subnets_local_addresses_fall_into_their_subnet_others_into_internet)
{
	subnets_add_private(s);
	expect_subnet("192.168.7.9", "192.168.7.0/24");
	expect_subnet("fd00:1:2:3:4:5:6:7", "fd00:1:2:3::/64");
	expect_subnet("8.8.8.8", "0.0.0.0/0");
	expect_subnet("2001:db8::1", "0.0.0.0/0");
}
END_TEST

START_TEST(subnets_bits_can_be_chosen_and_are_bounded)
{
	struct subnets *wide = subnets_new(16, 48), *wild = subnets_new(99, 999);
	struct addr four = ip("10.1.2.3"), six = ip("fd00:1:2:3::4");
	struct cidr c;

	subnets_add_private(wide);
	subnets_add_private(wild);
	c = subnets_of(wide, &four);
	ck_assert_uint_eq(c.bits, 16);
	ck_assert_uint_eq(c.addr.b[14], 0);
	c = subnets_of(wide, &six);
	ck_assert_uint_eq(c.bits, 48);
	c = subnets_of(wild, &four);
	ck_assert_uint_eq(c.bits, 32);
	ck_assert(addr_eq(&c.addr, &four));
	c = subnets_of(wild, &six);
	ck_assert_uint_eq(c.bits, 128);
	subnets_free(wide);
	subnets_free(wild);
}
END_TEST

START_TEST(subnets_wrong_list_says_what_and_where)
{
	static const struct {
		const char *list;
		int at;
		const char *word;
	} wrong[] = {{"", 0, "missing"},
		     {"10.0.0.0/8,", 11, "missing"},
		     {",10.0.0.0/8", 0, "missing"},
		     {"10.0.0.0/8,,::/0", 11, "missing"},
		     {"10.0.0.0/33", 0, "10.0.0.0/33"},
		     {"::/0,printer", 5, "printer"},
		     {"::/0,::/129", 5, "::/129"},
		     {"1.2.3.4,"
		      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		      "aaaaaaa",
		      8, "no network"}};

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct error e = {.position = -1};

		ck_assert_int_eq(subnets_add_local(s, wrong[i].list, &e), ERR_USAGE);
		ck_assert_int_eq(e.position, wrong[i].at);
		ck_assert_msg(strstr(e.text, wrong[i].word) != NULL, "'%s' for '%s'", e.text,
			      wrong[i].list);
	}
	ck_assert_int_eq(subnets_add_local(s, "x", NULL), ERR_USAGE);
}
END_TEST

START_TEST(subnets_free_of_none_is_fine)
{
	subnets_free(NULL);
}
END_TEST

Suite *subnet_suite(void)
{
	Suite *suite = suite_create("subnet");
	TCase *c = tcase_create("subnet");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, subnets_none_are_local_unless_they_are_named);
	tcase_add_test(c, subnets_private_networks_are_local_by_default);
	tcase_add_test(c, subnets_list_of_both_families_is_taken);
	tcase_add_test(c, subnets_all_of_ipv4_is_not_all_of_ipv6);
	tcase_add_test(c, subnets_local_addresses_fall_into_their_subnet_others_into_internet);
	tcase_add_test(c, subnets_bits_can_be_chosen_and_are_bounded);
	tcase_add_test(c, subnets_wrong_list_says_what_and_where);
	tcase_add_test(c, subnets_free_of_none_is_fine);
	suite_add_tcase(suite, c);
	return suite;
}
