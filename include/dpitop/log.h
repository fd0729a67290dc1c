/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program's log: a ring of the last lines (shown in the Sources pane), or stderr while there is
 * no screen. Lines are cleaned by text_clean(). Any thread (a mutex inside); never on the hot path.
 */
#ifndef DPITOP_LOG_H
#define DPITOP_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_INFO_, LOG_WARN_, LOG_ERROR_ };
enum { LOG_TEXT = 200, LOG_LINES = 64 };

struct log_line {
	int64_t time_us; /* wall clock */
	enum log_level level;
	char text[LOG_TEXT];
};

void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_to_stderr(bool on); /* default on; the screen turns it off */
/* Copy the newest lines, newest first; returns how many (at most max and LOG_LINES). */
size_t log_copy(struct log_line *dst, size_t max);

#endif
