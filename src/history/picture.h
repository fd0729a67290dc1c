/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures of the past: see picture.c. Private to src/history.
 */
#ifndef HISTORY_PICTURE_H
#define HISTORY_PICTURE_H

#include "dpitop/filter.h"
#include "dpitop/snapshot.h"
#include "history/window.h"

struct picture_context { /* borrowed */
	const struct dpi *dpi;
	struct geoip *geoip;
	struct subnets *subnets;
	const char *name;       /* of the history, where no interface is known */
};

/* Which rows of a window a filter's traffic part holds for: one enum filter_told for each. The caller frees it. */
uint8_t *picture_match(const struct window *w, const struct filter *f, const struct picture_context *c);
/* The picture of one step. matches: of the filter (which may be NULL), NULL where that has no traffic part. info: what is
 * known of the whole; the rest of it is filled in. */
struct snapshot *picture_of(const struct window *w, size_t at, const struct want *want, const struct filter *f,
			    const uint8_t *matches, const struct picture_context *c, const struct replay_info *info);

/* All from from_us to to_us in one, both widened to what the files have at that age; 0: to the ends of what is recorded.
 * NULL: e says why. */
struct snapshot *picture_sum(const struct window_source *s, const struct picture_context *c, const struct want *want,
			     int64_t from_us, int64_t to_us, struct error *e);

#endif
