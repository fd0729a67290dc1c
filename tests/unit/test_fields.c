/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * decode/fields.c, slots.c, draft.c: counters, keys and events of records, whatever the template.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "exports.h"

Suite *fields_suite(void);

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

#define SEND(data, fields) heard_send_record(&h, &b, fields, data, sizeof data - 1)

static bool has(enum record_has bit)
{
	return (r->has & RECORD_HAS(bit)) != 0;
}

START_TEST(counters_have_any_length)
{
	SEND("\x01\x02\x03" "\x05" "\0\0\0\0\0\0\0\0\0\x09", "1:3 2:1 148:10");
	ck_assert_uint_eq(r->bytes[0], 0x010203);
	ck_assert_uint_eq(r->packets[0], 5);
	ck_assert_uint_eq(r->flow_id, 9);
}
END_TEST

START_TEST(variable_fields_have_short_and_long_lengths)
{
	char data[3 + 2 + 3 + 300 + 1 + 1] = {5 - 3, 'h', 'i', 0, (char)255, 1, 44};

	/* user "hi"; method empty; host of 300; packets */
	memset(data + 7, 'x', 300);
	data[307] = 1;
	data[308] = 7;
	heard_send_record(&h, &b, "371:v 459:v 460:v 2:v", data, 309);
	ck_assert_uint_eq(h.records, 1);
	ck_assert_str_eq(h.text[0][RECORD_USER], "hi");
	ck_assert_uint_eq(r->text[RECORD_METHOD].bytes, 0);
	ck_assert_uint_eq(r->text[RECORD_HOST].bytes, 300);
	ck_assert_uint_eq(r->packets[0], 7);
}
END_TEST

START_TEST(fields_without_bytes_are_none_and_records_without_bytes_end)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "1:0 85:2 8:0");
	put_template(&b, 257, 0, "8:0 12:0");
	put_set(&b, 257);
	put(&b, 0, 40);
	put_set_end(&b);
	put_set(&b, 256);
	put(&b, 77, 2);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.records, 1);
	ck_assert_uint_eq(r->bytes[0], 77);
	ck_assert(!has(HAS_ADDR));
}
END_TEST

START_TEST(field_lengths_that_sum_to_65536_are_not_zero)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "8:32768 12:32768");
	put_set(&b, 256);
	put(&b, 0, 100);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.records, 0);
}
END_TEST

START_TEST(reverse_elements_are_the_other_direction)
{
	SEND("\0\0\0\x64" "\2" "\0\0\0\x32" "\1" "\x12" "\x02", "1:4 2:1 1:4:29305 2:1:29305 6:1:29305 6:1");
	ck_assert_uint_eq(r->bytes[0], 100);
	ck_assert_uint_eq(r->bytes[1], 50);
	ck_assert_uint_eq(r->packets[1], 1);
	ck_assert_uint_eq(r->tcp_flags[0], 0x02);
	ck_assert_uint_eq(r->tcp_flags[1], 0x12);
	ck_assert(r->flags & RECORD_BIFLOW);
	ck_assert_uint_eq(heard_exporter(&h)->bytes, 150);
}
END_TEST

START_TEST(initiator_and_responder_are_both_directions)
{
	SEND("\x64\x32\x02\x01", "231:1 232:1 298:1 299:1");
	ck_assert_uint_eq(r->bytes[0], 100);
	ck_assert_uint_eq(r->bytes[1], 50);
	ck_assert_uint_eq(r->packets[0], 2);
	ck_assert_uint_eq(r->packets[1], 1);
	ck_assert(r->flags & RECORD_BIFLOW);
}
END_TEST

START_TEST(nprobes_outgoing_counters_are_the_other_direction)
{
	SEND("\x64\x32\x02\x01" "\0\x5b", "1:1 23:1 2:1 24:1 118:2:35632");
	ck_assert_uint_eq(r->bytes[0], 100);
	ck_assert_uint_eq(r->bytes[1], 50);
	ck_assert_uint_eq(r->packets[1], 1);
	ck_assert(r->flags & RECORD_BIFLOW);
	SEND("\x64\x01" "\0\x5b", "23:1 24:1 118:2:35632");
	ck_assert_uint_eq(h.record[1].bytes[0], 100);
	ck_assert_uint_eq(h.record[1].bytes[1], 0);
}
END_TEST

START_TEST(enterprise_elements_are_not_those_of_iana)
{
	SEND("\1\2\3\4\5\6\7\x8", "1:2:99999 2:2:99999 8:4:99999");
	ck_assert_uint_eq(r->bytes[0], 0);
	ck_assert(!has(HAS_BYTES) && !has(HAS_PACKETS));
	ck_assert(heard_addr(&r->addr[0], "10.0.0.1"));
}
END_TEST

