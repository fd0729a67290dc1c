/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program in Chinese: texts that fit where they stand, columns that start where they start in English,
 * golden screens, and what stays English. The catalogue is the one that was built; a process has one
 * language, and each test is a process of its own.
 */
#include "config.h"

#include <check.h>
#include <ctype.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/options.h"
#include "dpitop/column.h"
#include "dpitop/dpi.h"
#include "dpitop/engine.h"
#include "dpitop/err.h"
#include "dpitop/i18n.h"
#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "dpitop/tui.h"
#include "golden.h"

Suite *translations_suite(void);

#define CATALOGUE BUILD_TREE "/po/zh_CN/LC_MESSAGES/dpitop.mo"

enum { CONVERSIONS_MAX = 24, CONVERSION_TEXT = 16, LINE_TEXT = 1024 };

static void speak_chinese(void)
{
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("LANGUAGE", "zh_CN", 1);
	i18n_open(BUILD_TREE "/po");
	ck_assert_str_eq(_("Hosts"), "主机");
}

START_TEST(language_is_spoken_where_its_locale_is_not_installed)
{
	unsetenv("LANGUAGE");
	setenv("LC_ALL", "zh_CN.UTF-8", 1);
	i18n_open(BUILD_TREE "/po");
	ck_assert_str_eq(_("Hosts"), "主机");
}
END_TEST

START_TEST(language_that_the_characters_cannot_write_is_not_spoken)
{
	setenv("LC_ALL", "C", 1);
	setenv("LANGUAGE", "zh_CN", 1);
	i18n_open(BUILD_TREE "/po");
	ck_assert_str_eq(_("Hosts"), "Hosts");
	i18n_english(false);
	ck_assert_str_eq(_("Hosts"), "Hosts");
}
END_TEST

/* ---- the catalogue ---- */

struct catalogue {
	char *data;
	uint32_t count, from, to; /* texts; where their tables are */
};

static uint32_t number_at(const struct catalogue *c, uint32_t at)
{
	uint32_t n;

	memcpy(&n, c->data + at, sizeof n);
	return n;
}

/* The format is told in gettext(1), "The Format of GNU MO Files". */
static struct catalogue open_catalogue(void)
{
	struct catalogue c = {.data = golden_read(CATALOGUE)};

	ck_assert_ptr_nonnull(c.data);
	ck_assert_uint_eq(number_at(&c, 0), 0x950412de);
	c.count = number_at(&c, 8);
	c.from = number_at(&c, 12);
	c.to = number_at(&c, 16);
	return c;
}

static const char *text_at(const struct catalogue *c, uint32_t table, uint32_t i)
{
	return c->data + number_at(c, table + 8 * i + 4);
}

/* "%2$.40s" is number 2 and "%.40s". Returns how many. */
static int conversions(const char *s, char found[CONVERSIONS_MAX][CONVERSION_TEXT])
{
	int n = 0, next = 0;

	memset(found, 0, CONVERSIONS_MAX * CONVERSION_TEXT);
	while ((s = strchr(s, '%')) != NULL) {
		size_t digits = strspn(s + 1, "0123456789"), length;
		int at = next;

		if (s[1 + digits] == '$') {
			at = atoi(s + 1) - 1;
			s += digits + 1;
		}
		length = strcspn(s + 1, "diuxXeEfFgGcsp%") + 1;
		ck_assert_msg(s[length] != '\0' && length < CONVERSION_TEXT && at < CONVERSIONS_MAX, "%s", s);
		if (s[length] != '%') {
			snprintf(found[at], CONVERSION_TEXT, "%%%.*s", (int)length, s + 1);
			next++;
			n++;
		}
		s += length + 1;
	}
	return n;
}

START_TEST(translation_has_the_conversions_of_its_original)
{
	struct catalogue c = open_catalogue();

	for (uint32_t i = 1; i < c.count; i++) { /* the first is the head */
		char a[CONVERSIONS_MAX][CONVERSION_TEXT], b[CONVERSIONS_MAX][CONVERSION_TEXT];
		const char *from = text_at(&c, c.from, i), *to = text_at(&c, c.to, i);

		ck_assert_msg(conversions(from, a) == conversions(to, b) && memcmp(a, b, sizeof a) == 0, "%s\n%s", from, to);
	}
	mem_free(c.data);
}
END_TEST

/* A blank where others are put together with it; a wide sign has its blank within. */
static bool ends_alike(const char *from, const char *to)
{
	size_t n = strlen(to), wide = strlen("，");
	bool has_room = n >= wide && (text_width(to + n - wide) == 2 && !isascii((unsigned char)to[n - 1]));

	return (from[0] == ' ') == (to[0] == ' ') && ((from[strlen(from) - 1] == ' ') == (to[n - 1] == ' ') || has_room);
}

