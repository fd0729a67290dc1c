/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * decode/sflow.c, sflow_counters.c: samples of packets and counters, and what becomes of sampled headers.
 */
#include "config.h"

#include <check.h>

#include "samples.h"

Suite *sflow_suite(void);

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

START_TEST(sflow_header_is_the_packet_it_was_taken_from)
{
	begin_sample(&w, FLOW, 10, 0);
	put_frame(&w);
	end_sample(&w);
	heard_send(&h, &w.b);
	ck_assert_uint_eq(h.records, 1);
	ck_assert(heard_addr(&r->addr[0], "192.0.2.1"));
	ck_assert_uint_eq(r->l4, 17);
	ck_assert_uint_eq(r->port[1], 53);
	ck_assert_uint_eq(r->tos[0], 0x20);
	ck_assert_uint_eq(r->ttl, 64);
	ck_assert_uint_eq(r->packets[0], 1);
	ck_assert_uint_eq(r->bytes[0], FRAME - 18);
	ck_assert_uint_eq(r->layer2_bytes[0], FRAME);
	ck_assert_uint_eq(r->sampling, 10);
	ck_assert_uint_eq(r->interface[0], 3);
	ck_assert_uint_eq(r->interface[1], 4);
	ck_assert_uint_eq(r->mac[0][5], 1);
	ck_assert_int_eq(r->end_us, EXPORT_US);
	ck_assert(r->flags & RECORD_SAMPLE);
	ck_assert_ptr_nonnull(r->packet);
	ck_assert_int_eq(r->linktype, 1);
	ck_assert_uint_eq(heard_exporter(&h)->domain, 3);
	ck_assert(heard_addr(&heard_exporter(&h)->agent, "198.51.100.7"));
	ck_assert_uint_eq(heard_exporter(&h)->malformed, 0);
	ck_assert(!heard_exporter(&h)->has_clock);
}
END_TEST

START_TEST(sflow_expanded_sample_says_the_same)
{
	begin_sample(&w, EXPANDED_FLOW, 1000, 0);
	put_frame(&w);
	end_sample(&w);
	heard_send(&h, &w.b);
	ck_assert_uint_eq(h.records, 1);
	ck_assert_uint_eq(r->sampling, 1000);
	ck_assert_uint_eq(r->interface[1], 4);
	ck_assert_uint_eq(r->bytes[0], FRAME - 18);
}
END_TEST

START_TEST(sflow_interfaces_that_are_none_are_left_out)
{
	begin_sample(&w, FLOW, 1, 0);
	put_at(&w.b, w.sample_at + 24, 0x3fffffff, 4);
	put_at(&w.b, w.sample_at + 28, 0x80000002, 4); /* several */
	end_sample(&w);
	heard_send(&h, &w.b);
	ck_assert_uint_eq(h.records, 1);
	ck_assert_uint_eq(r->has & (RECORD_HAS(HAS_IN) | RECORD_HAS(HAS_OUT)), 0);
	ck_assert_uint_eq(r->packets[0], 1);
	ck_assert_uint_eq(r->bytes[0], 0);
}
END_TEST

START_TEST(sflow_header_may_begin_at_any_layer)
{
	static const uint8_t protocols[] = {11, 7, 13};

	for (unsigned i = 0; i < sizeof protocols; i++) {
		begin_sample(&w, FLOW, 1, 0);
		size_t at = begin_header(&w, protocols[i]);

		if (protocols[i] == 7)
			put(&w.b, 0xff030021, 4);
		if (protocols[i] == 13)
			put(&w.b, 16000 << 12 | 0x140, 4);
		put_ipv4(&w, "192.0.2.1", 17, 100);
		put_udp(&w);
		end_header(&w, at);
		end_sample(&w);
	}
	heard_send(&h, &w.b);
	ck_assert_uint_eq(h.records, 3);
	for (unsigned i = 0; i < 3; i++) {
		ck_assert(heard_addr(&h.record[i].addr[0], "192.0.2.1"));
		ck_assert_uint_eq(h.record[i].bytes[0], 100);
	}
}
END_TEST

