/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Standard output as what is printed goes to; see output.c. Private to src/app.
 */
#ifndef APP_OUTPUT_H
#define APP_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

struct output {
	int failed; /* errno of the write that failed; EINTR: a signal that ends the program came */
	bool waits; /* for who reads it: it is no file */
};

/* A stream of its own onto descriptor 1, which fclose() leaves open. NULL: errno says why. Main thread. */
FILE *output_open(struct output *o);

#endif
