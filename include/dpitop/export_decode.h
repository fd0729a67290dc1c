/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * decode: datagrams of flow exporters -> records. NetFlow v1, v5, v7, v9 (RFC 3954), IPFIX (RFC 7011,
 * 7012, 5103, 6313) and sFlow v5 (sflow.org/sflow_version_5.txt). All come out as one shape, struct
 * flow_record; who exports them is counted in struct export_exporter. No I/O and no clock: arrival
 * times are arguments. Memory is bounded by struct export_limits whatever the network sends. One
 * thread per decoder; nothing is static.
 *
 * Numbers: IANA "IP Flow Information Export (IPFIX) Entities" registry, and vendors' lists.
 */
#ifndef DPITOP_EXPORT_DECODE_H
#define DPITOP_EXPORT_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dpitop/addr.h"
#include "dpitop/packet.h"

enum export_version { /* names by export_version_name() */
	EXPORT_NETFLOW1, EXPORT_NETFLOW5, EXPORT_NETFLOW7, EXPORT_NETFLOW9, EXPORT_IPFIX, EXPORT_SFLOW5,
	EXPORT_VERSION_COUNT
};
const char *export_version_name(enum export_version v); /* "netflow5", "ipfix", "sflow5" */

enum export_proto { /* what a listener takes; anything else is malformed there */
	EXPORT_AUTO,      /* by the version in the datagram */
	EXPORT_NETFLOW,   /* v1, v5, v7, v9, and IPFIX too: it is NetFlow v10 */
	EXPORT_ONLY_IPFIX,
	EXPORT_ONLY_SFLOW
};

/* ---- exporters ---- */

/* One stream of export: an address, source port, version and observation domain. Borrowed from the
 * decoder; valid until sink.gone() names it. All members are read-only to others. */
struct export_exporter {
	uint32_t id;         /* 1, 2, ...: not used again before four billion others came */
	uint16_t slot;       /* 1 ... limits.exporters: unique among those that live, used again */
	uint8_t version;     /* enum export_version */
	bool tcp;            /* IPFIX over TCP */
	struct addr addr;    /* who sent the datagrams */
	uint16_t port;       /* UDP or TCP source port */
	struct addr agent;   /* sFlow: the agent's own address, else addr_none */
	uint32_t domain;     /* v9 source id, IPFIX observation domain, sFlow sub-agent, v5 engine type << 8 | id, else 0 */
	char name[64];       /* exporter's own name as it told (clean text), "" if none */

	uint64_t datagrams;  /* IPFIX over TCP: messages */
	uint64_t datagram_bytes;
	uint64_t records;    /* flow records, sFlow: flow samples */
	uint64_t option_records;
	uint64_t counter_samples; /* sFlow */
	uint64_t malformed;  /* datagrams with something that cannot be read; what was good before it counts */
	uint64_t missing_template; /* data sets that came before their template */
	uint64_t recovered;  /* of these: read when it came */
	uint32_t waiting;    /* of these: kept now */
	uint64_t lost;       /* by sequence numbers: v5, v7, IPFIX: records; v9, sFlow: datagrams */
	uint64_t restarts;   /* the exporter began anew */
	bool misnumbered;    /* its numbers follow no rule: nothing is called lost by them until they do again */
	uint64_t bytes, packets; /* raw: as exported, both directions, not scaled; of sampled packets those of the frame */
	uint64_t drops;      /* packets the exporter says it could not sample (sFlow) */
	uint32_t templates;  /* known now, options templates too */
	uint64_t template_changes; /* ids that were defined anew with other fields */
	uint32_t sampling;   /* interval met last: 1 none, 0 not known */
	bool has_clock;      /* clock_offset_us is known (sFlow has no clock) */
	int64_t clock_offset_us; /* its clock - arrival, by the quickest of recent datagrams; resolution 1 s at best */
	int64_t first_us, last_us; /* arrival of its first and last datagram */
	int64_t boot_us;     /* when it says it started, by its clock; 0: not known */
};

/* How far times of records of this exporter must be moved (add it): -clock_offset_us if the clock is wrong by
 * more than 10 minutes, else 0 (less is delay, active time-outs and second resolution). */
int64_t export_clock_correction(const struct export_exporter *x);

/* ---- records ---- */

