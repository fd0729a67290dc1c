/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * flow/flow_expiry.c: which flow ends when, whatever time does; what is kept; what goes on as the
 * same conversation behind the active time-out.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "dpitop/packet.h"
#include "wire.h"

Suite *flow_expiry_suite(void);

#define MINUTE_US (60 * SECOND_US)
#define HOUR_US (60 * MINUTE_US)
#define YEAR_US (8766 * HOUR_US)

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

static void tick_at(int64_t us)
{
	w.now_us = START_US + us;
	wire_tick(&w);
	wire_check(&w);
}

static const struct flow *flags(unsigned from, uint8_t tcp_flags)
{
	return wire_tcp(&w, &web, from, &(struct segment){.flags = tcp_flags});
}

static const struct flow *udp(void)
{
	return wire_udp(&w, &dns, CLIENT, "abcd", 4);
}

static bool is_live(const struct flow *f)
{
	return !(f->flags & FLOW_ENDED);
}

START_TEST(flow_expiry_udp_ends_after_five_minutes_of_silence)
{
	const struct flow *f = udp();

	tick_at(1);
	tick_at(300 * SECOND_US);
	ck_assert(is_live(f));
	tick_at(302 * SECOND_US);
	ck_assert(!is_live(f));
	ck_assert_int_eq(f->state, FLOW_IDLE);
	ck_assert_uint_eq(w.told[f->id].ends, 1);
	ck_assert_int_eq(w.told[f->id].facts.state, FLOW_IDLE);
	ck_assert_uint_eq(flow_table_stats(w.flows).live, 0);
	ck_assert_uint_eq(flow_table_stats(w.flows).ended, 1);
}
END_TEST

START_TEST(flow_expiry_each_packet_puts_the_end_off)
{
	const struct flow *f = udp();

	for (int i = 1; i <= 5; i++) {
		tick_at(i * 200 * SECOND_US);
		ck_assert(is_live(f));
		ck_assert_ptr_eq(udp(), f);
	}
	tick_at(1299 * SECOND_US);
	ck_assert(is_live(f));
	tick_at(1302 * SECOND_US);
	ck_assert(!is_live(f));
}
END_TEST

START_TEST(flow_expiry_of_other_protocols_can_be_chosen)
{
	static const struct flow_limits ten = {.idle_us = 10 * SECOND_US, .keep_us = -1};
	const struct flow *f, *t;

	reopen(&ten);
	f = udp();
	t = flags(CLIENT, TCP_SYN);
	tick_at(9 * SECOND_US);
	ck_assert(is_live(f));
	tick_at(12 * SECOND_US);
	ck_assert(!is_live(f));
	ck_assert(is_live(t)); /* TCP has its own */
}
END_TEST

START_TEST(flow_expiry_open_connection_lasts_two_hours_and_four_minutes)
{
	const struct flow *f = flags(CLIENT, TCP_ACK);

	tick_at(7440 * SECOND_US);
	ck_assert(is_live(f));
	tick_at(7442 * SECOND_US);
	ck_assert(!is_live(f));
	ck_assert_int_eq(f->state, FLOW_IDLE);
}
END_TEST

START_TEST(flow_expiry_half_open_and_half_closed_connections_last_four_minutes)
{
	static const uint8_t first[] = {TCP_SYN, TCP_FIN | TCP_ACK};

	for (unsigned i = 0; i < 2; i++) {
		const struct flow *f = flags(CLIENT, first[i]);

		tick_at(240 * SECOND_US);
		ck_assert(is_live(f));
		tick_at(242 * SECOND_US);
		ck_assert(!is_live(f));
		ck_assert_int_eq(f->state, FLOW_IDLE);
		reopen(&no_dpi);
	}
}
END_TEST

START_TEST(flow_expiry_closed_connection_lingers_half_a_minute_and_stays_closed)
{
	const struct flow *f = flags(CLIENT, TCP_ACK);

	tick_at(HOUR_US);
	flags(CLIENT, TCP_FIN | TCP_ACK);
	flags(SERVER, TCP_FIN | TCP_ACK);
	tick_at(HOUR_US + 30 * SECOND_US);
	ck_assert(is_live(f));
	tick_at(HOUR_US + 32 * SECOND_US);
	ck_assert(!is_live(f));
	ck_assert_int_eq(f->state, FLOW_CLOSED);
}
END_TEST

START_TEST(flow_expiry_reset_connection_ends_as_reset)
{
	const struct flow *f = flags(CLIENT, TCP_SYN);

	flags(SERVER, TCP_RST);
	tick_at(32 * SECOND_US);
	ck_assert(!is_live(f));
	ck_assert_int_eq(f->state, FLOW_RESET);
}
END_TEST

START_TEST(flow_expiry_packet_after_the_time_out_begins_a_new_flow_without_a_tick)
{
	const struct flow *old = udp(), *f;

	w.now_us += 301 * SECOND_US;
	f = udp();
	ck_assert_ptr_ne(f, old);
	ck_assert_int_eq(old->state, FLOW_IDLE);
	ck_assert_uint_eq(f->total.packets[0], 1);
	tick_at(301 * SECOND_US);
}
END_TEST

