/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sources: is the data sound? Interfaces and files with what was lost, how full the tables are, what
 * inspection and the engine are at, whether the books balance, and the log. Main thread; called by
 * screen.c.
 */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/log.h"
#include "dpitop/units.h"
#include "tui/graph.h"
#include "tui/screen.h"

enum { LABEL_CELLS = 14, BAR_CELLS = 20 };

struct place { /* where the next line goes */
	struct tui *t;
	struct rect r;
	int y;
};

static bool has_room(const struct place *p)
{
	return p->y < p->r.y + p->r.rows;
}

static void heading(struct place *p, const char *text)
{
	if (p->y > p->r.y)
		p->y++;
	if (!has_room(p))
		return;
	canvas_fill(&p->t->canvas, p->r.x, p->y, p->r.columns, STYLE_HEADER, ' ');
	canvas_put(&p->t->canvas, p->r.x, p->y++, p->r.columns, STYLE_HEADER, text);
}

__attribute__((format(printf, 4, 5))) static void line(struct place *p, const char *label, enum style s, const char *format,
						       ...)
{
	char text[512];
	va_list args;

	if (!has_room(p))
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	canvas_put(&p->t->canvas, p->r.x, p->y, LABEL_CELLS - 1, STYLE_DIM, label);
	canvas_put(&p->t->canvas, p->r.x + LABEL_CELLS, p->y++, p->r.columns - LABEL_CELLS, s, text);
}

static void draw_source(struct place *p, const struct source_info *s)
{
	char packets[UNIT_TEXT], bytes[UNIT_TEXT], ring[UNIT_TEXT], done[32] = "";

	if (isfinite(s->progress))
		snprintf(done, sizeof done, "  %.0f %% read", s->progress * 100);
	if (has_room(p)) {
		int width = p->r.columns / 2, x = p->r.x + canvas_put(&p->t->canvas, p->r.x, p->y, width, STYLE_BOLD, s->name);

		canvas_put(&p->t->canvas, x + 2, p->y++, p->r.columns - x - 2, s->ok ? STYLE_GOOD : STYLE_ALARM, s->state);
	}
	line(p, "", STYLE_NORMAL, "%s, %s  %s packets  %s%s", s->kind, s->linktype,
	     unit_count(s->packets, packets, sizeof packets), unit_bytes(s->bytes, bytes, sizeof bytes), done);
	line(p, "", s->dropped + s->if_dropped > 0 ? STYLE_ALARM : STYLE_NORMAL,
	     "dropped by the kernel %" PRIu64 ", by the interface %" PRIu64, s->dropped, s->if_dropped);
	line(p, "", s->undecoded > 0 ? STYLE_WARN : STYLE_NORMAL,
	     "undecoded %" PRIu64 ", cut by snaplen %" PRIu64 " (snaplen %d)", s->undecoded, s->truncated, s->snaplen);
	if (s->buffer_bytes > 0)
		line(p, "", STYLE_DIM, "kernel ring %s", unit_bytes(s->buffer_bytes, ring, sizeof ring));
	if (s->filter[0] != '\0')
		line(p, "", STYLE_LINK, "capture filter: %s", s->filter);
}

static void draw_gauge(struct place *p, const char *label, const struct gauge *g)
{
	struct canvas *c = &p->t->canvas;
	double share = g->max > 0 ? (double)g->used / (double)g->max : 0;
	enum style s = g->evicted > 0 ? STYLE_ALARM : share > 0.9 ? STYLE_WARN : STYLE_GOOD;
	char used[UNIT_TEXT], max[UNIT_TEXT], evicted[UNIT_TEXT];

	if (!has_room(p))
		return;
	canvas_put(c, p->r.x, p->y, LABEL_CELLS - 1, STYLE_DIM, label);
	bar_draw(c, p->r.x + LABEL_CELLS, p->y, BAR_CELLS, s, share);
	canvas_printf(c, p->r.x + LABEL_CELLS + BAR_CELLS + 1, p->y++, p->r.columns - LABEL_CELLS - BAR_CELLS - 1,
		      g->evicted > 0 ? STYLE_ALARM : STYLE_NORMAL, "%s of %s%s%s", unit_count(g->used, used, sizeof used),
		      unit_count(g->max, max, sizeof max), g->evicted > 0 ? ", evicted " : "",
		      g->evicted > 0 ? unit_count(g->evicted, evicted, sizeof evicted) : "");
}

