/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What lies in a file of librrd, in this order: one head, its data sources, its archives, the time of its last update, the
 * state of each data source, that of each data source in each archive, the newest row of each archive; then the rows. Private
 * to the files that read or write it (rrd_check.c, rrd_rewind.c).
 */
#ifndef HISTORY_RRD_FORMAT_H
#define HISTORY_RRD_FORMAT_H

#include <time.h>

#include "history/rrd_file.h"

/* As in RRDtool's rrd_format.h, of this machine's C. */
union rrd_number {
	unsigned long count;
	double value;
};
struct rrd_head {
	char cookie[4], version[5];
	double float_cookie;
	unsigned long ds_count, rra_count, step_s;
	union rrd_number par[10];
};
struct rrd_ds {
	char name[RRD_NAME], type[20];
	union rrd_number par[10]; /* heartbeat, min, max */
};
struct rrd_rra {
	char function[20];
	unsigned long rows, pdps;
	union rrd_number par[10]; /* xff */
};
struct rrd_live {
	time_t last;
	long last_us;
};
struct rrd_pdp {
	char last[30];
	union rrd_number scratch[10]; /* seconds unknown, value */
};
struct rrd_cdp {
	union rrd_number scratch[10]; /* value, steps unknown ... */
};
enum { RRD_CDP_VALUE, RRD_CDP_UNKNOWN }; /* CDP_val, CDP_unkn_pdp_cnt */
enum { RRD_PDP_UNKNOWN, RRD_PDP_VALUE }; /* PDP_unkn_sec_cnt, PDP_val */

#endif
