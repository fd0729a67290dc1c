/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Datagrams of flow exporters for the tests: bytes are put one after another, sent to a decoder from an
 * address, and what the decoder tells is written down.
 */
#ifndef TESTS_EXPORTS_H
#define TESTS_EXPORTS_H

#include "dpitop/export_decode.h"

#define EXPORT_US INT64_C(1700000000000000) /* arrival of the first datagram; the exporters' clock is right */
enum { EXPORT_S = 1700000000, UPTIME_MS = 3600000, HEARD_RECORDS = 128, HEARD_TEXT = 64 };

struct bytes {
	uint8_t data[65536];
	size_t n, set; /* where the open set began */
};

void put(struct bytes *b, uint64_t value, unsigned width); /* big endian */
void put_text(struct bytes *b, const char *text);          /* without its NUL */
void put_ip(struct bytes *b, const char *text);            /* 4 or 16 bytes */
void put_at(struct bytes *b, size_t at, uint64_t value, unsigned width);

struct heard {
	struct export_decoder *d;
	struct export_sink sink;
	int64_t now_us;          /* arrival of the next datagram */
	const char *from;        /* of the next datagram; "192.0.2.1" at first */
	uint16_t port;
	enum export_proto proto;
	unsigned records, counters, came, gone;
	struct flow_record record[HEARD_RECORDS];
	struct packet packet[HEARD_RECORDS]; /* of records that have one, which is theirs for the call only */
	char text[HEARD_RECORDS][RECORD_TEXT_COUNT][HEARD_TEXT];
	uint32_t exporter_id[HEARD_RECORDS];
	struct export_counters last_counters;
	const struct export_exporter *last; /* who was told of last */
};

void heard_open(struct heard *h, const struct export_limits *l);
void heard_close(struct heard *h);
/* Send and empty the bytes. The datagram is a block of its exact size. */
void heard_send(struct heard *h, struct bytes *b);
const struct export_exporter *heard_exporter(const struct heard *h); /* the only one */
bool heard_addr(const struct addr *a, const char *text);

/* NetFlow v5, of so many records */
void put_v5(struct bytes *b, uint16_t count, uint32_t sequence);
void put_v5_record(struct bytes *b, const char *src, const char *dst, uint32_t packets, uint32_t octets);

/* NetFlow v9 and IPFIX: a header, then sets, each ended. */
void put_v9(struct bytes *b, uint32_t sequence, uint32_t domain);
void put_ipfix(struct bytes *b, uint32_t sequence, uint32_t domain);
void put_set(struct bytes *b, uint16_t id);
void put_set_end(struct bytes *b); /* writes the length of the set, and that of an IPFIX message */

/* A set with one template. Fields: "number:bytes" or "number:bytes:enterprise", bytes "v" for a variable length. scope: so
 * many of them are what options are about, 0: a data template. */
void put_template(struct bytes *b, uint16_t id, unsigned scope, const char *fields);
/* 10.0.0.1:1024 -> 10.0.0.2:443, TCP: what KEY is the template of. */
#define KEY "8:4 12:4 7:2 11:2 4:1 "
void put_key(struct bytes *b);
/* Send one IPFIX record: KEY, then these fields with these bytes. */
void heard_send_record(struct heard *h, struct bytes *b, const char *fields, const void *data, size_t bytes);

#endif
