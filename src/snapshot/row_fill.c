/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row of the model as struct row: numbers for every dimension alike, then the dimension's own key
 * and texts by the table at the end. Flows are row_flow.c, places row_place.c. Runs on the engine's
 * thread while a snapshot is built or walked.
 */
#include "config.h"

#include "snapshot/row_fill.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/dpi.h"
#include "dpitop/filter.h"
#include "dpitop/map.h"
#include "dpitop/packet.h"
#include "snapshot/arena.h"
#include "snapshot/row_alert.h"

static const uint64_t id_seed = UINT64_C(0x64706974f0701d5e); /* any; ids are no secret */

const struct row row_empty = {
	.latitude = NAN, .longitude = NAN,
	.label = "", .label2 = "", .name = "", .name2 = "", .mac = "", .mac2 = "", .place = "",
	.place2 = "", .app = "", .category = "",
	.breed = "", .confidence = "", .site = "", .query = "", .url = "", .method = "", .code = "",
	.user_agent = "", .content_type = "", .ja3 = "", .ja4 = "", .tls_version = "", .alpn = "",
	.server_info = "", .risk_text = "", .country_name = "", .city = "", .as_name = "",
	.exporter = "", .methods = "", .codes = "", .content_types = "", .seen_in = "",
	.text = "", .said = "", .pin = "",
	.site_category = "", .where = "", .l4_text = "", .flags_text = "",
	.state_text = "", .tunnel_text = "", .user = "", .nat = "", .next_hop = "", .ports = "",
	.as_path = "", .dscp = "", .told_vlan = "", .event = "", .sampling = "",
};

void row_source_init(struct row_source *s, const struct snapshot_input *in, bool names,
		     struct arena *arena)
{
	*s = (struct row_source){.in = in, .model = in->model, .pairs = in->pairs, .arena = arena, .names = names};
	if (in->filter != NULL && filter_selects_flows(in->filter))
		s->model = in->filtered;
}

const struct model *row_model(const struct row_source *s, enum dim d)
{
	return d == DIM_ALERT && s->model != NULL ? s->in->model : s->model;
}

void row_source_release(struct row_source *s)
{
	places_free(s->places);
	s->places = NULL;
}

uint64_t row_id(enum dim d, const struct dim_key *key)
{
	uint64_t id = hash_bytes(key, sizeof *key, id_seed + d);

	return id != 0 ? id : 1;
}

/* Oldest first, ending with the step of `now`; steps in which the row did not move are 0. */
static void copy_spark(struct row *r, const struct dim_row *from, int64_t now_us)
{
	int64_t now = now_us / (DIM_SPARK_STEP_S * INT64_C(1000000)), at = from->spark_at;
	int64_t i;

	if (now < at)
		now = at;
	for (i = 0; i < DIM_SPARK; i++) {
		int64_t step = now - (DIM_SPARK - 1) + i;

		if (step >= 0 && step <= at && step > at - DIM_SPARK)
			r->spark[i] = from->spark[step % DIM_SPARK];
	}
}

static void host_numbers(struct row *r, const struct dim_host *h)
{
	r->peers = h->peers;
	r->score = h->score;
	r->risks = h->risks;
	if (h->local)
		r->flags |= ROW_LOCAL;
	if (h->peers_capped)
		r->flags |= ROW_PEERS_CAPPED;
}

void row_numbers(struct row *r, enum dim d, const struct dim_key *key, const struct dim_row *from)
{
	*r = row_empty;
	r->dim = (uint8_t)d;
	r->key = *key;
	r->total = from->total;
	memcpy(r->rate, from->rate, sizeof r->rate);
	memcpy(r->packet_rate, from->packet_rate, sizeof r->packet_rate);
	r->peak = from->peak;
	r->flows = from->flows;
	r->live_flows = from->live_flows;
	r->hosts = from->hosts;
	r->first_us = from->first_us;
	r->last_us = from->last_us;
	if (d == DIM_HOST) {
		r->addr[0] = key->host.addr;
		r->ip_version = addr_is_v4(&r->addr[0]) ? 4 : 6;
	}
	if (from->host != NULL)
		host_numbers(r, from->host);
	if (from->site != NULL) {
		r->hits = from->site->hits;
		r->clients = from->site->clients;
	}
}

