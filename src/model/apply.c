/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one door: a flow update into every dimension. What a flow's key says never changes; what it is
 * (application, state, risks, site) may, and then what was booked moves with it. Engine thread.
 */
#include "config.h"

#include <string.h>

#include "model/dims.h"

static void small_add(struct model *m, enum dim d, uint16_t number, const struct amount *a)
{
	table_add(&m->tables[d], table_touch_small(&m->tables[d], number, m->newest_us), a);
}

static void small_take(struct model *m, enum dim d, uint16_t number, const struct amount *a)
{
	table_take(&m->tables[d], table_touch_small(&m->tables[d], number, m->newest_us), a);
}

static struct entry *key_add(struct model *m, enum dim d, const struct dim_key *k, const struct amount *a)
{
	struct entry *e = table_touch(&m->tables[d], k, m->newest_us, NULL);

	table_add(&m->tables[d], e, a);
	return e;
}

/* ---- what can change: THE list of the facts that are rows of a dimension ---- */

struct fact {
	enum dim dim;
	uint16_t (*number)(const struct model *m, const struct flow_facts *f);
	bool tcp_only;
};

static uint16_t fact_category(const struct model *m, const struct flow_facts *f)
{
	(void)m;
	return f->class_.category;
}

static uint16_t fact_breed(const struct model *m, const struct flow_facts *f)
{
	return m->o.dpi != NULL ? dpi_breed(m->o.dpi, &f->class_) : 0;
}

static uint16_t fact_state(const struct model *m, const struct flow_facts *f)
{
	(void)m;
	return f->state;
}

static uint16_t fact_tcp_flags(const struct model *m, const struct flow_facts *f)
{
	(void)m;
	return f->tcp_flags;
}

static const struct fact facts[] = {
	{DIM_CATEGORY, fact_category, false},
	{DIM_BREED, fact_breed, false},
	{DIM_STATE, fact_state, false},
	{DIM_TCP_FLAGS, fact_tcp_flags, true},
};

enum { FACTS = sizeof facts / sizeof facts[0], L4_TCP = 6 };

/* One key for all that is called the same: an application in itself, or without one, is just that. */
static void app_key(struct dim_key *k, const struct dpi_class *c)
{
	memset(k, 0, sizeof *k);
	k->app.master = c->app != 0 && c->app != c->master ? c->master : 0;
	k->app.app = c->app != 0 ? c->app : c->master;
}

/* Move what was booked under the old facts to the rows of the new ones, where they differ. */
static void reclassify(struct model *m, const struct flow_update *u)
{
	struct amount a = {.c = u->moved, .flows = 1, .live = 1, .past = true, /* was in the rates when it was told */
			   .from_us = u->flow->first_us, .to_us = u->flow->last_us};
	uint64_t gone = u->old.risks & ~u->now.risks, come = u->now.risks & ~u->old.risks;
	struct dim_key old, now;

	for (unsigned i = 0; i < FACTS; i++) {
		uint16_t before = facts[i].number(m, &u->old), after = facts[i].number(m, &u->now);

		if (before == after || (facts[i].tcp_only && u->flow->l4 != L4_TCP))
			continue;
		small_take(m, facts[i].dim, before, &a);
		small_add(m, facts[i].dim, after, &a);
	}
	for (unsigned bit = 0; bit < 64 && (gone | come) != 0; bit++) {
		if (gone >> bit & 1)
			small_take(m, DIM_RISK, (uint16_t)bit, &a);
		if (come >> bit & 1)
			small_add(m, DIM_RISK, (uint16_t)bit, &a);
	}
	app_key(&old, &u->old.class_);
	app_key(&now, &u->now.class_);
	if (old.app.master != now.app.master || old.app.app != now.app.app) {
		table_take(&m->tables[DIM_APP], table_get(&m->tables[DIM_APP], &old), &a);
		key_add(m, DIM_APP, &now, &a);
	}
	if (u->old.site[0] == '\0' && u->now.site[0] != '\0')
		site_add(m, u, &a);
}

