/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Frames in, counted traffic out: decoder, flow table and model, and when a tick closes; see core.c.
 * Private to src/app.
 */
#ifndef APP_CORE_H
#define APP_CORE_H

#include "app/deal.h"
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
	struct deal *deal;         /* packets go to several flow tables: core_deal.c; NULL: to the one */
	bool piped;                /* ... and ticks close later, on another thread than packets come */
	enum { CORE_OPEN, CORE_MARKED /* the lanes have the tick's mark */, CORE_CLOSED } dealt_tick;
	bool finished;             /* the last one is closed, too */
	struct flow_stats dealt;   /* of them, at the last turn's end */
	struct core_waiting waiting[CORE_AHEAD];
	unsigned waiting_first, waiting_count;
	/* frames not yet told to the model */
	struct deal_seen seen;
	/* ticks */
	int64_t tick_us;           /* length */
	int64_t now_us;            /* end of the last closed tick, 0 before the first */
	int64_t elapsed_us;        /* its length */
	bool by_packet_time;
	/* packet time: a frame is in the open tick if its time - floor < span */
	uint64_t floor, span;
	int64_t tick_end_us;
	unsigned behind;           /* frames in a row from before the floor */
	bool nowhere;              /* no address was seen yet that lies in a country */
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
struct core_counted {
	struct flow_counters counts;  /* for so much: [0] from its source to its destination */
	struct flow_again again;      /* besides, so much of it was told before, at the other side of the exporter */
};
/* One record of an exporter, which came through source number `source`. Hot. */
struct core_counted core_record(struct core *c, unsigned source, const struct export_exporter *x, const struct flow_record *r);
/* Packet time has come to now_us (between two frames of a file that is played). */
void core_advance(struct core *c, int64_t now_us);
/* Close a tick at now_us, of length elapsed_us until now, doing at most budget flows (0: all). True when
 * finished; else call again, then it is longer (frames may come meanwhile, and belong to it). */
bool core_tick(struct core *c, int64_t now_us, int64_t elapsed_us, size_t budget);
/* What comes still belongs to the tick that closes: what lanes were told the end of is closed later. */
bool core_tick_is_open(const struct core *c);
/* The sources have ended: end all flows, close the last tick. */
void core_finish(struct core *c);
struct flow_stats core_flows(const struct core *c); /* what there are; packets may go on */
/* As flow_table_strain(), of all flow tables together; those that packets are dealt to follow with their next ones. */
void core_strain(struct core *c, enum flow_strain strain, size_t new_flows);

/* ---- several flow tables: core_deal.c ---- */

int core_start(struct core *c, struct error *e); /* their threads, before the first frame; nothing if there are none, or twice */
/* The flows of all tables may be read until the next frame. */
void core_rest(struct core *c);
/* From here on core_frame() is called on another thread, which ends with core_deal_last(), while this one calls core_follow(),
 * which returns when all is told; then core_finish(). */
void core_pipe(struct core *c);
void core_follow(struct core *c);
void core_deal_last(struct core *c);

/* For core.c. limits: of all; those of the own table come back. */
int core_deal_open(struct core *c, const struct engine_options *o, struct flow_limits *limits, uint64_t seed, struct error *e);
void core_deal_frame(struct core *c, unsigned source, int linktype, const struct frame *f);
void core_deal_record(struct core *c); /* one comes to the own table */
void core_deal_settle(struct core *c);
bool core_deal_tick(struct core *c, int64_t now_us, int64_t elapsed_us, size_t budget);
void core_deal_finish(struct core *c, int64_t now_us);
/* Of core.c. The first three are what a flow table tells; ctx: the core. */
void core_update(void *ctx, const struct flow_update *u);
void core_expect(void *ctx, const struct flow *f, unsigned step);
void core_name(void *ctx, const struct addr *a, const char *name);
void core_count(struct core *c, unsigned source, const struct frame *f, const struct packet *p);
void core_close_books(struct core *c, const struct deal_seen *seen, int64_t now_us, int64_t elapsed_us);

#endif
