/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * flow/dpi.c: names of what the library knows, whatever number is asked for. What it finds in
 * packets is in test_flow_look.c.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "flow/dpi.h"

Suite *dpi_suite(void);

static struct dpi *d; /* a test is a process of its own: this is not shared */

static void setup(void)
{
	struct error e = {.text = ""};

	d = dpi_open(&e);
	ck_assert_msg(d != NULL, "%s", e.text);
}

static void teardown(void)
{
	dpi_close(d);
}

static struct dpi_class find(const char *name)
{
	char buf[DPI_APP_TEXT];
	struct dpi_class c = {.app = 0};

	for (c.app = 1; c.app < 600; c.app++)
		if (strcmp(dpi_app_name(d, &c, buf, sizeof buf), name) == 0)
			return c;
	ck_abort_msg("the library does not know '%s'", name);
	return c;
}

START_TEST(dpi_nothing_is_unknown_unspecified_unrated)
{
	struct dpi_class none = {.app = DPI_UNKNOWN};
	char buf[DPI_APP_TEXT];

	ck_assert_str_eq(dpi_app_name(d, &none, buf, sizeof buf), "Unknown");
	ck_assert_str_eq(dpi_category_name(d, 0), "Unspecified");
	ck_assert_str_eq(dpi_breed_name(d, dpi_breed(d, &none)), "Unrated");
	ck_assert_uint_eq(dpi_app_category(d, &none), 0);
}
END_TEST

START_TEST(dpi_application_in_another_has_both_names)
{
	struct dpi_class google = find("Google");
	char buf[DPI_APP_TEXT];

	google.master = find("TLS").app;
	ck_assert_str_eq(dpi_app_name(d, &google, buf, sizeof buf), "TLS.Google");
	ck_assert_str_eq(dpi_app_name(d, &google, buf, 4), "TLS");
}
END_TEST

START_TEST(dpi_application_has_breed_and_category)
{
	struct dpi_class tls = find("TLS"), dns = find("DNS");

	ck_assert_str_eq(dpi_breed_name(d, dpi_breed(d, &tls)), "Safe");
	ck_assert_str_eq(dpi_category_name(d, dpi_app_category(d, &tls)), "Web");
	ck_assert_str_eq(dpi_category_name(d, dpi_app_category(d, &dns)), "Network");
	tls.category = 99; /* a flow's own is not the application's */
	ck_assert_str_eq(dpi_category_name(d, dpi_app_category(d, &tls)), "Web");
}
END_TEST

START_TEST(dpi_breed_of_an_unknown_application_is_its_masters)
{
	struct dpi_class only_master = {.master = find("TLS").app};

	ck_assert_str_eq(dpi_breed_name(d, dpi_breed(d, &only_master)), "Safe");
}
END_TEST

START_TEST(dpi_numbers_it_never_gave_have_names_too)
{
	struct dpi_class wild = {
		.master = 65535, .app = 65535, .category = 65535, .confidence = 255};
	char buf[DPI_APP_TEXT];

	ck_assert_ptr_nonnull(dpi_app_name(d, &wild, buf, sizeof buf));
	ck_assert_ptr_nonnull(dpi_category_name(d, wild.category));
	ck_assert_ptr_nonnull(dpi_breed_name(d, 255));
	ck_assert_ptr_nonnull(dpi_confidence_name(d, wild.confidence));
	dpi_breed(d, &wild);
	dpi_app_category(d, &wild);
}
END_TEST

START_TEST(dpi_every_risk_bit_has_a_name_and_no_other)
{
	ck_assert_uint_gt(dpi_risk_count(), 40);
	ck_assert_uint_le(dpi_risk_count(), 64);
	for (unsigned bit = 0; bit < dpi_risk_count(); bit++)
		ck_assert_str_ne(dpi_risk_name(bit), "");
	ck_assert_ptr_null(dpi_risk_name(dpi_risk_count()));
}
END_TEST

