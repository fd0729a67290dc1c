/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exporters of an engine; see exports.h. Interface counters of their samples are kept here, for pictures
 * only: they are no traffic of flows. Engine thread.
 */
#include "config.h"

#include "app/exports.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dpitop/map.h"
#include "dpitop/mem.h"

enum { WAITING = 8, NEAR = 4 }; /* records; so many before its turn a flow is sent for */
enum { PORTS_MAX = 16384, EXPORTERS_MAX = 65536, NETWORKS_MAX = 64, L4_UDP = 17, UDP_PORTS = 65536 };

struct port { /* an interface of an exporter */
	struct { uint32_t source, exporter, interface; } key;
	struct exporter_port now;
};

struct pace { /* of an exporter */
	struct { uint32_t source, exporter; } key;
	struct exporter_again again;
	uint64_t records; /* when the last tick closed */
	uint32_t rate;    /* per second in it */
};

struct collected { /* by one source */
	struct exports *all;
	struct export_decoder *decoder; /* NULL: it has no exports */
	struct export_sink sink;
	struct source_exports handed;
};

struct exports {
	struct core *core;
	/* records that wait while what they need comes into the cache, oldest first */
	struct waiting { uint32_t source, found; const struct export_exporter *x; struct flow_record r; } waiting[WAITING];
	unsigned waiting_first, waiting_count;
	struct collected of[SNAPSHOT_SOURCES];
	size_t count;
	struct cidr networks[NETWORKS_MAX]; /* who may send; none: everybody */
	size_t network_count;
	uint8_t *udp_ports; /* bits: where exports in files go to; NULL: not looked for */
	struct map *ports;
	struct map *paces;  /* of exporters: how fast their records come, and what they told twice */
	/* the list of the last picture */
	struct exporter_info *list;
	struct exporter_port *list_ports;
	struct port **sorted;
};

/* NetFlow and IPFIX collectors' customary ports; 4739 and 6343 are IANA's for IPFIX and sFlow. */
static const uint16_t usual_ports[] = {2055, 2056, 4432, 4739, 6343, 9555, 9995, 9996};

/* ---- what the decoder tells ---- */

static uint32_t source_of(const struct collected *c)
{
	return (uint32_t)(c - c->all->of);
}

static void take(struct exports *x, uint32_t source, const struct export_exporter *from, const struct flow_record *r)
{
	struct flow_again again = core_record(x->core, source, from, r);
	struct pace *p;

	if ((again.bytes | again.packets) == 0)
		return;
	p = map_touch(x->paces, &(__typeof__(p->key)){source, from->id}, NULL);
	if (p == NULL)
		return;
	p->again.records++;
	p->again.bytes += again.bytes;
	p->again.packets += again.packets;
}

static void take_oldest(struct exports *x)
{
	struct waiting *w = &x->waiting[x->waiting_first];

	take(x, w->source, w->x, &w->r);
	x->waiting_first = (x->waiting_first + 1) % WAITING;
	x->waiting_count--;
}

/* Before their datagrams, or what they were told by, go. */
static void take_all(struct exports *x)
{
	while (x->waiting_count > 0)
		take_oldest(x);
}

static void on_done(void *ctx)
{
	take_all(ctx);
}

static void on_record(void *ctx, const struct export_exporter *x, const struct flow_record *r)
{
	struct collected *c = ctx;
	struct exports *all = c->all;
	struct waiting *w;

	if (!(r->has & RECORD_HAS(HAS_ADDR))) {
		take(all, source_of(c), x, r);
		return;
	}
	if (all->waiting_count == WAITING)
		take_oldest(all);
	w = &all->waiting[(all->waiting_first + all->waiting_count++) % WAITING];
	w->source = source_of(c);
	w->x = x;
	w->r = *r;
	w->found = flow_table_expect(all->core->flows, x, r);
	if (r->packet != NULL) /* it is the decoder's, for the call */
		take_all(all);
	if (all->waiting_count > NEAR)
		flow_table_expect_entry(all->core->flows,
					all->waiting[(all->waiting_first + all->waiting_count - 1 - NEAR) % WAITING].found);
}

