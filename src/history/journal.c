/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The journal: what was booked since the catalog was written, as lines. A commit is one write of all lines of a
 * minute with a K behind them; lines without one do not count. If a write fails, nothing is appended to that file
 * again, and all waits in memory for a catalog that can be written (checkpoint.c). load.c reads what stands here.
 *
 *	E id dimension key flags country name begin first last   an entity is, or looks, like this
 *	B id time day values...       a sample: of its file, and of its totals of that day
 *	S id time values...           a sample of its file alone
 *	L id time_us day bytes bytes packets packets flows       of its totals alone
 *	X id                          its file made room       D id    it is forgotten
 *	R class from to               a run begins, or goes on C class last booked closed
 *	K                             commit
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "history/journal.h"
#include "history/parts.h"

static struct lines *begin(struct archive *a, char type, const struct entity *e)
{
	if (!a->writing || a->journal.broken)
		return NULL;
	line_begin(&a->journal.lines, type);
	line_number(&a->journal.lines, e->id);
	return &a->journal.lines;
}

void journal_entity_line(const struct entity *e, struct lines *to)
{
	line_begin(to, 'E');
	line_number(to, e->id);
	line_text(to, layout_kind(e->dim));
	line_text(to, e->text);
	line_number(to, (e->other ? ENTITY_IS_OTHER : 0) | (e->local ? ENTITY_IS_LOCAL : 0) | (e->stored ? ENTITY_IS_STORED : 0) |
				(e->refused ? ENTITY_IS_REFUSED : 0));
	line_text(to, e->country);
	line_text(to, e->name != NULL ? e->name : "");
	line_number(to, e->begin_s);
	line_number(to, e->first_us);
	line_number(to, e->last_us);
	line_end(to);
}

void journal_entity(struct archive *a, const struct entity *e)
{
	if (a->writing && !a->journal.broken)
		journal_entity_line(e, &a->journal.lines);
}

static void put_values(struct lines *l, const struct entity *e, const int64_t *values)
{
	for (size_t i = 0; i < layout_width(e->dim); i++)
		line_number(l, values[i]);
	line_end(l);
}

void journal_booked(struct archive *a, const struct entity *e, int64_t time_s, int32_t day, const int64_t *values)
{
	struct lines *l = begin(a, 'B', e);

	if (l == NULL)
		return;
	line_number(l, time_s);
	line_number(l, day);
	put_values(l, e, values);
}

void journal_sample_line(const struct entity *e, int64_t time_s, const int64_t *values, struct lines *to)
{
	line_begin(to, 'S');
	line_number(to, e->id);
	line_number(to, time_s);
	put_values(to, e, values);
}

void journal_sample(struct archive *a, const struct entity *e, int64_t time_s, const int64_t *values)
{
	if (a->writing && !a->journal.broken)
		journal_sample_line(e, time_s, values, &a->journal.lines);
}

void journal_ledger(struct archive *a, const struct entity *e, int64_t time_us, int32_t day, const struct counters *c)
{
	struct lines *l = begin(a, 'L', e);

	if (l == NULL)
		return;
	line_number(l, time_us);
	line_number(l, day);
	line_number(l, c->bytes[0]);
	line_number(l, c->bytes[1]);
	line_number(l, c->packets[0]);
	line_number(l, c->packets[1]);
	line_number(l, c->flows);
	line_end(l);
}

void journal_unstored(struct archive *a, const struct entity *e)
{
	struct lines *l = begin(a, 'X', e);

	if (l != NULL)
		line_end(l);
}

void journal_dropped(struct archive *a, const struct entity *e)
{
	struct lines *l = begin(a, 'D', e);

	if (l != NULL)
		line_end(l);
}

void journal_run_line(enum interval_class c, const struct run *r, struct lines *to)
{
	line_begin(to, 'R');
	line_number(to, c);
	line_number(to, r->from_s);
	line_number(to, r->to_s);
	line_end(to);
}

void journal_class_line(const struct archive *a, enum interval_class c, struct lines *to)
{
	const struct class_state *s = &a->classes[c];

	line_begin(to, 'C');
	line_number(to, c);
	line_number(to, s->last_us);
	line_number(to, s->booked_s);
	line_number(to, s->closed_s);
	line_end(to);
}

static void put_classes(struct archive *a)
{
	for (int c = 0; c < INTERVAL_CLASSES; c++) {
		struct class_state *s = &a->classes[c];

		if (s->runs.changes == s->journaled_changes)
			continue;
		/* what began since, and the one that goes on */
		for (size_t i = s->runs.count; i-- > 0 && s->runs.items[i].to_s > s->journaled_s;)
			journal_run_line((enum interval_class)c, &s->runs.items[i], &a->journal.lines);
		journal_class_line(a, (enum interval_class)c, &a->journal.lines);
	}
}

void journal_is_written(struct archive *a)
{
	for (int c = 0; c < INTERVAL_CLASSES; c++) {
		struct class_state *s = &a->classes[c];

		s->journaled_changes = s->runs.changes;
		s->journaled_s = s->runs.count > 0 ? s->runs.items[s->runs.count - 1].to_s : 0;
		s->committed_s = s->closed_s;
	}
	a->journal.lines.n = 0;
	a->commit_us = a->now_us;
	a->commits++;
	a->state.flushed_us = a->newest_us;
}

/* All, or false with errno. */
bool journal_write_all(int fd, const char *data, size_t n)
{
	while (n > 0) {
		ssize_t got = write(fd, data, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			errno = got == 0 ? ENOSPC : errno;
			return false;
		}
		data += got;
		n -= (size_t)got;
	}
	return true;
}

bool journal_commit(struct archive *a)
{
	struct journal *j = &a->journal;

	tzset(); /* the machine may have moved to another zone */
	if (j->broken || j->fd < 0 || dir_is_gone(a))
		return checkpoint_write(a);
	put_classes(a);
	if (j->lines.n == 0) {
		for (int c = 0; c < INTERVAL_CLASSES; c++) /* what was journaled of an open step that is closed now */
			a->classes[c].committed_s = a->classes[c].closed_s;
		a->commit_us = a->now_us;
		return true;
	}
	line_begin(&j->lines, 'K');
	line_end(&j->lines);
	if (!journal_write_all(j->fd, j->lines.data, j->lines.n)) {
		archive_trouble(a, "journal", errno);
		j->broken = true;
		j->lines.n = 0;
		return false;
	}
	j->bytes += j->lines.n;
	a->state.written_bytes += j->lines.n;
	journal_is_written(a);
	return true;
}
