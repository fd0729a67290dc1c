/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * flow/flow_early.c: fragments that come before the first one of their datagram are in its flow when
 * it comes, else, from the next tick on, in the flow without ports; none is lost or counted twice.
 */
#include "config.h"

#include "frame.h"
#include "wire.h"

Suite *flow_early_suite(void);

enum { LINK_RAW = 12, FRAGMENT = 100, IP_HEADER = 20, ALONE = 5000 };

static struct wire w; /* a test is a process of its own: this is not shared */

static void setup(void)
{
	wire_open(&w, NULL);
}

static void teardown(void)
{
	wire_close(&w);
}

/* A fragment of a datagram between 192.0.2.1:1000 and 198.51.100.2:2000, FRAGMENT bytes with its header. */
static void put(struct frame *f, uint16_t id, unsigned number, bool more, unsigned from)
{
	const unsigned units = number * (FRAGMENT - IP_HEADER) / 8;
	uint8_t *ip, client[4];

	f->n = 0;
	frame_zeros(f, FRAGMENT - IP_HEADER - (number == 0 ? 8 : 0));
	if (number == 0)
		frame_udp(f, from == CLIENT ? 1000 : 2000, from == CLIENT ? 2000 : 1000);
	frame_ip4(f, UDP, 1);
	ip = frame_data(f);
	ip[4] = (uint8_t)(id >> 8);
	ip[5] = (uint8_t)id;
	ip[6] = (uint8_t)((more ? 0x20 : 0) | units >> 8);
	ip[7] = (uint8_t)units;
	if (from == CLIENT)
		return;
	memcpy(client, ip + 12, 4);
	memcpy(ip + 12, ip + 16, 4);
	memcpy(ip + 16, client, 4);
}

static void send_from(unsigned from, uint16_t id, unsigned number, bool more)
{
	struct frame f;
	struct packet p;

	put(&f, id, number, more, from);
	p = (struct packet){.ts_us = w.now_us, .data = frame_data(&f), .cap_len = f.n, .wire_len = f.n};
	decode_packet(w.decoder, LINK_RAW, &p);
	ck_assert_int_eq(p.kind, PACKET_IP);
	w.sent.bytes[0] += p.wire_len;
	w.sent.packets[0]++;
	flow_table_packet(w.flows, &p, 3);
}

static void send(uint16_t id, unsigned number, bool more)
{
	send_from(CLIENT, id, number, more);
}

static const struct flow *with_port(uint16_t port)
{
	const struct flow *f;

	for (size_t i = 0; (f = flow_table_next(w.flows, &i)) != NULL;)
		if (f->port[0] == port)
			return f;
	return NULL;
}

START_TEST(early_fragment_is_in_the_flow_of_its_first_when_that_comes)
{
	const struct flow *f;

	send(7, 1, false);
	ck_assert_uint_eq(wire_count(&w), 0);
	send(7, 0, true);
	f = with_port(1000);
	ck_assert_uint_eq(wire_count(&w), 1);
	ck_assert_uint_eq(f->total.packets[0], 2);
	ck_assert_uint_eq(f->total.bytes[0], 2 * FRAGMENT);
	ck_assert(f->flags & FLOW_FRAGMENTED);
	wire_tick(&w);
	wire_check(&w);
}
END_TEST

START_TEST(early_fragments_of_one_datagram_go_together)
{
	for (unsigned i = 4; i > 0; i--)
		send(7, i, i < 4);
	send(7, 0, true);
	send(7, 5, false); /* and one that comes late */
	ck_assert_uint_eq(wire_count(&w), 1);
	ck_assert_uint_eq(with_port(1000)->total.packets[0], 6);
	ck_assert_uint_eq(with_port(1000)->total.bytes[0], 6 * FRAGMENT);
	wire_tick(&w);
	wire_check(&w);
}
END_TEST

START_TEST(early_fragments_of_two_datagrams_are_kept_apart)
{
	send(7, 1, false);
	send(8, 1, false);
	send_from(SERVER, 7, 1, false);
	send(8, 0, true);
	ck_assert_uint_eq(with_port(1000)->total.packets[0], 2);
	ck_assert_uint_eq(with_port(1000)->total.packets[1], 0);
	send_from(SERVER, 7, 0, true);
	ck_assert_uint_eq(with_port(1000)->total.packets[0], 2);
	ck_assert_uint_eq(with_port(1000)->total.packets[1], 2);
	ck_assert_uint_eq(with_port(1000)->state, FLOW_OPEN);
	wire_tick(&w); /* the first of the client's 7 never came */
	ck_assert_uint_eq(wire_count(&w), 2);
	ck_assert_uint_eq(with_port(0)->total.packets[0], 1);
	wire_check(&w);
}
END_TEST

START_TEST(early_fragments_are_not_taken_by_the_first_of_another_datagram)
{
	send(7, 1, false);
	send(8, 0, true);
	ck_assert_uint_eq(with_port(1000)->total.packets[0], 1);
	wire_tick(&w);
	ck_assert_uint_eq(with_port(0)->total.packets[0], 1);
	wire_check(&w);
}
END_TEST

