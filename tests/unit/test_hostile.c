/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One set of hostile strings through every way out: cells of the terminal, the text of panes, JSON, CSV, names of
 * files, lines of the catalog, the log, errors. What comes out is judged by rules of its own, which know nothing
 * of text_clean(). The clipboard is in tests/files.py, whole programs are in tests/bad.py.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../json_read.h"
#include "dpitop/column.h"
#include "dpitop/err.h"
#include "dpitop/export.h"
#include "dpitop/log.h"
#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "history/file_name.h"
#include "history/line.h"
#include "traffic.h"
#include "tui/canvas.h"

Suite *hostile_suite(void);

static const struct hostile {
	const char *name, *bytes;
	size_t n;
} strings[] = {
#define H(name, bytes) {name, bytes, sizeof bytes - 1}
	H("colour", "\x1b[31mred"),
	H("title", "\x1b]0;owned\x07x"),
	H("title by ST", "\x1b]2;owned\x1b\\x"),
	H("clipboard", "\x1b]52;c;cm0gLXJmIH4K\x07"),
	H("device control", "\x1bP$q\"p\x1b\\x"),
	H("report", "\x1b[6n\x1b[c\x1b[21t"),
	H("C1 alone", "\x9b" "2J\x9d" "0;x\x9c\x90\x85"),
	H("C1 in UTF-8", "\xc2\x9b" "2J\xc2\x9d" "0;x\xc2\x9c\xc2\x85"),
	H("shift out", "a\x0e" "b\x0f" "c"),
	H("bell, backspace, delete", "a\a\b\b\x7f" "b"),
	H("override", "gpj.\xe2\x80\xae" "exe"),
	H("embeddings", "\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad" "x"),
	H("isolates", "\xe2\x81\xa6" "a\xe2\x81\xa7" "b\xe2\x81\xa8" "c\xe2\x81\xa9"),
	H("marks of direction", "\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c"),
	H("zero width", "g\xe2\x80\x8bo\xe2\x80\x8co\xe2\x80\x8dg\xef\xbb\xbfle\xe2\x81\xa0"),
	H("separators", "a\xe2\x80\xa8" "b\xe2\x80\xa9" "c"),
	H("tags", "a\xf3\xa0\x81\xa1\xf3\xa0\x80\x81"),
	H("private use", "\xee\x80\x80\xf4\x80\x80\x80"),
	H("no characters", "\xef\xb7\x90\xef\xbf\xbe\xef\xbf\xbf\xf0\x9f\xbf\xbf"),
	H("storm", "Z\xcc\x80\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85\xcc\x86\xcc\x87\xcc\x88\xcc\x89\xcc\x8a\xcc\x8b\xcc\x8c"),
	H("marks without a base", "\xcc\x80\xcc\x81\xcc\x82x"),
	H("invalid", "\xff\xfe\x80\xbf\xc0\xc1\xf5"),
	H("cut", "a\xe6\x97"),
	H("cut of four", "\xf0\x9f\x98"),
	H("overlong slash", "\xc0\xaf\xe0\x80\xaf\xf0\x80\x80\xaf"),
	H("overlong escape", "\xc0\x9b[31m\xe0\x80\x9b[31m"),
	H("surrogates", "\xed\xa0\x80\xed\xb0\x80\xed\xbf\xbf"),
	H("beyond Unicode", "\xf4\x90\x80\x80\xf7\xbf\xbf\xbf\xfc\x84\x80\x80\x80\x80"),
	H("wide", "\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac"),
	H("wide behind a narrow one", "a\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac"),
	H("wide with marks", "\xe6\x97\xa5\xcc\x80\xcc\x81\xcc\x82\xe6\x9c\xac\xcc\x80"),
	H("emoji joined", "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb\xef\xb8\x8f"),
	H("NUL", "a\0\x1b[31mb"),
	H("NUL first", "\0\x1b[31mb"),
	H("lines", "a\nb\r\nc\rd\n"),
	H("tab", "a\tb\vc\fd"),
	H("quotes", "a\"b'c`d\\e\\"),
	H("only quotes", "\"\"\"\\\"\\"),
	H("path", "../../etc/passwd"),
	H("path of Windows", "..\\..\\x:y"),
	H("root", "/etc/passwd"),
	H("dots", ".."),
	H("option", "-rf"),
	H("formula", "=cmd|' /C calc'!A0"),
	H("formula with a comma", "=HYPERLINK(\"http://x/?\"&A1,\"y\")"),
	H("formula behind a tab", "\t=1+1"),
	H("formula in full width", "\xef\xbc\x9d" "1+1"),
	H("plus, at", "+1@x"),
	H("at", "@SUM(1,1)"),
	H("script", "</script><script>alert(1)</script>"),
	H("comment", "<!--]]>&lt;"),
	H("format", "%s%n%1$s%%"),
	H("shell", "$(reboot);`reboot`|&"),
#undef H
};
enum { STRINGS = sizeof strings / sizeof strings[0], LONG = 400 };

