/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * decode/netflow5.c, exporter.c, sequence.c: NetFlow v1, v5, v7 and what is known of who sends it.
 */
#include "config.h"

#include <check.h>

#include "exports.h"

Suite *netflow5_suite(void);

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

/* A datagram of so many equal records with this sequence number. */
static void send_v5(uint16_t count, uint32_t sequence)
{
	put_v5(&b, count, sequence);
	for (uint16_t i = 0; i < count; i++)
		put_v5_record(&b, "10.0.0.1", "10.0.0.2", 2, 100);
	heard_send(&h, &b);
}

START_TEST(netflow5_record_says_all_that_its_layout_has)
{
	const struct flow_record *r = &h.record[0];

	send_v5(1, 0);
	ck_assert_uint_eq(h.records, 1);
	ck_assert(heard_addr(&r->addr[0], "10.0.0.1") && heard_addr(&r->addr[1], "10.0.0.2"));
	ck_assert(heard_addr(&r->next_hop, "10.0.0.254"));
	ck_assert_uint_eq(r->port[0], 1024);
	ck_assert_uint_eq(r->port[1], 443);
	ck_assert_uint_eq(r->l4, 6);
	ck_assert_uint_eq(r->ip_version, 4);
	ck_assert_uint_eq(r->packets[0], 2);
	ck_assert_uint_eq(r->bytes[0], 100);
	ck_assert_int_eq(r->start_us, EXPORT_US - 5000000);
	ck_assert_int_eq(r->end_us, EXPORT_US - 1000000);
	ck_assert_uint_eq(r->tcp_flags[0], TCP_SYN | TCP_ACK);
	ck_assert_uint_eq(r->tos[0], 0x20);
	ck_assert_uint_eq(r->as[0], 64500);
	ck_assert_uint_eq(r->as[1], 64501);
	ck_assert_uint_eq(r->prefix_bits[0], 24);
	ck_assert_uint_eq(r->interface[1], 2);
	ck_assert_uint_eq(r->sampling, 0);
	ck_assert_uint_eq(r->has & RECORD_HAS(HAS_BYTES_REVERSE), 0);
}
END_TEST

START_TEST(netflow5_header_gives_the_sampling_interval_and_the_engine)
{
	put_v5(&b, 1, 0);
	put_at(&b, 20, 0x0105, 2);
	put_at(&b, 22, 0x4000 | 1000, 2);
	put_v5_record(&b, "10.0.0.1", "10.0.0.2", 2, 100);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.record[0].sampling, 1000);
	ck_assert_uint_eq(h.record[0].bytes[0], 100);
	ck_assert_uint_eq(heard_exporter(&h)->domain, 0x0105);
	ck_assert_uint_eq(heard_exporter(&h)->sampling, 1000);
}
END_TEST

START_TEST(netflow5_icmp_has_type_and_code_in_its_destination_port)
{
	put_v5(&b, 1, 0);
	put_v5_record(&b, "10.0.0.1", "10.0.0.2", 2, 100);
	put_at(&b, 24 + 38, 1, 1);
	put_at(&b, 24 + 34, 0x0301, 2);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.record[0].icmp_type, 3);
	ck_assert_uint_eq(h.record[0].icmp_code, 1);
	ck_assert_uint_eq(h.record[0].port[1], 0);
	ck_assert_uint_eq(h.record[0].has & RECORD_HAS(HAS_PORTS), 0);
}
END_TEST

START_TEST(netflow5_times_may_lie_before_the_device_started)
{
	put_v5(&b, 1, 0);
	put_at(&b, 4, 1000, 4);
	put_v5_record(&b, "10.0.0.1", "10.0.0.2", 2, 100);
	put_at(&b, 24 + 24, (uint32_t)-2000, 4);
	put_at(&b, 24 + 28, 500, 4);
	heard_send(&h, &b);
	ck_assert_int_eq(h.record[0].start_us, EXPORT_US - 3000000);
	ck_assert_int_eq(h.record[0].end_us, EXPORT_US - 500000);
}
END_TEST