START_TEST(sflow_icmp_has_no_ports)
{
	begin_sample(&w, FLOW, 1, 0);
	size_t at = begin_header(&w, 11);

	put_ipv4(&w, "192.0.2.1", 1, 100);
	put(&w.b, 0x0305, 2);
	put(&w.b, 0, 6);
	end_header(&w, at);
	end_sample(&w);
	heard_send(&h, &w.b);
	ck_assert_uint_eq(r->icmp_type, 3);
	ck_assert_uint_eq(r->icmp_code, 5);
	ck_assert_uint_eq(r->has & (RECORD_HAS(HAS_PORTS) | RECORD_HAS(HAS_TCP_FLAGS)), 0);
	ck_assert_uint_ne(r->has & RECORD_HAS(HAS_ICMP), 0);
}
END_TEST

START_TEST(sflow_frame_without_ip_counts_its_layer2_bytes)
{
	begin_sample(&w, FLOW, 1, 0);
	size_t at = begin_header(&w, 1);

	put(&w.b, 0, 12);
	put(&w.b, 0x0806, 2);
	put(&w.b, 0, 28);
	end_header(&w, at);
	end_sample(&w);
	begin_sample(&w, FLOW, 1, 0);
	at = begin_header(&w, 99); /* no protocol that is known */
	put(&w.b, 0, 14);
	end_header(&w, at);
	end_sample(&w);
	heard_send(&h, &w.b);
	ck_assert_uint_eq(h.records, 2);
	ck_assert_uint_eq(r->bytes[0], FRAME);
	ck_assert(r->flags & RECORD_LAYER2);
	ck_assert_uint_eq(r->ip_version, 0);
	ck_assert_uint_eq(r->ethertype, 0x0806);
	ck_assert_uint_eq(h.record[1].bytes[0], FRAME);
}
END_TEST

static void put_gre_frame(void)
{
	size_t at = begin_header(&w, 11);

	put_ipv4(&w, "10.0.0.1", 47, 500);
	put(&w.b, 0x0800, 4);
	put_ipv4(&w, "192.0.2.1", 17, 476);
	put_udp(&w);
	end_header(&w, at);
}

START_TEST(sflow_tunnel_is_the_inner_packet_with_the_bytes_of_the_outer)
{
	const struct export_limits outermost = {.no_decap = true};

	begin_sample(&w, FLOW, 1, 0);
	put_gre_frame();
	end_sample(&w);
	heard_send(&h, &w.b);
	ck_assert(heard_addr(&r->addr[0], "192.0.2.1"));
	ck_assert_uint_eq(r->bytes[0], 500);
	ck_assert_uint_eq(r->packet->tunnel, TUNNEL_GRE);
	heard_close(&h);
	heard_open(&h, &outermost);
	put_datagram(&w, 1);
	begin_sample(&w, FLOW, 1, 0);
	put_gre_frame();
	end_sample(&w);
	heard_send(&h, &w.b);
	ck_assert(heard_addr(&r->addr[0], "10.0.0.1"));
	ck_assert_uint_eq(r->l4, 47);
}
END_TEST

