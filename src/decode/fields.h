/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to the decode room: a record while its fields are read (struct draft), and one field of a
 * template made ready for that (struct step). template.c makes steps by slots.c, fields.c and lists.c do
 * them, draft.c completes the record.
 */
#ifndef DECODE_FIELDS_H
#define DECODE_FIELDS_H

#include "decode/elements.h"
#include "decode/exporter.h"

enum { /* bits of flow_record.has that only a draft knows */
	GIVEN_FIRST_UPTIME = HAS_COUNT, GIVEN_LAST_UPTIME, GIVEN_DURATION, GIVEN_OBSERVED, GIVEN_BOOT,
	GIVEN_SAMPLER, GIVEN_SPACE, GIVEN_LAYER2_TOTAL,
	GIVEN_ANY, /* what needs no bit */
	GIVEN_COUNT
};
_Static_assert(GIVEN_COUNT <= 64, "bits of flow_record.has");

struct tuple {
	struct addr addr[2];
	uint16_t port[2];
	uint8_t l4;
};

struct draft {
	struct flow_record r;
	struct tuple outer;        /* with two layers: the tunnel's own; the record gets the inner one */
	uint32_t first_ms, last_ms; /* uptimes of the device */
	int64_t duration_us, observed_us, boot_us;
	uint64_t sampler;
	uint64_t interval, random_interval; /* elements 34, 50 */
	uint64_t interval_packets, interval_space, sample_size, sample_population;
	double probability;
	uint64_t layer2_total;
	bool unspecified;          /* there are fields for its addresses, of zeros */
	/* options */
	struct export_text if_name, if_description, app_description, domain_name;
	/* while it is read */
	struct intake *in;
	uint8_t depth;             /* lists in lists */
	uint16_t budget;           /* list entries it may still enter */
};

enum take { /* how bytes are read; the functions are in fields.c and lists.c */
	TAKE_NOTHING, TAKE_NUMBER, TAKE_PORT, TAKE_FLAGS, TAKE_SUM, TAKE_V4, TAKE_V6, TAKE_MAC, TAKE_SECONDS,
	TAKE_MILLISECONDS, TAKE_NTP, TAKE_DELTA, TAKE_SPAN, TAKE_SIGNED_SPAN, TAKE_DSCP, TAKE_ICMP, TAKE_LABEL,
	TAKE_VNI, TAKE_APP_ID, TAKE_TEXT, TAKE_PREFIXED_TEXT, TAKE_CODE, TAKE_FLOAT, TAKE_BASIC_LIST, TAKE_SUB_LIST,
	TAKE_SUB_MULTI_LIST,
	/* in slots[] only: the element's type decides */
	TAKE_ADDR, TAKE_TIME
};

enum { FIELD_VARIABLE = 0xffff, DRAFT_DEPTH = 4, DRAFT_BUDGET = 256 };

/* Unlike the fields of a template, all of them have bytes: what a step costs, the datagram paid for. */
struct step {
	uint8_t take;   /* enum take */
	uint8_t has;    /* bit to set */
	uint8_t width;  /* of the number at dest */
	uint8_t scale;  /* of spans: the power of ten that gives microseconds */
	uint16_t dest;  /* offset in struct draft */
	uint16_t bytes; /* of the field, or FIELD_VARIABLE */
};

enum role { /* fields that say the same: the one of least rank is read */
	ROLE_NONE, ROLE_BYTES, ROLE_BYTES_REVERSE, ROLE_PACKETS, ROLE_PACKETS_REVERSE, ROLE_START, ROLE_END,
	ROLE_IN, ROLE_OUT, ROLE_SRC_MAC, ROLE_DST_MAC, ROLE_TOS, ROLE_TOS_REVERSE, ROLE_TTL,
	/* the keys: of a layer */
	ROLE_SRC, ROLE_DST, ROLE_SRC_PORT, ROLE_DST_PORT, ROLE_L4,
	ROLE_COUNT
};

enum { RANK_TOTAL = 3, RANK_OUT_TOTAL = 5 }; /* of counters that count the whole flow so far */

/* What a field of an element does. */
struct slot {
	struct step step;    /* but bytes; take 0: nothing */
	enum role role;
	uint8_t rank;
	bool inner;          /* names the packet inside a tunnel */
};
struct slot slot_of(const struct export_element *e, bool reverse); /* slots.c */
/* Turn a key's step into one for the outer tuple. */
void step_to_outer(struct step *s, enum role role);

/* Read a record: false if the bytes end before it does. */
bool steps_do(struct draft *d, const struct step *steps, uint32_t count, struct cursor *c);

/* RFC 7011 section 7: the length of a variable field. */
static inline uint32_t cursor_variable(struct cursor *c)
{
	uint8_t n = cursor_u8(c);

	return n < 255 ? n : cursor_be16(c);
}

static inline bool draft_has(const struct draft *d, unsigned bit)
{
	return (d->r.has & RECORD_HAS(bit)) != 0;
}

/* lists.c: the lists of RFC 6313. */
typedef void take_fn(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n);
take_fn take_basic_list, take_sub_list, take_sub_multi_list;

/* draft.c: complete the record and tell it. */
void draft_tell(struct draft *d, uint16_t flags);

/* told.c: learn what an options record tells. */
void told_learn(struct draft *d);

#endif
