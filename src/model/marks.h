/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What each row of a table had when history last asked, and which rows have moved since. Only there when
 * history is kept. Private to src/model; one thread.
 */
#ifndef MODEL_MARKS_H
#define MODEL_MARKS_H

#include "model/table.h"

struct moved { /* differences; a row loses what moves to another one */
	int64_t bytes[2], packets[2], flows;
};

struct marks *marks_new(void);
void marks_free(struct marks *m); /* NULL is fine */
/* A tick has closed in which e moved. */
void marks_due(struct marks *m, struct entry *e);
/* e goes, and all it has with it, into the table's other row. */
void marks_leave(struct marks *m, struct entry *e);
/* The next row that has moved since it was last taken, and by how much; NULL when there is none left. */
struct entry *marks_take(struct marks *m, struct moved *by);
void marks_take_other(struct marks *m, const struct entry *other, struct moved *by);
int64_t marks_pending(const struct marks *m, const struct entry *e); /* bytes, both ways */
size_t marks_memory(const struct marks *m); /* 0 of NULL */

#endif
