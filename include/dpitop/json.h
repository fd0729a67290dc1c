/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON writer (RFC 8259): commas and escapes are its business; what it writes is always valid.
 * Buffers and writes through a callback. One thread per writer.
 */
#ifndef DPITOP_JSON_H
#define DPITOP_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json {
	int (*write)(void *ctx, const char *data, size_t n); /* 0, or nonzero: writing stops */
	void *ctx;
	char buf[16384];
	size_t used;
	int depth;
	bool need_comma[32];
	bool keyed; /* json_key() wrote what stands before the next value */
	int failed; /* first nonzero result of write */
};

enum { JSON_KEY_MAX = 29 };

struct json_key { /* a key as it is written, for what is written by the million */
	uint8_t length;
	char text[JSON_KEY_MAX + 3];
};

/* name: an identifier (nothing in it that JSON escapes), at most JSON_KEY_MAX bytes. */
void json_key_init(struct json_key *k, const char *name);

void json_init(struct json *j, int (*write)(void *, const char *, size_t), void *ctx);
int json_flush(struct json *j); /* 0 or the write error */
/* key is NULL inside arrays and at the top. Depth at most 31. */
void json_object(struct json *j, const char *key);
void json_object_end(struct json *j);
void json_array(struct json *j, const char *key);
void json_array_end(struct json *j);
/* The key of the value that is written next, which is then given NULL for its own. */
void json_key(struct json *j, const struct json_key *k);
/* Any bytes: invalid UTF-8, controls, bidi are made clean as text_clean() does, then escaped. */
void json_string(struct json *j, const char *key, const char *s);
void json_string_part(struct json *j, const char *key, const char *s, size_t n); /* the first n bytes of s */
void json_u64(struct json *j, const char *key, uint64_t v);
void json_i64(struct json *j, const char *key, int64_t v);
void json_double(struct json *j, const char *key, double v, int decimals); /* NaN/inf: null */
void json_time_us(struct json *j, const char *key, int64_t us); /* 1470104373.025824, exact */
void json_bool(struct json *j, const char *key, bool v);
void json_newline(struct json *j); /* after a top-level value: NDJSON */

#endif
