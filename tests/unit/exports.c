/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See exports.h.
 */
#include "config.h"

#include "exports.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/text.h"

void put(struct bytes *b, uint64_t value, unsigned width)
{
	put_at(b, b->n, value, width);
	b->n += width;
}

void put_at(struct bytes *b, size_t at, uint64_t value, unsigned width)
{
	ck_assert_uint_le(at + width, sizeof b->data);
	for (unsigned i = 0; i < width; i++)
		b->data[at + i] = i + 8 < width ? 0 : (uint8_t)(value >> 8 * (width - 1 - i));
}

void put_text(struct bytes *b, const char *text)
{
	memcpy(b->data + b->n, text, strlen(text));
	b->n += strlen(text);
}

void put_ip(struct bytes *b, const char *text)
{
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, text, NULL), 0);
	size_t n = addr_is_v4(&a) ? 4 : 16;

	memcpy(b->data + b->n, a.b + 16 - n, n);
	b->n += n;
}

bool heard_addr(const struct addr *a, const char *text)
{
	struct addr wanted;

	ck_assert_int_eq(addr_parse(&wanted, text, NULL), 0);
	return addr_eq(a, &wanted);
}

static void hear_record(void *ctx, const struct export_exporter *x, const struct flow_record *r)
{
	struct heard *h = ctx;

	ck_assert_int_le(r->start_us, r->end_us);
	h->last = x;
	if (h->records < HEARD_RECORDS) {
		unsigned i = h->records;

		h->record[i] = *r;
		if (r->packet != NULL) {
			h->packet[i] = *r->packet;
			h->record[i].packet = &h->packet[i];
		}
		h->exporter_id[i] = x->id;
		for (int t = 0; t < RECORD_TEXT_COUNT; t++)
			text_clean(h->text[i][t], HEARD_TEXT, r->text[t].at, r->text[t].bytes);
	}
	h->records++;
}

static void hear_counters(void *ctx, const struct export_exporter *x, const struct export_counters *c)
{
	struct heard *h = ctx;

	h->last = x;
	h->last_counters = *c;
	h->counters++;
}

static void hear_came(void *ctx, const struct export_exporter *x)
{
	struct heard *h = ctx;

	ck_assert_ptr_eq(export_exporter_by_slot(h->d, x->slot), x);
	h->came++;
}

static void hear_gone(void *ctx, const struct export_exporter *x)
{
	struct heard *h = ctx;

	ck_assert_ptr_eq(export_exporter_by_slot(h->d, x->slot), x);
	h->gone++;
}

void heard_open(struct heard *h, const struct export_limits *l)
{
	memset(h, 0, sizeof *h);
	h->d = export_decoder_new(l, 7);
	h->sink = (struct export_sink){.record = hear_record, .counters = hear_counters, .came = hear_came, .gone = hear_gone, .ctx = h};
	h->now_us = EXPORT_US;
	h->from = "192.0.2.1";
	h->port = 40000;
}

void heard_close(struct heard *h)
{
	export_decoder_free(h->d);
}

void heard_send(struct heard *h, struct bytes *b)
{
	uint8_t *exact = malloc(b->n + (b->n == 0));
	struct export_datagram dg = {
		.data = exact, .bytes = b->n, .from_port = h->port, .to_port = 2055, .ts_us = h->now_us, .proto = h->proto,
	};

	memcpy(exact, b->data, b->n);
	ck_assert_int_eq(addr_parse(&dg.from, h->from, NULL), 0);
	export_decode(h->d, &dg, &h->sink);
	free(exact);
	b->n = 0;
}

const struct export_exporter *heard_exporter(const struct heard *h)
{
	size_t cursor = 0;
	const struct export_exporter *x = export_exporter_next(h->d, &cursor);

	ck_assert_ptr_nonnull(x);
	ck_assert_ptr_null(export_exporter_next(h->d, &cursor));
	return x;
}

