/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Kinds of fields whose values are numbers or become numbers while a filter is parsed: ports, sets
 * of few names (protocols, states, tunnels, risks, TCP flags), and measures with their units. Texts
 * and addresses are filter_kind.c. Reading: any thread; matching: the engine's.
 */
#include "config.h"

#include "snapshot/filter_parts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dpitop/alert.h"
#include "dpitop/i18n.h"
#include "dpitop/mem.h"
#include "dpitop/packet.h"
#include "dpitop/units.h"

enum {
	NAME_OPS = OP_BIT(OP_EQ) | OP_BIT(OP_NE) | OP_BIT(OP_HAS) | OP_BIT(OP_HAS_NOT),
	ORDER_OPS = OP_BIT(OP_EQ) | OP_BIT(OP_NE) | OP_BIT(OP_LT) | OP_BIT(OP_LE) |
		    OP_BIT(OP_GT) | OP_BIT(OP_GE),
	LISTED = 32 /* sets of so few names are listed in messages */
};

static bool compare(enum filter_op op, uint64_t a, uint64_t b)
{
	const bool holds[OP_COUNT] = {
		[OP_EQ] = a == b, [OP_LT] = a < b, [OP_LE] = a <= b,
		[OP_GT] = a > b, [OP_GE] = a >= b,
	};

	return holds[op];
}

static bool is_digits(const char *s)
{
	return s[0] != '\0' && s[strspn(s, "0123456789")] == '\0';
}

/* ---- ports, VLANs, IP versions ---- */

static int read_number(struct filter_test *t, const char *value, bool quoted, struct error *e)
{
	if (!quoted && filter_is_none(value))
		return 0;
	if (!is_digits(value) || strlen(value) > 10 ||
	    strtoull(value, NULL, 10) > t->field->max)
		return error_set(e, ERR_USAGE, "'%.40s' is no number from 0 to %u", value,
				 t->field->max);
	t->number = strtoull(value, NULL, 10);
	return 0;
}

static enum truth number_holds(const struct filter_test *t, struct subject *s)
{
	int end;

	for (end = 0; end < 2; end++)
		if ((t->ends >> end & 1) &&
		    compare(t->op, t->field->number(s, end), t->number))
			return YES;
	return NO;
}

const struct filter_kind kind_number = {
	.ops = ORDER_OPS, .read = read_number, .holds = number_holds,
};

/* ---- sets of names ---- */

static int not_in_set(const struct filter_field *f, const char *value, struct error *e)
{
	char names[160], buf[8];
	size_t used = 0;
	unsigned i;

	names[0] = '\0';
	if (f->max >= LISTED)
		return error_set(e, ERR_USAGE, "no %s is called '%.40s'", f->name, value);
	for (i = 0; i <= f->max && used < sizeof names; i++)
		used += (size_t)snprintf(names + used, sizeof names - used, " %s",
					 f->name_of(i, buf));
	return error_set(e, ERR_USAGE, "'%.40s' is none of:%s", value, names);
}

static int read_set(struct filter_test *t, const char *value, bool quoted, struct error *e)
{
	const struct filter_field *f = t->field;
	bool found = false;
	bool none = t->op == OP_EQ && !quoted && filter_is_none(value);
	char buf[8];
	unsigned i;

	t->text = mem_strdup(value);
	for (i = 0; i <= f->max; i++) {
		const char *name = f->name_of(i, buf);
		bool holds = name[0] != '\0' && value[0] != '\0' && filter_text_holds(t, name);

		holds |= none && filter_is_none(name);

		if ((f->flags & FIELD_NUMBERS) && t->op == OP_EQ && is_digits(value))
			holds = strtoul(value, NULL, 10) == i;
		if (holds)
			t->set[i / 64] |= UINT64_C(1) << i % 64;
		found |= holds;
	}
	return found ? 0 : not_in_set(f, value, e);
}

static enum truth set_holds(const struct filter_test *t, struct subject *s)
{
	unsigned n = t->field->number(s, 0) & 255;

	return t->set[n / 64] >> n % 64 & 1 ? YES : NO;
}

const struct filter_kind kind_set = {.ops = NAME_OPS, .read = read_set, .holds = set_holds};

/* ---- where a flow goes: external is whatever is not local ---- */

static int read_scope(struct filter_test *t, const char *value, bool quoted, struct error *e)
{
	int r = read_set(t, value, quoted, e);

	if (t->set[0] >> FILTER_SCOPE_EXTERNAL & 1)
		t->set[0] |= ((UINT64_C(1) << FILTER_SCOPE_EXTERNAL) - 1) & ~(UINT64_C(1) << FILTER_SCOPE_LOCAL);
	return r;
}

const struct filter_kind kind_scope = {.ops = NAME_OPS, .read = read_scope, .holds = set_holds};

/* ---- risks ---- */

