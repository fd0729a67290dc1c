/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --replay: what was recorded, without capture; see replay.c. Private to src/app.
 */
#ifndef APP_REPLAY_H
#define APP_REPLAY_H

#include "app/options.h"
#include "app/record.h"

/* Open the directory to be looked at, as the user the process runs as now. */
int replay_open(struct record *r, const struct options *o, bool changed_user, struct error *e);
/* Print the pictures of --from to --to. 0, or a negative err. */
int replay_print(struct history *h, const struct options *o, const struct want *w, struct error *e);

#endif
