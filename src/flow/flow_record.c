/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a record of an exporter does to its flow: the two one-way records of a conversation are one flow,
 * as its packets would be, but for each exporter its own, so that two who see the same can be told
 * apart. Counters are scaled by the sampling interval; times are the record's, while how long a flow
 * waits for more goes by arrival. What a record says besides is in record_facts.c. Engine thread.
 */
#include "config.h"

#include <string.h>

#include "dpitop/export_decode.h"
#include "dpitop/map.h"
#include "dpitop/mem.h"
#include "flow/entry.h"
#include "flow/record.h"

#define SECOND_US INT64_C(1000000)
#define HOLD_MAX_US (3600 * SECOND_US)
/* More than any line carries in a day: a lie, which must not make sums overflow. */
#define COUNTER_MAX (UINT64_C(1) << 48)

enum { L4_ICMP = 1, L4_TCP = 6, L4_ICMP6 = 58, SERVICE_PORTS = 1024 };
enum { EXPORTERS_MAX = 65534, EXPORTER_OTHER = 65535 };
enum { ECHO_REPLY = 0, ECHO_REPLY6 = 129, BIFLOW_REVERSE = 2 };

struct exporter_entry {
	struct addr addr; /* key */
	uint16_t number;
};

/* ---- who tells ---- */

static const struct addr other_exporter = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}}; /* 0.0.0.0: too many */

const struct addr *flow_table_exporter(const struct flow_table *t, unsigned number)
{
	if (number == 0)
		return &addr_none;
	if (t->exporters == NULL || number > map_count(t->exporters))
		return number == EXPORTER_OTHER ? &other_exporter : NULL;
	return t->exporter_list[number - 1];
}

/* An agent behind a proxy tells its own address. */
static const struct addr *address_of(const struct export_exporter *x)
{
	return addr_eq(&x->agent, &addr_none) ? &x->addr : &x->agent;
}

static void find_exporter(struct flow_table *t, const struct addr *a)
{
	struct exporter_entry *e;
	bool created;

	if (t->exporters == NULL) {
		t->exporters = map_new(sizeof e->addr, sizeof *e, EXPORTERS_MAX, t->index.seed);
		t->exporter_list = mem_array(EXPORTERS_MAX, sizeof *t->exporter_list);
	}
	e = map_touch(t->exporters, a, &created);
	if (e != NULL && created) {
		e->number = (uint16_t)map_count(t->exporters);
		t->exporter_list[e->number - 1] = &e->addr;
	}
	t->latest.addr = e != NULL ? &e->addr : &other_exporter;
	t->latest.number = e != NULL ? e->number : EXPORTER_OTHER;
}

/* Records come by the datagram: it is mostly the same one. */
static uint16_t touch_exporter(struct flow_table *t, const struct export_exporter *x)
{
	const struct addr *a = address_of(x);

	if (t->latest.addr == NULL || !addr_eq(t->latest.addr, a))
		find_exporter(t, a);
	return t->latest.number;
}

void record_release(struct flow_table *t)
{
	map_free(t->exporters);
	mem_free(t->exporter_list);
	map_free(t->apps);
	map_free(t->reports);
	map_free(t->balances);
	totals_free(t->totals);
}

size_t record_memory(const struct flow_table *t)
{
	if (t->exporters == NULL)
		return 0;
	return map_memory(t->exporters) + EXPORTERS_MAX * sizeof *t->exporter_list + totals_memory(t->totals) +
	       (t->reports != NULL ? map_memory(t->reports) : 0) + (t->balances != NULL ? map_memory(t->balances) : 0);
}

int64_t record_heard_us(const struct flow_entry *e)
{
	return e->flow.report != NULL ? e->heard.heard_us : e->flow.last_us;
}

int64_t record_held_us(const struct flow_entry *e)
{
	return e->heard.heard_us + (int64_t)e->heard.held_ms * 1000;
}

/* ---- how much ---- */

static uint64_t scale(uint64_t v, uint32_t sampling)
{
	if (sampling > 1 && v > COUNTER_MAX / sampling)
		return COUNTER_MAX;
	v *= sampling > 1 ? sampling : 1;
	return v < COUNTER_MAX ? v : COUNTER_MAX;
}