START_TEST(netflow5_with_sixty_records_is_read_whole)
{
	send_v5(60, 0);
	ck_assert_uint_eq(h.records, 60);
	ck_assert_uint_eq(heard_exporter(&h)->bytes, 6000);
}
END_TEST

START_TEST(netflow5_count_that_lies_gives_the_records_there_are)
{
	put_v5(&b, 9, 0);
	put_v5_record(&b, "10.0.0.1", "10.0.0.2", 2, 100);
	put(&b, 0, 20); /* a part of one more */
	heard_send(&h, &b);
	ck_assert_uint_eq(h.records, 1);
	ck_assert_uint_eq(heard_exporter(&h)->malformed, 1);
}
END_TEST

START_TEST(netflow5_count_may_be_less_than_what_follows)
{
	put_v5(&b, 1, 0);
	put_v5_record(&b, "10.0.0.1", "10.0.0.2", 2, 100);
	put_v5_record(&b, "10.0.0.1", "10.0.0.2", 2, 100);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.records, 1);
	ck_assert_uint_eq(heard_exporter(&h)->malformed, 0);
}
END_TEST

START_TEST(netflow_datagram_cut_in_its_header_makes_no_exporter)
{
	for (size_t n = 0; n < 24; n++) {
		put_v5(&b, 1, 0);
		b.n = n;
		heard_send(&h, &b);
	}
	ck_assert_uint_eq(h.came, 0);
	ck_assert_uint_eq(export_decoder_totals(h.d).unknown, 24);
}
END_TEST

/* v1 has no sequence, engine or sampling in its header; records of 52 or, on Linux, 48 bytes */
static void put_v1(unsigned count, unsigned record_bytes)
{
	put(&b, 1, 2);
	put(&b, count, 2);
	put(&b, UPTIME_MS, 4);
	put(&b, EXPORT_S, 4);
	put(&b, 500000000, 4);
	for (unsigned i = 0; i < count; i++) {
		size_t at = b.n;

		put_ip(&b, "10.0.0.1");
		put_ip(&b, "10.0.0.2");
		put(&b, 0, 4);
		put(&b, 3, 2);
		put(&b, 4, 2);
		put(&b, 1, 4);
		put(&b, 40 + i, 4);
		put(&b, UPTIME_MS, 4);
		put(&b, UPTIME_MS, 4);
		put(&b, 53, 2);
		put(&b, 5353, 2);
		put(&b, 0, 2);
		put(&b, 17, 1);
		put(&b, 8, 1);
		put(&b, TCP_RST, 1);
		put(&b, 0, (unsigned)(at + record_bytes - b.n));
	}
}

START_TEST(netflow1_records_of_both_lengths_are_read)
{
	put_v1(3, 48);
	heard_send(&h, &b);
	put_v1(3, 52);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.records, 6);
	for (int i = 0; i < 6; i++) {
		ck_assert_uint_eq(h.record[i].bytes[0], 40 + i % 3);
		ck_assert_uint_eq(h.record[i].l4, 17);
		ck_assert_uint_eq(h.record[i].tos[0], 8);
		ck_assert_uint_eq(h.record[i].tcp_flags[0], TCP_RST);
		ck_assert_int_eq(h.record[i].end_us, EXPORT_US + 500000);
		ck_assert_uint_eq(h.record[i].has & RECORD_HAS(HAS_AS_SRC), 0);
	}
	ck_assert_uint_eq(heard_exporter(&h)->malformed, 0);
	ck_assert_uint_eq(heard_exporter(&h)->lost, 0);
}
END_TEST

