/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A page of details: the way here, what is known of the row, its last minutes, and the top of its
 * traffic by peer, application, site and so on. Facts stand beside the rest in a wide window, else
 * above it; what does not fit scrolls. Main thread; called by screen.c.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/text.h"
#include "tui/screen.h"

enum {
	WIDE = 112, WIDER = 170, FACTS_CELLS = 50, FACTS_CELLS_WIDER = 64,
	TWO_ACROSS = 70, GRAPH_MIN = 8, GRAPH_MAX = 14, BLOCK_ROWS = 6, PATH_TEXT = 1024
};

#define ALL_DIMS (~UINT64_C(0))
#define HOSTS_ONLY DIM_BIT(DIM_HOST)
#define FLOWS_ONLY DIM_BIT(DIM_FLOW)

/* THE table of what a page is made of: the list, for which rows, under which title. */
static const struct part {
	enum dim dim;
	uint64_t rows;
	const char *title;
} parts[] = {
	{DIM_FLOW, FLOWS_ONLY, N_("FLOWS OF BOTH HOSTS")},
	{DIM_HOST, HOSTS_ONLY, N_("PEERS")},
	{DIM_HOST, ALL_DIMS & ~HOSTS_ONLY, N_("HOSTS")},
	{DIM_APP, ALL_DIMS & ~DIM_BIT(DIM_APP), N_("APPLICATIONS")},
	{DIM_SITE, ALL_DIMS & ~DIM_BIT(DIM_SITE), N_("SITES")},
	{DIM_PORT, ALL_DIMS & ~DIM_BIT(DIM_PORT), N_("PORTS")},
	{DIM_RISK, ALL_DIMS & ~DIM_BIT(DIM_RISK), N_("RISKS")},
	{DIM_COUNTRY, ALL_DIMS & ~(DIM_BIT(DIM_COUNTRY) | FLOWS_ONLY), N_("COUNTRIES")},
	{DIM_AS, ALL_DIMS & ~(DIM_BIT(DIM_AS) | FLOWS_ONLY), N_("AUTONOMOUS SYSTEMS")},
};

enum { PARTS = sizeof parts / sizeof parts[0] };

struct layout {
	const struct page *page;
	struct rect facts, graph, blocks;
	int across;      /* of facts in a narrow window, and of blocks */
	int lines;
};

uint64_t page_lists(enum dim d)
{
	uint64_t lists = 0;

	for (size_t i = 0; i < PARTS; i++)
		if (parts[i].rows & DIM_BIT(d))
			lists |= DIM_BIT(parts[i].dim);
	return lists;
}

bool page_shows_blocks(const struct tui *t, const struct page *p)
{
	return t->blocks.count > 0 && t->blocks.at[0].at.y + 1 < p->scroll + t->body.rows - 1;
}

static bool is_told(const struct tui *t, const struct focus *f, const struct part *part)
{
	const struct snapshot *s = t->picture;

	if ((part->dim == DIM_COUNTRY && !s->geo_countries) || (part->dim == DIM_AS && !s->geo_as))
		return false;
	return f->lists[part->dim].count > 0;
}

static void collect(struct tui *t, const struct page *p)
{
	const struct focus *f = detail_focus(t, p);

	t->blocks.count = 0;
	for (size_t i = 0; f != NULL && f->counted && i < PARTS; i++) {
		struct block b = {.dim = parts[i].dim, .title = parts[i].title, .list = &f->lists[parts[i].dim],
				  .without = parts[i].dim == p->dim && p->dim == DIM_HOST ? p->id : 0,
				  .counts = true, .wide = parts[i].dim == DIM_FLOW};

		if ((parts[i].rows & DIM_BIT(p->dim)) && is_told(t, f, &parts[i]) && block_count(&b) > 0)
			blocks_add(&t->blocks, b);
	}
}

static void lay_out_wide(struct tui *t, struct layout *l, struct rect r)
{
	int left = r.columns >= WIDER ? FACTS_CELLS_WIDER : FACTS_CELLS, x = r.x + left + 2, columns = r.columns - left - 2;
	int height = r.rows / 4;

	height = height < GRAPH_MIN ? GRAPH_MIN : height > GRAPH_MAX ? GRAPH_MAX : height;
	l->across = columns >= TWO_ACROSS ? 2 : 1;
	l->facts = (struct rect){r.x, r.y, left, facts_lines(t, &l->page->row, left, 1)};
	l->graph = (struct rect){x, r.y, columns, height};
	l->blocks = (struct rect){x, r.y + height + 1, columns, r.rows - height - 1};
	if (t->blocks.count > 0)
		l->blocks.rows = blocks_stack(&t->blocks, l->blocks, l->across, BLOCK_ROWS);
	l->lines = height + 1 + l->blocks.rows;
	if (l->facts.rows > l->lines)
		l->lines = l->facts.rows;
}

