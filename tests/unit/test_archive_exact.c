/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * history: a long random life of an archive (hosts that come and go, differences below zero, hours off, restarts, kills)
 * beside a table of what was recorded. Whatever happened, each step has the number of the table, each sum over any
 * span in any step is the table's sum, and each dimension's entities and rest add up to what went in.
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/mem.h"
#include "history/parts.h"
#include "intervals.h"

Suite *archive_exact_suite(void);

enum { T0 = 1700000400, MINUTES = 400, HOSTS = 12, APPS = 6, SLOTS = MINUTES * 6 + 6 };

static int64_t hosts[HOSTS][MINUTES + 1]; /* bytes[0] in the minute that ends then; a test is a process of its own */
static int64_t apps[APPS][SLOTS];
static int64_t all_seconds[MINUTES * 60 + 60];
static bool recorded[MINUTES + 1];
static unsigned seed;

static unsigned next_random(unsigned below)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 8) % below;
}

static void put_lines(struct archive *a, int m, bool begins)
{
	for (int s = 0; s < 60; s++) {
		struct interval *i = history_interval(INTERVAL_LINE, T0 + m * 60 + s, T0 + m * 60 + s + 1);

		i->begins = begins && s == 0;
		i->totals.bytes = all_seconds[m * 60 + s + 1] = next_random(1000000);
		i->totals.packets = 7;
		ck_assert_int_eq(history_record(a, i), 0);
	}
}

static void put_kinds(struct archive *a, int m, bool begins)
{
	for (int s = 0; s < 6; s++) {
		struct interval *i = history_interval(INTERVAL_KIND, T0 + m * 60 + s * 10, T0 + m * 60 + s * 10 + 10);

		i->begins = begins && s == 0;
		for (uint16_t k = 0; k < APPS; k++) {
			char name[16];
			int64_t bytes = next_random(100000);

			apps[k][m * 6 + s + 1] = 0;
			if (next_random(3) == 0)
				continue;
			if (next_random(5) == 0)
				bytes = -bytes; /* it was named otherwise before */
			snprintf(name, sizeof name, "App%d", k);
			history_app(i, k, name, bytes);
			apps[k][m * 6 + s + 1] = bytes;
		}
		ck_assert_int_eq(history_record(a, i), 0);
	}
}

static void put_hosts(struct archive *a, int m, bool begins)
{
	struct interval *i = history_interval(INTERVAL_HOST, T0 + m * 60, T0 + m * 60 + 60);

	i->begins = begins;
	for (uint32_t h = 0; h < HOSTS; h++) {
		int64_t bytes = (int64_t)next_random(1u << 30) * 1000;

		hosts[h][m + 1] = 0;
		if (next_random(HOSTS) < h) /* some are idle for long */
			continue;
		history_host(i, h, bytes, 5);
		hosts[h][m + 1] = bytes;
	}
	ck_assert_int_eq(history_record(a, i), 0);
}

static void put_minute(struct archive *a, int m, bool begins)
{
	recorded[m + 1] = true;
	put_lines(a, m, begins);
	put_kinds(a, m, begins);
	put_hosts(a, m, begins);
	archive_work(a, (T0 + m * 60 + 60) * (int64_t)S, 0);
}

static int64_t sum_of(const int64_t *table, int from, int to)
{
	int64_t sum = 0;

	for (int i = from + 1; i <= to; i++)
		sum += table[i];
	return sum;
}

static const struct entity *host(struct archive *a, uint32_t h)
{
	struct dim_key k = history_host_key(h);

	return archive_find(a, DIM_HOST, &k, false);
}

/* Each minute of a host is what it was, a gap where nobody looked. */
static void check_minutes(struct archive *a, int minutes)
{
	for (uint32_t h = 0; h < HOSTS; h++) {
		struct series_block b;
		const struct entity *e = host(a, h);

		if (e == NULL)
			continue;
		ck_assert_int_eq(archive_fetch(a, e, T0 * (int64_t)S, (T0 + minutes * 60) * (int64_t)S, 0, &b, NULL), 0);
		ck_assert_uint_eq(b.steps, (size_t)minutes);
		for (int m = 0; m < minutes; m++) {
			double v = b.values[SERIES_BYTES_0][m];

			if (!recorded[m + 1])
				ck_assert_msg(isnan(v), "host %u minute %d: %f", h, m, v);
			else if (!isnan(v) || T0 + m * 60 >= e->begin_s)
				ck_assert_msg(v == (double)hosts[h][m + 1], "host %u minute %d: %f is not %lld", h, m, v,
					      (long long)hosts[h][m + 1]);
			else
				ck_assert_int_eq(hosts[h][m + 1], 0);
		}
		mem_free(b.memory);
	}
}

