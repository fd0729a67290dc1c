/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The intervals that wait for history's thread: bounded in number and bytes. Not locked. Private to src/history.
 */
#ifndef HISTORY_QUEUE_H
#define HISTORY_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

struct interval;

enum { QUEUE_MAX = 256 };

struct queue { /* zeroed: empty */
	struct interval *items[QUEUE_MAX];
	unsigned first, count;
	size_t bytes;
};

bool queue_has_room(const struct queue *q);
/* Takes the reference. Beyond queue_has_room() there are places for the last intervals of a run; false when they are taken
 * too: the reference is the caller's still. */
bool queue_put(struct queue *q, struct interval *i);
struct interval *queue_take(struct queue *q); /* the oldest, with its reference; NULL: empty */
void queue_clear(struct queue *q);

#endif
