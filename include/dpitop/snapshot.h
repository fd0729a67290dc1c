/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * snapshot: what can be shown; immutable, self-contained (its strings live in its own arena), counted
 * by reference, so it may cross threads. Built by an engine from its model, flow table and sources;
 * replay will build the same from disk. tui and export see only this, the column table and the
 * filter.
 */
#ifndef DPITOP_SNAPSHOT_H
#define DPITOP_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dpitop/export_decode.h"
#include "dpitop/lasting.h"
#include "dpitop/pairs.h"

struct filter;
struct column;

enum { /* row.flags */
	ROW_OTHER = 1,    /* sum of what is not listed */
	ROW_LOCAL = 2,    /* host or subnet is local; flows: client is */
	ROW_GUESSED = 4,
	ROW_ENDED = 8,
	ROW_PEERS_CAPPED = 16, /* peers is a lower bound */
	ROW_SERVER_LOCAL = 32,
	ROW_SUM = 64,     /* list.sum */
	ROW_REST = 128    /* subnets, pairs of them: of flows that are no longer listed, so that their
	                   * addresses cannot be told apart */
};

/* One line of any pane. What does not apply is zero, NULL or "" and the column table knows which
 * columns a dimension has. Strings are clean UTF-8 in the snapshot's arena (or constants), never
 * NULL. */
struct row {
	uint8_t dim;       /* enum dim, or DIM_FLOW */
	uint8_t flags;     /* ROW_ */
	uint8_t l4, ip_version, state, tcp_flags, tunnel;
	bool own;          /* flows: a look-up of dpitop's own */
	bool uninspected;  /* flows: left out when packets came too fast, or for want of room */
	uint64_t id;       /* stable identity within a dimension: flow id, or hash of the key */
	struct dim_key key; /* the model's own key; flows: host.addr = client */
	struct addr addr[2]; /* host: [0]; flow: client, server */
	uint16_t port[2];    /* flow: client, server; port rows: [0] */
	uint16_t vlan, source;
	struct flow_counters total; /* [0] sent / client to server, [1] received / back */
	uint32_t rate[2];    /* bytes per second */
	uint32_t packet_rate[2];
	uint32_t peak;       /* bytes per second */
	uint32_t flows, live_flows, hosts, peers, score, clients, hits;
	uint32_t rtt_us, retransmits, out_of_order;
	uint64_t risks;
	int64_t first_us, last_us;
	uint32_t spark[DIM_SPARK]; /* bytes per 5 s, oldest first */
	char country[4];     /* "DE", "" not known; flows: of the remote end, as are all places */
	uint32_t asn;
	double latitude, longitude; /* NaN if not known */
	double share;        /* of all bytes in this list, 0..1 */
	const uint64_t *lasting; /* bytes by enum lasting, as history has them; NULL: not known */
	const char *label;   /* the row's main text: address, application name, "10.0.0.0/24",
			      * "443/TCP", site */
	const char *label2;  /* second end: flow server, pair destination; other: "61 hosts" */
	const char *name, *name2; /* host names (resolved or learned) of the ends */
	const char *mac, *mac2;  /* flows in the focus: of both ends */
	const char *place, *place2; /* flows in the focus: where the ends are, "US, Mountain View, AS15169 Google" */
	const char *app;     /* application; hosts: top application */
	const char *category, *breed, *confidence;
	const char *site, *query, *url, *method, *code, *user_agent, *content_type, *ja3, *ja4;
	const char *tls_version, *alpn, *server_info;
	/* collected flows in the focus: what the exporter told, as text */
	const char *user, *nat, *next_hop, *ports, *as_path, *dscp, *told_vlan, *event, *sampling;
	const char *risk_text;    /* ", "-joined names */
	const char *country_name, *city, *as_name, *exporter;
	const char *methods, *codes, *content_types; /* sites: "GET 12, POST 3" */
	const char *seen_in;      /* sites: "DNS, TLS" */
	const char *site_category; /* flows: what their site belongs to */
	const char *where;        /* "local", "DE AS15169", "DE", "" */
	const char *text, *said;  /* alerts: what is wrong, in English; in the reader's language */
	const char *pin;          /* alerts: the filter of the traffic that they are about */
	const char *l4_text, *flags_text, *state_text, *tunnel_text; /* "TCP", "SAF", "open", "GRE" */
};

