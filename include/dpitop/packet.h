/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * decode: bytes -> facts. Pure: no allocation, no I/O, no clock. The decoder only holds the bounded
 * fragment cache. Called by an engine for each frame; one decoder per engine thread.
 *
 * Numbers: link types https://www.tcpdump.org/linktypes.html; EtherTypes and IP protocols: IANA.
 */
#ifndef DPITOP_PACKET_H
#define DPITOP_PACKET_H

#include <stdbool.h>
#include <stdint.h>

#include "dpitop/addr.h"

enum packet_kind {
	PACKET_IP,       /* innermost IP header read: src, dst, l4 are valid */
	PACKET_NON_IP,   /* a frame without IP; ethertype says what, 0 if no type is known */
	PACKET_UNDECODED /* should be IP, but its header cannot be read; counts as non-IP */
};

enum tunnel { /* the innermost tunnel that carried the packet; names in tunnel_name() */
	TUNNEL_NONE, TUNNEL_GRE, TUNNEL_IPIP, TUNNEL_6IN4, TUNNEL_GTPU, TUNNEL_VXLAN, TUNNEL_GENEVE,
	TUNNEL_ERSPAN, TUNNEL_TZSP, TUNNEL_CAPWAP, TUNNEL_TEREDO, TUNNEL_MPLS, TUNNEL_PPPOE,
	TUNNEL_L2TP, TUNNEL_COUNT
};

enum { /* packet.flags */
	PACKET_MAC = 1 << 0,       /* src_mac, dst_mac are set (outermost Ethernet, SLL: source only) */
	PACKET_FRAGMENT = 1 << 1,  /* an IP fragment (first or later) at the innermost level */
	PACKET_LATER = 1 << 2,     /* a later fragment: no L4 header; ports from the cache or 0 */
	PACKET_TRUNCATED = 1 << 3, /* l3_len < ip_len, cut or lying: nDPI 4.2 must not see it */
	PACKET_L4 = 1 << 4,        /* the L4 header was read whole: ports, flags, seq are valid */
	PACKET_EXTHDR = 1 << 5,    /* IPv6 extension headers lie between IP and L4 */
	PACKET_OUTGOING = 1 << 6,  /* SLL/SLL2 said: sent by us */
	PACKET_PORTS = 1 << 7      /* src_port, dst_port are valid (also from the fragment cache) */
};

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16, TCP_URG = 32, TCP_ECE = 64, TCP_CWR = 128 };

struct packet {
	/* set by the caller of decode_packet() */
	int64_t ts_us;       /* capture time, since the epoch */
	const uint8_t *data; /* borrowed for the call */
	uint32_t cap_len;    /* bytes at data */
	uint32_t wire_len;   /* frame length on the wire: what bytes are counted by */
	/* facts */
	uint8_t kind;   /* enum packet_kind */
	uint8_t tunnel; /* enum tunnel */
	uint8_t flags;
	uint8_t vlan_count;
	uint16_t vlan;      /* outermost VLAN id (12 bit), 0 if none */
	uint16_t ethertype; /* of the innermost frame; for IEEE 802.3 length frames 0 */
	uint8_t src_mac[6], dst_mac[6];
	uint8_t ip_version; /* 4 or 6, innermost */
	uint8_t l4;         /* IANA protocol number behind all extension headers; AH stays AH */
	uint8_t ttl, tos;
	struct addr src, dst;
	uint16_t src_port, dst_port; /* TCP, UDP, UDP-Lite, SCTP, DCCP; else 0 */
	uint8_t tcp_flags;
	uint8_t icmp_type, icmp_code;
	uint32_t tcp_seq, tcp_ack;
	const uint8_t *l3;  /* innermost IP header */
	uint32_t l3_len;    /* captured bytes of the IP packet: min(capture, IP total length) */
	uint32_t ip_len;    /* what the IP header says (jumbograms and 0-length TSO: what is there) */
	uint16_t l4_offset; /* from l3 to the L4 header (behind extension headers) */
	const uint8_t *payload; /* L4 payload, NULL if none was captured */
	uint32_t payload_len;   /* captured payload bytes */
	uint32_t payload_wire;  /* payload bytes on the wire: for TCP sequence arithmetic */
	uint32_t flow_tag; /* flow_table_expect_packet() notes it; else 0 */
	uint64_t datagram; /* whose first fragment this is; with PACKET_LATER: whose first was not seen; else 0 */
};

struct decoder; /* fragment cache and options; create once per engine */

/* fragments: entries of the cache (0: default 4096), fixed memory. decap false: outermost IP. */
struct decoder *decoder_new(unsigned fragments, bool decap, uint64_t seed);
void decoder_free(struct decoder *d);
/* Fill p's facts from p->data. Never fails: what cannot be read is PACKET_UNDECODED or NON_IP.
 * linktype: DLT_/LINKTYPE_ number as pcap_datalink() gives it. */
void decode_packet(struct decoder *d, int linktype, struct packet *p);
bool decode_linktype_known(int linktype);
const char *decode_linktype_names(char *buf, unsigned long size); /* for error messages */

const char *tunnel_name(enum tunnel t);            /* "GRE"; "" for none */
const char *l4_name(uint8_t number);               /* IANA keyword: "TCP", "IPv6-ICMP"; "" if unassigned */
const char *l4_label(uint8_t number, char buf[8]); /* keyword, else the number in decimal */
int l4_number(const char *name);                   /* keyword or number (case ignored), -1 */
const char *ethertype_name(uint16_t type);         /* "ARP", "LLDP"; "" if not known */

#endif
