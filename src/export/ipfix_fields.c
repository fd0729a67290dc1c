/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * THE table of what IPFIX records say: a row gives an element, its length, what a template must have for it to be in
 * there, and who writes it. Templates and records are made of the same rows, so that they agree. Elements are IANA's
 * (registry "IPFIX Information Elements") but for host names that it has none for: those are ntop's, which collectors
 * know. Called by ipfix_encoder.c.
 */
#include "config.h"

#include "export/ipfix_fields.h"

#include <string.h>

enum { PEN_IANA = 0, PEN_REVERSE = 29305 /* RFC 5103 */, PEN_NTOP = 35632 };
enum { VARIABLE = 65535, ENTERPRISE = 0x8000, INITIATOR = 1, VARIABLE_SHORT = 254, APP_MAX = 64, NAME_MAX = 64, FIXED_NAME = 40 };

/* ---- bytes ---- */

static uint8_t *room(struct ipfix_bytes *b, size_t bytes)
{
	uint8_t *p = b->at + b->used;

	if (b->full || sizeof b->at - b->used < bytes) {
		b->full = true;
		return NULL;
	}
	b->used += bytes;
	return p;
}

void ipfix_number(struct ipfix_bytes *b, uint64_t v, unsigned bytes)
{
	uint8_t *p = room(b, bytes);

	for (unsigned i = bytes; p != NULL && i > 0; v >>= 8)
		p[--i] = (uint8_t)v;
}

static void put_bytes(struct ipfix_bytes *b, const void *from, size_t bytes)
{
	uint8_t *p = room(b, bytes);

	if (p != NULL)
		memcpy(p, from, bytes);
}

static bool is_inside_character(char c)
{
	return ((uint8_t)c & 0xc0) == 0x80;
}

void ipfix_text(struct ipfix_bytes *b, const char *text, size_t max)
{
	size_t n = strlen(text);

	if (max > VARIABLE_SHORT)
		max = VARIABLE_SHORT;
	for (n = n < max ? n : max; n > 0 && is_inside_character(text[n]); n--)
		;
	ipfix_number(b, n, 1);
	put_bytes(b, text, n);
}

/* Filled up with NULs. */
static void put_fixed_text(struct ipfix_bytes *b, const char *text, size_t bytes)
{
	size_t n = strlen(text);
	uint8_t *p = room(b, bytes);

	if (p == NULL)
		return;
	for (n = n < bytes ? n : bytes; n > 0 && n < strlen(text) && is_inside_character(text[n]); n--)
		;
	memset(p, 0, bytes);
	memcpy(p, text, n);
}

/* ---- writers ---- */

/* d: which end of the flow is meant; the other one where the reverse element is written. */
typedef void writer(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d);

static const struct flow_part_side *side(const struct ipfix_facts *f, unsigned d)
{
	return &f->part->side[d];
}

static void put_src_v4(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	put_bytes(b, f->part->flow->addr[d].b + 12, 4);
}

static void put_dst_v4(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	put_src_v4(b, f, !d);
}

static void put_src_v6(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	put_bytes(b, f->part->flow->addr[d].b, 16);
}

static void put_dst_v6(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	put_src_v6(b, f, !d);
}

static void put_src_port(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	ipfix_number(b, f->part->flow->port[d], 2);
}

static void put_dst_port(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	put_src_port(b, f, !d);
}

static void put_l4(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	(void)d;
	ipfix_number(b, f->part->flow->l4, 1);
}

static void put_tos(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	ipfix_number(b, side(f, d)->tos, 1);
}

static void put_tcp_flags(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	ipfix_number(b, side(f, d)->tcp_flags, 2);
}

static void put_icmp(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	ipfix_number(b, (uint64_t)side(f, d)->icmp_type << 8 | side(f, d)->icmp_code, 2);
}

static void put_octets(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	ipfix_number(b, side(f, d)->octets, 8);
}

static void put_packets(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	ipfix_number(b, side(f, d)->packets, 8);
}

static void put_frame_bytes(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	ipfix_number(b, side(f, d)->bytes, 8);
}

