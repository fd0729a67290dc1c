/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fields: how their bytes are read, whatever length the exporter gave them (RFC 7011 section 6.2). Where
 * they go is in slots.c. Called for each record; pure.
 */
#include "config.h"

#include <string.h>

#include "decode/fields.h"

static uint64_t number(const uint8_t *p, uint32_t n)
{
	uint64_t v = 0;

	if (n == 4)
		return be32(p);
	if (n == 8)
		return (uint64_t)be32(p) << 32 | be32(p + 4);
	if (n > 8) { /* the low end of what is longer */
		p += n - 8;
		n = 8;
	}
	while (n-- > 0)
		v = v << 8 | *p++;
	return v;
}

static void *dest_of(struct draft *d, const struct step *s)
{
	return (uint8_t *)d + s->dest;
}

static void store(struct draft *d, const struct step *s, uint64_t v)
{
	void *dest = dest_of(d, s);

	switch (s->width) {
	case 1:
		*(uint8_t *)dest = (uint8_t)v;
		break;
	case 2:
		*(uint16_t *)dest = (uint16_t)v;
		break;
	case 4:
		*(uint32_t *)dest = (uint32_t)v;
		break;
	default:
		*(uint64_t *)dest = v;
	}
}

static void given(struct draft *d, const struct step *s)
{
	d->r.has |= RECORD_HAS(s->has);
}

static void take_nothing(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	(void)d;
	(void)s;
	(void)p;
	(void)n;
}

static void take_number(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	store(d, s, number(p, n));
	given(d, s);
}

/* Templates have several elements for a port (UDP's, TCP's): those that do not apply are 0. */
static void take_port(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	uint16_t *dest = dest_of(d, s), v = (uint16_t)number(p, n);

	if (v != 0)
		*dest = v;
	given(d, s);
}

static void take_flags(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	*(uint8_t *)dest_of(d, s) |= (uint8_t)number(p, n);
	given(d, s);
}

static void take_sum(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	uint32_t *dest = dest_of(d, s);
	uint64_t sum = *dest + (number(p, n) & UINT32_MAX);

	*dest = sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
	given(d, s);
}

/* An address of zeros is what exporters put where there is none: in a template for both families one of them. */
static void take_addr(struct draft *d, const struct step *s, const struct addr *a, bool zero)
{
	struct addr *dest = dest_of(d, s);

	if (!zero) {
		*dest = *a;
		given(d, s);
		return;
	}
	if (addr_eq(dest, &addr_none))
		*dest = *a;
	if (s->has == HAS_ADDR)
		d->unspecified = true;
}

static void take_v4(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	if (n < 4)
		return;
	const struct addr a = addr_from_v4(p);

	take_addr(d, s, &a, be32(p) == 0);
}

static void take_v6(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	if (n < 16)
		return;
	const struct addr a = addr_from_v6(p);

	take_addr(d, s, &a, addr_eq(&a, &addr_none));
}

static void take_mac(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	if (n < 6)
		return;
	memcpy(dest_of(d, s), p, 6);
	given(d, s);
}

static void put_time(struct draft *d, const struct step *s, uint64_t v, uint64_t unit_us)
{
	if (v > INT64_MAX / 2 / unit_us) /* no time at all */
		return;
	*(int64_t *)dest_of(d, s) = (int64_t)(v * unit_us);
	given(d, s);
}

static void take_seconds(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	put_time(d, s, number(p, n), 1000000);
}

static void take_milliseconds(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	put_time(d, s, number(p, n), 1000);
}

/* RFC 7011 section 6.1.9: NTP's format. Some write a plain number instead, micro- or nanoseconds since
 * 1970: as NTP's it would lie before 1970. */
static void take_ntp(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	static const uint64_t ntp_1970 = UINT64_C(2208988800), year_3000_us = UINT64_C(32503680000000000);
	uint64_t v = number(p, n), seconds = v >> 32;

	if (seconds >= ntp_1970)
		put_time(d, s, (seconds - ntp_1970) * 1000000 + ((v & UINT32_MAX) * 1000000 >> 32), 1);
	else
		put_time(d, s, v < year_3000_us ? v : v / 1000, 1);
}

static void take_delta(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	*(int64_t *)dest_of(d, s) = d->in->export_us - (int64_t)(number(p, n) & UINT32_MAX);
	given(d, s);
}

static void take_span(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	uint64_t v = number(p, n) & UINT32_MAX;

	for (unsigned i = 0; i < s->scale; i++)
		v *= 10;
	if (s->has == GIVEN_DURATION)
		*(int64_t *)dest_of(d, s) = (int64_t)v;
	else
		*(uint32_t *)dest_of(d, s) = v < UINT32_MAX ? (uint32_t)v : UINT32_MAX;
	given(d, s);
}

/* Less than nothing is not known. */
static void take_signed_span(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	if (p[0] < 0x80)
		take_span(d, s, p, n);
}

