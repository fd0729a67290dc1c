/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When a flow ends for want of packets: a wheel of one-second slots. A packet touches it only where
 * it gives a connection another state: a flow that is not over when its slot comes goes on to a later
 * one. Time may jump and step back. Engine thread.
 *
 * Time-outs: UDP and others 5 min (RFC 4787 section 4.3), TCP established 2 h 4 min, in transition
 * 4 min (RFC 5382 section 5). A closed connection stays a while for what comes late.
 */
#include "config.h"

#include "dpitop/mem.h"
#include "flow/entry.h"

#define SECOND_US INT64_C(1000000)
#define TCP_OPEN_US (7440 * SECOND_US)
#define TCP_TRANSITORY_US (240 * SECOND_US)
#define TCP_CLOSED_US (30 * SECOND_US)

enum { EVICTION_LOOKS = 64 };

static int64_t second_of(int64_t us)
{
	return us / SECOND_US - (us % SECOND_US < 0);
}

void expiry_init(struct flow_table *t)
{
	t->wheel = mem_array(WHEEL_SLOTS, sizeof *t->wheel);
	for (unsigned i = 0; i < WHEEL_SLOTS; i++)
		t->wheel[i] = ENTRY_NONE;
	t->wheel_s = INT64_MIN;
}

void expiry_release(struct flow_table *t)
{
	mem_free(t->wheel);
}

/* Of collected flows the records are rare: as long as the last one covered, and some more. */
static int64_t idle_limit(const struct flow_table *t, const struct flow_entry *e)
{
	const struct flow *f = &e->flow;

	if (f->report != NULL && !tcp_is_over(f))
		return t->limits.idle_us + e->heard.wait_s * SECOND_US;
	if (f->l4 != 6)
		return t->limits.idle_us;
	if (tcp_is_over(f))
		return TCP_CLOSED_US;
	return f->state == FLOW_OPEN ? TCP_OPEN_US : TCP_TRANSITORY_US;
}

static int64_t due_us(const struct flow_table *t, const struct flow_entry *e)
{
	int64_t idle = record_heard_us(e) + idle_limit(t, e);
	int64_t active = t->limits.active_us > 0 ? e->flow.first_us + t->limits.active_us : INT64_MAX;

	return idle < active ? idle : active;
}

bool expiry_is_idle(const struct flow_table *t, const struct flow_entry *e, int64_t now_us)
{
	return now_us > record_heard_us(e) + idle_limit(t, e);
}

bool expiry_is_over(const struct flow_table *t, const struct flow_entry *e, int64_t now_us)
{
	/* with the clock set back by more than a time-out, silence could not be told for all that time */
	return now_us > due_us(t, e) || now_us < record_heard_us(e) - idle_limit(t, e);
}

static bool is_held(const struct flow *f)
{
	return f->report != NULL && (f->rate_bytes[0] | f->rate_bytes[1]) != 0;
}

/* When the wheel has to look at it. */
static int64_t slot_us(const struct flow_table *t, const struct flow_entry *e)
{
	int64_t due = due_us(t, e);

	return is_held(&e->flow) && record_held_us(e) < due ? record_held_us(e) : due;
}

/* Into the slot of its due time, or as far ahead as the wheel reaches. */
void expiry_add(struct flow_table *t, struct flow_entry *e)
{
	int64_t due = second_of(slot_us(t, e)) + 1;
	uint32_t *slot;

	if (t->wheel_s == INT64_MIN) {
		t->wheel_s = second_of(e->flow.first_us);
		t->oldest_s = INT64_MAX;
	}
	if (due <= t->wheel_s)
		due = t->wheel_s + 1;
	if (due >= t->wheel_s + WHEEL_SLOTS)
		due = t->wheel_s + WHEEL_SLOTS - 1;
	if (due < t->oldest_s)
		t->oldest_s = due;
	e->due_s = (uint32_t)(due & (WHEEL_SLOTS - 1));
	slot = &t->wheel[e->due_s];
	e->prev = ENTRY_NONE;
	e->next = *slot;
	if (*slot != ENTRY_NONE)
		entry_at(t, *slot)->prev = e->number;
	*slot = e->number;
	if (t->order != NULL)
		order_slot(t, e);
}