START_TEST(early_fragment_without_its_first_has_no_ports_from_the_next_tick_on)
{
	send(7, 2, false);
	w.now_us += 1000;
	send(7, 1, true);
	ck_assert_uint_eq(wire_count(&w), 0);
	wire_tick(&w);
	ck_assert_uint_eq(wire_count(&w), 1);
	ck_assert_uint_eq(with_port(0)->total.packets[0], 2);
	ck_assert_uint_eq(with_port(0)->total.bytes[0], 2 * FRAGMENT);
	ck_assert_int_eq(with_port(0)->first_us, START_US);
	ck_assert_int_eq(with_port(0)->last_us, START_US + 1000);
	ck_assert_uint_eq(with_port(0)->source, 3);
	wire_check(&w);
	send(7, 0, true); /* too late for them, not for itself */
	ck_assert_uint_eq(with_port(1000)->total.packets[0], 1);
	wire_tick(&w);
	wire_check(&w);
}
END_TEST

START_TEST(early_fragment_makes_the_flow_begin_when_it_came)
{
	send(7, 2, false);
	w.now_us += 1000;
	send(7, 1, true);
	w.now_us += 1000;
	send(7, 0, true);
	ck_assert_int_eq(with_port(1000)->first_us, START_US);
	ck_assert_int_eq(with_port(1000)->last_us, START_US + 2000);
}
END_TEST

START_TEST(early_fragments_beyond_the_room_are_counted_at_once_and_the_newest_wait)
{
	for (unsigned i = 0; i < ALONE; i++) {
		w.now_us++;
		send((uint16_t)i, 1, false);
	}
	ck_assert_uint_eq(wire_count(&w), 1);
	ck_assert_uint_lt(with_port(0)->total.packets[0], ALONE);
	ck_assert_uint_gt(with_port(0)->total.packets[0], ALONE / 2);
	send(ALONE - 1, 0, true);
	ck_assert_uint_eq(with_port(1000)->total.packets[0], 2);
	wire_tick(&w);
	ck_assert_uint_eq(with_port(0)->total.packets[0], ALONE - 1);
	ck_assert_uint_eq(with_port(0)->total.bytes[0], (ALONE - 1) * FRAGMENT);
	wire_check(&w);
}
END_TEST

START_TEST(early_fragments_are_counted_at_the_end)
{
	send(7, 1, false);
	flow_table_finish(w.flows);
	ck_assert_uint_eq(with_port(0)->total.packets[0], 1);
	wire_check(&w);
}
END_TEST

/* Two flows that moved, so that a tick of one flow a slice is not done at once. */
static void begin_a_tick(void)
{
	send(20, 0, true);
	send_from(SERVER, 21, 0, true);
	send(22, 1, false);
	w.now_us += SECOND_US;
	ck_assert(!flow_table_tick(w.flows, w.now_us, 1));
}

START_TEST(early_fragment_between_the_slices_of_a_tick_is_in_the_books_of_that_tick)
{
	const struct flow *f;

	begin_a_tick();
	send(7, 1, false);
	while (!flow_table_tick(w.flows, w.now_us, 1))
		;
	flow_table_tick_rest(w.flows);
	f = with_port(0);
	ck_assert_uint_eq(f->total.packets[0], 2);
	ck_assert_uint_eq(f->told.packets[0], 2);
	wire_check(&w);
}
END_TEST

START_TEST(early_fragment_in_an_open_tick_is_counted_at_the_end)
{
	begin_a_tick();
	send(7, 1, false);
	flow_table_finish(w.flows);
	ck_assert_uint_eq(with_port(0)->total.packets[0], 2);
	wire_check(&w);
}
END_TEST

START_TEST(early_fragments_cost_memory_once_and_give_it_back)
{
	size_t before = flow_table_stats(w.flows).memory_bytes, with_one;

	send(7, 1, false);
	with_one = flow_table_stats(w.flows).memory_bytes;
	ck_assert_uint_gt(with_one, before);
	send(8, 1, false);
	ck_assert_uint_eq(flow_table_stats(w.flows).memory_bytes, with_one);
	/* ASan sees to the rest: the table is freed while they wait */
}
END_TEST

Suite *flow_early_suite(void)
{
	Suite *s = suite_create("flow_early");
	TCase *c = tcase_create("flow_early");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, early_fragment_is_in_the_flow_of_its_first_when_that_comes);
	tcase_add_test(c, early_fragments_of_one_datagram_go_together);
	tcase_add_test(c, early_fragments_of_two_datagrams_are_kept_apart);
	tcase_add_test(c, early_fragments_are_not_taken_by_the_first_of_another_datagram);
	tcase_add_test(c, early_fragment_without_its_first_has_no_ports_from_the_next_tick_on);
	tcase_add_test(c, early_fragment_makes_the_flow_begin_when_it_came);
	tcase_add_test(c, early_fragments_beyond_the_room_are_counted_at_once_and_the_newest_wait);
	tcase_add_test(c, early_fragments_are_counted_at_the_end);
	tcase_add_test(c, early_fragment_between_the_slices_of_a_tick_is_in_the_books_of_that_tick);
	tcase_add_test(c, early_fragment_in_an_open_tick_is_counted_at_the_end);
	tcase_add_test(c, early_fragments_cost_memory_once_and_give_it_back);
	suite_add_tcase(s, c);
	return s;
}
