/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which step suits a span: see window_step.c. Private to src/history.
 */
#ifndef HISTORY_WINDOW_STEP_H
#define HISTORY_WINDOW_STEP_H

#include "history/window.h"

/* The next of the steps a timeline may have. */
int64_t window_coarser(int64_t step_us);
/* The step of that dimension's files that is read for steps of step_us from from_us on: the coarsest that fits into
 * them and reaches so far back; 0: it has no history. */
int64_t window_file_step(const struct window_source *s, int dim, int64_t from_us, int64_t step_us, int64_t newest_us);
/* Of the graph: the finest there is with no more than WINDOW_GRAPH of them in the span. */
int64_t window_graph_step(const struct window_source *s, int64_t from_us, int64_t to_us, int64_t newest_us);
/* As of when what was recorded at from_us is kept: the newest, or a time that the clock once was ahead to. */
int64_t window_as_of(const struct window_source *s, int64_t from_us, int64_t newest_us);

#endif
