/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app/extract.c: rows and packets taken out of a running engine that has played the demo capture.
 */
#include "config.h"

#include <check.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "app/ring.h"
#include "dpitop/engine.h"

Suite *extract_suite(void);

enum { PACKETS = 1682, HOSTS = 38, PATIENCE_MS = 10000 };

static struct bench { /* a test is a process of its own: this is not shared */
	struct engine *engine;
	struct want want;
	uv_sem_t done;
	struct engine_extract out;
} b;

static void open_engine(size_t ring_bytes)
{
	static const struct engine_source file = {"file", "contrib/demo.pcap"};
	struct engine_options o = {.sources = &file, .source_count = 1, .decap = true, .dpi = true, .keep_ended = true,
				   .seed = 1, .geoip = "tests/golden/geo", .wake_fd = -1, .ring_bytes = ring_bytes};
	struct error e;
	struct snapshot *s = NULL;

	memset(&b, 0, sizeof b);
	ck_assert_int_eq(chdir(SOURCE_TREE), 0);
	uv_sem_init(&b.done, 0);
	b.engine = engine_open(&o, &e);
	ck_assert_msg(b.engine != NULL, "%s", e.text);
	ck_assert_int_eq(engine_start(b.engine, &b.want, NULL, NULL, &e), 0);
	for (int waited = 0; s == NULL || !s->final; waited += 5) {
		ck_assert_int_lt(waited, PATIENCE_MS);
		snapshot_unref(s);
		usleep(5000);
		s = engine_newest(b.engine);
	}
	snapshot_unref(s);
}

static void close_engine(void)
{
	snapshot_unref(b.out.rows);
	ring_free(b.out.packets);
	engine_close(b.engine);
	uv_sem_destroy(&b.done);
}

static void on_done(void *ctx, struct engine_extract *x)
{
	(void)ctx;
	b.out = *x;
	uv_sem_post(&b.done);
}

static void wait_done(void)
{
	for (int waited = 0; uv_sem_trywait(&b.done) != 0; waited += 5) {
		ck_assert_int_lt(waited, PATIENCE_MS);
		usleep(5000);
	}
}

static uint64_t packets_of(const struct packets_wanted *p)
{
	struct ring_info info = {.packets = 0};

	ring_free(b.out.packets);
	memset(&b.out, 0, sizeof b.out);
	ck_assert(engine_extract_packets(b.engine, p, on_done, NULL));
	wait_done();
	ck_assert_msg(b.out.error.code == ERR_NONE, "%s", b.out.error.text);
	ring_state(b.out.packets, &info);
	return info.packets;
}

static struct packets_wanted host(const char *address)
{
	struct packets_wanted p = {.dim = DIM_HOST, .by_address = true};

	ck_assert_int_eq(addr_parse(&p.addr[0], address, NULL), 0);
	snprintf(p.expression, sizeof p.expression, "host = %s", address);
	return p;
}

static struct packets_wanted filter(const char *expression)
{
	struct packets_wanted p = {.dim = DIM_APP};

	snprintf(p.expression, sizeof p.expression, "%s", expression);
	return p;
}

static struct snapshot *rows_of(enum dim d)
{
	struct want_list w = {.on = true};

	ck_assert(engine_extract_rows(b.engine, 0, d, &w, false, on_done, NULL));
	wait_done();
	ck_assert_ptr_ne(b.out.rows, NULL);
	return b.out.rows;
}

START_TEST(all_rows_come_out_with_totals)
{
	struct snapshot *s;

	open_engine(0);
	s = rows_of(DIM_HOST);
	ck_assert_uint_eq(s->lists[DIM_HOST].count, HOSTS);
	ck_assert(!s->lists[DIM_HOST].partial);
	ck_assert_uint_eq(s->totals.packets, PACKETS);
	close_engine();
}
END_TEST

START_TEST(rows_come_out_under_the_filter_in_force)
{
	struct snapshot *s;

	open_engine(0);
	strcpy(b.want.filter, "app = BitTorrent");
	engine_want(b.engine, &b.want);
	s = rows_of(DIM_FLOW);
	ck_assert_str_eq(s->filter_text, "app = BitTorrent");
	ck_assert_uint_gt(s->lists[DIM_FLOW].count, 0);
	for (size_t i = 0; i < s->lists[DIM_FLOW].count; i++)
		ck_assert_str_eq(s->lists[DIM_FLOW].rows[i].app, "BitTorrent");
	close_engine();
}
END_TEST

