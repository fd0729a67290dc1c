/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tui/term_input.c: keys whole and torn, mouse, paste, and whatever else a terminal may send.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "tui/term_input.h"

Suite *term_input_suite(void);

enum { EVENTS = 128 };

static struct input input;
static struct term_event events[EVENTS];
static size_t count;

static void on_event(void *ctx, const struct term_event *e)
{
	ck_assert_ptr_eq(ctx, events);
	ck_assert_uint_lt(count, EVENTS);
	events[count++] = *e;
}

static void start(void)
{
	count = 0;
	input_init(&input, true, on_event, events);
}

static void feed(const char *bytes)
{
	input_feed(&input, bytes, strlen(bytes), 1000);
}

static void check_keys(const char *bytes, size_t n, const uint32_t *keys)
{
	count = 0;
	feed(bytes);
	ck_assert_uint_eq(count, n);
	for (size_t i = 0; i < n; i++)
		ck_assert_msg(events[i].key == keys[i], "key %zu is %x, not %x", i, events[i].key, keys[i]);
	ck_assert_uint_eq(input_wait_ms(&input), 0);
}

#define KEYS(bytes, ...) \
	check_keys(bytes, sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t), (uint32_t[]){__VA_ARGS__})

START_TEST(input_characters_come_as_code_points)
{
	KEYS("aZ ~", 'a', 'Z', ' ', '~');
	KEYS("\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80", 0xe9, 0x65e5, 0x1f600);
	KEYS("\x01\x1a", 1, 26);
	KEYS("\t\r\n\b\x7f", KEY_CODE_TAB, KEY_CODE_ENTER, KEY_CODE_ENTER, KEY_CODE_BACKSPACE, KEY_CODE_BACKSPACE);
}
END_TEST

START_TEST(input_bytes_that_are_no_text_are_dropped)
{
	KEYS("a\xff\xc0\x80\xc3" "b\xed\xa0\x80" "c\xc2\x80" "d", 'a', 'b', 'c', 'd');
	input_feed(&input, "\0\x1c\x1f", 3, 0);
	ck_assert_uint_eq(count, 4);
	input.utf8 = false;
	KEYS("a\xc3\xa9" "b", 'a', 'b');
}
END_TEST

START_TEST(input_function_keys_of_xterm_rxvt_and_linux)
{
	KEYS("\x1b[A\x1b[B\x1b[C\x1b[D", KEY_CODE_UP, KEY_CODE_DOWN, KEY_CODE_RIGHT, KEY_CODE_LEFT);
	KEYS("\x1bOA\x1bOH\x1bOF\x1bOP\x1bOS", KEY_CODE_UP, KEY_CODE_HOME, KEY_CODE_END, KEY_CODE_F1, KEY_CODE_F1 + 3);
	KEYS("\x1b[1~\x1b[4~\x1b[5~\x1b[6~\x1b[2~\x1b[3~", KEY_CODE_HOME, KEY_CODE_END, KEY_CODE_PAGE_UP,
	     KEY_CODE_PAGE_DOWN, KEY_CODE_INSERT, KEY_CODE_DELETE);
	KEYS("\x1b[7~\x1b[8~\x1b[11~\x1b[15~\x1b[24~", KEY_CODE_HOME, KEY_CODE_END, KEY_CODE_F1, KEY_CODE_F1 + 4, KEY_CODE_F12);
	KEYS("\x1b[[A\x1b[[Ex", KEY_CODE_F1, KEY_CODE_F1 + 4, 'x');
	KEYS("\x1b[1;5C\x1b[5;3~\x1b[Z", KEY_CODE_RIGHT, KEY_CODE_PAGE_UP, KEY_CODE_BACK_TAB);
	KEYS("\x1bOM\x1bOp\x1bOy", KEY_CODE_ENTER, '0', '9');
}
END_TEST

START_TEST(input_sequences_torn_anywhere_are_the_same)
{
	static const char all[] = "a\x1b[A\x1b[15~\x1bOP\xe6\x97\xa5\x1b[<0;10;5M\x1b[[Ax\x1b[200~no\x1b[201~z\x1b[5;3~";
	size_t whole;

	feed(all);
	whole = count;
	ck_assert_uint_eq(whole, 10);
	for (size_t cut = 1; cut < sizeof all - 1; cut++) {
		start();
		input_feed(&input, all, cut, 5000);
		input_feed(&input, all + cut, sizeof all - 1 - cut, 5000);
		ck_assert_msg(count == whole, "cut at %zu: %zu events", cut, count);
	}
	start();
	for (size_t i = 0; i < sizeof all - 1; i++)
		input_feed(&input, all + i, 1, 5000);
	ck_assert_uint_eq(count, whole);
}
END_TEST

