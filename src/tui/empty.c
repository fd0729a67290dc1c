/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What stands where rows would be when there are none: why there are none, and what can be done about it.
 * Main thread; called by the panes.
 */
#include "config.h"

#include <stdio.h>

#include "dpitop/i18n.h"
#include "tui/screen.h"
#include "tui/timeline.h"

enum { LINE_TEXT = 256 };

struct why {
	char reason[LINE_TEXT], remedy[LINE_TEXT];
};

/* Traffic there is, but none of this kind: what it would take. */
static const struct { enum dim dim; const char *reason, *remedy; } kinds[] = {
	{DIM_SITE, N_("no site is named yet"), N_("names come from TLS and QUIC handshakes, HTTP and DNS")},
	{DIM_ALERT, N_("nothing wrong is seen"), N_("scans, floods, drops, new hosts and risks of flows would stand here")},
	{DIM_RISK, N_("no risk is found so far"), N_("each flow is looked at as it begins")},
	{DIM_ETHERTYPE, N_("every frame is IP"), ""},
	{DIM_PORT, N_("no flow has ports yet"), ""},
	{DIM_TCP_FLAGS, N_("no TCP is seen yet"), ""},
	{DIM_CITY, N_("no city is known"), N_("cities need a City database (.mmdb), see dpitop(1), FILES")},
};

static void say_kind(struct why *w, enum dim d)
{
	snprintf(w->reason, sizeof w->reason, "%s", _("nothing of this kind yet"));
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (kinds[i].dim != d)
			continue;
		snprintf(w->reason, sizeof w->reason, "%s", _(kinds[i].reason));
		snprintf(w->remedy, sizeof w->remedy, "%s", _(kinds[i].remedy));
	}
}

static const struct source_info *source_that(const struct snapshot *s, bool (*is)(const struct source_info *))
{
	for (size_t i = 0; i < s->source_count; i++)
		if (is(&s->sources[i]))
			return &s->sources[i];
	return NULL;
}

static bool is_in_trouble(const struct source_info *s)
{
	return !s->ok;
}

static bool is_filtered(const struct source_info *s)
{
	return s->filter[0] != '\0';
}

static bool is_collector(const struct source_info *s)
{
	return strcmp(s->kind, "collector") == 0;
}

/* Nothing came of what exporters sent, if they sent anything. */
static void say_nothing_collected(struct why *w, const struct source_info *s, const char *subject)
{
	snprintf(w->reason, sizeof w->reason, _("nothing collected yet on %s"), subject);
	if (s->refused > 0)
		snprintf(w->remedy, sizeof w->remedy, "%s", _("datagrams came of exporters that --exporters does not allow"));
	else if (s->missing_template > 0)
		snprintf(w->remedy, sizeof w->remedy, "%s", _("data came and waits for its templates, which exporters send now and then"));
	else if (s->unknown + s->malformed > 0)
		snprintf(w->remedy, sizeof w->remedy, "%s", _("datagrams came that are no flow export, see Sources"));
	else
		snprintf(w->remedy, sizeof w->remedy, "%s",
			 _("-c PORT hears exporters of this machine; -c '*:PORT' those of others, too"));
}

/* Not a packet has come. */
static void say_silence(struct why *w, const struct snapshot *s, const char *subject)
{
	const struct source_info *trouble = source_that(s, is_in_trouble), *filtered = source_that(s, is_filtered);
	const struct source_info *collector = source_that(s, is_collector);

	if (s->final) {
		snprintf(w->reason, sizeof w->reason, "%s", _("there is no packet in it"));
	} else if (trouble != NULL) {
		snprintf(w->reason, sizeof w->reason, _("nothing seen yet: %s: %s"), trouble->name, trouble->state);
		snprintf(w->remedy, sizeof w->remedy, "%s", _("it goes on by itself as soon as it can"));
	} else if (collector != NULL) {
		say_nothing_collected(w, collector, subject);
	} else {
		snprintf(w->reason, sizeof w->reason, _("nothing seen yet on %s"), subject);
		snprintf(w->remedy, sizeof w->remedy, "%s", _("is it the right interface? dpitop -L lists them"));
	}
	if (filtered != NULL)
		snprintf(w->remedy, sizeof w->remedy, _("the capture filter '%s' lets nothing through; B changes it"),
			 filtered->filter);
}

