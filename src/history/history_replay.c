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
	struct feed_replay *feed;
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

int64_t history_replay_work(struct history *h)
{
	struct history_replay *r = h->replay;

	if (r->feed == NULL)
		return -1;
	if (!prepare(h)) /* it is not open yet */
		return 1000000;
	return feed_replay_work(r->feed, history_clock_us());
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

struct begin {
	void (*published)(void *ctx);
	void *ctx;
	struct feed feed;
};

static void begin(struct history *h, void *ctx)
{
	struct history_replay *r = h->replay;
	struct begin *b = ctx;
	struct feed_replay_options o = {
		.source = &r->source, .context = &r->context, .wake = wake, .wake_ctx = h, .published = b->published, .ctx = b->ctx};

	feed_replay_free(r->feed);
	r->feed = feed_replay_new(&o);
	b->feed = feed_replay_feed(r->feed);
}

struct feed history_feed(struct history *h, const struct want *want, void (*published)(void *ctx), void *ctx)
{
	struct begin b = {.published = published, .ctx = ctx};

	history_call(h, begin, &b);
	if (want != NULL)
		b.feed.ops->want(b.feed.ctx, want);
	return b.feed;
}

static void end(struct history *h, void *ctx)
{
	(void)ctx;
	feed_replay_free(h->replay->feed);
	h->replay->feed = NULL;
}

void history_feed_end(struct history *h)
{
	history_call(h, end, NULL);
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
