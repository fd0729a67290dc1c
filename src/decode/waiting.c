/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Data sets that came before their template: kept for a while, read when it comes. Bounded in bytes
 * together, and one exporter has no more than a share of that; the oldest goes. Called by ipfix.c.
 */
#include "config.h"

#include <string.h>

#include "decode/template.h"
#include "dpitop/mem.h"

enum { EXPORTER_SHARE = 4 }; /* one in so many of the bytes */

struct waiting_set {
	struct waiting_set *older, *newer; /* of the decoder */
	struct waiting_set *next;          /* of the exporter, the oldest first */
	struct exporter *x;
	int64_t arrival_us, export_us;
	uint32_t uptime_ms;
	bool has_uptime;
	uint16_t id;
	uint32_t bytes;
	uint8_t data[];
};

static size_t cost_of(const struct waiting_set *w)
{
	return sizeof *w + w->bytes;
}

/* at: what points to it in its exporter's list. */
static void unlink_set(struct export_decoder *d, struct waiting_set **at)
{
	struct waiting_set *w = *at;
	struct exporter *x = w->x;

	*at = w->next;
	if (x->last_waiting == w) {
		x->last_waiting = NULL;
		for (struct waiting_set *rest = x->first_waiting; rest != NULL; rest = rest->next)
			x->last_waiting = rest;
	}
	*(w->older != NULL ? &w->older->newer : &d->oldest_waiting) = w->newer;
	*(w->newer != NULL ? &w->newer->older : &d->newest_waiting) = w->older;
	d->waiting_bytes -= cost_of(w);
	x->waiting_bytes -= cost_of(w);
	x->seen.waiting--;
}

/* The oldest of an exporter: the oldest of all is the oldest of its own, too. */
static void drop_oldest(struct export_decoder *d, struct exporter *x)
{
	struct waiting_set *w = x->first_waiting;

	unlink_set(d, &x->first_waiting);
	d->totals.waiting_dropped++;
	mem_free(w);
}

void waiting_forget(struct export_decoder *d, struct exporter *x)
{
	while (x->first_waiting != NULL)
		drop_oldest(d, x);
}

void waiting_release(struct export_decoder *d)
{
	while (d->oldest_waiting != NULL)
		drop_oldest(d, d->oldest_waiting->x);
}

void waiting_age(struct export_decoder *d, int64_t now_us)
{
	while (d->oldest_waiting != NULL && now_us - d->oldest_waiting->arrival_us > d->limits.waiting_us)
		drop_oldest(d, d->oldest_waiting->x);
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
		drop_oldest(d, x);
	while (d->waiting_bytes + cost > d->limits.waiting_bytes)
		drop_oldest(d, d->oldest_waiting->x);
	struct waiting_set *w = mem_alloc(cost);

	*w = (struct waiting_set){
		.older = d->newest_waiting,
		.x = x,
		.arrival_us = in->dg->ts_us,
		.export_us = in->export_us,
		.uptime_ms = in->uptime_ms,
		.has_uptime = in->has_uptime,
		.id = id,
		.bytes = c.left,
	};
	memcpy(w->data, c.at, c.left);
	*(d->newest_waiting != NULL ? &d->newest_waiting->newer : &d->oldest_waiting) = w;
	d->newest_waiting = w;
	*(x->last_waiting != NULL ? &x->last_waiting->next : &x->first_waiting) = w;
	x->last_waiting = w;
	d->waiting_bytes += cost;
	x->waiting_bytes += cost;
	x->seen.waiting++;
}

static void read_set(const struct intake *now, const struct template *t, struct waiting_set *w)
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
	mem_free(w);
}

static void read_sets(struct intake *in, const struct template *t, struct exporter *x)
{
	for (struct waiting_set **at = &x->first_waiting; *at != NULL;) {
		struct waiting_set *w = *at;

		if (w->id != t->id) {
			at = &w->next;
			continue;
		}
		unlink_set(in->d, at);
		read_set(in, t, w);
	}
}

void waiting_read(struct intake *in, const struct template *t)
{
	const struct family *f = exporter_family(in->d, in->x);

	if (in->d->oldest_waiting == NULL)
		return;
	if (f == NULL) {
		read_sets(in, t, in->x);
		return;
	}
	for (struct exporter *x = f->first; x != NULL; x = x->sibling)
		read_sets(in, t, x);
}
