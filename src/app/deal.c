/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dealing: which lane a packet goes to, its way into the batch that waits there, and the marks that end turns. Both
 * directions of a flow, fragments and what comes of them have the same two hosts, and so have most flows that nDPI knows
 * by what it saw of others: a lane gets all packets between two hosts. The dealer's thread.
 */
#include "config.h"

#include <string.h>

#include "app/deal_parts.h"
#include "dpitop/mem.h"

struct flow_limits deal_own_limits(const struct deal_options *o)
{
	struct flow_limits l = o->limits;
	unsigned of = o->lanes + 1;

	l.max_flows = o->shared && l.max_flows >= of ? l.max_flows / of : 1;
	l.max_dpi = o->shared && l.max_dpi >= of ? l.max_dpi / of : 1;
	return l;
}

struct deal *deal_new(const struct deal_options *o, struct error *e)
{
	struct deal *d = mem_zalloc(sizeof *d);

	d->o = *o;
	d->at = 1;
	uv_mutex_init(&d->mutex);
	uv_cond_init(&d->changed);
	for (; d->lane_count < o->lanes; d->lane_count++) {
		struct lane *l = lane_new(d, d->lane_count, e);

		if (l == NULL) {
			deal_free(d);
			return NULL;
		}
		d->lanes[d->lane_count] = l;
		d->tables[d->lane_count] = l->flows;
	}
	return d;
}

void deal_free(struct deal *d)
{
	if (d == NULL)
		return;
	if (d->own != NULL)
		flow_table_join(d->own, NULL, 0, NULL);
	for (unsigned i = 0; i < d->lane_count; i++)
		lane_free(d->lanes[i]);
	for (unsigned i = 0; i < d->turn_count; i++)
		mem_free(d->turns[(d->turn_first + i) % TURNS].frames);
	mem_free(d->frames);
	uv_cond_destroy(&d->changed);
	uv_mutex_destroy(&d->mutex);
	mem_free(d);
}

void deal_join(struct deal *d, struct flow_table *t)
{
	d->own = t;
	flow_table_join(t, d->tables, d->lane_count, &d->o.limits);
}

int deal_start(struct deal *d, bool ordered, struct error *e)
{
	if (d->started)
		return 0;
	for (unsigned i = 0; i < d->lane_count; i++)
		if (!d->lanes[i]->started && !lane_start(d->lanes[i]))
			return error_set(e, ERR_LIMIT, "cannot start a thread");
	d->ordered = ordered;
	d->started = true;
	return 0;
}

bool deal_has_begun(const struct deal *d)
{
	return d->started;
}

void deal_part(struct deal *d)
{
	d->parted = true;
}

/* ---- batches ---- */

/* Or, if it is not to wait for that, not. */
static bool has_room(struct lane *l, bool wait)
{
	bool room;

	uv_mutex_lock(&l->mutex);
	l->wants_room = wait && l->count == BATCHES;
	while (l->wants_room && l->count > ROOM_AGAIN)
		uv_cond_wait(&l->room, &l->mutex);
	l->wants_room = false;
	room = l->count < BATCHES;
	uv_mutex_unlock(&l->mutex);
	return room;
}

static struct batch *begin_batch(struct lane *l)
{
	struct deal *d = l->deal;
	struct batch *b;

	/* where dealer and collector are one, the lane may wait for what it told to be collected */
	while (!has_room(l, d->parted || !deal_owes(d)))
		deal_collect(d, 0, DEAL_FOREVER);
	b = l->inbox[l->tail];
	if (b == NULL)
		b = l->inbox[l->tail] = mem_alloc(sizeof *b); /* its memory is touched as it is needed */
	b->count = 0;
	b->used = 0;
	b->mark.on = false;
	b->strained = l->strained;
	l->strained.on = false;
	return l->filling = b;
}

/* wake: it is not to wait until there is more. */
static void hand_over(struct lane *l, bool wake)
{
	l->filling = NULL;
	l->tail = (l->tail + 1) % BATCHES;
	uv_mutex_lock(&l->mutex);
	l->count++;
	if (l->idle && (wake || l->count >= WAKE_AT))
		uv_cond_signal(&l->work);
	uv_mutex_unlock(&l->mutex);
}

void deal_flush(struct deal *d)
{
	for (unsigned i = 0; i < d->lane_count; i++) {
		struct lane *l = d->lanes[i];
		bool idle;

		uv_mutex_lock(&l->mutex);
		idle = l->idle;
		if (idle && l->count > 0)
			uv_cond_signal(&l->work);
		uv_mutex_unlock(&l->mutex);
		if (idle && l->filling != NULL)
			hand_over(l, true);
	}
}

/* ---- packets ---- */

static uint64_t mixed(const struct addr *a, uint64_t seed)
{
	uint64_t w[2];

	memcpy(w, a->b, sizeof w);
	w[0] = (w[0] ^ seed) * UINT64_C(0x9e3779b97f4a7c15);
	w[1] = (w[1] ^ w[0] ^ w[0] >> 32) * UINT64_C(0xd6e8feb86659fd93);
	return w[1] ^ w[1] >> 32;
}

/* The same for both directions. */
static struct lane *lane_of(const struct deal *d, const struct packet *p)
{
	uint64_t h = (mixed(&p->src, d->o.seed) + mixed(&p->dst, d->o.seed)) * UINT64_C(0x9e3779b97f4a7c15);

