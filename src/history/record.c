/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Booking an interval: which step it is of, and each of its rows into the samples of its entity (or of the rest of
 * its dimension) and into its totals of the day. All in memory and in the journal's buffer.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/key_text.h"
#include "dpitop/log.h"
#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "history/parts.h"

enum { EARLY_US = SECOND / 2, BUSIEST = 200 /* of an interval */ };

/* librrd takes none older: captures without a clock begin in 1970 */
static const int64_t time_min_us = (int64_t)3600 * 24 * 365 * 10 * SECOND;
static const int64_t time_max_us = ((int64_t)1 << 33) * SECOND; /* as rrd_check() has it */

struct booking {
	struct archive *a;
	const struct interval *in;
	int64_t step_s, slot_s;  /* (slot - step, slot] */
	int32_t day;
	bool late;
	int64_t busy;            /* hosts elsewhere with fewer bytes get no file */
	int64_t above[DIM_COUNT]; /* where admit_only_busiest(): of those that are new only rows with more bytes are remembered */
	struct candidate *candidates;
	size_t count;
	struct { bool any; int64_t values[SERIES_COUNT]; } rest[DIM_COUNT]; /* by series, not by column */
	struct counters unnamed[DIM_COUNT]; /* of the rest, what is in the totals of no row */
};

/* ---- steps ---- */

static int64_t end_of_step(int64_t us, int64_t step_s)
{
	int64_t step_us = step_s * SECOND;

	return (us + step_us - 1) / step_us * step_s;
}

/* An interval that ends about where a step does is all of it, with those before; what ends within a step leaves it open for
 * what a next run may have of it. A step that is closed gets nothing more: the next one does. */
static void find_step(struct booking *b)
{
	struct class_state *s = &b->a->classes[b->in->class_];
	int64_t step_us = b->step_s * SECOND;
	int64_t nearest = (b->in->to_us + step_us / 2) / step_us * step_us;
	int64_t off = b->in->to_us - nearest;
	bool ends = off <= EARLY_US && off >= -EARLY_US && nearest > b->in->from_us && nearest / SECOND > s->closed_s;

	b->slot_s = ends ? nearest / SECOND : end_of_step(b->in->to_us, b->step_s);
	if (b->slot_s <= s->closed_s)
		b->slot_s = s->closed_s + b->step_s;
	if (b->slot_s < s->booked_s)
		b->slot_s = s->booked_s;
	if (ends)
		s->closed_s = b->slot_s;
	else if (b->slot_s - b->step_s > s->closed_s)
		s->closed_s = b->slot_s - b->step_s;
}

static void begin_step(struct booking *b)
{
	struct class_state *s = &b->a->classes[b->in->class_];
	int64_t from_s = b->in->from_us / SECOND, begin;

	find_step(b);
	from_s -= from_s % b->step_s;
	begin = from_s < b->slot_s ? from_s : b->slot_s - b->step_s;
	/* a tick that is a little late does not make a gap */
	if (!b->in->begins && s->last_us != 0 && b->in->from_us <= s->last_us + EARLY_US && s->booked_s < b->slot_s)
		begin = begin < s->booked_s ? begin : s->booked_s;
	runs_add(&s->runs, begin, b->slot_s);
	s->booked_s = b->slot_s;
	s->last_us = b->in->to_us > s->last_us ? b->in->to_us : s->last_us;
}

/* ---- rows ---- */

static void values_of(const struct interval_row *r, int64_t by_series[SERIES_COUNT])
{
	memset(by_series, 0, SERIES_COUNT * sizeof *by_series);
	by_series[SERIES_BYTES_0] = r->bytes[0];
	by_series[SERIES_BYTES_1] = r->bytes[1];
	by_series[SERIES_PACKETS_0] = r->packets[0];
	by_series[SERIES_PACKETS_1] = r->packets[1];
	by_series[SERIES_FLOWS] = r->flows;
	by_series[SERIES_LIVE] = r->live;
	by_series[SERIES_HOSTS] = r->hosts;
}

static void in_columns(int dim, const int64_t by_series[SERIES_COUNT], int64_t values[SERIES_COUNT])
{
	unsigned all = archive_series(dim);
	size_t n = 0;

	for (int s = 0; s < SERIES_COUNT; s++)
		if (all >> s & 1)
			values[n++] = by_series[s];
}

