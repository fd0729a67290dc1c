/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The throughput graph: bytes of each of the last ten minutes' seconds. What is captured is drawn when a
 * tick closes; what exporters tell lies in the seconds that their records cover, so that they have no
 * teeth where records come. Engine thread; called by apply.c and model.c.
 */
#include "config.h"

#include <string.h>

#include "dpitop/mem.h"
#include "model/dims.h"

#define SECOND_US INT64_C(1000000)

static void push(struct model *m, const uint64_t value[2], int64_t steps)
{
	for (int64_t i = 0; i < steps && i < GRAPH_STEPS; i++) {
		memcpy(m->graph[m->graph_at], value, sizeof m->graph[m->graph_at]);
		m->graph_at = (m->graph_at + 1) % GRAPH_STEPS;
		if (m->graph_count < GRAPH_STEPS)
			m->graph_count++;
	}
}

static int64_t steps_of(int64_t us)
{
	return (us + SECOND_US / 2) / SECOND_US;
}

/* Of a part of the traffic, made anew for each picture: what is told comes as a rate. */
static uint64_t held_rate(const struct model *m, unsigned way)
{
	return m->o.whole != NULL ? m->held.bytes[way] : 0;
}

static void draw(struct model *m, int64_t elapsed_us)
{
	uint64_t now[2] = {m->totals.out_bytes, m->totals.in_bytes + m->totals.transit_bytes + m->totals.local_bytes};
	int64_t steps = steps_of(elapsed_us);
	uint64_t rate[2];

	for (unsigned d = 0; d < 2; d++) /* a long tick: its mean */
		rate[d] = (uint64_t)((double)(now[d] - m->graph_last[d]) * 1e6 / (double)elapsed_us) + held_rate(m, d);
	push(m, rate, steps > 0 ? steps : 1);
	memcpy(m->graph_last, now, sizeof now);
}

void model_graph_gap(struct model *m, int64_t missing_us)
{
	const uint64_t unknown[2] = {MODEL_GRAPH_GAP, MODEL_GRAPH_GAP};

	if (m->graph_count > 0)
		push(m, unknown, steps_of(missing_us));
}

/* ---- collected traffic ---- */

/* How many seconds before the end of the last closed tick; that tick's own is 0. */
static int64_t age_of(const struct model *m, int64_t us)
{
	return (m->ticked_us - 1 - us) / SECOND_US;
}

/* Rate from `first` on, back in time, to before `last`. */
static void add_rate(struct model *m, unsigned way, int64_t first, int64_t last, double rate)
{
	if (first >= last || first >= GRAPH_STEPS)
		return;
	m->late->steps[first][way] += rate;
	m->late->steps[last < GRAPH_STEPS ? last : GRAPH_STEPS][way] -= rate;
}

static void add_cell(struct model *m, unsigned way, int64_t age, double bytes)
{
	if (age < GRAPH_STEPS)
		m->late->cells[age][way] += bytes;
}

/* from_us < to_us <= the last closed tick's end. */
static void add_late(struct model *m, unsigned way, double bytes, int64_t from_us, int64_t to_us)
{
	int64_t newest = age_of(m, to_us - 1), oldest = age_of(m, from_us);
	double rate = bytes / (double)(to_us - from_us); /* per microsecond */
	int64_t begin = m->ticked_us - newest * SECOND_US - SECOND_US; /* of the newest second */

	if (newest == oldest) {
		add_cell(m, way, newest, bytes);
		return;
	}
	add_cell(m, way, newest, rate * (double)(to_us - begin));
	add_cell(m, way, oldest, rate * (double)(m->ticked_us - oldest * SECOND_US - from_us));
	add_rate(m, way, newest + 1, oldest, rate * 1e6);
}

uint64_t graph_spread(struct model *m, unsigned way, uint64_t bytes, int64_t from_us, int64_t to_us)
{
	double share = 1;

	if (m->ticked_us == 0 || to_us <= from_us)
		return m->ticked_us != 0 && to_us < m->ticked_us - SECOND_US * GRAPH_STEPS ? bytes : 0;
	if (from_us >= m->ticked_us)
		return 0;
	if (to_us > m->ticked_us) {
		share = (double)(m->ticked_us - from_us) / (double)(to_us - from_us);
		to_us = m->ticked_us;
	}
	if (m->late == NULL)
		m->late = mem_zalloc(sizeof *m->late);
	add_late(m, way, (double)bytes * share, from_us, to_us);
	return share < 1 ? (uint64_t)((double)bytes * share) : bytes;
}

/* Into the seconds that the graph has; cell 0 is the newest. */
static void draw_late(struct model *m)
{
	double rate[2] = {0, 0};

	if (m->late == NULL)
		return;
	for (size_t age = 0; age < m->graph_count; age++) {
		uint64_t *cell = m->graph[(m->graph_at + 2 * GRAPH_STEPS - 1 - age) % GRAPH_STEPS];

		for (unsigned d = 0; d < 2; d++) {
			double bytes;

			rate[d] += m->late->steps[age][d];
			bytes = rate[d] + m->late->cells[age][d];
			if (bytes >= 0.5)
				cell[d] = (cell[d] == MODEL_GRAPH_GAP ? 0 : cell[d]) + (uint64_t)(bytes + 0.5);
		}
	}
	memset(m->late, 0, sizeof *m->late);
}

void graph_tick(struct model *m, int64_t now_us, int64_t elapsed_us)
{
	if (now_us >= m->held.until_us)
		memset(&m->held, 0, sizeof m->held);
	if (m->told.us != 0)
		hold_add(&m->held, &m->told, now_us);
	memset(&m->told, 0, sizeof m->told);
	draw_late(m);
	draw(m, elapsed_us);
	m->ticked_us = now_us;
}

void model_held(const struct model *m, uint64_t bytes[2])
{
	memcpy(bytes, m->held.bytes, sizeof m->held.bytes);
}

size_t model_graph(const struct model *m, uint64_t (*bytes)[2], size_t max)
{
	size_t n = m->graph_count < max ? m->graph_count : max;

	for (size_t i = 0; i < n; i++)
		memcpy(bytes[i], m->graph[(m->graph_at + GRAPH_STEPS - n + i) % GRAPH_STEPS], sizeof bytes[i]);
	return n;
}

