/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * decode/sflow_flow.c: the records of flow samples.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "samples.h"

Suite *sflow_flow_suite(void);

static struct heard h;
static struct samples w;
static const struct flow_record *r = h.record;

static void setup(void)
{
	heard_open(&h, NULL);
	w.b.n = 0;
	put_datagram(&w, 1);
}

static void teardown(void)
{
	heard_close(&h);
}

static void put_sampled_ip(unsigned version)
{
	begin_record(&w, version == 4 ? 3 : 4);
	put(&w.b, 1400, 4);
	put(&w.b, 6, 4);
	put_ip(&w.b, version == 4 ? "192.0.2.8" : "2001:db8::8");
	put_ip(&w.b, version == 4 ? "192.0.2.9" : "2001:db8::9");
	put(&w.b, 1024, 4);
	put(&w.b, 443, 4);
	put(&w.b, TCP_SYN, 4);
	put(&w.b, 0x10, 4);
	end_record(&w);
}

START_TEST(sflow_sampled_ip_stands_for_the_header_it_lacks)
{
	begin_sample(&w, FLOW, 1, 0);
	put_sampled_ip(4);
	end_sample(&w);
	begin_sample(&w, FLOW, 1, 0);
	put_sampled_ip(6);
	end_sample(&w);
	heard_send(&h, &w.b);
	ck_assert(heard_addr(&r->addr[1], "192.0.2.9"));
	ck_assert_uint_eq(r->bytes[0], 1400);
	ck_assert_uint_eq(r->tcp_flags[0], TCP_SYN);
	ck_assert_uint_eq(r->tos[0], 0x10);
	ck_assert(heard_addr(&h.record[1].addr[0], "2001:db8::8"));
	ck_assert_uint_eq(h.record[1].ip_version, 6);
}
END_TEST

START_TEST(sflow_sampled_icmp_has_no_ports)
{
	begin_sample(&w, FLOW, 1, 0);
	put_sampled_ip(4);
	put_at(&w.b, w.record_at + 8, 1, 4);
	end_sample(&w);
	heard_send(&h, &w.b);
	ck_assert_uint_eq(r->l4, 1);
	ck_assert_uint_eq(r->port[1], 0);
	ck_assert_uint_eq(r->has & RECORD_HAS(HAS_PORTS), 0);
}
END_TEST

START_TEST(sflow_header_and_sampled_ip_count_once)
{
	begin_sample(&w, FLOW, 1, 0);
	put_sampled_ip(4);
	put_frame(&w);
	put_sampled_ip(6);
	put_frame(&w);
	end_sample(&w);
	heard_send(&h, &w.b);
	ck_assert_uint_eq(h.records, 1);
	ck_assert(heard_addr(&r->addr[0], "192.0.2.1"));
	ck_assert_uint_eq(r->bytes[0], FRAME - 18);
	ck_assert_uint_eq(heard_exporter(&h)->bytes, r->layer2_bytes[0]);
	ck_assert_uint_ge(r->layer2_bytes[0], FRAME - 4);
}
END_TEST

START_TEST(sflow_sampled_ethernet_gives_the_addresses)
{
	begin_sample(&w, FLOW, 1, 0);
	begin_record(&w, 2);
	put(&w.b, 64, 4);
	put(&w.b, 0x020000000001, 6);
	put(&w.b, 0, 2);
	put(&w.b, 0x020000000002, 6);
	put(&w.b, 0, 2);
	put(&w.b, 0x88cc, 4);
	end_record(&w);
	end_sample(&w);
	heard_send(&h, &w.b);
	ck_assert_uint_eq(r->bytes[0], 64);
	ck_assert_uint_eq(r->ethertype, 0x88cc);
	ck_assert_uint_eq(r->mac[0][5], 1);
	ck_assert_uint_eq(r->mac[1][5], 2);
}
END_TEST

static void put_xdr_text(const char *text)
{
	put(&w.b, strlen(text), 4);
	put_text(&w.b, text);
	while ((w.b.n - w.record_at) % 4 != 0)
		put(&w.b, 0, 1);
}

static void put_xdr_ip(const char *text)
{
	put(&w.b, strchr(text, ':') != NULL ? 2 : 1, 4);
	put_ip(&w.b, text);
}

