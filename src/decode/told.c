/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What exporters tell besides records: names of interfaces, applications and routing instances, sampling
 * intervals, counters to compare with. Learnt from options records (RFC 3954 section 6.1, RFC 5476, RFC 6759),
 * which any exporter may fill with anything: bounded for all and for each. Names are cleaned here.
 */
#include "config.h"

#include "decode/told.h"

#include <string.h>

#include "dpitop/text.h"

enum {
	EXPORTER_SHARE = 8, /* one exporter has at most one in so many places */
	EGRESS = 1          /* of element 61 */
};

struct told_key { /* compared as bytes: no padding */
	uint32_t slot; /* of the exporter */
	uint32_t kind;
	uint64_t id;
};

struct told {
	struct told_key key;
	struct told *next; /* of the exporter */
	uint64_t number;
	char text[TOLD_TEXT];
};

void told_init(struct export_decoder *d)
{
	d->told = map_new(sizeof(struct told_key), sizeof(struct told), d->limits.names, d->seed);
}

void told_release(struct export_decoder *d)
{
	map_free(d->told);
}

static struct told *told_get(const struct export_decoder *d, const struct exporter *x, enum told_kind kind,
			     uint64_t id)
{
	const struct told_key key = {x->seen.slot, kind, id};

	return (x->told_kinds & 1u << kind) != 0 ? map_get(d->told, &key) : NULL;
}

static struct told *told_touch(struct export_decoder *d, struct exporter *x, enum told_kind kind, uint64_t id)
{
	const struct told_key key = {x->seen.slot, kind, id};
	struct told *t = told_get(d, x, kind, id);

	if (t != NULL || x->told_count > d->limits.names / EXPORTER_SHARE)
		return t;
	t = map_touch(d->told, &key, NULL);
	if (t == NULL)
		return NULL;
	t->next = x->told;
	x->told = t;
	x->told_count++;
	x->told_kinds |= 1u << kind;
	return t;
}

void told_forget(struct export_decoder *d, struct exporter *x)
{
	for (struct told *t = x->told, *next; t != NULL; t = next) {
		next = t->next;
		map_remove(d->told, t);
	}
	x->told = NULL;
	x->told_count = 0;
	x->told_kinds = 0;
}

const char *told_text(const struct export_decoder *d, const struct exporter *x, enum told_kind kind, uint64_t id)
{
	const struct told *t = told_get(d, x, kind, id);

	return t != NULL ? t->text : NULL;
}

void told_set_text(struct export_decoder *d, struct exporter *x, enum told_kind kind, uint64_t id,
		   const struct export_text *text)
{
	struct told *t = text->bytes > 0 ? told_touch(d, x, kind, id) : NULL;

	if (t != NULL)
		text_clean(t->text, sizeof t->text, text->at, text->bytes);
}

uint64_t *told_number(struct export_decoder *d, struct exporter *x, enum told_kind kind, uint64_t id)
{
	struct told *t = told_touch(d, x, kind, id);

	return t != NULL ? &t->number : NULL;
}

const char *export_name_get(const struct export_decoder *d, const struct export_exporter *x,
			    enum export_name what, uint64_t id)
{
	const char *text = (unsigned)what < EXPORT_NAME_COUNT
				   ? told_text(d, d->by_slot[x->slot - 1], (enum told_kind)what, id)
				   : NULL;

	return text != NULL ? text : "";
}

/* ---- sampling ---- */

/* of / packets, rounded. */
static uint32_t to_interval(uint64_t packets, uint64_t of)
{
	uint64_t interval = of / packets, rest = of % packets;

	interval += rest > 0 && rest >= packets - rest;
	if (interval == 0)
		return 1;
	return interval < UINT32_MAX ? (uint32_t)interval : UINT32_MAX;
}

