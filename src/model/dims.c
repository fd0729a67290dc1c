/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * THE table of dimensions: what each is called, how its rows add up, and what table it has. A new
 * dimension is a line here, its key in model.h, and the line in apply.c that says which row a flow
 * belongs to. Constant; any thread.
 */
#include "config.h"

#include "model/dims.h"

#include "dpitop/i18n.h"

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
	/*                    id               title, one, how many, partition, both_ends, pair */
	[DIM_HOST]         = {{"hosts",         N_("Hosts"),         N_("host"), NN_("%llu host", "%llu hosts"),         true,  true,  false},
			      .shape = {KEY(host), sizeof(struct host_entry), 1000000, true, false}},
	[DIM_APP]          = {{"l7",            N_("Applications"),  N_("application"), NN_("%llu application", "%llu applications"),  true,  false, false}, ROWS(app, 65536)},
	[DIM_CATEGORY]     = {{"categories",    N_("Categories"),    N_("category"), NN_("%llu category", "%llu categories"),     true,  false, false}, NUMBERS},
	[DIM_BREED]        = {{"breeds",        N_("Breeds"),        N_("breed"), NN_("%llu breed", "%llu breeds"),        true,  false, false}, NUMBERS},
	[DIM_L4]           = {{"l4",            N_("Protocols"),     N_("protocol"), NN_("%llu protocol", "%llu protocols"),     true,  false, false}, NUMBERS},
	[DIM_IP_VERSION]   = {{"ip_version",    N_("IP versions"),   N_("IP version"), NN_("%llu IP version", "%llu IP versions"),   true,  false, false}, NUMBERS},
	[DIM_ETHERTYPE]    = {{"ethertypes",    N_("EtherTypes"),    N_("EtherType"), NN_("%llu EtherType", "%llu EtherTypes"),    false, false, false}, NUMBERS},
	[DIM_PORT]         = {{"ports",         N_("Ports"),         N_("port"), NN_("%llu port", "%llu ports"),         false, false, false}, EVICTED(port, 262144)},
	[DIM_STATE]        = {{"states",        N_("States"),        N_("state"), NN_("%llu state", "%llu states"),        true,  false, false}, NUMBERS},
	[DIM_TCP_FLAGS]    = {{"tcp_flags",     N_("TCP flags"),     N_("flags"), NN_("%llu set of flags", "%llu sets of flags"),        false, false, false}, NUMBERS},
	[DIM_SUBNET]       = {{"subnets",       N_("Subnets"),       N_("subnet"), NN_("%llu subnet", "%llu subnets"),       true,  true,  false}, ROWS(subnet, 262144)},
	[DIM_SUBNET_PAIR]  = {{"matrix",        N_("Matrix"),        N_("pair"), NN_("%llu pair", "%llu pairs"),         true,  false, true},
			      .shape = {KEY(subnet_pair), sizeof(struct pair_entry), 262144, true, false}},
	[DIM_COUNTRY]      = {{"countries",     N_("Countries"),     N_("country"), NN_("%llu country", "%llu countries"),      true,  true,  false}, ROWS(country, 1024)},
	[DIM_COUNTRY_PAIR] = {{"country_pairs", N_("Country pairs"), N_("pair"), NN_("%llu pair", "%llu pairs"),         true,  false, true},  EVICTED(country_pair, 65536)},
	[DIM_AS]           = {{"as",            N_("AS"),            N_("AS"), NN_("%llu AS", "%llu AS"),           true,  true,  false}, ROWS(as, 131072)},
	[DIM_AS_PAIR]      = {{"as_pairs",      N_("AS pairs"),      N_("pair"), NN_("%llu pair", "%llu pairs"),         true,  false, true},  EVICTED(as_pair, 262144)},
	[DIM_CITY]         = {{"cities",        N_("Cities"),        N_("city"), NN_("%llu city", "%llu cities"),         true,  true,  false}, ROWS(city, 65536)},
	[DIM_SITE]         = {{"sites",         N_("Sites"),         N_("site"), NN_("%llu site", "%llu sites"),         false, false, false},
			      .shape = {KEY(site), sizeof(struct site_entry), 131072, true, false}},
	[DIM_VLAN]         = {{"vlans",         N_("VLANs"),         N_("VLAN"), NN_("%llu VLAN", "%llu VLANs"),         true,  false, false}, NUMBERS},
	[DIM_VLAN_PAIR]    = {{"vlan_pairs",    N_("VLAN pairs"),    N_("pair"), NN_("%llu pair", "%llu pairs"),         true,  false, true},  ROWS(vlan_pair, 65536)},
	[DIM_TUNNEL]       = {{"tunnels",       N_("Tunnels"),       N_("tunnel"), NN_("%llu tunnel", "%llu tunnels"),       true,  false, false}, NUMBERS},
	[DIM_RISK]         = {{"risks",         N_("Risks"),         N_("risk"), NN_("%llu risk", "%llu risks"),         false, false, false}, NUMBERS},
	[DIM_INTERFACE]    = {{"interfaces",    N_("Interfaces"),    N_("interface"), NN_("%llu interface", "%llu interfaces"),    true,  false, false}, NUMBERS},
	[DIM_SITE_CATEGORY] = {{"site_categories", N_("Site categories"), N_("site category"), NN_("%llu site category", "%llu site categories"), false, false, false},
			      .shape = {KEY(site_category), sizeof(struct site_category_entry), CATEGORY_MAX + 512, false, false}},
	[DIM_EXPORTER]     = {{"exporters",     N_("Exporters"),     N_("exporter"), NN_("%llu exporter", "%llu exporters"),     true,  false, false}, EVICTED(host, 65536)},
	[DIM_ALERT]        = {{"alerts",        N_("Alerts"),        N_("alert"), NN_("%llu alert", "%llu alerts"),         false, false, false},
			      .shape = {KEY(alert), sizeof(struct alert_entry), 4096, false, false}},
	[DIM_FLOW]         = {{"flows",         N_("Flows"),         N_("flow"), NN_("%llu flow", "%llu flows"),         true,  false, false}, .shape = {0}},
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
