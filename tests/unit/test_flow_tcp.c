/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * flow/flow_tcp.c: states, flags, retransmissions, segments out of order and the round trip time,
 * as packets on a wire make them.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "dpitop/packet.h"
#include "wire.h"

Suite *flow_tcp_suite(void);

static struct wire w; /* a test is a process of its own: this is not shared */
static const struct ends web = {"192.0.2.1", "198.51.100.2", 40000, 80};

static void setup(void)
{
	static const struct flow_limits no_dpi = {.keep_us = -1};

	wire_open(&w, &no_dpi);
}

static void teardown(void)
{
	wire_close(&w);
}

static const struct flow *flags(unsigned from, uint8_t tcp_flags)
{
	return wire_tcp(&w, &web, from, &(struct segment){.flags = tcp_flags, .seq = 100});
}

static const struct flow *data(unsigned from, uint32_t seq, size_t n)
{
	static const uint8_t zeros[1000];

	ck_assert_uint_le(n, sizeof zeros);
	return wire_tcp(&w, &web, from, &(struct segment){TCP_ACK, seq, 1, zeros, n});
}

static const struct flow *after(int64_t us, unsigned from, uint8_t tcp_flags)
{
	w.now_us = START_US + us;
	return flags(from, tcp_flags);
}

START_TEST(flow_tcp_handshake_goes_from_new_to_open)
{
	ck_assert_int_eq(flags(CLIENT, TCP_SYN)->state, FLOW_NEW);
	ck_assert_int_eq(flags(SERVER, TCP_SYN | TCP_ACK)->state, FLOW_HANDSHAKE);
	ck_assert_int_eq(flags(SERVER, TCP_ACK)->state, FLOW_HANDSHAKE);
	ck_assert_int_eq(flags(CLIENT, TCP_ACK)->state, FLOW_OPEN);
}
END_TEST

START_TEST(flow_tcp_one_fin_is_closing_both_are_closed)
{
	flags(CLIENT, TCP_ACK);
	ck_assert_int_eq(flags(CLIENT, TCP_FIN | TCP_ACK)->state, FLOW_CLOSING);
	ck_assert_int_eq(flags(CLIENT, TCP_FIN | TCP_ACK)->state, FLOW_CLOSING);
	ck_assert_int_eq(flags(SERVER, TCP_ACK)->state, FLOW_CLOSING);
	ck_assert_int_eq(flags(SERVER, TCP_FIN | TCP_ACK)->state, FLOW_CLOSED);
}
END_TEST

START_TEST(flow_tcp_reset_ends_at_once)
{
	flags(CLIENT, TCP_SYN);
	ck_assert_int_eq(flags(SERVER, TCP_RST | TCP_ACK)->state, FLOW_RESET);
	ck_assert_int_eq(flags(CLIENT, TCP_FIN | TCP_ACK)->state, FLOW_RESET);
}
END_TEST

START_TEST(flow_tcp_reset_of_a_closed_connection_leaves_it_closed)
{
	flags(CLIENT, TCP_FIN | TCP_ACK);
	flags(SERVER, TCP_FIN | TCP_ACK);
	ck_assert_int_eq(flags(CLIENT, TCP_RST)->state, FLOW_CLOSED);
}
END_TEST

START_TEST(flow_tcp_flags_of_both_directions_are_collected)
{
	const struct flow *f = flags(CLIENT, TCP_SYN);

	flags(SERVER, TCP_SYN | TCP_ACK | TCP_ECE);
	flags(CLIENT, TCP_PSH | TCP_URG);
	ck_assert_uint_eq(f->tcp_flags, TCP_SYN | TCP_ACK | TCP_ECE | TCP_PSH | TCP_URG);
}
END_TEST

START_TEST(flow_tcp_flags_text_has_a_letter_for_each)
{
	char buf[9];

	ck_assert_str_eq(flow_flags_text(0, buf), "");
	ck_assert_str_eq(flow_flags_text(0xff, buf), "FSRPAUEC");
	ck_assert_str_eq(flow_flags_text(TCP_SYN | TCP_ACK, buf), "SA");
	ck_assert_str_eq(flow_flags_text(TCP_CWR | TCP_FIN, buf), "FC");
}
END_TEST

START_TEST(flow_tcp_data_in_order_is_neither_sent_again_nor_out_of_order)
{
	const struct flow *f = flags(CLIENT, TCP_SYN);

	data(CLIENT, 101, 500);
	data(CLIENT, 601, 500);
	data(SERVER, 7000, 900);
	data(CLIENT, 1101, 0);
	ck_assert_uint_eq(f->retransmits, 0);
	ck_assert_uint_eq(f->out_of_order, 0);
}
END_TEST