START_TEST(flow_expiry_jump_of_years_ends_all_in_one_tick)
{
	const struct flow *f = udp(), *t = flags(CLIENT, TCP_ACK);

	tick_at(30 * YEAR_US);
	ck_assert(!is_live(f));
	ck_assert(!is_live(t));
	ck_assert_ptr_ne(udp(), f);
	tick_at(30 * YEAR_US + 302 * SECOND_US);
	ck_assert_uint_eq(flow_table_stats(w.flows).live, 0);
}
END_TEST

START_TEST(flow_expiry_small_step_back_loses_nothing)
{
	const struct flow *f = udp();

	tick_at(10 * SECOND_US);
	tick_at(-60 * SECOND_US);
	ck_assert_ptr_eq(udp(), f);
	ck_assert(is_live(f));
	tick_at(299 * SECOND_US);
	ck_assert(is_live(f));
	tick_at(302 * SECOND_US);
	ck_assert(!is_live(f));
}
END_TEST

START_TEST(flow_expiry_new_flows_end_in_time_after_a_step_back_of_hours)
{
	const struct flow *f;

	flags(CLIENT, TCP_ACK);
	tick_at(10 * SECOND_US);
	tick_at(-5 * HOUR_US);
	f = udp();
	tick_at(-5 * HOUR_US + 299 * SECOND_US);
	ck_assert(is_live(f));
	tick_at(-5 * HOUR_US + 302 * SECOND_US);
	ck_assert(!is_live(f));
}
END_TEST

START_TEST(flow_expiry_clock_set_back_by_years_does_not_keep_flows_for_years)
{
	const struct flow *old = udp();

	flags(CLIENT, TCP_ACK);
	tick_at(SECOND_US);
	tick_at(-10 * YEAR_US);
	ck_assert_ptr_ne(udp(), old);
	tick_at(-10 * YEAR_US + 3 * HOUR_US);
	ck_assert_uint_eq(flow_table_stats(w.flows).live, 0);
}
END_TEST

START_TEST(flow_expiry_time_before_the_epoch_is_time)
{
	const struct flow *f;

	w.now_us = -START_US - 1;
	f = udp();
	tick_at(-2 * START_US - 1 + 299 * SECOND_US);
	ck_assert(is_live(f));
	tick_at(-2 * START_US - 1 + 302 * SECOND_US);
	ck_assert(!is_live(f));
}
END_TEST

START_TEST(flow_expiry_ended_flows_are_listed_as_long_as_they_are_kept)
{
	static const struct flow_limits minute = {.keep_us = 400 * SECOND_US};

	reopen(&minute);
	udp();
	tick_at(302 * SECOND_US);
	ck_assert_uint_eq(flow_table_stats(w.flows).kept, 1);
	tick_at(400 * SECOND_US);
	ck_assert_uint_eq(wire_count(&w), 1);
	tick_at(401 * SECOND_US);
	ck_assert_uint_eq(wire_count(&w), 0);
	ck_assert_uint_eq(flow_table_stats(w.flows).kept, 0);
	ck_assert_uint_eq(flow_table_stats(w.flows).other_flows, 1);
	ck_assert_uint_eq(flow_table_stats(w.flows).other.packets[0], 1);
}
END_TEST

START_TEST(flow_expiry_ended_flow_of_a_later_time_does_not_keep_the_others)
{
	static const struct flow_limits minute = {.keep_us = MINUTE_US};

	reopen(&minute);
	flags(CLIENT, TCP_RST);
	tick_at(32 * SECOND_US);
	ck_assert_uint_eq(flow_table_stats(w.flows).kept, 1);
	tick_at(-YEAR_US);
	flags(CLIENT, TCP_RST);
	tick_at(-YEAR_US + 32 * SECOND_US);
	tick_at(-YEAR_US + 62 * SECOND_US);
	ck_assert_uint_eq(wire_count(&w), 0);
}
END_TEST

START_TEST(flow_expiry_for_ever_is_for_ever)
{
	udp();
	tick_at(100 * YEAR_US);
	ck_assert_uint_eq(wire_count(&w), 1);
}
END_TEST

