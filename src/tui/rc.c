/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading the configuration file. Every kind of line is an entry of one table; a wrong line says what
 * could have been meant, and the others count. Pure; any thread; called by app and by the fuzzer.
 */
#include "config.h"

#include "dpitop/rc.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/nearest.h"
#include "dpitop/text.h"
#include "tui/action.h"
#include "tui/rc_line.h"

enum { SHOWN = 40, NEAR_TEXT = 128 };

struct reader {
	struct tui_settings *settings;
	const struct rc_line *line;
	int number;
	struct rc_problem *out;
	size_t max, count;
};

__attribute__((format(printf, 2, 3))) static void problem(struct reader *r, const char *format, ...)
{
	char text[2 * RC_PROBLEM_TEXT];
	struct rc_problem *p;
	va_list args;

	if (r->count++ >= r->max)
		return;
	p = &r->out[r->count - 1];
	p->line = r->number;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	text_clean(p->text, sizeof p->text, text, strlen(text));
}

static int shown(const struct rc_word *w)
{
	return w->n < SHOWN ? (int)w->n : SHOWN;
}

/* "; nearest: theme", else what to look at. */
static const char *remedy(const struct nearest *n, const char *else_this, char buf[NEAR_TEXT + 16])
{
	char words[NEAR_TEXT];

	if (n->count > 0)
		snprintf(buf, NEAR_TEXT + 16, _("nearest: %s"), nearest_text(n, words, sizeof words));
	else
		snprintf(buf, NEAR_TEXT + 16, "%s", else_this);
	return buf;
}

static void no_setting(struct reader *r, const struct rc_word *w)
{
	static const char *const others[] = {"columns", "bind", "unbind"};
	struct nearest n;
	char buf[NEAR_TEXT + 16];

	nearest_init(&n, w->at, w->n);
	for (size_t i = 0; i < SETTING_COUNT; i++)
		nearest_offer(&n, setting_table[i].name);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		nearest_offer(&n, others[i]);
	problem(r, _("there is no setting '%.*s'; %s"), shown(w), w->at, remedy(&n, _("dpitoprc(5) lists them"), buf));
}

static void read_setting(struct reader *r, const struct rc_word *words, size_t count)
{
	struct error e = {.code = ERR_NONE};
	const struct setting *one = setting_find(words[0].at, words[0].n);
	char value[64];

	if (one == NULL) {
		no_setting(r, &words[0]);
		return;
	}
	if (count != 2 || words[1].n >= sizeof value) {
		problem(r, _("%s wants one value: %s %s"), one->name, one->name, one->argument != NULL ? one->argument : "on");
		return;
	}
	memcpy(value, words[1].at, words[1].n);
	value[words[1].n] = '\0';
	if (strlen(value) != words[1].n || setting_set(one, r->settings, value, &e) != 0)
		problem(r, "%s", e.code != ERR_NONE ? e.text : _("a byte that is no text"));
}

static void read_set(struct reader *r)
{
	if (r->line->count < 2)
		problem(r, _("set wants a name and a value: set theme light"));
	else
		read_setting(r, r->line->words + 1, r->line->count - 1);
}

/* ---- columns ---- */

static void no_list(struct reader *r, const struct rc_word *w)
{
	struct nearest n;
	char buf[NEAR_TEXT + 16];

	nearest_init(&n, w->at, w->n);
	for (int d = 0; d < DIM_LIST_COUNT; d++)
		nearest_offer(&n, rc_list_name((enum dim)d));
	problem(r, _("there is no pane '%.*s' with columns; %s"), shown(w), w->at, remedy(&n, _("dpitoprc(5) lists them"), buf));
}

static void no_column(struct reader *r, enum dim d, const struct rc_word *w)
{
	struct nearest n;
	char buf[NEAR_TEXT + 16];

	nearest_init(&n, w->at, w->n);
	for (size_t i = 0; i < column_count; i++)
		if (column_table[i].dims & DIM_BIT(d))
			nearest_offer(&n, column_table[i].id);
	problem(r, _("%s has no column '%.*s'; %s"), rc_list_name(d), shown(w), w->at,
		remedy(&n, _("F2 shows those it has"), buf));
}

