/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tui/world.c and tui/land.c: where land is, where a place comes to lie, what shares a cell, arcs.
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tui/land.h"
#include "tui/world.h"

Suite *world_suite(void);

static const struct world_place paris = {48.9, 2.4}, berlin = {52.5, 13.4}, tokyo = {35.7, 139.7},
				new_york = {40.7, -74.0}, los_angeles = {34.1, -118.2};

static struct canvas canvas;
static char *dumped;

static void start(void)
{
	canvas_init(&canvas, 72, 12, GLYPHS_BRAILLE);
	dumped = NULL;
}

static void end(void)
{
	canvas_release(&canvas);
	free(dumped);
}

static struct world whole(enum glyphs glyphs, int columns, int rows)
{
	canvas.glyphs = glyphs;
	canvas_resize(&canvas, columns, rows);
	return (struct world){0, 0, columns, rows};
}

static const char *dump(bool attributes)
{
	size_t size;
	FILE *out;

	free(dumped);
	out = open_memstream(&dumped, &size);
	canvas_dump(&canvas, attributes, out);
	fclose(out);
	return dumped;
}

static const char *cell(int x, int y)
{
	return canvas.cells[y * canvas.columns + x].text;
}

static enum style cell_style(int x, int y)
{
	return (enum style)canvas.cells[y * canvas.columns + x].style;
}

static int cells_of(enum style s)
{
	int count = 0;

	for (int i = 0; i < canvas.columns * canvas.rows; i++)
		count += canvas.cells[i].style == s;
	return count;
}

/* ---- land ---- */

START_TEST(land_table_is_in_order)
{
	for (int row = 0; row < LAND_ROWS; row++) {
		ck_assert_int_eq((land_begins[row + 1] - land_begins[row]) % 2, 0);
		for (int i = land_begins[row]; i < land_begins[row + 1]; i++) {
			ck_assert_int_le(land_edges[i], LAND_COLUMNS);
			ck_assert(i == land_begins[row] || land_edges[i] > land_edges[i - 1]);
		}
	}
}
END_TEST

START_TEST(land_is_where_cities_are_and_not_where_oceans_are)
{
	static const struct world_place land[] = {{48.9, 2.4}, {52.5, 13.4}, {39.9, 116.4}, {-23.6, -46.7}, {-25, 134}, {64.2, -51.0},
						  {66, -172}, {-80, 0}, {1.3, 32.5}, {54, -2}, {40.5, -75.5}, {36.2, 138.2}};
	static const struct world_place sea[] = {{30, -40}, {0, -150}, {-40, 80}, {43.3, 34}, {57, 3}, {85, 0}, {25, -90}, {60, -86},
						 {42, 51}, {15, 179.9}};

	for (size_t i = 0; i < sizeof land / sizeof *land; i++)
		ck_assert_msg(world_is_land(land[i]), "%g %g is land", land[i].latitude, land[i].longitude);
	for (size_t i = 0; i < sizeof sea / sizeof *sea; i++)
		ck_assert_msg(!world_is_land(sea[i]), "%g %g is sea", sea[i].latitude, sea[i].longitude);
}
END_TEST

START_TEST(land_at_the_ends_of_the_table_is_answered)
{
	ck_assert(world_is_land((struct world_place){-90, -180}));
	ck_assert(world_is_land((struct world_place){-90, 180}));
	ck_assert(!world_is_land((struct world_place){90, 180}));
}
END_TEST

START_TEST(land_in_ascii_is_a_map_of_the_world)
{
	struct world w = whole(GLYPHS_ASCII, 48, 9);

	world_draw_land(&canvas, &w);
	ck_assert_str_eq(dump(false), " .....::.:::.. :::''    ..........::::.........\n"
				      " '  ':::::..::.       .::::::::::::::::::''''\n"
				      "      ::::::''       .::'':::::::::::::''\n"
				      "       '::''        .:::::::::''::::::'\n"
				      "          ' ...     '::::::::   '  ''\n"
				      "            ::::..      ::::         '   .\n"
				      "             ::::       :::'.         .:::.\n"
				      "             ::'         ''           ''':'\n"
				      "             '\n");
}
END_TEST

START_TEST(land_inside_has_half_of_the_dots_and_the_coast_all)
{
	struct world w = whole(GLYPHS_BRAILLE, 200, 37);
	int x, y;

	world_draw_land(&canvas, &w);
	ck_assert(world_cell(&w, (struct world_place){60, 100}, &x, &y)); /* Siberia */
	ck_assert(strcmp(cell(x, y), "⢕") == 0 || strcmp(cell(x, y), "⡪") == 0);
	ck_assert(world_cell(&w, (struct world_place){0, -150}, &x, &y));
	ck_assert_str_eq(cell(x, y), " ");
	ck_assert_int_eq(cells_of(STYLE_LAND) + cells_of(STYLE_NORMAL), 200 * 37);
}
END_TEST

