/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Golden texts: what was right once, in tests/golden. UPDATE_GOLDEN=1 writes them anew; read the
 * difference before you commit it.
 */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/mem.h"

static inline char *golden_read(const char *path)
{
	FILE *in = fopen(path, "rb");
	char *text;
	size_t n;

	if (in == NULL)
		return NULL;
	text = mem_zalloc(1 << 20);
	n = fread(text, 1, (1 << 20) - 1, in);
	text[n] = '\0';
	fclose(in);
	return text;
}

static inline void golden_compare(const char *path, const char *text)
{
	char *wanted;
	FILE *out;

	if (getenv("UPDATE_GOLDEN") != NULL) {
		out = fopen(path, "wb");
		ck_assert_msg(out != NULL, "cannot write %s", path);
		fputs(text, out);
		fclose(out);
		return;
	}
	wanted = golden_read(path);
	ck_assert_msg(wanted != NULL, "%s is missing: make update-golden", path);
	for (const char *a = wanted, *b = text; strcmp(a, b) != 0; a += strcspn(a, "\n") + 1, b += strcspn(b, "\n") + 1)
		if (strcspn(a, "\n") != strcspn(b, "\n") || strncmp(a, b, strcspn(a, "\n") + 1) != 0)
			ck_abort_msg("%s differs; was\n%.*s\nand is\n%.*s", path, (int)strcspn(a, "\n"), a, (int)strcspn(b, "\n"), b);
	mem_free(wanted);
}

/* The golden texts hold names as one release of nDPI gives them: is it this one? If not, says that they are skipped. */
static inline bool golden_is_of(const char *version)
{
	char *release = golden_read(GOLDEN "/release");
	bool same = getenv("UPDATE_GOLDEN") != NULL;

	if (release != NULL) {
		release[strcspn(release, "\n")] = '\0';
		same |= strcmp(release, version) == 0;
	}
	if (!same)
		printf("skipped golden screens: they are of %s, this is %s\n", release != NULL ? release : "no known release", version);
	mem_free(release);
	return same;
}

#endif
