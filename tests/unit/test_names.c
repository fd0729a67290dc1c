/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * snapshot/names.c and resolver.c against a DNS server of our own on loopback, in the same loop: one
 * that answers, denies, lies, or says nothing.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "dpitop/column.h"
#include "dpitop/dns.h"
#include "dpitop/filter.h"
#include "dpitop/names.h"
#include "dpitop/snapshot.h"
#include "traffic.h"

Suite *names_suite(void);

#define NOW_US INT64_C(1700000000000000)

enum server_mood { ANSWERS, DENIES, WRONG_ID, WRONG_QUESTION, SILENT, FLOODS };
enum { FORGED = 150 };

static struct fake_server { /* a test is a process of its own: this is not shared */
	uv_loop_t loop;
	uv_udp_t socket;
	uv_timer_t limit;
	enum server_mood mood;
	unsigned queries;
	bool expired;
	uint16_t port, asked_from;
	char resolv_conf[64], hosts[64];
	uint8_t bytes[2048];
} fake;

static void on_alloc(uv_handle_t *h, size_t n, uv_buf_t *buf)
{
	(void)h;
	(void)n;
	*buf = uv_buf_init((char *)fake.bytes, 1024);
}

/* Answers whose id is wrong, as somebody sends who does not see the question; b is as it was in the end. */
static void flood(uv_udp_t *s, const struct sockaddr *from, uint8_t *b, size_t n)
{
	uv_buf_t out = uv_buf_init((char *)b, (unsigned)n);

	for (unsigned i = 1; i <= FORGED; i++) {
		b[1] ^= (uint8_t)i;
		ck_assert_int_gt(uv_udp_try_send(s, &out, 1, from), 0);
		b[1] ^= (uint8_t)i;
	}
}

static void on_query(uv_udp_t *s, ssize_t n, const uv_buf_t *buf, const struct sockaddr *from, unsigned flags)
{
	static const uint8_t record[] = {0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 9, 0, 9, 7, 'n', 'a', 's', 0x1b, 'l', 'a', 'n', 0};
	uint8_t *b = (uint8_t *)buf->base;

	(void)flags;
	if (n <= 0 || from == NULL)
		return;
	fake.queries++;
	fake.asked_from = ntohs(((const struct sockaddr_in *)(const void *)from)->sin_port);
	if (fake.mood == SILENT)
		return;
	b[2] |= 0x80;
	if (fake.mood == WRONG_ID)
		b[1] ^= 1;
	if (fake.mood == WRONG_QUESTION)
		b[13] ^= 3;
	if (fake.mood == DENIES) {
		b[3] |= 3;
	} else {
		b[7] = 1;
		memcpy(b + n, record, sizeof record);
		n += sizeof record;
	}
	if (fake.mood == FLOODS)
		flood(s, from, b, (size_t)n);
	uv_buf_t out = uv_buf_init((char *)b, (unsigned)n);

	ck_assert_int_gt(uv_udp_try_send(s, &out, 1, from), 0);
}

static void on_limit(uv_timer_t *t)
{
	(void)t;
	fake.expired = true;
}

