/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * decode: DNS messages (RFC 1035, 3596, 6891), as far as names of addresses need them. Pure; bounded
 * work for compression loops. Used by the flow room (answers on the wire) and the resolver.
 */
#ifndef DPITOP_DNS_H
#define DPITOP_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dpitop/addr.h"

enum { DNS_NAME_TEXT = 256, DNS_MAX_ANSWERS = 32 };

struct dns_message {
	uint16_t id;
	bool response;
	uint8_t rcode;
	uint16_t query_type;
	char query[DNS_NAME_TEXT]; /* first question, clean text without the last dot, lower case */
	char ptr[DNS_NAME_TEXT];   /* first PTR answer, clean; "" if none */
	unsigned count;            /* A and AAAA answers: addresses that `query` (through CNAMEs) names */
	struct addr answers[DNS_MAX_ANSWERS];
};

/* Parse a UDP DNS payload. False if it is none; m is then undefined. */
bool dns_parse(struct dns_message *m, const uint8_t *data, size_t n);
/* Write a PTR query for a into buf; returns its length (at most 128), 0 if size is too small. */
size_t dns_ptr_query(uint8_t *buf, size_t size, uint16_t id, const struct addr *a);

#endif
