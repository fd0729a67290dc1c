/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which flow the later fragments of a datagram belong to: a cache of fixed memory from the
 * identity of a datagram to what its first fragment said. It does not reassemble. Seeded, so that
 * an attacker cannot aim at a place in it. Private to the decode room; one per decoder.
 */
#ifndef DECODE_FRAG_H
#define DECODE_FRAG_H

#include <stdbool.h>
#include <stdint.h>

#include "dpitop/addr.h"
#include "dpitop/packet.h"

struct frag_key { /* RFC 791 section 3.2; RFC 8200 section 4.5: there without the protocol */
	struct addr src, dst;
	uint32_t id;
	uint16_t vlan;
	uint8_t protocol, version;
};

struct frag_cache;

/* A number for the datagram, never 0: two datagrams of one time have the same by accident alone. */
uint64_t frag_datagram(const struct frag_cache *f, const struct frag_key *key);

struct frag_cache *frag_cache_new(unsigned entries, uint64_t seed); /* 0: default */
void frag_cache_free(struct frag_cache *f);
/* The first fragment, decoded. Takes the place of the oldest of its bucket when that is full. */
void frag_remember(struct frag_cache *f, const struct frag_key *key, const struct packet *p);
/* A later one: addresses, ports, protocol and tunnel of the first into p. False: it is not known,
 * or was seen more than FRAG_MAX_AGE_US before or after. */
bool frag_recall(const struct frag_cache *f, const struct frag_key *key, struct packet *p);

enum { FRAG_DEFAULT = 4096, FRAG_WAYS = 4 };
#define FRAG_MAX_AGE_US INT64_C(30000000) /* reassembly gives up after 15 to 60 s: RFC 791, 8200 */

#endif
