/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The matrix pane on a network of many subnets: golden screens of a matrix larger than the window,
 * and a cursor that stays with its pair while the order around it changes.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "golden.h"
#include "tui/action.h"
#include "traffic.h"

Suite *matrix_screens_suite(void);

enum { SUBNETS = 24 };

static struct traffic t; /* a test is a process of its own: this is not shared */
static struct want want;

static const struct {
	const char *name, *keys;
	int columns, rows;
	bool attributes, ascii;
} screens[] = {
	{"wide", "", 80, 24, true, false},
	{"wide", "", 132, 43, true, false},
	{"wide-scrolled", "<PgDn><PgDn><Right><Right><Right><Right><Right><Right>", 80, 24, true, false},
	{"wide-scrolled-back", "G<End>kk<Left><Left><Left><Left><Left>", 80, 24, true, false},
	{"wide-end", "G$", 80, 24, false, false},
	{"wide-ascii", "<PgDn><PgDn><Right><Right><Right><Right><Right>", 80, 24, true, true},
	{"wide-totals", "r", 132, 43, false, false},
	{"wide-search", "/fd00:0:0:7<Enter>", 80, 24, true, false},
	{"wide-clicked", "<Click 45 9>", 80, 24, true, false},
	{"wide-list", "jj<Right>m", 80, 24, true, false},
	{"wide-list-and-back", "mjjjjm", 80, 24, true, false},
	{"wide-wider", "jj-", 80, 24, true, false},
	{"wide-widest", "jj--", 80, 24, false, false},
	{"wide-counting", "+", 80, 24, false, false}, /* no pass has come yet */
	{"wide-small", "", 40, 10, false, false},
	{"wide-tiny", "", 20, 5, false, false},
};

enum { SCREENS = sizeof screens / sizeof screens[0] };

static const char *address(unsigned subnet, unsigned host, char buf[40])
{
	snprintf(buf, 40, subnet % 4 == 3 ? "fd00:0:0:%x::%x" : "10.%u.%u.7", subnet, host);
	return buf;
}

/* Each subnet talks to some others of its kind, the less the higher its number. */
static void talk(void)
{
	char from[40], to[40];

	for (unsigned i = 0; i < SUBNETS; i++) {
		for (unsigned k = 1; k < 4 + i % 3; k++)
			traffic_flow(&t, address(i, 1, from), (uint16_t)(2000 + k), address((i + 4 * k) % SUBNETS, 2, to), 443,
				     TCP, 20000 * (SUBNETS - i) / (k * k * k));
		if (i % 4 != 3)
			traffic_flow(&t, address(i, 1, from), 3000, "192.0.2.1", 443, TCP, 400 * (SUBNETS - i));
	}
	traffic_tick(&t);
}

static void setup(void)
{
	traffic_open(&t, NULL);
	t.in.live = true;
	talk();
}

static void teardown(void)
{
	traffic_close(&t);
}

static struct snapshot *acquire(void *ctx)
{
	(void)ctx;
	return snapshot_build(&t.in, &want);
}

static void take_want(void *ctx, const struct want *w)
{
	(void)ctx;
	want = *w;
}

static int64_t now_us(void)
{
	return t.now_us;
}

static int matrix_view(void)
{
	return (int)view_index(view_find("matrix"));
}

static const struct feed_ops ops = {.acquire = acquire, .want = take_want};

START_TEST(matrix_looks_as_it_did)
{
	struct feed feed = {&ops, NULL};
	struct tui_options o = {.settings = {.view = matrix_view(), .glyphs = screens[_i].ascii ? 1 : 0},
				.subject = "eth0", .now_us = now_us};
	char *text = NULL, path[512];
	size_t n;
	FILE *out = open_memstream(&text, &n);

	ck_assert_int_eq(tui_dump(&feed, &o, screens[_i].columns, screens[_i].rows, screens[_i].keys, screens[_i].attributes, out,
				  NULL), 0);
	fclose(out);
	snprintf(path, sizeof path, "%s/screens/matrix-%s-%dx%d.txt", GOLDEN, screens[_i].name, screens[_i].columns,
		 screens[_i].rows);
	golden_compare(path, text);
	mem_free(text);
}
END_TEST

/* ---- a screen whose pictures change ---- */

static struct tui *screen_open(void)
{
	struct feed feed = {&ops, NULL};
	struct tui_options o = {.settings = {.view = matrix_view()}, .subject = "eth0", .now_us = now_us};
	struct tui *s = mem_zalloc(sizeof *s);

	screen_init(s, &feed, &o);
	canvas_init(&s->canvas, 80, 24, GLYPHS_BRAILLE);
	screen_want(s);
	screen_refresh(s);
	screen_draw(s);
	return s;
}

