/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The filter as a trail: each pivot and what was typed is a step, all of them together are the filter
 * that every pane shows the traffic of. Main thread; called by actions and screen.c.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/screen.h"

void trail_filter(const struct tui *t, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < t->steps && used < size; i++) {
		const char *format = t->steps == 1 ? "%s%s" : "%s(%s)";

		used += (size_t)snprintf(buf + used, size - used, format, i > 0 ? " and " : "", t->trail[i].expression);
	}
}

/* A pinned row by its value alone: "app = BitTorrent" is BitTorrent. */
static const char *shown(const struct step *s)
{
	const char *value = strstr(s->expression, " = ");

	return s->typed || value == NULL || strstr(value + 3, " and ") != NULL ? s->expression : value + 3;
}

void trail_text(const struct tui *t, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < t->steps && used < size; i++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s", i > 0 ? " > " : "", shown(&t->trail[i]));
}

/* As filter_parse() keeps a text: one line. */
static char in_line(char c)
{
	return c == '\t' || c == '\r' || c == '\n' ? ' ' : c;
}

bool trail_is_in_picture(const struct tui *t)
{
	char filter[sizeof((struct want *)0)->filter];
	const char *shown_text = t->picture != NULL ? t->picture->filter_text : "";
	size_t i = 0;

	trail_filter(t, filter, sizeof filter);
	while (filter[i] != '\0' && in_line(filter[i]) == shown_text[i])
		i++;
	return t->picture == NULL || filter[i] == shown_text[i];
}

/* All steps together must fit what a picture is asked for. */
static bool fits(const struct tui *t, const char *more)
{
	size_t n = strlen(more) + 8;

	for (size_t i = 0; i < t->steps; i++)
		n += strlen(t->trail[i].expression) + 8;
	return t->steps < TRAIL_MAX && n < sizeof((struct want *)0)->filter;
}

bool trail_has(const struct tui *t, const char *expression)
{
	for (size_t i = 0; i < t->steps; i++)
		if (strcmp(t->trail[i].expression, expression) == 0)
			return true;
	return false;
}

enum reaction trail_push(struct tui *t, const char *expression, bool typed)
{
	struct step *s = &t->trail[t->steps];

	if (trail_has(t, expression)) {
		screen_say(t, STYLE_WARN, "the filter has that already");
		return REACT_DRAW;
	}
	if (!fits(t, expression)) {
		screen_say(t, STYLE_WARN, "the filter is too long; Backspace takes its last part away");
		return REACT_DRAW;
	}
	snprintf(s->expression, sizeof s->expression, "%s", expression);
	s->typed = typed;
	t->steps++;
	t->order_until_us = 0;
	return REACT_WANT;
}

enum reaction trail_pop(struct tui *t)
{
	if (t->steps == 0)
		return REACT_NONE;
	t->steps--;
	t->order_until_us = 0;
	return REACT_WANT;
}

enum reaction trail_clear(struct tui *t)
{
	if (t->steps == 0)
		return REACT_NONE;
	t->steps = 0;
	t->order_until_us = 0;
	return REACT_WANT;
}

static struct step *typed_step(struct tui *t)
{
	for (size_t i = 0; i < t->steps; i++)
		if (t->trail[i].typed)
			return &t->trail[i];
	return NULL;
}

const char *trail_typed(const struct tui *t)
{
	for (size_t i = 0; i < t->steps; i++)
		if (t->trail[i].typed)
			return t->trail[i].expression;
	return "";
}

enum reaction trail_type(struct tui *t, const char *expression)
{
	struct step *s = typed_step(t);

	if (s != NULL) { /* the new text goes where the old one was */
		memmove(s, s + 1, (size_t)(t->trail + t->steps - (s + 1)) * sizeof *s);
		t->steps--;
	}
	if (expression[0] == '\0')
		return s != NULL ? REACT_WANT : REACT_DRAW;
	return trail_push(t, expression, true) | REACT_WANT;
}
