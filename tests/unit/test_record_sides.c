/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * flow/record_sides.c: exporters that meter where traffic comes in and where it goes out.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "dpitop/export_decode.h"
#include "dpitop/flow.h"

Suite *record_sides_suite(void);

#define SECOND_US INT64_C(1000000)
#define NOW_US (INT64_C(1700000000) * SECOND_US)

enum { INGRESS, EGRESS, NOT_TOLD };
enum { THERE, BACK };

static struct flow_table *t; /* a test is a process of its own: these are not shared */
static struct export_exporter x;
static struct flow_record r;
static struct flow_update last;

static void sink(void *ctx, const struct flow_update *u)
{
	(void)ctx;
	last = *u;
}

static void setup(void)
{
	struct flow_limits l = {.keep_us = -1, .max_flows = 1000};

	t = flow_table_new(&l, 1, sink, NULL, NULL);
	ck_assert_ptr_nonnull(t);
	memset(&x, 0, sizeof x);
	x.id = 1;
	ck_assert_int_eq(addr_parse(&x.addr, "192.0.2.1", NULL), 0);
}

static void teardown(void)
{
	flow_table_free(t);
	t = NULL;
}

/* Of the seconds from ... to before NOW_US; a packet has 100 bytes. */
static void fill(int way, int side, uint64_t bytes, int from, int to)
{
	memset(&r, 0, sizeof r);
	r.has = RECORD_HAS(HAS_ADDR) | RECORD_HAS(HAS_PORTS) | RECORD_HAS(HAS_L4) | RECORD_HAS(HAS_BYTES) | RECORD_HAS(HAS_PACKETS) |
		RECORD_HAS(HAS_START) | RECORD_HAS(HAS_END);
	ck_assert_int_eq(addr_parse(&r.addr[way == BACK], "10.0.0.1", NULL), 0);
	ck_assert_int_eq(addr_parse(&r.addr[way == THERE], "10.0.0.2", NULL), 0);
	r.port[way == BACK] = 40000, r.port[way == THERE] = 443;
	r.l4 = 17;
	r.ip_version = 4;
	r.bytes[0] = bytes;
	r.packets[0] = bytes / 100;
	r.start_us = NOW_US - from * SECOND_US;
	r.end_us = NOW_US - to * SECOND_US;
	if (side != NOT_TOLD) {
		r.has |= RECORD_HAS(HAS_DIRECTION);
		r.direction = (uint8_t)side;
	}
}

/* What it counts for; packets go with bytes, and what does not count is told. */
static uint64_t take(void)
{
	uint64_t told = r.bytes[0] * (r.sampling > 1 ? r.sampling : 1);
	struct flow_counters n = flow_table_record(t, &x, &r, NOW_US, 0);
	struct flow_again again = flow_table_again(t);

	ck_assert_uint_eq(n.bytes[0] + n.bytes[1] + again.bytes, told + r.bytes[1]);
	ck_assert_uint_eq(n.packets[0], n.bytes[0] / 100);
	ck_assert_uint_eq(again.packets, again.bytes / 100);
	return n.bytes[0];
}

static uint64_t counted(int way, int side, uint64_t bytes)
{
	fill(way, side, bytes, 60, 1);
	return take();
}

static const struct flow *only(void)
{
	size_t at = 0;
	const struct flow *f = flow_table_next(t, &at);

	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_null(flow_table_next(t, &at));
	return f;
}

START_TEST(traffic_told_at_both_sides_counts_once)
{
	ck_assert_uint_eq(counted(THERE, INGRESS, 1000), 1000);
	ck_assert_uint_eq(counted(THERE, EGRESS, 1000), 0);
	ck_assert_uint_eq(counted(BACK, EGRESS, 700), 700); /* whichever comes first */
	ck_assert_uint_eq(counted(BACK, INGRESS, 700), 0);
	ck_assert_uint_eq(only()->total.bytes[0], 1000);
	ck_assert_uint_eq(only()->total.bytes[1], 700);
	ck_assert_uint_eq(only()->total.packets[0], 10);
	ck_assert_uint_eq(only()->report->metered, 3);
}
END_TEST

