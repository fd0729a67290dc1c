/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app/engine_harvest.c: when an engine hands intervals over, what times they have, and that all of them
 * together are what it counted, inline and on its thread.
 */
#include "config.h"

#include <check.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "app/engine_parts.h"
#include "booked.h"
#include "dpitop/engine.h"

Suite *engine_harvest_suite(void);

#define START_US INT64_C(1700000000000000) /* not the beginning of a minute: 20 s after one */
#define SECOND_US INT64_C(1000000)
enum { FRAME = 60, SPANS = 64 };

struct span { int64_t from_us, to_us, bytes; bool begins; };

static struct bench { /* a test is a process of its own: this is not shared */
	char path[64];
	struct booked *books;
	uv_mutex_t mutex;
	struct span spans[INTERVAL_CLASSES][SPANS];
	size_t count[INTERVAL_CLASSES];
	unsigned asked, refuse_each; /* of so many questions one is answered with no; 0: none */
} b;

static bool ready(void *ctx)
{
	(void)ctx;
	return b.refuse_each == 0 || ++b.asked % b.refuse_each != 0;
}

static void put(void *ctx, struct interval *i)
{
	size_t *n = &b.count[i->class_];
	struct span *s = *n > 0 ? &b.spans[i->class_][(*n - 1) % SPANS] : NULL;

	(void)ctx;
	uv_mutex_lock(&b.mutex);
	ck_assert_int_lt(i->from_us, i->to_us);
	ck_assert(i->from_us % SECOND_US == 0 && i->to_us % SECOND_US == 0);
	ck_assert_int_eq(i->begins, s == NULL || s->to_us != i->from_us);
	b.spans[i->class_][(*n)++ % SPANS] = (struct span){i->from_us, i->to_us, (int64_t)i->totals.bytes, i->begins};
	booked_add(b.books, i);
	uv_mutex_unlock(&b.mutex);
	interval_unref(i);
}

static void state(void *ctx, struct history_info *out)
{
	(void)ctx;
	strcpy(out->text, "recording");
}

