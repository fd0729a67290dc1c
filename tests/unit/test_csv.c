/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * export/csv.c: cells, quotes, and texts that a spreadsheet would evaluate.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/column.h"
#include "dpitop/export.h"
#include "dpitop/mem.h"
#include "snapshot/row_fill.h"

Suite *csv_suite(void);

static char text[8192]; /* a test is a process of its own: this is not shared */

/* A list of one row as CSV. */
static const char *csv_of(struct row *r, enum dim d, bool header)
{
	struct snapshot *s = mem_zalloc(sizeof *s);
	FILE *out = fmemopen(text, sizeof text, "w");

	r->dim = (uint8_t)d;
	s->now_us = 1700000000250000;
	s->lists[d].rows = r;
	s->lists[d].count = 1;
	ck_assert_int_eq(export_csv(out, s, d, header, NULL), 0);
	fclose(out);
	mem_free(s);
	return text;
}

static const char *site(const char *name)
{
	struct row r = row_empty;

	r.label = name;
	return csv_of(&r, DIM_SITE, false);
}

static void begins_with(const char *got, const char *begin)
{
	ck_assert_msg(strncmp(got, begin, strlen(begin)) == 0, "'%s' does not begin with '%s'", got, begin);
}

START_TEST(csv_row_begins_with_the_time_of_the_picture)
{
	begins_with(site("example.org"), "1700000000.250000,example.org,");
}
END_TEST

START_TEST(csv_quotes_commas_quotes_and_nothing_else)
{
	begins_with(site("a,b"), "1700000000.250000,\"a,b\",");
	begins_with(site("a\"b"), "1700000000.250000,\"a\"\"b\",");
	begins_with(site("a b;c'd"), "1700000000.250000,a b;c'd,");
}
END_TEST

START_TEST(csv_text_that_begins_a_formula_gets_an_apostrophe)
{
	static const char *const begins[] = {"=", "+", "-", "@", "\t", "\uff1d", "\uff0b", "\uff0d", "\uff20"};

	for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
		char name[64], wanted[128];

		snprintf(name, sizeof name, "%s1+cmd|' /C calc'!A0", begins[i]);
		snprintf(wanted, sizeof wanted, "1700000000.250000,'%s,", name);
		begins_with(site(name), wanted);
	}
	begins_with(site("=HYPERLINK(\"x\",1)"), "1700000000.250000,\"'=HYPERLINK(\"\"x\"\",1)\",");
	begins_with(site("a=1"), "1700000000.250000,a=1,");
}
END_TEST

START_TEST(csv_negative_number_is_no_formula)
{
	struct row r = row_empty;

	r.country[0] = 'U';
	r.country[1] = 'S';
	r.latitude = 39.8;
	r.longitude = -98.6;
	ck_assert_ptr_ne(strstr(csv_of(&r, DIM_HOST, false), ",39.800000,-98.600000,"), NULL);
}
END_TEST

START_TEST(csv_counts_are_exact)
{
	struct row r = row_empty;

	r.label = "x";
	r.total.bytes[0] = UINT64_C(18446744073709551000);
	ck_assert_ptr_ne(strstr(csv_of(&r, DIM_BREED, false), ",18446744073709551000,"), NULL);
}
END_TEST

START_TEST(csv_row_of_all_others_is_marked)
{
	struct row r = row_empty;
	const char *got;

	r.flags = ROW_OTHER;
	r.label = "(other)";
	got = csv_of(&r, DIM_SITE, false);
	begins_with(got, "1700000000.250000,(other),");
	ck_assert_str_eq(got + strlen(got) - 7, ",true\r\n");
	begins_with(csv_of(&r, DIM_PORT, false), "1700000000.250000,,"); /* a column of numbers */
}
END_TEST

/* Cells of a line; none of the tests' has a comma in quotes. */
static size_t cells(const char *line)
{
	size_t n = 1;

	for (; *line != '\0' && *line != '\r'; line++)
		n += *line == ',';
	return n;
}

START_TEST(csv_header_has_a_name_of_its_own_for_each_cell)
{
	struct row r = row_empty;
	char *name, *rest = NULL, seen[64][32];
	size_t n = 0;

	r.label = "x";
	csv_of(&r, (enum dim)_i, true);
	ck_assert_ptr_ne(strstr(text, "\r\n"), NULL);
	ck_assert_uint_eq(cells(text), cells(strstr(text, "\r\n") + 2));
	*strstr(text, "\r\n") = '\0';
	for (name = strtok_r(text, ",", &rest); name != NULL; name = strtok_r(NULL, ",", &rest)) {
		for (size_t i = 0; i < n; i++)
			ck_assert_str_ne(seen[i], name);
		ck_assert_uint_lt(n, 64);
		snprintf(seen[n++], sizeof seen[0], "%s", name);
	}
	ck_assert_str_eq(seen[0], "time");
	ck_assert_str_eq(seen[n - 1], "other");
}
END_TEST

START_TEST(csv_that_cannot_be_written_is_an_error)
{
	struct snapshot *s = mem_zalloc(sizeof *s);
	struct error e = {.code = ERR_NONE};
	FILE *full = fopen("/dev/full", "w");

	ck_assert_ptr_ne(full, NULL);
	ck_assert_int_eq(export_csv(full, s, DIM_HOST, true, &e), ERR_IO);
	ck_assert_ptr_ne(strstr(e.text, "No space left"), NULL);
	fclose(full);
	mem_free(s);
}
END_TEST

Suite *csv_suite(void)
{
	Suite *s = suite_create("csv");
	TCase *t = tcase_create("cells");

	tcase_add_test(t, csv_row_begins_with_the_time_of_the_picture);
	tcase_add_test(t, csv_quotes_commas_quotes_and_nothing_else);
	tcase_add_test(t, csv_text_that_begins_a_formula_gets_an_apostrophe);
	tcase_add_test(t, csv_negative_number_is_no_formula);
	tcase_add_test(t, csv_counts_are_exact);
	tcase_add_test(t, csv_row_of_all_others_is_marked);
	tcase_add_loop_test(t, csv_header_has_a_name_of_its_own_for_each_cell, 0, DIM_LIST_COUNT);
	tcase_add_test(t, csv_that_cannot_be_written_is_an_error);
	suite_add_tcase(s, t);
	return s;
}