static int read_risk(struct filter_test *t, const char *value, bool quoted, struct error *e)
{
	char number[16];
	unsigned bit;

	t->text = mem_strdup(value);
	t->none = t->op == OP_EQ && !quoted && filter_is_none(value);
	if (t->none)
		return 0;
	for (bit = 0; bit < 64; bit++) {
		const char *name = dpi_risk_name(bit);

		if (name == NULL && t->op == OP_EQ) { /* as its row is called */
			snprintf(number, sizeof number, "risk %u", bit);
			name = number;
		}
		if (name != NULL && value[0] != '\0' && filter_text_holds(t, name))
			t->set[0] |= UINT64_C(1) << bit;
	}
	if (t->set[0] == 0)
		return error_set(e, ERR_USAGE, t->op == OP_HAS ? N_("no risk has in its name '%.60s'")
							       : N_("no risk is called '%.60s'"), value);
	return 0;
}

static enum truth risk_holds(const struct filter_test *t, struct subject *s)
{
	if (t->none)
		return s->flow->risks == 0 ? YES : NO;
	return s->flow->risks & t->set[0] ? YES : NO;
}

const struct filter_kind kind_risk = {.ops = NAME_OPS, .read = read_risk, .holds = risk_holds};

/* ---- TCP flags: = is exactly these, ~ is these and perhaps others ---- */

static int read_flags(struct filter_test *t, const char *value, bool quoted, struct error *e)
{
	static const char letters[] = "FSRPAUEC"; /* in the order of the bits */
	size_t i;

	if (!quoted && filter_is_none(value))
		return 0;
	for (i = 0; value[i] != '\0' || i == 0; i++) {
		const char *letter = strchr(letters, toupper((unsigned char)value[i]));

		if (letter == NULL || *letter == '\0')
			return error_set(e, ERR_USAGE,
					 "'%.40s' are no TCP flags (letters of %s, or none)",
					 value, letters);
		t->number |= 1u << (letter - letters);
	}
	return 0;
}

static enum truth flags_hold(const struct filter_test *t, struct subject *s)
{
	uint64_t flags = s->flow->tcp_flags;

	if (t->op == OP_HAS && t->number != 0)
		return (flags & t->number) == t->number ? YES : NO;
	return flags == t->number ? YES : NO;
}

_Static_assert(TCP_FIN == 1 && TCP_CWR == 128, "the order of letters is that of the bits");
const struct filter_kind kind_flags = {.ops = NAME_OPS, .read = read_flags, .holds = flags_hold};

/* ---- measures ---- */

static void find_dims(struct filter_test *t)
{
	size_t i;

	for (i = 0; i < column_count; i++)
		if (column_table[i].get == t->field->get)
			t->dims |= column_table[i].dims;
}

static int read_measure(struct filter_test *t, const char *value, bool quoted, struct error *e)
{
	(void)quoted;
	find_dims(t);
	return unit_parse(value, &t->number, e);
}

static enum truth measure_holds(const struct filter_test *t, struct subject *s)
{
	const struct row *r = subject_row(s);
	struct value v;

	if (!(t->dims & DIM_BIT(r->dim)))
		return UNKNOWN;
	v = t->field->get(r);
	return v.type != VALUE_NONE && compare(t->op, v.u, t->number) ? YES : NO;
}

const struct filter_kind kind_measure = {
	.ops = ORDER_OPS, .measure = true, .read = read_measure, .holds = measure_holds,
};

/* ---- how severe an alert is ---- */

static int read_severity(struct filter_test *t, const char *value, bool quoted, struct error *e)
{
	(void)quoted;
	find_dims(t);
	for (t->number = 0; t->number < ALERT_SEVERITIES; t->number++)
		if (strcasecmp(value, alert_severity_name((unsigned)t->number)) == 0)
			return 0;
	return error_set(e, ERR_USAGE, "'%.40s' is not one of info, notice, warning, critical", value);
}

static enum truth severity_holds(const struct filter_test *t, struct subject *s)
{
	const struct row *r = subject_row(s);

	if (!(t->dims & DIM_BIT(r->dim)))
		return UNKNOWN;
	return compare(t->op, r->key.alert.severity, t->number) ? YES : NO;
}

const struct filter_kind kind_severity = {
	.ops = ORDER_OPS, .measure = true, .read = read_severity, .holds = severity_holds,
};

/* ---- measures of time ---- */

static const struct {
	const char *text;
	double us;
} time_units[] = {
	{"us", 1}, {"ms", 1e3}, {"s", 1e6}, {"", 1e6}, {"m", 60e6}, {"h", 3600e6}, {"d", 86400e6},
};

static int read_time(struct filter_test *t, const char *value, bool quoted, struct error *e)
{
	double n = 0, scale = 1;
	const char *p = value;
	size_t i;

	(void)quoted;
	find_dims(t);
	for (; isdigit((unsigned char)*p); p++)
		n = n * 10 + (*p - '0');
	if (*p == '.' && p > value)
		for (p++; isdigit((unsigned char)*p); p++)
			n += (*p - '0') * (scale /= 10);
	for (i = 0; p > value && i < sizeof time_units / sizeof *time_units; i++) {
		if (strcasecmp(p, time_units[i].text) != 0)
			continue;
		n *= time_units[i].us;
		t->number = n < 1e18 ? (uint64_t)(n + 0.5) : UINT64_C(1000000000000000000);
		return 0;
	}
	return error_set(e, ERR_USAGE, "'%.40s' is no time (20ms, 1.5s, 2m, 1h, 3d)", value);
}

const struct filter_kind kind_time = {
	.ops = ORDER_OPS, .measure = true, .read = read_time, .holds = measure_holds,
};