struct export_text { /* bytes as they came: hostile, not terminated; text_clean() them */
	const uint8_t *at;
	uint32_t bytes;
};

enum record_text {
	RECORD_APP,      /* the exporter's name of the application (NBAR, App-ID, appLabel's name ...) */
	RECORD_CATEGORY, /* the exporter's category of it */
	RECORD_HOST,     /* HTTP host, TLS SNI */
	RECORD_URL, RECORD_QUERY /* DNS */, RECORD_METHOD, RECORD_USER_AGENT, RECORD_REFERER,
	RECORD_CONTENT_TYPE,
	RECORD_USER,     /* who is logged in there */
	RECORD_VRF,      /* name of the routing instance */
	RECORD_TEXT_COUNT
};

/* Which members the exporter gave. A member whose bit is not set is zero. */
#define RECORD_HAS(bit) (UINT64_C(1) << (bit))
enum record_has {
	HAS_ADDR,        /* addr[], ip_version */
	HAS_PORTS,       /* port[] */
	HAS_L4,          /* l4 */
	HAS_BYTES, HAS_BYTES_REVERSE, HAS_PACKETS, HAS_PACKETS_REVERSE,
	HAS_LAYER2,      /* layer2_bytes[0]; of two directions perhaps [1] */
	HAS_DROPPED,     /* dropped_bytes, dropped_packets: by the exporting device */
	HAS_START, HAS_END, /* start_us, end_us are the record's own, not the export time */
	HAS_TCP_FLAGS, HAS_TCP_FLAGS_REVERSE,
	HAS_TOS, HAS_TOS_REVERSE,
	HAS_TTL,
	HAS_ICMP,        /* icmp_type, icmp_code */
	HAS_VLAN, HAS_VLAN_OUT,
	HAS_ETHERTYPE,
	HAS_MAC_SRC, HAS_MAC_DST,
	HAS_IN, HAS_OUT, /* interface[0], [1] */
	HAS_NEXT_HOP, HAS_BGP_NEXT_HOP,
	HAS_AS_SRC, HAS_AS_DST, HAS_AS_PREV, HAS_AS_NEXT,
	HAS_PREFIX_SRC, HAS_PREFIX_DST,
	HAS_MPLS,
	HAS_NAT_SRC, HAS_NAT_DST, HAS_NAT_PORT_SRC, HAS_NAT_PORT_DST,
	HAS_APP_ID,
	HAS_HTTP_CODE,
	HAS_RTT, HAS_CLIENT_LATENCY, HAS_SERVER_LATENCY, HAS_APP_LATENCY,
	HAS_END_REASON, HAS_FIREWALL_EVENT, HAS_NAT_EVENT, HAS_FORWARDING,
	HAS_DIRECTION,
	HAS_FLOW_ID, HAS_POINT, HAS_VRF,
	HAS_VNI,         /* vni: layer2SegmentId, VXLAN or NSH */
	HAS_OUTER,       /* outer[]: the tunnel's own addresses */
	HAS_BIFLOW_DIRECTION,
	HAS_RETRANSMITS,
	HAS_COUNT
};

enum { /* flow_record.flags */
	RECORD_BIFLOW = 1 << 0,   /* both directions are in bytes[], packets[] (RFC 5103, initiator/responder) */
	RECORD_EVENT = 1 << 1,    /* a firewall, NAT or other event without counters: a fact, no traffic */
	RECORD_TOTALS = 1 << 2,   /* counters are those of the whole flow so far (elements 85, 86), not of the interval */
	RECORD_LAYER2 = 1 << 3,   /* bytes[] are layer-2 bytes: there were no others */
	RECORD_LATE = 1 << 4,     /* it waited for its template */
	RECORD_SAMPLE = 1 << 5    /* one sampled packet (sFlow), not a flow */
};

/* What one exported record says. Index 0: source to destination as exported (RFC 5103: forward), 1: reverse.
 * Borrowed for the call. */
