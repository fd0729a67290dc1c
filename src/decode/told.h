/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to the decode room: what exporters tell besides records, by exporter, kind and id: names, and
 * numbers that must be kept. Bounded together, and for each exporter.
 */
#ifndef DECODE_TOLD_H
#define DECODE_TOLD_H

#include "decode/fields.h"

enum told_kind { /* enum export_name first */
	TOLD_SAMPLER = EXPORT_NAME_COUNT, /* interval by sampler or selector id */
	TOLD_INTERFACE_INTERVAL,          /* interval by SNMP index */
	TOLD_DROPS,                       /* sFlow: drop counter by data source */
	TOLD_KINDS
};
enum { TOLD_TEXT = 64 };

/* NULL if it was never told. */
const char *told_text(const struct export_decoder *d, const struct exporter *x, enum told_kind kind, uint64_t id);
void told_set_text(struct export_decoder *d, struct exporter *x, enum told_kind kind, uint64_t id,
		   const struct export_text *text);
/* A number that is kept, 0 at first; NULL if there is no room. */
uint64_t *told_number(struct export_decoder *d, struct exporter *x, enum told_kind kind, uint64_t id);
/* The sampling interval of a record, 0 if not known. */
uint32_t told_interval(const struct intake *in, const struct draft *d);
void told_forget(struct export_decoder *d, struct exporter *x);
void told_init(struct export_decoder *d);
void told_release(struct export_decoder *d);

#endif
