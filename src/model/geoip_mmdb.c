/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Places from MaxMind DB files, whoever made them: MaxMind, DB-IP, IPinfo and others name the same
 * things differently, so each fact is a list of paths to try. Which file is used for what is told from
 * its database_type and a look at what it holds. The only file that sees libmaxminddb.
 */
#include "config.h"

#include <arpa/inet.h>
#include <maxminddb.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dpitop/mem.h"
#include "model/geoip_data.h"

const bool mmdb_is_built = true;

enum { PATH_PARTS = 4, TRIES = 4, TYPE_TEXT = 64 };

struct file {
	MMDB_s db;
	bool open;
	char type[TYPE_TEXT];
};

struct mmdb {
	struct file place, as; /* may be one file's two uses: then opened twice */
	bool cities;
};

/* Where a fact may be; NULL ends a path, an empty path ends the list. */
typedef const char *const paths[TRIES][PATH_PARTS + 1];

/* clang-format off */
static paths country_code   = {{"country", "iso_code"}, {"registered_country", "iso_code"}, {"country_code"}, {"country"}};
static paths country_long   = {{"country", "names", "en"}, {"country_name"}, {"country"}};
static paths city_name      = {{"city", "names", "en"}, {"city"}};
static paths latitude_at    = {{"location", "latitude"}, {"lat"}, {"latitude"}};
static paths longitude_at   = {{"location", "longitude"}, {"lng"}, {"longitude"}};
static paths as_number      = {{"autonomous_system_number"}, {"traits", "autonomous_system_number"}, {"asn"}};
static paths as_organization = {{"autonomous_system_organization"}, {"traits", "autonomous_system_organization"}, {"as_name"}, {"as_domain"}};
/* clang-format on */

struct mmdb *mmdb_new(void)
{
	return mem_zalloc(sizeof(struct mmdb));
}

static void close_file(struct file *f)
{
	if (f->open)
		MMDB_close(&f->db);
	f->open = false;
}

void mmdb_free(struct mmdb *m)
{
	if (m == NULL)
		return;
	close_file(&m->place);
	close_file(&m->as);
	mem_free(m);
}

static bool has_word(const char *type, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcasestr(type, *words) != NULL)
			return true;
	return false;
}

static int open_file(struct file *f, const char *path, const char *type, struct error *e)
{
	int r = MMDB_open(path, MMDB_MODE_MMAP, &f->db);

	if (r != MMDB_SUCCESS)
		return error_set(e, ERR_FORMAT, "cannot read geo data '%s': %s", path, MMDB_strerror(r));
	f->open = true;
	snprintf(f->type, sizeof f->type, "%s", type);
	return 1;
}

int mmdb_add(struct mmdb *m, const char *path, struct error *e)
{
	static const char *const city[] = {"city", "enterprise", "location", NULL};
	static const char *const country[] = {"country", NULL};
	static const char *const as[] = {"asn", "isp", "-as", NULL};
	char type[TYPE_TEXT];
	bool places, numbers;
	int used = 0, r;
	MMDB_s db;

	r = MMDB_open(path, MMDB_MODE_MMAP, &db);
	if (r != MMDB_SUCCESS)
		return error_set(e, ERR_FORMAT, "cannot read geo data '%s': %s", path, MMDB_strerror(r));
	snprintf(type, sizeof type, "%s", db.metadata.database_type != NULL ? db.metadata.database_type : "");
	MMDB_close(&db);
	numbers = has_word(type, as);
	places = has_word(type, city) || has_word(type, country);
	if (!numbers && !places) /* of no known kind: it may hold either ("ipinfo_lite") */
		numbers = places = true;
	if (places && !m->place.open) {
		used = open_file(&m->place, path, type, e);
		m->cities = used > 0 && !has_word(type, country);
	}
	if (numbers && !m->as.open && used >= 0)
		used = open_file(&m->as, path, type, e);
	return used;
}

bool mmdb_has_places(const struct mmdb *m)
{
	return m->place.open;
}

bool mmdb_has_cities(const struct mmdb *m)
{
	return m->place.open && m->cities;
}

bool mmdb_has_as(const struct mmdb *m)
{
	return m->as.open;
}

static bool find(const struct file *f, const struct addr *a, MMDB_lookup_result_s *out)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	const struct sockaddr *address = (const struct sockaddr *)&v6;
	int error = MMDB_SUCCESS;

	if (!f->open)
		return false;
	if (addr_is_v4(a)) {
		memcpy(&v4.sin_addr, a->b + 12, 4);
		address = (const struct sockaddr *)&v4;
	} else {
		if (f->db.metadata.ip_version == 4)
			return false;
		memcpy(&v6.sin6_addr, a->b, 16);
	}
	*out = MMDB_lookup_sockaddr(&f->db, address, &error);
	return error == MMDB_SUCCESS && out->found_entry;
}

