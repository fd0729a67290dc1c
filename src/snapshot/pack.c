/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Structs written and read by their tables (pack_tables.c). Knows nothing of pictures.
 */
#include "config.h"

#include "snapshot/pack.h"

#include <string.h>

#include "dpitop/mem.h"
#include "dpitop/text.h"

enum { SEVEN = 7, MORE = 0x80, FIRST_ROOM = 4096 };

/* ---- writing ---- */

static uint8_t *room_for(struct pack_buffer *b, size_t bytes)
{
	size_t room = b->room != 0 ? b->room : FIRST_ROOM;

	while (room - b->used < bytes)
		room *= 2;
	if (room != b->room)
		b->at = mem_grow(b->at, room, 1);
	b->room = room;
	b->full = b->most != 0 && b->used + bytes > b->most;
	return b->at + b->used;
}

void pack_number(struct pack_buffer *b, uint64_t n)
{
	uint8_t *at = room_for(b, 10), *begin = at;

	for (; n >= MORE; n >>= SEVEN)
		*at++ = (uint8_t)(n | MORE);
	*at++ = (uint8_t)n;
	b->used += (size_t)(at - begin);
}

static void pack_bytes(struct pack_buffer *b, const void *from, size_t bytes)
{
	memcpy(room_for(b, bytes), from, bytes);
	b->used += bytes;
}

void pack_text(struct pack_buffer *b, const char *s)
{
	size_t n = s != NULL ? strlen(s) : 0;

	pack_number(b, n);
	if (n > 0)
		pack_bytes(b, s, n);
}

static uint64_t load(const void *from, size_t bytes)
{
	uint8_t byte;
	uint16_t two;
	uint32_t four;
	uint64_t n;

	switch (bytes) {
	case sizeof byte:
		memcpy(&byte, from, sizeof byte);
		return byte;
	case sizeof two:
		memcpy(&two, from, sizeof two);
		return two;
	case sizeof four:
		memcpy(&four, from, sizeof four);
		return four;
	default:
		memcpy(&n, from, sizeof n);
		return n;
	}
}

static void store(void *to, size_t bytes, uint64_t n)
{
	uint8_t byte = (uint8_t)n;
	uint16_t two = (uint16_t)n;
	uint32_t four = (uint32_t)n;

	switch (bytes) {
	case sizeof byte:
		memcpy(to, &byte, sizeof byte);
		break;
	case sizeof two:
		memcpy(to, &two, sizeof two);
		break;
	case sizeof four:
		memcpy(to, &four, sizeof four);
		break;
	default:
		memcpy(to, &n, sizeof n);
	}
}

/* Small ones of either sign become small numbers. */
static uint64_t fold(int64_t n)
{
	return n < 0 ? ~((uint64_t)n << 1) : (uint64_t)n << 1;
}

static int64_t unfold(uint64_t n)
{
	return (int64_t)(n & 1 ? ~(n >> 1) : n >> 1);
}

static int64_t load_signed(const void *from, size_t bytes)
{
	return bytes == sizeof(int32_t) ? (int32_t)load(from, bytes) : (int64_t)load(from, bytes);
}

static bool is_zero(const char *at, size_t bytes)
{
	return at[0] == 0 && memcmp(at, at + 1, bytes - 1) == 0;
}

static void pack_field(struct pack_buffer *b, const struct pack_field *f, const char *from)
{
	const void *at;

	switch (f->kind) {
	case PACK_UINT:
		pack_number(b, load(from, f->size));
		break;
	case PACK_INT:
		pack_number(b, fold(load_signed(from, f->size)));
		break;
	case PACK_BOOL:
		pack_number(b, *(const bool *)(const void *)from);
		break;
	case PACK_TEXT:
		memcpy(&at, from, sizeof at);
		pack_text(b, at);
		break;
	case PACK_CHARS:
		pack_text(b, from);
		break;
	case PACK_PART:
		pack_struct(b, f->part, from);
		break;
	case PACK_RARE:
		pack_number(b, !is_zero(from, f->size));
		if (!is_zero(from, f->size))
			pack_struct(b, f->part, from);
		break;
	case PACK_MAYBE:
		memcpy(&at, from, sizeof at);
		pack_number(b, at != NULL);
		if (at != NULL)
			pack_struct(b, f->part, at);
		break;
	default:
		pack_bytes(b, from, f->size);
	}
}

/* Their number and one, 0: there are none. */
static void pack_array(struct pack_buffer *b, const struct pack_field *f, const char *of)
{
	const void *at;
	size_t n;

	memcpy(&at, of + f->offset, sizeof at);
	memcpy(&n, of + f->counted, sizeof n);
	pack_number(b, at != NULL ? n + 1 : 0);
	if (at != NULL)
		pack_structs(b, f->part, at, n);
}

void pack_struct(struct pack_buffer *b, const struct pack_table *t, const void *from)
{
	for (const struct pack_field *f = t->fields; f < t->fields + t->count; f++)
		for (unsigned i = 0; i < f->count; i++)
			if (f->kind == PACK_ARRAY)
				pack_array(b, f, from);
			else
				pack_field(b, f, (const char *)from + f->offset + i * f->size);
}

