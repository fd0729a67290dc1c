/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a draft to a record: what only the fields together tell. Times against the device's uptime, the
 * inner packet of a tunnel, ICMP in the ports, layer-2 counters, events, names that options told. Called for each
 * record of a template.
 */
#include "config.h"

#include <string.h>

#include "decode/told.h"

enum { ICMP = 1, ICMP6 = 58 };

/* The device's clock at an uptime: before or after the header's, up to 24 days. False: it never told when it
 * started. */
static bool time_of_uptime(const struct draft *d, uint32_t uptime_ms, int64_t *time_us)
{
	const struct intake *in = d->in;
	int64_t boot_us = draft_has(d, GIVEN_BOOT) ? d->boot_us : in->x->seen.boot_us;
	uint32_t now_ms = in->uptime_ms;

	if (!in->has_uptime) {
		if (boot_us == 0)
			boot_us = in->lender->seen.boot_us;
		if (boot_us == 0)
			return false;
		now_ms = (uint32_t)((in->export_us - boot_us) / 1000);
	}
	*time_us = in->export_us - (int64_t)(int32_t)(now_ms - uptime_ms) * 1000;
	return true;
}

static void finish_times(struct draft *d)
{
	struct flow_record *r = &d->r;

	if (draft_has(d, GIVEN_FIRST_UPTIME) && !draft_has(d, HAS_START) &&
	    time_of_uptime(d, d->first_ms, &r->start_us))
		r->has |= RECORD_HAS(HAS_START);
	if (draft_has(d, GIVEN_LAST_UPTIME) && !draft_has(d, HAS_END) &&
	    time_of_uptime(d, d->last_ms, &r->end_us))
		r->has |= RECORD_HAS(HAS_END);
	if (draft_has(d, GIVEN_OBSERVED) && !draft_has(d, HAS_START) && !draft_has(d, HAS_END)) {
		r->start_us = r->end_us = d->observed_us;
		r->has |= RECORD_HAS(HAS_START) | RECORD_HAS(HAS_END);
	}
	if (draft_has(d, HAS_START) && !draft_has(d, HAS_END))
		r->end_us = r->start_us + d->duration_us;
	else if (draft_has(d, HAS_END) && !draft_has(d, HAS_START))
		r->start_us = r->end_us - d->duration_us;
	else if (!draft_has(d, HAS_START))
		r->start_us = r->end_us = d->in->export_us;
}

static bool is_unspecified(const struct addr *a)
{
	static const struct addr v4_zero = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}};

	return addr_eq(a, &addr_none) || addr_eq(a, &v4_zero);
}

/* The inner packet is the conversation if there is one, the tunnel's own addresses stay beside it. */
static void choose_layer(struct draft *d)
{
	struct flow_record *r = &d->r;
	const struct tuple *o = &d->outer;

	if (is_unspecified(&o->addr[0]) && is_unspecified(&o->addr[1]))
		return;
	if (draft_has(d, HAS_ADDR)) {
		memcpy(r->outer, o->addr, sizeof r->outer);
		r->has |= RECORD_HAS(HAS_OUTER);
		return;
	}
	memcpy(r->addr, o->addr, sizeof r->addr);
	memcpy(r->port, o->port, sizeof r->port);
	r->l4 = o->l4;
	r->has |= RECORD_HAS(HAS_ADDR);
}

/* "None" of the other end is that of its family. Both may be "none" and yet an IP packet's, for its protocol. */
static void finish_addrs(struct draft *d)
{
	struct flow_record *r = &d->r;

	if (!draft_has(d, HAS_ADDR) && d->unspecified && r->l4 != 0)
		r->has |= RECORD_HAS(HAS_ADDR);
	if (!draft_has(d, HAS_ADDR)) {
		r->addr[0] = r->addr[1] = addr_none;
		r->ip_version = 0;
		return;
	}
	const struct addr *real = is_unspecified(&r->addr[0]) ? &r->addr[1] : &r->addr[0];
	struct addr *other = real == &r->addr[0] ? &r->addr[1] : &r->addr[0];

	r->ip_version = addr_is_v4(real) ? 4 : 6;
	if (is_unspecified(other))
		*other = addr_is_v4(real) ? addr_from_v4((const uint8_t[4]){0}) : addr_none;
}

