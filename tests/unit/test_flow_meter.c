/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * flow/flow_meter.c: the parts of flows add up to their packets; when they are told, and why.
 */
#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/export_decode.h"
#include "dpitop/meter.h"
#include "frame.h"
#include "wire.h"

Suite *flow_meter_suite(void);

enum { FRAME_HEADER = 14, UDP_HEADERS = 20 + 8, ACTIVE_S = 60, LINK_IPV4 = 228 };

static struct wire w; /* a test is a process of its own: this is not shared */
static const struct ends web = {"192.0.2.1", "198.51.100.2", 40000, 80};
static const struct ends dns = {"192.0.2.1", "198.51.100.2", 40000, 53};

static struct { /* what was told */
	unsigned parts;
	struct flow_part last;
	struct flow_counters sum;
	uint64_t octets[2];
} told;

static void on_part(void *ctx, const struct flow_part *p)
{
	(void)ctx;
	told.parts++;
	told.last = *p;
	for (unsigned d = 0; d < 2; d++) {
		told.sum.packets[d] += p->side[d].packets;
		told.sum.bytes[d] += p->side[d].bytes;
		told.octets[d] += p->side[d].octets;
		if (p->side[d].packets == 0)
			continue;
		ck_assert_int_le(p->side[d].first_us, p->side[d].last_us);
		ck_assert_int_ge(p->side[d].first_us, p->flow->first_us);
		ck_assert_int_le(p->side[d].last_us, p->flow->last_us);
	}
	ck_assert_uint_gt(p->side[0].packets + p->side[1].packets, 0);
}

static void open_with(const struct flow_limits *l)
{
	wire_open(&w, l);
	flow_table_meter(w.flows, ACTIVE_S * SECOND_US, on_part, NULL);
	memset(&told, 0, sizeof told);
}

static void setup(void)
{
	static const struct flow_limits no_dpi = {.keep_us = -1};

	open_with(&no_dpi);
}

static void teardown(void)
{
	wire_close(&w);
}

static void tick_at(int64_t seconds)
{
	w.now_us = START_US + seconds * SECOND_US;
	wire_tick(&w);
}

static void udp(unsigned from)
{
	wire_udp(&w, &dns, from, "abcd", 4);
}

static void flags(unsigned from, uint8_t tcp_flags)
{
	wire_tcp(&w, &web, from, &(struct segment){.flags = tcp_flags});
}

START_TEST(meter_tells_of_a_flow_that_goes_on_when_its_first_packet_has_waited)
{
	udp(CLIENT);
	tick_at(30);
	udp(SERVER);
	tick_at(59);
	ck_assert_uint_eq(told.parts, 0);
	tick_at(60);
	ck_assert_uint_eq(told.parts, 1);
	ck_assert_int_eq(told.last.end_reason, FLOW_END_ACTIVE);
	ck_assert_uint_eq(told.sum.packets[0], 1);
	ck_assert_uint_eq(told.sum.packets[1], 1);
	ck_assert_int_eq(told.last.side[1].first_us, START_US + 30 * SECOND_US);
	tick_at(200); /* there is nothing new */
	ck_assert_uint_eq(told.parts, 1);
}
END_TEST

START_TEST(meter_tells_only_what_came_since_the_part_before)
{
	udp(CLIENT);
	tick_at(60);
	udp(CLIENT);
	udp(CLIENT);
	tick_at(119);
	ck_assert_uint_eq(told.parts, 1);
	tick_at(120);
	ck_assert_uint_eq(told.parts, 2);
	ck_assert_uint_eq(told.last.side[0].packets, 2);
	ck_assert_int_eq(told.last.side[0].first_us, START_US + 60 * SECOND_US);
}
END_TEST

START_TEST(meter_counts_octets_of_ip_and_bytes_of_frames)
{
	udp(CLIENT);
	tick_at(60);
	ck_assert_uint_eq(told.octets[0], UDP_HEADERS + 4);
	ck_assert_uint_eq(told.sum.bytes[0], FRAME_HEADER + UDP_HEADERS + 4);
	ck_assert_uint_eq(told.octets[1] + told.sum.bytes[1], 0);
}
END_TEST