START_TEST(packets_of_a_host_are_those_it_sent_and_received)
{
	struct packets_wanted p = host("192.168.1.30");

	open_engine(4 << 20);
	ck_assert_uint_eq(packets_of(&p), 230);
	ck_assert_uint_eq(b.out.looked, PACKETS);
	ck_assert_uint_eq(b.out.missed, 0);
	close_engine();
}
END_TEST

START_TEST(packets_of_each_flow_are_what_its_row_counts)
{
	struct snapshot *s;
	const struct list *l;
	uint64_t all = 0;

	open_engine(4 << 20);
	s = rows_of(DIM_FLOW);
	b.out.rows = NULL;
	l = &s->lists[DIM_FLOW];
	for (size_t i = 0; i < l->count; i++) {
		const struct row *r = &l->rows[i];
		struct packets_wanted p = {.dim = DIM_FLOW, .by_address = true, .l4 = r->l4, .vlan = r->vlan,
					   .first_us = r->first_us, .last_us = r->last_us};
		uint64_t n;

		memcpy(p.addr, r->addr, sizeof p.addr);
		memcpy(p.port, r->port, sizeof p.port);
		n = packets_of(&p);
		ck_assert_uint_eq(n, r->total.packets[0] + r->total.packets[1]);
		all += n;
	}
	ck_assert_uint_eq(all, PACKETS - 6); /* six are not IP */
	snapshot_unref(s);
	close_engine();
}
END_TEST

START_TEST(packets_of_an_application_are_those_of_its_flows)
{
	struct packets_wanted app = filter("app = BitTorrent"), none = filter("app = Skype"),
			      both = filter("(app = BitTorrent) and (host = 192.168.1.40)");

	open_engine(4 << 20);
	ck_assert_uint_eq(packets_of(&app), 364);
	ck_assert_uint_eq(packets_of(&both), 364);
	ck_assert_uint_eq(packets_of(&none), 0);
	close_engine();
}
END_TEST

START_TEST(small_ring_has_the_newest_packets_only)
{
	struct packets_wanted p = host("192.168.1.30");
	struct snapshot *s;

	open_engine(65536);
	ck_assert_uint_lt(packets_of(&p), 230);
	ck_assert_uint_lt(b.out.looked, PACKETS);
	s = engine_newest(b.engine);
	ck_assert_uint_eq(s->ring.size_bytes, 65536);
	ck_assert_uint_eq(s->ring.packets, b.out.looked);
	snapshot_unref(s);
	close_engine();
}
END_TEST

START_TEST(packets_without_a_ring_are_an_error_that_says_how_to_have_one)
{
	struct packets_wanted p = host("192.168.1.30");

	open_engine(0);
	ck_assert(engine_extract_packets(b.engine, &p, on_done, NULL));
	wait_done();
	ck_assert_ptr_eq(b.out.packets, NULL);
	ck_assert_ptr_ne(strstr(b.out.error.text, "--ring"), NULL);
	close_engine();
}
END_TEST

START_TEST(second_extraction_waits_for_none)
{
	struct want_list w = {.on = true};
	bool second;

	open_engine(0);
	ck_assert(engine_extract_rows(b.engine, 0, DIM_FLOW, &w, false, on_done, NULL));
	second = engine_extract_rows(b.engine, 0, DIM_HOST, &w, false, on_done, NULL);
	wait_done();
	if (second) { /* the first was quicker */
		snapshot_unref(b.out.rows);
		wait_done();
	}
	ck_assert_ptr_ne(b.out.rows, NULL);
	close_engine();
}
END_TEST

START_TEST(engine_that_ends_drops_what_was_asked)
{
	struct want_list w = {.on = true};

	open_engine(1 << 20);
	ck_assert(engine_extract_rows(b.engine, 0, DIM_FLOW, &w, false, on_done, NULL));
	close_engine(); /* must neither hang nor leak, whether it was done or not */
}
END_TEST

Suite *extract_suite(void)
{
	Suite *s = suite_create("extract");
	TCase *t = tcase_create("demo");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, all_rows_come_out_with_totals);
	tcase_add_test(t, rows_come_out_under_the_filter_in_force);
	tcase_add_test(t, packets_of_a_host_are_those_it_sent_and_received);
	tcase_add_test(t, packets_of_each_flow_are_what_its_row_counts);
	tcase_add_test(t, packets_of_an_application_are_those_of_its_flows);
	tcase_add_test(t, small_ring_has_the_newest_packets_only);
	tcase_add_test(t, packets_without_a_ring_are_an_error_that_says_how_to_have_one);
	tcase_add_test(t, second_extraction_waits_for_none);
	tcase_add_test(t, engine_that_ends_drops_what_was_asked);
	suite_add_tcase(s, t);
	return s;
}
