/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: the JSON writer. The bytes say what is written: objects, arrays, strings of any bytes, numbers. What
 * comes out is JSON, and each of its strings is what text_clean() makes of the one that was given.
 */
#include "config.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../json_read.h"
#include "dpitop/json.h"
#include "dpitop/mem.h"
#include "dpitop/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { LARGEST = 1 << 15, STRINGS = 256, DEEPEST = 30, OUT = 1 << 21 };

static struct run {
	struct json json;
	struct json_read read;
	struct { const uint8_t *at; size_t n; } given[STRINGS];
	size_t count, seen;
	bool in_object[DEEPEST + 1];
	char out[OUT];
	size_t n;
} *run;

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static int on_write(void *ctx, const char *data, size_t n)
{
	(void)ctx;
	expect(run->n + n <= OUT);
	memcpy(run->out + run->n, data, n);
	run->n += n;
	return 0;
}

/* What was given at that place; NULs end it. */
static void on_string(void *ctx, const char *s, size_t n)
{
	char *wanted;

	(void)ctx;
	expect(run->seen < run->count);
	wanted = mem_alloc(run->given[run->seen].n * 4 + 1);
	text_clean(wanted, run->given[run->seen].n * 4 + 1, run->given[run->seen].at, run->given[run->seen].n);
	expect(strlen(wanted) == n && memcmp(wanted, s, n) == 0);
	mem_free(wanted);
	run->seen++;
}

static const char *key_of(char *buf)
{
	strcpy(buf, "k\"\\\x1b");
	return run->in_object[run->json.depth] ? buf : NULL;
}

static size_t put_string(const uint8_t *at, size_t left, const char *key)
{
	size_t n = left > 0 ? at[0] * (size_t)4 : 0;

	if (n > left - (left > 0))
		n = left - (left > 0);
	run->given[run->count].at = at + (left > 0);
	run->given[run->count++].n = n;
	json_string_part(&run->json, key, (const char *)at + (left > 0), n);
	return n + (left > 0);
}

static uint64_t number_of(const uint8_t *at, size_t left)
{
	uint64_t v = 0;

	memcpy(&v, at, left < sizeof v ? left : sizeof v);
	return v;
}

static void open_level(bool object, const char *key)
{
	if (object)
		json_object(&run->json, key);
	else
		json_array(&run->json, key);
	run->in_object[run->json.depth] = object;
}

static void close_level(void)
{
	if (run->in_object[run->json.depth])
		json_object_end(&run->json);
	else
		json_array_end(&run->json);
}

static size_t step(const uint8_t *at, size_t left)
{
	struct json *j = &run->json;
	char buf[8];
	const char *key = key_of(buf);
	uint64_t v = number_of(at + 1, left - 1);
	struct json_key ready;
	double d;

	memcpy(&d, &v, sizeof d);
	switch (at[0] % 10) {
	case 0: case 1:
		if (j->depth < DEEPEST)
			open_level(at[0] % 10 == 0, key);
		return 1;
	case 2:
		if (j->depth > 1)
			close_level();
		return 1;
	case 3:
		return run->count < STRINGS ? 1 + put_string(at + 1, left - 1, key) : 1;
	case 4:
		json_u64(j, key, v);
		return 9;
	case 5:
		json_i64(j, key, (int64_t)v);
		return 9;
	case 6:
		json_double(j, key, d, at[0] % 7);
		return 9;
	case 7:
		json_time_us(j, key, (int64_t)v);
		return 9;
	case 8:
		json_bool(j, key, v & 1);
		return 1;
	default:
		if (key == NULL)
			return 1;
		json_key_init(&ready, "ready");
		json_key(j, &ready);
		json_u64(j, NULL, v);
		return 9;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > LARGEST)
		return 0;
	if (run == NULL)
		run = mem_zalloc(sizeof *run);
	run->count = run->seen = run->n = 0;
	json_init(&run->json, on_write, NULL);
	open_level(n % 2 == 0, NULL);
	for (size_t at = 0; at < n;)
		at += step(data + at, n - at);
	while (run->json.depth > 0)
		close_level();
	json_newline(&run->json);
	expect(json_flush(&run->json) == 0);
	run->read.string = on_string;
	expect(json_read(&run->read, run->out, run->n));
	expect(run->seen == run->count);
	return 0;
}
