/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * history: what bounds an archive and what it withstands: the size, the budget of new files, a second writer,
 * clocks that jump, disks that are full, directories that cannot be written or go away.
 */
#include "config.h"

#include <check.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "history/parts.h"
#include "intervals.h"

Suite *archive_limits_suite(void);

enum { T0 = 1700000400 };

static const struct entity *host(const struct archive *a, uint32_t number)
{
	struct dim_key k = history_host_key(number);

	return archive_find(a, DIM_HOST, &k, false);
}

/* Minute m, with hosts first ... first + count - 1, 1000 bytes each. */
static int put(struct archive *a, int m, uint32_t first, uint32_t count)
{
	struct interval *i = history_interval(INTERVAL_HOST, T0 + m * 60, T0 + m * 60 + 60);

	i->begins = m == 0;
	for (uint32_t h = first; h < first + count; h++)
		history_host(i, h, 1000, 0);
	return history_record(a, i);
}

static bool work(struct archive *a, int m)
{
	return archive_work(a, (T0 + m * 60 + 60) * (int64_t)S, 0);
}

static struct archive_state state_of(const struct archive *a)
{
	struct archive_state s;

	archive_state(a, &s);
	return s;
}

/* Bytes of all files below dir, as du counts. */
static uint64_t disk_usage(const char *dir)
{
	char command[160], text[64] = "";
	FILE *f;

	snprintf(command, sizeof command, "du -s --apparent-size -B1 '%s' | cut -f1", dir);
	f = popen(command, "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(text, sizeof text, f));
	pclose(f);
	return strtoull(text, NULL, 10);
}

START_TEST(archive_stays_within_its_size_and_the_files_unseen_for_longest_go)
{
	struct archive_options o = history_options();
	struct archive *a;

	o.size_bytes = 32 << 20;
	o.capture_time = true; /* no budget: only the bound */
	a = archive_open(&o, T0 * (int64_t)S, NULL);
	for (int m = 0; m < 300; m++) { /* each hour 40 other hosts, host 0 always */
		ck_assert_int_eq(put(a, m, 1 + (uint32_t)(m / 60) * 40, 40), 0);
		ck_assert_uint_le(state_of(a).bytes, 32 << 20);
		if (m % 20 == 0) {
			work(a, m);
			archive_flush(a, NULL);
			ck_assert_uint_le(disk_usage(history_dir), 32 << 20);
		}
	}
	ck_assert_ptr_null(host(a, 1));
	ck_assert_ptr_nonnull(host(a, 1 + 4 * 40));
	ck_assert_uint_gt(state_of(a).removed, 60);
	archive_close(a);
	ck_assert_uint_le(disk_usage(history_dir), 32 << 20);
	a = archive_open(&o, (T0 + 300 * 60) * (int64_t)S, NULL);
	ck_assert_ptr_null(host(a, 1));
	ck_assert_double_eq(history_sum(a, host(a, 1 + 4 * 40), SERIES_BYTES_0, T0, T0 + 300 * 60, 60), 60000);
	archive_close(a);
}
END_TEST

START_TEST(archive_refuses_new_hosts_rather_than_remove_one_seen_in_the_last_hour)
{
	struct archive_options o = history_options();
	struct archive *a;
	double sum = 0;

	o.size_bytes = 32 << 20;
	o.capture_time = true;
	a = archive_open(&o, T0 * (int64_t)S, NULL);
	put(a, 0, 0, 300);
	put(a, 1, 0, 300);
	ck_assert_uint_gt(state_of(a).refused, 150);
	ck_assert_uint_eq(state_of(a).removed, 0);
	for (uint32_t h = 0; h < 300; h++)
		sum += host(a, h) != NULL ? history_sum(a, host(a, h), SERIES_BYTES_0, T0, T0 + 120, 60) : 0;
	sum += history_sum(a, archive_find(a, DIM_HOST, NULL, true), SERIES_BYTES_0, T0, T0 + 120, 60);
	ck_assert_double_eq(sum, 600000);
	archive_close(a);
}
END_TEST

START_TEST(archive_opened_with_a_smaller_size_removes_what_is_too_much)
{
	struct archive_options o = history_options();
	struct archive *a;

	o.size_bytes = 128 << 20;
	o.capture_time = true;
	a = archive_open(&o, T0 * (int64_t)S, NULL);
	put(a, 0, 0, 200);
	archive_close(a);
	ck_assert_uint_gt(disk_usage(history_dir), 40 << 20);
	o.size_bytes = 32 << 20;
	a = archive_open(&o, T0 * (int64_t)S, NULL);
	ck_assert_uint_le(state_of(a).bytes, 32 << 20);
	ck_assert_uint_le(disk_usage(history_dir), 32 << 20);
	archive_close(a);
}
END_TEST

START_TEST(archive_makes_new_files_at_a_bounded_rate)
{
	struct archive *a = history_archive(T0 * (int64_t)S);
	uint64_t first, cost = admit_cost(DIM_HOST);

	put(a, 0, 0, 2000);
	first = state_of(a).files;
	ck_assert_uint_eq(first, (40 << 20) / cost + 1); /* and the rest */
	for (int m = 1; m <= 10; m++)
		put(a, m, 0, 2000);
	ck_assert_uint_ge(state_of(a).files - first, 10 * 60 * (24 << 10) / cost - 1);
	ck_assert_uint_le(state_of(a).files - first, 10 * 60 * (24 << 10) / cost + 1);
	archive_close(a);
}
END_TEST

START_TEST(archive_has_one_writer_and_readers_that_see_what_it_writes)
{
	struct archive *a = history_archive(T0 * (int64_t)S), *b;
	char pid[32];

	put(a, 0, 0, 2);
	work(a, 0);
	b = history_archive((T0 + 60) * (int64_t)S);
	ck_assert(!state_of(b).writing);
	snprintf(pid, sizeof pid, "%ld", (long)getpid());
	ck_assert_ptr_nonnull(strstr(state_of(b).text, pid));
	ck_assert_int_eq(put(b, 1, 0, 2), ERR_PERMISSION);
	ck_assert_double_eq(history_sum(b, host(b, 1), SERIES_BYTES_0, T0, T0 + 60, 60), 1000);
	put(a, 1, 0, 3);
	work(a, 1);
	work(b, 2);
	ck_assert_double_eq(history_sum(b, host(b, 1), SERIES_BYTES_0, T0, T0 + 120, 60), 2000);
	ck_assert_double_eq(history_sum(b, host(b, 2), SERIES_BYTES_0, T0, T0 + 120, 60), 1000);
	archive_flush(a, NULL);
	ck_assert_double_eq(history_sum(b, host(b, 1), SERIES_BYTES_0, T0, T0 + 120, 60), 2000);
	archive_close(a);
	work(b, 3); /* the writer is gone: this one takes over */
	ck_assert(state_of(b).writing);
	ck_assert_int_eq(put(b, 3, 0, 2), 0);
	ck_assert_double_eq(history_sum(b, host(b, 1), SERIES_BYTES_0, T0, T0 + 240, 60), 3000);
	archive_close(b);
}
END_TEST

START_TEST(archive_counts_what_is_late_and_books_it_in_its_totals_only)
{
	struct archive *a = history_archive(T0 * (int64_t)S);
	struct lasting_row rows[LASTING_COUNT];
	struct dim_key k = history_host_key(0);

	ck_assert_int_eq(put(a, 61, 0, 1), 0);
	ck_assert_int_eq(put(a, 1, 0, 1), ERR_LIMIT); /* the clock was set back by an hour */
	ck_assert_int_eq(put(a, 61, 0, 1), ERR_LIMIT);
	ck_assert_uint_eq(state_of(a).late, 2);
	ck_assert_int_eq(put(a, 62, 0, 1), 0); /* it is where it was: recording goes on */
	ck_assert_double_eq(history_sum(a, host(a, 0), SERIES_BYTES_0, T0, T0 + 7200, 60), 2000);
	ck_assert(archive_lasting(a, DIM_HOST, &k, (T0 + 3720) * (int64_t)S, rows));
	ck_assert_uint_eq(rows[LASTING_YEAR].bytes[0], 4000);
	ck_assert_int_eq(put(a, 62 + 1440, 0, 1), 0); /* forward by a day: a gap */
	ck_assert(isnan(history_at(a, host(a, 0), SERIES_BYTES_0, T0 - 1200 + 20 * 3600, 3600)));
	archive_close(a);
}
END_TEST

static void put_seconds(struct archive *a, int from, int to)
{
	for (int s = from; s < to; s++) {
		struct interval *i = history_interval(INTERVAL_LINE, T0 + s, T0 + s + 1);

		i->begins = s == 0;
		archive_record(a, i, NULL);
		interval_unref(i);
		archive_work(a, (T0 + s + 1) * (int64_t)S, 0);
	}
}

/* A reader sees what a recovery would. */
START_TEST(archive_is_recovered_with_all_classes_up_to_the_same_moment)
{
	struct archive *a = history_archive((T0 - 10) * (int64_t)S), *b;
	struct archive_span span;

	put_seconds(a, 0, 55); /* more than a minute since it was opened */
	b = history_archive((T0 + 55) * (int64_t)S);
	ck_assert(!archive_span(b, &span));
	archive_close(b);
	put_seconds(a, 55, 60);
	ck_assert_int_eq(put(a, 0, 0, 2), 0);
	put_seconds(a, 60, 95);
	b = history_archive((T0 + 95) * (int64_t)S);
	for (int c = 0; c < INTERVAL_CLASSES; c += INTERVAL_HOST - INTERVAL_LINE)
		ck_assert_int_eq(b->classes[c].last_us, (T0 + 60) * (int64_t)S);
	archive_close(b);
	archive_close(a);
}
END_TEST

/* years: minutes of so long ago are in the file no more, steps of a day are. */
static void expect_resumed(struct archive *a, bool years)
{
	struct dim_key k = history_host_key(0);
	struct lasting_row rows[LASTING_COUNT];
	struct archive_span span;

	ck_assert(archive_span(a, &span));
	ck_assert_int_eq(span.to_us, (T0 + 420) * (int64_t)S);
	ck_assert_double_eq(history_sum(a, host(a, 0), SERIES_BYTES_0, T0, T0 + 420, 60), years ? 1000 : 7000);
	ck_assert_double_eq(history_sum(a, host(a, 1), SERIES_BYTES_0, T0, T0 + 420, 60), 6000);
	ck_assert(archive_lasting(a, DIM_HOST, &k, (T0 + 420) * (int64_t)S, rows));
	ck_assert_uint_eq(rows[LASTING_TODAY].bytes[0], 7000);
	ck_assert_uint_eq(rows[LASTING_YEAR].bytes[0], years ? 1000 : 9000); /* what it saw at a wrong time of this year counts */
}

START_TEST(archive_whose_clock_was_ahead_records_at_once_when_it_is_right)
{
	static const int ahead[] = {180, 10 * 366 * 1440}; /* minutes: hours, years */
	struct archive *a = history_archive(T0 * (int64_t)S);
	int jump = ahead[_i];

	for (int m = 0; m < 6; m++)
		ck_assert_int_eq(put(a, m, 0, 2), 0);
	ck_assert_int_eq(archive_flush(a, NULL), 0);
	ck_assert_int_eq(put(a, jump, 0, 1), 0);
	ck_assert_int_eq(put(a, jump + 1, 0, 1), 0);
	ck_assert_int_eq(archive_flush(a, NULL), 0);
	if (_i == 0) { /* a restart does not help */
		archive_close(a);
		a = history_archive((T0 + 360) * (int64_t)S);
	}
	ck_assert_int_eq(put(a, 6, 0, 1), 0);
	work(a, 6);
	ck_assert_int_eq(archive_flush(a, NULL), 0);
	ck_assert_uint_eq(state_of(a).damaged, 0);
	ck_assert_uint_eq(state_of(a).late, 0);
	archive_close(a);
	a = history_archive((T0 + 420) * (int64_t)S);
	expect_resumed(a, jump > 1440);
	archive_close(a);
}
END_TEST

/* Else all traffic of a minute would be more than that of its hosts. */
START_TEST(archive_that_goes_back_does_so_to_the_same_moment_in_all_classes)
{
	struct archive *a = history_archive((T0 - 10) * (int64_t)S);
	struct interval *i;

	put_seconds(a, 0, 30);
	i = history_interval(INTERVAL_HOST, T0, T0 + 60);
	i->begins = true;
	history_host(i, 0, 1000, 0);
	ck_assert_int_eq(history_record(a, i), 0);
	put_seconds(a, 86400, 86402);
	put_seconds(a, 30, 31);
	ck_assert_uint_eq(state_of(a).late, 0);
	ck_assert_uint_eq(a->classes[INTERVAL_HOST].runs.count, 0);
	ck_assert_uint_eq(a->classes[INTERVAL_LINE].runs.count, 1);
	ck_assert_int_eq(a->classes[INTERVAL_LINE].runs.items[0].from_s, T0 + 30);
	ck_assert_int_eq(a->classes[INTERVAL_LINE].runs.items[0].to_s, T0 + 31);
	archive_close(a);
}
END_TEST

START_TEST(archive_whose_directory_is_removed_makes_it_again_and_goes_on)
{
	struct archive *a = history_archive(T0 * (int64_t)S);

	put(a, 0, 0, 3);
	work(a, 0);
	archive_flush(a, NULL);
	history_remove(history_dir);
	ck_assert_int_eq(put(a, 1, 0, 3), 0);
	work(a, 1);
	ck_assert_int_eq(put(a, 2, 0, 3), 0);
	ck_assert_int_eq(archive_flush(a, NULL), 0);
	ck_assert(state_of(a).writing);
	ck_assert_double_eq(history_sum(a, host(a, 2), SERIES_BYTES_0, T0, T0 + 180, 60), 2000);
	archive_close(a);
	a = history_archive((T0 + 180) * (int64_t)S);
	ck_assert_double_eq(history_sum(a, host(a, 2), SERIES_BYTES_0, T0, T0 + 180, 60), 2000);
	archive_close(a);
}
END_TEST

START_TEST(archive_sees_within_seconds_that_its_directory_was_removed)
{
	struct archive *a = history_archive(T0 * (int64_t)S);
	struct stat st;
	char path[96];

	put(a, 0, 0, 3);
	work(a, 0);
	history_remove(history_dir);
	archive_work(a, a->now_us + 6 * (int64_t)S, 0);
	snprintf(path, sizeof path, "%s/catalog", history_dir);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert(state_of(a).writing);
	archive_close(a);
}
END_TEST

/* As another user, if we are root: root may write anywhere. */
START_TEST(archive_sees_within_seconds_that_it_may_not_write)
{
	int status = 0;
	pid_t child;

	ck_assert_int_eq(chmod(history_dir, 0777), 0);
	child = fork();
	if (child == 0) {
		struct archive_options o = history_options();
		struct archive *a;
		char dir[96];
		bool ok;

		if (geteuid() == 0 && setuid(65534) != 0)
			_exit(0);
		snprintf(dir, sizeof dir, "%s/mine", history_dir);
		o.dir = dir;
		a = archive_open(&o, T0 * (int64_t)S, NULL);
		put(a, 0, 0, 3);
		work(a, 0);
		ok = state_of(a).writing;
		chmod(dir, 0500);
		archive_work(a, a->now_us + 6 * (int64_t)S, 0);
		ok = ok && !state_of(a).writing && strstr(state_of(a).text, "cannot write") != NULL;
		archive_work(a, a->now_us + 11 * (int64_t)S, 0);
		ok = ok && !state_of(a).writing; /* looked again */
		chmod(dir, 0700);
		archive_work(a, a->now_us + 11 * (int64_t)S, 0);
		ok = ok && state_of(a).writing;
		archive_close(a);
		_exit(ok ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

/* As another user, if we are root: root may write anywhere. */
START_TEST(archive_that_cannot_be_written_says_so_and_resumes)
{
	struct archive *a;
	int status = 0;
	pid_t child;

	ck_assert_int_eq(chmod(history_dir, 0777), 0);
	child = fork();
	if (child == 0) {
		if (geteuid() == 0 && setuid(65534) != 0)
			_exit(0);
		struct archive_options o = history_options();
		char dir[96];
		bool ok;

		snprintf(dir, sizeof dir, "%s/own", history_dir);
		o.dir = dir;
		a = archive_open(&o, T0 * (int64_t)S, NULL);
		put(a, 0, 0, 3);
		work(a, 0);
		chmod(dir, 0500);
		close(a->journal.fd); /* as a file system that went read-only would answer */
		a->journal.fd = open("/dev/null", O_RDONLY);
		put(a, 1, 0, 3);
		work(a, 1);
		ok = !state_of(a).writing && strstr(state_of(a).text, "cannot write") != NULL;
		ok = ok && put(a, 2, 0, 3) == ERR_IO;
		chmod(dir, 0700);
		work(a, 3);
		ok = ok && state_of(a).writing && put(a, 3, 0, 3) == 0;
		ok = ok && history_sum(a, host(a, 1), SERIES_BYTES_0, T0, T0 + 240, 60) == 4000;
		archive_close(a);
		a = archive_open(&o, (T0 + 240) * (int64_t)S, NULL);
		ok = ok && history_sum(a, host(a, 1), SERIES_BYTES_0, T0, T0 + 240, 60) == 4000;
		archive_close(a);
		_exit(ok ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(archive_on_a_full_disk_says_so_loses_nothing_and_resumes)
{
	struct archive *a;
	char filler[96];
	struct archive_state s;
	static char block[1 << 16];
	int fd;

	if (mount("none", history_dir, "tmpfs", 0, "size=120m") != 0) {
		printf("SKIP: a full disk: no right to mount\n");
		return;
	}
	a = history_archive(T0 * (int64_t)S);
	put(a, 0, 0, 3);
	work(a, 0);
	snprintf(filler, sizeof filler, "%s/filler", history_dir);
	fd = open(filler, O_WRONLY | O_CREAT, 0600);
	while (write(fd, block, sizeof block) > 0)
		;
	while (write(fd, block, 1) > 0)
		;
	put(a, 1, 0, 200); /* more than what is left of the journal's last page */
	work(a, 1);
	s = state_of(a);
	ck_assert(!s.writing);
	ck_assert_msg(strstr(s.text, "full") != NULL, "%s", s.text);
	ck_assert_int_eq(put(a, 2, 0, 3), ERR_IO);
	close(fd);
	unlink(filler);
	work(a, 3);
	ck_assert_msg(state_of(a).writing, "%s", state_of(a).text);
	ck_assert_int_eq(put(a, 3, 0, 3), 0);
	archive_close(a);
	a = history_archive((T0 + 240) * (int64_t)S);
	ck_assert_double_eq(history_sum(a, host(a, 1), SERIES_BYTES_0, T0, T0 + 240, 60), 4000);
	archive_close(a);
	ck_assert_int_eq(umount(history_dir), 0);
}
END_TEST

START_TEST(archive_makes_no_file_that_would_leave_others_less_than_64_MiB)
{
	struct archive_options o = history_options();
	struct statvfs disk;
	struct archive *a;

	if (mount("none", history_dir, "tmpfs", 0, "size=100m") != 0) {
		printf("SKIP: a small disk: no right to mount\n");
		return;
	}
	o.capture_time = true; /* no budget: only the disk */
	a = archive_open(&o, T0 * (int64_t)S, NULL);
	for (int m = 0; m < 5; m++) /* all are admitted before a file is made */
		ck_assert_int_eq(put(a, m, (uint32_t)m * 100, 100), 0);
	ck_assert_ptr_nonnull(host(a, 0));
	ck_assert_ptr_null(host(a, 450));
	work(a, 5);
	ck_assert_int_eq(archive_flush(a, NULL), 0);
	ck_assert_int_eq(statvfs(history_dir, &disk), 0);
	ck_assert_uint_gt(disk.f_bavail * disk.f_frsize, 60 << 20); /* the journal and the catalog lie there too */
	ck_assert_uint_lt(disk.f_bavail * disk.f_frsize, 68 << 20);
	archive_close(a);
	ck_assert_int_eq(umount(history_dir), 0);
}
END_TEST

START_TEST(archive_too_small_for_anything_is_refused)
{
	struct archive_options o = history_options();
	struct error e;

	o.size_bytes = 1 << 20;
	ck_assert_ptr_null(archive_open(&o, 0, &e));
	ck_assert_int_eq(e.code, ERR_USAGE);
}
END_TEST

Suite *archive_limits_suite(void)
{
	Suite *s = suite_create("archive_limits");
	TCase *c = tcase_create("archive_limits");

	tcase_set_timeout(c, 120);
	tcase_add_checked_fixture(c, history_setup, history_teardown);
	tcase_add_test(c, archive_stays_within_its_size_and_the_files_unseen_for_longest_go);
	tcase_add_test(c, archive_refuses_new_hosts_rather_than_remove_one_seen_in_the_last_hour);
	tcase_add_test(c, archive_opened_with_a_smaller_size_removes_what_is_too_much);
	tcase_add_test(c, archive_makes_new_files_at_a_bounded_rate);
	tcase_add_test(c, archive_has_one_writer_and_readers_that_see_what_it_writes);
	tcase_add_test(c, archive_counts_what_is_late_and_books_it_in_its_totals_only);
	tcase_add_test(c, archive_is_recovered_with_all_classes_up_to_the_same_moment);
	tcase_add_loop_test(c, archive_whose_clock_was_ahead_records_at_once_when_it_is_right, 0, 2);
	tcase_add_test(c, archive_that_goes_back_does_so_to_the_same_moment_in_all_classes);
	tcase_add_test(c, archive_whose_directory_is_removed_makes_it_again_and_goes_on);
	tcase_add_test(c, archive_sees_within_seconds_that_its_directory_was_removed);
	tcase_add_test(c, archive_sees_within_seconds_that_it_may_not_write);
	tcase_add_test(c, archive_that_cannot_be_written_says_so_and_resumes);
	tcase_add_test(c, archive_on_a_full_disk_says_so_loses_nothing_and_resumes);
	tcase_add_test(c, archive_makes_no_file_that_would_leave_others_less_than_64_MiB);
	tcase_add_test(c, archive_too_small_for_anything_is_refused);
	suite_add_tcase(s, c);
	return s;
}
