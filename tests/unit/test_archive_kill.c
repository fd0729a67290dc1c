/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * history: kill -9 at 200 random instants of opening, recording, committing, updating files and writing the
 * catalog. What the next process finds: every file whole, nothing lost that was committed, nothing twice. What is
 * recorded is a function of host and minute, so that it can be told.
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "dpitop/mem.h"
#include "history/parts.h"
#include "intervals.h"

Suite *archive_kill_suite(void);

enum { T0 = 1700000400, HOSTS = 20, KILLS = 200, LOOK_BACK = 200 };

static struct shared {
	atomic_int committed; /* minutes that the journal has */
	atomic_int opened, checked; /* rounds that came so far */
	atomic_bool failed;
	char text[200];
} *shared;

static int64_t bytes_of(uint32_t h, int m)
{
	return (m / 5 + (int)h) % 4 == 0 ? 0 : (int64_t)(h + 1) * 1000003 + (int64_t)m * 7919 % 65537;
}

static void found(const char *what, unsigned h, int m, double is)
{
	snprintf(shared->text, sizeof shared->text, "%s: host %u minute %d is %.0f", what, h, m, is);
	shared->failed = true;
	_exit(1);
}

static void check_host(struct archive *a, uint32_t h, int minutes)
{
	struct dim_key k = history_host_key(h);
	const struct entity *e = archive_find(a, DIM_HOST, &k, false);
	int first = minutes > LOOK_BACK ? minutes - LOOK_BACK : 0;
	int hour = T0 - T0 % 3600;
	struct series_block b;
	struct error error = {.text = ""};
	int64_t sum = 0;
	double got = 0;

	if (e == NULL) {
		if (minutes > 20)
			found("no file", h, minutes, 0);
		return;
	}
	if (archive_fetch(a, e, (T0 + first * 60) * (int64_t)S, (T0 + minutes * 60) * (int64_t)S, 0, &b, &error) != 0)
		found(error.text, h, 0, 0);
	for (int m = first; m < minutes; m++)
		if (b.values[SERIES_BYTES_0][m - first] != (double)bytes_of(h, m) && (m > 20 || bytes_of(h, m) != 0))
			found("minute", h, m, b.values[SERIES_BYTES_0][m - first]);
	mem_free(b.memory);
	if (archive_fetch(a, e, hour * (int64_t)S, (T0 + minutes * 60) * (int64_t)S, 3600 * (int64_t)S, &b, &error) != 0)
		found(error.text, h, 0, 0);
	for (size_t i = 0; i < b.steps; i++)
		got += isnan(b.values[SERIES_BYTES_0][i]) ? 0 : b.values[SERIES_BYTES_0][i];
	mem_free(b.memory);
	for (int m = 0; m < minutes; m++)
		sum += bytes_of(h, m);
	if (got != (double)sum)
		found("sum of hours", h, minutes, got - (double)sum);
}

static void check_totals_that_last(struct archive *a, uint32_t h, int minutes)
{
	struct dim_key k = history_host_key(h);
	struct lasting_row rows[LASTING_COUNT];
	int64_t sum = 0;

	for (int m = 0; m < minutes; m++)
		sum += bytes_of(h, m);
	archive_lasting(a, DIM_HOST, &k, (T0 + minutes * 60) * (int64_t)S, rows);
	if ((int64_t)rows[LASTING_YEAR].bytes[0] != sum)
		found("totals", h, minutes, (double)rows[LASTING_YEAR].bytes[0] - (double)sum);
}

static void put_minute(struct archive *a, int m, bool begins)
{
	struct interval *i;

	for (int s = 0; s < 60; s += 10) {
		i = history_interval(INTERVAL_LINE, T0 + m * 60 + s, T0 + m * 60 + s + 10);
		i->begins = begins && s == 0;
		i->totals.bytes = 1;
		history_record(a, i);
	}
	i = history_interval(INTERVAL_HOST, T0 + m * 60, T0 + m * 60 + 60);
	i->begins = begins;
	for (uint32_t h = 0; h < HOSTS; h++)
		if (bytes_of(h, m) != 0)
			history_host(i, h, bytes_of(h, m), 1);
	history_record(a, i);
}

/* Goes on from what it finds until it is killed. */
static void live(void)
{
	struct archive_options o = history_options();
	struct error e = {.text = ""};
	struct archive *a = archive_open(&o, T0 * (int64_t)S, &e);
	struct archive_span span;
	struct archive_state state;
	int m;

	if (a == NULL)
		found(e.text, 0, 0, 0);
	shared->opened++;
	m = archive_span(a, &span) ? (int)((span.to_us / S - T0) / 60) : 0;
	if (m < shared->committed)
		found("committed and lost", 0, m, shared->committed);
	archive_state(a, &state);
	if (state.damaged != 0 || !state.writing || a->bad_lines != 0)
		found(state.text, 0, m, (double)state.damaged);
	for (uint32_t h = 0; h < HOSTS; h++) {
		check_host(a, h, m);
		check_totals_that_last(a, h, m);
	}
	shared->checked++;
	for (bool begins = true;; begins = false, m++) {
		put_minute(a, m, begins);
		if (journal_commit(a))
			shared->committed = m + 1;
		archive_work(a, (T0 + m * 60 + 60) * (int64_t)S, 0);
		if (m % 4 == 0)
			archive_flush(a, NULL);
		if (m % 15 == 0)
			checkpoint_write(a);
	}
}

START_TEST(archive_survives_two_hundred_kills_at_random_instants)
{
	unsigned seed = 12345;

	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(shared, MAP_FAILED);
	for (int i = 0; i < KILLS && !shared->failed; i++) {
		struct timespec wait = {0, 0};
		pid_t child = fork();
		int checked = shared->checked;

		if (child == 0)
			live();
		seed = seed * 1103515245u + 12345u;
		/* a third of them within opening and checking, the others while it records */
		for (int k = 0; i % 3 != 0 && shared->checked == checked && !shared->failed && k < 2000; k++)
			nanosleep(&(struct timespec){0, 1000000}, NULL);
		wait.tv_nsec = (long)(seed >> 8) % (i % 10 == 9 ? 200000000 : 30000000);
		nanosleep(&wait, NULL);
		kill(child, SIGKILL);
		ck_assert_int_eq(waitpid(child, NULL, 0), child);
	}
	ck_assert_msg(!shared->failed, "%s", shared->text);
	ck_assert_int_ge(shared->checked, KILLS / 2);
	ck_assert_int_gt(shared->committed, KILLS / 2);
	munmap(shared, sizeof *shared);
}
END_TEST

Suite *archive_kill_suite(void)
{
	Suite *s = suite_create("archive_kill");
	TCase *c = tcase_create("archive_kill");

	tcase_set_timeout(c, 120);
	tcase_add_checked_fixture(c, history_setup, history_teardown);
	tcase_add_test(c, archive_survives_two_hundred_kills_at_random_instants);
	suite_add_tcase(s, c);
	return s;
}
