/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Countries from the text files of Debian's tor-geoipdb: lines "first,last,CC", IPv4 as numbers in
 * `geoip`, IPv6 as addresses in `geoip6`, sorted. Read when first asked for, since most of a start-up
 * needs none of it, or on a thread of its own when that is near; lines that make no sense are left out. Kept is only where
 * each country begins: 6 bytes a line of IPv4, 18 of IPv6. Engine thread.
 */
#include "config.h"

#include <endian.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dpitop/mem.h"
#include "model/geoip_data.h"

struct range {
	struct addr first, last;
	char country[2];
};

/* From a start to the next one all is of one country, or of none ("\0\0"). */
struct starts {
	uint8_t *at;         /* `width` bytes each, the end of a struct addr, in order */
	char (*country)[2];
	size_t width, count;
};

struct family {
	struct starts starts;
	bool is_read;
};

enum { V4_BYTES = 4, V6_BYTES = sizeof(struct addr), BLOCK_BYTES = 1 << 16 /* far longer than a line */ };

struct geo_ranges {
	char *directory;
	struct family v4, v6;
	pthread_t reader;
	bool reading; /* they are the reader's, who is to be joined */
};

static void starts_release(struct starts *s)
{
	mem_free(s->at);
	mem_free(s->country);
}

static void wait_for_reader(struct geo_ranges *r)
{
	if (r->reading)
		pthread_join(r->reader, NULL);
	r->reading = false;
}

static void path_of(const struct geo_ranges *r, const char *file, char *buf, size_t size)
{
	snprintf(buf, size, "%s/%s", r->directory, file);
}

struct geo_ranges *geo_ranges_new(const char *directory)
{
	struct geo_ranges *r = mem_zalloc(sizeof *r);
	char v4[PATH_MAX], v6[PATH_MAX];

	r->directory = mem_strdup(directory);
	path_of(r, "geoip", v4, sizeof v4);
	path_of(r, "geoip6", v6, sizeof v6);
	if (access(v4, R_OK) == 0 || access(v6, R_OK) == 0)
		return r;
	geo_ranges_free(r);
	return NULL;
}

void geo_ranges_free(struct geo_ranges *r)
{
	if (r == NULL)
		return;
	wait_for_reader(r);
	starts_release(&r->v4.starts);
	starts_release(&r->v6.starts);
	mem_free(r->directory);
	mem_free(r);
}

const char *geo_ranges_path(const struct geo_ranges *r)
{
	return r->directory;
}

static bool parse_number(const char **p, struct addr *a)
{
	const char *s = *p;
	uint64_t v = 0;
	unsigned digit;
	uint8_t be[4];

	for (; (digit = (unsigned)*s - '0') < 10 && v <= UINT32_MAX; s++)
		v = v * 10 + digit;
	if (s == *p || v > UINT32_MAX)
		return false;
	be[0] = (uint8_t)(v >> 24), be[1] = (uint8_t)(v >> 16), be[2] = (uint8_t)(v >> 8), be[3] = (uint8_t)v;
	*a = addr_from_v4(be);
	*p = s;
	return true;
}

