/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scans and floods, from flows that nobody answers: what a client tried of one host (port scan), of one port (network
 * scan), and what comes to one server (flood). Only such flows make tracks; what is answered counts where there
 * is a track already, since a host of which some do not answer is busy, not bad. A flow that began in the open tick may
 * still be answered: it counts in the next. The limits are those users of Zeek and ntopng know; not made from them.
 * Engine thread; called by alerts.c.
 */
#include "config.h"

#include <string.h>

#include "dpitop/mem.h"
#include "model/dims.h"

#define SECOND_US INT64_C(1000000)
#define WINDOW_US (300 * SECOND_US)

enum {
	PORTS = 20,         /* distinct ports of a host, in WINDOW_US */
	HOSTS = 25,         /* distinct hosts of a TCP port */
	HOSTS_UDP = 100,    /* of an UDP port: peer-to-peer programs ask many that have gone */
	IN_VAIN = 4,        /* not answered for each that is */
	FLOOD_FLOWS = 500,  /* not answered in a second, two seconds long, */
	FLOOD_BURST = 2500, /* or so many at once */
	FEW_PORTS = 3,      /* of one client: more are a port scan, and no flood */
	TRACKS_MAX = 16384, TRIES_MAX = 1 << 18, SWEEP = 16,
	L4_TCP = 6, L4_UDP = 17,
	REFUSED_PACKETS = 3, FIRST_FREE_PORT = 1024, TRACEROUTE = 33434, TRACEROUTE_LAST = 33534
};

enum track_kind { TRACK_PORTS, TRACK_HOSTS, TRACK_SERVER };

struct track_key {
	struct addr src, dst; /* addr_none: any */
	uint16_t port;
	uint8_t kind, l4;
	uint32_t zero;
};

struct track {
	struct track_key key;
	uint32_t failed, fresh;  /* distinct tries (server: flows) in vain; of them, of the open tick */
	uint32_t answered;
	uint32_t told;           /* to the alert; server: failed, as the last tick found it */
	uint16_t last_port;      /* server */
	uint8_t hot;             /* server: ticks over the limit */
	bool moved, raised;
	int64_t from_us, last_us;
	struct track *next_moved;
};

struct scans {
	struct map *tracks;
	struct track *moved;
	struct distinct tries; /* what was tried and what answered; begun anew when full */
	size_t hand;
	uint64_t seed;
};

struct scans *scans_new(uint64_t seed)
{
	struct scans *s = mem_zalloc(sizeof *s);

	s->seed = seed;
	s->tracks = map_new(sizeof(struct track_key), sizeof(struct track), TRACKS_MAX, seed);
	distinct_init(&s->tries, TRIES_MAX);
	return s;
}

void scans_free(struct scans *s)
{
	if (s == NULL)
		return;
	map_free(s->tracks);
	distinct_release(&s->tries);
	mem_free(s);
}

size_t scans_memory(const struct scans *s)
{
	return sizeof *s + map_memory(s->tracks) + distinct_memory(&s->tries);
}

/* ---- what a flow says ---- */

/* No answer, or the refusal of a port that is closed. Where only one way is seen, the client's ACK tells of the other; what
 * begins with SYN-ACK or RST answers somebody, maybe one who used this address (backscatter). Without a flag they are not known. */
static bool tcp_in_vain(const struct flow_facts *x, const struct flow_counters *c)
{
	if (c->packets[1] == 0)
		return x->tcp_flags != 0 && (x->tcp_flags & (TCP_ACK | TCP_RST)) == 0;
	return x->state == FLOW_RESET && (x->tcp_flags & TCP_PSH) == 0 && c->packets[1] <= REFUSED_PACKETS &&
	       c->packets[0] <= c->packets[1];
}

static bool is_in_vain(const struct flow *f, const struct flow_facts *x, const struct flow_counters *c)
{
	if (c->packets[0] == 0 || addr_is_multicast(&f->addr[1]))
		return false;
	if (f->l4 == L4_TCP)
		return tcp_in_vain(x, c);
	return f->l4 == L4_UDP && c->packets[1] == 0;
}

/* One way of UDP tells little: it may be an answer to what was not seen, the way a path is found, or all that this
 * place sees of anything. */
static bool is_probe(const struct flow *f, const struct host_entry *client)
{
	if (f->l4 == L4_TCP)
		return true;
	return client->entry.row.total.packets[1] > 0 && (f->port[0] >= FIRST_FREE_PORT || f->port[1] < FIRST_FREE_PORT) &&
	       (f->port[1] < TRACEROUTE || f->port[1] > TRACEROUTE_LAST);
}

static bool is_hit(const struct flow *f, const struct host_entry *server)
{
	return f->l4 == L4_TCP || server->entry.row.total.packets[0] > 0;
}

/* ---- tracks ---- */

