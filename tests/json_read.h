/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A reader of JSON (RFC 8259) as strict as the grammar, for tests of what writes it: no comma too many, no
 * control in a string, no depth without end. It keeps nothing but strings that are asked for.
 */
#ifndef TESTS_JSON_READ_H
#define TESTS_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { JSON_READ_DEPTH = 64 };

struct json_read {
	const char *at, *end;
	void (*string)(void *ctx, const char *s, size_t n); /* each string value, escapes resolved; NULL: not wanted */
	void *ctx;
	int depth;
	char text[65536];
};

static inline void json_read_blank(struct json_read *r)
{
	while (r->at < r->end && *r->at != '\0' && strchr(" \t\r\n", *r->at) != NULL)
		r->at++;
}

static inline bool json_read_sign(struct json_read *r, char c)
{
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

static inline bool json_read_word(struct json_read *r, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0)
		return false;
	r->at += n;
	return true;
}

/* The writer escapes nothing but these two. */
static inline bool json_read_string(struct json_read *r, bool is_value)
{
	size_t n = 0;

	if (!json_read_sign(r, '"'))
		return false;
	while (r->at < r->end && *r->at != '"') {
		unsigned char c = (unsigned char)*r->at++;

		if (c < ' ')
			return false;
		if (c == '\\') {
			if (r->at == r->end || (*r->at != '"' && *r->at != '\\'))
				return false;
			c = (unsigned char)*r->at++;
		}
		if (n < sizeof r->text)
			r->text[n++] = (char)c;
	}
	if (is_value && r->string != NULL)
		r->string(r->ctx, r->text, n);
	return json_read_sign(r, '"');
}

static inline bool json_read_digits(struct json_read *r)
{
	const char *from = r->at;

	while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
		r->at++;
	return r->at > from;
}

static inline bool json_read_number(struct json_read *r)
{
	json_read_sign(r, '-');
	if (!json_read_sign(r, '0') && !json_read_digits(r))
		return false;
	return !json_read_sign(r, '.') || json_read_digits(r);
}

static inline bool json_read_value(struct json_read *r);

static inline bool json_read_members(struct json_read *r, char last)
{
	do {
		json_read_blank(r);
		if (last == '}' && (!json_read_string(r, false) || (json_read_blank(r), !json_read_sign(r, ':'))))
			return false;
		if (!json_read_value(r))
			return false;
		json_read_blank(r);
	} while (json_read_sign(r, ','));
	return json_read_sign(r, last);
}

static inline bool json_read_value(struct json_read *r)
{
	bool good;

	json_read_blank(r);
	if (r->at == r->end || r->depth == JSON_READ_DEPTH)
		return false;
	if (*r->at == '"')
		return json_read_string(r, true);
	if (*r->at != '{' && *r->at != '[')
		return json_read_word(r, "true") || json_read_word(r, "false") || json_read_word(r, "null") || json_read_number(r);
	char last = *r->at++ == '{' ? '}' : ']';

	json_read_blank(r);
	if (json_read_sign(r, last))
		return true;
	r->depth++;
	good = json_read_members(r, last);
	r->depth--;
	return good;
}

/* One value and nothing behind it. */
static inline bool json_read(struct json_read *r, const char *text, size_t n)
{
	r->at = text;
	r->end = text + n;
	r->depth = 0;
	if (!json_read_value(r))
		return false;
	json_read_blank(r);
	return r->at == r->end;
}

#endif
