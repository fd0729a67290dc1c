/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * flow/flow_look.c, dpi.c and dpi_texts.c: what flows turn out to be, by the bytes of real
 * conversations; what the library is not shown; the bound on its states; names learned from DNS.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/packet.h"
#include "wire.h"

Suite *flow_look_suite(void);

static struct wire w; /* a test is a process of its own: this is not shared */
static const struct ends web = {"192.0.2.1", "198.51.100.2", 40000, 80};
static const struct ends tls = {"192.0.2.1", "198.51.100.2", 40001, 443};
static const struct ends dns = {"192.0.2.1", "198.51.100.2", 40002, 53};
static const struct ends ssh = {"192.0.2.1", "198.51.100.2", 40003, 22};
static const struct ends odd = {"192.0.2.1", "198.51.100.2", 40004, 40005};

/* clang-format off */
static const uint8_t question[] = {
	0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
	3, 'w', 'w', 'w', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'o', 'r', 'g', 0, 0, 1, 0, 1};
static const uint8_t reply[] = {
	0, 1, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0,
	3, 'w', 'w', 'w', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'o', 'r', 'g', 0, 0, 1, 0, 1,
	0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 77};
/* clang-format on */
static const char request[] =
	"GET /a/b.html HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: tool/1.0\r\n\r\n";
static const char response[] =
	"HTTP/1.1 404 Not Found\r\nServer: box/2\r\nContent-Type: text/html\r\n"
	"Content-Length: 2\r\n\r\nno";

/* RFC 8446 section 4.1.2, as TLS 1.2 clients send it: server name, one group, one format. */
/* clang-format off */
static const uint8_t hello[] = {
	22, 3, 1, 0, 87, 1, 0, 0, 83, 3, 3,
	1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
	17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
	0, 0, 4, 0xc0, 0x2b, 0x13, 0x01, 1, 0, 0, 38,
	0, 0, 0, 20, 0, 18, 0, 0, 15,
	'w', 'w', 'w', '.', 'e', 'x', 'a', 'm', 'p', 'l', 'e', '.', 'o', 'r', 'g',
	0, 10, 0, 4, 0, 2, 0, 29,
	0, 11, 0, 2, 1, 0};
/* clang-format on */

static void setup(void)
{
	wire_open(&w, NULL);
}

static void teardown(void)
{
	wire_close(&w);
}

static void reopen(const struct flow_limits *l)
{
	wire_close(&w);
	wire_open(&w, l);
}

static void expect_app(const struct flow *f, const char *name)
{
	char buf[DPI_APP_TEXT];

	ck_assert_str_eq(wire_app(&w, f, buf), name);
}

static void expect_text(const struct flow *f, enum flow_text which, const char *text)
{
	ck_assert_str_eq(flow_meta_text(f->meta, which), text);
}

/* nDPI before 4.10 knows JA3 only, after 4.12 JA4 only. */
static void expect_fingerprint(const struct flow *f)
{
	const char *ja3 = flow_meta_text(f->meta, FLOW_JA3), *ja4 = flow_meta_text(f->meta, FLOW_JA4);

	ck_assert(*ja3 != '\0' || *ja4 != '\0');
	if (*ja3 != '\0')
		ck_assert_str_eq(ja3, "1d95674b98d7987bdc2810b742f47253");
	if (*ja4 != '\0')
		ck_assert_str_eq(ja4, "t12d020300_777cda164f4b_33a13ba74d1c");
}

static const struct flow *ask(void)
{
	return wire_udp(&w, &dns, CLIENT, question, sizeof question);
}

static const struct flow *number(unsigned i)
{
	char client[ADDR_TEXT];
	struct ends e = {client, "198.51.100.2", 1000, 40005};

	snprintf(client, sizeof client, "10.0.%u.%u", i >> 8, i & 255);
	return wire_udp(&w, &e, CLIENT, "abcdefgh", 8);
}

