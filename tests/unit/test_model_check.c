/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model/check.c, model.c and inherit.c: the conservation law finds what is wrong, totals, ticks,
 * the throughput graph, reading rows, and what a model made anew takes over.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "rows.h"
#include "traffic.h"

Suite *model_check_suite(void);

static struct traffic t; /* a test is a process of its own: this is not shared */

static void setup(void)
{
	traffic_open(&t, NULL);
}

static void teardown(void)
{
	traffic_close(&t);
}

static struct conservation check(void)
{
	return model_check(t.model, t.flows);
}

static bool is_good(struct conservation c)
{
	return c.l4 && c.l7 && c.hosts && c.flows && c.matrix;
}

/* A row to be spoiled. */
static struct dim_row *spoil(enum dim d)
{
	size_t cursor = 0;
	const struct dim_row *r = model_next(t.model, d, &cursor, NULL);

	ck_assert_ptr_nonnull(r);
	return (struct dim_row *)(uintptr_t)r;
}

/* ---- conservation ---- */

START_TEST(check_of_good_books_is_good)
{
	ck_assert(is_good(check())); /* nothing is nothing */
	traffic_five(&t);
	ck_assert(is_good(check()));
	traffic_flow(&t, "10.0.0.5", 1001, "192.0.2.1", 443, TCP, 500);
	traffic_tick(&t);
	ck_assert(is_good(check()));
	traffic_end(&t);
	ck_assert(is_good(check()));
}
END_TEST

START_TEST(check_finds_packets_that_no_flow_tells)
{
	struct conservation c;

	traffic_five(&t);
	model_count(t.model, 1, 60, 0, t.now_us, t.now_us);
	c = check();
	ck_assert(!c.l4 && !c.l7 && !c.hosts && !c.flows && !c.matrix);
	model_non_ip(t.model, 0x0806, false, 1, 60, t.now_us, 0); /* it was no IP: all is well */
	ck_assert(is_good(check()));
}
END_TEST

START_TEST(check_finds_traffic_that_is_not_told_yet)
{
	traffic_five(&t);
	traffic_flow(&t, "10.0.0.5", 1001, "192.0.2.1", 443, TCP, 500);
	model_count(t.model, 2, 1500, 0, t.now_us, t.now_us);
	ck_assert(!check().l4);
	ck_assert(check().flows); /* the flows have it */
	memset(&t.seen, 0, sizeof t.seen);
	traffic_tick(&t);
	ck_assert(is_good(check()));
}
END_TEST

/* One byte too many, one packet too few: in each dimension that adds up. */
START_TEST(check_finds_a_wrong_row)
{
	static const struct {
		enum dim d;
		char group;
	} rows[] = {{DIM_L4, '4'},           {DIM_IP_VERSION, '4'}, {DIM_VLAN, '4'},
		    {DIM_TUNNEL, '4'},       {DIM_INTERFACE, '4'},  {DIM_APP, '7'},
		    {DIM_CATEGORY, '7'},     {DIM_BREED, '7'},      {DIM_STATE, '7'},
		    {DIM_HOST, 'h'},         {DIM_SUBNET, 'h'},     {DIM_COUNTRY, 'h'},
		    {DIM_AS, 'h'},           {DIM_CITY, 'h'},       {DIM_SUBNET_PAIR, 'm'},
		    {DIM_COUNTRY_PAIR, 'm'}, {DIM_AS_PAIR, 'm'},    {DIM_VLAN_PAIR, 'm'}};

	traffic_five(&t);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		for (unsigned what = 0; what < 4; what++) {
			struct dim_row *r = spoil(rows[i].d);
			uint64_t *n =
				what < 2 ? &r->total.bytes[what] : &r->total.packets[what - 2];
			struct conservation c;

			++*n;
			c = check();
			ck_assert_int_eq(c.l4, rows[i].group != '4');
			ck_assert_int_eq(c.l7, rows[i].group != '7');
			ck_assert_int_eq(c.hosts, rows[i].group != 'h');
			ck_assert_int_eq(c.matrix, rows[i].group != 'm');
			ck_assert(c.flows);
			--*n;
		}
	ck_assert(is_good(check()));
}
END_TEST

