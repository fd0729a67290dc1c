/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * THE table of dimensions: what each is called, how its rows add up, and what table it has. A new
 * dimension is a line here, its key in model.h, and the line in apply.c that says which row a flow
 * belongs to. Constant; any thread.
 */
#include "config.h"

#include "model/dims.h"

#define KEY(member) sizeof(((struct dim_key *)0)->member)
#define NUMBERS .shape = {KEY(small), sizeof(struct entry), 65536, false, true}
#define ROWS(member, max) .shape = {KEY(member), sizeof(struct entry), max, false, false}
#define EVICTED(member, max) .shape = {KEY(member), sizeof(struct entry), max, true, false}

struct dim_line {
	struct dim_info info;
	struct shape shape;
};

/* clang-format off */
static const struct dim_line dims[] = {
	/*                    id               title           one            partition both_ends pair */
	[DIM_HOST]         = {{"hosts",         "Hosts",         "host",         true,  true,  false},
			      .shape = {KEY(host), sizeof(struct host_entry), 1000000, true, false}},
	[DIM_APP]          = {{"l7",            "Applications",  "application",  true,  false, false}, ROWS(app, 65536)},
	[DIM_CATEGORY]     = {{"categories",    "Categories",    "category",     true,  false, false}, NUMBERS},
	[DIM_BREED]        = {{"breeds",        "Breeds",        "breed",        true,  false, false}, NUMBERS},
	[DIM_L4]           = {{"l4",            "Protocols",     "protocol",     true,  false, false}, NUMBERS},
	[DIM_IP_VERSION]   = {{"ip_version",    "IP versions",   "IP version",   true,  false, false}, NUMBERS},
	[DIM_ETHERTYPE]    = {{"ethertypes",    "EtherTypes",    "EtherType",    false, false, false}, NUMBERS},
	[DIM_PORT]         = {{"ports",         "Ports",         "port",         false, false, false}, EVICTED(port, 262144)},
	[DIM_STATE]        = {{"states",        "States",        "state",        true,  false, false}, NUMBERS},
	[DIM_TCP_FLAGS]    = {{"tcp_flags",     "TCP flags",     "flags",        false, false, false}, NUMBERS},
	[DIM_SUBNET]       = {{"subnets",       "Subnets",       "subnet",       true,  true,  false}, ROWS(subnet, 262144)},
	[DIM_SUBNET_PAIR]  = {{"matrix",        "Matrix",        "pair",         true,  false, true},
			      .shape = {KEY(subnet_pair), sizeof(struct pair_entry), 262144, true, false}},
	[DIM_COUNTRY]      = {{"countries",     "Countries",     "country",      true,  true,  false}, ROWS(country, 1024)},
	[DIM_COUNTRY_PAIR] = {{"country_pairs", "Country pairs", "pair",         true,  false, true},  EVICTED(country_pair, 65536)},
	[DIM_AS]           = {{"as",            "AS",            "AS",           true,  true,  false}, ROWS(as, 131072)},
	[DIM_AS_PAIR]      = {{"as_pairs",      "AS pairs",      "pair",         true,  false, true},  EVICTED(as_pair, 262144)},
	[DIM_CITY]         = {{"cities",        "Cities",        "city",         true,  true,  false}, ROWS(city, 65536)},
	[DIM_SITE]         = {{"sites",         "Sites",         "site",         false, false, false},
			      .shape = {KEY(site), sizeof(struct site_entry), 131072, true, false}},
	[DIM_VLAN]         = {{"vlans",         "VLANs",         "VLAN",         true,  false, false}, NUMBERS},
	[DIM_VLAN_PAIR]    = {{"vlan_pairs",    "VLAN pairs",    "pair",         true,  false, true},  ROWS(vlan_pair, 65536)},
	[DIM_TUNNEL]       = {{"tunnels",       "Tunnels",       "tunnel",       true,  false, false}, NUMBERS},
	[DIM_RISK]         = {{"risks",         "Risks",         "risk",         false, false, false}, NUMBERS},
	[DIM_INTERFACE]    = {{"interfaces",    "Interfaces",    "interface",    true,  false, false}, NUMBERS},
	[DIM_SITE_CATEGORY] = {{"site_categories", "Site categories", "site category", false, false, false},
			      .shape = {KEY(site_category), sizeof(struct site_category_entry), CATEGORY_MAX + 512, false, false}},
	[DIM_FLOW]         = {{"flows",         "Flows",         "flow",         true,  false, false}, .shape = {0}},
};
/* clang-format on */

_Static_assert(sizeof dims / sizeof dims[0] == DIM_LIST_COUNT, "every dimension has its line");

const struct dim_info *dim_info(enum dim d)
{
	return &dims[d].info;
}

const struct shape *dim_shape(enum dim d)
{
	return &dims[d].shape;
}
