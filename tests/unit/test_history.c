/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * history/history.c and queue.c: a thread that records what an engine hands over, in a directory that
 * may be another one's, and that never makes capture wait.
 */
#include "config.h"

#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "booked.h"
#include "dpitop/engine.h"
#include "dpitop/mem.h"
#include "history/thread.h"
#include "model/interval_parts.h"

Suite *history_suite(void);

#define START_US INT64_C(1700000000000000)
#define SECOND_US INT64_C(1000000)

static char dir[64]; /* a test is a process of its own: this is not shared */

static void setup(void)
{
	strcpy(dir, "/tmp/dpitop-history-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void teardown(void)
{
	char command[128];

	snprintf(command, sizeof command, "rm -rf %s", dir);
	ck_assert_int_eq(system(command), 0);
}

static struct history *open_history(bool capture_time)
{
	struct history_options o = {.dir = dir, .write = true, .capture_time = capture_time, .geoip = GOLDEN "/geo"};
	struct error e = {.text = ""};
	struct history *h = history_open(&o, &e);

	ck_assert_msg(h != NULL, "%s", e.text);
	return h;
}

static struct interval *second(int64_t n, int64_t bytes)
{
	struct interval *i = interval_new(INTERVAL_LINE, START_US + n * SECOND_US, START_US + (n + 1) * SECOND_US);
	struct interval_row *r = interval_add(i);

	i->begins = n == 0;
	i->totals.bytes = i->totals.in_bytes = (uint64_t)bytes;
	i->totals.packets = 1;
	r->dim = DIM_INTERFACE;
	r->text = interval_text(i, "eth0");
	r->bytes[0] = bytes;
	r->packets[0] = 1;
	return i;
}

/* ---- the whole way ---- */

static bool on_ready(void *ctx)
{
	return history_ready(ctx);
}

static void on_put(void *ctx, struct interval *i)
{
	history_put(ctx, i);
}

static void on_state(void *ctx, struct history_info *out)
{
	history_state(ctx, out);
}

static struct engine *open_engine(struct history *h)
{
	static const struct engine_source s = {"file", SOURCE_TREE "/contrib/demo.pcap"};
	struct engine_options o = {.sources = &s, .source_count = 1, .decap = true, .keep_ended = true, .geoip = GOLDEN "/geo",
				   .dpi = true, .seed = 1};
	struct engine_history to = {.ready = on_ready, .put = on_put, .state = on_state, .ctx = h};
	struct error e = {.text = ""};
	struct engine *g = engine_open(&o, &e);

	ck_assert_msg(g != NULL, "%s", e.text);
	engine_keep_history(g, &to);
	return g;
}

struct sums {
	const struct model *model;
	size_t rows;
};

static int64_t sum_of(const struct series_block *b, enum series s)
{
	double sum = 0;

	for (size_t i = 0; b->values[s] != NULL && i < b->steps; i++)
		sum += b->values[s][i] == b->values[s][i] ? b->values[s][i] : 0;
	return (int64_t)sum;
}

static void expect_entity(struct archive *a, const struct entity *e, struct sums *s)
{
	struct archive_span span;
	struct series_block b;
	struct entity_info info;
	struct error error = {.text = ""};
	const struct dim_row *r;

	archive_entity(a, e, &info);
	if (info.dim == ENTITY_TOTALS || info.dim == DIM_INTERFACE)
		return;
	ck_assert(archive_span(a, &span));
	ck_assert_msg(archive_fetch(a, e, span.from_us - 60 * SECOND_US, span.to_us + 60 * SECOND_US, 0, &b, &error) == 0, "%s",
		      error.text);
	r = info.other ? model_other(s->model, (enum dim)info.dim) : model_get(s->model, (enum dim)info.dim, &info.key);
	ck_assert_msg(r != NULL, "'%s' of %s is not in the model", info.key_text, dim_info((enum dim)info.dim)->id);
	for (int d = 0; d < 2; d++) {
		ck_assert_msg(sum_of(&b, SERIES_BYTES_0 + d) == (int64_t)r->total.bytes[d], "'%s' of %s has %lld of %llu bytes",
			      info.key_text, dim_info((enum dim)info.dim)->id, (long long)sum_of(&b, SERIES_BYTES_0 + d),
			      (unsigned long long)r->total.bytes[d]);
		ck_assert_int_eq(sum_of(&b, SERIES_PACKETS_0 + d), (int64_t)r->total.packets[d]);
	}
	ck_assert_int_eq(sum_of(&b, SERIES_FLOWS), r->flows);
	s->rows++;
	mem_free(b.memory);
}

static void compare(struct history *h, void *ctx)
{
	const struct entity *e;

	for (size_t i = 0; (e = archive_next(h->archive, -1, &i)) != NULL;)
		expect_entity(h->archive, e, ctx);
}

/* Everything the model has is on disk, to the last byte. */
static void expect_recorded(struct engine *g)
{
	struct history_options o = {.dir = dir};
	struct error e = {.text = ""};
	struct history *h = history_open(&o, &e);
	struct sums s = {.model = NULL};
	struct snapshot_input in;
	struct want want;
	size_t rows = 0;

	ck_assert_msg(h != NULL, "%s", e.text);
	memset(&want, 0, sizeof want);
	engine_input(g, &want, &in);
	s.model = in.model;
	history_call(h, compare, &s);
	for (unsigned d = 0; d < DIM_COUNT; d++)
		for (size_t i = 0; interval_class_of((enum dim)d) != INTERVAL_CLASSES && d != DIM_INTERFACE &&
				   model_next(s.model, (enum dim)d, &i, NULL) != NULL;)
			rows++;
	ck_assert_uint_ge(s.rows, rows); /* and the rests */
	history_close(h);
}

START_TEST(history_has_each_row_of_a_capture_to_the_last_byte)
{
	struct history *h = open_history(true);
	struct engine *g = open_engine(h);
	struct history_info info;

	ck_assert_int_eq(engine_run(g, NULL, NULL, NULL, NULL), 0);
	ck_assert_int_eq(history_flush(h, NULL), 0);
	history_state(h, &info);
	ck_assert(info.on && info.writing && !info.failing);
	ck_assert_str_eq(info.text, "recording");
	ck_assert_uint_gt(info.files, 50);
	ck_assert_uint_eq(info.dropped + info.lost + info.late, 0);
	history_close(h);
	expect_recorded(g);
	engine_close(g);
}
END_TEST

START_TEST(history_has_each_row_of_an_engine_on_a_thread)
{
	struct history *h = open_history(true);
	struct engine *g = open_engine(h);
	struct snapshot *s = NULL;
	struct want want;

	memset(&want, 0, sizeof want);
	ck_assert_int_eq(engine_start(g, &want, NULL, NULL, NULL), 0);
	for (int i = 0; i < 1000 && (s == NULL || !s->final); i++) {
		snapshot_unref(s);
		usleep(10000);
		s = engine_newest(g);
	}
	ck_assert(s != NULL && s->final);
	ck_assert_str_eq(s->history.dir, dir);
	snapshot_unref(s);
	engine_stop(g, NULL);
	history_close(h);
	expect_recorded(g);
	engine_close(g);
}
END_TEST

static bool has_state(struct history *h, bool writing, const char *text)
{
	struct history_info info;

	for (int i = 0; i < 1500; i++) {
		history_state(h, &info);
		if (info.writing == writing && strstr(info.text, text) != NULL)
			return true;
		usleep(10000);
	}
	return false;
}

START_TEST(history_of_another_process_is_not_written_until_that_ends)
{
	struct history *first = open_history(false), *second_one = open_history(false);
	struct history_info info;

	ck_assert(has_state(second_one, false, "process"));
	history_state(second_one, &info);
	ck_assert(info.failing);
	history_put(second_one, second(0, 1)); /* an engine learns by this that there is no use */
	history_flush(second_one, NULL);
	ck_assert(!history_ready(second_one));
	history_state(second_one, &info);
	ck_assert_uint_eq(info.dropped, 0);
	ck_assert(history_ready(first));
	history_close(first);
	ck_assert(has_state(second_one, true, "recording"));
	ck_assert(history_ready(second_one));
	history_close(second_one);
}
END_TEST

/* ---- a thread that is busy ---- */

static void sleep_a_little(struct history *h, void *ctx)
{
	(void)h;
	uv_sem_post(ctx);
	usleep(300000);
}

struct busy {
	struct history *h;
	uv_sem_t begun;
};

static void keep_busy(void *ctx)
{
	struct busy *b = ctx;

	history_call(b->h, sleep_a_little, &b->begun);
}

START_TEST(history_that_is_busy_refuses_and_counts_and_never_makes_capture_wait)
{
	struct history *h = open_history(false);
	struct busy b = {.h = h};
	struct history_info info;
	uv_thread_t thread;
	uint64_t begin;
	int64_t n = 0;

	uv_sem_init(&b.begun, 0);
	uv_thread_create(&thread, keep_busy, &b);
	uv_sem_wait(&b.begun);
	begin = uv_hrtime();
	while (n < 2 * QUEUE_MAX && history_ready(h))
		history_put(h, second(n++, 100));
	ck_assert(!history_ready(h));
	ck_assert_int_gt(n, QUEUE_MAX / 2);
	ck_assert_int_lt(n, QUEUE_MAX);
	history_put(h, second(n++, 100)); /* the last ones of a run find room all the same */
	for (int64_t i = 0; i < QUEUE_MAX; i++)
		history_put(h, second(n + i, 1)); /* but not any number of them */
	ck_assert_uint_lt(uv_hrtime() - begin, UINT64_C(200000000));
	history_state(h, &info);
	ck_assert_uint_gt(info.dropped, QUEUE_MAX - 10);
	uv_thread_join(&thread);
	history_flush(h, NULL);
	ck_assert(history_ready(h));
	history_close(h);
}
END_TEST

static void count(void *ctx)
{
	__atomic_add_fetch((unsigned *)ctx, 1, __ATOMIC_RELAXED);
}

static struct snapshot *picture_of_feed(const struct feed *feed)
{
	struct snapshot *s = NULL;

	for (int i = 0; i < 500 && s == NULL; i++) {
		s = feed->ops->acquire(feed->ctx);
		usleep(10000);
	}
	return s;
}

START_TEST(history_that_is_busy_does_not_make_who_looks_back_wait)
{
	struct history *h = open_history(false);
	struct busy b = {.h = h};
	unsigned published = 0, before;
	struct snapshot *s;
	uv_thread_t thread;
	struct feed feed;
	struct want want;
	uint64_t begin;

	memset(&want, 0, sizeof want);
	for (int64_t n = 0; n < 10; n++)
		history_put(h, second(n, 100));
	uv_sem_init(&b.begun, 0);
	uv_thread_create(&thread, keep_busy, &b);
	uv_sem_wait(&b.begun);
	begin = uv_hrtime();
	feed = history_feed(h, &want, count, &published);
	ck_assert_ptr_null(feed.ops->acquire(feed.ctx));
	ck_assert_uint_lt(uv_hrtime() - begin, UINT64_C(50000000));
	uv_thread_join(&thread);
	s = picture_of_feed(&feed);
	ck_assert_ptr_nonnull(s);
	snapshot_unref(s);
	uv_thread_create(&thread, keep_busy, &b);
	uv_sem_wait(&b.begun);
	begin = uv_hrtime();
	history_feed_end(h);
	ck_assert_uint_lt(uv_hrtime() - begin, UINT64_C(50000000));
	before = published;
	feed.ops->want(feed.ctx, &want);
	uv_thread_join(&thread);
	usleep(200000);
	ck_assert_uint_eq(published, before); /* nobody is told any more */
	feed = history_feed(h, &want, count, &published);
	s = picture_of_feed(&feed);
	ck_assert_ptr_nonnull(s);
	snapshot_unref(s);
	history_close(h);
}
END_TEST

START_TEST(history_of_a_capture_makes_its_reader_wait_and_drops_nothing)
{
	struct history *h = open_history(true);
	struct busy b = {.h = h};
	struct history_info info;
	uv_thread_t thread;

	uv_sem_init(&b.begun, 0);
	uv_thread_create(&thread, keep_busy, &b);
	uv_sem_wait(&b.begun);
	for (int64_t n = 0; n < 4 * QUEUE_MAX; n++)
		history_put(h, second(n, 100));
	uv_thread_join(&thread);
	ck_assert_int_eq(history_flush(h, NULL), 0);
	history_state(h, &info);
	ck_assert_uint_eq(info.dropped + info.lost + info.late, 0);
	ck_assert_int_ge(info.flushed_us, START_US + 4 * QUEUE_MAX * SECOND_US);
	history_close(h);
}
END_TEST

static void put_some(void *ctx)
{
	for (int64_t n = 0; n < 100; n++)
		history_put(ctx, second(n, 1));
}

START_TEST(history_takes_from_several_threads)
{
	struct history *h = open_history(false);
	struct history_info info;
	uv_thread_t threads[3];

	for (int i = 0; i < 3; i++)
		uv_thread_create(&threads[i], put_some, h);
	for (int i = 0; i < 200; i++) {
		history_state(h, &info);
		history_ready(h);
	}
	for (int i = 0; i < 3; i++)
		uv_thread_join(&threads[i]);
	history_close(h);
}
END_TEST

START_TEST(history_that_cannot_be_opened_says_why)
{
	struct history_options o = {.dir = SOURCE_TREE "/README/x", .write = true};
	struct error e = {.code = ERR_NONE};
	struct history_info info;
	struct history *h;

	ck_assert_ptr_null(history_open(&o, &e));
	ck_assert_ptr_nonnull(strstr(e.text, "cannot make the directory"));
	o.patient = true;
	h = history_open(&o, NULL);
	ck_assert_ptr_nonnull(h);
	ck_assert(has_state(h, false, "cannot make the directory"));
	ck_assert(!history_ready(h));
	history_state(h, &info);
	ck_assert(!info.on && info.failing);
	ck_assert_int_ne(history_flush(h, &e), 0);
	history_close(h);
	history_close(NULL);
}
END_TEST

struct hanging { /* as on a disk that does not answer */
	struct history *h;
	int pipe[2];
	atomic_bool begun;
};

static void hang(struct history *h, void *ctx)
{
	struct hanging *x = ctx;
	char sign;

	(void)h;
	x->begun = true;
	ck_assert_int_eq(read(x->pipe[0], &sign, 1), 1);
}

static void *make_hang(void *ctx)
{
	struct hanging *x = ctx;

	history_call(x->h, hang, x);
	return NULL;
}

START_TEST(flush_does_not_wait_for_ever_for_a_disk_that_does_not_answer)
{
	struct history *h = open_history(false);
	struct hanging x = {.h = h};
	struct error e = {.code = ERR_NONE};
	pthread_t other;

	ck_assert_int_eq(pipe(x.pipe), 0);
	ck_assert_int_eq(pthread_create(&other, NULL, make_hang, &x), 0);
	for (int i = 0; i < 1000 && !x.begun; i++)
		usleep(1000);
	h->patience_ns = 50000000;
	ck_assert_int_eq(history_flush(h, &e), ERR_IO);
	ck_assert_ptr_nonnull(strstr(e.text, "the disk does not answer"));
	ck_assert_int_eq(write(x.pipe[1], "x", 1), 1);
	pthread_join(other, NULL);
	h->given_up = false;
	h->patience_ns = UINT64_C(15000000000);
	history_close(h);
}
END_TEST

static bool wait_for_bytes(struct history *h, int64_t taken_us, int64_t pending, enum lasting period, uint64_t wanted)
{
	uint64_t bytes[LASTING_COUNT] = {0};
	struct dim_key k;

	memset(&k, 0, sizeof k);
	strcpy(k.interface.name, "eth0");
	for (int i = 0; i < 500; i++) {
		if (history_lasting(h, DIM_INTERFACE, &k, taken_us, pending, bytes) && bytes[period] == wanted)
			return true;
		usleep(10000);
	}
	return false;
}

START_TEST(history_tells_totals_of_the_calendar_beside_live_rows)
{
	struct history *h = open_history(false);
	int64_t n = (history_clock_us() - START_US) / SECOND_US - 10, end = START_US + (n + 1) * SECOND_US;
	uint64_t bytes[LASTING_COUNT];
	struct dim_key k;

	memset(&k, 0, sizeof k);
	ck_assert(!history_lasting(h, DIM_SITE, &k, 0, 0, bytes)); /* has no history */
	strcpy(k.interface.name, "eth0");
	ck_assert(!history_lasting(h, DIM_INTERFACE, &k, 0, 0, bytes)); /* nobody looked it up yet */
	history_put(h, second(n, 100));
	ck_assert_int_eq(history_flush(h, NULL), 0);
	ck_assert(wait_for_bytes(h, end, 0, LASTING_YEAR, 100));
	ck_assert(wait_for_bytes(h, end, 7, LASTING_YEAR, 107));
	/* the next interval is on its way: neither here nor there */
	ck_assert(wait_for_bytes(h, end + SECOND_US, 1, LASTING_YEAR, 107));
	history_put(h, second(n + 1, 50));
	ck_assert_int_eq(history_flush(h, NULL), 0);
	ck_assert(wait_for_bytes(h, end + SECOND_US, 1, LASTING_YEAR, 151));
	history_close(h);
	h = open_history(false); /* another run */
	ck_assert(wait_for_bytes(h, 0, 3, LASTING_YEAR, 153));
	history_close(h);
}
END_TEST

START_TEST(history_gives_a_picture_of_what_it_recorded)
{
	struct history *h = open_history(true);
	struct engine *g = open_engine(h);
	struct error e = {.text = ""};
	struct snapshot *s;
	struct want want;

	engine_run(g, NULL, NULL, NULL, NULL);
	memset(&want, 0, sizeof want);
	want.lists[DIM_HOST].on = true;
	s = history_picture(h, &want, 0, 0, &e);
	ck_assert_msg(s != NULL, "%s", e.text);
	ck_assert(s->replay.on);
	ck_assert_uint_gt(s->lists[DIM_HOST].count, 10);
	snapshot_unref(s);
	history_close(h);
	engine_close(g);
}
END_TEST

Suite *history_suite(void)
{
	Suite *s = suite_create("history");
	TCase *c = tcase_create("history");

	tcase_set_timeout(c, 30);
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, history_has_each_row_of_a_capture_to_the_last_byte);
	tcase_add_test(c, history_has_each_row_of_an_engine_on_a_thread);
	tcase_add_test(c, history_of_another_process_is_not_written_until_that_ends);
	tcase_add_test(c, history_that_is_busy_refuses_and_counts_and_never_makes_capture_wait);
	tcase_add_test(c, history_that_is_busy_does_not_make_who_looks_back_wait);
	tcase_add_test(c, history_of_a_capture_makes_its_reader_wait_and_drops_nothing);
	tcase_add_test(c, history_takes_from_several_threads);
	tcase_add_test(c, history_that_cannot_be_opened_says_why);
	tcase_add_test(c, flush_does_not_wait_for_ever_for_a_disk_that_does_not_answer);
	tcase_add_test(c, history_tells_totals_of_the_calendar_beside_live_rows);
	tcase_add_test(c, history_gives_a_picture_of_what_it_recorded);
	suite_add_tcase(s, c);
	return s;
}
