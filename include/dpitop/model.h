/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model: flow_update -> traffic by dimension. A dimension is ONE bounded counter table; hosts,
 * applications, protocols, subnets, pairs, countries ... are rows of the dims[] table in
 * src/model/dims.c. One model per engine thread (and one more per active filter); not locked.
 *
 * Conservation: at every moment, for each dimension that partitions traffic, the sum of its rows and
 * its `other` row is the sum of all updates; model_check() proves it.
 */
#ifndef DPITOP_MODEL_H
#define DPITOP_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dpitop/addr.h"
#include "dpitop/category.h"
#include "dpitop/flow.h"
#include "dpitop/i18n.h"

enum dim { /* keep in step with dims[]; a static assertion counts */
	DIM_HOST, DIM_APP, DIM_CATEGORY, DIM_BREED, DIM_L4, DIM_IP_VERSION, DIM_ETHERTYPE, DIM_PORT, DIM_STATE,
	DIM_TCP_FLAGS, DIM_SUBNET, DIM_SUBNET_PAIR, DIM_COUNTRY, DIM_COUNTRY_PAIR, DIM_AS, DIM_AS_PAIR, DIM_CITY, DIM_SITE,
	DIM_VLAN, DIM_VLAN_PAIR, DIM_TUNNEL, DIM_RISK, DIM_INTERFACE, DIM_SITE_CATEGORY, DIM_EXPORTER,
	DIM_ALERT, /* see alert.h; it counts no traffic */
	DIM_COUNT,
	DIM_FLOW = DIM_COUNT, /* not a counter table: the flows themselves */
	DIM_LIST_COUNT
};

/* Key of a row: zeroed, then the fields its dimension uses. */
struct dim_key {
	union {
		struct { struct addr addr; } host;         /* exporters too: addr_none is what was captured here */
		struct { uint16_t master, app; } app;      /* nDPI ids */
		struct { uint16_t number; } small;         /* category, breed, L4, IP version, EtherType, state, flags, VLAN, tunnel, risk bit, interface */
		struct { uint16_t port; uint8_t l4; } port;
		struct { struct cidr net; } subnet;        /* 0.0.0.0/0: "internet" (every network that is not local) */
		struct { struct cidr src, dst; } subnet_pair;
		struct { char code[2]; } country;          /* "\0\0": not known or private */
		struct { char src[2], dst[2]; } country_pair;
		struct { uint32_t asn; } as;
		struct { uint32_t src, dst; } as_pair;
		struct { char country[2]; char name[38]; } city;
		struct { char name[80]; } site;
		struct { char name[CATEGORY_NAME]; } site_category; /* a list's or nDPI's; "": none has room */
		struct { uint16_t src, dst; } vlan_pair;
		struct { uint16_t number; char name[64]; } interface; /* of a run: number; of a file: name (key_text.h) */
		/* who: a host, else id stands for the row; what: risk bit, number of the threshold, of the source */
		struct { struct addr who; uint32_t id[2]; uint16_t what; uint8_t kind, severity, dim; } alert;
		uint8_t bytes[80];
	};
};

enum { DIM_SPARK = 12, DIM_SPARK_STEP_S = 5, DIM_TOP_APPS = 4 };

/* Counters of a row. Index 0: sent by the row's entity (host, subnet, country ...) or from client to server
 * (applications, ports ...) or src to dst (pairs: all in 0); 1: the other way. */
struct dim_row {
	struct flow_counters total;
	uint64_t last_tick[2];     /* total.bytes at the last closed tick: rates come from these */
	uint32_t rate[2];          /* bytes in the last closed tick, scaled to 1 s */
	uint32_t packet_rate[2];
	uint32_t peak;             /* highest rate[0] + rate[1] */
	uint32_t flows;            /* flows ever */
	uint32_t live_flows;
	uint32_t hosts;            /* hosts in it (subnet, country, AS, city, application), where counted */
	uint32_t spark[DIM_SPARK]; /* bytes per DIM_SPARK_STEP_S, ring by spark_at */
	int32_t spark_at;
	int64_t first_us, last_us;
	struct dim_host *host;     /* hosts only, else NULL */
	struct dim_site *site;     /* sites and their categories only, else NULL */
};

struct dim_host { /* what only hosts have */
	struct geo *geo;         /* borrowed from the geo cache, NULL if not known */
	struct cidr subnet;
	uint32_t peers;          /* distinct addresses it talked to */
	uint32_t score;          /* sum of the risk scores of its flows */
	uint64_t risks;
	uint8_t mac[6];
	bool local, mac_set, peers_capped;
	struct { struct dpi_class class_; uint64_t bytes; } top[DIM_TOP_APPS]; /* most bytes first */
	char name[64];           /* learned on the wire: DNS answer, SNI, HTTP host; "" if none */
	uint8_t name_origin;     /* enum host_name_origin */
};
enum host_name_origin { NAME_NONE, NAME_SNI, NAME_HTTP, NAME_DNS, NAME_PTR };

