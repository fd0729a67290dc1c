/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The help screen, made from the action table and the keys that are bound now. Main thread; called by
 * screen.c.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/action.h"

enum { KEYS_CELLS = 24, TWO_COLUMNS = 132, LINES_MAX = 128, KEYS_MAX = 24, RUN_SHORT = 3 };

struct help_line {
	char keys[160];
	const char *help;
};

/* "1 to 9", else "F4, \". */
static void keys_text(const uint32_t *keys, size_t n, char *buf, size_t size)
{
	char first[KEY_TEXT], last[KEY_TEXT];
	bool run = n > RUN_SHORT;
	size_t used = 0;

	for (size_t i = 1; i < n; i++)
		run = run && keys[i] == keys[i - 1] + 1;
	if (run) {
		snprintf(buf, size, "%s to %s", key_name(keys[0], first), key_name(keys[n - 1], last));
		return;
	}
	buf[0] = '\0';
	for (size_t i = 0; i < n && used + KEY_TEXT + 2 < size; i++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s", i > 0 ? ", " : "", key_name(keys[i], first));
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

/* A line for each action that has keys; neighbours with the same help share one. */
static size_t make_lines(const struct tui *t, struct help_line *lines)
{
	uint32_t keys[KEYS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < action_count() && n < LINES_MAX;) {
		const char *help = action_at(i)->help;
		size_t count = 0;

		for (; i < action_count() && strcmp(action_at(i)->help, help) == 0; i++)
			count = add_keys(t, action_at(i), keys, count);
		if (count == 0)
			continue;
		keys_text(keys, count, lines[n].keys, sizeof lines[n].keys);
		lines[n++].help = help;
	}
	return n;
}

void help_draw(struct tui *t, struct rect r)
{
	struct help_line made[LINES_MAX];
	int count = (int)make_lines(t, made), across = r.columns >= TWO_COLUMNS ? 2 : 1, width = r.columns / across;
	int lines = (count + across - 1) / across;

	canvas_fill(&t->canvas, r.x, r.y, r.columns, STYLE_HEADER, ' ');
	canvas_put(&t->canvas, r.x, r.y, r.columns, STYLE_HEADER, "KEYS   dpitop(1) tells the options, dpitop-filter(7) the filter");
	if (t->scroll > lines - (r.rows - 1))
		t->scroll = lines > r.rows - 1 ? lines - (r.rows - 1) : 0;
	for (int n = 0; n < count; n++) {
		int x = r.x + n / lines * width, y = r.y + 1 + n % lines - t->scroll;

		if (y <= r.y || y >= r.y + r.rows)
			continue;
		canvas_field(&t->canvas, x, y, KEYS_CELLS, STYLE_KEY, made[n].keys, true, false);
		canvas_put(&t->canvas, x + KEYS_CELLS + 2, y, width - KEYS_CELLS - 2, STYLE_NORMAL, made[n].help);
	}
}
