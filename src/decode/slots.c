/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where each kind of element goes in a record, and how it is read: THE table between elements.c and struct
 * flow_record. Used when a template is made ready, not for records.
 */
#include "config.h"

#include <stddef.h>
#include <string.h>

#include "decode/fields.h"

#define AT(member) offsetof(struct draft, member)
#define NUMBER(bit, member) {TAKE_NUMBER, bit, sizeof ((struct draft *)NULL)->member, 0, AT(member), 0}
#define BY(take, bit, member) {take, bit, 0, 0, AT(member), 0}
#define RTEXT(which) {TAKE_TEXT, GIVEN_ANY, 0, 0, AT(r.text[which]), 0}
enum { NOT_REVERSED = 0 };

/* clang-format off */
static const struct {
	struct step step;
	uint8_t role, rank;
	uint8_t reverse_has;
	uint16_t reverse_dest; /* NOT_REVERSED: the reverse direction of it is skipped */
	bool inner;
} slots[SET_COUNT] = {
	[SET_BYTES] = {.step = NUMBER(HAS_BYTES, r.bytes[0]), ROLE_BYTES, 1, HAS_BYTES_REVERSE, AT(r.bytes[1])},
	[SET_BYTES_INITIATOR] = {.step = NUMBER(HAS_BYTES, r.bytes[0]), ROLE_BYTES, 2},
	[SET_BYTES_RESPONDER] = {.step = NUMBER(HAS_BYTES_REVERSE, r.bytes[1]), ROLE_BYTES_REVERSE, 2},
	[SET_BYTES_TOTAL] = {.step = NUMBER(HAS_BYTES, r.bytes[0]), ROLE_BYTES, RANK_TOTAL, HAS_BYTES_REVERSE, AT(r.bytes[1])},
	[SET_BYTES_OUT] = {.step = NUMBER(HAS_BYTES, r.bytes[0]), ROLE_BYTES, 4},
	[SET_BYTES_OUT_TOTAL] = {.step = NUMBER(HAS_BYTES, r.bytes[0]), ROLE_BYTES, RANK_OUT_TOTAL},
	[SET_PACKETS] = {.step = NUMBER(HAS_PACKETS, r.packets[0]), ROLE_PACKETS, 1, HAS_PACKETS_REVERSE, AT(r.packets[1])},
	[SET_PACKETS_INITIATOR] = {.step = NUMBER(HAS_PACKETS, r.packets[0]), ROLE_PACKETS, 2},
	[SET_PACKETS_RESPONDER] = {.step = NUMBER(HAS_PACKETS_REVERSE, r.packets[1]), ROLE_PACKETS_REVERSE, 2},
	[SET_PACKETS_TOTAL] = {.step = NUMBER(HAS_PACKETS, r.packets[0]), ROLE_PACKETS, RANK_TOTAL, HAS_PACKETS_REVERSE, AT(r.packets[1])},
	[SET_PACKETS_OUT] = {.step = NUMBER(HAS_PACKETS, r.packets[0]), ROLE_PACKETS, 4},
	[SET_PACKETS_OUT_TOTAL] = {.step = NUMBER(HAS_PACKETS, r.packets[0]), ROLE_PACKETS, RANK_OUT_TOTAL},
	[SET_LAYER2] = {.step = NUMBER(HAS_LAYER2, r.layer2_bytes[0]), .reverse_has = HAS_LAYER2, .reverse_dest = AT(r.layer2_bytes[1])},
	[SET_LAYER2_TOTAL] = {.step = NUMBER(GIVEN_LAYER2_TOTAL, layer2_total)},
	[SET_DROPPED_BYTES] = {.step = NUMBER(HAS_DROPPED, r.dropped_bytes)},
	[SET_DROPPED_PACKETS] = {.step = NUMBER(HAS_DROPPED, r.dropped_packets)},
	[SET_RETRANSMITS] = {.step = BY(TAKE_SUM, HAS_RETRANSMITS, r.retransmits)},

	[SET_SRC] = {.step = BY(TAKE_ADDR, HAS_ADDR, r.addr[0]), ROLE_SRC, 1},
	[SET_DST] = {.step = BY(TAKE_ADDR, HAS_ADDR, r.addr[1]), ROLE_DST, 1},
	[SET_SRC_PREFIX] = {.step = BY(TAKE_ADDR, HAS_ADDR, r.addr[0]), ROLE_SRC, 2},
	[SET_DST_PREFIX] = {.step = BY(TAKE_ADDR, HAS_ADDR, r.addr[1]), ROLE_DST, 2},
	[SET_SRC_PORT] = {.step = BY(TAKE_PORT, HAS_PORTS, r.port[0]), ROLE_SRC_PORT, 1},
	[SET_DST_PORT] = {.step = BY(TAKE_PORT, HAS_PORTS, r.port[1]), ROLE_DST_PORT, 1},
	[SET_SRC_PORT_OTHER] = {.step = BY(TAKE_PORT, HAS_PORTS, r.port[0]), ROLE_SRC_PORT, 2},
	[SET_DST_PORT_OTHER] = {.step = BY(TAKE_PORT, HAS_PORTS, r.port[1]), ROLE_DST_PORT, 2},
	[SET_L4] = {.step = NUMBER(HAS_L4, r.l4), ROLE_L4, 1},
	[SET_L4_NEXT] = {.step = NUMBER(HAS_L4, r.l4), ROLE_L4, 2},
	[SET_INNER_SRC] = {.step = BY(TAKE_ADDR, HAS_ADDR, r.addr[0]), ROLE_SRC, 1, .inner = true},
	[SET_INNER_DST] = {.step = BY(TAKE_ADDR, HAS_ADDR, r.addr[1]), ROLE_DST, 1, .inner = true},
	[SET_INNER_SRC_PORT] = {.step = BY(TAKE_PORT, HAS_PORTS, r.port[0]), ROLE_SRC_PORT, 1, .inner = true},
	[SET_INNER_DST_PORT] = {.step = BY(TAKE_PORT, HAS_PORTS, r.port[1]), ROLE_DST_PORT, 1, .inner = true},
	[SET_INNER_L4] = {.step = NUMBER(HAS_L4, r.l4), ROLE_L4, 1, .inner = true},
	[SET_IP_VERSION] = {.step = NUMBER(GIVEN_ANY, r.ip_version)},

	[SET_START] = {.step = BY(TAKE_TIME, HAS_START, r.start_us), ROLE_START, 1},
	[SET_END] = {.step = BY(TAKE_TIME, HAS_END, r.end_us), ROLE_END, 1},
	[SET_START_DELTA] = {.step = BY(TAKE_DELTA, HAS_START, r.start_us), ROLE_START, 1},
	[SET_END_DELTA] = {.step = BY(TAKE_DELTA, HAS_END, r.end_us), ROLE_END, 1},
	[SET_FIRST_UPTIME] = {.step = NUMBER(GIVEN_FIRST_UPTIME, first_ms)},
	[SET_LAST_UPTIME] = {.step = NUMBER(GIVEN_LAST_UPTIME, last_ms)},
	[SET_OBSERVED] = {.step = BY(TAKE_TIME, GIVEN_OBSERVED, observed_us)},
	[SET_DURATION] = {.step = BY(TAKE_SPAN, GIVEN_DURATION, duration_us)},
	[SET_BOOT] = {.step = BY(TAKE_TIME, GIVEN_BOOT, boot_us)},

	[SET_TCP_FLAGS] = {.step = BY(TAKE_FLAGS, HAS_TCP_FLAGS, r.tcp_flags[0]), .reverse_has = HAS_TCP_FLAGS_REVERSE, .reverse_dest = AT(r.tcp_flags[1])},
	[SET_TCP_FLAGS_CLIENT] = {.step = BY(TAKE_FLAGS, HAS_TCP_FLAGS, r.tcp_flags[0]), .reverse_has = HAS_TCP_FLAGS_REVERSE, .reverse_dest = AT(r.tcp_flags[1])},
	[SET_TCP_FLAGS_SERVER] = {.step = BY(TAKE_FLAGS, HAS_TCP_FLAGS_REVERSE, r.tcp_flags[1])},
	[SET_TOS] = {.step = NUMBER(HAS_TOS, r.tos[0]), ROLE_TOS, 1, HAS_TOS_REVERSE, AT(r.tos[1])},
	[SET_DSCP] = {.step = BY(TAKE_DSCP, HAS_TOS, r.tos[0]), ROLE_TOS, 2, HAS_TOS_REVERSE, AT(r.tos[1])},
	[SET_TOS_OUT] = {.step = NUMBER(HAS_TOS, r.tos[0]), ROLE_TOS, 3, HAS_TOS_REVERSE, AT(r.tos[1])},
	[SET_TTL] = {.step = NUMBER(HAS_TTL, r.ttl), ROLE_TTL, 1},
	[SET_TTL_MAX] = {.step = NUMBER(HAS_TTL, r.ttl), ROLE_TTL, 2},
	[SET_ICMP] = {.step = BY(TAKE_ICMP, HAS_ICMP, r.icmp_type)},
	[SET_ICMP_TYPE] = {.step = NUMBER(HAS_ICMP, r.icmp_type)},
	[SET_ICMP_CODE] = {.step = NUMBER(HAS_ICMP, r.icmp_code)},
	[SET_VLAN] = {.step = NUMBER(HAS_VLAN, r.vlan[0])},
	[SET_VLAN_OUT] = {.step = NUMBER(HAS_VLAN_OUT, r.vlan[1])},
	[SET_ETHERTYPE] = {.step = NUMBER(HAS_ETHERTYPE, r.ethertype)},
	[SET_SRC_MAC] = {.step = BY(TAKE_MAC, HAS_MAC_SRC, r.mac[0]), ROLE_SRC_MAC, 1},
	[SET_SRC_MAC_OUT] = {.step = BY(TAKE_MAC, HAS_MAC_SRC, r.mac[0]), ROLE_SRC_MAC, 2},
	[SET_DST_MAC] = {.step = BY(TAKE_MAC, HAS_MAC_DST, r.mac[1]), ROLE_DST_MAC, 1},
	[SET_DST_MAC_OUT] = {.step = BY(TAKE_MAC, HAS_MAC_DST, r.mac[1]), ROLE_DST_MAC, 2},
	[SET_MPLS] = {.step = BY(TAKE_LABEL, HAS_MPLS, r.mpls_label)},
	[SET_VNI] = {.step = BY(TAKE_VNI, HAS_VNI, r.vni)},

	[SET_IN] = {.step = NUMBER(HAS_IN, r.interface[0]), ROLE_IN, 1},
	[SET_IN_PHYSICAL] = {.step = NUMBER(HAS_IN, r.interface[0]), ROLE_IN, 2},
	[SET_OUT] = {.step = NUMBER(HAS_OUT, r.interface[1]), ROLE_OUT, 1},
	[SET_OUT_PHYSICAL] = {.step = NUMBER(HAS_OUT, r.interface[1]), ROLE_OUT, 2},
	[SET_NEXT_HOP] = {.step = BY(TAKE_ADDR, HAS_NEXT_HOP, r.next_hop)},
	[SET_BGP_HOP] = {.step = BY(TAKE_ADDR, HAS_BGP_NEXT_HOP, r.bgp_next_hop)},
	[SET_SRC_AS] = {.step = NUMBER(HAS_AS_SRC, r.as[0])},
	[SET_DST_AS] = {.step = NUMBER(HAS_AS_DST, r.as[1])},
	[SET_AS_PREV] = {.step = NUMBER(HAS_AS_PREV, r.as_neighbour[0])},
	[SET_AS_NEXT] = {.step = NUMBER(HAS_AS_NEXT, r.as_neighbour[1])},
	[SET_SRC_BITS] = {.step = NUMBER(HAS_PREFIX_SRC, r.prefix_bits[0])},
	[SET_DST_BITS] = {.step = NUMBER(HAS_PREFIX_DST, r.prefix_bits[1])},
	[SET_VRF_IN] = {.step = NUMBER(HAS_VRF, r.vrf[0])},
	[SET_VRF_OUT] = {.step = NUMBER(HAS_VRF, r.vrf[1])},
	[SET_DIRECTION] = {.step = NUMBER(HAS_DIRECTION, r.direction)},
	[SET_BIFLOW_DIRECTION] = {.step = NUMBER(HAS_BIFLOW_DIRECTION, r.biflow_direction)},
	[SET_POINT] = {.step = NUMBER(HAS_POINT, r.point)},
	[SET_FLOW_ID] = {.step = NUMBER(HAS_FLOW_ID, r.flow_id)},

	[SET_NAT_SRC] = {.step = BY(TAKE_ADDR, HAS_NAT_SRC, r.nat_addr[0])},
	[SET_NAT_DST] = {.step = BY(TAKE_ADDR, HAS_NAT_DST, r.nat_addr[1])},
	[SET_NAT_SRC_PORT] = {.step = BY(TAKE_PORT, HAS_NAT_PORT_SRC, r.nat_port[0])},
	[SET_NAT_DST_PORT] = {.step = BY(TAKE_PORT, HAS_NAT_PORT_DST, r.nat_port[1])},
	[SET_NAT_EVENT] = {.step = NUMBER(HAS_NAT_EVENT, r.nat_event)},
	[SET_FIREWALL_EVENT] = {.step = NUMBER(HAS_FIREWALL_EVENT, r.firewall_event)},
	[SET_FORWARDING] = {.step = NUMBER(HAS_FORWARDING, r.forwarding)},
	[SET_END_REASON] = {.step = NUMBER(HAS_END_REASON, r.end_reason)},

	[SET_APP_ID] = {.step = BY(TAKE_APP_ID, HAS_APP_ID, r.app_id)},
	[SET_APP_NUMBER] = {.step = NUMBER(HAS_APP_ID, r.app_id)},
	[SET_APP] = {.step = RTEXT(RECORD_APP)},
	[SET_APP_DESCRIPTION] = {.step = BY(TAKE_TEXT, GIVEN_ANY, app_description)},
	[SET_CATEGORY] = {.step = RTEXT(RECORD_CATEGORY)},
	[SET_HOST] = {.step = RTEXT(RECORD_HOST)},
	[SET_HOST_PREFIXED] = {.step = BY(TAKE_PREFIXED_TEXT, GIVEN_ANY, r.text[RECORD_HOST])},
	[SET_URL] = {.step = RTEXT(RECORD_URL)},
	[SET_URL_PREFIXED] = {.step = BY(TAKE_PREFIXED_TEXT, GIVEN_ANY, r.text[RECORD_URL])},
	[SET_QUERY] = {.step = RTEXT(RECORD_QUERY)},
	[SET_METHOD] = {.step = RTEXT(RECORD_METHOD)},
	[SET_USER_AGENT] = {.step = RTEXT(RECORD_USER_AGENT)},
	[SET_REFERER] = {.step = RTEXT(RECORD_REFERER)},
	[SET_CONTENT_TYPE] = {.step = RTEXT(RECORD_CONTENT_TYPE)},
	[SET_HTTP_CODE] = {.step = BY(TAKE_CODE, HAS_HTTP_CODE, r.http_code)},
	[SET_USER] = {.step = RTEXT(RECORD_USER)},
	[SET_VRF] = {.step = RTEXT(RECORD_VRF)},
	[SET_RTT] = {.step = BY(TAKE_SPAN, HAS_RTT, r.rtt_us)},
	[SET_CLIENT_LATENCY] = {.step = BY(TAKE_SPAN, HAS_CLIENT_LATENCY, r.client_latency_us)},
	[SET_SERVER_LATENCY] = {.step = BY(TAKE_SPAN, HAS_SERVER_LATENCY, r.server_latency_us)},
	[SET_APP_LATENCY] = {.step = BY(TAKE_SPAN, HAS_APP_LATENCY, r.app_latency_us)},

	[SET_INTERVAL] = {.step = NUMBER(GIVEN_ANY, interval)},
	[SET_INTERVAL_RANDOM] = {.step = NUMBER(GIVEN_ANY, random_interval)},
	[SET_INTERVAL_PACKETS] = {.step = NUMBER(GIVEN_ANY, interval_packets)},
	[SET_INTERVAL_SPACE] = {.step = NUMBER(GIVEN_SPACE, interval_space)},
	[SET_SAMPLE_SIZE] = {.step = NUMBER(GIVEN_ANY, sample_size)},
	[SET_SAMPLE_POPULATION] = {.step = NUMBER(GIVEN_ANY, sample_population)},
	[SET_PROBABILITY] = {.step = BY(TAKE_FLOAT, GIVEN_ANY, probability)},
	[SET_SAMPLER] = {.step = NUMBER(GIVEN_SAMPLER, sampler)},

	[SET_IF_NAME] = {.step = BY(TAKE_TEXT, GIVEN_ANY, if_name)},
	[SET_IF_DESCRIPTION] = {.step = BY(TAKE_TEXT, GIVEN_ANY, if_description)},
	[SET_DOMAIN_NAME] = {.step = BY(TAKE_TEXT, GIVEN_ANY, domain_name)},

	[SET_BASIC_LIST] = {.step = BY(TAKE_BASIC_LIST, GIVEN_ANY, r)},
	[SET_SUB_LIST] = {.step = BY(TAKE_SUB_LIST, GIVEN_ANY, r)},
	[SET_SUB_MULTI_LIST] = {.step = BY(TAKE_SUB_MULTI_LIST, GIVEN_ANY, r)},
};
/* clang-format on */

