/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * flow/record_totals.c, record_share.c: exporters that count from a flow's begin, and what many flows have in common.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "dpitop/export_decode.h"
#include "dpitop/flow.h"

Suite *record_totals_suite(void);

#define SECOND_US INT64_C(1000000)
#define NOW_US (INT64_C(1700000000) * SECOND_US)

static struct flow_table *t; /* a test is a process of its own: these are not shared */
static struct export_exporter x;
static int64_t now_us;

static void sink(void *ctx, const struct flow_update *u)
{
	(void)ctx;
	(void)u;
}

static void setup(void)
{
	struct flow_limits l = {.keep_us = -1};

	t = flow_table_new(&l, 1, sink, NULL, NULL);
	ck_assert_ptr_nonnull(t);
	memset(&x, 0, sizeof x);
	x.id = 1;
	ck_assert_int_eq(addr_parse(&x.addr, "192.0.2.1", NULL), 0);
	now_us = NOW_US;
}

static void teardown(void)
{
	flow_table_free(t);
	t = NULL;
}

/* Of a client's port, with the bytes of the flow so far; it began a minute before the first one. */
static struct flow_record record(uint16_t port, uint64_t bytes)
{
	struct flow_record r;

	memset(&r, 0, sizeof r);
	r.has = RECORD_HAS(HAS_ADDR) | RECORD_HAS(HAS_PORTS) | RECORD_HAS(HAS_L4) | RECORD_HAS(HAS_BYTES) | RECORD_HAS(HAS_PACKETS) |
		RECORD_HAS(HAS_START);
	r.flags = RECORD_TOTALS;
	ck_assert_int_eq(addr_parse(&r.addr[0], "10.0.0.1", NULL), 0);
	ck_assert_int_eq(addr_parse(&r.addr[1], "10.0.0.2", NULL), 0);
	r.port[0] = port, r.port[1] = 443;
	r.l4 = 17;
	r.ip_version = 4;
	r.bytes[0] = bytes;
	r.packets[0] = bytes / 100;
	r.start_us = NOW_US - 60 * SECOND_US;
	r.end_us = now_us - SECOND_US;
	return r;
}

static uint64_t take(const struct flow_record *r)
{
	return flow_table_record(t, &x, r, now_us, 0).bytes[0];
}

static uint64_t counted(uint16_t port, uint64_t bytes)
{
	struct flow_record r = record(port, bytes);

	return take(&r);
}

static uint64_t bytes_of_all(void)
{
	const struct flow *f;
	uint64_t sum = 0;

	for (size_t at = 0; (f = flow_table_next(t, &at)) != NULL;)
		sum += f->total.bytes[0] + f->total.bytes[1];
	return sum;
}

START_TEST(domains_of_an_exporter_count_for_themselves)
{
	ck_assert_uint_eq(counted(40000, 1000), 1000);
	x.id = 2; /* the same address, another observation domain */
	ck_assert_uint_eq(counted(40000, 300), 300);
	ck_assert_uint_eq(counted(40000, 500), 200);
	x.id = 1;
	ck_assert_uint_eq(counted(40000, 1500), 500);
	ck_assert_uint_eq(bytes_of_all(), 2000);
}
END_TEST

START_TEST(flow_that_was_silent_for_longer_than_it_lives_adds_only_what_is_new)
{
	ck_assert_uint_eq(counted(40000, 1000), 1000);
	now_us += 1000 * SECOND_US;
	ck_assert(flow_table_tick(t, now_us, 0));
	ck_assert_uint_eq(flow_table_stats(t).live, 0);
	ck_assert_uint_eq(counted(40000, 1700), 700);
	ck_assert_uint_eq(bytes_of_all(), 1700);
}
END_TEST

START_TEST(another_begin_is_another_flow)
{
	struct flow_record r = record(40000, 1000);

	ck_assert_uint_eq(take(&r), 1000);
	r.start_us += SECOND_US; /* told by an uptime that is not so exact */
	r.bytes[0] = 1100;
	ck_assert_uint_eq(take(&r), 100);
	r.start_us += 30 * SECOND_US;
	r.bytes[0] = 1200;
	ck_assert_uint_eq(take(&r), 1200);
}
END_TEST

