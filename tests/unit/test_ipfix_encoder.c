/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * export/ipfix_encoder.c and ipfix_fields.c: what is encoded is what our own decoder reads, whatever the flow; sizes,
 * numbers and templates are as RFC 7011 has them.
 */
#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/ipfix.h"
#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "exports.h"
#include "flow/dpi.h"

Suite *ipfix_encoder_suite(void);

enum { TCP = 6, UDP = 17, ICMP = 1, ICMP6 = 58, GRE = 47, MESSAGES_MAX = 4096, HEADER = 16, FLOWS = 300 };

/* A test is a process of its own: these are not shared. */
static struct heard h;
static struct dpi *dpi;
static struct ipfix_encoder *x;
static struct ipfix_options options;
static unsigned messages, templates, deaf;
static size_t longest;
static uint64_t records, option_records, octets;
static uint32_t next_number;

static uint64_t be(const uint8_t *p, unsigned n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | *p++;
	return v;
}

static void on_message(void *ctx, const struct ipfix_message *m)
{
	bool told = false; /* templates, which stand last */
	struct bytes b;

	(void)ctx;
	messages++;
	ck_assert_uint_eq(be(m->data, 2), 10);
	ck_assert_uint_eq(be(m->data + 2, 2), m->bytes);
	ck_assert_uint_eq(be(m->data + 8, 4), next_number);
	ck_assert_uint_eq(be(m->data + 12, 4), 7);
	next_number += m->records + m->option_records;
	records += m->records;
	option_records += m->option_records;
	octets += m->octets;
	longest = m->bytes > longest ? m->bytes : longest;
	for (size_t at = HEADER; at < m->bytes; at += be(m->data + at + 2, 2)) {
		ck_assert_uint_ge(be(m->data + at + 2, 2), 5); /* no set is empty */
		templates += be(m->data + at, 2) == 2;
		told |= be(m->data + at, 2) < 256;
		ck_assert(!told || be(m->data + at, 2) < 256);
	}
	if (deaf)
		return;
	memcpy(b.data, m->data, m->bytes);
	b.n = m->bytes;
	b.set = 0;
	heard_send(&h, &b);
}

static void open_encoder(bool biflow)
{
	ipfix_encoder_free(x);
	options = (struct ipfix_options){.biflow = biflow, .domain = 7, .name = "probe", .started_us = EXPORT_US - 1000000, .send = on_message};
	x = ipfix_encoder_new(&options, dpi);
	next_number = 0;
}

static void setup(void)
{
	heard_open(&h, NULL);
	dpi = dpi_open(NULL);
	open_encoder(true);
}

static void teardown(void)
{
	ipfix_encoder_free(x);
	dpi_close(dpi);
	heard_close(&h);
}

static void set_addr(struct addr *a, const char *text)
{
	ck_assert_int_eq(addr_parse(a, text, NULL), 0);
}

static struct flow web_flow(void)
{
	struct flow f = {.port = {40000, 443}, .l4 = TCP, .ip_version = 4, .vlan = 12, .id = 99, .flags = FLOW_DPI_DONE | FLOW_MAC_SET,
			 .mac = {{2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 2}}};

	set_addr(&f.addr[0], "10.0.0.1");
	set_addr(&f.addr[1], "192.0.2.7");
	ck_assert(dpi_app_find(dpi, "TLS.Google", &f.class_));
	return f;
}

static struct flow_part part_of(const struct flow *f)
{
	return (struct flow_part){
		.flow = f, .end_reason = FLOW_END_SEEN,
		.side = {{.packets = 10, .octets = 1000, .bytes = 1140, .first_us = EXPORT_US - 5000000, .last_us = EXPORT_US - 2000000,
			  .tcp_flags = 0x1b, .tos = 0x20, .icmp_type = 8, .icmp_code = 1},
			 {.packets = 20, .octets = 20000, .bytes = 20280, .first_us = EXPORT_US - 6000000, .last_us = EXPORT_US - 1000000,
			  .tcp_flags = 0x12, .tos = 0x40}}};
}

static void put_part(const struct flow_part *p)
{
	ipfix_put(x, p, EXPORT_US);
	ipfix_flush(x, EXPORT_US);
}

static bool has(const struct flow_record *r, enum record_has what)
{
	return (r->has & RECORD_HAS(what)) != 0;
}

