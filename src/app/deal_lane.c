/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A lane: a flow table with nDPI on a thread, batches of packets before it, chunks of what it tells behind it. Both queues
 * are bounded; what packets tell between two marks is bounded by the packets of a turn. Its table may be read by
 * others while it is idle or parked, for then it waits. The lane's thread, but for what the header says.
 */
#include "config.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "app/deal_parts.h"
#include "dpitop/mem.h"

/* ---- from and to others ---- */

/* The next batch, when the one before is done. NULL: the end. */
static struct batch *next_batch(struct lane *l, bool done)
{
	struct batch *b = NULL;

	uv_mutex_lock(&l->mutex);
	if (done) {
		l->first = (l->first + 1) % BATCHES;
		l->count--;
		if (l->wants_room && l->count <= ROOM_AGAIN)
			uv_cond_signal(&l->room);
	}
	while (l->count == 0 && !l->stop) {
		l->idle = true;
		uv_cond_signal(&l->done);
		uv_cond_wait(&l->work, &l->mutex);
	}
	l->idle = false;
	if (!l->stop)
		b = l->inbox[l->first];
	uv_mutex_unlock(&l->mutex);
	return b;
}

static struct chunk *chunk_new(void)
{
	struct chunk *c = mem_alloc(sizeof *c); /* its data is not touched yet */

	memset(c, 0, offsetof(struct chunk, data));
	return c;
}

/* With the mutex. */
static struct chunk *spare_or_new(struct lane *l)
{
	struct chunk *c = l->spare;

	if (c == NULL)
		return chunk_new();
	l->spare = c->next;
	l->spare_count--;
	memset(c, 0, offsetof(struct chunk, data));
	return c;
}

void lane_post(struct lane *l)
{
	struct chunk *c = l->writing;

	uv_mutex_lock(&l->mutex);
	if (l->out_last != NULL)
		l->out_last->next = c;
	else
		l->out_first = c;
	l->out_last = c;
	l->out_count++;
	uv_cond_signal(&l->done);
	while (l->in_tick && l->out_count > CHUNKS && !l->stop) {
		l->parked = true;
		uv_cond_signal(&l->done);
		uv_cond_wait(&l->work, &l->mutex);
	}
	l->parked = false;
	l->writing = spare_or_new(l);
	uv_mutex_unlock(&l->mutex);
}

/* With the mutex. */
static void wait_for_chunk(struct lane *l, uint64_t wait_ns)
{
	while (l->out_first == NULL && wait_ns == DEAL_FOREVER)
		uv_cond_wait(&l->done, &l->mutex);
	if (l->out_first == NULL && wait_ns > 0)
		uv_cond_timedwait(&l->done, &l->mutex, wait_ns);
}

struct chunk *lane_take(struct lane *l, uint64_t wait_ns)
{
	struct chunk *c;

	uv_mutex_lock(&l->mutex);
	wait_for_chunk(l, wait_ns);
	c = l->out_first;
	if (c != NULL) {
		l->out_first = c->next;
		if (c->next == NULL)
			l->out_last = NULL;
		l->out_count--;
		if (l->parked)
			uv_cond_signal(&l->work);
	}
	uv_mutex_unlock(&l->mutex);
	return c;
}

void lane_give_back(struct lane *l, struct chunk *c)
{
	bool kept;

	uv_mutex_lock(&l->mutex);
	kept = l->spare_count < SPARE_CHUNKS;
	if (kept) {
		c->next = l->spare;
		l->spare = c;
		l->spare_count++;
	}
	uv_mutex_unlock(&l->mutex);
	if (!kept)
		mem_free(c);
}

/* ---- its work ---- */

static uint64_t cpu_ns(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) != 0)
		return 0;
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* The other thread's cache has it. */
static void expect_data(const struct packet *p)
{
	__builtin_prefetch(p->l3);
	__builtin_prefetch(p->l3 + CACHE_LINE);
}

