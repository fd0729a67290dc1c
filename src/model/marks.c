/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Marks beside rows: the counters as of the last harvest, in blocks that never move. A row that leaves takes its
 * mark into that of the other row, as its counters go into that row's: what was not harvested yet is then
 * exactly what the other row has more. Engine thread; called by table.c and harvest.c.
 */
#include "config.h"

#include "model/marks.h"

#include <string.h>

#include "dpitop/mem.h"

enum { CHUNK = 512 };

#define NONE UINT32_C(0)          /* the end of a list; a row without a mark */
#define NOT_DUE UINT32_MAX

struct mark {
	struct flow_counters done;
	struct entry *entry;
	uint32_t flows;
	uint32_t next, last;  /* in the list of those that are due; next NOT_DUE: not in there. Free ones: next only */
};

struct marks {
	struct mark **chunks;
	uint32_t count;       /* ever used; the first one is none */
	uint32_t free, due;   /* lists */
	struct mark other;
};

struct marks *marks_new(void)
{
	struct marks *m = mem_zalloc(sizeof *m);

	m->count = 1;
	return m;
}

void marks_free(struct marks *m)
{
	if (m == NULL)
		return;
	for (uint32_t i = 0; m->chunks != NULL && i <= (m->count - 1) / CHUNK; i++)
		mem_free(m->chunks[i]);
	mem_free(m->chunks);
	mem_free(m);
}

static struct mark *at(const struct marks *m, uint32_t i)
{
	return &m->chunks[i / CHUNK][i % CHUNK];
}

static void add_chunk(struct marks *m, uint32_t n)
{
	m->chunks = mem_grow(m->chunks, n + 1, sizeof *m->chunks);
	m->chunks[n] = mem_array(CHUNK, sizeof **m->chunks);
}

static struct mark *give_mark(struct marks *m, struct entry *e)
{
	struct mark *k;

	if (m->free != NONE) {
		e->mark = m->free;
		m->free = at(m, e->mark)->next;
	} else {
		if (m->chunks == NULL || m->count % CHUNK == 0)
			add_chunk(m, m->count / CHUNK);
		e->mark = m->count++;
	}
	k = at(m, e->mark);
	*k = (struct mark){.entry = e, .next = NOT_DUE};
	return k;
}

static void give_back(struct marks *m, uint32_t i)
{
	at(m, i)->next = m->free;
	m->free = i;
}

void marks_due(struct marks *m, struct entry *e)
{
	struct mark *k = e->mark != NONE ? at(m, e->mark) : give_mark(m, e);

	if (k->next != NOT_DUE)
		return;
	k->next = m->due;
	k->last = NONE;
	if (m->due != NONE)
		at(m, m->due)->last = e->mark;
	m->due = e->mark;
}

static void unlist(struct marks *m, struct mark *k)
{
	if (k->next == NOT_DUE)
		return;
	if (k->next != NONE)
		at(m, k->next)->last = k->last;
	*(k->last != NONE ? &at(m, k->last)->next : &m->due) = k->next;
	k->next = NOT_DUE;
}

void marks_leave(struct marks *m, struct entry *e)
{
	struct mark *k;

	if (e->mark == NONE)
		return;
	k = at(m, e->mark);
	for (unsigned d = 0; d < 2; d++) {
		m->other.done.bytes[d] += k->done.bytes[d];
		m->other.done.packets[d] += k->done.packets[d];
	}
	m->other.flows += k->flows;
	unlist(m, k);
	give_back(m, e->mark);
}

/* Unsigned differences wrap to the signed ones. */
static void take(struct mark *k, const struct dim_row *r, struct moved *by)
{
	for (unsigned d = 0; d < 2; d++) {
		by->bytes[d] = (int64_t)(r->total.bytes[d] - k->done.bytes[d]);
		by->packets[d] = (int64_t)(r->total.packets[d] - k->done.packets[d]);
	}
	by->flows = (int64_t)r->flows - (int64_t)k->flows;
	k->done = r->total;
	k->flows = r->flows;
}

struct entry *marks_take(struct marks *m, struct moved *by)
{
	struct mark *k;

	if (m->due == NONE)
		return NULL;
	k = at(m, m->due);
	unlist(m, k);
	take(k, &k->entry->row, by);
	return k->entry;
}

void marks_take_other(struct marks *m, const struct entry *other, struct moved *by)
{
	take(&m->other, &other->row, by);
}

int64_t marks_pending(const struct marks *m, const struct entry *e)
{
	const struct mark *k = e->mark != NONE ? at(m, e->mark) : NULL;
	uint64_t done = k != NULL ? k->done.bytes[0] + k->done.bytes[1] : 0;

	return (int64_t)(e->row.total.bytes[0] + e->row.total.bytes[1] - done);
}

size_t marks_memory(const struct marks *m)
{
	if (m == NULL)
		return 0;
	return sizeof *m + (m->chunks != NULL ? ((m->count - 1) / CHUNK + 1) * (CHUNK * sizeof **m->chunks + sizeof *m->chunks) : 0);
}
