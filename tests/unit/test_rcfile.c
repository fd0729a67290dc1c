/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app/rcfile.c: where the file is, reading it, and writing it as a whole or not at all.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/rcfile.h"

Suite *rcfile_suite(void);

static struct bench { /* a test is a process of its own: this is not shared */
	char folder[64];
	struct rcfile f;
	struct tui_settings s;
	struct error e;
} b;

static void set_up(void)
{
	strcpy(b.folder, "/tmp/dpitop-rc-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(b.folder));
	setenv("HOME", b.folder, 1);
	unsetenv("XDG_CONFIG_HOME");
	settings_init(&b.s);
}

static void tear_down(void)
{
	char command[192];

	snprintf(command, sizeof command, "chmod -R u+rwx %s && rm -r %s", b.folder, b.folder);
	ck_assert_int_eq(system(command), 0);
}

static void write_file(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");

	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	fclose(out);
}

static void expect_file(const char *path, const char *text)
{
	char found[1024] = "";
	FILE *in = fopen(path, "r");

	ck_assert_msg(in != NULL, "no %s", path);
	found[fread(found, 1, sizeof found - 1, in)] = '\0';
	fclose(in);
	ck_assert_str_eq(found, text);
}

static const char *in_folder(const char *name, char *buf, size_t size)
{
	snprintf(buf, size, "%s/%s", b.folder, name);
	return buf;
}

START_TEST(rcfile_is_below_the_home_or_where_xdg_says)
{
	char wanted[128];

	rcfile_find(&b.f, NULL, false);
	ck_assert_str_eq(b.f.path, in_folder(".config/dpitop/dpitoprc", wanted, sizeof wanted));
	setenv("XDG_CONFIG_HOME", "/somewhere", 1);
	rcfile_find(&b.f, NULL, false);
	ck_assert_str_eq(b.f.path, "/somewhere/dpitop/dpitoprc");
	setenv("XDG_CONFIG_HOME", "relative", 1);
	rcfile_find(&b.f, NULL, false);
	ck_assert_str_eq(b.f.path, wanted);
	rcfile_find(&b.f, "given", false);
	ck_assert_str_eq(b.f.path, "given");
}
END_TEST

START_TEST(rcfile_of_a_user_that_was_changed_to_is_not_told_by_the_environment)
{
	setenv("XDG_CONFIG_HOME", "/somewhere", 1);
	rcfile_find(&b.f, NULL, true);
	ck_assert_ptr_null(strstr(b.f.path, "/somewhere"));
	ck_assert_ptr_null(strstr(b.f.path, b.folder));
}
END_TEST

START_TEST(rcfile_without_a_home_says_why_it_cannot_be_saved)
{
	setenv("HOME", "/nonexistent", 1);
	rcfile_find(&b.f, NULL, false);
	ck_assert_str_eq(b.f.path, "");
	ck_assert_int_eq(rcfile_read(&b.f, false, &b.s, &b.e), 0);
	ck_assert_int_ne(rcfile_save(&b.f, &b.s, &b.e), 0);
	ck_assert_ptr_nonnull(strstr(b.e.text, "--config"));
}
END_TEST

START_TEST(rcfile_that_is_not_there_is_no_error_unless_it_was_named)
{
	rcfile_find(&b.f, NULL, false);
	ck_assert_int_eq(rcfile_read(&b.f, false, &b.s, &b.e), 0);
	ck_assert(!b.f.there);
	ck_assert_int_ne(rcfile_read(&b.f, true, &b.s, &b.e), 0);
	ck_assert_ptr_nonnull(strstr(b.e.text, "cannot read"));
}
END_TEST

START_TEST(rcfile_that_is_a_directory_or_a_fifo_is_refused)
{
	char path[128];

	rcfile_find(&b.f, b.folder, false);
	ck_assert_int_ne(rcfile_read(&b.f, true, &b.s, &b.e), 0);
	ck_assert_int_eq(mkfifo(in_folder("fifo", path, sizeof path), 0600), 0);
	rcfile_find(&b.f, path, false);
	ck_assert_int_ne(rcfile_read(&b.f, true, &b.s, &b.e), 0);
	ck_assert_ptr_nonnull(strstr(b.e.text, "no regular file"));
}
END_TEST

START_TEST(rcfile_is_saved_with_its_directories_and_read_again)
{
	struct tui_settings again;

	b.s.unit = 1;
	rcfile_find(&b.f, NULL, false);
	ck_assert_msg(rcfile_save(&b.f, &b.s, &b.e) == 0, "%s", b.e.text);
	settings_init(&again);
	ck_assert_int_eq(rcfile_read(&b.f, false, &again, &b.e), 0);
	ck_assert(b.f.there);
	ck_assert_int_eq(again.unit, 1);
}
END_TEST

START_TEST(rcfile_keeps_its_mode_its_lines_and_the_link_to_it)
{
	char file[128], link[128];
	struct stat st;

	write_file(in_folder("real", file, sizeof file), "# mine\nunit bits\n");
	ck_assert_int_eq(chmod(file, 0640), 0);
	ck_assert_int_eq(symlink(file, in_folder("link", link, sizeof link)), 0);
	b.s.unit = 2;
	rcfile_find(&b.f, link, false);
	ck_assert_int_eq(rcfile_save(&b.f, &b.s, &b.e), 0);
	expect_file(file, "# mine\nunit packets\n");
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0640);
	ck_assert_int_eq(lstat(link, &st), 0);
	ck_assert(S_ISLNK(st.st_mode));
}
END_TEST

START_TEST(rcfile_that_cannot_be_written_stays_as_it_was)
{
	char file[128], command[256];

	if (geteuid() == 0)
		return; /* nothing is forbidden to root */
	write_file(in_folder("rc", file, sizeof file), "unit bits\n");
	ck_assert_int_eq(chmod(b.folder, 0500), 0);
	b.s.unit = 2;
	rcfile_find(&b.f, file, false);
	ck_assert_int_ne(rcfile_save(&b.f, &b.s, &b.e), 0);
	ck_assert_ptr_nonnull(strstr(b.e.text, "cannot save"));
	expect_file(file, "unit bits\n");
	snprintf(command, sizeof command, "test $(ls %s | wc -l) = 1", b.folder);
	ck_assert_int_eq(system(command), 0);
}
END_TEST

Suite *rcfile_suite(void)
{
	Suite *s = suite_create("rcfile");
	TCase *t = tcase_create("rcfile");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, rcfile_is_below_the_home_or_where_xdg_says);
	tcase_add_test(t, rcfile_of_a_user_that_was_changed_to_is_not_told_by_the_environment);
	tcase_add_test(t, rcfile_without_a_home_says_why_it_cannot_be_saved);
	tcase_add_test(t, rcfile_that_is_not_there_is_no_error_unless_it_was_named);
	tcase_add_test(t, rcfile_that_is_a_directory_or_a_fifo_is_refused);
	tcase_add_test(t, rcfile_is_saved_with_its_directories_and_read_again);
	tcase_add_test(t, rcfile_keeps_its_mode_its_lines_and_the_link_to_it);
	tcase_add_test(t, rcfile_that_cannot_be_written_stays_as_it_was);
	suite_add_tcase(s, t);
	return s;
}
