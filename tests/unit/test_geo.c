/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tui/geo.c and geo_map.c: what the map of the Geo pane says of the demo capture's countries, and what it
 * does at a click. Pictures are the engine's, changed where a test needs something the file does not have.
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dpitop/engine.h"
#include "dpitop/tui.h"
#include "tui/geo_map.h"
#include "tui/world.h"

Suite *geo_suite(void);

enum { COLUMNS = 132, ROWS = 30, BODY_Y = 3 };

static struct {
	struct engine *engine;
	struct want want;
	void (*change)(struct snapshot *s);
	struct tui_options o;
	int columns, rows, pictures; /* taken by this screen */
	char *text;
} b;

static const struct setting_place munich = {.known = true, .latitude = 48.1, .longitude = 11.6};

static int64_t now_us(void)
{
	return 1700000000 * INT64_C(1000000);
}

static void start(void)
{
	static const struct engine_source file = {"file", "contrib/demo.pcap"};
	struct engine_options o = {.sources = &file, .source_count = 1, .decap = true, .dpi = true, .keep_ended = true,
				   .seed = 1, .geoip = "tests/golden/geo", .wake_fd = -1};
	struct error e;

	ck_assert_int_eq(chdir(SOURCE_TREE), 0);
	b.engine = engine_open(&o, &e);
	ck_assert_msg(b.engine != NULL, "%s", e.text);
	ck_assert_int_eq(engine_run(b.engine, NULL, NULL, NULL, &e), 0);
	b.o = (struct tui_options){.subject = "demo.pcap", .now_us = now_us};
	b.columns = COLUMNS;
	b.rows = ROWS;
}

static void end(void)
{
	engine_close(b.engine);
	free(b.text);
}

static struct snapshot *acquire(void *ctx)
{
	struct snapshot *s = engine_picture(b.engine, &b.want);

	(void)ctx;
	b.pictures++;
	if (b.change != NULL)
		b.change(s);
	return s;
}

static void want(void *ctx, const struct want *w)
{
	(void)ctx;
	b.want = *w;
}

static const char *screen(const char *keys, bool attributes)
{
	static const struct feed_ops ops = {.acquire = acquire, .want = want};
	struct feed feed = {&ops, NULL};
	char all[128];
	size_t n;
	FILE *out;

	free(b.text);
	b.text = NULL;
	b.pictures = 0;
	out = open_memstream(&b.text, &n);
	snprintf(all, sizeof all, "6%s", keys);
	ck_assert_int_eq(tui_dump(&feed, &b.o, b.columns, b.rows, all, attributes, out, NULL), 0);
	fclose(out);
	return b.text;
}

static int count(const char *text, const char *what)
{
	int n = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		n++;
	return n;
}

static void expect(const char *text, const char *what, int times)
{
	ck_assert_msg(count(text, what) == times, "'%s' is there %d times, not %d:\n%.3000s", what, count(text, what), times,
		      text);
}

static int map_rows(void)
{
	return geo_map_rows((struct rect){0, BODY_Y, COLUMNS, ROWS - BODY_Y - 1}) - 1; /* without the legend */
}

/* Where a place is on a screen of the size of the tests. */
static void spot(double latitude, double longitude, int *x, int *y)
{
	struct world room = {0, BODY_Y, COLUMNS, map_rows()}, w;

	ck_assert(world_fit(&room, &w));
	ck_assert(world_cell(&w, (struct world_place){latitude, longitude}, x, y));
}

static void click(char *keys, size_t size, int x, int y)
{
	snprintf(keys, size, "<Click %d %d>", x, y);
}

/* ---- what is said ---- */

START_TEST(geo_map_is_there_where_there_is_room_for_it)
{
	expect(screen("", false), "not placed", 1);
	b.rows = 19;
	expect(screen("", false), "not placed", 0);
	expect(screen("", false), "Germany", 1);
	b.rows = 24;
	b.columns = 30;
	expect(screen("", false), "not placed", 0);
}
END_TEST

START_TEST(geo_map_says_exactly_what_it_cannot_place)
{
	expect(screen("", false), "1009 KiB of 1.0 MiB not placed", 1); /* the table's first row of the sum of all */
}
END_TEST

START_TEST(geo_map_of_an_ended_file_is_by_all_bytes)
{
	const char *text = screen("", false);

	expect(text, "all bytes", 1);
	expect(text, "● 10 KiB  • 100 B  · less", 1);
}
END_TEST

static void still_running(struct snapshot *s)
{
	struct list *l = &s->lists[DIM_COUNTRY];

	s->final = false;
	for (size_t i = 0; i < l->count; i++)
		l->rows[i].spark[0] = isnan(l->rows[i].latitude) ? 9999999 : 75000 * (uint32_t)(i + 1);
}

