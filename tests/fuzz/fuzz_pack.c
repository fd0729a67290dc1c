/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: what a screen that is attached reads, and what it may say. Input: a byte that says what comes: 0 a packed want;
 * 1 a packed picture; 2 changes to a good one: three bytes of where, one of what is there then. Then, but for wants, a byte that
 * chooses the pane. A picture that is accepted must come through JSON and a screen, and be the same when packed again.
 */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/engine.h"
#include "dpitop/export.h"
#include "dpitop/mem.h"
#include "dpitop/pack.h"
#include "dpitop/tui.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { LINK_IPV4 = 228, FRAMES = 6, PANES = 9 };

static struct pack_buffer good; /* made once */
static FILE *nowhere;

static void must(bool kept)
{
	if (!kept)
		abort();
}

static void frames(struct engine *g)
{
	uint8_t f[] = {0x45, 0, 0, 32, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 198, 51, 100, 7, 0x30, 0x39, 0, 53, 0, 12, 0, 0, 'a', 'b', 'c', 'd'};

	for (uint8_t i = 0; i < FRAMES; i++) {
		f[15] = i;
		engine_frame(g, LINK_IPV4, INT64_C(1700000000000000) + i, f, sizeof f, sizeof f);
	}
	engine_tick_now(g);
}

static void open_shared(void)
{
	struct engine_options o = {.decap = true, .seed = 1, .geoip = "/nonexistent", .wake_fd = -1, .max_flows = 64, .max_hosts = 64};
	struct want all;
	struct engine *g;
	struct snapshot *s;

	memset(&all, 0, sizeof all);
	for (enum dim d = 0; d < DIM_LIST_COUNT; d++)
		all.lists[d] = (struct want_list){.on = true, .top = 3};
	all.matrix = (struct want_matrix){.on = true, .pair = DIM_SUBNET_PAIR};
	all.focus = (struct want_focus){.on = true, .dim = DIM_HOST, .filter = "host = 192.0.2.1", .lists = UINT64_C(1) << DIM_FLOW, .top = 2};
	g = engine_open(&o, NULL);
	if (g == NULL) { /* geo data that is named must be there */
		o.geoip = NULL;
		g = engine_open(&o, NULL);
	}
	must(g != NULL);
	frames(g);
	s = engine_picture(g, &all);
	all.focus.id = s->lists[DIM_HOST].rows[0].id;
	all.focus.key = s->lists[DIM_HOST].rows[0].key;
	snapshot_unref(s);
	s = engine_picture(g, &all);
	snapshot_pack(&good, s);
	snapshot_unref(s);
	engine_close(g);
	nowhere = fopen("/dev/null", "w");
	must(nowhere != NULL);
}

static struct snapshot *acquire(void *ctx)
{
	snapshot_ref(ctx);
	return ctx;
}

static void want(void *ctx, const struct want *w)
{
	(void)ctx;
	(void)w;
}

static int64_t now_us(void)
{
	return INT64_C(1700000000000000);
}

static void look(struct snapshot *s, uint8_t pane)
{
	static const struct feed_ops ops = {.acquire = acquire, .want = want};
	struct feed feed = {&ops, s};
	struct tui_options o = {.subject = "fuzz", .now_us = now_us};
	char keys[] = {(char)('1' + pane % PANES), 'j', '\0'};

	export_json(nowhere, s, NULL);
	tui_dump(&feed, &o, 80, 24, keys, true, nowhere, NULL);
}

static void picture(const uint8_t *data, size_t n, uint8_t pane)
{
	struct snapshot *s = snapshot_unpack(data, n), *again;
	struct pack_buffer one = {.at = NULL}, two = {.at = NULL};

	if (s == NULL)
		return;
	look(s, pane);
	snapshot_pack(&one, s);
	again = snapshot_unpack(one.at, one.used);
	must(again != NULL);
	snapshot_pack(&two, again);
	must(one.used == two.used && memcmp(one.at, two.at, one.used) == 0);
	mem_free(one.at);
	mem_free(two.at);
	snapshot_unref(s);
	snapshot_unref(again);
}

static void change(const uint8_t *data, size_t n, uint8_t pane)
{
	uint8_t *copy = mem_alloc(good.used);

	memcpy(copy, good.at, good.used);
	for (; n >= 4; data += 4, n -= 4)
		copy[((size_t)data[0] << 16 | (size_t)data[1] << 8 | data[2]) % good.used] = data[3];
	picture(copy, good.used, pane);
	mem_free(copy);
}

static void wish(const uint8_t *data, size_t n)
{
	struct pack_buffer b = {.at = NULL};
	struct want w, again;

	if (!want_unpack(&w, data, n))
		return;
	want_pack(&b, &w);
	must(want_unpack(&again, b.at, b.used));
	mem_free(b.at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (nowhere == NULL)
		open_shared();
	if (n < 2)
		return 0;
	if (data[0] % 3 == 0)
		wish(data + 1, n - 1);
	else if (data[0] % 3 == 1)
		picture(data + 2, n - 2, data[1]);
	else
		change(data + 2, n - 2, data[1]);
	return 0;
}
