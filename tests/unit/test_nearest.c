/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * base/nearest.c: which word was probably meant.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "dpitop/nearest.h"

Suite *nearest_suite(void);

static const char *const words[] = {"theme", "glyphs", "unit", "log-scale", "view", "interval", "names", "mouse",
				    "sent_bytes", "sent_rate", "sent_packets", "bytes"};

static const char *near(const char *word, char *buf, size_t size)
{
	struct nearest n;

	nearest_init(&n, word, strlen(word));
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		nearest_offer(&n, words[i]);
	return nearest_text(&n, buf, size);
}

START_TEST(nearest_word_is_one_slip_away)
{
	char buf[128];

	ck_assert_str_eq(near("thme", buf, sizeof buf), "theme");
	ck_assert_str_eq(near("Theme", buf, sizeof buf), "theme");
	ck_assert_str_eq(near("intreval", buf, sizeof buf), "interval");
	ck_assert_str_eq(near("nams", buf, sizeof buf), "names");
}
END_TEST

START_TEST(nearest_words_are_those_that_begin_alike)
{
	char buf[128];

	ck_assert_str_eq(near("sent", buf, sizeof buf), "sent_bytes, sent_rate or sent_packets");
	ck_assert_str_eq(near("log", buf, sizeof buf), "log-scale");
}
END_TEST

START_TEST(nearest_word_to_nonsense_is_none)
{
	char buf[128];

	ck_assert_str_eq(near("xyzzy", buf, sizeof buf), "");
	ck_assert_str_eq(near("", buf, sizeof buf), "");
	ck_assert_str_eq(near("a word that is longer than any word here can ever be, by far", buf, sizeof buf), "");
}
END_TEST

Suite *nearest_suite(void)
{
	Suite *s = suite_create("nearest");
	TCase *t = tcase_create("nearest");

	tcase_add_test(t, nearest_word_is_one_slip_away);
	tcase_add_test(t, nearest_words_are_those_that_begin_alike);
	tcase_add_test(t, nearest_word_to_nonsense_is_none);
	suite_add_tcase(s, t);
	return s;
}