static void setup(void)
{
	int fd;

	memset(&b, 0, sizeof b);
	uv_mutex_init(&b.mutex);
	b.books = booked_new();
	strcpy(b.path, "/tmp/dpitop-test-XXXXXX");
	fd = mkstemp(b.path);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void teardown(void)
{
	unlink(b.path);
	booked_free(b.books);
}

/* UDP from 10.0.0.host to 192.0.2.1 in Ethernet, so long after START_US. */
struct step { int64_t after_us; uint8_t host; };

static void save(const struct step *steps, size_t n)
{
	static const uint8_t head[42] = {
		2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0,
		0x45, 0, 0, FRAME - 14, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 0, 192, 0, 2, 1,
		4, 0, 0, 9, 0, FRAME - 34, 0, 0,
	};
	pcap_t *p = pcap_open_dead(DLT_EN10MB, 65535);
	pcap_dumper_t *out = pcap_dump_open(p, b.path);
	struct pcap_pkthdr h = {.caplen = FRAME, .len = FRAME};
	uint8_t frame[FRAME] = {0};

	ck_assert_ptr_nonnull(out);
	memcpy(frame, head, sizeof head);
	for (size_t i = 0; i < n; i++) {
		int64_t us = START_US + steps[i].after_us;

		h.ts.tv_sec = us / SECOND_US;
		h.ts.tv_usec = us % SECOND_US;
		frame[29] = steps[i].host;
		pcap_dump((u_char *)out, &h, frame);
	}
	pcap_dump_close(out);
	pcap_close(p);
}

static struct engine *open_file(const char *path)
{
	static const struct engine_history history = {.ready = ready, .put = put, .state = state};
	struct engine_source s = {"file", path};
	struct engine_options o = {
		.sources = &s, .source_count = 1, .decap = true, .keep_ended = true, .geoip = GOLDEN "/geo", .dpi = true, .seed = 1,
	};
	struct error e = {.code = ERR_NONE};
	struct engine *g = engine_open(&o, &e);

	ck_assert_msg(g != NULL, "%s", e.text);
	engine_keep_history(g, &history);
	return g;
}

static void expect_all_booked(struct engine *g)
{
	struct snapshot_input in;
	struct want want;

	memset(&want, 0, sizeof want);
	engine_input(g, &want, &in);
	booked_expect_rows(b.books, in.model);
	ck_assert_uint_eq(booked_totals(b.books)->flows, flow_table_stats(in.flows).created);
}

static void expect_span(unsigned c, size_t n, int64_t from_s, int64_t to_s)
{
	const struct span *s = &b.spans[c][n];

	ck_assert_uint_gt(b.count[c], n);
	ck_assert_int_eq((s->from_us - START_US) / SECOND_US, from_s);
	ck_assert_int_eq((s->to_us - START_US) / SECOND_US, to_s);
}

static void run_steps(const struct step *steps, size_t n)
{
	struct engine *g;

	save(steps, n);
	g = open_file(b.path);
	ck_assert_int_eq(engine_run(g, NULL, NULL, NULL, NULL), 0);
	expect_all_booked(g);
	engine_close(g);
}

START_TEST(intervals_end_where_their_steps_do_and_the_last_ones_where_the_file_does)
{
	static const struct step steps[] = {{100, 1}, {SECOND_US, 1}, {12 * SECOND_US, 2}, {13 * SECOND_US, 3}, {44 * SECOND_US, 1}};

	run_steps(steps, 5);
	expect_span(INTERVAL_LINE, 0, 0, 1);
	expect_span(INTERVAL_LINE, 1, 1, 2);
	ck_assert_int_eq(b.spans[INTERVAL_LINE][0].bytes, FRAME);
	expect_span(INTERVAL_KIND, 0, 0, 10);
	expect_span(INTERVAL_KIND, 1, 10, 20);
	expect_span(INTERVAL_HOST, 0, 0, 40); /* the minute is full 40 s after START_US */
	expect_span(INTERVAL_HOST, 1, 40, 45);
	ck_assert_uint_eq(b.count[INTERVAL_HOST], 2);
	for (unsigned c = 0; c < INTERVAL_CLASSES; c++)
		expect_span(c, b.count[c] - 1, b.spans[c][b.count[c] - 1].from_us / SECOND_US - START_US / SECOND_US, 45);
}
END_TEST

START_TEST(silence_is_known_to_be_silent_and_traffic_before_it_stays_there)
{
	static const struct step steps[] = {{100, 1}, {7200 * SECOND_US, 2}};

	run_steps(steps, 2);
	expect_span(INTERVAL_LINE, 0, 0, 1);
	expect_span(INTERVAL_LINE, 1, 1, 7200);
	ck_assert_int_eq(b.spans[INTERVAL_LINE][1].bytes, 0);
	expect_span(INTERVAL_KIND, 0, 0, 10);
	expect_span(INTERVAL_KIND, 1, 10, 7200);
	expect_span(INTERVAL_HOST, 0, 0, 40);
	expect_span(INTERVAL_HOST, 1, 40, 7180);
	ck_assert_uint_eq(b.count[INTERVAL_LINE], 3);
}
END_TEST

START_TEST(a_clock_that_was_set_begins_anew_and_loses_nothing)
{
	struct step steps[1200];

	for (unsigned i = 0; i < 1200; i++) /* 15 s, then an hour back for good */
		steps[i] = (struct step){i < 30 ? i * SECOND_US / 2 : (i - 3600) * SECOND_US, (uint8_t)(i % 9 + 1)};
	save(steps, 1200);
	struct engine *g = open_file(b.path);

	ck_assert_int_eq(engine_run(g, NULL, NULL, NULL, NULL), 0);
	expect_all_booked(g);
	engine_close(g);
}
END_TEST

static void tick_at(struct engine *g, int64_t us)
{
	g->core.now_us = us;
	engine_harvest_tick(g);
	engine_harvest_flush(g);
}

/* Else what a second has would be in one class before it, in another after it. */
START_TEST(a_clock_that_was_set_ends_all_classes_at_the_same_second)
{
	static const struct step steps[] = {{500, 1}};
	struct engine *g;

	save(steps, 1);
	g = open_file(b.path);
	g->files = false; /* its clock is that of the ticks */
	g->between_us = SECOND_US;
	for (int s = 0; s <= 15; s++)
		tick_at(g, START_US + s * SECOND_US + _i * SECOND_US / 2);
	tick_at(g, START_US - 3600 * SECOND_US);
	for (unsigned c = 0; c < INTERVAL_CLASSES; c++) {
		ck_assert_uint_gt(b.count[c], 0);
		ck_assert_int_eq(b.spans[c][(b.count[c] - 1) % SPANS].to_us, START_US + 16 * SECOND_US);
	}
	tick_at(g, START_US - 3599 * SECOND_US);
	ck_assert_int_eq(b.spans[INTERVAL_LINE][(b.count[INTERVAL_LINE] - 1) % SPANS].from_us, START_US - 3600 * SECOND_US);
	engine_close(g);
}
END_TEST

START_TEST(a_moment_is_one_interval_of_each_class)
{
	static const struct step steps[] = {{500, 1}};

	run_steps(steps, 1);
	for (unsigned c = 0; c < INTERVAL_CLASSES; c++) {
		ck_assert_uint_eq(b.count[c], 1);
		expect_span(c, 0, 0, 1);
		ck_assert(b.spans[c][0].begins);
	}
}
END_TEST

START_TEST(an_empty_capture_is_none)
{
	save(NULL, 0);
	struct engine *g = open_file(b.path);

	engine_run(g, NULL, NULL, NULL, NULL);
	engine_close(g);
	for (unsigned c = 0; c < INTERVAL_CLASSES; c++)
		ck_assert_uint_eq(b.count[c], 0);
}
END_TEST

START_TEST(what_finds_no_room_is_in_the_next_interval)
{
	struct step steps[600];

	for (unsigned i = 0; i < 600; i++)
		steps[i] = (struct step){i * SECOND_US / 3, (uint8_t)(i % 40 + 1)};
	b.refuse_each = 2;
	run_steps(steps, 600);
	ck_assert_uint_lt(b.count[INTERVAL_LINE], 190); /* of 200 seconds */
	ck_assert_uint_gt(b.count[INTERVAL_LINE], 100);
}
END_TEST

START_TEST(the_demo_capture_is_booked_to_the_last_byte)
{
	struct engine *g = open_file(SOURCE_TREE "/contrib/demo.pcap");

	ck_assert_int_eq(engine_run(g, NULL, NULL, NULL, NULL), 0);
	expect_all_booked(g);
	ck_assert_uint_gt(b.count[INTERVAL_LINE], 10);
	engine_close(g);
}
END_TEST

static struct snapshot *wait_for_end(struct engine *g)
{
	for (int i = 0; i < 1000; i++) {
		struct snapshot *s = engine_newest(g);

		if (s != NULL && s->final)
			return s;
		snapshot_unref(s);
		usleep(10000);
	}
	ck_abort_msg("the file did not end");
	return NULL;
}

START_TEST(the_demo_capture_is_booked_to_the_last_byte_on_a_thread)
{
	struct engine *g = open_file(SOURCE_TREE "/contrib/demo.pcap");
	struct snapshot *s;
	struct want want;

	memset(&want, 0, sizeof want);
	ck_assert_int_eq(engine_start(g, &want, NULL, NULL, NULL), 0);
	s = wait_for_end(g);
	ck_assert_str_eq(s->history.text, "recording");
	snapshot_unref(s);
	engine_stop(g, NULL);
	expect_all_booked(g);
	engine_close(g);
}
END_TEST

START_TEST(a_file_that_is_left_halfway_is_booked_as_far_as_it_was_read)
{
	struct engine *g = open_file(SOURCE_TREE "/contrib/demo.pcap");
	struct want want;

	memset(&want, 0, sizeof want);
	engine_speed(g, 1);
	ck_assert_int_eq(engine_start(g, &want, NULL, NULL, NULL), 0);
	usleep(300000);
	engine_stop(g, NULL);
	expect_all_booked(g);
	engine_close(g);
}
END_TEST

Suite *engine_harvest_suite(void)
{
	Suite *s = suite_create("engine_harvest");
	TCase *c = tcase_create("engine_harvest");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, intervals_end_where_their_steps_do_and_the_last_ones_where_the_file_does);
	tcase_add_test(c, silence_is_known_to_be_silent_and_traffic_before_it_stays_there);
	tcase_add_test(c, a_clock_that_was_set_begins_anew_and_loses_nothing);
	tcase_add_loop_test(c, a_clock_that_was_set_ends_all_classes_at_the_same_second, 0, 2);
	tcase_add_test(c, a_moment_is_one_interval_of_each_class);
	tcase_add_test(c, an_empty_capture_is_none);
	tcase_add_test(c, what_finds_no_room_is_in_the_next_interval);
	tcase_add_test(c, the_demo_capture_is_booked_to_the_last_byte);
	tcase_add_test(c, the_demo_capture_is_booked_to_the_last_byte_on_a_thread);
	tcase_add_test(c, a_file_that_is_left_halfway_is_booked_as_far_as_it_was_read);
	suite_add_tcase(s, c);
	return s;
}
