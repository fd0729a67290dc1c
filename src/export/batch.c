/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --batch: one list of a snapshot as text, like top -b: two lines about the whole, column titles,
 * rows, the sum. Columns come from the column table: those the screen shows by default, the least
 * important leaving first when a width is given; without one, each is as wide as its content. Any
 * thread.
 */
#include "config.h"

#include "dpitop/export.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/column.h"
#include "dpitop/i18n.h"
#include "dpitop/text.h"
#include "dpitop/units.h"

enum { BATCH_COLUMNS = 40, CELL_TEXT = 512, CELL_MAX = 60 };

struct layout {
	FILE *out;
	bool ascii;
	int rate_unit;
	size_t count;
	struct column_fit fit[BATCH_COLUMNS];
};

static const char *cell(const struct layout *l, size_t i, const struct row *r, char *buf)
{
	return column_text(l->fit[i].column, r, l->rate_unit, l->ascii, buf, CELL_TEXT);
}

static void widen(struct layout *l, const struct row *r)
{
	char text[CELL_TEXT];
	size_t i;

	for (i = 0; i < l->count; i++) {
		int width = text_width(cell(l, i, r, text));

		if (width > CELL_MAX)
			width = CELL_MAX;
		if (width > l->fit[i].width)
			l->fit[i].width = width;
	}
}

static void widen_to_content(struct layout *l, const struct list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		widen(l, &list->rows[i]);
	if (list->other.flags & ROW_OTHER)
		widen(l, &list->other);
	widen(l, &list->sum);
}

static void put_cell(const struct layout *l, size_t i, const char *text, bool last)
{
	char cut[CELL_TEXT];
	const struct column *c = l->fit[i].column;
	int pad;

	text_ellipsis(cut, sizeof cut, text, l->fit[i].width, c->flags & COLUMN_END, l->ascii);
	pad = l->fit[i].width - text_width(cut);
	if (c->flags & COLUMN_LEFT)
		fprintf(l->out, "%s%*s", cut, last ? 0 : pad, "");
	else
		fprintf(l->out, "%*s%s", pad, "", cut);
	fputs(last ? "\n" : " ", l->out);
}

static void put_titles(const struct layout *l)
{
	size_t i;

	for (i = 0; i < l->count; i++)
		put_cell(l, i, _(l->fit[i].column->title), i + 1 == l->count);
}

/* Sums have no columns of their own but counters: what names a row is replaced by `name`. */
static void put_row(const struct layout *l, const struct row *r, const char *name)
{
	char text[CELL_TEXT];
	size_t i;

	for (i = 0; i < l->count; i++)
		put_cell(l, i, i == 0 && name ? name : cell(l, i, r, text), i + 1 == l->count);
}

static void put_sources(const struct snapshot *s, FILE *out)
{
	size_t i;

	for (i = 0; i < s->source_count; i++)
		fprintf(out, "%s%s (%s)", i ? ", " : "", s->sources[i].name, _(s->sources[i].state));
}

static const char *rate_text(uint64_t bytes, int rate_unit, char *buf, size_t size)
{
	return rate_unit == 1 ? unit_rate_bytes((double)bytes, buf, size)
			      : unit_bits((double)bytes * 8, buf, size);
}

static void put_head(const struct snapshot *s, const struct layout *l)
{
	char when[UNIT_TEXT], out[UNIT_TEXT], in[UNIT_TEXT], packets[UNIT_TEXT];
	char bytes[UNIT_TEXT], count[UNIT_TEXT], hosts[UNIT_TEXT], flows[UNIT_TEXT];

	fprintf(l->out, "dpitop %s  ", unit_datetime(s->now_us, when, sizeof when));
	put_sources(s, l->out);
	if (s->filter_text[0])
		fprintf(l->out, _("  filter: %s"), s->filter_text);
	fprintf(l->out, _("\n%s %s  %s %s  %s  %s packets  %s  %s flows  %s hosts  drop %llu\n"),
		l->ascii ? _("out") : "\u25b2", rate_text(s->rate_out, l->rate_unit, out, sizeof out),
		l->ascii ? _("in") : "\u25bc", rate_text(s->rate_in, l->rate_unit, in, sizeof in),
		unit_packets((double)s->rate_packets, packets, sizeof packets),
		unit_count(s->filtered.packets, count, sizeof count),
		unit_bytes(s->filtered.bytes, bytes, sizeof bytes),
		unit_count(s->flows_gauge.used, flows, sizeof flows),
		unit_count(s->hosts_gauge.used, hosts, sizeof hosts),
		(unsigned long long)s->drops);
}

int export_batch(FILE *out, const struct snapshot *s, enum dim d, const struct batch_options *o, struct error *e)
{
	struct layout l = {.out = out, .ascii = o->ascii, .rate_unit = o->rate_unit};
	const struct list *list = &s->lists[d];
	char sum[64];
	size_t i;

	l.count = (s->replay.on ? columns_fit_past : columns_fit)(d, NULL, o->sorted, o->columns, l.fit, BATCH_COLUMNS);
	if (o->columns <= 0)
		widen_to_content(&l, list);
	snprintf(sum, sizeof sum, _("%zu of %zu"), list->count, list->matching);
	errno = 0; /* the first that fails sets it */
	put_head(s, &l);
	put_titles(&l);
	for (i = 0; i < list->count; i++)
		put_row(&l, &list->rows[i], NULL);
	if (list->other.flags & ROW_OTHER)
		put_row(&l, &list->other, NULL);
	put_row(&l, &list->sum, sum);
	fputc('\n', out);
	if (ferror(out) || fflush(out) != 0)
		return error_set(e, ERR_IO, "cannot write the output: %s", strerror(errno != 0 ? errno : EIO));
	return 0;
}
