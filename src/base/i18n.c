/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Translations by the C library's gettext. Any thread after i18n_open(); called by whoever shows text.
 */
#include "config.h"

#include "dpitop/i18n.h"

#include <langinfo.h>
#include <libintl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

static const char utf8[] = "C.UTF-8"; /* is there without being installed */

/* The locale the environment names for a category, in the order of setlocale(3). */
static const char *asked(const char *category)
{
	const char *const names[] = {"LC_ALL", category, "LANG"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *name = getenv(names[i]);

		if (name != NULL && name[0] != '\0')
			return name;
	}
	return "C";
}

/* A locale that is not installed (the other end of an SSH session has it) still says which characters and
 * which language are meant. */
static void open_locale(void)
{
	const char *name = asked("LC_CTYPE");

	if (setlocale(LC_CTYPE, "") == NULL && (strcasestr(name, "UTF-8") != NULL || strcasestr(name, "utf8") != NULL))
		setlocale(LC_CTYPE, utf8);
	if (setlocale(LC_MESSAGES, "") == NULL && setlocale(LC_MESSAGES, utf8) != NULL)
		setenv("LANGUAGE", asked("LC_MESSAGES"), 0);
}

void i18n_open(const char *folder)
{
	open_locale();
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) { /* our texts are UTF-8, and English is ASCII */
		setlocale(LC_MESSAGES, "C");
		return;
	}
	bindtextdomain(PACKAGE, folder);
	bind_textdomain_codeset(PACKAGE, "UTF-8");
	textdomain(PACKAGE);
}

void i18n_english(bool on)
{
	textdomain(on ? "messages" : PACKAGE); /* there is no catalogue of the one that is the library's default */
}

const char *i18n(const char *text)
{
	return text[0] != '\0' ? gettext(text) : text;
}

const char *i18n_count(const char *one, const char *many, unsigned long n)
{
	return ngettext(one, many, n);
}
