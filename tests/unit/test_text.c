/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * base/text.c: hostile text becomes printable, cells are counted right.
 */
#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/text.h"

Suite *text_suite(void);

static const char *clean(const char *s)
{
	static char buf[256]; /* a test is a process */

	text_clean(buf, sizeof buf, s, strlen(s));
	return buf;
}

START_TEST(text_controls_become_question_marks)
{
	ck_assert_str_eq(clean("a\x1b[31mb\x07\r\n\t\x7f"), "a?[31mb?????");
	ck_assert_str_eq(clean("x\xc2\x9by"), "x?y"); /* C1 CSI as UTF-8 */
}
END_TEST

START_TEST(text_bidi_and_zero_width_become_question_marks)
{
	ck_assert_str_eq(clean("a\xe2\x80\xae" "b"), "a?b"); /* U+202E */
	ck_assert_str_eq(clean("a\xe2\x81\xa6" "b"), "a?b"); /* U+2066 */
	ck_assert_str_eq(clean("a\xe2\x80\x8b" "b"), "a?b"); /* U+200B */
	ck_assert_str_eq(clean("a\xef\xbb\xbf" "b"), "a?b"); /* U+FEFF */
	ck_assert_str_eq(clean("a\xe2\x80\xa8" "b"), "a?b"); /* U+2028 */
	ck_assert_str_eq(clean("a\xee\x80\x80" "b"), "a?b"); /* U+E000 */
}
END_TEST

START_TEST(text_invalid_utf8_becomes_question_marks)
{
	ck_assert_str_eq(clean("a\xff" "b"), "a?b");
	ck_assert_str_eq(clean("\xc0\xaf"), "??");           /* overlong */
	ck_assert_str_eq(clean("\xed\xa0\x80"), "???");      /* surrogate */
	ck_assert_str_eq(clean("\xf4\x90\x80\x80"), "????"); /* above U+10FFFF */
	ck_assert_str_eq(clean("\xe2\x82"), "??");           /* cut */
}
END_TEST

START_TEST(text_good_letters_stay)
{
	ck_assert_str_eq(clean("gr\xc3\xbc\xc3\x9f \xe6\xbc\xa2\xe5\xad\x97 \xf0\x9f\x98\x80"),
			 "gr\xc3\xbc\xc3\x9f \xe6\xbc\xa2\xe5\xad\x97 \xf0\x9f\x98\x80");
	ck_assert(text_is_clean("gr\xc3\xbc\xc3\x9f"));
	ck_assert(!text_is_clean("\x1b"));
	ck_assert(!text_is_clean("\xff"));
}
END_TEST

START_TEST(text_combining_storm_is_cut_to_two_marks)
{
	ck_assert_str_eq(clean("a\xcc\x81\xcc\x82\xcc\x83\xcc\x84" "b"), "a\xcc\x81\xcc\x82" "b");
	ck_assert_str_eq(clean("\xcc\x81x"), "x"); /* no base */
}
END_TEST

START_TEST(text_clean_is_cut_at_a_character_and_stops_at_nul)
{
	char buf[4];

	ck_assert_uint_eq(text_clean(buf, sizeof buf, "ab\xc3\xbc", 4), 2);
	ck_assert_str_eq(buf, "ab");
	ck_assert_uint_eq(text_clean(buf, sizeof buf, "a\0b", 3), 1);
	ck_assert_uint_eq(text_clean(buf, 0, "a", 1), 0);
}
END_TEST

START_TEST(text_cleaned_once_is_clean_for_any_bytes)
{
	srand(1);
	for (int round = 0; round < 20000; round++) {
		char raw[40], once[64], twice[64];

		for (size_t i = 0; i < sizeof raw; i++)
			raw[i] = (char)(rand() % 4 != 0 ? rand() : 0xc0 + rand() % 64);
		text_clean(once, sizeof once, raw, sizeof raw);
		ck_assert(text_is_clean(once));
		text_clean(twice, sizeof twice, once, strlen(once));
		ck_assert_str_eq(once, twice);
	}
}
END_TEST

START_TEST(text_width_counts_cells_not_bytes)
{
	ck_assert_int_eq(text_width("abc"), 3);
	ck_assert_int_eq(text_width("gr\xc3\xbc"), 3);
	ck_assert_int_eq(text_width("\xe6\xbc\xa2\xe5\xad\x97"), 4);
	ck_assert_int_eq(text_width("a\xcc\x81"), 1);
	ck_assert_int_eq(text_width("\xf0\x9f\x98\x80"), 2);
	ck_assert_int_eq(text_width("\xe2\xa3\xbf"), 1); /* braille */
}
END_TEST

START_TEST(text_fit_never_splits_a_wide_character)
{
	int used;

	ck_assert_uint_eq(text_fit("\xe6\xbc\xa2\xe5\xad\x97", 3, &used), 3);
	ck_assert_int_eq(used, 2);
	ck_assert_uint_eq(text_fit("abc", 9, &used), 3);
	ck_assert_int_eq(used, 3);
}
END_TEST

START_TEST(text_ellipsis_stands_at_the_less_telling_end)
{
	char buf[64];

	ck_assert_str_eq(text_ellipsis(buf, sizeof buf, "abcdef", 4, false, true), "abc~");
	ck_assert_str_eq(text_ellipsis(buf, sizeof buf, "abcdef", 4, true, true), "~def");
	ck_assert_str_eq(text_ellipsis(buf, sizeof buf, "abcdef", 6, false, false), "abcdef");
	ck_assert_str_eq(text_ellipsis(buf, sizeof buf, "abcdef", 4, false, false), "abc\xe2\x80\xa6");
	ck_assert_str_eq(text_ellipsis(buf, sizeof buf, "abcdef", 0, false, false), "");
	ck_assert_str_eq(text_ellipsis(buf, 4, "abcdef", 6, false, false), "abc");
}
END_TEST

START_TEST(text_put_and_next_are_inverse)
{
	static const uint32_t some[] = {'a', 0xfc, 0x20ac, 0x1f600};
	char buf[5] = {0};

	for (size_t i = 0; i < 4; i++) {
		const char *s = buf;

		buf[text_put(buf, 4, some[i])] = '\0';
		ck_assert_uint_eq(text_next(&s), some[i]);
		ck_assert_uint_eq(text_next(&s), 0);
	}
	ck_assert_uint_eq(text_put(buf, 1, 0xfc), 0);
}
END_TEST

Suite *text_suite(void)
{
	Suite *s = suite_create("text");
	TCase *c = tcase_create("text");

	tcase_add_test(c, text_controls_become_question_marks);
	tcase_add_test(c, text_bidi_and_zero_width_become_question_marks);
	tcase_add_test(c, text_invalid_utf8_becomes_question_marks);
	tcase_add_test(c, text_good_letters_stay);
	tcase_add_test(c, text_combining_storm_is_cut_to_two_marks);
	tcase_add_test(c, text_clean_is_cut_at_a_character_and_stops_at_nul);
	tcase_add_test(c, text_cleaned_once_is_clean_for_any_bytes);
	tcase_add_test(c, text_width_counts_cells_not_bytes);
	tcase_add_test(c, text_fit_never_splits_a_wide_character);
	tcase_add_test(c, text_ellipsis_stands_at_the_less_telling_end);
	tcase_add_test(c, text_put_and_next_are_inverse);
	suite_add_tcase(s, c);
	return s;
}