/* As ck_assert_msg(), which tells its runner of each check, and here there are a million. */
#define HOLDS(condition, ...)                        \
	do {                                         \
		if (!(condition))                    \
			ck_abort_msg(__VA_ARGS__);   \
	} while (0)

/* ---- rules of its own ---- */

/* Code points of well-formed UTF-8 (RFC 3629, section 4), or -1. */
static long next_of(const unsigned char **p, const unsigned char *end)
{
	const unsigned char *s = *p;
	int n = *s < 0x80 ? 0 : *s >= 0xc2 && *s < 0xe0 ? 1 : *s >= 0xe0 && *s < 0xf0 ? 2 : *s >= 0xf0 && *s < 0xf5 ? 3 : -1;
	long c = n < 1 ? *s : *s & (0x3f >> n);

	if (n < 0 || end - s <= n)
		return -1;
	for (int i = 1; i <= n; i++) {
		if (s[i] < 0x80 || s[i] > 0xbf)
			return -1;
		c = c << 6 | (s[i] & 0x3f);
	}
	*p = s + n + 1;
	return (n == 2 && c < 0x800) || (n == 3 && c < 0x10000) || c > 0x10ffff ? -1 : c;
}

static bool is_mark_of_latin(long c)
{
	return c >= 0x300 && c < 0x370;
}

/* Nothing but lines of characters that are seen, in the order in which they stand. */
static void expect_printable(const struct hostile *h, const char *outlet, const char *text, size_t n)
{
	static const struct { long from, to; } never[] = {
		{0, 9}, {11, 31}, {0x7f, 0x9f}, {0xad, 0xad}, {0x61c, 0x61c}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
		{0xd800, 0xf8ff}, {0xfdd0, 0xfdef}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xfffe, 0xffff}, {0x1fffe, 0x1ffff},
		{0xe0000, 0x10ffff}};
	const unsigned char *p = (const unsigned char *)text, *end = p + n;
	int marks = 2; /* there is no base yet */

	while (p < end) {
		long at = p - (const unsigned char *)text, c = next_of(&p, end);

		HOLDS(c >= 0, "%s by %s: bad UTF-8 at %ld", h->name, outlet, at);
		for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
			HOLDS(c < never[i].from || c > never[i].to, "%s by %s: U+%04lX at %ld", h->name, outlet, (unsigned long)c, at);
		marks = is_mark_of_latin(c) ? marks + 1 : 0;
		HOLDS(marks <= 2, "%s by %s: a storm of marks at %ld", h->name, outlet, at);
	}
}

/* ---- what stands in a table of the program: the site of flows, then all that is made of it ---- */

static const struct hostile any = {.name = "one of them"};
static struct traffic t;
static struct snapshot *picture;

