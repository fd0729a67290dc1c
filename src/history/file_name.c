/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * [A-Za-z0-9._-] stays, other bytes are %XX. A name that would be too long ends in ~ and a hash of the key;
 * neither ~ nor another sign can come of a key, and names begin with the dimension's, so never with a point.
 */
#include "config.h"

#include "history/file_name.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "history/layout.h"

enum { LONGEST = 160 }; /* of an escaped key */

static const char other_prefix[] = "other-", ending[] = ".rrd";

/* FNV-1a: the same on each machine and with each release, as names must be. */
static uint64_t stable_hash(const char *s)
{
	uint64_t h = 14695981039346656037u;

	for (; *s != '\0'; s++)
		h = (h ^ (uint8_t)*s) * 1099511628211u;
	return h ^ h >> 32;
}

static bool is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

static void escape(const char *text, char *out)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t n = 0;

	for (const char *s = text; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (n + 3 > LONGEST) {
			sprintf(out + n, "~%016llx", (unsigned long long)stable_hash(text));
			return;
		}
		if (is_plain(c)) {
			out[n++] = *s;
		} else {
			out[n++] = '%';
			out[n++] = hex[c >> 4];
			out[n++] = hex[c & 15];
		}
	}
	out[n] = '\0';
}

const char *file_name(int dim, const char *text, char buf[FILE_NAME])
{
	char name[FILE_NAME - 3], key[LONGEST + 20];

	if (text != NULL) {
		escape(text, key);
		snprintf(name, sizeof name, "%.30s-%s%s", layout_kind(dim), key, ending);
	} else {
		snprintf(name, sizeof name, "%s%.30s%s", dim == ENTITY_TOTALS ? "" : other_prefix, layout_kind(dim), ending);
	}
	snprintf(buf, FILE_NAME, "%02x/%s", (unsigned)(stable_hash(name) & 0xff), name);
	return buf;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool unescape(const char *s, char *text, size_t size)
{
	size_t n = 0;

	for (; *s != '\0'; s++) {
		int c = (unsigned char)*s;

		if (c == '%') {
			int high = digit(s[1]), low = high >= 0 ? digit(s[2]) : -1;

			if (low < 0)
				return false;
			c = high << 4 | low;
			s += 2;
		} else if (!is_plain((unsigned char)c)) {
			return false;
		}
		if (c == '\0' || n + 1 >= size)
			return false;
		text[n++] = (char)c;
	}
	text[n] = '\0';
	return n > 0;
}

bool file_name_parse(const char *name, int *dim, char *text, size_t size, bool *other)
{
	char all[FILE_NAME], *dash;
	size_t n = strlen(name);
	bool rest = strncmp(name, other_prefix, sizeof other_prefix - 1) == 0;

	if (n < sizeof ending || n >= sizeof all || strcmp(name + n - (sizeof ending - 1), ending) != 0 || size == 0)
		return false;
	memcpy(all, name, n);
	all[n - (sizeof ending - 1)] = '\0';
	text[0] = '\0';
	*other = rest;
	if (rest || strcmp(all, "totals") == 0) {
		*dim = layout_dim(rest ? all + sizeof other_prefix - 1 : all);
		return *dim >= 0 && rest == (*dim != ENTITY_TOTALS);
	}
	dash = strchr(all, '-');
	if (dash == NULL)
		return false;
	*dash = '\0';
	*dim = layout_dim(all);
	return *dim >= 0 && *dim != ENTITY_TOTALS && unescape(dash + 1, text, size);
}