START_TEST(netflow7_records_are_four_bytes_longer_than_those_of_v5)
{
	put_v5(&b, 2, 0);
	put_at(&b, 0, 7, 2);
	put_at(&b, 20, 77, 4); /* reserved: no engine */
	for (int i = 0; i < 2; i++) {
		put_v5_record(&b, "10.0.0.1", "10.0.0.2", 1, 40);
		put_ip(&b, "10.9.9.9"); /* the router that was short-cut */
	}
	heard_send(&h, &b);
	ck_assert_uint_eq(h.records, 2);
	ck_assert_uint_eq(h.record[1].bytes[0], 40);
	ck_assert_uint_eq(h.last->version, EXPORT_NETFLOW7);
	ck_assert_uint_eq(h.last->domain, 0);
}
END_TEST

START_TEST(sequence_gap_is_loss_in_records)
{
	send_v5(3, 100);
	send_v5(3, 103);
	send_v5(3, 126);
	send_v5(3, 129);
	ck_assert_uint_eq(heard_exporter(&h)->lost, 20);
	ck_assert_uint_eq(heard_exporter(&h)->restarts, 0);
}
END_TEST

START_TEST(numbers_that_follow_no_rule_are_not_called_loss)
{
	uint32_t number = 0;

	send_v5(3, 0);
	send_v5(3, 13); /* this was loss */
	for (number = 16; number < 16 + 3 * 64; number += 3)
		send_v5(3, number);
	for (int i = 0; i < 255; i++)
		send_v5(3, number += 100);
	ck_assert_uint_gt(heard_exporter(&h)->lost, 10);
	ck_assert(!heard_exporter(&h)->misnumbered);
	for (int i = 0; i < 100; i++)
		send_v5(3, number += 100);
	ck_assert(heard_exporter(&h)->misnumbered);
	ck_assert_uint_eq(heard_exporter(&h)->lost, 10);
}
END_TEST

START_TEST(numbers_that_follow_a_rule_again_tell_loss_again)
{
	uint32_t number = 0;

	for (int i = 0; i < 300; i++)
		send_v5(3, number += 100);
	for (int i = 0; i < 63; i++)
		send_v5(3, number += 3);
	ck_assert(heard_exporter(&h)->misnumbered);
	send_v5(3, number += 3);
	ck_assert(!heard_exporter(&h)->misnumbered);
	ck_assert_uint_eq(heard_exporter(&h)->lost, 0);
	send_v5(3, number += 3 + 21);
	ck_assert_uint_eq(heard_exporter(&h)->lost, 21);
}
END_TEST

START_TEST(loss_of_most_datagrams_is_still_loss)
{
	uint32_t number = 0;

	send_v5(3, 0);
	for (int i = 0; i < 20; i++) {
		for (int k = 0; k < 50; k++)
			send_v5(3, number += 30); /* nine of ten gone */
		send_v5(3, number += 3);
	}
	ck_assert(!heard_exporter(&h)->misnumbered);
	ck_assert_uint_eq(heard_exporter(&h)->lost, 20 * 50 * 27);
}
END_TEST

START_TEST(sequence_wraps_without_loss)
{
	send_v5(3, UINT32_MAX - 1);
	send_v5(3, 1);
	ck_assert_uint_eq(heard_exporter(&h)->lost, 0);
}
END_TEST

START_TEST(sequence_that_jumps_half_way_round_is_a_new_beginning)
{
	send_v5(3, 0);
	send_v5(3, 3 + UINT32_C(0x80000000));
	send_v5(3, 6 + UINT32_C(0x80000000));
	ck_assert_uint_eq(heard_exporter(&h)->lost, 0);
	ck_assert_uint_eq(heard_exporter(&h)->restarts, 1);
}
END_TEST

START_TEST(gap_too_large_to_be_loss_is_a_new_beginning)
{
	send_v5(3, 0);
	send_v5(3, 3 + UINT32_C(0x20000000));
	ck_assert_uint_eq(heard_exporter(&h)->lost, 0);
	ck_assert_uint_eq(heard_exporter(&h)->restarts, 1);
}
END_TEST

