/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A dimension's counter table: finding rows, making room, adding, taking, and closing a tick for the
 * rows that moved. What a row means is not known here. Engine thread; called by apply.c and model.c.
 */
#include "config.h"

#include <string.h>

#include "dpitop/mem.h"
#include "model/marks.h"

#define SECOND_US INT64_C(1000000)
#define IDLE_US (60 * SECOND_US)

enum { SWEEP = 64 /* rows looked at to find an idle one */, CACHE_LINE = 64, AHEAD = 4 /* rows */ };

/* A row came: what the round has seen is not all there is. */
static void spoil_round(struct table *t)
{
	t->whole = false;
	t->busy = false;
}

void table_init(struct table *t, const struct shape *s, size_t max, uint64_t seed)
{
	memset(t, 0, sizeof *t);
	t->shape = s;
	spoil_round(t);
	t->map = map_new(s->key_bytes, s->entry_bytes, max != 0 ? max : s->max, seed);
}

void table_release(struct table *t)
{
	spread_release(t);
	mem_free(t->moved.rows);
	mem_free(t->spare.rows);
	map_free(t->map);
}

struct entry *table_get(struct table *t, const struct dim_key *k)
{
	if (t->latest != NULL && map_key_eq(&t->latest->key, k, t->shape->key_bytes))
		return t->latest;
	return map_get(t->map, k);
}

void table_list(struct table *t, struct entry *e)
{
	struct row_list *l = &t->moved;

	if (e->moved)
		return;
	e->moved = true;
	if (l->count == l->room) {
		l->room = l->room != 0 ? l->room * 2 : 16;
		l->rows = mem_grow(l->rows, l->room, sizeof(struct entry *));
	}
	l->rows[l->count++] = e;
}

static void widen(struct entry *e, int64_t from_us, int64_t to_us)
{
	if (!e->seen || from_us < e->row.first_us)
		e->row.first_us = from_us;
	if (!e->seen || to_us > e->row.last_us)
		e->row.last_us = to_us;
	e->seen = true;
}

static void evict(struct table *t, struct entry *e)
{
	struct amount a = {.c = e->row.total, .flows = (int)e->row.flows, .live = (int)e->row.live_flows,
			   .past = true, .from_us = e->row.first_us, .to_us = e->row.last_us};

	if (t->leaving != NULL)
		t->leaving(t->ctx, e);
	table_add(t, NULL, &a);
	if (t->marks != NULL)
		marks_leave(t->marks, e);
	if (t->latest == e)
		t->latest = NULL;
	spread_forget(t, e);
	map_remove(t->map, e);
	t->evicted++;
}

/* The hand begins a round. After one that met each row and dropped none, none is idle before the one
 * that was oldest then: rows only get younger. */
static void begin_round(struct table *t)
{
	t->busy = t->whole;
	t->busy_us = t->oldest_us;
	t->whole = true;
	t->oldest_us = INT64_MAX;
	t->hand = 0;
}

/* An idle row gives its place; the search goes round, so that its cost is spread. A flood of new keys
 * searches a table of busy rows once, not once per key. */
static bool make_room(struct table *t, int64_t now_us)
{
	if (t->busy && now_us - t->busy_us < IDLE_US)
		return false;
	for (unsigned looked = 0; looked < SWEEP; looked++) {
		struct entry *e = map_next(t->map, &t->hand);

		if (e == NULL) {
			begin_round(t);
			continue;
		}
		if (e->row.last_us < t->oldest_us)
			t->oldest_us = e->row.last_us;
		if (e->moved || now_us - e->row.last_us < IDLE_US)
			continue;
		evict(t, e);
		return true;
	}
	return false;
}

/* NULL: there is no room. */
static struct entry *create(struct table *t, const struct dim_key *k, bool *created)
{
	bool is_new;
	struct entry *e = map_touch(t->map, k, &is_new);

	if (is_new)
		spoil_round(t);
	if (created != NULL)
		*created = is_new;
	return e;
}

struct entry *table_touch(struct table *t, const struct dim_key *k, int64_t now_us, bool *created)
{
	struct entry *e = t->latest;

