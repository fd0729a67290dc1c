/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "1c291ca3 B 17 1700000060 19675 1500 60 3 1 1 0": CRC-32 (IEEE 802.3) of what stands behind the first blank.
 * Fuzzed (tests/fuzz/fuzz_history.c).
 */
#include "config.h"

#include "history/line.h"

#include <string.h>

#include "dpitop/mem.h"

enum { CRC_TEXT = 8, DIGITS = 20, FIRST_ROOM = 4096 };

static const char hex[] = "0123456789abcdef";

static uint32_t crc32_of(const char *s, size_t n)
{
	static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
					   0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
					   0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < n; i++) {
		crc = crc >> 4 ^ table[(crc ^ (uint8_t)s[i]) & 15];
		crc = crc >> 4 ^ table[(crc ^ (uint8_t)s[i] >> 4) & 15];
	}
	return ~crc;
}

void lines_release(struct lines *l)
{
	mem_free(l->data);
	memset(l, 0, sizeof *l);
}

static char *more(struct lines *l, size_t n)
{
	if (l->room - l->n < n) {
		while (l->room - l->n < n)
			l->room = l->room != 0 ? l->room * 2 : FIRST_ROOM;
		l->data = mem_grow(l->data, l->room, 1);
	}
	return l->data + l->n;
}

void line_begin(struct lines *l, char type)
{
	l->begin = l->n;
	more(l, CRC_TEXT + 2)[CRC_TEXT] = ' ';
	l->data[l->n + CRC_TEXT + 1] = type;
	l->n += CRC_TEXT + 2;
}

void line_number(struct lines *l, int64_t v)
{
	char digits[DIGITS + 1], *to = more(l, DIGITS + 2);
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	size_t n = 0;

	do
		digits[n++] = (char)('0' + u % 10);
	while ((u /= 10) != 0);
	*to++ = ' ';
	l->n += n + 1 + (v < 0);
	if (v < 0)
		*to++ = '-';
	while (n > 0)
		*to++ = digits[--n];
}

/* "" is %, which stands for nothing else. */
void line_text(struct lines *l, const char *s)
{
	char *to = more(l, strlen(s) * 3 + 2), *begin = to;

	*to++ = ' ';
	if (*s == '\0')
		*to++ = '%';
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c > ' ' && c < 0x7f && c != '%') {
			*to++ = *s;
			continue;
		}
		*to++ = '%';
		*to++ = hex[c >> 4];
		*to++ = hex[c & 15];
	}
	l->n += (size_t)(to - begin);
}

void line_end(struct lines *l)
{
	uint32_t crc = crc32_of(l->data + l->begin + CRC_TEXT + 1, l->n - l->begin - CRC_TEXT - 1);

	for (int i = 0; i < CRC_TEXT; i++)
		l->data[l->begin + (size_t)i] = hex[crc >> (28 - 4 * i) & 15];
	*more(l, 1) = '\n';
	l->n++;
}

static int digit(char c)
{
	const char *at = c != '\0' ? strchr(hex, c) : NULL;

	return at != NULL ? (int)(at - hex) : -1;
}

bool line_parse(struct line *l, const char *s, size_t n)
{
	uint32_t crc = 0;

	if (n < CRC_TEXT + 2 || s[CRC_TEXT] != ' ')
		return false;
	for (int i = 0; i < CRC_TEXT; i++) {
		int d = digit(s[i]);

		if (d < 0)
			return false;
		crc = crc << 4 | (uint32_t)d;
	}
	if (crc32_of(s + CRC_TEXT + 1, n - CRC_TEXT - 1) != crc)
		return false;
	*l = (struct line){.type = s[CRC_TEXT + 1], .at = s + CRC_TEXT + 2, .end = s + n};
	return true;
}

bool line_get_number(struct line *l, int64_t *v)
{
	const char *s = l->at;
	bool minus;
	uint64_t u = 0;

	if (s == l->end || *s++ != ' ')
		return false;
	minus = s < l->end && *s == '-';
	s += minus;
	if (s == l->end || *s == ' ')
		return false;
	for (; s < l->end && *s != ' '; s++) {
		if (*s < '0' || *s > '9' || u > (uint64_t)INT64_MAX / 10)
			return false;
		u = u * 10 + (uint64_t)(*s - '0');
		if (u > (uint64_t)INT64_MAX + minus)
			return false;
	}
	l->at = s;
	*v = (int64_t)(minus ? 0 - u : u);
	return true;
}

bool line_get_range(struct line *l, int64_t min, int64_t max, int64_t *v)
{
	return line_get_number(l, v) && *v >= min && *v <= max;
}

bool line_get_text(struct line *l, char *buf, size_t size)
{
	const char *s = l->at;
	size_t n = 0;

	if (s == l->end || *s++ != ' ' || s == l->end)
		return false;
	if (*s == '%' && (s + 1 == l->end || s[1] == ' ')) {
		s++;
	} else {
		for (; s < l->end && *s != ' '; s++) {
			int c = (unsigned char)*s;

			if (c == '%') {
				int high = l->end - s > 2 ? digit(s[1]) : -1, low = high >= 0 ? digit(s[2]) : -1;

				if (low < 0)
					return false;
				c = high << 4 | low;
				s += 2;
			}
			if (c == '\0' || n + 1 >= size)
				return false;
			buf[n++] = (char)c;
		}
		if (n == 0)
			return false;
	}
	buf[n] = '\0';
	l->at = s;
	return true;
}
