/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * base/json.c: always valid, exact numbers, hostile text made clean.
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
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

START_TEST(json_keys_are_escaped_and_clean_too)
{
	begin();
	json_object(&j, NULL);
	json_u64(&j, "a\"\x1b", 1);
	json_object_end(&j);
	ck_assert_str_eq(end(), "{\"a\\\"?\":1}");
}
END_TEST

START_TEST(json_string_drops_marks_without_a_base)
{
	begin();
	json_string(&j, NULL, "\xcc\x81x");
	ck_assert_str_eq(end(), "\"x\"");
}
END_TEST

START_TEST(json_empty_containers_and_strings_are_valid)
{
	begin();
	json_array(&j, NULL);
	json_string(&j, NULL, "");
	json_array(&j, NULL);
	json_array_end(&j);
	json_array_end(&j);
	ck_assert_str_eq(end(), "[\"\",[]]");
}
END_TEST

START_TEST(json_deepest_nesting_closes_as_it_opened)
{
	begin();
	for (int i = 0; i < 31; i++)
		json_array(&j, NULL);
	json_u64(&j, NULL, 1);
	json_u64(&j, NULL, 2);
	for (int i = 0; i < 31; i++)
		json_array_end(&j);
	ck_assert_str_eq(end(), "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1,2]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
}
END_TEST

/* Whatever the length before it: no border inside the writer may cost a mark or a letter. */
START_TEST(json_long_strings_lose_nothing_at_any_border)
{
	static const char unit[] = "\xf0\x9f\x98\x80" "a\xcc\x81\xcc\x82";
	char text[1200];

	for (size_t before = 0; before < 9; before++) {
		size_t n = before;

		memset(text, 'x', before);
		for (; n + sizeof unit <= sizeof text; n += sizeof unit - 1)
			memcpy(text + n, unit, sizeof unit);
		begin();
		json_string(&j, NULL, text);
		ck_assert_uint_eq(strlen(end()), n + 2);
		ck_assert_mem_eq(sink.text + 1, text, n);
	}
}
END_TEST

START_TEST(json_time_is_exact_at_the_ends_and_below_zero)
{
	begin();
	json_array(&j, NULL);
	json_time_us(&j, NULL, INT64_MAX);
	json_time_us(&j, NULL, INT64_MIN);
	json_time_us(&j, NULL, -1500000);
	json_time_us(&j, NULL, -1000000);
	json_time_us(&j, NULL, 0);
	json_array_end(&j);
	ck_assert_str_eq(end(), "[9223372036854.775807,-9223372036854.775808,-1.500000,-1.000000,0.000000]");
}
END_TEST

START_TEST(json_double_has_the_decimals_asked_for)
{
	begin();
	json_array(&j, NULL);
	json_double(&j, NULL, 2.5, 0);
	json_double(&j, NULL, -0.125, 3);
	json_double(&j, NULL, 7, -1);
	json_double(&j, NULL, -INFINITY, 1);
	json_array_end(&j);
	ck_assert_str_eq(end(), "[2,-0.125,7,null]");
}
END_TEST

START_TEST(json_largest_double_is_written_in_full)
{
	begin();
	json_double(&j, NULL, 1.7976931348623157e308, 1);
	ck_assert_uint_eq(strlen(end()), 311);
	ck_assert_int_eq(strncmp(sink.text, "17976931348623157", 17), 0);
}
END_TEST

START_TEST(json_after_a_write_error_writes_no_more)
{
	begin();
	sink.fail_after = 1;
	for (int i = 0; i < 20000; i++)
		json_u64(&j, NULL, 1234567);
	ck_assert_int_eq(json_flush(&j), -5);
	ck_assert_uint_eq(sink.used, sizeof j.buf); /* the first buffer, and nothing behind the gap */
	sink.fail_after = -1;
	json_u64(&j, NULL, 1);
	json_flush(&j);
	ck_assert_uint_eq(sink.used, sizeof j.buf);
}
END_TEST

START_TEST(json_prepared_keys_are_written_as_others_are)
{
	struct json_key k, longest;
	char name[JSON_KEY_MAX + 1];

	memset(name, 'k', JSON_KEY_MAX);
	name[JSON_KEY_MAX] = '\0';
	json_key_init(&k, "a");
	json_key_init(&longest, name);
	begin();
	json_object(&j, NULL);
	json_key(&j, &k);
	json_u64(&j, NULL, 1);
	json_key(&j, &longest);
	json_array(&j, NULL);
	json_string(&j, NULL, "b");
	json_u64(&j, NULL, 2);
	json_array_end(&j);
	json_key(&j, &k);
	json_object(&j, NULL);
	json_bool(&j, "c", true);
	json_object_end(&j);
	json_object_end(&j);
	ck_assert_str_eq(end(), "{\"a\":1,\"kkkkkkkkkkkkkkkkkkkkkkkkkkkkk\":[\"b\",2],\"a\":{\"c\":true}}");
}
END_TEST

START_TEST(json_prepared_keys_lose_nothing_at_the_buffers_end)
{
	struct json_key k;

	json_key_init(&k, "key");
	begin();
	json_object(&j, NULL);
	for (unsigned i = 0; i < 4000; i++) {
		json_key(&j, &k);
		json_u64(&j, NULL, i % 10);
	}
	json_object_end(&j);
	ck_assert_uint_eq(strlen(end()), 1 + 4000 * 8);
	for (unsigned i = 0; i < 4000; i++) {
		char expected[16];

		snprintf(expected, sizeof expected, "%c\"key\":%u", i == 0 ? '{' : ',', i % 10);
		ck_assert_mem_eq(sink.text + i * 8, expected, 8);
	}
}
END_TEST

/* Eight bytes are looked at together: what must be escaped is found at each place of them. */
START_TEST(json_strings_are_escaped_wherever_the_byte_stands)
{
	static const struct { char byte; const char *out; } cases[] = {
		{'"', "\\\""}, {'\\', "\\\\"}, {'\x1f', "?"}, {'\x7f', "?"}, {'\xff', "?"}, {'~', "~"}, {' ', " "}, {'!', "!"}, {'#', "#"}, {'[', "["}, {']', "]"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		for (size_t n = 1; n < 20; n++)
			for (size_t at = 0; at < n; at++) {
				char text[24] = "", expected[32];

				memset(text, 'a', n);
				text[at] = cases[i].byte;
				snprintf(expected, sizeof expected, "\"%.*s%s%s\"", (int)at, text, cases[i].out, text + at + 1);
				begin();
				json_string(&j, NULL, text);
				ck_assert_str_eq(end(), expected);
			}
}
END_TEST

START_TEST(json_part_of_a_string_ends_where_it_is_told_to)
{
	begin();
	json_array(&j, NULL);
	json_string_part(&j, NULL, "one, two", 3);
	json_string_part(&j, NULL, "\xc3\xbc\xc3", 2);
	json_string_part(&j, NULL, "x", 0);
	json_array_end(&j);
	ck_assert_str_eq(end(), "[\"one\",\"\xc3\xbc\",\"\"]");
}
END_TEST

static void add_more_tests(TCase *c)
{
	tcase_add_test(c, json_keys_are_escaped_and_clean_too);
	tcase_add_test(c, json_string_drops_marks_without_a_base);
	tcase_add_test(c, json_empty_containers_and_strings_are_valid);
	tcase_add_test(c, json_deepest_nesting_closes_as_it_opened);
	tcase_add_test(c, json_long_strings_lose_nothing_at_any_border);
	tcase_add_test(c, json_time_is_exact_at_the_ends_and_below_zero);
	tcase_add_test(c, json_double_has_the_decimals_asked_for);
	tcase_add_test(c, json_largest_double_is_written_in_full);
	tcase_add_test(c, json_after_a_write_error_writes_no_more);
	tcase_add_test(c, json_prepared_keys_are_written_as_others_are);
	tcase_add_test(c, json_prepared_keys_lose_nothing_at_the_buffers_end);
	tcase_add_test(c, json_strings_are_escaped_wherever_the_byte_stands);
	tcase_add_test(c, json_part_of_a_string_ends_where_it_is_told_to);
}

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
	add_more_tests(c);
	suite_add_tcase(s, c);
	return s;
}