	if (created != NULL)
		*created = false;
	if (e != NULL && map_key_eq(&e->key, k, t->shape->key_bytes))
		return e;
	if (map_count(t->map) < map_max(t->map)) {
		e = create(t, k, created);
	} else {
		e = map_get(t->map, k);
		if (e == NULL && t->shape->evicts && make_room(t, now_us))
			e = create(t, k, created);
	}
	if (e != NULL)
		t->latest = e;
	return e;
}

struct entry *table_touch_number(struct table *t, const struct dim_key *k, int64_t now_us, bool *created, uint32_t *number)
{
	struct entry *e = map_get_number(t->map, *number, k);

	if (e != NULL) {
		*created = false;
		return e;
	}
	e = table_touch(t, k, now_us, created);
	*number = e != NULL ? map_number(t->map, e) : 0;
	return e;
}

struct entry *table_touch_small(struct table *t, uint16_t number, int64_t now_us)
{
	struct dim_key k;
	struct entry *e;

	if (number < DIRECT && t->direct[number] != NULL)
		return t->direct[number];
	memset(&k, 0, sizeof k);
	k.small.number = number;
	e = table_touch(t, &k, now_us, NULL);
	if (number < DIRECT)
		t->direct[number] = e;
	return e;
}

static uint32_t plus(uint32_t v, int n)
{
	int64_t sum = (int64_t)v + n;

	return sum < 0 ? 0 : sum > UINT32_MAX ? UINT32_MAX : (uint32_t)sum;
}

void table_add(struct table *t, struct entry *e, const struct amount *a)
{
	struct dim_row *r;

	if (e == NULL)
		e = &t->other;
	r = &e->row;
	for (unsigned d = 0; d < 2; d++) {
		r->total.bytes[d] += a->c.bytes[d];
		r->total.packets[d] += a->c.packets[d];
	}
	for (unsigned d = 0; d < 2 && a->past; d++) {
		r->last_tick[d] += a->c.bytes[d];
		e->last_packets[d] += a->c.packets[d];
	}
	if ((a->flows | a->live) != 0) { /* only where a flow begins or ends */
		r->flows = plus(r->flows, a->flows);
		r->live_flows = plus(r->live_flows, a->live);
	}
	if (a->to_us != 0 || a->from_us != 0)
		widen(e, a->from_us, a->to_us);
	if (a->hold.us != 0)
		spread_row(t, e, a);
	table_list(t, e);
}

static uint64_t take(uint64_t *from, uint64_t n)
{
	uint64_t some = n < *from ? n : *from;

	*from -= some;
	return n - some;
}

/* What leaves was told before the open tick: the rate of what stays is not touched. Returns what is still to be taken. */
static struct flow_counters take_from(struct entry *e, const struct flow_counters *c)
{
	struct flow_counters rest;

	for (unsigned d = 0; d < 2; d++) {
		rest.bytes[d] = take(&e->row.total.bytes[d], c->bytes[d]);
		rest.packets[d] = take(&e->row.total.packets[d], c->packets[d]);
		take(&e->row.last_tick[d], c->bytes[d] - rest.bytes[d]);
		take(&e->last_packets[d], c->packets[d] - rest.packets[d]);
	}
	return rest;
}

void table_take(struct table *t, struct entry *e, const struct amount *a)
{
	struct flow_counters rest = a->c;

	if (e != NULL)
		rest = take_from(e, &rest);
	take_from(&t->other, &rest);
	if (e == NULL)
		e = &t->other;
	e->row.flows = plus(e->row.flows, -a->flows);
	e->row.live_flows = plus(e->row.live_flows, -a->live);
	table_list(t, e);
}

static uint32_t per_second(uint64_t n, int64_t elapsed_us)
{
	uint64_t seconds = (uint64_t)elapsed_us;
	uint64_t v = n > UINT64_MAX / SECOND_US ? n / seconds * SECOND_US : n * SECOND_US / seconds;

	return v < UINT32_MAX ? (uint32_t)v : UINT32_MAX;
}

static uint32_t saturated(uint64_t v)
{
	return v < UINT32_MAX ? (uint32_t)v : UINT32_MAX;
}

