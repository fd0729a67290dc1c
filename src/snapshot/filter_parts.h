/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inside of a filter, for the files that make it: filter_parse.c (text -> tree), filter_tree.c
 * (its nodes and parts), filter_fields.c (THE table of fields), filter_preset.c (THE table of presets),
 * filter_kind.c and filter_number.c (what a field's value may be and when a test holds),
 * filter_match.c (the tree on a flow or a row). Private to src/snapshot.
 */
#ifndef SNAPSHOT_FILTER_PARTS_H
#define SNAPSHOT_FILTER_PARTS_H

#include "dpitop/column.h"
#include "dpitop/filter.h"
#include "snapshot/filter_lex.h"

enum {
	FILTER_TEXT = 4096, /* bytes of a filter with its end */
	FILTER_NODES = 1024, /* no test is added behind so many; a text's words make 14 each */
	FILTER_DEPTH = 64,  /* parentheses and nots in each other */
	NODE_NONE = UINT16_MAX
};

/* Three-valued logic: and is the least, or the greatest, not is 2 - x. */
enum truth { NO = 0, UNKNOWN = 1, YES = 2 };

struct filter_kind;
struct filter_test;
struct subject;

enum { /* filter_field.flags */
	FIELD_ENDS = 1,   /* of each end of a flow: may be written src.x and dst.x */
	FIELD_WORD = 2,   /* bare words look here */
	FIELD_CLIENT = 4, /* the client's end only */
	FIELD_SERVER = 8,
	FIELD_NUMBERS = 16 /* kind_set: by number too */
};

struct filter_field { /* filter_fields.c */
	const char *name;
	const struct filter_kind *kind;
	unsigned flags;
	/* what the kind reads; end 0: client, 1: server */
	const char *(*text)(struct subject *s, int end, unsigned n); /* n-th; NULL: no more */
	unsigned (*number)(const struct subject *s, int end);
	const char *(*name_of)(unsigned number, char buf[8]); /* "" if it has none */
	struct value (*get)(const struct row *r);
	unsigned max; /* of number */
};

extern const struct filter_field filter_field_table[];
extern const size_t filter_field_count;
/* "host", "src.port"; *ends as bits. NULL if there is none of this name. */
const struct filter_field *filter_field_find(const char *name, unsigned *ends);

struct filter_kind {
	unsigned ops; /* OP_BIT()s it understands */
	bool measure;
	/* Read the value into t; a negative err says what is wrong with it. quoted: means only itself */
	int (*read)(struct filter_test *t, const char *value, bool quoted, struct error *e);
	/* Does it hold, negation aside? */
	enum truth (*holds)(const struct filter_test *t, struct subject *s);
};

#define OP_BIT(op) (1u << (op))
extern const struct filter_kind kind_host, kind_net, kind_number, kind_set, kind_text, kind_app,
	kind_as, kind_flags, kind_risk, kind_measure, kind_severity, kind_time, kind_scope, kind_preset;

enum filter_scope { /* where a flow goes; the last one is no flow's own, it stands for all that are not local */
	FILTER_SCOPE_LOCAL, FILTER_SCOPE_OUTBOUND, FILTER_SCOPE_INBOUND, FILTER_SCOPE_TRANSIT, FILTER_SCOPE_EXTERNAL
};

enum { CLASS_SLOTS = 64 };

struct class_cache { /* what a test said of applications; it never changes, so it may race */
	uint64_t slots[CLASS_SLOTS];
};

struct filter_test {
	const struct filter_field *field;
	enum filter_op op; /* OP_NE and OP_HAS_NOT are OP_EQ and OP_HAS, negated */
	bool negated;
	bool none;         /* value is `none`: what is not known or not there */
	bool is_net, is_internet, is_number;
	bool skip_addresses; /* the text cannot be part of an address */
	unsigned ends;     /* bits: 1 client, 2 server */
	char *text;        /* owned */
	struct cidr net;
	uint64_t number;
	uint64_t set[4];   /* of small numbers */
	uint64_t dims;     /* measures: dimensions that have it */
	struct class_cache *cache; /* owned; only kind_app */
};

struct facts { /* of a row in a flow's place: filter_facts.c */
	const char *fields; /* that it can answer, a blank between two */
	const char *text;   /* its breed, site category, the name of its AS */
	bool nets;          /* it is of networks: */
	struct cidr net[2];
};

/* What is tested; what costs a look-up is looked up once. */
struct subject {
	const struct filter_context *context; /* NULL for rows */
	const struct flow *flow;              /* NULL for rows */
	const struct row *row;                /* flows: NULL until a measure is asked for */
	const struct facts *facts;            /* NULL: a flow, which has them all */
	struct row own;
	bool host_known[2], geo_known[2];
	const struct dim_host *host[2];       /* NULL: the model has none */
	const struct geo *geo[2];             /* NULL: nowhere */
	struct geo found[2];
	char buf[ADDR_TEXT];
};

enum node_type { NODE_TEST, NODE_AND, NODE_OR, NODE_NOT };

struct filter_node {
	uint8_t type;
	uint16_t first; /* child, or the number of the test */
	uint16_t next;  /* sister; NODE_NONE */
};

struct filter {
	char *text;
	struct filter_node *nodes;
	struct filter_test *tests;
	uint16_t node_count, node_room, test_count, test_room;
	uint16_t traffic, measures; /* roots; NODE_NONE: there are none such */
};

/* filter_tree.c: building. A list of nodes grows at its end. */
struct node_list {
	uint16_t first, last; /* NODE_NONE: empty */
};
void node_append(struct filter *f, struct node_list *l, uint16_t node);
/* A node above the list's; of a list of one that one, of an empty one NODE_NONE. */
uint16_t node_join(struct filter *f, enum node_type type, const struct node_list *l);
uint16_t node_new(struct filter *f, enum node_type type, uint16_t first);
/* A node for the test, whose memory passes to the filter. */
uint16_t node_test(struct filter *f, const struct filter_test *t);
void filter_test_release(struct filter_test *t);
/* Divide the conjunction at root into what selects flows and what hides rows. */
void filter_split(struct filter *f, uint16_t root);

/* filter_match.c */
const struct dim_host *subject_host(struct subject *s, int end);
const struct geo *subject_geo(struct subject *s, int end); /* NULL: nothing is known */
const char *subject_name(struct subject *s, int end);      /* as far as it is known, else "" */
const struct row *subject_row(struct subject *s);
/* The traffic part. */
enum truth filter_traffic_holds(const struct filter *f, struct subject *s);
/* filter_facts.c: can the row answer this? */
bool fact_is_told(const struct filter_test *t, const struct facts *facts);
/* filter_kind.c: is it the text, or does it contain it? Upper and lower case are the same. */
bool filter_text_holds(const struct filter_test *t, const char *text);
/* `none` or `unknown` */
bool filter_is_none(const char *value);
/* filter_preset.c: NULL with e filled, which lists them, if none has the name. */
const struct filter_preset *filter_preset_find(const char *name, struct error *e);

#endif