START_TEST(ipfix_record_tells_both_directions_of_a_flow)
{
	struct flow f = web_flow();
	struct flow_part p = part_of(&f);
	const struct flow_record *r = &h.record[0];

	put_part(&p);
	ck_assert_uint_eq(h.records, 1);
	ck_assert(heard_addr(&r->addr[0], "10.0.0.1") && heard_addr(&r->addr[1], "192.0.2.7"));
	ck_assert(r->port[0] == 40000 && r->port[1] == 443 && r->l4 == TCP && r->vlan[0] == 12);
	for (unsigned d = 0; d < 2; d++) {
		ck_assert_uint_eq(r->packets[d], p.side[d].packets);
		ck_assert_uint_eq(r->bytes[d], p.side[d].octets);
		ck_assert_uint_eq(r->layer2_bytes[d], p.side[d].bytes);
		ck_assert_uint_eq(r->tcp_flags[d], p.side[d].tcp_flags);
		ck_assert_uint_eq(r->tos[d], p.side[d].tos);
		ck_assert_mem_eq(r->mac[d], f.mac[d], 6);
	}
	ck_assert(r->flags & RECORD_BIFLOW);
	ck_assert_uint_eq(r->biflow_direction, 1);
	ck_assert_int_eq(r->start_us, EXPORT_US - 6000000); /* of both */
	ck_assert_int_eq(r->end_us, EXPORT_US - 1000000);
	ck_assert_uint_eq(r->end_reason, 3);
	ck_assert_uint_eq(r->flow_id, 99);
	ck_assert_str_eq(h.text[0][RECORD_APP], "TLS.Google");
	ck_assert_uint_eq(heard_exporter(&h)->malformed, 0);
	ck_assert_str_eq(heard_exporter(&h)->name, "probe");
	ck_assert_int_eq(heard_exporter(&h)->boot_us, EXPORT_US - 1000000);
}
END_TEST

START_TEST(ipfix_name_of_an_application_is_told_by_its_number_too)
{
	struct flow f = web_flow();
	struct flow_part p = part_of(&f);

	put_part(&p);
	ck_assert_uint_eq(h.record[0].app_id >> 56, 20);                        /* PANA-L7-PEN */
	ck_assert_uint_eq(h.record[0].app_id >> 24 & UINT32_MAX, 35632);
	ck_assert_str_eq(export_name_get(h.d, heard_exporter(&h), EXPORT_NAME_APP, h.record[0].app_id), "TLS.Google");
}
END_TEST

START_TEST(ipfix_flow_that_is_not_known_has_no_name)
{
	struct flow f = web_flow();
	struct flow_part p = part_of(&f);

	f.class_ = (struct dpi_class){0};
	put_part(&p);
	ck_assert_uint_eq(h.record[0].text[RECORD_APP].bytes, 0);
	ck_assert_uint_eq(h.record[0].app_id, 0);
	ck_assert_uint_eq(option_records, 1); /* of the exporter itself */
}
END_TEST

START_TEST(ipfix_one_way_records_are_of_the_directions_that_have_packets)
{
	struct flow f = web_flow();
	struct flow_part p = part_of(&f);

	open_encoder(false);
	put_part(&p);
	ck_assert_uint_eq(h.records, 2);
	ck_assert(heard_addr(&h.record[1].addr[0], "192.0.2.7") && h.record[1].port[0] == 443);
	ck_assert_uint_eq(h.record[1].bytes[0], 20000);
	ck_assert_uint_eq(h.record[1].tcp_flags[0], 0x12);
	ck_assert_int_eq(h.record[0].start_us, EXPORT_US - 5000000); /* its own */
	ck_assert(!(h.record[0].flags & RECORD_BIFLOW) && !has(&h.record[0], HAS_BIFLOW_DIRECTION));
	p.side[0].packets = 0;
	put_part(&p);
	ck_assert_uint_eq(h.records, 3);
	ck_assert_uint_eq(records, 3);
	ck_assert_uint_eq(octets, 1000 + 2 * 20000);
}
END_TEST

START_TEST(ipfix_of_other_protocols_has_what_they_have)
{
	static const struct { uint8_t version, l4; } kinds[] = {{4, ICMP}, {6, ICMP6}, {4, GRE}, {6, UDP}, {6, GRE}};

	for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		const struct flow_record *r = &h.record[i];
		struct flow f = web_flow();
		struct flow_part p = part_of(&f);

		f.l4 = kinds[i].l4;
		f.ip_version = kinds[i].version;
		if (f.ip_version == 6) {
			set_addr(&f.addr[0], "2001:db8::1");
			set_addr(&f.addr[1], "2001:db8::2");
		}
		put_part(&p);
		ck_assert_uint_eq(h.records, i + 1);
		ck_assert_uint_eq(r->l4, f.l4);
		ck_assert_uint_eq(r->ip_version, f.ip_version);
		ck_assert(addr_eq(&r->addr[1], &f.addr[1]));
		ck_assert_uint_eq(has(r, HAS_PORTS), f.l4 == UDP);
		ck_assert_uint_eq(has(r, HAS_ICMP), f.l4 == ICMP || f.l4 == ICMP6);
		if (has(r, HAS_ICMP))
			ck_assert(r->icmp_type == 8 && r->icmp_code == 1);
	}
}
END_TEST

