/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Telling the sink what moved. A flow that moved stands in one of two lists: the one being filled, or
 * the one the open tick still has to tell. A tick costs in proportion to what moved, not to what there
 * is, and may be cut into slices. Engine thread.
 */
#include "config.h"

#include <string.h>

#include "dpitop/mem.h"
#include "flow/entry.h"

enum { CACHE_LINE = 64 };

static struct entry_list *list_of(struct flow_table *t, const struct flow_entry *e)
{
	return &t->lists[(e->marks & MARK_LIST) != 0];
}

void tell_mark(struct flow_table *t, struct flow_entry *e)
{
	struct entry_list *l = &t->lists[t->filling];

	if (e->listed_at != 0)
		return;
	list_append(l, e->number);
	e->listed_at = (uint32_t)l->count;
	e->marks = (uint16_t)((e->marks & ~MARK_LIST) | (t->filling != 0 ? MARK_LIST : 0));
	if (t->order != NULL)
		order_mark(t, e);
}

void tell_unmark(struct flow_table *t, struct flow_entry *e)
{
	struct entry_list *l = list_of(t, e);
	uint32_t last;

	if (e->listed_at == 0)
		return;
	last = l->items[--l->count];
	l->items[e->listed_at - 1] = last;
	entry_at(t, last)->listed_at = e->listed_at;
	e->listed_at = 0;
}

void tell_release(struct flow_table *t)
{
	mem_free(t->lists[0].items);
	mem_free(t->lists[1].items);
}

static const char *site_of(const struct flow *f)
{
	const char *site = flow_meta_text(f->meta, FLOW_SITE);

	return site[0] != '\0' ? site : flow_meta_text(f->meta, FLOW_QUERY);
}

static uint32_t saturate(uint64_t v)
{
	return v < UINT32_MAX ? (uint32_t)v : UINT32_MAX;
}

static struct flow_counters difference(const struct flow_counters *a, const struct flow_counters *b)
{
	struct flow_counters c;

	for (unsigned d = 0; d < 2; d++) {
		c.bytes[d] = a->bytes[d] - b->bytes[d];
		c.packets[d] = a->packets[d] - b->packets[d];
	}
	return c;
}

/* An exporter may tell bytes without packets. */
static bool has_traffic(const struct flow_counters *c)
{
	return (c->packets[0] | c->packets[1] | c->bytes[0] | c->bytes[1]) != 0;
}

static unsigned kind_of(const struct flow_entry *e, const struct flow_update *u)
{
	if (!(e->marks & MARK_TOLD))
		return UPDATE_NEW;
	if (memcmp(&u->old.class_, &u->now.class_, sizeof u->now.class_) != 0 || u->old.risks != u->now.risks ||
	    u->old.state != u->now.state || u->old.inspected != u->now.inspected || u->old.tcp_flags != u->now.tcp_flags || u->old.site[0] != u->now.site[0])
		return UPDATE_RECLASS;
	return 0;
}

static void remember(struct flow_entry *e, const struct flow_update *u)
{
	e->flow.told = e->flow.total;
	e->told_class = u->now.class_;
	e->told_risks = u->now.risks;
	e->told_state = u->now.state;
	e->told_tcp_flags = u->now.tcp_flags;
	e->marks |= MARK_TOLD;
	if (u->now.site[0] != '\0')
		e->marks |= MARK_TOLD_SITE;
	if (u->now.inspected)
		e->marks |= MARK_TOLD_DONE;
}

static void preview(struct flow_table *t, struct flow_entry *e)
{
	if (entry_look(e) == NULL || e->flow.meta != NULL || e->flow.class_.app == DPI_UNKNOWN)
		return;
	dpi_preview(t->dpi, e->look, &e->flow);
	t->meta_bytes += flow_meta_memory(e->flow.meta);
}

/* Tell what is new of e. True if it carried traffic. */
static bool tell(struct flow_table *t, struct flow_entry *e, unsigned end)
{
	struct flow *f = &e->flow;
	struct flow_update u;

	preview(t, e);
	u = (struct flow_update){
		.flow = f, .rows = f->rows, .sampling = 1, .delta = difference(&f->total, &f->told),
		.now = {f->class_, f->risks, f->state, f->tcp_flags, f->flags & FLOW_DPI_DONE, site_of(f)},
		.old = {e->told_class, e->told_risks, e->told_state, e->told_tcp_flags, e->marks & MARK_TOLD_DONE, ""},
		.from_us = f->first_us, .to_us = f->last_us};
	if (!(e->marks & MARK_TOLD))
		u.old = u.now;
	else if (e->marks & MARK_TOLD_SITE) /* a site that was told stays */
		u.old.site = u.now.site;
	if ((e->marks & MARK_TOLD) && t->told_us > u.from_us)
		u.from_us = t->told_us < u.to_us ? t->told_us : u.to_us;
	u.flags = kind_of(e, &u) | end;
	if (u.flags & UPDATE_RECLASS)
		u.moved = f->told;
	if (f->report != NULL)
		record_tell(t, e, &u);
	else
		for (unsigned d = 0; d < 2; d++)
			f->rate_bytes[d] = saturate(u.delta.bytes[d]);
	if (u.flags == 0 && !has_traffic(&u.delta))
		return false;
	t->sink(t->ctx, &u);
	remember(e, &u);
	return has_traffic(&u.delta) && f->report == NULL;
}

