/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names of history's files: made of keys, which are hostile text, so that none can be outside the directory,
 * two keys never share a file, and a person can read them: "3f/hosts-10.0.0.5.rrd". Private to src/history; any thread.
 */
#ifndef HISTORY_FILE_NAME_H
#define HISTORY_FILE_NAME_H

#include <stdbool.h>
#include <stddef.h>

enum { FILE_NAME = 224 };

/* Of an entity below rrd/, with its shard. text: its key's; NULL: the rest of its dimension, or the totals. Returns buf. */
const char *file_name(int dim, const char *text, char buf[FILE_NAME]);
/* What file is it? False: it is not one of ours, or its name was too long to hold its key. other: text is "". */
bool file_name_parse(const char *name, int *dim, char *text, size_t size, bool *other);

#endif
