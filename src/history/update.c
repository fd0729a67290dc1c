/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Samples into files: several in one call, and what lies between them said: zeros while dpitop was recording and
 * the entity was idle, unknown while it was not. Only what the journal has goes out, so that no file
 * ever knows what a recovery would not.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dpitop/i18n.h"
#include "dpitop/log.h"
#include "history/parts.h"
#include "history/rrd_store.h"

enum { BATCH = 64, SAMPLE_TEXT = 21 * (SERIES_COUNT + 1) };

struct batch {
	struct archive *a;
	struct entity *e;
	const char *path, *name;
	size_t width, count, header_bytes;
	bool header_read; /* a->header has what the file has */
	char text[BATCH][SAMPLE_TEXT];
};

void entity_path(const struct archive *a, const struct entity *e, char buf[PATH_ROOM])
{
	char name[FILE_NAME];

	snprintf(buf, PATH_ROOM, "%.*s/rrd/%s", PATH_ROOM - FILE_NAME - 8, a->dir, entity_file_name(e, name));
}

/* ---- opening ---- */

static bool has_layout(const struct rrd_shape *s, int dim)
{
	const struct layout *l = layout_of(dim);
	size_t n = 0;

	if (s->step_s != l->step_s || s->ds_count != layout_width(dim) || s->rra_count != l->rra_count ||
	    s->last_s % l->step_s != 0)
		return false;
	for (int i = 0; i < SERIES_COUNT; i++) {
		if (layout_column(dim, (enum series)i) < 0)
			continue;
		if (strcmp(s->ds[n].name, layout_ds_name(dim, (enum series)i)) != 0 ||
		    s->ds[n].absolute == layout_is_gauge((enum series)i))
			return false;
		n++;
	}
	for (size_t i = 0; i < l->rra_count; i++)
		if (s->rra[i].max != l->rras[i].max || s->rra[i].pdps != l->rras[i].pdps || s->rra[i].rows != l->rras[i].rows)
			return false;
	return true;
}

int entity_open(struct archive *a, const struct entity *e, struct rrd_shape *shape, struct error *error)
{
	char name[FILE_NAME];
	int fd = dir_open_file(a, entity_file_name(e, name), O_RDONLY);
	int code;

	if (fd < 0) {
		error_set(error, errno == ENOENT ? ERR_NOT_FOUND : errno == ELOOP ? ERR_FORMAT : ERR_IO, "cannot read %s: %s", name,
			  strerror(errno));
		return -1;
	}
	posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM); /* two small places of it are read */
	code = rrd_check_fd(fd, a->header, layout_header_bytes(e->dim), shape, error);
	if (code == 0 && !has_layout(shape, e->dim))
		code = error_set(error, ERR_FORMAT, "%s is not as this version of dpitop makes it", name);
	if (code == 0)
		return fd;
	close(fd);
	return -1;
}

/* ---- updating ---- */

static bool flush(struct batch *b, struct error *error)
{
	const char *samples[BATCH];
	const char *daemon = b->a->rrdcached[0] != '\0' ? b->a->rrdcached : NULL;
	struct rrd_shape shape;
	int code, fd;

	error->code = ERR_NONE;
	if (b->count == 0)
		return true;
	for (size_t i = 0; i < b->count; i++)
		samples[i] = b->text[i];
	if (daemon == NULL && !b->header_read) {
		fd = entity_open(b->a, b->e, &shape, error);
		if (fd < 0)
			return false;
		close(fd);
	}
	if (daemon == NULL && !undo_write(b->a, b->name, b->a->header, b->header_bytes)) {
		error_set(error, ERR_IO, "cannot write %s: %s", "undo", strerror(errno));
		return false;
	}
	code = rrd_store_update(b->path, samples, b->count, daemon, error);
	if (daemon == NULL)
		undo_clear(b->a);
	b->a->state.written_bytes += b->header_bytes + b->count * b->width * sizeof(double);
	b->header_read = false;
	b->count = 0;
	if (code != 0)
		error->code = code;
	return code == 0;
}

static bool put_filler(struct batch *b, int64_t time_s, char value, struct error *error)
{
	char *to = b->text[b->count++];
	int n = snprintf(to, SAMPLE_TEXT, "%lld", (long long)time_s);

	for (size_t i = 0; i < b->width; i++) {
		to[n++] = ':';
		to[n++] = value;
	}
	to[n] = '\0';
	return b->count < BATCH || flush(b, error);
}

static bool put_sample(struct batch *b, const int64_t *sample, struct error *error)
{
	char *to = b->text[b->count++];
	int n = snprintf(to, SAMPLE_TEXT, "%lld", (long long)sample[0]);

	for (size_t i = 1; i <= b->width; i++)
		n += snprintf(to + n, SAMPLE_TEXT - (size_t)n, ":%lld", (long long)sample[i]);
	return b->count < BATCH || flush(b, error);
}

