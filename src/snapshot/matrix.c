/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pairs as sources x destinations: one pass adds up what each place sends and receives, the greatest
 * become the axes, and a second one fills the cells. What is of places on no axis goes into the
 * others' row and column, what the model no longer has rows for into the last cell, so that cells,
 * sums and the whole always agree. Engine's thread; called by build.c.
 */
#include "config.h"

#include "snapshot/matrix.h"

#include <stdlib.h>
#include <string.h>

#include "dpitop/map.h"
#include "dpitop/mem.h"
#include "snapshot/arena.h"
#include "snapshot/select.h"

enum { ENDS_MAX = 1 << 20, FIRST_ROOM = 256 };

/* Both ends of a pair's key stand one behind the other, as the key of the place alone has it. */
static const struct {
	enum dim pair, place;
	size_t bytes; /* of one end */
} shapes[] = {
	{DIM_SUBNET_PAIR, DIM_SUBNET, sizeof(struct cidr)},
	{DIM_COUNTRY_PAIR, DIM_COUNTRY, sizeof(char[2])},
	{DIM_AS_PAIR, DIM_AS, sizeof(uint32_t)},
	{DIM_VLAN_PAIR, DIM_VLAN, sizeof(uint16_t)},
};

enum { SHAPES = sizeof shapes / sizeof shapes[0] };

struct place { /* of one axis */
	struct dim_key key; /* first: of the map, by its first bytes */
	struct matrix_cell sum;
	size_t at; /* on the axis; SIZE_MAX: among the others */
};

struct pair {
	struct item item;
	struct place *end[2]; /* NULL: no room */
};

struct filling {
	struct matrix *m;
	size_t bytes;
	struct map *places[2];
	struct pair *pairs;
	size_t count, room;
};

/* ---- adding up ---- */

static void add_row(struct matrix_cell *c, const struct dim_row *r)
{
	c->bytes += r->total.bytes[0] + r->total.bytes[1];
	c->packets += r->total.packets[0] + r->total.packets[1];
	c->rate += (uint64_t)r->rate[0] + r->rate[1];
	c->packet_rate += (uint64_t)r->packet_rate[0] + r->packet_rate[1];
	c->flows += r->flows;
}

static void add_tally(struct matrix_cell *c, const struct tally *t)
{
	c->bytes += t->total.bytes[0] + t->total.bytes[1];
	c->packets += t->total.packets[0] + t->total.packets[1];
	c->rate += t->rate[0] + t->rate[1];
	c->packet_rate += t->packet_rate[0] + t->packet_rate[1];
	c->flows += t->flows;
}

static void take_pair(void *ctx, const struct item *i)
{
	struct filling *f = ctx;
	struct pair *p;

	if (f->count == f->room) {
		f->room = f->room != 0 ? f->room * 2 : FIRST_ROOM;
		f->pairs = mem_grow(f->pairs, f->room, sizeof *f->pairs);
	}
	p = &f->pairs[f->count++];
	p->item = *i;
	for (int end = 0; end < 2; end++) {
		struct dim_key key;

		memset(&key, 0, sizeof key);
		memcpy(key.bytes, i->key->bytes + (size_t)end * f->bytes, f->bytes);
		p->end[end] = map_touch(f->places[end], &key, NULL);
		if (p->end[end] != NULL)
			add_row(&p->end[end]->sum, i->row);
	}
}

/* ---- the axes: the greatest first, equal ones by their keys ---- */

static int by_traffic(const void *a, const void *b)
{
	const struct place *x = *(struct place *const *)a, *y = *(struct place *const *)b;

	if (x->sum.bytes != y->sum.bytes)
		return x->sum.bytes < y->sum.bytes ? 1 : -1;
	return memcmp(x->key.bytes, y->key.bytes, sizeof x->key.bytes);
}

/* The least of those kept so far stands on top of the heap. */
static void sift(struct place **heap, size_t count, size_t i)
{
	for (;;) {
		size_t child = 2 * i + 1;
		struct place *swap = heap[i];

		if (child >= count)
			return;
		if (child + 1 < count && by_traffic(&heap[child + 1], &heap[child]) > 0)
			child++;
		if (by_traffic(&heap[child], &heap[i]) <= 0)
			return;
		heap[i] = heap[child];
		heap[child] = swap;
		i = child;
	}
}

