/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * flow/flow_table.c and flow_index.c: which flow a packet belongs to, whose it is, the bound, and
 * reading the table.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/packet.h"
#include "wire.h"

Suite *flow_table_suite(void);

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

static void reopen(const struct flow_limits *l)
{
	wire_close(&w);
	wire_open(&w, l);
}

static void expect_client(const struct flow *f, const char *client, uint16_t port)
{
	char text[ADDR_TEXT];

	ck_assert_ptr_nonnull(f);
	ck_assert_str_eq(addr_format(&f->addr[0], text, sizeof text), client);
	ck_assert_uint_eq(f->port[0], port);
}

static const struct flow *flags(const struct ends *e, unsigned from, uint8_t tcp_flags)
{
	return wire_tcp(&w, e, from, &(struct segment){.flags = tcp_flags});
}

static const struct flow *number(unsigned i)
{
	char client[ADDR_TEXT];
	struct ends e = {client, "198.51.100.2", 1000, 53};

	snprintf(client, sizeof client, "10.0.%u.%u", i >> 8, i & 255);
	return wire_udp(&w, &e, CLIENT, "abcd", 4);
}

START_TEST(flow_table_both_directions_are_one_flow)
{
	const struct flow *f = wire_udp(&w, &web, CLIENT, "ab", 2);

	ck_assert_ptr_eq(wire_udp(&w, &web, SERVER, "abcd", 4), f);
	ck_assert_uint_eq(f->total.packets[0], 1);
	ck_assert_uint_eq(f->total.packets[1], 1);
	ck_assert_uint_eq(f->total.bytes[0], 14 + 20 + 8 + 2);
	ck_assert_uint_eq(f->total.bytes[1], 14 + 20 + 8 + 4);
	ck_assert_uint_eq(wire_count(&w), 1);
}
END_TEST

START_TEST(flow_table_fills_what_the_first_packet_says)
{
	const struct flow *f;

	w.vlan = 7;
	f = wire_udp(&w, &web, CLIENT, "ab", 2);
	expect_client(f, "192.0.2.1", 40000);
	ck_assert_uint_eq(f->port[1], 80);
	ck_assert_uint_eq(f->vlan, 7);
	ck_assert_uint_eq(f->l4, UDP);
	ck_assert_uint_eq(f->ip_version, 4);
	ck_assert_uint_eq(f->source, 3);
	ck_assert_int_eq(f->first_us, START_US);
	ck_assert(f->flags & FLOW_MAC_SET);
	ck_assert_uint_eq(f->mac[0][5], 0xc);
	ck_assert_uint_eq(f->mac[1][5], 0x5);
	ck_assert_uint_eq(f->id, 1);
}
END_TEST

START_TEST(flow_table_keys_differ_by_port_protocol_and_address)
{
	struct ends other_port = web, other_host = web;

	other_port.client_port++;
	other_host.server = "198.51.100.3";
	wire_udp(&w, &web, CLIENT, "a", 1);
	wire_udp(&w, &other_port, CLIENT, "a", 1);
	wire_udp(&w, &other_host, CLIENT, "a", 1);
	flags(&web, CLIENT, TCP_SYN);
	ck_assert_uint_eq(wire_count(&w), 4);
	ck_assert_uint_eq(flow_table_stats(w.flows).created, 4);
}
END_TEST

START_TEST(flow_table_port_pair_that_is_swapped_is_another_flow)
{
	struct ends a = {"192.0.2.1", "198.51.100.2", 1000, 2000},
		    b = {"192.0.2.1", "198.51.100.2", 2000, 1000};

	wire_udp(&w, &a, CLIENT, "a", 1);
	wire_udp(&w, &b, CLIENT, "a", 1);
	ck_assert_uint_eq(wire_count(&w), 2);
}
END_TEST

