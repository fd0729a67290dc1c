/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model/key_text.c and flow/dpi_foreign.c: keys as text for files and back, and what files may have
 * instead of a key.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/interval.h"
#include "dpitop/key_text.h"
#include "model/interval_parts.h"

Suite *key_text_suite(void);

static struct dpi *d; /* a test is a process of its own: this is not shared */

static void setup(void)
{
	struct error e = {.text = ""};

	d = dpi_open(&e);
	ck_assert_msg(d != NULL, "%s", e.text);
}

static void teardown(void)
{
	dpi_close(d);
}

static void expect_both_ways(enum dim dim, const struct dim_key *k, const char *text)
{
	char buf[KEY_TEXT];
	struct dim_key back;

	ck_assert_str_eq(key_text(dim, k, d, NULL, buf, sizeof buf), text);
	ck_assert_int_eq(key_text_parse(dim, text, d, &back), 0);
	ck_assert_mem_eq(&back, k, sizeof back);
}

static void expect_text_stays(enum dim dim, const char *text)
{
	char buf[KEY_TEXT];
	struct dim_key k;

	ck_assert_msg(key_text_parse(dim, text, d, &k) == 0, "'%s' of %s", text, dim_info(dim)->id);
	ck_assert_str_eq(key_text(dim, &k, d, NULL, buf, sizeof buf), text);
}

static void expect_none(enum dim dim, const char *text)
{
	static const struct dim_key zero;
	struct dim_key k;

	memset(&k, 0xa5, sizeof k);
	ck_assert_msg(key_text_parse(dim, text, d, &k) == ERR_FORMAT, "'%s' of %s", text, dim_info(dim)->id);
	ck_assert_mem_eq(&k, &zero, sizeof k);
}

START_TEST(key_text_every_dimension_with_history_goes_both_ways)
{
	static const struct { enum dim dim; const char *text; } samples[] = {
		{DIM_HOST, "10.0.0.5"}, {DIM_HOST, "2001:db8::1"}, {DIM_APP, "Unknown"}, {DIM_APP, "DNS"},
		{DIM_APP, "TLS.Google"}, {DIM_CATEGORY, "Unspecified"}, {DIM_CATEGORY, "SocialNetwork"},
		{DIM_BREED, "Tracker/Ads"}, {DIM_L4, "0"}, {DIM_L4, "255"}, {DIM_IP_VERSION, "6"}, {DIM_ETHERTYPE, "0x0806"},
		{DIM_SUBNET, "internet"}, {DIM_SUBNET, "10.0.0.0/24"}, {DIM_SUBNET, "2001:db8::/64"}, {DIM_SUBNET, "::/0"},
		{DIM_SUBNET_PAIR, "10.0.0.0/24>internet"}, {DIM_SUBNET_PAIR, "fe80::/64>ff02::/16"}, {DIM_COUNTRY, "DE"},
		{DIM_COUNTRY, "--"}, {DIM_COUNTRY, "0xff01"}, {DIM_AS, "0"}, {DIM_AS, "4294967295"}, {DIM_VLAN, "4095"},
		{DIM_INTERFACE, "eth0"}, {DIM_SITE_CATEGORY, "(none)"}, {DIM_SITE_CATEGORY, "Web"},
		{DIM_COUNTRY_PAIR, "DE>--"},
		{DIM_COUNTRY_PAIR, "0xff01>US"}, {DIM_AS_PAIR, "0>4294967295"}, {DIM_VLAN_PAIR, "0>4095"}, {DIM_CITY, "--"},
		{DIM_CITY, "DE Frankfurt am Main"}, {DIM_CITY, "-- Nowhere"}, {DIM_CITY, "CN \xe5\x8c\x97\xe4\xba\xac"}, {DIM_PORT, "443/tcp"},
		{DIM_PORT, "0/udplite"}, {DIM_PORT, "65535/47"}, {DIM_STATE, "open"}, {DIM_STATE, "oneway"}, {DIM_TCP_FLAGS, "0x0012"},
		{DIM_EXPORTER, "::"}, {DIM_EXPORTER, "192.0.2.1"},
	};
	uint64_t seen = 0;

	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		expect_text_stays(samples[i].dim, samples[i].text);
		seen |= UINT64_C(1) << samples[i].dim;
	}
	for (unsigned dim = 0; dim < DIM_LIST_COUNT; dim++)
		ck_assert_int_eq(seen >> dim & 1, interval_class_of((enum dim)dim) != INTERVAL_CLASSES);
}
END_TEST