START_TEST(sflow_interface_counters_are_told)
{
	const struct export_counters *c = &h.last_counters;

	for (uint32_t format = COUNTERS; format <= EXPANDED_COUNTERS; format += 2) {
		begin_sample(&w, format, 0, 0);
		begin_record(&w, 1);
		put(&w.b, 7, 4);
		put(&w.b, 6, 4);
		put(&w.b, 1000000000, 8);
		put(&w.b, 1, 4);
		put(&w.b, 1, 4); /* admin up, oper down */
		put(&w.b, UINT64_C(5000000000), 8);
		for (unsigned i = 1; i <= 6; i++)
			put(&w.b, i, 4);
		put(&w.b, UINT64_C(6000000000), 8);
		for (unsigned i = 11; i <= 15; i++)
			put(&w.b, i, 4);
		put(&w.b, 1, 4);
		end_record(&w);
		begin_record(&w, 2); /* of Ethernet: not told */
		put(&w.b, 0, 52);
		end_record(&w);
		end_sample(&w);
	}
	heard_send(&h, &w.b);
	ck_assert_uint_eq(h.counters, 2);
	ck_assert_uint_eq(h.records, 0);
	ck_assert_uint_eq(c->interface, 7);
	ck_assert_uint_eq(c->speed_bps, 1000000000);
	ck_assert(c->admin_up && !c->oper_up && c->promiscuous);
	ck_assert_uint_eq(c->bytes[0], UINT64_C(5000000000));
	ck_assert_uint_eq(c->bytes[1], UINT64_C(6000000000));
	ck_assert_uint_eq(c->errors[0], 5);
	ck_assert_uint_eq(c->unknown_protos, 6);
	ck_assert_uint_eq(c->errors[1], 15);
	ck_assert_uint_eq(heard_exporter(&h)->counter_samples, 2);
}
END_TEST

START_TEST(sflow_names_of_ports_are_kept)
{
	begin_sample(&w, COUNTERS, 0, 0);
	begin_record(&w, 1005);
	put(&w.b, 4, 4);
	put_text(&w.b, "swp2");
	end_record(&w);
	end_sample(&w);
	heard_send(&h, &w.b);
	ck_assert_str_eq(export_name_get(h.d, heard_exporter(&h), EXPORT_NAME_INTERFACE, 2), "swp2");
}
END_TEST

START_TEST(sflow_samples_of_no_known_format_are_skipped)
{
	put_at(&w.b, w.count_at, 2, 4);
	put(&w.b, 4300 << 12 | 9, 4);
	put(&w.b, 8, 4);
	put(&w.b, 0, 8);
	put(&w.b, 5, 4); /* a discarded packet */
	put(&w.b, 4, 4);
	put(&w.b, 0, 4);
	begin_sample(&w, FLOW, 1, 0);
	begin_record(&w, 99 << 12 | 1);
	put_text(&w.b, "abcd");
	end_record(&w);
	put_frame(&w);
	end_sample(&w);
	heard_send(&h, &w.b);
	ck_assert_uint_eq(h.records, 1);
	ck_assert_uint_eq(heard_exporter(&h)->malformed, 0);
}
END_TEST

START_TEST(sflow_lengths_that_lie_spoil_their_sample_only)
{
	begin_sample(&w, FLOW, 1, 0);
	begin_record(&w, 1);
	put(&w.b, 0, 16);
	put_at(&w.b, w.record_at, 4000, 4);
	end_sample(&w);
	begin_sample(&w, COUNTERS, 0, 0);
	w.records = 1000000;
	end_sample(&w);
	begin_sample(&w, FLOW, 1, 0);
	put_frame(&w);
	end_sample(&w);
	put_at(&w.b, w.count_at, 4000000000, 4);
	heard_send(&h, &w.b);
	ck_assert_uint_eq(h.records, 2); /* the first is a packet of which no more is known */
	ck_assert_uint_eq(h.record[1].bytes[0], FRAME - 18);
	ck_assert_uint_eq(heard_exporter(&h)->malformed, 1);
}
END_TEST

START_TEST(sflow_sample_too_short_for_its_head_is_malformed)
{
	put_at(&w.b, w.count_at, 2, 4);
	for (unsigned format = FLOW; format <= COUNTERS; format++) {
		put(&w.b, format, 4);
		put(&w.b, 8, 4);
		put(&w.b, 0, 8);
	}
	heard_send(&h, &w.b);
	ck_assert_uint_eq(h.records + h.counters, 0);
	ck_assert_uint_eq(heard_exporter(&h)->malformed, 1);
	ck_assert_uint_eq(heard_exporter(&h)->counter_samples, 0);
}
END_TEST