START_TEST(check_finds_a_host_that_sent_what_another_received_twice)
{
	struct dim_row *r;

	traffic_five(&t);
	r = (struct dim_row *)(uintptr_t)row_host(t.model, "10.0.0.5");
	r->total.bytes[0]--;
	r->total.bytes[1]++; /* the sum of both is right */
	ck_assert(!check().hosts);
}
END_TEST

START_TEST(check_counts_what_is_in_other)
{
	struct dim_row *r;

	model_free(t.model);
	t.options.limits = (struct model_limits){.max_hosts = 2, .max_pairs = 1};
	t.model = model_new(&t.options);
	traffic_five(&t);
	ck_assert(is_good(check()));
	r = (struct dim_row *)(uintptr_t)model_other(t.model, DIM_HOST);
	r->total.bytes[1]++;
	ck_assert(!check().hosts);
}
END_TEST

START_TEST(check_finds_a_flow_that_was_lost)
{
	size_t cursor = 0;
	struct flow *f;

	traffic_five(&t);
	f = (struct flow *)(uintptr_t)flow_table_next(t.flows, &cursor);
	f->total.packets[1]--;
	ck_assert(!check().flows);
	ck_assert(check().hosts);
	f->total.packets[1]++;
	ck_assert(is_good(check()));
}
END_TEST

START_TEST(check_finds_a_frame_without_ip_that_was_lost)
{
	model_count(t.model, 1, 60, 0, t.now_us, t.now_us);
	model_non_ip(t.model, 0x0806, false, 1, 60, t.now_us, 0);
	ck_assert(is_good(check()));
	spoil(DIM_ETHERTYPE)->total.packets[0]++;
	ck_assert(!check().l4);
}
END_TEST

START_TEST(check_flows_in_other_are_no_loss)
{
	struct flow_limits few = {.max_flows = 2};

	traffic_close(&t);
	traffic_open(&t, &few);
	traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 500);
	traffic_flow(&t, "10.0.0.5", 2, "192.0.2.1", 443, TCP, 500);
	traffic_flow(&t, "10.0.0.5", 3, "192.0.2.1", 443, TCP, 500);
	traffic_tick(&t);
	ck_assert_uint_eq(flow_table_stats(t.flows).evicted, 1);
	ck_assert(is_good(check()));
}
END_TEST

/* ---- totals ---- */

START_TEST(totals_have_the_smallest_and_largest_time)
{
	const struct model_totals *m = model_totals(t.model);

	model_count(t.model, 1, 10, 0, 500, 600);
	model_count(t.model, 1, 10, 1, 300, 400);
	model_count(t.model, 1, 10, 0, 550, 900);
	ck_assert_int_eq(m->first_us, 300);
	ck_assert_int_eq(m->last_us, 900);
	ck_assert_uint_eq(m->packets, 3);
	ck_assert_uint_eq(m->bytes, 30);
	ck_assert_uint_eq(m->truncated_packets, 1);
}
END_TEST

START_TEST(totals_of_time_before_the_epoch_are_times_too)
{
	model_count(t.model, 1, 10, 0, -500, -400);
	ck_assert_int_eq(model_totals(t.model)->first_us, -500);
	ck_assert_int_eq(model_totals(t.model)->last_us, -400);
}
END_TEST

/* ---- ticks and the graph ---- */

START_TEST(tick_gives_rates_and_takes_them_back)
{
	traffic_five(&t);
	ck_assert_uint_eq(row_host(t.model, "10.0.0.5")->rate[0], 1400);
	ck_assert_uint_eq(row_host(t.model, "10.0.0.5")->packet_rate[1], 2);
	ck_assert_uint_eq(row_host(t.model, "10.0.0.5")->peak, 4200);
	traffic_tick(&t);
	for (enum dim d = 0; d < DIM_COUNT; d++) {
		const struct dim_row *r;

		for (size_t i = 0; (r = model_next(t.model, d, &i, NULL)) != NULL;)
			ck_assert_msg(r->rate[0] == 0 && r->rate[1] == 0 && r->packet_rate[0] == 0,
				      "%s", dim_info(d)->id);
	}
	ck_assert_uint_eq(row_host(t.model, "10.0.0.5")->peak, 4200);
}
END_TEST

