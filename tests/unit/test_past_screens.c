/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The screen in the past: how its panes look at three sizes in UTF-8 and ASCII, and what its keys do. Of a
 * past without a disk, in a time zone of its own. UPDATE_GOLDEN=1 writes the screens anew.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dpitop/dpi.h"
#include "dpitop/mem.h"
#include "dpitop/tui.h"
#include "golden.h"
#include "past.h"

Suite *past_screens_suite(void);

#define SECOND INT64_C(1000000)

static const struct { int columns, rows; } sizes[] = {{80, 24}, {132, 43}, {220, 60}};

static const struct { const char *name, *keys; } screens[] = {
	{"overview", "[(1"}, {"hosts", "[(2"}, {"flows", "3"}, {"applications", "4"}, {"categories", "4t"}, {"matrix", "5"},
	{"geo", "6"}, {"sites", "7t"}, {"alerts", "8"}, {"sources", "9"}, {"details", "2j<Enter>"}, {"application", "4<Enter>"},
	{"gap", "K1"}, {"zoomed", "zzzz2"}, {"filter", "2\\nas<Enter>"}, {"untold", "2\\app = BitTorrent<Enter>"},
	{"typing", "@yesterday 15:1"}, {"help", "<F1>"},
};

enum { SIZES = sizeof sizes / sizeof sizes[0], SCREENS = sizeof screens / sizeof screens[0] };

static int64_t now_us(void)
{
	return PAST_END_US + 30 * SECOND;
}

static char *dump(struct past *p, const struct tui_options *o, int columns, int rows, const char *keys)
{
	const struct feed feed = past_feed(p);
	struct error e = {.code = ERR_NONE};
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	ck_assert_msg(tui_dump(&feed, o, columns, rows, keys, false, out, &e) == 0, "%s", e.text);
	fclose(out);
	return text;
}

static char *screen(const char *keys, int columns, int rows)
{
	struct past *p = past_new();
	struct tui_options o = {.subject = "history", .now_us = now_us};
	char *text = dump(p, &o, columns, rows, keys);

	past_free(p);
	return text;
}

START_TEST(past_looks_as_it_did)
{
	bool ascii = _i >= SCREENS;
	const char *name = screens[_i % SCREENS].name;
	struct tui_options o = {.subject = "history", .now_us = now_us};
	char *all = NULL, path[512];
	size_t n;
	FILE *out = open_memstream(&all, &n);

	if (!golden_is_of(dpi_version())) {
		fclose(out);
		mem_free(all);
		return;
	}
	o.settings.glyphs = ascii ? 1 : 0;
	for (size_t i = 0; i < SIZES; i++) {
		struct past *p = past_new();
		char *text = dump(p, &o, sizes[i].columns, sizes[i].rows, screens[_i % SCREENS].keys);

		fputs(text, out);
		mem_free(text);
		past_free(p);
	}
	fclose(out);
	snprintf(path, sizeof path, "%s/past/%s-%s.txt", GOLDEN, name, ascii ? "ascii" : "utf8");
	golden_compare(path, all);
	mem_free(all);
}
END_TEST

/* ---- keys ---- */

static void has(const char *keys, const char *text)
{
	char *s = screen(keys, 132, 43);

	ck_assert_msg(strstr(s, text) != NULL, "after %s there is no '%s' in\n%s", keys, text, s);
	mem_free(s);
}

START_TEST(arrows_step_through_time)
{
	has("2", "HISTORY 2023-11-14 23:13:00"); /* the step in which the end lies */
	has("2<Left>", "HISTORY 2023-11-14 23:10:00");
	has("2<Left><Left><Right>", "HISTORY 2023-11-14 23:10:00");
	has("5,,", "HISTORY 2023-11-14 23:00:00"); /* in the matrix the arrows are those of its cells */
	has("5<Left><Right>", "HISTORY 2023-11-14 23:13:00");
	has("<Left>", "HISTORY 2023-11-14 23:10:00");
	has("2<Enter><Left>", "HISTORY 2023-11-14 23:10:00"); /* in details, too */
}
END_TEST