static void write_file(char *path, size_t size, const char *text)
{
	snprintf(path, size, "%s/dpitop-names-XXXXXX", P_tmpdir);
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static struct names *start(enum server_mood mood, bool lookups)
{
	struct sockaddr_in any, local;
	int size = sizeof local;

	fake.mood = mood;
	uv_loop_init(&fake.loop);
	uv_timer_init(&fake.loop, &fake.limit);
	uv_udp_init(&fake.loop, &fake.socket);
	uv_ip4_addr("127.0.0.1", 0, &any);
	ck_assert_int_eq(uv_udp_bind(&fake.socket, (struct sockaddr *)&any, 0), 0);
	uv_udp_getsockname(&fake.socket, (struct sockaddr *)&local, &size);
	fake.port = ntohs(local.sin_port);
	uv_udp_recv_start(&fake.socket, on_alloc, on_query);
	write_file(fake.resolv_conf, sizeof fake.resolv_conf, "search x\nnameserver 127.0.0.1\n");
	write_file(fake.hosts, sizeof fake.hosts, "# c\n192.0.2.9 printer printer.lan\nbad line\n");

	struct names_options o = {.resolv_conf = fake.resolv_conf, .hosts = fake.hosts, .cache = 64,
				  .lookups = lookups, .here = true, .port = ntohs(local.sin_port)};
	struct error e = {0};
	struct names *n = names_new(&fake.loop, &o, &e);

	ck_assert_int_eq(e.code, ERR_NONE);
	return n;
}

static void run_ms(unsigned ms)
{
	fake.expired = false;
	uv_timer_start(&fake.limit, on_limit, ms, 0);
	while (!fake.expired)
		uv_run(&fake.loop, UV_RUN_ONCE);
}

static void stop(struct names *n)
{
	names_close(n);
	uv_close((uv_handle_t *)&fake.socket, NULL);
	uv_close((uv_handle_t *)&fake.limit, NULL);
	uv_run(&fake.loop, UV_RUN_DEFAULT);
	ck_assert_int_eq(uv_loop_close(&fake.loop), 0);
	unlink(fake.resolv_conf);
	unlink(fake.hosts);
}

static struct addr ip(const char *text)
{
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, text, NULL), 0);
	return a;
}

START_TEST(names_come_from_the_server_clean_and_only_once_asked)
{
	struct names *n = start(ANSWERS, true);
	struct addr a = ip("192.0.2.1");

	ck_assert_ptr_null(names_get(n, &a, NOW_US));
	ck_assert_ptr_null(names_get(n, &a, NOW_US));
	run_ms(200);
	ck_assert_str_eq(names_get(n, &a, NOW_US), "nas?lan");
	ck_assert_uint_eq(fake.queries, 1);
	stop(n);
}
END_TEST

START_TEST(names_that_do_not_exist_are_not_asked_again_for_ten_minutes)
{
	struct names *n = start(DENIES, true);
	struct addr a = ip("2001:db8::1");

	names_get(n, &a, NOW_US);
	run_ms(100);
	ck_assert_ptr_null(names_get(n, &a, NOW_US + 599000000));
	run_ms(100);
	ck_assert_uint_eq(fake.queries, 1);
	names_get(n, &a, NOW_US + 1300000000);
	run_ms(100);
	ck_assert_uint_eq(fake.queries, 2);
	stop(n);
}
END_TEST

START_TEST(names_answer_with_a_wrong_id_or_question_is_ignored)
{
	struct names *n = start(WRONG_ID, true);
	struct addr a = ip("192.0.2.1");

	names_get(n, &a, NOW_US);
	run_ms(100);
	ck_assert_ptr_null(names_get(n, &a, NOW_US));
	fake.mood = WRONG_QUESTION;
	struct addr b = ip("192.0.2.2");

	names_get(n, &b, NOW_US);
	run_ms(100);
	ck_assert_ptr_null(names_get(n, &b, NOW_US));
	ck_assert_uint_eq(fake.queries, 2);
	stop(n);
}
END_TEST

START_TEST(names_of_a_server_that_is_drowned_by_forged_answers_are_its_own)
{
	struct names *n = start(FLOODS, true);
	struct addr a = ip("192.0.2.1");

	names_get(n, &a, NOW_US);
	run_ms(200);
	ck_assert_str_eq(names_get(n, &a, NOW_US), "nas?lan");
	ck_assert_uint_eq(fake.queries, 1);
	stop(n);
}
END_TEST

START_TEST(names_of_a_silent_server_are_asked_twice_and_never_block)
{
	struct names *n = start(SILENT, true);
	struct addr a = ip("192.0.2.1");

	names_get(n, &a, NOW_US);
	run_ms(2600);
	ck_assert_uint_eq(fake.queries, 2);
	ck_assert_ptr_null(names_get(n, &a, NOW_US));
	stop(n);
}
END_TEST

