/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The law of conservation, as a snapshot carries it. Private to src/snapshot.
 */
#ifndef SNAPSHOT_CONSERVE_H
#define SNAPSHOT_CONSERVE_H

#include "dpitop/snapshot.h"

/* Fill s->conservation if it can be told now. */
void conserve_check(struct snapshot *s, const struct snapshot_input *in);

#endif
