/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The core where packets are dealt to several flow tables (deal.h): decoding, and closing ticks when all lanes have told what
 * moved. The own table has what exporters tell. Either one thread deals and collects, as it does all else; or, over
 * files of which nothing is shown before the end, one reads and deals while another one follows with the model.
 */
#include "config.h"

#include <string.h>

#include "app/core.h"
#include "app/deal.h"
#include "app/exports.h"
#include "app/sending.h"

static const uint64_t patience_ns = 1000000; /* live: for lanes that are not so far */

/* ---- what lanes tell ---- */

static void on_part(void *ctx, const struct flow_part *p)
{
	struct core *c = ctx;

	sending_part(c->sending, p);
}

static void on_non_ip(void *ctx, uint16_t ethertype, bool undecoded, uint32_t bytes, int64_t ts_us, unsigned source)
{
	struct core *c = ctx;

	model_non_ip(c->model, ethertype, undecoded, 1, bytes, ts_us, source);
}

static void on_turn(void *ctx, const struct deal_turn *t)
{
	struct core *c = ctx;

	c->dealt = t->flows;
	if (t->mark == DEAL_SYNC)
		return;
	core_close_books(c, &t->seen, t->now_us, t->elapsed_us);
	c->finished = t->mark == DEAL_FINISH;
	if (!c->piped)
		c->dealt_tick = CORE_CLOSED;
	else if (!c->finished && c->ticked)
		c->ticked(c->ctx);
}

/* Records of exporters may come: the own table needs room for their flows. */
static bool has_records(const struct engine_options *o)
{
	bool has = o->export_ports != NULL;

	for (size_t i = 0; i < o->source_count; i++)
		has |= strcmp(o->sources[i].kind, "collector") == 0;
	return has;
}

int core_deal_open(struct core *c, const struct engine_options *o, struct flow_limits *limits, uint64_t seed, struct error *e)
{
	struct deal_options d = {
		.lanes = o->engines < DEAL_LANES ? o->engines : DEAL_LANES,
		.limits = *limits,
		.shared = has_records(o),
		.seed = seed,
		.meter_us = sending_active_us(o),
		.sink = {.update = core_update, .expect = core_expect, .name = core_name, .part = on_part, .non_ip = on_non_ip, .turn = on_turn, .ctx = c},
	};

	if (d.limits.max_flows == 0)
		d.limits.max_flows = FLOW_MAX_FLOWS;
	if (d.limits.max_dpi == 0)
		d.limits.max_dpi = FLOW_MAX_DPI;
	*limits = deal_own_limits(&d);
	c->deal = deal_new(&d, e);
	return c->deal != NULL ? 0 : -1;
}

/* ---- the collector ---- */

void core_follow(struct core *c)
{
	while (deal_collect(c->deal, 0, DEAL_FOREVER))
		;
}

void core_rest(struct core *c)
{
	if (c->deal == NULL)
		return;
	while (c->by_packet_time && deal_owes(c->deal))
		deal_collect(c->deal, 0, DEAL_FOREVER);
	deal_rest(c->deal);
}

struct flow_stats core_flows(const struct core *c)
{
	struct flow_stats s;

	if (c->deal == NULL)
		return flow_table_stats(c->flows);
	s = flow_table_own(c->flows);
	s.created += c->dealt.created;
	s.live += c->dealt.live;
	return s;
}

/* ---- the dealer ---- */

void core_strain(struct core *c, enum flow_strain strain, size_t new_flows)
{
	flow_table_strain(c->flows, strain, new_flows);
	if (c->deal != NULL)
		deal_strain(c->deal, strain, new_flows);
}

int core_start(struct core *c, struct error *e)
{
	return c->deal != NULL ? deal_start(c->deal, c->by_packet_time, e) : 0;
}

void core_pipe(struct core *c)
{
	c->piped = true;
	deal_part(c->deal);
}

void core_deal_record(struct core *c)
{
	uint64_t number = deal_number(c->deal);

	flow_table_at(c->flows, number, number - 1);
}

void core_deal_frame(struct core *c, unsigned source, int linktype, const struct frame *f)
{
	struct packet p = {.ts_us = f->ts_us, .data = f->data, .cap_len = f->cap_len, .wire_len = f->wire_len};

	if ((uint64_t)f->ts_us - c->floor >= c->span)
		core_advance(c, f->ts_us);
	decode_packet(c->decoder, linktype, &p);
	if (c->exports != NULL && exports_packet(c->exports, source, &p))
		return;
	core_count(c, source, f, &p);
	if (p.kind == PACKET_IP)
		deal_packet(c->deal, &p, source);
	else
		deal_non_ip(c->deal, p.ethertype, p.kind == PACKET_UNDECODED, f->wire_len, f->ts_us, source);
}

static void end_turn(struct core *c, enum deal_mark mark, int64_t now_us, int64_t elapsed_us)
{
	struct deal_turn t = {.mark = mark, .now_us = now_us, .elapsed_us = elapsed_us, .seen = c->seen};

	memset(&c->seen, 0, sizeof c->seen);
	deal_end_turn(c->deal, &t);
}

void core_deal_settle(struct core *c)
{
	if (deal_is_due(c->deal))
		deal_end_turn(c->deal, &(struct deal_turn){.mark = DEAL_SYNC});
	if (!c->by_packet_time)
		deal_flush(c->deal);
	while (!c->piped && c->dealt_tick != CORE_MARKED && deal_collect(c->deal, 0, 0))
		;
}

/* The own table's tick, before frames are of the next turn. */
static bool tick_own(struct core *c, int64_t now_us, size_t budget)
{
	bool first = !c->in_tick;

	c->in_tick = !flow_table_tick(c->flows, now_us, budget);
	if (c->in_tick)
		return false;
	if (!first)
		flow_table_tick_rest(c->flows);
	return true;
}

bool core_deal_tick(struct core *c, int64_t now_us, int64_t elapsed_us, size_t budget)
{
	uint64_t wait_ns = c->by_packet_time ? DEAL_FOREVER : patience_ns;

	if (c->piped) {
		end_turn(c, DEAL_TICK, now_us, elapsed_us);
		return true;
	}
	if (c->dealt_tick == CORE_OPEN) {
		if (!tick_own(c, now_us, budget))
			return false;
		c->dealt_tick = CORE_MARKED; /* from here on: where a lane has no room, it may be closed at once */
		end_turn(c, DEAL_TICK, now_us, elapsed_us);
	}
	while (c->dealt_tick == CORE_MARKED && deal_collect(c->deal, budget, wait_ns))
		;
	if (c->dealt_tick == CORE_MARKED)
		return false;
	c->dealt_tick = CORE_OPEN;
	return true;
}

void core_deal_last(struct core *c)
{
	end_turn(c, DEAL_FINISH, c->tick_end_us, c->tick_us);
	deal_no_more(c->deal);
}

void core_deal_finish(struct core *c, int64_t now_us)
{
	if (!deal_has_begun(c->deal))
		return;
	if (!c->piped)
		end_turn(c, DEAL_FINISH, now_us, c->tick_us);
	while (!c->finished)
		deal_collect(c->deal, 0, DEAL_FOREVER);
	c->piped = false;
	deal_rest(c->deal);
}
