/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * history: windows, pictures of the past, and where someone stands who looks at it; of a past without a disk.
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "dpitop/column.h"
#include "dpitop/mem.h"
#include "history/window_step.h"
#include "past.h"

Suite *replay_suite(void);

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)

static struct want wanted(void)
{
	struct want w;

	memset(&w, 0, sizeof w);
	for (int d = 0; d < DIM_LIST_COUNT; d++)
		w.lists[d].on = true;
	return w;
}

static uint64_t both(const struct row *r)
{
	return r->total.bytes[0] + r->total.bytes[1];
}

static const struct row *row_of(const struct snapshot *s, enum dim d, const char *label)
{
	for (size_t i = 0; i < s->lists[d].count; i++)
		if (strcmp(s->lists[d].rows[i].label, label) == 0)
			return &s->lists[d].rows[i];
	return NULL;
}

static struct snapshot *at(struct past *p, int64_t us)
{
	replay_seek(p->replay, us);
	return past_picture(p);
}

static struct past *begin(void)
{
	struct past *p = past_new();
	struct want w = wanted();

	replay_want(p->replay, &w);
	return p;
}

/* ---- steps ---- */

START_TEST(step_suits_width_and_age)
{
	static const struct { int64_t width, age, step; } cases[] = {
		{MINUTE, 0, MINUTE}, {HOUR, HOUR, MINUTE}, {3 * HOUR, 12 * HOUR, MINUTE}, {6 * HOUR, 12 * HOUR, 5 * MINUTE},
		{DAY, DAY / 2, 10 * MINUTE}, {HOUR, 3 * DAY, 5 * MINUTE}, {HOUR, 10 * DAY, HOUR}, {7 * DAY, 7 * DAY, HOUR},
		{30 * DAY, 30 * DAY, 3 * HOUR}, {DAY, 100 * DAY, 6 * HOUR}, {730 * DAY, 730 * DAY, 7 * DAY},
	};
	struct past *p = past_new();

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int64_t step = window_step_for(&p->source, cases[i].width, PAST_END_US - cases[i].age, PAST_END_US);

		ck_assert_msg(step == cases[i].step, "case %zu: %lld s", i, (long long)(step / SECOND));
		ck_assert_int_le(cases[i].width / step, WINDOW_COLUMNS);
	}
	past_free(p);
}
END_TEST

START_TEST(files_are_read_at_the_coarsest_step_that_fits)
{
	struct past *p = past_new();
	const struct window_source *s = &p->source;
	int64_t day = PAST_END_US - PAST_END_US % DAY;

	ck_assert_int_eq(window_file_step(s, DIM_HOST, day, 3 * HOUR, PAST_END_US), HOUR);
	ck_assert_int_eq(window_file_step(s, DIM_HOST, day, 10 * MINUTE, PAST_END_US), 5 * MINUTE);
	ck_assert_int_eq(window_file_step(s, DIM_APP, day, MINUTE, PAST_END_US), MINUTE);
	ck_assert_int_eq(window_file_step(s, DIM_APP, day + MINUTE, 10 * MINUTE, PAST_END_US), MINUTE); /* no five of them */
	ck_assert_int_eq(window_file_step(s, DIM_SITE, day, MINUTE, PAST_END_US), 0);
	past_free(p);
}
END_TEST

/* ---- pictures ---- */

START_TEST(picture_has_the_bytes_of_its_interval)
{
	struct past *p = begin();
	struct snapshot *s = at(p, PAST_END_US - 90 * MINUTE);
	const struct replay_info *r = &s->replay;

	ck_assert(r->on && r->recorded && !r->loading);
	ck_assert_int_eq(r->step_us, 10 * MINUTE);
	ck_assert_int_eq(r->to_us - r->from_us, r->step_us);
	ck_assert(r->from_us < PAST_END_US - 90 * MINUTE && r->to_us >= PAST_END_US - 90 * MINUTE);
	ck_assert_uint_eq(s->totals.bytes, past_bytes(r->from_us, r->to_us));
	ck_assert_uint_eq(both(&s->lists[DIM_APP].sum), s->totals.bytes);
	ck_assert_uint_eq(both(&s->lists[DIM_L4].sum), s->totals.bytes);
	ck_assert_uint_eq(both(&s->lists[DIM_SUBNET_PAIR].sum), s->totals.bytes);
	ck_assert_uint_eq(s->lists[DIM_HOST].sum.total.bytes[0], s->totals.bytes);
	ck_assert_uint_eq(s->lists[DIM_HOST].sum.total.bytes[1], s->totals.bytes);
	ck_assert_int_eq(s->now_us, r->to_us);
	snapshot_unref(s);
	past_free(p);
}
END_TEST

