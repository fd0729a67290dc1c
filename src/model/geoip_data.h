/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where geoip.c gets places from: MaxMind DB files (geoip_mmdb.c; geoip_mmdb_none.c when built without
 * the library) or the text files of Debian's tor-geoipdb (geoip_text.c). Private to src/model.
 */
#ifndef MODEL_GEOIP_DATA_H
#define MODEL_GEOIP_DATA_H

#include <stdbool.h>
#include <stddef.h>

#include "dpitop/model.h"

/* Texts that live as long as the database, each kept once. */
struct geo_texts {
	struct map *map;
};
void geo_texts_init(struct geo_texts *t);
void geo_texts_release(struct geo_texts *t);
const char *geo_texts_keep(struct geo_texts *t, const char *text, size_t n); /* cleaned; "" if there is no room */

/* MaxMind DB. */
struct mmdb;
extern const bool mmdb_is_built;
struct mmdb *mmdb_new(void);
void mmdb_free(struct mmdb *m);
/* Take a file for what it holds. 1 it is used, 0 it holds nothing new, negative: it cannot be read. */
int mmdb_add(struct mmdb *m, const char *path, struct error *e);
bool mmdb_has_places(const struct mmdb *m); /* countries */
bool mmdb_has_cities(const struct mmdb *m);
bool mmdb_has_as(const struct mmdb *m);
void mmdb_lookup(struct mmdb *m, const struct addr *a, struct geo *out, struct geo_texts *texts);
const char *mmdb_describe(const struct mmdb *m, char *buf, size_t size);

/* tor-geoipdb: files `geoip` and `geoip6` of a directory, read when first asked for. */
struct geo_ranges;
struct geo_ranges *geo_ranges_new(const char *directory); /* NULL if there is neither */
void geo_ranges_free(struct geo_ranges *r);
/* The country's code in out; false if not known. */
void geo_ranges_prepare(struct geo_ranges *r); /* read on a thread of its own, which the next look-up waits for */
bool geo_ranges_lookup(struct geo_ranges *r, const struct addr *a, char out[2]);
const char *geo_ranges_path(const struct geo_ranges *r);

#endif