static void lay_out_narrow(struct tui *t, struct layout *l, struct rect r)
{
	int y = r.y;

	l->across = r.columns >= TWO_ACROSS ? 2 : 1;
	l->facts = (struct rect){r.x, y, r.columns, facts_lines(t, &l->page->row, r.columns, l->across)};
	y += l->facts.rows + 1;
	l->graph = (struct rect){r.x, y, r.columns, GRAPH_MIN};
	y += GRAPH_MIN + 1;
	l->blocks = (struct rect){r.x, y, r.columns, 1};
	if (t->blocks.count > 0)
		l->blocks.rows = blocks_stack(&t->blocks, l->blocks, l->across, BLOCK_ROWS);
	l->lines = y + l->blocks.rows - r.y;
}

/* Why there are no blocks. */
static const char *excuse(const struct tui *t, const struct page *p)
{
	const struct focus *f = detail_focus(t, p);

	if (t->picture->replay.on)
		return _("not recorded: history keeps no flows, so not what the row's traffic is made of");
	if (p->flows[0] == '\0')
		return _("no flows belong to this row");
	if (f == NULL && t->frozen)
		return _("the picture is frozen; its flows are gone over when it goes on (Z)");
	return f == NULL || !f->counted ? _("going over the flows ...") : _("none of its flows is left");
}

static void paint(struct tui *t, struct rect r, void *ctx)
{
	struct layout *l = ctx;

	(void)r;
	facts_draw(t, &l->page->row, l->facts, l->graph.x > l->facts.x ? 1 : l->across);
	page_graph_draw(t, l->page, l->graph);
	if (t->blocks.count > 0)
		blocks_draw(t, &t->blocks, &l->page->spot);
	else
		canvas_put(&t->canvas, l->blocks.x, l->blocks.y, l->blocks.columns, STYLE_DIM, excuse(t, l->page));
}

static void reveal(struct tui *t, struct page *p, int rows)
{
	const struct block *b = blocks_block(&t->blocks, &p->spot);
	int line = blocks_line(&t->blocks, &p->spot), y;

	if (!p->reveal || b == NULL)
		return;
	y = b->at.y + 1 + line;
	if (p->scroll > y - (line == 0)) /* the title too */
		p->scroll = y - (line == 0);
	if (p->scroll + rows <= y)
		p->scroll = y - rows + 1;
	p->reveal = false;
}

/* "host 10.0.0.5  nas.lan > application TLS" */
static void path_text(struct tui *t, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < t->page_count && used < size; i++) {
		const struct row *r = &t->pages[i].row;
		const char *between = r->label2[0] == '\0' ? "" : t->canvas.glyphs == GLYPHS_ASCII ? " - " : " ↔ ";
		bool last = i + 1 == t->page_count;

		used += (size_t)snprintf(buf + used, size - used, "%s%s %s%s%s%s%s", i > 0 ? " > " : "",
					 t->pages[i].dim == DIM_FLOW ? _("flow") : _(dim_info(t->pages[i].dim)->one), row_word(t->pages[i].dim, r->label),
					 between, row_word(t->pages[i].dim, r->label2), last && r->name[0] != '\0' ? "  " : "", last ? r->name : "");
	}
}

static void draw_heading(struct tui *t, const struct page *p, struct rect at, int lines)
{
	char path[PATH_TEXT], where[64] = "";
	int rows = t->body.rows - 1, right;

	if (p->gone)
		snprintf(where, sizeof where, "%s", t->picture->replay.on ? _(" no traffic in this step ") : _(" no longer in the list "));
	else if (lines > rows)
		snprintf(where, sizeof where, _(" lines %d-%d of %d"), p->scroll + 1, p->scroll + rows, lines);
	right = text_width(where);
	right = at.columns > right + 20 ? right : 0;
	path_text(t, path, sizeof path);
	canvas_fill(&t->canvas, at.x, at.y, at.columns, STYLE_HEADER, ' ');
	canvas_field(&t->canvas, at.x, at.y, at.columns - right, STYLE_HEADER, path, false, true);
	if (right > 0)
		canvas_put(&t->canvas, at.x + at.columns - right, at.y, right, p->gone ? STYLE_WARN : STYLE_HEADER, where);
}

void detail_draw(struct tui *t, struct rect r)
{
	struct page *p = detail_page(t);
	struct rect sheet = {0, 0, r.columns, r.rows - 1};
	struct layout l = {.page = p};

	if (p == NULL || t->picture == NULL)
		return;
	collect(t, p);
	if (r.columns >= WIDE)
		lay_out_wide(t, &l, sheet);
	else
		lay_out_narrow(t, &l, sheet);
	reveal(t, p, sheet.rows);
	if (sheet.rows > 0)
		sheet_draw(t, (struct rect){r.x, r.y + 1, r.columns, r.rows - 1}, l.lines, &p->scroll, paint, &l);
	draw_heading(t, p, r, l.lines);
}
