/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows of alerts; see row_alert.c. Private to src/snapshot.
 */
#ifndef SNAPSHOT_ROW_ALERT_H
#define SNAPSHOT_ROW_ALERT_H

#include "snapshot/row_fill.h"

/* The texts of a row of DIM_ALERT that has its key and numbers. */
void row_alert_fill(struct row_source *s, struct row *r);
/* Is it the alert of a host, or another row, that takes part in the traffic of `part`? */
bool row_alert_is_of(const struct model *part, const struct model *whole, const struct dim_key *key);

#endif
