/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Harvest: what moved in the rows of a class since it was last asked for becomes an interval. Costs in
 * proportion to the rows that moved, and may be done in steps. The difference of a dimension's sum is the sum
 * of its rows in there, whatever left, came or was reclassified meanwhile. Engine thread.
 */
#include "config.h"

#include <string.h>

#include "dpitop/key_text.h"
#include "dpitop/mem.h"
#include "model/dims.h"
#include "model/interval_parts.h"
#include "model/marks.h"

enum { ROWS_MAX = 65536 /* of a dimension in an interval; the busiest */, AS_NAMES_MAX = 1 << 17 };

struct harvest {
	struct model *m;
	struct harvest_input in;
	struct interval *i;
	unsigned dim;      /* being harvested */
	size_t first;      /* its first row in the interval */
	bool heaped;       /* its rows are a heap, the least busy on top */
	struct moved rest; /* of those that found no room */
};

struct as_name {
	uint32_t asn; /* key */
	const char *name;
};

struct model_history {
	struct interval_totals before; /* as of the last interval of lines */
	struct map *as_names;          /* a row of an AS has no other */
};

void model_history(struct model *m)
{
	if (m->history != NULL)
		return;
	m->history = mem_zalloc(sizeof *m->history);
	m->history->as_names = map_new(sizeof(uint32_t), sizeof(struct as_name), AS_NAMES_MAX, m->o.seed);
	for (unsigned d = 0; d < DIM_COUNT; d++)
		if (interval_class_of((enum dim)d) != INTERVAL_CLASSES)
			m->tables[d].marks = marks_new();
}

void harvest_release(struct model *m)
{
	if (m->history == NULL)
		return;
	for (unsigned d = 0; d < DIM_COUNT; d++)
		marks_free(m->tables[d].marks);
	map_free(m->history->as_names);
	mem_free(m->history);
}

size_t harvest_memory(const struct model *m)
{
	size_t n = 0;

	if (m->history == NULL)
		return 0;
	for (unsigned d = 0; d < DIM_COUNT; d++)
		n += marks_memory(m->tables[d].marks);
	return n + map_memory(m->history->as_names);
}

void harvest_learn_as(struct model *m, const struct geo *g)
{
	struct as_name *n;

	if (g->asn == 0 || g->as_name[0] == '\0')
		return;
	n = map_touch(m->history->as_names, &g->asn, NULL);
	if (n != NULL)
		n->name = g->as_name;
}

int64_t model_unharvested(const struct model *m, enum dim d, const struct dim_key *key)
{
	const struct table *t = &m->tables[d];
	const struct entry *e = t->marks != NULL ? map_get(t->map, key) : NULL;

	return e != NULL ? marks_pending(t->marks, e) : 0;
}

/* ---- a row ---- */

static bool is_nothing(const struct moved *by)
{
	return (by->bytes[0] | by->bytes[1] | by->packets[0] | by->packets[1] | by->flows) == 0;
}

static void put(struct interval_row *r, enum dim d, const struct dim_row *from, const struct moved *by)
{
	memset(r, 0, sizeof *r);
	r->dim = (uint8_t)d;
	r->name = "";
	r->live = from->live_flows;
	r->hosts = from->hosts;
	memcpy(r->bytes, by->bytes, sizeof r->bytes);
	memcpy(r->packets, by->packets, sizeof r->packets);
	r->flows = by->flows;
}

static void describe_host(struct harvest *h, struct interval_row *r, const struct host_entry *e)
{
	const char *name = e->host.name;

	if (e->host.local)
		r->flags |= INTERVAL_LOCAL;
	memcpy(r->country, e->place.country, sizeof r->country);
	if (name[0] == '\0' && h->in.host_name != NULL)
		name = h->in.host_name(h->in.ctx, &e->entry.key.host.addr);
	if (name != NULL && !h->heaped) /* texts of rows that go again would stay */
		r->name = interval_text(h->i, name);
}

static void describe_as(struct harvest *h, struct interval_row *r)
{
	const struct as_name *n = map_get(h->m->history->as_names, &r->key.as.asn);

	if (n != NULL)
		r->name = interval_text(h->i, n->name);
}

static void describe(struct harvest *h, struct interval_row *r, const struct entry *e)
{
	enum dim d = (enum dim)r->dim;
	const char *interface = d == DIM_INTERFACE && h->in.interface != NULL ? h->in.interface(h->in.ctx, e->key.small.number) : NULL;
	char text[KEY_TEXT];

	r->key = e->key;
	if (key_is_named(d))
		r->text = interval_text(h->i, key_text(d, &e->key, h->m->o.dpi, interface, text, sizeof text));
	if (d == DIM_HOST)
		describe_host(h, r, (const struct host_entry *)e);
	else if (d == DIM_AS)
		describe_as(h, r);
	else if (d == DIM_SUBNET && e->key.subnet.net.bits != 0)
		r->flags |= INTERVAL_LOCAL;
}

/* ---- no more than ROWS_MAX of a dimension: the least busy ones are added up ---- */

static int64_t weight(const int64_t bytes[2])
{
	return bytes[0] + bytes[1];
}

static void sift_down(struct interval_row *rows, size_t n, size_t i)
{
	struct interval_row moving = rows[i];

	for (size_t child; (child = 2 * i + 1) < n; i = child) {
		if (child + 1 < n && weight(rows[child + 1].bytes) < weight(rows[child].bytes))
			child++;
		if (weight(rows[child].bytes) >= weight(moving.bytes))
			break;
		rows[i] = rows[child];
	}
	rows[i] = moving;
}

