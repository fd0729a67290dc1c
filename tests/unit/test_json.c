/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * base/json.c: always valid, exact numbers, hostile text made clean.
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "dpitop/json.h"

Suite *json_suite(void);

struct sink {
	char text[70000];
	size_t used;
	int fail_after; /* writes; <0 never */
};

static int take(void *ctx, const char *data, size_t n)
{
	struct sink *s = ctx;

	if (s->fail_after == 0)
		return -5;
	s->fail_after--;
	memcpy(s->text + s->used, data, n);
	s->used += n;
	s->text[s->used] = '\0';
	return 0;
}

static struct sink sink;
static struct json j;

static void begin(void)
{
	sink = (struct sink){.fail_after = -1};
	json_init(&j, take, &sink);
}

static const char *end(void)
{
	ck_assert_int_eq(json_flush(&j), 0);
	return sink.text;
}

START_TEST(json_nesting_has_commas_where_they_belong)
{
	begin();
	json_object(&j, NULL);
	json_u64(&j, "a", 1);
	json_array(&j, "b");
	json_array_end(&j);
	json_array(&j, "c");
	json_u64(&j, NULL, 1);
	json_object(&j, NULL);
	json_object_end(&j);
	json_bool(&j, NULL, true);
	json_array_end(&j);
	json_bool(&j, "d", false);
	json_object_end(&j);
	json_newline(&j);
	ck_assert_str_eq(end(), "{\"a\":1,\"b\":[],\"c\":[1,{},true],\"d\":false}\n");
}
END_TEST

START_TEST(json_several_objects_are_lines)
{
	begin();
	for (int i = 0; i < 2; i++) {
		json_object(&j, NULL);
		json_object_end(&j);
		json_newline(&j);
	}
	ck_assert_str_eq(end(), "{}\n{}\n");
}
END_TEST

START_TEST(json_strings_are_escaped_and_clean)
{
	begin();
	json_array(&j, NULL);
	json_string(&j, NULL, "q\"b\\s/\x1b\n\xff\xe2\x80\xae" "\xc3\xbc");
	json_array_end(&j);
	ck_assert_str_eq(end(), "[\"q\\\"b\\\\s/????\xc3\xbc\"]");
}
END_TEST

START_TEST(json_long_strings_are_whole_and_never_split_a_character)
{
	static char text[30001];

	for (size_t i = 0; i < 30000; i += 3)
		memcpy(text + i, "\xe6\xbc\xa2", 3);
	begin();
	json_string(&j, NULL, text);
	ck_assert_uint_eq(strlen(end()), 30002);
	ck_assert_ptr_null(strchr(sink.text, '?'));
}
END_TEST

START_TEST(json_numbers_are_exact)
{
	begin();
	json_array(&j, NULL);
	json_u64(&j, NULL, UINT64_MAX);
	json_i64(&j, NULL, INT64_MIN);
	json_time_us(&j, NULL, 1470104373025824);
	json_time_us(&j, NULL, -1);
	json_time_us(&j, NULL, 5);
	json_double(&j, NULL, 1.25, 2);
	json_double(&j, NULL, NAN, 2);
	json_double(&j, NULL, INFINITY, 2);
	json_array_end(&j);
	ck_assert_str_eq(end(), "[18446744073709551615,-9223372036854775808,1470104373.025824,-0.000001,0.000005,1.25,null,null]");
}
END_TEST

START_TEST(json_write_error_is_kept)
{
	begin();
	sink.fail_after = 0;
	json_u64(&j, NULL, 1);
	ck_assert_int_eq(json_flush(&j), -5);
	json_u64(&j, NULL, 2);
	ck_assert_int_eq(json_flush(&j), -5);
}
END_TEST

Suite *json_suite(void)
{
	Suite *s = suite_create("json");
	TCase *c = tcase_create("json");

	tcase_add_test(c, json_nesting_has_commas_where_they_belong);
	tcase_add_test(c, json_several_objects_are_lines);
	tcase_add_test(c, json_strings_are_escaped_and_clean);
	tcase_add_test(c, json_long_strings_are_whole_and_never_split_a_character);
	tcase_add_test(c, json_numbers_are_exact);
	tcase_add_test(c, json_write_error_is_kept);
	suite_add_tcase(s, c);
	return s;
}
