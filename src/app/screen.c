/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The main loop with a screen: the terminal and an engine on its thread, or history, joined by a feed; pictures
 * wake this loop, signals end it; the user's settings come from his file and go there. What is drawn
 * is the tui's business. Main thread.
 */
#include "config.h"

#include "app/screen.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <uv.h>

#include "app/attach.h"
#include "app/feed_live.h"
#include "app/lists.h"
#include "app/rcfile.h"
#include "app/save.h"
#include "app/signals.h"
#include "dpitop/i18n.h"
#include "dpitop/log.h"
#include "dpitop/mem.h"
#include "dpitop/tui.h"

struct screen {
	struct engine *engine;    /* NULL: only history is looked at, or */
	struct attach *attach;    /* what a daemon sees; NULL: not */
	struct record *record;
	const struct sandbox *sandbox;
	bool looks_back;          /* history has been asked for a feed */
	uv_loop_t loop;
	uv_async_t fresh;
	uv_poll_t signal;
	struct lists lists;
	struct tui *tui;
	struct save *save;
	struct rcfile file;
	struct tui_settings settings; /* of the file, and over it the command line */
	bool ending;
};

static int64_t wall_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void end(void *ctx)
{
	struct screen *s = ctx;

	if (s->ending)
		return;
	s->ending = true;
	uv_stop(&s->loop);
}

static void on_fresh(uv_async_t *a)
{
	struct screen *s = a->data;

	if (s->tui && !s->ending)
		tui_update(s->tui);
}

static void on_signal(uv_poll_t *p, int status, int events)
{
	(void)status;
	(void)events;
	end(p->data);
}

static bool reread(void *ctx)
{
	struct screen *s = ctx;

	return lists_reread(&s->lists, &s->loop);
}

static void on_reread(void *ctx, const char *text)
{
	struct screen *s = ctx;

	if (s->tui && !s->ending)
		tui_say(s->tui, text);
}

static void on_published(void *ctx)
{
	uv_async_send(ctx);
}

static struct feed look_back(void *ctx)
{
	struct screen *s = ctx;

	s->looks_back = true;
	return history_feed(s->record->history, NULL, on_published, &s->fresh);
}

static int write_file(void *ctx, const struct tui_write *w, struct error *e)
{
	struct screen *s = ctx;

	return save_start(s->save, w, e);
}

static void on_told(void *ctx, enum tui_written how, const char *text)
{
	struct screen *s = ctx;

	if (s->tui && !s->ending)
		tui_written(s->tui, how, text);
}

static int save_settings(void *ctx, const struct tui_settings *settings, struct error *e)
{
	struct screen *s = ctx;

	return rcfile_save(&s->file, settings, e);
}

/* What the command line says counts more than the file: it is read again. */
static int read_settings(struct screen *s, const struct options *o, bool changed_user, struct error *e)
{
	struct options fresh;
	size_t i;

	options_init(&fresh);
	if (o->use_config)
		rcfile_find(&s->file, o->config, changed_user);
	else
		snprintf(s->file.nowhere, sizeof s->file.nowhere, _("started with --no-config"));
	if (rcfile_read(&s->file, o->config != NULL, &fresh.screen, e) != 0 ||
	    options_parse(&fresh, o->argc, o->argv, e) != 0)
		return (int)e->code;
	s->settings = fresh.screen;
	for (i = 0; i < s->file.problem_count && i < RCFILE_PROBLEMS; i++)
		log_line(LOG_WARN_, "%.200s:%d: %s", s->file.path, s->file.problems[i].line,
			 s->file.problems[i].text);
	return 0;
}

static struct tui *open_tui(struct screen *s, const struct options *o, const char *subject, struct error *e)
{
	const struct feed feed = s->engine ? feed_live(s->engine) : s->attach ? attach_feed(s->attach) : look_back(s);
	struct tui_options t = {
		.sort = o->sort,
		.filter = o->filter,
		.settings = s->settings,
		.config_path = s->file.path,
		.first_run = o->use_config && !s->file.there,
		.problems = s->file.problems,
		.problem_count = s->file.problem_count,
		.save = save_settings,
		.subject = subject,
		.sandbox = s->sandbox->text,
		.sandbox_on = s->sandbox->on,
		.now_us = wall_us,
		.write = write_file,
		.quit = end,
		.history = (s->engine || s->attach) && s->record->history ? look_back : NULL,
		.reread = s->engine && o->categories ? reread : NULL,
		.ctx = s,
	};