static void draw_ring(struct place *p, const struct ring_info *r)
{
	struct canvas *c = &p->t->canvas;
	char used[UNIT_TEXT], size[UNIT_TEXT], packets[UNIT_TEXT], span[UNIT_TEXT];
	int x = p->r.x + LABEL_CELLS + BAR_CELLS + 1;

	if (r->size_bytes == 0) {
		line(p, "ring", STYLE_DIM, "off (--ring 64Mi keeps recent packets; W writes those of a row)");
		return;
	}
	if (!has_room(p))
		return;
	canvas_put(c, p->r.x, p->y, LABEL_CELLS - 1, STYLE_DIM, "ring");
	bar_draw(c, p->r.x + LABEL_CELLS, p->y, BAR_CELLS, STYLE_GOOD, (double)r->used_bytes / (double)r->size_bytes);
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
		line(p, "books", kept ? STYLE_GOOD : STYLE_ALARM, "%s",
		     kept ? "every list adds up to what was captured" : "the lists do NOT add up: please report this");
}

static void draw_engine(struct place *p, const struct snapshot *s)
{
	char memory[UNIT_TEXT];

	heading(p, "ENGINE");
	draw_gauge(p, "flows", &s->flows_gauge);
	draw_gauge(p, "hosts", &s->hosts_gauge);
	draw_gauge(p, "inspection", &s->dpi_gauge);
	draw_ring(p, &s->ring);
	line(p, "", s->flow_stats.dpi_refused > 0 ? STYLE_WARN : STYLE_DIM,
	     "%s, flows named by one packet for want of room: %" PRIu64, s->dpi_version, s->flow_stats.dpi_refused);
	line(p, "load", STYLE_NORMAL, "%.0f %% of a core, %s", s->engine_load * 100,
	     unit_bytes(s->memory_bytes, memory, sizeof memory));
	line(p, "geo", s->geo_countries ? STYLE_NORMAL : STYLE_WARN, "%s", s->geo_text);
	line(p, "names", STYLE_NORMAL, "%s", s->names_on ? "seen on the wire and looked up (N turns look-ups off)"
						      : "seen on the wire (N turns look-ups on)");
	draw_books(p, s);
}

static void draw_log(struct place *p)
{
	struct log_line lines[LOG_LINES];
	size_t n = log_copy(lines, LOG_LINES);

	if (n == 0)
		return;
	heading(p, "LOG");
	for (size_t i = 0; i < n && has_room(p); i++) {
		char when[UNIT_TEXT];

		line(p, unit_clock(lines[i].time_us, when, sizeof when),
		     lines[i].level == LOG_INFO_ ? STYLE_NORMAL : lines[i].level == LOG_WARN_ ? STYLE_WARN : STYLE_ALARM, "%s",
		     lines[i].text);
	}
}

bool sources_is_shown(const struct tui *t)
{
	return t->view->draw == sources_draw;
}

void sources_draw(struct tui *t, struct rect r)
{
	struct place p = {t, r, r.y};
	const struct snapshot *s = t->picture;

	if (s == NULL) {
		canvas_put(&t->canvas, r.x + 1, r.y + 1, r.columns - 1, STYLE_DIM, "waiting for the first packets ...");
		return;
	}
	heading(&p, "SOURCES");
	for (size_t i = 0; i < s->source_count; i++)
		draw_source(&p, &s->sources[i]);
	draw_engine(&p, s);
	draw_log(&p);
}
