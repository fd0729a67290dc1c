/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A line the user types, with the keys of readline that fingers know: arrows, Home, End, ctrl-A, E, U,
 * K, W, Up and Down for what was typed before. Main thread; called by screen.c.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/text.h"
#include "tui/prompt.h"
#include "tui/term.h"

enum { CTRL_A = 1, CTRL_E = 5, CTRL_G = 7, CTRL_K = 11, CTRL_U = 21, CTRL_W = 23 };

void prompt_open(struct prompt *p, struct prompt_history *h, const char *label, const char *text)
{
	p->label = label;
	p->history = h;
	p->hint[0] = p->draft[0] = '\0';
	text_clean(p->text, sizeof p->text, text, strlen(text));
	p->at = strlen(p->text);
	p->error[0] = '\0';
	p->error_at = -1;
	p->history_at = 0;
}

static bool continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static void left(struct prompt *p)
{
	while (p->at > 0 && continues(p->text[--p->at]))
		;
}

static void right(struct prompt *p)
{
	if (p->text[p->at] == '\0')
		return;
	while (continues(p->text[++p->at]))
		;
}

static void cut(struct prompt *p, size_t from, size_t to)
{
	memmove(p->text + from, p->text + to, strlen(p->text + to) + 1);
	p->at = from;
}

static void insert(struct prompt *p, uint32_t codepoint)
{
	char utf8[8];
	size_t n = text_put(utf8, sizeof utf8, codepoint), length = strlen(p->text);

	utf8[n] = '\0';
	if (n == 0 || !text_is_clean(utf8) || length + n >= sizeof p->text)
		return;
	memmove(p->text + p->at + n, p->text + p->at, length - p->at + 1);
	memcpy(p->text + p->at, utf8, n);
	p->at += n;
}

/* A line that was typed before moves to the front. */
static void remember(struct prompt *p)
{
	struct prompt_history *h = p->history;
	size_t at = 0;

	if (p->text[0] == '\0')
		return;
	while (at < h->count && strcmp(h->lines[at], p->text) != 0)
		at++;
	if (at == PROMPT_HISTORY)
		at--;
	if (at == h->count)
		h->count++;
	memmove(h->lines[1], h->lines[0], at * sizeof h->lines[0]);
	memcpy(h->lines[0], p->text, sizeof p->text);
}

static void recall(struct prompt *p, long step)
{
	long to = p->history_at + step;

	if (to < 0 || to > (long)p->history->count)
		return;
	if (p->history_at == 0)
		memcpy(p->draft, p->text, sizeof p->draft);
	p->history_at = to;
	memcpy(p->text, to == 0 ? p->draft : p->history->lines[to - 1], sizeof p->text);
	p->at = strlen(p->text);
}

static void cut_word(struct prompt *p)
{
	size_t to = p->at;

	while (p->at > 0 && p->text[p->at - 1] == ' ')
		p->at--;
	while (p->at > 0 && p->text[p->at - 1] != ' ')
		p->at--;
	cut(p, p->at, to);
}

enum prompt_result prompt_key(struct prompt *p, uint32_t key)
{
	size_t was = p->at;

	p->hint[0] = '\0';
	switch (key) {
	case KEY_CODE_ENTER: remember(p); return PROMPT_DONE;
	case KEY_CODE_ESCAPE: case CTRL_G: return PROMPT_CANCELLED;
	case KEY_CODE_LEFT: left(p); break;
	case KEY_CODE_RIGHT: right(p); break;
	case KEY_CODE_HOME: case CTRL_A: p->at = 0; break;
	case KEY_CODE_END: case CTRL_E: p->at = strlen(p->text); break;
	case KEY_CODE_UP: recall(p, 1); break;
	case KEY_CODE_DOWN: recall(p, -1); break;
	case KEY_CODE_BACKSPACE: left(p); cut(p, p->at, was); break;
	case KEY_CODE_DELETE: right(p); cut(p, was, p->at); break;
	case CTRL_U: cut(p, 0, p->at); break;
	case CTRL_K: p->text[p->at] = '\0'; break;
	case CTRL_W: cut_word(p); break;
	default:
		if (key >= ' ' && key < KEY_CODE_BASE)
			insert(p, key);
	}
	return PROMPT_GOES_ON;
}

/* ---- completion ---- */

static bool is_of_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

size_t prompt_word(const struct prompt *p, char *buf, size_t size)
{
	size_t from = p->at;

	while (from > 0 && is_of_word(p->text[from - 1]))
		from--;
	snprintf(buf, size, "%.*s", (int)(p->at - from), p->text + from);
	return from;
}

