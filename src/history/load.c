/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Catalog and journal from disk into memory. Each line is checked: a directory may be damaged, or forged to be looked at
 * with --replay, and what a line says never becomes a file name but through file_name(). Fuzzed
 * (tests/fuzz/fuzz_history.c).
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dpitop/i18n.h"
#include "dpitop/key_text.h"
#include "dpitop/log.h"
#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "history/journal.h"
#include "history/parts.h"

enum { LARGEST = 256 << 20 };

static const int64_t second_max = (int64_t)1 << 33;

/* ---- lines ---- */

/* parsed: the key is known, and not its text alone. */
static bool is_a_key(struct archive *a, int dim, const char *text, bool other, struct dim_key *key, bool *parsed)
{
	memset(key, 0, sizeof *key);
	*parsed = false;
	if (other || dim == ENTITY_TOTALS)
		return text[0] == '\0' && !(other && dim == ENTITY_TOTALS);
	*parsed = key_text_parse((enum dim)dim, text, a->options.dpi, key) == 0;
	if (*parsed)
		return true;
	return key_is_named((enum dim)dim) && text[0] != '\0' && text_is_clean(text);
}

static struct entity *entity_of_line(struct archive *a, uint32_t id, int dim, const char *text, bool other)
{
	struct entity *e = a->entities[id], *same;

	if (e != NULL && (e->dim != dim || e->other != other || strcmp(e->text, text) != 0)) {
		entity_drop(a, e);
		e = NULL;
	}
	if (e != NULL)
		return e;
	same = other || dim == ENTITY_TOTALS ? a->rest[dim] : entity_get_text(a, dim, text);
	if (same != NULL)
		entity_drop(a, same);
	return entity_new_as(a, id, dim, text, other);
}

static bool read_entity(struct archive *a, struct line *l)
{
	char kind[32], text[KEY_TEXT], country[4], name[ENTITY_NAME], clean[ENTITY_NAME];
	int64_t id, flags, begin, first, last;
	struct dim_key key;
	struct entity *e;
	bool parsed;
	int dim;

	if (!line_get_range(l, 0, ENTITY_MAX - 1, &id) || !line_get_text(l, kind, sizeof kind) ||
	    !line_get_text(l, text, sizeof text) || !line_get_range(l, 0, 255, &flags) ||
	    !line_get_text(l, country, sizeof country) || !line_get_text(l, name, sizeof name) ||
	    !line_get_range(l, -second_max, second_max, &begin) || !line_get_range(l, 0, second_max * SECOND, &first) ||
	    !line_get_range(l, 0, second_max * SECOND, &last))
		return false;
	dim = layout_dim(kind);
	if (dim < 0 || !is_a_key(a, dim, text, flags & ENTITY_IS_OTHER, &key, &parsed))
		return false;
	e = entity_of_line(a, (uint32_t)id, dim, text, flags & ENTITY_IS_OTHER);
	if (e == NULL)
		return false;
	if (parsed)
		entity_bind(a, e, &key);
	text_clean(clean, sizeof clean, name, strlen(name));
	mem_free(e->name);
	e->name = clean[0] != '\0' ? mem_strdup(clean) : NULL;
	text_clean(e->country, 3, country, strlen(country));
	e->local = flags & ENTITY_IS_LOCAL;
	e->refused = flags & ENTITY_IS_REFUSED;
	e->announced = true;
	e->begin_s = begin;
	entity_store(a, e, flags & ENTITY_IS_STORED);
	entity_see(a, e, last);
	e->first_us = first != 0 ? first : e->last_us;
	return true;
}

static struct entity *get_entity(struct archive *a, struct line *l)
{
	int64_t id;

	return line_get_range(l, 0, ENTITY_MAX - 1, &id) ? a->entities[id] : NULL;
}

