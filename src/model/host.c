/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What only hosts have: where they are (looked up once, when a host is first seen), names learned on
 * the wire, peers, scores, top applications, MAC. Engine thread; called by apply.c.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "model/dims.h"

enum { LEARNED_MAX = 32768 };

struct learned {
	struct addr addr; /* key */
	char name[64];
};

static void leave(void *ctx, struct entry *e)
{
	struct host_entry *h = (struct host_entry *)e;
	struct entry *places[] = {h->subnet, h->country, h->as, h->city};

	(void)ctx;
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		if (places[i] != NULL && places[i]->row.hosts > 0)
			places[i]->row.hosts--;
}

void hosts_init(struct model *m)
{
	m->names = map_new(sizeof(struct addr), sizeof(struct learned), LEARNED_MAX, m->o.seed);
	m->tables[DIM_HOST].leaving = leave;
	m->tables[DIM_HOST].ctx = m;
}

static struct entry *place(struct model *m, enum dim d, const struct dim_key *k)
{
	return table_touch(&m->tables[d], k, m->newest_us, NULL);
}

/* Where it is: its rows in the dimensions of places. */
static void settle(struct model *m, struct host_entry *h, const struct addr *a, uint32_t asn)
{
	struct dim_key k;

	h->host.local = subnets_is_local(m->o.subnets, a);
	h->host.subnet = subnets_of(m->o.subnets, a);
	geoip_lookup(m->o.geoip, a, &h->place);
	if (h->place.asn == 0)
		h->place.asn = asn;
	h->host.geo = &h->place;
	if (m->history != NULL)
		harvest_learn_as(m, &h->place);
	if (h->host.local && !m->has_home && !isnan(h->place.latitude)) {
		m->home_latitude = h->place.latitude;
		m->home_longitude = h->place.longitude;
		m->has_home = true;
	}
	memset(&k, 0, sizeof k);
	k.subnet.net = h->host.subnet;
	h->subnet = place(m, DIM_SUBNET, &k);
	memset(&k, 0, sizeof k);
	memcpy(k.country.code, h->place.country, sizeof k.country.code);
	h->country = place(m, DIM_COUNTRY, &k);
	memset(&k, 0, sizeof k);
	k.as.asn = h->place.asn;
	h->as = place(m, DIM_AS, &k);
	memset(&k, 0, sizeof k);
	if (h->place.city[0] != '\0') {
		memcpy(k.city.country, h->place.country, sizeof k.city.country);
		text_clean(k.city.name, sizeof k.city.name, h->place.city, strlen(h->place.city));
	}
	h->city = place(m, DIM_CITY, &k);
}

static void recall_name(struct model *m, struct host_entry *h, const struct addr *a)
{
	const struct learned *l = map_get(m->names, a);

	if (l != NULL)
		host_learn(m, h, l->name, NAME_DNS);
}

struct host_entry *host_touch(struct model *m, const struct flow_update *u, unsigned end, struct entry **entry)
{
	const struct flow_report *report = u->flow->report;
	const struct addr *a = &u->flow->addr[end];
	uint32_t unknown = 0;
	struct entry *places[4];
	struct host_entry *h;
	struct dim_key k;
	bool created;

	memset(&k, 0, sizeof k);
	k.host.addr = *a;
	*entry = table_touch_number(&m->tables[DIM_HOST], &k, m->newest_us, &created, u->rows != NULL ? &u->rows[end] : &unknown);
	h = *entry != NULL ? (struct host_entry *)*entry : &m->strays[end];
	if (*entry != NULL && !created)
		return h;
	if (*entry == NULL)
		memset(h, 0, sizeof *h);
	h->entry.row.host = &h->host;
	/* who comes back after it was pushed out talked to more than will be counted */
	h->host.peers_capped = m->tables[DIM_HOST].evicted > 0;
	settle(m, h, a, report != NULL ? report->as[end] : 0);
	recall_name(m, h, a);
	if (*entry == NULL)
		return h;
	places[0] = h->subnet, places[1] = h->country, places[2] = h->as, places[3] = h->city;
	for (unsigned i = 0; i < 4; i++)
		if (places[i] != NULL)
			places[i]->row.hosts++;
	return h;
}

void host_learn(struct model *m, struct host_entry *h, const char *name, enum host_name_origin o)
{
	struct addr literal;

	(void)m;
	if (o < h->host.name_origin || addr_parse(&literal, name, NULL) == 0)
		return;
	text_clean(h->host.name, sizeof h->host.name, name, strlen(name));
	h->host.name_origin = (uint8_t)o;
}

static void remember_name(struct model *m, const struct addr *a, const char *name)
{
	struct learned *l;

	while (map_count(m->names) >= map_max(m->names) && map_get(m->names, a) == NULL) {
		l = map_next(m->names, &m->names_hand);
		if (l != NULL)
			map_remove(m->names, l);
		else
			m->names_hand = 0;
	}
	l = map_touch(m->names, a, NULL);
	if (l != NULL)
		text_clean(l->name, sizeof l->name, name, strlen(name));
}

void model_learn_name(struct model *m, const struct addr *a, const char *name, enum host_name_origin o)
{
	struct dim_key k;
	struct entry *e;

	memset(&k, 0, sizeof k);
	k.host.addr = *a;
	e = table_get(&m->tables[DIM_HOST], &k);
	if (e != NULL)
		host_learn(m, (struct host_entry *)e, name, o);
	if (o == NAME_DNS)
		remember_name(m, a, name);
}