struct flow_record {
	uint64_t has;              /* RECORD_HAS() bits */
	uint64_t bytes[2];         /* IP bytes as exported, not scaled (RECORD_LAYER2 says if they are not) */
	uint64_t packets[2];
	uint64_t layer2_bytes[2];  /* frame bytes, where given beside IP bytes; sFlow: frame length on the wire */
	int64_t start_us, end_us;  /* since the epoch by the exporter's clock; without HAS_START, HAS_END: the export time
	                            * (sFlow: arrival). start_us <= end_us, but a hostile exporter's may lie anywhere. See
	                            * export_clock_correction() */
	struct addr addr[2];       /* the innermost that the record tells: never a mix of two layers */
	uint16_t port[2];
	uint16_t flags;            /* RECORD_ */
	uint8_t l4, ip_version;
	uint8_t tcp_flags[2];
	uint8_t tos[2];
	uint8_t ttl;
	uint8_t icmp_type, icmp_code;
	uint8_t end_reason;        /* element 136: 1 idle, 2 active time-out, 3 end, 4 forced, 5 resources */
	uint8_t firewall_event;    /* element 233: 1 created, 2 deleted, 3 denied, 4 alert, 5 update */
	uint8_t nat_event;         /* element 230 */
	uint8_t direction;         /* element 61: 0 ingress, 1 egress */
	uint8_t biflow_direction;  /* element 239: 1 initiator, 2 reverse initiator, 3 perimeter */
	uint8_t forwarding;        /* element 89: status << 6 | reason */
	uint8_t prefix_bits[2];
	uint16_t vlan[2];          /* 0: ingress, 1: egress */
	uint16_t ethertype;
	uint16_t http_code;
	uint32_t sampling;         /* interval that applies: multiply counters; 1: none, 0: not known */
	uint32_t interface[2];     /* SNMP index of ingress, egress */
	uint32_t as[2];
	uint32_t as_neighbour[2];  /* previous, next */
	uint32_t mpls_label;       /* top label, 20 bits */
	uint32_t vrf[2];
	uint8_t mac[2][6];
	uint16_t nat_port[2];
	struct addr nat_addr[2];   /* after translation */
	struct addr next_hop, bgp_next_hop;
	struct addr outer[2];
	uint64_t app_id;           /* element 95 (engine << 56 | selector) or a vendor's number */
	uint64_t flow_id, point;   /* elements 148, 138 */
	uint32_t vni;
	uint32_t rtt_us, client_latency_us, server_latency_us, app_latency_us;
	uint32_t retransmits;
	uint64_t dropped_bytes, dropped_packets;
	struct export_text text[RECORD_TEXT_COUNT]; /* bytes 0: not given */
	/* sFlow raw headers: the sampled packet as decode_packet() read it (its facts are above too), with
	 * data, cap_len and wire_len for inspection and its link type; else NULL. */
	const struct packet *packet;
	int linktype;
};

/* ---- sFlow counters ---- */

/* Interface counters of a counter sample (sFlow v5 "generic interface counters"), since the device's start. */
struct export_counters {
	uint32_t interface;        /* ifIndex */
	uint32_t type;             /* IANAifType */
	uint64_t speed_bps;
	uint32_t duplex;           /* 0 unknown, 1 full, 2 half, 3 in, 4 out */
	bool admin_up, oper_up;
	bool promiscuous;
	uint64_t bytes[2];         /* 0: in, 1: out, in all that follow */
	uint32_t unicast[2], multicast[2], broadcast[2], discards[2], errors[2];
	uint32_t unknown_protos;
};

/* ---- the decoder ---- */

struct export_datagram {
	const uint8_t *data;       /* borrowed for the call */
	size_t bytes;
	struct addr from, to;
	uint16_t from_port, to_port;
	int64_t ts_us;             /* arrival, since the epoch; never far behind an earlier one */
	enum export_proto proto;
};

/* Called back during export_decode(), export_stream_feed() and export_decoder_tick(), in the caller's thread. Any
 * member but record may be NULL. They must not call the decoder, but for its getters. */
struct export_sink {
	void (*record)(void *ctx, const struct export_exporter *x, const struct flow_record *r);
	void (*counters)(void *ctx, const struct export_exporter *x, const struct export_counters *c);
	/* Told once before anything else of this exporter; and when it is dropped for age or for room: its counts are
	 * in export_totals.gone from then on. */
	void (*came)(void *ctx, const struct export_exporter *x);
	void (*gone)(void *ctx, const struct export_exporter *x);
	void *ctx;
};

