/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The matrix drawn: sources down, destinations across, sums at both ends, each cell shaded by its
 * share of the greatest. Sums stay in sight while the rest scrolls both ways; what is out of sight is
 * counted in the corners. Below it, the cell under the cursor in words. The same pairs can be shown as
 * a plain table. Main thread; called by screen.c.
 */
#include "config.h"

#include "tui/matrix.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/text.h"
#include "dpitop/units.h"
#include "tui/screen.h"

enum {
	CELL_LEAST = 10, /* "999.9 Mb/s" */
	TITLE_LEAST = 11, /* "192.168.1.0" */
	CELL_MOST = 18,
	LABEL_LEAST = 12,
	LABEL_MOST = 40,
	GAP = 1,
	ROWS_FOR_WORDS = 6,
	HEAT_STEPS = 5
};

struct sheet { /* where everything goes */
	struct tui *t;
	const struct matrix *m;
	struct rect r;      /* of the cells with their titles and sums */
	int label, cell;    /* widths */
	size_t count[AXES];
	int fit[AXES];
	bool sum_row, sum_column;
	uint64_t greatest;  /* of what is shaded */
};

/* ---- numbers ---- */

static uint64_t value_of(const struct tui *t, const struct matrix_cell *c)
{
	bool packets = t->set.unit == 2;

	if (matrix_shows_totals(t))
		return packets ? c->packets : c->bytes;
	return packets ? c->packet_rate : c->rate;
}

static const char *number_text(const struct tui *t, uint64_t v, char *buf, size_t size)
{
	bool totals = matrix_shows_totals(t);

	if (t->set.unit == 2)
		return totals ? unit_count(v, buf, size) : unit_packets((double)v, buf, size);
	if (totals)
		return unit_bytes(v, buf, size);
	return t->set.unit == 1 ? unit_rate_bytes((double)v, buf, size) : unit_bits((double)v * 8, buf, size);
}

static bool is_nothing(const struct matrix_cell *c)
{
	return c->bytes == 0 && c->packets == 0;
}

/* Of the cells that are one pair: the others' sums would outshine them. */
static uint64_t find_greatest(const struct tui *t, const struct matrix *m)
{
	uint64_t greatest = 0;

	for (size_t i = 0; i < m->axis[AXIS_SOURCE].count; i++)
		for (size_t j = 0; j < m->axis[AXIS_DESTINATION].count; j++) {
			uint64_t v = value_of(t, matrix_cell(m, i, j));

			if (v > greatest)
				greatest = v;
		}
	return greatest;
}

/* A step for each half decade below the greatest. */
static enum style heat(uint64_t v, uint64_t greatest)
{
	static const double least[HEAT_STEPS] = {0, 0.003, 0.03, 0.1, 0.3};
	int step = 0;

	if (v == 0 || greatest == 0)
		return STYLE_DIM;
	while (step + 1 < HEAT_STEPS && (double)v >= least[step + 1] * (double)greatest)
		step++;
	return (enum style)(STYLE_HEAT_1 + step);
}

/* ---- widths ---- */

/* Countries and AS are known by their names as well. */
static void long_label(const struct matrix *m, int axis, size_t i, char *buf, size_t size)
{
	const struct row *place = i < m->axis[axis].count ? &m->axis[axis].places[i] : NULL;
	bool named = place != NULL && (m->dim == DIM_COUNTRY || m->dim == DIM_AS) && place->name[0] != '\0';
	bool known = place == NULL || strcmp(place->label, "unknown") != 0;

	snprintf(buf, size, "%s%s%s", known || !named ? row_word(m->dim, matrix_label(m, axis, i)) : "", known && named ? " " : "",
		 named ? row_word(m->dim, place->name) : "");
}

/* Columns are narrow: a network without its length where that is the one in the title. */
static void short_label(const struct matrix *m, int axis, size_t i, char *buf, size_t size)
{
	const struct row *place = i < m->axis[axis].count ? &m->axis[axis].places[i] : NULL;
	const struct cidr *net = place != NULL && m->dim == DIM_SUBNET ? &place->key.subnet.net : NULL;

	if (net != NULL && net->bits != 0 && net->bits == (addr_is_v4(&net->addr) ? m->prefix.v4 : m->prefix.v6))
		addr_format(&net->addr, buf, size);
	else
		snprintf(buf, size, "%s", row_word(m->dim, matrix_label(m, axis, i)));
}

