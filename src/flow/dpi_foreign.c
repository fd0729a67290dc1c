/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names of applications, categories and breeds that come from files written with another release of nDPI.
 * They stay below a bound, for such files may be forged. Called by dpi.c.
 */
#include "config.h"

#include "flow/dpi_foreign.h"

#include <string.h>

/* Far above what any release has; a breed is one byte. */
static const struct { unsigned first, max; } ranges[DPI_KINDS] = {
	[DPI_KIND_APP] = {0xc000, DPI_FOREIGN_MAX},
	[DPI_KIND_CATEGORY] = {0xc000, DPI_FOREIGN_MAX},
	[DPI_KIND_BREED] = {0x80, 0x80},
};

void dpi_foreign_release(struct dpi_foreign *f)
{
	for (unsigned kind = 0; kind < DPI_KINDS; kind++)
		for (unsigned i = 0; i < f->count[kind]; i++)
			mem_free(f->names[kind][i]);
}

int dpi_foreign_touch(struct dpi_foreign *f, enum dpi_kind kind, const char *name)
{
	unsigned i, n = f->count[kind];

	for (i = 0; i < n; i++)
		if (strcmp(f->names[kind][i], name) == 0)
			return (int)(ranges[kind].first + i);
	if (n == ranges[kind].max || strlen(name) >= DPI_APP_TEXT)
		return -1;
	f->names[kind][f->count[kind]++] = mem_strdup(name);
	return (int)(ranges[kind].first + n);
}

const char *dpi_foreign_name(const struct dpi_foreign *f, enum dpi_kind kind, unsigned number)
{
	unsigned i = number - ranges[kind].first; /* below: far too large */

	return i < f->count[kind] ? f->names[kind][i] : NULL;
}
