/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The archive as its users see it: opening as the writer or as a reader, the work of each second, and the look-ups that
 * cost no disk.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "dpitop/i18n.h"
#include "dpitop/log.h"
#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "history/parts.h"
#include "history/rrd_store.h"

static const uint64_t default_size = 1ull << 30, smallest_size = 32ull << 20;

/* ---- opening ---- */

/* The directory is ours: what the last writer left, and a new journal. */
static int start_writing(struct archive *a, struct error *e)
{
	struct error own;
	int code = load_all(a, &own);

	if (code == ERR_UNSUPPORTED || code == ERR_IO)
		return error_set(e, code, "%s", own.text);
	if (code == ERR_FORMAT) {
		log_line(LOG_WARN_, "history: %s", own.text);
		renameat(a->dir_fd, "catalog", a->dir_fd, "catalog.damaged");
	}
	a->adopting = code != 0;
	undo_restore(a);
	dir_sweep(a);
	if (a->adopting)
		adopt_runs(a);
	a->adopting = false;
	a->writing = true;
	a->reader_text[0] = '\0';
	if (!checkpoint_write(a))
		a->journal.broken = true;
	dir_remove_journals(a);
	admit_fit(a);
	return 0;
}

static int open_all(struct archive *a, struct error *e)
{
	int code = dir_open(a, e);

	if (code != 0)
		return code;
	if (a->options.write && !rrd_store_there())
		snprintf(a->reader_text, sizeof a->reader_text, "%s", _("read only: this dpitop was built without librrd"));
	else if (a->options.write && dir_lock(a))
		return start_writing(a, e);
	code = load_all(a, e);
	return code == ERR_NOT_FOUND && a->options.write ? 0 : code; /* the other one has just begun */
}

struct archive *archive_new(const struct archive_options *o)
{
	struct archive *a = mem_zalloc(sizeof *a);

	a->options = *o;
	a->size_bytes = o->size_bytes != 0 ? o->size_bytes : default_size;
	if (o->rrdcached != NULL)
		snprintf(a->rrdcached, sizeof a->rrdcached, "%s", o->rrdcached);
	snprintf(a->reader_text, sizeof a->reader_text, "%s", _("read only"));
	a->lock_fd = a->dir_fd = a->rrd_fd = a->undo_fd = a->journal.fd = -1;
	a->stamp = 1; /* of no entity that was loaded */
	a->seed[0] = hash_seed();
	a->seed[1] = hash_seed();
	a->by_text = entity_map_by_text(a->seed[0]);
	a->by_key = entity_map_by_key(a->seed[1]);
	a->header = mem_alloc(RRD_HEADER_MAX);
	return a;
}

struct archive *archive_open(const struct archive_options *o, int64_t now_us, struct error *e)
{
	struct archive *a;

	if (o->size_bytes != 0 && o->size_bytes < smallest_size) {
		error_set(e, ERR_USAGE, "history needs at least 32 MiB");
		return NULL;
	}
	a = archive_new(o);
	a->now_us = a->commit_us = now_us;
	tzset();
	if (open_all(a, e) != 0) {
		archive_close(a);
		return NULL;
	}
	return a;
}

void archive_close(struct archive *a)
{
	if (a == NULL)
		return;
	if (a->writing) {
		for (int c = 0; c < INTERVAL_CLASSES && a->options.capture_time; c++)
			a->classes[c].closed_s = a->classes[c].booked_s; /* no other run goes on with its last steps */
		archive_flush(a, NULL);
		checkpoint_write(a);
		dir_remove_spare(a);
	}
	rrd_store_leave(a->rrdcached[0] != '\0' ? a->rrdcached : NULL);
	entities_release(a);
	for (int c = 0; c < INTERVAL_CLASSES; c++)
		runs_release(&a->classes[c].runs);
	if (a->journal.fd >= 0)
		close(a->journal.fd);
	lines_release(&a->journal.lines);
	dir_close(a);
	map_free(a->by_text);
	map_free(a->by_key);
	mem_free(a->coverage.seconds);
	mem_free(a->rows);
	mem_free(a->header);
	mem_free(a);
}

