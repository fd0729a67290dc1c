/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where flows are: entries in slabs that never move, and an open-addressing index of the live ones by
 * a key that is the same for both directions. Seeded, so that colliding flows cannot be prepared.
 * Engine thread; called by the rest of src/flow.
 */
#include "config.h"

#include <string.h>

#include "dpitop/map.h"
#include "dpitop/mem.h"
#include "flow/entry.h"

enum { CACHE_LINE = 64, FIRST_BITS = 10, FIRST_SLOTS = 1 << FIRST_BITS };

/* A tag is the low half of the key's hash; its high bits are the slot it wants, so that neither growth nor
 * removal has to look at a flow, and growth goes from slot to slot. */
struct index_slot {
	uint32_t tag;
	uint32_t entry; /* number + 1, 0: empty */
};

void list_append(struct entry_list *l, uint32_t number)
{
	if (l->count == l->room) {
		l->room = l->room != 0 ? l->room * 2 : 1024;
		l->items = mem_grow(l->items, l->room, sizeof *l->items);
	}
	l->items[l->count++] = number;
}

struct flow_entry *entry_new(struct flow_table *t)
{
	struct flow_entry *e;
	uint32_t number = t->free_first;

	if (number != ENTRY_NONE) {
		e = entry_at(t, number);
		t->free_first = e->next;
		memset(e, 0, sizeof *e);
	} else {
		slabs_grow(&t->slabs, t->used);
		number = t->used++;
		e = entry_at(t, number);
	}
	e->number = number;
	e->flow.id = ++t->next_id;
	return e;
}

void entry_free(struct flow_table *t, struct flow_entry *e)
{
	mem_free(e->flow.meta);
	record_leave(t, &e->flow);
	e->look = NULL;
	e->flow.meta = NULL;
	e->flow.id = 0; /* iteration passes it over */
	e->next = t->free_first;
	t->free_first = e->number;
}

void index_init(struct flow_table *t, uint64_t seed)
{
	struct flow_index *i = &t->index;

	slabs_init(&t->slabs, sizeof(struct flow_entry), ENTRY_NONE);
	i->slots = mem_array(FIRST_SLOTS, sizeof *i->slots);
	i->mask = FIRST_SLOTS - 1;
	i->shift = 32 - FIRST_BITS;
	i->used = 0;
	i->seed = seed;
}

void index_release(struct flow_table *t)
{
	slabs_release(&t->slabs);
	mem_free(t->index.slots);
}

uint32_t index_tag(const struct flow_index *i, const struct flow_key *k)
{
	return (uint32_t)hash_bytes(k, sizeof *k, i->seed);
}

/* Which of two ends is the low one: any order will do that both directions agree on. */
static bool is_higher(const struct addr *a, uint16_t a_port, const struct addr *b, uint16_t b_port)
{
	uint64_t x[2], y[2];

	memcpy(x, a->b, sizeof x);
	memcpy(y, b->b, sizeof y);
	if (x[1] != y[1])
		return x[1] > y[1];
	return x[0] != y[0] ? x[0] > y[0] : a_port > b_port;
}

void flow_key_ends(struct flow_key *k, const struct addr *a, uint16_t a_port, const struct addr *b, uint16_t b_port)
{
	bool swap = is_higher(a, a_port, b, b_port);

	memset(k, 0, sizeof *k);
	k->low = swap ? *b : *a;
	k->high = swap ? *a : *b;
	k->low_port = swap ? b_port : a_port;
	k->high_port = swap ? a_port : b_port;
}

void flow_key_of(const struct flow_table *t, const struct flow *f, struct flow_key *k)
{
	flow_key_ends(k, &f->addr[0], f->port[0], &f->addr[1], f->port[1]);
	k->vlan = t->limits.vlan_aware ? f->vlan : 0;
	k->exporter = f->exporter;
	k->l4 = f->l4;
}

/* Is end d of the flow the key's low one, and the other its high one? */
static bool has_low(const struct flow *f, unsigned d, const struct flow_key *k)
{
	return f->port[d] == k->low_port && f->port[!d] == k->high_port && addr_eq(&f->addr[d], &k->low) &&
	       addr_eq(&f->addr[!d], &k->high);
}

static bool is_flow_of(const struct flow_table *t, const struct flow *f, const struct flow_key *k)
{
	return f->l4 == k->l4 && f->exporter == k->exporter && (!t->limits.vlan_aware || f->vlan == k->vlan) &&
	       (has_low(f, 0, k) || has_low(f, 1, k));
}

struct flow_entry *index_get(const struct flow_table *t, const struct flow_key *k, uint32_t tag)
{
	const struct flow_index *x = &t->index;

	for (size_t i = tag >> x->shift; x->slots[i].entry != 0; i = (i + 1) & x->mask) {
		if (x->slots[i].tag != tag)
			continue;
		struct flow_entry *e = entry_at(t, x->slots[i].entry - 1);

		if (is_flow_of(t, &e->flow, k))
			return e;
	}
	return NULL;
}

void index_expect(const struct flow_table *t, uint32_t tag)
{
	__builtin_prefetch(&t->index.slots[tag >> t->index.shift]);
}

void index_expect_entry(const struct flow_table *t, uint32_t tag)
{
	const struct index_slot *slot = &t->index.slots[tag >> t->index.shift];

	if (slot->entry == 0 || slot->tag != tag)
		return;
	for (size_t at = 0; at < sizeof(struct flow_entry); at += CACHE_LINE)
		__builtin_prefetch((const char *)entry_at(t, slot->entry - 1) + at, 1);
}

static void place(struct flow_index *x, struct index_slot slot)
{
	size_t i = slot.tag >> x->shift;

	while (x->slots[i].entry != 0)
		i = (i + 1) & x->mask;
	x->slots[i] = slot;
}

static void grow(struct flow_index *x)
{
	struct index_slot *old = x->slots;
	size_t slots = x->mask + 1;

	x->slots = mem_table(slots * 2, sizeof *x->slots);
	x->mask = slots * 2 - 1;
	x->shift--;
	for (size_t i = 0; i < slots; i++)
		if (old[i].entry != 0)
			place(x, old[i]);
	mem_free(old);
}

void index_add(struct flow_table *t, struct flow_entry *e, uint32_t tag)
{
	if ((t->index.used + 1) * 3 > (t->index.mask + 1) * 2)
		grow(&t->index);
	place(&t->index, (struct index_slot){.tag = tag, .entry = e->number + 1});
	t->index.used++;
}

void index_remove(struct flow_table *t, struct flow_entry *e, uint32_t tag)
{
	struct flow_index *x = &t->index;
	size_t i = tag >> x->shift;

	while (x->slots[i].entry != e->number + 1)
		i = (i + 1) & x->mask;
	/* close the gap: what follows and may lie nearer to its home moves back */
	for (size_t k = (i + 1) & x->mask; x->slots[k].entry != 0; k = (k + 1) & x->mask) {
		size_t home = x->slots[k].tag >> x->shift;

		if (((k - home) & x->mask) < ((k - i) & x->mask))
			continue;
		x->slots[i] = x->slots[k];
		i = k;
	}
	x->slots[i].entry = 0;
	x->used--;
}

size_t index_memory(const struct flow_table *t)
{
	return (t->index.mask + 1) * sizeof *t->index.slots + slabs_memory(&t->slabs);
}