/* A sampled packet counts as captured ones do: by its length on the wire. So does what another dpitop captured: it tells
 * both directions in that measure, too. */
static bool counts_frames(const struct flow_record *r)
{
	if (!(r->has & RECORD_HAS(HAS_LAYER2)))
		return false;
	if (r->flags & RECORD_SAMPLE)
		return true;
	return (r->flags & RECORD_BIFLOW) && r->layer2_bytes[0] >= r->bytes[0] && r->layer2_bytes[1] >= r->bytes[1];
}

static struct flow_counters counters_of(const struct flow_record *r)
{
	bool frames = counts_frames(r);
	struct flow_counters c;

	for (unsigned i = 0; i < 2; i++) {
		c.bytes[i] = scale(frames ? r->layer2_bytes[i] : r->bytes[i], r->sampling);
		c.packets[i] = scale(r->packets[i], r->sampling);
	}
	return c;
}

struct flow_counters record_counters(struct flow_table *t, const struct export_exporter *x, const struct flow_record *r,
				     int64_t now_us)
{
	struct flow_record news;

	if ((r->flags & (RECORD_TOTALS | RECORD_EVENT)) != RECORD_TOTALS)
		return counters_of(r);
	news = *r;
	totals_difference(t, x, &news, now_us);
	return counters_of(&news);
}

/* ---- when ---- */

void record_times(const struct export_exporter *x, const struct flow_record *r, int64_t now_us, int64_t *from_us,
		  int64_t *to_us)
{
	int64_t correction = export_clock_correction(x), to, from;

	if (__builtin_add_overflow(r->end_us, correction, &to) || to > now_us)
		to = now_us;
	if (__builtin_add_overflow(r->start_us, correction, &from) || from > to)
		from = to;
	*to_us = to > 0 ? to : 0;
	*from_us = from > 0 ? from : 0;
}

/* ---- whose ---- */

/* Which end of the record is the client. *sure: another record will not tell better. */
static unsigned client_of(const struct flow_record *r, bool *sure)
{
	bool service[2] = {r->port[0] < SERVICE_PORTS, r->port[1] < SERVICE_PORTS};

	*sure = true;
	if ((r->flags & RECORD_BIFLOW) || (r->has & RECORD_HAS(HAS_BIFLOW_DIRECTION)))
		return r->biflow_direction == BIFLOW_REVERSE;
	if (r->l4 == L4_TCP && (r->tcp_flags[0] & (TCP_SYN | TCP_ACK)) == TCP_SYN)
		return 0;
	if (r->l4 == L4_ICMP || r->l4 == L4_ICMP6)
		return (r->has & RECORD_HAS(HAS_ICMP)) && r->icmp_type == (r->l4 == L4_ICMP ? ECHO_REPLY : ECHO_REPLY6);
	if (service[0] != service[1])
		return service[0];
	*sure = false; /* the earlier one asks */
	return 0;
}

static void key_of(const struct flow_table *t, const struct flow_record *r, uint16_t exporter, struct flow_key *k)
{
	flow_key_ends(k, &r->addr[0], r->port[0], &r->addr[1], r->port[1]);
	k->vlan = t->limits.vlan_aware ? r->vlan[0] : 0;
	k->exporter = exporter;
	k->l4 = r->l4;
}

static struct flow_entry *begin(struct flow_table *t, const struct flow_record *r, const struct record_context *c)
{
	bool sure;
	unsigned client = client_of(r, &sure);
	struct flow_entry *e;
	struct flow *f;

	flow_table_make_room(t);
	e = entry_new(t);
	f = &e->flow;
	for (unsigned i = 0; i < 2; i++) {
		f->addr[i ^ client] = r->addr[i];
		f->port[i ^ client] = r->port[i];
	}
	f->l4 = r->l4;
	f->ip_version = r->ip_version;
	f->vlan = r->vlan[0];
	f->source = (uint16_t)c->source;
	f->exporter = c->exporter;
	f->first_us = c->from_us;
	f->last_us = c->to_us;
	f->state = r->l4 == L4_TCP ? FLOW_OPEN : FLOW_ONEWAY;
	record_say(t, f, &(struct flow_report){.exporter = t->latest.addr});
	e->heard = (struct heard){.heard_us = c->now_us, .to_ms = HEARD_NOTHING};
	if (!sure)
		e->marks |= MARK_EITHER;
	t->stats.created++;
	t->stats.live++;
	return e;
}

