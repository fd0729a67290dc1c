/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Alerts: one row for each who and what, made when it is first seen and counted from then on. When the table is full,
 * what is less severe, then what was last seen longest ago, gives its place. Here stand the kinds that
 * one update or one count tells: risks, new hosts, drops, thresholds; scans.c finds those that take many flows. Only
 * the whole traffic's model has them. Engine thread; called by apply.c and model.c.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/mem.h"
#include "model/dims.h"

#define SECOND_US INT64_C(1000000)
#define START_UP_US (60 * SECOND_US)

enum { MACS_MAX = 1 << 16 };

static const uint64_t id_seed = UINT64_C(0x616c657274730001); /* any; see alert_key() */

static const char *const severities[] = {
	[ALERT_INFO] = "info", [ALERT_NOTICE] = "notice", [ALERT_WARNING] = "warning", [ALERT_CRITICAL] = "critical",
};
_Static_assert(sizeof severities / sizeof severities[0] == ALERT_SEVERITIES, "a severity without a name");

static const char *const kinds[] = {
	[ALERT_PORT_SCAN] = "port scan", [ALERT_NETWORK_SCAN] = "network scan", [ALERT_FLOOD] = "flood",
	[ALERT_DROP] = "drop", [ALERT_NEW_HOST] = "new host", [ALERT_THRESHOLD] = "threshold", [ALERT_RISK] = "risk",
};
_Static_assert(sizeof kinds / sizeof kinds[0] == ALERT_KINDS, "a kind without a name");

const char *alert_severity_name(unsigned severity)
{
	return severity < ALERT_SEVERITIES ? severities[severity] : "";
}

const char *alert_kind_name(unsigned kind)
{
	return kind < ALERT_KINDS ? kinds[kind] : "";
}

void alerts_init(struct model *m)
{
	if (m->o.whole != NULL)
		return;
	m->alerts = mem_zalloc(sizeof *m->alerts);
	distinct_init(&m->alerts->macs, MACS_MAX);
	m->alerts->scans = scans_new(m->o.seed);
}

void alerts_release(struct model *m)
{
	if (m->alerts == NULL)
		return;
	scans_free(m->alerts->scans);
	distinct_release(&m->alerts->macs);
	mem_free(m->alerts);
}

size_t alerts_memory(const struct model *m)
{
	return m->alerts == NULL ? 0 : sizeof *m->alerts + distinct_memory(&m->alerts->macs) + scans_memory(m->alerts->scans);
}

/* ---- the table ---- */

/* Out of the order of its severity. */
static void unlink_alert(struct alerts *all, struct alert_entry *a)
{
	unsigned severity = a->entry.key.alert.severity;

	*(a->older != NULL ? &a->older->newer : &all->raised[severity].oldest) = a->newer;
	*(a->newer != NULL ? &a->newer->older : &all->raised[severity].newest) = a->older;
}

static void link_newest(struct alerts *all, struct alert_entry *a)
{
	unsigned severity = a->entry.key.alert.severity;

	a->newer = NULL;
	a->older = all->raised[severity].newest;
	*(a->older != NULL ? &a->older->newer : &all->raised[severity].oldest) = a;
	all->raised[severity].newest = a;
}

static void evict(struct model *m, struct alert_entry *a)
{
	struct table *t = &m->tables[DIM_ALERT];

	t->other.row.flows += a->entry.row.flows;
	m->alerts->count[a->entry.key.alert.severity] -= a->entry.row.flows > 0;
	unlink_alert(m->alerts, a);
	map_remove(t->map, a);
}

/* Nothing leaves for what is less severe. */
static bool make_room(struct model *m, unsigned severity)
{
	m->tables[DIM_ALERT].evicted++; /* it, or the one that is not let in */
	for (unsigned s = 0; s <= severity; s++)
		if (m->alerts->raised[s].oldest != NULL) {
			evict(m, m->alerts->raised[s].oldest);
			return true;
		}
	return false;
}

/* Find or create, as the newest of its severity. NULL: there is no room. */
static struct alert_entry *touch(struct model *m, const struct dim_key *key)
{
	struct table *t = &m->tables[DIM_ALERT];
	struct alert_entry *a = (struct alert_entry *)table_get(t, key);