/* Where both directions are one record its times are those of both. */
static const struct flow_part_side *other_of(const struct ipfix_facts *f, unsigned d)
{
	return f->biflow && side(f, !d)->packets > 0 ? side(f, !d) : NULL;
}

static void put_time(struct ipfix_bytes *b, int64_t us)
{
	ipfix_number(b, us > 0 ? (uint64_t)us / 1000 : 0, 8);
}

static void put_start(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	const struct flow_part_side *own = side(f, d), *other = other_of(f, d);

	put_time(b, other != NULL && (own->packets == 0 || other->first_us < own->first_us) ? other->first_us : own->first_us);
}

static void put_end(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	const struct flow_part_side *own = side(f, d), *other = other_of(f, d);

	put_time(b, other != NULL && (own->packets == 0 || other->last_us > own->last_us) ? other->last_us : own->last_us);
}

static void put_vlan(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	(void)d;
	ipfix_number(b, f->part->flow->vlan, 2);
}

static void put_src_mac(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	put_bytes(b, f->part->flow->mac[d], 6);
}

static void put_dst_mac(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	put_src_mac(b, f, !d);
}

static void put_interface(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	(void)d;
	ipfix_number(b, f->interface->number, 4);
}

static void put_interface_name(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	(void)d;
	ipfix_text(b, f->interface->name, NAME_MAX);
}

static void put_end_reason(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	(void)d;
	ipfix_number(b, f->part->end_reason, 1);
}

static void put_initiator(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	(void)f;
	(void)d;
	ipfix_number(b, INITIATOR, 1);
}

static void put_flow_id(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	(void)d;
	ipfix_number(b, f->part->flow->id, 8);
}

static void put_app_id(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	(void)d;
	ipfix_number(b, f->app_id, 8);
}

static void put_app(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	(void)d;
	ipfix_text(b, f->app, APP_MAX);
}

static void put_fixed_app(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	(void)d;
	put_fixed_text(b, f->app, FIXED_NAME);
}

static const char *text_of(const struct ipfix_facts *f, enum flow_text which)
{
	return flow_meta_text(f->part->flow->meta, which);
}

static bool is_http(const struct ipfix_facts *f)
{
	return text_of(f, FLOW_METHOD)[0] != '\0' || text_of(f, FLOW_URL)[0] != '\0';
}

static void put_http_host(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	(void)d;
	ipfix_text(b, is_http(f) ? text_of(f, FLOW_SITE) : "", f->text_max);
}

static void put_server_name(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	(void)d;
	ipfix_text(b, is_http(f) ? "" : text_of(f, FLOW_SITE), f->text_max);
}

static void put_query(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	(void)d;
	ipfix_text(b, text_of(f, FLOW_QUERY), f->text_max);
}

static void put_domain(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	(void)d;
	ipfix_number(b, f->self->domain, 4);
}

static void put_own_name(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	(void)d;
	ipfix_text(b, f->self->name, NAME_MAX);
}

static void put_started(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d)
{
	(void)d;
	put_time(b, f->self->started_us);
}

#define TOTAL(name, member) \
	static void name(struct ipfix_bytes *b, const struct ipfix_facts *f, unsigned d) \
	{ \
		(void)d; \
		ipfix_number(b, f->member, 8); \
	}
TOTAL(put_sent_bytes, sent.bytes)
TOTAL(put_sent_messages, sent.messages)
TOTAL(put_sent_records, sent.records)
TOTAL(put_lost_records, lost.records)
TOTAL(put_lost_packets, lost.packets)
TOTAL(put_lost_octets, lost.octets)

/* ---- the tables ---- */

