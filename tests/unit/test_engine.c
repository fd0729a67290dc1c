/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An engine from frames to pictures: inline over a file, frame by frame, and on its thread; ticks by
 * packet time; the filter; what happens with a file that is damaged, empty, or played at a pace.
 */
#include "config.h"

#include <check.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "dpitop/engine.h"

Suite *engine_suite(void);

#define START_US INT64_C(1700000000000000)
#define SECOND_US INT64_C(1000000)
enum { FRAME = 60 };

static struct bench { /* a test is a process of its own: this is not shared */
	char path[64];
	struct want want;
	unsigned ticks, stop_at;
	int64_t tick_times[64];
} b;

static void setup(void)
{
	int fd;
	unsigned d;

	memset(&b, 0, sizeof b);
	strcpy(b.path, "/tmp/dpitop-test-XXXXXX");
	fd = mkstemp(b.path);
	ck_assert_int_ge(fd, 0);
	close(fd);
	for (d = 0; d < DIM_LIST_COUNT; d++)
		b.want.lists[d].on = true;
}

static void teardown(void)
{
	unlink(b.path);
}

/* An Ethernet frame: UDP from 10.0.0.host:port to 192.0.2.1:9. */
static void make_frame(uint8_t f[FRAME], uint8_t host, uint16_t port)
{
	static const uint8_t head[42] = {
		2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0,
		0x45, 0, 0, FRAME - 14, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 0, 192, 0, 2, 1,
		0, 0, 0, 9, 0, FRAME - 34, 0, 0,
	};

	memset(f, 'x', FRAME);
	memcpy(f, head, sizeof head);
	f[29] = host;
	f[34] = (uint8_t)(port >> 8);
	f[35] = (uint8_t)port;
}

struct step { int64_t after_us; uint8_t host; uint16_t port; };

static void save(const struct step *steps, size_t n)
{
	pcap_t *p = pcap_open_dead(DLT_EN10MB, 65535);
	pcap_dumper_t *out = pcap_dump_open(p, b.path);
	struct pcap_pkthdr h = {.caplen = FRAME, .len = FRAME};
	uint8_t frame[FRAME];
	size_t i;

	ck_assert_ptr_nonnull(out);
	for (i = 0; i < n; i++) {
		int64_t us = START_US + steps[i].after_us;

		h.ts.tv_sec = us / SECOND_US;
		h.ts.tv_usec = us % SECOND_US;
		make_frame(frame, steps[i].host, steps[i].port);
		pcap_dump((u_char *)out, &h, frame);
	}
	pcap_dump_close(out);
	pcap_close(p);
}

static struct engine *open_file(double speed)
{
	struct engine_source s = {"file", b.path};
	struct engine_options o = {
		.sources = &s, .source_count = 1, .decap = true, .keep_ended = true,
		.speed = speed, .geoip = GOLDEN "/geo", .dpi = true, .seed = 1,
	};
	struct error e = {.code = ERR_NONE};
	struct engine *g = engine_open(&o, &e);

	ck_assert_msg(g != NULL, "%s", e.text);
	return g;
}

static struct engine *open_bare(void)
{
	struct engine_options o = {.decap = true, .keep_ended = true, .geoip = GOLDEN "/geo",
				   .dpi = true, .seed = 1};
	struct engine *g = engine_open(&o, NULL);

	ck_assert_ptr_nonnull(g);
	return g;
}

static int on_tick(void *ctx, struct engine *g)
{
	struct snapshot_input in;

	(void)ctx;
	engine_input(g, &b.want, &in);
	if (b.ticks < 64)
		b.tick_times[b.ticks] = in.now_us - START_US;
	b.ticks++;
	return b.ticks == b.stop_at ? 7 : 0;
}

static void expect_whole(const struct snapshot *s)
{
	ck_assert(s->conservation.l4 && s->conservation.l7 && s->conservation.hosts &&
		  s->conservation.flows && s->conservation.matrix);
}

