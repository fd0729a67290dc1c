/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model/category.c, category_load.c: what lines of category lists mean, and which entry a site or an
 * address is found by.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "dpitop/category.h"
#include "dpitop/mem.h"
#include "dpitop/text.h"

Suite *category_suite(void);

static struct categories *set; /* a test is a process of its own: this is not shared */
static struct category_report report;

static void setup(void)
{
	set = categories_new();
	memset(&report, 0, sizeof report);
}

static void teardown(void)
{
	categories_unref(set);
}

static void list(const char *name, const char *text)
{
	categories_read(set, name, text, strlen(text), &report);
}

static const char *site(const char *name)
{
	return categories_name(set, categories_of_site(set, name));
}

static const char *address(const char *text)
{
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, text, NULL), 0);
	return categories_name(set, categories_of_address(set, &a));
}

START_TEST(category_takes_a_host_with_all_that_lies_below_it)
{
	list("news", "example.org\n");
	ck_assert_str_eq(site("example.org"), "news");
	ck_assert_str_eq(site("www.example.org"), "news");
	ck_assert_str_eq(site("a.b.c.d.e.example.org"), "news");
	ck_assert_str_eq(site("badexample.org"), "");
	ck_assert_str_eq(site("example.org.uk"), "");
	ck_assert_str_eq(site("org"), "");
	ck_assert_uint_eq(report.entries, 1);
	ck_assert_uint_eq(report.bad, 0);
}
END_TEST

START_TEST(category_takes_a_point_or_a_star_before_a_host_as_the_same)
{
	list("news", ".example.org\n*.example.net\n");
	ck_assert_str_eq(site("example.org"), "news");
	ck_assert_str_eq(site("www.example.org"), "news");
	ck_assert_str_eq(site("example.net"), "news");
	ck_assert_str_eq(site("www.example.net"), "news");
}
END_TEST

START_TEST(category_takes_an_equals_sign_before_a_host_as_that_host_only)
{
	list("news", "=example.org\n");
	list("other", "example.org\n");
	ck_assert_str_eq(site("example.org"), "news");
	ck_assert_str_eq(site("www.example.org"), "other");
	ck_assert_uint_eq(report.twice, 0);
}
END_TEST

START_TEST(category_of_the_longest_entry_counts)
{
	list("all", "org\n");
	list("news", "example.org\n");
	list("shop", "shop.example.org\n");
	ck_assert_str_eq(site("www.shop.example.org"), "shop");
	ck_assert_str_eq(site("www.example.org"), "news");
	ck_assert_str_eq(site("example.org"), "news");
	ck_assert_str_eq(site("debian.org"), "all");
}
END_TEST

START_TEST(category_of_the_first_file_counts_and_the_others_are_counted)
{
	list("a", "example.org\n10.0.0.0/8\n");
	list("b", "example.org\n10.0.0.0/8\nexample.net\n");
	ck_assert_str_eq(site("example.org"), "a");
	ck_assert_str_eq(address("10.1.2.3"), "a");
	ck_assert_str_eq(site("example.net"), "b");
	ck_assert_uint_eq(report.twice, 2);
	ck_assert_uint_eq(report.entries, 3);
}
END_TEST

START_TEST(category_may_have_an_entry_again)
{
	list("a", "example.org\nEXAMPLE.org.\n.example.org\n");
	ck_assert_uint_eq(report.entries, 1);
	ck_assert_uint_eq(report.twice, 0);
	ck_assert_uint_eq(report.bad, 0);
}
END_TEST

START_TEST(category_ignores_case_points_at_the_end_and_ports)
{
	list("news", "Example.ORG.\n");
	ck_assert_str_eq(site("WWW.eXample.org"), "news");
	ck_assert_str_eq(site("www.example.org."), "news");
	ck_assert_str_eq(site("www.example.org:8080"), "news");
}
END_TEST

