/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model/put.c: rows from outside, into one dimension each.
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "dpitop/model.h"
#include "rows.h"

Suite *put_suite(void);

#define NOW_US (INT64_C(1699999980) * 1000000)

static struct subnets *subnets;
static struct geoip *geoip;

static struct model *open_model(size_t max_hosts)
{
	struct model_options o = {.limits = {.max_hosts = max_hosts}};

	subnets = subnets_new(24, 64);
	subnets_add_private(subnets);
	geoip = geoip_open(SOURCE_TREE "/tests/golden/geo", NULL);
	o.subnets = subnets;
	o.geoip = geoip;
	return model_new(&o);
}

static void close_model(struct model *m)
{
	model_free(m);
	geoip_close(geoip);
	subnets_free(subnets);
}

static struct dim_key host_key(const char *address)
{
	struct dim_key k;

	memset(&k, 0, sizeof k);
	ck_assert_int_eq(addr_parse(&k.host.addr, address, NULL), 0);
	return k;
}

static const struct model_row some = {.total = {{1000, 2000}, {10, 20}}, .rate = {5, 6}, .packet_rate = {1, 2}, .peak = 99,
				      .flows = 3, .live_flows = 1, .first_us = NOW_US - 9, .last_us = NOW_US - 2,
				      .spark = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, .local = true, .name = "nas.lan"};

START_TEST(row_is_in_its_dimension_and_in_no_other)
{
	struct model *m = open_model(0);
	struct dim_key k = host_key("10.0.0.5");
	const struct dim_row *r;

	model_put(m, DIM_HOST, &k, &some, NOW_US);
	r = model_get(m, DIM_HOST, &k);
	ck_assert_ptr_nonnull(r);
	ck_assert(r->total.bytes[0] == 1000 && r->total.packets[1] == 20 && r->rate[1] == 6 && r->packet_rate[0] == 1 && r->peak == 99);
	ck_assert(r->flows == 3 && r->live_flows == 1 && r->first_us == NOW_US - 9 && r->last_us == NOW_US - 2);
	ck_assert_str_eq(r->host->name, "nas.lan");
	ck_assert(r->host->local);
	for (int d = DIM_HOST + 1; d < DIM_COUNT; d++) {
		size_t cursor = 0;

		ck_assert_ptr_null(model_next(m, (enum dim)d, &cursor, NULL)); /* nothing that has traffic */
	}
	ck_assert_uint_eq(model_totals(m)->bytes, 0);
	close_model(m);
}
END_TEST

START_TEST(hosts_are_counted_in_their_places)
{
	struct model *m = open_model(0);
	struct dim_key a = host_key("10.0.0.5"), b = host_key("10.0.0.6"), k;
	struct model_row net = some;

	model_put(m, DIM_HOST, &a, &some, NOW_US);
	model_put(m, DIM_HOST, &b, &some, NOW_US);
	memset(&k, 0, sizeof k);
	k.subnet.net = (struct cidr){0};
	ck_assert_int_eq(cidr_parse(&k.subnet.net, "10.0.0.0/24", NULL), 0);
	net.hosts = 1; /* a mean of what was recorded */
	model_put(m, DIM_SUBNET, &k, &net, NOW_US);
	ck_assert_uint_eq(model_get(m, DIM_SUBNET, &k)->hosts, 2);
	net.hosts = 7;
	model_put(m, DIM_SUBNET, &k, &net, NOW_US);
	ck_assert_uint_eq(model_get(m, DIM_SUBNET, &k)->hosts, 7);
	close_model(m);
}
END_TEST

START_TEST(country_is_as_it_was_recorded)
{
	struct model *m = open_model(0);
	struct dim_key k = host_key("203.0.113.10");
	struct model_row r = some;

	memcpy(r.country, "JP", 2);
	r.local = false;
	model_put(m, DIM_HOST, &k, &r, NOW_US);
	ck_assert_int_eq(memcmp(model_get(m, DIM_HOST, &k)->host->geo->country, "JP", 2), 0);
	ck_assert_str_eq(model_get(m, DIM_HOST, &k)->host->geo->country_name, country_name("JP"));
	ck_assert(isfinite(model_get(m, DIM_HOST, &k)->host->geo->latitude));
	close_model(m);
}
END_TEST

START_TEST(what_has_no_key_or_no_room_is_in_other)
{
	struct model *m = open_model(1);
	struct dim_key a = host_key("10.0.0.5"), b = host_key("10.0.0.6");

	model_put(m, DIM_HOST, &a, &some, NOW_US);
	model_put(m, DIM_HOST, &b, &some, NOW_US);
	model_put(m, DIM_HOST, NULL, &some, NOW_US);
	ck_assert_uint_eq(model_rows(m, DIM_HOST), 1);
	ck_assert_uint_eq(model_other(m, DIM_HOST)->total.bytes[0], 2000);
	ck_assert_uint_eq(model_other(m, DIM_HOST)->flows, 6);
	close_model(m);
}
END_TEST

START_TEST(sparkline_ends_at_the_moment)
{
	struct model *m = open_model(0);
	struct dim_key k = host_key("10.0.0.5");
	const struct dim_row *r;
	int64_t step = NOW_US / 5000000;

	model_put(m, DIM_HOST, &k, &some, NOW_US);
	r = model_get(m, DIM_HOST, &k);
	ck_assert_int_eq(r->spark_at, step);
	for (int64_t i = 0; i < DIM_SPARK; i++)
		ck_assert_uint_eq(r->spark[(step - (DIM_SPARK - 1) + i) % DIM_SPARK], (uint32_t)i + 1);
	close_model(m);
}
END_TEST

Suite *put_suite(void)
{
	Suite *s = suite_create("put");
	TCase *c = tcase_create("put");

	tcase_add_test(c, row_is_in_its_dimension_and_in_no_other);
	tcase_add_test(c, hosts_are_counted_in_their_places);
	tcase_add_test(c, country_is_as_it_was_recorded);
	tcase_add_test(c, what_has_no_key_or_no_room_is_in_other);
	tcase_add_test(c, sparkline_ends_at_the_moment);
	suite_add_tcase(s, c);
	return s;
}
