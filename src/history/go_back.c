/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The clock was far ahead, and is right now: what was recorded under times that are still to come would keep all from
 * being recorded until then. It goes, in all classes from the begin of the same minute on, so that their sums agree: runs,
 * samples and totals here, and in each file that was written since, which keeps what it has of the time before. Where its
 * finest archives were overwritten it has that in coarser steps only, and then all of it is read in these: that is
 * remembered (set_back).
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dpitop/log.h"
#include "dpitop/mem.h"
#include "history/journal.h"
#include "history/parts.h"
#include "history/rrd_store.h"

static const int64_t ahead_max_us = (int64_t)7200 * SECOND; /* less is waited for */
static const char rewound[] = "rewind"; /* six signs, as librrd has them for files that are being made */

/* ---- what is remembered of it ---- */

static int64_t newest_booked_s(const struct archive *a)
{
	int64_t newest = 0;

	for (int c = 0; c < INTERVAL_CLASSES; c++)
		newest = a->classes[c].booked_s > newest ? a->classes[c].booked_s : newest;
	return newest;
}

bool set_back_add(struct archive *a, int64_t cut_s, int64_t ahead_s)
{
	struct set_back *all = a->set_backs;
	size_t n = a->set_back_count;

	if (ahead_s <= cut_s || (n > 0 && all[n - 1].cut_s > cut_s))
		return false;
	if (n == SET_BACKS) { /* the two oldest become one: what is coarser holds for both */
		all[1].ahead_s = all[0].ahead_s > all[1].ahead_s ? all[0].ahead_s : all[1].ahead_s;
		memmove(all, all + 1, --n * sizeof *all);
	}
	all[n++] = (struct set_back){cut_s, ahead_s};
	a->set_back_count = n;
	return true;
}

/* What lies behind the moment is gone: so is the end of earlier times that were ahead of it. */
static void remember(struct archive *a, int64_t cut_s, int64_t ahead_s)
{
	size_t n = 0;

	for (size_t i = 0; i < a->set_back_count; i++) {
		struct set_back b = a->set_backs[i];

		b.cut_s = b.cut_s < cut_s ? b.cut_s : cut_s;
		if (b.ahead_s > ahead_s)
			a->set_backs[n++] = b;
	}
	a->set_back_count = n;
	set_back_add(a, cut_s, ahead_s);
}

int64_t archive_as_of(const struct archive *a, int64_t at_us)
{
	int64_t newest_s = newest_booked_s(a), as_of_s = 0;

	for (size_t i = 0; i < a->set_back_count; i++)
		if (at_us < a->set_backs[i].cut_s * SECOND && a->set_backs[i].ahead_s > newest_s && a->set_backs[i].ahead_s > as_of_s)
			as_of_s = a->set_backs[i].ahead_s;
	return as_of_s * SECOND;
}

/* ---- the moment ---- */

/* Of a step that finer archives may have lost the coarser one must have nothing behind the moment: else all of it goes. */
static int64_t whole_step_before(const struct class_state *s, const struct layout *l, int64_t at_s)
{
	int64_t finer_s = 0, reach_s = 0;

	for (size_t r = 0; r < l->rra_count; r++) {
		int64_t step_s = (int64_t)l->rras[r].pdps * l->step_s, begin_s = at_s - at_s % step_s;

		if (l->rras[r].max)
			continue;
		if (finer_s != 0 && s->booked_s - reach_s >= begin_s && runs_covered_s(&s->runs, at_s, begin_s + step_s) > 0)
			at_s = begin_s;
		finer_s = step_s;
		reach_s = step_s * l->rras[r].rows - step_s;
	}
	return at_s;
}

/* The begin of a minute, of which all steps of all classes are parts, or of a coarser step. */
static int64_t find_moment(const struct archive *a, int64_t at_s)
{
	int64_t before;

	at_s -= at_s % layout_of_class(INTERVAL_CLASSES - 1)->step_s;
	do {
		before = at_s;
		for (int c = 0; c < INTERVAL_CLASSES; c++)
			at_s = whole_step_before(&a->classes[c], layout_of_class((enum interval_class)c), at_s);
	} while (at_s != before);
	return at_s;
}

/* ---- files ---- */

struct recorded {
	const struct runs *runs;
	int64_t begin_s; /* of the file */
};

static int64_t recorded_s(const void *ctx, int64_t from_s, int64_t to_s)
{
	const struct recorded *of = ctx;

	from_s = from_s > of->begin_s ? from_s : of->begin_s;
	return from_s < to_s ? runs_covered_s(of->runs, from_s, to_s) : 0;
}

