/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The cursor of the matrix: it stays with its two places while their order changes, moves over cells,
 * and finds places by text. The cell it stands on is given as a row, so that whatever can be done with
 * the row of a pair can be done with a cell. Draws nothing. Main thread; called by screen.c, actions
 * and matrix.c.
 */
#include "config.h"

#include "tui/matrix.h"

#include <stdio.h>
#include <string.h>

#include "tui/screen.h"

enum { PREFIX_STEPS = 4 };

bool matrix_is_pane(const struct tui *t)
{
	return t->view->draw == matrix_draw;
}

bool matrix_is_grid(const struct tui *t)
{
	return matrix_is_pane(t) && !t->grid.as_list;
}

bool matrix_is_list(const struct tui *t)
{
	return matrix_is_pane(t) && t->grid.as_list;
}

bool matrix_has_prefix(const struct tui *t)
{
	return matrix_is_pane(t) && pane_dim(t) == DIM_SUBNET_PAIR;
}

const struct matrix *matrix_of(const struct tui *t)
{
	const struct matrix *m = t->picture != NULL ? t->picture->matrix : NULL;

	return m != NULL && m->pair == pane_dim(t) ? m : NULL;
}

static bool is_empty(const struct matrix_cell *c)
{
	return c->bytes == 0 && c->packets == 0 && c->flows == 0;
}

size_t matrix_count(const struct matrix *m, int axis)
{
	const struct matrix_axis *a = &m->axis[axis];

	return a->count + (a->all > a->count || !is_empty(&a->sums[a->count]));
}

uint64_t matrix_id(const struct matrix *m, int axis, size_t i)
{
	return i < m->axis[axis].count ? m->axis[axis].places[i].id : UINT64_MAX;
}

const char *matrix_label(const struct matrix *m, int axis, size_t i)
{
	return i < m->axis[axis].count ? m->axis[axis].places[i].label : "(other)";
}

const struct matrix_cell *matrix_cell(const struct matrix *m, size_t row, size_t column)
{
	return &m->cells[row * (m->axis[AXIS_DESTINATION].count + 1) + column];
}

bool matrix_shows_totals(const struct tui *t)
{
	if (t->grid.numbers == GRID_AUTO)
		return t->picture != NULL && t->picture->final;
	return t->grid.numbers == GRID_TOTALS;
}

static void find_pair(struct grid *g, const struct matrix *m)
{
	for (size_t i = 0; i < m->axis[AXIS_SOURCE].count; i++)
		for (size_t j = 0; j < m->axis[AXIS_DESTINATION].count; j++) {
			if (matrix_cell(m, i, j)->id != g->pair)
				continue;
			g->at[AXIS_SOURCE] = matrix_id(m, AXIS_SOURCE, i);
			g->at[AXIS_DESTINATION] = matrix_id(m, AXIS_DESTINATION, j);
		}
	g->pair = 0;
}

/* The place of another length that has, or is in, the network where the cursor was. */
static size_t find_net(const struct matrix *m, int axis, const struct cidr *net)
{
	for (size_t i = 0; net->bits != 0 && i < m->axis[axis].count; i++) {
		const struct cidr *c = &m->axis[axis].places[i].key.subnet.net;

		if (c->bits != 0 && (cidr_contains(c, &net->addr) || cidr_contains(net, &c->addr)))
			return i;
	}
	return SIZE_MAX;
}

static void find_place(struct grid *g, const struct matrix *m, int axis)
{
	size_t count = matrix_count(m, axis), i = 0;

	while (i < count && g->at[axis] != 0 && matrix_id(m, axis, i) != g->at[axis])
		i++;
	if (i == count && m->dim == DIM_SUBNET)
		i = find_net(m, axis, &g->net[axis]);
	if (i < count) {
		g->cursor[axis] = i;
		g->at[axis] = g->at[axis] != 0 ? matrix_id(m, axis, i) : 0;
	} else if (g->cursor[axis] >= count) {
		g->cursor[axis] = count > 0 ? count - 1 : 0;
	}
}

