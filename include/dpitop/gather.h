/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * gather: every row of one list as a picture of its own, for files written from the screen. Rows are
 * filled a few at a time between batches of packets, so that a list of a million rows never makes
 * capture wait; sorting, which costs most, is left to the thread that writes the file.
 */
#ifndef DPITOP_GATHER_H
#define DPITOP_GATHER_H

#include <stdbool.h>
#include <stddef.h>

#include "dpitop/snapshot.h"

/* The packets of a row, of those that are still kept. */
struct packets_wanted {
	enum dim dim;
	struct addr addr[2]; /* hosts: [0]; flows: client, server */
	uint16_t port[2], vlan;
	uint8_t l4;
	int64_t first_us, last_us; /* of a flow; last: INT64_MAX while it goes on */
	/* What pins the row, with the filter it is shown under. */
	char expression[800];
	bool by_address; /* a host or a flow, and no filter: the addresses tell, even when the flows
			  * are no longer listed */
};

struct gather;

/* Begin; `in` is copied, what it points to must live until the end. Of w, all but top counts. Rows
 * that come to be later are not taken as rows, only as traffic of the rest. Engine's thread. */
struct gather *gather_new(const struct snapshot_input *in, bool names, enum dim d,
			  const struct want_list *w);
/* Look at `budget` rows at most (0: all). True when none is left. Engine's thread, between ticks. */
bool gather_step(struct gather *g, size_t budget);
/* The picture, with one list, not sorted; frees g. still: nothing was booked since gather_new(), so
 * rows and totals are of one moment. The caller has the one reference. Engine's thread. */
struct snapshot *gather_finish(struct gather *g, bool still);
void gather_free(struct gather *g); /* gives up; NULL is fine */
/* Sort the rows as w says and work their shares out. Whoever alone has the picture; any thread. */
void gather_sort(struct snapshot *s, enum dim d, const struct want_list *w);

#endif
