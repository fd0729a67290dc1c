/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * base/err.c: the sentence, the code and the offset that a caller gets.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "dpitop/err.h"
#include "dpitop/text.h"

Suite *err_suite(void);

START_TEST(error_set_returns_the_code_and_keeps_the_sentence)
{
	struct error e = {.position = 9};

	ck_assert_int_eq(error_set(&e, ERR_NOT_FOUND, "cannot open '%s': %s", "eth7", "no such device"), ERR_NOT_FOUND);
	ck_assert_int_eq(e.code, ERR_NOT_FOUND);
	ck_assert_int_eq(e.position, -1);
	ck_assert_str_eq(e.text, "cannot open 'eth7': no such device");
}
END_TEST

START_TEST(error_set_at_keeps_the_offset)
{
	struct error e;

	ck_assert_int_eq(error_set_at(&e, ERR_USAGE, 7, "bad %c", 'x'), ERR_USAGE);
	ck_assert_int_eq(e.position, 7);
	ck_assert_str_eq(e.text, "bad x");
}
END_TEST

START_TEST(error_set_without_a_place_for_it_only_returns_the_code)
{
	ck_assert_int_eq(error_set(NULL, ERR_IO, "%s", "nobody reads this"), ERR_IO);
	ck_assert_int_eq(error_set_at(NULL, ERR_LIMIT, 3, "nor this"), ERR_LIMIT);
}
END_TEST

START_TEST(error_set_cuts_at_383_bytes)
{
	char long_text[400];
	struct error e;

	memset(long_text, 'a', sizeof long_text - 1);
	long_text[sizeof long_text - 1] = '\0';
	error_set(&e, ERR_IO, "%s", long_text);
	ck_assert_uint_eq(strlen(e.text), 383);
}
END_TEST

/* The character is put so that its last, its last but one, ... byte would not fit. */
START_TEST(error_set_never_splits_a_character)
{
	static const char *const characters[] = {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};

	for (size_t k = 0; k < 3; k++) {
		size_t length = strlen(characters[k]);

		for (size_t before = 383 - length; before < 383; before++) {
			char text[420];
			struct error e;

			memset(text, 'a', before);
			memcpy(text + before, characters[k], length + 1);
			strcat(text, "bbbbbb");
			error_set(&e, ERR_IO, "%s", text);
			ck_assert(text_is_clean(e.text));
			ck_assert_uint_eq(strlen(e.text), before + length <= 383 ? before + length + (383 - before - length) : before);
		}
	}
}
END_TEST

START_TEST(error_set_may_quote_what_the_same_error_said)
{
	struct error e;

	error_set(&e, ERR_IO, "no such device");
	error_set(&e, e.code, "cannot open '%s': %s", "eth7", e.text);
	ck_assert_str_eq(e.text, "cannot open 'eth7': no such device");
}
END_TEST

Suite *err_suite(void)
{
	Suite *s = suite_create("err");
	TCase *c = tcase_create("err");

	tcase_add_test(c, error_set_returns_the_code_and_keeps_the_sentence);
	tcase_add_test(c, error_set_at_keeps_the_offset);
	tcase_add_test(c, error_set_without_a_place_for_it_only_returns_the_code);
	tcase_add_test(c, error_set_cuts_at_383_bytes);
	tcase_add_test(c, error_set_never_splits_a_character);
	tcase_add_test(c, error_set_may_quote_what_the_same_error_said);
	suite_add_tcase(s, c);
	return s;
}
