/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What tests of alerts share: packets that try, accept and refuse, and what a model has raised.
 */
#ifndef TESTS_ALARMS_H
#define TESTS_ALARMS_H

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/alert.h"
#include "dpitop/filter.h"
#include "traffic.h"

static struct traffic t; /* a test is a process of its own: this is not shared */

static inline void setup(void)
{
	traffic_open(&t, NULL);
}

static inline void teardown(void)
{
	traffic_close(&t);
}

/* ---- traffic ---- */

static inline struct addr address(const char *text)
{
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, text, NULL), 0);
	return a;
}

/* The n-th address of 198.18.0.0/16, which is not local, or of 10.9.0.0/16, which is. */
static inline const char *nth(bool local, unsigned n, char buf[32])
{
	snprintf(buf, 32, "%s.%u.%u", local ? "10.9" : "198.18", n / 250, n % 250 + 1);
	return buf;
}

static inline void send_packet(const char *src, uint16_t src_port, const char *dst, uint16_t dst_port, uint8_t l4, uint8_t flags)
{
	struct packet p = {
		.ts_us = t.now_us, .wire_len = 60, .kind = PACKET_IP, .ip_version = 4, .l4 = l4, .flags = PACKET_PORTS | PACKET_L4,
		.src_port = src_port, .dst_port = dst_port, .src = address(src), .dst = address(dst), .tcp_flags = flags,
	};

	flow_table_packet(t.flows, &p, 0);
	t.seen.packets++;
	t.seen.bytes += 60;
}

static inline void syn(const char *src, uint16_t src_port, const char *dst, uint16_t dst_port)
{
	send_packet(src, src_port, dst, dst_port, TCP, TCP_SYN);
}

static inline void accept_syn(const char *src, uint16_t src_port, const char *dst, uint16_t dst_port)
{
	send_packet(dst, dst_port, src, src_port, TCP, TCP_SYN | TCP_ACK);
	send_packet(src, src_port, dst, dst_port, TCP, TCP_ACK);
}

static inline void refuse_syn(const char *src, uint16_t src_port, const char *dst, uint16_t dst_port)
{
	send_packet(dst, dst_port, src, src_port, TCP, TCP_RST | TCP_ACK);
}

static inline void ticks(unsigned n)
{
	while (n-- > 0)
		traffic_tick(&t);
}

/* ---- what is found ---- */

static inline size_t count_of(enum alert_kind kind)
{
	const struct dim_key *key;
	size_t n = 0, at = 0;

	while (model_next(t.model, DIM_ALERT, &at, &key) != NULL)
		n += key->alert.kind == kind;
	return n;
}

/* The only alert of its kind. */
static inline const struct dim_alert *alert_of(enum alert_kind kind, const struct dim_row **row, const struct dim_key **key)
{
	size_t at = 0;

	ck_assert_uint_eq(count_of(kind), 1);
	while ((*row = model_next(t.model, DIM_ALERT, &at, key)) != NULL && (*key)->alert.kind != kind)
		;
	return model_alert(t.model, *key);
}

static inline void expect_alert(enum alert_kind kind, enum alert_severity severity, const char *who, uint32_t count)
{
	const struct dim_alert *a;
	const struct dim_row *row;
	const struct dim_key *key;
	struct addr host = address(who);

	a = alert_of(kind, &row, &key);
	ck_assert(addr_eq(&key->alert.who, &host));
	ck_assert(addr_eq(&a->subject.host.addr, &host));
	ck_assert_uint_eq(key->alert.severity, severity);
	ck_assert_uint_eq(row->flows, count);
}

static inline struct snapshot *picture(const struct filter *f, const struct model *filtered, struct want_list *w)
{
	struct want want = {.lists[DIM_ALERT] = {.on = true}};
	struct snapshot_input in = t.in;

	if (w != NULL)
		want.lists[DIM_ALERT] = *w;
	in.filter = f;
	in.filtered = filtered;
	return snapshot_build(&in, &want);
}

static inline void expect_text(const char *wanted)
{
	struct snapshot *s = picture(NULL, NULL, NULL);
	bool found = false;

	for (size_t i = 0; i < s->lists[DIM_ALERT].count; i++)
		found |= strcmp(s->lists[DIM_ALERT].rows[i].text, wanted) == 0;
	ck_assert_msg(found, "'%s'; the first is '%s'", wanted, s->lists[DIM_ALERT].count > 0 ? s->lists[DIM_ALERT].rows[0].text : "");
	snapshot_unref(s);
}

/* Its filter selects as many flows. */
static inline void expect_pinned(enum alert_kind kind, size_t flows)
{
	const struct filter_context c = {.dpi = t.options.dpi, .model = t.model, .subnets = t.subnets, .sources = &t.source,
					 .source_count = 1};
	struct snapshot *s = picture(NULL, NULL, NULL);
	const struct list *l = &s->lists[DIM_ALERT];

	for (size_t i = 0; i < l->count; i++) {
		char text[256];
		const struct flow *flow;
		struct filter *f;
		size_t n = 0, at = 0;

		if (l->rows[i].key.alert.kind != kind)
			continue;
		f = filter_parse(filter_of_row(&l->rows[i], text, sizeof text), NULL);
		ck_assert_msg(f != NULL && !filter_is_empty(f), "%s", text);
		while ((flow = flow_table_next(t.flows, &at)) != NULL)
			n += filter_match_flow(f, &c, flow);
		ck_assert_msg(n == flows, "%zu flows of %s", n, text);
		filter_free(f);
	}
	snapshot_unref(s);
}

static inline void expect_none(void)
{
	struct snapshot *s = picture(NULL, NULL, NULL);
	const struct list *l = &s->lists[DIM_ALERT];

	for (size_t i = 0; i < l->count; i++) /* the library may have its own ideas of some ports */
		ck_assert_msg(l->rows[i].key.alert.kind == ALERT_RISK, "%s: %s", alert_kind_name(l->rows[i].key.alert.kind),
			      l->rows[i].text);
	snapshot_unref(s);
}

#endif