static uint32_t rate_of(uint64_t now, uint64_t before, int64_t us)
{
	double rate = us > 0 && now >= before ? (double)(now - before) * 1e6 / (double)us : 0;

	return rate < (double)UINT32_MAX ? (uint32_t)rate : UINT32_MAX;
}

static void on_counters(void *ctx, const struct export_exporter *x, const struct export_counters *n)
{
	struct collected *c = ctx;
	struct port key, *p;
	bool created;

	memset(&key, 0, sizeof key);
	key.key.source = source_of(c);
	key.key.exporter = x->id;
	key.key.interface = n->interface;
	p = map_touch(c->all->ports, &key.key, &created);
	if (p == NULL)
		return;
	for (unsigned d = 0; d < 2 && !created; d++)
		p->now.rate[d] = rate_of(n->bytes[d], p->now.counters.bytes[d], x->last_us - p->now.last_us);
	p->now.counters = *n;
	p->now.last_us = x->last_us;
}

static void on_gone(void *ctx, const struct export_exporter *x)
{
	struct collected *c = ctx;
	struct pace *pace = map_get(c->all->paces, &(__typeof__(pace->key)){source_of(c), x->id});
	struct port *p;

	take_all(c->all);
	if (pace != NULL)
		map_remove(c->all->paces, pace);
	for (size_t i = 0; (p = map_next(c->all->ports, &i)) != NULL;)
		if (p->key.exporter == x->id && p->key.source == source_of(c))
			map_remove(c->all->ports, p);
}

/* ---- who may send ---- */

static bool allows(void *ctx, const struct addr *from)
{
	const struct exports *x = ctx;

	for (size_t i = 0; i < x->network_count; i++)
		if (cidr_contains(&x->networks[i], from))
			return true;
	return x->network_count == 0;
}

static int read_networks(struct exports *x, const char *text, struct error *e)
{
	char one[CIDR_TEXT + 1];

	while (text != NULL && *text != '\0') {
		size_t n = strcspn(text, ",");

		if (x->network_count == NETWORKS_MAX)
			return error_set(e, ERR_USAGE, "--exporters: at most %d networks", NETWORKS_MAX);
		snprintf(one, sizeof one, "%.*s", (int)n, text);
		if (cidr_parse(&x->networks[x->network_count++], one, e) != 0)
			return ERR_USAGE;
		text += n + (text[n] == ',');
	}
	return 0;
}

/* ---- opening ---- */

static int64_t wall_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void set_port(struct exports *x, unsigned port)
{
	x->udp_ports[port / 8] |= (uint8_t)(1u << port % 8);
}

static int read_ports(struct exports *x, const char *text, struct error *e)
{
	x->udp_ports = mem_zalloc(UDP_PORTS / 8);
	for (size_t i = 0; *text == '\0' && i < sizeof usual_ports / sizeof usual_ports[0]; i++)
		set_port(x, usual_ports[i]);
	while (*text != '\0') {
		char *end;
		unsigned long port = strtoul(text, &end, 10);

		if (end == text || *text < '0' || *text > '9' || (*end != '\0' && *end != ',') || port == 0 || port >= UDP_PORTS)
			return error_set(e, ERR_USAGE, "--decode-exports wants ports from 1 to 65535, not '%.40s'", text);
		set_port(x, (unsigned)port);
		text = *end == ',' ? end + 1 : end;
	}
	return 0;
}

static void open_one(struct exports *x, size_t i, const struct engine_options *o)
{
	const struct export_limits limits = {.no_decap = !o->decap};
	struct collected *c = &x->of[i];

	c->decoder = export_decoder_new(&limits, o->seed != 0 ? o->seed + i : hash_seed());
	c->sink = (struct export_sink){.record = on_record, .counters = on_counters, .gone = on_gone, .ctx = c};
	c->handed = (struct source_exports){
		.decoder = c->decoder, .sink = &c->sink, .allows = allows, .now_us = wall_us, .done = on_done, .ctx = x};
}

