/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thresholds of the user's: "host rate > 100M" raises an alert for each row that is over it at the end of a tick. A rule is a
 * kind of row and a filter of measures (dpitop-filter(7)). Belongs to one engine; its thread checks.
 */
#ifndef DPITOP_THRESHOLD_H
#define DPITOP_THRESHOLD_H

#include <stdint.h>

#include "dpitop/err.h"

struct model;
struct thresholds;

struct thresholds *thresholds_new(void);
void thresholds_free(struct thresholds *t); /* NULL is fine */
/* 0, or ERR_USAGE with what is wrong with the rule. It is copied. */
int thresholds_add(struct thresholds *t, const char *rule, struct error *e);
/* Rows of m that had traffic in the tick that closed at now_us against the rules; what is over raises. */
void thresholds_check(const struct thresholds *t, struct model *m, int64_t now_us, int64_t elapsed_us);

#endif
