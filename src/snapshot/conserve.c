/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Does every list add up to what the sources saw? The sums can be compared only when every flow has
 * told the model all it has: at the end. While traffic comes in, a debug build asserts the same at
 * each tick, where the engine knows that all is told. Engine's thread; called by build.c.
 */
#include "config.h"

#include "snapshot/conserve.h"

void conserve_check(struct snapshot *s, const struct snapshot_input *in)
{
	s->conservation_checked = in->final && in->flows != NULL;
	if (s->conservation_checked)
		s->conservation = model_check(in->model, in->flows);
}
