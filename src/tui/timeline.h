/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The past on the screen: the line above the footer, graphs over the visible span; see timeline.c. Private to
 * src/tui.
 */
#ifndef TUI_TIMELINE_H
#define TUI_TIMELINE_H

#include "tui/screen.h"

bool past_is_shown(const struct tui *t);    /* the feed is a replay */
bool past_can_be(const struct tui *t);      /* live, and there is a history */
bool past_has_live(const struct tui *t);    /* one can go back to live */

int timeline_rows(const struct tui *t);     /* lines it takes above the footer; 0: none */
void timeline_draw(struct tui *t, struct rect r);
/* The cell of `cells` in which a moment of the visible span lies; -1: it is not in sight. A cell's middle as a moment. */
int timeline_cell(const struct replay_info *r, int cells, int64_t us);
int64_t timeline_moment(const struct replay_info *r, int cells, int cell);
/* `count` values, that cover the visible span, as `wide` of them: each the mean of what it covers, NaN where that is a gap. */
void timeline_stretch(const double *values, size_t count, double *to, size_t wide);
/* A line of times below a graph, and where one stands. */
void timeline_axis(struct tui *t, struct rect r);
/* "2026-11-20 09:00 to 2026-11-21 09:00" */
const char *timeline_span_text(const struct replay_info *r, char *buf, size_t size);

/* ---- timeline_keys.c ---- */
enum reaction past_enter(struct tui *t);
enum reaction past_leave(struct tui *t);
enum reaction past_ask_time(struct tui *t);
int past_check_time(struct tui *t, const char *text, struct error *e);
enum reaction past_go_to(struct tui *t, const char *text);
void past_settle(struct tui *t);            /* after a new picture */

#endif