START_TEST(rates_are_sums_by_length)
{
	struct past *p = begin();
	struct snapshot *s = at(p, PAST_END_US - 90 * MINUTE);
	const struct row *r = row_of(s, DIM_HOST, "10.0.0.5");

	ck_assert_ptr_nonnull(r);
	ck_assert_uint_eq(r->rate[0], (r->total.bytes[0] + 300) / 600);
	ck_assert_uint_eq(s->rate_in + s->rate_out, (s->totals.in_bytes + 300) / 600 + (s->totals.out_bytes + 300) / 600);
	ck_assert_uint_eq(r->spark[DIM_SPARK - 1], both(r)); /* the last step is the one shown */
	ck_assert_uint_gt(r->spark[0], 0);
	ck_assert_uint_ge(r->peak, r->rate[0] + r->rate[1]);
	snapshot_unref(s);
	past_free(p);
}
END_TEST

START_TEST(rows_are_as_they_were_recorded)
{
	struct past *p = begin();
	struct snapshot *s = at(p, PAST_END_US - 90 * MINUTE);
	const struct row *nas = row_of(s, DIM_HOST, "192.168.1.40"), *far = row_of(s, DIM_HOST, "203.0.113.10");

	ck_assert_ptr_nonnull(nas);
	ck_assert_str_eq(nas->name, "nas.lan");
	ck_assert(nas->flags & ROW_LOCAL);
	ck_assert_str_eq(nas->where, "local");
	ck_assert_ptr_nonnull(far);
	ck_assert_str_eq(far->country, "US");
	ck_assert(!(far->flags & ROW_LOCAL));
	ck_assert_str_eq(s->sources[0].name, "eth0");
	ck_assert_str_eq(s->sources[0].kind, "replay");
	ck_assert_uint_eq(s->sources[0].bytes, s->totals.bytes);
	ck_assert_str_eq(s->lists[DIM_INTERFACE].rows[0].label, "eth0");
	snapshot_unref(s);
	past_free(p);
}
END_TEST

START_TEST(what_history_does_not_have_is_no_empty_list)
{
	struct past *p = begin();
	struct snapshot *s = at(p, PAST_END_US - 90 * MINUTE);

	ck_assert_ptr_null(s->lists[DIM_FLOW].rows);
	ck_assert_ptr_null(s->lists[DIM_SITE].rows);
	ck_assert_ptr_nonnull(s->lists[DIM_HOST].rows);
	ck_assert(!(s->replay.dims >> DIM_SITE & 1));
	ck_assert(s->replay.dims >> DIM_VLAN & 1);
	ck_assert(!column_is_recorded(column_find(DIM_HOST, "peers")));
	ck_assert(column_is_recorded(column_find(DIM_HOST, "sent_bytes")));
	snapshot_unref(s);
	past_free(p);
}
END_TEST

START_TEST(graph_spans_what_is_in_sight_and_has_gaps)
{
	struct past *p = begin();
	struct snapshot *s = at(p, PAST_END_US - 43 * HOUR);
	size_t gaps = 0;

	ck_assert(!s->replay.recorded);
	ck_assert_int_eq((int64_t)s->graph_count * s->replay.graph_step_us, s->replay.window_to_us - s->replay.window_from_us);
	for (size_t i = 0; i < s->graph_count; i++) {
		int64_t from = s->replay.window_from_us + (int64_t)i * s->replay.graph_step_us;
		bool gap = s->graph[i][0] == MODEL_GRAPH_GAP;

		gaps += gap;
		if (gap)
			ck_assert_uint_eq(past_bytes(from, from + s->replay.graph_step_us), 0);
		else
			ck_assert_uint_le(s->graph[i][0] + s->graph[i][1],
					  past_bytes(from, from + s->replay.graph_step_us) * 1000000 / (uint64_t)s->replay.graph_step_us + 2);
	}
	ck_assert_uint_ge(gaps, 3 * HOUR / s->replay.graph_step_us - 1);
	ck_assert_uint_eq(s->totals.bytes, 0);
	snapshot_unref(s);
	past_free(p);
}
END_TEST

