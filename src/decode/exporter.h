/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to the decode room: the decoder of exports, its exporters, and one datagram on its way
 * through them. exporter.c holds the exporters, sequence.c their numbering and clocks; netflow5.c and
 * its like read formats. What a format's file is given is checked for its own header only.
 */
#ifndef DECODE_EXPORTER_H
#define DECODE_EXPORTER_H

#include "decode/cursor.h"
#include "dpitop/export_decode.h"
#include "dpitop/map.h"

struct exporter_key { /* compared as bytes: no padding */
	struct addr addr, agent;
	uint32_t domain;
	uint16_t port;
	uint8_t version;
	uint8_t tcp;
};
_Static_assert(sizeof(struct exporter_key) == 40, "a key without padding");

enum sequence_unit { /* what the numbers of a stream count: protocols say one, exporters do the other */
	COUNTS_RECORDS,
	COUNTS_DATAGRAMS,
	SEQUENCE_UNITS
};

struct sequence {
	bool begun;
	struct reading { /* of the same numbers, for each unit */
		uint32_t next;      /* number that should come */
		uint32_t after_late; /* number that would follow the last that came late */
		uint64_t lost;
		uint32_t recent;    /* of lost: counted lately, may be given back */
		uint32_t misses;    /* datagrams that did not come as they should */
	} as[SEQUENCE_UNITS];
};

struct clock {
	int64_t best[2]; /* greatest (clock - arrival) of the last full window and of the open one */
	unsigned seen;   /* datagrams in the open window */
};

struct exporter {
	struct exporter_key key;
	struct export_exporter seen; /* what others see */
	struct exporter *older, *newer; /* in its list, by last datagram */
	bool proven;
	uint8_t version_unit; /* enum sequence_unit of the protocol */
	struct sequence sequence;
	struct clock clock;
	uint32_t uptime_ms; /* of the newest datagram */
};

/* The one longest silent is first. New exporters push out new ones only; who has sent for a while is
 * proven and safe from a flood of forged addresses. */
struct exporter_list {
	struct exporter *oldest, *newest;
	size_t count;
};

struct export_decoder {
	struct export_limits limits; /* with the defaults filled in */
	struct map *exporters;
	struct exporter **by_slot;   /* slot - 1 */
	uint16_t *free_slots;
	size_t free_slot_count;
	uint32_t last_id;
	struct exporter_list fresh, proven;
	struct export_totals totals;
};

struct intake { /* of one datagram (or message of a stream) */
	struct export_decoder *d;
	const struct export_sink *sink;
	struct exporter *x;
	const struct export_datagram *dg;
	int64_t export_us; /* the header's time by the exporter's clock; sFlow: arrival */
};

/* exporter.c: the exporter that a header names; counts the datagram. Never NULL. */
struct exporter *exporter_touch(struct intake *in, enum export_version version, uint32_t domain,
				const struct addr *agent);
void exporters_init(struct export_decoder *d, uint64_t seed);
void exporters_release(struct export_decoder *d);
void exporters_age(struct export_decoder *d, int64_t now_us, const struct export_sink *sink);

/* A record is whole: complete it, count it, tell it. */
void exporter_record(struct intake *in, struct flow_record *r);

/* sequence.c */
/* The datagram bears this number and counts so many records. */
void exporter_sequence(struct exporter *x, uint32_t number, uint32_t records);
/* Which number comes next cannot be known: the datagram had records that could not be counted. */
void exporter_sequence_unknown(struct exporter *x);
/* The exporter's time since it started: less than before means a restart. before exporter_sequence(). */
void exporter_uptime(struct exporter *x, uint32_t uptime_ms, int64_t export_us);
void exporter_clock(struct exporter *x, int64_t export_us, int64_t arrival_us);

/* Formats: false if the datagram has not even a whole header; then no exporter was touched. */
typedef bool export_format(struct intake *in, struct cursor c);
export_format netflow_fixed; /* netflow5.c: v1, v5, v7 */

#endif
