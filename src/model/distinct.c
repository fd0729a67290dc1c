/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The set behind counts of distinct things: open addressing, doubled as it fills, up to a bound. What
 * does not fit is told apart, so that a count can say it is a lower bound. Engine thread.
 */
#include "config.h"

#include "dpitop/mem.h"
#include "model/distinct.h"

enum { FIRST_BITS = 10, FIRST_SLOTS = 1 << FIRST_BITS };

void distinct_init(struct distinct *s, size_t max)
{
	*s = (struct distinct){.slots = mem_array(FIRST_SLOTS, sizeof *s->slots), .mask = FIRST_SLOTS - 1, .max = max,
			       .shift = 64 - FIRST_BITS};
}

void distinct_release(struct distinct *s)
{
	mem_free(s->slots);
}

static uint64_t *place_of(const struct distinct *s, uint64_t hash)
{
	size_t i = hash >> s->shift;

	while (s->slots[i] != 0 && s->slots[i] != hash)
		i = (i + 1) & s->mask;
	return &s->slots[i];
}

static void grow(struct distinct *s)
{
	uint64_t *old = s->slots;
	size_t slots = s->mask + 1;

	s->slots = mem_table(slots * 2, sizeof *s->slots);
	s->mask = slots * 2 - 1;
	s->shift--;
	for (size_t i = 0; i < slots; i++)
		if (old[i] != 0)
			*place_of(s, old[i]) = old[i];
	mem_free(old);
}

enum distinct_result distinct_touch(struct distinct *s, uint64_t hash)
{
	uint64_t *place;

	hash += hash == 0;
	place = place_of(s, hash);
	if (*place != 0)
		return DISTINCT_OLD;
	if (s->count >= s->max)
		return DISTINCT_FULL;
	*place = hash;
	if (++s->count * 4 > (s->mask + 1) * 3)
		grow(s);
	return DISTINCT_NEW;
}

void distinct_expect(const struct distinct *s, uint64_t hash)
{
	__builtin_prefetch(&s->slots[(hash + (hash == 0)) >> s->shift], 1);
}

size_t distinct_memory(const struct distinct *s)
{
	return (s->mask + 1) * sizeof *s->slots;
}
