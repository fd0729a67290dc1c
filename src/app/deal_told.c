/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a lane tells, as bytes: an update is written with a copy of its flow and of its texts, for the lane goes on with
 * them while the update waits; and read again as the update that it was. Lane's thread, and the collector.
 */
#include "config.h"

#include <string.h>

#include "app/deal_parts.h"

struct update_told {
	struct told head;
	struct flow flow;
	struct dpi_class class_; /* as it was told before */
	uint64_t risks;
	int64_t from_us, to_us;
	unsigned flags;
	uint8_t state, tcp_flags;
	bool inspected, site;    /* site: it had one */
	_Alignas(8) uint8_t meta[];
};

struct name_told {
	struct told head;
	struct addr addr;
	char name[];
};

struct part_told {
	struct told head;
	struct flow_part part;
	struct flow flow;
	_Alignas(8) uint8_t meta[];
};

/* ---- writing ---- */

static size_t aligned(size_t n)
{
	return (n + 7) & ~(size_t)7;
}

static void *put(struct lane *l, enum told_kind kind, size_t size)
{
	struct told *t;

	size = aligned(size);
	if (l->writing->used + size > CHUNK_BYTES)
		lane_post(l);
	t = (struct told *)(void *)(l->writing->data + l->writing->used);
	l->writing->used += size;
	*t = (struct told){.moment = flow_table_moment(l->flows), .size = (uint32_t)size, .kind = (uint8_t)kind};
	return t;
}

static void put_meta(uint8_t *to, const struct flow *f)
{
	if (f->meta != NULL)
		memcpy(to, f->meta, flow_meta_memory(f->meta));
}

void told_update(void *lane, const struct flow_update *u)
{
	struct update_told *t = put(lane, TOLD_UPDATE, sizeof *t + flow_meta_memory(u->flow->meta));

	t->head.place = flow_table_place(u->flow);
	t->flow = *u->flow;
	t->class_ = u->old.class_;
	t->risks = u->old.risks;
	t->state = u->old.state;
	t->tcp_flags = u->old.tcp_flags;
	t->inspected = u->old.inspected;
	t->site = u->old.site[0] != '\0';
	t->from_us = u->from_us;
	t->to_us = u->to_us;
	t->flags = u->flags;
	put_meta(t->meta, u->flow);
}

void told_name(void *lane, const struct addr *a, const char *name)
{
	struct name_told *t = put(lane, TOLD_NAME, sizeof *t + strlen(name) + 1);

	t->addr = *a;
	memcpy(t->name, name, strlen(name) + 1);
}

void told_part(void *lane, const struct flow_part *p)
{
	struct part_told *t = put(lane, TOLD_PART, sizeof *t + flow_meta_memory(p->flow->meta));

	t->part = *p;
	t->flow = *p->flow;
	put_meta(t->meta, p->flow);
}

/* ---- reading ---- */

/* Zeroed at first, and again where another flow takes the place. */
static uint32_t *rows_of(struct lane *l, const struct update_told *t)
{
	uint32_t *rows;

	for (; l->rows_used <= t->head.place; l->rows_used++)
		slabs_grow(&l->rows, l->rows_used);
	rows = slabs_at(&l->rows, t->head.place);
	if (t->flags & UPDATE_NEW)
		rows[0] = rows[1] = 0;
	return rows;
}

static void set_meta(struct flow *f, uint8_t *meta)
{
	if (f->meta != NULL)
		f->meta = (struct flow_meta *)(void *)meta;
}

static const char *site_of(const struct flow *f)
{
	const char *site = flow_meta_text(f->meta, FLOW_SITE);

	return site[0] != '\0' ? site : flow_meta_text(f->meta, FLOW_QUERY);
}

static void tell_update(struct lane *l, struct update_told *t, const struct deal_sink *to)
{
	struct flow *f = &t->flow;
	struct flow_update u = {.flow = f, .rows = rows_of(l, t), .from_us = t->from_us, .to_us = t->to_us, .flags = t->flags, .sampling = 1};

	set_meta(f, t->meta);
	u.now = (struct flow_facts){f->class_, f->risks, f->state, f->tcp_flags, f->flags & FLOW_DPI_DONE, site_of(f)};
	u.old = (struct flow_facts){t->class_, t->risks, t->state, t->tcp_flags, t->inspected, t->site ? u.now.site : ""};
	for (unsigned d = 0; d < 2; d++) {
		u.delta.bytes[d] = f->total.bytes[d] - f->told.bytes[d];
		u.delta.packets[d] = f->total.packets[d] - f->told.packets[d];
	}
	if (u.flags & UPDATE_RECLASS)
		u.moved = f->told;
	to->update(to->ctx, &u);
}

static void tell_part(struct part_told *t, const struct deal_sink *to)
{
	set_meta(&t->flow, t->meta);
	t->part.flow = &t->flow;
	to->part(to->ctx, &t->part);
}

void told_tell(struct lane *l, struct told *t, const struct deal_sink *to)
{
	struct name_told *name;

	switch ((enum told_kind)t->kind) {
	case TOLD_UPDATE:
		tell_update(l, (struct update_told *)(void *)t, to);
		break;
	case TOLD_NAME:
		name = (struct name_told *)(void *)t;
		to->name(to->ctx, &name->addr, name->name);
		break;
	case TOLD_PART:
		tell_part((struct part_told *)(void *)t, to);
		break;
	}
}

/* It was written in the other thread's cache. Its head must be read to find the next one. */
static void expect_told(const struct lane *l, const struct told *t)
{
	for (size_t at = CACHE_LINE; at < t->size && at < sizeof(struct update_told) + CACHE_LINE; at += CACHE_LINE)
		__builtin_prefetch((const char *)t + at, 1);
	__builtin_prefetch((const char *)t + t->size);
	if (t->kind == TOLD_UPDATE && t->place < l->rows_used)
		__builtin_prefetch(slabs_at(&l->rows, t->place), 1);
}

void told_expect(struct lane *l, struct told *t, enum ahead_step step, const struct deal_sink *to)
{
	struct update_told *u = (struct update_told *)(void *)t;

	if (step == AHEAD_TOLD) {
		expect_told(l, t);
		return;
	}
	if (t->kind != TOLD_UPDATE)
		return;
	if (step == AHEAD_HOSTS)
		memcpy(u->flow.rows, rows_of(l, u), sizeof u->flow.rows);
	to->expect(to->ctx, &u->flow, step == AHEAD_ROWS);
}