START_TEST(geo_map_of_what_moves_is_by_the_rate_of_the_last_minute)
{
	const char *text;

	b.change = still_running; /* the country with most: 75000 * 5 bytes in a minute, 50 kb/s */
	text = screen("", false);
	expect(text, "last minute", 1);
	expect(text, "● 10 kb/s  • 100 b/s  · less", 1);
	expect(screen("u", false), "● 1 kB/s  • 10 B/s  · less", 1);
}
END_TEST

static void falling(struct snapshot *s)
{
	static const uint32_t kilobits[] = {110, 95, 60, 40, 95, 110};
	struct list *l = &s->lists[DIM_COUNTRY];

	s->final = false;
	s->now_us = s->totals.first_us + 100 * INT64_C(1000000);
	for (size_t i = 0; i < l->count; i++)
		memset(l->rows[i].spark, 0, sizeof l->rows[i].spark);
	if (l->count > 2 && b.pictures >= 2) /* the first is Overview's */
		l->rows[2].spark[0] = kilobits[b.pictures - 2] * 1000 / 8 * 60;
}

START_TEST(geo_scale_stays_while_the_rate_swings_around_it)
{
	static const char *const keys[] = {"", "j", "jj", "jjj", "jjjj", "jjjjj"};
	static const int tops[] = {100, 100, 100, 10, 10, 100};
	char legend[32];

	b.change = falling;
	for (int i = 0; i < 6; i++) {
		snprintf(legend, sizeof legend, "● %d kb/s", tops[i]);
		expect(screen(keys[i], false), legend, 1);
	}
}
END_TEST

static void stalled(struct snapshot *s)
{
	s->final = false;
	for (size_t i = 0; i < s->lists[DIM_COUNTRY].count; i++)
		memset(s->lists[DIM_COUNTRY].rows[i].spark, 0, sizeof s->lists[DIM_COUNTRY].rows[i].spark);
}

START_TEST(geo_map_is_by_all_bytes_where_nothing_moves)
{
	b.change = stalled;
	expect(screen("", false), "all bytes", 1);
}
END_TEST

static void other_rates(struct snapshot *s)
{
	static uint32_t step; /* another at each picture */
	struct list *l = &s->lists[DIM_COUNTRY];

	s->final = false;
	for (size_t i = 0; i < l->count; i++)
		l->rows[i].spark[DIM_SPARK - 1] = 1 + (step += 12345) % 99999;
}

/* Of the map's lines of styles, the cells of spots. */
static void spots_of(const char *text, char *found, size_t size)
{
	size_t n = 0;

	for (int line = 0; *text != '\0' && n + 2 < size; text++) { /* each line of text has one of styles */
		if (line % 2 == 1 && line / 2 >= BODY_Y && line / 2 < BODY_Y + map_rows())
			found[n++] = strchr("xXY", *text) != NULL ? 'x' : *text == '\n' ? '\n' : ' ';
		line += *text == '\n';
	}
	found[n] = '\0';
}

START_TEST(geo_spots_stay_where_they_are_from_picture_to_picture)
{
	static char before[ROWS * (COLUMNS + 1) * 2], after[sizeof before];

	b.change = other_rates;
	spots_of(screen("", true), before, sizeof before);
	spots_of(screen("", true), after, sizeof after);
	ck_assert_int_gt(count(before, "x"), 3);
	ck_assert_str_eq(before, after);
}
END_TEST

START_TEST(geo_map_without_traffic_is_land_without_a_legend)
{
	engine_close(b.engine);
	b.engine = engine_open(&(struct engine_options){.decap = true, .seed = 1, .geoip = "tests/golden/geo", .wake_fd = -1}, NULL);
	expect(screen("", false), "nothing seen yet on", 1);
	ck_assert_int_gt(count(b.text, "⢕"), 10);
	expect(b.text, "less", 0);
	expect(b.text, "not placed", 0);
}
END_TEST

static void no_data(struct snapshot *s)
{
	s->geo_countries = false;
	snprintf(s->geo_text, sizeof s->geo_text, "no geo data: apt install tor-geoipdb");
}

START_TEST(geo_map_without_geo_data_is_none)
{
	const char *text;

	b.change = no_data;
	text = screen("", false);
	expect(text, "no geo data: apt install tor-geoipdb", 1);
	expect(text, "not placed", 0);
	expect(text, "⢕", 0);
}
END_TEST

START_TEST(geo_map_of_as_is_by_country_and_marks_none)
{
	const char *text = screen("ttjj", false);

	expect(text, "by country, all bytes", 1);
	expect(text, "Germany", 0);
	expect(text, "1009 KiB of 1.0 MiB not placed", 1);
}
END_TEST

START_TEST(geo_map_of_cities_is_by_country_where_no_city_is_known)
{
	expect(screen("t", false), "by country, all bytes", 1);
}
END_TEST

