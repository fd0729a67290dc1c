/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * decode/ipfix.c, lists.c, stream.c: messages of NetFlow v9 and IPFIX, their sets, lists and numbers.
 */
#include "config.h"

#include <check.h>

#include "exports.h"

Suite *ipfix_suite(void);

static struct heard h;
static struct bytes b;
static const struct flow_record *r = h.record; /* the first that was heard */

static void setup(void)
{
	heard_open(&h, NULL);
	b.n = 0;
}

static void teardown(void)
{
	heard_close(&h);
}

START_TEST(netflow9_record_is_read_by_its_template)
{
	put_v9(&b, 0, 7);
	put_template(&b, 256, 0, KEY "1:4 2:4 22:4 21:4 6:1 5:1");
	put_set(&b, 256);
	put_key(&b);
	put(&b, 400, 4);
	put(&b, 3, 4);
	put(&b, UPTIME_MS - 5000, 4);
	put(&b, UPTIME_MS - 1000, 4);
	put(&b, 0x1b, 1);
	put(&b, 0x20, 1);
	put(&b, 0, 3); /* padding */
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.records, 1);
	ck_assert(heard_addr(&r->addr[0], "10.0.0.1") && heard_addr(&r->addr[1], "10.0.0.2"));
	ck_assert_uint_eq(r->port[1], 443);
	ck_assert_uint_eq(r->l4, 6);
	ck_assert_uint_eq(r->ip_version, 4);
	ck_assert_uint_eq(r->bytes[0], 400);
	ck_assert_uint_eq(r->packets[0], 3);
	ck_assert_int_eq(r->start_us, EXPORT_US - 5000000);
	ck_assert_int_eq(r->end_us, EXPORT_US - 1000000);
	ck_assert_uint_eq(r->tcp_flags[0], 0x1b);
	ck_assert_uint_eq(r->tos[0], 0x20);
	ck_assert_uint_eq(heard_exporter(&h)->domain, 7);
	ck_assert_uint_eq(heard_exporter(&h)->malformed, 0);
	ck_assert_uint_eq(heard_exporter(&h)->templates, 1);
}
END_TEST

START_TEST(netflow9_rest_of_zeros_is_padding)
{
	put_v9(&b, 0, 7);
	put_template(&b, 256, 0, KEY);
	put(&b, 0, 200);
	heard_send(&h, &b);
	ck_assert_uint_eq(heard_exporter(&h)->malformed, 0);
}
END_TEST

START_TEST(set_that_is_longer_than_the_datagram_spoils_none_before_it)
{
	put_v9(&b, 0, 7);
	put_template(&b, 256, 0, KEY);
	put_set(&b, 256);
	put_key(&b);
	put_set_end(&b);
	put(&b, 256, 2);
	put(&b, 4000, 2);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.records, 1);
	ck_assert_uint_eq(heard_exporter(&h)->malformed, 1);
}
END_TEST

START_TEST(set_shorter_than_its_header_ends_the_datagram)
{
	put_v9(&b, 0, 7);
	put(&b, 256, 2);
	put(&b, 3, 2);
	put_template(&b, 256, 0, KEY);
	heard_send(&h, &b);
	ck_assert_uint_eq(heard_exporter(&h)->templates, 0);
	ck_assert_uint_eq(heard_exporter(&h)->malformed, 1);
}
END_TEST

START_TEST(ipfix_message_ends_where_its_length_says)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, KEY);
	put_set(&b, 256);
	put_key(&b);
	put_set_end(&b);
	for (int i = 0; i < 40; i++)
		put(&b, 0xee, 1);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.records, 1);
	ck_assert_uint_eq(heard_exporter(&h)->malformed, 0);
}
END_TEST

START_TEST(ipfix_message_that_is_cut_gives_its_whole_sets)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, KEY);
	put_set(&b, 256);
	put_key(&b);
	put_set_end(&b);
	put_at(&b, 2, 9000, 2);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.records, 1);
	ck_assert_uint_eq(heard_exporter(&h)->malformed, 1);
}
END_TEST

START_TEST(ipfix_header_that_is_none_makes_no_exporter)
{
	put_ipfix(&b, 0, 1);
	put_at(&b, 2, 15, 2);
	heard_send(&h, &b);
	put_ipfix(&b, 0, 1);
	b.n = 15;
	heard_send(&h, &b);
	put_v9(&b, 0, 1);
	b.n = 19;
	heard_send(&h, &b);
	ck_assert_uint_eq(h.came, 0);
	ck_assert_uint_eq(export_decoder_totals(h.d).unknown, 3);
}
END_TEST

START_TEST(variable_field_beyond_its_set_spoils_its_record_only)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "371:v 2:1");
	put_set(&b, 256);
	put_text(&b, "\2hi\5");
	put_text(&b, "\7cut");
	put_set_end(&b);
	put_set(&b, 256);
	put_text(&b, "\2ho\6");
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.records, 2);
	ck_assert_str_eq(h.text[1][RECORD_USER], "ho");
	ck_assert_uint_eq(heard_exporter(&h)->malformed, 1);
}
END_TEST