/* The exporter calls it another flow. One that tells each direction alone may number these. */
static bool is_another(const struct flow_entry *e, const struct flow_record *r)
{
	return (r->flags & RECORD_BIFLOW) && (r->has & RECORD_HAS(HAS_FLOW_ID)) && e->heard.flow_id != 0 &&
	       e->heard.flow_id != r->flow_id;
}

/* An ended connection's ports are used again, or a flow comes back after it was given up. */
static bool begins_anew(struct flow_table *t, struct flow_entry *e, const struct flow_record *r,
			const struct record_context *c)
{
	struct flow *f = &e->flow;

	if (tcp_is_over(f) && ((r->tcp_flags[0] | r->tcp_flags[1]) & TCP_SYN) && c->from_us > f->last_us)
		return true;
	if (!expiry_is_over(t, e, c->now_us) && !is_another(e, r))
		return false;
	if (!tcp_is_over(f))
		f->state = FLOW_IDLE;
	return true;
}

static struct flow_entry *touch(struct flow_table *t, const struct flow_record *r, struct record_context *c)
{
	struct flow_entry *e;
	struct flow_key k;
	uint32_t tag;

	key_of(t, r, c->exporter, &k);
	tag = index_tag(&t->index, &k);
	e = index_get(t, &k, tag);
	if (e != NULL && !begins_anew(t, e, r, c))
		return e;
	if (e != NULL)
		flow_table_end(t, e, FLOW_END_SEEN);
	e = begin(t, r, c);
	c->fresh = true;
	index_add(t, e, tag);
	expiry_add(t, e);
	return e;
}

static unsigned direction_of(const struct flow *f, const struct flow_record *r)
{
	return addr_eq(&r->addr[0], &f->addr[0]) && r->port[0] == f->port[0] ? 0 : 1;
}

/* The answer was told before the question: turn the flow round, as long as nobody knows it. */
static unsigned settle_client(struct flow_table *t, struct flow_entry *e, const struct flow_record *r, const struct record_context *c)
{
	unsigned d = direction_of(&e->flow, r);
	bool sure;

	if (!(e->marks & MARK_EITHER) || d == 0)
		return d;
	client_of(r, &sure);
	if (!(e->marks & MARK_TOLD) && !sure && c->from_us < e->flow.first_us) {
		record_turn(t, &e->flow);
		sides_turn(t, e);
		d = 0;
	}
	e->marks &= (uint16_t)~MARK_EITHER;
	return d;
}

static void add(struct flow *f, const struct flow_counters *c, unsigned d)
{
	for (unsigned i = 0; i < 2; i++) {
		f->total.bytes[d ^ i] += c->bytes[i];
		f->total.packets[d ^ i] += c->packets[i];
	}
}

static uint32_t milliseconds(int64_t us)
{
	int64_t ms = us / 1000;

	return ms <= 0 ? 0 : ms < HEARD_NOTHING ? (uint32_t)ms : HEARD_NOTHING - 1;
}

/* What is not told yet covers this, too. */
static void cover(struct heard *h, int64_t from_us, int64_t to_us)
{
	uint32_t from_ms = milliseconds(h->heard_us - from_us + 999), to_ms = milliseconds(h->heard_us - to_us);

	if (from_ms > h->from_ms)
		h->from_ms = from_ms;
	if (to_ms < h->to_ms)
		h->to_ms = to_ms;
}

/* The times of before, as seen from the new one. */
static void hear(struct heard *h, int64_t now_us)
{
	struct heard was = *h;

	h->heard_us = now_us;
	h->held_ms = milliseconds(was.heard_us + (int64_t)was.held_ms * 1000 - now_us);
	if (was.to_ms == HEARD_NOTHING)
		return;
	h->from_ms = 0;
	h->to_ms = HEARD_NOTHING;
	cover(h, was.heard_us - (int64_t)was.from_ms * 1000, was.heard_us - (int64_t)was.to_ms * 1000);
}

