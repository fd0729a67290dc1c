/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tui/canvas.c: what is drawn where, what is cut, and that wide characters are whole or not there.
 */
#include "config.h"

#include <check.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "tui/canvas.h"

Suite *canvas_suite(void);

#define CJK "\xe6\x97\xa5\xe6\x9c\xac" /* two characters, four cells */
#define ELLIPSIS "\xe2\x80\xa6"
#define E_ACUTE "e\xcc\x81"

static struct canvas canvas;
static char *dumped;

static void start(void)
{
	canvas_init(&canvas, 10, 3, GLYPHS_BRAILLE);
	dumped = NULL;
}

static void end(void)
{
	canvas_release(&canvas);
	free(dumped);
}

static const char *dump(bool attributes)
{
	size_t size;
	FILE *out;

	free(dumped);
	out = open_memstream(&dumped, &size);
	canvas_dump(&canvas, attributes, out);
	fclose(out);
	return dumped;
}

/* Wherever a wide character is, its second half is; no half is alone; ASCII is ASCII. */
static void check_whole(void)
{
	for (int i = 0; i < canvas.columns * canvas.rows; i++) {
		const char *text = canvas.cells[i].text;

		if (text[0] == '\0') {
			ck_assert_int_ne(i % canvas.columns, 0);
			ck_assert_uint_eq((unsigned char)canvas.cells[i - 1].text[0], 0xe6);
		} else if ((unsigned char)text[0] == 0xe6) {
			ck_assert_int_ne((i + 1) % canvas.columns, 0);
			ck_assert_str_eq(canvas.cells[i + 1].text, "");
		}
		if (canvas.glyphs == GLYPHS_ASCII)
			ck_assert(text[0] >= ' ' && text[0] < 0x7f && text[1] == '\0');
	}
}

START_TEST(canvas_put_is_cut_at_its_width_and_at_the_edge)
{
	ck_assert_int_eq(canvas_put(&canvas, 0, 0, 3, STYLE_NORMAL, "abcdef"), 3);
	canvas_put(&canvas, 8, 1, 9, STYLE_NORMAL, "xyz");
	ck_assert_int_eq(canvas_put(&canvas, -2, 2, 4, STYLE_NORMAL, "1234"), 4);
	ck_assert_str_eq(dump(false), "abc\n        xy\n34\n");
}
END_TEST

START_TEST(canvas_put_outside_draws_nothing)
{
	canvas_put(&canvas, 0, -1, 9, STYLE_NORMAL, "a");
	canvas_put(&canvas, 0, 3, 9, STYLE_NORMAL, "a");
	canvas_put(&canvas, 10, 0, 9, STYLE_NORMAL, "a");
	canvas_put(&canvas, -9, 0, 9, STYLE_NORMAL, "a");
	canvas_put(&canvas, 0, 0, 0, STYLE_NORMAL, "a");
	canvas_put(&canvas, 0, 0, -1, STYLE_NORMAL, "a");
	canvas_fill(&canvas, 10, 0, INT_MAX, STYLE_NORMAL, '#');
	canvas_fill(&canvas, 0, 5, 5, STYLE_NORMAL, '#');
	canvas_style(&canvas, 0, 7, 5, STYLE_ALARM);
	canvas_glyph(&canvas, 0, 3, STYLE_NORMAL, 'x');
	canvas_field(&canvas, 20, 0, 5, STYLE_NORMAL, "field", true, false);
	ck_assert_str_eq(dump(true), "\n\n\n\n\n\n");
}
END_TEST

START_TEST(canvas_wide_character_takes_two_cells)
{
	ck_assert_int_eq(canvas_put(&canvas, 1, 0, 9, STYLE_NORMAL, CJK "x"), 5);
	ck_assert_str_eq(canvas.cells[2].text, "");
	ck_assert_str_eq(canvas.cells[5].text, "x");
	ck_assert_str_eq(dump(false), " " CJK "x\n\n\n");
	check_whole();
}
END_TEST

START_TEST(canvas_wide_character_that_does_not_fit_is_a_blank)
{
	ck_assert_int_eq(canvas_put(&canvas, 0, 0, 3, STYLE_NORMAL, CJK), 3);
	ck_assert_str_eq(canvas.cells[2].text, " ");
	canvas_put(&canvas, 7, 1, 9, STYLE_NORMAL, CJK);
	ck_assert_str_eq(canvas.cells[19].text, " ");
	canvas_put(&canvas, -1, 2, 9, STYLE_NORMAL, CJK);
	ck_assert_str_eq(canvas.cells[20].text, " ");
	ck_assert_str_eq(canvas.cells[22].text, "");
	check_whole();
}
END_TEST

