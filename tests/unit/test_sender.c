/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app/target.c and app/sender.c: where flows are sent to, and that what is not sent is counted. Traffic on loopback.
 */
#include "config.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "app/sender.h"
#include "app/target.h"

Suite *sender_suite(void);

enum { MANY = 3000 };

static struct target target_of(const char *url)
{
	struct error e = {.code = ERR_NONE};
	struct target t;

	ck_assert_msg(target_parse(&t, url, &e) == 0, "%s: %s", url, e.text);
	return t;
}

START_TEST(target_is_a_host_a_port_and_how)
{
	struct target t = target_of("ipfix://192.0.2.1:9995");

	ck_assert(strcmp(t.host, "192.0.2.1") == 0 && t.port == 9995 && t.biflow);
	t = target_of("ipfix://collector.example");
	ck_assert(strcmp(t.host, "collector.example") == 0 && t.port == 4739);
	t = target_of("ipfix://[2001:db8::1]");
	ck_assert(strcmp(t.host, "2001:db8::1") == 0 && t.port == 4739);
	t = target_of("ipfix://[2001:db8::1]:65535?biflow=no");
	ck_assert(strcmp(t.host, "2001:db8::1") == 0 && t.port == 65535 && !t.biflow);
	ck_assert(target_of("ipfix://a?biflow=yes").biflow);
}
END_TEST

START_TEST(target_that_is_none_is_said_to_be_so)
{
	static const char *const bad[] = {
		"", "192.0.2.1:4739", "udp://192.0.2.1:4739", "ipfix:/a", "ipfix://", "ipfix://:4739", "ipfix://a:", "ipfix://a:0",
		"ipfix://a:65536", "ipfix://a:99999999999999999999", "ipfix://a:47x", "ipfix://a:-1", "ipfix://[::1", "ipfix://[]:1",
		"ipfix://[::1]4739", "ipfix://::1:4739", "ipfix://2001:db8::1", "ipfix://a?", "ipfix://a?biflow", "ipfix://a?active=5",
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct error e = {.code = ERR_NONE};
		struct target t;

		ck_assert_msg(target_parse(&t, bad[i], &e) == ERR_USAGE && e.text[0] != '\0', "%s", bad[i]);
	}
}
END_TEST

START_TEST(target_whose_name_is_not_known_cannot_be_opened)
{
	struct target t = target_of("ipfix://no.such.host.invalid");
	struct error e = {.code = ERR_NONE};

	ck_assert_int_lt(target_open(&t, &e), 0);
	ck_assert_ptr_nonnull(strstr(e.text, "no.such.host.invalid"));
}
END_TEST

/* A socket that listens on loopback; fills the target. */
static int listen_at(struct target *t)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t bytes = sizeof a;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct timeval second = {.tv_sec = 1};
	char url[64];

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&a, &bytes), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
	snprintf(url, sizeof url, "ipfix://127.0.0.1:%u", ntohs(a.sin_port));
	*t = target_of(url);
	return fd;
}

static struct sender *sender_to(const struct target *t)
{
	int fd = target_open(t, NULL);

	ck_assert_int_ge(fd, 0);
	ck_assert_uint_ge(target_room(fd), IPFIX_MESSAGE_MIN);
	return sender_new(fd);
}

static void put(struct sender *s, uint32_t number, bool may_wait)
{
	uint8_t data[200];
	struct ipfix_message m = {.data = data, .bytes = sizeof data, .records = 2, .option_records = 1, .packets = 3, .octets = 40};

	memset(data, 0, sizeof data);
	memcpy(data, &number, sizeof number);
	sender_put(s, &m, may_wait);
}

