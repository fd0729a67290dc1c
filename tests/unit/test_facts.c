/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * decode/fields.c, draft.c, elements.c: times and all else that records say.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "exports.h"

Suite *facts_suite(void);

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

START_TEST(times_are_read_in_all_their_units)
{
	const struct { uint16_t start, end; unsigned width; uint64_t v; } forms[] = {
		{150, 151, 4, EXPORT_S - 7},
		{152, 153, 8, (EXPORT_S - 7) * UINT64_C(1000)},
		{154, 155, 8, (EXPORT_S - 7 + UINT64_C(2208988800)) << 32},
		{156, 157, 8, (EXPORT_S - 7 + UINT64_C(2208988800)) << 32},
		{154, 155, 8, (EXPORT_S - 7) * UINT64_C(1000000)},    /* plain numbers */
		{156, 157, 8, (EXPORT_S - 7) * UINT64_C(1000000000)},
		{158, 159, 4, 7000000},
	};
	char fields[64];

	for (unsigned i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		put_ipfix(&b, i, 1);
		snprintf(fields, sizeof fields, "%u:%u %u:%u", forms[i].start, forms[i].width, forms[i].end, forms[i].width);
		put_template(&b, 256, 0, fields);
		put_set(&b, 256);
		put(&b, forms[i].v, forms[i].width);
		put(&b, forms[i].v, forms[i].width);
		put_set_end(&b);
		heard_send(&h, &b);
		ck_assert_uint_eq(h.records, i + 1);
		ck_assert_int_eq(r[i].start_us, EXPORT_US - 7000000);
		ck_assert_int_eq(r[i].end_us, EXPORT_US - 7000000);
		ck_assert(r[i].has & RECORD_HAS(HAS_START));
	}
}
END_TEST

START_TEST(finer_time_is_taken_of_two)
{
	const uint64_t ms = (EXPORT_S - 7) * UINT64_C(1000) + 123;

	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "152:8 150:4");
	put_set(&b, 256);
	put(&b, ms, 8);
	put(&b, EXPORT_S - 7, 4);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_int_eq(r->start_us, EXPORT_US - 7000000 + 123000);
}
END_TEST

START_TEST(duration_gives_the_end_that_is_not_told)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "150:4 161:4");
	put_template(&b, 257, 0, "151:4 162:4");
	put_set(&b, 256);
	put(&b, EXPORT_S - 9, 4);
	put(&b, 2500, 4);
	put_set_end(&b);
	put_set(&b, 257);
	put(&b, EXPORT_S, 4);
	put(&b, 2500, 4);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_int_eq(r[0].end_us, EXPORT_US - 6500000);
	ck_assert_int_eq(r[1].start_us, EXPORT_US - 2500);
}
END_TEST

START_TEST(ipfix_uptimes_need_to_know_when_the_device_started)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "22:4 21:4");
	put_template(&b, 257, 0, "22:4 21:4 160:8");
	put_set(&b, 256);
	put(&b, 1000, 4);
	put(&b, 2000, 4);
	put_set_end(&b);
	put_set(&b, 257);
	put(&b, 1000, 4);
	put(&b, 2000, 4);
	put(&b, (EXPORT_S - 60) * UINT64_C(1000), 8);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(r[0].has & RECORD_HAS(HAS_START), 0);
	ck_assert_int_eq(r[0].end_us, EXPORT_US);
	ck_assert_int_eq(r[1].start_us, EXPORT_US - 59000000);
	ck_assert_int_eq(r[1].end_us, EXPORT_US - 58000000);
}
END_TEST

START_TEST(record_without_times_has_the_export_time_and_one_observed_has_that)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "4:1");
	put_template(&b, 257, 0, "323:8");
	put_set(&b, 256);
	put(&b, 6, 1);
	put_set_end(&b);
	put_set(&b, 257);
	put(&b, (EXPORT_S - 3) * UINT64_C(1000), 8);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_int_eq(r[0].start_us, EXPORT_US);
	ck_assert(!has(HAS_START) && !has(HAS_END));
	ck_assert_int_eq(r[1].end_us, EXPORT_US - 3000000);
}
END_TEST

