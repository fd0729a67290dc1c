/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --daemon: capture, collection and history go on without a screen; screens attach and leave. It stays in the foreground, as
 * service managers want it. Main thread.
 */
#include "config.h"

#include "app/daemon.h"

#include <string.h>
#include <uv.h>

#include "app/lists.h"
#include "app/serve.h"
#include "app/signals.h"

struct run {
	struct serve *serve;
	uv_loop_t loop;
	uv_async_t fresh;
	uv_poll_t signal;
	struct lists lists;
};

static void on_fresh(uv_async_t *a)
{
	struct run *r = a->data;

	serve_published(r->serve);
}

static void on_published(void *ctx)
{
	uv_async_send(ctx);
}

static void on_signal(uv_poll_t *p, int status, int events)
{
	(void)status;
	(void)events;
	uv_stop(p->loop);
}

static void close_handles(struct run *r)
{
	uv_close((uv_handle_t *)&r->fresh, NULL);
	uv_close((uv_handle_t *)&r->signal, NULL);
	lists_unwatch(&r->lists);
	uv_run(&r->loop, UV_RUN_DEFAULT);
	uv_loop_close(&r->loop);
}

int daemon_run(struct engine *g, const struct options *o, int fd, const char *subject, const char *history, int wake_fd, struct error *e)
{
	struct serve_options serve = {.fd = fd, .subject = subject, .history = history};
	struct run r = {.lists = {.directory = o->categories, .engine = g}};
	struct want nothing;
	int code;

	memset(&nothing, 0, sizeof nothing); /* names are looked up for the screens that want them */
	uv_loop_init(&r.loop);
	uv_async_init(&r.loop, &r.fresh, on_fresh);
	uv_poll_init(&r.loop, &r.signal, wake_fd);
	uv_poll_start(&r.signal, UV_READABLE, on_signal);
	r.fresh.data = r.signal.data = &r;
	lists_watch(&r.lists, &r.loop);
	r.serve = serve_open(&r.loop, g, &serve);
	code = engine_start(g, &nothing, on_published, &r.fresh, e);
	if (code == 0) {
		uv_run(&r.loop, UV_RUN_DEFAULT);
		engine_stop(g, NULL);
	}
	serve_close(r.serve);
	close_handles(&r);
	return code;
}
