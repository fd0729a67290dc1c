/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A value as the screen and --batch show it: units, sparklines, and the few columns whose text is
 * more than their value (a flow's end with its port, peers that are a lower bound). Colour, cutting
 * and padding are others' business. Any thread.
 */
#include "config.h"

#include "dpitop/column.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/alert.h"
#include "dpitop/i18n.h"
#include "dpitop/text.h"
#include "dpitop/units.h"
#include "snapshot/column_get.h"

enum { RATE_BITS, RATE_BYTES, RATE_PACKETS, DATE_WIDTH = 19 };

typedef struct value getter(const struct row *r);

/* What a rate is in packets. */
static const struct {
	getter *bytes, *packets;
} rates[] = {
	{get_rate, get_packet_rate},
	{get_sent_rate, get_sent_packet_rate},
	{get_rcvd_rate, get_rcvd_packet_rate},
};

static const char *rate_text(const struct column *c, const struct row *r, uint64_t bytes,
			     int rate_unit, char *buf, size_t size)
{
	size_t i;

	if (rate_unit == RATE_PACKETS)
		for (i = 0; i < sizeof rates / sizeof *rates; i++)
			if (rates[i].bytes == c->get)
				return unit_packets((double)rates[i].packets(r).u, buf, size);
	if (rate_unit == RATE_BYTES)
		return unit_rate_bytes((double)bytes, buf, size);
	return unit_bits((double)bytes * 8, buf, size);
}

static const char *spark_text(const uint32_t *spark, bool ascii, char *buf, size_t size)
{
	static const char *const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	static const char *const letters[] = {" ", ".", ".", ":", "-", "=", "+", "*", "#"};
	const char *const *glyphs = ascii ? letters : blocks;
	uint32_t top = 0;
	size_t used = 0;
	int i;

	for (i = 0; i < DIM_SPARK; i++)
		if (spark[i] > top)
			top = spark[i];
	buf[0] = '\0';
	for (i = 0; i < DIM_SPARK && top > 0; i++) {
		uint64_t level = ((uint64_t)spark[i] * 8 + top - 1) / top;
		const char *glyph = glyphs[level];

		if (used + strlen(glyph) >= size)
			break;
		used += (size_t)snprintf(buf + used, size - used, "%s", glyph);
	}
	return buf;
}

static const char *real_text(double d, int decimals, const char *unit, char *buf, size_t size)
{
	char number[64];

	if (isfinite(d))
		snprintf(buf, size, "%s%s", unit_decimal(d, decimals, number, sizeof number), unit);
	else
		buf[0] = '\0';
	return buf;
}

static const char *count_text(const struct column *c, uint64_t u, char *buf, size_t size)
{
	if (!(c->flags & COLUMN_PLAIN))
		return unit_count(u, buf, size);
	snprintf(buf, size, "%llu", (unsigned long long)u);
	return buf;
}

static const char *risk_text(uint64_t score, bool ascii, char *buf, size_t size)
{
	if (score == 0)
		snprintf(buf, size, "-");
	else
		snprintf(buf, size, "%s %llu", ascii ? "*" : "●", (unsigned long long)score);
	return buf;
}

static const char *time_text(const struct column *c, uint64_t us, char *buf, size_t size)
{
	return c->width >= DATE_WIDTH ? unit_datetime((int64_t)us, buf, size)
				      : unit_clock((int64_t)us, buf, size);
}

static const char *value_text(const struct column *c, const struct value *v, bool ascii, char *buf,
			      size_t size)
{
	switch (v->type) {
	case VALUE_TEXT: case VALUE_LIST: case VALUE_TALLY:
		return text_ellipsis(buf, size, v->s, INT_MAX, false, ascii);
	case VALUE_ADDR:
		return addr_format(v->addr, buf, size);
	case VALUE_COUNT: case VALUE_PACKETS:
		return count_text(c, v->u, buf, size);
	case VALUE_BYTES:
		return unit_bytes(v->u, buf, size);
	case VALUE_PACKET_RATE:
		return unit_packets((double)v->u, buf, size);
	case VALUE_SHARE:
		return real_text(v->d * 100, 1, "%", buf, size);
	case VALUE_REAL:
		return real_text(v->d, 4, "", buf, size);
	case VALUE_DURATION_US:
		return unit_duration(v->u, buf, size);
	case VALUE_TIME_US:
		return time_text(c, v->u, buf, size);
	case VALUE_SPARK:
		return spark_text(v->spark, ascii, buf, size);
	case VALUE_BOOL:
		snprintf(buf, size, "%s", v->u ? _("yes") : _("no"));
		return buf;
	case VALUE_RISK:
		return risk_text(v->u, ascii, buf, size);
	case VALUE_SEVERITY:
		snprintf(buf, size, "%s", row_word(DIM_ALERT, alert_severity_name(severity_of_value(v->u))));
		return buf;
	case VALUE_NONE: case VALUE_RATE:
		break;
	}
	buf[0] = '\0';
	return buf;
}

/* "10.0.0.5:443", "[2001:db8::1]:443"; no port where there are none. */
static const char *end_text(const struct row *r, int end, char *buf, size_t size)
{
	char addr[ADDR_TEXT];
	const char *format = r->port[end] == 0           ? "%s"
			     : addr_is_v4(&r->addr[end]) ? "%s:%u"
							 : "[%s]:%u";

	addr_format(&r->addr[end], addr, sizeof addr);
	snprintf(buf, size, format, addr, r->port[end]);
	return buf;
}

/* Our own words among the values; never what the network says. */
static bool is_ours(const struct column *c, const struct row *r)
{
	return c->get == get_label || c->get == get_label2 || c->get == get_kind || c->get == get_mark || c->get == get_state || c->get == get_where ||
	       (c->get == get_name && (r->dim == DIM_COUNTRY || r->dim == DIM_AS));
}

static bool names_the_row(const struct column *c, enum dim d)
{
	const struct column *first = column_table;

	while (!(first->dims & DIM_BIT(d)))
		first++;
	return c == first;
}

/* What stands in place of a name in the row of all others: "(other)" and "61 hosts". */
static const char *other_text(const struct column *c, const struct row *r, char *buf, size_t size)
{
	buf[0] = '\0';
	if (names_the_row(c, r->dim))
		snprintf(buf, size, "%s", _(r->label));
	else if (c->get == get_name || c->get == get_server)
		snprintf(buf, size, "%s", r->label2);
	return buf;
}

const char *column_text(const struct column *c, const struct row *r, int rate_unit, bool ascii,
			char *buf, size_t size)
{
	struct value v = c->get(r);

	if (v.type == VALUE_NONE)
		return r->flags & ROW_OTHER ? other_text(c, r, buf, size)
					    : value_text(c, &v, ascii, buf, size);
	if (v.type == VALUE_RATE)
		return rate_text(c, r, v.u, rate_unit, buf, size);
	if (c->get == get_client || c->get == get_server)
		return end_text(r, c->get == get_server, buf, size);
	if (c->get == get_text)
		v.s = r->said;
	if (v.type == VALUE_TEXT && is_ours(c, r))
		v.s = row_word((enum dim)r->dim, v.s);
	value_text(c, &v, ascii, buf, size);
	if (strlen(buf) + 2 > size)
		return buf;
	if (c->get == get_peers && (r->flags & ROW_PEERS_CAPPED))
		strcat(buf, "+");
	if (c->get == get_app && r->dim == DIM_FLOW && (r->flags & ROW_GUESSED))
		strcat(buf, "?");
	if (c->get == get_app && r->own)
		snprintf(buf + strlen(buf), size - strlen(buf), " %s", _("(own)"));
	return buf;
}