void matrix_settle(struct tui *t)
{
	const struct matrix *m = matrix_of(t);
	struct grid *g = &t->grid;

	if (m != NULL && g->pair != 0)
		find_pair(g, m);
	for (int axis = 0; axis < AXES && m != NULL; axis++)
		find_place(g, m, axis);
}

void matrix_turn(struct tui *t)
{
	struct pane *p = pane_of(t);
	const struct row *r = t->grid.as_list ? NULL : matrix_row(t);

	t->grid.pair = t->grid.as_list ? p->cursor_id : 0;
	if (r != NULL)
		p->cursor_id = r->id;
	t->grid.as_list = !t->grid.as_list;
	t->order_until_us = 0;
}

void matrix_reset(struct tui *t)
{
	struct grid *g = &t->grid;

	g->pair = 0;
	memset(g->at, 0, sizeof g->at);
	memset(g->cursor, 0, sizeof g->cursor);
	memset(g->top, 0, sizeof g->top);
	memset(g->net, 0, sizeof g->net);
}

static void move_to(struct tui *t, const struct matrix *m, int axis, size_t to)
{
	struct grid *g = &t->grid;
	size_t count = matrix_count(m, axis);

	if (count == 0)
		return;
	g->cursor[axis] = to < count ? to : count - 1;
	for (int i = 0; i < AXES; i++) { /* whoever has moved stays with what is there */
		g->at[i] = matrix_id(m, i, g->cursor[i]);
		memset(&g->net[i], 0, sizeof g->net[i]);
		if (m->dim == DIM_SUBNET && g->cursor[i] < m->axis[i].count)
			g->net[i] = m->axis[i].places[g->cursor[i]].key.subnet.net;
	}
}

void matrix_move(struct tui *t, int axis, long by)
{
	const struct matrix *m = matrix_of(t);
	long to = (long)t->grid.cursor[axis] + by;

	if (m != NULL)
		move_to(t, m, axis, to > 0 ? (size_t)to : 0);
}

/* Both ends of a pair's key stand one behind the other, as each place has its own. */
static void join_keys(struct row *r, const struct row *const ends[AXES])
{
	static const size_t bytes[DIM_LIST_COUNT] = {
		[DIM_SUBNET] = sizeof(struct cidr), [DIM_COUNTRY] = sizeof(char[2]), [DIM_AS] = sizeof(uint32_t),
		[DIM_VLAN] = sizeof(uint16_t),
	};
	size_t n = bytes[ends[0]->dim];

	memset(&r->key, 0, sizeof r->key);
	memcpy(r->key.bytes, ends[AXIS_SOURCE]->key.bytes, n);
	memcpy(r->key.bytes + n, ends[AXIS_DESTINATION]->key.bytes, n);
}

static void set_numbers(struct row *r, const struct matrix_cell *c, const struct matrix_cell *sum)
{
	r->id = c->id;
	r->total.bytes[0] = c->bytes;
	r->total.packets[0] = c->packets;
	r->rate[0] = c->rate < UINT32_MAX ? (uint32_t)c->rate : UINT32_MAX;
	r->packet_rate[0] = c->packet_rate < UINT32_MAX ? (uint32_t)c->packet_rate : UINT32_MAX;
	r->flows = c->flows < UINT32_MAX ? (uint32_t)c->flows : UINT32_MAX;
	r->share = sum->bytes > 0 ? (double)c->bytes / (double)sum->bytes : 0;
}

