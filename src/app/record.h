/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Recording of history: whether, where, and joining an engine to it; see record.c. Private to src/app.
 */
#ifndef APP_RECORD_H
#define APP_RECORD_H

#include "app/options.h"
#include "dpitop/engine.h"
#include "dpitop/history.h"

struct record { /* zeroed: nothing is recorded */
	struct history *history; /* NULL: none */
	bool asked; /* by --data: that it is not written is a failure */
	char dir[1024];
};

/* Will history be kept? settings: with what a file says. */
bool record_is_wanted(const struct options *o, const struct tui_settings *settings);
/* While the program is root: make the directory, for the user that it goes on as. 0, also where that is left for later. */
int record_prepare(const struct options *o, struct error *e);
/* Where history lies: of --data, else the usual place of the user the process runs as now. Into r->dir. */
int record_find(struct record *r, const struct options *o, bool changed_user, struct error *e);
/* If it is wanted: open it and let the engine, which does not run yet, hand over what moves. */
int record_open(struct record *r, struct engine *g, const struct options *o, const struct tui_settings *settings, bool changed_user,
		struct error *e);
/* The engine has ended. All is written when this returns; that it is not is an error where history was asked for. */
int record_close(struct record *r, struct error *e);

#endif
