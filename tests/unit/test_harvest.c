/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model/harvest.c and marks.c: what is taken is what moved, no more and no less, whatever rows leave,
 * come and are called otherwise meanwhile.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "booked.h"
#include "rows.h"
#include "traffic.h"

Suite *harvest_suite(void);

static struct traffic t; /* a test is a process of its own: this is not shared */
static struct booked *books;
static int64_t taken_us[INTERVAL_CLASSES];

static void setup(void)
{
	traffic_open(&t, NULL);
	model_history(t.model);
	books = booked_new();
	for (unsigned c = 0; c < INTERVAL_CLASSES; c++)
		taken_us[c] = START_US;
}

static void teardown(void)
{
	booked_free(books);
	traffic_close(&t);
}

static void limit(struct model_limits l)
{
	model_free(t.model);
	t.options.limits = l;
	t.model = model_new(&t.options);
	model_history(t.model);
}

static const char *name_of_source(void *ctx, unsigned number)
{
	(void)ctx;
	return number == 0 ? "eth0" : NULL;
}

static struct interval *take(enum interval_class c, size_t budget)
{
	struct harvest_input in = {
		.class_ = c, .from_us = taken_us[c], .to_us = t.now_us, .begins = taken_us[c] == START_US,
		.flows = flow_table_stats(t.flows).created, .live_flows = flow_table_stats(t.flows).live,
		.interface = name_of_source,
	};
	struct harvest *h = model_harvest(t.model, &in);

	taken_us[c] = t.now_us;
	if (budget != 0)
		while (!harvest_step(h, budget))
			;
	return harvest_finish(h);
}

static void book(enum interval_class c, size_t budget)
{
	struct interval *i = take(c, budget);

	booked_add(books, i);
	interval_unref(i);
}

static void book_all(void)
{
	for (unsigned c = 0; c < INTERVAL_CLASSES; c++)
		book((enum interval_class)c, 0);
}

static const struct interval_row *row_of(const struct interval *i, enum dim d, const char *text)
{
	for (size_t n = 0; n < i->count; n++)
		if (i->rows[n].dim == d && i->rows[n].text != NULL && strcmp(i->rows[n].text, text) == 0)
			return &i->rows[n];
	return NULL;
}

START_TEST(harvest_takes_what_moved_and_then_nothing)
{
	struct interval *i;

	traffic_five(&t);
	book_all();
	booked_expect_rows(books, t.model);
	for (unsigned c = 0; c < INTERVAL_CLASSES; c++) {
		i = take((enum interval_class)c, 0);
		ck_assert_uint_eq(i->count, 0);
		ck_assert_uint_eq(i->totals.bytes, 0);
		ck_assert(!i->begins || t.now_us == START_US);
		interval_unref(i);
	}
	traffic_flow(&t, "10.0.0.5", 1001, "192.0.2.1", 443, TCP, 7);
	traffic_tick(&t);
	i = take(INTERVAL_HOST, 0);
	ck_assert_uint_eq(i->count, 2 + 1 + 2 + 1 + 1); /* hosts, port, pairs of countries and AS, the city nobody knows */
	ck_assert_int_eq(i->rows[0].bytes[0] + i->rows[1].bytes[0], 21);
	booked_add(books, i);
	interval_unref(i);
	book(INTERVAL_KIND, 0);
	book(INTERVAL_LINE, 0);
	booked_expect_rows(books, t.model);
}
END_TEST

