/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * flow/flow_record.c, record_facts.c, told_apps.c: what a record of an exporter does to its flow.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/export_decode.h"
#include "dpitop/flow.h"

Suite *flow_record_suite(void);

#define SECOND_US INT64_C(1000000)
#define NOW_US (INT64_C(1700000000) * SECOND_US)

static struct flow_table *t; /* a test is a process of its own: these are not shared */
static struct export_exporter x;
static struct flow_record r;
static struct flow_update last;
static struct flow told;
static unsigned updates;

static void sink(void *ctx, const struct flow_update *u)
{
	(void)ctx;
	last = *u;
	told = *u->flow;
	updates++;
}

static struct addr address(const char *text)
{
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, text, NULL), 0);
	return a;
}

static void open_with(size_t max_flows)
{
	struct flow_limits l = {.keep_us = -1, .max_flows = max_flows};

	flow_table_free(t);
	t = flow_table_new(&l, 1, sink, NULL, NULL);
	ck_assert_ptr_nonnull(t);
}

/* A TCP record of so many bytes that covers the seconds from ... to before NOW_US. */
static void fill(const char *src, uint16_t sport, const char *dst, uint16_t dport, uint64_t bytes)
{
	memset(&r, 0, sizeof r);
	r.has = RECORD_HAS(HAS_ADDR) | RECORD_HAS(HAS_PORTS) | RECORD_HAS(HAS_L4) | RECORD_HAS(HAS_BYTES) | RECORD_HAS(HAS_PACKETS);
	r.addr[0] = address(src), r.addr[1] = address(dst);
	r.port[0] = sport, r.port[1] = dport;
	r.l4 = 6;
	r.ip_version = 4;
	r.bytes[0] = bytes;
	r.packets[0] = 10;
	r.start_us = NOW_US - 20 * SECOND_US;
	r.end_us = NOW_US - 10 * SECOND_US;
	r.tcp_flags[0] = TCP_SYN | TCP_ACK | TCP_PSH;
}

static struct flow_counters take(void)
{
	return flow_table_record(t, &x, &r, NOW_US, 0);
}

static void tick(int second)
{
	updates = 0;
	ck_assert(flow_table_tick(t, NOW_US + second * SECOND_US, 0));
}

static const struct flow *only(void)
{
	size_t i = 0;
	const struct flow *f = flow_table_next(t, &i);

	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_null(flow_table_next(t, &i));
	return f;
}

static void text(enum record_text which, const char *s)
{
	r.text[which] = (struct export_text){(const uint8_t *)s, (uint32_t)strlen(s)};
}

static void setup(void)
{
	memset(&x, 0, sizeof x);
	x.addr = address("192.0.2.1");
	open_with(0);
}

static void teardown(void)
{
	flow_table_free(t);
	t = NULL;
}

static void expect_ends(const char *client, const char *server)
{
	struct addr a = address(client), b = address(server);

	ck_assert(addr_eq(&only()->addr[0], &a));
	ck_assert(addr_eq(&only()->addr[1], &b));
}

START_TEST(records_of_both_ways_are_one_flow)
{
	fill("10.0.0.1", 40000, "10.0.0.2", 443, 100);
	take();
	fill("10.0.0.2", 443, "10.0.0.1", 40000, 900);
	take();
	ck_assert_uint_eq(only()->total.bytes[0], 100);
	ck_assert_uint_eq(only()->total.bytes[1], 900);
}
END_TEST

START_TEST(who_has_the_service_port_is_the_server)
{
	fill("10.0.0.2", 443, "10.0.0.1", 40000, 900);
	take();
	expect_ends("10.0.0.1", "10.0.0.2");
	ck_assert_uint_eq(only()->total.bytes[1], 900);
}
END_TEST

START_TEST(who_sent_a_syn_alone_is_the_client_whatever_the_ports)
{
	fill("10.0.0.2", 443, "10.0.0.1", 40000, 900);
	r.tcp_flags[0] = TCP_SYN;
	take();
	expect_ends("10.0.0.2", "10.0.0.1");
	ck_assert_int_eq(only()->state, FLOW_NEW);
}
END_TEST