	if (a != NULL)
		unlink_alert(m->alerts, a);
	else if (map_count(t->map) < map_max(t->map) || make_room(m, key->alert.severity))
		a = map_touch(t->map, key, NULL);
	if (a != NULL)
		link_newest(m->alerts, a);
	return a;
}

struct dim_alert *alert_raise(struct model *m, const struct dim_key *key, const struct dim_key *subject,
			      const struct sighting *seen)
{
	struct table *t = &m->tables[DIM_ALERT];
	struct alert_entry *a = touch(m, key);
	struct dim_row *r;

	r = a != NULL ? &a->entry.row : &t->other.row;
	if (a != NULL && r->flows == 0) {
		m->alerts->count[key->alert.severity]++;
		a->alert.dim = (enum dim)key->alert.dim;
		a->alert.subject = *subject;
	}
	if (r->flows == 0 || seen->from_us < r->first_us)
		r->first_us = seen->from_us;
	if (seen->to_us > r->last_us)
		r->last_us = seen->to_us;
	r->flows = r->flows < UINT32_MAX - seen->count ? r->flows + seen->count : UINT32_MAX;
	return a != NULL ? &a->alert : NULL;
}

static struct dim_key key_of_host(enum alert_kind kind, enum alert_severity s, const struct addr *a, uint16_t what)
{
	struct dim_key k;

	memset(&k, 0, sizeof k);
	k.alert.who = *a;
	k.alert.kind = (uint8_t)kind;
	k.alert.severity = (uint8_t)s;
	k.alert.dim = DIM_HOST;
	k.alert.what = what;
	return k;
}

struct dim_alert *alert_of_host(struct model *m, enum alert_kind kind, enum alert_severity s, const struct addr *a,
				uint16_t what, const struct sighting *seen)
{
	struct dim_key k = key_of_host(kind, s, a, what), subject;

	memset(&subject, 0, sizeof subject);
	subject.host.addr = *a;
	return alert_raise(m, &k, &subject, seen);
}

/* The id of a row need not be safe against who makes rows of one hash: those of one rule would share an alert. */
static struct dim_key key_of_row(enum alert_kind kind, enum alert_severity s, enum dim d, const struct dim_key *subject,
				 uint16_t what)
{
	struct dim_key k = key_of_host(kind, s, &addr_none, what);
	uint64_t id = hash_bytes(subject, sizeof *subject, id_seed);

	k.alert.dim = (uint8_t)d;
	memcpy(k.alert.id, &id, sizeof k.alert.id);
	return k;
}

const struct dim_alert *model_alert(const struct model *m, const struct dim_key *key)
{
	const struct alert_entry *a = map_get(m->tables[DIM_ALERT].map, key);

	return a != NULL ? &a->alert : NULL;
}

size_t model_alerts(const struct model *m, enum alert_severity s)
{
	size_t n = 0;

	for (unsigned i = s; m->alerts != NULL && i < ALERT_SEVERITIES; i++)
		n += m->alerts->count[i];
	return n;
}

/* ---- what one update tells ---- */

_Static_assert((int)DPI_SEVERITIES == (int)ALERT_SEVERITIES, "severities of risks are ours");

static void add_risk(struct model *m, const struct flow *f, unsigned bit)
{
	enum alert_severity s = (enum alert_severity)dpi_risk_severity(bit);
	const struct sighting seen = {1, f->first_us, f->last_us};
	struct dim_alert *a = alert_of_host(m, ALERT_RISK, s, &f->addr[0], (uint16_t)bit, &seen);

	if (a == NULL)
		return;
	a->other = f->addr[1];
	a->port = f->port[1];
	a->l4 = f->l4;
}

/* What the library finds no longer was none of the flow's. */
static void take_risk(struct model *m, const struct flow *f, unsigned bit)
{
	unsigned severity = dpi_risk_severity(bit);
	struct dim_key k = key_of_host(ALERT_RISK, (enum alert_severity)severity, &f->addr[0], (uint16_t)bit);
	struct entry *e = table_get(&m->tables[DIM_ALERT], &k);

	if (e != NULL && e->row.flows > 0 && --e->row.flows == 0)
		m->alerts->count[severity]--;
}