START_TEST(input_lone_escape_comes_after_a_short_wait)
{
	feed("\x1b");
	ck_assert_uint_eq(count, 0);
	ck_assert_uint_gt(input_wait_ms(&input), 0);
	ck_assert_uint_le(input_wait_ms(&input), 50);
	input_timeout(&input);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(events[0].key, KEY_CODE_ESCAPE);
	ck_assert_uint_eq(input_wait_ms(&input), 0);
}
END_TEST

START_TEST(input_escape_and_a_key_at_once_are_two_keys)
{
	KEYS("\x1bj", KEY_CODE_ESCAPE, 'j');
	KEYS("\x1b\x1b[A", KEY_CODE_ESCAPE, KEY_CODE_UP);
	count = 0;
	feed("\x1b[");
	input_timeout(&input);
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(events[1].key, '[');
}
END_TEST

START_TEST(input_sequence_whose_rest_never_comes_types_nothing)
{
	feed("\x1b[12;3");
	ck_assert_uint_gt(input_wait_ms(&input), 100);
	input_timeout(&input);
	ck_assert_uint_eq(count, 0);
	feed("\xe6");
	input_timeout(&input);
	KEYS("x", 'x');
}
END_TEST

START_TEST(input_unknown_sequences_are_swallowed_whole)
{
	KEYS("\x1b[?1;2c\x1b[99~\x1b[12;40R\x1b[I\x1b[>0;276;0cx", KEY_CODE_F1 + 2, 'x');
	KEYS("\x1b[999999999999999999999999~x", 'x');
}
END_TEST

START_TEST(input_terminal_s_own_sequences_come_first)
{
	input_add(&input, "\x1b[224z", KEY_CODE_F1);
	input_add(&input, "\x1bOA", KEY_CODE_HOME);
	input_add(&input, "\x7f", KEY_CODE_DELETE);
	input_add(&input, "", KEY_CODE_DELETE);
	input_add(&input, "\x1b[this is longer than any", KEY_CODE_DELETE);
	ck_assert_uint_eq(input.count, 2);
	KEYS("\x1b[224z\x1bOA\x7f\x1b[2~", KEY_CODE_F1, KEY_CODE_HOME, KEY_CODE_BACKSPACE, KEY_CODE_INSERT);
	for (int i = 0; i < 2 * INPUT_SEQUENCES; i++)
		input_add(&input, "\x1b[225z", KEY_CODE_F1);
	ck_assert_uint_eq(input.count, INPUT_SEQUENCES);
}
END_TEST

START_TEST(input_mouse_clicks_and_wheel_have_their_place)
{
	feed("\x1b[<0;10;5M\x1b[<0;10;5m\x1b[<64;1;1M\x1b[<65;300;200M");
	ck_assert_uint_eq(count, 3);
	ck_assert_uint_eq(events[0].key, KEY_CODE_MOUSE);
	ck_assert_int_eq(events[0].x, 9);
	ck_assert_int_eq(events[0].y, 4);
	ck_assert_int_eq(events[0].mouse, MOUSE_CLICK);
	ck_assert_int_eq(events[1].mouse, MOUSE_WHEEL_UP);
	ck_assert_int_eq(events[2].mouse, MOUSE_WHEEL_DOWN);
	ck_assert_int_eq(events[2].x, 299);
}
END_TEST

START_TEST(input_second_click_in_time_and_place_is_a_double)
{
	static const char click[] = "\x1b[<0;10;5M", elsewhere[] = "\x1b[<0;11;5M";

	input_feed(&input, click, sizeof click - 1, 1000);
	input_feed(&input, click, sizeof click - 1, 1300);
	input_feed(&input, click, sizeof click - 1, 1400);
	input_feed(&input, click, sizeof click - 1, 2400);
	input_feed(&input, elsewhere, sizeof elsewhere - 1, 2500);
	ck_assert_uint_eq(count, 5);
	ck_assert_int_eq(events[0].mouse, MOUSE_CLICK);
	ck_assert_int_eq(events[1].mouse, MOUSE_DOUBLE);
	for (int i = 2; i < 5; i++)
		ck_assert_int_eq(events[i].mouse, MOUSE_CLICK);
}
END_TEST

