/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to the decode room: the decoder of exports, its exporters, and one datagram on its way
 * through them. exporter.c holds the exporters, sequence.c their numbering and clocks; netflow5.c, ipfix.c
 * and sflow.c read formats.
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
	COUNTS_RECORDS,     /* sent before this datagram, options too */
	COUNTS_DATAGRAMS,
	COUNTS_FLOWS,       /* sent before it, without options */
	COUNTS_FLOWS_NOW,   /* sent with it: Open vSwitch, softflowd */
	SEQUENCE_UNITS
};

struct sequence {
	struct counting { /* the same numbers, read as counting this unit */
		bool begun;
		uint32_t next;      /* number that should come */
		uint32_t after_late; /* number that would follow the last that came late */
		uint64_t lost;
		uint32_t recent;    /* of lost: counted lately, may be given back */
		uint32_t misses;    /* datagrams that did not come as they should, fading */
		uint32_t streak;    /* that did, since */
		uint32_t astray;    /* that did not, in a row */
		uint64_t lost_before; /* this row */
	} as[SEQUENCE_UNITS];
};

struct clock {
	int64_t best[2]; /* greatest (clock - arrival) of the last full window and of the open one */
	unsigned seen;   /* datagrams in the open window */
};

struct template;
struct template_list { /* the one unused for longest is first */
	struct template *oldest, *newest;
	size_t count;
};

struct told;
struct waiting_set;

struct exporter {
	struct exporter_key key;
	struct export_exporter seen; /* what others see */
	struct exporter *older, *newer; /* in its list, by last datagram */
	bool proven;
	uint8_t version_unit; /* enum sequence_unit of the protocol */
	struct sequence sequence;
	struct clock clock;
	uint32_t uptime_ms; /* of the newest datagram */
	struct exporter *sibling, *sibling_before; /* of its family */
	struct template_list templates;
	struct waiting_set *first_waiting, *last_waiting;
	size_t waiting_bytes;
	/* what options told: see told.c */
	struct told *told;
	size_t told_count;
	uint32_t told_kinds; /* bits of enum told_kind */
	uint32_t interval;   /* sampling of all it sends; 0: not told */
	uint32_t sampler_interval; /* of all its samplers, if they agree */
	bool samplers_differ;
};

/* Exporters that differ by their source port only. Line cards of one router may send templates from one
 * port and data from another. */
struct family {
	struct exporter_key key; /* port 0 */
	struct exporter *first;
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
	struct map *families;
	struct exporter **by_slot;   /* slot - 1 */
	uint16_t *free_slots;
	size_t free_slot_count;
	uint32_t last_id;
	struct exporter_list fresh, proven;
	/* template.c */
	struct map *templates;
	struct template_list templates_by_use;
	size_t template_bytes;
	struct field *fields;        /* of the template that is being made ready */
	uint64_t seed;
	/* waiting.c */
	struct map *waiting;         /* queues by exporter and template */
	struct waiting_set *oldest_waiting, *newest_waiting;
	size_t waiting_bytes;
	struct map *told;            /* told.c */
	struct decoder *packets, *outer_packets; /* sampled headers: the innermost and the outermost packet */
	struct export_totals totals;
};

struct intake { /* of one datagram (or message of a stream) */
	struct export_decoder *d;
	const struct export_sink *sink;
	struct exporter *x;
	struct exporter *lender; /* who told the template that is being read; x, or one of its family */
	const struct export_datagram *dg;
	int64_t export_us; /* the header's time by the exporter's clock; sFlow: arrival */
	uint32_t uptime_ms; /* v9: the header's */
	bool has_uptime;
	bool tcp;
	bool late;         /* its data waited for its template */
	bool bad;          /* there is something that cannot be read */
	bool uncounted;    /* there are records that could not be counted */
	uint32_t flows, options; /* records read */
};

/* exporter.c: the exporter that a header names; counts the datagram. Never NULL. */
struct exporter *exporter_touch(struct intake *in, enum export_version version, uint32_t domain,
				const struct addr *agent);
void exporters_init(struct export_decoder *d);
void exporters_release(struct export_decoder *d);
size_t exporters_memory(const struct export_decoder *d);
void exporters_age(struct export_decoder *d, int64_t now_us, const struct export_sink *sink);

/* A record is whole: complete it, count it, tell it. */
void exporter_record(struct intake *in, struct flow_record *r);

/* sequence.c */
/* The datagram bears this number and has so many records of flows and of options; uncounted: and more, that could not
 * be counted. */
void exporter_sequence(struct exporter *x, uint32_t number, uint32_t flows, uint32_t options, bool uncounted);
void exporter_sequence_anew(struct exporter *x); /* whatever number comes next is right */
/* The exporter's time since it started: less than before means a restart. before exporter_sequence(). */
void exporter_uptime(struct exporter *x, uint32_t uptime_ms, int64_t export_us);
void exporter_clock(struct exporter *x, int64_t export_us, int64_t arrival_us);

enum { FAMILY_LOOKED = 16 }; /* so many of a family are looked at: it may be forged, too */
struct family *exporter_family(const struct export_decoder *d, const struct exporter *x);

/* Formats: false if the datagram has not even a whole header; then no exporter was touched. */
typedef bool export_format(struct intake *in, struct cursor c);
export_format netflow_fixed; /* netflow5.c: v1, v5, v7 */
export_format netflow9, ipfix; /* ipfix.c */
export_format sflow5;          /* sflow.c */

#endif