typedef void label_text(const struct matrix *m, int axis, size_t i, char *buf, size_t size);

static int widest(const struct sheet *s, int axis, label_text *label)
{
	int width = 0;

	for (size_t i = 0; i < s->count[axis]; i++) {
		char text[256];
		int w;

		label(s->m, axis, i, text, sizeof text);
		w = text_width(text);
		if (w > width)
			width = w;
	}
	return width;
}

static int between(int v, int least, int most)
{
	return v < least ? least : v > most ? most : v;
}

static void measure(struct sheet *s)
{
	int quarter = s->r.columns / 4, room, columns = (int)s->count[AXIS_DESTINATION], wide, least;

	s->label = widest(s, AXIS_SOURCE, long_label);
	s->label = between(s->label, LABEL_LEAST, between(quarter, LABEL_LEAST, LABEL_MOST));
	s->sum_column = s->r.columns >= s->label + 2 * (CELL_LEAST + GAP);
	room = s->r.columns - s->label - (s->sum_column ? CELL_LEAST + GAP : 0);
	wide = between(widest(s, AXIS_DESTINATION, short_label), CELL_LEAST, CELL_MOST);
	least = wide < TITLE_LEAST ? wide : TITLE_LEAST;
	s->fit[AXIS_DESTINATION] = between(room / (least + GAP), 1, columns);
	s->cell = between(room / s->fit[AXIS_DESTINATION] - GAP, 1, wide);
	s->sum_row = s->r.rows > 2;
	s->fit[AXIS_SOURCE] = between(s->r.rows - 1 - s->sum_row, 0, (int)s->count[AXIS_SOURCE]);
}

static void keep_in_sight(struct grid *g, const struct sheet *s)
{
	for (int axis = 0; axis < AXES; axis++) {
		size_t fit = s->fit[axis] > 0 ? (size_t)s->fit[axis] : 1;

		if (g->cursor[axis] < g->top[axis])
			g->top[axis] = g->cursor[axis];
		if (g->cursor[axis] >= g->top[axis] + fit)
			g->top[axis] = g->cursor[axis] - fit + 1;
		if (g->top[axis] + fit > s->count[axis])
			g->top[axis] = s->count[axis] > fit ? s->count[axis] - fit : 0;
		g->fit[axis] = s->fit[axis];
	}
	g->label_cells = s->label;
	g->cell_cells = s->cell;
}

/* ---- drawing ---- */

static int column_x(const struct sheet *s, int i)
{
	return s->r.x + s->label + i * (s->cell + GAP) + GAP;
}

static bool keeps_end(const struct matrix *m)
{
	return m->dim == DIM_SUBNET; /* the beginning is what most have in common */
}

/* How many are out of sight before and behind: "▲ 3" and "4 ▼". */
static void hidden_text(const struct sheet *s, int axis, bool before, char *buf, size_t size)
{
	const struct grid *g = &s->t->grid;
	bool ascii = s->t->canvas.glyphs == GLYPHS_ASCII;
	const char *const signs[AXES][2] = {{ascii ? "v" : "▼", ascii ? "^" : "▲"}, {ascii ? ">" : "▶", ascii ? "<" : "◀"}};
	size_t n = before ? g->top[axis] : s->count[axis] - g->top[axis] - (size_t)s->fit[axis];

	buf[0] = '\0';
	if (n > 0)
		snprintf(buf, size, "%s %zu", signs[axis][before], n);
}

