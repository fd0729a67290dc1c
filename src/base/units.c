/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers for people and back. Bytes that were counted come in powers of 1024 (KiB), rates in powers
 * of 1000 (kb/s), as IEC 80000-13 and the field have it. Any thread.
 */
#include "config.h"

#include "dpitop/units.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
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

const char *unit_decimal(double v, int decimals, char *buf, size_t size)
{
	int places = decimals < 0 ? 0 : decimals > 20 ? 20 : decimals;
	int n = snprintf(buf, size, "%.*f", places, v);
	size_t whole = isfinite(v) && n > 0 && (size_t)n < size ? strspn(buf, "-0123456789") : 0;

	if (whole == 0)
		snprintf(buf, size, "0");
	else if (places > 0) { /* the locale's point may be of several bytes */
		buf[whole] = '.';
		memmove(buf + whole + 1, buf + (n - places), (size_t)places + 1);
	}
	return buf;
}

static const char *format_scaled(double v, const struct scale *s, char *buf, size_t size)
{
	char number[UNIT_TEXT];
	unsigned i = 0;

	if (!(v > 0))
		v = 0;
	/* 999.5 would print as 1000 */
	while (i < 6 && v >= s->step - 0.5) {
		v /= s->step;
		i++;
	}
	/* Three digits tell enough; a fourth would only flicker. 99.95 would print as 100.0. */
	snprintf(buf, size, "%s %s", unit_decimal(v, i > 0 && v < 99.95, number, sizeof number), s->units[i]);
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

/* What stands behind a number: false if it is no unit. */
static bool parse_suffix(const char *s, uint64_t *factor, bool *bits)
{
	static const char letters[] = "kmgtpe";
	const char *letter = *s != '\0' ? strchr(letters, tolower((unsigned char)*s)) : NULL;

	*factor = 1;
	if (letter != NULL) {
		uint64_t step = s[1] == 'i' ? 1024 : 1000;

		s += step == 1024 ? 2 : 1;
		for (const char *l = letters; l <= letter; l++)
			*factor *= step;
	}
	*bits = *s == 'b';
	if (strncmp(s, "bit", 3) == 0)
		s += 3;
	else if (*s == 'b' || *s == 'B')
		s++;
	return *s == '\0' || strcmp(s, "/s") == 0 || strcmp(s, "ps") == 0;
}

/* Digits, perhaps a point and more digits; false if the whole part does not fit. Advances *s. */
static bool parse_number(const char **s, uint64_t *whole, double *fraction)
{
	const char *p = *s;
	bool fits = true;
	double scale = 1;

	*whole = 0;
	*fraction = 0;
	for (; isdigit((unsigned char)*p); p++)
		if (__builtin_mul_overflow(*whole, 10u, whole) ||
		    __builtin_add_overflow(*whole, (unsigned)(*p - '0'), whole))
			fits = false;
	if (p[0] == '.' && isdigit((unsigned char)p[1]))
		for (p++; isdigit((unsigned char)*p); p++)
			*fraction += (*p - '0') * (scale /= 10);
	*s = p;
	return fits;
}

int unit_parse(const char *text, uint64_t *value, struct error *e)
{
	const char *p = text;
	uint64_t whole, factor;
	double fraction;
	bool fits, bits;

	if (!isdigit((unsigned char)text[0]))
		return error_set_at(e, ERR_FORMAT, 0, "'%.40s' is no number (1500, 1.5k, 2M, 1GiB)", text);
	fits = parse_number(&p, &whole, &fraction);
	while (*p == ' ')
		p++;
	if (!parse_suffix(p, &factor, &bits))
		return error_set_at(e, ERR_FORMAT, (int)(p - text),
				    "'%.40s' has no known unit (k, M, G, Ki, Mi, Gi; B, bit, /s)", text);
	if (!fits || __builtin_mul_overflow(whole, factor, &whole) ||
	    __builtin_add_overflow(whole, (uint64_t)(fraction * (double)factor + 0.5), &whole))
		return error_set_at(e, ERR_FORMAT, 0, "'%.40s' is too large", text);
	*value = bits ? whole / 8 + (whole % 8 >= 4) : whole;
	return 0;
}