START_TEST(earlier_record_of_two_high_ports_is_the_clients_also_when_it_comes_last)
{
	fill("10.0.0.2", 6000, "10.0.0.1", 5000, 900);
	r.l4 = 17;
	take();
	fill("10.0.0.1", 5000, "10.0.0.2", 6000, 100);
	r.l4 = 17;
	r.start_us -= SECOND_US;
	take();
	expect_ends("10.0.0.1", "10.0.0.2");
	ck_assert_uint_eq(only()->total.bytes[0], 100);
	ck_assert_uint_eq(only()->total.bytes[1], 900);
}
END_TEST

START_TEST(flow_that_was_told_is_not_turned)
{
	fill("10.0.0.2", 6000, "10.0.0.1", 5000, 900);
	take();
	tick(0);
	fill("10.0.0.1", 5000, "10.0.0.2", 6000, 100);
	r.start_us -= SECOND_US;
	take();
	expect_ends("10.0.0.2", "10.0.0.1");
	ck_assert_uint_eq(only()->total.bytes[1], 100);
}
END_TEST

START_TEST(biflow_has_both_ways_and_its_source_is_the_client)
{
	fill("10.0.0.2", 443, "10.0.0.1", 40000, 900);
	r.flags = RECORD_BIFLOW;
	r.bytes[1] = 50;
	r.packets[1] = 1;
	take();
	expect_ends("10.0.0.2", "10.0.0.1");
	ck_assert_uint_eq(only()->total.bytes[1], 50);
}
END_TEST

START_TEST(exporters_have_flows_of_their_own)
{
	fill("10.0.0.1", 40000, "10.0.0.2", 443, 100);
	take();
	x.addr = address("192.0.2.2");
	take();
	ck_assert_uint_eq(flow_table_stats(t).live, 2);
	ck_assert(addr_eq(flow_table_exporter(t, 2), &x.addr));
	ck_assert(addr_eq(flow_table_exporter(t, 0), &addr_none));
	ck_assert_ptr_null(flow_table_exporter(t, 3));
}
END_TEST

START_TEST(agent_of_sflow_is_the_exporter)
{
	struct addr agent = address("192.0.2.99");

	x.agent = agent;
	fill("10.0.0.1", 40000, "10.0.0.2", 443, 100);
	take();
	ck_assert(addr_eq(only()->report->exporter, &agent));
}
END_TEST

START_TEST(counters_are_scaled_by_the_sampling_interval)
{
	struct flow_counters c;

	fill("10.0.0.1", 40000, "10.0.0.2", 443, 100);
	r.sampling = 1000;
	c = take();
	ck_assert_uint_eq(c.bytes[0], 100000);
	ck_assert_uint_eq(only()->total.packets[0], 10000);
	ck_assert_uint_eq(only()->report->sampling, 1000);
}
END_TEST

START_TEST(counters_beyond_all_measure_do_not_run_over)
{
	struct flow_counters c;

	fill("10.0.0.1", 40000, "10.0.0.2", 443, UINT64_MAX);
	r.sampling = UINT32_MAX;
	c = take();
	ck_assert_uint_eq(c.bytes[0], UINT64_C(1) << 48);
}
END_TEST

START_TEST(sampled_packets_count_by_their_frames)
{
	struct flow_counters c;

	fill("10.0.0.1", 40000, "10.0.0.2", 443, 86);
	r.flags = RECORD_SAMPLE;
	r.has |= RECORD_HAS(HAS_LAYER2);
	r.layer2_bytes[0] = 100;
	r.sampling = 10;
	c = take();
	ck_assert_uint_eq(c.bytes[0], 1000);
}
END_TEST

