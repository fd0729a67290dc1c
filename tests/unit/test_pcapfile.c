/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Capture files as sources: what is read, what is refused and in which words, the pace, pipes whose
 * writer stops in the middle of a packet.
 */
#include "config.h"

#include <check.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "dpitop/source.h"
#include "source/pace.h"

Suite *pcapfile_suite(void);

#define START_S 1700000000u

static struct bench { /* a test is a process of its own: this is not shared */
	char folder[64], path[96];
	uint8_t bytes[65536];
	size_t used;
	size_t frames, batches, events;
	uint64_t wire_bytes;
	int64_t first_us, last_us;
	uv_loop_t loop;
	uv_timer_t limit;
	bool expired;
	size_t stop_after; /* frames; 0: run to the end */
	struct source *source;
} b;

static void setup(void)
{
	memset(&b, 0, sizeof b);
	strcpy(b.folder, "/tmp/dpitop-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(b.folder));
	snprintf(b.path, sizeof b.path, "%s/a.pcap", b.folder);
}

static void teardown(void)
{
	unlink(b.path);
	rmdir(b.folder);
}

static void put(const void *p, size_t n)
{
	ck_assert_uint_le(b.used + n, sizeof b.bytes);
	memcpy(b.bytes + b.used, p, n);
	b.used += n;
}

static void put32(uint32_t v)
{
	put(&v, sizeof v);
}

static void put_header(uint32_t magic, uint32_t linktype)
{
	uint16_t version[2] = {2, 4};

	put32(magic);
	put(version, sizeof version);
	put32(0);
	put32(0);
	put32(262144);
	put32(linktype);
}

static void put_frame(uint32_t seconds, uint32_t fraction, uint32_t length)
{
	uint8_t frame[256];

	memset(frame, 0x5a, sizeof frame);
	ck_assert_uint_le(length, sizeof frame);
	put32(seconds);
	put32(fraction);
	put32(length);
	put32(length + 10);
	put(frame, length);
}

static void save(void)
{
	FILE *out = fopen(b.path, "we");

	ck_assert_ptr_nonnull(out);
	ck_assert_uint_eq(fwrite(b.bytes, 1, b.used, out), b.used);
	fclose(out);
}

static void on_frame(void *ctx, struct source *s, const struct frame *f)
{
	(void)ctx;
	(void)s;
	if (b.frames++ == 0)
		b.first_us = f->ts_us;
	b.last_us = f->ts_us;
	b.wire_bytes += f->wire_len;
	ck_assert_uint_eq(f->data[0], 0x5a);
}

static void stop_loop(void)
{
	uv_stop(&b.loop);
}

static void on_batch(void *ctx, struct source *s)
{
	(void)ctx;
	(void)s;
	b.batches++;
	if (b.stop_after && b.frames >= b.stop_after)
		stop_loop();
}

static void on_event(void *ctx, struct source *s)
{
	(void)ctx;
	(void)s;
	b.events++;
	if (b.loop.data)
		stop_loop();
}

static const struct source_sink sink = {.frame = on_frame, .batch = on_batch, .event = on_event};

static struct source *open_path(const char *path, const char *filter, double speed, struct error *e)
{
	struct source_options o = {.name = path, .capture_filter = filter, .speed = speed};

	return source_open("file", &o, e);
}

static struct source *open_saved(void)
{
	struct error e = {.code = ERR_NONE};
	struct source *s;

	save();
	s = open_path(b.path, "", 0, &e);
	ck_assert_msg(s != NULL, "%s", e.text);
	return s;
}

static struct source_state pump_all(struct source *s)
{
	struct source_state state;

	while (source_pump(s, 100, &sink) > 0)
		;
	source_stats(s, &state);
	return state;
}

static void expect_refused(const char *path, const char *words)
{
	struct error e = {.code = ERR_NONE};
	struct source *s = open_path(path, "", 0, &e);

	ck_assert_ptr_null(s);
	ck_assert_int_lt(e.code, 0);
	ck_assert_msg(strstr(e.text, words) != NULL, "'%s' is not in '%s'", words, e.text);
}

START_TEST(pump_hands_on_every_frame_with_its_wire_length_and_time)
{
	struct source_state state;
	struct source *s;
	unsigned i;

	put_header(0xa1b2c3d4, 1);
	for (i = 0; i < 600; i++)
		put_frame(START_S + i, 250000, 60);
	s = open_saved();
	state = pump_all(s);
	ck_assert_uint_eq(b.frames, 600);
	ck_assert_uint_eq(b.wire_bytes, 600 * 70);
	ck_assert_int_eq(b.first_us, START_S * INT64_C(1000000) + 250000);
	ck_assert_int_eq(b.last_us, (START_S + 599) * INT64_C(1000000) + 250000);
	ck_assert(state.ended && state.ok && state.failed == 0);
	ck_assert_uint_eq(state.read_bytes, state.size_bytes);
	ck_assert_str_eq(state.linktype_name, "EN10MB");
	source_close(s);
}
END_TEST

START_TEST(nanosecond_captures_are_read_in_microseconds)
{
	struct source *s;

	put_header(0xa1b23c4d, 1);
	put_frame(START_S, 123456789, 60);
	s = open_saved();
	pump_all(s);
	ck_assert_int_eq(b.first_us, START_S * INT64_C(1000000) + 123456);
	source_close(s);
}
END_TEST

START_TEST(times_after_2038_are_not_negative)
{
	struct source *s;

	put_header(0xa1b2c3d4, 1);
	put_frame(4000000000u, 5, 60);
	s = open_saved();
	pump_all(s);
	ck_assert_int_eq(b.first_us, INT64_C(4000000000000005));
	source_close(s);
}
END_TEST

START_TEST(cut_file_keeps_what_was_whole_and_says_that_it_is_damaged)
{
	struct source_state state;
	struct source *s;

	put_header(0xa1b2c3d4, 1);
	put_frame(START_S, 0, 60);
	put_frame(START_S, 1, 60);
	b.used -= 7;
	s = open_saved();
	state = pump_all(s);
	ck_assert_uint_eq(b.frames, 1);
	ck_assert(state.ended && !state.ok);
	ck_assert_int_eq(state.failed, ERR_FORMAT);
	ck_assert_ptr_nonnull(strstr(state.text, "damaged after 1 packets"));
	source_close(s);
}
END_TEST

START_TEST(empty_capture_ends_at_once_without_a_fault)
{
	struct source_state state;
	struct source *s;

	put_header(0xa1b2c3d4, 1);
	s = open_saved();
	state = pump_all(s);
	ck_assert_uint_eq(b.frames, 0);
	ck_assert(state.ended && state.failed == 0);
	ck_assert_uint_eq(b.events, 1);
	source_close(s);
}
END_TEST

START_TEST(missing_file_directory_empty_file_and_rubbish_are_told_apart)
{
	char missing[128];

	snprintf(missing, sizeof missing, "%s/none.pcap", b.folder);
	expect_refused(missing, "no such file");
	expect_refused(b.folder, "directory");
	save();
	expect_refused(b.path, "empty");
	put("\x7f" "ELF and more", 13);
	save();
	expect_refused(b.path, "no capture file");
}
END_TEST

START_TEST(compressed_file_names_the_tool_that_unpacks_it)
{
	put("\x1f\x8b\x08\0\0\0\0\0\0\0\0\0", 12);
	save();
	expect_refused(b.path, "zcat");
	b.used = 0;
	put("\x28\xb5\x2f\xfd\0\0\0\0\0\0\0\0", 12);
	save();
	expect_refused(b.path, "zstdcat");
}
END_TEST

START_TEST(capture_filter_selects_and_can_be_changed)
{
	struct error e = {.code = ERR_NONE};
	struct source *s;

	put_header(0xa1b2c3d4, 1);
	put_frame(START_S, 0, 60);
	put_frame(START_S, 0, 100);
	put_frame(START_S, 0, 100);
	save();
	s = open_path(b.path, "greater 100", 0, &e);
	ck_assert_ptr_nonnull(s);
	ck_assert_uint_eq(source_pump(s, 2, &sink), 2);
	ck_assert_uint_eq(b.frames, 1);
	ck_assert_int_lt(source_capture_filter(s, "tcp port and", &e), 0);
	ck_assert_int_eq(source_capture_filter(s, "less 80", &e), 0);
	ck_assert_uint_eq(source_pump(s, 2, &sink), 1);
	ck_assert_uint_eq(b.frames, 1);
	source_close(s);
}
END_TEST

START_TEST(wrong_capture_filter_refuses_to_open_and_quotes_it)
{
	struct error e = {.code = ERR_NONE};

	put_header(0xa1b2c3d4, 1);
	save();
	ck_assert_ptr_null(open_path(b.path, "tcp port and", 0, &e));
	ck_assert_ptr_nonnull(strstr(e.text, "tcp port and"));
}
END_TEST

static void on_limit(uv_timer_t *t)
{
	(void)t;
	b.expired = true;
	stop_loop();
}

/* Run the source on a loop until its event, stop_after, or limit_ms. */
static void run_loop(struct source *s, unsigned limit_ms)
{
	struct error e;

	uv_loop_init(&b.loop);
	b.loop.data = &b;
	b.source = s;
	uv_timer_init(&b.loop, &b.limit);
	uv_timer_start(&b.limit, on_limit, limit_ms, 0);
	ck_assert_int_eq(source_start(s, &b.loop, &sink, &e), 0);
	uv_run(&b.loop, UV_RUN_DEFAULT);
}

static void close_loop(void)
{
	source_close(b.source);
	uv_close((uv_handle_t *)&b.limit, NULL);
	uv_run(&b.loop, UV_RUN_DEFAULT);
	ck_assert_int_eq(uv_loop_close(&b.loop), 0);
}

START_TEST(on_a_loop_a_file_runs_to_its_end_as_fast_as_it_can)
{
	unsigned i;

	put_header(0xa1b2c3d4, 1);
	for (i = 0; i < 500; i++)
		put_frame(START_S + 100 * i, 0, 60);
	run_loop(open_saved(), 5000);
	ck_assert(!b.expired);
	ck_assert_uint_eq(b.frames, 500);
	ck_assert_uint_eq(b.events, 1);
	close_loop();
}
END_TEST

START_TEST(at_its_own_pace_a_file_waits_for_packet_time)
{
	struct error e;
	struct source *s;

	put_header(0xa1b2c3d4, 1);
	put_frame(START_S, 0, 60);
	put_frame(START_S, 300000, 60);
	put_frame(START_S + 30, 0, 60);
	save();
	s = open_path(b.path, "", 1, &e);
	run_loop(s, 150);
	ck_assert_uint_eq(b.frames, 1);
	uv_timer_start(&b.limit, on_limit, 600, 0);
	uv_run(&b.loop, UV_RUN_DEFAULT);
	ck_assert_uint_eq(b.frames, 2);
	ck_assert_int_gt(source_clock_us(s), START_S * INT64_C(1000000) + 300000);
	ck_assert_int_lt(source_clock_us(s), (START_S + 5) * INT64_C(1000000));
	source_speed(s, 0);
	uv_timer_start(&b.limit, on_limit, 600, 0);
	uv_run(&b.loop, UV_RUN_DEFAULT);
	ck_assert_uint_eq(b.frames, 3);
	close_loop();
}
END_TEST

START_TEST(time_that_steps_back_or_leaps_does_not_stall_the_pace)
{
	struct pace p = {.factor = 1};
	const int64_t s = 1000000;

	ck_assert_int_eq(pace_wait_us(&p, 1000 * s, 50 * s), 0);
	ck_assert_int_eq(pace_wait_us(&p, 10 * s, 50 * s), 0);
	ck_assert_int_eq(pace_now_us(&p, 51 * s), 11 * s);
	ck_assert_int_le(pace_wait_us(&p, INT64_C(4000000000) * s, 51 * s), s + 1);
	ck_assert_int_eq(pace_wait_us(&p, INT64_C(4000000000) * s, 53 * s), 0);
}
END_TEST

START_TEST(pause_stops_the_clock_and_speed_turns_it)
{
	struct pace p = {.factor = 1};
	const int64_t s = 1000000;

	pace_wait_us(&p, 1000 * s, 50 * s);
	pace_pause(&p, true, 51 * s);
	ck_assert_int_gt(pace_wait_us(&p, 1001 * s, 60 * s), 0);
	ck_assert_int_eq(pace_now_us(&p, 90 * s), 1001 * s);
	pace_pause(&p, false, 90 * s);
	ck_assert_int_eq(pace_now_us(&p, 91 * s), 1002 * s);
	pace_set(&p, 10, 91 * s);
	ck_assert_int_eq(pace_now_us(&p, 92 * s), 1012 * s);
	ck_assert_int_eq(pace_wait_us(&p, 1022 * s, 92 * s), s + 1);
}
END_TEST

/* A FIFO whose writer has written the first n bytes; *writer is its end. */
static struct source *open_fifo(size_t n, int *writer)
{
	struct error e = {.code = ERR_NONE};
	struct source *s;

	ck_assert_int_eq(mkfifo(b.path, 0600), 0);
	*writer = open(b.path, O_RDWR | O_CLOEXEC);
	ck_assert_int_ge(*writer, 0);
	ck_assert_int_eq(write(*writer, b.bytes, n), (ssize_t)n);
	s = open_path(b.path, "", 0, &e);
	ck_assert_msg(s != NULL, "%s", e.text);
	return s;
}

START_TEST(pipe_that_stops_within_a_packet_does_not_stop_the_loop)
{
	struct source *s;
	int writer;

	put_header(0xa1b2c3d4, 1);
	put_frame(START_S, 0, 60);
	put_frame(START_S, 1, 60);
	s = open_fifo(b.used - 20, &writer);
	run_loop(s, 200);
	ck_assert(b.expired);
	ck_assert_uint_eq(b.frames, 1);
	b.stop_after = 2;
	ck_assert_int_eq(write(writer, b.bytes + b.used - 20, 20), 20);
	uv_timer_start(&b.limit, on_limit, 5000, 0);
	uv_run(&b.loop, UV_RUN_DEFAULT);
	ck_assert_uint_eq(b.frames, 2);
	close_loop();
	close(writer);
}
END_TEST

START_TEST(pipe_hands_on_more_than_its_queue_holds)
{
	struct source *s;
	unsigned i;
	int ends[2], saved = dup(STDIN_FILENO);
	const unsigned rounds = 60;
	pid_t child;

	put_header(0xa1b2c3d4, 1);
	for (i = 0; i < 200; i++)
		put_frame(START_S + i, 0, 250);
	ck_assert_int_eq(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		close(ends[0]);
		if (write(ends[1], b.bytes, b.used) < 0)
			_exit(1);
		for (i = 1; i < rounds; i++)
			if (write(ends[1], b.bytes + 24, b.used - 24) < 0)
				_exit(1);
		_exit(0);
	}
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	s = open_path("-", "", 0, NULL);
	ck_assert_ptr_nonnull(s);
	run_loop(s, 10000);
	ck_assert(!b.expired);
	ck_assert_uint_eq(b.frames, 200 * rounds);
	close_loop();
	dup2(saved, STDIN_FILENO);
	close(saved);
}
END_TEST

START_TEST(waiting_for_a_fifo_without_a_writer_ends_when_asked)
{
	struct source_options o = {.name = b.path, .capture_filter = ""};
	struct error e = {.code = ERR_NONE};
	int ends[2];

	ck_assert_int_eq(mkfifo(b.path, 0600), 0);
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	o.wake_fd = ends[0];
	ck_assert_ptr_null(source_open("file", &o, &e));
	ck_assert_ptr_nonnull(strstr(e.text, "interrupted"));
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(closing_a_waiting_pipe_does_not_wait)
{
	struct source *s;
	int writer;

	put_header(0xa1b2c3d4, 1);
	s = open_fifo(b.used, &writer);
	run_loop(s, 50);
	ck_assert_uint_eq(b.frames, 0);
	close_loop(); /* check's time limit would end a hang */
	close(writer);
}
END_TEST

Suite *pcapfile_suite(void)
{
	Suite *s = suite_create("pcapfile");
	TCase *t = tcase_create("pcapfile");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 20);
	tcase_add_test(t, pump_hands_on_every_frame_with_its_wire_length_and_time);
	tcase_add_test(t, nanosecond_captures_are_read_in_microseconds);
	tcase_add_test(t, times_after_2038_are_not_negative);
	tcase_add_test(t, cut_file_keeps_what_was_whole_and_says_that_it_is_damaged);
	tcase_add_test(t, empty_capture_ends_at_once_without_a_fault);
	tcase_add_test(t, missing_file_directory_empty_file_and_rubbish_are_told_apart);
	tcase_add_test(t, compressed_file_names_the_tool_that_unpacks_it);
	tcase_add_test(t, capture_filter_selects_and_can_be_changed);
	tcase_add_test(t, wrong_capture_filter_refuses_to_open_and_quotes_it);
	tcase_add_test(t, on_a_loop_a_file_runs_to_its_end_as_fast_as_it_can);
	tcase_add_test(t, at_its_own_pace_a_file_waits_for_packet_time);
	tcase_add_test(t, time_that_steps_back_or_leaps_does_not_stall_the_pace);
	tcase_add_test(t, pause_stops_the_clock_and_speed_turns_it);
	tcase_add_test(t, pipe_that_stops_within_a_packet_does_not_stop_the_loop);
	tcase_add_test(t, pipe_hands_on_more_than_its_queue_holds);
	tcase_add_test(t, waiting_for_a_fifo_without_a_writer_ends_when_asked);
	tcase_add_test(t, closing_a_waiting_pipe_does_not_wait);
	suite_add_tcase(s, t);
	return s;
}
