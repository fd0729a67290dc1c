/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model/geoip.c, geoip_text.c and geoip_mmdb.c: text files and MaxMind DB files in the ways of
 * several makers, written into a directory of the test's own; what is damaged; what is nowhere.
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mmdb_write.h"
#include "model/geoip_data.h"

Suite *geoip_suite(void);

static struct bench { /* a test is a process of its own: this is not shared */
	char directory[64], path[128];
	struct geoip *g;
	struct mmdb_write w;
	struct geo geo;
} b;

static const char *const names[] = {"geoip",       "geoip6",     "a-country.mmdb",
				    "b-city.mmdb", "c-asn.mmdb", "other.mmdb"};

static const char *path_of(const char *name)
{
	snprintf(b.path, sizeof b.path, "%s/%s", b.directory, name);
	return b.path;
}

static void setup(void)
{
	snprintf(b.directory, sizeof b.directory, "%s/dpitop-geoip-XXXXXX", P_tmpdir);
	ck_assert_ptr_nonnull(mkdtemp(b.directory));
}

static void teardown(void)
{
	geoip_close(b.g);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		unlink(path_of(names[i]));
	rmdir(b.directory);
}

static void write_text(const char *name, const char *text)
{
	FILE *f = fopen(path_of(name), "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static void open_path(const char *path)
{
	struct error e = {.text = ""};

	geoip_close(b.g);
	b.g = geoip_open(path, &e);
	ck_assert_msg(b.g != NULL, "%s", e.text);
}

static void expect_refused(const char *path, enum err code, const char *word)
{
	struct error e = {.text = ""};

	ck_assert_ptr_null(geoip_open(path, &e));
	ck_assert_int_eq(e.code, code);
	ck_assert_msg(strstr(e.text, word) != NULL && strstr(e.text, path) != NULL, "'%s'", e.text);
}

static const struct geo *look(const char *address)
{
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, address, NULL), 0);
	memset(&b.geo, 0xa5, sizeof b.geo); /* what is not set must be cleared */
	geoip_lookup(b.g, &a, &b.geo);
	return &b.geo;
}

static void expect_country(const char *address, const char *code)
{
	const struct geo *g = look(address);

	ck_assert_msg(memcmp(g->country, code, 2) == 0, "%s is in '%.2s'", address, g->country);
}

static void expect_nowhere(const char *address)
{
	const struct geo *g = look(address);

	ck_assert(g->country[0] == '\0' && g->country[1] == '\0');
	ck_assert_uint_eq(g->asn, 0);
	ck_assert_str_eq(g->as_name, "");
	ck_assert_str_eq(g->country_name, "");
	ck_assert_str_eq(g->city, "");
	ck_assert(isnan(g->latitude) && isnan(g->longitude));
}

/* ---- text files ---- */

