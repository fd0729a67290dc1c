/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Series out of files, and out of what waits in memory to be written. An archive of a file has whole steps
 * only: the last, unfinished one is made of finer archives, and the newest samples of memory. What a file has of a step
 * is the average of the seconds it knows; how many these are the catalog's runs tell, so that sums are exact
 * beside gaps, too.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "dpitop/i18n.h"
#include "dpitop/mem.h"
#include "history/parts.h"
#include "history/rrd_store.h"

enum { STEPS_MAX = 1 << 20, TRIES = 5 };

struct fetching {
	struct archive *a;
	const struct entity *e;
	const struct layout *layout;
	const struct runs *runs;
	int64_t from_s, to_s, step_s;
	size_t steps, width;
	double *sums; /* column by column */
	const struct coverage *coverage;
	bool gauges[SERIES_COUNT]; /* by column */
};

const struct coverage *cover(struct archive *a, enum interval_class c, int64_t from_s, int64_t step_s, size_t steps)
{
	struct coverage *v = &a->coverage;
	const struct runs *r = &a->classes[c].runs;

	if (v->seconds != NULL && v->class_ == c && v->from_s == from_s && v->step_s == step_s && v->steps == steps &&
	    v->changes == r->changes && v->count == r->count)
		return v;
	if (v->room < steps)
		v->seconds = mem_grow(v->seconds, v->room = steps, sizeof *v->seconds);
	*v = (struct coverage){.class_ = c, .from_s = from_s, .step_s = step_s, .steps = steps, .room = v->room,
			       .changes = r->changes, .count = r->count, .seconds = v->seconds};
	for (size_t i = 0; i < steps; i++)
		v->seconds[i] = (int32_t)runs_covered_s(r, from_s + (int64_t)i * step_s, from_s + (int64_t)(i + 1) * step_s);
	return v;
}

/* Seconds of (end - step, end] that were recorded since the file began. */
static int64_t known_s(const struct fetching *f, int64_t end_s, int64_t step_s, bool since_begin)
{
	int64_t begin_s = end_s - step_s;

	if (since_begin && f->e->begin_s > begin_s)
		return f->e->begin_s >= end_s ? 0 : runs_covered_s(f->runs, f->e->begin_s, end_s);
	if (step_s == f->step_s && begin_s >= f->from_s && end_s <= f->to_s)
		return f->coverage->seconds[(begin_s - f->from_s) / step_s];
	return runs_covered_s(f->runs, begin_s, end_s);
}

static void add_row(struct fetching *f, const double *row, int64_t end_s, int64_t step_s)
{
	size_t i = (size_t)((end_s - 1 - f->from_s) / f->step_s);
	double known = (double)known_s(f, end_s, step_s, true);

	for (size_t c = 0; c < f->width && known > 0; c++) {
		if (isnan(row[c]))
			continue;
		f->sums[c * f->steps + i] += f->gauges[c] ? row[c] * known : rint(row[c] * known);
	}
}

/* Steps of one archive that end after from_s and not after to_s. */
static int add_archive(struct fetching *f, int fd, const struct rrd_shape *s, size_t r, int64_t from_s, int64_t to_s)
{
	int64_t step_s = (int64_t)s->rra[r].pdps * s->step_s, end_s;
	struct archive *a = f->a;
	size_t most;
	long n;

	if (to_s <= from_s)
		return 0;
	most = (size_t)((to_s - from_s) / step_s) + 2;
	most = most < s->rra[r].rows ? most : s->rra[r].rows;
	if (a->rows_room < most * f->width)
		a->rows = mem_grow(a->rows, a->rows_room = most * f->width, sizeof *a->rows);
	n = rrd_rows(fd, s, r, from_s, to_s, a->rows, most, &end_s);
	for (long i = 0; i < n; i++)
		add_row(f, a->rows + (size_t)i * f->width, end_s + i * step_s, step_s);
	return n < 0 ? -1 : 0;
}

/* From the archive of the wanted step, then from finer and finer ones what that has not finished. */
static int add_file(struct fetching *f, int fd, const struct rrd_shape *s)
{
	int64_t at_s = f->from_s;

	memset(f->sums, 0, f->width * f->steps * sizeof *f->sums);
	for (size_t r = s->rra_count; r-- > 0;) {
		int64_t to_s = rrd_newest_s(s, r);

		if (s->rra[r].max || (int64_t)s->rra[r].pdps * s->step_s > f->step_s)
			continue;
		to_s = to_s < f->to_s ? to_s : f->to_s;
		if (add_archive(f, fd, s, r, at_s, to_s) != 0)
			return -1;
		at_s = to_s > at_s ? to_s : at_s;
	}
	return 0;
}

static void add_waiting(struct fetching *f, int64_t after_s)
{
	for (uint32_t k = 0; k < f->e->waiting.count; k++) {
		const int64_t *sample = entity_waiting(f->e, k, f->width);
		size_t i;

		if (sample[0] <= after_s || sample[0] <= f->from_s || sample[0] > f->to_s)
			continue;
		i = (size_t)((sample[0] - 1 - f->from_s) / f->step_s);
		for (size_t c = 0; c < f->width; c++)
			f->sums[c * f->steps + i] += (double)sample[c + 1] * (f->gauges[c] ? f->layout->step_s : 1);
	}
}

