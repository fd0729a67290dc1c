/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * decode/told.c: what options records tell: names and sampling.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>

#include "exports.h"

Suite *told_suite(void);

static struct heard h;
static struct bytes b;

static void setup(void)
{
	heard_open(&h, NULL);
	b.n = 0;
}

static void teardown(void)
{
	heard_close(&h);
}

/* One IPFIX options record of one scope field; values as bytes. */
static void send_options(const char *fields, const void *data, size_t n)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 300, 1, fields);
	put_set(&b, 300);
	for (size_t i = 0; i < n; i++)
		put(&b, ((const uint8_t *)data)[i], 1);
	put_set_end(&b);
	heard_send(&h, &b);
}
#define OPTIONS(fields, data) send_options(fields, data, sizeof data - 1)

/* One IPFIX record of a byte for each field. Its sampling. */
static uint32_t send_record(const char *fields, unsigned first, unsigned second)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, fields);
	put_set(&b, 256);
	put(&b, first, 1);
	put(&b, second, 1);
	put_set_end(&b);
	heard_send(&h, &b);
	return h.record[h.records - 1].sampling;
}

static const char *name(enum export_name what, uint64_t id)
{
	return export_name_get(h.d, heard_exporter(&h), what, id);
}

START_TEST(options_name_interfaces)
{
	put_v9(&b, 0, 1);
	put_template(&b, 257, 1, "2:4 82:8 83:8"); /* scope 2: interface */
	put_set(&b, 257);
	put(&b, 3, 4);
	put_text(&b, "eth3");
	put(&b, 0, 4);
	put_text(&b, "up\033link");
	put(&b, 0, 1);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_str_eq(name(EXPORT_NAME_INTERFACE, 3), "eth3");
	ck_assert_str_eq(name(EXPORT_NAME_INTERFACE, 4), "");
	ck_assert_str_eq(name(EXPORT_NAME_COUNT, 3), "");
	ck_assert_uint_eq(heard_exporter(&h)->option_records, 1);
	ck_assert_uint_eq(h.records, 0);
}
END_TEST

START_TEST(description_names_an_interface_that_has_no_name_and_is_cleaned)
{
	OPTIONS("10:1 83:5", "\7up\033\xff\x07");
	ck_assert_str_eq(name(EXPORT_NAME_INTERFACE, 7), "up???");
	OPTIONS("14:1 82:5", "\7ethX7");
	ck_assert_str_eq(name(EXPORT_NAME_INTERFACE, 7), "ethX7");
}
END_TEST

START_TEST(options_name_applications_and_their_categories)
{
	OPTIONS("95:4 96:v 372:3", "\3\0\0\x50" "\4http" "web");
	ck_assert_str_eq(name(EXPORT_NAME_APP, UINT64_C(3) << 56 | 80), "http");
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "95:4");
	put_set(&b, 256);
	put(&b, 0x03000050, 4);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_str_eq(h.text[0][RECORD_APP], "http");
	ck_assert_str_eq(h.text[0][RECORD_CATEGORY], "web");
}
END_TEST

START_TEST(name_in_the_record_is_better_than_the_one_told)
{
	OPTIONS("95:1 94:v", "\3" "\3old");
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "95:1 96:v");
	put_set(&b, 256);
	put_text(&b, "\3\3new");
	put_text(&b, "\3");
	put(&b, 0, 1);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_str_eq(h.text[0][RECORD_APP], "new");
	ck_assert_str_eq(h.text[1][RECORD_APP], "old");
}
END_TEST

START_TEST(options_name_the_exporter_and_its_routing_instances)
{
	OPTIONS("149:4 300:5", "\0\0\0\1edge7");
	ck_assert_str_eq(heard_exporter(&h)->name, "edge7");
	OPTIONS("234:1 236:v", "\5\3red");
	ck_assert_str_eq(name(EXPORT_NAME_VRF, 5), "red");
	send_record("234:1 4:1", 5, 6);
	ck_assert_str_eq(h.text[0][RECORD_VRF], "red");
}
END_TEST