START_TEST(frames_count_where_a_record_of_both_directions_has_both)
{
	fill("10.0.0.1", 40000, "10.0.0.2", 443, 86);
	r.bytes[1] = 40;
	r.layer2_bytes[0] = 100;
	r.layer2_bytes[1] = 54;
	r.has |= RECORD_HAS(HAS_LAYER2);
	ck_assert_uint_eq(take().bytes[0], 86); /* of one direction: octets of IP, as of other exporters */
	r.flags = RECORD_BIFLOW;
	ck_assert_uint_eq(take().bytes[0], 100);
	ck_assert_uint_eq(take().bytes[1], 54);
	r.layer2_bytes[1] = 0; /* it was not told of this one */
	ck_assert_uint_eq(take().bytes[0], 86);
	ck_assert_uint_eq(take().bytes[1], 40);
}
END_TEST

START_TEST(flow_of_another_number_is_another_flow)
{
	fill("10.0.0.1", 40000, "10.0.0.2", 53, 100);
	r.l4 = 17;
	r.flags = RECORD_BIFLOW;
	r.has |= RECORD_HAS(HAS_FLOW_ID);
	r.flow_id = 7;
	take();
	take();
	ck_assert_uint_eq(flow_table_stats(t).created, 1);
	r.flow_id = 8;
	take();
	ck_assert_uint_eq(flow_table_stats(t).created, 2);
	ck_assert_uint_eq(flow_table_stats(t).live, 1);
	ck_assert_int_eq(told.state, FLOW_IDLE);
	r.flags = 0; /* each direction may be numbered */
	r.flow_id = 9;
	take();
	ck_assert_uint_eq(flow_table_stats(t).created, 2);
}
END_TEST

START_TEST(exporter_of_both_directions_may_change_its_mind_on_an_application)
{
	fill("10.0.0.1", 40000, "10.0.0.2", 443, 100);
	r.flags = RECORD_BIFLOW;
	text(RECORD_APP, "TLS");
	take();
	text(RECORD_APP, "TLS.Google");
	take();
	flow_table_tick(t, NOW_US, 0);
	ck_assert_uint_ne(told.class_.master, 0);
}
END_TEST

START_TEST(zeros_are_no_mac)
{
	fill("10.0.0.1", 40000, "10.0.0.2", 443, 100);
	r.has |= RECORD_HAS(HAS_MAC_SRC) | RECORD_HAS(HAS_MAC_DST);
	take();
	ck_assert_uint_eq(only()->flags & FLOW_MAC_SET, 0);
	r.mac[1][5] = 1;
	take();
	ck_assert_uint_ne(only()->flags & FLOW_MAC_SET, 0);
}
END_TEST

START_TEST(counters_since_the_begin_of_a_flow_are_not_counted_twice)
{
	fill("10.0.0.1", 40000, "10.0.0.2", 443, 100);
	r.flags = RECORD_TOTALS;
	ck_assert_uint_eq(take().bytes[0], 100);
	r.bytes[0] = 250;
	ck_assert_uint_eq(take().bytes[0], 150);
	ck_assert_uint_eq(only()->total.bytes[0], 250);
	r.bytes[0] = 40; /* it began anew */
	ck_assert_uint_eq(take().bytes[0], 40);
	ck_assert_uint_eq(only()->total.bytes[0], 290);
}
END_TEST

START_TEST(event_is_a_flow_without_bytes)
{
	struct flow_counters c;

	fill("10.0.0.1", 40000, "10.0.0.2", 443, 0);
	r.flags = RECORD_EVENT;
	r.packets[0] = 0;
	r.has |= RECORD_HAS(HAS_FIREWALL_EVENT);
	r.firewall_event = 1;
	c = take();
	ck_assert_uint_eq(c.bytes[0] + c.packets[0], 0);
	tick(0);
	ck_assert_uint_eq(updates, 1);
	ck_assert_uint_eq(last.flags, UPDATE_NEW);
	ck_assert_uint_eq(only()->report->firewall_event, 1);
}
END_TEST

