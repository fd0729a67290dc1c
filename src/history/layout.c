/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * THE table of what history keeps. A file holds all archives of all its data sources from its first day, so
 * what stands here decides how many entities fit into --history-size. dpitop-history(5) shows the same table.
 */
#include "config.h"

#include "history/layout.h"

#include <string.h>

#include "history/rrd_file.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };

#define AVERAGE(step, seconds, span) {false, (seconds) / (step), (span) / (seconds)}
#define MAXIMUM(step, seconds, span) {true, (seconds) / (step), (span) / (seconds)}

/* clang-format off */
static const struct layout layouts[INTERVAL_CLASSES] = {
	[INTERVAL_LINE] = {1, MINUTE, 9, {
		AVERAGE(1, 1, HOUR),
		AVERAGE(1, 10, DAY),          MAXIMUM(1, 10, DAY),
		AVERAGE(1, MINUTE, 14 * DAY), MAXIMUM(1, MINUTE, 14 * DAY),
		AVERAGE(1, 10 * MINUTE, 90 * DAY), MAXIMUM(1, 10 * MINUTE, 90 * DAY),
		AVERAGE(1, HOUR, 730 * DAY),  MAXIMUM(1, HOUR, 730 * DAY)}},
	[INTERVAL_KIND] = {10, 10 * MINUTE, 5, {
		AVERAGE(10, 10, 2 * HOUR),
		AVERAGE(10, MINUTE, DAY),
		AVERAGE(10, 5 * MINUTE, 7 * DAY),
		AVERAGE(10, HOUR, 90 * DAY),
		AVERAGE(10, 6 * HOUR, 730 * DAY)}},
	[INTERVAL_HOST] = {60, 30 * MINUTE, 3, {
		AVERAGE(60, MINUTE, DAY),
		AVERAGE(60, 5 * MINUTE, 7 * DAY),
		AVERAGE(60, HOUR, 90 * DAY)}},
};

static const struct {
	const char *name, *of_totals; /* data source; NULL: these have none */
	bool gauge;
} series[SERIES_COUNT] = {
	[SERIES_BYTES_0]        = {"bytes_out",    "bytes_out", false},
	[SERIES_BYTES_1]        = {"bytes_in",     "bytes_in", false},
	[SERIES_PACKETS_0]      = {"packets_out",  "packets", false},
	[SERIES_PACKETS_1]      = {"packets_in",   NULL, false},
	[SERIES_FLOWS]          = {"flows",        "flows", false},
	[SERIES_LIVE]           = {"live_flows",   "live_flows", true},
	[SERIES_HOSTS]          = {"hosts",        "hosts", true},
	[SERIES_BYTES]          = {NULL,           "bytes", false},
	[SERIES_LOCAL]          = {NULL,           "bytes_local", false},
	[SERIES_TRANSIT]        = {NULL,           "bytes_transit", false},
	[SERIES_NON_IP]         = {NULL,           "bytes_non_ip", false},
	[SERIES_NON_IP_PACKETS] = {NULL,           "packets_non_ip", false},
	[SERIES_DROPS]          = {NULL,           "drops", false},
};
/* clang-format on */

/* Dimensions whose rows count hosts (dim_row.hosts). */
static const uint64_t with_hosts = 1ull << DIM_SUBNET | 1ull << DIM_COUNTRY | 1ull << DIM_AS | 1ull << DIM_CITY | 1ull << DIM_APP;
static const unsigned back = 1u << SERIES_BYTES_1 | 1u << SERIES_PACKETS_1; /* the other way: pairs have none, but a VLAN's with itself */

enum interval_class layout_class(int dim)
{
	if (dim == ENTITY_TOTALS)
		return INTERVAL_LINE;
	return dim >= 0 && dim < DIM_COUNT ? interval_class_of((enum dim)dim) : INTERVAL_CLASSES;
}

const struct layout *layout_of(int dim)
{
	return &layouts[layout_class(dim)];
}

const struct layout *layout_of_class(enum interval_class c)
{
	return &layouts[c];
}

unsigned archive_series(int dim)
{
	unsigned all = 0;

	if (layout_class(dim) == INTERVAL_CLASSES)
		return 0;
	for (int s = 0; s < SERIES_COUNT; s++)
		if (layout_ds_name(dim, (enum series)s) != NULL)
			all |= 1u << s;
	if (dim == ENTITY_TOTALS)
		return all;
	if ((with_hosts >> dim & 1) == 0)
		all &= ~(1u << SERIES_HOSTS);
	return dim_info((enum dim)dim)->pair && dim != DIM_VLAN_PAIR ? all & ~back : all;
}

size_t layout_width(int dim)
{
	return (size_t)__builtin_popcount(archive_series(dim));
}

int layout_column(int dim, enum series s)
{
	unsigned all = archive_series(dim);

	return all >> s & 1 ? __builtin_popcount(all & ((1u << s) - 1)) : -1;
}

bool layout_is_gauge(enum series s)
{
	return series[s].gauge;
}

const char *layout_ds_name(int dim, enum series s)
{
	return dim == ENTITY_TOTALS ? series[s].of_totals : series[s].name;
}

const char *layout_kind(int dim)
{
	return dim == ENTITY_TOTALS ? "totals" : dim_info((enum dim)dim)->id;
}

int layout_dim(const char *kind)
{
	for (int d = 0; d < DIM_COUNT; d++)
		if (strcmp(kind, dim_info((enum dim)d)->id) == 0)
			return layout_class(d) != INTERVAL_CLASSES ? d : -1;
	return strcmp(kind, "totals") == 0 ? ENTITY_TOTALS : -1;
}

size_t layout_header_bytes(int dim)
{
	return rrd_header_bytes(layout_width(dim), layout_of(dim)->rra_count);
}

uint64_t layout_file_bytes(int dim)
{
	const struct layout *l = layout_of(dim);
	uint64_t rows = 0;

	for (size_t i = 0; i < l->rra_count; i++)
		rows += l->rras[i].rows;
	return layout_header_bytes(dim) + rows * layout_width(dim) * sizeof(double);
}

size_t archive_steps(int dim, int64_t step_us[8], int64_t reach_us[8])
{
	const struct layout *l;
	size_t n = 0;

	if (layout_class(dim) == INTERVAL_CLASSES)
		return 0;
	l = layout_of(dim);
	for (size_t i = 0; i < l->rra_count && n < 8; i++) {
		if (l->rras[i].max)
			continue;
		step_us[n] = (int64_t)l->rras[i].pdps * l->step_s * 1000000;
		reach_us[n] = step_us[n] * l->rras[i].rows;
		n++;
	}
	return n;
}
