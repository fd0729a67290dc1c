/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model/pairs.c, and pictures of pairs of subnets at every length: whatever is gone, evicted or
 * filtered, they add up to the traffic there was.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dpitop/engine.h"
#include "dpitop/filter.h"
#include "dpitop/gather.h"
#include "dpitop/regroup.h"
#include "traffic.h"

Suite *pairs_suite(void);

static const struct prefix lengths[] = {{8, 32}, {16, 48}, {20, 64}, {24, 64}, {24, 56}, {28, 48}, {32, 64}, {32, 128}, {9, 128}};

enum { LENGTHS = sizeof lengths / sizeof lengths[0] };

static struct traffic t; /* a test is a process of its own: this is not shared */
static struct regroup *regroup;
static struct filter *filter;
static struct snapshot *s;

static void setup(void)
{
	traffic_open(&t, NULL);
}

static void teardown(void)
{
	snapshot_unref(s);
	regroup_free(regroup);
	filter_free(filter);
	traffic_close(&t);
}

static struct want *wanted(struct prefix p, const char *text)
{
	struct want *want = calloc(1, sizeof *want);

	want->lists[DIM_SUBNET_PAIR].on = true;
	want->matrix.on = true;
	want->matrix.pair = DIM_SUBNET_PAIR;
	want->prefix = p;
	snprintf(want->filter, sizeof want->filter, "%s", text);
	return want;
}

/* As the engine does it. */
static const struct list *build(struct prefix p)
{
	struct filter_context c = {.dpi = t.in.dpi, .model = t.model, .subnets = t.subnets, .geoip = t.geoip};
	struct want *want = wanted(p, "");

	if (regroup == NULL)
		regroup = regroup_new(&t.options, filter, &c);
	regroup_prefix(regroup, p);
	regroup_begin(regroup, t.now_us, SECOND_US);
	ck_assert(regroup_step(regroup, t.flows, 0));
	t.in.filtered = regroup_model(regroup);
	t.in.filter = filter;
	t.in.pairs = regroup_pairs(regroup);
	snapshot_unref(s);
	s = snapshot_build(&t.in, want);
	free(want);
	ck_assert_uint_eq(s->prefix.v4, p.v4);
	ck_assert_uint_eq(s->prefix.v6, p.v6);
	return &s->lists[DIM_SUBNET_PAIR];
}

static void check_whole(const struct snapshot *p, const struct model_totals *whole)
{
	const struct list *l = &p->lists[DIM_SUBNET_PAIR];
	uint64_t bytes = l->other.total.bytes[0], packets = l->other.total.packets[0];

	for (size_t i = 0; i < l->count; i++) {
		bytes += l->rows[i].total.bytes[0];
		packets += l->rows[i].total.packets[0];
	}
	ck_assert_uint_eq(bytes, whole->bytes - whole->non_ip_bytes);
	ck_assert_uint_eq(packets, whole->packets - whole->non_ip_packets);
	ck_assert_uint_eq(l->sum.total.bytes[0], bytes);
	ck_assert_uint_eq(p->matrix->sum.bytes, bytes);
	ck_assert_uint_eq(p->matrix->sum.packets, packets);
}

static const struct row *find(const struct list *l, const char *from, const char *to)
{
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->rows[i].label, from) == 0 && strcmp(l->rows[i].label2, to) == 0)
			return &l->rows[i];
	return NULL;
}

static const struct row *row(const struct list *l, const char *from, const char *to)
{
	const struct row *r = find(l, from, to);

	ck_assert_msg(r != NULL, "no row %s -> %s", from, to);
	return r;
}

/* ---- the demo capture ---- */

static struct engine *demo(bool keep_ended)
{
	static const struct engine_source file = {"file", "contrib/demo.pcap"};
	struct engine_options o = {.sources = &file, .source_count = 1, .decap = true, .dpi = true, .keep_ended = keep_ended,
				   .seed = 1, .geoip = "tests/golden/geo", .wake_fd = -1};
	struct engine *g;
	struct error e;

	ck_assert_int_eq(chdir(SOURCE_TREE), 0);
	g = engine_open(&o, &e);
	ck_assert_msg(g != NULL, "%s", e.text);
	return g;
}

