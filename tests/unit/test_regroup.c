/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * snapshot/regroup.c and filter_of_row.c: the traffic of a filter, and that pinning a row gives
 * just that row's traffic.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "dpitop/regroup.h"
#include "snapshot/arena.h"
#include "snapshot/row_fill.h"
#include "traffic.h"

Suite *regroup_suite(void);

static struct traffic t; /* a test is a process of its own: this is not shared */
static struct filter *filter;
static struct regroup *regroup;

static void setup(void)
{
	traffic_open(&t, NULL);
	traffic_five(&t);
}

static void forget(void)
{
	regroup_free(regroup);
	filter_free(filter);
	regroup = NULL;
	filter = NULL;
}

static void teardown(void)
{
	forget();
	traffic_close(&t);
}

static void use(const char *text)
{
	struct filter_context c = {
		.dpi = t.in.dpi, .model = t.model, .subnets = t.subnets, .geoip = t.geoip,
		.sources = &t.source, .source_count = 1,
	};
	struct error e = {.text = ""};

	forget();
	filter = filter_parse(text, &e);
	ck_assert_msg(filter != NULL, "'%s': %s", text, e.text);
	regroup = regroup_new(&t.options, filter, &c);
}

static const struct model *pass(void)
{
	regroup_begin(regroup, t.now_us, SECOND_US);
	ck_assert(regroup_step(regroup, t.flows, 0));
	return regroup_model(regroup);
}

static const struct dim_row *host(const struct model *m, const char *address)
{
	struct dim_key key;

	memset(&key, 0, sizeof key);
	addr_parse(&key.host.addr, address, NULL);
	return model_get(m, DIM_HOST, &key);
}

static void check_whole(const struct model *m)
{
	struct conservation c = model_check(m, t.flows);

	ck_assert(c.l4 && c.l7 && c.hosts && c.matrix);
}

START_TEST(regroup_has_no_model_before_its_first_pass)
{
	use("app = TLS");
	ck_assert_ptr_null(regroup_model(regroup));
	ck_assert(regroup_step(regroup, t.flows, 1)); /* none is under way */
	ck_assert_ptr_null(regroup_model(regroup));
	regroup_free(NULL);
}
END_TEST

START_TEST(regroup_adds_up_what_matches_and_nothing_else)
{
	const struct model *m;

	use("app = TLS");
	m = pass();
	ck_assert_uint_eq(model_totals(m)->bytes, 3000 + 1200);
	ck_assert_uint_eq(model_totals(m)->packets, 4);
	ck_assert_uint_eq(model_rows(m, DIM_HOST), 3);
	ck_assert_uint_eq(host(m, "10.0.0.5")->total.bytes[0], 1400);
	ck_assert_uint_eq(host(m, "198.51.100.7")->total.bytes[0], 800);
	ck_assert_ptr_null(host(m, "10.0.0.6"));
	check_whole(m);
}
END_TEST

START_TEST(regroup_in_slices_gives_what_one_go_gives)
{
	size_t slices = 1;

	use("l4 = TCP");
	regroup_begin(regroup, t.now_us, SECOND_US);
	while (!regroup_step(regroup, t.flows, 1)) {
		ck_assert_ptr_null(regroup_model(regroup));
		slices++;
	}
	ck_assert_uint_gt(slices, 4);
	ck_assert_uint_eq(model_totals(regroup_model(regroup))->bytes, 3000 + 1200 + 900 + 180);
	check_whole(regroup_model(regroup));
}
END_TEST

START_TEST(regroup_begun_again_goes_on_with_the_pass_under_way)
{
	size_t steps = 0;

	use("l4 = TCP");
	do {
		regroup_begin(regroup, t.now_us, SECOND_US);
		ck_assert_uint_lt(steps++, 10);
	} while (!regroup_step(regroup, t.flows, 1));
	ck_assert_uint_eq(model_totals(regroup_model(regroup))->packets, 8);
}
END_TEST

START_TEST(regroup_counts_what_was_told_not_what_came_since)
{
	use("port = 53");
	traffic_flow(&t, "10.0.0.6", 1004, "10.0.0.1", 53, UDP, 1000);
	traffic_flow(&t, "10.0.0.6", 1999, "10.0.0.1", 53, UDP, 1000);
	ck_assert_uint_eq(model_totals(pass())->bytes, 240);
	traffic_tick(&t);
	ck_assert_uint_eq(model_totals(pass())->bytes, 240 + 6000);
	check_whole(regroup_model(regroup));
}
END_TEST

