/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model/site_category.c: what sites belong to, and that the traffic of a category is that of its sites,
 * also when they turn out to belong to another one or lists are read again.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/regroup.h"
#include "flow/dpi.h"
#include "rows.h"
#include "traffic.h"

Suite *site_category_suite(void);

static struct traffic t; /* a test is a process of its own: this is not shared */

static void setup(void)
{
	traffic_open(&t, NULL);
}

static void teardown(void)
{
	traffic_close(&t);
}

/* Lists of one category: "name", entries. */
static struct categories *lists(const char *name, const char *text)
{
	struct categories *c = categories_new();
	struct category_report r = {.bad = 0};

	categories_read(c, name, text, strlen(text), &r);
	ck_assert_uint_eq(r.bad, 0);
	return c;
}

static void use(struct categories *c)
{
	model_set_categories(t.model, c);
	categories_unref(c);
}

static const struct dim_row *category(const char *name)
{
	struct dim_key k;

	memset(&k, 0, sizeof k);
	strcpy(k.site_category.name, name);
	return model_get(t.model, DIM_SITE_CATEGORY, &k);
}

static const char *category_of(const char *site)
{
	const struct dim_row *r = row_site(t.model, site);

	ck_assert_ptr_nonnull(r);
	return r->site->category_name;
}

static uint64_t sum_of(enum dim d)
{
	uint64_t sum = model_other(t.model, d)->total.bytes[0] + model_other(t.model, d)->total.bytes[1];
	const struct dim_row *r;

	for (size_t i = 0; (r = model_next(t.model, d, &i, NULL)) != NULL;)
		sum += r->total.bytes[0] + r->total.bytes[1];
	return sum;
}

static void expect_kept(void)
{
	struct conservation c = model_check(t.model, t.flows);

	ck_assert(c.l4 && c.l7 && c.hosts && c.flows && c.matrix);
	ck_assert_uint_eq(sum_of(DIM_SITE), sum_of(DIM_SITE_CATEGORY));
}

static struct flow *visit(const char *server, uint16_t port, const char *site, uint32_t bytes)
{
	struct flow *f = traffic_flow(&t, "10.0.0.5", port, server, 443, TCP, bytes);

	traffic_name(&t, f, "TLS");
	traffic_site(f, site);
	return f;
}

static void query(uint16_t port, const char *site, uint32_t bytes)
{
	struct flow *f = traffic_flow(&t, "10.0.0.5", port, "192.0.2.53", 53, UDP, bytes);

	traffic_name(&t, f, "DNS");
	traffic_site(f, site);
}

START_TEST(site_category_is_ndpis_without_lists)
{
	traffic_five(&t);
	ck_assert_str_eq(category_of("www.example.org"), "Web");
	ck_assert_str_eq(category_of("mail.example.net"), "Web");
	expect_row(category("Web"), 1480, 2960, 3); /* the query too: it is traffic of the site */
	ck_assert_uint_eq(category("Web")->hosts, 2);
	ck_assert_uint_eq(category("Web")->site->hits, 3);
	expect_kept();
}
END_TEST

START_TEST(site_category_is_the_lists_where_they_have_the_site)
{
	use(lists("news", "example.org\n"));
	traffic_five(&t);
	ck_assert_str_eq(category_of("www.example.org"), "news");
	ck_assert_str_eq(category_of("mail.example.net"), "Web");
	expect_row(category("news"), 1080, 2160, 2);
	expect_row(category("Web"), 400, 800, 1);
	expect_kept();
}
END_TEST

START_TEST(site_category_is_of_the_server_where_the_name_is_in_no_list)
{
	struct categories *c = lists("farm", "192.0.2.0/24\n");
	struct category_report r = {.bad = 0};

	categories_read(c, "news", "example.org\n", 12, &r);
	use(c);
	visit("192.0.2.1", 1, "www.example.org", 10);
	visit("192.0.2.1", 2, "www.example.net", 20);
	visit("198.51.100.7", 3, "www.example.com", 30);
	traffic_tick(&t);
	ck_assert_str_eq(category_of("www.example.org"), "news");
	ck_assert_str_eq(category_of("www.example.net"), "farm");
	ck_assert_str_eq(category_of("www.example.com"), "Web");
	expect_kept();
}
END_TEST

START_TEST(site_category_is_not_of_the_resolver)
{
	use(lists("farm", "192.0.2.0/24\n"));
	query(1, "www.example.org", 10);
	traffic_tick(&t);
	ck_assert_str_eq(category_of("www.example.org"), "Network");
	visit("192.0.2.1", 2, "www.example.org", 20);
	traffic_tick(&t);
	ck_assert_str_eq(category_of("www.example.org"), "farm");
	expect_row(category("farm"), 30, 60, 2);
	expect_kept();
}
END_TEST