/* Rates of a dimension that partitions traffic add up, whatever flows turn out to be. */
START_TEST(tick_rates_add_up_when_flows_change)
{
	static const enum dim partitions[] = {DIM_APP, DIM_CATEGORY, DIM_STATE, DIM_L4};
	struct flow *f = traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 50000);

	traffic_name(&t, f, "TLS");
	traffic_tick(&t);
	traffic_name(&t, f, "SSH");
	f->state = FLOW_CLOSING;
	traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 100);
	traffic_flow(&t, "10.0.0.5", 2, "192.0.2.1", 443, TCP, 7);
	traffic_tick(&t);
	for (size_t i = 0; i < 4; i++) {
		const struct dim_row *r;
		uint64_t sum = 0;

		for (size_t c = 0; (r = model_next(t.model, partitions[i], &c, NULL)) != NULL;)
			sum += r->rate[0] + r->rate[1];
		ck_assert_uint_eq(sum, 300 + 21);
	}
}
END_TEST

START_TEST(graph_has_a_second_for_each_tick_up_and_down)
{
	uint64_t g[600][2];

	ck_assert_uint_eq(model_graph(t.model, g, 600), 0);
	traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 100);
	traffic_tick(&t);
	/* local counts as in, like transit */
	traffic_flow(&t, "10.0.0.5", 2, "10.0.0.6", 443, TCP, 10);
	traffic_flow(&t, "192.0.2.1", 2, "198.51.100.7", 443, TCP, 1);
	traffic_tick(&t);
	traffic_tick(&t);
	ck_assert_uint_eq(model_graph(t.model, g, 600), 3);
	ck_assert_uint_eq(g[0][0], 100);
	ck_assert_uint_eq(g[0][1], 200);
	ck_assert_uint_eq(g[1][0], 0);
	ck_assert_uint_eq(g[1][1], 33);
	ck_assert_uint_eq(g[2][0] + g[2][1], 0);
	ck_assert_uint_eq(model_graph(t.model, g, 2), 2); /* the newest */
	ck_assert_uint_eq(g[0][1], 33);
}
END_TEST

START_TEST(graph_of_a_long_tick_is_its_mean)
{
	uint64_t g[600][2];

	traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 1000);
	ck_assert(flow_table_tick(t.flows, t.now_us, 0));
	model_tick(t.model, t.now_us, 4 * SECOND_US);
	ck_assert_uint_eq(model_graph(t.model, g, 600), 4);
	for (unsigned i = 0; i < 4; i++) {
		ck_assert_uint_eq(g[i][0], 250);
		ck_assert_uint_eq(g[i][1], 500);
	}
}
END_TEST

START_TEST(graph_of_short_ticks_and_of_no_time_at_all_is_finite)
{
	uint64_t g[600][2];

	traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 1000);
	ck_assert(flow_table_tick(t.flows, t.now_us, 0));
	model_tick(t.model, t.now_us, SECOND_US / 4);
	model_tick(t.model, t.now_us, 0);
	model_tick(t.model, t.now_us, -5);
	ck_assert_uint_eq(model_graph(t.model, g, 600), 3);
	ck_assert_uint_eq(g[0][0], 4000);
	ck_assert_uint_eq(g[1][0], 0);
}
END_TEST

START_TEST(graph_keeps_ten_minutes_however_long_a_tick_was)
{
	uint64_t g[700][2];

	for (unsigned i = 0; i < 650; i++)
		model_tick(t.model, t.now_us, SECOND_US);
	traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 1000);
	ck_assert(flow_table_tick(t.flows, t.now_us, 0));
	model_tick(t.model, t.now_us, SECOND_US);
	ck_assert_uint_eq(model_graph(t.model, g, 700), 600);
	ck_assert_uint_eq(g[599][0], 1000);
	ck_assert_uint_eq(g[598][0], 0);
	model_tick(t.model, t.now_us, 1000000 * SECOND_US);
	ck_assert_uint_eq(model_graph(t.model, g, 700), 600);
	ck_assert_uint_eq(g[0][0], 0);
}
END_TEST

