/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Templates: what was told becomes a list of steps, once; records are then read without a search. Fields
 * that say nothing to us melt into one step, so a template is never larger than what it can do. Called
 * for template sets; template_get() for each data set.
 */
#include "config.h"

#include <string.h>

#include "decode/template.h"
#include "dpitop/mem.h"

enum {
	MOST_FIELDS = 65536 / 4, /* a datagram has no more */
	V9_SCOPE_INTERFACE = 2,  /* RFC 3954 section 6.1 */
	MAP_BYTES = 64           /* what a template costs in the map, about */
};

struct template_key {
	uint16_t slot; /* of the exporter */
	uint16_t id;
};

struct template_entry {
	struct template_key key;
	struct template *t;
};

struct field { /* of the template that is being made ready */
	struct step step;
	uint8_t role, rank, layer;
	bool inner;
};

void templates_init(struct export_decoder *d)
{
	d->templates = map_new(sizeof(struct template_key), sizeof(struct template_entry),
			       d->limits.template_bytes / (sizeof(struct template) + MAP_BYTES) + 1, d->seed);
	d->fields = mem_array(MOST_FIELDS, sizeof *d->fields);
}

size_t templates_memory(const struct export_decoder *d)
{
	return map_memory(d->templates) + d->template_bytes + MOST_FIELDS * sizeof *d->fields;
}

/* ---- the cache ---- */

static size_t bytes_of(const struct template *t)
{
	return sizeof *t + t->step_count * sizeof t->steps[0] + MAP_BYTES;
}

static struct template_link *link_of(struct template *t, bool own)
{
	return own ? &t->own : &t->all;
}

static void list_append(struct template_list *l, struct template *t, bool own)
{
	*link_of(t, own) = (struct template_link){.older = l->newest};
	*(l->newest != NULL ? &link_of(l->newest, own)->newer : &l->oldest) = t;
	l->newest = t;
	l->count++;
}

static void list_remove(struct template_list *l, struct template *t, bool own)
{
	const struct template_link *link = link_of(t, own);

	*(link->older != NULL ? &link_of(link->older, own)->newer : &l->oldest) = link->newer;
	*(link->newer != NULL ? &link_of(link->newer, own)->older : &l->newest) = link->older;
	l->count--;
}

static void link_in(struct export_decoder *d, struct template *t)
{
	list_append(&d->templates_by_use, t, false);
	list_append(&t->x->templates, t, true);
}

static void link_out(struct export_decoder *d, struct template *t)
{
	list_remove(&d->templates_by_use, t, false);
	list_remove(&t->x->templates, t, true);
}

static struct template *find(const struct export_decoder *d, const struct exporter *x, uint16_t id)
{
	const struct template_key key = {x->seen.slot, id};
	const struct template_entry *e = map_get(d->templates, &key);

	return e != NULL ? e->t : NULL;
}

static void drop(struct export_decoder *d, struct template *t)
{
	const struct template_key key = {t->x->seen.slot, t->id};

	map_remove(d->templates, map_get(d->templates, &key));
	link_out(d, t);
	t->x->seen.templates--;
	d->template_bytes -= bytes_of(t);
	mem_free(t);
}

static void use(struct export_decoder *d, struct template *t, int64_t now_us)
{
	t->used_us = now_us;
	if (t->all.newer == NULL && t->own.newer == NULL)
		return;
	link_out(d, t);
	link_in(d, t);
}

/* Not to be guessed: two siblings that tell different things under one id give none. */
static struct template *find_in_family(const struct intake *in, uint16_t id)
{
	const struct family *f = exporter_family(in->d, in->x);
	struct template *found = NULL;
	unsigned looked = 0;

	if (f == NULL)
		return NULL;
	for (const struct exporter *x = f->first; x != NULL && looked < FAMILY_LOOKED; x = x->sibling, looked++) {
		struct template *t = x != in->x ? find(in->d, x, id) : NULL;

		if (t == NULL)
			continue;
		if (found != NULL && found->hash != t->hash)
			return NULL;
		found = t;
	}
	return found;
}

struct template *template_get(const struct intake *in, uint16_t id)
{
	struct template *t = find(in->d, in->x, id);

	if (t == NULL)
		t = find_in_family(in, id);
	if (t != NULL)
		use(in->d, t, in->dg->ts_us);
	return t;
}

void template_withdraw(struct export_decoder *d, struct exporter *x, uint16_t id)
{
	struct template *t = find(d, x, id);

	if (t != NULL)
		drop(d, t);
}

void template_withdraw_all(struct export_decoder *d, struct exporter *x, bool options)
{
	for (struct template *t = x->templates.oldest, *next; t != NULL; t = next) {
		next = t->own.newer;
		if (t->options == options)
			drop(d, t);
	}
}

void templates_forget(struct export_decoder *d, struct exporter *x)
{
	while (x->templates.oldest != NULL)
		drop(d, x->templates.oldest);
}

void templates_age(struct export_decoder *d, int64_t now_us)
{
	while (d->templates_by_use.oldest != NULL &&
	       now_us - d->templates_by_use.oldest->used_us > d->limits.template_us)
		drop(d, d->templates_by_use.oldest);
}

