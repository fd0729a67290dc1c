/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One function per thing a column can show. They only read a row: which dimensions have a column,
 * its width and its name are column.c's. A value that is not known is VALUE_NONE: blank on the
 * screen, left out in JSON. Any thread.
 */
#include "config.h"

#include "snapshot/column_get.h"

#include <math.h>

#include "dpitop/alert.h"

enum { L4_TCP = 6 };

static const struct value none = {.type = VALUE_NONE};

static bool is_sum(const struct row *r)
{
	return r->flags & (ROW_OTHER | ROW_SUM);
}

static struct value text(const char *s)
{
	if (s == NULL || *s == '\0')
		return none;
	return (struct value){.type = VALUE_TEXT, .s = s};
}

static struct value number(enum value_type type, uint64_t u)
{
	return (struct value){.type = type, .u = u};
}

/* 0 says nothing. */
static struct value positive(enum value_type type, uint64_t u)
{
	return u != 0 ? number(type, u) : none;
}

static struct value address(const struct row *r, int end)
{
	if (is_sum(r))
		return none;
	return (struct value){.type = VALUE_ADDR, .addr = &r->addr[end]};
}

static struct value real(double d)
{
	return isnan(d) ? none : (struct value){.type = VALUE_REAL, .d = d};
}

static struct value when(int64_t us)
{
	return us > 0 ? number(VALUE_TIME_US, (uint64_t)us) : none;
}

/* ---- what names a row ---- */

struct value get_ip(const struct row *r)
{
	return address(r, 0);
}

struct value get_client(const struct row *r)
{
	return address(r, 0);
}

struct value get_server(const struct row *r)
{
	return address(r, 1);
}

struct value get_label(const struct row *r)
{
	return is_sum(r) ? none : text(r->label);
}

struct value get_label2(const struct row *r)
{
	return is_sum(r) ? none : text(r->label2);
}

struct value get_name(const struct row *r)
{
	return is_sum(r) ? none : text(r->name);
}

struct value get_name2(const struct row *r)
{
	return is_sum(r) ? none : text(r->name2);
}

struct value get_number(const struct row *r)
{
	return is_sum(r) ? none : number(VALUE_COUNT, r->l4);
}

struct value get_port(const struct row *r)
{
	return is_sum(r) ? none : number(VALUE_COUNT, r->port[0]);
}

struct value get_version(const struct row *r)
{
	return is_sum(r) ? none : number(VALUE_COUNT, r->ip_version);
}

struct value get_client_port(const struct row *r)
{
	return is_sum(r) ? none : number(VALUE_COUNT, r->port[0]);
}

struct value get_server_port(const struct row *r)
{
	return is_sum(r) ? none : number(VALUE_COUNT, r->port[1]);
}

/* ---- attributes ---- */

struct value get_mac(const struct row *r)
{
	return text(r->mac);
}

struct value get_local(const struct row *r)
{
	return is_sum(r) ? none : number(VALUE_BOOL, (r->flags & ROW_LOCAL) != 0);
}

struct value get_app(const struct row *r)
{
	return text(r->app);
}

struct value get_category(const struct row *r)
{
	return text(r->category);
}

struct value get_breed(const struct row *r)
{
	return text(r->breed);
}

struct value get_confidence(const struct row *r)
{
	return text(r->confidence);
}

struct value get_guessed(const struct row *r)
{
	return is_sum(r) ? none : number(VALUE_BOOL, (r->flags & ROW_GUESSED) != 0);
}

struct value get_where(const struct row *r)
{
	return text(r->where);
}

struct value get_country(const struct row *r)
{
	return text(r->country);
}

struct value get_country_name(const struct row *r)
{
	return text(r->country_name);
}

struct value get_city(const struct row *r)
{
	return text(r->city);
}

struct value get_asn(const struct row *r)
{
	return positive(VALUE_COUNT, r->asn);
}