static void draw_corner(const struct sheet *s)
{
	struct canvas *c = &s->t->canvas;
	bool ascii = c->glyphs == GLYPHS_ASCII;
	const char *axes = ascii ? _("from v to >") : _("from ↓ to →");
	char above[24], left[24], text[64];

	hidden_text(s, AXIS_SOURCE, true, above, sizeof above);
	hidden_text(s, AXIS_DESTINATION, true, left, sizeof left);
	snprintf(text, sizeof text, "%s%s%s", above, above[0] != '\0' && left[0] != '\0' ? " " : "", left);
	if (text[0] != '\0' && text_width(axes) + 1 + text_width(text) > s->label)
		axes = ascii ? "v >" : "↓ →";
	canvas_put(c, s->r.x, s->r.y, s->label, STYLE_HEADER, axes);
	canvas_field(c, s->r.x + s->label - text_width(text), s->r.y, text_width(text), STYLE_HEADER, text, true, true);
}

static void draw_titles(const struct sheet *s)
{
	struct canvas *c = &s->t->canvas;
	const struct grid *g = &s->t->grid;
	char right[24], label[256];

	canvas_fill(c, s->r.x, s->r.y, s->r.columns, STYLE_HEADER, ' ');
	draw_corner(s);
	for (int i = 0; i < s->fit[AXIS_DESTINATION]; i++) {
		size_t at = g->top[AXIS_DESTINATION] + (size_t)i;

		short_label(s->m, AXIS_DESTINATION, at, label, sizeof label);
		canvas_field(c, column_x(s, i), s->r.y, s->cell, at == g->cursor[AXIS_DESTINATION] ? STYLE_TITLE : STYLE_HEADER,
			     label, true, keeps_end(s->m));
	}
	if (!s->sum_column)
		return;
	hidden_text(s, AXIS_DESTINATION, false, right, sizeof right);
	canvas_field(c, column_x(s, s->fit[AXIS_DESTINATION]), s->r.y, CELL_LEAST, STYLE_HEADER,
		     c->glyphs == GLYPHS_ASCII ? _("sum") : "Σ", true, false);
	canvas_put(c, column_x(s, s->fit[AXIS_DESTINATION]), s->r.y, CELL_LEAST - 4, STYLE_HEADER, right);
}

static void draw_number(const struct sheet *s, int x, int y, int width, enum style style, const struct matrix_cell *c)
{
	char text[UNIT_TEXT] = "-";

	if (!is_nothing(c))
		number_text(s->t, value_of(s->t, c), text, sizeof text);
	canvas_field(&s->t->canvas, x, y, width, style, text, true, false);
}

static void draw_row(const struct sheet *s, size_t row, int y)
{
	struct canvas *c = &s->t->canvas;
	const struct grid *g = &s->t->grid;
	bool here = row == g->cursor[AXIS_SOURCE], other = row >= s->m->axis[AXIS_SOURCE].count;
	char label[256];

	long_label(s->m, AXIS_SOURCE, row, label, sizeof label);
	canvas_field(c, s->r.x, y, s->label, here ? STYLE_TITLE : other ? STYLE_DIM : STYLE_NORMAL, label, false,
		     keeps_end(s->m));
	for (int i = 0; i < s->fit[AXIS_DESTINATION]; i++) {
		size_t column = g->top[AXIS_DESTINATION] + (size_t)i;
		const struct matrix_cell *cell = matrix_cell(s->m, row, column);
		enum style style = heat(value_of(s->t, cell), s->greatest);

		if (here && column == g->cursor[AXIS_DESTINATION])
			style = STYLE_CURSOR;
		draw_number(s, column_x(s, i), y, s->cell, style, cell);
	}
	if (s->sum_column)
		draw_number(s, column_x(s, s->fit[AXIS_DESTINATION]), y, CELL_LEAST, STYLE_SUM,
			    &s->m->axis[AXIS_SOURCE].sums[row]);
}

static void draw_sums(const struct sheet *s, int y)
{
	struct canvas *c = &s->t->canvas;
	const struct grid *g = &s->t->grid;
	char below[24];

	hidden_text(s, AXIS_SOURCE, false, below, sizeof below);
	canvas_put(c, s->r.x, y, s->label, STYLE_SUM, c->glyphs == GLYPHS_ASCII ? _("sum") : "Σ");
	canvas_field(c, s->r.x + s->label - text_width(below), y, text_width(below), STYLE_SUM, below, true, true);
	for (int i = 0; i < s->fit[AXIS_DESTINATION]; i++)
		draw_number(s, column_x(s, i), y, s->cell, STYLE_SUM,
			    &s->m->axis[AXIS_DESTINATION].sums[g->top[AXIS_DESTINATION] + (size_t)i]);
	if (s->sum_column)
		draw_number(s, column_x(s, s->fit[AXIS_DESTINATION]), y, CELL_LEAST, STYLE_SUM, &s->m->sum);
}

