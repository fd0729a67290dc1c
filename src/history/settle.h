/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Differences that are below zero, in a picture of one interval: see settle.c. Private to src/history.
 */
#ifndef HISTORY_SETTLE_H
#define HISTORY_SETTLE_H

#include <stddef.h>
#include <stdint.h>

/* Of `count` values that lie `stride` bytes apart: those below zero become 0, and the others give what these lacked,
 * in proportion, so that the sum stays (it becomes 0 where it was below). */
void settle(int64_t *values, size_t count, size_t stride);

#endif
