/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sandbox: what the process can still do once it reads what strangers sent; see sandbox.c. Private to
 * src/app. Main thread.
 */
#ifndef APP_SANDBOX_H
#define APP_SANDBOX_H

#include <stdbool.h>

#include "app/options.h"
#include "dpitop/err.h"

struct sandbox { /* zeroed before sandbox_enter() */
	bool changed_user; /* root was given up; the caller's word */
	bool on;
	int abi;           /* of Landlock in this kernel; 0: none */
	char text[160];    /* a sentence for the user */
};

/* After root was given up, before any thread is started and packets are looked at: from then on files and TCP are
 * reached only as far as these options and settings need them. Directories of history and settings are made, if they
 * will be needed. 0, also where the kernel cannot do it all, unless that was asked for (--sandbox strict). */
int sandbox_enter(struct sandbox *s, const struct options *o, const struct tui_settings *settings, struct error *e);
/* --sandbox-status: enter it and print what is allowed; all the rest is not. An error: it cannot be had in full. */
int sandbox_status(const struct options *o, struct error *e);

#endif