/* clang-format off */
static const struct field {
	uint16_t number;
	uint16_t bytes;  /* VARIABLE */
	uint32_t pen;
	unsigned in;     /* a template that has all of these bits has this field */
	bool reversible; /* with IPFIX_BIFLOW there is the reverse element, too */
	writer *put;
} fields[] = {
	{8, 4, PEN_IANA, IPFIX_V4, false, put_src_v4},             /* sourceIPv4Address */
	{12, 4, PEN_IANA, IPFIX_V4, false, put_dst_v4},            /* destinationIPv4Address */
	{27, 16, PEN_IANA, IPFIX_V6, false, put_src_v6},           /* sourceIPv6Address */
	{28, 16, PEN_IANA, IPFIX_V6, false, put_dst_v6},           /* destinationIPv6Address */
	{7, 2, PEN_IANA, IPFIX_PORTS, false, put_src_port},        /* sourceTransportPort */
	{11, 2, PEN_IANA, IPFIX_PORTS, false, put_dst_port},       /* destinationTransportPort */
	{4, 1, PEN_IANA, 0, false, put_l4},                        /* protocolIdentifier */
	{5, 1, PEN_IANA, 0, true, put_tos},                        /* ipClassOfService */
	{6, 2, PEN_IANA, IPFIX_PORTS, true, put_tcp_flags},        /* tcpControlBits */
	{32, 2, PEN_IANA, IPFIX_V4 | IPFIX_ICMP, true, put_icmp},  /* icmpTypeCodeIPv4 */
	{139, 2, PEN_IANA, IPFIX_V6 | IPFIX_ICMP, true, put_icmp}, /* icmpTypeCodeIPv6 */
	{1, 8, PEN_IANA, 0, true, put_octets},                     /* octetDeltaCount */
	{2, 8, PEN_IANA, 0, true, put_packets},                    /* packetDeltaCount */
	{352, 8, PEN_IANA, 0, true, put_frame_bytes},              /* layer2OctetDeltaCount */
	{152, 8, PEN_IANA, 0, false, put_start},                   /* flowStartMilliseconds */
	{153, 8, PEN_IANA, 0, false, put_end},                     /* flowEndMilliseconds */
	{58, 2, PEN_IANA, 0, false, put_vlan},                     /* vlanId */
	{56, 6, PEN_IANA, 0, false, put_src_mac},                  /* sourceMacAddress */
	{80, 6, PEN_IANA, 0, false, put_dst_mac},                  /* destinationMacAddress */
	{10, 4, PEN_IANA, IPFIX_INTERFACES, false, put_interface}, /* ingressInterface */
	{136, 1, PEN_IANA, 0, false, put_end_reason},              /* flowEndReason */
	{239, 1, PEN_IANA, IPFIX_BIFLOW, false, put_initiator},    /* biflowDirection */
	{148, 8, PEN_IANA, 0, false, put_flow_id},                 /* flowId */
	{95, 8, PEN_IANA, 0, false, put_app_id},                   /* applicationId */
	{96, VARIABLE, PEN_IANA, 0, false, put_app},               /* applicationName */
	{460, VARIABLE, PEN_IANA, 0, false, put_http_host},        /* httpRequestHost */
	{188, VARIABLE, PEN_NTOP, 0, false, put_server_name},      /* TLS_SERVER_NAME */
	{205, VARIABLE, PEN_NTOP, 0, false, put_query},            /* DNS_QUERY */
};

/* The first is the scope. Applications are told as collectors know it from Cisco's routers, in fields of fixed length
 * that are no scope: nfdump reads nothing else. */
static const struct field options_fields[] = {
	{149, 4, PEN_IANA, IPFIX_OPTION_APP, false, put_domain},               /* observationDomainId */
	{95, 8, PEN_IANA, IPFIX_OPTION_APP, false, put_app_id},                /* applicationId */
	{96, FIXED_NAME, PEN_IANA, IPFIX_OPTION_APP, false, put_fixed_app},    /* applicationName */
	{94, FIXED_NAME, PEN_IANA, IPFIX_OPTION_APP, false, put_fixed_app},    /* applicationDescription */
	{10, 4, PEN_IANA, IPFIX_OPTION_INTERFACE, false, put_interface},       /* ingressInterface */
	{82, VARIABLE, PEN_IANA, IPFIX_OPTION_INTERFACE, false, put_interface_name}, /* interfaceName */
	{149, 4, PEN_IANA, IPFIX_OPTION_SELF, false, put_domain},              /* observationDomainId */
	{300, VARIABLE, PEN_IANA, IPFIX_OPTION_SELF, false, put_own_name},     /* observationDomainName */
	{160, 8, PEN_IANA, IPFIX_OPTION_SELF, false, put_started},             /* systemInitTimeMilliseconds */
	{40, 8, PEN_IANA, IPFIX_OPTION_SELF, false, put_sent_bytes},           /* exportedOctetTotalCount */
	{41, 8, PEN_IANA, IPFIX_OPTION_SELF, false, put_sent_messages},        /* exportedMessageTotalCount */
	{42, 8, PEN_IANA, IPFIX_OPTION_SELF, false, put_sent_records},         /* exportedFlowRecordTotalCount */
	{166, 8, PEN_IANA, IPFIX_OPTION_SELF, false, put_lost_records},        /* notSentFlowTotalCount */
	{167, 8, PEN_IANA, IPFIX_OPTION_SELF, false, put_lost_packets},        /* notSentPacketTotalCount */
	{168, 8, PEN_IANA, IPFIX_OPTION_SELF, false, put_lost_octets},         /* notSentOctetTotalCount */
};