/* What the fields of one record say of sampling; 0: nothing. */
static uint32_t interval_in(const struct draft *d)
{
	/* element 305 alone is not what RFC 5477 means, but an interval */
	if (d->interval_packets > 0 && !draft_has(d, GIVEN_SPACE))
		return to_interval(1, d->interval_packets);
	if (d->interval_packets > 0 && d->interval_space < UINT64_MAX - d->interval_packets)
		return to_interval(d->interval_packets, d->interval_packets + d->interval_space);
	if (d->sample_size > 0 && d->sample_population > 0)
		return to_interval(d->sample_size, d->sample_population);
	if (d->probability > 0.0 && d->probability <= 1.0)
		return 1.0 / d->probability < (double)UINT32_MAX ? (uint32_t)(1.0 / d->probability + 0.5)
								 : UINT32_MAX;
	if (d->random_interval > 0)
		return to_interval(1, d->random_interval);
	return d->interval > 0 ? to_interval(1, d->interval) : 0;
}

static uint32_t number_of(const struct export_decoder *d, const struct exporter *x, enum told_kind kind, uint64_t id)
{
	const struct told *t = told_get(d, x, kind, id);

	return t != NULL ? (uint32_t)t->number : 0;
}

static uint32_t interval_told(const struct export_decoder *d, const struct exporter *x, const struct draft *draft)
{
	const int side = draft->r.direction == EGRESS;
	uint32_t found = 0;

	if (draft_has(draft, GIVEN_SAMPLER))
		found = number_of(d, x, TOLD_SAMPLER, draft->sampler);
	if (found == 0 && draft_has(draft, side == 0 ? HAS_IN : HAS_OUT))
		found = number_of(d, x, TOLD_INTERFACE_INTERVAL, draft->r.interface[side]);
	if (found == 0)
		found = x->interval;
	if (found == 0 && !draft_has(draft, GIVEN_SAMPLER))
		found = x->sampler_interval;
	return found;
}

uint32_t told_interval(const struct intake *in, const struct draft *draft)
{
	uint32_t found = interval_in(draft);

	if (found == 0)
		found = interval_told(in->d, in->x, draft);
	if (found == 0 && in->lender != in->x)
		found = interval_told(in->d, in->lender, draft);
	return found;
}

static void learn_interval(struct export_decoder *d, struct exporter *x, const struct draft *draft)
{
	uint32_t interval = interval_in(draft);
	uint64_t *kept = NULL;

	if (interval == 0)
		return;
	x->seen.sampling = interval;
	if (draft_has(draft, GIVEN_SAMPLER)) {
		kept = told_number(d, x, TOLD_SAMPLER, draft->sampler);
		x->samplers_differ |= x->sampler_interval != 0 && x->sampler_interval != interval;
		x->sampler_interval = x->samplers_differ ? 0 : interval;
	} else if (draft_has(draft, HAS_IN)) {
		kept = told_number(d, x, TOLD_INTERFACE_INTERVAL, draft->r.interface[0]);
	} else {
		x->interval = interval;
	}
	if (kept != NULL)
		*kept = interval;
}

void told_learn(struct draft *draft)
{
	struct export_decoder *d = draft->in->d;
	struct exporter *x = draft->in->x;
	const struct flow_record *r = &draft->r;

	learn_interval(d, x, draft);
	for (int side = 0; side < 2; side++)
		if (draft_has(draft, side == 0 ? HAS_IN : HAS_OUT))
			told_set_text(d, x, (enum told_kind)EXPORT_NAME_INTERFACE, r->interface[side],
				      draft->if_name.bytes > 0 ? &draft->if_name : &draft->if_description);
	if (draft_has(draft, HAS_APP_ID)) {
		told_set_text(d, x, (enum told_kind)EXPORT_NAME_APP, r->app_id,
			      r->text[RECORD_APP].bytes > 0 ? &r->text[RECORD_APP] : &draft->app_description);
		told_set_text(d, x, (enum told_kind)EXPORT_NAME_CATEGORY, r->app_id, &r->text[RECORD_CATEGORY]);
	}
	if (draft_has(draft, HAS_VRF))
		told_set_text(d, x, (enum told_kind)EXPORT_NAME_VRF, r->vrf[0], &r->text[RECORD_VRF]);
	if (draft->domain_name.bytes > 0)
		text_clean(x->seen.name, sizeof x->seen.name, draft->domain_name.at, draft->domain_name.bytes);
	if (draft_has(draft, GIVEN_BOOT))
		x->seen.boot_us = draft->boot_us;
}
