/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * regroup: the traffic of the flows that a filter selects, as a model of its own. A resumable
 * group-by: a pass over the flow table feeds a scratch model in slices between batches of packets,
 * so that neither capture nor a key waits for it. A pass is begun after each tick; the last finished
 * one is what pictures show. Belongs to one engine; its thread calls.
 */
#ifndef DPITOP_REGROUP_H
#define DPITOP_REGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dpitop/filter.h"
#include "dpitop/pairs.h"

struct regroup;

/* o and c are copied, what they point to is borrowed for the regroup's life; so is f, which must
 * select flows, or be NULL: then all flows count, only pairs are made of them, and the rest of them is
 * taken from c.model. c.model is the whole traffic's model. */
struct regroup *regroup_new(const struct model_options *o, const struct filter *f,
			    const struct filter_context *c);
/* Pairs of subnets of these lengths are wanted from the next pass on; {0, 0}: none. True if that is a
 * change: a pass under way is given up. */
bool regroup_prefix(struct regroup *r, struct prefix p);
void regroup_free(struct regroup *r); /* NULL is fine */
/* Begin a pass: flows are as the tick that closed at now_us left them; it was elapsed_us long. If
 * the last pass is still under way, that one goes on and this has no effect. */
void regroup_begin(struct regroup *r, int64_t now_us, int64_t elapsed_us);
/* Go on with the pass, looking at no more than `budget` flows (0: all). True when none is under way
 * (any more). Between ticks only. */
bool regroup_step(struct regroup *r, const struct flow_table *flows, size_t budget);
/* Of the last finished pass; NULL before the first. Valid until the next regroup_step(). */
const struct model *regroup_model(const struct regroup *r);
const struct pairs *regroup_pairs(const struct regroup *r); /* likewise */
/* Of the pass under way, as far as it has come; NULL if there is none. *looked: its share of the flows;
 * *end: the cursor of flow_table_next() that it has come to. Valid as above. */
const struct model *regroup_preview(struct regroup *r, const struct flow_table *flows, double *looked,
				    size_t *end);

#endif
