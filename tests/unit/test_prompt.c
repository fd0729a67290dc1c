/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tui/prompt.c and complete.c: a typed line, its history, and how words are completed.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "tui/screen.h"

Suite *prompt_suite(void);

static struct prompt p;
static struct prompt_history history, other;

static void open_with(const char *text)
{
	prompt_open(&p, &history, "Filter:", text);
}

static void type(const char *text)
{
	for (; *text != '\0'; text++)
		prompt_key(&p, (unsigned char)*text);
}

static void enter(const char *text)
{
	open_with("");
	type(text);
	ck_assert_int_eq(prompt_key(&p, KEY_CODE_ENTER), PROMPT_DONE);
}

START_TEST(history_goes_back_and_comes_back_to_what_was_being_typed)
{
	enter("one");
	enter("two");
	open_with("");
	type("thr");
	prompt_key(&p, KEY_CODE_UP);
	ck_assert_str_eq(p.text, "two");
	prompt_key(&p, KEY_CODE_UP);
	ck_assert_str_eq(p.text, "one");
	prompt_key(&p, KEY_CODE_UP);
	ck_assert_str_eq(p.text, "one");
	prompt_key(&p, KEY_CODE_DOWN);
	prompt_key(&p, KEY_CODE_DOWN);
	ck_assert_str_eq(p.text, "thr");
}
END_TEST

START_TEST(history_has_a_line_once_the_newest_first)
{
	enter("one");
	enter("two");
	enter("one");
	ck_assert_uint_eq(history.count, 2);
	ck_assert_str_eq(history.lines[0], "one");
	ck_assert_str_eq(history.lines[1], "two");
}
END_TEST

START_TEST(history_forgets_the_oldest_and_nothing_else)
{
	char text[16];

	for (int i = 0; i < PROMPT_HISTORY + 3; i++) {
		snprintf(text, sizeof text, "n%d", i);
		enter(text);
	}
	ck_assert_uint_eq(history.count, PROMPT_HISTORY);
	ck_assert_str_eq(history.lines[0], "n18");
	ck_assert_str_eq(history.lines[PROMPT_HISTORY - 1], "n3");
}
END_TEST

START_TEST(history_is_of_its_kind_of_prompt)
{
	enter("port = 53");
	prompt_open(&p, &other, "Search:", "");
	prompt_key(&p, KEY_CODE_UP);
	ck_assert_str_eq(p.text, "");
}
END_TEST

START_TEST(word_is_completed_with_a_blank_when_it_is_the_only_one)
{
	open_with("app = TLS and nam");
	prompt_complete(&p, "host name net");
	ck_assert_str_eq(p.text, "app = TLS and name ");
	ck_assert_str_eq(p.hint, "");
}
END_TEST

START_TEST(words_share_what_they_share_and_are_told)
{
	open_with("c");
	prompt_complete(&p, "country countries port");
	ck_assert_str_eq(p.text, "countr");
	ck_assert_str_eq(p.hint, "country countries");
}
END_TEST

START_TEST(word_that_nothing_begins_with_stays)
{
	open_with("zz");
	prompt_complete(&p, "country port");
	ck_assert_str_eq(p.text, "zz");
	ck_assert_str_eq(p.hint, "nothing begins so");
	type("z");
	ck_assert_str_eq(p.hint, "");
}
END_TEST

START_TEST(word_in_the_middle_is_completed_there)
{
	open_with("coun = DE");
	p.at = 4;
	prompt_complete(&p, "country");
	ck_assert_str_eq(p.text, "country  = DE");
	ck_assert_uint_eq(p.at, 8);
}
END_TEST

START_TEST(full_line_takes_no_more)
{
	char long_text[PROMPT_TEXT];

	memset(long_text, 'a', sizeof long_text);
	long_text[sizeof long_text - 3] = '\0';
	memcpy(long_text + sizeof long_text - 5, " c", 2);
	open_with(long_text);
	prompt_complete(&p, "country");
	ck_assert_uint_lt(strlen(p.text), PROMPT_TEXT);
	ck_assert_uint_eq(p.at, strlen(p.text));
}
END_TEST

START_TEST(filter_completes_fields_ends_and_presets)
{
	static const char *const cases[][2] = {
		{"src.coun", "src.country "}, {"sr", "src"}, {"preset = p2", "preset = p2p "}, {"an", "an"},
		{"app = TLS and not hos", "app = TLS and not host"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		open_with(cases[i][0]);
		complete_filter(&p);
		ck_assert_msg(strncmp(p.text, cases[i][1], strlen(cases[i][1])) == 0, "'%s' became '%s'", cases[i][0], p.text);
	}
}
END_TEST

Suite *prompt_suite(void)
{
	Suite *s = suite_create("prompt");
	TCase *t = tcase_create("prompt");

	tcase_add_test(t, history_goes_back_and_comes_back_to_what_was_being_typed);
	tcase_add_test(t, history_has_a_line_once_the_newest_first);
	tcase_add_test(t, history_forgets_the_oldest_and_nothing_else);
	tcase_add_test(t, history_is_of_its_kind_of_prompt);
	tcase_add_test(t, word_is_completed_with_a_blank_when_it_is_the_only_one);
	tcase_add_test(t, words_share_what_they_share_and_are_told);
	tcase_add_test(t, word_that_nothing_begins_with_stays);
	tcase_add_test(t, word_in_the_middle_is_completed_there);
	tcase_add_test(t, full_line_takes_no_more);
	tcase_add_test(t, filter_completes_fields_ends_and_presets);
	suite_add_tcase(s, t);
	return s;
}