struct list {
	enum dim dim;
	struct row *rows;      /* sorted as wanted; `count` of them */
	size_t count;
	size_t matching;       /* rows that pass the filter, shown or not */
	size_t all;            /* rows there are without a filter; 0 where there are some: not known */
	bool partial;          /* rows are hidden by a measure, locality or version: no partition */
	/* Exact sum of what is not in rows (cut off, and, where no row is hidden, evicted); there is
	 * some only if flagged ROW_OTHER. */
	struct row other;
	struct row sum;        /* sum of all matching rows incl. other */
};

struct source_info { /* one source, as shown in Sources and JSON */
	char name[64], kind[12], linktype[32];
	char state[96];        /* "up", "down: waiting for the interface", "end of file" */
	bool ok;
	uint64_t packets, bytes;
	uint64_t dropped;      /* kernel */
	uint64_t if_dropped;   /* interface */
	uint64_t undecoded, truncated;
	double progress;       /* files: 0..1 by bytes read; live: NaN */
	char filter[128];      /* capture filter in force */
	int snaplen;
	uint64_t buffer_bytes; /* kernel ring; collectors: what the kernel gave the socket */
	bool collects;         /* a collector, or a file whose exports are decoded: */
	uint64_t refused, unknown; /* datagrams: of exporters that are not allowed; that are no export */
	uint64_t lost, malformed, missing_template, exporters_gone; /* sums of all its exporters */
	size_t exporters, templates; /* now */
};

struct exporter_port { /* an interface of an exporter */
	char name[48];           /* "" not known */
	bool has_counters;       /* its own (sFlow); else of `counters` only the interface is known */
	struct export_counters counters;
	uint64_t told_bytes[2];  /* by records, times the sampling interval: 0 in, 1 out */
	uint32_t rate[2];        /* bytes per second: between the last two counters, or by records of the last minute or two */
	int64_t last_us;         /* of its counters */
};

struct exporter_again { /* of an exporter that meters where traffic comes in and where it goes out */
	uint64_t records;        /* these told again, in part at least, what was told at the other side; it is not counted again: */
	uint64_t bytes, packets; /* so much, times the sampling interval */
};

struct exporter_info {
	unsigned source;         /* number of the source it comes through */
	struct export_exporter x; /* a copy, as of the picture's time */
	uint32_t record_rate;    /* records per second in the last tick */
	struct exporter_again again;
	const struct exporter_port *ports; /* by SNMP index */
	size_t port_count;
};

struct sent_totals { /* what became of messages to a collector */
	uint64_t messages, records, option_records, bytes; /* bytes: of the messages */
	uint64_t packets, octets;                          /* of the flows in them, octets of IP */
};

struct export_target { /* a collector that is told of the flows captured here */
	char to[96];             /* "ipfix://192.0.2.1:4739" */
	bool ok;                 /* nothing was lost in the last seconds */
	const char *why;         /* of what was lost last, a constant text of N_(); "" */
	struct sent_totals sent, lost; /* as far as it is known: the network does not tell */
};

/* What one place sent to another, or the sum of several such. */
struct matrix_cell {
	uint64_t id;               /* of the pair's row; 0: a sum, or nothing */
	uint64_t bytes, packets;
	uint64_t rate, packet_rate; /* per second, in the last closed one */
	uint64_t flows;            /* sums: as counted by their pairs, a flow both ways is in two */
};

/* A list of pairs as sources x destinations, exact whatever of it is shown: each axis has its first
 * places, most traffic first, and behind them one for all others. */
