/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The focus of a picture: one row, and the lists made of its flows alone, beside what the pane shows;
 * by the engine, inline and on its thread.
 */
#include "config.h"

#include <check.h>
#include <string.h>
#include <unistd.h>

#include "dpitop/column.h"
#include "dpitop/engine.h"
#include "dpitop/filter.h"

Suite *focus_suite(void);

static struct bench { /* a test is a process of its own: this is not shared */
	struct engine *engine;
	struct want want;
} b;

static void setup(void)
{
	static const struct engine_source file = {"file", "contrib/demo.pcap"};
	struct engine_options o = {.sources = &file, .source_count = 1, .decap = true, .dpi = true,
				   .keep_ended = true, .seed = 1, .geoip = GOLDEN "/geo",
				   .wake_fd = -1};
	struct error e = {.code = ERR_NONE};

	memset(&b, 0, sizeof b);
	ck_assert_int_eq(chdir(SOURCE_TREE), 0);
	b.engine = engine_open(&o, &e);
	ck_assert_msg(b.engine != NULL, "%s", e.text);
	b.want.lists[DIM_HOST].on = b.want.lists[DIM_APP].on = b.want.lists[DIM_FLOW].on = true;
}

static void teardown(void)
{
	engine_close(b.engine);
}

static void read_all(void)
{
	ck_assert_int_eq(engine_run(b.engine, NULL, NULL, NULL, NULL), 0);
}

static void focus_on(const struct row *r)
{
	struct want_focus *w = &b.want.focus;

	*w = (struct want_focus){.on = true, .dim = (enum dim)r->dim, .id = r->id, .key = r->key,
				 .lists = ~UINT64_C(0)};
	filter_of_row(r, w->filter, sizeof w->filter);
}

static const struct row *row_of(const struct snapshot *s, enum dim d, const char *label)
{
	for (size_t i = 0; i < s->lists[d].count; i++)
		if (strcmp(s->lists[d].rows[i].label, label) == 0)
			return &s->lists[d].rows[i];
	ck_abort_msg("no row '%s'", label);
	return NULL;
}

/* A focus on the row of this name, as a picture of all traffic (or what the pane's filter leaves) has it. */
static struct snapshot *focused(enum dim d, const char *label)
{
	struct snapshot *s = engine_picture(b.engine, &b.want);

	focus_on(row_of(s, d, label));
	snapshot_unref(s);
	return engine_picture(b.engine, &b.want);
}

static void expect_same_counters(const struct row *a, const struct row *b_)
{
	ck_assert_int_eq(memcmp(&a->total, &b_->total, sizeof a->total), 0);
	ck_assert_uint_eq(a->flows, b_->flows);
	ck_assert_uint_eq(a->live_flows, b_->live_flows);
}

static void expect_same_list(const struct list *a, const struct list *b_)
{
	ck_assert_uint_eq(a->count, b_->count);
	ck_assert_uint_eq(a->matching, b_->matching);
	ck_assert_uint_eq(a->all, b_->all);
	expect_same_counters(&a->sum, &b_->sum);
	expect_same_counters(&a->other, &b_->other);
	for (size_t i = 0; i < a->count; i++) {
		ck_assert_uint_eq(a->rows[i].id, b_->rows[i].id);
		ck_assert_str_eq(a->rows[i].label, b_->rows[i].label);
		expect_same_counters(&a->rows[i], &b_->rows[i]);
	}
}

/* The focus is what a picture under this filter alone has. */
static void expect_filter(const struct snapshot *s, const char *filter)
{
	struct want alone = {.names = false};
	struct snapshot *same;

	for (int d = 0; d < DIM_LIST_COUNT; d++)
		alone.lists[d].on = true;
	strcpy(alone.filter, filter);
	same = engine_picture(b.engine, &alone);
	ck_assert(s->focus->counted);
	ck_assert_uint_gt(same->filtered.bytes, 0);
	ck_assert_int_eq(memcmp(&s->focus->totals, &same->filtered, sizeof same->filtered), 0);
	for (int d = 0; d < DIM_LIST_COUNT; d++)
		expect_same_list(&s->focus->lists[d], &same->lists[d]);
	snapshot_unref(same);
}

START_TEST(focus_on_a_host_has_what_the_filter_on_it_gives)
{
	struct snapshot *s;

	read_all();
	s = focused(DIM_HOST, "192.168.1.40");
	ck_assert(s->focus->found);
	ck_assert_str_eq(s->focus->row.label, "192.168.1.40");
	ck_assert_uint_gt(s->focus->lists[DIM_HOST].count, 2);
	expect_filter(s, "host = 192.168.1.40");
	snapshot_unref(s);
}
END_TEST

START_TEST(focus_on_an_application_has_what_the_filter_on_it_gives)
{
	struct snapshot *s;

	read_all();
	s = focused(DIM_APP, "BitTorrent");
	expect_filter(s, "app = BitTorrent");
	snapshot_unref(s);
}
END_TEST

START_TEST(focus_leaves_the_pane_as_it_is)
{
	struct snapshot *before, *s;

	read_all();
	before = engine_picture(b.engine, &b.want);
	s = focused(DIM_APP, "BitTorrent");
	ck_assert_str_eq(s->filter_text, "");
	expect_same_list(&s->lists[DIM_HOST], &before->lists[DIM_HOST]);
	expect_same_list(&s->lists[DIM_FLOW], &before->lists[DIM_FLOW]);
	ck_assert_int_eq(memcmp(&s->filtered, &before->filtered, sizeof s->filtered), 0);
	snapshot_unref(before);
	snapshot_unref(s);
}
END_TEST

