/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * flow/flow_tell.c: what the sink is told and when. The sink of wire.c holds every update to the
 * promises of flow.h; here it is what makes updates, slices of ticks, rates and ends.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/packet.h"
#include "wire.h"

Suite *flow_tell_suite(void);

static struct wire w; /* a test is a process of its own: this is not shared */
static const struct ends web = {"192.0.2.1", "198.51.100.2", 40000, 80};
static const struct ends dns = {"192.0.2.1", "198.51.100.2", 40000, 53};
static const struct flow_limits no_dpi = {.keep_us = -1};

static void setup(void)
{
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

static const struct flow *udp(size_t n)
{
	static const char zeros[1000];

	return wire_udp(&w, &dns, CLIENT, zeros, n);
}

static const struct flow *number(unsigned i)
{
	char client[ADDR_TEXT];
	struct ends e = {client, "198.51.100.2", 1000, 9};

	snprintf(client, sizeof client, "10.0.%u.%u", i >> 8, i & 255);
	return wire_udp(&w, &e, CLIENT, "abcd", 4);
}

static void tick(void)
{
	w.now_us += SECOND_US;
	wire_tick(&w);
}

START_TEST(flow_tell_new_comes_once_and_deltas_add_up)
{
	const struct flow *f = udp(10);

	ck_assert_uint_eq(w.updates, 0); /* nothing before the tick */
	tick();
	udp(100);
	udp(200);
	tick();
	udp(1);
	tick();
	ck_assert_uint_eq(w.told[f->id].updates, 3);
	ck_assert_uint_eq(w.told[f->id].news, 1);
	ck_assert_mem_eq(&w.told[f->id].sum, &f->total, sizeof f->total);
	ck_assert_mem_eq(&f->told, &f->total, sizeof f->total);
	ck_assert_uint_eq(f->total.bytes[0], 10 + 100 + 200 + 1 + 4 * 42);
	wire_check(&w);
}
END_TEST

START_TEST(flow_tell_says_nothing_of_flows_that_did_not_move)
{
	udp(10);
	number(1);
	tick();
	ck_assert_uint_eq(w.updates, 2);
	number(1);
	tick();
	tick();
	tick();
	ck_assert_uint_eq(w.updates, 3);
}
END_TEST

START_TEST(flow_tell_interval_of_an_update_begins_where_the_last_tick_closed)
{
	const struct flow *f = udp(10);
	int64_t closed;

	w.now_us += SECOND_US / 2;
	udp(10);
	tick();
	closed = w.now_us;
	ck_assert_int_eq(w.told[f->id].from_us, START_US);
	ck_assert_int_eq(w.told[f->id].to_us, START_US + SECOND_US / 2);
	w.now_us += SECOND_US / 4;
	udp(10);
	tick();
	ck_assert_int_eq(w.told[f->id].from_us, closed);
	ck_assert_int_eq(w.told[f->id].to_us, closed + SECOND_US / 4);
}
END_TEST

START_TEST(flow_tell_another_state_moves_what_was_told)
{
	const struct flow *f = wire_tcp(&w, &web, CLIENT, &(struct segment){.flags = TCP_SYN});

	tick();
	ck_assert_uint_eq(w.told[f->id].reclasses, 0);
	ck_assert_int_eq(w.told[f->id].facts.state, FLOW_NEW);
	wire_tcp(&w, &web, SERVER, &(struct segment){.flags = TCP_SYN | TCP_ACK});
	tick();
	ck_assert_uint_eq(w.told[f->id].reclasses, 1);
	ck_assert_int_eq(w.told[f->id].facts.state, FLOW_HANDSHAKE);
	ck_assert_uint_eq(w.told[f->id].facts.tcp_flags, TCP_SYN | TCP_ACK);
	wire_tcp(&w, &web, SERVER, &(struct segment){.flags = TCP_SYN | TCP_ACK});
	tick();
	ck_assert_uint_eq(w.told[f->id].reclasses, 1);
	ck_assert_uint_eq(w.told[f->id].updates, 3);
	wire_check(&w);
}
END_TEST

START_TEST(flow_tell_what_a_flow_turns_out_to_be_moves_what_was_told)
{
	static const struct flow_limits with_dpi = {.keep_us = -1, .dpi = true};
	static const char request[] = "GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n";
	const struct flow *f;

	reopen(&with_dpi);
	f = wire_talk(&w, &web, NULL, 0, NULL, 0);
	tick();
	ck_assert_uint_eq(w.told[f->id].facts.class_.app, 0);
	ck_assert_str_eq(w.told[f->id].site, "");
	wire_tcp(&w, &web, CLIENT,
		 &(struct segment){TCP_ACK | TCP_PSH, 1001, 5001, request, strlen(request)});
	tick();
	ck_assert_uint_eq(w.told[f->id].reclasses, 1);
	ck_assert_uint_ne(w.told[f->id].facts.class_.app, 0);
	ck_assert_str_eq(w.told[f->id].site, "www.example.org"); /* before the library is done */
	flow_table_finish(w.flows);
	ck_assert(w.told[f->id].facts.inspected);
	wire_check(&w);
}
END_TEST

/* A question for www.<letter>.example */
static const struct flow *ask(char letter)
{
	uint8_t q[] = {0, 1,   1,   0,   0,   1,   0,   0,   0,
		       0, 0,   0,   3,   'w', 'w', 'w', 1,   (uint8_t)letter,
		       7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0,
		       0, 1,   0,   1};

	return wire_udp(&w, &dns, CLIENT, q, sizeof q);
}

START_TEST(flow_tell_site_never_changes_once_it_was_told)
{
	static const struct flow_limits with_dpi = {.keep_us = -1, .dpi = true};
	const struct flow *f;

	reopen(&with_dpi);
	f = ask('a');
	tick();
	ck_assert_str_eq(w.told[f->id].site, "www.a.example");
	for (char c = 'b'; c <= 'z'; c++) {
		ask(c);
		if (c % 5 == 0)
			tick();
	}
	flow_table_finish(w.flows);
	ck_assert_str_eq(w.told[f->id].site, "www.a.example");
	ck_assert_str_eq(flow_meta_text(f->meta, FLOW_QUERY), "www.a.example");
	wire_check(&w);
}
END_TEST

START_TEST(flow_tell_tick_in_slices_finishes_and_loses_nothing)
{
	unsigned slices = 1;

	for (unsigned i = 0; i < 50; i++)
		number(i);
	w.now_us += SECOND_US;
	while (!flow_table_tick(w.flows, w.now_us, 7)) {
		number(60 + slices); /* a new one, */
		number(49); /* one that may be told already, */
		number(0); /* and one that may not, between the slices */
		ck_assert_uint_lt(slices++, 100);
	}
	ck_assert_uint_ge(slices, 50 / 7);
	ck_assert_uint_ge(w.updates, 50);
	tick();
	wire_check(&w);
}
END_TEST

START_TEST(flow_tell_slice_does_not_do_more_than_its_budget)
{
	for (unsigned i = 0; i < 20; i++)
		number(i);
	w.now_us += SECOND_US;
	ck_assert(!flow_table_tick(w.flows, w.now_us, 5));
	ck_assert_uint_le(w.updates, 5);
	ck_assert(!flow_table_tick(w.flows, w.now_us, 5));
	ck_assert_uint_le(w.updates, 10);
	ck_assert_uint_ge(w.updates, 5);
}
END_TEST

START_TEST(flow_tell_slices_of_one_flow_end_old_flows_too)
{
	static const struct flow_limits short_kept = {.keep_us = 10 * SECOND_US};
	unsigned slices = 0;

	reopen(&short_kept);
	for (unsigned i = 0; i < 30; i++)
		number(i);
	tick();
	w.now_us += 400 * SECOND_US;
	while (!flow_table_tick(w.flows, w.now_us, 1))
		ck_assert_uint_lt(slices++, 1000);
	ck_assert_uint_gt(slices, 30);
	ck_assert_uint_eq(flow_table_stats(w.flows).live, 0);
	ck_assert_uint_eq(flow_table_stats(w.flows).kept, 0);
	ck_assert_uint_eq(flow_table_stats(w.flows).other_flows, 30);
	wire_check(&w);
}
END_TEST

START_TEST(flow_tell_rates_are_of_the_last_tick_and_go_back_to_zero)
{
	const struct flow *f = udp(100);

	wire_udp(&w, &dns, SERVER, "ab", 2);
	tick();
	ck_assert_uint_eq(f->rate_bytes[0], 142);
	ck_assert_uint_eq(f->rate_bytes[1], 44);
	udp(8);
	tick();
	ck_assert_uint_eq(f->rate_bytes[0], 50);
	ck_assert_uint_eq(f->rate_bytes[1], 0);
	tick();
	ck_assert_uint_eq(f->rate_bytes[0], 0);
	ck_assert_uint_eq(w.updates, 2);
}
END_TEST

START_TEST(flow_tell_tick_in_slices_keeps_the_rates_and_adds_what_came_between)
{
	const struct flow *first = udp(100);

	for (unsigned i = 0; i < 20; i++)
		number(i);
	w.now_us += SECOND_US;
	ck_assert(!flow_table_tick(w.flows, w.now_us, 15));
	while (!flow_table_tick(w.flows, w.now_us, 1))
		udp(8);
	flow_table_tick_rest(w.flows);
	ck_assert_uint_eq(first->rate_bytes[0], first->total.bytes[0]);
	ck_assert_uint_gt(first->rate_bytes[0], 142);
	ck_assert_uint_eq(first->told.bytes[0], first->total.bytes[0]);
	tick();
	ck_assert_uint_eq(first->rate_bytes[0], 0);
	wire_check(&w);
}
END_TEST

START_TEST(flow_tell_rate_of_an_ended_flow_is_zero)
{
	const struct flow *f = udp(100);

	tick();
	udp(100);
	flow_table_finish(w.flows);
	ck_assert_uint_eq(f->rate_bytes[0], 0);
	ck_assert_uint_eq(w.told[f->id].ends, 1);
	wire_check(&w);
}
END_TEST

START_TEST(flow_tell_finish_tells_all_that_is_left_and_keeps_states)
{
	const struct flow *f = udp(100),
			  *t = wire_tcp(&w, &web, CLIENT, &(struct segment){.flags = TCP_SYN});

	flow_table_finish(w.flows);
	ck_assert(f->flags & FLOW_ENDED);
	ck_assert_int_eq(f->state, FLOW_ONEWAY);
	ck_assert_int_eq(t->state, FLOW_NEW);
	ck_assert_uint_eq(w.told[t->id].ends, 1);
	ck_assert_uint_eq(flow_table_stats(w.flows).live, 0);
	ck_assert_uint_eq(flow_table_stats(w.flows).ended, 2);
	wire_check(&w);
	flow_table_finish(w.flows); /* nothing is left for a second time */
	wire_check(&w);
}
END_TEST

START_TEST(flow_tell_finish_in_the_middle_of_a_tick_loses_nothing)
{
	for (unsigned i = 0; i < 20; i++)
		number(i);
	ck_assert(!flow_table_tick(w.flows, w.now_us, 3));
	for (unsigned i = 10; i < 30; i++)
		number(i);
	flow_table_finish(w.flows);
	ck_assert_uint_eq(flow_table_stats(w.flows).live, 0);
	wire_check(&w);
}
END_TEST

START_TEST(flow_tell_flow_that_is_evicted_in_the_middle_of_a_tick_is_told_whole)
{
	static const struct flow_limits five = {.max_flows = 5, .keep_us = -1};

	reopen(&five);
	for (unsigned i = 0; i < 5; i++)
		number(i);
	ck_assert(!flow_table_tick(w.flows, w.now_us, 2));
	for (unsigned i = 5; i < 12; i++)
		number(i);
	ck_assert(flow_table_tick(w.flows, w.now_us, 0));
	tick();
	ck_assert_uint_eq(flow_table_stats(w.flows).evicted, 7);
	wire_check(&w);
}
END_TEST

Suite *flow_tell_suite(void)
{
	Suite *s = suite_create("flow_tell");
	TCase *c = tcase_create("flow_tell");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, flow_tell_new_comes_once_and_deltas_add_up);
	tcase_add_test(c, flow_tell_says_nothing_of_flows_that_did_not_move);
	tcase_add_test(c, flow_tell_interval_of_an_update_begins_where_the_last_tick_closed);
	tcase_add_test(c, flow_tell_another_state_moves_what_was_told);
	tcase_add_test(c, flow_tell_what_a_flow_turns_out_to_be_moves_what_was_told);
	tcase_add_test(c, flow_tell_site_never_changes_once_it_was_told);
	tcase_add_test(c, flow_tell_tick_in_slices_finishes_and_loses_nothing);
	tcase_add_test(c, flow_tell_slice_does_not_do_more_than_its_budget);
	tcase_add_test(c, flow_tell_slices_of_one_flow_end_old_flows_too);
	tcase_add_test(c, flow_tell_rates_are_of_the_last_tick_and_go_back_to_zero);
	tcase_add_test(c, flow_tell_tick_in_slices_keeps_the_rates_and_adds_what_came_between);
	tcase_add_test(c, flow_tell_rate_of_an_ended_flow_is_zero);
	tcase_add_test(c, flow_tell_finish_tells_all_that_is_left_and_keeps_states);
	tcase_add_test(c, flow_tell_finish_in_the_middle_of_a_tick_loses_nothing);
	tcase_add_test(c, flow_tell_flow_that_is_evicted_in_the_middle_of_a_tick_is_told_whole);
	suite_add_tcase(s, c);
	return s;
}
