/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A flow as struct row. Places and `country` are those of the remote end: the server's if the client
 * is local or both are remote, else the client's. Runs on the engine's thread while a snapshot is
 * built or walked.
 */
#include "config.h"

#include "snapshot/row_fill.h"

#include <stdio.h>

#include "dpitop/dpi.h"
#include "dpitop/names.h"
#include "dpitop/packet.h"
#include "snapshot/arena.h"

enum { L4_UDP = 17 };

#define SECOND_US INT64_C(1000000)

static uint32_t per_second(uint32_t count, int64_t tick_us)
{
	uint64_t rate = count;

	if (tick_us > 0 && tick_us != SECOND_US)
		rate = rate * (uint64_t)SECOND_US / (uint64_t)tick_us;
	return rate < UINT32_MAX ? (uint32_t)rate : UINT32_MAX;
}

uint32_t row_flow_packets(const struct flow *f, int direction)
{
	uint64_t all = f->total.bytes[direction];

	if (all == 0 || f->rate_bytes[direction] == 0)
		return 0;
	return (uint32_t)((double)f->rate_bytes[direction] *
			  (double)f->total.packets[direction] / (double)all + 0.5);
}

void row_flow_numbers(struct row *r, const struct flow *f, int64_t tick_us)
{
	int i;

	*r = row_empty;
	r->dim = DIM_FLOW;
	r->id = f->id;
	r->key.host.addr = f->addr[0];
	for (i = 0; i < 2; i++) {
		r->addr[i] = f->addr[i];
		r->port[i] = f->port[i];
		r->rate[i] = per_second(f->rate_bytes[i], f->report != NULL ? 0 : tick_us);
		r->packet_rate[i] = per_second(row_flow_packets(f, i), f->report != NULL ? 0 : tick_us);
	}
	r->l4 = f->l4;
	r->ip_version = f->ip_version;
	r->state = f->state;
	r->tcp_flags = f->tcp_flags;
	r->tunnel = f->tunnel;
	r->vlan = f->vlan;
	r->source = f->source;
	r->total = f->total;
	r->flows = 1;
	r->live_flows = !(f->flags & FLOW_ENDED);
	r->score = f->risks != 0 ? dpi_risk_score(f->risks) : 0;
	r->rtt_us = f->rtt_us;
	r->retransmits = f->retransmits;
	r->out_of_order = f->out_of_order;
	r->risks = f->risks;
	r->first_us = f->first_us;
	r->last_us = f->last_us;
	if (f->flags & FLOW_ENDED)
		r->flags |= ROW_ENDED;
	if (f->class_.guessed)
		r->flags |= ROW_GUESSED;
	r->uninspected = (f->flags & FLOW_NOT_INSPECTED) && (f->class_.guessed || f->class_.app == DPI_UNKNOWN);
}

static void fill_meta(struct row_source *s, struct row *r, const struct flow_meta *m)
{
	const struct {
		const char **to;
		enum flow_text which;
	} texts[] = {
		{&r->site, FLOW_SITE}, {&r->query, FLOW_QUERY}, {&r->url, FLOW_URL},
		{&r->method, FLOW_METHOD}, {&r->code, FLOW_CODE},
		{&r->user_agent, FLOW_USER_AGENT}, {&r->content_type, FLOW_CONTENT_TYPE},
		{&r->ja3, FLOW_JA3}, {&r->ja4, FLOW_JA4}, {&r->tls_version, FLOW_TLS_VERSION},
		{&r->alpn, FLOW_ALPN}, {&r->server_info, FLOW_SERVER_INFO},
	};
	size_t i;

	for (i = 0; m != NULL && i < sizeof texts / sizeof *texts; i++)
		*texts[i].to = row_text(s, flow_meta_text(m, texts[i].which));
}