START_TEST(run_counts_every_frame_of_a_file)
{
	static const struct step steps[] = {
		{0, 1, 1000}, {10, 1, 1000}, {20, 2, 1000}, {3 * SECOND_US, 1, 1001},
	};
	struct engine *g;
	struct snapshot *s;

	save(steps, 4);
	g = open_file(0);
	ck_assert_int_eq(engine_run(g, NULL, NULL, NULL, NULL), 0);
	s = engine_picture(g, &b.want);
	ck_assert_uint_eq(s->totals.packets, 4);
	ck_assert_uint_eq(s->totals.bytes, 4 * FRAME);
	ck_assert_int_eq(s->totals.first_us, START_US);
	ck_assert_int_eq(s->totals.last_us, START_US + 3 * SECOND_US);
	ck_assert_uint_eq(s->lists[DIM_HOST].count, 3);
	ck_assert_uint_eq(s->lists[DIM_FLOW].count, 3);
	ck_assert_uint_eq(s->sources[0].packets, 4);
	ck_assert(s->final && !s->live);
	expect_whole(s);
	snapshot_unref(s);
	engine_close(g);
}
END_TEST

/* A short frame from a client waits for its flow to be fetched; the long one that answers has no room to wait. */
START_TEST(long_frame_does_not_overtake_the_short_one_before_it)
{
	pcap_t *p = pcap_open_dead(DLT_EN10MB, 65535);
	pcap_dumper_t *out = pcap_dump_open(p, b.path);
	struct pcap_pkthdr h = {.ts = {.tv_sec = START_US / SECOND_US}, .caplen = FRAME, .len = FRAME};
	uint8_t frame[3000];
	struct engine *g;
	struct snapshot *s;

	ck_assert_ptr_nonnull(out);
	memset(frame, 'x', sizeof frame);
	make_frame(frame, 1, 9); /* the same ports: who comes first is the client */
	pcap_dump((u_char *)out, &h, frame);
	memcpy(frame + 26, (const uint8_t[]){192, 0, 2, 1, 10, 0, 0, 1, 0, 9, 0, 9}, 12);
	frame[16] = (sizeof frame - 14) >> 8, frame[17] = (sizeof frame - 14) & 255;
	frame[38] = (sizeof frame - 34) >> 8, frame[39] = (sizeof frame - 34) & 255;
	h.caplen = h.len = sizeof frame;
	pcap_dump((u_char *)out, &h, frame);
	pcap_dump_close(out);
	pcap_close(p);
	g = open_file(0);
	ck_assert_int_eq(engine_run(g, NULL, NULL, NULL, NULL), 0);
	s = engine_picture(g, &b.want);
	ck_assert_uint_eq(s->lists[DIM_FLOW].count, 1);
	ck_assert_str_eq(s->lists[DIM_FLOW].rows[0].label, "10.0.0.1");
	ck_assert_uint_eq(s->lists[DIM_FLOW].rows[0].total.bytes[0], FRAME);
	ck_assert_uint_eq(s->lists[DIM_FLOW].rows[0].total.bytes[1], sizeof frame);
	snapshot_unref(s);
	engine_close(g);
}
END_TEST

START_TEST(ticks_close_by_packet_time_and_silence_is_one_long_tick)
{
	static const struct step steps[] = {
		{0, 1, 1}, {900000, 1, 1}, {SECOND_US, 1, 1}, {10 * SECOND_US, 1, 1},
	};
	struct engine *g;

	save(steps, 4);
	g = open_file(0);
	ck_assert_int_eq(engine_run(g, on_tick, NULL, NULL, NULL), 0);
	ck_assert_uint_eq(b.ticks, 3);
	ck_assert_int_eq(b.tick_times[0], SECOND_US);
	ck_assert_int_eq(b.tick_times[1], 2 * SECOND_US);
	ck_assert_int_eq(b.tick_times[2], 10 * SECOND_US);
	engine_close(g);
}
END_TEST

START_TEST(time_that_leaps_over_years_costs_two_ticks_not_millions)
{
	static const struct step steps[] = {
		{0, 1, 1}, {INT64_C(1500000000) * SECOND_US, 1, 1}, {5, 1, 1}, {6, 1, 1},
	};
	struct engine *g;
	struct snapshot *s;

	save(steps, 4);
	g = open_file(0);
	ck_assert_int_eq(engine_run(g, on_tick, NULL, NULL, NULL), 0);
	ck_assert_uint_eq(b.ticks, 2);
	s = engine_picture(g, &b.want);
	ck_assert_uint_eq(s->totals.packets, 4);
	expect_whole(s);
	snapshot_unref(s);
	engine_close(g);
}
END_TEST

START_TEST(run_stops_when_a_tick_says_so)
{
	struct step steps[60];
	struct engine *g;
	int i;

	for (i = 0; i < 60; i++)
		steps[i] = (struct step){i * SECOND_US, 1, 1};
	save(steps, 60);
	g = open_file(0);
	b.stop_at = 5;
	ck_assert_int_eq(engine_run(g, on_tick, NULL, NULL, NULL), 7);
	ck_assert_uint_eq(b.ticks, 5);
	engine_close(g);
}
END_TEST

