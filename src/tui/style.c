/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * THE table of looks. The background is always the terminal's own, so that dark and light terminals
 * both stay as their owner likes them; the colours for 256 are those that read on black as well as
 * on white (a test computes their contrast). Colour means: direction (sent purple, received blue),
 * severity (green, yellow, orange, red), place (local teal), weight (dim grey). Everything reads
 * without colour too. Constant; any thread; called by term.c and by dumps.
 */
#include "config.h"

#include "tui/style.h"

enum { OWN = -1, COLOURS_FEW = 8, COLOURS_MANY = 256 };

/* Numbers of xterm's palette of 256 (the cube 16 to 231, greys 232 to 255). */
enum { GREEN = 28, TEAL = 30, BLUE = 32, PURPLE = 133 };
enum { YELLOW = 136, RED = 160, ORANGE = 166, GREY = 244 };
/* And of the eight everybody has (ECMA-48 SGR 30 to 37). */
enum { RED8 = 1, GREEN8, YELLOW8, BLUE8, PURPLE8, TEAL8 };

/* Short for the table. */
enum { BOLD = LOOK_BOLD, DIM = LOOK_DIM, UNDER = LOOK_UNDERLINE, SWAP = LOOK_REVERSE };

struct style_row {
	const char *name;
	char letter;
	struct style_look many, few, mono;
};

/* clang-format off */
static const struct style_row table[STYLE_COUNT] = {
	[STYLE_NORMAL] = {"normal", '.', {OWN, 0}, {OWN, 0}, {OWN, 0}},
	[STYLE_DIM] = {"dim", 'd', {GREY, 0}, {OWN, DIM}, {OWN, DIM}},
	[STYLE_BOLD] = {"bold", 'b', {OWN, BOLD}, {OWN, BOLD}, {OWN, BOLD}},
	[STYLE_TITLE] = {"title", 't', {OWN, BOLD}, {OWN, BOLD}, {OWN, BOLD}},
	[STYLE_HEADER] = {"header", 'H', {OWN, BOLD | UNDER}, {OWN, BOLD | UNDER},
		{OWN, BOLD | UNDER}},
	[STYLE_TAB] = {"tab", 'a', {GREY, 0}, {OWN, 0}, {OWN, 0}},
	[STYLE_TAB_ACTIVE] = {"active tab", 'A', {OWN, BOLD | SWAP}, {OWN, BOLD | SWAP},
		{OWN, BOLD | SWAP}},
	[STYLE_CURSOR] = {"cursor", 'C', {OWN, SWAP}, {OWN, SWAP}, {OWN, SWAP}},
	[STYLE_TAGGED] = {"tagged", 'T', {YELLOW, BOLD}, {YELLOW8, BOLD}, {OWN, BOLD | UNDER}},
	[STYLE_SUM] = {"sum", 'S', {OWN, BOLD}, {OWN, BOLD}, {OWN, BOLD}},
	[STYLE_SENT] = {"sent", 's', {PURPLE, 0}, {PURPLE8, 0}, {OWN, 0}},
	[STYLE_RECEIVED] = {"received", 'r', {BLUE, 0}, {TEAL8, 0}, {OWN, 0}},
	[STYLE_LOCAL] = {"local", 'l', {TEAL, 0}, {GREEN8, 0}, {OWN, 0}},
	[STYLE_GOOD] = {"good", 'g', {GREEN, 0}, {GREEN8, 0}, {OWN, 0}},
	[STYLE_WARN] = {"warn", 'w', {ORANGE, BOLD}, {YELLOW8, BOLD}, {OWN, BOLD}},
	[STYLE_ALARM] = {"alarm", '!', {RED, BOLD}, {RED8, BOLD}, {OWN, BOLD | SWAP}},
	[STYLE_KEY] = {"key", 'k', {OWN, BOLD}, {OWN, BOLD}, {OWN, BOLD}},
	[STYLE_KEY_TEXT] = {"key text", 'K', {TEAL, SWAP}, {TEAL8, SWAP}, {OWN, SWAP}},
	[STYLE_GRAPH_OUT] = {"graph out", 'o', {PURPLE, 0}, {PURPLE8, 0}, {OWN, 0}},
	[STYLE_GRAPH_IN] = {"graph in", 'i', {BLUE, 0}, {TEAL8, 0}, {OWN, 0}},
	[STYLE_AXIS] = {"axis", '-', {GREY, 0}, {OWN, DIM}, {OWN, DIM}},
	[STYLE_LINK] = {"link", 'u', {BLUE, UNDER}, {OWN, UNDER}, {OWN, UNDER}},
	[STYLE_PROMPT] = {"prompt", 'p', {TEAL, BOLD}, {OWN, BOLD}, {OWN, BOLD}},
	[STYLE_BANNER] = {"banner", 'B', {ORANGE, BOLD | SWAP}, {YELLOW8, SWAP},
		{OWN, BOLD | SWAP}},
};
/* clang-format on */

static const struct style_row *row_of(enum style s)
{
	return &table[(unsigned)s < STYLE_COUNT ? s : STYLE_NORMAL];
}

struct style_look style_look(enum style s, int colours)
{
	const struct style_row *row = row_of(s);

	return colours >= COLOURS_MANY ? row->many : colours >= COLOURS_FEW ? row->few : row->mono;
}

char style_letter(enum style s)
{
	return row_of(s)->letter;
}

const char *style_name(enum style s)
{
	return row_of(s)->name;
}
