/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A bounded set of seeded 64-bit hashes, for counting what is distinct: peers of a host, clients of a
 * site, hosts of an application. Two things with one hash count once: one in 10^12 at a million.
 * Private to src/model; one thread.
 */
#ifndef MODEL_DISTINCT_H
#define MODEL_DISTINCT_H

#include <stddef.h>
#include <stdint.h>

struct distinct {
	uint64_t *slots; /* 0: empty */
	size_t mask, count, max;
	unsigned shift;  /* a hash wants the slot of its high bits: doubling keeps their order, and goes from slot to slot */
};

enum distinct_result { DISTINCT_OLD, DISTINCT_NEW, DISTINCT_FULL };

void distinct_init(struct distinct *s, size_t max);
void distinct_release(struct distinct *s);
enum distinct_result distinct_touch(struct distinct *s, uint64_t hash);
void distinct_expect(const struct distinct *s, uint64_t hash); /* it will be touched soon; advice only */
size_t distinct_memory(const struct distinct *s);

#endif
