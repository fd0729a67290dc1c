/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Frames in, counted traffic out: decoder, flow table and model, and when a tick closes; see core.c.
 * Private to src/app.
 */
#ifndef APP_CORE_H
#define APP_CORE_H

#include "dpitop/engine.h"
#include "dpitop/packet.h"
#include "dpitop/source.h"

struct exports;
struct sending;
struct export_exporter;
struct flow_record;

struct core_counts { /* of one source */
	uint64_t packets, bytes, undecoded, truncated;
};

/* Packets of flows on their way to the flow table, while what they will touch comes into the cache. */
enum { CORE_AHEAD = 2, CORE_AHEAD_BYTES = 2048 /* longer frames do not wait */ };
struct core_waiting {
	struct packet packet;
	unsigned source;
	uint8_t data[CORE_AHEAD_BYTES]; /* of the frame: its own is borrowed for the call */
};

struct core {
	struct decoder *decoder;
	struct flow_table *flows;
	struct model *model;
	struct subnets *subnets;
	struct geoip *geoip;
	struct thresholds *thresholds;
	struct model_options model_options; /* for models of a part of the traffic */
	struct core_counts counts[SNAPSHOT_SOURCES];
	struct exports *exports;   /* exporters' datagrams, and what comes of them; NULL: none are collected */
	struct sending *sending;   /* collectors that are told of flows; NULL: none are */
	struct core_waiting waiting[CORE_AHEAD];
	unsigned waiting_first, waiting_count;
	/* frames not yet told to the model */
	struct { uint64_t packets, bytes, truncated; int64_t first_us, last_us; } seen;
	/* ticks */
	int64_t tick_us;           /* length */
	int64_t now_us;            /* end of the last closed tick, 0 before the first */
	int64_t elapsed_us;        /* its length */
	bool by_packet_time;
	/* packet time: a frame is in the open tick if its time - floor < span */
	uint64_t floor, span;
	int64_t tick_end_us;
	unsigned behind;           /* frames in a row from before the floor */
	bool in_tick;              /* core_tick() is not yet finished */
	uint64_t ticks;
	uint64_t flows_before;     /* created when the last tick closed */
	uint64_t rate_flows;       /* new ones per second in it */
	void (*ticked)(void *ctx); /* a tick of packet time closed; may be NULL */
	void *ctx;
};

int core_open(struct core *c, const struct engine_options *o, struct error *e);
void core_release(struct core *c);

void core_by_packets(struct core *c, bool on); /* before the first frame; default off */
/* One frame of source number `source`. Hot. */
void core_frame(struct core *c, unsigned source, int linktype, const struct frame *f);
/* For now there are no more frames: the last ones wait no longer. Ticks see to it themselves. */
void core_settle(struct core *c);
/* One record of an exporter, which came through source number `source`. Hot. */
void core_record(struct core *c, unsigned source, const struct export_exporter *x, const struct flow_record *r);
/* Packet time has come to now_us (between two frames of a file that is played). */
void core_advance(struct core *c, int64_t now_us);
/* Close a tick at now_us, of length elapsed_us, doing at most budget flows (0: all). True when
 * finished; else call again with the same arguments (frames may come meanwhile). */
bool core_tick(struct core *c, int64_t now_us, int64_t elapsed_us, size_t budget);
/* The sources have ended: end all flows, close the last tick. */
void core_finish(struct core *c);

#endif