START_TEST(harvest_names_what_has_no_number_of_its_own)
{
	const struct interval_row *r;
	struct interval *i;

	traffic_five(&t);
	i = take(INTERVAL_KIND, 0);
	r = row_of(i, DIM_APP, "TLS.Google");
	ck_assert_ptr_nonnull(r);
	ck_assert_int_eq(r->bytes[0], 400);
	ck_assert_int_eq(r->bytes[1], 800);
	ck_assert_int_eq(r->flows, 1);
	ck_assert_uint_eq(r->live, 1);
	ck_assert_uint_eq(r->hosts, 2);
	ck_assert_ptr_nonnull(row_of(i, DIM_CATEGORY, "Network"));
	ck_assert_ptr_nonnull(row_of(i, DIM_SITE_CATEGORY, "Web"));
	for (size_t n = 0; n < i->count; n++)
		ck_assert_int_eq(i->rows[n].text != NULL, i->rows[n].dim == DIM_APP || i->rows[n].dim == DIM_CATEGORY ||
							  i->rows[n].dim == DIM_BREED || i->rows[n].dim == DIM_SITE_CATEGORY);
	interval_unref(i);
	i = take(INTERVAL_LINE, 0);
	ck_assert_uint_eq(i->count, 1);
	ck_assert_ptr_nonnull(row_of(i, DIM_INTERFACE, "eth0"));
	ck_assert_uint_eq(i->totals.flows, 5);
	ck_assert_uint_eq(i->totals.live_flows, 5);
	ck_assert_uint_eq(i->totals.hosts, 6);
	interval_unref(i);
	i = take(INTERVAL_HOST, 0);
	for (size_t n = 0; n < i->count; n++) {
		const struct interval_row *h = &i->rows[n];
		char text[ADDR_TEXT];

		addr_format(&h->key.host.addr, text, sizeof text);
		ck_assert_int_eq((h->flags & INTERVAL_LOCAL) != 0, strncmp(text, "10.", 3) == 0);
		if (strcmp(text, "198.51.100.7") == 0)
			ck_assert_mem_eq(h->country, "DE", 2);
	}
	interval_unref(i);
}
END_TEST

START_TEST(harvest_of_a_reclassified_flow_takes_from_one_row_what_it_gives_another)
{
	struct flow *f = traffic_flow(&t, "10.0.0.5", 1001, "192.0.2.1", 443, TCP, 100);
	struct interval *i;

	traffic_name(&t, f, "TLS");
	traffic_tick(&t);
	book_all();
	traffic_packet(&t, "10.0.0.5", 1001, "192.0.2.1", 443, TCP, 11);
	traffic_name(&t, f, "TLS.Google");
	traffic_tick(&t);
	i = take(INTERVAL_KIND, 0);
	ck_assert_int_eq(row_of(i, DIM_APP, "TLS")->bytes[0], -100);
	ck_assert_int_eq(row_of(i, DIM_APP, "TLS")->flows, -1);
	ck_assert_int_eq(row_of(i, DIM_APP, "TLS.Google")->bytes[0], 111);
	ck_assert_int_eq(row_of(i, DIM_APP, "TLS.Google")->bytes[1], 200);
	booked_add(books, i);
	interval_unref(i);
	book(INTERVAL_LINE, 0);
	book(INTERVAL_HOST, 0);
	booked_expect_rows(books, t.model);
}
END_TEST

START_TEST(harvest_an_application_in_itself_is_the_application)
{
	struct flow *f = traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 100), *g;
	struct dpi_class tls;

	traffic_name(&t, f, "TLS");
	tls = f->class_;
	g = traffic_flow(&t, "10.0.0.5", 2, "192.0.2.1", 443, TCP, 10);
	g->class_ = (struct dpi_class){.master = tls.app, .app = tls.app};
	g = traffic_flow(&t, "10.0.0.5", 3, "192.0.2.1", 443, TCP, 1);
	g->class_ = (struct dpi_class){.master = tls.app};
	traffic_tick(&t);
	expect_row(row_app(t.model, &tls), 111, 222, 3);
}
END_TEST

