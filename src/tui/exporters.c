/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Sources pane's part on what is collected: a socket or file, its exporters, what each told and what
 * of it was lost, its clock, and its interfaces as it counts them. Main thread; called by sources.c.
 */
#include "config.h"

#include <stdio.h>

#include "dpitop/i18n.h"
#include "dpitop/units.h"
#include "tui/sources.h"

enum { SHOWN_EXPORTERS = 64, SHOWN_PORTS = 128 };

static enum style loss(uint64_t n, enum style s)
{
	return n > 0 ? s : STYLE_NORMAL;
}

/* ---- interfaces ---- */

static double use_of(const struct exporter_port *p, int way)
{
	return p->counters.speed_bps > 0 ? (double)p->rate[way] * 800 / (double)p->counters.speed_bps : 0;
}

static void draw_port(struct place *p, const struct exporter_port *port)
{
	const struct export_counters *c = &port->counters;
	char label[SOURCES_LABEL + 8], in[UNIT_TEXT], out[UNIT_TEXT], speed[UNIT_TEXT];
	uint64_t faults = (uint64_t)c->errors[0] + c->errors[1] + c->discards[0] + c->discards[1];

	snprintf(label, sizeof label, "  %u", c->interface);
	sources_line(p, label, !c->oper_up ? STYLE_DIM : loss(faults, STYLE_WARN),
		     _("%s%s%s, %s: in %s (%.0f %%), out %s (%.0f %%), errors %llu, discarded %llu"), port->name,
		     port->name[0] != '\0' ? ", " : "", c->oper_up ? _("up") : _("down"),
		     unit_bits((double)c->speed_bps, speed, sizeof speed), unit_bits((double)port->rate[0] * 8, in, sizeof in),
		     use_of(port, 0), unit_bits((double)port->rate[1] * 8, out, sizeof out), use_of(port, 1),
		     (unsigned long long)c->errors[0] + c->errors[1], (unsigned long long)c->discards[0] + c->discards[1]);
}

static void draw_ports(struct place *p, const struct exporter_info *x)
{
	char more[UNIT_TEXT];

	if (x->port_count == 0)
		return;
	sources_line(p, _("  interfaces"), STYLE_NORMAL, "%s", unit_count(x->port_count, more, sizeof more));
	for (size_t i = 0; i < x->port_count && i < SHOWN_PORTS; i++)
		draw_port(p, &x->ports[i]);
	if (x->port_count > SHOWN_PORTS)
		sources_line(p, "", STYLE_DIM, _("and %s more"), unit_count(x->port_count - SHOWN_PORTS, more, sizeof more));
}

/* ---- an exporter ---- */

static void draw_losses(struct place *p, const struct export_exporter *x)
{
	char lost[UNIT_TEXT], missing[UNIT_TEXT], recovered[UNIT_TEXT], malformed[UNIT_TEXT];

	sources_line(p, _("  lost"), loss(x->lost + x->malformed, STYLE_ALARM),
		     x->version == EXPORT_NETFLOW9 || x->version == EXPORT_SFLOW5 ? _("%s datagrams by their numbers, malformed %s, restarts %llu")
										  : _("%s records by their numbers, malformed %s, restarts %llu"),
		     unit_count(x->lost, lost, sizeof lost), unit_count(x->malformed, malformed, sizeof malformed),
		     (unsigned long long)x->restarts);
	if (x->misnumbered)
		sources_line(p, "", STYLE_WARN, _("its sequence numbers follow no rule: what is lost now cannot be told"));
	if (x->version != EXPORT_NETFLOW9 && x->version != EXPORT_IPFIX)
		return;
	sources_line(p, _("  templates"), loss(x->missing_template - x->recovered, STYLE_WARN),
		     _("%u, missing for %s sets (%s read later, %u waiting), redefined %llu"), x->templates,
		     unit_count(x->missing_template, missing, sizeof missing), unit_count(x->recovered, recovered, sizeof recovered),
		     x->waiting, (unsigned long long)x->template_changes);
}

static void draw_clock(struct place *p, const struct export_exporter *x)
{
	int64_t offset = x->clock_offset_us;
	bool wrong = export_clock_correction(x) != 0;
	char text[UNIT_TEXT], seen[UNIT_TEXT];

	unit_clock(x->last_us, seen, sizeof seen);
	if (!x->has_clock)
		sources_line(p, _("  last seen"), STYLE_NORMAL, "%s", seen);
	else
		sources_line(p, _("  last seen"), wrong ? STYLE_WARN : STYLE_NORMAL,
			     wrong ? _("%s; its clock is %s %s: corrected") : _("%s; its clock is %s %s"), seen,
			     unit_duration((uint64_t)(offset < 0 ? -offset : offset), text, sizeof text),
			     offset < 0 ? _("slow") : _("fast"));
}