START_TEST(site_category_takes_all_traffic_of_a_site_that_turns_out_to_be_something_else)
{
	query(1, "www.example.org", 10);
	traffic_tick(&t);
	expect_row(category("Network"), 10, 20, 1);
	visit("192.0.2.1", 2, "www.example.org", 20);
	visit("192.0.2.1", 3, "www.example.net", 40);
	traffic_tick(&t);
	ck_assert_str_eq(category_of("www.example.org"), "Web");
	expect_row(category("Web"), 70, 140, 3);
	ck_assert_uint_eq(category("Web")->hosts, 2);
	ck_assert_uint_eq(category("Web")->site->hits, 3);
	ck_assert_uint_eq(category("Web")->live_flows, 3);
	ck_assert_ptr_nonnull(category("Network"));
	expect_row(category("Network"), 0, 0, 0);
	expect_kept();
}
END_TEST

START_TEST(site_category_gives_its_rate_for_what_comes_now)
{
	visit("192.0.2.1", 1, "www.example.org", 100);
	traffic_tick(&t);
	ck_assert_uint_eq(category("Web")->rate[0] + category("Web")->rate[1], 300);
	use(lists("news", "example.org\n"));
	ck_assert(model_recategorise(t.model, 0));
	traffic_packet(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 50);
	traffic_tick(&t);
	ck_assert_uint_eq(category("news")->rate[0] + category("news")->rate[1], 50);
	ck_assert_uint_eq(category("Web")->rate[0] + category("Web")->rate[1], 0);
	expect_row(category("news"), 150, 200, 1);
}
END_TEST

START_TEST(site_category_moves_sites_to_other_lists_in_slices_and_stays_exact)
{
	char site[32];
	unsigned slices = 0;

	for (uint16_t i = 0; i < 300; i++) {
		snprintf(site, sizeof site, "s%u.example.%s", i, i % 3 == 0 ? "org" : "net");
		visit("192.0.2.1", (uint16_t)(1 + i), site, 10u + i);
	}
	traffic_tick(&t);
	use(lists("news", "example.org\n"));
	while (!model_recategorise(t.model, 50)) {
		expect_kept();
		slices++;
	}
	ck_assert_uint_eq(slices, 6);
	ck_assert_uint_eq(category("news")->hosts, 100);
	ck_assert_uint_eq(category("Web")->hosts, 200);
	ck_assert_uint_eq(category("news")->flows, 100);
	expect_kept();
}
END_TEST

START_TEST(site_category_of_a_site_that_moves_is_as_of_the_new_lists_at_once)
{
	visit("192.0.2.1", 1, "www.example.org", 10);
	traffic_tick(&t);
	use(lists("news", "example.org\n"));
	ck_assert_str_eq(category_of("www.example.org"), "Web");
	traffic_packet(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 50);
	traffic_tick(&t);
	ck_assert_str_eq(category_of("www.example.org"), "news");
	expect_kept();
}
END_TEST

START_TEST(site_category_knows_the_server_of_a_site_when_lists_change)
{
	visit("192.0.2.1", 1, "www.example.org", 10);
	traffic_tick(&t);
	use(lists("farm", "192.0.2.0/24\n"));
	ck_assert(model_recategorise(t.model, 0));
	ck_assert_str_eq(category_of("www.example.org"), "farm");
	use(lists("herd", "192.0.0.0/16\n"));
	ck_assert(model_recategorise(t.model, 0));
	ck_assert_str_eq(category_of("www.example.org"), "herd");
	expect_kept();
}
END_TEST

START_TEST(site_category_is_ndpis_again_when_lists_are_taken_away)
{
	use(lists("news", "example.org\n"));
	traffic_five(&t);
	use(NULL);
	ck_assert(model_recategorise(t.model, 0));
	ck_assert_str_eq(category_of("www.example.org"), "Web");
	expect_row(category("Web"), 1480, 2960, 3);
	ck_assert_ptr_null(model_categories(t.model));
	expect_kept();
}
END_TEST

START_TEST(site_category_of_a_list_called_like_ndpis_is_one_with_it)
{
	use(lists("Web", "example.org\n"));
	traffic_five(&t);
	expect_row(category("Web"), 1480, 2960, 3);
	expect_kept();
}
END_TEST

