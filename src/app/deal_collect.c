/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Collecting: the merge of what all lanes told in a turn, by its moments. Each lane's part is in order by itself. The
 * collector's thread.
 */
#include "config.h"

#include <string.h>

#include "app/deal_parts.h"
#include "dpitop/mem.h"

static const unsigned distance[AHEAD_STEPS] = {12, 8, 4}; /* things before their turn */

/* ---- a lane's part ---- */

static struct told *told_at(struct lane *l, size_t at)
{
	return (struct told *)(void *)(l->reading->data + at);
}

/* Have what comes soon on its way into the cache. */
static void look_ahead(struct lane *l)
{
	for (unsigned step = 0; step < AHEAD_STEPS; step++)
		while (l->before[step] < distance[step] && l->ahead[step] < l->reading->used) {
			struct told *t = told_at(l, l->ahead[step]);

			told_expect(l, t, (enum ahead_step)step, &l->deal->o.sink);
			l->ahead[step] += t->size;
			l->before[step]++;
		}
}

static void begin_chunk(struct lane *l, struct chunk *c)
{
	l->reading = c;
	l->at = 0;
	memset(l->ahead, 0, sizeof l->ahead);
	memset(l->before, 0, sizeof l->before);
	look_ahead(l);
}

static void end_chunk(struct lane *l)
{
	struct chunk *c = l->reading;

	if (c->ends) {
		l->ended = true;
		l->last = c->flows;
		l->last_packets = c->packets;
		l->last_cpu_ns = c->cpu_ns;
	}
	l->reading = NULL;
	lane_give_back(l, c);
}

/* What the lane tells next in this turn: NULL if that is nothing, or, without waiting, nothing yet (*lags). */
static struct told *peek(struct lane *l, uint64_t wait_ns, bool *lags)
{
	while (!l->ended) {
		if (l->reading == NULL) {
			struct chunk *c = lane_take(l, wait_ns);

			if (c == NULL) {
				*lags = true;
				return NULL;
			}
			begin_chunk(l, c);
		}
		if (l->at < l->reading->used)
			return told_at(l, l->at);
		end_chunk(l);
	}
	return NULL;
}

static void tell(struct lane *l, struct told *t)
{
	told_tell(l, t, &l->deal->o.sink);
	l->at += t->size;
	for (unsigned step = 0; step < AHEAD_STEPS; step++) {
		if (l->before[step] > 0)
			l->before[step]--;
		else
			l->ahead[step] = l->at;
	}
	look_ahead(l);
}

/* ---- all of them ---- */

static bool is_before(const struct flow_moment *a, const struct flow_moment *b)
{
	return a->major != b->major ? a->major < b->major : a->minor < b->minor;
}

static void tell_frame(struct deal *d, const struct frame_told *f)
{
	const struct deal_sink *to = &d->o.sink;

	to->non_ip(to->ctx, f->ethertype, f->undecoded, f->bytes, f->ts_us, f->source);
}

enum found { FOUND, FOUND_NONE, FOUND_LATER };

/* Tell what comes first. FOUND_NONE: the turn is over. */
static enum found tell_first(struct deal *d, const struct ended_turn *turn, uint64_t wait_ns)
{
	struct lane *from = NULL;
	struct told *first = NULL;
	bool lags = false;

	for (unsigned i = 0; i < d->lane_count; i++) {
		struct told *t = peek(d->lanes[i], wait_ns, &lags);

		if (lags)
			return FOUND_LATER;
		if (t != NULL && (first == NULL || is_before(&t->moment, &first->moment))) {
			first = t;
			from = d->lanes[i];
		}
	}
	if (d->frame_next < turn->frame_count) {
		const struct frame_told *f = &turn->frames[d->frame_next];

		if (first == NULL || is_before(&(struct flow_moment){.minor = f->at}, &first->moment)) {
			d->frame_next++;
			tell_frame(d, f);
			return FOUND;
		}
	}
	if (first == NULL)
		return FOUND_NONE;
	tell(from, first);
	return FOUND;
}

/* ---- turns ---- */

static struct ended_turn *oldest(struct deal *d, bool wait)
{
	struct ended_turn *t;

	uv_mutex_lock(&d->mutex);
	while (d->parted && wait && d->turn_count == 0 && !d->no_more)
		uv_cond_wait(&d->changed, &d->mutex);
	t = d->turn_count > 0 ? &d->turns[d->turn_first] : NULL;
	uv_mutex_unlock(&d->mutex);
	return t;
}

static void begin_turn(struct deal *d)
{
	d->in_turn = true;
	d->frame_next = 0;
	for (unsigned i = 0; i < d->lane_count; i++)
		d->lanes[i]->ended = false;
}

static void end_turn(struct deal *d, struct ended_turn *ended)
{
	struct deal_turn t = ended->turn;

	t.flows = (struct flow_stats){.created = 0};
	for (unsigned i = 0; i < d->lane_count; i++) {
		t.flows.created += d->lanes[i]->last.created;
		t.flows.live += d->lanes[i]->last.live;
	}
	mem_free(ended->frames);
	d->in_turn = false;
	uv_mutex_lock(&d->mutex);
	d->turn_first = (d->turn_first + 1) % TURNS;
	d->turn_count--;
	uv_cond_signal(&d->changed);
	uv_mutex_unlock(&d->mutex);
	d->o.sink.turn(d->o.sink.ctx, &t);
}

bool deal_collect(struct deal *d, size_t budget, uint64_t wait_ns)
{
	struct ended_turn *t = oldest(d, wait_ns == DEAL_FOREVER);
	enum found found = FOUND;

	if (t == NULL)
		return false;
	if (!d->in_turn)
		begin_turn(d);
	for (size_t left = budget > 0 ? budget : SIZE_MAX; left > 0 && found == FOUND; left--)
		found = tell_first(d, t, wait_ns);
	if (found == FOUND_NONE)
		end_turn(d, t);
	return found == FOUND_NONE;
}

bool deal_owes(const struct deal *d)
{
	return d->turn_count > 0;
}

void deal_rest(struct deal *d)
{
	for (unsigned i = 0; i < d->lane_count && d->started; i++) {
		struct lane *l = d->lanes[i];

		uv_mutex_lock(&l->mutex);
		if (l->count > 0)
			uv_cond_signal(&l->work); /* it may wait for more */
		while (!l->parked && !(l->idle && l->count == 0))
			uv_cond_wait(&l->done, &l->mutex);
		uv_mutex_unlock(&l->mutex);
	}
}
