/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model/table.c: rows by key, the bound and `other`, adding and taking, and what a closed tick
 * makes of it: rates, peaks, sparklines.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "model/table.h"

Suite *table_suite(void);

#define SECOND_US INT64_C(1000000)
#define NOW_US (INT64_C(1700000000) * SECOND_US) /* a step of sparklines begins here */

enum { OLD = 61 }; /* seconds after which a row counts as idle */

static struct table t; /* a test is a process of its own: this is not shared */
static const struct shape three = {sizeof(uint16_t), sizeof(struct entry), 3, true, false};
static const struct shape stubborn = {sizeof(uint16_t), sizeof(struct entry), 3, false, false};
static const struct shape small = {sizeof(uint16_t), sizeof(struct entry), 65536, false, true};

static void use(const struct shape *s)
{
	table_release(&t);
	table_init(&t, s, 0, 1);
}

static void setup(void)
{
	table_init(&t, &three, 0, 1);
}

static void teardown(void)
{
	table_release(&t);
}

static struct dim_key key(uint16_t number)
{
	struct dim_key k;

	memset(&k, 0, sizeof k);
	k.small.number = number;
	return k;
}

static struct amount up(uint64_t bytes)
{
	return (struct amount){.c = {{bytes, 0}, {1, 0}}, .flows = 1, .live = 1};
}

/* Bytes to a key at a second from NOW_US. */
static struct entry *add(uint16_t number, uint64_t bytes, int second)
{
	struct dim_key k = key(number);
	struct amount a = up(bytes);
	struct entry *e = table_touch(&t, &k, NOW_US + second * SECOND_US, NULL);

	a.from_us = a.to_us = NOW_US + second * SECOND_US;
	table_add(&t, e, &a);
	return e;
}

static void tick(int second)
{
	table_tick(&t, NOW_US + second * SECOND_US, SECOND_US);
}

static void expect_whole(uint64_t bytes, uint64_t packets)
{
	const struct entry *e;
	uint64_t sum = t.other.row.total.bytes[0], n = t.other.row.total.packets[0];

	for (size_t i = 0; (e = map_next(t.map, &i)) != NULL;) {
		sum += e->row.total.bytes[0];
		n += e->row.total.packets[0];
	}
	ck_assert_uint_eq(sum, bytes);
	ck_assert_uint_eq(n, packets);
}

START_TEST(table_touch_finds_or_creates)
{
	struct dim_key one = key(1), two = key(2);
	bool created;
	struct entry *e = table_touch(&t, &one, 0, &created);

	ck_assert(created);
	ck_assert_ptr_eq(table_touch(&t, &one, 0, &created), e);
	ck_assert(!created);
	ck_assert_ptr_ne(table_touch(&t, &two, 0, &created), e);
	ck_assert(created);
	ck_assert_ptr_eq(table_get(&t, &one), e);
	ck_assert_ptr_eq(table_get(&t, &one), e);
	two.small.number = 9;
	ck_assert_ptr_null(table_get(&t, &two));
}
END_TEST

START_TEST(table_small_numbers_are_found_directly_and_large_ones_too)
{
	struct dim_key k = key(300);
	struct entry *a, *b;

	use(&small);
	a = table_touch_small(&t, 255, 0);
	b = table_touch_small(&t, 300, 0);
	ck_assert_ptr_eq(table_touch_small(&t, 255, 0), a);
	ck_assert_ptr_eq(table_touch_small(&t, 300, 0), b);
	ck_assert_ptr_ne(a, b);
	ck_assert_ptr_eq(table_get(&t, &k), b);
	ck_assert_uint_eq(map_count(t.map), 2);
}
END_TEST

START_TEST(table_limit_overrides_the_shape)
{
	table_release(&t);
	table_init(&t, &three, 7, 1);
	ck_assert_uint_eq(map_max(t.map), 7);
}
END_TEST