START_TEST(one_side_alone_counts_in_full)
{
	for (int side = INGRESS; side <= NOT_TOLD; side++) {
		x.addr.b[15] = (uint8_t)side; /* another exporter */
		ck_assert_uint_eq(counted(THERE, side, 1000), 1000);
		ck_assert_uint_eq(counted(THERE, side, 1000), 1000);
		ck_assert_uint_eq(counted(BACK, side, 300), 300);
	}
}
END_TEST

START_TEST(ways_are_metered_each_at_a_side_of_its_own)
{
	ck_assert_uint_eq(counted(THERE, INGRESS, 1000), 1000); /* one interface is metered, both ways */
	ck_assert_uint_eq(counted(BACK, EGRESS, 800), 800);
	ck_assert_uint_eq(counted(THERE, INGRESS, 200), 200);
	ck_assert_uint_eq(counted(BACK, EGRESS, 100), 100);
}
END_TEST

START_TEST(side_that_told_more_counts)
{
	ck_assert_uint_eq(counted(THERE, INGRESS, 1000), 1000);
	ck_assert_uint_eq(counted(THERE, EGRESS, 900), 0); /* some were dropped inside */
	ck_assert_uint_eq(counted(THERE, INGRESS, 1000), 1000);
	ck_assert_uint_eq(counted(THERE, EGRESS, 1500), 400); /* 2400 in all, against 2000 */
	ck_assert_uint_eq(only()->total.bytes[0], 2400);
}
END_TEST

START_TEST(time_outs_of_the_sides_need_not_agree)
{
	for (int second = 240; second > 0; second -= 60) {
		fill(THERE, INGRESS, 600, second, second - 60);
		ck_assert_uint_eq(take(), 600);
	}
	fill(THERE, EGRESS, 2400, 240, 0);
	ck_assert_uint_eq(take(), 0);
}
END_TEST

START_TEST(what_comes_after_is_not_the_same_traffic)
{
	fill(THERE, INGRESS, 600, 240, 180);
	ck_assert_uint_eq(take(), 600);
	fill(THERE, EGRESS, 600, 120, 60); /* ingress is not metered any more: another way in */
	ck_assert_uint_eq(take(), 600);
	fill(THERE, EGRESS, 600, 60, 0);
	ck_assert_uint_eq(take(), 600);
}
END_TEST

START_TEST(without_times_of_their_own_records_of_a_flow_are_of_the_same_time)
{
	fill(THERE, INGRESS, 600, 30, 30);
	r.has &= ~(RECORD_HAS(HAS_START) | RECORD_HAS(HAS_END));
	ck_assert_uint_eq(take(), 600);
	fill(THERE, EGRESS, 600, 10, 10);
	r.has &= ~(RECORD_HAS(HAS_START) | RECORD_HAS(HAS_END));
	ck_assert_uint_eq(take(), 0);
}
END_TEST

START_TEST(exporters_are_not_each_others_other_side)
{
	ck_assert_uint_eq(counted(THERE, INGRESS, 1000), 1000);
	x.addr.b[15] ^= 1;
	ck_assert_uint_eq(counted(THERE, EGRESS, 1000), 1000);
}
END_TEST

START_TEST(records_that_name_no_side_all_count)
{
	ck_assert_uint_eq(counted(THERE, INGRESS, 1000), 1000);
	ck_assert_uint_eq(counted(THERE, NOT_TOLD, 1000), 1000);
	ck_assert_uint_eq(counted(THERE, EGRESS, 1000), 1000); /* what the sides are ahead by is not known */
	fill(BACK, INGRESS, 500, 60, 1);
	r.flags |= RECORD_BIFLOW;
	r.bytes[1] = 200;
	ck_assert_uint_eq(take(), 500);
	ck_assert_uint_eq(counted(BACK, EGRESS, 500), 500);
}
END_TEST

START_TEST(sampling_is_scaled_before)
{
	fill(THERE, INGRESS, 1000, 60, 1);
	r.sampling = 100;
	ck_assert_uint_eq(take(), 100000);
	fill(THERE, EGRESS, 3000, 60, 1);
	r.sampling = 50;
	ck_assert_uint_eq(take(), 50000);
}
END_TEST