void expiry_remove(struct flow_table *t, struct flow_entry *e)
{
	if (e->prev != ENTRY_NONE)
		entry_at(t, e->prev)->next = e->next;
	else
		t->wheel[e->due_s] = e->next;
	if (e->next != ENTRY_NONE)
		entry_at(t, e->next)->prev = e->prev;
}

static void visit(struct flow_table *t, struct flow_entry *e, int64_t now_us)
{
	if (!expiry_is_over(t, e, now_us)) {
		if (is_held(&e->flow) && now_us >= record_held_us(e))
			e->flow.rate_bytes[0] = e->flow.rate_bytes[1] = 0;
		expiry_remove(t, e);
		expiry_add(t, e);
		return;
	}
	if (!tcp_is_over(&e->flow) && expiry_is_idle(t, e, now_us))
		e->flow.state = FLOW_IDLE;
	flow_table_end(t, e, FLOW_END_ACTIVE); /* neither: the active time-out */
}

/* Those behind e in its slot: each flow lies somewhere else in memory, and so do its hosts. */
static void look_ahead(const struct flow_table *t, const struct flow_entry *e, int64_t now_us)
{
	for (unsigned step = AHEAD_ROWS; e->next != ENTRY_NONE; step--) {
		const struct flow_entry *next = entry_at(t, e->next);

		if (step == AHEAD_FLOW || expiry_is_over(t, next, now_us))
			tell_expect(t, e->next, step);
		if (step == AHEAD_FLOW)
			break;
		e = next;
	}
}

static bool age_kept(struct flow_table *t, int64_t now_us, size_t *budget)
{
	while (t->limits.keep_us >= 0 && t->kept_first != ENTRY_NONE) {
		struct flow_entry *e = entry_at(t, t->kept_first);
		int64_t age = now_us - record_heard_us(e);

		if (age <= t->limits.keep_us && age >= -SECOND_US - t->limits.keep_us) /* much younger: set back */
			break;
		if (*budget == 0)
			return false;
		--*budget;
		flow_table_forget(t, e);
	}
	return true;
}

bool expiry_run(struct flow_table *t, int64_t now_us, size_t *budget)
{
	int64_t now_s = second_of(now_us);

	if (t->wheel_s == INT64_MIN)
		return true;
	if (now_s < t->wheel_s) /* time stepped back: the slots are those of other seconds now */
		t->wheel_s = t->oldest_s = now_s;
	if (now_s - t->wheel_s > WHEEL_SLOTS)
		t->wheel_s = now_s - WHEEL_SLOTS;
	for (;;) {
		uint32_t *slot = &t->wheel[t->wheel_s & (WHEEL_SLOTS - 1)];

		for (; *slot != ENTRY_NONE; --*budget) {
			if (*budget == 0)
				return false;
			look_ahead(t, entry_at(t, *slot), now_us);
			if (t->order != NULL)
				order_expires(t, entry_at(t, *slot));
			visit(t, entry_at(t, *slot), now_us);
		}
		if (t->wheel_s >= now_s)
			return age_kept(t, now_us, budget);
		t->wheel_s++;
	}
}

struct flow_entry *expiry_longest_idle(struct flow_table *t)
{
	int64_t end = t->wheel_s + WHEEL_SLOTS;
	unsigned looks = 0;

	if (t->oldest_s < t->wheel_s)
		t->oldest_s = t->wheel_s;
	while (t->oldest_s < end) {
		uint32_t first = t->wheel[t->oldest_s & (WHEEL_SLOTS - 1)];
		struct flow_entry *e;

		if (first == ENTRY_NONE) {
			t->oldest_s++;
			continue;
		}
		e = entry_at(t, first);
		if (looks++ >= EVICTION_LOOKS || second_of(due_us(t, e)) < t->oldest_s)
			return e;
		if (is_held(&e->flow)) /* it was there for its rate only */
			e->flow.rate_bytes[0] = e->flow.rate_bytes[1] = 0;
		expiry_remove(t, e); /* it had packets since: its place is further on */
		expiry_add(t, e);
	}
	return NULL;
}
