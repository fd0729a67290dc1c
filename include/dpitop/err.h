/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Errors: one enum, one struct that carries the sentence a user reads. Functions return 0 or a
 * negative enum err and fill the caller's struct error (which may be NULL). Any thread.
 */
#ifndef DPITOP_ERR_H
#define DPITOP_ERR_H

#include <stddef.h>

enum err {
	ERR_NONE = 0,
	ERR_USAGE = -1,      /* wrong option, filter or value: exit status 2 */
	ERR_IO = -2,         /* file, device or socket failed */
	ERR_PERMISSION = -3, /* the right is missing; the text names the remedy */
	ERR_NOT_FOUND = -4,  /* no such file, interface, name */
	ERR_FORMAT = -5,     /* outside bytes are not what they should be */
	ERR_LIMIT = -6,      /* a bound was reached */
	ERR_UNSUPPORTED = -7 /* this build or platform cannot */
};

struct error {
	enum err code;
	int position;   /* offset in the text that was parsed (filter, CIDR, ...), else -1 */
	char text[384]; /* lower case, no full stop: "cannot open 'eth7': no such device" */
};

/* Fill e (if not NULL) and return code. Cuts at 383 bytes, never splits a UTF-8 character. */
int error_set(struct error *e, enum err code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* As error_set(), with the offset at which the input is wrong. */
int error_set_at(struct error *e, enum err code, int position, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
