/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * snapshot/matrix.c: cells, their sums at both ends and the whole agree, whatever is cut off, hidden
 * or evicted.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/filter.h"
#include "traffic.h"

Suite *matrix_suite(void);

static const enum dim pairs[] = {DIM_SUBNET_PAIR, DIM_COUNTRY_PAIR, DIM_AS_PAIR, DIM_VLAN_PAIR};

enum { PAIRS = sizeof pairs / sizeof pairs[0] };

static struct traffic t; /* a test is a process of its own: this is not shared */
static struct snapshot *s;
static struct filter *filter;

static void more(void)
{
	char from[32];

	for (unsigned i = 0; i < 12; i++) {
		snprintf(from, sizeof from, "10.1.%u.7", i);
		traffic_flow(&t, from, 2000, i % 2 ? "192.0.2.1" : "10.0.0.1", 443, TCP, 1000 + 100 * i);
		traffic_packet(&t, from, 2001, "198.51.100.7", 53, UDP, 70 + i);
	}
	traffic_tick(&t);
}

static void setup(void)
{
	traffic_open(&t, NULL);
	traffic_five(&t);
	more();
}

static void teardown(void)
{
	snapshot_unref(s);
	filter_free(filter);
	traffic_close(&t);
}

static const struct matrix *build(enum dim d, size_t places)
{
	struct want *want = calloc(1, sizeof *want);

	want->lists[d].on = true;
	want->matrix.on = true;
	want->matrix.pair = d;
	want->matrix.places = places;
	snapshot_unref(s);
	s = snapshot_build(&t.in, want);
	free(want);
	ck_assert_ptr_nonnull(s->matrix);
	return s->matrix;
}

static const struct matrix_cell *cell(const struct matrix *m, size_t i, size_t j)
{
	return &m->cells[i * (m->axis[1].count + 1) + j];
}

static void add(struct matrix_cell *to, const struct matrix_cell *c)
{
	to->bytes += c->bytes;
	to->packets += c->packets;
	to->rate += c->rate;
	to->packet_rate += c->packet_rate;
	to->flows += c->flows;
}

static void check_same(const struct matrix_cell *a, const struct matrix_cell *b)
{
	ck_assert_uint_eq(a->bytes, b->bytes);
	ck_assert_uint_eq(a->packets, b->packets);
	ck_assert_uint_eq(a->rate, b->rate);
	ck_assert_uint_eq(a->packet_rate, b->packet_rate);
	ck_assert_uint_eq(a->flows, b->flows);
}

static void check_sums(const struct matrix *m)
{
	struct matrix_cell whole = {.id = 0};

	for (size_t i = 0; i <= m->axis[0].count; i++) {
		struct matrix_cell sum = {.id = 0};

		for (size_t j = 0; j <= m->axis[1].count; j++)
			add(&sum, cell(m, i, j));
		check_same(&sum, &m->axis[0].sums[i]);
		add(&whole, &sum);
	}
	for (size_t j = 0; j <= m->axis[1].count; j++) {
		struct matrix_cell sum = {.id = 0};

		for (size_t i = 0; i <= m->axis[0].count; i++)
			add(&sum, cell(m, i, j));
		check_same(&sum, &m->axis[1].sums[j]);
	}
	check_same(&whole, &m->sum);
}

static void check_list(const struct matrix *m)
{
	const struct list *l = &s->lists[m->pair];

	ck_assert_uint_eq(m->sum.bytes, l->sum.total.bytes[0] + l->sum.total.bytes[1]);
	ck_assert_uint_eq(m->sum.packets, l->sum.total.packets[0] + l->sum.total.packets[1]);
	ck_assert_uint_eq(m->sum.flows, l->sum.flows);
	ck_assert_uint_eq(m->matching, l->matching);
	ck_assert_uint_eq(m->all, l->all);
}

START_TEST(matrix_of_every_kind_and_size_adds_up_to_all_traffic)
{
	for (unsigned i = 0; i < PAIRS; i++)
		for (size_t places = 0; places < 20; places++) {
			const struct matrix *m = build(pairs[i], places);

			check_sums(m);
			check_list(m);
			ck_assert_uint_eq(m->sum.bytes, s->totals.bytes - s->totals.non_ip_bytes);
			if (places > 0)
				ck_assert_uint_le(m->axis[0].count, places);
		}
}
END_TEST

START_TEST(matrix_cells_are_the_pairs_of_the_list)
{
	const struct matrix *m = build(DIM_SUBNET_PAIR, 0);
	size_t found = 0;

	for (size_t k = 0; k < s->lists[DIM_SUBNET_PAIR].count; k++) {
		const struct row *r = &s->lists[DIM_SUBNET_PAIR].rows[k];

		for (size_t i = 0; i < m->axis[0].count; i++)
			for (size_t j = 0; j < m->axis[1].count; j++) {
				if (cell(m, i, j)->id != r->id)
					continue;
				found++;
				ck_assert_uint_eq(cell(m, i, j)->bytes, r->total.bytes[0]);
				ck_assert_uint_eq(cell(m, i, j)->rate, r->rate[0]);
				ck_assert_str_eq(m->axis[0].places[i].label, r->label);
				ck_assert_str_eq(m->axis[1].places[j].label, r->label2);
			}
	}
	ck_assert_uint_eq(found, m->matching);
}
END_TEST

