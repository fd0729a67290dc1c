/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * NetFlow v1, v5 and v7: fixed layouts, IPv4 only. The header's record count lies in the wild; what
 * counts is what the datagram's length holds, up to that count. Layouts: Cisco, "NetFlow Export Datagram
 * Format"; v1 records are 52 bytes long there and 48 with the exporters of Linux. Called through
 * export_decode().
 */
#include "config.h"

#include <string.h>

#include "decode/exporter.h"

enum {
	ICMP = 1, ICMP6 = 58,
	V1_RECORD_SHORT = 48,
	NANOSECONDS = 1000000000,
	INTERVAL_BITS = 0x3fff /* of v5's sampling: 2 bits of mode before it */
};

static const struct layout {
	uint16_t header_bytes, record_bytes;
	uint8_t version;        /* enum export_version */
	bool numbered;          /* the header has a sequence number */
	uint8_t domain, sampling; /* offset in the header; 0: none */
	uint8_t l4, tos, flags; /* offsets in the record */
	uint8_t as, prefixes;   /* 0: none */
} layouts[] = {
	[1] = {16, 52, EXPORT_NETFLOW1, false, 0, 0, 38, 39, 40, 0, 0},
	[5] = {24, 48, EXPORT_NETFLOW5, true, 20, 22, 38, 39, 37, 40, 44},
	[7] = {24, 52, EXPORT_NETFLOW7, true, 0, 0, 38, 39, 37, 40, 44},
};

/* What all versions give, and what v5 and v7 give besides. */
static const uint64_t basic_facts =
	RECORD_HAS(HAS_ADDR) | RECORD_HAS(HAS_PORTS) | RECORD_HAS(HAS_L4) | RECORD_HAS(HAS_BYTES) |
	RECORD_HAS(HAS_PACKETS) | RECORD_HAS(HAS_START) | RECORD_HAS(HAS_END) | RECORD_HAS(HAS_TCP_FLAGS) |
	RECORD_HAS(HAS_TOS) | RECORD_HAS(HAS_IN) | RECORD_HAS(HAS_OUT) | RECORD_HAS(HAS_NEXT_HOP);
static const uint64_t more_facts = RECORD_HAS(HAS_AS_SRC) | RECORD_HAS(HAS_AS_DST) |
				   RECORD_HAS(HAS_PREFIX_SRC) | RECORD_HAS(HAS_PREFIX_DST);

/* Milliseconds since the device started: up to 24 days before the header's uptime, or after it. */
static int64_t time_of(const struct intake *in, uint32_t uptime, const uint8_t *field)
{
	return in->export_us - (int64_t)(int32_t)(uptime - be32(field)) * 1000;
}

static void take_ports(struct flow_record *r, const uint8_t *p)
{
	r->port[0] = be16(p);
	r->port[1] = be16(p + 2);
	if (r->l4 != ICMP && r->l4 != ICMP6)
		return;
	/* the destination port holds type * 256 + code */
	r->icmp_type = (uint8_t)(r->port[1] >> 8);
	r->icmp_code = (uint8_t)r->port[1];
	r->port[0] = r->port[1] = 0;
	r->has |= RECORD_HAS(HAS_ICMP);
	r->has &= ~RECORD_HAS(HAS_PORTS);
}

static void take_record(struct intake *in, const struct layout *l, const uint8_t *p, uint32_t uptime,
			uint32_t sampling)
{
	struct flow_record r = {.has = basic_facts, .ip_version = 4, .sampling = sampling};

	for (int side = 0; side < 2; side++) {
		r.addr[side] = addr_from_v4(p + 4 * side);
		r.interface[side] = be16(p + 12 + 2 * side);
	}
	r.next_hop = addr_from_v4(p + 8);
	r.packets[0] = be32(p + 16);
	r.bytes[0] = be32(p + 20);
	r.start_us = time_of(in, uptime, p + 24);
	r.end_us = time_of(in, uptime, p + 28);
	r.l4 = p[l->l4];
	r.tos[0] = p[l->tos];
	r.tcp_flags[0] = p[l->flags];
	take_ports(&r, p + 32);
	if (l->as != 0) {
		r.has |= more_facts;
		for (int side = 0; side < 2; side++) {
			r.as[side] = be16(p + l->as + 2 * side);
			r.prefix_bits[side] = p[l->prefixes + side];
		}
	}
	exporter_record(in, &r);
}

/* How many records the datagram holds, of those it says it has. */
static uint32_t records_in(const struct layout *l, uint32_t told, uint32_t left, uint32_t *record_bytes)
{
	*record_bytes = l->record_bytes;
	if (l->version == EXPORT_NETFLOW1 && left < told * l->record_bytes && left / V1_RECORD_SHORT >= told)
		*record_bytes = V1_RECORD_SHORT;
	return left / *record_bytes < told ? left / *record_bytes : told;
}

bool netflow_fixed(struct intake *in, struct cursor c)
{
	const struct layout *l = &layouts[be16(cursor_peek(&c, 2))];
	const uint8_t *h = cursor_take(&c, l->header_bytes);
	uint32_t told = be16(h + 2), uptime = be32(h + 4), ns = be32(h + 12), record_bytes;

	if (!cursor_ok(&c))
		return false;
	struct exporter *x = exporter_touch(in, l->version, l->domain != 0 ? be16(h + l->domain) : 0, &addr_none);
	uint32_t count = records_in(l, told, c.left, &record_bytes);
	uint32_t sampling = l->sampling != 0 ? be16(h + l->sampling) & INTERVAL_BITS : 0;

	in->export_us = (int64_t)be32(h + 8) * 1000000 + (ns < NANOSECONDS ? ns / 1000 : 0);
	exporter_clock(x, in->export_us, in->dg->ts_us);
	exporter_uptime(x, uptime, in->export_us);
	if (l->numbered)
		exporter_sequence(x, be32(h + 16), count, 0, false);
	if (count < told)
		x->seen.malformed++;
	for (uint32_t i = 0; i < count; i++)
		take_record(in, l, cursor_take(&c, record_bytes), uptime, sampling);
	return true;
}
