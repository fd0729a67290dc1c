/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The help screen, made from the action table. Main thread; called by screen.c.
 */
#include "config.h"

#include "tui/action.h"

enum { KEYS_CELLS = 24, TWO_COLUMNS = 132 };

static bool is_for_help(const struct action *a)
{
	return a->help[0] != '\0';
}

int help_lines(void)
{
	int n = 0;

	for (size_t i = 0; i < action_count(); i++)
		n += is_for_help(action_at(i));
	return n;
}

void help_draw(struct tui *t, struct rect r)
{
	int across = r.columns >= TWO_COLUMNS ? 2 : 1, width = r.columns / across;
	int lines = (help_lines() + across - 1) / across, n = 0;

	canvas_fill(&t->canvas, r.x, r.y, r.columns, STYLE_HEADER, ' ');
	canvas_put(&t->canvas, r.x, r.y, r.columns, STYLE_HEADER, "KEYS   dpitop(1) tells the options, dpitop-filter(7) the filter");
	if (t->scroll > lines - (r.rows - 1))
		t->scroll = lines > r.rows - 1 ? lines - (r.rows - 1) : 0;
	for (size_t i = 0; i < action_count(); i++) {
		const struct action *a = action_at(i);
		int x, y;

		if (!is_for_help(a))
			continue;
		x = r.x + n / lines * width;
		y = r.y + 1 + n % lines - t->scroll;
		n++;
		if (y <= r.y || y >= r.y + r.rows)
			continue;
		canvas_field(&t->canvas, x, y, KEYS_CELLS, STYLE_KEY, a->keys, true, false);
		canvas_put(&t->canvas, x + KEYS_CELLS + 2, y, width - KEYS_CELLS - 2, STYLE_NORMAL, a->help);
	}
}