/* Beside it, and then in its place. */
static int replace(struct archive *a, const char *name, const void *image, size_t n, struct error *error)
{
	char beside[FILE_NAME + sizeof rewound];
	int fd, code = 0;

	snprintf(beside, sizeof beside, "%s%s", name, rewound);
	unlinkat(a->rrd_fd, beside, 0);
	fd = openat(a->rrd_fd, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0 || !journal_write_all(fd, image, n) || renameat(a->rrd_fd, beside, a->rrd_fd, name) != 0) {
		code = error_set(error, ERR_IO, "cannot write %s: %s", name, strerror(errno));
		unlinkat(a->rrd_fd, beside, 0);
	}
	if (fd >= 0)
		close(fd);
	a->state.written_bytes += n;
	return code;
}

/* The moment; a catalog of an earlier dpitop does not tell it, but what comes next lies behind it. */
static int64_t cut_of(const struct archive *a, const struct entity *e)
{
	const struct layout *l = layout_of(e->dim);
	int64_t next_s = e->waiting.count > 0 ? e->waiting.at[0] - l->step_s : a->classes[layout_class(e->dim)].booked_s;
	int64_t cut_s = a->set_back_count > 0 ? a->set_backs[a->set_back_count - 1].cut_s : next_s;

	return (cut_s < next_s || e->waiting.count == 0 ? cut_s : next_s) / l->step_s * l->step_s;
}

int rewind_file(struct archive *a, const struct entity *e, struct error *error)
{
	const struct recorded recorded = {&a->classes[layout_class(e->dim)].runs, e->begin_s};
	int64_t cut_s = cut_of(a, e);
	char name[FILE_NAME], path[PATH_ROOM];
	struct rrd_shape shape;
	uint8_t *image;
	int fd, code = 0;

	if (a->rrdcached[0] != '\0') {
		entity_path(a, e, path);
		rrd_store_flush(path, a->rrdcached, NULL);
	}
	fd = entity_open(a, e, &shape, error);
	if (fd < 0)
		return error->code;
	image = mem_alloc(shape.file_bytes);
	if (shape.last_s <= cut_s) {
		code = 0;
	} else if (pread(fd, image, shape.file_bytes, 0) != (ssize_t)shape.file_bytes) {
		code = error_set(error, ERR_IO, "cannot read a file of history: %s", strerror(errno));
	} else {
		rrd_rewind(image, &shape, cut_s, recorded_s, &recorded);
		code = replace(a, entity_file_name(e, name), image, shape.file_bytes, error);
	}
	mem_free(image);
	close(fd);
	return code;
}

/* ---- all of it ---- */

static void class_go_back(struct class_state *s, int64_t at_s)
{
	int64_t end_s;

	runs_cut(&s->runs, at_s);
	end_s = s->runs.count > 0 ? s->runs.items[s->runs.count - 1].to_s : 0;
	s->last_us = end_s * SECOND;
	s->booked_s = s->closed_s = s->committed_s = end_s;
}

/* Its file is rewound at once: later nobody could tell what in it was written ahead. */
static void entity_go_back(struct archive *a, struct entity *e, int64_t at_us)
{
	int64_t at_s = at_us / SECOND;
	bool since = e->last_us > at_us;
	struct error error;

	entity_forget_after(a, e, at_s);
	ledger_cut(&e->ledger, ledger_day(at_us));
	e->first_us = e->first_us < at_us ? e->first_us : at_us;
	e->last_us = e->last_us < at_us ? e->last_us : at_us;
	e->begin_s = e->begin_s < at_s ? e->begin_s : at_s;
	e->sent_s = e->sent_s < at_s ? e->sent_s : at_s;
	if (since && e->stored && rewind_file(a, e, &error) != 0 && error.code != ERR_NOT_FOUND)
		log_line(LOG_WARN_, "history: %s", error.text);
}

bool archive_is_ahead(const struct archive *a, const struct interval *in)
{
	return !a->options.capture_time && a->classes[in->class_].last_us - in->to_us > ahead_max_us;
}

void archive_go_back(struct archive *a, int64_t at_us)
{
	int64_t at_s = find_moment(a, at_us / SECOND);

	log_line(LOG_WARN_, "history: the clock was set back by more than two hours: what was recorded of the time from now on is let go");
	remember(a, at_s, newest_booked_s(a));
	for (int c = 0; c < INTERVAL_CLASSES; c++)
		class_go_back(&a->classes[c], at_s);
	for (uint32_t i = 0; i < a->ids; i++)
		if (a->entities[i] != NULL)
			entity_go_back(a, a->entities[i], at_s * SECOND);
	if (a->newest_us > at_s * SECOND)
		a->newest_us = at_s * SECOND;
	a->late_until_us = 0;
	a->journal.lines.n = 0;
	a->journal.broken = true; /* the next checkpoint has all of it */
}
