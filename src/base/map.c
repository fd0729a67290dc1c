/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bounded hash map: an open-addressing index of 32-bit entry numbers with hash tags beside them
 * (linear probing, removal by backward shift), over slabs of entries that never move. The index
 * doubles as it fills; slabs are allocated as they are needed. One thread per map.
 */
#include "config.h"

#include "dpitop/map.h"

#include <string.h>

#include "dpitop/mem.h"
#include "dpitop/slab.h"

enum { FIRST_SLOTS = 64, CACHE_LINE = 64 };

/* The index. A tag is the low half of the key's hash; its own low bits are the slot it wants, so
 * that neither growth nor removal has to look at an entry. */
struct slot {
	uint32_t tag;
	uint32_t entry; /* number + 1; 0: empty */
};

/* What stands behind each entry. */
struct trailer {
	uint32_t number; /* number + 1; 0: not alive */
	uint32_t tag;
};

struct map {
	size_t key_bytes, max, count;
	uint64_t seed;
	struct slot *slots;
	size_t mask; /* slots - 1 */
	struct slabs slabs;
	uint32_t *free_entries; /* stack of numbers given back */
	size_t free_count, free_room;
	size_t used; /* numbers ever handed out */
};

static uint8_t *entry_at(const struct map *m, size_t number)
{
	return slabs_at(&m->slabs, number);
}

static struct trailer *trailer_of(const struct map *m, const void *entry)
{
	return (struct trailer *)(uintptr_t)((const uint8_t *)entry + m->slabs.stride - sizeof(struct trailer));
}

static uint32_t tag_of(const struct map *m, const void *key)
{
	return (uint32_t)hash_bytes(key, m->key_bytes, m->seed);
}

struct map *map_new(size_t key_bytes, size_t entry_bytes, size_t max, uint64_t seed)
{
	struct map *m = mem_zalloc(sizeof *m);

	m->key_bytes = key_bytes;
	m->max = max < UINT32_MAX - 1 ? max : UINT32_MAX - 1;
	slabs_init(&m->slabs, (entry_bytes + 7) / 8 * 8 + sizeof(struct trailer), m->max);
	m->seed = seed;
	m->slots = mem_array(FIRST_SLOTS, sizeof *m->slots);
	m->mask = FIRST_SLOTS - 1;
	return m;
}

void map_free(struct map *m)
{
	if (m == NULL)
		return;
	slabs_release(&m->slabs);
	mem_free(m->free_entries);
	mem_free(m->slots);
	mem_free(m);
}

/* The slot of key, or the empty one where it belongs. */
static size_t find(const struct map *m, const void *key, uint32_t tag)
{
	size_t i = tag & m->mask;

	for (; m->slots[i].entry != 0; i = (i + 1) & m->mask)
		if (m->slots[i].tag == tag && map_key_eq(entry_at(m, m->slots[i].entry - 1), key, m->key_bytes))
			break;
	return i;
}

void *map_get(const struct map *m, const void *key)
{
	size_t i = find(m, key, tag_of(m, key));

	return m->slots[i].entry != 0 ? entry_at(m, m->slots[i].entry - 1) : NULL;
}

void map_expect(const struct map *m, const void *key)
{
	__builtin_prefetch(&m->slots[tag_of(m, key) & m->mask]);
}

void map_expect_entry(const struct map *m, const void *key, size_t bytes)
{
	uint32_t tag = tag_of(m, key);
	size_t i = tag & m->mask;

	while (m->slots[i].entry != 0 && m->slots[i].tag != tag)
		i = (i + 1) & m->mask;
	if (m->slots[i].entry == 0)
		return;
	for (size_t at = 0; at < bytes; at += CACHE_LINE)
		__builtin_prefetch(entry_at(m, m->slots[i].entry - 1) + at, 1);
}

uint32_t map_number(const struct map *m, const void *entry)
{
	return trailer_of(m, entry)->number;
}

void *map_get_number(const struct map *m, uint32_t number, const void *key)
{
	uint8_t *entry;

	if (number == 0 || number > m->used)
		return NULL;
	entry = entry_at(m, number - 1);
	return trailer_of(m, entry)->number != 0 && map_key_eq(entry, key, m->key_bytes) ? entry : NULL;
}