static const struct column *find_column(enum dim d, const struct rc_word *w)
{
	char id[SHOWN + 1];

	if (w->n >= sizeof id)
		return NULL;
	memcpy(id, w->at, w->n);
	id[w->n] = '\0';
	return strlen(id) == w->n ? column_find(d, id) : NULL;
}

static void read_columns(struct reader *r)
{
	const struct rc_line *l = r->line;
	struct column_choice made = {.count = 0};
	enum dim d;

	if (l->count < 3) {
		problem(r, _("columns wants a pane and its columns: columns hosts ip name bytes rate"));
		return;
	}
	if (!rc_list_find(&l->words[1], &d)) {
		no_list(r, &l->words[1]);
		return;
	}
	for (size_t i = 2; i < l->count; i++) {
		const struct column *c = find_column(d, &l->words[i]);
		bool twice = false;

		for (size_t k = 0; k < made.count; k++)
			twice = twice || made.columns[k] == c;
		if (c == NULL)
			no_column(r, d, &l->words[i]);
		else if (twice)
			problem(r, _("column %s stands there twice; take one away"), c->id);
		else if (made.count < CHOSEN_MAX)
			made.columns[made.count++] = c;
	}
	if (made.count > 0)
		r->settings->columns[d] = made;
}

/* ---- keys ---- */

static void choose_key(struct reader *r, const struct action *a)
{
	const struct rc_word *w = &r->line->words[1];
	uint32_t key = key_parse(w->at, w->n);

	if (key == 0) {
		problem(r, _("there is no key '%.*s'; keys are a, F5, ctrl-X, Enter, PgDn and so on"), shown(w), w->at);
		return;
	}
	if (r->settings->key_count == CHOSEN_KEYS_MAX) {
		problem(r, _("more than %d keys; this one is left out"), CHOSEN_KEYS_MAX);
		return;
	}
	r->settings->keys[r->settings->key_count++] = (struct chosen_key){key, a};
}

static void read_bind(struct reader *r)
{
	const struct rc_word *w = &r->line->words[2];
	const struct action *a;
	struct nearest n;
	char buf[NEAR_TEXT + 16];

	if (r->line->count != 3) {
		problem(r, _("bind wants a key and an action: bind ctrl-T regroup"));
		return;
	}
	a = action_find(w->at, w->n);
	if (a != NULL) {
		choose_key(r, a);
		return;
	}
	nearest_init(&n, w->at, w->n);
	for (size_t i = 0; i < action_count(); i++)
		nearest_offer(&n, action_at(i)->name);
	problem(r, _("there is no action '%.*s'; %s"), shown(w), w->at, remedy(&n, _("dpitop --list-actions lists them"), buf));
}

static void read_unbind(struct reader *r)
{
	if (r->line->count != 2)
		problem(r, _("unbind wants a key: unbind q"));
	else
		choose_key(r, NULL);
}

static const struct {
	const char *word;
	void (*read)(struct reader *r);
} kinds[] = {{"set", read_set}, {"columns", read_columns}, {"bind", read_bind}, {"unbind", read_unbind}};

static void read_line(struct reader *r)
{
	const struct rc_line *l = r->line;

	if (l->count == 0)
		return;
	if (l->too_many) {
		problem(r, _("more than %d words; the line is left out"), RC_WORDS_MAX);
		return;
	}
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (rc_word_is(&l->words[0], kinds[i].word)) {
			kinds[i].read(r);
			return;
		}
	}
	read_setting(r, l->words, l->count);
}

size_t rc_read(struct tui_settings *s, const char *text, size_t n, struct rc_problem *out, size_t max)
{
	struct rc_line line;
	struct reader r = {.settings = s, .line = &line, .out = out, .max = max};

	while (rc_next_line(&text, &n, &line)) {
		r.number++;
		read_line(&r);
	}
	return r.count;
}
