/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * pairs: which subnet sends how much to which, at other prefix lengths than the model's, and exact.
 * Wider subnets are sums of the model's rows. For narrower ones all flows are added one by one; what the
 * model's rows have beyond them (flows that are no longer listed, or found no room) stays in rows of
 * the model's own subnets. One thread; built by regroup and for pictures.
 */
#ifndef DPITOP_PAIRS_H
#define DPITOP_PAIRS_H

#include "dpitop/model.h"

struct pairs;

/* o is copied, what it points to is borrowed. alone: of some flows only, which are all that counts. */
struct pairs *pairs_new(const struct model_options *o, struct prefix p, bool alone);
/* At once, of the model's rows: for lengths that do not refine its subnets. */
struct pairs *pairs_of_model(const struct model *m, struct prefix p);
void pairs_free(struct pairs *p); /* NULL is fine */
/* What a flow has told so far; recent: the part of it of the last tick. */
void pairs_add(struct pairs *p, const struct flow *f, const struct flow_counters *recent);
/* All flows have been added since the tick that closed at now_us and was elapsed_us long: rates, and
 * what m has beyond them (NULL if alone). before: the last such, whose sparklines go on; NULL: none. */
void pairs_finish(struct pairs *p, const struct model *m, const struct pairs *before, int64_t now_us,
		  int64_t elapsed_us);

struct prefix pairs_prefix(const struct pairs *p);
size_t pairs_rows(const struct pairs *p);
/* As model_next(), model_get() and model_other() for DIM_SUBNET_PAIR. */
const struct dim_row *pairs_next(const struct pairs *p, size_t *cursor, const struct dim_key **key);
const struct dim_row *pairs_get(const struct pairs *p, const struct dim_key *key);
const struct dim_row *pairs_other(const struct pairs *p);
/* Is it a row of what could not be told apart at these lengths? */
bool pairs_is_rest(const struct pairs *p, const struct cidr *net);

#endif
