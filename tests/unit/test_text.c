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

START_TEST(text_clean_hides_fillers_tags_and_what_is_not_assigned)
{
	ck_assert_str_eq(clean("a\xe3\x85\xa4" "b"), "a?b"); /* U+3164 Hangul filler */
	ck_assert_str_eq(clean("a\xf3\xa0\x81\x81" "b"), "a?b"); /* U+E0041 tag */
	ck_assert_str_eq(clean("a\xef\xbf\xbf" "b"), "a?b"); /* U+FFFF */
	ck_assert_str_eq(clean("a\xcd\xb8" "b"), "a?b"); /* U+0378 */
	ck_assert_str_eq(clean("a\xc2\xad" "b"), "a?b"); /* U+00AD soft hyphen */
}
END_TEST

START_TEST(text_is_cleaned_in_its_own_place)
{
	/* three marks, of which one goes: what follows moves by less than its own length */
	char text[] = "a\xcc\x81\xcc\x81\xcc\x81\xe4\xb8\xad\x01" "bcdefgh";

	ck_assert_uint_eq(text_clean(text, sizeof text, text, strlen(text)), 16);
	ck_assert_str_eq(text, "a\xcc\x81\xcc\x81\xe4\xb8\xad?bcdefgh");
}
END_TEST

START_TEST(text_clean_counts_marks_for_each_base_anew)
{
	static const char two_each[] = "a\xcc\x81\xcc\x82" "b\xcc\x81\xcc\x82";

	ck_assert_str_eq(clean(two_each), two_each);
	ck_assert_str_eq(clean("a\x01\xcc\x81"), "a?\xcc\x81"); /* the question mark is a base */
}
END_TEST

START_TEST(text_clean_writes_nothing_behind_its_size)
{
	static const char raw[] = "a\xcc\x81\xe6\xbc\xa2\xf0\x9f\x98\x80\xff\xc3\xbc";

	for (size_t size = 1; size <= sizeof raw; size++) {
		char *exact = malloc(size); /* ASan sees what writes further */
		size_t n = text_clean(exact, size, raw, sizeof raw - 1);

		ck_assert_uint_lt(n, size);
		ck_assert_uint_eq(exact[n], 0);
		ck_assert(text_is_clean(exact));
		free(exact);
	}
}
END_TEST

START_TEST(text_clean_in_parts_is_text_clean_at_once)
{
	srand(2);
	for (int round = 0; round < 20000; round++) {
		char raw[60], whole[80], joined[80];
		struct text_part part = {.src = raw, .left = sizeof raw, .marks = TEXT_MARKS_MAX};
		size_t used = 0, piece = 5 + (size_t)rand() % 10;

		for (size_t i = 0; i < sizeof raw; i++)
			raw[i] = "a\xcc\x81\xe2\x82\xac\xf0"[rand() % 7]; /* many marks, much that is broken */
		text_clean(whole, sizeof whole, raw, sizeof raw);
		while (part.left > 0)
			used += text_clean_part(joined + used, piece, &part);
		ck_assert_str_eq(joined, whole);
	}
}
END_TEST

START_TEST(text_is_clean_refuses_what_text_clean_would_drop)
{
	ck_assert(text_is_clean(""));
	ck_assert(text_is_clean("a\xcc\x81\xcc\x82"));
	ck_assert(!text_is_clean("a\xcc\x81\xcc\x82\xcc\x83"));
	ck_assert(!text_is_clean("\xcc\x81"));
	ck_assert(!text_is_clean("a\xe2\x82"));
}
END_TEST

START_TEST(text_next_of_a_bad_byte_advances_by_one)
{
	const char *s = "\xe2\x82" "a\x80";

	ck_assert_uint_eq(text_next(&s), 0xfffd);
	ck_assert_uint_eq(text_next(&s), 0xfffd);
	ck_assert_uint_eq(text_next(&s), 'a');
	ck_assert_uint_eq(text_next(&s), 0xfffd);
	ck_assert_uint_eq(text_next(&s), 0);
	ck_assert_uint_eq(text_next(&s), 0); /* stays at the end */
}
END_TEST