static const unsigned templates[IPFIX_TEMPLATES] = {
	[IPFIX_FLOW_V4] = IPFIX_V4 | IPFIX_PORTS, [IPFIX_FLOW_V6] = IPFIX_V6 | IPFIX_PORTS,
	[IPFIX_ICMP_V4] = IPFIX_V4 | IPFIX_ICMP, [IPFIX_ICMP_V6] = IPFIX_V6 | IPFIX_ICMP,
	[IPFIX_OTHER_V4] = IPFIX_V4, [IPFIX_OTHER_V6] = IPFIX_V6,
	[IPFIX_APPS] = IPFIX_OPTION_APP, [IPFIX_INTERFACE_NAMES] = IPFIX_OPTION_INTERFACE, [IPFIX_SELF] = IPFIX_OPTION_SELF,
};
/* clang-format on */

bool ipfix_is_options(enum ipfix_template t)
{
	return t >= IPFIX_APPS;
}

/* The next field of a template from *i on, NULL behind the last. */
static const struct field *next_field(enum ipfix_template t, unsigned more, size_t *i)
{
	const struct field *table = ipfix_is_options(t) ? options_fields : fields;
	size_t count = ipfix_is_options(t) ? sizeof options_fields / sizeof options_fields[0] : sizeof fields / sizeof fields[0];
	unsigned has = templates[t] | more;

	for (; *i < count; ++*i)
		if ((table[*i].in & has) == table[*i].in)
			return &table[(*i)++];
	return NULL;
}

static void define_field(struct ipfix_bytes *b, const struct field *f, uint32_t pen)
{
	ipfix_number(b, f->number | (pen != PEN_IANA ? ENTERPRISE : 0), 2);
	ipfix_number(b, f->bytes, 2);
	if (pen != PEN_IANA)
		ipfix_number(b, pen, 4);
}

void ipfix_define(struct ipfix_bytes *b, enum ipfix_template t, unsigned more)
{
	const struct field *f;
	unsigned count = 0;

	for (size_t i = 0; (f = next_field(t, more, &i)) != NULL;)
		count += f->reversible && (more & IPFIX_BIFLOW) ? 2 : 1;
	ipfix_number(b, (uint64_t)IPFIX_FIRST_TEMPLATE + t, 2);
	ipfix_number(b, count, 2);
	if (ipfix_is_options(t))
		ipfix_number(b, 1, 2); /* fields of the scope */
	for (size_t i = 0; (f = next_field(t, more, &i)) != NULL;) {
		define_field(b, f, f->pen);
		if (f->reversible && (more & IPFIX_BIFLOW))
			define_field(b, f, PEN_REVERSE);
	}
}

void ipfix_record(struct ipfix_bytes *b, enum ipfix_template t, unsigned more, const struct ipfix_facts *facts)
{
	const struct field *f;

	for (size_t i = 0; (f = next_field(t, more, &i)) != NULL;) {
		f->put(b, facts, facts->source);
		if (f->reversible && (more & IPFIX_BIFLOW))
			f->put(b, facts, !facts->source);
	}
}
