/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inside of a model, for the files that make it: dims.c (THE table of dimensions), table.c (one
 * dimension's rows), apply.c (which rows a flow belongs to), host.c, site.c, check.c, model.c. Private
 * to src/model; engine thread.
 */
#ifndef MODEL_DIMS_H
#define MODEL_DIMS_H

#include "model/distinct.h"
#include "model/table.h"

struct host_entry {
	struct entry entry; /* first */
	struct dim_host host;
	struct geo place;
	struct entry *subnet, *country, *as, *city; /* its rows there; NULL: other */
};

struct site_entry {
	struct entry entry; /* first */
	struct dim_site site;
};

/* Of its flows, those counted for their way back: where both ways fall together they are one flow. */
struct pair_entry {
	struct entry entry; /* first */
	uint32_t back, back_live;
};

enum { GRAPH_STEPS = 600 };

struct model {
	struct model_options o;
	struct table tables[DIM_COUNT];
	struct model_totals totals;
	struct distinct distinct;
	struct map *names;          /* learned names of addresses that are no host yet, or no more */
	size_t names_hand;
	struct host_entry strays[2]; /* ends of an update whose hosts found no room */
	bool has_home;
	double home_latitude, home_longitude; /* of the first local host whose place is known */
	int64_t newest_us;
	uint64_t graph[GRAPH_STEPS][2];
	size_t graph_count, graph_at;
	uint64_t graph_last[2];     /* totals at the last closed tick */
};

const struct shape *dim_shape(enum dim d);

/* host.c */
void hosts_init(struct model *m);
/* The host of an end; never NULL, but *entry is NULL if it found no room (it is then counted in other). */
struct host_entry *host_touch(struct model *m, unsigned end, const struct addr *a, struct entry **entry);
void host_learn(struct model *m, struct host_entry *h, const char *name, enum host_name_origin o);
void hosts_describe(struct model *m, struct host_entry *const ends[2], const struct flow_update *u);

/* site.c */
void site_key(struct dim_key *k, const char *site);
void site_describe(struct model *m, struct site_entry *s, const struct flow_update *u);

#endif
