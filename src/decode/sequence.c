/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an exporter's headers tell of the stream: lost datagrams or records by the sequence numbers,
 * restarts, and how far its clock is from ours. Numbers count datagrams (v9, sFlow) or records (v5, v7,
 * IPFIX: RFC 7011 section 3.1), but some exporters do otherwise: all readings are kept, and the one
 * that fits the stream is believed. Where none fits for long, numbers tell nothing, and no loss is made of them.
 */
#include "config.h"

#include "decode/exporter.h"

enum {
	LATE_DATAGRAMS = 64,  /* how far back one may come that was overtaken */
	WINDOW_DATAGRAMS = 64, /* for the clock */
	STREAK = 64,          /* datagrams that come as they should halve the doubts */
	ASTRAY = 256,         /* misses in a row that are no loss: with 9 of 10 lost, 0.9^256 = 2e-12 */
	MOST_MISSES = 1000,
	MOST_LOST = 1 << 28   /* a gap that is larger is a new beginning */
};
static const int64_t clock_step_us = INT64_C(10000000); /* more is a clock that was set */
static const int64_t clock_wrong_us = INT64_C(600000000);
static const int64_t minute_us = INT64_C(60000000);
static const int64_t uptime_wrap_us = (INT64_C(1) << 32) * 1000;

static void count_begin(struct counting *r, uint32_t number, uint32_t units)
{
	r->begun = true;
	r->next = number + units;
	r->after_late = r->next;
	r->recent = 0;
}

/* One that was overtaken: it is not lost after all. Two in a row that follow each other: the numbers began anew. */
static bool count_late(struct counting *r, uint32_t number, uint32_t units)
{
	if (number == r->after_late && units != 0) {
		count_begin(r, number, units);
		return true;
	}
	uint32_t back = units < r->recent ? units : r->recent;

	r->lost -= back;
	r->recent -= back;
	r->after_late = number + units;
	return false;
}

/* One came as it should. A row that was not long ends here; numbers that are not believed must do well for a while. */
static void count_hit(struct counting *r, uint32_t units)
{
	r->next += units;
	r->after_late = r->next;
	r->streak++;
	if (r->astray < ASTRAY || r->streak == STREAK)
		r->astray = 0;
	if (r->streak == STREAK) {
		r->streak = 0;
		r->misses /= 2;
	}
}

static void count_miss(struct counting *r)
{
	r->streak = 0;
	r->misses += r->misses < MOST_MISSES;
	if (r->astray == 0)
		r->lost_before = r->lost;
	r->astray += r->astray < ASTRAY;
}

/* True: the exporter began anew. */
static bool count_gap(struct counting *r, uint32_t number, uint32_t units)
{
	int32_t gap = (int32_t)(number - r->next);
	uint32_t reach = (units > 0 ? units : 1) * LATE_DATAGRAMS;

	if (gap > 0 && gap <= MOST_LOST) {
		r->lost += (uint32_t)gap;
		r->recent = (uint32_t)gap;
		r->next = number + units;
		r->after_late = r->next;
		return false;
	}
	if (gap < 0 && r->next - number <= reach)
		return count_late(r, number, units);
	count_begin(r, number, units);
	return true;
}

/* The same. What a row of misses made of loss is taken back when the row is too long to be loss. */
static bool count_number(struct counting *r, uint32_t number, uint32_t units)
{
	if (number == r->next) {
		count_hit(r, units);
		return false;
	}
	count_miss(r);
	bool anew = count_gap(r, number, units);

	if (r->astray < ASTRAY)
		return anew;
	r->lost = r->lost_before;
	r->recent = 0;
	return false;
}

/* The protocol's own reading, unless it fails again and again where another fits. */
static const struct counting *believed(const struct exporter *x)
{
	const struct counting *as = x->sequence.as, *told = &as[x->version_unit], *best = told;

	for (unsigned u = 0; u < SEQUENCE_UNITS; u++)
		if (as[u].misses * 2 + 1 < told->misses && as[u].misses < best->misses)
			best = &as[u];
	return best;
}

void exporter_sequence(struct exporter *x, uint32_t number, uint32_t flows, uint32_t options, bool uncounted)
{
	const uint32_t units[SEQUENCE_UNITS] = {flows + options, 1, flows, flows};
	const uint32_t numbers[SEQUENCE_UNITS] = {number, number, number, number - flows};
	struct counting *as = x->sequence.as;
	bool anew[SEQUENCE_UNITS] = {false};

	for (unsigned u = 0; u < SEQUENCE_UNITS; u++) {
		if (as[u].begun)
			anew[u] = count_number(&as[u], numbers[u], units[u]);
		else
			count_begin(&as[u], numbers[u], units[u]);
		if (uncounted && u != COUNTS_DATAGRAMS)
			as[u].begun = false;
	}
	const struct counting *c = believed(x);

	x->seen.lost = c->lost;
	x->seen.misnumbered = c->astray >= ASTRAY;
	x->seen.restarts += anew[c - as];
}

void exporter_sequence_anew(struct exporter *x)
{
	for (unsigned u = 0; u < SEQUENCE_UNITS; u++)
		x->sequence.as[u].begun = false;
}

void exporter_uptime(struct exporter *x, uint32_t uptime_ms, int64_t export_us)
{
	int64_t boot_us = export_us - (int64_t)uptime_ms * 1000, later_us = boot_us - x->seen.boot_us;
	int64_t off_wrap_us = later_us > uptime_wrap_us ? later_us - uptime_wrap_us : uptime_wrap_us - later_us;

	/* a little less is a datagram that was overtaken; the counter wraps after 49 days */
	if (x->seen.datagrams > 1 && uptime_ms < x->uptime_ms && later_us > minute_us && off_wrap_us > minute_us) {
		x->seen.restarts++;
		exporter_sequence_anew(x);
	}
	x->uptime_ms = uptime_ms;
	x->seen.boot_us = boot_us;
}

void exporter_clock(struct exporter *x, int64_t export_us, int64_t arrival_us)
{
	struct clock *c = &x->clock;
	int64_t offset = export_us - arrival_us, known = x->seen.clock_offset_us;

	if (!x->seen.has_clock || offset - known > clock_step_us || known - offset > clock_step_us) {
		c->best[0] = c->best[1] = offset;
		c->seen = 0;
	}
	if (c->seen == WINDOW_DATAGRAMS) {
		c->best[0] = c->best[1];
		c->best[1] = offset;
		c->seen = 0;
	}
	c->seen++;
	if (offset > c->best[1])
		c->best[1] = offset;
	x->seen.clock_offset_us = c->best[0] > c->best[1] ? c->best[0] : c->best[1];
	x->seen.has_clock = true;
}

int64_t export_clock_correction(const struct export_exporter *x)
{
	bool wrong = x->clock_offset_us > clock_wrong_us || x->clock_offset_us < -clock_wrong_us;

	return x->has_clock && wrong ? -x->clock_offset_us : 0;
}