START_TEST(names_of_the_hosts_file_need_no_lookup)
{
	struct names *n = start(ANSWERS, false);
	struct addr a = ip("192.0.2.9"), b = ip("192.0.2.1");

	ck_assert_str_eq(names_get(n, &a, NOW_US), "printer");
	ck_assert_ptr_null(names_get(n, &b, NOW_US));
	run_ms(50);
	ck_assert_uint_eq(fake.queries, 0);
	stop(n);
}
END_TEST

START_TEST(names_lookups_can_be_switched_on_and_off)
{
	struct names *n = start(ANSWERS, false);
	struct addr a = ip("192.0.2.1"), b = ip("192.0.2.2");

	names_set_lookups(n, true);
	names_get(n, &a, NOW_US);
	run_ms(100);
	ck_assert_str_eq(names_get(n, &a, NOW_US), "nas?lan");
	names_set_lookups(n, false);
	ck_assert_ptr_null(names_get(n, &b, NOW_US));
	run_ms(50);
	ck_assert_uint_eq(fake.queries, 1);
	stop(n);
}
END_TEST

START_TEST(names_cache_stays_within_its_bound_when_flooded)
{
	struct names *n = start(ANSWERS, true);

	for (unsigned i = 0; i < 600; i++) {
		struct addr a = ip("198.51.100.0");

		a.b[14] = (uint8_t)(i >> 8);
		a.b[15] = (uint8_t)i;
		names_get(n, &a, NOW_US + i);
		if (i % 8 == 0)
			run_ms(2);
	}
	run_ms(100);
	struct addr last = ip("192.0.2.77");

	names_get(n, &last, NOW_US);
	run_ms(200);
	ck_assert_str_eq(names_get(n, &last, NOW_US), "nas?lan");
	stop(n);
}
END_TEST

START_TEST(names_of_groups_are_not_asked_for)
{
	struct names *n = start(ANSWERS, true);
	struct addr a = ip("224.0.0.251"), b = ip("ff02::fb");

	names_get(n, &a, NOW_US);
	names_get(n, &b, NOW_US);
	run_ms(50);
	ck_assert_uint_eq(fake.queries, 0);
	stop(n);
}
END_TEST

START_TEST(names_look_ups_are_counted_by_how_they_end)
{
	struct names *n = start(ANSWERS, true);
	struct addr a = ip("192.0.2.1"), b = ip("192.0.2.2"), c = ip("192.0.2.3");
	struct names_stats s;

	names_get(n, &a, NOW_US);
	names_stats(n, &s);
	ck_assert(s.lookups);
	ck_assert_uint_eq(s.waiting, 1);
	run_ms(100);
	fake.mood = DENIES;
	names_get(n, &b, NOW_US);
	run_ms(100);
	fake.mood = SILENT;
	names_get(n, &c, NOW_US);
	run_ms(4600);
	names_stats(n, &s);
	ck_assert_uint_eq(s.asked, 4);
	ck_assert_uint_eq(s.found, 1);
	ck_assert_uint_eq(s.none, 1);
	ck_assert_uint_eq(s.silent, 1);
	ck_assert_uint_eq(s.waiting, 0);
	ck_assert_uint_eq(s.cache.used, 4); /* one of the hosts file */
	ck_assert_uint_eq(s.cache.max, 64);
	stop(n);
}
END_TEST

