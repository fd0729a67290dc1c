/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an exporter told of a flow, as texts for its details. Runs on the engine's thread while a
 * snapshot is built.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "snapshot/arena.h"
#include "snapshot/row_fill.h"

enum { PORT_NAME = 48 };

const char *row_exporter_name(struct row_source *s, const struct addr *a)
{
	for (size_t i = 0; i < s->in->exporter_count; i++) {
		const struct export_exporter *x = &s->in->exporters[i].x;

		if (x->name[0] != '\0' && (addr_eq(a, &x->addr) || addr_eq(a, &x->agent)))
			return arena_text(s->arena, x->name);
	}
	return row_name_text(s, row_host(s, a), a);
}

static const char *endpoint(const struct flow_report *r, int end, char *buf, size_t size)
{
	char text[ADDR_TEXT];

	if (addr_eq(&r->nat_addr[end], &addr_none))
		snprintf(buf, size, "%s%u", r->nat_port[end] != 0 ? ":" : "-", r->nat_port[end]);
	else if (r->nat_port[end] == 0)
		snprintf(buf, size, "%s", addr_format(&r->nat_addr[end], text, sizeof text));
	else
		snprintf(buf, size, addr_is_v4(&r->nat_addr[end]) ? "%s:%u" : "[%s]:%u",
			 addr_format(&r->nat_addr[end], text, sizeof text), r->nat_port[end]);
	if (addr_eq(&r->nat_addr[end], &addr_none) && r->nat_port[end] == 0)
		snprintf(buf, size, "-");
	return buf;
}

static const char *nat_text(struct row_source *s, const struct flow_report *r)
{
	char client[ADDR_TEXT + 10], server[ADDR_TEXT + 10];

	if (addr_eq(&r->nat_addr[0], &addr_none) && addr_eq(&r->nat_addr[1], &addr_none) &&
	    (r->nat_port[0] | r->nat_port[1]) == 0)
		return "";
	return arena_format(s->arena, "%s > %s", endpoint(r, 0, client, sizeof client), endpoint(r, 1, server, sizeof server));
}

/* "3 (eth0)": by the exporter's own interfaces, as far as their names are known. */
static void port_text(const struct row_source *s, const struct flow_report *r, int end, char *buf, size_t size)
{
	if (!r->has_interface[end]) {
		snprintf(buf, size, "-");
		return;
	}
	snprintf(buf, size, "%u", r->interface[end]);
	for (size_t i = 0; i < s->in->exporter_count; i++) {
		const struct exporter_info *x = &s->in->exporters[i];

		if (!addr_eq(r->exporter, &x->x.addr) && !addr_eq(r->exporter, &x->x.agent))
			continue;
		for (size_t p = 0; p < x->port_count; p++)
			if (x->ports[p].counters.interface == r->interface[end] && x->ports[p].name[0] != '\0')
				snprintf(buf, size, "%u (%s)", r->interface[end], x->ports[p].name);
	}
}

static const char *ports_text(struct row_source *s, const struct flow_report *r)
{
	static const char *const metered[4] = {"", ", metered coming in", ", metered going out", ", metered coming in and going out"};
	char in[PORT_NAME + 16], out[PORT_NAME + 16];

	if (!r->has_interface[0] && !r->has_interface[1])
		return "";
	port_text(s, r, 0, in, sizeof in);
	port_text(s, r, 1, out, sizeof out);
	return arena_format(s->arena, "%s > %s%s", in, out, metered[r->metered & 3]);
}

/* RFC 2474, 2597, 3246, 8622 */
static const char *dscp_name(unsigned dscp, char buf[16])
{
	if (dscp == 46 || dscp == 44 || dscp == 1)
		return dscp == 46 ? "EF" : dscp == 44 ? "VA" : "LE";
	if (dscp % 8 == 0)
		snprintf(buf, 16, "CS%u", dscp / 8);
	else if (dscp >= 10 && dscp <= 38 && dscp % 2 == 0)
		snprintf(buf, 16, "AF%u%u", dscp / 8, dscp % 8 / 2);
	else
		snprintf(buf, 16, "%u", dscp);
	return buf;
}

static const char *dscp_text(struct row_source *s, const struct flow_report *r)
{
	char up[16], down[16];

	if (!r->has_tos[0] && !r->has_tos[1])
		return "";
	return arena_format(s->arena, "%s > %s", r->has_tos[0] ? dscp_name(r->tos[0] >> 2, up) : "-",
			    r->has_tos[1] ? dscp_name(r->tos[1] >> 2, down) : "-");
}

/* Of a table of names by number; "" where there is none. */
static const char *name_at(const char *const *names, size_t count, unsigned number)
{
	return number < count && names[number] != NULL ? names[number] : "";
}

static const char *event_text(struct row_source *s, const struct flow_report *r)
{
	/* IANA IPFIX registry: firewallEvent, natEvent, flowEndReason, forwardingStatus */
	static const char *const firewall[] = {NULL, "flow created", "flow deleted", "flow denied", "flow alert", "flow update"};
	static const char *const nat[] = {NULL, "NAT translation create", "NAT translation delete", "NAT addresses exhausted",
					  "NAT44 session create", "NAT44 session delete", "NAT64 session create",
					  "NAT64 session delete", "NAT44 BIB create", "NAT44 BIB delete", "NAT64 BIB create",
					  "NAT64 BIB delete", "NAT ports exhausted", "quota exceeded", "address binding create",
					  "address binding delete", "port block allocation", "port block de-allocation",
					  "threshold reached"};
	static const char *const end[] = {NULL, "idle time-out", "active time-out", "end of flow", "forced end",
					  "lack of resources"};
	static const char *const forwarding[] = {NULL, "forwarded", "dropped", "consumed"};
	const char *const texts[] = {name_at(firewall, 6, r->firewall_event), name_at(nat, 19, r->nat_event),
				     r->has_forwarding ? name_at(forwarding, 4, r->forwarding >> 6) : "",
				     name_at(end, 6, r->end_reason)};
	const char *all = "";

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (texts[i][0] != '\0')
			all = arena_format(s->arena, "%s%s%s", all, all[0] != '\0' ? ", " : "", texts[i]);
	return all;
}

static const char *as_text(uint32_t asn, char buf[16])
{
	if (asn != 0)
		snprintf(buf, 16, "AS%u", asn);
	else
		snprintf(buf, 16, "-");
	return buf;
}

void row_report_fill(struct row_source *s, struct row *r, const struct flow *f)
{
	const struct flow_report *told = f->report;
	char text[ADDR_TEXT], client[16], server[16];

	r->user = arena_text(s->arena, flow_meta_text(f->meta, FLOW_USER));
	if (told->sampling > 1)
		r->sampling = arena_format(s->arena, "1:%u", told->sampling);
	r->nat = nat_text(s, told);
	r->ports = ports_text(s, told);
	r->dscp = dscp_text(s, told);
	r->event = event_text(s, told);
	if (!addr_eq(&told->next_hop, &addr_none))
		r->next_hop = arena_text(s->arena, addr_format(&told->next_hop, text, sizeof text));
	if ((told->as[0] | told->as[1]) != 0)
		r->as_path = arena_format(s->arena, "%s > %s", as_text(told->as[0], client), as_text(told->as[1], server));
	if (told->vlan_out != 0)
		r->told_vlan = arena_format(s->arena, "%u > %u", f->vlan, told->vlan_out);
}