static void draw_exporter(struct place *p, const struct exporter_info *info)
{
	const struct export_exporter *x = &info->x;
	char address[ADDR_TEXT], agent[ADDR_TEXT], records[UNIT_TEXT], datagrams[UNIT_TEXT], bytes[UNIT_TEXT], packets[UNIT_TEXT];
	bool has_agent = !addr_eq(&x->agent, &addr_none) && !addr_eq(&x->agent, &x->addr);
	int right = p->r.x + p->r.columns;
	int at = p->r.x + canvas_put(&p->t->canvas, p->r.x, p->y, p->r.columns, STYLE_BOLD,
				     addr_format(&x->addr, address, sizeof address));

	if (x->name[0] != '\0')
		at += 2 + canvas_put(&p->t->canvas, at + 2, p->y, right - at - 2, STYLE_NORMAL, x->name);
	if (has_agent)
		at += 2 + canvas_put(&p->t->canvas, at + 2, p->y, right - at - 2, STYLE_NORMAL,
				     addr_format(&x->agent, agent, sizeof agent));
	canvas_printf(&p->t->canvas, at + 2, p->y++, right - at - 2, STYLE_NORMAL, x->tcp ? _("%s over TCP, domain %u") : _("%s, domain %u"),
		      export_version_name((enum export_version)x->version), x->domain);
	sources_line(p, _("  told"), STYLE_NORMAL, _("%s records (%u/s) in %s datagrams, options %llu, counters %llu"),
		     unit_count(x->records, records, sizeof records), info->record_rate,
		     unit_count(x->datagrams, datagrams, sizeof datagrams), (unsigned long long)x->option_records,
		     (unsigned long long)x->counter_samples);
	if (info->again.records > 0)
		sources_line(p, _("  in and out"), STYLE_NORMAL, _("%s records told again what is counted once: %s, %s packets"),
			     unit_count(info->again.records, records, sizeof records), unit_bytes(info->again.bytes, bytes, sizeof bytes),
			     unit_count(info->again.packets, packets, sizeof packets));
	draw_losses(p, x);
	if (x->sampling > 1)
		sources_line(p, _("  sampling"), STYLE_NORMAL, _("1 of %u: %s and %s packets as told, scaled in all panes"), x->sampling,
			     unit_bytes(x->bytes, bytes, sizeof bytes), unit_count(x->packets, packets, sizeof packets));
	draw_clock(p, x);
	draw_ports(p, info);
}

/* ---- a source ---- */

static void draw_head(struct place *p, const struct source_info *s)
{
	char a[UNIT_TEXT], b[UNIT_TEXT];
	int width = p->r.columns / 2, x = p->r.x + canvas_put(&p->t->canvas, p->r.x, p->y, width, STYLE_BOLD, s->name);

	canvas_put(&p->t->canvas, x + 2, p->y++, p->r.x + p->r.columns - x - 2, s->ok ? STYLE_GOOD : STYLE_ALARM, _(s->state));
	sources_line(p, _("collected"), STYLE_NORMAL, _("%s packets, %s, sampling scaled"), unit_count(s->packets, a, sizeof a),
		     unit_bytes(s->bytes, b, sizeof b));
	sources_line(p, _("dropped"), loss(s->dropped, STYLE_ALARM), _("datagrams: by the kernel %llu, not allowed %llu, not readable %llu"),
		     (unsigned long long)s->dropped, (unsigned long long)s->refused, (unsigned long long)s->unknown);
	if (s->buffer_bytes > 0)
		sources_line(p, _("socket buffer"), STYLE_NORMAL, "%s", unit_bytes(s->buffer_bytes, a, sizeof a));
	if (s->exporters_gone > 0)
		sources_line(p, _("exporters"), STYLE_NORMAL, _("%s, gone %s"), unit_count(s->exporters, a, sizeof a),
			     unit_count(s->exporters_gone, b, sizeof b));
	else
		sources_line(p, _("exporters"), STYLE_NORMAL, "%s", unit_count(s->exporters, a, sizeof a));
}

void exporters_draw(struct place *p, const struct snapshot *s, size_t source, bool head)
{
	char more[UNIT_TEXT];
	size_t shown = 0;

	if (head)
		draw_head(p, &s->sources[source]);
	for (size_t i = 0; i < s->exporter_count && shown < SHOWN_EXPORTERS; i++) {
		if (s->exporters[i].source != source)
			continue;
		draw_exporter(p, &s->exporters[i]);
		shown++;
	}
	if (s->sources[source].exporters > shown)
		sources_line(p, "", STYLE_DIM, _("and %s more exporters"),
			     unit_count(s->sources[source].exporters - shown, more, sizeof more));
}