START_TEST(regroup_rates_are_those_of_the_last_tick)
{
	const struct dim_row *r;

	use("port = 443");
	traffic_flow(&t, "10.0.0.5", 1001, "192.0.2.1", 443, TCP, 100);
	traffic_tick(&t);
	r = host(pass(), "10.0.0.5");
	ck_assert_uint_eq(r->total.bytes[0], 1500);
	ck_assert_uint_eq(r->rate[0], 100);
	ck_assert_uint_eq(r->rate[1], 200);
	ck_assert_uint_eq(r->flows, 2);
	ck_assert_uint_eq(r->live_flows, 2);
	traffic_tick(&t);
	r = host(pass(), "10.0.0.5");
	ck_assert_uint_eq(r->total.bytes[0], 1500);
	ck_assert_uint_eq(r->rate[0] + r->rate[1], 0);
	check_whole(regroup_model(regroup));
}
END_TEST

static uint64_t drawn(const struct dim_row *r)
{
	uint64_t sum = 0;

	for (int i = 0; i < DIM_SPARK; i++)
		sum += r->spark[i];
	return sum;
}

START_TEST(regroup_sparklines_and_peaks_go_on_from_pass_to_pass)
{
	use("port = 443");
	ck_assert_uint_eq(drawn(host(pass(), "10.0.0.5")), 4200);
	for (int i = 0; i < 7; i++) {
		traffic_flow(&t, "10.0.0.5", 1001, "192.0.2.1", 443, TCP, 100);
		traffic_tick(&t);
		pass();
	}
	ck_assert_uint_eq(drawn(host(pass(), "10.0.0.5")), 4200 + 7 * 300);
	ck_assert_uint_eq(host(pass(), "10.0.0.5")->peak, 4200);
	ck_assert_uint_eq(drawn(host(t.model, "10.0.0.5")), 4200 + 7 * 300);
}
END_TEST

START_TEST(regroup_graph_goes_on_from_pass_to_pass_of_what_matches)
{
	uint64_t graph[8][2];
	size_t n;

	use("port = 443");
	n = model_graph(pass(), graph, 8);
	ck_assert_uint_eq(n, 1);
	ck_assert_uint_eq(graph[0][0], 1400);
	ck_assert_uint_eq(graph[0][1], 2800);
	traffic_flow(&t, "10.0.0.5", 1001, "192.0.2.1", 443, TCP, 100);
	traffic_flow(&t, "10.0.0.6", 1004, "192.0.2.1", 53, UDP, 5000);
	traffic_tick(&t);
	pass();
	n = model_graph(pass(), graph, 8); /* the same tick again is no second */
	ck_assert_uint_eq(n, 2);
	ck_assert_uint_eq(graph[0][0], 1400);
	ck_assert_uint_eq(graph[1][0], 100);
	ck_assert_uint_eq(graph[1][1], 200);
}
END_TEST

START_TEST(regroup_graph_has_a_gap_where_no_pass_was)
{
	uint64_t graph[8][2];

	use("port = 443");
	pass();
	for (int i = 0; i < 3; i++) {
		traffic_flow(&t, "10.0.0.5", 1001, "192.0.2.1", 443, TCP, 100);
		traffic_tick(&t);
	}
	ck_assert_uint_eq(model_graph(pass(), graph, 8), 4);
	ck_assert_uint_eq(graph[0][0], 1400);
	ck_assert_uint_eq(graph[1][0], MODEL_GRAPH_GAP);
	ck_assert_uint_eq(graph[2][1], MODEL_GRAPH_GAP);
	ck_assert_uint_eq(graph[3][0], 100);
}
END_TEST

START_TEST(regroup_ended_flows_are_no_live_ones)
{
	const struct dim_row *r;

	use("port = 443");
	traffic_end(&t);
	r = host(pass(), "10.0.0.5");
	ck_assert_uint_eq(r->total.bytes[0], 1400);
	ck_assert_uint_eq(r->flows, 2);
	ck_assert_uint_eq(r->live_flows, 0);
	check_whole(regroup_model(regroup));
}
END_TEST

START_TEST(regroup_preview_is_of_the_flows_looked_at_so_far)
{
	struct snapshot_input in;
	struct want want;
	struct snapshot *s;
	double looked = 0;
	size_t end = 0;

	use("l4 = TCP");
	ck_assert_ptr_null(regroup_preview(regroup, t.flows, &looked, &end));
	regroup_begin(regroup, t.now_us, SECOND_US);
	ck_assert(!regroup_step(regroup, t.flows, 2));
	in = t.in;
	in.filter = filter;
	in.filtered = regroup_preview(regroup, t.flows, &in.looked, &in.flows_end);
	memset(&want, 0, sizeof want);
	want.lists[DIM_FLOW] = want.lists[DIM_HOST] = (struct want_list){.on = true, .top = 10};
	s = snapshot_build(&in, &want);
	ck_assert(s->looked > 0.39 && s->looked < 0.41);
	ck_assert_uint_eq(s->filtered.bytes, 3000 + 1200);
	ck_assert_uint_eq(s->lists[DIM_FLOW].count, 2);
	ck_assert_uint_eq(s->lists[DIM_HOST].count, 3);
	snapshot_unref(s);
}
END_TEST