START_TEST(flow_table_host_that_talks_to_itself_has_two_directions)
{
	struct ends self = {"127.0.0.1", "127.0.0.1", 5000, 6000};
	const struct flow *f = wire_udp(&w, &self, CLIENT, "a", 1);

	ck_assert_ptr_eq(wire_udp(&w, &self, SERVER, "a", 1), f);
	ck_assert_uint_eq(f->total.packets[0], 1);
	ck_assert_uint_eq(f->total.packets[1], 1);
	expect_client(f, "127.0.0.1", 5000);
}
END_TEST

START_TEST(flow_table_protocol_without_ports_is_keyed_by_addresses)
{
	const uint8_t echo[8] = {8};
	struct ends ping = {"2001:db8::1", "2001:db8::2", 0, 0};
	const struct flow *f = wire_l4(&w, &ping, SERVER, 58, echo, sizeof echo);

	ck_assert_ptr_eq(wire_l4(&w, &ping, CLIENT, 58, echo, sizeof echo), f);
	expect_client(f, "2001:db8::2", 0);
	ck_assert_uint_eq(f->ip_version, 6);
	ck_assert_int_eq(f->state, FLOW_OPEN);
}
END_TEST

START_TEST(flow_table_client_is_who_sent_the_first_packet)
{
	expect_client(wire_udp(&w, &web, SERVER, "a", 1), "198.51.100.2", 80);
}
END_TEST

START_TEST(flow_table_client_is_who_sent_the_syn)
{
	const struct flow *f = flags(&web, CLIENT, TCP_SYN);

	expect_client(f, "192.0.2.1", 40000);
	ck_assert(f->flags & FLOW_SYN_SEEN);
	ck_assert_int_eq(f->state, FLOW_NEW);
}
END_TEST

START_TEST(flow_table_syn_ack_that_comes_first_is_the_servers)
{
	const struct flow *f = flags(&web, SERVER, TCP_SYN | TCP_ACK);

	expect_client(f, "192.0.2.1", 40000);
	ck_assert_uint_eq(f->total.packets[1], 1);
	ck_assert_uint_eq(f->mac[0][5], 0xc);
	ck_assert_ptr_eq(flags(&web, CLIENT, TCP_ACK), f);
	ck_assert_int_eq(f->state, FLOW_OPEN);
	ck_assert(!(f->flags & FLOW_SYN_SEEN));
}
END_TEST

START_TEST(flow_table_connection_met_midway_is_open)
{
	ck_assert_int_eq(flags(&web, SERVER, TCP_ACK)->state, FLOW_OPEN);
}
END_TEST

START_TEST(flow_table_syn_from_the_other_end_turns_the_flow_into_a_new_one)
{
	const struct flow *met = flags(&web, SERVER, TCP_ACK), *f;

	f = flags(&web, CLIENT, TCP_SYN);
	ck_assert_ptr_ne(f, met);
	expect_client(f, "192.0.2.1", 40000);
	ck_assert(met->flags & FLOW_ENDED);
	wire_tick(&w);
	wire_check(&w);
}
END_TEST

START_TEST(flow_table_syn_sent_again_is_the_same_flow)
{
	const struct flow *f = flags(&web, CLIENT, TCP_SYN);

	ck_assert_ptr_eq(flags(&web, CLIENT, TCP_SYN), f);
	ck_assert_uint_eq(wire_count(&w), 1);
}
END_TEST

START_TEST(flow_table_port_used_again_after_a_reset_is_a_new_flow)
{
	const struct flow *old = flags(&web, CLIENT, TCP_SYN), *f;

	flags(&web, SERVER, TCP_RST | TCP_ACK);
	ck_assert_int_eq(old->state, FLOW_RESET);
	f = flags(&web, CLIENT, TCP_SYN);
	ck_assert_ptr_ne(f, old);
	ck_assert_int_eq(f->state, FLOW_NEW);
	ck_assert_uint_eq(f->total.packets[0], 1);
	ck_assert(old->flags & FLOW_ENDED);
	ck_assert_int_eq(old->state, FLOW_RESET);
	ck_assert_uint_eq(w.told[old->id].ends, 1);
}
END_TEST

