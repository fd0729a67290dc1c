/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * snapshot/filter_match.c, filter_kind.c, filter_number.c, filter_fields.c: which flows and rows a
 * filter takes.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/filter.h"
#include "flow/dpi.h"
#include "traffic.h"

Suite *filter_match_suite(void);

static struct traffic t; /* a test is a process of its own: this is not shared */
static struct filter_context context;

static void setup(void)
{
	traffic_open(&t, NULL);
	traffic_five(&t);
	context = (struct filter_context){
		.dpi = t.in.dpi, .model = t.model, .subnets = t.subnets, .geoip = t.geoip,
		.sources = &t.source, .source_count = 1, .now_us = t.now_us,
	};
}

static void teardown(void)
{
	traffic_close(&t);
}

static struct filter *parse(const char *text)
{
	struct error e = {.text = ""};
	struct filter *f = filter_parse(text, &e);

	ck_assert_msg(f != NULL, "'%s': %s at %d", text, e.text, e.position);
	return f;
}

/* The client ports of the flows that match, last digits in ascending order: "13" */
static const char *matching(const char *text, char found[10])
{
	struct filter *f = parse(text);
	const struct flow *flow;
	size_t cursor = 0, n = 0;

	while ((flow = flow_table_next(t.flows, &cursor)) != NULL)
		if (filter_match_flow(f, &context, flow))
			found[n++] = (char)('0' + flow->port[0] - 1000);
	found[n] = '\0';
	for (size_t i = 1; i < n; i++) /* the order of the table is its own */
		for (size_t k = i; k > 0 && found[k] < found[k - 1]; k--) {
			char swap = found[k];

			found[k] = found[k - 1];
			found[k - 1] = swap;
		}
	filter_free(f);
	return found;
}

struct expectation {
	const char *filter, *flows;
};

static void expect(const struct expectation *e, size_t n)
{
	char found[10];

	for (size_t i = 0; i < n; i++) {
		matching(e[i].filter, found);
		ck_assert_msg(strcmp(found, e[i].flows) == 0, "'%s' matches '%s', not '%s'",
			      e[i].filter, found, e[i].flows);
	}
}

#define EXPECT(...) \
	do { \
		const struct expectation e[] = {__VA_ARGS__}; \
		expect(e, sizeof e / sizeof *e); \
	} while (0)

START_TEST(filter_match_hosts_and_networks_of_either_end)
{
	EXPECT({"host = 10.0.0.5", "12"}, {"host = 198.51.100.7", "23"}, {"host != 10.0.0.5", "345"},
	       {"host = 10.0.0.0/24", "12345"}, {"host = 198.51.100.0/24", "23"},
	       {"net = 10.0.0.0/30", "45"}, {"net = internet", "1235"}, {"net != internet", "4"},
	       {"src = 10.0.0.6", "34"}, {"dst = 10.0.0.6", ""}, {"dst = 10.0.0.1", "45"},
	       {"src = internet", "5"}, {"src.net = 10.0.0.0/8", "1234"},
	       {"host = 2001:db8::1", ""}, {"host = 10.0.0.6 host = 10.0.0.1", "4"});
}
END_TEST

START_TEST(filter_match_parts_of_addresses_and_names)
{
	EXPECT({"host ~ 100.7", "23"}, {"host ~ 10.0.0", "12345"}, {"host !~ 10.0.0.5", "345"});
}
END_TEST

START_TEST(filter_match_names_of_hosts_learned_on_the_wire)
{
	struct addr a;

	addr_parse(&a, "203.0.113.9", NULL);
	model_learn_name(t.model, &a, "gate.example.com", NAME_DNS);
	EXPECT({"host ~ EXAMPLE.com", "5"}, {"host = gate.example.com", "5"}, {"gate", "5"},
	       {"src ~ gate", "5"}, {"dst ~ gate", ""});
}
END_TEST