START_TEST(datagram_that_was_overtaken_is_not_lost)
{
	send_v5(3, 0);
	send_v5(3, 6);
	ck_assert_uint_eq(heard_exporter(&h)->lost, 3);
	send_v5(3, 3);
	send_v5(3, 9);
	ck_assert_uint_eq(heard_exporter(&h)->lost, 0);
	ck_assert_uint_eq(h.records, 12);
}
END_TEST

/* A datagram of one record, of a device so many seconds after its start. */
static void send_at_uptime(int64_t after_s, uint32_t uptime_ms, uint32_t sequence)
{
	put_v5(&b, 1, sequence);
	put_at(&b, 4, uptime_ms, 4);
	put_at(&b, 8, (uint64_t)(EXPORT_S + after_s), 4);
	put_v5_record(&b, "10.0.0.1", "10.0.0.2", 2, 100);
	heard_send(&h, &b);
}

START_TEST(uptime_that_wraps_is_no_restart_but_one_after_a_month_is)
{
	send_at_uptime(0, UINT32_MAX - 999, 5);
	send_at_uptime(2, 1000, 6);
	ck_assert_uint_eq(heard_exporter(&h)->restarts, 0);
	send_at_uptime(2600000, 2600000000, 7);
	send_at_uptime(2600060, 1000, 0);
	ck_assert_uint_eq(heard_exporter(&h)->restarts, 1);
	send_at_uptime(2600050, 500, 1); /* overtaken, or a clock that was set */
	ck_assert_uint_eq(heard_exporter(&h)->restarts, 1);
	ck_assert_uint_eq(heard_exporter(&h)->lost, 0);
}
END_TEST

START_TEST(datagram_that_comes_twice_is_no_restart)
{
	send_v5(3, 0);
	send_v5(3, 9);
	send_v5(3, 9);
	send_v5(3, 12);
	ck_assert_uint_eq(heard_exporter(&h)->restarts, 0);
}
END_TEST

START_TEST(exporter_that_restarts_has_lost_nothing)
{
	send_v5(3, 1000000);
	put_v5(&b, 1, 0);
	put_at(&b, 4, 2000, 4);         /* uptime */
	put_at(&b, 8, EXPORT_S + 10, 4);
	put_v5_record(&b, "10.0.0.1", "10.0.0.2", 2, 100);
	heard_send(&h, &b);
	ck_assert_uint_eq(heard_exporter(&h)->lost, 0);
	ck_assert_uint_eq(heard_exporter(&h)->restarts, 1);
	ck_assert_int_eq(heard_exporter(&h)->boot_us, EXPORT_US + 8000000);
}
END_TEST

START_TEST(numbers_that_begin_anew_soon_after_the_start_are_followed)
{
	send_v5(3, 0);
	send_v5(3, 3);
	send_v5(3, 6);
	send_v5(3, 0);
	send_v5(3, 3);
	send_v5(3, 26);
	ck_assert_uint_eq(heard_exporter(&h)->lost, 20);
	ck_assert_uint_eq(heard_exporter(&h)->restarts, 1);
}
END_TEST

START_TEST(numbers_that_count_datagrams_instead_are_understood)
{
	for (uint32_t i = 0; i < 20; i++)
		send_v5(3, i);
	ck_assert_uint_eq(heard_exporter(&h)->lost, 0);
	send_v5(3, 25);
	ck_assert_uint_eq(heard_exporter(&h)->lost, 5);
}
END_TEST

START_TEST(numbers_that_count_this_datagrams_records_too_are_understood)
{
	for (uint32_t i = 1; i <= 8; i++)
		send_v5(3, 3 * i);
	send_v5(2, 26);
	send_v5(4, 30);
	send_v5(1, 31);
	send_v5(5, 36);
	send_v5(1, 37);
	ck_assert_uint_eq(heard_exporter(&h)->lost, 0);
}
END_TEST

