/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Golden screens: the demo capture, a script of keys, and what then stands on the screen, at two sizes.
 * UPDATE_GOLDEN=1 writes them anew; read the difference before you commit it.
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
#include "dpitop/pack.h"
#include "dpitop/tui.h"
#include "golden.h"

Suite *screens_suite(void);

static const struct {
	const char *name, *keys;
	bool attributes, ascii;
} screens[] = {
	{"overview", "", false, false},
	{"hosts", "2", true, false},
	{"hosts-local-sorted", "2lI", false, false},
	{"hosts-cursor", "2jjj", true, false},
	{"hosts-details", "2j<Enter>", false, false},
	{"hosts-ascii", "2", false, true},
	{"flows", "3", false, false},
	{"flows-details", "3jjjj<Enter>", false, false},
	{"overview-cursor", "jj", true, false},
	{"overview-next-block", "<Right>j", true, false},
	{"overview-pinned", "<Right>jp", false, false},
	{"overview-details", "<Right>j<Enter>", false, false},
	{"details-application", "4<Enter>", false, false},
	{"details-country", "6<Enter>", false, false},
	{"details-as", "6tt<Enter>", false, false},
	{"details-subnet", "6ttt<Enter>", false, false},
	{"details-site", "7<Enter>", false, false},
	{"details-risk", "8<Enter>", false, false},
	{"details-port", "4tttttt<Enter>", false, false},
	{"details-ethertype", "4ttttt<Enter>", false, false},
	{"details-ascii", "2<Enter>", false, true},
	{"details-scrolled", "2<Enter><PgDn>", false, false},
	{"details-end", "2<Enter>G", false, false},
	{"details-chosen", "2<Enter><Tab>j", true, false},
	{"details-next-block", "2<Enter><Tab><Right>", true, false},
	{"details-of-peer", "2<Enter><Enter><Enter>", false, false},
	{"details-three-deep", "2<Enter><Enter><Enter><Tab><Tab><Enter>", false, false},
	{"details-back", "2<Enter><Enter><Enter><Backspace>", false, false},
	{"details-closed", "2<Enter><Enter><Enter><Esc><Esc>", false, false},
	{"details-help-closed", "2<Enter>?<Esc>", false, false},
	{"details-pinned", "2<Enter><Tab><Tab>p", false, false},
	{"details-flows", "2<Enter>f", false, false},
	{"details-flows-of-peer", "2<Enter><Tab>f", false, false},
	{"details-under-filter", "2<F4>app = BitTorrent<Enter><Enter>", false, false},
	{"details-frozen", "2Z<Enter>", false, false},
	{"flows-sort-menu", "3<F6>j", false, false},
	{"applications", "4", false, false},
	{"categories", "4t", false, false},
	{"protocols", "4ttt", false, false},
	{"ports-in-bytes", "4<F5><F5><F5><F5><F5><F5>u", false, false},
	{"matrix", "5", true, false},
	{"matrix-rates-in-packets", "5ru<Down><Right>u", false, false},
	{"matrix-list", "5<Right>m", true, false},
	{"matrix-countries", "5t", false, false},
	{"matrix-flows", "5<Double 30 5>", false, false},
	{"matrix-cell-details", "5i", false, false},
	{"matrix-wider", "5-", false, false},
	{"matrix-addresses", "5+", false, false},
	{"matrix-addresses-list", "5+m", false, false},
	{"matrix-addresses-of-tls", "5+<F4>app = TLS<Enter>", false, false},
	{"matrix-empty", "5<F4>app = nosuch<Enter>", false, false},
	{"matrix-ascii", "5<End>G", true, true},
	{"geo", "6", false, false},
	{"geo-cursor", "6jj", true, false},
	{"geo-from-here", "6jjjj", true, false},
	{"geo-from-here-ascii", "6jj", true, true},
	{"geo-by-as", "6tt", false, false},
	{"geo-empty", "6<F4>country = FR<Enter>", false, false},
	{"sites", "7", false, false},
	{"sites-details", "7jjjjjj<Enter>", false, false},
	{"site-categories", "7t", true, false},
	{"site-category-pinned", "7tjpt", false, false},
	{"site-category-details", "7tj<Enter>", false, false},
	{"site-reread-without-lists", "7<ctrl-R>", false, false},
	{"alerts", "8", false, false},
	{"alerts-details", "8<Enter>", true, false},
	{"alerts-pinned", "8p3", false, false},
	{"alerts-filtered", "8<F4>severity > info<Enter>", false, false},
	{"risks", "8t", false, false},
	{"sources", "9", false, false},
	{"sources-scrolled", "9<PgDn>", false, false},
	{"sources-end", "9G", false, false},
	{"help", "?", false, false},
	{"help-hosts", "2?", true, false},
	{"help-matrix", "5?", false, false},
	{"help-details", "2<Enter>?", false, false},
	{"help-setup", "2S?", false, false},
	{"setup-columns", "2S", true, false},
	{"setup-columns-chosen", "2S<Right><Right>jj<Space><End><Space><F7><F7>", true, false},
	{"setup-columns-taken-over", "2S<Right><Right>jj<Space>j<F8><Esc>", false, false},
	{"setup-columns-usual", "2S<Right><Right><Space>j<Space><F9>", false, false},
	{"setup-display", "Sj<Right>j<Space>", true, false},
	{"setup-colours", "Sjj<Right>jj<Enter>", true, false},
	{"setup-behaviour", "Sjjj<Enter><Enter>j<Enter>", true, false},
	{"setup-file", "Sjjjj", false, false},
	{"setup-ascii", "3Sj<Enter><Enter>", false, false},
	{"setup-left", "2S<Enter><Enter>j<Space>q", false, false},
	{"pivot", "4p2", false, false},
	{"pivot-twice", "4p2jp3", false, false},
	{"pivot-popped", "4p2jp<Backspace>", false, false},
	{"filter-typed", "2<F4>port = 443 and bytes > 10k<Enter>", false, false},
	{"filter-as-long-as-can-be", "2<F4>host = 192.168.1.40 or host = 192.168.1.41 or host = 192.168.1.30 or host = 192.168.1.21 o"
				     "r host = 192.168.1.35 or host = 192.168.1.22 or host = 192.168.1.1 or host = 192.168.1.20 "
				     "or host = 192.168.1.31 or host = 192.168.1.32 or app = DNS or vlan = 7<Enter>", false, false},
	{"filter-wrong", "2<F4>port = = 3", false, false},
	{"filter-wrong-far", "2<F4>app = TLS and nosuchfield = 3", true, false},
	{"filter-wrong-at-the-end", "2<F4>app = TLS and port =", true, false},
	{"filter-completed", "2<F4>app = TLS and src.coun<Tab>", false, false},
	{"filter-completions", "2<F4>app = TLS and c<Tab>", false, false},
	{"filter-preset-completed", "2<F4>preset = p2<Tab>", false, false},
	{"filter-recalled", "2<F4>port = 53<Enter><F4>x<Up>", false, false},
	{"filter-drafted", "2<F4>port = 53<Enter><F4> and x<Up><Down>", false, false},
	{"filter-long", "2<F4>app = TLS and not site ~ aaaaaaaaaaaaaaaaaaaaaaaaaaaa and not site ~ bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb<Enter><F4>", false, false},
	{"trail-long", "2<F4>not app = NTP and not site ~ aaaaaaaaaaaaaaaaaaaa and not site ~ bbbbbbbbbbbbbbbbbbbbb<Enter>4p2p3p", false, false},
	{"pivot-overview", "4p1", false, false},
	{"pivot-matrix", "4p5", false, false},
	{"pivot-geo", "4p6", false, false},
	{"pivot-sites", "4jjp7", false, false},
	{"pivot-risks", "4jjp8", false, false},
	{"pivot-sources", "4p9", false, false},
	{"search", "2/wikipedia<Enter>", true, false},
	{"search-fails", "2/no such host<Enter>", false, false},
	{"tags", "2  j ", true, false},
	{"presets-menu", "2xj", true, false},
	{"preset-p2p", "2x<Enter>", false, false},
	{"preset-twice", "4xjj<Enter>xk<Enter>x<Enter>", false, false},
	{"frozen", "2Z", false, false},
	{"frozen-other-pane", "2Z3", false, false},
	{"frozen-overview", "2Z1", false, false},
	{"frozen-then-filtered", "2Z<F4>app = TLS<Enter>", false, false},
	{"frozen-filtered", "2<F4>app = TLS<Enter>Z<Esc>", false, false},
	{"write-list", "2w", false, false},
	{"write-list-no-ending", "4ttw<Backspace>", false, false},
	{"write-packets-not-kept", "2jW", false, false},
	{"header-click", "2<Click 40 3>", false, false},
};

