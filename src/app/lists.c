/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Category lists: read at the start, and again on SIGHUP, SIGUSR1 or a key. Hundreds of thousands of
 * lines take a moment, so that is done beside main loop and engine; the engine gets a finished set and
 * moves its sites in slices. Lists that cannot be read leave the old ones. Main thread, and a thread of
 * libuv's pool.
 */
#include "config.h"

#include "app/lists.h"

#include <stdio.h>
#include <string.h>

#include "app/signals.h"
#include "dpitop/i18n.h"
#include "dpitop/log.h"
#include "dpitop/units.h"

static void log_report(const char *directory, const struct category_report *r)
{
	size_t shown = r->bad < CATEGORY_PROBLEMS ? r->bad : CATEGORY_PROBLEMS;

	for (size_t i = 0; i < shown; i++)
		log_line(LOG_WARN_, "%s", r->problems[i]);
	if (r->bad > shown)
		log_line(LOG_WARN_, "%.100s: %zu lines more are wrong; all %zu were skipped", directory, r->bad - shown, r->bad);
	if (r->twice > 0)
		log_line(LOG_WARN_, "%.100s: %zu entries are in an earlier list already, which counts", directory, r->twice);
	if (r->files == 0)
		log_line(LOG_WARN_, "%.100s: there is no list in this directory", directory);
}

static struct categories *read_lists(const char *directory, struct category_report *r, struct error *e)
{
	struct categories *c = categories_load(directory, r, e);

	if (c != NULL)
		log_report(directory, r);
	return c;
}

struct categories *lists_read(const char *directory, struct error *e)
{
	struct category_report r;

	return read_lists(directory, &r, e);
}

static void read_again(struct lists *l)
{
	struct error e = {.code = ERR_NONE};
	char entries[UNIT_TEXT];
	struct category_report r;

	l->fresh = read_lists(l->directory, &r, &e);
	if (l->fresh == NULL)
		snprintf(l->text, sizeof l->text, _("the category lists stay as they were: %.110s"), e.text);
	else if (r.bad > 0)
		snprintf(l->text, sizeof l->text, _("category lists read: %s entries, %zu lines skipped (see the log)"),
			 unit_count(r.entries, entries, sizeof entries), r.bad);
	else
		snprintf(l->text, sizeof l->text, _("category lists read: %s entries"),
			 unit_count(r.entries, entries, sizeof entries));
	log_line(l->fresh != NULL ? LOG_INFO_ : LOG_ERROR_, "%s", l->text);
}

static void hand_over(struct lists *l)
{
	if (l->fresh != NULL)
		engine_categories(l->engine, l->fresh);
	categories_unref(l->fresh);
	l->fresh = NULL;
	if (l->told != NULL)
		l->told(l->ctx, l->text);
}

static void on_work(uv_work_t *w)
{
	read_again(w->data);
}

static void on_read(uv_work_t *w, int status)
{
	struct lists *l = w->data;

	(void)status;
	l->busy = false;
	hand_over(l);
	if (l->again)
		lists_reread(l, w->loop);
}

bool lists_reread(struct lists *l, uv_loop_t *loop)
{
	if (l->directory == NULL)
		return false;
	l->again = l->busy;
	if (l->busy)
		return true;
	l->work.data = l;
	l->busy = uv_queue_work(loop, &l->work, on_work, on_read) == 0;
	return true;
}

static void on_reload(uv_poll_t *p, int status, int events)
{
	(void)status;
	(void)events;
	if (signals_take_reload())
		lists_reread(p->data, p->loop);
}

void lists_watch(struct lists *l, uv_loop_t *loop)
{
	if (l->directory == NULL)
		return;
	uv_poll_init(loop, &l->reload, signals_catch_reload());
	l->reload.data = l;
	uv_poll_start(&l->reload, UV_READABLE, on_reload);
}

void lists_unwatch(struct lists *l)
{
	if (l->directory != NULL)
		uv_close((uv_handle_t *)&l->reload, NULL);
}

void lists_reread_now(struct lists *l)
{
	if (l->directory == NULL)
		return;
	read_again(l);
	hand_over(l);
}
