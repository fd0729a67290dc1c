/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows of the pane that is shown: their order on the screen (held for a moment after a key), the
 * cursor that stays on its row, moving, searching, tags, and what the feed is asked for. Draws
 * nothing. Main thread; called by screen.c, actions and table.c.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "tui/screen.h"
#include "tui/timeline.h"

enum { CELL_TEXT = 512, HELD_ROWS_MAX = 2000, ROWS_AHEAD = 200, ROWS_STEP = 100 };

/* The cursor stays on the row of the others, which has no id of its own. */
static const uint64_t id_of_others = UINT64_MAX;

struct pane *pane_of(struct tui *t)
{
	return &t->panes[view_index(t->view)];
}

static const struct pane *const_pane(const struct tui *t)
{
	return &t->panes[view_index(t->view)];
}

enum dim pane_dim(const struct tui *t)
{
	return t->view->dims[const_pane(t)->grouping];
}

const struct column *pane_sort(const struct tui *t)
{
	const struct pane *p = const_pane(t);
	const struct column *c = p->sort[p->grouping];

	return c != NULL ? c : column_default_sort(pane_dim(t));
}

const struct list *pane_list(const struct tui *t)
{
	return t->picture != NULL ? &t->picture->lists[pane_dim(t)] : NULL;
}

bool pane_is_in_picture(const struct tui *t)
{
	return matrix_is_grid(t) ? matrix_of(t) != NULL : t->picture != NULL && pane_list(t)->rows != NULL;
}

/* The rows, and behind them the sum of the others. */
size_t pane_count(const struct tui *t)
{
	const struct list *l = pane_list(t);

	return l != NULL ? l->count + ((l->other.flags & ROW_OTHER) != 0) : 0;
}

const struct row *pane_row(const struct tui *t, size_t i)
{
	const struct pane *p = const_pane(t);
	const struct list *l = pane_list(t);

	if (l == NULL || i > l->count)
		return NULL;
	if (i == l->count)
		return l->other.flags & ROW_OTHER ? &l->other : NULL;
	return &l->rows[p->shown_count == l->count ? p->shown[i].at : i];
}

const struct row *pane_cursor_row(const struct tui *t)
{
	return pane_row(t, const_pane(t)->cursor);
}