static void check_all_lengths(struct engine *g, const char *text)
{
	for (int i = 0; i < (int)LENGTHS; i++) {
		struct want *want = wanted(lengths[i], text);
		struct snapshot *p = engine_picture(g, want);

		ck_assert_uint_eq(p->prefix.v4, lengths[i].v4);
		ck_assert_uint_eq(p->prefix.v6, lengths[i].v6);
		check_whole(p, text[0] != '\0' ? &p->filtered : &p->totals);
		snapshot_unref(p);
		free(want);
	}
}

static int check_some_ticks(void *ctx, struct engine *g)
{
	if (engine_ticks(g) % *(uint64_t *)ctx == 0)
		check_all_lengths(g, "");
	return 0;
}

START_TEST(pairs_of_a_capture_add_up_to_it_at_every_length)
{
	struct engine *g = demo(_i == 0);
	uint64_t step = 7;

	ck_assert_int_eq(engine_run(g, check_some_ticks, NULL, &step, NULL), 0);
	check_all_lengths(g, "");
	check_all_lengths(g, "app = TLS");
	check_all_lengths(g, "");
	engine_close(g);
}
END_TEST

/* ---- wider ---- */

static void two_subnets(void)
{
	traffic_flow(&t, "10.1.1.5", 1001, "10.1.2.6", 443, TCP, 1000);
	traffic_packet(&t, "10.1.2.6", 1002, "10.1.1.5", 53, UDP, 100);
	traffic_flow(&t, "10.1.1.5", 1003, "192.0.2.1", 443, TCP, 400);
	traffic_flow(&t, "192.168.7.5", 1004, "10.1.1.5", 443, TCP, 50);
	traffic_tick(&t);
}

START_TEST(pairs_of_wider_subnets_are_sums_and_a_flow_within_one_counts_once)
{
	const struct list *l;
	const struct row *r;

	two_subnets();
	l = build((struct prefix){16, 48});
	r = row(l, "10.1.0.0/16", "10.1.0.0/16");
	ck_assert_uint_eq(r->total.bytes[0], 1000 + 2000 + 100);
	ck_assert_uint_eq(r->rate[0], 3100);
	ck_assert_uint_eq(r->flows, 2);
	ck_assert_uint_eq(r->live_flows, 2);
	ck_assert_uint_eq(r->peak, 0); /* of a sum it is not known */
	r = row(l, "10.1.0.0/16", "internet");
	ck_assert_uint_eq(r->total.bytes[0], 400);
	ck_assert_uint_eq(r->flows, 1);
	ck_assert_uint_eq(r->peak, 400);
	check_whole(s, &s->totals);
}
END_TEST

START_TEST(pairs_of_wider_subnets_do_not_leave_their_local_network)
{
	const struct list *l;

	two_subnets();
	l = build((struct prefix){8, 32});
	row(l, "192.168.0.0/16", "10.0.0.0/8");
	ck_assert_ptr_null(find(l, "192.0.0.0/8", "10.0.0.0/8"));
}
END_TEST

START_TEST(pairs_of_wider_subnets_have_the_sparkline_of_all)
{
	uint64_t sum = 0;

	two_subnets();
	build((struct prefix){16, 48});
	for (int i = 0; i < DIM_SPARK; i++)
		sum += row(&s->lists[DIM_SUBNET_PAIR], "10.1.0.0/16", "10.1.0.0/16")->spark[i];
	ck_assert_uint_eq(sum, 3100);
}
END_TEST

/* ---- narrower ---- */

START_TEST(pairs_of_addresses_are_those_of_the_flows)
{
	const struct list *l;
	const struct row *r;

	two_subnets();
	traffic_packet(&t, "10.1.1.5", 1001, "10.1.2.6", 443, TCP, 77);
	traffic_tick(&t);
	l = build((struct prefix){32, 128});
	r = row(l, "10.1.1.5/32", "10.1.2.6/32");
	ck_assert_uint_eq(r->total.bytes[0], 1077);
	ck_assert_uint_eq(r->rate[0], 77);
	ck_assert_uint_eq(r->flows, 1);
	ck_assert_uint_eq(row(l, "10.1.2.6/32", "10.1.1.5/32")->flows, 2);
	ck_assert_uint_eq(row(l, "10.1.1.5/32", "internet")->total.bytes[0], 400);
	for (size_t i = 0; i < l->count; i++)
		ck_assert_msg(!(l->rows[i].flags & ROW_REST), "%s", l->rows[i].label);
	check_whole(s, &s->totals);
}
END_TEST

