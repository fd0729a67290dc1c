/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Without translations: every text is what the source says. Any thread.
 */
#include "config.h"

#include "dpitop/i18n.h"

#include <locale.h>

void i18n_open(const char *folder)
{
	(void)folder;
	setlocale(LC_CTYPE, "");
}

void i18n_english(bool on)
{
	(void)on;
}

const char *i18n(const char *text)
{
	return text;
}

const char *i18n_count(const char *one, const char *many, unsigned long n)
{
	return n == 1 ? one : many;
}
