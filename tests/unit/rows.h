/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows of a model by what a person would call them, for the tests of the model room. NULL if there
 * is no such row.
 */
#ifndef TESTS_ROWS_H
#define TESTS_ROWS_H

#include <check.h>
#include <string.h>

#include "dpitop/model.h"

static inline const struct dim_row *row_small(const struct model *m, enum dim d, uint16_t number)
{
	struct dim_key k;

	memset(&k, 0, sizeof k);
	k.small.number = number;
	return model_get(m, d, &k);
}

static inline const struct dim_row *row_host(const struct model *m, const char *address)
{
	struct dim_key k;

	memset(&k, 0, sizeof k);
	ck_assert_int_eq(addr_parse(&k.host.addr, address, NULL), 0);
	return model_get(m, DIM_HOST, &k);
}

static inline const struct dim_row *row_app(const struct model *m, const struct dpi_class *c)
{
	struct dim_key k;

	memset(&k, 0, sizeof k);
	k.app.master = c->master;
	k.app.app = c->app;
	return model_get(m, DIM_APP, &k);
}

static inline const struct dim_row *row_port(const struct model *m, uint16_t port, uint8_t l4)
{
	struct dim_key k;

	memset(&k, 0, sizeof k);
	k.port.port = port;
	k.port.l4 = l4;
	return model_get(m, DIM_PORT, &k);
}

static inline struct cidr net(const char *cidr)
{
	struct cidr c;

	memset(&c, 0, sizeof c);
	ck_assert_int_eq(cidr_parse(&c, cidr, NULL), 0);
	return c;
}

static inline const struct dim_row *row_subnet(const struct model *m, const char *cidr)
{
	struct dim_key k;

	memset(&k, 0, sizeof k);
	k.subnet.net = net(cidr);
	return model_get(m, DIM_SUBNET, &k);
}

static inline const struct dim_row *row_subnets(const struct model *m, const char *src,
						const char *dst)
{
	struct dim_key k;

	memset(&k, 0, sizeof k);
	k.subnet_pair.src = net(src);
	k.subnet_pair.dst = net(dst);
	return model_get(m, DIM_SUBNET_PAIR, &k);
}

/* "" for a country that is not known */
static inline const struct dim_row *row_country(const struct model *m, const char *code)
{
	struct dim_key k;

	memset(&k, 0, sizeof k);
	memcpy(k.country.code, code, strlen(code));
	return model_get(m, DIM_COUNTRY, &k);
}

static inline const struct dim_row *row_countries(const struct model *m, const char *src,
						  const char *dst)
{
	struct dim_key k;

	memset(&k, 0, sizeof k);
	memcpy(k.country_pair.src, src, strlen(src));
	memcpy(k.country_pair.dst, dst, strlen(dst));
	return model_get(m, DIM_COUNTRY_PAIR, &k);
}

static inline const struct dim_row *row_site(const struct model *m, const char *name)
{
	struct dim_key k;

	memset(&k, 0, sizeof k);
	strcpy(k.site.name, name);
	return model_get(m, DIM_SITE, &k);
}

/* Bytes and flows of a row. */
static inline void expect_row(const struct dim_row *r, uint64_t up, uint64_t down, uint32_t flows)
{
	ck_assert_ptr_nonnull(r);
	ck_assert_uint_eq(r->total.bytes[0], up);
	ck_assert_uint_eq(r->total.bytes[1], down);
	ck_assert_uint_eq(r->flows, flows);
}

#endif
