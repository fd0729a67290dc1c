/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Details of a row as pages one on another: which row, which traffic they ask the feed for, the row
 * chosen among that, and how one gets from page to page. A page follows its row from picture to
 * picture; when it is gone, the last one stays. Drawing is page_draw.c. Main thread; called by screen.c
 * and actions.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/screen.h"

enum { TOP = 40 };

struct page *detail_page(struct tui *t)
{
	return t->page_count > 0 ? &t->pages[t->page_count - 1] : NULL;
}

struct spot *detail_spot(struct tui *t)
{
	struct page *p = detail_page(t);

	return p != NULL ? &p->spot : NULL;
}

const struct row *detail_row(struct tui *t)
{
	struct page *p = detail_page(t);

	return p != NULL ? &p->row : NULL;
}

const struct row *detail_chosen(struct tui *t)
{
	struct page *p = detail_page(t);

	return p != NULL ? blocks_row(&t->blocks, &p->spot) : NULL;
}

const struct focus *detail_focus(const struct tui *t, const struct page *p)
{
	const struct focus *f = t->picture != NULL ? t->picture->focus : NULL;

	return f != NULL && f->dim == p->dim && f->id == p->id ? f : NULL;
}

/* Beside a flow its own traffic tells nothing new: all flows between its two hosts do. */
static void flows_of(const struct row *r, char *buf, size_t size)
{
	struct row end = *r;
	char a[EXPRESSION_TEXT], b[EXPRESSION_TEXT];
	int n;

	if (r->dim != DIM_FLOW) {
		filter_of_row(r, buf, size);
		return;
	}
	end.dim = DIM_HOST;
	filter_of_row(&end, a, sizeof a);
	end.addr[0] = r->addr[1];
	filter_of_row(&end, b, sizeof b);
	n = snprintf(buf, size, "%s and %s", a, b);
	if (n < 0 || (size_t)n >= size)
		buf[0] = '\0';
}

/* A picture's graph is as old as its sparklines can be. */
static void take_spark(struct page *p)
{
	if (p->spark_us != 0)
		return;
	memcpy(p->spark, p->row.spark, sizeof p->spark);
	p->spark_us = p->from->now_us;
	p->spark_from_us = p->from->now_us - (int64_t)p->from->graph_count * 1000000;
	if (p->row.first_us > p->spark_from_us)
		p->spark_from_us = p->row.first_us;
}

/* One a picture: its rates are those of the second before it. */
static void take_sample(struct page *p)
{
	int64_t now = p->from->now_us;
	struct sample *s = &p->samples[p->sample_count % SAMPLES_MAX];

	if (p->sample_count > 0 && p->samples[(p->sample_count - 1) % SAMPLES_MAX].us >= now)
		return;
	*s = (struct sample){now, {p->row.rate[0], p->row.rate[1]}};
	p->sample_count++;
}

static void drop(struct page *p)
{
	snapshot_unref(p->from);
	memset(p, 0, sizeof *p);
}

/* When all places are taken, the oldest page goes. */
static void push(struct tui *t, const struct row *r)
{
	struct page *p;

	if (t->page_count == PAGES_MAX) {
		drop(&t->pages[0]);
		memmove(t->pages, t->pages + 1, (PAGES_MAX - 1) * sizeof *t->pages);
		t->page_count--;
	}
	p = &t->pages[t->page_count++];
	memset(p, 0, sizeof *p);
	p->dim = (enum dim)r->dim;
	p->id = r->id;
	p->row = *r;
	p->from = t->picture;
	snapshot_ref(p->from);
	flows_of(r, p->flows, sizeof p->flows);
}

enum reaction detail_open(struct tui *t)
{
	const struct row *r = screen_row(t);
	struct page *p = detail_page(t);

	if (t->mode == MODE_DETAIL && blocks_row(&t->blocks, &p->spot) == NULL) {
		detail_turn(t, 1); /* none is chosen yet */
		return REACT_DRAW;
	}
	if (t->mode == MODE_DETAIL)
		r = blocks_row(&t->blocks, &p->spot);
	if (r == NULL || t->picture == NULL || (r->flags & (ROW_OTHER | ROW_SUM)))
		return REACT_NONE;
	if (p != NULL && p->dim == r->dim && p->id == r->id)
		return REACT_DRAW; /* a flow among those of its hosts */
	push(t, r);
	if (t->mode != MODE_DETAIL) { /* a row of the focus is no older than that, and not all of its traffic */
		take_spark(detail_page(t));
		take_sample(detail_page(t));
	}
	t->blocks.count = 0;
	t->mode = MODE_DETAIL;
	return REACT_WANT;
}

enum reaction detail_back(struct tui *t)
{
	struct page *p = detail_page(t);

	if (p != NULL) {
		drop(p);
		t->page_count--;
	}
	t->blocks.count = 0;
	t->mode = t->page_count > 0 ? MODE_DETAIL : MODE_PANE;
	return REACT_WANT;
}

void detail_close(struct tui *t)
{
	while (t->page_count > 0)
		drop(&t->pages[--t->page_count]);
	t->blocks.count = 0;
}

void detail_settle(struct tui *t)
{
	struct page *p = detail_page(t);
	const struct focus *f = p != NULL ? detail_focus(t, p) : NULL;

	if (f == NULL)
		return;
	p->gone = !f->found;
	if (!f->found)
		return;
	snapshot_unref(p->from);
	p->from = t->picture;
	snapshot_ref(p->from);
	p->row = f->row;
	take_spark(p);
	take_sample(p);
}

void detail_want(const struct tui *t, struct want *w)
{
	const struct page *p = t->page_count > 0 ? &t->pages[t->page_count - 1] : NULL;
	struct want_list *l;

	if (p == NULL)
		return;
	w->focus = (struct want_focus){.on = true, .dim = p->dim, .id = p->id, .key = p->row.key, .top = TOP};
	snprintf(w->focus.filter, sizeof w->focus.filter, "%s", p->flows);
	w->focus.lists = page_lists(p->dim);
	l = &w->lists[p->dim];
	if (l->on)
		return;
	l->on = true; /* its sum gives the row's share */
	l->top = 1;
}

void detail_move(struct tui *t, long rows)
{
	struct page *p = detail_page(t);

	if (p == NULL)
		return;
	if (blocks_row(&t->blocks, &p->spot) == NULL && (rows < 0 || !page_shows_blocks(t, p))) {
		p->scroll += (int)rows; /* still among the facts */
		return;
	}
	if (rows < -1 || rows > 1) {
		p->spot.on = false;
		p->scroll += (int)(rows < -LIST_ROWS_MAX ? -LIST_ROWS_MAX : rows > LIST_ROWS_MAX ? LIST_ROWS_MAX : rows);
		return;
	}
	p->reveal = blocks_move(&t->blocks, &p->spot, rows);
	if (!p->reveal && rows < 0)
		p->spot.on = false;
	if (!p->reveal)
		p->scroll += (int)rows;
}

void detail_turn(struct tui *t, int step)
{
	struct page *p = detail_page(t);

	if (p == NULL)
		return;
	blocks_turn(&t->blocks, &p->spot, step);
	p->reveal = true;
}