START_TEST(meter_says_that_a_flow_was_idle)
{
	udp(CLIENT);
	tick_at(60);
	udp(CLIENT);
	tick_at(61);
	w.now_us = START_US + 1000 * SECOND_US;
	udp(CLIENT); /* its time-out is seen by the packet that begins another one */
	ck_assert_uint_eq(told.parts, 2);
	ck_assert_int_eq(told.last.end_reason, FLOW_END_IDLE);
}
END_TEST

START_TEST(meter_says_that_a_connection_was_closed_and_keeps_flags_of_each_side)
{
	flags(CLIENT, TCP_SYN);
	flags(SERVER, TCP_SYN | TCP_ACK);
	flags(CLIENT, TCP_FIN | TCP_ACK);
	flags(SERVER, TCP_FIN | TCP_ACK);
	tick_at(40);
	ck_assert_uint_eq(told.parts, 1);
	ck_assert_int_eq(told.last.end_reason, FLOW_END_SEEN);
	ck_assert_uint_eq(told.last.side[0].tcp_flags, TCP_SYN | TCP_FIN | TCP_ACK);
	flags(CLIENT, TCP_SYN); /* the ports are used again */
	flags(CLIENT, TCP_RST);
	tick_at(80);
	ck_assert_uint_eq(told.parts, 2);
	ck_assert_uint_eq(told.last.side[0].tcp_flags, TCP_SYN | TCP_RST);
	ck_assert_uint_eq(told.last.side[1].tcp_flags, 0);
}
END_TEST

START_TEST(meter_says_that_a_flow_had_to_make_room)
{
	static const struct flow_limits two = {.keep_us = -1, .max_flows = 2};

	wire_close(&w);
	open_with(&two);
	for (uint16_t port = 1; port <= 3; port++)
		wire_udp(&w, &(struct ends){"192.0.2.1", "198.51.100.2", port, 9}, CLIENT, NULL, 0);
	ck_assert_uint_eq(told.parts, 1);
	ck_assert_int_eq(told.last.end_reason, FLOW_END_RESOURCES);
}
END_TEST

START_TEST(meter_tells_all_that_is_left_at_the_end)
{
	udp(CLIENT);
	flags(CLIENT, TCP_SYN);
	flow_table_finish(w.flows);
	ck_assert_uint_eq(told.parts, 2);
	ck_assert_int_eq(told.last.end_reason, FLOW_END_FORCED);
}
END_TEST

START_TEST(meter_tells_soon_when_the_clock_was_set_back)
{
	w.now_us = START_US + 7200 * SECOND_US;
	udp(CLIENT);
	tick_at(7201);
	tick_at(1);
	ck_assert_uint_eq(told.parts, 1);
}
END_TEST

START_TEST(meter_tells_no_more_at_once_than_a_tick_may_do)
{
	for (uint16_t port = 1; port <= 10; port++)
		wire_udp(&w, &(struct ends){"192.0.2.1", "198.51.100.2", port, 9}, CLIENT, NULL, 0);
	tick_at(1);
	w.now_us = START_US + 61 * SECOND_US;
	while (!flow_table_tick(w.flows, w.now_us, 3)) {
		const unsigned before = told.parts;

		ck_assert_uint_le(told.parts - before, 3);
	}
	ck_assert_uint_eq(told.parts, 10);
}
END_TEST

static void fragment(unsigned number, bool more)
{
	struct frame f = {.n = 0};
	struct packet p;
	uint8_t *ip;

	frame_zeros(&f, number == 0 ? 72 : 80);
	if (number == 0)
		frame_udp(&f, 1000, 2000);
	frame_ip4(&f, UDP, 1);
	ip = frame_data(&f);
	ip[5] = 7; /* of one datagram */
	ip[6] = more ? 0x20 : 0;
	ip[7] = (uint8_t)(number * 10);
	p = (struct packet){.ts_us = w.now_us++, .data = ip, .cap_len = f.n, .wire_len = f.n + FRAME_HEADER};
	decode_packet(w.decoder, LINK_IPV4, &p);
	ck_assert_int_eq(p.kind, PACKET_IP);
	w.sent.bytes[0] += p.wire_len;
	w.sent.packets[0]++;
	flow_table_packet(w.flows, &p, 0);
}

