/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The play-back clock of a capture file: which packet time is it now? Pure arithmetic on two clocks
 * that are handed in (microseconds): no handles, no reading of a clock. Private to src/source.
 */
#ifndef SOURCE_PACE_H
#define SOURCE_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pace {
	double factor;       /* 0: as fast as possible */
	bool begun, paused;
	int64_t packet_us;   /* at clock_us it was packet_us */
	int64_t clock_us;
};

/* Microseconds to wait before a packet of that time is due; 0 now. A step back in packet time, or
 * falling behind, moves the play-back clock back; a silence of more than a minute is cut short. */
int64_t pace_wait_us(struct pace *p, int64_t packet_us, int64_t clock_us);
int64_t pace_now_us(const struct pace *p, int64_t clock_us); /* 0 before the first packet */
void pace_set(struct pace *p, double factor, int64_t clock_us);
void pace_pause(struct pace *p, bool on, int64_t clock_us);

#endif