const char *row_app_text(struct row_source *s, const struct dpi_class *c)
{
	char text[DPI_APP_TEXT];

	if (s->in->dpi == NULL)
		return "";
	return arena_text(s->arena, dpi_app_name(s->in->dpi, c, text, sizeof text));
}

const char *row_text(struct row_source *s, const char *text)
{
	return s->plain ? text : arena_text(s->arena, text);
}

const char *row_risks_text(struct row_source *s, uint64_t risks)
{
	char text[4096];
	size_t used = 0;

	for (; risks != 0; risks &= risks - 1) {
		const char *name = dpi_risk_name((unsigned)__builtin_ctzll(risks));
		size_t n = name != NULL ? strlen(name) : 0;

		if (n == 0 || used + n + 3 > sizeof text)
			continue;
		if (used > 0) {
			memcpy(text + used, ", ", 2);
			used += 2;
		}
		memcpy(text + used, name, n);
		used += n;
	}
	text[used] = '\0';
	return arena_text(s->arena, text);
}

const char *row_l4_text(struct row_source *s, uint8_t number)
{
	char text[8];
	const char *label = l4_label(number, text);

	return label == text ? arena_text(s->arena, text) : label;
}

const char *row_flags_text(struct row_source *s, uint8_t flags)
{
	char text[9];

	return arena_text(s->arena, flow_flags_text(flags, text));
}

const char *row_subnet_text(struct row_source *s, const struct cidr *net)
{
	char text[CIDR_TEXT];

	if (net->bits == 0)
		return "internet";
	return arena_text(s->arena, cidr_format(net, text, sizeof text));
}

const char *row_mac_text(struct row_source *s, const uint8_t mac[6])
{
	char text[ADDR_TEXT];

	return arena_text(s->arena, mac_format(mac, text, sizeof text));
}

const char *row_end_text(struct row_source *s, const struct cidr *net, uint8_t *flags)
{
	const char *text = row_subnet_text(s, net);

	if (s->pairs == NULL || !pairs_is_rest(s->pairs, net))
		return text;
	*flags |= ROW_REST;
	return arena_format(s->arena, "%s rest", text);
}

static void fill_host(struct row_source *s, struct row *r, const struct dim_row *from)
{
	const struct dim_host *own = from->host;
	/* the matching traffic's hosts learn no names: those are with the whole traffic's */
	const struct dim_host *whole = s->model == s->in->model ? own : row_host(s, &r->addr[0]);
	char text[ADDR_TEXT];

	if (!s->plain)
		r->label = arena_text(s->arena, addr_format(&r->addr[0], text, sizeof text));
	r->name = row_name_text(s, whole, &r->addr[0]);
	row_place(s, r, &r->addr[0], whole != NULL ? whole : own, r->flags & ROW_LOCAL);
	if (own == NULL)
		return;
	if (own->mac_set)
		r->mac = row_mac_text(s, own->mac);
	if (own->top[0].bytes > 0)
		r->app = row_app_text(s, &own->top[0].class_);
	r->risk_text = row_risks_text(s, own->risks);
}

static void fill_app(struct row_source *s, struct row *r, const struct dim_row *from)
{
	struct dpi_class c = {.master = r->key.app.master, .app = r->key.app.app};

	(void)from;
	r->label = r->app = row_app_text(s, &c);
	if (s->in->dpi == NULL)
		return;
	r->category = dpi_category_name(s->in->dpi, dpi_app_category(s->in->dpi, &c));
	r->breed = dpi_breed_name(s->in->dpi, dpi_breed(s->in->dpi, &c));
}