static int by_id(const void *a, const void *b)
{
	const struct shown *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static int by_place(const void *a, const void *b)
{
	const struct shown *x = a, *y = b;

	return x->at != y->at ? (x->at > y->at) - (x->at < y->at) : (x->id > y->id) - (x->id < y->id);
}

/* Rows keep the places they had; new ones stand behind them. */
static void hold(const struct pane *p, const struct list *l, struct shown *now)
{
	struct shown *old = mem_array(p->shown_count + 1, sizeof *old);
	struct shown *places = mem_array(l->count + 1, sizeof *places);

	for (size_t i = 0; i < p->shown_count; i++)
		old[i] = (struct shown){p->shown[i].id, i};
	qsort(old, p->shown_count, sizeof *old, by_id);
	for (size_t i = 0; i < l->count; i++) {
		struct shown key = {.id = l->rows[i].id};
		const struct shown *was = bsearch(&key, old, p->shown_count, sizeof *old, by_id);

		places[i] = (struct shown){i, was != NULL ? was->at : p->shown_count + i}; /* id: where it is now */
	}
	qsort(places, l->count, sizeof *places, by_place);
	for (size_t i = 0; i < l->count; i++)
		now[i] = (struct shown){l->rows[places[i].id].id, (size_t)places[i].id};
	mem_free(old);
	mem_free(places);
}

/* They stand last; where all rows are listed now, the last one of these takes their place. */
static void find_others(struct tui *t, struct pane *p, size_t count)
{
	const struct row *last = count > 0 ? pane_row(t, count - 1) : NULL;

	p->cursor = count > 0 ? count - 1 : 0;
	if (last != NULL && !(last->flags & ROW_OTHER))
		p->cursor_id = last->id;
}

static void find_cursor(struct tui *t, struct pane *p)
{
	size_t count = pane_count(t);

	for (size_t i = 0; p->cursor_id != 0 && i < p->shown_count; i++) {
		if (p->shown[i].id == p->cursor_id) {
			p->cursor = i;
			return;
		}
	}
	if (p->cursor_id == 0)
		p->cursor = 0;
	else if (p->cursor_id == id_of_others)
		find_others(t, p, count);
	else if (p->cursor >= count)
		p->cursor = count > 0 ? count - 1 : 0;
}

void pane_settle(struct tui *t)
{
	struct pane *p = pane_of(t);
	const struct list *l = pane_list(t);
	struct shown *now;

	if (matrix_is_grid(t))
		matrix_settle(t);
	if (l == NULL)
		return;
	now = mem_array(l->count + 1, sizeof *now);
	if (p->shown_count > 0 && l->count <= HELD_ROWS_MAX && p->shown_count <= HELD_ROWS_MAX &&
	    screen_now_us(t) < t->order_until_us && !past_is_shown(t))
		hold(p, l, now);
	else
		for (size_t i = 0; i < l->count; i++)
			now[i] = (struct shown){l->rows[i].id, i};
	mem_free(p->shown);
	p->shown = now;
	p->shown_count = l->count;
	find_cursor(t, p);
}

void pane_move_to(struct tui *t, size_t row)
{
	struct pane *p = pane_of(t);
	size_t count = pane_count(t);
	const struct row *r;

	if (count == 0)
		return;
	p->cursor = row < count ? row : count - 1;
	r = pane_cursor_row(t);
	if (r == NULL || (p->cursor == 0 && !t->follow))
		p->cursor_id = 0;
	else
		p->cursor_id = r->flags & ROW_OTHER ? id_of_others : r->id;
}

void pane_move(struct tui *t, long by)
{
	long to = (long)pane_of(t)->cursor + by;

	pane_move_to(t, to > 0 ? (size_t)to : 0);
}

void pane_scroll(struct tui *t, long rows)
{
	struct pane *p = pane_of(t);
	size_t fit = p->rows > 0 ? (size_t)p->rows : 1, count = pane_count(t);
	long last = count > fit ? (long)(count - fit) : 0, to = (long)p->top + rows;

	p->top = (size_t)(to < 0 ? 0 : to > last ? last : to);
	if (p->cursor < p->top)
		pane_move_to(t, p->top);
	else if (p->cursor >= p->top + fit)
		pane_move_to(t, p->top + fit - 1);
}

bool pane_is_tagged(const struct pane *p, uint64_t id)
{
	for (size_t i = 0; i < p->tag_count; i++)
		if (p->tags[i] == id)
			return true;
	return false;
}

static bool contains(const struct tui *t, const struct row *r, const char *text)
{
	char cell[CELL_TEXT];

	for (size_t i = 0; i < column_count; i++) {
		const struct column *c = &column_table[i];

		if (!(c->dims & DIM_BIT(r->dim)) || c->type == VALUE_SPARK)
			continue;
		if (strcasestr(column_text(c, r, t->set.unit, screen_ascii(t), cell, sizeof cell), text) != NULL)
			return true;
	}
	return false;
}

bool pane_search(struct tui *t, const char *text, int step, bool here)
{
	size_t count = pane_count(t), at = pane_of(t)->cursor;

	if (matrix_is_grid(t))
		return matrix_search(t, text, step, here);
	for (size_t i = 0; i < count && text[0] != '\0'; i++) {
		const struct row *r;

		if (!(here && i == 0))
			at = (at + count + (size_t)step) % count;
		r = pane_row(t, at);
		if (r != NULL && contains(t, r, text)) {
			pane_move_to(t, at);
			return true;
		}
	}
	return false;
}

/* As many rows as can be seen soon, in steps, so that not each move asks for another list; all there are
 * would cost for nothing. */
void pane_want(const struct tui *t, struct want *w)
{
	const struct pane *p = const_pane(t);
	struct want_list *l = &w->lists[pane_dim(t)];
	size_t top = p->top / ROWS_STEP * ROWS_STEP + (size_t)t->canvas.rows + ROWS_AHEAD;

	l->on = true;
	l->top = top < LIST_ROWS_MAX && !past_is_shown(t) ? top : LIST_ROWS_MAX; /* the past has few, and is written as it stands */
	l->sort = pane_sort(t);
	l->ascending = p->ascending[p->grouping];
	l->locality = p->locality;
	l->ip_version = p->ip_version;
	l->keep_id = t->follow ? p->cursor_id : 0;
}
