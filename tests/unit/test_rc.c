/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tui/rc.c, tui/rc_write.c, tui/settings.c: what the lines of the configuration file mean, what is said
 * of wrong ones, and what stays when it is written anew.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/mem.h"
#include "dpitop/rc.h"
#include "tui/action.h"
#include "tui/rc_line.h"
#include "tui/style.h"

Suite *rc_suite(void);

enum { PROBLEMS = 8 };

static struct bench { /* a test is a process of its own: this is not shared */
	struct tui_settings s;
	struct rc_problem problems[PROBLEMS];
	size_t count;
	char *text;
} b;

static void take(const char *text)
{
	settings_init(&b.s);
	b.count = rc_read(&b.s, text, strlen(text), b.problems, PROBLEMS);
}

static const char *written(const char *old)
{
	mem_free(b.text);
	b.text = rc_write(&b.s, old, strlen(old));
	return b.text;
}

static void wrong(const char *text, int line, const char *said)
{
	take(text);
	ck_assert_msg(b.count > 0, "'%s' was taken", text);
	ck_assert_int_eq(b.problems[0].line, line);
	ck_assert_msg(strstr(b.problems[0].text, said) != NULL, "'%s' is not in '%s'", said, b.problems[0].text);
}

START_TEST(rc_settings_are_read_with_and_without_set)
{
	take("theme light\nset unit bytes\n\n  log-scale\ton  \r\nnames off\ninterval 2.5\nview flows");
	ck_assert_uint_eq(b.count, 0);
	ck_assert_int_eq(b.s.theme, THEME_LIGHT);
	ck_assert_int_eq(b.s.unit, 1);
	ck_assert(b.s.log_scale && !b.s.names && b.s.mouse);
	ck_assert(b.s.interval == 2.5);
	ck_assert_ptr_eq(view_at((size_t)b.s.view), view_find("flows"));
}
END_TEST

START_TEST(rc_last_line_of_a_setting_counts)
{
	take("theme light\ntheme mono\n");
	ck_assert_int_eq(b.s.theme, THEME_MONO);
}
END_TEST

START_TEST(rc_comments_are_skipped_but_a_hash_can_be_a_key)
{
	take("# theme mono\n#\ntheme light # not mono\nbind # sort\nunbind #");
	ck_assert_uint_eq(b.count, 0);
	ck_assert_int_eq(b.s.theme, THEME_LIGHT);
	ck_assert_uint_eq(b.s.key_count, 2);
	ck_assert_uint_eq(b.s.keys[0].key, '#');
	ck_assert_str_eq(b.s.keys[0].action->name, "sort");
	ck_assert_ptr_null(b.s.keys[1].action);
}
END_TEST

START_TEST(rc_columns_are_in_the_order_of_the_line)
{
	take("columns hosts bytes ip name\ncolumns l7 proto\ncolumns country_pairs src dst\n");
	ck_assert_uint_eq(b.count, 0);
	ck_assert_uint_eq(b.s.columns[DIM_HOST].count, 3);
	ck_assert_str_eq(b.s.columns[DIM_HOST].columns[0]->id, "bytes");
	ck_assert_str_eq(b.s.columns[DIM_HOST].columns[2]->id, "name");
	ck_assert_uint_eq(b.s.columns[DIM_APP].count, 1);
	ck_assert_uint_eq(b.s.columns[DIM_COUNTRY_PAIR].count, 2);
	ck_assert_uint_eq(b.s.columns[DIM_FLOW].count, 0);
}
END_TEST

START_TEST(rc_wrong_line_is_named_with_what_could_be_meant)
{
	wrong("unit bytes\nthme light", 2, "nearest: theme");
	wrong("nonsense", 1, "dpitoprc(5)");
	wrong("theme pink", 1, "default, light, high-contrast or mono, not 'pink'");
	wrong("theme", 1, "theme NAME");
	wrong("mouse maybe", 1, "on or off");
	wrong("interval 0", 1, "from 0.1 to 86400");
	wrong("columns host ip", 1, "nearest: hosts");
}
END_TEST

