/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --help, from the option table. Main thread.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "app/options.h"
#include "dpitop/i18n.h"
#include "dpitop/text.h"

enum { HELP_COLUMN = 28, HELP_WIDTH = 80, WORDS_TEXT = 400 };

/* Text up to the right edge, further lines below the first. */
static void help_words(FILE *out, const char *text)
{
	while (*text) {
		size_t n = text_line(text, HELP_WIDTH - HELP_COLUMN);

		fprintf(out, "%.*s\n%*s", (int)n, text, text[n] ? HELP_COLUMN : 0, "");
		text += n + strspn(text + n, " ");
	}
}

static const char *help_of(const struct option *o, char buf[WORDS_TEXT])
{
	const struct setting *s = option_setting(o);

	snprintf(buf, WORDS_TEXT, s && s->is_on ? _("do not %s") : "%s", _(s ? s->help : o->help));
	return buf;
}

static void help_line(FILE *out, const struct option *o)
{
	char left[80], name[OPTION_NAME], words[WORDS_TEXT], letter = option_letter(o);
	const char *argument = option_argument(o);
	int n;

	if (o->group)
		fprintf(out, "\n%s:\n", _(o->group));
	n = snprintf(left, sizeof left, "  %c%c%c --%s%s%s", letter ? '-' : ' ', letter ? letter : ' ',
		     letter ? ',' : ' ', option_name(o, name), argument && !option_takes_bare(o) ? " " : "", argument ? argument : "");
	if (n >= HELP_COLUMN)
		fprintf(out, "%s\n%*s", left, HELP_COLUMN, "");
	else
		fprintf(out, "%-*s", HELP_COLUMN, left);
	help_words(out, help_of(o, words));
}

void options_help(FILE *out)
{
	size_t i;

	fputs(_("usage: dpitop [option ...] [capture filter]\n"
		"Shows who talks to whom, what and where: live, from a file, or as routers tell.\n"), out);
	for (i = 0; i < option_count; i++)
		help_line(out, &option_table[i]);
	fputs(_("\nThe capture filter is as for tcpdump, see pcap-filter(7). See dpitop(1).\n"), out);
}
