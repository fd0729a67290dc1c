/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a picture of the past has instead of the engine's clock: see past.c. Private to src/snapshot.
 */
#ifndef SNAPSHOT_PAST_H
#define SNAPSHOT_PAST_H

#include "dpitop/snapshot.h"

/* Of a picture whose lists are there: where it lies, and the graph of its visible span. */
void past_finish(struct snapshot *s, const struct snapshot_input *in);

#endif