void map_expect_number(const struct map *m, uint32_t number, size_t bytes)
{
	if (number == 0 || number > m->used)
		return;
	for (size_t at = 0; at < bytes; at += CACHE_LINE)
		__builtin_prefetch(entry_at(m, number - 1) + at, 1);
}

static void grow_index(struct map *m)
{
	struct slot *old = m->slots;
	size_t slots = m->mask + 1;

	m->mask = slots * 2 - 1;
	m->slots = mem_table(slots * 2, sizeof *m->slots);
	for (size_t k = 0; k < slots; k++) {
		size_t i = old[k].tag & m->mask;

		if (old[k].entry == 0)
			continue;
		while (m->slots[i].entry != 0)
			i = (i + 1) & m->mask;
		m->slots[i] = old[k];
	}
	mem_free(old);
}

static size_t take_number(struct map *m)
{
	if (m->free_count > 0)
		return m->free_entries[--m->free_count];
	slabs_grow(&m->slabs, m->used);
	return m->used++;
}

void *map_touch(struct map *m, const void *key, bool *created)
{
	uint32_t tag = tag_of(m, key);
	size_t i = find(m, key, tag);

	if (created != NULL)
		*created = false;
	if (m->slots[i].entry != 0)
		return entry_at(m, m->slots[i].entry - 1);
	if (m->count >= m->max)
		return NULL;
	if ((m->count + 1) * 4 > (m->mask + 1) * 3) {
		grow_index(m);
		i = find(m, key, tag);
	}
	uint32_t number = (uint32_t)take_number(m) + 1;
	uint8_t *entry = entry_at(m, number - 1);

	memset(entry, 0, m->slabs.stride);
	memcpy(entry, key, m->key_bytes);
	*trailer_of(m, entry) = (struct trailer){.number = number, .tag = tag};
	m->slots[i] = (struct slot){.tag = tag, .entry = number};
	m->count++;
	if (created != NULL)
		*created = true;
	return entry;
}

/* Close the gap at i: move back each follower that may lie nearer to its home. */
static void shift_back(struct map *m, size_t i)
{
	for (size_t k = (i + 1) & m->mask; m->slots[k].entry != 0; k = (k + 1) & m->mask) {
		size_t home = m->slots[k].tag & m->mask;

		if (((k - home) & m->mask) < ((k - i) & m->mask))
			continue;
		m->slots[i] = m->slots[k];
		i = k;
	}
	m->slots[i].entry = 0;
}

void map_remove(struct map *m, void *entry)
{
	struct trailer *t = trailer_of(m, entry);
	size_t i = t->tag & m->mask;

	if (t->number == 0)
		return; /* was removed already */
	while (m->slots[i].entry != t->number)
		i = (i + 1) & m->mask;
	shift_back(m, i);
	if (m->free_count == m->free_room) {
		m->free_room = m->free_room != 0 ? m->free_room * 2 : 64;
		m->free_entries = mem_grow(m->free_entries, m->free_room, sizeof *m->free_entries);
	}
	m->free_entries[m->free_count++] = t->number - 1;
	t->number = 0;
	m->count--;
}

void map_clear(struct map *m)
{
	memset(m->slots, 0, (m->mask + 1) * sizeof *m->slots);
	for (size_t i = 0; i < m->used; i++)
		trailer_of(m, entry_at(m, i))->number = 0;
	m->count = m->used = m->free_count = 0;
}

size_t map_count(const struct map *m)
{
	return m->count;
}

size_t map_max(const struct map *m)
{
	return m->max;
}

size_t map_memory(const struct map *m)
{
	return sizeof *m + (m->mask + 1) * sizeof *m->slots + slabs_memory(&m->slabs) +
	       m->free_room * sizeof *m->free_entries;
}

void *map_next(const struct map *m, size_t *cursor)
{
	while (*cursor < m->used) {
		uint8_t *entry = entry_at(m, (*cursor)++);

		if (trailer_of(m, entry)->number != 0)
			return entry;
	}
	return NULL;
}
