/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Errors: the sentence a user reads, put together in one place. Not a log and not an exit: only
 * main exits. Any thread; called by every room.
 */
#include "config.h"

#include "dpitop/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"

/* Drop the bytes of a character that was cut at the end of s (n bytes). */
static void drop_cut_character(char *s, size_t n)
{
	size_t lead = n;

	while (lead > 0 && n - lead < 3 && ((unsigned char)s[lead - 1] & 0xc0) == 0x80)
		lead--;
	if (lead == 0)
		return;
	unsigned char c = (unsigned char)s[lead - 1];
	size_t need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;

	if (n - (lead - 1) < need)
		s[lead - 1] = '\0';
}

static void fill(struct error *e, enum err code, int position, const char *format, va_list args)
{
	char text[sizeof e->text]; /* the old text may be an argument: "eth7: " before what it was */

	if (e == NULL)
		return;
	int n = vsnprintf(text, sizeof text, i18n(format), args);

	if (n < 0)
		text[0] = '\0';
	else if (n >= (int)sizeof text)
		drop_cut_character(text, sizeof text - 1);
	e->code = code;
	e->position = position;
	memcpy(e->text, text, strlen(text) + 1);
}

int error_set(struct error *e, enum err code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(e, code, -1, format, args);
	va_end(args);
	return code;
}

int error_set_at(struct error *e, enum err code, int position, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(e, code, position, format, args);
	va_end(args);
	return code;
}
