/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to the decode room: a sample of sFlow v5 while its records are read. sflow.c reads datagrams and
 * samples, sflow_flow.c the records of flow samples, sflow_counters.c those of counter samples.
 */
#ifndef DECODE_SFLOW_H
#define DECODE_SFLOW_H

#include "decode/exporter.h"

struct flow_sample {
	struct intake *in;
	struct flow_record r;
	struct packet packet;
	bool has_header;   /* packet is one that was sampled; IPv4, IPv6 and Ethernet records tell of the same */
	uint32_t ip_bytes; /* what a sampled IPv4 or IPv6 record says */
};

/* XDR (RFC 4506). */
static inline uint32_t xdr_u32(struct cursor *c)
{
	return be32(cursor_take(c, 4));
}

static inline uint64_t xdr_u64(struct cursor *c)
{
	uint64_t high = xdr_u32(c);

	return high << 32 | xdr_u32(c);
}

/* Opaque bytes of a length that is told, padded to four. The padding of the very last may be missing. */
static inline struct cursor xdr_opaque(struct cursor *c, uint32_t bytes)
{
	struct cursor body = *c;

	cursor_skip(c, bytes);
	if (!cursor_ok(c))
		return (struct cursor){.stuck = true};
	cursor_limit(&body, bytes);
	uint32_t padding = -bytes & 3;

	cursor_skip(c, padding < c->left ? padding : c->left);
	return body;
}

/* 1: IPv4, 2: IPv6, 0: none. */
struct addr sflow_addr(struct cursor *c);

/* Read the records of a sample into it, or out to the sink; false if one cannot be read. */
bool flow_records_read(struct flow_sample *s, uint32_t count, struct cursor *c);
void flow_sample_finish(struct flow_sample *s);
/* index: of the interface that is the data source */
bool counter_records_read(struct intake *in, uint32_t index, uint32_t count, struct cursor *c);

#endif
