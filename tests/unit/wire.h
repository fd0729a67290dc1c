/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A flow table at the end of a wire, for the tests of the flow room: packets are made as bytes,
 * read by the decoder and given to the table, and what the table tells is written down per flow.
 * The sink holds the table to its promises in every test: NEW comes first and once, nothing comes
 * after END, facts change by RECLASS only and from what was told, `moved` is what was told, a site
 * that was told stays.
 */
#ifndef TESTS_WIRE_H
#define TESTS_WIRE_H

#include "dpitop/flow.h"

#define START_US INT64_C(1700000000000000)
#define SECOND_US INT64_C(1000000)
enum { TCP = 6, UDP = 17, WIRE_FLOWS = 4096, CLIENT = 0, SERVER = 1 };

struct told { /* of one flow */
	unsigned news, ends, reclasses, updates;
	struct flow_counters sum;
	struct flow_facts facts; /* as told last, but its site */
	char site[128];
	int64_t from_us, to_us;
};

struct wire {
	struct flow_table *flows;
	struct decoder *decoder;
	int64_t now_us; /* time of the next packet */
	uint16_t vlan; /* of the next packets */
	bool with_headers; /* IPv6: extension headers before the next packets' data */
	uint32_t cut; /* bytes the capture of the next packet lacks */
	unsigned updates;
	struct flow_counters sent; /* all packets, in [0] */
	struct flow_counters sum; /* all deltas */
	struct told told[WIRE_FLOWS]; /* by the flow's id */
	unsigned learned;
	char learned_name[64];
	struct addr learned_addr;
};

struct ends {
	const char *client, *server;
	uint16_t client_port, server_port;
};

struct segment { /* of TCP */
	uint8_t flags;
	uint32_t seq, ack;
	const void *data;
	size_t n;
};

void wire_open(struct wire *w, const struct flow_limits *limits);
void wire_close(struct wire *w);
/* One packet, with an Ethernet header of 14 bytes more in its length on the wire. Its live flow. */
const struct flow *wire_udp(struct wire *w, const struct ends *e, unsigned from, const void *data,
			    size_t n);
const struct flow *wire_tcp(struct wire *w, const struct ends *e, unsigned from,
			    const struct segment *s);
const struct flow *wire_l4(struct wire *w, const struct ends *e, unsigned from, uint8_t l4,
			   const void *data, size_t n);
/* A handshake and one segment of data each way (either may be NULL), a millisecond apart. */
const struct flow *wire_talk(struct wire *w, const struct ends *e, const void *request, size_t n,
			     const void *answer, size_t m);
void wire_tick(struct wire *w); /* whole, at now_us */
/* All that was sent was told, and all of it is listed or in `other`. After a tick. */
void wire_check(const struct wire *w);
unsigned wire_count(const struct wire *w); /* flows listed */
const char *wire_app(const struct wire *w, const struct flow *f, char buf[DPI_APP_TEXT]);

#endif