static void apply_risks(struct model *m, const struct flow_update *u)
{
	uint64_t before = u->flags & UPDATE_NEW ? 0 : u->old.risks;
	uint64_t come = u->now.risks & ~before, gone = before & ~u->now.risks;

	for (unsigned bit = 0; bit < 64 && (come | gone) >> bit != 0; bit++) {
		if (come >> bit & 1)
			add_risk(m, u->flow, bit);
		if (gone >> bit & 1)
			take_risk(m, u->flow, bit);
	}
}

/* A further IPv6 address of a device is nothing new: most make one anew each day (RFC 8981). */
static bool is_new_device(struct model *m, const struct dim_host *h, const struct addr *a)
{
	enum distinct_result r = DISTINCT_NEW;

	if (h->mac_set)
		r = distinct_touch(&m->alerts->macs, hash_bytes(h->mac, sizeof h->mac, m->o.seed));
	return addr_is_v4(a) || r == DISTINCT_NEW;
}

/* A local host has sent something for the first time. What was only sent to is no host yet. */
static void apply_host(struct model *m, struct host_entry *h)
{
	const struct addr *a = &h->entry.key.host.addr;
	int64_t since = h->entry.row.first_us - m->alerts->start_us;
	struct dim_alert *alert;

	if (h->known || h->entry.row.total.packets[0] == 0)
		return;
	h->known = true;
	/* who was pushed out may have been here before; what has no address asks for one */
	if (!h->host.local || !is_new_device(m, &h->host, a) || since < START_UP_US || m->tables[DIM_HOST].evicted > 0)
		return;
	alert = alert_of_host(m, ALERT_NEW_HOST, ALERT_INFO, a, 0,
			      &(struct sighting){1, h->entry.row.first_us, h->entry.row.last_us});
	if (alert == NULL)
		return;
	alert->lasting_us = since;
	if (h->host.mac_set)
		memcpy(alert->mac, h->host.mac, sizeof alert->mac);
}

void alerts_apply(struct model *m, struct host_entry *const ends[2], const struct flow_update *u)
{
	if (m->alerts == NULL || u->flags == 0)
		return;
	if (m->alerts->start_us == 0)
		m->alerts->start_us = u->flow->first_us;
	apply_host(m, ends[0]);
	apply_host(m, ends[1]);
	apply_risks(m, u);
	scans_apply(m, ends, u);
}

void alerts_tick(struct model *m, int64_t now_us, int64_t elapsed_us)
{
	if (m->alerts == NULL)
		return;
	scans_tick(m, elapsed_us);
	m->alerts->tick_us = now_us;
}

/* ---- what is told from outside ---- */

void model_dropped(struct model *m, unsigned source, uint64_t kernel, uint64_t interface, uint64_t packets, int64_t now_us)
{
	uint64_t lost = kernel + interface, more;
	struct dim_key subject, k;
	struct dim_alert *a;

	if (m->alerts == NULL || source >= ALERT_SOURCES || lost <= m->alerts->dropped[source])
		return;
	more = lost - m->alerts->dropped[source];
	m->alerts->dropped[source] = lost;
	memset(&subject, 0, sizeof subject);
	subject.small.number = (uint16_t)source;
	k = key_of_row(ALERT_DROP, ALERT_WARNING, DIM_INTERFACE, &subject, (uint16_t)source);
	a = alert_raise(m, &k, &subject,
			&(struct sighting){more < UINT32_MAX ? (uint32_t)more : UINT32_MAX, now_us, now_us});
	if (a == NULL)
		return;
	a->kernel = kernel;
	a->interface = interface;
	a->packets = packets;
}

void model_over(struct model *m, unsigned number, const char *rule, enum dim d, const struct dim_key *key,
		int64_t now_us, int64_t elapsed_us)
{
	struct dim_key subject = *key, k;
	struct dim_alert *a;

	if (m->alerts == NULL)
		return;
	k = key_of_row(ALERT_THRESHOLD, ALERT_WARNING, d, &subject, (uint16_t)number);
	if (d == DIM_HOST)
		k.alert.who = subject.host.addr;
	a = alert_raise(m, &k, &subject, &(struct sighting){1, now_us - elapsed_us, now_us});
	if (a == NULL)
		return;
	a->lasting_us += elapsed_us;
	snprintf(a->rule, sizeof a->rule, "%s", rule);
}