struct export_limits {         /* 0: the default */
	size_t exporters;          /* 4096, at most 65535 */
	size_t templates;          /* per exporter: 1024 */
	size_t template_bytes;     /* of all templates: 32 MiB; those not used for longest go first */
	size_t waiting_bytes;      /* of data before its template: 4 MiB; the oldest goes first */
	size_t names;              /* names and sampling intervals told by options: 65536 */
	int64_t waiting_us;        /* data waits so long: 30 min (the customary refresh of templates) */
	int64_t template_us;       /* a template that is neither used nor told again: 24 h */
	int64_t exporter_us;       /* a silent exporter: 24 h */
	bool no_decap;             /* sampled headers: the outermost IP packet is the conversation */
};

struct export_totals {         /* of the decoder */
	uint64_t datagrams, datagram_bytes;
	uint64_t unknown;          /* datagrams that are no export this listener takes; in no exporter */
	size_t exporters;          /* now */
	uint64_t exporters_gone;   /* by age or for room */
	struct export_exporter gone; /* counts of those gone, summed */
	size_t templates, template_bytes, waiting_bytes, names;
	uint64_t templates_evicted, waiting_dropped /* data sets */;
	size_t memory_bytes;
};

struct export_decoder;

struct export_decoder *export_decoder_new(const struct export_limits *l, uint64_t seed); /* l may be NULL */
void export_decoder_free(struct export_decoder *d); /* NULL is fine; tells no one */
/* One UDP payload. Never fails: what cannot be read is counted. */
void export_decode(struct export_decoder *d, const struct export_datagram *dg, const struct export_sink *sink);
/* Age templates, waiting data and exporters; once a second or so. now_us as ts_us. */
void export_decoder_tick(struct export_decoder *d, int64_t now_us, const struct export_sink *sink);
struct export_totals export_decoder_totals(const struct export_decoder *d);
/* Iterate exporters that live; the cursor starts at 0. */
const struct export_exporter *export_exporter_next(const struct export_decoder *d, size_t *cursor);
const struct export_exporter *export_exporter_by_slot(const struct export_decoder *d, uint16_t slot); /* NULL */

enum export_name { /* what options records, elements and sFlow name */
	EXPORT_NAME_INTERFACE, /* by SNMP index: elements 82, 83 */
	EXPORT_NAME_APP,       /* by applicationId: elements 96, 94 */
	EXPORT_NAME_CATEGORY,  /* the exporter's category of an application, by applicationId: element 372 */
	EXPORT_NAME_VRF,       /* by ingressVRFID: element 236 */
	EXPORT_NAME_COUNT
};
/* Clean text, "" if the exporter never told. Valid until the decoder is called again. */
const char *export_name_get(const struct export_decoder *d, const struct export_exporter *x,
			    enum export_name what, uint64_t id);

/* ---- IPFIX over TCP (RFC 7011 section 10.4) ---- */

struct export_stream; /* one connection: frames messages; its templates live as long as it does */

/* from, to and proto of dg tell the connection; its data is not looked at. */
struct export_stream *export_stream_new(struct export_decoder *d, const struct export_datagram *dg);
/* Bytes as they came, in pieces of any size. 0, or ERR_FORMAT: not IPFIX, close the connection. */
int export_stream_feed(struct export_stream *s, const uint8_t *data, size_t bytes, int64_t ts_us,
		       const struct export_sink *sink);
/* Closed: its templates are forgotten, its exporters' counts stay. Before export_decoder_free(). */
void export_stream_free(struct export_stream *s); /* NULL is fine */

/* ---- information elements ---- */

enum element_type { /* RFC 7012 section 3.1 */
	ELEMENT_BYTES, ELEMENT_UNSIGNED, ELEMENT_SIGNED, ELEMENT_FLOAT, ELEMENT_BOOL, ELEMENT_MAC, ELEMENT_IPV4,
	ELEMENT_IPV6, ELEMENT_STRING, ELEMENT_SECONDS, ELEMENT_MILLISECONDS, ELEMENT_MICROSECONDS,
	ELEMENT_NANOSECONDS, ELEMENT_LIST
};

struct export_element {
	uint32_t pen;              /* 0: IANA's */
	uint16_t number;
	uint8_t type;              /* enum element_type */
	uint8_t sets;              /* what it sets in a record: private to the decode room */
	const char *name;          /* "octetDeltaCount" */
	const char *units;         /* "octets"; "" if none */
};
/* NULL if it is not in the table. */
const struct export_element *export_element_get(uint32_t pen, uint16_t number);

#endif
