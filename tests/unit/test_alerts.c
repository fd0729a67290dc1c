/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model/alerts.c, snapshot/row_alert.c and threshold.c: risks, new hosts, drops and thresholds raise alerts, and what
 * pictures show of them.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "alarms.h"
#include "dpitop/column.h"
#include "dpitop/export.h"
#include "dpitop/mem.h"
#include "dpitop/regroup.h"
#include "dpitop/threshold.h"

Suite *alerts_suite(void);

/* ---- risks ---- */

START_TEST(risks_are_counted_by_client_and_risk)
{
	struct flow *f = traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 100);

	f->risks = 1 << 5;
	traffic_flow(&t, "10.0.0.5", 2, "192.0.2.1", 443, TCP, 100)->risks = 1 << 5 | 1 << 8;
	traffic_flow(&t, "10.0.0.6", 3, "192.0.2.1", 443, TCP, 100)->risks = 1 << 5;
	traffic_tick(&t);
	ck_assert_uint_eq(count_of(ALERT_RISK), 3);
	f->risks = 0; /* it has looked again */
	traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 100);
	traffic_tick(&t);
	ck_assert_uint_eq(count_of(ALERT_RISK), 3);
	expect_pinned(ALERT_RISK, 1);
	traffic_flow(&t, "10.0.0.6", 3, "192.0.2.1", 443, TCP, 100)->risks = 0;
	traffic_tick(&t);
	ck_assert_uint_eq(count_of(ALERT_RISK), 2); /* it was none of its */
}
END_TEST

START_TEST(risk_is_as_severe_as_the_library_says_and_names_its_last_server)
{
	char wanted[256];

	traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 100)->risks = UINT64_C(1) << 36;
	traffic_tick(&t);
	expect_alert(ALERT_RISK, (enum alert_severity)dpi_risk_severity(36), "10.0.0.5", 1);
	snprintf(wanted, sizeof wanted, "%s in 1 flow, the last to 192.0.2.1:443", dpi_risk_name(36));
	expect_text(wanted);
}
END_TEST

/* ---- new hosts ---- */

START_TEST(local_host_that_comes_after_the_first_minute_is_new)
{
	char buf[32];

	traffic_five(&t);
	ticks(58);
	syn("10.0.0.20", 1, "192.0.2.1", 443); /* 59 s */
	traffic_tick(&t);
	expect_none();
	ticks(5);
	syn("10.0.0.21", 1, "192.0.2.1", 443);
	syn("203.0.113.77", 1, "10.0.0.5", 443);
	for (unsigned n = 0; n < 10; n++)
		syn("10.0.0.20", 1, nth(true, n, buf), 443); /* nobody is there */
	syn("10.0.0.5", 1, "192.0.2.1", 443);
	traffic_tick(&t);
	expect_alert(ALERT_NEW_HOST, ALERT_INFO, "10.0.0.21", 1);
	expect_text("a local host that was not seen before, 1m05 after the start");
	expect_pinned(ALERT_NEW_HOST, 1);
	ck_assert_uint_eq(model_alerts(t.model, ALERT_WARNING), 0);
}
END_TEST

START_TEST(server_that_answers_after_the_first_minute_is_new)
{
	traffic_five(&t);
	ticks(70);
	syn("10.0.0.5", 1, "10.0.0.30", 443);
	traffic_tick(&t);
	ck_assert_uint_eq(count_of(ALERT_NEW_HOST), 0);
	accept_syn("10.0.0.5", 1, "10.0.0.30", 443);
	traffic_tick(&t);
	expect_alert(ALERT_NEW_HOST, ALERT_INFO, "10.0.0.30", 1);
}
END_TEST