START_TEST(rc_wrong_columns_are_left_out_and_the_others_used)
{
	wrong("columns hosts ip byte sent_bytes sent_bytes", 1, "hosts has no column 'byte'; nearest: bytes");
	ck_assert_uint_eq(b.count, 2);
	ck_assert_uint_eq(b.s.columns[DIM_HOST].count, 2);
}
END_TEST

START_TEST(rc_wrong_keys_and_actions_are_named)
{
	wrong("bind F13 quit", 1, "no key 'F13'");
	wrong("bind a freze", 1, "nearest: freeze");
	wrong("bind a", 1, "bind wants");
	wrong("unbind", 1, "unbind q");
	wrong("bnd a quit", 1, "bind");
	ck_assert_uint_eq(b.s.key_count, 0);
}
END_TEST

START_TEST(rc_more_problems_than_there_is_room_for_are_counted)
{
	take("x\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\n");
	ck_assert_uint_eq(b.count, 11);
}
END_TEST

START_TEST(rc_new_file_has_what_differs_from_the_defaults_only)
{
	settings_init(&b.s);
	b.s.theme = THEME_LIGHT;
	b.s.mouse = false;
	ck_assert_ptr_nonnull(strstr(written(""), "\ntheme light\nmouse off\n"));
	ck_assert_ptr_null(strstr(b.text, "unit"));
	ck_assert_ptr_null(strstr(b.text, "columns hosts"));
	ck_assert_int_eq(b.text[0], '#');
}
END_TEST

START_TEST(rc_hand_written_lines_stay_where_they_are)
{
	static const char old[] = "# mine\n\nbind x quit\ntheme mono # at night\nfuture 7\nset unit bytes\ncolumns hosts ip\n";

	take(old);
	b.s.theme = THEME_LIGHT;
	b.s.unit = 0;
	b.s.log_scale = true;
	ck_assert_str_eq(written(old), "# mine\n\nbind x quit\ntheme light # at night\nfuture 7\nunit bits\ncolumns hosts ip\n"
				       "log-scale on\n");
}
END_TEST

START_TEST(rc_columns_that_are_usual_again_leave_the_file)
{
	static const char old[] = "columns hosts ip\ncolumns flows client\n";

	take(old);
	b.s.columns[DIM_HOST].count = 0;
	ck_assert_str_eq(written(old), "columns flows client\n");
}
END_TEST

START_TEST(rc_place_stays_as_it_was_written)
{
	take("here DE\n");
	ck_assert_uint_eq(b.count, 0);
	ck_assert(b.s.here.known && b.s.here.latitude > 47 && b.s.here.latitude < 55);
	ck_assert_str_eq(written("here DE\n"), "here DE\n");
	take("here -33.92,18.42");
	ck_assert_ptr_nonnull(strstr(written(""), "\nhere -33.92,18.42\n"));
	wrong("here Berlin", 1, "52.5,13.4");
	wrong("here 1.00000000000000000000000,2.00000000000000000", 1, "52.5,13.4");
}
END_TEST

START_TEST(rc_file_whose_lines_all_leave_is_as_a_new_one)
{
	char *fresh;

	settings_init(&b.s);
	fresh = mem_strdup(written(""));
	ck_assert_str_eq(written("columns hosts ip\n"), fresh);
	mem_free(fresh);
}
END_TEST

START_TEST(rc_second_line_of_the_same_setting_is_dropped)
{
	take("theme light\ntheme mono\n");
	ck_assert_str_eq(written("theme light\ntheme mono\n"), "theme mono\n");
}
END_TEST