struct matrix_axis {
	struct row *places;        /* of the dimension `dim`, without counters; `count` of them */
	size_t count;
	size_t all;                /* there are; the others are in index `count` of cells and sums */
	struct matrix_cell *sums;  /* count + 1: of each place in this direction */
};
struct matrix {
	enum dim pair, dim;        /* of the cells; of the places */
	struct prefix prefix;      /* of subnets */
	struct matrix_axis axis[2]; /* [0] sources, [1] destinations */
	struct matrix_cell *cells; /* (sources + 1) x (destinations + 1), a source after the other */
	struct matrix_cell sum;    /* of all cells: of all matching pairs */
	size_t matching, all;      /* pairs, as in struct list */
};

enum { GRAPH_SECONDS = 600, SNAPSHOT_SOURCES = 32, SNAPSHOT_EXPORTERS = 256, SNAPSHOT_EXPORTS = 8, MATRIX_PLACES = 256 };

struct gauge { size_t used, max; uint64_t evicted; size_t bytes; }; /* bytes: memory, 0 not known */

struct names_stats { /* of the look-ups for names */
	bool lookups;              /* they are made */
	struct gauge cache;
	uint64_t asked;            /* datagrams sent, second tries included */
	uint64_t found, none, silent; /* look-ups that ended in a name, in there being none, unanswered */
	unsigned waiting;          /* to be sent or answered */
};

/* One row and the traffic of just its flows, for its details. */
struct focus {
	enum dim dim;
	uint64_t id;
	bool found;                /* row is as it is now; else there is no such row any more */
	struct row row;            /* its share is that of lists[dim], 0 where that is not wanted */
	bool counted;              /* its flows have been gone over: what follows is known */
	const char *filter;        /* the expression whose flows these are */
	struct model_totals totals;
	struct list lists[DIM_LIST_COUNT]; /* as in struct snapshot */
	uint64_t (*graph)[2];      /* as in struct snapshot; since the focus was first wanted */
	size_t graph_count;
};

struct ring_info { /* recent packets kept in memory */
	uint64_t size_bytes;   /* 0: none are kept */
	uint64_t used_bytes, packets;
	int64_t oldest_us, newest_us;
};

struct history_info {      /* the state of what is recorded */
	bool on;               /* a directory is open */
	bool writing;          /* else text says why not */
	bool failing;          /* it should be writing, and is not */
	char dir[128], text[200]; /* "recording", "read only: PID 4711 records here", "disk full: ..." */
	uint64_t files, bytes, size_bytes; /* size: the bound */
	uint64_t entities, refused; /* rows with a file of their own; without, they are in "(other)" */
	uint64_t removed;      /* files that made room */
	uint64_t dropped, late, lost; /* intervals: queue full; before what was booked; not writable for too long */
	uint64_t damaged;      /* files set aside */
	uint64_t written_bytes;
	int64_t flushed_us;
	double load;           /* share of a core */
};

enum replay_note { REPLAY_AT_BEGIN = 1, REPLAY_AT_END, REPLAY_NO_PEAK, REPLAY_NO_GAP };

/* A picture of stored history: where it lies. */
struct replay_info {
	bool on;
	int64_t from_us, to_us;   /* what the lists sum up: after from, not after to */
	int64_t window_from_us, window_to_us; /* the visible span: of timeline and graph */
	int64_t span_from_us, span_to_us; /* all that is recorded */
	int64_t step_us;          /* of the timeline */
	int64_t graph_step_us;    /* of a column of snapshot.graph, whose first begins at window_from_us */
	double speed;             /* play-back, times real time, negative backwards; 0: it stands */
	bool loading;             /* another span is on its way from disk */
	bool recorded;            /* false: dpitop was not recording then */
	uint64_t dims;            /* 1 << dim of those that history has; all others are not recorded */
	enum replay_note note;    /* why a key did not do what was asked, to be said when note_number grows */
	uint32_t note_number;
	uint64_t untold;          /* of these, whether the filter matches depends on flows, which are not recorded */
};

/* What a picture of the past has besides its model; borrowed. */
struct replay_input {
	struct replay_info info;
	uint64_t (*graph)[2];     /* of the visible span, as in struct snapshot; NULL: none */
	size_t graph_count;
	uint64_t (*focus_graph)[2]; /* the same of the row whose details are wanted: sent, received; or both in [1] */
	size_t focus_count;
	uint64_t rate_in, rate_out, rate_packets;
	uint64_t flows, hosts;    /* live at its end */
	uint64_t matching_hosts;
};