static struct track_key key_of(enum track_kind kind, const struct flow *f)
{
	struct track_key k = {.kind = (uint8_t)kind, .l4 = f->l4};

	if (kind != TRACK_SERVER)
		k.src = f->addr[0];
	if (kind != TRACK_HOSTS)
		k.dst = f->addr[1];
	else
		k.port = f->port[1];
	return k;
}

static struct track *track_get(const struct scans *s, enum track_kind kind, const struct flow *f)
{
	struct track_key k = key_of(kind, f);

	return map_get(s->tracks, &k);
}

/* One that says least gives its place; the search goes round, so that its cost is bounded. */
static void make_room(struct scans *s, int64_t now_us)
{
	struct track *least = NULL;

	for (unsigned looked = 0; looked < SWEEP; looked++) {
		struct track *t = map_next(s->tracks, &s->hand);

		if (t == NULL) {
			s->hand = 0;
			continue;
		}
		if (t->moved)
			continue;
		if (least == NULL || t->failed < least->failed)
			least = t;
		if (now_us - t->last_us > WINDOW_US)
			break;
	}
	if (least != NULL)
		map_remove(s->tracks, least);
}

static struct track *track_touch(struct scans *s, enum track_kind kind, const struct flow *f)
{
	struct track_key k = key_of(kind, f);
	struct track *t;
	bool created = false;

	if (map_count(s->tracks) >= map_max(s->tracks) && map_get(s->tracks, &k) == NULL)
		make_room(s, f->last_us);
	t = map_touch(s->tracks, &k, &created);
	if (t == NULL)
		return NULL;
	if (created || f->first_us - (t->raised ? t->last_us : t->from_us) > WINDOW_US) {
		t->failed = t->fresh = t->answered = t->told = 0;
		t->raised = false;
		t->from_us = f->first_us;
	}
	if (f->first_us < t->from_us)
		t->from_us = f->first_us;
	if (f->last_us > t->last_us)
		t->last_us = f->last_us;
	if (!t->moved) {
		t->moved = true;
		t->next_moved = s->moved;
		s->moved = t;
	}
	return t;
}

enum outcome { TRIED, ANSWERED, ANSWERED_LATE };

/* Is it the first time that the client has this from this port of this host? */
static bool is_first(struct scans *s, const struct flow *f, enum outcome o)
{
	struct { struct addr src, dst; uint16_t port; uint8_t l4, outcome; uint32_t zero; } try = {
		f->addr[0], f->addr[1], f->port[1], f->l4, (uint8_t)o, 0};

	if (s->tries.count >= s->tries.max) {
		distinct_release(&s->tries);
		distinct_init(&s->tries, TRIES_MAX);
	}
	return distinct_touch(&s->tries, hash_bytes(&try, sizeof try, s->seed)) == DISTINCT_NEW;
}

static void count(struct track *t, bool fresh)
{
	if (t == NULL)
		return;
	t->failed++;
	t->fresh += fresh;
}

static void fail(struct scans *s, struct host_entry *const ends[2], const struct flow *f, bool fresh)
{
	bool probe = is_probe(f, ends[0]), first = probe && is_first(s, f, TRIED);
	struct track *ports = probe ? track_touch(s, TRACK_PORTS, f) : NULL;

	if (first) {
		count(ports, fresh);
		count(track_touch(s, TRACK_HOSTS, f), fresh);
		ends[0]->watched = true;
	}
	if (is_hit(f, ends[1]) && (ports == NULL || ports->failed <= FEW_PORTS)) {
		struct track *server = track_touch(s, TRACK_SERVER, f);

		count(server, fresh);
		if (server != NULL)
			server->last_port = f->port[1];
		ends[1]->crowded = true;
	}
}

static void answer(struct track *t, bool first)
{
	if (t != NULL)
		t->answered += first;
}

/* It was counted as in vain. fresh: in the open tick. */
static void undo(struct track *t, bool fresh)
{
	if (t == NULL)
		return;
	t->failed -= t->failed > 0;
	t->fresh -= fresh && t->fresh > 0;
}

/* late: it seemed to be in vain before. */
static void succeed(struct scans *s, struct host_entry *const ends[2], const struct flow *f, bool late, bool fresh)
{
	if (ends[0]->watched) {
		struct track *ports = track_get(s, TRACK_PORTS, f), *hosts = track_get(s, TRACK_HOSTS, f);
		bool first = is_first(s, f, ANSWERED);

		answer(ports, first);
		answer(hosts, first);
		if (late && is_first(s, f, ANSWERED_LATE)) {
			undo(ports, fresh);
			undo(hosts, fresh);
		}
	}
	if (ends[1]->crowded) {
		struct track *server = track_get(s, TRACK_SERVER, f);

		answer(server, true);
		if (late)
			undo(server, fresh);
	}
}

