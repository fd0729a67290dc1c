/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * decode/template.c, waiting.c: templates come, change and go; data waits for them; nothing grows beyond its limit.
 */
#include "config.h"

#include <check.h>

#include "exports.h"

Suite *template_suite(void);

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

static void reopen(const struct export_limits *l)
{
	heard_close(&h);
	heard_open(&h, l);
}

/* A set of one record: a byte that counts bytes, or packets. */
static void put_data(uint16_t id, unsigned value)
{
	put_set(&b, id);
	put(&b, value, 1);
	put_set_end(&b);
}

static void send_template(uint16_t id, const char *fields)
{
	put_v9(&b, 0, 1);
	put_template(&b, id, 0, fields);
	heard_send(&h, &b);
}

static void send_data(uint16_t id, unsigned value)
{
	put_v9(&b, 0, 1);
	put_data(id, value);
	heard_send(&h, &b);
}

START_TEST(template_comes_in_the_datagram_or_before_it)
{
	put_v9(&b, 0, 1);
	put_template(&b, 256, 0, "1:1");
	put_data(256, 7);
	heard_send(&h, &b);
	send_data(256, 8);
	ck_assert_uint_eq(h.records, 2);
	ck_assert_uint_eq(h.record[1].bytes[0], 8);
	ck_assert_uint_eq(heard_exporter(&h)->missing_template, 0);
}
END_TEST

START_TEST(data_that_came_first_is_read_when_its_template_comes)
{
	send_data(256, 7);
	ck_assert_uint_eq(h.records, 0);
	ck_assert_uint_eq(heard_exporter(&h)->missing_template, 1);
	ck_assert_uint_eq(heard_exporter(&h)->waiting, 1);
	h.now_us += 5000000;
	put_v9(&b, 1, 1);
	put_at(&b, 8, EXPORT_S + 5, 4);
	put_template(&b, 256, 0, "1:1");
	heard_send(&h, &b);
	ck_assert_uint_eq(h.records, 1);
	ck_assert_uint_eq(h.record[0].bytes[0], 7);
	ck_assert(h.record[0].flags & RECORD_LATE);
	/* by the time of its own datagram */
	ck_assert_int_eq(h.record[0].end_us, EXPORT_US);
	ck_assert_uint_eq(heard_exporter(&h)->recovered, 1);
	ck_assert_uint_eq(heard_exporter(&h)->waiting, 0);
	ck_assert_uint_eq(export_decoder_totals(h.d).waiting_bytes, 0);
}
END_TEST

START_TEST(data_that_waited_and_is_cut_is_malformed)
{
	put_ipfix(&b, 0, 1);
	put_set(&b, 256);
	put_text(&b, "\7cut");
	put_set_end(&b);
	heard_send(&h, &b);
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "371:v");
	heard_send(&h, &b);
	ck_assert_uint_eq(h.records, 0);
	ck_assert_uint_eq(heard_exporter(&h)->recovered, 1);
	ck_assert_uint_eq(heard_exporter(&h)->malformed, 1);
}
END_TEST

START_TEST(data_of_other_templates_goes_on_waiting)
{
	send_data(256, 7);
	send_data(257, 8);
	send_data(256, 9);
	send_template(257, "1:1");
	ck_assert_uint_eq(h.records, 1);
	ck_assert_uint_eq(h.record[0].bytes[0], 8);
	send_template(256, "1:1");
	ck_assert_uint_eq(h.records, 3);
	ck_assert_uint_eq(h.record[1].bytes[0], 7);
	ck_assert_uint_eq(h.record[2].bytes[0], 9);
}
END_TEST

START_TEST(data_waits_no_longer_than_the_limit)
{
	const struct export_limits l = {.waiting_us = 1000000};

	reopen(&l);
	send_data(256, 7);
	export_decoder_tick(h.d, h.now_us + 1000001, &h.sink);
	send_template(256, "1:1");
	ck_assert_uint_eq(h.records, 0);
	ck_assert_uint_eq(export_decoder_totals(h.d).waiting_dropped, 1);
}
END_TEST

