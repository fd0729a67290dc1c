/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files of librrd read by ourselves: their header checked field by field, because librrd believes what it finds
 * there, and rows of an archive. Format version 0003, of this machine's kind (RRDtool's rrd_format.h). Nothing here
 * writes to a file. Private to src/history; any thread.
 */
#ifndef HISTORY_RRD_FILE_H
#define HISTORY_RRD_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dpitop/err.h"

enum { RRD_DS = 24, RRD_RRAS = 16, RRD_NAME = 20, RRD_HEADER_MAX = 49152 };

struct rrd_shape {
	uint32_t step_s;
	size_t ds_count, rra_count;
	struct { char name[RRD_NAME]; bool absolute; /* else gauge */ } ds[RRD_DS];
	struct {
		bool max;         /* else average */
		uint32_t pdps, rows;
		uint32_t newest;  /* row of the newest */
		uint64_t offset;  /* of its first row in the file */
	} rra[RRD_RRAS];
	int64_t last_s;           /* all up to this second is in it */
	size_t header_bytes;
	uint64_t file_bytes;
};

size_t rrd_header_bytes(size_t ds, size_t rras);
/* Is this the beginning of a whole file of file_bytes, that librrd can work with? ERR_FORMAT with what is wrong. */
int rrd_check(const void *header, size_t n, uint64_t file_bytes, struct rrd_shape *out, struct error *e);
/* An open file: its header into buf (RRD_HEADER_MAX), checked. It is read in one if it is no longer than `likely`. ERR_IO,
 * ERR_FORMAT. */
int rrd_check_fd(int fd, void *buf, size_t likely, struct rrd_shape *out, struct error *e);

/* The time up to which archive r is complete. */
int64_t rrd_newest_s(const struct rrd_shape *s, size_t r);
/* Rows of archive r whose steps end after from_s and not after to_s (at most what it has, and multiples of its step), all
 * data sources of a step together; oldest first. Returns how many; *end_s is where the first step ends. -1: errno. */
long rrd_rows(int fd, const struct rrd_shape *s, size_t r, int64_t from_s, int64_t to_s, double *out, size_t max, int64_t *end_s);

/* Seconds of (from_s, to_s] that a file has, as far as it was recorded; multiples of its step. */
typedef int64_t rrd_known(const void *ctx, int64_t from_s, int64_t to_s);
/* A whole file in memory (aligned as malloc() does), of that shape, as if nothing after cut_s, a multiple of its step and before
 * its last update, had been written. A step that was open at cut_s may have nothing after it where finer archives have
 * lost it. */
void rrd_rewind(void *image, const struct rrd_shape *s, int64_t cut_s, rrd_known *known_s, const void *ctx);

#endif