START_TEST(look_dns_has_its_name_query_and_answer)
{
	const struct flow *f = ask();

	wire_udp(&w, &dns, SERVER, reply, sizeof reply);
	flow_table_finish(w.flows);
	expect_app(f, "DNS");
	expect_text(f, FLOW_QUERY, "www.example.org");
	expect_text(f, FLOW_ANSWER, "192.0.2.77");
	expect_text(f, FLOW_SITE, "");
	ck_assert_str_eq(dpi_category_name(flow_table_dpi(w.flows), f->class_.category), "Network");
	ck_assert_uint_eq(f->class_.guessed, 0);
	ck_assert(f->flags & FLOW_DPI_DONE);
	ck_assert(!(f->flags & FLOW_ENCRYPTED));
	ck_assert_uint_eq(flow_table_stats(w.flows).dpi_live, 0);
	wire_check(&w);
}
END_TEST

START_TEST(look_dns_answer_may_be_an_ipv6_address)
{
	uint8_t aaaa[sizeof reply + 12];
	const struct flow *f;

	memcpy(aaaa, reply, sizeof reply);
	aaaa[30] = 28; /* type of the question, of the answer, and its length: RFC 3596 */
	aaaa[36] = 28;
	aaaa[44] = 16;
	memcpy(aaaa + 45, "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\x4d", 16);
	f = ask();
	wire_udp(&w, &dns, SERVER, aaaa, sizeof aaaa);
	flow_table_finish(w.flows);
	expect_app(f, "DNS");
	expect_text(f, FLOW_ANSWER, "2001:db8::4d");
}
END_TEST

START_TEST(look_http_tells_all_of_request_and_response)
{
	const struct flow *f =
		wire_talk(&w, &web, request, strlen(request), response, strlen(response));

	flow_table_finish(w.flows);
	expect_app(f, "HTTP");
	expect_text(f, FLOW_SITE, "www.example.org");
	expect_text(f, FLOW_URL, "www.example.org/a/b.html");
	expect_text(f, FLOW_METHOD, "GET");
	expect_text(f, FLOW_CODE, "404");
	expect_text(f, FLOW_USER_AGENT, "tool/1.0");
	expect_text(f, FLOW_QUERY, "");
	ck_assert_uint_eq(f->class_.guessed, 0);
	for (unsigned bit = 0; bit < 64; bit++) /* since nDPI 4.8 a 404 is a risk, and the only one here */
		if (f->risks >> bit & 1)
			ck_assert_str_eq(dpi_risk_name(bit), "Error Code");
	wire_check(&w);
}
END_TEST

START_TEST(look_http_without_its_handshake_is_http)
{
	const struct flow *f =
		wire_tcp(&w, &web, CLIENT,
			 &(struct segment){TCP_ACK | TCP_PSH, 900, 100, request, strlen(request)});

	flow_table_finish(w.flows);
	expect_app(f, "HTTP");
	expect_text(f, FLOW_SITE, "www.example.org");
}
END_TEST

START_TEST(look_http_that_begins_with_the_response_tells_what_it_holds)
{
	const struct flow *f = wire_tcp(
		&w, &web, SERVER,
		&(struct segment){TCP_ACK | TCP_PSH, 900, 100, response, strlen(response)});

	flow_table_finish(w.flows);
	expect_app(f, "HTTP");
	expect_text(f, FLOW_CODE, "404");
	expect_text(f, FLOW_CONTENT_TYPE, "text/html");
	expect_text(f, FLOW_METHOD, "");
}
END_TEST

START_TEST(look_risks_have_names_and_a_score)
{
	const struct flow *f =
		wire_talk(&w, &odd, request, strlen(request), response, strlen(response));
	unsigned known = 0;

	flow_table_finish(w.flows);
	expect_app(f, "HTTP");
	for (unsigned bit = 0; bit < 64; bit++)
		if (f->risks >> bit & 1)
			known += strstr(dpi_risk_name(bit), "Non") != NULL; /* ... standard port */
	ck_assert_uint_eq(known, 1);
	ck_assert_uint_gt(dpi_risk_score(f->risks), 0);
	ck_assert_uint_eq(w.told[f->id].facts.risks, f->risks);
}
END_TEST

