/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * snapshot/column.c, column_text.c, column_fit.c: THE column table is sound; finding, comparing and
 * writing values; what fits a width.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/column.h"
#include "dpitop/text.h"
#include "snapshot/row_fill.h"

START_TEST(columns_fit_keeps_the_sorted_column_whatever_it_is)
{
	const struct column *peak = column_find(DIM_HOST, "peak"), *score = column_find(DIM_HOST, "score");
	struct column_fit fit[64];
	size_t n = columns_fit(DIM_HOST, NULL, peak, 40, fit, 64);
	bool has_peak = false, has_score = false;

	for (size_t i = 0; i < n; i++) {
		has_peak |= fit[i].column == peak;
		has_score |= fit[i].column == score;
	}
	ck_assert(has_peak);
	ck_assert(!has_score);
}
END_TEST

Suite *column_suite(void);

static struct row a, b;

static void setup(void)
{
	a = b = row_empty;
	a.dim = b.dim = DIM_HOST;
}

static const char *text(enum dim d, const char *id, const struct row *r)
{
	static char buf[256]; /* a test is a process of its own */
	const struct column *c = column_find(d, id);

	ck_assert_msg(c != NULL, "no column '%s'", id);
	return column_text(c, r, 0, false, buf, sizeof buf);
}

/* ---- the table ---- */