START_TEST(key_text_keys_of_the_model_come_back_as_they_were)
{
	struct dim_key k;

	memset(&k, 0, sizeof k);
	ck_assert_int_eq(addr_parse(&k.host.addr, "192.0.2.7", NULL), 0);
	expect_both_ways(DIM_HOST, &k, "192.0.2.7");
	memset(&k, 0, sizeof k);
	ck_assert_int_eq(cidr_parse(&k.subnet_pair.src, "10.0.0.0/24", NULL), 0);
	ck_assert_int_eq(cidr_parse(&k.subnet_pair.dst, "0.0.0.0/0", NULL), 0);
	expect_both_ways(DIM_SUBNET_PAIR, &k, "10.0.0.0/24>internet");
	memset(&k, 0, sizeof k);
	k.as.asn = 15169;
	expect_both_ways(DIM_AS, &k, "15169");
	memset(&k, 0, sizeof k);
	memcpy(k.country.code, "\x01z", 2); /* no database should, but one may */
	expect_both_ways(DIM_COUNTRY, &k, "0x017a");
	memset(&k, 0, sizeof k);
	k.as_pair.src = 15169;
	k.as_pair.dst = 64512;
	expect_both_ways(DIM_AS_PAIR, &k, "15169>64512");
	memset(&k, 0, sizeof k);
	memcpy(k.country_pair.dst, "DE", 2);
	expect_both_ways(DIM_COUNTRY_PAIR, &k, "-->DE");
	memset(&k, 0, sizeof k);
	memcpy(k.city.country, "BR", 2);
	strcpy(k.city.name, "Foz do Igua\xc3\xa7u");
	expect_both_ways(DIM_CITY, &k, "BR Foz do Igua\xc3\xa7u");
	memset(&k, 0, sizeof k);
	k.port.port = 53;
	k.port.l4 = 17;
	expect_both_ways(DIM_PORT, &k, "53/udp");
	memset(&k, 0, sizeof k);
	expect_both_ways(DIM_COUNTRY, &k, "--");
	expect_both_ways(DIM_SITE_CATEGORY, &k, "(none)");
}
END_TEST

START_TEST(key_text_every_application_of_the_library_comes_back)
{
	struct dim_key first;

	ck_assert_int_eq(key_text_parse(DIM_APP, "HTTP", d, &first), 0);
	for (unsigned app = 0; app < 250; app++) {
		char text[KEY_TEXT];
		struct dim_key k;

		memset(&k, 0, sizeof k);
		k.app.app = (uint16_t)app;
		expect_both_ways(DIM_APP, &k, key_text(DIM_APP, &k, d, NULL, text, sizeof text));
		k.app.master = first.app.app;
		if (app != 0 && app != first.app.app)
			expect_both_ways(DIM_APP, &k, key_text(DIM_APP, &k, d, NULL, text, sizeof text));
	}
	for (unsigned n = 0; n < 40; n++) {
		struct dim_key k;
		char text[KEY_TEXT];

		memset(&k, 0, sizeof k);
		k.small.number = (uint16_t)n;
		key_text(DIM_CATEGORY, &k, d, NULL, text, sizeof text);
		expect_text_stays(DIM_CATEGORY, text);
	}
	expect_text_stays(DIM_APP, "Z39.50"); /* a name with a dot of its own */
	expect_text_stays(DIM_APP, "HTTP.Z39.50");
}
END_TEST