START_TEST(table_adds_both_ways_and_widens_times)
{
	struct dim_key k = key(1);
	struct entry *e = table_touch(&t, &k, 0, NULL);
	struct amount a = {
		.c = {{10, 20}, {1, 2}}, .flows = 1, .live = 1, .from_us = 50, .to_us = 60};

	table_add(&t, e, &a);
	a.flows = 0;
	a.live = -1;
	a.from_us = 40;
	a.to_us = 55;
	table_add(&t, e, &a);
	ck_assert_uint_eq(e->row.total.bytes[0], 20);
	ck_assert_uint_eq(e->row.total.bytes[1], 40);
	ck_assert_uint_eq(e->row.total.packets[1], 4);
	ck_assert_uint_eq(e->row.flows, 1);
	ck_assert_uint_eq(e->row.live_flows, 0);
	ck_assert_int_eq(e->row.first_us, 40);
	ck_assert_int_eq(e->row.last_us, 60);
	a = (struct amount){
		.live = -1}; /* says nothing of times, and there is no flow left to end */
	table_add(&t, e, &a);
	ck_assert_int_eq(e->row.first_us, 40);
	ck_assert_uint_eq(e->row.live_flows, 0);
}
END_TEST

START_TEST(table_when_full_counts_in_other)
{
	use(&stubborn);
	for (uint16_t i = 0; i < 5; i++)
		ck_assert_int_eq(add(i, 100, i) == NULL, i >= 3);
	add(1, 100, 1000); /* what is there goes on */
	ck_assert_uint_eq(t.other.row.total.bytes[0], 200);
	ck_assert_uint_eq(t.other.row.flows, 2);
	ck_assert_uint_eq(t.evicted, 0);
	expect_whole(600, 6);
}
END_TEST

START_TEST(table_when_full_evicts_an_idle_row_into_other)
{
	for (uint16_t i = 0; i < 3; i++)
		add(i, 100 + i, i);
	tick(3);
	tick(4); /* they are at rest now */
	add(1, 1, OLD + 3);
	ck_assert_ptr_nonnull(add(7, 500, OLD + 3)); /* row 0 or 2 goes */
	ck_assert_uint_eq(t.evicted, 1);
	ck_assert_uint_eq(map_count(t.map), 3);
	ck_assert_ptr_nonnull(table_get(&t, &(struct dim_key){.small = {1}}));
	ck_assert_uint_ge(t.other.row.total.bytes[0], 100);
	ck_assert_uint_eq(t.other.row.flows, 1);
	expect_whole(100 + 101 + 102 + 1 + 500, 5);
}
END_TEST

START_TEST(table_when_full_of_busy_rows_evicts_none)
{
	for (uint16_t i = 0; i < 3; i++)
		add(i, 100, 0);
	tick(1);
	tick(2);
	ck_assert_ptr_null(add(7, 500, 30));
	ck_assert_uint_eq(t.evicted, 0);
	expect_whole(800, 4);
}
END_TEST

START_TEST(table_full_of_busy_rows_evicts_again_as_soon_as_one_is_idle)
{
	add(1, 10, 0);
	add(2, 10, 20);
	add(3, 10, 40);
	for (int s = 41; s < 44; s++)
		tick(s);
	for (uint16_t n = 100; n < 110; n++) /* each looks at all of them, at most */
		ck_assert_ptr_null(add(n, 1, 59));
	ck_assert_ptr_nonnull(add(4, 10, 60)); /* in the place of 1 */
	ck_assert_ptr_null(add(5, 10, 79));
	ck_assert_ptr_nonnull(add(6, 10, 80)); /* of 2 */
	ck_assert_ptr_null(add(7, 10, 81));
	ck_assert_uint_eq(t.evicted, 2);
	expect_whole(80, 17);
}
END_TEST

START_TEST(table_row_that_moved_since_the_tick_is_not_evicted)
{
	for (uint16_t i = 0; i < 3; i++)
		add(i, 100, 0);
	ck_assert_ptr_null(add(7, 500, OLD)); /* no tick closed yet: all stand in its list */
	tick(OLD);
	expect_whole(800, 4);
}
END_TEST

static unsigned left;

static void leaving(void *ctx, struct entry *e)
{
	ck_assert_ptr_eq(ctx, &left);
	left = e->key.small.number;
}

START_TEST(table_says_which_row_leaves)
{
	t.leaving = leaving;
	t.ctx = &left;
	for (uint16_t i = 40; i < 43; i++)
		add(i, 100, i == 41 ? 0 : OLD);
	tick(OLD + 1);
	tick(OLD + 2);
	add(50, 100, OLD + 3);
	ck_assert_uint_eq(left, 41);
	ck_assert_ptr_null(table_get(&t, &(struct dim_key){.small = {41}}));
}
END_TEST

