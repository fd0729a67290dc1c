/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A screen's end of the connection to a daemon: a feed like that of an engine, of pictures that come from there; see attach.c.
 * Private to src/app. Main thread.
 */
#ifndef APP_ATTACH_H
#define APP_ATTACH_H

#include <uv.h>

#include "dpitop/engine.h"
#include "dpitop/feed.h"

struct attach;

/* Go to the daemon (rendezvous_connect()) and hear what it has; waits up to five seconds, or until wake_fd is readable: a signal
 * asks the program to end. Before rights are given up. NULL: e says why. */
struct attach *attach_open(const char *given, int wake_fd, struct error *e);
const char *attach_subject(const struct attach *a); /* what it captures; clean */
const char *attach_history(const struct attach *a); /* the directory that it records, "": none */
/* From now on pictures come, on the loop: fresh() says so. When the daemon ends, the last one stays and says it; another one at the
 * same place is found again. */
int attach_start(struct attach *a, uv_loop_t *loop, void (*fresh)(void *ctx), void *ctx, struct error *e);
struct feed attach_feed(struct attach *a);
struct snapshot *attach_newest(struct attach *a); /* with a reference for the caller; NULL: none yet */
/* As engine_extract_rows(), of the want that is in force; done() is called on the loop. */
bool attach_extract_rows(struct attach *a, enum dim d, const struct want_list *w, bool names, engine_extracted *done, void *ctx);
bool attach_is_up(const struct attach *a);
const char *attach_why(const struct attach *a); /* it is not up: a sentence */
/* All is gone when the loop has run out; without attach_start() at once. NULL is fine. */
void attach_close(struct attach *a);

#endif