START_TEST(lists_are_read_for_texts_and_never_for_keys)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 300, 0, "8:4 1:1 291:v");
	put_template(&b, 256, 0, KEY "1:1 293:v 292:v");
	put_set(&b, 256);
	put_key(&b);
	put(&b, 40, 1);
	/* subTemplateMultiList: one of template 300 with a basicList of two hosts */
	put(&b, 1 + 4 + 5 + 1 + 17, 1);
	put(&b, 0, 1);
	put(&b, 300, 2);
	put(&b, 4 + 5 + 1 + 17, 2);
	put_ip(&b, "99.9.9.9");
	put(&b, 99, 1);
	put(&b, 17, 1);
	put(&b, 0, 1);
	put(&b, 0x8000 | 117, 2);
	put(&b, 65535, 2);
	put(&b, 6871, 4);
	put_text(&b, "\3one\3two");
	/* subTemplateList of a template that is not known */
	put(&b, 5, 1);
	put(&b, 0, 1);
	put(&b, 999, 2);
	put(&b, 0, 2);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.records, 1);
	ck_assert_str_eq(h.text[0][RECORD_HOST], "one");
	ck_assert(heard_addr(&r->addr[0], "10.0.0.1"));
	ck_assert_uint_eq(r->bytes[0], 40);
	ck_assert_uint_eq(heard_exporter(&h)->malformed, 0);
}
END_TEST

START_TEST(lists_that_lie_are_left)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "293:v 292:v 291:v 291:v 2:1");
	put_set(&b, 256);
	put_text(&b, "\5");
	put(&b, 0, 1);
	put(&b, 300, 2);
	put(&b, 3, 2); /* less than its own header */
	put_text(&b, "\5");
	put(&b, 0, 1);
	put(&b, 300, 2);
	put(&b, 99, 2);
	put_text(&b, "\2");
	put(&b, 0, 2);
	put_text(&b, "\7"); /* one text, and a part of another */
	put(&b, 0, 1);
	put(&b, 371, 2);
	put(&b, 1, 2);
	put_text(&b, "uv");
	put(&b, 9, 1);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.records, 1);
	ck_assert_uint_eq(h.record[0].packets[0], 9);
	ck_assert_str_eq(h.text[0][RECORD_USER], "u");
}
END_TEST

START_TEST(lists_in_lists_end)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 300, 0, "292:v");
	put_set(&b, 300);
	put(&b, 255, 1);
	size_t length = b.n;

	put(&b, 0, 2);
	for (int i = 0; i < 400; i++) {
		put(&b, 0, 1);
		put(&b, 300, 2);
		put(&b, 255, 1);
		put(&b, 60000, 2);
	}
	put_at(&b, length, b.n - length - 2, 2);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.records, 1);
}
END_TEST

START_TEST(list_of_a_million_empty_entries_is_left)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "291:v 2:1");
	put_set(&b, 256);
	put(&b, 255, 1);
	put(&b, 5 + 30000, 2);
	put(&b, 0, 1);
	put(&b, 371, 2);
	put(&b, 65535, 2);
	put(&b, 0, 30000);
	put(&b, 9, 1);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.records, 1);
	ck_assert_uint_eq(r->packets[0], 9);
}
END_TEST

START_TEST(ipfix_sequence_counts_records_of_options_too)
{
	for (uint32_t i = 0; i < 3; i++) {
		put_ipfix(&b, i < 2 ? i * 3 : 16, 1);
		put_template(&b, 256, 0, "2:1");
		put_template(&b, 257, 1, "10:1");
		put_set(&b, 256);
		put(&b, 7, 2);
		put_set_end(&b);
		put_set(&b, 257);
		put(&b, 7, 1);
		put_set_end(&b);
		heard_send(&h, &b);
	}
	ck_assert_uint_eq(heard_exporter(&h)->records, 6);
	ck_assert_uint_eq(heard_exporter(&h)->option_records, 3);
	ck_assert_uint_eq(heard_exporter(&h)->lost, 10);
}
END_TEST

START_TEST(ipfix_sequence_may_count_flows_with_this_messages_own)
{
	/* as softflowd does, whose options are not counted */
	static const uint8_t flows[] = {16, 25, 24, 17, 30};
	uint32_t sent = 0;

	for (unsigned i = 0; i < sizeof flows; i++) {
		sent += flows[i];
		put_ipfix(&b, sent, 1);
		put_template(&b, 256, 0, "2:1");
		put_template(&b, 257, 1, "10:1");
		put_set(&b, 256);
		put(&b, 7, flows[i]);
		put_set_end(&b);
		put_set(&b, 257);
		put(&b, 7, i % 2);
		put_set_end(&b);
		heard_send(&h, &b);
	}
	ck_assert_uint_eq(heard_exporter(&h)->lost, 0);
	ck_assert_uint_eq(heard_exporter(&h)->restarts, 0);
}
END_TEST