START_TEST(rc_lists_have_names_that_differ)
{
	for (int d = 0; d < DIM_LIST_COUNT; d++) {
		struct rc_word w = {rc_list_name((enum dim)d), strlen(rc_list_name((enum dim)d))};
		enum dim found = DIM_LIST_COUNT;

		ck_assert(rc_list_find(&w, &found));
		ck_assert_int_eq(found, d);
	}
}
END_TEST

static char *manual(void)
{
	FILE *in = fopen(SOURCE_TREE "/man/dpitoprc.5", "r");
	char *text = mem_zalloc(1 << 18);

	ck_assert_ptr_nonnull(in);
	ck_assert_uint_gt(fread(text, 1, (1 << 18) - 1, in), 0);
	fclose(in);
	return text;
}

START_TEST(manual_has_every_setting_and_every_pane)
{
	char *text = manual(), wanted[64];

	for (size_t i = 0; i < SETTING_COUNT; i++) {
		snprintf(wanted, sizeof wanted, ".It Cm %s Ar", setting_table[i].name);
		ck_assert_msg(strstr(text, wanted) != NULL, "%s", wanted);
	}
	for (int d = 0; d < DIM_LIST_COUNT; d++)
		ck_assert_msg(strstr(text, rc_list_name((enum dim)d)) != NULL, "pane %s", rc_list_name((enum dim)d));
	mem_free(text);
}
END_TEST

START_TEST(setting_turns_through_all_its_values_and_back)
{
	char first[SETTING_TEXT], now[SETTING_TEXT], second[SETTING_TEXT];

	for (size_t i = 0; i < SETTING_COUNT; i++) {
		const struct setting *one = &setting_table[i];
		int steps = 0;

		if (one->kind == SETTING_PLACE)
			continue; /* is written, not turned */
		settings_init(&b.s);
		setting_turn(one, &b.s, 1);
		setting_text(one, &b.s, first);
		setting_turn(one, &b.s, 1);
		setting_text(one, &b.s, second);
		setting_turn(one, &b.s, -1);
		ck_assert_str_eq(setting_text(one, &b.s, now), first);
		do {
			setting_turn(one, &b.s, 1);
			ck_assert_int_lt(++steps, 100);
			ck_assert_int_eq(setting_set(one, &b.s, setting_text(one, &b.s, now), NULL), 0);
		} while (strcmp(now, first) != 0);
		ck_assert_str_ne(first, second);
	}
}
END_TEST

Suite *rc_suite(void)
{
	Suite *s = suite_create("rc");
	TCase *t = tcase_create("rc");

	tcase_add_test(t, rc_settings_are_read_with_and_without_set);
	tcase_add_test(t, rc_last_line_of_a_setting_counts);
	tcase_add_test(t, rc_comments_are_skipped_but_a_hash_can_be_a_key);
	tcase_add_test(t, rc_columns_are_in_the_order_of_the_line);
	tcase_add_test(t, rc_wrong_line_is_named_with_what_could_be_meant);
	tcase_add_test(t, rc_wrong_columns_are_left_out_and_the_others_used);
	tcase_add_test(t, rc_wrong_keys_and_actions_are_named);
	tcase_add_test(t, rc_more_problems_than_there_is_room_for_are_counted);
	tcase_add_test(t, rc_new_file_has_what_differs_from_the_defaults_only);
	tcase_add_test(t, rc_hand_written_lines_stay_where_they_are);
	tcase_add_test(t, rc_columns_that_are_usual_again_leave_the_file);
	tcase_add_test(t, rc_place_stays_as_it_was_written);
	tcase_add_test(t, rc_file_whose_lines_all_leave_is_as_a_new_one);
	tcase_add_test(t, rc_second_line_of_the_same_setting_is_dropped);
	tcase_add_test(t, rc_lists_have_names_that_differ);
	tcase_add_test(t, manual_has_every_setting_and_every_pane);
	tcase_add_test(t, setting_turns_through_all_its_values_and_back);
	suite_add_tcase(s, t);
	return s;
}