/* As v5 does, many a template has type and code of ICMP in the destination port. */
static void finish_ports(struct flow_record *r)
{
	if (r->l4 != ICMP && r->l4 != ICMP6)
		return;
	if ((r->has & RECORD_HAS(HAS_ICMP)) == 0 && r->port[1] != 0) {
		r->icmp_type = (uint8_t)(r->port[1] >> 8);
		r->icmp_code = (uint8_t)r->port[1];
		r->has |= RECORD_HAS(HAS_ICMP);
	}
	r->port[0] = r->port[1] = 0;
	r->has &= ~RECORD_HAS(HAS_PORTS);
}

static void finish_counters(struct draft *d)
{
	static const uint64_t counters = RECORD_HAS(HAS_BYTES) | RECORD_HAS(HAS_BYTES_REVERSE) |
					 RECORD_HAS(HAS_PACKETS) | RECORD_HAS(HAS_PACKETS_REVERSE);
	static const uint64_t events = RECORD_HAS(HAS_FIREWALL_EVENT) | RECORD_HAS(HAS_NAT_EVENT);
	struct flow_record *r = &d->r;

	if (draft_has(d, GIVEN_LAYER2_TOTAL) && !draft_has(d, HAS_LAYER2)) {
		r->layer2_bytes[0] = d->layer2_total;
		r->has |= RECORD_HAS(HAS_LAYER2);
		if (!draft_has(d, HAS_BYTES))
			r->flags |= RECORD_TOTALS;
	}
	if (draft_has(d, HAS_LAYER2) && !draft_has(d, HAS_BYTES)) {
		r->bytes[0] = r->layer2_bytes[0];
		r->bytes[1] = r->layer2_bytes[1];
		r->has |= RECORD_HAS(HAS_BYTES);
		r->flags |= RECORD_LAYER2;
	}
	if ((r->has & counters) == 0 ||
	    ((r->has & events) != 0 && (r->bytes[0] | r->bytes[1] | r->packets[0] | r->packets[1]) == 0))
		r->flags |= RECORD_EVENT;
}

static void name_from(const struct draft *d, enum record_text text, enum export_name what, uint64_t id,
		      struct export_text *found)
{
	const struct intake *in = d->in;
	const char *name = NULL;

	if (d->r.text[text].bytes > 0)
		return;
	name = told_text(in->d, in->x, (enum told_kind)what, id);
	if (name == NULL && in->lender != in->x)
		name = told_text(in->d, in->lender, (enum told_kind)what, id);
	if (name != NULL)
		*found = (struct export_text){(const uint8_t *)name, (uint32_t)strlen(name)};
}

static void finish_names(struct draft *d)
{
	struct export_text *text = d->r.text;

	if (draft_has(d, HAS_APP_ID)) {
		name_from(d, RECORD_APP, EXPORT_NAME_APP, d->r.app_id, &text[RECORD_APP]);
		name_from(d, RECORD_CATEGORY, EXPORT_NAME_CATEGORY, d->r.app_id, &text[RECORD_CATEGORY]);
	}
	if (draft_has(d, HAS_VRF))
		name_from(d, RECORD_VRF, EXPORT_NAME_VRF, d->r.vrf[0], &text[RECORD_VRF]);
}

void draft_tell(struct draft *d, uint16_t flags)
{
	struct flow_record *r = &d->r;

	r->flags = flags;
	finish_times(d);
	choose_layer(d);
	finish_addrs(d);
	finish_ports(r);
	finish_counters(d);
	finish_names(d);
	r->sampling = told_interval(d->in, d);
	r->has &= RECORD_HAS(HAS_COUNT) - 1;
	exporter_record(d->in, r);
}
