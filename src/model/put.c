/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows from outside: what history kept of a row goes into its own dimension, and is added nowhere else, so that
 * pictures of the past are made as those of the present. Where a host is comes from the places of
 * today, but its country is as it was recorded. History's thread.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "dpitop/text.h"
#include "model/dims.h"

static uint32_t plus(uint32_t a, uint32_t b)
{
	return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

static void put_numbers(struct dim_row *to, const struct model_row *r, int64_t now_us)
{
	int64_t step = now_us / (DIM_SPARK_STEP_S * INT64_C(1000000));

	for (unsigned d = 0; d < 2; d++) {
		to->total.bytes[d] += r->total.bytes[d];
		to->total.packets[d] += r->total.packets[d];
		to->last_tick[d] = to->total.bytes[d];
		to->rate[d] = plus(to->rate[d], r->rate[d]);
		to->packet_rate[d] = plus(to->packet_rate[d], r->packet_rate[d]);
	}
	to->peak = plus(to->peak, r->peak);
	to->flows = plus(to->flows, r->flows);
	to->live_flows = plus(to->live_flows, r->live_flows);
	if (r->first_us != 0 && (to->first_us == 0 || r->first_us < to->first_us))
		to->first_us = r->first_us;
	if (r->last_us > to->last_us)
		to->last_us = r->last_us;
	to->spark_at = (int32_t)step;
	for (int64_t i = 0; i < DIM_SPARK; i++) {
		int64_t at = step - (DIM_SPARK - 1) + i;

		if (at >= 0)
			to->spark[at % DIM_SPARK] = plus(to->spark[at % DIM_SPARK], r->spark[i]);
	}
}

/* The hosts of a place are counted as they come, if they do: what was recorded of them is a mean where steps are long. */
static void count_host(struct model *m, const struct host_entry *h)
{
	struct dim_key subnet, country, as;
	const struct { enum dim dim; const struct dim_key *key; } places[] = {
		{DIM_SUBNET, &subnet}, {DIM_COUNTRY, &country}, {DIM_AS, &as}};

	memset(&subnet, 0, sizeof subnet);
	memset(&country, 0, sizeof country);
	memset(&as, 0, sizeof as);
	subnet.subnet.net = h->host.subnet;
	memcpy(country.country.code, h->place.country, sizeof country.country.code);
	as.as.asn = h->place.asn;
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		struct entry *e = table_touch(&m->tables[places[i].dim], places[i].key, 0, NULL);

		if (e != NULL)
			e->row.hosts++;
	}
}

static void put_host(struct model *m, struct host_entry *h, const struct addr *a, const struct model_row *r)
{
	h->entry.row.host = &h->host;
	h->host.local = r->local;
	h->host.subnet = subnets_of(m->o.subnets, a);
	geoip_lookup(m->o.geoip, a, &h->place);
	if (r->country[0] != '\0' && memcmp(h->place.country, r->country, sizeof h->place.country) != 0) {
		memcpy(h->place.country, r->country, sizeof h->place.country);
		h->place.country_name = country_name(r->country);
		h->place.city = "";
		if (!country_centre(r->country, &h->place.latitude, &h->place.longitude))
			h->place.latitude = h->place.longitude = NAN;
	}
	h->host.geo = &h->place;
	count_host(m, h);
	if (r->name[0] != '\0')
		text_clean(h->host.name, sizeof h->host.name, r->name, strlen(r->name));
	if (h->host.local && !m->has_home && !isnan(h->place.latitude)) {
		m->home_latitude = h->place.latitude;
		m->home_longitude = h->place.longitude;
		m->has_home = true;
	}
}

void model_put(struct model *m, enum dim d, const struct dim_key *k, const struct model_row *r, int64_t now_us)
{
	struct table *t = &m->tables[d];
	struct entry *e = k != NULL ? table_touch(t, k, now_us, NULL) : NULL;

	if (e != NULL && d == DIM_HOST)
		put_host(m, (struct host_entry *)e, &k->host.addr, r);
	put_numbers(e != NULL ? &e->row : &t->other.row, r, now_us);
	if (e == NULL)
		t->other.row.hosts = plus(t->other.row.hosts, r->hosts);
	else if (e->row.hosts < r->hosts)
		e->row.hosts = r->hosts;
	t->evicted += e == NULL;
}

void model_put_totals(struct model *m, const struct model_totals *t)
{
	m->totals = *t;
}
