/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A filter on rows where there are no flows: history keeps none. What a row itself is (a host's address and
 * place, an application's category) is put in the place of a flow's facts; whatever else is asked of it
 * is not known. Called for each row of a picture of the past; history's thread.
 */
#include "config.h"

#include <string.h>

#include "dpitop/dpi.h"
#include "snapshot/filter_parts.h"
#include "snapshot/row_fill.h"

struct teller { /* of the rows of a dimension */
	const char *fields; /* that they can answer, a blank between two */
	void (*fill)(struct subject *s, struct flow *f, struct facts *facts, const struct dim_key *key);
};

static void tell_host(struct subject *s, struct flow *f, struct facts *facts, const struct dim_key *key)
{
	(void)s;
	(void)facts;
	f->addr[0] = f->addr[1] = key->host.addr;
	f->ip_version = addr_is_v4(&key->host.addr) ? 4 : 6;
}

static void tell_app(struct subject *s, struct flow *f, struct facts *facts, const struct dim_key *key)
{
	(void)facts;
	f->class_.master = key->app.master;
	f->class_.app = key->app.app;
	if (s->context->dpi != NULL)
		f->class_.category = dpi_app_category(s->context->dpi, &f->class_);
}

static void tell_category(struct subject *s, struct flow *f, struct facts *facts, const struct dim_key *key)
{
	(void)s;
	(void)facts;
	f->class_.category = key->small.number;
}

static void tell_breed(struct subject *s, struct flow *f, struct facts *facts, const struct dim_key *key)
{
	(void)f;
	if (s->context->dpi != NULL)
		facts->text = dpi_breed_name(s->context->dpi, (uint8_t)key->small.number);
}

#define TELL_NUMBER(name, type, member) \
	static void tell_##name(struct subject *s, struct flow *f, struct facts *facts, const struct dim_key *key) \
	{ \
		(void)s; \
		(void)facts; \
		f->member = (type)key->small.number; \
	}
TELL_NUMBER(l4, uint8_t, l4)
TELL_NUMBER(version, uint8_t, ip_version)
TELL_NUMBER(vlan, uint16_t, vlan)
TELL_NUMBER(tunnel, uint8_t, tunnel)
TELL_NUMBER(state, uint8_t, state)
TELL_NUMBER(tcp_flags, uint8_t, tcp_flags)
TELL_NUMBER(source, uint16_t, source)

static void tell_port(struct subject *s, struct flow *f, struct facts *facts, const struct dim_key *key)
{
	(void)s;
	(void)facts;
	f->port[0] = f->port[1] = key->port.port;
	f->l4 = key->port.l4;
}

static void tell_risk(struct subject *s, struct flow *f, struct facts *facts, const struct dim_key *key)
{
	(void)s;
	(void)facts;
	if (key->small.number < 64)
		f->risks = UINT64_C(1) << key->small.number;
}

static void tell_net(struct flow *f, struct facts *facts, int end, const struct cidr *net)
{
	f->addr[end] = net->addr;
	facts->net[end] = *net;
	facts->nets = true;
}

static void tell_subnet(struct subject *s, struct flow *f, struct facts *facts, const struct dim_key *key)
{
	(void)s;
	tell_net(f, facts, 0, &key->subnet.net);
	tell_net(f, facts, 1, &key->subnet.net);
}

static void tell_subnet_pair(struct subject *s, struct flow *f, struct facts *facts, const struct dim_key *key)
{
	(void)s;
	tell_net(f, facts, 0, &key->subnet_pair.src);
	tell_net(f, facts, 1, &key->subnet_pair.dst);
}

/* Where an end is, as if it had been looked up. */
static struct geo *tell_place(struct subject *s, int end)
{
	struct geo *g = &s->found[end];

	*g = (struct geo){.as_name = "", .country_name = "", .city = ""};
	s->geo[end] = g;
	s->geo_known[end] = true;
	return g;
}

static void tell_country_at(struct subject *s, int end, const char code[2])
{
	struct geo *g = tell_place(s, end);

	memcpy(g->country, code, sizeof g->country);
	g->country_name = code[0] != '\0' ? country_name(code) : "";
}

static void tell_country(struct subject *s, struct flow *f, struct facts *facts, const struct dim_key *key)
{
	(void)f;
	(void)facts;
	tell_country_at(s, 0, key->country.code);
	tell_country_at(s, 1, key->country.code);
}

static void tell_country_pair(struct subject *s, struct flow *f, struct facts *facts, const struct dim_key *key)
{
	(void)f;
	(void)facts;
	tell_country_at(s, 0, key->country_pair.src);
	tell_country_at(s, 1, key->country_pair.dst);
}

static void tell_as(struct subject *s, struct flow *f, struct facts *facts, const struct dim_key *key)
{
	(void)f;
	for (int end = 0; end < 2; end++) {
		struct geo *g = tell_place(s, end);

		g->asn = key->as.asn;
		g->as_name = facts->text;
	}
}

static void tell_as_pair(struct subject *s, struct flow *f, struct facts *facts, const struct dim_key *key)
{
	(void)f;
	(void)facts;
	tell_place(s, 0)->asn = key->as_pair.src;
	tell_place(s, 1)->asn = key->as_pair.dst;
}

static void tell_site_category(struct subject *s, struct flow *f, struct facts *facts, const struct dim_key *key)
{
	(void)s;
	(void)f;
	facts->text = key->site_category.name;
}

static const struct teller tellers[DIM_COUNT] = {
	[DIM_HOST] = {"host src dst net version country city as", tell_host},
	[DIM_APP] = {"app cat breed", tell_app},
	[DIM_CATEGORY] = {"cat", tell_category},
	[DIM_BREED] = {"breed", tell_breed},
	[DIM_L4] = {"l4", tell_l4},
	[DIM_IP_VERSION] = {"version", tell_version},
	[DIM_PORT] = {"port l4", tell_port},
	[DIM_STATE] = {"state", tell_state},
	[DIM_TCP_FLAGS] = {"flags", tell_tcp_flags},
	[DIM_SUBNET] = {"net", tell_subnet},
	[DIM_SUBNET_PAIR] = {"net", tell_subnet_pair},
	[DIM_COUNTRY] = {"country", tell_country},
	[DIM_COUNTRY_PAIR] = {"country", tell_country_pair},
	[DIM_AS] = {"as", tell_as},
	[DIM_AS_PAIR] = {"as", tell_as_pair},
	[DIM_VLAN] = {"vlan", tell_vlan},
	[DIM_TUNNEL] = {"tunnel", tell_tunnel},
	[DIM_RISK] = {"risk", tell_risk},
	[DIM_INTERFACE] = {"iface", tell_source},
	[DIM_SITE_CATEGORY] = {"sitecat", tell_site_category},
};

static bool is_among(const char *names, const char *name)
{
	size_t n = strlen(name);

	while (*names != '\0') {
		size_t word = strcspn(names, " ");

		if (word == n && strncmp(names, name, n) == 0)
			return true;
		names += word + strspn(names + word, " ");
	}
	return false;
}

/* A subnet that the net asked for is only a part of tells nothing. */
static bool is_part_of(const struct filter_test *t, const struct facts *facts)
{
	for (int end = 0; end < 2; end++)
		if ((t->ends >> end & 1) && facts->net[end].bits < t->net.bits && facts->net[end].bits > 0 &&
		    cidr_contains(&facts->net[end], &t->net.addr))
			return true;
	return false;
}

bool fact_is_told(const struct filter_test *t, const struct facts *facts)
{
	if (t->field->kind->measure)
		return true;
	if (!is_among(facts->fields, t->field->name))
		return false;
	return !facts->nets || !t->is_net || !is_part_of(t, facts);
}

enum filter_told filter_match_facts(const struct filter *f, const struct filter_context *c, enum dim d,
				    const struct dim_key *key, const struct dim_row *row, const char *name)
{
	struct facts facts = {.fields = "", .text = name};
	struct subject s = {.context = c, .facts = &facts};
	struct flow flow;

	if (d >= DIM_COUNT || key == NULL)
		return FILTER_UNTOLD;
	memset(&flow, 0, sizeof flow);
	row_numbers(&s.own, d, key, row);
	s.row = &s.own;
	s.flow = &flow;
	if (tellers[d].fill != NULL) {
		facts.fields = tellers[d].fields;
		tellers[d].fill(&s, &flow, &facts, key);
	}
	return (enum filter_told)filter_traffic_holds(f, &s);
}
