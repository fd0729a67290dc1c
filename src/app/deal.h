/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Several engines behind one model: packets are dealt to flow tables of their own, each with nDPI on a thread of its
 * own (a lane), by a hash of their two hosts, and what the tables tell is collected in the order in which one table would have
 * told it. Private to src/app.
 *
 * Time is cut into turns by marks, which all lanes see between the same two packets: a tick ends one, and so do many
 * packets. The dealer deals packets and marks; the collector takes a turn's updates from all lanes and merges them. They
 * may be two threads, or one. Without a mark nothing is told, so that the model stands still.
 */
#ifndef APP_DEAL_H
#define APP_DEAL_H

#include "dpitop/engine.h"
#include "dpitop/meter.h"
#include "dpitop/packet.h"

enum { DEAL_LANES = SNAPSHOT_ENGINES };

struct deal;

struct deal_seen { /* frames */
	uint64_t packets, bytes, truncated;
	int64_t first_us, last_us;
};

enum deal_mark {
	DEAL_SYNC,  /* nothing but the end of a turn */
	DEAL_TICK,  /* flows tell what moved */
	DEAL_FINISH /* and end */
};

struct deal_turn {
	enum deal_mark mark;
	int64_t now_us, elapsed_us; /* of the tick */
	struct deal_seen seen;      /* until then */
	struct flow_stats flows;    /* the lanes', at its end: counts only */
};

struct deal_sink { /* of what the lanes tell; on the collector's thread, pointers borrowed for the call */
	void (*update)(void *ctx, const struct flow_update *u);
	void (*expect)(void *ctx, const struct flow *f, unsigned step); /* as flow_ahead */
	void (*name)(void *ctx, const struct addr *a, const char *name);
	void (*part)(void *ctx, const struct flow_part *p);
	/* All of a turn was told. */
	void (*turn)(void *ctx, const struct deal_turn *t);
	void (*non_ip)(void *ctx, uint16_t ethertype, bool undecoded, uint32_t bytes, int64_t ts_us, unsigned source);
	void *ctx;
};

struct deal_options {
	unsigned lanes;
	struct flow_limits limits; /* of all together */
	bool shared;               /* the engine's own table has its part of them */
	uint64_t seed;
	int64_t meter_us;          /* flow parts are told after so long; 0: not at all */
	struct deal_sink sink;
};

/* NULL: nDPI could not start. */
struct deal *deal_new(const struct deal_options *o, struct error *e);
void deal_free(struct deal *d); /* NULL is fine */
struct flow_limits deal_own_limits(const struct deal_options *o); /* of the engine's own table */
/* t reads the lanes' tables, too: what it is asked is only right while they rest. */
void deal_join(struct deal *d, struct flow_table *t);

/* ---- the dealer ---- */

/* The lanes' threads: after privileges were dropped, which threads of before would keep. ordered: what is told in a tick is put in
 * order, too. Once is enough. 0, or ERR_LIMIT. */
int deal_start(struct deal *d, bool ordered, struct error *e);
bool deal_has_begun(const struct deal *d); /* the lanes run */
/* Dealer and collector are two threads from here on. */
void deal_part(struct deal *d);
/* One PACKET_IP packet. Where a lane is behind this waits for it, and collects, if it is for that that the lane waits. Hot. */
void deal_packet(struct deal *d, const struct packet *p, unsigned source);
/* A frame that is in no flow; its turn comes between packets. */
void deal_non_ip(struct deal *d, uint16_t ethertype, bool undecoded, uint32_t bytes, int64_t ts_us, unsigned source);
void deal_strain(struct deal *d, enum flow_strain strain, size_t new_flows); /* as flow_table_strain(), of all together; soon */
uint64_t deal_number(struct deal *d); /* one of a packet's own, of something else */
void deal_flush(struct deal *d);      /* lanes that have nothing to do get what there is */
/* A turn is due for its packets alone. */
bool deal_is_due(const struct deal *d);
void deal_end_turn(struct deal *d, const struct deal_turn *t);
void deal_no_more(struct deal *d); /* the last turn was ended */

/* ---- the collector ---- */

#define DEAL_FOREVER UINT64_MAX
/* Go on with the oldest turn that has ended, telling the sink at most `budget` things (0: all). wait_ns: how long for a lane at
 * most; DEAL_FOREVER also waits for the next turn, if the dealer is another thread. True: a turn was collected; false then
 * is the end. */
bool deal_collect(struct deal *d, size_t budget, uint64_t wait_ns);
bool deal_owes(const struct deal *d); /* turns have ended that are not collected; where dealer and collector are one */
/* The lanes' tables may be read until something is dealt or collected. */
void deal_rest(struct deal *d);

struct deal_lane { /* what one did so far */
	uint64_t packets, cpu_ns;
};
unsigned deal_lanes(struct deal *d, struct deal_lane out[DEAL_LANES]); /* how many there are */

#endif
