/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Without a catalog (lost, or damaged by other hands) files still tell by their names whose they are. When dpitop was
 * recording is then not known but for when each class has something: gaps in between are as the files have them.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dpitop/key_text.h"
#include "dpitop/mem.h"
#include "history/parts.h"

/* Where its coarsest archive of averages begins to know something. */
static int64_t first_known(int fd, const struct rrd_shape *s)
{
	size_t r = s->rra_count - 1;
	int64_t step, end = s->last_s;
	double *rows;
	long n;

	while (r > 0 && s->rra[r].max)
		r--;
	step = (int64_t)s->rra[r].pdps * s->step_s;
	rows = mem_array(s->rra[r].rows, s->ds_count * sizeof *rows);
	n = rrd_rows(fd, s, r, 0, s->last_s, rows, s->rra[r].rows, &end);
	for (long i = 0; i < n; i++)
		if (!isnan(rows[(size_t)i * s->ds_count])) {
			mem_free(rows);
			return end + (i - 1) * step;
		}
	mem_free(rows);
	return s->last_s - s->last_s % step;
}

static struct entity *entity_of_file(struct archive *a, const char *shard, const char *name)
{
	char text[KEY_TEXT], should[FILE_NAME], is[FILE_NAME];
	struct dim_key key;
	bool other;
	int dim;

	if (!file_name_parse(name, &dim, text, sizeof text, &other))
		return NULL;
	snprintf(is, sizeof is, "%.2s/%.*s", shard, FILE_NAME - 4, name);
	if (strcmp(file_name(dim, other || dim == ENTITY_TOTALS ? NULL : text, should), is) != 0)
		return NULL;
	if (other || dim == ENTITY_TOTALS)
		return entity_rest(a, dim);
	if (key_text_parse((enum dim)dim, text, a->options.dpi, &key) != 0 && !key_is_named((enum dim)dim))
		return NULL;
	return entity_touch(a, dim, text, NULL);
}

bool adopt(struct archive *a, const char *shard, const char *name)
{
	struct entity *e = a->adopting ? entity_of_file(a, shard, name) : NULL;
	struct rrd_shape shape;
	enum interval_class c;
	int64_t from_s;
	int fd = e != NULL && !e->stored ? entity_open(a, e, &shape, NULL) : -1;

	if (fd < 0)
		return false;
	from_s = first_known(fd, &shape);
	close(fd);
	if (a->now_us > 0 && shape.last_s > a->now_us / SECOND + 86400)
		return false;
	c = layout_class(e->dim);
	if (a->adopted[c].to_s == 0 || from_s < a->adopted[c].from_s)
		a->adopted[c].from_s = from_s;
	if (shape.last_s > a->adopted[c].to_s)
		a->adopted[c].to_s = shape.last_s;
	e->there = true;
	e->announced = true;
	e->begin_s = 0;
	entity_store(a, e, true);
	entity_see(a, e, shape.last_s * SECOND);
	return true;
}

void adopt_runs(struct archive *a)
{
	for (int c = 0; c < INTERVAL_CLASSES; c++) {
		struct class_state *s = &a->classes[c];

		if (a->adopted[c].to_s == 0)
			continue;
		runs_add(&s->runs, a->adopted[c].from_s, a->adopted[c].to_s);
		s->booked_s = s->closed_s = s->committed_s = a->adopted[c].to_s;
		s->last_us = s->booked_s * SECOND;
		a->newest_us = s->last_us > a->newest_us ? s->last_us : a->newest_us;
	}
}