enum { SNAPSHOT_ENGINES = 16 };
struct engine_share { /* of the work */
	uint64_t packets;
	double load; /* as engine_load */
};

struct snapshot {
	int refs; /* use snapshot_ref/unref */
	uint64_t sequence;
	char gone[160];            /* no more pictures come, and why; "": they do */
	int64_t now_us;            /* the picture's time (packet time for files) */
	bool live, final, frozen;  /* final: the sources have ended; nothing will change */
	struct model_totals totals;      /* unfiltered */
	struct model_totals filtered;    /* of the matching flows; equal to totals without a filter */
	/* Bytes/s and packets/s in the last closed second; of the matching flows, as are the graph and
	 * the lists. */
	uint64_t rate_in, rate_out, rate_packets;
	uint64_t rate_flows;             /* new flows/s, of all traffic */
	uint64_t matching_flows, matching_hosts; /* under a filter that selects flows; else all listed */
	uint64_t drops;                  /* all kinds, for the header */
	size_t alerts, critical;         /* warnings and worse, of all traffic; of them, the worst */
	struct flow_stats flow_stats;
	struct source_info sources[SNAPSHOT_SOURCES];
	size_t source_count;
	struct exporter_info *exporters; /* at most SNAPSHOT_EXPORTERS, most records first */
	size_t exporter_count;
	struct export_target exports[SNAPSHOT_EXPORTS]; /* whom flows are sent to */
	size_t export_count;
	struct list lists[DIM_LIST_COUNT]; /* count 0 and rows NULL where not wanted */
	struct matrix *matrix;     /* NULL where not wanted */
	struct prefix prefix, own_prefix; /* of the pairs of subnets; of all other subnets */
	/* Bytes/s [0] out, [1] in; oldest first; MODEL_GRAPH_GAP: not known. Under a filter since that
	 * was set. */
	uint64_t (*graph)[2];
	size_t graph_count;
	struct focus *focus;       /* NULL where not wanted */
	struct gauge flows_gauge, hosts_gauge, dpi_gauge;
	struct gauge tables[DIM_COUNT]; /* rows of each dimension */
	struct names_stats names;
	struct conservation conservation;
	bool conservation_checked;
	struct ring_info ring;
	struct history_info history;
	struct replay_info replay;
	bool names_on;
	double looked;             /* share of the flows that the filter has looked at: below 1 its lists and
				    * sums are of these only, and the header's rates are not known */
	char filter_text[256];     /* in force */
	char geo_text[160];        /* data in use, or what to install */
	char category_text[64];    /* category lists in use; "" without any */
	bool geo_countries, geo_cities, geo_as;
	bool has_home;
	double home_latitude, home_longitude; /* where a local host is, if has_home */
	char dpi_version[32];
	double engine_load;        /* share of a core in the last second, 0..1 */
	struct engine_share engines[SNAPSHOT_ENGINES]; /* those that packets are dealt to */
	size_t engine_count;       /* 0: there is the one */
	/* What the last tick, the last passes for filter and details, and the last picture cost; 0: none
	 * yet, ticks of files are part of reading. */
	double tick_ms, group_ms, picture_ms;
	size_t memory_bytes, group_bytes; /* all; of it what filter and details take */
	struct arena *arena;
	struct row *gathered;      /* rows of a list too long for the arena; see gather.h */
};

