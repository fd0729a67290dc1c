/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tui/style.c: every style has a look of its own kind on every terminal, readable on dark and light.
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <string.h>

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
		struct style_look look = style_look((enum style)s, 256);

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

START_TEST(style_of_few_colours_uses_only_the_eight)
{
	for (int s = 0; s < STYLE_COUNT; s++) {
		ck_assert_int_lt(style_look((enum style)s, 8).colour, 8);
		ck_assert_int_lt(style_look((enum style)s, 16).colour, 8);
		ck_assert_int_lt(style_look((enum style)s, 88).colour, 8);
	}
}
END_TEST

START_TEST(style_without_colour_has_attributes_only)
{
	for (int s = 0; s < STYLE_COUNT; s++) {
		ck_assert_int_eq(style_look((enum style)s, 0).colour, -1);
		ck_assert_int_eq(style_look((enum style)s, 2).colour, -1);
	}
}
END_TEST

START_TEST(style_that_must_be_seen_differs_from_normal_without_colour)
{
	static const enum style seen[] = {STYLE_HEADER, STYLE_TAB_ACTIVE, STYLE_CURSOR, STYLE_TAGGED, STYLE_SUM,
					  STYLE_WARN, STYLE_ALARM, STYLE_KEY_TEXT, STYLE_BANNER};

	for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
		ck_assert_msg(style_look(seen[i], 0).attributes != 0, "%s is lost without colour", style_name(seen[i]));
	ck_assert_uint_ne(style_look(STYLE_WARN, 0).attributes, style_look(STYLE_ALARM, 0).attributes);
	ck_assert_uint_ne(style_look(STYLE_CURSOR, 0).attributes, style_look(STYLE_TAGGED, 0).attributes);
}
END_TEST

START_TEST(style_directions_are_told_apart_where_there_is_colour)
{
	for (int colours = 8; colours <= 256; colours += 248) {
		ck_assert_int_ne(style_look(STYLE_SENT, colours).colour, style_look(STYLE_RECEIVED, colours).colour);
		ck_assert_int_eq(style_look(STYLE_SENT, colours).colour, style_look(STYLE_GRAPH_OUT, colours).colour);
		ck_assert_int_eq(style_look(STYLE_RECEIVED, colours).colour, style_look(STYLE_GRAPH_IN, colours).colour);
		ck_assert_int_ne(style_look(STYLE_WARN, colours).colour, style_look(STYLE_ALARM, colours).colour);
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
	ck_assert_int_eq(style_look((enum style)200, 256).attributes, 0);
}
END_TEST

Suite *style_suite(void)
{
	Suite *s = suite_create("style");
	TCase *t = tcase_create("style");

	tcase_add_test(t, style_colours_read_on_black_and_on_white);
	tcase_add_test(t, style_of_few_colours_uses_only_the_eight);
	tcase_add_test(t, style_without_colour_has_attributes_only);
	tcase_add_test(t, style_that_must_be_seen_differs_from_normal_without_colour);
	tcase_add_test(t, style_directions_are_told_apart_where_there_is_colour);
	tcase_add_test(t, style_letters_and_names_are_there_and_differ);
	tcase_add_test(t, style_out_of_range_is_normal);
	suite_add_tcase(s, t);
	return s;
}
