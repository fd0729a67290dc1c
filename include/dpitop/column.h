/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * THE column table. One line in src/snapshot/column.c gives header, --sort name, JSON key, help and
 * manual text, width and sort of a column in every dimension that has it. Constant; any thread.
 */
#ifndef DPITOP_COLUMN_H
#define DPITOP_COLUMN_H

#include "dpitop/snapshot.h"

enum value_type {
	VALUE_NONE,      /* not known: blank on the screen, left out in JSON */
	VALUE_TEXT, VALUE_ADDR, VALUE_COUNT, VALUE_BYTES, VALUE_PACKETS,
	VALUE_RATE,      /* bytes per second; the screen shows bits, bytes or packets as the user chose */
	VALUE_PACKET_RATE, VALUE_SHARE, VALUE_DURATION_US, VALUE_TIME_US, VALUE_SPARK, VALUE_BOOL,
	VALUE_REAL,
	VALUE_RISK,      /* u: risk score */
	VALUE_LIST,      /* text with ", " between items: a JSON array */
	VALUE_TALLY,     /* "GET 12, POST 3": a JSON object of counts */
	VALUE_SEVERITY   /* of an alert; u orders as it stands: by severity, then by when it was last seen */
};

struct value {
	enum value_type type;
	union {
		uint64_t u;
		double d;
		const char *s;
		const struct addr *addr;
		const uint32_t *spark; /* DIM_SPARK values */
	};
};

enum {
	COLUMN_LEFT = 1,      /* left aligned */
	COLUMN_END = 2,       /* cut at the start (the end tells more) */
	COLUMN_STRETCH = 4,   /* takes spare width */
	COLUMN_JSON = 8,      /* part of --json */
	COLUMN_SCREEN = 16,   /* shown by default on the screen where there is room */
	COLUMN_ASCENDING = 32, /* natural first sort is ascending (text) */
	COLUMN_DETAIL = 64,   /* in the details */
	COLUMN_PLAIN = 128    /* a number that is a name (port, VLAN): no separators */
};

#define DIM_BIT(d) (1ull << (d))

static inline uint64_t value_severity(unsigned severity, uint64_t last_s)
{
	return (uint64_t)severity << 56 | last_s;
}

static inline unsigned severity_of_value(uint64_t u)
{
	return (unsigned)(u >> 56);
}

struct column {
	const char *id;     /* JSON key and --sort name ("sent_bytes") */
	const char *title;  /* header ("SENT") */
	const char *help;   /* one sentence */
	uint64_t dims;      /* DIM_BIT()s that have it */
	uint8_t width;      /* cells; the least for COLUMN_STRETCH */
	uint8_t priority;   /* 1 stays longest when the window is narrow */
	uint8_t flags;
	enum value_type type;
	struct value (*get)(const struct row *r);
};

extern const struct column column_table[];
extern const size_t column_count;

/* The column `id` of dimension d, NULL. Accepts an unambiguous title too ("sent"). */
const struct column *column_find(enum dim d, const char *id);
const struct column *column_default_sort(enum dim d);
/* Does history have it? Else it is not known in pictures of the past. */
bool column_is_recorded(const struct column *c);
/* <0, 0, >0 in ascending order of the column; ties broken by total bytes, then id: a total order.
 * What is not known stands last in the order a column is naturally sorted by. */
int column_compare(const struct column *c, const struct row *a, const struct row *b);
/* Text of a value as the screen and --batch show it. rate_unit: 0 bits, 1 bytes, 2 packets. ascii:
 * nothing but ASCII of our own making. Returns buf. */
const char *column_text(const struct column *c, const struct row *r, int rate_unit, bool ascii,
			char *buf, size_t size);
/* A label, state or place of a row of dimension d as people read it: words of our own ("internet", "unknown",
 * "closed") in their language, all else as it is. JSON, CSV and filters have the words themselves. */
const char *row_word(enum dim d, const char *text);
enum { CHOSEN_MAX = 40 };

struct column_choice { /* of the user, for one dimension; count 0: what is usual */
	const struct column *columns[CHOSEN_MAX];
	size_t count;
};

/* The columns of a dimension that are on the screen unless the user chose others. */
void columns_usual(enum dim d, struct column_choice *out);
/* The columns of a dimension (chosen: those, in that order; NULL or empty: the usual ones) that fit into `cells`, one cell between two: the least important
 * leave first, but not `sorted` (may be NULL), which is there even if it is not among them; spare
 * cells go to those that stretch; cells 0: all at their least width. Returns how many of max. */
struct column_fit {
	const struct column *column;
	int width;
};
size_t columns_fit(enum dim d, const struct column_choice *chosen, const struct column *sorted, int cells,
                   struct column_fit *out, size_t max);
/* The same of pictures of the past: without what history does not have. */
size_t columns_fit_past(enum dim d, const struct column_choice *chosen, const struct column *sorted, int cells,
			struct column_fit *out, size_t max);
/* Space-separated ids of a dimension's columns, for messages. */
const char *column_ids(enum dim d, char *buf, size_t size);

#endif
