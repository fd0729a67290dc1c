/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Entities: found by the text of their key, which means the same in every run, or by the key itself once one
 * of their rows was seen; in the order in which they were seen; with the samples that wait for their file.
 */
#include "config.h"

#include <string.h>

#include "dpitop/key_text.h"
#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "history/parts.h"

struct text_key { /* two hashes: 128 bits that nobody outside knows the seed of */
	uint64_t hash[2];
};
struct by_text {
	struct text_key key;
	struct entity *entity;
};
struct dim_and_key {
	int32_t dim;
	struct dim_key key;
};
struct by_key {
	struct dim_and_key key;
	struct entity *entity;
};
_Static_assert(sizeof(struct dim_and_key) == 4 + sizeof(struct dim_key), "no padding: it is compared as bytes");

struct map *entity_map_by_text(uint64_t seed)
{
	return map_new(sizeof(struct text_key), sizeof(struct by_text), ENTITY_MAX, seed);
}

struct map *entity_map_by_key(uint64_t seed)
{
	return map_new(sizeof(struct dim_and_key), sizeof(struct by_key), ENTITY_MAX, seed);
}

static struct text_key text_key(const struct archive *a, int dim, const char *text)
{
	size_t n = strlen(text);

	return (struct text_key){{hash_bytes(text, n, a->seed[0] + (uint64_t)dim), hash_bytes(text, n, a->seed[1] + (uint64_t)dim)}};
}

static struct dim_and_key dim_and_key(int dim, const struct dim_key *key)
{
	struct dim_and_key k = {.dim = dim};

	memcpy(&k.key, key, sizeof k.key);
	return k;
}

/* ---- order ---- */

static void unlink_entity(struct entity_list *l, struct entity *e)
{
	if (e->link.before != NULL)
		e->link.before->link.next = e->link.next;
	else
		l->first = e->link.next;
	if (e->link.next != NULL)
		e->link.next->link.before = e->link.before;
	else
		l->last = e->link.before;
	e->link = (struct link){NULL, NULL};
	l->count--;
}

static void append(struct entity_list *l, struct entity *e)
{
	e->link = (struct link){l->last, NULL};
	if (l->last != NULL)
		l->last->link.next = e;
	else
		l->first = e;
	l->last = e;
	l->count++;
}

static struct entity_list *list_of(struct archive *a, const struct entity *e)
{
	return e->stored ? &a->stored : &a->others;
}

void entity_see(struct archive *a, struct entity *e, int64_t time_us)
{
	if (e->first_us == 0)
		e->first_us = time_us;
	if (time_us > e->last_us)
		e->last_us = time_us;
	if (list_of(a, e)->last == e)
		return;
	unlink_entity(list_of(a, e), e);
	append(list_of(a, e), e);
}

void entity_store(struct archive *a, struct entity *e, bool stored)
{
	if (e->stored == stored)
		return;
	unlink_entity(list_of(a, e), e);
	e->stored = stored;
	append(list_of(a, e), e);
	if (stored)
		a->file_bytes += admit_cost(e->dim);
	else
		a->file_bytes -= admit_cost(e->dim);
	if (!stored) {
		entity_unmade(a, e, false);
		entity_forget_samples(a, e, INT64_MAX);
	}
}

void entity_unmade(struct archive *a, struct entity *e, bool unmade)
{
	if (e->unmade == unmade)
		return;
	e->unmade = unmade;
	if (unmade)
		a->unmade_bytes += admit_cost(e->dim);
	else
		a->unmade_bytes -= admit_cost(e->dim);
}

/* ---- life ---- */

static struct entity *make(struct archive *a, uint32_t id, int dim, const char *text, bool other)
{
	struct entity *e = mem_zalloc(sizeof *e);

	e->id = id;
	e->dim = dim;
	e->other = other;
	e->text = mem_strdup(text);
	a->entities[id] = e;
	append(&a->others, e);
	if (other || dim == ENTITY_TOTALS) {
		a->rest[dim] = e;
	} else {
		struct text_key k = text_key(a, dim, text);
		struct by_text *found = map_touch(a->by_text, &k, NULL);

		if (found != NULL)
			found->entity = e;
	}
	return e;
}