START_TEST(site_category_counts_sites_that_found_no_room)
{
	struct model_limits few = {.max_sites = 2};

	model_free(t.model);
	t.options.limits = few;
	t.options.categories = lists("news", "example.org\n");
	t.model = model_new(&t.options);
	categories_unref(t.options.categories);
	for (uint16_t i = 1; i <= 6; i++) {
		char site[32];

		snprintf(site, sizeof site, "s%u.example.org", i);
		visit("192.0.2.1", i, site, 10);
	}
	traffic_tick(&t);
	ck_assert_uint_eq(model_rows(t.model, DIM_SITE), 2);
	ck_assert_uint_eq(category("news")->hosts, 2);
	expect_row(category("news"), 60, 120, 6);
	expect_kept();
}
END_TEST

START_TEST(site_category_keeps_the_traffic_of_sites_that_gave_their_place)
{
	struct model_limits few = {.max_sites = 1};

	model_free(t.model);
	t.options.limits = few;
	t.model = model_new(&t.options);
	visit("192.0.2.1", 1, "a.example.org", 10);
	traffic_tick(&t);
	for (int i = 0; i < 70; i++)
		traffic_tick(&t);
	visit("192.0.2.1", 2, "b.example.org", 20);
	traffic_tick(&t);
	ck_assert_uint_eq(model_evicted(t.model, DIM_SITE), 1);
	ck_assert_uint_eq(category("Web")->hosts, 1);
	expect_row(category("Web"), 30, 60, 2);
	expect_kept();
}
END_TEST

/* As many categories as a set may have, all different from those of other tags. */
static struct categories *many(const char *tag)
{
	struct categories *c = categories_new();
	struct category_report r = {.bad = 0};

	for (int i = 0; i < CATEGORY_MAX; i++) {
		char name[32], text[32];

		snprintf(name, sizeof name, "%s%d", tag, i);
		snprintf(text, sizeof text, "s%d.example.org\n", i);
		categories_read(c, name, text, strlen(text), &r);
	}
	ck_assert_uint_eq(r.bad, 0);
	categories_read(c, "onemore", "example.net\n", 12, &r);
	ck_assert_uint_eq(r.bad, 1);
	return c;
}

START_TEST(site_category_without_room_is_other_and_exact)
{
	char site[32];

	use(many("a"));
	for (int i = 0; i < CATEGORY_MAX; i++) {
		snprintf(site, sizeof site, "s%d.example.org", i);
		visit("192.0.2.1", (uint16_t)(1 + i), site, 10);
	}
	traffic_tick(&t);
	ck_assert_uint_eq(model_rows(t.model, DIM_SITE_CATEGORY), CATEGORY_MAX);
	use(many("b"));
	ck_assert(model_recategorise(t.model, 0));
	ck_assert_uint_gt(model_other(t.model, DIM_SITE_CATEGORY)->total.bytes[0], 0);
	expect_kept();
	use(many("a"));
	ck_assert(model_recategorise(t.model, 0));
	ck_assert_uint_eq(model_other(t.model, DIM_SITE_CATEGORY)->total.bytes[0], 0);
	expect_kept();
}
END_TEST

START_TEST(site_counts_content_types_without_their_parameters)
{
	static const char *const types[] = {"text/html", "Text/HTML; charset=utf-8", "image/png", "text/html,x", "", ";"};
	const struct dim_site *s;

	for (uint16_t i = 0; i < 6; i++) {
		const char *const texts[FLOW_TEXT_COUNT] = {
			[FLOW_SITE] = "www.example.org", [FLOW_METHOD] = "GET", [FLOW_CONTENT_TYPE] = types[i],
		};
		struct flow *f = traffic_flow(&t, "10.0.0.5", (uint16_t)(1 + i), "192.0.2.1", 80, TCP, 10);

		traffic_name(&t, f, "HTTP");
		f->meta = flow_meta_new(texts);
		f->flags |= FLOW_DPI_DONE;
	}
	traffic_tick(&t);
	s = row_site(t.model, "www.example.org")->site;
	ck_assert_str_eq(s->content_types[0].name, "text/html");
	ck_assert_uint_eq(s->content_types[0].count, 3);
	ck_assert_str_eq(s->content_types[1].name, "image/png");
	ck_assert_uint_eq(s->content_types[2].count, 0);
}
END_TEST