START_TEST(regroup_preview_has_rates_and_does_not_change_what_the_pass_gives)
{
	double looked;
	size_t end;

	traffic_packet(&t, "10.0.0.5", 1001, "192.0.2.1", 443, TCP, 100);
	traffic_tick(&t);
	use("l4 = TCP");
	regroup_begin(regroup, t.now_us, SECOND_US);
	for (unsigned flows = 1; !regroup_step(regroup, t.flows, 1); flows++) {
		const struct model *m = regroup_preview(regroup, t.flows, &looked, &end);

		ck_assert_uint_eq(host(m, "10.0.0.5")->rate[0], 100);
		ck_assert_uint_eq(end, flows);
	}
	ck_assert_uint_eq(host(regroup_model(regroup), "10.0.0.5")->rate[0], 100);
	ck_assert_uint_eq(host(regroup_model(regroup), "10.0.0.6")->rate[0], 0);
	check_whole(regroup_model(regroup));
}
END_TEST

START_TEST(regroup_of_nothing_is_empty)
{
	use("app = nosuch");
	ck_assert_uint_eq(model_totals(pass())->bytes, 0);
	ck_assert_uint_eq(model_rows(regroup_model(regroup), DIM_HOST), 0);
}
END_TEST

/* ---- pinned rows ---- */

static void pin(struct row_source *s, enum dim d, const struct dim_key *key,
		const struct dim_row *from)
{
	const struct dim_row *same;
	char text[256];
	struct row r;

	row_fill(s, &r, d, key, from);
	filter_of_row(&r, text, sizeof text);
	ck_assert_msg(text[0] != '\0', "%s: no filter for '%s'", dim_info(d)->id, r.label);
	use(text);
	ck_assert_msg(!filter_hides_rows(filter), "'%s'", text);
	same = model_get(pass(), d, key);
	ck_assert_msg(same != NULL, "'%s' loses its row", text);
	ck_assert_msg(memcmp(&same->total, &from->total, sizeof same->total) == 0,
		      "%s: '%s' is not all of it", dim_info(d)->id, text);
	/* rows of which a flow has one only */
	if (dim_info(d)->both_ends || dim_info(d)->pair || d == DIM_APP || d == DIM_RISK)
		return;
	ck_assert_msg(model_totals(regroup_model(regroup))->bytes ==
			      from->total.bytes[0] + from->total.bytes[1],
		      "%s: '%s' is more than it", dim_info(d)->id, text);
}

START_TEST(filter_of_row_selects_the_traffic_of_the_row)
{
	struct row_source s;
	const struct dim_key *key;
	const struct dim_row *row;
	unsigned pinned = 0;

	row_source_init(&s, &t.in, false, arena_new());
	for (int d = 0; d < DIM_COUNT; d++)
		for (size_t cursor = 0; (row = model_next(t.model, (enum dim)d, &cursor, &key)) != NULL;) {
			struct dim_key k = *key;

			pin(&s, (enum dim)d, &k, row);
			pinned++;
		}
	ck_assert_uint_gt(pinned, 40);
	arena_free(s.arena);
	row_source_release(&s);
}
END_TEST

START_TEST(filter_of_row_pins_a_flow_alone)
{
	struct row_source s;
	const struct flow *f;
	unsigned pinned = 0;

	row_source_init(&s, &t.in, false, arena_new());
	for (size_t cursor = 0; (f = flow_table_next(t.flows, &cursor)) != NULL; pinned++) {
		char text[256];
		struct row r;

		row_flow_fill(&s, &r, f);
		use(filter_of_row(&r, text, sizeof text));
		ck_assert_uint_eq(model_totals(pass())->bytes, f->total.bytes[0] + f->total.bytes[1]);
	}
	ck_assert_uint_eq(pinned, 5);
	arena_free(s.arena);
	row_source_release(&s);
}
END_TEST

static const char *of(struct row r, char *buf, size_t size)
{
	return filter_of_row(&r, buf, size);
}

