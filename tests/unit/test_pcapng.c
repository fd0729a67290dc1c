/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * export/pcapng.c: the bytes of its blocks, and what libpcap reads of them.
 */
#include "config.h"

#include <check.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/pcapng.h"

Suite *pcapng_suite(void);

static uint8_t file[65536]; /* a test is a process of its own: this is not shared */
static size_t length;

static FILE *begin(void)
{
	return fmemopen(file, sizeof file, "w");
}

static void end(FILE *out)
{
	fflush(out);
	length = (size_t)ftell(out);
	fclose(out);
}

static uint32_t at32(size_t i)
{
	uint32_t v;

	memcpy(&v, file + i, sizeof v);
	return v;
}

/* Each block has its length at both ends, a multiple of four; they fill the file. Returns how many. */
static unsigned blocks(void)
{
	size_t at = 0;
	unsigned n = 0;

	for (; at < length; n++) {
		uint32_t bytes = at32(at + 4);

		ck_assert_uint_ge(bytes, 12);
		ck_assert_uint_eq(bytes % 4, 0);
		ck_assert_uint_le(at + bytes, length);
		ck_assert_uint_eq(at32(at + bytes - 4), bytes);
		at += bytes;
	}
	ck_assert_uint_eq(at, length);
	return n;
}

START_TEST(section_begins_with_its_magic_numbers)
{
	FILE *out = begin();

	pcapng_section(out, "");
	end(out);
	ck_assert_uint_eq(at32(0), 0x0a0d0d0a);
	ck_assert_uint_eq(at32(8), 0x1a2b3c4d);
	ck_assert_uint_eq(at32(12), 1); /* version 1.0 */
	ck_assert_uint_eq(at32(16), UINT32_MAX);
	ck_assert_uint_eq(at32(20), UINT32_MAX);
	ck_assert_uint_eq(blocks(), 1);
}
END_TEST

START_TEST(blocks_are_whole_for_texts_and_packets_of_any_length)
{
	static const uint8_t data[1600];
	char text[16] = "";
	unsigned n = 0;
	FILE *out = begin();

	pcapng_section(out, "host = 10.0.0.5");
	for (size_t i = 0; i < 8; i++) {
		pcapng_interface(out, text, 1, 0);
		text[i] = 'x';
	}
	for (uint32_t i = 0; i < 70; i += 1, n++)
		pcapng_packet(out, i % 8, 1, data, i, i);
	end(out);
	ck_assert_uint_eq(blocks(), 1 + 8 + n);
}
END_TEST

START_TEST(long_comment_is_cut_between_characters)
{
	char comment[600];

	for (unsigned shift = 0; shift < 3; shift++) {
		FILE *out = begin();
		size_t n;

		memset(comment, 'x', shift);
		for (n = shift; n + 3 < sizeof comment; n += 3)
			memcpy(comment + n, "\u4e2d", 3);
		comment[n] = '\0';
		pcapng_section(out, comment);
		end(out);
		ck_assert_uint_eq(blocks(), 1);
		n = at32(24) >> 16; /* length of the first option */
		ck_assert_uint_le(n, 512);
		ck_assert_uint_eq((n - shift) % 3, 0);
		ck_assert_uint_ge(n, 510);
	}
}
END_TEST

START_TEST(packet_has_its_time_in_microseconds_and_both_lengths)
{
	const int64_t ts_us = INT64_C(1700000000123456);
	FILE *out = begin();
	size_t at;

	pcapng_section(out, "");
	pcapng_interface(out, "eth0", 1, 65535);
	pcapng_packet(out, 0, ts_us, (const uint8_t *)"abcde", 5, 1514);
	end(out);
	at = length - (12 + 20 + 8);
	ck_assert_uint_eq(at32(at), 6);
	ck_assert_int_eq((int64_t)((uint64_t)at32(at + 12) << 32 | at32(at + 16)), ts_us);
	ck_assert_uint_eq(at32(at + 20), 5);
	ck_assert_uint_eq(at32(at + 24), 1514);
	ck_assert_mem_eq(file + at + 28, "abcde\0\0\0", 8);
}
END_TEST

/* What libpcap reads: link type and packets. */
static int linktype_read(int dlt, unsigned *packets, struct pcap_pkthdr *last)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	struct pcap_pkthdr *head;
	const u_char *data;
	FILE *out = begin();
	pcap_t *p;
	int r;

	pcapng_section(out, "both directions");
	pcapng_interface(out, "eth0", dlt, 262144);
	pcapng_interface(out, "eth1", dlt, 262144);
	pcapng_packet(out, 0, INT64_C(1700000000123456), (const uint8_t *)"abcdef", 6, 6);
	pcapng_packet(out, 1, INT64_C(1700000001654321), (const uint8_t *)"abcdefg", 7, 900);
	end(out);
	p = pcap_fopen_offline(fmemopen(file, length, "r"), why);
	ck_assert_msg(p != NULL, "%s", why);
	for (*packets = 0; pcap_next_ex(p, &head, &data) == 1; ++*packets)
		*last = *head;
	r = pcap_datalink(p);
	pcap_close(p);
	return r;
}

START_TEST(libpcap_reads_what_was_written)
{
	struct pcap_pkthdr last;
	unsigned packets;

	ck_assert_int_eq(linktype_read(DLT_EN10MB, &packets, &last), DLT_EN10MB);
	ck_assert_uint_eq(packets, 2);
	ck_assert_int_eq(last.ts.tv_sec, 1700000001);
	ck_assert_int_eq(last.ts.tv_usec, 654321);
	ck_assert_uint_eq(last.caplen, 7);
	ck_assert_uint_eq(last.len, 900);
}
END_TEST

START_TEST(link_types_are_read_back_as_they_were)
{
	static const int types[] = {DLT_NULL, DLT_PPP, DLT_RAW, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_IEEE802_11_RADIO,
				    DLT_IPV4, DLT_IPV6, DLT_PPP_SERIAL, DLT_ATM_RFC1483, DLT_C_HDLC, DLT_LOOP};
	struct pcap_pkthdr last;
	unsigned packets;

	ck_assert_int_eq(linktype_read(types[_i], &packets, &last), types[_i]);
}
END_TEST

Suite *pcapng_suite(void)
{
	Suite *s = suite_create("pcapng");
	TCase *t = tcase_create("blocks");

	tcase_add_test(t, section_begins_with_its_magic_numbers);
	tcase_add_test(t, blocks_are_whole_for_texts_and_packets_of_any_length);
	tcase_add_test(t, long_comment_is_cut_between_characters);
	tcase_add_test(t, packet_has_its_time_in_microseconds_and_both_lengths);
	tcase_add_test(t, libpcap_reads_what_was_written);
	tcase_add_loop_test(t, link_types_are_read_back_as_they_were, 0, 12);
	suite_add_tcase(s, t);
	return s;
}
