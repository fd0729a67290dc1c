/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What exporters call applications (NBAR, App-ID and the like): the library's own name where it has one,
 * however it is written, else the exporter's. Looked up once for each name. Engine thread; called by
 * record_facts.c.
 */
#include "config.h"

#include <string.h>

#include "dpitop/map.h"
#include "flow/entry.h"

enum { NAMES_MAX = 4096, LIBRARY_MAX = 1024 };

struct told_name {
	char name[DPI_APP_TEXT]; /* key: folded */
	struct dpi_class class_;
	bool known;
};

/* Other vendors' words for what the library has. */
static const struct alias {
	const char *told, *name;
} aliases[] = {
	{"ssl", "tls"}, {"securehttp", "tls"}, {"https", "tls"}, {"webbrowsing", "http"}, {"domain", "dns"},
	{"msrdp", "rdp"}, {"msrpc", "rpc"}, {"netbiosns", "netbios"}, {"netbiosdgm", "netbios"}, {"googlebase", "google"},
	{"youtubebase", "youtube"}, {"facebookbase", "facebook"}, {"ipsecesp", "ipsec"}, {"isakmp", "ipsec"},
};

/* Letters, digits and the dot between master and application: "Google-Services" is "google_services". */
static void fold(char dst[DPI_APP_TEXT], const char *name)
{
	size_t n = 0;

	memset(dst, 0, DPI_APP_TEXT);
	for (; *name != '\0' && n < DPI_APP_TEXT - 1; name++) {
		if (*name >= 'A' && *name <= 'Z')
			dst[n++] = (char)(*name + ('a' - 'A'));
		else if (*name != '-' && *name != '_' && *name != ' ')
			dst[n++] = *name;
	}
	for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
		if (strcmp(dst, aliases[i].told) == 0) {
			memset(dst, 0, DPI_APP_TEXT);
			memcpy(dst, aliases[i].name, strlen(aliases[i].name));
			return;
		}
}

/* All that the library knows. */
static struct map *read_library(const struct flow_table *t)
{
	struct map *m = map_new(DPI_APP_TEXT, sizeof(struct told_name), NAMES_MAX, t->index.seed);
	char name[DPI_APP_TEXT], key[DPI_APP_TEXT];

	for (unsigned i = 1; i < LIBRARY_MAX; i++) {
		struct dpi_class c = {.app = (uint16_t)i};
		struct told_name *n;
		bool created;

		dpi_app_name(t->dpi, &c, name, sizeof name);
		fold(key, name);
		if (strcmp(key, "unknown") == 0)
			continue;
		n = map_touch(m, key, &created);
		if (n == NULL || !created)
			continue;
		c.category = dpi_app_category(t->dpi, &c);
		n->class_ = c;
		n->known = true;
	}
	return m;
}

static void settle(struct flow_table *t, struct told_name *n, const char *name)
{
	int number;

	if (dpi_app_find(t->dpi, name, &n->class_)) { /* "TLS.Google" */
		n->class_.category = dpi_app_category(t->dpi, &n->class_);
		n->known = true;
		return;
	}
	number = dpi_foreign(t->dpi, DPI_KIND_APP, name);
	n->known = number >= 0;
	n->class_.app = n->known ? (uint16_t)number : DPI_UNKNOWN;
}

bool told_app(struct flow_table *t, const char *name, struct dpi_class *c)
{
	char key[DPI_APP_TEXT];
	struct told_name *n;
	bool created;

	fold(key, name);
	if (key[0] == '\0' || strcmp(key, "unknown") == 0 || strcmp(key, "unclassified") == 0)
		return false;
	if (t->apps == NULL)
		t->apps = read_library(t);
	n = map_touch(t->apps, key, &created);
	if (n == NULL)
		return false;
	if (created)
		settle(t, n, name);
	if (n->known)
		*c = n->class_;
	return n->known;
}
