/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model/host_key.c: one form for each host name.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "model/host_key.h"

Suite *host_key_suite(void);

static const char *key(const char *name, char dst[HOST_KEY])
{
	size_t n = host_key(dst, name, strlen(name));

	if (n == 0)
		return "";
	ck_assert_uint_eq(n, strlen(dst));
	return dst;
}

struct pair {
	const char *name, *key;
};

static void expect(const struct pair *pairs, size_t n)
{
	char dst[HOST_KEY];

	for (size_t i = 0; i < n; i++)
		ck_assert_msg(strcmp(key(pairs[i].name, dst), pairs[i].key) == 0, "'%s' is '%s', not '%s'", pairs[i].name,
			      key(pairs[i].name, dst), pairs[i].key);
}

START_TEST(host_key_is_lower_case_without_a_point_at_its_end)
{
	static const struct pair pairs[] = {
		{"example.org", "example.org"}, {"WWW.Example.ORG.", "www.example.org"}, {"a", "a"},
		{"_ipp._tcp.local", "_ipp._tcp.local"}, {"1e100.net", "1e100.net"},
	};

	expect(pairs, sizeof pairs / sizeof *pairs);
}
END_TEST

START_TEST(host_key_writes_labels_beyond_ascii_as_the_wire_has_them)
{
	/* RFC 3492 section 7.1 (I) and names in use */
	static const struct pair pairs[] = {
		{"b\xc3\xbc" "cher.example", "xn--bcher-kva.example"},
		{"m\xc3\xbcnchen.de", "xn--mnchen-3ya.de"},
		{"M\xc3\x9cNCHEN.DE", "xn--mnchen-3ya.de"},
		{"\xd0\xbf\xd1\x80\xd0\xb8\xd0\xbc\xd0\xb5\xd1\x80.\xd0\xb8\xd1\x81\xd0\xbf\xd1\x8b\xd1\x82\xd0\xb0\xd0\xbd\xd0\xb8\xd0\xb5",
		 "xn--e1afmkfd.xn--80akhbyknj4f"},
		{"\xd0\x9f\xd0\xa0\xd0\x98\xd0\x9c\xd0\x95\xd0\xa0", "xn--e1afmkfd"},
		{"\xe4\xbe\x8b\xe3\x81\x88.\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88", "xn--r8jz45g.xn--zckzah"},
		{"\xe4\xbb\x96\xe4\xbb\xac\xe4\xb8\xba\xe4\xbb\x80\xe4\xb9\x88\xe4\xb8\x8d\xe8\xaf\xb4\xe4\xb8\xad\xe6\x96\x87",
		 "xn--ihqwcrb4cv8a8dqg056pqjye"},
		{"pi\xc3\xb1" "a-2\xc3\xb1.x", "xn--pia-2-ptad.x"},
	};

	expect(pairs, sizeof pairs / sizeof *pairs);
}
END_TEST

START_TEST(host_key_refuses_what_is_no_host_name)
{
	static const struct pair pairs[] = {
		{"", ""}, {".", ""}, {"..", ""}, {"a..b", ""}, {".a", ""}, {"a b", ""}, {"a/b", ""}, {"a:80", ""},
		{"*.example.org", ""}, {"a\x01", ""}, {"\xff.org", ""}, {"\xc3", ""}, {"a\xe2\x80\xae" "b", ""},
		{"\xc3\xbc b", ""},
	};

	expect(pairs, sizeof pairs / sizeof *pairs);
}
END_TEST

START_TEST(host_key_bounds_labels_and_names)
{
	char name[300], dst[HOST_KEY];

	memset(name, 'a', sizeof name);
	ck_assert_uint_eq(host_key(dst, name, 63), 63);
	ck_assert_uint_eq(host_key(dst, name, 64), 0);
	for (size_t i = 49; i < sizeof name; i += 50)
		name[i] = '.';
	ck_assert_uint_eq(host_key(dst, name, 253), 253);
	ck_assert_uint_eq(host_key(dst, name, 254), 0);
	ck_assert_uint_eq(host_key(dst, name, 300), 0);
	for (size_t i = 1; i < sizeof name; i += 2)
		name[i] = '.';
	for (size_t i = 0; i < sizeof name; i += 2)
		name[i] = 'a';
	ck_assert_uint_eq(host_key(dst, name, 253), 253); /* 127 labels */
}
END_TEST

Suite *host_key_suite(void)
{
	Suite *s = suite_create("host_key");
	TCase *c = tcase_create("names");

	tcase_add_test(c, host_key_is_lower_case_without_a_point_at_its_end);
	tcase_add_test(c, host_key_writes_labels_beyond_ascii_as_the_wire_has_them);
	tcase_add_test(c, host_key_refuses_what_is_no_host_name);
	tcase_add_test(c, host_key_bounds_labels_and_names);
	suite_add_tcase(s, c);
	return s;
}