/* Ten minutes of traffic between more hosts than there is room for, of flows that turn out to be something else. */
static void random_second(unsigned *seed, bool harvest)
{
	static const char *const apps[] = {"TLS", "TLS.Google", "HTTP", "DNS", "SSH"};
	unsigned n = (unsigned)rand_r(seed) % 12;

	for (unsigned i = 0; i < n; i++) {
		unsigned a = (unsigned)rand_r(seed) % 60, b = (unsigned)rand_r(seed) % 40;
		char client[32], server[32];
		struct flow *f;

		snprintf(client, sizeof client, "10.0.%u.%u", a % 7, a);
		snprintf(server, sizeof server, b % 3 ? "198.51.%u.%u" : "10.0.%u.%u", b % 5, b);
		f = traffic_flow(&t, client, (uint16_t)(1000 + a), server, 443, b % 2 ? TCP : UDP, 40 + (uint32_t)rand_r(seed) % 1400);
		if (f != NULL && rand_r(seed) % 3 == 0)
			traffic_name(&t, f, apps[(unsigned)rand_r(seed) % 5]);
		if (f != NULL && f->meta == NULL && rand_r(seed) % 5 == 0)
			traffic_site(f, a % 2 ? "www.example.org" : "mail.example.net");
	}
	if (rand_r(seed) % 3 == 0) {
		model_non_ip(t.model, 0x0806, false, 1, 60, t.now_us, 0);
		model_count(t.model, 1, 60, 0, t.now_us, t.now_us);
	}
	traffic_tick(&t);
	for (unsigned c = 0; c < INTERVAL_CLASSES && harvest; c++)
		if (t.now_us / SECOND_US % interval_step_s((enum interval_class)c) == 0)
			book((enum interval_class)c, 1 + (unsigned)rand_r(seed) % 5);
}

START_TEST(harvest_of_random_traffic_with_evictions_adds_up)
{
	unsigned seed = 7;

	limit((struct model_limits){.max_hosts = 20, .max_pairs = 6});
	for (unsigned s = 0; s < 600; s++) {
		random_second(&seed, true);
		if (s % 90 == 89)
			t.now_us += 90 * SECOND_US; /* all are idle: the next ones push them out */
		if (s % 50 == 49) {
			book_all();
			booked_expect_sums(books, t.model);
		}
	}
	ck_assert_uint_gt(model_evicted(t.model, DIM_HOST), 100);
	traffic_end(&t);
	book_all();
	booked_expect_sums(books, t.model);
}
END_TEST

START_TEST(harvest_of_random_traffic_with_room_has_each_row)
{
	unsigned seed = 11;

	for (unsigned s = 0; s < 200; s++)
		random_second(&seed, true);
	traffic_end(&t);
	book_all();
	booked_expect_rows(books, t.model);
}
END_TEST

START_TEST(harvest_that_was_missed_is_in_the_next_one)
{
	unsigned seed = 3;

	for (unsigned s = 0; s < 100; s++)
		random_second(&seed, false);
	book_all();
	booked_expect_rows(books, t.model);
}
END_TEST

START_TEST(harvest_of_a_row_that_leaves_is_in_other)
{
	struct dim_key k;

	limit((struct model_limits){.max_hosts = 2});
	traffic_flow(&t, "10.0.0.1", 1, "10.0.0.2", 2, UDP, 100);
	traffic_tick(&t);
	book_all();
	traffic_packet(&t, "10.0.0.1", 1, "10.0.0.2", 2, UDP, 5); /* never taken of the host itself */
	traffic_tick(&t);
	t.now_us += 100 * SECOND_US;
	traffic_tick(&t);
	traffic_flow(&t, "10.0.0.3", 1, "10.0.0.4", 2, UDP, 1000);
	traffic_tick(&t);
	ck_assert_uint_eq(model_evicted(t.model, DIM_HOST), 2);
	book_all();
	booked_expect_sums(books, t.model);
	memset(&k, 0, sizeof k);
	ck_assert_int_eq(addr_parse(&k.host.addr, "10.0.0.1", NULL), 0);
	ck_assert_int_eq(booked_get(books, DIM_HOST, &k).bytes[0], 100);
	ck_assert_int_eq(booked_other(books, DIM_HOST).bytes[0], 5);
}
END_TEST

