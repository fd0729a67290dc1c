/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * source/listen.c: where a collector listens.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "source/listen.h"

Suite *listen_suite(void);

static const struct good {
	const char *text, *scheme, *addr;
	enum export_proto proto;
	uint16_t port;
	bool tcp;
} good[] = {
	{"2055", "udp", "127.0.0.1", EXPORT_AUTO, 2055, false},
	{"udp://2055", "udp", "127.0.0.1", EXPORT_AUTO, 2055, false},
	{"auto://:2055", "udp", "127.0.0.1", EXPORT_AUTO, 2055, false},
	{"192.0.2.1:9995", "udp", "192.0.2.1", EXPORT_AUTO, 9995, false},
	{"netflow://0.0.0.0:1", "netflow", "0.0.0.0", EXPORT_NETFLOW, 1, false},
	{"ipfix://[::1]:4739", "ipfix", "::1", EXPORT_ONLY_IPFIX, 4739, false},
	{"sflow://[2001:db8::9]:65535", "sflow", "2001:db8::9", EXPORT_ONLY_SFLOW, 65535, false},
	{"tcp://4739", "ipfix+tcp", "127.0.0.1", EXPORT_ONLY_IPFIX, 4739, true},
	{"ipfix+tcp://*:4739", "ipfix+tcp", "::", EXPORT_ONLY_IPFIX, 4739, true},
};

START_TEST(listen_reads_protocol_address_and_port)
{
	const struct good *g = &good[_i];
	struct listen_address l;
	char text[ADDR_TEXT];
	struct addr a;
	uint16_t port;

	ck_assert_int_eq(listen_parse(&l, g->text, NULL), 0);
	a = listen_addr_of(&l.address, &port);
	ck_assert_str_eq(l.scheme, g->scheme);
	ck_assert_str_eq(addr_format(&a, text, sizeof text), g->addr);
	ck_assert_int_eq(l.proto, g->proto);
	ck_assert_uint_eq(port, g->port);
	ck_assert(l.tcp == g->tcp);
}
END_TEST

static const char *const bad[] = {"", ":", "0", "65536", "2055x", "+2055", " 2055", "http://80", "://80", "localhost:80",
				  "::1:80", "[::1]80", "[::1", "[192.0.2.1]:80", "192.0.2:80", "*", "tcp://", "[::1]:", "192.0.2.1",
				  "99999999999999999999", "2001:db8:1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:80"};

START_TEST(listen_refuses_what_is_no_place)
{
	struct listen_address l;
	struct error e = {.code = ERR_NONE};

	ck_assert_int_eq(listen_parse(&l, bad[_i], &e), ERR_USAGE);
	ck_assert(e.text[0] != '\0');
}
END_TEST

START_TEST(socket_has_a_buffer_and_no_drops_at_first)
{
	struct listen_address l;
	struct error e = {.code = ERR_NONE};
	int fd = -1;

	for (uint16_t port = 20055; fd < 0 && port < 20155; port++) {
		char text[16];

		snprintf(text, sizeof text, "%u", port);
		ck_assert_int_eq(listen_parse(&l, text, NULL), 0);
		fd = listen_open(&l, 1 << 20, &e);
	}
	ck_assert_int_ge(fd, 0);
	ck_assert_uint_gt(listen_buffer(fd), 65536);
	ck_assert_uint_eq(listen_drops(fd), 0);
	ck_assert_int_eq(listen_open(&l, 1 << 20, &e), -1); /* it is taken */
	ck_assert(strstr(e.text, "another program") != NULL);
	close(fd);
}
END_TEST

Suite *listen_suite(void)
{
	Suite *s = suite_create("listen");
	TCase *c = tcase_create("places");

	tcase_add_loop_test(c, listen_reads_protocol_address_and_port, 0, sizeof good / sizeof good[0]);
	tcase_add_loop_test(c, listen_refuses_what_is_no_place, 0, sizeof bad / sizeof bad[0]);
	tcase_add_test(c, socket_has_a_buffer_and_no_drops_at_first);
	suite_add_tcase(s, c);
	return s;
}
