/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * snapshot/select.c, select_key.c, heap.c: the first N of every order, and that the others add up
 * to exactly the difference.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/filter.h"
#include "snapshot/arena.h"
#include "snapshot/select.h"
#include "traffic.h"

Suite *select_suite(void);

enum { CLIENTS = 300 };

static struct traffic t; /* a test is a process of its own: this is not shared */
static struct row_source source;
static struct selection selection;
static struct filter *filter;

/* Many clients with few distinct amounts, so that there are ties. */
static void setup(void)
{
	char client[32];

	traffic_open(&t, NULL);
	traffic_five(&t);
	for (unsigned i = 0; i < CLIENTS; i++) {
		if (i % 3)
			snprintf(client, sizeof client, "10.1.%u.%u", i >> 8, i & 255);
		else
			snprintf(client, sizeof client, "2001:db8::%x", i);
		if (i % 3)
			traffic_flow(&t, client, 2000, "192.0.2.1", (uint16_t)(i % 7 + 80), TCP,
				     100 + i % 5);
		else
			traffic_packet(&t, client, 2000, "2001:db8:1::1", 443, UDP,
				       100 + i % 5);
	}
	traffic_tick(&t);
	row_source_init(&source, &t.in, false, arena_new());
}

static void teardown(void)
{
	selection_release(&selection);
	filter_free(filter);
	arena_free(source.arena);
	row_source_release(&source);
	traffic_close(&t);
}

static void use(enum dim d, const struct want_list *w)
{
	selection_release(&selection);
	select_rows(&selection, &source, d, w);
}

static void hide(const char *text)
{
	filter_free(filter);
	filter = filter_parse(text, NULL);
	ck_assert_ptr_nonnull(filter);
	t.in.filter = filter;
}

static struct row row_at(enum dim d, size_t i)
{
	struct item item;
	struct row r;

	ck_assert_uint_lt(i, selection.count);
	ck_assert(select_item(&source, d, selection.picks[i].cursor, &item));
	select_fill(&source, &r, d, &item);
	return r;
}

static uint64_t bytes_of(const struct flow_counters *c)
{
	return c->bytes[0] + c->bytes[1];
}

static void check_sums(enum dim d)
{
	uint64_t bytes = bytes_of(&selection.rest.total), rows = selection.rest.rows;

	for (size_t i = 0; i < selection.count; i++) {
		struct row r = row_at(d, i);

		bytes += bytes_of(&r.total);
		rows++;
	}
	ck_assert_uint_eq(bytes, bytes_of(&selection.sum.total));
	ck_assert_uint_eq(rows, selection.sum.rows);
}

START_TEST(select_first_rows_are_those_of_the_whole_order)
{
	static uint64_t whole[600];

	for (int d = 0; d < DIM_LIST_COUNT; d++)
		for (size_t i = 0; i < column_count; i++) {
			struct want_list w = {.on = true, .sort = &column_table[i]};
			size_t n;

			if (!(column_table[i].dims & DIM_BIT(d)))
				continue;
			w.ascending = i % 2;
			use((enum dim)d, &w);
			n = selection.count;
			ck_assert_uint_lt(n, 600);
			for (size_t k = 0; k < n; k++)
				whole[k] = row_at((enum dim)d, k).id;
			for (w.top = 1; w.top < n; w.top = w.top * 3 + 2) {
				use((enum dim)d, &w);
				ck_assert_uint_eq(selection.count, w.top);
				for (size_t k = 0; k < w.top; k++)
					ck_assert_msg(row_at((enum dim)d, k).id == whole[k],
						      "%s: %s of top %zu at %zu",
						      dim_info((enum dim)d)->id, column_table[i].id,
						      w.top, k);
			}
			arena_clear(source.arena);
		}
}
END_TEST

START_TEST(select_order_is_that_of_column_compare)
{
	for (int d = 0; d < DIM_LIST_COUNT; d++)
		for (size_t i = 0; i < column_count; i++) {
			const struct column *c = &column_table[i];
			struct want_list w = {.on = true, .sort = c};

			if (!(c->dims & DIM_BIT(d)))
				continue;
			for (int up = 0; up < 2; up++) {
				w.ascending = up;
				use((enum dim)d, &w);
				for (size_t k = 1; k < selection.count; k++) {
					struct row a = row_at((enum dim)d, k - 1);
					struct row b = row_at((enum dim)d, k);
					int order = column_compare(c, &a, &b);

					ck_assert_msg(up ? order < 0 : order > 0,
						      "%s: %s %d at %zu: %s, %s",
						      dim_info((enum dim)d)->id, c->id, up, k,
						      a.label, b.label);
				}
				arena_clear(source.arena);
			}
		}
}
END_TEST

START_TEST(select_rest_is_exactly_the_difference)
{
	for (int d = 0; d < DIM_LIST_COUNT; d++)
		for (size_t top = 0; top < 20; top += 3) {
			struct want_list w = {.on = true, .top = top};

			use((enum dim)d, &w);
			ck_assert_uint_eq(selection.matching, selection.all);
			check_sums((enum dim)d);
			if (top == 0)
				ck_assert_uint_eq(bytes_of(&selection.rest.total), 0);
		}
}
END_TEST