static bool has_exports(const struct engine_options *o, size_t i)
{
	return strcmp(o->sources[i].kind, "collector") == 0 ||
	       (o->export_ports != NULL && strcmp(o->sources[i].kind, "file") == 0);
}

struct exports *exports_new(struct core *c, const struct engine_options *o, struct error *e)
{
	struct exports *x;
	size_t i, wanted = o->source_count == 0 && o->export_ports != NULL; /* frames come one at a time */

	for (i = 0; i < o->source_count; i++)
		wanted += has_exports(o, i);
	if (wanted == 0)
		return NULL;
	x = mem_zalloc(sizeof *x);
	x->core = c;
	x->count = o->source_count > 0 ? o->source_count : 1;
	x->ports = map_new(sizeof ((struct port *)0)->key, sizeof(struct port), PORTS_MAX, o->seed != 0 ? o->seed : hash_seed());
	x->paces = map_new(sizeof ((struct pace *)0)->key, sizeof(struct pace), EXPORTERS_MAX, o->seed != 0 ? o->seed : hash_seed());
	for (i = 0; i < x->count; i++) {
		x->of[i].all = x;
		if (o->source_count == 0 || has_exports(o, i))
			open_one(x, i, o);
	}
	if (read_networks(x, o->exporters, e) == 0 && (o->export_ports == NULL || read_ports(x, o->export_ports, e) == 0))
		return x;
	exports_free(x);
	return NULL;
}

void exports_free(struct exports *x)
{
	if (x == NULL)
		return;
	for (size_t i = 0; i < x->count; i++)
		export_decoder_free(x->of[i].decoder);
	map_free(x->ports);
	map_free(x->paces);
	mem_free(x->udp_ports);
	mem_free(x->list);
	mem_free(x->list_ports);
	mem_free(x->sorted);
	mem_free(x);
}

const struct source_exports *exports_of(struct exports *x, unsigned source)
{
	return x != NULL && x->of[source].decoder != NULL ? &x->of[source].handed : NULL;
}

/* ---- files ---- */

static bool goes_to_collector(const struct exports *x, const struct packet *p)
{
	return p->kind == PACKET_IP && p->l4 == L4_UDP && (p->flags & PACKET_L4) && p->payload != NULL &&
	       (x->udp_ports[p->dst_port / 8] >> p->dst_port % 8 & 1);
}

bool exports_packet(struct exports *x, unsigned source, const struct packet *p)
{
	struct export_datagram dg;

	if (x->udp_ports == NULL || !goes_to_collector(x, p))
		return false;
	dg = (struct export_datagram){.data = p->payload, .bytes = p->payload_len, .from = p->src, .to = p->dst,
				      .from_port = p->src_port, .to_port = p->dst_port, .ts_us = p->ts_us, .proto = EXPORT_AUTO};
	if (allows(x, &dg.from))
		export_decode(x->of[source].decoder, &dg, &x->of[source].sink);
	take_all(x);
	return true;
}

/* ---- ticks and pictures ---- */

static void measure(struct collected *c, int64_t elapsed_us)
{
	const struct export_exporter *one;

	for (size_t i = 0; (one = export_exporter_next(c->decoder, &i)) != NULL;) {
		struct pace *p = map_touch(c->all->paces, &(__typeof__(p->key)){source_of(c), one->id}, NULL);

		if (p == NULL)
			continue;
		p->rate = rate_of(one->records, p->records, elapsed_us);
		p->records = one->records;
	}
}

void exports_tick(struct exports *x, int64_t now_us, int64_t elapsed_us)
{
	for (size_t i = 0; x != NULL && i < x->count; i++) {
		if (x->of[i].decoder == NULL)
			continue;
		export_decoder_tick(x->of[i].decoder, now_us, &x->of[i].sink);
		take_all(x);
		measure(&x->of[i], elapsed_us);
	}
}