START_TEST(sflow_without_agent_or_cut_makes_no_exporter)
{
	w.b.n -= 4;
	heard_send(&h, &w.b);
	put(&w.b, 5, 4);
	put(&w.b, 0, 24);
	heard_send(&h, &w.b);
	ck_assert_uint_eq(h.came, 0);
	ck_assert_uint_eq(export_decoder_totals(h.d).unknown, 2);
}
END_TEST

START_TEST(sflow_agents_behind_one_sender_are_told_apart_and_may_be_ipv6)
{
	heard_send(&h, &w.b);
	put(&w.b, 5, 4);
	put(&w.b, 2, 4);
	put_ip(&w.b, "2001:db8::7");
	put(&w.b, 3, 4);
	put(&w.b, 900, 4);
	put(&w.b, UPTIME_MS, 4);
	put(&w.b, 0, 4);
	heard_send(&h, &w.b);
	ck_assert_uint_eq(h.came, 2);
	ck_assert(heard_addr(&export_exporter_by_slot(h.d, 2)->agent, "2001:db8::7"));
	ck_assert_uint_eq(export_exporter_by_slot(h.d, 1)->lost, 0);
}
END_TEST

START_TEST(sflow_sequence_counts_datagrams_and_uptime_tells_of_restarts)
{
	heard_send(&h, &w.b);
	put_datagram(&w, 5);
	heard_send(&h, &w.b);
	ck_assert_uint_eq(heard_exporter(&h)->lost, 3);
	put_datagram(&w, 1);
	put_at(&w.b, 20, 100, 4);
	heard_send(&h, &w.b);
	ck_assert_uint_eq(heard_exporter(&h)->lost, 3);
	ck_assert_uint_eq(heard_exporter(&h)->restarts, 1);
}
END_TEST

START_TEST(sflow_drops_of_the_agent_are_counted_from_the_first_on)
{
	static const uint32_t drops[] = {500, 510, 510, 511, 3};

	for (unsigned i = 0; i < 5; i++) {
		begin_sample(&w, FLOW, 1, drops[i]);
		end_sample(&w);
	}
	heard_send(&h, &w.b);
	ck_assert_uint_eq(heard_exporter(&h)->drops, 11);
}
END_TEST

Suite *sflow_suite(void)
{
	Suite *s = suite_create("sflow");
	TCase *c = tcase_create("sflow");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, sflow_header_is_the_packet_it_was_taken_from);
	tcase_add_test(c, sflow_expanded_sample_says_the_same);
	tcase_add_test(c, sflow_interfaces_that_are_none_are_left_out);
	tcase_add_test(c, sflow_header_may_begin_at_any_layer);
	tcase_add_test(c, sflow_icmp_has_no_ports);
	tcase_add_test(c, sflow_frame_without_ip_counts_its_layer2_bytes);
	tcase_add_test(c, sflow_tunnel_is_the_inner_packet_with_the_bytes_of_the_outer);
	tcase_add_test(c, sflow_interface_counters_are_told);
	tcase_add_test(c, sflow_names_of_ports_are_kept);
	tcase_add_test(c, sflow_samples_of_no_known_format_are_skipped);
	tcase_add_test(c, sflow_lengths_that_lie_spoil_their_sample_only);
	tcase_add_test(c, sflow_sample_too_short_for_its_head_is_malformed);
	tcase_add_test(c, sflow_without_agent_or_cut_makes_no_exporter);
	tcase_add_test(c, sflow_agents_behind_one_sender_are_told_apart_and_may_be_ipv6);
	tcase_add_test(c, sflow_sequence_counts_datagrams_and_uptime_tells_of_restarts);
	tcase_add_test(c, sflow_drops_of_the_agent_are_counted_from_the_first_on);
	suite_add_tcase(s, c);
	return s;
}
