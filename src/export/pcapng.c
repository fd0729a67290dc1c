/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng, sections 3 and 4), in the byte order of the
 * machine, as the format allows: the section header tells which. libpcap reads this format but does
 * not write it. Any thread.
 */
#include "config.h"

#include "dpitop/pcapng.h"

#include <string.h>

enum { /* block types, section 4 */
	BLOCK_SECTION = 0x0a0d0d0a, BLOCK_INTERFACE = 1, BLOCK_PACKET = 6
};
enum { /* options, sections 3.5, 4.1 and 4.2 */
	OPTION_END = 0, OPTION_COMMENT = 1, OPTION_USERAPPL = 4, OPTION_IF_NAME = 2, OPTION_IF_TSRESOL = 9
};
enum { BLOCK_BYTES = 12 /* type and twice the length */, OPTION_BYTES = 4, TEXT_MAX = 512 };

static const uint32_t byte_order_magic = 0x1a2b3c4d;

static uint32_t padded(uint32_t n)
{
	return (n + 3) & ~UINT32_C(3);
}

static void put(FILE *out, const void *p, size_t n)
{
	fwrite(p, 1, n, out);
}

static void put16(FILE *out, uint16_t v)
{
	put(out, &v, sizeof v);
}

static void put32(FILE *out, uint32_t v)
{
	put(out, &v, sizeof v);
}

static void put_padded(FILE *out, const void *p, uint32_t n)
{
	static const uint8_t zero[4];

	put(out, p, n);
	put(out, zero, padded(n) - n);
}

/* Cut between characters: options are UTF-8. */
static uint32_t text_length(const char *s)
{
	size_t n = strnlen(s, TEXT_MAX);

	if (n == TEXT_MAX)
		while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
			n--;
	return (uint32_t)n;
}

/* Bytes of an option of n; none if there is nothing to say. */
static uint32_t option_bytes(uint32_t n)
{
	return n > 0 ? OPTION_BYTES + padded(n) : 0;
}

static void put_option(FILE *out, uint16_t code, const void *p, uint32_t n)
{
	if (n == 0)
		return;
	put16(out, code);
	put16(out, (uint16_t)n);
	put_padded(out, p, n);
}

static void put_end_of_options(FILE *out)
{
	put16(out, OPTION_END);
	put16(out, 0);
}

void pcapng_section(FILE *out, const char *comment)
{
	static const char program[] = "dpitop " PACKAGE_VERSION;
	const uint64_t unknown_length = UINT64_MAX;
	uint32_t bytes = BLOCK_BYTES + 16 + option_bytes(text_length(comment)) +
			 option_bytes(sizeof program - 1) + OPTION_BYTES;

	put32(out, BLOCK_SECTION);
	put32(out, bytes);
	put32(out, byte_order_magic);
	put16(out, 1); /* version 1.0 */
	put16(out, 0);
	put(out, &unknown_length, sizeof unknown_length);
	put_option(out, OPTION_COMMENT, comment, text_length(comment));
	put_option(out, OPTION_USERAPPL, program, sizeof program - 1);
	put_end_of_options(out);
	put32(out, bytes);
}

/* What the numbers of pcap_datalink() are called in files, where they differ:
 * https://www.tcpdump.org/linktypes.html, and libpcap's dlt.h for Linux. */
static uint16_t file_linktype(int dlt)
{
	static const struct {
		int dlt;
		uint16_t linktype;
	} others[] = {{11, 100}, {12, 101}, {13, 102}, {14, 103}, {19, 106}};
	size_t i;

	for (i = 0; i < sizeof others / sizeof *others; i++)
		if (others[i].dlt == dlt)
			return others[i].linktype;
	return (uint16_t)dlt;
}

void pcapng_interface(FILE *out, const char *name, int linktype, uint32_t snaplen)
{
	static const uint8_t microseconds = 6;
	uint32_t bytes = BLOCK_BYTES + 8 + option_bytes(text_length(name)) + option_bytes(1) +
			 OPTION_BYTES;

	put32(out, BLOCK_INTERFACE);
	put32(out, bytes);
	put16(out, file_linktype(linktype));
	put16(out, 0);
	put32(out, snaplen);
	put_option(out, OPTION_IF_NAME, name, text_length(name));
	put_option(out, OPTION_IF_TSRESOL, &microseconds, 1);
	put_end_of_options(out);
	put32(out, bytes);
}

void pcapng_packet(FILE *out, uint32_t interface, int64_t ts_us, const uint8_t *data, uint32_t cap_len,
		   uint32_t wire_len)
{
	uint32_t bytes = BLOCK_BYTES + 20 + padded(cap_len);

	put32(out, BLOCK_PACKET);
	put32(out, bytes);
	put32(out, interface);
	put32(out, (uint32_t)((uint64_t)ts_us >> 32));
	put32(out, (uint32_t)ts_us);
	put32(out, cap_len);
	put32(out, wire_len);
	put_padded(out, data, cap_len);
	put32(out, bytes);
}
