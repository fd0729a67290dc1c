/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * THE table of what a filter can ask for. One line adds a field to the language, to the messages
 * and, with FIELD_WORD, to what bare words look at; dpitop-filter(7) describes them in the same
 * order. How values are read and compared is the field's kind. Getters run on the engine's thread.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "dpitop/names.h"
#include "dpitop/packet.h"
#include "snapshot/column_get.h"
#include "snapshot/filter_parts.h"

enum { L4_UDP = 17 };

/* ---- texts of a flow: the n-th, NULL after the last ---- */

static const char *text_country(struct subject *s, int end, unsigned n)
{
	const struct geo *g = subject_geo(s, end);

	if (n == 0) {
		snprintf(s->buf, sizeof s->buf, "%.2s", g != NULL ? g->country : "");
		return s->buf;
	}
	return n == 1 && g != NULL ? g->country_name : NULL;
}

static const char *text_city(struct subject *s, int end, unsigned n)
{
	const struct geo *g = subject_geo(s, end);

	return n > 0 ? NULL : g != NULL && g->city != NULL ? g->city : "";
}

static const char *text_category(struct subject *s, int end, unsigned n)
{
	const struct dpi *d = s->context->dpi;

	(void)end;
	return n > 0 || d == NULL ? NULL : dpi_category_name(d, s->flow->class_.category);
}

static const char *text_breed(struct subject *s, int end, unsigned n)
{
	const struct dpi *d = s->context->dpi;

	(void)end;
	if (n > 0 || d == NULL)
		return NULL;
	if (s->facts != NULL && s->facts->text[0] != '\0')
		return s->facts->text;
	return dpi_breed_name(d, dpi_breed(d, &s->flow->class_));
}

static const char *text_site(struct subject *s, int end, unsigned n)
{
	const char *site = flow_meta_text(s->flow->meta, FLOW_SITE);

	(void)end;
	if (n > 0)
		return NULL;
	return site[0] != '\0' ? site : flow_meta_text(s->flow->meta, FLOW_QUERY);
}

static const char *text_site_category(struct subject *s, int end, unsigned n)
{
	(void)end;
	if (n == 0 && s->facts != NULL)
		return s->facts->text;
	return n > 0 || s->context->model == NULL ? NULL : model_site_category(s->context->model, s->flow, s->buf);
}

#define FLOW_TEXT(name, which) \
	static const char *text_##name(struct subject *s, int end, unsigned n) \
	{ \
		(void)end; \
		return n > 0 ? NULL : flow_meta_text(s->flow->meta, which); \
	}
FLOW_TEXT(query, FLOW_QUERY)
FLOW_TEXT(url, FLOW_URL)

static const char *text_mac(struct subject *s, int end, unsigned n)
{
	if (n > 0)
		return NULL;
	if (!(s->flow->flags & FLOW_MAC_SET))
		return "";
	return mac_format(s->flow->mac[end], s->buf, sizeof s->buf);
}

static const char *text_iface(struct subject *s, int end, unsigned n)
{
	const struct filter_context *c = s->context;

	(void)end;
	if (n > 0 || c->sources == NULL || s->flow->source >= c->source_count)
		return NULL;
	return c->sources[s->flow->source].name;
}

static const char *text_exporter(struct subject *s, int end, unsigned n)
{
	const struct flow_report *report = s->flow->report;

	(void)end;
	if (n > 0)
		return NULL;
	return report != NULL ? addr_format(report->exporter, s->buf, sizeof s->buf) : "";
}

/* ---- numbers of a flow ---- */

static unsigned number_port(const struct subject *s, int end)
{
	return s->flow->port[end];
}

#define FLOW_NUMBER(name, member) \
	static unsigned number_##name(const struct subject *s, int end) \
	{ \
		(void)end; \
		return s->flow->member; \
	}
FLOW_NUMBER(vlan, vlan)
FLOW_NUMBER(version, ip_version)
FLOW_NUMBER(l4, l4)
FLOW_NUMBER(state, state)
FLOW_NUMBER(tunnel, tunnel)

/* What is sent to a group stays in the network: it is as local as who sends it. */
static bool is_local(const struct subject *s, int end)
{
	const struct subnets *subnets = s->context->subnets;
	const struct addr *a = &s->flow->addr[end];

	if (addr_is_multicast(a))
		a = &s->flow->addr[!end];
	return subnets != NULL && subnets_is_local(subnets, a);
}