void pack_structs(struct pack_buffer *b, const struct pack_table *t, const void *from, size_t count)
{
	for (size_t i = 0; i < count && !b->full; i++)
		pack_struct(b, t, (const char *)from + i * t->size);
}

/* ---- reading ---- */

static void fail(struct unpacking *u)
{
	u->bad = true;
	u->left = 0;
}

uint64_t unpack_number(struct unpacking *u, uint64_t max)
{
	uint64_t n = 0;

	for (unsigned shift = 0; u->left > 0 && shift < 64; shift += SEVEN) {
		uint8_t byte = *u->at++;

		u->left--;
		n |= (uint64_t)(byte & (MORE - 1)) << shift;
		if (byte >= MORE)
			continue;
		if (n > max || (shift == 63 && byte > 1))
			break;
		return n;
	}
	fail(u);
	return 0;
}

static void unpack_bytes(struct unpacking *u, void *to, size_t bytes)
{
	if (bytes > u->left) {
		fail(u);
		memset(to, 0, bytes);
		return;
	}
	memcpy(to, u->at, bytes);
	u->at += bytes;
	u->left -= bytes;
}

/* to: of n + 1 bytes. Clean text stays as it is. */
static void unpack_clean(struct unpacking *u, char *to, size_t n)
{
	unpack_bytes(u, to, n);
	to[n] = '\0';
	if (!text_is_clean(to))
		text_clean(to, n + 1, to, n);
}

const char *unpack_text(struct unpacking *u)
{
	size_t n = (size_t)unpack_number(u, u->left);
	char *text;

	if (n == 0)
		return "";
	text = arena_alloc(u->arena, n + 1);
	unpack_clean(u, text, n);
	return text;
}

static void unpack_signed(struct unpacking *u, void *to, size_t bytes)
{
	int64_t n = unfold(unpack_number(u, UINT64_MAX));

	if (bytes == sizeof(int32_t) && (n < INT32_MIN || n > INT32_MAX))
		fail(u);
	else
		store(to, bytes, (uint64_t)n);
}

static void unpack_field(struct unpacking *u, const struct pack_field *f, char *to)
{
	const void *at;
	bool on;

	switch (f->kind) {
	case PACK_UINT:
		store(to, f->size, unpack_number(u, f->max));
		break;
	case PACK_INT:
		unpack_signed(u, to, f->size);
		break;
	case PACK_BOOL:
		on = unpack_number(u, 1) != 0;
		memcpy(to, &on, sizeof on);
		break;
	case PACK_TEXT:
		at = unpack_text(u);
		memcpy(to, &at, sizeof at);
		break;
	case PACK_CHARS:
		unpack_clean(u, to, (size_t)unpack_number(u, f->size - 1));
		break;
	case PACK_PART:
		unpack_struct(u, f->part, to);
		break;
	case PACK_RARE:
		if (unpack_number(u, 1) != 0)
			unpack_struct(u, f->part, to);
		break;
	case PACK_MAYBE:
		at = unpack_number(u, 1) != 0 ? unpack_structs(u, f->part, 1) : NULL;
		memcpy(to, &at, sizeof at);
		break;
	default:
		unpack_bytes(u, to, f->size);
	}
}

static void unpack_array(struct unpacking *u, const struct pack_field *f, char *to)
{
	uint64_t n = unpack_number(u, f->max + 1);
	const void *at = n > 0 ? unpack_structs(u, f->part, (size_t)n - 1) : NULL;
	size_t count = at != NULL ? (size_t)n - 1 : 0;

	memcpy(to + f->offset, &at, sizeof at);
	memcpy(to + f->counted, &count, sizeof count);
}

void unpack_struct(struct unpacking *u, const struct pack_table *t, void *to)
{
	for (const struct pack_field *f = t->fields; f < t->fields + t->count; f++)
		for (unsigned i = 0; i < f->count; i++)
			if (f->kind == PACK_ARRAY)
				unpack_array(u, f, to);
			else
				unpack_field(u, f, (char *)to + f->offset + i * f->size);
}

size_t pack_least(const struct pack_table *t)
{
	size_t sum = 0;

	for (const struct pack_field *f = t->fields; f < t->fields + t->count; f++)
		sum += f->count * (f->kind == PACK_PART ? pack_least(f->part) : f->kind == PACK_BYTES || f->kind == PACK_REAL ? f->size : 1);
	return sum;
}

void *unpack_structs(struct unpacking *u, const struct pack_table *t, size_t count)
{
	char *all;

	if (count > u->left / pack_least(t)) {
		fail(u);
		return NULL;
	}
	all = arena_alloc(u->arena, (count > 0 ? count : 1) * t->size);
	for (size_t i = 0; i < count; i++)
		unpack_struct(u, t, all + i * t->size);
	return all;
}