START_TEST(focus_lies_within_the_filter_of_the_pane)
{
	struct snapshot *s;

	read_all();
	strcpy(b.want.filter, "app = BitTorrent or port = 443");
	s = focused(DIM_HOST, "192.168.1.40");
	ck_assert_str_eq(s->filter_text, "app = BitTorrent or port = 443");
	expect_same_counters(&s->focus->row, row_of(s, DIM_HOST, "192.168.1.40"));
	expect_filter(s, "(app = BitTorrent or port = 443) and (host = 192.168.1.40)");
	snapshot_unref(s);
}
END_TEST

START_TEST(focus_row_is_there_when_its_list_hides_it)
{
	struct snapshot *s;

	read_all();
	snapshot_unref(focused(DIM_HOST, "192.168.1.40"));
	b.want.lists[DIM_HOST].locality = 2;
	s = engine_picture(b.engine, &b.want);
	ck_assert(s->focus->found);
	ck_assert_str_eq(s->focus->row.label, "192.168.1.40");
	snapshot_unref(s);
}
END_TEST

START_TEST(focus_row_that_is_not_there_is_not_found)
{
	struct snapshot *s;

	read_all();
	snapshot_unref(focused(DIM_HOST, "192.168.1.40"));
	memset(&b.want.focus.key, 0xff, sizeof b.want.focus.key);
	s = engine_picture(b.engine, &b.want);
	ck_assert(!s->focus->found);
	ck_assert(s->focus->counted);
	snapshot_unref(s);
}
END_TEST

START_TEST(focus_without_a_filter_is_the_row_alone)
{
	struct snapshot *s;

	read_all();
	snapshot_unref(focused(DIM_HOST, "192.168.1.40"));
	b.want.focus.filter[0] = '\0';
	s = engine_picture(b.engine, &b.want);
	ck_assert(s->focus->found);
	ck_assert(!s->focus->counted);
	ck_assert_uint_eq(s->focus->lists[DIM_HOST].count, 0);
	snapshot_unref(s);
}
END_TEST

START_TEST(focus_that_is_not_wanted_is_none)
{
	struct snapshot *s;

	read_all();
	snapshot_unref(focused(DIM_HOST, "192.168.1.40"));
	b.want.focus.on = false;
	s = engine_picture(b.engine, &b.want);
	ck_assert_ptr_null(s->focus);
	snapshot_unref(s);
}
END_TEST

/* ---- on a thread ---- */

/* Wait until the newest picture satisfies `is`, at most five seconds. */
static struct snapshot *wait_for(bool (*is)(const struct snapshot *s))
{
	for (int i = 0; i < 500; i++) {
		struct snapshot *s = engine_newest(b.engine);

		if (s != NULL && is(s))
			return s;
		snapshot_unref(s);
		usleep(10000);
	}
	ck_abort_msg("the picture did not come");
	return NULL;
}

static bool is_final(const struct snapshot *s)
{
	return s->final && s->lists[DIM_HOST].count > 0;
}

static bool has_focus(const struct snapshot *s)
{
	return s->focus != NULL && s->focus->counted;
}

static bool has_other_focus(const struct snapshot *s)
{
	return has_focus(s) && s->focus->dim == DIM_APP && strstr(s->focus->filter, "app") != NULL;
}

static bool has_none(const struct snapshot *s)
{
	return s->focus == NULL;
}

START_TEST(focus_on_a_thread_comes_changes_and_goes)
{
	struct snapshot *s;

	ck_assert_int_eq(engine_start(b.engine, &b.want, NULL, NULL, NULL), 0);
	s = wait_for(is_final);
	focus_on(row_of(s, DIM_HOST, "192.168.1.40"));
	engine_want(b.engine, &b.want);
	snapshot_unref(s);
	s = wait_for(has_focus);
	ck_assert_str_eq(s->focus->row.label, "192.168.1.40");
	ck_assert_uint_eq(s->focus->totals.bytes,
			  s->focus->row.total.bytes[0] + s->focus->row.total.bytes[1]);
	focus_on(row_of(s, DIM_APP, "BitTorrent"));
	engine_want(b.engine, &b.want);
	snapshot_unref(s);
	s = wait_for(has_other_focus);
	ck_assert_str_eq(s->focus->row.label, "BitTorrent");
	snapshot_unref(s);
	b.want.focus.on = false;
	engine_want(b.engine, &b.want);
	snapshot_unref(wait_for(has_none));
	ck_assert_int_eq(engine_stop(b.engine, NULL), 0);
}
END_TEST

Suite *focus_suite(void)
{
	Suite *s = suite_create("focus");
	TCase *t = tcase_create("focus");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 20);
	tcase_add_test(t, focus_on_a_host_has_what_the_filter_on_it_gives);
	tcase_add_test(t, focus_on_an_application_has_what_the_filter_on_it_gives);
	tcase_add_test(t, focus_leaves_the_pane_as_it_is);
	tcase_add_test(t, focus_lies_within_the_filter_of_the_pane);
	tcase_add_test(t, focus_row_is_there_when_its_list_hides_it);
	tcase_add_test(t, focus_row_that_is_not_there_is_not_found);
	tcase_add_test(t, focus_without_a_filter_is_the_row_alone);
	tcase_add_test(t, focus_that_is_not_wanted_is_none);
	tcase_add_test(t, focus_on_a_thread_comes_changes_and_goes);
	suite_add_tcase(s, t);
	return s;
}
