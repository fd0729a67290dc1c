/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers for people and back. Bytes that were counted come in powers of 1024 (KiB), rates in powers
 * of 1000 (kb/s), as IEC 80000-13 and the field have it. Any thread.
 */
#include "config.h"

#include "dpitop/units.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct scale {
	const char *units[7];
	double step;
};

static const struct scale scale_bytes = {{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}, 1024};
static const struct scale scale_bits = {{"b/s", "kb/s", "Mb/s", "Gb/s", "Tb/s", "Pb/s", "Eb/s"}, 1000};
static const struct scale scale_rate = {{"B/s", "kB/s", "MB/s", "GB/s", "TB/s", "PB/s", "EB/s"}, 1000};
static const struct scale scale_packets = {{"p/s", "kp/s", "Mp/s", "Gp/s", "Tp/s", "Pp/s", "Ep/s"}, 1000};
static const struct scale scale_count = {{"", "k", "M", "G", "T", "P", "E"}, 1000};

static const char *format_scaled(double v, const struct scale *s, char *buf, size_t size)
{
	unsigned i = 0;

	if (!(v > 0))
		v = 0;
	/* 999.95 would print as 1000.0 */
	while (i < 6 && v >= s->step - (i > 0 ? 0.05 : 0.5)) {
		v /= s->step;
		i++;
	}
	snprintf(buf, size, i > 0 ? "%.1f %s" : "%.0f %s", v, s->units[i]);
	return buf;
}

const char *unit_bytes(uint64_t bytes, char *buf, size_t size)
{
	return format_scaled((double)bytes, &scale_bytes, buf, size);
}

const char *unit_bits(double bits_per_s, char *buf, size_t size)
{
	return format_scaled(bits_per_s, &scale_bits, buf, size);
}

const char *unit_rate_bytes(double bytes_per_s, char *buf, size_t size)
{
	return format_scaled(bytes_per_s, &scale_rate, buf, size);
}

const char *unit_packets(double packets_per_s, char *buf, size_t size)
{
	return format_scaled(packets_per_s, &scale_packets, buf, size);
}

const char *unit_count(uint64_t n, char *buf, size_t size)
{
	if (n >= 10000000)
		return format_scaled((double)n, &scale_count, buf, size);
	if (n >= 1000000)
		snprintf(buf, size, "%u,%03u,%03u", (unsigned)(n / 1000000), (unsigned)(n / 1000 % 1000), (unsigned)(n % 1000));
	else if (n >= 1000)
		snprintf(buf, size, "%u,%03u", (unsigned)(n / 1000), (unsigned)(n % 1000));
	else
		snprintf(buf, size, "%u", (unsigned)n);
	return buf;
}

const char *unit_duration(uint64_t us, char *buf, size_t size)
{
	uint64_t s = us / 1000000;

	if (us < 1000)
		snprintf(buf, size, "%u us", (unsigned)us);
	else if (us < 1000000)
		snprintf(buf, size, "%u ms", (unsigned)(us / 1000));
	else if (s < 60)
		snprintf(buf, size, "%u.%u s", (unsigned)s, (unsigned)(us / 100000 % 10));
	else if (s < 3600)
		snprintf(buf, size, "%um%02u", (unsigned)(s / 60), (unsigned)(s % 60));
	else if (s < 86400)
		snprintf(buf, size, "%uh%02u", (unsigned)(s / 3600), (unsigned)(s / 60 % 60));
	else
		snprintf(buf, size, "%llud%02u", (unsigned long long)(s / 86400), (unsigned)(s / 3600 % 24));
	return buf;
}

static const char *format_local(int64_t us, const char *format, char *buf, size_t size)
{
	time_t t = (time_t)(us / 1000000 - (us % 1000000 < 0));
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL || strftime(buf, size, format, &tm) == 0)
		snprintf(buf, size, "-");
	return buf;
}

const char *unit_clock(int64_t us, char *buf, size_t size)
{
	return format_local(us, "%H:%M:%S", buf, size);
}

const char *unit_datetime(int64_t us, char *buf, size_t size)
{
	return format_local(us, "%Y-%m-%d %H:%M:%S", buf, size);
}

/* The suffix behind a number: its factor, 0 if it is none. */
static double suffix_factor(const char *s)
{
	static const char letters[] = "kmgtpe";
	double factor = 1, step = 1000;
	const char *letter = *s != '\0' ? strchr(letters, tolower((unsigned char)*s)) : NULL;

	if (letter != NULL) {
		s++;
		if (*s == 'i') {
			step = 1024;
			s++;
		}
		for (const char *l = letters; l <= letter; l++)
			factor *= step;
	}
	if (strncmp(s, "bit", 3) == 0 || *s == 'b') {
		factor /= 8;
		s += s[1] == 'i' ? 3 : 1;
	} else if (*s == 'B') {
		s++;
	}
	if (strcmp(s, "/s") == 0 || strcmp(s, "ps") == 0)
		s += 2;
	return *s == '\0' ? factor : 0;
}

int unit_parse(const char *text, uint64_t *value, struct error *e)
{
	char *end;
	double v, factor;

	if (!isdigit((unsigned char)text[0]))
		return error_set(e, ERR_FORMAT, "'%.40s' is no number (1500, 1.5k, 2M, 1GiB)", text);
	v = strtod(text, &end);
	while (*end == ' ')
		end++;
	factor = suffix_factor(end);
	if (factor == 0 || !isfinite(v))
		return error_set(e, ERR_FORMAT, "'%.40s' has no known unit (k, M, G, Ki, Mi, Gi; B, bit, /s)", text);
	v *= factor;
	if (v >= 1.8446744073709552e19)
		return error_set(e, ERR_FORMAT, "'%.40s' is too large", text);
	*value = (uint64_t)(v + 0.5);
	return 0;
}
