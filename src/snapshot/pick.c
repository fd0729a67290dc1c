/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first N rows of an order: a heap of cursors, filled in one pass; nothing is allocated per row and
 * nothing else is sorted. What is not kept is exactly the difference. A pass may be cut into slices
 * between which packets come: flows then move and rows may go, so what a picked row counted for is kept
 * beside its cursor. Engine's thread; used by build.c and walk.c.
 */
#include "config.h"

#include <string.h>

#include "dpitop/mem.h"
#include "snapshot/select.h"

enum { FIRST_ROOM = 64 };

struct picking {
	struct select_pass pass;
	struct want_list want;
	struct sorter sorter;
	size_t cursor;
	uint64_t pushed_out; /* rows, when the pass began */
	bool kept;           /* the row to be kept was met */
	struct pick keep;
	struct counted keep_counted;
};

static uint64_t id_of(enum dim d, const struct item *i)
{
	return i->flow != NULL ? i->flow->id : row_id(d, i->key);
}

static void count(const struct picking *p, struct counted *c, const struct item *i)
{
	*c = (struct counted){.id = id_of(p->pass.dim, i)};
	tally_add(&c->tally, i);
}

/* Room for one more pick and, where only the first of them are kept, what it counts for. */
static void append(struct selection *s, const struct pick *p, bool counted)
{
	if (s->count == s->room) {
		s->room = s->room != 0 ? s->room * 2 : FIRST_ROOM;
		s->picks = mem_grow(s->picks, s->room, sizeof *s->picks);
		if (counted)
			s->counted = mem_grow(s->counted, s->room, sizeof *s->counted);
	}
	s->picks[s->count] = *p;
	s->picks[s->count].slot = (uint32_t)s->count;
	s->count++;
}

static void offer(struct picking *p, const struct item *i, size_t cursor)
{
	struct selection *s = p->pass.out;
	size_t top = p->want.top;
	struct pick pick = {.key = sorter_key(&p->sorter, i), .cursor = cursor};

	if (top != 0 && s->count == top && pick.key < s->picks[0].key)
		return;
	pick.tie = sorter_tie(&p->sorter, i);
	if (top == 0) {
		append(s, &pick, false);
	} else if (s->count < top) {
		append(s, &pick, true);
		count(p, &s->counted[s->count - 1], i);
		if (s->count == top)
			heap_make(s->picks, s->count, &p->sorter);
	} else if (sorter_before(&p->sorter, &pick, &s->picks[0])) {
		pick.slot = s->picks[0].slot;
		count(p, &s->counted[pick.slot], i);
		heap_replace_top(s->picks, s->count, &pick, &p->sorter);
	}
}

static void look_for_keep(struct picking *p, const struct item *i, size_t cursor)
{
	if (id_of(p->pass.dim, i) != p->want.keep_id)
		return;
	p->kept = true;
	p->keep.cursor = cursor;
	count(p, &p->keep_counted, i);
}

static bool look_on(struct picking *p, size_t *budget)
{
	enum select_seen seen;
	struct item i;

	for (; *budget > 0; --*budget) {
		seen = select_next(&p->pass, &p->cursor, &i);
		if (seen == SELECT_END)
			return true;
		if (seen == SELECT_HIDDEN)
			continue;
		if (p->want.keep_id != 0)
			look_for_keep(p, &i, p->cursor - 1);
		offer(p, &i, p->cursor - 1);
	}
	return false;
}

/* Rows pushed out so far. */
static uint64_t pushed_out(const struct select_pass *p)
{
	const struct row_source *s = p->source;

	if (p->dim == DIM_FLOW)
		return s->in->flows != NULL ? flow_table_stats(s->in->flows).evicted : 0;
	return s->model != NULL ? model_evicted(s->model, p->dim) : 0;
}

/* A row that comes pushes another one out. */
static bool is_full(const struct select_pass *p)
{
	const struct row_source *s = p->source;
	struct flow_stats stats;

	if (p->dim != DIM_FLOW)
		return s->model != NULL &&
		       model_rows(s->model, p->dim) >= model_rows_max(s->model, p->dim);
	if (s->in->flows == NULL)
		return false;
	stats = flow_table_stats(s->in->flows);
	return stats.live + stats.kept >= stats.max_flows;
}

static void start_over(struct picking *p)
{
	struct selection *s = p->pass.out;

	s->count = s->matching = s->all = 0;
	s->sum = (struct tally){.rows = 0};
	s->first_us = s->last_us = 0;
	p->kept = false;
	p->cursor = 0;
	p->pushed_out = pushed_out(&p->pass);
}

struct picking *pick_begin(struct selection *out, struct row_source *s, enum dim d,
			   const struct want_list *w)
{
	struct picking *p = mem_zalloc(sizeof *p);

	p->want = *w;
	select_begin(&p->pass, out, s, d, &p->want);
	sorter_init(&p->sorter, s, d, w);
	p->pushed_out = pushed_out(&p->pass);
	return p;
}

/* What is pushed out between two slices may have been looked at or not, and is in the sum of what was
 * pushed out in either case: then only a pass without slices is exact. */
bool pick_step(struct picking *p, size_t *budget)
{
	size_t all = SIZE_MAX;

	if (!look_on(p, p->want.top == 0 || is_full(&p->pass) ? &all : budget)) {
		row_source_release(&p->sorter.source); /* what it knows of hosts may be gone then */
		return false;
	}
	if (pushed_out(&p->pass) == p->pushed_out)
		return true;
	start_over(p);
	all = SIZE_MAX;
	return look_on(p, &all);
}

/* The row that is followed stands last if it would not be listed. */
static void keep_followed(struct picking *p)
{
	struct selection *s = p->pass.out;
	size_t i;

	if (!p->kept)
		return;
	for (i = 0; i < s->count; i++)
		if (s->picks[i].cursor == p->keep.cursor)
			return;
	append(s, &p->keep, p->want.top != 0);
	if (p->want.top != 0)
		s->counted[s->count - 1] = p->keep_counted;
}

static struct tally sum_of_picks(const struct picking *p)
{
	const struct selection *s = p->pass.out;
	struct tally shown = {.rows = 0};
	size_t i;

	if (s->counted == NULL) /* all are listed */
		return s->sum;
	for (i = 0; i < s->count; i++)
		tally_sum(&shown, &s->counted[s->picks[i].slot].tally);
	return shown;
}

void pick_end(struct picking *p)
{
	struct selection *s = p->pass.out;
	struct tally shown;

	heap_sort(s->picks, s->count, &p->sorter);
	keep_followed(p);
	shown = sum_of_picks(p);
	select_end(&p->pass, &shown);
	pick_abandon(p);
}

void pick_abandon(struct picking *p)
{
	if (p == NULL)
		return;
	sorter_release(&p->sorter);
	mem_free(p);
}

void select_rows(struct selection *out, struct row_source *s, enum dim d,
		 const struct want_list *w)
{
	struct picking *p = pick_begin(out, s, d, w);
	size_t all = SIZE_MAX;

	pick_step(p, &all);
	pick_end(p);
}

bool pick_take(struct selection *s, const struct row_source *source, enum dim d,
	       const struct pick *p, struct item *out)
{
	const struct counted *c = s->counted != NULL ? &s->counted[p->slot] : NULL;
	bool there = select_item(source, d, p->cursor, out);

	if (c == NULL)
		return there;
	if (there && id_of(d, out) == c->id) {
		tally_subtract(&s->sum, &c->tally);
		tally_add(&s->sum, out);
		return true;
	}
	tally_sum(&s->rest, &c->tally);
	return false;
}