struct want_list {
	bool on;
	size_t top;                /* 0: all */
	const struct column *sort; /* NULL: the dimension's default */
	bool ascending;
	int locality;              /* 0 all, 1 local only, 2 remote only (hosts) */
	int ip_version;            /* 0 both, 4, 6 (hosts) */
	uint64_t keep_id;          /* this row is listed even if below the cut (follow), 0: none */
	/* snapshot_walk(): hosts and flows without label and `where`, flows without names and places of their ends: for
	 * those who show and sort by none of these. */
	bool plain;
};
struct want_focus {            /* details of a row; off, they cost nothing */
	bool on;
	enum dim dim;              /* which row */
	uint64_t id;
	struct dim_key key;        /* not for flows */
	char filter[256];          /* whose flows, within those of the pane's filter; "" none */
	uint64_t lists;            /* 1 << dim of each list made of them */
	size_t top;
};
struct want_matrix {
	bool on;
	enum dim pair;             /* DIM_SUBNET_PAIR or another one of pairs */
	size_t places;             /* at most on each axis; 0: MATRIX_PLACES */
};
struct want { /* what a picture is asked for; copied to the engine as a command */
	struct want_list lists[DIM_LIST_COUNT];
	char filter[256];          /* filter expression, "" none */
	bool names;                /* resolve names */
	bool early;                /* a new filter: what of it is known so far is welcome, see snapshot.looked */
	struct want_focus focus;
	struct want_matrix matrix;
	/* Of the subnets in pairs, {0, 0}: as all others. Longer ones come when all flows were gone over. */
	struct prefix prefix;
};

struct names;
/* Everything a picture is made from; borrowed for the call. `filter` (may be NULL) selects: its
 * traffic part has already built `filtered` (model of the matching flows; NULL when it has none, or
 * not yet: the lists are then empty), its measure part hides rows. `focus` and `focused` are the same
 * for the row whose details are wanted. */
struct snapshot_input {
	const struct model *model, *filtered, *focused;
	const struct pairs *pairs; /* of the matching flows, by lengths that may be wanted; NULL: none */
	const struct flow_table *flows;
	const struct filter *filter, *focus;
	const struct dpi *dpi;
	const struct subnets *subnets;
	struct geoip *geoip;
	struct names *names;       /* NULL: no look-ups */
	const struct source_info *sources;
	size_t source_count;
	const struct exporter_info *exporters; /* all of them */
	size_t exporter_count;
	const struct export_target *exports;
	size_t export_count;
	double looked;             /* as in struct snapshot; 0: all */
	size_t flows_end;          /* where the looking has come to (flow_table_next()); 0: everywhere */
	int64_t now_us;
	bool live, final;
	int64_t tick_us;           /* length of the last closed tick, 0: a second */
	uint64_t rate_flows;       /* new flows/s in it */
	/* Bytes of a row in days, weeks ... false: not known; NULL: nobody records. */
	bool (*lasting)(void *ctx, enum dim d, const struct dim_key *k, uint64_t bytes[LASTING_COUNT]);
	void *lasting_ctx;
	const struct replay_input *replay; /* NULL: not of the past */
};
/* Pairs of subnets of these lengths: those of `in`, or *made from the model (else NULL) for the caller to
 * free. NULL: the model's own rows, which also stand in where the flows were not yet gone over. */
const struct pairs *snapshot_pairs(const struct snapshot_input *in, struct prefix p, struct pairs **made);
struct snapshot *snapshot_build(const struct snapshot_input *in, const struct want *want);
/* The same in slices, so that capture need not wait for it. in and want are copied; what in points to is
 * borrowed until the end. Between two steps packets may come, but no tick or regroup may go on. A step looks at
 * about `budget` rows (0: all); true: all lists are there. snapshot_finish() gives the picture, the caller's. */
struct snapshot_building;
struct snapshot_building *snapshot_begin(const struct snapshot_input *in, const struct want *want);
bool snapshot_step(struct snapshot_building *b, size_t budget);
struct snapshot *snapshot_finish(struct snapshot_building *b);
void snapshot_abandon(struct snapshot_building *b); /* NULL is fine */
void snapshot_ref(struct snapshot *s);   /* atomic */
void snapshot_unref(struct snapshot *s); /* frees at 0; NULL is fine */
/* Walk one list without holding it in memory: each row (already sorted as `want` says, then `other`
 * if it has traffic) is valid for the call only. For totals of a file with millions of rows. Stops
 * when each() returns nonzero and returns that. */
int snapshot_walk(const struct snapshot_input *in, enum dim d, const struct want_list *w,
		  int (*each)(void *ctx, const struct row *r), void *ctx);

#endif