static bool get(MMDB_lookup_result_s *found, const char *const path[PATH_PARTS + 1], MMDB_entry_data_s *data)
{
	return MMDB_aget_value(&found->entry, data, path) == MMDB_SUCCESS && data->has_data;
}

static const char *get_text(MMDB_lookup_result_s *found, paths tries, size_t least, size_t most, size_t *n)
{
	MMDB_entry_data_s data;

	for (unsigned i = 0; i < TRIES && tries[i][0] != NULL; i++) {
		if (!get(found, tries[i], &data) || data.type != MMDB_DATA_TYPE_UTF8_STRING)
			continue;
		if (data.data_size < least || data.data_size > most)
			continue;
		*n = data.data_size;
		return data.utf8_string;
	}
	return NULL;
}

static bool to_number(const MMDB_entry_data_s *data, double *v)
{
	char text[32], *p = text;
	size_t n = data->data_size < sizeof text ? data->data_size : sizeof text - 1;

	switch (data->type) {
	case MMDB_DATA_TYPE_DOUBLE: *v = data->double_value; return true;
	case MMDB_DATA_TYPE_FLOAT: *v = (double)data->float_value; return true;
	case MMDB_DATA_TYPE_UINT16: *v = data->uint16; return true;
	case MMDB_DATA_TYPE_UINT32: *v = data->uint32; return true;
	case MMDB_DATA_TYPE_UTF8_STRING: break;
	default: return false;
	}
	memcpy(text, data->utf8_string, n); /* "52.5", "AS15169" */
	text[n] = '\0';
	p += strncasecmp(text, "AS", 2) == 0 ? 2 : 0;
	return sscanf(p, "%lf", v) == 1;
}

static double get_number(MMDB_lookup_result_s *found, paths tries)
{
	MMDB_entry_data_s data;
	double v;

	for (unsigned i = 0; i < TRIES && tries[i][0] != NULL; i++)
		if (get(found, tries[i], &data) && to_number(&data, &v))
			return v;
	return NAN;
}

static void look_up_place(struct mmdb *m, const struct addr *a, struct geo *out, struct geo_texts *texts)
{
	MMDB_lookup_result_s found;
	const char *text;
	size_t n;

	if (!find(&m->place, a, &found))
		return;
	text = get_text(&found, country_code, 2, 2, &n);
	if (text != NULL && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' && text[1] <= 'Z')
		memcpy(out->country, text, 2);
	text = get_text(&found, country_long, 3, 1000, &n);
	if (text != NULL)
		out->country_name = geo_texts_keep(texts, text, n);
	text = get_text(&found, city_name, 1, 1000, &n);
	if (text != NULL)
		out->city = geo_texts_keep(texts, text, n);
	out->latitude = get_number(&found, latitude_at);
	out->longitude = get_number(&found, longitude_at);
	if (!(fabs(out->latitude) <= 90 && fabs(out->longitude) <= 180))
		out->latitude = out->longitude = NAN;
}

void mmdb_lookup(struct mmdb *m, const struct addr *a, struct geo *out, struct geo_texts *texts)
{
	MMDB_lookup_result_s found;
	const char *text;
	double number;
	size_t n;

	look_up_place(m, a, out, texts);
	if (!find(&m->as, a, &found))
		return;
	number = get_number(&found, as_number);
	if (number >= 1 && number <= UINT32_MAX)
		out->asn = (uint32_t)number;
	text = get_text(&found, as_organization, 1, 1000, &n);
	if (text != NULL && out->asn != 0)
		out->as_name = geo_texts_keep(texts, text, n);
}

static void describe_file(const struct file *f, char *buf, size_t size)
{
	time_t built = (time_t)f->db.metadata.build_epoch;
	struct tm tm;
	char date[16] = "";

	if (gmtime_r(&built, &tm) != NULL)
		strftime(date, sizeof date, "%Y-%m-%d", &tm);
	snprintf(buf, size, "%s (%s)", f->type, date);
}

const char *mmdb_describe(const struct mmdb *m, char *buf, size_t size)
{
	char place[TYPE_TEXT + 32] = "", as[TYPE_TEXT + 32] = "";

	if (m->place.open)
		describe_file(&m->place, place, sizeof place);
	if (m->as.open)
		describe_file(&m->as, as, sizeof as);
	snprintf(buf, size, "%s%s%s", place, place[0] != '\0' && as[0] != '\0' ? ", " : "",
		 strcmp(place, as) != 0 ? as : "");
	return buf;
}
