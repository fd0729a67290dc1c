/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Several who look at one engine, each with a want of his own; the engine has played the demo capture.
 */
#include "config.h"

#include <arpa/inet.h>
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "dpitop/engine.h"
#include "exports.h"

Suite *engine_views_suite(void);
Suite *engine_turns_suite(void);

enum { PATIENCE_MS = 10000, HOSTS = 38 };

static struct engine *g;

/* The newest picture of a view that is as asked for. */
static struct snapshot *picture(int view, const char *filter)
{
	for (int waited = 0;; waited += 5) {
		struct snapshot *s = engine_view_newest(g, view);

		if (s != NULL && s->final && strcmp(s->filter_text, filter) == 0)
			return s;
		snapshot_unref(s);
		ck_assert_int_lt(waited, PATIENCE_MS);
		usleep(5000);
	}
}

static struct want want_hosts(const char *filter)
{
	struct want w = {.lists[DIM_HOST] = {.on = true}};

	snprintf(w.filter, sizeof w.filter, "%s", filter);
	return w;
}

static size_t hosts_of(int view, const char *filter)
{
	struct snapshot *s = picture(view, filter);
	size_t n = s->lists[DIM_HOST].count;

	snapshot_unref(s);
	return n;
}

static void setup(void)
{
	static const struct engine_source file = {"file", "contrib/demo.pcap"};
	struct engine_options o = {.sources = &file, .source_count = 1, .decap = true, .dpi = true, .keep_ended = true,
				   .seed = 1, .geoip = "tests/golden/geo", .wake_fd = -1};
	struct want want = want_hosts("");

	ck_assert_int_eq(chdir(SOURCE_TREE), 0);
	g = engine_open(&o, NULL);
	ck_assert_ptr_nonnull(g);
	ck_assert_int_eq(engine_start(g, &want, NULL, NULL, NULL), 0);
	ck_assert_uint_eq(hosts_of(0, ""), HOSTS);
}

static void teardown(void)
{
	engine_close(g);
}

static int open_view(const char *filter)
{
	struct want want = want_hosts(filter);
	int view = engine_view_open(g, &want);

	ck_assert_int_gt(view, 0);
	return view;
}

START_TEST(views_have_their_own_filters_and_disturb_nobody)
{
	int dns = open_view("app = dns"), all = open_view(""), port = open_view("port = 443");
	size_t count = hosts_of(dns, "app = dns");
	struct want other = want_hosts("l4 = tcp");

	ck_assert_uint_gt(count, 0);
	ck_assert_uint_lt(count, HOSTS);
	ck_assert_uint_eq(hosts_of(all, ""), HOSTS);
	ck_assert_uint_gt(hosts_of(port, "port = 443"), 0);
	engine_want(g, &other);
	ck_assert_uint_gt(hosts_of(0, "l4 = tcp"), count);
	ck_assert_uint_eq(hosts_of(dns, "app = dns"), count);
	ck_assert_uint_eq(hosts_of(all, ""), HOSTS);
}
END_TEST

START_TEST(views_are_bounded_and_come_free_again)
{
	struct want want = want_hosts("");

	for (int i = 1; i < ENGINE_VIEWS; i++)
		ck_assert_int_eq(open_view("app = dns"), i);
	ck_assert_int_eq(engine_view_open(g, &want), -1);
	hosts_of(3, "app = dns");
	engine_view_close(g, 3);
	for (int waited = 0; engine_view_open(g, &want) != 3; waited += 5) {
		ck_assert_int_lt(waited, PATIENCE_MS);
		usleep(5000);
	}
	ck_assert_uint_eq(hosts_of(3, ""), HOSTS); /* nothing of who was there before */
}
END_TEST

static struct engine_extract out;
static uv_sem_t done;

static void on_rows(void *ctx, struct engine_extract *x)
{
	(void)ctx;
	out = *x;
	uv_sem_post(&done);
}

START_TEST(view_takes_rows_out_under_its_own_filter)
{
	int dns = open_view("app = dns");
	size_t count = hosts_of(dns, "app = dns");
	struct want_list list = {.on = true};

	uv_sem_init(&done, 0);
	ck_assert(engine_extract_rows(g, dns, DIM_HOST, &list, false, on_rows, NULL));
	uv_sem_wait(&done);
	uv_sem_destroy(&done);
	ck_assert_uint_eq(out.rows->lists[DIM_HOST].count, count);
	snapshot_unref(out.rows);
}
END_TEST

/* ---- live: ticks go on, while filters go over the flows ---- */