START_TEST(data_that_waits_is_bounded_and_the_oldest_goes)
{
	const struct export_limits l = {.waiting_bytes = 4096};

	reopen(&l);
	for (int i = 0; i < 1000; i++)
		send_data(256, (unsigned)i & 0xff);
	ck_assert_uint_le(export_decoder_totals(h.d).waiting_bytes, 1024); /* the share of one exporter */
	h.port++;
	for (int i = 0; i < 10; i++)
		send_data(256, 7);
	h.port--;
	send_template(256, "1:1");
	ck_assert_uint_gt(h.records, 4);
	ck_assert_uint_eq(h.record[h.records - 11].bytes[0], 999 & 0xff);
}
END_TEST

START_TEST(data_of_many_exporters_is_bounded_together)
{
	const struct export_limits l = {.waiting_bytes = 4096};

	reopen(&l);
	for (uint16_t port = 1; port < 100; port++) {
		h.port = port;
		send_data(256, port);
	}
	ck_assert_uint_le(export_decoder_totals(h.d).waiting_bytes, 4096);
	ck_assert_uint_gt(export_decoder_totals(h.d).waiting_dropped, 10);
	h.port = 99;
	send_template(256, "1:1");
	ck_assert_uint_eq(h.record[0].bytes[0], 99);
}
END_TEST

START_TEST(data_larger_than_its_share_does_not_wait)
{
	const struct export_limits l = {.waiting_bytes = 4096};

	reopen(&l);
	put_v9(&b, 0, 1);
	put_set(&b, 256);
	put(&b, 0, 2000);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(export_decoder_totals(h.d).waiting_dropped, 1);
	ck_assert_uint_eq(export_decoder_totals(h.d).waiting_bytes, 0);
}
END_TEST

START_TEST(template_that_is_defined_anew_is_the_new_one)
{
	send_template(256, "1:1");
	send_template(256, "1:1");
	ck_assert_uint_eq(heard_exporter(&h)->template_changes, 0);
	send_template(256, "2:1");
	send_data(256, 7);
	ck_assert_uint_eq(h.record[0].packets[0], 7);
	ck_assert_uint_eq(h.record[0].bytes[0], 0);
	ck_assert_uint_eq(heard_exporter(&h)->template_changes, 1);
	ck_assert_uint_eq(heard_exporter(&h)->templates, 1);
}
END_TEST

START_TEST(templates_are_of_their_domain_and_their_address)
{
	send_template(256, "1:1");
	put_v9(&b, 0, 2);
	put_data(256, 7);
	heard_send(&h, &b);
	h.from = "192.0.2.9";
	send_data(256, 7);
	ck_assert_uint_eq(h.records, 0);
}
END_TEST

START_TEST(templates_of_another_port_of_the_same_address_are_lent)
{
	send_template(256, "1:1");
	h.port++;
	send_data(256, 7);
	ck_assert_uint_eq(h.records, 1);
	ck_assert_uint_eq(h.exporter_id[0], 2);
}
END_TEST

START_TEST(two_ports_that_tell_different_templates_lend_none)
{
	send_template(256, "1:1");
	h.port++;
	send_template(256, "2:1");
	h.port++;
	send_data(256, 7);
	ck_assert_uint_eq(h.records, 0);
	h.port = 40000;
	send_data(256, 8);
	ck_assert_uint_eq(h.records, 1);
	ck_assert_uint_eq(h.record[0].bytes[0], 8);
}
END_TEST

START_TEST(data_of_another_port_is_read_when_the_template_comes)
{
	send_data(256, 7);
	h.port++;
	send_template(256, "1:1");
	ck_assert_uint_eq(h.records, 1);
	ck_assert_uint_eq(h.exporter_id[0], 1);
}
END_TEST

static void send_withdrawal(uint16_t set, uint16_t id)
{
	put_ipfix(&b, 0, 1);
	put_set(&b, set);
	put(&b, id, 2);
	put(&b, 0, 2);
	put_set_end(&b);
	heard_send(&h, &b);
}

START_TEST(ipfix_templates_are_withdrawn_by_id_or_all)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "1:1");
	put_template(&b, 257, 0, "1:1");
	put_template(&b, 258, 0, "1:1");
	put_template(&b, 259, 1, "10:1 82:v");
	heard_send(&h, &b);
	ck_assert_uint_eq(heard_exporter(&h)->templates, 4);
	send_withdrawal(2, 257);
	ck_assert_uint_eq(heard_exporter(&h)->templates, 3);
	send_withdrawal(2, 4000); /* never was */
	send_withdrawal(2, 2);
	ck_assert_uint_eq(heard_exporter(&h)->templates, 1);
	send_withdrawal(3, 3);
	ck_assert_uint_eq(heard_exporter(&h)->templates, 0);
	ck_assert_uint_eq(heard_exporter(&h)->malformed, 0);
}
END_TEST