START_TEST(update_has_the_interval_and_the_rate_of_its_records)
{
	fill("10.0.0.1", 40000, "10.0.0.2", 443, 1000);
	take();
	tick(0);
	ck_assert(last.flags & UPDATE_SPREAD);
	ck_assert_int_eq(last.from_us, NOW_US - 20 * SECOND_US);
	ck_assert_int_eq(last.to_us, NOW_US - 10 * SECOND_US);
	ck_assert_int_eq(last.hold.us, 10 * SECOND_US);
	ck_assert_uint_eq(last.hold.bytes[0], 1000);
	ck_assert_uint_eq(only()->rate_bytes[0], 100);
	ck_assert(addr_eq(last.exporter, &x.addr));
}
END_TEST

START_TEST(rate_of_a_flow_lasts_as_long_as_its_record_covers)
{
	fill("10.0.0.1", 40000, "10.0.0.2", 443, 1000);
	take();
	for (int second = 0; second < 10; second++) {
		tick(second);
		ck_assert_uint_eq(only()->rate_bytes[0], 100);
	}
	tick(12);
	ck_assert_uint_eq(only()->rate_bytes[0], 0);
	ck_assert(!(only()->flags & FLOW_ENDED));
}
END_TEST

START_TEST(bytes_without_packets_are_told)
{
	fill("10.0.0.1", 40000, "10.0.0.2", 443, 1000);
	r.packets[0] = 0;
	take();
	tick(0);
	take();
	tick(1);
	ck_assert_uint_eq(updates, 1);
	ck_assert_uint_eq(last.delta.bytes[0], 1000);
	ck_assert_uint_eq(last.delta.packets[0], 0);
}
END_TEST

START_TEST(flow_waits_by_the_clock_and_not_by_the_times_of_late_records)
{
	fill("10.0.0.1", 5000, "10.0.0.2", 6000, 100);
	r.l4 = 17;
	r.start_us = NOW_US - 1900 * SECOND_US;
	r.end_us = NOW_US - 1800 * SECOND_US;
	take();
	tick(1);
	ck_assert(!(only()->flags & FLOW_ENDED));
	tick(399); /* 5 minutes, and the 100 seconds that it covered */
	ck_assert(!(only()->flags & FLOW_ENDED));
	tick(402);
	ck_assert(only()->flags & FLOW_ENDED);
	ck_assert_int_eq(only()->state, FLOW_IDLE);
}
END_TEST

START_TEST(times_of_a_clock_that_is_wrong_are_corrected)
{
	x.has_clock = true;
	x.clock_offset_us = 7200 * SECOND_US;
	fill("10.0.0.1", 40000, "10.0.0.2", 443, 100);
	r.start_us += 7200 * SECOND_US;
	r.end_us += 7200 * SECOND_US;
	take();
	ck_assert_int_eq(only()->last_us, NOW_US - 10 * SECOND_US);
}
END_TEST

START_TEST(no_time_lies_in_the_future)
{
	fill("10.0.0.1", 40000, "10.0.0.2", 443, 100);
	r.end_us = r.start_us = NOW_US + 60 * SECOND_US;
	take();
	ck_assert_int_eq(only()->first_us, NOW_US);
	ck_assert_int_eq(only()->last_us, NOW_US);
}
END_TEST

START_TEST(flags_give_the_state_of_a_connection)
{
	fill("10.0.0.1", 40000, "10.0.0.2", 443, 100);
	take();
	ck_assert_int_eq(only()->state, FLOW_OPEN);
	r.tcp_flags[0] = TCP_FIN | TCP_ACK;
	take();
	ck_assert_int_eq(only()->state, FLOW_CLOSING);
	fill("10.0.0.2", 443, "10.0.0.1", 40000, 100);
	r.tcp_flags[0] = TCP_FIN | TCP_ACK;
	take();
	ck_assert_int_eq(only()->state, FLOW_CLOSED);
	ck_assert_uint_eq(only()->tcp_flags, TCP_SYN | TCP_ACK | TCP_PSH | TCP_FIN);
}
END_TEST

