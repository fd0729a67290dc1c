/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * history: the rows of pictures on disk, and back. A thread of its own owns the directory and all of librrd:
 * it records the intervals that engines hand over through a bounded queue, and builds the pictures of a
 * replay feed. Nothing here makes capture or the screen wait.
 */
#ifndef DPITOP_HISTORY_H
#define DPITOP_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dpitop/err.h"
#include "dpitop/feed.h"
#include "dpitop/interval.h"
#include "dpitop/lasting.h"
#include "dpitop/snapshot.h"

struct dpi;
struct history;

struct history_options {
	const char *dir;          /* directory; made if it is not there and write is set */
	bool write;               /* record; false: replay only */
	uint64_t size_bytes;      /* bound of all files; 0: 1 GiB */
	const char *rrdcached;    /* NULL: none */
	bool capture_time;        /* intervals have a capture's times, not the clock's: a full queue makes the caller wait */
	bool patient;             /* opening goes on beside, and is tried again as long as it fails; history_state() tells */
	const char *geoip;        /* as in engine_options: places of hosts in a replay */
	const char *local_networks;
	const struct dpi *dpi;    /* whose module is shared for names (dpi_share()), borrowed for history_open(); NULL: one of its own */
};

/* Open the directory as the user that keeps it (after privileges were given up). NULL: e says why. One in which another
 * process records is opened, too, but not written: see history_state(). */
struct history *history_open(const struct history_options *o, struct error *e);
/* Flush, end the thread, free. NULL is fine. Takes 15 seconds at most: what a disk does not take by then is in the
 * journal, but for the last minute. */
void history_close(struct history *h);
/* Is there room for one more interval? If not, better take it later: it is counted as dropped. False, too, while nothing can
 * be recorded at all. Any thread. */
bool history_ready(struct history *h);
/* Hand over an interval (its reference is taken). Any thread; never waits, but with capture_time. Beyond history_ready() there
 * is room for the last ones of a run; else it is dropped and counted. */
void history_put(struct history *h, struct interval *i);
/* What writes the files: "librrd 1.7.2"; "no librrd": nothing can be recorded. Any thread. */
const char *history_library(void);
/* For the Sources pane. Any thread. */
void history_state(struct history *h, struct history_info *out);
/* All that was put is on disk when this returns 0; if something was dropped or lost e says so. Waits as long as
 * anything is written, and 15 seconds for a disk that does not answer; then h may only be closed. Main thread. */
int history_flush(struct history *h, struct error *e);
/* Bytes that a row had in days, weeks ... of the local calendar. pending: what of it was not harvested yet; taken_us: end of
 * the last interval that was. False: not known, or not yet: what is asked for is looked up for the next time. Any
 * thread; never waits for a disk. */
bool history_lasting(struct history *h, enum dim d, const struct dim_key *k, int64_t taken_us, int64_t pending,
		     uint64_t bytes[LASTING_COUNT]);
/* A picture of a period of the local calendar, of the totals that last: of all rows that had traffic in it. now_us: which day
 * is today. NULL: e says why. Any thread but history's own; waits. */
struct snapshot *history_report(struct history *h, const struct want *want, enum lasting period, int64_t now_us, struct error *e);

/* ---- replay ---- */

/* A feed over the stored history, at rest until something is asked of it; published (may be NULL) is called on history's thread
 * for each picture. There is one: a further call gives it to another watcher. Lives until history_close(). Any thread; never
 * waits for a disk. */
struct feed history_feed(struct history *h, const struct want *want, void (*published)(void *ctx), void *ctx);
/* Nobody looks at that feed any more: nothing is published after this returns. Any thread; never waits. */
void history_feed_end(struct history *h);
/* All that is recorded; false: nothing. Any thread but history's own. */
bool history_span(struct history *h, int64_t *from_us, int64_t *to_us);
/* A picture of (from_us, to_us], without a screen: waits for it. NULL: e says why. Any thread but history's own. */
struct snapshot *history_picture(struct history *h, const struct want *want, int64_t from_us, int64_t to_us, struct error *e);

#endif