START_TEST(doubts_of_the_numbers_fade)
{
	for (uint32_t i = 0; i < 5; i++)
		send_v5(3, i * 10);
	ck_assert_uint_eq(heard_exporter(&h)->lost, 28);
	for (uint32_t i = 0; i < 200; i++)
		send_v5(3, 43 + i * 3);
	ck_assert_uint_eq(heard_exporter(&h)->lost, 28);
}
END_TEST

START_TEST(clock_that_is_hours_off_is_noticed_and_a_right_one_left)
{
	send_v5(1, 0);
	ck_assert_int_eq(heard_exporter(&h)->clock_offset_us, 0);
	ck_assert_int_eq(export_clock_correction(heard_exporter(&h)), 0);
	h.now_us += INT64_C(7200000000);
	send_v5(1, 1);
	ck_assert_int_eq(heard_exporter(&h)->clock_offset_us, -INT64_C(7200000000));
	ck_assert_int_eq(export_clock_correction(heard_exporter(&h)), INT64_C(7200000000));
}
END_TEST

START_TEST(clock_is_measured_by_the_datagram_that_came_quickest)
{
	h.now_us += 900000;
	send_v5(1, 0);
	h.now_us -= 800000;
	send_v5(1, 1);
	h.now_us += 500000;
	send_v5(1, 2);
	ck_assert_int_eq(heard_exporter(&h)->clock_offset_us, -100000);
}
END_TEST

START_TEST(exporters_are_told_apart_by_address_port_and_engine)
{
	send_v5(1, 0);
	h.port++;
	send_v5(1, 500);
	h.from = "2001:db8::1";
	send_v5(1, 900);
	put_v5(&b, 1, 77);
	put_at(&b, 20, 1, 2);
	put_v5_record(&b, "10.0.0.1", "10.0.0.2", 2, 100);
	heard_send(&h, &b);
	ck_assert_uint_eq(h.came, 4);
	ck_assert_uint_eq(h.exporter_id[3], 4);
	ck_assert_uint_eq(h.last->lost, 0);
}
END_TEST

START_TEST(flood_of_forged_exporters_leaves_those_that_are_proven)
{
	const struct export_limits few = {.exporters = 16};
	struct export_totals t;

	heard_close(&h);
	heard_open(&h, &few);
	for (uint32_t i = 0; i < 40; i++)
		send_v5(1, i);
	for (uint16_t port = 1; port < 1000; port++) {
		h.port = port;
		send_v5(1, 0);
	}
	h.port = 40000;
	send_v5(1, 40);
	ck_assert_uint_eq(h.last->id, 1);
	ck_assert_uint_eq(h.last->records, 41);
	t = export_decoder_totals(h.d);
	ck_assert_uint_eq(t.exporters, 16);
	ck_assert_uint_eq(h.came, h.gone + 16);
	ck_assert_uint_eq(t.gone.records, h.gone);
	ck_assert_uint_eq(t.gone.bytes, 100 * (uint64_t)h.gone);
}
END_TEST

START_TEST(exporters_that_are_all_proven_give_way_to_new_ones_by_age)
{
	const struct export_limits few = {.exporters = 8};

	heard_close(&h);
	heard_open(&h, &few);
	for (uint16_t port = 1; port <= 12; port++) {
		h.port = port;
		for (uint32_t i = 0; i < 20; i++)
			send_v5(1, i);
	}
	ck_assert_uint_eq(h.gone, 4);
	h.port = 12;
	send_v5(1, 20);
	ck_assert_uint_eq(h.came, 12);
}
END_TEST