START_TEST(details_have_a_graph_of_their_row)
{
	struct past *p = past_new();
	struct want w = wanted();
	struct snapshot *s;
	uint64_t sum = 0;

	w.focus = (struct want_focus){.on = true, .dim = DIM_HOST};
	ck_assert_int_eq(addr_parse(&w.focus.key.host.addr, "10.0.0.5", NULL), 0);
	replay_want(p->replay, &w);
	s = at(p, PAST_END_US - 90 * MINUTE);
	ck_assert_ptr_nonnull(s->focus);
	ck_assert(s->focus->found && !s->focus->counted);
	ck_assert_str_eq(s->focus->row.label, "10.0.0.5");
	ck_assert_int_eq((int64_t)s->focus->graph_count * s->replay.step_us, s->replay.window_to_us - s->replay.window_from_us);
	for (size_t i = 0; i < s->focus->graph_count; i++)
		sum += s->focus->graph[i][0] != MODEL_GRAPH_GAP ? s->focus->graph[i][0] : 0;
	ck_assert_uint_gt(sum, 0);
	snapshot_unref(s);
	past_free(p);
}
END_TEST

/* ---- filters ---- */

static struct snapshot *filtered(struct past *p, const char *filter)
{
	struct want w = wanted();

	snprintf(w.filter, sizeof w.filter, "%s", filter);
	replay_want(p->replay, &w);
	return at(p, PAST_END_US - 90 * MINUTE);
}

START_TEST(filter_keeps_rows_by_what_they_are)
{
	static const struct { const char *filter; enum dim dim; size_t rows; bool untold; } cases[] = {
		{"host = 10.0.0.5", DIM_HOST, 1, false}, {"net = 10.0.0.0/8", DIM_HOST, 2, false}, {"country = DE", DIM_HOST, 3, false},
		{"nas", DIM_HOST, 1, false}, {"not net = 10.0.0.0/8", DIM_HOST, 7, false}, {"country = DE", DIM_COUNTRY, 1, false},
		{"app = BitTorrent", DIM_APP, 1, false}, {"l4 = udp", DIM_L4, 1, false}, {"net = 10.0.0.0/8", DIM_SUBNET, 1, false},
		{"src.net = 10.0.0.0/24", DIM_SUBNET_PAIR, 1, false}, {"app = BitTorrent", DIM_HOST, 0, true},
		{"host = 10.0.0.5", DIM_APP, 0, true}, {"net = 10.0.0.0/28", DIM_SUBNET, 0, true}, {"port = 53", DIM_HOST, 0, true},
		{"app = TLS and host = 10.0.0.5", DIM_APP, 0, true}, {"as = 64502", DIM_AS, 1, false}, {"iface = eth0", DIM_INTERFACE, 1, false},
	};
	struct past *p = past_new();

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct snapshot *s = filtered(p, cases[i].filter);
		enum dim d = cases[i].dim;

		ck_assert_msg(s->lists[d].count == cases[i].rows, "%s: %zu rows", cases[i].filter, s->lists[d].count);
		ck_assert_msg((s->replay.untold >> d & 1) == cases[i].untold, "%s", cases[i].filter);
		snapshot_unref(s);
	}
	past_free(p);
}
END_TEST

START_TEST(measures_hide_rows_as_live)
{
	struct past *p = past_new();
	struct snapshot *s = filtered(p, "bytes > 100M");

	for (size_t i = 0; i < s->lists[DIM_HOST].count; i++)
		ck_assert_uint_gt(both(&s->lists[DIM_HOST].rows[i]), 100000000);
	ck_assert(s->lists[DIM_HOST].partial);
	ck_assert_uint_eq(s->replay.untold, 0);
	snapshot_unref(s);
	past_free(p);
}
END_TEST