START_TEST(flow_table_what_comes_late_stays_with_the_closed_flow)
{
	const struct flow *f = flags(&web, CLIENT, TCP_ACK | TCP_FIN);

	flags(&web, SERVER, TCP_ACK | TCP_FIN);
	ck_assert_int_eq(f->state, FLOW_CLOSED);
	ck_assert_ptr_eq(flags(&web, CLIENT, TCP_ACK), f);
	ck_assert_int_eq(f->state, FLOW_CLOSED);
	ck_assert_uint_eq(wire_count(&w), 1);
}
END_TEST

START_TEST(flow_table_is_blind_to_vlans_unless_it_is_told_to_see_them)
{
	static const struct flow_limits aware = {.vlan_aware = true};

	for (unsigned i = 0; i < 2; i++) {
		w.vlan = 10;
		wire_udp(&w, &web, CLIENT, "a", 1);
		w.vlan = 20;
		wire_udp(&w, &web, CLIENT, "a", 1);
		ck_assert_uint_eq(wire_count(&w), i == 0 ? 1 : 2);
		reopen(&aware);
	}
}
END_TEST

START_TEST(flow_table_when_full_evicts_into_other_and_stays_exact)
{
	static const struct flow_limits three = {.max_flows = 3, .keep_us = -1};
	struct flow_stats s;

	reopen(&three);
	for (unsigned i = 0; i < 5; i++) {
		number(i);
		w.now_us += SECOND_US;
		wire_tick(&w);
	}
	s = flow_table_stats(w.flows);
	ck_assert_uint_eq(wire_count(&w), 3);
	ck_assert_uint_eq(s.created, 5);
	ck_assert_uint_eq(s.evicted, 2);
	ck_assert_uint_eq(s.other_flows, 2);
	ck_assert_uint_eq(s.other.packets[0], 2);
	ck_assert_uint_eq(s.live, 3);
	ck_assert_uint_eq(s.kept, 0);
	ck_assert_uint_eq(s.max_flows, 3);
	wire_check(&w);
}
END_TEST

START_TEST(flow_table_when_full_evicts_the_flow_that_is_idle_longest)
{
	static const struct flow_limits three = {.max_flows = 3, .keep_us = -1};
	uint64_t second;

	reopen(&three);
	number(0);
	w.now_us += 10 * SECOND_US;
	second = number(1)->id;
	w.now_us += 10 * SECOND_US;
	number(2);
	w.now_us += 10 * SECOND_US;
	number(0); /* no longer the oldest */
	w.now_us += 10 * SECOND_US;
	number(3);
	ck_assert_ptr_null(flow_table_by_id(w.flows, second));
	ck_assert_ptr_nonnull(flow_table_by_id(w.flows, 1));
	wire_tick(&w);
	wire_check(&w);
}
END_TEST

START_TEST(flow_table_when_full_forgets_ended_flows_first)
{
	static const struct flow_limits three = {.max_flows = 3, .keep_us = -1};

	reopen(&three);
	number(0);
	flags(&web, CLIENT, TCP_SYN);
	flags(&web, SERVER, TCP_RST);
	w.now_us += 31 * SECOND_US;
	wire_tick(&w);
	ck_assert_uint_eq(flow_table_stats(w.flows).kept, 1);
	number(1);
	number(2);
	ck_assert_uint_eq(flow_table_stats(w.flows).kept, 0);
	ck_assert_uint_eq(flow_table_stats(w.flows).live, 3);
	wire_tick(&w);
	wire_check(&w);
}
END_TEST

START_TEST(flow_table_of_one_flow_lives)
{
	static const struct flow_limits one = {.max_flows = 1, .keep_us = -1};

	reopen(&one);
	for (unsigned i = 0; i < 20; i++)
		number(i % 3);
	flags(&web, CLIENT, TCP_SYN);
	flags(&web, SERVER, TCP_RST);
	flags(&web, CLIENT, TCP_SYN); /* in the place of the one it follows */
	ck_assert_uint_eq(wire_count(&w), 1);
	flow_table_finish(w.flows);
	wire_check(&w);
}
END_TEST

