/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model/apply.c and dims.c: which rows of each dimension a flow is counted in, and what happens
 * when a flow turns out to be something else. Told by a real flow table.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "rows.h"
#include "traffic.h"

Suite *model_apply_suite(void);

static struct traffic t; /* a test is a process of its own: this is not shared */

static void setup(void)
{
	traffic_open(&t, NULL);
}

static void teardown(void)
{
	traffic_close(&t);
}

/* Another model with its own bounds, before any traffic. */
static void limit(struct model_limits l)
{
	model_free(t.model);
	t.options.limits = l;
	t.model = model_new(&t.options);
}

static void expect_whole(void)
{
	struct conservation c = model_check(t.model, t.flows);

	ck_assert(c.l4 && c.l7 && c.hosts && c.flows && c.matrix);
}

START_TEST(model_counts_hosts_by_what_they_sent_and_received)
{
	traffic_five(&t);
	expect_row(row_host(t.model, "10.0.0.5"), 1400, 2800, 2);
	expect_row(row_host(t.model, "198.51.100.7"), 1400, 700, 2);
	expect_row(row_host(t.model, "10.0.0.1"), 280, 140, 2);
	expect_row(row_host(t.model, "203.0.113.9"), 60, 120, 1);
	ck_assert_uint_eq(row_host(t.model, "10.0.0.5")->live_flows, 2);
	ck_assert_uint_eq(row_host(t.model, "10.0.0.5")->total.packets[0], 2);
	ck_assert_uint_eq(model_rows(t.model, DIM_HOST), 6);
	expect_whole();
}
END_TEST

START_TEST(model_counts_protocols_ports_and_versions_from_client_to_server)
{
	traffic_five(&t);
	traffic_flow(&t, "fd00::1", 2000, "2001:db8::1", 53, UDP, 100);
	traffic_flow(&t, "10.0.0.5", 0, "10.0.0.6", 0, 1, 64);
	traffic_tick(&t);
	expect_row(row_small(t.model, DIM_L4, TCP), 1760, 3520, 4);
	expect_row(row_small(t.model, DIM_L4, UDP), 180, 360, 2);
	expect_row(row_small(t.model, DIM_L4, 1), 64, 128, 1);
	expect_row(row_small(t.model, DIM_IP_VERSION, 4), 1904, 3808, 6);
	expect_row(row_small(t.model, DIM_IP_VERSION, 6), 100, 200, 1);
	expect_row(row_port(t.model, 443, TCP), 1400, 2800, 2);
	expect_row(row_port(t.model, 53, UDP), 180, 360, 2);
	ck_assert_ptr_null(row_port(t.model, 53, TCP));
	ck_assert_ptr_null(row_port(t.model, 1001, TCP));
	ck_assert_ptr_null(row_port(t.model, 0, 1)); /* ICMP has none */
	expect_whole();
}
END_TEST

START_TEST(model_counts_applications_with_their_hosts)
{
	struct flow *f = traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 100);
	struct dpi_class tls, dns;

	traffic_name(&t, f, "TLS");
	tls = f->class_;
	traffic_name(&t, traffic_flow(&t, "10.0.0.5", 2, "192.0.2.2", 443, TCP, 10), "TLS");
	f = traffic_flow(&t, "10.0.0.9", 3, "10.0.0.1", 53, UDP, 1);
	traffic_name(&t, f, "DNS");
	dns = f->class_;
	traffic_tick(&t);
	expect_row(row_app(t.model, &tls), 110, 220, 2);
	ck_assert_uint_eq(row_app(t.model, &tls)->hosts, 3);
	expect_row(row_app(t.model, &dns), 1, 2, 1);
	ck_assert_uint_eq(row_app(t.model, &dns)->hosts, 2);
	expect_row(row_small(t.model, DIM_CATEGORY, tls.category), 110, 220, 2);
	expect_row(row_small(t.model, DIM_BREED, dpi_breed(t.options.dpi, &tls)), 110, 220, 2);
	traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 100); /* the same hosts again */
	traffic_tick(&t);
	ck_assert_uint_eq(row_app(t.model, &tls)->hosts, 3);
	expect_whole();
}
END_TEST

