/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * IPFIX messages: header, sets, sequence numbers, and when templates and names are told again. What is in a record
 * is ipfix_fields.c. Names of applications are in the records, for a datagram may be lost, and told as options (RFC 6759
 * section 6), for collectors that look there only: each again before its next use after a while.
 */
#include "config.h"

#include "dpitop/ipfix.h"

#include <string.h>

#include "dpitop/map.h"
#include "dpitop/mem.h"
#include "export/ipfix_fields.h"

enum { IPFIX_VERSION = 10, HEADER = 16, SET_HEADER = 4, TEMPLATE_SET = 2, OPTIONS_SET = 3 };
enum { L4_ICMP = 1, L4_TCP = 6, L4_UDP = 17, L4_DCCP = 33, L4_ICMP6 = 58, L4_SCTP = 132, L4_UDPLITE = 136 };
enum { TEMPLATE_MESSAGES = 64, APPS_MAX = 4096, SHORT_MESSAGE = 1024, SHORT_TEXT = 80, LONG_TEXT = 254 };
#define AGAIN_US (30 * INT64_C(1000000))

/* RFC 6759 section 4.1, engine 20: the numbers of somebody else's registry, here ntop's nDPI, whose own is 24 bits. */
#define ENGINE_PANA_L7_PEN (UINT64_C(20) << 56)
#define PEN_NTOP (UINT64_C(35632) << 24)
enum { APP_BITS = 12 };

struct told_app { /* which the collector knows by name */
	struct { uint16_t master, app; } key;
	uint32_t round;
};

struct ipfix_encoder {
	struct ipfix_options o;
	const struct dpi *dpi;
	unsigned more;          /* what all templates have: IPFIX_BIFLOW, IPFIX_INTERFACES */
	struct map *apps;
	uint32_t round;         /* of telling names */
	bool told;              /* templates were, in this round */
	int64_t told_us;        /* when */
	unsigned messages;      /* since then */
	uint32_t sequence;      /* data records so far */
	size_t limit;
	/* the message being made */
	struct ipfix_bytes bytes;
	size_t set_at;          /* its last set, 0: none */
	uint16_t set;
	struct ipfix_message counts;
	struct sent_totals sent, lost;
};

struct ipfix_encoder *ipfix_encoder_new(const struct ipfix_options *o, const struct dpi *dpi)
{
	struct ipfix_encoder *x = mem_zalloc(sizeof *x);

	x->o = *o;
	x->dpi = dpi;
	x->more = (o->biflow ? IPFIX_BIFLOW : 0) | (o->interfaces != NULL ? IPFIX_INTERFACES : 0);
	x->apps = map_new(sizeof ((struct told_app *)0)->key, sizeof(struct told_app), APPS_MAX, hash_seed());
	x->limit = IPFIX_MESSAGE_MAX;
	x->bytes.used = HEADER;
	return x;
}

void ipfix_encoder_free(struct ipfix_encoder *x)
{
	if (x != NULL)
		map_free(x->apps);
	mem_free(x);
}

void ipfix_limit(struct ipfix_encoder *x, size_t message_bytes)
{
	x->limit = message_bytes < IPFIX_MESSAGE_MIN ? IPFIX_MESSAGE_MIN
		 : message_bytes > IPFIX_MESSAGE_MAX ? IPFIX_MESSAGE_MAX : message_bytes;
}

void ipfix_renew(struct ipfix_encoder *x)
{
	x->told = false;
}

void ipfix_statistics(struct ipfix_encoder *x, const struct sent_totals *sent, const struct sent_totals *lost)
{
	x->sent = *sent;
	x->lost = *lost;
}

/* ---- messages ---- */

static void write_at(struct ipfix_encoder *x, size_t at, uint64_t v, unsigned bytes)
{
	for (unsigned i = bytes; i > 0; v >>= 8)
		x->bytes.at[at + --i] = (uint8_t)v;
}

static void close_set(struct ipfix_encoder *x)
{
	if (x->set_at != 0)
		write_at(x, x->set_at + 2, x->bytes.used - x->set_at, 2);
	x->set_at = 0;
}

/* RFC 7011 section 3.1; the number is that of the message's first data record. */
void ipfix_flush(struct ipfix_encoder *x, int64_t now_us)
{
	struct ipfix_message *m = &x->counts;

	if (x->bytes.used == HEADER)
		return;
	close_set(x);
	write_at(x, 0, IPFIX_VERSION, 2);
	write_at(x, 2, x->bytes.used, 2);
	write_at(x, 4, now_us > 0 ? (uint64_t)(now_us / 1000000) : 0, 4);
	write_at(x, 8, x->sequence, 4);
	write_at(x, 12, x->o.domain, 4);
	m->data = x->bytes.at;
	m->bytes = x->bytes.used;
	x->sequence += m->records + m->option_records;
	x->messages++;
	x->o.send(x->o.ctx, m);
	*m = (struct ipfix_message){0};
	x->bytes.used = HEADER;
}

/* One record of a set, all of it in one message. False: it is too long for any, which texts are too short for. */
static bool append(struct ipfix_encoder *x, uint16_t set, const struct ipfix_bytes *record, int64_t now_us)
{
	size_t wanted = record->used + (x->set_at == 0 || x->set != set ? SET_HEADER : 0);

	if (record->full || HEADER + SET_HEADER + record->used > x->limit)
		return false;
	if (x->bytes.used + wanted > x->limit)
		ipfix_flush(x, now_us);
	if (x->set_at == 0 || x->set != set) {
		close_set(x);
		x->set = set;
		x->set_at = x->bytes.used;
		ipfix_number(&x->bytes, set, 2);
		ipfix_number(&x->bytes, 0, 2);
	}
	memcpy(x->bytes.at + x->bytes.used, record->at, record->used);
	x->bytes.used += record->used;
	return true;
}

