/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The screen without a terminal: a script of keys, then the canvas as text. For golden screens, so that
 * what tests compare is what users see. One thread.
 */
#include "config.h"

#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "tui/screen.h"

/* "<Click 40 3>", "<Double 0 5>", "<Wheel-Up 0 5>", "<Wheel-Down 0 5>" */
static bool mouse_of(const char *s, struct term_event *e)
{
	if (sscanf(s, "<Click %d %d>", &e->x, &e->y) == 2)
		e->mouse = MOUSE_CLICK;
	else if (sscanf(s, "<Double %d %d>", &e->x, &e->y) == 2)
		e->mouse = MOUSE_DOUBLE;
	else if (sscanf(s, "<Wheel-Up %d %d>", &e->x, &e->y) == 2)
		e->mouse = MOUSE_WHEEL_UP;
	else if (sscanf(s, "<Wheel-Down %d %d>", &e->x, &e->y) == 2)
		e->mouse = MOUSE_WHEEL_DOWN;
	else
		return false;
	e->key = KEY_CODE_MOUSE;
	return true;
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
	if (mouse_of(s, e))
		return true;
	e->key = key_parse(s + 1, (size_t)(end - s - 1));
	return e->key != 0;
}

int tui_dump(const struct feed *feed, const struct tui_options *o, int columns, int rows, const char *keys,
	     bool attributes, FILE *out, struct error *e)
{
	struct tui *t = mem_zalloc(sizeof *t);
	int r = 0;

	screen_init(t, feed, o);
	canvas_init(&t->canvas, columns, rows, o->settings.glyphs > 0 ? (enum glyphs)(o->settings.glyphs - 1) : GLYPHS_BRAILLE);
	i18n_english(screen_ascii(t));
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