/* ---- reading and taking over ---- */

START_TEST(model_rows_are_read_once_each_with_their_keys)
{
	const struct dim_key *key;
	const struct dim_row *r;
	unsigned n = 0;

	traffic_five(&t);
	for (size_t i = 0; (r = model_next(t.model, DIM_HOST, &i, &key)) != NULL; n++)
		ck_assert_ptr_eq(model_get(t.model, DIM_HOST, key), r);
	ck_assert_uint_eq(n, model_rows(t.model, DIM_HOST));
	ck_assert_uint_gt(model_memory(t.model), n * sizeof(struct dim_row));
	ck_assert_uint_gt(model_rows_max(t.model, DIM_HOST), n);
	model_free(NULL);
}
END_TEST

START_TEST(model_made_anew_goes_on_with_sparklines_and_peaks)
{
	struct flow f = {.l4 = UDP, .ip_version = 4};
	struct flow_update u = {.flow = &f,
				.flags = UPDATE_NEW | UPDATE_PAST,
				.delta = {{5, 6}, {1, 1}},
				.from_us = t.now_us,
				.to_us = t.now_us,
				.now.site = "",
				.old.site = ""};
	struct model *after = model_new(&t.options);
	const struct dim_row *old, *r;

	traffic_five(&t);
	traffic_tick(&t);
	addr_parse(&f.addr[0], "10.0.0.5", NULL);
	addr_parse(&f.addr[1], "203.0.113.77", NULL);
	model_apply(after, &u);
	model_inherit(after, t.model);
	old = row_host(t.model, "10.0.0.5");
	r = row_host(after, "10.0.0.5");
	ck_assert_uint_eq(r->peak, old->peak);
	ck_assert_uint_gt(r->peak, 0);
	ck_assert_mem_eq(r->spark, old->spark, sizeof r->spark);
	ck_assert_int_eq(r->spark_at, old->spark_at);
	ck_assert_uint_eq(r->total.bytes[0], 5); /* but not with what was counted */
	ck_assert_uint_eq(row_host(after, "203.0.113.77")->peak, 0);
	ck_assert_ptr_null(row_host(after, "10.0.0.6"));
	model_tick(after, t.now_us, SECOND_US);
	ck_assert_uint_eq(row_host(after, "10.0.0.5")->rate[0], 0);
	model_free(after);
}
END_TEST

Suite *model_check_suite(void)
{
	Suite *s = suite_create("model_check");
	TCase *c = tcase_create("model_check");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 20);
	tcase_add_test(c, check_of_good_books_is_good);
	tcase_add_test(c, check_finds_packets_that_no_flow_tells);
	tcase_add_test(c, check_finds_traffic_that_is_not_told_yet);
	tcase_add_test(c, check_finds_a_wrong_row);
	tcase_add_test(c, check_finds_a_host_that_sent_what_another_received_twice);
	tcase_add_test(c, check_counts_what_is_in_other);
	tcase_add_test(c, check_finds_a_flow_that_was_lost);
	tcase_add_test(c, check_finds_a_frame_without_ip_that_was_lost);
	tcase_add_test(c, check_flows_in_other_are_no_loss);
	tcase_add_test(c, totals_have_the_smallest_and_largest_time);
	tcase_add_test(c, totals_of_time_before_the_epoch_are_times_too);
	tcase_add_test(c, tick_gives_rates_and_takes_them_back);
	tcase_add_test(c, tick_rates_add_up_when_flows_change);
	tcase_add_test(c, graph_has_a_second_for_each_tick_up_and_down);
	tcase_add_test(c, graph_of_a_long_tick_is_its_mean);
	tcase_add_test(c, graph_of_short_ticks_and_of_no_time_at_all_is_finite);
	tcase_add_test(c, graph_keeps_ten_minutes_however_long_a_tick_was);
	tcase_add_test(c, model_rows_are_read_once_each_with_their_keys);
	tcase_add_test(c, model_made_anew_goes_on_with_sparklines_and_peaks);
	suite_add_tcase(s, c);
	return s;
}