static void add_up(struct moved *sum, const int64_t bytes[2], const int64_t packets[2], int64_t flows)
{
	for (unsigned d = 0; d < 2; d++) {
		sum->bytes[d] += bytes[d];
		sum->packets[d] += packets[d];
	}
	sum->flows += flows;
}

static void replace_least(struct harvest *h, const struct entry *e, const struct moved *by)
{
	struct interval_row *rows = &h->i->rows[h->first];

	if (!h->heaped)
		for (size_t i = ROWS_MAX / 2; i-- > 0;)
			sift_down(rows, ROWS_MAX, i);
	h->heaped = true;
	if (weight(by->bytes) <= weight(rows->bytes)) {
		add_up(&h->rest, by->bytes, by->packets, by->flows);
		return;
	}
	add_up(&h->rest, rows->bytes, rows->packets, rows->flows);
	put(rows, (enum dim)h->dim, &e->row, by);
	describe(h, rows, e);
	sift_down(rows, ROWS_MAX, 0);
}

static void add(struct harvest *h, const struct entry *e, const struct moved *by)
{
	struct interval_row *r;

	if (h->i->count - h->first >= ROWS_MAX) {
		replace_least(h, e, by);
		return;
	}
	r = interval_add(h->i);
	put(r, (enum dim)h->dim, &e->row, by);
	describe(h, r, e);
}

/* ---- a dimension ---- */

static void add_other(struct harvest *h, struct table *t)
{
	struct interval_row *r;
	struct moved by;

	marks_take_other(t->marks, &t->other, &by);
	add_up(&by, h->rest.bytes, h->rest.packets, h->rest.flows);
	if (is_nothing(&by))
		return;
	r = interval_add(h->i);
	put(r, (enum dim)h->dim, &t->other.row, &by);
	r->flags |= INTERVAL_OTHER;
}

/* True when all of it is taken. */
static bool step_through(struct harvest *h, size_t *budget)
{
	struct table *t = &h->m->tables[h->dim];
	struct moved by;

	for (; *budget > 0; --*budget) {
		struct entry *e = marks_take(t->marks, &by);

		if (e == NULL) {
			add_other(h, t);
			return true;
		}
		if (!is_nothing(&by))
			add(h, e, &by);
	}
	return false;
}

static void begin_dim(struct harvest *h, unsigned dim)
{
	h->dim = dim;
	h->first = h->i->count;
	h->heaped = false;
	memset(&h->rest, 0, sizeof h->rest);
}

static unsigned next_dim(const struct harvest *h, unsigned dim)
{
	while (dim < DIM_COUNT && (interval_class_of((enum dim)dim) != h->in.class_ || dim == DIM_ETHERTYPE))
		dim++;
	return dim;
}

/* ---- totals ---- */

static void read_totals(const struct harvest *h, struct interval_totals *t)
{
	const struct model_totals *m = &h->m->totals;

	*t = (struct interval_totals){
		.bytes = m->bytes, .packets = m->packets, .non_ip_bytes = m->non_ip_bytes, .non_ip_packets = m->non_ip_packets,
		.in_bytes = m->in_bytes, .out_bytes = m->out_bytes, .local_bytes = m->local_bytes,
		.transit_bytes = m->transit_bytes, .flows = h->in.flows, .drops = h->in.drops,
	};
}

static void take_totals(struct harvest *h)
{
	struct interval_totals now, *before = &h->m->history->before, *t = &h->i->totals;

	read_totals(h, &now);
	*t = (struct interval_totals){
		.bytes = now.bytes - before->bytes, .packets = now.packets - before->packets,
		.non_ip_bytes = now.non_ip_bytes - before->non_ip_bytes,
		.non_ip_packets = now.non_ip_packets - before->non_ip_packets,
		.in_bytes = now.in_bytes - before->in_bytes, .out_bytes = now.out_bytes - before->out_bytes,
		.local_bytes = now.local_bytes - before->local_bytes,
		.transit_bytes = now.transit_bytes - before->transit_bytes, .flows = now.flows - before->flows,
		.drops = now.drops > before->drops ? now.drops - before->drops : 0,
		.live_flows = h->in.live_flows, .hosts = model_rows(h->m, DIM_HOST),
	};
	*before = now;
}

/* ---- all of it ---- */

struct harvest *model_harvest(struct model *m, const struct harvest_input *in)
{
	struct harvest *h = mem_zalloc(sizeof *h);
	size_t all = SIZE_MAX;

	h->m = m;
	h->in = *in;
	h->i = interval_new(in->class_, in->from_us, in->to_us);
	h->i->begins = in->begins;
	if (in->class_ == INTERVAL_KIND) { /* frames without IP are counted as they come */
		begin_dim(h, DIM_ETHERTYPE);
		step_through(h, &all);
	}
	begin_dim(h, next_dim(h, 0));
	if (in->class_ == INTERVAL_LINE) {
		take_totals(h);
		harvest_step(h, 0);
	}
	return h;
}

bool harvest_step(struct harvest *h, size_t budget)
{
	if (budget == 0)
		budget = SIZE_MAX;
	while (h->dim < DIM_COUNT) {
		if (!step_through(h, &budget))
			return false;
		begin_dim(h, next_dim(h, h->dim + 1));
	}
	return true;
}

struct interval *harvest_finish(struct harvest *h)
{
	struct interval *i = h->i;

	harvest_step(h, 0);
	mem_free(h);
	return i;
}
