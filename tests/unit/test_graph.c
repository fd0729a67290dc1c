/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tui/graph.c and tui/spark.c: heights, scales and glyphs of every kind of terminal.
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "tui/graph.h"

Suite *graph_suite(void);

static struct canvas canvas;
static char *dumped;

static void start(void)
{
	canvas_init(&canvas, 8, 4, GLYPHS_BLOCKS);
	dumped = NULL;
}

static void end(void)
{
	canvas_release(&canvas);
	free(dumped);
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

START_TEST(graph_newest_value_is_at_the_right_edge)
{
	const double out[] = {1, 2, 4};
	struct graph g = {.columns = 8, .rows = 4, .out = out, .count = 3, .top = 4, .shape = GRAPH_STACKED};

	graph_draw(&canvas, &g);
	ck_assert_str_eq(dump(false), "       █\n       █\n      ██\n     ███\n");
}
END_TEST

START_TEST(graph_of_more_values_than_columns_shows_the_newest)
{
	const double out[] = {9, 9, 9, 9, 1, 1, 1, 1, 1, 1, 1, 4};
	struct graph g = {.columns = 8, .rows = 4, .out = out, .count = 12, .shape = GRAPH_STACKED};

	ck_assert_double_eq(graph_top(&canvas, &g), 5);
	g.top = 4;
	graph_draw(&canvas, &g);
	ck_assert_str_eq(dump(false), "       █\n       █\n       █\n████████\n");
}
END_TEST

START_TEST(graph_mirrored_has_out_above_and_in_below)
{
	const double out[] = {2, 4}, in[] = {4, 1};
	struct graph g = {.columns = 2, .rows = 4, .out = out, .in = in, .count = 2, .top = 4};

	graph_draw(&canvas, &g);
	ck_assert_str_eq(dump(true), " █\n.o\n██\noo\n█▀\nii\n█\ni\n");
}
END_TEST

START_TEST(graph_mirrored_of_odd_rows_has_a_line_between)
{
	const double out[] = {1}, in[] = {1};
	struct graph g = {.columns = 2, .rows = 3, .out = out, .in = in, .count = 1};

	graph_draw(&canvas, &g);
	ck_assert_str_eq(dump(true), " █\n.o\n──\n--\n █\n.i\n\n\n");
}
END_TEST

START_TEST(graph_stacked_puts_out_on_top_of_in)
{
	const double out[] = {3}, in[] = {1};
	struct graph g = {.columns = 1, .rows = 4, .out = out, .in = in, .count = 1, .top = 4, .shape = GRAPH_STACKED};

	graph_draw(&canvas, &g);
	ck_assert_str_eq(dump(true), "█\no\n█\no\n█\no\n█\ni\n");
}
END_TEST

START_TEST(graph_braille_has_two_values_and_four_heights_in_a_cell)
{
	const double out[] = {1, 2, 3, 4};
	struct graph g = {.columns = 2, .rows = 1, .out = out, .count = 4, .top = 4, .shape = GRAPH_STACKED};

	canvas.glyphs = GLYPHS_BRAILLE;
	graph_draw(&canvas, &g);
	ck_assert_str_eq(dump(false), "⣠⣾\n\n\n\n");
	ck_assert_uint_eq(graph_capacity(&canvas, 10), 20);
}
END_TEST

START_TEST(graph_braille_downwards_hangs_from_the_axis)
{
	const double in[] = {1, 2, 3, 4};
	struct graph g = {.columns = 2, .rows = 2, .in = in, .count = 4, .top = 4};

	canvas.glyphs = GLYPHS_BRAILLE;
	graph_draw(&canvas, &g);
	ck_assert_str_eq(dump(false), "\n⠙⢿\n\n\n");
}
END_TEST

START_TEST(graph_in_ascii_has_half_steps)
{
	const double out[] = {1, 2, 4}, in[] = {4, 2, 1};
	struct graph g = {.columns = 3, .rows = 4, .out = out, .in = in, .count = 3, .top = 4};

	canvas.glyphs = GLYPHS_ASCII;
	graph_draw(&canvas, &g);
	ck_assert_str_eq(dump(false), "  |\n.||\n||'\n|\n");
}
END_TEST

START_TEST(graph_gaps_and_zeros_draw_nothing_and_the_least_shows)
{
	const double out[] = {NAN, 0, -5, 0.001, 1000};
	struct graph g = {.columns = 5, .rows = 1, .out = out, .count = 5, .top = 1000, .shape = GRAPH_STACKED};

	graph_draw(&canvas, &g);
	ck_assert_str_eq(dump(false), "   ▁█\n\n\n\n");
}
END_TEST

START_TEST(graph_leaves_what_it_does_not_cover)
{
	const double out[] = {1, 0};
	struct graph g = {.x = 1, .y = 1, .columns = 2, .rows = 2, .out = out, .count = 2, .top = 2, .shape = GRAPH_STACKED};

	for (int y = 0; y < 4; y++)
		canvas_fill(&canvas, 0, y, 4, STYLE_NORMAL, '.');
	graph_draw(&canvas, &g);
	ck_assert_str_eq(dump(false), "....\n....\n.█..\n....\n");
}
END_TEST

START_TEST(graph_of_nothing_and_beyond_the_canvas_is_harmless)
{
	const double out[] = {1, INFINITY, NAN, 1e308, 1e-300};
	struct graph none = {.columns = 8, .rows = 4};
	struct graph empty = {.columns = 0, .rows = 4, .out = out, .count = 5};
	struct graph beyond = {.x = -3, .y = -2, .columns = 50, .rows = 50, .out = out, .in = out, .count = 5, .log = true};

	graph_draw(&canvas, &none);
	graph_draw(&canvas, &empty);
	ck_assert_str_eq(dump(false), "\n\n\n\n");
	graph_draw(&canvas, &beyond);
	ck_assert_double_eq(graph_top(&canvas, &none), 1);
	ck_assert(isfinite(graph_top(&canvas, &beyond)));
}
END_TEST

START_TEST(graph_logarithmic_scale_tells_decades_apart)
{
	ck_assert_double_eq(graph_share(1000, 1000, true), 1);
	ck_assert_double_eq_tol(graph_share(100, 1000, true), 0.75, 1e-9);
	ck_assert_double_eq_tol(graph_share(10, 1000, true), 0.5, 1e-9);
	ck_assert_double_eq(graph_share(0.01, 1000, true), 0);
	ck_assert_double_eq(graph_share(0, 1000, true), 0);
	ck_assert_double_eq(graph_share(250, 1000, false), 0.25);
	ck_assert_double_eq(graph_share(5000, 1000, false), 1);
	ck_assert_double_eq(graph_share(NAN, 1000, false), 0);
	ck_assert_double_eq(graph_share(5, 0, false), 0);
}
END_TEST

START_TEST(graph_top_is_a_round_number)
{
	static const double values[][2] = {{1, 1}, {1.01, 1.5}, {1.6, 2}, {2.5, 3}, {4, 5}, {6, 7.5}, {8, 10},
					   {412.3e6, 500e6}, {0.02, 0.02}, {0, 1}};

	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		struct graph g = {.columns = 8, .rows = 4, .out = &values[i][0], .count = 1};

		ck_assert_double_eq_tol(graph_top(&canvas, &g), values[i][1], 1e-6 * values[i][1]);
	}
}
END_TEST

