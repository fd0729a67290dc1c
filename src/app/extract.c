/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What pictures do not hold, taken out for a file: all rows of a list, or the packets of a row that are
 * still in the ring. Done in slices between batches of packets, so that capture never waits. Which
 * packets belong to a row: those of a host by their address; those of a flow by its key, from its
 * first to its last packet; those of all else, and under a filter, by the flows that match, as far as
 * these are still listed. Engine's thread, but for what other threads call, at the end.
 */
#include "config.h"

#include <string.h>

#include "app/engine_parts.h"
#include "dpitop/filter.h"
#include "dpitop/map.h"
#include "dpitop/mem.h"

enum { SLICE_ROWS = 1024, SLICE_FLOWS = 4096, SLICE_PACKETS = 1024, WINDOWS_MAX = 1 << 24 };

struct window { /* flows of one key: when they had packets */
	struct window_key {
		struct addr low, high;
		uint16_t low_port, high_port, vlan;
		uint8_t l4, zero;
	} key;
	int64_t first_us, last_us;
};

struct extraction {
	const struct engine_view *view; /* who asked, under whose filter */
	engine_extracted *done;
	void *ctx;
	struct engine_extract out;
	/* rows */
	enum dim dim;
	struct want_list list;
	bool names;
	struct gather *gather;
	struct pairs *pairs; /* of wider subnets; NULL: not wanted */
	uint64_t ticks; /* at the start */
	bool still;     /* nothing had been booked since the tick */
	/* packets */
	bool packets;
	struct packets_wanted wanted;
	struct filter *filter; /* its flows are being looked for; NULL: done */
	size_t flow_cursor;
	struct map *windows;   /* NULL: a host, by its address */
	struct decoder *decoder;
	struct ring_cursor cursor;
};

static void release(struct extraction *x)
{
	gather_free(x->gather);
	pairs_free(x->pairs);
	filter_free(x->filter);
	map_free(x->windows);
	decoder_free(x->decoder);
	mem_free(x);
}

/* ---- rows ---- */

static void begin_rows(struct engine *g, struct extraction *x)
{
	struct snapshot_input in;

	engine_fill_input(g, x->view, &in);
	in.pairs = x->dim == DIM_SUBNET_PAIR ? snapshot_pairs(&in, x->view->want.prefix, &x->pairs) : NULL;
	x->ticks = g->core.ticks;
	x->still = g->core.seen.packets == 0;
	x->gather = gather_new(&in, x->names, x->dim, &x->list);
}

static bool step_rows(struct engine *g, struct extraction *x)
{
	if (!gather_step(x->gather, SLICE_ROWS))
		return false;
	x->still = x->still && g->core.seen.packets == 0 && g->core.ticks == x->ticks;
	x->out.rows = gather_finish(x->gather, x->still);
	x->gather = NULL;
	return true;
}

/* ---- packets ---- */

static struct window_key key_of(const struct addr *a, const struct addr *b, uint16_t a_port,
				uint16_t b_port)
{
	int order = addr_cmp(a, b);
	bool swap = order != 0 ? order > 0 : a_port > b_port;
	struct window_key k;

	memset(&k, 0, sizeof k);
	k.low = swap ? *b : *a;
	k.high = swap ? *a : *b;
	k.low_port = swap ? b_port : a_port;
	k.high_port = swap ? a_port : b_port;
	return k;
}

static void add_window(struct extraction *x, const struct window_key *k, int64_t first_us,
		       int64_t last_us)
{
	bool created;
	struct window *w = map_touch(x->windows, k, &created);

	if (w == NULL)
		return;
	if (created || first_us < w->first_us)
		w->first_us = first_us;
	if (created || last_us > w->last_us)
		w->last_us = last_us;
}

static void begin_packets(struct engine *g, struct extraction *x)
{
	const struct packets_wanted *p = &x->wanted;
	struct window_key k;
	struct ring_info info;

	if (g->ring == NULL) {
		error_set(&x->out.error, ERR_USAGE, "no packets are kept; start with --ring 64Mi");
		return;
	}
	ring_state(g->ring, &info);
	x->out.packets = ring_new(info.used_bytes > 0 ? info.used_bytes : 1, &x->out.error);
	x->decoder = decoder_new(0, g->decap, g->core.model_options.seed);
	ring_begin(g->ring, &x->cursor);
	if (p->by_address && p->dim == DIM_HOST)
		return;
	x->windows = map_new(sizeof k, sizeof(struct window), WINDOWS_MAX, g->core.model_options.seed);
	if (p->by_address) {
		k = key_of(&p->addr[0], &p->addr[1], p->port[0], p->port[1]);
		k.l4 = p->l4;
		k.vlan = g->vlan_aware ? p->vlan : 0;
		add_window(x, &k, p->first_us, p->last_us);
		return;
	}
	x->filter = filter_parse(p->expression, &x->out.error);
}

