/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who gets a file. A file is written whole when it is made, so making them is what costs: a bucket of bytes
 * spreads it, the bound of the directory limits it, and the file system must have room. Who gets none is in the rest of its
 * dimension, and may try again with its next interval.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "history/parts.h"

enum { BLOCK = 4096, HOUR_S = 3600 };
enum { BURST = 40 << 20, REFILL_PER_S = 24 << 10 };   /* of each class but lines, which are few */
enum { KEEP_FREE = 64 << 20, OWN = 2 << 20, ENTITY_LINES = 400 }; /* left to others; shards and lock; of an entity in the catalog */
enum { LARGEST_JOURNAL = 16 << 20 };

uint64_t admit_cost(int dim)
{
	return (layout_file_bytes(dim) + BLOCK - 1) / BLOCK * BLOCK;
}

uint64_t admit_bytes(const struct archive *a)
{
	return a->file_bytes + a->junk_bytes + a->journal.bytes + a->journal.catalog_bytes;
}

uint64_t journal_limit(const struct archive *a)
{
	return a->size_bytes / 32 < LARGEST_JOURNAL ? a->size_bytes / 32 : LARGEST_JOURNAL;
}

/* What files may take: beside them are a journal at its longest, and two catalogs while one is written. */
static uint64_t room_for_files(const struct archive *a)
{
	uint64_t catalog = (a->stored.count + a->others.count) * ENTITY_LINES;
	uint64_t beside;

	catalog = a->journal.catalog_bytes > catalog ? a->journal.catalog_bytes : catalog;
	beside = OWN + journal_limit(a) * 2 + 2 * catalog;
	return a->size_bytes > beside ? a->size_bytes - beside : 0;
}

static bool is_kept(const struct entity *e)
{
	return e->other || e->dim == ENTITY_TOTALS;
}

static void remove_file(struct archive *a, struct entity *e)
{
	dir_remove_file(a, e);
	entity_store(a, e, false);
	journal_unstored(a, e);
	a->state.removed++;
}

/* The one not seen for longest goes; never one seen in the last hour, unless `any`. */
static bool remove_oldest(struct archive *a, bool any)
{
	struct entity *e = a->stored.first;

	if (a->junk_bytes > 0 && dir_remove_junk(a))
		return true;
	while (e != NULL && is_kept(e))
		e = e->link.next;
	if (e == NULL || e->stamp == a->stamp || (!any && e->last_us > a->newest_us - (int64_t)HOUR_S * SECOND))
		return false;
	remove_file(a, e);
	return true;
}

static bool make_room(struct archive *a, uint64_t bytes, bool any)
{
	while (a->file_bytes + a->junk_bytes + bytes > room_for_files(a))
		if (!remove_oldest(a, any))
			return false;
	return true;
}

/* Nothing may be nowhere for want of room: with the first file of a dimension comes room for that of its rest. */
static bool keep_for_rest(struct archive *a, int dim)
{
	if (dim == ENTITY_TOTALS || a->kept[dim] || (a->rest[dim] != NULL && a->rest[dim]->stored))
		return true;
	if (!make_room(a, admit_cost(dim), false))
		return false;
	a->kept[dim] = true;
	a->file_bytes += admit_cost(dim);
	return true;
}

static void take_kept(struct archive *a, int dim)
{
	if (dim == ENTITY_TOTALS || !a->kept[dim])
		return;
	a->kept[dim] = false;
	a->file_bytes -= admit_cost(dim);
}

void admit_fit(struct archive *a)
{
	for (int d = 0; d < DIM_COUNT; d++)
		take_kept(a, d);
	for (const struct entity *e = a->stored.first; e != NULL; e = e->link.next) {
		if (is_kept(e) || a->kept[e->dim] || a->rest[e->dim]->stored)
			continue;
		a->kept[e->dim] = true;
		a->file_bytes += admit_cost(e->dim);
	}
	make_room(a, 0, true);
}