static void check_sums(struct archive *a, int minutes)
{
	static const int64_t steps[] = {1, 10, 60, 300, 600, 3600};

	for (int round = 0; round < 60; round++) {
		int64_t step = steps[next_random(6)];
		int hours = minutes / 60, from = (int)next_random((unsigned)hours), to = from + 1 + (int)next_random((unsigned)(hours - from));
		int64_t from_s = T0 - T0 % 3600 + 3600 * from, to_s = from_s + 3600 * (to - from);
		int m0 = (int)(from_s - T0) / 60, m1 = (int)(to_s - T0) / 60;
		uint32_t h = next_random(HOSTS), k = next_random(APPS);
		char name[16];

		m0 = m0 > 0 ? m0 : 0;
		m1 = m1 < minutes ? m1 : minutes;
		snprintf(name, sizeof name, "App%u", k);
		if (host(a, h) != NULL)
			ck_assert_double_eq(history_sum(a, host(a, h), SERIES_BYTES_0, from_s, to_s, step), (double)sum_of(hosts[h], m0, m1));
		if (archive_find_text(a, DIM_APP, name) != NULL)
			ck_assert_double_eq(history_sum(a, archive_find_text(a, DIM_APP, name), SERIES_BYTES_0, from_s, to_s, step),
					    (double)sum_of(apps[k], m0 * 6, m1 * 6));
		ck_assert_double_eq(history_sum(a, archive_find(a, ENTITY_TOTALS, NULL, false), SERIES_BYTES, from_s, to_s, step),
				    (double)sum_of(all_seconds, m0 * 60, m1 * 60));
	}
}

static void check_totals_that_last(struct archive *a, int minutes)
{
	for (uint32_t h = 0; h < HOSTS; h++) {
		struct dim_key k = history_host_key(h);
		struct lasting_row rows[LASTING_COUNT];

		if (sum_of(hosts[h], 0, minutes) == 0)
			continue;
		ck_assert(archive_lasting(a, DIM_HOST, &k, (T0 + minutes * 60) * (int64_t)S, rows));
		ck_assert_int_eq((int64_t)rows[LASTING_YEAR].bytes[0], sum_of(hosts[h], 0, minutes));
	}
}

static void check_all(struct archive *a, int minutes)
{
	check_minutes(a, minutes);
	check_sums(a, minutes);
	check_totals_that_last(a, minutes);
}

START_TEST(archive_of_a_random_life_has_every_byte_in_every_step)
{
	struct archive *a;
	bool begins = true;

	seed = (unsigned)_i * 77 + 1;
	a = history_archive(T0 * (int64_t)S);
	for (int m = 0; m < MINUTES; m++) {
		unsigned what = next_random(30);

		if (what < 2) { /* restart, perhaps after a while */
			archive_close(a);
			m += what == 0 ? (int)next_random(70) : 0;
			a = history_archive((T0 + m * 60) * (int64_t)S);
			begins = true;
			if (m >= MINUTES)
				break;
		} else if (what == 2) {
			ck_assert_int_eq(archive_flush(a, NULL), 0);
		}
		put_minute(a, m, begins);
		begins = false;
	}
	check_all(a, MINUTES);
	ck_assert_int_eq(archive_flush(a, NULL), 0);
	check_all(a, MINUTES);
	archive_close(a);
	a = history_archive((T0 + MINUTES * 60) * (int64_t)S);
	check_all(a, MINUTES);
	archive_close(a);
}
END_TEST

/* A copy of the directory is what a kill at that moment leaves. */
START_TEST(archive_that_was_killed_has_all_but_what_was_not_committed_and_nothing_twice)
{
	char copy[96];
	struct archive *a;

	seed = 4711;
	a = history_archive(T0 * (int64_t)S);
	snprintf(copy, sizeof copy, "%s.copy", history_dir);
	for (int m = 0; m < 130; m++) {
		struct archive *killed;
		struct archive_options o = history_options();

		put_minute(a, m, m == 0);
		if (m % 10 != 9 || m < 60)
			continue;
		history_copy(history_dir, copy);
		o.dir = copy;
		killed = archive_open(&o, (T0 + m * 60 + 90) * (int64_t)S, NULL);
		ck_assert_ptr_nonnull(killed);
		check_all(killed, m + 1);
		ck_assert_int_eq(archive_flush(killed, NULL), 0);
		check_all(killed, m + 1);
		put_minute(killed, m + 1, true);
		check_all(killed, m + 2);
		archive_close(killed);
		history_remove(copy);
	}
	archive_close(a);
}
END_TEST

