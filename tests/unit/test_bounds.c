/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A whole engine under floods: tables stay within their bounds, and all that was sent is in the totals,
 * in the rows and in what "other" sums up.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "dpitop/engine.h"

Suite *bounds_suite(void);

#define START_US INT64_C(1700000000000000)
#define SECOND_US INT64_C(1000000)
enum { FRAME = 54, BOUND = 10000, PER_SECOND = 500000 };
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__ || !defined __OPTIMIZE__
enum { FLOWS = 200000 }; /* these, and counting coverage, make it many times slower */
#else
enum { FLOWS = 5000000 };
#endif

/* A SYN from 10.x.x.x:1024, the x counted up, to 192.0.2.1:80. */
static void make_frame(uint8_t f[FRAME], uint32_t number)
{
	static const uint8_t whole[FRAME] = {
		2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0,
		0x45, 0, 0, FRAME - 14, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 0, 192, 0, 2, 1,
		4, 0, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0xff, 0xff, 0, 0, 0, 0,
	};

	memcpy(f, whole, FRAME);
	f[27] = (uint8_t)(number >> 16);
	f[28] = (uint8_t)(number >> 8);
	f[29] = (uint8_t)number;
}

static struct engine *open_bounded(void)
{
	struct engine_options o = {.decap = true, .keep_ended = true, .geoip = GOLDEN "/geo", .dpi = true,
				   .seed = 1, .max_flows = BOUND, .max_hosts = BOUND};
	struct engine *g = engine_open(&o, NULL);

	ck_assert_ptr_nonnull(g);
	return g;
}

static struct snapshot *picture_of_all(struct engine *g)
{
	struct want want = {.filter = ""};

	for (unsigned d = 0; d < DIM_LIST_COUNT; d++)
		want.lists[d].on = true;
	engine_run(g, NULL, NULL, NULL, NULL); /* no sources: ends the flows */
	return engine_picture(g, &want);
}

static uint64_t packets_of(const struct row *r)
{
	return r->total.packets[0] + r->total.packets[1];
}

static void expect_sums(const struct list *l, uint64_t packets)
{
	uint64_t listed = 0;

	for (size_t i = 0; i < l->count; i++)
		listed += packets_of(&l->rows[i]);
	ck_assert_uint_le(l->count, BOUND);
	ck_assert(l->other.flags & ROW_OTHER);
	ck_assert_uint_eq(listed + packets_of(&l->other), packets);
	ck_assert_uint_eq(packets_of(&l->sum), packets);
	ck_assert_uint_eq(l->sum.total.bytes[0] + l->sum.total.bytes[1], packets * FRAME);
}

START_TEST(bounds_hold_for_millions_of_flows_of_one_packet_and_sums_stay_exact)
{
	struct engine *g = open_bounded();
	uint8_t frame[FRAME];
	struct snapshot *s;

	for (uint32_t i = 0; i < FLOWS; i++) {
		make_frame(frame, i);
		engine_frame(g, 1, START_US + i * SECOND_US / PER_SECOND, frame, FRAME, FRAME);
	}
	s = picture_of_all(g);
	ck_assert_uint_eq(s->totals.packets, FLOWS);
	ck_assert_uint_eq(s->totals.bytes, (uint64_t)FLOWS * FRAME);
	ck_assert_uint_eq(s->flow_stats.created, FLOWS);
	ck_assert_uint_eq(s->flow_stats.live + s->flow_stats.kept, BOUND);
	ck_assert_uint_eq(s->flow_stats.evicted, FLOWS - BOUND);
	expect_sums(&s->lists[DIM_FLOW], FLOWS);
	expect_sums(&s->lists[DIM_HOST], 2 * (uint64_t)FLOWS); /* sent and received */
	ck_assert(s->conservation.l4 && s->conservation.l7 && s->conservation.hosts && s->conservation.flows &&
		  s->conservation.matrix);
	snapshot_unref(s);
	engine_close(g);
}
END_TEST

Suite *bounds_suite(void)
{
	Suite *s = suite_create("bounds");
	TCase *t = tcase_create("bounds");

	tcase_set_timeout(t, 600);
	tcase_add_test(t, bounds_hold_for_millions_of_flows_of_one_packet_and_sums_stay_exact);
	suite_add_tcase(s, t);
	return s;
}