START_TEST(input_other_buttons_motion_and_nonsense_are_no_clicks)
{
	feed("\x1b[<1;1;1M\x1b[<2;1;1M\x1b[<32;1;1M\x1b[<66;1;1M\x1b[<0;0;0M\x1b[<0;-1;5M\x1b[<0M\x1b[<;;M\x1b[<999;1;1M");
	ck_assert_uint_eq(count, 0);
	KEYS("x", 'x');
}
END_TEST

START_TEST(input_old_mouse_reports_are_understood)
{
	feed("\x1b[M *%\x1b[M#*%\x1b[M`!!");
	ck_assert_uint_eq(count, 2);
	ck_assert_int_eq(events[0].x, 9);
	ck_assert_int_eq(events[0].y, 4);
	ck_assert_int_eq(events[1].mouse, MOUSE_WHEEL_UP);
}
END_TEST

START_TEST(input_paste_does_not_act_as_keys)
{
	KEYS("a\x1b[200~quit\r\x1b[A\xe6\x97\xa5\x1b[201~b", 'a', 'b');
}
END_TEST

START_TEST(input_paste_into_a_prompt_gives_its_characters)
{
	input.accept_paste = true;
	KEYS("\x1b[200~10.0.0.1\t\r\n\x1b\xc3\xa9\x1b[201~b", '1', '0', '.', '0', '.', '0', '.', '1', ' ', 0xe9, 'b');
}
END_TEST

START_TEST(input_paste_without_an_end_ends_by_time)
{
	feed("\x1b[200~abc");
	ck_assert_uint_gt(input_wait_ms(&input), 0);
	input_timeout(&input);
	KEYS("x", 'x');
}
END_TEST

START_TEST(input_forgets_what_was_before_a_suspension)
{
	feed("\x1b[200~abc\x1b[2");
	input_forget(&input);
	KEYS("x", 'x');
}
END_TEST

START_TEST(input_any_bytes_are_taken)
{
	unsigned random = 7;

	for (int i = 0; i < 20000; i++) {
		static const char likely[] = "\x1b\x1b[[O<;;M~200123456789A\xe6\x97\xff";
		char bytes[100];

		random = random * 1103515245 + 12345;
		for (size_t k = 0; k < sizeof bytes; k++)
			bytes[k] = likely[(random >> 16) * (k + 1) * 7 % (sizeof likely - 1)];
		count = 0;
		input_feed(&input, bytes, 1 + (random >> 20) % (sizeof bytes - 1), (uint64_t)i * 100);
		ck_assert_uint_lt(input.length, INPUT_PENDING);
		if (random >> 30 == 0)
			input_timeout(&input);
	}
}
END_TEST

Suite *term_input_suite(void)
{
	Suite *s = suite_create("term_input");
	TCase *t = tcase_create("term_input");

	tcase_set_timeout(t, 20); /* two million bytes take a second, on a busy machine without optimisation five */

	tcase_add_checked_fixture(t, start, NULL);
	tcase_add_test(t, input_characters_come_as_code_points);
	tcase_add_test(t, input_bytes_that_are_no_text_are_dropped);
	tcase_add_test(t, input_function_keys_of_xterm_rxvt_and_linux);
	tcase_add_test(t, input_sequences_torn_anywhere_are_the_same);
	tcase_add_test(t, input_lone_escape_comes_after_a_short_wait);
	tcase_add_test(t, input_escape_and_a_key_at_once_are_two_keys);
	tcase_add_test(t, input_sequence_whose_rest_never_comes_types_nothing);
	tcase_add_test(t, input_unknown_sequences_are_swallowed_whole);
	tcase_add_test(t, input_terminal_s_own_sequences_come_first);
	tcase_add_test(t, input_mouse_clicks_and_wheel_have_their_place);
	tcase_add_test(t, input_second_click_in_time_and_place_is_a_double);
	tcase_add_test(t, input_other_buttons_motion_and_nonsense_are_no_clicks);
	tcase_add_test(t, input_old_mouse_reports_are_understood);
	tcase_add_test(t, input_paste_does_not_act_as_keys);
	tcase_add_test(t, input_paste_into_a_prompt_gives_its_characters);
	tcase_add_test(t, input_paste_without_an_end_ends_by_time);
	tcase_add_test(t, input_forgets_what_was_before_a_suspension);
	tcase_add_test(t, input_any_bytes_are_taken);
	suite_add_tcase(s, t);
	return s;
}