/* clang-format off */
static const uint8_t hex_digits[256] = { /* digit + 1; 0: none */
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10,
	['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};
/* clang-format on */

/* Groups of at most four digits, then "::" if they are not all eight: so nearly all lines are, and there are hundreds
 * of thousands of them. */
static bool parse_prefix(const char **p, struct addr *a)
{
	const char *s = *p;

	memset(a, 0, sizeof *a);
	for (unsigned i = 0; i < 8; i++) {
		const char *from = s;
		unsigned group = 0, digit;

		for (; (digit = hex_digits[(uint8_t)*s]) != 0 && s - from < 4; s++)
			group = group << 4 | (digit - 1);
		a->b[2 * i] = (uint8_t)(group >> 8);
		a->b[2 * i + 1] = (uint8_t)group;
		if (s == from || *s != (i < 7 ? ':' : ','))
			return false;
		s += i < 7;
		if (i < 7 && *s == ':') {
			s++;
			break;
		}
	}
	if (*s != ',' || addr_is_v4(a))
		return false;
	*p = s;
	return true;
}

static bool parse_address(const char **p, struct addr *a)
{
	char text[ADDR_TEXT];
	size_t n;

	if (parse_prefix(p, a))
		return true;
	n = strcspn(*p, ",\n");
	if (n >= sizeof text)
		return false;
	memcpy(text, *p, n);
	text[n] = '\0';
	*p += n;
	return addr_parse(a, text, NULL) == 0;
}

/* A line ends with '\n', which none of these parsers goes beyond. */
static bool parse_line(const char *line, bool v6, struct range *r)
{
	bool (*parse)(const char **, struct addr *) = v6 ? parse_address : parse_number;

	if (!parse(&line, &r->first) || *line++ != ',' || !parse(&line, &r->last) || *line++ != ',')
		return false;
	if (line[0] < 'A' || line[0] > 'Z' || line[1] < 'A' || line[1] > 'Z' || addr_cmp(&r->first, &r->last) > 0)
		return false;
	memcpy(r->country, line, sizeof r->country);
	return true;
}

struct ranges { /* of a file, while it is read */
	struct range *at;
	size_t count, room;
	bool mixed; /* one begins before the one above it */
};

static void append(struct ranges *all, const struct range *r)
{
	if (all->count == all->room) {
		all->room = all->room != 0 ? all->room * 2 : 4096;
		all->at = mem_grow(all->at, all->room, sizeof *all->at);
	}
	all->at[all->count++] = *r;
}

static int compare(const void *a, const void *b)
{
	return addr_cmp(&((const struct range *)a)->first, &((const struct range *)b)->first);
}

static void take_line(struct ranges *all, const char *line, bool v6)
{
	struct range r;

	if (line[0] == '#' || !parse_line(line, v6, &r))
		return;
	all->mixed = all->mixed || (all->count > 0 && compare(&all->at[all->count - 1], &r) > 0);
	append(all, &r);
}

/* Takes the whole lines of n bytes; returns how many bytes they are. */
static size_t take_lines(struct ranges *all, const char *text, size_t n, bool v6)
{
	const char *at = text, *end;

	while ((end = memchr(at, '\n', n - (size_t)(at - text))) != NULL) {
		take_line(all, at, v6);
		at = end + 1;
	}
	return (size_t)(at - text);
}

static void read_file(const char *path, bool v6, struct ranges *all)
{
	FILE *in = fopen(path, "re");
	size_t rest = 0, taken, n;
	char *block;

	if (in == NULL)
		return;
	block = mem_alloc(BLOCK_BYTES + 1);
	while ((n = fread(block + rest, 1, BLOCK_BYTES - rest, in)) > 0) {
		taken = take_lines(all, block, rest + n, v6);
		rest += n - taken;
		memmove(block, block + taken, rest);
		if (rest == BLOCK_BYTES)
			rest = 0; /* that is no line */
	}
	block[rest] = '\n';
	take_lines(all, block, rest + 1, v6);
	mem_free(block);
	fclose(in);
	if (all->mixed)
		qsort(all->at, all->count, sizeof *all->at, compare);
}

static void start(struct starts *s, const struct addr *a, const char country[2])
{
	memcpy(s->at + s->count * s->width, a->b + sizeof a->b - s->width, s->width);
	memcpy(s->country[s->count++], country, sizeof *s->country);
}

/* The one behind a; false: there is none in its family. */
static bool next_address(struct addr *a, size_t width)
{
	for (size_t i = sizeof a->b; i-- > sizeof a->b - width;)
		if (++a->b[i] != 0)
			return true;
	return false;
}

/* A range ends where the next one begins, at the latest. */
static void settle(struct starts *s, const struct ranges *all, size_t width)
{
	s->width = width;
	s->at = mem_array(all->count * 2, width);
	s->country = mem_array(all->count * 2, sizeof *s->country);
	for (size_t i = 0; i < all->count; i++) {
		struct addr end = all->at[i].last;

		start(s, &all->at[i].first, all->at[i].country);
		if (next_address(&end, width) &&
		    (i + 1 == all->count || addr_cmp(&end, &all->at[i + 1].first) < 0))
			start(s, &end, (const char[2]){0, 0});
	}
	if (s->count == 0)
		return;
	s->at = mem_grow(s->at, s->count, width);
	s->country = mem_grow(s->country, s->count, sizeof *s->country);
}

static void read_family(struct geo_ranges *r, struct family *f, bool v6)
{
	struct ranges all = {.at = NULL};
	char path[PATH_MAX];

	f->is_read = true;
	path_of(r, v6 ? "geoip6" : "geoip", path, sizeof path);
	read_file(path, v6, &all);
	settle(&f->starts, &all, v6 ? V6_BYTES : V4_BYTES);
	mem_free(all.at);
}

static void *read_all(void *ranges)
{
	struct geo_ranges *r = ranges;

	read_family(r, &r->v4, false);
	read_family(r, &r->v6, true);
	return NULL;
}

void geo_ranges_prepare(struct geo_ranges *r)
{
	if (!r->reading && !r->v4.is_read && !r->v6.is_read)
		r->reading = pthread_create(&r->reader, NULL, read_all, r) == 0;
}

/* Does start i lie behind the address? */
static bool is_behind(const struct starts *s, size_t i, const struct addr *a)
{
	uint32_t x, y;

	if (s->width == V6_BYTES)
		return addr_cmp((const struct addr *)(const void *)(s->at + i * V6_BYTES), a) > 0;
	memcpy(&x, s->at + i * V4_BYTES, sizeof x);
	memcpy(&y, a->b + sizeof a->b - V4_BYTES, sizeof y);
	return be32toh(x) > be32toh(y);
}

bool geo_ranges_lookup(struct geo_ranges *r, const struct addr *a, char out[2])
{
	bool v6 = !addr_is_v4(a);
	struct family *f = v6 ? &r->v6 : &r->v4;
	const struct starts *s = &f->starts;
	size_t low = 0, high;

	wait_for_reader(r);
	if (!f->is_read)
		read_family(r, f, v6);
	high = s->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (is_behind(s, middle, a))
			high = middle;
		else
			low = middle + 1;
	}
	if (low == 0 || s->country[low - 1][0] == '\0')
		return false;
	memcpy(out, s->country[low - 1], sizeof *s->country);
	return true;
}