START_TEST(sender_sends_all_in_their_order)
{
	struct target t;
	int fd = listen_at(&t);
	struct sender *s = sender_to(&t);
	uint8_t data[300];
	uint32_t number;

	for (uint32_t i = 0; i < 50; i++)
		put(s, i, false);
	for (uint32_t i = 0; i < 50; i++) {
		ck_assert_int_eq(recv(fd, data, sizeof data, 0), 200);
		memcpy(&number, data, sizeof number);
		ck_assert_uint_eq(number, i);
	}
	sender_drain(s);
	ck_assert_uint_eq(sender_state(s).sent.messages, 50);
	ck_assert_uint_eq(sender_state(s).sent.octets, 2000);
	ck_assert_uint_eq(sender_state(s).lost.messages, 0);
	ck_assert(!sender_state(s).failing);
	sender_free(s);
	close(fd);
}
END_TEST

START_TEST(sender_counts_what_nobody_listened_to)
{
	struct target t;
	int fd = listen_at(&t);
	struct sender *s = sender_to(&t);
	struct sender_state state;

	close(fd);
	for (uint32_t i = 0; i < 20; i++)
		put(s, i, true);
	sender_drain(s);
	state = sender_state(s);
	ck_assert_uint_eq(state.sent.messages + state.sent.records + state.sent.octets, 0);
	ck_assert_uint_eq(state.lost.messages, 20);
	ck_assert_uint_eq(state.lost.records, 40);
	ck_assert_uint_eq(state.lost.option_records, 20);
	ck_assert_uint_eq(state.lost.octets, 800);
	ck_assert_uint_eq(state.lost.bytes, 4000);
	ck_assert(state.failing && state.renew);
	ck_assert_str_eq(state.why, "nobody listens there");
	ck_assert(!sender_state(s).renew); /* told once */
	sender_free(s);
}
END_TEST

START_TEST(sender_never_makes_live_capture_wait_and_counts_what_finds_no_room)
{
	struct target t;
	int fd = listen_at(&t);
	struct sender *s = sender_to(&t);
	struct timespec from, to;
	struct sender_state state;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
	for (uint32_t i = 0; i < MANY; i++)
		put(s, i, false);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
	ck_assert_int_lt(to.tv_sec - from.tv_sec, 2);
	sender_drain(s);
	state = sender_state(s);
	ck_assert_uint_eq(state.sent.messages + state.lost.messages, MANY);
	ck_assert_uint_eq(state.sent.records + state.lost.records, 2 * MANY);
	sender_free(s);
	close(fd);
}
END_TEST

START_TEST(sender_waits_for_room_where_it_may)
{
	struct target t;
	int fd = listen_at(&t);
	struct sender *s = sender_to(&t);

	for (uint32_t i = 0; i < MANY; i++)
		put(s, i, true);
	sender_drain(s);
	ck_assert_uint_eq(sender_state(s).sent.messages, MANY);
	ck_assert_uint_eq(sender_state(s).lost.messages, 0);
	sender_free(s);
	close(fd);
}
END_TEST

START_TEST(sender_that_is_freed_sends_what_waits)
{
	struct target t;
	int fd = listen_at(&t);
	struct sender *s = sender_to(&t);
	uint8_t data[300];

	for (uint32_t i = 0; i < 40; i++)
		put(s, i, false);
	sender_free(s);
	for (uint32_t i = 0; i < 40; i++)
		ck_assert_int_eq(recv(fd, data, sizeof data, MSG_DONTWAIT), 200);
	close(fd);
	sender_free(sender_to(&t)); /* that had nothing to do */
}
END_TEST

Suite *sender_suite(void)
{
	Suite *s = suite_create("sender");
	TCase *c = tcase_create("sender");

	tcase_add_test(c, target_is_a_host_a_port_and_how);
	tcase_add_test(c, target_that_is_none_is_said_to_be_so);
	tcase_add_test(c, target_whose_name_is_not_known_cannot_be_opened);
	tcase_add_test(c, sender_sends_all_in_their_order);
	tcase_add_test(c, sender_counts_what_nobody_listened_to);
	tcase_add_test(c, sender_never_makes_live_capture_wait_and_counts_what_finds_no_room);
	tcase_add_test(c, sender_waits_for_room_where_it_may);
	tcase_add_test(c, sender_that_is_freed_sends_what_waits);
	suite_add_tcase(s, c);
	return s;
}
