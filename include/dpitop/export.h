/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * export: the same rows elsewhere. json.c writes --json (schema 1), batch.c a pane as
 * text, csv.c a list as CSV. Each call is one thread's; different calls may be on different threads.
 */
#ifndef DPITOP_EXPORT_H
#define DPITOP_EXPORT_H

#include <stdio.h>

#include "dpitop/snapshot.h"

/* One object and a newline, from a finished snapshot. 0, or ERR_IO. */
int export_json(FILE *out, const struct snapshot *s, struct error *e);
/* The same with every row, walking the model list by list (`want` gives top and sort per list; `sources` etc. in `in`).
 * conservation in the output is computed from the very rows written. */
int export_json_walk(FILE *out, const struct snapshot_input *in, const struct want *want, struct error *e);
struct batch_options {
	int columns;                 /* width; 0: unlimited */
	int rate_unit;
	bool ascii;
	const struct column *sorted; /* there in any case; NULL: none */
};
/* One picture of one list as text: header lines, column titles, rows, sum. */
int export_batch(FILE *out, const struct snapshot *s, enum dim d, const struct batch_options *o, struct error *e);

/* One list as CSV: a line for each row, and one more with `other` true for the sum of what is not listed.
 * header: a line of column ids first (once for several pictures). 0, or ERR_IO. */
int export_csv(FILE *out, const struct snapshot *s, enum dim d, bool header, struct error *e);
/* The same of every row, walking the model as export_json_walk() does. */
int export_csv_walk(FILE *out, const struct snapshot_input *in, const struct want *want, enum dim d, bool header,
		    struct error *e);

#endif
