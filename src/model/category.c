/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A set of category lists as one hash table: host names hashed from their right end, so that a name's
 * labels are hashed once and each of its endings is one probe, and networks by their length and
 * address. All keys lie in one block. Written by category_load.c, then immutable; any thread reads.
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "dpitop/mem.h"
#include "model/category_parts.h"
#include "model/host_key.h"

enum { FIRST_SLOTS = 1024, FIRST_BYTES = 1 << 16, LABELS = 128, V4_LENGTHS = 33, V6_LENGTHS = 129, NET_KEY = 17 };

struct slot {
	uint32_t at; /* of its key in the block; 0: empty */
	uint16_t category;
	uint8_t length;
	uint8_t mark; /* kind, and six bits of the hash */
};

struct lengths { /* of the prefixes there are, longest first */
	uint8_t bits[V6_LENGTHS];
	size_t count;
};

struct categories {
	int refs;
	char (*names)[CATEGORY_NAME];
	size_t count;
	struct slot *slots;
	uint32_t mask;
	size_t entries;
	uint8_t *block;
	size_t used, room;
	struct lengths v4, v6;
};

struct categories *categories_new(void)
{
	struct categories *c = mem_zalloc(sizeof *c);

	c->refs = 1;
	c->mask = FIRST_SLOTS - 1;
	c->slots = mem_array(FIRST_SLOTS, sizeof *c->slots);
	c->room = FIRST_BYTES;
	c->block = mem_alloc(c->room);
	c->used = 1; /* 0 is no key's place */
	return c;
}

struct categories *categories_ref(struct categories *c)
{
	if (c != NULL)
		__atomic_add_fetch(&c->refs, 1, __ATOMIC_RELAXED);
	return c;
}