START_TEST(land_covers_as_much_of_a_large_map_as_of_a_small_one)
{
	double shares[2];

	for (int i = 0; i < 2; i++) {
		struct world w = whole(GLYPHS_BLOCKS, i == 0 ? 60 : 300, i == 0 ? 11 : 55);

		world_draw_land(&canvas, &w);
		shares[i] = 0;
		for (int k = 0; k < w.columns * w.rows; k++) /* a cell has an upper and a lower half */
			shares[i] += canvas.cells[k].style != STYLE_LAND ? 0 : strcmp(canvas.cells[k].text, "▒") == 0 ? 1 : 0.5;
		shares[i] /= w.columns * w.rows;
	}
	ck_assert_double_eq_tol(shares[0], shares[1], 0.02);
	ck_assert(shares[0] > 0.3 && shares[0] < 0.4);
}
END_TEST

/* ---- fitting and projection ---- */

START_TEST(map_takes_what_there_is_but_is_not_distorted_much)
{
	static const struct world rooms[] = {{0, 0, 80, 11}, {0, 0, 132, 22}, {0, 0, 200, 29}, {0, 0, 250, 44}, {0, 0, 60, 40}};

	for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
		struct world w;

		ck_assert(world_fit(&rooms[i], &w));
		ck_assert(w.columns == rooms[i].columns || w.rows == rooms[i].rows);
		ck_assert_double_ge(w.columns, 4.5 * w.rows);
		ck_assert_double_le(w.columns, 7.0 * w.rows);
		ck_assert_int_le(abs(w.x - (rooms[i].columns - w.columns - w.x)), 1); /* in the middle */
	}
}
END_TEST

START_TEST(map_without_room_is_none)
{
	struct world w;

	ck_assert(!world_fit(&(struct world){0, 0, 200, 6}, &w));
	ck_assert(!world_fit(&(struct world){0, 0, 30, 30}, &w));
	ck_assert(!world_fit(&(struct world){0, 0, 80, -3}, &w));
	ck_assert(!world_fit(&(struct world){0, 0, 0, 0}, &w));
}
END_TEST

START_TEST(place_is_found_by_degrees_from_the_bering_strait)
{
	struct world w = {5, 2, 360, 134};
	int x, y;

	ck_assert(world_cell(&w, (struct world_place){51.5, 0.5}, &x, &y));
	ck_assert_int_eq(x, 5 + 169);
	ck_assert_int_eq(y, 2 + 26);
	ck_assert(world_cell(&w, (struct world_place){65, -168.5}, &x, &y)); /* Alaska: the left edge */
	ck_assert_int_eq(x, 5);
	ck_assert(world_cell(&w, (struct world_place){65, -169.5}, &x, &y)); /* Siberia: the right one */
	ck_assert_int_eq(x, 5 + 359);
	ck_assert(world_cell(&w, (struct world_place){65, 180}, &x, &y));
	ck_assert_int_eq(x, 5 + 349);
	ck_assert(world_cell(&w, (struct world_place){65, 540}, &x, &y));
	ck_assert_int_eq(x, 5 + 349);
}
END_TEST

START_TEST(place_beyond_the_map_lies_on_its_edge)
{
	struct world w = {0, 0, 72, 12};
	int x, y;

	ck_assert(world_cell(&w, (struct world_place){90, 0}, &x, &y));
	ck_assert_int_eq(y, 0);
	ck_assert(world_cell(&w, (struct world_place){-90, 0}, &x, &y));
	ck_assert_int_eq(y, 11);
}
END_TEST

START_TEST(place_that_is_not_known_is_nowhere)
{
	struct world w = {0, 0, 72, 12};
	int x, y;

	ck_assert(!world_cell(&w, (struct world_place){NAN, 0}, &x, &y));
	ck_assert(!world_cell(&w, (struct world_place){0, NAN}, &x, &y));
	ck_assert(!world_cell(&w, (struct world_place){0, INFINITY}, &x, &y));
	ck_assert(!world_cell(&w, (struct world_place){1e9, 0}, &x, &y));
}
END_TEST

/* ---- points ---- */

