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

#ifdef __SIZEOF_INT128__
static inline uint64_t fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}
#else
static inline uint64_t fold(uint64_t a, uint64_t b)
{
	uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
	uint64_t low = a0 * b0, cross = a1 * b0 + (low >> 32), middle = a0 * b1 + (uint32_t)cross;

	return (middle << 32 | (uint32_t)low) ^ (a1 * b1 + (cross >> 32) + (middle >> 32));
}
#endif

static inline uint64_t load8(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

static inline uint64_t load4(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

/* The last 16 bytes at most, as two words that may overlap: the length is hashed as well. */
static inline void load_tail(const uint8_t *p, size_t n, uint64_t *a, uint64_t *b)
{
	if (n >= 8) {
		*a = load8(p);
		*b = load8(p + n - 8);
	} else if (n >= 4) {
		*a = load4(p);
		*b = load4(p + n - 4);
	} else {
		*a = n > 0 ? (uint64_t)p[0] << 16 | (uint64_t)p[n / 2] << 8 | p[n - 1] : 0;
		*b = 0;
	}
}

uint64_t hash_bytes(const void *data, size_t n, uint64_t seed)
{
	/* fractional parts of the square roots of 2, 3, and 5: no structure an attacker could use */
	static const uint64_t k0 = UINT64_C(0x6a09e667f3bcc909), k1 = UINT64_C(0xbb67ae8584caa73b);
	static const uint64_t k2 = UINT64_C(0x3c6ef372fe94f82b);
	const uint8_t *p = data;
	uint64_t a, b, h = seed ^ fold(seed ^ k0, (uint64_t)n ^ k1);

	for (; n > 16; p += 16, n -= 16)
		h = fold(load8(p) ^ k1 ^ h, load8(p + 8) ^ k2 ^ seed) + h;
	load_tail(p, n, &a, &b);
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
