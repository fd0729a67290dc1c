/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model/host.c and site.c: what only hosts and sites have. Names that are learned before or after a
 * host is there, peers, scores, top applications, MACs; places from a MaxMind DB; hits, clients,
 * methods and codes.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dpitop/mem.h"
#include "flow/dpi.h"
#include "mmdb_write.h"
#include "model/geoip_data.h"
#include "rows.h"
#include "traffic.h"

Suite *model_hosts_suite(void);

static struct traffic t; /* a test is a process of its own: this is not shared */

static void setup(void)
{
	traffic_open(&t, NULL);
}

static void teardown(void)
{
	traffic_close(&t);
}

static struct flow *web(const char *client, uint16_t port, uint32_t bytes)
{
	return traffic_flow(&t, client, port, "192.0.2.1", 443, TCP, bytes);
}

static void tell(struct flow *f, const char *site, enum flow_text which, const char *text)
{
	const char *texts[FLOW_TEXT_COUNT] = {[FLOW_SITE] = site};

	texts[which] = text;
	mem_free(f->meta);
	f->meta = flow_meta_new(texts);
}

static void learn(const char *address, const char *name, enum host_name_origin o)
{
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, address, NULL), 0);
	model_learn_name(t.model, &a, name, o);
}

static const struct dim_host *host(const char *address)
{
	const struct dim_row *r = row_host(t.model, address);

	ck_assert_ptr_nonnull(r);
	ck_assert_ptr_nonnull(r->host);
	return r->host;
}

static void expect_top(const struct dim_host *h, unsigned i, const char *app, uint64_t bytes)
{
	char buf[DPI_APP_TEXT];

	ck_assert_str_eq(dpi_app_name(t.options.dpi, &h->top[i].class_, buf, sizeof buf), app);
	ck_assert_uint_eq(h->top[i].bytes, bytes);
}

/* ---- names ---- */

START_TEST(host_name_learned_before_the_host_is_there_is_its_name)
{
	learn("192.0.2.1", "www.example.org", NAME_DNS);
	ck_assert_ptr_null(row_host(t.model, "192.0.2.1")); /* a name makes no host */
	web("10.0.0.5", 1, 100);
	traffic_tick(&t);
	ck_assert_str_eq(host("192.0.2.1")->name, "www.example.org");
	ck_assert_int_eq(host("192.0.2.1")->name_origin, NAME_DNS);
	ck_assert_str_eq(host("10.0.0.5")->name, "");
}
END_TEST

START_TEST(host_name_of_the_better_origin_wins)
{
	web("10.0.0.5", 1, 100);
	traffic_tick(&t);
	learn("192.0.2.1", "by-http", NAME_HTTP);
	ck_assert_str_eq(host("192.0.2.1")->name, "by-http");
	learn("192.0.2.1", "by-sni", NAME_SNI);
	ck_assert_str_eq(host("192.0.2.1")->name, "by-http");
	learn("192.0.2.1", "by-dns", NAME_DNS);
	ck_assert_str_eq(host("192.0.2.1")->name, "by-dns");
	learn("192.0.2.1", "by-dns-again", NAME_DNS);
	ck_assert_str_eq(host("192.0.2.1")->name, "by-dns-again");
}
END_TEST

START_TEST(host_name_that_is_an_address_is_none)
{
	web("10.0.0.5", 1, 100);
	traffic_tick(&t);
	learn("192.0.2.1", "192.0.2.1", NAME_DNS);
	learn("192.0.2.1", "2001:db8::1", NAME_DNS);
	ck_assert_str_eq(host("192.0.2.1")->name, "");
}
END_TEST

START_TEST(host_name_is_clean_and_cut)
{
	char longest[200];

	web("10.0.0.5", 1, 100);
	traffic_tick(&t);
	learn("192.0.2.1", "a\x1b[2J", NAME_DNS);
	ck_assert_str_eq(host("192.0.2.1")->name, "a?[2J");
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	learn("192.0.2.1", longest, NAME_DNS);
	ck_assert_uint_eq(strlen(host("192.0.2.1")->name), 63);
}
END_TEST