	return tui_open(&s->loop, &feed, &t, e);
}

static void close_handles(struct screen *s)
{
	uv_close((uv_handle_t *)&s->fresh, NULL);
	uv_close((uv_handle_t *)&s->signal, NULL);
	lists_unwatch(&s->lists);
	uv_run(&s->loop, UV_RUN_DEFAULT);
	uv_loop_close(&s->loop);
}

static void watch_lists(struct screen *s, struct engine *g, const char *directory)
{
	s->lists = (struct lists){.directory = directory, .engine = g, .told = on_reread, .ctx = s};
	lists_watch(&s->lists, &s->loop);
}

/* Of the past the sandbox was entered before. */
static int begin_recording(struct screen *s, struct engine *g, struct record *record, struct sandbox *sandbox, const struct options *o,
			   struct error *e)
{
	if (!g)
		return 0;
	if (sandbox_enter(sandbox, o, &s->settings, e) != 0)
		return (int)e->code;
	return record_open(record, g, o, &s->settings, sandbox->changed_user, e);
}

static struct snapshot *newest_here(void *ctx)
{
	return engine_newest(ctx);
}

static bool rows_here(void *ctx, enum dim d, const struct want_list *w, bool names, engine_extracted *done, void *done_ctx)
{
	return engine_extract_rows(ctx, 0, d, w, names, done, done_ctx);
}

static bool packets_here(void *ctx, const struct packets_wanted *p, engine_extracted *done, void *done_ctx)
{
	return engine_extract_packets(ctx, p, done, done_ctx);
}

static struct snapshot *newest_there(void *ctx)
{
	return attach_newest(ctx);
}

static bool rows_there(void *ctx, enum dim d, const struct want_list *w, bool names, engine_extracted *done, void *done_ctx)
{
	return attach_extract_rows(ctx, d, w, names, done, done_ctx);
}

static struct save *open_save(struct screen *s)
{
	const struct save_from here = {newest_here, rows_here, packets_here, s->engine};
	const struct save_from there = {newest_there, rows_there, NULL, s->attach};

	return save_new(&s->loop, s->attach ? &there : &here, s->sandbox, on_told, s);
}

static void on_attached(void *ctx)
{
	struct screen *s = ctx;

	if (s->tui && !s->ending)
		tui_update(s->tui);
}

static int start(struct screen *s, const struct want *want, struct error *e)
{
	if (s->engine)
		return engine_start(s->engine, want, on_published, &s->fresh, e);
	return s->attach ? attach_start(s->attach, &s->loop, on_attached, s, e) : 0;
}

int screen_run(struct engine *g, struct attach *attach, struct record *record, struct sandbox *sandbox, const struct options *o, const char *subject,
	       int wake_fd, struct error *e)
{
	struct screen *s = mem_zalloc(sizeof *s);
	struct want want;
	int r = read_settings(s, o, sandbox->changed_user, e);

	if (r == 0)
		r = begin_recording(s, g, record, sandbox, o, e);
	if (r != 0) {
		attach_close(attach);
		mem_free(s);
		return r;
	}
	s->engine = g;
	s->attach = attach;
	s->record = record;
	s->sandbox = sandbox;
	memset(&want, 0, sizeof want);
	want.names = s->settings.names;
	uv_loop_init(&s->loop);
	uv_async_init(&s->loop, &s->fresh, on_fresh);
	uv_poll_init(&s->loop, &s->signal, wake_fd);
	uv_poll_start(&s->signal, UV_READABLE, on_signal);
	s->fresh.data = s->signal.data = s;
	s->save = open_save(s);
	watch_lists(s, g, g ? o->categories : NULL);
	s->tui = open_tui(s, o, subject, e);
	r = s->tui ? 0 : (int)e->code;
	if (r == 0)
		r = start(s, &want, e);
	if (s->tui) {
		signals_on_crash(tui_restore);
		mem_set_oom_hook(tui_restore);
		log_to_stderr(false);
	}
	if (r == 0)
		uv_run(&s->loop, UV_RUN_DEFAULT);
	if (g)
		engine_stop(g, NULL);
	if (s->looks_back)
		history_feed_end(record->history);
	if (s->tui)
		tui_close(s->tui);
	log_to_stderr(true);
	save_close(s->save);
	attach_close(attach);
	close_handles(s);
	mem_free(s);
	return r;
}
