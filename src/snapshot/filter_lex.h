/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The words of the filter language: what filter_parse.c reads one at a time. Private to
 * src/snapshot; any thread.
 */
#ifndef SNAPSHOT_FILTER_LEX_H
#define SNAPSHOT_FILTER_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "dpitop/err.h"

enum { FILTER_VALUE = 256 }; /* bytes of a word or quoted text with its end */

enum filter_token_kind {
	TOKEN_END, TOKEN_WORD,
	TOKEN_QUOTED, /* a word that means nothing but itself */
	TOKEN_OPERATOR, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_AND, TOKEN_OR, TOKEN_NOT
};

enum filter_op { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_HAS, OP_HAS_NOT, OP_COUNT };

struct filter_token {
	enum filter_token_kind kind;
	enum filter_op op;
	int position; /* offset of its first byte */
	char text[FILTER_VALUE]; /* as written, but without quotes and backslashes */
};

struct filter_lexer {
	const char *text; /* borrowed */
	size_t at;
};

/* Read the next token; after the last comes TOKEN_END, again and again. */
int filter_lex(struct filter_lexer *l, struct filter_token *out, struct error *e);
const char *filter_op_text(enum filter_op op); /* ">=" */
/* Would this text, written as it is, be read as one plain word? */
bool filter_is_word(const char *text);

#endif