/* Each flow lies somewhere else in memory, and so do its hosts: have what comes next on its way. */
void tell_expect(const struct flow_table *t, uint32_t number, enum ahead_step step)
{
	const char *e = (const char *)entry_at(t, number);

	if (step != AHEAD_FLOW) {
		if (step == AHEAD_HOSTS)
			__builtin_prefetch(entry_at(t, number)->flow.meta);
		if (t->ahead != NULL)
			t->ahead(t->ahead_ctx, &entry_at(t, number)->flow, step == AHEAD_ROWS);
		return;
	}
	for (size_t at = 0; at < sizeof(struct flow_entry); at += CACHE_LINE)
		__builtin_prefetch(e + at, 1);
}

static const size_t turns[] = {[AHEAD_FLOW] = 12, [AHEAD_HOSTS] = 8, [AHEAD_ROWS] = 4}; /* flows before its own */

static void look_ahead(const struct flow_table *t, const struct entry_list *l)
{
	for (unsigned step = AHEAD_FLOW; step <= AHEAD_ROWS; step++)
		if (l->count > turns[step])
			tell_expect(t, l->items[l->count - 1 - turns[step]], step);
}

/* The next tick sets its rate back. */
static void mark_again(struct flow_table *t, struct flow_entry *e)
{
	tell_mark(t, e);
	if (t->order != NULL)
		order_again(t, e);
}

bool flow_table_tick(struct flow_table *t, int64_t now_us, size_t budget)
{
	size_t left = budget != 0 ? budget : SIZE_MAX;
	struct entry_list *telling;

	if (!t->in_tick) {
		early_give_up(t);
		order_stage(t);
		t->filling = !t->filling;
		t->in_tick = true;
	}
	telling = &t->lists[!t->filling];
	for (; telling->count > 0; left--) {
		struct flow_entry *e = entry_at(t, telling->items[telling->count - 1]);

		if (left == 0)
			return false;
		look_ahead(t, telling);
		tell_unmark(t, e);
		if (t->order != NULL)
			order_tells(t, e);
		if (tell(t, e, 0))
			mark_again(t, e);
	}
	order_stage(t);
	if (!expiry_run(t, now_us, &left) || !meter_run(t, now_us, &left))
		return false;
	t->in_tick = false;
	t->told_us = now_us;
	return true;
}

static bool is_told(const struct flow *f)
{
	return memcmp(&f->total, &f->told, sizeof f->total) == 0;
}

void flow_table_tick_rest(struct flow_table *t)
{
	const struct entry_list *l = &t->lists[t->filling];

	early_give_up(t); /* they were seen before the tick is closed: its books hold them */
	for (size_t i = 0; i < l->count; i++) { /* all stay listed: the next tick sets their rates back */
		struct flow_entry *e = entry_at(t, l->items[i]);
		struct flow *f = &e->flow;
		uint64_t before[2] = {f->rate_bytes[0], f->rate_bytes[1]};

		if (is_told(f))
			continue;
		tell(t, e, 0);
		for (unsigned d = 0; d < 2 && f->report == NULL; d++)
			f->rate_bytes[d] = saturate(before[d] + f->rate_bytes[d]);
	}
}

void flow_table_end(struct flow_table *t, struct flow_entry *e, enum flow_end why)
{
	struct flow_key k;

	look_conclude(t, e);
	e->flow.flags |= FLOW_ENDED;
	tell(t, e, UPDATE_END);
	meter_end(t, e, why);
	sides_forget(t, e);
	tell_unmark(t, e);
	e->flow.rate_bytes[0] = e->flow.rate_bytes[1] = 0;
	flow_key_of(t, &e->flow, &k);
	index_remove(t, e, index_tag(&t->index, &k));
	expiry_remove(t, e);
	t->stats.live--;
	t->stats.ended++;
	flow_table_keep(t, e);
}

/* Each one's turn to end is near: it, what the sink needs, and its place in the index. */
static void expect_end(const struct flow_table *t, uint32_t i)
{
	struct flow_key k;

	for (unsigned step = AHEAD_FLOW; step <= AHEAD_ROWS; step++)
		if (i + turns[step] < t->used)
			tell_expect(t, i + (uint32_t)turns[step], step);
	if (i + turns[AHEAD_ROWS] < t->used) {
		flow_key_of(t, &entry_at(t, i + (uint32_t)turns[AHEAD_ROWS])->flow, &k);
		index_expect(t, index_tag(&t->index, &k));
	}
}

void flow_table_finish(struct flow_table *t)
{
	flow_table_tick(t, t->newest_us, 0);
	early_give_up(t); /* that came while that tick was open */
	order_stage(t);
	for (uint32_t i = 0; i < t->used; i++) {
		struct flow_entry *e = entry_at(t, i);

		expect_end(t, i);
		if (e->flow.id == 0 || (e->flow.flags & FLOW_ENDED))
			continue;
		if (t->order != NULL)
			order_ends(t, e);
		flow_table_end(t, e, FLOW_END_FORCED);
	}
}