START_TEST(filter_match_numbers_by_order)
{
	EXPECT({"port = 443", "12"}, {"port != 443", "345"}, {"port < 54", "45"},
	       {"dst.port < 443", "345"}, {"src.port >= 1004", "45"}, {"src.port > 1004", "5"},
	       {"src.port <= 1001", "1"},
	       {"dst.port = 53", "4"}, {"src.port = 53", ""}, {"vlan = 0", "12345"},
	       {"vlan = none", "12345"}, {"vlan != none", ""}, {"version = 4", "12345"},
	       {"version = 6", ""});
}
END_TEST

START_TEST(filter_match_protocols_states_and_tunnels_by_name)
{
	EXPECT({"l4 = tcp", "1235"}, {"l4 = 17", "4"}, {"l4 ~ ud", "4"}, {"l4 != UDP", "1235"},
	       {"state = open", "12345"}, {"state = closed or state = reset", ""},
	       {"state ~ pen", "12345"}, {"tunnel = none", "12345"}, {"tunnel = GRE", ""});
}
END_TEST

START_TEST(filter_match_applications_whole_or_by_part)
{
	EXPECT({"app = TLS", "12"}, {"app = TLS.Google", "2"}, {"app = google", "2"}, {"app = TLS.", ""},
	       {"app = TL", ""}, {"app ~ l", "12"}, {"app != TLS", "345"}, {"app ~ s", "1245"},
	       {"app = DNS or app = SSH", "45"}, {"app = nosuch", ""});
}
END_TEST

START_TEST(filter_match_sees_an_application_that_changes)
{
	struct filter *f = parse("app = SSH");
	const struct flow *flow;
	size_t cursor = 0;

	while ((flow = flow_table_next(t.flows, &cursor)) != NULL) {
		struct flow copy = *flow;

		ck_assert_int_eq(filter_match_flow(f, &context, flow), flow->port[1] == 22);
		traffic_name(&t, &copy, "SSH");
		ck_assert(filter_match_flow(f, &context, &copy));
		ck_assert_int_eq(filter_match_flow(f, &context, flow), flow->port[1] == 22);
	}
	filter_free(f);
}
END_TEST

START_TEST(filter_match_every_class_as_its_name_says)
{
	struct filter *f = parse("app ~ o");
	struct flow flow = {.l4 = TCP};
	char name[DPI_APP_TEXT];

	for (int round = 0; round < 2; round++) /* asked, and remembered */
		for (unsigned i = 0; i < 250 * 5; i++) {
			flow.class_ = (struct dpi_class){.master = (uint16_t)(i % 5), .app = (uint16_t)(i / 5)};
			dpi_app_name(context.dpi, &flow.class_, name, sizeof name);
			ck_assert_msg(filter_match_flow(f, &context, &flow) == (strpbrk(name, "oO") != NULL),
				      "%s", name);
		}
	filter_free(f);
}
END_TEST

START_TEST(filter_match_categories_and_breeds)
{
	char text[80];
	struct flow f = {.l4 = UDP};

	traffic_name(&t, &f, "DNS");
	snprintf(text, sizeof text, "cat = \"%s\" l4 = UDP",
		 dpi_category_name(context.dpi, f.class_.category));
	EXPECT({text, "4"});
	snprintf(text, sizeof text, "breed = \"%s\" port = 53",
		 dpi_breed_name(context.dpi, dpi_breed(context.dpi, &f.class_)));
	EXPECT({text, "4"}, {"breed = nosuch", ""});
}
END_TEST

START_TEST(filter_match_sites_and_queries)
{
	EXPECT({"site = www.example.org", "14"}, {"site ~ EXAMPLE", "124"}, {"site !~ example", "35"},
	       {"site = none", "35"}, {"site != none", "124"}, {"site = \"none\"", ""},
	       {"site = \"\"", "35"}, {"query ~ www", "4"}, {"url = none", "12345"});
}
END_TEST

START_TEST(filter_match_countries_of_either_end)
{
	EXPECT({"country = DE", "23"}, {"country = germany", "23"}, {"country ~ united", "1"},
	       {"country != DE", "145"}, {"country = none", "12345"}, {"dst.country = none", "45"},
	       {"dst.country != none", "123"}, {"src.country = DE", ""}, {"country = D", ""},
	       {"city = none", "12345"}, {"as = none", "12345"}, {"as = 15169", ""},
	       {"as != AS15169", "12345"}, {"as ~ goo", ""});
}
END_TEST