static struct counters counters_of(int dim, const int64_t *values)
{
	static const enum series which[5] = {SERIES_BYTES_0, SERIES_BYTES_1, SERIES_PACKETS_0, SERIES_PACKETS_1, SERIES_FLOWS};
	int64_t v[5];

	for (int i = 0; i < 5; i++) {
		int column = layout_column(dim, which[i]);

		v[i] = column >= 0 ? values[column] : 0;
	}
	return (struct counters){{v[0], v[1]}, {v[2], v[3]}, v[4]};
}

static bool get_values(struct line *l, const struct entity *e, int64_t values[SERIES_COUNT])
{
	for (size_t i = 0; i < layout_width(e->dim); i++)
		if (!line_get_number(l, &values[i]))
			return false;
	return true;
}

static bool get_time(struct line *l, const struct entity *e, int64_t *time_s)
{
	return line_get_range(l, 1, second_max, time_s) && *time_s % layout_of(e->dim)->step_s == 0;
}

static void take_sample(struct archive *a, struct entity *e, int64_t time_s, const int64_t *values)
{
	/* a forged journal could hold more than fits; a real one was kept within this bound when it was written */
	if (e->stored && a->waiting_bytes < 2 * (size_t)WAITING_MAX)
		entity_sample(a, e, time_s, values);
	entity_see(a, e, time_s * SECOND);
}

static bool read_booked(struct archive *a, struct line *l)
{
	struct entity *e = get_entity(a, l);
	int64_t time_s, day, values[SERIES_COUNT];
	struct counters c;

	if (e == NULL || !get_time(l, e, &time_s) || !line_get_number(l, &day) || !ledger_day_is_sane(day) ||
	    !get_values(l, e, values))
		return false;
	c = counters_of(e->dim, values);
	ledger_add(&e->ledger, (int32_t)day, &c);
	take_sample(a, e, time_s, values);
	return true;
}

static bool read_sample(struct archive *a, struct line *l)
{
	struct entity *e = get_entity(a, l);
	int64_t time_s, values[SERIES_COUNT];

	if (e == NULL || !get_time(l, e, &time_s) || !get_values(l, e, values))
		return false;
	take_sample(a, e, time_s, values);
	return true;
}

static bool get_counters(struct line *l, struct counters *c)
{
	return line_get_number(l, &c->bytes[0]) && line_get_number(l, &c->bytes[1]) && line_get_number(l, &c->packets[0]) &&
	       line_get_number(l, &c->packets[1]) && line_get_number(l, &c->flows);
}

static bool read_ledger(struct archive *a, struct line *l)
{
	struct entity *e = get_entity(a, l);
	struct counters c;
	int64_t time_us, day;

	if (e == NULL || !line_get_range(l, 0, second_max * SECOND, &time_us) || !line_get_number(l, &day) ||
	    !ledger_day_is_sane(day) || !get_counters(l, &c))
		return false;
	ledger_add(&e->ledger, (int32_t)day, &c);
	entity_see(a, e, time_us);
	return true;
}

static bool read_totals(struct archive *a, struct line *l)
{
	struct entity *e = get_entity(a, l);
	struct ledger all = {0};

	for (int p = 0; p < LEDGER_PERIODS; p++) {
		int64_t id;

		if (!line_get_range(l, INT32_MIN, INT32_MAX, &id) || !get_counters(l, &all.periods[p].sum))
			return false;
		all.periods[p].id = (int32_t)id;
	}
	if (e != NULL)
		e->ledger = all;
	return e != NULL;
}

static bool read_unstored(struct archive *a, struct line *l)
{
	struct entity *e = get_entity(a, l);

	if (e != NULL)
		entity_store(a, e, false);
	return e != NULL;
}

static bool read_dropped(struct archive *a, struct line *l)
{
	struct entity *e = get_entity(a, l);

	if (e == NULL)
		return false;
	if (a->rest[e->dim] != NULL && a->rest[e->dim] != e)
		ledger_merge(&a->rest[e->dim]->ledger, &e->ledger);
	entity_drop(a, e);
	return true;
}

