/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For the tests of history: intervals made by hand, directories that go again, and what an archive says of them.
 */
#ifndef TESTS_INTERVALS_H
#define TESTS_INTERVALS_H

#include <stdbool.h>
#include <stdint.h>

#include "history/archive.h"
#include "model/interval_parts.h"

enum { S = 1000000 };
extern char history_dir[64];   /* below TMPDIR; made by history_setup() */

void history_setup(void);      /* fixtures */
void history_teardown(void);
struct archive_options history_options(void);
struct archive *history_archive(int64_t now_us); /* opened there to write; fails the test if not */

/* An interval of a class, (from_s, to_s]. The caller gives it up with interval_unref(). */
struct interval *history_interval(enum interval_class c, int64_t from_s, int64_t to_s);
struct interval_row *history_host(struct interval *i, uint32_t number, int64_t sent, int64_t received); /* 10.x.y.z, local */
struct interval_row *history_app(struct interval *i, uint16_t number, const char *name, int64_t bytes);
struct dim_key history_host_key(uint32_t number);
/* Record and unref; what archive_record() said. */
int history_record(struct archive *a, struct interval *i);
/* Sum of a series over (from_s, to_s] with steps of step_s; NaN counts 0. Fails the test if it cannot be fetched. */
double history_sum(struct archive *a, const struct entity *e, enum series s, int64_t from_s, int64_t to_s, int64_t step_s);
/* Value of the step that ends at end_s. */
double history_at(struct archive *a, const struct entity *e, enum series s, int64_t end_s, int64_t step_s);
void history_copy(const char *from, const char *to); /* a directory, as it is */
void history_remove(const char *dir);

#endif
