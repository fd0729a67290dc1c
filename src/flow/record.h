/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files on records share: flow_record.c, record_facts.c and the like. Private to src/flow.
 */
#ifndef FLOW_RECORD_H
#define FLOW_RECORD_H

#include "dpitop/export_decode.h"
#include "flow/entry.h"

struct record_context { /* where a record comes from, and the time it tells of, by our clock */
	int64_t now_us, from_us, to_us;
	bool fresh; /* its flow begins with it */
	bool timed; /* the time is the record's own */
	unsigned source;
	unsigned end; /* of the flow: that is the record's source */
	uint16_t exporter;
};

/* record_facts.c */
/* What a record says of its flow besides counters and times. d: its source is that end of the flow; fresh: it has none of
 * that yet. */
void record_facts(struct flow_table *t, struct flow_entry *e, const struct flow_record *r, unsigned d, bool fresh);
void record_turn(struct flow_table *t, struct flow *f); /* the client is the other end */

/* record_share.c */
/* This is what is said of f from now on. */
void record_say(struct flow_table *t, struct flow *f, const struct flow_report *r);

/* record_sides.c */
/* Take out of n, a record's counters, what its exporter told of already at the other side of itself: that is returned. */
struct flow_again sides_settle(struct flow_table *t, struct flow_entry *e, const struct flow_record *r,
			       const struct record_context *c, struct flow_counters *n);
void sides_turn(struct flow_table *t, struct flow_entry *e); /* the client is the other end */

/* record_totals.c */
/* r's counters are those of a whole flow: make them those since its last record. */
void totals_difference(struct flow_table *t, const struct export_exporter *x, struct flow_record *r, int64_t now_us);
size_t totals_memory(const struct totals *t); /* NULL is fine in both */
void totals_free(struct totals *t);

#endif
