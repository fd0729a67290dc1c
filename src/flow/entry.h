/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inside of a flow table, for the files that make it: flow_table.c (packets), flow_index.c (where
 * a flow is), flow_tell.c (ticks), flow_expiry.c (when it ends), flow_tcp.c, flow_look.c (what nDPI is
 * shown), flow_early.c (fragments before their first), flow_order.c (the order of several tables). Private to src/flow.
 */
#ifndef FLOW_ENTRY_H
#define FLOW_ENTRY_H

#include "dpitop/flow.h"
#include "dpitop/meter.h"
#include "dpitop/slab.h"
#include "flow/dpi.h"

enum { ENTRY_NONE = UINT32_MAX };

enum { /* flow_entry.marks */
	MARK_TOLD = 1,        /* the sink knows it */
	MARK_TOLD_SITE = 2,   /* ... with a site: from then on it stays */
	MARK_FIN = 4,         /* 4 << direction: a FIN was seen */
	MARK_SEQ = 16,        /* 16 << direction: next_seq is known */
	MARK_SYN = 64,        /* 64 << direction: a SYN was seen (server's: SYN-ACK) */
	MARK_LIST = 256,      /* in lists[1], else lists[0] */
	MARK_TOLD_DONE = 512, /* ... as inspected */
	MARK_EITHER = 1024    /* collected: which end is the client is not known for sure */
};

struct heard { /* of a collected flow; milliseconds before heard_us */
	int64_t heard_us;         /* arrival of the last record */
	uint64_t flow_id;         /* element 148, of records that tell both directions; 0: none */
	uint32_t from_ms, to_ms;  /* what the untold counters cover; from_ms 0 and to_ms HEARD_NOTHING: nothing */
	uint32_t held_ms;         /* after heard_us: until then the rate of the last record is the flow's */
	uint16_t wait_s;          /* how long the next record may take: the time the last one covered */
	uint8_t met[2];           /* of each way: the side of the exporter that told of it first; see record_sides.c */
	bool balanced;            /* both sides told of one: it has an entry in balances */
};
#define HEARD_NOTHING UINT32_MAX

struct flow_entry {
	struct flow flow; /* first: a struct flow of this table is its entry */
	uint32_t number;        /* its own, for lists */
	uint32_t prev, next;    /* live: the wheel's slot; kept: in order of their end */
	uint32_t due_s;         /* live: the wheel's slot */
	uint32_t listed_at;     /* place in the list it is in (see MARK_LIST) + 1, 0: in none */
	uint16_t marks;
	uint8_t told_state, told_tcp_flags;
	union {
		struct { /* of packets */
			struct dpi_state *look; /* nDPI's state, NULL before it looks and when it is done; entry_look() */
			uint32_t next_seq[2];   /* TCP: next sequence number of each direction */
			uint32_t looking_at;    /* place in looking[] while look is not NULL */
			uint32_t syn_delta_us;  /* from first_us to the last SYN of the client */
		};
		struct heard heard; /* of records: where flow.report is not NULL */
	};
	struct dpi_class told_class;
	uint64_t told_risks;
};

/* NULL too where records come and no packets. */
static inline struct dpi_state *entry_look(const struct flow_entry *e)
{
	return e->flow.report == NULL ? e->look : NULL;
}

struct entry_list { /* entry numbers, with room to grow */
	uint32_t *items;
	size_t count, room;
};

enum { WHEEL_SLOTS = 8192 }; /* seconds; longer than the longest time-out */

struct flow_index {
	struct index_slot *slots;
	size_t mask, used;
	unsigned shift;
	uint64_t seed;
};