START_TEST(flow_table_finds_thousands_of_flows_again)
{
	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 0; i < 2000; i++)
			ck_assert_uint_eq(number(i)->total.packets[0], round + 1);
	ck_assert_uint_eq(flow_table_stats(w.flows).created, 2000);
	ck_assert_uint_gt(flow_table_stats(w.flows).memory_bytes, 2000 * sizeof(struct flow));
	wire_tick(&w);
	wire_check(&w);
}
END_TEST

START_TEST(flow_table_finds_what_is_left_after_many_ended)
{
	static const struct flow_limits soon = {.idle_us = 10 * SECOND_US, .keep_us = 0};

	reopen(&soon);
	for (unsigned i = 0; i < 1500; i++) {
		number(i);
		w.now_us += SECOND_US / 100;
	}
	w.now_us += 2 * SECOND_US;
	wire_tick(&w); /* the first ones are over */
	ck_assert_uint_lt(flow_table_stats(w.flows).live, 1000);
	ck_assert_uint_gt(flow_table_stats(w.flows).live, 500);
	for (unsigned i = 1000; i < 1500; i++)
		ck_assert_uint_eq(number(i)->total.packets[0], 2);
	ck_assert_uint_eq(flow_table_stats(w.flows).created, 1500);
	wire_tick(&w);
	wire_check(&w);
}
END_TEST

START_TEST(flow_table_iteration_sees_none_twice_while_packets_come)
{
	unsigned seen[64] = {0};
	const struct flow *f;
	size_t cursor = 0;

	for (unsigned i = 0; i < 20; i++)
		number(i);
	for (unsigned i = 20; (f = flow_table_next(w.flows, &cursor)) != NULL && i < 60; i++) {
		seen[f->id]++;
		number(i);
		number(i - 20);
	}
	for (unsigned id = 1; id <= 20; id++)
		ck_assert_uint_eq(seen[id], 1);
	for (unsigned id = 21; id < 64; id++)
		ck_assert_uint_le(seen[id], 1);
}
END_TEST

START_TEST(flow_table_by_id_finds_live_and_kept_flows_only)
{
	uint64_t id = number(1)->id;

	ck_assert_uint_eq(flow_table_by_id(w.flows, id)->id, id);
	ck_assert_ptr_null(flow_table_by_id(w.flows, id + 1));
	ck_assert_ptr_null(flow_table_by_id(w.flows, 0));
	flow_table_finish(w.flows);
	ck_assert(flow_table_by_id(w.flows, id)->flags & FLOW_ENDED);
}
END_TEST

START_TEST(flow_table_ids_grow_and_are_never_used_again)
{
	static const struct flow_limits two = {.max_flows = 2};
	uint64_t last = 0;

	reopen(&two);
	for (unsigned i = 0; i < 10; i++) {
		const struct flow *f = number(i);

		ck_assert_uint_gt(f->id, last);
		last = f->id;
	}
}
END_TEST

START_TEST(flow_table_marks_fragments)
{
	struct packet p = {.ts_us = START_US,
			   .wire_len = 100,
			   .kind = PACKET_IP,
			   .l4 = UDP,
			   .ip_version = 4,
			   .flags = PACKET_FRAGMENT | PACKET_LATER};
	size_t cursor = 0;

	addr_parse(&p.src, "192.0.2.1", NULL);
	addr_parse(&p.dst, "192.0.2.2", NULL);
	flow_table_packet(w.flows, &p, 0);
	ck_assert(flow_table_next(w.flows, &cursor)->flags & FLOW_FRAGMENTED);
}
END_TEST