START_TEST(geoip_text_knows_ranges_to_their_last_address)
{
	write_text("geoip", "# comment\n3221225984,3221226239,US\n3325256704,3325256959,DE\n");
	write_text("geoip6", "# comment\n2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,FR\n");
	open_path(b.directory);
	expect_nowhere("192.0.1.255");
	expect_country("192.0.2.0", "US");
	expect_country("192.0.2.255", "US");
	expect_nowhere("192.0.3.0");
	expect_country("198.51.100.7", "DE");
	expect_country("2001:db8::1", "FR");
	expect_country("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "FR");
	expect_nowhere("2001:db9::");
	expect_nowhere("1.0.0.1");
	expect_nowhere("223.255.255.255");
}
END_TEST

START_TEST(geoip_text_gives_the_countrys_name_and_centre)
{
	char text[256];
	bool city = true, as = true;

	write_text("geoip", "3221225984,3221226239,DE\n");
	open_path(b.directory);
	look("192.0.2.1");
	ck_assert_str_eq(b.geo.country_name, "Germany");
	ck_assert(b.geo.latitude > 47 && b.geo.latitude < 55);
	ck_assert_uint_eq(b.geo.asn, 0);
	ck_assert(geoip_has(b.g, &city, &as));
	ck_assert(!city && !as);
	ck_assert(geoip_has(b.g, NULL, NULL));
	geoip_describe(b.g, text, sizeof text);
	ck_assert_ptr_nonnull(strstr(text, b.directory));
	ck_assert_ptr_nonnull(strstr(text, "countries"));
}
END_TEST

START_TEST(geoip_text_lines_that_make_no_sense_are_left_out)
{
	write_text("geoip",
		   "\nhello\n1,2\n1,2,\n,,\n16777216,16777300,us\n3221226239,3221225984,GB\n"
		   "99999999999999999999,99999999999999999999,GB\n4294967296,4294967297,GB\n"
		   "16777216;16777300;GB\n16777216,x,GB\n16777216,16777300,??\n"
		   "3221225984,3221226239,US\n3325256704,3325256959,D");
	write_text("geoip6", "::x,::y,FR\n2001:db8::,2001:db8::ff,F\n"
			     "1111111111111111111111111111111111111111111111111111,::1,FR\n"
			     "2001:db8:1::,2001:db8:1::ff,IT\n");
	open_path(b.directory);
	expect_country("192.0.2.1", "US");
	expect_nowhere("1.0.0.0");
	expect_nowhere("198.51.100.1");
	expect_nowhere("2001:db8::1");
	expect_country("2001:db8:1::1", "IT");
}
END_TEST

START_TEST(geoip_text_addresses_may_be_written_in_every_way)
{
	static const struct { const char *address, *country; } cases[] = {
		{"2a00::1", "AA"}, {"2a01:1:2:3:4:5:6:7", "BB"}, {"2a02::", "CC"}, {"2a03:0:0:1::5", "DD"},
		{"2a04::192.0.2.1", "EE"}, {"2a05:1:2:3:4:5:6:1", "FF"}, {"2a06::1", "\0"}, {"2a07::1", "\0"}, {"2a08::1", "\0"}, {"2a09::1", "\0"},
	};

	write_text("geoip6", "2a00::,2a00:ffff:ffff:ffff:ffff:ffff:ffff:ffff,AA\n"
			     "2a01:1:2:3:4:5:6:7,2A01:1:2:3:4:5:6:7,BB\n"
			     "2a02::,2a02::1,CC\n"
			     "2a03::1:0:0:0:0,2a03::1:0:0:0:ffff,DD\n"
			     "2a04::192.0.2.0,2a04::192.0.2.255,EE\n"
			     "2a05:1:2:3:4:5:6::,2a05:1:2:3:4:5:6:ffff,FF\n"
			     "2a06::12345,2a06::ffff,GG\n"
			     "2a07:::,2a07::ffff,GG\n"
			     "2a08:,2a08::ffff,GG\n"
			     "2a09:0:0:0:0:0:0:0:0,2a09::ffff,GG\n");
	open_path(b.directory);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		expect_country(cases[i].address, cases[i].country);
}
END_TEST

START_TEST(geoip_text_out_of_order_is_sorted)
{
	write_text("geoip",
		   "3325256704,3325256959,DE\n3221225984,3221226239,US\n16777216,16777471,AU\n");
	open_path(b.directory);
	expect_country("192.0.2.1", "US");
	expect_country("198.51.100.1", "DE");
	expect_country("1.0.0.1", "AU");
}
END_TEST

START_TEST(geoip_text_range_ends_where_the_next_one_begins)
{
	write_text("geoip", "16777216,33554431,AU\n16909056,16909311,NZ\n33554432,4294967295,US\n");
	open_path(b.directory);
	expect_country("1.1.255.255", "AU");
	expect_country("1.2.3.0", "NZ");
	expect_country("1.2.3.255", "NZ");
	expect_nowhere("1.2.4.0"); /* what held it has ended */
	expect_country("2.0.0.0", "US");
	expect_country("223.255.255.255", "US"); /* nothing lies behind the last address */
}
END_TEST

static void write_many_lines(void)
{
	FILE *f = fopen(path_of("geoip"), "w");

	ck_assert_ptr_nonnull(f);
	for (unsigned i = 0; i < 10000; i++)
		fprintf(f, "%u,%u,%s\n", 0x0b000000 + i * 512, 0x0b000000 + i * 512 + 255,
			i & 1 ? "SE" : "NO");
	fclose(f);
}

START_TEST(geoip_text_of_many_lines_and_one_family_only)
{
	write_many_lines();
	open_path(b.directory);
	expect_country("11.0.0.0", "NO");
	expect_country("11.0.2.0", "SE");
	expect_nowhere("11.0.1.0");
	expect_country("11.78.30.255", "SE"); /* the last one */
	expect_nowhere("2001:db8::1");
}
END_TEST

START_TEST(geoip_text_that_is_read_ahead_is_waited_for)
{
	write_many_lines();
	open_path(b.directory);
	geoip_prepare(b.g);
	expect_country("11.78.30.255", "SE");
	geoip_prepare(b.g);
	expect_country("11.0.0.0", "NO");
	open_path(b.directory);
	geoip_prepare(b.g); /* and is closed while it reads */
}
END_TEST

START_TEST(geoip_text_file_that_is_empty_knows_nothing)
{
	write_text("geoip6", "");
	open_path(b.directory);
	expect_nowhere("192.0.2.1");
	expect_nowhere("2001:db8::1");
}
END_TEST

START_TEST(geoip_private_and_multicast_addresses_are_nowhere)
{
	write_text("geoip", "0,4294967295,US\n");
	write_text("geoip6", "::,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,US\n");
	open_path(b.directory);
	expect_country("8.8.8.8", "US");
	expect_country("2001:db8::1", "US");
	expect_nowhere("10.0.0.1");
	expect_nowhere("127.0.0.1");
	expect_nowhere("fe80::1");
	expect_nowhere("224.0.0.1");
	expect_nowhere("ff02::1");
	expect_nowhere("0.0.0.0");
	expect_nowhere("::");
}
END_TEST

START_TEST(geoip_path_that_holds_nothing_is_refused)
{
	expect_refused(b.directory, ERR_NOT_FOUND, "no .mmdb file");
	expect_refused("/nonexistent/geo", ERR_NOT_FOUND, "cannot open geo data");
}
END_TEST

START_TEST(geoip_usual_places_are_never_an_error)
{
	char text[256];

	open_path(NULL);
	ck_assert_uint_gt(strlen(geoip_describe(b.g, text, sizeof text)), 10);
	expect_nowhere("10.0.0.1");
	geoip_close(NULL);
}
END_TEST

START_TEST(geoip_texts_are_kept_once_and_clean)
{
	struct geo_texts t;
	const char *one;

	geo_texts_init(&t);
	one = geo_texts_keep(&t, "Berlin!", 6);
	ck_assert_str_eq(one, "Berlin");
	ck_assert_ptr_eq(geo_texts_keep(&t, "Berlin", 6), one);
	ck_assert_str_eq(geo_texts_keep(&t, "x\x1bz", 3), "x?z");
	geo_texts_release(&t);
}
END_TEST

/* ---- MaxMind DB ---- */

/* As MaxMind and DB-IP have cities. */
static void write_city(const char *name)
{
	int32_t berlin, sea;

	mmdb_begin(&b.w, "GeoLite2-City", 6);
	berlin = mmdb_map(&b.w, 3);
	mmdb_text(&b.w, "country");
	mmdb_map(&b.w, 2);
	mmdb_pair(&b.w, "iso_code", "DE");
	mmdb_text(&b.w, "names");
	mmdb_map(&b.w, 2);
	mmdb_pair(&b.w, "de", "Deutschland");
	mmdb_pair(&b.w, "en", "Germany (GeoLite)");
	mmdb_text(&b.w, "city");
	mmdb_map(&b.w, 1);
	mmdb_text(&b.w, "names");
	mmdb_map(&b.w, 1);
	mmdb_pair(&b.w, "en", "Berlin");
	mmdb_text(&b.w, "location");
	mmdb_map(&b.w, 2);
	mmdb_text(&b.w, "latitude"), mmdb_double(&b.w, 52.5);
	mmdb_text(&b.w, "longitude"), mmdb_float(&b.w, 13.5f);
	sea = mmdb_map(&b.w, 2);
	mmdb_text(&b.w, "registered_country");
	mmdb_map(&b.w, 1);
	mmdb_pair(&b.w, "iso_code", "FR");
	mmdb_text(&b.w, "location");
	mmdb_map(&b.w, 2);
	mmdb_text(&b.w, "latitude"), mmdb_double(&b.w, 1e9);
	mmdb_text(&b.w, "longitude"), mmdb_double(&b.w, 2);
	mmdb_net(&b.w, "192.0.2.0/24", berlin);
	mmdb_net(&b.w, "2001:db8::/32", berlin);
	mmdb_net(&b.w, "198.51.100.0/24", sea);
	mmdb_save(&b.w, path_of(name));
}

static void write_asn(const char *name)
{
	int32_t as;

	mmdb_begin(&b.w, "GeoLite2-ASN", 4);
	as = mmdb_map(&b.w, 2);
	mmdb_text(&b.w, "autonomous_system_number"), mmdb_u32(&b.w, 64496);
	mmdb_pair(&b.w, "autonomous_system_organization", "Example \x1b Net");
	mmdb_net(&b.w, "192.0.2.0/25", as);
	mmdb_save(&b.w, path_of(name));
}

START_TEST(geoip_mmdb_city_tells_all_it_holds)
{
	bool city = false, as = true;
	char text[256];

	write_city("b-city.mmdb");
	open_path(path_of("b-city.mmdb"));
	expect_country("192.0.2.200", "DE");
	ck_assert_str_eq(b.geo.country_name, "Germany (GeoLite)");
	ck_assert_str_eq(b.geo.city, "Berlin");
	ck_assert(b.geo.latitude == 52.5 && b.geo.longitude == 13.5);
	ck_assert_uint_eq(b.geo.asn, 0);
	expect_country("2001:db8:1::", "DE");
	expect_nowhere("192.0.3.1");
	ck_assert(geoip_has(b.g, &city, &as));
	ck_assert(city && !as);
	ck_assert_str_eq(geoip_describe(b.g, text, sizeof text), "GeoLite2-City (2023-11-14)");
}
END_TEST

START_TEST(geoip_mmdb_place_that_cannot_be_is_the_countrys_centre)
{
	write_city("b-city.mmdb");
	open_path(path_of("b-city.mmdb"));
	expect_country("198.51.100.1", "FR"); /* from where it is registered */
	ck_assert_str_eq(b.geo.country_name, "France");
	ck_assert_str_eq(b.geo.city, "");
	ck_assert(b.geo.latitude > 40 && b.geo.latitude < 52);
}
END_TEST

START_TEST(geoip_mmdb_directory_joins_cities_and_as_numbers)
{
	bool city = false, as = false;
	char text[256];

	mmdb_begin(&b.w, "GeoLite2-Country", 6);
	mmdb_save(&b.w, path_of("a-country.mmdb"));
	write_city("b-city.mmdb");
	write_asn("c-asn.mmdb");
	write_text("other.mmdb", "this is none");
	open_path(b.directory);
	expect_country("192.0.2.1", "DE"); /* cities come before countries */
	ck_assert_str_eq(b.geo.city, "Berlin");
	ck_assert_uint_eq(b.geo.asn, 64496);
	ck_assert_str_eq(b.geo.as_name, "Example ? Net");
	look("192.0.2.200");
	ck_assert_uint_eq(b.geo.asn, 0);
	look("2001:db8::1"); /* the AS file has IPv4 only */
	ck_assert_uint_eq(b.geo.asn, 0);
	ck_assert_str_eq(b.geo.city, "Berlin");
	ck_assert(geoip_has(b.g, &city, &as) && city && as);
	ck_assert_str_eq(geoip_describe(b.g, text, sizeof text),
			 "GeoLite2-City (2023-11-14), GeoLite2-ASN (2023-11-14)");
}
END_TEST

START_TEST(geoip_mmdb_as_numbers_and_text_countries_join)
{
	write_asn("c-asn.mmdb");
	write_text("geoip", "3221225984,3221226239,US\n");
	open_path(b.directory);
	expect_country("192.0.2.1", "US");
	ck_assert_uint_eq(b.geo.asn, 64496);
}
END_TEST

START_TEST(geoip_mmdb_flat_records_are_read)
{
	bool city, as;
	int32_t r;

	mmdb_begin(&b.w, "ipinfo lite", 6);
	r = mmdb_map(&b.w, 4);
	mmdb_pair(&b.w, "country_code", "SE");
	mmdb_pair(&b.w, "country", "Sweden of ipinfo");
	mmdb_pair(&b.w, "asn", "AS64500");
	mmdb_pair(&b.w, "as_name", "Sample AB");
	mmdb_net(&b.w, "203.0.113.0/24", r);
	mmdb_save(&b.w, path_of("other.mmdb"));
	open_path(path_of("other.mmdb"));
	expect_country("203.0.113.5", "SE");
	ck_assert_str_eq(b.geo.country_name, "Sweden of ipinfo");
	ck_assert_uint_eq(b.geo.asn, 64500);
	ck_assert_str_eq(b.geo.as_name, "Sample AB");
	ck_assert(geoip_has(b.g, &city, &as) && as);
}
END_TEST

START_TEST(geoip_mmdb_numbers_as_text_and_the_code_as_country_are_read)
{
	int32_t r;

	mmdb_begin(&b.w, "ipinfo standard_location", 6);
	r = mmdb_map(&b.w, 4);
	mmdb_pair(&b.w, "city", "Oslo");
	mmdb_pair(&b.w, "country", "NO");
	mmdb_pair(&b.w, "lat", "59.9");
	mmdb_pair(&b.w, "lng", "10.7");
	mmdb_net(&b.w, "203.0.113.0/24", r);
	mmdb_save(&b.w, path_of("other.mmdb"));
	open_path(path_of("other.mmdb"));
	expect_country("203.0.113.5", "NO");
	ck_assert_str_eq(b.geo.country_name, "Norway");
	ck_assert_str_eq(b.geo.city, "Oslo");
	ck_assert(fabs(b.geo.latitude - 59.9) < 1e-9 && fabs(b.geo.longitude - 10.7) < 1e-9);
}
END_TEST

START_TEST(geoip_mmdb_records_of_other_types_are_nothing)
{
	int32_t r;

	mmdb_begin(&b.w, "strange", 6);
	r = mmdb_map(&b.w, 4);
	mmdb_text(&b.w, "country"), mmdb_u32(&b.w, 49);
	mmdb_pair(&b.w, "country_code", "de");
	mmdb_pair(&b.w, "asn", "none");
	mmdb_text(&b.w, "lat"), mmdb_map(&b.w, 0);
	mmdb_net(&b.w, "203.0.113.0/24", r);
	mmdb_save(&b.w, path_of("other.mmdb"));
	open_path(path_of("other.mmdb"));
	expect_nowhere("203.0.113.5");
}
END_TEST

START_TEST(geoip_mmdb_that_is_none_or_cut_is_refused_with_its_name)
{
	write_text("other.mmdb", "this is no database");
	expect_refused(path_of("other.mmdb"), ERR_FORMAT, "cannot read geo data");
	write_city("b-city.mmdb");
	ck_assert_int_eq(truncate(path_of("b-city.mmdb"), 300), 0); /* its end says what it is */
	expect_refused(path_of("b-city.mmdb"), ERR_FORMAT, "cannot read geo data");
	write_text("b-city.mmdb", "");
	expect_refused(path_of("b-city.mmdb"), ERR_FORMAT, "cannot read geo data");
}
END_TEST

/* Any byte of it wrong: refused, or read as far as it makes sense. */
START_TEST(geoip_mmdb_with_a_damaged_byte_is_survived)
{
	static uint8_t whole[65536];
	size_t n;
	FILE *f;

	write_city("b-city.mmdb");
	f = fopen(path_of("b-city.mmdb"), "r");
	ck_assert_ptr_nonnull(f);
	n = fread(whole, 1, sizeof whole, f);
	fclose(f);
	ck_assert_uint_gt(n, 1000);
	for (size_t i = 0; i < n; i += 7) {
		struct error e;

		whole[i] ^= 0xff;
		f = fopen(path_of("other.mmdb"), "w");
		fwrite(whole, 1, n, f);
		fclose(f);
		whole[i] ^= 0xff;
		geoip_close(b.g);
		b.g = geoip_open(path_of("other.mmdb"), &e);
		if (b.g == NULL)
			continue;
		look("192.0.2.1");
		look("2001:db8::1");
		look("198.51.100.1");
	}
}
END_TEST

Suite *geoip_suite(void)
{
	Suite *s = suite_create("geoip");
	TCase *c = tcase_create("geoip");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 30);
	tcase_add_test(c, geoip_text_knows_ranges_to_their_last_address);
	tcase_add_test(c, geoip_text_gives_the_countrys_name_and_centre);
	tcase_add_test(c, geoip_text_lines_that_make_no_sense_are_left_out);
	tcase_add_test(c, geoip_text_addresses_may_be_written_in_every_way);
	tcase_add_test(c, geoip_text_out_of_order_is_sorted);
	tcase_add_test(c, geoip_text_range_ends_where_the_next_one_begins);
	tcase_add_test(c, geoip_text_of_many_lines_and_one_family_only);
	tcase_add_test(c, geoip_text_that_is_read_ahead_is_waited_for);
	tcase_add_test(c, geoip_text_file_that_is_empty_knows_nothing);
	tcase_add_test(c, geoip_private_and_multicast_addresses_are_nowhere);
	tcase_add_test(c, geoip_path_that_holds_nothing_is_refused);
	tcase_add_test(c, geoip_usual_places_are_never_an_error);
	tcase_add_test(c, geoip_texts_are_kept_once_and_clean);
	suite_add_tcase(s, c);
	if (!mmdb_is_built)
		return s;
	c = tcase_create("mmdb");
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 30);
	tcase_add_test(c, geoip_mmdb_city_tells_all_it_holds);
	tcase_add_test(c, geoip_mmdb_place_that_cannot_be_is_the_countrys_centre);
	tcase_add_test(c, geoip_mmdb_directory_joins_cities_and_as_numbers);
	tcase_add_test(c, geoip_mmdb_as_numbers_and_text_countries_join);
	tcase_add_test(c, geoip_mmdb_flat_records_are_read);
	tcase_add_test(c, geoip_mmdb_numbers_as_text_and_the_code_as_country_are_read);
	tcase_add_test(c, geoip_mmdb_records_of_other_types_are_nothing);
	tcase_add_test(c, geoip_mmdb_that_is_none_or_cut_is_refused_with_its_name);
	tcase_add_test(c, geoip_mmdb_with_a_damaged_byte_is_survived);
	suite_add_tcase(s, c);
	return s;
}