START_TEST(points_in_a_cell_add_up_under_the_heaviest)
{
	struct world w = {0, 0, 72, 12};
	const struct world_point points[] = {{berlin, 2, 10, 20, 7}, {{NAN, NAN}, 100, 1, 1, 8}, {{52.4, 13.1}, 5, 1, 2, 9},
					     {tokyo, 1, 3, 4, 10}};
	struct world_spot spots[4];

	ck_assert_uint_eq(world_gather(&w, points, 4, spots), 2);
	ck_assert_double_eq(spots[0].weight, 7);
	ck_assert_uint_eq(spots[0].sent, 11);
	ck_assert_uint_eq(spots[0].received, 22);
	ck_assert_uint_eq(spots[0].index, 9);
	ck_assert_uint_eq(spots[1].index, 10);
}
END_TEST

START_TEST(points_in_another_order_are_the_same_spots)
{
	struct world w = {0, 0, 72, 12};
	const struct world_point one[] = {{berlin, 2, 1, 1, 1}, {paris, 3, 2, 2, 2}, {tokyo, 4, 3, 3, 3}};
	const struct world_point other[] = {{tokyo, 9, 3, 3, 3}, {berlin, 8, 1, 1, 1}, {paris, 1, 2, 2, 2}};
	struct world_spot a[3], b[3];

	ck_assert_uint_eq(world_gather(&w, one, 3, a), 3);
	ck_assert_uint_eq(world_gather(&w, other, 3, b), 3);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(a[i].x, b[i].x);
		ck_assert_int_eq(a[i].y, b[i].y);
		ck_assert_uint_eq(a[i].index, b[i].index);
	}
}
END_TEST

START_TEST(spot_is_found_near_a_click_and_not_far_from_it)
{
	const struct world_spot spots[] = {{.x = 10, .y = 5, .index = 1}, {.x = 14, .y = 5, .index = 2}};

	ck_assert_ptr_eq(world_nearest(spots, 2, 10, 5, 3), &spots[0]);
	ck_assert_ptr_eq(world_nearest(spots, 2, 13, 5, 3), &spots[1]);
	ck_assert_ptr_eq(world_nearest(spots, 2, 10, 6, 3), &spots[0]);
	ck_assert_ptr_null(world_nearest(spots, 2, 30, 5, 3));
	ck_assert_ptr_null(world_nearest(spots, 0, 10, 5, 3));
}
END_TEST

START_TEST(spots_of_a_small_map_are_characters_by_size)
{
	struct world w = whole(GLYPHS_BRAILLE, 72, 12);
	const struct world_spot spots[] = {{.x = 1, .y = 0, .size = 0, .style = STYLE_POINT_SENT},
					   {.x = 3, .y = 0, .size = 1, .style = STYLE_POINT_RECEIVED},
					   {.x = 5, .y = 0, .size = 2, .style = STYLE_POINT}};

	world_draw_spots(&canvas, &w, spots, 3);
	ck_assert_int_eq(strncmp(dump(true), " · • ●\n.X.Y.x\n", strlen(" · • ●\n.X.Y.x\n")), 0);
	ck_assert_int_eq(world_reach(&canvas, &w, 2), 0);
	canvas_clear(&canvas);
	canvas.glyphs = GLYPHS_ASCII;
	world_draw_spots(&canvas, &w, spots, 3);
	ck_assert_int_eq(strncmp(dump(false), " o O @\n", 7), 0);
}
END_TEST

START_TEST(spots_of_a_large_map_are_discs_and_small_ones_lie_on_top)
{
	struct world w = whole(GLYPHS_BRAILLE, 200, 37);
	const struct world_spot spots[] = {{.x = 50, .y = 10, .size = 0, .style = STYLE_POINT_SENT},
					   {.x = 51, .y = 10, .size = 2, .style = STYLE_POINT_RECEIVED}};

	world_draw_spots(&canvas, &w, spots, 2);
	ck_assert_int_eq(cell_style(50, 10), STYLE_POINT_SENT);
	ck_assert_int_eq(cell_style(51, 10), STYLE_POINT_RECEIVED);
	ck_assert_str_eq(cell(51, 10), "⣿");
	ck_assert_str_eq(cell(50, 10), "⣿"); /* of both */
	ck_assert_int_eq(cell_style(51 + world_reach(&canvas, &w, 2), 10), STYLE_POINT_RECEIVED);
	ck_assert_int_eq(cell_style(51 + world_reach(&canvas, &w, 2) + 1, 10), STYLE_NORMAL);
}
END_TEST

START_TEST(spot_at_the_edge_does_not_leave_the_map)
{
	struct world w = whole(GLYPHS_BRAILLE, 200, 37);
	const struct world_spot spots[] = {{.x = 0, .y = 0, .size = 2, .style = STYLE_POINT},
					   {.x = 199, .y = 36, .size = 2, .style = STYLE_POINT}};

	world_draw_spots(&canvas, &w, spots, 2);
	ck_assert_int_eq(cell_style(0, 0), STYLE_POINT);
	ck_assert_int_eq(cell_style(199, 36), STYLE_POINT);
	ck_assert_int_eq(cell_style(199, 0), STYLE_NORMAL);
}
END_TEST

