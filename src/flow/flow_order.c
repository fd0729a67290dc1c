/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where several tables share the packets, what they tell is put in the order in which one table would have told it: the model
 * remembers some things as they came first, or last. Beside the table, by entry number: the number of the packet that put a
 * flow into the list of what moved, and into its slot of the wheel. A tick tells the list from its end, and lists what it
 * told anew in that order: so a flow's new number is the tick's and how far before that the old one was. It is not kept for
 * flows that wait in the wheel once more, nor for those that take the place of one that ended while it was listed. The
 * thread of the table.
 */
#include "config.h"

#include <string.h>

#include "dpitop/mem.h"
#include "flow/entry.h"

enum { STAGE_SHIFT = 56 };
#define BELOW_STAGE ((UINT64_C(1) << STAGE_SHIFT) - 1)

struct stamps { /* of an entry */
	uint64_t mark, slot;
};

struct order {
	uint64_t at;
	uint64_t stage; /* of a tick; 0: packets */
	struct flow_moment moment;
	struct slabs stamps;
	size_t used;
};

void flow_table_keep_order(struct flow_table *t)
{
	t->order = mem_zalloc(sizeof *t->order);
	slabs_init(&t->order->stamps, sizeof(struct stamps), ENTRY_NONE);
}

void order_release(struct flow_table *t)
{
	if (t->order != NULL)
		slabs_release(&t->order->stamps);
	mem_free(t->order);
}

size_t order_memory(const struct flow_table *t)
{
	return t->order != NULL ? slabs_memory(&t->order->stamps) : 0;
}

void flow_table_at(struct flow_table *t, uint64_t at, uint64_t id)
{
	t->next_id = id;
	if (t->order == NULL)
		return;
	t->order->at = at;
	t->order->stage = 0;
	t->order->moment = (struct flow_moment){.major = 0, .minor = at};
}

struct flow_moment flow_table_moment(const struct flow_table *t)
{
	return t->order->moment;
}

void flow_table_newest(struct flow_table *t, int64_t newest_us)
{
	if (newest_us > t->newest_us)
		t->newest_us = newest_us;
}

uint32_t flow_table_place(const struct flow *f)
{
	return ((const struct flow_entry *)(const void *)f)->number;
}

static struct stamps *stamps_of(struct flow_table *t, const struct flow_entry *e)
{
	struct order *o = t->order;

	for (; o->used <= e->number; o->used++)
		slabs_grow(&o->stamps, o->used);
	return slabs_at(&o->stamps, e->number);
}

void order_mark(struct flow_table *t, const struct flow_entry *e)
{
	stamps_of(t, e)->mark = t->order->at;
}

void order_slot(struct flow_table *t, const struct flow_entry *e)
{
	stamps_of(t, e)->slot = t->order->at;
}

/* ---- in a tick ---- */

static void set_moment(struct order *o, uint64_t major, uint64_t minor)
{
	o->moment = (struct flow_moment){.major = o->stage << STAGE_SHIFT | (major & BELOW_STAGE), .minor = minor};
}

void order_stage(struct flow_table *t)
{
	if (t->order == NULL)
		return;
	t->order->stage++;
	set_moment(t->order, 0, 0);
}

void order_tells(struct flow_table *t, const struct flow_entry *e)
{
	set_moment(t->order, 0, ~stamps_of(t, e)->mark); /* from the end */
}

void order_again(struct flow_table *t, const struct flow_entry *e)
{
	uint64_t before = ~t->order->moment.minor;

	stamps_of(t, e)->mark = t->order->at + 1 + (t->order->at - before);
}

void order_expires(struct flow_table *t, const struct flow_entry *e)
{
	set_moment(t->order, (uint64_t)t->wheel_s, ~stamps_of(t, e)->slot); /* the last that came stands first */
}

void order_ends(struct flow_table *t, const struct flow_entry *e)
{
	set_moment(t->order, 0, e->flow.id);
}
