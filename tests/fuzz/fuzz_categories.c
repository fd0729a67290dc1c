/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: category lists. The first line is a site, the rest a list. Whatever the bytes are, what
 * is wrong is named in clean text; the site is in the list if, and only if, it is in one of its lines
 * read alone; and however it is written, it is the same site.
 */
#include "config.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/category.h"
#include "dpitop/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { SITE = 512, TEXT = 1 << 14, LINES = 64 };

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static bool holds(const struct categories *c, const char *site)
{
	uint16_t category = categories_of_site(c, site);
	struct addr a;

	expect((categories_name(c, category)[0] != '\0') == (category != CATEGORY_NONE));
	if (addr_parse(&a, site, NULL) == 0)
		expect(categories_of_address(c, &a) == category);
	return category != CATEGORY_NONE;
}

static struct categories *list_of(const char *text, size_t n, struct category_report *r)
{
	struct categories *c = categories_new();

	memset(r, 0, sizeof *r);
	categories_read(c, "list", text, n, r);
	expect(r->files == 1 && r->twice == 0 && r->entries == categories_entries(c) && r->entries <= n);
	for (size_t i = 0; i < CATEGORY_PROBLEMS; i++)
		expect(text_is_clean(r->problems[i]) && (r->problems[i][0] != '\0') == (i < r->bad));
	return c;
}

/* In one of the lines, each read alone? */
static bool holds_any_line(const char *text, size_t n, const char *site, size_t *bad)
{
	bool found = false;

	*bad = 0;
	while (n > 0) {
		const char *end = memchr(text, '\n', n);
		size_t length = end != NULL ? (size_t)(end - text) : n;
		struct category_report r;
		struct categories *c = list_of(text, length, &r);

		found |= holds(c, site);
		*bad += r.bad;
		categories_unref(c);
		text += length + (end != NULL);
		n -= length + (end != NULL);
	}
	return found;
}

static size_t count_lines(const char *text, size_t n)
{
	size_t lines = 1;

	for (size_t i = 0; i < n; i++)
		lines += text[i] == '\n';
	return lines;
}

static void check(const char *site, const char *text, size_t n)
{
	struct category_report r;
	struct categories *c = list_of(text, n, &r);
	bool found = holds(c, site);
	char other[SITE];
	size_t bad;

	for (size_t i = 0; (other[i] = (char)toupper((unsigned char)site[i])) != '\0'; i++)
		;
	expect(holds(c, other) == found);
	/* a mark of the byte order is one only where the list begins */
	if (count_lines(text, n) <= LINES && memmem(text, n, "\xef\xbb\xbf", 3) == NULL) {
		expect(holds_any_line(text, n, site, &bad) == found);
		expect(bad == r.bad);
	}
	categories_unref(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const uint8_t *end = n > 0 ? memchr(data, '\n', n) : NULL;
	size_t length = end != NULL ? (size_t)(end - data) : n;
	char site[SITE], *text;

	if (n > TEXT || length >= sizeof site)
		return 0;
	if (length > 0)
		memcpy(site, data, length);
	site[length] = '\0';
	length += end != NULL;
	text = malloc(n > length ? n - length : 1); /* of its exact size: a sanitizer sees what reads past its end */
	if (text == NULL)
		return 0;
	if (n > length)
		memcpy(text, data + length, n - length);
	check(site, text, n - length);
	free(text);
	return 0;
}