/* The flow that the look-up is, as it is captured. */
START_TEST(look_ups_of_our_own_are_marked_and_can_be_filtered)
{
	struct names *n = start(ANSWERS, true);
	struct want want = {.lists[DIM_FLOW] = {.on = true, .sort = column_find(DIM_FLOW, "client_port"), .ascending = true}};
	struct filter *f = filter_parse("own = yes", NULL);
	struct filter_context c = {.names = n};
	struct traffic t;
	struct snapshot *s;
	const struct row *r;
	struct addr a = ip("10.0.0.5");
	struct flow *own, *other;
	char text[64];

	names_get(n, &a, NOW_US);
	run_ms(50);
	ck_assert_uint_gt(fake.queries, 0);
	traffic_open(&t, NULL);
	own = traffic_flow(&t, "127.0.0.1", fake.asked_from, "127.0.0.1", fake.port, UDP, 80);
	other = traffic_flow(&t, "127.0.0.1", 1, "127.0.0.1", fake.port, UDP, 80);
	ck_assert(filter_match_flow(f, &c, own));
	ck_assert(!filter_match_flow(f, &c, other));
	t.in.names = n;
	s = snapshot_build(&t.in, &want);
	ck_assert_uint_eq(s->lists[DIM_FLOW].count, 2);
	r = &s->lists[DIM_FLOW].rows[1];
	ck_assert(r->own && !s->lists[DIM_FLOW].rows[0].own);
	ck_assert_str_eq(column_text(column_find(DIM_FLOW, "mark"), r, 0, false, text, sizeof text), "own look-up");
	column_text(column_find(DIM_FLOW, "l7"), r, 0, false, text, sizeof text);
	ck_assert_msg(strstr(text, " (own)") != NULL, "%s", text);
	snapshot_unref(s);
	traffic_close(&t);
	filter_free(f);
	stop(n);
}
END_TEST

START_TEST(look_up_is_ours_by_port_and_server_either_way)
{
	struct names *n = start(ANSWERS, true);
	struct addr here = ip("10.0.0.9"), server = ip("127.0.0.1"), a = ip("10.0.0.5");
	const struct addr there[2] = {here, server}, back[2] = {server, here}, elsewhere[2] = {here, ip("127.0.0.2")};
	uint16_t port[2], turned[2];

	names_get(n, &a, NOW_US);
	run_ms(50);
	port[0] = turned[1] = fake.asked_from;
	port[1] = turned[0] = fake.port;
	ck_assert(names_is_own(n, there, port));
	ck_assert(names_is_own(n, back, turned));
	ck_assert(!names_is_own(n, elsewhere, port));
	ck_assert(!names_is_own(n, there, turned));
	port[0]++;
	ck_assert(!names_is_own(n, there, port));
	stop(n);
}
END_TEST

START_TEST(traffic_of_a_file_has_none_of_our_look_ups)
{
	struct names *here = start(ANSWERS, true), *n;
	struct names_options o = {.resolv_conf = fake.resolv_conf, .hosts = fake.hosts, .lookups = true, .port = fake.port};
	const struct addr ends[2] = {ip("127.0.0.1"), ip("127.0.0.1")};
	struct addr a = ip("10.0.0.5");

	n = names_new(&fake.loop, &o, NULL);
	names_get(n, &a, NOW_US);
	run_ms(50);
	ck_assert_uint_gt(fake.queries, 0);
	ck_assert(!names_is_own(n, ends, (const uint16_t[2]){fake.asked_from, fake.port}));
	names_close(n);
	stop(here);
}
END_TEST

Suite *names_suite(void)
{
	Suite *s = suite_create("names");
	TCase *c = tcase_create("names");

	tcase_set_timeout(c, 20);
	tcase_add_test(c, names_come_from_the_server_clean_and_only_once_asked);
	tcase_add_test(c, names_that_do_not_exist_are_not_asked_again_for_ten_minutes);
	tcase_add_test(c, names_answer_with_a_wrong_id_or_question_is_ignored);
	tcase_add_test(c, names_of_a_server_that_is_drowned_by_forged_answers_are_its_own);
	tcase_add_test(c, names_of_a_silent_server_are_asked_twice_and_never_block);
	tcase_add_test(c, names_of_the_hosts_file_need_no_lookup);
	tcase_add_test(c, names_lookups_can_be_switched_on_and_off);
	tcase_add_test(c, names_cache_stays_within_its_bound_when_flooded);
	tcase_add_test(c, names_of_groups_are_not_asked_for);
	tcase_add_test(c, names_look_ups_are_counted_by_how_they_end);
	tcase_add_test(c, look_ups_of_our_own_are_marked_and_can_be_filtered);
	tcase_add_test(c, look_up_is_ours_by_port_and_server_either_way);
	tcase_add_test(c, traffic_of_a_file_has_none_of_our_look_ups);
	suite_add_tcase(s, c);
	return s;
}
