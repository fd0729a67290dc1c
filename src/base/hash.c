/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A seeded hash of bytes: 64 x 64 -> 128 bit multiplications folded by xor, eight bytes at a time.
 * The seed is secret and drawn at start, so that colliding keys cannot be prepared outside. Not a
 * cryptographic hash and never written to disk. Any thread.
 */
#include "config.h"

#include "dpitop/map.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

static inline uint64_t fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t load(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	memcpy(&v, p, n);
	return v;
}

uint64_t hash_bytes(const void *data, size_t n, uint64_t seed)
{
	/* odd constants with even bit counts: fractional parts of square roots of primes */
	static const uint64_t k0 = UINT64_C(0x6a09e667f3bcc909), k1 = UINT64_C(0xbb67ae8584caa73b);
	static const uint64_t k2 = UINT64_C(0x3c6ef372fe94f82b);
	const uint8_t *p = data;
	uint64_t h = seed ^ fold(seed ^ k0, (uint64_t)n ^ k1);

	while (n >= 16) {
		h = fold(load(p, 8) ^ k1 ^ h, load(p + 8, 8) ^ k2 ^ seed) + h;
		p += 16;
		n -= 16;
	}
	uint64_t a = n >= 8 ? load(p, 8) : load(p, n);
	uint64_t b = n > 8 ? load(p + 8, n - 8) : 0;

	h = fold(a ^ k1 ^ h, b ^ k2 ^ seed) + h;
	return fold(h ^ k2, k0 ^ seed);
}

uint64_t hash_seed(void)
{
	uint64_t seed;
	struct timespec t;

	if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == (ssize_t)sizeof seed)
		return seed;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return fold((uint64_t)t.tv_nsec ^ (uintptr_t)&seed, (uint64_t)t.tv_sec | 1);
}
