/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The checked cursor: the only way to packet bytes in this room. A short read makes it stick: from
 * then on it is empty, reads yield zeros and cursor_ok() is false, so that one check at the end of
 * a header suffices. It owns nothing; it is passed by value where a callee may not move it.
 */
#ifndef DECODE_CURSOR_H
#define DECODE_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

enum { CURSOR_HEADER = 64 }; /* the longest header that cursor_take() gives */

struct cursor {
	const uint8_t *at;
	uint32_t left; /* bytes at `at` */
	bool stuck;
};

static const uint8_t cursor_zeros[CURSOR_HEADER];

static inline struct cursor cursor_of(const uint8_t *data, uint32_t bytes)
{
	return (struct cursor){data, bytes, false};
}

static inline bool cursor_ok(const struct cursor *c)
{
	return !c->stuck;
}

static inline bool cursor_has(const struct cursor *c, uint32_t bytes)
{
	return bytes <= c->left;
}

static inline void cursor_skip(struct cursor *c, uint32_t bytes)
{
	if (bytes > c->left) {
		c->left = 0;
		c->stuck = true;
		return;
	}
	c->at += bytes;
	c->left -= bytes;
}

/* The next bytes (at most CURSOR_HEADER), or zeros when there are fewer: never NULL. */
static inline const uint8_t *cursor_take(struct cursor *c, uint32_t bytes)
{
	const uint8_t *taken = c->at;

	cursor_skip(c, bytes);
	return c->stuck ? cursor_zeros : taken;
}

/* As cursor_take(), but the cursor neither moves nor sticks. */
static inline const uint8_t *cursor_peek(const struct cursor *c, uint32_t bytes)
{
	return bytes > c->left ? cursor_zeros : c->at;
}

/* No more than these bytes remain; what is behind them is padding. */
static inline void cursor_limit(struct cursor *c, uint32_t bytes)
{
	if (c->left > bytes)
		c->left = bytes;
}

/* Fields of a header that was taken or peeked; be: network byte order, le: little endian. */
static inline uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint16_t le16(const uint8_t *p)
{
	return (uint16_t)(p[1] << 8 | p[0]);
}

static inline uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static inline uint8_t cursor_u8(struct cursor *c)
{
	return *cursor_take(c, 1);
}

static inline uint16_t cursor_be16(struct cursor *c)
{
	return be16(cursor_take(c, 2));
}

#endif
