/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON writer (RFC 8259). Commas, escapes and clean text are its business, so that whatever comes
 * from the network, what goes out is valid. Not a parser. One thread per writer; called by export.
 */
#include "config.h"

#include "dpitop/json.h"

#include <math.h>
#include <string.h>

#include "dpitop/text.h"
#include "dpitop/units.h"

enum { CHUNK = 512 };

void json_init(struct json *j, int (*write)(void *, const char *, size_t), void *ctx)
{
	j->write = write;
	j->ctx = ctx;
	j->used = 0;
	j->depth = 0;
	j->need_comma[0] = false;
	j->failed = 0;
}

int json_flush(struct json *j)
{
	if (j->used > 0 && j->failed == 0)
		j->failed = j->write(j->ctx, j->buf, j->used);
	j->used = 0;
	return j->failed;
}

static void put(struct json *j, const char *s, size_t n)
{
	while (n > 0) {
		size_t room = sizeof j->buf - j->used, take = n < room ? n : room;

		memcpy(j->buf + j->used, s, take);
		j->used += take;
		s += take;
		n -= take;
		if (j->used == sizeof j->buf)
			json_flush(j);
	}
}

static void put_text(struct json *j, const char *s)
{
	put(j, s, strlen(s));
}

/* How many bytes from s on go out as they are: printable ASCII that JSON does not escape. */
static size_t plain(const char *s)
{
	size_t n = 0;

	while (s[n] >= ' ' && s[n] < 0x7f && s[n] != '"' && s[n] != '\\')
		n++;
	return n;
}

/* Clean text inside quotes: only '"' and '\' are left to be escaped. */
static void put_escaped(struct json *j, const char *s)
{
	const char *from = s;

	for (; *s != '\0'; s++) {
		if (*s != '"' && *s != '\\')
			continue;
		put(j, from, (size_t)(s - from));
		put(j, "\\", 1);
		from = s;
	}
	put(j, from, (size_t)(s - from));
}

/* Clean piece by piece, so that no length is cut off. */
static void put_cleaned(struct json *j, const char *s)
{
	struct text_part part = {.src = s, .left = strlen(s), .marks = TEXT_MARKS_MAX};
	char clean[CHUNK];

	while (part.left > 0) {
		text_clean_part(clean, sizeof clean, &part);
		put_escaped(j, clean);
	}
}

static void put_string(struct json *j, const char *s)
{
	size_t n = plain(s);

	put(j, "\"", 1);
	if (s[n] == '\0')
		put(j, s, n);
	else
		put_cleaned(j, s);
	put(j, "\"", 1);
}

/* What stands before each value: comma and key. */
static void begin(struct json *j, const char *key)
{
	if (j->need_comma[j->depth])
		put(j, ",", 1);
	j->need_comma[j->depth] = j->depth > 0;
	if (key != NULL) {
		put_string(j, key);
		put(j, ":", 1);
	}
}

static void open_level(struct json *j, const char *key, const char *bracket)
{
	begin(j, key);
	put(j, bracket, 1);
	if (j->depth < 31)
		j->depth++;
	j->need_comma[j->depth] = false;
}

static void close_level(struct json *j, const char *bracket)
{
	put(j, bracket, 1);
	if (j->depth > 0)
		j->depth--;
}

void json_object(struct json *j, const char *key)
{
	open_level(j, key, "{");
}

void json_object_end(struct json *j)
{
	close_level(j, "}");
}

void json_array(struct json *j, const char *key)
{
	open_level(j, key, "[");
}

void json_array_end(struct json *j)
{
	close_level(j, "]");
}

void json_string(struct json *j, const char *key, const char *s)
{
	begin(j, key);
	put_string(j, s);
}

/* In decimal, with at least so many digits. */
static void put_digits(struct json *j, uint64_t v, int least)
{
	char digits[24], *end = digits + sizeof digits, *p = end;

	do {
		*--p = (char)('0' + v % 10);
		v /= 10;
	} while (v != 0 || end - p < least);
	put(j, p, (size_t)(end - p));
}

void json_u64(struct json *j, const char *key, uint64_t v)
{
	begin(j, key);
	put_digits(j, v, 1);
}

void json_i64(struct json *j, const char *key, int64_t v)
{
	begin(j, key);
	if (v < 0)
		put(j, "-", 1);
	put_digits(j, v < 0 ? -(uint64_t)v : (uint64_t)v, 1);
}

void json_double(struct json *j, const char *key, double v, int decimals)
{
	char text[400];

	begin(j, key);
	if (!isfinite(v)) {
		put_text(j, "null");
		return;
	}
	put_text(j, unit_decimal(v, decimals, text, sizeof text));
}

void json_time_us(struct json *j, const char *key, int64_t us)
{
	uint64_t magnitude = us < 0 ? -(uint64_t)us : (uint64_t)us;

	begin(j, key);
	if (us < 0)
		put(j, "-", 1);
	put_digits(j, magnitude / 1000000, 1);
	put(j, ".", 1);
	put_digits(j, magnitude % 1000000, 6);
}

void json_bool(struct json *j, const char *key, bool v)
{
	begin(j, key);
	put_text(j, v ? "true" : "false");
}

void json_newline(struct json *j)
{
	put(j, "\n", 1);
}
