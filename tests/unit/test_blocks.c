/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tui/blocks.c: where small tables stand, and the spot that walks through their rows.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "tui/blocks.h"

Suite *blocks_suite(void);

static struct row rows[3][10]; /* ids: 1 and up, 101 and up, 201 and up */
static struct list lists[3];
static struct blocks b;

static void make(size_t first, size_t second, size_t third)
{
	static const enum dim dims[] = {DIM_HOST, DIM_APP, DIM_PORT};
	const size_t counts[] = {first, second, third};

	memset(&b, 0, sizeof b);
	for (unsigned i = 0; i < 3; i++) {
		for (size_t k = 0; k < 10; k++)
			rows[i][k].id = 100 * i + k + 1;
		lists[i] = (struct list){.rows = rows[i], .count = counts[i], .matching = counts[i]};
		blocks_add(&b, (struct block){.dim = dims[i], .title = "", .list = &lists[i]});
	}
}

static struct spot on(enum dim d, uint64_t id)
{
	return (struct spot){.on = true, .dim = d, .id = id};
}

static uint64_t id_of(const struct spot *s)
{
	const struct row *r = blocks_row(&b, s);

	return r != NULL ? r->id : 0;
}

START_TEST(blocks_fill_a_grid_down_to_its_end)
{
	make(10, 10, 10);
	ck_assert_uint_eq(blocks_fill(&b, (struct rect){0, 5, 80, 21}, 2), 3);
	ck_assert_int_eq(b.at[0].at.x, 0);
	ck_assert_int_eq(b.at[1].at.x + b.at[1].at.columns, 80);
	ck_assert_int_eq(b.at[0].at.y, 5);
	ck_assert_int_eq(b.at[2].at.y + b.at[2].at.rows, 5 + 21);
	ck_assert_int_lt(b.at[0].at.y + b.at[0].at.rows, b.at[2].at.y);
}
END_TEST

START_TEST(blocks_without_room_below_are_left_out)
{
	make(10, 10, 10);
	ck_assert_uint_eq(blocks_fill(&b, (struct rect){0, 0, 80, 6}, 2), 2);
}
END_TEST

START_TEST(blocks_stacked_are_as_tall_as_their_lists)
{
	make(2, 3, 1);
	ck_assert_int_eq(blocks_stack(&b, (struct rect){0, 0, 80, 40}, 2, 4), 4 + 1 + 2);
	ck_assert_int_eq(b.at[0].at.rows, 4);
	ck_assert_int_eq(b.at[2].at.y, 5);
	ck_assert_int_eq(b.at[2].at.rows, 2);
}
END_TEST

START_TEST(blocks_stacked_are_cut_until_they_fit_but_no_further)
{
	make(10, 10, 10);
	ck_assert_int_eq(blocks_stack(&b, (struct rect){0, 0, 80, 15}, 2, 3), 15);
	ck_assert_int_eq(b.at[0].at.rows, 7);
	ck_assert_int_eq(blocks_stack(&b, (struct rect){0, 0, 80, 5}, 2, 3), 4 + 1 + 4);
	ck_assert_int_eq(b.at[0].at.rows, 4);
}
END_TEST

START_TEST(wide_block_has_its_line_alone)
{
	make(1, 1, 1);
	b.at[0].wide = true;
	blocks_stack(&b, (struct rect){0, 0, 80, 40}, 2, 3);
	ck_assert_int_eq(b.at[0].at.columns, 80);
	ck_assert_int_eq(b.at[1].at.y, b.at[2].at.y);
	ck_assert_int_gt(b.at[1].at.y, b.at[0].at.y);
}
END_TEST

START_TEST(spot_goes_through_the_rows_of_all_blocks_and_stops_at_the_ends)
{
	struct spot s = on(DIM_HOST, 0);

	make(2, 0, 2);
	blocks_stack(&b, (struct rect){0, 0, 80, 40}, 2, 4);
	ck_assert_uint_eq(id_of(&s), 1);
	ck_assert(!blocks_move(&b, &s, -1));
	ck_assert(blocks_move(&b, &s, 1));
	ck_assert_uint_eq(id_of(&s), 2);
	ck_assert(blocks_move(&b, &s, 1));
	ck_assert_uint_eq(id_of(&s), 201);
	ck_assert(blocks_move(&b, &s, 5));
	ck_assert_uint_eq(id_of(&s), 202);
	ck_assert(!blocks_move(&b, &s, 1));
	ck_assert(blocks_move(&b, &s, -2));
	ck_assert_uint_eq(id_of(&s), 2);
}
END_TEST

