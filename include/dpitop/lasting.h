/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Totals that last: what a row had in days, weeks, months and years of the local calendar, across restarts.
 */
#ifndef DPITOP_LASTING_H
#define DPITOP_LASTING_H

#include <stdint.h>

enum lasting { LASTING_TODAY, LASTING_YESTERDAY, LASTING_WEEK, LASTING_MONTH, LASTING_YEAR, LASTING_COUNT };

struct lasting_row { uint64_t bytes[2], packets[2], flows; }; /* directions as in struct dim_row */

#endif