START_TEST(archive_books_each_row_once_in_a_file_or_in_the_rest_of_its_dimension)
{
	struct archive_options o = history_options();
	struct archive *a;
	const struct entity *e;
	int64_t in = 0, out = 0;
	size_t cursor = 0, files = 0;

	o.hosts_per_interval = 3;
	a = archive_open(&o, T0 * (int64_t)S, NULL);
	seed = 99;
	for (int m = 0; m < 90; m++) {
		struct interval *i = history_interval(INTERVAL_HOST, T0 + m * 60, T0 + m * 60 + 60);

		i->begins = m == 0;
		for (uint32_t h = 0; h < 40; h++) {
			struct interval_row *r = history_host(i, h, next_random(1000000), 0);

			r->flags = 0; /* elsewhere: the busiest only */
			in += r->bytes[0];
		}
		history_host(i, 0, 17, 0)->flags = INTERVAL_OTHER; /* of the model */
		in += 17;
		ck_assert_int_eq(history_record(a, i), 0);
		archive_work(a, (T0 + m * 60 + 60) * (int64_t)S, 0);
	}
	while ((e = archive_next(a, DIM_HOST, &cursor)) != NULL) {
		out += (int64_t)history_sum(a, e, SERIES_BYTES_0, T0, T0 + 5400, 300);
		files++;
	}
	ck_assert_ptr_nonnull(archive_find(a, DIM_HOST, NULL, true));
	ck_assert_uint_ge(files, 4);
	ck_assert_int_eq(in, out);
	archive_close(a);
}
END_TEST

static struct interval_row *port_row(struct interval *i, unsigned port, int64_t bytes)
{
	struct interval_row *r = interval_add(i);

	r->dim = DIM_PORT;
	r->key.port.port = (uint16_t)port;
	r->key.port.l4 = 6;
	r->bytes[0] = bytes;
	r->packets[0] = r->flows = 1;
	return r;
}

static void expect_rest_of_year(struct archive *a, int64_t bytes, int64_t us)
{
	const struct entity *rest = archive_find(a, DIM_PORT, NULL, true);
	struct lasting_row sums[LASTING_COUNT];

	ck_assert_ptr_nonnull(rest);
	archive_lasting(a, DIM_PORT, NULL, us, sums);
	ck_assert_int_eq((int64_t)sums[LASTING_YEAR].bytes[0], bytes);
}

START_TEST(archive_remembers_the_busiest_ports_and_a_scan_of_all_is_one_row)
{
	struct archive_options o = history_options();
	struct archive *a = archive_open(&o, T0 * (int64_t)S, NULL);
	int64_t in = 0, out = 0, rest = 0;
	const struct entity *e;
	size_t cursor = 0, files = 0;

	for (int m = 0; m < 60; m++) {
		struct interval *i = history_interval(INTERVAL_HOST, T0 + m * 60, T0 + m * 60 + 60);

		i->begins = m == 0;
		for (unsigned p = 0; p < 50; p++)
			in += port_row(i, p, 1000 + p)->bytes[0];
		for (unsigned p = 1000; p < 3000; p++)
			rest += port_row(i, p, 60)->bytes[0];
		ck_assert_int_eq(history_record(a, i), 0);
		archive_work(a, (T0 + m * 60 + 60) * (int64_t)S, 0);
	}
	while ((e = archive_next(a, DIM_PORT, &cursor)) != NULL) {
		out += (int64_t)history_sum(a, e, SERIES_BYTES_0, T0, T0 + 3600, 300);
		files++;
	}
	ck_assert_uint_eq(files, 50 + 1);
	ck_assert_int_eq(out, in + rest);
	ck_assert_int_eq((int64_t)history_sum(a, archive_find(a, DIM_PORT, NULL, true), SERIES_BYTES_0, T0, T0 + 3600, 300), rest);
	expect_rest_of_year(a, rest, (T0 + 3600) * (int64_t)S);
	ck_assert_uint_eq(a->ids, 50 + 1); /* no other is remembered */
	archive_close(a);
}
END_TEST

Suite *archive_exact_suite(void)
{
	Suite *s = suite_create("archive_exact");
	TCase *c = tcase_create("archive_exact");

	tcase_set_timeout(c, 120);
	tcase_add_checked_fixture(c, history_setup, history_teardown);
	tcase_add_loop_test(c, archive_of_a_random_life_has_every_byte_in_every_step, 0, 3);
	tcase_add_test(c, archive_that_was_killed_has_all_but_what_was_not_committed_and_nothing_twice);
	tcase_add_test(c, archive_books_each_row_once_in_a_file_or_in_the_rest_of_its_dimension);
	tcase_add_test(c, archive_remembers_the_busiest_ports_and_a_scan_of_all_is_one_row);
	suite_add_tcase(s, c);
	return s;
}