static const struct { int columns, rows; } sizes[] = {{80, 24}, {132, 43}};

enum { SCREENS = sizeof screens / sizeof screens[0], SIZES = sizeof sizes / sizeof sizes[0] };

struct pictures {
	struct engine *engine;
	struct want want;
	bool packed; /* they go through bytes, as to a screen that is attached */
};

static struct snapshot *acquire(void *ctx)
{
	struct pictures *p = ctx;
	struct snapshot *s = engine_picture(p->engine, &p->want);
	struct pack_buffer b = {.at = NULL};

	if (!p->packed)
		return s;
	snapshot_pack(&b, s);
	snapshot_unref(s);
	s = snapshot_unpack(b.at, b.used);
	ck_assert_ptr_nonnull(s);
	mem_free(b.at);
	return s;
}

static void want(void *ctx, const struct want *w)
{
	struct pictures *p = ctx;
	struct pack_buffer b = {.at = NULL};

	if (!p->packed) {
		p->want = *w;
		return;
	}
	want_pack(&b, w);
	ck_assert(want_unpack(&p->want, b.at, b.used));
	mem_free(b.at);
}

static int64_t now_us(void)
{
	return 1700000000 * INT64_C(1000000);
}

static int write_nothing(void *ctx, const struct tui_write *w, struct error *e)
{
	(void)ctx, (void)w, (void)e;
	return 0;
}