START_TEST(category_takes_comments_blanks_and_line_ends_of_any_system)
{
	list("news", "\xef\xbb\xbf# a comment\r\n\r\n  example.org\t # why\r\nexample.net\r\n\n\texample.com");
	ck_assert_str_eq(site("example.org"), "news");
	ck_assert_str_eq(site("example.net"), "news");
	ck_assert_str_eq(site("example.com"), "news");
	ck_assert_uint_eq(report.bad, 0);
}
END_TEST

START_TEST(category_takes_names_beyond_ascii_as_the_wire_has_them)
{
	list("books", "b\xc3\xbc" "cher.example\nxn--caf-dma.example\n");
	ck_assert_str_eq(site("xn--bcher-kva.example"), "books");
	ck_assert_str_eq(site("www.xn--bcher-kva.example"), "books");
	ck_assert_str_eq(site("B\xc3\x9c" "CHER.example"), "books");
	ck_assert_str_eq(site("caf\xc3\xa9.example"), "books");
	ck_assert_uint_eq(report.bad, 0);
}
END_TEST

START_TEST(category_takes_lines_of_a_hosts_file)
{
	list("ads", "0.0.0.0 ads.example.org\n127.0.0.1\ttrack.example.net  x.example.com # two\n::1 v6.example.org\n"
		    "fe80::1%lo0 zone.example.org\n");
	ck_assert_str_eq(site("ads.example.org"), "ads");
	ck_assert_str_eq(site("track.example.net"), "ads");
	ck_assert_str_eq(site("x.example.com"), "ads");
	ck_assert_str_eq(site("v6.example.org"), "ads");
	ck_assert_str_eq(site("zone.example.org"), "ads");
	ck_assert_str_eq(address("127.0.0.1"), "");
	ck_assert_uint_eq(report.bad, 0);
}
END_TEST

START_TEST(category_leaves_out_the_machines_own_names_of_a_hosts_file)
{
	list("ads", "127.0.0.1 localhost\n127.0.0.1 localhost.localdomain\n127.0.0.1 local\n255.255.255.255 broadcasthost\n"
		    "0.0.0.0 0.0.0.0\nff02::1 ip6-allnodes\n");
	ck_assert_uint_eq(report.entries, 0);
	ck_assert_uint_eq(report.bad, 0);
	ck_assert_str_eq(site("printer.local"), "");
}
END_TEST

START_TEST(category_of_the_longest_network_counts)
{
	list("a", "10.0.0.0/8\n2001:db8::/32\n");
	list("b", "10.1.0.0/16\n10.1.2.3\n2001:db8:1::/48\n2001:db8::7\n");
	list("c", "0.0.0.0/0\n");
	ck_assert_str_eq(address("10.9.9.9"), "a");
	ck_assert_str_eq(address("10.1.9.9"), "b");
	ck_assert_str_eq(address("10.1.2.3"), "b");
	ck_assert_str_eq(address("192.0.2.1"), "c");
	ck_assert_str_eq(address("2001:db8:2::1"), "a");
	ck_assert_str_eq(address("2001:db8:1::1"), "b");
	ck_assert_str_eq(address("2001:db8::7"), "b");
	ck_assert_str_eq(address("2001:db9::1"), ""); /* 0.0.0.0/0 is of IPv4 */
}
END_TEST

START_TEST(category_takes_networks_of_every_length)
{
	char text[64], want[16];

	for (unsigned bits = 0; bits <= 128; bits++) {
		snprintf(text, sizeof text, "2001:db8::/%u\n", bits);
		snprintf(want, sizeof want, "c%u", bits);
		list(want, text);
	}
	ck_assert_uint_eq(report.entries, 129);
	ck_assert_str_eq(address("2001:db8::"), "c128");
	ck_assert_str_eq(address("2001:db8::1"), "c127");
	ck_assert_str_eq(address("a001:db8::1"), "c0");
}
END_TEST