static uint64_t hash_of_user(const struct model *m, const struct addr *a, const struct dpi_class *c)
{
	struct { struct addr addr; uint32_t master, app; } user;

	user.addr = *a;
	user.master = c->master;
	user.app = c->app;
	return hash_bytes(&user, sizeof user, m->o.seed);
}

/* A host's top applications were all counted when it began with them; those that nobody knows are when they are final. */
static void count_app_hosts(struct model *m, struct entry *app, struct host_entry *const ends[2], const struct flow_update *u)
{
	bool first = (u->flags & UPDATE_NEW) ? u->now.inspected || u->now.class_.app != 0
					     : (u->flags & UPDATE_RECLASS) != 0;

	if (app == NULL || !first || (u->now.class_.app == 0 && !u->now.inspected))
		return;
	for (unsigned d = 0; d < 2; d++) {
		if (u->now.class_.app != 0 && host_has_top(&ends[d]->host, &u->now.class_))
			continue;
		if (distinct_touch(&m->distinct, hash_of_user(m, &u->flow->addr[d], &u->now.class_)) == DISTINCT_NEW)
			app->row.hosts++;
	}
}

/* Returns the application's row, NULL: other. */
static struct entry *by_facts(struct model *m, const struct flow_update *u, const struct amount *a)
{
	struct entry *app;
	struct dim_key k;

	for (unsigned i = 0; i < FACTS; i++)
		if (!facts[i].tcp_only || u->flow->l4 == L4_TCP)
			small_add(m, facts[i].dim, facts[i].number(m, &u->now), a);
	for (unsigned bit = 0; bit < 64 && u->now.risks >> bit != 0; bit++)
		if (u->now.risks >> bit & 1)
			small_add(m, DIM_RISK, (uint16_t)bit, a);
	app_key(&k, &u->now.class_);
	app = key_add(m, DIM_APP, &k, a);
	if (u->now.site[0] != '\0')
		site_apply(m, u, a);
	return app;
}

/* ---- what stays ---- */

static void by_exporter(struct model *m, const struct addr *exporter, const struct amount *a)
{
	struct dim_key k;

	memset(&k, 0, sizeof k);
	if (exporter != NULL)
		k.host.addr = *exporter;
	key_add(m, DIM_EXPORTER, &k, a);
}

static void by_key(struct model *m, const struct flow *f, const struct amount *a)
{
	struct dim_key k;

	small_add(m, DIM_L4, f->l4, a);
	small_add(m, DIM_IP_VERSION, f->ip_version, a);
	small_add(m, DIM_VLAN, f->vlan, a);
	small_add(m, DIM_TUNNEL, f->tunnel, a);
	small_add(m, DIM_INTERFACE, f->source, a);
	memset(&k, 0, sizeof k);
	k.vlan_pair.src = k.vlan_pair.dst = f->vlan;
	key_add(m, DIM_VLAN_PAIR, &k, a);
	if (f->port[0] != 0 || f->port[1] != 0) {
		memset(&k, 0, sizeof k);
		k.port.port = f->port[1];
		k.port.l4 = f->l4;
		key_add(m, DIM_PORT, &k, a);
	}
}

static struct amount turned(const struct amount *a)
{
	struct amount t = *a;

	t.c.bytes[0] = a->c.bytes[1], t.c.bytes[1] = a->c.bytes[0];
	t.c.packets[0] = a->c.packets[1], t.c.packets[1] = a->c.packets[0];
	t.hold.bytes[0] = a->hold.bytes[1], t.hold.bytes[1] = a->hold.bytes[0];
	t.hold.packets[0] = a->hold.packets[1], t.hold.packets[1] = a->hold.packets[0];
	return t;
}

/* A flow is one flow of a row, though both of its ends or both of its ways may be counted there. */
static void place_add(struct table *t, struct entry *e, const struct amount *a, bool again)
{
	struct amount once;

	if (again && (a->flows | a->live) != 0) {
		once = *a;
		once.flows = once.live = 0;
		a = &once;
	}
	table_add(t, e, a);
}