/* ---- work ---- */

static bool update(struct archive *a, struct entity *e)
{
	struct error error;
	int code = update_file(a, e, &error);

	if (a->options.progress != NULL)
		atomic_fetch_add_explicit(a->options.progress, 1, memory_order_relaxed);
	if (code == 0 || code == ERR_LIMIT) /* it is locked: with the next round */
		return true;
	if (a->trouble[0] == '\0') {
		if (dir_free_bytes(a) < layout_file_bytes(e->dim))
			archive_trouble(a, a->dir, ENOSPC);
		else
			snprintf(a->trouble, sizeof a->trouble, "%s", error.text);
	}
	return false;
}

static bool commit_is_due(const struct archive *a)
{
	const struct journal *j = &a->journal;

	return j->broken || j->lines.n > LINES_MAX || a->now_us < a->commit_us ||
	       (a->now_us - a->commit_us >= (int64_t)(JOURNAL_S + LATE_S) * SECOND);
}

static bool look_is_due(struct archive *a)
{
	if (a->now_us - a->look_us < (int64_t)LOOK_S * SECOND && a->now_us >= a->look_us)
		return false;
	a->look_us = a->now_us;
	return true;
}

/* What would fail within the minute is said now. Who is removed or is another directory: the checkpoint makes it anew. */
static bool look_at_directory(struct archive *a)
{
	if (!look_is_due(a))
		return true;
	if (dir_is_gone(a)) {
		a->journal.broken = true;
		return true;
	}
	if (dir_is_writable(a))
		return true;
	a->journal.broken = true; /* begun anew when that is over */
	return false;
}

static bool work(struct archive *a, size_t budget, bool *all)
{
	size_t updates = 0;

	*all = false;
	if (!look_at_directory(a))
		return false;
	if (commit_is_due(a) && !journal_commit(a))
		return false;
	if (checkpoint_is_due(a) && !checkpoint_write(a))
		return false;
	if (a->worked == a->commits) {
		*all = true;
		return true;
	}
	for (; a->cursor < a->ids; a->cursor++) {
		struct entity *e = a->entities[a->cursor];

		if (e == NULL || !update_is_due(a, e))
			continue;
		if (budget != 0 && updates++ == budget)
			return true;
		if (!update(a, e))
			return false;
	}
	a->cursor = 0;
	a->worked = a->commits;
	*all = true;
	return true;
}

/* Again after a while, as long as it takes. */
static bool in_trouble(struct archive *a)
{
	if (a->trouble[0] == '\0')
		return false;
	if (a->now_us >= a->retry_us || a->retry_us - a->now_us > (int64_t)RETRY_S * SECOND) {
		a->trouble[0] = '\0';
		return false;
	}
	return true;
}

static void look_for_news(struct archive *a)
{
	if (!look_is_due(a))
		return;
	if (dir_is_gone(a) && !dir_reopen(a))
		return;
	if (a->options.write && rrd_store_there() && dir_lock(a)) {
		if (start_writing(a, NULL) == 0)
			return;
		close(a->lock_fd);
		a->lock_fd = -1;
	}
	load_news(a);
}

bool archive_work(struct archive *a, int64_t now_us, size_t budget)
{
	bool all = true;

	a->now_us = now_us;
	if (!a->writing) {
		look_for_news(a);
		return true;
	}
	if (in_trouble(a))
		return true;
	if (!work(a, budget, &all)) {
		a->retry_us = now_us + (int64_t)RETRY_S * SECOND;
		return true;
	}
	return all;
}

int archive_flush(struct archive *a, struct error *e)
{
	bool ok;

	if (!a->writing)
		return 0;
	a->trouble[0] = '\0';
	ok = journal_commit(a);
	for (uint32_t i = 0; i < a->ids && ok; i++)
		if (a->entities[i] != NULL && a->entities[i]->stored && a->entities[i]->waiting.count > 0)
			ok = update(a, a->entities[i]);
	if (ok)
		return 0;
	a->retry_us = a->now_us + (int64_t)RETRY_S * SECOND;
	return error_set(e, ERR_IO, "%s", a->trouble);
}

