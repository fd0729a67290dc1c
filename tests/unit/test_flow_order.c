/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * flow/flow_order.c and flow_parts.c: what several tables tell, sorted by its moments, is what one table with all packets
 * tells, in the same order; read together they are one table.
 */
#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/packet.h"
#include "wire.h"

Suite *flow_order_suite(void);

enum { PARTS = 3, TABLES = PARTS + 1, TOLD = 20000, PACKETS = 3000, WIRE_BYTES = 60 };

static struct said { /* of one update */
	struct flow_moment moment;
	uint16_t port;
	unsigned flags;
	struct flow_counters delta;
} said[2][TOLD]; /* [0]: by the one table */

static struct bench {
	struct flow_table *tables[TABLES]; /* [0]: has all */
	size_t count[2];
	uint64_t at, mark_at;
	int64_t now_us;
} b;

static void tell(void *ctx, const struct flow_update *u)
{
	bool one = *(struct flow_table **)ctx == b.tables[0];
	struct said *s = &said[!one][b.count[!one]++];

	ck_assert_uint_lt(b.count[!one], TOLD);
	*s = (struct said){.port = u->flow->port[0], .flags = u->flags, .delta = u->delta};
	if (!one)
		s->moment = flow_table_moment(*(struct flow_table **)ctx);
}

static void setup(void)
{
	const struct flow_limits limits = {.keep_us = -1};

	memset(&b, 0, sizeof b);
	b.at = 1;
	b.now_us = START_US;
	for (unsigned i = 0; i < TABLES; i++) {
		b.tables[i] = flow_table_new(&limits, 1, tell, &b.tables[i], NULL);
		ck_assert_ptr_nonnull(b.tables[i]);
		if (i > 0)
			flow_table_keep_order(b.tables[i]);
	}
}

static void teardown(void)
{
	for (unsigned i = 0; i < TABLES; i++)
		flow_table_free(b.tables[i]);
}

/* UDP from a port that says which flow it is. */
static void packet(uint16_t port)
{
	struct packet p = {.ts_us = b.now_us, .wire_len = WIRE_BYTES + port % 7u, .kind = PACKET_IP, .ip_version = 4, .l4 = UDP,
			   .flags = PACKET_PORTS | PACKET_L4 | PACKET_TRUNCATED, .src_port = port, .dst_port = 9};
	struct flow_table *part = b.tables[1 + port % PARTS];

	addr_parse(&p.src, "10.0.0.1", NULL);
	addr_parse(&p.dst, "192.0.2.1", NULL);
	flow_table_packet(b.tables[0], &p, 0);
	flow_table_at(part, b.at, b.at - 1);
	flow_table_packet(part, &p, 0);
	b.at++;
}

static int by_moment(const void *x, const void *y)
{
	const struct said *a = x, *c = y;

	if (a->moment.major != c->moment.major)
		return a->moment.major < c->moment.major ? -1 : 1;
	return (a->moment.minor > c->moment.minor) - (a->moment.minor < c->moment.minor);
}

static void compare(void)
{
	qsort(said[1], b.count[1], sizeof said[1][0], by_moment);
	ck_assert_uint_eq(b.count[0], b.count[1]);
	for (size_t i = 0; i < b.count[0]; i++) {
		ck_assert_uint_eq(said[0][i].port, said[1][i].port);
		ck_assert_uint_eq(said[0][i].flags, said[1][i].flags);
		ck_assert_mem_eq(&said[0][i].delta, &said[1][i].delta, sizeof said[0][i].delta);
	}
	b.count[0] = b.count[1] = 0;
}

static void tick(bool last)
{
	uint64_t mark = b.at;

	for (unsigned i = 0; i < TABLES; i++) {
		if (i > 0) {
			flow_table_at(b.tables[i], b.at, b.at);
			flow_table_newest(b.tables[i], b.now_us);
		}
		flow_table_tick(b.tables[i], b.now_us, 0);
		if (last)
			flow_table_finish(b.tables[i]);
	}
	compare();
	b.at += 1 + (mark - b.mark_at); /* those behind it are its own */
	b.mark_at = mark;
}

START_TEST(flow_order_of_several_tables_is_that_of_one)
{
	srand(7);
	for (unsigned i = 0; i < PACKETS; i++) {
		packet((uint16_t)(1 + rand() % 200));
		b.now_us += rand() % 3 == 0 ? SECOND_US / 10 : 1;
		if (rand() % 50 == 0)
			tick(false);
	}
	packet(1);
	b.now_us += 1000 * SECOND_US; /* all time out in one tick, after what has moved was told */
	tick(false);
	for (uint16_t port = 1; port < 200; port++)
		packet(port);
	tick(true);
}
END_TEST

START_TEST(flow_parts_are_read_as_one_table_each_flow_once)
{
	struct flow_table *own = b.tables[0];
	bool seen[100] = {false};
	const struct flow *f;
	struct flow_stats s;
	size_t cursor = 0, at;

	for (uint16_t port = 1; port < 100; port++)
		packet(port);
	tick(false);
	flow_table_free(own); /* one with nothing of its own */
	own = b.tables[0] = flow_table_new(&(struct flow_limits){.keep_us = -1}, 1, tell, &b.tables[0], NULL);
	flow_table_join(own, b.tables + 1, PARTS, &(struct flow_limits){.max_flows = 1000, .max_dpi = 100});
	while ((f = flow_table_next(own, &cursor)) != NULL) {
		ck_assert(!seen[f->port[0]]);
		seen[f->port[0]] = true;
		at = cursor - 1;
		ck_assert_ptr_eq(flow_table_next(own, &at), f); /* where it was found */
		ck_assert_ptr_eq(flow_table_by_id(own, f->id), f);
	}
	for (unsigned port = 1; port < 100; port++)
		ck_assert(seen[port]);
	s = flow_table_stats(own);
	ck_assert_uint_eq(s.live, 99);
	ck_assert_uint_eq(s.created, 99);
	ck_assert_uint_eq(s.max_flows, 1000); /* not the sum of what each may have */
	ck_assert_uint_eq(s.max_dpi, 100);
	ck_assert_uint_eq(flow_table_own(own).live, 0);
	flow_table_join(own, NULL, 0, NULL);
}
END_TEST

Suite *flow_order_suite(void)
{
	Suite *s = suite_create("flow_order");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, flow_order_of_several_tables_is_that_of_one);
	tcase_add_test(t, flow_parts_are_read_as_one_table_each_flow_once);
	suite_add_tcase(s, t);
	return s;
}