static struct counters counters_of(const int64_t by_series[SERIES_COUNT])
{
	return (struct counters){{by_series[SERIES_BYTES_0], by_series[SERIES_BYTES_1]},
				 {by_series[SERIES_PACKETS_0], by_series[SERIES_PACKETS_1]},
				 by_series[SERIES_FLOWS]};
}

static void book_totals_of(struct booking *b, struct entity *e, const struct counters *c)
{
	ledger_add(&e->ledger, b->day, c);
	journal_ledger(b->a, e, b->in->to_us, b->day, c);
}

/* Its sample and its totals at once. */
static void book(struct booking *b, struct entity *e, const int64_t by_series[SERIES_COUNT])
{
	struct counters c = counters_of(by_series);
	int64_t values[SERIES_COUNT];

	in_columns(e->dim, by_series, values);
	ledger_add(&e->ledger, b->day, &c);
	entity_sample(b->a, e, b->slot_s, values);
	journal_booked(b->a, e, b->slot_s, b->day, values);
}

static void to_rest(struct booking *b, int dim, const int64_t by_series[SERIES_COUNT])
{
	b->rest[dim].any = true;
	for (int s = 0; s < SERIES_COUNT; s++)
		b->rest[dim].values[s] += by_series[s];
}

static struct entity *entity_of_row(struct booking *b, const struct interval_row *r)
{
	struct entity *e = r->text == NULL ? entity_get(b->a, r->dim, &r->key) : NULL;
	char text[KEY_TEXT];

	if (e != NULL)
		return e;
	if (r->text != NULL)
		text_clean(text, sizeof text, r->text, strlen(r->text));
	else
		key_text((enum dim)r->dim, &r->key, NULL, NULL, text, sizeof text);
	return text[0] != '\0' ? entity_touch(b->a, r->dim, text, &r->key) : NULL;
}

static int64_t bytes_of(const struct interval_row *r)
{
	return r->bytes[0] + r->bytes[1];
}

static struct entity *entity_if_busy(struct booking *b, const struct interval_row *r)
{
	struct entity *e;

	if (r->flags & INTERVAL_OTHER)
		return NULL;
	if (!admit_only_busiest(r->dim) || bytes_of(r) > b->above[r->dim])
		return entity_of_row(b, r);
	e = entity_get(b->a, r->dim, &r->key);
	return e != NULL && e->stored ? e : NULL;
}

static void book_row(struct booking *b, const struct interval_row *r)
{
	int64_t by_series[SERIES_COUNT];
	struct counters c;
	struct entity *e;

	if (r->dim >= DIM_COUNT || layout_class(r->dim) != b->in->class_)
		return;
	values_of(r, by_series);
	c = counters_of(by_series);
	e = entity_if_busy(b, r);
	if (e == NULL) { /* no row of its own, no room to remember it, or not worth it */
		counters_add(&b->unnamed[r->dim], &c);
		if (!b->late)
			to_rest(b, r->dim, by_series);
		return;
	}
	e->stamp = b->a->stamp;
	entity_see(b->a, e, b->in->to_us);
	entity_describe(b->a, e, r->name != NULL ? r->name : "", r->country, r->flags & INTERVAL_LOCAL);
	if (b->late) {
		book_totals_of(b, e, &c);
	} else if (e->stored) {
		book(b, e, by_series);
	} else {
		b->candidates[b->count++] = (struct candidate){.entity = e, .bytes = bytes_of(r), .row = r};
	}
}

/* ---- who is new ---- */

static int descending(const void *pa, const void *pb)
{
	int64_t a = *(const int64_t *)pa, b = *(const int64_t *)pb;

	return a < b ? 1 : a > b ? -1 : 0;
}

/* The bytes of the n-th of a dimension's rows without such a flag, the busiest first; INT64_MIN: there are fewer. */
static int64_t bytes_of_nth(const struct interval *in, int dim, uint8_t without, size_t n)
{
	int64_t *bytes = mem_array(in->count + 1, sizeof *bytes), found;
	size_t count = 0;

	for (size_t i = 0; i < in->count; i++)
		if (in->rows[i].dim == dim && !(in->rows[i].flags & without))
			bytes[count++] = bytes_of(&in->rows[i]);
	qsort(bytes, count, sizeof *bytes, descending);
	found = count >= n ? bytes[n - 1] : INT64_MIN;
	mem_free(bytes);
	return found;
}