static unsigned number_scope(const struct subject *s, int end)
{
	bool client = is_local(s, 0), server = is_local(s, 1);

	(void)end;
	if (client)
		return server ? FILTER_SCOPE_LOCAL : FILTER_SCOPE_OUTBOUND;
	return server ? FILTER_SCOPE_INBOUND : FILTER_SCOPE_TRANSIT;
}

enum { ENCRYPTED_NO, ENCRYPTED_YES, ENCRYPTED_UNKNOWN };

/* Of what nobody could name it is not known either. */
static unsigned number_encrypted(const struct subject *s, int end)
{
	const struct dpi_class *c = &s->flow->class_;

	(void)end;
	if (s->flow->flags & FLOW_ENCRYPTED)
		return ENCRYPTED_YES;
	return c->app == DPI_UNKNOWN && c->master == DPI_UNKNOWN ? ENCRYPTED_UNKNOWN : ENCRYPTED_NO;
}

static unsigned number_own(const struct subject *s, int end)
{
	const struct names *names = s->context != NULL ? s->context->names : NULL;

	(void)end;
	return names != NULL && s->flow->l4 == L4_UDP && names_is_own(names, s->flow->addr, s->flow->port);
}

static const char *name_of_l4(unsigned number, char buf[8])
{
	return l4_label((uint8_t)number, buf);
}

static const char *name_of_state(unsigned number, char buf[8])
{
	(void)buf;
	return flow_state_name((enum flow_state)number);
}

static const char *name_of_tunnel(unsigned number, char buf[8])
{
	(void)buf;
	return number == TUNNEL_NONE ? "none" : tunnel_name((enum tunnel)number);
}

static const char *name_of_scope(unsigned number, char buf[8])
{
	static const char *const names[] = {
		[FILTER_SCOPE_LOCAL] = "local", [FILTER_SCOPE_OUTBOUND] = "outbound",
		[FILTER_SCOPE_INBOUND] = "inbound", [FILTER_SCOPE_TRANSIT] = "transit",
		[FILTER_SCOPE_EXTERNAL] = "external",
	};

	(void)buf;
	return names[number];
}

static const char *name_of_own(unsigned number, char buf[8])
{
	(void)buf;
	return number != 0 ? "yes" : "no";
}

static const char *name_of_encrypted(unsigned number, char buf[8])
{
	static const char *const names[] = {
		[ENCRYPTED_NO] = "no", [ENCRYPTED_YES] = "yes", [ENCRYPTED_UNKNOWN] = "unknown",
	};

	(void)buf;
	return names[number];
}

enum { ENDS = FIELD_ENDS, WORD = FIELD_WORD, CLIENT = FIELD_CLIENT, SERVER = FIELD_SERVER,
       NUMBERS = FIELD_NUMBERS };
enum { LAST_STATE = FLOW_STATE_COUNT - 1, LAST_TUNNEL = TUNNEL_COUNT - 1, LAST_L4 = 255,
       LAST_PORT = 65535, LAST_VLAN = 4095, LAST_VERSION = 6 };

