/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the word that is typed in a filter may become: a field, a word between tests, or behind `preset =`
 * the name of one. Main thread; called by screen.c.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/screen.h"

enum { WORDS_TEXT = 2048 };

static const char between[] = "and or not src. dst. ";

static void preset_names(char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < filter_preset_count() && used < size; i++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s", used > 0 ? " " : "", filter_preset_at(i)->name);
}

/* Does what stands before the word end with "preset", blanks and "="? */
static bool is_preset(const char *text, size_t end)
{
	static const char name[] = "preset";
	const size_t n = sizeof name - 1;

	while (end > 0 && text[end - 1] == ' ')
		end--;
	if (end == 0 || text[--end] != '=')
		return false;
	while (end > 0 && text[end - 1] == ' ')
		end--;
	return end >= n && strncmp(text + end - n, name, n) == 0;
}

void complete_filter(struct prompt *p)
{
	char words[WORDS_TEXT], word[PROMPT_TEXT];
	size_t from = prompt_word(p, word, sizeof word);
	bool end = from > 0 && p->text[from - 1] == '.'; /* of src. and dst. */
	size_t used = sizeof between - 1;

	memcpy(words, between, used);
	if (is_preset(p->text, from))
		preset_names(words, sizeof words);
	else if (end)
		filter_end_fields(words, sizeof words);
	else
		filter_fields(words + used, sizeof words - used);
	prompt_complete(p, words);
	if (p->at > 1 && p->text[p->at - 1] == ' ' && p->text[p->at - 2] == '.') /* src. goes on */
		prompt_key(p, KEY_CODE_BACKSPACE);
}