START_TEST(geo_map_of_a_filter_shows_its_traffic_only)
{
	const char *text = screen("<F4>country = AU<Enter>", false);

	expect(text, "26.0 KiB of 52.0 KiB not placed", 1);
}
END_TEST

/* ---- the row at hand, and home ---- */

START_TEST(geo_row_under_the_cursor_is_named_on_the_map)
{
	expect(screen("", false), "Germany", 1); /* the cursor is on what has no place */
	expect(screen("jj", false), "Germany", 2);
	expect(screen("jjj", false), "Ireland", 2);
}
END_TEST

START_TEST(geo_arc_wants_to_know_where_home_is)
{
	const char *text = screen("jjjj", true);

	expect(text, "own place not known: --here", 1);
	expect(text, "ccc", 0);
	b.columns = 80;
	expect(screen("jjjj", false), "here: not known", 1);
	b.columns = COLUMNS;
	b.o.settings.here = munich;
	text = screen("jjjj", true);
	expect(text, "own place not known", 0);
	expect(text, "◆ here", 1);
	ck_assert_int_gt(count(text, "ccc"), 2);
	expect(screen("", true), "ccc", 0); /* a row without a place */
}
END_TEST

static void at_home(struct snapshot *s)
{
	s->has_home = true;
	s->home_latitude = -34;
	s->home_longitude = 18.5;
}

START_TEST(geo_home_is_that_of_a_local_host_unless_told)
{
	int x, y;
	char line[ROWS * COLUMNS];
	const char *home;

	b.change = at_home;
	b.o.settings.glyphs = 1 + GLYPHS_ASCII;
	spot(-34, 18.5, &x, &y);
	for (int i = 0; i < 2; i++) {
		home = screen("", false);
		for (int skip = 0; skip < y; skip++)
			home = strchr(home, '\n') + 1;
		snprintf(line, sizeof line, "%.*s", (int)strcspn(home, "\n"), home);
		ck_assert_msg((strlen(line) > (size_t)x && line[x] == '*') == (i == 0), "%s", line);
		b.o.settings.here = munich;
	}
}
END_TEST

/* ---- clicks ---- */

START_TEST(geo_click_on_a_spot_moves_the_cursor_to_its_row)
{
	char keys[32];
	int x, y;

	spot(-25.5, 134, &x, &y);
	click(keys, sizeof keys, x, y);
	expect(screen(keys, false), "Australia", 2);
	click(keys, sizeof keys, x + 1, y + 1);
	expect(screen(keys, false), "Australia", 2);
}
END_TEST

START_TEST(geo_click_on_the_sea_moves_nothing)
{
	char keys[40] = "jj";
	int x, y;

	spot(-40, -130, &x, &y);
	click(keys + 2, sizeof keys - 2, x, y);
	expect(screen(keys, false), "Germany", 2);
}
END_TEST

START_TEST(geo_click_on_a_row_below_the_map_is_of_that_row)
{
	char keys[32];

	click(keys, sizeof keys, 20, BODY_Y + map_rows() + 2 + 3);
	expect(screen(keys, false), "Ireland", 2);
}
END_TEST

Suite *geo_suite(void)
{
	Suite *s = suite_create("geo");
	TCase *t = tcase_create("geo");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, start, end);
	tcase_add_test(t, geo_map_is_there_where_there_is_room_for_it);
	tcase_add_test(t, geo_map_says_exactly_what_it_cannot_place);
	tcase_add_test(t, geo_map_of_an_ended_file_is_by_all_bytes);
	tcase_add_test(t, geo_map_of_what_moves_is_by_the_rate_of_the_last_minute);
	tcase_add_test(t, geo_scale_stays_while_the_rate_swings_around_it);
	tcase_add_test(t, geo_map_is_by_all_bytes_where_nothing_moves);
	tcase_add_test(t, geo_spots_stay_where_they_are_from_picture_to_picture);
	tcase_add_test(t, geo_map_without_traffic_is_land_without_a_legend);
	tcase_add_test(t, geo_map_without_geo_data_is_none);
	tcase_add_test(t, geo_map_of_as_is_by_country_and_marks_none);
	tcase_add_test(t, geo_map_of_cities_is_by_country_where_no_city_is_known);
	tcase_add_test(t, geo_map_of_a_filter_shows_its_traffic_only);
	tcase_add_test(t, geo_row_under_the_cursor_is_named_on_the_map);
	tcase_add_test(t, geo_arc_wants_to_know_where_home_is);
	tcase_add_test(t, geo_home_is_that_of_a_local_host_unless_told);
	tcase_add_test(t, geo_click_on_a_spot_moves_the_cursor_to_its_row);
	tcase_add_test(t, geo_click_on_the_sea_moves_nothing);
	tcase_add_test(t, geo_click_on_a_row_below_the_map_is_of_that_row);
	suite_add_tcase(s, t);
	return s;
}
