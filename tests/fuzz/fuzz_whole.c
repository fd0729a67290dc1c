/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: the whole path from frames to a picture. Input: a byte that chooses the link type, a
 * byte of switches, then frames: two bytes of captured length, a byte that adds to the length on the
 * wire, a byte of time (above 127: a step back; above 250: years). At each closed tick and at the
 * end the books must balance, and the JSON must be written.
 */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/engine.h"
#include "dpitop/export.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { FRAMES_PER_TICK = 16 };

/* https://www.tcpdump.org/linktypes.html: Ethernet, raw, null, loop, PPP, 802.11 with radiotap, SLL,
 * SLL2, IPv4, IPv6, 802.11, an unknown one */
static const int linktypes[] = {1, 101, 0, 108, 9, 127, 113, 276, 228, 229, 105, 147};

static void check(struct engine *g)
{
	struct conservation c;

	engine_tick_now(g);
	c = engine_check(g);
	if (!c.l4 || !c.l7 || !c.hosts || !c.flows || !c.matrix)
		abort();
}

static int64_t step_us(uint8_t byte)
{
	if (byte > 250)
		return (byte - 253) * INT64_C(31536000000000);
	return byte < 128 ? byte * INT64_C(10000) : -(byte - 127) * INT64_C(100000);
}

static void run(struct engine *g, const uint8_t *data, size_t n)
{
	int linktype = linktypes[data[0] % (sizeof linktypes / sizeof *linktypes)];
	int64_t now = INT64_C(1700000000000000);
	size_t at = 2;
	unsigned frames = 0;

	while (at + 4 <= n) {
		uint32_t length = (uint32_t)data[at] | (uint32_t)data[at + 1] << 8;
		uint32_t more = data[at + 2];

		now += step_us(data[at + 3]);
		if (now < 0)
			now = 0;
		at += 4;
		if (length > n - at)
			length = (uint32_t)(n - at);
		engine_frame(g, linktype, now, data + at, length, length + more);
		at += length;
		if (++frames % FRAMES_PER_TICK == 0)
			check(g);
	}
	engine_run(g, NULL, NULL, NULL, NULL);
	check(g);
}

static void write_json(struct engine *g)
{
	struct want want;
	struct snapshot_input in;
	FILE *out = fopen("/dev/null", "we");
	unsigned d;

	memset(&want, 0, sizeof want);
	for (d = 0; d < DIM_LIST_COUNT; d++)
		want.lists[d].on = true;
	engine_input(g, &want, &in);
	if (!out || export_json_walk(out, &in, &want, NULL) != 0)
		abort();
	fclose(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct engine_options o = {
		.decap = true, .dpi = true, .seed = 1, .keep_ended = true, .geoip = NULL,
		.max_flows = 64, .max_hosts = 64, .max_dpi = 16,
	};
	struct engine *g;

	if (n < 6)
		return 0;
	o.vlan_aware = data[1] & 1;
	o.decap = !(data[1] & 2);
	o.keep_ended = !(data[1] & 4);
	g = engine_open(&o, NULL);
	if (!g)
		abort();
	run(g, data, n);
	write_json(g);
	engine_close(g);
	return 0;
}