/* What history does not have, and why; all else of no use to look back at. */
static const struct { enum dim dim; const char *reason; } not_recorded[] = {
	{DIM_FLOW, N_("not recorded: history keeps sums of hosts, applications and places, no flows")},
	{DIM_SITE, N_("not recorded: history keeps categories of sites, not the sites")},
	{DIM_RISK, N_("not recorded: history keeps no risks")},
	{DIM_ALERT, N_("not recorded: history keeps no alerts")},
};

static void say_not_recorded(struct why *w, const struct tui *t)
{
	snprintf(w->reason, sizeof w->reason, _("not recorded: history does not keep these: %s"), _(dim_info(pane_dim(t))->title));
	for (size_t i = 0; i < sizeof not_recorded / sizeof not_recorded[0]; i++)
		if (not_recorded[i].dim == pane_dim(t))
			snprintf(w->reason, sizeof w->reason, "%s", _(not_recorded[i].reason));
	if (t->view->count > 1)
		snprintf(w->remedy, sizeof w->remedy, "%s", _("t shows another grouping"));
	else if (past_has_live(t))
		snprintf(w->remedy, sizeof w->remedy, "%s", _("End goes back to live, which has them"));
}

static void say_past(struct why *w, const struct tui *t)
{
	const struct replay_info *r = &t->picture->replay;

	if (r->span_to_us == 0) {
		snprintf(w->reason, sizeof w->reason, "%s", _("nothing is recorded yet"));
	} else if (!(r->dims >> pane_dim(t) & 1)) {
		say_not_recorded(w, t);
	} else if (!r->recorded) {
		snprintf(w->reason, sizeof w->reason, "%s", _("not recorded: dpitop was not running"));
		snprintf(w->remedy, sizeof w->remedy, "%s", _("gaps in the line below are such times; the arrows, @ and a click go on"));
	} else if (r->untold >> pane_dim(t) & 1) {
		snprintf(w->reason, sizeof w->reason, "%s", _("history keeps no flows: which of these match is not recorded"));
		snprintf(w->remedy, sizeof w->remedy, "%s", _("Backspace takes its last part away, Esc all of it"));
	} else if (t->picture->filter_text[0] != '\0') {
		snprintf(w->reason, sizeof w->reason, "%s", _("nothing matches the filter"));
		snprintf(w->remedy, sizeof w->remedy, "%s", _("Backspace takes its last part away, Esc all of it"));
	} else {
		snprintf(w->reason, sizeof w->reason, "%s", _("no traffic in this step"));
	}
}

static void say_hosts(struct why *w, const struct pane *p)
{
	if ((p->locality == 0 && p->ip_version == 0) || w->reason[0] == '\0')
		return;
	snprintf(w->reason, sizeof w->reason, "%s", _("no such host"));
	snprintf(w->remedy, sizeof w->remedy, "%s", _("l shows local and remote ones, v those of both IP versions"));
}

void empty_draw(struct tui *t, struct rect r)
{
	const struct snapshot *s = t->picture;
	struct why w = {.reason = "", .remedy = ""};

	if (s == NULL) {
		snprintf(w.reason, sizeof w.reason, "%s", past_is_shown(t) ? _("reading history ...") : _("waiting for the first packets ..."));
	} else if (s->replay.on) {
		say_past(&w, t);
		say_hosts(&w, pane_of(t));
	} else if (!pane_is_in_picture(t)) { /* else it comes in a moment */
		snprintf(w.reason, sizeof w.reason, "%s", t->frozen ? _("the frozen picture has no such list") : "");
		snprintf(w.remedy, sizeof w.remedy, "%s", t->frozen ? _("Z goes on") : "");
	} else if (s->totals.packets == 0) {
		say_silence(&w, s, t->o.subject != NULL ? t->o.subject : "");
	} else if (s->filter_text[0] != '\0') {
		snprintf(w.reason, sizeof w.reason, "%s", _("nothing matches the filter"));
		snprintf(w.remedy, sizeof w.remedy, "%s", _("Backspace takes its last part away, Esc all of it"));
	} else {
		say_kind(&w, pane_dim(t));
		say_hosts(&w, pane_of(t));
	}
	canvas_field(&t->canvas, r.x + 1, r.y + 1, r.columns - 1, STYLE_NORMAL, w.reason, false, false);
	if (r.rows > 2)
		canvas_field(&t->canvas, r.x + 1, r.y + 2, r.columns - 1, STYLE_DIM, w.remedy, false, false);
}