/* ---- templates and options ---- */

static void tell_option(struct ipfix_encoder *x, enum ipfix_template t, const struct ipfix_facts *f, int64_t now_us)
{
	struct ipfix_bytes record;

	record.used = 0;
	record.full = false;
	ipfix_record(&record, t, x->more, f);
	x->counts.option_records += append(x, (uint16_t)(IPFIX_FIRST_TEMPLATE + t), &record, now_us);
}

static void tell_self(struct ipfix_encoder *x, int64_t now_us)
{
	struct ipfix_facts f = {.self = &x->o, .sent = x->sent, .lost = x->lost};

	tell_option(x, IPFIX_SELF, &f, now_us);
	for (size_t i = 0; i < x->o.interface_count; i++) {
		f.interface = &x->o.interfaces[i];
		if (f.interface->number != 0)
			tell_option(x, IPFIX_INTERFACE_NAMES, &f, now_us);
	}
}

/* They stand last in their message: nfacctd 1.7.7 takes options templates for malformed, and leaves out what is behind them. */
static void tell_templates(struct ipfix_encoder *x, int64_t now_us)
{
	for (enum ipfix_template t = 0; t < IPFIX_TEMPLATES; t++) {
		struct ipfix_bytes record;

		if (t == IPFIX_INTERFACE_NAMES && x->o.interfaces == NULL)
			continue;
		record.used = 0;
		record.full = false;
		ipfix_define(&record, t, x->more);
		append(x, ipfix_is_options(t) ? OPTIONS_SET : TEMPLATE_SET, &record, now_us);
	}
	ipfix_flush(x, now_us);
}

/* Between two records. */
static void tell_what_is_due(struct ipfix_encoder *x, int64_t now_us)
{
	bool again = !x->told || now_us - x->told_us >= AGAIN_US || now_us < x->told_us;

	if (!again && x->messages < TEMPLATE_MESSAGES)
		return;
	tell_templates(x, now_us);
	x->messages = 0;
	if (!again)
		return;
	x->told = true;
	x->told_us = now_us;
	x->round++;
	tell_self(x, now_us);
}

static bool is_icmp(const struct flow *f)
{
	return f->l4 == (f->ip_version == 6 ? L4_ICMP6 : L4_ICMP);
}

static bool has_ports(const struct flow *f)
{
	return f->l4 == L4_TCP || f->l4 == L4_UDP || f->l4 == L4_SCTP || f->l4 == L4_DCCP || f->l4 == L4_UDPLITE;
}

static enum ipfix_template template_of(const struct flow *f)
{
	bool v6 = f->ip_version == 6;

	if (is_icmp(f))
		return v6 ? IPFIX_ICMP_V6 : IPFIX_ICMP_V4;
	if (has_ports(f))
		return v6 ? IPFIX_FLOW_V6 : IPFIX_FLOW_V4;
	return v6 ? IPFIX_OTHER_V6 : IPFIX_OTHER_V4;
}

/* ---- flows ---- */

static uint64_t app_id(const struct dpi_class *c)
{
	if (c->app == DPI_UNKNOWN || c->app >> APP_BITS != 0 || c->master >> APP_BITS != 0)
		return 0;
	return ENGINE_PANA_L7_PEN | PEN_NTOP | (uint64_t)c->master << APP_BITS | c->app;
}

/* What it is called so far. Its name is told if it was not for a while. */
static void name_app(struct ipfix_encoder *x, struct ipfix_facts *f, char name[DPI_APP_TEXT], int64_t now_us)
{
	const struct dpi_class *c = &f->part->flow->class_;
	struct told_app *told, key = {.key = {c->master, c->app}};

	f->app = "";
	if (c->app == DPI_UNKNOWN)
		return;
	f->app = dpi_app_name(x->dpi, c, name, DPI_APP_TEXT);
	f->app_id = app_id(c);
	told = f->app_id != 0 ? map_touch(x->apps, &key.key, NULL) : NULL;
	if (told == NULL || told->round == x->round)
		return;
	told->round = x->round;
	tell_option(x, IPFIX_APPS, f, now_us);
}

static void put_record(struct ipfix_encoder *x, const struct ipfix_facts *f, int64_t now_us)
{
	enum ipfix_template t = template_of(f->part->flow);
	struct ipfix_bytes record;

	record.used = 0;
	record.full = false;
	ipfix_record(&record, t, x->more, f);
	if (!append(x, (uint16_t)(IPFIX_FIRST_TEMPLATE + t), &record, now_us))
		return;
	x->counts.records++;
	for (unsigned d = 0; d < 2; d++) {
		if (!f->biflow && d != f->source)
			continue;
		x->counts.packets += f->part->side[d].packets;
		x->counts.octets += f->part->side[d].octets;
	}
}

void ipfix_put(struct ipfix_encoder *x, const struct flow_part *p, int64_t now_us)
{
	static const struct ipfix_interface none;
	struct ipfix_facts f = {.part = p, .biflow = x->o.biflow, .self = &x->o, .interface = &none,
				.text_max = x->limit < SHORT_MESSAGE ? SHORT_TEXT : LONG_TEXT};
	char name[DPI_APP_TEXT];

	tell_what_is_due(x, now_us);
	if (p->flow->source < x->o.interface_count)
		f.interface = &x->o.interfaces[p->flow->source];
	name_app(x, &f, name, now_us);
	if (x->o.biflow) {
		put_record(x, &f, now_us);
		return;
	}
	for (f.source = 0; f.source < 2; f.source++)
		if (p->side[f.source].packets > 0)
			put_record(x, &f, now_us);
}
