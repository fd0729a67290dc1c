/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Members of structs as tables, read by the one writer and the one reader of packed pictures. Private to src/snapshot.
 */
#ifndef SNAPSHOT_PACK_H
#define SNAPSHOT_PACK_H

#include "dpitop/pack.h"
#include "snapshot/arena.h"

enum pack_kind {
	PACK_UINT,  /* of 1, 2, 4 or 8 bytes, at most `max` */
	PACK_INT,   /* signed, of 4 or 8 */
	PACK_BOOL,
	PACK_REAL,  /* double */
	PACK_TEXT,  /* const char *, never NULL once read */
	PACK_CHARS, /* char[size], terminated */
	PACK_BYTES, /* as they are */
	PACK_PART,  /* a struct with a table of its own */
	PACK_RARE,  /* one that is often all zero, and is fit to be so: its texts are NULL then */
	PACK_MAYBE, /* a pointer to one, or NULL */
	PACK_ARRAY, /* a pointer to several; a size_t at `counted` says how many; NULL and 0: none */
};

struct pack_table;

struct pack_field {
	size_t offset, size; /* of one */
	unsigned count;      /* one after the other */
	enum pack_kind kind;
	uint64_t max;        /* arrays: members, too */
	const struct pack_table *part;
	size_t counted;
};

struct pack_table {
	const struct pack_field *fields;
	size_t count, size; /* size: of the struct */
};

/* Of a snapshot all but its matrix, and what is of the process alone that shows it: references, memory, frozen, gone. */
extern const struct pack_table pack_snapshot;
extern const struct pack_table pack_axis, pack_cell, pack_matrix; /* without the arrays whose lengths are sums and products */
extern const struct pack_table pack_want, pack_want_list; /* without the columns to sort by */

/* ---- writing ---- */

void pack_number(struct pack_buffer *b, uint64_t n);
void pack_text(struct pack_buffer *b, const char *s); /* NULL as "" */
void pack_struct(struct pack_buffer *b, const struct pack_table *t, const void *from);
void pack_structs(struct pack_buffer *b, const struct pack_table *t, const void *from, size_t count); /* not their number */

/* ---- reading ---- */

struct unpacking {
	const uint8_t *at;
	size_t left;
	bool bad;         /* from then on all is zero */
	struct arena *arena; /* for texts and arrays */
};

uint64_t unpack_number(struct unpacking *u, uint64_t max);
const char *unpack_text(struct unpacking *u);
void unpack_struct(struct unpacking *u, const struct pack_table *t, void *to);
/* So many into the arena. NULL: that much cannot be in what is left. */
void *unpack_structs(struct unpacking *u, const struct pack_table *t, size_t count);
size_t pack_least(const struct pack_table *t); /* bytes that one has at least */

#endif
