/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model/scans.c: scans and floods are found, and what only looks like them is not.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "alarms.h"

Suite *scans_suite(void);

/* ---- port scans ---- */

START_TEST(many_ports_of_a_host_tried_in_vain_are_a_port_scan)
{
	for (uint16_t port = 1; port <= 30; port++) {
		syn("10.0.0.66", 4000, "10.0.0.7", port);
		if (port <= 2)
			accept_syn("10.0.0.66", 4000, "10.0.0.7", port);
		else if (port <= 20)
			refuse_syn("10.0.0.66", 4000, "10.0.0.7", port);
	}
	traffic_tick(&t);
	ck_assert_uint_eq(count_of(ALERT_PORT_SCAN), 0); /* answers may be on their way */
	traffic_tick(&t);
	expect_alert(ALERT_PORT_SCAN, ALERT_CRITICAL, "10.0.0.66", 30);
	expect_text("30 ports of 10.0.0.7 tried in 0 us, 2 answered");
	expect_pinned(ALERT_PORT_SCAN, 30);
	ck_assert_uint_eq(model_alerts(t.model, ALERT_WARNING), 1);
}
END_TEST

START_TEST(port_scan_from_outside_is_a_warning_and_is_counted_on)
{
	for (uint16_t port = 1; port <= 100; port++) {
		syn("203.0.113.9", 4000, "10.0.0.7", port);
		syn("203.0.113.9", 4000, "10.0.0.8", (uint16_t)(port / 2));
		if (port % 10 == 0)
			traffic_tick(&t);
	}
	ticks(2);
	expect_alert(ALERT_PORT_SCAN, ALERT_WARNING, "203.0.113.9", 151);
	expect_text("100 ports of 10.0.0.7 tried in 9.0 s, 0 answered; 1 more host likewise");
	expect_pinned(ALERT_PORT_SCAN, 151);
}
END_TEST

START_TEST(port_scan_within_one_tick_is_seen_at_the_end_of_a_file)
{
	for (uint16_t port = 1; port <= 25; port++)
		syn("10.0.0.66", 4000, "10.0.0.7", port);
	traffic_end(&t);
	expect_alert(ALERT_PORT_SCAN, ALERT_CRITICAL, "10.0.0.66", 25);
}
END_TEST

START_TEST(few_ports_in_vain_are_no_scan)
{
	for (uint16_t port = 1; port < 20; port++)
		syn("10.0.0.66", 4000, "10.0.0.7", port);
	ticks(3);
	expect_none();
}
END_TEST

START_TEST(few_ports_every_six_minutes_are_no_scan)
{
	for (uint16_t port = 1; port < 60; port++) {
		if (port % 15 == 0)
			t.now_us += 6 * 60 * SECOND_US;
		syn("10.0.0.66", 4000, "10.0.0.7", port);
		ticks(2);
	}
	expect_none();
}
END_TEST

START_TEST(ports_that_answer_are_no_scan)
{
	for (uint16_t port = 1; port <= 200; port++) {
		syn("10.0.0.5", 4000, "10.0.0.7", port);
		if (port % 4 != 0)
			accept_syn("10.0.0.5", 4000, "10.0.0.7", port);
	}
	ticks(3);
	expect_none();
}
END_TEST

START_TEST(ports_that_answer_in_the_next_tick_are_no_scan)
{
	for (unsigned again = 0; again < 3; again++) { /* in its second and third time it is known that they answer */
		for (uint16_t port = 1; port <= 100; port++)
			syn("10.0.0.5", (uint16_t)(4000 + again), "10.0.0.7", port);
		traffic_tick(&t);
		for (uint16_t port = 1; port <= 100; port++)
			accept_syn("10.0.0.5", (uint16_t)(4000 + again), "10.0.0.7", port);
		traffic_tick(&t);
	}
	ticks(3);
	expect_none();
}
END_TEST

START_TEST(one_port_tried_again_and_again_is_no_scan)
{
	for (uint16_t port = 1; port <= 400; port++) {
		syn("10.0.0.5", (uint16_t)(4000 + port), "10.0.0.7", 443);
		if (port % 20 == 0)
			traffic_tick(&t);
	}
	ticks(3);
	expect_none();
}
END_TEST

START_TEST(udp_ports_tried_in_vain_are_a_port_scan)
{
	send_packet("10.0.0.7", 53, "10.0.0.66", 5000, UDP, 0); /* there is a way back */
	traffic_tick(&t);
	for (uint16_t port = 100; port < 140; port++)
		send_packet("10.0.0.66", 5000, "10.0.0.7", port, UDP, 0);
	ticks(2);
	expect_alert(ALERT_PORT_SCAN, ALERT_CRITICAL, "10.0.0.66", 40);
}
END_TEST

