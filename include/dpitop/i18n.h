/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Texts of our own in the user's language, by gettext(3). What is written for programs (JSON and CSV keys,
 * option and column names, the filter language, configuration) is never translated, and numbers keep their
 * point: only the categories LC_CTYPE and LC_MESSAGES follow the environment. Any thread after i18n_open().
 */
#ifndef DPITOP_I18N_H
#define DPITOP_I18N_H

#include <stdbool.h>

/* _("text"): its translation, or itself; constant, lives as long as the program. */
#define _(text) i18n(text)
/* N_("text"): only marks text of a const table for the catalogue; translate it with _() where it is shown. */
#define N_(text) text
/* NN_("one", "many"): two members of such a table; translate them with i18n_count(). */
#define NN_(one, many) one, many
/* Functions that take a format of ours (error_set(), log_line(), screen_say() ...) translate it themselves;
 * contrib/translations knows them by name. Their arguments are not translated. */

/* Follow LC_ALL, LC_MESSAGES, LANG and LANGUAGE, with catalogues below `folder`
 * (folder/zh_CN/LC_MESSAGES/dpitop.mo), also where that locale is not installed. Main thread, once, before
 * there is another thread or any text is shown. Without gettext
 * (configure --disable-nls) or a UTF-8 locale all texts are English. */
void i18n_open(const char *folder);
/* All texts in English from here on, or in the user's language again: for a screen of ASCII alone, and for what
 * programs read. Any thread. */
void i18n_english(bool on);
/* "" stays "" (gettext would give the catalogue's head). */
const char *i18n(const char *text) __attribute__((format_arg(1)));
/* One text for n = 1, another for other counts; some languages have more forms, or just one. */
const char *i18n_count(const char *one, const char *many, unsigned long n)
	__attribute__((format_arg(1))) __attribute__((format_arg(2)));

#endif