START_TEST(model_counts_vlans_tunnels_and_interfaces)
{
	struct flow *f = traffic_flow(&t, "10.0.0.5", 1, "10.0.0.6", 2, UDP, 100);
	struct dim_key k;

	f->vlan = 7;
	f->tunnel = TUNNEL_GRE;
	f->source = 3;
	traffic_tick(&t);
	expect_row(row_small(t.model, DIM_VLAN, 7), 100, 200, 1);
	expect_row(row_small(t.model, DIM_TUNNEL, TUNNEL_GRE), 100, 200, 1);
	expect_row(row_small(t.model, DIM_INTERFACE, 3), 100, 200, 1);
	memset(&k, 0, sizeof k);
	k.vlan_pair.src = k.vlan_pair.dst = 7;
	expect_row(model_get(t.model, DIM_VLAN_PAIR, &k), 100, 200, 1);
	expect_whole();
}
END_TEST

START_TEST(model_counts_states_and_tcp_flags_of_tcp_only)
{
	struct flow *f = traffic_flow(&t, "10.0.0.5", 1, "10.0.0.6", 2, TCP, 100);

	f->tcp_flags = TCP_SYN | TCP_ACK;
	traffic_flow(&t, "10.0.0.5", 3, "10.0.0.6", 4, UDP, 10);
	traffic_tick(&t);
	expect_row(row_small(t.model, DIM_STATE, FLOW_OPEN), 110, 220, 2);
	expect_row(row_small(t.model, DIM_TCP_FLAGS, TCP_SYN | TCP_ACK), 100, 200, 1);
	ck_assert_ptr_null(row_small(t.model, DIM_TCP_FLAGS, 0));
	expect_whole();
}
END_TEST

START_TEST(model_counts_places_by_what_they_sent_and_received)
{
	traffic_five(&t);
	expect_row(row_subnet(t.model, "10.0.0.0/24"), 2060, 3700, 5);
	expect_row(row_subnet(t.model, "0.0.0.0/0"), 3460, 1820, 4);
	ck_assert_uint_eq(row_subnet(t.model, "10.0.0.0/24")->hosts, 3);
	ck_assert_uint_eq(row_subnet(t.model, "0.0.0.0/0")->hosts, 3);
	expect_row(row_country(t.model, "US"), 2000, 1000, 1);
	expect_row(row_country(t.model, "DE"), 1400, 700, 2);
	expect_row(row_country(t.model, ""), 2120, 3820, 5); /* private ones and 203.0.113.9 */
	ck_assert_uint_eq(row_country(t.model, "US")->hosts, 1);
	expect_whole();
}
END_TEST

START_TEST(model_flow_within_one_place_is_one_flow_there)
{
	traffic_flow(&t, "10.0.0.5", 1, "10.0.0.6", 2, UDP, 100);
	traffic_flow(&t, "127.0.0.1", 1, "127.0.0.1", 2, UDP, 100);
	traffic_tick(&t);
	expect_row(row_subnet(t.model, "10.0.0.0/24"), 300, 300, 1);
	expect_row(row_host(t.model, "127.0.0.1"), 300, 300, 1);
	ck_assert_uint_eq(row_subnet(t.model, "10.0.0.0/24")->live_flows, 1);
	traffic_end(&t);
	ck_assert_uint_eq(row_subnet(t.model, "10.0.0.0/24")->live_flows, 0);
	ck_assert_uint_eq(row_country(t.model, "")->flows, 2);
	expect_whole();
}
END_TEST

START_TEST(model_matrix_has_a_cell_for_each_way)
{
	traffic_five(&t);
	expect_row(row_subnets(t.model, "10.0.0.0/24", "0.0.0.0/0"), 1700 + 120, 0, 4);
	expect_row(row_subnets(t.model, "0.0.0.0/0", "10.0.0.0/24"), 3400 + 60, 0, 4);
	expect_row(row_subnets(t.model, "10.0.0.0/24", "10.0.0.0/24"), 240, 0, 1);
	ck_assert_ptr_null(row_subnets(t.model, "0.0.0.0/0", "0.0.0.0/0"));
	expect_row(row_countries(t.model, "", "US"), 1000, 0, 1);
	expect_row(row_countries(t.model, "US", ""), 2000, 0, 1);
	expect_whole();
}
END_TEST