START_TEST(category_of_a_site_that_is_an_address_is_that_of_the_network)
{
	list("home", "192.168.0.0/16\n2001:db8::/32\n");
	ck_assert_str_eq(site("192.168.1.1"), "home");
	ck_assert_str_eq(site("192.168.1.1:8080"), "home");
	ck_assert_str_eq(site("[2001:db8::1]:443"), "home");
	ck_assert_str_eq(site("2001:db8::1"), "home");
	ck_assert_str_eq(site("192.0.2.1"), "");
}
END_TEST

START_TEST(category_names_wrong_lines_and_reads_on)
{
	static const char *const wrong[] = {
		"exa mple.org", "http://example.org/", "10.0.0.0/33", "2001:db8::/129", "1.2.3", "a..b", "..", "*",
		"example.org,example.net", "||ads.example^", "1.2.3.4/8 lab", "<html>", "example.org\xff", "1.2.3.4 a..b",
	};
	char text[128];

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		teardown();
		setup();
		snprintf(text, sizeof text, "good.example\n%s\nbetter.example\n", wrong[i]);
		list("x.txt", text);
		ck_assert_msg(report.bad == 1, "'%s': %zu", wrong[i], report.bad);
		ck_assert_msg(strncmp(report.problems[0], "x.txt:2: '", 10) == 0, "%s", report.problems[0]);
		ck_assert(text_is_clean(report.problems[0]));
		ck_assert_str_eq(site("better.example"), "x");
		ck_assert_uint_eq(report.entries, 2);
	}
}
END_TEST

START_TEST(category_keeps_the_first_problems_in_words_and_counts_all)
{
	char text[400] = "";

	for (int i = 0; i < 40; i++)
		strcat(text, "a b\n");
	list("x", text);
	ck_assert_uint_eq(report.bad, 40);
	ck_assert_str_eq(report.problems[CATEGORY_PROBLEMS - 1], "x:5: 'b' stands behind a name: one entry a line");
}
END_TEST

START_TEST(category_survives_rubbish)
{
	char rubbish[65536];
	uint32_t x = 1;

	for (size_t i = 0; i < sizeof rubbish; i++) {
		x = x * 1664525 + 1013904223;
		rubbish[i] = (char)(x >> 24);
	}
	categories_read(set, "rubbish", rubbish, sizeof rubbish, &report);
	categories_read(set, "zeros", "\0\0\0\n\0", 5, &report);
	categories_read(set, "nothing", "", 0, &report);
	ck_assert_uint_gt(report.bad, 100);
	ck_assert_uint_eq(report.files, 3);
}
END_TEST

START_TEST(category_lines_of_any_length_are_one_line)
{
	char *text = mem_alloc(200001);

	memset(text, 'a', 200000);
	memcpy(text + 199980, "\nexample.org\n1.2.3.4\n", 20);
	categories_read(set, "x", text, 200000, &report);
	ck_assert_uint_eq(report.bad, 1);
	ck_assert_str_eq(site("example.org"), "x");
	mem_free(text);
}
END_TEST

START_TEST(category_is_called_as_its_file_made_printable)
{
	list("news.txt", "a.example\n");
	list("social networks", "b.example\n");
	list("evil\x1b[2J", "c.example\n");
	list("news", "d.example\n");
	list("a-name-that-is-longer-than-what-there-is-room-for", "e.example\n");
	ck_assert_str_eq(site("a.example"), "news");
	ck_assert_str_eq(site("b.example"), "social networks");
	ck_assert_str_eq(site("c.example"), "evil?[2J");
	ck_assert_str_eq(site("d.example"), "news");
	ck_assert_str_eq(site("e.example"), "a-name-that-is-longer-than-what-there-i");
	ck_assert_uint_eq(categories_count(set), 4);
}
END_TEST