void templates_release(struct export_decoder *d)
{
	while (d->templates_by_use.oldest != NULL)
		drop(d, d->templates_by_use.oldest);
	map_free(d->templates);
	mem_free(d->fields);
}

/* ---- making one ready ---- */

struct field_spec field_spec_next(struct cursor *c, bool v9)
{
	struct field_spec s = {.number = cursor_be16(c)};

	s.bytes = cursor_be16(c);
	if (!v9 && (s.number & 0x8000)) {
		s.number &= 0x7fff;
		s.pen = be32(cursor_take(c, 4));
	}
	return s;
}

static const struct export_element *element_of(const struct template_spec *spec, const struct field_spec *s,
					       bool scope, bool *reverse)
{
	static const struct export_element scope_interface = {.sets = SET_IN, .name = "", .units = ""};

	*reverse = false;
	if (!spec->v9)
		return element_of_ipfix(s->pen, s->number, reverse);
	if (scope)
		return s->number == V9_SCOPE_INTERFACE ? &scope_interface : NULL;
	return element_of_v9(s->number);
}

/* nProbe's "outgoing" counters are those of the other direction, not those behind the device. */
static struct slot slot_of_ntop(const struct export_element *e)
{
	static const struct export_element bytes = {.sets = SET_BYTES_RESPONDER, .units = ""},
					   packets = {.sets = SET_PACKETS_RESPONDER, .units = ""};

	if (e->sets == SET_BYTES_OUT)
		return slot_of(&bytes, false);
	return slot_of(e->sets == SET_PACKETS_OUT ? &packets : e, false);
}

/* Has the template elements of nProbe's own, and counters of both directions? */
static bool is_ntop(const struct template_spec *spec)
{
	struct cursor c = spec->fields;
	bool ntop = false, in = false, reverse;

	while (c.left > 0) {
		struct field_spec s = field_spec_next(&c, spec->v9);
		const struct export_element *e = element_of(spec, &s, false, &reverse);

		ntop |= e != NULL && e->pen == PEN_NTOP;
		in |= e != NULL && e->sets == SET_BYTES && !reverse;
	}
	return ntop && in;
}

/* Fields without bytes are left out. */
static size_t read_fields(struct export_decoder *d, const struct template_spec *spec)
{
	const bool ntop = is_ntop(spec);
	struct cursor c = spec->fields;
	bool reverse;
	size_t n = 0;

	for (unsigned i = 0; c.left > 0 && n < MOST_FIELDS; i++) {
		struct field_spec s = field_spec_next(&c, spec->v9);

		if (s.bytes == 0)
			continue;
		const struct export_element *e = element_of(spec, &s, i < spec->scope_count, &reverse);
		struct slot slot = {0};

		if (e != NULL && e->sets != SET_NOTHING)
			slot = ntop && !reverse ? slot_of_ntop(e) : slot_of(e, reverse);
		slot.step.bytes = s.bytes;
		d->fields[n++] = (struct field){slot.step, (uint8_t)slot.role, slot.rank, 0, slot.inner};
	}
	return n;
}

static bool is_key(const struct field *f)
{
	return f->role >= ROLE_SRC;
}

static bool is_addr(const struct field *f)
{
	return f->role == ROLE_SRC || f->role == ROLE_DST;
}

/* Which of the key elements this is, as a bit. */
static uint32_t key_bit(const struct field *f)
{
	return 1u << ((f->role - ROLE_SRC) * 4 + (f->rank > 1) * 2 + (f->step.take == TAKE_V6));
}

/* A key element that comes again begins the next layer of a tunnel (RFC 7011 section 8: outermost first), and so
 * do the addresses just before it. Returns the number of the innermost layer. */
static uint8_t number_layers(struct field *fields, size_t n)
{
	uint32_t seen = 0;
	size_t run = n; /* where the addresses began that no other key has followed yet; n: nowhere */
	uint8_t layer = 0;

	for (size_t i = 0; i < n; i++) {
		struct field *f = &fields[i];

		if (!is_key(f))
			continue;
		if ((seen & key_bit(f)) != 0 && layer < UINT8_MAX) {
			layer++;
			seen = 0;
			if (is_addr(f))
				run = i;
			for (size_t k = run; k < i; k++) {
				fields[k].layer = layer;
				seen |= is_key(&fields[k]) ? key_bit(&fields[k]) : 0;
			}
		}
		f->layer = layer;
		seen |= key_bit(f);
		if (!is_addr(f))
			run = n;
		else if (run == n)
			run = i;
	}
	return layer;
}

/* Some name the inner packet by elements of their own instead. */
static uint8_t layers_of(struct field *fields, size_t n)
{
	bool inner = false;

	for (size_t i = 0; i < n; i++)
		inner |= fields[i].inner;
	if (!inner)
		return number_layers(fields, n);
	for (size_t i = 0; i < n; i++)
		fields[i].layer = fields[i].inner;
	return 1;
}