START_TEST(sflow_extended_records_tell_of_the_way)
{
	begin_sample(&w, FLOW, 1, 0);
	put_frame(&w);
	begin_record(&w, 1001);
	put(&w.b, 10, 8);
	put(&w.b, 20, 4);
	put(&w.b, 0, 4);
	put_at(&w.b, w.record_at + 4, 10, 4);
	put_at(&w.b, w.record_at + 12, 20, 4);
	end_record(&w);
	begin_record(&w, 1002);
	put_xdr_ip("192.0.2.254");
	put(&w.b, 24, 4);
	put(&w.b, 16, 4);
	end_record(&w);
	begin_record(&w, 1003);
	put_xdr_ip("2001:db8::fe");
	put(&w.b, 65000, 4);
	put(&w.b, 65001, 4);
	put(&w.b, 65002, 4);
	put(&w.b, 2, 4); /* segments */
	put(&w.b, 2, 4);
	put(&w.b, 2, 4);
	put(&w.b, 65010, 4);
	put(&w.b, 65011, 4);
	put(&w.b, 1, 4);
	put(&w.b, 1, 4);
	put(&w.b, 65012, 4);
	put(&w.b, 0, 4); /* communities */
	put(&w.b, 100, 4);
	end_record(&w);
	begin_record(&w, 1006);
	put_xdr_ip("192.0.2.253");
	put(&w.b, 1, 4);
	put(&w.b, 16000 << 12 | 0x140, 4);
	put(&w.b, 0, 4);
	end_record(&w);
	begin_record(&w, 1007);
	put_xdr_ip("10.0.0.8");
	put_xdr_ip("10.0.0.9");
	end_record(&w);
	begin_record(&w, 1020);
	put(&w.b, 8080, 4);
	put(&w.b, 8443, 4);
	end_record(&w);
	begin_record(&w, 1030);
	put(&w.b, 777, 4);
	end_record(&w);
	end_sample(&w);
	heard_send(&h, &w.b);
	ck_assert_uint_eq(h.records, 1);
	ck_assert_uint_eq(r->vlan[0], 10);
	ck_assert_uint_eq(r->vlan[1], 20);
	ck_assert(heard_addr(&r->next_hop, "192.0.2.254") && heard_addr(&r->bgp_next_hop, "2001:db8::fe"));
	ck_assert_uint_eq(r->prefix_bits[0], 24);
	ck_assert_uint_eq(r->as[0], 65001);
	ck_assert_uint_eq(r->as[1], 65012);
	ck_assert_uint_eq(r->as_neighbour[0], 65002);
	ck_assert_uint_eq(r->as_neighbour[1], 65010);
	ck_assert_uint_eq(r->mpls_label, 16000);
	ck_assert(heard_addr(&r->nat_addr[1], "10.0.0.9"));
	ck_assert_uint_eq(r->nat_port[0], 8080);
	ck_assert_uint_eq(r->vni, 777);
}
END_TEST

START_TEST(sflow_extended_records_tell_who_and_what)
{
	begin_sample(&w, FLOW, 1, 0);
	begin_record(&w, 1004);
	put(&w.b, 106, 4);
	put_xdr_text("");
	put(&w.b, 106, 4);
	put_xdr_text("bob");
	end_record(&w);
	begin_record(&w, 1005);
	put(&w.b, 1, 4);
	put_xdr_text("/index");
	put_xdr_text("a.test");
	end_record(&w);
	begin_record(&w, 2206);
	put(&w.b, 2, 4);
	put(&w.b, 1001, 4);
	put_xdr_text("/other");
	put_xdr_text("b.test");
	put_xdr_text("ref");
	put_xdr_text("agent");
	put_xdr_text("");
	put_xdr_text("me");
	put_xdr_text("text/html");
	put(&w.b, 0, 16);
	put(&w.b, 1500, 4);
	put(&w.b, 404, 4);
	end_record(&w);
	end_sample(&w);
	heard_send(&h, &w.b);
	ck_assert_str_eq(h.text[0][RECORD_USER], "bob");
	ck_assert_str_eq(h.text[0][RECORD_URL], "/index");
	ck_assert_str_eq(h.text[0][RECORD_HOST], "a.test");
	ck_assert_str_eq(h.text[0][RECORD_METHOD], "GET");
	ck_assert_str_eq(h.text[0][RECORD_USER_AGENT], "agent");
	ck_assert_str_eq(h.text[0][RECORD_CONTENT_TYPE], "text/html");
	ck_assert_uint_eq(r->http_code, 404);
	ck_assert_uint_eq(r->app_latency_us, 1500);
}
END_TEST

START_TEST(sflow_extended_records_that_are_cut_say_nothing)
{
	static const uint32_t formats[] = {1, 2, 3, 4, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1020, 1029, 2206};

	begin_sample(&w, FLOW, 1, 0);
	for (unsigned i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		begin_record(&w, formats[i]);
		put(&w.b, 1, formats[i] == 1029 ? 0 : 4);
		end_record(&w);
	}
	end_sample(&w);
	heard_send(&h, &w.b);
	ck_assert_uint_eq(h.records, 1);
	ck_assert_uint_eq(r->has & ~(RECORD_HAS(HAS_IN) | RECORD_HAS(HAS_OUT) | RECORD_HAS(HAS_BYTES) | RECORD_HAS(HAS_PACKETS)), 0);
}
END_TEST

Suite *sflow_flow_suite(void)
{
	Suite *s = suite_create("sflow_flow");
	TCase *c = tcase_create("sflow_flow");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, sflow_sampled_ip_stands_for_the_header_it_lacks);
	tcase_add_test(c, sflow_sampled_icmp_has_no_ports);
	tcase_add_test(c, sflow_header_and_sampled_ip_count_once);
	tcase_add_test(c, sflow_sampled_ethernet_gives_the_addresses);
	tcase_add_test(c, sflow_extended_records_tell_of_the_way);
	tcase_add_test(c, sflow_extended_records_tell_who_and_what);
	tcase_add_test(c, sflow_extended_records_that_are_cut_say_nothing);
	suite_add_tcase(s, c);
	return s;
}
