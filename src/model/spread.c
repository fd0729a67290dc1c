/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Collected traffic in a table's rows: told at once, it is of a time that may be long over. Sparklines
 * have it where it belongs; as a rate it goes on for as long as its record covers, which is about when
 * the next one comes. Engine thread; called by table.c.
 */
#include "config.h"

#include <string.h>

#include "dpitop/mem.h"
#include "model/table.h"

#define SECOND_US INT64_C(1000000)
#define STEP_US (DIM_SPARK_STEP_S * SECOND_US)

/* ---- sparklines ---- */

static void add(struct dim_row *r, int32_t step, uint32_t bytes)
{
	uint32_t *at = &r->spark[(uint32_t)step % DIM_SPARK];

	*at = bytes < UINT32_MAX - *at ? *at + bytes : UINT32_MAX;
}

static uint32_t rounded(double bytes)
{
	return bytes < (double)UINT32_MAX ? (uint32_t)(bytes + 0.5) : UINT32_MAX;
}

/* The ring goes on to that step. */
static void advance(struct dim_row *r, int32_t step)
{
	if (step < r->spark_at)
		return;
	if (step >= r->spark_at + DIM_SPARK)
		memset(r->spark, 0, sizeof r->spark);
	else
		for (int32_t s = r->spark_at + 1; s <= step; s++)
			r->spark[s % DIM_SPARK] = 0;
	r->spark_at = step;
}

void spread_steps(struct spread *s, const struct amount *a)
{
	uint64_t bytes = a->c.bytes[0] + a->c.bytes[1];
	double rate = a->to_us > a->from_us ? (double)bytes / (double)(a->to_us - a->from_us) : 0;

	s->first = (int32_t)(a->from_us / STEP_US);
	s->last = (int32_t)(a->to_us / STEP_US);
	if (s->first == s->last) {
		s->part[0] = bytes < UINT32_MAX ? (uint32_t)bytes : UINT32_MAX;
		return;
	}
	for (int32_t i = 0; i < DIM_SPARK && s->last - i >= s->first; i++) {
		int32_t step = s->last - i;
		int64_t begin = step == s->first ? a->from_us : step * STEP_US, end_us = i == 0 ? a->to_us : (step + 1) * STEP_US;

		s->part[i] = rounded(rate * (double)(end_us - begin));
	}
}

static void draw(struct dim_row *r, const struct spread *s)
{
	int32_t oldest;

	advance(r, s->last);
	oldest = r->spark_at - DIM_SPARK + 1;
	if (oldest < s->first)
		oldest = s->first;
	for (int32_t step = s->last; step >= oldest && step >= 0; step--)
		add(r, step, s->part[s->last - step]);
}

/* ---- rates ---- */

void hold_add(struct hold *h, const struct told *more, int64_t now_us)
{
	int64_t left = h->until_us > now_us ? h->until_us - now_us : 0, us = left > more->us ? left : more->us;
	double rest = (double)left / 1e6, per_second = 1e6 / (double)us;

	for (unsigned d = 0; d < 2; d++) {
		h->bytes[d] = (uint64_t)(((double)h->bytes[d] * rest + (double)more->bytes[d]) * per_second + 0.5);
		h->packets[d] = (uint64_t)(((double)h->packets[d] * rest + (double)more->packets[d]) * per_second + 0.5);
	}
	h->until_us = now_us + us;
}

/* The slot of its end, or the last one that is looked at before. */
static void put(struct table *t, struct held *h)
{
	int64_t s = t->forward ? 0 : h->hold.until_us / SECOND_US + 1;

	if (s <= t->held_s)
		s = t->held_s + 1;
	if (s >= t->held_s + HELD_SLOTS)
		s = t->held_s + HELD_SLOTS - 1;
	h->next = t->held[s % HELD_SLOTS];
	t->held[s % HELD_SLOTS] = h;
}

/* Its rate ends when it is known how long that holds: first it is looked at in the next slot. */
static void hold_row(struct table *t, struct entry *e, int64_t us)
{
	e->held = mem_zalloc(sizeof *e->held);
	e->held->entry = e;
	if (t->held_count++ == 0 || t->held_s == 0)
		t->held_s = t->now_us / SECOND_US;
	e->held->hold.until_us = t->now_us + us;
	put(t, e->held);
	e->held->hold.until_us = 0;
}

void spread_row(struct table *t, struct entry *e, const struct amount *a)
{
	struct told *told;

	if (e->held == NULL)
		hold_row(t, e, a->hold.us);
	told = &e->held->told;
	for (unsigned d = 0; d < 2; d++) {
		told->bytes[d] += a->hold.bytes[d];
		told->packets[d] += a->hold.packets[d];
	}
	if (a->hold.us > told->us)
		told->us = a->hold.us;
	if (a->spread != NULL)
		draw(&e->row, a->spread);
}

void spread_close(struct entry *e, int64_t now_us)
{
	struct held *h = e->held;

	if (h == NULL || h->told.us == 0)
		return;
	hold_add(&h->hold, &h->told, now_us);
	memset(&h->told, 0, sizeof h->told);
}

/* It stays where it is until its slot's turn. */
void spread_forget(struct table *t, struct entry *e)
{
	(void)t;
	if (e->held != NULL)
		e->held->entry = NULL;
	e->held = NULL;
}

static void give_back(struct table *t, struct held *h)
{
	if (h->entry != NULL) {
		h->entry->held = NULL;
		table_list(t, h->entry); /* its rate is no more */
	}
	t->held_count--;
	mem_free(h);
}

static void turn(struct table *t, struct held *h, int64_t now_us)
{
	struct held *next;

	for (; h != NULL; h = next) {
		next = h->next;
		if (h->entry == NULL || (h->hold.until_us <= now_us && h->told.us == 0))
			give_back(t, h);
		else
			put(t, h);
	}
}

void spread_tick(struct table *t, int64_t now_us)
{
	int64_t now_s = now_us / SECOND_US;

	if (t->forward || t->held_count == 0 || now_s <= t->held_s)
		return;
	if (now_s - t->held_s > HELD_SLOTS)
		t->held_s = now_s - HELD_SLOTS;
	while (t->held_s < now_s) {
		struct held **slot = &t->held[++t->held_s % HELD_SLOTS], *first = *slot;

		*slot = NULL;
		turn(t, first, now_us);
	}
}

void spread_release(struct table *t)
{
	struct held *next;

	for (unsigned i = 0; i < HELD_SLOTS; i++)
		for (struct held *h = t->held[i]; h != NULL; h = next) {
			next = h->next;
			mem_free(h);
		}
}
