/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tui/style.c: every style has a look of its own kind on every terminal, readable on dark and light.
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden.h"
#include "tui/style.h"

Suite *style_suite(void);

/* WCAG 2.1: 3 is the least for large or bold text and marks. */
static const double least_contrast = 3;

/* Relative luminance (WCAG 2.1) of a colour of xterm's cube or its greys. */
static double luminance(int colour)
{
	static const int levels[] = {0, 95, 135, 175, 215, 255};
	static const double weights[] = {0.2126, 0.7152, 0.0722};
	int parts[3];
	double sum = 0;

	if (colour >= 232) {
		parts[0] = parts[1] = parts[2] = 8 + 10 * (colour - 232);
	} else {
		parts[0] = levels[(colour - 16) / 36];
		parts[1] = levels[(colour - 16) / 6 % 6];
		parts[2] = levels[(colour - 16) % 6];
	}
	for (int i = 0; i < 3; i++) {
		double v = parts[i] / 255.0;

		sum += weights[i] * (v <= 0.03928 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
	}
	return sum;
}

START_TEST(style_colours_read_on_black_and_on_white)
{
	for (int s = 0; s < STYLE_COUNT; s++) {
		struct style_look look = style_look((enum style)s, THEME_DEFAULT, 256);

		if (look.colour < 0)
			continue;
		ck_assert_msg(look.colour >= 16, "%s depends on the user's palette", style_name((enum style)s));
		ck_assert_msg((luminance(look.colour) + 0.05) / 0.05 >= least_contrast, "%s is too dark",
			      style_name((enum style)s));
		ck_assert_msg(1.05 / (luminance(look.colour) + 0.05) >= least_contrast, "%s is too light",
			      style_name((enum style)s));
	}
}
END_TEST

static double contrast(int a, int b)
{
	double x = luminance(a), y = luminance(b);

	return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

/* WCAG 2.1: 4.5 for text (AA), 7 for enhanced contrast (AAA). */
START_TEST(style_of_the_light_theme_reads_on_white)
{
	enum { WHITE = 231 };

	for (int s = 0; s < STYLE_COUNT; s++) {
		struct style_look look = style_look((enum style)s, THEME_LIGHT, 256);

		if (look.colour >= 0)
			ck_assert_msg(contrast(look.colour, WHITE) >= 4.5, "%s is too light", style_name((enum style)s));
		ck_assert_int_eq(look.back, -1);
	}
}
END_TEST

START_TEST(style_of_high_contrast_has_its_own_background_and_seven_to_one)
{
	for (int s = 0; s < STYLE_COUNT; s++) {
		struct style_look look = style_look((enum style)s, THEME_HIGH_CONTRAST, 256);

		ck_assert_int_ge(look.colour, 16);
		ck_assert_int_ge(look.back, 16);
		ck_assert_msg(contrast(look.colour, look.back) >= 7, "%s has too little", style_name((enum style)s));
	}
}
END_TEST

START_TEST(style_of_high_contrast_tells_severity_by_more_than_colour)
{
	for (int colours = 8; colours <= 256; colours += 248)
		ck_assert_uint_ne(style_look(STYLE_WARN, THEME_HIGH_CONTRAST, colours).attributes,
				  style_look(STYLE_ALARM, THEME_HIGH_CONTRAST, colours).attributes);
}
END_TEST

START_TEST(style_of_the_mono_theme_never_has_a_colour)
{
	for (int s = 0; s < STYLE_COUNT; s++) {
		ck_assert_int_eq(style_look((enum style)s, THEME_MONO, 256).colour, -1);
		ck_assert_int_eq(style_look((enum style)s, THEME_MONO, 256).back, -1);
	}
}
END_TEST

/* All looks of all themes, so that a change of one is read before it is committed. */
START_TEST(style_tables_are_as_they_were)
{
	static const int colours[] = {256, 8, 0};
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	for (int theme = 0; theme < THEME_COUNT; theme++)
		for (int s = 0; s < STYLE_COUNT; s++) {
			fprintf(out, "%-13s %-10s", themes[theme].name, style_name((enum style)s));
			for (size_t i = 0; i < sizeof colours / sizeof colours[0]; i++) {
				struct style_look look = style_look((enum style)s, theme, colours[i]);

				fprintf(out, "  %3d: %3d on %2d %s%s%s%s", colours[i], look.colour, look.back,
					look.attributes & LOOK_BOLD ? "b" : "-", look.attributes & LOOK_DIM ? "d" : "-",
					look.attributes & LOOK_UNDERLINE ? "u" : "-", look.attributes & LOOK_REVERSE ? "r" : "-");
			}
			fputc('\n', out);
		}
	fclose(out);
	golden_compare(GOLDEN "/themes.txt", text);
	free(text);
}
END_TEST

START_TEST(style_of_few_colours_uses_only_the_eight)
{
	for (int s = 0; s < STYLE_COUNT; s++) {
		ck_assert_int_lt(style_look((enum style)s, THEME_DEFAULT, 8).colour, 8);
		ck_assert_int_lt(style_look((enum style)s, THEME_DEFAULT, 16).colour, 8);
		ck_assert_int_lt(style_look((enum style)s, THEME_DEFAULT, 88).colour, 8);
	}
}
END_TEST

START_TEST(style_without_colour_has_attributes_only)
{
	for (int s = 0; s < STYLE_COUNT; s++) {
		ck_assert_int_eq(style_look((enum style)s, THEME_DEFAULT, 0).colour, -1);
		ck_assert_int_eq(style_look((enum style)s, THEME_DEFAULT, 2).colour, -1);
	}
}
END_TEST

START_TEST(style_that_must_be_seen_differs_from_normal_without_colour)
{
	static const enum style seen[] = {STYLE_HEADER, STYLE_TAB_ACTIVE, STYLE_CURSOR, STYLE_TAGGED, STYLE_SUM,
					  STYLE_WARN, STYLE_ALARM, STYLE_KEY_TEXT, STYLE_BANNER};

	for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
		ck_assert_msg(style_look(seen[i], THEME_DEFAULT, 0).attributes != 0, "%s is lost without colour", style_name(seen[i]));
	ck_assert_uint_ne(style_look(STYLE_WARN, THEME_DEFAULT, 0).attributes, style_look(STYLE_ALARM, THEME_DEFAULT, 0).attributes);
	ck_assert_uint_ne(style_look(STYLE_CURSOR, THEME_DEFAULT, 0).attributes, style_look(STYLE_TAGGED, THEME_DEFAULT, 0).attributes);
}
END_TEST

START_TEST(style_directions_are_told_apart_where_there_is_colour)
{
	for (int colours = 8; colours <= 256; colours += 248) {
		ck_assert_int_ne(style_look(STYLE_SENT, THEME_DEFAULT, colours).colour, style_look(STYLE_RECEIVED, THEME_DEFAULT, colours).colour);
		ck_assert_int_eq(style_look(STYLE_SENT, THEME_DEFAULT, colours).colour, style_look(STYLE_GRAPH_OUT, THEME_DEFAULT, colours).colour);
		ck_assert_int_eq(style_look(STYLE_RECEIVED, THEME_DEFAULT, colours).colour, style_look(STYLE_GRAPH_IN, THEME_DEFAULT, colours).colour);
		ck_assert_int_ne(style_look(STYLE_WARN, THEME_DEFAULT, colours).colour, style_look(STYLE_ALARM, THEME_DEFAULT, colours).colour);
	}
}
END_TEST

START_TEST(style_letters_and_names_are_there_and_differ)
{
	char seen[256] = {0};

	ck_assert_int_eq(style_letter(STYLE_NORMAL), '.');
	for (int s = 0; s < STYLE_COUNT; s++) {
		unsigned char letter = (unsigned char)style_letter((enum style)s);

		ck_assert_uint_gt(letter, ' ');
		ck_assert_uint_lt(letter, 0x7f);
		ck_assert_msg(!seen[letter]++, "two styles are '%c'", letter);
		ck_assert_uint_gt(strlen(style_name((enum style)s)), 2);
	}
}
END_TEST

START_TEST(style_out_of_range_is_normal)
{
	ck_assert_str_eq(style_name((enum style)200), "normal");
	ck_assert_int_eq(style_look((enum style)200, THEME_DEFAULT, 256).attributes, 0);
}
END_TEST

START_TEST(style_steps_of_heat_differ_on_every_terminal)
{
	static const int colours[] = {0, 8, 256};

	for (size_t i = 0; i < sizeof colours / sizeof colours[0]; i++)
		for (int theme = 0; theme < THEME_COUNT; theme++)
			for (int s = STYLE_HEAT_2; s < STYLE_HEAT_5; s++) {
				struct style_look a = style_look((enum style)s, theme, colours[i]);
				struct style_look b = style_look((enum style)(s + 1), theme, colours[i]);

				ck_assert_msg(a.colour != b.colour || a.attributes != b.attributes, "%s, %s", themes[theme].name,
					      style_name((enum style)s));
			}
	/* the cursor is on one of them and must be seen there */
	ck_assert_uint_ne(style_look(STYLE_HEAT_5, THEME_MONO, 0).attributes, style_look(STYLE_CURSOR, THEME_MONO, 0).attributes);
}
END_TEST

Suite *style_suite(void)
{
	Suite *s = suite_create("style");
	TCase *t = tcase_create("style");

	tcase_add_test(t, style_colours_read_on_black_and_on_white);
	tcase_add_test(t, style_of_the_light_theme_reads_on_white);
	tcase_add_test(t, style_of_high_contrast_has_its_own_background_and_seven_to_one);
	tcase_add_test(t, style_of_high_contrast_tells_severity_by_more_than_colour);
	tcase_add_test(t, style_of_the_mono_theme_never_has_a_colour);
	tcase_add_test(t, style_tables_are_as_they_were);
	tcase_add_test(t, style_of_few_colours_uses_only_the_eight);
	tcase_add_test(t, style_without_colour_has_attributes_only);
	tcase_add_test(t, style_that_must_be_seen_differs_from_normal_without_colour);
	tcase_add_test(t, style_directions_are_told_apart_where_there_is_colour);
	tcase_add_test(t, style_letters_and_names_are_there_and_differ);
	tcase_add_test(t, style_out_of_range_is_normal);
	tcase_add_test(t, style_steps_of_heat_differ_on_every_terminal);
	suite_add_tcase(s, t);
	return s;
}
