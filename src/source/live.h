/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A live capture in parts: live.c follows the interface, live_ring.c the size of the kernel's ring. Private to
 * src/source. Engine thread.
 */
#ifndef SOURCE_LIVE_H
#define SOURCE_LIVE_H

#include <pcap/pcap.h>

#include "source/kinds.h"
#include "source/netlink.h"
#include "source/tap.h"

struct ring_change;

struct tap { /* lives from its opening until it is closed */
	uv_poll_t poll;
	uv_work_t closing;
	void (*closed)(void *ctx); /* NULL: nobody waits for that */
	void *ctx;
	pcap_t *pcap;
	size_t ring_bytes;
	int heir;              /* -1: none. Else a descriptor of the other one, which is alone in the group when this one is closed */
	int group;             /* of sockets that share the packets (PACKET_FANOUT); -1: none */
	unsigned link_index;
	bool polled;
	bool is_old;           /* another one gets the packets now; what is in its ring is still read */
	uint32_t taken;        /* packets of its ring that were read, modulo 2^32 */
	struct pcap_stat last; /* libpcap's counters are 32 bits wide */
	struct live *live;     /* NULL once given up */
};

struct live {
	struct source base; /* first */
	struct source_options options;
	char filter[1024];
	uv_loop_t *loop;    /* NULL before start */
	struct tap *tap;    /* NULL while there is nothing to capture from */
	struct ring_change *change; /* to a ring of another size, under way; NULL: none */
	struct link_watch *watch;
	uv_timer_t retry;
	uint64_t window_ms, window_bytes, busy_ms; /* taken off the ring since then; when that was much */
	uint64_t not_before_ms; /* a change failed */
	uint64_t received, dropped, if_dropped;
	int linktype;
	bool ok;
	char state[256];
};

/* live.c */
void live_tap_options(const struct live *l, struct tap_options *o);
struct tap *live_tap_new(struct live *l, pcap_t *p, size_t ring_bytes);
int live_tap_poll(struct live *l, struct tap *t, struct error *e); /* read it when it has something; 0 */
void live_tap_stats(struct live *l, struct tap *t);                /* add what it counted since the last time */
void live_lost(struct live *l, const char *why);                   /* close all of it; it is tried again */
void live_tap_close(struct tap *t);                /* uncounted; t is gone when the loop has run */

/* live_ring.c */
size_t ring_first_bytes(const struct source_options *o); /* what a capture begins with */
void ring_prepare(struct live *l, struct tap *t);         /* so that it can be changed; before its packets count */
/* So many bytes were taken off the ring: grow it, or shrink it again. */
void ring_took(struct live *l, uint64_t bytes);
struct tap *ring_old(const struct live *l); /* which is still read to its end; NULL: none */
void ring_is_alone(int fd); /* the kernel takes milliseconds for that: in the pool. Closes it */
/* Forget a change that is under way: the interface is gone. */
void ring_change_stop(struct live *l);

#endif
