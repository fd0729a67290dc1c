/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tui/keys.c and tui/bindings.c: names of keys, and which action a key runs where.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "dpitop/mem.h"
#include "tui/action.h"

Suite *bindings_suite(void);

static uint32_t parse(const char *name)
{
	return key_parse(name, strlen(name));
}

static const struct action *find(const char *name)
{
	return action_find(name, strlen(name));
}

/* A screen without a picture, as far as bindings look. */
static struct tui *bare(enum mode m, const char *view)
{
	static const struct feed_ops none;
	struct tui *t = mem_zalloc(sizeof *t);

	t->mode = m;
	t->view = view_find(view);
	t->feed.ops = &none;
	bindings_init(&t->bindings);
	return t;
}

START_TEST(key_names_are_read_as_they_are_shown)
{
	static const char *const names[] = {"Up", "PgDn", "Shift-Tab", "Enter", "Esc", "Space", "F1", "F12", "ctrl-A",
					    "ctrl-Z", "a", "Z", "\\", "#", "?", "\xc3\xa9"};
	char buf[KEY_TEXT];

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		ck_assert_str_eq(key_name(parse(names[i]), buf), names[i]);
}
END_TEST

START_TEST(key_that_does_not_exist_is_refused)
{
	static const char *const names[] = {"", "F0", "F13", "F1x", "ctrl-", "ctrl-1", "ab", "Entre", "\x01", "\xff", "F99999999999"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		ck_assert_msg(parse(names[i]) == 0, "'%s' is a key", names[i]);
}
END_TEST

START_TEST(action_names_differ_and_their_default_keys_exist)
{
	for (size_t i = 0; i < action_count(); i++) {
		const char *keys = action_at(i)->keys;

		ck_assert_ptr_eq(find(action_at(i)->name), action_at(i));
		ck_assert_int_gt((int)strlen(action_at(i)->help), 0);
		while (*keys != '\0') {
			size_t n = strcspn(keys, " ");

			ck_assert_msg(key_parse(keys, n) != 0, "%s: no key %s", action_at(i)->name, keys);
			keys += n + strspn(keys + n, " ");
		}
	}
}
END_TEST

START_TEST(footer_names_actions_that_exist)
{
	for (size_t i = 0; i < footer_count(); i++)
		ck_assert_msg(find(footer_at(i)->action) != NULL, "no action %s", footer_at(i)->action);
}
END_TEST

START_TEST(binding_of_a_key_depends_on_the_mode)
{
	struct tui *t = bare(MODE_PANE, "hosts");

	ck_assert_ptr_eq(bindings_find(t, KEY_CODE_ENTER), find("details"));
	t->mode = MODE_MENU;
	ck_assert_ptr_eq(bindings_find(t, KEY_CODE_ENTER), find("choose"));
	mem_free(t);
}
END_TEST

START_TEST(binding_that_works_nowhere_here_is_still_found_so_that_it_can_say_why)
{
	struct tui *t = bare(MODE_PANE, "hosts");

	ck_assert(!action_works(t, find("regroup")));
	ck_assert_ptr_eq(bindings_find(t, 't'), find("regroup"));
	mem_free(t);
}
END_TEST

START_TEST(binding_that_works_nowhere_here_and_says_nothing_is_not_run)
{
	struct tui *t = bare(MODE_PANE, "flows");

	ck_assert_ptr_eq(bindings_find(t, 'l'), NULL); /* it would show local hosts, of which there are none here */
	ck_assert_ptr_eq(bindings_find(t, 'L'), NULL);
	ck_assert_ptr_eq(bindings_find(t, 'm'), NULL);
	mem_free(t);
}
END_TEST

START_TEST(binding_of_the_user_replaces_what_the_key_did_there)
{
	struct tui *t = bare(MODE_PANE, "hosts");

	bindings_bind(&t->bindings, 'q', find("freeze"));
	ck_assert_ptr_eq(bindings_find(t, 'q'), find("freeze"));
	ck_assert_ptr_eq(bindings_find(t, KEY_F(10)), find("quit"));
	mem_free(t);
}
END_TEST

START_TEST(binding_of_the_user_is_the_one_that_is_shown)
{
	struct tui *t = bare(MODE_PANE, "hosts");
	char buf[KEY_TEXT];

	bindings_bind(&t->bindings, KEY_CONTROL('t'), find("regroup"));
	ck_assert_str_eq(bindings_first(&t->bindings, find("regroup"), buf), "ctrl-T");
	mem_free(t);
}
END_TEST

START_TEST(binding_in_one_mode_leaves_the_key_alone_in_others)
{
	struct tui *t = bare(MODE_MENU, "hosts");

	bindings_bind(&t->bindings, KEY_CODE_ENTER, find("tag"));
	ck_assert_ptr_eq(bindings_find(t, KEY_CODE_ENTER), find("choose"));
	mem_free(t);
}
END_TEST

START_TEST(binding_taken_away_leaves_the_key_free)
{
	struct tui *t = bare(MODE_PANE, "hosts");

	bindings_unbind(&t->bindings, 'q');
	ck_assert_ptr_eq(bindings_find(t, 'q'), NULL);
	mem_free(t);
}
END_TEST

START_TEST(binding_table_that_is_full_takes_no_more)
{
	struct tui *t = bare(MODE_PANE, "hosts");

	for (uint32_t key = 0x4e00; key < 0x4e00 + 2 * BINDINGS_MAX; key++)
		bindings_bind(&t->bindings, key, find("freeze"));
	ck_assert_uint_eq(t->bindings.count, BINDINGS_MAX);
	mem_free(t);
}
END_TEST

START_TEST(filter_typed_that_is_too_long_leaves_the_one_before)
{
	struct tui *t = bare(MODE_PANE, "hosts");
	char long_text[300];

	memset(long_text, 'x', sizeof long_text);
	long_text[sizeof long_text - 1] = '\0';
	trail_push(t, "app = DNS", false);
	trail_type(t, "port = 53");
	trail_push(t, "net = internet", false);
	trail_type(t, long_text);
	ck_assert_uint_eq(t->steps, 3);
	ck_assert_str_eq(t->trail[1].expression, "port = 53");
	ck_assert_str_eq(t->trail[2].expression, "net = internet");
	trail_type(t, "port = 443");
	ck_assert_uint_eq(t->steps, 3);
	ck_assert_str_eq(trail_typed(t), "port = 443");
	trail_type(t, "");
	ck_assert_uint_eq(t->steps, 2);
	mem_free(t);
}
END_TEST

Suite *bindings_suite(void)
{
	Suite *s = suite_create("bindings");
	TCase *t = tcase_create("bindings");

	tcase_add_test(t, key_names_are_read_as_they_are_shown);
	tcase_add_test(t, key_that_does_not_exist_is_refused);
	tcase_add_test(t, action_names_differ_and_their_default_keys_exist);
	tcase_add_test(t, footer_names_actions_that_exist);
	tcase_add_test(t, binding_of_a_key_depends_on_the_mode);
	tcase_add_test(t, binding_that_works_nowhere_here_is_still_found_so_that_it_can_say_why);
	tcase_add_test(t, binding_that_works_nowhere_here_and_says_nothing_is_not_run);
	tcase_add_test(t, binding_of_the_user_replaces_what_the_key_did_there);
	tcase_add_test(t, binding_of_the_user_is_the_one_that_is_shown);
	tcase_add_test(t, binding_in_one_mode_leaves_the_key_alone_in_others);
	tcase_add_test(t, binding_taken_away_leaves_the_key_free);
	tcase_add_test(t, filter_typed_that_is_too_long_leaves_the_one_before);
	tcase_add_test(t, binding_table_that_is_full_takes_no_more);
	suite_add_tcase(s, t);
	return s;
}
