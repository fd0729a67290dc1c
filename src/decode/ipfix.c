/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * NetFlow v9 (RFC 3954) and IPFIX (RFC 7011) messages: header, sets of templates, options templates and
 * data. They differ in the header, in the numbers of sets and in how options templates count; what is in data sets
 * is the same. v9's record count lies in the wild and is not looked at: the lengths tell. Called through
 * export_decode() and by stream.c.
 */
#include "config.h"

#include <string.h>

#include "decode/template.h"

enum {
	V9_HEADER = 20, IPFIX_HEADER = 16, SET_HEADER = 4,
	V9_TEMPLATES = 0, V9_OPTIONS = 1,
	IPFIX_TEMPLATES = 2, IPFIX_OPTIONS = 3,
	FIRST_DATA_SET = 256 /* RFC 7011 section 3.3.2; smaller ids are no templates */
};

/* False if the record is cut. */
static bool read_record(struct intake *in, const struct template *t, struct cursor *c)
{
	struct draft d;

	memset(&d, 0, sizeof d);
	d.in = in;
	d.budget = DRAFT_BUDGET;
	if (!steps_do(&d, t->steps, t->step_count, c))
		return false;
	if (t->options) {
		in->options++;
		in->x->seen.option_records++;
		told_learn(&d);
	} else {
		in->flows++;
		draft_tell(&d, (uint16_t)(t->record_flags | (in->late ? RECORD_LATE : 0)));
	}
	return true;
}

/* What is too short for a record behind the last one is padding (RFC 7011 section 3.3.1). */
bool data_read(struct intake *in, const struct template *t, struct cursor c)
{
	in->lender = t->x;
	while (t->min_bytes > 0 && c.left >= t->min_bytes)
		if (!read_record(in, t, &c))
			return false;
	return true;
}

static void read_data(struct intake *in, uint16_t id, struct cursor c)
{
	const struct template *t = template_get(in, id);

	if (t == NULL)
		waiting_keep(in, id, c);
	else if (!data_read(in, t, c))
		in->bad = true;
}

/* The fields of a template: exactly so many. False if they are cut. */
static bool take_fields(struct template_spec *spec, unsigned count, struct cursor *c)
{
	spec->fields = *c;
	for (unsigned i = 0; i < count && cursor_ok(c); i++)
		field_spec_next(c, spec->v9);
	spec->fields.left -= c->left;
	return cursor_ok(c);
}

static void withdraw(struct intake *in, uint16_t id)
{
	if (id == IPFIX_TEMPLATES || id == IPFIX_OPTIONS)
		template_withdraw_all(in->d, in->x, id == IPFIX_OPTIONS);
	else
		template_withdraw(in->d, in->x, id);
}

/* Template records; false if they cannot be read to the end of the set. */
static bool read_templates(struct intake *in, struct cursor c, bool v9)
{
	while (cursor_has(&c, 4)) {
		struct template_spec spec = {.id = cursor_be16(&c), .v9 = v9};
		uint16_t count = cursor_be16(&c);

		if (spec.id == 0 && count == 0) /* padding */
			return true;
		if (count == 0 && !v9) {
			withdraw(in, spec.id);
			continue;
		}
		if (count == 0 || spec.id < FIRST_DATA_SET || !take_fields(&spec, count, &c))
			return false;
		template_define(in, &spec);
	}
	return true;
}

/* v9 gives the lengths of scope and options in bytes, IPFIX the number of all fields and of those of the scope. */
static bool read_options_templates(struct intake *in, struct cursor c, bool v9)
{
	while (cursor_has(&c, 4)) {
		struct template_spec spec = {.id = cursor_be16(&c), .v9 = v9, .options = true};
		uint16_t first = cursor_be16(&c);

		if (spec.id == 0 && first == 0)
			return true;
		if (first == 0 && !v9) {
			withdraw(in, spec.id);
			continue;
		}
		uint16_t second = cursor_be16(&c);
		unsigned count = v9 ? (first + second) / 4u : first;

		spec.scope_count = v9 ? first / 4 : second;
		if (spec.id < FIRST_DATA_SET || count == 0 || spec.scope_count > count ||
		    !take_fields(&spec, count, &c))
			return false;
		template_define(in, &spec);
	}
	return true;
}

static void read_set(struct intake *in, uint16_t id, struct cursor c, bool v9)
{
	bool good = true;

	if (id >= FIRST_DATA_SET)
		read_data(in, id, c);
	else if (id == (v9 ? V9_TEMPLATES : IPFIX_TEMPLATES))
		good = read_templates(in, c, v9);
	else if (id == (v9 ? V9_OPTIONS : IPFIX_OPTIONS))
		good = read_options_templates(in, c, v9);
	else
		good = false; /* reserved */
	if (!good)
		in->bad = true;
}

static void read_sets(struct intake *in, struct cursor c, bool v9)
{
	while (cursor_has(&c, SET_HEADER)) {
		uint16_t id = cursor_be16(&c), bytes = cursor_be16(&c);
		struct cursor body = c;

		if (id == 0 && bytes == 0) /* some fill up the datagram */
			break;
		if (bytes < SET_HEADER || !cursor_has(&c, bytes - SET_HEADER)) {
			in->bad = true;
			break;
		}
		cursor_limit(&body, bytes - SET_HEADER);
		cursor_skip(&c, bytes - SET_HEADER);
		read_set(in, id, body, v9);
	}
}

static void finish_message(struct intake *in, uint32_t sequence)
{
	if (in->bad)
		in->x->seen.malformed++;
	exporter_sequence(in->x, sequence, in->flows, in->options, in->uncounted || in->bad);
}

bool netflow9(struct intake *in, struct cursor c)
{
	const uint8_t *h = cursor_take(&c, V9_HEADER);

	if (!cursor_ok(&c))
		return false;
	struct exporter *x = exporter_touch(in, EXPORT_NETFLOW9, be32(h + 16), &addr_none);

	in->export_us = (int64_t)be32(h + 8) * 1000000;
	in->uptime_ms = be32(h + 4);
	in->has_uptime = true;
	exporter_clock(x, in->export_us, in->dg->ts_us);
	exporter_uptime(x, in->uptime_ms, in->export_us);
	read_sets(in, c, true);
	finish_message(in, be32(h + 12));
	return true;
}

bool ipfix(struct intake *in, struct cursor c)
{
	const uint8_t *h = cursor_take(&c, IPFIX_HEADER);
	uint32_t length = be16(h + 2);

	if (!cursor_ok(&c) || length < IPFIX_HEADER)
		return false;
	struct exporter *x = exporter_touch(in, EXPORT_IPFIX, be32(h + 12), &addr_none);

	in->export_us = (int64_t)be32(h + 4) * 1000000;
	exporter_clock(x, in->export_us, in->dg->ts_us);
	in->bad = length - IPFIX_HEADER > c.left; /* cut */
	cursor_limit(&c, length - IPFIX_HEADER);
	read_sets(in, c, false);
	finish_message(in, be32(h + 8));
	return true;
}