START_TEST(delta_counts_where_total_and_outgoing_are_there_too)
{
	SEND("\x01\x02\x03\x04", "85:1 1:1 23:1 171:1");
	ck_assert_uint_eq(r->bytes[0], 2);
	ck_assert_uint_eq(r->flags & RECORD_TOTALS, 0);
}
END_TEST

START_TEST(totals_alone_are_said_to_be_totals)
{
	SEND("\x01\x02", "85:1 86:1");
	ck_assert_uint_eq(r->bytes[0], 1);
	ck_assert_uint_eq(r->packets[0], 2);
	ck_assert(r->flags & RECORD_TOTALS);
}
END_TEST

START_TEST(outgoing_counters_count_where_there_are_no_others)
{
	SEND("\x01\x02", "23:1 24:1");
	ck_assert_uint_eq(r->bytes[0], 1);
	ck_assert_uint_eq(r->packets[0], 2);
}
END_TEST

START_TEST(layer2_bytes_count_only_without_others)
{
	SEND("\x01\x02", "352:1 1:1");
	ck_assert_uint_eq(r->bytes[0], 2);
	ck_assert_uint_eq(r->layer2_bytes[0], 1);
	ck_assert_uint_eq(r->flags & RECORD_LAYER2, 0);
	SEND("\x03", "352:1");
	ck_assert_uint_eq(h.record[1].bytes[0], 3);
	ck_assert(h.record[1].flags & RECORD_LAYER2);
	SEND("\x04", "353:1");
	ck_assert_uint_eq(h.record[2].bytes[0], 4);
	ck_assert(h.record[2].flags & RECORD_TOTALS);
}
END_TEST

START_TEST(events_without_counters_are_no_traffic)
{
	SEND("\x02\0\0\0\0\0\0\0\0", "233:1 231:4 232:4");
	ck_assert(r->flags & RECORD_EVENT);
	ck_assert_uint_eq(r->firewall_event, 2);
	SEND("\x02\0\0\0\5\0\0\0\0", "233:1 231:4 232:4");
	ck_assert_uint_eq(h.record[1].flags & RECORD_EVENT, 0);
	SEND("\x04\x0a\0\0\x09\x00\x50", "230:1 225:4 227:2");
	ck_assert(h.record[2].flags & RECORD_EVENT);
	ck_assert(heard_addr(&h.record[2].nat_addr[0], "10.0.0.9"));
	ck_assert_uint_eq(h.record[2].nat_port[0], 80);
	ck_assert_uint_eq(h.record[2].nat_event, 4);
}
END_TEST

START_TEST(template_for_both_families_gives_the_one_that_is_there)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "27:16 28:16 8:4 12:4 4:1");
	put_set(&b, 256);
	put(&b, 0, 32);
	put_ip(&b, "10.0.0.1");
	put_ip(&b, "10.0.0.2");
	put(&b, 17, 1);
	put_ip(&b, "2001:db8::1");
	put_ip(&b, "2001:db8::2");
	put(&b, 0, 8);
	put(&b, 17, 1);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.records, 2);
	ck_assert(heard_addr(&h.record[0].addr[1], "10.0.0.2"));
	ck_assert_uint_eq(h.record[0].ip_version, 4);
	ck_assert(heard_addr(&h.record[1].addr[0], "2001:db8::1"));
	ck_assert_uint_eq(h.record[1].ip_version, 6);
}
END_TEST

START_TEST(keys_that_come_again_are_the_inner_packet)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "27:16 28:16 4:1 7:2 8:4 12:4 4:1 7:2 11:2");
	put_set(&b, 256);
	for (int inner = 1; inner >= 0; inner--) {
		put_ip(&b, "2001:db8::1");
		put_ip(&b, "2001:db8::2");
		put(&b, 4, 1);
		put(&b, 9, 2);
		put(&b, inner ? 0x0a000001 : 0, 4);
		put(&b, inner ? 0x0a000002 : 0, 4);
		put(&b, inner ? 17 : 0, 1);
		put(&b, inner ? 53 : 0, 2);
		put(&b, 0, 2);
	}
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert(heard_addr(&r->addr[0], "10.0.0.1") && heard_addr(&r->addr[1], "10.0.0.2"));
	ck_assert_uint_eq(r->l4, 17);
	ck_assert_uint_eq(r->port[0], 53);
	ck_assert(has(HAS_OUTER) && heard_addr(&r->outer[1], "2001:db8::2"));
	/* no inner packet: the outer one, whole */
	ck_assert(heard_addr(&h.record[1].addr[0], "2001:db8::1"));
	ck_assert_uint_eq(h.record[1].l4, 4);
	ck_assert_uint_eq(h.record[1].port[0], 9);
	ck_assert_uint_eq(h.record[1].has & RECORD_HAS(HAS_OUTER), 0);
}
END_TEST