START_TEST(filter_of_row_writes_what_a_user_would)
{
	struct row r = row_empty;
	char buf[256];

	r.dim = DIM_APP;
	r.label = "BitTorrent";
	ck_assert_str_eq(of(r, buf, sizeof buf), "app = BitTorrent");
	r.label = "Unknown";
	ck_assert_str_eq(of(r, buf, sizeof buf), "app = Unknown");
	r.dim = DIM_RISK;
	r.label = "Weak TLS Cipher";
	ck_assert_str_eq(of(r, buf, sizeof buf), "risk = \"Weak TLS Cipher\"");
	r.dim = DIM_SITE;
	r.label = "a\"b\\c";
	ck_assert_str_eq(of(r, buf, sizeof buf), "site = \"a\\\"b\\\\c\"");
	r.label = "none";
	ck_assert_str_eq(of(r, buf, sizeof buf), "site = \"none\"");
	r.dim = DIM_COUNTRY;
	r.label = "unknown";
	ck_assert_str_eq(of(r, buf, sizeof buf), "country = none");
	r.dim = DIM_COUNTRY_PAIR;
	r.label = r.label2 = "DE";
	ck_assert_str_eq(of(r, buf, sizeof buf), "src.country = DE and dst.country = DE");
	r.label2 = "unknown";
	ck_assert_str_eq(of(r, buf, sizeof buf), "country = DE and country = none");
	r.dim = DIM_SUBNET_PAIR;
	r.label = "10.0.0.0/24";
	r.label2 = "internet";
	ck_assert_str_eq(of(r, buf, sizeof buf), "net = 10.0.0.0/24 and net = internet");
}
END_TEST

START_TEST(filter_of_row_has_none_for_sums_and_what_is_no_ip)
{
	struct row r = row_empty;
	char buf[256];

	r.dim = DIM_HOST;
	r.flags = ROW_OTHER;
	ck_assert_str_eq(of(r, buf, sizeof buf), "");
	r.flags = ROW_SUM;
	ck_assert_str_eq(of(r, buf, sizeof buf), "");
	r.flags = 0;
	r.dim = DIM_ETHERTYPE;
	ck_assert_str_eq(of(r, buf, sizeof buf), "");
}
END_TEST

START_TEST(filter_of_row_is_never_cut)
{
	struct row r = row_empty;
	char buf[64];

	r.dim = DIM_APP;
	r.label = "BitTorrent";
	for (size_t size = 0; size < sizeof buf; size++) {
		const char *text = of(r, buf, size);

		ck_assert_str_eq(text, size > strlen("app = BitTorrent") ? "app = BitTorrent" : "");
	}
}
END_TEST

START_TEST(filter_of_row_pins_a_name_the_model_cut_by_its_beginning)
{
	struct row r = row_empty;
	char name[80], buf[256];

	memset(name, 'a', sizeof name);
	name[sizeof name - 1] = '\0';
	r.dim = DIM_SITE;
	r.label = name;
	ck_assert_ptr_nonnull(strstr(of(r, buf, sizeof buf), "site ~ aaa"));
	name[sizeof name - 2] = '\0';
	ck_assert_ptr_nonnull(strstr(of(r, buf, sizeof buf), "site = aaa"));
}
END_TEST

Suite *regroup_suite(void)
{
	Suite *s = suite_create("regroup");
	TCase *c = tcase_create("passes"), *rows = tcase_create("pinned rows");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, regroup_has_no_model_before_its_first_pass);
	tcase_add_test(c, regroup_adds_up_what_matches_and_nothing_else);
	tcase_add_test(c, regroup_in_slices_gives_what_one_go_gives);
	tcase_add_test(c, regroup_begun_again_goes_on_with_the_pass_under_way);
	tcase_add_test(c, regroup_counts_what_was_told_not_what_came_since);
	tcase_add_test(c, regroup_rates_are_those_of_the_last_tick);
	tcase_add_test(c, regroup_sparklines_and_peaks_go_on_from_pass_to_pass);
	tcase_add_test(c, regroup_graph_goes_on_from_pass_to_pass_of_what_matches);
	tcase_add_test(c, regroup_graph_has_a_gap_where_no_pass_was);
	tcase_add_test(c, regroup_ended_flows_are_no_live_ones);
	tcase_add_test(c, regroup_preview_is_of_the_flows_looked_at_so_far);
	tcase_add_test(c, regroup_preview_has_rates_and_does_not_change_what_the_pass_gives);
	tcase_add_test(c, regroup_of_nothing_is_empty);
	tcase_add_test(c, filter_of_row_selects_the_traffic_of_the_row);
	tcase_add_test(c, filter_of_row_pins_a_flow_alone);
	suite_add_tcase(s, c);
	tcase_add_test(rows, filter_of_row_writes_what_a_user_would);
	tcase_add_test(rows, filter_of_row_has_none_for_sums_and_what_is_no_ip);
	tcase_add_test(rows, filter_of_row_is_never_cut);
	tcase_add_test(rows, filter_of_row_pins_a_name_the_model_cut_by_its_beginning);
	suite_add_tcase(s, rows);
	return s;
}
