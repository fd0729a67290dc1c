/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * base/err.c, mem.c and log.c: small things that everything stands on.
 */
#include "config.h"

#include <check.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "dpitop/err.h"
#include "dpitop/log.h"
#include "dpitop/mem.h"

Suite *base_suite(void);

START_TEST(error_says_the_sentence_and_returns_its_code)
{
	struct error e;

	ck_assert_int_eq(error_set(&e, ERR_IO, "cannot open '%s'", "x"), ERR_IO);
	ck_assert_str_eq(e.text, "cannot open 'x'");
	ck_assert_int_eq(e.position, -1);
	ck_assert_int_eq(error_set_at(&e, ERR_USAGE, 7, "no"), ERR_USAGE);
	ck_assert_int_eq(e.position, 7);
	ck_assert_int_eq(error_set(NULL, ERR_LIMIT, "no one listens"), ERR_LIMIT);
}
END_TEST

START_TEST(error_that_is_too_long_is_cut_at_a_character)
{
	char text[400];
	struct error e;

	memset(text, 'a', sizeof text);
	memcpy(text + 254, "\xe2\x82\xac", 3); /* cut after its first byte */
	text[399] = '\0';
	error_set(&e, ERR_IO, "%s", text);
	ck_assert_uint_eq(strlen(e.text), 254);
}
END_TEST

START_TEST(memory_is_zeroed_and_never_null_for_nothing)
{
	uint8_t *p = mem_array(3, 5);

	for (int i = 0; i < 15; i++)
		ck_assert_uint_eq(p[i], 0);
	mem_free(p);
	p = mem_array(0, 5);
	ck_assert_ptr_nonnull(p);
	mem_free(p);
	mem_free(NULL);
	char *s = mem_strndup("abcdef", 3);

	ck_assert_str_eq(s, "abc");
	s = mem_grow(s, 10, 1);
	ck_assert_str_eq(s, "abc");
	mem_free(s);
}
END_TEST

static void tell(void)
{
	if (write(STDOUT_FILENO, "", 0) == 0)
		_exit(42); /* the hook ran before the abort */
}

START_TEST(memory_that_is_out_runs_the_hook)
{
	mem_set_oom_hook(tell);
	mem_grow(NULL, SIZE_MAX, 16);
}
END_TEST

START_TEST(memory_that_is_out_aborts_without_a_hook)
{
	struct rlimit no_core = {0, 0};

	setrlimit(RLIMIT_CORE, &no_core);
	mem_set_oom_hook(NULL);
	mem_grow(NULL, SIZE_MAX, 16);
}
END_TEST

START_TEST(log_keeps_the_newest_lines_clean_and_newest_first)
{
	struct log_line lines[LOG_LINES + 5];

	log_to_stderr(false);
	for (int i = 0; i < LOG_LINES + 3; i++)
		log_line(LOG_WARN_, "line %d \x1b", i);
	ck_assert_uint_eq(log_copy(lines, LOG_LINES + 5), LOG_LINES);
	ck_assert_str_eq(lines[0].text, "line 66 ?");
	ck_assert_str_eq(lines[LOG_LINES - 1].text, "line 3 ?");
	ck_assert_int_eq(lines[0].level, LOG_WARN_);
	ck_assert(lines[0].time_us > 0);
	ck_assert_uint_eq(log_copy(lines, 2), 2);
}
END_TEST

Suite *base_suite(void)
{
	Suite *s = suite_create("base");
	TCase *c = tcase_create("base");

	tcase_add_test(c, error_says_the_sentence_and_returns_its_code);
	tcase_add_test(c, error_that_is_too_long_is_cut_at_a_character);
	tcase_add_test(c, memory_is_zeroed_and_never_null_for_nothing);
	tcase_add_exit_test(c, memory_that_is_out_runs_the_hook, 42);
	tcase_add_test_raise_signal(c, memory_that_is_out_aborts_without_a_hook, SIGABRT);
	tcase_add_test(c, log_keeps_the_newest_lines_clean_and_newest_first);
	suite_add_tcase(s, c);
	return s;
}
