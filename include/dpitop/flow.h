/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * flow: packets -> two-way flows. The flow table is the one store of flows, live and ended; a packet
 * touches its flow entry and nothing else. Once per tick every flow that moved hands a flow_update
 * (the difference since its last one) to a sink, which is the model's door. Collectors enter records
 * by flow_table_record(). One table per engine thread; not locked.
 */
#ifndef DPITOP_FLOW_H
#define DPITOP_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dpitop/addr.h"
#include "dpitop/dpi.h"
#include "dpitop/packet.h"

enum flow_state { /* names by flow_state_name() */
	FLOW_NEW,     /* TCP: SYN seen, no answer */
	FLOW_HANDSHAKE, /* TCP: SYN and SYN-ACK seen */
	FLOW_OPEN,    /* TCP established (or met midway); UDP and others: packets both ways */
	FLOW_ONEWAY,  /* not TCP: packets in one direction only */
	FLOW_CLOSING, /* one FIN */
	FLOW_CLOSED,  /* FIN both ways */
	FLOW_RESET,   /* RST */
	FLOW_IDLE,    /* ended by the idle time-out */
	FLOW_STATE_COUNT
};

enum flow_text { /* strings a flow may have; all clean UTF-8 */
	FLOW_SITE,  /* TLS/QUIC SNI, HTTP host, else empty */
	FLOW_QUERY, /* DNS query name */
	FLOW_URL, FLOW_METHOD, FLOW_CODE /* "200" */, FLOW_USER_AGENT, FLOW_CONTENT_TYPE, FLOW_JA3, FLOW_JA3S, FLOW_JA4,
	FLOW_TLS_VERSION, FLOW_ALPN, FLOW_SERVER_INFO /* SSH/HTTP server banner */, FLOW_ANSWER /* DNS answer address */,
	FLOW_USER, /* who is logged in, as exporters tell */
	FLOW_TEXT_COUNT
};

struct flow_meta; /* one small heap block, NULL for most flows; owned by the flow */
const char *flow_meta_text(const struct flow_meta *m, enum flow_text which); /* "" if none; m may be NULL */
size_t flow_meta_memory(const struct flow_meta *m); /* bytes of the block, which may be copied as it is; 0: NULL */

enum { /* flow.flags */
	FLOW_ENDED = 1 << 0,
	FLOW_SYN_SEEN = 1 << 1,  /* the client is known by its SYN */
	FLOW_FRAGMENTED = 1 << 2,
	FLOW_DPI_DONE = 1 << 3,
	FLOW_MAC_SET = 1 << 4,
	FLOW_NOT_INSPECTED = 1 << 5, /* what it is was guessed: the bound on live nDPI states was reached, or packets came too fast */
	FLOW_ENCRYPTED = 1 << 6
};

/* Index 0: client to server, 1: server to client, everywhere. */
struct flow_counters {
	uint64_t bytes[2];
	uint64_t packets[2];
};

/* What an exporter told of a flow, beside what all flows have. Most flows of an exporter have the same words said of
 * them: they share one, which lives as long as one of them has it. What is not known is 0 or addr_none. Sides are
 * those of the flow: 0 is the client's. Compared as bytes: no padding. */
struct flow_report {
	const struct addr *exporter; /* lives as long as the table */
	struct addr nat_addr[2];     /* after translation */
	struct addr next_hop;        /* of the client's packets */
	uint32_t sampling;           /* interval of the last record; 0 not known */
	uint32_t as[2];
	uint32_t interface[2];       /* SNMP index: where the client's packets came in, and went out */
	uint16_t nat_port[2];
	uint16_t vlan_out;
	uint8_t tos[2];
	uint8_t end_reason;          /* IPFIX elements 136, 233, 230, 89 */
	uint8_t firewall_event, nat_event, forwarding;
	bool has_tos[2], has_interface[2], has_forwarding;
	uint8_t metered;             /* bits: 1 where it comes into the exporter, 2 where it goes out (element 61); 0 not known */
	uint8_t spare[2];
};

struct flow {
	struct addr addr[2]; /* 0: client (initiator) */
	uint16_t port[2];
	uint16_t vlan;
	uint8_t l4, ip_version;
	uint8_t tunnel;    /* enum tunnel */
	uint8_t state;     /* enum flow_state */
	uint8_t tcp_flags; /* OR of both directions */
	uint8_t flags;
	uint16_t source;   /* index of the source that first saw it */
	uint8_t tos;
	uint8_t spare;
	struct dpi_class class_; /* what it is now */
	uint64_t risks;          /* bit set; names by dpi_risk_name() */
	struct flow_counters total;
	struct flow_counters told; /* already handed to the sink */
	int64_t first_us, last_us;
	uint32_t rtt_us;           /* handshake round trip as seen here, 0 unknown */
	uint32_t retransmits, out_of_order;
	uint32_t rate_bytes[2];    /* bytes in the last tick, per direction (saturating); but see report */
	uint8_t mac[2][6];
	uint16_t exporter;         /* number in the table, part of the key; 0: captured here */
	uint32_t rows[2];          /* the sink's own, from one update to the next: where its ends are; 0 at first */
	struct flow_meta *meta;
	const struct flow_report *report; /* NULL: captured here. With one, rate_bytes are bytes per second, for as long as the
				    * last record covered */
	uint64_t id;               /* unique in the table's life, grows with creation */
};