START_TEST(filter_match_places_of_hosts_the_model_does_not_hold)
{
	context.model = NULL;
	EXPECT({"country = DE", "23"});
	context.geoip = NULL;
	EXPECT({"country = DE", ""}, {"country = none", "12345"});
}
END_TEST

START_TEST(filter_match_interfaces_and_hardware_addresses)
{
	EXPECT({"iface = eth0", "12345"}, {"iface ~ ETH", "12345"}, {"iface = eth1", ""},
	       {"mac = 02:00:00:00:00:02", "12345"}, {"src.mac = 02:00:00:00:00:02", ""});
}
END_TEST

START_TEST(filter_match_without_context_knows_only_the_flow)
{
	memset(&context, 0, sizeof context);
	EXPECT({"app = TLS", ""}, {"not app = TLS", "12345"}, {"cat = Web", ""}, {"net = internet", ""},
	       {"iface = eth0", ""}, {"host = 10.0.0.5", "12"}, {"site ~ example", "124"},
	       {"host ~ gate", ""}, {"country = DE", ""});
}
END_TEST

START_TEST(filter_match_flags_and_risks)
{
	struct flow f = {.l4 = TCP, .tcp_flags = 1 | 2 | 16, .risks = 4};
	static const struct {
		const char *text;
		bool matches;
	} cases[] = {
		{"flags = FSA", true}, {"flags = saf", true}, {"flags = SA", false}, {"flags ~ SA", true},
		{"flags ~ R", false}, {"flags !~ R", true}, {"flags = none", false}, {"risk = none", false},
		{"risk != none", true},
	};
	struct filter *filter;
	char text[128];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		filter = parse(cases[i].text);
		ck_assert_msg(filter_match_flow(filter, &context, &f) == cases[i].matches, "%s",
			      cases[i].text);
		filter_free(filter);
	}
	snprintf(text, sizeof text, "risk = \"%s\"", dpi_risk_name(2));
	filter = parse(text);
	ck_assert(filter_match_flow(filter, &context, &f));
	f.risks = 8;
	ck_assert(!filter_match_flow(filter, &context, &f));
	filter_free(filter);
}
END_TEST

START_TEST(filter_match_where_flows_go_by_local_networks)
{
	EXPECT({"scope = local", "4"}, {"scope = outbound", "123"}, {"scope = inbound", "5"}, {"scope = transit", ""},
	       {"scope = external", "1235"}, {"scope != external", "4"}, {"scope ~ bound", "1235"});
	traffic_flow(&t, "192.0.2.1", 1006, "198.51.100.7", 443, TCP, 100);
	EXPECT({"scope = transit", "6"}, {"scope = external", "12356"}, {"scope = local", "4"});
}
END_TEST

START_TEST(filter_match_groups_are_as_local_as_who_sends_to_them)
{
	traffic_packet(&t, "10.0.0.5", 1006, "224.0.0.251", 5353, UDP, 100);
	traffic_packet(&t, "192.0.2.1", 1007, "224.0.0.251", 5353, UDP, 100);
	EXPECT({"scope = local", "46"}, {"scope = transit", "7"});
}
END_TEST

START_TEST(filter_match_encryption_of_what_has_a_name)
{
	const struct flow *f;

	traffic_flow(&t, "10.0.0.5", 1006, "192.0.2.1", 9, TCP, 100)->class_.app = 0;
	for (size_t cursor = 0; (f = flow_table_next(t.flows, &cursor)) != NULL;)
		if (f->port[1] == 443 || f->port[1] == 22)
			((struct flow *)(uintptr_t)f)->flags |= FLOW_ENCRYPTED;
	EXPECT({"encrypted = yes", "125"}, {"encrypted = no", "34"}, {"encrypted = unknown", "6"},
	       {"encrypted = none", "6"}, {"encrypted != yes", "346"});
}
END_TEST

