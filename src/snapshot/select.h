/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which rows of a list are shown, in which order, and what the others add up to; not yet what they
 * look like. Private to src/snapshot.
 */
#ifndef SNAPSHOT_SELECT_H
#define SNAPSHOT_SELECT_H

#include "dpitop/column.h"
#include "dpitop/filter.h"
#include "snapshot/row_fill.h"

/* A row of the model or a flow, until the next change of either. */
struct item {
	const struct dim_key *key;
	const struct dim_row *row;
	const struct flow *flow; /* DIM_FLOW only */
};

/* A row that is shown: where to find it again, and how it sorts. */
struct pick {
	uint64_t key, tie; /* the greater stands first */
	size_t cursor;
	uint32_t slot; /* in selection.counted */
};

struct tally { /* what adds up */
	struct flow_counters total;
	uint64_t rate[2], packet_rate[2];
	uint64_t flows, live_flows, hits, rows;
};

struct counted { /* what a picked row was and added when it was looked at */
	uint64_t id;
	struct tally tally;
};

struct selection {
	struct pick *picks; /* in order; selection_release() */
	struct counted *counted; /* NULL where all rows are picked */
	size_t count, room;
	size_t matching, all;
	bool partial;       /* as in struct list */
	struct tally sum;   /* all that match, evicted ones included */
	struct tally rest;  /* of them, what is not in picks */
	int64_t first_us, last_us; /* 0: not known */
};

void select_rows(struct selection *out, struct row_source *s, enum dim d,
		 const struct want_list *w);
void selection_release(struct selection *s);
/* The same without picks, item by item: for those who can only do a few at a time. */
struct select_pass {
	struct selection *out;
	struct row_source *source;
	const struct want_list *want;
	const struct filter *filter;   /* NULL: nothing is hidden */
	struct filter_context context;
	bool selects, hides;           /* what the filter has */
	enum dim dim;
	struct row scratch;            /* numbers, for the filter */
};
enum select_seen { SELECT_END, SELECT_HIDDEN, SELECT_SHOWN };
void select_begin(struct select_pass *p, struct selection *out, struct row_source *s, enum dim d,
		  const struct want_list *w);
/* The next item from *cursor (0 at first) on; one that is shown is added to the sum. */
enum select_seen select_next(struct select_pass *p, size_t *cursor, struct item *i);
/* After the end: what is evicted belongs to the sum. `shown`: of all that is listed, the rest is
 * the difference. */
void select_end(struct select_pass *p, const struct tally *shown);

/* pick.c: select_rows() in slices. */
struct picking;
struct picking *pick_begin(struct selection *out, struct row_source *s, enum dim d,
			   const struct want_list *w);
/* Look at no more than *budget rows, which are taken off; true when all were looked at. Between two steps
 * packets may come. Where all rows are picked (top 0), or rows push out others, there is one slice. */
bool pick_step(struct picking *p, size_t *budget);
void pick_end(struct picking *p);     /* frees it, as does pick_abandon() */
void pick_abandon(struct picking *p); /* NULL is fine */
/* The item behind a pick as it is now, once for each: the sum and the rest follow what it has become.
 * False if it is gone: then it is part of the rest. */
bool pick_take(struct selection *s, const struct row_source *source, enum dim d,
	       const struct pick *p, struct item *out);

/* tally.c */
void tally_counters(struct flow_counters *to, const struct flow_counters *from);
void tally_row(struct tally *t, const struct dim_row *r);
void tally_add(struct tally *t, const struct item *i);
void tally_sum(struct tally *t, const struct tally *more);
void tally_subtract(struct tally *t, const struct tally *from);

/* What is at a cursor. False if nothing is. */
bool select_item(const struct row_source *s, enum dim d, size_t cursor, struct item *out);
/* It is near to be asked for: have it on its way into the cache. Advice only. */
void select_expect(const struct row_source *s, enum dim d, size_t cursor);
void select_fill(struct row_source *s, struct row *r, enum dim d, const struct item *i);
/* The sum and the rest as rows; other has ROW_OTHER only if there is a rest. */
void select_sums(const struct selection *sel, struct row_source *s, enum dim d, struct row *sum,
		 struct row *other);

/* select_key.c */
struct sorter {
	const struct column *column;
	bool ascending;
	bool exact; /* equal keys are equal values */
	uint64_t (*of_row)(const struct dim_row *r);  /* NULL: by a filled row */
	uint64_t (*of_flow)(const struct flow *f);
	uint64_t unknown;   /* key of what is not known */
	struct row_source source;
	struct row scratch[2];
	enum dim dim;
};
void sorter_init(struct sorter *s, struct row_source *source, enum dim d,
		 const struct want_list *w);
void sorter_release(struct sorter *s);
uint64_t sorter_key(struct sorter *s, const struct item *i); /* the greater stands first */
uint64_t sorter_tie(const struct sorter *s, const struct item *i);
/* Does a stand before b? Equal keys and ties are settled by looking at the rows again. */
bool sorter_before(struct sorter *s, const struct pick *a, const struct pick *b);

/* heap.c: picks as a heap, the last of the order on top. */
void heap_replace_top(struct pick *heap, size_t count, const struct pick *p, struct sorter *s);
void heap_make(struct pick *heap, size_t count, struct sorter *s);
void heap_sort(struct pick *heap, size_t count, struct sorter *s); /* first of the order first */

#endif