struct flow_table {
	struct flow_limits limits;
	struct flow_index index;
	struct slabs slabs;
	uint32_t used;          /* entry numbers ever handed out */
	uint32_t free_first;    /* list of entries given back, by `next` */
	struct entry_list lists[2]; /* [filling]: flows that moved; the other: what the open tick has still to tell */
	unsigned filling;
	bool in_tick;
	int64_t told_us;        /* when the last finished tick closed */
	uint32_t kept_first, kept_last;
	uint32_t *wheel;        /* first entry of each slot */
	int64_t wheel_s;        /* second the wheel is at; INT64_MIN before the first flow */
	int64_t oldest_s;       /* no live flow is due before */
	size_t meta_bytes;
	struct map *exporters;  /* by address: struct exporter_entry; NULL before the first record */
	const struct addr **exporter_list;
	struct { const struct addr *addr; uint16_t number; } latest; /* exporter */
	struct map *reports;    /* what is said of them: record_share.c */
	struct totals *totals;  /* of exporters that count from the begin of a flow: record_totals.c; NULL: there is none */
	struct map *balances;   /* of flows that exporters meter where they come in and go out: record_sides.c; NULL: none */
	struct flow_again again; /* the last record */
	struct map *apps;       /* what exporters call applications: told_apps.c */
	int64_t newest_us;      /* newest packet */
	struct entry_list looking; /* flows with a state in nDPI */
	size_t looking_hand;
	size_t new_looks;       /* what is left of the budget of STRAIN_NEW_FLOWS */
	struct dpi *dpi;
	struct early *early;    /* NULL until the first fragment comes early */
	struct meter *meter;    /* NULL: nobody exports */
	struct order *order;    /* NULL: it has all of the packets */
	struct parts *parts;    /* tables that are read with it; NULL: none */
	flow_sink *sink;
	void *ctx;
	void (*learn)(void *ctx, const struct addr *a, const char *name);
	void *learn_ctx;
	flow_ahead *ahead;
	void *ahead_ctx;
	struct flow_stats stats;
	uint64_t next_id;
};

void list_append(struct entry_list *l, uint32_t number); /* flow_index.c */

/* flow_index.c: entries in slabs, and where the live ones are. */
static inline struct flow_entry *entry_at(const struct flow_table *t, uint32_t number)
{
	return slabs_at(&t->slabs, number);
}
struct flow_entry *entry_new(struct flow_table *t);   /* zeroed but for its number */
void entry_free(struct flow_table *t, struct flow_entry *e);
void index_init(struct flow_table *t, uint64_t seed);
void index_release(struct flow_table *t); /* with all entries */
struct flow_key { /* both directions of a flow have the same one */
	struct addr low, high;
	uint16_t low_port, high_port, vlan, exporter;
	uint8_t l4, zero;
};
uint32_t index_tag(const struct flow_index *i, const struct flow_key *k); /* its hash, for the next three */
struct flow_entry *index_get(const struct flow_table *t, const struct flow_key *k, uint32_t tag);
void index_expect(const struct flow_table *t, uint32_t tag);       /* it will be looked up; advice only */
void index_expect_entry(const struct flow_table *t, uint32_t tag); /* ... and now where it is */
void index_add(struct flow_table *t, struct flow_entry *e, uint32_t tag);
void index_remove(struct flow_table *t, struct flow_entry *e, uint32_t tag);
/* All but the ends is zeroed. */
void flow_key_ends(struct flow_key *k, const struct addr *a, uint16_t a_port, const struct addr *b, uint16_t b_port);
void flow_key_of(const struct flow_table *t, const struct flow *f, struct flow_key *k);
size_t index_memory(const struct flow_table *t);

/* flow_table.c */
void flow_table_keep(struct flow_table *t, struct flow_entry *e);   /* an ended one stays listed */
void flow_table_forget(struct flow_table *t, struct flow_entry *e); /* a kept one goes into `other` */
void flow_table_make_room(struct flow_table *t); /* for one more; a kept or idle one goes */
/* One packet into its flow; flow_table_packet() is for those that may have to wait. */
struct flow_entry *flow_table_count(struct flow_table *t, const struct packet *p, unsigned source);
void flow_table_seen(struct flow_table *t, struct flow_entry *e, int64_t ts_us); /* it lasts from or until then */
unsigned flow_table_direction(const struct flow *f, const struct packet *p); /* 0: from the client */

/* flow_early.c */
/* A later fragment whose first was not seen waits until the next tick at most. */
void early_wait(struct flow_table *t, const struct packet *p, unsigned source);
/* What waits for the first fragment p, which was counted in e, goes there too. */
void early_join(struct flow_table *t, struct flow_entry *e, const struct packet *p);
void early_give_up(struct flow_table *t); /* what still waits has no ports */
void early_release(struct flow_table *t);
size_t early_memory(const struct flow_table *t);

/* flow_tell.c */
void tell_release(struct flow_table *t);
enum ahead_step { AHEAD_FLOW, AHEAD_HOSTS, AHEAD_ROWS }; /* what is on its way into the cache, the last one just before it is told */
void tell_expect(const struct flow_table *t, uint32_t number, enum ahead_step step);
void tell_mark(struct flow_table *t, struct flow_entry *e); /* it moved */
void tell_unmark(struct flow_table *t, struct flow_entry *e);
/* Tell the rest, keep it as ended. why: if it is neither idle nor a connection that is over. */
void flow_table_end(struct flow_table *t, struct flow_entry *e, enum flow_end why);