/* The cell under the cursor: whole labels, and all its numbers. */
static void draw_words(struct tui *t, const struct matrix *m, struct rect r)
{
	const struct grid *g = &t->grid;
	const struct matrix_cell *c = matrix_cell(m, g->cursor[AXIS_SOURCE], g->cursor[AXIS_DESTINATION]);
	const char *arrow = t->canvas.glyphs == GLYPHS_ASCII ? "->" : "→";
	char from[256], to[256], rate[UNIT_TEXT], bytes[UNIT_TEXT], packets[UNIT_TEXT], flows[UNIT_TEXT];
	int x = r.x;

	long_label(m, AXIS_SOURCE, g->cursor[AXIS_SOURCE], from, sizeof from);
	long_label(m, AXIS_DESTINATION, g->cursor[AXIS_DESTINATION], to, sizeof to);
	x += canvas_put(&t->canvas, x, r.y, r.columns, STYLE_TITLE, from);
	x += canvas_printf(&t->canvas, x, r.y, r.columns - x, STYLE_DIM, " %s ", arrow);
	x += canvas_put(&t->canvas, x, r.y, r.columns - x, STYLE_TITLE, to);
	if (is_nothing(c)) {
		canvas_put(&t->canvas, x + 2, r.y, r.columns - x - 2, STYLE_DIM, _("nothing"));
		return;
	}
	if (t->set.unit == 2)
		unit_packets((double)c->packet_rate, rate, sizeof rate);
	else if (t->set.unit == 1)
		unit_rate_bytes((double)c->rate, rate, sizeof rate);
	else
		unit_bits((double)c->rate * 8, rate, sizeof rate);
	x += canvas_printf(&t->canvas, x + 2, r.y, r.columns - x - 2, STYLE_NORMAL, "%s  %s  ", rate,
			   unit_bytes(c->bytes, bytes, sizeof bytes)) + 2;
	x += canvas_printf(&t->canvas, x, r.y, r.columns - x, STYLE_NORMAL, i18n_count("%s packet  ", "%s packets  ", c->packets),
			   unit_count(c->packets, packets, sizeof packets));
	canvas_printf(&t->canvas, x, r.y, r.columns - x, STYLE_NORMAL, i18n_count("%s flow", "%s flows", c->flows),
		      unit_count(c->flows, flows, sizeof flows));
}

static void draw_empty(struct tui *t, struct rect r)
{
	canvas_fill(&t->canvas, r.x, r.y, r.columns, STYLE_HEADER, ' ');
	canvas_put(&t->canvas, r.x, r.y, r.columns, STYLE_HEADER,
		   t->canvas.glyphs == GLYPHS_ASCII ? _("from v to >") : _("from ↓ to →"));
	empty_draw(t, (struct rect){r.x, r.y + 1, r.columns, r.rows - 1});
}

/* Places that nobody looked up are all in one cell: say why. */
static int draw_geo(struct tui *t, struct rect r)
{
	const struct snapshot *s = t->picture;
	bool known = pane_dim(t) == DIM_AS_PAIR ? s->geo_as : pane_dim(t) == DIM_COUNTRY_PAIR ? s->geo_countries : true;

	if (known || r.rows < ROWS_FOR_WORDS)
		return 0;
	canvas_put(&t->canvas, r.x, r.y + r.rows - 1, r.columns, STYLE_WARN,
		   s->geo_countries ? _("AS need .mmdb files, see dpitop(1), FILES") : s->geo_text);
	return 1;
}

