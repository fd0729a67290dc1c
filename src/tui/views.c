/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * THE table of panes. A pane is a line here; only what is no plain table has a draw function. Those
 * without a key are single dimensions for --view. Constant; any thread.
 */
#include "config.h"

#include <string.h>

#include "dpitop/i18n.h"
#include "tui/screen.h"

/* clang-format off */
static const struct view views[] = {
	{"overview",     N_("Overview"),     '1', 1, {DIM_HOST}, overview_draw, overview_want},
	{"hosts",        N_("Hosts"),        '2', 1, {DIM_HOST}, NULL, NULL},
	{"flows",        N_("Flows"),        '3', 1, {DIM_FLOW}, NULL, NULL},
	{"applications", N_("Applications"), '4', 10, {DIM_APP, DIM_CATEGORY, DIM_BREED, DIM_L4, DIM_IP_VERSION, DIM_ETHERTYPE,
						  DIM_PORT, DIM_STATE, DIM_TCP_FLAGS, DIM_EXPORTER}, NULL, NULL},
	{"matrix",       N_("Matrix"),       '5', 4, {DIM_SUBNET_PAIR, DIM_COUNTRY_PAIR, DIM_AS_PAIR, DIM_VLAN_PAIR}, matrix_draw, matrix_want},
	{"geo",          N_("Geo"),          '6', 4, {DIM_COUNTRY, DIM_CITY, DIM_AS, DIM_SUBNET}, geo_draw, geo_want},
	{"sites",        N_("Sites"),        '7', 2, {DIM_SITE, DIM_SITE_CATEGORY}, NULL, NULL},
	{"alerts",       N_("Alerts"),       '8', 2, {DIM_ALERT, DIM_RISK}, NULL, NULL},
	{"sources",      N_("Sources"),      '9', 1, {DIM_INTERFACE}, sources_draw, NULL},
	{"categories",   N_("Categories"),   0,   1, {DIM_CATEGORY}, NULL, NULL},
	{"breeds",       N_("Breeds"),       0,   1, {DIM_BREED}, NULL, NULL},
	{"protocols",    N_("Protocols"),    0,   1, {DIM_L4}, NULL, NULL},
	{"versions",     N_("IP versions"),  0,   1, {DIM_IP_VERSION}, NULL, NULL},
	{"ethertypes",   N_("EtherTypes"),   0,   1, {DIM_ETHERTYPE}, NULL, NULL},
	{"ports",        N_("Ports"),        0,   1, {DIM_PORT}, NULL, NULL},
	{"states",       N_("States"),       0,   1, {DIM_STATE}, NULL, NULL},
	{"flags",        N_("TCP flags"),    0,   1, {DIM_TCP_FLAGS}, NULL, NULL},
	{"subnets",      N_("Subnets"),      0,   1, {DIM_SUBNET}, NULL, NULL},
	{"countries",    N_("Countries"),    0,   1, {DIM_COUNTRY}, geo_draw, geo_want},
	{"cities",       N_("Cities"),       0,   1, {DIM_CITY}, geo_draw, geo_want},
	{"as",           N_("AS"),           0,   1, {DIM_AS}, geo_draw, geo_want},
	{"vlans",        N_("VLANs"),        0,   1, {DIM_VLAN}, NULL, NULL},
	{"tunnels",      N_("Tunnels"),      0,   1, {DIM_TUNNEL}, NULL, NULL},
	{"risks",        N_("Risks"),        0,   1, {DIM_RISK}, NULL, NULL},
	{"site_categories", N_("Site categories"), 0, 1, {DIM_SITE_CATEGORY}, NULL, NULL},
	{"interfaces",   N_("Interfaces"),   0,   1, {DIM_INTERFACE}, NULL, NULL},
	{"exporters",    N_("Exporters"),    0,   1, {DIM_EXPORTER}, NULL, NULL},
};
/* clang-format on */

enum { VIEWS = sizeof views / sizeof views[0] };

_Static_assert((int)VIEWS <= (int)VIEWS_MAX, "every view has its pane");

size_t view_count(void)
{
	return VIEWS;
}

const struct view *view_at(size_t i)
{
	return &views[i];
}

size_t view_index(const struct view *v)
{
	return (size_t)(v - views);
}

const struct view *view_by_key(uint32_t key)
{
	for (size_t i = 0; i < VIEWS; i++)
		if (views[i].key != 0 && (uint32_t)views[i].key == key)
			return &views[i];
	return NULL;
}

const struct view *view_next(const struct view *v, int step)
{
	size_t i = view_index(v);

	do
		i = (i + VIEWS + (size_t)step) % VIEWS;
	while (views[i].key == 0);
	return &views[i];
}

const struct view *view_find(const char *name)
{
	for (size_t i = 0; i < VIEWS; i++)
		if (strcmp(views[i].name, name) == 0)
			return &views[i];
	return NULL;
}

enum dim view_dim(const struct view *v)
{
	return v->dims[0];
}