START_TEST(netflow9_sequence_counts_datagrams)
{
	put_v9(&b, 5, 1);
	put_template(&b, 256, 0, "2:1");
	heard_send(&h, &b);
	put_v9(&b, 10, 1);
	put_set(&b, 256);
	put(&b, 1, 4);
	put_set_end(&b);
	heard_send(&h, &b);
	put_v9(&b, 11, 1);
	heard_send(&h, &b);
	ck_assert_uint_eq(heard_exporter(&h)->lost, 4);
	ck_assert_uint_eq(heard_exporter(&h)->records, 4);
}
END_TEST

static struct export_stream *open_stream(uint16_t port)
{
	struct export_datagram dg = {.from_port = port};

	addr_parse(&dg.from, "192.0.2.5", NULL);
	return export_stream_new(h.d, &dg);
}

static void put_two_messages(void)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, KEY);
	size_t second = b.n;

	put_ipfix(&b, 0, 1);
	put_set(&b, 256);
	put_key(&b);
	put_at(&b, b.set + 2, b.n - b.set, 2);
	put_at(&b, second + 2, b.n - second, 2);
}

START_TEST(stream_is_cut_into_messages_wherever_its_pieces_end)
{
	put_two_messages();
	for (size_t piece = 1; piece <= b.n; piece++) {
		struct export_stream *s = open_stream((uint16_t)piece);

		h.records = 0;
		for (size_t at = 0; at < b.n; at += piece)
			ck_assert_int_eq(export_stream_feed(s, b.data + at, b.n - at < piece ? b.n - at : piece,
							    h.now_us, &h.sink), 0);
		ck_assert_uint_eq(h.records, 1);
		ck_assert(h.last->tcp);
		ck_assert_uint_eq(h.last->datagrams, 2);
		export_stream_free(s);
	}
}
END_TEST

START_TEST(stream_takes_its_templates_with_it)
{
	struct export_stream *s = open_stream(9);

	put_two_messages();
	ck_assert_int_eq(export_stream_feed(s, b.data, b.n, h.now_us, &h.sink), 0);
	ck_assert_uint_eq(export_decoder_totals(h.d).templates, 1);
	export_stream_free(s);
	ck_assert_uint_eq(export_decoder_totals(h.d).templates, 0);
	ck_assert_uint_eq(heard_exporter(&h)->records, 1);
}
END_TEST

START_TEST(stream_of_something_else_is_refused)
{
	struct export_stream *s = open_stream(9);

	ck_assert_int_eq(export_stream_feed(s, (const uint8_t *)"GET / HTTP/1.0\r\n", 16, h.now_us, &h.sink), ERR_FORMAT);
	ck_assert_uint_eq(export_decoder_totals(h.d).unknown, 1);
	export_stream_free(s);
	s = open_stream(10);
	ck_assert_int_eq(export_stream_feed(s, (const uint8_t *)"\0\12\0\3............", 16, h.now_us, &h.sink), ERR_FORMAT);
	export_stream_free(s);
	export_stream_free(NULL);
}
END_TEST

Suite *ipfix_suite(void)
{
	Suite *s = suite_create("ipfix");
	TCase *c = tcase_create("ipfix");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, netflow9_record_is_read_by_its_template);
	tcase_add_test(c, netflow9_rest_of_zeros_is_padding);
	tcase_add_test(c, set_that_is_longer_than_the_datagram_spoils_none_before_it);
	tcase_add_test(c, set_shorter_than_its_header_ends_the_datagram);
	tcase_add_test(c, ipfix_message_ends_where_its_length_says);
	tcase_add_test(c, ipfix_message_that_is_cut_gives_its_whole_sets);
	tcase_add_test(c, ipfix_header_that_is_none_makes_no_exporter);
	tcase_add_test(c, variable_field_beyond_its_set_spoils_its_record_only);
	tcase_add_test(c, lists_are_read_for_texts_and_never_for_keys);
	tcase_add_test(c, lists_that_lie_are_left);
	tcase_add_test(c, lists_in_lists_end);
	tcase_add_test(c, list_of_a_million_empty_entries_is_left);
	tcase_add_test(c, ipfix_sequence_counts_records_of_options_too);
	tcase_add_test(c, ipfix_sequence_may_count_flows_with_this_messages_own);
	tcase_add_test(c, netflow9_sequence_counts_datagrams);
	tcase_add_test(c, stream_is_cut_into_messages_wherever_its_pieces_end);
	tcase_add_test(c, stream_takes_its_templates_with_it);
	tcase_add_test(c, stream_of_something_else_is_refused);
	suite_add_tcase(s, c);
	return s;
}