START_TEST(options_tell_when_the_device_started)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 300, 1, "149:1 160:8");
	put_set(&b, 300);
	put(&b, 1, 1);
	put(&b, (EXPORT_S - 60) * UINT64_C(1000), 8);
	put_set_end(&b);
	put_template(&b, 256, 0, "22:4 21:4");
	put_set(&b, 256);
	put(&b, 10000, 4);
	put(&b, 20000, 4);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_int_eq(heard_exporter(&h)->boot_us, EXPORT_US - 60000000);
	ck_assert_int_eq(h.record[0].start_us, EXPORT_US - 50000000);
	ck_assert_int_eq(h.record[0].end_us, EXPORT_US - 40000000);
}
END_TEST

START_TEST(sampling_of_all_is_told_by_options)
{
	ck_assert_uint_eq(send_record("1:1 2:1", 1, 1), 0);
	OPTIONS("149:1 34:4", "\1\0\0\3\xe8");
	ck_assert_uint_eq(heard_exporter(&h)->sampling, 1000);
	ck_assert_uint_eq(send_record("1:1 2:1", 1, 1), 1000);
	ck_assert_uint_eq(h.record[1].bytes[0], 1);
}
END_TEST

START_TEST(records_name_the_sampler_that_took_them)
{
	OPTIONS("48:1 49:1 50:1", "\1\2\x64");
	OPTIONS("302:8 305:1 306:2", "\0\0\0\0\0\0\0\2\1\x07\xcf");
	ck_assert_uint_eq(send_record("48:1 2:1", 1, 1), 100);
	ck_assert_uint_eq(send_record("302:1 2:1", 2, 1), 2000);
	ck_assert_uint_eq(send_record("48:1 2:1", 9, 1), 0);
	/* which of the two took it is not known */
	ck_assert_uint_eq(send_record("1:1 2:1", 1, 1), 0);
}
END_TEST

START_TEST(only_sampler_there_is_took_records_that_name_none)
{
	OPTIONS("48:1 50:1", "\1\x64");
	OPTIONS("48:1 50:1", "\2\x64");
	ck_assert_uint_eq(send_record("1:1 2:1", 1, 1), 100);
}
END_TEST

START_TEST(sampling_is_told_for_an_interface)
{
	OPTIONS("10:1 34:1", "\3\x0a");
	ck_assert_uint_eq(send_record("10:1 2:1", 3, 1), 10);
	ck_assert_uint_eq(send_record("10:1 2:1", 4, 1), 0);
}
END_TEST

START_TEST(egress_records_are_sampled_on_their_way_out)
{
	OPTIONS("10:1 34:1", "\3\x0a");
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "10:1 14:1 61:1");
	put_set(&b, 256);
	put_text(&b, "\3\4\1\4\3\1");
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.record[0].sampling, 0);
	ck_assert_uint_eq(h.record[1].sampling, 10);
}
END_TEST

START_TEST(record_says_its_own_interval_in_many_ways)
{
	ck_assert_uint_eq(send_record("34:1 2:1", 64, 1), 64);
	ck_assert_uint_eq(send_record("50:1 34:1", 32, 64), 32);
	ck_assert_uint_eq(send_record("305:1 306:1", 1, 9), 10);
	ck_assert_uint_eq(send_record("305:1 306:1", 10, 0), 1);
	ck_assert_uint_eq(send_record("305:1 2:1", 50, 1), 50); /* not as the RFC means it */
	ck_assert_uint_eq(send_record("309:1 310:1", 2, 9), 5); /* 4.5, rounded */
	ck_assert_uint_eq(send_record("309:1 310:1", 9, 2), 1);
	ck_assert_uint_eq(send_record("309:1 310:1", 0, 2), 0);
}
END_TEST

START_TEST(probability_is_an_interval_if_it_is_one)
{
	static const struct { uint64_t bits; unsigned width; uint32_t interval; } p[] = {
		{0x3f50624dd2f1a9fc, 8, 1000}, /* 0.001 */
		{0x3f000000, 4, 2},            /* 0.5 */
		{0x0000000000000001, 8, UINT32_MAX},
		{0xbff0000000000000, 8, 0},    /* -1 */
		{0x7ff8000000000000, 8, 0},    /* no number */
		{0x4000000000000000, 8, 0},    /* 2 */
	};

	for (unsigned i = 0; i < sizeof p / sizeof p[0]; i++) {
		char fields[16];

		snprintf(fields, sizeof fields, "311:%u", p[i].width);
		put_ipfix(&b, 0, 1);
		put_template(&b, 256, 0, fields);
		put_set(&b, 256);
		put(&b, p[i].bits, p[i].width);
		put_set_end(&b);
		heard_send(&h, &b);
		ck_assert_uint_eq(h.record[i].sampling, p[i].interval);
	}
}
END_TEST

