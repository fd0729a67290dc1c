/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * base/log.c: the ring of the last lines, and what goes to stderr.
 */
#include "config.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dpitop/log.h"
#include "dpitop/text.h"

Suite *log_suite(void);

static struct log_line lines[LOG_LINES + 1];

static void quiet(void)
{
	log_to_stderr(false);
}

/* What log_line() writes to stderr. */
static const char *said(bool on, const char *text)
{
	static char out[2 * LOG_TEXT]; /* a test is a process */
	int ends[2], old = dup(STDERR_FILENO);
	ssize_t n;

	ck_assert_int_eq(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	log_to_stderr(on);
	log_line(LOG_INFO_, "%s", text);
	fflush(stderr);
	dup2(old, STDERR_FILENO); /* closes the pipe's last writing end */
	close(old);
	n = read(ends[0], out, sizeof out - 1);
	close(ends[0]);
	out[n > 0 ? n : 0] = '\0';
	return out;
}

START_TEST(log_is_empty_at_first)
{
	ck_assert_uint_eq(log_copy(lines, LOG_LINES), 0);
}
END_TEST

START_TEST(log_line_keeps_level_text_and_time)
{
	log_line(LOG_ERROR_, "cannot open '%s'", "eth7");
	ck_assert_uint_eq(log_copy(lines, LOG_LINES), 1);
	ck_assert_int_eq(lines[0].level, LOG_ERROR_);
	ck_assert_str_eq(lines[0].text, "cannot open 'eth7'");
	ck_assert_int_gt(lines[0].time_us, INT64_C(1500000000000000)); /* microseconds since 1970 */
	ck_assert_int_lt(lines[0].time_us, INT64_C(9000000000000000));
}
END_TEST

START_TEST(log_copy_gives_the_newest_first)
{
	log_line(LOG_INFO_, "old");
	log_line(LOG_INFO_, "new");
	ck_assert_uint_eq(log_copy(lines, LOG_LINES), 2);
	ck_assert_str_eq(lines[0].text, "new");
	ck_assert_str_eq(lines[1].text, "old");
}
END_TEST

START_TEST(log_copy_writes_no_more_than_it_may)
{
	for (int i = 0; i < 3; i++)
		log_line(LOG_INFO_, "%d", i);
	strcpy(lines[2].text, "untouched");
	ck_assert_uint_eq(log_copy(lines, 2), 2);
	ck_assert_str_eq(lines[1].text, "1");
	ck_assert_str_eq(lines[2].text, "untouched");
	ck_assert_uint_eq(log_copy(NULL, 0), 0);
}
END_TEST

START_TEST(log_when_full_forgets_the_oldest)
{
	for (int i = 0; i < LOG_LINES + 10; i++)
		log_line(LOG_INFO_, "%d", i);
	ck_assert_uint_eq(log_copy(lines, LOG_LINES + 1), LOG_LINES);
	ck_assert_str_eq(lines[0].text, "73");
	ck_assert_str_eq(lines[LOG_LINES - 1].text, "10");
}
END_TEST

START_TEST(log_line_makes_hostile_text_printable)
{
	log_line(LOG_WARN_, "name %s", "a\x1b[2J\nb\xff");
	log_copy(lines, 1);
	ck_assert_str_eq(lines[0].text, "name a?[2J?b?");
}
END_TEST

START_TEST(log_line_is_cut_at_a_character)
{
	char text[1001];

	for (int i = 0; i < 1000; i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	text[1000] = '\0';
	log_line(LOG_INFO_, "%s", text); /* 199 bytes would be half a character more */
	log_copy(lines, 1);
	ck_assert_uint_eq(strlen(lines[0].text), 198);
	ck_assert(text_is_clean(lines[0].text));
	ck_assert_ptr_null(strchr(lines[0].text, '?'));
}
END_TEST

START_TEST(log_to_stderr_says_who_speaks)
{
	ck_assert_str_eq(said(true, "hello\x1b"), "dpitop: hello?\n");
}
END_TEST

START_TEST(log_to_stderr_off_writes_to_the_ring_only)
{
	ck_assert_str_eq(said(false, "hello"), "");
	ck_assert_uint_eq(log_copy(lines, 1), 1);
	ck_assert_str_eq(lines[0].text, "hello");
}
END_TEST

static void *write_many(void *ctx)
{
	for (int i = 0; i < 2000; i++)
		log_line(LOG_INFO_, "%s", (const char *)ctx);
	return NULL;
}

START_TEST(log_lines_of_several_threads_stay_whole)
{
	static char texts[4][LOG_TEXT];
	pthread_t threads[4];

	for (int i = 0; i < 4; i++) {
		memset(texts[i], 'a' + i, LOG_TEXT - 1);
		ck_assert_int_eq(pthread_create(&threads[i], NULL, write_many, texts[i]), 0);
	}
	for (int round = 0; round < 500; round++)
		for (size_t n = log_copy(lines, LOG_LINES); n > 0; n--)
			ck_assert_uint_eq(strspn(lines[n - 1].text, (char[2]){lines[n - 1].text[0]}), LOG_TEXT - 1);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	ck_assert_uint_eq(log_copy(lines, LOG_LINES), LOG_LINES);
}
END_TEST

Suite *log_suite(void)
{
	Suite *s = suite_create("log");
	TCase *c = tcase_create("log"), *aloud = tcase_create("log to stderr");

	tcase_add_checked_fixture(c, quiet, NULL);
	tcase_add_test(c, log_is_empty_at_first);
	tcase_add_test(c, log_line_keeps_level_text_and_time);
	tcase_add_test(c, log_copy_gives_the_newest_first);
	tcase_add_test(c, log_copy_writes_no_more_than_it_may);
	tcase_add_test(c, log_when_full_forgets_the_oldest);
	tcase_add_test(c, log_line_makes_hostile_text_printable);
	tcase_add_test(c, log_line_is_cut_at_a_character);
	tcase_add_test(c, log_lines_of_several_threads_stay_whole);
	tcase_add_test(aloud, log_to_stderr_says_who_speaks);
	tcase_add_test(aloud, log_to_stderr_off_writes_to_the_ring_only);
	suite_add_tcase(s, c);
	suite_add_tcase(s, aloud);
	return s;
}