START_TEST(canvas_half_of_a_wide_character_overwritten_takes_the_other_along)
{
	canvas_put(&canvas, 0, 0, 9, STYLE_NORMAL, CJK);
	canvas_put(&canvas, 1, 0, 1, STYLE_NORMAL, "x");
	canvas_put(&canvas, 0, 1, 9, STYLE_NORMAL, CJK);
	canvas_fill(&canvas, 2, 1, 1, STYLE_NORMAL, '.');
	ck_assert_str_eq(dump(false), " x\xe6\x9c\xac\n\xe6\x97\xa5.\n\n");
	check_whole();
}
END_TEST

START_TEST(canvas_stays_whole_whatever_is_drawn)
{
	static const char *const texts[] = {CJK, "abc", E_ACUTE, "\xe6\x97\xa5", "x" CJK CJK, "\xf0\x9f\x98\x80"};
	unsigned random = 1;

	for (int i = 0; i < 20000; i++) {
		random = random * 1103515245 + 12345;
		int x = (int)(random >> 8 & 15) - 3, y = (int)(random >> 12 & 3), cells = (int)(random >> 14 & 7);
		const char *text = texts[(random >> 17) % 5];

		if (random >> 20 & 1)
			canvas_put(&canvas, x, y, cells, STYLE_BOLD, text);
		else
			canvas_field(&canvas, x, y, cells, STYLE_BOLD, text, random >> 21 & 1, random >> 22 & 1);
		check_whole();
	}
}
END_TEST

START_TEST(canvas_marks_join_the_character_before_them)
{
	ck_assert_int_eq(canvas_put(&canvas, 0, 0, 9, STYLE_NORMAL, E_ACUTE "x"), 2);
	ck_assert_str_eq(canvas.cells[0].text, E_ACUTE);
	canvas_put(&canvas, 0, 1, 9, STYLE_NORMAL, "\xe6\x97\xa5\xcc\x81");
	ck_assert_str_eq(canvas.cells[10].text, "\xe6\x97\xa5\xcc\x81");
	ck_assert_int_eq(canvas_put(&canvas, 0, 2, 9, STYLE_NORMAL, "\xcc\x81"), 0);
	canvas_put(&canvas, 0, 2, 9, STYLE_NORMAL, "a\xf0\x9d\x85\xa5\xf0\x9d\x85\xa5\xf0\x9d\x85\xa5\xf0\x9d\x85\xa5");
	ck_assert_uint_lt(strlen(canvas.cells[20].text), sizeof canvas.cells[20].text);
}
END_TEST

START_TEST(canvas_mark_beyond_the_limit_stays_away)
{
	canvas_put(&canvas, 0, 0, 1, STYLE_NORMAL, "ab\xcc\x81");
	ck_assert_str_eq(canvas.cells[0].text, "a");
}
END_TEST

START_TEST(canvas_control_bytes_never_reach_a_cell)
{
	canvas_put(&canvas, 0, 0, 9, STYLE_NORMAL, "a\x1b[0m\xc2\x9b\xe2\x80\xae.");
	canvas_glyph(&canvas, 0, 1, STYLE_NORMAL, 0x1b);
	canvas_glyph(&canvas, 1, 1, STYLE_NORMAL, 0x65e5);
	canvas_fill(&canvas, 2, 1, 1, STYLE_NORMAL, '\n');
	ck_assert_str_eq(dump(false), "a?[0m??.\n???\n\n");
}
END_TEST

START_TEST(canvas_field_pads_aligns_and_cuts)
{
	canvas_fill(&canvas, 0, 0, 10, STYLE_NORMAL, '#');
	canvas_field(&canvas, 1, 0, 4, STYLE_NORMAL, "ab", false, false);
	canvas_field(&canvas, 5, 0, 4, STYLE_NORMAL, "ab", true, false);
	canvas_field(&canvas, 0, 1, 4, STYLE_NORMAL, "abcdef", false, false);
	canvas_field(&canvas, 5, 1, 4, STYLE_NORMAL, "abcdef", false, true);
	canvas_field(&canvas, 0, 2, 4, STYLE_NORMAL, CJK CJK, false, false);
	canvas_field(&canvas, 5, 2, 4, STYLE_NORMAL, CJK CJK, true, true);
	ck_assert_str_eq(dump(false), "#ab    ab#\n"
				      "abc" ELLIPSIS " " ELLIPSIS "def\n"
				      "\xe6\x97\xa5" ELLIPSIS "   " ELLIPSIS "\xe6\x9c\xac\n");
}
END_TEST