static bool read_run(struct archive *a, struct line *l)
{
	int64_t c, from, to;

	if (!line_get_range(l, 0, INTERVAL_CLASSES - 1, &c) || !line_get_range(l, -second_max, second_max, &from) ||
	    !line_get_range(l, from, second_max, &to))
		return false;
	if (from % layout_of_class((enum interval_class)c)->step_s != 0 || to % layout_of_class((enum interval_class)c)->step_s != 0)
		return false;
	if (a->classes[c].runs.count > 0 && from < a->classes[c].runs.items[0].from_s)
		return false;
	runs_add(&a->classes[c].runs, from, to);
	return true;
}

static bool read_class(struct archive *a, struct line *l)
{
	int64_t c, last, booked, closed;

	if (!line_get_range(l, 0, INTERVAL_CLASSES - 1, &c) || !line_get_range(l, 0, second_max * SECOND, &last) ||
	    !line_get_range(l, 0, second_max, &booked) || !line_get_range(l, 0, booked, &closed))
		return false;
	a->classes[c].last_us = last;
	a->classes[c].booked_s = booked;
	a->classes[c].closed_s = a->classes[c].committed_s = closed;
	a->newest_us = last > a->newest_us ? last : a->newest_us;
	return true;
}

static bool read_set_back(struct archive *a, struct line *l)
{
	int64_t cut, ahead;

	return line_get_range(l, 0, second_max, &cut) && line_get_range(l, 0, second_max, &ahead) && set_back_add(a, cut, ahead);
}

static bool read_version(struct archive *a, struct line *l)
{
	int64_t format, number;
	char program[64];

	if (!line_get_range(l, CATALOG_FORMAT, CATALOG_FORMAT, &format) || !line_get_range(l, 0, INT64_MAX / 2, &number) ||
	    !line_get_text(l, program, sizeof program))
		return false;
	a->journal.number = (uint64_t)number;
	return true;
}

static bool read_nothing(struct archive *a, struct line *l)
{
	(void)a;
	return l->at == l->end;
}

static const struct {
	char type;
	bool (*read)(struct archive *a, struct line *l);
} readers[] = {
	{'E', read_entity}, {'B', read_booked}, {'S', read_sample}, {'L', read_ledger}, {'T', read_totals}, {'X', read_unstored},
	{'D', read_dropped}, {'R', read_run}, {'C', read_class}, {'A', read_set_back}, {'V', read_version}, {'K', read_nothing},
};

static bool take_line(struct archive *a, const char *s, size_t n)
{
	struct line l;

	if (!line_parse(&l, s, n))
		return false;
	for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
		if (readers[i].type == l.type)
			return readers[i].read(a, &l) && l.at == l.end;
	return false;
}

/* Up to behind the last commit. */
static size_t committed(const char *text, size_t n)
{
	while (n > 0) {
		const char *end = memrchr(text, '\n', n), *begin;
		struct line l;

		if (end == NULL)
			return 0;
		begin = memrchr(text, '\n', (size_t)(end - text));
		begin = begin != NULL ? begin + 1 : text;
		if (line_parse(&l, begin, (size_t)(end - begin)) && l.type == 'K')
			return (size_t)(end - text) + 1;
		n = (size_t)(begin - text);
	}
	return 0;
}

size_t load_text(struct archive *a, const char *text, size_t n, bool commits)
{
	const char *end;
	size_t all = commits ? committed(text, n) : n;

	for (size_t left = all; left > 0; left -= (size_t)(end - text) + (left > (size_t)(end - text)), text = end + 1) {
		end = memchr(text, '\n', left);
		if (end == NULL)
			end = text + left;
		if (!take_line(a, text, (size_t)(end - text)))
			a->bad_lines++;
		if (end == text + left)
			break;
	}
	return all;
}

/* ---- files ---- */

