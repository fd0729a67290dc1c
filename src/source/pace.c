/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The play-back clock of a capture file; see pace.h. Called by pcapfile.c on the engine's thread.
 */
#include "config.h"

#include "source/pace.h"

#define SECOND_US INT64_C(1000000)
static const int64_t behind_us = SECOND_US;       /* more than this behind: the clock steps back */
static const int64_t silence_us = 60 * SECOND_US; /* more than this ahead: the clock steps on ... */
static const int64_t silence_left_us = SECOND_US; /* ... to this before the packet */
static const int64_t hold_us = 3600 * SECOND_US;  /* a wait never overflows */

static void set_now(struct pace *p, int64_t packet_us, int64_t clock_us)
{
	p->begun = true;
	p->packet_us = packet_us;
	p->clock_us = clock_us;
}

int64_t pace_now_us(const struct pace *p, int64_t clock_us)
{
	if (!p->begun)
		return 0;
	if (p->paused || p->factor <= 0)
		return p->packet_us;
	return p->packet_us + (int64_t)((double)(clock_us - p->clock_us) * p->factor);
}

int64_t pace_wait_us(struct pace *p, int64_t packet_us, int64_t clock_us)
{
	int64_t ahead;

	if (p->paused)
		return hold_us;
	if (!p->begun || p->factor <= 0) {
		set_now(p, packet_us, clock_us);
		return 0;
	}
	ahead = packet_us - pace_now_us(p, clock_us);
	if (ahead < -behind_us) {
		set_now(p, packet_us, clock_us);
		return 0;
	}
	if (ahead > silence_us) {
		set_now(p, packet_us - silence_left_us, clock_us);
		ahead = silence_left_us;
	}
	return ahead <= 0 ? 0 : (int64_t)((double)ahead / p->factor) + 1;
}

void pace_set(struct pace *p, double factor, int64_t clock_us)
{
	if (p->begun)
		set_now(p, pace_now_us(p, clock_us), clock_us);
	p->factor = factor;
}

void pace_pause(struct pace *p, bool on, int64_t clock_us)
{
	if (p->begun)
		set_now(p, pace_now_us(p, clock_us), clock_us);
	p->paused = on;
}
