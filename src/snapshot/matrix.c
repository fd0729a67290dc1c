/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pairs as sources x destinations: one pass, in slices, notes each pair and adds up what each place sends
 * and receives; then the greatest become the axes, and what was noted fills the cells. What is of places on no axis goes into the
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

struct pair { /* as it was when it was looked at: rows may change or go between two slices */
	struct matrix_cell cell;
	struct place *end[2]; /* NULL: no room */
};

struct matrix_building {
	struct row_source *source;
	struct select_pass pass;
	struct selection selection;
	size_t cursor, most; /* of the pass; places on an axis */
	struct matrix *m;
	size_t bytes;
	struct map *places[2];
	struct pair *pairs;
	size_t count, room;
};

bool matrix_is_shape(enum dim pair, enum dim place)
{
	for (size_t i = 0; i < SHAPES; i++)
		if (shapes[i].pair == pair)
			return shapes[i].place == place;
	return false;
}

/* ---- adding up ---- */

static struct matrix_cell cell_of(const struct dim_row *r)
{
	return (struct matrix_cell){
		.bytes = r->total.bytes[0] + r->total.bytes[1],
		.packets = r->total.packets[0] + r->total.packets[1],
		.rate = (uint64_t)r->rate[0] + r->rate[1],
		.packet_rate = (uint64_t)r->packet_rate[0] + r->packet_rate[1],
		.flows = r->flows,
	};
}

static void add(struct matrix_cell *to, const struct matrix_cell *c)
{
	to->bytes += c->bytes;
	to->packets += c->packets;
	to->rate += c->rate;
	to->packet_rate += c->packet_rate;
	to->flows += c->flows;
}

static void add_tally(struct matrix_cell *c, const struct tally *t)
{
	c->bytes += t->total.bytes[0] + t->total.bytes[1];
	c->packets += t->total.packets[0] + t->total.packets[1];
	c->rate += t->rate[0] + t->rate[1];
	c->packet_rate += t->packet_rate[0] + t->packet_rate[1];
	c->flows += t->flows;
}

static void take_pair(struct matrix_building *f, const struct item *i)
{
	struct pair *p;

	if (f->count == f->room) {
		f->room = f->room != 0 ? f->room * 2 : FIRST_ROOM;
		f->pairs = mem_grow(f->pairs, f->room, sizeof *f->pairs);
	}
	p = &f->pairs[f->count++];
	p->cell = cell_of(i->row);
	p->cell.id = row_id(f->m->pair, i->key);
	for (int end = 0; end < 2; end++) {
		struct dim_key key;

		memset(&key, 0, sizeof key);
		memcpy(key.bytes, i->key->bytes + (size_t)end * f->bytes, f->bytes);
		p->end[end] = map_touch(f->places[end], &key, NULL);
		if (p->end[end] != NULL)
			add(&p->end[end]->sum, &p->cell);
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

static void make_axis(struct matrix_building *f, int end)
{
	static const struct dim_row nothing;
	struct row_source *s = f->source;
	struct place **chosen = mem_array(f->most, sizeof(struct place *));
	struct matrix_axis *a = &f->m->axis[end];

	a->all = map_count(f->places[end]);
	a->count = choose(f->places[end], chosen, f->most);
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

static void fill_cells(struct matrix_building *f)
{
	const struct selection *sel = &f->selection;
	struct matrix *m = f->m;
	size_t rows = m->axis[0].count, columns = m->axis[1].count;

	m->cells = arena_alloc(f->source->arena, (rows + 1) * (columns + 1) * sizeof *m->cells);
	for (size_t i = 0; i < f->count; i++) {
		const struct pair *p = &f->pairs[i];
		size_t row = index_of(&m->axis[0], p->end[0]), column = index_of(&m->axis[1], p->end[1]);
		struct matrix_cell *c = &m->cells[row * (columns + 1) + column];

		add(c, &p->cell);
		if (row < rows && column < columns)
			c->id = p->cell.id;
		if (row == rows)
			add(&m->axis[0].sums[rows], &p->cell);
		if (column == columns)
			add(&m->axis[1].sums[columns], &p->cell);
	}
	add_tally(&m->cells[rows * (columns + 1) + columns], &sel->rest);
	add_tally(&m->axis[0].sums[rows], &sel->rest);
	add_tally(&m->axis[1].sums[columns], &sel->rest);
	add_tally(&m->sum, &sel->sum);
}

/* ---- in slices ---- */

struct matrix_building *matrix_begin(struct row_source *s, const struct want_matrix *w)
{
	static const struct want_list all = {.on = true};
	struct matrix_building *b;
	size_t shape = 0;

	while (shape < SHAPES && shapes[shape].pair != w->pair)
		shape++;
	if (shape == SHAPES)
		return NULL;
	b = mem_zalloc(sizeof *b);
	b->source = s;
	b->most = w->places > 0 && w->places < MATRIX_PLACES ? w->places : MATRIX_PLACES;
	b->bytes = shapes[shape].bytes;
	b->m = arena_alloc(s->arena, sizeof *b->m);
	b->m->pair = w->pair;
	b->m->dim = shapes[shape].place;
	if (s->pairs != NULL)
		b->m->prefix = pairs_prefix(s->pairs);
	else if (s->in->subnets != NULL)
		b->m->prefix = subnets_prefix(s->in->subnets);
	for (int end = 0; end < 2; end++)
		b->places[end] = map_new(b->bytes, sizeof(struct place), ENDS_MAX, hash_seed());
	select_begin(&b->pass, &b->selection, s, w->pair, &all);
	return b;
}

bool matrix_step(struct matrix_building *b, size_t *left)
{
	struct item i;

	for (; *left > 0; (*left)--) {
		enum select_seen seen = select_next(&b->pass, &b->cursor, &i);

		if (seen == SELECT_END)
			return true;
		if (seen == SELECT_SHOWN)
			take_pair(b, &i);
	}
	return false;
}

void matrix_abandon(struct matrix_building *b)
{
	if (b == NULL)
		return;
	for (int end = 0; end < 2; end++)
		map_free(b->places[end]);
	mem_free(b->pairs);
	mem_free(b);
}

struct matrix *matrix_finish(struct matrix_building *b)
{
	struct matrix *m = b->m;
	struct tally shown = b->selection.sum;

	select_end(&b->pass, &shown);
	for (int end = 0; end < 2; end++)
		make_axis(b, end);
	fill_cells(b);
	m->matching = b->selection.matching;
	m->all = b->selection.all;
	matrix_abandon(b);
	return m;
}
