/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * THE table of settings, and reading, writing and turning their values. A setting is one line here: it is then
 * an option, a line of the configuration file and an item of the setup screen. Draws nothing. Main
 * thread; called by options, the configuration file and the setup screen.
 */
#include "config.h"

#include "dpitop/setting.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "tui/style.h"
#include "tui/view.h"

static const double interval_least = 0.1, interval_most = 86400;

static const char *glyphs_choice(size_t i)
{
	static const char *const names[] = {"auto", "ascii", "blocks", "braille"};

	return i < sizeof names / sizeof names[0] ? names[i] : NULL;
}

static const char *unit_choice(size_t i)
{
	static const char *const names[] = {"bits", "bytes", "packets"};

	return i < sizeof names / sizeof names[0] ? names[i] : NULL;
}

static const char *view_choice(size_t i)
{
	return i < view_count() ? view_at(i)->name : NULL;
}

#define AT(field) offsetof(struct tui_settings, field)

/* clang-format off */
const struct setting setting_table[SETTING_COUNT] = {
	[SET_THEME] =     {"theme", 0, "NAME", N_("colours: default, light, high-contrast or mono"), N_("Theme"),
			   PAGE_COLOURS, SETTING_CHOICE, AT(theme), theme_name, false},
	[SET_GLYPHS] =    {"glyphs", 0, "LEVEL", N_("characters of graphs and marks: auto, ascii, blocks or braille"), N_("Glyphs"),
			   PAGE_DISPLAY, SETTING_CHOICE, AT(glyphs), glyphs_choice, false},
	[SET_UNIT] =      {"unit", 0, "NAME", N_("rates in bits, bytes or packets"), N_("Rates in"),
			   PAGE_DISPLAY, SETTING_CHOICE, AT(unit), unit_choice, false},
	[SET_LOG_SCALE] = {"log-scale", 0, NULL, N_("draw graphs with a logarithmic scale"), N_("Logarithmic graph"),
			   PAGE_DISPLAY, SETTING_SWITCH, AT(log_scale), NULL, false},
	[SET_VIEW] =      {"view", 0, "NAME", N_("the pane to show first or to print"), N_("First pane"),
			   PAGE_DISPLAY, SETTING_CHOICE, AT(view), view_choice, false},
	[SET_INTERVAL] =  {"interval", 0, "SECONDS", N_("time between pictures; default 1"), N_("Seconds a picture"),
			   PAGE_BEHAVIOUR, SETTING_SECONDS, AT(interval), NULL, false},
	[SET_NAMES] =     {"names", 'N', NULL, N_("look up host names"), N_("Look names up"),
			   PAGE_BEHAVIOUR, SETTING_SWITCH, AT(names), NULL, true},
	[SET_MOUSE] =     {"mouse", 0, NULL, N_("take the mouse from the terminal"), N_("Mouse"),
			   PAGE_BEHAVIOUR, SETTING_SWITCH, AT(mouse), NULL, true},
	[SET_HERE] =      {"here", 0, "PLACE", N_("where we are, for the map: degrees north and east (52.5,13.4) or a country (DE); "
			   "default: a local host's place"), N_("Where we are"),
			   PAGE_FILE, SETTING_PLACE, AT(here), NULL, false},
	[SET_HISTORY] =   {"history", 0, NULL, N_("record history (what the screen can go back in time to)"), N_("Record history"),
			   PAGE_FILE, SETTING_SWITCH, AT(history), NULL, true},
};
/* clang-format on */

static void *field(const struct setting *one, struct tui_settings *s)
{
	return (char *)s + one->offset;
}

static const void *const_field(const struct setting *one, const struct tui_settings *s)
{
	return (const char *)s + one->offset;
}

void settings_init(struct tui_settings *s)
{
	memset(s, 0, sizeof *s);
	s->view = SETTING_UNSET;
	s->interval = SETTING_UNSET;
	for (size_t i = 0; i < SETTING_COUNT; i++)
		if (setting_table[i].kind == SETTING_SWITCH)
			*(bool *)field(&setting_table[i], s) = setting_table[i].is_on;
}

bool settings_ascii(const struct tui_settings *s)
{
	return s->glyphs == 1 + GLYPHS_ASCII;
}

const struct setting *setting_find(const char *name, size_t n)
{
	for (size_t i = 0; i < SETTING_COUNT; i++)
		if (strlen(setting_table[i].name) == n && strncmp(setting_table[i].name, name, n) == 0)
			return &setting_table[i];
	return NULL;
}

static const char *choices(const struct setting *one, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; one->choice(i) != NULL && used + strlen(one->choice(i)) + 8 < size; i++) {
		const char *between = i == 0 ? "" : one->choice(i + 1) != NULL ? ", " : _(" or ");

		used += (size_t)snprintf(buf + used, size - used, "%s%s", between, one->choice(i));
	}
	return buf;
}