/* As a flow table would tell it. */
static void tell(unsigned n, uint64_t bytes)
{
	uint8_t src[4] = {10, 1, (uint8_t)(n >> 8), (uint8_t)n}, dst[4] = {10, 2, (uint8_t)(n >> 8), (uint8_t)n};
	struct flow f = {.addr = {addr_from_v4(src), addr_from_v4(dst)}, .l4 = UDP, .ip_version = 4};
	struct flow_update u = {.flow = &f, .delta = {{bytes, 0}, {1, 0}}, .old = {.site = ""}, .now = {.site = ""},
				.from_us = t.now_us, .to_us = t.now_us, .flags = UPDATE_NEW};

	model_apply(t.model, &u);
}

START_TEST(harvest_has_a_bound_of_rows_and_adds_up_the_least_busy)
{
	struct interval *i;
	int64_t least = INT64_MAX;
	uint64_t sum = 0;

	for (unsigned n = 0; n < 40000; n++) {
		tell(n, 40 + n * 7919 % 40000);
		sum += 40 + n * 7919 % 40000;
	}
	model_tick(t.model, t.now_us, SECOND_US);
	i = take(INTERVAL_HOST, 0);
	ck_assert_uint_eq(i->rows[65536].dim, DIM_HOST);
	ck_assert_uint_eq(i->rows[65536].flags, INTERVAL_OTHER);
	ck_assert_uint_ne(i->rows[65537].dim, DIM_HOST);
	for (size_t n = 0; n < 65536; n++)
		if (i->rows[n].bytes[0] + i->rows[n].bytes[1] < least)
			least = i->rows[n].bytes[0] + i->rows[n].bytes[1];
	/* of 80,000 hosts the 14,464 least busy ones are added up, two of each number of bytes from 40 on */
	ck_assert_int_eq(least, 40 + 14464 / 2);
	booked_add(books, i);
	ck_assert_int_eq(booked_sum(books, DIM_HOST).bytes[0], (int64_t)sum);
	ck_assert_int_eq(booked_sum(books, DIM_HOST).bytes[1], (int64_t)sum);
	interval_unref(i);
}
END_TEST

START_TEST(harvest_marks_are_bounded_by_the_rows)
{
	unsigned seed = 5;
	size_t memory;

	limit((struct model_limits){.max_hosts = 20, .max_pairs = 6});
	for (unsigned s = 0; s < 100; s++)
		random_second(&seed, false);
	memory = model_memory(t.model);
	for (unsigned s = 0; s < 2000; s++) { /* rows come and go, and nobody harvests */
		if (s % 50 == 49)
			t.now_us += 90 * SECOND_US;
		random_second(&seed, false);
	}
	ck_assert_uint_gt(model_evicted(t.model, DIM_HOST), 200);
	ck_assert_uint_le(model_memory(t.model), memory + memory / 4);
	book_all();
	booked_expect_sums(books, t.model);
}
END_TEST

Suite *harvest_suite(void)
{
	Suite *s = suite_create("harvest");
	TCase *c = tcase_create("harvest");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, harvest_takes_what_moved_and_then_nothing);
	tcase_add_test(c, harvest_names_what_has_no_number_of_its_own);
	tcase_add_test(c, harvest_of_a_reclassified_flow_takes_from_one_row_what_it_gives_another);
	tcase_add_test(c, harvest_an_application_in_itself_is_the_application);
	tcase_add_test(c, harvest_of_random_traffic_with_evictions_adds_up);
	tcase_add_test(c, harvest_of_random_traffic_with_room_has_each_row);
	tcase_add_test(c, harvest_that_was_missed_is_in_the_next_one);
	tcase_add_test(c, harvest_of_a_row_that_leaves_is_in_other);
	tcase_add_test(c, harvest_has_a_bound_of_rows_and_adds_up_the_least_busy);
	tcase_add_test(c, harvest_marks_are_bounded_by_the_rows);
	suite_add_tcase(s, c);
	return s;
}