/* What each packet will touch is on its way into the cache while those before it have their turn. */
static void count_packets(struct lane *l, struct batch *b)
{
	for (unsigned i = 0; i < b->count + 2; i++) {
		if (i < b->count) {
			expect_data(&b->packets[i].packet);
			flow_table_expect_packet(l->flows, &b->packets[i].packet);
		}
		if (i >= 1 && i - 1 < b->count)
			flow_table_expect_entry(l->flows, b->packets[i - 1].packet.flow_tag);
		if (i < 2)
			continue;
		flow_table_at(l->flows, b->packets[i - 2].at, b->packets[i - 2].at - 1);
		flow_table_packet(l->flows, &b->packets[i - 2].packet, b->packets[i - 2].source);
	}
	l->packets += b->count;
}

static void end_turn(struct lane *l, const struct mark *m)
{
	flow_table_at(l->flows, m->at, m->at + l->number * LANE_IDS);
	flow_table_newest(l->flows, m->newest_us);
	l->in_tick = true;
	if (m->kind != DEAL_SYNC)
		flow_table_tick(l->flows, m->now_us, 0);
	if (m->kind == DEAL_FINISH)
		flow_table_finish(l->flows);
	l->in_tick = false;
	l->writing->ends = true;
	l->writing->flows = flow_table_stats(l->flows);
	l->writing->packets = l->packets;
	l->writing->cpu_ns = cpu_ns();
	lane_post(l);
}

static void run(void *ctx)
{
	struct lane *l = ctx;
	struct batch *b;

	for (bool done = false; (b = next_batch(l, done)) != NULL; done = true) {
		if (b->strained.on)
			flow_table_strain(l->flows, b->strained.strain, b->strained.new_flows);
		count_packets(l, b);
		if (b->mark.on)
			end_turn(l, &b->mark);
	}
}

/* ---- making and ending it ---- */

/* An even share of a bound; what is left over goes to the first lanes. One at least. */
static size_t share(size_t whole, unsigned number, unsigned of)
{
	size_t part = whole / of + (number < whole % of);

	return part > 0 ? part : 1;
}

struct lane *lane_new(struct deal *d, unsigned number, struct error *e)
{
	struct flow_limits limits = d->o.limits;
	unsigned of = d->o.lanes + d->o.shared;
	struct lane *l = mem_zalloc(sizeof *l);

	limits.max_flows = share(limits.max_flows, number, of);
	limits.max_dpi = share(limits.max_dpi, number, of);
	limits.share = NULL;
	l->deal = d;
	l->number = number;
	uv_mutex_init(&l->mutex);
	uv_cond_init(&l->work);
	uv_cond_init(&l->done);
	uv_cond_init(&l->room);
	slabs_init(&l->rows, 2 * sizeof(uint32_t), UINT32_MAX);
	l->writing = chunk_new();
	l->flows = flow_table_new(&limits, d->o.seed, told_update, l, e);
	if (l->flows == NULL) {
		lane_free(l);
		return NULL;
	}
	flow_table_keep_order(l->flows);
	flow_table_on_name(l->flows, told_name, l);
	if (d->o.meter_us > 0)
		flow_table_meter(l->flows, d->o.meter_us, told_part, l);
	return l;
}

/* Signals are the main thread's. */
bool lane_start(struct lane *l)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	l->started = uv_thread_create(&l->thread, run, l) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return l->started;
}

static void free_chunks(struct chunk *c)
{
	while (c != NULL) {
		struct chunk *next = c->next;

		mem_free(c);
		c = next;
	}
}

void lane_free(struct lane *l)
{
	if (l->started) {
		uv_mutex_lock(&l->mutex);
		l->stop = true;
		uv_cond_signal(&l->work);
		uv_mutex_unlock(&l->mutex);
		uv_thread_join(&l->thread);
	}
	flow_table_free(l->flows);
	for (unsigned i = 0; i < BATCHES; i++)
		mem_free(l->inbox[i]);
	free_chunks(l->out_first);
	free_chunks(l->spare);
	mem_free(l->writing);
	mem_free(l->reading);
	slabs_release(&l->rows);
	uv_cond_destroy(&l->room);
	uv_cond_destroy(&l->done);
	uv_cond_destroy(&l->work);
	uv_mutex_destroy(&l->mutex);
	mem_free(l);
}
