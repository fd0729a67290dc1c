/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The log: a ring of the last lines, and stderr while there is no screen. The only mutable global
 * of the program besides the out-of-memory hook. Any thread, under a mutex; never on the hot path.
 */
#include "config.h"

#include "dpitop/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "dpitop/i18n.h"
#include "dpitop/text.h"

static struct {
	pthread_mutex_t lock;
	struct log_line lines[LOG_LINES];
	size_t next, count;
	bool quiet;
} ring = {.lock = PTHREAD_MUTEX_INITIALIZER};

void log_line(enum log_level level, const char *format, ...)
{
	struct timespec now;
	struct log_line line = {.level = level};
	char raw[4 * LOG_TEXT]; /* so that it is text_clean() that cuts, at a character */
	va_list args;

	va_start(args, format);
	vsnprintf(raw, sizeof raw, i18n(format), args);
	va_end(args);
	text_clean(line.text, sizeof line.text, raw, strlen(raw));
	clock_gettime(CLOCK_REALTIME, &now);
	line.time_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;

	pthread_mutex_lock(&ring.lock);
	ring.lines[ring.next] = line;
	ring.next = (ring.next + 1) % LOG_LINES;
	ring.count += ring.count < LOG_LINES;
	if (!ring.quiet)
		fprintf(stderr, "dpitop: %s\n", line.text);
	pthread_mutex_unlock(&ring.lock);
}

void log_to_stderr(bool on)
{
	pthread_mutex_lock(&ring.lock);
	ring.quiet = !on;
	pthread_mutex_unlock(&ring.lock);
}

size_t log_copy(struct log_line *dst, size_t max)
{
	size_t n;

	pthread_mutex_lock(&ring.lock);
	n = ring.count < max ? ring.count : max;
	for (size_t i = 0; i < n; i++)
		dst[i] = ring.lines[(ring.next + LOG_LINES - 1 - i) % LOG_LINES];
	pthread_mutex_unlock(&ring.lock);
	return n;
}