START_TEST(text_cell_knows_the_borders_of_its_ranges)
{
	static const struct {
		uint32_t codepoint;
		int cells;
	} cases[] = {
		{0, 0}, {0x1f, 0}, {' ', 1}, {'~', 1}, {0x7f, 0}, {0x9f, 0}, {0xa0, 1}, {0xad, 0}, {0xff, 1},
		{0x2ff, 1}, {0x300, 0}, {0x36f, 0}, {0x370, 1}, {0x10ff, 1}, {0x1100, 2}, {0x11ff, 0}, {0x200b, 0},
		{0x20ac, 1}, {0x2500, 1}, {0x28ff, 1}, {0x3000, 2}, {0x303f, 1}, {0x3042, 2}, {0x30a2, 2},
		{0x3099, 0}, {0x4dc0, 1}, {0x4e00, 2}, {0x9fff, 2}, {0xac00, 2}, {0xd7a3, 2}, {0xd7b0, 0},
		{0xfe0f, 0}, {0xff01, 2}, {0xff60, 2}, {0xff61, 1}, {0xfffd, 1}, {0x1f5ff, 2}, {0x1f642, 2},
		{0x1f1e6, 1}, {0x20000, 2}, {0x2ebf0, 2}, {0x323af, 2}, {0xe0100, 0},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		ck_assert_msg(text_cell(cases[i].codepoint) == cases[i].cells, "U+%04X: %d", cases[i].codepoint,
			      text_cell(cases[i].codepoint));
}
END_TEST

START_TEST(text_fit_keeps_the_marks_of_the_last_character)
{
	int used = -1;

	ck_assert_uint_eq(text_fit("ab\xcc\x81" "c", 2, &used), 4);
	ck_assert_int_eq(used, 2);
	ck_assert_uint_eq(text_fit("abc", 0, &used), 0);
	ck_assert_uint_eq(text_fit("abc", -1, &used), 0);
	ck_assert_int_eq(used, 0);
	ck_assert_uint_eq(text_fit("abc", 2, NULL), 2);
}
END_TEST

START_TEST(text_ellipsis_of_wide_text_is_never_wider_than_asked)
{
	static const char text[] = "\xe6\xbc\xa2" "a\xcc\x81\xe5\xad\x97\xe6\xbc\xa2" "b\xf0\x9f\x98\x80";
	char out[64];

	for (int cells = 0; cells <= 12; cells++)
		for (int keep_end = 0; keep_end < 2; keep_end++) {
			int width = text_width(text_ellipsis(out, sizeof out, text, cells, keep_end, false));

			ck_assert_int_le(width, cells);
			ck_assert_int_ge(width, cells < 10 ? cells - 1 : 10); /* one is lost before a wide one */
			ck_assert(text_is_clean(out));
		}
}
END_TEST

START_TEST(text_ellipsis_puts_no_mark_on_the_ellipsis)
{
	char out[64];

	ck_assert_str_eq(text_ellipsis(out, sizeof out, "ab\xcc\x81" "cd", 3, true, true), "~cd");
	ck_assert_str_eq(text_ellipsis(out, sizeof out, "ab\xcc\x81" "cd", 3, false, true), "ab\xcc\x81~");
}
END_TEST

START_TEST(text_ellipsis_in_a_small_buffer_is_cut_at_a_character)
{
	char out[16];

	for (size_t size = 1; size < sizeof out; size++)
		for (int keep_end = 0; keep_end < 2; keep_end++) {
			text_ellipsis(out, size, "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2", 5, keep_end, false);
			ck_assert_uint_lt(strlen(out), size);
			ck_assert(text_is_clean(out));
		}
}
END_TEST

START_TEST(text_put_refuses_what_is_beyond_unicode)
{
	char out[8];

	ck_assert_uint_eq(text_put(out, sizeof out, 0x10ffff), 4);
	ck_assert_uint_eq(text_put(out, sizeof out, 0x110000), 0);
}
END_TEST

START_TEST(text_line_breaks_before_a_blank_and_beside_a_wide_character)
{
	ck_assert_uint_eq(text_line("one two three", 8), 7);
	ck_assert_uint_eq(text_line("one two", 7), 7);
	ck_assert_uint_eq(text_line("\xe6\xbc\xa2\xe5\xad\x97" "abc", 4), 6);
	ck_assert_uint_eq(text_line("abc\xe6\xbc\xa2\xe5\xad\x97", 6), 6);
	ck_assert_uint_eq(text_line("a b\xe6\xbc\xa2" "cd", 6), 6); /* not within cd */
}
END_TEST

START_TEST(text_line_leaves_no_closing_sign_for_the_next_line)
{
	/* two characters, a comma as wide as they are, one more */
	ck_assert_uint_eq(text_line("\xe6\xbc\xa2\xe5\xad\x97\xef\xbc\x8c\xe5\xad\x97", 4), 3);
	ck_assert_uint_eq(text_line("\xe6\xbc\xa2\xe5\xad\x97\xef\xbc\x8c\xe5\xad\x97", 6), 9);
}
END_TEST

START_TEST(text_line_cuts_a_word_that_is_wider_than_the_column)
{
	ck_assert_uint_eq(text_line("abcdefgh", 3), 3);
	ck_assert_uint_eq(text_line("", 3), 0);
}
END_TEST

static void add_more_tests(TCase *c)
{
	tcase_add_test(c, text_line_breaks_before_a_blank_and_beside_a_wide_character);
	tcase_add_test(c, text_line_leaves_no_closing_sign_for_the_next_line);
	tcase_add_test(c, text_line_cuts_a_word_that_is_wider_than_the_column);
	tcase_add_test(c, text_clean_hides_fillers_tags_and_what_is_not_assigned);
	tcase_add_test(c, text_is_cleaned_in_its_own_place);
	tcase_add_test(c, text_clean_counts_marks_for_each_base_anew);
	tcase_add_test(c, text_clean_writes_nothing_behind_its_size);
	tcase_add_test(c, text_clean_in_parts_is_text_clean_at_once);
	tcase_add_test(c, text_is_clean_refuses_what_text_clean_would_drop);
	tcase_add_test(c, text_next_of_a_bad_byte_advances_by_one);
	tcase_add_test(c, text_cell_knows_the_borders_of_its_ranges);
	tcase_add_test(c, text_fit_keeps_the_marks_of_the_last_character);
	tcase_add_test(c, text_ellipsis_of_wide_text_is_never_wider_than_asked);
	tcase_add_test(c, text_ellipsis_puts_no_mark_on_the_ellipsis);
	tcase_add_test(c, text_ellipsis_in_a_small_buffer_is_cut_at_a_character);
	tcase_add_test(c, text_put_refuses_what_is_beyond_unicode);
}

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
	add_more_tests(c);
	suite_add_tcase(s, c);
	return s;
}
