/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The path of a frame: decoder, then its flow, or the non-IP count; and the closing of ticks, in
 * which flows tell the model what moved. Knows no loop, no thread and no clock: files tick by the
 * time of their packets, live capture when the engine says so. Engine thread, or whoever runs an
 * engine inline.
 */
#include "config.h"

#include "app/core.h"

#include <assert.h>
#include <string.h>

#include "app/deal.h"
#include "app/exports.h"
#include "app/sending.h"
#include "dpitop/export_decode.h"
#include "dpitop/map.h"
#include "dpitop/threshold.h"

#define SECOND_US INT64_C(1000000)

/* Packets this much older than the open tick are counted in it all the same; when only such come,
 * the clock was set back. */
static const int64_t back_us = 10 * SECOND_US;
enum { BEHIND_FRAMES = 1000 };
static const int64_t keep_ended_us = 60 * SECOND_US;

void core_update(void *ctx, const struct flow_update *u)
{
	struct core *c = ctx;

	model_apply(c->model, u);
}

void core_expect(void *ctx, const struct flow *f, unsigned step)
{
	struct core *c = ctx;

	model_expect(c->model, f, step);
}

void core_name(void *ctx, const struct addr *a, const char *name)
{
	struct core *c = ctx;

	model_learn_name(c->model, a, name, NAME_DNS);
}

static void add_network(void *ctx, const struct cidr *net)
{
	subnets_add_cidr(ctx, net);
}

static int open_subnets(struct core *c, const struct engine_options *o, struct error *e)
{
	size_t i;

	c->subnets = subnets_new(o->v4_bits ? o->v4_bits : 24, o->v6_bits ? o->v6_bits : 64);
	if (o->local_networks)
		return subnets_add_local(c->subnets, o->local_networks, e);
	subnets_add_private(c->subnets);
	for (i = 0; i < o->source_count; i++)
		if (strcmp(o->sources[i].kind, "live") == 0)
			source_interface_networks(o->sources[i].name, add_network, c->subnets);
	return 0;
}

static int open_thresholds(struct core *c, const struct engine_options *o, struct error *e)
{
	int r = 0;

	c->thresholds = thresholds_new();
	for (size_t i = 0; r == 0 && i < o->alert_count; i++)
		r = thresholds_add(c->thresholds, o->alerts[i], e);
	return r;
}

int core_open(struct core *c, const struct engine_options *o, struct error *e)
{
	uint64_t seed = o->seed ? o->seed : hash_seed();
	struct flow_limits limits = {
		.max_flows = o->max_flows,
		.max_dpi = o->max_dpi,
		.keep_us = o->keep_ended ? -1 : keep_ended_us,
		.vlan_aware = o->vlan_aware,
		.dpi = o->dpi,
		.share = o->dpi_share,
	};
	struct model_options *m = &c->model_options;

	memset(c, 0, sizeof *c);
	c->tick_us = o->tick_us > 0 ? o->tick_us : SECOND_US;
	core_by_packets(c, false);
	if (open_subnets(c, o, e) != 0 || open_thresholds(c, o, e) != 0)
		goto failed;
	c->decoder = decoder_new(0, o->decap, seed);
	if (o->engines > 1 && core_deal_open(c, o, &limits, seed, e) != 0)
		goto failed;
	c->flows = flow_table_new(&limits, seed, core_update, c, e);
	if (!c->flows)
		goto failed;
	if (c->deal != NULL)
		deal_join(c->deal, c->flows);
	flow_table_on_name(c->flows, core_name, c);
	flow_table_on_ahead(c->flows, core_expect, c);
	c->geoip = geoip_open(o->geoip, e);
	if (!c->geoip)
		goto failed;
	c->nowhere = c->deal == NULL; /* else frames may be another thread's */
	m->limits.max_hosts = o->max_hosts;
	m->seed = seed;
	m->subnets = c->subnets;
	m->geoip = c->geoip;
	m->dpi = flow_table_dpi(c->flows);
	c->model = model_new(m);
	return 0;
failed:
	core_release(c);
	return e ? (int)e->code : ERR_IO;
}

void core_release(struct core *c)
{
	deal_free(c->deal);
	flow_table_free(c->flows);
	model_free(c->model);
	thresholds_free(c->thresholds);
	geoip_close(c->geoip);
	subnets_free(c->subnets);
	decoder_free(c->decoder);
	memset(c, 0, sizeof *c);
}

static void see(struct core *c, uint64_t packets, uint64_t bytes, int64_t from_us, int64_t to_us)
{
	bool first = (c->seen.packets | c->seen.bytes) == 0;

	if (first || from_us < c->seen.first_us)
		c->seen.first_us = from_us;
	if (first || to_us > c->seen.last_us)
		c->seen.last_us = to_us;
	c->seen.packets += packets;
	c->seen.bytes += bytes;
}