/* From `from` to its end. NULL with errno; *inode, if not NULL, tells which file it is. */
static char *read_whole(const struct archive *a, const char *name, int64_t from, size_t *n, ino_t *inode)
{
	int fd = openat(a->dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	char *text = NULL;
	ssize_t got = 1;

	*n = 0;
	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > LARGEST) {
		close(fd);
		errno = EFBIG;
		return NULL;
	}
	if (inode != NULL)
		*inode = st.st_ino;
	if (st.st_size > from) {
		text = mem_alloc((size_t)(st.st_size - from) + 1);
		while (*n < (size_t)(st.st_size - from) &&
		       (got = pread(fd, text + *n, (size_t)(st.st_size - from) - *n, (off_t)from + (off_t)*n)) > 0)
			*n += (size_t)got;
	} else {
		text = mem_zalloc(1);
	}
	close(fd);
	return text;
}

static void forget_all(struct archive *a)
{
	entities_release(a);
	map_clear(a->by_text);
	map_clear(a->by_key);
	for (int c = 0; c < INTERVAL_CLASSES; c++) {
		runs_release(&a->classes[c].runs);
		memset(&a->classes[c], 0, sizeof a->classes[c]);
	}
	a->newest_us = 0;
	a->bad_lines = 0;
	a->read_at = 0;
	a->journal.bytes = a->journal.catalog_bytes = 0;
}

static void load_journal(struct archive *a)
{
	char name[JOURNAL_NAME];
	size_t n;
	char *text;

	journal_name(a->journal.number, name);
	text = read_whole(a, name, a->read_at, &n, NULL);
	if (text == NULL)
		return;
	a->journal.bytes = (uint64_t)a->read_at + n;
	a->read_at += (int64_t)load_text(a, text, n, true);
	mem_free(text);
}

static bool is_newer(const char *text, size_t n)
{
	const char *end = memchr(text, '\n', n);
	struct line l;
	int64_t format;

	return end != NULL && line_parse(&l, text, (size_t)(end - text)) && l.type == 'V' && line_get_number(&l, &format) &&
	       format > CATALOG_FORMAT;
}

int load_all(struct archive *a, struct error *e)
{
	size_t n;
	char *text = read_whole(a, "catalog", 0, &n, &a->read_inode);
	struct line l;
	const char *end = text != NULL ? memchr(text, '\n', n) : NULL;

	forget_all(a);
	if (text == NULL && errno == ENOENT)
		return error_set(e, ERR_NOT_FOUND, "there is no history in '%s': --data DIR records some", a->dir);
	if (text == NULL)
		return error_set(e, ERR_IO, "cannot read the catalog in '%s': %s", a->dir, strerror(errno));
	a->loading = true;
	if (end == NULL || !line_parse(&l, text, (size_t)(end - text)) || l.type != 'V' || !read_version(a, &l)) {
		int code = is_newer(text, n) ? error_set(e, ERR_UNSUPPORTED, "the history in '%s' is of a newer dpitop", a->dir)
					     : error_set(e, ERR_FORMAT, "the catalog in '%s' is damaged", a->dir);

		mem_free(text);
		entities_loaded(a);
		return code;
	}
	a->journal.catalog_bytes = n;
	load_text(a, text, n, false);
	mem_free(text);
	load_journal(a);
	entities_loaded(a);
	if (a->bad_lines > 0)
		log_line(LOG_WARN_, "history: %zu damaged lines of the catalog were left out", a->bad_lines);
	return 0;
}

bool load_news(struct archive *a)
{
	struct stat st;
	int64_t before = a->read_at;

	if (fstatat(a->dir_fd, "catalog", &st, AT_SYMLINK_NOFOLLOW) != 0)
		return false;
	if (st.st_ino != a->read_inode)
		return load_all(a, NULL) == 0;
	a->loading = true;
	load_journal(a);
	entities_loaded(a);
	return a->read_at != before;
}