START_TEST(select_by_measures_hides_rows)
{
	struct want_list w = {.on = true};

	hide("bytes > 1k");
	use(DIM_HOST, &w);
	ck_assert_uint_eq(selection.all, model_rows(t.model, DIM_HOST));
	ck_assert_uint_lt(selection.matching, 12);
	ck_assert_uint_gt(selection.matching, 4);
	ck_assert_uint_eq(selection.matching, selection.count);
	for (size_t i = 0; i < selection.count; i++) {
		struct row r = row_at(DIM_HOST, i);

		ck_assert_uint_gt(bytes_of(&r.total), 1000);
	}
	w.top = 2;
	use(DIM_HOST, &w);
	check_sums(DIM_HOST);
}
END_TEST

START_TEST(select_flows_by_traffic_and_measure)
{
	struct want_list w = {.on = true};

	hide("port = 443 and bytes > 1k");
	use(DIM_FLOW, &w);
	ck_assert_uint_eq(selection.count, 2);
	ck_assert_uint_eq(bytes_of(&selection.sum.total), 4200);
	ck_assert_uint_eq(selection.all, 5 + CLIENTS);
}
END_TEST

START_TEST(select_of_a_filter_without_a_pass_is_empty)
{
	struct want_list w = {.on = true};

	hide("port = 443");
	source.model = NULL;
	use(DIM_HOST, &w);
	ck_assert_uint_eq(selection.count, 0);
	ck_assert_uint_eq(selection.sum.rows, 0);
}
END_TEST

START_TEST(select_hosts_by_place_and_version)
{
	struct want_list w = {.on = true, .locality = 1};
	size_t local, remote, v4, v6;

	use(DIM_HOST, &w);
	local = selection.count;
	for (size_t i = 0; i < local; i++)
		ck_assert(row_at(DIM_HOST, i).flags & ROW_LOCAL);
	w.locality = 2;
	use(DIM_HOST, &w);
	remote = selection.count;
	w.locality = 0;
	w.ip_version = 4;
	use(DIM_HOST, &w);
	v4 = selection.count;
	w.ip_version = 6;
	use(DIM_HOST, &w);
	v6 = selection.count;
	ck_assert_uint_eq(v6, CLIENTS / 3 + 1);
	ck_assert_uint_eq(local + remote, v4 + v6);
	ck_assert_uint_eq(v4 + v6, model_rows(t.model, DIM_HOST));
	check_sums(DIM_HOST);
}
END_TEST

START_TEST(select_keeps_the_followed_row_though_it_is_below_the_cut)
{
	struct want_list w = {.on = true};
	uint64_t last, first;

	use(DIM_HOST, &w);
	first = row_at(DIM_HOST, 0).id;
	last = row_at(DIM_HOST, selection.count - 1).id;
	w.top = 5;
	w.keep_id = last;
	use(DIM_HOST, &w);
	ck_assert_uint_eq(selection.count, 6);
	ck_assert_uint_eq(row_at(DIM_HOST, 5).id, last);
	check_sums(DIM_HOST);
	w.keep_id = first;
	use(DIM_HOST, &w);
	ck_assert_uint_eq(selection.count, 5);
	w.keep_id = 12345;
	use(DIM_HOST, &w);
	ck_assert_uint_eq(selection.count, 5);
	hide("bytes > 1k");
	w.keep_id = last;
	use(DIM_HOST, &w);
	ck_assert_uint_eq(selection.count, 5);
}
END_TEST

START_TEST(select_sums_as_rows_say_how_many_there_are)
{
	struct want_list w = {.on = true, .top = 3};
	struct row sum, other;
	char text[32];

	use(DIM_HOST, &w);
	select_sums(&selection, &source, DIM_HOST, &sum, &other);
	ck_assert(sum.flags & ROW_SUM);
	ck_assert(other.flags & ROW_OTHER);
	ck_assert_str_eq(other.label, "(other)");
	snprintf(text, sizeof text, "%zu hosts", model_rows(t.model, DIM_HOST) - 3);
	ck_assert_str_eq(other.label2, text);
	ck_assert(other.share > 0 && other.share < 1 && sum.share > 0.999 && sum.share < 1.001);
	w.top = model_rows(t.model, DIM_HOST) - 1;
	use(DIM_HOST, &w);
	select_sums(&selection, &source, DIM_HOST, &sum, &other);
	ck_assert_str_eq(other.label2, "1 host");
	w.top = 0;
	use(DIM_HOST, &w);
	select_sums(&selection, &source, DIM_HOST, &sum, &other);
	ck_assert(!(other.flags & ROW_OTHER));
	ck_assert_int_eq(sum.first_us, START_US);
}
END_TEST

Suite *select_suite(void)
{
	Suite *s = suite_create("select");
	TCase *c = tcase_create("rows");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, select_first_rows_are_those_of_the_whole_order);
	tcase_add_test(c, select_order_is_that_of_column_compare);
	tcase_add_test(c, select_rest_is_exactly_the_difference);
	tcase_add_test(c, select_by_measures_hides_rows);
	tcase_add_test(c, select_flows_by_traffic_and_measure);
	tcase_add_test(c, select_of_a_filter_without_a_pass_is_empty);
	tcase_add_test(c, select_hosts_by_place_and_version);
	tcase_add_test(c, select_keeps_the_followed_row_though_it_is_below_the_cut);
	tcase_add_test(c, select_sums_as_rows_say_how_many_there_are);
	suite_add_tcase(s, c);
	return s;
}
