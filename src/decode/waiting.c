/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Data sets that came before their template: kept for a while, read when it comes. Bounded in bytes
 * together, and one exporter has no more than a share of that; the oldest goes. They are found by exporter and
 * template, so that what waits for others costs nothing. Called by ipfix.c.
 */
#include "config.h"

#include <string.h>

#include "decode/template.h"
#include "dpitop/mem.h"

enum { EXPORTER_SHARE = 4 }; /* one in so many of the bytes */

struct waiting_set {
	struct waiting_set *older, *newer; /* of the decoder */
	struct waiting_set *before, *after; /* of the exporter, by age too */
	struct waiting_set *next;          /* that wait for the same template, the oldest first */
	struct exporter *x;
	int64_t arrival_us, export_us;
	uint32_t uptime_ms;
	bool has_uptime;
	uint16_t id;
	uint32_t bytes;
	uint8_t data[];
};

struct queue_key {
	uint16_t slot; /* of the exporter */
	uint16_t id;
};

struct queue { /* what waits for one template of one exporter */
	struct queue_key key;
	struct waiting_set *first, *last;
};

void waiting_init(struct export_decoder *d)
{
	d->waiting = map_new(sizeof(struct queue_key), sizeof(struct queue),
			     d->limits.waiting_bytes / sizeof(struct waiting_set) + 1, d->seed);
}

static struct queue *queue_get(const struct export_decoder *d, const struct exporter *x, uint16_t id)
{
	const struct queue_key key = {x->seen.slot, id};

	return map_get(d->waiting, &key);
}

static size_t cost_of(const struct waiting_set *w)
{
	return sizeof *w + w->bytes;
}

/* The oldest of its queue leaves everything. */
static struct waiting_set *take_first(struct export_decoder *d, struct queue *q)
{
	struct waiting_set *w = q->first;
	struct exporter *x = w->x;

	q->first = w->next;
	if (q->first == NULL)
		map_remove(d->waiting, q);
	*(w->older != NULL ? &w->older->newer : &d->oldest_waiting) = w->newer;
	*(w->newer != NULL ? &w->newer->older : &d->newest_waiting) = w->older;
	*(w->before != NULL ? &w->before->after : &x->first_waiting) = w->after;
	*(w->after != NULL ? &w->after->before : &x->last_waiting) = w->before;
	d->waiting_bytes -= cost_of(w);
	x->waiting_bytes -= cost_of(w);
	x->seen.waiting--;
	return w;
}

/* The oldest of an exporter, or of all, is the oldest of its queue, too. */
static void drop(struct export_decoder *d, const struct waiting_set *oldest)
{
	mem_free(take_first(d, queue_get(d, oldest->x, oldest->id)));
	d->totals.waiting_dropped++;
}

void waiting_forget(struct export_decoder *d, struct exporter *x)
{
	while (x->first_waiting != NULL)
		drop(d, x->first_waiting);
}

void waiting_release(struct export_decoder *d)
{
	while (d->oldest_waiting != NULL)
		drop(d, d->oldest_waiting);
	map_free(d->waiting);
}

void waiting_age(struct export_decoder *d, int64_t now_us)
{
	while (d->oldest_waiting != NULL && now_us - d->oldest_waiting->arrival_us > d->limits.waiting_us)
		drop(d, d->oldest_waiting);
}

static void append(struct export_decoder *d, struct waiting_set *w)
{
	const struct queue_key key = {w->x->seen.slot, w->id};
	struct queue *q = map_touch(d->waiting, &key, NULL); /* no more than sets: there is room */
	struct exporter *x = w->x;

	w->older = d->newest_waiting;
	*(w->older != NULL ? &w->older->newer : &d->oldest_waiting) = w;
	d->newest_waiting = w;
	w->before = x->last_waiting;
	*(w->before != NULL ? &w->before->after : &x->first_waiting) = w;
	x->last_waiting = w;
	*(q->first != NULL ? &q->last->next : &q->first) = w;
	q->last = w;
	d->waiting_bytes += cost_of(w);
	x->waiting_bytes += cost_of(w);
	x->seen.waiting++;
}

void waiting_keep(struct intake *in, uint16_t id, struct cursor c)
{
	struct export_decoder *d = in->d;
	struct exporter *x = in->x;
	size_t cost = sizeof(struct waiting_set) + c.left, share = d->limits.waiting_bytes / EXPORTER_SHARE;

	x->seen.missing_template++;
	in->uncounted = true;
	if (cost > share) {
		d->totals.waiting_dropped++;
		return;
	}
	while (x->waiting_bytes + cost > share)
		drop(d, x->first_waiting);
	while (d->waiting_bytes + cost > d->limits.waiting_bytes)
		drop(d, d->oldest_waiting);
	struct waiting_set *w = mem_alloc(cost);

	*w = (struct waiting_set){
		.x = x,
		.arrival_us = in->dg->ts_us,
		.export_us = in->export_us,
		.uptime_ms = in->uptime_ms,
		.has_uptime = in->has_uptime,
		.id = id,
		.bytes = c.left,
	};
	memcpy(w->data, c.at, c.left);
	append(d, w);
}

static void read_set(const struct intake *now, const struct template *t, const struct waiting_set *w)
{
	struct intake in = *now;

	in.x = w->x;
	in.export_us = w->export_us;
	in.uptime_ms = w->uptime_ms;
	in.has_uptime = w->has_uptime;
	in.late = true;
	w->x->seen.recovered++;
	if (!data_read(&in, t, cursor_of(w->data, w->bytes)))
		w->x->seen.malformed++;
}

static void read_queue(struct intake *in, const struct template *t, const struct exporter *x)
{
	struct queue *q;

	while ((q = queue_get(in->d, x, t->id)) != NULL) {
		struct waiting_set *w = take_first(in->d, q);

		read_set(in, t, w);
		mem_free(w);
	}
}

void waiting_read(struct intake *in, const struct template *t)
{
	const struct family *f = exporter_family(in->d, in->x);
	unsigned looked = 0;

	if (in->d->oldest_waiting == NULL)
		return;
	read_queue(in, t, in->x);
	if (f == NULL)
		return;
	for (const struct exporter *x = f->first; x != NULL && looked < FAMILY_LOOKED; x = x->sibling, looked++)
		if (x != in->x)
			read_queue(in, t, x);
}
