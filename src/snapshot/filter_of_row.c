/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a row to the filter that pins it: what the screen adds when the user asks for everything
 * about a row. One line of the table per dimension, written from the row alone, so that it works on
 * replayed rows too. An expression that does not fit is no expression: cut, it would pin something
 * else. Any thread.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/packet.h"
#include "snapshot/filter_parts.h"

struct writer {
	char *buf;
	size_t size, used;
	bool cut;
};

static void put(struct writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct writer *w, const char *format, ...)
{
	va_list list;
	int n;

	va_start(list, format);
	n = vsnprintf(w->buf + w->used, w->size - w->used, format, list);
	va_end(list);
	w->cut |= n < 0 || (size_t)n >= w->size - w->used;
	if (!w->cut)
		w->used += (size_t)n;
}

/* A value; quotes make a text mean only itself. */
static void put_value(struct writer *w, const char *text)
{
	if (filter_is_word(text) && !filter_is_none(text)) {
		put(w, "%s", text);
		return;
	}
	put(w, "\"");
	for (; *text != '\0' && !w->cut; text++)
		put(w, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
	put(w, "\"");
}

static void put_test(struct writer *w, const char *field, const char *op, const char *text)
{
	put(w, "%s%s %s ", w->used > 0 ? " and " : "", field, op);
	put_value(w, text);
}

/* `unknown` and `none` in the table of a pane are `none` here. */
static void put_known(struct writer *w, const char *field, const char *text)
{
	if (text[0] != '\0' && !filter_is_none(text))
		put_test(w, field, "=", text);
	else
		put(w, "%s%s = none", w->used > 0 ? " and " : "", field);
}

/* A name the model keeps only the first bytes of. */
static void put_cut(struct writer *w, const char *field, const char *text, size_t kept)
{
	put_test(w, field, strlen(text) + 1 >= kept ? "~" : "=", text);
}

static void put_number(struct writer *w, const char *field, unsigned number)
{
	put(w, "%s%s = %u", w->used > 0 ? " and " : "", field, number);
}

/* Traffic between two, both ways: a pair's row counts one way of each flow. */
static void put_pair(struct writer *w, const char *src, const char *dst, const struct row *r)
{
	if (strcmp(r->label, r->label2) == 0) {
		put_known(w, src, r->label);
		put_known(w, dst, r->label2);
		return;
	}
	put_known(w, strchr(src, '.') != NULL ? src + 4 : "net", r->label);
	put_known(w, strchr(dst, '.') != NULL ? dst + 4 : "net", r->label2);
}

static void put_address(struct writer *w, const char *field, const struct addr *a)
{
	char text[ADDR_TEXT];

	put_test(w, field, "=", addr_format(a, text, sizeof text));
}

/* ---- one per dimension ---- */

static void put_host(struct writer *w, const struct row *r)
{
	put_address(w, "host", &r->addr[0]);
}

static void put_flow(struct writer *w, const struct row *r)
{
	char text[8];

	put_address(w, "src", &r->addr[0]);
	put_address(w, "dst", &r->addr[1]);
	if (r->port[0] != 0 || r->port[1] != 0) {
		put_number(w, "src.port", r->port[0]);
		put_number(w, "dst.port", r->port[1]);
	}
	put_test(w, "l4", "=", l4_label(r->l4, text));
}

static void put_port(struct writer *w, const struct row *r)
{
	char text[8];

	put_number(w, "dst.port", r->port[0]);
	put_test(w, "l4", "=", l4_label(r->l4, text));
}

static void put_app(struct writer *w, const struct row *r)
{
	if (r->label[0] != '\0')
		put(w, "app = ");
	if (filter_is_word(r->label)) /* none is no value of app: Unknown needs no quotes */
		put(w, "%s", r->label);
	else if (r->label[0] != '\0')
		put_value(w, r->label);
}

static void put_category(struct writer *w, const struct row *r)
{
	if (r->label[0] != '\0')
		put_test(w, "cat", "=", r->label);
}

static void put_breed(struct writer *w, const struct row *r)
{
	if (r->label[0] != '\0')
		put_test(w, "breed", "=", r->label);
}

static void put_l4(struct writer *w, const struct row *r)
{
	put_test(w, "l4", "=", r->label);
}

static void put_version(struct writer *w, const struct row *r)
{
	put_number(w, "version", r->ip_version);
}

static void put_state(struct writer *w, const struct row *r)
{
	put_test(w, "state", "=", r->label);
}

static void put_flags(struct writer *w, const struct row *r)
{
	put_known(w, "flags", r->label);
	put_test(w, "l4", "=", "TCP"); /* others have none and no row */
}

static void put_subnet(struct writer *w, const struct row *r)
{
	put_test(w, "net", "=", r->label);
}

static void put_subnet_pair(struct writer *w, const struct row *r)
{
	put_pair(w, "src", "dst", r);
}

static void put_country(struct writer *w, const struct row *r)
{
	put_known(w, "country", r->label);
}

static void put_country_pair(struct writer *w, const struct row *r)
{
	put_pair(w, "src.country", "dst.country", r);
}

static void put_as(struct writer *w, const struct row *r)
{
	put_known(w, "as", r->label);
}

static void put_as_pair(struct writer *w, const struct row *r)
{
	put_pair(w, "src.as", "dst.as", r);
}

static void put_city(struct writer *w, const struct row *r)
{
	if (r->city[0] == '\0')
		put_known(w, "city", "");
	else
		put_cut(w, "city", r->city, sizeof r->key.city.name);
	if (r->country[0] != '\0')
		put_known(w, "country", r->country);
}

static void put_site(struct writer *w, const struct row *r)
{
	put_cut(w, "site", r->label, sizeof r->key.site.name);
}

static void put_vlan(struct writer *w, const struct row *r)
{
	put_number(w, "vlan", r->vlan);
}

static void put_vlan_pair(struct writer *w, const struct row *r)
{
	put_number(w, "vlan", r->key.vlan_pair.src);
	if (r->key.vlan_pair.dst != r->key.vlan_pair.src)
		put_number(w, "vlan", r->key.vlan_pair.dst);
}

static void put_tunnel(struct writer *w, const struct row *r)
{
	put_known(w, "tunnel", r->label);
}

static void put_risk(struct writer *w, const struct row *r)
{
	put_test(w, "risk", "=", r->label);
}

static void put_site_category(struct writer *w, const struct row *r)
{
	if (r->label[0] != '\0')
		put_test(w, "sitecat", "=", r->label);
}

static void put_alert(struct writer *w, const struct row *r)
{
	put(w, "%s", r->pin);
}

static void put_interface(struct writer *w, const struct row *r)
{
	put_test(w, "iface", "=", r->label);
}

static void put_exporter(struct writer *w, const struct row *r)
{
	put_known(w, "exporter", r->exporter);
}

static void (*const write_row[])(struct writer *, const struct row *) = {
	[DIM_HOST] = put_host, [DIM_APP] = put_app, [DIM_CATEGORY] = put_category,
	[DIM_BREED] = put_breed, [DIM_L4] = put_l4, [DIM_IP_VERSION] = put_version,
	[DIM_ETHERTYPE] = NULL, /* not of flows */
	[DIM_PORT] = put_port, [DIM_STATE] = put_state, [DIM_TCP_FLAGS] = put_flags,
	[DIM_SUBNET] = put_subnet, [DIM_SUBNET_PAIR] = put_subnet_pair,
	[DIM_COUNTRY] = put_country, [DIM_COUNTRY_PAIR] = put_country_pair, [DIM_AS] = put_as,
	[DIM_AS_PAIR] = put_as_pair, [DIM_CITY] = put_city, [DIM_SITE] = put_site,
	[DIM_VLAN] = put_vlan, [DIM_VLAN_PAIR] = put_vlan_pair, [DIM_TUNNEL] = put_tunnel,
	[DIM_RISK] = put_risk, [DIM_INTERFACE] = put_interface,
	[DIM_SITE_CATEGORY] = put_site_category, [DIM_EXPORTER] = put_exporter, [DIM_ALERT] = put_alert,
	[DIM_FLOW] = put_flow,
};
_Static_assert(sizeof write_row / sizeof *write_row == DIM_LIST_COUNT,
	       "a dimension whose rows cannot be pinned");

const char *filter_of_row(const struct row *r, char *buf, size_t size)
{
	struct writer w = {.buf = buf, .size = size};

	if (size == 0)
		return "";
	buf[0] = '\0';
	if (r->flags & (ROW_OTHER | ROW_SUM | ROW_REST) || r->dim >= DIM_LIST_COUNT ||
	    write_row[r->dim] == NULL)
		return buf;
	write_row[r->dim](&w, r);
	if (w.cut)
		buf[0] = '\0';
	return buf;
}
