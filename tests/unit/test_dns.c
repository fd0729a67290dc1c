/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * decode/dns.c: messages as they should be, and as an attacker would send them.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "dpitop/dns.h"

Suite *dns_suite(void);

/* www.example.org A? -> CNAME web.example.org -> 192.0.2.7; plus AAAA 2001:db8::7 */
static const uint8_t answer[] = {
	0x12, 0x34, 0x81, 0x80, 0, 1, 0, 3, 0, 0, 0, 0,
	3, 'W', 'w', 'w', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'o', 'r', 'g', 0, 0, 1, 0, 1,
	0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 6, 3, 'w', 'e', 'b', 0xc0, 16,
	0xc0, 45, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7,
	0xc0, 45, 0, 28, 0, 1, 0, 0, 0, 60, 0, 16, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7,
};

START_TEST(dns_answer_names_its_addresses_by_the_question)
{
	struct dns_message m;
	char text[ADDR_TEXT];

	ck_assert(dns_parse(&m, answer, sizeof answer));
	ck_assert(m.response);
	ck_assert_uint_eq(m.id, 0x1234);
	ck_assert_str_eq(m.query, "www.example.org");
	ck_assert_uint_eq(m.query_type, 1);
	ck_assert_uint_eq(m.count, 2);
	ck_assert_str_eq(addr_format(&m.answers[0], text, sizeof text), "192.0.2.7");
	ck_assert_str_eq(addr_format(&m.answers[1], text, sizeof text), "2001:db8::7");
}
END_TEST

START_TEST(dns_message_cut_anywhere_keeps_what_was_whole)
{
	struct dns_message m;
	uint8_t copy[sizeof answer];

	for (size_t n = 0; n < sizeof answer; n++) {
		/* at the end of a block of its own, so that a read past the cut is seen by ASan */
		uint8_t *exact = memcpy(copy + sizeof copy - n, answer, n);
		bool parsed = dns_parse(&m, exact, n);

		ck_assert_int_eq(parsed, n >= 33); /* header and question */
		if (parsed)
			ck_assert_uint_eq(m.count, n >= 67); /* A is whole from there on */
	}
}
END_TEST

START_TEST(dns_pointer_forwards_or_to_itself_is_refused)
{
	struct dns_message m;
	uint8_t loop[] = {0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1};
	uint8_t forward[] = {0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 14, 1, 'a', 0, 0, 1, 0, 1};

	ck_assert(!dns_parse(&m, loop, sizeof loop));
	ck_assert(!dns_parse(&m, forward, sizeof forward));
}
END_TEST

START_TEST(dns_name_longer_than_255_octets_is_refused)
{
	uint8_t bytes[12 + 64 * 5 + 5] = {0, 1, 0, 0, 0, 1};
	struct dns_message m;

	for (int i = 0; i < 5; i++) {
		bytes[12 + i * 64] = 63;
		memset(bytes + 13 + i * 64, 'a', 63);
	}
	ck_assert(!dns_parse(&m, bytes, sizeof bytes));
}
END_TEST

START_TEST(dns_hostile_bytes_in_a_name_become_printable)
{
	uint8_t q[] = {0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 5, 'a', 0x1b, '.', 0, 0xff, 0, 0, 1, 0, 1};
	struct dns_message m;

	ck_assert(dns_parse(&m, q, sizeof q));
	ck_assert_str_eq(m.query, "a????");
	ck_assert(!m.response);
}
END_TEST

START_TEST(dns_more_answers_than_fit_are_cut_at_the_bound)
{
	static uint8_t bytes[12 + 1 + 4 + 40 * 15];
	static const uint8_t record[] = {0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 192, 0, 2, 1};
	const uint8_t header[] = {0, 1, 0x80, 0, 0, 1, 0, 40, 0, 0, 0, 0, 0, 0, 1, 0, 1};
	struct dns_message m;

	memcpy(bytes, header, sizeof header);
	for (int i = 0; i < 40; i++)
		memcpy(bytes + sizeof header + i * sizeof record, record, sizeof record);
	ck_assert(dns_parse(&m, bytes, sizeof bytes));
	ck_assert_uint_eq(m.count, DNS_MAX_ANSWERS);
}
END_TEST

START_TEST(dns_update_and_status_messages_are_not_answers)
{
	struct dns_message m;
	uint8_t copy[sizeof answer];

	memcpy(copy, answer, sizeof answer);
	copy[2] = 0xa8; /* opcode 5 */
	ck_assert(!dns_parse(&m, copy, sizeof copy));
}
END_TEST

START_TEST(dns_ptr_query_of_ipv4_is_its_reverse_name)
{
	uint8_t bytes[128];
	struct dns_message m;
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, "192.0.20.107", NULL), 0);
	size_t n = dns_ptr_query(bytes, sizeof bytes, 7, &a);

	ck_assert(dns_parse(&m, bytes, n));
	ck_assert_str_eq(m.query, "107.20.0.192.in-addr.arpa");
	ck_assert_uint_eq(m.query_type, 12);
	ck_assert_uint_eq(m.id, 7);
	ck_assert_uint_eq(dns_ptr_query(bytes, 20, 7, &a), 0);
}
END_TEST

START_TEST(dns_ptr_query_of_ipv6_is_its_nibbles)
{
	uint8_t bytes[128];
	struct dns_message m;
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, "2001:db8::ab", NULL), 0);
	ck_assert(dns_parse(&m, bytes, dns_ptr_query(bytes, sizeof bytes, 7, &a)));
	ck_assert_str_eq(m.query, "b.a.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}
END_TEST

START_TEST(dns_ptr_answer_gives_the_name)
{
	static const uint8_t tail[] = {0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 9, 0, 6, 4, 'h', 'o', 's', 't', 0};
	uint8_t bytes[192];
	struct dns_message m;
	struct addr a;

	addr_parse(&a, "192.0.2.1", NULL);
	size_t n = dns_ptr_query(bytes, 128, 9, &a);

	bytes[2] |= 0x80;
	bytes[7] = 1;
	memcpy(bytes + n, tail, sizeof tail);
	ck_assert(dns_parse(&m, bytes, n + sizeof tail));
	ck_assert_str_eq(m.ptr, "host");
}
END_TEST

Suite *dns_suite(void)
{
	Suite *s = suite_create("dns");
	TCase *c = tcase_create("dns");

	tcase_add_test(c, dns_answer_names_its_addresses_by_the_question);
	tcase_add_test(c, dns_message_cut_anywhere_keeps_what_was_whole);
	tcase_add_test(c, dns_pointer_forwards_or_to_itself_is_refused);
	tcase_add_test(c, dns_name_longer_than_255_octets_is_refused);
	tcase_add_test(c, dns_hostile_bytes_in_a_name_become_printable);
	tcase_add_test(c, dns_more_answers_than_fit_are_cut_at_the_bound);
	tcase_add_test(c, dns_update_and_status_messages_are_not_answers);
	tcase_add_test(c, dns_ptr_query_of_ipv4_is_its_reverse_name);
	tcase_add_test(c, dns_ptr_query_of_ipv6_is_its_nibbles);
	tcase_add_test(c, dns_ptr_answer_gives_the_name);
	suite_add_tcase(s, c);
	return s;
}
