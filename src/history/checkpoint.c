/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The catalog: the whole state at one moment, in the journal's lines. Written beside the old one and renamed over
 * it, so that there is always a whole one; it names the journal that goes on from there. To the lines of journal.c come
 *
 *	V format journal program     the first line
 *	A cut ahead                  the clock was ahead: what was recorded before cut is as it was kept at ahead
 *	T id (period bytes bytes packets packets flows)...   totals by day, the day before, week, month, year
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "history/journal.h"
#include "history/parts.h"

static void put_totals(const struct entity *e, struct lines *to)
{
	bool any = false;

	for (int p = 0; p < LEDGER_PERIODS; p++)
		any |= e->ledger.periods[p].id != 0;
	if (!any)
		return;
	line_begin(to, 'T');
	line_number(to, e->id);
	for (int p = 0; p < LEDGER_PERIODS; p++) {
		const struct counters *c = &e->ledger.periods[p].sum;

		line_number(to, e->ledger.periods[p].id);
		line_number(to, c->bytes[0]);
		line_number(to, c->bytes[1]);
		line_number(to, c->packets[0]);
		line_number(to, c->packets[1]);
		line_number(to, c->flows);
	}
	line_end(to);
}

static void put_samples(const struct entity *e, struct lines *to)
{
	for (uint32_t i = 0; i < e->waiting.count; i++) {
		const int64_t *s = entity_waiting(e, i, layout_width(e->dim));

		journal_sample_line(e, s[0], s + 1, to);
	}
}

/* In the order in which they were last seen: who reads it has the same order. */
static void put_entities(const struct entity_list *list, struct lines *to)
{
	for (const struct entity *e = list->first; e != NULL; e = e->link.next) {
		journal_entity_line(e, to);
		put_totals(e, to);
		put_samples(e, to);
	}
}

void checkpoint_lines(const struct archive *a, uint64_t number, struct lines *to)
{
	line_begin(to, 'V');
	line_number(to, CATALOG_FORMAT);
	line_number(to, (int64_t)number);
	line_text(to, PACKAGE_STRING);
	line_end(to);
	for (int c = 0; c < INTERVAL_CLASSES; c++) {
		const struct runs *r = &a->classes[c].runs;

		for (size_t i = 0; i < r->count; i++)
			journal_run_line((enum interval_class)c, &r->items[i], to);
		journal_class_line(a, (enum interval_class)c, to);
	}
	for (size_t i = 0; i < a->set_back_count; i++) {
		line_begin(to, 'A');
		line_number(to, a->set_backs[i].cut_s);
		line_number(to, a->set_backs[i].ahead_s);
		line_end(to);
	}
	put_entities(&a->others, to);
	put_entities(&a->stored, to);
	line_begin(to, 'K');
	line_end(to);
}

void journal_name(uint64_t number, char buf[JOURNAL_NAME])
{
	snprintf(buf, JOURNAL_NAME, "journal.%llu", (unsigned long long)number);
}

static bool write_catalog(struct archive *a, const struct lines *l)
{
	int fd = openat(a->dir_fd, "catalog.new", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && journal_write_all(fd, l->data, l->n) && fdatasync(fd) == 0;
	int saved = errno;

	if (fd >= 0)
		close(fd);
	if (ok && renameat(a->dir_fd, "catalog.new", a->dir_fd, "catalog") == 0)
		return true;
	saved = ok ? errno : saved;
	unlinkat(a->dir_fd, "catalog.new", 0);
	archive_trouble(a, "catalog", saved);
	return false;
}

static int open_journal(struct archive *a, uint64_t number)
{
	char name[JOURNAL_NAME];
	int fd;

	journal_name(number, name);
	unlinkat(a->dir_fd, name, 0); /* of a checkpoint that did not come to its end */
	fd = openat(a->dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		archive_trouble(a, name, errno);
	return fd;
}

bool checkpoint_write(struct archive *a)
{
	struct journal *j = &a->journal;
	struct lines all = {0};
	char old[JOURNAL_NAME];
	int fd;
	bool ok;

	if (dir_is_gone(a) && !dir_renew(a))
		return false;
	fd = open_journal(a, j->number + 1);
	if (fd < 0)
		return false;
	checkpoint_lines(a, j->number + 1, &all);
	ok = write_catalog(a, &all);
	if (ok) {
		journal_name(j->number, old);
		unlinkat(a->dir_fd, old, 0);
		if (j->fd >= 0)
			close(j->fd);
		*j = (struct journal){.fd = fd, .number = j->number + 1, .catalog_bytes = all.n, .lines = j->lines};
		a->state.written_bytes += all.n;
		journal_is_written(a);
		a->trouble[0] = '\0';
	} else {
		close(fd);
		journal_name(j->number + 1, old);
		unlinkat(a->dir_fd, old, 0);
	}
	lines_release(&all);
	return ok;
}

bool checkpoint_is_due(const struct archive *a)
{
	return a->journal.broken || a->journal.bytes > journal_limit(a);
}
