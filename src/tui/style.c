/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a style looks: by theme and by what the terminal can, with attributes alone where there is no
 * colour. The background is the terminal's own but in themes that say otherwise, so that dark and
 * light terminals both stay as their owner likes them. Constant; any thread; called by term_curses.c,
 * dumps and tests.
 */
#include "config.h"

#include "tui/style.h"

enum { OWN = -1, COLOURS_FEW = 8, COLOURS_MANY = 256 };
enum { BOLD = LOOK_BOLD, DIM = LOOK_DIM, UNDER = LOOK_UNDERLINE, SWAP = LOOK_REVERSE };

struct style_row {
	const char *name;
	char letter;
	uint8_t mono; /* attributes without colour: everything reads without it */
};

/* clang-format off */
static const struct style_row table[STYLE_COUNT] = {
	[STYLE_NORMAL] =     {"normal", '.', 0},
	[STYLE_DIM] =        {"dim", 'd', DIM},
	[STYLE_BOLD] =       {"bold", 'b', BOLD},
	[STYLE_TITLE] =      {"title", 't', BOLD},
	[STYLE_HEADER] =     {"header", 'H', BOLD | UNDER},
	[STYLE_TAB] =        {"tab", 'a', 0},
	[STYLE_TAB_ACTIVE] = {"active tab", 'A', BOLD | SWAP},
	[STYLE_CURSOR] =     {"cursor", 'C', SWAP},
	[STYLE_TAGGED] =     {"tagged", 'T', BOLD | UNDER},
	[STYLE_SUM] =        {"sum", 'S', BOLD},
	[STYLE_SENT] =       {"sent", 's', 0},
	[STYLE_RECEIVED] =   {"received", 'r', 0},
	[STYLE_LOCAL] =      {"local", 'l', 0},
	[STYLE_GOOD] =       {"good", 'g', 0},
	[STYLE_WARN] =       {"warn", 'w', BOLD},
	[STYLE_ALARM] =      {"alarm", '!', BOLD | SWAP},
	[STYLE_KEY] =        {"key", 'k', BOLD},
	[STYLE_KEY_TEXT] =   {"key text", 'K', SWAP},
	[STYLE_GRAPH_OUT] =  {"graph out", 'o', 0},
	[STYLE_GRAPH_IN] =   {"graph in", 'i', 0},
	[STYLE_AXIS] =       {"axis", '-', DIM},
	[STYLE_LINK] =       {"link", 'u', UNDER},
	[STYLE_PROMPT] =     {"prompt", 'p', BOLD},
	[STYLE_BANNER] =     {"banner", 'B', BOLD | SWAP},
	[STYLE_LAND] =       {"land", 'm', DIM},
	[STYLE_ARC] =        {"arc", 'c', 0},
	[STYLE_HOME] =       {"home", 'h', BOLD},
	[STYLE_POINT] =      {"point", 'x', BOLD},
	[STYLE_POINT_SENT] = {"sender", 'X', BOLD},
	[STYLE_POINT_RECEIVED] = {"receiver", 'Y', 0},
	[STYLE_HEAT_1] =     {"heat 1", '1', DIM},
	[STYLE_HEAT_2] =     {"heat 2", '2', 0},
	[STYLE_HEAT_3] =     {"heat 3", '3', BOLD},
	[STYLE_HEAT_4] =     {"heat 4", '4', UNDER},
	[STYLE_HEAT_5] =     {"heat 5", '5', BOLD | UNDER},
};
/* clang-format on */

static enum style known(enum style s)
{
	return (unsigned)s < STYLE_COUNT ? s : STYLE_NORMAL;
}

static struct theme_look look_of(const struct theme *t, enum style s, bool many)
{
	const struct theme_look *a = &t->looks[s].many, *b = &t->looks[s].few;

	if (a->colour == 0 && a->attributes == 0 && b->colour == 0 && b->attributes == 0) {
		a = &themes[THEME_DEFAULT].looks[s].many;
		b = &themes[THEME_DEFAULT].looks[s].few;
	}
	return many ? *a : *b;
}

struct style_look style_look(enum style s, int theme, int colours)
{
	bool many = colours >= COLOURS_MANY;
	const struct theme *t = &themes[(unsigned)theme < THEME_COUNT ? theme : THEME_DEFAULT];
	struct theme_look look;
	int16_t text, back;

	s = known(s);
	if (colours < COLOURS_FEW || t == &themes[THEME_MONO])
		return (struct style_look){OWN, OWN, table[s].mono};
	look = look_of(t, s, many);
	text = many ? t->text : t->text8;
	back = many ? t->back : t->back8;
	return (struct style_look){look.colour != 0 ? look.colour : text, back, look.attributes};
}

char style_letter(enum style s)
{
	return table[known(s)].letter;
}

const char *style_name(enum style s)
{
	return table[known(s)].name;
}