START_TEST(ports_of_a_closed_connection_are_used_again_by_a_new_flow)
{
	fill("10.0.0.1", 40000, "10.0.0.2", 443, 100);
	r.tcp_flags[0] = TCP_RST;
	take();
	fill("10.0.0.1", 40000, "10.0.0.2", 443, 100);
	r.start_us = r.end_us = NOW_US;
	take();
	ck_assert_uint_eq(flow_table_stats(t).created, 2);
}
END_TEST

START_TEST(application_that_the_exporter_names_is_the_librarys_where_it_has_it)
{
	char name[DPI_APP_TEXT];

	fill("10.0.0.1", 40000, "10.0.0.2", 8443, 100);
	text(RECORD_APP, "secure-http");
	take();
	ck_assert_str_eq(dpi_app_name(flow_table_dpi(t), &only()->class_, name, sizeof name), "TLS");
	ck_assert(!only()->class_.guessed);
}
END_TEST

START_TEST(application_that_the_library_does_not_know_keeps_its_name)
{
	char name[DPI_APP_TEXT];

	fill("10.0.0.1", 40000, "10.0.0.2", 8443, 100);
	text(RECORD_APP, "acme\x1bplant-bus");
	take();
	ck_assert_str_eq(dpi_app_name(flow_table_dpi(t), &only()->class_, name, sizeof name), "acme?plant-bus");
}
END_TEST

START_TEST(guess_gives_way_to_what_the_exporter_knows_later)
{
	char name[DPI_APP_TEXT];

	fill("10.0.0.1", 40000, "10.0.0.2", 53, 100);
	r.l4 = 17;
	take();
	ck_assert_str_eq(dpi_app_name(flow_table_dpi(t), &only()->class_, name, sizeof name), "DNS");
	ck_assert(only()->class_.guessed);
	tick(0);
	text(RECORD_APP, "NTP");
	take();
	tick(1);
	ck_assert(last.flags & UPDATE_RECLASS);
	ck_assert_str_eq(dpi_app_name(flow_table_dpi(t), &only()->class_, name, sizeof name), "NTP");
}
END_TEST

START_TEST(names_of_applications_are_bounded)
{
	char name[DPI_APP_TEXT];

	for (unsigned i = 0; i < 5000; i++) {
		fill("10.0.0.1", (uint16_t)(10000 + i), "10.0.0.2", 60000, 100);
		snprintf(name, sizeof name, "made-up-%u", i);
		text(RECORD_APP, name);
		take();
	}
	ck_assert_uint_eq(flow_table_stats(t).live, 5000);
}
END_TEST

START_TEST(texts_are_clean_and_the_first_ones_stay)
{
	fill("10.0.0.1", 40000, "10.0.0.2", 80, 100);
	text(RECORD_HOST, "www.\x07" "example.org");
	text(RECORD_USER, "alice");
	r.has |= RECORD_HAS(HAS_HTTP_CODE);
	r.http_code = 404;
	take();
	text(RECORD_HOST, "other.example");
	take();
	ck_assert_str_eq(flow_meta_text(only()->meta, FLOW_SITE), "www.?example.org");
	ck_assert_str_eq(flow_meta_text(only()->meta, FLOW_USER), "alice");
	ck_assert_str_eq(flow_meta_text(only()->meta, FLOW_CODE), "404");
}
END_TEST

START_TEST(facts_of_an_answer_are_turned_to_the_clients_side)
{
	fill("10.0.0.2", 443, "10.0.0.1", 40000, 900);
	r.has |= RECORD_HAS(HAS_AS_SRC) | RECORD_HAS(HAS_AS_DST) | RECORD_HAS(HAS_IN) | RECORD_HAS(HAS_OUT) |
		 RECORD_HAS(HAS_NAT_SRC) | RECORD_HAS(HAS_TOS);
	r.as[0] = 64500;
	r.as[1] = 64501;
	r.interface[0] = 7;
	r.interface[1] = 8;
	r.tos[0] = 0xb8;
	r.nat_addr[0] = address("203.0.113.1");
	take();
	ck_assert_uint_eq(only()->report->as[1], 64500);
	ck_assert_uint_eq(only()->report->as[0], 64501);
	ck_assert_uint_eq(only()->report->interface[1], 7);
	ck_assert_uint_eq(only()->report->tos[1], 0xb8);
	ck_assert(only()->report->has_tos[1] && !only()->report->has_tos[0]);
	ck_assert(addr_eq(&only()->report->nat_addr[1], &r.nat_addr[0]));
}
END_TEST

