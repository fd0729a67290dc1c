/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Datagrams of sFlow v5 for the tests: samples and their records are begun and ended, which writes lengths and counts.
 */
#ifndef TESTS_SAMPLES_H
#define TESTS_SAMPLES_H

#include "exports.h"

enum { FLOW = 1, COUNTERS = 2, EXPANDED_FLOW = 3, EXPANDED_COUNTERS = 4, FRAME = 600 };

struct samples {
	struct bytes b;
	size_t count_at, sample_at, records_at, record_at; /* what is open */
	uint32_t records;                      /* of the open sample */
};

void put_datagram(struct samples *w, uint32_t sequence);
void begin_sample(struct samples *w, uint32_t format, uint32_t rate, uint32_t drops);
void end_sample(struct samples *w);
void begin_record(struct samples *w, uint32_t format);
void end_record(struct samples *w);
/* A record with the header of a frame of FRAME bytes, of which the last four were stripped; its bytes follow. */
size_t begin_header(struct samples *w, uint32_t protocol);
void end_header(struct samples *w, size_t begin); /* what begin_header() gave */
void put_ipv4(struct samples *w, const char *src, uint8_t l4, uint16_t length);
void put_udp(struct samples *w);
void put_frame(struct samples *w); /* such a record: Ethernet, IPv4, UDP */

#endif
