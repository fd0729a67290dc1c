/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * snapshot/row_fill.c, row_flow.c, row_place.c: what rows of a real model and flow table look like.
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "dpitop/text.h"
#include "snapshot/arena.h"
#include "snapshot/row_fill.h"
#include "traffic.h"

Suite *row_fill_suite(void);

static struct traffic t; /* a test is a process of its own: this is not shared */
static struct row_source source;

static void setup(void)
{
	traffic_open(&t, NULL);
	traffic_five(&t);
	row_source_init(&source, &t.in, false, arena_new());
}

static void teardown(void)
{
	arena_free(source.arena);
	row_source_release(&source);
	traffic_close(&t);
}

static struct row get(enum dim d, const struct dim_key *key)
{
	const struct dim_row *from = model_get(t.model, d, key);
	struct row r;

	ck_assert_ptr_nonnull(from);
	row_fill(&source, &r, d, key, from);
	return r;
}

static struct row host(const char *address)
{
	struct dim_key key;

	memset(&key, 0, sizeof key);
	addr_parse(&key.host.addr, address, NULL);
	return get(DIM_HOST, &key);
}

static struct row small(enum dim d, uint16_t number)
{
	struct dim_key key;

	memset(&key, 0, sizeof key);
	key.small.number = number;
	return get(d, &key);
}

static struct row flow(uint16_t client_port)
{
	const struct flow *f;
	struct row r = row_empty;

	for (size_t cursor = 0; (f = flow_table_next(t.flows, &cursor)) != NULL;)
		if (f->port[0] == client_port)
			row_flow_fill(&source, &r, f);
	ck_assert_uint_eq(r.port[0], client_port);
	return r;
}

START_TEST(row_of_a_local_host_says_who_and_how_much)
{
	struct row r = host("10.0.0.5");

	ck_assert_str_eq(r.label, "10.0.0.5");
	ck_assert_str_eq(r.where, "local");
	ck_assert_str_eq(r.mac, "02:00:00:00:00:01");
	ck_assert_str_eq(r.app, "TLS");
	ck_assert(r.flags & ROW_LOCAL);
	ck_assert_uint_eq(r.total.bytes[0], 1400);
	ck_assert_uint_eq(r.total.bytes[1], 2800);
	ck_assert_uint_eq(r.rate[0], 1400);
	ck_assert_uint_eq(r.flows, 2);
	ck_assert_uint_eq(r.peers, 2);
	ck_assert_uint_eq(r.ip_version, 4);
	ck_assert_int_eq(r.first_us, START_US);
}
END_TEST

START_TEST(row_of_a_remote_host_says_where)
{
	struct row r = host("198.51.100.7");

	ck_assert(!(r.flags & ROW_LOCAL));
	ck_assert_str_eq(r.country, "DE");
	ck_assert_str_eq(r.country_name, "Germany");
	ck_assert_str_eq(r.where, "DE");
	ck_assert(!isnan(r.latitude));
	r = host("203.0.113.9");
	ck_assert_str_eq(r.country, "");
	ck_assert_str_eq(r.where, "");
	ck_assert(isnan(r.latitude));
}
END_TEST

START_TEST(row_of_a_host_has_the_name_learned_on_the_wire)
{
	struct addr a;

	addr_parse(&a, "203.0.113.9", NULL);
	model_learn_name(t.model, &a, "gate.example.com", NAME_DNS);
	ck_assert_str_eq(host("203.0.113.9").name, "gate.example.com");
}
END_TEST

START_TEST(row_of_each_kind_is_called_as_people_call_it)
{
	struct dim_key key;

	ck_assert_str_eq(small(DIM_L4, TCP).label, "TCP");
	ck_assert_str_eq(small(DIM_IP_VERSION, 4).label, "IPv4");
	ck_assert_str_eq(small(DIM_VLAN, 0).label, "untagged");
	ck_assert_str_eq(small(DIM_TUNNEL, 0).label, "none");
	ck_assert_str_eq(small(DIM_INTERFACE, 0).label, "eth0");
	ck_assert_str_eq(small(DIM_TCP_FLAGS, 0).label, "none");
	ck_assert_str_eq(small(DIM_STATE, FLOW_OPEN).label, "open");
	memset(&key, 0, sizeof key);
	key.port.port = 53;
	key.port.l4 = UDP;
	ck_assert_str_eq(get(DIM_PORT, &key).label, "53/UDP");
	memset(&key, 0, sizeof key);
	ck_assert_str_eq(get(DIM_COUNTRY, &key).label, "unknown");
	ck_assert_str_eq(get(DIM_AS, &key).label, "unknown");
	ck_assert_str_eq(get(DIM_CITY, &key).label, "unknown");
	cidr_parse(&key.subnet.net, "0.0.0.0/0", NULL);
	ck_assert_str_eq(get(DIM_SUBNET, &key).label, "internet");
	cidr_parse(&key.subnet.net, "10.0.0.0/24", NULL);
	ck_assert_str_eq(get(DIM_SUBNET, &key).label, "10.0.0.0/24");
	memset(&key, 0, sizeof key);
	memcpy(key.country_pair.dst, "US", 2);
	ck_assert_str_eq(get(DIM_COUNTRY_PAIR, &key).label, "unknown");
	ck_assert_str_eq(get(DIM_COUNTRY_PAIR, &key).label2, "US");
}
END_TEST

