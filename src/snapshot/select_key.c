/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How rows sort, as 64-bit keys: most columns read one number straight from the model's row or the
 * flow; the others fill a scratch row and make a key of the column's value (of a text the first
 * eight bytes). Where keys are equal the order is settled as column_compare() has it. Engine's
 * thread; used by select.c.
 */
#include "config.h"

#include "snapshot/select.h"

#include <ctype.h>
#include <string.h>

#include "snapshot/arena.h"
#include "snapshot/column_get.h"

/* ---- numbers that need no filled row ---- */

#define ROW_KEY(name, expression) \
	static uint64_t row_##name(const struct dim_row *r) { return expression; }
#define FLOW_KEY(name, expression) \
	static uint64_t flow_##name(const struct flow *f) { return expression; }

ROW_KEY(sent_bytes, r->total.bytes[0])
ROW_KEY(rcvd_bytes, r->total.bytes[1])
ROW_KEY(bytes, r->total.bytes[0] + r->total.bytes[1])
ROW_KEY(sent_packets, r->total.packets[0])
ROW_KEY(rcvd_packets, r->total.packets[1])
ROW_KEY(packets, r->total.packets[0] + r->total.packets[1])
ROW_KEY(rate, (uint64_t)r->rate[0] + r->rate[1])
ROW_KEY(sent_rate, r->rate[0])
ROW_KEY(rcvd_rate, r->rate[1])
ROW_KEY(packet_rate, (uint64_t)r->packet_rate[0] + r->packet_rate[1])
ROW_KEY(peak, r->peak)
ROW_KEY(flows, r->flows)
ROW_KEY(live_flows, r->live_flows)
ROW_KEY(hosts, r->hosts)
ROW_KEY(peers, r->host != NULL ? r->host->peers : 0)
ROW_KEY(score, r->host != NULL ? r->host->score : 0)
ROW_KEY(hits, r->site != NULL ? r->site->hits : 0)
ROW_KEY(clients, r->site != NULL ? r->site->clients : 0)
FLOW_KEY(sent_bytes, f->total.bytes[0])
FLOW_KEY(rcvd_bytes, f->total.bytes[1])
FLOW_KEY(bytes, f->total.bytes[0] + f->total.bytes[1])
FLOW_KEY(sent_packets, f->total.packets[0])
FLOW_KEY(rcvd_packets, f->total.packets[1])
FLOW_KEY(packets, f->total.packets[0] + f->total.packets[1])
FLOW_KEY(rate, (uint64_t)f->rate_bytes[0] + f->rate_bytes[1])
FLOW_KEY(sent_rate, f->rate_bytes[0])
FLOW_KEY(rcvd_rate, f->rate_bytes[1])
FLOW_KEY(duration, f->last_us > f->first_us ? (uint64_t)(f->last_us - f->first_us) : 0)

static const struct {
	struct value (*get)(const struct row *r);
	uint64_t (*of_row)(const struct dim_row *r);
	uint64_t (*of_flow)(const struct flow *f);
} fast[] = {
	{get_sent_bytes, row_sent_bytes, flow_sent_bytes},
	{get_rcvd_bytes, row_rcvd_bytes, flow_rcvd_bytes},
	{get_bytes, row_bytes, flow_bytes},
	{get_share, row_bytes, flow_bytes},
	{get_sent_packets, row_sent_packets, flow_sent_packets},
	{get_rcvd_packets, row_rcvd_packets, flow_rcvd_packets},
	{get_packets, row_packets, flow_packets},
	{get_rate, row_rate, flow_rate},
	{get_sent_rate, row_sent_rate, flow_sent_rate},
	{get_rcvd_rate, row_rcvd_rate, flow_rcvd_rate},
	{get_packet_rate, row_packet_rate, NULL},
	{get_peak, row_peak, NULL},
	{get_flows, row_flows, NULL},
	{get_count, row_flows, NULL},
	{get_live_flows, row_live_flows, NULL},
	{get_hosts, row_hosts, NULL},
	{get_peers, row_peers, NULL},
	{get_score, row_score, NULL},
	{get_hits, row_hits, NULL},
	{get_clients, row_clients, NULL},
	{get_duration, NULL, flow_duration},
};

/* ---- keys of values ---- */

static uint64_t text_key(const char *s)
{
	uint64_t key = 0;
	int i;

	for (i = 0; i < 8; i++) {
		key = key << 8 | (unsigned char)tolower((unsigned char)*s);
		s += *s != '\0';
	}
	return key;
}

