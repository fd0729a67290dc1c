/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The daemon's end, and screens that are only sockets: rows go to who asked, and who leaves or does not read holds nobody up.
 * The engine has played the demo capture.
 */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include "app/rendezvous.h"
#include "app/serve.h"
#include "app/talk.h"
#include "dpitop/mem.h"

Suite *serve_suite(void);

enum { PATIENCE_MS = 20000, SCREENS = 7, ANSWERS = 500, MOST_ASKED = 200000 };

struct screen {
	int fd;
	uint8_t *data; /* read, not taken */
	size_t used, room;
};

static struct engine *g;
static struct serve *serve;
static uv_loop_t loop;
static struct rendezvous place;
static char folder[64];

static void pump(void)
{
	serve_published(serve);
	uv_run(&loop, UV_RUN_NOWAIT);
}

static void wait_for_the_end(void)
{
	bool ended = false;

	for (int waited = 0; !ended; waited++) {
		struct snapshot *s = engine_newest(g);

		ck_assert_int_lt(waited, PATIENCE_MS);
		ended = s != NULL && s->final;
		snapshot_unref(s);
		usleep(1000);
	}
}

static void setup(void)
{
	static const struct engine_source file = {"file", "contrib/demo.pcap"};
	struct engine_options o = {.sources = &file, .source_count = 1, .decap = true, .dpi = true, .keep_ended = true,
				   .seed = 1, .geoip = "tests/golden/geo", .wake_fd = -1};
	struct serve_options s = {.subject = "demo.pcap", .history = ""};
	struct want nothing;

	memset(&nothing, 0, sizeof nothing);
	snprintf(folder, sizeof folder, "/tmp/dpitop-serve-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(place.path, sizeof place.path, "%s/socket", folder);
	ck_assert_int_eq(rendezvous_listen(&place, NULL), 0);
	ck_assert_int_eq(chdir(SOURCE_TREE), 0);
	g = engine_open(&o, NULL);
	ck_assert_ptr_nonnull(g);
	ck_assert_int_eq(uv_loop_init(&loop), 0);
	s.fd = place.fd;
	serve = serve_open(&loop, g, &s);
	ck_assert_int_eq(engine_start(g, &nothing, NULL, NULL, NULL), 0);
	wait_for_the_end();
}

static void teardown(void)
{
	engine_stop(g, NULL);
	serve_close(serve);
	uv_run(&loop, UV_RUN_DEFAULT);
	ck_assert_int_eq(uv_loop_close(&loop), 0);
	engine_close(g);
	rendezvous_leave(&place);
	ck_assert_int_eq(rmdir(folder), 0);
}

/* ---- screens ---- */

/* In one piece, or not at all. */
static bool send_to(struct screen *c, enum talk_type type, struct pack_buffer *b)
{
	size_t bytes = TALK_HEAD + b->used;
	uint8_t *message = mem_zalloc(bytes);
	bool sent;

	talk_head(message, type, b->used);
	memcpy(message + TALK_HEAD, b->at, b->used);
	sent = send(c->fd, message, bytes, MSG_NOSIGNAL) == (ssize_t)bytes;
	mem_free(message);
	mem_free(b->at);
	return sent;
}

/* What is next in it, or SIZE_MAX: nothing yet. */
static size_t next(const struct screen *c)
{
	size_t bytes = c->used >= TALK_HEAD ? talk_body(c->data, TALK_TO_SCREEN) : SIZE_MAX;

	return bytes != SIZE_MAX && c->used - TALK_HEAD >= bytes ? bytes : SIZE_MAX;
}

static void read_some(struct screen *c)
{
	ssize_t n;

	if (c->room - c->used < 65536) {
		c->room = c->used + 131072;
		c->data = mem_grow(c->data, c->room, 1);
	}
	n = recv(c->fd, c->data + c->used, c->room - c->used, MSG_DONTWAIT);
	ck_assert(n > 0 || (n < 0 && errno == EAGAIN));
	c->used += n > 0 ? (size_t)n : 0;
}

static void drop(struct screen *c, size_t bytes)
{
	c->used -= TALK_HEAD + bytes;
	memmove(c->data, c->data + TALK_HEAD + bytes, c->used);
}

/* True if it has a message of one of both types, whose bytes stay in front; others are passed over. */
static bool hears(struct screen *c, enum talk_type type, enum talk_type other)
{
	read_some(c);
	for (size_t bytes = next(c); bytes != SIZE_MAX; bytes = next(c)) {
		if (c->data[4] == type || c->data[4] == other)
			return true;
		drop(c, bytes);
	}
	return false;
}

static void wait_for(struct screen *c, enum talk_type type)
{
	for (int waited = 0; !hears(c, type, type); waited++) {
		ck_assert_int_lt(waited, PATIENCE_MS);
		pump();
		usleep(1000);
	}
}

static struct want hosts(const char *filter)
{
	struct want w;

	memset(&w, 0, sizeof w);
	w.lists[DIM_HOST].on = true;
	snprintf(w.filter, sizeof w.filter, "%s", filter);
	return w;
}

static void say_want(struct screen *c, enum talk_type type, const char *filter)
{
	struct want w = hosts(filter);
	struct pack_buffer b = {.at = NULL};

	want_pack(&b, &w);
	ck_assert(send_to(c, type, &b));
}

/* Attached, and with its first picture of all that the capture has; says how many hosts that has. */
static size_t attach(struct screen *c, const char *filter)
{
	struct pack_buffer b = {.at = NULL};
	struct error e = {.code = ERR_NONE};
	char path[RENDEZVOUS_PATH], own[64];
	size_t count = 0;
	bool final = false;

	memset(c, 0, sizeof *c);
	c->fd = rendezvous_connect(path, place.path, &e);
	ck_assert_int_ge(c->fd, 0);
	talk_put_text(&b, pack_version(own, sizeof own));
	ck_assert(send_to(c, TALK_HELLO, &b));
	wait_for(c, TALK_HELLO);
	say_want(c, TALK_WANT, filter);
	while (!final) {
		struct snapshot *s;

		wait_for(c, TALK_PICTURE);
		s = snapshot_unpack(c->data + TALK_HEAD, next(c));
		ck_assert_ptr_nonnull(s);
		final = s->final && strcmp(s->filter_text, filter) == 0;
		count = s->lists[DIM_HOST].count;
		snapshot_unref(s);
		drop(c, next(c));
	}
	return count;
}

static void part(struct screen *c)
{
	close(c->fd);
	mem_free(c->data);
}

static size_t rows_of(struct screen *c)
{
	struct snapshot *s = snapshot_unpack(c->data + TALK_HEAD, next(c));
	size_t count;

	ck_assert_ptr_nonnull(s);
	count = s->lists[DIM_HOST].count;
	snapshot_unref(s);
	return count;
}

/* ---- tests ---- */

START_TEST(rows_go_to_the_screen_that_asked)
{
	static const char *const filters[] = {"", "app = dns", "l4 = tcp"};
	struct screen screens[SCREENS];
	size_t expected[SCREENS];
	int answers = 0;

	for (int i = 0; i < SCREENS; i++) {
		expected[i] = attach(&screens[i], filters[i % 3]);
		say_want(&screens[i], TALK_WANT_ROWS, "");
	}
	ck_assert_uint_ne(expected[0], expected[1]);
	ck_assert_uint_ne(expected[1], expected[2]);
	for (int waited = 0; answers < ANSWERS; waited++) {
		ck_assert_int_lt(waited, 50 * PATIENCE_MS);
		pump();
		for (int i = 0; i < SCREENS; i++) {
			if (!hears(&screens[i], TALK_ROWS, TALK_NO_ROWS))
				continue;
			if (screens[i].data[4] == TALK_ROWS) {
				ck_assert_uint_eq(rows_of(&screens[i]), expected[i]);
				answers++;
			}
			drop(&screens[i], next(&screens[i]));
			say_want(&screens[i], TALK_WANT_ROWS, "");
		}
		usleep(20);
	}
	for (int i = 0; i < SCREENS; i++)
		part(&screens[i]);
}
END_TEST

START_TEST(screen_that_leaves_before_its_rows_holds_nobody_up)
{
	struct screen leaves, stays;
	size_t expected = attach(&stays, "l4 = tcp");

	attach(&leaves, "app = dns");
	say_want(&leaves, TALK_WANT_ROWS, "");
	pump();
	part(&leaves);
	do {
		pump();
		say_want(&stays, TALK_WANT_ROWS, "");
		for (int waited = 0; !hears(&stays, TALK_ROWS, TALK_NO_ROWS); waited++) {
			ck_assert_int_lt(waited, PATIENCE_MS);
			pump();
			usleep(1000);
		}
		if (stays.data[4] == TALK_NO_ROWS)
			drop(&stays, next(&stays));
	} while (stays.used == 0);
	ck_assert_uint_eq(rows_of(&stays), expected);
	part(&stays);
}
END_TEST

START_TEST(screen_that_asks_and_does_not_read_is_let_go)
{
	struct want w = hosts("");
	struct screen deaf;
	int asked = 0;
	bool is_there = true;

	attach(&deaf, "");
	while (is_there) {
		struct pack_buffer b = {.at = NULL};

		ck_assert_int_lt(asked++, MOST_ASKED);
		want_pack(&b, &w);
		is_there = send_to(&deaf, TALK_WANT_ROWS, &b) || errno == EAGAIN;
		pump();
	}
	ck_assert(errno == EPIPE || errno == ECONNRESET);
	part(&deaf);
}
END_TEST

START_TEST(who_says_nothing_keeps_nobody_out)
{
	struct screen silent[20], c;
	struct error e = {.code = ERR_NONE};
	char path[RENDEZVOUS_PATH];

	for (int i = 0; i < 20; i++) {
		struct pack_buffer b = {.at = NULL};
		char own[64];

		memset(&silent[i], 0, sizeof silent[i]);
		silent[i].fd = rendezvous_connect(path, place.path, &e);
		ck_assert_int_ge(silent[i].fd, 0);
		talk_put_text(&b, pack_version(own, sizeof own));
		ck_assert(send_to(&silent[i], TALK_HELLO, &b)); /* and no want */
		pump();
	}
	ck_assert_uint_gt(attach(&c, ""), 0);
	part(&c);
	for (int i = 0; i < 20; i++)
		part(&silent[i]);
}
END_TEST

Suite *serve_suite(void)
{
	Suite *s = suite_create("serve");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, rows_go_to_the_screen_that_asked);
	tcase_add_test(t, screen_that_leaves_before_its_rows_holds_nobody_up);
	tcase_add_test(t, screen_that_asks_and_does_not_read_is_let_go);
	tcase_add_test(t, who_says_nothing_keeps_nobody_out);
	suite_add_tcase(s, t);
	return s;
}
