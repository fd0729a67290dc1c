/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Built without libmaxminddb: there is never a MaxMind DB file. geoip_mmdb.c is the other choice.
 */
#include "config.h"

#include <stdio.h>

#include "model/geoip_data.h"

const bool mmdb_is_built = false;

struct mmdb *mmdb_new(void)
{
	return NULL;
}

void mmdb_free(struct mmdb *m)
{
	(void)m;
}

int mmdb_add(struct mmdb *m, const char *path, struct error *e)
{
	(void)m;
	return error_set(e, ERR_UNSUPPORTED, "cannot read geo data '%s': built without libmaxminddb", path);
}

bool mmdb_has_places(const struct mmdb *m)
{
	(void)m;
	return false;
}

bool mmdb_has_cities(const struct mmdb *m)
{
	(void)m;
	return false;
}

bool mmdb_has_as(const struct mmdb *m)
{
	(void)m;
	return false;
}

void mmdb_lookup(struct mmdb *m, const struct addr *a, struct geo *out, struct geo_texts *texts)
{
	(void)m, (void)a, (void)out, (void)texts;
}

const char *mmdb_describe(const struct mmdb *m, char *buf, size_t size)
{
	(void)m;
	snprintf(buf, size, "%s", "");
	return buf;
}