START_TEST(what_lies_on_the_way_is_read)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "10:4 14:2 252:4 15:4 63:16 16:4 17:2 128:4 129:4 9:1 30:1 234:4 61:1 239:1 138:8 89:1 136:1");
	put_set(&b, 256);
	put(&b, 70000, 4);
	put(&b, 12, 2);
	put(&b, 99, 4);
	put_ip(&b, "10.9.9.9");
	put_ip(&b, "2001:db8::9");
	put(&b, 4200000000, 4);
	put(&b, 65000, 2);
	put(&b, 1, 4);
	put(&b, 2, 4);
	put(&b, 24, 1);
	put(&b, 64, 1);
	put(&b, 5, 4);
	put(&b, 1, 1);
	put(&b, 2, 1);
	put(&b, 77, 8);
	put(&b, 64, 1);
	put(&b, 3, 1);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(r->interface[0], 70000);
	ck_assert_uint_eq(r->interface[1], 12);
	ck_assert(heard_addr(&r->next_hop, "10.9.9.9") && heard_addr(&r->bgp_next_hop, "2001:db8::9"));
	ck_assert_uint_eq(r->as[0], 4200000000);
	ck_assert_uint_eq(r->as[1], 65000);
	ck_assert_uint_eq(r->as_neighbour[1], 1);
	ck_assert_uint_eq(r->as_neighbour[0], 2);
	ck_assert_uint_eq(r->prefix_bits[0], 24);
	ck_assert_uint_eq(r->prefix_bits[1], 64);
	ck_assert_uint_eq(r->vrf[0], 5);
	ck_assert_uint_eq(r->direction, 1);
	ck_assert_uint_eq(r->biflow_direction, 2);
	ck_assert_uint_eq(r->point, 77);
	ck_assert_uint_eq(r->forwarding, 64);
	ck_assert_uint_eq(r->end_reason, 3);
}
END_TEST

START_TEST(what_headers_say_is_read)
{
	put_ipfix(&b, 0, 1);
	put_template(&b, 256, 0, "58:2 59:2 256:2 56:6 57:6 70:3 351:8 195:1 52:1 132:4 133:4");
	put_set(&b, 256);
	put(&b, 10, 2);
	put(&b, 20, 2);
	put(&b, 0x0806, 2);
	put(&b, 0x020000000001, 6);
	put(&b, 0x020000000002, 6);
	put(&b, 16000 << 4 | 1, 3);
	put(&b, UINT64_C(0x0100000000001234), 8);
	put(&b, 46, 1);
	put(&b, 63, 1);
	put(&b, 500, 4);
	put(&b, 5, 4);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(r->vlan[0], 10);
	ck_assert_uint_eq(r->vlan[1], 20);
	ck_assert_uint_eq(r->ethertype, 0x0806);
	ck_assert_uint_eq(r->mac[0][5], 1);
	ck_assert_uint_eq(r->mac[1][5], 2);
	ck_assert_uint_eq(r->mpls_label, 16000);
	ck_assert_uint_eq(r->vni, 0x1234);
	ck_assert_uint_eq(r->tos[0], 46 << 2);
	ck_assert_uint_eq(r->ttl, 63);
	ck_assert_uint_eq(r->dropped_bytes, 500);
	ck_assert_uint_eq(r->dropped_packets, 5);
}
END_TEST

START_TEST(fields_too_short_for_what_they_are_say_nothing)
{
	SEND("\1\2" "\1\2\3" "\1\2" "\1\2\3\4\5" "\1\2\3", "225:2 281:3 70:2 56:5 311:3");
	ck_assert_uint_eq(h.records, 1);
	ck_assert(!has(HAS_NAT_SRC) && !has(HAS_MPLS) && !has(HAS_MAC_SRC));
	ck_assert_uint_eq(r->sampling, 0);
}
END_TEST

START_TEST(netflow9_vendors_have_numbers_of_their_own)
{
	put_v9(&b, 0, 1);
	put_template(&b, 256, 0, "57590:2 57591:10 57595:4 56702:8 45003:12 57653:2 40001:4 40003:2");
	put_set(&b, 256);
	put(&b, 91, 2);
	put_text(&b, "TLS.Google");
	put(&b, 12, 4);
	put_text(&b, "alice");
	put(&b, 0, 3);
	put_text(&b, "\3\1\1\x50\x34\2");
	put_text(&b, "a.test");
	put(&b, 404, 2);
	put_ip(&b, "10.7.7.7");
	put(&b, 4040, 2);
	put_set_end(&b);
	heard_send(&h, &b);
	ck_assert_uint_eq(r->app_id, 91);
	ck_assert_str_eq(h.text[0][RECORD_APP], "TLS.Google");
	ck_assert_uint_eq(r->client_latency_us, 12000);
	ck_assert_str_eq(h.text[0][RECORD_USER], "alice");
	ck_assert_str_eq(h.text[0][RECORD_HOST], "a.test");
	ck_assert_uint_eq(r->http_code, 404);
	ck_assert(heard_addr(&r->nat_addr[0], "10.7.7.7"));
	ck_assert_uint_eq(r->nat_port[0], 4040);
}
END_TEST

START_TEST(yafs_reverse_bit_and_text_codes_are_known)
{
	SEND("\x02\x12\0\0\0\x19" "\x06" "200 OK" "\0\x50", "14:1:6871 16398:1:6871 21:4:6871 123:v:6871 33:2:6871");
	ck_assert_uint_eq(r->tcp_flags[0], 0x02);
	ck_assert_uint_eq(r->tcp_flags[1], 0x12);
	ck_assert_uint_eq(r->rtt_us, 25000);
	ck_assert_uint_eq(r->http_code, 200);
	ck_assert_uint_eq(r->app_id, 80);
}
END_TEST

