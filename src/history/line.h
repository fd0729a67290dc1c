/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines of catalog and journal: a checksum, a letter, fields parted by blanks. Text is escaped, so that a line
 * is printable ASCII whatever the key was; a line that is torn or changed is told by its checksum. Private to
 * src/history; any thread.
 */
#ifndef HISTORY_LINE_H
#define HISTORY_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lines { /* being written; zeroed: none */
	char *data;
	size_t n, room;
	size_t begin; /* of the line that is being made */
};
void lines_release(struct lines *l);
void line_begin(struct lines *l, char type);
void line_number(struct lines *l, int64_t v);
void line_text(struct lines *l, const char *s);
void line_end(struct lines *l);

struct line { /* being read */
	char type;
	const char *at, *end;
};
/* The n bytes before a newline. False: torn, changed, or none of ours. */
bool line_parse(struct line *l, const char *s, size_t n);
bool line_get_number(struct line *l, int64_t *v);
bool line_get_range(struct line *l, int64_t min, int64_t max, int64_t *v);
bool line_get_text(struct line *l, char *buf, size_t size); /* also false if it does not fit */

#endif
