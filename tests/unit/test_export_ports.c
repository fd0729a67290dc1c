/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app/export_ports.c: interfaces of exporters.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "app/export_ports.h"

Suite *export_ports_suite(void);

#define SECOND_US INT64_C(1000000)

static struct export_ports *p; /* a test is a process of its own: these are not shared */
static struct export_exporter x = {.id = 1};

static void setup(void)
{
	p = export_ports_new(1);
}

static void teardown(void)
{
	export_ports_free(p);
}

static void pass(uint32_t in, uint32_t out, uint64_t bytes)
{
	struct flow_record r = {.has = RECORD_HAS(HAS_IN) | RECORD_HAS(HAS_OUT), .interface = {in, out}};
	struct flow_counters n = {.bytes = {bytes, 0}};

	export_ports_record(p, 0, &x, &r, &n);
}

static void count(uint32_t interface, uint64_t in, int64_t us)
{
	struct export_counters n = {.interface = interface, .bytes = {in, 0}};

	x.last_us = us;
	export_ports_counters(p, 0, &x, &n);
}

static struct exporter_info listed(uint32_t id)
{
	struct exporter_info info = {.x = {.id = id, .slot = 1}};

	export_ports_list(p);
	export_ports_give(p, &info, NULL);
	return info;
}

START_TEST(records_tell_what_passed_interfaces)
{
	struct exporter_info info;

	export_ports_tick(p, SECOND_US);
	pass(3, 5, 6000);
	pass(5, 3, 100);
	pass(0, 5, 9); /* from nowhere */
	export_ports_tick(p, 11 * SECOND_US);
	info = listed(1);
	ck_assert_uint_eq(info.port_count, 2);
	ck_assert_uint_eq(info.ports[0].counters.interface, 3);
	ck_assert_uint_eq(info.ports[0].told_bytes[0], 6000);
	ck_assert_uint_eq(info.ports[0].told_bytes[1], 100);
	ck_assert_uint_eq(info.ports[0].rate[0], 600);
	ck_assert(!info.ports[0].has_counters);
	ck_assert_uint_eq(info.ports[1].told_bytes[1], 6009);
	ck_assert_uint_eq(listed(2).port_count, 0);
}
END_TEST

START_TEST(rates_of_records_are_those_of_the_last_minutes)
{
	export_ports_tick(p, SECOND_US);
	pass(3, 5, 1000000);
	for (int second = 61; second <= 181; second += 60)
		export_ports_tick(p, second * SECOND_US);
	pass(3, 5, 6000);
	ck_assert_uint_eq(listed(1).ports[0].rate[0], 100);
}
END_TEST

START_TEST(counters_are_rated_by_themselves)
{
	struct exporter_info info;

	pass(3, 5, 6000);
	count(3, 1000000, 10 * SECOND_US);
	ck_assert_uint_eq(listed(1).ports[0].rate[0], 0); /* since when is not known */
	count(3, 1050000, 20 * SECOND_US);
	info = listed(1);
	ck_assert(info.ports[0].has_counters);
	ck_assert_uint_eq(info.ports[0].rate[0], 5000);
	ck_assert_uint_eq(info.ports[0].told_bytes[0], 6000);
}
END_TEST

START_TEST(numbers_made_up_in_records_leave_room_for_counters)
{
	for (uint32_t n = 1; n <= 100000; n++)
		pass(n, 0, 1);
	ck_assert_uint_eq(listed(1).port_count, 16384);
	count(4000000, 1, SECOND_US);
	ck_assert_uint_eq(listed(1).port_count, 16385);
	pass(4000000, 0, 7);
	ck_assert_uint_eq(listed(1).ports[16384].told_bytes[0], 7);
}
END_TEST

START_TEST(exporter_that_is_gone_takes_its_interfaces_with_it)
{
	pass(3, 5, 1);
	x.id = 2;
	pass(3, 5, 1);
	export_ports_gone(p, 0, &x);
	ck_assert_uint_eq(listed(2).port_count, 0);
	ck_assert_uint_eq(listed(1).port_count, 2);
	pass(3, 0, 1);
	ck_assert_uint_eq(listed(2).ports[0].told_bytes[0], 1);
	x.id = 1;
}
END_TEST

Suite *export_ports_suite(void)
{
	Suite *s = suite_create("export_ports");
	TCase *c = tcase_create("ports");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, records_tell_what_passed_interfaces);
	tcase_add_test(c, rates_of_records_are_those_of_the_last_minutes);
	tcase_add_test(c, counters_are_rated_by_themselves);
	tcase_add_test(c, numbers_made_up_in_records_leave_room_for_counters);
	tcase_add_test(c, exporter_that_is_gone_takes_its_interfaces_with_it);
	suite_add_tcase(s, c);
	return s;
}
