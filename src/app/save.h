/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files written from the screen; see save.c. Private to src/app.
 */
#ifndef APP_SAVE_H
#define APP_SAVE_H

#include <uv.h>

#include "dpitop/engine.h"
#include "dpitop/tui.h"

struct sandbox;
struct save;

struct save_from { /* where rows and packets are taken out */
	struct snapshot *(*newest)(void *ctx); /* as feed_ops.acquire */
	/* As engine_extract_rows() and engine_extract_packets(); NULL: there is nothing that keeps any. */
	bool (*rows)(void *ctx, enum dim d, const struct want_list *w, bool names, engine_extracted *done, void *done_ctx);
	bool (*packets)(void *ctx, const struct packets_wanted *p, engine_extracted *done, void *done_ctx);
	void *ctx;
};

/* told: how it went, on the loop; after save_close() it goes to the log instead. sandbox: borrowed, the
 * process's; says whose home "~" is and why a file may not be written. */
struct save *save_new(uv_loop_t *loop, const struct save_from *from, const struct sandbox *sandbox,
		      void (*told)(void *ctx, enum tui_written how, const char *text), void *ctx);
/* For tui_options.write, with ctx the save's. */
int save_start(struct save *s, const struct tui_write *w, struct error *e);
/* The engine has stopped. What is being written is finished while the loop runs out, what has not
 * begun is given up. */
void save_close(struct save *s);

#endif