void core_count(struct core *c, unsigned source, const struct frame *f, const struct packet *p)
{
	struct core_counts *s = &c->counts[source];
	bool truncated = f->cap_len < f->wire_len;

	s->packets++;
	s->bytes += f->wire_len;
	s->truncated += truncated;
	s->undecoded += p->kind == PACKET_UNDECODED;
	see(c, 1, f->wire_len, f->ts_us, f->ts_us);
	c->seen.truncated += truncated;
	if (c->nowhere && p->kind == PACKET_IP && !(addr_is_private(&p->src) && addr_is_private(&p->dst))) {
		c->nowhere = false;
		geoip_prepare(c->geoip);
	}
}

static void settle_first(struct core *c)
{
	const struct core_waiting *w = &c->waiting[c->waiting_first];

	c->waiting_first = (c->waiting_first + 1) % CORE_AHEAD;
	c->waiting_count--;
	flow_table_packet(c->flows, &w->packet, w->source);
}

void core_settle(struct core *c)
{
	if (c->deal != NULL)
		core_deal_settle(c);
	while (c->waiting_count > 0)
		settle_first(c);
}

/* A place for the frame behind those that wait; it is taken when its packet does. */
static struct core_waiting *waiting_place(struct core *c, const struct frame *f)
{
	struct core_waiting *w;

	if (c->waiting_count == CORE_AHEAD)
		settle_first(c);
	w = &c->waiting[(c->waiting_first + c->waiting_count) % CORE_AHEAD];
	if (f->cap_len > 0)
		memcpy(w->data, f->data, f->cap_len);
	return w;
}

/* First the place in the index is fetched; when the next packet comes, the flow that it tells. */
static void wait_behind(struct core *c, struct core_waiting *w, unsigned source)
{
	const struct core_waiting *before = &c->waiting[(c->waiting_first + c->waiting_count + CORE_AHEAD - 1) % CORE_AHEAD];

	w->source = source;
	flow_table_expect_packet(c->flows, &w->packet);
	if (c->waiting_count > 0)
		flow_table_expect_entry(c->flows, before->packet.flow_tag);
	c->waiting_count++;
}

void core_frame(struct core *c, unsigned source, int linktype, const struct frame *f)
{
	/* records of exporters come between packets, in the order of the file */
	bool waits = c->exports == NULL && f->cap_len <= CORE_AHEAD_BYTES;
	struct core_waiting *w = NULL;
	struct packet here, *p = &here;

	if (c->deal != NULL) {
		core_deal_frame(c, source, linktype, f);
		return;
	}
	if ((uint64_t)f->ts_us - c->floor >= c->span)
		core_advance(c, f->ts_us);
	if (waits) {
		w = waiting_place(c, f);
		p = &w->packet;
	} else {
		core_settle(c);
	}
	p->ts_us = f->ts_us;
	p->data = w != NULL ? w->data : f->data;
	p->cap_len = f->cap_len;
	p->wire_len = f->wire_len;
	decode_packet(c->decoder, linktype, p);
	if (c->exports != NULL && exports_packet(c->exports, source, p))
		return;
	core_count(c, source, f, p);
	if (p->kind != PACKET_IP)
		model_non_ip(c->model, p->ethertype, p->kind == PACKET_UNDECODED, 1, f->wire_len,
			     f->ts_us, source);
	else if (w != NULL)
		wait_behind(c, w, source);
	else
		flow_table_packet(c->flows, p, source);
}

struct core_counted core_record(struct core *c, unsigned source, const struct export_exporter *x, const struct flow_record *r)
{
	struct core_counts *s = &c->counts[source];
	struct core_counted n = {.again = {0}};
	uint64_t packets, bytes;
	int64_t from_us, to_us;

	if (c->deal != NULL)
		core_deal_record(c);
	record_times(x, r, x->last_us, &from_us, &to_us);
	if (r->has & RECORD_HAS(HAS_ADDR)) {
		n.counts = flow_table_record(c->flows, x, r, x->last_us, source);
		n.again = flow_table_again(c->flows);
	} else {
		n.counts = record_counters(c->flows, x, r, x->last_us);
	}
	packets = n.counts.packets[0] + n.counts.packets[1];
	bytes = n.counts.bytes[0] + n.counts.bytes[1];
	if ((packets | bytes) == 0)
		return n;
	s->packets += packets;
	s->bytes += bytes;
	see(c, packets, bytes, from_us, to_us);
	if (!(r->has & RECORD_HAS(HAS_ADDR)))
		model_non_ip(c->model, r->ethertype, false, packets, bytes, to_us, source);
	return n;
}