START_TEST(graph_top_of_stacked_curves_is_of_their_sum)
{
	const double out[] = {3}, in[] = {4};
	struct graph g = {.columns = 8, .rows = 4, .out = out, .in = in, .count = 1};

	ck_assert_double_eq(graph_top(&canvas, &g), 5);
	g.shape = GRAPH_STACKED;
	ck_assert_double_eq(graph_top(&canvas, &g), 7.5);
}
END_TEST

START_TEST(spark_is_scaled_to_its_greatest_value)
{
	const uint32_t values[SPARK_CELLS] = {0, 1, 10, 20, 30, 40, 50, 60, 70, 80, 80, 0};

	canvas_resize(&canvas, 12, 1);
	spark_draw(&canvas, 0, 0, 12, STYLE_SENT, values, 12, 0);
	ck_assert_str_eq(dump(true), " ▁▁▂▃▄▅▆▇██\nssssssssssss\n");
	spark_draw(&canvas, 0, 0, 12, STYLE_SENT, values, 12, 160);
	ck_assert_str_eq(dump(false), " ▁▁▁▂▂▃▃▄▄▄\n");
}
END_TEST

START_TEST(spark_of_large_values_does_not_overflow)
{
	const uint32_t values[] = {UINT32_MAX, UINT32_MAX / 2, 1};

	spark_draw(&canvas, 0, 0, 3, STYLE_SENT, values, 3, 0);
	spark_draw(&canvas, 0, 1, 3, STYLE_SENT, values, 3, 5);
	ck_assert_str_eq(dump(false), "█▄▁\n██▂\n\n\n");
}
END_TEST

