/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Addresses, prefixes and MACs: text both ways, order, prefixes, and what kind an address is. Any
 * thread; called by every room.
 */
#include "config.h"

#include "dpitop/addr.h"

#include <arpa/inet.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>

const struct addr addr_none = {{0}};

/* Each flow's key begins with this comparison: two words, the first byte the most significant. */
static uint64_t word(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return be64toh(v);
}

int addr_cmp(const struct addr *a, const struct addr *b)
{
	uint64_t x = word(a->b), y = word(b->b);

	if (x == y) {
		x = word(a->b + 8);
		y = word(b->b + 8);
	}
	return (x > y) - (x < y);
}

static char *put_byte(char *p, unsigned v)
{
	if (v >= 100)
		*p++ = (char)('0' + v / 100);
	if (v >= 10)
		*p++ = (char)('0' + v / 10 % 10);
	*p++ = (char)('0' + v % 10);
	return p;
}

/* By hand: exports print addresses by the million. */
static void format_v4(const uint8_t *b, char buf[16])
{
	char *p = buf;

	for (unsigned i = 0; i < 4; i++) {
		if (i > 0)
			*p++ = '.';
		p = put_byte(p, b[i]);
	}
	*p = '\0';
}

static const char hex[] = "0123456789abcdef";

static char *put_group(char *p, unsigned v)
{
	for (unsigned shift = v >= 0x1000 ? 12 : v >= 0x100 ? 8 : v >= 0x10 ? 4 : 0;; shift -= 4) {
		*p++ = hex[v >> shift & 15];
		if (shift == 0)
			return p;
	}
}

/* The longest run of groups that are 0, the first of those, from two on: "::" (RFC 5952 section 4.2). */
static unsigned longest_gap(const unsigned group[8], unsigned *at)
{
	unsigned longest = 1, run = 0;

	for (unsigned i = 0; i < 8; i++) {
		run = group[i] == 0 ? run + 1 : 0;
		if (run > longest) {
			longest = run;
			*at = i + 1 - run;
		}
	}
	return longest > 1 ? longest : 0;
}

static void format_v6(const uint8_t *b, char buf[ADDR_TEXT])
{
	unsigned group[8], gap_at = 8, gap;
	char *p = buf;

	for (unsigned i = 0; i < 8; i++)
		group[i] = (unsigned)b[2 * i] << 8 | b[2 * i + 1];
	gap = longest_gap(group, &gap_at);
	for (unsigned i = 0; i < 8; i++) {
		if (i == gap_at) {
			i += gap - 1;
			*p++ = ':';
			if (i == 7)
				*p++ = ':';
			continue;
		}
		if (i > 0)
			*p++ = ':';
		p = put_group(p, group[i]);
	}
	*p = '\0';
}

/* ::a.b.c.d and ::ffff:a.b.c.d are written so (RFC 4291 section 2.5.5), and the latter is IPv4 here. */
static bool holds_v4(const struct addr *a)
{
	static const uint8_t zero[12];

	return memcmp(a->b, zero, sizeof zero) == 0 && (a->b[12] | a->b[13]) != 0;
}

const char *addr_format(const struct addr *a, char *buf, size_t size)
{
	bool v4 = addr_is_v4(a);

	if (v4 && size >= 16)
		format_v4(a->b + 12, buf);
	else if (!v4 && size >= ADDR_TEXT && !holds_v4(a))
		format_v6(a->b, buf);
	else if (inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? a->b + 12 : a->b, buf, (socklen_t)size) == NULL && size > 0)
		buf[0] = '\0';
	return buf;
}

int addr_parse(struct addr *a, const char *text, struct error *e)
{
	uint8_t bytes[16];

	if (inet_pton(AF_INET, text, bytes) == 1)
		*a = addr_from_v4(bytes);
	else if (inet_pton(AF_INET6, text, bytes) == 1)
		*a = addr_from_v6(bytes);
	else
		return error_set_at(e, ERR_FORMAT, 0, "'%.60s' is no IPv4 or IPv6 address", text);
	return 0;
}

/* The first n bits of a word, of its 64 at most. */
static uint64_t first_bits(unsigned n)
{
	return n == 0 ? 0 : n >= 64 ? UINT64_MAX : UINT64_MAX << (64 - n);
}