START_TEST(ipfix_names_of_hosts_are_told_by_what_they_are)
{
	static const char *const http[FLOW_TEXT_COUNT] = {[FLOW_SITE] = "www.example.org", [FLOW_METHOD] = "GET"};
	static const char *const tls[FLOW_TEXT_COUNT] = {[FLOW_SITE] = "tls.example.org"};
	static const char *const name[FLOW_TEXT_COUNT] = {[FLOW_QUERY] = "example.net"};
	const char *const *all[] = {http, tls, name};

	for (unsigned i = 0; i < 3; i++) {
		struct flow f = web_flow();
		struct flow_part p = part_of(&f);

		f.meta = flow_meta_new(all[i]);
		put_part(&p);
		mem_free(f.meta);
	}
	ck_assert_str_eq(h.text[0][RECORD_HOST], "www.example.org");
	ck_assert_str_eq(h.text[1][RECORD_HOST], "tls.example.org");
	ck_assert_str_eq(h.text[2][RECORD_QUERY], "example.net");
	ck_assert_str_eq(h.text[2][RECORD_HOST], "");
}
END_TEST

START_TEST(ipfix_message_has_no_more_than_its_limit_whatever_the_names)
{
	static const size_t limits[] = {IPFIX_MESSAGE_MIN, 1023, 1024, IPFIX_MESSAGE_MAX, 1, 100000};
	const char *texts[FLOW_TEXT_COUNT] = {NULL};
	char name[600];

	for (size_t i = 0; i + 3 < sizeof name; i += 3)
		memcpy(name + i, "\xe4\xb8\xad", 4); /* is not cut within a character */
	texts[FLOW_SITE] = texts[FLOW_QUERY] = name;
	for (size_t k = 0; k < sizeof limits / sizeof limits[0]; k++) {
		struct flow f = web_flow();
		struct flow_part p = part_of(&f);
		unsigned before = h.records;

		f.meta = flow_meta_new(texts);
		f.ip_version = 6;
		ipfix_limit(x, limits[k]);
		longest = 0;
		for (unsigned i = 0; i < 9; i++)
			ipfix_put(x, &p, EXPORT_US);
		ipfix_flush(x, EXPORT_US);
		mem_free(f.meta);
		ck_assert_uint_eq(h.records - before, 9);
		ck_assert_uint_le(longest, limits[k] < IPFIX_MESSAGE_MIN ? IPFIX_MESSAGE_MIN : limits[k]);
		ck_assert_uint_le(longest, IPFIX_MESSAGE_MAX);
		ck_assert(text_is_clean(h.text[before][RECORD_HOST]) && h.text[before][RECORD_HOST][0] != '\0');
	}
	ck_assert_uint_eq(heard_exporter(&h)->malformed, 0);
}
END_TEST

START_TEST(ipfix_templates_are_told_again_after_messages_and_after_time_and_when_asked)
{
	struct flow f = web_flow();
	struct flow_part p = part_of(&f);

	put_part(&p);
	ck_assert_uint_eq(templates, 1);
	for (unsigned i = 0; i < 63; i++)
		put_part(&p);
	ck_assert_uint_eq(templates, 1);
	put_part(&p);
	ck_assert_uint_eq(templates, 2);
	put_part(&p);
	ck_assert_uint_eq(templates, 2);
	ipfix_put(x, &p, EXPORT_US + 31000000);
	ipfix_flush(x, EXPORT_US + 31000000);
	ck_assert_uint_eq(templates, 3);
	ipfix_renew(x);
	ipfix_put(x, &p, EXPORT_US + 31000000);
	ipfix_flush(x, EXPORT_US + 31000000);
	ck_assert_uint_eq(templates, 4);
	ck_assert_uint_eq(heard_exporter(&h)->lost, 0);
}
END_TEST

START_TEST(ipfix_collector_that_comes_late_loses_nothing_behind_the_next_templates)
{
	struct flow f = web_flow();
	struct flow_part p = part_of(&f);

	deaf = 1;
	put_part(&p);
	deaf = 0;
	put_part(&p);
	ck_assert_uint_eq(h.records, 0);
	ipfix_renew(x);
	put_part(&p);
	ck_assert_uint_eq(h.records, 2); /* the one that waited, too */
}
END_TEST

