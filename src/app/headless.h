/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Running without a screen; see headless.c. Private to src/app.
 */
#ifndef APP_HEADLESS_H
#define APP_HEADLESS_H

#include "app/options.h"
#include "dpitop/engine.h"

/* Lists, sort, top and filter as the options say. 0, or ERR_USAGE for a wrong --sort or --filter. */
int headless_want(struct want *w, const struct options *o, struct error *e);
/* Length of an engine's ticks so that pictures can come at the interval. */
int64_t headless_tick_us(const struct options *o);
enum { HEADLESS_CUT = 1 }; /* a signal came while standard output would not take more */
/* One picture on standard output, as the options say; header: of CSV. 0, HEADLESS_CUT or a negative err. */
int headless_print(const struct options *o, const struct snapshot *s, bool header, struct error *e);
/* Print pictures until the end, a signal, or as many as asked. 0, HEADLESS_CUT or a negative err. */
int headless_run(struct engine *g, const struct options *o, const struct want *w, int wake_fd,
		 struct error *e);

#endif
