/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exporters of an engine; see exports.h. Their interfaces are in export_ports.c. Engine thread.
 */
#include "config.h"

#include "app/exports.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/export_ports.h"
#include "dpitop/map.h"
#include "dpitop/mem.h"

enum { WAITING = 8, NEAR = 4 }; /* records; so many before its turn a flow is sent for */
enum { EXPORTERS_MAX = 65536, NETWORKS_MAX = 64, L4_UDP = 17, UDP_PORTS = 65536 };

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
	struct export_ports *ports;
	struct map *paces;  /* of exporters: how fast their records come, and what they told twice */
	/* the list of the last picture */
	struct exporter_info *list;
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
	struct core_counted n = core_record(x->core, source, from, r);
	struct pace *p;

	if (r->has & (RECORD_HAS(HAS_IN) | RECORD_HAS(HAS_OUT)))
		export_ports_record(x->ports, source, from, r, &n.counts);
	if ((n.again.bytes | n.again.packets) == 0)
		return;
	p = map_touch(x->paces, &(__typeof__(p->key)){source, from->id}, NULL);
	if (p == NULL)
		return;
	p->again.records++;
	p->again.bytes += n.again.bytes;
	p->again.packets += n.again.packets;
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
	if (r->packet != NULL || (r->flags & RECORD_LATE)) /* what it is told from is the decoder's, for the call */
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

	export_ports_counters(c->all->ports, source_of(c), x, n);
}

static void on_gone(void *ctx, const struct export_exporter *x)
{
	struct collected *c = ctx;
	struct pace *pace = map_get(c->all->paces, &(__typeof__(pace->key)){source_of(c), x->id});

	take_all(c->all);
	if (pace != NULL)
		map_remove(c->all->paces, pace);
	export_ports_gone(c->all->ports, source_of(c), x);
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
	x->ports = export_ports_new(o->seed != 0 ? o->seed : hash_seed());
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
	export_ports_free(x->ports);
	map_free(x->paces);
	mem_free(x->udp_ports);
	mem_free(x->list);
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
	if (x != NULL)
		export_ports_tick(x->ports, now_us);
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

size_t exports_list(struct exports *x, const struct exporter_info **list)
{
	const struct export_exporter *one;
	size_t n = 0, room = 0;

	*list = NULL;
	if (x == NULL)
		return 0;
	for (size_t i = 0; i < x->count; i++)
		room += x->of[i].decoder != NULL ? export_decoder_totals(x->of[i].decoder).exporters : 0;
	if (room == 0)
		return 0;
	x->list = mem_grow(x->list, room, sizeof *x->list);
	export_ports_list(x->ports);
	for (unsigned i = 0; i < x->count; i++)
		for (size_t at = 0; x->of[i].decoder != NULL && n < room &&
		     (one = export_exporter_next(x->of[i].decoder, &at)) != NULL; n++) {
			struct pace *p = map_get(x->paces, &(__typeof__(p->key)){i, one->id});

			x->list[n] = (struct exporter_info){.source = i, .x = *one};
			if (p != NULL) {
				x->list[n].record_rate = p->rate;
				x->list[n].again = p->again;
			}
			export_ports_give(x->ports, &x->list[n], x->of[i].decoder);
		}
	*list = x->list;
	return n;
}
