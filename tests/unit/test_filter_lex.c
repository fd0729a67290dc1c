/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * snapshot/filter_lex.c: words, quotes, operators and parentheses, and where they stand.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "snapshot/filter_lex.h"

Suite *filter_lex_suite(void);

static struct filter_token next(struct filter_lexer *l)
{
	struct filter_token t;
	struct error e = {.text = ""};

	ck_assert_msg(filter_lex(l, &t, &e) == 0, "%s", e.text);
	return t;
}

static struct error fails(const char *text)
{
	struct filter_lexer l = {.text = text};
	struct error e = {.position = -1};
	struct filter_token t;

	ck_assert_int_eq(filter_lex(&l, &t, &e), ERR_USAGE);
	return e;
}

START_TEST(filter_lex_reads_a_test_without_blanks_as_three_tokens)
{
	struct filter_lexer l = {.text = "port>=443"};
	struct filter_token t = next(&l);

	ck_assert_int_eq(t.kind, TOKEN_WORD);
	ck_assert_str_eq(t.text, "port");
	t = next(&l);
	ck_assert_int_eq(t.kind, TOKEN_OPERATOR);
	ck_assert_int_eq(t.op, OP_GE);
	ck_assert_int_eq(t.position, 4);
	t = next(&l);
	ck_assert_str_eq(t.text, "443");
	ck_assert_int_eq(t.position, 6);
	ck_assert_int_eq(next(&l).kind, TOKEN_END);
	ck_assert_int_eq(next(&l).kind, TOKEN_END);
}
END_TEST

START_TEST(filter_lex_takes_the_longest_operator)
{
	struct filter_lexer l = {.text = "= != < <= > >= ~ !~"};

	for (int i = 0; i < OP_COUNT; i++) {
		struct filter_token t = next(&l);

		ck_assert_int_eq(t.kind, TOKEN_OPERATOR);
		ck_assert_int_eq(t.op, (enum filter_op)i);
		ck_assert_str_eq(t.text, filter_op_text((enum filter_op)i));
	}
	ck_assert_int_eq(next(&l).kind, TOKEN_END);
}
END_TEST

START_TEST(filter_lex_knows_joiners_in_any_case_but_not_in_quotes)
{
	struct filter_lexer l = {.text = "AND Or not \"and\" android"};

	ck_assert_int_eq(next(&l).kind, TOKEN_AND);
	ck_assert_int_eq(next(&l).kind, TOKEN_OR);
	ck_assert_int_eq(next(&l).kind, TOKEN_NOT);
	ck_assert_int_eq(next(&l).kind, TOKEN_QUOTED);
	ck_assert_int_eq(next(&l).kind, TOKEN_WORD);
}
END_TEST

START_TEST(filter_lex_quoted_text_keeps_blanks_and_escapes)
{
	struct filter_lexer l = {.text = "\"a (b) \\\"c\\\" \\\\ \\n\""};

	ck_assert_str_eq(next(&l).text, "a (b) \"c\" \\ \\n");
	ck_assert_int_eq(next(&l).kind, TOKEN_END);
}
END_TEST

START_TEST(filter_lex_addresses_and_cidrs_are_words)
{
	struct filter_lexer l = {.text = "(2001:db8::/32)"};

	ck_assert_int_eq(next(&l).kind, TOKEN_OPEN);
	ck_assert_str_eq(next(&l).text, "2001:db8::/32");
	ck_assert_int_eq(next(&l).kind, TOKEN_CLOSE);
}
END_TEST

START_TEST(filter_lex_open_quote_is_told_at_its_beginning)
{
	ck_assert_int_eq(fails("  \"abc").position, 2);
	ck_assert_int_eq(fails("\"abc\\\"").position, 0);
}
END_TEST

START_TEST(filter_lex_lone_exclamation_mark_says_what_may_follow)
{
	struct error e = fails("!tcp");

	ck_assert_int_eq(e.position, 1);
	ck_assert_str_eq(e.text, "'=' or '~' is expected after '!'");
}
END_TEST

START_TEST(filter_lex_word_that_is_too_long_is_refused)
{
	char text[FILTER_VALUE + 3];
	struct filter_lexer l = {.text = text};

	memset(text, 'a', sizeof text);
	text[FILTER_VALUE - 1] = '\0';
	ck_assert_uint_eq(strlen(next(&l).text), FILTER_VALUE - 1);
	text[FILTER_VALUE - 1] = 'a';
	text[FILTER_VALUE] = '\0';
	ck_assert_int_eq(fails(text).position, 0);
	text[0] = text[FILTER_VALUE + 1] = '"';
	text[FILTER_VALUE] = 'a';
	text[FILTER_VALUE + 2] = '\0';
	ck_assert_int_eq(fails(text).position, 0);
}
END_TEST

START_TEST(filter_is_word_says_what_needs_quotes)
{
	ck_assert(filter_is_word("TLS.Google"));
	ck_assert(filter_is_word("10.0.0.0/8"));
	ck_assert(!filter_is_word(""));
	ck_assert(!filter_is_word("Weak TLS Cipher"));
	ck_assert(!filter_is_word("a=b"));
	ck_assert(!filter_is_word("OR"));
	ck_assert(!filter_is_word("a\"b"));
}
END_TEST

Suite *filter_lex_suite(void)
{
	Suite *s = suite_create("filter_lex");
	TCase *c = tcase_create("tokens");

	tcase_add_test(c, filter_lex_reads_a_test_without_blanks_as_three_tokens);
	tcase_add_test(c, filter_lex_takes_the_longest_operator);
	tcase_add_test(c, filter_lex_knows_joiners_in_any_case_but_not_in_quotes);
	tcase_add_test(c, filter_lex_quoted_text_keeps_blanks_and_escapes);
	tcase_add_test(c, filter_lex_addresses_and_cidrs_are_words);
	tcase_add_test(c, filter_lex_open_quote_is_told_at_its_beginning);
	tcase_add_test(c, filter_lex_lone_exclamation_mark_says_what_may_follow);
	tcase_add_test(c, filter_lex_word_that_is_too_long_is_refused);
	tcase_add_test(c, filter_is_word_says_what_needs_quotes);
	suite_add_tcase(s, c);
	return s;
}
