/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The filter language (dpitop-filter(7)): one grammar for --filter and the screen. A filter is a
 * conjunction of parts; parts that only compare measures (bytes, packets, rate, flows, hosts, score,
 * ...) hide rows of the list that is shown, all others select the flows from which every list is then
 * made. Immutable after parsing; any thread.
 *
 *   expr  = and ("or" and)* ; and = not ("and"? not)* ; not = "not" not | "(" expr ")" | test | word
 *   test  = field op value ; op = "=" "!=" "<" "<=" ">" ">=" "~" "!~" (~: contains, case ignored)
 *   field = a line of src/snapshot/filter_fields.c, or "src." or "dst." and a field of either end;
 *           `preset` takes the name of a filter of src/snapshot/filter_preset.c
 */
#ifndef DPITOP_FILTER_H
#define DPITOP_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dpitop/err.h"
#include "dpitop/model.h"

struct filter;
struct flow;
struct row;
struct names;
struct source_info;

/* What names and places need; borrowed. Each may be NULL: nothing is then known of that kind. */
struct filter_context {
	const struct dpi *dpi;
	const struct model *model; /* host rows: geo, names */
	const struct subnets *subnets;
	struct names *names;
	struct geoip *geoip;       /* for hosts the model does not hold */
	const struct source_info *sources; /* for iface */
	size_t source_count;
	int64_t now_us;            /* wall clock, for names */
	int64_t tick_us;           /* length of the last tick, for rates; 0: a second */
};

/* NULL with e filled (position = offset in text, the message says what was expected) if text is
 * wrong. "" gives a filter that matches everything. Free with filter_free(). */
struct filter *filter_parse(const char *text, struct error *e);
void filter_free(struct filter *f);
const char *filter_text(const struct filter *f); /* as parsed */
bool filter_is_empty(const struct filter *f);
bool filter_selects_flows(const struct filter *f); /* has a traffic part */
bool filter_hides_rows(const struct filter *f);    /* has a measure part */
/* The traffic part on a flow. */
bool filter_match_flow(const struct filter *f, const struct filter_context *c,
		       const struct flow *flow);
/* The measure part on a row. A measure its dimension does not have hides nothing. */
bool filter_match_row(const struct filter *f, const struct row *r);
/* The traffic part on a row where there are no flows (history): of what the row itself is. UNTOLD: that
 * depends on its flows. name: the AS's, else "". */
enum filter_told { FILTER_NO, FILTER_UNTOLD, FILTER_YES };
enum filter_told filter_match_facts(const struct filter *f, const struct filter_context *c, enum dim d,
				    const struct dim_key *key, const struct dim_row *row, const char *name);
/* The expression that pins a row: "app = BitTorrent", "host = 10.0.0.5", "net = 10.0.0.0/24", with
 * quoting; "" where there is none (sums). */
const char *filter_of_row(const struct row *r, char *buf, size_t size);
/* Filters by name: `preset = p2p` stands for its text. THE table is src/snapshot/filter_preset.c; constant. */
struct filter_preset {
	const char *name; /* one word: "p2p" */
	const char *help; /* "file sharing and other peer-to-peer" */
	const char *text; /* the filter, which names no preset */
};
size_t filter_preset_count(void);
const struct filter_preset *filter_preset_at(size_t i);
/* Names of all fields, for messages and completion; of those that may stand behind src. and dst. */
const char *filter_fields(char *buf, size_t size);
const char *filter_end_fields(char *buf, size_t size);

#endif
