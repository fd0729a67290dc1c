/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The most recent packets, as they were captured, in memory of a fixed size: the newest take the place
 * of the oldest. Knows bytes and times, neither flows nor files. One thread; private to src/app.
 */
#ifndef APP_RING_H
#define APP_RING_H

#include <stddef.h>
#include <stdint.h>

#include "dpitop/err.h"
#include "dpitop/snapshot.h"
#include "dpitop/source.h"

struct ring;

struct ring_packet {
	struct frame frame; /* data: inside the ring */
	unsigned source;
	int linktype;
};

struct ring_cursor {
	uint64_t at, end; /* bytes put since the start */
	uint64_t number;  /* of the packet at `at` */
	uint64_t last;    /* of the one behind the end */
	uint64_t missed;  /* packets overwritten before they were looked at */
};

/* Memory is taken as the ring fills. NULL: e says why. */
struct ring *ring_new(size_t bytes, struct error *e);
void ring_free(struct ring *r); /* NULL is fine */
/* Copy a packet in. One that is larger than the ring is left out. Hot. */
void ring_put(struct ring *r, unsigned source, int linktype, const struct frame *f);
void ring_state(const struct ring *r, struct ring_info *out);
/* All packets that are there now, oldest first; others may be put between the steps. */
void ring_begin(const struct ring *r, struct ring_cursor *c);
/* The next one, good until the next ring_put(). False at the end. */
bool ring_next(const struct ring *r, struct ring_cursor *c, struct ring_packet *out);

#endif
