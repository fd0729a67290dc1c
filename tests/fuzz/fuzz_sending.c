/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: flows exported and collected again. Input: as fuzz_whole has it, a byte that chooses the link type, a byte
 * of switches, then frames. They go through a small flow table with a meter, what that tells through the IPFIX encoder, and
 * its messages through our decoder: each must be read without complaint, and all bytes and packets must come out.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/export_decode.h"
#include "dpitop/ipfix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { FRAMES_PER_TICK = 16, VLAN_AWARE = 1, ONE_WAY = 2, SHORT = 4, ACTIVE_S = 60 };
#define BEGIN_US INT64_C(1700000000000000)
#define SECOND_US INT64_C(1000000)

static const int linktypes[] = {1, 101, 0, 108, 9, 127, 113, 276, 228, 229, 105, 147}; /* of fuzz_whole */

struct run {
	struct flow_table *from, *to;
	struct decoder *decoder;
	struct ipfix_encoder *encoder;
	struct export_decoder *reader;
	struct export_sink sink;
	int64_t wall_us;
	uint64_t messages, packets, bytes; /* seen */
	uint64_t part_octets, part_bytes, got_packets, got_bytes;
};

static void must(bool kept)
{
	if (!kept)
		abort();
}

static void on_record(void *ctx, const struct export_exporter *x, const struct flow_record *r)
{
	struct run *run = ctx;
	bool flow = (r->has & RECORD_HAS(HAS_ADDR)) != 0;
	struct flow_counters c = flow ? flow_table_record(run->to, x, r, run->wall_us, 0) : record_counters(run->to, x, r, run->wall_us);

	run->got_packets += c.packets[0] + c.packets[1];
	run->got_bytes += c.bytes[0] + c.bytes[1];
}

static void on_message(void *ctx, const struct ipfix_message *m)
{
	struct run *run = ctx;
	uint8_t *copy = malloc(m->bytes); /* of its exact size */
	struct export_datagram dg = {.data = copy, .bytes = m->bytes, .from_port = 1, .ts_us = run->wall_us, .proto = EXPORT_ONLY_IPFIX};

	memcpy(copy, m->data, m->bytes);
	must(m->bytes <= IPFIX_MESSAGE_MAX);
	export_decode(run->reader, &dg, &run->sink);
	run->messages++;
	free(copy);
}

static void on_part(void *ctx, const struct flow_part *p)
{
	struct run *run = ctx;

	for (unsigned d = 0; d < 2; d++) {
		run->part_octets += p->side[d].octets;
		run->part_bytes += p->side[d].bytes;
	}
	ipfix_put(run->encoder, p, run->wall_us);
}

static void sink(void *ctx, const struct flow_update *u)
{
	(void)ctx;
	(void)u;
}

static struct dpi *shared; /* made once: nDPI takes as long for it as all the rest does */

static void close_shared(void)
{
	dpi_close(shared);
}

static void open_shared(void)
{
	shared = dpi_open(NULL);
	must(shared != NULL);
	atexit(close_shared);
}

static void open_all(struct run *run, uint8_t switches)
{
	const struct flow_limits limits = {.max_flows = 32, .max_dpi = 8, .dpi = true, .vlan_aware = switches & VLAN_AWARE, .share = shared};
	struct ipfix_options o = {.biflow = !(switches & ONE_WAY), .domain = 1, .name = "fuzz", .send = on_message, .ctx = run};

	*run = (struct run){.wall_us = BEGIN_US, .sink = {.record = on_record, .ctx = run}};
	run->from = flow_table_new(&limits, 1, sink, run, NULL);
	run->to = flow_table_new(&limits, 1, sink, run, NULL);
	must(run->from != NULL && run->to != NULL);
	run->decoder = decoder_new(0, true, 1);
	run->reader = export_decoder_new(NULL, 1);
	run->encoder = ipfix_encoder_new(&o, flow_table_dpi(run->from));
	if (switches & SHORT)
		ipfix_limit(run->encoder, IPFIX_MESSAGE_MIN);
	flow_table_meter(run->from, ACTIVE_S * SECOND_US, on_part, run);
}

static void close_all(struct run *run)
{
	ipfix_encoder_free(run->encoder);
	export_decoder_free(run->reader);
	decoder_free(run->decoder);
	flow_table_free(run->from);
	flow_table_free(run->to);
}

static int64_t step_us(uint8_t byte)
{
	if (byte > 250)
		return (byte - 253) * INT64_C(31536000000000);
	return byte < 128 ? byte * INT64_C(10000) : -(byte - 127) * INT64_C(100000);
}

static void frame(struct run *run, int linktype, int64_t now, const uint8_t *data, uint32_t length, uint32_t more)
{
	struct packet p = {.ts_us = now, .data = data, .cap_len = length, .wire_len = length + more};

	decode_packet(run->decoder, linktype, &p);
	if (p.kind != PACKET_IP)
		return;
	flow_table_packet(run->from, &p, 0);
	run->packets++;
	run->bytes += p.wire_len;
}

static void play(struct run *run, const uint8_t *data, size_t n)
{
	int linktype = linktypes[data[0] % (sizeof linktypes / sizeof *linktypes)];
	int64_t now = BEGIN_US;
	unsigned frames = 0;

	for (size_t at = 2; at + 4 <= n;) {
		uint32_t length = (uint32_t)data[at] | (uint32_t)data[at + 1] << 8;

		now += step_us(data[at + 3]);
		now = now < 0 ? 0 : now;
		length = length < n - at - 4 ? length : (uint32_t)(n - at - 4);
		frame(run, linktype, now, data + at + 4, length, data[at + 2]);
		at += 4 + length;
		if (++frames % FRAMES_PER_TICK != 0)
			continue;
		flow_table_tick(run->from, now, 0);
		flow_table_tick(run->to, run->wall_us += SECOND_US, 0);
	}
	flow_table_finish(run->from);
	ipfix_flush(run->encoder, run->wall_us);
	flow_table_finish(run->to);
}

static void check(const struct run *run, uint8_t switches)
{
	const struct export_exporter *x;
	size_t i = 0;

	must(run->part_bytes == run->bytes && run->got_packets == run->packets);
	must(run->got_bytes == (switches & ONE_WAY ? run->part_octets : run->bytes));
	x = export_exporter_next(run->reader, &i);
	must((x != NULL) == (run->messages > 0));
	must(x == NULL || (x->malformed == 0 && x->lost == 0 && x->missing_template == 0 && x->datagrams == run->messages));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct run run;

	if (n < 6)
		return 0;
	if (shared == NULL)
		open_shared();
	open_all(&run, data[1]);
	play(&run, data, n);
	check(&run, data[1]);
	close_all(&run);
	return 0;
}