/* ---- top applications: the most frequent of a stream in a few places (space-saving) ---- */

static void sort_up(struct dim_host *h, unsigned i)
{
	for (; i > 0 && h->top[i].bytes > h->top[i - 1].bytes; i--) {
		__typeof__(h->top[0]) swap = h->top[i];

		h->top[i] = h->top[i - 1];
		h->top[i - 1] = swap;
	}
}

static bool same_app(const struct dpi_class *a, const struct dpi_class *b)
{
	return a->master == b->master && a->app == b->app;
}

bool host_has_top(const struct dim_host *h, const struct dpi_class *c)
{
	for (unsigned i = 0; i < DIM_TOP_APPS && h->top[i].bytes != 0; i++)
		if (same_app(&h->top[i].class_, c))
			return true;
	return false;
}

static void top_add(struct dim_host *h, const struct dpi_class *c, uint64_t bytes)
{
	unsigned i = 0;

	if (bytes == 0)
		return;
	while (i < DIM_TOP_APPS && h->top[i].bytes != 0 && !same_app(&h->top[i].class_, c))
		i++;
	if (i == DIM_TOP_APPS)
		i--; /* the least of them makes room and leaves its count, so that what grows gets in */
	h->top[i].class_ = *c;
	h->top[i].bytes += bytes;
	sort_up(h, i);
}

static void top_take(struct dim_host *h, const struct dpi_class *c, uint64_t bytes)
{
	for (unsigned i = 0; i < DIM_TOP_APPS; i++) {
		if (h->top[i].bytes == 0 || !same_app(&h->top[i].class_, c))
			continue;
		h->top[i].bytes -= bytes < h->top[i].bytes ? bytes : h->top[i].bytes;
		for (; i + 1 < DIM_TOP_APPS && h->top[i + 1].bytes > h->top[i].bytes; i++)
			sort_up(h, i + 1);
		return;
	}
}

/* ---- what an update tells of its two ends ---- */

static uint64_t hash_of_pair(const struct model *m, const struct flow *f)
{
	struct { struct addr low, high; } pair;
	unsigned low = addr_cmp(&f->addr[0], &f->addr[1]) > 0;

	pair.low = f->addr[low];
	pair.high = f->addr[!low];
	return hash_bytes(&pair, sizeof pair, m->o.seed);
}

void hosts_expect_peer(const struct model *m, const struct flow *f)
{
	distinct_expect(&m->distinct, hash_of_pair(m, f));
}

static void count_peer(struct model *m, struct host_entry *const ends[2], const struct flow *f)
{
	enum distinct_result r = distinct_touch(&m->distinct, hash_of_pair(m, f));

	for (unsigned d = 0; d < 2; d++) {
		ends[d]->host.peers += r == DISTINCT_NEW;
		ends[d]->host.peers_capped |= r == DISTINCT_FULL;
		if (ends[0] == ends[1])
			break;
	}
}

static void name_server(struct model *m, struct host_entry *server, const struct flow *f)
{
	const char *site = flow_meta_text(f->meta, FLOW_SITE);
	bool http = flow_meta_text(f->meta, FLOW_METHOD)[0] != '\0';
	bool tls = flow_meta_text(f->meta, FLOW_TLS_VERSION)[0] != '\0' || flow_meta_text(f->meta, FLOW_JA3)[0] != '\0' ||
		   flow_meta_text(f->meta, FLOW_JA4)[0] != '\0';
	char name[sizeof server->host.name];
	size_t n = strcspn(site, ":/ "); /* an HTTP host may have its port behind it */

	if (site[0] == '\0' || (!http && !tls) || n == 0 || n >= sizeof name)
		return;
	memcpy(name, site, n);
	name[n] = '\0';
	host_learn(m, server, name, tls ? NAME_SNI : NAME_HTTP);
}

static void rescore(struct dim_host *h, const struct flow_update *u, uint64_t before)
{
	uint32_t score = dpi_risk_score(u->now.risks), old = dpi_risk_score(before);

	h->risks |= u->now.risks;
	h->score += score;
	h->score -= old < h->score ? old : h->score;
}

void hosts_describe(struct model *m, struct host_entry *const ends[2], const struct flow_update *u)
{
	const struct flow *f = u->flow;
	bool fresh = (u->flags & UPDATE_NEW) != 0, changed = (u->flags & UPDATE_RECLASS) != 0;
	uint64_t risks_before = fresh ? 0 : u->old.risks;

	for (unsigned d = 0; d < 2; d++) {
		struct dim_host *h = &ends[d]->host;

		if (changed && !same_app(&u->old.class_, &u->now.class_)) {
			top_take(h, &u->old.class_, u->moved.bytes[0] + u->moved.bytes[1]);
			top_add(h, &u->now.class_, u->moved.bytes[0] + u->moved.bytes[1]);
		}
		top_add(h, &u->now.class_, u->delta.bytes[0] + u->delta.bytes[1]);
		if ((fresh || changed) && u->now.risks != risks_before && (d == 0 || ends[0] != ends[1]))
			rescore(h, u, risks_before);
		/* of others the frame shows the router's MAC, not theirs */
		if (fresh && h->local && !h->mac_set && (f->flags & FLOW_MAC_SET)) {
			memcpy(h->mac, f->mac[d], sizeof h->mac);
			h->mac_set = true;
		}
	}
	if (fresh)
		count_peer(m, ends, f);
	if ((fresh || changed) && f->meta != NULL)
		name_server(m, ends[1], f);
}
