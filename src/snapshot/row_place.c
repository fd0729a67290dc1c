/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where and who an address is, for rows: its host in the model, its names, its country and AS. AS
 * and city rows have only their key in the model: what they are called and where they lie is
 * gathered from the hosts, once per picture and only if such a row is shown. Engine's thread.
 */
#include "config.h"

#include "snapshot/row_fill.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/map.h"
#include "dpitop/mem.h"
#include "dpitop/names.h"
#include "snapshot/arena.h"

enum { PLACES_MAX = 1 << 17 };

struct as_entry {
	uint32_t asn; /* key */
	const struct geo *geo;
};

struct city_key {
	char country[2];
	char name[38]; /* cut as the model's key is */
};

struct city_entry {
	struct city_key key;
	double latitude, longitude;
};

struct places {
	struct map *as, *cities;
};

const struct dim_host *row_host(const struct row_source *s, const struct addr *a)
{
	struct dim_key key;
	const struct dim_row *row;

	memset(&key, 0, sizeof key);
	key.host.addr = *a;
	row = model_get(s->in->model, DIM_HOST, &key);
	return row != NULL ? row->host : NULL;
}

const char *row_name_text(struct row_source *s, const struct dim_host *h, const struct addr *a)
{
	const char *name = NULL;

	if (h != NULL && h->name[0] != '\0')
		name = h->name;
	else if (s->names && s->in->names != NULL)
		name = names_get(s->in->names, a, s->in->now_us);
	return name != NULL ? arena_text(s->arena, name) : "";
}

bool row_is_local(const struct row_source *s, const struct dim_host *h, const struct addr *a)
{
	if (h != NULL)
		return h->local;
	return s->in->subnets != NULL && subnets_is_local(s->in->subnets, a);
}

static void fill_geo(struct row_source *s, struct row *r, const struct geo *g)
{
	memcpy(r->country, g->country, 2);
	r->asn = g->asn;
	r->latitude = g->latitude;
	r->longitude = g->longitude;
	r->country_name = row_text(s, g->country_name);
	r->city = row_text(s, g->city);
	r->as_name = row_text(s, g->as_name);
}

void row_place(struct row_source *s, struct row *r, const struct addr *a, const struct dim_host *h,
	       bool local)
{
	struct geo found;

	if (h != NULL && h->geo != NULL) {
		fill_geo(s, r, h->geo);
	} else if (h == NULL && s->in->geoip != NULL) {
		geoip_lookup(s->in->geoip, a, &found);
		fill_geo(s, r, &found);
	}
	if (s->plain)
		return;
	if (local)
		r->where = "local";
	else if (r->country[0] != '\0' && r->asn != 0)
		r->where = arena_format(s->arena, "%s AS%u", r->country, r->asn);
	else if (r->asn != 0)
		r->where = arena_format(s->arena, "AS%u", r->asn);
	else if (r->country[0] != '\0')
		r->where = arena_text(s->arena, r->country);
}

static void add_city(struct places *p, const struct geo *g)
{
	struct city_key key;
	struct city_entry *city;
	bool created;

	if (g->city == NULL || g->city[0] == '\0' || isnan(g->latitude))
		return;
	memset(&key, 0, sizeof key);
	memcpy(key.country, g->country, 2);
	memcpy(key.name, g->city, strnlen(g->city, sizeof key.name));
	city = map_touch(p->cities, &key, &created);
	if (city != NULL && created) {
		city->latitude = g->latitude;
		city->longitude = g->longitude;
	}
}

static struct places *gather(const struct model *m)
{
	struct places *p = mem_zalloc(sizeof *p);
	const struct dim_key *key;
	const struct dim_row *row;
	size_t cursor = 0;

	p->as = map_new(sizeof(uint32_t), sizeof(struct as_entry), PLACES_MAX, 0);
	p->cities = map_new(sizeof(struct city_key), sizeof(struct city_entry), PLACES_MAX, 0);
	while ((row = model_next(m, DIM_HOST, &cursor, &key)) != NULL) {
		const struct geo *g = row->host != NULL ? row->host->geo : NULL;
		struct as_entry *as;

		if (g == NULL)
			continue;
		as = g->asn != 0 ? map_touch(p->as, &g->asn, NULL) : NULL;
		if (as != NULL)
			as->geo = g;
		add_city(p, g);
	}
	return p;
}

static struct places *places_of(struct row_source *s)
{
	if (s->places == NULL)
		s->places = gather(s->in->model);
	return s->places;
}

void places_free(struct places *p)
{
	if (p == NULL)
		return;
	map_free(p->as);
	map_free(p->cities);
	mem_free(p);
}

const char *row_as_name(struct row_source *s, uint32_t asn)
{
	const struct as_entry *e = asn != 0 ? map_get(places_of(s)->as, &asn) : NULL;

	return e != NULL ? arena_text(s->arena, e->geo->as_name) : "";
}

bool row_city_where(struct row_source *s, const struct dim_key *key, double *latitude,
		    double *longitude)
{
	struct city_key k;
	const struct city_entry *city;

	memset(&k, 0, sizeof k);
	memcpy(k.country, key->city.country, sizeof k.country);
	memcpy(k.name, key->city.name, strnlen(key->city.name, sizeof k.name));
	city = k.name[0] != '\0' ? map_get(places_of(s)->cities, &k) : NULL;
	if (city == NULL)
		return false;
	*latitude = city->latitude;
	*longitude = city->longitude;
	return true;
}
