/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * snapshot/walk.c: the rows of a list one at a time are those of a picture.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "dpitop/column.h"
#include "dpitop/filter.h"
#include "traffic.h"

Suite *walk_suite(void);

static struct traffic t; /* a test is a process of its own: this is not shared */

struct walk {
	const struct list *list; /* what is expected; NULL: count only */
	size_t rows, stop_at;
	uint64_t bytes;
	bool other;
};

static void setup(void)
{
	traffic_open(&t, NULL);
	traffic_five(&t);
}

static void teardown(void)
{
	traffic_close(&t);
}

static int each(void *ctx, const struct row *r)
{
	struct walk *w = ctx;

	ck_assert(!w->other); /* the row of all others is the last */
	w->other = r->flags & ROW_OTHER;
	w->bytes += r->total.bytes[0] + r->total.bytes[1];
	if (!w->other && w->list != NULL) {
		const struct row *same = &w->list->rows[w->rows];

		ck_assert_uint_lt(w->rows, w->list->count);
		ck_assert_str_eq(r->label, same->label);
		ck_assert_str_eq(r->label2, same->label2);
		ck_assert_str_eq(r->app, same->app);
		ck_assert_uint_eq(r->id, same->id);
		ck_assert(r->share == same->share);
		ck_assert_mem_eq(&r->total, &same->total, sizeof r->total);
	}
	w->rows++;
	return w->stop_at != 0 && w->rows == w->stop_at ? 7 : 0;
}

START_TEST(walk_gives_the_rows_of_a_picture_in_its_order)
{
	for (int d = 0; d < DIM_LIST_COUNT; d++)
		for (size_t top = 0; top < 5; top += 2)
			for (int up = 0; up < 2; up++) {
				struct want want = {.names = false};
				struct want_list *l = &want.lists[d];
				struct snapshot *s;
				struct walk w = {.rows = 0};

				*l = (struct want_list){.on = true, .top = top, .ascending = up};
				l->sort = column_default_sort((enum dim)d);
				s = snapshot_build(&t.in, &want);
				w.list = &s->lists[d];
				ck_assert_int_eq(snapshot_walk(&t.in, (enum dim)d, l, each, &w), 0);
				ck_assert_uint_eq(w.rows, w.list->count + w.other);
				ck_assert_int_eq(w.other, (w.list->other.flags & ROW_OTHER) != 0);
				ck_assert_uint_eq(w.bytes, w.list->sum.total.bytes[0] +
								   w.list->sum.total.bytes[1]);
				snapshot_unref(s);
			}
}
END_TEST

START_TEST(walk_stops_when_it_is_told_to)
{
	struct want_list l = {.on = true};
	struct walk w = {.stop_at = 3};

	ck_assert_int_eq(snapshot_walk(&t.in, DIM_HOST, &l, each, &w), 7);
	ck_assert_uint_eq(w.rows, 3);
	w = (struct walk){.stop_at = 3};
	l.top = 2; /* the third is the row of all others */
	ck_assert_int_eq(snapshot_walk(&t.in, DIM_HOST, &l, each, &w), 7);
	ck_assert(w.other);
}
END_TEST

START_TEST(walk_of_a_filter_gives_what_matches)
{
	struct want_list l = {.on = true};
	struct walk w = {.rows = 0};
	struct filter *f = filter_parse("port = 443", NULL);

	t.in.filter = f;
	ck_assert_int_eq(snapshot_walk(&t.in, DIM_FLOW, &l, each, &w), 0);
	ck_assert_uint_eq(w.rows, 2);
	ck_assert_uint_eq(w.bytes, 4200);
	w = (struct walk){.rows = 0};
	ck_assert_int_eq(snapshot_walk(&t.in, DIM_HOST, &l, each, &w), 0); /* no pass yet */
	ck_assert_uint_eq(w.rows, 0);
	filter_free(f);
}
END_TEST

Suite *walk_suite(void)
{
	Suite *s = suite_create("walk");
	TCase *c = tcase_create("rows");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, walk_gives_the_rows_of_a_picture_in_its_order);
	tcase_add_test(c, walk_stops_when_it_is_told_to);
	tcase_add_test(c, walk_of_a_filter_gives_what_matches);
	suite_add_tcase(s, c);
	return s;
}