START_TEST(site_knows_where_clients_named_it)
{
	const char *const tls[FLOW_TEXT_COUNT] = {[FLOW_SITE] = "www.example.org", [FLOW_TLS_VERSION] = "TLSv1.3"};
	const char *const http[FLOW_TEXT_COUNT] = {[FLOW_SITE] = "www.example.org", [FLOW_METHOD] = "GET"};

	query(1, "www.example.org", 10);
	traffic_tick(&t);
	ck_assert_uint_eq(row_site(t.model, "www.example.org")->site->seen_in, SITE_DNS);
	traffic_flow(&t, "10.0.0.5", 2, "192.0.2.1", 443, TCP, 10)->meta = flow_meta_new(tls);
	traffic_tick(&t);
	ck_assert_uint_eq(row_site(t.model, "www.example.org")->site->seen_in, SITE_DNS | SITE_TLS);
	traffic_flow(&t, "10.0.0.5", 3, "192.0.2.1", 443, UDP, 10)->meta = flow_meta_new(tls);
	traffic_flow(&t, "10.0.0.5", 4, "192.0.2.1", 80, TCP, 10)->meta = flow_meta_new(http);
	traffic_tick(&t);
	ck_assert_uint_eq(row_site(t.model, "www.example.org")->site->seen_in, SITE_DNS | SITE_TLS | SITE_QUIC | SITE_HTTP);
}
END_TEST

/* ---- parts of the traffic ---- */

static struct regroup *regroup_of(const char *text, struct filter **f)
{
	struct filter_context c = {.dpi = t.in.dpi, .model = t.model, .subnets = t.subnets};
	struct error e = {.text = ""};
	struct regroup *r;

	*f = filter_parse(text, &e);
	ck_assert_msg(*f != NULL, "%s", e.text);
	r = regroup_new(&t.options, *f, &c);
	regroup_begin(r, t.now_us, SECOND_US);
	ck_assert(regroup_step(r, t.flows, 0));
	return r;
}

START_TEST(site_category_filter_takes_the_flows_of_its_sites)
{
	struct filter *f;
	struct regroup *r;
	struct dim_key k;

	use(lists("news", "example.org\n"));
	traffic_five(&t);
	r = regroup_of("sitecat = news", &f);
	memset(&k, 0, sizeof k);
	strcpy(k.site_category.name, "news");
	expect_row(model_get(regroup_model(r), DIM_SITE_CATEGORY, &k), 1080, 2160, 2);
	ck_assert_uint_eq(model_rows(regroup_model(r), DIM_SITE_CATEGORY), 1);
	regroup_free(r);
	filter_free(f);
	r = regroup_of("sitecat = none", &f); /* HTTP and SSH without a site */
	ck_assert_uint_eq(model_rows(regroup_model(r), DIM_SITE_CATEGORY), 0);
	ck_assert_uint_eq(model_totals(regroup_model(r))->packets, 4);
	regroup_free(r);
	filter_free(f);
}
END_TEST

START_TEST(site_category_of_a_part_is_that_of_the_whole)
{
	struct filter *f;
	struct regroup *r;
	struct dim_key k;

	traffic_five(&t);
	r = regroup_of("app = DNS", &f); /* by itself a query is of the category Network */
	memset(&k, 0, sizeof k);
	strcpy(k.site_category.name, "Web");
	expect_row(model_get(regroup_model(r), DIM_SITE_CATEGORY, &k), 80, 160, 1);
	regroup_free(r);
	filter_free(f);
}
END_TEST

Suite *site_category_suite(void)
{
	Suite *s = suite_create("site_category");
	TCase *c = tcase_create("sites");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, site_category_is_ndpis_without_lists);
	tcase_add_test(c, site_category_is_the_lists_where_they_have_the_site);
	tcase_add_test(c, site_category_is_of_the_server_where_the_name_is_in_no_list);
	tcase_add_test(c, site_category_is_not_of_the_resolver);
	tcase_add_test(c, site_category_takes_all_traffic_of_a_site_that_turns_out_to_be_something_else);
	tcase_add_test(c, site_category_gives_its_rate_for_what_comes_now);
	tcase_add_test(c, site_category_moves_sites_to_other_lists_in_slices_and_stays_exact);
	tcase_add_test(c, site_category_of_a_site_that_moves_is_as_of_the_new_lists_at_once);
	tcase_add_test(c, site_category_knows_the_server_of_a_site_when_lists_change);
	tcase_add_test(c, site_category_is_ndpis_again_when_lists_are_taken_away);
	tcase_add_test(c, site_category_of_a_list_called_like_ndpis_is_one_with_it);
	tcase_add_test(c, site_category_counts_sites_that_found_no_room);
	tcase_add_test(c, site_category_keeps_the_traffic_of_sites_that_gave_their_place);
	tcase_add_test(c, site_category_without_room_is_other_and_exact);
	tcase_add_test(c, site_counts_content_types_without_their_parameters);
	tcase_add_test(c, site_knows_where_clients_named_it);
	tcase_add_test(c, site_category_filter_takes_the_flows_of_its_sites);
	tcase_add_test(c, site_category_of_a_part_is_that_of_the_whole);
	suite_add_tcase(s, c);
	return s;
}
