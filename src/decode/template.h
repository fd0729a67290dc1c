/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to the decode room: templates of NetFlow v9 and IPFIX, made ready to read records with. Known by
 * exporter and id, bounded in number and bytes; when there is no room the one unused for longest goes.
 */
#ifndef DECODE_TEMPLATE_H
#define DECODE_TEMPLATE_H

#include "decode/fields.h"

struct template_link {
	struct template *older, *newer;
};

struct template {
	struct exporter *x;       /* who told it */
	struct template_link all, own; /* by use: of the decoder, of the exporter */
	int64_t used_us;
	uint64_t hash;            /* of what was told */
	uint32_t min_bytes;       /* of a record; 0: it has no bytes, there are no records */
	uint32_t step_count;
	uint16_t id;
	uint16_t record_flags;    /* RECORD_ bits of all its records */
	bool options;
	struct step steps[];
};

struct template_spec { /* as told */
	uint16_t id;
	uint16_t scope_count;     /* of the fields: say what options are about */
	bool options, v9;
	struct cursor fields;     /* all of them and nothing else */
};

/* Own template, else that of its family if there is only one of the id. NULL: not known. Its exporter is t->x. */
struct template *template_get(const struct intake *in, uint16_t id);
/* Told: make it ready unless it is known so already, and read the data that waited for it. */
void template_define(struct intake *in, const struct template_spec *spec);
void template_withdraw(struct export_decoder *d, struct exporter *x, uint16_t id);
/* All data templates, or all options templates. */
void template_withdraw_all(struct export_decoder *d, struct exporter *x, bool options);
void templates_forget(struct export_decoder *d, struct exporter *x); /* of an exporter that goes */
void templates_age(struct export_decoder *d, int64_t now_us);
void templates_init(struct export_decoder *d);
void templates_release(struct export_decoder *d);
size_t templates_memory(const struct export_decoder *d);

/* The next field of IPFIX or v9: skips it in c. */
struct field_spec {
	uint32_t pen;
	uint16_t number, bytes;
};
struct field_spec field_spec_next(struct cursor *c, bool v9);

/* ipfix.c: read a set of data. False if something in it cannot be read. */
bool data_read(struct intake *in, const struct template *t, struct cursor c);

/* waiting.c: data sets that came before their template. */
void waiting_keep(struct intake *in, uint16_t id, struct cursor c);
/* t is known now: read what waited for it, of its exporter and of those of its family that have none. */
void waiting_read(struct intake *in, const struct template *t);
void waiting_forget(struct export_decoder *d, struct exporter *x);
void waiting_init(struct export_decoder *d);
void waiting_release(struct export_decoder *d);
void waiting_age(struct export_decoder *d, int64_t now_us);

#endif
