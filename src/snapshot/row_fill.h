/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the model's rows and the flows to struct row. Numbers alone are cheap (selection and sorting
 * use them); texts come only for rows that are shown. Private to src/snapshot.
 */
#ifndef SNAPSHOT_ROW_FILL_H
#define SNAPSHOT_ROW_FILL_H

#include "dpitop/snapshot.h"

struct arena;
struct places;

struct row_source { /* what rows are made from; borrowed */
	const struct snapshot_input *in;
	const struct model *model; /* whose rows: the whole traffic's or the matching one's */
	const struct pairs *pairs; /* NULL: the model's own DIM_SUBNET_PAIR */
	struct arena *arena;       /* for texts */
	bool names;                /* look names up */
	bool plain;                /* as want_list has it */
	struct places *places;     /* made when first needed; row_source_release() */
};

void row_source_init(struct row_source *s, const struct snapshot_input *in, bool names,
		     struct arena *arena);
void row_source_release(struct row_source *s);
/* Whose rows of d are shown, NULL: none yet. The matching traffic has no alerts of its own. */
const struct model *row_model(const struct row_source *s, enum dim d);

extern const struct row row_empty; /* every text "", no place */

/* Stable within a dimension, never 0. */
uint64_t row_id(enum dim d, const struct dim_key *key);
/* Everything but texts; d is not DIM_FLOW. */
void row_numbers(struct row *r, enum dim d, const struct dim_key *key, const struct dim_row *from);
void row_fill(struct row_source *s, struct row *r, enum dim d, const struct dim_key *key,
	      const struct dim_row *from);
/* The same for a flow. tick_us: length of the last tick. */
void row_flow_numbers(struct row *r, const struct flow *f, int64_t tick_us);
/* Packets in the last tick: the table knows only their bytes, its mean packet size says the rest. */
uint32_t row_flow_packets(const struct flow *f, int direction);
void row_flow_fill(struct row_source *s, struct row *r, const struct flow *f);
/* What only its details show: where both ends are, and their hardware addresses. */
void row_flow_ends(struct row_source *s, struct row *r, const struct flow *f);
const char *row_mac_text(struct row_source *s, const uint8_t mac[6]);

/* What both need; texts go into the arena or are constant. */
/* A text of the model or a flow: copied, for a row that outlives them. */
const char *row_text(struct row_source *s, const char *text);
const char *row_app_text(struct row_source *s, const struct dpi_class *c);
const char *row_risks_text(struct row_source *s, uint64_t risks);
const char *row_l4_text(struct row_source *s, uint8_t number);
const char *row_flags_text(struct row_source *s, uint8_t flags);
const char *row_subnet_text(struct row_source *s, const struct cidr *net);
/* Of a pair, with a word where it is what could not be told apart; adds ROW_REST to flags then. */
const char *row_end_text(struct row_source *s, const struct cidr *net, uint8_t *flags);
/* The host's row in the whole traffic's model, NULL. */
const struct dim_host *row_host(const struct row_source *s, const struct addr *a);
/* Learned on the wire, or looked up; "" */
const char *row_name_text(struct row_source *s, const struct dim_host *h, const struct addr *a);
/* Country, AS, city, coordinates and `where` of an end. */
void row_place(struct row_source *s, struct row *r, const struct addr *a, const struct dim_host *h,
	       bool local);
bool row_is_local(const struct row_source *s, const struct dim_host *h, const struct addr *a);

/* row_place.c: what the hosts know of an AS or a city; "" and false if nothing. */
const char *row_as_name(struct row_source *s, uint32_t asn);
bool row_city_where(struct row_source *s, const struct dim_key *key, double *latitude,
		    double *longitude);
void places_free(struct places *p);

void row_report_fill(struct row_source *s, struct row *r, const struct flow *f); /* what an exporter told; details only */
const char *row_exporter_name(struct row_source *s, const struct addr *a); /* as it tells, or of the host; "" */

#endif
