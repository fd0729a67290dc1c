/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pairs of subnets at other prefix lengths than the model's. Whatever the lengths, rows and `other` add
 * up to what the model's do: what the flows have is counted a second time by the model's own subnets,
 * and the difference to the model's rows stays as rows of those. Engine's thread; called by regroup
 * and the snapshot room.
 */
#include "config.h"

#include "dpitop/pairs.h"

#include <string.h>

#include "dpitop/mem.h"
#include "model/dims.h"

enum { ROWS_MAX = 262144 };

struct pairs {
	struct model_options o;
	struct prefix prefix;
	bool alone;
	struct table rows;
	struct table told; /* what the rows have, by the model's subnets */
	int64_t now_us;
};

static const struct shape shape = {sizeof(((struct dim_key *)0)->subnet_pair), sizeof(struct pair_entry), ROWS_MAX, false,
				   false};

struct pairs *pairs_new(const struct model_options *o, struct prefix p, bool alone)
{
	struct pairs *n = mem_zalloc(sizeof *n);

	n->o = *o;
	n->prefix = p;
	n->alone = alone;
	table_init(&n->rows, &shape, o->limits.max_pairs, o->seed + DIM_COUNT);
	table_init(&n->told, &shape, o->limits.max_pairs, o->seed + DIM_COUNT + 1);
	return n;
}

void pairs_free(struct pairs *p)
{
	if (p == NULL)
		return;
	table_release(&p->rows);
	table_release(&p->told);
	mem_free(p);
}

struct prefix pairs_prefix(const struct pairs *p)
{
	return p->prefix;
}

static unsigned wanted_length(const struct pairs *p, const struct cidr *net)
{
	return addr_is_v4(&net->addr) ? p->prefix.v4 : p->prefix.v6;
}

bool pairs_is_rest(const struct pairs *p, const struct cidr *net)
{
	return net->bits != 0 && net->bits < wanted_length(p, net);
}

/* ---- flows ---- */

static struct dim_key key_of(const struct cidr *src, const struct cidr *dst)
{
	struct dim_key k;

	memset(&k, 0, sizeof k);
	k.subnet_pair.src = *src;
	k.subnet_pair.dst = *dst;
	return k;
}

static bool is_within(const struct dim_key *k)
{
	return memcmp(&k->subnet_pair.src, &k->subnet_pair.dst, sizeof k->subnet_pair.src) == 0;
}

/* One way of a flow, older part first. One that stays within a subnet was counted as a flow before. */
static void book(struct table *t, struct entry *e, const struct dim_key *k, const struct flow *f, unsigned way,
		 const struct flow_counters *recent)
{
	bool again = way == 1 && is_within(k);
	struct amount a = {
		.c = {{f->told.bytes[way] - recent->bytes[way], 0}, {f->told.packets[way] - recent->packets[way], 0}},
		.flows = !again, .live = !again && !(f->flags & FLOW_ENDED), .past = true,
		.from_us = f->first_us, .to_us = f->last_us,
	};

	table_add(t, e, &a);
	if (recent->packets[way] + recent->bytes[way] == 0)
		return;
	a.c = (struct flow_counters){{recent->bytes[way], 0}, {recent->packets[way], 0}};
	a.flows = a.live = 0;
	a.past = false;
	table_add(t, e, &a);
}

static void add_way(struct pairs *p, const struct flow *f, unsigned way, const struct cidr made[2],
		    const struct flow_counters *recent)
{
	struct cidr src = subnets_at(p->o.subnets, &f->addr[way], p->prefix);
	struct cidr dst = subnets_at(p->o.subnets, &f->addr[!way], p->prefix);
	struct dim_key fine = key_of(&src, &dst), whole = key_of(&made[way], &made[!way]);
	struct entry *row, *told;

	if (p->alone) {
		book(&p->rows, table_touch(&p->rows, &fine, f->last_us, NULL), &fine, f, way, recent);
		return;
	}
	if (!pairs_is_rest(p, &made[way]) && !pairs_is_rest(p, &made[!way]))
		return; /* the model's row says all there is to say */
	told = table_touch(&p->told, &whole, f->last_us, NULL);
	row = told != NULL ? table_touch(&p->rows, &fine, f->last_us, NULL) : NULL;
	if (row == NULL)
		return; /* no room: stays in the model's row */
	book(&p->rows, row, &fine, f, way, recent);
	book(&p->told, told, &whole, f, way, recent);
}

