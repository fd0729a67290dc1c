/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * snapshot/build.c, select.c: pictures that are built in slices while packets come.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "traffic.h"

Suite *building_suite(void);

enum { FLOWS = 200, TOP = 10 };

static struct traffic t; /* a test is a process of its own: this is not shared */
static struct want want;
static struct snapshot *s;

static void open_with(size_t max_flows)
{
	struct flow_limits limits = {.max_flows = max_flows, .keep_us = SECOND_US};

	traffic_open(&t, &limits);
	for (unsigned i = 0; i < FLOWS; i++)
		traffic_packet(&t, "10.0.0.5", (uint16_t)(1000 + i), "192.0.2.1", 443, UDP, 100 + i);
	traffic_tick(&t);
	memset(&want, 0, sizeof want);
	want.lists[DIM_FLOW] = want.lists[DIM_HOST] = (struct want_list){.on = true, .top = TOP};
}

static void setup(void)
{
	open_with(FLOWS * 4);
}

static void teardown(void)
{
	snapshot_unref(s);
	traffic_close(&t);
}

static uint64_t bytes_of(const struct row *r)
{
	return r->total.bytes[0] + r->total.bytes[1];
}

static uint64_t shown_bytes(const struct list *l)
{
	uint64_t sum = l->other.flags & ROW_OTHER ? bytes_of(&l->other) : 0;

	for (size_t i = 0; i < l->count; i++)
		sum += bytes_of(&l->rows[i]);
	return sum;
}

static uint64_t bytes_of_flows(void)
{
	struct flow_counters other = flow_table_stats(t.flows).other;
	uint64_t sum = other.bytes[0] + other.bytes[1];
	const struct flow *f;

	for (size_t i = 0; (f = flow_table_next(t.flows, &i)) != NULL;)
		sum += f->total.bytes[0] + f->total.bytes[1];
	return sum;
}

/* Slices of `rows` with between() after each. */
static void build_in_slices(size_t rows, void (*between)(unsigned slice))
{
	struct snapshot_building *b = snapshot_begin(&t.in, &want);
	unsigned slices = 0;

	while (!snapshot_step(b, rows)) {
		between(slices++);
		ck_assert_uint_lt(slices, 1000);
	}
	ck_assert_uint_gt(slices, 0);
	s = snapshot_finish(b);
}

static void nothing(unsigned slice)
{
	(void)slice;
}

/* The flow that is on top gets a packet, and so does one that is not looked at yet. */
static void packets(unsigned slice)
{
	(void)slice;
	traffic_packet(&t, "10.0.0.5", 1000 + FLOWS - 1, "192.0.2.1", 443, UDP, 1000);
	traffic_packet(&t, "10.0.0.5", 1000, "192.0.2.1", 443, UDP, 10);
}

static void new_flows(unsigned slice)
{
	for (unsigned i = 0; i < 5; i++)
		traffic_packet(&t, "10.0.0.9", (uint16_t)(5000 + slice * 5 + i), "192.0.2.9", 80, UDP, 50);
}

START_TEST(building_in_slices_gives_the_picture_that_is_built_at_once)
{
	struct snapshot *once = snapshot_build(&t.in, &want);
	const struct list *a = &once->lists[DIM_FLOW], *b;

	build_in_slices(7, nothing);
	b = &s->lists[DIM_FLOW];
	ck_assert_uint_eq(a->count, TOP);
	ck_assert_uint_eq(b->count, TOP);
	for (size_t i = 0; i < TOP; i++)
		ck_assert_uint_eq(a->rows[i].id, b->rows[i].id);
	ck_assert_uint_eq(bytes_of(&a->sum), bytes_of(&b->sum));
	ck_assert_uint_eq(bytes_of(&a->other), bytes_of(&b->other));
	ck_assert_str_eq(a->other.label2, b->other.label2);
	ck_assert_uint_eq(s->lists[DIM_HOST].count, once->lists[DIM_HOST].count);
	snapshot_unref(once);
}
END_TEST

START_TEST(building_adds_up_while_flows_move_between_slices)
{
	const struct list *l;

	build_in_slices(7, packets);
	l = &s->lists[DIM_FLOW];
	ck_assert_uint_eq(l->rows[0].port[0], 1000 + FLOWS - 1);
	ck_assert_uint_eq(shown_bytes(l), bytes_of(&l->sum));
	ck_assert_uint_ge(bytes_of(&l->sum), FLOWS * 100);
	ck_assert_uint_le(bytes_of(&l->sum), bytes_of_flows());
	ck_assert_uint_eq(l->sum.flows, FLOWS);
}
END_TEST

START_TEST(building_is_exact_while_flows_are_pushed_out_between_slices)
{
	const struct list *l;

	teardown();
	s = NULL;
	open_with(FLOWS + 3); /* full after the first slice */
	build_in_slices(7, new_flows);
	l = &s->lists[DIM_FLOW];
	ck_assert_uint_gt(flow_table_stats(t.flows).evicted, 0);
	ck_assert_uint_eq(shown_bytes(l), bytes_of(&l->sum));
	ck_assert_uint_eq(bytes_of(&l->sum), bytes_of_flows());
}
END_TEST

START_TEST(building_keeps_the_row_that_is_followed)
{
	const struct list *l;

	want.lists[DIM_FLOW].keep_id = flow_table_next(t.flows, &(size_t){0})->id;
	build_in_slices(7, packets);
	l = &s->lists[DIM_FLOW];
	ck_assert_uint_eq(l->count, TOP + 1);
	ck_assert_uint_eq(l->rows[TOP].id, want.lists[DIM_FLOW].keep_id);
	ck_assert_uint_eq(shown_bytes(l), bytes_of(&l->sum));
}
END_TEST

START_TEST(building_can_be_given_up_at_any_slice)
{
	for (unsigned slices = 0; slices < 40; slices++) {
		struct snapshot_building *b = snapshot_begin(&t.in, &want);

		for (unsigned i = 0; i < slices; i++)
			snapshot_step(b, 7);
		snapshot_abandon(b);
	}
	snapshot_abandon(NULL);
}
END_TEST

Suite *building_suite(void)
{
	Suite *suite = suite_create("building");
	TCase *c = tcase_create("building");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, building_in_slices_gives_the_picture_that_is_built_at_once);
	tcase_add_test(c, building_adds_up_while_flows_move_between_slices);
	tcase_add_test(c, building_is_exact_while_flows_are_pushed_out_between_slices);
	tcase_add_test(c, building_keeps_the_row_that_is_followed);
	tcase_add_test(c, building_can_be_given_up_at_any_slice);
	suite_add_tcase(suite, c);
	return suite;
}