static void add_exporter(struct source_info *info, const struct export_exporter *x)
{
	info->lost += x->lost;
	info->malformed += x->malformed;
	info->missing_template += x->missing_template;
}

void exports_describe(const struct exports *x, unsigned source, struct source_info *info)
{
	const struct export_exporter *one;
	const struct export_decoder *d;
	struct export_totals t;

	if (x == NULL || (d = x->of[source].decoder) == NULL)
		return;
	t = export_decoder_totals(d);
	info->collects = true;
	info->unknown = t.unknown;
	info->exporters = t.exporters;
	info->templates = t.templates;
	info->exporters_gone = t.exporters_gone;
	info->lost = info->malformed = info->missing_template = 0;
	add_exporter(info, &t.gone);
	for (size_t i = 0; (one = export_exporter_next(d, &i)) != NULL;)
		add_exporter(info, one);
}

/* ---- the list for pictures ---- */

static int order(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int by_place(const void *a, const void *b)
{
	const struct port *const *x = a, *const *y = b;
	int r = order((*x)->key.source, (*y)->key.source);

	r = r != 0 ? r : order((*x)->key.exporter, (*y)->key.exporter);
	return r != 0 ? r : order((*x)->key.interface, (*y)->key.interface);
}

/* All interfaces, those of an exporter beside each other. */
static size_t sort_ports(struct exports *x)
{
	size_t n = 0, count = map_count(x->ports);
	struct port *p;

	if (count == 0)
		return 0;
	x->sorted = mem_grow(x->sorted, count, sizeof(struct port *));
	x->list_ports = mem_grow(x->list_ports, count, sizeof *x->list_ports);
	for (size_t i = 0; (p = map_next(x->ports, &i)) != NULL;)
		x->sorted[n++] = p;
	qsort(x->sorted, n, sizeof(struct port *), by_place);
	for (size_t i = 0; i < n; i++)
		x->list_ports[i] = x->sorted[i]->now;
	return n;
}

static void give_ports(struct exports *x, struct exporter_info *info, const struct export_decoder *d, size_t count)
{
	struct port key = {.key = {info->source, info->x.id, 0}}, *wanted = &key;
	size_t low = 0, high = count, n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_place(&x->sorted[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (n = low; n < count && x->sorted[n]->key.source == info->source && x->sorted[n]->key.exporter == info->x.id; n++) {
		struct exporter_port *p = &x->list_ports[n];

		snprintf(p->name, sizeof p->name, "%.47s",
			 export_name_get(d, &info->x, EXPORT_NAME_INTERFACE, p->counters.interface));
	}
	info->ports = n > low ? &x->list_ports[low] : NULL;
	info->port_count = n - low;
}

size_t exports_list(struct exports *x, const struct exporter_info **list)
{
	const struct export_exporter *one;
	size_t ports, n = 0, room = 0;

	*list = NULL;
	if (x == NULL)
		return 0;
	for (size_t i = 0; i < x->count; i++)
		room += x->of[i].decoder != NULL ? export_decoder_totals(x->of[i].decoder).exporters : 0;
	if (room == 0)
		return 0;
	x->list = mem_grow(x->list, room, sizeof *x->list);
	ports = sort_ports(x);
	for (unsigned i = 0; i < x->count; i++)
		for (size_t at = 0; x->of[i].decoder != NULL && n < room &&
		     (one = export_exporter_next(x->of[i].decoder, &at)) != NULL; n++) {
			struct pace *p = map_get(x->paces, &(__typeof__(p->key)){i, one->id});

			x->list[n] = (struct exporter_info){.source = i, .x = *one};
			if (p != NULL) {
				x->list[n].record_rate = p->rate;
				x->list[n].again = p->again;
			}
			give_ports(x, &x->list[n], x->of[i].decoder, ports);
		}
	*list = x->list;
	return n;
}
