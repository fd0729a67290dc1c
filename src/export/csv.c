/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One list as CSV (RFC 4180): for --csv and for what the screen writes to a file. The columns are the
 * column table's, by their ids; numbers are exact and in the units of --json. A spreadsheet takes a
 * cell that begins with =, +, - or @ for a formula, and texts come from the network: such a text gets
 * an apostrophe in front. Any thread.
 */
#include "config.h"

#include "dpitop/export.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "dpitop/alert.h"
#include "dpitop/column.h"

enum { SECOND_US = 1000000, TELLING = COLUMN_JSON | COLUMN_SCREEN | COLUMN_DETAIL };

struct table {
	FILE *out;
	enum dim dim;
	int64_t time_us; /* of the picture */
	bool header, past;
};

static bool is_cell(const struct column *c, enum dim d)
{
	return (c->dims & DIM_BIT(d)) && (c->flags & TELLING) && c->type != VALUE_SPARK;
}

/* What spreadsheets evaluate, in full width too (OWASP, CSV Injection). */
static bool looks_like_formula(const char *s)
{
	static const char *const begins[] = {
		"=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"};
	size_t i;

	for (i = 0; i < sizeof begins / sizeof *begins; i++)
		if (strncmp(s, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

/* RFC 4180, section 2: what has a comma, a quote or a line break stands in quotes, quotes doubled. */
static void put_text(FILE *out, const char *s)
{
	bool defuse = looks_like_formula(s);

	if (s[strcspn(s, ",\"\r\n")] == '\0') {
		fprintf(out, "%s%s", defuse ? "'" : "", s);
		return;
	}
	fputs(defuse ? "\"'" : "\"", out);
	for (; *s != '\0'; s++) {
		if (*s == '"')
			fputc('"', out);
		fputc(*s, out);
	}
	fputc('"', out);
}

static void put_time(FILE *out, int64_t us)
{
	fprintf(out, "%s%" PRId64 ".%06" PRId64, us < 0 ? "-" : "", (us < 0 ? -us : us) / SECOND_US,
		(us < 0 ? -us : us) % SECOND_US);
}

static void put_value(FILE *out, const struct value *v)
{
	char text[ADDR_TEXT];

	switch (v->type) {
	case VALUE_NONE: case VALUE_SPARK:
		break;
	case VALUE_TEXT: case VALUE_LIST: case VALUE_TALLY:
		put_text(out, v->s != NULL ? v->s : "");
		break;
	case VALUE_ADDR:
		fputs(addr_format(v->addr, text, sizeof text), out);
		break;
	case VALUE_COUNT: case VALUE_BYTES: case VALUE_PACKETS: case VALUE_RATE:
	case VALUE_PACKET_RATE: case VALUE_DURATION_US: case VALUE_RISK:
		fprintf(out, "%" PRIu64, v->u);
		break;
	case VALUE_SHARE: case VALUE_REAL:
		if (isfinite(v->d))
			fprintf(out, "%.6f", v->d);
		break;
	case VALUE_TIME_US:
		put_time(out, (int64_t)v->u);
		break;
	case VALUE_SEVERITY:
		put_text(out, alert_severity_name(severity_of_value(v->u)));
		break;
	case VALUE_BOOL:
		fputs(v->u != 0 ? "true" : "false", out);
		break;
	}
}

/* The time of the picture, the list's columns, and whether the row sums what is not listed. */
static void put_header(const struct table *t)
{
	size_t i;

	errno = 0; /* the first that fails sets it */
	if (!t->header)
		return;
	fputs("time", t->out);
	for (i = 0; i < column_count; i++)
		if (is_cell(&column_table[i], t->dim))
			fprintf(t->out, ",%s", column_table[i].id);
	fputs(",other\r\n", t->out);
}

static int put_row(void *ctx, const struct row *r)
{
	const struct table *t = ctx;
	bool first = true; /* the cell that names the row */
	size_t i;

	put_time(t->out, t->time_us);
	for (i = 0; i < column_count; i++) {
		const struct column *c = &column_table[i];
		struct value v;

		if (!is_cell(c, t->dim))
			continue;
		fputc(',', t->out);
		v = t->past && !column_is_recorded(c) ? (struct value){.type = VALUE_NONE} : c->get(r);
		if (first && (r->flags & ROW_OTHER) && (c->type == VALUE_TEXT || c->type == VALUE_ADDR))
			fputs(r->label, t->out); /* a number's column stays one of numbers */
		else
			put_value(t->out, &v);
		first = false;
	}
	fputs(r->flags & ROW_OTHER ? ",true\r\n" : ",\r\n", t->out);
	return ferror(t->out);
}

static int finish(const struct table *t, struct error *e)
{
	if (ferror(t->out) || fflush(t->out) != 0)
		return error_set(e, ERR_IO, "cannot write the output: %s", strerror(errno != 0 ? errno : EIO));
	return 0;
}

int export_csv(FILE *out, const struct snapshot *s, enum dim d, bool header, struct error *e)
{
	struct table t = {.out = out, .dim = d, .time_us = s->now_us, .header = header, .past = s->replay.on};
	const struct list *l = &s->lists[d];
	size_t i;

	put_header(&t);
	for (i = 0; i < l->count && !ferror(out); i++)
		put_row(&t, &l->rows[i]);
	if (l->other.flags & ROW_OTHER)
		put_row(&t, &l->other);
	return finish(&t, e);
}

int export_csv_walk(FILE *out, const struct snapshot_input *in, const struct want *want,
		    enum dim d, bool header, struct error *e)
{
	struct table t = {.out = out, .dim = d, .time_us = in->now_us, .header = header};

	put_header(&t);
	snapshot_walk(in, d, &want->lists[d], put_row, &t);
	return finish(&t, e);
}