START_TEST(model_matrix_has_no_cell_for_a_way_that_was_not_taken)
{
	traffic_packet(&t, "10.0.0.5", 1, "192.0.2.1", 2, UDP, 100);
	traffic_tick(&t);
	expect_row(row_countries(t.model, "", "US"), 100, 0, 1);
	ck_assert_ptr_null(row_countries(t.model, "US", ""));
	traffic_packet(&t, "192.0.2.1", 2, "10.0.0.5", 1, UDP, 70); /* a flow there from now on */
	traffic_tick(&t);
	expect_row(row_countries(t.model, "US", ""), 70, 0, 1);
	ck_assert_uint_eq(row_countries(t.model, "US", "")->live_flows, 1);
	traffic_packet(&t, "192.0.2.1", 2, "10.0.0.5", 1, UDP, 70);
	traffic_tick(&t);
	expect_row(row_countries(t.model, "US", ""), 140, 0, 1);
	traffic_end(&t);
	ck_assert_uint_eq(row_countries(t.model, "US", "")->live_flows, 0);
	expect_row(row_countries(t.model, "", "US"), 100, 0, 1);
	expect_whole();
}
END_TEST

START_TEST(model_directions_are_told_by_local_networks)
{
	const struct model_totals *m = model_totals(t.model);

	traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 2, UDP, 100);
	traffic_flow(&t, "10.0.0.5", 1, "10.0.0.6", 2, UDP, 10);
	traffic_flow(&t, "198.51.100.7", 1, "192.0.2.1", 2, UDP, 1);
	traffic_tick(&t);
	ck_assert_uint_eq(m->out_bytes, 100);
	ck_assert_uint_eq(m->in_bytes, 200);
	ck_assert_uint_eq(m->local_bytes, 30);
	ck_assert_uint_eq(m->transit_bytes, 3);
	ck_assert_uint_eq(m->bytes, 333);
	ck_assert_uint_eq(m->packets, 6);
}
END_TEST

START_TEST(model_ended_flows_live_no_more)
{
	traffic_five(&t);
	traffic_end(&t);
	for (enum dim d = 0; d < DIM_COUNT; d++) {
		const struct dim_row *r;

		for (size_t i = 0; (r = model_next(t.model, d, &i, NULL)) != NULL;)
			ck_assert_msg(r->live_flows == 0 && r->flows > 0, "%s", dim_info(d)->id);
	}
	expect_whole();
}
END_TEST

/* ---- a flow that turns out to be something else ---- */

START_TEST(model_reclassified_application_moves_all_that_was_told)
{
	struct flow *f = traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 100);
	struct dpi_class tls, google;

	traffic_name(&t, f, "TLS");
	tls = f->class_;
	traffic_flow(&t, "10.0.0.7", 1, "192.0.2.1", 443, TCP, 5)->class_ = tls;
	traffic_tick(&t);
	traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 10);
	traffic_name(&t, f, "TLS.Google");
	google = f->class_;
	traffic_tick(&t);
	expect_row(row_app(t.model, &tls), 5, 10, 1);
	expect_row(row_app(t.model, &google), 110, 220, 1);
	ck_assert_uint_eq(row_app(t.model, &google)->hosts, 2);
	ck_assert_uint_eq(row_app(t.model, &google)->rate[0], 10);
	ck_assert_uint_eq(row_app(t.model, &google)->live_flows, 1);
	expect_whole();
}
END_TEST

START_TEST(model_row_that_reclassification_left_empty_is_none)
{
	struct flow *f = traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 100);
	const struct dim_row *r;

	traffic_name(&t, f, "TLS");
	traffic_tick(&t);
	traffic_name(&t, f, "SSH");
	traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 1);
	traffic_tick(&t);
	for (size_t i = 0, n = 0; (r = model_next(t.model, DIM_APP, &i, NULL)) != NULL;) {
		ck_assert_uint_eq(++n, 1);
		expect_row(r, 101, 202, 1);
	}
	expect_whole();
}
END_TEST

START_TEST(model_reclassified_state_and_flags_move_without_a_rate)
{
	struct flow *f = traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 100000);

	traffic_tick(&t);
	f->state = FLOW_CLOSED;
	f->tcp_flags = TCP_FIN;
	traffic_packet(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 40);
	traffic_tick(&t);
	expect_row(row_small(t.model, DIM_STATE, FLOW_OPEN), 0, 0, 0);
	expect_row(row_small(t.model, DIM_STATE, FLOW_CLOSED), 100040, 200000, 1);
	ck_assert_uint_eq(row_small(t.model, DIM_STATE, FLOW_CLOSED)->rate[0], 40);
	ck_assert_uint_eq(row_small(t.model, DIM_STATE, FLOW_CLOSED)->peak, 40);
	ck_assert_uint_eq(row_small(t.model, DIM_STATE, FLOW_OPEN)->rate[0], 0);
	expect_row(row_small(t.model, DIM_TCP_FLAGS, 0), 0, 0, 0);
	expect_row(row_small(t.model, DIM_TCP_FLAGS, TCP_FIN), 100040, 200000, 1);
	expect_whole();
}
END_TEST

