/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --json, --batch and --csv: pictures on standard output. Files are read inline, as fast as they can be,
 * their pictures come by packet time; live capture runs on the engine's thread and each closed tick
 * wakes this loop. Main thread.
 */
#include "config.h"

#include "app/headless.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <uv.h>

#include "app/lists.h"
#include "app/output.h"
#include "app/signals.h"
#include "dpitop/column.h"
#include "dpitop/export.h"
#include "dpitop/filter.h"
#include "dpitop/tui.h"

enum { TOP_LIVE = 100 };

/* What --json writes. */
static const enum dim json_dims[] = {
	DIM_HOST, DIM_L4, DIM_IP_VERSION, DIM_APP, DIM_CATEGORY, DIM_PORT, DIM_SUBNET,
	DIM_SUBNET_PAIR, DIM_COUNTRY, DIM_AS, DIM_SITE,
	DIM_SITE_CATEGORY, DIM_FLOW, DIM_ALERT,
};
enum { JSON_DIMS = sizeof json_dims / sizeof *json_dims };

struct run {
	struct engine *engine;
	const struct options *options;
	const struct want *want;
	enum dim dim;      /* --batch, --csv */
	bool headed;       /* --csv: the header stands */
	uint64_t due, ticks;      /* the tick that ends the interval */
	int64_t pictures;
	bool intervals;    /* files: pictures before the end */
	bool stop_asked;
	int result;
	struct error *e;
	uv_loop_t loop;
	uv_async_t fresh;
	uv_poll_t signal;
	struct lists lists;
};

static double interval(const struct options *o)
{
	return o->screen.interval > 0 ? o->screen.interval : 1;
}

/* An interval is so many ticks of at most a second. */
static int64_t ticks_per_picture(const struct options *o)
{
	return (int64_t)ceil(interval(o));
}

int64_t headless_tick_us(const struct options *o)
{
	return (int64_t)(interval(o) * 1e6 / (double)ticks_per_picture(o));
}

static int want_list(struct want *w, enum dim d, const struct options *o, bool *sorted)
{
	struct want_list *l = &w->lists[d];
	bool turned = o->sort && o->sort[0] == '-';

	l->on = true;
	l->top = o->top >= 0 ? (size_t)o->top : o->files.count || o->replay || o->report >= 0 ? 0 : TOP_LIVE;
	if (o->mode != MODE_BATCH && o->top < 0 && o->total)
		l->top = 0;
	l->sort = o->sort ? column_find(d, o->sort + turned) : NULL;
	l->plain = o->mode == MODE_JSON && !l->sort;
	if (!l->sort)
		return 0;
	*sorted = true;
	l->ascending = ((l->sort->flags & COLUMN_ASCENDING) != 0) != turned;
	return 0;
}

static int check_filter(struct want *w, const char *text, struct error *e)
{
	struct error own = {.code = ERR_NONE};
	struct filter *f;

	if (strlen(text) >= sizeof w->filter)
		return error_set(e, ERR_USAGE, "the filter is too long");
	f = filter_parse(text, &own);
	if (!f)
		return error_set(e, ERR_USAGE, "filter, character %d: %.350s", own.position + 1,
				 own.text);
	snprintf(w->filter, sizeof w->filter, "%s", filter_text(f));
	filter_free(f);
	return 0;
}

static int unknown_sort(const char *name, enum dim d, struct error *e)
{
	char ids[192];

	return error_set(e, ERR_USAGE, "no column '%.30s' to sort by; there are: %s", name,
			 column_ids(d, ids, sizeof ids));
}

int headless_want(struct want *w, const struct options *o, struct error *e)
{
	const struct view *v = options_view(o);
	enum dim d = v ? view_dim(v) : DIM_HOST;
	bool sorted = false;
	size_t i;

	memset(w, 0, sizeof *w);
	w->names = o->screen.names;
	if (o->filter && check_filter(w, o->filter, e) != 0)
		return ERR_USAGE;
	if (o->mode == MODE_JSON && !v)
		for (i = 0; i < JSON_DIMS; i++)
			want_list(w, json_dims[i], o, &sorted);
	else
		want_list(w, d, o, &sorted);
	return o->sort && !sorted ? unknown_sort(o->sort, d, e) : 0;
}

static int terminal_width(void)
{
	struct winsize size;

	return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col
										     : 0;
}

/* One picture on standard output. */
struct print {
	struct output to;
	FILE *out;
};

static int print_begin(struct print *p, struct error *e)
{
	fflush(stdout);
	p->out = output_open(&p->to);
	return p->out != NULL ? 0 : error_set(e, ERR_IO, "cannot write the output: %s", strerror(errno));
}

static int print_end(struct print *p, int result)
{
	fclose(p->out);
	return result != 0 && p->to.failed == EINTR ? HEADLESS_CUT : result;
}

