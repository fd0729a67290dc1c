/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * flow: what an exporter tells of the flows captured here, in parts: a metering process (RFC 5470 section 5.3)
 * on a flow table. The parts of a flow add up to all of its packets. Collected flows have none: who told of
 * them exports them. A part is told when its flow ends, and of a flow that goes on when its first packet has waited for
 * the active time-out. Engine thread.
 */
#ifndef DPITOP_METER_H
#define DPITOP_METER_H

#include "dpitop/flow.h"

enum flow_end { /* IPFIX element 136, flowEndReason */
	FLOW_END_IDLE = 1,
	FLOW_END_ACTIVE,   /* it goes on */
	FLOW_END_SEEN,     /* FIN both ways, RST */
	FLOW_END_FORCED,   /* the program ends */
	FLOW_END_RESOURCES /* the table's bound */
};

struct flow_part { /* of a flow, since its last part */
	const struct flow *flow; /* as it is now */
	struct flow_part_side { /* [0] from the client; zero where it sent nothing */
		uint64_t packets;
		uint64_t octets; /* of the (innermost) IP packets: element 1, octetDeltaCount */
		uint64_t bytes;  /* of the frames, as struct flow_counters has them */
		int64_t first_us, last_us;
		uint8_t tcp_flags;            /* OR */
		uint8_t tos;                  /* of the first packet */
		uint8_t icmp_type, icmp_code; /* likewise */
	} side[2];
	enum flow_end end_reason;
};

typedef void flow_meter(void *ctx, const struct flow_part *p); /* borrowed for the call */
/* Before the first packet. active_us: see above, more than 0. */
void flow_table_meter(struct flow_table *t, int64_t active_us, flow_meter *told, void *ctx);

#endif