START_TEST(clock_that_was_set_back_for_good_ticks_again)
{
	struct engine *g = open_bare();
	uint8_t frame[FRAME];
	int i;

	make_frame(frame, 1, 1);
	engine_frame(g, 1, START_US + 3600 * SECOND_US, frame, FRAME, FRAME);
	for (i = 0; i < 3000; i++)
		engine_frame(g, 1, START_US + i * 10000, frame, FRAME, FRAME);
	ck_assert_uint_gt(engine_ticks(g), 10);
	engine_tick_now(g);
	ck_assert(engine_check(g).flows);
	engine_close(g);
}
END_TEST

START_TEST(damaged_file_gives_its_error_and_what_was_whole)
{
	static const struct step steps[] = {{0, 1, 1}, {1, 2, 1}, {2, 3, 1}};
	struct error e = {.code = ERR_NONE};
	struct engine *g;
	struct snapshot *s;

	save(steps, 3);
	ck_assert_int_eq(truncate(b.path, 24 + 3 * (16 + FRAME) - 5), 0);
	g = open_file(0);
	ck_assert_int_eq(engine_run(g, NULL, NULL, NULL, &e), ERR_FORMAT);
	ck_assert_ptr_nonnull(strstr(e.text, "damaged after 2 packets"));
	s = engine_picture(g, &b.want);
	ck_assert_uint_eq(s->totals.packets, 2);
	expect_whole(s);
	snapshot_unref(s);
	engine_close(g);
}
END_TEST

START_TEST(empty_capture_gives_an_empty_picture)
{
	struct engine *g;
	struct snapshot *s;

	save(NULL, 0);
	g = open_file(0);
	ck_assert_int_eq(engine_run(g, NULL, NULL, NULL, NULL), 0);
	s = engine_picture(g, &b.want);
	ck_assert_uint_eq(s->totals.packets, 0);
	ck_assert_uint_eq(s->lists[DIM_FLOW].count, 0);
	expect_whole(s);
	snapshot_unref(s);
	engine_close(g);
}
END_TEST

START_TEST(filter_shows_matching_traffic_beside_the_whole)
{
	static const struct step steps[] = {{0, 1, 1}, {1, 1, 1}, {2, 2, 1}, {3, 3, 1}};
	struct engine *g;
	struct snapshot *s;

	save(steps, 4);
	g = open_file(0);
	engine_run(g, NULL, NULL, NULL, NULL);
	strcpy(b.want.filter, "host = 10.0.0.1");
	s = engine_picture(g, &b.want);
	ck_assert_uint_eq(s->totals.packets, 4);
	ck_assert_uint_eq(s->filtered.packets, 2);
	ck_assert_uint_eq(s->lists[DIM_HOST].count, 2);
	ck_assert_uint_eq(s->lists[DIM_FLOW].count, 1);
	ck_assert_str_eq(s->filter_text, "host = 10.0.0.1");
	snapshot_unref(s);
	b.want.filter[0] = '\0';
	s = engine_picture(g, &b.want);
	ck_assert_uint_eq(s->filtered.packets, 4);
	ck_assert_uint_eq(s->lists[DIM_HOST].count, 4);
	snapshot_unref(s);
	engine_close(g);
}
END_TEST

START_TEST(non_ip_and_short_frames_are_counted_once)
{
	struct engine *g = open_bare();
	uint8_t frame[FRAME] = {0};
	struct snapshot *s;

	frame[12] = 0x08;
	frame[13] = 0x06;
	engine_frame(g, 1, START_US, frame, FRAME, FRAME);
	engine_frame(g, 1, START_US, frame, 0, 0);
	engine_frame(g, 147, START_US, frame, FRAME, 1500);
	engine_run(g, NULL, NULL, NULL, NULL);
	s = engine_picture(g, &b.want);
	ck_assert_uint_eq(s->totals.packets, 3);
	ck_assert_uint_eq(s->totals.non_ip_packets, 3);
	ck_assert_uint_eq(s->totals.non_ip_bytes, FRAME + 1500);
	ck_assert_uint_eq(s->totals.truncated_packets, 1);
	expect_whole(s);
	snapshot_unref(s);
	engine_close(g);
}
END_TEST