void pairs_add(struct pairs *p, const struct flow *f, const struct flow_counters *recent)
{
	struct cidr made[2] = {subnets_of(p->o.subnets, &f->addr[0]), subnets_of(p->o.subnets, &f->addr[1])};

	for (unsigned way = 0; way < 2; way++)
		if (way == 0 || f->told.packets[1] != 0)
			add_way(p, f, way, made, recent);
}

/* ---- rows as sums of the model's ---- */

static uint32_t sum32(uint32_t a, uint32_t b)
{
	return a < UINT32_MAX - b ? a + b : UINT32_MAX;
}

static uint32_t less32(uint32_t a, uint32_t b)
{
	return a > b ? a - b : 0;
}

static uint32_t spark_of(const struct dim_row *r, int64_t step)
{
	return step >= 0 && step <= r->spark_at && step > (int64_t)r->spark_at - DIM_SPARK ? r->spark[step % DIM_SPARK] : 0;
}

/* to becomes what it is with, or without, what `from` has in the same steps of time. */
static void join_sparks(struct dim_row *to, const struct dim_row *from, uint32_t (*join)(uint32_t, uint32_t))
{
	struct dim_row joined = {.spark_at = to->spark_at > from->spark_at ? to->spark_at : from->spark_at};

	for (int64_t step = joined.spark_at; step >= 0 && step > (int64_t)joined.spark_at - DIM_SPARK; step--)
		joined.spark[step % DIM_SPARK] = join(spark_of(to, step), spark_of(from, step));
	memcpy(to->spark, joined.spark, sizeof to->spark);
	to->spark_at = joined.spark_at;
}

static void join_times(struct dim_row *to, const struct dim_row *from)
{
	if (from->first_us != 0 && (to->first_us == 0 || from->first_us < to->first_us))
		to->first_us = from->first_us;
	if (from->last_us > to->last_us)
		to->last_us = from->last_us;
}

/* The highest rate of a sum is not known, but of one row alone. */
static void join(struct dim_row *to, const struct dim_row *from)
{
	bool first = to->total.packets[0] == 0 && to->flows == 0;

	for (unsigned d = 0; d < 2; d++) {
		to->total.bytes[d] += from->total.bytes[d];
		to->total.packets[d] += from->total.packets[d];
		to->rate[d] = sum32(to->rate[d], from->rate[d]);
		to->packet_rate[d] = sum32(to->packet_rate[d], from->packet_rate[d]);
	}
	to->flows = sum32(to->flows, from->flows);
	to->live_flows = sum32(to->live_flows, from->live_flows);
	to->peak = first ? from->peak : 0;
	join_sparks(to, from, sum32);
	join_times(to, from);
}

static uint64_t take(uint64_t from, uint64_t n, uint64_t *missing)
{
	*missing = n > from ? n - from : 0;
	return n < from ? from - n : 0;
}

/* Without what the flows told of it. More than a row has was booked before it lost its place once: that
 * is in `other`. */
static void subtract(struct dim_row *r, const struct dim_row *told, struct dim_row *other)
{
	uint64_t missing;

	for (unsigned d = 0; d < 2; d++) {
		r->total.bytes[d] = take(r->total.bytes[d], told->total.bytes[d], &missing);
		other->total.bytes[d] = take(other->total.bytes[d], missing, &missing);
		r->total.packets[d] = take(r->total.packets[d], told->total.packets[d], &missing);
		other->total.packets[d] = take(other->total.packets[d], missing, &missing);
		r->rate[d] = less32(r->rate[d], told->rate[d]);
		r->packet_rate[d] = r->rate[d] != 0 ? less32(r->packet_rate[d], told->packet_rate[d]) : 0;
	}
	other->flows = less32(other->flows, less32(told->flows, r->flows));
	other->live_flows = less32(other->live_flows, less32(told->live_flows, r->live_flows));
	r->flows = less32(r->flows, told->flows);
	r->live_flows = less32(r->live_flows, told->live_flows);
	r->peak = 0; /* not known */
	join_sparks(r, told, less32);
}

