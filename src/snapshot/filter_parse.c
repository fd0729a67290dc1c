/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The grammar of the filter language (dpitop/filter.h, dpitop-filter(7)) by recursive descent, one
 * token ahead. Nesting and size are bounded, since texts come from users and scripts. Each error
 * says at which byte and what was expected there. Any thread.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "snapshot/filter_parts.h"

struct parser {
	struct filter *filter;
	struct filter_lexer lexer;
	struct filter_token token; /* the one that stands next */
	struct error *e;
	int depth;
};

static int parse_or(struct parser *p, uint16_t *out);

static int advance(struct parser *p)
{
	return filter_lex(&p->lexer, &p->token, p->e);
}

/* "'DNS'" or "the end" */
static const char *token_text(const struct filter_token *t, char buf[48])
{
	if (t->kind == TOKEN_END)
		return _("the end");
	snprintf(buf, 48, "'%.40s'", t->text);
	return buf;
}

static int expected(struct parser *p, const char *what)
{
	char buf[48];

	return error_set_at(p->e, ERR_USAGE, p->token.position, "%s is expected before %s", what,
			    token_text(&p->token, buf));
}

/* ---- tests ---- */

static int no_field(struct parser *p, const char *name, int position)
{
	char fields[320]; /* what a message has room for */

	return error_set_at(p->e, ERR_USAGE, position, "no field '%.12s': %s", name,
			    filter_fields(fields, sizeof fields));
}

static int wrong_op(struct parser *p, const struct filter_field *f, int position)
{
	char ops[32] = "";
	int op;

	for (op = 0; op < OP_COUNT; op++)
		if (f->kind->ops & OP_BIT(op)) {
			strcat(ops, " ");
			strcat(ops, filter_op_text((enum filter_op)op));
		}
	return error_set_at(p->e, ERR_USAGE, position, "'%s' is compared by one of:%s", f->name,
			    ops);
}

static bool is_value(const struct filter_token *t)
{
	return t->kind == TOKEN_WORD || t->kind == TOKEN_QUOTED;
}

static int add_test(struct parser *p, struct filter_test *t, const struct filter_token *value)
{
	struct error own = {.position = -1};
	bool quoted = value->kind == TOKEN_QUOTED;
	int r;

	t->negated = t->op == OP_NE || t->op == OP_HAS_NOT;
	if (t->negated)
		t->op = t->op == OP_NE ? OP_EQ : OP_HAS;
	r = t->field->kind->read(t, value->text, quoted, &own);
	if (r == 0)
		return node_test(p->filter, t);
	filter_test_release(t);
	return error_set_at(p->e, ERR_USAGE,
			    value->position + quoted + (own.position > 0 ? own.position : 0), "%s",
			    own.text);
}

/* A preset's text stands here as if it had been written in parentheses. */
static int parse_preset(struct parser *p, const struct filter_test *t, uint16_t *out)
{
	struct error own = {.position = -1};
	struct parser inner = {.filter = p->filter, .e = &own, .depth = p->depth};
	const struct filter_preset *preset = filter_preset_find(p->token.text, &own);
	int position = p->token.position + (p->token.kind == TOKEN_QUOTED), r = ERR_USAGE;

	if (preset != NULL) {
		inner.lexer.text = preset->text;
		r = advance(&inner);
		if (r == 0)
			r = parse_or(&inner, out);
	}
	if (r != 0)
		return error_set_at(p->e, ERR_USAGE, position, "%s", own.text);
	if (t->op == OP_NE)
		*out = node_new(p->filter, NODE_NOT, *out);
	return advance(p);
}

