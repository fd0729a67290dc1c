/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * snapshot/build.c, conserve.c: pictures that stand on their own.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/filter.h"
#include "dpitop/regroup.h"
#include "traffic.h"

Suite *build_suite(void);

static struct traffic t; /* a test is a process of its own: this is not shared */
static struct want want;
static struct snapshot *s;

static void setup(void)
{
	traffic_open(&t, NULL);
	traffic_five(&t);
	memset(&want, 0, sizeof want);
	for (int d = 0; d < DIM_LIST_COUNT; d++)
		want.lists[d] = (struct want_list){.on = true, .top = 100};
}

static void teardown(void)
{
	snapshot_unref(s);
	traffic_close(&t);
}

static void build(void)
{
	snapshot_unref(s);
	s = snapshot_build(&t.in, &want);
}

static uint64_t bytes_of(const struct row *r)
{
	return r->total.bytes[0] + r->total.bytes[1];
}

START_TEST(snapshot_outlives_what_it_was_built_from)
{
	build();
	traffic_close(&t);
	ck_assert_uint_eq(s->lists[DIM_HOST].count, 6);
	ck_assert_str_eq(s->lists[DIM_HOST].rows[0].label, "10.0.0.5");
	ck_assert_str_eq(s->lists[DIM_FLOW].rows[0].site, "www.example.org");
	traffic_open(&t, NULL);
}
END_TEST

START_TEST(snapshot_has_only_the_lists_that_are_wanted)
{
	memset(want.lists, 0, sizeof want.lists);
	want.lists[DIM_L4].on = true;
	build();
	for (int d = 0; d < DIM_LIST_COUNT; d++) {
		ck_assert_uint_eq(s->lists[d].count, d == DIM_L4 ? 2 : 0);
		ck_assert_int_eq(s->lists[d].dim, d);
		ck_assert_int_eq(s->lists[d].sum.dim, d);
	}
	ck_assert_ptr_null(s->lists[DIM_HOST].rows);
}
END_TEST

START_TEST(snapshot_totals_rates_and_gauges_are_those_of_the_model)
{
	t.in.rate_flows = 5;
	build();
	ck_assert_uint_eq(s->totals.bytes, 5520);
	ck_assert_uint_eq(s->totals.packets, 10);
	ck_assert_uint_eq(s->filtered.bytes, 5520);
	ck_assert_uint_eq(s->rate_packets, 10);
	ck_assert_uint_eq(s->rate_flows, 5);
	ck_assert_uint_eq(s->graph_count, 1);
	ck_assert_uint_eq(s->graph[0][0] + s->graph[0][1], 5520);
	ck_assert_uint_eq(s->rate_in + s->rate_out, 5520);
	ck_assert_uint_eq(s->flows_gauge.used, 5);
	ck_assert_uint_gt(s->flows_gauge.max, 5);
	ck_assert_uint_eq(s->hosts_gauge.used, 6);
	ck_assert_int_eq(s->now_us, t.now_us);
	ck_assert(s->geo_countries && !s->geo_as && s->geo_text[0] != '\0');
	ck_assert_str_ne(s->dpi_version, "");
	ck_assert_uint_eq(s->source_count, 1);
}
END_TEST

START_TEST(snapshot_every_list_that_parts_traffic_adds_up_to_it)
{
	for (size_t top = 0; top < 4; top++) {
		for (int d = 0; d < DIM_LIST_COUNT; d++)
			want.lists[d].top = top;
		build();
		for (int d = 0; d < DIM_LIST_COUNT; d++) {
			const struct list *l = &s->lists[d];
			uint64_t sum = l->other.flags & ROW_OTHER ? bytes_of(&l->other) : 0;
			double share = l->other.share;

			for (size_t i = 0; i < l->count; i++) {
				sum += bytes_of(&l->rows[i]);
				share += l->rows[i].share;
			}
			ck_assert_uint_eq(sum, bytes_of(&l->sum));
			if (l->all > 0)
				ck_assert_msg(share > 0.999 && share < 1.001, "%s: %f",
					      dim_info((enum dim)d)->id, share);
			if (dim_info((enum dim)d)->partition)
				ck_assert_msg(sum == 5520u * (1 + dim_info((enum dim)d)->both_ends),
					      "%s: %lu", dim_info((enum dim)d)->id, (unsigned long)sum);
		}
	}
}
END_TEST

START_TEST(snapshot_drops_are_all_kinds_of_all_sources)
{
	t.source.dropped = 3;
	t.source.if_dropped = 4;
	build();
	ck_assert_uint_eq(s->drops, 7);
	ck_assert_str_eq(s->sources[0].name, "eth0");
}
END_TEST