static void store(struct archive *a, struct entity *e, int64_t begin_s)
{
	uint64_t bytes = admit_cost(e->dim);

	dir_remove_file(a, e); /* what lies there is of an earlier life */
	a->free_bytes -= bytes < a->free_bytes ? bytes : a->free_bytes;
	e->begin_s = begin_s;
	e->sent_s = 0;
	entity_store(a, e, true);
	entity_unmade(a, e, true);
	journal_entity(a, e);
}

/* Where there may be very many, they have a bucket of their own: hosts would leave them nothing. */
static int bucket_of(int dim)
{
	return admit_only_busiest(dim) ? BUCKET_BUSIEST : (int)layout_class(dim);
}

static void refill(struct archive *a, int c)
{
	int64_t passed_us = a->newest_us - a->token_us[c];

	if (a->token_us[c] == 0)
		a->tokens[c] = BURST;
	else if (passed_us > 0)
		a->tokens[c] += (double)passed_us / SECOND * REFILL_PER_S;
	if (a->tokens[c] > BURST)
		a->tokens[c] = BURST;
	a->token_us[c] = a->newest_us;
}

static bool may_have_one(struct archive *a, const struct entity *e)
{
	uint64_t bytes = admit_cost(e->dim);
	int c = bucket_of(e->dim);
	bool spread = c != INTERVAL_LINE && !a->options.capture_time;

	if (spread && a->tokens[c] < (double)bytes)
		return false;
	if (a->free_bytes < bytes + KEEP_FREE || !keep_for_rest(a, e->dim) || !make_room(a, bytes, false))
		return false;
	if (spread)
		a->tokens[c] -= (double)bytes;
	return true;
}

int admit_rank(int dim, bool local)
{
	static const uint8_t ranks[DIM_COUNT] = {
		[DIM_INTERFACE] = 1, [DIM_EXPORTER] = 1, [DIM_L4] = 2, [DIM_IP_VERSION] = 2, [DIM_ETHERTYPE] = 2, [DIM_BREED] = 2, [DIM_CATEGORY] = 2,
		[DIM_COUNTRY] = 3, [DIM_APP] = 4, [DIM_SITE_CATEGORY] = 5, [DIM_VLAN] = 5, [DIM_SUBNET] = 6, [DIM_SUBNET_PAIR] = 7,
		[DIM_STATE] = 2, [DIM_TCP_FLAGS] = 5, [DIM_VLAN_PAIR] = 5, [DIM_AS] = 8, [DIM_HOST] = 10, [DIM_COUNTRY_PAIR] = 11,
		[DIM_CITY] = 12, [DIM_PORT] = 13, [DIM_AS_PAIR] = 14};

	return dim == DIM_HOST && local ? 9 : ranks[dim];
}

bool admit_only_busiest(int dim)
{
	return dim == DIM_PORT || dim == DIM_COUNTRY_PAIR || dim == DIM_AS_PAIR || dim == DIM_CITY;
}

static int by_merit(const void *pa, const void *pb)
{
	const struct candidate *a = pa, *b = pb;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->bytes != b->bytes)
		return a->bytes > b->bytes ? -1 : 1;
	return strcmp(a->entity->text, b->entity->text);
}

static uint64_t free_for_files(const struct archive *a)
{
	uint64_t bytes = dir_free_bytes(a), taken = a->unmade_bytes;

	for (int d = 0; d < DIM_COUNT; d++)
		taken += a->kept[d] ? admit_cost(d) : 0;
	return bytes > taken ? bytes - taken : 0;
}

void admit(struct archive *a, struct candidate *all, size_t count, int64_t begin_s)
{
	if (count == 0)
		return;
	qsort(all, count, sizeof *all, by_merit);
	a->free_bytes = free_for_files(a);
	for (int c = 0; c < BUCKETS; c++)
		refill(a, c);
	for (size_t i = 0; i < count; i++) {
		struct entity *e = all[i].entity;

		if (may_have_one(a, e)) {
			store(a, e, begin_s);
		} else if (!e->refused) {
			e->refused = true;
			a->state.refused++;
			journal_entity(a, e);
		}
	}
}

void admit_always(struct archive *a, struct entity *e, int64_t begin_s)
{
	if (e->stored)
		return;
	take_kept(a, e->dim);
	if (make_room(a, admit_cost(e->dim), true))
		store(a, e, begin_s);
}