START_TEST(templates_that_cannot_be_are_malformed)
{
	static const uint16_t bad[][3] = {{255, 1, 0}, {256, 0, 0}, {256, 900, 0}, {2, 1, 0}};

	for (unsigned i = 0; i < 4; i++) {
		put_v9(&b, i, 1);
		put_set(&b, 0);
		put(&b, bad[i][0], 2);
		put(&b, bad[i][1], 2);
		put(&b, 1, 2);
		put(&b, 4, 2);
		put_set_end(&b);
		heard_send(&h, &b);
		ck_assert_uint_eq(heard_exporter(&h)->malformed, i + 1);
	}
	ck_assert_uint_eq(heard_exporter(&h)->templates, 0);
}
END_TEST

START_TEST(options_scope_may_not_be_more_than_the_fields)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 2, "10:4 82:4");
	put_at(&b, 16 + 4 + 4, 3, 2);
	heard_send(&h, &b);
	ck_assert_uint_eq(heard_exporter(&h)->templates, 0);
	ck_assert_uint_eq(heard_exporter(&h)->malformed, 1);
}
END_TEST

START_TEST(sets_with_reserved_ids_are_malformed)
{
	put_ipfix(&b, 0, 1);
	put_set(&b, 17);
	put(&b, 0, 4);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(heard_exporter(&h)->malformed, 1);
}
END_TEST

START_TEST(templates_of_one_exporter_are_bounded_and_those_in_use_stay)
{
	const struct export_limits l = {.templates = 8};

	reopen(&l);
	send_template(256, "1:1");
	for (uint16_t id = 300; id < 400; id++) {
		send_template(id, "2:1");
		send_data(256, 1);
	}
	ck_assert_uint_eq(h.records, 100);
	ck_assert_uint_eq(heard_exporter(&h)->templates, 8);
	ck_assert_uint_eq(export_decoder_totals(h.d).templates_evicted, 93);
}
END_TEST

START_TEST(templates_of_all_are_bounded_in_bytes)
{
	const struct export_limits l = {.template_bytes = 8192};

	reopen(&l);
	for (uint16_t port = 1; port < 500; port++) {
		h.port = port;
		send_template(256, "1:1 2:1 4:1 7:2 11:2");
	}
	ck_assert_uint_le(export_decoder_totals(h.d).template_bytes, 8192);
	ck_assert_uint_gt(export_decoder_totals(h.d).templates, 10);
}
END_TEST

/* 16000 fields that say nothing */
START_TEST(template_of_thousands_of_fields_takes_no_more_than_it_can_do)
{
	put_ipfix(&b, 0, 1);
	put_set(&b, 2);
	put(&b, 256, 2);
	put(&b, 16001, 2);
	for (int i = 0; i < 16000; i++)
		put(&b, 500 << 16 | 1, 4);
	put(&b, 1 << 16 | 2, 4);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(heard_exporter(&h)->templates, 1);
	ck_assert_uint_lt(export_decoder_totals(h.d).template_bytes, 1024);
	put_ipfix(&b, 0, 1);
	put_set(&b, 256);
	put(&b, 77, 16002);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.record[0].bytes[0], 77);
}
END_TEST

START_TEST(skipped_fields_of_more_than_65535_bytes_are_several_steps)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "500:20000 500:20000 500:20000 500:5000 1:2");
	heard_send(&h, &b);
	put_ipfix(&b, 0, 1);
	put_set(&b, 256);
	put(&b, 0, 65000);
	put(&b, 77, 2);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.records, 1);
	ck_assert_uint_eq(h.record[0].bytes[0], 77);
}
END_TEST

START_TEST(template_unused_for_long_is_forgotten)
{
	const struct export_limits l = {.template_us = 1000000};

	reopen(&l);
	send_template(256, "1:1");
	send_template(257, "1:1");
	h.now_us += 900000;
	send_data(257, 1);
	export_decoder_tick(h.d, EXPORT_US + 1000001, &h.sink);
	ck_assert_uint_eq(heard_exporter(&h)->templates, 1);
	send_data(256, 1);
	ck_assert_uint_eq(h.records, 1);
}
END_TEST

