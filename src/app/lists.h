/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Category lists (--categories): reading them at the start and again on demand; see lists.c. Private
 * to src/app.
 */
#ifndef APP_LISTS_H
#define APP_LISTS_H

#include <stdbool.h>
#include <uv.h>

#include "dpitop/category.h"
#include "dpitop/engine.h"

/* Read the lists of a directory; what was skipped is logged. NULL with e filled if there are none. */
struct categories *lists_read(const char *directory, struct error *e);

struct lists { /* zeroed but for these: */
	const char *directory; /* NULL: there are none, nothing is ever read */
	struct engine *engine;
	void (*told)(void *ctx, const char *text); /* when they were read again, or could not be; NULL */
	void *ctx;
	/* lists.c */
	uv_poll_t reload;
	uv_work_t work;
	bool busy, again;
	struct categories *fresh;
	char text[160];
};

/* Read them again beside the loop and hand them to the engine. Called while that is under way, it is done
 * once more after it. False if there are none. */
bool lists_reread(struct lists *l, uv_loop_t *loop);
/* Do so whenever a signal asks for it (signals_catch_reload()), until lists_unwatch(). Nothing where there are none. */
void lists_watch(struct lists *l, uv_loop_t *loop);
void lists_unwatch(struct lists *l);
/* The same at once, for who has no loop. The engine stands still. */
void lists_reread_now(struct lists *l);

#endif