START_TEST(snapshot_conservation_is_told_at_the_end)
{
	build();
	ck_assert(!s->conservation_checked);
	traffic_end(&t);
	build();
	ck_assert(s->final && s->conservation_checked);
	ck_assert(s->conservation.l4 && s->conservation.l7 && s->conservation.hosts &&
		  s->conservation.flows && s->conservation.matrix);
	model_count(t.model, 1, 100, 0, t.now_us, t.now_us); /* a frame nobody booked */
	build();
	ck_assert(!s->conservation.l4 && !s->conservation.flows);
}
END_TEST

START_TEST(snapshot_under_a_filter_has_the_matching_traffic_beside_the_whole)
{
	struct filter *f = filter_parse("app = TLS and bytes > 2k", NULL);
	struct filter_context c = {.dpi = t.in.dpi, .model = t.model, .subnets = t.subnets};
	struct regroup *r = regroup_new(&t.options, f, &c);

	t.in.filter = f;
	build();
	ck_assert_uint_eq(s->lists[DIM_HOST].count, 0); /* no pass yet */
	regroup_begin(r, t.now_us, SECOND_US);
	regroup_step(r, t.flows, 0);
	t.in.filtered = regroup_model(r);
	build();
	ck_assert_uint_eq(s->totals.bytes, 5520);
	ck_assert_uint_eq(s->filtered.bytes, 4200);
	ck_assert_str_eq(s->filter_text, "app = TLS and bytes > 2k");
	ck_assert_uint_eq(s->lists[DIM_HOST].all, 6);
	ck_assert_uint_eq(s->lists[DIM_HOST].count, 2); /* 4200 and 3000 */
	ck_assert_uint_eq(s->lists[DIM_FLOW].count, 1);
	ck_assert_uint_eq(s->lists[DIM_FLOW].all, 5);
	ck_assert_str_eq(s->lists[DIM_HOST].rows[1].country, "US");
	regroup_free(r);
	filter_free(f);
}
END_TEST

START_TEST(snapshot_references_keep_it)
{
	struct snapshot *same;

	build();
	same = s;
	snapshot_ref(same);
	snapshot_unref(s);
	s = NULL;
	ck_assert_uint_eq(same->lists[DIM_HOST].count, 6);
	snapshot_unref(same);
	snapshot_unref(NULL);
}
END_TEST

START_TEST(snapshot_of_nothing_is_whole)
{
	teardown();
	s = NULL;
	traffic_open(&t, NULL);
	build();
	ck_assert_uint_eq(s->totals.packets, 0);
	for (int d = 0; d < DIM_LIST_COUNT; d++) {
		ck_assert_uint_eq(s->lists[d].count, 0);
		ck_assert(!(s->lists[d].other.flags & ROW_OTHER));
	}
}
END_TEST

START_TEST(snapshot_evicted_flows_are_in_other)
{
	struct flow_limits few = {.max_flows = 10, .keep_us = SECOND_US};
	const struct list *l;

	teardown();
	s = NULL;
	traffic_open(&t, &few);
	for (unsigned i = 0; i < 50; i++)
		traffic_packet(&t, "10.0.0.5", (uint16_t)(1000 + i), "192.0.2.1", 443, UDP, 100);
	traffic_tick(&t);
	build();
	l = &s->lists[DIM_FLOW];
	ck_assert_uint_le(l->count, 10);
	ck_assert(l->other.flags & ROW_OTHER);
	ck_assert_uint_eq(bytes_of(&l->sum), 5000);
	ck_assert_uint_eq(l->sum.flows, 50);
	ck_assert_uint_eq(bytes_of(&l->other), 5000 - 100 * l->count);
	ck_assert_uint_gt(s->flows_gauge.evicted, 0);
}
END_TEST

Suite *build_suite(void)
{
	Suite *suite = suite_create("build");
	TCase *c = tcase_create("pictures");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, snapshot_outlives_what_it_was_built_from);
	tcase_add_test(c, snapshot_has_only_the_lists_that_are_wanted);
	tcase_add_test(c, snapshot_totals_rates_and_gauges_are_those_of_the_model);
	tcase_add_test(c, snapshot_every_list_that_parts_traffic_adds_up_to_it);
	tcase_add_test(c, snapshot_drops_are_all_kinds_of_all_sources);
	tcase_add_test(c, snapshot_conservation_is_told_at_the_end);
	tcase_add_test(c, snapshot_under_a_filter_has_the_matching_traffic_beside_the_whole);
	tcase_add_test(c, snapshot_references_keep_it);
	tcase_add_test(c, snapshot_of_nothing_is_whole);
	tcase_add_test(c, snapshot_evicted_flows_are_in_other);
	suite_add_tcase(suite, c);
	return suite;
}