START_TEST(full_table_gives_up_the_longest_silent_flow)
{
	open_with(100);
	for (unsigned i = 0; i < 300; i++) {
		fill("10.0.0.1", (uint16_t)(10000 + i), "10.0.0.2", 443, 100);
		flow_table_record(t, &x, &r, NOW_US + (int64_t)i * SECOND_US / 10, 0);
		if (i % 10 == 0)
			flow_table_tick(t, NOW_US + (int64_t)i * SECOND_US / 10, 0);
	}
	ck_assert_uint_le(flow_table_stats(t).live + flow_table_stats(t).kept, 100);
	ck_assert_uint_eq(flow_table_stats(t).evicted, 200);
}
END_TEST

Suite *flow_record_suite(void)
{
	Suite *s = suite_create("flow_record");
	TCase *c = tcase_create("records");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, records_of_both_ways_are_one_flow);
	tcase_add_test(c, who_has_the_service_port_is_the_server);
	tcase_add_test(c, who_sent_a_syn_alone_is_the_client_whatever_the_ports);
	tcase_add_test(c, earlier_record_of_two_high_ports_is_the_clients_also_when_it_comes_last);
	tcase_add_test(c, flow_that_was_told_is_not_turned);
	tcase_add_test(c, biflow_has_both_ways_and_its_source_is_the_client);
	tcase_add_test(c, exporters_have_flows_of_their_own);
	tcase_add_test(c, agent_of_sflow_is_the_exporter);
	tcase_add_test(c, counters_are_scaled_by_the_sampling_interval);
	tcase_add_test(c, counters_beyond_all_measure_do_not_run_over);
	tcase_add_test(c, sampled_packets_count_by_their_frames);
	tcase_add_test(c, frames_count_where_a_record_of_both_directions_has_both);
	tcase_add_test(c, flow_of_another_number_is_another_flow);
	tcase_add_test(c, exporter_of_both_directions_may_change_its_mind_on_an_application);
	tcase_add_test(c, zeros_are_no_mac);
	tcase_add_test(c, counters_since_the_begin_of_a_flow_are_not_counted_twice);
	tcase_add_test(c, event_is_a_flow_without_bytes);
	tcase_add_test(c, update_has_the_interval_and_the_rate_of_its_records);
	tcase_add_test(c, rate_of_a_flow_lasts_as_long_as_its_record_covers);
	tcase_add_test(c, bytes_without_packets_are_told);
	tcase_add_test(c, flow_waits_by_the_clock_and_not_by_the_times_of_late_records);
	tcase_add_test(c, times_of_a_clock_that_is_wrong_are_corrected);
	tcase_add_test(c, no_time_lies_in_the_future);
	tcase_add_test(c, flags_give_the_state_of_a_connection);
	tcase_add_test(c, ports_of_a_closed_connection_are_used_again_by_a_new_flow);
	tcase_add_test(c, application_that_the_exporter_names_is_the_librarys_where_it_has_it);
	tcase_add_test(c, application_that_the_library_does_not_know_keeps_its_name);
	tcase_add_test(c, guess_gives_way_to_what_the_exporter_knows_later);
	tcase_add_test(c, names_of_applications_are_bounded);
	tcase_add_test(c, texts_are_clean_and_the_first_ones_stay);
	tcase_add_test(c, facts_of_an_answer_are_turned_to_the_clients_side);
	tcase_add_test(c, full_table_gives_up_the_longest_silent_flow);
	suite_add_tcase(s, c);
	return s;
}
