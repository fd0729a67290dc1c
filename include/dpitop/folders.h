/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Directories that are made where they are missing: for history, settings. Any thread.
 */
#ifndef DPITOP_FOLDERS_H
#define DPITOP_FOLDERS_H

/* Make the directory, and those above it that are missing, for their owner alone (0700). 0, also if it is there; -1:
 * errno tells why not. */
int folders_make(const char *path);
/* As folders_make(), of the directory in which a file of this name is or would be. */
int folders_make_above(const char *path);

#endif
