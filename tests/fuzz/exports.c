/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See exports.h.
 */
#include "config.h"

#include "exports.h"

#include <stdlib.h>
#include <string.h>

#include "dpitop/text.h"

#define START_US INT64_C(1700000000000000)
#define HOUR_US INT64_C(3600000000)

struct fuzz {
	struct export_decoder *d;
	struct export_stream *stream;
	struct export_sink sink;
	int64_t now_us;
	uint64_t records, counters, came, gone;
};

static void hold(bool truth)
{
	if (!truth)
		abort();
}

/* Each byte is read, so that a sanitizer sees those that are not there. */
static void check_text(const struct export_text *t)
{
	volatile uint8_t sum = 0;

	for (uint32_t i = 0; i < t->bytes; i++)
		sum = (uint8_t)(sum + t->at[i]);
}

static void check_record(void *ctx, const struct export_exporter *x, const struct flow_record *r)
{
	struct fuzz *f = ctx;

	f->records++;
	hold(r->has >> HAS_COUNT == 0);
	hold(r->start_us <= r->end_us);
	hold(((r->has & RECORD_HAS(HAS_ADDR)) != 0) == (r->ip_version != 0));
	hold(r->ip_version == 0 || r->ip_version == 4 || r->ip_version == 6);
	hold(r->ip_version != 0 || (addr_eq(&r->addr[0], &addr_none) && addr_eq(&r->addr[1], &addr_none)));
	for (int i = 0; i < RECORD_TEXT_COUNT; i++)
		check_text(&r->text[i]);
	if (r->packet != NULL)
		check_text(&(struct export_text){r->packet->data, r->packet->cap_len});
	hold(export_exporter_by_slot(f->d, x->slot) == x);
	hold(text_is_clean(export_name_get(f->d, x, EXPORT_NAME_INTERFACE, r->interface[0])));
	hold(text_is_clean(export_name_get(f->d, x, EXPORT_NAME_APP, r->app_id)));
	hold(text_is_clean(x->name));
}

static void check_counters(void *ctx, const struct export_exporter *x, const struct export_counters *c)
{
	struct fuzz *f = ctx;

	(void)c;
	hold(x->counter_samples > 0);
	f->counters++;
}

static void check_came(void *ctx, const struct export_exporter *x)
{
	struct fuzz *f = ctx;

	hold(x->datagrams == 0 && x->id == ++f->came);
}

static void check_gone(void *ctx, const struct export_exporter *x)
{
	struct fuzz *f = ctx;

	hold(x->datagrams > 0);
	f->gone++;
}

/* Nothing that was counted is lost, and nothing grows beyond its limit. */
static void check_totals(const struct fuzz *f, const struct export_limits *l)
{
	struct export_totals t = export_decoder_totals(f->d);
	uint64_t datagrams = t.gone.datagrams + t.unknown, records = t.gone.records;
	const struct export_exporter *x;
	size_t exporters = 0, templates = 0;

	for (size_t cursor = 0; (x = export_exporter_next(f->d, &cursor)) != NULL; exporters++) {
		datagrams += x->datagrams;
		records += x->records;
		templates += x->templates;
		hold(x->templates <= l->templates && x->recovered + x->waiting <= x->missing_template);
	}
	hold(datagrams == t.datagrams && records == f->records);
	hold(exporters == t.exporters && exporters <= l->exporters && f->came == f->gone + exporters);
	hold(templates == t.templates);
	hold(t.waiting_bytes <= l->waiting_bytes && t.names <= l->names);
	hold(t.template_bytes <= l->template_bytes || t.templates == 1);
}

static void send(struct fuzz *f, uint8_t switches, const uint8_t *data, size_t n, enum export_proto proto)
{
	uint8_t *exact = malloc(n + (n == 0));
	struct export_datagram dg = {
		.data = exact, .bytes = n, .from_port = (uint16_t)(1000 + (switches & FUZZ_PORT)), .ts_us = f->now_us,
		.proto = proto,
	};

	memcpy(exact, data, n);
	dg.from = addr_from_v4((const uint8_t[4]){192, 0, 2, switches & FUZZ_ADDR ? 2 : 1});
	if (proto == EXPORT_ONLY_IPFIX && (switches & FUZZ_STREAM)) {
		if (f->stream == NULL)
			f->stream = export_stream_new(f->d, &dg);
		if (export_stream_feed(f->stream, exact, n, f->now_us, &f->sink) != 0) {
			export_stream_free(f->stream);
			f->stream = NULL;
		}
	} else {
		export_decode(f->d, &dg, &f->sink);
	}
	free(exact);
}

void fuzz_exports(const uint8_t *data, size_t n, enum export_proto proto)
{
	const struct export_limits limits = {
		.exporters = 6, .templates = 4, .template_bytes = 4096, .waiting_bytes = 2048, .names = 32,
		.exporter_us = 3 * HOUR_US, .template_us = 2 * HOUR_US,
	};
	struct fuzz f = {.d = export_decoder_new(&limits, 7), .now_us = START_US};

	f.sink = (struct export_sink){.record = check_record, .counters = check_counters, .came = check_came, .gone = check_gone, .ctx = &f};
	for (size_t at = 0; at + 3 <= n;) {
		size_t length = data[at] | (size_t)data[at + 1] << 8;
		uint8_t switches = data[at + 2];

		at += 3;
		if (length > n - at)
			length = n - at;
		f.now_us += switches & FUZZ_TICK ? HOUR_US : 1000;
		if (switches & FUZZ_TICK)
			export_decoder_tick(f.d, f.now_us, &f.sink);
		send(&f, switches, data + at, length, proto);
		check_totals(&f, &limits);
		at += length;
	}
	export_stream_free(f.stream);
	export_decoder_free(f.d);
}
