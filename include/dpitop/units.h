/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers for people: fixed widths, one unit table. Any thread.
 */
#ifndef DPITOP_UNITS_H
#define DPITOP_UNITS_H

#include <stddef.h>
#include <stdint.h>

#include "dpitop/err.h"

enum { UNIT_TEXT = 32 };

const char *unit_bytes(uint64_t bytes, char *buf, size_t size);  /* "18.2 GiB", "201 B" */
const char *unit_bits(double bits_per_s, char *buf, size_t size); /* "412.3 Mb/s", "0 b/s" */
const char *unit_rate_bytes(double bytes_per_s, char *buf, size_t size); /* "51.5 MB/s" */
const char *unit_packets(double packets_per_s, char *buf, size_t size);  /* "98.2 kp/s" */
const char *unit_count(uint64_t n, char *buf, size_t size);      /* "12,431"; from 10 M on "12.4 M" */
const char *unit_duration(uint64_t us, char *buf, size_t size);  /* "812 us" "5.2 s" "3m12" "2h05" "4d03" */
const char *unit_clock(int64_t us, char *buf, size_t size);      /* local "14:02:31" */
const char *unit_datetime(int64_t us, char *buf, size_t size);   /* local "2026-11-20 14:02:31" */
/* v with 0 to 20 decimals and a point, whatever the locale: "-0.50". NaN, inf and what buf
 * cannot hold are "0". */
const char *unit_decimal(double v, int decimals, char *buf, size_t size);
/* "1500", "1.5k", "2M", "1G" (powers of 1000), "1Ki", "1Mi", "1GiB" (powers of 1024), trailing B,
 * b, bit, /s allowed; bits are divided by 8: the value is bytes. Whole string;
 * whole numbers are exact up to 2^64 - 1. */
int unit_parse(const char *text, uint64_t *value, struct error *e);

#endif
