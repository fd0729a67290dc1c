/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The conservation law: do the rows of each dimension that partitions traffic, with its `other`, add up
 * to what the sources saw? Walks all rows and flows: for the end of a file, tests and debug builds.
 * Engine thread.
 */
#include "config.h"

#include <string.h>

#include "model/dims.h"

static void sum_up(struct flow_counters *sum, const struct flow_counters *c)
{
	for (unsigned d = 0; d < 2; d++) {
		sum->bytes[d] += c->bytes[d];
		sum->packets[d] += c->packets[d];
	}
}

static struct flow_counters sum_of(const struct model *m, enum dim d)
{
	struct flow_counters sum = model_other(m, d)->total;
	const struct dim_row *r;

	for (size_t i = 0; (r = model_next(m, d, &i, NULL)) != NULL;)
		sum_up(&sum, &r->total);
	return sum;
}

struct whole {
	uint64_t bytes, packets;
};

static bool is_whole(const struct flow_counters *c, const struct whole *w)
{
	return c->bytes[0] + c->bytes[1] == w->bytes && c->packets[0] + c->packets[1] == w->packets;
}

static bool is_kept(const struct model *m, enum dim d, const struct whole *w)
{
	struct flow_counters sum = sum_of(m, d);

	if (!dim_info(d)->both_ends)
		return is_whole(&sum, w);
	return sum.bytes[0] == w->bytes && sum.bytes[1] == w->bytes && sum.packets[0] == w->packets &&
	       sum.packets[1] == w->packets;
}

/* A category's traffic is that of its sites. */
static bool sites_kept(const struct model *m)
{
	struct flow_counters sites = sum_of(m, DIM_SITE), categories = sum_of(m, DIM_SITE_CATEGORY);

	return memcmp(&sites, &categories, sizeof sites) == 0;
}

static bool flows_kept(const struct flow_table *flows, const struct whole *w)
{
	struct flow_counters sum;
	const struct flow *f;

	if (flows == NULL)
		return true;
	sum = flow_table_stats(flows).other;
	for (size_t i = 0; (f = flow_table_next(flows, &i)) != NULL;)
		sum_up(&sum, &f->total);
	return is_whole(&sum, w);
}

struct conservation model_check(const struct model *m, const struct flow_table *flows)
{
	const struct model_totals *t = &m->totals;
	struct whole ip = {t->bytes - t->non_ip_bytes, t->packets - t->non_ip_packets};
	struct whole all = {t->bytes, t->packets};
	struct flow_counters non_ip = sum_of(m, DIM_ETHERTYPE);

	return (struct conservation){
		.l4 = is_kept(m, DIM_L4, &ip) && is_kept(m, DIM_IP_VERSION, &ip) && is_kept(m, DIM_VLAN, &ip) &&
		      is_kept(m, DIM_TUNNEL, &ip) && is_kept(m, DIM_INTERFACE, &all) && is_kept(m, DIM_EXPORTER, &ip) &&
		      is_whole(&non_ip, &(struct whole){t->non_ip_bytes, t->non_ip_packets}),
		.l7 = is_kept(m, DIM_APP, &ip) && is_kept(m, DIM_CATEGORY, &ip) && is_kept(m, DIM_BREED, &ip) &&
		      is_kept(m, DIM_STATE, &ip) && sites_kept(m),
		.hosts = is_kept(m, DIM_HOST, &ip) && is_kept(m, DIM_SUBNET, &ip) && is_kept(m, DIM_COUNTRY, &ip) &&
			 is_kept(m, DIM_AS, &ip) && is_kept(m, DIM_CITY, &ip),
		.flows = flows_kept(flows, &ip),
		.matrix = is_kept(m, DIM_SUBNET_PAIR, &ip) && is_kept(m, DIM_COUNTRY_PAIR, &ip) &&
			  is_kept(m, DIM_AS_PAIR, &ip) && is_kept(m, DIM_VLAN_PAIR, &ip),
	};
}