/* ---- moving ---- */

START_TEST(steps_inside_a_window_read_nothing)
{
	struct past *p = begin();
	struct snapshot *s = at(p, PAST_END_US - 12 * HOUR);
	unsigned before = p->fetched;
	int64_t to = s->replay.to_us;

	snapshot_unref(s);
	for (int i = 0; i < 20; i++) {
		replay_step(p->replay, i < 10 ? 1 : -2);
		ck_assert(!replay_is_loading(p->replay));
		s = replay_picture(p->replay);
		to += (i < 10 ? 1 : -2) * s->replay.step_us;
		ck_assert_int_eq(s->replay.to_us, to);
		ck_assert_uint_eq(s->totals.bytes, past_bytes(s->replay.from_us, to));
		snapshot_unref(s);
	}
	ck_assert_uint_eq(p->fetched, before);
	past_free(p);
}
END_TEST

START_TEST(the_windows_beside_are_there_already)
{
	struct past *p = begin();
	struct snapshot *s = at(p, PAST_END_US - 5 * DAY);
	unsigned before = p->fetched;
	int64_t from = s->replay.window_from_us, to = s->replay.window_to_us;

	snapshot_unref(s);
	replay_page(p->replay, 1);
	ck_assert(!replay_is_loading(p->replay));
	s = replay_picture(p->replay);
	ck_assert_int_eq(s->replay.window_from_us, to);
	ck_assert_uint_eq(p->fetched, before);
	snapshot_unref(s);
	replay_page(p->replay, -1);
	ck_assert(!replay_is_loading(p->replay));
	s = replay_picture(p->replay);
	ck_assert_int_eq(s->replay.window_from_us, from);
	ck_assert_uint_eq(p->fetched, before);
	snapshot_unref(s);
	past_free(p);
}
END_TEST

START_TEST(a_step_out_of_sight_goes_to_the_next_window)
{
	struct past *p = begin();
	struct snapshot *s = at(p, PAST_END_US - 5 * DAY);
	int64_t to = s->replay.window_to_us, step = s->replay.step_us;
	int n = (int)((to - s->replay.to_us) / step) + 1;

	snapshot_unref(s);
	replay_step(p->replay, n);
	s = past_picture(p);
	ck_assert_int_eq(s->replay.to_us, to + step);
	ck_assert_int_eq(s->replay.window_from_us, to);
	snapshot_unref(s);
	replay_step(p->replay, -1);
	s = past_picture(p);
	ck_assert_int_eq(s->replay.to_us, to);
	ck_assert_int_eq(s->replay.window_to_us, to);
	snapshot_unref(s);
	past_free(p);
}
END_TEST

START_TEST(both_ends_are_said_when_one_comes_to_them)
{
	struct past *p = begin();
	struct snapshot *s = at(p, PAST_END_US);
	uint32_t number = s->replay.note_number;

	snapshot_unref(s);
	replay_step(p->replay, 5);
	s = past_picture(p);
	ck_assert_uint_gt(s->replay.note_number, number);
	ck_assert_int_eq(s->replay.note, REPLAY_AT_END);
	ck_assert_int_ge(s->replay.to_us, PAST_END_US);
	snapshot_unref(s);
	replay_jump(p->replay, JUMP_BEGIN);
	replay_step(p->replay, -3);
	s = past_picture(p);
	ck_assert_int_eq(s->replay.note, REPLAY_AT_BEGIN);
	ck_assert_int_le(s->replay.from_us, PAST_BEGIN_US);
	snapshot_unref(s);
	replay_seek(p->replay, PAST_END_US + 100 * DAY);
	s = past_picture(p);
	ck_assert_int_eq(s->replay.note, REPLAY_AT_END);
	snapshot_unref(s);
	past_free(p);
}
END_TEST

