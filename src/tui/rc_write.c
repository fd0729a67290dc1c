/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Settings into the text of the configuration file. What a hand wrote there stays: comments, `bind`
 * lines, what is not known, and the order of lines. Pure; any thread; called by app and by the fuzzer.
 */
#include "config.h"

#include "dpitop/rc.h"

#include <string.h>

#include "dpitop/mem.h"
#include "tui/rc_line.h"

static const char head[] = "# dpitop's settings; dpitoprc(5) tells what can stand here. The setup screen (F2) writes its own lines\n"
			   "# anew and leaves all others as they are.\n";

struct writer {
	const struct tui_settings *settings;
	char *text;
	size_t n, size;
	bool setting_done[SETTING_COUNT], columns_done[DIM_LIST_COUNT];
};

static void put(struct writer *w, const char *text, size_t n)
{
	if (w->n + n + 1 > w->size) {
		w->size = 2 * (w->n + n + 1);
		w->text = mem_grow(w->text, w->size, 1);
	}
	memcpy(w->text + w->n, text, n);
	w->n += n;
	w->text[w->n] = '\0';
}

static void put_text(struct writer *w, const char *text)
{
	put(w, text, strlen(text));
}

static void end_line(struct writer *w, const struct rc_line *old)
{
	if (old != NULL && old->comment < old->n) {
		put_text(w, " ");
		put(w, old->at + old->comment, old->n - old->comment);
	}
	put_text(w, "\n");
}

static void put_setting(struct writer *w, size_t i, const struct rc_line *old)
{
	char value[SETTING_TEXT];

	if (w->setting_done[i])
		return;
	w->setting_done[i] = true;
	if (setting_text(&setting_table[i], w->settings, value)[0] == '\0')
		return;
	put_text(w, setting_table[i].name);
	put_text(w, " ");
	put_text(w, value);
	end_line(w, old);
}

static void put_columns(struct writer *w, enum dim d, const struct rc_line *old)
{
	const struct column_choice *c = &w->settings->columns[d];

	if (w->columns_done[d])
		return;
	w->columns_done[d] = true;
	if (c->count == 0)
		return;
	put_text(w, "columns ");
	put_text(w, rc_list_name(d));
	for (size_t i = 0; i < c->count; i++) {
		put_text(w, " ");
		put_text(w, c->columns[i]->id);
	}
	end_line(w, old);
}

static void put_old(struct writer *w, const struct rc_line *l)
{
	size_t name = l->count > 1 && rc_word_is(&l->words[0], "set") ? 1 : 0;
	const struct setting *one = l->count > name ? setting_find(l->words[name].at, l->words[name].n) : NULL;
	enum dim d;

	if (l->too_many) {
		put(w, l->at, l->n); /* it was left out: not ours to write anew */
		put_text(w, "\n");
	} else if (one != NULL) {
		put_setting(w, (size_t)(one - setting_table), l);
	} else if (l->count > 1 && rc_word_is(&l->words[0], "columns") && rc_list_find(&l->words[1], &d)) {
		put_columns(w, d, l);
	} else {
		put(w, l->at, l->n);
		put_text(w, "\n");
	}
}

char *rc_write(const struct tui_settings *s, const char *old, size_t n)
{
	struct writer w = {.settings = s};
	struct rc_line line;

	put_text(&w, "");
	if (n == 0)
		put_text(&w, head);
	while (rc_next_line(&old, &n, &line))
		put_old(&w, &line);
	for (size_t i = 0; i < SETTING_COUNT; i++)
		if (!setting_is_default(&setting_table[i], s))
			put_setting(&w, i, NULL);
	for (int d = 0; d < DIM_LIST_COUNT; d++)
		put_columns(&w, (enum dim)d, NULL);
	if (w.n == 0) /* all lines left */
		put_text(&w, head);
	return w.text;
}