/* Of many that are equally busy none is among the busiest, but of hosts: a scan of all ports is one thing. */
static void find_busiest(struct booking *b)
{
	size_t hosts = b->a->options.hosts_per_interval;

	for (int d = 0; d < DIM_COUNT; d++)
		if (admit_only_busiest(d) && layout_class(d) == b->in->class_)
			b->above[d] = bytes_of_nth(b->in, d, INTERVAL_OTHER, BUSIEST + 1);
	hosts = hosts != 0 ? hosts : BUSIEST;
	b->busy = b->in->class_ == INTERVAL_HOST ? bytes_of_nth(b->in, DIM_HOST, INTERVAL_LOCAL | INTERVAL_OTHER, hosts) : 0;
}

static void book_candidates(struct booking *b)
{
	size_t worthy = 0;

	for (size_t i = 0; i < b->count; i++) {
		struct candidate c = b->candidates[i];

		c.rank = admit_rank(c.entity->dim, c.entity->local);
		if (c.entity->dim == DIM_HOST && !c.entity->local && c.bytes < b->busy)
			continue;
		b->candidates[i] = b->candidates[worthy];
		b->candidates[worthy++] = c;
	}
	admit(b->a, b->candidates, worthy, b->slot_s - b->step_s);
	for (size_t i = 0; i < b->count; i++) {
		struct entity *e = b->candidates[i].entity;
		int64_t by_series[SERIES_COUNT];

		values_of(b->candidates[i].row, by_series);
		if (e->stored) {
			book(b, e, by_series);
		} else {
			struct counters c = counters_of(by_series);

			book_totals_of(b, e, &c);
			to_rest(b, e->dim, by_series);
		}
	}
}

static void book_unnamed(struct booking *b)
{
	static const struct counters nothing;

	for (int d = 0; d < DIM_COUNT; d++) {
		struct entity *e = memcmp(&b->unnamed[d], &nothing, sizeof nothing) != 0 ? entity_rest(b->a, d) : NULL;

		if (e != NULL)
			book_totals_of(b, e, &b->unnamed[d]);
	}
}

/* What is in no other file. Its totals were booked row by row: they may be remembered without a file. */
static void book_rests(struct booking *b)
{
	for (int d = 0; d < DIM_COUNT; d++) {
		struct entity *e = b->rest[d].any ? entity_rest(b->a, d) : NULL;
		int64_t values[SERIES_COUNT];

		if (e == NULL)
			continue;
		admit_always(b->a, e, b->slot_s - b->step_s);
		entity_see(b->a, e, b->in->to_us);
		if (!e->stored)
			continue;
		in_columns(d, b->rest[d].values, values);
		entity_sample(b->a, e, b->slot_s, values);
		journal_sample(b->a, e, b->slot_s, values);
	}
}

static void book_all(struct booking *b)
{
	const struct interval_totals *t = &b->in->totals;
	struct entity *e = entity_rest(b->a, ENTITY_TOTALS);
	int64_t v[SERIES_COUNT] = {
		[SERIES_BYTES_0] = (int64_t)t->out_bytes, [SERIES_BYTES_1] = (int64_t)t->in_bytes,
		[SERIES_PACKETS_0] = (int64_t)t->packets, [SERIES_FLOWS] = (int64_t)t->flows,
		[SERIES_LIVE] = (int64_t)t->live_flows, [SERIES_HOSTS] = (int64_t)t->hosts,
		[SERIES_BYTES] = (int64_t)t->bytes, [SERIES_LOCAL] = (int64_t)t->local_bytes,
		[SERIES_TRANSIT] = (int64_t)t->transit_bytes, [SERIES_NON_IP] = (int64_t)t->non_ip_bytes,
		[SERIES_NON_IP_PACKETS] = (int64_t)t->non_ip_packets, [SERIES_DROPS] = (int64_t)t->drops};

	if (e == NULL)
		return;
	entity_see(b->a, e, b->in->to_us);
	if (!b->late)
		admit_always(b->a, e, b->slot_s - b->step_s);
	if (e->stored && !b->late) {
		book(b, e, v);
	} else {
		struct counters c = counters_of(v);

		book_totals_of(b, e, &c);
	}
}

