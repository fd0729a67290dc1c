/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Totals of the calendar beside live rows. Whoever makes pictures asks row by row and never waits: what was asked
 * for is looked up by history's thread and is there for the next picture. What is not recorded yet is
 * added by who asks; while an interval is on its way, what was shown last is shown again.
 */
#include "config.h"

#include <string.h>

#include "dpitop/map.h"
#include "dpitop/mem.h"
#include "history/thread.h"

#define SECOND_US INT64_C(1000000)

enum { ROWS_MAX = 65536, PORTION = 256 };

static const int64_t keep_us = 120 * SECOND_US; /* what was not asked for so long is forgotten */

struct lasting_key {
	uint32_t dim, zero;
	struct dim_key key;
};

struct lasting_entry {
	struct lasting_key key; /* first */
	int64_t asked_us, as_of_us; /* as_of 0: not looked up yet */
	uint64_t bytes[LASTING_COUNT], shown[LASTING_COUNT];
	bool known, was_shown;
};

struct lasting_cache { /* the mutex of history's thread guards it */
	struct map *rows[INTERVAL_CLASSES];
	bool asked[INTERVAL_CLASSES];   /* there are new ones */
	int64_t recorded_us[INTERVAL_CLASSES]; /* end of the newest interval that was recorded */
};

struct lasting_cache *lasting_cache_new(void)
{
	struct lasting_cache *c = mem_zalloc(sizeof *c);

	for (int i = 0; i < INTERVAL_CLASSES; i++)
		c->rows[i] = map_new(sizeof(struct lasting_key), sizeof(struct lasting_entry), ROWS_MAX, hash_seed());
	return c;
}

void lasting_cache_free(struct lasting_cache *c)
{
	for (int i = 0; i < INTERVAL_CLASSES; i++)
		map_free(c->rows[i]);
	mem_free(c);
}

/* ---- history's thread ---- */

struct look_up {
	struct lasting_entry *entry;
	struct lasting_key key;
	uint64_t bytes[LASTING_COUNT];
	bool known;
};

static void look_up(struct history *h, struct look_up *l, int64_t now_us)
{
	struct lasting_row rows[LASTING_COUNT];

	l->known = archive_lasting(h->archive, (int)l->key.dim, &l->key.key, now_us, rows);
	for (int p = 0; p < LASTING_COUNT; p++)
		l->bytes[p] = l->known ? rows[p].bytes[0] + rows[p].bytes[1] : 0;
}

/* The next ones that are due; entries stay where they are until this thread removes them. */
static size_t take_portion(struct history *h, int c, size_t *cursor, struct look_up *all, int64_t now_us)
{
	struct lasting_cache *cache = h->lasting;
	struct lasting_entry *e;
	size_t n = 0;

	while (n < PORTION && (e = map_next(cache->rows[c], cursor)) != NULL) {
		if (now_us - e->asked_us > keep_us || now_us < e->asked_us)
			map_remove(cache->rows[c], e);
		else if (e->as_of_us != cache->recorded_us[c] || e->as_of_us == 0)
			all[n++] = (struct look_up){.entry = e, .key = e->key};
	}
	return n;
}

static void look_up_class(struct history *h, int c)
{
	struct look_up *all = mem_array(PORTION, sizeof *all);
	int64_t now = history_clock_us(), as_of;
	size_t cursor = 0, n;

	uv_mutex_lock(&h->mutex);
	h->lasting->asked[c] = false;
	as_of = h->lasting->recorded_us[c];
	while ((n = take_portion(h, c, &cursor, all, now)) > 0) {
		uv_mutex_unlock(&h->mutex);
		for (size_t i = 0; i < n; i++)
			look_up(h, &all[i], now);
		uv_mutex_lock(&h->mutex);
		for (size_t i = 0; i < n; i++) {
			memcpy(all[i].entry->bytes, all[i].bytes, sizeof all[i].bytes);
			all[i].entry->known = all[i].known;
			all[i].entry->as_of_us = as_of != 0 ? as_of : -1;
		}
	}
	uv_mutex_unlock(&h->mutex);
	mem_free(all);
}

void history_lasting_recorded(struct history *h, enum interval_class c, int64_t to_us)
{
	size_t count;

	uv_mutex_lock(&h->mutex);
	h->lasting->recorded_us[c] = to_us;
	count = map_count(h->lasting->rows[c]);
	uv_mutex_unlock(&h->mutex);
	if (count > 0)
		look_up_class(h, (int)c);
}

void history_lasting_work(struct history *h)
{
	bool asked[INTERVAL_CLASSES];

	uv_mutex_lock(&h->mutex);
	memcpy(asked, h->lasting->asked, sizeof asked);
	uv_mutex_unlock(&h->mutex);
	for (int c = 0; c < INTERVAL_CLASSES && h->archive != NULL; c++)
		if (asked[c])
			look_up_class(h, c);
}

/* ---- any thread ---- */

static uint64_t plus(uint64_t v, int64_t more)
{
	return more >= 0 || v > (uint64_t)-more ? v + (uint64_t)more : 0;
}

static bool answer(struct lasting_entry *e, int64_t taken_us, int64_t pending, uint64_t bytes[LASTING_COUNT])
{
	if (e->as_of_us == 0)
		return false;
	if (e->as_of_us == taken_us || (e->as_of_us == -1 && taken_us == 0)) {
		for (int p = 0; p < LASTING_COUNT; p++)
			e->shown[p] = p == LASTING_YESTERDAY ? e->bytes[p] : plus(e->bytes[p], pending);
		e->was_shown = true;
	}
	memcpy(bytes, e->was_shown ? e->shown : e->bytes, sizeof e->shown);
	return e->known || e->was_shown;
}

bool history_lasting(struct history *h, enum dim d, const struct dim_key *k, int64_t taken_us, int64_t pending,
		     uint64_t bytes[LASTING_COUNT])
{
	enum interval_class c = interval_class_of(d);
	struct lasting_key key;
	struct lasting_entry *e;
	bool created, known = false;

	if (c == INTERVAL_CLASSES)
		return false;
	memset(&key, 0, sizeof key);
	key.dim = d;
	key.key = *k;
	uv_mutex_lock(&h->mutex);
	e = map_touch(h->lasting->rows[c], &key, &created);
	if (e != NULL) {
		e->asked_us = history_clock_us();
		known = answer(e, taken_us, pending, bytes);
		h->lasting->asked[c] |= created;
		h->woken |= created;
		if (created)
			uv_cond_signal(&h->work);
	}
	uv_mutex_unlock(&h->mutex);
	return known;
}
