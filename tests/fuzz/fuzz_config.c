/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a configuration file: read, written anew and read again they mean the same, what is
 * written does not change any more, and every problem has its line and clean text.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/mem.h"
#include "dpitop/rc.h"
#include "dpitop/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { TEXT = 1 << 16, PROBLEMS = 64 };

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void check_problems(const struct rc_problem *p, size_t count, const char *text, size_t n)
{
	int lines = 1;

	for (size_t i = 0; i < n; i++)
		lines += text[i] == '\n';
	for (size_t i = 0; i < count && i < PROBLEMS; i++) {
		expect(p[i].line >= 1 && p[i].line <= lines);
		expect(i == 0 || p[i].line >= p[i - 1].line);
		expect(p[i].text[0] != '\0' && text_is_clean(p[i].text));
	}
}

static void check_settings(const struct tui_settings *s)
{
	char buf[SETTING_TEXT];

	expect(s->key_count <= CHOSEN_KEYS_MAX);
	for (size_t i = 0; i < SETTING_COUNT; i++)
		expect(strlen(setting_text(&setting_table[i], s, buf)) < SETTING_TEXT);
	for (int d = 0; d < DIM_LIST_COUNT; d++) {
		expect(s->columns[d].count <= CHOSEN_MAX);
		for (size_t i = 0; i < s->columns[d].count; i++)
			expect((s->columns[d].columns[i]->dims & DIM_BIT(d)) != 0);
	}
}

static void expect_same(const struct tui_settings *a, const struct tui_settings *b)
{
	char one[SETTING_TEXT], other[SETTING_TEXT];

	for (size_t i = 0; i < SETTING_COUNT; i++)
		expect(strcmp(setting_text(&setting_table[i], a, one), setting_text(&setting_table[i], b, other)) == 0);
	for (int d = 0; d < DIM_LIST_COUNT; d++) {
		expect(a->columns[d].count == b->columns[d].count);
		for (size_t i = 0; i < a->columns[d].count; i++)
			expect(a->columns[d].columns[i] == b->columns[d].columns[i]);
	}
	expect(a->key_count == b->key_count);
	for (size_t i = 0; i < a->key_count; i++)
		expect(a->keys[i].key == b->keys[i].key && a->keys[i].action == b->keys[i].action);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct rc_problem problems[PROBLEMS];
	struct tui_settings *s, *again;
	char *first, *second;
	size_t count;

	if (n > TEXT)
		return 0;
	s = mem_zalloc(sizeof *s);
	again = mem_zalloc(sizeof *again);
	settings_init(s);
	settings_init(again);
	count = rc_read(s, (const char *)data, n, problems, PROBLEMS);
	check_problems(problems, count, (const char *)data, n);
	check_settings(s);
	first = rc_write(s, (const char *)data, n);
	rc_read(again, first, strlen(first), problems, PROBLEMS);
	if (memchr(data, 0, n) == NULL) { /* a NUL ends the text that is compared */
		expect_same(s, again);
		second = rc_write(again, first, strlen(first));
		expect(strcmp(first, second) == 0);
		mem_free(second);
	}
	mem_free(first);
	mem_free(s);
	mem_free(again);
	return 0;
}
