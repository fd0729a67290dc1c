/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A line of the configuration file as words. Private to rc.c and rc_write.c.
 */
#ifndef TUI_RC_LINE_H
#define TUI_RC_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "dpitop/snapshot.h"

enum { RC_WORDS_MAX = 64 };

struct rc_word {
	const char *at;
	size_t n;
};

struct rc_line {
	const char *at; /* the whole, without its end */
	size_t n;
	struct rc_word words[RC_WORDS_MAX];
	size_t count;
	size_t comment; /* where it begins in the line; n: there is none */
	bool too_many;  /* words */
};

/* The next line of *text, which then begins behind it; false at the end. */
bool rc_next_line(const char **text, size_t *n, struct rc_line *line);
bool rc_word_is(const struct rc_word *w, const char *text);
/* Names of lists in the file: "hosts", "applications", "country_pairs". */
const char *rc_list_name(enum dim d);
bool rc_list_find(const struct rc_word *w, enum dim *d);

#endif
