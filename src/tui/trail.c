/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The filter as a trail: each pivot and what was typed is a step, all of them together are the filter
 * that every pane shows the traffic of. Main thread; called by actions and screen.c.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/text.h"
#include "tui/screen.h"

enum { SEPARATOR_CELLS = 3, STEP_CELLS_MIN = 10, TITLE_CELLS = 34 /* what stands before it */ };

void trail_filter(const struct tui *t, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < t->steps && used < size; i++) {
		const char *format = t->steps == 1 ? "%s%s" : "%s(%s)";

		used += (size_t)snprintf(buf + used, size - used, format, i > 0 ? " and " : "", t->trail[i].expression);
	}
}

/* What was chosen by its value alone: "preset = p2p" is p2p. */
static const char *shown(const struct step *s)
{
	const char *value = strstr(s->expression, " = ");

	if (s->label[0] != '\0')
		return s->label;
	return s->typed || value == NULL || strstr(value + 3, " and ") != NULL ? s->expression : value + 3;
}

/* The cells all steps take when none is longer than `most`. */
static int width_at(const struct tui *t, int most)
{
	int all = 0;

	for (size_t i = 0; i < t->steps; i++) {
		int width = text_width(shown(&t->trail[i]));

		all += (width < most ? width : most) + (i > 0 ? SEPARATOR_CELLS : 0);
	}
	return all;
}

/* Long steps are cut before any is left out. */
void trail_text(const struct tui *t, char *buf, size_t size)
{
	int most = EXPRESSION_TEXT, cells = t->canvas.columns - TITLE_CELLS;
	char step[2 * EXPRESSION_TEXT];
	size_t used = 0;

	while (most > STEP_CELLS_MIN && width_at(t, most) > cells)
		most--;
	buf[0] = '\0';
	for (size_t i = 0; i < t->steps && used < size; i++) {
		text_ellipsis(step, sizeof step, shown(&t->trail[i]), most, false, t->canvas.glyphs == GLYPHS_ASCII);
		used += (size_t)snprintf(buf + used, size - used, "%s%s", i > 0 ? " > " : "", step);
	}
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
	size_t n = strlen(more) + (t->steps > 0 ? strlen("()") : 0);

	for (size_t i = 0; i < t->steps; i++)
		n += strlen(t->trail[i].expression) + strlen("() and ");
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
	s->label[0] = '\0';
	s->typed = typed;
	t->steps++;
	t->order_until_us = 0;
	return REACT_WANT;
}

/* "10.0.0.5:1001 - 192.0.2.1:443" of a flow, "DE - US" of a pair, "unknown country", "VLAN 7". */
static void label_of(const struct row *r, char *buf, size_t size)
{
	bool vague = strcmp(r->label, "unknown") == 0 || strcmp(r->label, "none") == 0;

	if (vague && r->dim < DIM_COUNT)
		snprintf(buf, size, "%s %s", row_word((enum dim)r->dim, r->label), _(dim_info((enum dim)r->dim)->one));
	else if (r->dim == DIM_FLOW)
		snprintf(buf, size, "%s:%u - %s:%u", r->label, r->port[0], r->label2, r->port[1]);
	else if (r->dim < DIM_COUNT && dim_info((enum dim)r->dim)->pair)
		snprintf(buf, size, "%s - %s", row_word((enum dim)r->dim, r->label), row_word((enum dim)r->dim, r->label2));
	else if (r->dim == DIM_VLAN)
		snprintf(buf, size, "VLAN %s", r->label);
	else
		snprintf(buf, size, "%s", row_word((enum dim)r->dim, r->label));
}

enum reaction trail_pin(struct tui *t, const struct row *r, const char *expression)
{
	size_t steps = t->steps;
	enum reaction reaction = trail_push(t, expression, false);

	if (t->steps > steps)
		label_of(r, t->trail[steps].label, sizeof t->trail[steps].label);
	return reaction;
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

/* The new text takes the old one's place; one that does not fit leaves that where it was. */
enum reaction trail_type(struct tui *t, const char *expression)
{
	struct step *s = typed_step(t), old;
	size_t at = s != NULL ? (size_t)(s - t->trail) : 0, steps;
	enum reaction r;

	if (s != NULL) {
		old = *s;
		memmove(s, s + 1, (t->steps - at - 1) * sizeof *s);
		t->steps--;
	}
	if (expression[0] == '\0')
		return s != NULL ? REACT_WANT : REACT_DRAW;
	steps = t->steps;
	r = trail_push(t, expression, true);
	if (s != NULL && t->steps == steps) {
		memmove(s + 1, s, (t->steps - at) * sizeof *s);
		*s = old;
		t->steps++;
	}
	return r;
}