static void fill_category(struct row_source *s, struct row *r, const struct dim_row *from)
{
	(void)from;
	if (s->in->dpi != NULL)
		r->label = r->category = dpi_category_name(s->in->dpi, r->key.small.number);
}

static void fill_breed(struct row_source *s, struct row *r, const struct dim_row *from)
{
	(void)from;
	if (s->in->dpi != NULL)
		r->label = r->breed = dpi_breed_name(s->in->dpi, (uint8_t)r->key.small.number);
}

static void fill_l4(struct row_source *s, struct row *r, const struct dim_row *from)
{
	(void)from;
	r->l4 = (uint8_t)r->key.small.number;
	r->label = r->l4_text = row_l4_text(s, r->l4);
}

static void fill_ip_version(struct row_source *s, struct row *r, const struct dim_row *from)
{
	(void)from;
	r->ip_version = (uint8_t)r->key.small.number;
	r->label = arena_format(s->arena, "IPv%u", r->ip_version);
}

static void fill_ethertype(struct row_source *s, struct row *r, const struct dim_row *from)
{
	uint16_t type = r->key.small.number;
	const char *name = ethertype_name(type);

	(void)from;
	if (type == 0)
		r->label = "unknown";
	else
		r->label = *name != '\0' ? name : arena_format(s->arena, "0x%04x", type);
}

static void fill_port(struct row_source *s, struct row *r, const struct dim_row *from)
{
	(void)from;
	r->port[0] = r->key.port.port;
	r->l4 = r->key.port.l4;
	r->l4_text = row_l4_text(s, r->l4);
	r->label = arena_format(s->arena, "%u/%s", r->port[0], r->l4_text);
}

static void fill_state(struct row_source *s, struct row *r, const struct dim_row *from)
{
	(void)s;
	(void)from;
	r->state = (uint8_t)r->key.small.number;
	r->label = r->state_text = flow_state_name((enum flow_state)r->state);
}

static void fill_flags(struct row_source *s, struct row *r, const struct dim_row *from)
{
	(void)from;
	r->tcp_flags = (uint8_t)r->key.small.number;
	r->flags_text = row_flags_text(s, r->tcp_flags);
	r->label = r->tcp_flags != 0 ? r->flags_text : "none";
}

static void fill_subnet(struct row_source *s, struct row *r, const struct dim_row *from)
{
	const struct cidr *net = &r->key.subnet.net;

	(void)from;
	r->label = row_subnet_text(s, net);
	r->addr[0] = net->addr;
	r->ip_version = net->bits == 0 ? 0 : addr_is_v4(&net->addr) ? 4 : 6;
	if (net->bits != 0) /* every other network is a local one */
		r->flags |= ROW_LOCAL;
}

static void fill_subnet_pair(struct row_source *s, struct row *r, const struct dim_row *from)
{
	(void)from;
	r->label = row_end_text(s, &r->key.subnet_pair.src, &r->flags);
	r->label2 = row_end_text(s, &r->key.subnet_pair.dst, &r->flags);
	r->addr[0] = r->key.subnet_pair.src.addr;
	r->addr[1] = r->key.subnet_pair.dst.addr;
}

static const char *code_text(struct row_source *s, const char code[2])
{
	return code[0] != '\0' ? arena_format(s->arena, "%.2s", code) : "unknown";
}

static void fill_country(struct row_source *s, struct row *r, const struct dim_row *from)
{
	const char *code = r->key.country.code;

	(void)from;
	r->label = code_text(s, code);
	memcpy(r->country, code, 2);
	r->country_name = r->name = code[0] != '\0' ? country_name(code) : "not known or private";
	if (code[0] == '\0' || !country_centre(code, &r->latitude, &r->longitude))
		r->latitude = r->longitude = NAN;
}

static void fill_country_pair(struct row_source *s, struct row *r, const struct dim_row *from)
{
	(void)from;
	r->label = code_text(s, r->key.country_pair.src);
	r->label2 = code_text(s, r->key.country_pair.dst);
}