/* A field was read, an operator stands next. */
static int parse_test(struct parser *p, const char *name, int position, uint16_t *out)
{
	struct filter_test t = {.op = p->token.op};
	int r;

	t.field = filter_field_find(name, &t.ends);
	if (t.field == NULL)
		return no_field(p, name, position);
	if (!(t.field->kind->ops & OP_BIT(t.op)))
		return wrong_op(p, t.field, p->token.position);
	r = advance(p);
	if (r != 0)
		return r;
	if (!is_value(&p->token))
		return expected(p, _("a value"));
	if (t.field->kind == &kind_preset)
		return parse_preset(p, &t, out);
	r = add_test(p, &t, &p->token);
	if (r < 0)
		return r;
	*out = (uint16_t)r;
	return advance(p);
}

/* ---- words ---- */

/* A word is a host if it is a whole address or network, a port if it is a number, and anything that
 * contains it. */
static enum filter_op word_op(const struct filter_field *f, const char *word)
{
	struct cidr net;

	if (f->kind == &kind_host && cidr_parse(&net, word, NULL) == 0)
		return OP_EQ;
	return f->kind->ops & OP_BIT(OP_HAS) ? OP_HAS : OP_EQ;
}

static int add_word(struct parser *p, const struct filter_token *word, uint16_t *out)
{
	struct node_list tests = {NODE_NONE, NODE_NONE};
	struct error *e = p->e;
	size_t i;

	p->e = NULL; /* a field that can never have such a value is passed over */
	for (i = 0; i < filter_field_count; i++) {
		struct filter_test t = {.field = &filter_field_table[i]};
		struct filter_token value = *word;
		int r;

		if (!(t.field->flags & FIELD_WORD))
			continue;
		value.kind = TOKEN_QUOTED; /* none and unknown are words like others here */
		t.ends = t.field->flags & FIELD_ENDS ? 3 : 1;
		t.op = word_op(t.field, word->text);
		r = add_test(p, &t, &value);
		if (r >= 0)
			node_append(p->filter, &tests, (uint16_t)r);
	}
	p->e = e;
	*out = node_join(p->filter, NODE_OR, &tests);
	return 0;
}

static int parse_word(struct parser *p, uint16_t *out)
{
	struct filter_token word = p->token;
	unsigned ends;
	int r = advance(p);

	if (r != 0)
		return r;
	if (p->token.kind == TOKEN_OPERATOR) {
		if (word.kind == TOKEN_QUOTED)
			return error_set_at(p->e, ERR_USAGE, word.position,
					    "a field without quotes is expected before '%s'",
					    p->token.text);
		return parse_test(p, word.text, word.position, out);
	}
	if (word.text[0] == '\0')
		return error_set_at(p->e, ERR_USAGE, word.position, "every text contains \"\"");
	if (word.kind == TOKEN_WORD && filter_field_find(word.text, &ends) != NULL)
		return error_set_at(p->e, ERR_USAGE, p->token.position,
				    "'%.16s' is a field: '=' or another operator is expected "
				    "behind it (as a word it stands in quotes)", word.text);
	return add_word(p, &word, out);
}

/* ---- joining ---- */

static int parse_group(struct parser *p, uint16_t *out)
{
	int open = p->token.position, r = advance(p);

	if (r == 0)
		r = parse_or(p, out);
	if (r != 0)
		return r;
	if (p->token.kind != TOKEN_CLOSE) {
		char buf[48];

		return error_set_at(p->e, ERR_USAGE, p->token.position,
				    "')' for the '(' at character %d is expected before %s",
				    open + 1, token_text(&p->token, buf));
	}
	return advance(p);
}

