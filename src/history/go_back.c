/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The clock was far ahead, and is right now: what was recorded under times that are still to come would keep all from
 * being recorded until then. It goes, in all classes from the begin of the same minute on, so that their sums agree: runs, samples and totals here, and in each file when it is next written to
 * (update.c), which keeps what it has of the time before.
 */
#include "config.h"

#include <string.h>

#include "dpitop/log.h"
#include "dpitop/mem.h"
#include "history/parts.h"

static const int64_t ahead_max_us = (int64_t)7200 * SECOND; /* less is waited for */

static void class_go_back(struct class_state *s, int64_t at_s)
{
	int64_t end_s;

	runs_cut(&s->runs, at_s);
	end_s = s->runs.count > 0 ? s->runs.items[s->runs.count - 1].to_s : 0;
	s->last_us = end_s * SECOND;
	s->booked_s = s->closed_s = s->committed_s = end_s;
}

static void entity_go_back(struct archive *a, struct entity *e, int64_t at_us)
{
	int64_t at_s = at_us / SECOND, step_s = layout_of(e->dim)->step_s;

	at_s -= at_s % step_s;
	entity_forget_after(a, e, at_s);
	ledger_cut(&e->ledger, ledger_day(at_us));
	e->first_us = e->first_us < at_us ? e->first_us : at_us;
	e->last_us = e->last_us < at_us ? e->last_us : at_us;
	e->begin_s = e->begin_s < at_s ? e->begin_s : at_s;
	e->sent_s = e->sent_s < at_s ? e->sent_s : at_s;
}

bool archive_is_ahead(const struct archive *a, const struct interval *in)
{
	return !a->options.capture_time && a->classes[in->class_].last_us - in->to_us > ahead_max_us;
}

void archive_go_back(struct archive *a, int64_t at_us)
{
	int64_t step_s = layout_of_class(INTERVAL_CLASSES - 1)->step_s; /* the longest: of which all others are parts */

	at_us -= at_us % (step_s * SECOND);
	log_line(LOG_WARN_, "history: the clock was set back by more than two hours: what was recorded of the time from now on is let go");
	for (int c = 0; c < INTERVAL_CLASSES; c++)
		class_go_back(&a->classes[c], at_us / SECOND);
	for (uint32_t i = 0; i < a->ids; i++)
		if (a->entities[i] != NULL)
			entity_go_back(a, a->entities[i], at_us);
	if (a->newest_us > at_us)
		a->newest_us = at_us;
	a->journal.lines.n = 0;
	a->journal.broken = true; /* the next checkpoint has all of it */
}
