/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each pane as it stands, at three sizes, in UTF-8 and ASCII, and with the looks of two themes; empty, with
 * one flow, and with a hundred thousand. UPDATE_GOLDEN=1 writes them anew; read the difference.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dpitop/dpi.h"
#include "dpitop/engine.h"
#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "dpitop/tui.h"
#include "golden.h"
#include "tui/style.h"

Suite *panes_suite(void);

static const struct { int columns, rows; } sizes[] = {{80, 24}, {132, 43}, {220, 60}};

static const struct variant {
	const char *name;
	bool ascii, looks;
	enum theme_number theme;
} variants[] = {
	{"utf8", false, false, THEME_DEFAULT},
	{"ascii", true, false, THEME_DEFAULT},
	{"light", false, true, THEME_LIGHT},
	{"mono", false, true, THEME_MONO},
};

enum { PANES = 9, SIZES = sizeof sizes / sizeof sizes[0], VARIANTS = sizeof variants / sizeof variants[0], MANY = 100000 };

static const char *const panes[PANES] = {"overview", "hosts", "flows", "applications", "matrix", "geo", "sites", "alerts",
					 "sources"};

struct pictures {
	struct engine *engine;
	struct want want;
};

static struct snapshot *acquire(void *ctx)
{
	struct pictures *p = ctx;

	return engine_picture(p->engine, &p->want);
}

static void want(void *ctx, const struct want *w)
{
	((struct pictures *)ctx)->want = *w;
}

static int64_t now_us(void)
{
	return 1700000000 * INT64_C(1000000);
}

static struct engine *engine_of(const char *file)
{
	const struct engine_source source = {"file", file};
	struct engine_options o = {.sources = &source, .source_count = file != NULL, .decap = true, .dpi = true,
				   .keep_ended = true, .seed = 1, .geoip = "tests/golden/geo", .wake_fd = -1};
	struct engine *g;
	struct error e;

	ck_assert_int_eq(chdir(SOURCE_TREE), 0); /* no path of the machine is on a screen */
	g = engine_open(&o, &e);
	ck_assert_msg(g != NULL, "%s", e.text);
	if (file != NULL)
		ck_assert_int_eq(engine_run(g, NULL, NULL, NULL, &e), 0);
	return g;
}

static void dump(struct pictures *p, const struct variant *v, size_t pane, size_t size, FILE *out)
{
	static const struct feed_ops ops = {.acquire = acquire, .want = want};
	const struct feed feed = {&ops, p};
	struct tui_options o = {.subject = "demo.pcap", .now_us = now_us};
	const char key[2] = {(char)('1' + pane), '\0'};

	o.settings.glyphs = v->ascii ? 1 : 0;
	o.settings.theme = (int)v->theme;
	ck_assert_int_eq(tui_dump(&feed, &o, sizes[size].columns, sizes[size].rows, key, v->looks, out, NULL), 0);
}

/* How the letters of a dump look in that theme: number of the colour, attributes. */
static void put_looks(const struct variant *v, FILE *out)
{
	for (unsigned s = 0; s < STYLE_COUNT; s++) {
		struct style_look l = style_look((enum style)s, (int)v->theme, 256);

		fprintf(out, "%c %-14s text %3d back %3d%s%s%s%s\n", style_letter((enum style)s), style_name((enum style)s), l.colour,
			l.back, l.attributes & LOOK_BOLD ? " bold" : "", l.attributes & LOOK_DIM ? " dim" : "",
			l.attributes & LOOK_UNDERLINE ? " underlined" : "", l.attributes & LOOK_REVERSE ? " reversed" : "");
	}
}

START_TEST(pane_looks_as_it_did)
{
	const struct variant *v = &variants[_i / PANES];
	size_t pane = (size_t)_i % PANES, n;
	struct pictures p = {.engine = engine_of("contrib/demo.pcap")};
	char *text = NULL, path[512];
	FILE *out = open_memstream(&text, &n);

	for (size_t size = 0; size < SIZES; size++)
		dump(&p, v, pane, size, out);
	if (v->looks)
		put_looks(v, out);
	fclose(out);
	snprintf(path, sizeof path, "%s/panes/%s-%s.txt", GOLDEN, panes[pane], v->name);
	golden_compare(path, text);
	mem_free(text);
	engine_close(p.engine);
}
END_TEST

/* All panes, smallest size, both sets of glyphs, of what the engine has. */
static void compare_all(struct engine *g, const char *name)
{
	struct pictures p = {.engine = g};
	char *text = NULL, path[512];
	size_t n;
	FILE *out = open_memstream(&text, &n);

	for (size_t v = 0; v < 2; v++)
		for (size_t pane = 0; pane < PANES; pane++)
			dump(&p, &variants[v], pane, 0, out);
	fclose(out);
	snprintf(path, sizeof path, "%s/panes/all-%s.txt", GOLDEN, name);
	golden_compare(path, text);
	mem_free(text);
	engine_close(g);
}

START_TEST(pane_without_traffic_says_why)
{
	compare_all(engine_of(NULL), "empty");
}
END_TEST

/* A frame of UDP from the n-th client, a millisecond after the one before. */
static void send_one(struct engine *g, unsigned n)
{
	uint8_t frame[14 + 20 + 8 + 4] = {
		2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0,
		0x45, 0, 0, 32, 0, 0, 0, 0, 64, 17, 0, 0, 10, 1, 0, 0, 198, 51, 100, 7,
		0x9c, 0x40, 0x30, 0x39, 0, 12, 0, 0, 'a', 'b', 'c', 'd'};

	frame[27] = (uint8_t)(1 + (n >> 16));
	frame[28] = (uint8_t)(n >> 8);
	frame[29] = (uint8_t)n;
	engine_frame(g, 1, now_us() + n * INT64_C(1000), frame, sizeof frame, sizeof frame);
}

START_TEST(pane_of_one_flow)
{
	struct engine *g = engine_of(NULL);

	send_one(g, 1);
	engine_tick_now(g);
	compare_all(g, "one");
}
END_TEST

START_TEST(pane_of_a_hundred_thousand_rows)
{
	struct engine *g = engine_of(NULL);

	for (unsigned n = 0; n < MANY; n++)
		send_one(g, n);
	engine_tick_now(g);
	compare_all(g, "many");
}
END_TEST

/* What is drawn never goes past the edge. */
START_TEST(pane_lines_are_no_wider_than_the_window)
{
	struct pictures p = {.engine = engine_of("contrib/demo.pcap")};

	for (size_t size = 0; size < SIZES; size++) {
		char *text = NULL, *line, *rest;
		size_t n;
		FILE *out = open_memstream(&text, &n);

		for (size_t pane = 0; pane < PANES; pane++)
			dump(&p, &variants[0], pane, size, out);
		fclose(out);
		for (line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
			ck_assert_msg(text_width(line) <= sizes[size].columns, "%s", line);
		mem_free(text);
	}
	engine_close(p.engine);
}
END_TEST

Suite *panes_suite(void)
{
	Suite *s = suite_create("panes");
	TCase *t = tcase_create("golden");
	bool same = golden_is_of(dpi_version());

	tcase_set_timeout(t, 120);
	if (same)
		tcase_add_loop_test(t, pane_looks_as_it_did, 0, PANES * VARIANTS);
	tcase_add_test(t, pane_without_traffic_says_why);
	tcase_add_test(t, pane_of_one_flow);
	tcase_add_test(t, pane_of_a_hundred_thousand_rows);
	tcase_add_test(t, pane_lines_are_no_wider_than_the_window);
	suite_add_tcase(s, t);
	return s;
}
