/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is left out while packets come faster than they are looked into: from how full the kernel's buffer is to what
 * the flow table does about it. Private to src/app. Engine thread.
 */
#ifndef APP_STRAIN_H
#define APP_STRAIN_H

#include <stdbool.h>

#include "dpitop/flow.h"

enum { STRAIN_BUDGET_MS = 100, STRAIN_BUDGET_FLOWS = 1000 }; /* 10,000 new flows a second are looked into all the same */

struct strain {
	enum flow_strain level;
	uint64_t calm_ms;   /* when the buffer was last fuller than it is when all is well */
	uint64_t budget_ms; /* when new flows were last given their budget */
};

/* fill: percent of the fullest buffer that is taken; now_ms never goes back. True: flow tables are to be told, of the degree, of
 * another budget, or both. */
bool strain_follow(struct strain *s, unsigned fill, uint64_t now_ms);

#endif