struct dim_site { /* of their categories only the hits */
	uint32_t hits, clients;
	uint16_t category;       /* nDPI category of its last flow; a DNS query's only until there is another */
	uint8_t seen_in;         /* SITE_ bits: where clients named it */
	/* By the user's lists, else nDPI's, as its row is called; the model's, never NULL, "" if there is no room. All
	 * traffic of the site is in that row. */
	const char *category_name;
	struct { char name[12]; uint32_t count; } methods[6], codes[8]; /* most frequent first; the rest is not listed */
	struct { char name[36]; uint32_t count; } content_types[5];    /* without what stands behind ';' */
};
enum { SITE_DNS = 1, SITE_HTTP = 2, SITE_TLS = 4, SITE_QUIC = 8 };

/* Where an address is. One per host at its creation. */
struct geo {
	char country[2];       /* ISO 3166 alpha-2, "\0\0" unknown */
	uint32_t asn;
	const char *as_name;   /* "" if not known; lives as long as the geo database */
	const char *country_name;
	const char *city;
	double latitude, longitude; /* NaN if not known */
};
struct geoip;
/* explicit_path: directory or file of --geoip; NULL: the usual places, then the tor-geoipdb text files. NULL with e
 * filled if explicit_path cannot be used; without data in the usual places everything is unknown and
 * geoip_describe() says what to install. */
struct geoip *geoip_open(const char *explicit_path, struct error *e);
void geoip_close(struct geoip *g);
/* A look-up is near: what takes long to be read is, on a thread of its own. The caller's thread is that of the look-ups. */
void geoip_prepare(struct geoip *g);
void geoip_lookup(struct geoip *g, const struct addr *a, struct geo *out);
const char *geoip_describe(const struct geoip *g, char *buf, size_t size); /* one line for the Sources pane */
bool geoip_has(const struct geoip *g, bool *city, bool *as); /* true if countries are known */
const char *country_name(const char code[2]); /* ISO 3166 English short name; "" */
bool country_centre(const char code[2], double *latitude, double *longitude);

/* Local networks and how addresses fall into subnets. */
struct subnets;
struct prefix { uint8_t v4, v6; }; /* lengths of IPv4 and IPv6 subnets */
struct subnets *subnets_new(unsigned v4_bits, unsigned v6_bits); /* default 24 and 64 */
void subnets_free(struct subnets *s);
int subnets_add_local(struct subnets *s, const char *cidr_list, struct error *e); /* "10.0.0.0/8,2001:db8::/32" */
void subnets_add_cidr(struct subnets *s, const struct cidr *c);
void subnets_add_private(struct subnets *s); /* the default when no -m: RFC 1918, 6598, 3927, 4193, fe80::/10, loopback */
struct prefix subnets_prefix(const struct subnets *s); /* as made */
/* Subnets of other lengths. Wider ones end where the widest local network they are in does, so that they hold nothing but
 * local addresses; where one can be told from the subnet as made, subnets_widen() gives the same as subnets_at(). */
struct cidr subnets_at(const struct subnets *s, const struct addr *a, struct prefix p);
struct cidr subnets_widen(const struct subnets *s, const struct cidr *made, struct prefix p);
bool subnets_refines(const struct subnets *s, struct prefix p); /* longer than as made, for either family */
bool subnets_is_local(const struct subnets *s, const struct addr *a);
struct cidr subnets_of(const struct subnets *s, const struct addr *a); /* v4/24, v6/64 of local ones, else 0.0.0.0/0 "internet" */

struct model_limits { /* rows per table; 0: the default in dims[] */
	size_t max_hosts, max_sites, max_ports, max_pairs;
};
struct model_options {
	struct model_limits limits;
	struct subnets *subnets; /* borrowed */
	struct geoip *geoip;     /* borrowed */
	const struct dpi *dpi;   /* borrowed */
	struct categories *categories; /* the model keeps a reference; NULL: none */
	/* Of a part of the traffic: the model of all of it, which knows more of its sites; borrowed. NULL: this is it. */
	const struct model *whole;
	uint64_t seed;
};

struct model_totals {
	uint64_t packets, bytes;               /* everything the sources saw */
	uint64_t non_ip_packets, non_ip_bytes; /* part of it; undecoded included */
	uint64_t undecoded_packets, undecoded_bytes;
	uint64_t truncated_packets;
	uint64_t in_bytes, out_bytes, local_bytes, transit_bytes; /* by local networks: out is local -> elsewhere */
	int64_t first_us, last_us;             /* smallest and largest packet time */
};

