/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * snapshot/filter_parse.c and filter_tree.c: what is a filter, what is none and why, and how its
 * parts are divided. Whether it holds is test_filter_match.c.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/filter.h"
#include "dpitop/text.h"
#include "snapshot/filter_parts.h"

Suite *filter_parse_suite(void);

static struct error fails(const char *text)
{
	struct error e = {.position = -1};

	ck_assert_msg(filter_parse(text, &e) == NULL, "'%s' was taken", text);
	ck_assert_int_eq(e.code, ERR_USAGE);
	ck_assert(text_is_clean(e.text) && e.text[0] != '\0');
	ck_assert_int_ge(e.position, 0);
	ck_assert_int_le(e.position, (int)strlen(text));
	return e;
}

static struct filter *parses(const char *text)
{
	struct error e = {.text = ""};
	struct filter *f = filter_parse(text, &e);

	ck_assert_msg(f != NULL, "'%s': %s at %d", text, e.text, e.position);
	return f;
}

/* "t": selects flows, "m": hides rows */
static void divides(const char *text, const char *parts)
{
	struct filter *f = parses(text);

	ck_assert_msg(filter_selects_flows(f) == (strchr(parts, 't') != NULL), "'%s'", text);
	ck_assert_msg(filter_hides_rows(f) == (strchr(parts, 'm') != NULL), "'%s'", text);
	ck_assert_int_eq(filter_is_empty(f), parts[0] == '\0');
	filter_free(f);
}

START_TEST(filter_parse_says_where_it_is_wrong)
{
	static const struct {
		const char *text;
		int position;
	} wrong[] = {
		{"app =", 5}, {"= DNS", 0}, {"app = and", 6}, {"app = = x", 6}, {"nosuch = 3", 0},
		{"bytes > elephants", 8}, {"(host = 10.0.0.1", 16}, {"host = 10.0.0.1)", 15},
		{"host = 10.0.0.0/99", 16}, {"dns or", 6}, {"and dns", 0}, {"not", 3}, {"()", 1},
		{"port = 65536", 7}, {"port = http", 7}, {"port ~ 80", 5}, {"app < DNS", 4},
		{"vlan = 4096", 7}, {"l4 = nosuch", 5}, {"state = bar", 8}, {"tunnel = x", 9},
		{"risk = \"no such risk\"", 8}, {"flags = SAX", 8}, {"time > soon", 7},
		{"host 10.0.0.1", 5}, {"\"host\" = 10.0.0.1", 0}, {"src.app = DNS", 0},
		{"net = www", 6}, {"as = 4294967296", 5}, {"\"\"", 0}, {"app ~ \"\"", 7},
		{"a\x1b[2J", 1}, {"app = \"\xff\"", 7}, {"host = \"\"", 8}, {"score = -1", 8},
		{"flags = \"\"", 9}, {"app = \"\"", 7}, {"preset = nosuch", 9}, {"preset ~ p2p", 7}, {"preset =", 8},
		{"scope = here", 8}, {"encrypted = maybe", 12},
	};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct error e = fails(wrong[i].text);

		ck_assert_msg(e.position == wrong[i].position, "'%s': '%s' at %d, not %d",
			      wrong[i].text, e.text, e.position, wrong[i].position);
	}
}
END_TEST

START_TEST(filter_parse_says_what_it_expected)
{
	ck_assert_str_eq(fails("app =").text, "a value is expected before the end");
	ck_assert_str_eq(fails("(dns").text,
			 "')' for the '(' at character 1 is expected before the end");
	ck_assert_str_eq(fails("app < DNS").text, "'app' is compared by one of: = != ~ !~");
	ck_assert_str_eq(fails("dns or )").text, "a test or a word is expected before ')'");
	ck_assert_str_eq(fails("state = bar").text,
			 "'bar' is none of: new handshake open oneway closing closed reset idle");
}
END_TEST

START_TEST(filter_parse_answers_an_unknown_field_with_all_fields)
{
	char fields[512], expected[600];

	snprintf(expected, sizeof expected, "no field 'nosuch': %s",
		 filter_fields(fields, sizeof fields));
	ck_assert_str_eq(fails("nosuch = 3").text, expected);
	ck_assert_ptr_nonnull(strstr(fields, "host"));
	ck_assert_ptr_nonnull(strstr(fields, "score"));
}
END_TEST

START_TEST(filter_parse_takes_what_the_manual_shows)
{
	static const char *const right[] = {
		"netflix", "10.0.0.5 dns", "app = BitTorrent", "host = 10.0.0.0/8", "port != 443",
		"site ~ example", "bytes > 1M", "app = TLS and not (country = DE or country = FR)",
		"country = none", "dst.port = 53", "as = 15169", "as = AS15169", "as ~ google",
		"flags = S", "rtt > 20ms", "time > 1.5m", "rate > \"1 Mbit\"", "rate > 1Mbit",
		"l4 = TCP and not country = DE and (port = 80 or port = 21)",
		"cat = Video and bytes > 100M", "l4 = 6", "src = internet", "HOST = 10.0.0.1",
		"host = 2001:db8::/32", "host = www.example.org", "flags ~ sa", "\"host\"",
		"preset = p2p and scope = inbound", "scope = outbound and encrypted = no and not country = DE",
	};

	for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
		struct error e = {.text = ""};
		struct filter *f = filter_parse(right[i], &e);

		ck_assert_msg(f != NULL, "'%s': %s", right[i], e.text);
		filter_free(f);
	}
}
END_TEST