static void put_word(uint8_t *p, uint64_t v)
{
	v = htobe64(v);
	memcpy(p, &v, sizeof v);
}

/* Two words, not sixteen bytes: each new host is held against each local network. */
struct addr addr_prefix(const struct addr *a, unsigned bits)
{
	unsigned keep = addr_is_v4(a) ? bits + 96 : bits;
	struct addr p;

	put_word(p.b, word(a->b) & first_bits(keep));
	put_word(p.b + 8, word(a->b + 8) & first_bits(keep > 64 ? keep - 64 : 0));
	return p;
}

bool addr_is_multicast(const struct addr *a)
{
	static const uint8_t broadcast[4] = {255, 255, 255, 255};

	if (addr_is_v4(a))
		return (a->b[12] & 0xf0) == 0xe0 || memcmp(a->b + 12, broadcast, 4) == 0;
	return a->b[0] == 0xff;
}

bool addr_is_private(const struct addr *a)
{
	static const struct { uint8_t net[4]; uint8_t bits; } v4[] = {
		{{10, 0, 0, 0}, 8}, {{172, 16, 0, 0}, 12}, {{192, 168, 0, 0}, 16}, /* RFC 1918 */
		{{100, 64, 0, 0}, 10}, /* RFC 6598 */
		{{169, 254, 0, 0}, 16}, /* RFC 3927 */
		{{127, 0, 0, 0}, 8}, /* RFC 1122 section 3.2.1.3 */
	};
	static const uint8_t loopback[16] = {[15] = 1};

	if (!addr_is_v4(a))
		return (a->b[0] & 0xfe) == 0xfc || /* RFC 4193 */
		       (a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80) || /* RFC 4291 section 2.5.6 */
		       memcmp(a->b, loopback, 16) == 0;
	for (size_t i = 0; i < sizeof v4 / sizeof v4[0]; i++) {
		struct addr net = addr_from_v4(v4[i].net), p = addr_prefix(a, v4[i].bits);

		if (addr_eq(&p, &net))
			return true;
	}
	return false;
}

int cidr_parse(struct cidr *c, const char *text, struct error *e)
{
	char address[ADDR_TEXT];
	const char *slash = strchr(text, '/');
	size_t n = slash != NULL ? (size_t)(slash - text) : strlen(text);
	unsigned long bits, most;
	char *end;

	if (n >= sizeof address)
		return error_set_at(e, ERR_FORMAT, 0, "'%.60s' is no network (10.0.0.0/8 or 2001:db8::/32)", text);
	memcpy(address, text, n);
	address[n] = '\0';
	memset(c, 0, sizeof *c);
	if (addr_parse(&c->addr, address, e) != 0)
		return ERR_FORMAT;
	most = addr_is_v4(&c->addr) ? 32 : 128;
	bits = most;
	if (slash != NULL) {
		bits = strtoul(slash + 1, &end, 10);
		if (slash[1] < '0' || slash[1] > '9' || *end != '\0' || bits > most)
			return error_set_at(e, ERR_FORMAT, (int)(slash + 1 - text),
					    "'%.60s': the prefix length must be 0 to %lu", text, most);
	}
	c->bits = (uint8_t)bits;
	c->addr = addr_prefix(&c->addr, c->bits);
	return 0;
}

const char *cidr_format(const struct cidr *c, char *buf, size_t size)
{
	char text[ADDR_TEXT];

	snprintf(buf, size, "%s/%u", addr_format(&c->addr, text, sizeof text), c->bits);
	return buf;
}

bool cidr_contains(const struct cidr *c, const struct addr *a)
{
	struct addr p;

	if (addr_is_v4(&c->addr) != addr_is_v4(a))
		return false;
	p = addr_prefix(a, c->bits);
	return addr_eq(&p, &c->addr);
}

const char *mac_format(const uint8_t mac[6], char *buf, size_t size)
{
	char text[MAC_TEXT], *p = text;

	for (unsigned i = 0; i < 6; i++) {
		*p++ = hex[mac[i] >> 4];
		*p++ = hex[mac[i] & 15];
		*p++ = i < 5 ? ':' : '\0';
	}
	if (size > sizeof text)
		size = sizeof text;
	if (size > 0) {
		memcpy(buf, text, size);
		buf[size - 1] = '\0';
	}
	return buf;
}