/* first: the end that was counted before, NULL for the first one. */
static void by_place(struct model *m, const struct host_entry *h, const struct host_entry *first,
		     const struct amount *a)
{
	place_add(&m->tables[DIM_SUBNET], h->subnet, a, first != NULL && first->subnet == h->subnet);
	place_add(&m->tables[DIM_COUNTRY], h->country, a, first != NULL && first->country == h->country);
	place_add(&m->tables[DIM_AS], h->as, a, first != NULL && first->as == h->as);
	place_add(&m->tables[DIM_CITY], h->city, a, first != NULL && first->city == h->city);
}

static void count_back(struct entry *e, const struct amount *a)
{
	struct pair_entry *p = (struct pair_entry *)e;

	p->back = (uint32_t)((int64_t)p->back + a->flows);
	p->back_live = (uint32_t)((int64_t)p->back_live + a->live > 0 ? (int64_t)p->back_live + a->live : 0);
}

static struct entry *pair_add(struct model *m, enum dim d, const struct dim_key *k, const struct amount *a, bool again)
{
	struct table *t = &m->tables[d];
	struct entry *e = table_touch(t, k, m->newest_us, NULL);

	place_add(t, e, a, again);
	return e;
}

/* One direction between two places: all of it in [0]. back: the other one was counted before. */
static void by_pair(struct model *m, const struct host_entry *src, const struct host_entry *dst,
		    const struct amount *a, bool back)
{
	struct dim_key k;
	struct entry *e;
	bool again;

	memset(&k, 0, sizeof k);
	k.subnet_pair.src = src->host.subnet;
	k.subnet_pair.dst = dst->host.subnet;
	again = back && memcmp(&k.subnet_pair.src, &k.subnet_pair.dst, sizeof k.subnet_pair.src) == 0;
	e = pair_add(m, DIM_SUBNET_PAIR, &k, a, again);
	if (e != NULL && back && !again)
		count_back(e, a);
	memset(&k, 0, sizeof k);
	memcpy(k.country_pair.src, src->place.country, sizeof k.country_pair.src);
	memcpy(k.country_pair.dst, dst->place.country, sizeof k.country_pair.dst);
	pair_add(m, DIM_COUNTRY_PAIR, &k, a, back && memcmp(k.country_pair.src, k.country_pair.dst, 2) == 0);
	memset(&k, 0, sizeof k);
	k.as_pair.src = src->place.asn;
	k.as_pair.dst = dst->place.asn;
	pair_add(m, DIM_AS_PAIR, &k, a, back && k.as_pair.src == k.as_pair.dst);
}

/* What was told before the open tick the graph knows already; collected traffic it gets where that belongs. */
static void count_way(struct model *m, bool src_local, bool dst_local, const struct amount *way)
{
	bool out = src_local && !dst_local;
	uint64_t bytes = way->c.bytes[0];

	if (src_local)
		*(dst_local ? &m->totals.local_bytes : &m->totals.out_bytes) += bytes;
	else
		*(dst_local ? &m->totals.in_bytes : &m->totals.transit_bytes) += bytes;
	if (way->spread != NULL)
		m->graph_last[out ? 0 : 1] += graph_spread(m, out ? 0 : 1, bytes, way->from_us, way->to_us);
	else if (way->past)
		m->graph_last[out ? 0 : 1] += bytes;
	m->told.bytes[out ? 0 : 1] += way->hold.bytes[0];
	if (way->hold.us > m->told.us)
		m->told.us = way->hold.us;
}

/* The way back is a flow of its cell from its first packet on. False if there is none. */
static bool goes_back(const struct flow_update *u, struct amount *way)
{
	const struct flow *f = u->flow;
	bool went = !(u->flags & UPDATE_NEW) && (f->told.packets[1] | f->told.bytes[1]) != 0;
	bool goes = (way->c.packets[0] | way->c.bytes[0]) != 0;

	way->flows = goes && !went;
	way->live = way->flows - ((u->flags & UPDATE_END) && (went || goes));
	return went || goes;
}

