/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The door for datagrams of flow exporters: which format it is, and who reads it. The formats are in
 * netflow5.c and its like. Called by the collector for each datagram, in the engine's thread; memory
 * is allocated for exporters and what they define only, up to the limits.
 */
#include "config.h"

#include "decode/template.h"
#include "decode/told.h"
#include "dpitop/mem.h"

enum {
	DEFAULT_EXPORTERS = 4096,
	MOST_EXPORTERS = 65535, /* a slot has 16 bits */
	DEFAULT_TEMPLATES = 1024,
	DEFAULT_TEMPLATE_BYTES = 32 << 20,
	DEFAULT_WAITING_BYTES = 4 << 20,
	DEFAULT_NAMES = 65536,
	SAMPLED_FRAGMENTS = 256 /* of sampled packets few belong together */
};
static const int64_t minute_us = INT64_C(60000000);

/* clang-format off */
static const char *const version_names[EXPORT_VERSION_COUNT] = {
	[EXPORT_NETFLOW1] = "netflow1",
	[EXPORT_NETFLOW5] = "netflow5",
	[EXPORT_NETFLOW7] = "netflow7",
	[EXPORT_NETFLOW9] = "netflow9",
	[EXPORT_IPFIX] = "ipfix",
	[EXPORT_SFLOW5] = "sflow5",
};

static const struct format {
	uint32_t first; /* the datagram's first bytes */
	uint8_t first_bytes;
	uint8_t protos; /* bits of enum export_proto that take it */
	export_format *read;
} formats[] = {
	{1, 2, 1 << EXPORT_AUTO | 1 << EXPORT_NETFLOW, netflow_fixed},
	{5, 2, 1 << EXPORT_AUTO | 1 << EXPORT_NETFLOW, netflow_fixed},
	{7, 2, 1 << EXPORT_AUTO | 1 << EXPORT_NETFLOW, netflow_fixed},
	{9, 2, 1 << EXPORT_AUTO | 1 << EXPORT_NETFLOW, netflow9},
	{10, 2, 1 << EXPORT_AUTO | 1 << EXPORT_NETFLOW | 1 << EXPORT_ONLY_IPFIX, ipfix},
	{5, 4, 1 << EXPORT_AUTO | 1 << EXPORT_ONLY_SFLOW, sflow5},
};
/* clang-format on */

enum { FORMAT_COUNT = sizeof formats / sizeof formats[0] };

const char *export_version_name(enum export_version v)
{
	return (unsigned)v < EXPORT_VERSION_COUNT ? version_names[v] : "";
}

static size_t or_default(size_t value, size_t default_)
{
	return value != 0 ? value : default_;
}

static struct export_limits limits_of(const struct export_limits *given)
{
	struct export_limits l = given != NULL ? *given : (struct export_limits){0};

	l.exporters = or_default(l.exporters, DEFAULT_EXPORTERS);
	if (l.exporters > MOST_EXPORTERS)
		l.exporters = MOST_EXPORTERS;
	l.templates = or_default(l.templates, DEFAULT_TEMPLATES);
	l.template_bytes = or_default(l.template_bytes, DEFAULT_TEMPLATE_BYTES);
	l.waiting_bytes = or_default(l.waiting_bytes, DEFAULT_WAITING_BYTES);
	l.names = or_default(l.names, DEFAULT_NAMES);
	if (l.waiting_us == 0)
		l.waiting_us = 30 * minute_us;
	if (l.template_us == 0)
		l.template_us = 24 * 60 * minute_us;
	if (l.exporter_us == 0)
		l.exporter_us = 24 * 60 * minute_us;
	return l;
}

struct export_decoder *export_decoder_new(const struct export_limits *l, uint64_t seed)
{
	struct export_decoder *d = mem_zalloc(sizeof *d);

	d->limits = limits_of(l);
	d->seed = seed;
	exporters_init(d);
	templates_init(d);
	waiting_init(d);
	told_init(d);
	d->packets = decoder_new(SAMPLED_FRAGMENTS, !d->limits.no_decap, seed);
	d->outer_packets = decoder_new(SAMPLED_FRAGMENTS, false, seed);
	return d;
}

void export_decoder_free(struct export_decoder *d)
{
	if (d == NULL)
		return;
	waiting_release(d);
	templates_release(d);
	told_release(d);
	exporters_release(d);
	decoder_free(d->packets);
	decoder_free(d->outer_packets);
	mem_free(d);
}

static const struct format *format_of(struct cursor c, enum export_proto proto)
{
	for (size_t i = 0; i < FORMAT_COUNT; i++) {
		const struct format *f = &formats[i];
		const uint8_t *first = cursor_peek(&c, f->first_bytes);

		if ((f->protos & 1u << proto) != 0 &&
		    (f->first_bytes == 2 ? be16(first) : be32(first)) == f->first)
			return f;
	}
	return NULL;
}

void export_decode(struct export_decoder *d, const struct export_datagram *dg, const struct export_sink *sink)
{
	struct cursor c = cursor_of(dg->data, dg->bytes < UINT32_MAX ? (uint32_t)dg->bytes : UINT32_MAX);
	struct intake in = {.d = d, .sink = sink, .dg = dg, .export_us = dg->ts_us};
	const struct format *f = format_of(c, dg->proto);

	d->totals.datagrams++;
	d->totals.datagram_bytes += dg->bytes;
	if (f == NULL || !f->read(&in, c))
		d->totals.unknown++;
}

void export_decoder_tick(struct export_decoder *d, int64_t now_us, const struct export_sink *sink)
{
	waiting_age(d, now_us);
	templates_age(d, now_us);
	exporters_age(d, now_us, sink);
}

struct export_totals export_decoder_totals(const struct export_decoder *d)
{
	struct export_totals t = d->totals;

	t.exporters = map_count(d->exporters);
	t.templates = map_count(d->templates);
	t.template_bytes = d->template_bytes;
	t.waiting_bytes = d->waiting_bytes;
	t.names = map_count(d->told);
	t.memory_bytes = sizeof *d + exporters_memory(d) + templates_memory(d) + map_memory(d->told) +
			 map_memory(d->waiting) + d->waiting_bytes;
	return t;
}