/* ---- arcs ---- */

START_TEST(arc_joins_its_ends_over_the_north)
{
	struct world w = whole(GLYPHS_BRAILLE, 180, 34);
	int x, y, top = 99, paris_y;

	world_draw_arc(&canvas, &w, paris, los_angeles);
	ck_assert(world_cell(&w, los_angeles, &x, &y));
	ck_assert_int_eq(cell_style(x, y), STYLE_ARC);
	ck_assert(world_cell(&w, paris, &x, &paris_y));
	ck_assert_int_eq(cell_style(x, paris_y), STYLE_ARC);
	for (int i = 0; i < 180 * 34; i++)
		if (canvas.cells[i].style == STYLE_ARC && i / 180 < top)
			top = i / 180;
	ck_assert_int_lt(top, paris_y - 2);
}
END_TEST

START_TEST(arc_over_the_pacific_leaves_at_one_edge_and_enters_at_the_other)
{
	struct world w = whole(GLYPHS_BRAILLE, 180, 34);
	int left = 0, right = 0, middle = 0;

	world_draw_arc(&canvas, &w, tokyo, los_angeles);
	for (int y = 0; y < 34; y++) {
		left += cell_style(0, y) == STYLE_ARC;
		right += cell_style(179, y) == STYLE_ARC;
		middle += cell_style(90, y) == STYLE_ARC;
	}
	ck_assert_int_gt(left, 0);
	ck_assert_int_gt(right, 0);
	ck_assert_int_eq(middle, 0);
}
END_TEST

START_TEST(arc_to_the_same_place_the_antipode_or_nowhere_is_none)
{
	struct world w = whole(GLYPHS_BRAILLE, 72, 12);

	world_draw_arc(&canvas, &w, paris, paris);
	world_draw_arc(&canvas, &w, (struct world_place){0, 0}, (struct world_place){0, 180});
	world_draw_arc(&canvas, &w, paris, (struct world_place){NAN, NAN});
	ck_assert_int_eq(cells_of(STYLE_ARC), 0);
}
END_TEST

START_TEST(arc_in_ascii_differs_from_land)
{
	struct world w = whole(GLYPHS_ASCII, 72, 12);

	world_draw_arc(&canvas, &w, paris, new_york);
	for (int i = 0; i < 72 * 12; i++)
		ck_assert_str_eq(canvas.cells[i].text, canvas.cells[i].style == STYLE_ARC ? "+" : " ");
	ck_assert_int_gt(cells_of(STYLE_ARC), 10);
}
END_TEST

Suite *world_suite(void)
{
	Suite *s = suite_create("world");
	TCase *t = tcase_create("world");

	tcase_add_checked_fixture(t, start, end);
	tcase_add_test(t, land_table_is_in_order);
	tcase_add_test(t, land_is_where_cities_are_and_not_where_oceans_are);
	tcase_add_test(t, land_at_the_ends_of_the_table_is_answered);
	tcase_add_test(t, land_in_ascii_is_a_map_of_the_world);
	tcase_add_test(t, land_inside_has_half_of_the_dots_and_the_coast_all);
	tcase_add_test(t, land_covers_as_much_of_a_large_map_as_of_a_small_one);
	tcase_add_test(t, map_takes_what_there_is_but_is_not_distorted_much);
	tcase_add_test(t, map_without_room_is_none);
	tcase_add_test(t, place_is_found_by_degrees_from_the_bering_strait);
	tcase_add_test(t, place_beyond_the_map_lies_on_its_edge);
	tcase_add_test(t, place_that_is_not_known_is_nowhere);
	tcase_add_test(t, points_in_a_cell_add_up_under_the_heaviest);
	tcase_add_test(t, points_in_another_order_are_the_same_spots);
	tcase_add_test(t, spot_is_found_near_a_click_and_not_far_from_it);
	tcase_add_test(t, spots_of_a_small_map_are_characters_by_size);
	tcase_add_test(t, spots_of_a_large_map_are_discs_and_small_ones_lie_on_top);
	tcase_add_test(t, spot_at_the_edge_does_not_leave_the_map);
	tcase_add_test(t, arc_joins_its_ends_over_the_north);
	tcase_add_test(t, arc_over_the_pacific_leaves_at_one_edge_and_enters_at_the_other);
	tcase_add_test(t, arc_to_the_same_place_the_antipode_or_nowhere_is_none);
	tcase_add_test(t, arc_in_ascii_differs_from_land);
	suite_add_tcase(s, t);
	return s;
}