static void draw_grid(struct tui *t, struct rect r)
{
	struct sheet s = {.t = t, .m = matrix_of(t), .r = r};
	int words;

	if (s.m != NULL)
		for (int axis = 0; axis < AXES; axis++)
			s.count[axis] = matrix_count(s.m, axis);
	if (s.count[AXIS_SOURCE] == 0 || s.count[AXIS_DESTINATION] == 0) {
		draw_empty(t, r);
		return;
	}
	s.r.rows -= draw_geo(t, r);
	words = s.r.rows >= ROWS_FOR_WORDS;
	s.r.rows -= words;
	s.greatest = find_greatest(t, s.m);
	measure(&s);
	keep_in_sight(&t->grid, &s);
	pane_of(t)->rows = s.fit[AXIS_SOURCE];
	pane_of(t)->rows_y = r.y + 1;
	draw_titles(&s);
	for (int i = 0; i < s.fit[AXIS_SOURCE]; i++)
		draw_row(&s, t->grid.top[AXIS_SOURCE] + (size_t)i, r.y + 1 + i);
	if (s.sum_row)
		draw_sums(&s, r.y + 1 + s.fit[AXIS_SOURCE]);
	if (words)
		draw_words(t, s.m, (struct rect){r.x, s.r.y + s.r.rows, r.columns, 1});
}

void matrix_draw(struct tui *t, struct rect r)
{
	(t->grid.as_list ? table_draw : draw_grid)(t, r);
}

void matrix_want(const struct tui *t, struct want *w)
{
	w->prefix = t->grid.prefix;
	if (t->grid.as_list) {
		pane_want(t, w);
		w->lists[pane_dim(t)].keep_id = t->panes[view_index(t->view)].cursor_id;
		return;
	}
	w->matrix.on = true;
	w->matrix.pair = pane_dim(t);
}

void matrix_prefix_text(const struct tui *t, char *buf, size_t size)
{
	struct prefix now, wanted = t->grid.prefix;
	int n;

	buf[0] = '\0';
	if (t->picture == NULL || !matrix_has_prefix(t))
		return;
	now = t->picture->prefix;
	n = snprintf(buf, size, " /%u /%u", now.v4, now.v6);
	if (wanted.v4 != 0 && (wanted.v4 != now.v4 || wanted.v6 != now.v6))
		snprintf(buf + n, size - (size_t)n, _(" (counting /%u /%u)"), wanted.v4, wanted.v6);
}

void matrix_describe(const struct tui *t, char *buf, size_t size)
{
	static const char *const names[DIM_LIST_COUNT] = {
		[DIM_SUBNET] = N_("subnets"), [DIM_COUNTRY] = N_("countries"), [DIM_AS] = N_("AS"), [DIM_VLAN] = N_("VLANs")};
	const struct matrix *m = matrix_of(t);
	char a[UNIT_TEXT], b[UNIT_TEXT], prefix[48];

	buf[0] = '\0';
	if (m == NULL)
		return;
	matrix_prefix_text(t, prefix, sizeof prefix);
	snprintf(buf, size, " %s %s %s %s%s, %s", unit_count(m->axis[0].all, a, sizeof a), screen_ascii(t) ? "x" : "×",
		 unit_count(m->axis[1].all, b, sizeof b), _(names[m->dim]), prefix, matrix_shows_totals(t) ? _("totals") : _("rates"));
}

bool matrix_click(struct tui *t, const struct term_event *e)
{
	const struct grid *g = &t->grid;
	int row = e->y - pane_of(t)->rows_y, column = e->x - t->body.x - g->label_cells - GAP;

	if (row < 0 || row >= g->fit[AXIS_SOURCE])
		return false;
	column = column < 0 ? (int)g->cursor[AXIS_DESTINATION] - (int)g->top[AXIS_DESTINATION] : column / (g->cell_cells + GAP);
	if (column >= g->fit[AXIS_DESTINATION])
		return false;
	matrix_move(t, AXIS_SOURCE, (long)g->top[AXIS_SOURCE] + row - (long)g->cursor[AXIS_SOURCE]);
	matrix_move(t, AXIS_DESTINATION, (long)g->top[AXIS_DESTINATION] + column - (long)g->cursor[AXIS_DESTINATION]);
	return true;
}
