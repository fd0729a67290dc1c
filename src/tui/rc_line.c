/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines of the configuration file: words, comments, and the names lists have there. Pure; any thread;
 * called by rc.c and rc_write.c.
 */
#include "config.h"

#include "tui/rc_line.h"

#include <string.h>

#include "dpitop/tui.h"
#include "tui/screen.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

bool rc_word_is(const struct rc_word *w, const char *text)
{
	return strlen(text) == w->n && memcmp(w->at, text, w->n) == 0;
}

/* "#" may be a key too. */
static bool wants_key(const struct rc_line *l)
{
	return l->count == 1 && (rc_word_is(&l->words[0], "bind") || rc_word_is(&l->words[0], "unbind"));
}

static void split(struct rc_line *l)
{
	size_t i = 0;

	l->comment = l->n;
	while (true) {
		size_t from;

		while (i < l->n && is_blank(l->at[i]))
			i++;
		if (i == l->n)
			return;
		if (l->at[i] == '#' && !wants_key(l)) {
			l->comment = i;
			return;
		}
		for (from = i; i < l->n && !is_blank(l->at[i]);)
			i++;
		if (l->count < RC_WORDS_MAX)
			l->words[l->count++] = (struct rc_word){l->at + from, i - from};
		else
			l->too_many = true;
	}
}

bool rc_next_line(const char **text, size_t *n, struct rc_line *line)
{
	const char *end;

	memset(line, 0, sizeof *line);
	if (*n == 0)
		return false;
	end = memchr(*text, '\n', *n);
	line->at = *text;
	line->n = end != NULL ? (size_t)(end - *text) : *n;
	*n -= line->n + (end != NULL);
	*text += line->n + (end != NULL);
	split(line);
	return true;
}

/* A pane of this list alone names it, else one that begins with it, else the list has a name of its own. */
const char *rc_list_name(enum dim d)
{
	const char *name = NULL;

	for (size_t i = 0; i < view_count(); i++) {
		const struct view *v = view_at(i);

		if (v->dims[0] != d || v->draw == overview_draw || v->draw == sources_draw)
			continue;
		if (v->count == 1)
			return v->name;
		if (name == NULL)
			name = v->name;
	}
	return name != NULL ? name : dim_info(d)->id;
}

bool rc_list_find(const struct rc_word *w, enum dim *d)
{
	for (int i = 0; i < DIM_LIST_COUNT; i++) {
		if (rc_word_is(w, rc_list_name((enum dim)i)) || rc_word_is(w, dim_info((enum dim)i)->id)) {
			*d = (enum dim)i;
			return true;
		}
	}
	return false;
}
