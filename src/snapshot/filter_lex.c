/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text of a filter as tokens: words, quoted texts, operators, parentheses and the three
 * joining words. Knows no field and no grammar. Pure; any thread. Called by filter_parse.c, and by
 * filter_of_row.c to know what needs quotes.
 */
#include "config.h"

#include "snapshot/filter_lex.h"

#include <string.h>
#include <strings.h>

static const char *const operators[OP_COUNT] = {
	[OP_EQ] = "=", [OP_NE] = "!=", [OP_LT] = "<", [OP_LE] = "<=",
	[OP_GT] = ">", [OP_GE] = ">=", [OP_HAS] = "~", [OP_HAS_NOT] = "!~",
};

static const struct {
	const char *text;
	enum filter_token_kind kind;
} joiners[] = {{"and", TOKEN_AND}, {"or", TOKEN_OR}, {"not", TOKEN_NOT}};

/* What ends a word. */
static const char special[] = " \t\r\n()\"=!<>~";

const char *filter_op_text(enum filter_op op)
{
	return operators[op];
}

static enum filter_token_kind word_kind(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof joiners / sizeof *joiners; i++)
		if (strcasecmp(word, joiners[i].text) == 0)
			return joiners[i].kind;
	return TOKEN_WORD;
}

bool filter_is_word(const char *text)
{
	size_t n = strlen(text);

	return n > 0 && n < FILTER_VALUE && strcspn(text, special) == n &&
	       word_kind(text) == TOKEN_WORD;
}

static int too_long(const struct filter_token *t, struct error *e)
{
	return error_set_at(e, ERR_USAGE, t->position, "a word has at most %d bytes",
			    FILTER_VALUE - 1);
}

static int lex_word(struct filter_lexer *l, struct filter_token *t, struct error *e)
{
	size_t n = strcspn(l->text + l->at, special);

	if (n >= sizeof t->text)
		return too_long(t, e);
	memcpy(t->text, l->text + l->at, n);
	t->text[n] = '\0';
	t->kind = word_kind(t->text);
	l->at += n;
	return 0;
}

/* "..." with \" and \\ in it. */
static int lex_quoted(struct filter_lexer *l, struct filter_token *t, struct error *e)
{
	const char *s = l->text + l->at + 1;
	size_t n = 0;

	for (; *s != '"' && *s != '\0'; s++) {
		if (*s == '\\' && (s[1] == '"' || s[1] == '\\'))
			s++;
		if (n + 1 >= sizeof t->text)
			return too_long(t, e);
		t->text[n++] = *s;
	}
	if (*s == '\0')
		return error_set_at(e, ERR_USAGE, t->position, "a closing '\"' is missing");
	t->text[n] = '\0';
	t->kind = TOKEN_QUOTED;
	l->at = (size_t)(s + 1 - l->text);
	return 0;
}

/* The longest operator that stands here. */
static int lex_operator(struct filter_lexer *l, struct filter_token *t, struct error *e)
{
	size_t longest = 0;
	int i;

	for (i = 0; i < OP_COUNT; i++) {
		size_t n = strlen(operators[i]);

		if (n <= longest || strncmp(l->text + l->at, operators[i], n) != 0)
			continue;
		longest = n;
		t->op = (enum filter_op)i;
	}
	if (longest == 0)
		return error_set_at(e, ERR_USAGE, t->position + 1,
				    "'=' or '~' is expected after '!'");
	memcpy(t->text, operators[t->op], longest + 1);
	t->kind = TOKEN_OPERATOR;
	l->at += longest;
	return 0;
}

int filter_lex(struct filter_lexer *l, struct filter_token *out, struct error *e)
{
	char c;

	l->at += strspn(l->text + l->at, " \t\r\n");
	c = l->text[l->at];
	*out = (struct filter_token){.kind = TOKEN_END, .position = (int)l->at};
	if (c == '\0')
		return 0;
	if (c == '"')
		return lex_quoted(l, out, e);
	if (c == '(' || c == ')') {
		out->kind = c == '(' ? TOKEN_OPEN : TOKEN_CLOSE;
		out->text[0] = c;
		l->at++;
		return 0;
	}
	if (strchr(special, c) != NULL)
		return lex_operator(l, out, e);
	return lex_word(l, out, e);
}