int headless_print(const struct options *o, const struct snapshot *s, bool header, struct error *e)
{
	const struct view *v = options_view(o);
	enum dim d = v ? view_dim(v) : DIM_HOST;
	struct batch_options batch;
	struct print p;

	if (print_begin(&p, e) != 0)
		return ERR_IO;
	if (o->mode == MODE_JSON)
		return print_end(&p, export_json(p.out, s, e));
	if (o->mode == MODE_CSV)
		return print_end(&p, export_csv(p.out, s, d, header, e));
	batch = (struct batch_options){.columns = terminal_width(), .rate_unit = o->screen.unit, .ascii = settings_ascii(&o->screen),
				       .sorted = o->sort ? column_find(d, o->sort + (o->sort[0] == '-')) : NULL};
	return print_end(&p, export_batch(p.out, s, d, &batch, e));
}

static int print_snapshot(struct run *r, const struct snapshot *s)
{
	bool header = !r->headed;

	r->headed = true;
	return headless_print(r->options, s, header, r->e);
}

/* The engine stands still: files, or after engine_stop(). */
static int print_now(struct run *r)
{
	struct snapshot_input in;
	struct snapshot *s;
	struct print p;
	int result;

	if (r->options->mode != MODE_BATCH) {
		bool header = !r->headed;

		r->headed = true;
		if (print_begin(&p, r->e) != 0)
			return ERR_IO;
		engine_input(r->engine, r->want, &in);
		if (r->options->mode == MODE_JSON)
			return print_end(&p, export_json_walk(p.out, &in, r->want, r->e));
		return print_end(&p, export_csv_walk(p.out, &in, r->want, r->dim, header, r->e));
	}
	s = engine_picture(r->engine, r->want);
	result = print_snapshot(r, s);
	snapshot_unref(s);
	return result;
}

/* True when this tick ends an interval. */
static bool is_due(struct run *r, uint64_t ticks)
{
	if (ticks < r->due)
		return false;
	r->due = ticks + (uint64_t)ticks_per_picture(r->options);
	return true;
}

static bool has_enough(const struct run *r)
{
	return r->options->count > 0 && r->pictures >= r->options->count;
}

/* ---- files ---- */

static int on_file_tick(void *ctx, struct engine *g)
{
	struct run *r = ctx;

	(void)g;
	if (signals_take_reload())
		lists_reread_now(&r->lists);
	if (!r->intervals || !is_due(r, ++r->ticks))
		return 0;
	r->pictures++;
	r->result = print_now(r);
	return r->result != 0 || has_enough(r);
}

static bool was_signalled(void)
{
	return signals_seen() != 0;
}

static int run_files(struct run *r)
{
	struct error fault = {.code = ERR_NONE};
	int status;

	r->intervals = (r->options->count > 0 || r->options->screen.interval > 0) && !r->options->total;
	if (r->lists.directory)
		signals_catch_reload();
	status = engine_run(r->engine, r->intervals || r->lists.directory ? on_file_tick : NULL, was_signalled, r, &fault);
	if (r->result == 0 && !has_enough(r))
		r->result = print_now(r);
	if (r->result == 0 && status < 0) {
		*r->e = fault;
		return status;
	}
	return r->result;
}

/* ---- live ---- */

static void end_live(struct run *r)
{
	uv_close((uv_handle_t *)&r->fresh, NULL);
	uv_close((uv_handle_t *)&r->signal, NULL);
	lists_unwatch(&r->lists);
}

static void on_fresh(uv_async_t *a)
{
	struct run *r = a->data;
	struct snapshot *s;

	if (!is_due(r, engine_ticks(r->engine)))
		return;
	s = engine_newest(r->engine);
	r->pictures++;
	if (s && !r->options->total)
		r->result = print_snapshot(r, s);
	snapshot_unref(s);
	if (r->result != 0 || has_enough(r))
		end_live(r);
}

static void on_signal(uv_poll_t *p, int status, int events)
{
	(void)status;
	(void)events;
	end_live(p->data);
}

static void on_published(void *ctx)
{
	uv_async_send(ctx);
}

static int run_live(struct run *r, int wake_fd)
{
	static const struct want nothing; /* totals: one picture, at the end */
	int status;

	uv_loop_init(&r->loop);
	uv_async_init(&r->loop, &r->fresh, on_fresh);
	uv_poll_init(&r->loop, &r->signal, wake_fd);
	uv_poll_start(&r->signal, UV_READABLE, on_signal);
	r->fresh.data = r->signal.data = r;
	lists_watch(&r->lists, &r->loop);
	status = engine_start(r->engine, r->options->total ? &nothing : r->want, on_published, &r->fresh, r->e);
	if (status == 0) {
		uv_run(&r->loop, UV_RUN_DEFAULT);
		engine_stop(r->engine, NULL);
	} else {
		end_live(r);
	}
	uv_run(&r->loop, UV_RUN_DEFAULT);
	uv_loop_close(&r->loop);
	if (status == 0 && r->result == 0 && r->options->total)
		r->result = print_now(r);
	return status != 0 ? status : r->result;
}

int headless_run(struct engine *g, const struct options *o, const struct want *w, int wake_fd,
		 struct error *e)
{
	const struct view *v = options_view(o);
	struct run r = {
		.engine = g,
		.options = o,
		.want = w,
		.dim = v ? view_dim(v) : DIM_HOST,
		.due = (uint64_t)ticks_per_picture(o),
		.lists = {.directory = o->categories, .engine = g},
		.e = e,
	};

	return engine_has_files(g) ? run_files(&r) : run_live(&r, wake_fd);
}