START_TEST(spans_are_paged_and_zoomed)
{
	has("2[", "2023-11-12 23:20");
	has("2[]", "2023-11-14 23:20 ");
	has("2z", "step 5m00");
	has("2zzzzzzz", "step 1m00");
	has("2oo", "step 1h00");
}
END_TEST

START_TEST(a_time_is_gone_to_as_it_is_typed)
{
	has("2@yesterday 15:10<Enter>", "HISTORY 2023-11-13 15:10:00");
	has("2@-2h<Enter>", "HISTORY 2023-11-14 21:20:00");
	has("2@2023-11-10 09:00<Enter>", "HISTORY 2023-11-10 09:00:00");
	has("2@2023-11-10T09:00:00Z<Enter>", "HISTORY 2023-11-10 10:00:00");
	has("2@2023-11-10 09:00<Enter>@3:00<Enter>", "HISTORY 2023-11-10 03:00:00"); /* of the day that is shown */
	has("2@mon 3:10<Enter>", "HISTORY 2023-11-13 03:10:00");
	has("2@25:00", "there is no such time of day");
	has("2@25:00<Enter>", "there is no such time of day"); /* it stays open */
	has("2<Left>@<Enter>", "HISTORY 2023-11-14 23:10:00");
	has("2@2020-01-01<Enter>", "nothing was recorded before this");
}
END_TEST

START_TEST(peaks_and_gaps_are_found)
{
	has("1(", "HISTORY 2023-11-14 03:10:00");
	has("1K", "not recorded: dpitop was not running");
	has("1KK", "there is no further gap");
	has("1J", "there is no further gap");
	has("1^", "HISTORY 2023-10-29");
	has("1^$", "HISTORY 2023-11-14 23:13:00");
	has("1^<End>", "HISTORY 2023-11-14 23:13:00");
}
END_TEST

START_TEST(time_goes_on_as_fast_as_asked)
{
	has("2[+", "1x ▶");
	has("2[+++", "10x ▶");
	has("2[++-", "1x ▶");
	has("2[-", "1x ◀");
	has("2[---", "10x ◀");
	has("2[Z", "60x ▶");
	has("2[++ZZ", "4x ▶");
	has("5[}}", "4x ▶");
}
END_TEST

START_TEST(a_click_on_the_line_goes_there)
{
	char *s = screen("2<Click 20 41>", 132, 43), *t = screen("2<Click 0 41>", 132, 43);

	ck_assert_msg(strstr(s, "HISTORY 2023-11-13 23:") != NULL || strstr(s, "HISTORY 2023-11-14 00:") != NULL, "%s", s);
	ck_assert_msg(strstr(t, "2023-11-12 23:20") != NULL, "%s", t);
	mem_free(s);
	mem_free(t);
}
END_TEST

START_TEST(what_is_not_recorded_says_so)
{
	has("3", "not recorded: history keeps sums of hosts, applications and places, no flows");
	has("7", "not recorded: history keeps categories of sites, not the sites");
	has("8", "not recorded: history keeps no alerts");
	has("8t", "not recorded: history keeps no risks");
	has("4ttttttttt", "not recorded: history does not keep these: Exporters");
	has("4tttttt", "no traffic in this step"); /* ports there are none here */
	has("2<Enter>", "not recorded: history keeps no flows, so not what the row's traffic is made of");
	has("2\\app = BitTorrent<Enter>", "history keeps no flows: which of these match is not recorded");
	has("2\\host = 10.0.0.5<Enter>", "1 of 9");
	has("3w", "not recorded: there is no such list");
	has("2W", "not recorded: history keeps no packets");
}
END_TEST

START_TEST(an_empty_history_says_so)
{
	static const char *const keys[] = {"1", "2", "5", "6", "2<Left>[@now<Enter>z(K", "2\\nas<Enter>"};

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		struct past *p = past_new();
		struct tui_options o = {.subject = "history", .now_us = now_us};
		char *s;

		p->nothing = true;
		replay_free(p->replay);
		p->replay = replay_new(&p->source, &p->context, 0);
		s = dump(p, &o, 80, 24, keys[i]);
		ck_assert_msg(strstr(s, "nothing is recorded yet") != NULL, "%s\n%s", keys[i], s);
		ck_assert_ptr_null(strstr(s, "1970"));
		mem_free(s);
		past_free(p);
	}
}
END_TEST