/* flow_meter.c; without a meter these do nothing, but meter_packet() wants one */
void meter_release(struct flow_table *t);
size_t meter_memory(const struct flow_table *t);
void meter_begin(struct flow_table *t, const struct flow_entry *e); /* a captured flow */
void meter_packet(struct flow_table *t, const struct flow_entry *e, const struct packet *p, unsigned direction);
uint32_t meter_octets(const struct packet *p); /* of IP, but no more than there are in the frame */
struct meter_more { /* packets that waited elsewhere */
	uint64_t packets, octets, bytes;
	int64_t first_us, last_us;
};
void meter_more(struct flow_table *t, const struct flow_entry *e, unsigned direction, const struct meter_more *more);
void meter_end(struct flow_table *t, const struct flow_entry *e, enum flow_end why);
bool meter_run(struct flow_table *t, int64_t now_us, size_t *budget); /* tell what is due; false: out of budget */

/* flow_parts.c; with t->parts only, but for the first */
void parts_release(struct flow_table *t);
const struct flow *parts_next(const struct flow_table *t, size_t *cursor);
void parts_expect_at(const struct flow_table *t, size_t cursor);
void parts_stats(const struct flow_table *t, struct flow_stats *sum); /* those of the others added */

/* flow_order.c; with t->order only. Which of a table's entries was first: in its lists, in its slot of the wheel. */
void order_release(struct flow_table *t);
size_t order_memory(const struct flow_table *t);
void order_stage(struct flow_table *t);                           /* what is told from here on comes later in a tick */
void order_mark(struct flow_table *t, const struct flow_entry *e); /* into the list of what moved */
void order_again(struct flow_table *t, const struct flow_entry *e); /* ... from the list of what is told now */
void order_slot(struct flow_table *t, const struct flow_entry *e);
void order_tells(struct flow_table *t, const struct flow_entry *e);   /* its turn to be told */
void order_expires(struct flow_table *t, const struct flow_entry *e); /* its turn in the wheel's slot */
void order_ends(struct flow_table *t, const struct flow_entry *e);    /* its turn at the end of all */

/* flow_expiry.c */
void expiry_init(struct flow_table *t);
void expiry_release(struct flow_table *t);
void expiry_add(struct flow_table *t, struct flow_entry *e);
void expiry_remove(struct flow_table *t, struct flow_entry *e);
bool expiry_is_over(const struct flow_table *t, const struct flow_entry *e, int64_t now_us);
bool expiry_is_idle(const struct flow_table *t, const struct flow_entry *e, int64_t now_us); /* by its own time-out */
/* Turn the wheel to now_us and end what is over. */
bool expiry_run(struct flow_table *t, int64_t now_us, size_t *budget); /* false: out of budget */
struct flow_entry *expiry_longest_idle(struct flow_table *t);

/* flow_tcp.c */
void tcp_packet(struct flow_entry *e, const struct packet *p, unsigned direction);
bool tcp_is_over(const struct flow *f);

/* flow_record.c */
void record_release(struct flow_table *t);
void sides_forget(struct flow_table *t, struct flow_entry *e); /* record_sides.c: a flow ends */
size_t record_memory(const struct flow_table *t);
void record_leave(struct flow_table *t, struct flow *f); /* it has no report any more */
/* When a flow was last heard of: its last packet, or the arrival of its last record. */
int64_t record_heard_us(const struct flow_entry *e);
int64_t record_held_us(const struct flow_entry *e); /* until then its rate is that of the last record */
/* The class of what an exporter calls an application; a name that the library does not know stands for itself. False:
 * there are too many. */
bool told_app(struct flow_table *t, const char *name, struct dpi_class *c);
/* What an update of a collected flow has besides: the interval of its counters, and the rate that they give. */
void record_tell(struct flow_table *t, struct flow_entry *e, struct flow_update *u);

/* flow_look.c */
void look_packet(struct flow_table *t, struct flow_entry *e, const struct packet *p, unsigned direction);
void look_conclude(struct flow_table *t, struct flow_entry *e); /* no more packets will come */
void look_release(struct flow_table *t);
void look_names(struct flow_table *t, const struct packet *p);  /* DNS answers */
bool look_is_name_port(uint16_t port);

#endif
