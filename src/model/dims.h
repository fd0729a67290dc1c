/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inside of a model, for the files that make it: dims.c (THE table of dimensions), table.c (one
 * dimension's rows), apply.c (which rows a flow belongs to), host.c, site.c,
 * site_category.c, alerts.c, scans.c, check.c, model.c. Private
 * to src/model; engine thread.
 */
#ifndef MODEL_DIMS_H
#define MODEL_DIMS_H

#include "dpitop/alert.h"
#include "model/distinct.h"
#include "model/table.h"

struct host_entry {
	struct entry entry; /* first */
	struct dim_host host;
	struct geo place;
	struct entry *subnet, *country, *as, *city; /* its rows there; NULL: other */
	bool known;             /* it has sent something */
	bool watched, crowded;  /* scans.c: as client, as server */
};

struct site_basis { /* what a site's category was settled by */
	uint32_t lists;
	uint16_t listed, ndpi;
};

struct site_entry {
	struct entry entry; /* first */
	struct dim_site site;
	struct entry *category; /* its row there; NULL: other */
	struct addr server;     /* of its last visit; addr_none */
	uint32_t lists;         /* as of which lists these are: */
	uint16_t by_name, by_address; /* CATEGORY_NONE */
	struct site_basis basis;
};

struct site_category_entry {
	struct entry entry; /* first */
	struct dim_site site;
};

/* Of its flows, those counted for their way back: where both ways fall together they are one flow. */
struct pair_entry {
	struct entry entry; /* first */
	uint32_t back, back_live;
};

enum { GRAPH_STEPS = 600, ALERT_SOURCES = 64 };

struct model {
	struct model_options o;
	struct table tables[DIM_COUNT];
	struct model_totals totals;
	struct distinct distinct;
	struct map *names;          /* learned names of addresses that are no host yet, or no more */
	size_t names_hand;
	struct categories *categories; /* a reference, NULL: none */
	uint32_t lists;             /* grows with each change of them */
	size_t recategorised;       /* sites up to here are as of the newest lists; SIZE_MAX: all */
	struct host_entry strays[2]; /* ends of an update whose hosts found no room */
	bool has_home;
	double home_latitude, home_longitude; /* of the first local host whose place is known */
	int64_t newest_us;
	uint64_t graph[GRAPH_STEPS][2];
	size_t graph_count, graph_at;
	uint64_t graph_last[2];     /* totals at the last closed tick */
	struct model_history *history; /* NULL: none is kept */
	/* Collected traffic of seconds that are over, until the tick closes: cells have what is in a second alone, steps
	 * where a rate begins and ends. Index: seconds before the last closed tick's end. */
	struct { double cells[GRAPH_STEPS][2], steps[GRAPH_STEPS + 1][2]; } *late; /* NULL before there is some */
	struct hold held;           /* rate of all collected traffic: [0] out */
	struct told told;           /* and what will be added to it */
	int64_t ticked_us;          /* end of the last closed tick, 0: none */
	struct alerts *alerts;      /* NULL: of a part of the traffic */
};

const struct shape *dim_shape(enum dim d);

/* host.c */
void hosts_init(struct model *m);
/* The host of an end. Its AS, for want of data, is what an exporter tells. Never NULL, but *entry is NULL if it found no room (it is then counted in other). */
struct host_entry *host_touch(struct model *m, const struct flow_update *u, unsigned end, struct entry **entry);
bool host_has_top(const struct dim_host *h, const struct dpi_class *c); /* among its top applications */
void host_learn(struct model *m, struct host_entry *h, const char *name, enum host_name_origin o);
void hosts_expect_peer(const struct model *m, const struct flow *f); /* it will be described, as a new one; advice only */
void hosts_describe(struct model *m, struct host_entry *const ends[2], const struct flow_update *u);

/* harvest.c */
void harvest_release(struct model *m);
size_t harvest_memory(const struct model *m);
void harvest_learn_as(struct model *m, const struct geo *g); /* only with history */

/* graph.c */
void graph_tick(struct model *m, int64_t now_us, int64_t elapsed_us);
/* Bytes of from_us ... to_us into the graph. Returns how many lie before the open tick. */
uint64_t graph_spread(struct model *m, unsigned way, uint64_t bytes, int64_t from_us, int64_t to_us);

/* site.c */
void site_key(struct dim_key *k, const char *site);
void sites_init(struct model *m);
/* Count a flow's traffic at its site and the site's category. */
void site_add(struct model *m, const struct flow_update *u, const struct amount *a);
/* The same, and what only sites have. */
void site_apply(struct model *m, const struct flow_update *u, const struct amount *a);

/* site_category.c */
/* The site's category as of now; its traffic moves if that is another one. visit: a flow to it, NULL if there is none. */
void site_categorise(struct model *m, struct site_entry *s, const struct flow *visit);
/* The row for a flow whose site found no room; NULL: other. */
struct entry *site_category_of_flow(struct model *m, const struct flow *f);
bool flow_is_visit(const struct flow *f); /* it goes to the site, and does not only ask DNS for it */

/* alerts.c */
struct alert_entry {
	struct entry entry; /* first */
	struct dim_alert alert;
	struct alert_entry *older, *newer; /* of its severity, by when it was last raised */
};

struct alerts {
	size_t count[ALERT_SEVERITIES]; /* rows there are */
	struct { struct alert_entry *oldest, *newest; } raised[ALERT_SEVERITIES];
	int64_t start_us, tick_us;      /* first packet; end of the last closed tick */
	struct distinct macs;           /* of hosts that are known */
	struct scans *scans;
	uint64_t dropped[ALERT_SOURCES]; /* as last told */
};

void alerts_init(struct model *m);
void alerts_release(struct model *m);
/* What an update that was counted tells; ends as in hosts_describe(). */
void alerts_apply(struct model *m, struct host_entry *const ends[2], const struct flow_update *u);
void alerts_tick(struct model *m, int64_t now_us, int64_t elapsed_us);
size_t alerts_memory(const struct model *m);
struct sighting { /* so much more of it, and when */
	uint32_t count;
	int64_t from_us, to_us;
};
/* The alert of this key, made if there is none. NULL: there is no room for one so little severe. subject: a row of the key's
 * dimension. */
struct dim_alert *alert_raise(struct model *m, const struct dim_key *key, const struct dim_key *subject,
			      const struct sighting *seen);
/* Of a host; what as in struct dim_key. */
struct dim_alert *alert_of_host(struct model *m, enum alert_kind kind, enum alert_severity s, const struct addr *a,
				uint16_t what, const struct sighting *seen);

/* scans.c: port scans, network scans, floods */
struct scans *scans_new(uint64_t seed);
void scans_free(struct scans *s); /* NULL is fine */
void scans_apply(struct model *m, struct host_entry *const ends[2], const struct flow_update *u);
void scans_tick(struct model *m, int64_t elapsed_us);
size_t scans_memory(const struct scans *s);

#endif