START_TEST(further_ipv6_address_of_a_device_is_nothing_new)
{
	traffic_packet(&t, "fe80::1", 1, "fe80::2", 2, UDP, 100);
	ticks(70);
	traffic_packet(&t, "fd00::5", 3, "fe80::2", 2, UDP, 100); /* the same hardware address */
	traffic_tick(&t);
	ck_assert_uint_eq(count_of(ALERT_NEW_HOST), 0);
	traffic_packet(&t, "10.0.0.5", 3, "10.0.0.6", 2, UDP, 100);
	traffic_tick(&t);
	ck_assert_uint_eq(count_of(ALERT_NEW_HOST), 1);
	expect_text("a local host that was not seen before, 1m11 after the start, with the hardware address 02:00:00:00:00:01");
}
END_TEST

/* ---- drops ---- */

START_TEST(packets_lost_by_a_source_raise_and_count)
{
	const struct dim_row *row;
	const struct dim_key *key;

	model_dropped(t.model, 0, 0, 0, 1000, t.now_us);
	expect_none();
	model_dropped(t.model, 0, 10, 2, 1000, t.now_us);
	model_dropped(t.model, 0, 10, 2, 5000, t.now_us + SECOND_US);
	alert_of(ALERT_DROP, &row, &key);
	ck_assert_uint_eq(row->flows, 12);
	ck_assert_uint_eq(key->alert.severity, ALERT_WARNING);
	model_dropped(t.model, 0, 4000, 2, 9000, t.now_us + 2 * SECOND_US);
	ck_assert_uint_eq(row->flows, 4002);
	ck_assert_int_eq(row->last_us - row->first_us, 2 * SECOND_US);
	expect_text("4,002 of 13,002 packets were lost before they were seen, 4,000 by the kernel and 2 by the interface");
	model_dropped(t.model, 63, 1, 0, 1, t.now_us);
	model_dropped(t.model, 64, 1, 0, 1, t.now_us); /* there are no so many sources */
	ck_assert_uint_eq(count_of(ALERT_DROP), 2);
}
END_TEST

/* ---- thresholds ---- */

START_TEST(rows_over_a_threshold_raise_and_others_do_not)
{
	struct thresholds *rules = thresholds_new();
	const struct dim_row *row;
	const struct dim_key *key;

	ck_assert_int_eq(thresholds_add(rules, "host rate > 10k and packets > 1", NULL), 0);
	ck_assert_int_eq(thresholds_add(rules, "port  bytes > 1G", NULL), 0);
	for (unsigned i = 0; i < 3; i++) {
		traffic_packet(&t, "10.0.0.5", 1, "192.0.2.1", 443, UDP, 11000);
		traffic_packet(&t, "10.0.0.6", 1, "192.0.2.2", 443, UDP, 9000);
		traffic_tick(&t);
		thresholds_check(rules, t.model, t.now_us, SECOND_US);
	}
	traffic_packet(&t, "10.0.0.6", 1, "192.0.2.2", 443, UDP, 9000);
	traffic_tick(&t);
	thresholds_check(rules, t.model, t.now_us, SECOND_US); /* 10.0.0.5 is silent: what it did before is told */
	ck_assert_uint_eq(model_rows(t.model, DIM_ALERT), 2);  /* both ends */
	expect_text("over the threshold 'host rate > 10k and packets > 1' for 2.0 s"); /* a second packet came in the second tick */
	for (size_t at = 0; (row = model_next(t.model, DIM_ALERT, &at, &key)) != NULL;) {
		ck_assert_uint_eq(row->flows, 2);
		ck_assert_uint_eq(key->alert.severity, ALERT_WARNING);
	}
	expect_pinned(ALERT_THRESHOLD, 1);
	thresholds_free(rules);
}
END_TEST

