/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * interval: what moved between two moments, for history: the difference of each row since it was last
 * asked for. Made by an engine at the end of a tick, immutable afterwards, counted by reference, so it
 * may cross threads. The sum of all intervals of a row is the row's total, to the last byte: a
 * reclassification takes from one row what it gives another, so that a difference may be below zero.
 */
#ifndef DPITOP_INTERVAL_H
#define DPITOP_INTERVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dpitop/model.h"

/* How fine a row's history is; each has its own intervals. */
enum interval_class {
	INTERVAL_LINE, /* totals and interfaces: 1 s */
	INTERVAL_KIND, /* applications, protocols, subnets and their pairs, countries ...: 10 s */
	INTERVAL_HOST, /* hosts, and what may be as many: ports, cities, pairs of countries and AS: 60 s */
	INTERVAL_CLASSES
};
unsigned interval_step_s(enum interval_class c);
/* Which class the rows of a dimension are of; INTERVAL_CLASSES: it has no history. */
enum interval_class interval_class_of(enum dim d);

enum { /* interval_row.flags */
	INTERVAL_OTHER = 1, /* of what has no row of its own in the model */
	INTERVAL_LOCAL = 2  /* hosts and subnets */
};

struct interval_row {
	uint8_t dim;
	uint8_t flags;
	char country[2];          /* hosts; "\0\0" not known */
	uint32_t live, hosts;     /* flows open, hosts counted at its end */
	struct dim_key key;       /* zero if INTERVAL_OTHER */
	int64_t bytes[2], packets[2], flows; /* differences; flows: new ones */
	const char *text;         /* the key as text (key_text.h) where numbers are not stable between runs:
	                           * applications, categories, interfaces ...; else NULL */
	const char *name;         /* hosts, AS: as far as known, clean; "" */
};

struct interval_totals { /* of all traffic, in INTERVAL_LINE ones; differences */
	uint64_t bytes, packets, non_ip_bytes, non_ip_packets;
	uint64_t in_bytes, out_bytes, local_bytes, transit_bytes;
	uint64_t flows, drops;    /* new flows; packets dropped by kernel and interfaces */
	uint64_t live_flows, hosts; /* at its end */
};

struct interval {
	int refs; /* use interval_ref/unref */
	enum interval_class class_;
	/* What moved after from and not after to; multiples of the step, but for the first and the last of a run: it begins
	 * and ends when it does (whole seconds), and the next run may begin in the same step. One that was not taken over in
	 * time is part of the next, which then covers several steps. */
	int64_t from_us, to_us;
	bool begins;              /* the first one of its run: nothing is known of the time before from */
	struct interval_totals totals;
	struct interval_row *rows; /* only those that moved */
	size_t count, room;
	size_t memory_bytes;
	struct interval_block *blocks; /* where the texts are */
};

/* ---- making them; engine thread ---- */

struct harvest_input {
	enum interval_class class_;
	int64_t from_us, to_us;
	bool begins;
	/* INTERVAL_LINE, what the model does not know: since the start, but live_flows now */
	uint64_t flows, drops, live_flows;
	const char *(*interface)(void *ctx, unsigned number);          /* name of a source; NULL: none is known */
	const char *(*host_name)(void *ctx, const struct addr *a);     /* as far as known, clean, or NULL; may be NULL */
	void *ctx;
};

struct harvest;
/* History is kept from now on: before there is any traffic. */
void model_history(struct model *m);
/* Take what moved in the rows of a class since that was last done. Lines, totals and what is not IP are taken at once, all
 * else in steps of `budget` rows (0: all), true when all is taken; no tick between them. harvest_finish() takes what is left;
 * the interval, with one reference, is the caller's. */
struct harvest *model_harvest(struct model *m, const struct harvest_input *in);
bool harvest_step(struct harvest *h, size_t budget);
struct interval *harvest_finish(struct harvest *h);

/* Bytes of a row that were not taken yet. */
int64_t model_unharvested(const struct model *m, enum dim d, const struct dim_key *key);

/* ---- any thread ---- */

void interval_ref(struct interval *i);   /* atomic */
void interval_unref(struct interval *i); /* frees at 0; NULL is fine */

#endif