START_TEST(flow_that_is_turned_round_keeps_its_sides)
{
	fill(BACK, INGRESS, 700, 50, 1);
	r.port[0] = 5000, r.port[1] = 6000; /* which of them asks is not known */
	ck_assert_uint_eq(take(), 700);
	fill(THERE, INGRESS, 300, 60, 1); /* it began earlier: this is the question */
	r.port[0] = 6000, r.port[1] = 5000;
	ck_assert_uint_eq(take(), 300);
	ck_assert_uint_eq(only()->port[0], 6000);
	r.direction = EGRESS;
	ck_assert_uint_eq(take(), 0);
	fill(BACK, EGRESS, 700, 50, 1);
	r.port[0] = 5000, r.port[1] = 6000;
	ck_assert_uint_eq(take(), 0);
}
END_TEST

START_TEST(what_is_told_again_widens_no_interval)
{
	fill(THERE, INGRESS, 600, 240, 180);
	take();
	ck_assert(flow_table_tick(t, NOW_US, 0));
	fill(THERE, EGRESS, 600, 240, 180);
	ck_assert_uint_eq(take(), 0);
	ck_assert(flow_table_tick(t, NOW_US, 0));
	fill(THERE, INGRESS, 600, 60, 1);
	take();
	ck_assert(flow_table_tick(t, NOW_US, 0));
	ck_assert_uint_eq(last.delta.bytes[0], 600);
	ck_assert_int_eq(last.from_us, NOW_US - 60 * SECOND_US);
}
END_TEST

START_TEST(memory_of_sides_goes_with_their_flows)
{
	size_t before = 0;

	for (int round = 0; round < 5; round++) {
		for (unsigned n = 0; n < 2000; n++) {
			fill(THERE, n & 1, 100, 60, 1);
			r.port[0] = (uint16_t)(10000 + n / 2);
			ck_assert_uint_eq(take(), n & 1 ? 0 : 100); /* also where another flow had been */
		}
		before = round <= 1 ? flow_table_stats(t).memory_bytes : before;
		ck_assert_uint_eq(flow_table_stats(t).memory_bytes, before);
		flow_table_finish(t); /* all end; the oldest go when there is no room */
	}
}
END_TEST

START_TEST(totals_of_each_side_are_differences_of_its_own)
{
	static const struct { int side; uint64_t total, counts, again; } told[] = {
		{INGRESS, 1000, 1000, 0}, {EGRESS, 900, 0, 900}, {INGRESS, 2000, 1000, 0}, {EGRESS, 2000, 0, 1100}};

	for (unsigned i = 0; i < sizeof told / sizeof told[0]; i++) {
		fill(THERE, told[i].side, told[i].total, 60, 1);
		r.flags = RECORD_TOTALS;
		ck_assert_uint_eq(flow_table_record(t, &x, &r, NOW_US, 0).bytes[0], told[i].counts);
		ck_assert_uint_eq(flow_table_again(t).bytes, told[i].again);
	}
}
END_TEST

Suite *record_sides_suite(void)
{
	Suite *s = suite_create("record_sides");
	TCase *c = tcase_create("sides");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, traffic_told_at_both_sides_counts_once);
	tcase_add_test(c, one_side_alone_counts_in_full);
	tcase_add_test(c, ways_are_metered_each_at_a_side_of_its_own);
	tcase_add_test(c, side_that_told_more_counts);
	tcase_add_test(c, time_outs_of_the_sides_need_not_agree);
	tcase_add_test(c, what_comes_after_is_not_the_same_traffic);
	tcase_add_test(c, without_times_of_their_own_records_of_a_flow_are_of_the_same_time);
	tcase_add_test(c, exporters_are_not_each_others_other_side);
	tcase_add_test(c, records_that_name_no_side_all_count);
	tcase_add_test(c, sampling_is_scaled_before);
	tcase_add_test(c, flow_that_is_turned_round_keeps_its_sides);
	tcase_add_test(c, what_is_told_again_widens_no_interval);
	tcase_add_test(c, memory_of_sides_goes_with_their_flows);
	tcase_add_test(c, totals_of_each_side_are_differences_of_its_own);
	suite_add_tcase(s, c);
	return s;
}