START_TEST(model_row_made_by_a_silent_end_has_the_flows_times)
{
	int64_t start = t.now_us;
	const struct dim_row *r;

	traffic_packet(&t, "10.0.0.5", 1, "192.0.2.1", 443, UDP, 100);
	traffic_tick(&t);
	ck_assert(flow_table_tick(t.flows, t.now_us + 3600 * SECOND_US, 0));
	r = row_small(t.model, DIM_STATE, FLOW_IDLE);
	expect_row(r, 100, 0, 1);
	ck_assert_int_eq(r->first_us, start);
	ck_assert_int_eq(r->last_us, start);
	ck_assert_uint_eq(r->live_flows, 0);
}
END_TEST

START_TEST(model_risks_that_come_and_go_move)
{
	struct flow *f = traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 100);

	f->risks = 1 << 3 | UINT64_C(1) << 40;
	traffic_tick(&t);
	expect_row(row_small(t.model, DIM_RISK, 3), 100, 200, 1);
	expect_row(row_small(t.model, DIM_RISK, 40), 100, 200, 1);
	f->risks = 1 << 3 | 1 << 5;
	traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 10);
	traffic_tick(&t);
	expect_row(row_small(t.model, DIM_RISK, 3), 110, 220, 1);
	expect_row(row_small(t.model, DIM_RISK, 5), 110, 220, 1);
	expect_row(row_small(t.model, DIM_RISK, 40), 0, 0, 0);
	expect_whole();
}
END_TEST

START_TEST(model_site_that_comes_late_gets_all_of_its_flow)
{
	struct flow *f = traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 100);

	traffic_tick(&t);
	ck_assert_uint_eq(model_rows(t.model, DIM_SITE), 0);
	traffic_site(f, "www.example.org");
	traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 10);
	traffic_tick(&t);
	expect_row(row_site(t.model, "www.example.org"), 110, 220, 1);
	ck_assert_uint_eq(row_site(t.model, "www.example.org")->site->hits, 1);
}
END_TEST

/* ---- bounds ---- */

static void many(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		char client[ADDR_TEXT];

		snprintf(client, sizeof client, "10.%u.%u.7", i >> 8, i & 255);
		traffic_flow(&t, client, 1, "192.0.2.1", (uint16_t)(1 + i), UDP, 100);
	}
}

START_TEST(model_when_full_counts_in_other_and_stays_exact)
{
	limit((struct model_limits){.max_hosts = 5, .max_ports = 4, .max_pairs = 3});
	many(20);
	traffic_tick(&t);
	ck_assert_uint_eq(model_rows(t.model, DIM_HOST), 5);
	ck_assert_uint_eq(model_rows_max(t.model, DIM_HOST), 5);
	ck_assert_uint_eq(model_rows(t.model, DIM_PORT), 4);
	ck_assert_uint_eq(model_rows(t.model, DIM_SUBNET_PAIR), 3);
	ck_assert_uint_gt(model_other(t.model, DIM_HOST)->total.bytes[0], 0);
	ck_assert_uint_gt(model_other(t.model, DIM_SUBNET_PAIR)->total.bytes[0], 0);
	ck_assert_uint_eq(model_evicted(t.model, DIM_HOST), 0);
	expect_whole();
}
END_TEST

START_TEST(model_idle_hosts_make_room_and_stay_counted)
{
	limit((struct model_limits){.max_hosts = 5});
	many(4);
	traffic_tick(&t);
	traffic_tick(&t);
	traffic_tick(&t);
	t.now_us += 100 * SECOND_US;
	traffic_flow(&t, "203.0.113.1", 1, "203.0.113.2", 2, UDP, 50);
	traffic_tick(&t);
	ck_assert_ptr_nonnull(row_host(t.model, "203.0.113.2"));
	ck_assert_uint_eq(model_evicted(t.model, DIM_HOST), 2);
	ck_assert_uint_eq(model_rows(t.model, DIM_HOST), 5);
	ck_assert_uint_eq(row_subnet(t.model, "0.0.0.0/0")->hosts +
				  row_subnet(t.model, "10.0.0.0/24")->hosts +
				  row_subnet(t.model, "10.0.1.0/24")->hosts +
				  row_subnet(t.model, "10.0.2.0/24")->hosts +
				  row_subnet(t.model, "10.0.3.0/24")->hosts,
			  5);
	expect_whole();
	traffic_end(&t);
	expect_whole();
}
END_TEST