/* Wait until the newest picture satisfies `is`, at most five seconds. */
static struct snapshot *wait_for(struct engine *g, bool (*is)(const struct snapshot *s))
{
	int i;

	for (i = 0; i < 500; i++) {
		struct snapshot *s = engine_newest(g);

		if (s && is(s))
			return s;
		snapshot_unref(s);
		usleep(10000);
	}
	ck_abort_msg("the picture did not come");
	return NULL;
}

static bool is_final(const struct snapshot *s)
{
	return s->final;
}

static bool has_one_host_pair(const struct snapshot *s)
{
	return s->lists[DIM_HOST].count == 2;
}

START_TEST(on_a_thread_a_file_ends_in_a_final_picture_that_answers_wishes)
{
	static const struct step steps[] = {{0, 1, 1}, {1, 2, 1}, {SECOND_US, 3, 1}};
	struct engine *g;
	struct snapshot *s;

	save(steps, 3);
	g = open_file(0);
	ck_assert_int_eq(engine_start(g, &b.want, NULL, NULL, NULL), 0);
	s = wait_for(g, is_final);
	ck_assert_uint_eq(s->totals.packets, 3);
	ck_assert_str_eq(s->sources[0].state, "end of file");
	expect_whole(s);
	snapshot_unref(s);
	strcpy(b.want.filter, "host = 10.0.0.3");
	engine_want(g, &b.want);
	snapshot_unref(wait_for(g, has_one_host_pair));
	ck_assert_int_eq(engine_stop(g, NULL), 0);
	engine_close(g);
}
END_TEST

START_TEST(pace_is_turned_up_while_it_plays)
{
	static const struct step steps[] = {{0, 1, 1}, {20 * SECOND_US, 2, 1}, {40 * SECOND_US, 2, 1}};
	struct engine *g;

	save(steps, 3);
	g = open_file(1);
	ck_assert_int_eq(engine_start(g, &b.want, NULL, NULL, NULL), 0);
	usleep(300000);
	snapshot_unref(wait_for(g, has_one_host_pair));
	engine_speed(g, 0);
	snapshot_unref(wait_for(g, is_final));
	engine_close(g);
}
END_TEST

START_TEST(wrong_capture_filter_is_refused_at_once)
{
	static const struct step steps[] = {{0, 1, 1}};
	struct error e = {.code = ERR_NONE};
	struct engine *g;

	save(steps, 1);
	g = open_file(1);
	ck_assert_int_eq(engine_start(g, &b.want, NULL, NULL, NULL), 0);
	ck_assert_int_eq(engine_capture_filter(g, "tcp port and", &e), ERR_USAGE);
	ck_assert_int_eq(engine_capture_filter(g, "tcp port 80", &e), 0);
	engine_close(g);
}
END_TEST

START_TEST(missing_file_opens_no_engine)
{
	struct engine_source s = {"file", "/nonexistent/x.pcap"};
	struct engine_options o = {.sources = &s, .source_count = 1};
	struct error e = {.code = ERR_NONE};

	ck_assert_ptr_null(engine_open(&o, &e));
	ck_assert_ptr_nonnull(strstr(e.text, "no such file"));
}
END_TEST

Suite *engine_suite(void)
{
	Suite *s = suite_create("engine");
	TCase *t = tcase_create("engine");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 20);
	tcase_add_test(t, run_counts_every_frame_of_a_file);
	tcase_add_test(t, long_frame_does_not_overtake_the_short_one_before_it);
	tcase_add_test(t, ticks_close_by_packet_time_and_silence_is_one_long_tick);
	tcase_add_test(t, time_that_leaps_over_years_costs_two_ticks_not_millions);
	tcase_add_test(t, run_stops_when_a_tick_says_so);
	tcase_add_test(t, clock_that_was_set_back_for_good_ticks_again);
	tcase_add_test(t, damaged_file_gives_its_error_and_what_was_whole);
	tcase_add_test(t, empty_capture_gives_an_empty_picture);
	tcase_add_test(t, filter_shows_matching_traffic_beside_the_whole);
	tcase_add_test(t, non_ip_and_short_frames_are_counted_once);
	tcase_add_test(t, on_a_thread_a_file_ends_in_a_final_picture_that_answers_wishes);
	tcase_add_test(t, pace_is_turned_up_while_it_plays);
	tcase_add_test(t, wrong_capture_filter_is_refused_at_once);
	tcase_add_test(t, missing_file_opens_no_engine);
	suite_add_tcase(s, t);
	return s;
}
