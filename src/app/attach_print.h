/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --attach with --json, --batch or --csv; see attach_print.c. Private to src/app.
 */
#ifndef APP_ATTACH_PRINT_H
#define APP_ATTACH_PRINT_H

#include "app/attach.h"
#include "app/options.h"

/* Print pictures of what a daemon sees until a signal, as many as asked, or it ends, which is an error. Closes a. 0, HEADLESS_CUT or a
 * negative err. */
int attach_print(struct attach *a, const struct options *o, const struct want *w, int wake_fd, struct error *e);

#endif
