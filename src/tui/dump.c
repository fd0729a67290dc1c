/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The screen without a terminal: a script of keys, then the canvas as text. For golden screens, so that
 * what tests compare is what users see. One thread.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "tui/screen.h"

struct named_key {
	const char *name;
	uint32_t key;
};

static const struct named_key named_keys[] = {
	{"Up", KEY_CODE_UP}, {"Down", KEY_CODE_DOWN}, {"Left", KEY_CODE_LEFT}, {"Right", KEY_CODE_RIGHT},
	{"PgUp", KEY_CODE_PAGE_UP}, {"PgDn", KEY_CODE_PAGE_DOWN}, {"Home", KEY_CODE_HOME}, {"End", KEY_CODE_END},
	{"Backspace", KEY_CODE_BACKSPACE}, {"Delete", KEY_CODE_DELETE}, {"Tab", KEY_CODE_TAB},
	{"Shift-Tab", KEY_CODE_BACK_TAB}, {"Enter", KEY_CODE_ENTER}, {"Esc", KEY_CODE_ESCAPE}, {"Space", ' '},
};

static uint32_t key_of(const char *name, size_t n)
{
	if (n >= 2 && name[0] == 'F' && name[1] >= '1' && name[1] <= '9')
		return (uint32_t)(KEY_CODE_F1 + strtol(name + 1, NULL, 10) - 1);
	for (size_t i = 0; i < sizeof named_keys / sizeof named_keys[0]; i++)
		if (strlen(named_keys[i].name) == n && strncmp(named_keys[i].name, name, n) == 0)
			return named_keys[i].key;
	return 0;
}

/* The next key of a script: a character, or a name in < >. False for one that is not known. */
static bool next_key(const char **script, struct term_event *e)
{
	const char *s = *script, *end = s[0] == '<' && s[1] != '\0' ? strchr(s, '>') : NULL;

	memset(e, 0, sizeof *e);
	if (end == NULL) {
		e->key = text_next(script);
		return e->key != 0;
	}
	*script = end + 1;
	if (sscanf(s, "<Click %d %d>", &e->x, &e->y) == 2) {
		e->key = KEY_CODE_MOUSE;
		e->mouse = MOUSE_CLICK;
		return true;
	}
	e->key = key_of(s + 1, (size_t)(end - s - 1));
	return e->key != 0;
}

int tui_dump(const struct feed *feed, const struct tui_options *o, int columns, int rows, const char *keys,
	     bool attributes, FILE *out, struct error *e)
{
	struct tui *t = mem_zalloc(sizeof *t);
	int r = 0;

	screen_init(t, feed, o);
	canvas_init(&t->canvas, columns, rows, o->ascii ? GLYPHS_ASCII : GLYPHS_BRAILLE);
	screen_want(t);
	screen_refresh(t);
	screen_draw(t);
	while (r == 0 && *keys != '\0') {
		struct term_event event;
		const char *at = keys;
		enum reaction reaction;

		if (!next_key(&keys, &event)) {
			r = error_set(e, ERR_USAGE, "no such key: %s", at);
			break;
		}
		reaction = screen_key(t, &event);
		if (reaction & REACT_WANT) {
			screen_want(t);
			screen_refresh(t);
		}
		screen_draw(t);
	}
	if (r == 0)
		canvas_dump(&t->canvas, attributes, out);
	screen_release(t);
	mem_free(t);
	return r;
}
