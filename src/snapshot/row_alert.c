/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row of alerts: whose it is, the sentence that says what is wrong, once in English for programs and once in the
 * reader's language, and the filter of the traffic that it is about. One line of the table per kind.
 * Engine's thread; used by row_fill.c.
 */
#include "config.h"

#include "snapshot/row_alert.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/alert.h"
#include "dpitop/dpi.h"
#include "dpitop/filter.h"
#include "dpitop/i18n.h"
#include "dpitop/packet.h"
#include "dpitop/units.h"
#include "snapshot/arena.h"

enum { SAY_TEXT = 768, PIN_TEXT = 256 };

struct telling { /* of one alert */
	const struct row *row;
	const struct dim_alert *alert;
	char buf[SAY_TEXT];
	size_t used;
	bool english;
};

static const char *word(const struct telling *t, const char *text) __attribute__((format_arg(2)));
static const char *words(const struct telling *t, const char *one, const char *many, uint64_t n)
	__attribute__((format_arg(2))) __attribute__((format_arg(3)));
static void say(struct telling *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static const char *word(const struct telling *t, const char *text)
{
	return t->english ? text : _(text);
}

static const char *words(const struct telling *t, const char *one, const char *many, uint64_t n)
{
	return t->english ? (n == 1 ? one : many) : i18n_count(one, many, (unsigned long)n);
}

static void say(struct telling *t, const char *format, ...)
{
	va_list list;
	int n;

	va_start(list, format);
	n = vsnprintf(t->buf + t->used, sizeof t->buf - t->used, format, list);
	va_end(list);
	t->used += n < 0 ? 0 : (size_t)n;
	if (t->used >= sizeof t->buf)
		t->used = sizeof t->buf - 1;
}

static const char *server_text(const struct telling *t, char *buf, size_t size)
{
	const struct dim_alert *a = t->alert;
	char addr[ADDR_TEXT];
	const char *format = a->port == 0 ? "%s" : addr_is_v4(&a->other) ? "%s:%u" : "[%s]:%u";

	snprintf(buf, size, format, addr_format(&a->other, addr, sizeof addr), a->port);
	return buf;
}

static const char *port_text(const struct telling *t, char *buf, size_t size)
{
	char l4[8];

	snprintf(buf, size, "%u/%s", t->alert->port, l4_label(t->alert->l4, l4));
	return buf;
}

static void say_port_scan(struct telling *t)
{
	const struct dim_alert *a = t->alert;
	char n[UNIT_TEXT], answered[UNIT_TEXT], more[UNIT_TEXT], time[UNIT_TEXT], addr[ADDR_TEXT];

	say(t, word(t, N_("%s ports of %s tried in %s, %s answered")), unit_count(a->tried, n, sizeof n),
	    addr_format(&a->other, addr, sizeof addr), unit_duration((uint64_t)a->lasting_us, time, sizeof time),
	    unit_count(a->answered, answered, sizeof answered));
	if (a->more > 0)
		say(t, words(t, NN_("; %s more host likewise", "; %s more hosts likewise"), a->more),
		    unit_count(a->more, more, sizeof more));
}

static void say_network_scan(struct telling *t)
{
	const struct dim_alert *a = t->alert;
	char n[UNIT_TEXT], answered[UNIT_TEXT], more[UNIT_TEXT], time[UNIT_TEXT], port[UNIT_TEXT];

	say(t, word(t, N_("port %s of %s hosts tried in %s, %s answered")), port_text(t, port, sizeof port),
	    unit_count(a->tried, n, sizeof n), unit_duration((uint64_t)a->lasting_us, time, sizeof time),
	    unit_count(a->answered, answered, sizeof answered));
	if (a->more > 0)
		say(t, words(t, NN_("; %s more port likewise", "; %s more ports likewise"), a->more),
		    unit_count(a->more, more, sizeof more));
}

static void say_flood(struct telling *t)
{
	const struct dim_alert *a = t->alert;
	char n[UNIT_TEXT], peak[UNIT_TEXT], time[UNIT_TEXT], port[UNIT_TEXT];

	say(t, word(t, N_("%s flows to it in %s were not answered, up to %s a second, the last to port %s")),
	    unit_count(t->row->flows, n, sizeof n), unit_duration((uint64_t)a->lasting_us, time, sizeof time),
	    unit_count(a->peak, peak, sizeof peak), port_text(t, port, sizeof port));
}

static void say_drop(struct telling *t)
{
	const struct dim_alert *a = t->alert;
	char lost[UNIT_TEXT], all[UNIT_TEXT], kernel[UNIT_TEXT], interface[UNIT_TEXT];

	say(t, word(t, N_("%s of %s packets were lost before they were seen, %s by the kernel and %s by the interface")),
	    unit_count(a->kernel + a->interface, lost, sizeof lost),
	    unit_count(a->kernel + a->interface + a->packets, all, sizeof all), unit_count(a->kernel, kernel, sizeof kernel),
	    unit_count(a->interface, interface, sizeof interface));
}

static void say_new_host(struct telling *t)
{
	static const uint8_t none[6];
	const struct dim_alert *a = t->alert;
	char time[UNIT_TEXT], mac[MAC_TEXT];

	unit_duration((uint64_t)a->lasting_us, time, sizeof time);
	if (memcmp(a->mac, none, sizeof none) == 0)
		say(t, word(t, N_("a local host that was not seen before, %s after the start")), time);
	else
		say(t, word(t, N_("a local host that was not seen before, %s after the start, with the hardware address %s")), time,
		    mac_format(a->mac, mac, sizeof mac));
}

static void say_threshold(struct telling *t)
{
	char time[UNIT_TEXT];

	say(t, word(t, N_("over the threshold '%s' for %s")), t->alert->rule,
	    unit_duration((uint64_t)t->alert->lasting_us, time, sizeof time));
}

static const char *risk_name(const struct telling *t, char *buf, size_t size)
{
	const char *name = dpi_risk_name(t->row->key.alert.what);

	if (name != NULL)
		return name;
	snprintf(buf, size, "risk %u", t->row->key.alert.what);
	return buf;
}

static void say_risk(struct telling *t)
{
	char name[16], n[UNIT_TEXT], server[ADDR_TEXT + 12];
	uint64_t flows = t->row->flows;

	say(t, words(t, NN_("%s in %s flow, the last to %s", "%s in %s flows, the last to %s"), flows),
	    risk_name(t, name, sizeof name), unit_count(flows, n, sizeof n), server_text(t, server, sizeof server));
}

/* ---- which traffic it is about ---- */

static void pin_port_scan(struct telling *t, const struct row *who)
{
	char addr[ADDR_TEXT];

	say(t, "src = %s", who->label);
	if (t->alert->more == 0)
		say(t, " and dst = %s", addr_format(&t->alert->other, addr, sizeof addr));
}

static void pin_network_scan(struct telling *t, const struct row *who)
{
	char l4[8];

	say(t, "src = %s", who->label);
	if (t->alert->more == 0)
		say(t, " and dst.port = %u and l4 = %s", t->alert->port, l4_label(t->alert->l4, l4));
}

static void pin_flood(struct telling *t, const struct row *who)
{
	char l4[8];

	say(t, "dst = %s and l4 = %s", who->label, l4_label(t->alert->l4, l4));
}

static void pin_risk(struct telling *t, const struct row *who)
{
	struct row risk = row_empty;
	char name[16], pin[PIN_TEXT];

	risk.dim = DIM_RISK;
	risk.label = risk_name(t, name, sizeof name);
	say(t, "src = %s and %s", who->label, filter_of_row(&risk, pin, sizeof pin));
}

static void pin_subject(struct telling *t, const struct row *who)
{
	char pin[PIN_TEXT];

	say(t, "%s", filter_of_row(who, pin, sizeof pin));
}

static const struct {
	void (*say)(struct telling *t);
	void (*pin)(struct telling *t, const struct row *who);
} tellers[] = {
	[ALERT_PORT_SCAN] = {say_port_scan, pin_port_scan}, [ALERT_NETWORK_SCAN] = {say_network_scan, pin_network_scan},
	[ALERT_FLOOD] = {say_flood, pin_flood}, [ALERT_DROP] = {say_drop, pin_subject},
	[ALERT_NEW_HOST] = {say_new_host, pin_subject}, [ALERT_THRESHOLD] = {say_threshold, pin_subject},
	[ALERT_RISK] = {say_risk, pin_risk},
};
_Static_assert(sizeof tellers / sizeof tellers[0] == ALERT_KINDS, "a kind that says nothing");

/* Its row, as the list of its dimension has it; one that is gone has no counters. */
static struct row subject_of(struct row_source *s, const struct dim_alert *a)
{
	static const struct dim_row gone;
	const struct dim_row *from = model_get(s->in->model, a->dim, &a->subject);
	struct row_source whole = *s;
	struct row r;

	whole.model = s->in->model;
	whole.plain = false; /* its label is shown */
	row_fill(&whole, &r, a->dim, &a->subject, from != NULL ? from : &gone);
	s->places = whole.places;
	return r;
}

static void tell(struct telling *t, bool english)
{
	t->english = english;
	t->used = 0;
	tellers[t->row->key.alert.kind].say(t);
}

/* What only people see and use. */
static void fill_rest(struct row_source *s, struct row *r, struct telling *t)
{
	struct row who = subject_of(s, t->alert);

	r->label = who.label;
	r->label2 = who.label2;
	r->name = who.name;
	r->flags |= who.flags & ROW_LOCAL;
	tell(t, false);
	r->said = strcmp(t->buf, r->text) != 0 ? arena_text(s->arena, t->buf) : r->text;
	t->used = 0;
	tellers[r->key.alert.kind].pin(t, &who);
	r->pin = arena_text(s->arena, t->buf);
}

void row_alert_fill(struct row_source *s, struct row *r)
{
	struct telling t = {.row = r, .alert = model_alert(s->in->model, &r->key)};
	char who[ADDR_TEXT];

	if (t.alert == NULL || r->key.alert.kind >= ALERT_KINDS)
		return;
	if (r->key.alert.kind == ALERT_RISK && r->key.alert.what < 64)
		r->risks = UINT64_C(1) << r->key.alert.what;
	if (t.alert->dim == DIM_HOST)
		r->addr[0] = t.alert->subject.host.addr;
	tell(&t, true);
	r->text = arena_text(s->arena, t.buf);
	if (s->plain && t.alert->dim == DIM_HOST)
		r->label = arena_text(s->arena, addr_format(&r->addr[0], who, sizeof who));
	else
		fill_rest(s, r, &t);
}

bool row_alert_is_of(const struct model *part, const struct model *whole, const struct dim_key *key)
{
	const struct dim_alert *a = model_alert(whole, key);

	return a != NULL && model_get(part, a->dim, &a->subject) != NULL;
}
