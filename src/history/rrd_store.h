/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * librrd: making files and adding to them. rrd_store.c is the only file that knows the library,
 * rrd_store_none.c stands in where it is not there. Private to src/history; the history thread, for a daemon's
 * connection is the library's own.
 */
#ifndef HISTORY_RRD_STORE_H
#define HISTORY_RRD_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dpitop/err.h"

bool rrd_store_there(void);               /* built with librrd */
const char *rrd_store_version(void);      /* "librrd 1.7.2"; "no librrd" */

/* A new file of a dimension's layout, whole at once, that knows nothing before begin_s but what another file of
 * that layout, from, has of the time before (NULL: nothing). ERR_IO; also if there is one. */
int rrd_store_create(const char *path, int dim, int64_t begin_s, struct error *e);
/* Add samples ("1700000000:12:0:U", times rising); those not after the file's last one are skipped. daemon: address of
 * rrdcached that does it, or NULL. ERR_IO; ERR_LIMIT: another
 * program has it locked for now. */
int rrd_store_update(const char *path, const char *const *samples, size_t n, const char *daemon, struct error *e);
/* What a daemon has of it goes into the file. */
int rrd_store_flush(const char *path, const char *daemon, struct error *e);
void rrd_store_leave(const char *daemon); /* end its connection; NULL is fine */

#endif
