/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * THE tables of colours, one a theme. Colour means: direction (sent, received), severity (good, warn,
 * alarm), place (local), weight (dim). A test computes the contrasts. Constant; any thread.
 */
#include "config.h"

#include "dpitop/i18n.h"
#include "tui/style.h"

enum { OWN = -1 };

/* Numbers of xterm's palette of 256 (the cube 16 to 231, greys 232 to 255): these read on black as well
 * as on white. */
enum { GREEN = 28, TEAL = 30, BLUE = 32, PURPLE = 133, YELLOW = 136, RED = 160, ORANGE = 166, GREY = 244 };
/* These on white. */
enum { DARK_GREEN = 22, DARK_TEAL = 23, DARK_BLUE = 25, DARK_PURPLE = 91, DARK_RED = 124, BROWN = 130, DARK_GREY = 242 };
/* And these on black; blue, orange and yellow stay apart with any kind of colour blindness. */
enum { BLACK = 16, SKY = 117, LIGHT_ORANGE = 214, VERMILION = 209, LEMON = 227, WHITE = 231, LIGHT_GREY = 250 };
/* The eight everybody has (ECMA-48 SGR 30 to 37). */
enum { BLACK8, RED8, GREEN8, YELLOW8, BLUE8, PURPLE8, TEAL8, WHITE8 };

/* Short for the tables. */
enum { BOLD = LOOK_BOLD, DIM = LOOK_DIM, UNDER = LOOK_UNDERLINE, SWAP = LOOK_REVERSE };