START_TEST(traceroute_is_no_scan)
{
	send_packet("10.0.0.7", 53, "10.0.0.5", 5000, UDP, 0);
	traffic_tick(&t);
	for (uint16_t port = 33434; port < 33434 + 90; port++)
		send_packet("10.0.0.5", 5000, "192.0.2.1", port, UDP, 0);
	ticks(3);
	expect_none();
}
END_TEST

/* Of both ways only one is seen: a mirror port, another route. */
START_TEST(one_way_of_the_traffic_is_no_scan)
{
	char buf[32];

	for (uint16_t n = 0; n < 600; n++) {
		send_packet("10.0.0.53", 53, "10.0.0.5", (uint16_t)(40000 + n), UDP, 0);  /* answers of DNS */
		send_packet("10.0.0.6", (uint16_t)(2000 + n), nth(false, n, buf), 53, UDP, 0);
		send_packet(nth(false, n, buf), 443, "10.0.0.9", (uint16_t)(40000 + n), TCP, TCP_SYN | TCP_ACK);
		syn("10.0.0.8", (uint16_t)(40000 + n), nth(false, n, buf), 443);
		send_packet("10.0.0.8", (uint16_t)(40000 + n), nth(false, n, buf), 443, TCP, TCP_ACK);
		if (n % 100 == 0)
			traffic_tick(&t);
	}
	ticks(3);
	expect_none();
}
END_TEST

/* ---- network scans ---- */

START_TEST(one_port_of_many_hosts_tried_in_vain_is_a_network_scan)
{
	char buf[32];

	for (unsigned n = 0; n < 254; n++) {
		syn("10.0.0.66", 4000, nth(true, n, buf), 445);
		if (n < 3)
			accept_syn("10.0.0.66", 4000, nth(true, n, buf), 445);
		if (n < 30)
			syn("10.0.0.66", 4000, nth(true, n, buf), 22);
	}
	ticks(2);
	expect_alert(ALERT_NETWORK_SCAN, ALERT_CRITICAL, "10.0.0.66", 284);
	expect_text("port 445/TCP of 254 hosts tried in 0 us, 3 answered; 1 more port likewise");
	ck_assert_uint_eq(count_of(ALERT_PORT_SCAN), 0);
	expect_pinned(ALERT_NETWORK_SCAN, 284);
}
END_TEST

START_TEST(network_scan_of_one_port_pins_that_port)
{
	char buf[32];

	for (unsigned n = 0; n < 40; n++)
		syn("10.0.0.66", 4000, nth(false, n, buf), 23);
	syn("10.0.0.66", 4001, "10.0.0.1", 80);
	ticks(2);
	expect_pinned(ALERT_NETWORK_SCAN, 40);
}
END_TEST

START_TEST(busy_client_some_of_whose_servers_are_silent_scans_nothing)
{
	char buf[32];

	for (unsigned n = 0; n < 300; n++) {
		syn("10.0.0.5", (uint16_t)(4000 + n), nth(false, n, buf), 443);
		if (n % 5 != 0)
			accept_syn("10.0.0.5", (uint16_t)(4000 + n), nth(false, n, buf), 443);
		if (n % 50 == 0)
			traffic_tick(&t);
	}
	ticks(3);
	expect_none();
}
END_TEST

START_TEST(peers_of_udp_that_have_gone_are_no_scan)
{
	char buf[32];

	send_packet("198.51.100.7", 6881, "10.0.0.5", 6881, UDP, 0);
	traffic_tick(&t);
	for (unsigned n = 0; n < 90; n++)
		send_packet("10.0.0.5", 6881, nth(false, n, buf), 6881, UDP, 0);
	for (unsigned n = 0; n < 200; n++)
		send_packet("10.0.0.5", 5353, "224.0.0.251", (uint16_t)(5353 + n), UDP, 0);
	ticks(3);
	expect_none();
}
END_TEST

START_TEST(answers_to_an_address_that_was_forged_are_no_scan)
{
	char buf[32];

	for (unsigned n = 0; n < 300; n++) {
		send_packet("10.0.0.7", 80, nth(false, n, buf), (uint16_t)(3000 + n), TCP, TCP_SYN | TCP_ACK);
		send_packet("10.0.0.8", 81, nth(false, n, buf), (uint16_t)(3000 + n), TCP, TCP_RST);
	}
	ticks(3);
	expect_none();
}
END_TEST

/* ---- floods ---- */

