/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: the whole path of what exporters send, from a frame with a datagram to a picture. Input: a byte of
 * switches, then datagrams as fuzz_ipfix has them: two bytes of length, a byte that chooses source and port, or
 * passes time. After each few the books must balance, and the JSON must be written (if a switch says so: it takes a
 * third of the time). Each input has an engine of its own; what takes longest to make and no datagram changes, nDPI's
 * module and the places of addresses, is made once or is small.
 */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dpitop/dpi.h"
#include "dpitop/engine.h"
#include "dpitop/export.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { DATAGRAMS_PER_TICK = 4, IPV4 = 228, HEAD = 28, PORT = 3, OTHER = 4, TICK = 8 };
#define SECOND_US INT64_C(1000000)

static void check(struct engine *g)
{
	struct conservation c;

	engine_tick_now(g);
	c = engine_check(g);
	if (!c.l4 || !c.l7 || !c.hosts || !c.flows || !c.matrix)
		abort();
}

/* IPv4 and UDP around it (RFC 791, 768), to the collector's customary port. */
static void send(struct engine *g, int64_t now_us, uint8_t switches, const uint8_t *data, size_t n)
{
	size_t all = HEAD + n;
	uint8_t *frame = malloc(all);

	memset(frame, 0, HEAD);
	frame[0] = 0x45;
	frame[2] = (uint8_t)(all >> 8);
	frame[3] = (uint8_t)all;
	frame[8] = 64;
	frame[9] = 17;
	memcpy(frame + 12, (const uint8_t[]){192, 0, 2, switches & OTHER ? 2 : 1, 192, 0, 2, 9}, 8);
	frame[20] = 4;
	frame[21] = switches & PORT;
	frame[22] = 2055 >> 8;
	frame[23] = 2055 & 255;
	frame[24] = (uint8_t)((8 + n) >> 8);
	frame[25] = (uint8_t)(8 + n);
	memcpy(frame + HEAD, data, n);
	engine_frame(g, IPV4, now_us, frame, (uint32_t)all, (uint32_t)all);
	free(frame);
}

static void run(struct engine *g, const uint8_t *data, size_t n)
{
	int64_t now = INT64_C(1700000000) * SECOND_US;
	unsigned sent = 0;

	for (size_t at = 1; at + 3 <= n;) {
		size_t length = (size_t)data[at] | (size_t)data[at + 1] << 8;
		uint8_t switches = data[at + 2];

		at += 3;
		if (length > n - at)
			length = n - at;
		now += switches & TICK ? 700 * SECOND_US : SECOND_US / 3;
		send(g, now, switches, data + at, length < 65535 - HEAD ? length : 65535 - HEAD);
		at += length;
		if (++sent % DATAGRAMS_PER_TICK == 0)
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

	memset(&want, 0, sizeof want);
	for (unsigned d = 0; d < DIM_LIST_COUNT; d++)
		want.lists[d].on = true;
	strcpy(want.filter, "exporter = 192.0.2.1");
	engine_input(g, &want, &in);
	if (!out || export_json_walk(out, &in, &want, NULL) != 0)
		abort();
	fclose(out);
}

static struct shared { /* by all inputs */
	struct dpi *dpi;
	char geoip[32]; /* directory */
} shared;

static void remove_geoip(void)
{
	char path[sizeof shared.geoip + 8];

	snprintf(path, sizeof path, "%s/geoip", shared.geoip);
	unlink(path);
	rmdir(shared.geoip);
	dpi_close(shared.dpi);
}

static void open_shared(void)
{
	char path[sizeof shared.geoip + 8];
	FILE *out;

	strcpy(shared.geoip, "/tmp/fuzz-collect-XXXXXX");
	if (!mkdtemp(shared.geoip))
		abort();
	snprintf(path, sizeof path, "%s/geoip", shared.geoip);
	out = fopen(path, "we");
	if (!out || fputs("3325256704,3325256959,DE\n", out) < 0 || fclose(out) != 0) /* 198.51.100.0/24 */
		abort();
	shared.dpi = dpi_open(NULL);
	if (!shared.dpi)
		abort();
	atexit(remove_geoip);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct engine_options o = {
		.decap = true, .dpi = true, .seed = 1, .keep_ended = true, .export_ports = "",
		.max_flows = 64, .max_hosts = 64, .max_dpi = 16,
	};
	struct engine *g;

	if (n < 4)
		return 0;
	if (!shared.dpi)
		open_shared();
	o.dpi_share = shared.dpi;
	o.geoip = shared.geoip;
	o.vlan_aware = data[0] & 1;
	o.decap = !(data[0] & 2);
	o.keep_ended = !(data[0] & 4);
	if (data[0] & 8)
		o.exporters = "192.0.2.2";
	g = engine_open(&o, NULL);
	if (!g)
		abort();
	run(g, data, n);
	if (data[0] & 16)
		write_json(g);
	engine_close(g);
	return 0;
}
