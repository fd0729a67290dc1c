/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lines above and below the pane: how much is going on and whether all of it was seen, the panes,
 * title and trail, and the keys that work here. What does not fit leaves by importance. Main thread;
 * called by screen.c.
 */
#include "config.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/text.h"
#include "dpitop/units.h"
#include "tui/action.h"
#include "tui/screen.h"
#include "tui/timeline.h"

enum { PARTS_MAX = 12, PART_TEXT = 128, GAUGE_ALARM = 90 };

struct part { /* of the first line */
	char text[PART_TEXT];
	enum style style;
	int priority; /* 1 stays longest */
};

struct line {
	struct part parts[PARTS_MAX];
	size_t count;
};

__attribute__((format(printf, 4, 5))) static void add(struct line *l, enum style s, int priority, const char *format, ...)
{
	struct part *p = &l->parts[l->count];
	va_list args;

	if (l->count == PARTS_MAX)
		return;
	va_start(args, format);
	vsnprintf(p->text, sizeof p->text, format, args);
	va_end(args);
	p->style = s;
	p->priority = priority;
	l->count++;
}

static int width_of(const struct line *l)
{
	int width = 0;

	for (size_t i = 0; i < l->count; i++)
		width += text_width(l->parts[i].text) + (i > 0 ? 2 : 0);
	return width;
}

static void fit(struct line *l, int columns)
{
	while (l->count > 1 && width_of(l) > columns) {
		size_t worst = 0;

		for (size_t i = 1; i < l->count; i++)
			if (l->parts[i].priority >= l->parts[worst].priority)
				worst = i;
		memmove(&l->parts[worst], &l->parts[worst + 1], (l->count - worst - 1) * sizeof l->parts[0]);
		l->count--;
	}
}

/* HISTORY, and which moment of it. */
static void add_past(struct tui *t, struct line *l)
{
	const struct replay_info *r = &t->picture->replay;
	char when[UNIT_TEXT] = "";

	if (r->on && r->span_to_us != 0)
		unit_datetime(r->to_us, when, sizeof when);
	add(l, STYLE_BANNER, 1, _(" HISTORY %s "), when);
	if (!r->on || r->loading)
		add(l, STYLE_WARN, 2, "%s", _("reading ..."));
	else if (!r->recorded)
		add(l, STYLE_WARN, 2, "%s", _("not recorded"));
}

/* What the picture is of, and how old: live, frozen, a file on its way or at its end, a source in trouble. */
static void add_state(struct tui *t, struct line *l)
{
	const struct snapshot *s = t->picture;
	const struct source_info *trouble = NULL;

	for (size_t i = 0; i < s->source_count; i++)
		if (!s->sources[i].ok)
			trouble = &s->sources[i];
	if (past_is_shown(t)) {
		add_past(t, l);
		return;
	}
	if (t->frozen)
		add(l, STYLE_BANNER, 2, _(" FROZEN %s Z goes on "), t->canvas.glyphs == GLYPHS_ASCII ? "-" : "·");
	else if (s->gone[0] != '\0')
		add(l, STYLE_ALARM, 1, "%s", s->gone);
	else if (trouble != NULL)
		add(l, STYLE_ALARM, 2, "%s: %s", trouble->name, _(trouble->state));
	else if (s->final)
		add(l, STYLE_DIM, 4, _("end of file"));
	else if (t->paused)
		add(l, STYLE_BANNER, 2, _(" PAUSED "));
	else if (s->live)
		add(l, STYLE_GOOD, 6, _("live"));
	else if (s->source_count > 0 && isfinite(s->sources[0].progress))
		add(l, STYLE_GOOD, 4, "%.0f %%", s->sources[0].progress * 100);
}

static const char *rate(const struct tui *t, uint64_t bytes, char *buf, size_t size)
{
	return t->set.unit == 1 ? unit_rate_bytes((double)bytes, buf, size) : unit_bits((double)bytes * 8, buf, size);
}

static int percent(const struct gauge *g)
{
	return g->max > 0 ? (int)((double)g->used * 100 / (double)g->max) : 0;
}

