/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Translations by the C library's gettext. Any thread after i18n_open(); called by whoever shows text.
 */
#include "config.h"

#include "dpitop/i18n.h"

#include <langinfo.h>
#include <libintl.h>
#include <locale.h>
#include <string.h>

void i18n_open(const char *folder)
{
	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return; /* our texts are UTF-8, and English is ASCII */
	setlocale(LC_MESSAGES, "");
	bindtextdomain(PACKAGE, folder);
	bind_textdomain_codeset(PACKAGE, "UTF-8");
	textdomain(PACKAGE);
}

const char *i18n(const char *text)
{
	return text[0] != '\0' ? gettext(text) : text;
}

const char *i18n_count(const char *one, const char *many, unsigned long n)
{
	return ngettext(one, many, n);
}