const struct row *matrix_row(struct tui *t)
{
	const struct matrix *m = matrix_of(t);
	const struct row *ends[AXES];
	struct row *r = &t->grid.row;
	const size_t *at = t->grid.cursor;

	if (m == NULL || at[0] >= matrix_count(m, 0) || at[1] >= matrix_count(m, 1))
		return NULL;
	*r = m->axis[0].places[0]; /* every text is one */
	r->dim = (uint8_t)m->pair;
	r->flags = ROW_OTHER;
	r->label = matrix_label(m, AXIS_SOURCE, at[0]);
	r->label2 = matrix_label(m, AXIS_DESTINATION, at[1]);
	r->name = r->name2 = "";
	set_numbers(r, matrix_cell(m, at[0], at[1]), &m->sum);
	if (at[0] >= m->axis[0].count || at[1] >= m->axis[1].count)
		return r;
	for (int axis = 0; axis < AXES; axis++)
		ends[axis] = &m->axis[axis].places[at[axis]];
	r->flags = (ends[AXIS_SOURCE]->flags | ends[AXIS_DESTINATION]->flags) & ROW_REST;
	r->name = ends[AXIS_SOURCE]->name;
	r->name2 = ends[AXIS_DESTINATION]->name;
	r->addr[0] = ends[AXIS_SOURCE]->addr[0];
	r->addr[1] = ends[AXIS_DESTINATION]->addr[0];
	join_keys(r, ends);
	return r;
}

/* The usual lengths, and the model's own among them. */
static size_t prefix_steps(struct prefix own, struct prefix steps[PREFIX_STEPS + 1])
{
	static const struct prefix usual[PREFIX_STEPS] = {{8, 32}, {16, 48}, {24, 64}, {32, 128}};
	bool placed = false;
	size_t n = 0;

	for (size_t i = 0; i < PREFIX_STEPS; i++) {
		bool same = usual[i].v4 == own.v4 && usual[i].v6 == own.v6;

		if (!placed && !same && (own.v4 < usual[i].v4 || (own.v4 == usual[i].v4 && own.v6 < usual[i].v6))) {
			steps[n++] = own;
			placed = true;
		}
		placed |= same;
		steps[n++] = usual[i];
	}
	if (!placed)
		steps[n++] = own;
	return n;
}

static bool is_same(struct prefix a, struct prefix b)
{
	return a.v4 == b.v4 && a.v6 == b.v6;
}

bool matrix_prefix(struct tui *t, int step)
{
	struct prefix steps[PREFIX_STEPS + 1], own, now;
	size_t n, i = 0;

	if (t->picture == NULL || t->picture->own_prefix.v4 == 0)
		return false;
	own = t->picture->own_prefix;
	now = t->grid.prefix.v4 != 0 ? t->grid.prefix : own;
	n = prefix_steps(own, steps);
	while (i + 1 < n && !is_same(steps[i], now))
		i++;
	if ((step < 0 && i == 0) || (step > 0 && i + 1 == n))
		return false;
	if (step > 0 && t->picture->replay.on && is_same(now, own)) /* finer ones come of flows */
		return false;
	i += step > 0 ? 1 : (size_t)-1;
	t->grid.prefix = is_same(steps[i], own) ? (struct prefix){0, 0} : steps[i];
	t->order_until_us = 0;
	return true;
}

static bool contains(const struct matrix *m, int axis, size_t i, const char *text)
{
	if (strcasestr(matrix_label(m, axis, i), text) != NULL)
		return true;
	return i < m->axis[axis].count && strcasestr(m->axis[axis].places[i].name, text) != NULL;
}

/* Sources, then destinations, round and round from where the cursor is. */
bool matrix_search(struct tui *t, const char *text, int step, bool here)
{
	const struct matrix *m = matrix_of(t);
	size_t rows = m != NULL ? matrix_count(m, AXIS_SOURCE) : 0;
	size_t all = m != NULL ? rows + matrix_count(m, AXIS_DESTINATION) : 0;
	size_t at = t->grid.found_column ? rows + t->grid.cursor[AXIS_DESTINATION] : t->grid.cursor[AXIS_SOURCE];

	for (size_t i = 0; i < all && text[0] != '\0'; i++) {
		int axis;

		if (!(here && i == 0))
			at = (at + all + (size_t)step) % all;
		axis = at < rows ? AXIS_SOURCE : AXIS_DESTINATION;
		if (!contains(m, axis, at < rows ? at : at - rows, text))
			continue;
		t->grid.found_column = axis == AXIS_DESTINATION;
		move_to(t, m, axis, at < rows ? at : at - rows);
		return true;
	}
	return false;
}
