/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Degrees of strain. A full buffer loses packets, and then no number is right any more; looking into them is what
 * takes most of the time and can wait. So the more the buffer fills the less is looked into, while all is counted. Engine thread.
 */
#include "config.h"

#include "app/strain.h"

/* Percent of the buffer from which each degree begins; and below which all is well again, when it stays so. */
static const unsigned begins_at[STRAIN_COUNT] = {[STRAIN_DETAILS] = 15, [STRAIN_NEW_FLOWS] = 30};
enum { CALM = 5, CALM_MS = 1000 };

bool strain_follow(struct strain *s, unsigned fill, uint64_t now_ms)
{
	enum flow_strain level = s->level;

	while (level + 1 < STRAIN_COUNT && fill >= begins_at[level + 1])
		level++;
	if (fill > CALM || level > s->level)
		s->calm_ms = now_ms;
	if (level > STRAIN_NONE && now_ms - s->calm_ms >= CALM_MS) {
		level--;
		s->calm_ms = now_ms;
	}
	if (level == s->level && (level < STRAIN_NEW_FLOWS || now_ms - s->budget_ms < STRAIN_BUDGET_MS))
		return false;
	s->level = level;
	s->budget_ms = now_ms;
	return true;
}