static void by_ends(struct model *m, const struct flow_update *u, const struct amount *a, struct entry *app)
{
	const struct amount back = turned(a);
	struct spread steps;
	struct entry *entries[2];
	struct host_entry *ends[2];

	for (unsigned d = 0; d < 2; d++) {
		ends[d] = host_touch(m, u, d, &entries[d]);
		place_add(&m->tables[DIM_HOST], entries[d], d == 0 ? a : &back, d == 1 && entries[0] == entries[1]);
		by_place(m, ends[d], d == 0 ? NULL : ends[0], d == 0 ? a : &back);
	}
	for (unsigned d = 0; d < 2; d++) {
		struct amount way = {.c = {{a->c.bytes[d], 0}, {a->c.packets[d], 0}},
				     .past = a->past, .spread = a->spread, .from_us = a->from_us, .to_us = a->to_us,
				     .hold = {.bytes = {a->hold.bytes[d], 0}, .packets = {a->hold.packets[d], 0}, .us = a->hold.us}};

		if (d == 0)
			way.flows = a->flows, way.live = a->live;
		else if (!goes_back(u, &way))
			break;
		if (a->spread != NULL && a->c.bytes[!d] != 0) {
			spread_steps(&steps, &way);
			way.spread = &steps;
		}
		by_pair(m, ends[d], ends[!d], &way, d == 1);
		count_way(m, ends[d]->host.local, ends[!d]->host.local, &way);
	}
	count_app_hosts(m, app, ends, u);
	hosts_describe(m, ends, u);
	alerts_apply(m, ends, u);
}

void model_apply(struct model *m, const struct flow_update *u)
{
	bool traffic = (u->delta.packets[0] | u->delta.packets[1] | u->delta.bytes[0] | u->delta.bytes[1]) != 0;
	struct amount a = {.c = u->delta, .flows = (u->flags & UPDATE_NEW) != 0,
			   .live = (int)((u->flags & UPDATE_NEW) != 0) - (int)((u->flags & UPDATE_END) != 0),
			   .past = (u->flags & (UPDATE_PAST | UPDATE_SPREAD)) != 0,
			   .hold = u->hold};
	struct spread steps;
	struct entry *app;

	if (traffic) {
		a.from_us = u->from_us;
		a.to_us = u->to_us;
		if (u->to_us > m->newest_us)
			m->newest_us = u->to_us;
	}
	if (u->flags & UPDATE_SPREAD) {
		spread_steps(&steps, &a);
		a.spread = &steps;
	}
	if (u->flags & UPDATE_RECLASS)
		reclassify(m, u);
	app = by_facts(m, u, &a);
	by_key(m, u->flow, &a);
	by_exporter(m, u->exporter, &a);
	by_ends(m, u, &a, app);
}

void model_expect(const struct model *m, const struct flow *f, unsigned step)
{
	const struct map *hosts = m->tables[DIM_HOST].map;

	if (step == 0 && (f->told.packets[0] | f->told.packets[1]) == 0) {
		hosts_expect_peer(m, f);
		for (unsigned d = 0; d < 2 && f->class_.app != 0; d++)
			distinct_expect(&m->distinct, hash_of_user(m, &f->addr[d], &f->class_));
	}
	for (unsigned d = 0; d < 2; d++) {
		struct dim_key k = {.host = {.addr = f->addr[d]}};

		if (f->rows[d] != 0 && step != 0)
			map_expect_number(hosts, f->rows[d], sizeof(struct host_entry));
		else if (f->rows[d] != 0)
			continue;
		else if (step == 0)
			map_expect(hosts, &k);
		else
			map_expect_entry(hosts, &k, sizeof(struct host_entry));
	}
}

void model_non_ip(struct model *m, uint16_t ethertype, bool undecoded, uint64_t packets, uint64_t bytes,
		  int64_t ts_us, unsigned source)
{
	struct amount a = {.c = {{bytes, 0}, {packets, 0}}, .from_us = ts_us, .to_us = ts_us};

	m->totals.non_ip_packets += packets;
	m->totals.non_ip_bytes += bytes;
	if (undecoded) {
		m->totals.undecoded_packets += packets;
		m->totals.undecoded_bytes += bytes;
	}
	if (ts_us > m->newest_us)
		m->newest_us = ts_us;
	small_add(m, DIM_ETHERTYPE, ethertype, &a);
	small_add(m, DIM_INTERFACE, (uint16_t)source, &a);
}
