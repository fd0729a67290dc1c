/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON writer (RFC 8259). Commas, escapes and clean text are its business, so that whatever comes
 * from the network, what goes out is valid. Not a parser. One thread per writer; called by export.
 */
#include "config.h"

#include "dpitop/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
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

/* Clean text inside quotes: only '"' and '\' are left to be escaped. */
static void put_escaped(struct json *j, const char *s)
{
	size_t n;

	while (s[n = strcspn(s, "\"\\")] != '\0') {
		char escape[2] = {'\\', s[n]};

		put(j, s, n);
		put(j, escape, 2);
		s += n + 1;
	}
	put(j, s, n);
}

/* Clean piece by piece, so that no length is cut off. */
static void put_string(struct json *j, const char *s)
{
	struct text_part part = {.src = s, .left = strlen(s), .marks = TEXT_MARKS_MAX};
	char clean[CHUNK];

	put(j, "\"", 1);
	while (part.left > 0) {
		text_clean_part(clean, sizeof clean, &part);
		put_escaped(j, clean);
	}
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

void json_u64(struct json *j, const char *key, uint64_t v)
{
	char digits[24], *p = digits + sizeof digits;

	begin(j, key);
	do {
		*--p = (char)('0' + v % 10);
		v /= 10;
	} while (v != 0);
	put(j, p, (size_t)(digits + sizeof digits - p));
}

void json_i64(struct json *j, const char *key, int64_t v)
{
	char text[24];

	begin(j, key);
	snprintf(text, sizeof text, "%" PRId64, v);
	put_text(j, text);
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
	char text[40];

	begin(j, key);
	snprintf(text, sizeof text, "%s%" PRIu64 ".%06u", us < 0 ? "-" : "", magnitude / 1000000,
		 (unsigned)(magnitude % 1000000));
	put_text(j, text);
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