START_TEST(look_hostile_bytes_are_cleaned)
{
	static const char hostile[] = "GET /\x1b[2J HTTP/1.1\r\n"
				      "Host: www.example.org\r\n"
				      "User-Agent: a\x1b]0;x\x07\xff\r\n\r\n";
	const struct flow *f =
		wire_talk(&w, &web, hostile, strlen(hostile), response, strlen(response));

	flow_table_finish(w.flows);
	for (enum flow_text i = 0; i < FLOW_TEXT_COUNT; i++)
		for (const char *p = flow_meta_text(f->meta, i); *p != '\0'; p++)
			ck_assert_msg((unsigned char)*p >= ' ' && (unsigned char)*p < 0x7f,
				      "text %d", (int)i);
	ck_assert_ptr_nonnull(strstr(flow_meta_text(f->meta, FLOW_USER_AGENT), "a?]0;x?"));
}
END_TEST

START_TEST(look_tls_hello_tells_site_and_fingerprint)
{
	const struct flow *f = wire_talk(&w, &tls, hello, sizeof hello, NULL, 0);

	flow_table_finish(w.flows);
	expect_app(f, "TLS");
	expect_text(f, FLOW_SITE, "www.example.org");
	expect_fingerprint(f);
	expect_text(f, FLOW_TLS_VERSION, "TLSv1.2");
	ck_assert(f->flags & FLOW_ENCRYPTED);
	ck_assert_uint_eq(f->class_.guessed, 0);
}
END_TEST

START_TEST(look_ssh_tells_the_servers_banner)
{
	const struct flow *f =
		wire_talk(&w, &ssh, "SSH-2.0-client_1\r\n", 18, "SSH-2.0-server_2\r\n", 18);

	flow_table_finish(w.flows);
	expect_app(f, "SSH");
	expect_text(f, FLOW_SERVER_INFO, "SSH-2.0-server_2");
}
END_TEST

START_TEST(look_icmp_is_named_by_its_protocol)
{
	static const uint8_t echo[16] = {8};
	const struct flow *f = wire_l4(&w, &(struct ends){"192.0.2.1", "192.0.2.2", 0, 0}, CLIENT,
				       1, echo, sizeof echo);

	flow_table_finish(w.flows);
	expect_app(f, "ICMP");
}
END_TEST

START_TEST(look_syn_alone_gets_a_guess_by_its_port)
{
	const struct flow *f = wire_tcp(&w, &tls, CLIENT, &(struct segment){.flags = TCP_SYN});

	/* without data it costs no state */
	ck_assert_uint_eq(flow_table_stats(w.flows).dpi_live, 0);
	flow_table_finish(w.flows);
	expect_app(f, "TLS");
	ck_assert_uint_eq(f->class_.guessed, 1);
	ck_assert(f->flags & FLOW_DPI_DONE);
	ck_assert(!(f->flags & FLOW_NOT_INSPECTED));
}
END_TEST

START_TEST(look_without_dpi_ports_tell_at_once_and_as_a_guess)
{
	static const struct flow_limits ports_only = {.keep_us = -1};
	const struct flow *f;

	reopen(&ports_only);
	f = ask();
	expect_app(f, "DNS");
	ck_assert_uint_eq(f->class_.guessed, 1);
	ck_assert_ptr_null(f->meta);
	ck_assert_uint_eq(flow_table_stats(w.flows).dpi_live, 0);
	expect_app(wire_tcp(&w, &ssh, CLIENT, &(struct segment){.flags = TCP_SYN}), "SSH");
}
END_TEST

