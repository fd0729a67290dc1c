/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model/spread.c and graph.c: collected traffic lies in the time that its records cover, and its rate
 * goes on; there are no teeth where records come.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "model/dims.h"
#include "rows.h"

Suite *spread_suite(void);

#define SECOND_US INT64_C(1000000)
#define NOW_US (INT64_C(1700000000) * SECOND_US)

enum { TICKS = 120 };

static struct model *m; /* a test is a process of its own: these are not shared */
static struct subnets *subnets;
static struct geoip *geoip;
static struct flow flow;
static struct flow_report report;
static struct addr exporter;

static void setup(void)
{
	struct model_options o = {.seed = 1};

	subnets = subnets_new(24, 64);
	subnets_add_private(subnets);
	geoip = geoip_open(NULL, NULL);
	o.subnets = subnets;
	o.geoip = geoip;
	m = model_new(&o);
	memset(&flow, 0, sizeof flow);
	addr_parse(&flow.addr[0], "10.0.0.1", NULL);
	addr_parse(&flow.addr[1], "198.51.100.9", NULL);
	addr_parse(&exporter, "192.0.2.1", NULL);
	flow.l4 = 6;
	flow.ip_version = 4;
	memset(&report, 0, sizeof report);
	report.exporter = &exporter;
	flow.report = &report;
}

static void teardown(void)
{
	model_free(m);
	geoip_close(geoip);
	subnets_free(subnets);
}

/* Bytes sent from ... to, in seconds from NOW_US. */
static void tell(uint64_t bytes, double from, double to, unsigned flags)
{
	struct flow_update u = {.flow = &flow, .delta = {{bytes, 0}, {1, 0}}, .flags = flags | UPDATE_SPREAD, .exporter = &exporter,
				.from_us = NOW_US + (int64_t)(from * 1e6), .to_us = NOW_US + (int64_t)(to * 1e6),
				.hold = {.bytes = {bytes, 0}, .packets = {1, 0}}, .now = {.site = ""}, .old = {.site = ""}};

	u.hold.us = u.to_us - u.from_us < SECOND_US ? SECOND_US : u.to_us - u.from_us;
	model_count(m, 1, bytes, 0, u.from_us, u.to_us);
	model_apply(m, &u);
}

static void tick(int second)
{
	model_tick(m, NOW_US + second * SECOND_US, SECOND_US);
}

static uint64_t drawn(uint64_t (*graph)[2], size_t *count)
{
	uint64_t sum = 0;

	*count = model_graph(m, graph, 600);
	for (size_t i = 0; i < *count; i++)
		sum += graph[i][0];
	return sum;
}

static const struct dim_row *host(void)
{
	return row_host(m, "10.0.0.1");
}

START_TEST(graph_of_a_steady_flow_has_no_teeth_where_its_records_come)
{
	static uint64_t graph[600][2];
	size_t n;

	for (int s = 1; s <= TICKS; s++) { /* 1,000 bytes a second, told each half minute */
		if (s % 30 == 0)
			tell(30000, s - 31, s - 1, s == 30 ? UPDATE_NEW : 0);
		tick(s);
	}
	drawn(graph, &n);
	ck_assert_uint_eq(n, TICKS);
	for (int i = 0; i < 118; i++)
		ck_assert_msg(graph[i][0] >= 999 && graph[i][0] <= 1001, "second %d: %llu", i, (unsigned long long)graph[i][0]);
}
END_TEST

START_TEST(graph_has_all_bytes_that_lie_within_it)
{
	static uint64_t graph[600][2];
	size_t n;

	for (int s = 1; s <= 60; s++)
		tick(s);
	tell(12345, 3.25, 41.75, UPDATE_NEW);
	tell(777, 50.1, 50.2, 0);
	tick(61);
	ck_assert_uint_ge(drawn(graph, &n) + 40, 13122);
	ck_assert_uint_le(drawn(graph, &n), 13122 + 40); /* whole bytes in each second */
	ck_assert_uint_eq(graph[50][0], 777);
	ck_assert_uint_eq(graph[2][0], 0);
	ck_assert_uint_eq(graph[42][0], 0);
}
END_TEST

START_TEST(what_is_older_than_the_graph_is_counted_and_not_drawn)
{
	static uint64_t graph[600][2];
	size_t n;

	for (int s = 1; s <= 10; s++)
		tick(s);
	tell(1000000, -3600, -3000, UPDATE_NEW);
	tick(11);
	ck_assert_uint_eq(drawn(graph, &n), 0);
	ck_assert_uint_eq(host()->total.bytes[0], 1000000);
	ck_assert_uint_eq(model_totals(m)->out_bytes, 1000000);
}
END_TEST

START_TEST(what_lies_in_the_open_second_is_drawn_when_it_ends)
{
	static uint64_t graph[600][2];
	size_t n;

	tick(1);
	tick(2);
	tell(4000, 1, 3, UPDATE_NEW);
	tick(3);
	ck_assert_uint_eq(drawn(graph, &n), 4000);
	ck_assert_uint_eq(graph[1][0], 2000);
	ck_assert_uint_eq(graph[2][0], 2000);
}
END_TEST

START_TEST(rate_of_a_row_is_steady_between_records)
{
	for (int s = 1; s <= TICKS; s++) {
		if (s % 30 == 0)
			tell(30000, s - 30, s, s == 30 ? UPDATE_NEW : 0);
		tick(s);
		if (s >= 30)
			ck_assert_msg(host()->rate[0] >= 990 && host()->rate[0] <= 1010, "second %d: %u", s, host()->rate[0]);
	}
}
END_TEST