START_TEST(thresholds_that_say_nothing_are_refused)
{
	static const char *const wrong[] = {
		"", "host", "rate > 1", "nosuch rate > 1", "host app = DNS", "host rate > 1 or app = DNS", "port peers > 3", "host rate >",
		"host rate ~ 3", "flow rate > 1", "host severity = info",
	};
	struct thresholds *rules = thresholds_new();
	char long_rule[300];

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct error e = {.code = ERR_NONE};

		ck_assert_msg(thresholds_add(rules, wrong[i], &e) == ERR_USAGE, "'%s'", wrong[i]);
		ck_assert_str_ne(e.text, "");
	}
	memset(long_rule, ' ', sizeof long_rule);
	memcpy(long_rule, "host", 4);
	strcpy(long_rule + 200, "rate > 1");
	ck_assert_int_eq(thresholds_add(rules, long_rule, NULL), ERR_USAGE);
	for (unsigned i = 0; i < 32; i++)
		ck_assert_int_eq(thresholds_add(rules, "host rate > 1", NULL), 0);
	ck_assert_int_eq(thresholds_add(rules, "host rate > 1", NULL), ERR_USAGE);
	thresholds_free(rules);
}
END_TEST

/* ---- the table ---- */

/* A risk of each of so many hosts. */
static void risks_of(unsigned hosts, unsigned from, unsigned bit)
{
	char buf[32];

	for (unsigned n = from; n < from + hosts; n++) {
		struct flow *f = traffic_flow(&t, nth(n >= 10000, n % 10000, buf), 1, "192.0.2.1", 443, TCP, 100);

		f->risks = UINT64_C(1) << bit;
	}
}

static unsigned risk_with(unsigned severity)
{
	for (unsigned bit = 1; bit < dpi_risk_count(); bit++)
		if (dpi_risk_severity(bit) == severity)
			return bit;
	ck_abort_msg("the library has no risk of severity %u", severity);
	return 0;
}

START_TEST(full_table_lets_the_less_severe_leave_and_counts_them)
{
	size_t max = model_rows_max(t.model, DIM_ALERT), high;

	risks_of((unsigned)max, 0, risk_with(ALERT_INFO));
	traffic_tick(&t);
	ck_assert_uint_eq(model_rows(t.model, DIM_ALERT), max);
	risks_of(10, 10000, risk_with(ALERT_WARNING));
	traffic_tick(&t);
	high = model_alerts(t.model, ALERT_WARNING);
	ck_assert_uint_eq(high, 10);
	ck_assert_uint_eq(model_rows(t.model, DIM_ALERT), max);
	ck_assert_uint_eq(model_evicted(t.model, DIM_ALERT), 10);
	ck_assert_uint_eq(model_other(t.model, DIM_ALERT)->flows, 10);
	risks_of(50, 10100, risk_with(ALERT_INFO));
	traffic_tick(&t);
	ck_assert_uint_eq(model_alerts(t.model, ALERT_WARNING), 10);
	ck_assert_uint_eq(model_rows(t.model, DIM_ALERT), max);
	ck_assert_uint_eq(model_other(t.model, DIM_ALERT)->flows, 60);
}
END_TEST

static bool has_risk_of(unsigned host, unsigned bit)
{
	const struct dim_key *key;
	struct addr a;
	char buf[32];

	ck_assert_int_eq(addr_parse(&a, nth(0, host, buf), NULL), 0);
	for (size_t at = 0; model_next(t.model, DIM_ALERT, &at, &key) != NULL;)
		if (addr_eq(&key->alert.who, &a) && key->alert.what == bit)
			return true;
	return false;
}

START_TEST(full_table_lets_what_was_raised_longest_ago_leave)
{
	unsigned max = (unsigned)model_rows_max(t.model, DIM_ALERT), bit = risk_with(ALERT_INFO);

	risks_of(max, 0, bit);
	traffic_tick(&t);
	risks_of(2, 0, bit); /* once more */
	traffic_tick(&t);
	risks_of(3, max, bit);
	traffic_tick(&t);
	ck_assert_uint_eq(model_evicted(t.model, DIM_ALERT), 3);
	for (unsigned host = 0; host < max + 3; host++)
		if (host < 2 || host >= max)
			ck_assert(has_risk_of(host, bit));
	ck_assert_uint_eq(model_rows(t.model, DIM_ALERT), max);
}
END_TEST