START_TEST(look_ipv6_behind_extension_headers_is_still_named)
{
	static const struct ends six = {"2001:db8::1", "2001:db8::2", 40000, 53};
	static const struct ends six_web = {"2001:db8::1", "2001:db8::2", 40000, 80};
	const struct flow *f, *h;

	w.with_headers = true;
	f = wire_udp(&w, &six, CLIENT, question, sizeof question);
	h = wire_talk(&w, &six_web, request, strlen(request), response, strlen(response));
	flow_table_finish(w.flows);
	expect_app(f, "DNS");
	expect_text(f, FLOW_QUERY, "www.example.org");
	ck_assert_uint_eq(f->class_.guessed, 0);
	expect_app(h, "HTTP");
	expect_text(h, FLOW_SITE, "www.example.org");
	ck_assert_uint_eq(f->ip_version, 6);
}
END_TEST

START_TEST(look_cut_packets_are_not_shown)
{
	const struct flow *f;

	w.cut = 4;
	f = ask();
	expect_app(f, "Unknown");
	ck_assert_uint_eq(flow_table_stats(w.flows).dpi_live, 0);
	flow_table_finish(w.flows);
	expect_app(f, "DNS");
	ck_assert_uint_eq(f->class_.guessed, 1);
	expect_text(f, FLOW_QUERY, "");
}
END_TEST

START_TEST(look_later_fragments_are_not_shown)
{
	struct packet p = {.ts_us = START_US,
			   .data = question,
			   .wire_len = 60,
			   .kind = PACKET_IP,
			   .l4 = UDP,
			   .ip_version = 4,
			   .flags = PACKET_FRAGMENT | PACKET_LATER | PACKET_PORTS,
			   .src_port = 40002,
			   .dst_port = 53,
			   .l3 = question,
			   .l3_len = sizeof question,
			   .ip_len = sizeof question};

	addr_parse(&p.src, dns.client, NULL);
	addr_parse(&p.dst, dns.server, NULL);
	flow_table_packet(w.flows, &p, 0);
	ck_assert_uint_eq(flow_table_stats(w.flows).dpi_live, 0);
}
END_TEST

START_TEST(look_gives_up_after_enough_packets)
{
	const struct flow *f = wire_udp(&w, &odd, CLIENT, "abcdefgh", 8);

	ck_assert_uint_eq(flow_table_stats(w.flows).dpi_live, 1);
	for (unsigned i = 0; i < 40; i++)
		wire_udp(&w, &odd, i & 1, "abcdefgh", 8);
	ck_assert(f->flags & FLOW_DPI_DONE);
	ck_assert_uint_eq(flow_table_stats(w.flows).dpi_live, 0);
	expect_app(f, "Unknown");
	ck_assert_uint_eq(f->class_.guessed, 0);
}
END_TEST

START_TEST(look_bound_on_states_is_kept_and_what_is_refused_gets_one_look)
{
	static const struct flow_limits two = {.max_dpi = 2, .keep_us = -1, .dpi = true};
	const struct flow *f, *h;

	reopen(&two);
	number(1);
	number(2);
	ck_assert_uint_eq(flow_table_stats(w.flows).dpi_live, 2);
	f = ask();
	h = wire_talk(&w, &web, request, strlen(request), response, strlen(response));
	ck_assert_uint_eq(flow_table_stats(w.flows).dpi_live, 2);
	ck_assert_uint_eq(flow_table_stats(w.flows).dpi_refused, 2);
	ck_assert_uint_eq(flow_table_stats(w.flows).max_dpi, 2);
	ck_assert(f->flags & FLOW_NOT_INSPECTED);
	ck_assert(f->flags & FLOW_DPI_DONE);
	expect_app(f, "DNS");
	expect_text(f, FLOW_QUERY, "www.example.org");
	ck_assert(h->flags & FLOW_NOT_INSPECTED);
	expect_app(h, "HTTP");
	flow_table_finish(w.flows);
	ck_assert_uint_eq(flow_table_stats(w.flows).dpi_live, 0);
	wire_check(&w);
}
END_TEST