static void screen_close(struct tui *s)
{
	screen_release(s);
	mem_free(s);
}

static void press(struct tui *s, uint32_t key)
{
	struct term_event e = {.key = key};

	if (screen_key(s, &e) & REACT_WANT) {
		screen_want(s);
		screen_refresh(s);
	}
	screen_draw(s);
}

START_TEST(matrix_cursor_stays_with_its_pair_when_the_order_changes)
{
	struct tui *s = screen_open();
	char from[64], to[64];
	size_t row;

	for (int i = 0; i < 5; i++)
		press(s, KEY_CODE_DOWN);
	press(s, KEY_CODE_RIGHT);
	row = s->grid.cursor[AXIS_SOURCE];
	snprintf(from, sizeof from, "%s", matrix_row(s)->label);
	snprintf(to, sizeof to, "%s", matrix_row(s)->label2);
	for (int i = 0; i < 40; i++)
		traffic_packet(&t, "10.200.0.1", 1, "10.201.0.1", 2, UDP, 10000000); /* a new first row and column */
	traffic_tick(&t);
	screen_refresh(s);
	screen_draw(s);
	ck_assert_str_eq(matrix_row(s)->label, from);
	ck_assert_str_eq(matrix_row(s)->label2, to);
	ck_assert_uint_eq(s->grid.cursor[AXIS_SOURCE], row + 1);
	screen_close(s);
}
END_TEST

START_TEST(matrix_cursor_that_was_not_moved_stays_on_the_first_cell)
{
	struct tui *s = screen_open();

	for (int i = 0; i < 40; i++)
		traffic_packet(&t, "10.200.0.1", 1, "10.201.0.1", 2, UDP, 10000000);
	traffic_tick(&t);
	screen_refresh(s);
	ck_assert_str_eq(matrix_row(s)->label, "10.200.0.0/24");
	ck_assert_str_eq(matrix_row(s)->label2, "10.201.0.0/24");
	screen_close(s);
}
END_TEST

START_TEST(matrix_cursor_does_not_leave_the_matrix)
{
	struct tui *s = screen_open();
	const struct matrix *m;

	press(s, KEY_CODE_LEFT);
	press(s, KEY_CODE_UP);
	ck_assert_uint_eq(s->grid.cursor[AXIS_SOURCE] + s->grid.cursor[AXIS_DESTINATION], 0);
	press(s, 'G');
	press(s, '$');
	press(s, KEY_CODE_RIGHT);
	press(s, KEY_CODE_DOWN);
	m = matrix_of(s);
	ck_assert_uint_eq(s->grid.cursor[AXIS_SOURCE] + 1, matrix_count(m, AXIS_SOURCE));
	ck_assert_uint_eq(s->grid.cursor[AXIS_DESTINATION] + 1, matrix_count(m, AXIS_DESTINATION));
	screen_close(s);
}
END_TEST

START_TEST(matrix_enter_lists_the_flows_of_the_cell)
{
	struct tui *s = screen_open();
	char from[64], to[64]; /* the picture that has them goes with the key */

	press(s, KEY_CODE_DOWN);
	while (matrix_row(s)->total.bytes[0] == 0)
		press(s, KEY_CODE_RIGHT);
	snprintf(from, sizeof from, "%s", matrix_row(s)->label);
	snprintf(to, sizeof to, "%s", matrix_row(s)->label2);
	ck_assert_uint_gt(matrix_row(s)->flows, 0);
	press(s, KEY_CODE_ENTER);
	ck_assert_str_eq(s->view->name, "flows");
	ck_assert_uint_eq(s->steps, 1);
	ck_assert_ptr_nonnull(strstr(s->trail[0].expression, from));
	ck_assert_ptr_nonnull(strstr(s->trail[0].expression, to));
	screen_close(s);
}
END_TEST

START_TEST(matrix_cell_opens_as_its_row_unless_nothing_is_there)
{
	struct tui *s = screen_open();
	uint64_t id;

	ck_assert_uint_eq(matrix_row(s)->id, 0);
	press(s, 'i');
	ck_assert_int_eq(s->mode, MODE_PANE);
	press(s, KEY_CODE_DOWN);
	id = matrix_row(s)->id;
	ck_assert_uint_ne(id, 0);
	press(s, 'i');
	ck_assert_int_eq(s->mode, MODE_DETAIL);
	ck_assert_uint_eq(detail_row(s)->id, id);
	ck_assert(s->picture->focus != NULL && s->picture->focus->found);
	screen_close(s);
}
END_TEST