START_TEST(ipfix_interfaces_are_told_by_number_and_name)
{
	static const struct ipfix_interface interfaces[] = {{3, "eth0"}, {0, "gone0"}};
	struct flow f = web_flow();
	struct flow_part p = part_of(&f);

	ipfix_encoder_free(x);
	options.interfaces = interfaces;
	options.interface_count = 2;
	x = ipfix_encoder_new(&options, dpi);
	put_part(&p);
	ck_assert(has(&h.record[0], HAS_IN));
	ck_assert_uint_eq(h.record[0].interface[0], 3);
	ck_assert_str_eq(export_name_get(h.d, heard_exporter(&h), EXPORT_NAME_INTERFACE, 3), "eth0");
	f.source = 5; /* no such */
	put_part(&p);
	ck_assert_uint_eq(h.record[1].interface[0], 0);
}
END_TEST

static void random_side(struct flow_part_side *s)
{
	*s = (struct flow_part_side){.packets = (uint64_t)random() % 3 == 0 ? 0 : (uint64_t)random() << (random() % 20)};
	if (s->packets == 0)
		return;
	s->octets = (uint64_t)random() << (random() % 20);
	s->bytes = s->octets + (uint64_t)random() % 100000;
	s->first_us = EXPORT_US - random() % 60000000;
	s->last_us = s->first_us + random() % 60000000;
	s->tcp_flags = (uint8_t)random();
	s->tos = (uint8_t)random();
}

static void random_flow(struct flow *f, struct flow_part *p)
{
	*f = web_flow();
	f->l4 = (uint8_t)(random() % 3 == 0 ? random() : random() % 2 ? TCP : UDP);
	f->port[0] = (uint16_t)random();
	f->class_.app = (uint16_t)(random() % 400);
	f->class_.master = (uint16_t)(random() % 400);
	if (random() % 2) {
		f->ip_version = 6;
		for (unsigned i = 0; i < 32; i++)
			f->addr[i / 16].b[i % 16] = (uint8_t)random();
		f->addr[0].b[0] = f->addr[1].b[0] = 0x20;
	}
	*p = (struct flow_part){.flow = f, .end_reason = FLOW_END_ACTIVE};
	do {
		random_side(&p->side[0]);
		random_side(&p->side[1]);
	} while (p->side[0].packets + p->side[1].packets == 0);
}

static void sums_survive(bool biflow)
{
	struct flow_counters sent = {{0}, {0}}, got = {{0}, {0}};

	open_encoder(biflow);
	srandom(7);
	for (unsigned i = 0; i < FLOWS; i++) {
		struct flow f;
		struct flow_part p;

		random_flow(&f, &p);
		h.records = 0;
		put_part(&p);
		for (unsigned d = 0; d < 2; d++) {
			sent.bytes[d] += p.side[d].octets;
			sent.packets[d] += p.side[d].packets;
		}
		for (unsigned k = 0; k < h.records; k++) {
			unsigned turned = !addr_eq(&h.record[k].addr[0], &f.addr[0]);

			for (unsigned d = 0; d < 2; d++) {
				got.bytes[d ^ turned] += h.record[k].bytes[d];
				got.packets[d ^ turned] += h.record[k].packets[d];
			}
		}
	}
	ck_assert_mem_eq(&sent, &got, sizeof sent);
	ck_assert_uint_eq(octets, sent.bytes[0] + sent.bytes[1]);
	ck_assert_uint_eq(heard_exporter(&h)->malformed + heard_exporter(&h)->lost, 0);
}

START_TEST(ipfix_loses_no_byte_of_any_flow)
{
	sums_survive(true);
}
END_TEST

START_TEST(ipfix_loses_no_byte_in_one_way_records)
{
	sums_survive(false);
}
END_TEST

Suite *ipfix_encoder_suite(void)
{
	Suite *s = suite_create("ipfix_encoder");
	TCase *c = tcase_create("encoder");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, ipfix_record_tells_both_directions_of_a_flow);
	tcase_add_test(c, ipfix_name_of_an_application_is_told_by_its_number_too);
	tcase_add_test(c, ipfix_flow_that_is_not_known_has_no_name);
	tcase_add_test(c, ipfix_one_way_records_are_of_the_directions_that_have_packets);
	tcase_add_test(c, ipfix_of_other_protocols_has_what_they_have);
	tcase_add_test(c, ipfix_names_of_hosts_are_told_by_what_they_are);
	tcase_add_test(c, ipfix_message_has_no_more_than_its_limit_whatever_the_names);
	tcase_add_test(c, ipfix_templates_are_told_again_after_messages_and_after_time_and_when_asked);
	tcase_add_test(c, ipfix_collector_that_comes_late_loses_nothing_behind_the_next_templates);
	tcase_add_test(c, ipfix_interfaces_are_told_by_number_and_name);
	tcase_add_test(c, ipfix_loses_no_byte_of_any_flow);
	tcase_add_test(c, ipfix_loses_no_byte_in_one_way_records);
	suite_add_tcase(s, c);
	return s;
}