/* The one seen longest ago goes into the rest of its dimension. */
static bool make_room(struct archive *a)
{
	for (struct entity *e = a->others.first; e != NULL && e->stamp != a->stamp; e = e->link.next) {
		if (e->other || e->dim == ENTITY_TOTALS)
			continue;
		ledger_merge(&a->rest[e->dim]->ledger, &e->ledger);
		journal_dropped(a, e);
		entity_drop(a, e);
		return true;
	}
	return false;
}

static bool new_id(struct archive *a, uint32_t *id)
{
	if (a->free_count == 0 && a->ids == ENTITY_MAX && !make_room(a))
		return false;
	*id = a->free_count > 0 ? a->free_ids[--a->free_count] : a->ids++;
	return true;
}

struct entity *entity_rest(struct archive *a, int dim)
{
	uint32_t id;

	if (a->rest[dim] != NULL)
		return a->rest[dim];
	if (!new_id(a, &id))
		return NULL;
	make(a, id, dim, "", dim != ENTITY_TOTALS)->announced = true;
	journal_entity(a, a->rest[dim]);
	return a->rest[dim];
}

struct entity *entity_touch(struct archive *a, int dim, const char *text, const struct dim_key *key)
{
	struct entity *e = entity_get_text(a, dim, text);
	struct dim_key parsed;
	uint32_t id;

	if (e == NULL) {
		/* with each dimension comes its rest: what has to go can always go there */
		if (entity_rest(a, dim) == NULL || !new_id(a, &id))
			return NULL;
		e = make(a, id, dim, text, false);
		if (key_text_parse((enum dim)dim, text, a->options.dpi, &parsed) == 0)
			entity_bind(a, e, &parsed);
	}
	/* the number of an interface is a run's: it is found by its name */
	if (!e->keyed && key != NULL && dim != DIM_INTERFACE)
		entity_bind(a, e, key);
	return e;
}

struct entity *entity_new_as(struct archive *a, uint32_t id, int dim, const char *text, bool other)
{
	bool alone = other || dim == ENTITY_TOTALS;

	if (a->entities[id] != NULL || (alone ? a->rest[dim] != NULL : entity_get_text(a, dim, text) != NULL))
		return NULL;
	if (id >= a->ids)
		a->ids = id + 1;
	return make(a, id, dim, text, other);
}

static void unbind(struct archive *a, struct entity *e)
{
	struct dim_and_key k = dim_and_key(e->dim, &e->key);
	struct by_key *found = e->keyed ? map_get(a->by_key, &k) : NULL;

	if (found != NULL && found->entity == e)
		map_remove(a->by_key, found);
	e->keyed = false;
}

void entity_bind(struct archive *a, struct entity *e, const struct dim_key *key)
{
	struct dim_and_key k = dim_and_key(e->dim, key);
	struct by_key *found;

	if (e->keyed && memcmp(&e->key, key, sizeof *key) == 0)
		return;
	unbind(a, e);
	found = map_touch(a->by_key, &k, NULL);
	if (found == NULL)
		return;
	if (found->entity != NULL)
		found->entity->keyed = false;
	found->entity = e;
	e->key = *key;
	e->keyed = true;
}

void entity_drop(struct archive *a, struct entity *e)
{
	struct text_key k = text_key(a, e->dim, e->text);
	struct by_text *found = map_get(a->by_text, &k);

	entity_store(a, e, false);
	unbind(a, e);
	if (found != NULL && found->entity == e)
		map_remove(a->by_text, found);
	if (a->rest[e->dim] == e)
		a->rest[e->dim] = NULL;
	unlink_entity(&a->others, e);
	a->entities[e->id] = NULL;
	if (!a->loading)
		a->free_ids[a->free_count++] = e->id;
	entity_forget_samples(a, e, INT64_MAX);
	mem_free(e->waiting.at);
	mem_free(e->text);
	mem_free(e->name);
	mem_free(e);
}

void entities_loaded(struct archive *a)
{
	a->loading = false;
	a->free_count = 0;
	for (uint32_t i = 0; i < a->ids; i++)
		if (a->entities[i] == NULL)
			a->free_ids[a->free_count++] = i;
}