START_TEST(pairs_of_flows_that_are_gone_stay_with_their_subnet)
{
	struct flow_limits short_memory = {.keep_us = SECOND_US, .idle_us = SECOND_US};
	const struct list *l;
	const struct row *rest;
	char buf[256];

	traffic_close(&t);
	traffic_open(&t, &short_memory);
	traffic_packet(&t, "10.1.1.5", 1001, "10.1.2.6", 53, UDP, 1000);
	traffic_packet(&t, "10.1.1.9", 1001, "10.1.2.6", 53, UDP, 500);
	for (int i = 0; i < 6; i++) {
		traffic_packet(&t, "10.1.1.9", 1001, "10.1.2.6", 53, UDP, 10);
		traffic_tick(&t);
	}
	l = build((struct prefix){32, 128});
	rest = row(l, "10.1.1.0/24 rest", "10.1.2.0/24 rest");
	ck_assert_uint_eq(rest->total.bytes[0], 1000);
	ck_assert_uint_eq(rest->flows, 1);
	ck_assert_uint_eq(rest->rate[0], 0);
	ck_assert(rest->flags & ROW_REST);
	ck_assert_str_eq(filter_of_row(rest, buf, sizeof buf), "");
	ck_assert_uint_eq(row(l, "10.1.1.9/32", "10.1.2.6/32")->total.bytes[0], 560);
	check_whole(s, &s->totals);
}
END_TEST

START_TEST(pairs_that_find_no_room_stay_with_their_subnet)
{
	char from[32];

	model_free(t.model);
	t.options.limits.max_pairs = 6;
	t.model = model_new(&t.options);
	t.in.model = t.model;
	for (unsigned i = 0; i < 30; i++) {
		snprintf(from, sizeof from, "10.1.%u.%u", i % 9, i + 1);
		traffic_flow(&t, from, 1000, i % 2 ? "192.0.2.1" : "10.2.2.2", 443, TCP, 100 + i);
	}
	traffic_tick(&t);
	for (unsigned i = 0; i < LENGTHS; i++) {
		build(lengths[i]);
		check_whole(s, &s->totals);
	}
}
END_TEST

START_TEST(pairs_of_rows_that_were_evicted_are_not_counted_twice)
{
	char from[32];

	model_free(t.model);
	t.options.limits.max_pairs = 4;
	t.model = model_new(&t.options);
	t.in.model = t.model;
	for (unsigned tick = 0; tick < 70; tick++) { /* rows idle for a minute make room */
		if (tick % 23 == 0)
			for (unsigned i = 0; i < 8; i++) {
				snprintf(from, sizeof from, "10.%u.%u.3", 1 + tick % 5, i);
				traffic_packet(&t, from, 1000, "10.2.2.2", 443, UDP, 100 + i);
			}
		traffic_packet(&t, "10.9.9.9", 1000, "10.2.2.2", 443, UDP, 60);
		traffic_tick(&t);
	}
	ck_assert_uint_gt(model_evicted(t.model, DIM_SUBNET_PAIR), 0);
	for (unsigned i = 0; i < LENGTHS; i++) {
		build(lengths[i]);
		check_whole(s, &s->totals);
	}
}
END_TEST

START_TEST(pairs_of_a_filter_are_of_the_matching_flows)
{
	const struct list *l;

	two_subnets();
	filter = filter_parse("l4 = TCP", NULL);
	for (unsigned i = 0; i < LENGTHS; i++) {
		build(lengths[i]);
		check_whole(s, &s->filtered);
	}
	l = build((struct prefix){32, 128});
	ck_assert_uint_eq(row(l, "10.1.2.6/32", "10.1.1.5/32")->total.bytes[0], 2000);
	ck_assert_uint_eq(l->matching, 6);
	ck_assert_uint_eq(l->all, 0); /* not known */
}
END_TEST

START_TEST(pairs_sparklines_go_on_from_pass_to_pass)
{
	uint64_t sum = 0;

	two_subnets();
	build((struct prefix){32, 128});
	for (int i = 0; i < 3; i++) {
		traffic_packet(&t, "10.1.1.5", 1001, "10.1.2.6", 443, TCP, 10);
		traffic_tick(&t);
		build((struct prefix){32, 128});
		build((struct prefix){32, 128}); /* the same tick again */
	}
	for (int i = 0; i < DIM_SPARK; i++)
		sum += row(&s->lists[DIM_SUBNET_PAIR], "10.1.1.5/32", "10.1.2.6/32")->spark[i];
	ck_assert_uint_eq(sum, 1000 + 30);
}
END_TEST