/* So many flows to a server in each of so many ticks, every `answered`-th with an answer (0: none). */
static void crowd(unsigned flows, unsigned seconds, unsigned answered)
{
	char buf[32];

	for (unsigned s = 0; s < seconds; s++) {
		for (unsigned n = 0; n < flows; n++) {
			uint16_t port = (uint16_t)(2000 + s);

			syn(nth(false, n, buf), port, "10.0.0.7", 80);
			if (answered != 0 && n % answered == 0)
				accept_syn(buf, port, "10.0.0.7", 80);
		}
		traffic_tick(&t);
	}
	ticks(2);
}

START_TEST(many_flows_to_a_host_that_it_does_not_answer_are_a_flood)
{
	crowd(600, 3, 0);
	expect_alert(ALERT_FLOOD, ALERT_CRITICAL, "10.0.0.7", 1200);
	expect_text("1,200 flows to it in 2.0 s were not answered, up to 600 a second, the last to port 80/TCP");
	expect_pinned(ALERT_FLOOD, 1800);
	ck_assert_uint_eq(count_of(ALERT_NETWORK_SCAN), 0);
}
END_TEST

START_TEST(burst_of_many_more_is_a_flood_at_once)
{
	crowd(3000, 1, 0);
	expect_alert(ALERT_FLOOD, ALERT_CRITICAL, "10.0.0.7", 3000);
}
END_TEST

START_TEST(fewer_flows_or_one_second_of_them_are_no_flood)
{
	crowd(400, 4, 0);
	crowd(600, 1, 0);
	ck_assert_uint_eq(count_of(ALERT_FLOOD), 0);
}
END_TEST

START_TEST(crowd_that_is_answered_is_no_flood)
{
	crowd(1500, 4, 2);
	ck_assert_uint_eq(count_of(ALERT_FLOOD), 0);
}
END_TEST

START_TEST(fast_port_scan_is_no_flood)
{
	for (uint16_t s = 0; s < 4; s++) {
		for (uint16_t n = 0; n < 1000; n++)
			syn("10.0.0.66", 4000, "10.0.0.7", (uint16_t)(1 + s * 1000 + n));
		traffic_tick(&t);
	}
	ticks(2);
	ck_assert_uint_eq(count_of(ALERT_FLOOD), 0);
	ck_assert_uint_eq(count_of(ALERT_PORT_SCAN), 1);
}
END_TEST

START_TEST(one_source_that_floods_one_port_is_a_flood)
{
	for (uint16_t s = 0; s < 3; s++) {
		for (uint16_t n = 0; n < 1000; n++)
			syn("203.0.113.9", (uint16_t)(1 + s * 1000 + n), "10.0.0.7", 80);
		traffic_tick(&t);
	}
	ticks(2);
	expect_alert(ALERT_FLOOD, ALERT_CRITICAL, "10.0.0.7", 2000);
	ck_assert_uint_eq(count_of(ALERT_PORT_SCAN), 0);
}
END_TEST

Suite *scans_suite(void)
{
	Suite *s = suite_create("scans");
	TCase *c = tcase_create("scans");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, many_ports_of_a_host_tried_in_vain_are_a_port_scan);
	tcase_add_test(c, port_scan_from_outside_is_a_warning_and_is_counted_on);
	tcase_add_test(c, port_scan_within_one_tick_is_seen_at_the_end_of_a_file);
	tcase_add_test(c, few_ports_in_vain_are_no_scan);
	tcase_add_test(c, few_ports_every_six_minutes_are_no_scan);
	tcase_add_test(c, ports_that_answer_are_no_scan);
	tcase_add_test(c, ports_that_answer_in_the_next_tick_are_no_scan);
	tcase_add_test(c, one_port_tried_again_and_again_is_no_scan);
	tcase_add_test(c, udp_ports_tried_in_vain_are_a_port_scan);
	tcase_add_test(c, traceroute_is_no_scan);
	tcase_add_test(c, one_way_of_the_traffic_is_no_scan);
	tcase_add_test(c, one_port_of_many_hosts_tried_in_vain_is_a_network_scan);
	tcase_add_test(c, network_scan_of_one_port_pins_that_port);
	tcase_add_test(c, busy_client_some_of_whose_servers_are_silent_scans_nothing);
	tcase_add_test(c, peers_of_udp_that_have_gone_are_no_scan);
	tcase_add_test(c, answers_to_an_address_that_was_forged_are_no_scan);
	tcase_add_test(c, many_flows_to_a_host_that_it_does_not_answer_are_a_flood);
	tcase_add_test(c, burst_of_many_more_is_a_flood_at_once);
	tcase_add_test(c, fewer_flows_or_one_second_of_them_are_no_flood);
	tcase_add_test(c, crowd_that_is_answered_is_no_flood);
	tcase_add_test(c, fast_port_scan_is_no_flood);
	tcase_add_test(c, one_source_that_floods_one_port_is_a_flood);
	suite_add_tcase(s, c);
	return s;
}