static void take_dscp(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	*(uint8_t *)dest_of(d, s) = (uint8_t)(number(p, n) << 2);
	given(d, s);
}

static void take_icmp(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	uint64_t v = number(p, n);

	d->r.icmp_type = (uint8_t)(v >> 8);
	d->r.icmp_code = (uint8_t)v;
	given(d, s);
}

/* Label, traffic class, bottom bit: 24 bits of a stack entry (RFC 3032 section 2.1). */
static void take_label(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	if (n < 3)
		return;
	*(uint32_t *)dest_of(d, s) = (uint32_t)number(p, 3) >> 4;
	given(d, s);
}

/* The first of eight bytes is the kind of segment. */
static void take_vni(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	*(uint32_t *)dest_of(d, s) = (uint32_t)number(p, n) & 0xffffff;
	given(d, s);
}

/* RFC 6759 section 4: classification engine, then its selector. */
static void take_app_id(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	*(uint64_t *)dest_of(d, s) = (uint64_t)p[0] << 56 | (number(p + 1, n - 1) & (UINT64_MAX >> 8));
	given(d, s);
}

/* The first that says anything. v9 fills up with NULs. */
static void take_text(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	struct export_text *dest = dest_of(d, s);
	const uint8_t *end = memchr(p, '\0', n);

	if (end != NULL)
		n = (uint32_t)(end - p);
	if (dest->bytes == 0 && n > 0)
		*dest = (struct export_text){p, n};
}

/* Cisco puts the application's id (4 bytes) and the field's (2) before some texts. */
static void take_prefixed_text(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	const uint32_t prefix = n > 6 && p[0] < ' ' ? 6 : 0;

	take_text(d, s, p + prefix, n - prefix);
}

/* "200 OK" or a number. */
static void take_code(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	uint64_t v = 0;

	if (p[0] < '0' || p[0] > '9')
		v = number(p, n);
	for (uint32_t i = 0; i < n && i < 3 && p[i] >= '0' && p[i] <= '9'; i++)
		v = v * 10 + p[i] - '0';
	*(uint16_t *)dest_of(d, s) = v < 1000 ? (uint16_t)v : 0;
	given(d, s);
}

static void take_float(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	double *dest = dest_of(d, s);

	if (n == 8) {
		uint64_t bits = number(p, n);

		memcpy(dest, &bits, sizeof bits);
	} else if (n == 4) {
		uint32_t bits = be32(p);
		float v;

		memcpy(&v, &bits, sizeof v);
		*dest = v;
	}
}

/* clang-format off */
static const struct {
	take_fn *take;
	bool nested; /* in lists too: what adds to the record, not what names or counts it */
} takes[] = {
	[TAKE_NOTHING] = {take_nothing, false},
	[TAKE_NUMBER] = {take_number, false},
	[TAKE_PORT] = {take_port, false},
	[TAKE_FLAGS] = {take_flags, true},
	[TAKE_SUM] = {take_sum, false},
	[TAKE_V4] = {take_v4, false},
	[TAKE_V6] = {take_v6, false},
	[TAKE_MAC] = {take_mac, false},
	[TAKE_SECONDS] = {take_seconds, false},
	[TAKE_MILLISECONDS] = {take_milliseconds, false},
	[TAKE_NTP] = {take_ntp, false},
	[TAKE_DELTA] = {take_delta, false},
	[TAKE_SPAN] = {take_span, false},
	[TAKE_SIGNED_SPAN] = {take_signed_span, false},
	[TAKE_DSCP] = {take_dscp, false},
	[TAKE_ICMP] = {take_icmp, false},
	[TAKE_LABEL] = {take_label, false},
	[TAKE_VNI] = {take_vni, false},
	[TAKE_APP_ID] = {take_app_id, false},
	[TAKE_TEXT] = {take_text, true},
	[TAKE_PREFIXED_TEXT] = {take_prefixed_text, true},
	[TAKE_CODE] = {take_code, true},
	[TAKE_FLOAT] = {take_float, false},
	[TAKE_BASIC_LIST] = {take_basic_list, true},
	[TAKE_SUB_LIST] = {take_sub_list, true},
	[TAKE_SUB_MULTI_LIST] = {take_sub_multi_list, true},
};
/* clang-format on */

bool steps_do(struct draft *d, const struct step *steps, uint32_t count, struct cursor *c)
{
	for (const struct step *s = steps; s < steps + count; s++) {
		uint32_t bytes = s->bytes;

		if (bytes == FIELD_VARIABLE)
			bytes = cursor_variable(c);
		const uint8_t *p = c->at;

		cursor_skip(c, bytes);
		if (!cursor_ok(c))
			return false;
		if (s->take == TAKE_NOTHING || bytes == 0)
			continue;
		if (d->depth == 0 || takes[s->take].nested)
			takes[s->take].take(d, s, p, bytes);
	}
	return true;
}
