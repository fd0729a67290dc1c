/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where an address is: MaxMind DB files where there are some, else the text files of tor-geoipdb, which
 * know countries only. Asked once per host. Private addresses are nowhere. Engine thread.
 */
#include "config.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dpitop/i18n.h"
#include "dpitop/map.h"
#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "model/geoip_data.h"

struct geoip {
	struct mmdb *mmdb;
	struct geo_ranges *ranges;
	struct geo_texts texts;
};

enum { TEXT_BYTES = 96, TEXTS_MAX = 1 << 18, FILES_MAX = 64 };

static const char *const mmdb_directories[] = {"/usr/share/GeoIP", "/var/lib/GeoIP", "/usr/local/share/GeoIP"};
static const char tor_directory[] = "/usr/share/tor";

void geo_texts_init(struct geo_texts *t)
{
	t->map = map_new(TEXT_BYTES, TEXT_BYTES, TEXTS_MAX, hash_seed());
}

void geo_texts_release(struct geo_texts *t)
{
	map_free(t->map);
}

const char *geo_texts_keep(struct geo_texts *t, const char *text, size_t n)
{
	char key[TEXT_BYTES] = {0};
	const char *kept;

	text_clean(key, sizeof key, text, n);
	kept = map_touch(t->map, key, NULL);
	return kept != NULL ? kept : "";
}

static bool is_mmdb_name(const char *name)
{
	size_t n = strlen(name);

	return n > 5 && strcmp(name + n - 5, ".mmdb") == 0;
}

static bool contains(const char *name, const char *word)
{
	return strcasestr(name, word) != NULL;
}

/* Cities tell more than countries, so they come first; the rest by name. */
static int by_worth(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	int city = contains(y, "city") - contains(x, "city");

	return city != 0 ? city : strcmp(x, y);
}

static void add_directory(struct geoip *g, const char *directory)
{
	char *names[FILES_MAX], path[PATH_MAX];
	struct dirent *d;
	size_t count = 0;
	DIR *dir = opendir(directory);

	if (dir == NULL)
		return;
	while (count < FILES_MAX && (d = readdir(dir)) != NULL)
		if (is_mmdb_name(d->d_name))
			names[count++] = mem_strdup(d->d_name);
	closedir(dir);
	qsort(names, count, sizeof names[0], by_worth);
	for (size_t i = 0; i < count; i++) {
		snprintf(path, sizeof path, "%s/%s", directory, names[i]);
		mmdb_add(g->mmdb, path, NULL); /* one that cannot be read is none */
		mem_free(names[i]);
	}
}

static int open_explicit(struct geoip *g, const char *path, struct error *e)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return error_set(e, ERR_NOT_FOUND, "cannot open geo data '%s': %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode)) {
		int r = mmdb_add(g->mmdb, path, e);

		return r == 0 ? error_set(e, ERR_FORMAT, "geo data '%s' holds neither countries nor AS numbers", path)
			      : r < 0 ? r : 0;
	}
	add_directory(g, path);
	g->ranges = geo_ranges_new(path);
	if (!mmdb_has_places(g->mmdb) && !mmdb_has_as(g->mmdb) && g->ranges == NULL)
		return error_set(e, ERR_NOT_FOUND, "geo data '%s' holds no .mmdb file and no geoip of tor-geoipdb", path);
	return 0;
}

struct geoip *geoip_open(const char *explicit_path, struct error *e)
{
	struct geoip *g = mem_zalloc(sizeof *g);

	g->mmdb = mmdb_new();
	geo_texts_init(&g->texts);
	if (explicit_path != NULL) {
		if (open_explicit(g, explicit_path, e) == 0)
			return g;
		geoip_close(g);
		return NULL;
	}
	for (size_t i = 0; i < sizeof mmdb_directories / sizeof mmdb_directories[0]; i++)
		add_directory(g, mmdb_directories[i]);
	if (!mmdb_has_places(g->mmdb))
		g->ranges = geo_ranges_new(tor_directory);
	return g;
}

void geoip_prepare(struct geoip *g)
{
	if (g->ranges != NULL)
		geo_ranges_prepare(g->ranges);
}

void geoip_close(struct geoip *g)
{
	if (g == NULL)
		return;
	mmdb_free(g->mmdb);
	geo_ranges_free(g->ranges);
	geo_texts_release(&g->texts);
	mem_free(g);
}

/* What hosts without an address yet send from. */
static bool is_unspecified(const struct addr *a)
{
	static const uint8_t v4[4];

	return addr_eq(a, &addr_none) || (addr_is_v4(a) && memcmp(a->b + 12, v4, sizeof v4) == 0);
}

void geoip_lookup(struct geoip *g, const struct addr *a, struct geo *out)
{
	*out = (struct geo){.as_name = "", .country_name = "", .city = "", .latitude = NAN, .longitude = NAN};
	if (addr_is_private(a) || addr_is_multicast(a) || is_unspecified(a))
		return;
	mmdb_lookup(g->mmdb, a, out, &g->texts);
	if (out->country[0] == '\0' && g->ranges != NULL)
		geo_ranges_lookup(g->ranges, a, out->country);
	if (out->country[0] == '\0')
		return;
	if (out->country_name[0] == '\0')
		out->country_name = country_name(out->country);
	if (isnan(out->latitude) || isnan(out->longitude))
		country_centre(out->country, &out->latitude, &out->longitude);
}

const char *geoip_describe(const struct geoip *g, char *buf, size_t size)
{
	if (mmdb_has_places(g->mmdb) || mmdb_has_as(g->mmdb))
		return mmdb_describe(g->mmdb, buf, size);
	if (g->ranges != NULL)
		snprintf(buf, size, _("%s/geoip: countries (IPFire Location Database, CC BY-SA 4.0)"),
			 geo_ranges_path(g->ranges));
	else if (mmdb_is_built)
		snprintf(buf, size, _("no geo data: apt install tor-geoipdb, or put .mmdb files into %s"), mmdb_directories[0]);
	else
		snprintf(buf, size, _("no geo data: apt install tor-geoipdb (built without libmaxminddb)"));
	return buf;
}

bool geoip_has(const struct geoip *g, bool *city, bool *as)
{
	if (city != NULL)
		*city = mmdb_has_cities(g->mmdb);
	if (as != NULL)
		*as = mmdb_has_as(g->mmdb);
	return mmdb_has_places(g->mmdb) || g->ranges != NULL;
}