START_TEST(flow_that_ended_is_not_remembered)
{
	struct flow_record r = record(40000, 1000);

	ck_assert_uint_eq(take(&r), 1000);
	r.bytes[0] = 1200;
	r.has |= RECORD_HAS(HAS_END_REASON);
	r.end_reason = 2; /* active time-out: it goes on */
	ck_assert_uint_eq(take(&r), 200);
	r.bytes[0] = 1300;
	r.end_reason = 3; /* its end was seen */
	ck_assert_uint_eq(take(&r), 100);
	r.bytes[0] = 1400;
	ck_assert_uint_eq(take(&r), 1400);
}
END_TEST

START_TEST(records_without_addresses_are_differences_too)
{
	struct flow_record r = record(0, 1000);

	r.has &= ~RECORD_HAS(HAS_ADDR);
	ck_assert_uint_eq(record_counters(t, &x, &r, now_us).bytes[0], 1000);
	r.bytes[0] = 1600;
	ck_assert_uint_eq(record_counters(t, &x, &r, now_us).bytes[0], 600);
	r.mac[0][5] = 1; /* somebody else */
	ck_assert_uint_eq(record_counters(t, &x, &r, now_us).bytes[0], 1600);
}
END_TEST

START_TEST(memory_of_totals_is_bounded)
{
	size_t full = 0;

	for (unsigned n = 0; n < 400000; n++) {
		struct flow_record r = record((uint16_t)n, 100);

		r.flow_id = n;
		r.has &= ~RECORD_HAS(HAS_ADDR);
		ck_assert_uint_eq(record_counters(t, &x, &r, now_us).bytes[0], 100);
		if (n == 1 << 18)
			full = flow_table_stats(t).memory_bytes;
	}
	ck_assert_uint_eq(flow_table_stats(t).memory_bytes, full);
}
END_TEST

/* ---- what flows have in common ---- */

static const struct flow *flow_at(uint16_t port)
{
	const struct flow *f;

	for (size_t at = 0; (f = flow_table_next(t, &at)) != NULL;)
		if (f->port[0] == port)
			return f;
	ck_abort_msg("no flow of port %u", port);
	return NULL;
}

static void put(uint16_t port, uint32_t in, uint32_t out)
{
	struct flow_record r = record(port, 100);

	r.flags = 0;
	r.has |= RECORD_HAS(HAS_IN) | RECORD_HAS(HAS_OUT);
	r.interface[0] = in, r.interface[1] = out;
	take(&r);
}

START_TEST(flows_of_which_the_same_is_said_share_it)
{
	put(40001, 3, 4);
	put(40002, 3, 4);
	put(40003, 3, 5);
	ck_assert_ptr_eq(flow_at(40001)->report, flow_at(40002)->report);
	ck_assert_ptr_ne(flow_at(40001)->report, flow_at(40003)->report);
	ck_assert_uint_eq(flow_at(40001)->report->interface[1], 4);
	put(40001, 3, 5); /* it is another way now: the others' stays */
	ck_assert_ptr_eq(flow_at(40001)->report, flow_at(40003)->report);
	ck_assert_uint_eq(flow_at(40002)->report->interface[1], 4);
	ck_assert(addr_eq(flow_at(40002)->report->exporter, &x.addr));
}
END_TEST

START_TEST(what_no_flow_has_any_more_takes_no_memory)
{
	size_t before;

	put(40000, 1, 1);
	before = flow_table_stats(t).memory_bytes;
	for (unsigned n = 0; n < 100000; n++)
		put(40000, 2 + n, 1);
	ck_assert_uint_eq(flow_table_stats(t).memory_bytes, before);
}
END_TEST

Suite *record_totals_suite(void)
{
	Suite *s = suite_create("record_totals");
	TCase *c = tcase_create("totals");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, domains_of_an_exporter_count_for_themselves);
	tcase_add_test(c, flow_that_was_silent_for_longer_than_it_lives_adds_only_what_is_new);
	tcase_add_test(c, another_begin_is_another_flow);
	tcase_add_test(c, flow_that_ended_is_not_remembered);
	tcase_add_test(c, records_without_addresses_are_differences_too);
	tcase_add_test(c, memory_of_totals_is_bounded);
	tcase_add_test(c, flows_of_which_the_same_is_said_share_it);
	tcase_add_test(c, what_no_flow_has_any_more_takes_no_memory);
	suite_add_tcase(s, c);
	return s;
}