static void add_rest(struct pairs *p, const struct pair_entry *e)
{
	const struct entry *told = map_get(p->told.map, &e->entry.key);
	struct dim_row rest = e->entry.row, *other = &p->rows.other.row;
	struct cidr src = subnets_widen(p->o.subnets, &e->entry.key.subnet_pair.src, p->prefix);
	struct cidr dst = subnets_widen(p->o.subnets, &e->entry.key.subnet_pair.dst, p->prefix);
	struct dim_key k = key_of(&src, &dst);
	struct entry *row;

	if (told != NULL)
		subtract(&rest, &told->row, other);
	if (is_within(&k) && !is_within(&e->entry.key)) { /* both ways fall together */
		rest.flows = less32(rest.flows, e->back);
		rest.live_flows = less32(rest.live_flows, e->back_live);
	}
	if (rest.total.packets[0] == 0 && rest.total.bytes[0] == 0 && rest.flows == 0)
		return;
	row = table_touch(&p->rows, &k, rest.last_us, NULL);
	join(row != NULL ? &row->row : other, &rest);
}

/* What the flows told of rows that the model no longer has is in its `other`. */
static void forget_evicted(struct pairs *p, const struct model *m)
{
	struct dim_row nothing;
	struct entry *e;

	for (size_t i = 0; (e = map_next(p->told.map, &i)) != NULL;) {
		if (map_get(m->tables[DIM_SUBNET_PAIR].map, &e->key) != NULL)
			continue;
		memset(&nothing, 0, sizeof nothing);
		subtract(&nothing, &e->row, &p->rows.other.row);
	}
}

static void add_model(struct pairs *p, const struct model *m)
{
	const struct table *t = &m->tables[DIM_SUBNET_PAIR];
	const struct pair_entry *e;

	join(&p->rows.other.row, &t->other.row);
	for (size_t i = 0; (e = map_next(t->map, &i)) != NULL;)
		add_rest(p, e);
	forget_evicted(p, m);
}

static void inherit(struct table *t, const struct table *before)
{
	struct entry *e;

	for (size_t i = 0; (e = map_next(t->map, &i)) != NULL;) {
		const struct entry *old = map_get(before->map, &e->key);

		if (old == NULL)
			continue;
		memcpy(e->row.spark, old->row.spark, sizeof e->row.spark);
		e->row.spark_at = old->row.spark_at;
		if (old->row.peak > e->row.peak)
			e->row.peak = old->row.peak;
	}
}

static void inherit_all(struct pairs *p, const struct pairs *before)
{
	inherit(&p->rows, &before->rows);
	inherit(&p->told, &before->told);
}

void pairs_finish(struct pairs *p, const struct model *m, const struct pairs *before, int64_t now_us,
		  int64_t elapsed_us)
{
	if (before != NULL)
		inherit_all(p, before);
	table_tick(&p->rows, now_us, elapsed_us);
	table_tick(&p->told, now_us, elapsed_us);
	if (before != NULL && before->now_us == now_us) /* the same tick again: drawn already */
		inherit_all(p, before);
	p->now_us = now_us;
	if (!p->alone && m != NULL)
		add_model(p, m);
}

struct pairs *pairs_of_model(const struct model *m, struct prefix p)
{
	struct pairs *n = pairs_new(&m->o, p, false);

	add_model(n, m);
	return n;
}

/* ---- reading ---- */

size_t pairs_rows(const struct pairs *p)
{
	return map_count(p->rows.map);
}

const struct dim_row *pairs_next(const struct pairs *p, size_t *cursor, const struct dim_key **key)
{
	const struct entry *e = map_next(p->rows.map, cursor);

	if (e == NULL)
		return NULL;
	if (key != NULL)
		*key = &e->key;
	return &e->row;
}

const struct dim_row *pairs_get(const struct pairs *p, const struct dim_key *key)
{
	const struct entry *e = map_get(p->rows.map, key);

	return e != NULL ? &e->row : NULL;
}

const struct dim_row *pairs_other(const struct pairs *p)
{
	return &p->rows.other.row;
}
