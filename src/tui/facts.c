/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is known of a row, by the column table, with what only details show beside it: places and hardware
 * addresses of both ends of a flow, and what its risks mean. What is not known takes no line. Main
 * thread; called by page_draw.c.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/dpi.h"
#include "dpitop/i18n.h"
#include "dpitop/text.h"
#include "dpitop/units.h"
#include "tui/screen.h"

enum { LABEL_CELLS = 13, GAP = 2, TEXT_MAX = 2048, RISKS = 64 };

struct walk { /* over the facts, drawing or only counting lines */
	struct tui *t; /* NULL: counting */
	struct rect at;
	int across;
	int x, width;  /* of the next place */
	int lines;
	bool whole;    /* one fact a line from here on */
	bool half;     /* the left half of the last line is taken, its right one is free */
};

struct extra { /* a fact that is no column */
	uint64_t dims;
	const char *after; /* id of the column it follows */
	const char *title;
	const char *(*get)(const struct row *r);
};

static const char *client_mac(const struct row *r)
{
	return r->mac;
}

static const char *server_mac(const struct row *r)
{
	return r->mac2;
}

static const char *client_place(const struct row *r)
{
	return r->place;
}

static const char *server_place(const struct row *r)
{
	return r->place2;
}

#define TOLD(name) \
	static const char *told_##name(const struct row *r) \
	{ \
		return r->name; \
	}
TOLD(user)
TOLD(nat)
TOLD(next_hop)
TOLD(ports)
TOLD(as_path)
TOLD(dscp)
TOLD(told_vlan)
TOLD(event)
TOLD(sampling)

static const struct extra extras[] = {
	{DIM_BIT(DIM_FLOW), "client_port", N_("CLIENT WHERE"), client_place},
	{DIM_BIT(DIM_FLOW), "client_port", N_("CLIENT MAC"), client_mac},
	{DIM_BIT(DIM_FLOW), "server_port", N_("SERVER WHERE"), server_place},
	{DIM_BIT(DIM_FLOW), "server_port", N_("SERVER MAC"), server_mac},
	/* what exporters tell: from the client's side, in and out, there and back */
	{DIM_BIT(DIM_FLOW), "exporter", N_("SAMPLING"), told_sampling},
	{DIM_BIT(DIM_FLOW), "exporter", N_("IN > OUT"), told_ports},
	{DIM_BIT(DIM_FLOW), "exporter", N_("VLAN IN > OUT"), told_told_vlan},
	{DIM_BIT(DIM_FLOW), "exporter", N_("NEXT HOP"), told_next_hop},
	{DIM_BIT(DIM_FLOW), "exporter", N_("AS > AS"), told_as_path},
	{DIM_BIT(DIM_FLOW), "exporter", N_("DSCP"), told_dscp},
	{DIM_BIT(DIM_FLOW), "exporter", N_("NAT"), told_nat},
	{DIM_BIT(DIM_FLOW), "exporter", N_("USER"), told_user},
	{DIM_BIT(DIM_FLOW), "exporter", N_("EVENT"), told_event},
};

static void put(struct walk *w, const char *label, enum style s, const char *text)
{
	int half = (w->at.columns - GAP) / w->across, width, x;
	bool narrow = w->across > 1 && !w->whole && text_width(text) <= half - LABEL_CELLS - GAP;

	if (narrow && w->half) { /* beside the last one */
		w->half = false;
		w->lines--;
		x = w->at.x + half + GAP;
		width = w->at.columns - half - GAP;
	} else {
		w->half = narrow;
		x = w->at.x;
		width = narrow ? half : w->at.columns;
	}
	if (w->t != NULL)
		canvas_field(&w->t->canvas, x, w->at.y + w->lines, LABEL_CELLS, STYLE_DIM, label, true, false);
	do { /* over as many lines as it takes */
		size_t n = text_line(text, width - LABEL_CELLS - GAP);
		char part[TEXT_MAX];

		if (n == 0 && *text != '\0')
			n = strlen(text);
		snprintf(part, sizeof part, "%.*s", (int)n, text);
		if (w->t != NULL)
			canvas_put(&w->t->canvas, x + LABEL_CELLS + GAP, w->at.y + w->lines,
				   width - LABEL_CELLS - GAP, s, part);
		text += n;
		while (*text == ' ')
			text++;
		w->lines++;
	} while (*text != '\0');
}

static enum style value_style(const struct tui *t, const struct column *c, const struct row *r)
{
	enum style s = table_style(t, c, r);

	return s == STYLE_DIM && c->type != VALUE_RISK ? STYLE_NORMAL : s;
}

static bool text_of(const struct tui *t, const struct column *c, const struct row *r, char *buf, size_t size)
{
	if (c->type == VALUE_TIME_US) {
		struct value v = c->get(r);

		if (v.type != VALUE_NONE)
			unit_datetime((int64_t)v.u, buf, size);
		return v.type != VALUE_NONE;
	}
	if (c->type == VALUE_LIST) /* the risks are told below, each with what it means */
		return false;
	column_text(c, r, t->set.unit, screen_ascii(t), buf, size);
	return buf[0] != '\0' && strcmp(buf, "-") != 0;
}

static void put_extras(struct walk *w, const char *after, const struct row *r)
{
	for (size_t i = 0; i < sizeof extras / sizeof extras[0]; i++) {
		const struct extra *e = &extras[i];

		if ((e->dims & DIM_BIT(r->dim)) && strcmp(e->after, after) == 0 && e->get(r)[0] != '\0')
			put(w, _(e->title), STYLE_NORMAL, row_word(DIM_FLOW, e->get(r)));
	}
}

static void put_risks(struct walk *w, const struct row *r)
{
	uint64_t risks = r->dim == DIM_RISK ? UINT64_C(1) << (r->key.small.number % RISKS) : r->risks;

	for (unsigned bit = 0; bit < RISKS; bit++) {
		const char *name = risks >> bit & 1 ? dpi_risk_name(bit) : NULL;

		if (name == NULL)
			continue;
		w->whole = true;
		if (r->dim != DIM_RISK)
			put(w, _("RISK"), STYLE_WARN, name);
		put(w, r->dim == DIM_RISK ? _("MEANS") : "", STYLE_NORMAL, _(dpi_risk_help(bit)));
	}
}

static int walk(const struct tui *t, struct walk *w, const struct row *r)
{
	bool past = t->picture != NULL && t->picture->replay.on;
	char text[TEXT_MAX];

	for (size_t i = 0; i < column_count; i++) {
		const struct column *c = &column_table[i];

		if (!(c->dims & DIM_BIT(r->dim)) || !(c->flags & COLUMN_DETAIL))
			continue;
		if (past && !column_is_recorded(c))
			continue;
		if (text_of(t, c, r, text, sizeof text))
			put(w, _(c->title), value_style(t, c, r), text);
		put_extras(w, c->id, r);
	}
	put_risks(w, r);
	return w->lines;
}

int facts_lines(const struct tui *t, const struct row *r, int columns, int across)
{
	struct walk w = {.at = {0, 0, columns, 0}, .across = across};

	return walk(t, &w, r);
}

void facts_draw(struct tui *t, const struct row *r, struct rect at, int across)
{
	struct walk w = {.t = t, .at = at, .across = across};

	walk(t, &w, r);
}