static void fill_class(struct row_source *s, struct row *r, const struct flow *f)
{
	const struct dpi *dpi = s->in->dpi;

	if (dpi == NULL)
		return;
	r->app = row_app_text(s, &f->class_);
	r->category = dpi_category_name(dpi, f->class_.category);
	r->breed = dpi_breed_name(dpi, dpi_breed(dpi, &f->class_));
	r->confidence = dpi_confidence_name(dpi, f->class_.confidence);
}

static void fill_labels(struct row_source *s, struct row *r, const struct flow *f)
{
	char text[ADDR_TEXT];

	r->label = arena_text(s->arena, addr_format(&f->addr[0], text, sizeof text));
	r->label2 = arena_text(s->arena, addr_format(&f->addr[1], text, sizeof text));
}

static void fill_ends(struct row_source *s, struct row *r, const struct flow *f)
{
	const struct dim_host *host[2];
	const char *name[2];
	bool local[2];
	int i, remote;

	for (i = 0; i < 2; i++) {
		host[i] = row_host(s, &f->addr[i]);
		local[i] = row_is_local(s, host[i], &f->addr[i]);
		name[i] = row_name_text(s, host[i], &f->addr[i]);
	}
	r->name = name[0];
	r->name2 = name[1];
	if (local[0])
		r->flags |= ROW_LOCAL;
	if (local[1])
		r->flags |= ROW_SERVER_LOCAL;
	remote = local[1] && !local[0] ? 0 : 1;
	row_place(s, r, &f->addr[remote], host[remote], local[0] && local[1]);
}

/* "US, Mountain View, AS15169 Google" */
static const char *place_text(struct row_source *s, const struct addr *a)
{
	const struct dim_host *h = row_host(s, a);
	struct row at = row_empty;
	char as[16] = "";

	if (row_is_local(s, h, a))
		return "local";
	row_place(s, &at, a, h, false);
	if (at.asn != 0)
		snprintf(as, sizeof as, "AS%u", at.asn);
	return arena_format(s->arena, "%s%s%s%s%s%s%s", at.country_name[0] != '\0' ? at.country_name : at.country,
			    at.country[0] != '\0' && at.city[0] != '\0' ? ", " : "", at.city,
			    at.country[0] != '\0' && as[0] != '\0' ? ", " : "", as, at.as_name[0] != '\0' ? " " : "",
			    at.as_name);
}

void row_flow_ends(struct row_source *s, struct row *r, const struct flow *f)
{
	r->place = place_text(s, &f->addr[0]);
	r->place2 = place_text(s, &f->addr[1]);
	if (f->report != NULL)
		row_report_fill(s, r, f);
	if (!(f->flags & FLOW_MAC_SET))
		return;
	r->mac = row_mac_text(s, f->mac[0]);
	r->mac2 = row_mac_text(s, f->mac[1]);
}

void row_flow_fill(struct row_source *s, struct row *r, const struct flow *f)
{
	char category[CATEGORY_NAME];

	row_flow_numbers(r, f, s->in->tick_us);
	r->own = f->l4 == L4_UDP && s->in->names != NULL && names_is_own(s->in->names, f->addr, f->port);
	fill_class(s, r, f);
	fill_meta(s, r, f->meta);
	if (!s->plain) {
		fill_labels(s, r, f);
		fill_ends(s, r, f);
		r->site_category = arena_text(s->arena, model_site_category(s->in->model, f, category));
	}
	if (f->report != NULL) {
		char text[ADDR_TEXT];

		r->exporter = arena_text(s->arena, addr_format(f->report->exporter, text, sizeof text));
	}
	r->l4_text = row_l4_text(s, f->l4);
	r->state_text = flow_state_name((enum flow_state)f->state);
	r->tunnel_text = tunnel_name((enum tunnel)f->tunnel);
	if (f->tcp_flags != 0)
		r->flags_text = row_flags_text(s, f->tcp_flags);
	if (f->risks != 0)
		r->risk_text = row_risks_text(s, f->risks);
}
