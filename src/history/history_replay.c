/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Looking back, by history's thread: the feed of a screen has its turn between two portions of what is
 * written, pictures without a screen are asked for and waited for. Places of addresses are opened when somebody looks.
 */
#include "config.h"

#include "dpitop/log.h"
#include "dpitop/mem.h"
#include "history/feed_replay.h"
#include "history/thread.h"

struct history_replay {
	struct feed_replay *feed; /* made by whoever looks first, under the mutex; goes with history's thread */
	struct window_source source;
	struct picture_context context;
};

/* Local networks are the private ones where none are given: an interface's own are not known here. */
static struct subnets *open_subnets(const char *local_networks)
{
	struct subnets *s = subnets_new(24, 64);

	if (local_networks == NULL || subnets_add_local(s, local_networks, NULL) != 0)
		subnets_add_private(s);
	return s;
}

static bool prepare(struct history *h)
{
	struct history_replay *r = h->replay;
	struct error e = {.code = ERR_NONE};

	if (h->archive == NULL)
		return false;
	if (r->context.subnets != NULL)
		return true;
	r->source = window_source_of(h->archive);
	r->context.dpi = h->dpi;
	r->context.subnets = open_subnets(h->o.local_networks);
	r->context.name = h->info.dir;
	r->context.geoip = geoip_open(h->o.geoip, &e);
	if (r->context.geoip == NULL) {
		log_line(LOG_WARN_, "%s", e.text);
		r->context.geoip = geoip_open(NULL, NULL);
	}
	return true;
}

static struct feed_replay *feed_of(struct history *h)
{
	struct feed_replay *f;

	uv_mutex_lock(&h->mutex);
	f = h->replay->feed;
	uv_mutex_unlock(&h->mutex);
	return f;
}

int64_t history_replay_work(struct history *h)
{
	struct feed_replay *f = feed_of(h);

	if (f == NULL)
		return -1;
	if (!prepare(h)) /* it is not open yet */
		return 1000000;
	return feed_replay_work(f, history_clock_us());
}

struct history_replay *history_replay_new(void)
{
	return mem_zalloc(sizeof(struct history_replay));
}

void history_replay_free(struct history_replay *r)
{
	feed_replay_free(r->feed);
	geoip_close(r->context.geoip);
	if (r->context.subnets != NULL)
		subnets_free(r->context.subnets);
	mem_free(r);
}

/* ---- other threads ---- */

static void wake(void *ctx)
{
	history_wake(ctx);
}

struct feed history_feed(struct history *h, const struct want *want, void (*published)(void *ctx), void *ctx)
{
	struct history_replay *r = h->replay;
	struct feed feed;

	uv_mutex_lock(&h->mutex);
	if (r->feed == NULL) {
		struct feed_replay_options o = {.source = &r->source, .context = &r->context, .wake = wake, .wake_ctx = h};

		r->feed = feed_replay_new(&o);
	}
	feed = feed_replay_feed(r->feed);
	feed_replay_watch(r->feed, published, ctx);
	uv_mutex_unlock(&h->mutex);
	if (want != NULL)
		feed.ops->want(feed.ctx, want);
	return feed;
}

void history_feed_end(struct history *h)
{
	struct feed_replay *f = feed_of(h);
	struct feed feed;

	if (f == NULL)
		return;
	feed = feed_replay_feed(f);
	feed_replay_watch(f, NULL, NULL);
	feed.ops->replay->rest(feed.ctx);
}

struct span {
	struct archive_span span;
	bool found;
};

static void look(struct history *h, void *ctx)
{
	struct span *s = ctx;

	history_drain(h);
	s->found = h->archive != NULL && archive_span(h->archive, &s->span);
}

bool history_span(struct history *h, int64_t *from_us, int64_t *to_us)
{
	struct span s = {.found = false};

	history_call(h, look, &s);
	if (s.found) {
		*from_us = s.span.from_us;
		*to_us = s.span.to_us;
	}
	return s.found;
}

struct picture {
	const struct want *want;
	int64_t from_us, to_us;
	int period;  /* enum lasting; -1: not of the calendar */
	struct error *e;
	struct snapshot *made;
};

static void make(struct history *h, void *ctx)
{
	struct picture *p = ctx;

	history_drain(h);
	if (prepare(h) && p->period >= 0)
		p->made = report_picture(h->archive, &h->replay->context, p->want, (enum lasting)p->period, p->to_us, p->e);
	else if (prepare(h))
		p->made = picture_sum(&h->replay->source, &h->replay->context, p->want, p->from_us, p->to_us, p->e);
	else
		error_set(p->e, ERR_IO, "%s", h->info.text);
}

struct snapshot *history_picture(struct history *h, const struct want *want, int64_t from_us, int64_t to_us, struct error *e)
{
	struct picture p = {.want = want, .from_us = from_us, .to_us = to_us, .period = -1, .e = e};

	history_call(h, make, &p);
	return p.made;
}

struct snapshot *history_report(struct history *h, const struct want *want, enum lasting period, int64_t now_us, struct error *e)
{
	struct picture p = {.want = want, .to_us = now_us, .period = (int)period, .e = e};

	history_call(h, make, &p);
	return p.made;
}
