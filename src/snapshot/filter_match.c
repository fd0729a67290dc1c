/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A parsed filter on a flow or a row. What is not known is a third truth: a row is hidden only by
 * what is known to be wrong, a flow selected only by what is known to be right. Called for each
 * flow of a pass: nothing is allocated, and what needs a look-up is looked up at most once per
 * flow. The engine's thread.
 */
#include "config.h"

#include <string.h>

#include "dpitop/names.h"
#include "snapshot/filter_parts.h"
#include "snapshot/row_fill.h"

/* ---- what is known of a flow's ends ---- */

const struct dim_host *subject_host(struct subject *s, int end)
{
	const struct filter_context *c = s->context;
	const struct dim_row *row = NULL;
	struct dim_key key;

	if (s->host_known[end])
		return s->host[end];
	if (c->model != NULL) {
		memset(&key, 0, sizeof key);
		key.host.addr = s->flow->addr[end];
		row = model_get(c->model, DIM_HOST, &key);
	}
	s->host_known[end] = true;
	s->host[end] = row != NULL ? row->host : NULL;
	return s->host[end];
}

const struct geo *subject_geo(struct subject *s, int end)
{
	const struct dim_host *h = subject_host(s, end);

	if (s->geo_known[end])
		return s->geo[end];
	s->geo_known[end] = true;
	s->geo[end] = h != NULL ? h->geo : NULL;
	if (h == NULL && s->context->geoip != NULL) {
		geoip_lookup(s->context->geoip, &s->flow->addr[end], &s->found[end]);
		s->geo[end] = &s->found[end];
	}
	return s->geo[end];
}

const char *subject_name(struct subject *s, int end)
{
	const struct dim_host *h = subject_host(s, end);
	const char *name = NULL;

	if (h != NULL && h->name[0] != '\0')
		return h->name;
	if (s->context->names != NULL)
		name = names_peek(s->context->names, &s->flow->addr[end]);
	return name != NULL ? name : "";
}

const struct row *subject_row(struct subject *s)
{
	if (s->row == NULL) {
		row_flow_numbers(&s->own, s->flow, s->context->tick_us);
		s->row = &s->own;
	}
	return s->row;
}

/* ---- the tree ---- */

static enum truth test(const struct filter_test *t, struct subject *s)
{
	enum truth x;

	if (s->facts != NULL && !fact_is_told(t, s->facts))
		return UNKNOWN;
	x = t->field->kind->holds(t, s);
	return t->negated ? (enum truth)(YES - x) : x;
}

/* As deep as the parser allowed. */
static enum truth evaluate(const struct filter *f, uint16_t at, struct subject *s)
{
	const struct filter_node *n = &f->nodes[at];
	enum truth result, settled;
	uint16_t child;

	if (n->type == NODE_TEST)
		return test(&f->tests[n->first], s);
	if (n->type == NODE_NOT)
		return (enum truth)(YES - evaluate(f, n->first, s));
	settled = n->type == NODE_AND ? NO : YES; /* no more need be asked */
	result = (enum truth)(YES - settled);
	child = n->first;
	while (child != NODE_NONE && result != settled) {
		enum truth x = evaluate(f, child, s);

		if (n->type == NODE_AND ? x < result : x > result)
			result = x;
		child = f->nodes[child].next;
	}
	return result;
}

enum truth filter_traffic_holds(const struct filter *f, struct subject *s)
{
	return f->traffic != NODE_NONE ? evaluate(f, f->traffic, s) : YES;
}

bool filter_match_flow(const struct filter *f, const struct filter_context *c,
		       const struct flow *flow)
{
	struct subject s; /* too large to be zeroed for each flow */

	if (f->traffic == NODE_NONE)
		return true;
	s.context = c;
	s.flow = flow;
	s.row = NULL;
	s.facts = NULL;
	s.host_known[0] = s.host_known[1] = false;
	s.geo_known[0] = s.geo_known[1] = false;
	return filter_traffic_holds(f, &s) == YES;
}

bool filter_match_row(const struct filter *f, const struct row *r)
{
	struct subject s;

	if (f->measures == NODE_NONE)
		return true;
	s.context = NULL;
	s.flow = NULL;
	s.row = r;
	s.facts = NULL;
	return evaluate(f, f->measures, &s) != NO;
}
