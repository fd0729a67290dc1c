/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Kinds of fields whose values are texts, addresses or names: how a value is read when a filter is
 * parsed, and when a test holds. Whatever can be made ready is made ready while reading: matching a
 * flow allocates nothing. Numbers are filter_number.c. Reading: any thread; matching: the engine's.
 */
#include "config.h"

#include "snapshot/filter_parts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dpitop/mem.h"

enum { TEXT_OPS = OP_BIT(OP_EQ) | OP_BIT(OP_NE) | OP_BIT(OP_HAS) | OP_BIT(OP_HAS_NOT),
       NET_OPS = OP_BIT(OP_EQ) | OP_BIT(OP_NE) };

static const char digits[] = "0123456789";
static const char address_characters[] = "0123456789abcdefABCDEF:.";

bool filter_text_holds(const struct filter_test *t, const char *text)
{
	if (t->op == OP_HAS)
		return strcasestr(text, t->text) != NULL;
	return strcasecmp(text, t->text) == 0;
}

bool filter_is_none(const char *value)
{
	return strcasecmp(value, "none") == 0 || strcasecmp(value, "unknown") == 0;
}

/* ---- texts ---- */

static int read_text(struct filter_test *t, const char *value, bool quoted, struct error *e)
{
	if (value[0] == '\0' && t->op == OP_HAS)
		return error_set(e, ERR_USAGE, "every text contains an empty one");
	t->none = t->op == OP_EQ && (value[0] == '\0' || (!quoted && filter_is_none(value)));
	t->text = mem_strdup(value);
	return 0;
}

static bool text_of_end_holds(const struct filter_test *t, struct subject *s, int end)
{
	const char *text;
	unsigned n = 0;

	while ((text = t->field->text(s, end, n++)) != NULL) {
		if (t->none)
			return text[0] == '\0';
		if (text[0] != '\0' && filter_text_holds(t, text))
			return true;
	}
	return t->none && n == 1;
}

static enum truth text_holds(const struct filter_test *t, struct subject *s)
{
	int end;

	for (end = 0; end < 2; end++)
		if ((t->ends >> end & 1) && text_of_end_holds(t, s, end))
			return YES;
	return NO;
}

const struct filter_kind kind_text = {.ops = TEXT_OPS, .read = read_text, .holds = text_holds};

/* ---- networks and hosts ---- */

static int read_net(struct filter_test *t, const char *value, bool quoted, struct error *e)
{
	t->is_internet = !quoted && strcasecmp(value, "internet") == 0;
	if (t->is_internet)
		return 0;
	t->is_net = true;
	return cidr_parse(&t->net, value, e);
}

static bool is_like_address(const char *value)
{
	size_t n = strlen(value);

	return strpbrk(value, ":/") != NULL || (n > 0 && strspn(value, "0123456789.") == n);
}

static int read_host(struct filter_test *t, const char *value, bool quoted, struct error *e)
{
	if (t->op == OP_EQ && ((!quoted && strcasecmp(value, "internet") == 0) ||
			       is_like_address(value)))
		return read_net(t, value, quoted, e);
	if (value[0] == '\0')
		return error_set(e, ERR_USAGE, "an address, a network or a name is expected");
	t->skip_addresses = t->op == OP_EQ || value[strspn(value, address_characters)] != '\0';
	t->text = mem_strdup(value);
	return 0;
}

static bool is_internet(const struct subject *s, const struct addr *a)
{
	const struct subnets *subnets = s->context->subnets;

	return subnets != NULL && subnets_of(subnets, a).bits == 0;
}

static bool host_is(const struct filter_test *t, struct subject *s, int end)
{
	const struct addr *a = &s->flow->addr[end];
	char text[ADDR_TEXT];

	if (t->is_net)
		return cidr_contains(&t->net, a);
	if (t->is_internet)
		return is_internet(s, a);
	if (!t->skip_addresses && filter_text_holds(t, addr_format(a, text, sizeof text)))
		return true;
	return filter_text_holds(t, subject_name(s, end));
}

