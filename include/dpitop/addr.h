/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One 16-byte address type: IPv6, with IPv4 as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2), in
 * network byte order. Prefix lengths are those of the printed family (0-32 or 0-128). Any thread.
 */
#ifndef DPITOP_ADDR_H
#define DPITOP_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dpitop/err.h"

enum { ADDR_TEXT = 48, CIDR_TEXT = 56, MAC_TEXT = 18 };

struct addr {
	uint8_t b[16];
};

struct cidr {
	struct addr addr; /* host bits zero */
	uint8_t bits;     /* 0-32 for IPv4, 0-128 for IPv6 */
};

extern const struct addr addr_none; /* all zero: "no address" */

static inline bool addr_is_v4(const struct addr *a)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	return memcmp(a->b, mapped, sizeof mapped) == 0;
}

static inline bool addr_eq(const struct addr *a, const struct addr *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

static inline struct addr addr_from_v4(const uint8_t *be4)
{
	struct addr a = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}};
	memcpy(a.b + 12, be4, 4);
	return a;
}

static inline struct addr addr_from_v6(const uint8_t *be16)
{
	struct addr a;
	memcpy(a.b, be16, 16);
	return a;
}

/* Order of the bytes: all IPv6 below ::ffff first; enough for sorting and canonical keys. */
int addr_cmp(const struct addr *a, const struct addr *b);
/* RFC 5952 text (IPv4 dotted) into buf (ADDR_TEXT); returns buf. */
const char *addr_format(const struct addr *a, char *buf, size_t size);
/* Parse dotted IPv4 or IPv6 text (whole string). An IPv6 text that is IPv4-mapped becomes IPv4. */
int addr_parse(struct addr *a, const char *text, struct error *e);
/* Zero all but the first bits (of the address's own family). */
struct addr addr_prefix(const struct addr *a, unsigned bits);
bool addr_is_multicast(const struct addr *a); /* 224/4, ff00::/8, 255.255.255.255 */
bool addr_is_private(const struct addr *a);   /* RFC 1918, 6598, 3927, 4193, 4291 link-local, loopback */

/* "10.0.0.0/8", "2001:db8::/32" or a single address (bits 32 or 128). Host bits are cleared. */
int cidr_parse(struct cidr *c, const char *text, struct error *e);
const char *cidr_format(const struct cidr *c, char *buf, size_t size); /* CIDR_TEXT */
bool cidr_contains(const struct cidr *c, const struct addr *a);        /* families must agree */

const char *mac_format(const uint8_t mac[6], char *buf, size_t size); /* "02:00:5e:..." MAC_TEXT */

#endif
