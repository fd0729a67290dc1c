/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The books of booked.h.
 */
#include "config.h"

#include "booked.h"

#include <check.h>
#include <string.h>

#include "dpitop/map.h"
#include "dpitop/mem.h"

struct booked_key {
	uint32_t dim, other;
	struct dim_key key;
};

struct booked_entry {
	struct booked_key key; /* first */
	struct booked_row row;
};

struct booked {
	struct map *rows;
	struct booked_row sums[DIM_COUNT];
	struct interval_totals totals;
};

struct booked *booked_new(void)
{
	struct booked *b = mem_zalloc(sizeof *b);

	b->rows = map_new(sizeof(struct booked_key), sizeof(struct booked_entry), 1 << 20, 1);
	return b;
}

void booked_free(struct booked *b)
{
	map_free(b->rows);
	mem_free(b);
}

static void sum_up(struct booked_row *sum, const struct interval_row *r)
{
	for (unsigned d = 0; d < 2; d++) {
		sum->bytes[d] += r->bytes[d];
		sum->packets[d] += r->packets[d];
	}
	sum->flows += r->flows;
}

static struct booked_key key_of(enum dim d, bool other, const struct dim_key *key)
{
	struct booked_key k;

	memset(&k, 0, sizeof k);
	k.dim = d;
	k.other = other;
	if (!other)
		k.key = *key;
	return k;
}

static void add_totals(struct interval_totals *sum, const struct interval_totals *t)
{
	sum->bytes += t->bytes;
	sum->packets += t->packets;
	sum->non_ip_bytes += t->non_ip_bytes;
	sum->non_ip_packets += t->non_ip_packets;
	sum->in_bytes += t->in_bytes;
	sum->out_bytes += t->out_bytes;
	sum->local_bytes += t->local_bytes;
	sum->transit_bytes += t->transit_bytes;
	sum->flows += t->flows;
	sum->drops += t->drops;
}

void booked_add(struct booked *b, const struct interval *i)
{
	for (size_t n = 0; n < i->count; n++) {
		const struct interval_row *r = &i->rows[n];
		struct booked_key k = key_of((enum dim)r->dim, (r->flags & INTERVAL_OTHER) != 0, &r->key);
		struct booked_entry *e = map_touch(b->rows, &k, NULL);

		ck_assert_ptr_nonnull(e);
		ck_assert_int_eq(interval_class_of((enum dim)r->dim), i->class_);
		sum_up(&e->row, r);
		sum_up(&b->sums[r->dim], r);
	}
	add_totals(&b->totals, &i->totals);
}

static struct booked_row get(const struct booked *b, enum dim d, bool other, const struct dim_key *key)
{
	struct booked_key k = key_of(d, other, key);
	const struct booked_entry *e = map_get(b->rows, &k);

	return e != NULL ? e->row : (struct booked_row){.flows = 0};
}

struct booked_row booked_get(const struct booked *b, enum dim d, const struct dim_key *key)
{
	return get(b, d, false, key);
}

struct booked_row booked_other(const struct booked *b, enum dim d)
{
	return get(b, d, true, NULL);
}

struct booked_row booked_sum(const struct booked *b, enum dim d)
{
	return b->sums[d];
}

const struct interval_totals *booked_totals(const struct booked *b)
{
	return &b->totals;
}

static void expect_counters(const struct booked_row *r, const struct flow_counters *c, uint64_t flows, enum dim d)
{
	for (unsigned w = 0; w < 2; w++) {
		ck_assert_msg(r->bytes[w] == (int64_t)c->bytes[w], "%s: booked %lld bytes, not %llu", dim_info(d)->id,
			      (long long)r->bytes[w], (unsigned long long)c->bytes[w]);
		ck_assert_msg(r->packets[w] == (int64_t)c->packets[w], "%s: booked %lld packets, not %llu", dim_info(d)->id,
			      (long long)r->packets[w], (unsigned long long)c->packets[w]);
	}
	ck_assert_msg(r->flows == (int64_t)flows, "%s: booked %lld flows, not %llu", dim_info(d)->id, (long long)r->flows,
		      (unsigned long long)flows);
}

void booked_expect_sums(const struct booked *b, const struct model *m)
{
	const struct model_totals *t = model_totals(m);

	for (unsigned d = 0; d < DIM_COUNT; d++) {
		const struct dim_row *r = model_other(m, (enum dim)d);
		struct flow_counters sum = r->total;
		uint64_t flows = r->flows;

		if (interval_class_of((enum dim)d) == INTERVAL_CLASSES)
			continue;
		for (size_t i = 0; (r = model_next(m, (enum dim)d, &i, NULL)) != NULL;) {
			for (unsigned w = 0; w < 2; w++) {
				sum.bytes[w] += r->total.bytes[w];
				sum.packets[w] += r->total.packets[w];
			}
			flows += r->flows;
		}
		expect_counters(&b->sums[d], &sum, flows, (enum dim)d);
	}
	ck_assert_uint_eq(b->totals.bytes, t->bytes);
	ck_assert_uint_eq(b->totals.packets, t->packets);
	ck_assert_uint_eq(b->totals.non_ip_bytes, t->non_ip_bytes);
	ck_assert_uint_eq(b->totals.in_bytes + b->totals.out_bytes + b->totals.local_bytes + b->totals.transit_bytes,
			  t->bytes - t->non_ip_bytes);
}

void booked_expect_rows(const struct booked *b, const struct model *m)
{
	const struct dim_key *key;
	const struct dim_row *r;

	booked_expect_sums(b, m);
	for (unsigned d = 0; d < DIM_COUNT; d++)
		for (size_t i = 0; interval_class_of((enum dim)d) != INTERVAL_CLASSES &&
				   (r = model_next(m, (enum dim)d, &i, &key)) != NULL;) {
			struct booked_row row = booked_get(b, (enum dim)d, key);

			expect_counters(&row, &r->total, r->flows, (enum dim)d);
		}
}
