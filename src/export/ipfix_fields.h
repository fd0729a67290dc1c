/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the IPFIX encoder share: the table of fields (ipfix_fields.c) and bytes in network order. Private to
 * src/export.
 */
#ifndef EXPORT_IPFIX_FIELDS_H
#define EXPORT_IPFIX_FIELDS_H

#include "dpitop/ipfix.h"

enum { IPFIX_RECORD_MAX = IPFIX_MESSAGE_MAX };

struct ipfix_bytes { /* being written; what does not fit sets `full` */
	uint8_t at[IPFIX_RECORD_MAX];
	size_t used;
	bool full;
};
void ipfix_number(struct ipfix_bytes *b, uint64_t v, unsigned bytes); /* big endian */
/* Variable length (RFC 7011 section 7), at most max bytes of it, cut between characters. */
void ipfix_text(struct ipfix_bytes *b, const char *text, size_t max);

enum { /* what a template has: bits */
	IPFIX_V4 = 1, IPFIX_V6 = 2,
	IPFIX_PORTS = 4, IPFIX_ICMP = 8,
	IPFIX_BIFLOW = 16,
	IPFIX_INTERFACES = 32,
	/* and options templates */
	IPFIX_OPTION_APP = 64, IPFIX_OPTION_INTERFACE = 128, IPFIX_OPTION_SELF = 256
};

struct ipfix_facts { /* a record's subject */
	const struct flow_part *part;
	unsigned source; /* this end of the flow is the record's source */
	bool biflow;
	size_t text_max; /* longest host name */
	uint64_t app_id; /* 0: not known */
	const char *app; /* "" not known */
	const struct ipfix_interface *interface;
	const struct ipfix_options *self;
	struct sent_totals sent, lost;
};

/* Templates by number in the table; the message's own are numbered from IPFIX_FIRST_TEMPLATE on. */
enum { IPFIX_FIRST_TEMPLATE = 256 };
enum ipfix_template {
	IPFIX_FLOW_V4, IPFIX_FLOW_V6, IPFIX_ICMP_V4, IPFIX_ICMP_V6, IPFIX_OTHER_V4, IPFIX_OTHER_V6,
	IPFIX_APPS, IPFIX_INTERFACE_NAMES, IPFIX_SELF,
	IPFIX_TEMPLATES
};
/* Is it an options template? */
bool ipfix_is_options(enum ipfix_template t);
/* Its definition (RFC 7011 section 3.4.1, 3.4.2). more: IPFIX_BIFLOW and IPFIX_INTERFACES where they apply. */
void ipfix_define(struct ipfix_bytes *b, enum ipfix_template t, unsigned more);
/* A record of it. */
void ipfix_record(struct ipfix_bytes *b, enum ipfix_template t, unsigned more, const struct ipfix_facts *f);

#endif