START_TEST(matrix_axes_are_ordered_by_their_traffic)
{
	const struct matrix *m = build(DIM_SUBNET_PAIR, 0);

	ck_assert_uint_gt(m->axis[0].count, 10);
	for (int axis = 0; axis < 2; axis++)
		for (size_t i = 1; i < m->axis[axis].count; i++)
			ck_assert_uint_ge(m->axis[axis].sums[i - 1].bytes, m->axis[axis].sums[i].bytes);
}
END_TEST

START_TEST(matrix_cut_off_keeps_the_greatest_with_their_whole_sums)
{
	struct matrix_cell sums[3];
	const struct matrix *m = build(DIM_SUBNET_PAIR, 0);
	size_t all = m->axis[0].count;
	char label[64];

	memcpy(sums, m->axis[0].sums, sizeof sums);
	snprintf(label, sizeof label, "%s", m->axis[0].places[2].label);
	m = build(DIM_SUBNET_PAIR, 3);
	ck_assert_uint_eq(m->axis[0].count, 3);
	ck_assert_uint_eq(m->axis[0].all, all);
	ck_assert_str_eq(m->axis[0].places[2].label, label);
	for (int i = 0; i < 3; i++)
		check_same(&m->axis[0].sums[i], &sums[i]);
	ck_assert_uint_gt(m->axis[0].sums[3].bytes, 0);
}
END_TEST

START_TEST(matrix_evicted_pairs_are_in_the_last_cell)
{
	const struct matrix *m;

	model_free(t.model);
	t.options.limits.max_pairs = 4;
	t.model = model_new(&t.options);
	t.in.model = t.model;
	traffic_flow(&t, "10.0.0.5", 7001, "192.0.2.1", 443, TCP, 1000);
	traffic_tick(&t);
	more();
	m = build(DIM_SUBNET_PAIR, 0);
	check_sums(m);
	check_list(m);
	ck_assert_uint_gt(cell(m, m->axis[0].count, m->axis[1].count)->bytes, 0);
	ck_assert_uint_eq(m->sum.bytes, s->totals.bytes);
}
END_TEST

START_TEST(matrix_under_a_filter_of_measures_has_the_pairs_that_pass)
{
	const struct matrix *m;

	filter = filter_parse("bytes > 2k", NULL);
	t.in.filter = filter;
	m = build(DIM_SUBNET_PAIR, 0);
	check_sums(m);
	check_list(m);
	ck_assert_uint_lt(m->matching, m->all);
	for (size_t i = 0; i < m->axis[0].count; i++)
		for (size_t j = 0; j < m->axis[1].count; j++)
			ck_assert(cell(m, i, j)->bytes == 0 || cell(m, i, j)->bytes > 2000);
}
END_TEST

START_TEST(matrix_made_in_slices_is_the_one_made_in_one_go)
{
	struct want *want = calloc(1, sizeof *want);
	struct snapshot_building *b;
	struct snapshot *sliced;
	const struct matrix *m = build(DIM_SUBNET_PAIR, 5);
	size_t cells = (m->axis[0].count + 1) * (m->axis[1].count + 1), slices = 1;

	want->matrix = (struct want_matrix){.on = true, .pair = DIM_SUBNET_PAIR, .places = 5};
	b = snapshot_begin(&t.in, want);
	while (!snapshot_step(b, 2))
		slices++;
	sliced = snapshot_finish(b);
	ck_assert_uint_gt(slices, 5);
	check_sums(sliced->matrix);
	ck_assert_uint_eq(sliced->matrix->axis[0].count, m->axis[0].count);
	ck_assert_mem_eq(sliced->matrix->cells, m->cells, cells * sizeof *m->cells);
	snapshot_unref(sliced);
	b = snapshot_begin(&t.in, want);
	snapshot_step(b, 2);
	snapshot_abandon(b); /* leaves nothing behind */
	free(want);
}
END_TEST

START_TEST(matrix_of_nothing_is_empty)
{
	const struct matrix *m;

	traffic_close(&t);
	traffic_open(&t, NULL);
	m = build(DIM_SUBNET_PAIR, 0);
	check_sums(m);
	ck_assert_uint_eq(m->axis[0].all + m->axis[1].all + m->sum.packets, 0);
}
END_TEST

Suite *matrix_suite(void)
{
	Suite *suite = suite_create("matrix");
	TCase *c = tcase_create("matrix");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, matrix_of_every_kind_and_size_adds_up_to_all_traffic);
	tcase_add_test(c, matrix_cells_are_the_pairs_of_the_list);
	tcase_add_test(c, matrix_axes_are_ordered_by_their_traffic);
	tcase_add_test(c, matrix_cut_off_keeps_the_greatest_with_their_whole_sums);
	tcase_add_test(c, matrix_evicted_pairs_are_in_the_last_cell);
	tcase_add_test(c, matrix_under_a_filter_of_measures_has_the_pairs_that_pass);
	tcase_add_test(c, matrix_made_in_slices_is_the_one_made_in_one_go);
	tcase_add_test(c, matrix_of_nothing_is_empty);
	suite_add_tcase(suite, c);
	return suite;
}