START_TEST(rate_ends_when_no_more_records_come)
{
	uint64_t held[2];

	tick(1);
	tell(30000, -30, 0, UPDATE_NEW);
	tick(2);
	ck_assert_uint_eq(host()->rate[0], 1000);
	model_held(m, held);
	ck_assert_uint_eq(held[0], 1000);
	for (int s = 3; s <= 40; s++)
		tick(s);
	ck_assert_uint_eq(host()->rate[0], 0);
	model_held(m, held);
	ck_assert_uint_eq(held[0], 0);
}
END_TEST

START_TEST(rate_of_a_long_record_ends_too)
{
	tick(1);
	tell(600000, -600, 0, UPDATE_NEW);
	for (int s = 2; s <= 590; s++)
		tick(s);
	ck_assert_uint_eq(host()->rate[0], 1000);
	for (int s = 591; s <= 680; s++)
		tick(s);
	ck_assert_uint_eq(host()->rate[0], 0);
}
END_TEST

START_TEST(rates_of_several_records_add_up)
{
	tick(1);
	tell(10000, -10, 0, UPDATE_NEW);
	tell(20000, -10, 0, 0);
	tick(2);
	ck_assert_uint_eq(host()->rate[0], 3000);
	ck_assert_uint_eq(row_small(m, DIM_L4, 6)->rate[0], 3000);
}
END_TEST

START_TEST(sparkline_has_bytes_where_they_were_sent)
{
	const struct dim_row *r;

	tick(1);
	tell(5000, -20, -10, UPDATE_NEW);
	tick(2);
	r = host();
	ck_assert_uint_eq(r->spark[(NOW_US / SECOND_US - 20) / 5 % DIM_SPARK], 2500);
	ck_assert_uint_eq(r->spark[(NOW_US / SECOND_US - 15) / 5 % DIM_SPARK], 2500);
	ck_assert_uint_eq(r->spark[(NOW_US / SECOND_US - 5) / 5 % DIM_SPARK], 0);
}
END_TEST

START_TEST(row_that_leaves_with_a_rate_leaves_nothing_behind)
{
	struct shape s = {sizeof(uint16_t), sizeof(struct entry), 1, true, false};
	struct spread steps;
	struct amount a = {.c = {{1000, 0}, {1, 0}}, .spread = &steps, .past = true, .from_us = NOW_US - 100 * SECOND_US,
			   .to_us = NOW_US - 90 * SECOND_US, .hold = {.bytes = {1000, 0}, .us = 10 * SECOND_US}};
	struct table t;
	struct dim_key k;

	memset(&k, 0, sizeof k);
	spread_steps(&steps, &a);
	table_init(&t, &s, 0, 1);
	table_add(&t, table_touch(&t, &k, NOW_US, NULL), &a);
	table_tick(&t, NOW_US, SECOND_US);
	table_tick(&t, NOW_US + SECOND_US, SECOND_US);
	k.small.number = 1;
	ck_assert_ptr_nonnull(table_touch(&t, &k, NOW_US + 200 * SECOND_US, NULL)); /* the first one goes */
	ck_assert_uint_eq(t.other.row.total.bytes[0], 1000);
	for (int i = 2; i < 200; i++)
		table_tick(&t, NOW_US + i * SECOND_US, SECOND_US);
	ck_assert_uint_eq(t.held_count, 0);
	table_release(&t);
}
END_TEST

START_TEST(exporter_is_a_row_and_captured_traffic_another)
{
	struct dim_key k;
	struct flow_update u = {.flow = &flow, .delta = {{70, 0}, {1, 0}}, .flags = UPDATE_NEW, .now = {.site = ""},
				.old = {.site = ""}, .from_us = NOW_US, .to_us = NOW_US};

	tell(1000, -1, 0, UPDATE_NEW);
	flow.report = NULL;
	model_apply(m, &u);
	memset(&k, 0, sizeof k);
	ck_assert_uint_eq(model_get(m, DIM_EXPORTER, &k)->total.bytes[0], 70);
	k.host.addr = exporter;
	ck_assert_uint_eq(model_get(m, DIM_EXPORTER, &k)->total.bytes[0], 1000);
}
END_TEST

START_TEST(as_of_an_exporter_stands_in_where_no_data_has_one)
{
	struct dim_key k;

	report.as[1] = 64500;
	tell(1000, -1, 0, UPDATE_NEW);
	memset(&k, 0, sizeof k);
	k.as.asn = 64500;
	ck_assert_ptr_nonnull(model_get(m, DIM_AS, &k));
	ck_assert_uint_eq(model_get(m, DIM_AS, &k)->total.bytes[1], 1000);
}
END_TEST

Suite *spread_suite(void)
{
	Suite *s = suite_create("spread");
	TCase *c = tcase_create("collected");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, graph_of_a_steady_flow_has_no_teeth_where_its_records_come);
	tcase_add_test(c, graph_has_all_bytes_that_lie_within_it);
	tcase_add_test(c, what_is_older_than_the_graph_is_counted_and_not_drawn);
	tcase_add_test(c, what_lies_in_the_open_second_is_drawn_when_it_ends);
	tcase_add_test(c, rate_of_a_row_is_steady_between_records);
	tcase_add_test(c, rate_ends_when_no_more_records_come);
	tcase_add_test(c, rate_of_a_long_record_ends_too);
	tcase_add_test(c, rates_of_several_records_add_up);
	tcase_add_test(c, sparkline_has_bytes_where_they_were_sent);
	tcase_add_test(c, row_that_leaves_with_a_rate_leaves_nothing_behind);
	tcase_add_test(c, exporter_is_a_row_and_captured_traffic_another);
	tcase_add_test(c, as_of_an_exporter_stands_in_where_no_data_has_one);
	suite_add_tcase(s, c);
	return s;
}
