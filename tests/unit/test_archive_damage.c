/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * history: damaged and foreign directories. Whatever is in the files, nothing crashes; what is damaged is set aside,
 * named and begun anew; nothing outside the directory is touched.
 */
#include "config.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history/parts.h"
#include "history/rrd_store.h"
#include "intervals.h"

Suite *archive_damage_suite(void);

enum { T0 = 1700000400 };

static const struct entity *host(const struct archive *a, uint32_t number)
{
	struct dim_key k = history_host_key(number);

	return archive_find(a, DIM_HOST, &k, false);
}

static void put(struct archive *a, int m)
{
	struct interval *i = history_interval(INTERVAL_HOST, T0 + m * 60, T0 + m * 60 + 60);

	i->begins = m == 0;
	for (uint32_t h = 0; h < 3; h++)
		history_host(i, h, 1000, 0);
	ck_assert_int_eq(history_record(a, i), 0);
}

/* A directory with three hosts of five minutes in files. */
static void make(void)
{
	struct archive *a = history_archive(T0 * (int64_t)S);

	for (int m = 0; m < 5; m++)
		put(a, m);
	archive_close(a);
}

static void path_of(uint32_t h, char path[160])
{
	char text[48], name[FILE_NAME];

	snprintf(text, sizeof text, "10.%u.%u.%u", h >> 16, h >> 8 & 255, h & 255);
	snprintf(path, 160, "%s/rrd/%.60s", history_dir, file_name(DIM_HOST, text, name));
}

static size_t read_file(const char *path, uint8_t *buf, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, buf, size);

	close(fd);
	ck_assert_int_gt(n, 0);
	return (size_t)n;
}

static void write_at(const char *path, const void *bytes, size_t n, off_t at)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	ck_assert_int_eq(pwrite(fd, bytes, n, at), (ssize_t)n);
	close(fd);
}

START_TEST(rrd_of_librrd_is_what_the_layout_says)
{
	char path[160];

	for (int d = 0; d <= ENTITY_TOTALS; d++) {
		uint8_t *header;
		struct rrd_shape shape;
		struct error e = {.text = ""};
		int fd;

		if (layout_class(d) == INTERVAL_CLASSES)
			continue;
		snprintf(path, sizeof path, "%s/%d.rrd", history_dir, d);
		ck_assert_msg(rrd_store_create(path, d, T0, &e) == 0, "%s", e.text);
		header = malloc(RRD_HEADER_MAX);
		fd = open(path, O_RDONLY);
		ck_assert_msg(rrd_check_fd(fd, header, RRD_HEADER_MAX, &shape, &e) == 0, "%s", e.text);
		ck_assert_uint_eq(shape.file_bytes, layout_file_bytes(d));
		ck_assert_uint_eq(shape.ds_count, layout_width(d));
		ck_assert_int_eq(shape.last_s, T0);
		ck_assert_int_ne(rrd_store_create(path, d, T0, &e), 0); /* never over another one */
		close(fd);
		free(header);
	}
}
END_TEST