START_TEST(host_of_a_tls_or_http_server_is_called_by_its_site)
{
	struct flow *f = web("10.0.0.5", 1, 100);

	tell(f, "tls.example.org", FLOW_TLS_VERSION, "TLSv1.3");
	tell(traffic_flow(&t, "10.0.0.5", 1, "198.51.100.7", 80, TCP, 100), "http.example.org:8080",
	     FLOW_METHOD, "GET");
	tell(traffic_flow(&t, "10.0.0.5", 1, "198.51.100.8", 80, TCP, 100), "quic.example.org",
	     FLOW_JA4, "q13d");
	tell(traffic_flow(&t, "10.0.0.5", 1, "198.51.100.9", 80, TCP, 100), "what.example.org",
	     FLOW_ANSWER, "");
	tell(traffic_flow(&t, "10.0.0.5", 1, "198.51.100.10", 80, TCP, 100), ":80", FLOW_METHOD,
	     "GET");
	traffic_tick(&t);
	ck_assert_str_eq(host("192.0.2.1")->name, "tls.example.org");
	ck_assert_int_eq(host("192.0.2.1")->name_origin, NAME_SNI);
	ck_assert_str_eq(host("198.51.100.7")->name, "http.example.org");
	ck_assert_int_eq(host("198.51.100.7")->name_origin, NAME_HTTP);
	ck_assert_str_eq(host("198.51.100.8")->name, "quic.example.org");
	ck_assert_str_eq(host("198.51.100.9")->name, "");
	ck_assert_str_eq(host("198.51.100.10")->name, "");
	ck_assert_str_eq(host("10.0.0.5")->name, "");
}
END_TEST

START_TEST(host_names_for_later_are_bounded_and_the_newest_are_kept)
{
	struct addr a;
	size_t before = 0;

	ck_assert_int_eq(addr_parse(&a, "2001:db8::", NULL), 0);
	for (unsigned i = 0; i < 40000; i++) {
		if (i == 33000) /* more than fit, by now */
			before = model_memory(t.model);
		memcpy(a.b + 8, &i, sizeof i);
		model_learn_name(t.model, &a, "flood.example.org", NAME_DNS);
	}
	ck_assert_uint_eq(model_memory(t.model), before);
	learn("192.0.2.1", "www.example.org", NAME_DNS);
	web("10.0.0.5", 1, 100);
	traffic_tick(&t);
	ck_assert_str_eq(host("192.0.2.1")->name, "www.example.org");
}
END_TEST

/* ---- peers, score, top applications, MAC ---- */

START_TEST(host_peers_are_distinct_addresses)
{
	for (unsigned round = 0; round < 2; round++) {
		web("10.0.0.5", (uint16_t)(1 + round), 10);
		web("10.0.0.6", (uint16_t)(1 + round), 10);
		traffic_flow(&t, "10.0.0.5", 9, "10.0.0.6", (uint16_t)(1 + round), UDP, 10);
		/* the other way */
		traffic_flow(&t, "10.0.0.6", 8, "10.0.0.5", (uint16_t)(1 + round), UDP, 10);
		traffic_tick(&t);
	}
	ck_assert_uint_eq(host("192.0.2.1")->peers, 2);
	ck_assert_uint_eq(host("10.0.0.5")->peers, 2);
	ck_assert_uint_eq(host("10.0.0.6")->peers, 2);
	ck_assert(!host("10.0.0.5")->peers_capped);
}
END_TEST

START_TEST(host_that_talks_to_itself_has_one_peer)
{
	traffic_flow(&t, "127.0.0.1", 1, "127.0.0.1", 2, UDP, 10);
	traffic_tick(&t);
	ck_assert_uint_eq(host("127.0.0.1")->peers, 1);
}
END_TEST

