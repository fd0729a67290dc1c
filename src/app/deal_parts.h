/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inside of the dealing, for the files that make it: deal.c (packets and marks to the lanes), deal_lane.c (a lane's
 * thread), deal_told.c (what it tells, as bytes), deal_collect.c (the merge). Private to src/app.
 */
#ifndef APP_DEAL_PARTS_H
#define APP_DEAL_PARTS_H

#include <stdatomic.h>
#include <uv.h>

#include "app/deal.h"
#include "dpitop/slab.h"

enum {
	BATCH_PACKETS = 256, BATCH_BYTES = 192 << 10, BATCHES = 16, /* what waits for a lane */
	ROOM_AGAIN = BATCHES / 2, WAKE_AT = 4, /* so many are left when the dealer goes on; a lane begins again */
	PACKET_BYTES = 65535,          /* of an IP packet: nobody looks at more */
	CHUNK_BYTES = 64 << 10, CHUNKS = 256, /* what waits for the collector, of a tick; of packets: what a turn of them tells */
	SPARE_CHUNKS = 32,
	TURNS = 8, TURN_PACKETS = 32768,
	CACHE_LINE = 64,
	LANE_IDS = 1024                /* flows that may begin at a mark (src/flow/flow_early.c) */
};

struct mark {
	bool on;
	enum deal_mark kind;
	int64_t now_us, newest_us;
	uint64_t at;
};

struct dealt {
	struct packet packet;
	uint64_t at;
	unsigned source;
};

struct strained {
	bool on; /* it changes */
	enum flow_strain strain;
	size_t new_flows;
};

struct batch {
	unsigned count;
	struct strained strained; /* before its packets */
	size_t used;
	struct mark mark; /* behind its packets */
	struct dealt packets[BATCH_PACKETS];
	uint8_t data[BATCH_BYTES];
};

struct chunk { /* things told, one behind the other */
	struct chunk *next;
	size_t used;
	bool ends; /* the turn */
	struct flow_stats flows;
	uint64_t packets, cpu_ns;
	_Alignas(8) uint8_t data[CHUNK_BYTES];
};

enum ahead_step { AHEAD_TOLD, AHEAD_HOSTS, AHEAD_ROWS, AHEAD_STEPS }; /* itself; what it will be booked in */
enum told_kind { TOLD_UPDATE, TOLD_NAME, TOLD_PART };
struct told { /* what all things told begin with */
	struct flow_moment moment;
	uint32_t size, place;
	uint8_t kind; /* enum told_kind */
};

/* What several threads write must not lie in the same line of their caches, nor in the one that is fetched with it. */
#define APART(name) uint8_t name[2 * CACHE_LINE]

struct lane {
	APART(before_all);
	struct deal *deal;
	unsigned number;
	struct flow_table *flows; /* the thread's, unless it rests */
	uv_thread_t thread;
	bool started;
	APART(before_shared);
	uv_mutex_t mutex;         /* of what comes now */
	uv_cond_t work;           /* for the thread */
	uv_cond_t room, done;     /* of the thread: for the dealer; for the collector */
	bool wants_room;          /* the dealer waits */
	struct batch *inbox[BATCHES];
	unsigned first, count;
	struct chunk *out_first, *out_last, *spare;
	unsigned out_count, spare_count;
	bool stop, idle, parked;  /* idle: it has nothing to do; parked: it told more than there is room for */
	APART(before_dealer);
	struct batch *filling;    /* NULL: none is begun */
	unsigned tail;            /* its place in the inbox */
	struct strained strained; /* for the next batch */
	APART(before_thread);
	struct chunk *writing;
	bool in_tick;
	uint64_t packets;
	APART(before_collector);
	struct chunk *reading;    /* NULL: the next one is to be taken */
	size_t at, ahead[AHEAD_STEPS]; /* offsets: what is next; what was expected, step by step */
	unsigned before[AHEAD_STEPS];  /* how many things lie between */
	bool ended;               /* the turn */
	struct slabs rows;        /* of flows, by place: flow_update.rows */
	size_t rows_used;
	struct flow_stats last;   /* at the end of the last turn, and what it did until then */
	uint64_t last_packets, last_cpu_ns;
	APART(behind_all);
};

struct frame_told { /* non-IP */
	uint64_t at;
	int64_t ts_us;
	uint32_t bytes;
	uint16_t ethertype, source;
	bool undecoded;
};

struct ended_turn {
	struct deal_turn turn;
	struct frame_told *frames; /* the collector's to free */
	size_t frame_count;
};

struct deal {
	APART(before_all);
	struct deal_options o;
	struct lane *lanes[DEAL_LANES];
	unsigned lane_count;
	struct flow_table *tables[DEAL_LANES];
	struct flow_table *own;      /* that joined the lanes' */
	bool started, ordered, parted;
	APART(before_dealer);
	uint64_t at, mark_at;        /* number of the next packet; of the last mark */
	uint64_t turn_packets;
	int64_t newest_us;
	struct frame_told *frames;
	size_t frame_count, frame_room;
	APART(before_turns);      /* that have ended */
	uv_mutex_t mutex;
	uv_cond_t changed;
	struct ended_turn turns[TURNS];
	unsigned turn_first, turn_count;
	bool no_more;
	APART(before_collector);
	bool in_turn;
	size_t frame_next;
	APART(behind_all);
};

/* deal_lane.c */
struct lane *lane_new(struct deal *d, unsigned number, struct error *e);
void lane_free(struct lane *l);
bool lane_start(struct lane *l); /* its thread; false: it cannot */
struct chunk *lane_take(struct lane *l, uint64_t wait_ns); /* the next one told, NULL if there is none until then. Collector */
void lane_give_back(struct lane *l, struct chunk *c);
void lane_post(struct lane *l); /* what is being written. The thread */

/* deal_told.c; the thread: */
void told_update(void *lane, const struct flow_update *u);
void told_name(void *lane, const struct addr *a, const char *name);
void told_part(void *lane, const struct flow_part *p);
/* The collector: */
void told_tell(struct lane *l, struct told *t, const struct deal_sink *to);
void told_expect(struct lane *l, struct told *t, enum ahead_step step, const struct deal_sink *to);

#endif
