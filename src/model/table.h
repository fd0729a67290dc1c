/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One dimension's counter table: rows by key, bounded, with an exact `other` for what does not fit.
 * Private to src/model; one thread.
 */
#ifndef MODEL_TABLE_H
#define MODEL_TABLE_H

#include "dpitop/map.h"
#include "dpitop/model.h"

/* A rate that goes on for a while: collected traffic is told at once and comes seldom. */
struct hold {
	uint64_t bytes[2], packets[2]; /* per second */
	int64_t until_us;
};
struct told { /* since the last closed tick, and the longest time that any of it holds */
	uint64_t bytes[2], packets[2];
	int64_t us;
};
/* What was told goes on from now_us, as a rate; what the old rate still had to bring does too. */
void hold_add(struct hold *h, const struct told *more, int64_t now_us);

struct held { /* of a row */
	struct hold hold;
	struct told told;
	struct entry *entry;
	struct held *next; /* in the slot of its end */
};

struct entry { /* a row with what only the model needs to know; first the key, as struct map wants it */
	struct dim_key key;
	struct dim_row row;
	uint64_t last_packets[2]; /* at the last closed tick */
	struct held *held;        /* NULL: none */
	bool moved, seen;
	uint32_t mark;            /* marks.h; 0: none */
};

struct shape { /* what kind of table a dimension has: dims.c */
	size_t key_bytes, entry_bytes;
	size_t max;   /* rows, unless model_limits say otherwise */
	bool evicts;  /* when full, a row that is idle makes room; else new keys are counted in `other` */
	bool small;   /* keys are numbers, most below DIRECT */
};

struct row_list { /* with room to grow, at most for each row of the table */
	struct entry **rows;
	size_t count, room;
};

enum { DIRECT = 256, HELD_SLOTS = 64 };

struct table {
	const struct shape *shape;
	struct map *map;
	struct entry *direct[DIRECT]; /* small keys: where they are */
	struct entry *latest;         /* of the last look-up */
	struct row_list moved;        /* since the last closed tick */
	struct row_list spare;        /* room for the next tick's */
	struct entry other;
	struct held *held[HELD_SLOTS]; /* by the second that they end in */
	int64_t held_s;               /* the second that was looked at last */
	size_t held_count;
	int64_t now_us;               /* the last closed tick */
	bool forward;                 /* of a part of the traffic, made anew each time: held rates are drawn, too */
	size_t hand;                  /* where the search for an idle row goes on */
	bool whole, busy;             /* no row was made since this round began; in all of the last one */
	int64_t oldest_us, busy_us;   /* the earliest last_us that this round met; that the last one met */
	uint64_t evicted;
	struct marks *marks;          /* for history; NULL: none is kept */
	/* a row leaves: what points to it must go; NULL where nothing does */
	void (*leaving)(void *ctx, struct entry *e);
	void *ctx;
};

struct amount { /* what an update adds to a row */
	struct flow_counters c;
	int flows, live;
	bool past; /* no part of the open tick's rate */
	const struct spread *spread; /* it lies in from_us ... to_us, and hold is its rate; NULL: of now */
	int64_t from_us, to_us; /* equal and 0 with nothing to say of times */
	struct flow_hold hold;
};

struct spread { /* steps of sparklines that the times of an amount lie in, and what falls to them: the same in all rows */
	int32_t first, last;
	uint32_t part[DIM_SPARK]; /* of the last one, the one before, ... */
};

void table_init(struct table *t, const struct shape *s, size_t max, uint64_t seed);
void table_release(struct table *t);
struct entry *table_get(struct table *t, const struct dim_key *k);
/* Find or create; NULL if there is no room: count in &t->other. now_us: for what is idle. */
struct entry *table_touch(struct table *t, const struct dim_key *k, int64_t now_us, bool *created);
/* The same where a row of this number may be it; *number becomes that of the row, 0 without one. */
struct entry *table_touch_number(struct table *t, const struct dim_key *k, int64_t now_us, bool *created, uint32_t *number);
struct entry *table_touch_small(struct table *t, uint16_t number, int64_t now_us);
/* e NULL: other. */
void table_add(struct table *t, struct entry *e, const struct amount *a);
/* Never below zero: what the row no longer has was moved to `other` with it, and is taken there. */
void table_take(struct table *t, struct entry *e, const struct amount *a);
void table_tick(struct table *t, int64_t now_us, int64_t elapsed_us);
/* spread.c */
void spread_row(struct table *t, struct entry *e, const struct amount *a);
void spread_forget(struct table *t, struct entry *e); /* it leaves */
void spread_tick(struct table *t, int64_t now_us);    /* rates whose time is over end */
void spread_close(struct entry *e, int64_t now_us);   /* what was told becomes its rate */
void spread_release(struct table *t);
void spread_steps(struct spread *s, const struct amount *a); /* once for all rows */

void table_list(struct table *t, struct entry *e);    /* it moved */
void table_preview(struct table *t, int64_t elapsed_us); /* rates as if the tick closed now; it stays open */

#endif
