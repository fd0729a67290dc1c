/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of history look like: which data sources an entity has, in which steps and for how long.
 * Private to src/history; constant; any thread.
 */
#ifndef HISTORY_LAYOUT_H
#define HISTORY_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history/archive.h"

enum { LAYOUT_RRAS = 10, LAYOUT_DS_NAME = 20 };
enum { LAYOUT_HEARTBEAT_S = 10 * 366 * 86400 }; /* of idle entities nothing is written: zeros come with their next traffic */

struct layout_rra {
	bool max;       /* else average */
	uint32_t pdps;  /* steps of the class in one of its own */
	uint32_t rows;
};
struct layout {
	unsigned step_s;
	unsigned due_s;      /* so long samples wait in memory, to be written together */
	size_t rra_count;
	struct layout_rra rras[LAYOUT_RRAS];
};

enum interval_class layout_class(int dim);  /* also of ENTITY_TOTALS; INTERVAL_CLASSES: no history */
const struct layout *layout_of(int dim);    /* of dimensions that have history */
const struct layout *layout_of_class(enum interval_class c);
size_t layout_width(int dim);               /* data sources of a file, in the order of enum series */
/* Where a series is in a sample of that dimension; -1: nowhere. */
int layout_column(int dim, enum series s);
bool layout_is_gauge(enum series s);
const char *layout_ds_name(int dim, enum series s);
const char *layout_kind(int dim);           /* "hosts": how names of files begin, and the catalog's word */
int layout_dim(const char *kind);           /* back; -1 */
size_t layout_header_bytes(int dim);
uint64_t layout_file_bytes(int dim);        /* as librrd makes it */

#endif