/* "12 flows", "12 of 340 flows" under a filter */
static const char *of_all(uint64_t matching, uint64_t all, char *buf, size_t size)
{
	char a[UNIT_TEXT], b[UNIT_TEXT];

	if (matching == all)
		return unit_count(all, buf, size);
	snprintf(buf, size, _("%s of %s"), unit_count(matching, a, sizeof a), unit_count(all, b, sizeof b));
	return buf;
}

static void add_rates(struct tui *t, struct line *l)
{
	const struct snapshot *s = t->picture;
	bool ascii = t->canvas.glyphs == GLYPHS_ASCII;
	char a[2 * UNIT_TEXT + 8], b[UNIT_TEXT];

	add(l, STYLE_SENT, 1, "%s %9s", ascii ? _("out") : "▲", rate(t, s->rate_out, a, sizeof a));
	add(l, STYLE_RECEIVED, 1, "%s %9s", ascii ? _("in") : "▼", rate(t, s->rate_in, a, sizeof a));
	add(l, STYLE_NORMAL, 7, "%9s", unit_packets((double)s->rate_packets, a, sizeof a));
	add(l, STYLE_NORMAL, 5, _("%s flows (+%s/s)"), of_all(s->matching_flows, s->flows_gauge.used, a, sizeof a),
	    unit_count(s->rate_flows, b, sizeof b));
	add(l, STYLE_NORMAL, 8, _("%s hosts"), of_all(s->matching_hosts, s->hosts_gauge.used, a, sizeof a));
}

/* A collector that flows are sent to does not get all of them. */
static bool is_losing_exports(const struct snapshot *s)
{
	for (size_t i = 0; i < s->export_count; i++)
		if (!s->exports[i].ok)
			return true;
	return false;
}

/* Packets come faster than they are looked into. */
static const char *const strains[STRAIN_COUNT] = {
	[STRAIN_NONE] = "",
	[STRAIN_DETAILS] = N_("overload: less detail"),
	[STRAIN_NEW_FLOWS] = N_("overload: new flows guessed"),
};

/* Of a filter that has not looked at all flows the rates are not known. */
static void add_numbers(struct tui *t, struct line *l)
{
	const struct snapshot *s = t->picture;
	char a[UNIT_TEXT];
	int fill = percent(&s->flows_gauge), hosts = percent(&s->hosts_gauge);
	uint64_t evicted = s->flows_gauge.evicted + s->hosts_gauge.evicted;

	if (hosts > fill)
		fill = hosts;
	if (past_is_shown(t) && !s->replay.on)
		return; /* still that of the present */
	if (s->looked < 1)
		add(l, STYLE_WARN, 1, _("%.0f %% of the flows looked at so far"), s->looked * 100);
	else
		add_rates(t, l);
	add(l, s->drops > 0 ? STYLE_ALARM : STYLE_DIM, s->drops > 0 ? 1 : 3, _("drop %s"), unit_count(s->drops, a, sizeof a));
	if (s->flow_stats.strain > STRAIN_NONE)
		add(l, STYLE_WARN, 2, "%s", _(strains[s->flow_stats.strain]));
	if (is_losing_exports(s))
		add(l, STYLE_ALARM, 2, "%s", _("not exporting"));
	if (s->history.failing)
		add(l, STYLE_ALARM, 2, "%s", _("not recording"));
	if (s->replay.on)
		return;
	add(l, evicted > 0 ? STYLE_ALARM : fill >= GAUGE_ALARM ? STYLE_WARN : STYLE_DIM, evicted > 0 ? 2 : 4, _("table %d%%"),
	    fill);
}

