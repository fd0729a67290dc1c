/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app/strain.c: from how full the kernel's buffer is to what is left out.
 */
#include "config.h"

#include <check.h>

#include "app/strain.h"
#include "wire.h"

Suite *strain_suite(void);

static struct wire w;
static struct strain s;

static void setup(void)
{
	s = (struct strain){.level = STRAIN_NONE};
	wire_open(&w, NULL);
}

static void teardown(void)
{
	wire_close(&w);
}

static enum flow_strain at(unsigned fill, uint64_t now_ms)
{
	if (strain_follow(&s, fill, now_ms))
		flow_table_strain(w.flows, s.level, STRAIN_BUDGET_FLOWS);
	ck_assert_int_eq((int)flow_table_stats(w.flows).strain, (int)s.level);
	return s.level;
}

START_TEST(strain_grows_with_what_waits_in_the_buffer)
{
	ck_assert_int_eq(at(3, 1000), STRAIN_NONE);
	ck_assert_int_eq(at(14, 1001), STRAIN_NONE);
	ck_assert_int_eq(at(15, 1002), STRAIN_DETAILS);
	ck_assert_int_eq(at(29, 1003), STRAIN_DETAILS);
	ck_assert_int_eq(at(30, 1004), STRAIN_NEW_FLOWS);
}
END_TEST

START_TEST(strain_is_at_its_worst_at_once_when_the_buffer_is_full)
{
	ck_assert_int_eq(at(100, 1000), STRAIN_NEW_FLOWS);
}
END_TEST

START_TEST(strain_ends_degree_by_degree_when_the_buffer_was_empty_for_a_second_each)
{
	at(50, 1000);
	ck_assert_int_eq(at(0, 1900), STRAIN_NEW_FLOWS);
	ck_assert_int_eq(at(6, 1950), STRAIN_NEW_FLOWS); /* not empty: a second from now */
	ck_assert_int_eq(at(0, 2900), STRAIN_NEW_FLOWS);
	ck_assert_int_eq(at(0, 2950), STRAIN_DETAILS);
	ck_assert_int_eq(at(0, 3900), STRAIN_DETAILS);
	ck_assert_int_eq(at(0, 3950), STRAIN_NONE);
}
END_TEST

static uint64_t uninspected_of(unsigned flows)
{
	static uint16_t port = 1000;
	uint64_t before = flow_table_stats(w.flows).uninspected;

	for (unsigned i = 0; i < flows; i++) {
		struct ends e = {"192.0.2.1", "198.51.100.2", port++, 40005};

		wire_udp(&w, &e, CLIENT, "abcdefgh", 8);
	}
	return flow_table_stats(w.flows).uninspected - before;
}

START_TEST(strain_leaves_ten_thousand_new_flows_a_second_to_be_looked_into)
{
	at(50, 1000);
	ck_assert_uint_eq(uninspected_of(1500), 500);
	at(50, 1099);
	ck_assert_uint_eq(uninspected_of(10), 10);
	at(50, 1100);
	ck_assert_uint_eq(uninspected_of(1001), 1);
}
END_TEST

Suite *strain_suite(void)
{
	Suite *suite = suite_create("strain");
	TCase *c = tcase_create("strain");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, strain_grows_with_what_waits_in_the_buffer);
	tcase_add_test(c, strain_is_at_its_worst_at_once_when_the_buffer_is_full);
	tcase_add_test(c, strain_ends_degree_by_degree_when_the_buffer_was_empty_for_a_second_each);
	tcase_add_test(c, strain_leaves_ten_thousand_new_flows_a_second_to_be_looked_into);
	suite_add_tcase(suite, c);
	return suite;
}
