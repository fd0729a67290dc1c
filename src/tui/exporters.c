/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Sources pane's part on what is collected: a socket or file, its exporters, what each told and what
 * of it was lost, and its clock; one of them can be chosen, to have its interfaces listed (export_ports.c). Main thread;
 * called by sources.c and for keys.
 */
#include "config.h"

#include <stdio.h>

#include "dpitop/i18n.h"
#include "dpitop/units.h"
#include "tui/action.h"
#include "tui/sources.h"

enum { SHOWN_EXPORTERS = 64 };

static enum style loss(uint64_t n, enum style s)
{
	return n > 0 ? s : STYLE_NORMAL;
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

static bool is_chosen(const struct tui *t, const struct exporter_info *info)
{
	return t->exporter.id == info->x.id && t->exporter.source == info->source;
}

static void choose(struct tui *t, const struct exporter_info *info)
{
	t->exporter.id = info->x.id;
	t->exporter.source = info->source;
	t->exporter.reveal = true;
}

/* A click on its name does what Enter does. */
static enum reaction clicked(struct tui *t, int i)
{
	const struct snapshot *s = t->picture;

	if (s == NULL || (size_t)i >= s->exporter_count)
		return REACT_NONE;
	t->exporter.open = !(t->exporter.open && is_chosen(t, &s->exporters[i]));
	choose(t, &s->exporters[i]);
	return REACT_DRAW;
}

static void draw_name(struct place *p, const struct exporter_info *info)
{
	const struct export_exporter *x = &info->x;
	char address[ADDR_TEXT], agent[ADDR_TEXT];
	bool has_agent = !addr_eq(&x->agent, &addr_none) && !addr_eq(&x->agent, &x->addr);
	enum style s = is_chosen(p->t, info) ? STYLE_CURSOR : STYLE_NORMAL, bold = s == STYLE_NORMAL ? STYLE_BOLD : s;
	int right = p->r.x + p->r.columns, at = p->r.x;

	canvas_fill(&p->t->canvas, at, p->y, p->r.columns, s, ' ');
	screen_zone(p->t, (struct rect){at, p->y, p->r.columns, 1}, clicked, (int)(info - p->t->picture->exporters));
	at += canvas_put(&p->t->canvas, at, p->y, p->r.columns, bold, addr_format(&x->addr, address, sizeof address));
	if (x->name[0] != '\0')
		at += 2 + canvas_put(&p->t->canvas, at + 2, p->y, right - at - 2, s, x->name);
	if (has_agent)
		at += 2 + canvas_put(&p->t->canvas, at + 2, p->y, right - at - 2, s, addr_format(&x->agent, agent, sizeof agent));
	canvas_printf(&p->t->canvas, at + 2, p->y++, right - at - 2, s, x->tcp ? _("%s over TCP, domain %u") : _("%s, domain %u"),
		      export_version_name((enum export_version)x->version), x->domain);
}

static void draw_exporter(struct place *p, const struct exporter_info *info)
{
	const struct export_exporter *x = &info->x;
	int begins = p->y;
	char records[UNIT_TEXT], datagrams[UNIT_TEXT], bytes[UNIT_TEXT], packets[UNIT_TEXT];

	draw_name(p, info);
	sources_line(p, _("  told"), STYLE_NORMAL, _("%s records (%u/s) in %s datagrams, options %llu, counters %llu"),
		     unit_count(x->records, records, sizeof records), info->record_rate,
		     unit_count(x->datagrams, datagrams, sizeof datagrams), (unsigned long long)x->option_records,
		     (unsigned long long)x->counter_samples);
	if (info->again.records > 0)
		sources_line(p, _("  in and out"), STYLE_NORMAL, _("%s records again: %s, %s packets, counted once"),
			     unit_count(info->again.records, records, sizeof records), unit_bytes(info->again.bytes, bytes, sizeof bytes),
			     unit_count(info->again.packets, packets, sizeof packets));
	draw_losses(p, x);
	if (x->sampling > 1)
		sources_line(p, _("  sampling"), STYLE_NORMAL, _("1 of %u: %s and %s packets as told, scaled in all panes"), x->sampling,
			     unit_bytes(x->bytes, bytes, sizeof bytes), unit_count(x->packets, packets, sizeof packets));
	draw_clock(p, x);
	export_ports_draw(p, info, p->t->exporter.open && is_chosen(p->t, info));
	if (is_chosen(p->t, info)) {
		p->t->exporter.line = begins - p->r.y;
		p->t->exporter.lines = p->y - begins;
	}
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

/* ---- keys ---- */

bool exporters_are_shown(const struct tui *t)
{
	return sources_is_shown(t) && t->picture != NULL && !t->picture->replay.on && t->picture->exporter_count > 0;
}

/* In the order of the pane: by source. NULL past the last. */
static const struct exporter_info *in_order(const struct snapshot *s, size_t at)
{
	for (size_t source = 0; source < s->source_count; source++)
		for (size_t i = 0; i < s->exporter_count; i++)
			if (s->exporters[i].source == source && at-- == 0)
				return &s->exporters[i];
	return NULL;
}

enum reaction act_exporter(struct tui *t, int step)
{
	const struct exporter_info *x;
	size_t at = 0, count = 0;
	bool found = false;

	for (; (x = in_order(t->picture, count)) != NULL; count++)
		if (is_chosen(t, x)) {
			at = count;
			found = true;
		}
	if (count == 0)
		return REACT_NONE;
	at = !found ? (step > 0 ? 0 : count - 1) : (at + count + (size_t)step) % count;
	choose(t, in_order(t->picture, at));
	return REACT_DRAW;
}

enum reaction act_exporter_ports(struct tui *t, int arg)
{
	const struct exporter_info *first = in_order(t->picture, 0);
	bool found = false;

	(void)arg;
	for (size_t i = 0; i < t->picture->exporter_count; i++)
		found |= is_chosen(t, &t->picture->exporters[i]);
	if (first == NULL)
		return REACT_NONE;
	if (!found)
		choose(t, first);
	t->exporter.open = !found || !t->exporter.open;
	t->exporter.reveal = true;
	return REACT_DRAW;
}

/* ---- all ---- */

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