/* From at_s to the step before time_s. */
static bool put_between(struct batch *b, int64_t at_s, int64_t time_s, struct error *error)
{
	enum interval_class c = layout_class(b->e->dim);
	int64_t before_s = time_s - layout_of(b->e->dim)->step_s;
	struct run gap;

	while (runs_gap(&b->a->classes[c].runs, at_s, time_s, &gap)) {
		if (gap.from_s > at_s && !put_filler(b, gap.from_s, '0', error))
			return false;
		if (!put_filler(b, gap.to_s, 'U', error))
			return false;
		at_s = gap.to_s;
	}
	return before_s <= at_s || put_filler(b, before_s, '0', error);
}

static bool put_samples(struct batch *b, int64_t at_s, int64_t up_to_s, struct error *error)
{
	for (uint32_t i = 0; i < b->e->waiting.count; i++) {
		const int64_t *sample = entity_waiting(b->e, i, b->width);

		if (sample[0] > up_to_s)
			break;
		if (sample[0] <= at_s)
			continue;
		if (!put_between(b, at_s, sample[0], error) || !put_sample(b, sample, error))
			return false;
		at_s = sample[0];
	}
	return flush(b, error);
}

static int create(struct archive *a, struct entity *e, const char *path, struct error *error)
{
	int64_t begin_s = e->waiting.at[0] - layout_of(e->dim)->step_s;
	char name[FILE_NAME], shard[3];

	/* its earlier file is gone: the journal must know first that this one begins later */
	if (begin_s != e->begin_s) {
		e->begin_s = begin_s;
		journal_entity(a, e);
		if (!journal_commit(a))
			return error_set(error, ERR_IO, "%s", a->trouble);
	}
	entity_file_name(e, name);
	memcpy(shard, name, 2);
	shard[2] = '\0';
	if (!dir_make_shard(a, shard))
		return error_set(error, ERR_IO, "cannot make a directory in '%s': %s", a->dir, strerror(errno));
	if (rrd_store_create(path, e->dim, begin_s, error) != 0)
		return error->code;
	a->state.written_bytes += layout_file_bytes(e->dim);
	return 0;
}

static bool is_ahead(const struct archive *a, const struct entity *e, const struct rrd_shape *s)
{
	return s->last_s > a->classes[layout_class(e->dim)].booked_s;
}

/* The file, whole, made if need be; damaged ones are set aside. */
static int open_or_create(struct archive *a, struct entity *e, const char *path, struct rrd_shape *shape, struct error *error)
{
	if (a->rrdcached[0] != '\0' && e->sent_s == 0) /* it may have samples of the run before */
		rrd_store_flush(path, a->rrdcached, NULL);
	for (int tries = 0; tries < 3; tries++) {
		int fd = entity_open(a, e, shape, error);

		if (fd >= 0 && !is_ahead(a, e, shape))
			return fd;
		if (fd >= 0) {
			close(fd);
			if (tries == 0 && rewind_file(a, e, error) == 0)
				continue;
			error_set(error, ERR_FORMAT, "%s says it was written in the future", strrchr(path, '/') + 1);
		}
		if (error->code == ERR_FORMAT) {
			char text[FILE_NAME + sizeof error->text];

			snprintf(text, sizeof text, "%s: %s", strrchr(path, '/') + 1, error->text);
			log_line(LOG_WARN_, "history: a damaged file was set aside: %s", text);
			dir_set_aside(a, e);
		} else if (error->code != ERR_NOT_FOUND) {
			return -1;
		}
		if (create(a, e, path, error) != 0)
			return -1;
	}
	return -1;
}

int update_file(struct archive *a, struct entity *e, struct error *error)
{
	struct class_state *s = &a->classes[layout_class(e->dim)];
	char path[PATH_ROOM], name[FILE_NAME];
	struct rrd_shape shape;
	struct batch b;
	struct error own;
	int64_t at_s;
	int fd;

	error = error != NULL ? error : &own;
	e->hurry = false;
	if (e->waiting.count == 0 || e->waiting.at[0] > s->committed_s)
		return 0;
	entity_path(a, e, path);
	fd = open_or_create(a, e, path, &shape, error);
	if (fd < 0)
		return error->code;
	close(fd);
	entity_unmade(a, e, false);
	b = (struct batch){.a = a, .e = e, .path = path, .name = entity_file_name(e, name), .width = layout_width(e->dim),
			   .header_bytes = shape.header_bytes, .header_read = true};
	at_s = shape.last_s > e->sent_s ? shape.last_s : e->sent_s;
	if (!put_samples(&b, at_s, s->committed_s, error))
		return error->code;
	for (uint32_t i = 0; i < e->waiting.count && entity_waiting(e, i, b.width)[0] <= s->committed_s; i++)
		e->sent_s = entity_waiting(e, i, b.width)[0]; /* the last sample: what it was idle since is not said yet */
	entity_forget_samples(a, e, s->committed_s);
	return 0;
}

bool update_is_due(const struct archive *a, const struct entity *e)
{
	const struct layout *l;
	int64_t first_s, phase;

	if (!e->stored || e->waiting.count == 0)
		return false;
	if (e->hurry)
		return true;
	l = layout_of(e->dim);
	first_s = e->waiting.at[0] - 1;
	phase = (int64_t)(e->id * 2654435761u % l->due_s); /* not all at once */
	return (a->classes[layout_class(e->dim)].committed_s + phase) / l->due_s > (first_s + phase) / l->due_s;
}
