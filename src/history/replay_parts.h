/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inside of a replay, for the files that make it: replay.c and replay_jump.c. Private to src/history.
 */
#ifndef HISTORY_REPLAY_PARTS_H
#define HISTORY_REPLAY_PARTS_H

#include "history/replay.h"

struct replay {
	const struct window_source *source;
	const struct picture_context *context;
	struct want want;
	struct filter *filter;   /* NULL: none */
	uint8_t *matches;        /* of seen, by the filter; NULL: not known yet */
	struct archive_span span; /* all that is recorded */
	struct window *seen;     /* what pictures are made of */
	struct window *coming;   /* what they will be made of when it is loaded; NULL: nothing */
	struct window *beside[2]; /* before seen, behind it */
	struct window *beside_of; /* for which they were chosen, */
	int64_t beside_as_of_us;  /* and when that was all there was */
	int64_t zoom_us;         /* width of what is in sight */
	int64_t place_us;        /* a moment of the step that is shown */
	int64_t shown_us;        /* as of the last picture that was not loading */
	double speed;
	int64_t clock_us;        /* of the last tick */
	enum replay_note note;
	uint32_t note_number;
	uint64_t sequence;
	bool due;                /* something changed since the last picture */
};

void replay_look(struct replay *r); /* what is recorded by now */
struct window *replay_window(struct replay *r);
void replay_note(struct replay *r, enum replay_note note);

#endif