static uint8_t take_of_type(uint8_t take, uint8_t type)
{
	if (take == TAKE_ADDR)
		return type == ELEMENT_IPV6 ? TAKE_V6 : TAKE_V4;
	if (take == TAKE_SPAN && type == ELEMENT_SIGNED)
		return TAKE_SIGNED_SPAN;
	if (take != TAKE_TIME)
		return take;
	if (type == ELEMENT_SECONDS)
		return TAKE_SECONDS;
	return type == ELEMENT_MILLISECONDS ? TAKE_MILLISECONDS : TAKE_NTP;
}

/* Of two times the finer one is the better. */
static uint8_t rank_of(uint8_t rank, const struct export_element *e)
{
	if (e->type >= ELEMENT_SECONDS && e->type <= ELEMENT_NANOSECONDS)
		return (uint8_t)(rank + ELEMENT_NANOSECONDS - e->type);
	return rank;
}

static uint8_t scale_of(const char *units)
{
	if (strcmp(units, "milliseconds") == 0)
		return 3;
	return strcmp(units, "seconds") == 0 ? 6 : 0;
}

struct slot slot_of(const struct export_element *e, bool reverse)
{
	const unsigned i = e->sets;
	struct slot slot = {slots[i].step, slots[i].role, rank_of(slots[i].rank, e), slots[i].inner};

	slot.step.take = take_of_type(slot.step.take, e->type);
	slot.step.scale = scale_of(e->units);
	if (!reverse)
		return slot;
	if (slots[i].reverse_dest == NOT_REVERSED)
		return (struct slot){0};
	slot.step.dest = slots[i].reverse_dest;
	slot.step.has = slots[i].reverse_has;
	if (slot.role != ROLE_NONE)
		slot.role++; /* the reverse role stands behind its own */
	return slot;
}

void step_to_outer(struct step *s, enum role role)
{
	static const uint16_t dests[ROLE_COUNT] = {
		[ROLE_SRC] = AT(outer.addr[0]),
		[ROLE_DST] = AT(outer.addr[1]),
		[ROLE_SRC_PORT] = AT(outer.port[0]),
		[ROLE_DST_PORT] = AT(outer.port[1]),
		[ROLE_L4] = AT(outer.l4),
	};

	s->dest = dests[role];
	s->has = GIVEN_ANY;
}
