/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --report: what rows had in a day, week, month or year of the calendar, printed as other pictures are. No
 * capture; another dpitop may be recording meanwhile. Main thread.
 */
#include "config.h"

#include "app/report.h"

#include <time.h>
#include <unistd.h>

#include "app/headless.h"
#include "app/privs.h"
#include "app/record.h"
#include "app/sandbox.h"

static int64_t wall_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int print(struct history *h, const struct options *o, const struct want *want, struct error *e)
{
	struct snapshot *s = history_report(h, want, (enum lasting)o->report, wall_us(), e);
	int r = s != NULL ? headless_print(o, s, true, e) : (int)e->code;

	snapshot_unref(s);
	return r;
}

int report_run(const struct options *o, const struct want *want, struct error *e)
{
	struct history_options h = {.geoip = o->geoip, .local_networks = o->local_networks};
	struct record where = {.history = NULL};
	struct sandbox sandbox = {.on = false};
	uid_t user = geteuid();
	int r = privs_drop(o->user, false, e);

	sandbox.changed_user = geteuid() != user;
	if (r == 0) /* before history's thread is started */
		r = sandbox_enter(&sandbox, o, &o->screen, e);
	if (r == 0)
		r = record_find(&where, o, sandbox.changed_user, e);
	if (r != 0)
		return r;
	h.dir = where.dir;
	where.history = history_open(&h, e);
	if (where.history == NULL)
		return (int)e->code;
	r = print(where.history, o, want, e);
	history_close(where.history);
	return r;
}
