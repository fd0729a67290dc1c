/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures of a daemon on standard output, one for each interval of its ticks. Main thread.
 */
#include "config.h"

#include "app/attach_print.h"

#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "app/headless.h"
#include "dpitop/filter.h"

#define SECOND_US INT64_C(1000000)

struct run {
	struct attach *attach;
	const struct options *options;
	const struct want *want;
	uv_loop_t loop;
	uv_poll_t signal;
	char filter[sizeof((struct snapshot *)0)->filter_text]; /* as pictures have it */
	int64_t interval_us, due_us, last_us;
	int64_t pictures;
	int result;
	struct error *e;
};

/* Its filter is in force, and it is of another interval than the one before: a clock that was set back begins one. */
static bool is_due(const struct run *r, const struct snapshot *s)
{
	return strcmp(s->filter_text, r->filter) == 0 && s->now_us > 0 &&
	       (r->pictures == 0 || s->now_us >= r->due_us || s->now_us < r->last_us);
}

/* Blanks are no filter. */
static void set_filter(struct run *r, const char *text)
{
	struct filter *f = filter_parse(text, NULL);

	if (f != NULL && !filter_is_empty(f))
		snprintf(r->filter, sizeof r->filter, "%s", filter_text(f));
	filter_free(f);
}

static void on_fresh(void *ctx)
{
	struct run *r = ctx;
	struct snapshot *s = attach_newest(r->attach);

	if (!attach_is_up(r->attach))
		r->result = error_set(r->e, ERR_IO, "%s", attach_why(r->attach));
	else if (s != NULL && is_due(r, s)) {
		r->result = headless_print(r->options, s, r->pictures == 0, r->e);
		r->pictures++;
		r->last_us = s->now_us;
		r->due_us = s->now_us + r->interval_us - SECOND_US / 2; /* ticks are not as long to the microsecond */
	}
	snapshot_unref(s);
	if (r->result != 0 || (r->options->count > 0 && r->pictures >= r->options->count))
		uv_stop(&r->loop);
}

static void on_signal(uv_poll_t *p, int status, int events)
{
	(void)status;
	(void)events;
	uv_stop(p->loop);
}

int attach_print(struct attach *a, const struct options *o, const struct want *w, int wake_fd, struct error *e)
{
	struct run r = {.attach = a, .options = o, .want = w, .e = e,
			.interval_us = (int64_t)((o->screen.interval > 1 ? o->screen.interval : 1) * 1e6)};
	struct feed feed = attach_feed(a);

	set_filter(&r, w->filter);
	uv_loop_init(&r.loop);
	uv_poll_init(&r.loop, &r.signal, wake_fd);
	uv_poll_start(&r.signal, UV_READABLE, on_signal);
	feed.ops->want(feed.ctx, w);
	r.result = attach_start(a, &r.loop, on_fresh, &r, e);
	if (r.result == 0)
		uv_run(&r.loop, UV_RUN_DEFAULT);
	attach_close(a);
	uv_close((uv_handle_t *)&r.signal, NULL);
	uv_run(&r.loop, UV_RUN_DEFAULT);
	uv_loop_close(&r.loop);
	return r.result;
}