static struct engine *demo(void)
{
	static const struct engine_source file = {"file", "contrib/demo.pcap"};
	struct engine_options o = {.sources = &file, .source_count = 1, .decap = true, .dpi = true, .keep_ended = true,
				   .seed = 1, .geoip = "tests/golden/geo", .wake_fd = -1};
	struct category_report report;
	struct categories *lists;
	struct engine *g;
	struct error e;

	ck_assert_int_eq(chdir(SOURCE_TREE), 0); /* no path of the machine is on a screen */
	lists = categories_load("tests/golden/lists", &report, &e);
	ck_assert_msg(lists != NULL, "%s", e.text);
	g = engine_open(&o, &e);
	ck_assert_msg(g != NULL, "%s", e.text);
	engine_categories(g, lists);
	categories_unref(lists);
	ck_assert_int_eq(engine_run(g, NULL, NULL, NULL, &e), 0);
	return g;
}

static char *dump(struct pictures *p, size_t screen, size_t size)
{
	static const struct feed_ops ops = {.acquire = acquire, .want = want};
	struct feed feed = {&ops, p};
	static const struct setting_place munich = {.known = true, .latitude = 48.1, .longitude = 11.6}; /* is told on screens that are called so */
	struct tui_options o = {.subject = "demo.pcap", .now_us = now_us, .write = write_nothing};
	struct error e = {.code = ERR_NONE};
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	if (strstr(screens[screen].name, "from-here") != NULL)
		o.settings.here = munich;
	o.settings.glyphs = screens[screen].ascii ? 1 : 0;
	ck_assert_int_eq(tui_dump(&feed, &o, sizes[size].columns, sizes[size].rows, screens[screen].keys,
				  screens[screen].attributes, out, &e), 0);
	fclose(out);
	return text;
}

START_TEST(screen_looks_as_it_did)
{
	size_t screen = (size_t)_i / SIZES, size = (size_t)_i % SIZES;
	struct pictures p = {.engine = demo()};
	char *text = dump(&p, screen, size), path[512];

	snprintf(path, sizeof path, "%s/screens/%s-%dx%d.txt", GOLDEN, screens[screen].name, sizes[size].columns,
		 sizes[size].rows);
	golden_compare(path, text);
	mem_free(text);
	engine_close(p.engine);
}
END_TEST

START_TEST(screen_of_packed_pictures_is_the_same)
{
	struct pictures p = {.engine = demo()}, packed = {.engine = demo(), .packed = true};
	char *text = dump(&p, (size_t)_i, 1), *other = dump(&packed, (size_t)_i, 1);

	ck_assert_str_eq(text, other);
	mem_free(text);
	mem_free(other);
	engine_close(p.engine);
	engine_close(packed.engine);
}
END_TEST

START_TEST(screen_of_any_size_is_drawn)
{
	static const struct feed_ops ops = {.acquire = acquire, .want = want};
	struct pictures p = {.engine = demo()};
	struct feed feed = {&ops, &p};
	struct tui_options o = {.subject = "demo.pcap", .now_us = now_us};
	FILE *out = fopen("/dev/null", "w");

	for (int columns = 1; columns < 200; columns += 13)
		for (int rows = 1; rows < 60; rows += 7)
			for (size_t i = 0; i < SCREENS; i += 5)
				ck_assert_int_eq(tui_dump(&feed, &o, columns, rows, screens[i].keys, true, out, NULL), 0);
	fclose(out);
	engine_close(p.engine);
}
END_TEST

START_TEST(screen_before_the_first_picture_says_so)
{
	static const struct feed_ops ops = {.acquire = acquire, .want = want};
	struct tui_options o = {.settings = {.view = 1}, .subject = "eth0", .now_us = now_us};
	struct engine_options none = {.decap = true, .dpi = true, .seed = 1, .geoip = GOLDEN "/geo", .wake_fd = -1};
	struct pictures p = {.engine = engine_open(&none, NULL)};
	struct feed feed = {&ops, &p};
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	ck_assert_int_eq(tui_dump(&feed, &o, 80, 24, "", false, out, NULL), 0);
	fclose(out);
	ck_assert_ptr_ne(strstr(text, "nothing seen yet on eth0"), NULL);
	mem_free(text);
	engine_close(p.engine);
}
END_TEST