START_TEST(vendors_elements_name_the_inner_packet)
{
	SEND("\x0b\0\0\1" "\x0b\0\0\2" "\x11" "\0\x35", "881:4:6876 882:4:6876 880:1:6876 887:2:6876");
	ck_assert(heard_addr(&r->addr[0], "11.0.0.1") && heard_addr(&r->addr[1], "11.0.0.2"));
	ck_assert_uint_eq(r->l4, 17);
	ck_assert_uint_eq(r->port[1], 53);
	ck_assert_uint_eq(r->port[0], 0);
	ck_assert(heard_addr(&r->outer[0], "10.0.0.1"));
}
END_TEST

START_TEST(record_whose_addresses_are_zero_is_an_ip_packets_by_its_protocol)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "27:16 28:16 4:1");
	put_set(&b, 256);
	put(&b, 6, 33);
	put(&b, 0, 33);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.records, 2);
	ck_assert(has(HAS_ADDR));
	ck_assert_uint_eq(r->ip_version, 6);
	ck_assert_uint_eq(h.record[1].has & RECORD_HAS(HAS_ADDR), 0);
	ck_assert_uint_eq(h.record[1].ip_version, 0);
}
END_TEST

START_TEST(ports_of_udp_and_tcp_are_ports)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "8:4 12:4 180:2 181:2 182:2 183:2");
	put_set(&b, 256);
	put(&b, 0x0a000001, 4);
	put(&b, 0x0a000002, 4);
	put(&b, 5353, 2);
	put(&b, 53, 2);
	put(&b, 0, 4);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(r->port[0], 5353);
	ck_assert_uint_eq(r->port[1], 53);
}
END_TEST

START_TEST(icmp_is_in_its_own_elements_or_in_the_port)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "8:4 4:1 32:2");
	put_template(&b, 257, 0, "8:4 4:1 7:2 11:2");
	put_template(&b, 258, 0, "27:16 4:1 178:1 179:1");
	put_set(&b, 256);
	put(&b, 0x0a000001, 4);
	put(&b, 1, 1);
	put(&b, 0x0301, 2);
	put_set_end(&b);
	put_set(&b, 257);
	put(&b, 0x0a000001, 4);
	put(&b, 1, 1);
	put(&b, 0, 2);
	put(&b, 0x0800, 2);
	put_set_end(&b);
	put_set(&b, 258);
	put_ip(&b, "2001:db8::1");
	put(&b, 58, 1);
	put(&b, 128, 1);
	put(&b, 5, 1);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.records, 3);
	ck_assert_uint_eq(r[0].icmp_type << 8 | r[0].icmp_code, 0x0301);
	ck_assert_uint_eq(r[1].icmp_type << 8 | r[1].icmp_code, 0x0800);
	ck_assert_uint_eq(r[1].port[1], 0);
	ck_assert_uint_eq(r[2].icmp_type << 8 | r[2].icmp_code, 128 << 8 | 5);
}
END_TEST

Suite *fields_suite(void)
{
	Suite *s = suite_create("fields");
	TCase *c = tcase_create("fields");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, counters_have_any_length);
	tcase_add_test(c, variable_fields_have_short_and_long_lengths);
	tcase_add_test(c, fields_without_bytes_are_none_and_records_without_bytes_end);
	tcase_add_test(c, field_lengths_that_sum_to_65536_are_not_zero);
	tcase_add_test(c, reverse_elements_are_the_other_direction);
	tcase_add_test(c, initiator_and_responder_are_both_directions);
	tcase_add_test(c, nprobes_outgoing_counters_are_the_other_direction);
	tcase_add_test(c, enterprise_elements_are_not_those_of_iana);
	tcase_add_test(c, delta_counts_where_total_and_outgoing_are_there_too);
	tcase_add_test(c, totals_alone_are_said_to_be_totals);
	tcase_add_test(c, outgoing_counters_count_where_there_are_no_others);
	tcase_add_test(c, layer2_bytes_count_only_without_others);
	tcase_add_test(c, events_without_counters_are_no_traffic);
	tcase_add_test(c, template_for_both_families_gives_the_one_that_is_there);
	tcase_add_test(c, keys_that_come_again_are_the_inner_packet);
	tcase_add_test(c, vendors_elements_name_the_inner_packet);
	tcase_add_test(c, record_whose_addresses_are_zero_is_an_ip_packets_by_its_protocol);
	tcase_add_test(c, ports_of_udp_and_tcp_are_ports);
	tcase_add_test(c, icmp_is_in_its_own_elements_or_in_the_port);
	suite_add_tcase(s, c);
	return s;
}