static const char *as_text(struct row_source *s, uint32_t asn)
{
	return asn != 0 ? arena_format(s->arena, "AS%u", asn) : "unknown";
}

static void fill_as(struct row_source *s, struct row *r, const struct dim_row *from)
{
	(void)from;
	r->asn = r->key.as.asn;
	r->label = as_text(s, r->asn);
	r->as_name = r->name = r->asn != 0 ? row_as_name(s, r->asn) : "not known or private";
}

static void fill_as_pair(struct row_source *s, struct row *r, const struct dim_row *from)
{
	(void)from;
	r->label = as_text(s, r->key.as_pair.src);
	r->label2 = as_text(s, r->key.as_pair.dst);
	r->name = row_as_name(s, r->key.as_pair.src);
	r->name2 = row_as_name(s, r->key.as_pair.dst);
}

static void fill_city(struct row_source *s, struct row *r, const struct dim_row *from)
{
	char name[sizeof r->key.city.name + 1];

	(void)from;
	snprintf(name, sizeof name, "%.*s", (int)sizeof r->key.city.name, r->key.city.name);
	r->city = arena_text(s->arena, name);
	r->label = *name != '\0' ? r->city : "unknown";
	memcpy(r->country, r->key.city.country, 2);
	if (r->country[0] != '\0')
		r->country_name = country_name(r->country);
	row_city_where(s, &r->key, &r->latitude, &r->longitude);
}

/* "GET 12, POST 3", of a list of names and counts that lie `stride` bytes apart. */
static const char *tally_text(struct row_source *s, const char *names, const uint32_t *counts, size_t stride, size_t n)
{
	char text[320];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < n && *names != '\0' && used < sizeof text; i++) {
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s %u", i > 0 ? ", " : "", names, *counts);
		names += stride;
		counts = (const uint32_t *)(const void *)((const char *)counts + stride);
	}
	return arena_text(s->arena, text);
}

static const char *seen_text(struct row_source *s, unsigned seen_in)
{
	static const struct { unsigned bit; const char *name; } names[] = {
		{SITE_DNS, "DNS"}, {SITE_HTTP, "HTTP"}, {SITE_TLS, "TLS"}, {SITE_QUIC, "QUIC"},
	};
	char text[64] = "";

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (seen_in & names[i].bit)
			strcat(strcat(text, text[0] != '\0' ? ", " : ""), names[i].name);
	return arena_text(s->arena, text);
}

#define TALLY(s, list) tally_text(s, (list)[0].name, &(list)[0].count, sizeof (list)[0], sizeof (list) / sizeof (list)[0])

static void fill_site(struct row_source *s, struct row *r, const struct dim_row *from)
{
	char name[sizeof r->key.site.name + 1];

	snprintf(name, sizeof name, "%.*s", (int)sizeof r->key.site.name, r->key.site.name);
	r->label = r->site = arena_text(s->arena, name);
	if (from->site == NULL)
		return;
	r->methods = TALLY(s, from->site->methods);
	r->codes = TALLY(s, from->site->codes);
	r->content_types = TALLY(s, from->site->content_types);
	r->seen_in = seen_text(s, from->site->seen_in);
	r->category = arena_text(s->arena, from->site->category_name);
}

static void fill_site_category(struct row_source *s, struct row *r, const struct dim_row *from)
{
	(void)from;
	r->label = r->category = arena_text(s->arena, r->key.site_category.name);
}

static const char *vlan_text(struct row_source *s, uint16_t vlan)
{
	return vlan != 0 ? arena_format(s->arena, "%u", vlan) : "untagged";
}

static void fill_vlan(struct row_source *s, struct row *r, const struct dim_row *from)
{
	(void)from;
	r->vlan = r->key.small.number;
	r->label = vlan_text(s, r->vlan);
}

static void fill_vlan_pair(struct row_source *s, struct row *r, const struct dim_row *from)
{
	(void)from;
	r->label = vlan_text(s, r->key.vlan_pair.src);
	r->label2 = vlan_text(s, r->key.vlan_pair.dst);
}