/* ---- look-ups ---- */

const struct entity *archive_next(const struct archive *a, int dim, size_t *cursor)
{
	while (*cursor < a->ids) {
		const struct entity *e = a->entities[(*cursor)++];

		if (e != NULL && e->stored && (dim < 0 || e->dim == dim))
			return e;
	}
	return NULL;
}

static const struct entity *any(const struct archive *a, int dim, const struct dim_key *key, bool other)
{
	if (layout_class(dim) == INTERVAL_CLASSES)
		return NULL;
	return other || dim == ENTITY_TOTALS || key == NULL ? a->rest[dim] : entity_get(a, dim, key);
}

const struct entity *archive_find(const struct archive *a, int dim, const struct dim_key *key, bool other)
{
	const struct entity *e = any(a, dim, key, other);

	return e != NULL && e->stored ? e : NULL;
}

const struct entity *archive_find_text(const struct archive *a, int dim, const char *text)
{
	const struct entity *e = layout_class(dim) != INTERVAL_CLASSES ? entity_get_text(a, dim, text) : NULL;

	return e != NULL && e->stored ? e : NULL;
}

void archive_entity(const struct archive *a, const struct entity *e, struct entity_info *out)
{
	(void)a;
	*out = (struct entity_info){.dim = e->dim, .other = e->other, .local = e->local, .keyed = e->keyed, .key_text = e->text,
				    .name = e->name != NULL ? e->name : "", .first_us = e->first_us, .last_us = e->last_us};
	if (e->keyed)
		out->key = e->key;
	memcpy(out->country, e->country, sizeof out->country);
}

bool archive_span(const struct archive *a, struct archive_span *out)
{
	*out = (struct archive_span){INT64_MAX, 0};
	for (int c = 0; c < INTERVAL_CLASSES; c++) {
		const struct class_state *s = &a->classes[c];

		if (s->runs.count == 0)
			continue;
		out->from_us = s->runs.items[0].from_s * SECOND < out->from_us ? s->runs.items[0].from_s * SECOND : out->from_us;
		out->to_us = s->last_us > out->to_us ? s->last_us : out->to_us;
	}
	return out->from_us < out->to_us;
}

size_t archive_runs(const struct archive *a, struct archive_span *out, size_t max)
{
	const struct runs *r = &a->classes[INTERVAL_LINE].runs;
	size_t n = r->count < max ? r->count : max;

	for (size_t i = 0; i < n; i++)
		out[i] = (struct archive_span){r->items[r->count - n + i].from_s * SECOND, r->items[r->count - n + i].to_s * SECOND};
	return n;
}

bool archive_lasting(const struct archive *a, int dim, const struct dim_key *key, int64_t now_us, struct lasting_row out[LASTING_COUNT])
{
	const struct entity *e = any(a, dim, key, key == NULL);

	memset(out, 0, LASTING_COUNT * sizeof *out);
	return e != NULL && ledger_read(&e->ledger, ledger_day(now_us), out);
}

bool archive_lasting_next(const struct archive *a, int dim, size_t *cursor, int64_t now_us, struct entity_info *who,
			  struct lasting_row out[LASTING_COUNT])
{
	int32_t today = ledger_day(now_us);

	while (*cursor < a->ids) {
		const struct entity *e = a->entities[(*cursor)++];

		if (e == NULL || (dim >= 0 && e->dim != dim) || !ledger_read(&e->ledger, today, out))
			continue;
		archive_entity(a, e, who);
		return true;
	}
	return false;
}

void archive_state(const struct archive *a, struct archive_state *out)
{
	const char *text;

	*out = a->state;
	out->writing = a->writing && a->trouble[0] == '\0';
	if (!a->writing)
		text = a->reader_text;
	else
		text = a->trouble[0] != '\0' ? a->trouble : _("recording");
	text_clean(out->text, sizeof out->text, text, strlen(text));
	out->files = out->entities = a->stored.count;
	out->bytes = admit_bytes(a);
	out->size_bytes = a->size_bytes;
}