START_TEST(spark_in_ascii_is_a_ramp)
{
	const uint32_t values[] = {0, 1, 2, 3, 4, 5, 6, 7, 8};

	canvas.glyphs = GLYPHS_ASCII;
	spark_draw(&canvas, 0, 0, 8, STYLE_SENT, values, 9, 0);
	ck_assert_str_eq(dump(false), ".:-=+*#@\n\n\n\n");
}
END_TEST

START_TEST(spark_of_fewer_values_is_at_the_right)
{
	const uint32_t values[] = {8};

	canvas_fill(&canvas, 0, 0, 8, STYLE_NORMAL, 'x');
	spark_draw(&canvas, 1, 0, 3, STYLE_SENT, values, 1, 0);
	spark_draw(&canvas, 5, 0, 2, STYLE_SENT, NULL, 0, 0);
	spark_draw(&canvas, 7, 0, 0, STYLE_SENT, values, 1, 0);
	ck_assert_str_eq(dump(false), "x  █x  x\n\n\n\n");
}
END_TEST

START_TEST(bar_tells_eighths_apart_and_never_hides_something)
{
	bar_draw(&canvas, 0, 0, 4, STYLE_SENT, 0.5);
	bar_draw(&canvas, 4, 0, 4, STYLE_SENT, 1.5);
	bar_draw(&canvas, 0, 1, 4, STYLE_SENT, 0.0001);
	bar_draw(&canvas, 4, 1, 4, STYLE_SENT, 0.28125);
	bar_draw(&canvas, 0, 2, 8, STYLE_SENT, NAN);
	bar_draw(&canvas, 0, 3, 8, STYLE_SENT, 0);
	ck_assert_str_eq(dump(false), "██  ████\n▏   █▏\n\n\n");
}
END_TEST

START_TEST(bar_of_two_parts_shows_both)
{
	bar_draw_split(&canvas, 0, 0, 8, STYLE_SENT, STYLE_RECEIVED, 0.75, 0.5);
	canvas.glyphs = GLYPHS_ASCII;
	bar_draw_split(&canvas, 0, 1, 8, STYLE_SENT, STYLE_RECEIVED, 0.8, 0.5);
	ck_assert_str_eq(dump(true), "██████\nsssrrr\n###===-\nsssrrrr\n\n\n\n\n");
}
END_TEST

Suite *graph_suite(void)
{
	Suite *s = suite_create("graph");
	TCase *t = tcase_create("graph");

	tcase_add_checked_fixture(t, start, end);
	tcase_add_test(t, graph_newest_value_is_at_the_right_edge);
	tcase_add_test(t, graph_of_more_values_than_columns_shows_the_newest);
	tcase_add_test(t, graph_mirrored_has_out_above_and_in_below);
	tcase_add_test(t, graph_mirrored_of_odd_rows_has_a_line_between);
	tcase_add_test(t, graph_stacked_puts_out_on_top_of_in);
	tcase_add_test(t, graph_braille_has_two_values_and_four_heights_in_a_cell);
	tcase_add_test(t, graph_braille_downwards_hangs_from_the_axis);
	tcase_add_test(t, graph_in_ascii_has_half_steps);
	tcase_add_test(t, graph_gaps_and_zeros_draw_nothing_and_the_least_shows);
	tcase_add_test(t, graph_leaves_what_it_does_not_cover);
	tcase_add_test(t, graph_of_nothing_and_beyond_the_canvas_is_harmless);
	tcase_add_test(t, graph_logarithmic_scale_tells_decades_apart);
	tcase_add_test(t, graph_top_is_a_round_number);
	tcase_add_test(t, graph_top_of_stacked_curves_is_of_their_sum);
	tcase_add_test(t, spark_is_scaled_to_its_greatest_value);
	tcase_add_test(t, spark_of_large_values_does_not_overflow);
	tcase_add_test(t, spark_in_ascii_is_a_ramp);
	tcase_add_test(t, spark_of_fewer_values_is_at_the_right);
	tcase_add_test(t, bar_tells_eighths_apart_and_never_hides_something);
	tcase_add_test(t, bar_of_two_parts_shows_both);
	suite_add_tcase(s, t);
	return s;
}