START_TEST(filter_parse_takes_every_preset_by_its_name)
{
	for (size_t i = 0; i < filter_preset_count(); i++) {
		const struct filter_preset *p = filter_preset_at(i);
		char text[64];

		ck_assert_ptr_null(strstr(p->text, "preset"));
		snprintf(text, sizeof text, "preset = %s", p->name);
		divides(p->text, "t");
		divides(text, "t");
	}
}
END_TEST

START_TEST(filter_parse_answers_an_unknown_preset_with_all_presets)
{
	struct error e = fails("preset = nosuch");

	for (size_t i = 0; i < filter_preset_count(); i++)
		ck_assert_ptr_nonnull(strstr(e.text, filter_preset_at(i)->name));
}
END_TEST

START_TEST(filter_parse_divides_traffic_from_measures)
{
	divides("", "");
	divides("  \t ", "");
	divides("app = DNS", "t");
	divides("bytes > 1M", "m");
	divides("app = DNS and bytes > 1M", "tm");
	divides("bytes > 1M app = DNS flows > 2 dns", "tm");
	divides("(app = DNS and (bytes > 1M and rate > 1k))", "tm");
	divides("app = DNS or bytes > 1M", "t");
	divides("not (bytes > 1M)", "m");
	divides("not (bytes > 1M or flows < 2)", "m");
	divides("not (bytes > 1M or dns)", "t");
	divides("bytes > 1M or flows < 2", "m");
}
END_TEST

START_TEST(filter_parse_keeps_the_text_with_line_ends_as_blanks)
{
	struct filter *f = parses("app = DNS\n\tor dns");

	ck_assert_str_eq(filter_text(f), "app = DNS  or dns");
	filter_free(f);
}
END_TEST

static void nest(char *text, size_t depth, const char *open, const char *close)
{
	size_t i;

	text[0] = '\0';
	for (i = 0; i < depth; i++)
		strcat(text, open);
	strcat(text, "x");
	for (i = 0; i < depth; i++)
		strcat(text, close);
}

START_TEST(filter_parse_bounds_nesting)
{
	char text[2048];

	nest(text, FILTER_DEPTH, "(", ")");
	filter_free(parses(text));
	nest(text, FILTER_DEPTH + 1, "(", ")");
	ck_assert_int_eq(fails(text).position, FILTER_DEPTH);
	nest(text, FILTER_DEPTH, "not ", "");
	filter_free(parses(text));
	nest(text, FILTER_DEPTH + 1, "not ", "");
	ck_assert_int_eq(fails(text).position, 4 * FILTER_DEPTH);
	nest(text, FILTER_DEPTH / 2 + 1, "not (", ")");
	fails(text);
}
END_TEST

START_TEST(filter_parse_bounds_length_and_number_of_tests)
{
	static char text[2 * FILTER_TEXT];
	struct error e;
	size_t i;

	for (i = 0; i < FILTER_TEXT; i++)
		text[i] = ' ';
	ck_assert_str_eq(fails(text).text, "the filter is too long");
	text[FILTER_TEXT - 1] = '\0';
	filter_free(parses(text));
	for (i = 0; i < FILTER_TEXT - 2; i += 2)
		memcpy(text + i, "a ", 3);
	e = fails(text);
	ck_assert_str_eq(e.text, "the filter has too many tests");
	ck_assert_int_gt(e.position, 100);
}
END_TEST

START_TEST(filter_parse_cuts_what_it_quotes_at_a_character)
{
	fails("aaaaaaaaaaa\xdf\x9e\xdf\x9e = 3"); /* checks that the message is clean */
}
END_TEST

START_TEST(filter_parse_works_without_a_struct_error)
{
	ck_assert_ptr_null(filter_parse("app =", NULL));
	ck_assert_ptr_null(filter_parse("nosuch = 3", NULL));
	filter_free(NULL);
}
END_TEST

START_TEST(filter_fields_cuts_between_names)
{
	char buf[12];

	ck_assert_str_eq(filter_fields(buf, sizeof buf), "host src");
	ck_assert_str_eq(filter_fields(buf, 1), "");
}
END_TEST

Suite *filter_parse_suite(void)
{
	Suite *s = suite_create("filter_parse");
	TCase *c = tcase_create("grammar");

	tcase_add_test(c, filter_parse_says_where_it_is_wrong);
	tcase_add_test(c, filter_parse_says_what_it_expected);
	tcase_add_test(c, filter_parse_answers_an_unknown_field_with_all_fields);
	tcase_add_test(c, filter_parse_takes_what_the_manual_shows);
	tcase_add_test(c, filter_parse_takes_every_preset_by_its_name);
	tcase_add_test(c, filter_parse_answers_an_unknown_preset_with_all_presets);
	tcase_add_test(c, filter_parse_divides_traffic_from_measures);
	tcase_add_test(c, filter_parse_keeps_the_text_with_line_ends_as_blanks);
	tcase_add_test(c, filter_parse_bounds_nesting);
	tcase_add_test(c, filter_parse_bounds_length_and_number_of_tests);
	tcase_add_test(c, filter_parse_cuts_what_it_quotes_at_a_character);
	tcase_add_test(c, filter_parse_works_without_a_struct_error);
	tcase_add_test(c, filter_fields_cuts_between_names);
	suite_add_tcase(s, c);
	return s;
}