START_TEST(rrd_header_with_any_bit_changed_never_crashes_and_is_whole_or_refused)
{
	static uint8_t bytes[1 << 20];
	struct rrd_shape shape;
	size_t n, refused = 0;
	char path[160];

	make();
	path_of(1, path);
	n = read_file(path, bytes, sizeof bytes);
	ck_assert_int_eq(rrd_check(bytes, n < RRD_HEADER_MAX ? n : RRD_HEADER_MAX, n, &shape, NULL), 0);
	for (size_t bit = 0; bit < shape.header_bytes * 8; bit++) {
		struct rrd_shape other;

		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		refused += rrd_check(bytes, n < RRD_HEADER_MAX ? n : RRD_HEADER_MAX, n, &other, NULL) != 0;
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	ck_assert_uint_gt(refused, 1000); /* the rest of the bits are numbers and padding that nothing rests on */
	for (size_t short_n = 0; short_n < shape.header_bytes; short_n += 7)
		ck_assert_int_ne(rrd_check(bytes, short_n, n, &shape, NULL), 0);
}
END_TEST

/* 64 bits all over the header in each test; librrd adds to what passes. */
START_TEST(archive_with_any_bit_of_a_header_changed_goes_on_recording)
{
	static uint8_t bytes[1 << 20];
	struct rrd_shape shape;
	char path[160];
	size_t n;

	make();
	path_of(1, path);
	n = read_file(path, bytes, sizeof bytes);
	ck_assert_int_eq(rrd_check(bytes, n < RRD_HEADER_MAX ? n : RRD_HEADER_MAX, n, &shape, NULL), 0);
	for (size_t k = 0; k < 64; k++) {
		size_t bit = (size_t)_i + k * (shape.header_bytes * 8 / 64);
		uint8_t byte = bytes[bit / 8] ^ (uint8_t)(1 << bit % 8);
		struct archive *a;
		int m = 10 + 2 * (int)k;

		write_at(path, &byte, 1, (off_t)(bit / 8));
		a = history_archive((T0 + m * 60) * (int64_t)S);
		put(a, m);
		ck_assert_int_eq(archive_flush(a, NULL), 0);
		ck_assert_double_eq(history_sum(a, host(a, 0), SERIES_BYTES_0, T0 + m * 60, T0 + m * 60 + 60, 60), 1000);
		ck_assert_double_eq(history_sum(a, host(a, 1), SERIES_BYTES_0, T0 + m * 60, T0 + m * 60 + 60, 60), 1000);
		archive_close(a);
	}
}
END_TEST

START_TEST(archive_sets_a_damaged_file_aside_and_begins_it_anew)
{
	struct archive *a;
	struct archive_state s;
	char path[160], aside[180];
	struct stat st;

	make();
	path_of(1, path);
	ck_assert_int_eq(truncate(path, 5000), 0);
	a = history_archive((T0 + 600) * (int64_t)S);
	put(a, 10);
	ck_assert_int_eq(archive_flush(a, NULL), 0);
	archive_state(a, &s);
	ck_assert_uint_eq(s.damaged, 1);
	ck_assert_double_eq(history_sum(a, host(a, 1), SERIES_BYTES_0, T0, T0 + 660, 60), 1000);
	ck_assert_double_eq(history_sum(a, host(a, 2), SERIES_BYTES_0, T0, T0 + 660, 60), 6000);
	snprintf(aside, sizeof aside, "%s.damaged", path);
	ck_assert_int_eq(stat(aside, &st), 0);
	archive_close(a);
}
END_TEST

START_TEST(archive_never_follows_a_link_out_of_its_directory)
{
	struct archive *a;
	char path[160], outside[96];
	struct stat st;

	make();
	path_of(1, path);
	snprintf(outside, sizeof outside, "%s/outside", history_dir);
	history_copy(path, outside);
	ck_assert_int_eq(stat(outside, &st), 0);
	unlink(path);
	ck_assert_int_eq(symlink(outside, path), 0);
	a = history_archive((T0 + 600) * (int64_t)S);
	put(a, 10);
	ck_assert_int_eq(archive_flush(a, NULL), 0);
	archive_close(a);
	{
		struct stat now;

		ck_assert_int_eq(stat(outside, &now), 0);
		ck_assert_int_eq(now.st_mtim.tv_nsec, st.st_mtim.tv_nsec);
		ck_assert_int_eq(lstat(path, &now), 0);
		ck_assert(S_ISREG(now.st_mode));
	}
}
END_TEST

START_TEST(archive_with_torn_and_changed_lines_keeps_all_others)
{
	static char text[1 << 20];
	struct archive *a;
	char path[96];
	size_t n;

	make();
	snprintf(path, sizeof path, "%s/catalog", history_dir);
	n = read_file(path, (uint8_t *)text, sizeof text);
	for (char *s = text; (s = memmem(s, (size_t)(text + n - s), "10.0.0.1 ", 9)) != NULL; s++)
		s[0] = '9'; /* its checksum no longer fits */
	write_at(path, text, n, 0);
	a = history_archive((T0 + 600) * (int64_t)S);
	ck_assert_double_eq(history_sum(a, host(a, 2), SERIES_BYTES_0, T0, T0 + 300, 60), 5000);
	ck_assert_ptr_null(host(a, 1));
	put(a, 10);
	ck_assert_double_eq(history_sum(a, host(a, 1), SERIES_BYTES_0, T0, T0 + 660, 60), 1000);
	archive_close(a);
}
END_TEST

START_TEST(archive_without_its_catalog_finds_its_files_by_their_names)
{
	struct archive *a;
	char path[96];

	make();
	snprintf(path, sizeof path, "%s/catalog", history_dir);
	if (_i == 0)
		unlink(path);
	else
		write_at(path, "rubbish rubbish rubbish\n", 24, 0);
	a = history_archive((T0 + 600) * (int64_t)S);
	for (uint32_t h = 0; h < 3; h++)
		ck_assert_double_eq(history_sum(a, host(a, h), SERIES_BYTES_0, T0, T0 + 300, 60), 5000);
	put(a, 10);
	archive_close(a);
	a = history_archive((T0 + 700) * (int64_t)S);
	ck_assert_double_eq(history_sum(a, host(a, 1), SERIES_BYTES_0, T0, T0 + 660, 60), 6000);
	archive_close(a);
}
END_TEST

START_TEST(archive_of_a_newer_dpitop_is_left_as_it_is)
{
	struct archive_options o = history_options();
	struct lines l = {0};
	struct error e;
	char path[96];

	line_begin(&l, 'V');
	line_number(&l, 99);
	line_number(&l, 1);
	line_text(&l, "dpitop 9");
	line_end(&l);
	snprintf(path, sizeof path, "%s/catalog", history_dir);
	write_at(path, l.data, l.n, 0);
	ck_assert_ptr_null(archive_open(&o, T0 * (int64_t)S, &e));
	ck_assert_int_eq(e.code, ERR_UNSUPPORTED);
	ck_assert_int_eq(access(path, F_OK), 0);
	lines_release(&l);
}
END_TEST

START_TEST(archive_that_is_not_there_is_named)
{
	struct archive_options o = {.dir = "/nonexistent/history"};
	struct error e;

	ck_assert_ptr_null(archive_open(&o, 0, &e));
	ck_assert_int_eq(e.code, ERR_NOT_FOUND);
	o.dir = history_dir; /* a directory without history */
	ck_assert_ptr_null(archive_open(&o, 0, &e));
	ck_assert_int_eq(e.code, ERR_NOT_FOUND);
}
END_TEST

Suite *archive_damage_suite(void)
{
	Suite *s = suite_create("archive_damage");
	TCase *c = tcase_create("archive_damage");

	tcase_set_timeout(c, 120);
	tcase_add_checked_fixture(c, history_setup, history_teardown);
	tcase_add_test(c, rrd_of_librrd_is_what_the_layout_says);
	tcase_add_test(c, rrd_header_with_any_bit_changed_never_crashes_and_is_whole_or_refused);
	tcase_add_loop_test(c, archive_with_any_bit_of_a_header_changed_goes_on_recording, 0, 4);
	tcase_add_test(c, archive_sets_a_damaged_file_aside_and_begins_it_anew);
	tcase_add_test(c, archive_never_follows_a_link_out_of_its_directory);
	tcase_add_test(c, archive_with_torn_and_changed_lines_keeps_all_others);
	tcase_add_loop_test(c, archive_without_its_catalog_finds_its_files_by_their_names, 0, 2);
	tcase_add_test(c, archive_of_a_newer_dpitop_is_left_as_it_is);
	tcase_add_test(c, archive_that_is_not_there_is_named);
	suite_add_tcase(s, c);
	return s;
}