START_TEST(pairs_that_are_written_are_those_of_the_picture)
{
	const struct want_list w = {.on = true};
	struct gather *g;
	struct snapshot *written;
	const struct list *l, *a;

	two_subnets();
	for (unsigned k = 0; k < LENGTHS; k++) {
		l = build(lengths[k]);
		g = gather_new(&t.in, false, DIM_SUBNET_PAIR, &w);
		while (!gather_step(g, 2))
			;
		written = gather_finish(g, true);
		gather_sort(written, DIM_SUBNET_PAIR, &w);
		a = &written->lists[DIM_SUBNET_PAIR];
		ck_assert_uint_eq(a->count, l->count);
		for (size_t i = 0; i < l->count; i++)
			ck_assert_uint_eq(a->rows[i].id, l->rows[i].id);
		ck_assert_uint_eq(a->sum.total.bytes[0], l->sum.total.bytes[0]);
		snapshot_unref(written);
	}
}
END_TEST

START_TEST(pairs_before_their_pass_are_the_models_own)
{
	struct want *want = wanted((struct prefix){32, 128}, "");

	two_subnets();
	s = snapshot_build(&t.in, want);
	ck_assert_uint_eq(s->prefix.v4, 24);
	ck_assert_uint_eq(s->own_prefix.v6, 64);
	row(&s->lists[DIM_SUBNET_PAIR], "10.1.1.0/24", "10.1.2.0/24");
	free(want);
}
END_TEST

START_TEST(subnets_widened_are_those_of_their_addresses)
{
	static const char *const addresses[] = {"10.1.2.3", "192.168.44.5", "172.20.1.2", "8.8.8.8", "fd00:1:2:3::4", "fe80::5",
						"::1", "2001:db8::1", "127.0.0.1"};

	for (unsigned i = 0; i < sizeof addresses / sizeof addresses[0]; i++)
		for (unsigned k = 0; k < LENGTHS; k++) {
			struct cidr made, at, widened;
			struct addr a;

			ck_assert_int_eq(addr_parse(&a, addresses[i], NULL), 0);
			made = subnets_of(t.subnets, &a);
			at = subnets_at(t.subnets, &a, lengths[k]);
			widened = subnets_widen(t.subnets, &made, lengths[k]);
			if (made.bits != 0)
				ck_assert(cidr_contains(&at, &a));
			if (at.bits <= made.bits)
				ck_assert_int_eq(memcmp(&at, &widened, sizeof at), 0);
			else
				ck_assert_int_eq(memcmp(&made, &widened, sizeof made), 0);
		}
}
END_TEST

Suite *pairs_suite(void)
{
	Suite *suite = suite_create("pairs");
	TCase *c = tcase_create("pairs");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 120);
	tcase_add_loop_test(c, pairs_of_a_capture_add_up_to_it_at_every_length, 0, 2);
	tcase_add_test(c, pairs_of_wider_subnets_are_sums_and_a_flow_within_one_counts_once);
	tcase_add_test(c, pairs_of_wider_subnets_do_not_leave_their_local_network);
	tcase_add_test(c, pairs_of_wider_subnets_have_the_sparkline_of_all);
	tcase_add_test(c, pairs_of_addresses_are_those_of_the_flows);
	tcase_add_test(c, pairs_of_flows_that_are_gone_stay_with_their_subnet);
	tcase_add_test(c, pairs_that_find_no_room_stay_with_their_subnet);
	tcase_add_test(c, pairs_of_rows_that_were_evicted_are_not_counted_twice);
	tcase_add_test(c, pairs_of_a_filter_are_of_the_matching_flows);
	tcase_add_test(c, pairs_sparklines_go_on_from_pass_to_pass);
	tcase_add_test(c, pairs_that_are_written_are_those_of_the_picture);
	tcase_add_test(c, pairs_before_their_pass_are_the_models_own);
	tcase_add_test(c, subnets_widened_are_those_of_their_addresses);
	suite_add_tcase(suite, c);
	return suite;
}