struct model;
struct model *model_new(const struct model_options *o);
void model_free(struct model *m);
void model_apply(struct model *m, const struct flow_update *u);
/* An update of this flow is near (flow_table_on_ahead()). */
void model_expect(const struct model *m, const struct flow *f, unsigned step);
/* A frame without (readable) IP; booked at once, there is no flow. ethertype 0 if not known. */
void model_non_ip(struct model *m, uint16_t ethertype, bool undecoded, uint64_t packets, uint64_t bytes, int64_t ts_us, unsigned source);
/* A learned name of an address ("www.example.org"); the better origin wins. Text is clean. No effect if the host is not there. */
void model_learn_name(struct model *m, const struct addr *a, const char *name, enum host_name_origin o);
/* Close a tick: rates, sparklines, peaks. elapsed_us: the tick's length. Costs in proportion to rows that moved. */
void model_tick(struct model *m, int64_t now_us, int64_t elapsed_us);
/* Rates of the rows as if the tick, so far elapsed_us long, closed now; it stays open. */
void model_preview(struct model *m, int64_t elapsed_us);
/* For models made anew of the same traffic: the graph, and the sparklines and peaks of rows that both
 * have, go on from `before`. Before model_tick(). */
void model_inherit(struct model *m, const struct model *before);
/* Where we are: the place of the first local host that has one. False if none has. */
bool model_home(const struct model *m, double *latitude, double *longitude);
/* Other category lists from now on (NULL: none; the model keeps a reference): sites move to their new categories, with
 * their traffic, as they are seen, and the others by model_recategorise(). */
void model_set_categories(struct model *m, struct categories *c);
/* Go on with that, looking at `budget` sites (0: all). True when all are done. */
bool model_recategorise(struct model *m, size_t budget);
const struct categories *model_categories(const struct model *m); /* NULL: none */
/* Category of the flow's site as its row is called, "" of a flow without one. Into buf, or borrowed from the model. */
const char *model_site_category(const struct model *m, const struct flow *f, char buf[CATEGORY_NAME]);
const struct model_totals *model_totals(const struct model *m);
/* For frames that are counted before their flow is told: add to totals at once. Called per batch, not per packet. */
void model_count(struct model *m, uint64_t packets, uint64_t bytes, uint64_t truncated, int64_t first_us, int64_t last_us);

/* What is known of a row from outside, for a model that no updates come to: history's. */
struct model_row {
	struct flow_counters total;
	uint32_t rate[2], packet_rate[2], peak; /* per second */
	uint32_t flows, live_flows, hosts;
	int64_t first_us, last_us; /* 0: not known */
	uint32_t spark[DIM_SPARK]; /* oldest first; the last one ends at now_us */
	bool local;                /* hosts */
	char country[2];           /* hosts: as it was; "\0\0": as its address says */
	const char *name;          /* hosts; never NULL */
};
/* Add to the row of k, in no dimension but d (a host is counted as one in its places, which come behind hosts); k NULL, or no
 * room: to the dimension's other. */
void model_put(struct model *m, enum dim d, const struct dim_key *k, const struct model_row *r, int64_t now_us);
void model_put_totals(struct model *m, const struct model_totals *t);

size_t model_rows(const struct model *m, enum dim d);
size_t model_rows_max(const struct model *m, enum dim d);
uint64_t model_evicted(const struct model *m, enum dim d);
const struct dim_row *model_other(const struct model *m, enum dim d); /* what did not fit */
/* Iterate: cursor from 0. *key borrowed until the next change of the model. */
const struct dim_row *model_next(const struct model *m, enum dim d, size_t *cursor, const struct dim_key **key);
/* The row of this cursor is near to be read: have it on its way into the cache. Advice only. */
void model_expect_at(const struct model *m, enum dim d, size_t cursor);
const struct dim_row *model_get(const struct model *m, enum dim d, const struct dim_key *key);
size_t model_memory(const struct model *m);
size_t model_table_memory(const struct model *m, enum dim d); /* part of it */
/* Throughput history: bytes per second in [0] sent by local networks ("out", upload) and [1] received ("in"), oldest first; traffic
 * without a local end counts as in. Returns how many of max seconds were filled (at most 600). A second that is not known is
 * MODEL_GRAPH_GAP. */
#define MODEL_GRAPH_GAP UINT64_MAX
size_t model_graph(const struct model *m, uint64_t (*bytes)[2], size_t max);
/* Bytes per second of collected traffic, as exporters told last: the graph has it only later, as of when it was. [0] out. */
void model_held(const struct model *m, uint64_t bytes[2]);
/* So much time between the last tick and the one to come was not seen. */
void model_graph_gap(struct model *m, int64_t missing_us);

struct conservation { bool l4, l7, hosts, flows, matrix; };
/* Do the sums of each dimension equal the totals? Call after a finished tick (all flows told). flows NULL: packets came since; those are not looked at. */
struct conservation model_check(const struct model *m, const struct flow_table *flows);

/* THE table of dimensions, for the rooms that show them. */
struct dim_info {
	const char *id;    /* "hosts", "l7", "subnets": JSON list name and --view name */
	const char *title; /* "Hosts" */
	const char *one;   /* "host" */
	const char *count_one, *count_many; /* "%llu host", "%llu hosts", for i18n_count() */
	bool partition;    /* the rows and other add up to all traffic (bytes[0] + bytes[1]) */
	bool both_ends;    /* the entity sends and receives: each byte is in one row's [0] and one row's [1] */
	bool pair;         /* src x dst: all counted in [0] */
};
const struct dim_info *dim_info(enum dim d);

#endif
