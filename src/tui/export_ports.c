/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Sources pane's part on the interfaces of an exporter: a table by SNMP index, or what it sums up to. Main thread;
 * called by exporters.c.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/text.h"
#include "dpitop/units.h"
#include "tui/sources.h"

enum { SHOWN_PORTS = 512 };
enum { INDEX, NAME, SPEED, IN, IN_USE, OUT, OUT_USE, ERRORS, DISCARDED, FIELDS };

static const struct field {
	const char *title;
	int cells; /* 0: what is left */
	bool right;
} fields[FIELDS] = {
	[INDEX] = {N_("INDEX"), 9, true},   [NAME] = {N_("NAME"), 0, false},       [SPEED] = {N_("SPEED"), 9, true},
	[IN] = {N_("IN"), 10, true},        [IN_USE] = {"", 4, true},              [OUT] = {N_("OUT"), 10, true},
	[OUT_USE] = {"", 4, true},          [ERRORS] = {N_("ERRORS"), 7, true},    [DISCARDED] = {N_("DISCARD"), 7, true},
};

static void put_fields(struct place *p, enum style s, const char *const texts[FIELDS])
{
	int x = p->r.x, left = p->r.columns - (FIELDS - 1);

	for (unsigned i = 0; i < FIELDS; i++)
		left -= fields[i].cells;
	for (unsigned i = 0; i < FIELDS; i++) {
		int cells = fields[i].cells > 0 ? fields[i].cells : left;

		if (cells > 0)
			canvas_field(&p->t->canvas, x, p->y, cells, s, texts[i], fields[i].right, false);
		x += (cells > 0 ? cells : 0) + 1;
	}
	p->y++;
}

static void put_titles(struct place *p)
{
	const char *texts[FIELDS];

	for (unsigned i = 0; i < FIELDS; i++)
		texts[i] = fields[i].title[0] != '\0' ? _(fields[i].title) : "";
	put_fields(p, STYLE_DIM, texts);
}

static const char *use_text(const struct exporter_port *port, int way, char *buf, size_t size)
{
	double use = port->counters.speed_bps > 0 ? (double)port->rate[way] * 800 / (double)port->counters.speed_bps : 0;

	if (port->counters.speed_bps > 0)
		snprintf(buf, size, "%.0f%%", use < 999 ? use : 999);
	return port->counters.speed_bps > 0 ? buf : "";
}

static uint64_t sum(const uint32_t two[2])
{
	return (uint64_t)two[0] + two[1];
}

static void put_port(struct place *p, const struct exporter_port *port)
{
	const struct export_counters *c = &port->counters;
	bool down = port->has_counters && !c->oper_up;
	char index[UNIT_TEXT], speed[UNIT_TEXT] = "", in[UNIT_TEXT], out[UNIT_TEXT], in_use[8], out_use[8], errors[UNIT_TEXT] = "",
	     discarded[UNIT_TEXT] = "";

	snprintf(index, sizeof index, "%u", c->interface);
	if (c->speed_bps > 0)
		unit_bits((double)c->speed_bps, speed, sizeof speed);
	if (port->has_counters) {
		unit_count(sum(c->errors), errors, sizeof errors);
		unit_count(sum(c->discards), discarded, sizeof discarded);
	}
	put_fields(p, down ? STYLE_DIM : sum(c->errors) + sum(c->discards) > 0 ? STYLE_WARN : STYLE_NORMAL,
		   (const char *const[FIELDS]){
			   [INDEX] = index,
			   [NAME] = port->name,
			   [SPEED] = down ? _("down") : speed,
			   [IN] = unit_bits((double)port->rate[0] * 8, in, sizeof in),
			   [IN_USE] = use_text(port, 0, in_use, sizeof in_use),
			   [OUT] = unit_bits((double)port->rate[1] * 8, out, sizeof out),
			   [OUT_USE] = use_text(port, 1, out_use, sizeof out_use),
			   [ERRORS] = errors,
			   [DISCARDED] = discarded,
		   });
}

static void put_sum(struct place *p, const struct exporter_info *x)
{
	uint64_t down = 0, errors = 0, discarded = 0, counted = 0;
	char count[UNIT_TEXT], a[UNIT_TEXT], b[UNIT_TEXT], c[UNIT_TEXT];

	for (size_t i = 0; i < x->port_count; i++) {
		counted += x->ports[i].has_counters;
		down += x->ports[i].has_counters && !x->ports[i].counters.oper_up;
		errors += sum(x->ports[i].counters.errors);
		discarded += sum(x->ports[i].counters.discards);
	}
	unit_count(x->port_count, count, sizeof count);
	if (counted == 0)
		sources_line(p, _("  interfaces"), STYLE_NORMAL, _("%s, by its records"), count);
	else
		sources_line(p, _("  interfaces"), errors + discarded > 0 ? STYLE_WARN : STYLE_NORMAL,
			     _("%s, down %s, errors %s, discarded %s"), count, unit_count(down, a, sizeof a),
			     unit_count(errors, b, sizeof b), unit_count(discarded, c, sizeof c));
}

void export_ports_draw(struct place *p, const struct exporter_info *x, bool all)
{
	char more[UNIT_TEXT];

	if (x->port_count == 0)
		return;
	put_sum(p, x);
	if (!all)
		return;
	put_titles(p);
	for (size_t i = 0; i < x->port_count && i < SHOWN_PORTS; i++)
		put_port(p, &x->ports[i]);
	if (x->port_count > SHOWN_PORTS)
		sources_line(p, "", STYLE_DIM, _("and %s more"), unit_count(x->port_count - SHOWN_PORTS, more, sizeof more));
}
