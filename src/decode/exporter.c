/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The exporters: found or created by what a datagram's header says, bounded, dropped when they are
 * silent for long or when there is no room. UDP sources can be forged by the hundred thousand: a new
 * exporter pushes out only one that is itself new, unless all are proven. Counts of those dropped are
 * summed, so nothing vanishes. Called by the formats.
 */
#include "config.h"

#include <string.h>

#include "decode/template.h"
#include "decode/told.h"
#include "dpitop/mem.h"

enum {
	PROVEN_DATAGRAMS = 16, /* so many make an exporter proven */
	FRESH_SHARE = 8        /* one in so many places is kept for those that are not */
};

void exporters_init(struct export_decoder *d)
{
	size_t n = d->limits.exporters;

	d->exporters = map_new(sizeof(struct exporter_key), sizeof(struct exporter), n, d->seed);
	d->families = map_new(sizeof(struct exporter_key), sizeof(struct family), n, d->seed);
	d->by_slot = mem_array(n, sizeof *d->by_slot);
	d->free_slots = mem_array(n, sizeof *d->free_slots);
	for (size_t i = 0; i < n; i++)
		d->free_slots[i] = (uint16_t)(n - i);
	d->free_slot_count = n;
}

void exporters_release(struct export_decoder *d)
{
	map_free(d->exporters);
	map_free(d->families);
	mem_free(d->by_slot);
	mem_free(d->free_slots);
}

size_t exporters_memory(const struct export_decoder *d)
{
	return map_memory(d->exporters) + map_memory(d->families) +
	       d->limits.exporters * (sizeof *d->by_slot + sizeof *d->free_slots);
}

static struct exporter_list *list_of(struct export_decoder *d, const struct exporter *x)
{
	return x->proven ? &d->proven : &d->fresh;
}

static void list_remove(struct exporter_list *l, struct exporter *x)
{
	*(x->older != NULL ? &x->older->newer : &l->oldest) = x->newer;
	*(x->newer != NULL ? &x->newer->older : &l->newest) = x->older;
	l->count--;
}

static void list_append(struct exporter_list *l, struct exporter *x)
{
	x->newer = NULL;
	x->older = l->newest;
	*(l->newest != NULL ? &l->newest->newer : &l->oldest) = x;
	l->newest = x;
	l->count++;
}

/* Add the counts of one that goes to those of all that went. */
static void add_counts(struct export_exporter *sum, const struct export_exporter *x)
{
	sum->datagrams += x->datagrams;
	sum->datagram_bytes += x->datagram_bytes;
	sum->records += x->records;
	sum->option_records += x->option_records;
	sum->counter_samples += x->counter_samples;
	sum->malformed += x->malformed;
	sum->missing_template += x->missing_template;
	sum->recovered += x->recovered;
	sum->lost += x->lost;
	sum->restarts += x->restarts;
	sum->bytes += x->bytes;
	sum->packets += x->packets;
	sum->drops += x->drops;
	sum->template_changes += x->template_changes;
}

/* ---- families ---- */

/* Only those that need templates, over UDP, have one. */
static struct exporter_key family_key(const struct exporter *x)
{
	struct exporter_key key = x->key;

	key.port = 0;
	return key;
}

static bool has_family(const struct exporter *x)
{
	return !x->key.tcp && (x->key.version == EXPORT_NETFLOW9 || x->key.version == EXPORT_IPFIX);
}

struct family *exporter_family(const struct export_decoder *d, const struct exporter *x)
{
	const struct exporter_key key = family_key(x);

	return has_family(x) ? map_get(d->families, &key) : NULL;
}

static void family_join(struct export_decoder *d, struct exporter *x)
{
	const struct exporter_key key = family_key(x);

	if (!has_family(x))
		return;
	struct family *f = map_touch(d->families, &key, NULL); /* no more than exporters: there is room */

	x->sibling = f->first;
	if (f->first != NULL)
		f->first->sibling_before = x;
	f->first = x;
}

static void family_leave(struct export_decoder *d, struct exporter *x)
{
	struct family *f = exporter_family(d, x);

	if (f == NULL)
		return;
	*(x->sibling_before != NULL ? &x->sibling_before->sibling : &f->first) = x->sibling;
	if (x->sibling != NULL)
		x->sibling->sibling_before = x->sibling_before;
	if (f->first == NULL)
		map_remove(d->families, f);
}

/* ---- coming and going ---- */

