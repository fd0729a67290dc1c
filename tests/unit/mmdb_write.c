/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The writer of mmdb_write.h.
 */
#include "config.h"

#include "mmdb_write.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/addr.h"

enum { NOTHING = -1, RECORD = -2 }; /* what a branch leads to, if to no node */
enum { TYPE_TEXT = 2, TYPE_DOUBLE = 3, TYPE_U16 = 5, TYPE_U32 = 6, TYPE_MAP = 7 };
enum { TYPE_U64 = 9, TYPE_ARRAY = 11, TYPE_FLOAT = 15 };

void mmdb_begin(struct mmdb_write *w, const char *type, int ip_version)
{
	memset(w, 0, sizeof *w);
	w->type = type;
	w->ip_version = ip_version;
	w->nodes[0][0] = w->nodes[0][1] = NOTHING;
	w->count = 1;
}

static void put(struct mmdb_write *w, const void *bytes, size_t n)
{
	ck_assert_uint_le(w->n + n, sizeof w->data);
	memcpy(w->data + w->n, bytes, n);
	w->n += n;
}

static void put_head(struct mmdb_write *w, unsigned type, size_t size)
{
	uint8_t head[3];
	size_t n = 0;

	head[n++] = (uint8_t)((type <= 7 ? type : 0) << 5 | (size < 29 ? size : 29));
	if (type > 7)
		head[n++] = (uint8_t)(type - 7);
	if (size >= 29)
		head[n++] = (uint8_t)(size - 29);
	put(w, head, n);
}

static void put_number(struct mmdb_write *w, unsigned type, uint64_t v, size_t size)
{
	put_head(w, type, size);
	for (size_t i = size; i-- > 0;)
		put(w, &(uint8_t){(uint8_t)(v >> (8 * i))}, 1);
}

int32_t mmdb_map(struct mmdb_write *w, unsigned pairs)
{
	int32_t at = (int32_t)w->n;

	put_head(w, TYPE_MAP, pairs);
	return at;
}

void mmdb_text(struct mmdb_write *w, const char *text)
{
	put_head(w, TYPE_TEXT, strlen(text));
	put(w, text, strlen(text));
}

void mmdb_pair(struct mmdb_write *w, const char *name, const char *text)
{
	mmdb_text(w, name);
	mmdb_text(w, text);
}

void mmdb_u32(struct mmdb_write *w, uint32_t v)
{
	put_number(w, TYPE_U32, v, 4);
}

void mmdb_double(struct mmdb_write *w, double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof bits);
	put_number(w, TYPE_DOUBLE, bits, 8);
}

void mmdb_float(struct mmdb_write *w, float v)
{
	uint32_t bits;

	memcpy(&bits, &v, sizeof bits);
	put_number(w, TYPE_FLOAT, bits, 4);
}

void mmdb_net(struct mmdb_write *w, const char *cidr, int32_t record)
{
	struct cidr c;
	unsigned bits, skip = 0;
	int32_t at = 0;

	ck_assert_int_eq(cidr_parse(&c, cidr, NULL), 0);
	bits = c.bits;
	if (addr_is_v4(&c.addr)) {
		bits += 96;
		memset(c.addr.b + 10, 0, 2); /* IPv4 lies at ::a.b.c.d */
		skip = w->ip_version == 4 ? 96 : 0;
	}
	for (unsigned i = skip; i < bits; i++) {
		int32_t *branch = &w->nodes[at][c.addr.b[i / 8] >> (7 - i % 8) & 1];

		if (i == bits - 1) {
			*branch = RECORD - record;
		} else if (*branch < 0) {
			ck_assert_int_lt(w->count, 4096);
			w->nodes[w->count][0] = w->nodes[w->count][1] = NOTHING;
			*branch = w->count++;
		}
		at = *branch;
	}
}

static void put_metadata(struct mmdb_write *m, const struct mmdb_write *w)
{
	mmdb_begin(m, w->type, w->ip_version);
	put(m, "\xab\xcd\xefMaxMind.com", 14);
	mmdb_map(m, 9);
	mmdb_text(m, "binary_format_major_version"), put_number(m, TYPE_U16, 2, 2);
	mmdb_text(m, "binary_format_minor_version"), put_number(m, TYPE_U16, 0, 2);
	mmdb_text(m, "build_epoch"), put_number(m, TYPE_U64, 1700000000, 8);
	mmdb_pair(m, "database_type", w->type);
	mmdb_text(m, "description"), mmdb_map(m, 1), mmdb_pair(m, "en", "made by a test");
	mmdb_text(m, "languages"), put_head(m, TYPE_ARRAY, 1), mmdb_text(m, "en");
	mmdb_text(m, "ip_version"), put_number(m, TYPE_U16, (uint64_t)w->ip_version, 2);
	mmdb_text(m, "node_count"), mmdb_u32(m, (uint32_t)w->count);
	mmdb_text(m, "record_size"), put_number(m, TYPE_U16, 24, 2);
}

void mmdb_save(struct mmdb_write *w, const char *path)
{
	static struct mmdb_write meta;
	static const uint8_t separator[16];
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	for (int32_t i = 0; i < w->count; i++)
		for (unsigned side = 0; side < 2; side++) {
			int32_t v = w->nodes[i][side];
			uint32_t to = (uint32_t)w->count;
			uint8_t be[3];

			if (v != NOTHING)
				to = (uint32_t)(v >= 0 ? v : w->count + 16 + (RECORD - v));
			be[0] = (uint8_t)(to >> 16);
			be[1] = (uint8_t)(to >> 8);
			be[2] = (uint8_t)to;
			fwrite(be, 1, sizeof be, f);
		}
	put_metadata(&meta, w);
	fwrite(separator, 1, sizeof separator, f);
	fwrite(w->data, 1, w->n, f);
	fwrite(meta.data, 1, meta.n, f);
	ck_assert_int_eq(fclose(f), 0);
}
