/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which of the words there are was probably meant: edit distance, and words that begin alike or hold
 * what was written. Any thread; called by what reads settings.
 */
#include "config.h"

#include "dpitop/nearest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"

enum { FAR = 1000 };

static void lower(char *dst, const char *src, size_t n)
{
	n = n < NEAREST_WORD ? n : NEAREST_WORD - 1;
	for (size_t i = 0; i < n; i++)
		dst[i] = (char)tolower((unsigned char)src[i]);
	dst[n] = '\0';
}

void nearest_init(struct nearest *n, const char *word, size_t length)
{
	memset(n, 0, sizeof *n);
	lower(n->word, word, length);
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Letters to add, take away or change (Levenshtein), one row of the table at a time. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[NEAREST_WORD + 1];
	size_t na = strlen(a), nb = strlen(b);

	for (size_t k = 0; k <= nb; k++)
		row[k] = (unsigned)k;
	for (size_t i = 1; i <= na; i++) {
		unsigned corner = row[0];

		row[0] = (unsigned)i;
		for (size_t k = 1; k <= nb; k++) {
			unsigned above = row[k];

			row[k] = least(above + 1, row[k - 1] + 1, corner + (a[i - 1] != b[k - 1]));
			corner = above;
		}
	}
	return row[nb];
}

static unsigned how_far(const char *word, const char *candidate)
{
	char other[NEAREST_WORD];
	size_t n = strlen(word);
	unsigned d;

	lower(other, candidate, strlen(candidate));
	if (n == 0)
		return FAR;
	d = distance(word, other);
	if (n >= 2 && strncmp(other, word, n) == 0 && d > 1)
		d = 1;
	else if (n >= 3 && strstr(other, word) != NULL && d > 2)
		d = 2;
	return d <= n / 3 + 1 ? d : FAR;
}

void nearest_offer(struct nearest *n, const char *candidate)
{
	unsigned d = how_far(n->word, candidate);
	size_t at = n->count;

	if (d == FAR)
		return;
	for (size_t i = 0; i < n->count; i++)
		if (strcmp(n->best[i], candidate) == 0)
			return;
	while (at > 0 && n->distance[at - 1] > d)
		at--;
	if (at == NEAREST_MAX)
		return;
	if (n->count < NEAREST_MAX)
		n->count++;
	for (size_t i = n->count - 1; i > at; i--) {
		n->best[i] = n->best[i - 1];
		n->distance[i] = n->distance[i - 1];
	}
	n->best[at] = candidate;
	n->distance[at] = d;
}

const char *nearest_text(const struct nearest *n, char *buf, size_t size)
{
	size_t used = 0, count = 0;

	buf[0] = '\0';
	while (count < n->count && n->distance[count] == n->distance[0])
		count++;
	for (size_t i = 0; i < count && used < size; i++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : _(" or "), n->best[i]);
	return buf;
}