START_TEST(flow_tcp_data_sent_again_is_a_retransmission)
{
	const struct flow *f = data(CLIENT, 1000, 500);

	data(CLIENT, 1500, 500);
	data(CLIENT, 1000, 500);
	data(CLIENT, 1500, 500);
	data(CLIENT, 2000, 100);
	ck_assert_uint_eq(f->retransmits, 2);
	ck_assert_uint_eq(f->out_of_order, 0);
}
END_TEST

START_TEST(flow_tcp_directions_are_counted_apart)
{
	const struct flow *f = data(CLIENT, 1000, 500);

	data(SERVER, 1000, 500); /* the same numbers, not the same data */
	ck_assert_uint_eq(f->retransmits, 0);
	data(SERVER, 1000, 500);
	ck_assert_uint_eq(f->retransmits, 1);
}
END_TEST

START_TEST(flow_tcp_syn_and_fin_sent_again_are_retransmissions)
{
	const struct flow *f = flags(CLIENT, TCP_SYN);

	flags(CLIENT, TCP_SYN);
	ck_assert_uint_eq(f->retransmits, 1);
	wire_tcp(&w, &web, CLIENT, &(struct segment){.flags = TCP_FIN | TCP_ACK, .seq = 101});
	wire_tcp(&w, &web, CLIENT, &(struct segment){.flags = TCP_ACK, .seq = 102});
	ck_assert_uint_eq(f->retransmits, 1);
}
END_TEST

START_TEST(flow_tcp_gap_is_out_of_order)
{
	const struct flow *f = data(CLIENT, 1000, 500);

	data(CLIENT, 2000, 500);
	ck_assert_uint_eq(f->out_of_order, 1);
	ck_assert_uint_eq(f->retransmits, 0);
	data(CLIENT, 2500, 500);
	ck_assert_uint_eq(f->out_of_order, 1);
}
END_TEST

START_TEST(flow_tcp_keep_alive_is_no_retransmission)
{
	const struct flow *f = data(CLIENT, 1000, 500);

	data(CLIENT, 1499, 1);
	data(CLIENT, 1499, 0);
	ck_assert_uint_eq(f->retransmits, 0);
	data(CLIENT, 1498, 2);
	ck_assert_uint_eq(f->retransmits, 1);
}
END_TEST

START_TEST(flow_tcp_sequence_numbers_wrap)
{
	const struct flow *f = data(CLIENT, 0xffffff00, 0x200);

	data(CLIENT, 0x100, 100);
	ck_assert_uint_eq(f->retransmits, 0);
	ck_assert_uint_eq(f->out_of_order, 0);
	data(CLIENT, 0xffffff00, 0x200);
	ck_assert_uint_eq(f->retransmits, 1);
	data(CLIENT, 0x100 + 100, 100);
	ck_assert_uint_eq(f->retransmits, 1);
	ck_assert_uint_eq(f->out_of_order, 0);
}
END_TEST

START_TEST(flow_tcp_number_from_elsewhere_starts_the_count_anew)
{
	const struct flow *f = data(CLIENT, 1000, 500);

	data(CLIENT, 0x60000000, 500);
	data(CLIENT, 0x60000000 + 500, 500);
	ck_assert_uint_eq(f->retransmits, 0);
	ck_assert_uint_eq(f->out_of_order, 0);
	data(CLIENT, 0x60000000, 500);
	ck_assert_uint_eq(f->retransmits, 1);
}
END_TEST

START_TEST(flow_tcp_reset_says_nothing_of_sequence)
{
	const struct flow *f = data(CLIENT, 1000, 500);

	wire_tcp(&w, &web, CLIENT,
		 &(struct segment){.flags = TCP_RST, .seq = 100, .data = "xx", .n = 2});
	ck_assert_uint_eq(f->retransmits, 0);
}
END_TEST

START_TEST(flow_tcp_round_trip_is_from_syn_to_the_clients_ack)
{
	const struct flow *f = after(0, CLIENT, TCP_SYN);

	after(10000, SERVER, TCP_SYN | TCP_ACK);
	ck_assert_uint_eq(f->rtt_us, 0);
	after(25000, CLIENT, TCP_ACK);
	ck_assert_uint_eq(f->rtt_us, 25000);
	after(90000, CLIENT, TCP_ACK);
	ck_assert_uint_eq(f->rtt_us, 25000);
}
END_TEST

