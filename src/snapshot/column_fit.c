/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which columns of a table fit a width, and how wide each is: for the screen and --batch. Any thread.
 */
#include "config.h"

#include "dpitop/column.h"
#include "dpitop/i18n.h"
#include "dpitop/text.h"

struct fit {
	const struct column *sorted;
	struct column_fit *items;
	size_t count;
	bool past; /* only what history has */
};

static void add(struct fit *f, const struct column *c, size_t max)
{
	if (f->past && !column_is_recorded(c))
		return;

	int title = text_width(_(c->title));

	if (f->count < max)
		f->items[f->count++] = (struct column_fit){c, title > c->width ? title : c->width};
}

static void pick_usual(struct fit *f, enum dim d, size_t max)
{
	for (size_t i = 0; i < column_count; i++) {
		const struct column *c = &column_table[i];

		if ((c->dims & DIM_BIT(d)) && ((c->flags & COLUMN_SCREEN) || c == f->sorted))
			add(f, c, max);
	}
}

static void pick_chosen(struct fit *f, const struct column_choice *chosen, size_t max)
{
	bool has_sorted = f->sorted == NULL;

	for (size_t i = 0; i < chosen->count; i++) {
		add(f, chosen->columns[i], max);
		has_sorted = has_sorted || chosen->columns[i] == f->sorted;
	}
	if (!has_sorted)
		add(f, f->sorted, max);
}

void columns_usual(enum dim d, struct column_choice *out)
{
	out->count = 0;
	for (size_t i = 0; i < column_count && out->count < CHOSEN_MAX; i++)
		if ((column_table[i].dims & DIM_BIT(d)) && (column_table[i].flags & COLUMN_SCREEN))
			out->columns[out->count++] = &column_table[i];
}

static int total_width(const struct fit *f)
{
	int width = 0;

	for (size_t i = 0; i < f->count; i++)
		width += f->items[i].width + (i > 0);
	return width;
}

static int priority_of(const struct fit *f, size_t i)
{
	return f->items[i].column == f->sorted ? 1 : f->items[i].column->priority;
}

/* The least important column, the last of several. */
static size_t worst(const struct fit *f)
{
	size_t w = 0;

	for (size_t i = 1; i < f->count; i++)
		if (priority_of(f, i) >= priority_of(f, w))
			w = i;
	return w;
}

static void spread(struct fit *f, int spare)
{
	size_t stretching = 0;

	for (size_t i = 0; i < f->count; i++)
		stretching += (f->items[i].column->flags & COLUMN_STRETCH) != 0;
	for (size_t i = 0; i < f->count && stretching > 0 && spare > 0; i++) {
		int share = spare / (int)stretching;

		if (!(f->items[i].column->flags & COLUMN_STRETCH))
			continue;
		f->items[i].width += share;
		spare -= share;
		stretching--;
	}
}

static size_t fit(struct fit *f, enum dim d, const struct column_choice *chosen, int cells, size_t max)
{
	if (chosen != NULL && chosen->count > 0)
		pick_chosen(f, chosen, max);
	else
		pick_usual(f, d, max);
	if (cells <= 0)
		return f->count;
	while (f->count > 1 && total_width(f) > cells) {
		size_t w = worst(f);

		for (size_t i = w; i + 1 < f->count; i++)
			f->items[i] = f->items[i + 1];
		f->count--;
	}
	if (f->count > 0 && total_width(f) > cells)
		f->items[0].width = cells;
	spread(f, cells - total_width(f));
	return f->count;
}

size_t columns_fit(enum dim d, const struct column_choice *chosen, const struct column *sorted, int cells,
		   struct column_fit *out, size_t max)
{
	struct fit f = {.sorted = sorted, .items = out};

	return fit(&f, d, chosen, cells, max);
}

size_t columns_fit_past(enum dim d, const struct column_choice *chosen, const struct column *sorted, int cells,
			struct column_fit *out, size_t max)
{
	struct fit f = {.sorted = sorted, .items = out, .past = true};

	if (fit(&f, d, chosen, cells, max) > 0)
		return f.count;
	f.count = 0; /* none of the chosen ones: the usual */
	return fit(&f, d, NULL, cells, max);
}
