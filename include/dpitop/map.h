/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bounded, seeded hash map of fixed-size entries that begin with a fixed-size key. Entries never
 * move while they live (slabs), so pointers to them may be kept until map_remove(). Keys are
 * compared as bytes: zero the padding. The seed makes collisions unpredictable to an attacker.
 * One thread per map.
 */
#ifndef DPITOP_MAP_H
#define DPITOP_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct map;

/* key_bytes <= entry_bytes; the key is the entry's first bytes. Holds at most max entries. */
struct map *map_new(size_t key_bytes, size_t entry_bytes, size_t max, uint64_t seed);
void map_free(struct map *m); /* NULL is fine */
void *map_get(const struct map *m, const void *key); /* NULL if absent */
/* Find or create (zeroed but for the key; *created says so, may be NULL). NULL when full. */
void *map_touch(struct map *m, const void *key, bool *created);
/* A look-up of key is near: bring into the cache first where the index has it, then (a little later)
 * the entry's first `bytes`. Advice only; changes nothing. */
void map_expect(const struct map *m, const void *key);
void map_expect_entry(const struct map *m, const void *key, size_t bytes);
/* Are two keys of n bytes equal? They are short and mostly are: without a call of memcmp(). */
static inline bool map_key_eq(const void *a, const void *b, size_t n)
{
	const uint8_t *p = a, *q = b;
	uint64_t x, y;

	for (; n >= sizeof x; p += sizeof x, q += sizeof y, n -= sizeof x) {
		memcpy(&x, p, sizeof x);
		memcpy(&y, q, sizeof y);
		if (x != y)
			return false;
	}
	for (; n > 0; n--)
		if (*p++ != *q++)
			return false;
	return true;
}
/* An entry's number, never 0: with it the entry is found again without its hash. The same for as long as it is there. */
uint32_t map_number(const struct map *m, const void *entry);
/* The entry of that number if it is (still) the one of key, else NULL. Any number will do. */
void *map_get_number(const struct map *m, uint32_t number, const void *key);
/* It is near to be asked for: map_expect_entry() by number. */
void map_expect_number(const struct map *m, uint32_t number, size_t bytes);
void map_remove(struct map *m, void *entry);
void map_clear(struct map *m);
size_t map_count(const struct map *m);
size_t map_max(const struct map *m);
size_t map_memory(const struct map *m); /* bytes allocated */
/* Iterate in slab order: for (i = 0; (e = map_next(m, &i)) != NULL;). The entry just returned may
 * be removed; entries created meanwhile may or may not be seen. */
void *map_next(const struct map *m, size_t *cursor);

/* Seeded 64-bit hash of bytes, good enough against chosen keys (wyhash-like or SipHash-1-3). */
uint64_t hash_bytes(const void *p, size_t n, uint64_t seed);
uint64_t hash_seed(void); /* from getrandom(2); falls back to clock and address */

#endif