void head_draw(struct tui *t, int y)
{
	struct canvas *c = &t->canvas;
	struct line l = {.count = 0};
	char clock[UNIT_TEXT] = "";
	int x = 0, spare;
	size_t right = 0;

	add(&l, STYLE_TITLE, 0, "dpitop");
	add(&l, STYLE_BOLD, 3, "%s", t->o.subject != NULL ? t->o.subject : "");
	if (t->picture != NULL) {
		add_state(t, &l);
		right = l.count;
		add_numbers(t, &l);
		if (t->picture->now_us > 0 && !past_is_shown(t)) /* before the first tick there is no time to show */
			add(&l, STYLE_DIM, 6, "%s", unit_clock(t->picture->now_us, clock, sizeof clock));
	}
	fit(&l, c->columns);
	spare = c->columns - width_of(&l);
	for (size_t i = 0; i < l.count; i++) {
		bool numbers = right > 0 && (l.parts[i].style == STYLE_SENT);

		if (numbers || (i + 1 == l.count && clock[0] != '\0' && strcmp(l.parts[i].text, clock) == 0)) {
			int shift = numbers ? spare / 2 : c->columns - x - text_width(l.parts[i].text);

			x += shift > 0 ? shift : 0;
		}
		x += canvas_put(c, x, y, c->columns - x, l.parts[i].style, l.parts[i].text) + 2;
	}
}

static enum reaction tab_clicked(struct tui *t, int i)
{
	return screen_view(t, view_at((size_t)i));
}

/* "(3)": what is wrong, behind the pane that says so. */
static void wrong_text(const struct tui *t, const struct view *v, char *buf, size_t size)
{
	char n[UNIT_TEXT];

	buf[0] = '\0';
	if (view_dim(v) == DIM_ALERT && t->picture != NULL && t->picture->alerts > 0)
		snprintf(buf, size, "(%s)", unit_count(t->picture->alerts, n, sizeof n));
}

static int tab_width(const struct tui *t, const struct view *v)
{
	char wrong[UNIT_TEXT + 2];

	wrong_text(t, v, wrong, sizeof wrong);
	return v->key != 0 ? text_width(_(v->title)) + text_width(wrong) + 4 : 0;
}

static int tab_draw(struct tui *t, const struct view *v, int x, int y, bool brief)
{
	enum style s = v == t->view ? STYLE_TAB_ACTIVE : STYLE_TAB;
	struct canvas *c = &t->canvas;
	char text[48], wrong[UNIT_TEXT + 2];
	int width;

	wrong_text(t, v, wrong, sizeof wrong);
	snprintf(text, sizeof text, brief ? "%c" : " %c %s", v->key, _(v->title));
	width = canvas_put(c, x, y, c->columns - x, s, text);
	if (wrong[0] != '\0')
		width += canvas_put(c, x + width, y, c->columns - x - width,
				    v == t->view ? s : t->picture->critical > 0 ? STYLE_ALARM : STYLE_WARN, wrong);
	return width + (brief ? 0 : canvas_put(c, x + width, y, c->columns - x - width, s, " "));
}

void tabs_draw(struct tui *t, int y)
{
	struct canvas *c = &t->canvas;
	int x = 0, wanted = 0;
	bool brief;

	for (size_t i = 0; i < view_count(); i++)
		wanted += tab_width(t, view_at(i));
	brief = wanted > c->columns; /* only the pane's own title, the others by number */
	for (size_t i = 0; i < view_count() && x < c->columns; i++) {
		const struct view *v = view_at(i);
		int width;

		if (v->key == 0)
			continue;
		width = tab_draw(t, v, x, y, brief && v != t->view);
		screen_zone(t, (struct rect){x, y, width, 1}, tab_clicked, (int)i);
		x += width + (brief ? 1 : 0);
	}
}

static void count_text(const struct tui *t, char *buf, size_t size)
{
	const struct list *l = pane_list(t);
	char a[UNIT_TEXT], b[UNIT_TEXT];

	if (matrix_is_grid(t))
		matrix_describe(t, buf, size);
	else if (!pane_is_in_picture(t) || t->view->draw == overview_draw || t->view->draw == sources_draw)
		buf[0] = '\0';
	else if (l->matching == l->all || l->all == 0)
		snprintf(buf, size, " %s", unit_count(l->matching, a, sizeof a));
	else
		snprintf(buf, size, _(" %s of %s"), unit_count(l->matching, a, sizeof a), unit_count(l->all, b, sizeof b));
}