START_TEST(look_states_that_wait_in_vain_make_room)
{
	static const struct flow_limits four = {.max_dpi = 4, .keep_us = -1, .dpi = true};

	reopen(&four);
	for (unsigned i = 0; i < 4; i++)
		number(i);
	w.now_us += 31 * SECOND_US;
	number(4);
	ck_assert_uint_eq(flow_table_stats(w.flows).dpi_refused, 0);
	ck_assert_uint_le(flow_table_stats(w.flows).dpi_live, 4);
	ck_assert_uint_ge(flow_table_stats(w.flows).dpi_live, 1);
	ck_assert(!(number(4)->flags & FLOW_NOT_INSPECTED));
	wire_tick(&w);
	wire_check(&w);
}
END_TEST

START_TEST(look_new_flows_beyond_the_budget_are_guessed_under_strain)
{
	struct ends second = dns;
	const struct flow *in_budget, *beyond;

	second.client_port++;
	flow_table_strain(w.flows, STRAIN_NEW_FLOWS, 1);
	in_budget = ask();
	beyond = wire_udp(&w, &second, CLIENT, question, sizeof question);
	expect_text(in_budget, FLOW_QUERY, "www.example.org");
	ck_assert(!(in_budget->flags & FLOW_NOT_INSPECTED));
	expect_app(beyond, "DNS");
	ck_assert(beyond->class_.guessed && (beyond->flags & FLOW_NOT_INSPECTED) && !(beyond->flags & FLOW_DPI_DONE));
	wire_udp(&w, &second, CLIENT, question, sizeof question);
	ck_assert_uint_eq(flow_table_stats(w.flows).uninspected, 1);
	ck_assert_uint_eq(beyond->total.packets[0], 2);
	flow_table_finish(w.flows);
	ck_assert(beyond->flags & FLOW_DPI_DONE);
	expect_app(beyond, "DNS");
	wire_check(&w);
}
END_TEST

START_TEST(look_flow_that_was_left_out_is_looked_into_when_there_is_room_again)
{
	const struct flow *f;

	flow_table_strain(w.flows, STRAIN_NEW_FLOWS, 0);
	f = ask();
	wire_tick(&w);
	ck_assert(f->flags & FLOW_NOT_INSPECTED);
	expect_text(f, FLOW_QUERY, "");
	flow_table_strain(w.flows, STRAIN_NONE, 0);
	ask();
	wire_udp(&w, &dns, SERVER, reply, sizeof reply);
	ck_assert(!(f->flags & FLOW_NOT_INSPECTED) && !f->class_.guessed);
	expect_text(f, FLOW_QUERY, "www.example.org");
	wire_tick(&w);
	wire_check(&w);
}
END_TEST

START_TEST(look_goes_no_further_than_the_application_under_strain)
{
	const struct flow *f;

	ask();
	ck_assert_uint_eq(flow_table_stats(w.flows).dpi_live, 1); /* it waits for the answer */
	reopen(NULL);
	flow_table_strain(w.flows, STRAIN_DETAILS, 0);
	f = ask();
	ck_assert_uint_eq(flow_table_stats(w.flows).dpi_live, 0);
	ck_assert((f->flags & FLOW_DPI_DONE) && !(f->flags & FLOW_NOT_INSPECTED) && !f->class_.guessed);
	expect_app(f, "DNS");
	number(1); /* what is not known yet is looked into */
	ck_assert_uint_eq(flow_table_stats(w.flows).dpi_live, 1);
}
END_TEST

START_TEST(look_table_that_is_freed_in_the_middle_gives_all_states_back)
{
	for (unsigned i = 0; i < 5; i++)
		number(i);
	wire_talk(&w, &web, request, strlen(request), NULL, 0);
	wire_tick(&w);
	ck_assert_uint_ge(flow_table_stats(w.flows).dpi_live, 5); /* ASan sees to the rest */
	ck_assert_uint_gt(flow_table_stats(w.flows).memory_bytes, 5 * 700);
}
END_TEST

