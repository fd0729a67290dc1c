/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Running with the screen; see screen.c. Private to src/app.
 */
#ifndef APP_SCREEN_H
#define APP_SCREEN_H

#include "app/options.h"
#include "app/record.h"
#include "app/sandbox.h"
#include "dpitop/engine.h"

struct attach;

/* Until the user quits or a signal comes. Reads the user's file of settings first, and begins to record if that
 * is wanted; the caller closes the record. g NULL: what the record's history has is looked at, nothing is captured, and the
 * caller has entered the sandbox; else it is entered here. attach: with g NULL, what a daemon sees, and the record's history is where H goes to, if
 * there is one; it is closed when this returns. 0, or a negative err. subject: for the header. */
int screen_run(struct engine *g, struct attach *attach, struct record *record, struct sandbox *sandbox, const struct options *o, const char *subject,
	       int wake_fd, struct error *e);

#endif