	return d->lanes[(h >> 32) * d->lane_count >> 32];
}

/* With as much of its IP packet as anybody looks at. */
static void put_packet(struct batch *b, const struct packet *p, size_t n, uint64_t at, unsigned source)
{
	struct dealt *to = &b->packets[b->count++];
	struct packet *copy = &to->packet;
	uint8_t *data = b->data + b->used;

	to->at = at;
	to->source = source;
	*copy = *p;
	if (n > 0)
		memcpy(data, p->l3, n);
	b->used += n;
	copy->data = NULL;
	copy->l3 = p->l3 != NULL ? data : NULL;
	copy->l3_len = (uint32_t)n;
	if (p->payload == NULL)
		return;
	size_t offset = (size_t)(p->payload - p->l3);
	size_t left = n > offset ? n - offset : 0;

	copy->payload = data + (offset < n ? offset : n);
	if (copy->payload_len > left)
		copy->payload_len = (uint32_t)left;
}

void deal_packet(struct deal *d, const struct packet *p, unsigned source)
{
	struct lane *l = lane_of(d, p);
	struct batch *b = l->filling;
	size_t n = p->l3_len < PACKET_BYTES ? p->l3_len : PACKET_BYTES;

	if (b != NULL && (b->count == BATCH_PACKETS || BATCH_BYTES - b->used < n)) {
		hand_over(l, false);
		b = NULL;
	}
	if (b == NULL)
		b = begin_batch(l);
	put_packet(b, p, n, d->at++, source);
	d->turn_packets++;
	if (p->ts_us > d->newest_us)
		d->newest_us = p->ts_us;
}

void deal_non_ip(struct deal *d, uint16_t ethertype, bool undecoded, uint32_t bytes, int64_t ts_us, unsigned source)
{
	if (d->frame_count == d->frame_room) {
		d->frame_room = d->frame_room != 0 ? d->frame_room * 2 : 256;
		d->frames = mem_grow(d->frames, d->frame_room, sizeof *d->frames);
	}
	d->frames[d->frame_count++] = (struct frame_told){.at = d->at++, .ts_us = ts_us, .bytes = bytes, .ethertype = ethertype,
							  .source = (uint16_t)source, .undecoded = undecoded};
	d->turn_packets++;
}

void deal_strain(struct deal *d, enum flow_strain strain, size_t new_flows)
{
	for (unsigned i = 0; i < d->lane_count; i++)
		d->lanes[i]->strained = (struct strained){true, strain, new_flows / d->lane_count};
}

uint64_t deal_number(struct deal *d)
{
	return d->at++;
}

/* ---- turns ---- */

bool deal_is_due(const struct deal *d)
{
	return d->turn_packets >= TURN_PACKETS;
}

/* Room for the turn that ends. */
static void turn_begin(struct deal *d)
{
	while (!d->parted && d->turn_count == TURNS)
		deal_collect(d, 0, DEAL_FOREVER);
	uv_mutex_lock(&d->mutex);
	while (d->turn_count == TURNS)
		uv_cond_wait(&d->changed, &d->mutex);
	uv_mutex_unlock(&d->mutex);
}

static void turn_put(struct deal *d, const struct deal_turn *t)
{
	struct ended_turn *to;

	uv_mutex_lock(&d->mutex);
	to = &d->turns[(d->turn_first + d->turn_count) % TURNS];
	*to = (struct ended_turn){.turn = *t, .frames = d->frames, .frame_count = d->frame_count};
	d->turn_count++;
	uv_cond_signal(&d->changed);
	uv_mutex_unlock(&d->mutex);
	d->frames = NULL;
	d->frame_count = d->frame_room = 0;
	d->turn_packets = 0;
}

/* Numbers that belong to the mark: those of flows that begin at it, and, where order counts, of what a tick lists anew: as
 * many as there were since the one before. */
static void pass_by(struct deal *d, enum deal_mark mark, uint64_t at)
{
	d->at++;
	if (mark == DEAL_SYNC)
		return;
	d->at += (uint64_t)d->lane_count * LANE_IDS;
	if (d->ordered)
		d->at += at - d->mark_at;
	d->mark_at = at;
}

void deal_end_turn(struct deal *d, const struct deal_turn *t)
{
	struct mark m = {.on = true, .kind = t->mark, .now_us = t->now_us, .newest_us = d->newest_us, .at = d->at};

	turn_begin(d);
	turn_put(d, t);
	for (unsigned i = 0; i < d->lane_count; i++) {
		struct lane *l = d->lanes[i];
		struct batch *b = l->filling != NULL ? l->filling : begin_batch(l);

		b->mark = m;
		hand_over(l, true);
	}
	pass_by(d, t->mark, m.at);
}

void deal_no_more(struct deal *d)
{
	uv_mutex_lock(&d->mutex);
	d->no_more = true;
	uv_cond_signal(&d->changed);
	uv_mutex_unlock(&d->mutex);
}

unsigned deal_lanes(struct deal *d, struct deal_lane out[DEAL_LANES])
{
	for (unsigned i = 0; i < d->lane_count; i++)
		out[i] = (struct deal_lane){.packets = d->lanes[i]->last_packets, .cpu_ns = d->lanes[i]->last_cpu_ns};
	return d->lane_count;
}
