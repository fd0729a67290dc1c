/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The configuration file as text, dpitoprc(5): read into settings, and settings written into it. Pure:
 * no file is opened here. Any thread.
 */
#ifndef DPITOP_RC_H
#define DPITOP_RC_H

#include "dpitop/setting.h"

enum { RC_PROBLEM_TEXT = 240 };

struct rc_problem {
	int line; /* 1 for the first */
	char text[RC_PROBLEM_TEXT]; /* what is wrong, and what to write instead; clean */
};

/* Read the lines into s, over what is there; a wrong one changes nothing. Returns how many problems
 * there are; the first `max` are in out. */
size_t rc_read(struct tui_settings *s, const char *text, size_t n, struct rc_problem *out, size_t max);
/* The file anew: lines of settings and columns say what s says, what differs from the defaults and has
 * no line yet is added; comments, `bind` lines and what is not known stay as they are. The caller
 * frees it with mem_free(). */
char *rc_write(const struct tui_settings *s, const char *old, size_t n);

#endif
