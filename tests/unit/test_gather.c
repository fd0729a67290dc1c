/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * snapshot/gather.c: all rows of a list, in slices, are the rows of a picture that has them all.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "dpitop/column.h"
#include "dpitop/filter.h"
#include "dpitop/gather.h"
#include "dpitop/mem.h"
#include "traffic.h"

Suite *gather_suite(void);

static struct traffic t; /* a test is a process of its own: this is not shared */

static void setup(void)
{
	traffic_open(&t, NULL);
	traffic_five(&t);
}

static void teardown(void)
{
	traffic_close(&t);
}

static struct snapshot *gather(enum dim d, const struct want_list *w, size_t budget)
{
	struct gather *g = gather_new(&t.in, false, d, w);
	struct snapshot *s;

	while (!gather_step(g, budget))
		;
	s = gather_finish(g, true);
	gather_sort(s, d, w);
	return s;
}

static void expect_same(const struct list *a, const struct list *b)
{
	ck_assert_uint_eq(a->count, b->count);
	ck_assert_uint_eq(a->matching, b->matching);
	ck_assert_uint_eq(a->all, b->all);
	ck_assert_uint_eq(a->other.flags & ROW_OTHER, b->other.flags & ROW_OTHER);
	ck_assert_mem_eq(&a->sum.total, &b->sum.total, sizeof a->sum.total);
	ck_assert_mem_eq(&a->other.total, &b->other.total, sizeof a->other.total);
	for (size_t i = 0; i < a->count; i++) {
		ck_assert_uint_eq(a->rows[i].id, b->rows[i].id);
		ck_assert_str_eq(a->rows[i].label, b->rows[i].label);
		ck_assert(a->rows[i].share == b->rows[i].share);
		ck_assert_mem_eq(&a->rows[i].total, &b->rows[i].total, sizeof a->rows[i].total);
	}
}

static void compare(enum dim d, struct want_list w, size_t budget)
{
	struct want *want = mem_zalloc(sizeof *want);
	struct snapshot *picture, *gathered = gather(d, &w, budget);

	want->lists[d] = w;
	want->lists[d].on = true;
	picture = snapshot_build(&t.in, want);
	expect_same(&gathered->lists[d], &picture->lists[d]);
	snapshot_unref(picture);
	snapshot_unref(gathered);
	mem_free(want);
}

START_TEST(gathered_rows_are_those_of_a_picture_in_its_order)
{
	for (int d = 0; d < DIM_LIST_COUNT; d++)
		for (size_t i = 0; i < column_count; i++) {
			if (!(column_table[i].dims & DIM_BIT(d)))
				continue;
			compare((enum dim)d, (struct want_list){.sort = &column_table[i]}, 0);
			compare((enum dim)d, (struct want_list){.sort = &column_table[i], .ascending = true}, 0);
		}
}
END_TEST

START_TEST(rows_gathered_one_by_one_are_the_same)
{
	for (int d = 0; d < DIM_LIST_COUNT; d++)
		compare((enum dim)d, (struct want_list){.on = true}, 1);
}
END_TEST

START_TEST(hidden_rows_are_not_gathered)
{
	struct filter *f = filter_parse("bytes > 1k", NULL);

	compare(DIM_HOST, (struct want_list){.locality = 1}, 1);
	compare(DIM_HOST, (struct want_list){.ip_version = 6}, 1);
	t.in.filter = f;
	compare(DIM_HOST, (struct want_list){.on = true}, 1);
	compare(DIM_FLOW, (struct want_list){.on = true}, 1);
	t.in.filter = NULL;
	filter_free(f);
}
END_TEST

START_TEST(list_with_hidden_rows_is_called_partial)
{
	struct want_list all = {.on = true}, local = {.locality = 1};
	struct snapshot *whole = gather(DIM_HOST, &all, 0), *part = gather(DIM_HOST, &local, 0);

	ck_assert(!whole->lists[DIM_HOST].partial);
	ck_assert(part->lists[DIM_HOST].partial);
	snapshot_unref(whole);
	snapshot_unref(part);
}
END_TEST

START_TEST(what_is_booked_meanwhile_keeps_rows_and_rest_exact)
{
	struct want_list w = {.on = true};
	struct gather *g = gather_new(&t.in, false, DIM_FLOW, &w);
	const struct list *l;
	struct snapshot *s;
	uint64_t bytes = 0;

	gather_step(g, 2);
	traffic_flow(&t, "10.0.0.5", 1001, "192.0.2.1", 443, TCP, 5000); /* a row that was taken */
	traffic_flow(&t, "10.0.0.9", 1, "192.0.2.9", 2, UDP, 70);        /* one that is new */
	while (!gather_step(g, 1))
		;
	s = gather_finish(g, false);
	l = &s->lists[DIM_FLOW];
	for (size_t i = 0; i < l->count; i++)
		bytes += l->rows[i].total.bytes[0] + l->rows[i].total.bytes[1];
	bytes += l->other.total.bytes[0] + l->other.total.bytes[1];
	ck_assert_uint_eq(bytes, l->sum.total.bytes[0] + l->sum.total.bytes[1]);
	ck_assert_uint_eq(l->count, 5);
	ck_assert(l->other.flags & ROW_OTHER); /* the new one */
	ck_assert(l->partial);
	snapshot_unref(s);
}
END_TEST

START_TEST(gathering_can_be_given_up)
{
	struct want_list w = {.on = true};
	struct gather *g = gather_new(&t.in, false, DIM_HOST, &w);

	gather_step(g, 1);
	gather_free(g);
	gather_free(NULL);
}
END_TEST

Suite *gather_suite(void)
{
	Suite *s = suite_create("gather");
	TCase *c = tcase_create("rows");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, gathered_rows_are_those_of_a_picture_in_its_order);
	tcase_add_test(c, rows_gathered_one_by_one_are_the_same);
	tcase_add_test(c, hidden_rows_are_not_gathered);
	tcase_add_test(c, list_with_hidden_rows_is_called_partial);
	tcase_add_test(c, what_is_booked_meanwhile_keeps_rows_and_rest_exact);
	tcase_add_test(c, gathering_can_be_given_up);
	suite_add_tcase(s, c);
	return s;
}
