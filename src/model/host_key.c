/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Host names as keys: lists and clients write one name in several ways. Labels beyond ASCII become
 * what DNS, TLS and HTTP carry (Punycode, RFC 3492). Called for each line of a list and each new site.
 * Any thread.
 */
#include "config.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "dpitop/text.h"
#include "model/host_key.h"

enum { LABEL = 63, NAME = 253 }; /* bytes, RFC 1035 section 2.3.4 */

/* Lower case of what names may have: letters, digits, hyphen, and the underscore that services have. 0: nothing else. */
static char plain(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c + ('a' - 'A'));
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ? (char)c : '\0';
}

/* Letters of Latin-1, Greek and Cyrillic: what lists are written in by people. */
static uint32_t lower(uint32_t c)
{
	if (c < 0x80)
		return (unsigned char)plain((unsigned char)c);
	if ((c >= 0xc0 && c <= 0xde && c != 0xd7) || (c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f))
		return c + 0x20;
	return c >= 0x400 && c <= 0x40f ? c + 0x50 : c;
}

/* RFC 3492 section 6.1 */
static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
	uint32_t k = 0;

	delta = first ? delta / 700 : delta / 2;
	delta += delta / points;
	for (; delta > 455; k += 36)
		delta /= 35;
	return k + 36 * delta / (delta + 38);
}

struct label { /* being written */
	char *to;
	size_t used;
};

static void put(struct label *l, char c)
{
	if (l->used < LABEL)
		l->to[l->used] = c;
	l->used++;
}

/* RFC 3492 section 6.3: a number in digits of 36 that end by themselves. */
static void put_number(struct label *l, uint32_t q, uint32_t bias)
{
	for (uint32_t k = 36;; k += 36) {
		uint32_t t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias, digit;

		if (q < t)
			break;
		digit = t + (q - t) % (36 - t);
		put(l, (char)(digit < 26 ? 'a' + digit : '0' + digit - 26));
		q = (q - t) / (36 - t);
	}
	put(l, (char)(q < 26 ? 'a' + q : '0' + q - 26));
}

static uint32_t next_point(const uint32_t *points, size_t n, uint32_t from)
{
	uint32_t least = UINT32_MAX;

	for (size_t i = 0; i < n; i++)
		if (points[i] >= from && points[i] < least)
			least = points[i];
	return least;
}

/* RFC 3492 section 6.3. A label has so few points that nothing overflows. */
static void put_points(struct label *l, const uint32_t *points, size_t n)
{
	uint32_t at = 0x80, delta = 0, bias = 72, basic, done = 0;

	for (const char *s = "xn--"; *s != '\0'; s++)
		put(l, *s);
	for (size_t i = 0; i < n; i++)
		if (points[i] < 0x80) {
			put(l, (char)points[i]);
			done++;
		}
	basic = done;
	if (basic > 0)
		put(l, '-');
	for (; done < n; delta++, at++) {
		uint32_t least = next_point(points, n, at);

		delta += (least - at) * (done + 1);
		at = least;
		for (size_t i = 0; i < n; i++) {
			delta += points[i] < at;
			if (points[i] != at)
				continue;
			put_number(l, delta, bias);
			bias = adapt(delta, done + 1, done == basic);
			delta = 0;
			done++;
		}
	}
}

/* One label that is not all ASCII. Its length as written; 0: no label. */
static size_t wide_label(char *dst, const char *name, size_t n)
{
	char utf8[4 * LABEL + 1];
	const char *s = utf8;
	uint32_t points[LABEL], c;
	struct label l = {.to = dst};
	size_t count = 0;

	if (n >= sizeof utf8)
		return 0;
	memcpy(utf8, name, n);
	utf8[n] = '\0';
	if (strlen(utf8) != n || !text_is_clean(utf8))
		return 0;
	while ((c = text_next(&s)) != 0) {
		c = lower(c);
		if (c == 0 || count == LABEL)
			return 0;
		points[count++] = c;
	}
	put_points(&l, points, count);
	return l.used <= LABEL ? l.used : 0;
}

static size_t label_key(char *dst, const char *name, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)name[i] >= 0x80)
			return wide_label(dst, name, n);
	if (n > LABEL)
		return 0;
	for (size_t i = 0; i < n; i++)
		if ((dst[i] = plain((unsigned char)name[i])) == '\0')
			return 0;
	return n;
}

size_t host_key(char dst[HOST_KEY], const char *name, size_t n)
{
	char label[LABEL];
	size_t used = 0;

	if (n > 0 && name[n - 1] == '.')
		n--;
	while (n > 0) {
		const char *point = memchr(name, '.', n);
		size_t length = point != NULL ? (size_t)(point - name) : n, k = label_key(label, name, length);

		if (k == 0 || used + k + 1 > NAME + 1 || (point != NULL && length + 1 == n))
			return 0;
		if (used > 0)
			dst[used - 1] = '.';
		memcpy(dst + used, label, k);
		used += k + 1;
		name += length + (point != NULL);
		n -= length + (point != NULL);
	}
	if (used == 0)
		return 0;
	dst[used - 1] = '\0';
	return used - 1;
}