static uint64_t big_endian(const uint8_t *p)
{
	uint64_t v = 0;
	int i;

	for (i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

/* IPv4 (::ffff:a.b.c.d) fits whole; of IPv6 the first half, moved out of its way. */
static uint64_t addr_key(const struct addr *a)
{
	const uint64_t v4_end = UINT64_C(1) << 48;
	uint64_t high = big_endian(a->b), low = big_endian(a->b + 8);

	if (high == 0)
		return low < v4_end ? low : v4_end;
	return high > v4_end ? high : v4_end;
}

static uint64_t real_key(double d)
{
	uint64_t bits;

	if (d == 0) /* no two zeros */
		d = 0;
	memcpy(&bits, &d, sizeof bits);
	return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static uint64_t spark_key(const uint32_t *spark)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < DIM_SPARK; i++)
		sum += spark[i];
	return sum;
}

static uint64_t known_key(const struct value *v)
{
	switch (v->type) {
	case VALUE_TEXT: case VALUE_LIST: case VALUE_TALLY:
		return text_key(v->s);
	case VALUE_ADDR:
		return addr_key(v->addr);
	case VALUE_SHARE: case VALUE_REAL:
		return real_key(v->d);
	case VALUE_SPARK:
		return spark_key(v->spark);
	default:
		return v->u;
	}
}

/* Ascending; what is not known lies outside of what is. */
static uint64_t value_key(const struct column *c, const struct value *v)
{
	uint64_t key;

	if (v->type == VALUE_NONE)
		return c->flags & COLUMN_ASCENDING ? UINT64_MAX : 0;
	key = known_key(v);
	if (c->flags & COLUMN_ASCENDING)
		return key < UINT64_MAX ? key : UINT64_MAX - 1;
	return key < UINT64_MAX ? key + 1 : key;
}

static bool is_exact(enum value_type t)
{
	return t != VALUE_TEXT && t != VALUE_LIST && t != VALUE_TALLY && t != VALUE_ADDR;
}

/* ---- the sorter ---- */

void sorter_init(struct sorter *s, struct row_source *source, enum dim d,
		 const struct want_list *w)
{
	size_t i;

	*s = (struct sorter){.dim = d, .source = *source};
	s->column = w->sort != NULL && (w->sort->dims & DIM_BIT(d)) ? w->sort
								     : column_default_sort(d);
	s->ascending = w->ascending && s->column == w->sort;
	s->exact = is_exact(s->column->type);
	s->unknown = s->column->flags & COLUMN_ASCENDING ? UINT64_MAX : 0;
	if (s->ascending)
		s->unknown = ~s->unknown;
	/* its own scratch memory; looks up names only to sort by them */
	s->source.places = NULL;
	s->source.arena = arena_new();
	s->source.names = source->names &&
			  (s->column->get == get_name || s->column->get == get_name2);
	for (i = 0; i < sizeof fast / sizeof *fast; i++) {
		if (fast[i].get != s->column->get)
			continue;
		s->of_row = fast[i].of_row;
		s->of_flow = fast[i].of_flow;
	}
}

void sorter_release(struct sorter *s)
{
	arena_free(s->source.arena);
	row_source_release(&s->source);
}

static uint64_t slow_key(struct sorter *s, const struct item *i)
{
	struct value v;

	arena_clear(s->source.arena);
	if (s->column->type == VALUE_SEVERITY) /* no texts are needed */
		row_numbers(&s->scratch[0], s->dim, i->key, i->row);
	else
		select_fill(&s->source, &s->scratch[0], s->dim, i);
	v = s->column->get(&s->scratch[0]);
	return value_key(s->column, &v);
}

uint64_t sorter_key(struct sorter *s, const struct item *i)
{
	uint64_t key;

	if (i->flow != NULL)
		key = s->of_flow != NULL ? s->of_flow(i->flow) : slow_key(s, i);
	else
		key = s->of_row != NULL ? s->of_row(i->row) : slow_key(s, i);
	return s->ascending ? ~key : key;
}

static uint64_t item_id(const struct sorter *s, const struct item *i)
{
	return i->flow != NULL ? i->flow->id : row_id(s->dim, i->key);
}

uint64_t sorter_tie(const struct sorter *s, const struct item *i)
{
	uint64_t tie;

	if (s->column->get == get_bytes)
		tie = item_id(s, i);
	else
		tie = i->flow != NULL ? flow_bytes(i->flow) : row_bytes(i->row);
	return s->ascending ? ~tie : tie;
}

static int compare_ids(const struct sorter *s, const struct item *x, const struct item *y)
{
	uint64_t a = item_id(s, x), b = item_id(s, y);

	return (a > b) - (a < b);
}

/* Ascending, by the rows themselves. */
static int compare_again(struct sorter *s, const struct pick *a, const struct pick *b, bool exact)
{
	struct item x, y;

	if (!select_item(&s->source, s->dim, a->cursor, &x) ||
	    !select_item(&s->source, s->dim, b->cursor, &y))
		return 0;
	if (exact)
		return compare_ids(s, &x, &y);
	arena_clear(s->source.arena);
	select_fill(&s->source, &s->scratch[0], s->dim, &x);
	select_fill(&s->source, &s->scratch[1], s->dim, &y);
	return column_compare(s->column, &s->scratch[0], &s->scratch[1]);
}

bool sorter_before(struct sorter *s, const struct pick *a, const struct pick *b)
{
	bool exact = s->exact || a->key == s->unknown;
	int r;

	if (a->key != b->key)
		return a->key > b->key;
	if (exact && a->tie != b->tie)
		return a->tie > b->tie;
	if (a->cursor == b->cursor)
		return false;
	r = compare_again(s, a, b, exact);
	return s->ascending ? r < 0 : r > 0;
}