START_TEST(column_lines_are_whole)
{
	for (size_t i = 0; i < column_count; i++) {
		const struct column *c = &column_table[i];

		ck_assert_msg(c->id[strspn(c->id, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0', "%s",
			      c->id);
		ck_assert_msg(c->title[0] != '\0' && c->get != NULL && c->dims != 0, "%s", c->id);
		ck_assert_msg(c->help[strlen(c->help) - 1] == '.' || strchr(c->help, '?') != NULL, "%s",
			      c->id);
		ck_assert_msg(c->width >= 3 && c->priority >= 1 && c->priority <= 9, "%s", c->id);
		ck_assert_msg((c->dims >> DIM_LIST_COUNT) == 0, "%s", c->id);
	}
}
END_TEST

START_TEST(column_ids_name_one_column_of_a_dimension)
{
	for (size_t i = 0; i < column_count; i++)
		for (size_t k = 0; k < i; k++)
			ck_assert_msg(!(column_table[i].dims & column_table[k].dims) ||
					      strcmp(column_table[i].id, column_table[k].id) != 0 ||
					      strcmp(column_table[i].id, "proto") == 0,
				      "%s", column_table[i].id);
}
END_TEST

START_TEST(column_getters_give_their_type_or_nothing)
{
	for (size_t i = 0; i < column_count; i++) {
		const struct column *c = &column_table[i];

		for (int d = 0; d < DIM_LIST_COUNT; d++) {
			struct row r = row_empty;
			struct value v;

			if (!(c->dims & DIM_BIT(d)))
				continue;
			r.dim = (uint8_t)d;
			v = c->get(&r);
			ck_assert_msg(v.type == c->type || v.type == VALUE_NONE, "%s", c->id);
			r.flags = ROW_SUM;
			v = c->get(&r);
			ck_assert_msg(v.type == c->type || v.type == VALUE_NONE, "%s", c->id);
		}
	}
}
END_TEST

START_TEST(column_of_every_dimension_sorts_by_bytes_alerts_by_severity_and_has_a_name_first)
{
	char ids[1024];

	for (int d = 0; d < DIM_LIST_COUNT; d++) {
		const struct column *first = column_table;

		ck_assert_ptr_nonnull(column_default_sort((enum dim)d));
		ck_assert_str_eq(column_default_sort((enum dim)d)->id, d == DIM_ALERT ? "severity" : "bytes");
		while (!(first->dims & DIM_BIT(d)))
			first++;
		ck_assert_int_eq(first->priority, 1);
		ck_assert(first->flags & COLUMN_SCREEN);
		column_ids((enum dim)d, ids, sizeof ids);
		ck_assert_msg(strncmp(ids, first->id, strlen(first->id)) == 0, "%s", ids);
	}
}
END_TEST

START_TEST(column_ids_are_cut_between_names)
{
	char ids[12];

	ck_assert_str_eq(column_ids(DIM_HOST, ids, sizeof ids), "ip name mac");
}
END_TEST

START_TEST(column_find_takes_ids_and_titles_that_are_clear)
{
	ck_assert_str_eq(column_find(DIM_HOST, "sent_bytes")->id, "sent_bytes");
	ck_assert_str_eq(column_find(DIM_HOST, "received")->id, "rcvd_bytes");
	ck_assert_ptr_null(column_find(DIM_HOST, "nosuch"));
	ck_assert_ptr_null(column_find(DIM_HOST, "c2s_bytes")); /* of flows */
	ck_assert_ptr_nonnull(column_find(DIM_FLOW, "c2s_bytes"));
}
END_TEST

/* ---- comparing ---- */

static int compare(enum dim d, const char *id)
{
	int r = column_compare(column_find(d, id), &a, &b);

	ck_assert_int_eq(column_compare(column_find(d, id), &b, &a), -r);
	return r;
}

START_TEST(column_compare_orders_by_value_then_bytes_then_id)
{
	a.flows = 2;
	b.flows = 1;
	b.total.bytes[0] = 100;
	ck_assert_int_gt(compare(DIM_HOST, "flows"), 0);
	b.flows = 2;
	ck_assert_int_lt(compare(DIM_HOST, "flows"), 0);
	a.total.bytes[1] = 100;
	ck_assert_int_eq(compare(DIM_HOST, "flows"), 0);
	a.id = 1;
	ck_assert_int_gt(compare(DIM_HOST, "flows"), 0);
}
END_TEST

START_TEST(column_compare_texts_without_case_first)
{
	a.name = "alpha";
	b.name = "Beta";
	ck_assert_int_lt(compare(DIM_HOST, "name"), 0);
	b.name = "Alpha";
	ck_assert_int_gt(compare(DIM_HOST, "name"), 0);
}
END_TEST

START_TEST(column_compare_addresses_by_number)
{
	addr_parse(&a.addr[0], "10.0.0.9", NULL);
	addr_parse(&b.addr[0], "10.0.0.10", NULL);
	ck_assert_int_lt(compare(DIM_HOST, "ip"), 0);
}
END_TEST

START_TEST(column_compare_puts_the_unknown_last_in_the_natural_order)
{
	a.name = "zulu"; /* ascending: b, without a name, is greater */
	ck_assert_int_lt(compare(DIM_HOST, "name"), 0);
	a.asn = 1; /* descending: b is less */
	ck_assert_int_gt(compare(DIM_HOST, "asn"), 0);
}
END_TEST

/* ---- texts ---- */

START_TEST(column_text_of_numbers_with_their_units)
{
	a.total = (struct flow_counters){{1536, 0}, {12431, 0}};
	a.rate[0] = 125000;
	a.share = 0.12345;
	a.peers = 17;
	a.latitude = 52.52;
	ck_assert_str_eq(text(DIM_HOST, "sent_bytes", &a), "1.5 KiB");
	ck_assert_str_eq(text(DIM_HOST, "sent_packets", &a), "12,431");
	ck_assert_str_eq(text(DIM_HOST, "rate", &a), "1.0 Mb/s");
	ck_assert_str_eq(text(DIM_HOST, "share", &a), "12.3%");
	ck_assert_str_eq(text(DIM_HOST, "peers", &a), "17");
	a.flags |= ROW_PEERS_CAPPED;
	ck_assert_str_eq(text(DIM_HOST, "peers", &a), "17+");
	ck_assert_str_eq(text(DIM_HOST, "latitude", &a), "52.5200");
	ck_assert_str_eq(text(DIM_HOST, "longitude", &a), "");
}
END_TEST

START_TEST(column_text_of_rates_as_the_user_chose)
{
	const struct column *c = column_find(DIM_HOST, "rate");
	char buf[64];

	a.rate[0] = 1000000;
	a.rate[1] = 500000;
	a.packet_rate[0] = 1200;
	ck_assert_str_eq(column_text(c, &a, 0, false, buf, sizeof buf), "12.0 Mb/s");
	ck_assert_str_eq(column_text(c, &a, 1, false, buf, sizeof buf), "1.5 MB/s");
	ck_assert_str_eq(column_text(c, &a, 2, false, buf, sizeof buf), "1.2 kp/s");
}
END_TEST

START_TEST(column_text_of_a_flows_end_has_its_port)
{
	struct row r = row_empty;

	r.dim = DIM_FLOW;
	addr_parse(&r.addr[0], "10.0.0.5", NULL);
	addr_parse(&r.addr[1], "2001:db8::1", NULL);
	r.port[0] = 40000;
	r.port[1] = 443;
	ck_assert_str_eq(text(DIM_FLOW, "client", &r), "10.0.0.5:40000");
	ck_assert_str_eq(text(DIM_FLOW, "server", &r), "[2001:db8::1]:443");
	r.port[0] = 0;
	ck_assert_str_eq(text(DIM_FLOW, "client", &r), "10.0.0.5");
}
END_TEST

START_TEST(column_text_marks_guessed_applications_of_flows)
{
	struct row r = row_empty;

	r.dim = DIM_FLOW;
	r.app = "TLS";
	ck_assert_str_eq(text(DIM_FLOW, "l7", &r), "TLS");
	r.flags = ROW_GUESSED;
	ck_assert_str_eq(text(DIM_FLOW, "l7", &r), "TLS?");
}
END_TEST

START_TEST(column_text_of_the_other_row_names_itself_and_how_many)
{
	a.flags = ROW_OTHER;
	a.label = "(other)";
	a.label2 = "61 hosts";
	a.total.bytes[0] = 1024;
	ck_assert_str_eq(text(DIM_HOST, "ip", &a), "(other)");
	ck_assert_str_eq(text(DIM_HOST, "name", &a), "61 hosts");
	ck_assert_str_eq(text(DIM_HOST, "country", &a), "");
	ck_assert_str_eq(text(DIM_HOST, "bytes", &a), "1.0 KiB");
}
END_TEST

START_TEST(column_text_of_sparklines_is_as_wide_as_its_steps)
{
	const struct column *c = column_find(DIM_HOST, "spark");
	char buf[64];

	ck_assert_str_eq(column_text(c, &a, 0, false, buf, sizeof buf), "");
	a.spark[0] = 1;
	a.spark[11] = 100;
	column_text(c, &a, 0, false, buf, sizeof buf);
	ck_assert_int_eq(text_width(buf), DIM_SPARK);
	ck_assert_str_eq(buf, "▁          █");
	ck_assert_str_eq(column_text(c, &a, 0, true, buf, sizeof buf), ".          #");
}
END_TEST

START_TEST(column_text_never_overruns_its_buffer)
{
	char buf[300];

	memset(a.spark, 0xff, sizeof a.spark);
	a.name = "a name that is longer than what there is room for";
	a.total.bytes[0] = UINT64_MAX / 2;
	a.flags |= ROW_PEERS_CAPPED;
	for (size_t i = 0; i < column_count; i++) {
		const struct column *c = &column_table[i];

		if (!(c->dims & DIM_BIT(DIM_HOST)))
			continue;
		for (size_t size = 1; size < 40; size++) {
			memset(buf, '#', sizeof buf);
			column_text(c, &a, 0, false, buf, size);
			ck_assert_msg(memchr(buf, '\0', size) != NULL, "%s in %zu", c->id, size);
			ck_assert_msg(buf[size] == '#', "%s in %zu", c->id, size);
		}
	}
}
END_TEST

/* ---- what fits ---- */

START_TEST(columns_fit_fills_any_width_and_keeps_what_names_the_row)
{
	struct column_fit fit[64];

	for (int d = 0; d < DIM_LIST_COUNT; d++)
		for (int cells = 1; cells < 300; cells += 7) {
			size_t n = columns_fit((enum dim)d, NULL, NULL, cells, fit, 64);
			int width = 0;

			ck_assert_uint_ge(n, 1);
			ck_assert_int_eq(fit[0].column->priority, 1);
			for (size_t i = 0; i < n; i++)
				width += fit[i].width + (i > 0);
			ck_assert_msg(width <= cells, "%d: %d in %d", d, width, cells);
		}
}
END_TEST

Suite *column_suite(void)
{
	Suite *s = suite_create("column");
	TCase *c = tcase_create("columns");

	tcase_add_checked_fixture(c, setup, NULL);
	tcase_add_test(c, column_lines_are_whole);
	tcase_add_test(c, column_ids_name_one_column_of_a_dimension);
	tcase_add_test(c, column_getters_give_their_type_or_nothing);
	tcase_add_test(c, column_of_every_dimension_sorts_by_bytes_alerts_by_severity_and_has_a_name_first);
	tcase_add_test(c, column_ids_are_cut_between_names);
	tcase_add_test(c, column_find_takes_ids_and_titles_that_are_clear);
	tcase_add_test(c, column_compare_orders_by_value_then_bytes_then_id);
	tcase_add_test(c, column_compare_texts_without_case_first);
	tcase_add_test(c, column_compare_addresses_by_number);
	tcase_add_test(c, column_compare_puts_the_unknown_last_in_the_natural_order);
	tcase_add_test(c, column_text_of_numbers_with_their_units);
	tcase_add_test(c, column_text_of_rates_as_the_user_chose);
	tcase_add_test(c, column_text_of_a_flows_end_has_its_port);
	tcase_add_test(c, column_text_marks_guessed_applications_of_flows);
	tcase_add_test(c, column_text_of_the_other_row_names_itself_and_how_many);
	tcase_add_test(c, column_text_of_sparklines_is_as_wide_as_its_steps);
	tcase_add_test(c, column_text_never_overruns_its_buffer);
	tcase_add_test(c, columns_fit_fills_any_width_and_keeps_what_names_the_row);
	tcase_add_test(c, columns_fit_keeps_the_sorted_column_whatever_it_is);
	suite_add_tcase(s, c);
	return s;
}
