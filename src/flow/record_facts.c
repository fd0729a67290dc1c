/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an exporter says of a flow besides counters and times: its application, names, TCP flags, and
 * the cold facts of struct flow_report. Texts of records are hostile until they are cleaned here.
 * Engine thread; called by flow_record.c.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "flow/record.h"

enum { L4_TCP = 6, L4_UDP = 17, TEXT = 512 };
enum { END_OF_FLOW = 3, FIREWALL_DELETED = 2 }; /* IPFIX elements 136 and 233 */

static bool has(const struct flow_record *r, enum record_has what)
{
	return (r->has & RECORD_HAS(what)) != 0;
}

/* ---- TCP ---- */

static uint8_t state_of(const struct flow_entry *e, const struct flow_record *r)
{
	const struct flow *f = &e->flow;
	bool both = (e->marks & MARK_FIN) && (e->marks & MARK_FIN << 1);

	if (f->tcp_flags & TCP_RST)
		return f->state == FLOW_CLOSED ? FLOW_CLOSED : FLOW_RESET;
	if (both || r->end_reason == END_OF_FLOW || r->firewall_event == FIREWALL_DELETED || f->state == FLOW_CLOSED)
		return FLOW_CLOSED;
	if (e->marks & (MARK_FIN | MARK_FIN << 1))
		return FLOW_CLOSING;
	return (f->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN ? FLOW_NEW : FLOW_OPEN;
}

static void follow_state(struct flow_entry *e, const struct flow_record *r, unsigned d)
{
	struct flow *f = &e->flow;

	if (f->l4 != L4_TCP) {
		f->state = f->total.packets[0] != 0 && f->total.packets[1] != 0 ? FLOW_OPEN : FLOW_ONEWAY;
		return;
	}
	for (unsigned i = 0; i < 2; i++) {
		f->tcp_flags |= r->tcp_flags[i];
		if (r->tcp_flags[i] & TCP_FIN)
			e->marks |= (uint16_t)(MARK_FIN << (d ^ i));
	}
	if (r->tcp_flags[0] & TCP_SYN && !(r->tcp_flags[0] & TCP_ACK) && d == 0)
		f->flags |= FLOW_SYN_SEEN;
	f->state = state_of(e, r);
}

/* ---- cold facts ---- */

static void take_addresses(struct flow_report *to, const struct flow_record *r, unsigned d)
{
	static const enum record_has nat[] = {HAS_NAT_SRC, HAS_NAT_DST}, port[] = {HAS_NAT_PORT_SRC, HAS_NAT_PORT_DST};
	static const enum record_has as[] = {HAS_AS_SRC, HAS_AS_DST}, interface[] = {HAS_IN, HAS_OUT};

	for (unsigned i = 0; i < 2; i++) {
		if (has(r, nat[i]))
			to->nat_addr[d ^ i] = r->nat_addr[i];
		if (has(r, port[i]))
			to->nat_port[d ^ i] = r->nat_port[i];
		if (has(r, as[i]) && r->as[i] != 0)
			to->as[d ^ i] = r->as[i];
		if (has(r, interface[i])) {
			to->interface[d ^ i] = r->interface[i];
			to->has_interface[d ^ i] = true;
		}
	}
	if (d == 0 && has(r, HAS_NEXT_HOP))
		to->next_hop = r->next_hop;
	else if (d == 0 && has(r, HAS_BGP_NEXT_HOP))
		to->next_hop = r->bgp_next_hop;
}

static void take_events(struct flow_report *to, const struct flow_record *r)
{
	if (has(r, HAS_FORWARDING)) {
		to->forwarding = r->forwarding;
		to->has_forwarding = true;
	}
	to->end_reason = has(r, HAS_END_REASON) ? r->end_reason : to->end_reason;
	to->firewall_event = has(r, HAS_FIREWALL_EVENT) ? r->firewall_event : to->firewall_event;
	to->nat_event = has(r, HAS_NAT_EVENT) ? r->nat_event : to->nat_event;
}

static void take_report(struct flow_table *t, struct flow *f, const struct flow_record *r, unsigned d)
{
	struct flow_report to = *f->report;

	take_addresses(&to, r, d);
	to.sampling = r->sampling;
	if (has(r, HAS_TOS)) {
		to.tos[d] = r->tos[0];
		to.has_tos[d] = true;
		if (d == 0)
			f->tos = r->tos[0];
	}
	if (has(r, HAS_TOS_REVERSE)) {
		to.tos[!d] = r->tos[1];
		to.has_tos[!d] = true;
	}
	if (has(r, HAS_DIRECTION) && r->direction <= 1)
		to.metered |= (uint8_t)(1u << r->direction);
	if (has(r, HAS_VLAN_OUT))
		to.vlan_out = r->vlan[1];
	take_events(&to, r);
	record_say(t, f, &to);
}

/* A template has a place for them also where there are none. */
static bool is_mac(const uint8_t mac[6])
{
	static const uint8_t none[6];

	return memcmp(mac, none, sizeof none) != 0;
}

static void take_flow(struct flow *f, const struct flow_record *r, unsigned d)
{
	static const enum record_has mac[] = {HAS_MAC_SRC, HAS_MAC_DST};

	for (unsigned i = 0; i < 2; i++)
		if (has(r, mac[i]) && is_mac(r->mac[i])) {
			memcpy(f->mac[d ^ i], r->mac[i], sizeof f->mac[0]);
			f->flags |= FLOW_MAC_SET;
		}
	if (r->packet != NULL) {
		f->tunnel = r->packet->tunnel;
		if (r->packet->flags & PACKET_FRAGMENT)
			f->flags |= FLOW_FRAGMENTED;
	}
	if (has(r, HAS_RTT))
		f->rtt_us = r->rtt_us;
	if (has(r, HAS_RETRANSMITS))
		f->retransmits += r->retransmits;
}

void record_turn(struct flow_table *t, struct flow *f)
{
	const struct flow old = *f;
	const struct flow_report *was = f->report;
	struct flow_report r = *was;

	for (unsigned i = 0; i < 2; i++) {
		f->addr[i] = old.addr[!i];
		f->port[i] = old.port[!i];
		f->total.bytes[i] = old.total.bytes[!i];
		f->total.packets[i] = old.total.packets[!i];
		memcpy(f->mac[i], old.mac[!i], sizeof f->mac[0]);
		r.as[i] = was->as[!i];
		r.interface[i] = was->interface[!i];
		r.has_interface[i] = was->has_interface[!i];
		r.nat_addr[i] = was->nat_addr[!i];
		r.nat_port[i] = was->nat_port[!i];
		r.tos[i] = was->tos[!i];
		r.has_tos[i] = was->has_tos[!i];
	}
	r.next_hop = addr_none; /* that of the other way */
	f->tos = r.tos[0];
	record_say(t, f, &r);
}

/* ---- texts ---- */

static const struct text_line {
	enum record_text from;
	enum flow_text to;
} text_lines[] = {
	{RECORD_HOST, FLOW_SITE}, {RECORD_QUERY, FLOW_QUERY}, {RECORD_URL, FLOW_URL}, {RECORD_METHOD, FLOW_METHOD},
	{RECORD_USER_AGENT, FLOW_USER_AGENT}, {RECORD_CONTENT_TYPE, FLOW_CONTENT_TYPE}, {RECORD_USER, FLOW_USER},
};

enum { TEXT_LINES = sizeof text_lines / sizeof text_lines[0] };

static bool has_texts(const struct flow_record *r)
{
	for (unsigned i = 0; i < TEXT_LINES; i++)
		if (r->text[text_lines[i].from].bytes != 0)
			return true;
	return has(r, HAS_HTTP_CODE) && r->http_code != 0;
}

/* The first record with texts gives them: a flow's site stays. */
static void take_texts(struct flow_table *t, struct flow *f, const struct flow_record *r)
{
	char clean[TEXT_LINES][TEXT], code[8];
	const char *texts[FLOW_TEXT_COUNT] = {NULL};

	for (unsigned i = 0; i < TEXT_LINES; i++) {
		const struct export_text *from = &r->text[text_lines[i].from];

		if (from->bytes == 0)
			continue;
		text_clean(clean[i], sizeof clean[i], from->at, from->bytes);
		texts[text_lines[i].to] = clean[i];
	}
	if (has(r, HAS_HTTP_CODE) && r->http_code != 0) {
		snprintf(code, sizeof code, "%u", (unsigned)r->http_code);
		texts[FLOW_CODE] = code;
	}
	f->meta = flow_meta_new(texts);
	t->meta_bytes += flow_meta_memory(f->meta);
}

/* ---- what it is ---- */

/* The exporter's word counts; without one the library's guess does, until the exporter knows better. One that tells both
 * directions may change its mind: two that tell one each need not agree. */
static void name_it(struct flow_table *t, struct flow *f, const struct flow_record *r, bool fresh)
{
	const struct export_text *app = &r->text[RECORD_APP];
	char name[DPI_APP_TEXT];

	f->flags |= FLOW_DPI_DONE;
	if (app->bytes != 0 && (fresh || f->class_.guessed || f->class_.app == DPI_UNKNOWN || (r->flags & RECORD_BIFLOW))) {
		text_clean(name, sizeof name, app->at, app->bytes);
		if (told_app(t, name, &f->class_))
			return;
	}
	if (fresh)
		dpi_guess(t->dpi, f, &f->class_);
}

/* A sampled packet may be a DNS answer. */
static void learn_names(struct flow_table *t, const struct packet *p)
{
	if (t->learn != NULL && p->l4 == L4_UDP && (p->flags & PACKET_L4) && look_is_name_port(p->src_port))
		look_names(t, p);
}

void record_facts(struct flow_table *t, struct flow_entry *e, const struct flow_record *r, unsigned d, bool fresh)
{
	struct flow *f = &e->flow;

	follow_state(e, r, d);
	take_flow(f, r, d);
	take_report(t, f, r, d);
	if (r->flags & RECORD_BIFLOW)
		e->heard.flow_id = r->flow_id;
	name_it(t, f, r, fresh);
	if (f->meta == NULL && has_texts(r))
		take_texts(t, f, r);
	if (r->packet != NULL)
		learn_names(t, r->packet);
}