/* While recording goes on: hosts come each minute, the rest sooner. */
START_TEST(the_minute_that_is_being_recorded_is_not_shown)
{
	struct past *p = past_new();
	struct replay *r = replay_new(&p->source, &p->context, PAST_END_US + 3 * SECOND);
	struct want w = wanted();
	struct snapshot *s;

	replay_want(r, &w);
	while (!replay_load(r, 0))
		;
	s = replay_picture(r);
	ck_assert_int_eq(s->replay.to_us, PAST_END_US - MINUTE);
	ck_assert_int_eq(s->replay.span_to_us, PAST_END_US - MINUTE);
	ck_assert_uint_eq(s->lists[DIM_HOST].sum.total.bytes[0], s->totals.bytes);
	snapshot_unref(s);
	replay_tick(r, PAST_END_US + 10 * MINUTE); /* it has ended */
	replay_tick(r, PAST_END_US + 10 * MINUTE);
	replay_jump(r, JUMP_END);
	while (!replay_load(r, 0))
		;
	s = replay_picture(r);
	ck_assert_int_eq(s->replay.to_us, PAST_END_US);
	snapshot_unref(s);
	replay_free(r);
	past_free(p);
}
END_TEST

START_TEST(zoom_stays_about_the_moment)
{
	static const int64_t widths[] = {MINUTE, 5 * MINUTE, HOUR, DAY, 7 * DAY, 30 * DAY, 730 * DAY, 1, 3000 * DAY};
	struct past *p = begin();
	int64_t moment = PAST_END_US - 30 * MINUTE;

	snapshot_unref(at(p, moment));
	for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
		struct snapshot *s;
		int64_t width;

		replay_seek(p->replay, moment);
		replay_zoom(p->replay, widths[i]);
		s = past_picture(p);
		width = s->replay.window_to_us - s->replay.window_from_us;
		ck_assert(s->replay.from_us < moment + s->replay.step_us && s->replay.to_us > moment - s->replay.step_us);
		ck_assert_int_ge(width, i < 7 ? widths[i] : MINUTE);
		ck_assert_int_le(width, (i < 7 ? widths[i] : 730 * DAY) + 2 * s->replay.step_us);
		ck_assert(s->replay.to_us <= s->replay.window_to_us && s->replay.from_us >= s->replay.window_from_us);
		snapshot_unref(s);
	}
	past_free(p);
}
END_TEST

START_TEST(jumps_find_peaks_and_gaps)
{
	struct past *p = begin();
	int64_t peak = PAST_END_US - 20 * HOUR - 13 * MINUTE;
	struct snapshot *s = at(p, PAST_END_US - 40 * HOUR);

	snapshot_unref(s);
	replay_zoom(p->replay, HOUR);
	replay_seek(p->replay, PAST_END_US - 22 * HOUR);
	replay_jump(p->replay, JUMP_NEXT_PEAK);
	s = past_picture(p);
	ck_assert_int_le(llabs(s->replay.from_us - peak), 3 * s->replay.step_us);
	snapshot_unref(s);
	replay_seek(p->replay, PAST_END_US - 18 * HOUR);
	replay_jump(p->replay, JUMP_LAST_PEAK);
	s = past_picture(p);
	ck_assert_int_le(llabs(s->replay.from_us - peak), 3 * s->replay.step_us);
	snapshot_unref(s);
	replay_jump(p->replay, JUMP_LAST_GAP);
	s = past_picture(p);
	ck_assert(!s->replay.recorded);
	ck_assert(s->replay.from_us >= PAST_END_US - 45 * HOUR && s->replay.to_us <= PAST_END_US - 42 * HOUR);
	snapshot_unref(s);
	replay_jump(p->replay, JUMP_LAST_GAP);
	s = past_picture(p);
	ck_assert_int_eq(s->replay.note, REPLAY_NO_GAP);
	ck_assert(!s->replay.recorded);
	snapshot_unref(s);
	past_free(p);
}
END_TEST

