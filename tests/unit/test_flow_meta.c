/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * flow/flow_meta.c: texts are kept, cleaned and bounded, and none costs nothing.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "dpitop/mem.h"
#include "flow/dpi.h"

Suite *flow_meta_suite(void);

START_TEST(flow_meta_of_no_text_is_none)
{
	const char *const empty[FLOW_TEXT_COUNT] = {[FLOW_URL] = ""};

	ck_assert_ptr_null(flow_meta_new(empty));
	ck_assert_ptr_null(flow_meta_copy(NULL));
	ck_assert_uint_eq(flow_meta_memory(NULL), 0);
	for (enum flow_text i = 0; i < FLOW_TEXT_COUNT; i++)
		ck_assert_str_eq(flow_meta_text(NULL, i), "");
}
END_TEST

START_TEST(flow_meta_keeps_each_text_in_its_place)
{
	static const char *const names[FLOW_TEXT_COUNT] = {"a", "bb", "ccc", "d", "e", "f", "g",
							   "h", "i",  "j",   "k", "l", "m", "n", "o"};
	struct flow_meta *m = flow_meta_new(names);

	for (enum flow_text i = 0; i < FLOW_TEXT_COUNT; i++)
		ck_assert_str_eq(flow_meta_text(m, i), names[i]);
	mem_free(m);
}
END_TEST

START_TEST(flow_meta_texts_that_are_missing_are_empty)
{
	const char *const some[FLOW_TEXT_COUNT] = {[FLOW_URL] = "x/y", [FLOW_JA4] = "t13"};
	struct flow_meta *m = flow_meta_new(some);

	ck_assert_str_eq(flow_meta_text(m, FLOW_SITE), "");
	ck_assert_str_eq(flow_meta_text(m, FLOW_URL), "x/y");
	ck_assert_str_eq(flow_meta_text(m, FLOW_METHOD), "");
	ck_assert_str_eq(flow_meta_text(m, FLOW_JA4), "t13");
	ck_assert_str_eq(flow_meta_text(m, FLOW_ANSWER), "");
	mem_free(m);
}
END_TEST

START_TEST(flow_meta_hostile_text_is_cleaned)
{
	const char *const hostile[FLOW_TEXT_COUNT] = {[FLOW_SITE] = "a\x1b[2Jb\r\n",
						      [FLOW_URL] = "\xff\xfe",
						      [FLOW_USER_AGENT] = "gr\xc3\xbc\xc3\x9f",
						      [FLOW_QUERY] = "\xc2\x9b"
								     "31m",
						      [FLOW_CODE] = "\xe2\x80\xae"
								    "cod.exe"};
	struct flow_meta *m = flow_meta_new(hostile);

	ck_assert_str_eq(flow_meta_text(m, FLOW_SITE), "a?[2Jb??");
	ck_assert_str_eq(flow_meta_text(m, FLOW_URL), "??");
	ck_assert_str_eq(flow_meta_text(m, FLOW_USER_AGENT), "gr\xc3\xbc\xc3\x9f");
	/* CSI as one character; what turns text around */
	ck_assert_ptr_null(strstr(flow_meta_text(m, FLOW_QUERY), "\xc2\x9b"));
	ck_assert_ptr_null(strstr(flow_meta_text(m, FLOW_CODE), "\xe2\x80\xae"));
	mem_free(m);
}
END_TEST

START_TEST(flow_meta_long_texts_are_cut_and_all_of_them_fit)
{
	static char text[100000];
	const char *texts[FLOW_TEXT_COUNT];
	struct flow_meta *m;

	memset(text, 'x', sizeof text - 1);
	for (enum flow_text i = 0; i < FLOW_TEXT_COUNT; i++)
		texts[i] = text;
	m = flow_meta_new(texts);
	for (enum flow_text i = 0; i < FLOW_TEXT_COUNT; i++)
		ck_assert_uint_eq(strlen(flow_meta_text(m, i)), 511);
	ck_assert_uint_ge(flow_meta_memory(m), FLOW_TEXT_COUNT * 512);
	mem_free(m);
}
END_TEST

START_TEST(flow_meta_is_not_cut_inside_a_character)
{
	static char text[1024];
	const char *const texts[FLOW_TEXT_COUNT] = {text};
	struct flow_meta *m;
	size_t n;

	for (unsigned i = 0; i < 340; i++)
		memcpy(text + 3 * i, "\xe2\x82\xac", 3); /* euro sign */
	m = flow_meta_new(texts);
	n = strlen(flow_meta_text(m, FLOW_SITE));
	ck_assert_uint_gt(n, 500);
	ck_assert_uint_eq(n % 3, 0);
	mem_free(m);
}
END_TEST

START_TEST(flow_meta_copy_is_the_same_and_its_own)
{
	const char *const some[FLOW_TEXT_COUNT] = {
		[FLOW_SITE] = "www.example.org", [FLOW_CODE] = "200"};
	struct flow_meta *m = flow_meta_new(some), *copy = flow_meta_copy(m);

	ck_assert_uint_eq(flow_meta_memory(copy), flow_meta_memory(m));
	mem_free(m);
	ck_assert_str_eq(flow_meta_text(copy, FLOW_SITE), "www.example.org");
	ck_assert_str_eq(flow_meta_text(copy, FLOW_CODE), "200");
	mem_free(copy);
}
END_TEST

Suite *flow_meta_suite(void)
{
	Suite *s = suite_create("flow_meta");
	TCase *c = tcase_create("flow_meta");

	tcase_add_test(c, flow_meta_of_no_text_is_none);
	tcase_add_test(c, flow_meta_keeps_each_text_in_its_place);
	tcase_add_test(c, flow_meta_texts_that_are_missing_are_empty);
	tcase_add_test(c, flow_meta_hostile_text_is_cleaned);
	tcase_add_test(c, flow_meta_long_texts_are_cut_and_all_of_them_fit);
	tcase_add_test(c, flow_meta_is_not_cut_inside_a_character);
	tcase_add_test(c, flow_meta_copy_is_the_same_and_its_own);
	suite_add_tcase(s, c);
	return s;
}
