/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --daemon: an engine without a screen; see daemon.c. Private to src/app.
 */
#ifndef APP_DAEMON_H
#define APP_DAEMON_H

#include "app/options.h"
#include "dpitop/engine.h"

/* Until a signal comes. fd: the socket where screens attach (rendezvous_listen()), borrowed; history: the directory that is recorded, or "". 0,
 * or a negative err. */
int daemon_run(struct engine *g, const struct options *o, int fd, const char *subject, const char *history, int wake_fd, struct error *e);

#endif