/* The next flows: which of them match? */
static void step_flows(struct engine *g, struct extraction *x)
{
	struct filter_context c = engine_filter_context(g);
	const struct flow *f = NULL;
	size_t left = SLICE_FLOWS;

	c.now_us = g->core.now_us;
	c.tick_us = g->core.elapsed_us;
	while (left-- > 0 && (f = flow_table_next(g->core.flows, &x->flow_cursor)) != NULL) {
		struct window_key k;

		if (!filter_match_flow(x->filter, &c, f))
			continue;
		k = key_of(&f->addr[0], &f->addr[1], f->port[0], f->port[1]);
		k.l4 = f->l4;
		k.vlan = g->vlan_aware ? f->vlan : 0;
		add_window(x, &k, f->first_us, f->flags & FLOW_ENDED ? f->last_us : INT64_MAX);
	}
	if (f != NULL)
		return;
	filter_free(x->filter);
	x->filter = NULL;
}

static bool belongs(const struct engine *g, const struct extraction *x, const struct packet *p)
{
	bool ports = (p->flags & PACKET_PORTS) != 0;
	const struct window *w;
	struct window_key k;

	if (p->kind != PACKET_IP)
		return false;
	if (x->windows == NULL)
		return addr_eq(&p->src, &x->wanted.addr[0]) || addr_eq(&p->dst, &x->wanted.addr[0]);
	k = key_of(&p->src, &p->dst, ports ? p->src_port : 0, ports ? p->dst_port : 0);
	k.l4 = p->l4;
	k.vlan = g->vlan_aware ? p->vlan : 0;
	w = map_get(x->windows, &k);
	return w != NULL && p->ts_us >= w->first_us && p->ts_us <= w->last_us;
}

static bool step_packets(struct engine *g, struct extraction *x)
{
	struct ring_packet r;
	size_t left = SLICE_PACKETS;

	if (x->out.error.code != ERR_NONE)
		return true;
	if (x->filter != NULL) {
		step_flows(g, x);
		return false;
	}
	while (left-- > 0) {
		struct packet p;

		if (!ring_next(g->ring, &x->cursor, &r)) {
			x->out.missed = x->cursor.missed;
			x->out.looked += x->cursor.missed;
			return true;
		}
		x->out.looked++;
		p.ts_us = r.frame.ts_us;
		p.data = r.frame.data;
		p.cap_len = r.frame.cap_len;
		p.wire_len = r.frame.wire_len;
		decode_packet(x->decoder, r.linktype, &p);
		if (belongs(g, x, &p))
			ring_put(x->out.packets, r.source, r.linktype, &r.frame);
	}
	return false;
}

/* ---- both ---- */

const struct engine_view *extract_view(const struct extraction *x)
{
	return x->view;
}

bool extract_is_hasty(const struct extraction *x)
{
	return x->packets;
}

bool extract_is_of_pairs(const struct extraction *x)
{
	return !x->packets && x->dim == DIM_SUBNET_PAIR;
}

void extract_begin(struct engine *g)
{
	struct extraction *x = g->extraction;

	g->extracting = true;
	core_rest(&g->core);
	if (x->packets)
		begin_packets(g, x);
	else
		begin_rows(g, x);
}

static void finish(struct engine *g)
{
	struct extraction *x = g->extraction;

	g->extraction = NULL;
	g->extracting = false;
	if (x->out.error.code != ERR_NONE) {
		ring_free(x->out.packets);
		x->out.packets = NULL;
	}
	atomic_store(&g->busy, false);
	x->done(x->ctx, &x->out);
	release(x);
}

bool extract_step(struct engine *g)
{
	struct extraction *x = g->extraction;

	if (!g->extracting)
		return true;
	if (!(x->packets ? step_packets(g, x) : step_rows(g, x)))
		return false;
	finish(g);
	return true;
}

void extract_cancel(struct engine *g, const char *why)
{
	struct extraction *x = g->extraction;

	if (x == NULL)
		return;
	if (why != NULL) {
		error_set(&x->out.error, ERR_LIMIT, "%s", why);
		finish(g);
		return;
	}
	g->extraction = NULL;
	g->extracting = false;
	ring_free(x->out.packets);
	release(x);
	atomic_store(&g->busy, false);
}

/* ---- other threads ---- */

static bool ask(struct engine *g, const struct extraction *what)
{
	struct extraction *x;

	if (atomic_exchange(&g->busy, true))
		return false;
	x = mem_alloc(sizeof *x);
	*x = *what;
	uv_mutex_lock(&g->mutex);
	g->commands.extraction = x;
	uv_mutex_unlock(&g->mutex);
	if (g->running)
		uv_async_send(&g->wake);
	return true;
}

bool engine_extract_rows(struct engine *g, int view, enum dim d, const struct want_list *w, bool names,
			 engine_extracted *done, void *ctx)
{
	return ask(g, &(struct extraction){.view = &g->views[view], .done = done, .ctx = ctx, .dim = d, .list = *w, .names = names});
}

bool engine_extract_packets(struct engine *g, const struct packets_wanted *p, engine_extracted *done,
			    void *ctx)
{
	return ask(g, &(struct extraction){.view = &g->views[0], .done = done, .ctx = ctx, .packets = true, .wanted = *p});
}
