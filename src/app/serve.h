/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a daemon does for the screens that are attached: each has a view of the engine, and gets the newest picture of it as
 * soon as it has taken the one before. Private to src/app. Main thread.
 */
#ifndef APP_SERVE_H
#define APP_SERVE_H

#include <uv.h>

#include "dpitop/engine.h"

struct serve_options {
	int fd;               /* listening; borrowed */
	const char *subject;  /* what is captured, for the header of screens; borrowed */
	const char *history;  /* directory that is recorded, "": none; borrowed */
};

struct serve;

/* The engine need not run yet. */
struct serve *serve_open(uv_loop_t *loop, struct engine *g, const struct serve_options *o);
void serve_published(struct serve *s); /* the engine has new pictures */
/* The engine has stopped. Screens are told by the end of the connection; all is gone when the loop has run out. */
void serve_close(struct serve *s);

#endif