enum {
	UPDATE_NEW = 1, UPDATE_END = 2, UPDATE_RECLASS = 4,
	UPDATE_PAST = 8, /* the delta lies before the open tick: it gives no rate (regroup.h) */
	/* Collected: the delta lies in from_us ... to_us, which may be long ago. `hold` gives the rate. */
	UPDATE_SPREAD = 16
};

/* What every source can say. Pointers are borrowed for the call. The sink applies `delta` under the
 * new class; with UPDATE_RECLASS it first moves `moved` (all that was told before, under `old`) to the new one. */
struct flow_update {
	const struct flow *flow;    /* key, class, meta, state, times as they are now */
	uint32_t *rows;             /* the flow's, for the sink to keep; NULL: of another sink */
	struct flow_counters delta; /* since the last update (zero is allowed with END and RECLASS) */
	struct flow_counters moved; /* RECLASS: what was booked under `old` */
	struct flow_facts {         /* what dimensions are keyed by and can change in a flow's life */
		struct dpi_class class_;
		uint64_t risks;
		uint8_t state;
		uint8_t tcp_flags;
		bool inspected;         /* FLOW_DPI_DONE: its class and texts are final */
		const char *site;       /* never NULL; FLOW_SITE, else FLOW_QUERY, else "" */
	} old, now;
	int64_t from_us, to_us;     /* interval the delta covers */
	unsigned flags;             /* UPDATE_ */
	uint32_t sampling;          /* 1: every packet */
	const struct addr *exporter; /* NULL: captured here */
	struct flow_hold {          /* of collected traffic: so much, as a rate from now on for so long; us 0: no rate */
		uint64_t bytes[2], packets[2];
		int64_t us;
	} hold;
};

typedef void flow_sink(void *ctx, const struct flow_update *u);

enum { FLOW_MAX_FLOWS = 1000000, FLOW_MAX_DPI = 100000 }; /* defaults */
struct flow_limits {
	size_t max_flows;      /* live and kept ones together; 0: default 1,000,000 */
	size_t max_dpi;        /* live nDPI states; 0: default 100,000 */
	int64_t idle_us;       /* of UDP and others; 0: default 5 min (RFC 4787). TCP has its own, see src/flow/flow_expiry.c */
	int64_t active_us;     /* an update that ends a very long flow; 0: never */
	int64_t keep_us;       /* how long ended flows stay listed; <0: for ever (totals of a file) */
	bool vlan_aware;       /* the VLAN is part of the key */
	bool dpi;              /* false: ports only */
	const struct dpi *share; /* whose library module is used too, on the same thread; NULL: one of its own */
};

/* What is left out when packets come faster than they can be looked into. They are counted all the same. */
enum flow_strain {
	STRAIN_NONE,
	STRAIN_DETAILS,   /* a flow whose application is known is not looked into for more */
	STRAIN_NEW_FLOWS, /* besides, new flows beyond a budget are not looked into: port and address tell what they are */
	STRAIN_COUNT
};

struct flow_stats {
	uint64_t created, ended, evicted; /* evicted: pushed out by the bound, counted in other */
	size_t live, kept, dpi_live, dpi_refused;
	uint64_t uninspected;      /* flows that STRAIN_NEW_FLOWS left out */
	enum flow_strain strain;
	size_t max_flows, max_dpi; /* the bounds in force */
	struct flow_counters other; /* flows no longer listed: ended and aged out, or evicted */
	uint64_t other_flows;
	size_t memory_bytes;
};

struct flow_again { uint64_t bytes, packets; }; /* see flow_table_again() */

struct flow_table;

struct flow_table *flow_table_new(const struct flow_limits *l, uint64_t seed, flow_sink *sink, void *ctx, struct error *e); /* NULL: nDPI could not start */
void flow_table_free(struct flow_table *t);
/* Called for each name of an address seen in a DNS answer on the wire (UDP port 53, 5353, 5355). Text is clean. Before the first packet. */
void flow_table_on_name(struct flow_table *t, void (*learn)(void *ctx, const struct addr *a, const char *name), void *ctx);
/* Told of each flow a little before the tick tells the sink of it, twice: step 0 well before, step 1 just
 * before, so that what the sink will need can be on its way into the cache. Advice only. Before the first packet. */
typedef void flow_ahead(void *ctx, const struct flow *f, unsigned step);
void flow_table_on_ahead(struct flow_table *t, flow_ahead *ahead, void *ctx);
/* One decoded PACKET_IP packet from source number `source`. Never fails; never allocates in the settled case.
 * A later fragment that comes before its first one is in no flow yet: it is when that came, or in the next tick. */
