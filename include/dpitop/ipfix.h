/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * export: flows as IPFIX messages (RFC 7011, 7012; both directions in a record: RFC 5103; applications: RFC 6759).
 * An encoder is one stream towards one collector: it makes messages of bounded size, numbers them, and tells templates
 * and names again now and then, as UDP wants it (RFC 7011 section 8.4). No I/O and no clock. One thread per encoder.
 */
#ifndef DPITOP_IPFIX_H
#define DPITOP_IPFIX_H

#include "dpitop/dpi.h"
#include "dpitop/meter.h"
#include "dpitop/snapshot.h"

enum {
	IPFIX_MESSAGE_MAX = 1400, /* with IP and UDP headers, and those of a tunnel, below 1500 */
	IPFIX_MESSAGE_MIN = 512,  /* RFC 7011 section 10.3.3 */
	IPFIX_PORT = 4739         /* IANA */
};

struct ipfix_message { /* borrowed for the call */
	const uint8_t *data;
	size_t bytes;
	uint32_t records, option_records; /* of flows, and others */
	uint64_t packets, octets;         /* of these flows */
};

struct ipfix_interface { /* where flows are captured */
	uint32_t number; /* SNMP's; 0: none */
	char name[32];
};

struct ipfix_options {
	bool biflow;             /* else each direction that has packets is a record of its own */
	uint32_t domain;         /* observation domain */
	const char *name;        /* of this exporter, clean text */
	int64_t started_us;      /* when it was started */
	const struct ipfix_interface *interfaces; /* by struct flow's source; kept; NULL: flows have none */
	size_t interface_count;
	void (*send)(void *ctx, const struct ipfix_message *m); /* each message that is ready */
	void *ctx;
};

struct ipfix_encoder;

struct ipfix_encoder *ipfix_encoder_new(const struct ipfix_options *o, const struct dpi *dpi);
void ipfix_encoder_free(struct ipfix_encoder *x); /* NULL is fine; what is not flushed is lost */
/* Messages have at most so many bytes from now on: within the bounds above. */
void ipfix_limit(struct ipfix_encoder *x, size_t message_bytes);
/* One part of a flow; now_us is the wall clock. */
void ipfix_put(struct ipfix_encoder *x, const struct flow_part *p, int64_t now_us);
/* Send the message that is being made, if there is one. */
void ipfix_flush(struct ipfix_encoder *x, int64_t now_us);
/* Tell templates and names again with what comes next: the collector may have been away. */
void ipfix_renew(struct ipfix_encoder *x);
/* What the exporter has sent and lost so far, to be told now and then. */
void ipfix_statistics(struct ipfix_encoder *x, const struct sent_totals *sent, const struct sent_totals *lost);

#endif
