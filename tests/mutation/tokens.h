/* SPDX-License-Identifier: MIT */
/* Splits C source into tokens, as far as it takes to change operators, constants and statements. */
#ifndef MUTATION_TOKENS_H
#define MUTATION_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

enum token_kind {
	TOKEN_WORD, /* names and keywords */
	TOKEN_NUMBER,
	TOKEN_CHAR,
	TOKEN_STRING,
	TOKEN_SIGN,
	TOKEN_END, /* of the file */
};

/* The bytes from START up to END of the file. Comments and directives are no tokens. */
struct token {
	enum token_kind kind;
	size_t start, end;
	size_t partner; /* of a bracket: the number of the other one; else the token's own */
};

struct tokens {
	const char *text; /* of the whole file */
	struct token *t;  /* the last is TOKEN_END */
	size_t count;     /* without it */
};

/* Splits TEXT, which must outlive *RET. False if its brackets do not match. */
bool tokens_split(const char *text, struct tokens *ret);

/* Whether token I is TEXT. False if there is no token I. */
bool tokens_is(const struct tokens *tokens, size_t i, const char *text);

/* Whether token I is one of LIST, which has a blank before and after each: " + - ". */
bool tokens_among(const struct tokens *tokens, size_t i, const char *list);

#endif
