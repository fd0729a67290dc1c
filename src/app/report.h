/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --report; see report.c. Private to src/app.
 */
#ifndef APP_REPORT_H
#define APP_REPORT_H

#include "app/options.h"

/* Print what was recorded of a period. Gives up root. 0, or a negative err. */
int report_run(const struct options *o, const struct want *want, struct error *e);

#endif