/* clang-format off */
const struct filter_field filter_field_table[] = {
	/* name, kind, flags, what it reads */
	{"host", &kind_host, ENDS | WORD, .text = NULL},
	{"src", &kind_host, CLIENT, .text = NULL},
	{"dst", &kind_host, SERVER, .text = NULL},
	{"net", &kind_net, ENDS, .text = NULL},
	{"port", &kind_number, ENDS | WORD, .number = number_port, .max = LAST_PORT},
	{"app", &kind_app, WORD, .text = NULL},
	{"cat", &kind_text, WORD, .text = text_category},
	{"breed", &kind_text, 0, .text = text_breed},
	{"l4", &kind_set, WORD | NUMBERS, .number = number_l4, .name_of = name_of_l4, .max = LAST_L4},
	{"version", &kind_number, 0, .number = number_version, .max = LAST_VERSION},
	{"country", &kind_text, ENDS | WORD, .text = text_country},
	{"city", &kind_text, ENDS | WORD, .text = text_city},
	{"as", &kind_as, ENDS | WORD, .text = NULL},
	{"site", &kind_text, WORD, .text = text_site},
	{"sitecat", &kind_text, WORD, .text = text_site_category},
	{"query", &kind_text, WORD, .text = text_query},
	{"url", &kind_text, 0, .text = text_url},
	{"mac", &kind_text, ENDS, .text = text_mac},
	{"vlan", &kind_number, 0, .number = number_vlan, .max = LAST_VLAN},
	{"tunnel", &kind_set, WORD, .number = number_tunnel, .name_of = name_of_tunnel,
	 .max = LAST_TUNNEL},
	{"iface", &kind_text, WORD, .text = text_iface},
	{"exporter", &kind_text, WORD, .text = text_exporter},
	{"state", &kind_set, WORD, .number = number_state, .name_of = name_of_state, .max = LAST_STATE},
	{"flags", &kind_flags, 0, .text = NULL},
	{"risk", &kind_risk, WORD, .text = NULL},
	{"scope", &kind_scope, 0, .number = number_scope, .name_of = name_of_scope, .max = FILTER_SCOPE_EXTERNAL},
	{"encrypted", &kind_set, 0, .number = number_encrypted, .name_of = name_of_encrypted, .max = ENCRYPTED_UNKNOWN},
	{"own", &kind_set, 0, .number = number_own, .name_of = name_of_own, .max = 1},
	{"preset", &kind_preset, 0, .text = NULL},
	{"bytes", &kind_measure, 0, .get = get_bytes},
	{"sent", &kind_measure, 0, .get = get_sent_bytes},
	{"rcvd", &kind_measure, 0, .get = get_rcvd_bytes},
	{"packets", &kind_measure, 0, .get = get_packets},
	{"rate", &kind_measure, 0, .get = get_rate},
	{"peak", &kind_measure, 0, .get = get_peak},
	{"flows", &kind_measure, 0, .get = get_flows},
	{"live", &kind_measure, 0, .get = get_live_flows},
	{"hosts", &kind_measure, 0, .get = get_hosts},
	{"peers", &kind_measure, 0, .get = get_peers},
	{"clients", &kind_measure, 0, .get = get_clients},
	{"hits", &kind_measure, 0, .get = get_hits},
	{"score", &kind_measure, 0, .get = get_score},
	{"count", &kind_measure, 0, .get = get_count},
	{"severity", &kind_severity, 0, .get = get_severity},
	{"rtt", &kind_time, 0, .get = get_rtt},
	{"time", &kind_time, 0, .get = get_duration},
};
/* clang-format on */

const size_t filter_field_count = sizeof filter_field_table / sizeof *filter_field_table;

static const struct filter_field *find(const char *name)
{
	size_t i;

	for (i = 0; i < filter_field_count; i++)
		if (strcasecmp(filter_field_table[i].name, name) == 0)
			return &filter_field_table[i];
	return NULL;
}

const struct filter_field *filter_field_find(const char *name, unsigned *ends)
{
	const struct filter_field *f = find(name);
	bool client = strncasecmp(name, "src.", 4) == 0;

	*ends = 1;
	if (f != NULL) {
		if (f->flags & FIELD_ENDS)
			*ends = 3;
		else if (f->flags & FIELD_SERVER)
			*ends = 2;
		return f;
	}
	if (!client && strncasecmp(name, "dst.", 4) != 0)
		return NULL;
	*ends = client ? 1 : 2;
	f = find(name + 4);
	return f != NULL && (f->flags & FIELD_ENDS) ? f : NULL;
}

static const char *list_fields(unsigned flags, char *buf, size_t size)
{
	size_t i, used = 0;

	if (size == 0)
		return buf;
	buf[0] = '\0';
	for (i = 0; i < filter_field_count; i++) {
		const char *name = filter_field_table[i].name;

		if ((filter_field_table[i].flags & flags) != flags)
			continue;
		if (used + strlen(name) + 2 > size)
			break;
		used += (size_t)snprintf(buf + used, size - used, "%s%s", used > 0 ? " " : "",
					 name);
	}
	return buf;
}

const char *filter_fields(char *buf, size_t size)
{
	return list_fields(0, buf, size);
}

const char *filter_end_fields(char *buf, size_t size)
{
	return list_fields(FIELD_ENDS, buf, size);
}