void put_v5(struct bytes *b, uint16_t count, uint32_t sequence)
{
	put(b, 5, 2);
	put(b, count, 2);
	put(b, UPTIME_MS, 4);
	put(b, EXPORT_S, 4);
	put(b, 0, 4);
	put(b, sequence, 4);
	put(b, 0, 4); /* engine, sampling */
}

void put_v5_record(struct bytes *b, const char *src, const char *dst, uint32_t packets, uint32_t octets)
{
	put_ip(b, src);
	put_ip(b, dst);
	put_ip(b, "10.0.0.254");
	put(b, 1, 2);
	put(b, 2, 2);
	put(b, packets, 4);
	put(b, octets, 4);
	put(b, UPTIME_MS - 5000, 4);
	put(b, UPTIME_MS - 1000, 4);
	put(b, 1024, 2);
	put(b, 443, 2);
	put(b, 0, 1);
	put(b, TCP_SYN | TCP_ACK, 1);
	put(b, 6, 1);
	put(b, 0x20, 1);
	put(b, 64500, 2);
	put(b, 64501, 2);
	put(b, 24, 1);
	put(b, 16, 1);
	put(b, 0, 2);
}

void put_v9(struct bytes *b, uint32_t sequence, uint32_t domain)
{
	put(b, 9, 2);
	put(b, 1, 2); /* a count that no one believes */
	put(b, UPTIME_MS, 4);
	put(b, EXPORT_S, 4);
	put(b, sequence, 4);
	put(b, domain, 4);
}

void put_ipfix(struct bytes *b, uint32_t sequence, uint32_t domain)
{
	put(b, 10, 2);
	put(b, 16, 2);
	put(b, EXPORT_S, 4);
	put(b, sequence, 4);
	put(b, domain, 4);
}

void put_set(struct bytes *b, uint16_t id)
{
	b->set = b->n;
	put(b, id, 2);
	put(b, 0, 2);
}

void put_set_end(struct bytes *b)
{
	put_at(b, b->set + 2, b->n - b->set, 2);
	if (b->data[1] == 10)
		put_at(b, 2, b->n, 2);
}

static unsigned put_fields(struct bytes *b, const char *fields)
{
	unsigned count = 0;

	for (; *fields != '\0'; count++) {
		char *at;
		unsigned long number = strtoul(fields, &at, 10), bytes = 65535, pen = 0;

		ck_assert_int_eq(*at++, ':');
		if (*at == 'v')
			at++;
		else
			bytes = strtoul(at, &at, 10);
		if (*at == ':')
			pen = strtoul(at + 1, &at, 10);
		put(b, number | (pen != 0 ? 0x8000 : 0), 2);
		put(b, bytes, 2);
		if (pen != 0)
			put(b, pen, 4);
		fields = at + strspn(at, " ");
	}
	return count;
}

void put_template(struct bytes *b, uint16_t id, unsigned scope, const char *fields)
{
	const bool v9 = b->data[1] == 9;

	put_set(b, (uint16_t)((v9 ? 0 : 2) + (scope > 0)));
	put(b, id, 2);
	size_t counts = b->n;

	put(b, 0, scope > 0 ? 4 : 2);
	unsigned count = put_fields(b, fields);

	put_at(b, counts, v9 && scope > 0 ? scope * 4 : count, 2);
	if (scope > 0)
		put_at(b, counts + 2, v9 ? (count - scope) * 4 : scope, 2);
	put_set_end(b);
}

void put_key(struct bytes *b)
{
	put_ip(b, "10.0.0.1");
	put_ip(b, "10.0.0.2");
	put(b, 1024, 2);
	put(b, 443, 2);
	put(b, 6, 1);
}

void heard_send_record(struct heard *h, struct bytes *b, const char *fields, const void *data, size_t bytes)
{
	char all[256];

	snprintf(all, sizeof all, KEY "%s", fields);
	put_ipfix(b, 0, 1);
	put_template(b, 256, 0, all);
	put_set(b, 256);
	put_key(b);
	memcpy(b->data + b->n, data, bytes);
	b->n += bytes;
	put_set_end(b);
	heard_send(h, b);
}
