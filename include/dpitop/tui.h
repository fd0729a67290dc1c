/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tui: the screen. Main thread, on its own loop; sees snapshots through a feed, never engine or model.
 */
#ifndef DPITOP_TUI_H
#define DPITOP_TUI_H

#include <stdbool.h>
#include <stdio.h>
#include <uv.h>

#include "dpitop/feed.h"
#include "dpitop/gather.h"
#include "dpitop/rc.h"

struct tui;

enum { TUI_PATH = 256 };

struct tui_write { /* a file the user asks for */
	char path[TUI_PATH];
	bool replace;          /* an existing file: the user was asked */
	bool packets;          /* of a row, as pcapng; else a list, as .json or .csv says */
	enum dim dim;          /* list */
	struct want_list list;
	bool names;
	struct snapshot *picture; /* list: as this one has it (frozen); borrowed for the call. NULL: all rows there are */
	struct packets_wanted wanted;
};

enum tui_written { TUI_WROTE, TUI_EXISTS, TUI_FAILED };

struct tui_options {
	const char *sort;   /* NULL: the pane's default */
	const char *filter; /* NULL: none */
	struct tui_settings settings; /* to begin with */
	const char *config_path; /* where they are saved; NULL or "": nowhere */
	bool first_run;          /* nothing was ever saved there */
	const struct rc_problem *problems; /* of that file; borrowed while the screen is open */
	size_t problem_count;
	int (*save)(void *ctx, const struct tui_settings *s, struct error *e); /* NULL: cannot */
	const char *sandbox; /* how far the program is shut off, a sentence for Sources; NULL: nothing is said */
	bool sandbox_on;
	const char *subject; /* for the header: "eth0", "demo.pcap" */
	int64_t (*now_us)(void); /* wall clock (app supplies it) */
	/* Write a file; never waits. 0: tui_written() tells how it went; or a negative err. NULL: it cannot. */
	int (*write)(void *ctx, const struct tui_write *w, struct error *e);
	void (*quit)(void *ctx); /* the user wants to leave */
	struct feed (*history)(void *ctx); /* what H goes to, a replay; asked for when that is pressed. NULL: there is none */
	bool (*reread)(void *ctx); /* category lists are to be read again; NULL: there are none */
	void *ctx;
};

/* Open the terminal and draw the first (empty) frame at once. NULL: e says why ("terminal 'dumb' ... use --batch"). */
struct tui *tui_open(uv_loop_t *loop, const struct feed *feed, const struct tui_options *o, struct error *e);
void tui_update(struct tui *t); /* a new snapshot is there (called on the main thread) */
/* How writing a file went; text: a sentence, not yet clean. Main thread. */
void tui_written(struct tui *t, enum tui_written how, const char *text);
void tui_say(struct tui *t, const char *text); /* in the footer, for a moment */
void tui_close(struct tui *t);  /* terminal as it was found */
void tui_restore(void);         /* async-signal-safe: for fatal signals and the out-of-memory hook */

/* Tests and golden screens: draw pictures of `feed` on a canvas of columns x rows without a terminal; keys is a script
 * ("2", "j", "<Enter>", "<F4>", "<Esc>", "<Wait>"); dumps text (and attributes when `attributes`) to out. */
int tui_dump(const struct feed *feed, const struct tui_options *o, int columns, int rows, const char *keys, bool attributes, FILE *out, struct error *e);

void tui_list_actions(FILE *out); /* what keys can be bound to, one a line */

/* --batch: print one list as text like top -b. */
struct view;
const struct view *view_at(size_t i);           /* settings.view */
const struct view *view_find(const char *name); /* "hosts", "flows", "applications", ... NULL */
enum dim view_dim(const struct view *v);        /* the dimension --batch prints for it (overview: hosts) */

#endif