static void exporter_drop(struct export_decoder *d, struct exporter *x, const struct export_sink *sink)
{
	if (sink != NULL && sink->gone != NULL)
		sink->gone(sink->ctx, &x->seen);
	waiting_forget(d, x);
	templates_forget(d, x);
	told_forget(d, x);
	family_leave(d, x);
	add_counts(&d->totals.gone, &x->seen);
	d->totals.exporters_gone++;
	list_remove(list_of(d, x), x);
	d->by_slot[x->seen.slot - 1] = NULL;
	d->free_slots[d->free_slot_count++] = x->seen.slot;
	map_remove(d->exporters, x);
}

static struct exporter *exporter_new(struct intake *in, const struct exporter_key *key)
{
	struct export_decoder *d = in->d;

	if (d->free_slot_count == 0)
		exporter_drop(d, d->fresh.oldest != NULL ? d->fresh.oldest : d->proven.oldest, in->sink);
	struct exporter *x = map_touch(d->exporters, key, NULL);

	d->last_id += d->last_id == UINT32_MAX ? 2 : 1;
	x->seen = (struct export_exporter){
		.id = d->last_id,
		.slot = d->free_slots[--d->free_slot_count],
		.version = key->version,
		.tcp = key->tcp,
		.addr = key->addr,
		.port = key->port,
		.agent = key->agent,
		.domain = key->domain,
		.first_us = in->dg->ts_us,
	};
	x->version_unit = key->version == EXPORT_NETFLOW9 || key->version == EXPORT_SFLOW5
				  ? COUNTS_DATAGRAMS
				  : COUNTS_RECORDS;
	d->by_slot[x->seen.slot - 1] = x;
	list_append(&d->fresh, x);
	family_join(d, x);
	if (in->sink->came != NULL)
		in->sink->came(in->sink->ctx, &x->seen);
	return x;
}

/* It sent something: it is the last to go, and perhaps no longer new. */
static void freshen(struct export_decoder *d, struct exporter *x)
{
	list_remove(list_of(d, x), x);
	if (x->seen.datagrams >= PROVEN_DATAGRAMS)
		x->proven = true;
	list_append(list_of(d, x), x);
	if (d->proven.count > d->limits.exporters - d->limits.exporters / FRESH_SHARE) {
		struct exporter *demoted = d->proven.oldest;

		list_remove(&d->proven, demoted);
		demoted->proven = false;
		list_append(&d->fresh, demoted);
	}
}

struct exporter *exporter_touch(struct intake *in, enum export_version version, uint32_t domain,
				const struct addr *agent)
{
	const struct exporter_key key = {
		.addr = in->dg->from,
		.agent = *agent,
		.domain = domain,
		.port = in->dg->from_port,
		.version = (uint8_t)version,
		.tcp = in->tcp,
	};
	struct exporter *x = map_get(in->d->exporters, &key);

	if (x == NULL)
		x = exporter_new(in, &key);
	x->seen.datagrams++;
	x->seen.datagram_bytes += in->dg->bytes;
	x->seen.last_us = in->dg->ts_us;
	freshen(in->d, x);
	in->x = in->lender = x;
	return x;
}

void exporters_age(struct export_decoder *d, int64_t now_us, const struct export_sink *sink)
{
	struct exporter_list *lists[] = {&d->fresh, &d->proven};

	for (int i = 0; i < 2; i++)
		while (lists[i]->oldest != NULL &&
		       now_us - lists[i]->oldest->seen.last_us > d->limits.exporter_us)
			exporter_drop(d, lists[i]->oldest, sink);
}

void exporter_record(struct intake *in, struct flow_record *r)
{
	struct export_exporter *x = &in->x->seen;

	x->records++;
	if ((r->flags & RECORD_SAMPLE) && (r->has & RECORD_HAS(HAS_LAYER2)))
		x->bytes += r->layer2_bytes[0];
	else
		x->bytes += r->bytes[0] + r->bytes[1];
	x->packets += r->packets[0] + r->packets[1];
	if (r->sampling != 0)
		x->sampling = r->sampling;
	if (r->start_us > r->end_us)
		r->start_us = r->end_us;
	if (in->sink->record != NULL)
		in->sink->record(in->sink->ctx, x, r);
}

const struct export_exporter *export_exporter_next(const struct export_decoder *d, size_t *cursor)
{
	const struct exporter *x = map_next(d->exporters, cursor);

	return x != NULL ? &x->seen : NULL;
}

const struct export_exporter *export_exporter_by_slot(const struct export_decoder *d, uint16_t slot)
{
	if (slot == 0 || slot > d->limits.exporters || d->by_slot[slot - 1] == NULL)
		return NULL;
	return &d->by_slot[slot - 1]->seen;
}