START_TEST(table_evicted_traffic_gives_other_no_rate)
{
	for (uint16_t i = 0; i < 3; i++)
		add(i, 1000000, 0);
	tick(1);
	tick(2);
	add(7, 500, OLD + 1);
	tick(OLD + 2);
	ck_assert_uint_eq(t.other.row.total.bytes[0], 1000000);
	ck_assert_uint_eq(t.other.row.rate[0], 0);
	ck_assert_uint_eq(t.other.row.peak, 0);
}
END_TEST

START_TEST(table_takes_what_the_row_has)
{
	struct entry *e = add(1, 1000, 0);
	struct amount a = up(400);

	table_take(&t, e, &a);
	ck_assert_uint_eq(e->row.total.bytes[0], 600);
	ck_assert_uint_eq(e->row.total.packets[0], 0);
	ck_assert_uint_eq(e->row.flows, 0);
	ck_assert_uint_eq(e->row.live_flows, 0);
}
END_TEST

START_TEST(table_takes_the_rest_from_other_and_never_below_zero)
{
	struct entry *e = add(1, 100, 0);
	struct amount a = up(100);

	table_add(&t, NULL, &a);
	a = up(150);
	table_take(&t, e, &a);
	ck_assert_uint_eq(e->row.total.bytes[0], 0);
	ck_assert_uint_eq(t.other.row.total.bytes[0], 50);
	table_take(&t, NULL, &a);
	table_take(&t, NULL, &a);
	ck_assert_uint_eq(t.other.row.total.bytes[0], 0);
	ck_assert_uint_eq(t.other.row.flows, 0);
	ck_assert_uint_eq(e->row.flows, 0);
}
END_TEST

START_TEST(table_rates_are_of_the_last_tick_and_go_back_to_zero)
{
	struct entry *e = add(1, 3000, 0);

	table_tick(&t, NOW_US + 2 * SECOND_US, 2 * SECOND_US);
	ck_assert_uint_eq(e->row.rate[0], 1500); /* two seconds long */
	ck_assert_uint_eq(e->row.packet_rate[0], 0);
	ck_assert_uint_eq(e->row.peak, 1500);
	add(1, 100, 2);
	add(1, 100, 2);
	tick(3);
	ck_assert_uint_eq(e->row.rate[0], 200);
	ck_assert_uint_eq(e->row.packet_rate[0], 2);
	ck_assert_uint_eq(e->row.peak, 1500);
	tick(4);
	ck_assert_uint_eq(e->row.rate[0], 0);
	ck_assert_uint_eq(e->row.packet_rate[0], 0);
	ck_assert_uint_eq(t.moved.count, 0); /* and costs nothing from now on */
}
END_TEST

START_TEST(table_rates_saturate)
{
	struct entry *e = add(1, UINT64_MAX / 2, 0);

	tick(1);
	ck_assert_uint_eq(e->row.rate[0], UINT32_MAX);
	ck_assert_uint_eq(e->row.peak, UINT32_MAX);
	ck_assert_uint_eq(e->row.spark[e->row.spark_at % DIM_SPARK], UINT32_MAX);
}
END_TEST

START_TEST(table_past_traffic_counts_but_gives_no_rate)
{
	struct dim_key k = key(1);
	struct entry *e = table_touch(&t, &k, 0, NULL);
	struct amount a = up(5000);

	a.past = true;
	table_add(&t, e, &a);
	a = up(70);
	table_add(&t, e, &a);
	tick(1);
	ck_assert_uint_eq(e->row.total.bytes[0], 5070);
	ck_assert_uint_eq(e->row.rate[0], 70);
	ck_assert_uint_eq(e->row.packet_rate[0], 1);
}
END_TEST

START_TEST(table_what_is_taken_leaves_the_rate_of_the_rest)
{
	struct entry *e = add(1, 5000, 0);
	struct amount a = up(5000);

	tick(1);
	add(1, 300, 1);
	table_take(&t, e, &a); /* of the ticks before */
	tick(2);
	ck_assert_uint_eq(e->row.total.bytes[0], 300);
	ck_assert_uint_eq(e->row.rate[0], 300);
	ck_assert_uint_eq(e->row.packet_rate[0], 1);
}
END_TEST