START_TEST(translation_is_printable_and_keeps_its_ends)
{
	struct catalogue c = open_catalogue();

	for (uint32_t i = 1; i < c.count; i++) {
		const char *from = text_at(&c, c.from, i), *to = text_at(&c, c.to, i);
		char line[LINE_TEXT];

		ck_assert_msg(ends_alike(from, to), "%s\n%s", from, to);
		for (const char *s = to; *s != '\0'; s += strcspn(s, "\n"), s += *s == '\n') {
			snprintf(line, sizeof line, "%.*s", (int)strcspn(s, "\n"), s);
			ck_assert_msg(text_is_clean(line), "%s", to);
		}
	}
	mem_free(c.data);
}
END_TEST

/* ---- widths ---- */

START_TEST(title_of_a_column_fits_its_width_in_chinese)
{
	speak_chinese();
	for (size_t i = 0; i < column_count; i++) {
		const struct column *c = &column_table[i];
		int width = text_width(c->title) > c->width ? text_width(c->title) : c->width;

		ck_assert_msg(text_width(_(c->title)) <= width, "%s: %s", c->id, _(c->title));
	}
}
END_TEST

START_TEST(columns_are_as_wide_in_chinese_as_in_english)
{
	static const int cells[] = {40, 80, 132, 200};
	struct column_fit chinese[CHOSEN_MAX], english[CHOSEN_MAX];

	speak_chinese();
	for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
		for (int d = 0; d < DIM_LIST_COUNT; d++) {
			size_t n, all;

			i18n_english(true);
			all = columns_fit((enum dim)d, NULL, NULL, cells[i], english, CHOSEN_MAX);
			i18n_english(false);
			n = columns_fit((enum dim)d, NULL, NULL, cells[i], chinese, CHOSEN_MAX);
			ck_assert_uint_eq(n, all);
			for (size_t k = 0; k < n; k++) {
				ck_assert_ptr_eq(chinese[k].column, english[k].column);
				ck_assert_int_eq(chinese[k].width, english[k].width);
			}
		}
	}
}
END_TEST

/* Of each line of a text. */
static void expect_widths(char *text, int cells)
{
	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
		ck_assert_msg(text_width(line) <= cells, "%s", line);
}

START_TEST(help_of_the_options_stays_within_80_cells_in_chinese)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	speak_chinese();
	options_help(out);
	fclose(out);
	ck_assert_ptr_nonnull(strstr(text, "显示"));
	expect_widths(text, 80);
	mem_free(text);
}
END_TEST

/* ---- screens ---- */

static const struct {
	const char *name, *keys;
} screens[] = {
	{"overview", ""}, {"hosts", "2"}, {"flows", "3"}, {"matrix", "5"}, {"geo", "6"}, {"setup", "2S"}, {"help", "2?"},
	{"details", "2<Enter>"},
};

static const struct { int columns, rows; } sizes[] = {{80, 24}, {132, 43}};

enum { SCREENS = sizeof screens / sizeof screens[0], SIZES = sizeof sizes / sizeof sizes[0] };

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

static struct engine *demo(void)
{
	static const struct engine_source file = {"file", "contrib/demo.pcap"};
	struct engine_options o = {.sources = &file, .source_count = 1, .decap = true, .dpi = true, .keep_ended = true,
				   .seed = 1, .geoip = "tests/golden/geo", .wake_fd = -1};
	struct engine *g;
	struct error e;

	ck_assert_int_eq(chdir(SOURCE_TREE), 0); /* no path of the machine is on a screen */
	g = engine_open(&o, &e);
	ck_assert_msg(g != NULL, "%s", e.text);
	ck_assert_int_eq(engine_run(g, NULL, NULL, NULL, &e), 0);
	return g;
}

/* A screen of the demo capture; glyphs as the setting has them. */
static char *dump(const char *keys, int columns, int rows, int glyphs)
{
	static const struct feed_ops ops = {.acquire = acquire, .want = want};
	struct pictures p = {.engine = demo()};
	struct feed feed = {&ops, &p};
	struct tui_options o = {.settings = {.glyphs = glyphs}, .subject = "demo.pcap", .now_us = now_us};
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	ck_assert_int_eq(tui_dump(&feed, &o, columns, rows, keys, false, out, NULL), 0);
	fclose(out);
	engine_close(p.engine);
	return text;
}

START_TEST(screen_in_chinese_looks_as_it_did)
{
	size_t screen = (size_t)_i / SIZES, size = (size_t)_i % SIZES;
	char path[512], *text;

	speak_chinese();
	text = dump(screens[screen].keys, sizes[size].columns, sizes[size].rows, 0);
	snprintf(path, sizeof path, "%s/screens/zh-%s-%dx%d.txt", GOLDEN, screens[screen].name, sizes[size].columns,
		 sizes[size].rows);
	golden_compare(path, text);
	expect_widths(text, sizes[size].columns);
	mem_free(text);
}
END_TEST

/* Cells of the nth line, which is cut off. */
static int width_of_line(char **text, int n)
{
	char *line;

	while (n-- > 0)
		strsep(text, "\n");
	line = strsep(text, "\n");
	ck_assert_ptr_nonnull(line);
	return text_width(line);
}