START_TEST(key_text_an_interface_has_its_name_and_not_the_number_of_a_run)
{
	struct dim_key k;
	char buf[KEY_TEXT];

	memset(&k, 0, sizeof k);
	k.small.number = 3;
	ck_assert_str_eq(key_text(DIM_INTERFACE, &k, NULL, "wlan0", buf, sizeof buf), "wlan0");
	ck_assert_str_eq(key_text(DIM_INTERFACE, &k, NULL, NULL, buf, sizeof buf), "3");
	ck_assert_int_eq(key_text_parse(DIM_INTERFACE, "wlan0", NULL, &k), 0);
	ck_assert_str_eq(k.interface.name, "wlan0");
	ck_assert_uint_eq(k.interface.number, 0);
}
END_TEST

START_TEST(key_text_names_of_another_release_show_as_themselves)
{
	struct dim_key k, again;
	struct dpi_class c;
	char buf[KEY_TEXT];

	expect_text_stays(DIM_APP, "TLS.FromTheFuture");
	expect_text_stays(DIM_APP, "FromTheFuture");
	expect_text_stays(DIM_CATEGORY, "Telepathy");
	expect_text_stays(DIM_BREED, "Delicious");
	ck_assert_int_eq(key_text_parse(DIM_APP, "FromTheFuture", d, &k), 0);
	ck_assert_int_eq(key_text_parse(DIM_APP, "FromTheFuture", d, &again), 0);
	ck_assert_mem_eq(&k, &again, sizeof k);
	c = (struct dpi_class){.master = k.app.master, .app = k.app.app};
	ck_assert_str_eq(dpi_app_name(d, &c, buf, sizeof buf), "FromTheFuture");
	ck_assert_str_eq(dpi_breed_name(d, dpi_breed(d, &c)), "Unrated");
	ck_assert_str_eq(dpi_category_name(d, dpi_app_category(d, &c)), "Unspecified");
}
END_TEST

START_TEST(key_text_names_of_another_release_are_bounded)
{
	struct dim_key k;
	char text[KEY_TEXT];

	for (unsigned i = 0; i < DPI_FOREIGN_MAX; i++) {
		snprintf(text, sizeof text, "Future %u", i);
		ck_assert_int_eq(key_text_parse(DIM_APP, text, d, &k), 0);
	}
	expect_none(DIM_APP, "One too many");
	expect_text_stays(DIM_APP, "Future 7");
	expect_text_stays(DIM_APP, "DNS");
	for (unsigned i = 0; i < 128; i++) {
		snprintf(text, sizeof text, "Breed %u", i);
		ck_assert_int_eq(key_text_parse(DIM_BREED, text, d, &k), 0);
		ck_assert_uint_le(k.small.number, UINT8_MAX);
	}
	expect_none(DIM_BREED, "One too many");
	memset(text, 'x', sizeof text);
	text[DPI_APP_TEXT] = '\0';
	expect_none(DIM_CATEGORY, text); /* longer than a name can be */
}
END_TEST