START_TEST(alerts_of_a_model_of_some_of_the_traffic_are_none)
{
	struct model_options o = t.options;
	struct filter_context c = {.model = t.model, .subnets = t.subnets};
	struct filter *f = filter_parse("port = 443", NULL);
	struct regroup *r = regroup_new(&o, f, &c);

	risks_of(3, 0, 5);
	traffic_tick(&t);
	regroup_begin(r, t.now_us, SECOND_US);
	ck_assert(regroup_step(r, t.flows, 0));
	ck_assert_uint_eq(model_rows(regroup_model(r), DIM_ALERT), 0);
	ck_assert_uint_eq(model_alerts(regroup_model(r), ALERT_INFO), 0);
	regroup_free(r);
	filter_free(f);
}
END_TEST

/* ---- pictures ---- */

START_TEST(filtered_picture_shows_alerts_of_hosts_in_the_traffic)
{
	struct filter_context c = {.model = t.model, .subnets = t.subnets};
	struct filter *f = filter_parse("host = 10.0.0.5", NULL);
	struct regroup *r = regroup_new(&t.options, f, &c);
	struct snapshot *s;

	traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 100)->risks = 1 << 5;
	traffic_flow(&t, "10.0.0.6", 1, "192.0.2.2", 443, TCP, 100)->risks = 1 << 5;
	traffic_tick(&t);
	model_dropped(t.model, 0, 5, 0, 10, t.now_us);
	regroup_begin(r, t.now_us, SECOND_US);
	ck_assert(regroup_step(r, t.flows, 0));
	s = picture(f, regroup_model(r), NULL);
	ck_assert_uint_eq(s->lists[DIM_ALERT].count, 2); /* the source has packets of it */
	ck_assert_uint_eq(s->lists[DIM_ALERT].all, 3);
	ck_assert_str_eq(s->lists[DIM_ALERT].rows[1].label, "10.0.0.5");
	ck_assert_uint_eq(s->alerts, 1); /* of all traffic */
	snapshot_unref(s);
	s = picture(f, NULL, NULL); /* its first pass is under way */
	ck_assert_uint_eq(s->lists[DIM_ALERT].count, 0);
	snapshot_unref(s);
	regroup_free(r);
	filter_free(f);
}
END_TEST

START_TEST(alerts_stand_by_severity_then_the_newest_first)
{
	struct want_list by_count = {.on = true, .sort = column_find(DIM_ALERT, "count")};
	struct snapshot *s;

	traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 100)->risks = UINT64_C(1) << risk_with(ALERT_INFO);
	traffic_tick(&t);
	for (uint16_t port = 1; port < 4; port++)
		traffic_flow(&t, "10.0.0.6", port, "192.0.2.1", 443, TCP, 100)->risks = UINT64_C(1) << risk_with(ALERT_INFO);
	traffic_tick(&t);
	model_dropped(t.model, 0, 2, 0, 10, t.now_us - 10 * SECOND_US);
	s = picture(NULL, NULL, NULL);
	ck_assert_uint_eq(s->lists[DIM_ALERT].count, 3);
	ck_assert_uint_eq(s->lists[DIM_ALERT].rows[0].key.alert.kind, ALERT_DROP);
	ck_assert_str_eq(s->lists[DIM_ALERT].rows[1].label, "10.0.0.6");
	ck_assert_str_eq(s->lists[DIM_ALERT].rows[2].label, "10.0.0.5");
	ck_assert_uint_eq(s->lists[DIM_ALERT].sum.flows, 6);
	snapshot_unref(s);
	s = picture(NULL, NULL, &by_count);
	ck_assert_str_eq(s->lists[DIM_ALERT].rows[0].label, "10.0.0.6");
	snapshot_unref(s);
}
END_TEST