START_TEST(rows_end_at_the_same_cell_in_both_languages)
{
	char *chinese, *english, *a, *b;

	speak_chinese();
	a = chinese = dump(_i < SIZES ? "2" : "3", sizes[_i % SIZES].columns, sizes[_i % SIZES].rows, 0);
	setenv("LANGUAGE", "en", 1);
	i18n_english(true);
	i18n_english(false);
	ck_assert_str_eq(_("Hosts"), "Hosts");
	b = english = dump(_i < SIZES ? "2" : "3", sizes[_i % SIZES].columns, sizes[_i % SIZES].rows, 0);
	for (int row = 4; row < sizes[_i % SIZES].rows - 1; row++) /* without head, titles and keys */
		ck_assert_int_eq(width_of_line(&a, row == 4 ? 4 : 0), width_of_line(&b, row == 4 ? 4 : 0));
	mem_free(chinese);
	mem_free(english);
}
END_TEST

/* ---- what stays as it is ---- */

START_TEST(screen_of_ascii_alone_is_in_english)
{
	char *text;

	speak_chinese();
	text = dump("2", 80, 24, 1);
	ck_assert_ptr_nonnull(strstr(text, "Hosts"));
	for (const char *s = text; *s != '\0'; s++)
		ck_assert_int_lt((unsigned char)*s, 0x80);
	ck_assert_str_eq(_("Hosts"), "Hosts");
	mem_free(text);
}
END_TEST

START_TEST(words_of_ours_are_told_in_chinese_but_names_from_the_network_are_not)
{
	speak_chinese();
	ck_assert_str_eq(row_word(DIM_SUBNET, "internet"), "互联网");
	ck_assert_str_eq(row_word(DIM_FLOW, "closed"), "已关闭");
	ck_assert_str_eq(row_word(DIM_SITE, "internet"), "internet");
	ck_assert_str_eq(row_word(DIM_SITE, "unknown"), "unknown");
	ck_assert_str_eq(row_word(DIM_HOST, "closed"), "closed");
	ck_assert_str_eq(row_word(DIM_RISK, "none"), "none");
}
END_TEST

START_TEST(message_is_told_in_chinese_and_what_it_quotes_is_not)
{
	struct error e;

	speak_chinese();
	error_set(&e, ERR_USAGE, "cannot save: %s", "Hosts");
	ck_assert_str_eq(e.text, "无法保存：Hosts");
}
END_TEST

START_TEST(names_that_programs_read_are_the_same_in_chinese)
{
	speak_chinese();
	for (size_t i = 0; i < column_count; i++)
		for (const char *s = column_table[i].id; *s != '\0'; s++)
			ck_assert(islower((unsigned char)*s) || isdigit((unsigned char)*s) || *s == '_');
	ck_assert_ptr_nonnull(column_find(DIM_HOST, "sent"));
	ck_assert_ptr_null(column_find(DIM_HOST, _("SENT")));
}
END_TEST

/* The catalogue is built and a locale to read it in is there; else said, not passed over. */
static bool can_speak(void)
{
	locale_t here = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0);
	bool can = access(CATALOGUE, R_OK) == 0 && here != (locale_t)0;

	if (here != (locale_t)0)
		freelocale(here);
	if (!can)
		printf("skipped translations: built without them, or there is no C.UTF-8\n");
	return can;
}

/* The screens hold names as one release of nDPI gives them. */
static bool are_of_this_release(void)
{
	char *release = golden_read(GOLDEN "/release");
	bool same = getenv("UPDATE_GOLDEN") != NULL;

	if (release != NULL) {
		release[strcspn(release, "\n")] = '\0';
		same |= strcmp(release, dpi_version()) == 0;
	}
	if (!same)
		printf("skipped screen_in_chinese_looks_as_it_did: the golden screens are of another nDPI\n");
	mem_free(release);
	return same;
}

Suite *translations_suite(void)
{
	Suite *s = suite_create("translations");
	TCase *t = tcase_create("translations");

	tcase_set_timeout(t, 120);
	suite_add_tcase(s, t);
	if (!can_speak())
		return s;
	tcase_add_test(t, language_is_spoken_where_its_locale_is_not_installed);
	tcase_add_test(t, language_that_the_characters_cannot_write_is_not_spoken);
	tcase_add_test(t, translation_has_the_conversions_of_its_original);
	tcase_add_test(t, translation_is_printable_and_keeps_its_ends);
	tcase_add_test(t, title_of_a_column_fits_its_width_in_chinese);
	tcase_add_test(t, columns_are_as_wide_in_chinese_as_in_english);
	tcase_add_test(t, help_of_the_options_stays_within_80_cells_in_chinese);
	if (are_of_this_release())
		tcase_add_loop_test(t, screen_in_chinese_looks_as_it_did, 0, SCREENS * SIZES);
	tcase_add_loop_test(t, rows_end_at_the_same_cell_in_both_languages, 0, 2 * SIZES);
	tcase_add_test(t, screen_of_ascii_alone_is_in_english);
	tcase_add_test(t, words_of_ours_are_told_in_chinese_but_names_from_the_network_are_not);
	tcase_add_test(t, message_is_told_in_chinese_and_what_it_quotes_is_not);
	tcase_add_test(t, names_that_programs_read_are_the_same_in_chinese);
	return s;
}