START_TEST(latency_below_zero_is_not_known_and_sums_do_not_wrap)
{
	SEND("\xff\xff\xff\xff" "\0\0\0\x05" "\xff\xff\xff\xff" "\xff\xff\xff\xff", "11:4:15397 12:4:15397 109:4:35632 110:4:35632");
	ck_assert(!has(HAS_CLIENT_LATENCY));
	ck_assert_uint_eq(r->server_latency_us, 5000);
	ck_assert_uint_eq(r->retransmits, UINT32_MAX);
}
END_TEST

START_TEST(texts_end_at_a_nul_and_the_first_that_says_anything_stays)
{
	SEND("\0\0\0\0" "ab\0d" "efgh", "460:4 294:4:6871 1:4:39499");
	ck_assert_str_eq(h.text[0][RECORD_HOST], "ab");
	ck_assert_uint_eq(r->text[RECORD_HOST].bytes, 2);
}
END_TEST

START_TEST(elements_have_name_type_and_units)
{
	const struct export_element *e = export_element_get(0, 1);

	ck_assert_str_eq(e->name, "octetDeltaCount");
	ck_assert_str_eq(e->units, "octets");
	ck_assert_uint_eq(e->type, ELEMENT_UNSIGNED);
	ck_assert_uint_eq(export_element_get(0, 28)->type, ELEMENT_IPV6);
	ck_assert_uint_eq(export_element_get(0, 152)->type, ELEMENT_MILLISECONDS);
	ck_assert_str_eq(export_element_get(35632, 188)->name, "TLS_SERVER_NAME");
	ck_assert_ptr_null(export_element_get(0, 0));
	ck_assert_ptr_null(export_element_get(4711, 1));
}
END_TEST

START_TEST(citrix_and_vmware_tell_latency_users_and_retransmissions)
{
	SEND("\0\0\0\0\0\0\x30\x39" "\x05" "alice" "\x07" "Desktop" "\x06" "a.test" "\0\0\0\x07",
	     "146:8:5951 250:v:5951 238:v:5951 267:v:5951 959:4:6876");
	ck_assert_uint_eq(r->app_latency_us, 12345);
	ck_assert_str_eq(h.text[0][RECORD_USER], "alice");
	ck_assert_str_eq(h.text[0][RECORD_APP], "Desktop");
	ck_assert_str_eq(h.text[0][RECORD_HOST], "a.test");
	ck_assert_uint_eq(r->retransmits, 7);
}
END_TEST

START_TEST(elements_are_sorted_so_that_each_is_found)
{
	static const uint32_t pens[] = {0, 9, 2636, 3054, 5951, 6871, 6876, 10704, 15397, 25461, 35632, 39499};
	unsigned found = 0;

	for (size_t p = 0; p < sizeof pens / sizeof pens[0]; p++)
		for (unsigned n = 0; n < 65536; n++) {
			const struct export_element *e = export_element_get(pens[p], (uint16_t)n);

			if (e == NULL)
				continue;
			ck_assert_uint_eq(e->number, n);
			ck_assert_str_ne(e->name, "");
			found++;
		}
	ck_assert_uint_ge(found, 550);
}
END_TEST

Suite *facts_suite(void)
{
	Suite *s = suite_create("facts");
	TCase *c = tcase_create("facts");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, times_are_read_in_all_their_units);
	tcase_add_test(c, finer_time_is_taken_of_two);
	tcase_add_test(c, duration_gives_the_end_that_is_not_told);
	tcase_add_test(c, ipfix_uptimes_need_to_know_when_the_device_started);
	tcase_add_test(c, record_without_times_has_the_export_time_and_one_observed_has_that);
	tcase_add_test(c, what_lies_on_the_way_is_read);
	tcase_add_test(c, what_headers_say_is_read);
	tcase_add_test(c, fields_too_short_for_what_they_are_say_nothing);
	tcase_add_test(c, netflow9_vendors_have_numbers_of_their_own);
	tcase_add_test(c, citrix_and_vmware_tell_latency_users_and_retransmissions);
	tcase_add_test(c, yafs_reverse_bit_and_text_codes_are_known);
	tcase_add_test(c, latency_below_zero_is_not_known_and_sums_do_not_wrap);
	tcase_add_test(c, texts_end_at_a_nul_and_the_first_that_says_anything_stays);
	tcase_add_test(c, elements_have_name_type_and_units);
	tcase_add_test(c, elements_are_sorted_so_that_each_is_found);
	suite_add_tcase(s, c);
	return s;
}