/* What it is while nobody writes it: another process may. */
static int read_file(struct fetching *f, int64_t *last_s, struct error *error)
{
	struct archive *a = f->a;
	bool shared = !a->writing || a->rrdcached[0] != '\0';
	char path[PATH_ROOM];
	struct error own;
	int code = 0;

	error = error != NULL ? error : &own;
	if (a->rrdcached[0] != '\0') {
		entity_path(a, f->e, path);
		rrd_store_flush(path, a->rrdcached, NULL);
	}
	for (int i = 0; i < TRIES; i++) {
		struct rrd_shape shape, again;
		int fd = entity_open(a, f->e, &shape, error);
		bool same = true;

		if (fd < 0 && error->code == ERR_NOT_FOUND)
			return 0;
		if (fd < 0)
			return error->code;
		*last_s = shape.last_s;
		code = add_file(f, fd, &shape) == 0 ? 0 : error_set(error, ERR_IO, "cannot read a file of history: %s", strerror(errno));
		if (shared) {
			same = rrd_check_fd(fd, a->header, shape.header_bytes, &again, NULL) == 0 && again.last_s == shape.last_s &&
			       again.rra[0].newest == shape.rra[0].newest;
		}
		close(fd);
		if (same)
			break;
	}
	return code;
}

void archive_soon(struct archive *a, const struct entity *e)
{
	char name[FILE_NAME];
	int fd = dir_open_file(a, entity_file_name(e, name), O_RDONLY);

	if (fd < 0)
		return;
	posix_fadvise(fd, 0, (off_t)layout_header_bytes(e->dim), POSIX_FADV_WILLNEED);
	close(fd);
}

static void finish(struct fetching *f, struct series_block *out)
{
	/* the rest of a dimension was empty before it had a file */
	bool since_begin = !f->e->other && f->e->dim != ENTITY_TOTALS;

	for (size_t i = 0; i < f->steps; i++) {
		double known = (double)known_s(f, f->from_s + (int64_t)(i + 1) * f->step_s, f->step_s, since_begin);

		for (size_t c = 0; c < f->width; c++) {
			double *v = &f->sums[c * f->steps + i];

			if (known <= 0)
				*v = NAN;
			else if (f->gauges[c])
				*v /= known;
		}
	}
	*out = (struct series_block){.from_us = f->from_s * SECOND, .step_us = f->step_s * SECOND, .steps = f->steps,
				     .memory = f->sums};
	for (int s = 0; s < SERIES_COUNT; s++) {
		int c = layout_column(f->e->dim, (enum series)s);

		out->values[s] = c >= 0 ? f->sums + (size_t)c * f->steps : NULL;
	}
}

/* The finest step that is wanted and reaches back so far. */
static int64_t pick_step(const struct archive *a, int dim, int64_t from_us, int64_t step_us)
{
	int64_t steps[8], reach[8], newest_us = a->classes[layout_class(dim)].booked_s * SECOND;
	int64_t as_of_us = archive_as_of(a, from_us);
	size_t n = archive_steps(dim, steps, reach);

	newest_us = as_of_us > newest_us ? as_of_us : newest_us;
	for (size_t i = 0; i < n; i++)
		if (steps[i] >= step_us && newest_us - reach[i] <= from_us)
			return steps[i] / SECOND;
	return steps[n - 1] / SECOND;
}

int archive_fetch(struct archive *a, const struct entity *e, int64_t from_us, int64_t to_us, int64_t step_us,
		  struct series_block *out, struct error *error)
{
	struct fetching f = {.a = a, .e = e, .layout = layout_of(e->dim), .width = layout_width(e->dim)};
	enum interval_class c = layout_class(e->dim);
	int64_t last_s = INT64_MIN;
	int code;

	memset(out, 0, sizeof *out);
	if (from_us < 0 || to_us <= from_us)
		return error_set(error, ERR_LIMIT, "a span without a length");
	f.step_s = pick_step(a, e->dim, from_us, step_us);
	f.from_s = from_us / SECOND - from_us / SECOND % f.step_s;
	f.to_s = (to_us + f.step_s * SECOND - 1) / (f.step_s * SECOND) * f.step_s;
	if ((f.to_s - f.from_s) / f.step_s > STEPS_MAX)
		return error_set(error, ERR_LIMIT, "too long a span for its step");
	f.steps = (size_t)((f.to_s - f.from_s) / f.step_s);
	f.runs = &a->classes[c].runs;
	f.coverage = cover(a, c, f.from_s, f.step_s, f.steps);
	for (int s = 0; s < SERIES_COUNT; s++)
		if (layout_column(e->dim, (enum series)s) >= 0)
			f.gauges[layout_column(e->dim, (enum series)s)] = layout_is_gauge((enum series)s);
	f.sums = mem_array(f.width * f.steps, sizeof *f.sums);
	code = read_file(&f, &last_s, error);
	if (code != 0) {
		mem_free(f.sums);
		return code;
	}
	add_waiting(&f, last_s);
	finish(&f, out);
	return 0;
}