/* Bytes of the tick into the sparkline's step of now. */
static void draw_spark(struct dim_row *r, uint64_t bytes, int64_t now_us)
{
	int64_t step = now_us / (DIM_SPARK_STEP_S * SECOND_US);
	uint32_t *at;

	if (step < r->spark_at || step >= (int64_t)r->spark_at + DIM_SPARK)
		memset(r->spark, 0, sizeof r->spark);
	else
		for (int64_t s = (int64_t)r->spark_at + 1; s <= step; s++)
			r->spark[s % DIM_SPARK] = 0;
	r->spark_at = (int32_t)step;
	at = &r->spark[step >= 0 ? step % DIM_SPARK : 0];
	*at = bytes < UINT32_MAX - *at ? *at + (uint32_t)bytes : UINT32_MAX;
}

/* What a row gained; traffic of the same tick may have left it. */
static uint64_t gained(uint64_t now, uint64_t before)
{
	return now > before ? now - before : 0;
}

/* Bytes since the last tick. */
static uint64_t set_rates(struct entry *e, int64_t elapsed_us)
{
	struct dim_row *r = &e->row;
	uint64_t bytes = 0;

	for (unsigned d = 0; d < 2; d++) {
		uint64_t b = gained(r->total.bytes[d], r->last_tick[d]);

		r->rate[d] = per_second(b, elapsed_us);
		r->packet_rate[d] = per_second(gained(r->total.packets[d], e->last_packets[d]), elapsed_us);
		bytes += b;
		if (e->held == NULL)
			continue;
		r->rate[d] = saturated(r->rate[d] + e->held->hold.bytes[d]);
		r->packet_rate[d] = saturated(r->packet_rate[d] + e->held->hold.packets[d]);
	}
	return bytes;
}

/* True if it moved in this tick; else its rates are now 0. */
static bool close_row(const struct table *t, struct entry *e, int64_t now_us, int64_t elapsed_us)
{
	struct dim_row *r = &e->row;
	uint64_t bytes, rate;

	spread_close(e, now_us);
	bytes = set_rates(e, elapsed_us);

	for (unsigned d = 0; d < 2; d++) {
		r->last_tick[d] = r->total.bytes[d];
		e->last_packets[d] = r->total.packets[d];
	}
	rate = (uint64_t)r->rate[0] + r->rate[1];
	if (rate > r->peak)
		r->peak = rate < UINT32_MAX ? (uint32_t)rate : UINT32_MAX;
	if (t->forward && e->held != NULL)
		draw_spark(r, (uint64_t)((double)(e->held->hold.bytes[0] + e->held->hold.bytes[1]) * (double)elapsed_us / 1e6),
			   now_us);
	if (bytes != 0)
		draw_spark(r, bytes, now_us);
	return bytes != 0;
}

/* Counters that are near their turn, on their way into the cache. */
static void expect(const struct entry *e)
{
	const char *p = (const char *)e;

	for (size_t at = offsetof(struct entry, row) / CACHE_LINE * CACHE_LINE; at < sizeof *e; at += CACHE_LINE)
		__builtin_prefetch(p + at, 1);
}

void table_tick(struct table *t, int64_t now_us, int64_t elapsed_us)
{
	struct row_list closing;

	spread_tick(t, now_us);
	t->now_us = now_us;
	closing = t->moved;
	t->moved = t->spare;
	for (size_t i = closing.count; i > 0; i--) {
		struct entry *e = closing.rows[i - 1];

		if (i > AHEAD)
			expect(closing.rows[i - 1 - AHEAD]);
		e->moved = false;
		if (t->marks != NULL && e != &t->other)
			marks_due(t->marks, e);
		if (close_row(t, e, now_us, elapsed_us))
			table_list(t, e); /* looked at once more: then its rates go back to 0 */
	}
	closing.count = 0;
	t->spare = closing;
}

void table_preview(struct table *t, int64_t elapsed_us)
{
	for (size_t i = 0; i < t->moved.count; i++)
		set_rates(t->moved.rows[i], elapsed_us);
}
