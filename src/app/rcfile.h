/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The configuration file on disk; see rcfile.c. Private to src/app. Main thread.
 */
#ifndef APP_RCFILE_H
#define APP_RCFILE_H

#include <limits.h>
#include <stdbool.h>

#include "dpitop/err.h"
#include "dpitop/rc.h"

enum { RCFILE_PROBLEMS = 32 };

struct rcfile {
	char path[PATH_MAX];  /* "": there is no place for one */
	char nowhere[160];    /* why there is none */
	bool there;           /* it was read */
	struct rc_problem problems[RCFILE_PROBLEMS];
	size_t problem_count;
};

/* Where it is: `given` (--config), else that of the user the process runs as now. changed_user: root
 * was given up, the environment is not that user's. */
void rcfile_find(struct rcfile *f, const char *given, bool changed_user);
/* Read it over s, if it is there. 0; an error only when it was given and cannot be read, or is there and
 * is no file. */
int rcfile_read(struct rcfile *f, bool given, struct tui_settings *s, struct error *e);
/* Write it: as a whole or not at all; directories are made, lines of the user stay. */
int rcfile_save(struct rcfile *f, const struct tui_settings *s, struct error *e);

#endif