static void tell_seen(struct core *c, const struct deal_seen *seen)
{
	if ((seen->packets | seen->bytes) > 0)
		model_count(c->model, seen->packets, seen->bytes, seen->truncated, seen->first_us, seen->last_us);
}

#ifdef DPITOP_DEBUG
static void assert_conservation(const struct core *c)
{
	bool still = c->deal == NULL || (c->by_packet_time && !c->piped); /* no packets came since the tick */
	struct conservation kept;

	if (c->deal != NULL && still)
		deal_rest(c->deal);
	kept = model_check(c->model, still ? c->flows : NULL);

	assert(kept.l4 && kept.l7 && kept.hosts && kept.flows && kept.matrix);
}
#else
static void assert_conservation(const struct core *c)
{
	(void)c;
}
#endif

static void count_new_flows(struct core *c, int64_t elapsed_us)
{
	uint64_t created = core_flows(c).created, fresh = created - c->flows_before;

	c->rate_flows = elapsed_us > 0 ? (uint64_t)((double)fresh * 1e6 / (double)elapsed_us + 0.5) : 0;
	c->flows_before = created;
}

void core_close_books(struct core *c, const struct deal_seen *seen, int64_t now_us, int64_t elapsed_us)
{
	count_new_flows(c, elapsed_us);
	tell_seen(c, seen);
	model_tick(c->model, now_us, elapsed_us);
	thresholds_check(c->thresholds, c->model, now_us, elapsed_us);
	c->now_us = now_us;
	c->elapsed_us = elapsed_us;
	c->ticks++;
	assert_conservation(c);
	sending_tick(c->sending);
	exports_tick(c->exports, now_us, elapsed_us); /* what it tells is the next tick's */
}

static void close_own(struct core *c, int64_t now_us, int64_t elapsed_us)
{
	struct deal_seen seen = c->seen;

	memset(&c->seen, 0, sizeof c->seen);
	core_close_books(c, &seen, now_us, elapsed_us);
}

bool core_tick_is_open(const struct core *c)
{
	return c->dealt_tick == CORE_OPEN;
}

bool core_tick(struct core *c, int64_t now_us, int64_t elapsed_us, size_t budget)
{
	bool first = !c->in_tick;

	if (c->deal != NULL)
		return core_deal_tick(c, now_us, elapsed_us, budget);
	core_settle(c);
	c->in_tick = !flow_table_tick(c->flows, now_us, budget);
	if (c->in_tick)
		return false;
	if (!first) /* frames came between the slices */
		flow_table_tick_rest(c->flows);
	close_own(c, now_us, elapsed_us);
	return true;
}

/* The open tick of packet time begins at start_us. */
static void open_tick(struct core *c, int64_t start_us)
{
	c->tick_end_us = start_us + c->tick_us;
	c->floor = (uint64_t)(start_us - back_us);
	c->span = (uint64_t)(back_us + c->tick_us);
	c->behind = 0;
}

static int64_t tick_start(const struct core *c, int64_t ts_us)
{
	return ts_us - ts_us % c->tick_us;
}

void core_by_packets(struct core *c, bool on)
{
	c->by_packet_time = on;
	c->floor = 0;
	c->span = on ? 0 : UINT64_MAX; /* on: the first frame opens the first tick */
	c->tick_end_us = 0;
}

static void close_by_packets(struct core *c, int64_t end_us, int64_t elapsed_us)
{
	core_tick(c, end_us, elapsed_us, 0);
	if (c->ticked && !c->piped)
		c->ticked(c->ctx);
}

void core_advance(struct core *c, int64_t now_us)
{
	int64_t start = tick_start(c, now_us);

	if (!c->by_packet_time)
		return;
	if (c->tick_end_us == 0) {
		open_tick(c, start);
		return;
	}
	if (now_us < c->tick_end_us) {
		/* Far behind, or between two ticks where nothing is to be done. */
		if ((uint64_t)now_us - c->floor < c->span || ++c->behind < BEHIND_FRAMES)
			return;
		close_by_packets(c, c->tick_end_us, c->tick_us);
		open_tick(c, start);
		return;
	}
	close_by_packets(c, c->tick_end_us, c->tick_us);
	if (start > c->tick_end_us) /* silence: one long tick */
		close_by_packets(c, start, start - c->tick_end_us);
	open_tick(c, start);
}

void core_finish(struct core *c)
{
	int64_t now = c->by_packet_time ? c->tick_end_us : c->now_us;

	sending_may_wait(c->sending);
	core_settle(c);
	flow_table_tick(c->flows, now, 0);
	flow_table_finish(c->flows);
	if (c->deal != NULL)
		core_deal_finish(c, now);
	else
		close_own(c, now, c->tick_us);
	sending_end(c->sending);
}