START_TEST(matrix_cells_are_the_rows_of_the_list)
{
	struct tui *s = screen_open();
	uint64_t id;

	press(s, KEY_CODE_DOWN);
	while (matrix_row(s)->id == 0)
		press(s, KEY_CODE_RIGHT);
	id = matrix_row(s)->id;
	press(s, 'm');
	ck_assert_uint_eq(pane_cursor_row(s)->id, id);
	press(s, 'k');
	id = pane_cursor_row(s)->id;
	press(s, 'm');
	ck_assert_uint_eq(matrix_row(s)->id, id);
	screen_close(s);
}
END_TEST

START_TEST(matrix_cursor_stays_in_its_network_when_prefixes_change)
{
	struct tui *s = screen_open();
	char from[64];

	for (int i = 0; i < 4; i++)
		press(s, KEY_CODE_DOWN);
	snprintf(from, sizeof from, "%s", matrix_row(s)->label);
	press(s, '-');
	ck_assert_uint_eq(s->picture->prefix.v4, 16);
	ck_assert_int_eq(strncmp(matrix_row(s)->label, from, 5), 0);
	ck_assert_ptr_nonnull(strstr(matrix_row(s)->label, "/16"));
	press(s, '+');
	ck_assert_ptr_nonnull(strstr(matrix_row(s)->label, "/24"));
	ck_assert_int_eq(strncmp(matrix_row(s)->label, from, 5), 0);
	screen_close(s);
}
END_TEST

START_TEST(matrix_prefixes_end_with_the_shortest_and_the_longest)
{
	struct tui *s = screen_open();

	for (int i = 0; i < 6; i++)
		press(s, '-');
	ck_assert_uint_eq(want.prefix.v4, 8);
	ck_assert_uint_eq(want.prefix.v6, 32);
	ck_assert_ptr_nonnull(strstr(s->message, "no shorter"));
	for (int i = 0; i < 2; i++)
		press(s, '+');
	ck_assert_uint_eq(want.prefix.v4, 0); /* the model's own */
	for (int i = 0; i < 6; i++)
		press(s, '+');
	ck_assert_uint_eq(want.prefix.v4, 32);
	ck_assert_uint_eq(want.prefix.v6, 128);
	press(s, '2');
	ck_assert_uint_eq(want.prefix.v4, 0); /* costs nothing while another pane is shown */
	screen_close(s);
}
END_TEST

START_TEST(matrix_prefixes_of_the_user_are_a_step_too)
{
	struct tui *s = screen_open();

	s->picture->own_prefix = s->picture->prefix = (struct prefix){28, 56};
	matrix_prefix(s, -1);
	ck_assert_uint_eq(s->grid.prefix.v4, 24);
	matrix_prefix(s, 1);
	ck_assert_uint_eq(s->grid.prefix.v4, 0);
	matrix_prefix(s, 1);
	ck_assert_uint_eq(s->grid.prefix.v4, 32);
	ck_assert(!matrix_prefix(s, 1));
	screen_close(s);
}
END_TEST

START_TEST(matrix_left_and_right_are_no_keys_of_other_panes)
{
	struct tui *s = screen_open();

	press(s, '2');
	press(s, 'j');
	press(s, KEY_CODE_RIGHT);
	press(s, KEY_CODE_LEFT);
	ck_assert_uint_eq(pane_of(s)->cursor, 1);
	ck_assert_uint_eq(s->grid.cursor[AXIS_DESTINATION], 0);
	screen_close(s);
}
END_TEST

Suite *matrix_screens_suite(void)
{
	Suite *suite = suite_create("matrix_screens");
	TCase *c = tcase_create("matrix");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, matrix_looks_as_it_did, 0, SCREENS);
	tcase_add_test(c, matrix_cursor_stays_with_its_pair_when_the_order_changes);
	tcase_add_test(c, matrix_cursor_that_was_not_moved_stays_on_the_first_cell);
	tcase_add_test(c, matrix_cursor_does_not_leave_the_matrix);
	tcase_add_test(c, matrix_enter_lists_the_flows_of_the_cell);
	tcase_add_test(c, matrix_cell_opens_as_its_row_unless_nothing_is_there);
	tcase_add_test(c, matrix_cells_are_the_rows_of_the_list);
	tcase_add_test(c, matrix_cursor_stays_in_its_network_when_prefixes_change);
	tcase_add_test(c, matrix_prefixes_end_with_the_shortest_and_the_longest);
	tcase_add_test(c, matrix_prefixes_of_the_user_are_a_step_too);
	tcase_add_test(c, matrix_left_and_right_are_no_keys_of_other_panes);
	suite_add_tcase(suite, c);
	return suite;
}