static enum truth host_holds(const struct filter_test *t, struct subject *s)
{
	int end;

	for (end = 0; end < 2; end++)
		if ((t->ends >> end & 1) && host_is(t, s, end))
			return YES;
	return NO;
}

const struct filter_kind kind_host = {.ops = TEXT_OPS, .read = read_host, .holds = host_holds};
const struct filter_kind kind_net = {.ops = NET_OPS, .read = read_net, .holds = host_holds};

/* ---- applications ---- */

static int read_app(struct filter_test *t, const char *value, bool quoted, struct error *e)
{
	(void)quoted;
	if (value[0] == '\0')
		return error_set(e, ERR_USAGE, "the name of an application is expected");
	t->text = mem_strdup(value);
	t->cache = mem_zalloc(sizeof *t->cache);
	return 0;
}

/* The whole name, or what stands before or behind its first point. */
static bool is_app(const struct filter_test *t, const char *name)
{
	const char *point = strchr(name, '.');
	size_t first = point != NULL ? (size_t)(point - name) : 0;

	if (filter_text_holds(t, name))
		return true;
	if (t->op == OP_HAS || point == NULL)
		return false;
	return strcasecmp(point + 1, t->text) == 0 ||
	       (strlen(t->text) == first && strncasecmp(name, t->text, first) == 0);
}

static enum truth app_holds(const struct filter_test *t, struct subject *s)
{
	const struct dpi_class *c = &s->flow->class_;
	const uint64_t known = UINT64_C(1) << 32, yes = UINT64_C(1) << 33;
	uint64_t key = ((uint64_t)c->master << 16 | c->app) | known, seen;
	uint64_t *slot = &t->cache->slots[(c->master * 31u + c->app) % CLASS_SLOTS];
	char name[DPI_APP_TEXT];
	bool holds;

	if (s->context->dpi == NULL)
		return NO;
	seen = __atomic_load_n(slot, __ATOMIC_RELAXED);
	if ((seen & ~yes) == key)
		return seen & yes ? YES : NO;
	holds = is_app(t, dpi_app_name(s->context->dpi, c, name, sizeof name));
	__atomic_store_n(slot, key | (holds ? yes : 0), __ATOMIC_RELAXED);
	return holds ? YES : NO;
}

const struct filter_kind kind_app = {.ops = TEXT_OPS, .read = read_app, .holds = app_holds};

/* ---- autonomous systems ---- */

static int read_as(struct filter_test *t, const char *value, bool quoted, struct error *e)
{
	const char *number = strncasecmp(value, "AS", 2) == 0 ? value + 2 : value;
	size_t n = strlen(number);

	t->is_number = t->op == OP_EQ && !quoted && n > 0 && strspn(number, digits) == n;
	if (!t->is_number) {
		int r = read_text(t, value, quoted, e);

		t->is_number = t->none; /* number 0 */
		return r;
	}
	if (n > 10 || strtoull(number, NULL, 10) > UINT32_MAX)
		return error_set(e, ERR_USAGE, "'%.40s' is no number of an AS", value);
	t->number = strtoull(number, NULL, 10);
	return 0;
}

static enum truth as_holds(const struct filter_test *t, struct subject *s)
{
	int end;

	for (end = 0; end < 2; end++) {
		const struct geo *g = t->ends >> end & 1 ? subject_geo(s, end) : NULL;

		if (!(t->ends >> end & 1))
			continue;
		if (t->is_number ? (g != NULL ? g->asn : 0) == t->number
				 : g != NULL && g->as_name != NULL && g->as_name[0] != '\0' &&
					   filter_text_holds(t, g->as_name))
			return YES;
	}
	return NO;
}

const struct filter_kind kind_as = {.ops = TEXT_OPS, .read = read_as, .holds = as_holds};
