/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one place where bytes from the network become printable, and UTF-8 as far as a screen needs
 * it: next character, cells, cutting. Character classes are in text_table.c. Independent of the
 * locale. Any thread; called by every room.
 */
#include "config.h"

#include "dpitop/text.h"

#include <string.h>

#include "base/text_table.h"

enum { BAD = 0xfffd };

/* Decode one character of at most n bytes: its length, 0 if the bytes are no valid UTF-8 (RFC 3629:
 * shortest form, no surrogates, at most U+10FFFF). */
static unsigned decode(const uint8_t *s, size_t n, uint32_t *codepoint)
{
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned length = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;
	uint32_t c = length == 1 ? s[0] : s[0] & (0x7fu >> length);

	if (length == 0 || length > n)
		return 0;
	for (unsigned i = 1; i < length; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[length] || (c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff)
		return 0;
	*codepoint = c;
	return length;
}

static bool is_printable(uint32_t c)
{
	if (c < 0x7f)
		return c >= 0x20;
	return c >= 0xa0 && !text_in_hidden(c) && (c & 0xfffe) != 0xfffe;
}

/* How many bytes from s on are printable ASCII. */
static size_t plain(const uint8_t *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] >= 0x20 && s[i] < 0x7f)
		i++;
	return i;
}

size_t text_clean_part(char *dst, size_t size, struct text_part *part)
{
	const uint8_t *s = part->src;
	size_t out = 0;

	if (size == 0)
		return 0;
	while (part->left > 0 && *s != 0) {
		size_t run = plain(s, part->left < size - 1 - out ? part->left : size - 1 - out);

		if (run > 0) { /* nearly all there is */
			memmove(dst + out, s, run); /* dst may be where it comes from */
			out += run;
			s += run;
			part->left -= run;
			part->marks = 0;
			continue;
		}
		uint32_t c = 0;
		unsigned length = decode(s, part->left, &c);
		bool good = length != 0 && is_printable(c), mark = good && text_in_marks(c);
		unsigned taken = length != 0 ? length : 1, bytes = good ? length : 1;

		if (!mark || part->marks < TEXT_MARKS_MAX) {
			if (out + bytes >= size)
				break;
			if (good)
				memmove(dst + out, s, bytes);
			else
				dst[out] = '?';
			out += bytes;
			part->marks = mark ? part->marks + 1 : 0;
		}
		s += taken;
		part->left -= taken;
	}
	if (part->left > 0 && *s == 0)
		part->left = 0;
	part->src = s;
	dst[out] = '\0';
	return out;
}

size_t text_clean(char *dst, size_t size, const void *src, size_t n)
{
	struct text_part part = {.src = src, .left = n, .marks = TEXT_MARKS_MAX};

	return text_clean_part(dst, size, &part);
}

bool text_is_clean(const char *s)
{
	const uint8_t *p = (const uint8_t *)s;
	size_t left = strlen(s);
	unsigned marks = TEXT_MARKS_MAX;

	while (left > 0) {
		uint32_t c;
		unsigned length = decode(p, left, &c);

		if (length == 0 || !is_printable(c))
			return false;
		if (!text_in_marks(c))
			marks = 0;
		else if (marks++ >= TEXT_MARKS_MAX)
			return false;
		p += length;
		left -= length;
	}
	return true;
}

uint32_t text_next(const char **s)
{
	const uint8_t *p = (const uint8_t *)*s;
	uint32_t c = BAD;

	if (*p == 0)
		return 0;
	if (*p < 0x80) {
		(*s)++;
		return *p;
	}
	unsigned length = decode(p, strnlen(*s, 4), &c);

	*s += length != 0 ? length : 1;
	return length != 0 ? c : BAD;
}

int text_cell(uint32_t c)
{
	if (c < 0x300)
		return c >= 0x20 && c != 0x7f && !(c >= 0x80 && c < 0xa0) && c != 0xad;
	if (text_in_marks(c) || text_in_hidden(c))
		return 0;
	return text_in_wide(c) ? 2 : 1;
}

int text_width(const char *s)
{
	int cells = 0;
	uint32_t c;

	while ((c = text_next(&s)) != 0)
		cells += text_cell(c);
	return cells;
}

size_t text_fit(const char *s, int cells, int *used)
{
	const char *p = s, *end = s;
	int taken = 0;
	uint32_t c;

	while ((c = text_next(&p)) != 0) {
		int w = text_cell(c);

		if (taken + w > cells)
			break;
		taken += w;
		end = p;
	}
	if (used != NULL)
		*used = taken;
	return (size_t)(end - s);
}

/* Closing signs stay with what is before them, opening ones with what follows. */
static bool may_break(uint32_t before, uint32_t after)
{
	static const uint32_t closing[] = {0x3001, 0x3002, 0x300d, 0x300f, 0xff01, 0xff09, 0xff0c, 0xff1a, 0xff1b, 0xff1f, 0x201d, ')', ',', '.', ';', ':'};
	static const uint32_t opening[] = {0x300c, 0x300e, 0xff08, 0x201c, '('};

	for (size_t i = 0; i < sizeof closing / sizeof *closing; i++)
		if (after == closing[i])
			return false;
	for (size_t i = 0; i < sizeof opening / sizeof *opening; i++)
		if (before == opening[i])
			return false;
	return after == ' ' || text_cell(before) == 2 || text_cell(after) == 2;
}

size_t text_line(const char *s, int cells)
{
	size_t n = text_fit(s, cells, NULL), good = 0;
	uint32_t before = 0;

	if (s[n] == '\0')
		return n;
	for (const char *p = s; p <= s + n;) {
		const char *at = p;
		uint32_t c = text_next(&p);

		if (at > s && may_break(before, c))
			good = (size_t)(at - s);
		before = c;
	}
	return good > 0 ? good : n;
}

/* Copy as much of s as dst holds, at a character's border. */
static size_t copy_cut(char *dst, size_t size, const char *s, size_t n)
{
	if (n >= size) {
		n = size - 1;
		while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
			n--;
	}
	memcpy(dst, s, n);
	dst[n] = '\0';
	return n;
}

char *text_ellipsis(char *dst, size_t size, const char *s, int cells, bool keep_end, bool ascii)
{
	const char *mark = ascii ? "~" : "\xe2\x80\xa6";
	int width = text_width(s);

	if (size == 0)
		return dst;
	if (width <= cells) {
		copy_cut(dst, size, s, strlen(s));
		return dst;
	}
	if (cells <= 0) {
		dst[0] = '\0';
		return dst;
	}
	if (!keep_end) {
		size_t n = copy_cut(dst, size, s, text_fit(s, cells - 1, NULL));

		copy_cut(dst + n, size - n, mark, strlen(mark));
		return dst;
	}
	while (width > cells - 1) {
		uint32_t c = text_next(&s);

		width -= text_cell(c);
	}
	for (const char *next = s; *next != '\0' && text_cell(text_next(&next)) == 0;)
		s = next; /* marks whose base is gone */
	size_t n = copy_cut(dst, size, mark, strlen(mark));

	copy_cut(dst + n, size - n, s, strlen(s));
	return dst;
}

size_t text_put(char *dst, size_t size, uint32_t c)
{
	unsigned n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const uint8_t lead[5] = {0, 0, 0xc0, 0xe0, 0xf0};

	if (n > size || c > 0x10ffff)
		return 0;
	if (n == 1) {
		dst[0] = (char)c;
		return 1;
	}
	for (unsigned i = n - 1; i > 0; i--) {
		dst[i] = (char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	dst[0] = (char)(lead[n] | c);
	return n;
}
