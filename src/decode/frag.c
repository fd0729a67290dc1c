/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The cache of first fragments: buckets of FRAG_WAYS entries in one array, found by seeded hash. An
 * entry holds what later fragments need to be booked on the flow of the first. Not a reassembler:
 * a later fragment that comes before the first finds nothing, and whoever counts may hold it back
 * by the number of its datagram. Memory never grows after creation.
 * Called by the IP layer of the engine's thread.
 */
#include "config.h"

#include "decode/frag.h"

#include <string.h>

#include "dpitop/map.h"
#include "dpitop/mem.h"

_Static_assert(sizeof(struct frag_key) == 40, "the key is compared as bytes: no padding");

struct frag_entry {
	struct frag_key key; /* version 0: free */
	int64_t ts_us;
	struct addr src, dst;
	uint16_t src_port, dst_port, ethertype;
	uint8_t l4, tunnel, ip_version, ports;
};

struct frag_cache {
	uint64_t seed;
	uint64_t mask; /* of the bucket */
	struct frag_entry *entries;
};

struct frag_cache *frag_cache_new(unsigned entries, uint64_t seed)
{
	struct frag_cache *f = mem_zalloc(sizeof *f);
	size_t buckets = 1;

	if (entries == 0)
		entries = FRAG_DEFAULT;
	while (buckets * FRAG_WAYS < entries)
		buckets *= 2;
	f->seed = seed;
	f->mask = buckets - 1;
	f->entries = mem_array(buckets * FRAG_WAYS, sizeof *f->entries);
	return f;
}

void frag_cache_free(struct frag_cache *f)
{
	if (f == NULL)
		return;
	mem_free(f->entries);
	mem_free(f);
}

uint64_t frag_datagram(const struct frag_cache *f, const struct frag_key *key)
{
	uint64_t number = hash_bytes(key, sizeof *key, f->seed);

	return number != 0 ? number : 1;
}

static struct frag_entry *bucket(const struct frag_cache *f, const struct frag_key *key)
{
	return f->entries + (hash_bytes(key, sizeof *key, f->seed) & f->mask) * FRAG_WAYS;
}

static bool is_for(const struct frag_entry *e, const struct frag_key *key)
{
	return memcmp(&e->key, key, sizeof *key) == 0;
}

void frag_remember(struct frag_cache *f, const struct frag_key *key, const struct packet *p)
{
	struct frag_entry *e = bucket(f, key), *place = e;

	for (unsigned i = 0; i < FRAG_WAYS; i++, e++) {
		if (e->key.version == 0 || is_for(e, key)) {
			place = e;
			break;
		}
		if (e->ts_us < place->ts_us)
			place = e;
	}
	place->key = *key;
	place->ts_us = p->ts_us;
	place->src = p->src;
	place->dst = p->dst;
	place->src_port = p->src_port;
	place->dst_port = p->dst_port;
	place->ethertype = p->ethertype;
	place->l4 = p->l4;
	place->tunnel = p->tunnel;
	place->ip_version = p->ip_version;
	place->ports = p->flags & PACKET_PORTS;
}

static bool is_fresh(const struct frag_entry *e, int64_t now_us)
{
	uint64_t age = now_us < e->ts_us ? (uint64_t)e->ts_us - (uint64_t)now_us
					 : (uint64_t)now_us - (uint64_t)e->ts_us;

	return age <= (uint64_t)FRAG_MAX_AGE_US;
}

bool frag_recall(const struct frag_cache *f, const struct frag_key *key, struct packet *p)
{
	const struct frag_entry *e = bucket(f, key);

	for (unsigned i = 0; i < FRAG_WAYS; i++, e++) {
		if (!is_for(e, key) || !is_fresh(e, p->ts_us))
			continue;
		p->src = e->src;
		p->dst = e->dst;
		p->src_port = e->src_port;
		p->dst_port = e->dst_port;
		p->ethertype = e->ethertype;
		p->l4 = e->l4;
		p->tunnel = e->tunnel;
		p->ip_version = e->ip_version;
		p->flags |= e->ports;
		return true;
	}
	return false;
}