/* clang-format off */
const struct theme themes[THEME_COUNT] = {
	[THEME_DEFAULT] = {"default", N_("calm, on dark and on light"), OWN, OWN, OWN, OWN, {
		/*                     256 colours            8 colours */
		[STYLE_DIM] =        {{GREY, 0},             {0, DIM}},
		[STYLE_BOLD] =       {{0, BOLD},             {0, BOLD}},
		[STYLE_TITLE] =      {{0, BOLD},             {0, BOLD}},
		[STYLE_HEADER] =     {{0, BOLD | UNDER},     {0, BOLD | UNDER}},
		[STYLE_TAB] =        {{GREY, 0},             {0, 0}},
		[STYLE_TAB_ACTIVE] = {{0, BOLD | SWAP},      {0, BOLD | SWAP}},
		[STYLE_CURSOR] =     {{0, SWAP},             {0, SWAP}},
		[STYLE_TAGGED] =     {{YELLOW, BOLD},        {YELLOW8, BOLD}},
		[STYLE_SUM] =        {{0, BOLD},             {0, BOLD}},
		[STYLE_SENT] =       {{PURPLE, 0},           {PURPLE8, 0}},
		[STYLE_RECEIVED] =   {{BLUE, 0},             {TEAL8, 0}},
		[STYLE_LOCAL] =      {{TEAL, 0},             {GREEN8, 0}},
		[STYLE_GOOD] =       {{GREEN, 0},            {GREEN8, 0}},
		[STYLE_WARN] =       {{ORANGE, BOLD},        {YELLOW8, BOLD}},
		[STYLE_ALARM] =      {{RED, BOLD},           {RED8, BOLD}},
		[STYLE_KEY] =        {{0, BOLD},             {0, BOLD}},
		[STYLE_KEY_TEXT] =   {{TEAL, SWAP},          {TEAL8, SWAP}},
		[STYLE_GRAPH_OUT] =  {{PURPLE, 0},           {PURPLE8, 0}},
		[STYLE_GRAPH_IN] =   {{BLUE, 0},             {TEAL8, 0}},
		[STYLE_AXIS] =       {{GREY, 0},             {0, DIM}},
		[STYLE_LINK] =       {{BLUE, UNDER},         {0, UNDER}},
		[STYLE_PROMPT] =     {{TEAL, BOLD},          {0, BOLD}},
		[STYLE_BANNER] =     {{ORANGE, BOLD | SWAP}, {YELLOW8, SWAP}},
		[STYLE_LAND] =       {{GREY, 0},             {0, DIM}},
		[STYLE_ARC] =        {{TEAL, 0},             {GREEN8, 0}},
		[STYLE_HOME] =       {{TEAL, BOLD},          {GREEN8, BOLD}},
		[STYLE_POINT] =      {{0, BOLD},             {0, BOLD}},
		[STYLE_POINT_SENT] = {{PURPLE, BOLD},        {PURPLE8, BOLD}},
		[STYLE_POINT_RECEIVED] = {{BLUE, BOLD},      {TEAL8, BOLD}},
		[STYLE_HEAT_1] =     {{GREY, 0},             {0, DIM}},
		[STYLE_HEAT_2] =     {{0, 0},                {0, 0}},
		[STYLE_HEAT_3] =     {{TEAL, BOLD},          {TEAL8, BOLD}},
		[STYLE_HEAT_4] =     {{TEAL, SWAP},          {TEAL8, SWAP}},
		[STYLE_HEAT_5] =     {{YELLOW, BOLD | SWAP}, {YELLOW8, BOLD | SWAP}},
	}},
	[THEME_LIGHT] = {"light", N_("darker colours for a white background"), OWN, OWN, OWN, OWN, {
		[STYLE_DIM] =        {{DARK_GREY, 0},        {0, 0}},
		[STYLE_TAB] =        {{DARK_GREY, 0},        {0, 0}},
		[STYLE_CURSOR] =     {{DARK_BLUE, SWAP},     {BLUE8, SWAP}},
		[STYLE_TAGGED] =     {{BROWN, BOLD},         {0, BOLD | UNDER}},
		[STYLE_SENT] =       {{DARK_PURPLE, 0},      {PURPLE8, 0}},
		[STYLE_RECEIVED] =   {{DARK_BLUE, 0},        {BLUE8, 0}},
		[STYLE_LOCAL] =      {{DARK_TEAL, 0},        {0, BOLD}},
		[STYLE_GOOD] =       {{DARK_GREEN, 0},       {0, BOLD}},
		[STYLE_WARN] =       {{BROWN, BOLD},         {PURPLE8, BOLD | UNDER}},
		[STYLE_ALARM] =      {{DARK_RED, BOLD},      {RED8, BOLD}},
		[STYLE_KEY_TEXT] =   {{DARK_TEAL, SWAP},     {BLUE8, SWAP}},
		[STYLE_GRAPH_OUT] =  {{DARK_PURPLE, 0},      {PURPLE8, 0}},
		[STYLE_GRAPH_IN] =   {{DARK_BLUE, 0},        {BLUE8, 0}},
		[STYLE_AXIS] =       {{DARK_GREY, 0},        {0, 0}},
		[STYLE_LINK] =       {{DARK_BLUE, UNDER},    {BLUE8, UNDER}},
		[STYLE_PROMPT] =     {{DARK_TEAL, BOLD},     {BLUE8, BOLD}},
		[STYLE_BANNER] =     {{BROWN, BOLD | SWAP},  {RED8, SWAP}},
		[STYLE_LAND] =       {{DARK_GREY, 0},        {0, DIM}},
		[STYLE_ARC] =        {{DARK_TEAL, 0},        {BLUE8, 0}},
		[STYLE_HOME] =       {{DARK_TEAL, BOLD},     {0, BOLD}},
		[STYLE_POINT_SENT] = {{DARK_PURPLE, BOLD},   {PURPLE8, BOLD}},
		[STYLE_POINT_RECEIVED] = {{DARK_BLUE, BOLD}, {BLUE8, BOLD}},
		[STYLE_HEAT_1] =     {{DARK_GREY, 0},        {0, 0}},
		[STYLE_HEAT_3] =     {{DARK_TEAL, BOLD},     {0, BOLD}},
		[STYLE_HEAT_4] =     {{DARK_TEAL, SWAP},     {BLUE8, SWAP}},
		[STYLE_HEAT_5] =     {{BROWN, BOLD | SWAP},  {PURPLE8, BOLD | SWAP}},
	}},
	[THEME_HIGH_CONTRAST] = {"high-contrast", N_("white on black, safe for the colour-blind"), WHITE, BLACK, WHITE8, BLACK8, {
		[STYLE_DIM] =        {{LIGHT_GREY, 0},       {0, 0}},
		[STYLE_TAB] =        {{LIGHT_GREY, 0},       {0, 0}},
		[STYLE_TAGGED] =     {{LEMON, BOLD | UNDER}, {YELLOW8, BOLD | UNDER}},
		[STYLE_SENT] =       {{LIGHT_ORANGE, 0},     {YELLOW8, BOLD}},
		[STYLE_RECEIVED] =   {{SKY, 0},              {TEAL8, BOLD}},
		[STYLE_LOCAL] =      {{0, BOLD},             {0, BOLD}},
		[STYLE_GOOD] =       {{SKY, 0},              {TEAL8, 0}},
		[STYLE_WARN] =       {{LEMON, BOLD},         {YELLOW8, BOLD | UNDER}},
		[STYLE_ALARM] =      {{VERMILION, BOLD | SWAP}, {YELLOW8, BOLD | SWAP}},
		[STYLE_KEY_TEXT] =   {{SKY, SWAP},           {TEAL8, SWAP}},
		[STYLE_GRAPH_OUT] =  {{LIGHT_ORANGE, 0},     {YELLOW8, BOLD}},
		[STYLE_GRAPH_IN] =   {{SKY, 0},              {TEAL8, BOLD}},
		[STYLE_AXIS] =       {{LIGHT_GREY, 0},       {0, 0}},
		[STYLE_LINK] =       {{SKY, UNDER},          {TEAL8, UNDER}},
		[STYLE_PROMPT] =     {{LEMON, BOLD},         {YELLOW8, BOLD}},
		[STYLE_BANNER] =     {{LEMON, BOLD | SWAP},  {TEAL8, BOLD | SWAP}},
		[STYLE_LAND] =       {{LIGHT_GREY, 0},       {0, 0}},
		[STYLE_ARC] =        {{LEMON, 0},            {YELLOW8, 0}},
		[STYLE_HOME] =       {{LEMON, BOLD},         {YELLOW8, BOLD}},
		[STYLE_POINT_SENT] = {{LIGHT_ORANGE, BOLD},  {YELLOW8, BOLD}},
		[STYLE_POINT_RECEIVED] = {{SKY, BOLD},       {TEAL8, BOLD}},
		[STYLE_HEAT_1] =     {{LIGHT_GREY, 0},       {0, 0}},
		[STYLE_HEAT_3] =     {{SKY, BOLD},           {TEAL8, BOLD}},
		[STYLE_HEAT_4] =     {{SKY, SWAP},           {TEAL8, SWAP}},
		[STYLE_HEAT_5] =     {{LEMON, BOLD | SWAP},  {YELLOW8, BOLD | SWAP}},
	}},
	[THEME_MONO] = {"mono", N_("no colours: bold, underlined, reversed"), OWN, OWN, OWN, OWN, {{{0, 0}, {0, 0}}}},
};
/* clang-format on */

const char *theme_name(size_t i)
{
	return i < THEME_COUNT ? themes[i].name : NULL;
}