START_TEST(siblings_that_go_leave_the_others_in_their_family)
{
	const struct export_limits l = {.exporter_us = 1000000};

	reopen(&l);
	for (uint16_t port = 1; port <= 3; port++) {
		h.port = port;
		send_template(256, "1:1");
	}
	h.now_us += 900000;
	for (uint16_t port = 1; port <= 3; port += 2) {
		h.port = port;
		send_data(256, 1);
	}
	export_decoder_tick(h.d, EXPORT_US + 1000001, &h.sink); /* the middle one goes */
	ck_assert_uint_eq(h.gone, 1);
	h.port = 4;
	send_data(256, 4);
	ck_assert_uint_eq(h.records, 3);
	export_decoder_tick(h.d, h.now_us + 1000001, &h.sink);
	ck_assert_uint_eq(h.gone, 4);
	send_data(256, 5);
	ck_assert_uint_eq(h.records, 3);
}
END_TEST

START_TEST(exporter_that_goes_takes_all_it_had)
{
	const struct export_limits l = {.exporter_us = 1000000};
	struct export_totals t;

	reopen(&l);
	send_template(256, "1:1");
	send_data(257, 1);
	put_v9(&b, 0, 1);
	put_template(&b, 258, 1, "2:4 82:4");
	put_set(&b, 258);
	put(&b, 3, 4);
	put_text(&b, "eth3");
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(export_decoder_totals(h.d).names, 1);
	ck_assert_uint_gt(export_decoder_totals(h.d).memory_bytes, 0);
	export_decoder_tick(h.d, h.now_us + 1000001, &h.sink);
	t = export_decoder_totals(h.d);
	ck_assert_uint_eq(t.templates + t.template_bytes + t.waiting_bytes + t.names + t.exporters, 0);
	ck_assert_uint_eq(t.gone.datagrams, 3);
}
END_TEST

START_TEST(decoder_is_freed_with_all_that_waits)
{
	send_data(256, 7);
	send_template(257, "1:1");
	export_decoder_free(NULL);
}
END_TEST

Suite *template_suite(void)
{
	Suite *s = suite_create("template");
	TCase *c = tcase_create("template");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, template_comes_in_the_datagram_or_before_it);
	tcase_add_test(c, data_that_came_first_is_read_when_its_template_comes);
	tcase_add_test(c, data_that_waited_and_is_cut_is_malformed);
	tcase_add_test(c, data_of_other_templates_goes_on_waiting);
	tcase_add_test(c, data_waits_no_longer_than_the_limit);
	tcase_add_test(c, data_that_waits_is_bounded_and_the_oldest_goes);
	tcase_add_test(c, data_of_many_exporters_is_bounded_together);
	tcase_add_test(c, data_larger_than_its_share_does_not_wait);
	tcase_add_test(c, template_that_is_defined_anew_is_the_new_one);
	tcase_add_test(c, templates_are_of_their_domain_and_their_address);
	tcase_add_test(c, templates_of_another_port_of_the_same_address_are_lent);
	tcase_add_test(c, two_ports_that_tell_different_templates_lend_none);
	tcase_add_test(c, data_of_another_port_is_read_when_the_template_comes);
	tcase_add_test(c, ipfix_templates_are_withdrawn_by_id_or_all);
	tcase_add_test(c, templates_that_cannot_be_are_malformed);
	tcase_add_test(c, options_scope_may_not_be_more_than_the_fields);
	tcase_add_test(c, sets_with_reserved_ids_are_malformed);
	tcase_add_test(c, templates_of_one_exporter_are_bounded_and_those_in_use_stay);
	tcase_add_test(c, templates_of_all_are_bounded_in_bytes);
	tcase_add_test(c, template_of_thousands_of_fields_takes_no_more_than_it_can_do);
	tcase_add_test(c, skipped_fields_of_more_than_65535_bytes_are_several_steps);
	tcase_add_test(c, template_unused_for_long_is_forgotten);
	tcase_add_test(c, siblings_that_go_leave_the_others_in_their_family);
	tcase_add_test(c, exporter_that_goes_takes_all_it_had);
	tcase_add_test(c, decoder_is_freed_with_all_that_waits);
	suite_add_tcase(s, c);
	return s;
}
