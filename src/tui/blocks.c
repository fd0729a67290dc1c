/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where small tables stand, and the spot that walks through their rows. The table of one of them is
 * drawn by table.c. Main thread; called by overview.c and the details.
 */
#include "config.h"

#include "tui/blocks.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/units.h"
#include "tui/screen.h"

enum { ROWS_MIN = 4, GAP = 2, ROW_BITS = 12 };

void blocks_add(struct blocks *b, struct block block)
{
	if (b->count < BLOCKS_MAX)
		b->at[b->count++] = block;
}

static bool leaves_out(const struct block *b)
{
	for (size_t i = 0; b->without != 0 && i < b->list->count; i++)
		if (b->list->rows[i].id == b->without)
			return true;
	return false;
}

size_t block_count(const struct block *b)
{
	return b->list != NULL ? b->list->count - leaves_out(b) : 0;
}

const struct row *block_row(const struct block *b, size_t i)
{
	if (b->list == NULL || b->at.rows < 2 || i >= (size_t)b->at.rows - 1)
		return NULL;
	for (size_t k = 0; k < b->list->count; k++) {
		if (b->without != 0 && b->list->rows[k].id == b->without)
			continue;
		if (i-- == 0)
			return &b->list->rows[k];
	}
	return NULL;
}

static size_t shown(const struct block *b)
{
	size_t n = block_count(b), room = b->at.rows > 1 ? (size_t)b->at.rows - 1 : 0;

	return n < room ? n : room;
}

/* ---- places ---- */

static struct rect column_of(struct rect r, int across, unsigned i)
{
	int width = (r.columns + GAP) / across, x = r.x + (int)i % across * width;
	bool last = (int)i % across + 1 == across;

	return (struct rect){x, r.y, last ? r.x + r.columns - x : width - GAP, r.rows};
}

unsigned blocks_fill(struct blocks *b, struct rect r, int across)
{
	int down = ((int)b->count + across - 1) / across, height;

	while (down > 1 && r.rows / down < ROWS_MIN)
		down--;
	height = down > 0 ? r.rows / down : 0;
	for (unsigned i = 0; i < b->count; i++) {
		struct rect *at = &b->at[i].at;
		int line = (int)i / across;

		*at = column_of(r, across, i);
		at->y = r.y + line * height;
		/* a blank line between two */
		at->rows = line >= down ? 0 : line + 1 == down ? r.rows - line * height : height - 1;
	}
	return b->count < (unsigned)(across * down) ? b->count : (unsigned)(across * down);
}

static int lines_of(const struct block *b)
{
	return (int)block_count(b) + (b->list != NULL && (b->list->other.flags & ROW_OTHER));
}

/* Blocks from the i-th on that stand beside one another. */
static unsigned abreast(const struct blocks *b, unsigned i, int across)
{
	unsigned n = 1;

	while (!b->at[i].wide && n < (unsigned)across && i + n < b->count && !b->at[i + n].wide)
		n++;
	return n;
}

/* With no more than so many rows each. */
static int stack(struct blocks *b, struct rect r, int across, int rows)
{
	int y = r.y;

	for (unsigned i = 0, n; i < b->count; i += n) {
		int tallest = 0;

		n = abreast(b, i, across);
		for (unsigned k = i; k < i + n; k++)
			tallest = lines_of(&b->at[k]) > tallest ? lines_of(&b->at[k]) : tallest;
		tallest = tallest < rows ? tallest : rows;
		for (unsigned k = i; k < i + n; k++) {
			b->at[k].at = column_of(r, b->at[k].wide ? 1 : across, k - i);
			b->at[k].at.y = y;
			b->at[k].at.rows = tallest + 1;
		}
		y += tallest + 2;
	}
	return y - r.y > 0 ? y - r.y - 1 : 0;
}

int blocks_stack(struct blocks *b, struct rect r, int across, int rows)
{
	int most = 0, lines;

	for (unsigned i = 0; i < b->count; i++)
		most = lines_of(&b->at[i]) > most ? lines_of(&b->at[i]) : most;
	do
		lines = stack(b, r, across, most > rows ? most : rows);
	while (lines > r.rows && --most >= rows);
	return lines;
}

/* ---- the spot ---- */