START_TEST(look_dns_answers_are_learned)
{
	char text[ADDR_TEXT];

	ask();
	ck_assert_uint_eq(w.learned, 0);
	wire_udp(&w, &dns, SERVER, reply, sizeof reply);
	ck_assert_uint_eq(w.learned, 1);
	ck_assert_str_eq(w.learned_name, "www.example.org");
	ck_assert_str_eq(addr_format(&w.learned_addr, text, sizeof text), "192.0.2.77");
}
END_TEST

START_TEST(look_only_whole_good_answers_from_dns_ports_are_learned)
{
	uint8_t refused[sizeof reply];

	memcpy(refused, reply, sizeof reply);
	refused[3] |= 3;
	wire_udp(&w, &dns, SERVER, refused, sizeof refused);
	wire_udp(&w, &dns, CLIENT, reply, sizeof reply); /* not from the server's port */
	wire_udp(&w, &odd, SERVER, reply, sizeof reply);
	wire_udp(&w, &dns, SERVER, NULL, 0);
	wire_udp(&w, &dns, SERVER, "no DNS at all", 13);
	w.cut = 1;
	wire_udp(&w, &dns, SERVER, reply, sizeof reply);
	ck_assert_uint_eq(w.learned, 0);
}
END_TEST

START_TEST(look_names_of_the_local_network_are_learned)
{
	static const struct ends mdns = {"192.0.2.1", "224.0.0.251", 5353, 5353};
	static const struct ends llmnr = {"192.0.2.1", "192.0.2.2", 40000, 5355};

	wire_udp(&w, &mdns, CLIENT, reply, sizeof reply);
	wire_udp(&w, &llmnr, SERVER, reply, sizeof reply);
	ck_assert_uint_eq(w.learned, 2);
}
END_TEST

Suite *flow_look_suite(void)
{
	Suite *s = suite_create("flow_look");
	TCase *c = tcase_create("flow_look");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, look_dns_has_its_name_query_and_answer);
	tcase_add_test(c, look_dns_answer_may_be_an_ipv6_address);
	tcase_add_test(c, look_http_tells_all_of_request_and_response);
	tcase_add_test(c, look_http_without_its_handshake_is_http);
	tcase_add_test(c, look_http_that_begins_with_the_response_tells_what_it_holds);
	tcase_add_test(c, look_risks_have_names_and_a_score);
	tcase_add_test(c, look_hostile_bytes_are_cleaned);
	tcase_add_test(c, look_tls_hello_tells_site_and_fingerprint);
	tcase_add_test(c, look_ssh_tells_the_servers_banner);
	tcase_add_test(c, look_icmp_is_named_by_its_protocol);
	tcase_add_test(c, look_syn_alone_gets_a_guess_by_its_port);
	tcase_add_test(c, look_without_dpi_ports_tell_at_once_and_as_a_guess);
	tcase_add_test(c, look_ipv6_behind_extension_headers_is_still_named);
	tcase_add_test(c, look_cut_packets_are_not_shown);
	tcase_add_test(c, look_later_fragments_are_not_shown);
	tcase_add_test(c, look_gives_up_after_enough_packets);
	tcase_add_test(c, look_bound_on_states_is_kept_and_what_is_refused_gets_one_look);
	tcase_add_test(c, look_states_that_wait_in_vain_make_room);
	tcase_add_test(c, look_new_flows_beyond_the_budget_are_guessed_under_strain);
	tcase_add_test(c, look_flow_that_was_left_out_is_looked_into_when_there_is_room_again);
	tcase_add_test(c, look_goes_no_further_than_the_application_under_strain);
	tcase_add_test(c, look_table_that_is_freed_in_the_middle_gives_all_states_back);
	tcase_add_test(c, look_dns_answers_are_learned);
	tcase_add_test(c, look_only_whole_good_answers_from_dns_ports_are_learned);
	tcase_add_test(c, look_names_of_the_local_network_are_learned);
	suite_add_tcase(s, c);
	return s;
}