/* What an application of this name with a client and a server far away is taken by. */
static bool preset_takes(const char *preset, const char *app)
{
	struct flow f = {.l4 = TCP};
	char text[64];
	struct filter *filter;
	bool takes;

	traffic_name(&t, &f, app);
	snprintf(text, sizeof text, "preset = %s", preset);
	filter = parse(text);
	takes = filter_match_flow(filter, &context, &f);
	filter_free(filter);
	return takes;
}

START_TEST(filter_match_presets_take_what_they_are_called_after)
{
	static const struct { const char *preset, *app; bool takes; } cases[] = {
		{"p2p", "BitTorrent", true}, {"p2p", "eDonkey", true}, {"p2p", "Gnutella", true},
		{"p2p", "FTP_DATA", false}, {"p2p", "TFTP", false}, {"p2p", "HTTP", false}, {"p2p", "TLS", false},
		{"web", "HTTP", true}, {"web", "TLS.Google", true}, {"web", "QUIC", true}, {"web", "SSH", false},
		{"web", "DNS.Wikipedia", false}, {"mail", "SMTP", true}, {"mail", "IMAPS", true}, {"mail", "TLS.GMail", true},
		{"mail", "TLS", false}, {"dns", "DNS", true}, {"dns", "DNS.Google", true}, {"dns", "MDNS", true},
		{"dns", "DoH_DoT", true}, {"dns", "TLS", false}, {"voip", "SIP", true}, {"voip", "RTP", true},
		{"voip", "TLS", false}, {"streaming", "TLS.YouTube", true}, {"streaming", "DNS.YouTube", false},
		{"remote-access", "SSH", true}, {"remote-access", "RDP", true}, {"remote-access", "HTTP", false},
		{"vpn", "WireGuard", true}, {"vpn", "TLS", false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		ck_assert_msg(preset_takes(cases[i].preset, cases[i].app) == cases[i].takes, "%s of %s",
			      cases[i].preset, cases[i].app);
}
END_TEST

START_TEST(filter_match_presets_join_like_a_group)
{
	EXPECT({"preset = web", "123"}, {"preset != web", "45"}, {"not preset = Web", "45"},
	       {"preset = web and src = 10.0.0.6", "3"}, {"preset = remote-access or preset = dns", "45"},
	       {"preset = external", "1235"}, {"preset = local", "4"}, {"preset = \"web\" app = TLS", "12"});
}
END_TEST

START_TEST(filter_match_words_on_anything_shown)
{
	EXPECT({"10.0.0.5", "12"}, {"198.51.100.0/24", "23"}, {"0.113", "5"}, {"443", "12"}, {"53", "4"},
	       {"tls", "12"}, {"google", "2"}, {"germany", "23"}, {"udp", "4"}, {"org", "14"},
	       {"eth0", "12345"}, {"open", "12345"}, {"nosuchthing", ""}, {"10.0.0.6 dns", "4"},
	       {"ssh or http", "35"}, {"not tcp", "4"}, {"\"port\"", ""});
}
END_TEST

START_TEST(filter_match_and_binds_closer_than_or)
{
	EXPECT({"port = 53 or port = 443 app = google", "24"},
	       {"(port = 53 or port = 443) app = google", "2"},
	       {"not port = 53 port = 80", "3"}, {"not (port = 53 or port = 80)", "125"},
	       {"not not port = 53", "4"}, {"app = TLS and port = 443 and host = 192.0.2.1", "1"});
}
END_TEST

START_TEST(filter_match_measures_within_or_are_the_flows)
{
	EXPECT({"bytes > 2999 or port = 53", "14"}, {"not (bytes > 500 or port = 53)", "5"},
	       {"packets = 2 or port = 1", "12345"}, {"rate >= 3000 or port = 1", "1"},
	       {"hosts > 0 or port = 53", "4"}, {"not (hosts > 0 or port = 53)", ""},
	       {"bytes > 2k bytes < 4k port = 443", "12"});
}
END_TEST

START_TEST(filter_match_rows_by_measures)
{
	struct row r = {.dim = DIM_HOST, .total = {{1500, 500}, {10, 5}}, .flows = 3, .peers = 2};
	static const struct {
		const char *text;
		bool matches;
	} cases[] = {
		{"bytes = 2k", true}, {"bytes > 2k", false}, {"bytes >= 2000", true}, {"sent > 1.4k", true},
		{"rcvd < 500", false}, {"rcvd <= 500", true}, {"packets != 15", false}, {"flows = 3", true},
		{"not flows = 3", false}, {"peers > 1 and flows > 5", false}, {"peers > 1 or flows > 5", true},
		{"bytes < 1Ki", false}, {"bytes > 8kbit", true}, {"app = DNS", true},
		/* what hosts do not have hides none */
		{"hosts > 5", true}, {"not hosts > 5", true}, {"clients = 7", true}, {"rtt > 1s", true},
		{"hosts > 5 and flows = 4", false}, {"hosts > 5 or flows = 4", true},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct filter *f = parse(cases[i].text);

		ck_assert_msg(filter_match_row(f, &r) == cases[i].matches, "%s", cases[i].text);
		filter_free(f);
	}
}
END_TEST

START_TEST(filter_match_rows_by_times)
{
	struct row r = {.dim = DIM_FLOW, .rtt_us = 20000, .first_us = 1, .last_us = 90 * SECOND_US + 1};
	static const struct {
		const char *text;
		bool matches;
	} cases[] = {
		{"rtt = 20ms", true}, {"rtt < 20000us", false}, {"time = 90", true}, {"time = 1.5m", true},
		{"time < 1h", true}, {"time > 1D", false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct filter *f = parse(cases[i].text);

		ck_assert_msg(filter_match_row(f, &r) == cases[i].matches, "%s", cases[i].text);
		filter_free(f);
	}
}
END_TEST

START_TEST(filter_match_empty_filter_takes_everything)
{
	struct row r = {.dim = DIM_HOST};
	struct filter *f = parse(" ");

	EXPECT({"", "12345"});
	ck_assert(filter_match_row(f, &r));
	filter_free(f);
}
END_TEST

Suite *filter_match_suite(void)
{
	Suite *s = suite_create("filter_match");
	TCase *c = tcase_create("flows"), *rows = tcase_create("rows");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, filter_match_hosts_and_networks_of_either_end);
	tcase_add_test(c, filter_match_parts_of_addresses_and_names);
	tcase_add_test(c, filter_match_names_of_hosts_learned_on_the_wire);
	tcase_add_test(c, filter_match_numbers_by_order);
	tcase_add_test(c, filter_match_protocols_states_and_tunnels_by_name);
	tcase_add_test(c, filter_match_applications_whole_or_by_part);
	tcase_add_test(c, filter_match_sees_an_application_that_changes);
	tcase_add_test(c, filter_match_every_class_as_its_name_says);
	tcase_add_test(c, filter_match_categories_and_breeds);
	tcase_add_test(c, filter_match_sites_and_queries);
	tcase_add_test(c, filter_match_countries_of_either_end);
	tcase_add_test(c, filter_match_places_of_hosts_the_model_does_not_hold);
	tcase_add_test(c, filter_match_interfaces_and_hardware_addresses);
	tcase_add_test(c, filter_match_without_context_knows_only_the_flow);
	tcase_add_test(c, filter_match_flags_and_risks);
	tcase_add_test(c, filter_match_where_flows_go_by_local_networks);
	tcase_add_test(c, filter_match_groups_are_as_local_as_who_sends_to_them);
	tcase_add_test(c, filter_match_encryption_of_what_has_a_name);
	tcase_add_test(c, filter_match_presets_take_what_they_are_called_after);
	tcase_add_test(c, filter_match_presets_join_like_a_group);
	tcase_add_test(c, filter_match_words_on_anything_shown);
	tcase_add_test(c, filter_match_and_binds_closer_than_or);
	tcase_add_test(c, filter_match_measures_within_or_are_the_flows);
	tcase_add_test(c, filter_match_empty_filter_takes_everything);
	suite_add_tcase(s, c);
	tcase_add_test(rows, filter_match_rows_by_measures);
	tcase_add_test(rows, filter_match_rows_by_times);
	suite_add_tcase(s, rows);
	return s;
}
