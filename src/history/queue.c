/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The queue between engines and history's thread. Called with its mutex held.
 */
#include "config.h"

#include "history/queue.h"

#include "dpitop/interval.h"

enum { SPARE = 2 * INTERVAL_CLASSES };

static const size_t bytes_max = (size_t)64 << 20;

bool queue_has_room(const struct queue *q)
{
	return q->count < QUEUE_MAX - SPARE && q->bytes < bytes_max;
}

bool queue_put(struct queue *q, struct interval *i)
{
	if (q->count == QUEUE_MAX || q->bytes >= 2 * bytes_max)
		return false;
	q->items[(q->first + q->count++) % QUEUE_MAX] = i;
	q->bytes += i->memory_bytes;
	return true;
}

struct interval *queue_take(struct queue *q)
{
	struct interval *i;

	if (q->count == 0)
		return NULL;
	i = q->items[q->first];
	q->first = (q->first + 1) % QUEUE_MAX;
	q->count--;
	q->bytes -= i->memory_bytes;
	return i;
}

void queue_clear(struct queue *q)
{
	struct interval *i;

	while ((i = queue_take(q)) != NULL)
		interval_unref(i);
}