START_TEST(host_score_of_a_flow_with_itself_counts_once)
{
	traffic_flow(&t, "127.0.0.1", 1, "127.0.0.1", 2, UDP, 10)->risks = 1 << 1;
	traffic_tick(&t);
	ck_assert_uint_eq(host("127.0.0.1")->score, dpi_risk_score(1 << 1));
}
END_TEST

START_TEST(host_score_adds_up_over_flows_and_follows_changes)
{
	struct flow *f = web("10.0.0.5", 1, 10), *g = web("10.0.0.5", 2, 10);
	unsigned one = dpi_risk_score(1 << 1), two = dpi_risk_score(1 << 1 | 1 << 5);

	f->risks = 1 << 1;
	g->risks = 1 << 1 | 1 << 5;
	traffic_tick(&t);
	ck_assert_uint_eq(host("10.0.0.5")->score, one + two);
	ck_assert_uint_eq(host("192.0.2.1")->score, one + two);
	ck_assert_uint_eq(host("10.0.0.5")->risks, 1 << 1 | 1 << 5);
	f->risks = 1 << 1 | 1 << 5;
	web("10.0.0.5", 1, 10);
	traffic_tick(&t);
	ck_assert_uint_eq(host("10.0.0.5")->score, two + two);
	web("10.0.0.5", 1, 10); /* nothing new */
	traffic_tick(&t);
	ck_assert_uint_eq(host("10.0.0.5")->score, two + two);
	traffic_end(&t);
	ck_assert_uint_eq(host("10.0.0.5")->score, two + two);
}
END_TEST

START_TEST(host_top_applications_are_in_order_of_bytes)
{
	const struct dim_host *h;

	traffic_name(&t, web("10.0.0.5", 1, 100), "TLS");
	traffic_name(&t, web("10.0.0.5", 2, 300), "SSH");
	traffic_name(&t, web("10.0.0.5", 3, 200), "DNS");
	traffic_tick(&t);
	h = host("10.0.0.5");
	expect_top(h, 0, "SSH", 900);
	expect_top(h, 1, "DNS", 600);
	expect_top(h, 2, "TLS", 300);
	ck_assert_uint_eq(h->top[3].bytes, 0);
	web("10.0.0.5", 1, 400);
	traffic_tick(&t);
	expect_top(h, 0, "TLS", 1500);
	expect_top(h, 1, "SSH", 900);
}
END_TEST

START_TEST(host_top_application_of_a_flow_moves_with_it)
{
	struct flow *f = web("10.0.0.5", 1, 100);
	const struct dim_host *h;

	traffic_name(&t, web("10.0.0.5", 2, 50), "SSH");
	traffic_name(&t, f, "TLS");
	traffic_tick(&t);
	h = host("10.0.0.5");
	expect_top(h, 0, "TLS", 300);
	traffic_name(&t, f, "TLS.Google");
	web("10.0.0.5", 1, 10);
	traffic_tick(&t);
	expect_top(h, 0, "TLS.Google", 330);
	expect_top(h, 1, "SSH", 150);
	ck_assert_uint_eq(h->top[2].bytes, 0);
}
END_TEST

START_TEST(host_top_application_that_grows_late_gets_in)
{
	static const char *const apps[] = {"TLS", "SSH", "DNS", "HTTP", "NTP"};
	const struct dim_host *h;

	for (unsigned i = 0; i < 5; i++) {
		traffic_name(&t, web("10.0.0.5", (uint16_t)(1 + i), 100), apps[i]);
		traffic_tick(&t);
	}
	for (unsigned i = 0; i < 3; i++) {
		web("10.0.0.5", 5, 1000);
		traffic_tick(&t);
	}
	h = host("10.0.0.5");
	ck_assert_uint_ge(h->top[0].bytes, 9300); /* an estimate from above */
	expect_top(h, 0, "NTP", h->top[0].bytes);
	for (unsigned i = 1; i < DIM_TOP_APPS; i++)
		ck_assert_uint_ge(h->top[i - 1].bytes, h->top[i].bytes);
}
END_TEST

