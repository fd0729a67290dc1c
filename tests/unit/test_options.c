/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line: every way to write an option, the capture filter behind them, what is refused.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/options.h"
#include "dpitop/tui.h"

Suite *options_suite(void);

enum { WORDS = 16 };

static struct bench { /* a test is a process of its own: this is not shared */
	char line[256];
	char *argv[WORDS];
	struct options o;
	struct error e;
} b;

/* Blanks separate words; '_' stands for a blank within one. */
static int parse(const char *line)
{
	char *word, *rest = NULL, *at;
	int argc = 1;

	ck_assert_uint_lt(strlen(line), sizeof b.line);
	strcpy(b.line, line);
	b.argv[0] = b.line;
	for (word = strtok_r(b.line, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		ck_assert_int_lt(argc, WORDS - 1);
		for (at = word; (at = strchr(at, '_')) != NULL;)
			*at = ' ';
		b.argv[argc++] = word;
	}
	b.argv[argc] = NULL;
	options_init(&b.o);
	memset(&b.e, 0, sizeof b.e);
	return options_parse(&b.o, argc, b.argv, &b.e);
}

static void refused(const char *line, const char *word)
{
	ck_assert_msg(parse(line) == ERR_USAGE, "'%s' was taken", line);
	ck_assert_msg(strstr(b.e.text, word) != NULL, "'%s' is not in '%s'", word, b.e.text);
}

START_TEST(nothing_given_means_the_screen_on_the_default_interface)
{
	ck_assert_int_eq(parse(""), 0);
	ck_assert_int_eq(b.o.mode, MODE_SCREEN);
	ck_assert_uint_eq(b.o.interfaces.count + b.o.files.count, 0);
	ck_assert(b.o.promiscuous && b.o.screen.names && b.o.decap && b.o.dpi && b.o.screen.mouse);
	ck_assert(!b.o.vlan_aware && !b.o.total && b.o.screen.glyphs == 0);
	ck_assert(b.o.speed == 1 && b.o.v4_bits == 24 && b.o.v6_bits == 64);
}
END_TEST

START_TEST(values_follow_in_a_word_after_an_equals_sign_or_glued)
{
	ck_assert_int_eq(parse("-i eth0 -ieth1 --interface eth2 --interface=eth3"), 0);
	ck_assert_uint_eq(b.o.interfaces.count, 4);
	ck_assert_str_eq(b.o.interfaces.items[0], "eth0");
	ck_assert_str_eq(b.o.interfaces.items[1], "eth1");
	ck_assert_str_eq(b.o.interfaces.items[2], "eth2");
	ck_assert_str_eq(b.o.interfaces.items[3], "eth3");
}
END_TEST

START_TEST(switches_may_stand_together)
{
	ck_assert_int_eq(parse("-Npi lo"), 0);
	ck_assert(!b.o.screen.names && !b.o.promiscuous);
	ck_assert_str_eq(b.o.interfaces.items[0], "lo");
}
END_TEST

START_TEST(what_is_left_is_the_capture_filter)
{
	ck_assert_int_eq(parse("tcp port 80 -N and host_10.0.0.1 -- -N"), 0);
	ck_assert_str_eq(b.o.capture_filter, "tcp port 80 and host 10.0.0.1 -N");
	ck_assert(!b.o.screen.names);
}
END_TEST

START_TEST(dash_is_standard_input_for_a_file)
{
	ck_assert_int_eq(parse("-r - --json"), 0);
	ck_assert_str_eq(b.o.files.items[0], "-");
	ck_assert_int_eq(b.o.mode, MODE_JSON);
}
END_TEST

START_TEST(numbers_take_units_and_have_bounds)
{
	ck_assert_int_eq(parse("--max-flows 2M --buffer 16Mi -s 96 --speed max --interval 0.5"), 0);
	ck_assert_int_eq(b.o.max_flows, 2000000);
	ck_assert_int_eq(b.o.buffer_bytes, 16 << 20);
	ck_assert_int_eq(b.o.snaplen, 96);
	ck_assert(b.o.speed == 0 && b.o.screen.interval == 0.5);
	refused("--max-flows none", "none");
	refused("--max-flows 0", "max-flows");
	refused("-s x", "snaplen");
	refused("-s 300000", "snaplen");
	refused("--interval 0", "interval");
	refused("--interval nan", "interval");
	refused("--speed 0", "speed");
	refused("--speed x", "speed");
	refused("--json --top -3", "top");
	refused("--json -n x", "count");
	refused("--json -n 0", "count");
}
END_TEST

START_TEST(prefix_lengths_are_one_or_two)
{
	ck_assert_int_eq(parse("--prefix 16"), 0);
	ck_assert(b.o.v4_bits == 16 && b.o.v6_bits == 64);
	ck_assert_int_eq(parse("--prefix 8,48"), 0);
	ck_assert(b.o.v4_bits == 8 && b.o.v6_bits == 48);
	refused("--prefix 33", "prefix");
	refused("--prefix 24,129", "prefix");
	refused("--prefix 24,", "prefix");
	refused("--prefix 24,64x", "prefix");
	refused("--prefix x", "prefix");
}
END_TEST

START_TEST(place_is_degrees_or_a_country)
{
	char text[SETTING_TEXT];

	ck_assert_int_eq(parse("-N"), 0);
	ck_assert(!b.o.screen.here.known);
	ck_assert_int_eq(parse("--here -33.9,18.4"), 0);
	ck_assert(b.o.screen.here.known && b.o.screen.here.latitude == -33.9 && b.o.screen.here.longitude == 18.4);
	ck_assert_int_eq(parse("--here de"), 0);
	ck_assert(b.o.screen.here.latitude > 47 && b.o.screen.here.latitude < 55);
	ck_assert(b.o.screen.here.longitude > 6 && b.o.screen.here.longitude < 15);
	ck_assert_str_eq(setting_text(&setting_table[SET_HERE], &b.o.screen, text), "de");
	ck_assert(!setting_is_default(&setting_table[SET_HERE], &b.o.screen));
	refused("--here 91,0", "here");
	refused("--here 0,181", "here");
	refused("--here 52.5", "here");
	refused("--here 52.5,", "here");
	refused("--here 52.5,13.4x", "here");
	refused("--here nan,nan", "here");
	refused("--here \n1,2", "here");
	refused("--here 0x1,2", "here");
	refused("--here XX", "here");
	refused("--here Berlin", "here");
}
END_TEST

START_TEST(unknown_or_incomplete_options_are_refused)
{
	refused("--nosuch", "nosuch");
	refused("-Z", "-Z");
	refused("-i", "NAME");
	refused("--read", "FILE");
	refused("--read=", "name");
	refused("--json=yes", "json");
	refused("--json --ring 4Mi", "screen");
	refused("--ring 100", "ring");
}
END_TEST

START_TEST(options_that_contradict_each_other_are_refused)
{
	refused("-i eth0 -r x.pcap", "go together");
	refused("--json --batch", "batch");
	refused("--csv --json", "json");
	refused("--total", "--json");
	refused("-n 3", "--json");
	refused("--json -r x --total -n 3", "go together");
}
END_TEST

START_TEST(more_sources_than_fit_are_refused)
{
	struct options o;
	char option[] = "-r", value[] = "x", *argv[80] = {option};
	int i;

	for (i = 0; i < 70; i += 2) {
		argv[i + 1] = option;
		argv[i + 2] = value;
	}
	options_init(&o);
	ck_assert_int_eq(options_parse(&o, 71, argv, &b.e), ERR_USAGE);
}
END_TEST

/* Further lines of an option's help join the first. */
static void unwrap(char *text)
{
	char *from = text, *to = text;

	while (*from) {
		size_t n = strspn(from, " \n");

		if (n > 0)
			*to++ = ' ';
		from += n;
		if (*from)
			*to++ = *from++;
	}
	*to = '\0';
}

START_TEST(settings_are_options_and_switches_of_them_have_both_forms)
{
	ck_assert_int_eq(parse("--theme light --glyphs=blocks --unit bytes --view flows"), 0);
	ck_assert_int_eq(b.o.screen.theme, 1);
	ck_assert_int_eq(b.o.screen.glyphs, 2);
	ck_assert_int_eq(b.o.screen.unit, 1);
	ck_assert_ptr_eq(options_view(&b.o), view_find("flows"));
	ck_assert_int_eq(parse("-N --names --log-scale --no-mouse"), 0);
	ck_assert(b.o.screen.names && b.o.screen.log_scale && !b.o.screen.mouse);
	ck_assert_int_eq(parse("--log-scale --no-log-scale --mouse -N"), 0);
	ck_assert(!b.o.screen.names && !b.o.screen.log_scale && b.o.screen.mouse);
	refused("--theme pink", "high-contrast or mono");
	refused("--view nosuch", "overview");
	refused("--names=on", "takes no value");
	refused("--no-theme", "no-theme");
}
END_TEST

START_TEST(every_setting_is_an_option)
{
	bool seen[SETTING_COUNT] = {false};
	size_t i;

	for (i = 0; i < option_count; i++)
		if (!option_table[i].name)
			seen[option_table[i].min] = true;
	for (i = 0; i < SETTING_COUNT; i++)
		ck_assert_msg(seen[i], "%s is no option", setting_table[i].name);
}
END_TEST

START_TEST(help_names_every_option_once)
{
	char *text = NULL;
	size_t n = 0, i;
	FILE *out = open_memstream(&text, &n);

	options_help(out);
	fclose(out);
	unwrap(text);
	for (i = 0; i < option_count; i++) {
		char name[OPTION_NAME], wanted[80], *first;

		snprintf(wanted, sizeof wanted, " --%s%c", option_name(&option_table[i], name),
			 option_table[i].argument && option_table[i].argument[0] == '[' && option_table[i].argument[1] == '=' ? '[' : ' ');
		first = strstr(text, wanted);
		ck_assert_msg(first != NULL, "%s", wanted);
		ck_assert_ptr_null(strstr(first + 1, wanted));
		ck_assert_msg(strstr(text, option_table[i].help ? option_table[i].help
							       : setting_table[option_table[i].min].help) != NULL,
			      "%s", wanted);
	}
	free(text);
}
END_TEST

START_TEST(no_two_options_share_a_name)
{
	char one[OPTION_NAME], other[OPTION_NAME];
	size_t i, k;

	for (i = 0; i < option_count; i++)
		for (k = i + 1; k < option_count; k++) {
			ck_assert_str_ne(option_name(&option_table[i], one), option_name(&option_table[k], other));
			ck_assert(!option_table[i].letter ||
				  option_table[i].letter != option_table[k].letter);
		}
}
END_TEST

Suite *options_suite(void)
{
	Suite *s = suite_create("options");
	TCase *t = tcase_create("options");

	tcase_add_test(t, nothing_given_means_the_screen_on_the_default_interface);
	tcase_add_test(t, values_follow_in_a_word_after_an_equals_sign_or_glued);
	tcase_add_test(t, switches_may_stand_together);
	tcase_add_test(t, what_is_left_is_the_capture_filter);
	tcase_add_test(t, dash_is_standard_input_for_a_file);
	tcase_add_test(t, numbers_take_units_and_have_bounds);
	tcase_add_test(t, prefix_lengths_are_one_or_two);
	tcase_add_test(t, place_is_degrees_or_a_country);
	tcase_add_test(t, unknown_or_incomplete_options_are_refused);
	tcase_add_test(t, options_that_contradict_each_other_are_refused);
	tcase_add_test(t, more_sources_than_fit_are_refused);
	tcase_add_test(t, settings_are_options_and_switches_of_them_have_both_forms);
	tcase_add_test(t, every_setting_is_an_option);
	tcase_add_test(t, help_names_every_option_once);
	tcase_add_test(t, no_two_options_share_a_name);
	suite_add_tcase(s, t);
	return s;
}
