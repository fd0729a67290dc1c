/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What journal.c, checkpoint.c and load.c share: the lines they write and read. Private to src/history.
 */
#ifndef HISTORY_JOURNAL_H
#define HISTORY_JOURNAL_H

#include "history/parts.h"

enum { CATALOG_FORMAT = 1, JOURNAL_NAME = 40 };
enum { ENTITY_IS_OTHER = 1, ENTITY_IS_LOCAL = 2, ENTITY_IS_STORED = 4, ENTITY_IS_REFUSED = 8 }; /* flags of E */

void checkpoint_lines(const struct archive *a, uint64_t number, struct lines *to); /* all of a catalog */
void journal_entity_line(const struct entity *e, struct lines *to);
void journal_sample_line(const struct entity *e, int64_t time_s, const int64_t *values, struct lines *to);
void journal_run_line(enum interval_class c, const struct run *r, struct lines *to);
void journal_class_line(const struct archive *a, enum interval_class c, struct lines *to);
bool journal_write_all(int fd, const char *data, size_t n);
void journal_is_written(struct archive *a); /* journal or catalog have all there is */
void journal_name(uint64_t number, char buf[JOURNAL_NAME]);

#endif
