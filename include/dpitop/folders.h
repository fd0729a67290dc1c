/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Directories that are made where they are missing: for history, settings. Any thread.
 */
#ifndef DPITOP_FOLDERS_H
#define DPITOP_FOLDERS_H

#include <stddef.h>

/* Make the directory, and those above it that are missing, for their owner alone (0700). 0, also if it is there; -1:
 * errno tells why not. */
int folders_make(const char *path);
/* As folders_make(), of the directory in which a file of this name is or would be. */
int folders_make_above(const char *path);
/* Rights that a sandbox gives to a directory are that directory's: one that is made anew in its place has none. So an
 * empty one stands beside it, hidden, which has the same rights and can be given its name. Its path; NULL: it is too long,
 * or the directory stands in "/". path: of realpath(3). */
const char *folders_spare(const char *path, char *buf, size_t size);

#endif