START_TEST(meter_has_fragments_that_came_before_their_first)
{
	fragment(2, false);
	fragment(1, true);
	fragment(0, true);
	tick_at(61);
	ck_assert_uint_eq(told.parts, 1);
	ck_assert_uint_eq(told.sum.packets[0], 3);
	ck_assert_uint_eq(told.octets[0], 3 * (20 + 80));
	ck_assert_uint_eq(told.sum.bytes[0], 3 * (FRAME_HEADER + 20 + 80));
	fragment(2, false); /* and those whose first does not come */
	fragment(1, true);
	tick_at(123);
	ck_assert_uint_eq(told.sum.packets[0], 5);
	ck_assert_uint_eq(told.octets[0], 5 * (20 + 80));
}
END_TEST

START_TEST(meter_does_not_tell_of_collected_flows)
{
	static const struct export_exporter x = {.addr = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 9}}};
	const struct flow_record r = {.has = RECORD_HAS(HAS_ADDR), .ip_version = 4, .l4 = UDP, .sampling = 1, .bytes = {100}, .packets = {1},
				      .addr = {addr_from_v4((const uint8_t[]){10, 0, 0, 1}), addr_from_v4((const uint8_t[]){10, 0, 0, 2})}};

	flow_table_record(w.flows, &x, &r, w.now_us, 0);
	udp(CLIENT);
	tick_at(60);
	flow_table_finish(w.flows);
	ck_assert_uint_eq(told.parts, 1);
	ck_assert_uint_eq(told.sum.packets[0], 1);
}
END_TEST

START_TEST(meter_loses_nothing_whatever_comes_when)
{
	static const struct flow_limits few = {.keep_us = 5 * SECOND_US, .max_flows = 20, .idle_us = 90 * SECOND_US};
	uint64_t frames = 0, packets = 0;

	wire_close(&w);
	open_with(&few);
	srandom(1);
	for (unsigned i = 0; i < 4000; i++) {
		struct ends e = {"192.0.2.1", "198.51.100.2", (uint16_t)(random() % 40 + 1), 80};
		unsigned from = (unsigned)random() % 2, n = (unsigned)random() % 100;
		char data[100] = "";

		if (random() % 3 == 0)
			wire_tcp(&w, &e, from, &(struct segment){.flags = (uint8_t)(random() % 32), .data = data, .n = n});
		else
			wire_udp(&w, &e, from, data, n);
		w.now_us += random() % 10 == 0 ? random() % (100 * SECOND_US) - 20 * SECOND_US : random() % SECOND_US;
		if (random() % 4 == 0)
			wire_tick(&w);
	}
	flow_table_finish(w.flows);
	frames = told.sum.bytes[0] + told.sum.bytes[1];
	packets = told.sum.packets[0] + told.sum.packets[1];
	ck_assert_uint_eq(packets, w.sent.packets[0] + w.sent.packets[1]);
	ck_assert_uint_eq(frames, w.sent.bytes[0] + w.sent.bytes[1]);
	ck_assert_uint_eq(told.octets[0] + told.octets[1] + packets * FRAME_HEADER, frames);
}
END_TEST

Suite *flow_meter_suite(void)
{
	Suite *s = suite_create("flow_meter");
	TCase *c = tcase_create("meter");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, meter_tells_of_a_flow_that_goes_on_when_its_first_packet_has_waited);
	tcase_add_test(c, meter_tells_only_what_came_since_the_part_before);
	tcase_add_test(c, meter_counts_octets_of_ip_and_bytes_of_frames);
	tcase_add_test(c, meter_says_that_a_flow_was_idle);
	tcase_add_test(c, meter_says_that_a_connection_was_closed_and_keeps_flags_of_each_side);
	tcase_add_test(c, meter_says_that_a_flow_had_to_make_room);
	tcase_add_test(c, meter_tells_all_that_is_left_at_the_end);
	tcase_add_test(c, meter_tells_soon_when_the_clock_was_set_back);
	tcase_add_test(c, meter_tells_no_more_at_once_than_a_tick_may_do);
	tcase_add_test(c, meter_has_fragments_that_came_before_their_first);
	tcase_add_test(c, meter_does_not_tell_of_collected_flows);
	tcase_add_test(c, meter_loses_nothing_whatever_comes_when);
	suite_add_tcase(s, c);
	return s;
}