static void setup(void)
{
	struct want want;

	traffic_open(&t, NULL);
	memset(&want, 0, sizeof want);
	for (int d = 0; d < DIM_LIST_COUNT; d++)
		want.lists[d] = (struct want_list){.on = true, .top = 4 * STRINGS};
	for (uint16_t i = 0; i < STRINGS; i++) {
		char *copy = mem_strndup(strings[i].bytes, strings[i].n); /* a name ends at its NUL */

		traffic_site(traffic_flow(&t, "10.0.0.5", 1000 + i, "192.0.2.1", 443, TCP, 1000), copy);
		traffic_site(traffic_flow(&t, "10.0.0.6", 1000 + i, "10.0.0.1", 53, UDP, 80), copy);
		mem_free(copy);
	}
	traffic_tick(&t);
	picture = snapshot_build(&t.in, &want);
	ck_assert_uint_eq(picture->lists[DIM_FLOW].count, 2 * STRINGS);
	ck_assert_uint_gt(picture->lists[DIM_SITE].count, STRINGS / 2); /* some are the same once they are clean */
}

static void teardown(void)
{
	snapshot_unref(picture);
	traffic_close(&t);
}

START_TEST(hostile_strings_in_json_are_printable_and_what_is_written_is_json)
{
	struct json_read *r = mem_zalloc(sizeof *r);
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	ck_assert_int_eq(export_json(out, picture, NULL), 0);
	fclose(out);
	expect_printable(&any, "JSON", text, n);
	ck_assert_msg(json_read(r, text, n), "no JSON from byte %zd on", r->at - text);
	ck_assert_ptr_eq(memchr(text, '\n', n), text + n - 1);
	free(text);
	mem_free(r);
}
END_TEST

START_TEST(hostile_strings_in_text_are_printable_and_make_no_line)
{
	static const enum dim dims[] = {DIM_FLOW, DIM_SITE, DIM_HOST};

	for (size_t d = 0; d < sizeof dims / sizeof dims[0]; d++) {
		for (int columns = 0; columns <= 80; columns += 40) {
			struct batch_options o = {.columns = columns};
			char *text = NULL;
			size_t n, lines = 0;
			FILE *out = open_memstream(&text, &n);

			ck_assert_int_eq(export_batch(out, picture, dims[d], &o, NULL), 0);
			fclose(out);
			expect_printable(&any, "text", text, n);
			for (size_t i = 0; i < n; i++)
				lines += text[i] == '\n';
			/* two of the whole, titles, rows, the sum, an empty one */
			ck_assert_uint_eq(lines, 5 + picture->lists[dims[d]].count);
			free(text);
		}
	}
}
END_TEST

/* The next cell of RFC 4180 into buf; its end: ',' or '\n'. 0: it is none. */
static char next_cell(const char **at, char *buf, size_t size)
{
	const char *s = *at;
	bool quoted = *s == '"';
	size_t n = 0;

	for (s += quoted; *s != '\0' && n + 1 < size; s++) {
		if (quoted && s[0] == '"' && s[1] != '"')
			break;
		if (!quoted && (*s == ',' || *s == '\r'))
			break;
		if (!quoted && *s == '"')
			return 0;
		s += quoted && *s == '"';
		buf[n++] = *s;
	}
	buf[n] = '\0';
	s += quoted;
	*at = s + (*s == '\r' ? 2 : 1);
	return *s == ',' ? ',' : s[0] == '\r' && s[1] == '\n' ? '\n' : 0;
}

static bool is_number(const char *s)
{
	return *s != '\0' && s[strspn(s, "-.0123456789")] == '\0';
}

static void expect_no_formula(const char *cell)
{
	bool begins = cell[0] != '\0' && strchr("=+-@\t\r", cell[0]) != NULL;

	HOLDS(!begins || is_number(cell), "a spreadsheet evaluates '%s'", cell);
	HOLDS(strncmp(cell, "\xef\xbc\x9d", 3) != 0, "a spreadsheet evaluates '%s'", cell);
}

