/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * archive: one directory of history. Entities (a row of a dimension, or the totals) with a file of
 * librrd's each, the catalog that says which is which, a journal that holds what is not in those files
 * yet, and the totals of calendar days, weeks, months and years. One thread at a time (the history thread);
 * one writer per directory, any number of readers. dpitop-history(5) describes the files.
 */
#ifndef HISTORY_ARCHIVE_H
#define HISTORY_ARCHIVE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dpitop/err.h"
#include "dpitop/interval.h"
#include "dpitop/key_text.h"
#include "dpitop/lasting.h"

struct archive;
struct entity; /* of the archive; valid until the next call that records or works */

enum { ENTITY_TOTALS = DIM_LIST_COUNT }; /* in place of a dimension */

struct archive_options {
	const char *dir;          /* made with mode 0700 if it is not there */
	bool write;               /* false, or another process writes there: read only */
	uint64_t size_bytes;      /* bound of all files; 0: 1 GiB */
	size_t hosts_per_interval; /* hosts that are not local: so many of the busiest get a file; 0: default */
	const char *rrdcached;    /* address of a daemon that updates go through, or NULL */
	bool capture_time;        /* a capture file's intervals: files are made as they are needed, no budget spreads them */
	atomic_uint *progress;    /* grows while files are written, for who waits; NULL: nobody does */
	struct dpi *dpi;          /* for keys of applications and categories (key_parse()); borrowed. NULL: such entities
	                           * are found by archive_find_text() until one of their rows was recorded */
};

/* Open, recover what the journal holds, sweep what a killed process left. Each file's header is checked whenever the
 * file is opened, before librrd sees it. now_us: wall clock, or 0. NULL with e filled. Another writer there is no error: see
 * archive_state(). */
struct archive *archive_open(const struct archive_options *o, int64_t now_us, struct error *e);
void archive_close(struct archive *a); /* flushes; NULL is fine */

/* Book an interval. 0; ERR_LIMIT: it lies before what was booked already (late: counted, and in the totals that last,
 * but not in the files); ERR_IO: the directory cannot be written, and it was kept in memory (goes out later) or, when
 * there is no more room, lost and counted; e says what is wrong. ERR_PERMISSION: this is a reader. */
int archive_record(struct archive *a, const struct interval *i, struct error *e);
/* What is due, in portions of at most `budget` file updates (0: all), so that requests are answered in between.
 * True when nothing more is due. Call it each second; a reader looks for news of the writer in it. */
bool archive_work(struct archive *a, int64_t now_us, size_t budget);
/* All that was recorded into the files, now: for rrdtool and other programs, and at exit. archive_fetch() does
 * not need it, it knows what is not in the files yet. */
int archive_flush(struct archive *a, struct error *e);

/* ---- reading ---- */

struct entity_info {
	int dim;                  /* enum dim, or ENTITY_TOTALS */
	bool other;               /* the exact rest of its dimension: of entities that have no file */
	bool local;
	bool keyed;               /* key is known; else only its text is (interfaces; applications without a dpi) */
	struct dim_key key;
	const char *key_text, *name; /* the archive's */
	char country[4];
	int64_t first_us, last_us; /* of traffic */
};
/* Those that have a file. Iterate; cursor from 0; dim -1: all. NULL at the end. */
const struct entity *archive_next(const struct archive *a, int dim, size_t *cursor);
/* key: NULL with other, and for the totals. */
const struct entity *archive_find(const struct archive *a, int dim, const struct dim_key *key, bool other);
const struct entity *archive_find_text(const struct archive *a, int dim, const char *text); /* of key_text() */
void archive_entity(const struct archive *a, const struct entity *e, struct entity_info *out);

/* What a series has per step: sums of the step; those with a star: as of its end, in coarser steps the average. Which of
 * them an entity has: archive_series(). Sides as in struct dim_row. */
enum series {
	SERIES_BYTES_0, SERIES_BYTES_1,     /* of the totals: out and in, by local networks */
	SERIES_PACKETS_0, SERIES_PACKETS_1, /* of the totals: all packets in [0] */
	SERIES_FLOWS, SERIES_LIVE /* * */, SERIES_HOSTS /* * */,
	/* of the totals only: */
	SERIES_BYTES, SERIES_LOCAL, SERIES_TRANSIT, SERIES_NON_IP, SERIES_NON_IP_PACKETS, SERIES_DROPS,
	SERIES_COUNT
};
unsigned archive_series(int dim); /* 1 << series each; 0: no history */
struct series_block {
	int64_t from_us, step_us;  /* as the file has it: values[i] is of (from + i * step, from + (i + 1) * step] */
	size_t steps;
	double *values[SERIES_COUNT]; /* steps each, one allocation that begins at memory; NULL: that entity has none;
	                               * NaN: not recorded (a gap, or before the entity had a file) */
	double *memory;           /* caller frees it with mem_free() */
};
/* Steps that cover (from_us, to_us], none finer than step_us (0: the finest), and such that it reaches back to from_us (else
 * the coarsest there is). What the entity's file does not know while dpitop was recording (it was idle) is 0, not NaN.
 * Sums are whole numbers. With what is not in the files yet. ERR_FORMAT, ERR_IO: the file is damaged or cannot be read. */
int archive_fetch(struct archive *a, const struct entity *e, int64_t from_us, int64_t to_us, int64_t step_us,
		  struct series_block *out, struct error *error);
/* It is fetched soon: the kernel may begin to read. */
void archive_soon(struct archive *a, const struct entity *e);
/* Steps the files of a dimension have, finest first; returns how many. reach_us: how far back each goes from the newest. */
size_t archive_steps(int dim, int64_t step_us[8], int64_t reach_us[8]);

/* As of when what was recorded at at_us is kept, if that is not the newest: the clock was ahead then, and finer steps were
 * overwritten. Else 0. */
int64_t archive_as_of(const struct archive *a, int64_t at_us);

struct archive_span { int64_t from_us, to_us; };
bool archive_span(const struct archive *a, struct archive_span *out); /* all that is recorded; false: nothing */
/* When dpitop was recording; oldest first; returns how many of max (the newest). What lies between two runs is a gap. */
size_t archive_runs(const struct archive *a, struct archive_span *out, size_t max);

/* ---- totals that last: local calendar ---- */

/* False: nothing is recorded of it. now_us: which day is today. key: as for archive_find(), NULL: the rest of the dimension. Also of rows that have no file (as far as there is room for them). */
bool archive_lasting(const struct archive *a, int dim, const struct dim_key *key, int64_t now_us, struct lasting_row out[LASTING_COUNT]);
/* Iterate all of a dimension. */
bool archive_lasting_next(const struct archive *a, int dim, size_t *cursor, int64_t now_us, struct entity_info *who,
			  struct lasting_row out[LASTING_COUNT]);

struct archive_state {
	bool writing;             /* else text says why not */
	char text[200];           /* "recording", "read only: PID 4711 records here", "disk full: ..." */
	uint64_t files, bytes, size_bytes;
	uint64_t entities, refused; /* refused: rows that got no file (counted in other) */
	uint64_t removed;         /* files that made room */
	uint64_t late, lost;      /* intervals before what was booked; and such as found no room while the directory was not writable */
	uint64_t damaged;         /* files that were set aside */
	uint64_t written_bytes;   /* by this process, journal and files */
	int64_t flushed_us;       /* all before is on disk, in the journal or in files */
};
void archive_state(const struct archive *a, struct archive_state *out);

#endif
