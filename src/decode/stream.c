/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * IPFIX over TCP (RFC 7011 section 10.4): messages one after another in a stream of bytes, cut anywhere. One
 * connection has at most one message in memory. Templates live as long as the connection (section 8.1).
 */
#include "config.h"

#include <string.h>

#include "decode/template.h"
#include "dpitop/mem.h"

enum { HEADER = 16, IPFIX_VERSION = 10, LONGEST = 65535 };

struct export_stream {
	struct export_decoder *d;
	struct export_datagram dg; /* who is at the other end; its data is the message */
	size_t have;
	uint8_t message[LONGEST];
};

struct export_stream *export_stream_new(struct export_decoder *d, const struct export_datagram *dg)
{
	struct export_stream *s = mem_alloc(sizeof *s);

	s->d = d;
	s->dg = *dg;
	s->have = 0;
	return s;
}

static void read_message(struct export_stream *s, const struct export_sink *sink)
{
	struct intake in = {.d = s->d, .sink = sink, .dg = &s->dg, .tcp = true, .export_us = s->dg.ts_us};

	s->dg.data = s->message;
	s->dg.bytes = s->have;
	s->d->totals.datagrams++;
	s->d->totals.datagram_bytes += s->have;
	ipfix(&in, cursor_of(s->message, (uint32_t)s->have));
	s->have = 0;
}

/* Copy what is missing to so many bytes; true when they are there. */
static bool fill(struct export_stream *s, size_t wanted, const uint8_t **data, size_t *bytes)
{
	size_t missing = wanted - s->have, n = missing < *bytes ? missing : *bytes;

	memcpy(s->message + s->have, *data, n);
	s->have += n;
	*data += n;
	*bytes -= n;
	return n == missing;
}

int export_stream_feed(struct export_stream *s, const uint8_t *data, size_t bytes, int64_t ts_us,
		       const struct export_sink *sink)
{
	s->dg.ts_us = ts_us;
	while (bytes > 0) {
		if (s->have < HEADER && !fill(s, HEADER, &data, &bytes))
			return 0;
		size_t length = be16(s->message + 2);

		if (be16(s->message) != IPFIX_VERSION || length < HEADER) {
			s->d->totals.datagrams++;
			s->d->totals.unknown++;
			return ERR_FORMAT;
		}
		if (fill(s, length, &data, &bytes))
			read_message(s, sink);
	}
	return 0;
}

void export_stream_free(struct export_stream *s)
{
	struct exporter *x;

	if (s == NULL)
		return;
	for (size_t cursor = 0; (x = map_next(s->d->exporters, &cursor)) != NULL;) {
		if (!x->key.tcp || x->key.port != s->dg.from_port || !addr_eq(&x->key.addr, &s->dg.from))
			continue;
		templates_forget(s->d, x);
		waiting_forget(s->d, x);
		exporter_sequence_anew(x);
	}
	mem_free(s);
}