START_TEST(hostile_strings_in_csv_stay_in_their_cells_and_are_no_formulas)
{
	static const enum dim dims[] = {DIM_FLOW, DIM_SITE, DIM_HOST};

	for (size_t d = 0; d < sizeof dims / sizeof dims[0]; d++) {
		char *text = NULL, cell[2048];
		size_t n, cells = 0, titles = 0, rows = 0;
		FILE *out = open_memstream(&text, &n);

		ck_assert_int_eq(export_csv(out, picture, dims[d], true, NULL), 0);
		fclose(out);
		for (const char *at = text; at < text + n;) {
			char end = next_cell(&at, cell, sizeof cell);

			HOLDS(end != 0, "no CSV before '%.40s'", at);
			expect_printable(&any, "CSV", cell, strlen(cell));
			HOLDS(strchr(cell, '\n') == NULL, "a line break in a cell");
			expect_no_formula(cell);
			cells++;
			if (end == ',')
				continue;
			titles = rows == 0 ? cells : titles;
			ck_assert_uint_eq(cells, titles);
			cells = 0;
			rows++;
		}
		ck_assert_uint_eq(rows, 1 + picture->lists[dims[d]].count);
		free(text);
	}
}
END_TEST

/* ---- cells of the terminal: here text comes as it is, as if somebody had forgotten to clean it ---- */

static void expect_whole_cells(const struct hostile *h, const struct canvas *c)
{
	for (int y = 0; y < c->rows; y++) {
		int cells = 0;

		for (int x = 0; x < c->columns; x++) {
			const char *text = c->cells[y * c->columns + x].text;

			expect_printable(h, "cells", text, strnlen(text, sizeof c->cells[0].text));
			HOLDS(strchr(text, '\n') == NULL, "%s: a line break in a cell", h->name);
			HOLDS(text[0] != '\0' || cells == x + 1, "%s: half a character at %d", h->name, x);
			cells += text_width(text);
		}
		HOLDS(cells == c->columns, "%s: %d of %d cells", h->name, cells, c->columns);
	}
}

static void draw(struct canvas *c, int x, const char *text)
{
	char clean[256];

	text_clean(clean, sizeof clean, text, strlen(text));
	canvas_put(c, x, 0, 20, STYLE_NORMAL, text);
	canvas_put(c, x, 1, 3, STYLE_NORMAL, text);
	canvas_field(c, x, 2, 4, STYLE_NORMAL, clean, false, false);
	canvas_field(c, x, 3, 5, STYLE_NORMAL, clean, true, true);
	canvas_printf(c, x, 4, 7, STYLE_NORMAL, "%s|%s", text, clean);
	canvas_put(c, x + 1, 0, 1, STYLE_NORMAL, "x"); /* over what may be half a character */
}

START_TEST(hostile_strings_at_any_column_leave_whole_printable_cells)
{
	for (size_t i = 0; i < STRINGS; i++) {
		char *copy = mem_strndup(strings[i].bytes, strings[i].n);

		for (int x = -6; x <= 12; x++) {
			struct canvas c;

			canvas_init(&c, 11, 5, _i);
			draw(&c, x, copy);
			expect_whole_cells(&strings[i], &c);
			canvas_release(&c);
		}
		mem_free(copy);
	}
}
END_TEST

START_TEST(hostile_string_again_and_again_is_cut_and_nothing_grows)
{
	for (size_t i = 0; i < STRINGS; i++) {
		size_t n = strings[i].n, written;
		char *text = mem_alloc(n * LONG + 1), out[100];

		for (size_t k = 0; k < LONG; k++)
			memcpy(text + k * n, strings[i].bytes, n);
		text[n * LONG] = '\0';
		written = text_clean(out, sizeof out, text, n * LONG);
		ck_assert_uint_lt(written, sizeof out);
		ck_assert_uint_eq(written, strlen(out));
		expect_printable(&strings[i], "a small buffer", out, written);
		mem_free(text);
	}
}
END_TEST

/* ---- names of files, catalog ---- */

