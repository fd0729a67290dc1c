/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An archive as the source of windows. History's thread.
 */
#include "config.h"

#include "history/window.h"

static const struct entity *from_archive_next(void *ctx, int dim, size_t *cursor)
{
	return archive_next(ctx, dim, cursor);
}

static void from_archive_entity(void *ctx, const struct entity *e, struct entity_info *out)
{
	archive_entity(ctx, e, out);
}

static int from_archive_fetch(void *ctx, const struct entity *e, int64_t from_us, int64_t to_us, int64_t step_us,
			      struct series_block *out, struct error *error)
{
	return archive_fetch(ctx, e, from_us, to_us, step_us, out, error);
}

static void from_archive_soon(void *ctx, const struct entity *e)
{
	archive_soon(ctx, e);
}

static bool from_archive_span(void *ctx, struct archive_span *out)
{
	return archive_span(ctx, out);
}

static int64_t from_archive_as_of(void *ctx, int64_t at_us)
{
	return archive_as_of(ctx, at_us);
}

static size_t from_archive_runs(void *ctx, struct archive_span *out, size_t max)
{
	return archive_runs(ctx, out, max);
}

struct window_source window_source_of(struct archive *a)
{
	return (struct window_source){.ctx = a, .next = from_archive_next, .entity = from_archive_entity,
				      .fetch = from_archive_fetch, .steps = archive_steps, .span = from_archive_span,
				      .as_of = from_archive_as_of, .runs = from_archive_runs, .soon = from_archive_soon};
}