static void fill_tunnel(struct row_source *s, struct row *r, const struct dim_row *from)
{
	(void)s;
	(void)from;
	r->tunnel = (uint8_t)r->key.small.number;
	r->tunnel_text = tunnel_name((enum tunnel)r->tunnel);
	r->label = r->tunnel != TUNNEL_NONE ? r->tunnel_text : "none";
}

static void fill_risk(struct row_source *s, struct row *r, const struct dim_row *from)
{
	unsigned bit = r->key.small.number;
	const char *name = dpi_risk_name(bit);

	(void)from;
	r->label = r->risk_text = name != NULL ? name : arena_format(s->arena, "risk %u", bit);
	if (bit < 64)
		r->risks = UINT64_C(1) << bit;
}

static void fill_interface(struct row_source *s, struct row *r, const struct dim_row *from)
{
	(void)from;
	r->source = r->key.small.number;
	if (r->source < s->in->source_count)
		r->label = arena_text(s->arena, s->in->sources[r->source].name);
	else
		r->label = arena_format(s->arena, "source %u", r->source);
}

static void fill_exporter(struct row_source *s, struct row *r, const struct dim_row *from)
{
	char text[ADDR_TEXT];

	(void)from;
	r->addr[0] = r->key.host.addr;
	if (addr_eq(&r->addr[0], &addr_none)) {
		r->label = N_("captured here");
		return;
	}
	r->label = r->exporter = arena_text(s->arena, addr_format(&r->addr[0], text, sizeof text));
	r->name = row_exporter_name(s, &r->addr[0]);
}

static void fill_alert(struct row_source *s, struct row *r, const struct dim_row *from)
{
	(void)from;
	row_alert_fill(s, r);
}

static void (*const fill[])(struct row_source *, struct row *, const struct dim_row *) = {
	[DIM_HOST] = fill_host, [DIM_APP] = fill_app, [DIM_CATEGORY] = fill_category,
	[DIM_BREED] = fill_breed, [DIM_L4] = fill_l4, [DIM_IP_VERSION] = fill_ip_version,
	[DIM_ETHERTYPE] = fill_ethertype, [DIM_PORT] = fill_port, [DIM_STATE] = fill_state,
	[DIM_TCP_FLAGS] = fill_flags, [DIM_SUBNET] = fill_subnet,
	[DIM_SUBNET_PAIR] = fill_subnet_pair, [DIM_COUNTRY] = fill_country,
	[DIM_COUNTRY_PAIR] = fill_country_pair, [DIM_AS] = fill_as, [DIM_AS_PAIR] = fill_as_pair,
	[DIM_CITY] = fill_city, [DIM_SITE] = fill_site, [DIM_VLAN] = fill_vlan,
	[DIM_VLAN_PAIR] = fill_vlan_pair, [DIM_TUNNEL] = fill_tunnel, [DIM_RISK] = fill_risk,
	[DIM_INTERFACE] = fill_interface, [DIM_SITE_CATEGORY] = fill_site_category,
	[DIM_EXPORTER] = fill_exporter,
	[DIM_ALERT] = fill_alert,
};
_Static_assert(sizeof fill / sizeof *fill == DIM_COUNT, "a dimension without a filler");

static void fill_lasting(struct row_source *s, struct row *r, enum dim d, const struct dim_key *key)
{
	uint64_t bytes[LASTING_COUNT];

	if (s->in->lasting != NULL && s->in->lasting(s->in->lasting_ctx, d, key, bytes))
		r->lasting = memcpy(arena_alloc(s->arena, sizeof bytes), bytes, sizeof bytes);
}

void row_fill(struct row_source *s, struct row *r, enum dim d, const struct dim_key *key,
	      const struct dim_row *from)
{
	row_numbers(r, d, key, from);
	r->id = row_id(d, key);
	copy_spark(r, from, s->in->now_us);
	fill[d](s, r, from);
	fill_lasting(s, r, d, key);
}