START_TEST(flow_tcp_round_trip_is_of_the_last_syn)
{
	const struct flow *f = after(0, CLIENT, TCP_SYN);

	after(3000000, CLIENT, TCP_SYN);
	after(3010000, SERVER, TCP_SYN | TCP_ACK);
	after(3020000, CLIENT, TCP_ACK);
	ck_assert_uint_eq(f->rtt_us, 20000);
}
END_TEST

START_TEST(flow_tcp_round_trip_is_unknown_when_time_steps_back)
{
	const struct flow *f = after(0, CLIENT, TCP_SYN);

	after(10000, SERVER, TCP_SYN | TCP_ACK);
	after(-5000, CLIENT, TCP_ACK);
	ck_assert_int_eq(f->state, FLOW_OPEN);
	ck_assert_uint_eq(f->rtt_us, 0);
}
END_TEST

START_TEST(flow_tcp_round_trip_is_from_the_syn_even_if_an_older_packet_comes_later)
{
	const struct flow *f = after(0, CLIENT, TCP_SYN);

	after(-5000, SERVER, TCP_SYN | TCP_ACK); /* from another interface, read later */
	ck_assert_int_eq(f->first_us, START_US - 5000);
	after(25000, CLIENT, TCP_ACK);
	ck_assert_uint_eq(f->rtt_us, 25000);
}
END_TEST

START_TEST(flow_tcp_round_trip_is_unknown_without_the_syn)
{
	const struct flow *f = after(0, SERVER, TCP_SYN | TCP_ACK);

	after(10000, CLIENT, TCP_ACK);
	ck_assert_int_eq(f->state, FLOW_OPEN);
	ck_assert_uint_eq(f->rtt_us, 0);
}
END_TEST

START_TEST(flow_tcp_later_fragment_changes_no_state)
{
	const struct flow *f = flags(CLIENT, TCP_SYN);
	struct packet p = {.ts_us = START_US,
			   .wire_len = 60,
			   .kind = PACKET_IP,
			   .l4 = TCP,
			   .ip_version = 4,
			   .flags = PACKET_FRAGMENT | PACKET_LATER | PACKET_PORTS,
			   .src = f->addr[0],
			   .dst = f->addr[1],
			   .src_port = 40000,
			   .dst_port = 80,
			   .tcp_flags = TCP_RST};

	flow_table_packet(w.flows, &p, 0);
	ck_assert_uint_eq(f->total.packets[0], 2);
	ck_assert_int_eq(f->state, FLOW_NEW);
	ck_assert_uint_eq(f->tcp_flags, TCP_SYN);
}
END_TEST

Suite *flow_tcp_suite(void)
{
	Suite *s = suite_create("flow_tcp");
	TCase *c = tcase_create("flow_tcp");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, flow_tcp_handshake_goes_from_new_to_open);
	tcase_add_test(c, flow_tcp_one_fin_is_closing_both_are_closed);
	tcase_add_test(c, flow_tcp_reset_ends_at_once);
	tcase_add_test(c, flow_tcp_reset_of_a_closed_connection_leaves_it_closed);
	tcase_add_test(c, flow_tcp_flags_of_both_directions_are_collected);
	tcase_add_test(c, flow_tcp_flags_text_has_a_letter_for_each);
	tcase_add_test(c, flow_tcp_data_in_order_is_neither_sent_again_nor_out_of_order);
	tcase_add_test(c, flow_tcp_data_sent_again_is_a_retransmission);
	tcase_add_test(c, flow_tcp_directions_are_counted_apart);
	tcase_add_test(c, flow_tcp_syn_and_fin_sent_again_are_retransmissions);
	tcase_add_test(c, flow_tcp_gap_is_out_of_order);
	tcase_add_test(c, flow_tcp_keep_alive_is_no_retransmission);
	tcase_add_test(c, flow_tcp_sequence_numbers_wrap);
	tcase_add_test(c, flow_tcp_number_from_elsewhere_starts_the_count_anew);
	tcase_add_test(c, flow_tcp_reset_says_nothing_of_sequence);
	tcase_add_test(c, flow_tcp_round_trip_is_from_syn_to_the_clients_ack);
	tcase_add_test(c, flow_tcp_round_trip_is_of_the_last_syn);
	tcase_add_test(c, flow_tcp_round_trip_is_unknown_when_time_steps_back);
	tcase_add_test(c, flow_tcp_round_trip_is_from_the_syn_even_if_an_older_packet_comes_later);
	tcase_add_test(c, flow_tcp_round_trip_is_unknown_without_the_syn);
	tcase_add_test(c, flow_tcp_later_fragment_changes_no_state);
	suite_add_tcase(s, c);
	return s;
}
