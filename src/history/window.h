/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * window: what a span of the past holds, in memory: the series of all entities at one step. Loaded in
 * slices, so that recording goes on in between; then a picture of any of its steps costs no disk read.
 * Private to src/history; history's thread.
 */
#ifndef HISTORY_WINDOW_H
#define HISTORY_WINDOW_H

#include "history/archive.h"

/* Where series come from: an archive, or a test's own. As the functions of archive.h. */
struct window_source {
	void *ctx;
	const struct entity *(*next)(void *ctx, int dim, size_t *cursor);
	void (*entity)(void *ctx, const struct entity *e, struct entity_info *out);
	int (*fetch)(void *ctx, const struct entity *e, int64_t from_us, int64_t to_us, int64_t step_us,
		     struct series_block *out, struct error *error);
	size_t (*steps)(int dim, int64_t step_us[8], int64_t reach_us[8]);
	bool (*span)(void *ctx, struct archive_span *out);
	int64_t (*as_of)(void *ctx, int64_t at_us); /* NULL: always 0 */
	size_t (*runs)(void *ctx, struct archive_span *out, size_t max);
	void (*soon)(void *ctx, const struct entity *e); /* it is fetched soon; NULL: no use in that */
};
struct window_source window_source_of(struct archive *a);

enum { WINDOW_COLUMNS = 240 /* steps in sight, at most */, WINDOW_GRAPH = 600, WINDOW_LEAD = DIM_SPARK - 1 /* steps before it, for sparklines */ };

#define WINDOW_BYTES (UINT64_C(64) << 20)

struct window_cell { /* of an entity in one step in which it moved */
	uint32_t at;                         /* step; 0: the first of the lead */
	uint32_t live, hosts;                /* at its end */
	int64_t bytes[2], packets[2], flows; /* may be below 0: reclassified */
};

struct window_row {
	struct entity_info info; /* its texts are in: */
	char *texts;
	struct window_cell *cells; /* in order */
	uint32_t count, room;
};

struct window_total { /* of all traffic, in a step */
	int64_t bytes[2], packets, flows; /* out, in */
	int64_t all, local, transit, non_ip, non_ip_packets, drops;
	uint32_t live, hosts;
	bool recorded;
};

struct window {
	int64_t from_us, to_us; /* in sight; multiples of the step */
	int64_t step_us;
	size_t lead, steps;     /* before from_us; behind it */
	int64_t since_us, as_of_us; /* begin and end of what was recorded when it was loaded */
	struct window_row *rows;
	size_t count, room;
	struct window_total *totals; /* lead + steps */
	int64_t graph_step_us;
	uint64_t (*graph)[2];   /* as in struct snapshot, from from_us on */
	size_t graph_count;
	uint64_t dims;          /* 1 << dim of those that have history so far back */
	size_t failed;          /* entities that could not be read */
	char failure[200];      /* the first of them */
	size_t memory_bytes;
	bool loaded;
	/* while it loads */
	const struct window_source *source;
	size_t cursor, ahead;   /* of entities; those before `ahead` were said to come */
	bool has_totals, only_totals;
};

/* The step for a span of that width as old as that: such that no more than WINDOW_COLUMNS fit, and that hosts and
 * applications have it so far back. */
int64_t window_step_for(const struct window_source *s, int64_t width_us, int64_t from_us, int64_t newest_us);
/* The finest step that reaches back to from_us in all dimensions. */
int64_t window_finest(const struct window_source *s, int64_t from_us, int64_t newest_us);
enum window_use {
	WINDOW_SIGHT,  /* of a timeline: from is rounded down to a step, the width up; the steps before it are there for
	                * sparklines, and the step becomes a coarser one where entities are too many for WINDOW_BYTES */
	WINDOW_SUM,    /* one step, from from_us to to_us, which are multiples of window_finest() */
	WINDOW_TOTALS  /* of all traffic only; window_load() is done with it in one */
};
/* Begin. source stays the caller's. */
struct window *window_new(const struct window_source *s, int64_t from_us, int64_t to_us, int64_t step_us, enum window_use use);
void window_free(struct window *w); /* NULL is fine */
/* Read `budget` entities (0: all). True when all are there. */
bool window_load(struct window *w, size_t budget);
/* Index of the step that ends at to_us or holds it: (.., ..]; within what there is. */
size_t window_at(const struct window *w, int64_t us);
int64_t window_begin(const struct window *w, size_t at); /* of a step */
int64_t window_end(const struct window *w, size_t at);   /* of it, or of what was recorded if that ended before */
const struct window_cell *window_cell(const struct window_row *r, size_t at); /* NULL: it did not move */
/* Whether dpitop was recording in any part of (from, to]. */
bool window_is_recorded(const struct window_source *s, int64_t from_us, int64_t to_us);

#endif