START_TEST(canvas_field_of_one_cell_is_an_ellipsis)
{
	canvas_field(&canvas, 0, 0, 1, STYLE_NORMAL, "abc", false, false);
	canvas_field(&canvas, 2, 0, 1, STYLE_NORMAL, "abc", false, true);
	canvas_field(&canvas, 4, 0, 0, STYLE_NORMAL, "abc", false, false);
	ck_assert_str_eq(dump(false), ELLIPSIS " " ELLIPSIS "\n\n\n");
}
END_TEST

START_TEST(canvas_of_ascii_holds_nothing_else)
{
	canvas.glyphs = GLYPHS_ASCII;
	canvas_put(&canvas, 0, 0, 10, STYLE_NORMAL, "\xe2\x96\xb2\xe2\x96\xbc\xc2\xb7\xe2\x86\x92 " E_ACUTE "\xc3\xbc");
	canvas_put(&canvas, 0, 1, 10, STYLE_NORMAL, CJK "x");
	canvas_field(&canvas, 0, 2, 4, STYLE_NORMAL, "abcdef", false, false);
	canvas_glyph(&canvas, 6, 2, STYLE_NORMAL, 0x2500);
	canvas_glyph(&canvas, 7, 2, STYLE_NORMAL, 0x28ff);
	ck_assert_str_eq(dump(false), "^v.> e?\n? ? x\nabc~  -:\n");
	check_whole();
}
END_TEST

START_TEST(canvas_dump_with_attributes_names_the_styles)
{
	canvas_put(&canvas, 0, 0, 9, STYLE_ALARM, "ab");
	canvas_fill(&canvas, 3, 0, 2, STYLE_CURSOR, ' ');
	canvas_put(&canvas, 0, 1, 9, STYLE_NORMAL, "cd");
	canvas_style(&canvas, 1, 1, 1, STYLE_SENT);
	ck_assert_str_eq(dump(true), "ab\n!!.CC\ncd\n.s\n\n\n");
}
END_TEST

START_TEST(canvas_resize_clears_and_bears_any_size)
{
	canvas_printf(&canvas, 0, 0, 9, STYLE_NORMAL, "%d", 42);
	canvas_resize(&canvas, 2, 1);
	ck_assert_str_eq(dump(false), "\n");
	canvas_resize(&canvas, -1, 5);
	canvas_put(&canvas, 0, 0, 9, STYLE_NORMAL, "x");
	ck_assert_int_eq(canvas.columns, 0);
	canvas_resize(&canvas, 1, 1);
	canvas_put(&canvas, 0, 0, 9, STYLE_NORMAL, CJK);
	ck_assert_str_eq(dump(false), "\n");
}
END_TEST

Suite *canvas_suite(void)
{
	Suite *s = suite_create("canvas");
	TCase *t = tcase_create("canvas");

	tcase_add_checked_fixture(t, start, end);
	tcase_add_test(t, canvas_put_is_cut_at_its_width_and_at_the_edge);
	tcase_add_test(t, canvas_put_outside_draws_nothing);
	tcase_add_test(t, canvas_wide_character_takes_two_cells);
	tcase_add_test(t, canvas_wide_character_that_does_not_fit_is_a_blank);
	tcase_add_test(t, canvas_half_of_a_wide_character_overwritten_takes_the_other_along);
	tcase_add_test(t, canvas_stays_whole_whatever_is_drawn);
	tcase_add_test(t, canvas_marks_join_the_character_before_them);
	tcase_add_test(t, canvas_mark_beyond_the_limit_stays_away);
	tcase_add_test(t, canvas_control_bytes_never_reach_a_cell);
	tcase_add_test(t, canvas_field_pads_aligns_and_cuts);
	tcase_add_test(t, canvas_field_of_one_cell_is_an_ellipsis);
	tcase_add_test(t, canvas_of_ascii_holds_nothing_else);
	tcase_add_test(t, canvas_dump_with_attributes_names_the_styles);
	tcase_add_test(t, canvas_resize_clears_and_bears_any_size);
	suite_add_tcase(s, t);
	return s;
}