START_TEST(host_mac_is_of_local_hosts_only)
{
	web("10.0.0.5", 1, 10);
	traffic_tick(&t);
	ck_assert(host("10.0.0.5")->mac_set);
	ck_assert_uint_eq(host("10.0.0.5")->mac[5], 1);
	ck_assert(host("10.0.0.5")->local);
	ck_assert(!host("192.0.2.1")->mac_set); /* it would be the router's */
	ck_assert(!host("192.0.2.1")->local);
}
END_TEST

START_TEST(host_that_comes_back_after_its_eviction_says_its_peers_are_capped)
{
	model_free(t.model);
	t.options.limits.max_hosts = 2;
	t.model = model_new(&t.options);
	web("10.0.0.5", 1, 10);
	traffic_tick(&t);
	traffic_tick(&t);
	traffic_tick(&t);
	t.now_us += 100 * SECOND_US;
	traffic_flow(&t, "10.0.0.8", 1, "10.0.0.9", 2, UDP, 10);
	traffic_tick(&t);
	ck_assert_uint_eq(model_evicted(t.model, DIM_HOST), 2);
	ck_assert(host("10.0.0.9")->peers_capped);
	ck_assert_uint_eq(host("10.0.0.9")->peers, 1);
}
END_TEST

/* ---- places ---- */

START_TEST(home_is_the_place_of_the_first_local_host_that_has_one)
{
	double latitude, longitude, expected[2];

	ck_assert_int_eq(subnets_add_local(t.subnets, "198.51.100.0/24,192.0.2.0/24", NULL), 0);
	traffic_flow(&t, "10.0.0.5", 1, "203.0.113.9", 443, TCP, 100);
	traffic_tick(&t);
	ck_assert(!model_home(t.model, &latitude, &longitude)); /* private: nowhere */
	traffic_flow(&t, "198.51.100.7", 1, "203.0.113.9", 443, TCP, 100);
	traffic_tick(&t);
	traffic_flow(&t, "192.0.2.1", 1, "203.0.113.9", 443, TCP, 100);
	traffic_tick(&t);
	ck_assert(country_centre("DE", &expected[0], &expected[1]));
	ck_assert(model_home(t.model, &latitude, &longitude));
	ck_assert(latitude == expected[0] && longitude == expected[1]);
}
END_TEST

START_TEST(home_is_never_that_of_a_host_elsewhere)
{
	double latitude, longitude;

	traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 100);
	traffic_tick(&t);
	ck_assert(!model_home(t.model, &latitude, &longitude));
}
END_TEST

static struct mmdb_write maker;

static struct geoip *open_berlin(void)
{
	char path[] = "/tmp/dpitop-hosts-XXXXXX";
	struct error e = {.text = ""};
	struct geoip *g;
	int32_t r;

	ck_assert_int_ge(mkstemp(path), 0);
	mmdb_begin(&maker, "some", 6);
	r = mmdb_map(&maker, 4);
	mmdb_pair(&maker, "country", "DE");
	mmdb_pair(&maker, "city", "Berlin");
	mmdb_pair(&maker, "asn", "AS64500");
	mmdb_pair(&maker, "as_name", "Sample Net");
	mmdb_net(&maker, "192.0.2.0/24", r);
	mmdb_save(&maker, path);
	g = geoip_open(path, &e);
	unlink(path);
	ck_assert_msg(g != NULL, "%s", e.text);
	return g;
}