START_TEST(dpi_score_of_risks_adds_up)
{
	unsigned one = dpi_risk_score(1 << 1), other = dpi_risk_score(1 << 5);

	ck_assert_uint_eq(dpi_risk_score(0), 0);
	ck_assert_uint_gt(one, 0);
	ck_assert_uint_eq(dpi_risk_score(1 << 1 | 1 << 5), one + other);
}
END_TEST

START_TEST(dpi_confidence_by_inspection_is_no_match_by_port)
{
	unsigned guesses = 0;

	for (uint8_t i = 0; i < 4; i++)
		guesses += strncmp(dpi_confidence_name(d, i), "Match by", 8) == 0;
	ck_assert_uint_ge(guesses, 1);
	ck_assert_str_eq(dpi_confidence_name(d, 0), "Unknown");
}
END_TEST

START_TEST(dpi_version_names_the_library)
{
	ck_assert_int_eq(strncmp(dpi_version(), "nDPI ", 5), 0);
	ck_assert_ptr_nonnull(strchr(dpi_version(), '.'));
}
END_TEST

START_TEST(dpi_states_cost_memory_and_none_may_be_freed)
{
	ck_assert_uint_eq(dpi_memory(0), 0);
	ck_assert_uint_gt(dpi_memory(2), dpi_memory(1));
	dpi_state_free(NULL);
	dpi_close(NULL);
}
END_TEST

START_TEST(dpi_packets_that_are_none_are_survived)
{
	static const uint8_t bad[] = {0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6,
				      0,    0, 1, 2,  3, 4, 5, 6, 7,  8};
	struct flow f = {.l4 = 6, .ip_version = 4};
	struct dpi_state *s = dpi_state_new();
	struct dpi_class c;

	for (size_t n = 1; n <= sizeof bad; n++)
		dpi_look(d, s, bad, n, 1, &c);
	dpi_verdict(d, s, &f);
	ck_assert_uint_eq(f.class_.app, DPI_UNKNOWN);
	ck_assert_uint_eq(f.class_.guessed, 0);
	ck_assert_ptr_null(f.meta);
	dpi_state_free(s);
}
END_TEST

START_TEST(dpi_shared_names_outlive_the_first_owner_and_foreign_ones_are_not_shared)
{
	struct dpi *names = dpi_share(d);
	struct dpi_class google = find("Google"), strange = {.app = 0};
	char buf[DPI_APP_TEXT];

	strange.app = (uint16_t)dpi_foreign(names, DPI_KIND_APP, "Of another release");
	ck_assert_str_eq(dpi_app_name(names, &strange, buf, sizeof buf), "Of another release");
	ck_assert_str_ne(dpi_app_name(d, &strange, buf, sizeof buf), "Of another release");
	dpi_close(d);
	d = NULL;
	ck_assert_str_eq(dpi_app_name(names, &google, buf, sizeof buf), "Google");
	dpi_close(names);
}
END_TEST

Suite *dpi_suite(void)
{
	Suite *s = suite_create("dpi");
	TCase *c = tcase_create("dpi");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, dpi_nothing_is_unknown_unspecified_unrated);
	tcase_add_test(c, dpi_application_in_another_has_both_names);
	tcase_add_test(c, dpi_application_has_breed_and_category);
	tcase_add_test(c, dpi_breed_of_an_unknown_application_is_its_masters);
	tcase_add_test(c, dpi_numbers_it_never_gave_have_names_too);
	tcase_add_test(c, dpi_every_risk_bit_has_a_name_and_no_other);
	tcase_add_test(c, dpi_score_of_risks_adds_up);
	tcase_add_test(c, dpi_confidence_by_inspection_is_no_match_by_port);
	tcase_add_test(c, dpi_version_names_the_library);
	tcase_add_test(c, dpi_states_cost_memory_and_none_may_be_freed);
	tcase_add_test(c, dpi_packets_that_are_none_are_survived);
	tcase_add_test(c, dpi_shared_names_outlive_the_first_owner_and_foreign_ones_are_not_shared);
	suite_add_tcase(s, c);
	return s;
}