START_TEST(huge_intervals_are_cut_and_zero_is_not_known)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "305:8 306:8");
	put_set(&b, 256);
	put(&b, 1, 8);
	put(&b, UINT64_MAX - 1, 8);
	put(&b, UINT64_MAX, 8);
	put(&b, UINT64_MAX, 8);
	put(&b, 0, 16);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.record[0].sampling, 0); /* the sum is no number */
	ck_assert_uint_eq(h.record[1].sampling, 0);
	ck_assert_uint_eq(h.record[2].sampling, 0);
	OPTIONS("149:1 34:8", "\1\0\0\1\0\0\0\0\0");
	ck_assert_uint_eq(heard_exporter(&h)->sampling, UINT32_MAX);
}
END_TEST

START_TEST(who_lends_the_template_lends_its_names_and_sampling)
{
	put_v9(&b, 0, 1);
	put_template(&b, 257, 1, "1:1 34:1");
	put_set(&b, 257);
	put(&b, 1, 1);
	put(&b, 16, 1);
	put_set_end(&b);
	put_template(&b, 258, 1, "1:1 95:1 96:2");
	put_set(&b, 258);
	put_text(&b, "\1\5ab");
	put_set_end(&b);
	put_template(&b, 256, 0, "95:1");
	heard_send(&h, &b);
	h.port++;
	put_v9(&b, 0, 1);
	put_set(&b, 256);
	put(&b, 5, 1);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.record[0].sampling, 16);
	ck_assert_str_eq(h.text[0][RECORD_APP], "ab");
}
END_TEST

START_TEST(names_are_bounded_for_all_and_for_each)
{
	const struct export_limits l = {.names = 64};

	heard_close(&h);
	heard_open(&h, &l);
	for (uint16_t port = 1; port <= 20; port++) {
		h.port = port;
		for (unsigned i = 0; i < 20; i++) {
			put_v9(&b, 0, 1);
			put_template(&b, 257, 1, "2:1 82:2");
			put_set(&b, 257);
			put(&b, i, 1);
			put_text(&b, "if");
			put_set_end(&b);
			heard_send(&h, &b);
		}
		ck_assert_uint_le(export_decoder_totals(h.d).names, port * 9u);
	}
	ck_assert_uint_eq(export_decoder_totals(h.d).names, 64);
}
END_TEST

Suite *told_suite(void)
{
	Suite *s = suite_create("told");
	TCase *c = tcase_create("told");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, options_name_interfaces);
	tcase_add_test(c, description_names_an_interface_that_has_no_name_and_is_cleaned);
	tcase_add_test(c, options_name_applications_and_their_categories);
	tcase_add_test(c, name_in_the_record_is_better_than_the_one_told);
	tcase_add_test(c, options_name_the_exporter_and_its_routing_instances);
	tcase_add_test(c, options_tell_when_the_device_started);
	tcase_add_test(c, sampling_of_all_is_told_by_options);
	tcase_add_test(c, records_name_the_sampler_that_took_them);
	tcase_add_test(c, only_sampler_there_is_took_records_that_name_none);
	tcase_add_test(c, sampling_is_told_for_an_interface);
	tcase_add_test(c, egress_records_are_sampled_on_their_way_out);
	tcase_add_test(c, record_says_its_own_interval_in_many_ways);
	tcase_add_test(c, probability_is_an_interval_if_it_is_one);
	tcase_add_test(c, huge_intervals_are_cut_and_zero_is_not_known);
	tcase_add_test(c, who_lends_the_template_lends_its_names_and_sampling);
	tcase_add_test(c, names_are_bounded_for_all_and_for_each);
	suite_add_tcase(s, c);
	return s;
}
