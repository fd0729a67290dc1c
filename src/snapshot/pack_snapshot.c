/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures and wants as bytes: what their tables (pack_tables.c) cannot say, and what must hold of one that was read.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/column.h"
#include "dpitop/mem.h"
#include "snapshot/matrix.h"
#include "snapshot/pack.h"

/* Any other table gives another number, almost surely. */
static uint32_t shape_of(const struct pack_table *t, uint32_t shape)
{
	for (const struct pack_field *f = t->fields; f < t->fields + t->count; f++) {
		shape = shape * 31 + (uint32_t)(f->size * 7 + f->count * 3) + (uint32_t)f->kind;
		if (f->part != NULL)
			shape = shape_of(f->part, shape);
	}
	return shape;
}

const char *pack_version(char *buf, size_t size)
{
	snprintf(buf, size, "%s-%08x", PACKAGE_VERSION, (unsigned)shape_of(&pack_want, shape_of(&pack_snapshot, shape_of(&pack_matrix, 1))));
	return buf;
}

/* ---- matrix: lengths of its arrays follow from those of the axes ---- */

static size_t cells_of(const struct matrix *m)
{
	return (m->axis[0].count + 1) * (m->axis[1].count + 1);
}

static void pack_grid(struct pack_buffer *b, const struct matrix *m)
{
	pack_number(b, m != NULL);
	if (m == NULL)
		return;
	pack_struct(b, &pack_matrix, m);
	for (unsigned i = 0; i < 2; i++)
		pack_structs(b, &pack_cell, m->axis[i].sums, m->axis[i].count + 1);
	pack_structs(b, &pack_cell, m->cells, cells_of(m));
}

static struct matrix *unpack_grid(struct unpacking *u)
{
	struct matrix *m = unpack_number(u, 1) != 0 ? unpack_structs(u, &pack_matrix, 1) : NULL;

	if (m == NULL)
		return NULL;
	for (unsigned i = 0; i < 2; i++)
		m->axis[i].sums = unpack_structs(u, &pack_cell, m->axis[i].count + 1);
	m->cells = unpack_structs(u, &pack_cell, cells_of(m));
	return m;
}

/* ---- what must hold ---- */

static bool is_cidr(const struct cidr *c)
{
	return c->bits <= 128;
}

/* What is read as a number of bits, or as a text with an end, is that. */
static bool is_key(unsigned dim, const struct dim_key *k)
{
	switch (dim) {
	case DIM_SUBNET:
		return is_cidr(&k->subnet.net);
	case DIM_SUBNET_PAIR:
		return is_cidr(&k->subnet_pair.src) && is_cidr(&k->subnet_pair.dst);
	case DIM_CITY:
		return memchr(k->city.name, '\0', sizeof k->city.name) != NULL;
	case DIM_SITE:
		return memchr(k->site.name, '\0', sizeof k->site.name) != NULL;
	case DIM_SITE_CATEGORY:
		return memchr(k->site_category.name, '\0', sizeof k->site_category.name) != NULL;
	case DIM_INTERFACE:
		return memchr(k->interface.name, '\0', sizeof k->interface.name) != NULL;
	default:
		return true;
	}
}

static bool are_rows(enum dim d, const struct row *r, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (r[i].dim != d || !is_key(r[i].dim, &r[i].key) || (d == DIM_FLOW && r[i].source >= SNAPSHOT_SOURCES))
			return false;
	return true;
}

static bool are_lists(const struct list *l)
{
	for (enum dim d = 0; d < DIM_LIST_COUNT; d++)
		if (!are_rows(d, l[d].rows, l[d].count) || !is_key(l[d].sum.dim, &l[d].sum.key) || !is_key(l[d].other.dim, &l[d].other.key))
			return false;
	return true;
}

/* Each list is of its dimension, or was not made. */
static bool are_in_place(const struct list *l)
{
	for (enum dim d = 0; d < DIM_LIST_COUNT; d++)
		if (l[d].dim != d && (l[d].dim != 0 || l[d].count > 0))
			return false;
	return true;
}

static bool is_grid(const struct matrix *m)
{
	return m == NULL || (matrix_is_shape(m->pair, m->dim) && are_rows(m->dim, m->axis[0].places, m->axis[0].count) && are_rows(m->dim, m->axis[1].places, m->axis[1].count));
}

static bool is_focus(const struct focus *f)
{
	return f == NULL || (are_lists(f->lists) && (!f->found || are_rows(f->dim, &f->row, 1)));
}

/* ---- pictures ---- */

void snapshot_pack(struct pack_buffer *b, const struct snapshot *s)
{
	pack_struct(b, &pack_snapshot, s);
	pack_grid(b, s->matrix);
}

struct snapshot *snapshot_unpack(const uint8_t *data, size_t bytes)
{
	struct snapshot *s = mem_zalloc(sizeof *s);
	struct unpacking u = {.at = data, .left = bytes, .arena = arena_new()};

	s->refs = 1;
	s->arena = u.arena;
	unpack_struct(&u, &pack_snapshot, s);
	s->matrix = unpack_grid(&u);
	if (!u.bad && u.left == 0 && are_lists(s->lists) && are_in_place(s->lists) && is_focus(s->focus) && is_grid(s->matrix))
		return s;
	snapshot_unref(s);
	return NULL;
}

/* ---- wants ---- */

void want_pack(struct pack_buffer *b, const struct want *w)
{
	pack_struct(b, &pack_want, w);
	for (enum dim d = 0; d < DIM_LIST_COUNT; d++)
		pack_text(b, w->lists[d].sort != NULL ? w->lists[d].sort->id : "");
}

static bool is_want_list(const struct want_list *l)
{
	return l->locality >= 0 && l->locality <= 2 && (l->ip_version == 0 || l->ip_version == 4 || l->ip_version == 6);
}

bool want_unpack(struct want *w, const uint8_t *data, size_t bytes)
{
	struct unpacking u = {.at = data, .left = bytes, .arena = arena_new()};
	bool sound = true;

	memset(w, 0, sizeof *w);
	unpack_struct(&u, &pack_want, w);
	for (enum dim d = 0; d < DIM_LIST_COUNT; d++) {
		const char *id = unpack_text(&u);

		w->lists[d].sort = id[0] != '\0' ? column_find(d, id) : NULL;
		sound = sound && is_want_list(&w->lists[d]) && (id[0] == '\0' || w->lists[d].sort != NULL);
	}
	arena_free(u.arena);
	return sound && !u.bad && u.left == 0 && is_key(w->focus.dim, &w->focus.key);
}
