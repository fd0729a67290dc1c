/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: keys of files. The first byte says of which dimension. What parses is written as clean text
 * that gives the same key, and the same text, again.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/interval.h"
#include "dpitop/key_text.h"
#include "dpitop/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { ROUNDS = 400 /* before the room for names of other releases is used up */ };

static struct dpi *dpi_now(void)
{
	static struct dpi *d;
	static unsigned rounds;

	if (rounds++ % ROUNDS == 0) {
		dpi_close(d);
		d = dpi_open(NULL);
	}
	return d;
}

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void check_key(enum dim dim, struct dpi *d, const struct dim_key *k)
{
	char text[KEY_TEXT], again[KEY_TEXT];
	struct dim_key back;

	key_text(dim, k, d, NULL, text, sizeof text);
	expect(text[0] != '\0' && text_is_clean(text) && interval_class_of(dim) != INTERVAL_CLASSES);
	expect(key_text_parse(dim, text, d, &back) == 0 && memcmp(&back, k, sizeof back) == 0);
	expect(strcmp(key_text(dim, &back, d, NULL, again, sizeof again), text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct dpi *d = dpi_now();
	struct dim_key k;
	char *text;

	if (n == 0 || d == NULL)
		return 0;
	text = malloc(n);
	if (text == NULL)
		return 0;
	memcpy(text, data + 1, n - 1);
	text[n - 1] = '\0';
	if (key_text_parse((enum dim)(data[0] % DIM_LIST_COUNT), text, d, &k) == 0)
		check_key((enum dim)(data[0] % DIM_LIST_COUNT), d, &k);
	free(text);
	return 0;
}