void categories_unref(struct categories *c)
{
	if (c == NULL || __atomic_sub_fetch(&c->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	mem_free(c->names);
	mem_free(c->slots);
	mem_free(c->block);
	mem_free(c);
}

/* ---- hashing: the lists are the user's own, whom nobody need defend against himself ---- */

static inline uint64_t hash_byte(uint64_t h, uint8_t byte)
{
	return (h ^ byte) * UINT64_C(0x9fb21c651e98df25); /* odd, and no pattern */
}

static inline uint64_t hash_end(uint64_t h, enum category_kind kind)
{
	h = (h ^ h >> 29) + (uint64_t)kind;
	h *= UINT64_C(0xbf58476d1ce4e5b9); /* the finaliser of splitmix64 */
	return h ^ h >> 32;
}

static uint64_t hash_key(enum category_kind kind, const uint8_t *key, size_t n)
{
	uint64_t h = 0;

	while (n > 0)
		h = hash_byte(h, key[--n]);
	return hash_end(h, kind);
}

static uint8_t mark_of(uint64_t hash, enum category_kind kind)
{
	return (uint8_t)(hash >> 56 << 2 | (unsigned)kind);
}

/* The key's slot, else the empty one where it belongs. */
static struct slot *probe(const struct categories *c, uint64_t hash, enum category_kind kind, const void *key,
			  size_t n)
{
	uint8_t mark = mark_of(hash, kind);
	uint32_t i = (uint32_t)hash & c->mask;

	for (;; i = (i + 1) & c->mask) {
		struct slot *s = &c->slots[i];

		if (s->at == 0 || (s->mark == mark && s->length == n && memcmp(c->block + s->at, key, n) == 0))
			return s;
	}
}

/* ---- making ---- */

uint16_t category_touch(struct categories *c, const char *name)
{
	for (size_t i = 0; i < c->count; i++)
		if (strcmp(c->names[i], name) == 0)
			return (uint16_t)(i + 1);
	if (c->count == CATEGORY_MAX)
		return CATEGORY_NONE;
	c->names = mem_grow(c->names, c->count + 1, sizeof *c->names);
	memset(c->names[c->count], 0, sizeof *c->names);
	memccpy(c->names[c->count], name, '\0', sizeof *c->names - 1);
	return (uint16_t)++c->count;
}

/* Twice the slots; half of them stay empty. */
static void grow(struct categories *c)
{
	struct slot *old = c->slots;
	size_t n = (size_t)c->mask + 1;

	c->mask = (uint32_t)(2 * n - 1);
	c->slots = mem_array(2 * n, sizeof *c->slots);
	for (size_t i = 0; i < n; i++) {
		enum category_kind kind = (enum category_kind)(old[i].mark & 3);
		const uint8_t *key = c->block + old[i].at;

		if (old[i].at != 0)
			*probe(c, hash_key(kind, key, old[i].length), kind, key, old[i].length) = old[i];
	}
	mem_free(old);
}

static enum category_result add(struct categories *c, uint16_t category, enum category_kind kind, const void *key,
				size_t n)
{
	uint64_t hash = hash_key(kind, key, n);
	struct slot *s = probe(c, hash, kind, key, n);

	if (s->at != 0)
		return s->category == category ? CATEGORY_SAME : CATEGORY_TWICE;
	if (c->entries == CATEGORY_ENTRIES)
		return CATEGORY_FULL;
	if (c->used + n > c->room) {
		c->room *= 2;
		c->block = mem_grow(c->block, c->room, 1);
	}
	*s = (struct slot){(uint32_t)c->used, category, (uint8_t)n, mark_of(hash, kind)};
	memcpy(c->block + c->used, key, n);
	c->used += n;
	if (++c->entries > c->mask / 2)
		grow(c);
	return CATEGORY_ADDED;
}

enum category_result category_add_host(struct categories *c, uint16_t category, enum category_kind kind,
				       const char *key, size_t n)
{
	return add(c, category, kind, key, n);
}

static void net_key(uint8_t key[NET_KEY], const struct addr *a, unsigned bits)
{
	struct addr prefix = addr_prefix(a, bits);

	key[0] = (uint8_t)(addr_is_v4(a) ? bits : V4_LENGTHS + bits);
	memcpy(key + 1, prefix.b, sizeof prefix.b);
}

static void add_length(struct lengths *l, uint8_t bits)
{
	size_t i = 0;

	while (i < l->count && l->bits[i] > bits)
		i++;
	if (i < l->count && l->bits[i] == bits)
		return;
	memmove(l->bits + i + 1, l->bits + i, l->count - i);
	l->bits[i] = bits;
	l->count++;
}

enum category_result category_add_net(struct categories *c, uint16_t category, const struct cidr *net)
{
	uint8_t key[NET_KEY];
	enum category_result r;

	net_key(key, &net->addr, net->bits);
	r = add(c, category, CATEGORY_NET, key, sizeof key);
	if (r == CATEGORY_ADDED)
		add_length(addr_is_v4(&net->addr) ? &c->v4 : &c->v6, net->bits);
	return r;
}

void category_trim(struct categories *c)
{
	c->room = c->used;
	c->block = mem_grow(c->block, c->room, 1);
}

/* ---- looking up ---- */

uint16_t categories_of_address(const struct categories *c, const struct addr *a)
{
	const struct lengths *l = addr_is_v4(a) ? &c->v4 : &c->v6;
	uint8_t key[NET_KEY];

	for (size_t i = 0; i < l->count; i++) {
		const struct slot *s;

		net_key(key, a, l->bits[i]);
		s = probe(c, hash_key(CATEGORY_NET, key, sizeof key), CATEGORY_NET, key, sizeof key);
		if (s->at != 0)
			return s->category;
	}
	return CATEGORY_NONE;
}

static uint16_t of_name(const struct categories *c, const char *key, size_t n)
{
	struct { uint64_t hash; size_t at; } endings[LABELS];
	uint64_t h = 0;
	size_t count = 0;
	const struct slot *s;

	for (size_t i = n; i-- > 0;) {
		if (key[i] == '.' && count < LABELS) {
			endings[count].hash = h;
			endings[count++].at = i + 1;
		}
		h = hash_byte(h, (uint8_t)key[i]);
	}
	s = probe(c, hash_end(h, CATEGORY_EXACT), CATEGORY_EXACT, key, n);
	if (s->at == 0)
		s = probe(c, hash_end(h, CATEGORY_BELOW), CATEGORY_BELOW, key, n);
	while (s->at == 0 && count-- > 0)
		s = probe(c, hash_end(endings[count].hash, CATEGORY_BELOW), CATEGORY_BELOW, key + endings[count].at,
			  n - endings[count].at);
	return s->category;
}

/* What a client writes for a server: "name", "name:443", "192.0.2.1:80", "[2001:db8::1]:443". */
static size_t without_port(const char **site)
{
	const char *s = *site, *end;

	if (s[0] == '[' && (end = strchr(s, ']')) != NULL) {
		*site = s + 1;
		return (size_t)(end - s - 1);
	}
	end = strchr(s, ':');
	return end != NULL && strchr(end + 1, ':') == NULL ? (size_t)(end - s) : strlen(s);
}

uint16_t categories_of_site(const struct categories *c, const char *site)
{
	size_t n = without_port(&site);
	char key[HOST_KEY];
	struct addr a;

	if (n < ADDR_TEXT && (memchr(site, ':', n) != NULL || strspn(site, "0123456789.") >= n)) {
		memcpy(key, site, n);
		key[n] = '\0';
		return addr_parse(&a, key, NULL) == 0 ? categories_of_address(c, &a) : CATEGORY_NONE;
	}
	n = host_key(key, site, n);
	return n != 0 ? of_name(c, key, n) : CATEGORY_NONE;
}

const char *categories_name(const struct categories *c, uint16_t category)
{
	return category != CATEGORY_NONE && category <= c->count ? c->names[category - 1] : "";
}

size_t categories_count(const struct categories *c)
{
	return c->count;
}

size_t categories_entries(const struct categories *c)
{
	return c->entries;
}

size_t categories_memory(const struct categories *c)
{
	return sizeof *c + ((size_t)c->mask + 1) * sizeof *c->slots + c->room + c->count * sizeof *c->names;
}