static struct value lasting(const struct row *r, enum lasting period)
{
	return r->lasting != NULL ? number(VALUE_BYTES, r->lasting[period]) : none;
}

struct value get_today(const struct row *r)
{
	return lasting(r, LASTING_TODAY);
}

struct value get_yesterday(const struct row *r)
{
	return lasting(r, LASTING_YESTERDAY);
}

struct value get_week(const struct row *r)
{
	return lasting(r, LASTING_WEEK);
}

struct value get_month(const struct row *r)
{
	return lasting(r, LASTING_MONTH);
}

struct value get_year(const struct row *r)
{
	return lasting(r, LASTING_YEAR);
}

struct value get_as_name(const struct row *r)
{
	return text(r->as_name);
}

struct value get_latitude(const struct row *r)
{
	return real(r->latitude);
}

struct value get_longitude(const struct row *r)
{
	return real(r->longitude);
}

struct value get_vlan(const struct row *r)
{
	return positive(VALUE_COUNT, r->vlan);
}

struct value get_tunnel(const struct row *r)
{
	return text(r->tunnel_text);
}

struct value get_l4(const struct row *r)
{
	return text(r->l4_text);
}

struct value get_state(const struct row *r)
{
	return text(r->state_text);
}

struct value get_tcp_flags(const struct row *r)
{
	return text(r->flags_text);
}

struct value get_site(const struct row *r)
{
	return text(r->site);
}

struct value get_query(const struct row *r)
{
	return text(r->query);
}

/* What a flow is about: the site, else what DNS was asked. */
struct value get_subject(const struct row *r)
{
	return text(r->site[0] != '\0' ? r->site : r->query);
}

struct value get_url(const struct row *r)
{
	return text(r->url);
}

struct value get_method(const struct row *r)
{
	return text(r->method);
}

struct value get_code(const struct row *r)
{
	return text(r->code);
}

struct value get_methods(const struct row *r)
{
	return r->methods[0] != '\0' ? (struct value){.type = VALUE_TALLY, .s = r->methods} : none;
}

struct value get_codes(const struct row *r)
{
	return r->codes[0] != '\0' ? (struct value){.type = VALUE_TALLY, .s = r->codes} : none;
}

struct value get_content_types(const struct row *r)
{
	return r->content_types[0] != '\0' ? (struct value){.type = VALUE_TALLY, .s = r->content_types} : none;
}

struct value get_seen_in(const struct row *r)
{
	return text(r->seen_in);
}

struct value get_site_category(const struct row *r)
{
	return text(r->site_category);
}

struct value get_user_agent(const struct row *r)
{
	return text(r->user_agent);
}

struct value get_content_type(const struct row *r)
{
	return text(r->content_type);
}

struct value get_ja3(const struct row *r)
{
	return text(r->ja3);
}

struct value get_ja4(const struct row *r)
{
	return text(r->ja4);
}

struct value get_tls_version(const struct row *r)
{
	return text(r->tls_version);
}

struct value get_alpn(const struct row *r)
{
	return text(r->alpn);
}

struct value get_server_info(const struct row *r)
{
	return text(r->server_info);
}

struct value get_risks(const struct row *r)
{
	return (struct value){.type = VALUE_LIST, .s = r->risk_text}; /* none is known to be none */
}

struct value get_exporter(const struct row *r)
{
	return text(r->exporter);
}

struct value get_mark(const struct row *r)
{
	return r->own ? text("own look-up") : r->uninspected ? text("not inspected") : none;
}

struct value get_severity(const struct row *r)
{
	uint64_t seconds = r->last_us > 0 ? (uint64_t)r->last_us / 1000000 : 0;

	return is_sum(r) ? none : number(VALUE_SEVERITY, value_severity(r->key.alert.severity, seconds));
}

struct value get_kind(const struct row *r)
{
	return is_sum(r) ? none : text(alert_kind_name(r->key.alert.kind));
}

struct value get_text(const struct row *r)
{
	return text(r->text);
}

/* ---- counts ---- */