void entities_release(struct archive *a)
{
	for (uint32_t i = 0; i < a->ids; i++)
		if (a->entities[i] != NULL)
			entity_drop(a, a->entities[i]);
	a->ids = a->free_count = 0;
}

struct entity *entity_get_text(const struct archive *a, int dim, const char *text)
{
	struct text_key k = text_key(a, dim, text);
	struct by_text *found = map_get(a->by_text, &k);

	return found != NULL ? found->entity : NULL;
}

struct entity *entity_get(const struct archive *a, int dim, const struct dim_key *key)
{
	struct dim_and_key k = dim_and_key(dim, key);
	struct by_key *found = map_get(a->by_key, &k);

	return found != NULL ? found->entity : NULL;
}

void entity_describe(struct archive *a, struct entity *e, const char *name, const char country[2], bool local)
{
	bool changed = e->local != local || !e->announced;
	char clean[ENTITY_NAME];

	text_clean(clean, sizeof clean, name, strlen(name));
	if (clean[0] != '\0' && (e->name == NULL || strcmp(e->name, clean) != 0)) {
		mem_free(e->name);
		e->name = mem_strdup(clean);
		changed = true;
	}
	if (country[0] != '\0' && memcmp(e->country, country, 2) != 0) {
		memcpy(e->country, country, 2);
		changed = true;
	}
	e->local = local;
	e->announced = true;
	if (changed)
		journal_entity(a, e);
}

/* ---- samples ---- */

static size_t sample_bytes(const struct entity *e)
{
	return (layout_width(e->dim) + 1) * sizeof(int64_t);
}

static int64_t *new_sample(struct archive *a, struct entity *e, int64_t time_s)
{
	struct sample_list *w = &e->waiting;
	size_t line = layout_width(e->dim) + 1;
	int64_t *at;

	if (w->count == w->room) {
		a->waiting_bytes -= w->room * sample_bytes(e);
		w->room = w->room != 0 ? w->room * 2 : 4;
		w->at = mem_grow(w->at, w->room, sample_bytes(e));
		a->waiting_bytes += w->room * sample_bytes(e);
	}
	at = w->at + w->count++ * line;
	memset(at, 0, line * sizeof *at);
	at[0] = time_s;
	return at;
}

void entity_sample(struct archive *a, struct entity *e, int64_t time_s, const int64_t *values)
{
	unsigned all = archive_series(e->dim);
	size_t line = layout_width(e->dim) + 1, n = 1;
	int64_t *at = e->waiting.count > 0 ? e->waiting.at + (e->waiting.count - 1) * line : NULL;

	if (at == NULL || at[0] < time_s)
		at = new_sample(a, e, time_s);
	else if (at[0] > time_s)
		return;
	for (int s = 0; s < SERIES_COUNT; s++) {
		if ((all >> s & 1) == 0)
			continue;
		if (layout_is_gauge((enum series)s))
			at[n] = values[n - 1];
		else
			at[n] = (int64_t)((uint64_t)at[n] + (uint64_t)values[n - 1]);
		n++;
	}
}

static void forget_room(struct archive *a, struct entity *e)
{
	struct sample_list *w = &e->waiting;

	a->waiting_bytes -= w->room * sample_bytes(e);
	mem_free(w->at);
	memset(w, 0, sizeof *w);
}

void entity_forget_after(struct archive *a, struct entity *e, int64_t time_s)
{
	struct sample_list *w = &e->waiting;
	size_t line = layout_width(e->dim) + 1;

	while (w->count > 0 && w->at[(w->count - 1) * line] > time_s)
		w->count--;
	if (w->count == 0)
		forget_room(a, e);
}

void entity_forget_samples(struct archive *a, struct entity *e, int64_t up_to_s)
{
	struct sample_list *w = &e->waiting;
	size_t line = layout_width(e->dim) + 1;
	uint32_t gone = 0;

	while (gone < w->count && w->at[gone * line] <= up_to_s)
		gone++;
	w->count -= gone;
	if (w->count == 0) { /* idle entities keep no memory */
		forget_room(a, e);
	} else if (gone > 0) {
		memmove(w->at, w->at + gone * line, w->count * sample_bytes(e));
	}
}