static char *dump_with(struct tui_options *o, const char *keys)
{
	static const struct feed_ops ops = {.acquire = acquire, .want = want};
	struct pictures p = {.engine = demo()};
	struct feed feed = {&ops, &p};
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	o->subject = "demo.pcap";
	o->now_us = now_us;
	ck_assert_int_eq(tui_dump(&feed, o, 80, 24, keys, false, out, NULL), 0);
	fclose(out);
	engine_close(p.engine);
	return text;
}

START_TEST(screen_of_the_first_run_names_the_help_until_a_key_is_pressed)
{
	struct tui_options o = {.first_run = true};
	char *text = dump_with(&o, "");

	ck_assert_ptr_ne(strstr(text, "? tells the keys, F2 sets up\n"), NULL);
	mem_free(text);
	text = dump_with(&o, "2");
	ck_assert_ptr_eq(strstr(text, "tells the keys"), NULL);
	mem_free(text);
}
END_TEST

START_TEST(screen_says_which_lines_of_the_file_are_wrong)
{
	static const char rc[] = "thme light\ncolumns hosts ip byts\nbind q qit\n";
	struct rc_problem problems[4];
	struct tui_options o = {.config_path = "/home/u/.config/dpitop/dpitoprc", .problems = problems};
	char *text;

	settings_init(&o.settings);
	o.problem_count = rc_read(&o.settings, rc, sizeof rc - 1, problems, 4);
	text = dump_with(&o, "");
	ck_assert_ptr_ne(strstr(text, "3 wrong lines; dpitoprc:1: there is no setting 'thme'; nearest: theme"), NULL);
	mem_free(text);
	text = dump_with(&o, "2S<End>");
	golden_compare(GOLDEN "/screens/setup-problems-80x24.txt", text);
	mem_free(text);
}
END_TEST

static int save_fails(void *ctx, const struct tui_settings *s, struct error *e)
{
	(void)ctx, (void)s;
	return error_set(e, ERR_IO, "cannot save: the disk is full");
}

static int save_counts(void *ctx, const struct tui_settings *s, struct error *e)
{
	(void)e;
	*(int *)ctx += s->unit;
	return 0;
}

START_TEST(screen_setup_stays_open_when_it_cannot_save)
{
	struct tui_options o = {.save = save_fails};
	char *text = dump_with(&o, "2S<F10>");

	ck_assert_ptr_ne(strstr(text, "cannot save: the disk is full"), NULL);
	ck_assert_ptr_ne(strstr(text, "SETUP"), NULL);
	mem_free(text);
}
END_TEST

START_TEST(screen_setup_saves_what_is_in_force_and_closes)
{
	int saved = 0;
	struct tui_options o = {.save = save_counts, .ctx = &saved, .config_path = "/x/dpitoprc"};
	char *text = dump_with(&o, "2uS<F10>");

	ck_assert_int_eq(saved, 1);
	ck_assert_ptr_ne(strstr(text, "saved to /x/dpitoprc"), NULL);
	ck_assert_ptr_eq(strstr(text, "SETUP"), NULL);
	mem_free(text);
}
END_TEST

START_TEST(screen_keys_are_as_the_user_bound_them)
{
	static const char rc[] = "bind M regroup\nunbind 2\n";
	struct tui_options o = {.first_run = false};
	char *text;

	settings_init(&o.settings);
	ck_assert_uint_eq(rc_read(&o.settings, rc, sizeof rc - 1, NULL, 0), 0);
	text = dump_with(&o, "42M");
	ck_assert_ptr_ne(strstr(text, "[Categories]"), NULL);
	ck_assert_ptr_ne(strstr(text, "MRegroup"), NULL);
	mem_free(text);
}
END_TEST

Suite *screens_suite(void)
{
	Suite *s = suite_create("screens");
	TCase *t = tcase_create("golden");

	tcase_set_timeout(t, 120);
	if (golden_is_of(dpi_version()))
		tcase_add_loop_test(t, screen_looks_as_it_did, 0, SCREENS * SIZES);
	tcase_add_loop_test(t, screen_of_packed_pictures_is_the_same, 0, SCREENS);
	tcase_add_test(t, screen_of_any_size_is_drawn);
	tcase_add_test(t, screen_before_the_first_picture_says_so);
	tcase_add_test(t, screen_of_the_first_run_names_the_help_until_a_key_is_pressed);
	tcase_add_test(t, screen_says_which_lines_of_the_file_are_wrong);
	tcase_add_test(t, screen_setup_stays_open_when_it_cannot_save);
	tcase_add_test(t, screen_setup_saves_what_is_in_force_and_closes);
	tcase_add_test(t, screen_keys_are_as_the_user_bound_them);
	suite_add_tcase(s, t);
	return s;
}