START_TEST(flow_table_times_are_of_the_first_and_last_packet_even_out_of_order)
{
	const struct flow *f = number(1);

	w.now_us = START_US + 5 * SECOND_US;
	number(1);
	w.now_us = START_US - 2 * SECOND_US;
	number(1);
	ck_assert_int_eq(f->first_us, START_US - 2 * SECOND_US);
	ck_assert_int_eq(f->last_us, START_US + 5 * SECOND_US);
}
END_TEST

START_TEST(flow_table_other_protocols_are_oneway_until_answered)
{
	const struct flow *f = wire_udp(&w, &web, CLIENT, "a", 1);

	ck_assert_int_eq(f->state, FLOW_ONEWAY);
	wire_udp(&w, &web, SERVER, "a", 1);
	ck_assert_int_eq(f->state, FLOW_OPEN);
}
END_TEST

START_TEST(flow_state_every_state_has_a_name)
{
	ck_assert_str_eq(flow_state_name(FLOW_OPEN), "open");
	ck_assert_str_eq(flow_state_name(FLOW_IDLE), "idle");
	for (enum flow_state s = 0; s < FLOW_STATE_COUNT; s++)
		ck_assert_str_ne(flow_state_name(s), "");
	ck_assert_str_eq(flow_state_name(FLOW_STATE_COUNT), "");
}
END_TEST

START_TEST(flow_table_free_of_none_is_fine)
{
	flow_table_free(NULL);
}
END_TEST

Suite *flow_table_suite(void)
{
	Suite *s = suite_create("flow_table");
	TCase *c = tcase_create("flow_table");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 20);
	tcase_add_test(c, flow_table_both_directions_are_one_flow);
	tcase_add_test(c, flow_table_fills_what_the_first_packet_says);
	tcase_add_test(c, flow_table_keys_differ_by_port_protocol_and_address);
	tcase_add_test(c, flow_table_port_pair_that_is_swapped_is_another_flow);
	tcase_add_test(c, flow_table_host_that_talks_to_itself_has_two_directions);
	tcase_add_test(c, flow_table_protocol_without_ports_is_keyed_by_addresses);
	tcase_add_test(c, flow_table_client_is_who_sent_the_first_packet);
	tcase_add_test(c, flow_table_client_is_who_sent_the_syn);
	tcase_add_test(c, flow_table_syn_ack_that_comes_first_is_the_servers);
	tcase_add_test(c, flow_table_connection_met_midway_is_open);
	tcase_add_test(c, flow_table_syn_from_the_other_end_turns_the_flow_into_a_new_one);
	tcase_add_test(c, flow_table_syn_sent_again_is_the_same_flow);
	tcase_add_test(c, flow_table_port_used_again_after_a_reset_is_a_new_flow);
	tcase_add_test(c, flow_table_what_comes_late_stays_with_the_closed_flow);
	tcase_add_test(c, flow_table_is_blind_to_vlans_unless_it_is_told_to_see_them);
	tcase_add_test(c, flow_table_when_full_evicts_into_other_and_stays_exact);
	tcase_add_test(c, flow_table_when_full_evicts_the_flow_that_is_idle_longest);
	tcase_add_test(c, flow_table_when_full_forgets_ended_flows_first);
	tcase_add_test(c, flow_table_of_one_flow_lives);
	tcase_add_test(c, flow_table_finds_thousands_of_flows_again);
	tcase_add_test(c, flow_table_finds_what_is_left_after_many_ended);
	tcase_add_test(c, flow_table_iteration_sees_none_twice_while_packets_come);
	tcase_add_test(c, flow_table_by_id_finds_live_and_kept_flows_only);
	tcase_add_test(c, flow_table_ids_grow_and_are_never_used_again);
	tcase_add_test(c, flow_table_marks_fragments);
	tcase_add_test(c, flow_table_times_are_of_the_first_and_last_packet_even_out_of_order);
	tcase_add_test(c, flow_table_other_protocols_are_oneway_until_answered);
	tcase_add_test(c, flow_state_every_state_has_a_name);
	tcase_add_test(c, flow_table_free_of_none_is_fine);
	suite_add_tcase(s, c);
	return s;
}