static int set_choice(const struct setting *one, struct tui_settings *s, const char *value, struct error *e)
{
	char names[192];

	for (size_t i = 0; one->choice(i) != NULL; i++) {
		if (strcmp(one->choice(i), value) == 0) {
			*(int *)field(one, s) = (int)i;
			return 0;
		}
	}
	return error_set(e, ERR_USAGE, "%s wants %s, not '%.30s'", one->name, choices(one, names, sizeof names), value);
}

static int set_seconds(const struct setting *one, struct tui_settings *s, const char *value, struct error *e)
{
	char *end;
	double n;

	errno = 0;
	n = strtod(value, &end);
	if (end == value || *end != '\0' || errno != 0 || !(n >= interval_least && n <= interval_most))
		return error_set(e, ERR_USAGE, "%s wants seconds from 0.1 to 86400, not '%.40s'", one->name, value);
	*(double *)field(one, s) = n;
	return 0;
}

static bool parse_degrees(const char *value, struct setting_place *p)
{
	const char *second;
	char *end;

	p->latitude = strtod(value, &end);
	if (end == value || *end != ',' || value[strspn(value, "0123456789.,+-")] != '\0')
		return false;
	second = end + 1;
	p->longitude = strtod(second, &end);
	return end != second && *end == '\0' && fabs(p->latitude) <= 90 && fabs(p->longitude) <= 180;
}

/* "52.5,13.4" or "DE" */
static int set_place(const struct setting *one, struct tui_settings *s, const char *value, struct error *e)
{
	struct setting_place p = {.known = true};
	char code[2] = "";

	for (int i = 0; i < 2 && strlen(value) == 2; i++)
		code[i] = (char)toupper((unsigned char)value[i]);
	snprintf(p.text, sizeof p.text, "%s", value);
	if ((!parse_degrees(value, &p) || strlen(value) >= SETTING_TEXT) && (code[0] == '\0' || !country_centre(code, &p.latitude, &p.longitude)))
		return error_set(e, ERR_USAGE, "%s wants degrees north and east like 52.5,13.4 or a country like DE, not '%.40s'",
				 one->name, value);
	*(struct setting_place *)field(one, s) = p;
	return 0;
}

int setting_set(const struct setting *one, struct tui_settings *s, const char *value, struct error *e)
{
	bool on = strcmp(value, "on") == 0;

	if (one->kind == SETTING_CHOICE)
		return set_choice(one, s, value, e);
	if (one->kind == SETTING_SECONDS)
		return set_seconds(one, s, value, e);
	if (one->kind == SETTING_PLACE)
		return set_place(one, s, value, e);
	if (!on && strcmp(value, "off") != 0)
		return error_set(e, ERR_USAGE, "%s wants on or off, not '%.40s'", one->name, value);
	*(bool *)field(one, s) = on;
	return 0;
}

const char *setting_text(const struct setting *one, const struct tui_settings *s, char buf[SETTING_TEXT])
{
	const void *at = const_field(one, s);
	const char *name;

	buf[0] = '\0';
	if (one->kind == SETTING_SWITCH) {
		snprintf(buf, SETTING_TEXT, "%s", *(const bool *)at ? "on" : "off");
	} else if (one->kind == SETTING_SECONDS) {
		if (*(const double *)at > 0)
			snprintf(buf, SETTING_TEXT, "%g", *(const double *)at);
	} else if (one->kind == SETTING_PLACE) {
		snprintf(buf, SETTING_TEXT, "%s", ((const struct setting_place *)at)->text);
	} else if (*(const int *)at >= 0) {
		name = one->choice((size_t)*(const int *)at);
		snprintf(buf, SETTING_TEXT, "%s", name != NULL ? name : "");
	}
	return buf;
}

static double turn_seconds(double now, int step)
{
	static const double offered[] = {1, 2, 3, 5, 10, 30, 60};
	size_t n = sizeof offered / sizeof offered[0], i = 0;

	if (now <= 0)
		now = 1;
	if (step > 0) {
		while (i < n && offered[i] <= now)
			i++;
		return offered[i < n ? i : 0];
	}
	while (i < n && offered[i] < now)
		i++;
	return offered[i > 0 ? i - 1 : n - 1];
}

void setting_turn(const struct setting *one, struct tui_settings *s, int step)
{
	void *at = field(one, s);
	int count = 0, next;

	if (one->kind == SETTING_SWITCH) {
		*(bool *)at = !*(bool *)at;
	} else if (one->kind == SETTING_SECONDS) {
		*(double *)at = turn_seconds(*(double *)at, step);
	} else if (one->kind == SETTING_CHOICE) { /* a place is no choice */
		while (one->choice((size_t)count) != NULL)
			count++;
		next = (*(int *)at < 0 ? 0 : *(int *)at) + step;
		*(int *)at = next < 0 ? count - 1 : next >= count ? 0 : next;
	}
}

bool setting_is_default(const struct setting *one, const struct tui_settings *s)
{
	struct tui_settings usual;
	char a[SETTING_TEXT], b[SETTING_TEXT];

	settings_init(&usual);
	return strcmp(setting_text(one, s, a), setting_text(one, &usual, b)) == 0;
}