static void book_interval(struct booking *b)
{
	b->candidates = mem_array(b->in->count + 1, sizeof *b->candidates);
	find_busiest(b);
	if (b->in->class_ == INTERVAL_LINE)
		book_all(b);
	for (size_t i = 0; i < b->in->count; i++)
		book_row(b, &b->in->rows[i]);
	book_candidates(b);
	book_unnamed(b);
	book_rests(b);
	mem_free(b->candidates);
}

/* The longest steps end where all others do, too: who recovers has all classes up to the same moment. */
static void commit_minute(struct archive *a)
{
	if (a->trouble[0] == '\0' && journal_commit(a) && checkpoint_is_due(a))
		checkpoint_write(a);
}

/* Said once; a little is what two runs in one second or minute overlap. */
static void tell_late(struct archive *a, int64_t by_us)
{
	if (a->told_late || a->options.capture_time || by_us <= LATE_TOLD_S * (int64_t)SECOND)
		return;
	a->told_late = true;
	log_line(LOG_WARN_, "history: the clock was set back: for %lld minutes what comes counts in totals only",
		 (long long)((by_us + 60 * (int64_t)SECOND - 1) / (60 * (int64_t)SECOND)));
}

/* Back within a minute: what comes goes into the step that is open. By more: all classes are late up to the same moment, when
 * the last of their steps is over, so that their sums agree. Times of a capture are its own. */
static bool is_late(struct archive *a, const struct interval *in)
{
	const struct class_state *s = &a->classes[in->class_];
	const int64_t minute_us = (int64_t)layout_of_class(INTERVAL_CLASSES - 1)->step_s * SECOND;

	if (a->options.capture_time)
		return in->to_us <= s->last_us;
	for (int c = 0; c < INTERVAL_CLASSES && in->from_us <= s->last_us - minute_us; c++)
		if (a->classes[c].last_us > a->late_until_us)
			a->late_until_us = (a->classes[c].last_us + minute_us - 1) / minute_us * minute_us;
	return in->from_us < a->late_until_us;
}

int archive_record(struct archive *a, const struct interval *in, struct error *e)
{
	struct booking b = {.a = a, .in = in};
	struct class_state *s;

	if (!a->writing)
		return error_set(e, ERR_PERMISSION, "%s", a->reader_text);
	if (in->class_ >= INTERVAL_CLASSES || in->from_us < 0 || in->to_us <= in->from_us || in->to_us > time_max_us)
		return error_set(e, ERR_LIMIT, "an interval without a time");
	if (in->from_us <= time_min_us) {
		a->state.lost++;
		return error_set(e, ERR_LIMIT, "what lies before 1980 cannot be recorded");
	}
	s = &a->classes[in->class_];
	b.step_s = layout_of_class(in->class_)->step_s;
	b.day = ledger_day(in->to_us - 1);
	if (archive_is_ahead(a, in))
		archive_go_back(a, in->from_us);
	b.late = is_late(a, in);
	if (a->waiting_bytes > WAITING_MAX || a->journal.lines.n > 4 * (size_t)LINES_MAX)
		archive_flush(a, NULL); /* whoever records has not called archive_work() */
	if (!b.late && a->waiting_bytes > WAITING_MAX) {
		a->state.lost++;
		return error_set(e, ERR_IO, "%s", a->trouble);
	}
	a->stamp++;
	if (!b.late) {
		begin_step(&b);
		a->newest_us = in->to_us > a->newest_us ? in->to_us : a->newest_us;
	}
	book_interval(&b);
	if (!b.late && in->class_ == INTERVAL_CLASSES - 1)
		commit_minute(a);
	a->told_late &= b.late;
	if (b.late) {
		a->state.late++;
		tell_late(a, s->last_us - in->to_us);
		return error_set(e, ERR_LIMIT, "the clock was set back: what lies before the newest interval is not recorded");
	}
	return a->trouble[0] != '\0' ? error_set(e, ERR_IO, "%s", a->trouble) : 0;
}