START_TEST(row_of_frames_that_are_not_ip_is_called_by_their_type)
{
	model_non_ip(t.model, 0x0806, false, 1, 60, t.now_us, 0);
	model_non_ip(t.model, 0x9999, false, 1, 60, t.now_us, 0);
	model_non_ip(t.model, 0, true, 1, 60, t.now_us, 0);
	ck_assert_str_eq(small(DIM_ETHERTYPE, 0x0806).label, "ARP");
	ck_assert_str_eq(small(DIM_ETHERTYPE, 0x9999).label, "0x9999");
	ck_assert_str_eq(small(DIM_ETHERTYPE, 0).label, "unknown");
}
END_TEST

START_TEST(row_of_an_application_has_its_category_and_hosts)
{
	const struct dim_key *key;
	const struct dim_row *from;
	unsigned found = 0;

	for (size_t cursor = 0; (from = model_next(t.model, DIM_APP, &cursor, &key)) != NULL;) {
		struct row r;

		row_fill(&source, &r, DIM_APP, key, from);
		ck_assert_str_eq(r.label, r.app);
		if (strcmp(r.label, "TLS.Google") != 0)
			continue;
		found++;
		ck_assert_uint_eq(r.total.bytes[1], 800);
		ck_assert_uint_eq(r.hosts, 2);
		ck_assert_str_ne(r.category, "");
		ck_assert_str_ne(r.breed, "");
	}
	ck_assert_uint_eq(found, 1);
}
END_TEST

START_TEST(row_of_a_site_counts_hits_and_clients)
{
	struct dim_key key;
	struct row r;

	memset(&key, 0, sizeof key);
	strcpy(key.site.name, "www.example.org");
	r = get(DIM_SITE, &key);
	ck_assert_str_eq(r.site, "www.example.org");
	ck_assert_uint_eq(r.hits, 2);
	ck_assert_uint_eq(r.clients, 2);
}
END_TEST

START_TEST(row_of_a_flow_is_about_its_remote_end)
{
	struct row r = flow(1002);

	ck_assert_int_eq(r.dim, DIM_FLOW);
	ck_assert_str_eq(r.label, "10.0.0.5");
	ck_assert_str_eq(r.label2, "198.51.100.7");
	ck_assert_str_eq(r.app, "TLS.Google");
	ck_assert_str_eq(r.site, "mail.example.net");
	ck_assert_str_eq(r.where, "DE");
	ck_assert_str_eq(r.l4_text, "TCP");
	ck_assert_str_eq(r.state_text, "open");
	ck_assert(r.flags & ROW_LOCAL);
	ck_assert(!(r.flags & (ROW_SERVER_LOCAL | ROW_ENDED)));
	ck_assert_uint_eq(r.total.bytes[1], 800);
	ck_assert_uint_eq(r.rate[1], 800);
	ck_assert_uint_eq(r.packet_rate[1], 1);
	r = flow(1005);
	ck_assert(!(r.flags & ROW_LOCAL) && (r.flags & ROW_SERVER_LOCAL));
	ck_assert_str_eq(r.where, "");
	r = flow(1004);
	ck_assert_str_eq(r.where, "local");
	ck_assert_str_eq(r.query, "www.example.org");
}
END_TEST

START_TEST(row_rates_of_a_flow_are_per_second_of_its_tick)
{
	t.in.tick_us = 2 * SECOND_US;
	ck_assert_uint_eq(flow(1001).rate[0], 500);
	t.in.tick_us = SECOND_US / 2;
	ck_assert_uint_eq(flow(1001).rate[0], 2000);
}
END_TEST

START_TEST(row_of_an_ended_flow_says_so)
{
	traffic_end(&t);
	ck_assert(flow(1001).flags & ROW_ENDED);
	ck_assert_uint_eq(flow(1001).live_flows, 0);
}
END_TEST