/* Until the first key: where all the others are told. */
static void draw_first_hint(struct tui *t, int x, int y)
{
	const struct action *help = action_find("help", 4), *setup = action_find("setup", 5);
	uint32_t keys[4];
	size_t n = bindings_keys(&t->bindings, help, keys, 4);
	char key[KEY_TEXT], other[KEY_TEXT], text[96];

	if (n == 0)
		return;
	snprintf(text, sizeof text, _("%s tells the keys, %s sets up"), key_name(keys[n - 1], key),
		 bindings_first(&t->bindings, setup, other)[0] != '\0' ? other : key);
	canvas_field(&t->canvas, x, y, t->canvas.columns - x, STYLE_DIM, text, true, false);
}

/* A pass over the flows may take a moment, and a frozen picture stays what it is: until then the filter is
 * not that of what is shown. */
static void draw_filter(struct tui *t, int x, int y)
{
	struct canvas *c = &t->canvas;
	bool shown = trail_is_in_picture(t);
	const char *label = _("filter:"), *text;
	char trail[TRAIL_MAX * 64];

	trail_text(t, trail, sizeof trail);
	text = trail[0] == '\0' && t->picture != NULL ? t->picture->filter_text : trail;
	if (!shown && !t->frozen)
		label = trail[0] != '\0' ? _("filtering:") : _("filter going:");
	else if (!shown)
		label = trail[0] != '\0' ? _("filter when it goes on:") : _("frozen under filter:");
	if (trail[0] == '\0' && (shown || text[0] == '\0'))
		return;
	x += canvas_put(c, x, y, c->columns - x, shown ? STYLE_DIM : STYLE_WARN, label) + 1;
	canvas_field(c, x, y, c->columns - x, STYLE_LINK, text, false, true);
}

void title_draw(struct tui *t, int y)
{
	static const char *const locality[] = {"", N_(" local"), N_(" remote")};
	struct canvas *c = &t->canvas;
	const struct pane *p = pane_of(t);
	const char *title = t->view->count > 1 ? _(dim_info(pane_dim(t))->title) : _(t->view->title);
	char count[96], text[128];
	int x;

	count_text(t, count, sizeof count);
	if (matrix_is_list(t))
		matrix_prefix_text(t, count + strlen(count), sizeof count - strlen(count));
	snprintf(text, sizeof text, "[%s]%s%s%s", title, count, _(locality[p->locality]),
		 p->ip_version == 4 ? " IPv4" : p->ip_version == 6 ? " IPv6" : "");
	x = canvas_put(c, 0, y, c->columns, STYLE_BOLD, text) + 2;
	if (t->picture != NULL && t->picture->looked < 1)
		x += canvas_put(c, x, y, c->columns - x, STYLE_WARN, _("so far")) + 2;
	if (t->follow)
		x += canvas_put(c, x, y, c->columns - x, STYLE_GOOD, _("following")) + 2;
	if (t->steps == 0 && t->first_run)
		draw_first_hint(t, x, y);
	draw_filter(t, x, y);
}

void foot_draw(struct tui *t, int y)
{
	struct canvas *c = &t->canvas;
	int x = 0;

	if (t->message[0] != '\0') {
		canvas_fill(c, 0, y, c->columns, t->message_style, ' ');
		canvas_field(c, 0, y, c->columns, t->message_style, t->message, false, false);
		return;
	}
	for (size_t i = 0; i < footer_count() && x < c->columns; i++) {
		const struct footer_key *k = footer_at(i);
		const struct action *a = footer_action(t, k);
		char key[KEY_TEXT];
		int from = x;

		if (a == NULL || bindings_first(&t->bindings, a, key)[0] == '\0')
			continue;
		x += canvas_put(c, x, y, c->columns - x, STYLE_KEY, key);
		x += canvas_put(c, x, y, c->columns - x, STYLE_KEY_TEXT, _(k->label));
		screen_zone(t, (struct rect){from, y, x - from, 1}, footer_clicked, (int)i);
		x += 1;
	}
}