START_TEST(filter_by_severity_and_count_hides_alerts_alone)
{
	struct filter *f = filter_parse("severity >= warning and count > 3", NULL), *wrong;
	struct error e = {.code = ERR_NONE};
	struct want want = {.lists[DIM_ALERT] = {.on = true}, .lists[DIM_HOST] = {.on = true}};
	struct snapshot_input in;
	struct snapshot *s;

	traffic_five(&t);
	traffic_flow(&t, "10.0.0.5", 1, "192.0.2.1", 443, TCP, 100)->risks = UINT64_C(1) << risk_with(ALERT_INFO);
	model_dropped(t.model, 0, 2, 2, 10, t.now_us);
	model_dropped(t.model, 1, 2, 0, 10, t.now_us);
	traffic_tick(&t);
	in = t.in;
	in.filter = f;
	s = snapshot_build(&in, &want);
	ck_assert_uint_eq(s->lists[DIM_ALERT].count, 1);
	ck_assert_uint_eq(s->lists[DIM_HOST].count, model_rows(t.model, DIM_HOST));
	snapshot_unref(s);
	filter_free(f);
	wrong = filter_parse("severity > bad", &e);
	ck_assert_ptr_null(wrong);
	ck_assert_ptr_nonnull(strstr(e.text, "critical"));
}
END_TEST

START_TEST(json_and_csv_have_what_the_pane_has)
{
	struct want want = {.lists[DIM_ALERT] = {.on = true}};
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	struct snapshot *s;

	model_dropped(t.model, 0, 2, 1, 10, START_US + SECOND_US / 2);
	s = picture(NULL, NULL, NULL);
	ck_assert_int_eq(export_json(out, s, NULL), 0);
	ck_assert_int_eq(export_json_walk(out, &t.in, &want, NULL), 0);
	ck_assert_int_eq(export_csv(out, s, DIM_ALERT, true, NULL), 0);
	fclose(out);
	for (unsigned i = 0; i < 2; i++) {
		char *found = strstr(text, "\"alerts\":[{\"severity\":\"warning\",\"kind\":\"drop\",\"who\":\"");

		ck_assert_msg(found != NULL, "%s", text);
		ck_assert_ptr_nonnull(strstr(found, "\"count\":3,\"first\":1700000000.500000,\"last\":1700000000.500000,\"text\":\"3 of 13 packets"));
		*found = ' ';
	}
	ck_assert_ptr_nonnull(strstr(text, "warning,drop,"));
	mem_free(text);
	snapshot_unref(s);
}
END_TEST

Suite *alerts_suite(void)
{
	Suite *s = suite_create("alerts");
	TCase *c = tcase_create("alerts");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, risks_are_counted_by_client_and_risk);
	tcase_add_test(c, risk_is_as_severe_as_the_library_says_and_names_its_last_server);
	tcase_add_test(c, local_host_that_comes_after_the_first_minute_is_new);
	tcase_add_test(c, server_that_answers_after_the_first_minute_is_new);
	tcase_add_test(c, further_ipv6_address_of_a_device_is_nothing_new);
	tcase_add_test(c, packets_lost_by_a_source_raise_and_count);
	tcase_add_test(c, rows_over_a_threshold_raise_and_others_do_not);
	tcase_add_test(c, thresholds_that_say_nothing_are_refused);
	tcase_add_test(c, full_table_lets_the_less_severe_leave_and_counts_them);
	tcase_add_test(c, full_table_lets_what_was_raised_longest_ago_leave);
	tcase_add_test(c, alerts_of_a_model_of_some_of_the_traffic_are_none);
	tcase_add_test(c, filtered_picture_shows_alerts_of_hosts_in_the_traffic);
	tcase_add_test(c, alerts_stand_by_severity_then_the_newest_first);
	tcase_add_test(c, filter_by_severity_and_count_hides_alerts_alone);
	tcase_add_test(c, json_and_csv_have_what_the_pane_has);
	suite_add_tcase(s, c);
	return s;
}