START_TEST(hostile_strings_as_names_of_files_stay_in_their_directory)
{
	for (size_t i = 0; i < STRINGS; i++) {
		char *copy = mem_strndup(strings[i].bytes, strings[i].n), buf[FILE_NAME], key[256];
		const char *name = file_name(DIM_SITE_CATEGORY, copy, buf);
		bool other;
		int dim;

		ck_assert_uint_eq(strspn(name, "0123456789abcdef"), 2);
		ck_assert_ptr_eq(strrchr(name, '/'), name + 2);
		ck_assert_msg(strspn(name + 3, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-%~") == strlen(name + 3),
			"%s: %s", strings[i].name, name);
		ck_assert_int_eq(strncmp(name + 3, "categories-", 11) == 0 || name[3] != '.', 1);
		if (copy[0] != '\0') {
			ck_assert(file_name_parse(name + 3, &dim, key, sizeof key, &other));
			ck_assert_str_eq(key, copy);
		}
		mem_free(copy);
	}
}
END_TEST

START_TEST(hostile_strings_in_the_catalog_are_one_line_of_ascii_and_come_back)
{
	for (size_t i = 0; i < STRINGS; i++) {
		char *copy = mem_strndup(strings[i].bytes, strings[i].n), back[256];
		struct lines l = {.data = NULL};
		struct line r;
		int64_t v;

		line_begin(&l, 'E');
		line_text(&l, copy);
		line_number(&l, 7);
		line_end(&l);
		for (size_t k = 0; k + 1 < l.n; k++)
			HOLDS(l.data[k] >= ' ' && l.data[k] < 0x7f, "%s: a byte %d", strings[i].name, l.data[k]);
		ck_assert(line_parse(&r, l.data, l.n - 1) && line_get_text(&r, back, sizeof back) && line_get_number(&r, &v));
		ck_assert_str_eq(back, copy);
		ck_assert_int_eq(v, 7);
		lines_release(&l);
		mem_free(copy);
	}
}
END_TEST

/* ---- what the program says ---- */

/* What log_line() writes to stderr. */
static size_t logged(const char *text, char *out, size_t size)
{
	int ends[2], old = dup(STDERR_FILENO);
	ssize_t n;

	ck_assert_int_eq(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	log_to_stderr(true);
	log_line(LOG_WARN_, "exporter %s is gone", text);
	fflush(stderr);
	dup2(old, STDERR_FILENO);
	close(old);
	n = read(ends[0], out, size);
	close(ends[0]);
	return n > 0 ? (size_t)n : 0;
}

START_TEST(hostile_strings_in_the_log_are_one_printable_line)
{
	for (size_t i = 0; i < STRINGS; i++) {
		char *copy = mem_strndup(strings[i].bytes, strings[i].n), out[1024];
		size_t n = logged(copy, out, sizeof out);
		struct log_line line;

		ck_assert_uint_gt(n, 0);
		expect_printable(&strings[i], "stderr", out, n);
		ck_assert_ptr_eq(memchr(out, '\n', n), out + n - 1);
		ck_assert_uint_eq(log_copy(&line, 1), 1);
		expect_printable(&strings[i], "the log", line.text, strlen(line.text));
		ck_assert_ptr_null(strchr(line.text, '\n'));
		mem_free(copy);
	}
}
END_TEST

Suite *hostile_suite(void)
{
	Suite *suite = suite_create("hostile");
	TCase *c = tcase_create("tables");

	tcase_add_unchecked_fixture(c, setup, teardown);
	tcase_add_test(c, hostile_strings_in_json_are_printable_and_what_is_written_is_json);
	tcase_add_test(c, hostile_strings_in_text_are_printable_and_make_no_line);
	tcase_add_test(c, hostile_strings_in_csv_stay_in_their_cells_and_are_no_formulas);
	suite_add_tcase(suite, c);
	c = tcase_create("places");
	tcase_add_loop_test(c, hostile_strings_at_any_column_leave_whole_printable_cells, GLYPHS_ASCII, GLYPHS_BRAILLE + 1);
	tcase_add_test(c, hostile_string_again_and_again_is_cut_and_nothing_grows);
	tcase_add_test(c, hostile_strings_as_names_of_files_stay_in_their_directory);
	tcase_add_test(c, hostile_strings_in_the_catalog_are_one_line_of_ascii_and_come_back);
	tcase_add_test(c, hostile_strings_in_the_log_are_one_printable_line);
	suite_add_tcase(suite, c);
	return suite;
}