START_TEST(table_sparkline_has_a_place_for_each_step)
{
	struct entry *e = add(1, 100, 0);

	tick(1);
	add(1, 50, 1);
	tick(2);
	ck_assert_uint_eq(e->row.spark[e->row.spark_at % DIM_SPARK], 150);
	for (int i = 1; i < DIM_SPARK; i++) {
		add(1, 1000 + (unsigned)i, 5 * i);
		tick(5 * i + 1);
	}
	for (int i = 0; i < DIM_SPARK; i++)
		ck_assert_uint_eq(e->row.spark[(e->row.spark_at - DIM_SPARK + 1 + i) % DIM_SPARK],
				  i == 0 ? 150 : 1000 + i);
	add(1, 7, 5 * DIM_SPARK);
	tick(5 * DIM_SPARK + 1);
	/* in the place of the oldest */
	ck_assert_uint_eq(e->row.spark[e->row.spark_at % DIM_SPARK], 7);
}
END_TEST

START_TEST(table_sparkline_forgets_steps_of_silence)
{
	struct entry *e = add(1, 100, 0);

	tick(1);
	add(1, 10, 15);
	tick(16);
	ck_assert_uint_eq(e->row.spark[(e->row.spark_at - 3) % DIM_SPARK], 100);
	ck_assert_uint_eq(e->row.spark[(e->row.spark_at - 2) % DIM_SPARK], 0);
	ck_assert_uint_eq(e->row.spark[e->row.spark_at % DIM_SPARK], 10);
	add(1, 20, 1000);
	tick(1001);
	for (int i = 1; i < DIM_SPARK; i++)
		ck_assert_uint_eq(e->row.spark[(e->row.spark_at - i) % DIM_SPARK], 0);
	ck_assert_uint_eq(e->row.spark[e->row.spark_at % DIM_SPARK], 20);
}
END_TEST

START_TEST(table_sparkline_begins_anew_when_time_steps_back)
{
	struct entry *e = add(1, 100, 0);

	tick(1);
	add(1, 9, -100);
	tick(-99);
	ck_assert_uint_eq(e->row.spark[e->row.spark_at % DIM_SPARK], 9);
	for (int i = 1; i < DIM_SPARK; i++)
		ck_assert_uint_eq(e->row.spark[(e->row.spark_at + i) % DIM_SPARK], 0);
	add(1, 9, 0);
	table_tick(&t, -100 * SECOND_US, SECOND_US); /* before the epoch */
	table_tick(&t, -90 * SECOND_US, SECOND_US);
}
END_TEST

Suite *table_suite(void)
{
	Suite *s = suite_create("table");
	TCase *c = tcase_create("table");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, table_touch_finds_or_creates);
	tcase_add_test(c, table_small_numbers_are_found_directly_and_large_ones_too);
	tcase_add_test(c, table_limit_overrides_the_shape);
	tcase_add_test(c, table_adds_both_ways_and_widens_times);
	tcase_add_test(c, table_when_full_counts_in_other);
	tcase_add_test(c, table_when_full_evicts_an_idle_row_into_other);
	tcase_add_test(c, table_when_full_of_busy_rows_evicts_none);
	tcase_add_test(c, table_full_of_busy_rows_evicts_again_as_soon_as_one_is_idle);
	tcase_add_test(c, table_row_that_moved_since_the_tick_is_not_evicted);
	tcase_add_test(c, table_says_which_row_leaves);
	tcase_add_test(c, table_evicted_traffic_gives_other_no_rate);
	tcase_add_test(c, table_takes_what_the_row_has);
	tcase_add_test(c, table_takes_the_rest_from_other_and_never_below_zero);
	tcase_add_test(c, table_rates_are_of_the_last_tick_and_go_back_to_zero);
	tcase_add_test(c, table_rates_saturate);
	tcase_add_test(c, table_past_traffic_counts_but_gives_no_rate);
	tcase_add_test(c, table_what_is_taken_leaves_the_rate_of_the_rest);
	tcase_add_test(c, table_sparkline_has_a_place_for_each_step);
	tcase_add_test(c, table_sparkline_forgets_steps_of_silence);
	tcase_add_test(c, table_sparkline_begins_anew_when_time_steps_back);
	suite_add_tcase(s, c);
	return s;
}