static void insert_text(struct prompt *p, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		insert(p, (unsigned char)s[i]);
}

void prompt_complete(struct prompt *p, const char *words)
{
	char word[PROMPT_TEXT], shared[PROMPT_TEXT] = "";
	size_t length, used = 0, found = 0;

	prompt_word(p, word, sizeof word);
	length = strlen(word);
	p->hint[0] = '\0';
	while (*words != '\0') {
		size_t n = strcspn(words, " "), same = 0;

		if (n >= length && strncmp(words, word, length) == 0) {
			while (found > 0 && same < n && shared[same] == words[same])
				same++;
			snprintf(shared, sizeof shared, "%.*s", (int)(found++ > 0 ? same : n), words);
			if (used < sizeof p->hint)
				used += (size_t)snprintf(p->hint + used, sizeof p->hint - used, "%s%.*s",
							 used > 0 ? " " : "", (int)n, words);
		}
		words += n + strspn(words + n, " ");
	}
	if (found == 0)
		snprintf(p->hint, sizeof p->hint, _("nothing begins so"));
	else if (strlen(shared) > length)
		insert_text(p, shared + length, strlen(shared) - length);
	if (found == 1) {
		p->hint[0] = '\0';
		insert(p, ' ');
	}
}

/* ---- drawing ---- */

static int cells_before(const char *text, size_t bytes)
{
	char part[PROMPT_TEXT];

	snprintf(part, sizeof part, "%.*s", (int)bytes, text);
	return text_width(part);
}

/* The character that is wrong; what is missing at the end is a mark there. */
static void mark_error(const struct prompt *p, struct canvas *c, int origin, int from, int y)
{
	int x;

	if (p->error_at < 0 || (size_t)p->error_at > strlen(p->text))
		return;
	x = origin + cells_before(p->text, (size_t)p->error_at);
	if (x < from || x >= c->columns)
		return;
	if (p->text[p->error_at] == '\0')
		canvas_put(c, x, y, 1, STYLE_ALARM, "^");
	else
		canvas_style(c, x, y, 1, STYLE_ALARM);
}

static void draw_beside(struct canvas *c, const char *text, enum style s, int x, int y)
{
	if (x + text_width(text) > c->columns && y > 0) {
		x = 0;
		y--;
		canvas_fill(c, 0, y, c->columns, STYLE_NORMAL, ' ');
	}
	canvas_field(c, x, y, c->columns - x, s, text, false, false);
}

/* Where the text stands: its first column, and how many cells of it are out of sight at the left (of a
 * long line its end is what is being typed). */
static int place(const struct prompt *p, int columns, int *shift)
{
	char before[PROMPT_TEXT];
	const char *s = p->text;
	int label = text_width(p->label), x, room, at;

	x = (label < columns / 2 ? label : columns / 2) + 1;
	room = columns - x;
	memcpy(before, p->text, p->at);
	before[p->at] = '\0';
	at = text_width(before);
	*shift = 0;
	while (at >= room && *s != '\0' && *shift <= at - room)
		*shift += text_cell(text_next(&s));
	return x;
}

void prompt_click(struct prompt *p, int x, int columns)
{
	int shift, from = place(p, columns, &shift);
	const char *s = p->text;

	for (int cell = from - shift; *s != '\0'; ) {
		const char *next = s;

		cell += text_cell(text_next(&next));
		if (cell > x)
			break;
		s = next;
	}
	p->at = (size_t)(s - p->text);
}

int prompt_draw(const struct prompt *p, struct canvas *c, int y)
{
	char before[PROMPT_TEXT];
	int shift, x = place(p, c->columns, &shift), room = c->columns - x, hidden = 0;
	const char *s = p->text;

	canvas_fill(c, 0, y, c->columns, STYLE_PROMPT, ' ');
	canvas_put(c, 0, y, c->columns / 2, STYLE_KEY, p->label);
	while (hidden < shift)
		hidden += text_cell(text_next(&s));
	canvas_put(c, x, y, room, STYLE_PROMPT, s);
	if (p->error[0] != '\0')
		mark_error(p, c, x - shift, x, y);
	if (p->hint[0] != '\0' || p->error[0] != '\0')
		draw_beside(c, p->hint[0] != '\0' ? p->hint : p->error, p->hint[0] != '\0' ? STYLE_DIM : STYLE_ALARM,
			    x + text_width(p->text) - shift + 2, y);
	memcpy(before, p->text, p->at);
	before[p->at] = '\0';
	return x + text_width(before) - shift;
}