START_TEST(columns_that_are_not_recorded_leave)
{
	char *s = screen("2", 220, 60);

	ck_assert_ptr_null(strstr(s, "PEERS"));
	ck_assert_ptr_null(strstr(s, "TOP APP"));
	ck_assert_ptr_nonnull(strstr(s, "RECEIVED"));
	ck_assert_ptr_nonnull(strstr(s, "RATE 2h00")); /* twelve steps of ten minutes */
	mem_free(s);
}
END_TEST

/* ---- from live and back ---- */

struct live {
	struct snapshot *picture;
	unsigned wanted;
};

static struct snapshot *live_acquire(void *ctx)
{
	struct live *l = ctx;

	snapshot_ref(l->picture);
	return l->picture;
}

static void live_want(void *ctx, const struct want *w)
{
	(void)w;
	((struct live *)ctx)->wanted++;
}

static struct feed history(void *ctx)
{
	return past_feed(ctx);
}

static char *from_live(const char *keys)
{
	static const struct feed_ops ops = {.acquire = live_acquire, .want = live_want};
	struct past *p = past_new();
	struct live l = {.wanted = 0};
	const struct feed feed = {&ops, &l};
	struct want none;
	struct tui_options o = {.subject = "eth0", .now_us = now_us, .history = history, .ctx = p};
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	memset(&none, 0, sizeof none);
	l.picture = picture_sum(&p->source, &p->context, &none, PAST_END_US - 3600 * SECOND, 0, NULL);
	l.picture->replay.on = false; /* as if it were of now */
	l.picture->live = true;
	ck_assert_int_eq(tui_dump(&feed, &o, 132, 43, keys, false, out, NULL), 0);
	fclose(out);
	ck_assert_uint_ge(l.wanted, 1);
	snapshot_unref(l.picture);
	past_free(p);
	return text;
}

START_TEST(h_goes_to_history_and_end_back_to_live)
{
	static const struct { const char *keys; bool past; } cases[] = {
		{"2", false}, {"2H", true}, {"2H<Left><Left>", true}, {"2H<Left><End>", false}, {"2HH", false}, {"2H<End>H", true},
	};

	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *s = from_live(cases[i].keys);

		ck_assert_msg((strstr(s, "HISTORY") != NULL) == cases[i].past, "%s\n%s", cases[i].keys, s);
		ck_assert_msg((strstr(s, " live ") != NULL) == !cases[i].past, "%s\n%s", cases[i].keys, s);
		mem_free(s);
	}
}
END_TEST

/* They find nothing to act on, and say so. */
START_TEST(keys_of_the_past_do_no_harm_in_the_present)
{
	char *s = from_live("2.,][+-}{)(J@o^$z");

	ck_assert_msg(strstr(s, "this key is of history") != NULL, "%s", s);
	ck_assert_ptr_null(strstr(s, "HISTORY"));
	mem_free(s);
}
END_TEST

Suite *past_screens_suite(void)
{
	Suite *s = suite_create("past_screens");
	TCase *c = tcase_create("past_screens");

	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, past_looks_as_it_did, 0, 2 * SCREENS);
	tcase_add_test(c, arrows_step_through_time);
	tcase_add_test(c, spans_are_paged_and_zoomed);
	tcase_add_test(c, a_time_is_gone_to_as_it_is_typed);
	tcase_add_test(c, peaks_and_gaps_are_found);
	tcase_add_test(c, time_goes_on_as_fast_as_asked);
	tcase_add_test(c, a_click_on_the_line_goes_there);
	tcase_add_test(c, what_is_not_recorded_says_so);
	tcase_add_test(c, an_empty_history_says_so);
	tcase_add_test(c, columns_that_are_not_recorded_leave);
	tcase_add_test(c, h_goes_to_history_and_end_back_to_live);
	tcase_add_test(c, keys_of_the_past_do_no_harm_in_the_present);
	suite_add_tcase(s, c);
	return s;
}