static bool competes(const struct field *f, uint8_t layers)
{
	return f->role != ROLE_NONE && (!is_key(f) || layers == 0);
}

static void rank_fields(const struct field *fields, size_t n, uint8_t layers, uint8_t best[ROLE_COUNT])
{
	memset(best, UINT8_MAX, ROLE_COUNT);
	for (size_t i = 0; i < n; i++)
		if (competes(&fields[i], layers) && fields[i].rank < best[fields[i].role])
			best[fields[i].role] = fields[i].rank;
}

/* The step that reads the field, or skips it. */
static struct step step_of(const struct field *f, uint8_t layers, const uint8_t best[ROLE_COUNT])
{
	struct step s = f->step;

	if (competes(f, layers) && f->rank > best[f->role])
		s.take = TAKE_NOTHING;
	else if (is_key(f) && layers > 0 && f->layer == 0)
		step_to_outer(&s, f->role);
	else if (is_key(f) && f->layer != layers)
		s.take = TAKE_NOTHING;
	if (s.take == TAKE_NOTHING)
		s = (struct step){.bytes = f->step.bytes};
	return s;
}

/* Fields that are skipped one after another become one step. Returns how many steps, in place of the fields' own. */
static uint32_t make_steps(struct field *fields, size_t n, uint8_t layers, const uint8_t best[ROLE_COUNT])
{
	struct step *last = NULL;
	uint32_t count = 0;

	for (size_t i = 0; i < n; i++) {
		struct step s = step_of(&fields[i], layers, best);

		if (s.take == TAKE_NOTHING && s.bytes != FIELD_VARIABLE && last != NULL &&
		    last->take == TAKE_NOTHING && last->bytes != FIELD_VARIABLE &&
		    last->bytes + s.bytes < FIELD_VARIABLE) {
			last->bytes = (uint16_t)(last->bytes + s.bytes);
			continue;
		}
		last = &fields[count++].step;
		*last = s;
	}
	return count;
}

static uint16_t record_flags_of(const struct field *fields, uint32_t count, const uint8_t best[ROLE_COUNT])
{
	uint8_t rank = best[ROLE_BYTES] != UINT8_MAX ? best[ROLE_BYTES] : best[ROLE_PACKETS];
	uint16_t flags = rank == RANK_TOTAL || rank == RANK_OUT_TOTAL ? RECORD_TOTALS : 0;

	for (uint32_t i = 0; i < count; i++)
		if (fields[i].step.has == HAS_BYTES_REVERSE || fields[i].step.has == HAS_PACKETS_REVERSE)
			flags |= RECORD_BIFLOW;
	return flags;
}

static uint32_t min_bytes_of(const struct field *fields, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += fields[i].step.bytes == FIELD_VARIABLE ? 1 : fields[i].step.bytes;
	return sum;
}

static struct template *make(struct export_decoder *d, const struct template_spec *spec)
{
	uint8_t best[ROLE_COUNT];
	size_t n = read_fields(d, spec);
	uint32_t min_bytes = min_bytes_of(d->fields, n);
	uint8_t layers = layers_of(d->fields, n);

	rank_fields(d->fields, n, layers, best);
	uint32_t count = make_steps(d->fields, n, layers, best);
	struct template *t = mem_alloc(sizeof *t + count * sizeof t->steps[0]);

	*t = (struct template){
		.id = spec->id,
		.options = spec->options,
		.min_bytes = min_bytes,
		.step_count = count,
		.record_flags = record_flags_of(d->fields, count, best),
	};
	for (uint32_t i = 0; i < count; i++)
		t->steps[i] = d->fields[i].step;
	return t;
}

/* Make room for one more of this exporter. */
static void make_room(struct export_decoder *d, struct exporter *x, size_t bytes)
{
	if (x->templates.count >= d->limits.templates) {
		drop(d, x->templates.oldest);
		d->totals.templates_evicted++;
	}
	while (d->templates_by_use.oldest != NULL && d->template_bytes + bytes > d->limits.template_bytes) {
		drop(d, d->templates_by_use.oldest);
		d->totals.templates_evicted++;
	}
}

void template_define(struct intake *in, const struct template_spec *spec)
{
	struct export_decoder *d = in->d;
	uint64_t hash = hash_bytes(spec->fields.at, spec->fields.left,
				   d->seed + (uint64_t)spec->scope_count * 2 + spec->options);
	struct template *known = find(d, in->x, spec->id);

	if (known != NULL && known->hash == hash) {
		use(d, known, in->dg->ts_us);
		return;
	}
	if (known != NULL) {
		drop(d, known);
		in->x->seen.template_changes++;
	}
	struct template *t = make(d, spec);
	const struct template_key key = {in->x->seen.slot, spec->id};

	t->x = in->x;
	t->hash = hash;
	t->used_us = in->dg->ts_us;
	make_room(d, in->x, bytes_of(t));
	struct template_entry *e = map_touch(d->templates, &key, NULL);

	e->t = t;
	link_in(d, t);
	in->x->seen.templates++;
	d->template_bytes += bytes_of(t);
	waiting_read(in, t);
}