static int parse_not(struct parser *p, uint16_t *out)
{
	enum filter_token_kind kind = p->token.kind;
	int r;

	if (p->filter->node_count > FILTER_NODES)
		return error_set_at(p->e, ERR_USAGE, p->token.position,
				    "the filter has too many tests");
	if (kind == TOKEN_WORD || kind == TOKEN_QUOTED)
		return parse_word(p, out);
	if (kind != TOKEN_NOT && kind != TOKEN_OPEN)
		return expected(p, kind == TOKEN_OPERATOR ? _("a field") : _("a test or a word"));
	if (p->depth == FILTER_DEPTH)
		return error_set_at(p->e, ERR_USAGE, p->token.position,
				    "at most %d parentheses and nots may lie in each other",
				    FILTER_DEPTH);
	p->depth++;
	if (kind == TOKEN_OPEN) {
		r = parse_group(p, out);
	} else {
		r = advance(p);
		if (r == 0)
			r = parse_not(p, out);
		if (r == 0)
			*out = node_new(p->filter, NODE_NOT, *out);
	}
	p->depth--;
	return r;
}

static int parse_and(struct parser *p, uint16_t *out)
{
	struct node_list parts = {NODE_NONE, NODE_NONE};
	uint16_t part;
	int r;

	for (;;) {
		r = parse_not(p, &part);
		if (r != 0)
			return r;
		node_append(p->filter, &parts, part);
		if (p->token.kind == TOKEN_END || p->token.kind == TOKEN_OR ||
		    p->token.kind == TOKEN_CLOSE)
			break;
		if (p->token.kind == TOKEN_AND && (r = advance(p)) != 0)
			return r;
	}
	*out = node_join(p->filter, NODE_AND, &parts);
	return 0;
}

static int parse_or(struct parser *p, uint16_t *out)
{
	struct node_list parts = {NODE_NONE, NODE_NONE};
	uint16_t part;
	int r;

	for (;;) {
		r = parse_and(p, &part);
		if (r != 0)
			return r;
		node_append(p->filter, &parts, part);
		if (p->token.kind != TOKEN_OR)
			break;
		r = advance(p);
		if (r != 0)
			return r;
	}
	*out = node_join(p->filter, NODE_OR, &parts);
	return 0;
}

/* ---- the whole ---- */

/* Filters are shown: what would not be shown as it is, is refused. Line ends are blanks. */
static int copy_text(struct filter *f, const char *text, struct error *e)
{
	size_t n = strlen(text), i, size;
	char *clean;

	if (n >= FILTER_TEXT)
		return error_set_at(e, ERR_USAGE, FILTER_TEXT - 1, "the filter is too long");
	f->text = mem_strdup(text);
	for (i = 0; i < n; i++)
		if (strchr("\t\r\n", f->text[i]) != NULL)
			f->text[i] = ' ';
	size = n + 8;
	clean = mem_zalloc(size);
	text_clean(clean, size, f->text, n);
	for (i = 0; i < n && clean[i] == f->text[i]; i++)
		;
	mem_free(clean);
	if (i < n)
		return error_set_at(e, ERR_USAGE, (int)i, "a printable character is expected");
	return 0;
}

static int parse(struct parser *p)
{
	uint16_t root;
	int r = copy_text(p->filter, p->lexer.text, p->e);

	if (r != 0)
		return r;
	p->lexer.text = p->filter->text;
	r = advance(p);
	if (r != 0 || p->token.kind == TOKEN_END)
		return r;
	r = parse_or(p, &root);
	if (r != 0)
		return r;
	if (p->token.kind != TOKEN_END)
		return error_set_at(p->e, ERR_USAGE, p->token.position,
				    "there is no '(' for this ')'");
	filter_split(p->filter, root);
	return 0;
}

/* Messages quote the text and may have cut it within a character. */
static void clean_message(struct error *e)
{
	char text[sizeof e->text];

	memcpy(text, e->text, sizeof text);
	text_clean(e->text, sizeof e->text, text, strlen(text));
}

struct filter *filter_parse(const char *text, struct error *e)
{
	struct filter *f = mem_zalloc(sizeof *f);
	struct parser p = {.filter = f, .lexer = {.text = text}, .e = e};

	f->traffic = f->measures = NODE_NONE;
	if (parse(&p) == 0)
		return f;
	if (e != NULL)
		clean_message(e);
	filter_free(f);
	return NULL;
}