/* The block of the spot, and its line there; -1: there is no such block. */
static int find(const struct blocks *b, const struct spot *s, size_t *line)
{
	for (unsigned i = 0; s->on && i < b->count; i++) {
		const struct block *at = &b->at[i];
		size_t n = shown(at);

		if (at->dim != s->dim || n == 0)
			continue;
		for (*line = 0; s->id != 0 && *line < n; ++*line)
			if (block_row(at, *line)->id == s->id)
				return (int)i;
		*line = s->id == 0 ? 0 : s->row < n ? s->row : n - 1; /* it left: what stands there now */
		return (int)i;
	}
	return -1;
}

static void set(const struct blocks *b, struct spot *s, unsigned block, size_t line)
{
	const struct row *r = block_row(&b->at[block], line);

	*s = (struct spot){.on = r != NULL, .dim = b->at[block].dim, .id = r != NULL ? r->id : 0, .row = line};
}

const struct row *blocks_row(const struct blocks *b, const struct spot *s)
{
	size_t line;
	int i = find(b, s, &line);

	return i >= 0 ? block_row(&b->at[i], line) : NULL;
}

const struct block *blocks_block(const struct blocks *b, const struct spot *s)
{
	size_t line;
	int i = find(b, s, &line);

	return i >= 0 ? &b->at[i] : NULL;
}

int blocks_line(const struct blocks *b, const struct spot *s)
{
	size_t line;

	return find(b, s, &line) >= 0 ? (int)line : -1;
}

/* The next block that has rows, not going round; -1: none. */
static int next_block(const struct blocks *b, int i, int step)
{
	for (i += step; i >= 0 && i < (int)b->count; i += step)
		if (shown(&b->at[i]) > 0)
			return i;
	return -1;
}

static bool step_on(const struct blocks *b, struct spot *s, int step)
{
	size_t line = 0;
	int i = find(b, s, &line), other;

	if (i >= 0 && (step > 0 ? line + 1 < shown(&b->at[i]) : line > 0)) {
		set(b, s, (unsigned)i, line + (size_t)(long)step);
		return true;
	}
	other = next_block(b, i, i < 0 ? 1 : step);
	if (other < 0)
		return false;
	set(b, s, (unsigned)other, i >= 0 && step < 0 ? shown(&b->at[other]) - 1 : 0);
	return true;
}

bool blocks_move(const struct blocks *b, struct spot *s, long rows)
{
	bool moved = false;

	for (; rows > 0 && step_on(b, s, 1); rows--)
		moved = true;
	for (; rows < 0 && step_on(b, s, -1); rows++)
		moved = true;
	return moved;
}

void blocks_turn(const struct blocks *b, struct spot *s, int step)
{
	size_t line;
	int i = find(b, s, &line), other = i < 0 && step < 0 ? next_block(b, (int)b->count, -1) : next_block(b, i, step);

	if (other < 0)
		other = step > 0 ? next_block(b, -1, 1) : next_block(b, (int)b->count, -1);
	if (other >= 0)
		set(b, s, (unsigned)other, 0);
}

/* ---- drawing ---- */

static enum reaction clicked(struct tui *t, int value)
{
	struct spot *s = t->mode == MODE_DETAIL ? detail_spot(t) : &t->spot, was = *s;
	unsigned block = (unsigned)value >> ROW_BITS;

	if (block >= t->blocks.count)
		return REACT_NONE;
	set(&t->blocks, s, block, (size_t)value & ((1u << ROW_BITS) - 1));
	if (was.on && was.dim == s->dim && was.id == s->id) /* once more: open it */
		return detail_open(t);
	return REACT_DRAW;
}

static void title_of(const struct block *b, char *buf, size_t size)
{
	char n[UNIT_TEXT];

	if (b->counts && b->list != NULL)
		snprintf(buf, size, "%s  %s", _(b->title),
			 unit_count(b->list->matching - leaves_out(b), n, sizeof n));
	else
		snprintf(buf, size, "%s", _(b->title));
}

void blocks_draw(struct tui *t, const struct blocks *b, const struct spot *s)
{
	size_t line = 0;
	int block = find(b, s, &line);

	for (unsigned i = 0; i < b->count; i++) {
		struct rect at = b->at[i].at;
		char title[64];

		title_of(&b->at[i], title, sizeof title);
		table_draw_block(t, &b->at[i], title, (int)i == block ? (long)line : -1);
		for (size_t row = 0; row < shown(&b->at[i]); row++)
			screen_zone(t, (struct rect){at.x, at.y + 1 + (int)row, at.columns, 1}, clicked,
				    (int)(i << ROW_BITS | row));
	}
}
