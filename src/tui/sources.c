/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sources: is the data sound? Interfaces and files with what was lost, what the engine is at and what
 * its work costs, how full the tables are and what they take, the look-ups for names, whether the books
 * balance, and the log. Scrolls. Main thread; called by screen.c.
 */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/log.h"
#include "dpitop/text.h"
#include "dpitop/units.h"
#include "tui/graph.h"
#include "tui/screen.h"
#include "tui/sources.h"

enum { BAR_CELLS = 20, TWO_COLUMNS = 150, COLUMN_GAP = 3, LINE_TEXT = 512 };

static void heading(struct place *p, const char *text)
{
	if (p->y > p->r.y)
		p->y++;
	canvas_fill(&p->t->canvas, p->r.x, p->y, p->r.columns, STYLE_HEADER, ' ');
	canvas_put(&p->t->canvas, p->r.x, p->y++, p->r.columns, STYLE_HEADER, text);
}

void sources_line(struct place *p, const char *label, enum style s, const char *format, ...)
{
	char text[LINE_TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	canvas_put(&p->t->canvas, p->r.x, p->y, SOURCES_LABEL - 1, STYLE_DIM, label);
	canvas_field(&p->t->canvas, p->r.x + SOURCES_LABEL, p->y++, p->r.columns - SOURCES_LABEL, s, text, false, false);
}

/* ---- sources ---- */

static void draw_losses(struct place *p, const struct source_info *s)
{
	char cut[UNIT_TEXT];

	sources_line(p, _("dropped"), s->dropped + s->if_dropped > 0 ? STYLE_ALARM : STYLE_NORMAL,
	     _("by the kernel %llu, by the interface %llu"), (unsigned long long)s->dropped,
	     (unsigned long long)s->if_dropped);
	sources_line(p, _("undecoded"), s->undecoded > 0 ? STYLE_WARN : STYLE_NORMAL,
	     _("%llu packets whose IP header cannot be read"), (unsigned long long)s->undecoded);
	sources_line(p, _("cut"), STYLE_NORMAL, _("%s packets longer than %d bytes (snaplen)"), unit_count(s->truncated, cut, sizeof cut),
	     s->snaplen);
}

static void draw_source(struct place *p, const struct source_info *s)
{
	char packets[UNIT_TEXT], bytes[UNIT_TEXT], ring[UNIT_TEXT], done[32] = "";
	int width = p->r.columns / 2, x = p->r.x + canvas_put(&p->t->canvas, p->r.x, p->y, width, STYLE_BOLD, s->name);

	canvas_put(&p->t->canvas, x + 2, p->y++, p->r.x + p->r.columns - x - 2, s->ok ? STYLE_GOOD : STYLE_ALARM, _(s->state));
	if (isfinite(s->progress))
		snprintf(done, sizeof done, _(", %.0f %% read"), s->progress * 100);
	sources_line(p, _("seen"), STYLE_NORMAL, _("%s packets, %s%s"), unit_count(s->packets, packets, sizeof packets),
	     unit_bytes(s->bytes, bytes, sizeof bytes), done);
	if (p->t->picture->replay.on)
		return;
	draw_losses(p, s);
	sources_line(p, _("kind"), STYLE_NORMAL, "%s, %s", s->kind, s->linktype);
	if (s->buffer_bytes > 0)
		sources_line(p, _("kernel ring"), STYLE_NORMAL, "%s", unit_bytes(s->buffer_bytes, ring, sizeof ring));
	if (s->filter[0] != '\0')
		sources_line(p, _("filter"), STYLE_LINK, "%s", s->filter);
}

static void draw_one(struct place *p, const struct snapshot *s, size_t i)
{
	bool collector = strcmp(s->sources[i].kind, "collector") == 0;

	if (!collector)
		draw_source(p, &s->sources[i]);
	if (s->sources[i].collects)
		exporters_draw(p, s, i, collector);
}

static void draw_sources(struct place *p, const struct snapshot *s)
{
	const struct model_totals *t = &s->totals;
	char a[UNIT_TEXT], b[UNIT_TEXT], c[UNIT_TEXT];

	heading(p, _("SOURCES"));
	for (size_t i = 0; i < s->source_count; i++) {
		if (i > 0)
			p->y++;
		draw_one(p, s, i);
	}
	if (s->source_count != 1)
		return;
	sources_line(p, _("not IP"), STYLE_NORMAL, _("%s packets, %s, undecoded ones among them"),
	     unit_count(t->non_ip_packets, a, sizeof a), unit_bytes(t->non_ip_bytes, b, sizeof b));
	if (t->packets > 0 && !s->replay.on)
		sources_line(p, _("first packet"), STYLE_NORMAL, "%s", unit_datetime(t->first_us, c, sizeof c));
}

static void draw_sandbox(struct place *p)
{
	const struct tui_options *o = &p->t->o;

	if (o->sandbox != NULL)
		sources_line(p, _("sandbox"), o->sandbox_on ? STYLE_GOOD : STYLE_WARN, "%s", o->sandbox);
}

/* ---- engine ---- */

static void draw_gauge(struct place *p, const char *label, const struct gauge *g)
{
	struct canvas *c = &p->t->canvas;
	double share = g->max > 0 ? (double)g->used / (double)g->max : 0;
	enum style s = g->evicted > 0 ? STYLE_ALARM : share > 0.9 ? STYLE_WARN : STYLE_GOOD;
	char used[UNIT_TEXT], max[UNIT_TEXT], evicted[UNIT_TEXT], bytes[UNIT_TEXT];
	int x = p->r.x + SOURCES_LABEL + BAR_CELLS + 1;

	canvas_put(c, p->r.x, p->y, SOURCES_LABEL - 1, STYLE_DIM, label);
	bar_draw(c, p->r.x + SOURCES_LABEL, p->y, BAR_CELLS, s, share);
	x += canvas_printf(c, x, p->y, p->r.x + p->r.columns - x, g->evicted > 0 ? STYLE_ALARM : STYLE_NORMAL, "%s of %s",
			   unit_count(g->used, used, sizeof used), unit_count(g->max, max, sizeof max));
	if (g->evicted > 0)
		x += canvas_printf(c, x, p->y, p->r.x + p->r.columns - x, STYLE_ALARM, ", in (other) %s",
				   unit_count(g->evicted, evicted, sizeof evicted));
	if (g->bytes > 0)
		canvas_printf(c, x, p->y, p->r.x + p->r.columns - x, STYLE_DIM, ", %s",
			      unit_bytes(g->bytes, bytes, sizeof bytes));
	p->y++;
}

static void draw_ring(struct place *p, const struct ring_info *r)
{
	struct canvas *c = &p->t->canvas;
	char used[UNIT_TEXT], size[UNIT_TEXT], packets[UNIT_TEXT], span[UNIT_TEXT];
	int x = p->r.x + SOURCES_LABEL + BAR_CELLS + 1;

	if (r->size_bytes == 0) {
		sources_line(p, _("ring"), STYLE_DIM, _("off (--ring 64Mi keeps recent packets; W writes those of a row)"));
		return;
	}
	canvas_put(c, p->r.x, p->y, SOURCES_LABEL - 1, STYLE_DIM, _("ring"));
	bar_draw(c, p->r.x + SOURCES_LABEL, p->y, BAR_CELLS, STYLE_GOOD, (double)r->used_bytes / (double)r->size_bytes);
	canvas_printf(c, x, p->y++, p->r.x + p->r.columns - x, STYLE_NORMAL, "%s of %s, %s packets of %s",
		      unit_bytes(r->used_bytes, used, sizeof used), unit_bytes(r->size_bytes, size, sizeof size),
		      unit_count(r->packets, packets, sizeof packets),
		      unit_duration(r->newest_us > r->oldest_us ? (uint64_t)(r->newest_us - r->oldest_us) : 0, span,
				    sizeof span));
}

static void draw_books(struct place *p, const struct snapshot *s)
{
	const struct conservation *c = &s->conservation;
	bool kept = c->l4 && c->l7 && c->hosts && c->flows && c->matrix;

	if (s->conservation_checked)
		sources_line(p, _("books"), kept ? STYLE_GOOD : STYLE_ALARM, "%s",
		     kept ? _("every list adds up to what was captured") : _("the lists do NOT add up: please report this"));
}

/* "tick 1.2 ms, passes 0.3 ms, picture 0.8 ms" */
static void draw_costs(struct place *p, const struct snapshot *s)
{
	const struct { const char *name; double ms; } costs[] = {
		{_("tick"), s->tick_ms}, {_("filter and details"), s->group_ms}, {_("picture"), s->picture_ms}};
	char text[128] = "";
	size_t used = 0;

	for (size_t i = 0; i < sizeof costs / sizeof costs[0]; i++)
		if (costs[i].ms > 0)
			used += (size_t)snprintf(text + used, sizeof text - used, "%s%s %.1f ms", used > 0 ? ", " : "",
						 costs[i].name, costs[i].ms);
	if (used > 0)
		sources_line(p, _("cost"), STYLE_NORMAL, "%s", text);
}

/* Those that share the packets: "engine 1  1.23M packets, 41 % of a core" */
static void draw_shares(struct place *p, const struct snapshot *s)
{
	for (size_t i = 0; i < s->engine_count; i++) {
		const struct engine_share *e = &s->engines[i];
		char label[SOURCES_LABEL * 3], packets[UNIT_TEXT];

		snprintf(label, sizeof label, _("engine %zu"), i + 1);
		sources_line(p, label, e->load > 0.9 ? STYLE_WARN : STYLE_NORMAL, _("%s packets, %.0f %% of a core"),
			     unit_count(e->packets, packets, sizeof packets), e->load * 100);
	}
}

static void draw_inspection(struct place *p, const struct snapshot *s)
{
	uint64_t refused = s->flow_stats.dpi_refused, left_out = s->flow_stats.uninspected;
	char count[UNIT_TEXT];

	sources_line(p, _("inspection"), refused > 0 ? STYLE_WARN : STYLE_NORMAL, "%s, %s%s", s->dpi_version,
	     refused > 0 ? unit_count(refused, count, sizeof count) : left_out > 0 ? _("all other flows inspected") : _("all flows inspected"),
	     refused > 0 ? _(" flows named by one packet for want of room") : "");
	if (left_out > 0)
		sources_line(p, _("overload"), s->flow_stats.strain > STRAIN_NONE ? STYLE_ALARM : STYLE_WARN,
			     _("%s new flows not inspected: packets came too fast"), unit_count(left_out, count, sizeof count));
}

static void draw_engine(struct place *p, const struct snapshot *s)
{
	heading(p, _("ENGINE"));
	sources_line(p, _("load"), s->engine_load > 0.9 ? STYLE_WARN : STYLE_NORMAL, _("%.0f %% of a core"), s->engine_load * 100);
	draw_shares(p, s);
	draw_costs(p, s);
	draw_books(p, s);
	draw_inspection(p, s);
	sources_line(p, _("geo"), s->geo_countries ? STYLE_NORMAL : STYLE_WARN, "%s", s->geo_text);
	if (s->category_text[0] != '\0')
		sources_line(p, _("site lists"), STYLE_NORMAL, "%s", s->category_text);
	draw_sandbox(p);
}

/* ---- tables and memory ---- */

static void draw_tables(struct place *p, const struct snapshot *s)
{
	static const enum dim dims[] = {DIM_HOST, DIM_PORT, DIM_SITE, DIM_SUBNET, DIM_SUBNET_PAIR, DIM_COUNTRY_PAIR,
					DIM_AS, DIM_AS_PAIR, DIM_CITY, DIM_VLAN_PAIR, DIM_ALERT};
	static const char *const labels[] = {N_("hosts"), N_("ports"), N_("sites"), N_("subnets"), N_("subnet pairs"), N_("country pairs"),
					     N_("AS"), N_("AS pairs"), N_("cities"), N_("VLAN pairs"), N_("alerts")};
	char all[UNIT_TEXT], groups[UNIT_TEXT];

	heading(p, _("TABLES"));
	draw_gauge(p, _("flows"), &s->flows_gauge);
	draw_gauge(p, _("inspected now"), &s->dpi_gauge);
	for (size_t i = 0; i < sizeof dims / sizeof dims[0]; i++)
		draw_gauge(p, _(labels[i]), &s->tables[dims[i]]);
	draw_ring(p, &s->ring);
	if (s->names.cache.max > 0)
		draw_gauge(p, _("names"), &s->names.cache);
	sources_line(p, _("memory"), STYLE_NORMAL, _("%s in all, %s of it for filter and details"),
	     unit_bytes(s->memory_bytes, all, sizeof all), unit_bytes(s->group_bytes, groups, sizeof groups));
}

static void draw_names(struct place *p, const struct snapshot *s)
{
	const struct names_stats *n = &s->names;
	char a[UNIT_TEXT], b[UNIT_TEXT], c[UNIT_TEXT], d[UNIT_TEXT];

	heading(p, _("NAMES"));
	sources_line(p, _("from"), STYLE_NORMAL, "%s", s->names_on ? _("the wire, and looked up (N turns look-ups off)")
						     : _("the wire (N turns look-ups on)"));
	if (n->cache.max == 0 || (!s->names_on && n->asked == 0))
		return;
	sources_line(p, _("look-ups"), n->silent > n->found + n->none ? STYLE_WARN : STYLE_NORMAL,
	     _("%s asked, %s found, %s without a name, %s unanswered"), unit_count(n->asked, a, sizeof a),
	     unit_count(n->found, b, sizeof b), unit_count(n->none, c, sizeof c), unit_count(n->silent, d, sizeof d));
	sources_line(p, _("under way"), STYLE_NORMAL, "%u", n->waiting);
}

/* ---- history ---- */

static void draw_history_files(struct place *p, const struct history_info *h)
{
	struct canvas *c = &p->t->canvas;
	char bytes[UNIT_TEXT], size[UNIT_TEXT], files[UNIT_TEXT], removed[UNIT_TEXT], written[UNIT_TEXT];
	double share = h->size_bytes > 0 ? (double)h->bytes / (double)h->size_bytes : 0;
	int x = p->r.x + SOURCES_LABEL + BAR_CELLS + 1;

	canvas_put(c, p->r.x, p->y, SOURCES_LABEL - 1, STYLE_DIM, _("files"));
	bar_draw(c, p->r.x + SOURCES_LABEL, p->y, BAR_CELLS, STYLE_GOOD, share < 1 ? share : 1);
	canvas_printf(c, x, p->y++, p->r.x + p->r.columns - x, STYLE_NORMAL, "%s, %s of %s", unit_count(h->files, files, sizeof files),
		      unit_bytes(h->bytes, bytes, sizeof bytes), unit_bytes(h->size_bytes, size, sizeof size));
	sources_line(p, _("made room"), STYLE_NORMAL, _("%s files removed; rows without a file: %s"),
	     unit_count(h->removed, removed, sizeof removed), unit_count(h->refused, files, sizeof files));
	sources_line(p, _("written"), STYLE_NORMAL, _("%s, %.1f %% of a core"), unit_bytes(h->written_bytes, written, sizeof written),
	     h->load * 100);
}

static void draw_history(struct place *p, const struct snapshot *s)
{
	const struct history_info *h = &s->history;
	char flushed[UNIT_TEXT];

	heading(p, _("HISTORY"));
	if (h->dir[0] == '\0') {
		sources_line(p, _("state"), STYLE_DIM, _("off (--data DIR records it)"));
		return;
	}
	sources_line(p, _("state"), h->failing ? STYLE_ALARM : h->writing ? STYLE_GOOD : STYLE_NORMAL, "%s", _(h->text));
	sources_line(p, _("directory"), STYLE_NORMAL, "%s", h->dir);
	if (!h->on)
		return;
	draw_history_files(p, h);
	sources_line(p, _("missing"), h->dropped + h->late + h->lost + h->damaged > 0 ? STYLE_WARN : STYLE_NORMAL,
	     _("dropped %llu, late %llu, lost %llu, damaged files %llu"), (unsigned long long)h->dropped,
	     (unsigned long long)h->late, (unsigned long long)h->lost, (unsigned long long)h->damaged);
	if (h->flushed_us > 0)
		sources_line(p, _("on disk"), STYLE_NORMAL, _("all until %s"), unit_datetime(h->flushed_us, flushed, sizeof flushed));
}

static void draw_export(struct place *p, const struct export_target *x)
{
	char records[UNIT_TEXT], messages[UNIT_TEXT], bytes[UNIT_TEXT];
	int at = p->r.x + canvas_put(&p->t->canvas, p->r.x, p->y, p->r.columns, STYLE_BOLD, x->to);

	canvas_put(&p->t->canvas, at + 2, p->y++, p->r.x + p->r.columns - at - 2, x->ok ? STYLE_GOOD : STYLE_ALARM,
		   x->ok ? _("up") : _(x->why));
	sources_line(p, _("sent"), STYLE_NORMAL, _("%s records of flows in %s messages, %s"),
		     unit_count(x->sent.records, records, sizeof records), unit_count(x->sent.messages, messages, sizeof messages),
		     unit_bytes(x->sent.bytes, bytes, sizeof bytes));
	sources_line(p, _("lost"), x->lost.messages > 0 ? STYLE_ALARM : STYLE_NORMAL, _("%s records in %s messages%s%s"),
		     unit_count(x->lost.records, records, sizeof records), unit_count(x->lost.messages, messages, sizeof messages),
		     x->lost.messages > 0 ? ": " : "", x->lost.messages > 0 ? _(x->why) : "");
}

static void draw_exports(struct place *p, const struct snapshot *s)
{
	if (s->export_count == 0)
		return;
	heading(p, _("EXPORT"));
	for (size_t i = 0; i < s->export_count; i++)
		draw_export(p, &s->exports[i]);
}

static void draw_log(struct place *p)
{
	struct log_line lines[LOG_LINES];
	size_t n = log_copy(lines, LOG_LINES);

	if (n == 0)
		return;
	heading(p, _("LOG"));
	for (size_t i = 0; i < n; i++) {
		char when[UNIT_TEXT];

		sources_line(p, unit_clock(lines[i].time_us, when, sizeof when),
		     lines[i].level == LOG_INFO_ ? STYLE_NORMAL : lines[i].level == LOG_WARN_ ? STYLE_WARN : STYLE_ALARM, "%s",
		     lines[i].text);
	}
}

/* ---- the pane ---- */

/* Draws all into r, or two columns of it; returns how many lines that takes. */
static int draw_all(struct tui *t, struct rect r)
{
	const struct snapshot *s = t->picture;
	struct place left = {t, r, r.y}, right = left, *p = &left;

	if (r.columns >= TWO_COLUMNS) {
		left.r.columns = right.r.columns = (r.columns - COLUMN_GAP) / 2;
		right.r.x = r.x + r.columns - right.r.columns;
		p = &right;
	}
	draw_sources(&left, s);
	if (s->replay.on) { /* of the past there is no engine */
		draw_sandbox(&left);
		draw_log(&left);
		return left.y - r.y;
	}
	draw_engine(&left, s);
	draw_tables(p, s);
	draw_names(p, s);
	draw_history(p, s);
	draw_exports(p, s);
	draw_log(&left);
	return (left.y > right.y ? left.y : right.y) - r.y;
}

static void paint(struct tui *t, struct rect r, void *ctx)
{
	(void)ctx;
	draw_all(t, r);
}

bool sources_is_shown(const struct tui *t)
{
	return t->view->draw == sources_draw;
}

/* What was chosen comes into sight, with as much of it as there is room for. */
static void reveal(struct tui *t, int rows)
{
	int last = t->exporter.line + (t->exporter.lines < rows ? t->exporter.lines : rows);

	if (t->exporter.reveal && t->source_scroll + rows < last)
		t->source_scroll = last - rows;
	if (t->exporter.reveal && t->source_scroll > t->exporter.line)
		t->source_scroll = t->exporter.line;
	t->exporter.reveal = false;
}

void sources_draw(struct tui *t, struct rect r)
{
	size_t zones = t->zone_count;
	char where[48];
	int lines;

	if (t->picture == NULL) {
		empty_draw(t, r);
		return;
	}
	lines = draw_all(t, (struct rect){0, t->canvas.rows, r.columns, 0}); /* below the screen: counted only */
	t->zone_count = zones;
	reveal(t, r.rows);
	sheet_draw(t, r, lines, &t->source_scroll, paint, NULL);
	if (lines <= r.rows || r.y == 0)
		return;
	snprintf(where, sizeof where, _("  lines %d-%d of %d"), t->source_scroll + 1, t->source_scroll + r.rows, lines);
	canvas_put(&t->canvas, r.x + r.columns - text_width(where), r.y - 1, text_width(where), STYLE_BOLD, where);
}
