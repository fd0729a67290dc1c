/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model/country.c: the table is in the order its search wants, and what it says makes sense.
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "dpitop/model.h"

Suite *country_suite(void);

START_TEST(country_names_are_found_by_code)
{
	ck_assert_str_eq(country_name("DE"), "Germany");
	ck_assert_str_eq(country_name("US"), "United States");
	ck_assert_str_eq(country_name("AD"), "Andorra"); /* the first and the last */
	ck_assert_str_eq(country_name("ZW"), "Zimbabwe");
}
END_TEST

START_TEST(country_code_that_is_none_has_no_name)
{
	double latitude = 7, longitude = 7;

	ck_assert_str_eq(country_name("\0"), "");
	ck_assert_str_eq(country_name("XX"), "");
	ck_assert_str_eq(country_name("de"), "");
	ck_assert(!country_centre("XX", &latitude, &longitude));
	ck_assert(latitude == 7 && longitude == 7);
}
END_TEST

/* Any code that is out of order would not be found. */
START_TEST(country_all_of_iso_3166_are_there)
{
	unsigned count = 0;

	for (char a = 'A'; a <= 'Z'; a++)
		for (char b = 'A'; b <= 'Z'; b++) {
			const char code[2] = {a, b};
			double latitude, longitude;

			if (country_name(code)[0] == '\0')
				continue;
			count++;
			ck_assert(country_centre(code, &latitude, &longitude));
			ck_assert_msg(fabs(latitude) <= 90 && fabs(longitude) <= 180, "%c%c", a, b);
		}
	ck_assert_uint_eq(count, 249);
}
END_TEST

START_TEST(country_centre_lies_where_the_country_is)
{
	double latitude, longitude;

	ck_assert(country_centre("DE", &latitude, &longitude));
	ck_assert(latitude > 47 && latitude < 55 && longitude > 6 && longitude < 15);
	ck_assert(country_centre("NZ", &latitude, &longitude));
	ck_assert(latitude < -34 && longitude > 166);
	ck_assert(country_centre("US", &latitude, &longitude));
	ck_assert(latitude > 30 && longitude < -70);
}
END_TEST

Suite *country_suite(void)
{
	Suite *s = suite_create("country");
	TCase *c = tcase_create("country");

	tcase_add_test(c, country_names_are_found_by_code);
	tcase_add_test(c, country_code_that_is_none_has_no_name);
	tcase_add_test(c, country_all_of_iso_3166_are_there);
	tcase_add_test(c, country_centre_lies_where_the_country_is);
	suite_add_tcase(s, c);
	return s;
}