START_TEST(play_goes_on_with_the_clock_both_ways)
{
	struct past *p = begin();
	int64_t clock = 5 * SECOND, to;
	struct snapshot *s = at(p, PAST_END_US - 5 * HOUR);

	to = s->replay.to_us;
	snapshot_unref(s);
	replay_play(p->replay, 600, clock);
	snapshot_unref(past_picture(p));
	replay_tick(p->replay, clock + SECOND / 10); /* a minute on: in the same step, or the next */
	replay_tick(p->replay, clock + SECOND * 2);
	ck_assert(replay_is_due(p->replay));
	s = past_picture(p);
	ck_assert_int_eq(s->replay.to_us, to + 20 * MINUTE);
	ck_assert(fabs(s->replay.speed - 600) < 0.5);
	snapshot_unref(s);
	ck_assert(!replay_is_due(p->replay));
	replay_play(p->replay, -3600, clock);
	replay_tick(p->replay, clock + SECOND);
	s = past_picture(p);
	ck_assert_int_eq(s->replay.to_us, to - 40 * MINUTE);
	snapshot_unref(s);
	replay_play(p->replay, 3600, clock);
	replay_tick(p->replay, clock + 100000 * SECOND);
	s = past_picture(p);
	ck_assert(replay_speed(p->replay) == 0); /* it came to the end */
	ck_assert_int_eq(s->replay.note, REPLAY_AT_END);
	snapshot_unref(s);
	past_free(p);
}
END_TEST

/* ---- sums ---- */

START_TEST(all_of_it_in_one_picture_is_exact)
{
	struct past *p = past_new();
	struct want w = wanted();
	struct error e = {.code = ERR_NONE};
	struct snapshot *s = picture_sum(&p->source, &p->context, &w, 0, 0, &e);

	ck_assert_msg(s != NULL, "%s", e.text);
	ck_assert_uint_eq(s->totals.bytes, past_bytes(PAST_BEGIN_US, PAST_END_US));
	ck_assert_uint_eq(both(&s->lists[DIM_APP].sum), s->totals.bytes);
	ck_assert_uint_eq(s->lists[DIM_HOST].sum.total.packets[1], s->totals.packets);
	snapshot_unref(s);
	s = picture_sum(&p->source, &p->context, &w, PAST_END_US - 7 * HOUR, PAST_END_US - 5 * HOUR, &e);
	ck_assert_uint_eq(s->totals.bytes, past_bytes(PAST_END_US - 7 * HOUR, PAST_END_US - 5 * HOUR));
	snapshot_unref(s);
	ck_assert_ptr_null(picture_sum(&p->source, &p->context, &w, PAST_END_US - 44 * HOUR, PAST_END_US - 43 * HOUR, &e));
	ck_assert_str_eq(e.text + strlen(e.text) - 0, "");
	ck_assert_msg(strstr(e.text, "nothing is recorded from") != NULL, "%s", e.text);
	past_free(p);
}
END_TEST

Suite *replay_suite(void)
{
	Suite *s = suite_create("replay");
	TCase *c = tcase_create("replay");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, step_suits_width_and_age);
	tcase_add_test(c, files_are_read_at_the_coarsest_step_that_fits);
	tcase_add_test(c, picture_has_the_bytes_of_its_interval);
	tcase_add_test(c, rates_are_sums_by_length);
	tcase_add_test(c, rows_are_as_they_were_recorded);
	tcase_add_test(c, what_history_does_not_have_is_no_empty_list);
	tcase_add_test(c, graph_spans_what_is_in_sight_and_has_gaps);
	tcase_add_test(c, details_have_a_graph_of_their_row);
	tcase_add_test(c, filter_keeps_rows_by_what_they_are);
	tcase_add_test(c, measures_hide_rows_as_live);
	tcase_add_test(c, steps_inside_a_window_read_nothing);
	tcase_add_test(c, the_windows_beside_are_there_already);
	tcase_add_test(c, a_step_out_of_sight_goes_to_the_next_window);
	tcase_add_test(c, both_ends_are_said_when_one_comes_to_them);
	tcase_add_test(c, the_minute_that_is_being_recorded_is_not_shown);
	tcase_add_test(c, zoom_stays_about_the_moment);
	tcase_add_test(c, jumps_find_peaks_and_gaps);
	tcase_add_test(c, play_goes_on_with_the_clock_both_ways);
	tcase_add_test(c, all_of_it_in_one_picture_is_exact);
	suite_add_tcase(s, c);
	return s;
}