/* It has ended without an answer: there will be none. */
static void settle(struct scans *s, const struct flow *f)
{
	for (unsigned kind = 0; kind <= TRACK_SERVER; kind++) {
		struct track *t = track_get(s, (enum track_kind)kind, f);

		if (t != NULL && t->fresh > 0)
			t->fresh--;
	}
}

/* Of sampled packets most answers are not seen; the two ways of a conversation are records of their own, and only the flags of
 * TCP say that there is another. */
static bool tells_of_answers(const struct flow_update *u)
{
	uint8_t l4 = u->flow->l4;

	return l4 == L4_TCP ? u->sampling <= 1 : l4 == L4_UDP && u->exporter == NULL;
}

void scans_apply(struct model *m, struct host_entry *const ends[2], const struct flow_update *u)
{
	struct scans *s = m->alerts->scans;
	const struct flow *f = u->flow;
	bool fresh = f->first_us >= m->alerts->tick_us, now, before;

	if (!tells_of_answers(u))
		return;
	now = is_in_vain(f, &u->now, &f->total);
	if (u->flags & UPDATE_NEW) {
		if (now)
			fail(s, ends, f, (u->flags & UPDATE_END) == 0);
		else if (f->total.packets[1] > 0)
			succeed(s, ends, f, false, fresh);
		return;
	}
	before = is_in_vain(f, &u->old, &f->told);
	if (before && !now)
		succeed(s, ends, f, true, fresh);
	else if (before && fresh && (u->flags & UPDATE_END))
		settle(s, f);
}

/* ---- what a tick finds ---- */

/* From outside scans are daily weather; from within they are of somebody who should not. */
static enum alert_severity severity_of(const struct model *m, const struct addr *client)
{
	return subnets_is_local(m->o.subnets, client) ? ALERT_CRITICAL : ALERT_WARNING;
}

static void raise_scan(struct model *m, struct track *t, uint32_t more)
{
	bool ports = t->key.kind == TRACK_PORTS, same;
	const struct sighting seen = {more, t->from_us, t->last_us};
	struct dim_alert *a = alert_of_host(m, ports ? ALERT_PORT_SCAN : ALERT_NETWORK_SCAN, severity_of(m, &t->key.src),
					    &t->key.src, 0, &seen);
	uint32_t tried = t->failed + t->answered;

	if (a == NULL)
		return;
	same = a->l4 == t->key.l4 && (ports ? addr_eq(&a->other, &t->key.dst) : a->port == t->key.port);
	if (!t->raised && a->tried > 0 && !same)
		a->more++;
	t->raised = true;
	if (!same && tried <= a->tried)
		return;
	a->other = t->key.dst;
	a->port = t->key.port;
	a->l4 = t->key.l4;
	a->tried = tried;
	a->answered = t->answered;
	a->lasting_us = t->last_us - t->from_us;
}

static void check_scan(struct model *m, struct track *t, uint32_t limit)
{
	uint32_t sure = t->failed - t->fresh, tried = sure + t->answered;

	if (tried <= t->told || sure < limit || sure / IN_VAIN < t->answered)
		return;
	raise_scan(m, t, tried - t->told);
	t->told = tried;
}

static void check_server(struct model *m, struct track *t, int64_t elapsed_us)
{
	uint32_t sure = t->failed - t->fresh, more = sure > t->told ? sure - t->told : 0;
	uint64_t rate = (uint64_t)more * SECOND_US / (uint64_t)elapsed_us;
	struct dim_alert *a;

	t->told = sure;
	t->hot = rate >= FLOOD_FLOWS && sure / IN_VAIN >= t->answered ? t->hot + (t->hot < UINT8_MAX) : 0;
	if (t->hot == 0 || (t->hot < 2 && rate < FLOOD_BURST))
		return;
	a = alert_of_host(m, ALERT_FLOOD, ALERT_CRITICAL, &t->key.dst, t->key.l4,
			  &(struct sighting){more, t->last_us - elapsed_us, t->last_us});
	if (a == NULL)
		return;
	t->raised = true;
	a->l4 = t->key.l4;
	a->port = t->last_port;
	a->lasting_us += elapsed_us;
	if (rate > a->peak)
		a->peak = rate < UINT32_MAX ? (uint32_t)rate : UINT32_MAX;
}

void scans_tick(struct model *m, int64_t elapsed_us)
{
	struct scans *s = m->alerts->scans;
	struct track *t = s->moved, *next;

	s->moved = NULL;
	for (; t != NULL; t = next) {
		next = t->next_moved;
		if (t->key.kind == TRACK_SERVER)
			check_server(m, t, elapsed_us);
		else
			check_scan(m, t, t->key.kind == TRACK_PORTS ? PORTS : t->key.l4 == L4_UDP ? HOSTS_UDP : HOSTS);
		t->moved = t->fresh > 0; /* what came in this tick is sure in the next */
		t->fresh = 0;
		if (t->moved) {
			t->next_moved = s->moved;
			s->moved = t;
		}
	}
}