START_TEST(model_reclassified_flow_of_an_evicted_row_never_underflows)
{
	struct flow *f;
	struct dpi_class app = {.app = 0};

	limit((struct model_limits){.max_sites = 1});
	f = traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 100);
	traffic_tick(&t);
	for (app.app = 1; app.app < 60; app.app++) {
		f->class_ = app;
		f->risks = UINT64_C(1) << app.app;
		traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 1);
		traffic_tick(&t);
		expect_whole();
	}
	app.app = 59;
	expect_row(row_app(t.model, &app), 159, 318, 1);
	expect_row(row_small(t.model, DIM_RISK, 58), 0, 0, 0);
}
END_TEST

/* ---- frames without IP ---- */

START_TEST(model_frames_without_ip_are_counted_by_ethertype)
{
	const struct model_totals *m = model_totals(t.model);
	int64_t first = t.now_us + 5;

	model_count(t.model, 4, 240, 1, first, first + 10);
	model_non_ip(t.model, 0x0806, false, 3, 180, first, 2);
	model_non_ip(t.model, 0, true, 1, 60, first + 10, 2);
	ck_assert_uint_eq(m->non_ip_packets, 4);
	ck_assert_uint_eq(m->non_ip_bytes, 240);
	ck_assert_uint_eq(m->undecoded_packets, 1);
	ck_assert_uint_eq(m->undecoded_bytes, 60);
	ck_assert_uint_eq(m->truncated_packets, 1);
	ck_assert_int_eq(m->first_us, first);
	ck_assert_int_eq(m->last_us, first + 10);
	ck_assert_uint_eq(row_small(t.model, DIM_ETHERTYPE, 0x0806)->total.packets[0], 3);
	ck_assert_uint_eq(row_small(t.model, DIM_INTERFACE, 2)->total.bytes[0], 240);
	expect_whole();
}
END_TEST

START_TEST(dim_every_dimension_has_names_of_its_own)
{
	for (enum dim d = 0; d < DIM_LIST_COUNT; d++) {
		ck_assert_str_ne(dim_info(d)->title, "");
		ck_assert_str_ne(dim_info(d)->one, "");
		for (enum dim other = 0; other < d; other++)
			ck_assert_str_ne(dim_info(d)->id, dim_info(other)->id);
		ck_assert(!dim_info(d)->pair || !dim_info(d)->both_ends);
	}
}
END_TEST

Suite *model_apply_suite(void)
{
	Suite *s = suite_create("model_apply");
	TCase *c = tcase_create("model_apply");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, model_counts_hosts_by_what_they_sent_and_received);
	tcase_add_test(c, model_counts_protocols_ports_and_versions_from_client_to_server);
	tcase_add_test(c, model_counts_applications_with_their_hosts);
	tcase_add_test(c, model_counts_vlans_tunnels_and_interfaces);
	tcase_add_test(c, model_counts_states_and_tcp_flags_of_tcp_only);
	tcase_add_test(c, model_counts_places_by_what_they_sent_and_received);
	tcase_add_test(c, model_flow_within_one_place_is_one_flow_there);
	tcase_add_test(c, model_matrix_has_a_cell_for_each_way);
	tcase_add_test(c, model_matrix_has_no_cell_for_a_way_that_was_not_taken);
	tcase_add_test(c, model_directions_are_told_by_local_networks);
	tcase_add_test(c, model_ended_flows_live_no_more);
	tcase_add_test(c, model_reclassified_application_moves_all_that_was_told);
	tcase_add_test(c, model_row_that_reclassification_left_empty_is_none);
	tcase_add_test(c, model_reclassified_state_and_flags_move_without_a_rate);
	tcase_add_test(c, model_row_made_by_a_silent_end_has_the_flows_times);
	tcase_add_test(c, model_risks_that_come_and_go_move);
	tcase_add_test(c, model_site_that_comes_late_gets_all_of_its_flow);
	tcase_add_test(c, model_when_full_counts_in_other_and_stays_exact);
	tcase_add_test(c, model_idle_hosts_make_room_and_stay_counted);
	tcase_add_test(c, model_reclassified_flow_of_an_evicted_row_never_underflows);
	tcase_add_test(c, model_frames_without_ip_are_counted_by_ethertype);
	tcase_add_test(c, dim_every_dimension_has_names_of_its_own);
	suite_add_tcase(s, c);
	return s;
}