START_TEST(category_of_hostile_sites_is_none)
{
	char longest[600];

	list("x", "example.org\n");
	memset(longest, '.', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	ck_assert_str_eq(site(longest), "");
	for (size_t i = 0; i < sizeof longest - 1; i += 2)
		longest[i] = 'a';
	ck_assert_str_eq(site(longest), "");
	ck_assert_str_eq(site(""), "");
	ck_assert_str_eq(site(":443"), "");
	ck_assert_str_eq(site("["), "");
	ck_assert_str_eq(site("[]:1"), "");
	ck_assert_str_eq(site("\xff.example.org"), "");
}
END_TEST

/* ---- directories ---- */

static char folder[] = "/tmp/dpitop-lists-XXXXXX";

static void write_file(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static void make_folder(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void remove_folder(void)
{
	char command[128];

	snprintf(command, sizeof command, "rm -r %s", folder);
	ck_assert_int_eq(system(command), 0);
	teardown();
}

static void load(void)
{
	struct error e = {.text = ""};

	set = categories_load(folder, &report, &e);
	ck_assert_msg(set != NULL, "%s", e.text);
}

START_TEST(category_load_reads_each_file_but_hidden_ones_copies_and_folders)
{
	char path[128];

	write_file("news.txt", "a.example\n");
	write_file("shop", "b.example\n192.0.2.0/24\n");
	write_file(".hidden", "c.example\n");
	write_file("shop~", "d.example\n");
	snprintf(path, sizeof path, "%s/folder", folder);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/pipe", folder);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	load();
	ck_assert_uint_eq(report.files, 2);
	ck_assert_uint_eq(report.entries, 3);
	ck_assert_uint_eq(report.bad, 0);
	ck_assert_uint_eq(categories_entries(set), 3);
	ck_assert_str_eq(site("a.example"), "news");
	ck_assert_str_eq(site("b.example"), "shop");
	ck_assert_str_eq(address("192.0.2.9"), "shop");
	ck_assert_str_eq(site("c.example"), "");
	ck_assert_str_eq(site("d.example"), "");
}
END_TEST

START_TEST(category_load_reads_files_in_the_order_of_their_names)
{
	write_file("b", "a.example\n");
	write_file("a", "a.example\n");
	write_file("c", "a.example\n");
	load();
	ck_assert_str_eq(site("a.example"), "a");
	ck_assert_uint_eq(report.twice, 2);
}
END_TEST

START_TEST(category_load_names_file_and_line_of_what_is_wrong)
{
	char want[160];

	write_file("news", "a.example\na b\n");
	load();
	snprintf(want, sizeof want, "%s/news:2: 'b' stands behind a name: one entry a line", folder);
	ck_assert_str_eq(report.problems[0], want);
}
END_TEST

START_TEST(category_load_names_a_file_that_cannot_be_read)
{
	char path[128];

	snprintf(path, sizeof path, "%s/gone", folder);
	ck_assert_int_eq(symlink("/nonexistent/list", path), 0);
	write_file("news", "a.example\n");
	load();
	ck_assert_uint_eq(report.bad, 1);
	ck_assert_ptr_nonnull(strstr(report.problems[0], "/gone: cannot be read: "));
	ck_assert_str_eq(site("a.example"), "news");
}
END_TEST

START_TEST(category_load_of_an_empty_folder_is_a_set_without_entries)
{
	load();
	ck_assert_uint_eq(report.files, 0);
	ck_assert_uint_eq(categories_entries(set), 0);
	ck_assert_str_eq(site("a.example"), "");
}
END_TEST

START_TEST(category_load_says_what_is_wrong_with_the_folder)
{
	struct error e = {.text = ""};

	ck_assert_ptr_null(categories_load("/nonexistent", &report, &e));
	ck_assert_int_eq(e.code, ERR_NOT_FOUND);
	ck_assert_str_eq(e.text, "cannot read category lists in '/nonexistent': no such directory");
	ck_assert_ptr_null(categories_load("/dev/null", &report, &e));
	ck_assert_str_eq(e.text, "cannot read category lists in '/dev/null': it is no directory");
	ck_assert_ptr_null(categories_load("", &report, &e));
	ck_assert_str_eq(e.text, "cannot read category lists in '': no such directory");
}
END_TEST

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
static const double load_seconds = 20;
#else
static const double load_seconds = 1;
#endif

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* what it takes, whatever else the machine does */
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

START_TEST(category_load_of_half_a_million_entries_finds_each_within_a_second)
{
	enum { ENTRIES = 500000 };
	char path[128], name[64];
	double start, seconds;
	FILE *f;

	snprintf(path, sizeof path, "%s/many", folder);
	f = fopen(path, "w");
	for (int i = 0; i < ENTRIES; i++)
		fprintf(f, "host-%d.site-%d.example.com\n", i, i % 977);
	fclose(f);
	start = now();
	load();
	seconds = now() - start;
	ck_assert_uint_eq(report.entries, ENTRIES);
	for (int i = 0; i < ENTRIES; i += 7) {
		snprintf(name, sizeof name, "www.host-%d.site-%d.example.com", i, i % 977);
		ck_assert_str_eq(site(name), "many");
	}
	ck_assert_str_eq(site("www.site-7.example.com"), "");
	ck_assert_uint_lt(categories_memory(set), 48u << 20);
	ck_assert_msg(seconds < load_seconds, "%.2f s", seconds);
}
END_TEST

Suite *category_suite(void)
{
	Suite *s = suite_create("category");
	TCase *lines = tcase_create("lines"), *folders = tcase_create("folders");

	tcase_add_checked_fixture(lines, setup, teardown);
	tcase_add_test(lines, category_takes_a_host_with_all_that_lies_below_it);
	tcase_add_test(lines, category_takes_a_point_or_a_star_before_a_host_as_the_same);
	tcase_add_test(lines, category_takes_an_equals_sign_before_a_host_as_that_host_only);
	tcase_add_test(lines, category_of_the_longest_entry_counts);
	tcase_add_test(lines, category_of_the_first_file_counts_and_the_others_are_counted);
	tcase_add_test(lines, category_may_have_an_entry_again);
	tcase_add_test(lines, category_ignores_case_points_at_the_end_and_ports);
	tcase_add_test(lines, category_takes_comments_blanks_and_line_ends_of_any_system);
	tcase_add_test(lines, category_takes_names_beyond_ascii_as_the_wire_has_them);
	tcase_add_test(lines, category_takes_lines_of_a_hosts_file);
	tcase_add_test(lines, category_leaves_out_the_machines_own_names_of_a_hosts_file);
	tcase_add_test(lines, category_of_the_longest_network_counts);
	tcase_add_test(lines, category_takes_networks_of_every_length);
	tcase_add_test(lines, category_of_a_site_that_is_an_address_is_that_of_the_network);
	tcase_add_test(lines, category_names_wrong_lines_and_reads_on);
	tcase_add_test(lines, category_keeps_the_first_problems_in_words_and_counts_all);
	tcase_add_test(lines, category_survives_rubbish);
	tcase_add_test(lines, category_lines_of_any_length_are_one_line);
	tcase_add_test(lines, category_is_called_as_its_file_made_printable);
	tcase_add_test(lines, category_of_hostile_sites_is_none);
	suite_add_tcase(s, lines);
	tcase_add_checked_fixture(folders, make_folder, remove_folder);
	tcase_set_timeout(folders, 60);
	tcase_add_test(folders, category_load_reads_each_file_but_hidden_ones_copies_and_folders);
	tcase_add_test(folders, category_load_reads_files_in_the_order_of_their_names);
	tcase_add_test(folders, category_load_names_file_and_line_of_what_is_wrong);
	tcase_add_test(folders, category_load_names_a_file_that_cannot_be_read);
	tcase_add_test(folders, category_load_of_an_empty_folder_is_a_set_without_entries);
	tcase_add_test(folders, category_load_says_what_is_wrong_with_the_folder);
	tcase_add_test(folders, category_load_of_half_a_million_entries_finds_each_within_a_second);
	suite_add_tcase(s, folders);
	return s;
}