static bool counts_nothing(const struct flow_counters *n)
{
	return (n->bytes[0] | n->bytes[1] | n->packets[0] | n->packets[1]) == 0;
}

static void follow_time(struct flow_table *t, struct flow_entry *e, const struct record_context *c, const struct flow_counters *n)
{
	struct flow *f = &e->flow;

	if (c->from_us < f->first_us)
		f->first_us = c->from_us;
	if (c->to_us > f->last_us)
		f->last_us = c->to_us;
	hear(&e->heard, c->now_us);
	if (!counts_nothing(n))
		cover(&e->heard, c->from_us, c->to_us);
	e->heard.wait_s = (uint16_t)((c->to_us - c->from_us < HOLD_MAX_US ? c->to_us - c->from_us : HOLD_MAX_US) / SECOND_US);
	if (c->now_us > t->newest_us)
		t->newest_us = c->now_us;
}

uint32_t flow_table_expect(struct flow_table *t, const struct export_exporter *x, const struct flow_record *r)
{
	struct flow_key k;
	uint32_t tag;

	key_of(t, r, touch_exporter(t, x), &k);
	tag = index_tag(&t->index, &k);
	index_expect(t, tag);
	return tag;
}

void flow_table_expect_entry(const struct flow_table *t, uint32_t found)
{
	index_expect_entry(t, found);
}

struct flow_counters flow_table_record(struct flow_table *t, const struct export_exporter *x, const struct flow_record *r,
				       int64_t now_us, unsigned source)
{
	struct record_context c = {.now_us = now_us, .source = source, .exporter = touch_exporter(t, x)};
	struct flow_counters counts = record_counters(t, x, r, now_us);
	struct flow_entry *e;
	uint8_t before;

	record_times(x, r, now_us, &c.from_us, &c.to_us);
	e = touch(t, r, &c);
	before = e->flow.state;
	c.end = settle_client(t, e, r, &c);
	c.timed = r->has & RECORD_HAS(HAS_START);
	t->again = sides_settle(t, e, r, &c, &counts);
	add(&e->flow, &counts, c.end);
	follow_time(t, e, &c, &counts);
	record_facts(t, e, r, c.end, c.fresh);
	if (e->flow.state != before) {
		expiry_remove(t, e);
		expiry_add(t, e);
	}
	tell_mark(t, e);
	return counts;
}

struct flow_again flow_table_again(const struct flow_table *t)
{
	return t->again;
}

/* ---- what the sink is told ---- */

static uint32_t per_second(uint64_t n, int64_t us)
{
	double v = (double)n * 1e6 / (double)us;

	return v < (double)UINT32_MAX ? (uint32_t)v : UINT32_MAX;
}

void record_tell(struct flow_table *t, struct flow_entry *e, struct flow_update *u)
{
	struct flow *f = &e->flow;
	struct heard *h = &e->heard;
	int64_t us;

	u->exporter = f->report->exporter;
	u->sampling = f->report->sampling;
	if (counts_nothing(&u->delta))
		return;
	u->from_us = h->heard_us - (int64_t)h->from_ms * 1000;
	u->to_us = h->to_ms != HEARD_NOTHING ? h->heard_us - (int64_t)h->to_ms * 1000 : u->from_us;
	u->flags |= UPDATE_SPREAD;
	us = u->to_us - u->from_us;
	us = us < SECOND_US ? SECOND_US : us < HOLD_MAX_US ? us : HOLD_MAX_US;
	u->hold.us = us;
	for (unsigned d = 0; d < 2; d++) {
		u->hold.bytes[d] = u->delta.bytes[d];
		u->hold.packets[d] = u->delta.packets[d];
		f->rate_bytes[d] = per_second(u->delta.bytes[d], us);
	}
	h->from_ms = 0;
	h->to_ms = HEARD_NOTHING;
	h->held_ms = (uint32_t)(us / 1000);
	expiry_remove(t, e); /* it is looked at when the rate is over */
	expiry_add(t, e);
}