enum { FLOWS = 30000, RECORDS = 30, TICK_US = 100000, FILTERS = 6, PICTURES = 4, TIME_AT = 8 /* in NetFlow v5's header */ };

static void tell_flows(int fd, const struct sockaddr_in *to)
{
	static struct bytes b;
	char src[20];

	for (uint32_t flow = 0; flow < FLOWS; flow += RECORDS) {
		put_v5(&b, RECORDS, flow);
		put_at(&b, TIME_AT, (uint64_t)time(NULL), 4);
		for (uint32_t i = flow; i < flow + RECORDS; i++) {
			snprintf(src, sizeof src, "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
			put_v5_record(&b, src, "192.0.2.9", 1, 100);
		}
		ck_assert_int_eq(sendto(fd, b.data, b.n, 0, (const struct sockaddr *)to, sizeof *to), b.n);
		b.n = 0;
		if (flow / RECORDS % 32 == 0)
			usleep(2000); /* the socket's buffer is bounded */
	}
}

static size_t flows_there(void)
{
	struct snapshot *s = engine_newest(g);
	size_t n = s != NULL ? s->flows_gauge.used : 0;

	snapshot_unref(s);
	return n;
}

static void setup_live(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char name[32];
	struct engine_source collector = {"collector", name};
	struct engine_options o = {.sources = &collector, .source_count = 1, .keep_ended = true, .seed = 1, .geoip = "tests/golden/geo",
				   .wake_fd = -1, .tick_us = TICK_US};
	struct want want = {.filter = ""};
	socklen_t bytes = sizeof to;

	ck_assert_int_eq(chdir(SOURCE_TREE), 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&to, sizeof to), 0); /* a port that is free */
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&to, &bytes), 0);
	close(fd);
	snprintf(name, sizeof name, "127.0.0.1:%u", ntohs(to.sin_port));
	g = engine_open(&o, NULL);
	ck_assert_ptr_nonnull(g);
	ck_assert_int_eq(engine_start(g, &want, NULL, NULL, NULL), 0);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	tell_flows(fd, &to);
	close(fd);
	for (int waited = 0; flows_there() < FLOWS / 2; waited += 5) {
		ck_assert_int_lt(waited, PATIENCE_MS);
		usleep(5000);
	}
}

/* Its newest picture is under its own filter, and another one than the last time. */
static bool has_come(int view, const char *filter, uint64_t *sequence)
{
	struct snapshot *s = engine_view_newest(g, view);
	bool come = s != NULL && strcmp(s->filter_text, filter) == 0 && s->sequence != *sequence;

	if (come)
		*sequence = s->sequence;
	snapshot_unref(s);
	return come;
}

START_TEST(views_with_filters_over_many_flows_have_as_many_pictures_each)
{
	char filter[FILTERS][20];
	uint64_t sequence[FILTERS] = {0};
	int view[FILTERS], come[FILTERS] = {0}, most = 0;

	for (int i = 0; i < FILTERS; i++) {
		snprintf(filter[i], sizeof filter[i], "not host ~ x%d", i % 10);
		view[i] = open_view(filter[i]);
	}
	for (int i = 0; i < FILTERS; i++) /* all have their turns from here on */
		for (int waited = 0; !has_come(view[i], filter[i], &sequence[i]); waited++) {
			ck_assert_int_lt(waited, 3 * PATIENCE_MS);
			usleep(1000);
		}
	for (int waited = 0; most < PICTURES; waited++) {
		ck_assert_int_lt(waited, 9 * PATIENCE_MS);
		for (int i = 0; i < FILTERS; i++) {
			come[i] += has_come(view[i], filter[i], &sequence[i]);
			most = come[i] > most ? come[i] : most;
		}
		usleep(1000);
	}
	for (int i = 0; i < FILTERS; i++)
		ck_assert_int_ge(come[i], most * 3 / 4);
}
END_TEST

Suite *engine_views_suite(void)
{
	Suite *s = suite_create("engine_views");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, views_have_their_own_filters_and_disturb_nobody);
	tcase_add_test(t, views_are_bounded_and_come_free_again);
	tcase_add_test(t, view_takes_rows_out_under_its_own_filter);
	suite_add_tcase(s, t);
	return s;
}

Suite *engine_turns_suite(void)
{
	Suite *s = suite_create("engine_turns");
	TCase *t = tcase_create("live");

	tcase_add_checked_fixture(t, setup_live, teardown);
	tcase_set_timeout(t, 180);
	tcase_add_test(t, views_with_filters_over_many_flows_have_as_many_pictures_each);
	suite_add_tcase(s, t);
	return s;
}