static size_t choose(struct map *places, struct place **chosen, size_t most)
{
	struct place *p;
	size_t count = 0;

	for (size_t cursor = 0; (p = map_next(places, &cursor)) != NULL;) {
		p->at = SIZE_MAX;
		if (count < most) {
			chosen[count++] = p;
			for (size_t i = count / 2; count == most && i-- > 0;)
				sift(chosen, count, i);
		} else if (by_traffic(&p, &chosen[0]) < 0) {
			chosen[0] = p;
			sift(chosen, count, 0);
		}
	}
	qsort(chosen, count, sizeof *chosen, by_traffic);
	for (size_t i = 0; i < count; i++)
		chosen[i]->at = i;
	return count;
}

static void make_axis(struct filling *f, struct row_source *s, int end, size_t most)
{
	static const struct dim_row nothing;
	struct place **chosen = mem_array(most, sizeof(struct place *));
	struct matrix_axis *a = &f->m->axis[end];

	a->all = map_count(f->places[end]);
	a->count = choose(f->places[end], chosen, most);
	a->places = arena_alloc(s->arena, (a->count + 1) * sizeof *a->places);
	a->sums = arena_alloc(s->arena, (a->count + 1) * sizeof *a->sums);
	for (size_t i = 0; i < a->count; i++) {
		struct row *r = &a->places[i];

		row_fill(s, r, f->m->dim, &chosen[i]->key, &nothing);
		if (f->m->dim == DIM_SUBNET)
			r->label = row_end_text(s, &r->key.subnet.net, &r->flags);
		a->sums[i] = chosen[i]->sum;
	}
	mem_free(chosen);
}

/* ---- the cells ---- */

static size_t index_of(const struct matrix_axis *a, const struct place *p)
{
	return p != NULL && p->at < a->count ? p->at : a->count;
}

static void fill_cells(struct filling *f, struct row_source *s, const struct selection *sel)
{
	struct matrix *m = f->m;
	size_t rows = m->axis[0].count, columns = m->axis[1].count;

	m->cells = arena_alloc(s->arena, (rows + 1) * (columns + 1) * sizeof *m->cells);
	for (size_t i = 0; i < f->count; i++) {
		const struct pair *p = &f->pairs[i];
		size_t row = index_of(&m->axis[0], p->end[0]), column = index_of(&m->axis[1], p->end[1]);
		struct matrix_cell *c = &m->cells[row * (columns + 1) + column];

		add_row(c, p->item.row);
		if (row < rows && column < columns)
			c->id = row_id(m->pair, p->item.key);
		if (row == rows)
			add_row(&m->axis[0].sums[rows], p->item.row);
		if (column == columns)
			add_row(&m->axis[1].sums[columns], p->item.row);
	}
	add_tally(&m->cells[rows * (columns + 1) + columns], &sel->rest);
	add_tally(&m->axis[0].sums[rows], &sel->rest);
	add_tally(&m->axis[1].sums[columns], &sel->rest);
	add_tally(&m->sum, &sel->sum);
}

struct matrix *matrix_build(struct row_source *s, const struct want_matrix *w)
{
	size_t most = w->places > 0 && w->places < MATRIX_PLACES ? w->places : MATRIX_PLACES, shape = 0;
	struct filling f = {.count = 0};
	struct selection sel;

	while (shape < SHAPES && shapes[shape].pair != w->pair)
		shape++;
	if (shape == SHAPES)
		return NULL;
	f.m = arena_alloc(s->arena, sizeof *f.m);
	f.m->pair = w->pair;
	f.m->dim = shapes[shape].place;
	if (s->pairs != NULL)
		f.m->prefix = pairs_prefix(s->pairs);
	else if (s->in->subnets != NULL)
		f.m->prefix = subnets_prefix(s->in->subnets);
	f.bytes = shapes[shape].bytes;
	for (int end = 0; end < 2; end++)
		f.places[end] = map_new(f.bytes, sizeof(struct place), ENDS_MAX, hash_seed());
	select_each(&sel, s, w->pair, take_pair, &f);
	for (int end = 0; end < 2; end++)
		make_axis(&f, s, end, most);
	fill_cells(&f, s, &sel);
	f.m->matching = sel.matching;
	f.m->all = sel.all;
	for (int end = 0; end < 2; end++)
		map_free(f.places[end]);
	mem_free(f.pairs);
	return f.m;
}