START_TEST(silent_exporter_goes_and_its_counts_stay)
{
	const struct export_limits short_ = {.exporter_us = 60000000};

	heard_close(&h);
	heard_open(&h, &short_);
	send_v5(2, 0);
	export_decoder_tick(h.d, h.now_us + 60000000, &h.sink);
	ck_assert_uint_eq(h.gone, 0);
	export_decoder_tick(h.d, h.now_us + 60000001, &h.sink);
	ck_assert_uint_eq(h.gone, 1);
	ck_assert_uint_eq(export_decoder_totals(h.d).gone.packets, 4);
	ck_assert_ptr_null(export_exporter_by_slot(h.d, 1));
}
END_TEST

START_TEST(listener_of_another_protocol_takes_no_netflow)
{
	h.proto = EXPORT_ONLY_SFLOW;
	send_v5(1, 0);
	h.proto = EXPORT_ONLY_IPFIX;
	send_v5(1, 0);
	ck_assert_uint_eq(h.records, 0);
	ck_assert_uint_eq(export_decoder_totals(h.d).unknown, 2);
	h.proto = EXPORT_NETFLOW;
	send_v5(1, 0);
	ck_assert_uint_eq(h.records, 1);
}
END_TEST

Suite *netflow5_suite(void)
{
	Suite *s = suite_create("netflow5");
	TCase *c = tcase_create("netflow5");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, netflow5_record_says_all_that_its_layout_has);
	tcase_add_test(c, netflow5_header_gives_the_sampling_interval_and_the_engine);
	tcase_add_test(c, netflow5_icmp_has_type_and_code_in_its_destination_port);
	tcase_add_test(c, netflow5_times_may_lie_before_the_device_started);
	tcase_add_test(c, netflow5_with_sixty_records_is_read_whole);
	tcase_add_test(c, netflow5_count_that_lies_gives_the_records_there_are);
	tcase_add_test(c, netflow5_count_may_be_less_than_what_follows);
	tcase_add_test(c, netflow_datagram_cut_in_its_header_makes_no_exporter);
	tcase_add_test(c, netflow1_records_of_both_lengths_are_read);
	tcase_add_test(c, netflow7_records_are_four_bytes_longer_than_those_of_v5);
	tcase_add_test(c, sequence_gap_is_loss_in_records);
	tcase_add_test(c, numbers_that_follow_no_rule_are_not_called_loss);
	tcase_add_test(c, numbers_that_follow_a_rule_again_tell_loss_again);
	tcase_add_test(c, loss_of_most_datagrams_is_still_loss);
	tcase_add_test(c, sequence_wraps_without_loss);
	tcase_add_test(c, sequence_that_jumps_half_way_round_is_a_new_beginning);
	tcase_add_test(c, gap_too_large_to_be_loss_is_a_new_beginning);
	tcase_add_test(c, datagram_that_was_overtaken_is_not_lost);
	tcase_add_test(c, uptime_that_wraps_is_no_restart_but_one_after_a_month_is);
	tcase_add_test(c, datagram_that_comes_twice_is_no_restart);
	tcase_add_test(c, exporter_that_restarts_has_lost_nothing);
	tcase_add_test(c, numbers_that_begin_anew_soon_after_the_start_are_followed);
	tcase_add_test(c, numbers_that_count_datagrams_instead_are_understood);
	tcase_add_test(c, numbers_that_count_this_datagrams_records_too_are_understood);
	tcase_add_test(c, doubts_of_the_numbers_fade);
	tcase_add_test(c, clock_that_is_hours_off_is_noticed_and_a_right_one_left);
	tcase_add_test(c, clock_is_measured_by_the_datagram_that_came_quickest);
	tcase_add_test(c, exporters_are_told_apart_by_address_port_and_engine);
	tcase_add_test(c, flood_of_forged_exporters_leaves_those_that_are_proven);
	tcase_add_test(c, exporters_that_are_all_proven_give_way_to_new_ones_by_age);
	tcase_add_test(c, silent_exporter_goes_and_its_counts_stay);
	tcase_add_test(c, listener_of_another_protocol_takes_no_netflow);
	suite_add_tcase(s, c);
	return s;
}