START_TEST(host_place_is_a_row_of_city_and_as)
{
	struct geoip *g = open_berlin();
	const struct dim_host *h;
	struct dim_key k;

	model_free(t.model);
	t.options.geoip = g;
	t.model = model_new(&t.options);
	web("10.0.0.5", 1, 100);
	traffic_flow(&t, "10.0.0.5", 2, "192.0.2.77", 2, UDP, 10);
	traffic_tick(&t);
	h = host("192.0.2.1");
	ck_assert_str_eq(h->geo->city, "Berlin");
	ck_assert_uint_eq(h->geo->asn, 64500);
	memset(&k, 0, sizeof k);
	memcpy(k.city.country, "DE", 2);
	strcpy(k.city.name, "Berlin");
	expect_row(model_get(t.model, DIM_CITY, &k), 220, 110, 2);
	ck_assert_uint_eq(model_get(t.model, DIM_CITY, &k)->hosts, 2);
	memset(&k, 0, sizeof k);
	k.as.asn = 64500;
	expect_row(model_get(t.model, DIM_AS, &k), 220, 110, 2);
	memset(&k, 0, sizeof k);
	k.as_pair.dst = 64500;
	expect_row(model_get(t.model, DIM_AS_PAIR, &k), 110, 0, 2);
	ck_assert(model_check(t.model, t.flows).hosts && model_check(t.model, t.flows).matrix);
	model_free(t.model);
	t.model = NULL;
	geoip_close(g);
}
END_TEST

/* ---- sites ---- */

START_TEST(site_counts_hits_and_distinct_clients)
{
	for (uint16_t i = 1; i <= 3; i++)
		traffic_site(web("10.0.0.5", i, 10), "www.example.org");
	traffic_site(web("10.0.0.6", 1, 10), "www.example.org");
	traffic_site(web("10.0.0.6", 2, 10), "mail.example.org");
	traffic_tick(&t);
	web("10.0.0.5", 1, 10); /* goes on, is no new hit */
	traffic_tick(&t);
	expect_row(row_site(t.model, "www.example.org"), 50, 100, 4);
	ck_assert_uint_eq(row_site(t.model, "www.example.org")->site->hits, 4);
	ck_assert_uint_eq(row_site(t.model, "www.example.org")->site->clients, 2);
	ck_assert_uint_eq(row_site(t.model, "mail.example.org")->site->clients, 1);
}
END_TEST

START_TEST(site_lists_methods_and_codes_most_frequent_first)
{
	static const char *const methods[] = {"GET",    "POST",    "POST",  "HEAD", "PUT",
					      "DELETE", "OPTIONS", "PATCH", "POST"};
	static const char *const codes[] = {"200", "404", "404", "500", "301",
					    "302", "403", "401", "204", "999"};
	const struct dim_site *s;

	for (uint16_t i = 0; i < 9; i++)
		tell(web("10.0.0.5", (uint16_t)(1 + i), 10), "www.example.org", FLOW_METHOD,
		     methods[i]);
	for (uint16_t i = 0; i < 10; i++)
		tell(web("10.0.0.6", (uint16_t)(1 + i), 10), "www.example.org", FLOW_CODE,
		     codes[i]);
	traffic_tick(&t);
	s = row_site(t.model, "www.example.org")->site;
	ck_assert_str_eq(s->methods[0].name, "POST");
	ck_assert_uint_eq(s->methods[0].count, 3);
	ck_assert_str_eq(s->codes[0].name, "404");
	ck_assert_uint_eq(s->codes[0].count, 2);
	for (unsigned i = 1; i < 6; i++)
		ck_assert_uint_eq(s->methods[i].count, 1); /* the seventh is not listed */
	for (unsigned i = 1; i < 8; i++)
		ck_assert_uint_eq(s->codes[i].count, 1);
}
END_TEST