struct value get_sent_bytes(const struct row *r)
{
	return number(VALUE_BYTES, r->total.bytes[0]);
}

struct value get_sent_packets(const struct row *r)
{
	return number(VALUE_PACKETS, r->total.packets[0]);
}

struct value get_rcvd_bytes(const struct row *r)
{
	return number(VALUE_BYTES, r->total.bytes[1]);
}

struct value get_rcvd_packets(const struct row *r)
{
	return number(VALUE_PACKETS, r->total.packets[1]);
}

struct value get_bytes(const struct row *r)
{
	return number(VALUE_BYTES, r->total.bytes[0] + r->total.bytes[1]);
}

struct value get_packets(const struct row *r)
{
	return number(VALUE_PACKETS, r->total.packets[0] + r->total.packets[1]);
}

struct value get_flows(const struct row *r)
{
	return number(VALUE_COUNT, r->flows);
}

struct value get_count(const struct row *r)
{
	return number(VALUE_COUNT, r->flows);
}

struct value get_live_flows(const struct row *r)
{
	return number(VALUE_COUNT, r->live_flows);
}

struct value get_hosts(const struct row *r)
{
	return is_sum(r) ? none : number(VALUE_COUNT, r->hosts);
}

struct value get_peers(const struct row *r)
{
	return is_sum(r) ? none : number(VALUE_COUNT, r->peers);
}

struct value get_hits(const struct row *r)
{
	return number(VALUE_COUNT, r->hits);
}

struct value get_clients(const struct row *r)
{
	return is_sum(r) ? none : number(VALUE_COUNT, r->clients);
}

struct value get_score(const struct row *r)
{
	return is_sum(r) ? none : number(VALUE_RISK, r->score);
}

struct value get_retransmits(const struct row *r)
{
	return r->l4 == L4_TCP ? number(VALUE_COUNT, r->retransmits) : none;
}

struct value get_out_of_order(const struct row *r)
{
	return r->l4 == L4_TCP ? number(VALUE_COUNT, r->out_of_order) : none;
}

struct value get_share(const struct row *r)
{
	return (struct value){.type = VALUE_SHARE, .d = r->share};
}

/* ---- rates ---- */

struct value get_rate(const struct row *r)
{
	return number(VALUE_RATE, (uint64_t)r->rate[0] + r->rate[1]);
}

struct value get_sent_rate(const struct row *r)
{
	return number(VALUE_RATE, r->rate[0]);
}

struct value get_rcvd_rate(const struct row *r)
{
	return number(VALUE_RATE, r->rate[1]);
}

struct value get_packet_rate(const struct row *r)
{
	return number(VALUE_PACKET_RATE, (uint64_t)r->packet_rate[0] + r->packet_rate[1]);
}

struct value get_sent_packet_rate(const struct row *r)
{
	return number(VALUE_PACKET_RATE, r->packet_rate[0]);
}

struct value get_rcvd_packet_rate(const struct row *r)
{
	return number(VALUE_PACKET_RATE, r->packet_rate[1]);
}

/* What has traffic has a peak; 0 is one that is not known. */
struct value get_peak(const struct row *r)
{
	bool unknown = r->peak == 0 && r->total.packets[0] + r->total.packets[1] > 0;

	return is_sum(r) || unknown ? none : number(VALUE_RATE, r->peak);
}

struct value get_spark(const struct row *r)
{
	return (struct value){.type = VALUE_SPARK, .spark = r->spark};
}

/* ---- times ---- */

struct value get_rtt(const struct row *r)
{
	return positive(VALUE_DURATION_US, r->rtt_us);
}

struct value get_duration(const struct row *r)
{
	return number(VALUE_DURATION_US,
		      r->last_us > r->first_us ? (uint64_t)(r->last_us - r->first_us) : 0);
}

struct value get_first(const struct row *r)
{
	return when(r->first_us);
}

struct value get_last(const struct row *r)
{
	return when(r->last_us);
}