START_TEST(spot_stays_on_its_row_when_that_moves)
{
	struct spot s = on(DIM_HOST, 3);

	make(5, 0, 0);
	blocks_stack(&b, (struct rect){0, 0, 80, 40}, 2, 5);
	ck_assert_int_eq(blocks_line(&b, &s), 2);
	rows[0][2].id = 1;
	rows[0][0].id = 3;
	ck_assert_int_eq(blocks_line(&b, &s), 0);
	ck_assert_uint_eq(id_of(&s), 3);
}
END_TEST

START_TEST(spot_whose_row_left_stays_where_it_was)
{
	struct spot s = on(DIM_HOST, 3);

	make(5, 0, 0);
	s.row = 2;
	blocks_stack(&b, (struct rect){0, 0, 80, 40}, 2, 5);
	rows[0][2].id = 99;
	ck_assert_uint_eq(id_of(&s), 99);
	lists[0].count = 2;
	ck_assert_uint_eq(id_of(&s), 2);
}
END_TEST

START_TEST(spot_turns_round_the_blocks_that_have_rows)
{
	struct spot s = {.on = false};

	make(2, 0, 2);
	blocks_stack(&b, (struct rect){0, 0, 80, 40}, 2, 4);
	blocks_turn(&b, &s, 1);
	ck_assert_uint_eq(id_of(&s), 1);
	blocks_turn(&b, &s, 1);
	ck_assert_uint_eq(id_of(&s), 201);
	blocks_turn(&b, &s, 1);
	ck_assert_uint_eq(id_of(&s), 1);
	blocks_turn(&b, &s, -1);
	ck_assert_uint_eq(id_of(&s), 201);
}
END_TEST

START_TEST(row_that_is_left_out_is_neither_shown_nor_counted)
{
	struct spot s = on(DIM_HOST, 0);

	make(3, 0, 0);
	b.at[0].without = 1;
	blocks_stack(&b, (struct rect){0, 0, 80, 40}, 2, 4);
	ck_assert_uint_eq(block_count(&b.at[0]), 2);
	ck_assert_uint_eq(id_of(&s), 2);
	ck_assert_ptr_null(block_row(&b.at[0], 2));
}
END_TEST

START_TEST(spot_without_any_rows_is_nowhere)
{
	struct spot s = on(DIM_HOST, 0);

	make(0, 0, 0);
	blocks_stack(&b, (struct rect){0, 0, 80, 40}, 2, 4);
	blocks_turn(&b, &s, 1);
	ck_assert(!blocks_move(&b, &s, 1));
	ck_assert_ptr_null(blocks_row(&b, &s));
	ck_assert_int_eq(blocks_line(&b, &s), -1);
}
END_TEST

Suite *blocks_suite(void)
{
	Suite *s = suite_create("blocks");
	TCase *t = tcase_create("blocks");

	tcase_add_test(t, blocks_fill_a_grid_down_to_its_end);
	tcase_add_test(t, blocks_without_room_below_are_left_out);
	tcase_add_test(t, blocks_stacked_are_as_tall_as_their_lists);
	tcase_add_test(t, blocks_stacked_are_cut_until_they_fit_but_no_further);
	tcase_add_test(t, wide_block_has_its_line_alone);
	tcase_add_test(t, spot_goes_through_the_rows_of_all_blocks_and_stops_at_the_ends);
	tcase_add_test(t, spot_stays_on_its_row_when_that_moves);
	tcase_add_test(t, spot_whose_row_left_stays_where_it_was);
	tcase_add_test(t, spot_turns_round_the_blocks_that_have_rows);
	tcase_add_test(t, row_that_is_left_out_is_neither_shown_nor_counted);
	tcase_add_test(t, spot_without_any_rows_is_nowhere);
	suite_add_tcase(s, t);
	return s;
}