START_TEST(site_category_is_of_visits_before_queries)
{
	struct flow *visit = web("10.0.0.5", 1, 10),
		    *query = traffic_flow(&t, "10.0.0.5", 2, "10.0.0.1", 53, UDP, 10);
	uint16_t tls, dns;

	traffic_name(&t, query, "DNS");
	traffic_site(query, "www.example.org");
	dns = query->class_.category;
	traffic_tick(&t);
	ck_assert_uint_eq(row_site(t.model, "www.example.org")->site->category, dns);
	traffic_name(&t, visit, "TLS");
	traffic_site(visit, "www.example.org");
	tls = visit->class_.category;
	web("10.0.0.5", 1, 10);
	traffic_tick(&t);
	ck_assert_uint_eq(row_site(t.model, "www.example.org")->site->category, tls);
	ck_assert_uint_ne(tls, dns);
	traffic_flow(&t, "10.0.0.5", 2, "10.0.0.1", 53, UDP, 10);
	traffic_end(&t);
	ck_assert_uint_eq(row_site(t.model, "www.example.org")->site->category, tls);
}
END_TEST

START_TEST(site_name_that_is_longer_than_a_row_holds_is_cut)
{
	char name[200];
	const struct dim_key *key;
	size_t cursor = 0;

	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	traffic_site(web("10.0.0.5", 1, 10), name);
	traffic_tick(&t);
	ck_assert_ptr_nonnull(model_next(t.model, DIM_SITE, &cursor, &key));
	ck_assert_uint_eq(strlen(key->site.name), 79);
}
END_TEST

START_TEST(site_when_full_goes_to_other)
{
	model_free(t.model);
	t.options.limits.max_sites = 2;
	t.model = model_new(&t.options);
	for (uint16_t i = 0; i < 5; i++) {
		char name[] = "a.example";

		name[0] = (char)('a' + i);
		traffic_site(web("10.0.0.5", (uint16_t)(1 + i), 10), name);
	}
	traffic_tick(&t);
	ck_assert_uint_eq(model_rows(t.model, DIM_SITE), 2);
	expect_row(model_other(t.model, DIM_SITE), 30, 60, 3);
}
END_TEST

Suite *model_hosts_suite(void)
{
	Suite *s = suite_create("model_hosts");
	TCase *c = tcase_create("model_hosts");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 20);
	tcase_add_test(c, host_name_learned_before_the_host_is_there_is_its_name);
	tcase_add_test(c, host_name_of_the_better_origin_wins);
	tcase_add_test(c, host_name_that_is_an_address_is_none);
	tcase_add_test(c, host_name_is_clean_and_cut);
	tcase_add_test(c, host_of_a_tls_or_http_server_is_called_by_its_site);
	tcase_add_test(c, host_names_for_later_are_bounded_and_the_newest_are_kept);
	tcase_add_test(c, host_peers_are_distinct_addresses);
	tcase_add_test(c, host_that_talks_to_itself_has_one_peer);
	tcase_add_test(c, host_score_of_a_flow_with_itself_counts_once);
	tcase_add_test(c, host_score_adds_up_over_flows_and_follows_changes);
	tcase_add_test(c, host_top_applications_are_in_order_of_bytes);
	tcase_add_test(c, host_top_application_of_a_flow_moves_with_it);
	tcase_add_test(c, host_top_application_that_grows_late_gets_in);
	tcase_add_test(c, host_mac_is_of_local_hosts_only);
	tcase_add_test(c, host_that_comes_back_after_its_eviction_says_its_peers_are_capped);
	tcase_add_test(c, home_is_the_place_of_the_first_local_host_that_has_one);
	tcase_add_test(c, home_is_never_that_of_a_host_elsewhere);
	if (mmdb_is_built)
		tcase_add_test(c, host_place_is_a_row_of_city_and_as);
	tcase_add_test(c, site_counts_hits_and_distinct_clients);
	tcase_add_test(c, site_lists_methods_and_codes_most_frequent_first);
	tcase_add_test(c, site_category_is_of_visits_before_queries);
	tcase_add_test(c, site_name_that_is_longer_than_a_row_holds_is_cut);
	tcase_add_test(c, site_when_full_goes_to_other);
	suite_add_tcase(s, c);
	return s;
}