START_TEST(row_sparkline_ends_with_now)
{
	struct row r = host("10.0.0.5");

	ck_assert_uint_eq(r.spark[DIM_SPARK - 1], 4200);
	t.in.now_us += 10 * SECOND_US;
	r = host("10.0.0.5");
	ck_assert_uint_eq(r.spark[DIM_SPARK - 1], 0);
	ck_assert_uint_eq(r.spark[DIM_SPARK - 3], 4200);
	t.in.now_us += 600 * SECOND_US;
	r = host("10.0.0.5");
	for (int i = 0; i < DIM_SPARK; i++)
		ck_assert_uint_eq(r.spark[i], 0);
}
END_TEST

START_TEST(row_ids_are_stable_and_differ)
{
	uint64_t a = host("10.0.0.5").id;

	ck_assert_uint_ne(a, 0);
	ck_assert_uint_eq(host("10.0.0.5").id, a);
	ck_assert_uint_ne(host("10.0.0.6").id, a);
	traffic_tick(&t);
	ck_assert_uint_eq(host("10.0.0.5").id, a);
	ck_assert_uint_ne(small(DIM_VLAN, 0).id, small(DIM_TUNNEL, 0).id);
}
END_TEST

static void check_texts(const struct row *r)
{
	const char *const texts[] = {
		r->label, r->label2, r->name, r->name2, r->mac, r->app, r->category, r->breed,
		r->confidence, r->site, r->query, r->url, r->method, r->code, r->user_agent,
		r->content_type, r->ja3, r->ja4, r->tls_version, r->alpn, r->server_info,
		r->risk_text, r->country_name, r->city, r->as_name, r->exporter, r->methods,
		r->codes, r->where, r->l4_text, r->flags_text, r->state_text, r->tunnel_text,
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		ck_assert_msg(texts[i] != NULL, "text %zu", i);
		ck_assert_msg(text_is_clean(texts[i]), "text %zu", i);
	}
}

START_TEST(row_texts_are_never_null_and_always_clean)
{
	const struct dim_key *key;
	const struct dim_row *from;
	struct row r;

	check_texts(&row_empty);
	for (int d = 0; d < DIM_COUNT; d++)
		for (size_t i = 0; (from = model_next(t.model, (enum dim)d, &i, &key)) != NULL;) {
			row_fill(&source, &r, (enum dim)d, key, from);
			check_texts(&r);
			ck_assert_str_ne(r.label, "");
		}
	r = flow(1001);
	check_texts(&r);
}
END_TEST

START_TEST(row_without_dpi_geo_or_sources_is_poorer_but_whole)
{
	const struct dim_key *key;
	const struct dim_row *from;
	struct row r;

	t.in.dpi = NULL;
	t.in.geoip = NULL;
	t.in.source_count = 0;
	for (int d = 0; d < DIM_COUNT; d++)
		for (size_t i = 0; (from = model_next(t.model, (enum dim)d, &i, &key)) != NULL;) {
			row_fill(&source, &r, (enum dim)d, key, from);
			check_texts(&r);
		}
	ck_assert_str_eq(small(DIM_INTERFACE, 0).label, "source 0");
	r = flow(1001);
	check_texts(&r);
}
END_TEST

Suite *row_fill_suite(void)
{
	Suite *s = suite_create("row_fill");
	TCase *c = tcase_create("rows");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, row_of_a_local_host_says_who_and_how_much);
	tcase_add_test(c, row_of_a_remote_host_says_where);
	tcase_add_test(c, row_of_a_host_has_the_name_learned_on_the_wire);
	tcase_add_test(c, row_of_each_kind_is_called_as_people_call_it);
	tcase_add_test(c, row_of_frames_that_are_not_ip_is_called_by_their_type);
	tcase_add_test(c, row_of_an_application_has_its_category_and_hosts);
	tcase_add_test(c, row_of_a_site_counts_hits_and_clients);
	tcase_add_test(c, row_of_a_flow_is_about_its_remote_end);
	tcase_add_test(c, row_rates_of_a_flow_are_per_second_of_its_tick);
	tcase_add_test(c, row_of_an_ended_flow_says_so);
	tcase_add_test(c, row_sparkline_ends_with_now);
	tcase_add_test(c, row_ids_are_stable_and_differ);
	tcase_add_test(c, row_texts_are_never_null_and_always_clean);
	tcase_add_test(c, row_without_dpi_geo_or_sources_is_poorer_but_whole);
	suite_add_tcase(s, c);
	return s;
}