void flow_table_packet(struct flow_table *t, const struct packet *p, unsigned source);
/* Such a packet is near: have where its flow is found on its way into the cache, and (flow_table_expect_entry() with
 * p->flow_tag, a little later) the flow. Advice only. */
void flow_table_expect_packet(const struct flow_table *t, struct packet *p);
/* From now on; new_flows: the budget of STRAIN_NEW_FLOWS, until the next call. A flow that was left out is looked into if it
 * goes on when there is room again. */
void flow_table_strain(struct flow_table *t, enum flow_strain strain, size_t new_flows);
/* One record of an exporter, which came at now_us. Only those with HAS_ADDR are flows. Returns what it counts for:
 * [0] from its source to its destination. */
struct export_exporter;
struct flow_record;
struct flow_counters flow_table_record(struct flow_table *t, const struct export_exporter *x, const struct flow_record *r,
				       int64_t now_us, unsigned source);
/* What the last record told of that its exporter had told before, where the same traffic came in or went out: it is not
 * in what flow_table_record() returned. Sampling is scaled. */
struct flow_again flow_table_again(const struct flow_table *t);
/* Such a record is near: have where its flow is found on its way into the cache, and (what that returned, a little later)
 * the flow. Advice only. */
uint32_t flow_table_expect(struct flow_table *t, const struct export_exporter *x, const struct flow_record *r);
void flow_table_expect_entry(const struct flow_table *t, uint32_t found);
/* What a record counts for that is no flow: its bytes and packets times the sampling interval, and if its counters are those of
 * all so far (RECORD_TOTALS) what it adds to the one before. Once for each record. */
struct flow_counters record_counters(struct flow_table *t, const struct export_exporter *x, const struct flow_record *r,
				     int64_t now_us);
/* When what a record tells was, by our clock: its own times, the exporter's clock corrected, none after now_us. */
void record_times(const struct export_exporter *x, const struct flow_record *r, int64_t now_us, int64_t *from_us,
		  int64_t *to_us);
/* Exporters whose records came, in the order of their first one; NULL past the last. 0: captured here, addr_none. */
const struct addr *flow_table_exporter(const struct flow_table *t, unsigned number);
/* Hand the differences of flows that moved to the sink and expire old ones, doing at most `budget` flows
 * (0: all). Returns true when the tick is finished, false if it must be called again with the same now. */
bool flow_table_tick(struct flow_table *t, int64_t now_us, size_t budget);
/* After a tick that took several calls: what packets moved between these belongs to that tick too. All at once. */
void flow_table_tick_rest(struct flow_table *t);
/* End everything: gives up open nDPI states (guesses) and tells the sink all that is left. End of a file or of the run.
 * Flows keep their last state (not FLOW_IDLE). */
void flow_table_finish(struct flow_table *t);
const struct dpi *flow_table_dpi(const struct flow_table *t);
struct flow_stats flow_table_stats(const struct flow_table *t);
/* Iterate live and kept flows; the cursor starts at 0. Valid between ticks; packets may come between
 * calls (flows created meanwhile may be missed, none is seen twice). */
const struct flow *flow_table_next(const struct flow_table *t, size_t *cursor);
/* The flow of this cursor is near to be read: have it on its way into the cache. Advice only. */
void flow_table_expect_at(const struct flow_table *t, size_t cursor);
const struct flow *flow_table_by_id(const struct flow_table *t, uint64_t id); /* NULL; may scan */

/* ---- several tables that share the packets, each on a thread of its own ---- */

/* When a table told something, as numbers that put what several tables told in the order in which one table with all of the
 * packets would have told it: first by major. Only within a turn, from one mark to the next, which all tables see. */
struct flow_moment {
	uint64_t major, minor;
};
void flow_table_keep_order(struct flow_table *t); /* before the first packet */
/* What comes next is packet number `at`, or a mark of this number before a tick. Numbers grow; those behind a mark belong to it,
 * as many as lie between it and the one before. Flows that begin now have ids above `id`. */
void flow_table_at(struct flow_table *t, uint64_t at, uint64_t id);
struct flow_moment flow_table_moment(const struct flow_table *t); /* of what the sink is told now */
void flow_table_newest(struct flow_table *t, int64_t newest_us); /* packets were there until then, in another table maybe */
uint32_t flow_table_place(const struct flow *f); /* small and its own for as long as it is listed */
struct flow_stats flow_table_own(const struct flow_table *t); /* without those of tables that it joined */
/* All that reads t also reads these tables, in the order in which their flows began; borrowed for t's life, or until it joins
 * none. Only while their threads rest. all: the limits that are told, of the tables together; NULL with none. */
void flow_table_join(struct flow_table *t, struct flow_table *const *tables, unsigned count, const struct flow_limits *all);

const char *flow_state_name(enum flow_state s); /* "open" */
const char *flow_flags_text(uint8_t tcp_flags, char buf[9]); /* "SAPF": S A P U F R E C present ones, order FSRPAUEC */

#endif
