/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tui/detail.c: the pages of details, by pictures made up for it.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "dpitop/mem.h"
#include "snapshot/arena.h"
#include "tui/screen.h"

Suite *page_suite(void);

#define SECOND_US INT64_C(1000000)
enum { ROWS = 12 };

static struct bench { /* a test is a process of its own: this is not shared */
	struct tui tui;
	struct row rows[ROWS];
	struct snapshot *next; /* what the feed gives */
	struct want want;
	int64_t now_us;
} b;

static struct snapshot *acquire(void *ctx)
{
	(void)ctx;
	snapshot_ref(b.next);
	return b.next;
}

static void take_want(void *ctx, const struct want *w)
{
	(void)ctx;
	b.want = *w;
}

/* A picture a second later; with details of the row if one is given. */
static struct focus *picture(const struct row *focus)
{
	struct snapshot *s = mem_zalloc(sizeof *s);
	struct list *l = &s->lists[DIM_HOST];

	s->refs = 1;
	s->arena = arena_new();
	s->now_us = b.now_us += SECOND_US;
	s->graph_count = 30;
	l->rows = b.rows;
	l->count = l->matching = l->all = ROWS;
	if (focus != NULL) {
		s->focus = arena_alloc(s->arena, sizeof *s->focus);
		s->focus->dim = DIM_HOST;
		s->focus->id = focus->id;
		s->focus->row = *focus;
		s->focus->filter = "";
		s->focus->found = true;
	}
	snapshot_unref(b.next);
	b.next = s;
	return s->focus;
}

static void setup(void)
{
	static const struct feed_ops ops = {.acquire = acquire, .want = take_want};
	struct tui_options o = {.subject = "test"};
	struct feed feed = {&ops, NULL};

	memset(&b, 0, sizeof b);
	settings_init(&o.settings);
	screen_init(&b.tui, &feed, &o);
	canvas_init(&b.tui.canvas, 80, 24, GLYPHS_ASCII);
	for (int i = 0; i < ROWS; i++) {
		b.rows[i].dim = DIM_HOST;
		b.rows[i].id = (uint64_t)i + 1;
		b.rows[i].label = b.rows[i].label2 = b.rows[i].name = "";
		addr_parse(&b.rows[i].addr[0], "10.0.0.1", NULL);
	}
	b.now_us = 1700000000 * SECOND_US;
	picture(NULL);
	screen_refresh(&b.tui);
	b.tui.view = view_find("hosts");
	pane_settle(&b.tui);
}

static void teardown(void)
{
	screen_release(&b.tui);
	snapshot_unref(b.next);
}

static struct page *open_row(size_t i)
{
	b.tui.mode = MODE_PANE;
	pane_move_to(&b.tui, i);
	detail_open(&b.tui);
	ck_assert_int_eq(b.tui.mode, MODE_DETAIL);
	return detail_page(&b.tui);
}

START_TEST(page_asks_for_its_row_and_the_traffic_of_that)
{
	open_row(3);
	screen_want(&b.tui);
	ck_assert(b.want.focus.on);
	ck_assert_uint_eq(b.want.focus.id, 4);
	ck_assert_str_eq(b.want.focus.filter, "host = 10.0.0.1");
	ck_assert(b.want.focus.lists & DIM_BIT(DIM_APP));
	ck_assert(!(b.want.focus.lists & DIM_BIT(DIM_FLOW)));
}
END_TEST

START_TEST(page_that_is_closed_is_not_asked_for)
{
	open_row(3);
	screen_want(&b.tui);
	detail_back(&b.tui);
	screen_want(&b.tui);
	ck_assert(!b.want.focus.on);
	ck_assert_int_eq(b.tui.mode, MODE_PANE);
}
END_TEST

START_TEST(pages_lie_one_on_another)
{
	open_row(1);
	open_row(2);
	ck_assert_uint_eq(detail_row(&b.tui)->id, 3);
	detail_back(&b.tui);
	ck_assert_int_eq(b.tui.mode, MODE_DETAIL);
	ck_assert_uint_eq(detail_row(&b.tui)->id, 2);
	detail_back(&b.tui);
	ck_assert_ptr_null(detail_page(&b.tui));
}
END_TEST

START_TEST(page_that_finds_no_place_takes_that_of_the_oldest)
{
	for (size_t i = 0; i < PAGES_MAX + 2; i++)
		open_row(i);
	ck_assert_uint_eq(b.tui.page_count, PAGES_MAX);
	ck_assert_uint_eq(b.tui.pages[0].id, 3);
	ck_assert_uint_eq(detail_row(&b.tui)->id, PAGES_MAX + 2);
}
END_TEST

START_TEST(page_shows_the_last_of_a_row_that_is_gone)
{
	struct page *p = open_row(0);
	struct row r = b.rows[0];

	r.flows = 7;
	picture(&r);
	screen_refresh(&b.tui);
	ck_assert(!p->gone);
	ck_assert_uint_eq(detail_row(&b.tui)->flows, 7);
	picture(&r)->found = false;
	screen_refresh(&b.tui);
	ck_assert(p->gone);
	ck_assert_uint_eq(detail_row(&b.tui)->flows, 7);
	picture(&r);
	screen_refresh(&b.tui);
	ck_assert(!p->gone);
}
END_TEST

START_TEST(page_takes_one_sample_of_each_picture)
{
	struct page *p = open_row(0);
	struct row r = b.rows[0];

	ck_assert_uint_eq(p->sample_count, 1);
	r.rate[0] = 100;
	r.rate[1] = 200;
	picture(&r);
	screen_refresh(&b.tui);
	screen_refresh(&b.tui); /* the same again */
	ck_assert_uint_eq(p->sample_count, 2);
	ck_assert_uint_eq(p->samples[1].rate[0], 100);
	ck_assert_uint_eq(p->samples[1].rate[1], 200);
	ck_assert_int_eq(p->samples[1].us - p->samples[0].us, SECOND_US);
}
END_TEST

START_TEST(page_takes_no_sample_of_another_row)
{
	struct page *p = open_row(0);

	picture(&b.rows[5]);
	screen_refresh(&b.tui);
	ck_assert_uint_eq(p->sample_count, 1);
	ck_assert_uint_eq(detail_row(&b.tui)->id, 1);
}
END_TEST

START_TEST(page_knows_no_more_of_the_past_than_the_picture)
{
	struct page *p;

	b.rows[0].first_us = b.now_us - 10 * SECOND_US;
	p = open_row(0);
	ck_assert_int_eq(p->spark_from_us, b.now_us - 10 * SECOND_US);
	b.rows[1].first_us = b.now_us - 100 * SECOND_US;
	p = open_row(1);
	ck_assert_int_eq(p->spark_from_us, b.now_us - 30 * SECOND_US);
}
END_TEST

Suite *page_suite(void)
{
	Suite *s = suite_create("page");
	TCase *t = tcase_create("page");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, page_asks_for_its_row_and_the_traffic_of_that);
	tcase_add_test(t, page_that_is_closed_is_not_asked_for);
	tcase_add_test(t, pages_lie_one_on_another);
	tcase_add_test(t, page_that_finds_no_place_takes_that_of_the_oldest);
	tcase_add_test(t, page_shows_the_last_of_a_row_that_is_gone);
	tcase_add_test(t, page_takes_one_sample_of_each_picture);
	tcase_add_test(t, page_takes_no_sample_of_another_row);
	tcase_add_test(t, page_knows_no_more_of_the_past_than_the_picture);
	suite_add_tcase(s, t);
	return s;
}
