/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the two files on records share: flow_record.c and record_facts.c. Private to src/flow.
 */
#ifndef FLOW_RECORD_H
#define FLOW_RECORD_H

#include "dpitop/export_decode.h"
#include "flow/entry.h"

struct record_context { /* where a record comes from, and the time it tells of, by our clock */
	int64_t now_us, from_us, to_us;
	unsigned source;
	uint16_t exporter;
};

/* record_facts.c */
/* What a record says of its flow besides counters and times. d: its source is that end of the flow. */
void record_facts(struct flow_table *t, struct flow_entry *e, const struct flow_record *r, unsigned d);
void record_turn(struct flow *f); /* the client is the other end */

#endif