START_TEST(flow_expiry_active_time_out_cuts_and_the_rest_is_the_same_conversation)
{
	static const char request[] = "GET /a HTTP/1.1\r\nHost: www.example.org\r\n\r\n";
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
	static const struct flow_limits active = {
		.active_us = MINUTE_US, .keep_us = -1, .dpi = true};
	const struct flow *old, *f;

	reopen(&active);
	old = wire_talk(&w, &web, request, strlen(request), answer, strlen(answer));
	for (unsigned i = 0; i < 9; i++) /* the library wants more before it is sure */
		flags(CLIENT, TCP_ACK);
	w.now_us = START_US + 61 * SECOND_US;
	f = flags(SERVER, TCP_ACK);
	ck_assert_ptr_ne(f, old);
	ck_assert(!is_live(old));
	ck_assert_int_eq(old->state, FLOW_OPEN);
	ck_assert_int_eq(f->state, FLOW_OPEN);
	ck_assert_mem_eq(f->addr, old->addr, sizeof f->addr);
	ck_assert_uint_eq(f->port[1], 80);
	ck_assert_uint_eq(f->total.packets[0], 0);
	ck_assert_uint_eq(f->total.packets[1], 1);
	ck_assert_mem_eq(&f->class_, &old->class_, sizeof f->class_);
	ck_assert_uint_ne(f->class_.app, 0);
	ck_assert_str_eq(flow_meta_text(f->meta, FLOW_SITE), "www.example.org");
	ck_assert(f->flags & FLOW_DPI_DONE);
	ck_assert_uint_eq(f->mac[0][5], 0xc);
	tick_at(61 * SECOND_US);
	ck_assert_str_eq(w.told[f->id].site, "www.example.org");
}
END_TEST

START_TEST(flow_expiry_active_time_out_cuts_a_quiet_connection_too)
{
	static const struct flow_limits active = {.active_us = 5 * MINUTE_US, .keep_us = -1};
	const struct flow *old, *f;

	reopen(&active);
	old = flags(CLIENT, TCP_ACK);
	w.now_us += 20 * MINUTE_US; /* silent for long, but not for a connection */
	f = flags(SERVER, TCP_ACK);
	ck_assert_ptr_ne(f, old);
	ck_assert_int_eq(old->state, FLOW_OPEN);
	ck_assert_mem_eq(f->addr, old->addr, sizeof f->addr);
}
END_TEST

START_TEST(flow_expiry_active_time_out_in_a_tick_is_not_idle)
{
	static const struct flow_limits active = {.active_us = MINUTE_US, .keep_us = -1};
	const struct flow *f;

	reopen(&active);
	f = udp();
	tick_at(62 * SECOND_US);
	ck_assert(!is_live(f));
	ck_assert_int_eq(f->state, FLOW_ONEWAY);
}
END_TEST

START_TEST(flow_expiry_syn_behind_the_active_time_out_is_another_conversation)
{
	static const struct flow_limits active = {.active_us = MINUTE_US, .keep_us = -1};
	const struct flow *f;

	reopen(&active);
	flags(SERVER, TCP_ACK);
	w.now_us += 61 * SECOND_US;
	f = flags(CLIENT, TCP_SYN);
	ck_assert_int_eq(f->state, FLOW_NEW);
	ck_assert_uint_eq(f->total.packets[0], 1);
	ck_assert_uint_eq(f->port[0], 40000);
}
END_TEST

START_TEST(flow_expiry_tick_before_the_first_packet_is_fine)
{
	tick_at(0);
	ck_assert_uint_eq(w.updates, 0);
	flow_table_finish(w.flows);
	ck_assert_uint_eq(w.updates, 0);
}
END_TEST

Suite *flow_expiry_suite(void)
{
	Suite *s = suite_create("flow_expiry");
	TCase *c = tcase_create("flow_expiry");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, flow_expiry_udp_ends_after_five_minutes_of_silence);
	tcase_add_test(c, flow_expiry_each_packet_puts_the_end_off);
	tcase_add_test(c, flow_expiry_of_other_protocols_can_be_chosen);
	tcase_add_test(c, flow_expiry_open_connection_lasts_two_hours_and_four_minutes);
	tcase_add_test(c, flow_expiry_half_open_and_half_closed_connections_last_four_minutes);
	tcase_add_test(c, flow_expiry_closed_connection_lingers_half_a_minute_and_stays_closed);
	tcase_add_test(c, flow_expiry_reset_connection_ends_as_reset);
	tcase_add_test(c, flow_expiry_packet_after_the_time_out_begins_a_new_flow_without_a_tick);
	tcase_add_test(c, flow_expiry_jump_of_years_ends_all_in_one_tick);
	tcase_add_test(c, flow_expiry_small_step_back_loses_nothing);
	tcase_add_test(c, flow_expiry_new_flows_end_in_time_after_a_step_back_of_hours);
	tcase_add_test(c, flow_expiry_clock_set_back_by_years_does_not_keep_flows_for_years);
	tcase_add_test(c, flow_expiry_time_before_the_epoch_is_time);
	tcase_add_test(c, flow_expiry_ended_flows_are_listed_as_long_as_they_are_kept);
	tcase_add_test(c, flow_expiry_ended_flow_of_a_later_time_does_not_keep_the_others);
	tcase_add_test(c, flow_expiry_for_ever_is_for_ever);
	tcase_add_test(c, flow_expiry_active_time_out_cuts_and_the_rest_is_the_same_conversation);
	tcase_add_test(c, flow_expiry_active_time_out_cuts_a_quiet_connection_too);
	tcase_add_test(c, flow_expiry_active_time_out_in_a_tick_is_not_idle);
	tcase_add_test(c, flow_expiry_syn_behind_the_active_time_out_is_another_conversation);
	tcase_add_test(c, flow_expiry_tick_before_the_first_packet_is_fine);
	suite_add_tcase(s, c);
	return s;
}
