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

#define EACH_BYTE UINT64_C(0x0101010101010101)

void json_init(struct json *j, int (*write)(void *, const char *, size_t), void *ctx)
{
	j->write = write;
	j->ctx = ctx;
	j->used = 0;
	j->depth = 0;
	j->keyed = false;
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

static void put_in_parts(struct json *j, const char *s, size_t n)
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

static inline bool fits(const struct json *j, size_t n)
{
	return n < sizeof j->buf - j->used;
}

static inline void put(struct json *j, const char *s, size_t n)
{
	if (!fits(j, n)) {
		put_in_parts(j, s, n);
		return;
	}
	memcpy(j->buf + j->used, s, n);
	j->used += n;
}

static inline void put_char(struct json *j, char c)
{
	j->buf[j->used++] = c;
	if (j->used == sizeof j->buf)
		json_flush(j);
}

static void put_text(struct json *j, const char *s)
{
	put(j, s, strlen(s));
}

/* Eight bytes at a time: does one of them have its high bit set, or is one below n (at most 128)? */
static inline uint64_t any_below(uint64_t v, uint64_t n)
{
	return ((v - EACH_BYTE * n) & ~v) | v;
}

static inline bool is_plain_word(const char *s)
{
	uint64_t v, odd;

	memcpy(&v, s, sizeof v);
	odd = any_below(v, ' ') | any_below(v ^ EACH_BYTE * '"', 1) | any_below(v ^ EACH_BYTE * '\\', 1) |
	      any_below(v ^ EACH_BYTE * 0x7f, 1);
	return (odd & EACH_BYTE << 7) == 0;
}

/* Does all of it go out as it is: printable ASCII that JSON does not escape? */
static bool is_plain(const char *s, size_t n)
{
	size_t i = 0;

	for (; i + 8 <= n; i += 8)
		if (!is_plain_word(s + i))
			return false;
	if (n >= 8)
		return i == n || is_plain_word(s + n - 8);
	for (; i < n; i++)
		if (s[i] < ' ' || s[i] >= 0x7f || s[i] == '"' || s[i] == '\\')
			return false;
	return true;
}

/* Clean text inside quotes: only '"' and '\' are left to be escaped. */
static void put_escaped(struct json *j, const char *s)
{
	const char *from = s;

	for (; *s != '\0'; s++) {
		if (*s != '"' && *s != '\\')
			continue;
		put(j, from, (size_t)(s - from));
		put_char(j, '\\');
		from = s;
	}
	put(j, from, (size_t)(s - from));
}

/* Clean piece by piece, so that no length is cut off. */
static void put_cleaned(struct json *j, const char *s, size_t n)
{
	struct text_part part = {.src = s, .left = n, .marks = TEXT_MARKS_MAX};
	char clean[CHUNK];

	while (part.left > 0) {
		text_clean_part(clean, sizeof clean, &part);
		put_escaped(j, clean);
	}
}

static void put_string(struct json *j, const char *s, size_t n)
{
	put_char(j, '"');
	if (is_plain(s, n))
		put(j, s, n);
	else
		put_cleaned(j, s, n);
	put_char(j, '"');
}

static inline void put_comma(struct json *j)
{
	if (j->need_comma[j->depth])
		put_char(j, ',');
	j->need_comma[j->depth] = j->depth > 0;
}

/* What stands before each value: comma and key. */
static inline void begin(struct json *j, const char *key)
{
	if (j->keyed) {
		j->keyed = false;
		return;
	}
	put_comma(j);
	if (key != NULL) {
		put_string(j, key, strlen(key));
		put_char(j, ':');
	}
}

void json_key_init(struct json_key *k, const char *name)
{
	size_t n = strlen(name);

	if (n > JSON_KEY_MAX)
		n = JSON_KEY_MAX;
	memset(k, 0, sizeof *k);
	k->text[0] = '"';
	memcpy(k->text + 1, name, n);
	k->text[n + 1] = '"';
	k->text[n + 2] = ':';
	k->length = (uint8_t)(n + 3);
}

void json_key(struct json *j, const struct json_key *k)
{
	put_comma(j);
	j->keyed = true;
	if (!fits(j, sizeof k->text)) {
		put_in_parts(j, k->text, k->length);
		return;
	}
	memcpy(j->buf + j->used, k->text, sizeof k->text); /* of a size the compiler knows */
	j->used += k->length;
}

static void open_level(struct json *j, const char *key, char bracket)
{
	begin(j, key);
	put_char(j, bracket);
	if (j->depth < 31)
		j->depth++;
	j->need_comma[j->depth] = false;
}

static void close_level(struct json *j, char bracket)
{
	put_char(j, bracket);
	if (j->depth > 0)
		j->depth--;
}

void json_object(struct json *j, const char *key)
{
	open_level(j, key, '{');
}

void json_object_end(struct json *j)
{
	close_level(j, '}');
}

void json_array(struct json *j, const char *key)
{
	open_level(j, key, '[');
}

void json_array_end(struct json *j)
{
	close_level(j, ']');
}

void json_string(struct json *j, const char *key, const char *s)
{
	json_string_part(j, key, s, strlen(s));
}

void json_string_part(struct json *j, const char *key, const char *s, size_t n)
{
	begin(j, key);
	put_string(j, s, n);
}

/* 00 to 99 */
static const char pairs[] =
	"0001020304050607080910111213141516171819"
	"2021222324252627282930313233343536373839"
	"4041424344454647484950515253545556575859"
	"6061626364656667686970717273747576777879"
	"8081828384858687888990919293949596979899";

/* In decimal, with at least so many digits. */
static void put_digits(struct json *j, uint64_t v, int least)
{
	char digits[24], *end = digits + sizeof digits, *p = end;

	for (; v >= 100; v /= 100)
		memcpy(p -= 2, pairs + v % 100 * 2, 2);
	if (v >= 10)
		memcpy(p -= 2, pairs + v * 2, 2);
	else
		*--p = (char)('0' + v);
	while (end - p < least)
		*--p = '0';
	put(j, p, (size_t)(end - p));
}

void json_u64(struct json *j, const char *key, uint64_t v)
{
	begin(j, key);
	if (v < 10)
		put_char(j, (char)('0' + v));
	else
		put_digits(j, v, 1);
}

void json_i64(struct json *j, const char *key, int64_t v)
{
	begin(j, key);
	if (v < 0)
		put_char(j, '-');
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
		put_char(j, '-');
	put_digits(j, magnitude / 1000000, 1);
	put_char(j, '.');
	put_digits(j, magnitude % 1000000, 6);
}

void json_bool(struct json *j, const char *key, bool v)
{
	begin(j, key);
	put_text(j, v ? "true" : "false");
}

void json_newline(struct json *j)
{
	put_char(j, '\n');
}
