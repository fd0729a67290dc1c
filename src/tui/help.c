/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The help screen, made from the action table and the keys that are bound now: what works in the pane it
 * was asked for in comes first. And the list of actions for those who bind keys. Main thread; called by
 * screen.c and app.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/text.h"
#include "tui/action.h"

enum { KEYS_CELLS = 16, TWO_COLUMNS = 132, LINES_MAX = 160, KEYS_MAX = 24, RUN_SHORT = 3 };

struct help_line {
	char keys[160];
	const char *help; /* NULL: a heading, in keys; both empty: a blank line */
	bool here;
};

struct help {
	struct help_line lines[LINES_MAX];
	int count;
};

/* "F4, \\", and "1 to 9" for what stands together. */
static void keys_text(const uint32_t *keys, size_t n, char *buf, size_t size)
{
	char first[KEY_TEXT], last[KEY_TEXT];
	size_t used = 0, run;

	buf[0] = '\0';
	for (size_t i = 0; i < n && used + 2 * KEY_TEXT + 8 < size; i += run) {
		const char *between = i > 0 ? ", " : "";

		for (run = 1; i + run < n && keys[i + run] == keys[i] + run;)
			run++;
		if (run > RUN_SHORT) {
			used += (size_t)snprintf(buf + used, size - used, _("%s%s to %s"), between, key_name(keys[i], first),
						 key_name(keys[i + run - 1], last));
		} else {
			used += (size_t)snprintf(buf + used, size - used, "%s%s", between, key_name(keys[i], first));
			run = 1;
		}
	}
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Keys of an action, but for those that its neighbour has already. */
static size_t add_keys(const struct tui *t, const struct action *a, uint32_t *keys, size_t count)
{
	uint32_t own[KEYS_MAX];
	size_t n = bindings_keys(&t->bindings, a, own, KEYS_MAX);

	for (size_t i = 0; i < n && count < KEYS_MAX; i++) {
		size_t same = 0;

		while (same < count && keys[same] != own[i])
			same++;
		if (same == count)
			keys[count++] = own[i];
	}
	return count;
}

/* The actions from i on that share a line: how many, and their keys; where all are too many, in order, and of
 * each only the first if that does not help. */
static size_t make_line(const struct tui *t, size_t i, struct help_line *line)
{
	uint32_t keys[KEYS_MAX], firsts[KEYS_MAX];
	size_t count = 0, first_count = 0, n = 0;

	line->help = action_at(i)->help;
	line->here = false;
	for (; i + n < action_count() && strcmp(action_at(i + n)->help, line->help) == 0; n++) {
		const struct action *a = action_at(i + n);
		size_t had = count;

		count = add_keys(t, a, keys, count);
		if (count > had)
			firsts[first_count++] = keys[had];
		line->here = line->here || (count > had && action_works(t, a));
	}
	keys_text(keys, count, line->keys, sizeof line->keys);
	if (text_width(line->keys) > KEYS_CELLS) {
		qsort(keys, count, sizeof keys[0], by_number);
		keys_text(keys, count, line->keys, sizeof line->keys);
	}
	if (text_width(line->keys) > KEYS_CELLS && first_count < count)
		keys_text(firsts, first_count, line->keys, sizeof line->keys);
	return n;
}

static void add_heading(struct help *h, const char *text)
{
	if (h->count < LINES_MAX) {
		h->lines[h->count].help = NULL;
		snprintf(h->lines[h->count++].keys, sizeof h->lines[0].keys, "%s", text);
	}
}

static void add_lines(const struct tui *t, struct help *h, bool here)
{
	for (size_t i = 0; i < action_count() && h->count < LINES_MAX;) {
		struct help_line *line = &h->lines[h->count];

		i += make_line(t, i, line);
		h->count += line->keys[0] != '\0' && line->here == here;
	}
}

static void make_help(struct tui *t, struct help *h)
{
	static const char *const overs[MODE_COUNT] = {
		[MODE_DETAIL] = N_("In the details"), [MODE_MENU] = N_("In the menu"), [MODE_SETUP] = N_("In the setup")};
	char heading[80];

	h->count = 0;
	t->mode = t->help_over; /* what works there is what works here */
	if (overs[t->help_over] != NULL)
		snprintf(heading, sizeof heading, "%s", _(overs[t->help_over]));
	else
		snprintf(heading, sizeof heading, _("In %s"), _(t->view->title));
	add_heading(h, heading);
	add_lines(t, h, true);
	add_heading(h, "");
	add_heading(h, _("Elsewhere"));
	add_lines(t, h, false);
	t->mode = MODE_HELP;
}

void help_draw(struct tui *t, struct rect r)
{
	struct help h;
	int across = r.columns >= TWO_COLUMNS ? 2 : 1, width = r.columns / across, lines;

	make_help(t, &h);
	lines = (h.count + across - 1) / across;
	canvas_fill(&t->canvas, r.x, r.y, r.columns, STYLE_HEADER, ' ');
	canvas_put(&t->canvas, r.x, r.y, r.columns, STYLE_HEADER,
		   _("KEYS   more in dpitop(1), dpitoprc(5), dpitop-filter(7)"));
	if (t->scroll > lines - (r.rows - 1))
		t->scroll = lines > r.rows - 1 ? lines - (r.rows - 1) : 0;
	for (int n = 0; n < h.count; n++) {
		const struct help_line *line = &h.lines[n];
		int x = r.x + n / lines * width, y = r.y + 1 + n % lines - t->scroll;

		if (y <= r.y || y >= r.y + r.rows)
			continue;
		if (line->help == NULL) {
			canvas_put(&t->canvas, x, y, width, STYLE_TITLE, line->keys);
			continue;
		}
		canvas_field(&t->canvas, x, y, KEYS_CELLS, STYLE_KEY, line->keys, true, false);
		canvas_field(&t->canvas, x + KEYS_CELLS + 2, y, width - KEYS_CELLS - 3, line->here ? STYLE_NORMAL : STYLE_DIM,
			     _(line->help), false, false);
	}
}

void tui_list_actions(FILE *out)
{
	for (size_t i = 0; i < action_count(); i++)
		fprintf(out, "%-16s\t%-16s\t%s\n", action_at(i)->name, action_at(i)->keys, _(action_at(i)->help));
}