START_TEST(key_text_what_is_no_key_is_refused)
{
	static const struct { enum dim dim; const char *text; } bad[] = {
		{DIM_HOST, "10.0.0"}, {DIM_HOST, "10.0.0.0/8"}, {DIM_HOST, "example.org"}, {DIM_APP, "a\x1b[2J"}, {DIM_L4, "256"},
		{DIM_L4, "-1"}, {DIM_L4, "06"}, {DIM_L4, "6 "}, {DIM_L4, "TCP"}, {DIM_ETHERTYPE, "806"}, {DIM_ETHERTYPE, "0x0G06"},
		{DIM_ETHERTYPE, "0x08067"}, {DIM_SUBNET, "10.0.0.0"}, {DIM_SUBNET, "10.0.0.0/33"}, {DIM_SUBNET, "Internet"},
		{DIM_SUBNET_PAIR, "internet"}, {DIM_SUBNET_PAIR, ">"}, {DIM_SUBNET_PAIR, "internet>internet>internet"},
		{DIM_COUNTRY, "de"}, {DIM_COUNTRY, "D"}, {DIM_COUNTRY, "DEU"}, {DIM_COUNTRY, "0x12"}, {DIM_AS, "4294967296"},
		{DIM_AS, "99999999999999999999"}, {DIM_AS, "AS15169"}, {DIM_VLAN, "65536"}, {DIM_INTERFACE, "eth\xff"},
		{DIM_SITE_CATEGORY, "a name that is longer than forty characters are"}, {DIM_PORT, "443"}, {DIM_FLOW, "1"},
		{DIM_PORT, "443/6"}, {DIM_PORT, "65536/tcp"}, {DIM_PORT, "443/256"}, {DIM_PORT, "/tcp"}, {DIM_PORT, "443/tcp/tcp"},
		{DIM_STATE, "ajar"}, {DIM_TCP_FLAGS, "0x0112"}, {DIM_COUNTRY_PAIR, "DE"}, {DIM_COUNTRY_PAIR, "DE>US>US"},
		{DIM_COUNTRY_PAIR, "a country>US"}, {DIM_AS_PAIR, "1"}, {DIM_AS_PAIR, "1>4294967296"}, {DIM_AS_PAIR, "01>1"},
		{DIM_AS_PAIR, "12345678901>1"}, {DIM_VLAN_PAIR, "1>65536"}, {DIM_CITY, "Berlin"}, {DIM_CITY, "DE "}, {DIM_CITY, "de Berlin"},
		{DIM_CITY, "a country"}, {DIM_CITY, "DE a name that is longer than cities may have"}, {DIM_TUNNEL, "1"},
	};
	char longest[KEY_TEXT + 8];

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		expect_none(bad[i].dim, bad[i].text);
	memset(longest, '1', sizeof longest);
	longest[sizeof longest - 1] = '\0';
	for (unsigned dim = 0; dim < DIM_LIST_COUNT; dim++) {
		expect_none((enum dim)dim, "");
		expect_none((enum dim)dim, longest);
	}
}
END_TEST

START_TEST(interval_holds_rows_and_texts_until_its_last_reference_goes)
{
	struct interval *i = interval_new(INTERVAL_KIND, 10, 20);
	char text[64];

	for (unsigned n = 0; n < 3000; n++) {
		struct interval_row *r = interval_add(i);

		snprintf(text, sizeof text, "name %u of a row", n);
		r->bytes[0] = n;
		r->name = interval_text(i, text);
	}
	interval_ref(i);
	interval_unref(i);
	ck_assert_uint_eq(i->count, 3000);
	ck_assert_str_eq(i->rows[0].name, "name 0 of a row");
	ck_assert_str_eq(i->rows[2999].name, "name 2999 of a row");
	ck_assert_int_eq(i->rows[2999].bytes[0], 2999);
	ck_assert_uint_ge(i->memory_bytes, 3000 * sizeof *i->rows);
	interval_unref(i);
	interval_unref(NULL);
}
END_TEST

Suite *key_text_suite(void)
{
	Suite *s = suite_create("key_text");
	TCase *c = tcase_create("key_text");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, key_text_every_dimension_with_history_goes_both_ways);
	tcase_add_test(c, key_text_keys_of_the_model_come_back_as_they_were);
	tcase_add_test(c, key_text_every_application_of_the_library_comes_back);
	tcase_add_test(c, key_text_an_interface_has_its_name_and_not_the_number_of_a_run);
	tcase_add_test(c, key_text_names_of_another_release_show_as_themselves);
	tcase_add_test(c, key_text_names_of_another_release_are_bounded);
	tcase_add_test(c, key_text_what_is_no_key_is_refused);
	tcase_add_test(c, interval_holds_rows_and_texts_until_its_last_reference_goes);
	suite_add_tcase(s, c);
	return s;
}
